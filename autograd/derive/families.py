"""Families: quantities that one line of a sheet can speak of."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.derive.arrays import Array
from autograd.graph import leaves
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.names import Index, indexed


class Family:
    """Quantities that one line can speak of: the entries of an array, or labels that count up.

    leaves: rows of leaves; stem, prefix: their common name; letters: those of the free indices, one for a vector
    """

    def __init__(self, rows: Sequence[Sequence[Value]], stem: str, prefix: tuple[Index, ...], vector: bool) -> None:
        self.rows, self.stem, self.prefix, self.vector = [list(row) for row in rows], stem, prefix, vector
        self.leaves = [leaf for row in rows for leaf in row]

    def generic(self, letters: tuple[str, ...]) -> str:
        """The name of any one of them; an axis of length one keeps its number."""
        lengths = (len(self.rows),) if self.vector else (len(self.rows), len(self.rows[0]))
        free = [letter if n > 1 else 1 for letter, n in zip(letters, lengths)]
        return indexed(self.stem, (*self.prefix, *free))


def unnamed(y: Value) -> list[Value]:
    """The variables that nobody has named."""
    return [x for x in leaves(y) if x.op is not CONSTANT and not x.label]


def place_in(array: Array, i: int, j: int) -> tuple[int, ...]:
    return (i,) if array.vector else (i, j)
