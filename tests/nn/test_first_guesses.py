"""What people try first with nets, losses and optimisers: it is what they mean, or an error that says what to do.

Nothing here may pass in silence and mean something else: shapes that broadcast, pairs that are cut short, a softmax of a
softmax, an optimiser of another model.
"""

import numpy as np
import pytest
from walks import walked

import autograd as ag
import nn
from autograd import Value, softmax, tanh
from nn import losses, metrics, optim

X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]


def net(nin=2, nouts=(3, 1)):
    return nn.MLP(nin, list(nouts), seed=0)


def fit(model=None, X=X, y=Y, **options):
    return nn.fit(net() if model is None else model, X, y, epochs=1, progress=False, **options)


MEANT = {  # what is written, and what is meant by it
    'nn.Layer(3, 2, "tanh")': lambda: (nn.Layer(3, 2, "tanh"), "Layer(3 → 2, tanh; 8 parameters)"),
    'nn.Layer(3, 2, "linear")': lambda: (nn.Layer(3, 2, "linear"), "Layer(3 → 2, linear; 8 parameters)"),
    'nn.Layer(3, 2, "softmax")': lambda: (nn.Layer(3, 2, "softmax"), "Layer(3 → 2, softmax; 8 parameters)"),
    "nn.Layer(3, 2, softmax)": lambda: (nn.Layer(3, 2, softmax), "Layer(3 → 2, softmax; 8 parameters)"),
    "nn.Layer(3, 2, True)": lambda: (nn.Layer(3, 2, True), "Layer(3 → 2, relu; 8 parameters)"),
    "nn.Layer(3, 2, False)": lambda: (nn.Layer(3, 2, False), "Layer(3 → 2, linear; 8 parameters)"),
    "nn.Layer(3, 2, nonlin=False)": lambda: (nn.Layer(3, 2, nonlin=False), "Layer(3 → 2, linear; 8 parameters)"),
    'nn.Neuron(3, "tanh")': lambda: (nn.Neuron(3, "tanh"), "Neuron(3 → 1, tanh; 4 parameters)"),
    "nn.Neuron(3, tanh)": lambda: (nn.Neuron(3, tanh), "Neuron(3 → 1, tanh; 4 parameters)"),
    "nn.Neuron(3)": lambda: (nn.Neuron(3), "Neuron(3 → 1, relu; 4 parameters)"),
    "nn.Neuron(1)(2.0)": lambda: (round(nn.Neuron(1, "linear", init=lambda *_: 3.0)(2.0).data, 9), "6.0"),
    "nn.MLP(2, 3)": lambda: (nn.MLP(2, 3), "MLP(2 → 3, linear; 9 parameters)"),
    "nn.Neuron(2)(generator)": lambda: (nn.Neuron(2, "linear", init=lambda *_: 3.0)(x for x in (1.0, 2.0)), "Value(9.0)"),
    "cross_entropy, True": lambda: (losses.cross_entropy([1.0, 2.0], True), str(losses.cross_entropy([1.0, 2.0], 1))),
    "cross_entropy, 1.0": lambda: (losses.cross_entropy([1.0, 2.0], 1.0), str(losses.cross_entropy([1.0, 2.0], 1))),
    "hinge, True": lambda: (losses.hinge([0.25], [True]), "0.75"),
}


@pytest.mark.parametrize("written", MEANT)
def test_it_is_what_is_meant(written):
    """What can be understood is understood."""
    found, meant = MEANT[written]()
    assert str(found) == meant


