"""A module that computes in a way of its own, recorded from one example: a program over rows, of parameters in arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Value, compile
from autograd.calculus import flatten
from nn.module import Module, asked


def record(
    model: Module, example: Any, arrays: dict[str, Any], engine: str
) -> tuple[Callable[..., Any], tuple[int, ...], Any]:
    """f(theta, rows), where theta has the arrays one after the other; the shape of a row, and that of what comes out.

    model: what is called, and not as in training
    example: an input: numbers in lists, or an array
    arrays: the parameters, as arrays_of gives them
    engine: "torch" or "jax"

    Raises ValueError for outputs that are no array.
    """
    example = example.tolist() if hasattr(example, "tolist") else example
    x = _values(example)
    y = asked(model, x)
    if isinstance(y, tuple):
        raise ValueError(
            f"{model!r} gives {len(y)} things, and what is recorded gives one: let it return the one that is needed"
        )
    outputs = [each + 0.0 if each.op is None else each for each in flatten(y)]
    program = compile(outputs, list(flatten(x)), list(flatten(list(arrays.values()))))
    return program.function(engine, "values"), shape_of(x), shape_of(y)


def _values(example: Any) -> Any:
    return [_values(row) for row in example] if isinstance(example, (list, tuple)) else Value(float(example))


def shape_of(nested: Any) -> tuple[int, ...]:
    """How many, and how many in each of them. Raises ValueError where these differ."""
    if not isinstance(nested, (list, tuple)):
        return ()
    shapes = {shape_of(row) for row in nested}
    if len(shapes) != 1:
        raise ValueError(f"what is handed over takes and gives arrays, and here are rows of {len(shapes)} shapes")
    return (len(nested), *shapes.pop())
