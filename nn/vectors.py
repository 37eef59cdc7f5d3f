"""What modules over vectors have in common: lists in, lists out, a seed for the numbers to start from, names for them.

A vector is a list of Values or plain numbers. A list of vectors, such as one for each letter of a text, is gone through one
by one, as PyTorch does with all dimensions but the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value
from autograd.labels import subscript
from autograd.value import constant, lift
from nn.module import Module


class VectorModule(Module):
    """A module that makes a vector of a vector, and a list of vectors of a list of vectors. A subclass defines `vector`.

    >>> from autograd import Value
    >>> from nn.vectors import VectorModule
    >>> class Reversed(VectorModule):
    ...     width = 2
    ...     def vector(self, x):
    ...         return x[::-1]
    >>> Reversed()([Value(1.0), Value(2.0)]), len(Reversed()([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    ([Value(2.0), Value(1.0)], 3)
    """

    width: int | None = None  # how many numbers a vector has; None where any number will do

    def vector(self, x: list[Value]) -> list[Value]:
        """The output for one vector.

        x: as many Values as the width says; plain numbers have become constants
        """
        raise NotImplementedError(f"{type(self).__name__} defines no vector(x), what it makes of one vector")

    def __call__(self, x: Sequence[Any]) -> Any:
        if is_rows(x):
            return [self(row) for row in x]
        return self.vector(as_vector(x, self.width, self))


def is_rows(x: Any) -> bool:
    """Whether this is a list of vectors, rather than one."""
    return hasattr(x, "__len__") and len(x) > 0 and all(hasattr(row, "__len__") for row in x)


def as_vector(x: Any, width: int | None, module: Module) -> list[Value]:
    """A vector as Values: TypeError for what is none, ValueError for one of another width than a module takes."""
    if isinstance(x, Value) and width == 1:
        return [x]
    if isinstance(x, (Value, str, bytes, dict, set)) or not hasattr(x, "__iter__"):
        raise TypeError(f"{module!r} takes a list of numbers, not {x!r}")
    values = [each if each.__class__ is Value else lift(each) for each in x]
    if width is not None and len(values) != width:
        raise ValueError(f"{module!r} takes {width} numbers, got {len(values)}")
    return values


def as_vectors(x: Any, width: int, module: Module) -> list[list[Value]]:
    """A list of vectors as Values, at least one: TypeError and ValueError as for one."""
    if not is_rows(x):
        raise TypeError(f"{module!r} takes a list of vectors, one for each place, not {x!r}")
    return [as_vector(row, width, module) for row in x]


def matrix(rows: int, columns: int, draw: Callable[[], float], letter: str) -> list[list[Value]]:
    """Parameters in rows, named W_11, W_12, ..."""
    return [[Value(draw(), f"{letter}_{subscript((i, j))}") for j in range(1, columns + 1)] for i in range(1, rows + 1)]


def column(n: int, draw: Callable[[], float], letter: str) -> list[Value]:
    """Parameters named b_1, b_2, ..."""
    return [Value(draw(), f"{letter}_{subscript((i,))}") for i in range(1, n + 1)]


def named_constant(x: float, label: str) -> Value:
    """A plain number that formulas show by a name."""
    node = constant(x)
    node.label = label
    return node


def tell_apart(module: Module) -> None:
    """Give parameters of one name in several modules an index for the module: W_11 and W_11 become W^(1)_11 and W^(2)_11.

    So does what the modules compute: `above` is what stands above the names of its results.
    """
    owners: dict[str, dict[Module, list[Value]]] = {}
    kinds: dict[type, list[Module]] = {}
    for inner in module.modules():
        kinds.setdefault(type(inner), []).append(inner)
        for _, parameter in inner.own_parameters():
            owners.setdefault(_without_number(parameter.label), {}).setdefault(inner, []).append(parameter)
    for stem, by_module in owners.items():
        for i, parameters in enumerate(by_module.values(), start=1):
            for parameter in parameters if len(by_module) > 1 and stem else ():
                base, _, gate = stem.partition("^")
                parameter.label = f"{base}^{{{gate}({i})}}_{parameter.label.partition('_')[2]}"
    for alike in kinds.values():
        for i, inner in enumerate(alike, start=1):
            inner._above = f"^{{({i})}}" if len(alike) > 1 else ""


def _without_number(label: str) -> str:
    """The stem of a label, without the index of a module that it may have already."""
    return re.sub(r"\^\{(\w*)\(\d+\)\}", lambda found: f"^{found[1]}" if found[1] else "", label.partition("_")[0])
