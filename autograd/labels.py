"""Names for Values: those of the variables that hold them."""

from __future__ import annotations

from autograd.operation import CONSTANT
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def label(names: dict[str, Any] | None = None, /, **values: Any) -> None:
    """Name Values after the variables that hold them.

    values: label(w1=w1, x1=x1) sets these labels, whatever they were
    names: label(locals()) names every Value that has no label yet, passing over names that begin with an underscore

    A list of Values gets numbered labels, from 1 on: ws gives ws_1, ws_2; a list of lists two indices, W_12.

    >>> from autograd import Value, label
    >>> a = Value(2.0); b = a * 3
    >>> label(a=a, product=b)
    >>> b
    Value(6.0, label="product")
    >>> W = [[Value(1.0), Value(2.0)]]
    >>> label(W=W)
    >>> W[0][1].label
    'W_12'

    Raises TypeError for a keyword that holds neither a Value nor a list of Values.
    """
    for name, item in (names or {}).items():
        if not name.startswith("_"):
            for ending, value in _values_in(item):
                if not value.label and value.op is not CONSTANT:
                    value.label = name + ending
    for name, item in values.items():
        found = list(_values_in(item))
        if not found:
            raise TypeError(f"label({name}=...) takes a Value or a list of Values, not {item!r}")
        for ending, value in found:
            value.label = name + ending


def _values_in(item: Any, indices: tuple[int, ...] = ()) -> Iterable[tuple[str, Value]]:
    if isinstance(item, Value):
        yield (f"_{subscript(indices)}" if indices else ""), item
    elif isinstance(item, (list, tuple)) and len(indices) < 3:
        for i, inner in enumerate(item, start=1):
            yield from _values_in(inner, (*indices, i))


def subscript(indices: Iterable[int]) -> str:
    """Indices as they stand in a label: 112, or 1,10,2 as soon as one has two digits."""
    digits = [str(i) for i in indices]
    return ("" if max(map(len, digits), default=0) < 2 else ",").join(digits)
