"""Compiled programs: the numbers of the graph itself, row by row, and the matrices that a lecturer would write.

The oracle is the graph: its leaves are given a row's numbers, and forward() and backward() do the rest.
"""

import ast
import copy
import math
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import PRIMITIVES, Value, gradient
from autograd.array_functions import array_functions
from autograd.graph import nodes
from autograd.value import constant

np = pytest.importorskip("numpy", reason="compiled programs run on NumPy: pip install numpy")

ROOT = Path(ag.__file__).parents[1]
ENGINES = ["numpy", "jax", "torch"]

# -------------------------------------------------------------------------------------------------------------- the oracle


def by_rows(y, inputs, X, wrt):
    """The number of a graph for each row, and its slopes, by forward() and backward()."""
    values, slopes = [], []
    for row in np.asarray(X, dtype=float).tolist():
        for leaf, x in zip(inputs, row, strict=True):
            leaf.data = x
        for leaf in wrt:
            leaf.grad = 0.0
        values.append(y.forward())
        y.backward()
        slopes.append([leaf.grad for leaf in wrt])
    return np.array(values), np.array(slopes).reshape(len(values), len(wrt))


def agree(found, expected, largest=0.0):
    """To 1e-12 of the largest number, or of 1."""
    expected = np.asarray(expected)
    assert np.shape(found) == expected.shape
    room = 1e-12 * max(1.0, largest, np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0.0, atol=room)


def batch(rows, columns, seed=0):
    return np.random.default_rng(seed).uniform(-1.5, 1.5, (rows, columns))


def leaves(n, seed=0):
    rng = random.Random(seed)
    return [Value(rng.uniform(-1.5, 1.5)) for _ in range(n)]


def engine(name):
    """The array library of a name, at full precision, as a function that makes its arrays."""
    if name == "jax":
        jax = pytest.importorskip("jax", reason="programs for JAX need it: pip install jax")
        jax.config.update("jax_enable_x64", True)
        return jax.numpy.asarray
    if name == "torch":
        return pytest.importorskip("torch", reason="programs for PyTorch need it: pip install torch").tensor
    return np.asarray


# ------------------------------------------------------------------------------------------------------------------ graphs
# Each gives a loss, the inputs, and the parameters.


def relu_hinge():
    model, x, t = nn.MLP(2, [16, 16, 1], seed=0), leaves(2), Value(1.0)
    loss = (1.0 - t * model(x)).relu() + 1e-2 * ag.sum([p * p for p in model.parameters()])
    return loss, [*x, t], model.parameters()


def classifier(inputs=5, hidden=4, classes=3):
    model, x, t = nn.MLP(inputs, [hidden, classes], seed=1), leaves(inputs), leaves(classes, 1)
    o = model(x)
    return ag.logsumexp(o) - ag.dot(t, o), [*x, *t], model.parameters()


def tanh_net():
    model, x, t = nn.MLP(3, [8, 8, 2], activation="tanh", seed=2), leaves(3), leaves(2, 1)
    return ag.sum([(o - each) ** 2 for o, each in zip(model(x), t)]), [*x, *t], model.parameters()


def softmax_net():
    model, x, t = nn.MLP(3, [4, 3], activation=["sigmoid", "softmax"], seed=3), leaves(3), leaves(3, 1)
    return ag.mean([(o - each) ** 2 for o, each in zip(model(x), t)]), [*x, *t], model.parameters()


def log_softmax_net():
    model, x, t = nn.MLP(3, [4, 3], activation=["silu", "log_softmax"], seed=4), leaves(3), leaves(3, 1)
    return -ag.dot(t, model(x)), [*x, *t], model.parameters()


def loops():
    x, w, v, b = leaves(3), [leaves(3, i) for i in (1, 2, 3, 4)], leaves(4, 5), leaves(5, 6)
    h = [(sum(wi * xi for wi, xi in zip(row, x)) + bi).tanh() for row, bi in zip(w, b)]
    o = sum(vi * hi for vi, hi in zip(v, h)) + b[4]
    return o * o - o, x, [*(each for row in w for each in row), *v, *b]


def random_order():
    loss, x, parameters = tanh_net()
    return loss, x, random.Random(1).sample(parameters, len(parameters))


def inputs_in_random_order():
    loss, x, parameters = tanh_net()
    return loss, random.Random(2).sample(x, len(x)), parameters


def recurrent():
    xs, U, W, b = [leaves(2, i) for i in range(3)], [leaves(2, 5 + i) for i in range(3)], leaves(9, 9), leaves(3, 10)
    h = [0.0, 0.0, 0.0]
    for x in xs:
        h = [ag.tanh(ag.dot(U[i], x) + ag.dot(W[3 * i : 3 * i + 3], h, b[i])) for i in range(3)]
    return ag.sum([each**2 for each in h]), [each for x in xs for each in x], [*(u for row in U for u in row), *W, *b]


def convolution():
    x, kernels, b = leaves(8), [leaves(3, 1), leaves(3, 2)], leaves(2, 3)
    channels = [[ag.dot(k, x[i : i + 3], c).relu() for i in range(6)] for k, c in zip(kernels, b)]
    pooled = [ag.maximum(h[i], h[i + 1]) for h in channels for i in range(0, 6, 2)]
    return ag.logsumexp(pooled), x, [*kernels[0], *kernels[1], *b]


def attention():
    xs, Q, K = [leaves(2, i) for i in range(3)], [leaves(2, 4), leaves(2, 5)], [leaves(2, 6), leaves(2, 7)]
    q = [[ag.dot(row, x) for row in Q] for x in xs]
    k = [[ag.dot(row, x) for row in K] for x in xs]
    weights = [ag.softmax([ag.dot(a, b) * 0.5 for b in k]) for a in q]
    mixed = [ag.dot(w, [x[0] for x in xs]) for w in weights]
    return ag.sum([m * m for m in mixed]), [each for x in xs for each in x], [*Q[0], *Q[1], *K[0], *K[1]]


def shared_weights():
    x, w, b = leaves(4), leaves(2, 1), leaves(1, 2)
    h = [ag.dot(w, x[:2], b[0]).sigmoid(), ag.dot(w, x[2:], b[0]).sigmoid()]
    return ag.dot(w, h, b[0]) * w[0], x, [*w, *b]


def repeated_operands():
    x, w = leaves(2), leaves(2, 1)
    h = w[0] * x[0] + w[1]
    return (h + h) * ag.maximum(h, h) + ag.dot([h, h], [h, h]) + ag.sum([h, h, x[1]]) - ag.minimum(h, h) * h**3, x, w


def parameters_that_do_not_matter():
    x, w = leaves(2), leaves(5, 1)
    return (w[3] * x[1]).exp() + 0.0 * w[1], x, w


def parameters_only():
    x, w = leaves(1), leaves(3, 1)
    return ag.tanh(w[0] * w[1]) + w[2] ** 2 + 0.25, x, w


def parameters_beside_inputs():
    x, w = leaves(2), leaves(4, 1)
    return (w[0] * w[1]).exp() * x[0] + w[2] / (1.0 + w[3] ** 2) + x[0] * x[1] - 2.0 * w[2], x, w


def inputs_only():
    x = leaves(2)
    return ag.sin(x[0]) * x[1] + 3.0, x, leaves(1, 1)


