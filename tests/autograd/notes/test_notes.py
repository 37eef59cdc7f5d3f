"""Pages of notes: what is right is never called wrong, and planted mistakes are found."""

import json
import math

import notes_by_hand
import notes_pages
import notes_truth
import pytest
from long_runs import many, part, seeds
from walks import failures

from autograd import check_notes
from autograd.notes.report import NotesError
from nn.cli.main import main


def verdicts(text, **options):
    return [row.verdict for row in check_notes(text, **options).rows]


def test_nothing_right_is_called_wrong():
    """On thirty pages without a mistake no row is wrong, and all are read."""

    def check(text):
        report = check_notes(text)
        assert [row.text for row in report.wrong] == []
        assert report.counts["unread"] == 0

    assert failures(check, [notes_pages.text_of(lines) for _, lines in part(notes_pages.pages())]) == {}


@pytest.mark.parametrize("seed", seeds(1))
def test_whatever_the_letters_are_nothing_right_is_called_wrong(seed):
    """A page stays right when its letters are others."""

    def check(name, text):
        assert [row.text for row in check_notes(text).wrong] == []

    assert failures(check, list(notes_pages.renamed(seed))[seed % 5 :: 5]) == {}


@pytest.mark.parametrize("seed", seeds(1))
def test_planted_mistakes_are_found_where_they_stand(seed):
    """Of mistakes of seven kinds nine in ten are found, and no other row is blamed."""
    cases = notes_pages.planted(seed, max(15, many(30)))
    found = 0
    for name, kind, line, text in cases:
        wrong = check_notes(text).wrong
        assert [row.text for row in wrong if row.line != line] == [], (name, kind)
        found += bool(wrong)
    assert found >= 0.9 * len(cases)


FROM_HERE = "the derivative, from the definitions on this page"
LOSS = r"$$L = (wx - y)^2$$"
SLOPE = rf"{LOSS} $$\frac{{\partial L}}{{\partial w}} = 2(wx - y)x$$"
SAID = [  # a page, the verdict on its last row, and the remark
    (SLOPE, "right", "as it is written, exactly"),
    (rf"{LOSS} $$\frac{{\partial L}}{{\partial w}} = 2(wx - y)u$$", "depends",
     'u is not defined on this page; given "u = …" says it'),
    (r"$$\sin(x)^2 + \cos(x)^2 = 1$$", "right", "as it is written, at 10 points, within bounds of error"),
    (r"$$\sigma(z) = \frac{1}{1+e^{-x}}$$", "depends", 'x is not defined on this page; given "x = …" says it'),
    (r"$$a = b + 1 = c$$", "depends", 'c is not defined on this page; given "c = …" says it'),
    (r"$$e^{0.12} = 1.13$$", "right", "by the numbers before it, to its digits"),
    (r"$$e^{0.12} = 1.27$$", "wrong", "it is 1.27, and should be 1.1275, by the numbers before it"),
    (r"$$z = 0.5 \cdot 2 = 1.0 = 1.1$$", "wrong", "it is 1.1, and should be 1, by the numbers before it"),
    (r"$$a = 0.6$$ $$b = 2a = 1.2$$", "right", "by the formula and the numbers on this page, to its digits"),
    (r"$$a = 0.6$$ $$b = 2a = 1.3$$", "wrong", "it is 1.3, and should be 1.2, by the formula and the numbers on this page"),
    (r"$$x = y + 0.5 = 0.7$$", "depends", "a number is not said"),
    (r"$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial w}$$", "right",
     "by the chain rule, name by name"),
    (r"$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial z_{1}} \cdot \frac{\partial w}{\partial z_1}$$", "wrong",
     "these do not cancel: z₁ stands below twice"),
    (r"$$\frac{\partial L}{\partial w} = 3$$", "depends", "∂L/∂w is not said"),
    (r"$z = wx$. $$\sigma(z) = \frac{1}{1+e^{-x}}$$", "depends", "it is right if x is what stands in brackets"),
    (r"$$x = x + 0.5$$", "depends", "a name stands on both sides"),
    (r"$$v = \begin{bmatrix} 0.1 \\ 0.2 \end{bmatrix}$$ $$v + 1 = 0.3$$", "depends", "a number and a vector are set equal"),
    (r"$$g(x) = h(x) + 1 = f(x)$$", "depends", "what function f, h is stands nowhere"),
    (r"$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ $$\frac{\partial p_i}{\partial z_j} = -p_i p_j$$", "depends",
     "it is right where the indices differ, and which are meant is not said"),
    (r"$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ $$\frac{\partial p_i}{\partial z_k} = p_i(\delta_{ik} - p_k)$$", "right",
     f"by {FROM_HERE}, at 10 points, within bounds of error"),
    (rf"{SLOPE} with $z = wx$ $$= 2(z - y)x$$", "right", f"by {FROM_HERE}, exactly"),  # past a remark
    (rf"{SLOPE} $$w := w - \eta \frac{{\partial L}}{{\partial w}}$$", "right", "as it is written, exactly"),
    (r"$$z = wx$$ $$z = wx + 1$$", "depends", "z is said to be something else before"),
    (r"$$p_1 + p_2 = 1$$", "right", "by the rule that the p sum to 1, at points"),
    (r"$$A = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} = \begin{bmatrix} 1 & 2 & 3 \end{bmatrix}$$", "depends",
     "2×2 and 1×3 are set equal"),
    (r"$$\log x = \log(-x)$$", "depends", "they have numbers together hardly anywhere"),
    ("$$z = " + r"\sum_{i=1}^n" * 5 + " x_i$$", "unread", "more than 4 sums within each other are not read"),
    (r"$$q(z) = \frac{z$$", "unread", "this bracket is never closed"),
    (r"$$x^T y = y^T x$$", "right", "as it is written, exactly"),
    (r"$$w := w - \eta g$$", "stated", ""),
]  # fmt: skip


