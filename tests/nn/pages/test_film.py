"""Films of the stepper: a picture for each step, what is written below it, and what is said where something is missing."""

import re
import shutil
import sys
from itertools import pairwise

import pytest

import autograd as ag
import nn
from autograd import Value, trace
from autograd.trace import ForwardStep
from nn.cli.tour import two_layer_network
from nn.pages.film import MOVES

np = pytest.importorskip("numpy")
pytest.importorskip("matplotlib")
Image = pytest.importorskip("PIL.Image")
pytestmark = pytest.mark.usefixtures("graphviz")


def small():
    """(w·x)·(w·x), whose inner node is used twice by one operation."""
    w, x = Value(-0.5, label="w"), Value(2.0, label="x")
    net = w * x
    y = net * net
    ag.label(net=net, E=y)
    return y


def film(y, theme="light", seconds=1.0):
    return nn.step_through(y)._film(theme, seconds)


def test_every_step_is_said_in_pythons_numbers():
    """Title and lines name the nodes of each step, and its numbers are those of trace."""
    y = two_layer_network()[1]
    steps, shown = trace(y), film(y)
    for k, step in enumerate(steps, start=1):
        title, first, second = shown.said(k)
        if isinstance(step, ForwardStep):
            assert title.startswith("Forward: ")
            assert float(re.sub("−", "-", (second or first).split("= ")[-1])) == pytest.approx(step.value, rel=1e-5)
        else:
            assert title.startswith("Backward: from ")
            assert float(re.sub("−", "-", first.split("= ")[-1])) == pytest.approx(step.local, rel=1e-5)
            assert float(re.sub("−", "-", second.split("= ")[-1])) == pytest.approx(step.total, rel=1e-5)


def test_an_edge_that_is_used_twice_is_two_edges():
    """Of net·net each of the two steps back goes along an edge of its own."""
    shown = film(small())
    first, second = (shown.edge_of(k) for k, step in enumerate(shown.all) if k >= shown.ahead and step.node.label == "E")
    assert first is not second
    assert first.path != second.path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_gif_has_a_picture_for_each_step_and_each_move(theme, tmp_path):
    """It goes round for ever, shows each step as long as asked for, and is as light or dark as asked for."""
    y = small()
    path = nn.step_through(y).save(tmp_path / "film.gif", theme=theme, seconds=0.5)
    n = len(trace(y))
    with Image.open(path) as shown:
        times = []
        for k in range(shown.n_frames):
            shown.seek(k)
            times.append(shown.info["duration"])
        assert shown.info["loop"] == 0
        corner = sum(shown.convert("RGB").getpixel((1, 1)))
    assert len(times) <= 1 + (MOVES + 1) * n
    assert sum(times) - 4000 == pytest.approx(500 * n, abs=300)
    assert corner > 700 if theme == "light" else corner < 100


def test_what_a_step_changes_is_seen():
    """No picture of a step is that of the one before, and the local derivative stands on no box."""
    shown = film(small())
    pictures = [picture for picture, _ in shown.pictures()][:: MOVES + 1]
    assert len(pictures) == len(shown.all) + 1
    assert all((a != b).any() for a, b in pairwise(pictures))


def test_letters_are_eleven_pixels_high_and_words_fit():
    """The drawing is as large as its smallest letters need, and a caption, however long, ends within the picture."""
    from nn.pages.film_frames import Canvas

    long = Value(
        0.5, label="a_rather_long_name_of_a_weight_that_goes_on_and_on_and_on_for_ever_and_is_still_not_done_with_itself"
    )
    canvas = Canvas(film((long * long * 2.0).tanh()))
    assert canvas.scale * canvas.shrunk * canvas.film.scene.smallest >= 11
    for k in range(len(canvas.film.all) + 1):
        canvas.picture(k, k)
        for text in canvas.caption:
            assert text.get_window_extent(canvas.canvas.get_renderer()).x1 <= canvas.width
            assert text.get_fontsize() * 100 / 72 >= 12


def test_an_mp4_is_a_film(tmp_path):
    """Where ffmpeg is, it makes a file of the kind that players know."""
    pytest.importorskip("imageio_ffmpeg", reason='ffmpeg comes with pip install "chalkgrad[film]"')
    w = Value(0.5, label="w")
    content = nn.step_through(w * w).save(tmp_path / "film.mp4", seconds=0.2).read_bytes()
    assert content[4:8] == b"ftyp"
    assert content.find(b"avc1") > 0


def test_what_is_no_film_says_so(tmp_path, monkeypatch):
    """Another theme, no time at all, too many steps and layers are refused with the way out."""
    y = small()
    for settings, words in (({"theme": "blue"}, "'light', 'dark'"), ({"seconds": 0.0}, "0.05 to 60")):
        with pytest.raises(ValueError, match=words):
            nn.step_through(y).save(tmp_path / "film.gif", **settings)
    with pytest.raises(ValueError, match=re.escape("saved as .html, .gif, .mp4")):
        nn.step_through(y).save(tmp_path / "film.avi")
    with monkeypatch.context() as few:
        few.setattr("nn.pages.film.MOST", 5)
        with pytest.raises(ValueError, match="fewer rows"):
            film(y)
    model = nn.MLP(2, [2, 1], seed=0)
    with pytest.raises(ValueError, match="layer by layer"):
        nn.step_through(model([0.1, 0.2]), layers=True).save(tmp_path / "film.gif")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("missing", "suffix"), [("matplotlib", ".gif"), ("imageio_ffmpeg", ".mp4")])
def test_without_a_library_the_extra_is_named(missing, suffix, monkeypatch, tmp_path):
    """Without Matplotlib, and for .mp4 without ffmpeg, the message says what to install."""
    shown = nn.step_through(small())
    monkeypatch.setitem(sys.modules, missing, None)
    which = shutil.which
    monkeypatch.setattr("shutil.which", lambda program, **rest: None if program == "ffmpeg" else which(program, **rest))
    with pytest.raises(ImportError, match=re.escape('pip install "chalkgrad[film]"')):
        shown.save(tmp_path / f"film{suffix}")
    assert not list(tmp_path.iterdir())
