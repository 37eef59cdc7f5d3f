"""Sums over an index, vectors, matrices, cases and dots, read by whatever reads formulas; what they come to, by plain lists.

The generator writes formulas, in LaTeX and in plain signs, beside functions of lists: nothing of the reader is in it.
"""

import math
import random

import pytest
from long_runs import seeds
from walks import failures

from autograd import Value, Worksheet, gradient, parse
from autograd.formula.lexer import FormulaError
from autograd.formula.parser import variables
from autograd.formula.series import MOST_SUMS
from autograd.formula.systems import read_formulas
from autograd.mark.sheets import sheet_from

X, W, A = [0.4, -0.7, 1.0], [0.5, -0.25, 2.0], [[0.1, -0.2, 0.3], [0.5, 0.9, -1.1], [0.7, 0.2, 0.6]]
ROWS = range(3)
NUMBERS = {f"x_{i + 1}": X[i] for i in ROWS} | {f"w_{i + 1}": W[i] for i in ROWS}
NUMBERS |= {f"A_{i + 1}{j + 1}": A[i][j] for i in ROWS for j in ROWS} | {"b": 0.6, "n": 3.0, "l": 2.0}
EXPS = [math.exp(x) for x in X]
DOT = sum(w * x for w, x in zip(W, X))
READ = {
    r"\sum_{i=1}^{3} x_i^2": sum(x * x for x in X),
    "Σ_{i=1}^n x_i": sum(X),
    "Σᵢ₌₁³ wᵢ·xᵢ": DOT,
    "Σ_i w_i x_i + b": DOT + 0.6,
    "sum_{i=1}^3 x_i": sum(X),
    r"\prod_{i=1}^{3} (1 + x_i)": math.prod(1 + x for x in X),
    r"\frac{1}{n} \sum_{i=1}^n (x_i - w_i)^2": sum((x - w) ** 2 for x, w in zip(X, W)) / 3,
    "Σ_i sin⁻¹(x_i)": sum(map(math.asin, X)),
    r"\sum_i \sin^{-2} w_i": sum(math.sin(w) ** -2 for w in W),
    r"\sum_{i=1}^3 1_{(l=i)} x_i": X[1],
    "Σ_{i=2}^3 x_i x_{i-1}": X[1] * X[0] + X[2] * X[1],
    "Σ_{i=1}^3 i x_i": sum((i + 1) * X[i] for i in ROWS),
    r"\sum_i \sum_j A_{ij} x_i w_j": sum(A[i][j] * X[i] * W[j] for i in ROWS for j in ROWS),
    "xᵀ A w": sum(A[i][j] * X[i] * W[j] for i in ROWS for j in ROWS),
    r"x^\top w": DOT,
    "‖x‖²": sum(x * x for x in X),
    r"\|x - w\|": math.dist(X, W),
    "2||x||": 2 * math.hypot(*X),
    "(x ⊙ w)_2": X[1] * W[1],
    "(A x)_3": sum(A[2][j] * X[j] for j in ROWS),
    "softmax(x)_2": EXPS[1] / sum(EXPS),
    "softmax(x)_l": EXPS[1] / sum(EXPS),
    "softmax(x_1, x_3)_1": EXPS[0] / (EXPS[0] + EXPS[2]),
    r"\log \sum_{j=1}^{3} e^{x_j}": math.log(sum(EXPS)),
    "w_1 x_1 + … + w_3 x_3": DOT,
    r"x_1 + \dots + x_n": sum(X),
    "([x_1, …, x_n])_2": X[1],
    "([… x_n …])_3": X[2],
    r"\begin{bmatrix} x_1 & \cdots & x_n \end{bmatrix} w": sum(w * x for w, x in zip(W, X)),
    r"\begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix}_2": X[1],
    r"\underbrace{\sum_i x_i}_{s} \cdot b": sum(X) * 0.6,
    r"\boxed{\sum_i x_i}": sum(X),
    r"\begin{bmatrix} x_1 & x_2 \end{bmatrix} \begin{bmatrix} w_1 \\ w_2 \end{bmatrix}": X[0] * W[0] + X[1] * W[1],
    r"\begin{cases} x_1 & \text{if } b > 0 \\ x_2 & \text{otherwise} \end{cases}": X[0],
    r"\begin{cases} x_1, & \text{if } b < 0, \\ x_2, & \text{otherwise}. \end{cases}": X[1],
    r"\begin{cases} x_1 & x_1 > 0 \\ 0 & \text{otherwise} \end{cases}": X[0],
    r"\begin{cases} x_2 & \text{if } x_2 > 0 \\ 0.01 x_2 & \text{otherwise} \end{cases}": 0.01 * X[1],
    r"\begin{pmatrix} w_1 & w_2 & w_3 \end{pmatrix} x": DOT,
    r"\frac{\partial}{\partial x_2} \sum_i w_i x_i^2": 2 * W[1] * X[1],
    r"e^{\sum_i x_i}": math.exp(sum(X)),
    r"\sum_i e^{x_i}": sum(EXPS),
    r"\log \sum_i e^{x_i}": math.log(sum(EXPS)),
    r"\sum_i e^{-x_i^2}": sum(math.exp(-x * x) for x in X),
    r"\sum_i 2^{e^{x_i}}": sum(2**x for x in EXPS),
    r"\frac{e^{x_2}}{\sum_j e^{x_j}}": EXPS[1] / sum(EXPS),
    "Σ_i e^(w_i x_i)": sum(math.exp(w * x) for w, x in zip(W, X)),
    "w·x + b": DOT + 0.6,
    r"w \cdot x + b": DOT + 0.6,
    r"\mathbf{w} \cdot \mathbf{x} + b": DOT + 0.6,
    "σ(w·x + b)": 1.0 / (1.0 + math.exp(-DOT - 0.6)),
    "Σ_i x_i + d^2/db^2 (b^3)": sum(X) + 6 * 0.6,
    "Σ_i x_i + d²/db² (b³)": sum(X) + 6 * 0.6,
    r"\sum_i x_i + \frac{d²}{db²} (b³)": sum(X) + 6 * 0.6,
}


