"""Compiled programs give the numbers of the graph itself, row by row: every operation, every kind of graph, random ones."""

import itertools
import math
import random

import pytest
from compiled_graphs import (
    APPLICATIONS,
    GRAPHS,
    agree,
    agree_with_graph,
    applied,
    batch,
    bend,
    by_rows,
    every_graph,
    leaves,
    np,
    outputs,
    tanh_net,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from long_runs import examples, seeds
from walks import walked

import autograd as ag
from autograd import gradient
from autograd.graph import nodes


@every_graph
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_value_and_gradient_are_those_of_the_graph(graph, reduction):
    """For one batch after another, of other sizes, and for the first one again."""
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters, reduction=reduction)
    for rows, seed in ((6, 1), (1, 2), (6, 3), (3, 4), (6, 1)):
        X = batch(rows, len(inputs), seed)
        values, slopes = by_rows(y, inputs, X, parameters)
        value, found = program.value_and_grad(X)
        agree(value, getattr(values, reduction)())
        agree(found, getattr(slopes, reduction)(0))


KINDS = {  # (what the program gives, what the graph gives)
    "call": (lambda p, X, v: p(X), lambda y, x, X, w, v: by_rows(y, x, X, w)[0]),
    "value": (lambda p, X, v: p.value(X), lambda y, x, X, w, v: by_rows(y, x, X, w)[0].mean()),
    "gradients": (lambda p, X, v: p.per_sample_gradients(X), lambda y, x, X, w, v: by_rows(y, x, X, w)[1]),
    "by inputs": (lambda p, X, v: p.jacobian(X), lambda y, x, X, w, v: by_rows(y, x, X, x)[1][:, None, :]),
    "by parameters": (
        lambda p, X, v: p.jacobian(X, wrt="parameters"),
        lambda y, x, X, w, v: by_rows(y, x, X, w)[1][:, None, :],
    ),
    "hvp": (lambda p, X, v: p.hvp(v, X), lambda y, x, X, w, v: bend(y, x, X, w, v).mean(0)),
}


@walked(list(itertools.product(GRAPHS, KINDS)))
def test_everything_else_is_that_of_the_graph(graph, kind):
    """Outputs, their mean, gradients of each row, Jacobians, and the Hessian times a vector; of several rows and of one."""
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    ours, true = KINDS[kind]
    vector = np.random.default_rng(3).normal(size=len(parameters))
    for rows in (5, 1):
        X = batch(rows, len(inputs), rows)
        agree(ours(program, X, vector), true(y, inputs, X, parameters, vector))


@pytest.mark.parametrize("graph", ["tanh_net", "parameters_only", "powers"])
def test_a_sum_over_the_batch(graph):
    """value and hvp add up instead of taking the mean."""
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters, reduction="sum")
    X, vector = batch(5, len(inputs)), np.linspace(-1.0, 1.0, len(parameters))
    agree(program.value(X), by_rows(y, inputs, X, parameters)[0].sum())
    agree(program.hvp(vector, X), bend(y, inputs, X, parameters, vector).sum(0))


def test_several_outputs():
    """A row for each row, with a column for each output."""
    ys, x, w = outputs()
    X = batch(4, 3)
    agree(ag.compile(ys, x, w)(X), np.stack([by_rows(y, x, X, w)[0] for y in ys], axis=1))


@pytest.mark.parametrize("wrt", ["inputs", "parameters"])
def test_jacobians_of_several_outputs(wrt):
    """(rows, outputs, inputs or parameters)."""
    ys, x, w = outputs()
    X = batch(4, 3)
    expected = np.stack([by_rows(y, x, X, x if wrt == "inputs" else w)[1] for y in ys], axis=1)
    agree(ag.compile(ys, x, w).jacobian(X, wrt=wrt), expected)


def test_a_list_of_one_output_is_that_output():
    """compile([y], ...) is compile(y, ...)."""
    y, x, w = tanh_net()
    agree_with_graph(ag.compile([y], x, w), batch(3, len(x)))


@walked(APPLICATIONS)
def test_every_operation_of_the_table(name):
    """Its value and slopes in every argument, of both signs and at 0, by NumPy in place and for each row."""
    y, x, parameters, X, values, slopes = applied(name)
    program = ag.compile(y, x, parameters)
    for rows in (slice(None), slice(0, 1), slice(None, None, -1)):
        value, found = program.value_and_grad(X[rows])
        agree(value, values[rows].mean())
        agree(found, slopes[rows, :-1].mean(0))
    agree(program(X), values)
    agree(program.per_sample_gradients(X), slopes[:, :-1])
    agree(program.jacobian(X)[:, 0], slopes[:, -1:])


def test_an_operation_of_ones_own(plant):
    """A row that a user has added to the table is worked out number by number."""
    chirp = plant("chirp", lambda x: math.sin(x * x), lambda z, x: 2.0 * x * ag.cos(x * x))
    x, w = leaves(1), leaves(1, 1)
    y = chirp(w[0] * x[0]) * x[0]
    agree_with_graph(ag.compile(y, x, w), batch(4, 1))


