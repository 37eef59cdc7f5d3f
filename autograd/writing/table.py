"""How each operation is written, and what is said of it: the table of operations, for readers.

Beside the rows of primitives.py, by the same names, stand here

    what help() says of it, a sentence or two
    its notation     a short symbol for drawings, and how to write it around its operands, in plain text and in LaTeX
    definition       the operation in simpler ones: what its derivation starts from
    page             what formulas show in its place, where it only computes more exactly than the page would
    points           where help() shows value and slopes: an ordinary point, then kinks and ends of the domain

An operation about which nothing is said is written as a call of its name.
"""

from __future__ import annotations

import functools
import math

from autograd import ieee
from autograd.interop.given import GivenSlope
from autograd.operation import CONSTANT, PRIMITIVES, Primitive
from autograd.primitives import add, cos, div, exp, hypot, log, mul, neg, pow, sigmoid, sin, sqrt
from autograd.value import methods
from autograd.writing.notation import (
    ATOM,
    NEGATION,
    OPERATOR,
    POWER,
    PRODUCT,
    SUM,
    Notation,
    beside,
    bracket,
    call,
    infix,
    latex_form,
    plus,
)
from autograd.writing.numbers import RAISED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

LATEX_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}


def _call_by_name(op: Primitive, symbol: str) -> Notation:
    """As a call of its name in plain text, of its symbol in LaTeX and in drawings."""
    return Notation(symbol, lambda *xs: f"{op.name}({', '.join(xs)})", latex=call(LATEX_NAMES.get(symbol, symbol)))


class _AsACall:
    """The notation of an operation that has none of its own."""

    def __get__(self, op: Primitive | None, owner: type[Primitive]) -> Any:
        if op is None:
            return self
        op.notation = _of_a_slope(op) if isinstance(op, GivenSlope) else _call_by_name(op, op.name)
        op.notation.symbol = getattr(op, "symbol", op.notation.symbol)  # what was said of a node that was given
        return op.notation


def _of_a_slope(op: GivenSlope) -> Notation:
    """f′(x), or ∂₁f(x, y) in the first input: no formula is known of it."""
    name, place, several = op.of.name, op.place + 1, len(op.at) > 1
    lowered = "".join(chr(ord("₀") + int(digit)) for digit in str(place))
    before = f"∂{lowered}{name}" if several else f"{name}′"
    word = rf"\operatorname{{{name}}}".replace("_", r"\_")
    in_latex = rf"\partial_{{{place}}} {word}" if several else f"{word}'"
    form = latex_form(lambda *xs: in_latex + bracket(", ".join(xs)), POWER)
    return Notation(before, lambda *xs: f"{before}({', '.join(xs)})", latex=form)


Primitive.notation = _AsACall()  # type: ignore[assignment]


def _say(
    name: str,
    doc: str,
    symbol: str = "",
    notation: Notation | None = None,
    definition: Callable[..., Any] | None = None,
    page: Callable[..., Any] | None = None,
    points: Sequence[float | tuple[float, ...]] = (),
) -> None:
    op = PRIMITIVES[name]
    op.doc, op.definition, op.page, op.points = doc, definition, page, points
    if notation is not None or symbol:
        op.notation = notation or _call_by_name(op, symbol)


# ------------------------------------------------------------------------------------- what takes more than a template


def _dot_written_as(multiply: Callable[[str, str], str]) -> Callable[..., str]:
    def write(*xs: str) -> str:
        n = len(xs) // 2
        return plus(*map(multiply, xs[:n], xs[n : 2 * n]), *xs[2 * n :])

    return write


def _write_logsumexp(*xs: str) -> str:
    return r"\log" + bracket(plus(*(f"e^{{{x}}}" for x in xs)))


def _write_over(x: str, y: str) -> str:
    return f"{x}/({y})" if y.startswith("∂") else f"{x}/{y}"


def _write_power(x: str, y: str) -> str:
    """With the exponent raised, if it is a whole number."""
    return x + (y.translate(RAISED) if y.isdigit() else "^" + y)


def _repeat(x: str, n: int) -> str:
    """x so many times, as a power."""
    return x if n == 1 else _write_power(x, str(n))