@pytest.mark.parametrize(("page", "verdict", "remark"), SAID)
def test_what_is_said_of_a_row(page, verdict, remark):
    """Why it is right, by what it is wrong, or what is not said."""
    row = check_notes(page).rows[-1]
    assert (row.verdict, row.remark) == (verdict, remark)


WRONG = [  # a page, what its last row is and what it should be, for the numbers of the point; by what, and how that is known
    (rf"{LOSS} $$\frac{{\partial L}}{{\partial w}} = 2(wx - y)$$", lambda w, x, y: 2 * (w * x - y),
     lambda w, x, y: 2 * (w * x - y) * x, FROM_HERE, "exactly"),
    (rf"{SLOPE} $$w := w - \alpha (wx - y)x$$", lambda w, x, y, alpha: w - alpha * (w * x - y) * x,
     lambda w, x, y, alpha: w - alpha * 2 * (w * x - y) * x, FROM_HERE, "exactly"),
    (r"$$\frac{d}{dx} x^2 = 3x$$", lambda x: 3 * x, lambda x: 2 * x, FROM_HERE, "exactly"),
    (r"$$\frac{d}{dx} \sin x = \sin x$$", math.sin, math.cos, FROM_HERE, "by more than the bounds of error"),
    (r"$$x^2 + 1 = x^2 + 2$$", lambda x: x * x + 2, lambda x: x * x + 1, "what stands before it", "exactly"),
    (r"$$f(x) = x^2$$ $$f'(x) = 2x = 3x$$", lambda x: 3 * x, lambda x: 2 * x, "what stands before it", "exactly"),
    (r"$$z = wx$$ so $$z = wx + 1$$", lambda w, x: w * x + 1, lambda w, x: w * x, "the definition of z", "exactly"),
    (r"$$J = -(y \log a + (1-y) \log(1-a)),\quad a = \sigma(z)$$ $$\frac{\partial J}{\partial z} = a + y$$",
     lambda z, y: 1 / (1 + math.exp(-z)) + y, lambda z, y: 1 / (1 + math.exp(-z)) - y, FROM_HERE,
     "by more than the bounds of error"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "it_is", "should", "against", "how"), WRONG)
