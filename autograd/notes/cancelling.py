"""Products of derivatives of which nothing else is said: by the chain rule they cancel, name by name."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TypeAlias

from autograd.formula.indexed_lexer import NAME
from autograd.formula.name_keys import Key
from autograd.formula.uses import find_uses
from autograd.notes.verdicts import OPEN, RIGHT, STATED, UNREAD, WRONG, Judgement
from autograd.writing.names import pretty

Name: TypeAlias = tuple[Key, ...]
Slope: TypeAlias = tuple[Name, list[Name]]  # what is above, and what is below

_D = r"(?:\\partial|∂|(?<![A-Za-z])d)"
_BELOW = re.compile(rf"{_D}\s*({NAME})")
_DERIVATIVE = re.compile(
    rf"\\frac\s*\{{\s*{_D}\s*({NAME})(?:\s*\([^()]*\))?\s*\}}\s*\{{((?:\s*{_D}\s*{NAME})+)\s*\}}"
    rf"|{_D}\s*({NAME})(?:\s*\([^()]*\))?\s*/\s*({_D}\s*{NAME})"
)
_PRODUCT = re.compile(r"\\(?:cdot|times)(?![A-Za-z])|[·×]")


def judge_cancelling(before: str, text: str, so_far: Judgement) -> Judgement | None:
    """Products of derivatives of which nothing else is said: the chain rule lets them cancel, or they are wrong."""
    if so_far.verdict not in (OPEN, STATED, UNREAD):
        return None
    left, right = derivatives_of(before), derivatives_of(text)
    if left is not None and len(left) == 1 and right is None:
        return _judge_sum(left, text)
    if left is None or right is None or len(left) != 1 or len(right) < 2:
        return None
    top, (bottom, *more) = left[0]
    if more:
        return None
    tops, bottoms = _cancel(right)
    if (tops, bottoms) == ([top], [bottom]):
        return Judgement(RIGHT, "the chain rule", "name by name", formula=text)
    if len(bottoms) == 2 and bottom in bottoms and tops == [top] and any(len(below) > 1 for _, below in right):
        lost = next(name for name in bottoms if name != bottom or bottoms.count(bottom) > 1)
        return _wrong(text, f"these do not cancel: {_shown(lost)} stands below, and never above")
    twice = len(tops) == len(bottoms) == 2 and set(tops) == {top, bottom} and len(set(bottoms)) == 1
    if twice and so_far.verdict != UNREAD:
        return _wrong(text, f"these do not cancel: {_shown(bottoms[0])} stands below twice")
    return None


def _judge_sum(left: list[Slope], text: str) -> Judgement | None:
    """A sum of such products, of which two terms cancel only with one another: they are factors, and no terms."""
    cuts = [i for i, c in enumerate(text) if c in "+-−" and not text.count("{", 0, i) - text.count("}", 0, i)]
    ends = [*cuts, len(text)]
    terms = [
        derivatives_of(text[start:end].lstrip("+-− ")) for start, end in zip([0, *cuts], ends) if text[start:end].strip()
    ]
    if len(terms) < 2 or not all(terms):
        return None
    products = [term for term in terms if term]
    alone = [_cancels(left, term) for term in products]
    for i, (one, other) in enumerate(pairwise(products)):
        rest = [*alone[:i], *alone[i + 2 :]]
        if not alone[i] and not alone[i + 1] and all(rest) and _cancels(left, [*one, *other]):
            return _wrong(text, "two of its terms cancel only as a product: · belongs between them")
    return None


def _cancels(left: list[Slope], right: list[Slope]) -> bool:
    """Whether a product of derivatives is another one by the chain rule."""
    tops, bottoms = _cancel(right)
    return tops == [left[0][0]] and Counter(bottoms) == Counter(left[0][1])


def _cancel(product: list[Slope]) -> tuple[list[Name], list[Name]]:
    """The names that are left above and below in a product of derivatives."""
    tops = Counter(top for top, _ in product)
    bottoms = Counter(name for _, below in product for name in below)
    return list((tops - bottoms).elements()), list((bottoms - tops).elements())


def _wrong(text: str, reason: str) -> Judgement:
    return Judgement(WRONG, "the chain rule", "name by name", formula=text, reason=reason)


def derivatives_of(text: str) -> list[Slope] | None:
    """The derivatives of a product that is made of nothing else, as a name above and names below."""
    text = _PRODUCT.sub(" ", text)
    found: list[Slope] = []
    at = 0
    for match in _DERIVATIVE.finditer(text):
        if text[at : match.start()].strip(" {}"):
            return None
        above, below = (match[1], match[2]) if match[1] else (match[3], match[4])
        found.append((_canonical(above), [_canonical(name) for name in _BELOW.findall(below)]))
        at = match.end()
    return found if found and not text[at:].strip(" {}") else None


def _canonical(name: str) -> Name:
    return tuple(use.key for use in find_uses(name))


def _shown(name: Name) -> str:
    base, _, up, down = name[0]
    return pretty(f"{base}{f'^{up}' if up else ''}{f'_{down}' if down else ''}")
