"""Every row of the table at numbers that nobody's example has: the ends of the floats, subnormals, neighbours of 1.

A generator walks the table, pairs extreme numbers with extreme numbers, and asks for the value and all derivatives to the
third. The truth is that of exact_rows.py, difference quotients of mpmath's value in very long arithmetic, and so shares
no rule with what is tested. A derivative that is no double is inf or 0, of the right sign. LONG=10 looks at ten
times as many points.
"""

import itertools
import math
import random
from math import inf, nan

import pytest
from exact_rows import ROWS, agree, derivative, indices, truth
from long_runs import many
from walks import walked

import autograd as ag
from autograd import PRIMITIVES, Value, gradient

SIZES = [5e-324, 1e-310, 1e-300, 1e-154, 1e-16, 0.3, 1.0 - 2.0**-53, 1.0, 1.0 + 2.0**-52, 1.5, 2.0, 3.0, 40.0, 710.0, 745.0]
SIZES += [1000.0, 1e16, 1e154, 1e300, 1e308]
NUMBERS = [sign * x for x in SIZES for sign in (1.0, -1.0)]
POINTS_OF_EACH = max(3, many(4))
WHOLE = {"gaussian": 1, "sinc_slope": 1, "power_slope": 2, "ray": 3}  # how many last inputs are whole numbers

# What the floats cannot give. The chain rule multiplies local slopes, and these have to be floats themselves.
LEFT_OUT = {
    "clip": lambda x, low, high: x in (low, high) or low >= high,  # a kink, or no interval
    "div": lambda x, y: abs(y) < 1e-102,  # 1/y³ is beyond the floats
    "elu": lambda x, alpha: x < -708.0,  # exp(x) is subnormal, and has few digits that alpha could multiply
    "equal": lambda x, y: x == y,
    "greater": lambda x, y: x == y,
    "maximum": lambda x, y: x == y,
    "minimum": lambda x, y: x == y,
    "gaussian": lambda x, n: abs(x) > 1e154,  # where mpmath gives up
    "sinc_slope": lambda x, n: not 1e-16 <= abs(x) <= 1e154,  # where nothing is left of the formula's differences
    "floor": lambda x: x % 1.0 == 0.0,  # jumps
    "round": lambda x: x % 1.0 == 0.5,
    "mod": lambda x, y: abs(x) > 1e15 * abs(y) or x % y == 0.0,
    "floor_divide": lambda x, y: abs(x) > 1e15 * abs(y) or x % y == 0.0,
}
ENDS = {name: {-1.0, 1.0} for name in ("asin", "acos", "atanh")} | {"log1p": {-1.0}, "acosh": {1.0}}  # of the domain


def points(name):
    """Some of the points that the extreme numbers make, the same ones in every run."""
    rng, row = random.Random(name), ROWS[name]
    found = []
    for _ in range(20 * POINTS_OF_EACH):
        if name in ("sigmoid_slope", "tanh_slope"):
            x = rng.choice(NUMBERS)
            point = (PRIMITIVES[name.removesuffix("_slope")](x), x)
        else:
            own = rng.choice(row.points)
            n = len(own) - WHOLE.get(name, 0)
            point = (*rng.choices(NUMBERS, k=n), *own[n:])
        out = LEFT_OUT.get(name, lambda *_: False)(*point) or point[0] in ENDS.get(name, ())
        if point not in found and not out and not math.isnan(truth(row.truth, point, ())):
            found.append(point)
        if len(found) == POINTS_OF_EACH:
            break
    assert found, f"no point of {name} is in its domain"
    return found


