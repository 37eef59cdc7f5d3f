"""`Neuron`, `Layer`, `MLP`: the nets, few nodes each.

A neuron is two nodes of the graph, as on the page: its net a = w·x + b is one n-ary dot node, its activation h = g(a) the
other. A layer is a list of neurons, a multilayer perceptron a list of layers. Parameters are named as in the lecture notes:
w_{kij} is the weight in layer k of neuron i for input j, b_{ki} its bias, all counted from 1.

micrograd's spelling works too: MLP(2, [16, 16, 1]), nonlin=True, hidden layers ReLU and the last one linear, a single output
bare, weights from random.uniform(-1, 1) in the order of the neurons, biases 0.

Sources of the initialisations: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks
(2010); He et al., Delving deep into rectifiers (2015).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from autograd import PRIMITIVES, Primitive, Value, dot, log_softmax, softmax
from autograd.graph import nodes
from autograd.interop.conversions import number
from autograd.labels import subscript
from autograd.value import lift
from nn.arguments import counted, generator, whole
from nn.module import Module

Activation: TypeAlias = "str | Callable[[Value], Value]"
Initialisation: TypeAlias = "str | Callable[[int, int], float]"

SCALAR_ACTIVATIONS: dict[str, Callable[[Value], Value] | None] = {
    "linear": None,
    **{name: PRIMITIVES[name] for name in ("relu", "sigmoid", "tanh", "softplus", "gelu", "silu", "sin", "exp", "abs")},
    "leaky_relu": Value.leaky_relu,
    "elu": Value.elu,
}
VECTOR_ACTIVATIONS: dict[str, Callable[[Iterable[Value | float]], list[Any]]] = {
    "softmax": softmax,
    "log_softmax": log_softmax,
}


TORCH = {  # what activations are called in PyTorch
    "linear": "Identity", "relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "silu": "SiLU",
    "gelu": "GELU", "elu": "ELU", "leaky_relu": "LeakyReLU", "softmax": "Softmax", "log_softmax": "LogSoftmax",
}  # fmt: skip


class Neuron(Module):
    """g(w·x + b), one output.

    nin: how many inputs it takes
    nonlin: the activation, or micrograd's way to say "relu" (True) or "linear" (False)
    activation: "linear", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh", "sin", "exp" or "abs",
        or a function of one Value
    init: "uniform" between -1 and 1, "xavier" (uniform, variance 2 / (nin + nout)), "he" (normal, variance 2 / nin),
        or a function of (nin, nout) that gives one weight; biases start at 0
    bias: whether there is a b
    seed: a number that makes the weights repeatable; without it they come from the module random, and random.seed rules

    Calling it on a list of nin numbers or Values gives a Value. Raises ValueError for another number of inputs, and for an
    activation that is none, with the names of those there are; TypeError for two activations.

    In PyTorch: a torch.nn.Linear with one output, and an activation.

    >>> import nn
    >>> neuron = nn.Neuron(2, activation="sigmoid", seed=0)
    >>> neuron.w[0].data, neuron.w[1].data = 0.5, -1.0
    >>> neuron, neuron([2.0, 1.0])
    (Neuron(2 → 1, sigmoid; 3 parameters), Value(0.5))
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool | Activation = True,
        *,
        activation: Activation | None = None,
        init: Initialisation = "uniform",
        bias: bool = True,
        seed: int | None = None,
        _layer: tuple[int, random.Random | Any, tuple[int, ...]] | None = None,
    ) -> None:
        if not isinstance(bias, bool):
            raise TypeError(f"bias says whether there is one, True or False, not {bias!r}: its numbers are biases")
        nout, rng, self._index = _layer or (1, generator(seed), ())
        draw = _drawing(init, rng, whole(nin, "the number of inputs"), nout)
        self.activation, self._function = scalar_activation(_chosen(nonlin, activation))
        self._names = [self._name("w", j) for j in range(1, nin + 1)]
        self.w = [Value(draw(), label=name) for name in self._names]
        self.b = Value(0.0, label=self._name("b")) if bias else None

    def _name(self, letter: str, *j: int) -> str:
        indices = (*self._index, *j)
        return f"{letter}_{subscript(indices)}" if indices else letter

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        if len(self._names) != len(self.w):  # somebody has changed the list
            self._names = [self._name("w", j) for j in range(1, len(self.w) + 1)]
        yield from zip(self._names, self.w)
        if self.b is not None:
            yield self._name("b"), self.b
        if type(self) is not Neuron:  # a subclass may have more
            yield from (each for each in super().named_parameters() if each[1] not in (*self.w, self.b))

    def net(self, x: Sequence[Value | float]) -> Value:
        """a = w·x + b, before the activation.

        x: as many numbers or Values as the neuron has inputs, else ValueError
        """
        if len(x) != len(self.w):
            raise ValueError(f"{self!r} takes {len(self.w)} inputs, got {len(x)}")
        return lift(dot(self.w, x, 0.0 if self.b is None else self.b))

    def __call__(self, x: Sequence[Value | float]) -> Value:
        return self._output(_inputs(x))

    def _output(self, x: Sequence[Value | float]) -> Value:
        a = self.net(x)
        return a if self._function is None else self._function(a)

    def __repr__(self) -> str:
        return f"Neuron({len(self.w)} → 1, {self.activation}; {counted(len(self.w) + (self.b is not None), 'parameter')})"


