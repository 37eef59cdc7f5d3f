"""Judging numbers: each from the numbers before it that the same person wrote.

What rounding can do is worked out, not allowed for as a percentage. Who writes 0.5933 holds either that or the unrounded
number behind it, and may round whatever comes out of each operation on the way, to the digits that are kept; how far a
step's result can move by that is its reach. A number that was exact, like 0.3925, can move nothing. The numbers that stand
before a result (working.py) show how far somebody has rounded there.

Where a person's number is wrong, what follows may go on from it, or from the right number, or from what should have come
out of the numbers before it: each such reading is tried, and the one that fits best is taken.

A number that nothing explains is wrong, and then the mistakes of mistakes.py are tried in its place: the one whose
result has the digits that were written is the guess; where many have, there is none.
"""

from __future__ import annotations

import math
from collections import Counter, namedtuple
from copy import copy
from functools import cached_property
from itertools import product
from random import Random

from autograd.formula.operations import quantities
from autograd.graph import nodes
from autograd.mark.mistakes import digit_mistakes, mistakes, rounded_early
from autograd.mark.steps import EXACT, PRODUCTS, Held, Kept, close, grain, rounding, spelt_out, straightened, swing, unit_of
from autograd.mark.working import Near, Worth
from autograd.rewriting import evaluate, expanded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from autograd.mark.claims import Number
    from autograd.mark.mistakes import Mistake, Surroundings
    from autograd.mark.working import Member
    from autograd.value import Value

MOST_READINGS = 200  # combinations of a person's own and the right numbers that one line is tried with
MOST_GUESSES = 3  # mistakes that would each explain a number; where there are more, nothing is said
FEWEST_DIGITS, ENOUGH_DIGITS = 2, 4  # for a guess at all; for one at a rare mistake
TWICE = 1.1  # as far as half a unit reaches that was rounded before, to one digit more
ENOUGH_NUMBERS = 3  # to tell how somebody rounds
MOST_DIGITS = 16  # of a number that was written as one, and not worked out from others


class Step:
    """How a line is computed from the claims before it; lines left blank are worked out inside.

    formula: over claimed and given quantities; cut: the claimed ones; blanks: the nodes that stand for lines left blank
    """

    def __init__(self, line: Value, formulas: Mapping[Value, Value], claimed: Callable[[Value], bool]) -> None:
        formula, inside = expanded(formulas[line], formulas, claimed)
        self.lines, self._blanks, self._claimed = set(inside), list(inside.values()), claimed
        self._of(formula)

    def _of(self, formula: Value) -> None:
        self.formula, self.order = formula, nodes(formula)
        self.cut = [node for node in self.order if not node.inputs and self._claimed(node)]
        in_order = set(self.order)
        self.blanks = [node for node in self._blanks if node.inputs and node is not formula and node in in_order]

    def short(self) -> Step | None:
        """The step that people take where fractions cancel, such as o − t; None where they do not."""
        formula = straightened(self.formula)
        if formula is None:
            return None
        other = copy(self)
        other._of(formula)
        return other

    def value(self, values: Mapping[Value, float]) -> float:
        return evaluate(self.order, values)[self.formula]

    def reach(self, values: Mapping[Value, float], held: Mapping[Value, Held], kept: Kept | None) -> float:
        """How far the result can move; see reach_of."""
        return reach_of(self.formula, values, {x: held[x] for x in self.cut}, kept)


def reach_of(formula: Value, values: Mapping[Value, float], held: Mapping[Value, Held], kept: Kept | None) -> float:
    """How far a result can move: each claim within what is held, each operation by what rounding can do to it."""
    reach = swing(formula, values, held)
    if kept is not None:
        reach += rounding(spelt_out(formula), values, held, kept)
    return reach


class Reading(namedtuple("Reading", "step values held wrong")):
    """One way in which somebody may have taken the numbers before a line.

    values, held: for each quantity that the step is cut at, the number, and what is held around it
    wrong: the lines whose wrong numbers are taken, as (quantity, line); the quantity is None for a wrong formula
    """

    __slots__ = ()


