"""Slips of the pen, and on the calculator: digits that changed on the way to the page, and numbers copied wrongly.

A member before a result that comes to something else than the line does is looked at more closely: is there one number in
it, or are there two, that would be right if other quantities stood there?
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from itertools import combinations, pairwise, permutations
from typing import NamedTuple

from autograd.formula.measures import free_variables
from autograd.mark.forms import figure, text_of
from autograd.mark.judging import Judge
from autograd.mark.numerals import Number
from autograd.mark.report import Diagnosis
from autograd.mark.working import Literal, Member, Near, Worth
from autograd.value import Value

MOST_COPIES = 2  # wrong ones that are still told apart
MOST_LOOKED_AT = 8  # numbers, and quantities, that are tried in each other's place


class Slip(NamedTuple):
    """A slip of the pen, or on the calculator: a Mistake without a formula."""

    kind: str
    common: bool
    tell: Callable[[Callable[[Value], str]], str]


def digit_mistakes(claim: Number, value: float) -> Iterator[tuple[Slip, float, float]]:
    """Slips of the pen: the number that was meant, and how many times it is what was written.

    claim: what was written; value: what should have come out
    """
    for k in (1, -1, 2, -2, 3, -3):
        yield _slip("decimal point", f"The decimal point is {_places(k)}", True), claim.value * 10.0**k, 10.0**k
    decimals = max(0, round(-math.log10(claim.unit))) if claim.unit else 17
    if decimals > 16 or claim.value * value < 0.0:
        return
    sign = -1.0 if claim.value < 0.0 else 1.0
    text, meant = f"{abs(claim.value):.{decimals}f}", f"{abs(value):.{decimals}f}"
    for i, (a, b) in enumerate(pairwise(text)):
        if a != b and "." not in (a, b):
            turned = f"{text[:i]}{b}{a}{text[i + 2 :]}"
            yield _slip("digits", f"Two digits changed places: {b}{a} became {a}{b}", True), sign * float(turned), 1.0
    if claim.digits > 4 and len(meant) == len(text) and sum(a != b for a, b in zip(text, meant)) == 1:
        yield _slip("digits", f"One digit is another: {meant} became {text}"), value, 1.0
    elif claim.digits > 3 and 0.5 < abs(claim.value - value) / claim.unit < 3.0:
        yield _slip("digits", "Only the last digit is off"), value, 1.0
    longer, shorter = f"{abs(value):.{decimals + 1}f}", f"{abs(value):.{max(decimals - 1, 0)}f}"
    if decimals and any(c != "." and longer[:i] + longer[i + 1 :] == text for i, c in enumerate(longer)):
        yield _slip("digits", f"A digit was lost: {longer} became {text}"), value, 1.0
    doubled = [i for i in range(1, len(text)) if text[i] == text[i - 1]]
    if decimals > 1 and any(text[:i] + text[i + 1 :] == shorter for i in doubled):
        yield _slip("digits", f"A digit was written twice: {shorter} became {text}"), value, 1.0


def _slip(kind: str, sentence: str, common: bool = False) -> Slip:
    return Slip(kind, common, lambda show: sentence)


def _places(k: int) -> str:
    many = {1: "one place", 2: "two places", 3: "three places"}[abs(k)]
    return f"{many} too far to the {'left' if k > 0 else 'right'}"


def round_early(numbers: Mapping[Value, float], units: Mapping[Value, float]) -> Iterator[tuple[Slip, dict[Value, float]]]:
    """Numbers that were rounded further before they were used: all of them, or one; and what they became.

    numbers: those that a step uses; units: what their last digits count
    """
    for places in (1, 2, 3, 4):
        coarse = {x: round(value, places) for x, value in numbers.items() if units[x] < 0.5 * 10.0**-places}
        coarse = {x: value for x, value in coarse.items() if value != numbers[x]}
        decimals = "1 decimal" if places == 1 else f"{places} decimals"
        if len(coarse) > 1:
            yield _slip("rounding", f"You rounded to {decimals} before you went on"), coarse
        for x, value in coarse.items():
            what = text_of(x) if not x.inputs else "a number"
            yield _slip("rounding", f"You rounded {what} to {decimals} before you went on"), {x: value}


def find_slips(line: Value, judge: Judge, result: str) -> list[Diagnosis]:
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
                    there = copy(member)
                    there.numbers = {node: number for node, number in member.numbers.items() if node not in put}
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
