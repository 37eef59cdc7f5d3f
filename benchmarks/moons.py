"""The two half moons of micrograd's demo: 100 points, an MLP 2-16-16-1 with relu, hinge loss + L2, one full-batch step.

    loss = (1/100) sum of relu(1 - y score)  +  1e-4 * sum of p^2 over the 337 parameters

A step is what a training loop does between two changes of the parameters: gradients to zero, loss, backward. It is written
for each library as its own users write it: for micrograd as in its demo; for chalkgrad with one node for each sum; for
xad number by number; for torch on whole tensors, the 100 points in one batch, which no scalar library can match.
"""

from __future__ import annotations

import importlib.util
import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from libraries import Chalkgrad, Micrograd, Torch, Xad

SIZES = [2, 16, 16, 1]
L2 = 1e-4
POINTS = 100

Points = list[list[float]]
Step = Callable[[], tuple[float, list[Any]]]


def make_data() -> tuple[Points, list[float], str]:
    """The points, their labels -1 and 1, and where they come from."""
    if importlib.util.find_spec("sklearn"):
        from sklearn.datasets import make_moons

        X, y = make_moons(POINTS, noise=0.1, random_state=1337)
        return X.tolist(), [2.0 * label - 1.0 for label in y.tolist()], "scikit-learn's make_moons"
    rng = random.Random(1337)
    points, labels = [], []
    for i in range(POINTS):
        angle, side = rng.uniform(0.0, math.pi), 1.0 if i % 2 else -1.0
        x, height = math.cos(angle), math.sin(angle)
        centre = (x, height) if side < 0.0 else (1.0 - x, 0.5 - height)
        points.append([c + rng.gauss(0.0, 0.1) for c in centre])
        labels.append(side)
    return points, labels, "two half circles with noise (scikit-learn is not installed)"


def make_parameters() -> list[float]:
    """Weights and bias neuron by neuron, as micrograd draws them: uniform from -1 to 1, biases 0."""
    rng = random.Random(1337)
    return [
        number
        for nin, nout in pairwise(SIZES)
        for _ in range(nout)
        for number in [*(rng.uniform(-1.0, 1.0) for _ in range(nin)), 0.0]
    ]


def step(library: Any, X: Points, y: list[float]) -> Step:
    """One step of this library, as a function that gives the loss and the parameters, which hold the gradient."""
    return {Chalkgrad: _chalkgrad, Micrograd: _micrograd, Xad: _xad, Torch: _torch}[type(library)](library, X, y)


def _chalkgrad(library: Chalkgrad, X: Points, y: list[float]) -> Step:
    from autograd import dot, mean
    from nn import MLP

    model = MLP(SIZES[0], SIZES[1:])
    parameters = _set(model.parameters(), make_parameters())

    def run() -> tuple[float, list[Any]]:
        model.zero_grad()
        scores = [model(x) for x in X]
        losses = [(1 - yi * score).relu() for yi, score in zip(y, scores)]
        loss = mean(losses) + L2 * dot(parameters, parameters)
        return library.backward(loss), parameters

    return run


def _micrograd(library: Micrograd, X: Points, y: list[float]) -> Step:
    from micrograd.engine import Value
    from micrograd.nn import MLP

    model = MLP(SIZES[0], SIZES[1:])
    parameters = _set(model.parameters(), make_parameters())

    def run() -> tuple[float, list[Any]]:
        model.zero_grad()
        scores = [model([Value(number) for number in x]) for x in X]
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = L2 * sum(p * p for p in model.parameters())
        return library.backward(data_loss + reg_loss), parameters

    return run


def _set(parameters: Sequence[Any], numbers: Sequence[float]) -> list[Any]:
    for p, number in zip(parameters, numbers, strict=True):
        p.data = number
    return list(parameters)


def _xad(library: Xad, X: Points, y: list[float]) -> Step:
    numbers = make_parameters()
    relu = library.relu

    def layers(parameters: list[Any]) -> list[list[tuple[list[Any], Any]]]:
        rest = iter(parameters)
        return [[([next(rest) for _ in range(nin)], next(rest)) for _ in range(nout)] for nin, nout in pairwise(SIZES)]

    def score(net: list[list[tuple[list[Any], Any]]], x: list[Any]) -> Any:
        for layer in net[:-1]:
            x = [relu(sum((w * xi for w, xi in zip(ws, x)), b)) for ws, b in layer]
        [(ws, b)] = net[-1]
        return sum((w * xi for w, xi in zip(ws, x)), b)

    def run() -> tuple[float, list[Any]]:
        parameters = library.variables(numbers)
        net = layers(parameters)
        losses = [relu(1.0 - yi * score(net, x)) for yi, x in zip(y, X)]
        loss = sum(losses) * (1.0 / len(losses)) + L2 * sum(p * p for p in parameters)
        return library.backward(loss), parameters

    return run


def _torch(library: Torch, X: Points, y: list[float]) -> Step:
    torch, linear, relu = library.torch, library.torch.nn.functional.linear, library.relu
    inputs, labels = torch.tensor(X, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    rest = iter(make_parameters())
    layers = [[[next(rest) for _ in range(nin + 1)] for _ in range(nout)] for nin, nout in pairwise(SIZES)]
    parameters = library.variables([part for rows in layers for part in ([w[:-1] for w in rows], [w[-1] for w in rows])])
    first, second, last = zip(parameters[::2], parameters[1::2], strict=True)

    def run() -> tuple[float, list[Any]]:
        for p in parameters:
            p.grad = None
        scores = linear(relu(linear(relu(linear(inputs, *first)), *second)), *last)[:, 0]
        loss = relu(1 - labels * scores).mean() + L2 * sum((p * p).sum() for p in parameters)
        return library.backward(loss), parameters

    return run


def gradient(library: Any, parameters: list[Any]) -> list[float]:
    """The gradient neuron by neuron, from whatever the library keeps its parameters in."""
    if not isinstance(library, Torch):
        return library.gradient(parameters)
    layers = zip(parameters[::2], parameters[1::2])
    rows = [row for W, b in layers for row in zip(W.grad.tolist(), b.grad.tolist(), strict=True)]
    return [slope for weights, bias in rows for slope in [*weights, bias]]
