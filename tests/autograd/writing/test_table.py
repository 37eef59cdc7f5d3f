"""The table for readers: what help() says of each operation is true, and is shown where it matters; symbols and orders."""

import itertools
import math
import re
from math import e, inf, isnan, pi

import pytest
from formula_judges import DIGITS, TextReader, agree, as_read, exact
from mpmath import mp
from walks import walked

import autograd as ag
from autograd import PRIMITIVES, Value, gradient
from autograd.formula.help import names_of
from autograd.formula.writing import page_of
from autograd.writing.notation import ATOM, SUM

OWN = [name for name, op in PRIMITIVES.items() if op.arity is not None]


def at(name, *point):
    """The value of an operation at a point."""
    return PRIMITIVES[name](*map(float, point))


def slope(name, *point, of=0):
    xs = [Value(x) for x in point]
    return gradient(PRIMITIVES[name](*xs), xs[of])[0].data


# -------------------------------------------------------------------------------------------------------------------- help

SAID = {  # what help() says of an operation, and whether it is so
    "add": {"x + y": at("add", 3, 4) == 7},
    "sub": {"x - y": at("sub", 3, 4) == -1},
    "mul": {"x y": at("mul", 3, 4) == 12},
    "div": {"x / y": at("div", 3, 4) == 0.75, "1/0 is inf": at("div", 1, 0) == inf, "0/0 nan": isnan(at("div", 0, 0))},
    "neg": {"-x": at("neg", 3) == -3},
    "pow": {
        "x to the power y": at("pow", 3, 4) == 81,
        "0**0 is 1": at("pow", 0, 0) == 1,
        "a root of a negative number nan": isnan(at("pow", -2, 0.5)),
        "At x = 0 the slope in y is 0 for y >= 0": slope("pow", 0, 0, of=1) == slope("pow", 0, 3, of=1) == 0,
    },
    "exp": {
        "e to the power x": at("exp", 1) == e,
        "inf where that is beyond all floats, from x = 710 on": at("exp", 709) < at("exp", 710) == inf,
    },
    "expm1": {"exp(x) - 1": at("expm1", 1) == pytest.approx(e - 1), "for small x": at("expm1", 1e-20) == 1e-20},
    "log": {
        "The natural logarithm of x": at("log", e) == 1,
        "log(0) is -inf": at("log", 0) == -inf,
        "that of a negative number nan": isnan(at("log", -1)),
    },
    "log2": {"to base 2, log(x) / log(2)": at("log2", 8) == 3, "log2(0) is -inf": at("log2", 0) == -inf},
    "log10": {"to base 10, log(x) / log(10)": at("log10", 1000) == 3, "log10(0) is -inf": at("log10", 0) == -inf},
    "log1p": {
        "log(1 + x)": at("log1p", e - 1) == 1,
        "for small x": at("log1p", 1e-20) == 1e-20,
        "log1p(-1) is -inf, and nan follows below": at("log1p", -1) == -inf and isnan(at("log1p", -1.5)),
    },
    "sqrt": {
        "The square root of x; nan below 0": at("sqrt", 9) == 3 and isnan(at("sqrt", -1)),
        "Its slope at 0 is inf": slope("sqrt", 0) == inf,
    },
    "cbrt": {
        "The cube root of x, negative numbers included": at("cbrt", -27) == pytest.approx(-3),
        "Its slope at 0 is inf": slope("cbrt", 0) == inf,
    },
    "sin": {"The sine of x, an angle in radians": at("sin", pi / 2) == 1},
    "cos": {"The cosine of x, an angle in radians": at("cos", pi) == -1},
    "tan": {"The tangent of x, an angle in radians": at("tan", pi / 4) == pytest.approx(1)},
    "asin": {
        "The angle in radians, from -π/2 to π/2, whose sine is x": (at("asin", -1), at("asin", 1)) == (-pi / 2, pi / 2),
        "nan outside -1 to 1": isnan(at("asin", 1.1)) and isnan(at("asin", -1.1)),
        "Its slope at both ends is inf": slope("asin", -1) == slope("asin", 1) == inf,
    },
    "acos": {
        "The angle in radians, from 0 to π, whose cosine is x": (at("acos", 1), at("acos", -1)) == (0, pi),
        "nan outside -1 to 1": isnan(at("acos", 1.1)) and isnan(at("acos", -1.1)),
        "Its slope at both ends is -inf": slope("acos", -1) == slope("acos", 1) == -inf,
    },
    "atan": {
        "The angle in radians, from -π/2 to π/2, whose tangent is x": (at("atan", 1), at("atan", inf)) == (pi / 4, pi / 2)
    },
    "atan2": {
        "from -π to π": (at("atan2", -0.0, -1), at("atan2", 0, -1)) == (-pi, pi),
        "The angle in radians, from -π to π, of the point (x, y), given as atan2(y, x)": at("atan2", 1, 0) == pi / 2,
        "its slopes at the origin are 0": slope("atan2", 0, 0) == slope("atan2", 0, 0, of=1) == 0,
    },
    "sinh": {"The hyperbolic sine of x, (exp(x) - exp(-x)) / 2": at("sinh", 1) == pytest.approx((e - 1 / e) / 2)},
    "cosh": {"The hyperbolic cosine of x, (exp(x) + exp(-x)) / 2": at("cosh", 1) == pytest.approx((e + 1 / e) / 2)},
    "tanh": {
        "The hyperbolic tangent of x, sinh(x) / cosh(x)": at("tanh", 1) == pytest.approx(at("sinh", 1) / at("cosh", 1)),
        "outputs from -1 to 1": (at("tanh", -inf), at("tanh", inf)) == (-1, 1),
    },
    "asinh": {"The inverse of sinh": at("asinh", at("sinh", 2)) == pytest.approx(2)},
    "acosh": {
        "The inverse of cosh, from 0 on": (at("acosh", 1), at("acosh", at("cosh", 2))) == (0, pytest.approx(2)),
        "nan below 1": isnan(at("acosh", 0.9)),
        "Its slope at 1 is inf": slope("acosh", 1) == inf,
    },
    "atanh": {
        "The inverse of tanh": at("atanh", at("tanh", 2)) == pytest.approx(2),
        "infinite at -1 and 1, and nan beyond": (at("atanh", -1), at("atanh", 1)) == (-inf, inf) and isnan(at("atanh", 1.1)),
    },
    "hypot": {
        "The length of (x, y)": at("hypot", 3, 4) == 5,
        "without overflow on the way": at("hypot", 3e200, 4e200) == pytest.approx(5e200),
        "its slopes at the origin are 0": slope("hypot", 0, 0) == slope("hypot", 0, 0, of=1) == 0,
    },
    "erf": {
        "The error function, 2/√π times the integral of exp(-t²) from 0 to x": (at("erf", 0), slope("erf", 0))
        == (0, 2 / math.sqrt(pi))
    },
    "erfc": {"1 - erf(x)": at("erfc", 1) == pytest.approx(1 - at("erf", 1)), "for large x": 0 < at("erfc", 20) < 1e-170},
    "sigmoid": {
        "The logistic function σ(x) = 1 / (1 + exp(-x))": at("sigmoid", 1) == pytest.approx(1 / (1 + 1 / e)),
        "never overflowing": at("sigmoid", -1000) == 0,
        "outputs from 0 to 1": (at("sigmoid", -inf), at("sigmoid", inf)) == (0, 1),
    },
    "softplus": {
        "log(1 + exp(x)), a smooth relu": at("softplus", 1) == pytest.approx(math.log(1 + e)),
        "never overflowing": at("softplus", 1000) == 1000,
        "its slope is the sigmoid σ": slope("softplus", 1) == at("sigmoid", 1),
        "In PyTorch: torch.nn.functional.softplus": True,
    },
    "relu": {
        "The rectified linear unit: x above 0, else 0": (at("relu", 2), at("relu", -2)) == (2, 0),
        "its slope at 0 is 0 (as in torch)": slope("relu", 0) == 0,
    },
    "leaky_relu": {
        "x above 0, else slope * x": (at("leaky_relu", 2, 0.1), at("leaky_relu", -2, 0.1)) == (2, -0.2),
        "its slope at 0 is that of the left side (as in torch)": slope("leaky_relu", 0, 0.1) == 0.1,
    },
    "elu": {
        "x above 0, else alpha * (exp(x) - 1)": (at("elu", 2, 3), at("elu", -1, 3)) == (2, pytest.approx(3 / e - 3)),
        "its slope at 0 is alpha (as in torch)": slope("elu", 0, 3) == 3,
    },
    "gelu": {
        "x times the normal distribution function of x": at("gelu", 1.96) == pytest.approx(1.96 * 0.975, abs=1e-5),
        "(Hendrycks and Gimpel 2016), the exact form": at("gelu", 1) == pytest.approx(0.8413447460685429),  # not 0.8411920
        "In PyTorch: torch.nn.functional.gelu": True,
    },
    "silu": {
        "x σ(x) with σ the sigmoid, also called swish": at("silu", 2) == pytest.approx(2 * at("sigmoid", 2)),
        "In PyTorch: torch.nn.functional.silu": True,
    },
    "abs": {"The absolute value of x": at("abs", -2) == 2, "its slope at 0 is 0 (as in torch)": slope("abs", 0) == 0},
    "sign": {
        "The sign of x: -1, 0 or 1": (at("sign", -2), at("sign", 0), at("sign", 3)) == (-1, 0, 1),
        "its slope is 0 everywhere": slope("sign", 0) == slope("sign", 1) == 0,
    },
    "maximum": {
        "The larger of x and y, nan if either is": at("maximum", 2, 3) == 3 and isnan(at("maximum", 1, math.nan)),
        "where both are equal each gets half of the slope": slope("maximum", 2, 2) == slope("maximum", 2, 2, of=1) == 0.5,
    },
    "minimum": {
        "The smaller of x and y, nan if either is": at("minimum", 2, 3) == 2 and isnan(at("minimum", 1, math.nan)),
        "where both are equal each gets half of the slope": slope("minimum", 2, 2) == slope("minimum", 2, 2, of=1) == 0.5,
    },
    "clip": {
        "x, not below low and not above high": (at("clip", 0, 1, 3), at("clip", 9, 1, 3), at("clip", 2, 1, 3)) == (1, 3, 2),
        "its slope at a bound is 1 (as in torch)": slope("clip", 1, 1, 3) == slope("clip", 3, 1, 3) == 1,
    },
    "sum": {"x1 + ... + xn as a single node": at("sum", 1, 2, 4) == 7},
    "dot": {
        "w1 x1 + ... + wn xn + b as a single node": at("dot", 2, 3, 5, 7, 1) == 32,
        "if their number is odd, b": at("dot", 2, 3, 5, 7) == 31,
    },
    "logsumexp": {
        "log(exp(x1) + ... + exp(xn)) as a single node": at("logsumexp", 0, 0) == math.log(2),
        "never overflowing": at("logsumexp", 1000, -1000) == 1000,
    },
    "select": {
        "The item that stands at an index, counted from 0": (at("select", 0, 5, 7), at("select", 1, 5, 7)) == (5, 7),
        "nan where there is none": isnan(at("select", 2, 5, 7)),
    },
    "equal": {
        "1 where x = y, else 0": (at("equal", 1, 1), at("equal", 2, 1), at("equal", 1, 2)) == (1, 0, 0),
        "itself flat": slope("equal", 1, 1) == slope("equal", 1, 1, of=1) == 0,
    },
    "greater": {
        "1 where x > y, else 0": (at("greater", 2, 1), at("greater", 1, 1), at("greater", 0, 1)) == (1, 0, 0),
        "itself flat": slope("greater", 1, 1) == slope("greater", 2, 1, of=1) == 0,
    },
    "softsign": {
        "x / (1 + |x|)": at("softsign", -3) == -0.75,
        "outputs from -1 to 1": (at("softsign", -inf), at("softsign", inf)) == (-1, 1),
        "In PyTorch: torch.nn.functional.softsign": True,
    },
    "sinc": {
        "sin(πx) / (πx), and 1 at 0": at("sinc", 0.5) == pytest.approx(2 / pi) and at("sinc", 0) == 1,
        "exactly 0 at every other whole number": [at("sinc", n) for n in (1, -2, 1e6)] == [0, 0, 0],
    },
    "sinc_slope": {"n-th derivative of sinc(x) in x": at("sinc_slope", 1, 1) == -1},
    "floor": {
        "The largest whole number that is not above x": [at("floor", x) for x in (2.7, -2.3, 3)] == [2, -3, 3],
        "its slope is 0 everywhere": slope("floor", 2.7) == slope("floor", 3) == 0,
    },
    "round": {
        "The whole number nearest to x, of two the even one": [at("round", x) for x in (2.4, 2.5, 3.5, -0.6)]
        == [2, 2, 4, -1],
        "its slope is 0 everywhere": slope("round", 2.4) == slope("round", 2.5) == 0,
    },
    "mod": {
        "The remainder of x / y, with the sign of y": [at("mod", *p) for p in ((7, 3), (-7, 3), (7, -3))] == [1, 2, -2],
        "nan where y is 0": isnan(at("mod", 1, 0)),
        "Its slope in x is 1, jumps included": slope("mod", 7, 3) == slope("mod", 6, 3) == 1,
    },
    "floor_divide": {
        "The largest whole number that is not above x / y": [at("floor_divide", *p) for p in ((7, 3), (-7, 3))] == [2, -3],
        "1 // 0 is inf": at("floor_divide", 1, 0) == inf,
        "Its slopes are 0 everywhere": slope("floor_divide", 7, 3) == slope("floor_divide", 7, 3, of=1) == 0,
    },
    "sigmoid_slope": {
        "z (1 - z) where z = sigmoid(x)": at("sigmoid_slope", at("sigmoid", 1), 1) == pytest.approx(0.19661193)
    },
    "tanh_slope": {"1 - z**2 where z = tanh(x)": at("tanh_slope", at("tanh", 1), 1) == pytest.approx(1 / math.cosh(1) ** 2)},
    "silu_bend": {"x z (1 - z) where z = sigmoid(x)": at("silu_bend", 2) == pytest.approx(2 * 0.10499359)},
    "one_minus_square": {"1 - x**2": at("one_minus_square", 0.5) == 0.75},
    "gaussian": {"n-th derivative of exp(-x**2) in x": at("gaussian", 1, 1) == pytest.approx(-2 / e)},
    "power_slope": {
        "The derivative of x**y, i times in x and j times in y": at("power_slope", 3, 4, 1, 0) == 4 * 3**3,
        "At x = 0 a term with log(x) is 0 for y >= i": at("power_slope", 0, 2, 1, 1) == 0,
    },
    "ray": {
        "x / hypot(x, y)**k for k = 1 or 2": (at("ray", 3, 4, 1, 0, 0), at("ray", 3, 4, 2, 0, 0)) == (0.6, 3 / 25),
        "differentiated i times in x and j times in y": at("ray", 3, 4, 1, 1, 0) == pytest.approx(16 / 125),
        "and 0 at the origin": at("ray", 0, 0, 1, 0, 0) == 0,
    },
}