class Layer(Module):
    """nout neurons on the same inputs: h = g(W x + b), W of shape (nout, nin).

    nin, nout: how many inputs and outputs
    activation: as for Neuron, or "softmax" or "log_softmax", which act on all outputs together
    weights, biases: numbers to start from instead of init, nout rows of nin, and nout
    nonlin, init, bias, seed: as for Neuron

    `W` and `b` show the numbers of weights and biases as a matrix and a vector, and set them.
    Calling it on a list of nin numbers or Values gives a list of nout Values, or the Value itself for a single one.

    In PyTorch: torch.nn.Linear, and an activation.

    >>> import nn
    >>> layer = nn.Layer(2, 2, activation="relu", weights=[[1.0, 2.0], [3.0, -4.0]], biases=[0.5, 0.0])
    >>> layer, layer([1.0, 1.0])
    (Layer(2 → 2, relu; 6 parameters), [Value(3.5), Value(0.0)])
    >>> layer.b = [0.5, 2.0]
    >>> layer([1.0, 1.0])[1]
    Value(1.0)
    """

    _unprefixed = ("neurons",)

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool | Activation = True,
        *,
        activation: Activation | None = None,
        init: Initialisation = "uniform",
        bias: bool = True,
        seed: int | None = None,
        weights: Sequence[Sequence[float]] | None = None,
        biases: Sequence[float] | None = None,
        _net: tuple[random.Random | Any, int] | None = None,
    ) -> None:
        rng, k = _net or (generator(seed), 0)
        chosen = _chosen(nonlin, activation)
        together = acts_on_all(chosen)
        self._together = VECTOR_ACTIVATIONS[together] if together else None
        own: Activation = "linear" if together else chosen
        self.nin = whole(nin, "the number of inputs")
        self.neurons = [
            Neuron(nin, own, init=init, bias=bias, _layer=(nout, rng, (k, i) if k else (i,)))
            for i in range(1, whole(nout, "the number of outputs") + 1)
        ]
        self.activation = together or self.neurons[0].activation
        if weights is not None:
            self.W = weights
        if biases is not None:
            self.b = biases

    @property
    def W(self) -> Sequence[Sequence[float]]:
        """The weights as nout rows of nin numbers; setting them takes such rows, else ValueError."""
        return [[w.data for w in neuron.w] for neuron in self.neurons]

    @W.setter
    def W(self, rows: Sequence[Sequence[float]]) -> None:
        matrix = [_numbers(row, "a row of W") for row in _numbers(rows, "W", rows=True)]
        if [len(row) for row in matrix] != [self.nin] * len(self.neurons):
            shape = f"{len(matrix)} rows of {', '.join(sorted({str(len(row)) for row in matrix})) or 'nothing'}"
            raise ValueError(f"W of this layer has {len(self.neurons)} rows of {self.nin} numbers, got {shape}")
        for neuron, row in zip(self.neurons, matrix):
            for w, data in zip(neuron.w, row):
                w.data = data

    @property
    def b(self) -> Sequence[float]:
        """The biases, nout numbers, none for a layer without; setting them takes as many, else ValueError."""
        return [neuron.b.data for neuron in self.neurons if neuron.b is not None]

    @b.setter
    def b(self, numbers: Sequence[float]) -> None:
        vector = _numbers(numbers, "b")
        if len(vector) != len(self.b):
            raise ValueError(f"b of this layer has {len(self.b)} numbers, got {len(vector)}")
        for neuron, data in zip(self.neurons, vector):
            if neuron.b is not None:
                neuron.b.data = data

    def __call__(self, x: Sequence[Value | float] | Value | float) -> Any:
        return self._outputs(x)

    def _outputs(self, x: Sequence[Value | float] | Value | float) -> Any:
        inputs = _inputs(x)
        if len(inputs) != self.nin:
            raise ValueError(f"{self!r} takes {self.nin} inputs, got {len(inputs)}")
        outputs = [neuron._output(inputs) for neuron in self.neurons]
        if self._together is not None:
            outputs = self._together(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return f"Layer({self.nin} → {len(self.neurons)}, {self.activation}; {counted(len(self.parameters()), 'parameter')})"


class MLP(Module):
    """A multilayer perceptron: layers in a row, each on the outputs of the one before.

    nin: how many inputs it takes
    nouts: how many neurons each layer has, [16, 16, 1]
    activation: for the hidden layers, the last one being linear; or a list with one for every layer
    weights, biases: numbers to start from, a matrix and a vector for every layer
    init, bias, seed: as for Neuron

    Calling it on a list of nin numbers or Values gives the outputs of the last layer:
    a list of Values, or the Value itself for a single one.

    >>> import nn
    >>> nn.MLP(2, [16, 16, 1])
    MLP(2 → 16 → 16 → 1, relu, relu, linear; 337 parameters)
    >>> nn.MLP(2, [1], weights=[[[0.5, -1.0]]], biases=[[2.0]])([3.0, 1.0])
    Value(2.5)
    """

    _unprefixed = ("layers",)

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation | Sequence[Activation] = "relu",
        *,
        init: Initialisation = "uniform",
        bias: bool = True,
        seed: int | None = None,
        weights: Sequence[Sequence[Sequence[float]]] | None = None,
        biases: Sequence[Sequence[float]] | None = None,
    ) -> None:
        nouts = _sizes(nin, nouts, activation)
        n = len(nouts)
        if isinstance(activation, str) or not isinstance(activation, Sequence):
            if not acts_on_all(activation):
                scalar_activation(activation)  # one that there is, also where no layer is hidden
            activations: list[Activation] = [activation] * (n - 1) + ["linear"]
        else:
            activations = list(activation)
        for what, given in (("activation", activations), ("weights", weights), ("biases", biases)):
            if given is not None and len(given) != n:
                raise ValueError(f"{what} of an MLP with {n} layers is a list of {n}, got {len(given)}")
        rng = generator(seed)
        self.layers = [
            Layer(
                before,
                nout,
                activation=activations[k],
                init=init,
                bias=bias,
                weights=weights[k] if weights is not None else None,
                biases=biases[k] if biases is not None else None,
                _net=(rng, k + 1),
            )
            for k, (before, nout) in enumerate(zip([nin, *nouts], nouts))
        ]

    def __call__(self, x: Sequence[Value | float] | Value | float) -> Any:
        for layer in self.layers:
            x = layer._outputs(x)
        return x

    def label_nodes(self, *outputs: Value) -> None:
        """Label what the neurons computed on the way to these outputs: net inputs a_{ki}, activations h_{ki}.

        outputs: what the net gave

        A label that is there already stays. Nodes carry no names until they are asked for: it would slow down every run.

        >>> import nn
        >>> model = nn.MLP(1, [2, 1], seed=0)
        >>> y = model([1.0])
        >>> model.label_nodes(y)
        >>> y.label, [x.label for x in y.inputs]
        ('a_21', ['w_211', 'w_212', 'h_11', 'h_12', 'b_21'])
        """
        owners = {neuron.w[0]: neuron for layer in self.layers for neuron in layer.neurons}
        nets: dict[Value, Neuron] = {}
        for node in nodes(*outputs):
            first = node.inputs[0] if node.inputs else node
            if first in owners:
                nets[node] = owners[first]
                node.label = node.label or owners[first]._name("a")
            elif first in nets and nets[first].activation != "linear":
                node.label = node.label or nets[first]._name("h")

    def __repr__(self) -> str:
        sizes = " → ".join(map(str, [self.layers[0].nin, *(len(layer.neurons) for layer in self.layers)]))
        activations = ", ".join(layer.activation for layer in self.layers)
        return f"MLP({sizes}, {activations}; {counted(len(self.parameters()), 'parameter')})"


