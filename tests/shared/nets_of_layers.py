"""Nets of layers, in scalars, as nn makes them and as people write them, and what stands in their matrices.

Each has its loss, its parameters, what goes into its vector form (given), and the Values in W_k and b_k by name (arrays).
"""

from types import SimpleNamespace

import numpy as np
from matrix_reader import DIGITS

import autograd as ag
import nn
from autograd import Value, dot
from nn.cli.tour import two_layer_network


def numbers_in(rows, what="data"):
    return np.array([[getattr(x, what) for x in row] for row in rows])


def column(xs):
    return numbers_in([[x] for x in xs])


def with_layers(loss, given, layers, single=False):
    """A net of these layers, each a pair of rows of weights and biases."""
    arrays = {}
    for k, (W, b) in enumerate(layers, start=1):
        suffix = "" if single else DIGITS[k]
        arrays[f"W{suffix}"] = W
        if b:
            arrays[f"b{suffix}"] = [[x] for x in b]
    parameters = [x for rows in arrays.values() for row in rows for x in row]
    return SimpleNamespace(loss=loss, parameters=parameters, given=given, arrays=arrays)


def layers_of(model):
    return [([n.w for n in layer.neurons], [n.b for n in layer.neurons if n.b is not None]) for layer in model.layers]


def mlp(loss, nin, nouts, activation, x=(0.5, -0.25, 0.75), labels=True, outputs="", **options):
    """A net, and its loss on one point; outputs: what its outputs are called."""
    model = nn.MLP(nin, nouts, activation=activation, seed=4, **options)
    xs = [Value(number, f"x_{i}" if labels else "") for i, number in enumerate(x[:nin], start=1)]
    out = model(xs)
    if outputs:
        ag.label(**{outputs: out})
    L = loss(out)
    if labels:
        model.label_nodes(L)
    L.label = "L"
    return with_layers(L, {"x": column(xs)}, layers_of(model))


def by_hand(order=None, labels=(), bias_first=False, terms=None):
    """A 2-3-1 net of sums of products that somebody wrote by hand, its rows, and the last row's terms, in any order.

    labels: those of the weights, one after the other
    """
    r = np.random.default_rng(2)
    x = [Value(0.5), Value(-0.3)]
    W, b = [[Value(w) for w in row] for row in r.normal(size=(3, 2))], [Value(c) for c in r.normal(size=3)]
    V, c = [Value(v) for v in r.normal(size=3)], Value(0.1)
    h = {}
    for i in order or range(3):
        products = [w * xi for w, xi in zip(W[i], x)]
        net = sum(products, b[i]) if bias_first else products[0] + products[1] + b[i]
        h[i] = net.tanh()
    last = [*(v * h[i] for i, v in enumerate(V)), c]
    last = [last[k] for k in terms or range(4)]
    L = 0.5 * (sum(last[1:], last[0]).sigmoid() - 1.0) ** 2
    L.label = "L"
    for w, name in zip([w for row in (*W, V) for w in row], labels):
        w.label = name
    return with_layers(L, {"x": column(x)}, [(W, b), ([V], [c])])


def two_samples():
    """The mean loss of two points through the same net."""
    model = nn.MLP(2, [3, 1], activation=["tanh", "sigmoid"], seed=1)
    data = [[Value(0.5, "x_11"), Value(-0.25, "x_12")], [Value(0.75, "x_21"), Value(1.25, "x_22")]]
    L = ag.mean([(model(x) - 0.5) ** 2 for x in data])
    L.label = "L"
    given = {f"x{DIGITS[i]}": column(x) for i, x in enumerate(data, start=1)}
    return with_layers(L, given, layers_of(model))


def tied():
    """The same matrix twice in a row."""
    W = [[Value(0.5, "w_11"), Value(-0.25, "w_12")], [Value(0.75, "w_21"), Value(1.25, "w_22")]]
    x = [Value(0.3, "x_1"), Value(0.4, "x_2")]
    h = [dot(row, x).tanh() for row in W]
    out = [dot(row, h).tanh() for row in W]
    L = out[0] * out[1]
    L.label = "L"
    return with_layers(L, {"x": column(x)}, [(W, [])], single=True)