@walked(PRIMITIVES)
def test_what_is_said_of_an_operation_is_so(name):
    """Its formula, its conventions, its domain: each stands in its sentences, and the operation keeps to it."""
    assert SAID[name] == dict.fromkeys(SAID[name], True)
    assert [phrase for phrase in SAID[name] if phrase not in PRIMITIVES[name].doc] == []


@walked(PRIMITIVES)
def test_what_is_said_of_an_operation_is_in_sentences(name):
    """Each begins with a capital letter, a name or a formula, and ends with a full stop."""
    doc = PRIMITIVES[name].doc
    sentences = re.split(r"(?<=[a-z0-9)σ]\.) ", doc.replace("... ", "…"))
    formula = rf"-?(?:{'|'.join(PRIMITIVES)}|[wxyzn\d])(?![a-zA-Z])"
    assert [each for each in sentences if not re.match(rf"[A-Z][a-z]*\b|{formula}", each) or not each.endswith(".")] == []
    assert "  " not in doc


@walked(OWN)
def test_the_examples_of_help_begin_where_nothing_is_special(name):
    """At the first point the value and all slopes are finite; each point has as many numbers as the operation has inputs."""
    points = [point if isinstance(point, tuple) else (point,) for point in PRIMITIVES[name].points]
    assert all(len(point) == PRIMITIVES[name].arity for point in points)
    assert len(set(points)) == len(points)
    for point in points[:1]:
        assert all(math.isfinite(x) for x in (at(name, *point), *(slope(name, *point, of=i) for i in range(len(point)))))


