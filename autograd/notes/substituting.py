r"""A formula of names with numbers for them behind it: which number stands for which name.

a (1 − a) = 0.6 (1 − 0.6)      0.6 for a, twice
g (1 − a) = 0.6 (1 − 0.6)      0.6 for g, and for a: if the page says that these are different numbers, one is misplaced
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

from autograd.formula.uses import find_uses
from autograd.notes.numbers import Written, digits_of, leads_to, unit_of

FEWEST_DIGITS = 4  # of a number that is not two things by chance
_DRESS = re.compile(r"\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|[·×\s(){}]")
_A_NUMBER = r"\s*(?<![0-9.])([0-9]*\.[0-9]+|[0-9]+)(?![0-9.])\s*"  # whole, so that there is one way to part a text


class Misplaced(NamedTuple):
    """A number that stands for a name and is another's."""

    name: str
    other: str
    number: Written


def numbers_for_names(formula: str, text: str) -> list[tuple[str, Written]]:
    """The names of a formula, each with the number that stands in its place; nothing where these are two formulas."""
    uses = find_uses(formula)
    pattern, at = "", 0
    for use in uses:
        pattern += f"{_loosely(formula[at : use.start])}{_A_NUMBER}"
        at = use.end
    match = re.fullmatch(pattern + _loosely(formula[at:]), _DRESS.sub(" ", text).strip())
    if match is None:
        return []
    return [(formula[use.start : use.end], Written(float(n), unit_of(n))) for use, n in zip(uses, match.groups())]


def _loosely(text: str) -> str:
    """A pattern for signs, whatever blanks and brackets stand among them."""
    return r"\s*".join(map(re.escape, _DRESS.sub("", text)))


def find_misplaced(formula: str, text: str, numbers_of: Callable[[str], Sequence[Written]]) -> Misplaced | None:
    """A name that has the number of another one in a formula with numbers for names, where the page tells them apart.

    numbers_of: what a name is said to be anywhere on the page
    """
    for (one, number), (other, same) in combinations(numbers_for_names(formula, text), 2):
        if one == other or number.value != same.value or digits_of(f"{number.value:.12g}") < FEWEST_DIGITS:
            continue
        for name, its in ((one, other), (other, one)):
            here, there = numbers_of(name), numbers_of(its)
            if here and there and not any(_agree(n, number) for n in here) and all(_agree(n, number) for n in there):
                return Misplaced(name, its, here[0])
    return None


def _agree(one: Written, other: Written) -> bool:
    """Whether two numbers may be one, in more or fewer digits."""
    return leads_to(one.value, 0.5 * one.unit, other) or leads_to(other.value, 0.5 * other.unit, one)
