"""The numbers of the page behind step_through: its JavaScript computes values and gradients as Python does.

The truth is Python itself: Value.data, Value.grad and trace, which have oracles of their own elsewhere.
"""

import itertools
import json
import math
import random
import re
from html import unescape
from math import inf, nan

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from long_runs import examples, part
from page_numbers import written

import autograd as ag
from autograd import PRIMITIVES, Value, trace
from autograd.graph import nodes
from autograd.trace import WRONG_WAYS
from autograd.value import constant
from nn.pages import stepper

SMALLEST = 5e-324  # the distance between neighbouring doubles near zero
SMALLEST_NORMAL = 2.2250738585072014e-308

# ------------------------------------------------------------------------------------------- the numbers of the page


@pytest.fixture
def graph_of(monkeypatch):
    """The plain data of a graph, as JSON, without its drawing."""
    monkeypatch.setattr(stepper, "OWN", 10**9)
    return lambda y: json.dumps(stepper._data(y))


RUN = """([graph, points, inputs]) => {
    graph = JSON.parse(graph);
    return points.map((point) => {
        const values = m.forward(graph, Object.fromEntries(inputs.map((i, k) => [i, point[k]])));
        const { grads } = m.backward(graph, values);
        return [values[graph.output], ...inputs.map((i) => grads[i])];
    });
}"""


def agree(got, true, tolerance=1e-12):
    """Equal to 12 digits, a zero in its sign; subnormal numbers, which have fewer, to a few of the smallest."""
    if got is None or math.isnan(true) or math.isinf(true):
        return got is not None and (got == true or (math.isnan(got) and math.isnan(true)))
    if true == 0.0 or got == 0.0:
        return abs(got - true) <= 60 * SMALLEST and math.copysign(1.0, got) == math.copysign(1.0, true)
    return abs(got - true) <= (tolerance * abs(true) if abs(true) >= SMALLEST_NORMAL else 60 * SMALLEST)


def both_signs(*xs):
    return [sign * x for x in xs for sign in (1.0, -1.0)]


UNARY = [
    *both_signs(0.0, SMALLEST, 1e-310, 1e-300, 1e-155, 1e-17, 1e-9, 1e-3, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999999, 1.0, 1.000001),
    *both_signs(
        1.25, 1.5, math.pi / 2, 1.75, 1.9, 1.999999, 2.0, 2.000001, 2.1, 2.5, 3.0, 3.7, 4.0, 5.0, 5.9, 6.0, 8.0, 10.0
    ),
    *both_signs(15.0, 18.4, 20.0, 25.5, 26.0, 26.5, 27.0, 27.3, 28.0, 30.0, 36.6, 37.0, 38.0, 40.0, 100.0, 372.0, 709.78),
    *both_signs(710.0, 744.5, 745.0, 746.0, 1000.0, 1419.6, 1488.0, 1e6, 1e8, 1e16, 1e154, 1e155, 1e300, 1e308, inf),
    nan,
    *(x / 7 for x in range(-60, 61)),
]
SOME = [*both_signs(0.0, SMALLEST, 1e-300, 1e-9, 1 / 3, 0.5, 1.0, 1.5, 2.0, 3.0, 40.0, 745.0, 1e8, 1e155, 1e308, inf), nan]
FEW = [*both_signs(0.0, 1e-300, 0.5, 1.0, 3.0, 40.0, 745.0, inf), nan]
FEWER = [0.0, -0.0, 1e-9, -0.5, 1.0, 40.0, -745.0, inf, -inf, nan]
MODERATE = [*both_signs(1e-300, 0.5, 1.0, 3.0, 40.0, 745.0), 0.0]
WHOLE = [0.0, 1.0, 2.0, 3.0, 4.0]

# For each operation of several inputs what they are; a whole number that is no variable is given as a constant.
INPUTS = {
    "gaussian": (UNARY, WHOLE),
    "sinc_slope": (UNARY, WHOLE),
    "ray": (SOME, FEW, [1.0, 2.0], WHOLE[:2], WHOLE[:2]),
    "power_slope": (SOME, FEW, WHOLE[:3], WHOLE[:3]),
    "clip": (FEW, FEWER, FEWER),
    "sum": (FEWER, FEWER, FEWER),
    "dot": (FEWER, MODERATE[:6], FEWER, MODERATE[3:9], [0.0, -0.5, nan]),
    "logsumexp": (FEW, FEW, FEW),
    "select": ([0.0, 1.0, -0.0, 2.0, -1.0, 0.5, inf, nan], FEW, FEW),
}
CONSTANTS = {"gaussian": (1,), "sinc_slope": (1,), "ray": (2, 3, 4), "power_slope": (2, 3)}