SPECIAL = {  # kinks, ends of a domain, poles, where digits are at stake, and both sides
    "exp": [1000.0], "expm1": [1e-12], "log": [0.0], "log2": [0.0], "log10": [0.0], "log1p": [1e-12, -1.0],
    "sqrt": [0.0, -1.0], "cbrt": [0.0, -8.0], "asin": [1.0], "acos": [1.0], "acosh": [1.0], "atanh": [1.0],
    "atan2": [(0.0, 0.0)], "hypot": [(0.0, 0.0), (3e200, 4e200)], "tanh": [20.0], "erfc": [6.0], "sigmoid": [-1000.0],
    "softplus": [1000.0], "relu": [0.0, -2.0], "abs": [0.0], "sign": [0.0],
    "maximum": [(2.0, 2.0)], "minimum": [(2.0, 2.0)],
}  # fmt: skip


@walked(PRIMITIVES)
def test_help_shows_where_an_operation_is_special(name):
    """And an ordinary point beside; what only helps to compute, or needs more numbers, has none."""
    points = PRIMITIVES[name].points
    assert set(SPECIAL.get(name, ())) <= set(points)
    in_help = name in ag.__all__ or name in ("abs", "sum")
    assert bool(points) == (in_help and PRIMITIVES[name].arity in (1, 2) and name not in ("leaky_relu", "elu"))
    assert not points or len(points) > len(SPECIAL.get(name, ()))
    for point in points:
        numbers = ", ".join(f"Value({x!r})" for x in (point if isinstance(point, tuple) else (point,)))
        assert f">>> {', '.join(names_of(PRIMITIVES[name]))} = {numbers}\n" in PRIMITIVES[name].__doc__


