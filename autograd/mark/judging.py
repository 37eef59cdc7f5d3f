"""Judging numbers: each from the numbers before it that the same person wrote.

What rounding can do is worked out, not allowed for as a percentage. Who writes 0.5933 holds either that or the unrounded
number behind it, and may round whatever comes out of each operation on the way, to the digits that are kept; how far a
step's result can move by that is its error bound. A number that was exact, like 0.3925, can move nothing. The numbers that
stand before a result (working.py) show how far somebody has rounded there.

Where a person's number is wrong, what follows may go on from it, or from the right number, or from what should have come
out of the numbers before it: each such reading is tried, and the one that fits best is taken.

A number that nothing explains is wrong; guessing.py looks for the mistake then.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, pairwise, product
from typing import Any, NamedTuple

from autograd.formula.measures import free_variables
from autograd.graph import nodes
from autograd.mark.claims import Number
from autograd.mark.forms import PRODUCTS, put_names_in, rearrange, straighten
from autograd.mark.points import close
from autograd.mark.readings import Reading, Step, Way, error_bound
from autograd.mark.rounding import (
    EXACT,
    FEWEST_DIGITS,
    MOST_DIGITS,
    Interval,
    Kept,
    beyond_cut,
    grain,
    is_cut_off,
    unit_of,
    usually_kept,
)
from autograd.mark.working import Member, Near, Worth
from autograd.rewriting import evaluate, expand, value_at
from autograd.value import Value

MOST_READINGS = 200  # combinations of a person's own and the right numbers that one line is tried with
MOST_WAYS = 24  # to work out one formula
TWICE = 1.1  # as far as half a unit reaches that was rounded before, to one digit more


class Judgement(NamedTuple):
    """What became of a line.

    own, tolerance: what the person's own numbers give, and how far off that is still right
    held: what the person may hold; used: the wrong numbers that the line rests on
    follows: whether it fits the person's own numbers at all; truncated: whether digits were cut off
    readings: how it may have been worked out
    """

    verdict: str
    own: float
    tolerance: float
    held: Interval
    used: tuple[Value, ...]
    follows: bool
    truncated: bool
    readings: Sequence[Reading]


class Judge:
    """Marks the numbers of a sheet, line by line.

    lines: in an order in which each comes after what it needs; true: the right numbers; formulas: how lines are computed
    numbers: what was written; workings: the members before it in which numbers stand; routes: formulas, which are right
    wrong_formulas: what was written where a formula is wrong, which may have been used
    cut_off: the lines on which this person is known to cut digits off instead of rounding
    """

    def __init__(
        self,
        lines: Sequence[Value],
        true: Mapping[Value, float],
        formulas: Mapping[Value, Value],
        numbers: Mapping[Value, Number],
        workings: Mapping[Value, Sequence[Member]],
        routes: Mapping[Value, Sequence[Value]],
        wrong_formulas: Mapping[Value, Value],
        cut_off: Collection[Value] = (),
    ) -> None:
        self.true, self.formulas, self.cut_off = true, formulas, cut_off
        self.truncating = bool(cut_off)
        self.workings, self.routes, self.wrong_formulas = workings, routes, wrong_formulas
        self.usual = usually_kept(numbers.values(), self.truncating)
        self.numbers = {x: self._promised(number) for x, number in numbers.items()}
        self.place_of = {line: i for i, line in enumerate(lines)}
        self.judged: dict[Value, Judgement] = {}
        self._near: dict[Value, Near] = {}
        self.same: dict[Value, list[Value]] = {}  # the lines with a number that are another line over again, as ∂L/∂b is δ
        for line, formula in formulas.items():
            if line in numbers and formula is not line and formula in formulas:
                self.same.setdefault(formula, []).append(line)
        for line in lines:
            if line in numbers:
                self.judged[line] = self.judge(line, self.numbers[line])

    def _promised(self, number: Number) -> Number:
        """A number with what it promises: 0 is 0.000 for somebody who keeps three decimals, and leaves zeros out."""
        bare = not number.digits and number.unit >= 0.1
        return number._replace(unit=self.usual.unit) if bare and self.usual and self.usual.unit else number

    def judge(self, line: Value, claim: Number) -> Judgement:
        readings = self.readings(line)
        judged = self.judge_by(readings, line, claim)
        if judged.verdict == "wrong" or judged.truncated or not judged.follows:
            readings += self.other_readings(line)
            judged = self.judge_by(readings, line, claim)
            if judged.verdict == "wrong":
                in_some_way = self.judge_by(readings, line, claim, in_every_way=True)
                judged = judged if in_some_way.verdict == "wrong" else in_some_way
        return judged

    def judge_by(self, readings: Sequence[Reading], line: Value, claim: Number, in_every_way: bool = False) -> Judgement:
        """What becomes of a line if it was worked out in one of these ways.

        in_every_way: numbers before a result are taken in every way that leads to it, not as exactly as they can be
        """
        true, half = self.true[line], _half_a_unit(claim)
        results = self.results(line, readings, self.kept(claim))
        first = results[0]
        if self.workings[line]:
            results = self.results_shown(line, readings, claim, in_every_way)
        readings_of = [*readings, readings[0]._replace(wrong=())]  # the last is who keeps all digits in a calculator
        explaining, cut_off = self.explaining(claim, results, [len(reading.wrong) for reading in readings_of])
        used = self.find_used(readings_of[explaining[0]]) if explaining else ()
        exact = abs(claim.value - true) <= half + grain(true)
        if exact:
            verdict, used = "right", ()
        elif explaining:
            verdict = "carried" if used else "rounded"
        else:
            verdict = "wrong"
        own_way = [r for i in explaining if i < len(readings) and ((r := readings[i]).wrong or not readings[0].wrong)]
        follows = not exact or bool(own_way) or not math.isfinite(first.value)
        truncated = line in self.cut_off if self.truncating else cut_off
        if claim.digits > MOST_DIGITS and self.usual is not None:
            held = self.held_unwritten(claim, readings[0], self.usual)
        else:
            held = self.held(claim, [results[i] for i in explaining], truncated)
        return Judgement(verdict, first.value, half + first.error_bound, held, used, follows, truncated, readings)

    def explaining(self, claim: Number, results: Sequence[Worth], blamed: Sequence[int]) -> tuple[list[int], bool]:
        """The results that a number can be, the nearest first, by their places; and whether it is one with digits cut off.

        blamed: how many wrong lines each result rests on; of two that are as near, the one with fewer comes first
        """
        half = _half_a_unit(claim)
        off = [abs(claim.value - r.value) / (half * TWICE + r.error_bound + grain(r.value)) for r in results]
        fitting = [(far, blamed[i], i) for i, far in enumerate(off) if far <= 1.0]
        cut_off: list[tuple[float, int, int]] = []
        if self.truncating or (1 < claim.digits <= MOST_DIGITS and not fitting):
            for i, r in enumerate(results):
                if is_cut_off(claim.value, r.value, claim.unit, r.error_bound):
                    beyond = beyond_cut(claim.value, r.value, claim.unit)
                    cut_off.append((beyond / (r.error_bound + grain(r.value)), blamed[i], i))
        return [i for *_, i in sorted([*fitting, *cut_off])], bool(cut_off)

    def results_shown(self, line: Value, readings: Sequence[Reading], claim: Number, in_every_way: bool) -> list[Worth]:
        """What a line comes to that was worked out in writing: what was rounded on the way stands there."""
        shown = self.show_ways(line, claim, self.kept(claim), in_every_way)
        results = self.results(line, readings, None)
        more = [max(_agreeing(ways, result) for ways in shown) for result in results]
        return [r._replace(error_bound=r.error_bound + by) for r, by in zip(results, more)]

    def results(self, line: Value, readings: Sequence[Reading], kept: Kept | None) -> list[Worth]:
        """What a line comes to: in each reading, and at last what is right, to all digits.

        kept: the digits that are kept on the way, if only some are
        """
        return [*(r.worth(kept) for r in readings), Worth(self.true[line], 0.0)]

    def kept(self, claim: Number) -> Kept | None:
        """The digits that a person keeps who writes this: the usual ones where it was not written as one number."""
        if claim.digits > MOST_DIGITS:
            return self.usual
        unit = claim.unit * 0.01 if claim.digits <= FEWEST_DIGITS and claim.unit > 0.01 else claim.unit  # 0.6 may end there
        usual = self.usual
        if usual is None or not usual.digits:
            return Kept(unit, 0, self.truncating)
        return Kept(unit, max(claim.digits, usual.digits), usual.cut) if usual.unit else Kept(0.0, claim.digits, usual.cut)

    def readings(self, line: Value) -> list[Reading]:
        """The ways in which the numbers before a line may have been taken, the person's own first."""
        wholes: list[tuple[Step, tuple[tuple[None, Value], ...]]] = []
        if self.wrong_formulas:
            theirs = Step(line, {**self.formulas, **self.wrong_formulas}, self.is_known)
            blamed = tuple((None, x) for x in self.wrong_formulas if x in theirs.lines)
            wholes += [(theirs, blamed)] if blamed else []
        wholes.append((Step(line, self.formulas, self.is_known), ()))
        found: list[Reading] = []
        for whole, blamed in wholes:
            short = whole.short()
            for step in [whole] if short is None else [short, whole]:
                found += self.readings_of(step, blamed)
        return found

    def other_readings(self, line: Value) -> list[Reading]:
        """The ways around one of the lines before: by longer products, where fractions cancel, by formulas as written.

        And those by the same formula that is worked out in another way.
        """
        whole = Step(line, self.formulas, self.is_known)
        steps: list[Step] = []
        for x in whole.cut:
            longer = [self.formulas[x]] if self.formulas[line].op in PRODUCTS and self.formulas[x].op in PRODUCTS else []
            for other in (*longer, *self.shorter(x)):
                around = {**self.formulas, x: other}
                steps.append(Step(line, around, lambda q, x=x: q is not x and self.is_known(q)))  # type: ignore[misc]
        restored = (other for member in self.workings[line] for other in self.restore(line, member))
        others = (*self.shorter(line), *self.routes[line], *restored)
        steps += [Step(line, {**self.formulas, line: other}, self.is_known) for other in others]
        steps += map(whole.by, islice(rearrange(whole.formula), MOST_WAYS))
        return [reading for step in steps for reading in self.readings_of(step, ())]

    def restore(self, line: Value, member: Member) -> Iterator[Value]:
        """Right formulas of a line that a member is when names stand in the place of the numbers that this person wrote."""
        before = {x: n.value for x, n in self.numbers.items() if self.place_of[x] < self.place_of[line]}
        names = {
            node: [x if x_is * node.data > 0.0 else -x for x, x_is in before.items() if close(abs(x_is), abs(node.data))]
            for node in member.numbers
        }
        for other in put_names_in(member.formula, names, MOST_READINGS):
            if close(value_at(other, self.true), self.true[line]):
                yield other

    def shorter(self, line: Value) -> list[Value]:
        """The formulas of a line where fractions in one of the lines before cancel, as ŷ − y is ∂L/∂ŷ·ŷ(1 − ŷ)."""
        formula = self.formulas[line]
        wholes = (expand(formula, self.formulas, lambda q, x=x: q is not x)[0] for x in free_variables(formula))  # type: ignore[misc]
        return [short for whole in wholes if (short := straighten(whole)) is not None]

    def readings_of(self, step: Step, blamed: tuple[tuple[None, Value], ...]) -> Iterator[Reading]:
        for combination in _combinations([self.ways_on_from(x) for x in step.cut]):
            ways = dict(zip(step.cut, combination))
            values, held = {x: way.number for x, way in ways.items()}, {x: way.held for x, way in ways.items()}
            wrong = tuple((x, way.culprit) for x, way in ways.items() if way.culprit is not None)
            yield Reading(step, values, held, (*blamed, *wrong))

    def is_known(self, x: Value) -> bool:
        """Whether there is a number for a quantity by now: its own, or one on a line that is the same."""
        return x in self.judged or any(line in self.judged for line in self.same.get(x, ()))

    def ways_on_from(self, x: Value) -> list[Way]:
        """How a number may be taken further."""
        lines = [line for line in (x, *self.same.get(x, ())) if line in self.judged]
        ways = [  # those of the line itself come first; the right number is never the first where another was written
            way
            for line in lines
            for way in sorted(self._ways_on_from(line), key=lambda way: way.culprit is None and way.number == self.true[x])
        ]
        fine = {way.number for way in ways if way.culprit is None}  # nothing wrong is taken with one of these
        return list(dict.fromkeys(way for way in ways if way.culprit is None or way.number not in fine))

    def _ways_on_from(self, line: Value) -> Iterator[Way]:
        claim, judged, true = self.numbers[line], self.judged[line], self.true[line]
        at_fault = line if judged.verdict in ("wrong", "carried") else None
        yield Way(claim.value, judged.held, at_fault)
        if at_fault is None and abs(claim.value - judged.own) > 0.5 * claim.unit:  # who works it out once more, another way
            yield Way(judged.own, Interval(-0.5 * claim.unit, 0.5 * claim.unit), None)
        if at_fault is not None:  # what should have come out, as far as it is known, and to as many digits
            off = max(0.0, judged.tolerance - 0.5 * claim.unit) + 0.5 * unit_of(judged.own, claim.digits)
            around = Interval(-off, off)
            if judged.verdict == "wrong" and not close(judged.own, true):
                yield Way(judged.own, around, line)
            yield Way(true, around, None)

    def find_used(self, reading: Reading) -> tuple[Value, ...]:
        """The lines with wrong numbers that the result of a reading depends on."""
        step, values = reading.step, reading.values
        value = step.value(values)
        return tuple(line for x, line in reading.wrong if x is None or step.value({**values, x: self.true[x]}) != value)

    def held(self, claim: Number, explaining: Sequence[Worth], cut_off: bool) -> Interval:
        """What somebody holds who wrote this: at most half a unit off; a whole one for who cuts digits off.

        explaining: what the readings that fit come to; none for a number that is wrong
        """
        low, high = -0.5 * claim.unit, 0.5 * claim.unit
        if cut_off or self.truncating:
            low, high = (low, claim.unit) if claim.value >= 0.0 else (-claim.unit, high)
        if not explaining:
            return Interval(low, high)
        unit = min(claim.unit, self.usual.unit_at(claim.value)) if self.usual is not None else claim.unit
        finer = Kept(0.1 * unit, 0, cut_off or self.truncating)  # what is held is rounded too, to a digit more than is usual
        reaches = [worth.error_bound + finer.off(worth.value, worth.error_bound) for worth in explaining]
        offsets = [worth.value + by - claim.value for worth, reach in zip(explaining, reaches) for by in (-reach, reach)]
        return Interval(min(0.0, max(min(offsets), low)), max(0.0, min(max(offsets), high)))

    def held_unwritten(self, claim: Number, reading: Reading, usual: Kept) -> Interval:
        """What somebody holds who wrote a formula: its number, rounded on the way to it and at last."""
        on_the_way = reading.step.operations.rounding(reading.values, {}, usual)
        off = 0.5 * claim.unit + usual.most(claim.value) + on_the_way
        return Interval(-off, off)

    # ---- what stands before a result

    def worths(
        self, line: Value, member: Member, kept: Kept | None = None, ways: Sequence[bool] = (True, False)
    ) -> Iterator[Worth]:
        """What a member before a result comes to, for this person's own numbers and for the right ones.

        kept: the digits that are kept on the way to the result; ways: whether its numbers are taken strictly (see Near)
        """
        near, held = self.near(line), {x: self.held_at(x) for x in free_variables(member.formula)}
        for strict in ways:
            yield member.worth(self.persons_numbers, held, near, strict, kept)
            yield member.worth(self.true, {}, near, strict, kept)

    def show_ways(self, line: Value, claim: Number, kept: Kept | None, in_every_way: bool) -> list[list[Worth]]:
        """What those members come to that lead to a result: each taken as exactly as it can be, or in every way."""
        found = [filter(lambda w: w.leads_to(claim), self.worths(line, m, kept)) for m in self.workings[line]]
        return [list(islice(ways, None if in_every_way else 1)) for ways in found]

    def held_at(self, x: Value) -> Interval:
        return self.judged[x].held if x in self.judged else EXACT

    def near(self, line: Value) -> Near:
        """What numbers on a line may stand for."""
        if line not in self._near:
            self._near[line] = Near(line, self.formulas, self.persons_numbers, self.true, kept=self.usual)
        return self._near[line]

    def astray(self, line: Value) -> list[Member]:
        """The members before a result that come to something else than the line does, or than the member before them."""
        members = self.workings[line]
        kept = self.kept(self.numbers[line]) if line in self.numbers else self.usual
        right: set[Member] = set()

        def look(at: Iterable[Member], exact: Worth, rounded: Worth) -> None:
            """Find what comes to a number; either its own numbers may stand for others, or each operation was rounded."""
            for member in at:
                if member in right:
                    continue
                if any(worth.agrees(exact) for worth in self.worths(line, member)) or any(
                    worth.agrees(rounded) for worth in self.worths(line, member, ways=(True,))
                ):
                    right.add(member)

        for readings in (self.readings, self.other_readings):
            for reading in readings(line) if len(right) < len(members) else ():
                look(members, reading.worth(None), reading.worth(kept))
                if len(right) == len(members):
                    return []
            look(members, exact := Worth(self.true[line], 0.0), exact)
            for before, member in pairwise(members):
                if before in right:
                    for values in (self.persons_numbers, self.true):
                        exact = Worth(value_at(before.formula, values), 0.0)
                        look([member], exact, exact._replace(error_bound=error_bound(before.formula, values, {}, kept)))
        return [member for member in members if member not in right]

    @cached_property
    def persons_numbers(self) -> dict[Value, float]:
        """Every quantity as this person has it: as written, else worked out from what was."""
        written = {x: self.numbers[lines[0]].value for x, lines in self.same.items()}
        written.update((x, number.value) for x, number in self.numbers.items())
        return with_lines(self.formulas, written)