def constants_only():
    return constant(2.0) * constant(3.0), leaves(1), leaves(2, 1)


def a_leaf_times_something():
    x, w = leaves(1), leaves(2, 1)
    return w[1] * x[0], x, w


def an_input_itself():
    x = leaves(2)
    return x[1], x, leaves(2, 1)


def a_parameter_itself():
    w = leaves(2, 1)
    return w[1], leaves(1), w


def quotients():
    x, w = leaves(3), leaves(3, 1)
    h = [w[i] * x[i] / (1.0 + x[i] ** 2) for i in range(3)]
    return (h[0] - h[1]) / (2.0 + h[2] ** 2) + 1.0 / (3.0 + h[0]) - w[0] / 4.0 + 2.0 / (4.0 + w[1]), x, w


def powers():
    x, w = leaves(2), leaves(3, 1)
    h = (w[0] * x[0]).exp() + 0.5
    return h**1.5 + h**-2 + h ** (w[1] * x[1]) + 1.5 ** (w[2] * x[0]) + (x[1] + w[1]) ** 2 + (x[0] + w[2]) ** 3, x, w


def differences():
    x, w = leaves(3), leaves(3, 1)
    return (w[0] * x[0] - (w[1] * x[1] - (w[2] * x[2] - x[0])) - w[0] * x[0]).softplus() - -(x[0] - w[0]).abs(), x, w


def clipped():
    x, w = leaves(3), leaves(3, 1)
    h = [ag.clip(w[i] * x[i], -0.5, 0.75) for i in range(3)]
    return ag.sum(h) + ag.clip(x[0] * w[1], x[1] * w[0] - 0.5, 2.0) + ag.leaky_relu(h[0]) * ag.elu(h[1] - 0.1, w[0]), x, w


def sparse():
    x, w = leaves(6), leaves(9, 1)
    h = [ag.tanh(w[0] * x[1] + w[1] * x[4]), ag.tanh(w[2] * x[0] + w[3] * x[1] + w[4] * x[5]), ag.tanh(w[5] * x[4])]
    return w[6] * h[0] * h[1] + w[7] * h[2] * h[0] + w[8] * x[3], x, w


def convolution_on_convolution():
    x, first, second = leaves(7), leaves(3, 1), leaves(2, 2)
    h = [ag.dot(first, x[i : i + 3]).tanh() for i in range(5)]
    return ag.sum([ag.dot(second, h[i : i + 2]).tanh() for i in range(4)]), x, [*first, *second]


GRAPHS = {f.__name__: f for f in (
    relu_hinge, classifier, tanh_net, softmax_net, log_softmax_net, loops, random_order, inputs_in_random_order, recurrent,
    convolution, convolution_on_convolution, attention, shared_weights, repeated_operands, parameters_that_do_not_matter,
    parameters_only, parameters_beside_inputs, inputs_only, constants_only, a_leaf_times_something, an_input_itself,
    a_parameter_itself, quotients, powers, differences, clipped, sparse,
)}  # fmt: skip
every_graph = pytest.mark.parametrize("graph", GRAPHS)


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


def bend(y, inputs, X, parameters, vector):
    """For each row the Hessian times a vector: the slope of the gradient along the vector."""
    along = ag.sum([slope * float(v) for slope, v in zip(gradient(y, *parameters), vector)])
    return by_rows(along, inputs, X, parameters)[1]


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


@every_graph
@pytest.mark.parametrize("kind", KINDS)
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


def outputs():
    """Several outputs, among them leaves, a constant, one that is asked for twice, and one of parameters alone."""
    model, x = nn.MLP(3, [4, 2], activation="tanh", seed=0), leaves(3)
    a, b = model(x)
    w = model.parameters()
    return [a, b, x[1], w[2], a, constant(2.0) * 1.0, w[0] * w[1], a * b - 0.5 * x[0], 0.0 * a], x, w


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
    X = batch(3, len(x))
    agree(ag.compile([y], x, w)(X), by_rows(y, x, X, w)[0])


# -------------------------------------------------------------------------------------------------------------- primitives

ORDERS = {"gaussian": [2.0], "power_term": [1.0], "ray": [2.0]}  # a last argument that is a whole number, and plain
POINTS = [-2.3, -1.1, -0.5, 0.0, 0.4, 0.7, 1.0, 1.9]
ABOVE = {"acosh": 1.25}  # how far points are moved for those that are defined on one side alone
NOT_CALLED = {"sigmoid_slope", "tanh_slope"}  # their first argument is the output that belongs to the second


def applications():
    """Each operation with its arguments: nets, and plain numbers in every place but one."""
    for name, op in PRIMITIVES.items():
        if name in NOT_CALLED:
            continue
        if op.arity is None:
            yield from ((f"{name} of {n}", op, [None] * n) for n in ((2, 3, 4) if name == "dot" else (1, 2, 3)))
            continue
        last = ORDERS.get(name, [])
        free = op.arity - len(last)
        yield name, op, [None] * free + last
        if free > 1:
            yield from ((f"{name}, {k}", op, [None if i == k else 0.5 for i in range(free)] + last) for k in range(free))


APPLICATIONS = {name: (op, arguments) for name, op, arguments in applications()}
SHIFTS = [0.25, -0.3, 0.45, 0.15]


def applied(name):
    """An operation of nets w·x + b, as a loss, and batches at points where it is finite and has finite slopes."""
    op, arguments = APPLICATIONS[name]
    x, w, b = leaves(1), leaves(len(arguments), 1), leaves(len(arguments), 2)
    for i in range(len(arguments)):
        w[i].data, b[i].data = 0.5 - 0.125 * i, SHIFTS[i]
    nets = [w[i] * x[0] + b[i] if each is None else each for i, each in enumerate(arguments)]
    y = op(*nets)
    X = np.array([[(point + ABOVE.get(op.name, 0.0) - 0.25) / 0.5] for point in POINTS])
    values, slopes = by_rows(y, x, X, [*w, *b, *x])
    fine = np.isfinite(values) & np.isfinite(slopes).all(axis=1)
    assert fine.sum() >= 2
    return y, x, [*w, *b], X[fine], values[fine], slopes[fine]


@pytest.mark.parametrize("name", APPLICATIONS)
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


@pytest.mark.parametrize("name", APPLICATIONS)
@pytest.mark.parametrize("library", ["numpy", "jax"])
def test_every_operation_on_every_engine(library, name):
    """The same numbers as a pure function of arrays of that library."""
    array = engine(library)
    y, x, parameters, X, values, slopes = applied(name)
    program = ag.compile(y, x, parameters)
    value, found = program.function(library)(array(program.theta), array(X))
    agree(float(value), values.mean())
    agree(found, slopes[:, :-1].mean(0))
    agree(program.function(library, "values")(array(program.theta), array(X)), values)


def test_an_operation_of_ones_own(plant):
    """A row that a user has added to the table is worked out number by number."""
    chirp = plant("chirp", lambda x: math.sin(x * x), lambda z, x: 2.0 * x * ag.cos(x * x))
    x, w = leaves(1), leaves(1, 1)
    y = chirp(w[0] * x[0]) * x[0]
    X = batch(4, 1)
    program = ag.compile(y, x, w)
    values, slopes = by_rows(y, x, X, w)
    agree(program(X), values)
    agree(program.value_and_grad(X)[1], slopes.mean(0))


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
examples = settings(deadline=None, derandomize=True, max_examples=250)


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


