"""A GPT in plain Python, for numbers of any class that has + · ** exp log relu; and the class that such programs have.

In February 2026 A. Karpathy's microgpt showed that a GPT fits on a page with its engine. This is our own writing of that
kind of program, to compare with: parameters are lists of lists, each product and each sum is a number of its own, a letter
is looked up in a list, and Adam goes over `p.data` and `p.grad`. `Number` is the kind of class that it brings along: a node
keeps what it was computed from, and the slope in each; it makes no reference cycles.

    embedding of the letter + of the place → norm → layers × (norm → attention → +, norm → up → relu → down → +) → scores
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from math import exp, log, sqrt
from typing import Any, NamedTuple

EPS = 1e-5  # in the norms


class Shape(NamedTuple):
    """How large a GPT is; microgpt's own size by default."""

    width: int = 16
    heads: int = 4
    layers: int = 1
    positions: int = 16
    letters: int = 27

    def matrices(self) -> Iterator[tuple[int, int]]:
        """The sizes of its matrices, in the order of nn.GPT's parameters."""
        w = self.width
        yield self.letters, w
        yield self.positions, w
        for _ in range(self.layers):
            yield from [(w, w)] * 4
            yield 4 * w, w
            yield w, 4 * w
        yield self.letters, w


def parted(flat: Any, sizes: Iterable[tuple[int, int]]) -> list[Any]:
    """A flat list or array, cut where the matrices begin and end that stand in it one behind the other."""
    parts, at = [], 0
    for rows, columns in sizes:
        parts.append(flat[at : at + rows * columns])
        at += rows * columns
    return parts


class Number:
    """A node: its value, what it was computed from, the slope in each of these, and the gradient once it is known."""

    __slots__ = "data", "grad", "inputs", "slopes"

    def __init__(self, data: float, inputs: Sequence[Number] = (), slopes: Sequence[float] = ()) -> None:
        self.data, self.grad, self.inputs, self.slopes = data, 0.0, inputs, slopes

    def __add__(self, other: Any) -> Number:
        other = as_number(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Number:
        other = as_number(other)
        return Number(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> Number:
        return Number(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self) -> Number:
        e = exp(self.data)
        return Number(e, (self,), (e,))

    def log(self) -> Number:
        return Number(log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Number:
        return Number(max(self.data, 0.0), (self,), (float(self.data > 0.0),))

    def __neg__(self) -> Number:
        return self * -1.0

    def __sub__(self, other: Any) -> Number:
        return self + other * -1.0

    def __truediv__(self, other: Any) -> Number:
        return self * (other**-1)

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        order: list[Number] = []
        seen: set[Number] = set()

        def visit(node: Number) -> None:
            if node not in seen:
                seen.add(node)
                for each in node.inputs:
                    visit(each)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for each, slope in zip(node.inputs, node.slopes):
                each.grad += slope * node.grad


def as_number(x: Any) -> Number:
    return x if isinstance(x, Number) else Number(float(x))


# ---------------------------------------------------------------------------------------------------------- the program


def read(shape: Shape, parameters: Sequence[Any]) -> list[list[list[Any]]]:
    """The parameters as matrices: lists of rows."""
    parts = zip(parted(parameters, shape.matrices()), shape.matrices())
    return [[list(part[i : i + columns]) for i in range(0, len(part), columns)] for part, (_, columns) in parts]


def linear(W: list[list[Any]], x: list[Any]) -> list[Any]:
    return [sum(w * each for w, each in zip(row, x)) for row in W]


def norm(x: list[Any]) -> list[Any]:
    scale = (sum(each * each for each in x) * (1.0 / len(x)) + EPS) ** -0.5
    return [each * scale for each in x]


def softmax(x: list[Any]) -> list[Any]:
    largest = max(each.data for each in x)
    powers = [(each - largest).exp() for each in x]
    whole = sum(powers)
    return [each / whole for each in powers]


def loss(shape: Shape, parameters: Sequence[Any], tokens: Sequence[int], targets: Sequence[int]) -> Any:
    """The mean of -log of the share that each next letter is given."""
    letters, places, *rest, head = read(shape, parameters)
    blocks = [rest[i : i + 6] for i in range(0, len(rest), 6)]
    before: list[list[tuple[list[Any], list[Any]]]] = [[] for _ in blocks]  # key and value of each place so far
    losses = []
    for token, place, target in zip(tokens, count(), targets):
        x = norm([a + b for a, b in zip(letters[token], places[place])])
        for block, seen in zip(blocks, before):
            x = layer(shape, block, seen, x)
        losses.append(-softmax(linear(head, x))[target].log())
    return sum(losses) * (1.0 / len(losses))


def layer(shape: Shape, block: Sequence[Any], seen: list[tuple[list[Any], list[Any]]], x: list[Any]) -> list[Any]:
    Q, K, V, out, up, down = block
    y = norm(x)
    q = linear(Q, y)
    seen.append((linear(K, y), linear(V, y)))
    d = shape.width // shape.heads
    mixed: list[Any] = []
    for i in range(0, shape.width, d):
        fits = [sum(a * b for a, b in zip(q[i : i + d], k[i : i + d])) * (1.0 / sqrt(d)) for k, _ in seen]
        shares = softmax(fits)
        mixed += [sum(share * v[j] for share, (_, v) in zip(shares, seen)) for j in range(i, i + d)]
    x = [a + b for a, b in zip(x, linear(out, mixed))]
    hidden = [each.relu() for each in linear(up, norm(x))]
    return [a + b for a, b in zip(x, linear(down, hidden))]


class PlainAdam:
    """Adam over numbers, one by one. Source: Kingma and Ba, Adam: a method for stochastic optimization (2015)."""

    def __init__(self, parameters: Sequence[Any], rate: float) -> None:
        self.parameters, self.rate, self.steps = parameters, rate, 0
        self.m, self.v = [0.0] * len(parameters), [0.0] * len(parameters)

    def step(self) -> None:
        self.steps += 1
        m, v = self.m, self.v
        first, second = 1.0 - 0.9**self.steps, 1.0 - 0.999**self.steps
        for i, p in enumerate(self.parameters):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.999 * v[i] + 0.001 * p.grad**2
            p.data -= self.rate * (m[i] / first) / ((v[i] / second) ** 0.5 + 1e-8)
            p.grad = 0.0
