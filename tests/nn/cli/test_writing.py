"""train names: a GPT that learns letter by letter, from names made here or from lines of one's own, and writes."""

import json
import math
import re
from pathlib import Path

import pytest
from long_runs import thorough

import nn

pytest.importorskip("numpy", reason="whole batches run on NumPy: pip install numpy")

SMALL = ("--width", "4", "--heads", "2", "--positions", "6", "--epochs", "2")


@pytest.fixture
def flowers(run):
    """A file of one's own, in the folder that the command runs in."""
    run("completion", "--help")  # goes there
    Path("flowers.txt").write_text("rose\ntulip\nlily\ndaisy\naster\n" * 4, encoding="utf-8")
    return "flowers.txt"


def test_what_is_printed(run):
    """What is learned, the model, what a loss means before there is one, losses and samples on the way and in the end."""
    code, out, err = run("train", "names", "--rows", "120", *SMALL, "--samples", "3")
    assert (code, err) == (0, "")
    assert out.startswith(
        "names: 120 lines of 27 letters; 108 to learn from, 12 held out\n"
        "GPT(27 tokens, width 4, 2 heads, 1 block, 6 positions; 432 parameters), cross_entropy\n"
        "A loss of 3.30 is guessing among 27.\n"
    )
    told = re.findall(r"^epoch (\d) +held out ([\d.]+), as if among ([\d.]+): (.+)$", out, re.MULTILINE)
    assert [epoch for epoch, *_ in told] == ["1", "2"]
    assert all(math.exp(float(loss)) == pytest.approx(float(among), rel=0.01) for _, loss, among, _ in told)
    assert re.search(
        r"^guessing +3\.30 +among 27\nlearned from +[\d.]+ +as if .*\nheld out +[\d.]+ +as if", out, re.MULTILINE
    )
    written = re.split(r"written at temperature 0\.8, \d of 3 new\n", out)[1].split()
    assert len(written) == 3
    assert set("".join(written)) <= set("abcdefghijklmnopqrstuvwxyz")


def test_it_learns(run_json):
    """After some epochs it is surer than one who guesses, also on lines that were held out."""
    whole = run_json("train", "names", "--rows", "300", "--epochs", "4", "--width", "8", "--positions", "8")
    assert whole["guessing"] == pytest.approx(math.log(27))
    assert whole["history"][-1]["loss"] < whole["history"][0]["loss"] < whole["guessing"]
    assert whole["history"][-1]["val_loss"] < 2.8
    assert len(whole["samples"]) == 10
    assert whole["letters"] == "\nabcdefghijklmnopqrstuvwxyz"


def test_lines_of_ones_own(run, flowers):
    """Its letters are learned, nothing is held out of few lines, and what it knows by heart is not new."""
    options = ("--width", "8", "--heads", "2", "--positions", "8", "--epochs", "60", "--batch", "4", "--temperature", "0.1")
    code, out, _ = run("train", "names", "--data", flowers, *options)
    assert code == 0
    assert out.startswith("flowers.txt: 20 lines of 13 letters; none held out\n")
    assert "guessing among 13" in out
    written = out.partition("written at temperature 0.1, 0 of 10 new\n")[2].split()
    assert set(written) <= {"rose", "tulip", "lily", "daisy", "aster"}


def test_the_same_seed_gives_the_same_model_and_lines(run, flowers):
    """Byte for byte; another seed another one."""
    found = []
    for seed, file in (("1", "a.json"), ("1", "b.json"), ("2", "c.json")):
        out = run("train", "names", "--data", flowers, *SMALL, "--seed", seed, "--save", file)[1]
        found.append((Path(file).read_text(), out))
    assert found[0] == found[1] != found[2]