@examples
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


@settings(examples, max_examples=150)
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


@settings(examples, max_examples=60)
@given(steps.filter(lambda steps: len(steps) < 7), st.integers(0, 10**6))
def test_second_derivatives_of_random_graphs(steps, seed):
    """The Hessian times a vector is the slope of the gradient graph along it."""
    y, x, w = grown(steps)
    X, vector = batch(2, len(x), seed), [0.5, -1.0, 0.25, 2.0]
    along = ag.sum([slope * v for slope, v in zip(gradient(y, *w), vector)])
    largest = max(largest_in(y, x, X, w), largest_in(along, x, X, w))
    agree(ag.compile(y, x, w).hvp(vector, X), by_rows(along, x, X, w)[1].mean(0), largest)


@settings(examples, max_examples=60)
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


@pytest.mark.parametrize("seed", range(12))
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
    X = batch(4, len(x), seed)
    values, slopes = by_rows(y, x, X, pool)
    value, found = ag.compile(y, x, pool).value_and_grad(X)
    agree(value, values.mean())
    agree(found, slopes.mean(0))


# ----------------------------------------------------------------------------------------------------------- other engines

ON_ENGINES = ["relu_hinge", "classifier", "tanh_net", "softmax_net", "loops", "random_order", "recurrent", "convolution"]
ON_ENGINES += ["attention", "shared_weights", "parameters_that_do_not_matter", "parameters_only", "constants_only"]
ON_ENGINES += ["quotients", "differences", "sparse", "an_input_itself", "a_parameter_itself"]


@pytest.mark.parametrize("graph", ON_ENGINES)
@pytest.mark.parametrize("library", ["numpy", "jax"])
def test_every_engine_gives_the_numbers_of_the_graph(graph, library):
    """As a pure function of arrays of that library: value and gradient, and the outputs of each row; JAX's under jit."""
    array, ready = engine(library), sys.modules["jax"].jit if library == "jax" else lambda function: function
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    theta, X = array(program.theta), batch(5, len(inputs))
    values, slopes = by_rows(y, inputs, X, parameters)
    value, found = ready(program.function(library))(theta, array(X))
    agree(float(value), values.mean())
    agree(found, slopes.mean(0))
    agree(ready(program.function(library, "values"))(theta, array(X)), values)
    assert type(found) is type(theta)


@pytest.mark.parametrize("library", ENGINES)
@pytest.mark.parametrize("rows", [3, 1])
def test_a_sum_over_the_batch_on_every_engine(library, rows):
    """The reduction is that of the program, for one row too."""
    array = engine(library)
    y, inputs, parameters = classifier()
    program = ag.compile(y, inputs, parameters, reduction="sum")
    X = batch(rows, len(inputs))
    values, slopes = by_rows(y, inputs, X, parameters)
    value, found = program.function(library)(array(program.theta), array(X))
    agree(float(value), values.sum())
    agree(found, slopes.sum(0))


@pytest.mark.parametrize("library", ENGINES)
def test_several_outputs_on_every_engine(library):
    """kind="values" gives a row for each row."""
    array = engine(library)
    ys, x, w = outputs()
    X = batch(4, 3)
    program = ag.compile(ys, x, w)
    found = program.function(library, "values")(array(program.theta), array(X))
    agree(found, np.stack([by_rows(y, x, X, w)[0] for y in ys], axis=1))


@pytest.mark.parametrize(
    "graph", ["relu_hinge", "classifier", "tanh_net", "softmax_net", "recurrent", "attention", "sparse"]
)
def test_a_program_under_jit(graph):
    """jax.jit takes the function as it is, and runs it for one batch after another; jax.grad differentiates the outputs."""
    array = engine("jax")
    import jax

    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    function, outputs = jax.jit(program.function("jax")), program.function("jax", "values")
    for seed in (1, 2):
        X = batch(6, len(inputs), seed)
        values, slopes = by_rows(y, inputs, X, parameters)
        value, found = function(array(program.theta), array(X))
        agree(float(value), values.mean())
        agree(found, slopes.mean(0))
    agree(jax.jit(jax.grad(lambda theta: outputs(theta, array(X)).mean()))(array(program.theta)), slopes.mean(0))


@pytest.mark.parametrize(
    "graph", ["relu_hinge", "classifier", "tanh_net", "softmax_net", "recurrent", "attention", "quotients"]
)
def test_torch_differentiates_the_outputs(graph):
    """backward() through kind="values" gives the gradient that the program gives."""
    array = engine("torch")
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    X = batch(6, len(inputs))
    theta, columns = array(program.theta, requires_grad=True), array(X, requires_grad=True)
    program.function("torch", "values")(theta, columns).mean().backward()
    agree(theta.grad, by_rows(y, inputs, X, parameters)[1].mean(0))
    agree(columns.grad, by_rows(y, inputs, X, inputs)[1] / len(X))


def test_numbers_of_32_bits_stay_so():
    """On an engine that works in float32 the results are of that kind, and as near as that allows."""
    array = engine("torch")
    y, inputs, parameters = tanh_net()
    program = ag.compile(y, inputs, parameters)
    X = batch(6, len(inputs))
    value, found = program.function("torch")(array(program.theta).float(), array(X).float())
    assert {str(value.dtype), str(found.dtype)} == {"torch.float32"}
    np.testing.assert_allclose(found.numpy(), by_rows(y, inputs, X, parameters)[1].mean(0), rtol=1e-4, atol=1e-5)


def in_a_fresh_python(program, *arguments, **environment):
    """What a program prints, which runs by itself."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


SHARDED = """
    import jax, numpy as np, nn, sys
    import autograd as ag
    from autograd import Value
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    jax.config.update("jax_enable_x64", True)
    assert len(jax.devices()) == 8
    model, x, t = nn.MLP(3, [8, 2], activation="tanh", seed=0), [Value(0.0) for _ in range(3)], [Value(0.0), Value(0.0)]
    loss = ag.sum([(o - each) ** 2 for o, each in zip(model(x), t)])
    program = ag.compile(loss, {"X": x, "T": t}, model.parameters())
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(32, 3)), rng.normal(size=(32, 2))
    mesh = Mesh(np.array(jax.devices()), ("rows",))
    rows, everywhere = NamedSharding(mesh, PartitionSpec("rows")), NamedSharding(mesh, PartitionSpec())
    arrays = [jax.device_put(each, rows) for each in (X, T)]
    assert [len(each.sharding.device_set) for each in arrays] == [8, 8]
    value, found = jax.jit(program.function("jax"))(jax.device_put(program.theta, everywhere), *arrays)

    total, slopes = 0.0, np.zeros(len(model.parameters()))
    for row, target in zip(X.tolist(), T.tolist()):
        for leaf, number in zip([*x, *t], row + target):
            leaf.data = number
        for p in model.parameters():
            p.grad = 0.0
        total += loss.forward() / 32
        loss.backward()
        slopes += np.array([p.grad for p in model.parameters()]) / 32
    room = 1e-12 * max(1.0, total, np.abs(slopes).max())
    assert abs(float(value) - total) <= room, (value, total)
    np.testing.assert_allclose(found, slopes, rtol=0.0, atol=room)
    print("equal")