def points_of(name):
    arity = PRIMITIVES[name].arity
    return list(itertools.product(*INPUTS.get(name, {1: [UNARY], 2: [SOME, SOME]}.get(arity))))


def by_python(name, point):
    """The value of an operation at a point, and its slopes, of which those in constants are 0."""
    xs = [constant(x) if i in CONSTANTS.get(name, ()) else Value(x) for i, x in enumerate(point)]
    y = PRIMITIVES[name](*xs)
    y.backward()
    return y, xs, [y.data, *(x.grad for x in xs)]


def compared(name, points, numerics, graph_of):
    """Where the page and Python differ, as (point, page's numbers, Python's)."""
    misses = []
    fixed = CONSTANTS.get(name, ())
    for _, group in itertools.groupby(
        sorted(points, key=lambda p: [p[i] for i in fixed]), key=lambda p: [p[i] for i in fixed]
    ):
        same_constants = list(group)
        y, xs, _ = by_python(name, same_constants[0])
        place = {node: i for i, node in enumerate(nodes(y))}
        by_page = numerics(RUN, [graph_of(y), same_constants, [place[x] for x in xs]])
        for point, got in zip(same_constants, by_page, strict=True):
            true = by_python(name, point)[2]
            if not all(map(agree, got, true)):
                misses.append((point, got, true))
    return misses


def test_the_page_has_every_operation_of_the_table(numerics):
    """An operation added to the table has to be added to the page's VALUES, and nothing else stands there."""
    assert set(numerics("Object.keys(m.VALUES)")) == set(PRIMITIVES)


@pytest.mark.parametrize("name", sorted(PRIMITIVES))
def test_page_and_python_agree_on_every_operation(name, numerics, graph_of):
    """Value and slopes are the same to 12 digits at ordinary and awkward points: tiny, huge, kinks, poles, inf and nan."""
    points = part(points_of(name), 60)
    misses = compared(name, points, numerics, graph_of)
    assert misses[:12] == [], f"{len(misses)} of {len(points)}"


@pytest.mark.parametrize("n", [-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 40.0])
def test_page_and_python_agree_on_powers_with_a_plain_exponent(n, numerics, graph_of):
    """x**n with a number for n, whose slope has a rule of its own, agrees as well."""
    y = (x := Value(2.0)) ** n
    place = nodes(y).index(x)
    by_page = numerics(RUN, [graph_of(y), [[v] for v in UNARY], [place]])
    misses = []
    for v, got in zip(UNARY, by_page, strict=True):
        y = (x := Value(v)) ** n
        y.backward()
        if not all(map(agree, got, (y.data, x.grad))):
            misses.append((v, got, y.data, x.grad))
    assert misses == []


NUMBERS = [
    *both_signs(
        0.0, 1.0, 2.5, 0.1, 1 / 3, 2 / 3, 123456.0, 123456.5, 1234567.0, 999999.4, 999999.5, 9999995.0, 1e5, 1e6, 1e7
    ),
    *both_signs(
        1e-3, 1e-4, 0.00012345678, 9.9999949e-5, 9.9999996e-5, 1e-5, 1.5e-7, 1e-10, 1e-300, SMALLEST, 1e21, 1e22, 1e308
    ),
    *both_signs(
        0.5, 0.15, 0.0250005, 1.0000005, 100000.5, 2.2250738585072014e-308, 1.7976931348623157e308, 6.02214076e23, inf
    ),
    *both_signs(
        0.00001234565, 3.141592653589793, 0.7413650695, 9.999995, 99999.95, 0.0001234565, 1e16, 123456789012345680.0
    ),
    nan,
]