class Judgement(namedtuple("Judgement", "verdict own tolerance held used follows truncated readings")):
    """What became of a line.

    own, tolerance: what the person's own numbers give, and how far off that is still right
    held: what the person may hold; used: the wrong numbers that the line rests on
    follows: whether it fits the person's own numbers at all; truncated: whether digits were cut off
    readings: how it may have been worked out
    """

    __slots__ = ()


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
        self.true, self.formulas, self.numbers, self.cut_off = true, formulas, numbers, cut_off
        self.truncating = bool(cut_off)
        self.workings, self.routes, self.wrong_formulas = workings, routes, wrong_formulas
        self.usual = _usual(numbers.values(), self.truncating)
        self.judged: dict[Value, Judgement] = {}
        self.same: dict[Value, list[Value]] = {}  # the lines with a number that are another line over again, as ∂L/∂b is δ
        for line, formula in formulas.items():
            if line in numbers and formula is not line and formula in formulas:
                self.same.setdefault(formula, []).append(line)
        for line in lines:
            if line in numbers:
                self.judged[line] = self.judge(line, numbers[line])

    def judge(self, line: Value, claim: Number) -> Judgement:
        readings = self.readings(line)
        judged = self.judge_by(readings, line, claim)
        if judged.verdict == "wrong" or judged.truncated or not judged.follows:
            others = self.other_readings(line)
            judged = self.judge_by([*readings, *others], line, claim) if others else judged
        return judged

    def judge_by(self, readings: Sequence[Reading], line: Value, claim: Number) -> Judgement:
        """What becomes of a line if it was worked out in one of these ways."""
        true, c, kept = self.true[line], claim.value, self.kept(claim)
        half = 0.5 * claim.unit if claim.digits or claim.unit < 0.1 else 0.0  # 0.0000 may be rounded, 0 is nothing
        results = self.results(line, readings, kept)
        own, tolerance = results[0].value, half + results[0].reach
        if self.workings.get(line):  # then what was rounded on the way stands there
            shown = self.shown(line, claim, kept)
            results = [
                r._replace(reach=r.reach + max((w.reach + w.rounding for w in shown if w.agrees(r)), default=0.0))
                for r in self.results(line, readings, None)
            ]
        readings_of = [*readings, readings[0]._replace(wrong=())]  # the last is who keeps all digits in a calculator
        off = [
            (abs(c - r.value) / (half * TWICE + r.reach + grain(r.value)), len(readings_of[i].wrong), i)
            for i, r in enumerate(results)
        ]
        fitting = [each for each in off if each[0] <= 1.0]
        may_cut = self.truncating or (1 < claim.digits <= MOST_DIGITS and not fitting)
        cut_off = [
            (_beyond(c, r.value, claim.unit) / (r.reach + grain(r.value)), len(readings_of[i].wrong), i)
            for i, r in enumerate(results)
            if may_cut and _is_cut_off(c, r.value, claim.unit, r.reach)
        ]
        explaining = [i for *_, i in sorted([*fitting, *cut_off])]
        used = self.materially(readings_of[explaining[0]]) if explaining else ()
        exact = abs(c - true) <= half + grain(true)
        verdict = "right" if exact else "carried" if used else "rounded" if explaining else "wrong"
        own_way = [r for i in explaining if i < len(readings) and ((r := readings[i]).wrong or not readings[0].wrong)]
        follows = not exact or bool(own_way) or not math.isfinite(own)
        truncated = line in self.cut_off if self.truncating else bool(cut_off)
        held = self.held(claim, [results[i] for i in explaining], truncated)
        if kept is None and self.usual is not None:  # no number was written, but one was held
            step = readings[0].step
            off = (
                0.5 * claim.unit + self.usual.most(c) + rounding(spelt_out(step.formula), readings[0].values, {}, self.usual)
            )
            held = Held(-off, off)
        return Judgement(verdict, own, tolerance, held, () if exact else used, follows, truncated, readings)

    def results(self, line: Value, readings: Sequence[Reading], kept: Kept | None) -> list[Worth]:
        """What a line comes to: in each reading, and at last what is right, to all digits.

        kept: the digits that are kept on the way, if only some are
        """
        return [
            *(Worth(r.step.value(r.values), r.step.reach(r.values, r.held, kept)) for r in readings),
            Worth(self.true[line], 0.0),
        ]

    def kept(self, claim: Number) -> Kept | None:
        """The digits that a person keeps who writes this; None for what was not written as one number."""
        if claim.digits > MOST_DIGITS:
            return None
        unit = claim.unit * 0.01 if claim.digits <= FEWEST_DIGITS and claim.unit > 0.01 else claim.unit  # 0.6 may end there
        significant = self.usual is not None and self.usual.digits > 0
        return Kept(unit, claim.digits if significant else 0, self.truncating)

    def readings(self, line: Value) -> list[Reading]:
        """The ways in which the numbers before a line may have been taken, the person's own first."""
        found: list[Reading] = []
        for formulas in (
            [{**self.formulas, **self.wrong_formulas}, self.formulas] if self.wrong_formulas else [self.formulas]
        ):
            whole = Step(line, formulas, self.is_known)
            blamed = tuple((None, x) for x in self.wrong_formulas if x in whole.lines and formulas is not self.formulas)
            if formulas is self.formulas or blamed:
                short = whole.short()
                for step in [whole] if short is None else [short, whole]:
                    found += self.readings_of(step, blamed)
        return found

    def other_readings(self, line: Value) -> list[Reading]:
        """The ways around one of the lines before: by longer products, where fractions cancel, by formulas as written."""
        found: list[Reading] = []
        formula = self.formulas[line]
        for x in Step(line, self.formulas, self.is_known).cut:
            longer = [self.formulas[x]] if formula.op in PRODUCTS and self.formulas[x].op in PRODUCTS else []
            for other in (*longer, *self.shorter(x)):
                others = {**self.formulas, x: other}
                found += self.readings_of(Step(line, others, lambda q, x=x: q is not x and self.is_known(q)), ())  # type: ignore[misc]
        for other in (*self.shorter(line), *self.routes.get(line, ())):
            found += self.readings_of(Step(line, {**self.formulas, line: other}, self.is_known), ())
        return found

    def shorter(self, line: Value) -> list[Value]:
        """The formulas of a line where fractions in one of the lines before cancel, as o − t is ∂E/∂o·o(1 − o)."""
        formula = self.formulas[line]
        wholes = (expanded(formula, self.formulas, lambda q, x=x: q is not x)[0] for x in quantities(formula))  # type: ignore[misc]
        return [short for whole in wholes if (short := straightened(whole)) is not None]

    def readings_of(self, step: Step, blamed: tuple[tuple[None, Value], ...]) -> Iterator[Reading]:
        for combination in _combinations([self.taken(x) for x in step.cut]):
            values = {x: value for x, (value, _, _) in zip(step.cut, combination)}
            held = {x: around for x, (_, around, _) in zip(step.cut, combination)}
            wrong = tuple((x, culprit) for x, (_, _, culprit) in zip(step.cut, combination) if culprit is not None)
            yield Reading(step, values, held, (*blamed, *wrong))

    def is_known(self, x: Value) -> bool:
        """Whether there is a number for a quantity by now: its own, or one on a line that is the same."""
        return x in self.judged or any(line in self.judged for line in self.same.get(x, ()))

    def taken(self, x: Value) -> list[tuple[float, Held, Value | None]]:
        """How a number may be taken further: as (number, what is held around it, the line it is wrong on)."""
        lines = [line for line in (x, *self.same.get(x, ())) if line in self.judged]
        ways = [  # those of the line itself come first; the right number is never the first where another was written
            way
            for line in lines
            for way in sorted(self._taken_from(line), key=lambda way: way[2] is None and way[0] == self.true[x])
        ]
        return list(dict.fromkeys(ways))

    def _taken_from(self, line: Value) -> Iterator[tuple[float, Held, Value | None]]:
        claim, judged, true = self.numbers[line], self.judged[line], self.true[line]
        at_fault = line if judged.verdict in ("wrong", "carried") else None
        yield claim.value, judged.held, at_fault
        if at_fault is None and abs(claim.value - judged.own) > 0.5 * claim.unit:  # who works it out once more, another way
            yield judged.own, Held(-0.5 * claim.unit, 0.5 * claim.unit), None
        if at_fault is not None:  # what should have come out, as far as it is known, and to as many digits
            off = max(0.0, judged.tolerance - 0.5 * claim.unit) + 0.5 * unit_of(judged.own, claim.digits)
            around = Held(-off, off)
            if judged.verdict == "wrong" and not close(judged.own, true):
                yield judged.own, around, line
            yield true, around, None

    def materially(self, reading: Reading) -> tuple[Value, ...]:
        """The lines with wrong numbers that the result of a reading depends on."""
        step, values = reading.step, reading.values
        value = step.value(values)
        return tuple(line for x, line in reading.wrong if x is None or step.value({**values, x: self.true[x]}) != value)

    def held(self, claim: Number, explaining: Sequence[Worth], cut_off: bool) -> Held:
        """What somebody holds who wrote this: at most half a unit off; a whole one for who cuts digits off.

        explaining: what the readings that fit come to; none for a number that is wrong
        """
        low, high = -0.5 * claim.unit, 0.5 * claim.unit
        if cut_off or self.truncating:
            low, high = (low, claim.unit) if claim.value >= 0.0 else (-claim.unit, high)
        offsets = [worth.value + by - claim.value for worth in explaining for by in (-worth.reach, worth.reach)]
        if not offsets:
            return Held(low, high)
        return Held(min(0.0, max(min(offsets), low)), max(0.0, min(max(offsets), high)))

    # ---- what stands before a result

    def worths(self, line: Value, kept: Kept | None = None) -> list[tuple[Member, list[Worth]]]:
        """What the members before a result come to, for this person's own numbers and for the right ones.

        kept: the digits that are kept on the way to the result
        """
        members = self.workings.get(line, ())
        if not members:
            return []
        near, held = self.near(line), {x: judged.held for x, judged in self.judged.items()}
        ways: list[tuple[Mapping[Value, float], Mapping[Value, Held]]] = [(self.persons_numbers, held), (self.true, {})]
        return [
            (m, [m.worth(values, around, near, strict, kept) for strict in (True, False) for values, around in ways])
            for m in members
        ]

    def shown(self, line: Value, claim: Number, kept: Kept | None) -> list[Worth]:
        """What those members come to that lead to a result, each taken as exactly as it can be."""
        found = (next((worth for worth in ways if worth.leads_to(claim)), None) for _, ways in self.worths(line, kept))
        return [worth for worth in found if worth is not None]

    def held_at(self, x: Value) -> Held:
        return self.judged[x].held if x in self.judged else EXACT

    def near(self, line: Value) -> Near:
        """What numbers on a line may stand for."""
        return Near.to(line, self.formulas, self.persons_numbers, self.true)

    def astray(self, line: Value) -> list[Member]:
        """The members before a result that come to something else than the line does."""
        found = self.worths(line)
        right: set[Member] = set()
        for readings in (self.readings, self.other_readings):
            targets = self.results(line, readings(line), None) if len(right) < len(found) else []
            before: list[Worth] = []  # what the member before comes to, if it is right: this one may follow from it
            for member, ways in found:
                if member in right or any(w.agrees(target) for w in ways for target in (*targets, *before)):
                    right.add(member)
                before = [Worth(w.value, 0.0) for w in ways] if member in right else []
        return [member for member, _ in found if member not in right]

    # ---- guesses

    @cached_property
    def places(self) -> list[dict[Value, float]]:
        """Numbers near those of the sheet, which tell formulas apart."""
        return list(places_nearby(self.formulas))

    @cached_property
    def persons_numbers(self) -> dict[Value, float]:
        """Every quantity as this person has it: as written, else worked out from what was."""
        written = {x: self.numbers[lines[0]].value for x, lines in self.same.items()}
        written.update((x, number.value) for x, number in self.numbers.items())
        return with_lines(self.formulas, written)

    def guesses(self, line: Value, around: Surroundings) -> list[tuple[Mistake, Reading, float]]:
        """The mistakes that give the digits of a wrong line; none where there are too many of them, or too few digits."""
        claim = self.numbers[line]
        if claim.digits < FEWEST_DIGITS:
            return []
        readings = _differing(self.judged[line].readings)[:12]
        for common in (True, False) if claim.digits >= ENOUGH_DIGITS else (True,):
            exactly: dict[object, tuple[Mistake, Reading, float]] = {}
            nearly: dict[object, tuple[Mistake, Reading, float]] = {}  # with what rounding can do
            for reading in readings:
                numbers = {**self.persons_numbers, **reading.values}
                for mistake, value, reach in self.tried(line, claim, reading, numbers, around, common):
                    near = abs(claim.value - value) <= claim.unit  # further off, much would explain a number
                    if self.explains(claim, value, reach) and near:
                        found = exactly if self.explains(claim, value, 0.0) else nearly
                        known = found.get(key := self.signature(mistake))
                        better = known is None or _rounds_to(value, claim) > _rounds_to(known[2], claim)
                        if known is None or (better and mistake.kind != known[0].kind):
                            found[key] = mistake, reading, value
                if exactly or nearly:
                    break
            best = exactly or nearly
            if best:
                return list(best.values()) if len(best) <= MOST_GUESSES else []
        return []

    def tried(
        self,
        line: Value,
        claim: Number,
        reading: Reading,
        numbers: Mapping[Value, float],
        around: Surroundings,
        common: bool,
    ) -> Iterator[tuple[Mistake, float, float]]:
        """Mistakes with what they come to, and how far rounding can move that."""
        step, kept = reading.step, self.kept(claim)
        right = self.signature_of(step.formula)
        for mistake in mistakes(step.formula, around, line):
            if mistake.common == common:
                order = nodes(mistake.formula)
                value = evaluate(order, numbers)[mistake.formula]
                if abs(value - claim.value) <= 100 * claim.unit and self.signature(mistake) != right:
                    held = {x: reading.held.get(x) or self.held_at(x) for x in order if not x.inputs and x.op is None}
                    yield mistake, value, reach_of(mistake.formula, numbers, held, kept)
        value, reach = step.value(reading.values), step.reach(reading.values, reading.held, kept)
        for mistake, candidate, scale in digit_mistakes(claim, value):
            if mistake.common == common:
                yield mistake, claim.value + (value - candidate) / scale, reach / scale
        if not common:
            at = evaluate(step.order, reading.values)
            units = {x: self.numbers[x].unit for x in step.cut if x in self.numbers} | dict.fromkeys(step.blanks, claim.unit)
            for mistake, coarse in rounded_early({x: at[x] for x in units}, units):
                yield mistake, evaluate(step.order, {**reading.values, **coarse})[step.formula], 0.0

    def explains(self, claim: Number, value: float, reach: float) -> bool:
        off = abs(claim.value - value)
        cut_off = self.truncating and _is_cut_off(claim.value, value, claim.unit, reach)
        return off <= 0.5 * claim.unit + reach + grain(value) or cut_off

    def signature(self, mistake: Mistake) -> object:
        return self.signature_of(mistake.formula) if mistake.formula is not None else mistake.kind

    def signature_of(self, formula: Value) -> object:
        """What formulas that come to the same on this sheet have in common: their values at points near its numbers."""
        order = nodes(formula)
        return tuple(f"{evaluate(order, place)[formula]:.9g}" for place in self.places)


