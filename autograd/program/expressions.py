"""What a program over arrays is written in: expressions element by element and along rows, and statements of three kinds.

An array has a row for each of its numbers and a column for each row of the batch. statements.py makes a program of these;
source.py, in_place.py and equations.py write it down.
"""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from autograd.program.grouping import Array


class View(NamedTuple):
    """Rows of an array: all, some, or one for everybody."""

    array: Array
    rows: list[int]

    @property
    def is_all(self) -> bool:
        """Whether these are all rows of the array, in order."""
        return self.rows == list(range(len(self.array)))

    @property
    def is_one(self) -> bool:
        """Whether this is one row, for everybody."""
        return len(set(self.rows)) == 1


class Number(NamedTuple):
    """A plain number."""

    value: float


class Column(NamedTuple):
    """A plain number for each row."""

    values: list[float]


class Product(NamedTuple):
    """Factors, element by element."""

    factors: list[Expression]


class Sum(NamedTuple):
    """Terms, element by element."""

    terms: list[Expression]


class Function(NamedTuple):
    """An operation, element by element."""

    name: str
    arguments: list[View | Number]


class Fold(NamedTuple):
    """An operation along the rows of an array, such as logsumexp."""

    name: str
    operand: View
    results: int = 1  # how many: the first rows are the first of each, the next ones the second of each


class Matmul(NamedTuple):
    """Parameters, or plain numbers, or both multiplied element by element, as a matrix; times rows of an array."""

    array: Array | None  # the vector of the parameters
    places: list[list[int]]  # in it
    coefficients: list[list[float]] | None
    operand: View
    copies: int = 1  # of what it is multiplied with, side by side: rows are (number, copy)


class Contract(NamedTuple):
    """Sums of products of any rows, where there is no matrix."""

    factors: list[tuple[Array, Any]]  # each with its row for each sum and each product
    coefficients: Any


class Gather(NamedTuple):
    """For each row the row of an array that an index says, as a token its embedding."""

    which: View
    array: Array
    rows: list[list[int]]  # of the array, that each index chooses from


class Parts(NamedTuple):
    """An array put together from others, which have some of its rows each; in the others it is 0."""

    pieces: list[tuple[list[int], Expression]]
    size: int


class Placed(NamedTuple):
    """Rows of which an index says at which one of several places they stand; where nothing stands it is 0."""

    which: View
    what: View
    rows: list[list[int]]  # that each index chooses from
    size: int


Plain = View | Number | Column
Expression = View | Number | Column | Product | Sum | Function | Fold | Matmul | Contract | Gather | Parts | Placed

# ------------------------------------------------------------------------------------------------------------ statements


class Let(NamedTuple):
    """What an array is."""

    array: Array
    what: Expression


class Outer(NamedTuple):
    """Rows of one array times rows of another, summed over the batch, D Xᵀ; for parameters that make a matrix."""

    places: list[list[int]]  # of the parameters
    left: View
    right: View
    ones: bool = False  # whether a row of ones stands below the right one, for biases
    copies: int = 1  # of both, side by side, which are summed over as the batch is


class Total(NamedTuple):
    """An expression, summed over the batch; for parameters that make a vector."""

    places: list[int]  # of the parameters
    what: Expression


class Scatter(NamedTuple):
    """An expression, each number of it summed over the batch where an index says; for parameters that are chosen from."""

    places: list[int]  # of the parameters
    which: View
    what: Expression
    rows: list[list[int]]  # of the places, that each index chooses from


Store = Outer | Total | Scatter


# --------------------------------------------------------------------------------------------------------- read by printers


def arrays_in(e: Expression | Let | Store) -> list[Array]:
    """The arrays that an expression, or a statement, reads."""
    match e:
        case View():
            return [e.array]
        case Product(parts) | Sum(parts) | Function(_, parts):
            return [array for part in parts for array in arrays_in(part)]
        case Matmul() | Fold():
            return arrays_in(e.operand)
        case Contract():
            return [array for array, _ in e.factors]
        case Outer():
            return [e.left.array, e.right.array]
        case Gather():
            return [e.array, e.which.array]
        case Scatter() | Placed():
            return [e.which.array, *arrays_in(e.what)]
        case Parts():
            return [array for _, part in e.pieces for array in arrays_in(part)]
        case Let() | Total():
            return arrays_in(e.what)
        case _:
            return []


def parts_of(e: Expression) -> list[Expression]:
    """The terms of sums, the factors of products, and the pieces that an array is put together from."""
    match e:
        case Sum(parts) | Product(parts):
            return [each for part in parts for each in parts_of(part)]
        case Parts(pieces):
            return [each for _, piece in pieces for each in parts_of(piece)]
    return [e]


def multiply(factors: list[Expression], coefficients: list[float]) -> Expression:
    """Factors element by element, with a number for each row in front, where these are not all 1."""
    if set(coefficients) == {1.0} and factors:
        return factors[0] if len(factors) == 1 else Product(factors)
    number = Number(coefficients[0]) if len(set(coefficients)) == 1 else Column(coefficients)
    return Product([number, *factors]) if factors else number


def split_sign(term: Expression) -> tuple[str, Expression]:
    """The sign in front of a term, and what stands behind it: − and x for −1·x."""
    match term:
        case Product([Number(-1.0), factor]):
            return "-", factor
        case Product([Number(-1.0), *factors]):
            return "-", Product(factors)
    return "+", term