def test_what_pages_of_notes_are_written_in_is_read():
    """With names as they are given; the graph is made of these very Values."""
    names = {name: Value(number, name) for name, number in NUMBERS.items()}

    def check(text):
        y = parse(text, names)
        assert y.data == pytest.approx(READ[text], rel=1e-12)
        assert set(variables(y).values()) <= set(names.values())

    assert failures(check, list(READ)) == {}


ASKED = {  # where nobody gives names: the place, and the way out
    "Σ_{i=1}^n x_i": (0, "or give n a number"),
    "2 + Σ_i x_i": (4, "write its bounds, as in Σ_{i=1}^{3}"),
    "x_1 + … + x_n": (8, "or give n a number"),
    "w^T x": (1, "how many entries w has: give w_1, w_2"),
    "‖x − y‖²": (6, "how many entries x has"),
    "softmax(z)_1": (9, "how many entries z has"),
    "(x ⊙ y)_1": (3, "entry by entry"),
    "Σ_{i=1}^{999999999} x_i": (0, "up to 3,000 terms"),
    "Σ_{i=1}^2 Σ_{i≠j} x_i": (10, "which number j is"),
    "[x_1, x_2]": (4, "a comma stands"),
    r"\begin{bmatrix} x_1 \\ x_2 \end{bmatrix}": (0, "comes to a vector"),
    "x_1 + … ": (6, "what they leave out"),
}


def test_what_nobody_said_is_asked_for():
    """Bounds, sizes, one number: in a sentence with the way out, at the place."""

    def check(text):
        with pytest.raises(FormulaError) as caught:
            parse(text)
        assert ASKED[text][1] in caught.value.reason
        assert caught.value.position == ASKED[text][0]

    assert failures(check, list(ASKED)) == {}


