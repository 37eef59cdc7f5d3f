"""Slips of the pen, and on the calculator: a result whose digits changed on the way to the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from autograd.mark.claims import Number
from autograd.mark.forms import text_of
from autograd.value import Value


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