"""


def test_a_batch_over_eight_devices():
    """Rows that are spread over the devices of a mesh give the numbers of the graph."""
    pytest.importorskip("jax", reason="programs for JAX need it: pip install jax")
    flags = "--xla_force_host_platform_device_count=8"
    assert in_a_fresh_python(SHARDED, XLA_FLAGS=flags, JAX_PLATFORMS="cpu") == "equal\n"


PARALLEL = """
    import datetime, sys
    import numpy as np, torch, nn
    import torch.distributed as dist
    import torch.multiprocessing as mp
    import autograd as ag
    from autograd import Value

    torch.set_num_threads(1)
    rank, meeting = int(sys.argv[1]), sys.argv[2]
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2, timeout=datetime.timedelta(seconds=60))
    net, x, t = nn.MLP(3, [8, 2], activation="tanh", seed=0), [Value(0.0) for _ in range(3)], [Value(0.0), Value(0.0)]
    loss = ag.sum([(o - each) ** 2 for o, each in zip(net(x), t)])
    program = ag.compile(loss, {"X": x, "T": t}, net.parameters())

    class Loss(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.theta = torch.nn.Parameter(torch.tensor(program.theta))
            self.run = program.function("torch", "values")

        def forward(self, X, T):
            return self.run(self.theta, X, T).mean()

    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(16, 3)), rng.normal(size=(16, 2))
    mine = slice(8 * rank, 8 * rank + 8)
    model = torch.nn.parallel.DistributedDataParallel(Loss())
    model(torch.tensor(X[mine]), torch.tensor(T[mine])).backward()
    slopes = np.zeros(len(net.parameters()))
    for row, target in zip(X.tolist(), T.tolist()):
        for leaf, number in zip([*x, *t], row + target):
            leaf.data = number
        for p in net.parameters():
            p.grad = 0.0
        loss.forward()
        loss.backward()
        slopes += np.array([p.grad for p in net.parameters()]) / 16
    found = model.module.theta.grad.numpy()
    np.testing.assert_allclose(found, slopes, rtol=0.0, atol=1e-12 * max(1.0, np.abs(slopes).max()))
    dist.destroy_process_group()
    print("equal")
