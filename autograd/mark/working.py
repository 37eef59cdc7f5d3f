"""How a number was worked out: members of a chain in which numbers stand, as in 0.73 − 0.5·∂L/∂w₁ = 0.8047.

They are judged by their value. Each number stands for something: 0.73 for a quantity of the sheet, −0.5 for a difference
that was worked out on the way; it may be rounded, to however few digits. So a member comes to a number, and is that far off
at most as its own numbers may be; names in it have this person's numbers, or the right ones. If what the line comes to lies
within that, the member is right, and nothing is said about it, whatever else its numbers could be.

Only a member that comes to something else is looked at more closely: is there one number in it, or are there two, that would
be right if other quantities stood there?
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, permutations
from typing import NamedTuple

from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.graph import nodes
from autograd.mark.claims import NUMBERS, Number, Piece, written_number
from autograd.mark.forms import figure, straighten, text_of
from autograd.mark.report import Diagnosis
from autograd.mark.rounding import EXACT, Interval, Kept, Operations, grain, spell_out, swing
from autograd.operation import CONSTANT
from autograd.rewriting import evaluate, expand, value_at
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.mark.judging import Judge

MOST_COPIES = 2  # wrong ones that are still told apart
MOST_LOOKED_AT = 8  # numbers, and quantities, that are tried in each other's place


class Literal(NamedTuple):
    """A number as it stands in a formula: a Number with its text."""

    text: str
    value: float
    unit: float
    digits: int

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number below ten, which is no other one rounded."""
        return bool(self.text.isdigit() and self.value < 10.0)

    def is_put_in(self, of_formula: Container[float]) -> bool:
        """Whether it cannot have come with the formula.

        of_formula: the numbers that did
        """
        return not self.value or not (self.text.isdigit() or (self.value in of_formula and not self.value.is_integer()))


class Worth(NamedTuple):
    """What something comes to, and how far off that may be.

    error_bound: by what its numbers may be off; rounding: by what is rounded from there on
    """

    value: float
    error_bound: float
    rounding: float = 0.0

    def agrees(self, other: Worth) -> bool:
        return bool(abs(self.value - other.value) <= self.error_bound + other.error_bound + grain(other.value))

    def leads_to(self, result: Number) -> bool:
        """Whether a number is this, rounded or with digits cut off."""
        off, short = abs(self.value - result.value), abs(self.value) - abs(result.value)
        slack = self.error_bound + self.rounding + grain(self.value)
        cut_off = result.digits > 1 and self.value * result.value >= 0.0 and -slack <= short < result.unit + slack
        return bool(off <= 0.55 * result.unit + slack or cut_off)


