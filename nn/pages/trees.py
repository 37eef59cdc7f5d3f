"""Partial derivatives as little trees, which a page computes: the rules of the table, called on leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.graph import nodes
from autograd.operation import CONSTANT, Primitive
from autograd.value import Value
from nn.pages.page import plain


def partials_of(node: Value) -> list[Any]:
    """The partial derivatives of a node; those of an operation that a person adds are the numbers that they have here."""
    op, inputs = node.op, node.inputs
    assert op is not None
    if op.name not in op.built_in:
        return [plain(float(slope)) for slope in op.slopes(node.data, [x.data for x in inputs])]
    z, xs = Value(node.data), [Value(x.data) for x in inputs]
    slopes = op.slopes(z, [x.data if inner.op is CONSTANT else x for x, inner in zip(xs, inputs)])
    return [tree(slope, z, xs) for slope in slopes]


def tree_of(op: Primitive, n: int) -> list[Any]:
    """The partial derivatives of an operation on n inputs, whichever of them are plain numbers."""
    xs = [Value(0.5) for _ in range(n)]
    z = Value(op.value([x.data for x in xs]))
    return [tree(slope, z, xs) for slope in op.slopes(z, xs)]


def tree(y: Any, z: Value | None, xs: Sequence[Value]) -> Any:
    """A formula as a number, "z", "x0", "x1", ..., or [operation, operands]."""
    if not isinstance(y, Value):
        return plain(float(y))
    trees: dict[Value, Any] = {x: f"x{i}" for i, x in enumerate(xs)} | ({} if z is None else {z: "z"})
    for node in nodes(y):
        if node not in trees:
            operands = [trees[x] for x in node.inputs]
            trees[node] = [node.op.name, *operands] if node.inputs and node.op else plain(node.data)
    return trees[y]
