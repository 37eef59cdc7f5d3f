"""Vectors and matrices of Values, as formulas write them: products by rows and columns, everything else entry by entry.

What is computed also says which axes are equally long, whatever the sizes that stand for them here: of W x + b the columns
of W and the entries of x, its rows and those of b.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeAlias

from autograd import primitives as ops
from autograd.operation import Primitive
from autograd.rewriting import apply
from autograd.value import Value, constant

Quantity: TypeAlias = "Value | Array"


MOST_PRODUCTS = 100_000  # of entries, in one product of matrices


class ShapeError(ValueError):
    """Shapes that do not fit together; the message says which."""


class MisfitError(ShapeError):
    """Two arrays that have no sum, or no product, for they are not equally long where they should be."""


class Axis:
    """The rows or the columns of an array, and of all that have to be as many.

    name: how many they are, if somebody says so, as n in n×d
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._same: Axis | None = None
        self.is_settled = False  # whether two such are not made one any more

    @property
    def root(self) -> Axis:
        axis = self
        while axis._same is not None:
            axis = axis._same
        return axis

    def unite(self, other: Axis) -> None:
        """Say that both are equally long."""
        one, two = self.root, other.root
        if one is not two and not (one.is_settled and two.is_settled):
            one._same, two.is_settled, two.name = two, one.is_settled or two.is_settled, two.name or one.name


class Array:
    """A matrix; a vector is one of a single column, and a transposed one of a single row.

    rows: its entries; axes: that of its rows, and that of its columns
    """

    def __init__(self, rows: Sequence[Sequence[Value]], axes: tuple[Axis, Axis] | None = None) -> None:
        self.rows = [list(row) for row in rows]
        self.shape = (len(self.rows), len(self.rows[0]) if self.rows else 0)
        self.axes = axes or (Axis(), Axis())

    @property
    def entries(self) -> list[Value]:
        return list(chain.from_iterable(self.rows))

    @property
    def is_vector(self) -> bool:
        return 1 in self.shape

    @property
    def transposed(self) -> Array:
        return Array([list(column) for column in zip(*self.rows)], self.axes[::-1])

    def map(self, function: Callable[[Value], Value]) -> Array:
        return Array([[function(x) for x in row] for row in self.rows], self.axes)

    def __neg__(self) -> Array:
        return self.map(ops.neg)

    def __repr__(self) -> str:
        return f"Array({self.rows})"


def vector(entries: Sequence[Value], axis: Axis | None = None) -> Array:
    return Array([[x] for x in entries], (axis or Axis(), Axis()))


def unite(one: Array, other: Array) -> None:
    """Say that two arrays of one shape have equally long axes."""
    for a, b in zip(one.axes, other.axes):
        a.unite(b)


def entrywise(function: Callable[..., Value], *inputs: Quantity) -> Quantity:
    """A function entry by entry of arrays, which have one shape; numbers go with all entries."""
    first = next((x for x in inputs if isinstance(x, Array)), None)
    if first is None:
        return function(*inputs)
    n, m = first.shape
    rows = [[function(*(x.rows[i][j] if isinstance(x, Array) else x for x in inputs)) for j in range(m)] for i in range(n)]
    return Array(rows, first.axes)


def each(op: Primitive, *inputs: Quantity) -> Quantity:
    """An operation entry by entry; numbers go with all entries. Raises MisfitError."""
    arrays = [x for x in inputs if isinstance(x, Array)]
    for x in arrays[1:]:
        if x.shape != arrays[0].shape:
            raise MisfitError(f"{write_shapes(arrays[0], x)} do not go together entry by entry")
        unite(arrays[0], x)
    return entrywise(lambda *xs: apply(op, xs), *inputs)


def product(a: Quantity, b: Quantity, of_vectors: str = "dot") -> Quantity:
    """a·b: of matrices, rows by columns; a result of one entry is a number.

    of_vectors: what two columns, or two rows, side by side mean: "dot", or "each" for entry by entry

    Raises MisfitError.
    """
    if isinstance(a, Value) or isinstance(b, Value):
        return each(ops.mul, a, b)
    if a.shape == b.shape and a.is_vector and a.shape != (1, 1):
        if of_vectors == "each":
            return each(ops.mul, a, b)
        unite(a, b)
        return add_up([apply(ops.mul, [x, y]) for x, y in zip(a.entries, b.entries)])
    if a.shape[1] != b.shape[0]:
        raise MisfitError(f"{write_shapes(a, b)} have no product")
    if a.shape[0] * a.shape[1] * b.shape[1] > MOST_PRODUCTS:
        raise ShapeError(f"the product of {write_shapes(a, b)} is too large to be written out")
    a.axes[1].unite(b.axes[0])
    columns = list(zip(*b.rows))
    rows = [[add_up([apply(ops.mul, [x, y]) for x, y in zip(row, column)]) for column in columns] for row in a.rows]
    return rows[0][0] if len(rows) == len(columns) == 1 else Array(rows, (a.axes[0], b.axes[1]))


def add_up(terms: Sequence[Value]) -> Value:
    """A sum as one node."""
    if not terms:
        return constant(0.0)
    return terms[0] if len(terms) == 1 else apply(ops.sum_of, terms)


def multiply(factors: Sequence[Value]) -> Value:
    found = factors[0] if factors else constant(1.0)
    for factor in factors[1:]:
        found = apply(ops.mul, [found, factor])
    return found


def write_shapes(*arrays: Array) -> str:
    """The shapes of arrays, by the names of their axes where these have some."""
    return " and ".join("×".join(axis.root.name or str(n) for n, axis in zip(array.shape, array.axes)) for array in arrays)
