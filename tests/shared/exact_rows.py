"""The value of every row in mpmath, derivatives by difference quotients of that, and what counts as the same number.

A derivative never comes from a rule: it is a difference quotient, taken with steps of 1e-30 in arithmetic of so many digits
(from 460 to 2000) that it is right to twenty wherever a double can stand.
"""

import functools
import itertools
import math
from collections import Counter
from math import inf
from types import SimpleNamespace

from mpmath import mp, mpc, mpf

import autograd as ag
from autograd import PRIMITIVES, Value, gradient

SMALLEST = 5e-324  # the distance between neighbouring doubles near zero
SMALLEST_NORMAL = 2.2250738585072014e-308
POINTS = [1e-300] + [sign * x for x in (0.3, 0.5, 1.5, 5.0, 40.0, 745.0, 1000.0, 1e308) for sign in (1.0, -1.0)]


BETWEEN = [sign * x for x in (1e-9, 0.3, 2.3, 40.2, 744.81, 1e9 + 0.3) for sign in (1.0, -1.0)]  # where nothing jumps

# ------------------------------------------------------------------------------------------------ the truth, by mpmath


def within(low, high, f):
    """f from low to high, and nan outside."""
    return lambda x: f(x) if low <= x <= high else mp.nan


def power(x, y):
    if x > 0:
        return x**y
    if y != mp.floor(y) or (x == 0 and y < 0):
        return mp.nan
    return x ** int(y)


def erfc(x):
    return mp.erfc(x) if abs(x) < 1e6 else mpf(0 if x > 0 else 2)  # beyond, mpmath gives up


def odd(f):
    """f for positive numbers, continued as an odd function."""
    return lambda x: f(x) if x > 0 else -f(-x)


@functools.lru_cache(1000)  # rays of one point, of any power, ask for the same ones
def length(x, y):
    return mp.sqrt(x * x + y * y)


def row(truth, points=None, active=None):
    """truth: the value in mpmath; points: where to look; active: the inputs that it is differentiated in."""
    points = [p if isinstance(p, tuple) else (p,) for p in points or POINTS]
    return SimpleNamespace(truth=truth, points=points, active=active or range(len(points[0])))


def pairs(*ys):
    return [(x, y) for x in POINTS for y in ys]


# rows that only help to compute, and have no rule of their own to tell
HELPERS = "gaussian sinc_slope sigmoid_slope tanh_slope power_slope ray".split()

POWER_SLOPES = {  # d/dx^i dy^j of x**y
    (1.0, 0.0): lambda x, y: y * x ** (y - 1),
    (0.0, 1.0): lambda x, y: x**y * mp.log(x),
    (1.0, 1.0): lambda x, y: x ** (y - 1) * (1 + y * mp.log(x)),
    (2.0, 0.0): lambda x, y: y * (y - 1) * x ** (y - 2),
    (0.0, 2.0): lambda x, y: x**y * mp.log(x) ** 2,
}
SINC_SLOPES = {  # d/dt^n of sin(t)/t
    0.0: lambda t: mp.sin(t) / t,
    1.0: lambda t: mp.cos(t) / t - mp.sin(t) / t**2,
    2.0: lambda t: -mp.sin(t) / t - 2 * mp.cos(t) / t**2 + 2 * mp.sin(t) / t**3,
}
RAY_SLOPES = {  # of x / r**k
    (0.0, 0.0): lambda x, y, k, r: x / r**k,
    (1.0, 0.0): lambda x, y, k, r: 1 / r**k - k * x * x / r ** (k + 2),
    (0.0, 1.0): lambda x, y, k, r: -k * x * y / r ** (k + 2),
}
SPREAD = pairs(1e-300, -0.3, 40.0, -1000.0, 1e308)
FEW = pairs(-0.3, 40.0, 1e308)