def _inputs(x: Any) -> list[Value]:
    """Numbers become constants here, once, and not in every neuron."""
    if isinstance(x, (dict, set, frozenset)):
        raise TypeError(f"a net takes its inputs in order, in a list, and not in a {type(x).__name__}")
    if isinstance(x, Value) or not hasattr(x, "__iter__") or isinstance(x, str):
        return [lift(x)]
    try:
        return [each if each.__class__ is Value else lift(each) for each in x]
    except TypeError as error:
        if isinstance(x, (list, tuple)) and isinstance(x[0], (list, tuple)):
            raise TypeError("a net takes one row at a time: [model(x) for x in X]") from None
        if getattr(x, "ndim", 1) == 2:
            raise TypeError(
                f"a net takes one row at a time, [model(x) for x in X], and no {type(x).__name__} of rows"
            ) from None
        raise error


def _drawing(init: Initialisation, rng: Any, nin: int, nout: int) -> Callable[[], float]:
    """What draws a weight."""
    if callable(init):
        given = init
        return lambda: number(given(nin, nout))
    bound, deviation = math.sqrt(6.0 / (nin + nout)), math.sqrt(2.0 / nin)
    ways: dict[str, Callable[[], float]] = {
        "uniform": lambda: float(rng.uniform(-1, 1)),
        "xavier": lambda: float(rng.uniform(-bound, bound)),
        "he": lambda: float(rng.gauss(0.0, deviation)),
    }
    if init not in ways:
        raise ValueError(f"no initialisation {init!r}: there are {', '.join(ways)}, or pass a function")
    return ways[init]


