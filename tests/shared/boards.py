"""A board of every kind: derivations, sheets, vector forms, tables, steps, the rule of each operation, odd labels.

Each is made once, however many tests look at it.
"""

from functools import cache

from exact_rows import HELPERS

import autograd as ag
import nn
from autograd import PRIMITIVES, Board, Value, derivation, derivatives, descent, label
from autograd.display.board import Line, figure, words, write_name
from autograd.value import constant
from nn.cli.tour import two_layer_network


@cache
def neuron():
    """A sigmoid neuron and its cross-entropy."""
    w, x, b, t = Value(0.4, "w_1"), Value(1.5, "x_1"), Value(0.1, "b"), Value(1.0, "t")
    net = w * x + b
    o = ag.sigmoid(net)
    loss = -(t * ag.log(o) + (1 - t) * ag.log(1 - o))
    label(net=net, o=o, E=loss)
    return loss, w


@cache
def note():
    """The sheet of the fourth note's network."""
    model, loss = two_layer_network()
    return derivation(loss), loss, model.parameters()


@cache
def classifier():
    """The sheet of three inputs, two hidden layers and softmax over three classes."""
    model = nn.MLP(3, [4, 4, 3], activation="tanh", seed=0)
    loss = nn.losses.cross_entropy(model([constant(x) for x in (0.5, -1.0, 2.0)]), 1)
    model.label_nodes(loss)
    label(L=loss)
    return derivation(loss), loss, model.parameters()


def two_classes():
    """Softmax of two nets, with the names of the lecture note."""
    net = {"net_1": Value(0.5), "net_0": Value(-0.3)}
    o = ag.softmax(list(net.values()))
    label(**net, o_1=o[0], o_0=o[1])
    return o, list(net.values())


def curved(x, y, z):
    return x**2 * y + ag.sin(x * z) + ag.exp(y)


AS_TYPED = [*'50 %|a_b c|θ|<x>|a"b|{|}|\\|~|#|&|$|^|1_{x|-x'.split("|"), "|"]
LABELS = [*AS_TYPED, "ŷ_1", "x'", "a^(1)_2", r"\ell_1"]  # these are read as mathematics


def odd(each):
    """A derivation, a table and a step in which something wears an odd label."""
    x, y = Value(2.0, each), Value(0.5, "y")
    loss = x * x * y + ag.exp(y * x)
    loss.label = f"L {each}"
    sheet = derivation(loss)
    return Board(boards=[derivation(loss, x), sheet, derivatives(loss, x, y), descent(loss, x, y, rate=0.1, symbol=each)])


CORPUS = {
    "titles": lambda: Board([Line(write_name("y"), figure(1.0), words("50 % & <more>"))], "100 % of_it & #1 <x> {~^\\} $"),
    "the neuron": lambda: derivation(*neuron()),
    "the net": lambda: note()[0],
    "the net in vectors": lambda: note()[0].vector_form(numbers=False),
    "the net in vectors and numbers": lambda: note()[0].vector_form(numbers=True),
    "the classifier": lambda: classifier()[0],
    "the classifier in vectors": lambda: classifier()[0].vector_form(numbers=False),
    "the classifier in vectors and numbers": lambda: classifier()[0].vector_form(numbers=True),
    **{f"rule of {name}": (lambda op=op: derivation(op)) for name, op in PRIMITIVES.items() if name not in HELPERS},
    **{f"order {n}": (lambda n=n: derivatives(curved, 1, 2, 3, order=n, numbers=True)) for n in (1, 2, 3)},
    **{f"softmax, order {n}": (lambda n=n: derivatives(*two_classes(), order=n, numbers=True)) for n in (1, 2, 3)},
    "five inputs": lambda: derivatives(lambda a, b, c, d, e: a * b + c * d * e, 1, 2, 3, 4, 5, order=2, numbers=True),
    "a step": lambda: descent(*note()[1:], rate=0.5),
    "a step of 51 parameters": lambda: descent(*classifier()[1:], rate=0.1),
    **{f"the label {each}": (lambda each=each: odd(each)) for each in LABELS},
}


@cache
def board_of(kind):
    return CORPUS[kind]()
