r"""Σ and Π over letters that count, and sums with dots in them.

\sum_{j=1}^{k} w_{ij} x_j      the body, read once for each j
Σ_{i ≠ j} x_i,  Σ_i x_i        as many as the scope says that there are
w_1 x_1 + … + w_n x_n          what the dots leave out is what the last term shows
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import product
from math import prod
from typing import Any

from autograd import primitives as ops
from autograd.formula import patterns
from autograd.formula.arrays import ShapeError, add_up, each, multiply
from autograd.formula.cells import UNCLEAR, CellParser
from autograd.formula.expressions import SUM
from autograd.formula.indexed_lexer import SUMMED
from autograd.formula.lexer import Token
from autograd.value import Value

_NUMBERED = re.compile(rf"_\{{[0-9,\s]+\}}|_[0-9]+|{patterns.LOWERED.pattern}")
MOST_TERMS = 3_000  # of one sum
MOST_SUMS = 4  # within each other: each has several terms, which have several again


class SeriesParser(CellParser):
    """A formula with sums over letters."""

    def sum(self, token: Token) -> Any:
        """Σ or Π of what stands behind it, for all that its letters run through: up to the next plus or minus, or as far as
        there are letters that nothing else binds, as in Σ_i y_i log p_i + (1 − y_i) log(1 − p_i)."""
        terms = self.read_terms(token, self.numbers_of_letters(token))
        if token.what[0] == "∏":
            return multiply(self.scalars(terms))
        if all(isinstance(term, Value) for term in terms):
            return add_up(terms)
        return reduce(lambda total, term: each(ops.add, total, term), terms)

    def numbers_of_letters(self, token: Token) -> list[dict[str, int]]:
        """The numbers that the letters of a Σ have, for each of its terms."""
        _, low, high = token.what
        letters, first, conditions = _bounds(low)
        letters = letters or self.unbound_letter(token.end)
        try:
            sizes = [self.scope.size(high.strip() or letter) for letter in letters]
        except ShapeError as error:
            raise self.error(token.start, str(error)) from None
        if prod(sizes) > MOST_TERMS:
            raise self.error(token.start, f"a sum has up to {MOST_TERMS:,} terms here")
        outer = self.scope.env
        unsaid = {x for condition in conditions for x in condition} - {*outer, *letters, *"0123456789"}
        if unsaid and not self.scope.is_lenient:
            raise self.error(token.start, f"nothing says here which number {min(unsaid)} is")
        every = [dict(zip(letters, numbers)) for numbers in product(*(range(first, size + 1) for size in sizes))]
        found = [numbers for numbers in every if all(_holds(condition, {**outer, **numbers}) for condition in conditions)]
        if not found or not letters:
            raise self.error(token.start, "it is not said what this sum runs over: write its bounds, as in Σ_{i=1}^{3}")
        return found

    def read_terms(self, token: Token, numbers: list[dict[str, int]]) -> list[Any]:
        """The first term as it stands here, which shows how far it goes; the others from the same text."""
        if self.scope.sums == MOST_SUMS:
            raise self.error(token.start, f"more than {MOST_SUMS} sums within each other are not read")
        outer = self.scope.env
        self.scope.env = {**outer, **numbers[0]}
        self.scope.sums += 1
        try:
            self.advance()
            start = self.token.start
            first: Any = self.deeper(SUM)
            end = self.reach([letter for letter in numbers[0] if letter not in outer])
            while self.token.kind in ("+", "-") and self.token.start < end:
                first = self.go_on(first, 0)
            self.scope.env = outer
            body = self.text[start : self.token.start]
            return [first, *(self.with_letters(body, other) for other in numbers[1:])]
        finally:
            self.scope.env = outer
            self.scope.sums -= 1

    def reach(self, letters: Sequence[str]) -> int:
        """Where the last term ends, of those from here on in these brackets, in which one of some letters counts."""
        found = at = self.token.start
        depth, term = 0, at
        while at <= len(self.text) and depth >= 0:
            c = self.text[at : at + 1]
            depth += (c in "([{⟦⦃" and c != "") - (c in ")]}⟧⦄" and c != "")
            if depth < 0 or not c or (depth == 0 and c in "+-−=¦⏎," and at > term):
                text = self.text[term:at]
                if set(letters) & set(self.scope.letters_in_formula(text)) and not SUMMED.search(text):
                    found = at
                term = at
            at += 1
            if not c or (depth == 0 and c in "=¦⏎,"):
                break
        return found

    def unbound_letter(self, start: int) -> list[str]:
        """The one letter behind a Σ without bounds that nothing else says."""
        found = [x for x in self.scope.letters_in_formula(self.text[start:]) if x not in self.scope.env]
        return list(dict.fromkeys(found))[:1]

    def sum_with_dots(self, left: Any, sign: str) -> Any:
        """a_1 + … + a_n: what the dots leave out is what the last term shows, counted on from the last number before."""
        before, start = self.text[: self.token.start], self.token.start
        numbers = re.findall(r"_\{?(?:\w,?)*?([0-9])\}?(?![0-9])", before)
        self.advance()
        if self.token.kind != sign or sign != "+" or not numbers:
            raise self.error(start, UNCLEAR)
        self.advance()
        at = self.token.start
        self.expression(SUM)
        last = self.text[at : self.token.start]
        terms = self.up_to_a_number(before, last) or self.filled(last, int(numbers[-1]), at)
        for term in terms:
            left = each(ops.add, left, term)
        return left

    def up_to_a_number(self, before: str, last: str) -> list[Any]:
        """The terms up to w_4 x_4: the indices that differ from those of the term before the dots count on."""
        one, other = _indices(_last_term(before.rstrip().removesuffix("+"))), _indices(last)
        grown = {b - a for a, b in zip(one, other) if a != b}
        if len(one) != len(other) or len(grown) != 1:
            return []
        (steps,) = grown
        if steps > MOST_TERMS:
            raise ShapeError(f"dots stand for up to {MOST_TERMS:,} terms here")
        varying = [a != b for a, b in zip(one, other)]
        texts = [_with_indices(last, [b - n * v for b, v in zip(other, varying)]) for n in range(steps - 1, -1, -1)]
        return [self.with_letters(text, {}) for text in texts]


def _indices(text: str) -> list[int]:
    """The numbers below the names of a text."""
    return [int(n) for below in _NUMBERED.findall(text) for n in re.findall("[0-9]+", patterns.spell(below))]


def _with_indices(text: str, numbers: Iterable[int]) -> str:
    """A text with other numbers below its names."""
    left = iter(numbers)

    def other(below: re.Match[str]) -> str:
        return re.sub("[0-9]+", lambda _: str(next(left)), f"_{{{patterns.spell(below[0]).strip('_{}')}}}")

    return _NUMBERED.sub(other, text)


def _last_term(text: str) -> str:
    """What stands behind the last plus or minus that is in no brackets."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] in ")]}⟧") - (text[at] in "([{⟦")
        if depth < 0 or (depth == 0 and text[at] in "+-−="):
            return text[at + 1 :]
    return text


_BOUND = re.compile(r"\s*(?P<letters>[^\W\d_][′'’]*(?:\s*,\s*[^\W\d_][′'’]*)*)\s*(?:=\s*(?P<first>[0-9]+))?\s*(?P<rest>.*)")
_UNEQUAL = re.compile(r"\s*([^\W\d_][′'’]*)\s*(?:≠|!=|\\neq?|\\not\s*=)\s*([^\W\d_][′'’]*|[0-9])\s*")


def _bounds(low: str) -> tuple[list[str], int, list[tuple[str, str]]]:
    """The letters below a Σ, where they begin, and which are not to be equal."""
    low = low.strip()
    if not low:
        return [], 1, []
    if unequal := _UNEQUAL.fullmatch(low):
        return [unequal[1]], 1, [(unequal[1], unequal[2])]
    match = _BOUND.fullmatch(low)
    if match is None or match["rest"].strip(" ,"):
        raise ShapeError(f"what this sum runs over is not read, {low}: write its bounds, as in Σ_{{i=1}}^{{3}}")
    return (
        [letter.strip().replace("’", "'").replace("′", "'") for letter in match["letters"].split(",")],
        int(match["first"] or 1),
        [],
    )


def _holds(condition: tuple[str, str], env: dict[str, int]) -> bool:
    one, other = (int(x) if x.isdecimal() else env.get(x) for x in condition)
    return one != other