def _write_ray(x: str, y: str, k: str, i: str, j: str) -> str:
    if not (k + i + j).isdigit():  # places to be filled in
        return f"ray({x}, {y}, {k}, {i}, {j})"
    terms, n = ieee.ray_terms(int(k), int(i), int(j))
    tops = []
    for (a, b), c in terms.items():
        factors = [_repeat(base, m) for base, m in ((x, a), (y, b)) if m]
        if abs(c) != 1 or not factors:
            factors.insert(0, str(abs(c)))
        tops.append(("−" if c < 0 else "") + "·".join(factors))
    return f"{tops[0] if len(tops) == 1 else bracket(plus(*tops))}/{_repeat(f'hypot({x}, {y})', n)}"


def _write_power_slope(x: str, y: str, i: str, j: str) -> str:
    if not (i + j).isdigit():
        return f"power_slope({x}, {y}, {i}, {j})"
    power = _write_power(x, y if i == "0" else f"({y} − {i})")
    terms = []
    for c, left, k in ieee.power_terms(int(i), int(j)):
        factors = [f"({y} − {u})" if u else y for u in left] + [power]
        if c != 1.0:
            factors.insert(0, f"{c:.0f}")
        if k:
            factors.append(_repeat(f"log({x})", k))
        terms.append("·".join(factors))
    return terms[0] if len(terms) == 1 else f"({plus(*terms)})"


def _power_slope_page(x: Any, y: Any, i: Any, j: Any) -> Any:
    terms = []
    for c, left, k in ieee.power_terms(int(i.data), int(j.data)):
        factors = [y - float(u) if u else y for u in left] + [pow(x, y - i.data) if i.data else pow(x, y)]
        if k:
            factors.append(pow(log(x), float(k)))
        terms.append(_product_of(c, factors))
    return functools.reduce(add, terms)


def _ray_page(x: Any, y: Any, k: Any, i: Any, j: Any) -> Any:
    terms, n = ieee.ray_terms(int(k.data), int(i.data), int(j.data))
    powers = [(c, [pow(base, float(m)) for base, m in ((x, a), (y, b)) if m]) for (a, b), c in terms.items()]
    top = functools.reduce(add, [_product_of(float(c), factors) for c, factors in powers])
    if n % 2:
        return div(top, pow(hypot(x, y), float(n)))
    return div(top, pow(x * x + y * y, n / 2))


def _product_of(c: float, factors: Sequence[Any]) -> Any:
    if not factors:
        return c
    product = functools.reduce(mul, factors)
    if c == -1.0:
        return neg(product)
    return product if c == 1.0 else c * product


def _gaussian_page(x: Any, n: Any) -> Any:
    """(-1)^n H_n(x) e^(-x²), with the Hermite polynomial H written out."""
    return (-1.0) ** int(n.data) * ieee.hermite(x, n.data) * exp(-pow(x, 2.0))


def _write_sinc_slope(x: str, n: str) -> str:
    if n == "1":
        return f"sinc′({x})"
    return f"d{n.translate(RAISED)}/d{x}{n.translate(RAISED)} sinc({x})"


def _sinc_slope_page(x: Any, n: Any) -> Any:
    """From π x sinc(x) = sin(πx), differentiated once after the other."""
    angle = math.pi * x
    slope = div(sin(angle), angle)
    for j in range(1, int(n.data) + 1):
        wave = cos(angle) if j % 2 else sin(angle)
        wave = -wave if j % 4 in (2, 3) else wave
        slope = div((wave if j == 1 else math.pi ** (j - 1) * wave) - (slope if j == 1 else float(j) * slope), x)
    return slope


# ------------------------------------------------------------------------------------------------------------- the table

