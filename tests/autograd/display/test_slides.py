"""A derivation as slides: all of its lines, one a click, on a page of its own and in Beamer."""

import re
import shutil
import subprocess

import pytest

from autograd import Value, derivation, label, sigmoid, tanh


@pytest.fixture(scope="module")
def sheet():
    """The derivation of a neuron's cross-entropy."""
    pytest.importorskip("sympy")
    w, x, b, t = Value(0.5), Value(2.0), Value(-1.0), Value(1.0)
    z = w * x + b
    a = sigmoid(z)
    L = -t * a.log() - (1 - t) * (1 - a).log()
    label(w=w, x=x, b=b, t=t, z=z, a=a, L=L)
    return derivation(L)


@pytest.fixture(scope="module")
def page(sheet, tmp_path_factory, latex2mathml):
    """The path of its slides."""
    return sheet.slides().save(tmp_path_factory.mktemp("slides") / "sheet.html")


def test_every_line_is_on_a_slide(sheet):
    """In the board's order; those of a long part on several slides, the first of each with its left side."""
    lines = [line for _, block in sheet.blocks() for line in block]
    assert [line.right for _, slide in sheet.slides().slides for line in slide] == [line.right for line in lines]
    long = derivation(tanh).slides().slides
    assert [len(slide) for _, slide in long] == [4, 4, 5]
    assert all(slide[0].left.text for _, slide in long)


def test_a_page_loads_nothing(page):
    """One file, of a style and a script of its own."""
    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert re.findall(r"""(?:src|href)=["'][^"']+""", text) == []
    assert text.count("<section>") == len(re.findall("<table>", text)) == 4


def test_other_endings_are_refused(sheet, tmp_path):
    """And no file is made."""
    with pytest.raises(ValueError, match=r"a set of slides is saved as \.html, \.tex"):
        sheet.slides().save(tmp_path / "sheet.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def odd():
    """A derivation whose names are what other languages take for their own."""
    pytest.importorskip("sympy")
    names = ("<b>", "50% & $x$", "a}b{", "каша")
    x, y, z, w = (Value(float(i + 2), name) for i, name in enumerate(names))
    return derivation((x * y + z * w) ** 2)


def test_names_of_other_languages_stay_names(odd, latex2mathml):
    """Nothing of a name becomes a tag of the page."""
    page = odd.slides().html()
    assert "<b>" not in page
    assert page.count("<script>") == 1


@pytest.mark.external
def test_beamer_shows_names_of_other_languages(odd, pdflatex):
    """The document builds."""
    skip_without_beamer()
    assert pdflatex(odd.slides().document())[0] == 0


def skip_without_beamer():
    if (
        not shutil.which("kpsewhich")
        or subprocess.run(["kpsewhich", "beamer.cls"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no Beamer here: apt-get install texlive-latex-recommended")


@pytest.mark.external
def test_beamer_shows_a_line_after_the_other(sheet, pdflatex):
    """The document builds, with as many pages as there are lines, and nothing stands out."""
    skip_without_beamer()
    slides = sheet.slides()
    code, said = pdflatex(slides.document())
    assert code == 0, said
    assert f"({sum(len(lines) for _, lines in slides.slides)} pages" in said
    assert "Overfull" not in said


@pytest.mark.external
@pytest.mark.parametrize("width", [1366, 390])
def test_a_click_is_a_line(page, tabs, width):
    """Keys, clicks and buttons go on and back; what is shown fits."""
    tab = tabs.take({"width": width, "height": 768})
    seen = "[...document.querySelectorAll('section.now tr:not(.later)')].length"
    tab.goto(page.as_uri())
    assert tab.evaluate(seen) == 1
    tab.keyboard.press("ArrowRight")
    tab.mouse.click(width / 2, 300)
    assert tab.evaluate(seen) == 3
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate(seen) == 2
    tab.keyboard.press("End")
    assert tab.locator("output").inner_text() == "4 / 4"
    assert tab.locator("[aria-label='Next line']").is_disabled()
    tab.locator("[aria-label=Back]").click()
    box = "(s => [s.scrollWidth - s.clientWidth, s.scrollHeight - s.clientHeight])(document.querySelector('section.now'))"
    assert max(tab.evaluate(box)) <= 0
    tab.emulate_media(media="print")
    assert tab.evaluate(
        "[...document.querySelectorAll('tr')].every(r => getComputedStyle(r.cells[1]).visibility === 'visible')"
    )
    tabs.give_back(tab)
