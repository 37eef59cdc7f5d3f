"""Whether two formulas are one function: a table of pairs, with how it is found, and bounds of error by hand."""

import math

import pytest

from autograd import Value, abs, cos, exp, log, maximum, relu, sin, sqrt, sum
from autograd.graph import nodes
from autograd.notes.equality import _with_bounds, compare
from autograd.value import constant

X, Y = Value(0.3, "x"), Value(0.7, "y")
EXACTLY, AT_POINTS, BY_MORE = "exactly", "at 10 points, within bounds of error", "by more than the bounds of error"
NOWHERE, RARELY = "they have numbers together hardly anywhere", "they differ at few points alone"
PAIRS = [  # one, the other, whether they are the same, how that is found
    (X, X, True, EXACTLY),
    (X * X - Y * Y, (X - Y) * (X + Y), True, EXACTLY),
    (0.1 * X + 0.2 * X, 0.3 * X, True, EXACTLY),  # in fractions, of the decimals as they are written
    (sum([X, Y, X]), 2 * X + Y, True, EXACTLY),
    (-X, 0 - X, True, EXACTLY),
    (X**-2, 1 / (X * X), True, EXACTLY),
    (X**8, (X * X) ** 4, True, EXACTLY),
    (X**-8, 1 / (X * X) ** 4, True, EXACTLY),
    (X / Y / Y, X / (Y * Y), True, EXACTLY),
    (X / 3, X / 3.0000001, False, EXACTLY),
    (X + 1e-9, X, False, EXACTLY),
    (X * Y, X + Y, False, EXACTLY),
    (X / Y, X * Y, False, EXACTLY),
    (X - Y, X + Y, False, EXACTLY),
    (X**9, X * X**8, True, AT_POINTS),  # powers from nine on are not worked out in fractions
    (X ** -constant(8.0), 1 / (X * X) ** 4, True, EXACTLY),  # as −8 is read
    (X ** -constant(9.0), 1 / (X * X**8), True, AT_POINTS),
    (X**0.5, sqrt(X), True, AT_POINTS),
    (X**Y, exp(Y * log(X)), True, AT_POINTS),
    (log(X * Y), log(X) + log(Y), True, AT_POINTS),
    (sin(X) ** 2 + cos(X) ** 2, Value(1.0) ** 0 + 0 * X, True, AT_POINTS),
    (exp(X) * exp(-X), 1 + 0 * X, True, AT_POINTS),
    (sin(2 * X), 2 * sin(X), False, BY_MORE),
    (exp(X) + 1e-9, exp(X), False, BY_MORE),
    (exp(X) + 1e-14, exp(X), True, AT_POINTS),
    (maximum(X, 2.0), X, False, BY_MORE),
    (abs(X), X, None, RARELY),
    (relu(X), X, None, RARELY),
    (log(X), log(-X), None, NOWHERE),
    (1 / (X - X), X, None, NOWHERE),
    (X * math.inf, X, None, NOWHERE),
]


@pytest.mark.parametrize(("one", "other", "same", "how"), PAIRS)
def test_two_formulas_are_one_function_or_not(one, other, same, how):
    """Exactly where they are rational, at points where they are not; where hardly anything tells, it is said."""
    for found, sides in ((compare(one, other), (one, other)), (compare(other, one), (other, one))):
        assert (found.same, found.how) == (same, how)
        assert (found.difference is None) is (same is not False)
        if found.difference is not None:
            point = dict(found.difference.point)
            for leaf, label in ((X, "x"), (Y, "y")):
                leaf.data = point.get(label, math.nan)
            assert [side.forward() for side in sides] == pytest.approx([found.difference.here, found.difference.there])
            assert all(round(number, 2) == number for number in point.values())  # for people to check
    X.data, Y.data = 0.3, 0.7


BOUNDS = [  # at x = ½, y = 2: what it comes to, and how many units of 2⁻⁵² it may be off; each operation adds four
    (X * 1.0, 0.5, 2.0),
    (X * Y, 1.0, 4.0),
    (X * Y + X, 1.5, 4.0 + 6.0),
    ((X * Y) * (X * Y), 1.0, 4.0 + 4.0 + 4.0),
    ((X * Y) / Y, 0.5, 2.0 + 4.0 / 2.0),
    (exp(X * Y), math.e, math.e * (4.0 + 4.0)),
    (-(X * Y), -1.0, 4.0 + 4.0),
    (sum([X * Y, Y, Y]), 5.0, 20.0 + 4.0),
]


@pytest.mark.parametrize(("formula", "value", "units"), BOUNDS)
def test_how_far_rounding_can_move_a_number(formula, value, units):
    """What comes in is moved by the slope of the operation, and the operation adds its own."""
    found, error = _with_bounds(nodes(formula), {X: 0.5, Y: 2.0})[formula]
    assert found == pytest.approx(value, rel=1e-15, abs=0.0)
    assert error == pytest.approx(units * 2.0**-52, rel=1e-12, abs=0.0)


def test_what_is_no_number_has_no_bound():
    """1/0 is infinite, and may be anything."""
    gone = 1 / (X - X)
    assert _with_bounds(nodes(gone), {X: 0.5})[gone] == (math.inf, math.inf)
