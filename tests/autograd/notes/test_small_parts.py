"""The small parts of a page's judge, each by itself: what cancels, which number stands for a name, lost signs, lengths."""

import pytest
from walks import walked

from autograd import check_notes
from autograd.notes.blocks import Row
from autograd.notes.cancelling import derivatives_of, judge_cancelling
from autograd.notes.mending import changes
from autograd.notes.notation import Notation
from autograd.notes.numbers import Written
from autograd.notes.scanning import are_two, read_otherwise
from autograd.notes.shapes import declared_shapes
from autograd.notes.statements import LONGEST_ROW, find_parts
from autograd.notes.substituting import find_misplaced, numbers_for_names
from autograd.notes.verdicts import OPEN, RIGHT, STATED, UNREAD, WRONG, Judgement

LEFT = r"\frac{\partial L}{\partial w}"


def d(top, *below):
    below = "".join(rf"\partial {x} " for x in below)
    return rf"\frac{{\partial {top}}}{{{below}}}"


CANCEL = [  # a product of derivatives, or a sum, in the place of ∂L/∂w; the verdict, and words of the reason
    (d("L", "z") + d("z", "w"), RIGHT, ""),
    (d("L", "a") + r" \cdot " + d("a", "z") + r" \times " + d("z", "w"), RIGHT, ""),
    (r"∂L/∂z · ∂z/∂w", RIGHT, ""),
    (d("L", "z") + d("z", "z"), None, ""),
    (d("L", "z") + d("w", "z"), WRONG, "z stands below twice"),
    (d("L", "z", "w") + d("z", "z"), WRONG, "z stands below, and never above"),
    (d("L", "w"), None, ""),
    (d("L", "z") + " + " + d("z", "w"), WRONG, "cancel only as a product"),
    (d("L", "z") + d("z", "w") + " + " + d("L", "a") + " + " + d("a", "w"), WRONG, "cancel only as a product"),
    (d("L", "z") + d("z", "w") + " + " + d("L", "a") + d("a", "w"), None, ""),
    (d("L", "z") + " + " + d("b", "w"), None, ""),
    ("2 " + d("L", "z") + d("z", "w"), None, ""),
]


@pytest.mark.parametrize(("text", "verdict", "reason"), CANCEL)
def test_derivatives_cancel_name_by_name(text, verdict, reason):
    """Where nothing else is said; what is read as right or wrong already is left as it is."""
    for before in (OPEN, STATED):
        found = judge_cancelling(LEFT, text, Judgement(before))
        assert (found and found.verdict) == verdict
        assert found is None or (reason in found.reason and found.formula == text)
    assert judge_cancelling(LEFT, text, Judgement(RIGHT)) is None
    assert judge_cancelling(LEFT, text, Judgement(WRONG)) is None


def test_what_was_not_read_is_not_blamed_for_a_name_below_twice():
    """It may be laid out in a way of its own."""
    assert judge_cancelling(LEFT, d("L", "z") + d("w", "z"), Judgement(UNREAD)) is None


def test_derivatives_of_a_product():
    """With their layers and arguments; nothing where anything else stands there."""
    one = derivatives_of(r"\frac{\partial J(w)}{\partial a^{(1)}_2}")
    assert one is not None
    assert len(one) == 1
    assert "a" in one[0][1][0][0]
    assert derivatives_of("x " + d("L", "z")) is None
    assert derivatives_of(d("L", "z") + " x") is None
    assert derivatives_of("") is None


NUMBERS_FOR_NAMES = [
    ("a (1 − a)", "0.6 (1 − 0.6)", {"a": 0.6}),
    ("g·(1-a)", r"0.6 \cdot (1 - 0.7)", {"g": 0.6, "a": 0.7}),
    ("w x + b", "0.5·2 + 1", {"w": 0.5, "x": 2.0, "b": 1.0}),
    ("w x", "(0.5)(2)", {"w": 0.5, "x": 2.0}),
    ("wx", "0.5 × 2", {"w": 0.5, "x": 2.0}),
    ("2w", "2·0.5", {"w": 0.5}),
    ("w_1 x_1 + w_2 x_2", "0.1·0.2 + .3·0.4", {"w_1": 0.1, "x_1": 0.2, "w_2": 0.3, "x_2": 0.4}),
    ("wx", "0.52", {}),  # 0.5 and 2, or 0 and .52
    ("2w", "20.5", {}),
    ("w x + b", "0.5·2 − 1", {}),
    ("w x", "0.5·2·3", {}),
    ("a b c d e f g h", "0." + 60 * "1", {}),
]


