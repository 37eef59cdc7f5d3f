"""The table of operations: what each one computes, and how it varies.

One row per operation, like the back cover of a calculus book, and nothing else in this package knows a derivative. A row has

    its name
    its value      a function of plain floats, which follows IEEE 754 and never raises
    its partials   one per input, each a float or a function of (z, *inputs), where z is the output

A partial is written in the table's own operations and in + - * over whatever it is given. Called on floats it gives the
slope (that is what `Value.backward` does); called on Values it gives a graph of the slope, which has partials of its own,
and so on to any order; called on Values that wear names it gives the formula.

Two habits keep derivatives of every order right to the last digits. A partial is a product wherever it can be, since a
difference of nearly equal numbers has no digits left: where the page says z(1 - z), the row computes the same number
from x. And a kink is written with `greater`, whose own slope is zero, so that a graph never freezes the branch it took.

How an operation is written, and what help() says of it, stands in writing/table.py. Names: x, y inputs; z output.
"""

from __future__ import annotations

import math
import operator
from math import inf

from autograd import ieee
from autograd.operation import PRIMITIVES, Primitive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from autograd.value import Value


# ----------------------------------------------------------------------------- partials that do not fit on the row's line


def _power_in_x(z: Any, x: Any, y: Any) -> Any:
    """y x**(y - 1) in its simplest form; a known zero times a power is zero even where the power is infinite."""
    if y.__class__ is not float:
        return power_slope(x, y, 1.0, 0.0)
    if y in (0.0, 1.0):
        return y
    if y == 2.0:
        return y * x
    return ieee.power_slope(x, y, 1.0, 0.0) if x.__class__ is float else y * pow(x, y - 1.0)


def _logsumexp_slopes(z: Any, xs: Sequence[Any]) -> list[Any]:
    """softmax(xs), as exp(x - z); from the differences to the largest number, where those have more digits."""
    if z.__class__ is float:
        top = max(xs)
        if top and -inf < top < inf:
            xs = [x - top for x in xs]
            z = ieee.logsumexp(xs)
        return [math.exp(x - z) for x in xs]  # x <= z
    if not any(map(shifted_from, xs)):  # once is enough
        xs = shifted(xs)
        z = logsumexp_of(*xs)
    return [exp(x - z) for x in xs]


def largest(xs: Sequence[float]) -> float:
    """What softmax takes from all of its numbers: the largest of them; 0 where that is infinite."""
    top = max(xs, default=0.0)
    return top if -inf < top < inf else 0.0


def shifted(xs: Sequence[Any]) -> list[Any]:
    """x - c for each x, where c is the largest of them, as a constant. Values remember all of xs: others have another c."""
    if all(x.__class__ is float for x in xs):
        c = largest(xs)
        return [x - c for x in xs]
    them = tuple(map(Primitive.lift, xs))
    c = largest([x.data for x in them])
    found = [sub(x, c) for x in them]
    for x in found:
        x.__dict__["_shifted"] = them
    return found


def shifted_from(x: Any) -> tuple[Value, ...] | None:
    """The numbers from all of which the largest was taken, where x is one of the differences."""
    return x.__dict__.get("_shifted") if getattr(x, "op", None) is sub else None


def _tie(x: Any, y: Any) -> Any:
    """1 where x > y, 0 where x < y, a half where they are equal."""
    return 0.5 + 0.5 * (greater(x, y) - greater(y, x))


def _leaky_slope(x: Any, below: Any) -> Any:
    above = greater(x, 0.0)
    return above + (1.0 - above) * below


def _elu_slope(z: Any, x: Any, alpha: Any) -> Any:
    return _leaky_slope(x, alpha * exp(minimum(x, 0.0)))


def _gelu_slope(z: Any, x: Any) -> Any:
    return 0.5 * erfc(x * -ieee.ROOT_HALF) + x * (NORMAL * gaussian(x * ieee.ROOT_HALF, 0.0))


def _atan_slope(z: Any, x: Any) -> Any:
    cosine = div(1.0, hypot(1.0, x))  # of the angle z; never squares x
    return cosine * cosine


def _clip_in_x(z: Any, x: Any, low: Any, high: Any) -> Any:
    return (1.0 - greater(low, x)) * (1.0 - greater(x, high))


def _clip_in_low(z: Any, x: Any, low: Any, high: Any) -> Any:
    return greater(low, x) * greater(high, low)


def _clip_in_high(z: Any, x: Any, low: Any, high: Any) -> Any:
    return greater(maximum(x, low), high)