class Near:
    """What the numbers on a line may stand for, without signs; each of the lists goes up.

    line, formulas: of a sheet; numbers: those of all its quantities, a person's own and the right ones
    kept: the digits that this person keeps, if that is known
    """

    def __init__(
        self, line: Value, formulas: Mapping[Value, Value], *numbers: Mapping[Value, float], kept: Kept | None = None
    ) -> None:
        self.formula, self.formulas, self.numbers, self.kept = formulas[line], formulas, numbers, kept

    @cached_property
    def expected(self) -> dict[Value, list[float]]:
        """The numbers of each quantity that the line follows from, and such as ½."""
        behind = [node for node in nodes(self.formula) if not node.inputs]
        return {q: sorted({abs(values.get(q, q.data)) for values in self.numbers}) for q in behind}

    @cached_property
    def exactly(self) -> list[float]:
        """The numbers of all quantities of the sheet."""
        return sorted({abs(x) for values in self.numbers for x in values.values()})

    @cached_property
    def roughly(self) -> list[float]:
        """Whatever is met on the way to the line."""
        found: set[float] = set()
        for formula in (self.formula, expand(self.formula, self.formulas, lambda x: False)[0]):
            for form in (straighten(formula), formula):
                if form is not None:
                    order = nodes(spell_out(form))
                    for values in self.numbers:
                        at = evaluate(order, values)
                        found.update(abs(at[node]) for node in order)
        return sorted(found)

    def around(self, member: Member, strict: bool) -> Iterator[tuple[Value, Interval]]:
        """How far off each number of a member may be from what it stands for.

        It is that, rounded, if there is something that it can stand for; else the result of a step that stands nowhere.

        strict: a number that is, digit for digit, that of some quantity stands for no other
        """
        missing_at = _uses(self.formula)
        missing_at.subtract(_uses(member.formula))
        times = Counter(number.value for number in member.numbers.values())
        for node, number in member.numbers.items():
            x = number.value
            missing = [q for q, of in self.expected.items() if missing_at[q] > 0 and _has(of, x)]
            known = number.text.isdigit() or _has(self.exactly, x)
            if number.is_whole:
                yield node, self._around_whole(x)
            elif known and strict:
                yield node, EXACT
            elif times[x] <= sum(missing_at[q] for q in missing):
                yield node, _hull(other - x for q in missing for other in self.expected[q] if abs(other - x) <= number.unit)
            else:
                yield node, self._around(number, known)

    def _around_whole(self, x: float) -> Interval:
        """1 may be 1.0002, and 0 be −0.0002, if somebody who keeps three decimals and leaves zeros out comes by that."""
        most = self.kept.most(x) if self.kept is not None else 0.0
        off = [other - x for other in _between(self.roughly, x - most, x + most)] if most else []
        return _hull(off if x else [*off, *(-by for by in off)])

    def _around(self, number: Literal, known: bool) -> Interval:
        x, unit = number.value, number.unit
        if known and number.digits < 2 and self.kept is not None:  # nobody makes 0.1, which is x_2, of 0.05 who keeps four
            unit = min(unit, self.kept.unit_at(x))
        half = 0.5 * unit * (1.0 + 1e-9)
        off = [other - x for other in _between(self.roughly, x - half, x + half)]
        if not off and number.digits > 2:  # digits may have been cut off
            off = [other - x for other in _between(self.roughly, x, x + unit) if 0.0 < other - x < unit]
        return _hull(off) if off or known else Interval(-0.5 * unit, 0.5 * unit)


def _uses(formula: Value) -> Counter[Value]:
    """How often each of the nodes behind a formula is used in it."""
    return Counter([formula, *(x for node in nodes(formula) for x in node.inputs)])


def _positive(formula: Value) -> Value:
    while formula.op is ops.neg:
        formula = formula.inputs[0]
    return formula


def _between(numbers: Sequence[float], low: float, high: float) -> Sequence[float]:
    """Those of some numbers, which go up, that are no less than low and no more than high."""
    return numbers[bisect_left(numbers, low) : bisect_right(numbers, high)]


def _has(numbers: Sequence[float], x: float) -> bool:
    return bool(_between(numbers, x - grain(x), x + grain(x)))


def _hull(off: Iterable[float]) -> Interval:
    """From the lowest to the highest, with 0 between them."""
    found = [0.0, *off]
    return Interval(min(found), max(found))


class Member:
    """A member of a chain, with the numbers that stand in it.

    text: as it was written; formula: its graph; numbers: those of its constants that were written out, each with its text
    """

    def __init__(self, piece: Piece) -> None:
        self.text, self.formula = piece.text, piece.graph
        if piece.formula is None and piece.number is not None:
            self.numbers = {self.formula: Literal(piece.text, *piece.number)}
            return
        written = [Literal(text, *number) for text in NUMBERS.findall(piece.text) if (number := written_number(text))]
        written.sort(key=lambda literal: (not literal.is_whole, literal.unit))  # of 1 and 1.00, the one that may be rounded
        by_value = {literal.value: literal for literal in written}
        constants = (node for node in nodes(self.formula) if node.op is CONSTANT)
        self.numbers = {node: by_value[node.data] for node in constants if node.data in by_value}

    @property
    def number(self) -> Number | None:
        """The number that it is, if nothing else stands there, but for brackets."""
        literal = self.numbers.get(_positive(self.formula))
        if literal is None:
            return None
        return Number(self.formula.data, literal.unit, literal.digits)

    def worth(
        self,
        values: Mapping[Value, float],
        held: Mapping[Value, Interval],
        near: Near,
        strict: bool = False,
        kept: Kept | None = None,
    ) -> Worth:
        """What it comes to.

        values, held: of the quantities that it names; near, strict: what its numbers may stand for
        kept: the digits that are kept on the way, if only some are
        """
        around = {q: held[q] for q in free_variables(self.formula) if q in held}
        around.update(near.around(self, strict))
        rounded = Operations(spell_out(self.formula)).rounding(values, {}, kept) if kept is not None else 0.0
        return Worth(value_at(self.formula, values), swing(self.formula, values, around), rounded)


