"""All products of a lowered graph in one table, so that a question is put to many of them at once.

A sum of products is a run of the table's columns; a column has the factors of one product, as numbers of atoms. Two products
are of one kind where their factors stand in the same arrays.
"""

from __future__ import annotations

from itertools import chain

from autograd.program.engines import import_numpy
from autograd.program.recipes import NotRolled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from autograd.program.lowering import Lowering

MOST_FACTORS = 4
NONE = (1 << 15) - 1  # the array of a factor that is not there, where a product has fewer than others


class ProductTable:
    """Whose sum products belong to, their factors, and coefficients.

    bounds: where the products of each sum begin and end; the outputs come behind the atoms
    factors: a column for each product, with the number of atoms, which none has, where it has fewer than others
    coefficients: a number for each product
    array_of, row_of: where each atom stands; filled in by who puts atoms into arrays
    """

    def __init__(self, lowering: Lowering) -> None:
        self.np = np = import_numpy()
        self.none = none = len(lowering.atoms)
        self.array_of = np.full(none + 1, -1, dtype=np.int32)
        self.array_of[-1] = NONE
        self.row_of = np.full(none + 1, -1, dtype=np.int32)
        every = [*(atom.form for atom in lowering.atoms), *lowering.outputs]
        self.bounds = np.cumsum([0, *map(len, every)])
        rest = [(start + len(form.first), form.rest) for start, form in zip(self.bounds.tolist(), every) if form.rest]
        sizes = np.array([len(some) for _, each in rest for some in each], dtype=int)
        if sizes.max(initial=0) > MOST_FACTORS:
            raise NotRolled("a product of many factors")
        self.factors = np.full((max(sizes.max(initial=0), 2), int(self.bounds[-1])), none, dtype=np.int32)
        self.coefficients = np.ones(self.factors.shape[1])
        vectors: dict[int, Any] = {}
        for start, form in zip(self.bounds.tolist(), every):
            if form.first:
                for column, atoms in zip(self.factors, (form.first, form.second)):
                    if id(atoms) not in vectors:
                        vectors[id(atoms)] = np.array(atoms, dtype=np.int32)
                    column[start : start + len(atoms)] = vectors[id(atoms)]
        where = [start + i for start, each in rest for i in range(len(each))]
        some = np.full((len(sizes), len(self.factors)), none)
        some[np.arange(len(self.factors)) < sizes[:, None]] = [*chain.from_iterable(chain.from_iterable(r for _, r in rest))]
        self.factors[:, where] = some.T
        self.coefficients[where] = [c for _, each in rest for c in each.values()]

    def of_sums(self, owners: Sequence[int]) -> tuple[Any, Any]:
        """Which products belong to some sums, and to which of them."""
        np = self.np
        starts, ends = self.bounds[owners], self.bounds[[o + 1 for o in owners]]
        lengths = ends - starts
        which = np.repeat(np.arange(len(owners), dtype=np.int32), lengths)
        terms = np.arange(len(which))
        terms += np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
        return terms, which

    def by_kind(self, owners: Sequence[int]) -> list[tuple[Any, Any, Any]]:
        """The products of some sums, kind by kind: whose each is, its factors in order, and its coefficient."""
        terms, which = self.of_sums(owners)
        code, factors = self.kinds(terms)
        return [(which[here], factors[:, here], self.coefficients[terms[here]]) for here in apart(code)]

    def kinds(self, terms: Any) -> tuple[Any, Any]:
        """The kind of each product as one number: the arrays of its factors, in order; and the factors in that order."""
        np = self.np
        factors = self.factors[:, terms]
        while len(factors) > 1 and (factors[-1] == self.none).all():
            factors = factors[:-1]
        arrays = self.array_of[factors]
        turned = arrays[1:] < arrays[:-1]
        if (same := arrays[1:] == arrays[:-1]).any():
            rows = self.row_of[factors]
            turned |= same & (rows[1:] < rows[:-1])
        if len(factors) == 2 and turned.all():
            factors, arrays = factors[::-1], arrays[::-1]
        elif turned.any():
            order = np.argsort((arrays.astype(int) << 32) + self.row_of[factors], axis=0)
            factors, arrays = (np.take_along_axis(each, order, axis=0) for each in (factors, arrays))
        code = np.zeros(factors.shape[1], dtype=int)
        for column in arrays:
            code <<= 15
            code += column
        return code, factors


def apart(code: Any) -> list[Any]:
    """Where each number stands, from the lowest number to the highest."""
    np = import_numpy()
    found = np.unique(code[np.r_[True, code[1:] != code[:-1]]])
    return [np.arange(len(code))] if len(found) == 1 else [np.flatnonzero(code == each) for each in found]


def ordered(columns: Sequence[Any]) -> Any:
    """The order in which rows of numbers go up: by the first column, then by the next."""
    np = import_numpy()
    key = np.zeros(len(columns[0]), dtype=int)
    largest = 1
    for column in columns:
        lowest, width = int(column.min()), int(np.ptp(column)) + 1
        if largest * width >= 1 << 62:
            return np.lexsort(columns[::-1])
        key *= width
        key += column - lowest
        largest *= width
    return np.arange(len(key)) if (key[1:] >= key[:-1]).all() else np.argsort(key, kind="stable")