@walked(NUMBERS_FOR_NAMES)
def test_each_name_has_the_number_in_its_place(formula, text, found):
    """Brackets and signs of multiplication may be others; numbers that run together are none."""
    assert {name.strip(): number.value for name, number in numbers_for_names(formula, text)} == found


def test_each_place_of_a_name_has_its_number():
    """With what its last digit counts."""
    assert [number.value for _, number in numbers_for_names("a (1 - a)", r"0.6 \cdot (1 - 0.6)")] == [0.6, 0.6]
    assert [number.unit for _, number in numbers_for_names("a b", "0.25 · 3")] == [0.01, 1.0]


def test_many_names_in_a_row_have_no_number_among_them():
    """However many ways there would be to share out its digits, none is tried."""
    assert numbers_for_names(r"softmax tanh .5 _ \infty", 41 * "9") == []
    assert check_notes(rf"softmax tanh .5 _ \infty (-8)^(1/3) = {41 * '9'}").rows


def test_the_number_of_another_name_is_misplaced():
    """Of four digits at least, where the page says that the names have different ones."""
    page = {"g": [Written(0.1385, 1e-4)], "a": [Written(0.7514, 1e-4)]}

    def numbers_of(name):
        return page.get(name.strip(), [])

    found = find_misplaced("g (1 - a)", "0.7514 (1 - 0.7514)", numbers_of)
    assert found is not None
    assert (found.name.strip(), found.other.strip(), found.number.value) == ("g", "a", 0.1385)
    assert find_misplaced("a (1 - a)", "0.7514 (1 - 0.7514)", numbers_of) is None
    assert find_misplaced("g (1 - a)", "0.1385 (1 - 0.7514)", numbers_of) is None
    assert find_misplaced("g (1 - b)", "0.7514 (1 - 0.7514)", numbers_of) is None
    page["a"] = [Written(0.75, 1e-2)]  # in fewer digits it is the same number
    assert find_misplaced("g (1 - a)", "0.7514 (1 - 0.7514)", numbers_of) is not None
    page = {"g": [Written(0.1, 0.1)], "a": [Written(0.751, 1e-3)]}
    assert find_misplaced("g (1 - a)", "0.751 (1 - 0.751)", numbers_of) is None  # three digits may be two things by chance


def test_signs_that_look_alike_are_tried():
    """Wherever the name stands, with what stands below it; nothing where none makes it right."""
    assert read_otherwise("o (1 - o)", lambda text: "σ" in text and "o" not in text) == ("o", "σ")
    assert read_otherwise("y_1 - t", lambda text: r"\hat{y} _1" in text) == ("y", "ŷ")
    assert read_otherwise("x_1 - t", lambda text: False) is None


def test_a_statement_with_both_names_tells_them_apart():
    """A hat, and no other sign."""
    assert are_two("y", "ŷ", [r"\hat{y} (1", "- y)"])
    assert not are_two("y", "ŷ", ["y - t", "2 y"])
    assert not are_two("o", "σ", ["o", r"\sigma"])


SHAPES = [
    ([r"X \in \mathbb{R}^{n \times d}"], "", {"X": ("n", "d")}),
    (["w ∈ ℝ^d, W ∈ ℝ^{m×d}"], "", {"w": ("d",), "W": ("m", "d")}),
    ([r"T \in \mathbb{R}^{a \times b \times c}"], "", {}),
    ([], r"where $W$ is an $n \times m$ matrix", {"W": ("n", "m")}),
    ([], r"the $3 \times d$ matrix $A$", {"A": ("3", "d")}),
    (["x = 1"], "a number $x$", {}),
]


@pytest.mark.parametrize(("rows", "prose", "said"), SHAPES)
def test_lengths_that_a_page_says(rows, prose, said):
    """In signs or in words; of tensors with more than two axes nothing."""
    assert declared_shapes(rows, prose) == said


def test_each_change_is_one_small_thing():
    """Signs, exponents, terms, indices, hats, factors: each differs from the formula, and says how."""
    texts = [r"E = (\hat{y} - y)^2 + a_1 x_2", "y = 2 x"]
    formula = r"2 (\hat{y} - y)^2 + a_1 x_2"
    made = dict(changes(formula, Notation(texts, True)))
    assert all(changed != formula for changed in made.values())
    wanted = {
        "another sign",
        "a minus in front",
        "a minus in front of the first term",
        "another exponent",
        "no hat",
        "a hat",
    }
    wanted |= {"a factor less", "a factor 2", "a factor ½", "a factor 2 in one term", "a factor ½ in one term"}
    assert wanted <= made.keys()
    assert r"\frac{1}{2} a_1 x_2" in " ".join(made["a factor ½ in one term"].split())


