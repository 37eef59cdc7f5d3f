"""Guesses: which mistake gives the digits that were written.

The mistakes in a line's step, and slips of the pen, are worked out with the numbers that the person had. The common ones are
tried first, the rare ones only where many digits stand there and nothing else explains them. Where several mistakes do,
which come to different numbers on a sheet like this one, all are said if they are few, and none if they are many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from autograd.graph import nodes
from autograd.mark.claims import Number
from autograd.mark.context import SheetContext
from autograd.mark.judging import Judge, with_lines
from autograd.mark.mistakes import Mistake, mistakes
from autograd.mark.readings import Reading, error_bound
from autograd.mark.rounding import FEWEST_DIGITS, grain, is_cut_off
from autograd.mark.slips import Slip, digit_mistakes, round_early
from autograd.rewriting import evaluate
from autograd.value import Value

MOST_GUESSES = 3  # mistakes that would each explain a number; where there are more, nothing is said
MOST_WORKED_OUT = 50_000  # numbers, in looking for mistakes in one line; where that does not do, nothing is said
NOTHING = 1e-14  # what is left of a − a where it is worked out by two ways
ENOUGH_DIGITS = 4  # for a guess at a rare mistake


class Guess(NamedTuple):
    """A mistake that explains a number, with the numbers it was made with, and what it comes to."""

    mistake: Mistake | Slip
    reading: Reading
    value: float


class Guesser:
    """Guesses at what went wrong on the lines that a judge finds wrong.

    context: what is known of the sheet
    """

    def __init__(self, judge: Judge, context: SheetContext) -> None:
        self.judge, self.context = judge, context
        self.places = list(places_nearby(context.formulas, {x: x.data for x in context.formulas}))

    def guesses(self, line: Value) -> list[Guess]:
        """The mistakes that give the digits of a wrong line; none where there are too many of them, or too few digits."""
        claim = self.judge.numbers[line]
        if claim.digits < FEWEST_DIGITS:
            return []
        readings, left = _differing(self.judge.judged[line].readings)[:12], MOST_WORKED_OUT
        for common in (True, False) if claim.digits >= ENOUGH_DIGITS else (True,):
            exactly: dict[object, Guess] = {}
            nearly: dict[object, Guess] = {}  # with what rounding can do
            for reading in readings:
                numbers = {**self.judge.persons_numbers, **reading.values}
                for mistake, value, reach, size in self.try_mistakes(line, claim, reading, numbers, common):
                    left -= size
                    if left < 0:
                        return []
                    if self.explains(claim, value, reach) and _is_near(claim, value):
                        found = exactly if self.explains(claim, value, 0.0) else nearly
                        found.setdefault(self.signature(mistake), Guess(mistake, reading, value))
                if exactly or nearly:
                    break
            if best := exactly or nearly:
                return list(best.values()) if len(best) <= MOST_GUESSES else []
        return []

    def try_mistakes(
        self, line: Value, claim: Number, reading: Reading, numbers: Mapping[Value, float], common: bool
    ) -> Iterator[tuple[Mistake | Slip, float, float, int]]:
        """The mistakes in one reading of a line, common or rare ones.

        Each with what it comes to, how far off that may be, and how many numbers were worked out
        """
        step, kept = reading.step, self.judge.kept(claim)
        right = self.signature_of(step.formula)
        for mistake in mistakes(step.formula, self.context, line):
            if mistake.common == common:
                order = nodes(mistake.formula)
                value, reach = evaluate(order, numbers)[mistake.formula], 0.0
                if _is_near(claim, value) and self.signature(mistake) == right:
                    value = math.nan  # no mistake on this sheet
                elif _is_near(claim, value):
                    held = {x: reading.held.get(x) or self.judge.held_at(x) for x in order if not x.inputs and x.op is None}
                    reach = error_bound(mistake.formula, numbers, held, kept)
                yield mistake, value, reach, len(order)
        value, reach = reading.worth(kept)[:2]
        for slip, candidate, scale in digit_mistakes(claim, value):
            if slip.common == common:
                yield slip, claim.value + (value - candidate) / scale, reach / scale, 1
        if not common:
            at = evaluate(step.order, reading.values)
            units = {x: self.judge.numbers[x].unit for x in step.cut if x in self.judge.numbers} | dict.fromkeys(
                step.blanks, claim.unit
            )
            for slip, coarse in round_early({x: at[x] for x in units}, units):
                value = step.value({**reading.values, **coarse})
                yield slip, value, 0.0, len(step.order)

    def explains(self, claim: Number, value: float, reach: float) -> bool:
        off = abs(claim.value - value)
        cut_off = self.judge.truncating and is_cut_off(claim.value, value, claim.unit, reach)
        return off <= 0.5 * claim.unit + reach + grain(value) or cut_off

    def signature(self, mistake: Mistake | Slip) -> object:
        return mistake.kind if isinstance(mistake, Slip) else self.signature_of(mistake.formula)

    def signature_of(self, formula: Value) -> object:
        return signature_at(formula, self.places)


def places_nearby(formulas: Mapping[Value, Value], numbers: Mapping[Value, float]) -> Iterator[dict[Value, float]]:
    """The numbers of a sheet for three sets of given numbers near some."""
    for seed in range(3):
        random = Random(seed)
        given = {
            x: numbers[x] * random.uniform(0.93, 1.07) + random.uniform(-0.01, 0.01)
            for x, own in formulas.items()
            if own is x
        }
        yield with_lines(formulas, given)


def signature_at(formula: Value, places: Sequence[Mapping[Value, float]]) -> tuple[str, ...]:
    """What formulas that come to the same on a sheet have in common: their values at places near its numbers."""
    order = nodes(formula)
    values = (evaluate(order, place)[formula] for place in places)
    return tuple(f"{0.0 if abs(x) < NOTHING else x:.9g}" for x in values)


def _differing(readings: Iterable[Reading]) -> list[Reading]:
    seen: dict[tuple[object, ...], Reading] = {}
    for reading in readings:
        seen.setdefault((f"{reading.step.value(reading.values):.12g}", *reading.values.values()), reading)
    return list(seen.values())


def _is_near(claim: Number, v: float) -> bool:
    """Whether a number is near enough to be explained; further off, much would."""
    return bool(abs(claim.value - v) <= claim.unit)