"""


def test_two_processes_of_torch(tmp_path):
    """DistributedDataParallel around a program averages to the gradient of the whole batch."""
    torch = pytest.importorskip("torch", reason="programs for PyTorch need it: pip install torch")
    if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
        pytest.skip("this build of PyTorch has no gloo")
    meeting = (tmp_path / "meeting").as_uri()
    said = [""] * 2

    def one(rank):
        said[rank] = in_a_fresh_python(PARALLEL, rank, meeting, GLOO_SOCKET_IFNAME="lo", PYTHONWARNINGS="ignore")

    threads = [threading.Thread(target=one, args=(rank,)) for rank in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["equal\n"] * 2


@pytest.mark.parametrize(("library", "extra"), [("jax", "jax"), ("torch", "torch"), ("numpy", "arrays")])
def test_a_library_that_is_missing(library, extra, monkeypatch):
    """The message says what to install."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    monkeypatch.setitem(sys.modules, library, None)
    for name in [name for name in sys.modules if name.startswith(f"{library}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=rf'pip install "chalkgrad\[{extra}\]"'):
        program.function(library)


def test_engines_and_kinds_that_are_none():
    """The message says which there are."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    with pytest.raises(ValueError, match="engines are 'numpy', 'jax' and 'torch', not 'cupy'"):
        program.function("cupy")
    with pytest.raises(ValueError, match="kind is 'gradient' or 'values', not 'hessian'"):
        program.function("numpy", "hessian")
    with pytest.raises(ValueError, match="this program takes X, one array for each; got 2"):
        program.function("numpy")(program.theta, batch(2, 5), batch(2, 5))


# --------------------------------------------------------------------------------------------------------------- structure


def by_name(loss, x, t, parameters):
    return ag.compile(loss, {"X": x, "T": t}, parameters)


def structure(program):
    """(statements for arrays, for the gradient, matrix products in place, those of the forward pass and of dH, of dW)."""
    text = program.explain()
    lets, stores = map(int, re.search(r"4\. statements +(\d+) for arrays, (\d+) for the gradient", text).groups())
    return (
        lets,
        stores,
        text.partition("in place")[2].count("np.matmul"),
        program.source.count("@"),
        program.source.count("outer("),
    )


def big_classifier():
    return classifier(64, 32, 10)


def three_layers():
    model, x, t = nn.MLP(6, [5, 4, 3], activation="sigmoid", seed=0), leaves(6), leaves(3, 1)
    o = model(x)
    return ag.logsumexp(o) - ag.dot(t, o), [*x, *t], model.parameters()


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (relu_hinge, (14, 7, 3 + 1 + 3, 3 + 1, 3)),  # dH of a single output is a column times a row, and no product
        (big_classifier, (10, 4, 2 + 1 + 2, 2 + 1, 2)),
        (tanh_net, (12, 6, 3 + 2 + 3, 3 + 2, 3)),
        (three_layers, (15, 6, 3 + 2 + 3, 3 + 2, 3)),
    ],
)
def test_every_layer_is_one_matrix_product_each_way(graph, expected):
    """One product forward, one for what is below, one for the weights; and as many statements as by hand."""
    assert structure(ag.compile(*graph())) == expected


@pytest.mark.parametrize("widths", [(4, 3), (16, 16), (40, 7)])
def test_the_number_of_statements_does_not_grow_with_the_widths(widths):
    """A wide net has the statements of a narrow one."""

    def program(a, b):
        model, x, t = nn.MLP(a + 1, [a, b, 2], activation="tanh", seed=0), leaves(a + 1), leaves(2, 1)
        loss = ag.sum([(o - each) ** 2 for o, each in zip(model(x), t)])
        return ag.compile(loss, [*x, *t], model.parameters())

    assert structure(program(*widths)) == structure(program(2, 3))


NEURONS = {
    "dot": ag.dot,
    "sum of products": lambda w, x, b: sum(wi * xi for wi, xi in zip(w, x)) + b,
    "sum from b on": lambda w, x, b: sum((wi * xi for wi, xi in zip(w, x)), b),
    "factors turned": lambda w, x, b: sum((xi * wi for wi, xi in zip(w, x)), b),
    "one sum": lambda w, x, b: ag.sum([b, *(wi * xi for wi, xi in zip(w, x))]),
    "with minus signs": lambda w, x, b: b - sum(-wi * xi for wi, xi in zip(w, x)),
    "from behind": lambda w, x, b: sum(wi * xi for wi, xi in reversed(list(zip(w, x)))) + b,
}


def written_as(neuron):
    model, x, t = nn.MLP(2, [16, 16, 1], seed=0), leaves(2), Value(1.0)
    h = x
    for layer in model.layers:
        h = [NEURONS[neuron](n.w, h, n.b) for n in layer.neurons]
        h = h if layer is model.layers[-1] else [each.relu() for each in h]
    return ag.compile((1.0 - t * h[0]).relu(), {"X": x, "T": [t]}, model.parameters())


@pytest.mark.parametrize("neuron", NEURONS)
def test_however_a_neuron_is_written_the_program_is_the_same(neuron):
    """Sums of products in Python's loops give, word for word, what dot nodes give."""
    assert written_as(neuron).source == written_as("dot").source


def test_weights_are_views_of_the_vector_of_parameters():
    """In the order of model.parameters() nothing is looked up; weights in random order are."""
    assert "theta[at" not in ag.compile(*tanh_net()).source
    assert "theta[at" in ag.compile(*random_order()).source


def test_a_shared_weight_gets_what_all_its_places_give():
    """A convolution's weights, of which each is in many rows, are added up over the places and over the batch."""
    y, x, w = convolution()
    X = batch(3, len(x))
    agree(ag.compile(y, x, w).value_and_grad(X)[1], by_rows(y, x, X, w)[1].mean(0))


# ---------------------------------------------------------------------------------------------------------- to be read


def put_together(size):
    """What the printed program calls beside the operations of the table."""

    def spread(x, n):
        return np.broadcast_to(x + np.zeros((1, 1)), (n, size))

    return {
        "outer": lambda x, y: (x @ y.T).reshape(-1),
        "total": lambda x, n: spread(x, n).sum(1),
        "joined": lambda *pieces: np.concatenate(pieces),
        "rows": lambda *values: np.concatenate([spread(value, 1) for value in values]),
        "zero": np.zeros(1),
    }


@every_graph
def test_the_source_is_python_and_says_what_is_computed(graph):
    """Run as it is printed, over array_functions(numpy), it gives the sum of values and gradients."""
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    (function,) = ast.parse(program.source).body
    assert [a.arg for a in function.args.args] == ["theta", "seed", "X"]
    X = batch(5, len(inputs))
    space = {**array_functions(np), **put_together(len(X))}
    space |= {name: np.asarray(table) for name, table in program._plan("gradient").tables.items()}
    exec(program.source, space)
    values, slopes = by_rows(y, inputs, X, parameters)
    value, found = space[function.name](program.theta, np.array([1.0]), X.T)
    agree(value[0], values)
    agree(found, slopes.sum(0))


@every_graph
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_script_runs_by_itself(graph, reduction):
    """Nothing is needed beside the file, and it gives value and gradient, or the outputs of each row."""
    y, inputs, parameters = GRAPHS[graph]()
    program, X = ag.compile(y, inputs, parameters, reduction=reduction), batch(5, len(inputs))
    space = {}
    exec(program.script, space)
    name = "value_and_gradient" if parameters else "values"
    value, *slopes = np.atleast_1d(found) if isinstance(found := space[name](program.theta, X), np.ndarray) else found
    agree(value, program.value(X) if parameters else program(X)[0])
    if parameters:
        agree(slopes[0], program.value_and_grad(X)[1])


@pytest.mark.parametrize("outputs", [2, 3])
def test_the_script_of_several_outputs(outputs):
    """A row of outputs for each row."""
    x, w = leaves(2), leaves(2, 1)
    program = ag.compile([ag.tanh(w[0] * x[0] + w[1] * x[1] + k) for k in range(outputs)], x, w)
    space, X = {}, batch(4, 2)
    exec(program.script, space)
    agree(space["values"](program.theta, X), program(X))


@every_graph
def test_explain_names_every_array(graph):
    """The passes, and each array that the source works out with the number of its rows."""
    program = ag.compile(*GRAPHS[graph]())
    text = program.explain()
    assert [text.index(word) for word in ("1. recorded", "2. lowered", "3. grouped", "4. statements")] == sorted(
        text.index(word) for word in ("1. recorded", "2. lowered", "3. grouped", "4. statements")
    )
    assert program.source in text
    (line,) = re.findall(r"3\. grouped.*", text)
    named = dict(re.findall(r"(\w+) \((\d+)\)", line))
    assigned = set(re.findall(r"^    (d?[ZHm]\w+) = ", program.source, re.MULTILINE))
    assert assigned <= set(named)
    assert len(named) == int(re.search(r"grouped +(\d+) arrays", line)[1])


def balanced(text):
    """Whether braces close in turn, and what begins ends."""
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    environments = []
    for way, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if way == "begin":
            environments.append(name)
        elif not environments or environments.pop() != name:
            return False
    lefts = len(re.findall(r"\\left(?![a-z])", text))
    return depth == 0 and not environments and lefts == len(re.findall(r"\\right(?![a-z])", text))


@pytest.mark.parametrize("graph", [*GRAPHS, *APPLICATIONS])
def test_equations_are_well_formed(graph):
    """Braces, brackets and environments are closed, and each line has one place to be aligned at."""
    y, x, w = GRAPHS[graph]() if graph in GRAPHS else applied(graph)[:3]
    program = ag.compile(y, x, w)
    text = program.equations
    assert balanced(text)
    lines = text.splitlines()[1:-1]
    assert {line.count("&=") for line in lines} == {1}
    assert program._repr_latex_() == f"$$\n{text}\n$$"


def test_every_equation_is_set_by_pdflatex(tmp_path):
    """No error, and no command that is not known."""
    if not shutil.which("pdflatex"):
        pytest.skip("no pdflatex sets documents here: apt-get install texlive-latex-base")
    made = [GRAPHS[name]() for name in GRAPHS] + [applied(name)[:3] for name in APPLICATIONS]
    shown = [rf"\[{ag.compile(*each).equations}\]" for each in made]
    preamble = "\\documentclass{article}\\usepackage{amsmath,amssymb}\\setcounter{MaxMatrixCols}{99}\\begin{document}\n"
    (tmp_path / "equations.tex").write_text(preamble + "\n\n".join(shown) + "\n\\end{document}\n", encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "equations.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    log = done.stdout.decode("utf-8", "replace")
    assert re.findall(r"^!.*|^l\.\d+.*|Missing character.*", log, re.MULTILINE) == []
    assert done.returncode == 0, log[-2000:]


def test_the_equations_of_a_net_are_those_of_the_lecture():
    """Each layer is W H + b, and the gradients of its weights and biases are products with what came in, and sums."""
    text = by_name(*_classifier_in_parts()).equations
    for equation in (
        r"Z_{1} &= W_{1} \, X + b_{1} \\",
        r"H_{1} &= \mathrm{relu}\left(Z_{1}\right) \\",
        r"Z_{2} &= W_{2} \, H_{1} + b_{2} \\",
        r"\nabla_{H_{1}} &= W_{2}^{\top} \, \nabla_{Z_{2}} \\",
        r"\nabla_{W_{1}} &= \nabla_{Z_{1}} \, X^{\top} \\",
        r"\nabla_{b_{1}} &= \nabla_{Z_{1}} \, \mathbf{1} \\",
        r"\nabla_{W_{2}} &= \nabla_{Z_{2}} \, H_{1}^{\top} \\",
        r"\nabla_{b_{2}} &= \nabla_{Z_{2}} \, \mathbf{1}",
    ):
        assert equation in text


def _classifier_in_parts():
    loss, inputs, parameters = classifier()
    return loss, inputs[:5], inputs[5:], parameters


def test_repr_says_what_goes_in_and_comes_out():
    """The outputs, the inputs by name, and the parameters."""
    assert repr(by_name(*_classifier_in_parts())) == "Program(1 output of X: 5, T: 3; 39 parameters)"
    assert repr(ag.compile(*outputs())) == "Program(9 outputs of X: 3; 26 parameters)"


# --------------------------------------------------------------------------------------------------------- what is refused

ASKED = {
    "<": lambda a, b: a < b,
    "<= a number": lambda a, b: a <= 0.5,
    "number <": lambda a, b: a > 0.5,
    ">=": lambda a, b: a >= b,
    "float": lambda a, b: float(a),
    "int": lambda a, b: int(a),
    "bool": lambda a, b: bool(a),
    "not": lambda a, b: not a,
    "if": lambda a, b: 1 if a else 0,
    "max": lambda a, b: max([a, b]),
    "min": lambda a, b: min([b, a]),
    "sorted": lambda a, b: sorted([a, b]),
    "math": lambda a, b: math.floor(float(a)),
}


@pytest.mark.filterwarnings("ignore:.*float.*")
@pytest.mark.parametrize("ask", ASKED)
def test_a_graph_that_was_asked_for_numbers_is_refused(ask):
    """The message names the file, and the line that asked."""
    x, w = leaves(1), leaves(1, 1)
    a = w[0] * x[0]
    b = a * 2.0 + 1.0
    ASKED[ask](a, b)
    line = ASKED[ask].__code__.co_firstlineno
    with pytest.raises(ValueError, match=f"line {line} of .*test_program.py asked for the number"):
        ag.compile(a * b, x, w)


def test_a_leaf_that_was_asked_for_is_refused_too():
    """What a branch on an input chose is the way of one row."""
    x, w = leaves(1), leaves(1, 1)
    y = w[0] * x[0] if x[0] > 0 else -x[0]
    with pytest.raises(ValueError, match="which other rows would not take"):
        ag.compile(y, x, w)


def test_what_asks_for_nothing_is_compiled():
    """Looking at data, printing and formatting, labels, drawing operations: none of them chooses a way."""
    y, x, w = tanh_net()
    assert f"{y} {y!r} {y:.3f}" + str(y.data) + str(y.item())
    y.label = "loss"
    y.backward()
    X = batch(2, len(x))
    agree(ag.compile(y, x, w)(X), by_rows(y, x, X, w)[0])


def test_asking_another_graph_does_no_harm():
    """A comparison of a node that the output does not depend on, or that is made anew, is nobody's business."""
    x, w = leaves(1), leaves(1, 1)
    a = w[0] * x[0]
    assert ((a * 2.0) > a.data - 100.0) in (True, False)
    assert ag.compile(a.exp(), x, w)(np.array([[0.0]])) == [1.0]


@pytest.mark.parametrize("carried", [copy.deepcopy, copy.copy, lambda y: pickle.loads(pickle.dumps(y))])
def test_copies_of_a_graph_do_not_remember_what_was_asked(carried):
    """They have the numbers and the labels, and nothing else; a copy can be compiled where it stands for itself."""
    x = Value(2.0, label="x")
    y = (x * 3.0).exp()
    assert x < y
    again = carried(y)
    assert (again.data, len(nodes(again))) == (y.data, len(nodes(y)))
    assert "_asked_at" not in vars(again)
    assert [node.label for node in nodes(again) if node.label] == ["x"]


def refused(make, error, words):
    return pytest.param(make, error, words)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        refused(lambda y, x, w: ag.compile(y, [*x, x[0]], w), ValueError, "is listed twice"),
        refused(lambda y, x, w: ag.compile(y, x, [*w, w[0]]), ValueError, "is listed twice"),
        refused(lambda y, x, w: ag.compile(y, x, [*w, x[0]]), ValueError, "is listed twice"),
        refused(lambda y, x, w: ag.compile(y, {"X": x, "T": x[:1]}, w), ValueError, "is listed twice"),
        refused(lambda y, x, w: ag.compile(y, x, w[1:]), ValueError, "is neither an input nor a parameter"),
        refused(lambda y, x, w: ag.compile(y, x[1:], w), ValueError, "is neither an input nor a parameter"),
        refused(lambda y, x, w: ag.compile(y, [*x, y], w), ValueError, "is computed: inputs and parameters are leaves"),
        refused(lambda y, x, w: ag.compile(y, x, [*w, y]), ValueError, "is computed: inputs and parameters are leaves"),
        refused(lambda y, x, w: ag.compile(y, [*x, 2.0], w), TypeError, "inputs and parameters are Values, not 2.0"),
        refused(lambda y, x, w: ag.compile(y, x, [*w, "w"]), TypeError, "inputs and parameters are Values, not 'w'"),
        refused(lambda y, x, w: ag.compile(2.0, x, w), TypeError, "compile takes|not iterable"),
        refused(lambda y, x, w: ag.compile([y, 2.0], x, w), TypeError, "compile takes a Value, or a list of Values"),
        refused(lambda y, x, w: ag.compile([], x, w), TypeError, "compile takes a Value, or a list of Values"),
        refused(lambda y, x, w: ag.compile(y, {"my input": x}, w), ValueError, "not 'my input'"),
        refused(lambda y, x, w: ag.compile(y, {"theta": x}, w), ValueError, "not 'theta'"),
        refused(lambda y, x, w: ag.compile(y, {"value": x}, w), ValueError, "not 'value'"),
        refused(lambda y, x, w: ag.compile(y, x, w, reduction="max"), ValueError, "reduction is 'mean' or 'sum', not 'max'"),
    ],
)
def test_what_compile_refuses(make, error, words):
    """The message says what is wrong with the leaves, the names or the reduction."""
    y, x, w = tanh_net()
    with pytest.raises(error, match=words):
        make(y, x, w)


def test_without_parameters_all_other_leaves_are_parameters():
    """In the order in which the graph meets them."""
    y, x, w = tanh_net()
    program = ag.compile(y, x)
    assert set(program.parameters) == set(w)
    assert len(program.parameters) == len(w)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (
            (np.zeros((2, 4)),),
            ValueError,
            r"a batch is X \(rows, 3\) and T \(rows, 2\), and this one has the shapes \(2, 4\)",
        ),
        ((np.zeros((2, 3)),), ValueError, r"this one has the shapes \(2, 3\)"),
        ((np.zeros((2, 2)), np.zeros((2, 3))), ValueError, r"this one has the shapes \(2, 2\), \(2, 3\)"),
        ((np.zeros((2, 3)), np.zeros((2, 2)), np.zeros((2, 1))), ValueError, "this one has the shapes"),
        ((), ValueError, "this one has the shapes none"),
        ((np.zeros((2, 3, 1)), np.zeros((2, 2))), ValueError, "this one has the shapes"),
        ((np.zeros((2, 3)), np.zeros((3, 2))), ValueError, r"as many rows, and at least one; these have \[2, 3\]"),
        ((np.zeros((0, 3)), np.zeros((0, 2))), ValueError, r"at least one; these have \[0, 0\]"),
        (([["a", "b", "c"]], [[1, 2]]), TypeError, "a batch is an array of real numbers"),
        (([[1j, 0, 0]], [[1, 2]]), TypeError, "a batch is an array of real numbers"),
        (([[1, 2, 3], [1, 2]], [[1, 2]]), TypeError, "a batch is an array of real numbers"),
    ],
)
@pytest.mark.parametrize("method", ["value_and_grad", "__call__", "value", "jacobian", "batch"])
def test_what_is_no_batch(wrong, error, words, method):
    """Whatever is asked of a program, the message says what a batch is, and what this one is."""
    y, x, w = tanh_net()
    program = by_name(y, x[:3], x[3:], w)
    with pytest.raises(error, match=words):
        getattr(program, method)(*wrong)