ROWS = {
    "add": row(lambda x, y: x + y, FEW),
    "sub": row(lambda x, y: x - y, FEW),
    "mul": row(lambda x, y: x * y, FEW),
    "div": row(lambda x, y: x / y, SPREAD),
    "neg": row(lambda x: -x),
    "pow": row(power, [*pairs(-5.0, -1.5, -0.3, 2.0, 3.0, 40.0), *((x, y) for x in POINTS[1:] for y in (1e-9, 0.5))]),
    "exp": row(mp.exp),
    "expm1": row(mp.expm1),
    "log": row(within(0, inf, mp.log)),
    "log2": row(within(0, inf, lambda x: mp.log(x) / mp.log(2))),
    "log10": row(within(0, inf, lambda x: mp.log(x) / mp.log(10))),
    "log1p": row(within(-1, inf, lambda x: mp.log(1 + x)), [*POINTS, -0.999999]),
    "sqrt": row(within(0, inf, mp.sqrt)),
    "cbrt": row(odd(mp.cbrt)),
    "sin": row(mp.sin),
    "cos": row(mp.cos),
    "tan": row(mp.tan),
    "asin": row(within(-1, 1, mp.asin), [*POINTS, 0.999999, -0.999999]),
    "acos": row(within(-1, 1, mp.acos), [*POINTS, 0.999999, -0.999999]),
    "atan": row(mp.atan),
    "atan2": row(mp.atan2, [p for p in SPREAD if p != (1e-300, 1e-300)]),
    "sinh": row(mp.sinh),
    "cosh": row(mp.cosh),
    "tanh": row(mp.tanh),
    "asinh": row(odd(lambda x: mp.log(x + mp.sqrt(1 + x * x)))),
    "acosh": row(within(1, inf, mp.acosh), [*POINTS, 1.000001]),
    "atanh": row(within(-1, 1, mp.atanh), [*POINTS, 0.999999, -0.999999]),
    "hypot": row(lambda x, y: mp.sqrt(x * x + y * y), [p for p in SPREAD if p != (1e-300, 1e-300)]),
    "erf": row(mp.erf),
    "erfc": row(erfc, [*POINTS, 20.0, 26.0]),
    "sigmoid": row(lambda x: 1 / (1 + mp.exp(-x))),
    "softplus": row(lambda x: mp.log(1 + mp.exp(x))),
    "relu": row(lambda x: x if x > 0 else mpf(0)),
    "leaky_relu": row(lambda x, slope: x if x > 0 else slope * x, pairs(0.01, 0.3, -2.0)),
    "elu": row(lambda x, alpha: x if x > 0 else alpha * mp.expm1(x), pairs(1.0, -2.0)),
    "gelu": row(lambda x: x * erfc(-x / mp.sqrt(2)) / 2, [*POINTS, -20.0, -37.0]),
    "silu": row(lambda x: x / (1 + mp.exp(-x)), [*POINTS, -20.0, 20.0]),
    "softsign": row(lambda x: x / (1 + abs(x))),
    "sinc": row(mp.sincpi, [*POINTS, 1.0, 2.0, 1e-3, 0.123, 3.0000001]),
    "floor": row(mp.floor, BETWEEN),
    "round": row(mp.nint, BETWEEN),
    "mod": row(lambda x, y: x - y * mp.floor(x / y), [(x, y) for x in BETWEEN for y in (0.7, -0.7, 3.0)]),
    "floor_divide": row(lambda x, y: mp.floor(x / y), [(x, y) for x in BETWEEN for y in (0.7, -0.7, 3.0)]),
    "abs": row(abs),
    "sign": row(mp.sign),
    "maximum": row(max, [(x, y) for x, y in FEW if x != y]),
    "minimum": row(min, [(x, y) for x, y in FEW if x != y]),
    "clip": row(lambda x, low, high: min(max(x, low), high), [(x, -2.0, 3.0) for x in POINTS]),
    "sum": row(lambda *xs: sum(xs), [(0.3, -1.5, 40.0), (1e308, -1e308, 1e-300)]),
    "dot": row(lambda v, w, x, y, b: v * x + w * y + b, [(0.3, -1.5, 40.0, 1000.0, -5.0), (1e-300, 1e300, 1.5, -0.5, 0.3)]),
    "logsumexp": row(lambda x, y: mp.log(mp.exp(x) + mp.exp(y)), [(0.3, -0.5), (745.0, 743.0), (-1000.0, -1001.0)]),
    "select": row(
        lambda i, *xs: xs[int(i)] if i in range(len(xs)) else mp.nan,
        [(i, 0.3, -1e300, 745.0) for i in (0.0, 1.0, 2.0)],
        active=[1, 2, 3],
    ),
    "equal": row(lambda x, y: mpf(x == y), [(x, y) for x, y in FEW if x != y]),
    "greater": row(lambda x, y: mpf(x > y), [(x, y) for x, y in FEW if x != y]),
    "sigmoid_slope": row(lambda z, x: mp.exp(x) / (1 + mp.exp(x)) ** 2, [(ag.sigmoid(x), x) for x in POINTS], active=[1]),
    "tanh_slope": row(lambda z, x: mp.sech(x) ** 2, [(ag.tanh(x), x) for x in POINTS], active=[1]),
    "silu_bend": row(lambda x: x * mp.exp(x) / (1 + mp.exp(x)) ** 2),
    "one_minus_square": row(lambda x: 1 - x * x, [*POINTS, 0.999999]),
    "sinc_slope": row(
        lambda x, n: SINC_SLOPES[n](mp.pi * x) * mp.pi ** int(n),
        [(x, n) for x in (0.3, -0.5, 1.5, 1e-3, 5.0, 2.0000001) for n in (0.0, 1.0, 2.0)],
        active=[0],
    ),
    "gaussian": row(
        lambda x, n: (-1) ** int(n) * mp.hermite(int(n), x) * mp.exp(-x * x),
        [(x, n) for x in POINTS if abs(x) < 1e200 for n in (0.0, 1.0, 2.0)],
        active=[0],
    ),
    "power_slope": row(
        lambda x, y, i, j: POWER_SLOPES[i, j](x, y),
        [(x, y, *ij) for x in (0.3, 5.0, 745.0) for y in (-1.5, 3.0) for ij in POWER_SLOPES],
        active=[0, 1],
    ),
    "ray": row(
        lambda x, y, k, i, j: RAY_SLOPES[i, j](x, y, int(k), length(x, y)),
        [(x, y, k, *ij) for x, y in FEW if abs(x) != abs(y) for k in (1.0, 2.0) for ij in RAY_SLOPES],
        active=[0, 1],
    ),
}