# ----------------------------------------------------------------------------------------------------------- random graphs

STEPS = {
    "add": lambda a, b, c: a + b,
    "sub": lambda a, b, c: a - b,
    "mul": lambda a, b, c: a * b,
    "div": lambda a, b, c: a / (1.5 + b**2),
    "plain quotient": lambda a, b, c: a / b,
    "inverse": lambda a, b, c: 1.0 / a,
    "square": lambda a, b, c: a**2,
    "cube": lambda a, b, c: a**3,
    "power of -1": lambda a, b, c: a**-1,
    "root": lambda a, b, c: (a**2 + 0.5) ** 0.5,
    "power": lambda a, b, c: (a**2 + 0.5) ** b,
    "exponential": lambda a, b, c: 1.25**a,
    "doubled": lambda a, b, c: 2 * a,
    "nothing": lambda a, b, c: 0.0 * a + b,
    "moved": lambda a, b, c: a + 0.75,
    "turned": lambda a, b, c: 1.0 - a,
    "neg": lambda a, b, c: -a,
    "twice": lambda a, b, c: a + a,
    "itself": lambda a, b, c: a * a,
    "no difference": lambda a, b, c: a - a + b,
    "max of itself": lambda a, b, c: ag.maximum(a, a),
    "dot": lambda a, b, c: ag.dot([a, b], [b, c]),
    "dot with itself": lambda a, b, c: ag.dot([a, b], [a, b]),
    "dot of one": lambda a, b, c: ag.dot([a, a], [a, a], a),
    "neuron": lambda a, b, c: ag.tanh(ag.dot([a, b], [c, 0.5], b)),
    "sum": lambda a, b, c: ag.sum([a, b, c]),
    "sum of itself": lambda a, b, c: ag.sum([a, a, b]),
    "loop": lambda a, b, c: sum(w * x for w, x in zip([a, b, c], [b, c, a])),
    "mean": lambda a, b, c: ag.mean([a, b]),
    "prod": lambda a, b, c: ag.prod([a, b, c]),
    "logsumexp": lambda a, b, c: ag.logsumexp([a, b, c]),
    "logsumexp of itself": lambda a, b, c: ag.logsumexp([a, a]),
    "logsumexp with a number": lambda a, b, c: ag.logsumexp([0.0, a]),
    "softmax": lambda a, b, c: ag.softmax([a, b, c])[1],
    "softmax, all of it": lambda a, b, c: ag.dot(ag.softmax([a, b]), [c, a]),
    "log_softmax": lambda a, b, c: ag.log_softmax([a, b])[0],
    "max": lambda a, b, c: ag.maximum(a, b),
    "min": lambda a, b, c: ag.minimum(a, b),
    "max with a number": lambda a, b, c: ag.maximum(a, 0.25),
    "relu": lambda a, b, c: ag.relu(a),
    "abs": lambda a, b, c: ag.abs(a),
    "clip": lambda a, b, c: ag.clip(a, -0.5, 0.75),
    "leaky": lambda a, b, c: ag.leaky_relu(a, 0.1),
    "tanh": lambda a, b, c: ag.tanh(a),
    "sigmoid": lambda a, b, c: ag.sigmoid(a),
    "exp": lambda a, b, c: ag.exp(0.5 * a),
    "log": lambda a, b, c: ag.log(1.0 + a**2),
    "sin": lambda a, b, c: ag.sin(a),
    "softplus": lambda a, b, c: ag.softplus(a),
    "hypot": lambda a, b, c: ag.hypot(a, b),
}
KINKS = {"relu", "abs", "leaky_relu", "maximum", "minimum", "clip", "greater", "sign", "elu"}