def test_a_row_with_nan_is_named():
    """By the array's name and its number."""
    y, x, w = tanh_net()
    program = by_name(y, x[:3], x[3:], w)
    X, T = batch(4, 3), batch(4, 2)
    T[2, 1] = math.nan
    with pytest.raises(ValueError, match="row 2 of T holds nan"):
        program.value_and_grad(X, T)
    T[2, 1], X[0, 0] = 0.0, math.nan
    with pytest.raises(ValueError, match="row 0 of X holds nan"):
        program.value_and_grad(X, T)


def test_a_loss_that_is_nan_by_itself_stays_so():
    """Where the formula has no value, neither has the program; no row is blamed, and nothing is warned of."""
    x, w = leaves(1), [Value(1.0)]
    program = ag.compile((w[0] * x[0]).log(), x, w)
    value, found = program.value_and_grad([[-1.0], [2.0]])
    assert math.isnan(value)
    agree(found, [1.0])


def test_infinite_numbers_give_what_the_graph_gives():
    """log 0 is -inf, and 1/0 is inf."""
    x, w = leaves(1), [Value(1.0)]
    y = (w[0] * x[0]).log()
    assert list(ag.compile(y, x, w)([[0.0], [1.0]])) == [-math.inf, 0.0]
    assert list(ag.compile(1.0 / (w[0] * x[0]), x, w)([[0.0], [2.0]])) == [math.inf, 0.5]


