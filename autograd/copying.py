"""Graphs copied and pickled, without ever recursing into one."""

from __future__ import annotations

import threading

from autograd.graph import nodes
from autograd.value import Value, new, operands, with_siblings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from autograd.operation import Primitive


def _reduce(self: Value) -> tuple[Any, ...]:
    behind = _Behind(self) if self.inputs and not _flattening.on else None
    attributes = {name: x for name, x in self.__dict__.items() if name.isidentifier()}  # not what escapes.py has noted
    return _revive, (behind, self.data, self.grad, self.op, self.inputs), attributes or None


class _Flattening(threading.local):
    on = False


_flattening = _Flattening()


class _Behind:
    """Everything a node was computed from, handed to pickle or copy one by one, inputs first.

    Each node then finds its inputs done already, and what softmax took the largest of, so that neither ever recurses into
    a graph; and since they are handed over as themselves, a parameter that is pickled along with a loss is still one object
    when both come back.
    """

    def __init__(self, node: Value) -> None:
        self.node = node

    def __iter__(self) -> Iterator[Value]:
        _flattening.on = True
        try:
            yield from with_siblings(nodes(self.node))[:-1]
        finally:
            _flattening.on = False

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, iter(self)


def _revive(behind: object, data: float, grad: float, op: Primitive | None, inputs: tuple[Value, ...]) -> Value:
    node: Value = new(Value)
    node.data, node.grad, node.op = data, grad, op
    node._first, node._second = operands(op, inputs)
    return node


Value.__reduce__ = _reduce  # type: ignore[assignment, method-assign]