def note_four():
    model, L = two_layer_network()
    return with_layers(L, {"x": np.array([[0.05], [0.10]]), "y": 0.01}, layers_of(model))


def logistic(target=1.0):
    """The single neuron of the third note, whose weights are a vector."""
    w, x, b = [Value(0.5, "w_1"), Value(-0.25, "w_2")], [Value(1.5, "x_1"), Value(0.75, "x_2")], Value(0.125, "b")
    y = Value(target, "y")
    z = dot(w, x, b)
    a = z.sigmoid()
    L = -(y * a.log() + (1 - y) * (1 - a).log())
    ag.label(z=z, a=a, L=L)
    given = {"x": column(x), "b": b.data, "y": y.data}
    return SimpleNamespace(loss=L, parameters=[*w, b], given=given, arrays={"w": [[v] for v in w]})


def first_log(out):
    return -out[0].log()


def squares(out):
    return ag.sum([o**2 for o in out])


IN_ORDER = [*(f"w_1{i}{j}" for i in (1, 2, 3) for j in (1, 2)), "w_211", "w_212", "w_213"]
NETS = {
    "note 4": note_four,
    "single neuron": logistic,
    "softmax": lambda: mlp(lambda o: -o[1].log(), 2, [3, 4], ["sigmoid", "softmax"]),
    "deep softmax": lambda: mlp(lambda o: -o[2].log(), 3, [4, 3, 3], ["tanh", "relu", "softmax"]),
    "softmax without labels": lambda: mlp(first_log, 2, [3, 4], ["sigmoid", "softmax"], labels=False),
    "cross-entropy": lambda: mlp(lambda o: nn.losses.cross_entropy(o, 1), 3, [4, 3], ["tanh", "linear"]),
    "half squared": lambda: mlp(lambda o: nn.losses.half_squared_error(o, 0.5), 3, [4, 1], ["tanh", "linear"]),
    "sum of squares": lambda: mlp(squares, 2, [3, 2], ["sin", "linear"]),
    "two outputs, mse": lambda: mlp(lambda o: nn.losses.mse(o, [1.0, 0.0]), 2, [2, 2], ["relu", "sigmoid"]),
    "two outputs, mse of halves": lambda: mlp(lambda o: nn.losses.mse(o, [0.5, 0.5]), 2, [2, 2], ["tanh", "sigmoid"]),
    "three layers": lambda: mlp(lambda o: (o - 0.5) ** 2, 2, [3, 4, 1], ["gelu", "softplus", "linear"]),
    "leaky": lambda: mlp(lambda o: nn.losses.bce_with_logits(o, 1.0), 2, [3, 1], ["leaky_relu", "linear"]),
    "huber": lambda: mlp(lambda o: nn.losses.huber(o, 3.0), 2, [3, 1], ["tanh", "linear"]),
    "no biases": lambda: mlp(lambda o: (o - 0.5) ** 2, 2, [3, 1], ["tanh", "sigmoid"], bias=False),
    "one wide": lambda: mlp(lambda o: (o - 0.5) ** 2, 1, [1, 1, 1], ["tanh", "tanh", "linear"]),
    "one in": lambda: mlp(lambda o: (o - 0.5) ** 2, 1, [3, 1], ["tanh", "linear"]),
    "square": lambda: mlp(squares, 3, [3, 3, 3], ["tanh", "tanh", "linear"]),
    "by hand": by_hand,
    "by hand, bias first": lambda: by_hand(bias_first=True),
    "by hand, rows shuffled": lambda: by_hand(order=[2, 0, 1]),
    "by hand, labelled": lambda: by_hand(labels=IN_ORDER),
    "by hand, labelled and shuffled": lambda: by_hand(order=[1, 2, 0], labels=IN_ORDER),
    "by hand, bias between": lambda: by_hand(terms=[0, 3, 1, 2]),
    "by hand, labelled, terms turned": lambda: by_hand(labels=IN_ORDER, terms=[1, 0, 2, 3]),
    "two samples": two_samples,
    "tied weights": tied,
}