@pytest.mark.parametrize("digits", [6, 5, 4])
def test_numbers_are_written_as_python_writes_them(digits, numerics):
    """text(x) is Python's general format, with a true minus sign and no zeros or plus in front of the exponent."""
    by_page = numerics("([xs, digits]) => xs.map((x) => m.text(x, digits))", [NUMBERS, digits])
    assert by_page == [written(x, digits) for x in NUMBERS]


# ------------------------------------------------------------------------------------------------- graphs of many nodes

SMOOTH = [ag.tanh, ag.sigmoid, ag.sin, ag.cos, ag.softplus, ag.atan, ag.gelu, ag.silu, ag.erf, ag.exp, ag.relu, ag.abs]


def grown(seed, size):
    """A random graph of well-behaved operations, whose nodes are used again and again."""
    rng = random.Random(seed)
    pool = [Value(rng.uniform(-2.0, 2.0), label=f"x_{i}") for i in range(3)]
    for leaf in pool:
        leaf.grad = rng.uniform(-1.0, 1.0)  # left from some earlier backward()
    leaves = list(pool)
    for _ in range(size):
        a, b, c = (rng.choice(pool[-6:]) for _ in range(3))
        kind = rng.randrange(7)
        if kind == 0:
            made = a * ag.sigmoid(b)
        elif kind == 1:
            made = ag.sum([a, b, a, c]) * 0.25
        elif kind == 2:
            made = ag.dot([a, b], [c, rng.uniform(-1.0, 1.0)], c)
        elif kind == 3:
            made = ag.logsumexp([a, b, a])
        elif kind == 4:
            made = (a / (1.5 + b * b)) ** rng.choice([2, 3])
        elif kind == 5:
            made = ag.maximum(a, b) - c
        else:
            made = a
        pool.append(rng.choice(SMOOTH)(ag.tanh(made)))
    return ag.sum([*pool[3:], *pool[-2:]]), leaves


def near(got, true, size):
    """Equal to 12 digits of the largest number that went into it."""
    return abs(got - true) <= 1e-12 * max(abs(true), size)


PASSES = """([graph, wrong]) => {
    graph = JSON.parse(graph);
    const values = m.forward(graph, {}), right = m.backward(graph, values);
    const sums = graph.nodes.map((node, i) => {
        if (node.kind === "constant") return null;
        const { found, all } = m.ways(graph, values, i, 1e5);
        return all ? found.reduce((sum, way) => sum + way.product, 0) : null;
    });
    const others = Object.fromEntries(wrong.map((way) => [way, m.backward(graph, values, way).grads]));
    return { values, grads: right.grads, sums, others };
}"""


@given(st.integers(0, 10**6), st.integers(1, 9))
@settings(examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_page_and_python_agree_on_random_graphs(numerics, graph_of, seed, size):
    """Values, gradients, the sums over all ways, and what the wrong ways give, are Python's at every node."""
    y, leaves = grown(seed, size)
    right, wrong = trace(y), {way: trace(y, wrong=way) for way in WRONG_WAYS}
    page = numerics(PASSES, [graph_of(y), list(WRONG_WAYS)])
    for leaf in leaves:
        leaf.grad = 0.0
    y.backward()
    largest = max(abs(g) for g in right.grads.values())
    for i, node in enumerate(nodes(y)):
        assert agree(page["values"][i], node.data) or near(page["values"][i], node.data, 1.0)
        if node in right.grads:
            assert near(page["grads"][i], node.grad, largest)
            assert page["sums"][i] is not None
            assert near(page["sums"][i], node.grad, largest)
            for way in WRONG_WAYS:
                assert near(page["others"][way][i], wrong[way].grads[node], max(largest, 1.0))


def test_every_name_that_is_spoken_of_is_worn_by_a_box(numerics):
    """Operations without a label, and without a formula of labels, too: v2 in the text is a box called v2."""
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    data = stepper._data((ag.tanh(ag.exp(w * x) + ag.sin(w)) - 1.0) ** 2 / 2.0)
    drawing = numerics("([data]) => m.drawGraph(JSON.parse(data)).svg", [json.dumps(data)])
    names = {node["name"] for node in data["nodes"] if node["kind"] == "computed"}
    assert any(re.fullmatch(r"v\d+", name) for name in names)
    assert names <= set(re.findall(r"<text[^>]*>([^<]*)</text>", unescape(drawing)))
