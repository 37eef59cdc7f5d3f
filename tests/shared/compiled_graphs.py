"""Graphs to compile, and their oracle.

The oracle is the graph: its leaves are given a row's numbers, and forward() and backward() do the rest.
"""

import random
import sys

import pytest
from long_runs import part

import autograd as ag
import nn
from autograd import PRIMITIVES, Value, gradient
from autograd.value import constant

np = pytest.importorskip("numpy", reason="compiled programs run on NumPy: pip install numpy")


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


def by_lists(y, given, parameters, arrays):
    """The same where inputs come in lists, with an array for each."""
    return by_rows(y, [x for some in given.values() for x in some], np.concatenate(arrays, axis=1), parameters)


def by_script(program, *arrays):
    """What the script of a program gives, which knows nothing of this package."""
    space = {"__name__": "script"}
    exec(program.script, space)
    return (space.get("value_and_gradient") or space["values"])(program.theta, *arrays)


def agree_with_graph(program, X):
    """The value over a batch, the gradient, the outputs, and the gradient of each row are those of a program's graph."""
    ((y,), inputs) = program.ys, [x for some in program.lists.values() for x in some]
    values, slopes = by_rows(y, inputs, X, program.parameters)
    value, found = program.value_and_grad(X)
    agree(value, getattr(np, program.reduction)(values))
    agree(found, getattr(np, program.reduction)(slopes, axis=0))
    agree(program(X), values)
    agree(program.per_sample_gradients(X), slopes)


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


ENGINES = ["numpy", *(pytest.param(name, marks=pytest.mark.external) for name in ("jax", "torch"))]


def on_engines(names, n=None):
    """(library, name): each name on every engine, and n of them on JAX, which compiles longer than all else takes."""
    on_torch = [pytest.param("torch", name, marks=pytest.mark.external) for name in names]
    on_jax = [pytest.param("jax", name, marks=pytest.mark.external) for name in part(names, n)]
    return [("numpy", name) for name in names] + on_torch + on_jax


def engine(name):
    """The array library of a name, at full precision, as a function that makes its arrays."""
    if name == "jax":
        jax = pytest.importorskip("jax", reason="programs for JAX need it: pip install jax")
        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_disable_most_optimizations", True)  # all that takes time is compiling
        return jax.numpy.asarray
    if name == "torch":
        return pytest.importorskip("torch", reason="programs for PyTorch need it: pip install torch").tensor
    return np.asarray


def ready(library):
    """What makes a function of that library's arrays ready: JAX compiles it whole, instead of line by line."""
    return sys.modules["jax"].jit if library == "jax" else lambda function: function


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


def bend(y, inputs, X, parameters, vector):
    """For each row the Hessian times a vector: the slope of the gradient along the vector."""
    along = ag.sum([slope * float(v) for slope, v in zip(gradient(y, *parameters), vector)])
    return by_rows(along, inputs, X, parameters)[1]


def outputs():
    """Several outputs, among them leaves, a constant, one that is asked for twice, and one of parameters alone."""
    model, x = nn.MLP(3, [4, 2], activation="tanh", seed=0), leaves(3)
    a, b = model(x)
    w = model.parameters()
    return [a, b, x[1], w[2], a, constant(2.0) * 1.0, w[0] * w[1], a * b - 0.5 * x[0], 0.0 * a], x, w


# -------------------------------------------------------------------------------------------------------------- primitives

ORDERS = {"gaussian": [2.0], "power_slope": [1.0, 1.0], "ray": [2.0, 1.0, 0.0]}  # last arguments: whole numbers, and plain
POINTS = [-2.3, -1.1, -0.5, 0.0, 0.4, 0.7, 1.0, 1.9]
ABOVE = {"acosh": 1.25}  # how far points are moved for those that are defined on one side alone
NOT_CALLED = {"sigmoid_slope", "tanh_slope"}  # their first argument is the output that belongs to the second


def applications():
    """Each operation with its arguments: nets, and plain numbers in every place but one."""
    for name, op in PRIMITIVES.items():
        if name in NOT_CALLED:
            continue
        if name == "select":  # an index that is a plain number; programs that are given one have tests of their own
            yield from ((f"{name} of {n}", op, [n - 1.0] + [None] * n) for n in (1, 2, 3))
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
SHIFTS = [0.25, -0.3, 0.45, 0.15, 0.35]


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


# --------------------------------------------------------------------------------------------------------------- structure


def by_name(loss, x, t, parameters):
    return ag.compile(loss, {"X": x, "T": t}, parameters)
