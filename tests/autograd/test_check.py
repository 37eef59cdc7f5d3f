"""check_gradients: derivatives against finite differences, and who is to blame."""

import math

import pytest
from walks import walked

import autograd as ag
from autograd import PRIMITIVES, Value, check_gradients

SPECIAL_POINTS = {
    "acosh": (1.7,),
    "clip": (0.3, -1.0, 1.0),
    "sum": (0.3, 0.5, -1.2),
    "dot": (0.3, 0.5, -1.2, 2.0, 0.7),
    "logsumexp": (0.3, 0.5, -1.2),
    "equal": (0.3, 0.5),
}
WITH_CONSTANTS = {  # rows of which one input is a whole number, or does not count
    "gaussian": lambda x: PRIMITIVES["gaussian"](x, 2.0),
    "sinc_slope": lambda x: PRIMITIVES["sinc_slope"](x, 2.0),
    "power_slope": lambda x, y: PRIMITIVES["power_slope"](x, y, 1.0, 2.0),
    "ray": lambda x, y: PRIMITIVES["ray"](x, y, 2.0, 1.0, 0.0),
    "select": lambda x, y: PRIMITIVES["select"](1.0, x, y),
    "sigmoid_slope": lambda x: PRIMITIVES["sigmoid_slope"](ag.sigmoid(x), x),
    "tanh_slope": lambda x: PRIMITIVES["tanh_slope"](ag.tanh(x), x),
}


def verdicts(report):
    return [row.verdict for row in report]


@walked(sorted(PRIMITIVES))
def test_every_row_of_the_table_passes(name):
    """At an ordinary point the checker finds the first and second derivatives of each row right, and says so."""
    f = WITH_CONSTANTS.get(name, PRIMITIVES[name])
    arity = f.__code__.co_argcount if name in WITH_CONSTANTS else PRIMITIVES[name].arity
    report = check_gradients(f, *SPECIAL_POINTS.get(name, (0.6, 0.35, 0.85)[:arity]), order=2)
    assert set(verdicts(report)) == {"right"}, report
    assert report


@pytest.mark.parametrize("f", [ag.tanh, ag.atan, ag.gelu, lambda x: x**3 * x.exp()])
def test_third_derivatives(f):
    """Every derivative up to the order asked for is checked, each one in a row."""
    report = check_gradients(f, 0.8, order=3)
    assert verdicts(report) == ["right"] * 3


def test_a_report_has_a_row_for_each_derivative():
    """Analytic stands beside numeric, named after the arguments."""
    report = check_gradients(lambda x, y: x * y.sin(), 2.0, 0.5, order=2)
    assert [row.name for row in report] == ["∂f/∂x", "∂f/∂y", "∂²f/∂x∂x", "∂²f/∂x∂y", "∂²f/∂y∂y"]
    for row in report:
        assert row.analytic == pytest.approx(row.numeric, rel=1e-7, abs=1e-7)


def test_a_report_prints_as_a_table():
    """Printing shows the point, both numbers and the verdict."""
    text = str(check_gradients(lambda x, y: x * y, 2.0, 0.5))
    assert text.splitlines() == [
        "check of <lambda> at (2.0, 0.5)",
        "  derivative  analytic  numeric  verdict",
        "  ∂f/∂x       0.5       0.5      right",
        "  ∂f/∂y       2         2        right",
    ]


def test_several_outputs_are_checked():
    """Each output has rows of its own."""
    report = check_gradients(lambda x, y: [x * y, x - y], 2.0, 3.0)
    assert [row.name for row in report] == ["∂f1/∂x", "∂f1/∂y", "∂f2/∂x", "∂f2/∂y"]
    assert report


def test_lists_as_arguments_are_checked():
    """An argument may be a list of numbers or of Values."""
    assert check_gradients(lambda ws, b: ag.dot(ws, ws, b).tanh(), [0.1, Value(0.2)], 0.3, order=2)


def test_values_of_any_size_are_judged_relatively():
    """Large and small numbers are checked like ordinary ones."""
    assert check_gradients(lambda x: x * 1e12, 3.0)
    assert check_gradients(lambda x: x**2, 1e8, order=2)
    assert check_gradients(lambda x: (x * 1e-9).sin(), 5.0)


@pytest.mark.parametrize("x", [0.1, 10.0, 1e4, 1e8])
def test_a_wrong_slope_is_wrong_at_a_number_of_any_size(x, plant):
    """Rounding in the values explains a part in ten thousand million of them, whatever the step."""
    for factor, verdict in ((2.0, "right"), (2.01, "wrong")):
        assert verdicts(check_gradients(plant("slip", lambda x: x * x, lambda z, x, k=factor: k * x), x)) == [verdict]


