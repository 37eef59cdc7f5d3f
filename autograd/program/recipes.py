"""Recipes: what the rows of an array are made of, as tables of rows of other arrays."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from autograd.program.grouping import Array


class NotRolled(Exception):
    """A graph with something that has no recipe; grouping.py takes it."""


class Products(NamedTuple):
    """Sums of products: Σ_j c[i, j] · a[s[i, j]] · b[t[i, j]] for each row i."""

    factors: list[tuple[Array, Any]]  # arrays, each with its table
    coefficients: Any  # a table of them


class Call(NamedTuple):
    """An operation, element by element; each argument with its row for each row, or a plain number."""

    op: Any
    arguments: list[tuple[Array, Any] | float]


class Along(NamedTuple):
    """An operation along rows of an array."""

    name: str
    array: Array
    table: Any


class Choice(NamedTuple):
    """For each row the row of an array that an index says."""

    which: tuple[Array, Any]
    array: Array
    table: Any


Recipe = list[Products] | Call | Along | Choice