def with_lines(formulas: Mapping[Value, Value], known: Mapping[Value, float]) -> dict[Value, float]:
    """Every quantity of a sheet: as it is known, else worked out from the others; given numbers are what they are."""
    found = dict(known)
    stack = [x for x in formulas if x not in found][::-1]
    while stack:
        x = stack[-1]
        own = formulas.get(x, x)
        waiting = [q for q in quantities(own) if q not in found and q is not x]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        found.setdefault(x, x.data if own is x else evaluate(nodes(own), found)[own])
    return found


def places_nearby(formulas: Mapping[Value, Value]) -> Iterator[dict[Value, float]]:
    """The numbers of a sheet for three sets of given numbers near its own."""
    for seed in range(3):
        random = Random(seed)
        given = {
            x: x.data * random.uniform(0.93, 1.07) + random.uniform(-0.01, 0.01) for x, own in formulas.items() if own is x
        }
        yield with_lines(formulas, given)


def _usual(numbers: Iterable[Number], cut: bool) -> Kept | None:
    """The digits that somebody keeps, or decimals, whichever more of the numbers have; None if there are too few of them."""
    rounded = [number for number in numbers if FEWEST_DIGITS <= number.digits <= MOST_DIGITS]
    if len(rounded) < ENOUGH_NUMBERS:
        return None
    by_digits, by_unit = Counter(number.digits for number in rounded), Counter(number.unit for number in rounded)
    ((digits, times),), ((unit, others),) = by_digits.most_common(1), by_unit.most_common(1)
    same_digits = times > others or by_digits[max(by_digits)] > by_unit[min(by_unit)]
    return Kept(unit, digits if same_digits else 0, cut)


def _differing(readings: Iterable[Reading]) -> list[Reading]:
    seen: dict[tuple[float, ...], Reading] = {}
    for reading in readings:
        seen.setdefault((reading.step.value(reading.values), *reading.values.values()), reading)
    return list(seen.values())


def _rounds_to(v: float, claim: Number) -> bool:
    return bool(abs(v - claim.value) <= 0.5 * claim.unit + grain(v))


def _is_cut_off(c: float, v: float, unit: float, reach: float) -> bool:
    """Whether digits of v were left off to make c."""
    return c * v >= 0.0 and _beyond(c, v, unit) <= reach + grain(v)


def _beyond(c: float, v: float, unit: float) -> float:
    """How far v is from the numbers that become c without their further digits."""
    return max(0.0, abs(c) - abs(v), abs(v) - abs(c) - unit * (1.0 - 1e-9))


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