_say("add", "x + y.", notation=Notation("+", plus, SUM, (SUM, OPERATOR), latex_form(plus, SUM, (SUM, OPERATOR))))
_say("sub", "x - y.", notation=infix(" − ", SUM, latex=latex_form("{} - {}", SUM, (SUM, PRODUCT))))
_say("mul", "x y.", notation=infix("·", PRODUCT, "×", latex_form(beside, PRODUCT, (NEGATION, POWER))))
_say(
    "div",
    "x / y; 1/0 is inf and 0/0 nan.",
    notation=Notation("÷", _write_over, PRODUCT, (NEGATION, POWER), latex_form(r"\frac{{{}}}{{{}}}", POWER)),
)
_say("neg", "-x.", notation=Notation("−", "−{}", NEGATION, PRODUCT, latex_form("-{}", NEGATION, PRODUCT)))
_say(
    "pow",
    "x to the power y; 0**0 is 1, a root of a negative number nan. At x = 0 the slope in y is 0 for y >= 0 (as in torch).",
    notation=Notation("xʸ", _write_power, POWER, ATOM, latex_form("{}^{{{}}}", POWER, (ATOM, SUM))),
)
_say(
    "exp",
    "The exponential function, e to the power x; inf where that is beyond all floats, from x = 710 on.",
    notation=Notation("exp", "exp({})", latex=latex_form("e^{{{}}}", POWER)),
    points=(0.0, 1.0, 1000.0),
)
_say(
    "expm1",
    "exp(x) - 1, right to the last digits for small x too, where the difference has none left.",
    notation=Notation("expm1", "(exp({}) − 1)", latex=latex_form("e^{{{}}} - 1", SUM)),
    page=lambda x: exp(x) - 1.0,
    points=(0.0, 1e-12),
)
_say("log", "The natural logarithm of x; log(0) is -inf, and that of a negative number nan.", points=(2.0, 0.0))
_say(
    "log2",
    "The logarithm of x to base 2, log(x) / log(2); log2(0) is -inf, and that of a negative number nan.",
    notation=Notation("log2", "log2({})", latex=latex_form(lambda x: rf"\log_{{2}}{bracket(x)}", POWER)),
    definition=lambda x: div(log(x), math.log(2.0)),
    points=(8.0, 0.0),
)
_say(
    "log10",
    "The logarithm of x to base 10, log(x) / log(10); log10(0) is -inf, and that of a negative number nan.",
    notation=Notation("log10", "log10({})", latex=latex_form(lambda x: rf"\log_{{10}}{bracket(x)}", POWER)),
    definition=lambda x: div(log(x), math.log(10.0)),
    points=(100.0, 0.0),
)
_say(
    "log1p",
    "log(1 + x), right to the last digits for small x too; log1p(-1) is -inf, and nan follows below.",
    notation=Notation(
        "log1p",
        lambda x: f"log({plus('1', x)})",
        ATOM,
        NEGATION,
        latex_form(lambda x: rf"\log{bracket(plus('1', x))}", POWER, NEGATION),
    ),
    page=lambda x: log(1.0 + x),
    points=(1.0, 1e-12, -1.0),
)
_say(
    "sqrt",
    "The square root of x; nan below 0. Its slope at 0 is inf.",
    notation=Notation("√", "sqrt({})", latex=latex_form(r"\sqrt{{{}}}", POWER)),
    definition=lambda x: pow(x, 0.5),
    points=(4.0, 0.0, -1.0),
)
_say(
    "cbrt",
    "The cube root of x, negative numbers included. Its slope at 0 is inf.",
    notation=Notation("∛", "cbrt({})", latex=latex_form(r"\sqrt[3]{{{}}}", POWER)),
    points=(8.0, -8.0, 0.0),
)
_say("sin", "The sine of x, an angle in radians.", points=(0.0, 1.0))
_say("cos", "The cosine of x, an angle in radians.", points=(0.0, 1.0))
_say("tan", "The tangent of x, an angle in radians.", definition=lambda x: div(sin(x), cos(x)), points=(0.0, 1.0))
_say(
    "asin",
    "The angle in radians, from -π/2 to π/2, whose sine is x; nan outside -1 to 1. Its slope at both ends is inf.",
    points=(0.5, 1.0),
)
_say(
    "acos",
    "The angle in radians, from 0 to π, whose cosine is x; nan outside -1 to 1. Its slope at both ends is -inf.",
    points=(0.5, 1.0),
)
_say("atan", "The angle in radians, from -π/2 to π/2, whose tangent is x.", points=(1.0, -1.0))
_say(
    "atan2",
    "The angle in radians, from -π to π, of the point (x, y), given as atan2(y, x); its slopes at the origin are 0.",
    points=((1.0, 1.0), (1.0, -1.0), (0.0, 0.0)),
)
_say(
    "sinh",
    "The hyperbolic sine of x, (exp(x) - exp(-x)) / 2.",
    definition=lambda x: div(exp(x) - exp(-x), 2.0),
    points=(0.0, 1.0),
)
_say(
    "cosh",
    "The hyperbolic cosine of x, (exp(x) + exp(-x)) / 2.",
    definition=lambda x: div(exp(x) + exp(-x), 2.0),
    points=(0.0, 1.0),
)
_say(
    "tanh",
    "The hyperbolic tangent of x, sinh(x) / cosh(x): an activation with outputs from -1 to 1.",
    definition=lambda x: div(exp(x) - exp(-x), exp(x) + exp(-x)),
    points=(0.0, 0.5, 20.0),
)
_say("asinh", "The inverse of sinh.", points=(0.0, 1.0))
_say("acosh", "The inverse of cosh, from 0 on; nan below 1. Its slope at 1 is inf.", points=(2.0, 1.0))
_say("atanh", "The inverse of tanh; infinite at -1 and 1, and nan beyond.", points=(0.5, 1.0))
_say(
    "hypot",
    "The length of (x, y), without overflow on the way; its slopes at the origin are 0.",
    page=lambda x, y: sqrt(x * x + y * y),
    points=((3.0, 4.0), (3e200, 4e200), (0.0, 0.0)),
)
_say("erf", "The error function, 2/√π times the integral of exp(-t²) from 0 to x.", points=(0.0, 0.5))
_say("erfc", "1 - erf(x), right to the last digits for large x too, where the difference has none left.", points=(0.0, 6.0))
_say(
    "sigmoid",
    "The logistic function σ(x) = 1 / (1 + exp(-x)), never overflowing: an activation with outputs from 0 to 1.",
    notation=Notation("σ", "σ({})", latex=latex_form(lambda x: r"\sigma" + bracket(x), POWER)),
    definition=lambda x: pow(1.0 + exp(-x), -1.0),
    points=(0.0, 2.0, -1000.0),
)
_say(
    "softplus",
    "log(1 + exp(x)), a smooth relu, never overflowing; its slope is the sigmoid σ. "
    "In PyTorch: torch.nn.functional.softplus.",
    definition=lambda x: log(1.0 + exp(x)),
    points=(0.0, 1000.0),
)
_say(
    "relu",
    "The rectified linear unit: x above 0, else 0; its slope at 0 is 0 (as in torch).",
    symbol="ReLU",
    points=(2.0, -2.0, 0.0),
)
_say("leaky_relu", "x above 0, else slope * x; its slope at 0 is that of the left side (as in torch).", symbol="LeakyReLU")
_say("elu", "x above 0, else alpha * (exp(x) - 1); its slope at 0 is alpha (as in torch).", symbol="ELU")
_say(
    "gelu",
    "x times the normal distribution function of x (Hendrycks and Gimpel 2016), the exact form. "
    "In PyTorch: torch.nn.functional.gelu.",
    symbol="GELU",
    points=(0.0, 1.0, -1.0),
)
_say(
    "silu",
    "x σ(x) with σ the sigmoid, also called swish. In PyTorch: torch.nn.functional.silu.",
    symbol="SiLU",
    definition=lambda x: x * sigmoid(x),
    points=(0.0, 1.0, -1.0),
)
_say(
    "softsign",
    "x / (1 + |x|), an S with slow shoulders: an activation with outputs from -1 to 1. "
    "In PyTorch: torch.nn.functional.softsign.",
    definition=lambda x: div(x, 1.0 + PRIMITIVES["abs"](x)),
    points=(1.0, 0.0),
)
_say(
    "sinc",
    "sin(πx) / (πx), and 1 at 0; exactly 0 at every other whole number (as torch and NumPy define it).",
    definition=lambda x: div(sin(math.pi * x), math.pi * x),
    points=(0.5, 0.0, 2.0),
)
_say(
    "abs",
    "The absolute value of x; its slope at 0 is 0 (as in torch).",
    notation=Notation("|·|", "|{}|", latex=latex_form(r"\left|{}\right|")),
    points=(-2.0, 0.0),
)
_say("sign", "The sign of x: -1, 0 or 1; its slope is 0 everywhere (as in torch).", points=(-2.0, 0.0))
_say(
    "maximum",
    "The larger of x and y, nan if either is; where both are equal each gets half of the slope (as in torch).",
    notation=Notation("max", "max({}, {})"),
    points=((3.0, 2.0), (2.0, 2.0)),
)
_say(
    "minimum",
    "The smaller of x and y, nan if either is; where both are equal each gets half of the slope (as in torch).",
    notation=Notation("min", "min({}, {})"),
    points=((3.0, 2.0), (2.0, 2.0)),
)
_say("clip", "x, not below low and not above high; its slope at a bound is 1 (as in torch).")
_say(
    "floor",
    "The largest whole number that is not above x; its slope is 0 everywhere (as in torch).",
    points=(2.5, -2.5, 3.0),
)
_say("round", "The whole number nearest to x, of two the even one, as Python's; its slope is 0 everywhere (as in torch).")
_say(
    "mod",
    "The remainder of x / y, with the sign of y, as x % y in Python; nan where y is 0. Its slope in x is 1, jumps included "
    "(as torch.remainder).",
)
_say(
    "floor_divide",
    "The largest whole number that is not above x / y, as x // y in Python; 1 // 0 is inf. Its slopes are 0 everywhere.",
    notation=Notation(
        "//",
        lambda x, y: f"floor({_write_over(x, y)})",
        ATOM,
        (NEGATION, POWER),
        latex_form(r"\operatorname{{floor}}\left(\frac{{{}}}{{{}}}\right)", POWER),
    ),
)
_say("sum", "x1 + ... + xn as a single node.", notation=Notation("Σ", plus, SUM, OPERATOR, latex_form(plus, SUM, OPERATOR)))
_say(
    "dot",
    "w1 x1 + ... + wn xn + b as a single node, of inputs w1 ... wn, x1 ... xn and, if their number is odd, b.",
    notation=Notation("w·x", _dot_written_as("{}·{}".format), SUM, POWER, latex_form(_dot_written_as(beside), SUM, POWER)),
)
_say(
    "logsumexp",
    "log(exp(x1) + ... + exp(xn)) as a single node, never overflowing.",
    notation=Notation("log Σ exp", lambda *xs: f"logsumexp({', '.join(xs)})", latex=latex_form(_write_logsumexp, POWER)),
)
_say("select", "The item that stands at an index, counted from 0: select(index, x0, ..., xn); nan where there is none.")
_say(
    "equal",
    "1 where x = y, else 0: the slope of a choice, itself flat.",
    notation=Notation("=", "[{} = {}]", latex=latex_form(r"\mathbf{{1}}_{{{} = {}}}")),
)
_say(
    "greater",
    "1 where x > y, else 0: the slope of a kink, itself flat.",
    notation=Notation(">", "[{} > {}]", latex=latex_form(r"\mathbf{{1}}_{{{} > {}}}")),
)
_say(
    "sigmoid_slope",
    "z (1 - z) where z = sigmoid(x), computed from x, which alone it varies with.",
    notation=Notation("σ′", "{0}·(1 − {0})", PRODUCT, ATOM),
    page=lambda z, x: z * (1.0 - z),
)
_say(
    "tanh_slope",
    "1 - z**2 where z = tanh(x), computed from x, which alone it varies with.",
    notation=Notation("tanh′", "1 − {0}²", SUM, ATOM),
    page=lambda z, x: 1.0 - pow(z, 2.0),
)
_say(
    "silu_bend",
    "x z (1 - z) where z = sigmoid(x): what silu varies by, beside z itself.",
    notation=Notation("xσ′", lambda x: f"{x}·σ({x})·(1 − σ({x}))", PRODUCT, ATOM),
    page=lambda x: x * sigmoid(x) * (1.0 - sigmoid(x)),
)
_say(
    "one_minus_square",
    "1 - x**2, right near x = 1 too.",
    notation=Notation("1 − x²", "1 − {}²", SUM, ATOM),
    page=lambda x: 1.0 - pow(x, 2.0),
)
_say(
    "sinc_slope",
    "n-th derivative of sinc(x) in x, for a whole number n.",
    notation=Notation("sinc⁽ⁿ⁾", _write_sinc_slope, PRODUCT, ATOM),
    page=_sinc_slope_page,
)
_say(
    "gaussian",
    "n-th derivative of exp(-x**2) in x, for a whole number n.",
    notation=Notation(
        "e^−x²",
        lambda x, n: f"exp(−{x}²)" if n == "0" else f"d{n.translate(RAISED)}/d{x}{n.translate(RAISED)} exp(−{x}²)",
        PRODUCT,
        ATOM,
    ),
    page=_gaussian_page,
)
_say(
    "power_slope",
    "The derivative of x**y, i times in x and j times in y, for whole numbers i and j. "
    "At x = 0 a term with log(x) is 0 for y >= i.",
    notation=Notation("∂xʸ", _write_power_slope, PRODUCT, ATOM),
    page=_power_slope_page,
)
_say(
    "ray",
    "x / hypot(x, y)**k for k = 1 or 2, differentiated i times in x and j times in y, and 0 at the origin: "
    "how lengths and angles vary.",
    notation=Notation("x/rᵏ", _write_ray, PRODUCT, ATOM),
    page=_ray_page,
)

for _op, _method in methods:
    _method.__doc__ = _op.doc

CONSTANT.notation = Notation("", "")
CONSTANT.doc = """The operation of a plain number in an expression: drawn, never differentiated.

>>> from autograd import CONSTANT, Value
>>> (Value(2.0) * 3).inputs[1].op is CONSTANT
True
"""
