"""Numbers judged: what a row of numbers comes to, by the formulas and the numbers in front of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10

from autograd.formula.uses import find_uses, sole_use
from autograd.graph import leaves
from autograd.mark.forms import figure
from autograd.mark.points import Difference
from autograd.mark.rounding import grain
from autograd.notes.comparing import Comparing
from autograd.notes.numbers import Reckoner, Written, entries_of, has_numbers, is_pure, leads_to, written_numbers
from autograd.notes.reading import Chain
from autograd.notes.slopes import UnsaidError
from autograd.notes.substituting import find_misplaced
from autograd.notes.verdicts import ERRORS, OPEN, RIGHT, STATED, UNREAD, WRONG, Judgement, sentence, worst
from autograd.value import Value
from autograd.writing.names import pretty

UNSAID = "a number is not said"


class Reckoning(Comparing):
    """A page whose numbers can be judged.

    reckoner: what its names come to, as far as it was read; anywhere: the numbers that they have all over the page
    """

    def __init__(self, text: str, given: Sequence[str] = (), latex: bool = False) -> None:
        super().__init__(text, given, latex)
        self.reckoner = Reckoner(self.worlds[0])
        self.anywhere: dict[Value, list[Written]] = {}
        self._collect_numbers()

    def _collect_numbers(self) -> None:
        """The numbers that the page gives to names."""
        definitions = self.worlds[0].definitions
        for chain in self.chains:
            members = chain.members
            for x, number in self._numbers_said(members):
                self.anywhere.setdefault(x, []).append(number)
                if len(members) == 2 and x not in definitions:
                    self.reckoner.exact.add(abs(number.value))
                    self.reckoner.note(x, number)

    def _numbers_said(self, members: Sequence[tuple[str, int]]) -> Iterator[tuple[Value, Written]]:
        """The names of a chain that ends with a number, or with a vector of such, each with its own."""
        last = members[-1][0] if members else ""
        if is_pure(last):
            for text, _ in members[:-1]:
                yield from self._named_numbers(text, last)

    def _named_numbers(self, name: str, numbers: str) -> list[tuple[Value, Written]]:
        try:
            left = self.read(self.worlds[0], name, {})
        except ERRORS:
            return []
        names, written = entries_of(left), written_numbers(numbers)
        if len(names) != len(written) or any(x.op is not None for x in names):
            return []
        return list(zip(names, written))

    def judge_numbers(self, chain: Chain) -> Iterator[tuple[int, Judgement]]:
        """Members with numbers in them, each against the one before it."""
        members = chain.members
        numeric = [has_numbers(text) or (is_pure(text) and any(has_numbers(t) for t, _ in members)) for text, _ in members]
        if not any(numeric):
            return
        for i, (text, row) in enumerate(members):
            if not numeric[i] or i == 0:
                continue
            before = members[i - 1][0]
            yield row, self._judge_names(before, text) or self.judge_number(before, text, numeric[i - 1])
        for x, number in self._numbers_said(members):
            self.reckoner.note(x, number)

    def _judge_names(self, before: str, text: str) -> Judgement | None:
        """A formula with numbers for its names, one of which is that of another name."""
        found = find_misplaced(before, text, self._numbers_anywhere)
        if found is None:
            return None
        name, other, number = self._shown(found.name), self._shown(found.other), figure(found.number.value)
        reason = f"{name} is {number} on this page, and the number in its place is {other}"
        return Judgement(WRONG, "the numbers on this page", reason=reason, formula=text)

    def _numbers_anywhere(self, name: str) -> list[Written]:
        """The numbers of a name wherever they stand on the page, or of what it is said to be."""
        definitions = self.worlds[0].definitions
        try:
            x = self.read(self.worlds[0], name, {})
        except ERRORS:
            return []
        while isinstance(x, Value) and x not in self.anywhere and x in definitions:
            x = definitions[x]
        return self.anywhere.get(x, []) if isinstance(x, Value) else []

    def judge_number(self, before: str, text: str, is_number: bool) -> Judgement:
        """A member with numbers in it against the one before it.

        is_number: whether there are numbers in that, too
        """
        try:
            one, other = self.read(self.worlds[0], before, {}), self.read(self.worlds[0], text, {})
        except ERRORS as error:
            return Judgement(UNREAD if not isinstance(error, UnsaidError) else OPEN, reason=sentence(error), formula=text)
        ones, others = entries_of(one), entries_of(other)
        against = "the numbers before it" if is_number else "the formula and the numbers on this page"
        if len(others) == 1 and len(ones) > 1 and sole_use(before):
            found = [self._judge_entry(x, others[0], before, text, None) for x in ones]
            if all(judgement.verdict == WRONG for judgement in found):
                reason = f"{self._shown(before)} is a vector on this page, and this is none of its entries"
                return found[0]._replace(against=against, difference=None, reason=reason)
        if len(ones) != len(others):
            return Judgement(OPEN, reason="a number and a vector are set equal", formula=text)
        written = written_numbers(text) if is_pure(text) else []
        numbers = written if len(written) == len(others) else [None] * len(others)
        found = [self._judge_entry(x, y, before, text, number) for x, y, number in zip(ones, others, numbers)]
        return (worst(found) or Judgement(UNREAD, formula=text))._replace(against=against)

    def _judge_entry(self, x: Value, y: Value, before: str, text: str, written: Written | None) -> Judgement:
        """A number, as it is written or as it comes out, against what it is to be."""
        is_name = x.op is None
        if y in leaves(x) or (is_name and x in leaves(y)):
            return Judgement(OPEN, formula=text, reason="a name stands on both sides")
        here = [] if is_name and not self.reckoner.is_defined(x) else self.reckoner.results(x, before)
        if not here:
            return Judgement(STATED, formula=text) if is_name else Judgement(OPEN, reason=UNSAID, formula=text)
        if written is not None:
            good = any(leads_to(value, off, written) for value, off in here)
            there = written.value
        else:
            sides = self.reckoner.results(y, text)
            if not sides:
                return Judgement(OPEN, reason=UNSAID, formula=text)
            good = any(abs(v - w) <= a + b + grain(v) for v, a in here for w, b in sides)
            there = sides[0][0]
        if good:
            return Judgement(RIGHT, how="to its digits", formula=text)
        difference = Difference([], here[0][0], there)
        mended = f"right with {_in_digits_of(here[0][0], written)}" if written is not None else ""
        return Judgement(WRONG, how="by more than rounding can do", difference=difference, formula=text, mended=mended)

    @staticmethod
    def _shown(name: str) -> str:
        """A name as it is drawn."""
        use = find_uses(name)[0]
        return pretty(f"{use.base}{f'^{use.up}' if use.up else ''}{f'_{{{use.down}}}' if use.down else ''}")


def _in_digits_of(value: float, written: Written) -> str:
    """A number with as many decimals as one that is written."""
    decimals = max(0, round(-log10(written.unit)))
    return f"{value:.{decimals}f}".replace("-", "−")
