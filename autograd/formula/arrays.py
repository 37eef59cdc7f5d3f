"""Vectors and matrices of Values, as formulas write them: products by rows and columns, everything else entry by entry."""

from __future__ import annotations

from itertools import chain

from autograd import primitives as ops
from autograd.operation import Primitive
from autograd.rewriting import apply
from autograd.value import Value, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    Quantity: TypeAlias = "Value | Array"


class ShapeError(ValueError):
    """Shapes that do not fit together; the message says which."""


class Array:
    """A matrix; a vector is one of a single column, and a transposed one of a single row.

    rows: its entries
    """

    def __init__(self, rows: Sequence[Sequence[Value]]) -> None:
        self.rows = [list(row) for row in rows]
        self.shape = (len(self.rows), len(self.rows[0]) if self.rows else 0)

    @property
    def entries(self) -> list[Value]:
        return list(chain.from_iterable(self.rows))

    @property
    def is_vector(self) -> bool:
        return 1 in self.shape

    @property
    def transposed(self) -> Array:
        return Array([list(column) for column in zip(*self.rows)])

    def map(self, function: Callable[[Value], Value]) -> Array:
        return Array([[function(x) for x in row] for row in self.rows])

    def __neg__(self) -> Array:
        return self.map(ops.neg)

    def __repr__(self) -> str:
        return f"Array({self.rows})"


def vector(entries: Sequence[Value]) -> Array:
    return Array([[x] for x in entries])


def each(op: Primitive, *inputs: Quantity) -> Quantity:
    """An operation entry by entry; numbers go with all entries. Raises ShapeError."""
    shapes = {x.shape for x in inputs if isinstance(x, Array)}
    if not shapes:
        return apply(op, [x for x in inputs if isinstance(x, Value)])
    if len(shapes) > 1:
        raise ShapeError(f"{write_shape(*shapes)} do not go together entry by entry")
    n, m = shapes.pop()
    return Array(
        [[apply(op, [x.rows[i][j] if isinstance(x, Array) else x for x in inputs]) for j in range(m)] for i in range(n)]
    )


def product(a: Quantity, b: Quantity, of_vectors: str = "dot") -> Quantity:
    """a·b: of matrices, rows by columns; a result of one entry is a number.

    of_vectors: what two columns, or two rows, side by side mean: "dot", or "each" for entry by entry

    Raises ShapeError.
    """
    if isinstance(a, Value) or isinstance(b, Value):
        return each(ops.mul, a, b)
    if a.shape == b.shape and a.is_vector and a.shape != (1, 1):
        if of_vectors == "each":
            return each(ops.mul, a, b)
        return add_up([apply(ops.mul, [x, y]) for x, y in zip(a.entries, b.entries)])
    if a.shape[1] != b.shape[0]:
        raise ShapeError(f"{write_shape(a.shape, b.shape)} have no product")
    columns = list(zip(*b.rows))
    rows = [[add_up([apply(ops.mul, [x, y]) for x, y in zip(row, column)]) for column in columns] for row in a.rows]
    return rows[0][0] if len(rows) == len(columns) == 1 else Array(rows)


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


def write_shape(*shapes: tuple[int, int]) -> str:
    return " and ".join(f"{n}×{m}" for n, m in sorted(shapes))