# -------------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.parametrize(
    ("value", "partial"),
    [
        (math.sin, lambda z, x: ag.sin(x)),
        (math.sin, lambda z, x: -ag.cos(x)),
        (math.sin, lambda z, x: ag.cos(x) * 1.001),
        (math.sin, 0.0),
        (math.tanh, lambda z, x: 1 + z * z),
        (math.exp, lambda z, x: x),
        (lambda x: x**3, lambda z, x: 3 * x),
    ],
)
def test_a_wrong_first_derivative_turns_red(value, partial, plant):
    """A planted row whose slope is wrong is found and named, deep inside a computation too."""
    slip = plant("slip", value, partial)
    report = check_gradients(lambda x, y: slip(x * 2).tanh() + y.exp(), 0.35, 0.1)
    assert not report
    assert verdicts(report) == ["wrong", "right"]
    (culprit,) = report.culprits
    assert culprit.startswith("the operation slip is wrong at (0.7)")
    assert culprit in str(report)


@pytest.mark.parametrize("i", [0, 1])
def test_a_wrong_partial_among_right_ones_is_the_only_one_that_turns_red(i, plant):
    """Of a row with two inputs, the report tells which partial is wrong."""
    right = [lambda z, x, y: y, lambda z, x, y: x]
    wrong = [lambda z, x, y: y + 0.01, lambda z, x, y: x * x]
    slip = plant("slip", lambda x, y: x * y, *(wrong[k] if k == i else right[k] for k in range(2)))
    report = check_gradients(slip, 0.7, 0.3)
    assert verdicts(report) == ["wrong" if k == i else "right" for k in range(2)]


def test_a_row_that_is_right_at_first_and_wrong_at_second_order(plant):
    """A partial that takes plain numbers out of the graph is right once, and found at order 2."""
    slip = plant("slip", lambda x: x**3, lambda z, x: 3 * x * (x.data if isinstance(x, Value) else x))
    assert check_gradients(slip, 0.7)
    report = check_gradients(lambda x: slip(x) + x, 0.7, order=2)
    assert verdicts(report) == ["right", "wrong"]
    assert "the operation slip is wrong at (0.7): its partials say ∂²f/∂x1∂x1 = 2.1" in report.culprits[0]


def test_a_wrong_row_of_any_number_of_inputs(plant):
    """The slopes of an n-ary row are checked too."""
    slip = plant("slip", lambda xs: sum(x * x for x in xs), lambda z, xs: list(xs), nary=True)
    report = check_gradients(slip, 1.0, 2.0)
    assert verdicts(report) == ["wrong", "wrong"]
    assert "slip" in report.culprits[0]


@pytest.mark.parametrize(
    "f", [lambda x: x * x.data, lambda x: x * math.sin(x.data), lambda x: x.detach() * x, lambda x: x * x.item()]
)
def test_a_graph_that_was_left_on_the_way_turns_red(f):
    """Where numbers leave the graph no operation is blamed, and the report says what happened."""
    report = check_gradients(f, 0.7)
    assert verdicts(report) == ["wrong"]
    assert report.culprits == [
        "each operation is right on its own: part of the computation leaves the graph, through float(v), v.data or a"
        " function of the module math"
    ]
    assert report.culprits[0] in str(report)


# ------------------------------------------------------------------------------------------- kinks and edges of the domain


@pytest.mark.parametrize(
    ("f", "point"),
    [
        (ag.relu, (0.0,)),
        (lambda x: x.leaky_relu(), (0.0,)),
        (lambda x: x.clip(0.0, 1.0), (1.0,)),
        (lambda x: 3 - abs(x - 1) * x.relu(), (0.0,)),
        (ag.sign, (0.0,)),
    ],
)
def test_a_kink_is_called_a_kink(f, point):
    """Where the two sides differ, and the slope lies between them, nobody is blamed."""
    report = check_gradients(f, *point)
    assert report
    assert verdicts(report) == ["kink"]


def test_a_kink_shows_both_sides():
    """The report gives the slopes on the left and on the right."""
    (row,) = check_gradients(ag.relu, 0.0)
    assert (row.left, row.right) == pytest.approx((0.0, 1.0), abs=1e-9)
    assert "kink (0 on the left, 1 on the right)" in str(check_gradients(ag.relu, 0.0))


def test_a_slope_outside_the_two_sides_of_a_kink_is_wrong(plant):
    """A kink is no excuse for a slope that neither side has."""
    slip = plant("slip", lambda x: max(x, 0.0), 2.0)
    assert verdicts(check_gradients(slip, 0.0)) == ["wrong"]


@pytest.mark.parametrize(("f", "x"), [(ag.log, -1.0), (ag.log, 0.0), (ag.acosh, 0.5), (lambda x: x / 0.0, 1.0)])
def test_where_the_function_is_not_finite_nothing_is_defined(f, x):
    """Outside the domain, and at a pole, the verdict is undefined and the report is not red."""
    report = check_gradients(f, x)
    assert (verdicts(report), bool(report)) == (["undefined"], True)