def _dot_slopes(z: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    n = len(inputs) // 2  # w1 ... wn, x1 ... xn, b  ->  x1 ... xn, w1 ... wn, 1
    return (*inputs[n : 2 * n], *inputs[:n], 1.0) if len(inputs) % 2 else (*inputs[n:], *inputs[:n])


def _select_slopes(z: Any, inputs: Sequence[Any]) -> list[Any]:
    index, *xs = inputs
    return [0.0, *(equal(index, float(k)) for k in range(len(xs)))]


LOG2_E, LOG10_E = 1.0 / math.log(2.0), 1.0 / math.log(10.0)
NORMAL, TWO_OVER_ROOT_PI = 1.0 / math.sqrt(2.0 * math.pi), 2.0 / math.sqrt(math.pi)

# --------------------------------------------------------------------------------------------------------------- the table
# A row may name one further down. Sources: DLMF chapters 4 and 7 for the elementary functions and erf.
# ruff: noqa: PLW0108
# fmt: off

cos: Primitive; cosh: Primitive; div: Primitive; equal: Primitive; gaussian: Primitive; greater: Primitive  # noqa: E702
hypot: Primitive; minimum: Primitive; one_minus_square: Primitive; power_slope: Primitive; ray: Primitive; sign: Primitive  # noqa: E702
sigmoid_slope: Primitive; silu_bend: Primitive; tanh_slope: Primitive  # noqa: E702
abs: Primitive; floor_divide: Primitive; sinc_slope: Primitive  # noqa: E702

#                                    value            partials, of (z, *inputs)
add        = Primitive("add",        operator.add,    1.0, 1.0)
sub        = Primitive("sub",        operator.sub,    1.0, -1.0)
mul        = Primitive("mul",        operator.mul,    lambda z, x, y: y, lambda z, x, y: x)
div        = Primitive("div",        ieee.divide,     lambda z, x, y: div(1.0, y), lambda z, x, y: -div(z, y))
neg        = Primitive("neg",        operator.neg,    -1.0)
pow        = Primitive("pow",        ieee.power,      _power_in_x, lambda z, x, y: power_slope(x, y, 0.0, 1.0))

exp        = Primitive("exp",        ieee.exp,        lambda z, x: z)
expm1      = Primitive("expm1",      ieee.expm1,      lambda z, x: exp(x))
log        = Primitive("log",        ieee.log,        lambda z, x: div(1.0, x))
log2       = Primitive("log2",       ieee.log2,       lambda z, x: div(LOG2_E, x))
log10      = Primitive("log10",      ieee.log10,      lambda z, x: div(LOG10_E, x))
log1p      = Primitive("log1p",      ieee.log1p,      lambda z, x: div(1.0, 1.0 + x))
sqrt       = Primitive("sqrt",       ieee.sqrt,       lambda z, x: div(0.5, z))
cbrt       = Primitive("cbrt",       math.cbrt,       lambda z, x: 1.0 / 3.0 * pow(z, -2.0))

sin        = Primitive("sin",        ieee.sin,        lambda z, x: cos(x))
cos        = Primitive("cos",        ieee.cos,        lambda z, x: -sin(x))
tan        = Primitive("tan",        ieee.tan,        lambda z, x: 1.0 + z * z)
asin       = Primitive("asin",       ieee.asin,       lambda z, x: div(1.0, sqrt(one_minus_square(x))))
acos       = Primitive("acos",       ieee.acos,       lambda z, x: div(-1.0, sqrt(one_minus_square(x))))
atan       = Primitive("atan",       math.atan,       _atan_slope)
atan2      = Primitive("atan2",      math.atan2,      lambda z, y, x: ray(x, y, 2.0, 0.0, 0.0),
                                                      lambda z, y, x: -ray(y, x, 2.0, 0.0, 0.0))
sinh       = Primitive("sinh",       ieee.sinh,       lambda z, x: cosh(x))
cosh       = Primitive("cosh",       ieee.cosh,       lambda z, x: sinh(x))
tanh       = Primitive("tanh",       math.tanh,       lambda z, x: tanh_slope(z, x))
asinh      = Primitive("asinh",      math.asinh,      lambda z, x: div(1.0, hypot(1.0, x)))
acosh      = Primitive("acosh",      ieee.acosh,      lambda z, x: div(1.0, sqrt(x - 1.0) * sqrt(x + 1.0)))
atanh      = Primitive("atanh",      ieee.atanh,      lambda z, x: div(1.0, one_minus_square(x)))
hypot      = Primitive("hypot",      math.hypot,      lambda z, x, y: ray(x, y, 1.0, 0.0, 0.0),
                                                      lambda z, x, y: ray(y, x, 1.0, 0.0, 0.0))
erf        = Primitive("erf",        math.erf,        lambda z, x: TWO_OVER_ROOT_PI * gaussian(x, 0.0))
erfc       = Primitive("erfc",       math.erfc,       lambda z, x: -TWO_OVER_ROOT_PI * gaussian(x, 0.0))

sigmoid    = Primitive("sigmoid",    ieee.sigmoid,    lambda z, x: sigmoid_slope(z, x))
softplus   = Primitive("softplus",   ieee.softplus,   lambda z, x: sigmoid(x))
relu       = Primitive("relu",       ieee.relu,       lambda z, x: greater(z, 0.0))
leaky_relu = Primitive("leaky_relu", ieee.leaky_relu, lambda z, x, slope: _leaky_slope(x, slope),
                                                      lambda z, x, slope: minimum(x, 0.0))
elu        = Primitive("elu",        ieee.elu,        _elu_slope, lambda z, x, alpha: expm1(minimum(x, 0.0)))
gelu       = Primitive("gelu",       ieee.gelu,       _gelu_slope)
silu       = Primitive("silu",       ieee.silu,       lambda z, x: sigmoid(x) + silu_bend(x))
softsign   = Primitive("softsign",   ieee.softsign,   lambda z, x: pow(1.0 + abs(x), -2.0))
sinc       = Primitive("sinc",       ieee.sinc,       lambda z, x: sinc_slope(x, 1.0))
abs        = Primitive("abs",        math.fabs,       lambda z, x: sign(x))
sign       = Primitive("sign",       ieee.sign,       0.0)
maximum    = Primitive("maximum",    ieee.maximum,    lambda z, x, y: _tie(x, y), lambda z, x, y: _tie(y, x))
minimum    = Primitive("minimum",    ieee.minimum,    lambda z, x, y: _tie(y, x), lambda z, x, y: _tie(x, y))
clip       = Primitive("clip",       ieee.clip,       _clip_in_x, _clip_in_low, _clip_in_high)

floor      = Primitive("floor",      ieee.floor,      0.0)
round      = Primitive("round",      ieee.round_to_even, 0.0)
mod        = Primitive("mod",        ieee.mod,        1.0, lambda z, x, y: -floor_divide(x, y))
floor_divide = Primitive("floor_divide", ieee.floor_divide, 0.0, 0.0)

sum_of     = Primitive("sum",        sum,             lambda z, xs: (1.0,) * len(xs), nary=True)
dot_of     = Primitive("dot",        ieee.dot,        _dot_slopes, nary=True)
logsumexp_of = Primitive("logsumexp", ieee.logsumexp, _logsumexp_slopes, nary=True)
select_of  = Primitive("select",     ieee.select,     _select_slopes, nary=True)

# ------------------------------------------------------------------------------------------ the shapes that derivatives take
greater    = Primitive("greater",    ieee.greater,    0.0, 0.0)
equal      = Primitive("equal",      ieee.equal,      0.0, 0.0)
sigmoid_slope = Primitive("sigmoid_slope", ieee.sigmoid_slope, 0.0, lambda s, z, x: s * tanh(-0.5 * x))
tanh_slope = Primitive("tanh_slope", ieee.tanh_slope, 0.0, lambda s, z, x: -2.0 * s * tanh(x))
silu_bend  = Primitive("silu_bend",  ieee.silu_bend,  lambda b, x: sigmoid_slope(sigmoid(x), x) + b * tanh(-0.5 * x))
one_minus_square = Primitive("one_minus_square", lambda x: (1.0 - x) * (1.0 + x), lambda z, x: -2.0 * x)
sinc_slope = Primitive("sinc_slope", ieee.sinc_slope, lambda z, x, n: sinc_slope(x, n + 1.0), 0.0)
gaussian   = Primitive("gaussian",   ieee.gaussian,   lambda z, x, n: gaussian(x, n + 1.0), 0.0)
power_slope = Primitive(
    "power_slope", ieee.power_slope,
    lambda z, x, y, i, j: power_slope(x, y, i + 1.0, j), lambda z, x, y, i, j: power_slope(x, y, i, j + 1.0), 0.0, 0.0,
)
ray        = Primitive(
    "ray", ieee.ray,
    lambda z, x, y, k, i, j: ray(x, y, k, i + 1.0, j), lambda z, x, y, k, i, j: ray(x, y, k, i, j + 1.0), 0.0, 0.0, 0.0,
)

# fmt: on
mul.products = dot_of.products = True
Primitive.built_in = frozenset(PRIMITIVES) | {"largest"}  # so does a program call what softmax takes away