def test_a_definition_stands_where_there_is_a_simpler_operation():
    """What derivations start from."""
    defined = {name for name, op in PRIMITIVES.items() if op.definition is not None}
    assert defined == set("log2 log10 sqrt tan sinh cosh tanh sigmoid softplus silu softsign sinc".split())


# ----------------------------------------------------------------------------------------------------------------- symbols

SYMBOLS = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "neg": "−", "pow": "xʸ", "sqrt": "√", "cbrt": "∛", "sigmoid": "σ",
    "relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU", "abs": "|·|",
    "maximum": "max", "minimum": "min", "sum": "Σ", "dot": "w·x", "logsumexp": "log Σ exp", "equal": "=", "greater": ">",
    "sigmoid_slope": "σ′", "tanh_slope": "tanh′", "silu_bend": "xσ′", "one_minus_square": "1 − x²", "gaussian": "e^−x²",
    "sinc_slope": "sinc⁽ⁿ⁾", "floor_divide": "//",
    "power_slope": "∂xʸ", "ray": "x/rᵏ",
}  # fmt: skip


@walked(PRIMITIVES)
def test_what_a_drawing_shows_of_an_operation(name):
    """A sign where mathematics has one, the name of a layer as PyTorch writes it, and else the operation's own name."""
    assert PRIMITIVES[name].notation.symbol == SYMBOLS.get(name, name)