# ------------------------------------------------------------------------------------------------------------- what is wrong


def slips(line: Value, judge: Judge, result: str) -> list[Diagnosis]:
    """What is wrong in the numbers before a result; numbers that were copied wrongly first.

    A member that comes to what the line does, and a result that is right, are not looked at.

    judge: who has judged the line; result: as it was written
    """
    judged, claim, own = judge.judged[line], judge.numbers[line], judge.persons_numbers
    astray = judge.astray(line)
    if judged.verdict != "wrong" and not astray:
        return []
    found: list[Diagnosis] = []
    expected = list(dict.fromkeys(x for r in judged.readings for x in r.step.order if not x.inputs and x.op is None))
    near, targets, kept = judge.near(line), judge.results(line, judged.readings, None), judge.kept(claim)
    for member in judge.workings[line]:
        reached = member.worth(own, {}, near, strict=True, kept=kept)
        if member in astray:
            for literal, x in _find_miscopied(member, own, expected, targets, near):
                found.append(Diagnosis("miscopied", _tell_copy(literal, x, judge), reached.value))
        if not reached.leads_to(claim):
            sentence = f"{member.text} comes to {figure(reached.value)}, not {result}"
            found.append(Diagnosis("arithmetic", sentence, reached.value))
    return found


def _find_miscopied(
    member: Member, values: Mapping[Value, float], expected: Sequence[Value], targets: Sequence[Worth], near: Near
) -> list[tuple[Literal, Value]]:
    """The numbers in a member in whose place others would make it right, each with the quantity that belongs there.

    values: of all quantities; expected: those that the line is worked out from; targets: what it may come to
    """
    over, missing = _find_unmatched(member, values, expected)
    for n in range(1, MOST_COPIES + 1):
        for places in combinations(over, n):
            for others in permutations(missing, n):
                for put in _put_in_place(places, others, values):
                    there = Member.__new__(Member)
                    there.formula, there.numbers = member.formula, {k: v for k, v in member.numbers.items() if k not in put}
                    held = there.worth({**values, **put}, {}, near)
                    if any(held.agrees(target) for target in targets):
                        return [(member.numbers[node], x) for node, x in zip(places, others)]
    return []


def _find_unmatched(
    member: Member, values: Mapping[Value, float], expected: Sequence[Value]
) -> tuple[list[Value], list[Value]]:
    """The numbers that are none of those expected, and those expected that do not stand there."""
    named = set(free_variables(member.formula))
    over, missing = list(member.numbers), [x for x in expected if x not in named]
    pairs = sorted(
        (abs(abs(number.value) - abs(values[x])), i, j)
        for i, number in enumerate(member.numbers.values())
        for j, x in enumerate(missing)
        if _is_copy(number, values[x])
    )
    here, there = dict(enumerate(over)), dict(enumerate(missing))
    for _, i, j in pairs:
        if i in here and j in there:
            del here[i], there[j]
    return list(here.values())[:MOST_LOOKED_AT], list(there.values())[:MOST_LOOKED_AT]


def _put_in_place(
    places: Sequence[Value], others: Sequence[Value], values: Mapping[Value, float]
) -> Iterator[dict[Value, float]]:
    """The numbers of quantities in the place of others; the sign may stand before it."""
    plain = {node: values[x] for node, x in zip(places, others)}
    yield plain
    if any(x < 0.0 for x in plain.values()):
        yield {node: abs(x) for node, x in plain.items()}


def _is_copy(number: Literal, x: float) -> bool:
    """Whether a number that was written is another one, to its own digits; the sign may stand before it."""
    off = abs(x) - abs(number.value)
    return bool(abs(off) <= 0.5 * number.unit * (1.0 + 1e-9)) or (number.digits > 2 and abs(off) < number.unit)


def _tell_copy(literal: Literal, right: Value, judge: Judge) -> str:
    numbers, formulas = judge.persons_numbers, judge.formulas
    it_is = [x for x in formulas if x is not right and _is_copy(literal, numbers[x])]
    it_is = [x for x in it_is if literal.digits > 1 or formulas[x] is x]
    names = {text_of(x) for x in it_is if formulas[x] is x or formulas[x] not in it_is}  # no line over again
    more = f"; it is {names.pop()}" if len(names) == 1 else ""
    return f"{literal.text} stands where {text_of(right)} = {figure(numbers[right])} belongs{more}"