def _chosen(nonlin: bool | Activation, activation: Activation | None) -> Activation:
    """The one activation that was given, in micrograd's place for it or by its name."""
    if activation is None:
        return ("relu" if nonlin else "linear") if isinstance(nonlin, bool) else nonlin
    if nonlin is not True:
        raise TypeError(f"two activations, {nonlin or 'linear'!r} and {activation!r}: give one")
    return activation


def acts_on_all(activation: Activation) -> str:
    """The name of an activation that acts on all outputs of a layer; "" for any other."""
    return next((name for name, f in VECTOR_ACTIVATIONS.items() if activation in (name, f)), "")


def scalar_activation(activation: Activation) -> tuple[str, Callable[[Value], Value] | None]:
    """An activation of one number, with its name; None for linear. Raises ValueError for a name that there is not."""
    if callable(activation):
        name = activation.name if isinstance(activation, Primitive) else getattr(activation, "__name__", "function")
        return name, activation
    if not isinstance(activation, str) or activation not in SCALAR_ACTIVATIONS:
        names = ", ".join([*SCALAR_ACTIVATIONS, *VECTOR_ACTIVATIONS])
        raise ValueError(f"no activation {activation!r}: there are {names} (the last two for layers), or pass a function")
    return activation, SCALAR_ACTIVATIONS[activation]


def _sizes(nin: Any, nouts: Any, third: Any) -> list[int]:
    if isinstance(nouts, int):
        if isinstance(third, int) and not isinstance(third, bool):
            raise TypeError(f"the sizes of an MLP's layers stand in one list: MLP({nin}, [{nouts}, {third}])")
        return [nouts]
    if isinstance(nouts, (str, dict, set)) or not hasattr(nouts, "__iter__"):
        raise TypeError(f"an MLP takes the sizes of its layers in a list, as in MLP(2, [16, 16, 1]), not {nouts!r}")
    sizes = list(nouts)
    if not sizes:
        raise ValueError("an MLP has at least one layer: MLP(2, [16, 16, 1]) has three")
    return sizes


def _numbers(given: Any, what: str, rows: bool = False) -> list[Any]:
    if isinstance(given, (str, dict, set)) or not hasattr(given, "__iter__"):
        raise TypeError(f"{what} of a layer is a list of {'rows' if rows else 'numbers'}, not {given!r}")
    return list(given) if rows else [number(x) for x in given]
