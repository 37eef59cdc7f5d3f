"""Names for Values: those of the variables that hold them, and those by which what made them calls them.

A label is what a person calls a Value. What a module computes on its way, such as the q, k and v of attention, has no
variable in anybody's program, and a name all the same: `Names` writes it beside the node, where no label is touched and no
attribute of anybody's can be, and a derivation takes it where there is no label.
"""

from __future__ import annotations

from autograd.operation import CONSTANT
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

SUGGESTED = "called by its maker"


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

    Raises TypeError for a keyword that holds neither a Value nor a list of Values, and for a Value without one.
    """
    if names is not None and not hasattr(names, "items"):
        raise TypeError(f"label takes names: label(y=y), or label(locals()), not {names!r}")
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


class Names:
    """The names that one call of a module gives to what it computes.

    above: what stands above them, such as ^{(2)} for those of the second block

    >>> from autograd import Value
    >>> from autograd.labels import Names, suggested
    >>> rows = Names("^{(2)}").give([Value(2.0) * 3, Value(4.0) * 5], "q", 1)
    >>> [suggested(value) for value in rows], rows[0].label
    (['q^{(2)}_11', 'q^{(2)}_12'], '')
    """

    __slots__ = ("above",)

    def __init__(self, above: str = "") -> None:
        self.above = above

    def give(self, item: Any, letter: str, *indices: int) -> Any:
        """Say what computed Values are called by what made them, where nobody labels them; give them back.

        item: a Value, or lists of them, whose places follow the indices
        """
        if item.__class__ is Value:
            if item.inputs:
                item.__dict__[SUGGESTED] = (self, letter, indices), 0
        elif item.__class__ is list and item:
            if item[0].__class__ is Value:  # in every forward pass of a net: the names are put together when they are read
                every = self, letter, indices
                for i, value in enumerate(item, start=1):
                    if value._first is not None:  # a computed one, read from the slot
                        value.__dict__[SUGGESTED] = every, i
            else:
                for i, inner in enumerate(item, start=1):
                    self.give(inner, letter, *indices, i)
        return item


def suggested(value: Value, number: str = "") -> str:
    """What a Value is called by what made it; nothing, if that says nothing.

    number: of the call that made it, where there are several
    """
    stem, indices = suggested_parts(value, number)
    return f"{stem}_{subscript(indices)}" if indices else stem


def suggested_parts(value: Value, number: str = "") -> tuple[str, tuple[int, ...]]:
    """What a Value is called by what made it: the stem and the indices."""
    call, letter, indices, i = _read(value)
    if call is None:
        return "", ()
    above = call.above[:-1] + number + "}" if call.above and number else f"^{{{number}}}" if number else call.above
    return letter + above, (*indices, i) if i else indices


def call_of(value: Value) -> Names | None:
    """The call of a module that gave a Value its name; None where there is none."""
    return _read(value)[0]


def _read(value: Value) -> tuple[Names | None, str, tuple[int, ...], int]:
    found = value.__dict__.get(SUGGESTED) if value.inputs else None
    return (None, "", (), 0) if found is None else (*found[0], found[1])


def subscript(indices: Iterable[int | str]) -> str:
    """Indices as they stand in a label: 112, or 1,10,2 as soon as one has two digits."""
    digits = [str(i) for i in indices]
    return ("" if max(map(len, digits), default=0) < 2 else ",").join(digits)