def test_what_is_saved_can_be_loaded_and_writes_the_same(run, run_json, flowers):
    """The file holds letters and sizes, with which nn.GPT is made and loaded."""
    samples = run_json("train", "names", "--data", flowers, *SMALL, "--layers", "2", "--save", "m.json")["samples"]
    about = json.loads(Path("m.json").read_text(encoding="utf-8"))
    sizes = (about[name] for name in ("width", "heads", "layers", "positions"))
    model = nn.GPT(nn.data.Letters(about["letters"]), *sizes).load("m.json")
    assert nn.cli.writing.write_line(model, 0.8, 0) == samples[0]


def test_the_plot(run, flowers):
    """The loss."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    run("train", "names", "--data", flowers, *SMALL, "--plots", "p/q")
    assert [(path.name, path.read_bytes()[:4]) for path in Path("p/q").iterdir()] == [("loss-curve.png", b"\x89PNG")]
    pyplot.close("all")


@pytest.mark.usefixtures("interrupted")
def test_a_training_that_is_interrupted_writes_and_keeps_what_it_has(run, flowers):
    """Exit code 130, and the model is saved."""
    code, out, _ = run("train", "names", "--data", flowers, *SMALL[:-1], "9", "--save", "m.json")
    assert code == 130
    assert "after 3 epochs (interrupted)" in out
    assert Path("m.json").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "gone.txt"], ["gone.txt", "No such file"]),
        (["--data", "empty.txt"], ["empty.txt", "no lines"]),
        (["--data", "bytes.txt"], ["bytes.txt", "no text in UTF-8"]),
        (["--data", "short.txt"], ["short.txt has 4 tokens", "no row of 16"]),
        (["--heads", "3"], ["16 numbers", "3 heads"]),
        (["--width", "0"], ["0"]),
        (["--positions", "0"], ["0"]),
        (["--rows", "0"], ["1 to 20,000", "0"]),
        (["--rows", "120", "--test", "0.001"], ["120 lines", "0.001"]),
        (["--save", "none/m.json"], ["none/m.json", "no folder none"]),
        pytest.param(["--rows", "50", *SMALL, "--optimizer", "sgd", "--lr", "1e200"], ["diverged", "--lr"], marks=thorough),
    ],
)
def test_what_is_wrong_is_said(arguments, words, run, refused):
    """Exit code 1 and one sentence."""
    run("completion", "--help")
    Path("empty.txt").write_text("\n \n")
    Path("bytes.txt").write_bytes(b"\xff\xfe\x00\xff")
    Path("short.txt").write_text("ab\n")
    assert refused(["train", "names", *arguments], words)[1].count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["names", "--noise", "1"], "--noise is for moons, circles, spirals, blobs, and not for names"),
        (["moons", "--width", "8"], "--width is for names, and not for moons"),
        (["iris", "--data", "x.txt"], "--data is for names, and not for iris"),
        (["names", "--data", "x.txt", "--rows", "5"], "--rows is how many names are made here"),
        (["names", "--layers", "16,16"], "how many blocks of attention there are, not '16,16'"),
        (["names", "--layers", "0"], "not '0'"),
        (["names", "--temperature", "0"], "above 0, not --temperature 0"),
        (["names", "--temperature", "nan"], "above 0, not --temperature nan"),
        (["names", "--samples", "-1"], "-1 is none"),
        (["names", "--test", "1"], "not --test 1"),
        (["names", "--heads", "x"], "--heads"),
    ],
)
def test_a_command_line_that_is_not_understood(arguments, words, run):
    """Exit code 2, with what the option is for."""
    code, _, err = run("train", *arguments)
    assert code == 2
    assert words in err


def test_a_model_that_ends_at_once_writes_nothing():
    """It is tried some times, and then the line is empty; one that can go on does."""
    model = nn.GPT(nn.data.Letters("ab"), 4, 2, 1, 6, bias=True, seed=0)
    model.head.bias[0].data = 1e6
    assert nn.cli.writing.write_line(model, 1.0, 0) == ""
    model.head.bias[0].data = 1.0
    assert nn.cli.writing.write_line(model, 1.0, 0)
