"""What help() says of an operation, made from its row of the table.

A row states a sentence and the points at which it is worth a look: one where the function is ordinary, and those where it
has a convention, a kink or the end of its domain. All else follows from the row: its inputs have the names that its partials
give them, the slopes are the partials on leaves that wear these names, and the numbers are computed on the spot.
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Container
from contextvars import Context
from typing import Any

from autograd.calculus import gradient
from autograd.formula.page import Page
from autograd.formula.writing import write_formula
from autograd.operation import Primitive
from autograd.value import Value, constant


def describe_operation(op: Primitive, public: Container[str]) -> str:
    """The docstring of an operation; its sentence alone, where the row names no points.

    public: what the examples may import from autograd
    """
    return Context().run(_describe, op, public) if op.points else op.doc  # whatever block of no_grad it is asked for in


def _describe(op: Primitive, public: Container[str]) -> str:
    points = [point if isinstance(point, tuple) else (point,) for point in op.points]
    examples = [line for i, point in enumerate(points) for line in _write_example(op, point, public if i == 0 else None)]
    return "\n".join([op.doc, "", _write_slopes(op, points[0]), "", *examples])


def names_of(op: Primitive) -> list[str]:
    """What the inputs of an operation with a fixed number of them are called: as its partials call them."""
    for partial in op.partials:
        if inspect.isfunction(partial) and len(names := list(inspect.signature(partial).parameters)) == len(op.partials) + 1:
            return names[1:]
    n = len(op.partials)
    return list("xyzt"[:n]) if n <= 4 else [f"x_{i}" for i in range(1, n + 1)]


def _write_slopes(op: Primitive, point: tuple[float, ...]) -> str:
    """Its partial derivatives, as formulas."""
    names = names_of(op)
    xs = [Value(x, name) for x, name in zip(point, names, strict=True)]
    call = f"{op.name}({', '.join(names)})"
    page = Page()
    z = op(*xs)
    page.write(z)
    slopes = [page.take_in(slope if isinstance(slope, Value) else constant(slope)) for slope in op.slopes(z, xs)]
    d = "∂" if len(xs) > 1 else "d"
    text = " and ".join(f"{d}/{d}{x.label} {call} = {write_formula(slope)[0]}" for x, slope in zip(xs, slopes))
    told = ", where a bracket [ ] is 1 if what it says is true, else 0" if "[" in text else ""
    beginning = "Its slopes are" if len(xs) > 1 else "Its slope is"
    return f"{beginning} {text}{told}."


def _write_example(op: Primitive, point: tuple[float, ...], public: Container[str] | None) -> list[str]:
    """Value and slopes at one point, as lines of a session."""
    names = ", ".join(names_of(op))
    numbers = ", ".join(f"Value({x!r})" for x in point)
    call = f"{op.name}({names})"
    imported = ["Value", "gradient"]
    if op.name in (public or ()) and not hasattr(builtins, op.name):
        imported.append(op.name)
    xs = [Value(x) for x in point]
    z: Any = op(*xs)
    return [
        *([f">>> from autograd import {', '.join(sorted(imported))}"] if public is not None else []),
        f">>> {names} = {numbers}",
        f">>> {call}, gradient({call}, {names})",
        repr((z, gradient(z, *xs))),
    ]
