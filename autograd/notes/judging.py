"""A page judged: each row against the definitions on the page, the engine's derivatives, and the row above it.

A row is wrong where it is wrong in every way in which it can be read: with vectors of two entries and of three, with two
vectors side by side multiplied as a dot product and entry by entry, with targets that sum to one and with any. It is right
where one reading makes it so. Where what decides is not said on the page, it is said that it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autograd.formula.indexed_lexer import NAME
from autograd.formula.measures import free_variables
from autograd.formula.uses import LOSSES, find_uses, sole_use
from autograd.graph import leaves
from autograd.notes.blocks import Row
from autograd.notes.equality import compare
from autograd.notes.mending import A_HAT, TRANSPOSITIONS, mend
from autograd.notes.numbers import has_numbers, is_pure
from autograd.notes.reading import Chain
from autograd.notes.reckoning import Reckoning
from autograd.notes.scanning import are_two, read_otherwise
from autograd.notes.verdicts import (
    BY_SHAPE,
    ERRORS,
    JUMP,
    OPEN,
    ORDER,
    RIGHT,
    STATED,
    UNREAD,
    WRONG,
    Judgement,
    sentence,
    worst,
)
from autograd.rewriting import substitute
from autograd.value import Value, constant

MOST_MENDED = 12  # rows of a page for which what would be right is looked for
RATES = ("α", "η", "γ", "λ", "lr", "ε", "μ")
_CONCLUDES = re.compile(
    r"\\(?:Rightarrow|implies|therefore)|⇒|∴|(?i:\b(?:so|hence|thus|therefore|then|becomes|simplif\w+|reduces?|get|gives?|yields?)\b)"
)
_OF_VECTORS = re.compile(r"⊙|ᵀ|\^\s*\{?\s*(?:T|\\top)(?![A-Za-z])")
_BEFORE_AND_AFTER = re.compile(r"_\s*\{\s*(?:\\text\s*\{\s*)?(?:new|old)\s*\}?\s*\}|_(?:new|old)\b")
_DIFFERENTIAL = re.compile(rf"\s*d\s*(?:{NAME})\s*")
_CALLED = re.compile(rf"\s*[a-zA-Z]\s*\(\s*{NAME}(?:\s*,\s*{NAME})*\s*\)\s*")


class Page(Reckoning):
    """A page, its rows and what is said of each.

    text: the page; given: definitions that it leaves out, such as "ŷ = σ(θᵀx)"
    """

    def __init__(self, text: str, given: Sequence[str] = (), latex: bool = False) -> None:
        super().__init__(text, given, latex)
        self.mended = 0  # rows for which something right was looked for
        self.judgements: dict[Row, Judgement] = {}
        self._judge()

    def _judge(self) -> None:
        for i, chain in enumerate(self.chains):
            self.current = i
            for timeline in self.timelines.values():
                timeline.go_to(i)
            self._attach(i)
            row_of = chain.parts[0].row
            self.concludes = bool(_CONCLUDES.search(row_of.text[:30]) or _CONCLUDES.search(row_of.before[-60:]))
            self._note_all(chain)

    def _note_all(self, chain: Chain, first: int = 0) -> None:
        """Keep what is said of the rows of a chain, from one on."""
        found: dict[int, list[Judgement]] = {}
        for row, judgement in self._judge_chain(chain):
            found.setdefault(row, []).append(judgement)
        for row, part in enumerate(chain.parts):
            new, before = worst(found.get(row, [])), self.judgements.get(part.row)
            if row >= first and new and (before is None or ORDER.index(new.verdict) < ORDER.index(before.verdict)):
                self.judgements[part.row] = new

    def _attach(self, i: int) -> None:
        """Let rows that go on from an earlier chain, past a remark, be rows of that one."""
        chain = self.chains[i]
        first = next((n for n, part in enumerate(chain.parts) if part.goes_on), None)
        if first is None or first == 0 or not chain.members:
            return
        start = chain.members[0][0]
        formula = chain.parts[first].formulas[0]
        if has_numbers(formula) or self.relate(start, formula).verdict == RIGHT:
            return
        for other in (self.chains[j] for j in range(i - 1, max(-1, i - 4), -1)):
            if other.members and any(
                self.relate(f, formula).verdict == RIGHT for f in {other.members[0][0], other.members[-1][0]}
            ):
                moved = Chain([*other.parts[:1], *chain.parts[first:]])
                del chain.parts[first:]
                self._note_all(moved, 1)
                return

    def _judge_chain(self, chain: Chain) -> Iterator[tuple[int, Judgement]]:
        """A judgement for each member, with the row that it stands in."""
        if (found := self._judge_update(chain)) is not None:
            yield 0, found
            return
        yield from self.judge_numbers(chain)
        members = [(text, row) for text, row in chain.members if not self._is_named(text)]
        symbolic = [
            i
            for i, (text, _) in enumerate(members)
            if not has_numbers(text) and not (is_pure(text) and any(has_numbers(t) for t, _ in members))
        ]
        if len(symbolic) > 1:
            yield from self._judge_symbolic(members, symbolic)

    def _is_named(self, text: str) -> bool:
        """Whether a member is a name that only looks like a product: dw for a gradient, y(x) where y is no function."""
        if _DIFFERENTIAL.fullmatch(text):
            return "d" not in self.worlds[-1].notation.functions
        if not _CALLED.fullmatch(text):
            return False
        name, inside = find_uses(text)[0].base, text.partition("(")[2].rpartition(")")[0]
        return name in self.notation.bases and not self.notation.is_called(name, inside, pure=True, primed=False)

    def _odd_ones(self, members: Sequence[tuple[str, int]], rest: Sequence[int]) -> dict[int, Judgement]:
        """Members that are something else than the two next ones, which are the same in turn."""
        found: dict[int, Judgement] = {}
        for i, one, other in zip(rest[1:], rest[2:], rest[3:]):
            texts = [members[j][0] for j in (i, one, other)]
            against = [self.compare_formulas(texts[0], text) for text in texts[1:]]
            if all(each.verdict == WRONG for each in against) and self.compare_formulas(*texts[1:]).verdict == RIGHT:
                reason = "all that stands behind it is something else"
                found[i] = against[0]._replace(formula=texts[0], reason=reason)
        return found

    def _read_otherwise(self, wanted: str, found: Judgement) -> Judgement:
        """What depends on a name that the page does not define, with what a scanner may have made of another one."""
        if found.verdict != OPEN or not found.unsaid or self.mended >= MOST_MENDED:
            return found
        self.mended += 1
        reading = read_otherwise(found.formula, lambda text: self.compare_formulas(wanted, text).verdict == RIGHT)
        if reading is None:
            return found
        name, other = reading
        if are_two(name, other, (wanted, found.formula)):
            reason = f"{name} stands where {other} belongs, and both stand here"
            return found._replace(verdict=WRONG, reason=reason, unsaid="", mended=f"right with {other} for {name}")
        return found._replace(reason=f"{found.reason}; it reads as right if {name} is {other}")

    def _transposed(self, wanted: str, found: Judgement) -> Judgement:
        """A row of vectors whose shapes fit in no reading is wrong if they fit, and it is right, with one transposition."""
        if found.verdict != OPEN or not found.misfit or not _OF_VECTORS.search(found.formula) or self.mended >= MOST_MENDED:
            return found
        self.mended += 1
        mended = mend(found.formula, self.notation, lambda text: self._would_be_right(wanted, text), among=TRANSPOSITIONS)
        if mended is None:
            return found
        reason = f"{found.reason}, which fit in no reading; right with {mended.kind}"
        return found._replace(verdict=WRONG, against=BY_SHAPE, reason=reason)

    def _would_be_right(self, wanted: str, text: str) -> bool:
        """Whether a changed formula is right; one of vectors has to be so as one of vectors, and not of numbers alone."""
        arrays = [world for world in self.worlds if not world.flat] if _OF_VECTORS.search(text) else []
        return self.compare_formulas(wanted, text).verdict == RIGHT and all(
            self.compare_in(world, wanted, text).verdict == RIGHT for world in arrays
        )

    def _mended(self, wanted: str, found: Judgement) -> Judgement:
        """What is wrong, with what would be right, if that is one small thing away."""
        found = self._transposed(wanted, self._read_otherwise(wanted, found))
        if found.verdict == WRONG and self._is_right_for_numbers(wanted, found.formula):
            return Judgement(OPEN, reason="it is right for the numbers that this page gives", formula=found.formula)
        said = found.reason and found.against != BY_SHAPE
        if found.verdict != WRONG or said or found.mended or self.mended >= MOST_MENDED:
            return found
        self.mended += 1
        mended = mend(found.formula, self.notation, lambda text: self._would_be_right(wanted, text))
        if mended is None:
            return found
        if mended.kind == A_HAT and not are_two("y", "ŷ", (wanted, found.formula)):
            return Judgement(OPEN, reason="it reads as right if y is ŷ", formula=found.formula)
        shown = "" if re.search("[⟦⦃⏎]", mended.formula) else f": {mended.formula}"
        return found._replace(mended=f"right with {mended.kind}{shown}")

    def _is_right_for_numbers(self, wanted: str, text: str) -> bool:
        """Whether the numbers that the page gives to some names make two formulas the same for all numbers of the others."""
        world = self.worlds[-1]
        places = dict.fromkeys(self.letters_of([wanted, text]), 1)
        try:
            one, other = (self.read(world, each, places) for each in (wanted, text))
        except ERRORS:
            return False
        if not (isinstance(one, Value) and isinstance(other, Value)):
            return False
        one, other = world.expanded(one), world.expanded(other)
        numbers = {x.label: said[-1].value for x, said in self.reckoner.given.items()}
        given = {x: constant(numbers[x.label]) for x in {*leaves(one), *leaves(other)} if x.label in numbers}
        one, other = substitute(one, given), substitute(other, given)
        return bool(given) and bool(free_variables(one)) and bool(free_variables(other)) and compare(one, other).same is True

    def _by_numbers(self, members: Sequence[tuple[str, int]], i: int, judgement: Judgement) -> Judgement:
        """What is said of a whole number, if the numbers on the page make it right."""
        text = members[i][0]
        if judgement.verdict != OPEN or not is_pure(text):
            return judgement
        by_numbers = self.judge_number(members[i - 1][0], text, False)
        return by_numbers if by_numbers.verdict == RIGHT else judgement

    def _judge_symbolic(
        self, members: Sequence[tuple[str, int]], symbolic: Sequence[int]
    ) -> Iterator[tuple[int, Judgement]]:
        """Members without numbers: each against the first; against each other, where nothing is known of that."""
        head, *rest = symbolic
        found = {i: self.relate(members[head][0], members[i][0]) for i in rest}
        if any(judgement.verdict in (RIGHT, WRONG) for judgement in found.values()):
            yield from self._judge_steps(members, head, found)
        else:
            yield from self._judge_among(members, head, found)

    def _judge_steps(
        self, members: Sequence[tuple[str, int]], head: int, found: dict[int, Judgement]
    ) -> Iterator[tuple[int, Judgement]]:
        """Members of which something is known, each with how it follows from the one before it."""
        before = head
        for i, truth in found.items():
            if before != head:
                step = self.compare_formulas(members[before][0], members[i][0])
                if truth.verdict == WRONG and step.verdict in (RIGHT, STATED):
                    truth = truth._replace(reason="it follows from what stands before it, which is wrong")
                elif truth.verdict == RIGHT and step.verdict == WRONG:
                    reason = "it does not follow from what stands before it"
                    truth = truth._replace(verdict=JUMP, difference=step.difference, reason=reason)
                elif truth.verdict in (OPEN, UNREAD) and (
                    step.verdict == RIGHT or (step.verdict == WRONG and found[before].verdict == RIGHT)
                ):
                    truth = step
            yield members[i][1], self._mended(members[head][0], self._by_numbers(members, i, truth))
            before = i

    def _judge_among(
        self, members: Sequence[tuple[str, int]], head: int, found: dict[int, Judgement]
    ) -> Iterator[tuple[int, Judgement]]:
        """Members that are something of which nothing is known: the first of them, and the others against that."""
        first, *rest = found
        yield members[first][1], self._mended(members[head][0], self._by_numbers(members, first, found[first]))
        alike = {i: self.compare_formulas(members[first][0], members[i][0]) for i in rest}
        against = [i for i in rest if alike[i].verdict == WRONG]
        agree = any(judgement.verdict == RIGHT for judgement in alike.values())
        if len(against) > 1 and not agree and self._are_one(members, against):
            reason = "all that stands behind it is something else"
            yield members[first][1], alike[against[0]]._replace(formula=members[first][0], reason=reason)
            return
        odd_ones = self._odd_ones(members, [first, *rest])
        for i in rest:
            judgement = odd_ones.get(i, alike[i])
            together = members[i][1] == members[first][1] or found[first].verdict == STATED or agree
            if judgement.verdict == WRONG and not together and i not in odd_ones:
                reason = "it does not follow from what stands before it, and which is right is not said"
                judgement = judgement._replace(verdict=JUMP, reason=reason)
            yield members[i][1], judgement

    def _are_one(self, members: Sequence[tuple[str, int]], which: Sequence[int]) -> bool:
        """Whether some members are all the same as the first of them."""
        first, *rest = (members[i][0] for i in which)
        return all(self.compare_formulas(first, text).verdict == RIGHT for text in rest)

    def _judge_update(self, chain: Chain) -> Judgement | None:
        """w := w − η ∂L/∂w, where the name itself stands on the right."""
        if len(chain.members) < 2:
            return None
        left, right = (_BEFORE_AND_AFTER.sub("", chain.members[i][0]) for i in (0, 1))
        name = sole_use(left)
        if name is None or has_numbers(right):
            return None
        if name.key not in [use.key for use in find_uses(right)] or re.search(r"∂|partial|nabla|∇|\bd", left):
            return None
        if not re.match(rf"\s*{re.escape(left.strip())}\s*[-−–]", right):
            return Judgement(STATED, formula=right)
        world = self.worlds[-1]
        losses = [base for base in self.notation.tops if base in LOSSES]
        if len(losses) != 1 or len(chain.members) > 2:
            return Judgement(STATED, formula=right)
        try:
            old, new, loss = (
                self.read(world, text, dict.fromkeys(self.letters_of([left, right]), 1)) for text in (left, right, losses[0])
            )
            if not (isinstance(old, Value) and isinstance(new, Value) and isinstance(loss, Value)):
                return Judgement(STATED, formula=right)
            rates = [x for x in leaves(new) if x.op is None and x.label in RATES]
            if len(rates) != 1:
                return Judgement(STATED, formula=right)
            wanted = old - rates[0] * world.slope(loss, old)
        except ERRORS as error:
            return Judgement(STATED, reason=sentence(error), formula=right)
        found = self.compare_values(world, wanted, new, left)
        if found.verdict == WRONG and compare(world.expanded(old + old - wanted), world.expanded(new)).same:
            found = found._replace(reason="the step goes uphill, where it is to go down")
        return found if found.verdict in (RIGHT, WRONG) else Judgement(STATED, formula=right)