REFUSED = {  # what cannot be read though there are names, with the way out
    "max_i x_i": "max(x_1, x_2)",
    r"\sum_{i=1}^{2} \max_j x_j": "max(x_1, x_2)",
    r"\begin{bmatrix} w_1 & w_2 \end{bmatrix}": "a vector",
    r"w \cdot v": "v is not known",
    "x·y": "no product",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_read_says_the_way_out(text):
    """An index below max, an array where a number is expected, a vector of which nothing is known, or of another length."""
    with pytest.raises(FormulaError) as caught:
        parse(text, {**NUMBERS, "y_1": 1.0, "y_2": 2.0})
    assert REFUSED[text] in caught.value.reason


@pytest.mark.parametrize("n", range(2, 7))
def test_the_slope_of_a_sum_of_powers_is_softmax(n):
    """The derivative of the logarithm of Σ e^{x_i} by x_k is e^{x_k} over that sum."""
    chance = random.Random(n)
    xs = [Value(chance.gauss(0.0, 1.0), f"x_{i}") for i in range(1, n + 1)]
    slopes = gradient(parse(r"\log \sum_{i} e^{x_i}", {x.label: x for x in xs}), *xs)
    whole = sum(math.exp(x.data) for x in xs)
    assert [s.data for s in slopes] == pytest.approx([math.exp(x.data) / whole for x in xs], rel=1e-12)


def test_a_name_is_what_it_says_though_its_index_is_a_size():
    """x_n is the name x_n where there is one, though n is a number, too."""
    assert parse(r"\sum_{i=1}^{2} x_i + x_n", {**NUMBERS, "x_n": 9.0, "n": 2}).data == pytest.approx(X[0] + X[1] + 9.0)


def test_a_case_that_letters_decide_is_it_alone():
    """What stands in another case may have no number there."""
    text = r"\sum_{i=1}^{2} \begin{cases} \frac{x_1}{i - 1} & \text{if } i \neq 1 \\ x_2 & \text{otherwise} \end{cases}"
    assert parse(text, {"x_1": 3.0, "x_2": 5.0}).data == 8.0


def terms(chance, letters, deep):
    """(LaTeX, plain, function of the letters' numbers): brackets around what is no factor."""
    i, *_ = letters
    j = letters[-1]
    leaf = [
        (f"x_{i}", f"x_{i}", lambda at: X[at[i] - 1]),
        (f"w_{{{j}}}", f"w_{j}", lambda at: W[at[j] - 1]),
        (f"A_{{{i}{j}}}", f"A_{{{i}{j}}}", lambda at: A[at[i] - 1][at[j] - 1]),
        (f"1_{{{i}={j}}}", f"1_{{({i}={j})}}", lambda at: float(at[i] == at[j])),
        ("b", "b", lambda at: 0.6),
        (i, i, lambda at: float(at[i])),
    ]
    if not deep or chance.random() < 0.3:
        return chance.choice(leaf)
    folds = ["sum", "prod"] if len(letters) < MOST_SUMS else []
    kind = chance.choice([*folds, "add", "mul", "pow", "exp", "div"])
    if kind in ("sum", "prod"):
        letter = chance.choice([c for c in "ijkm" if c not in letters])
        low, high = chance.choice([(1, 3), (2, 3), (1, 2)])
        latex, plain, body = terms(chance, [letter, *letters], deep - 1)
        sign, other = (r"\sum", "Σ") if kind == "sum" else (r"\prod", "∏")
        fold = sum if kind == "sum" else math.prod
        return (
            rf"\left({sign}_{{{letter}={low}}}^{{{high}}} {latex}\right)",
            f"({other}_{{{letter}={low}}}^{high} {plain})",
            lambda at: fold(body({**at, letter: n}) for n in range(low, high + 1)),
        )
    one, two = (terms(chance, letters, deep - 1) for _ in range(2))
    f, g = one[2], two[2]
    return {
        "add": (f"({one[0]} - {two[0]})", f"({one[1]} − {two[1]})", lambda at: f(at) - g(at)),
        "mul": (rf"{one[0]} \cdot {two[0]}", f"{one[1]}·{two[1]}", lambda at: f(at) * g(at)),
        "pow": (f"({one[0]})^2", f"({one[1]})²", lambda at: f(at) ** 2),
        "exp": (f"e^{{-({one[0]})^2}}", f"exp(−({one[1]})²)", lambda at: math.exp(-(f(at) ** 2))),
        "div": (rf"\frac{{{one[0]}}}{{2}}", f"(({one[1]})/2)", lambda at: f(at) / 2),
    }[kind]


@pytest.mark.parametrize("seed", seeds(60))
def test_formulas_with_letters_that_count(seed):
    """Sums and products within each other, in LaTeX and in plain signs: what loops over lists come to."""
    chance = random.Random(f"indexed {seed}")
    latex, plain, body = terms(chance, ["i", "j"], 4)
    right = sum(body({"i": i, "j": j}) for i in (1, 2, 3) for j in (1, 2))
    for text in (rf"\sum_{{i=1}}^{{3}} \sum_{{j=1}}^{{2}} ({latex})", f"Σ_{{i=1}}^n Σ_{{j=1}}^2 ({plain})"):
        assert parse(text, NUMBERS).data == pytest.approx(right, rel=1e-9), text


def test_more_sums_within_each_other_than_are_read():
    """Four are, and five are refused at the fifth."""
    letters = "ijkmp"
    for n in (MOST_SUMS, MOST_SUMS + 1):
        text = " ".join(f"Σ_{{{letter}=1}}^2" for letter in letters[:n]) + " x_i"
        if n == MOST_SUMS:
            assert parse(text, NUMBERS).data == pytest.approx(8 * (X[0] + X[1]))
        else:
            with pytest.raises(FormulaError, match="more than 4 sums within each other"):
                parse(text, NUMBERS)


def test_several_formulas_worksheets_and_the_red_pen_read_the_same():
    """Definitions of one another with a size that is given; a sheet in TOML; a claim on it."""
    formulas = read_formulas(
        "E = \\frac{1}{n} Σ_{i=1}^n (h_i - t)^2; h_1 = w x; h_2 = w^2 x", {"n": 2, "w": 3, "x": 1, "t": 1}
    )
    assert formulas.value("E").data == pytest.approx(((3 - 1) ** 2 + (9 - 1) ** 2) / 2)
    assert gradient(formulas.value("E"), formulas.value("t"))[0].data == pytest.approx(-10)
    sheet = sheet_from('[given]\nx_1 = 1\nx_2 = 2\n[lines]\ns = "Σ_{i=1}^2 x_i^2"\nr = "s + ‖x‖²"').sheet
    assert sheet.true == {"s": 5.0, "r": 10.0}
    x = [Value(1.0, label="x_1"), Value(2.0, label="x_2")]
    marked = Worksheet(s=x[0] * x[0] + x[1] * x[1]).mark({"s": "\\sum_{i=1}^{2} x_i^2 = 5"})
    assert marked["s"].verdict == "right"