@pytest.mark.parametrize("scale", [1.0, 50.0, 1000.0])
def test_scores_far_from_zero(scale):
    """Neither softmax nor sigmoid overflows, in place or for each row."""
    x, w = leaves(3), [Value(1.0), Value(-0.5), Value(0.25)]
    z = [wi * xi for wi, xi in zip(w, x)]
    y = ag.logsumexp(z) - z[0] + ag.dot(ag.softmax(z), x) + z[1].sigmoid() + z[2].softplus() + z[0].silu() + z[1].tanh()
    X = scale * batch(6, 3)
    values, slopes = by_rows(y, x, X, w)
    program = ag.compile(y, x, w)
    value, found = program.value_and_grad(X)
    agree(value, values.mean())
    agree(found, slopes.mean(0))
    agree(program(X), values)
    agree(program.per_sample_gradients(X), slopes)


@pytest.mark.parametrize("method", ["value_and_grad", "value", "per_sample_gradients"])
def test_several_outputs_have_no_gradient(method):
    """The message says to take the Jacobian; so it does for the mean."""
    program = ag.compile(*outputs())
    with pytest.raises(ValueError, match="this program has 9 outputs: take its jacobian"):
        getattr(program, method)(batch(2, 3))


def test_a_vector_that_does_not_fit():
    """hvp says how many numbers it takes; jacobian by what it can be taken."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    with pytest.raises(ValueError, match=f"a number for each of the {len(w)} parameters"):
        program.hvp([1.0, 2.0], batch(2, len(x)))
    with pytest.raises(ValueError, match="wrt is 'inputs' or 'parameters', not 'X'"):
        program.jacobian(batch(2, len(x)), wrt="X")


# ------------------------------------------------------------------------------------------------------ forms of a batch


def test_one_array_or_one_for_each_list():
    """Columns side by side are the same as several arrays; lists and whole numbers as arrays of floats."""
    y, x, w = tanh_net()
    program = by_name(y, x[:3], x[3:], w)
    X, T = batch(4, 3), batch(4, 2)
    expected = by_rows(y, x, np.hstack([X, T]), w)[0]
    agree(program(X, T), expected)
    agree(program(np.hstack([X, T])), expected)
    agree(program(X.tolist(), T.tolist()), expected)
    agree(program(np.asfortranarray(X), T[::-1][::-1]), expected)
    whole = np.array([[1, -2, 0], [3, 1, 1]])
    agree(program(whole, whole[:, :2]), by_rows(y, x, np.hstack([whole, whole[:, :2]]), w)[0])


def test_a_vector_is_a_batch_for_a_single_input():
    """One number for each row."""
    x, t, w = Value(1.0), Value(1.0), Value(0.5)
    y = (w * x - t) ** 2
    X, T = batch(4, 1), batch(4, 1, 1)
    expected = by_rows(y, [x, t], np.hstack([X, T]), [w])[0]
    agree(ag.compile(y, {"X": x, "T": t}, [w])(X[:, 0], T[:, 0]), expected)
    agree(ag.compile(w * x, x, [w])(X[:, 0]), (w.data * X)[:, 0])


def test_a_batch_that_is_ready():
    """batch() makes arrays ready once; every method takes it."""
    y, x, w = tanh_net()
    program = by_name(y, x[:3], x[3:], w)
    X, T = batch(4, 3), batch(4, 2)
    ready = program.batch(X, T)
    values, slopes = by_rows(y, x, np.hstack([X, T]), w)
    agree(program(ready), values)
    agree(program.value_and_grad(ready)[1], slopes.mean(0))
    agree(program.jacobian(ready, wrt="parameters")[:, 0], slopes)


def test_batches_are_left_alone():
    """No call writes into the arrays that it was given."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    X, theta = batch(5, len(x)), program.theta
    kept, numbers = X.copy(), theta.copy()
    X.flags.writeable = theta.flags.writeable = False
    program.value_and_grad(X, theta=theta)
    program(X, theta=theta)
    program.jacobian(X)
    program.hvp(np.ones(len(w)), X)
    np.testing.assert_array_equal(X, kept)
    np.testing.assert_array_equal(theta, numbers)


# ------------------------------------------------------------------------------------------------------- parameters, results


def test_changed_parameters_are_seen_by_the_next_call():
    """The program holds the graph's shape, and no numbers."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    X = batch(3, len(x))
    for factor in (1.0, 0.5, -2.0):
        for p in w:
            p.data *= factor
        values, slopes = by_rows(y, x, X, w)
        agree(program(X), values)
        agree(program.value_and_grad(X)[1], slopes.mean(0))
        agree(program.theta, [p.data for p in w])


@pytest.mark.parametrize("kind", ["array", "list", "view", "strided"])
def test_numbers_in_place_of_the_parameters(kind):
    """theta= is used by every method, may change between calls where it is, and leaves the Values alone."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    X, n = batch(3, len(x)), len(w)
    before = [p.data for p in w]
    whole = np.random.default_rng(1).normal(size=2 * n)
    theta = {"array": whole[:n].copy(), "list": whole[:n].tolist(), "view": whole[:n], "strided": whole[::2]}[kind]
    for shift in (0.0, 0.25):
        if kind == "list":
            theta = [each + shift for each in theta]
        else:
            theta += shift
        found = [
            program.value_and_grad(X, theta=theta)[1], program(X, theta=theta), program.value(X, theta=theta),
            program.per_sample_gradients(X, theta=theta), program.hvp(np.ones(n), X, theta=theta),
        ]  # fmt: skip
        assert [p.data for p in w] == before
        for p, data in zip(w, theta):
            p.data = float(data)
        values, slopes = by_rows(y, x, X, w)
        bent = bend(y, x, X, w, np.ones(n)).mean(0)
        for one, other in zip(found, [slopes.mean(0), values, values.mean(), slopes, bent], strict=True):
            agree(one, other)
        for p, data in zip(w, before):
            p.data = data