def test_the_infinite_slope_at_the_edge_of_a_domain_is_right():
    """sqrt and cbrt rise vertically at 0."""
    assert verdicts(check_gradients(ag.sqrt, 0.0)) == verdicts(check_gradients(ag.cbrt, 0.0)) == ["right"]


@pytest.mark.parametrize("order", [0, -1, 1.0, "2"])
def test_an_order_below_one_is_an_error(order):
    """The message says what an order is."""
    with pytest.raises(ValueError, match="the order of the derivatives to check is 1, 2"):
        check_gradients(ag.exp, 1.0, order=order)


# ---------------------------------------------------------------------------------------------- how much is still right


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize(("factor", "verdict"), [(1.0005, "right"), (0.9995, "right"), (1.002, "wrong"), (0.998, "wrong")])
def test_the_tolerance_is_a_part_of_the_slope(size, factor, verdict, plant):
    """Of a slope of any size a thousandth is right where a thousandth is allowed, and two are wrong."""
    slip = plant("slip", lambda x: size * x, size * factor)
    assert verdicts(check_gradients(slip, 0.7, tolerance=1e-3)) == [verdict]


@pytest.mark.parametrize("size", [1e-2, 1.0, 1e3])
@pytest.mark.parametrize(
    ("slope", "verdict"),
    [(0.0, "kink"), (0.2, "kink"), (1.0005, "kink"), (-0.0005, "kink"), (1.002, "wrong"), (-0.002, "wrong")],
)
def test_between_the_sides_of_a_kink_and_a_tolerance_beyond(size, slope, verdict, plant):
    """A bend from 0 to 1, of any size: a thousandth outside is allowed here, and two are not."""
    bend = plant("bend", lambda x: size * max(x, 0.0), size * slope)
    assert verdicts(check_gradients(bend, 0.0, tolerance=1e-3)) == [verdict]


@pytest.mark.parametrize(
    ("value", "partial", "x", "verdict"),
    [
        (lambda x: 1.0 if x > 0.0 else 0.0, 0.0, 0.0, "kink"),  # a jump
        (lambda x: 1.0 if x > 0.0 else 0.0, 0.0, 0.5, "right"),
        (lambda x: math.sin(1e9 * x), 0.0, 0.7, "unclear"),  # it does not settle
        (lambda x: math.sqrt(x) if x >= 0.0 else math.nan, math.inf, 0.0, "right"),
        (lambda x: math.sqrt(x) if x >= 0.0 else math.nan, -math.inf, 0.0, "wrong"),
        (lambda x: -math.sqrt(x) if x >= 0.0 else math.nan, -math.inf, 0.0, "right"),
        (lambda x: math.acos(x) if math.fabs(x) <= 1.0 else math.nan, -math.inf, 1.0, "right"),
        (lambda x: math.acos(x) if math.fabs(x) <= 1.0 else math.nan, -math.inf, -1.0, "right"),
        (lambda x: math.cbrt(min(x, 0.0)), math.inf, 0.0, "right"),  # steep on one side, which is no jump
        (lambda x: math.cbrt(max(x, 0.0)), math.inf, 0.0, "right"),
        (lambda x: x**3, math.inf, 0.0, "wrong"),
        (lambda x: x**3, math.nan, 0.5, "wrong"),
        (lambda x: math.nan, math.nan, 0.5, "undefined"),
        (lambda x: math.inf, 0.0, 0.5, "undefined"),
        (lambda x: x if x >= 0.5 else math.nan, 1.0, 0.5, "right"),  # an edge: one side is all there is
        (lambda x: x if x >= 0.5 else math.nan, 2.0, 0.5, "wrong"),
        (lambda x: x if x <= 0.5 else math.nan, 1.0, 0.5, "right"),
        (lambda x: x if x <= 0.5 else math.nan, -1.0, 0.5, "wrong"),
    ],
)
def test_jumps_edges_and_slopes_without_end(value, partial, x, verdict, plant):
    """Each has a verdict of its own, and a slope that contradicts the value is wrong there, too."""
    assert verdicts(check_gradients(plant("planted", value, partial), x)) == [verdict]


def test_a_report_in_words(plant):
    """Title, table and culprit, to the letter."""
    slip = plant("slip", math.sin, lambda z, x: ag.sin(x))
    assert str(check_gradients(slip, 0.7)).splitlines() == [
        "check of slip at (0.7)",
        "  derivative  analytic    numeric     verdict",
        "  ∂f/∂x1      0.64421769  0.76484219  wrong",
        "the operation slip is wrong at (0.7): its partials say ∂f/∂x1 = 0.644218, its value says 0.764842",
    ]
    two = check_gradients(lambda x: slip(x) + slip(x), 0.7)
    assert len(two.culprits) == 1
    assert check_gradients(lambda *xs: xs[0] * xs[1], 2.0, 3.0).rows[1].name == "∂f/∂x2"
    assert [row.name for row in check_gradients(lambda a: a**3, 2.0, order=3)] == ["∂f/∂a", "∂²f/∂a∂a", "∂³f/∂a∂a∂a"]