def truth(f, point, index, step=30):
    """The derivative of f in the inputs that index names, by central differences in very long arithmetic."""
    with mp.workdps(digits(point, step)):
        weights, divisor = {(0,) * len(point): 1}, mpf(1)  # how many steps aside in each input: how often that value counts
        for i in index:
            moved = Counter()
            for steps, weight in weights.items():
                for side in (1, -1):
                    moved[(*steps[:i], steps[i] + side, *steps[i + 1 :])] += side * weight
            weights, divisor = moved, divisor * 2 * step_in(point[i], step)
        return as_double(mp.fsum(weight * value(f, point, steps, step) for steps, weight in weights.items()) / divisor)


def digits(point, step):
    """How many tell third differences of a large square apart where the quotient is as small as a double can be."""
    largest = max(1.0, *map(abs, point))
    smallest = min(1.0, *(abs(x) for x in point if x != 0.0))
    return 370 + round(2 * math.log10(largest) + 3 * (step - math.log10(smallest)))


def step_in(x, step):
    return min(abs(mpf(x)), mpf(1)) * mpf(10) ** -step


@functools.lru_cache(10_000)  # all derivatives at a point ask for the same values, in the same precision
def value(f, point, steps, step):
    return f(*(mpf(x) + n * step_in(x, step) for x, n in zip(point, steps, strict=True)))


def as_double(x):
    if isinstance(x, mpc):
        return math.nan
    try:
        return float(x)
    except OverflowError:
        return math.copysign(inf, x)


def inputs_of(name, point):
    """The point with Values where the row is differentiated, and plain numbers elsewhere."""
    return [Value(x) if i in ROWS[name].active else x for i, x in enumerate(point)]


def derivative(name, point, index=()):
    inputs = inputs_of(name, point)
    y = PRIMITIVES[name](*inputs)
    for i in index:
        (y,) = gradient(y, inputs[i])
    return y.data


def indices(name):
    """The inputs of each derivative of a row, to the third."""
    return [index for order in range(4) for index in itertools.combinations_with_replacement(ROWS[name].active, order)]


def agree(got, true, tolerance=1e-12):
    """Equal to 12 digits; among the subnormal numbers, which have fewer, to a few of the smallest."""
    if math.isnan(true) or math.isinf(true) or got == true:
        return same(got, true)
    return abs(got - true) <= (tolerance * abs(true) if abs(true) >= SMALLEST_NORMAL else 60 * SMALLEST)


def same(a, b):
    """Equal, or both nan."""
    return a == b or (math.isnan(a) and math.isnan(b))