@pytest.mark.parametrize("graph", ["tanh_net", "relu_hinge", "parameters_that_do_not_matter", "sparse", "random_order"])
def test_a_gradient_that_is_written_where_one_wants_it(graph):
    """out= is the very array that comes back, a view of a larger one too; what it held does not matter."""
    y, x, w = GRAPHS[graph]()
    program = ag.compile(y, x, w)
    large = np.full(3 * len(w), math.nan)
    for out in (np.full(len(w), math.nan), large[len(w) : 2 * len(w)], large[::3]):
        for seed in (1, 2):
            X = batch(4, len(x), seed)
            found = program.value_and_grad(X, out=out)[1]
            assert found is out
            agree(out, by_rows(y, x, X, w)[1].mean(0))
    assert np.isnan(large[1 : len(w) : 3]).all()


def test_results_are_not_overwritten_by_later_calls():
    """Without out= each result is an array of its own."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    first, second = batch(4, len(x), 1), batch(4, len(x), 2)
    results = [method(first) for method in (lambda X: program.value_and_grad(X)[1], program, program.jacobian)]
    kept = [each.copy() for each in results]
    for method in (program.value_and_grad, program, program.jacobian):
        method(second)
    for each, other in zip(results, kept):
        np.testing.assert_array_equal(each, other)


def test_writing_into_a_result_harms_no_later_one():
    """A caller may do with it what he likes."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    X = batch(4, len(x))
    for method in (lambda X: program.value_and_grad(X)[1], program.per_sample_gradients):
        kept = method(X).copy()
        np.array(method(X), copy=True)
        method(X)[...] = 7.0
        np.testing.assert_array_equal(method(X), kept)


def test_more_sizes_than_are_kept():
    """Arrays are kept for some sizes of batch; the others come out right all the same, and again."""
    y, x, w = classifier()
    program = ag.compile(y, x, w)
    theta = program.theta
    for rows in [*range(1, 15), 3, 1, 14]:
        X = batch(rows, len(x), rows)
        agree(program.value_and_grad(X, theta=theta)[1], by_rows(y, x, X, w)[1].mean(0))


@pytest.mark.parametrize("given", [False, True])
def test_threads_do_not_meet(given):
    """Several at once, each with data of its own in batches of one size, get what each of them should."""
    y, x, w = relu_hinge()
    program = ag.compile(y, x, w)
    theta = program.theta if given else None
    batches = [batch(200, len(x), seed) for seed in range(4)]
    expected = [by_rows(y, x, X, w) for X in batches]
    found = [[] for _ in batches]
    start = threading.Barrier(len(batches))

    def work(i):
        start.wait()
        for _ in range(40):
            value, slopes = program.value_and_grad(batches[i], theta=theta)
            found[i].append((value, slopes, program(batches[i])))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(batches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for results, (values, slopes) in zip(found, expected):
        assert len(results) == 40
        for value, one, rows in results:
            agree(value, values.mean())
            agree(one, slopes.mean(0))
            agree(rows, values)


def test_the_graph_is_left_as_it_was():
    """Compiling and running changes no number, no gradient and no label of the graph."""
    y, x, w = tanh_net()
    y.backward()
    before = [(node.data, node.grad, node.label) for node in nodes(y)]
    program = ag.compile(y, x, w)
    program.value_and_grad(batch(3, len(x)))
    program.jacobian(batch(3, len(x)))
    program.hvp(np.ones(len(w)), batch(3, len(x)))
    assert [(node.data, node.grad, node.label) for node in nodes(y)] == before


# To append to tests/autograd/test_program.py once the library does this. And there: parametrize
# test_every_operation_on_every_engine and test_every_engine_gives_the_numbers_of_the_graph over ENGINES (with torch).


@pytest.mark.parametrize("c", [2.0, -0.5])
def test_a_shift_that_a_user_wrote(c):
    """logsumexp of numbers from each of which a constant was taken is not that of the numbers themselves."""
    x, w = leaves(2), leaves(1, 1)
    y = ag.logsumexp([w[0] * x[0] - c, w[0] * x[1] - c]) + (x[0] - c) ** 2
    X = batch(3, 2)
    agree(ag.compile(y, x, w)(X), by_rows(y, x, X, w)[0])


@pytest.mark.parametrize(
    "name", "W1 Z1 H1 dZ1 b1 m1 s1 np seed exp ones rows total joined outer zero order1 spare1 for x".split()
)
def test_inputs_under_any_name(name):
    """A name that the program uses itself is refused, or does no harm."""
    y, x, w = softmax_net()
    X = batch(3, len(x))
    if name != "x":
        with pytest.raises(ValueError, match=f"not '{name}'"):
            ag.compile(y, {name: x}, w)
        return
    program = ag.compile(y, {name: x}, w)
    agree(program(X), by_rows(y, x, X, w)[0])
    agree(program.value_and_grad(X)[1], by_rows(y, x, X, w)[1].mean(0))


@pytest.mark.parametrize("n", [1, 9])
@pytest.mark.parametrize("method", ["value_and_grad", "__call__", "jacobian", "value"])
def test_theta_of_another_length(method, n):
    """The message says how many numbers there are, and of which shape these are."""
    y, x, w = tanh_net()
    with pytest.raises(ValueError, match=f"theta .*{len(w)}"):
        getattr(ag.compile(y, x, w), method)(batch(2, len(x)), theta=np.zeros(len(w) + n))


def test_complex_arrays_are_no_batch():
    """An array of complex numbers is refused as a list of them is."""
    y, x, w = tanh_net()
    with pytest.raises(TypeError, match="a batch is an array of real numbers"):
        ag.compile(y, x, w)(1j * batch(2, len(x)))


def test_a_program_without_parameters_can_be_read():
    """There is nothing to be worked out in place, and explain() does not announce it."""
    x = leaves(2)
    explained = ag.compile(ag.tanh(x[0] * x[1]), x).explain()
    assert "tanh(" in explained
    assert "in place" not in explained


def test_coefficients_stand_in_the_equations():
    """2 w1 x1 + 3 w2 x2 is not W X."""
    x, w = leaves(2), leaves(2, 1)
    weighed, plain = (2.0 * w[0] * x[0] + 3.0 * w[1] * x[1]).tanh(), (w[0] * x[0] + w[1] * x[1]).tanh()
    first, second = (ag.compile(y, x, w).equations.splitlines()[1] for y in (weighed, plain))
    assert first.startswith("Z_{1} &=")
    assert first != second


@pytest.mark.parametrize(("reduction", "weight"), [("mean", r"\tfrac{1}{B}"), ("sum", "")])
def test_equations_say_what_a_row_counts_for(reduction, weight):
    """1/B for a mean; nothing for a sum."""
    x, t, w = leaves(1), leaves(1, 1), leaves(1, 2)
    written = ag.compile(-ag.tanh(w[0] * x[0]) * t[0], {"X": x, "T": t}, w, reduction=reduction).equations
    assert (r"\tfrac{1}{B}" in written) == bool(weight)
    assert "s_{1}" not in written


def test_a_parameter_has_one_equation():
    """What comes to it from several places is one sum."""
    x, w = leaves(1), leaves(1, 1)
    lines = ag.compile(2.0 * w[0] * x[0] + w[0], x, w).equations.splitlines()
    assert len([line for line in lines if line.startswith(r"\nabla")]) == 1