def test_a_wrong_row_has_a_point_that_proves_it(page, it_is, should, against, how):
    """The numbers of both sides there, as Python works them out."""
    row = check_notes(page).rows[-1]
    assert (row.verdict, row.against, row.how) == ("wrong", against, how)
    names = it_is.__code__.co_varnames if hasattr(it_is, "__code__") else "x"
    point = {{"α": "alpha"}.get(name, name): number for name, number in row.point.items()}
    assert set(point) == set(names)
    numbers = [point[name] for name in names]
    assert (row.there, row.here) == (pytest.approx(it_is(*numbers)), pytest.approx(should(*numbers)))
    assert row.remark.split("; right with")[0].endswith(f", by {against}")


def test_a_row_that_mends_a_mistake_is_right_and_does_not_follow():
    """In a chain with one wrong member, the next is right again."""
    text = r"""$$J = -(y \log a + (1-y) \log(1-a)),\quad a = \sigma(z)$$
\begin{align}
\frac{\partial J}{\partial z} &= -\left[\frac{y}{a} + \frac{1-y}{1-a}\right] a (1-a) \\
&= -(y (1-a) - a (1-y)) \\
&= a - y
\end{align}"""
    assert verdicts(text)[-3:] == ["wrong", "does not follow", "right"]


def test_what_is_left_out_can_be_given():
    """A definition that the page leaves out decides, when it is given."""
    text = r"$$\frac{\partial a}{\partial z} = a(1+a)$$"
    assert verdicts(text) == ["stated"]
    assert verdicts(text, given=r"$a = \sigma(z)$") == ["wrong"]


def test_what_is_crossed_out_or_code_is_left_out():
    """Neither struck out formulas nor code are rows."""
    assert verdicts("~~$1 + 1 = 3$~~\n\n```\n$1 + 1 = 3$\n```\n`$1 + 1 = 3$`") == []


def test_a_notebook_is_read_cell_by_cell():
    """The Markdown of a notebook is its page; what is no notebook is refused."""
    cells = [
        {"cell_type": "markdown", "source": ["$$\\frac{d}{dx} ", "x^2 = 3x$$"]},
        {"cell_type": "code", "source": "$x=y$"},
    ]
    assert verdicts(json.dumps({"cells": cells})) == ["wrong"]
    with pytest.raises(NotesError, match="no notebook"):
        check_notes('{"cells": 3}')


def test_a_report_says_it_in_words_as_a_page_and_as_data(tmp_path):
    """Text, HTML, JSON and files agree on what is wrong."""
    report = check_notes(r"$$L = (wx - y)^2$$ $$\frac{\partial L}{\partial w} = 2(wx - y)$$")
    assert not report
    assert "wrong: at" in report.text
    assert json.loads(report.json)["rows"][1]["point"]
    assert 'class="wrong"' in report._repr_html_()
    assert r"<code>q(z) = \frac{z</code>" in check_notes(r"$$q(z) = \frac{z$$").html()
    assert report.save(tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_command_says_with_its_exit_code_whether_something_is_wrong(tmp_path, capsys):
    """0 for a right page, 1 for a wrong one, and a sentence for a file that is none."""
    page = tmp_path / "notes.tex"
    page.write_text("% $1 = 2$\n$$\\frac{d}{dx} x^2 = 2x$$", encoding="utf-8")
    assert main(["check", str(page)]) == 0
    page.write_text("$$\\frac{d}{dx} x^2 = 3x$$", encoding="utf-8")
    assert main(["check", str(page), "--json"]) == 1
    assert main(["check", str(tmp_path / "notes.docx")]) == 1
    assert "not 'notes.docx'" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "none.md")]) == 1


@pytest.mark.parametrize(
    "text", ["", "no mathematics", "$", "$$", "$$=$$", "$$= = =$$", r"\begin{align}", r"$$\frac{$$", "$$x^{x^{x$$"]
)
def test_any_text_at_all_is_a_page(text):
    """Nothing that people may write raises."""
    assert check_notes(text).wrong == []


