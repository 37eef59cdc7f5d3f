"""A program as people write one who check their types: mypy --strict reads it with the packages, and the tests run it.

assert_type says what a checker sees; what is yielded beside it is what there really is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_type

import nn
from autograd import (
    FormulaError,
    Program,
    Value,
    clip,
    compile,
    elu,
    grad,
    gradient,
    label,
    leaky_relu,
    log,
    parse,
    sigmoid,
    value_and_grad,
)
from nn import losses


class Scale(nn.Module):
    """Takes a list, and gives one."""

    def __init__(self, n: int) -> None:
        self.weight = [Value(1.0) for _ in range(n)]

    def __call__(self, x: list[Value]) -> list[Value]:
        return [w * each for w, each in zip(self.weight, x)]


class Line(nn.Module):
    """Takes a number, and an option."""

    def __init__(self) -> None:
        self.slope, self.offset = Value(2.0), Value(1.0)

    def __call__(self, x: float, *, times: int = 1) -> Value:
        return (self.slope * x + self.offset) * times


def f(x: Value) -> Value:
    """A function of one number."""
    return x**3 + sigmoid(x) * log(x)


def bend(x: Value | float) -> Value | float:
    """Of either it gives the same kind."""
    return clip(leaky_relu(elu(x)), -1.0)


def said_and_true() -> Iterator[tuple[object, type]]:
    """Each value, and the type that checkers are told."""
    w, x = Value(0.5), Value(2.0)
    y = w * x + 1.0
    label(w=w, x=x, y=y)
    y.backward()
    yield assert_type(w.grad, float), float
    yield assert_type(gradient(y, w, x), list[Value]), list
    yield assert_type(grad(f)(2.0), float), float
    yield assert_type(grad(f)(x), Value), Value
    yield assert_type(grad(grad(f))(2.0), float), float
    yield assert_type(value_and_grad(f)(2.0), tuple[float, float]), tuple
    yield assert_type(sigmoid(0.5), float), float
    yield assert_type(sigmoid(x).exp(), Value), Value
    yield assert_type(elu(x).leaky_relu().clip(0.0, 1.0), Value), Value
    yield assert_type(bend(0.5), Value | float), float
    yield assert_type(Scale(2)([w, x]), list[Value]), list
    yield assert_type(Line()(0.5, times=2), Value), Value
    yield assert_type(nn.Neuron(2)([0.5, x]), Value), Value
    yield assert_type(losses.mse(y, 1.0), Value), Value
    yield assert_type(losses.mse([0.5, 1.0], [1.0, 1.0]), float), float
    yield assert_type(losses.cross_entropy([w, x], 1, reduction="sum"), Value), Value
    yield assert_type(losses.huber(y, 1.0, delta=0.5), Any), Value
    yield assert_type(compile(y, [x], [w]), Program), Program
    model = nn.MLP(2, [3, 1], seed=0)  # one output comes bare, several in a list: no type says which
    history = nn.fit(model, [[0.0, 1.0]], [1.0], epochs=1, progress=False, compiled=False)
    yield assert_type(history.loss, list[float]), list
    try:
        parse("sigmod(x)")
    except FormulaError as error:
        yield assert_type(error, FormulaError), ValueError