@pytest.mark.parametrize("pair", ["oσ", "oθ", "σθ", "aα", "wω", "vν", "uμ", "pρ", "xχ", "kκ"])
def test_letters_of_two_alphabets_look_alike(pair):
    """Either may have been written for the other."""
    for name, other in (pair, pair[::-1]):
        assert read_otherwise(f"2 {name} + b", lambda text, other=other: other in text) == (name, other)


def test_exponents_and_factors_that_may_have_been_lost():
    """A square for a cube and the other way round; a two or a half in front, in each way to write it."""

    def ways(formula):
        made = {}
        for way, changed in changes(formula, Notation([formula], True)):
            made.setdefault(way, []).append("".join(changed.split()))
        return made

    assert {"(a+b)^3+c", "(a+b)+c"} <= set(ways("(a + b)^2 + c")["another exponent"])
    assert {"(a+b)^2+c", "(a+b)+c"} <= set(ways("(a + b)^3 + c")["another exponent"])
    for half in ("2", r"\frac{1}{2}", r"\frac12", "½"):
        assert "(a+b)" in ways(f"{half} (a + b)")["a factor less"]


def test_a_name_with_three_meanings_has_each_where_it_is_said():
    """One after the other, and what follows from each is judged by it."""
    page = "$u = x^2$. $\\frac{du}{dx} = 2x$.\n\n$u = v^3$. $\\frac{du}{dv} = 3v^2$.\n\n$u = w^4$. $\\frac{du}{dw} = 4w^3$."
    right = check_notes(page)
    assert [row.verdict for row in right.rows if "d" in row.text] == ["right"] * 3
    for one, other in (("2x", "3x"), ("3v^2", "3v"), ("4w^3", "3w^4")):
        (wrong,) = check_notes(page.replace(one, other)).wrong
        assert other in wrong.text


STATEMENTS = [  # a row, and its statements as text; one that goes on from the row above begins with its sign
    (r"a = b + 1", ["a = b + 1"]),
    (r"{a = b + 1} \quad (3)", ["a = b + 1"]),
    (r"\text{where } a = b \text{ if } c", ["a = b"]),
    (r"\text{New } w = w - 0.5", [r"\text{anew} = w - 0.5"]),
    (r"\text{Updated weight: } w = 0.3", [r"\text{anew} = 0.3"]),
    (r"a = b, c = d", ["a = b", "c = d"]),
    (r"a = b \quad c = d", ["a = b", "c = d"]),
    (r"a \quad = b", ["a = b"]),
    (r"y \quad z = 1", ["y", "z = 1"]),
    (r"f(x, y) = x, \; y > 0", ["f(x, y) = x"]),
    (r"a = b + \dots", ["a = b"]),
    (r"x \rightarrow y", ["x = y"]),
    (r"a \rightarrow = b", ["a = b"]),
    (r"a = b \Rightarrow c = d", ["a = b", "c = d"]),
    (r"\Rightarrow a = b", ["a = b"]),
    (r"\theta \leftarrow \theta - \eta g", [r"\theta := \theta - \eta g"]),
    (r"L = (y - t)^2 \leftarrow E", ["L = (y - t)^2", "E = L"]),
    (r"A = \begin{bmatrix} 1 & 2 \end{bmatrix} \nabla L = x", ["A = ⟦1 ¦ 2⟧", r"\nabla L = x"]),
    (r"f(x) \approx f(a) + g", ["f(x)"]),
    (r"x \approx 0.52 \approx 0.5", [r"x \approx 0.52 \approx 0.5"]),
    (r"a \in b = c", []),
    (r"= a + b", ["= a + b"]),
    (r"\text{so } = a", ["= a"]),
    ("x" * (LONGEST_ROW + 1), []),
]


@pytest.mark.parametrize(("row", "said"), STATEMENTS)
def test_what_a_row_states(row, said):
    """Formulas with their signs, without the words and arrows around them."""
    parts = find_parts(Row(1, 1, row, True, ""))
    written = [" ".join(" ".join(pair) for pair in zip(part.signs, part.formulas)).strip() for part in parts]
    assert written == said


def test_a_dash_in_front_of_rows_is_no_minus():
    """Where it is that of a list; and what words stand in front of does not go on from the row above."""
    row = Row(1, 1, r"- a = \sigma(z)", True, "")
    assert [find_parts(row, bullets)[0].formulas[0] for bullets in (True, False)] == ["a", "- a"]
    assert [find_parts(Row(1, 1, text, True, ""))[0].goes_on for text in ("= a", r"\text{so } = a")] == [True, False]
