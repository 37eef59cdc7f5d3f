"""Formulas against the lines of a worksheet, and against each other.

Two formulas are the same if they are the same function: at random points, where both are finite, they give the same
number. First they are compared as they are written, over the quantities that they speak of; if they differ there, then once
more down to the numbers that are given, since t₀ and 1 − t₁ may be the same on this sheet. A difference is shown at a point
that can be checked by hand.
"""

from __future__ import annotations

import math
from collections import namedtuple
from itertools import islice

from autograd.formula import quantities
from autograd.graph import nodes
from autograd.mistakes import mistakes, text_of
from autograd.names import text_name
from autograd.notation import number
from autograd.steps import Difference, close, difference, expanded, points, worked_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.claims import Piece
    from autograd.mistakes import Surroundings
    from autograd.value import Value


class Check(namedtuple("Check", "text right follows difference jump kind diagnosis", defaults=(True, None, None, "", ""))):
    """What became of a formula; true if it is right, and follows from the one before it.

    right: whether it is the line's formula, as a function; follows: whether it is the formula before it in its chain
    difference: a point where it and the right formula differ; jump: one where it and the formula before it do; both have
        .point (names with numbers), .here (what it is there) and .there (what the other is)
    kind, diagnosis: a guess at the mistake, and a sentence that says it
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return bool(self.right and self.follows)

    def __str__(self) -> str:
        says = f"{self.text} is {'right' if self.right else 'wrong'}"
        if self.difference and math.isnan(self.difference.here):
            says += ": it is a number hardly anywhere"
        elif self.difference:
            here, there = map(figure, self.difference[1:])
            says += f": {_at(self.difference)} is {here}, and should be {there}"
        if not self.follows:
            jump = f" ({_at(self.jump)} was {figure(self.jump.there)}, and is {figure(self.jump.here)})" if self.jump else ""
            says += f"{', but' if self.right else '; it'} does not follow from the line before{jump}"
        return says + (f". {self.diagnosis}" if self.diagnosis else "")


def _at(found: Difference) -> str:
    point = ", ".join(f"{text_name(name)} = {figure(x)}" for name, x in found.point)
    return f"at {point} it" if point else "it"


def figure(x: float) -> str:
    return number(x, 6)[0]


class Comparison:
    """Compares formulas with lines.

    formulas: how each quantity is computed; around: the same, for guesses at mistakes
    """

    def __init__(self, formulas: Mapping[Value, Value], around: Surroundings) -> None:
        self.formulas, self.around = formulas, around

    def differ(self, one: Value, other: Value, formulas: Mapping[Value, Value] | None = None) -> Difference | None:
        """Where two formulas differ, if they do.

        formulas: how quantities are computed, where that is not as on the sheet
        """
        formulas = formulas or self.formulas
        named = set(quantities(one))
        there = expanded(other, formulas, named.__contains__)[0]
        if (found := _difference(one, there)) is None:
            return None
        one_given, other_given = (expanded(each, formulas, lambda x: False)[0] for each in (one, other))
        deeper = _difference(one_given, other_given)
        if deeper is None:
            return None
        everything = named | set(quantities(there))
        as_written = not any(_rests_on(x, everything - {x}, formulas) for x in everything)
        return _told(found if as_written else deeper)

    def check(self, line: Value, formula: Value, text: str) -> Check:
        """A formula against a line."""
        found = self.differ(formula, self.formulas[line])
        if found is None:
            return Check(text, True)
        kind, sentence = self.guess(line, formula)
        return Check(text, False, True, found, None, kind, sentence)

    def chain(self, line: Value, pieces: Sequence[Piece]) -> list[Check]:
        """Formulas that are to be the same, one after the other: each against the line, and against the one before it."""
        checks: list[Check] = []
        for before, piece in zip([None, *pieces], pieces):
            check = self.check(line, piece.formula, piece.text)
            if before is not None:
                jump = self.differ(piece.formula, before.formula)
                check = check._replace(follows=jump is None, jump=jump)
                if jump is None:  # the mistake was made before
                    check = check._replace(kind="", diagnosis="")
            checks.append(check)
        return checks

    def guess(self, line: Value, formula: Value) -> tuple[str, str]:
        """The kind of mistake that leads to a formula, and a sentence; both empty where none does."""
        named = set(quantities(formula))
        step = self.formulas[line]
        cuts = [
            named.__contains__,
            lambda x: True,
            lambda x: x not in quantities(step),
        ]  # down to its names; as it is; one line deeper
        steps = [expanded(step, self.formulas, cut)[0] for cut in cuts]
        for common in (True, False):
            for form in steps:
                for mistake in mistakes(form, self.around, line):
                    if mistake.common == common:
                        wrong = expanded(mistake.formula, self.formulas, named.__contains__)[0]
                        if not _differ_quickly(wrong, formula) and _difference(wrong, formula) is None:
                            return mistake.kind, mistake.tell(text_of)
        return "", ""


def _rests_on(x: Value, others: set[Value], formulas: Mapping[Value, Value]) -> bool:
    """Whether one quantity is computed from some of the others."""
    if formulas.get(x, x) is x:
        return False
    return not others.isdisjoint(quantities(expanded(formulas[x], formulas, others.__contains__)[0]))


def _told(found: Difference) -> Difference:
    return found._replace(point=[(x.label, value) for x, value in found.point])


def _difference(one: Value, other: Value) -> Difference | None:
    """A point where two formulas differ; one that says nothing where they are never both finite."""
    try:
        return difference(one, other)
    except ValueError:
        return Difference([], math.nan, math.nan)


def _differ_quickly(one: Value, other: Value) -> bool:
    """Whether two formulas differ at the first point where both are finite."""
    over = list(dict.fromkeys([*quantities(one), *quantities(other)]))
    order = nodes(one, other)
    for point in islice(points(over, seed=1), 8):
        found = worked_out(order, point)
        if math.isfinite(found[one]) and math.isfinite(found[other]):
            return not close(found[one], found[other])
    return False
