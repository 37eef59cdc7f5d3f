"""What is said of a row, and how several things that are said of it become one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from autograd.formula.arrays import ShapeError
from autograd.formula.lexer import FormulaError
from autograd.mark.points import Difference
from autograd.notes.slopes import UnsaidError

ERRORS = (FormulaError, ShapeError, UnsaidError, ZeroDivisionError, OverflowError, RecursionError)
RIGHT, WRONG, JUMP, OPEN, UNREAD, STATED = "right", "wrong", "does not follow", "depends", "unread", "stated"
AS_WRITTEN, BY_SHAPE = "as it is written", "its shape"
ORDER = (WRONG, OPEN, JUMP, UNREAD, RIGHT, STATED)  # what counts of several judgements of one row


class Judgement(NamedTuple):
    """What is said of a row, and why.

    verdict: right, wrong, does not follow (it is right, and the row above is not), depends (on what is not said), unread,
        stated (a definition, or what is taken as given)
    against: what it was judged by; how: exactly, or at points; difference: a point that proves it
    reason: a sentence; formula: the member that it is about
    misfit: whether the shapes of this reading do not fit, so that it is none
    of_indices: whether it depends on which indices are meant
    unsaid: the name that is not defined
    mended: what would be right, and what that changes
    """

    verdict: str
    against: str = ""
    how: str = ""
    difference: Difference | None = None
    reason: str = ""
    formula: str = ""
    misfit: bool = False
    of_indices: bool = False
    unsaid: str = ""
    mended: str = ""


def worst(found: Sequence[Judgement]) -> Judgement | None:
    return min(found, key=lambda j: ORDER.index(j.verdict)) if found else None


def sentence(error: BaseException) -> str:
    return error.reason if isinstance(error, FormulaError) else str(error)
