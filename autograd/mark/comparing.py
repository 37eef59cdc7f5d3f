"""Formulas against the lines of a worksheet, and against each other.

Two formulas are the same if they are the same function: at random points, where both are finite, they give the same
number. First they are compared as they are written, over the quantities that they speak of; if they differ there, then once
more down to the numbers that are given, since t₀ and 1 − t₁ may be the same on this sheet. A difference is shown at a point
that can be checked by hand.

Where numbers were put in, as in (σ(0) − 1)·x₁, a formula is no longer that function, and what counts is its value: such
members go to working.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.graph import nodes
from autograd.mark.claims import Piece
from autograd.mark.context import SheetContext
from autograd.mark.forms import figure, put_names_in, text_of, total
from autograd.mark.mistakes import mistakes
from autograd.mark.points import Difference, are_same, close, difference
from autograd.mark.working import Member, Near, Worth
from autograd.operation import CONSTANT
from autograd.rewriting import expand, substitute
from autograd.value import Value
from autograd.writing.names import text_name

MOST_RESTORED, MOST_TRIED = 6, 64  # numbers in a formula that may stand for names; ways to put names in their place


class Check(NamedTuple):
    """What became of a formula; true if it is right, and follows from the one before it.

    right: whether it is the line's formula, as a function; follows: whether it is the formula before it in its chain
    difference: a point where it and the right formula differ; jump: one where it and the formula before it do; both have
        .point (names with numbers), .here (what it is there) and .there (what the other is)
    kind, diagnosis: a guess at the mistake, and a sentence that says it
    """

    text: str
    right: bool = True
    follows: bool = True
    difference: Difference | None = None
    jump: Difference | None = None
    kind: str = ""
    diagnosis: str = ""

    def __bool__(self) -> bool:
        return bool(self.right and self.follows)

    def __str__(self) -> str:
        says = f"{self.text} is {'right' if self.right else 'wrong'}"
        if self.difference and math.isnan(self.difference.here):
            says += ": it is a number hardly anywhere"
        elif self.difference:
            says += f": {_apart(self.difference)}"
        if not self.follows:
            says += f"{', but' if self.right else '; it'} does not follow from the line before"
        if not self.follows and self.jump:
            says += f" ({_at(self.jump.point)} was {figure(self.jump.there)}, and is {figure(self.jump.here)})"
        return says + (f". {self.diagnosis}" if self.diagnosis else "")


def _at(point: Sequence[tuple[str, float]]) -> str:
    numbers = ", ".join(f"{text_name(name)} = {figure(x)}" for name, x in point)
    return f"at {numbers} it" if numbers else "it"


def _apart(found: Difference) -> str:
    """What a formula is and should be; by how much it is off, where that depends on fewer quantities."""
    if len(found.decisive) == len(found.point):
        return f"{_at(found.point)} is {figure(found.here)}, and should be {figure(found.there)}"
    by = found.here - found.there
    return f"{_at(found.decisive)} is {figure(abs(by))} {'more' if by > 0.0 else 'less'} than it should be"


class Comparison:
    """Compares formulas with lines.

    formulas: how each quantity is computed; context: the same, for guesses at mistakes
    """

    def __init__(self, formulas: Mapping[Value, Value], context: SheetContext) -> None:
        self.formulas, self.context = formulas, context
        self.bound = _bound(context)
        self._agreeing: dict[tuple[Value, Value], bool] = {}

    def differ(self, one: Value, other: Value, formulas: Mapping[Value, Value] | None = None) -> Difference | None:
        """Where two formulas differ, if they do.

        formulas: how quantities are computed, where that is not as on the sheet
        """
        if self.agree(one, other) if formulas is None else self._agree(one, other, formulas):
            return None
        formulas = formulas or self.formulas
        named = set(free_variables(one))
        there = expand(other, formulas, named.__contains__)[0]
        everything = named | set(free_variables(there))
        if any(_rests_on(x, everything - {x}, formulas) for x in everything):
            one, there = (expand(each, formulas, lambda x: False)[0] for each in (one, other))
        return _name_point(_difference(one, there))

    def agree(self, one: Value, other: Value) -> bool:
        """Whether two formulas do not differ on this sheet, which takes less than to say where they do."""
        if (one, other) not in self._agreeing:
            self._agreeing[one, other] = self._agree(one, other, self.formulas)
        return self._agreeing[one, other]

    def _agree(self, one: Value, other: Value, formulas: Mapping[Value, Value]) -> bool:
        if are_same(one, expand(other, formulas, set(free_variables(one)).__contains__)[0]):
            return True
        one, other = (expand(each, formulas, lambda x: False)[0] for each in (one, other))
        if are_same(one, other):
            return True
        return bool(self.bound) and are_same(*(substitute(each, self.bound) for each in (one, other)))

    def has_numbers_put_in(self, line: Value, piece: Piece) -> bool:
        """Whether numbers stand in a formula for quantities that the line is computed from, so that its value counts.

        Decimals do that which are in no formula of the line, and any number where something that is given is left out, and 0
        and 1, which leave no trace. Other numbers do if the formula is right with names in their place.
        """
        right, written = (expand(each, self.formulas, lambda x: False)[0] for each in (self.formulas[line], piece.graph))
        of_formula = {abs(node.data) for node in nodes(right) if node.op is CONSTANT}
        numbers = Member(piece).numbers
        if any(number.is_put_in(of_formula) for number in numbers.values()):
            return True
        left_out = set(free_variables(right)).difference(free_variables(written))
        if left_out and (numbers or any(q.data in (0.0, 1.0) for q in left_out)):
            return True
        return self._is_restored(line, piece)

    def _is_restored(self, line: Value, piece: Piece) -> bool:
        """Whether a formula is right with quantities in the place of numbers, or of factors 0 and 1 that are left out."""
        named = set(free_variables(piece.graph))
        step = expand(self.formulas[line], self.formulas, named.__contains__)[0]
        left_out = [q for q in free_variables(step) if q not in named and self.formulas.get(q, q) is q]
        switches = [node for node in nodes(step) if node.op is ops.greater]  # such as [z > 0]
        if any(node.data in (0.0, 1.0) for node in left_out + switches):
            return True
        of_line = free_variables(expand(self.formulas[line], self.formulas, lambda x: False)[0])
        names = {
            node: [q if q.data > 0.0 else -q for q in of_line if abs(q.data) == node.data]
            for node in list(Member(piece).numbers)[:MOST_RESTORED]
        }
        return any(self.agree(each, self.formulas[line]) for each in put_names_in(piece.graph, names, MOST_TRIED))

    def part(self, line: Value, pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
        """The members of a chain that are functions of what they name, and those whose value counts."""
        functions = [
            piece
            for piece in pieces
            if piece.number is None
            and (self.agree(piece.graph, self.formulas[line]) or not self.has_numbers_put_in(line, piece))
        ]
        return functions, [piece for piece in pieces if piece not in functions]

    def worth(self, line: Value, piece: Piece) -> Worth:
        """What a member comes to for the right numbers."""
        right = {x: x.data for x in self.formulas}
        return Member(piece).worth(right, {}, Near(line, self.formulas, right))

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
        functions, by_value = self.part(line, pieces)
        worths = {piece: self.worth(line, piece) for piece in pieces} if by_value else {}
        for before, piece in zip([None, *pieces], pieces):
            if piece in functions:
                check = self.check(line, piece.graph, piece.text)
            else:
                right = worths[piece].agrees(Worth(line.data, 0.0))
                check = Check(piece.text, right, True, None if right else Difference([], worths[piece].value, line.data))
            if before is not None and piece in functions and before in functions:
                jump = self.differ(piece.graph, before.graph)
                check = check._replace(follows=jump is None, jump=jump)
            elif before is not None:
                check = check._replace(follows=worths[piece].agrees(worths[before]))
            if before is not None and check.follows:  # the mistake was made before
                check = check._replace(kind="", diagnosis="")
            checks.append(check)
        return checks

    def guess(self, line: Value, formula: Value) -> tuple[str, str]:
        """The kind of mistake that leads to a formula, and a sentence; both empty where none does."""
        again = {q: self.formulas.get(q, q) for q in free_variables(formula)}  # a line that is another quantity over again
        formula = substitute(formula, {q: own for q, own in again.items() if own in self.formulas})
        named = set(free_variables(formula))
        step = self.formulas[line]
        own = set(free_variables(step))
        cuts = [named.__contains__, lambda x: True, lambda x: x not in own]  # down to its names; as it is; a line deeper
        steps = [expand(step, self.formulas, cut)[0] for cut in cuts]
        for common in (True, False):
            for form in steps:
                for mistake in mistakes(form, self.context, line):
                    if mistake.common == common:
                        wrong = expand(mistake.formula, self.formulas, named.__contains__)[0]
                        if are_same(wrong, formula):
                            return mistake.kind, mistake.tell(text_of)
        return "", ""


def _bound(context: SheetContext) -> dict[Value, Value]:
    """Probabilities that are given, such as the targets of a softmax: the last of each family is 1 without the others."""
    families: dict[str, list[Value]] = {}
    for q, (stem, indices) in context.names.items():
        if indices and context.formulas[q] is q and 0.0 <= q.data <= 1.0:
            families.setdefault(stem, []).append(q)
    return {qs[-1]: 1.0 - total(qs[:-1]) for qs in families.values() if len(qs) > 1 and close(sum(q.data for q in qs), 1.0)}


def _rests_on(x: Value, others: set[Value], formulas: Mapping[Value, Value]) -> bool:
    """Whether one quantity is computed from some of the others."""
    if formulas.get(x, x) is x:
        return False
    return not others.isdisjoint(free_variables(expand(formulas[x], formulas, others.__contains__)[0]))


def _name_point(found: Difference) -> Difference:
    by_name = ([(x.label, value) for x, value in point] for point in (found.point, found.decisive))
    return found._replace(point=next(by_name), decisive=next(by_name))


def _difference(one: Value, other: Value) -> Difference:
    """A point where two formulas differ that do; one that says nothing where they are hardly ever both finite."""
    try:
        found = difference(one, other)
    except ValueError:
        found = None
    return found or Difference([], math.nan, math.nan)