KNOWN = "linear, relu, sigmoid, tanh, softplus, gelu, silu, sin, exp, abs, leaky_relu, elu, softmax, log_softmax"
REFUSED = {  # what is written, and what is said
    'nn.Layer(3, 2, "bogus")': (lambda: nn.Layer(3, 2, "bogus"), ValueError, f"no activation 'bogus': there are {KNOWN}"),
    'nn.Neuron(3, "bogus")': (lambda: nn.Neuron(3, "bogus"), ValueError, f"no activation 'bogus': there are {KNOWN}"),
    'nn.Neuron(3, "softmax")': (lambda: nn.Neuron(3, "softmax"), ValueError, "the last two for layers"),
    "nn.Neuron(3, None)": (lambda: nn.Neuron(3, None), ValueError, "no activation None"),
    "nn.Layer(3, 2, 1)": (lambda: nn.Layer(3, 2, 1), ValueError, "no activation 1"),
    "nn.Layer(3, 2, 4, 1)": (lambda: nn.Layer(3, 2, 4, 1), TypeError, "positional arguments"),
    "two activations": (lambda: nn.Layer(3, 2, "tanh", activation="relu"), TypeError, "two activations, 'tanh' and 'relu'"),
    "False and tanh": (lambda: nn.Layer(3, 2, False, activation="tanh"), TypeError, "two activations, 'linear' and 'tanh'"),
    "a list of activations": (lambda: nn.Neuron(2, ["tanh"]), ValueError, "no activation ['tanh']"),
    "MLP(2, 3, 1)": (lambda: nn.MLP(2, 3, 1), TypeError, "stand in one list: MLP(2, [3, 1])"),
    'MLP(2, "31")': (lambda: nn.MLP(2, "31"), TypeError, "a list, as in MLP(2, [16, 16, 1]), not '31'"),
    "MLP(2, 3.0)": (lambda: nn.MLP(2, 3.0), TypeError, "a list, as in MLP(2, [16, 16, 1]), not 3.0"),
    "MLP(2, [3, 1], True)": (lambda: nn.MLP(2, [3, 1], True), ValueError, "no activation True"),
    "MLP(2, [3, 1], None)": (lambda: nn.MLP(2, [3, 1], None), ValueError, "no activation None"),
    'MLP(2, [1], "bogus")': (lambda: nn.MLP(2, [1], "bogus"), ValueError, "no activation 'bogus'"),
    "MLP, too few activations": (lambda: nn.MLP(2, [3, 1], ["tanh"]), ValueError, "is a list of 2, got 1"),
    "MLP, True neurons": (lambda: nn.MLP(2, [True, 1]), ValueError, "whole number from 1 on, not True"),
    "bias of numbers": (lambda: nn.Layer(2, 2, bias=[1.0, 2.0]), TypeError, "its numbers are biases"),
    "weights, flat": (lambda: nn.Layer(2, 2, weights=[1, 2, 3, 4]), TypeError, "a row of W of a layer is a list of numbers"),
    "weights, too few": (lambda: nn.Layer(2, 2, weights=[[1, 2]]), ValueError, "2 rows of 2 numbers, got 1 rows of 2"),
    "biases, one number": (lambda: nn.Layer(2, 2, biases=1), TypeError, "b of a layer is a list of numbers, not 1"),
    "biases, too few": (lambda: nn.Layer(2, 2, biases=[1.0]), ValueError, "has 2 numbers, got 1"),
    "biases without bias": (lambda: nn.Layer(2, 2, bias=False, biases=[1.0, 2.0]), ValueError, "has 0 numbers, got 2"),
    "too few inputs": (lambda: net()([1.0]), ValueError, "takes 2 inputs, got 1"),
    "too many inputs": (lambda: net()([1.0, 2.0, 3.0]), ValueError, "takes 2 inputs, got 3"),
    "a dict of inputs": (lambda: net()({0: 1.0, 1: 2.0}), TypeError, "in order, in a list, and not in a dict"),
    "a set of inputs": (lambda: net()({1.0, 2.0}), TypeError, "in order, in a list, and not in a set"),
    "a text of inputs": (lambda: net()("12"), TypeError, "not with the text '12'"),
    "a batch of inputs": (lambda: net()(np.array(X[:2])), TypeError, "[model(x) for x in X], and no ndarray"),
    "mse, two shapes": (lambda: losses.mse(np.ones((2, 1)), np.ones(2)), ValueError, "2 rows of 1 with a list of 2"),
    "mse, texts": (lambda: losses.mse([1.0], ["1"]), TypeError, "pass float('1')"),
    "mse, a set": (lambda: losses.mse({1.0, 2.0}, [1.0, 2.0]), TypeError, "a set"),
    "bce, swapped": (lambda: losses.bce([1.0, 0.0], [1.2, 0.2]), ValueError, "targets from 0 to 1, not 1.2"),
    "bce, a score": (lambda: losses.bce([Value(3.0)], [1]), ValueError, "pass a score through sigmoid"),
    "bce, -1": (lambda: losses.bce_with_logits([0.5], [-1]), ValueError, "pass (t + 1) / 2"),
    "hinge, swapped": (lambda: losses.hinge([1], [0.3]), ValueError, "targets -1 and 1, not 0.3"),
    "cross_entropy, swapped": (lambda: losses.cross_entropy(2, [1.0, 2.0]), ValueError, "one row of scores"),
    "cross_entropy, a text": (lambda: losses.cross_entropy([1.0, 2.0], "1"), TypeError, "pass float('1')"),
    "cross_entropy, a column": (lambda: losses.cross_entropy([[1.0, 2.0]], [[0]]), ValueError, "class index"),
    "cross_entropy of softmax": (
        lambda: losses.cross_entropy(softmax([Value(1.0), Value(2.0)]), 1), ValueError, "does the softmax itself",
    ),
    "cross_entropy after softmax": (
        lambda: losses.cross_entropy(nn.Layer(2, 3, "softmax")([1.0, 2.0]), 1), ValueError, "leave out the softmax",
    ),
    "nll of probabilities": (lambda: losses.nll([0.2, 0.8], 1), ValueError, "pass their logarithms"),
    "nll of softmax": (lambda: losses.nll(softmax([Value(1.0), Value(2.0)]), 1), ValueError, "are probabilities"),
    "softmax of one": (lambda: softmax(Value(1.0)), TypeError, "softmax([x1, x2])"),
    "dot, too few": (lambda: ag.dot([Value(1.0)], [1.0, 2.0]), ValueError, "got 1 and 2"),
    "a model": (lambda: optim.SGD(net()), TypeError, "model.parameters()"),
    "a method": (lambda: optim.Adam(net().parameters), TypeError, "model.parameters()"),
    "a state": (lambda: optim.SGD(net().state_dict()), TypeError, "model.parameters()"),
    "lr, below 0": (lambda: optim.SGD([Value(1.0)], lr=-1.0), ValueError, "lr is 0 or more"),
    "fit, columns": (lambda: fit(y=[[t] for t in Y]), ValueError, "one number with a list of 1"),
    "fit, names": (lambda: fit(y=["cat", "dog", "dog", "cat"]), TypeError, "the text 'cat'"),
    "fit, swapped": (lambda: fit(X=Y, y=X), ValueError, "takes 2 inputs, got 1"),
    "fit, a set": (lambda: fit(X=set(map(tuple, X))), TypeError, "a list with an entry for each row"),
    "fit, an optimiser's class": (lambda: fit(optimizer=optim.Adam), TypeError, "nn.optim.Adam(model.parameters())"),
    "fit, validation rows": (lambda: fit(validation=X), TypeError, "a pair (X, y)"),
    "fit, a softmax of a softmax": (
        lambda: fit(nn.MLP(2, [2], ["softmax"], seed=0), y=[0, 1, 1, 0], loss="cross_entropy"), ValueError, "leave out",
    ),
    "a state of another net": (lambda: net().load_state_dict(net(2, (4, 1)).state_dict()), KeyError, "not the parameters"),
    "a list for a state": (lambda: net().load_state_dict([1.0, 2.0]), TypeError, "a dict of numbers by name"),
    "accuracy, class 2 of 2": (lambda: metrics.accuracy([0.9], [2]), ValueError, "tells only the classes 0 to 1"),
    "accuracy, class 5 of 2": (lambda: metrics.accuracy([[0.9, 0.1]], [5]), ValueError, "tells only the classes 0 to 1"),
    "accuracy, class -3": (lambda: metrics.accuracy([0.9], [-3]), ValueError, "is no class"),
}  # fmt: skip


@walked(REFUSED)
def test_it_is_refused_with_the_way_out(written):
    """What would mean something else is an error of the kind that Python would raise, which says what to do."""
    attempt, kind, message = REFUSED[written]
    with pytest.raises(kind) as error:
        attempt()
    assert message in str(error.value)


def test_a_worksheet_of_a_bare_value_asks_for_a_name():
    """It has a name for each line."""
    with pytest.raises(TypeError, match="a name for each line"):
        ag.Worksheet(Value(2.0) ** 2)