# ------------------------------------------------------------------------------------- operations that have an order, or two

ORDERS = [
    *(("gaussian", (0.8, n)) for n in range(6)),
    *(("power_slope", (1.7, 2.5, i, j)) for i, j in itertools.product(range(4), repeat=2) if i + j < 4),
    *(("ray", (0.3, -1.2, k, i, j)) for k, i, j in itertools.product((1, 2), range(4), range(4)) if i + j < 4),
]


@pytest.mark.parametrize(("name", "point"), ORDERS)
def test_derivatives_of_powers_lengths_and_bells_are_written_out(name, point):
    """To whatever order, as mpmath has it: on the page, and read from its text and its LaTeX."""
    n = PRIMITIVES[name].arity - (1 if name == "gaussian" else 2 if name == "power_slope" else 3)
    inputs = [Value(x, label) for x, label in zip(point, "uv")][:n] + [float(order) for order in point[n:]]
    y = PRIMITIVES[name](*inputs)
    page, number = page_of(y), exact(y)
    assert agree(exact(page), number, 12)
    assert all(agree(one, number, 12) for one in as_read(page))


@pytest.mark.parametrize(("name", "point"), [row for row in ORDERS if row[0] != "gaussian"])
def test_derivatives_of_powers_and_lengths_are_written_in_one_line(name, point):
    """As a trace writes them, without a page."""
    op = PRIMITIVES[name]
    names = {"u": point[0], "v": point[1]}
    orders = [(str(order), ATOM) for order in point[2:]]
    y = op(*(Value(x) for x in point[:2]), *map(float, point[2:]))
    text = op.notation.write([("u", ATOM), ("v", ATOM), *orders])
    with mp.workdps(DIGITS):
        assert agree(TextReader(text, names).number(), exact(y), 12), text
    assert not re.search("(?<![₀-₉0-9])1·|[¹⁰](?![⁰-⁹])|/1$|--|\\(−1\\)·", text), text


