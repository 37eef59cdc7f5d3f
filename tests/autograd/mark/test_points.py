"""Formulas compared at points: the same function, or a point that shows that it is none."""

import math
import re

import pytest

import autograd as ag
from autograd import Value
from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.formula.parser import parse
from autograd.mark.points import TRIES, close, difference, points
from autograd.rewriting import substitute
from autograd.value import record


def test_points_to_compare_at():
    """Probabilities, numbers on both sides of 0, and numbers about where they are now; half of them with two decimals."""
    over = [Value(0.5), Value(1000.0), Value(-40.0)]
    found = list(points(over))
    assert len(found) == TRIES
    assert sum(all(0.0 < x < 1.0 for x in point.values()) for point in found) > TRIES / 10
    for q in over:
        numbers = [point[q] for point in found]
        assert any(-2.0 <= x < 0.0 for x in numbers)
        assert any(1.0 < x <= 2.0 for x in numbers)
        assert any(abs(x / q.data - 1.0) < 0.31 for x in numbers)
        spread = [x / q.data for x in numbers if abs(x) > 6.0]  # the others are no further out than that
        assert len(spread) == (0 if q.data == 0.5 else TRIES / 5)
        assert all(0.69 < x < 1.31 for x in spread)
    assert all(round(x, 2) == x for point in found[::2] for x in point.values())
    assert not any(round(x, 2) == x for point in found[1::2] for x in point.values())
    assert len({tuple(point.values()) for point in found}) == TRIES


def test_points_are_the_same_each_time():
    """In whatever process."""
    over = [Value(0.5), Value(2.0)]
    assert list(points(over)) == list(points(over))


SAME = {
    "o − t": "−(t − o)",
    "-t/o + (1 - t)/(1 - o)": "-(t - o)/(o·(1 - o))",
    "(x + y)^2": "x^2 + 2·x·y + y^2",
    "exp(x)·exp(y)": "exp(x + y)",
    "1/(1 + exp(-x))": "exp(x)/(1 + exp(x))",
    "log(x·y)": "log(x) + log(y)",
    "(x^2 - y^2)/(x - y)": "x + y",
    "tanh(x)": "1 - 2/(1 + exp(2·x))",
    "x·y/y": "x",
    "sin(x)^2": "1 - cos(x)^2",
    "2": "1 + 1",
    "x − x": "0",
}
NOT_THE_SAME = {
    "o − t": "t − o",
    "-t/o - (1 - t)/(1 - o)": "-(t - o)/(o·(1 - o))",
    "(x + y)^2": "x^2 + y^2",
    "x^2": "2·x",
    "exp(x)": "exp(-x)",
    "log(x + y)": "log(x) + log(y)",
    "x/(y·v)": "x/y·v",
    "x": "y",
    "x + 0.0001": "x",
    "1.000001·x": "x",
    "sin(x)": "cos(x)",
    "√x": "x/2",
    "x·(1 - x)": "1 - x·x",
    "x·v": "x·(v + (1 - v)/10^6)",
    "2": "3",
}  # fmt: skip
POINT = {"o": 0.37, "t": 0.81, "x": 0.59, "y": 0.44, "v": 0.23, "w": 0.71}


def plain_value(text, point):
    source = text.replace("·", "*").replace("−", "-").replace("^", "**").replace("√x", "sqrt(x)")
    return eval(source, {name: getattr(math, name) for name in ("exp", "log", "tanh", "sin", "cos", "sqrt")} | point)


def test_the_tables_of_this_file_are_right():
    """At a point that nobody else uses, plain arithmetic finds the same, and not the same."""
    for one, other in SAME.items():
        assert plain_value(one, POINT) == pytest.approx(plain_value(other, POINT), rel=1e-12, abs=1e-15)
    for one, other in NOT_THE_SAME.items():
        assert plain_value(one, POINT) != pytest.approx(plain_value(other, POINT), rel=1e-8)


@pytest.mark.parametrize(("one", "other"), SAME.items())
def test_the_same_function_has_no_difference(one, other):
    """However it is written, and either way round."""
    values = {name: Value(x, label=name) for name, x in POINT.items()}
    first, second = parse(one, values), parse(other, values)
    assert difference(first, second) is None
    assert difference(second, first) is None