def right(name, point, index, got):
    """To twelve digits; or as right as the rounding of one input makes it, near a place where the derivative is 0."""
    f = ROWS[name].truth
    true = truth(f, point, index)
    if math.isnan(true) or agree(got, true):
        return True
    if got == 0.0 and true != 0.0 and abs(truth(f, point, index, step=50)) < 1e-30 * abs(true):
        return True  # it is 0: the quotient has nothing but its own error, which shrinks with the step
    if name == "logsumexp" and len(index) > 1:
        return abs(got - true) < 1e-15  # p(1 − p) is a difference; these derivatives are at most 1
    for i in ROWS[name].active:
        for side in (-inf, inf):
            near = (*point[:i], math.nextafter(point[i], side), *point[i + 1 :])
            if abs(got - true) <= 4.0 * abs(truth(f, near, index) - true):
                return True
    return False


@walked(sorted(PRIMITIVES))
def test_value_and_three_derivatives_are_right_at_the_extremes(name):
    """All derivatives to the third agree with mpmath's, also where what they are made of would leave the floats."""
    misses = []
    for point in points(name):
        for index in indices(name):
            got = derivative(name, point, index)
            if not right(name, point, index, got):
                misses.append((point, index, got, truth(ROWS[name].truth, point, index)))
    assert misses == []


@walked(sorted(PRIMITIVES))
def test_nothing_is_raised_at_infinities_and_nan(name):
    """Whatever is asked for, a float comes back, to the third derivative."""
    numbers = [inf, -inf, nan, 0.0, -0.0, 1.0, -1.0, 1e308]
    row = ROWS[name]
    for values in itertools.islice(itertools.product(numbers, repeat=len(row.active)), 100):
        point = list(row.points[0])
        for i, x in zip(row.active, values, strict=True):
            point[i] = x
        for index in indices(name):
            assert type(derivative(name, tuple(point), index)) is float


# --------------------------------------------------------------------------------------------- what was once wrong, by name


@pytest.mark.parametrize("xs", [[1e308, 1e308], [1000.0, 1000.0], [-1000.0, -1000.0], [-1e308, -1e308], [745.0, 745.0]])
def test_two_equal_numbers_share_the_slope_of_logsumexp(xs):
    """A half each, to the last digit and at any size: by backward, by gradient, and as softmax."""
    vs = [Value(x) for x in xs]
    y = ag.logsumexp(vs)
    y.backward()
    assert [v.grad for v in vs] == [s.data for s in gradient(y, *vs)] == ag.softmax(xs) == [0.5, 0.5]


@pytest.mark.parametrize("size", [1.0, 1e3, 1e6, 1e15, 1e300])
def test_the_slopes_of_logsumexp_do_not_depend_on_where_it_stands(size):
    """A number added to all inputs, so that their differences stay what they are, leaves the slopes as they are."""
    rng = random.Random(0)
    for _ in range(20):
        steps = [rng.randrange(-3, 4) * math.ulp(size) * 2.0 ** rng.randrange(40) for _ in range(4)]
        at_zero, there = ([Value(base + step) for step in steps] for base in (0.0, size))
        if [v.data - size for v in there] != steps:
            continue
        expected = [s.data for s in gradient(ag.logsumexp(at_zero), *at_zero)]
        assert [s.data for s in gradient(ag.logsumexp(there), *there)] == expected


def test_a_power_of_tiny_numbers_has_its_derivatives():
    """(1e-300)**1e-300: its second derivative is y(y - 1)/x², a float that x**(y - 2) is not."""
    x, y = Value(1e-300), Value(1e-300)
    (slope,) = gradient(x**y, x)
    (bend,) = gradient(slope, x)
    assert bend.data == pytest.approx(-1e300, rel=1e-14)


@pytest.mark.parametrize("f", [ag.hypot, ag.atan2])
def test_third_derivatives_of_length_and_angle_of_a_tiny_point_are_infinite_or_zero(f):
    """At (1e-300, 1e-300) they are beyond the floats, and have a sign."""
    x, y = Value(1e-300), Value(1e-300)
    for order in ("xxy", "xyy", "yyy", "xxx"):
        z = f(x, y)
        for name in order:
            (z,) = gradient(z, {"x": x, "y": y}[name])
        assert math.isinf(z.data)