def with_lines(formulas: Mapping[Value, Value], known: Mapping[Value, float]) -> dict[Value, float]:
    """Every quantity of a sheet: as it is known, else worked out from the others; given numbers are what they are."""
    found = dict(known)
    stack = [x for x in formulas if x not in found][::-1]
    while stack:
        x = stack[-1]
        own = formulas.get(x, x)
        order = nodes(own)
        waiting = [q for q in order if q.op is None and q not in found and q is not x]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        if x not in found:
            found[x] = x.data if own is x else evaluate(order, {q: found[q] for q in order if q in found})[own]
    return found


def _half_a_unit(claim: Number) -> float:
    """Half of what the last digit counts; 0.0000 may be rounded, 0 is nothing."""
    return 0.5 * claim.unit if claim.digits or claim.unit < 0.1 else 0.0


def _agreeing(ways: Sequence[Worth], result: Worth) -> float:
    """How far off the first of the ways may be that agrees with a result."""
    return next((w.error_bound + w.rounding for w in ways if w.agrees(result)), 0.0)


def _combinations(ways: Sequence[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """All ways together; where they are too many, all the first, all the last, and one that differs at a time."""
    if math.prod(map(len, ways)) <= MOST_READINGS:
        yield from product(*ways)
        return
    first = [each[0] for each in ways]
    yield first
    yield [each[-1] for each in ways]
    for i, each in enumerate(ways):
        for other in each[1:]:
            yield [*first[:i], other, *first[i + 1 :]]