@pytest.mark.parametrize(("one", "other"), NOT_THE_SAME.items())
def test_a_difference_is_shown_at_a_point(one, other):
    """Plain arithmetic gets the two numbers there, and they differ; each quantity has two decimals."""
    values = {name: Value(x, label=name) for name, x in POINT.items()}
    found = difference(parse(one, values), parse(other, values))
    point = {q.label: x for q, x in found.point}
    assert found.here == pytest.approx(plain_value(one, point), rel=1e-12)
    assert found.there == pytest.approx(plain_value(other, point), rel=1e-12)
    assert found.here != pytest.approx(found.there, rel=1e-8)
    assert all(round(x, 2) == x for x in point.values())
    assert set(point) == set(re.findall(r"\b[otxyv]\b", f"{one} {other}".replace("√x", "x")))


@pytest.mark.parametrize(("sides", "decisive"), [("x1", "x"), ("0x", "x"), ("xy", "xy"), ("y0", "y")])
def test_a_difference_rests_on_what_it_varies_with(sides, decisive):
    """The formulas vary with x and y everywhere, and what lies between them jumps where one side exceeds the other."""
    x, y = (Value(0.5, label=name) for name in "xy")
    one = x * y + x + y
    found = difference(one, one + ops.greater(*({"x": x, "y": y, "0": 0.0, "1": 1.0}[side] for side in sides)))
    assert "".join(q.label for q, _ in found.point) == "xy"
    assert "".join(q.label for q, _ in found.decisive) == decisive


def test_numbers_that_are_far_from_one_are_looked_at():
    """log(x − 900) has values near x = 1000 alone."""
    x = Value(1000.0, label="x")
    assert difference(ag.log(x - 900.0), ag.log(x - 900.0) + 0.0) is None
    ((_, at),) = difference(ag.log(x - 900.0), ag.log(x - 901.0)).point
    assert at > 901.0


@pytest.mark.parametrize("edge", [n / 20 for n in range(1, 19)])
def test_a_point_with_two_decimals_is_shown_if_there_is_one(edge):
    """Whatever point is the first at which the formulas are something."""
    x = Value(0.5, label="x")
    ((_, at),) = difference(ag.log(x - edge), ag.log(x - edge) + 1.0).point
    assert at > edge
    assert round(at, 2) == at


@pytest.mark.parametrize("text", ["log(-1 - x^2)", "sqrt(-x^2 - 1)", "1/(x - x)", "log(x) + log(-x)"])
def test_formulas_that_are_never_finite_cannot_be_compared(text):
    """Neither with another nor with themselves."""
    values = {"x": Value(0.5, label="x")}
    for other in ("x", text):
        with pytest.raises(ValueError, match="finite together") as raised:
            difference(parse(text, values), parse(other, values))
        assert str(raised.value) == "these formulas are finite together at hardly any point, so they cannot be compared"


def test_points_where_one_is_not_finite_do_not_count():
    """log x² is 2·log x wherever both are something."""
    values = {"x": Value(0.5, label="x")}
    assert difference(parse("log(x^2)", values), parse("2·log(x)", values)) is None


@pytest.mark.parametrize(
    ("here", "there", "is_close"),
    [
        (1.0, 1.0, True),
        (1.0, 1.0 + 9e-9, True),
        (1.0, 1.0 + 2e-8, False),
        (1e6, 1e6 + 9e-3, True),
        (1e6, 1e6 + 2e-2, False),
        (1e-6, 1e-6 + 1e-11, False),
        (-1.0, 1.0, False),
        (0.0, 5e-13, True),
        (0.0, 1e-9, False),
        (math.nan, math.nan, False),
        (1.0, math.nan, False),
    ],
)
def test_close_is_relative(here, there, is_close):
    """To a part in 10⁸, and 10⁻¹² where there is nothing to be relative to; either way round."""
    assert close(here, there) is is_close
    assert close(there, here) is is_close


def test_quantities_of_what_was_made_are_those_of_the_parts():
    """A replaced formula speaks of what it was given, and no more."""
    a, b, c = (Value(0.5, label=name) for name in "abc")
    whole = record(ops.sum_of, 1.0, (a, b))
    assert free_variables(substitute(whole, {b: c})) == [a, c]
    assert substitute(whole, {b: c}).op is ops.sum_of