steps = st.lists(
    st.tuples(st.sampled_from(list(STEPS)), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
    min_size=1,
    max_size=12,
)


def grown(steps, inputs=3, parameters=4):
    """A graph in which each step takes nodes that are there already."""
    x, w = leaves(inputs, 1), leaves(parameters, 2)
    known = [*x, *w]
    for name, i, j, k in steps:
        known.append(STEPS[name](*(known[-1 - n % len(known)] for n in (i, j, k))))
    return known[-1] + 0.5 * known[-1 - len(steps) // 2], x, w


def is_tame(y):
    """Whether no number on the way is so large, and no kink so near, that the last digit decides."""
    for node in nodes(y):
        if not (math.isfinite(node.data) and math.isfinite(node.grad)):
            return False
        if node.op is not None and node.op.name in KINKS:
            first, *others = node.inputs
            against = [0.0] if not others else [other.data for other in others if other is not first]
            if any(math.fabs(first.data - other) < 1e-9 for other in against):
                return False
    return True


def largest_in(y, x, X, w):
    """The largest number, and slope, in the graph for the rows of X; examples with none are skipped."""
    largest = 0.0
    for row in X:
        by_rows(y, x, [row], w)
        assume(is_tame(y))
        largest = max(largest, *(max(math.fabs(node.data), math.fabs(node.grad)) for node in nodes(y)))
    assume(largest < 1e5)
    return largest


@examples(60)
@given(steps, st.integers(0, 10**6))
def test_random_graphs(steps, seed):
    """Value and gradient of a random graph, whatever it is made of, on batches of two sizes."""
    y, x, w = grown(steps)
    X = batch(4, len(x), seed)
    largest = largest_in(y, x, X, w)
    program = ag.compile(y, x, w)
    values, slopes = by_rows(y, x, X, w)
    for rows in (slice(None), slice(1, 2), slice(2, 4)):
        value, found = program.value_and_grad(X[rows])
        agree(value, values[rows].mean(), largest)
        agree(found, slopes[rows].mean(0), largest)


@examples(40)
@given(steps, st.integers(0, 10**6))
def test_random_graphs_for_each_row(steps, seed):
    """Outputs, gradients of each row and slopes by the inputs, by the program that makes new arrays."""
    y, x, w = grown(steps)
    X = batch(3, len(x), seed)
    largest = largest_in(y, x, X, [*x, *w])
    program = ag.compile(y, x, w)
    values, slopes = by_rows(y, x, X, [*x, *w])
    agree(program(X), values, largest)
    agree(program.jacobian(X)[:, 0], slopes[:, : len(x)], largest)
    agree(program.per_sample_gradients(X), slopes[:, len(x) :], largest)
    value, found = program.function("numpy")(program.theta, X)
    agree(value, values.mean(), largest)
    agree(found, slopes[:, len(x) :].mean(0), largest)


@examples(20)
@given(steps.filter(lambda steps: len(steps) < 7), st.integers(0, 10**6))
def test_second_derivatives_of_random_graphs(steps, seed):
    """The Hessian times a vector is the slope of the gradient graph along it."""
    y, x, w = grown(steps)
    X, vector = batch(2, len(x), seed), [0.5, -1.0, 0.25, 2.0]
    along = ag.sum([slope * v for slope, v in zip(gradient(y, *w), vector)])
    largest = max(largest_in(y, x, X, w), largest_in(along, x, X, w))
    agree(ag.compile(y, x, w).hvp(vector, X), by_rows(along, x, X, w)[1].mean(0), largest)


@examples(20)
@given(st.lists(steps.filter(lambda steps: len(steps) < 6), min_size=2, max_size=3), st.integers(0, 10**6))
def test_random_graphs_with_several_outputs(several, seed):
    """Each output is its own graph's, and each slope."""
    x, w = leaves(3, 1), leaves(4, 2)
    known, ys = [*x, *w], []
    for steps in several:
        for name, i, j, k in steps:
            known.append(STEPS[name](*(known[-1 - n % len(known)] for n in (i, j, k))))
        ys.append(known[-1])
    X = batch(3, 3, seed)
    largest = max(largest_in(y, x, X, [*x, *w]) for y in ys)
    program = ag.compile(ys, x, w)
    agree(program(X), np.stack([by_rows(y, x, X, w)[0] for y in ys], axis=1), largest)
    agree(program.jacobian(X), np.stack([by_rows(y, x, X, x)[1] for y in ys], axis=1), largest)


@pytest.mark.parametrize("seed", seeds(12))
def test_random_nets(seed):
    """Nets of random sizes and activations, with neurons that are left out, weights that are shared and skipped layers."""
    rng = random.Random(seed)
    x = leaves(rng.randint(1, 5), seed)
    pool = leaves(60, seed + 100)
    rng.shuffle(pool)
    layers = [x]
    for _ in range(rng.randint(1, 3)):
        activation = rng.choice([ag.tanh, ag.relu, ag.sigmoid, ag.softplus, ag.silu, ag.sin])
        below = layers[-1] if rng.random() < 0.7 else [*layers[-1], *layers[0]]
        above = []
        for _ in range(rng.randint(1, 4)):
            chosen = below if rng.random() < 0.7 else rng.sample(below, max(1, len(below) - 1))
            above.append(activation(ag.dot(rng.sample(pool, len(chosen)), chosen, rng.choice(pool))))
        layers.append(above)
    y = ag.logsumexp(layers[-1]) + (ag.dot(rng.sample(pool, len(layers[-1])), layers[-1]) - 0.5) ** 2
    agree_with_graph(ag.compile(y, x, pool), batch(4, len(x), seed))


@pytest.mark.parametrize("c", [2.0, -0.5])
def test_a_shift_that_a_user_wrote(c):
    """logsumexp of numbers from each of which a constant was taken is not that of the numbers themselves."""
    x, w = leaves(2), leaves(1, 1)
    y = ag.logsumexp([w[0] * x[0] - c, w[0] * x[1] - c]) + (x[0] - c) ** 2
    agree_with_graph(ag.compile(y, x, w), batch(3, 2))