def test_the_logarithm_of_a_sum_is_a_call():
    """In a trace; a page has log and exp."""
    assert PRIMITIVES["logsumexp"].notation.write([("a + b", SUM), ("c", ATOM)]) == "logsumexp(a + b, c)"


def test_derivatives_of_bells_are_written_with_their_order():
    """exp(−x²) itself, and d/dx of it so many times."""
    write = PRIMITIVES["gaussian"].notation.write
    assert write([("x", ATOM), ("0", ATOM)]) == "exp(−x²)"
    assert write([("a + b", SUM), ("0", ATOM)]) == "exp(−(a + b)²)"
    assert write([("x", ATOM), ("3", ATOM)]) == "d³/dx³ exp(−x²)"


@pytest.mark.parametrize(("name", "letters"), [("power_slope", "xyij"), ("ray", "xykij")])
def test_where_the_order_is_a_letter_the_name_is_written(name, letters):
    """As a call, for there is nothing to write out."""
    assert PRIMITIVES[name].notation.write([(letter, ATOM) for letter in letters]) == f"{name}({', '.join(letters)})"


def test_a_plain_number_is_no_operation_to_be_seen():
    """A drawing shows it by its number alone; micrograd's spelling has the empty text."""
    two = (Value(3.0) * 2.0).inputs[1]
    assert (two.op.notation.symbol, two.op.notation.write([]), two._op) == ("", "", "")