def test_what_was_found_by_hand_is_a_table():
    """Each row of the five pages has a place and a verdict."""
    found = [row for page in notes_truth.TRUTH for row in notes_truth.rows(page)]
    assert len(found) > 200
    assert {verdict for _, _, verdict, _ in found} == set("DRW?U")


def test_what_is_wrong_by_hand_is_wrong_by_arithmetic():
    """Of each wrong row of the five pages what is written misses what it is to come to, and what would be right does not."""
    rows = [(page, *row) for page in notes_truth.TRUTH for row in notes_truth.rows(page)]
    wrong = {(page, line, place) for page, line, place, verdict, _ in rows if verdict == "W"}
    assert wrong == set(notes_by_hand.WRONG)

    def check(why, is_right, written, right):
        assert not is_right(written)
        assert is_right(right)

    assert failures(check, list(notes_by_hand.WRONG.values())) == {}


SOFTMAX = r"$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$, $E = -\sum_i t_i \log p_i$. "
LINE = r"$L = \frac{1}{2} (f - y)^2$, $f = w x$. "
LAYER = r"$$z = W x + b$$ $$h = \sigma(z)$$ $$L = \frac{1}{2} (h - t)^T (h - t)$$"
ENTROPY = r"$J = -y \log p - (1 - y) \log(1 - p)$. "
MENDED = {  # a page whose last row is wrong: what is to be said of it
    LINE + r"$\frac{\partial L}{\partial w} = (f + y) x$": "another sign: (f - y) x",
    LINE + r"$\frac{\partial L}{\partial w} = (f - y) x^2$": "another exponent: (f - y) x",
    LINE + r"$\frac{\partial L}{\partial w} = 2 (f - y) x$": "a factor less: (f - y) x",
    LINE + r"$\frac{\partial L}{\partial w} = f - y$": "a factor x: (f - y) x",
    LINE + r"$\frac{\partial L}{\partial w} = (y - f) x$": "a minus in front",
    SOFTMAX + r"$\frac{\partial E}{\partial p_i} = -\frac{t_i}{p_j}$": "another index",
    LAYER + r"$$\frac{\partial L}{\partial x} = W ((h - t) \odot h \odot (1 - h))$$": "W transposed",
    LAYER + r"$$\frac{\partial L}{\partial W} = ((h - t) \odot h \odot (1 - h)) x$$": "x transposed",
    ENTROPY + r"$\frac{\partial J}{\partial p} = -\frac{y}{p} - \frac{1-y}{1-p}$": "another sign",
    LINE + r"$\frac{\partial L}{\partial f} = f - y$; $w_{new} = w_{old} - \eta (y - f) x$": "uphill",
    r"$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial a} + \frac{\partial a}{\partial w}$": "only as a product",
    r"$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial y \partial a} \frac{\partial a}{\partial w}$": "y stands",
}


def test_what_would_be_right_is_said():
    """A wrong row that is one small thing away from what is right says which thing."""

    def check(page, said):
        row = check_notes(page).rows[-1]
        assert row.verdict == "wrong"
        assert said in row.remark

    assert failures(check, list(MENDED.items())) == {}


def test_indices_that_stray_are_wrong_and_those_of_one_case_are_not():
    """p_j where p_i belongs is wrong for all but one j; what a page says of one case is judged in that case alone."""
    stray = SOFTMAX + r"$\frac{\partial E}{\partial p_i} = -\frac{t_j}{p_i}$"
    summed = r"$a_j = \sum_i w_{ji} x_i$, $L = \sum_j a_j^2$; $\frac{\partial L}{\partial x_i} = 2 w_{ji} a_j$"
    assert verdicts(stray)[-1] == "wrong"
    assert verdicts(summed)[-1] == "depends"


def test_what_is_left_unsaid_is_named():
    """A row that depends says on which name, how to give it, and what a scanner may have made of another."""
    page = r"$E = -t \log o - (1-t) \log(1-o)$, $o = \sigma(z)$. $$\frac{\partial o}{\partial z} = \theta (1-\theta)$$"
    row = check_notes(page).rows[-1]
    assert row.verdict == "depends"
    assert row.remark == 'θ is not defined on this page; given "θ = …" says it; it reads as right if θ is o'
