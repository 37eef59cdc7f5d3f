"""A page judged: each row against the definitions on the page, the engine's derivatives, and the row above it.

A row is wrong where it is wrong in every way in which it can be read: with vectors of two entries and of three, with two
vectors side by side multiplied as a dot product and entry by entry, with targets that sum to one and with any. It is right
where one reading makes it so. Where what decides is not said on the page, it is said that it is not.
"""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice, product
from typing import NamedTuple

from autograd import primitives as ops
from autograd.formula.arrays import Array, ShapeError
from autograd.formula.indexed import NAME, read_quantity
from autograd.formula.lexer import FormulaError
from autograd.graph import leaves
from autograd.mark.rounding import grain
from autograd.notes.blocks import Row, find_rows
from autograd.notes.equality import Difference, compare
from autograd.notes.notation import LOSSES, Notation, find_uses
from autograd.notes.numbers import Reckoner, Written, entries_of, has_numbers, is_pure, leads_to, written_numbers
from autograd.notes.statements import Part, find_parts
from autograd.notes.timeline import Timeline, names_in
from autograd.notes.world import LAYERS, UnsaidError, World
from autograd.operation import CONSTANT
from autograd.rewriting import substitute
from autograd.value import Value, constant
from autograd.writing.names import pretty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograd.formula.arrays import Quantity

MOST_PLACES, FEW_PLACES = 8, 2  # choices of numbers for letters that count, in one world
MOST_WIDE = 400  # of them in which names are defined
RATES = ("α", "η", "γ", "λ", "lr", "ε", "μ")
ERRORS = (FormulaError, ShapeError, UnsaidError, ZeroDivisionError, OverflowError, RecursionError)
RIGHT, WRONG, JUMP, OPEN, UNREAD, STATED = "right", "wrong", "does not follow", "depends", "unread", "stated"
AS_WRITTEN = "as it is written"
ORDER = (WRONG, OPEN, JUMP, UNREAD, RIGHT, STATED)  # what counts of several judgements of one row


class Judgement(NamedTuple):
    """What is said of a row, and why.

    verdict: right, wrong, does not follow (it is right, and the row above is not), depends (on what is not said), unread,
        stated (a definition, or what is taken as given)
    against: what it was judged by; how: exactly, or at points; difference: a point that proves it
    reason: a sentence
    """

    verdict: str
    against: str = ""
    how: str = ""
    difference: Difference | None = None
    reason: str = ""


class Chain:
    """Rows of one chain: its members, each with the number of its row."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts

    @property
    def members(self) -> list[tuple[str, int]]:
        return [(f, i) for i, part in enumerate(self.parts) for f in part.formulas]


class Page:
    """A page, its rows and what is said of each.

    text: the page; given: definitions that it leaves out, such as "ŷ = σ(θᵀx)"
    """

    def __init__(self, text: str, given: Sequence[str] = (), latex: bool = False) -> None:
        self.text = text
        self.rows = [*(Row(0, i + 1, g, True, "", -1 - i) for i, g in enumerate(given)), *find_rows(text, latex)]
        bullets = sum(bool(re.match(r"\s*[-–]\s+[\\A-Za-z]", row.text)) for row in self.rows) > 1
        parts = [part for row in self.rows for part in find_parts(row, bullets)]
        self.chains = _find_chains(parts)
        texts = [" = ".join(part.formulas) for part in parts]
        self.notation = Notation(texts, text, "\\" in "".join(texts) or "$" in text)
        self.worlds = self._make_worlds()
        self.letters: dict[str, list[str]] = {}
        self.read_before: dict[object, Quantity | BaseException] = {}
        self.judgements: dict[Row, Judgement] = {}
        self.current = 0
        self.concludes = False
        self.timelines = [Timeline(world) for world in self.worlds]
        self._collect()
        self.reckoner = Reckoner(self.worlds[0])
        self._collect_numbers()
        self._judge()

    # ---- worlds

    def _make_worlds(self) -> list[World]:
        flat = World(self.notation, 1, flat=True)
        if not (self.notation.has_arrays or self.notation.counts or self.notation.sizes):
            return [flat]
        if self.notation.shapes:
            size = max(max(shape) for shape in self.notation.shapes.values())
            return [World(self.notation, size), flat]
        return [World(self.notation, 3), World(self.notation, 2), World(self.notation, 4), flat]

    def read(self, world: World, text: str, env: dict[str, int]) -> Quantity:
        """A member in a world, read once as long as the definitions stay the same. Raises what the reader raises."""
        key = (world, text, tuple(sorted(env.items())), world.of_vectors, self.timelines[self.worlds.index(world)].version)
        if key not in self.read_before:
            world.env = env
            before, world.touched, world.any_functions = world.touched, set(), set()
            try:
                self.read_before[key] = read_quantity(text, world)
            except ERRORS as error:
                self.read_before[key] = error
            finally:
                world.env = {}
            self.touched[key] = world.touched, world.any_functions
            world.touched = before
        found = self.read_before[key]
        touched, world.any_functions = self.touched[key]
        world.touched = world.touched | touched
        if isinstance(found, BaseException):
            raise found
        return found

    def _collect(self) -> None:
        """Let every name be what the page says that it is, from where it says so on."""
        self.touched: dict[object, tuple[set[Value], set[str]]] = {}
        self._fix_letters()
        for timeline in self.timelines:
            for i, chain in enumerate(self.chains):
                self._define(timeline, i, chain)
            timeline.go_to(0)

    def _fix_letters(self) -> None:
        """L = −log ŷ_l: which class is meant is the same on the whole page."""
        for members in (chain.members for chain in self.chains if len(chain.members) == 2):
            (left, _), (right, _) = members
            uses = list(find_uses(left))
            if (
                len(uses) == 1
                and uses[0].base in LOSSES
                and not uses[0].down
                and not re.search(r"∂|partial|∇|nabla", left + right)
            ):
                for letter in self._letters_of(self.worlds[0], [right]):
                    for world in self.worlds:
                        if not world.flat:
                            world.fixed[letter] = max(1, world.k - 1)
        self.letters.clear()

    def _define(self, timeline: Timeline, i: int, chain: Chain) -> None:
        members = chain.members
        if len(members) < 2:
            return
        left = members[0][0]
        right = next((text for text, _ in members[1:] if not has_numbers(text)), None)
        if right is None:
            return
        if self._is_name(right) and len(members) > 2 and not has_numbers(members[2][0]):  # MSE = L = …
            self._define_as(timeline, i, right, members[2][0])
        self._define_as(timeline, i, left, right)

    @staticmethod
    def _is_name(text: str) -> bool:
        uses = list(find_uses(text))
        return len(uses) == 1 and text.strip() == text[uses[0].start : uses[0].end].strip()

    def _define_as(self, timeline: Timeline, i: int, left: str, right: str) -> None:
        world = timeline.world
        letters = set(self._letters_of(world, [left]))
        if set(self._letters_of(world, [right])) - letters and not world.flat:
            return
        for env in self._places(world, [left, right], wide=True):
            world.env = env
            try:
                one, other = read_quantity(left, world), read_quantity(right, world)
            except ERRORS:
                continue
            finally:
                world.env = {}
            if isinstance(one, Value) and isinstance(other, Array) and not one.inputs and one.op is None:
                timeline.define_array(i, one, other)
            for x, y in _pairs(one, other):
                timeline.define(i, x, y)

    def _letters_of(self, world: World, texts: Sequence[str]) -> list[str]:
        """The letters that count in formulas and that no sum binds."""
        found: dict[str, None] = {}
        for text in texts:
            if text not in self.letters:
                self.letters[text] = self._find_letters(self.worlds[0], text)
            found.update(dict.fromkeys(self.letters[text]))
        return list(found)

    def _find_letters(self, world: World, text: str) -> list[str]:
        letters: dict[str, None] = {}
        for _ in range(5):
            world.unbound, world.env = set(), dict.fromkeys(letters, 1)
            with suppress(*ERRORS):
                read_quantity(text, world)
            if world.unbound <= letters.keys():
                break
            letters.update(dict.fromkeys(sorted(world.unbound)))
        world.env = {}
        return list(letters)

    def _places(self, world: World, texts: Sequence[str], wide: bool = False) -> Iterator[dict[str, int]]:
        """Numbers for the letters that count in formulas and that no sum binds."""
        letters = self._letters_of(world, texts)
        if world.flat or not letters:
            yield dict.fromkeys(letters, 1)
            return
        layers = self.notation.layers
        tops = [
            (LAYERS + 1 if wide else LAYERS - 1) if letter in layers else world.k + (wide and self.notation.has_neighbours)
            for letter in letters
        ]
        everything = [dict(zip(letters, place)) for place in product(*(range(1, top + 1) for top in tops))]
        most = MOST_PLACES if world.k < 4 else FEW_PLACES
        step = 1 if wide else -(-len(everything) // most)
        yield from islice(everything[::step], MOST_WIDE)

    # ---- numbers

    def _collect_numbers(self) -> None:
        """The numbers that the page gives to names."""
        world = self.worlds[0]
        for chain in self.chains:
            members = chain.members
            if len(members) != 2 or not is_pure(members[1][0]):
                continue
            for x, number in self._named_numbers(world, members[0][0], members[1][0]):
                if x not in world.definitions:
                    self.reckoner.exact.add(abs(number.value))
                    self.reckoner.note(x, number)

    def _named_numbers(self, world: World, name: str, numbers: str) -> list[tuple[Value, Written]]:
        try:
            left = self.read(world, name, {})
        except ERRORS:
            return []
        names, written = entries_of(left), written_numbers(numbers)
        if len(names) != len(written) or any(x.inputs or x.op is not None for x in names):
            return []
        return list(zip(names, written))

    def _judge_numbers(self, chain: Chain) -> Iterator[tuple[int, Judgement]]:
        """Members with numbers in them, each against the one before it."""
        members = chain.members
        numeric = [has_numbers(text) or (is_pure(text) and any(has_numbers(t) for t, _ in members)) for text, _ in members]
        if not any(numeric):
            return
        world = self.worlds[0]
        for i, (text, row) in enumerate(members):
            if not numeric[i] or i == 0:
                continue
            before = members[i - 1][0]
            yield row, self._judge_number(world, before, text, numeric[i - 1])
        last = members[-1][0]
        if is_pure(last):
            for text, _ in members[:-1]:
                for x, number in self._named_numbers(world, text, last):
                    self.reckoner.note(x, number)

    def _judge_number(self, world: World, before: str, text: str, is_number: bool) -> Judgement:
        try:
            one, other = self.read(world, before, {}), self.read(world, text, {})
        except ERRORS as error:
            return Judgement(UNREAD if not isinstance(error, UnsaidError) else OPEN, reason=_sentence(error))
        ones, others = entries_of(one), entries_of(other)
        if len(ones) != len(others):
            return Judgement(OPEN, reason="a number and a vector are set equal")
        found: list[Judgement] = []
        written = written_numbers(text) if is_pure(text) else []
        for k, (x, y) in enumerate(zip(ones, others)):
            if y in set(leaves(x)) or (x.op is None and not x.inputs and x in set(leaves(y))):
                found.append(Judgement(OPEN, reason="a name stands on both sides"))
                continue
            is_name = not x.inputs and x.op is None
            here = [] if is_name and not self.reckoner.is_defined(x) else self.reckoner.worths(x, before)
            if not here:
                found.append(Judgement(STATED if is_name else OPEN, reason="" if is_name else "a number is not said"))
                continue
            if len(written) == len(others):
                good = any(leads_to(value, off, written[k]) for value, off in here)
                there = written[k].value
            else:
                sides = self.reckoner.worths(y, text)
                if not sides:
                    found.append(Judgement(OPEN, reason="a number is not said"))
                    continue
                good = any(abs(v - w) <= a + b + grain(v) for v, a in here for w, b in sides)
                there = sides[0][0]
            against = "the numbers before it" if is_number else "the formula and the numbers on this page"
            if good:
                found.append(Judgement(RIGHT, against, "to its digits"))
            else:
                value = here[0][0]
                found.append(Judgement(WRONG, against, "by more than rounding can do", Difference([], value, there)))
        return _worst(found) or Judgement(UNREAD)

    # ---- judging

    def _judge(self) -> None:
        for i, chain in enumerate(self.chains):
            self.current = i
            for timeline in self.timelines:
                timeline.go_to(i)
            self._attach(i)
            row_of = chain.parts[0].row
            self.concludes = bool(_CONCLUDES.search(row_of.text[:30]) or _CONCLUDES.search(row_of.before[-60:]))
            found: dict[int, list[Judgement]] = {}
            for row, judgement in self._judge_chain(chain):
                found.setdefault(row, []).append(judgement)
            for row, part in enumerate(chain.parts):
                new = _worst(found.get(row, []))
                if new is not None:
                    self._note(part.row, new)

    def _attach(self, i: int) -> None:
        """Let rows that go on from an earlier chain, past a remark, be rows of that one."""
        chain = self.chains[i]
        first = next((n for n, part in enumerate(chain.parts) if part.goes_on), None)
        if first is None or first == 0 or not chain.members:
            return
        start = chain.members[0][0]
        formula = chain.parts[first].formulas[0]
        if has_numbers(formula) or self._relate(start, formula).verdict == RIGHT:
            return
        for other in (self.chains[j] for j in range(i - 1, max(-1, i - 4), -1)):
            if other.members and any(
                self._relate(f, formula).verdict == RIGHT for f in {other.members[0][0], other.members[-1][0]}
            ):
                moved = Chain([*other.parts[:1], *chain.parts[first:]])
                del chain.parts[first:]
                self.chains[i] = chain
                self._judge_moved(moved)
                return

    def _judge_moved(self, chain: Chain) -> None:
        found: dict[int, list[Judgement]] = {}
        for row, judgement in self._judge_chain(chain):
            found.setdefault(row, []).append(judgement)
        for row, part in enumerate(chain.parts):
            if row and (new := _worst(found.get(row, []))) is not None:
                self._note(part.row, new)

    def _note(self, row: Row, new: Judgement) -> None:
        before = self.judgements.get(row)
        if before is None or ORDER.index(new.verdict) < ORDER.index(before.verdict):
            self.judgements[row] = new

    def _judge_chain(self, chain: Chain) -> Iterator[tuple[int, Judgement]]:
        """A judgement for each member, with the row that it stands in."""
        members = chain.members
        if len(members) < 2:
            return
        if (found := self._judge_update(chain)) is not None:
            yield 0, found
            return
        yield from self._judge_numbers(chain)
        symbolic = [
            i
            for i, (text, _) in enumerate(members)
            if not has_numbers(text) and not (is_pure(text) and any(has_numbers(t) for t, _ in members))
        ]
        if len(symbolic) > 1:
            yield from self._judge_symbolic(members, symbolic)

    def _by_numbers(self, members: Sequence[tuple[str, int]], i: int, judgement: Judgement) -> Judgement:
        """What is said of a whole number, if the numbers on the page make it right."""
        text = members[i][0]
        if judgement.verdict != OPEN or not is_pure(text):
            return judgement
        by_numbers = self._judge_number(self.worlds[0], members[i - 1][0], text, False)
        return by_numbers if by_numbers.verdict == RIGHT else judgement

    def _judge_symbolic(
        self, members: Sequence[tuple[str, int]], symbolic: Sequence[int]
    ) -> Iterator[tuple[int, Judgement]]:
        """Members without numbers: each against the first; against each other, where nothing is known of that."""
        head, *rest = symbolic
        found = {i: self._relate(members[head][0], members[i][0]) for i in rest}
        if any(judgement.verdict in (RIGHT, WRONG) for judgement in found.values()):
            before = head
            for i in rest:
                truth = found[i]
                if before != head and truth.verdict in (RIGHT, WRONG, OPEN, UNREAD):
                    step = self._compare(members[before][0], members[i][0])
                    if truth.verdict == WRONG and step.verdict in (RIGHT, STATED):
                        truth = truth._replace(reason="it follows from what stands before it, which is wrong")
                    elif truth.verdict == RIGHT and step.verdict == WRONG:
                        reason = "it does not follow from what stands before it"
                        truth = truth._replace(verdict=JUMP, difference=step.difference, reason=reason)
                    elif truth.verdict in (OPEN, UNREAD) and step.verdict in (RIGHT, WRONG):
                        truth = step if step.verdict == RIGHT or found[before].verdict == RIGHT else truth
                yield members[i][1], self._by_numbers(members, i, truth)
                before = i
            return
        first = rest[0]
        yield members[first][1], self._by_numbers(members, first, found[first])
        alike = {i: self._compare(members[first][0], members[i][0]) for i in rest[1:]}
        against = [i for i in alike if alike[i].verdict == WRONG]
        agree = [i for i in alike if alike[i].verdict == RIGHT]
        if (
            len(against) > 1
            and not agree
            and all(self._compare(members[against[0]][0], members[i][0]).verdict == RIGHT for i in against[1:])
        ):
            odd = alike[against[0]]
            yield (
                members[first][1],
                odd._replace(reason="all that stands behind it is something else"),
            )
            return
        for i in rest[1:]:
            judgement = alike[i]
            together = members[i][1] == members[first][1] or found[first].verdict == STATED or agree
            if judgement.verdict == WRONG and not together:
                reason = "it does not follow from what stands before it, and which is right is not said"
                judgement = judgement._replace(verdict=JUMP, reason=reason)
            yield members[i][1], judgement

    def _relate(self, one: str, other: str) -> Judgement:
        """Two members compared; where nothing is said of what is differentiated, by how derivatives cancel."""
        found = self._compare(one, other)
        return self._judge_cancelling(one, other, found) or found

    def _judge_update(self, chain: Chain) -> Judgement | None:
        """w := w − η ∂L/∂w, where the name itself stands on the right."""
        left, right = chain.members[0][0], chain.members[1][0]
        names = [use.key for use in find_uses(left)]
        if len(names) != 1 or not self._is_name(left) or has_numbers(right):
            return None
        itself = any(use.key == names[0] for use in find_uses(right)) and not re.search(r"∂|partial|nabla|∇|\bd", left)
        if not itself:
            return None
        if not any(re.match(rf"\s*{re.escape(left.strip())}\s*[-−–]", text) for text in (right,)):
            return Judgement(STATED)
        world = self.worlds[-1]
        losses = [base for base in self.notation.tops if base in LOSSES]
        if len(losses) != 1 or len(chain.members) > 2:
            return Judgement(STATED)
        try:
            old, new, loss = (
                self.read(world, text, dict.fromkeys(self._letters_of(world, [left, right]), 1))
                for text in (left, right, losses[0])
            )
            if not (isinstance(old, Value) and isinstance(new, Value) and isinstance(loss, Value)):
                return Judgement(STATED)
            rates = [x for x in leaves(new) if x.op is None and x.label in RATES]
            if len(rates) != 1:
                return Judgement(STATED)
            wanted = old - rates[0] * world.slope(loss, old)
        except ERRORS as error:
            return Judgement(STATED, reason=_sentence(error))
        found = self._compare_values(world, wanted, new, left)
        return found if found.verdict in (RIGHT, WRONG) else Judgement(STATED)

    def _judge_cancelling(self, before: str, text: str, so_far: Judgement) -> Judgement | None:
        """Products of derivatives of which nothing else is said: the chain rule lets them cancel, or they are wrong."""
        if so_far.verdict not in (OPEN, STATED, UNREAD):
            return None
        left, right = derivatives_of(before), derivatives_of(text)
        if left is None or right is None or len(left) != 1 or len(right) < 2:
            return None
        wanted = [_canonical(name) for name in left[0]]
        written = {_canonical(name): name for pair in right for name in pair}
        tops, bottoms = ([_canonical(pair[i]) for pair in right] for i in (0, 1))
        for name in list(tops):
            if name in bottoms:
                tops.remove(name)
                bottoms.remove(name)
        if tops + bottoms == wanted:
            return Judgement(RIGHT, "the chain rule", "name by name")
        twice = len(tops) == len(bottoms) == 2 and set(tops) == set(wanted) and len(set(bottoms)) == 1
        if twice and so_far.verdict != UNREAD:
            reason = f"these do not cancel: {pretty(written[bottoms[0]])} stands below twice"
            return Judgement(WRONG, "the chain rule", "name by name", reason=reason)
        return None

    def _compare(self, one: str, other: str) -> Judgement:
        found: list[Judgement] = []
        flat: Judgement | None = None
        for world in self.worlds:
            if found and found[-1].verdict in (UNREAD, OPEN, WRONG) and not world.flat:
                continue
            judgement = self._compare_in(world, one, other)
            if world.flat:
                flat = judgement
            else:
                found.append(judgement)
        arrays = _worst(found)
        assert flat is not None
        if arrays is None:
            return flat
        legit = not re.search(r"\\sum|∑|Σ|\\prod|∏|[sS]oftmax|1_|⦃|𝟙|\\delta_|δ_|\)_", one + other)
        if arrays.verdict in (UNREAD, OPEN, STATED) and legit:
            worse = flat.verdict == UNREAD or (arrays.verdict != UNREAD and flat.verdict in (OPEN, WRONG))
            return arrays if worse else flat
        if arrays.verdict == WRONG and legit and flat.verdict in (RIGHT, STATED):
            strong = re.search(r"\^\s*\{?\s*(?:T|\\top)\b|ᵀ|⊙|⟦|T\}", one + other) or self.notation.counts
            return arrays if strong else flat
        return arrays

    def _compare_in(self, world: World, one: str, other: str) -> Judgement:
        """Two members in a world, for all numbers of the letters that count, and in the ways that products are meant."""
        results: list[Judgement] = []
        for way in ("dot", "each"):
            world.of_vectors = way
            result = self._compare_places(world, one, other)
            world.of_vectors = "dot"
            if result.verdict in (RIGHT, STATED):
                return result
            results.append(result)
            if world.flat:
                break
        return results[0] if results[0].verdict != UNREAD else results[-1]

    def _compare_places(self, world: World, one: str, other: str) -> Judgement:
        found: list[Judgement] = []
        by_place: dict[object, list[Judgement]] = {}
        by_meeting: dict[bool, list[Judgement]] = {}  # whether two of the letters are the same number there
        extra = set(self._letters_of(world, [other])) - set(self._letters_of(world, [one]))
        for env in self._places(world, [one, other]):
            world.touched = set()
            try:
                left = self.read(world, one, env)
                functions = world.any_functions
                right = self.read(world, other, env)
            except ERRORS as error:
                return Judgement(UNREAD if not isinstance(error, UnsaidError) else OPEN, reason=_sentence(error))
            judgement = self._compare_quantities(world, left, right, one)
            if judgement.verdict == WRONG and functions != world.any_functions:
                unknown = ", ".join(sorted(functions ^ world.any_functions))
                return Judgement(OPEN, reason=f"what function {unknown} is stands nowhere")
            if extra and not world.flat and judgement.verdict in (RIGHT, WRONG):
                place = tuple(sorted((x, n) for x, n in env.items() if x not in extra))
                by_place.setdefault(place, []).append(judgement)
                continue
            if judgement.verdict in (UNREAD, OPEN):
                return judgement
            if len(env) > 1 and judgement.verdict in (RIGHT, WRONG):
                by_meeting.setdefault(len(set(env.values())) < len(env), []).append(judgement)
            elif judgement.verdict == WRONG:
                return judgement
            found.append(judgement)
        for meet, judgements in by_meeting.items():
            others = by_meeting.get(not meet, [])
            if others and all(j.verdict == WRONG for j in judgements) and all(j.verdict == RIGHT for j in others):
                reason = (
                    "it is right where the indices "
                    + ("differ" if meet else "are the same")
                    + ", and which are meant is not said"
                )
                return Judgement(OPEN, reason=reason)
        for judgements in by_place.values():
            if all(judgement.verdict == WRONG for judgement in judgements):
                return judgements[0]
            if any(judgement.verdict == WRONG for judgement in judgements):
                found.append(Judgement(OPEN, reason=f"which {', '.join(sorted(extra))} is meant is not said"))
            else:
                found += judgements
        return _worst(found) or Judgement(UNREAD)

    def _compare_quantities(self, world: World, left: Quantity, right: Quantity, text: str) -> Judgement:
        if isinstance(left, Value) and not left.inputs and left.op is None and isinstance(right, Array):
            before = world.arrays.get(left)
            if before is None or before[0] == self.current:
                return Judgement(STATED)
            if before[1].shape != right.shape:
                return Judgement(OPEN, reason=f"{left.label} has another shape before")
            left = before[1]
        if isinstance(left, Array) and isinstance(right, Array) and left.shape != right.shape:
            if left.is_vector and right.is_vector and left.shape == right.shape[::-1]:
                right = right.transposed
            else:
                return Judgement(
                    OPEN, reason=f"{left.shape[0]}×{left.shape[1]} and {right.shape[0]}×{right.shape[1]} are set equal"
                )
        if isinstance(left, Array) and isinstance(right, Value) and right.op is CONSTANT:
            same: Value = right
            right = left.map(lambda x: same)
        if isinstance(left, Array) != isinstance(right, Array):
            return Judgement(OPEN, reason="a number and a vector are set equal")
        found = [self._compare_values(world, x, y, text) for x, y in _pairs(left, right)]
        return _worst(found) or Judgement(UNREAD)

    def _compare_values(self, world: World, left: Value, right: Value, text: str) -> Judgement:
        timeline = self.timelines[self.worlds.index(world)]
        if (
            left is right
            or left in timeline.own
            or timeline.defined_at.get(left) == self.current
            or (left.op is CONSTANT and self._is_name(text))
        ):
            return Judgement(STATED)
        as_written = compare(left, right)
        if as_written.same:
            return Judgement(RIGHT, AS_WRITTEN, as_written.how)
        if not left.inputs and left.op is None and left not in world.definitions:
            return Judgement(
                STATED if left not in world.slopes.values() else OPEN,
                reason="" if left not in world.slopes.values() else f"{left.label} is not said",
            )
        one, other = world.expanded(left), world.expanded(right)
        found = compare(one, other)
        against = self._against(world, left)
        if found.same:
            return Judgement(RIGHT, against, found.how)
        if found.same is None:
            return Judgement(OPEN, reason=found.how or "it cannot be told")
        if assumed := self._assume(world, one, other):
            return Judgement(RIGHT, assumed, "at points")
        if bool(names_in(one)) != bool(names_in(other)):  # z = wx = 1, where w and x have numbers
            return Judgement(OPEN, reason="for which numbers this is meant is not said")
        if stranger := self._stranger(world, left, right, one, other):
            return Judgement(OPEN, reason=f"what {stranger} is stands nowhere")
        if world.are_tied({*leaves(one), *leaves(other)}):
            return Judgement(OPEN, reason="how the names in it go with one another is not said")
        if renamed := self._renamed(left, right):
            return Judgement(OPEN, reason=f"it is right if {renamed}")
        if not left.inputs and left.op is None and left in world.definitions and self._is_name(text) and not self.concludes:
            return Judgement(OPEN, reason=f"{left.label} is said to be something else before")
        return Judgement(WRONG, against, found.how, found.difference)

    def _against(self, world: World, left: Value) -> str:
        if left in world.definitions:
            return f"the definition of {left.label}"
        return "the derivative, from the definitions on this page" if world.touched else "what stands before it"

    def _renamed(self, left: Value, right: Value) -> str:
        """σ(z) = 1/(1 + e^{−x}): right if x is z."""
        new = [x for x in leaves(right) if x.op is None and x not in set(leaves(left))]
        is_function = left.op is not None and left.op.arity == 1 and left.op is not ops.neg
        if len(new) == 1 and is_function and compare(left, substitute(right, {new[0]: left.inputs[0]})).same:
            return f"{new[0].label} is what stands in brackets"
        return ""

    def _assume(self, world: World, one: Value, other: Value) -> str:
        """What makes two formulas the same that is usually meant: that the numbers of a family sum to one."""
        families: dict[tuple[str, str, tuple[str, ...]], list[Value]] = {}
        behind = {x for x in (*leaves(one), *leaves(other)) if x.op is None}
        for (base, up, indices), leaf in world.leaves.items():
            if leaf in behind and indices and indices[-1].isdigit():
                families.setdefault((base, up, indices[:-1]), []).append(leaf)
        for (base, up, before), members in families.items():
            everyone = (world.leaves.get((base, up, (*before, str(i)))) for i in range(world.k + 2))
            whole = [leaf for leaf in everyone if leaf is not None]
            if len(members) > 1 and (base.lower() in "typqd" or world.notation.counts.get(base)):
                last = whole[-1]
                rest = constant(1.0)
                for x in whole[:-1]:
                    rest = rest - x
                if compare(substitute(one, {last: rest}), substitute(other, {last: rest})).same:
                    return f"the rule that the {base} sum to 1"
        return ""

    def _stranger(self, world: World, left: Value, right: Value, one: Value, other: Value) -> str:
        """A name that one side alone has, and that nothing says how it goes with the other."""
        here = {x for x in leaves(one) if x.op is None}
        there = {x for x in leaves(other) if x.op is None}
        tied: set[Value] = set()
        waiting = [*world.touched, left, *leaves(left)]
        while waiting:
            x = waiting.pop()
            if x in tied:
                continue
            tied.add(x)
            waiting += [y for y in leaves(world.definitions.get(x, x)) if y not in tied]
            waiting += [y for y in leaves(x) if y not in tied]
        symbols = set(world.slopes.values())
        for x in (there - here) | (here - there):
            if x in symbols or x not in tied:
                return x.label
        if symbols & (here | there):
            both = symbols & here & there
            if symbols & (here | there) != both:
                return "a derivative"
        return ""


_CONCLUDES = re.compile(
    r"\\(?:Rightarrow|implies|therefore)|⇒|∴|(?i:\b(?:so|hence|thus|therefore|then|becomes|simplif\w+|reduces?|get|gives?|yields?)\b)"
)
_PRODUCT = re.compile(r"\\(?:cdot|times)(?![A-Za-z])|[·×]")


def derivatives_of(text: str) -> list[tuple[str, str]] | None:
    """The derivatives of a product that is made of nothing else, as names above and below."""
    text = _PRODUCT.sub(" ", text)
    fraction = (
        rf"\\frac\s*\{{\s*(?:\\partial|∂|d)\s*({NAME})(?:\s*\([^()]*\))?\s*\}}\s*\{{\s*(?:\\partial|∂|d)\s*({NAME})\s*\}}"
    )
    inline = rf"(?:\\partial|∂|(?<![A-Za-z])d)\s*({NAME})(?:\s*\([^()]*\))?\s*/\s*(?:\\partial|∂|d)\s*({NAME})"
    found: list[tuple[str, str]] = []
    at = 0
    for match in re.finditer(rf"{fraction}|{inline}", text):
        if text[at : match.start()].strip(" {}"):
            return None
        above, below = (match[1], match[2]) if match[1] else (match[3], match[4])
        found.append((above, below))
        at = match.end()
    return found if found and not text[at:].strip(" {}") else None


def _canonical(name: str) -> str:
    return str([use.key for use in find_uses(name)])


def _find_chains(parts: Sequence[Part]) -> list[Chain]:
    """Statements, each with the rows that go on from it."""
    chains: list[Chain] = []
    for part in parts:
        if not part.goes_on or not chains:
            chains.append(Chain([part]))
            continue
        last, before = chains[-1], chains[-2] if len(chains) > 1 else None
        remark = (
            before is not None
            and len(last.parts) == 1
            and before.parts[-1].row.block == last.parts[0].row.block == part.row.block
        )
        (before if remark and before is not None and before.parts[-1].goes_on else last).parts.append(part)
    return chains


def _pairs(one: Quantity, other: Quantity) -> list[tuple[Value, Value]]:
    if isinstance(one, Value) and isinstance(other, Value):
        return [(one, other)]
    if not (isinstance(one, Array) and isinstance(other, Array)):
        return []
    turned = one.is_vector and other.is_vector and one.shape == other.shape[::-1]
    return list(zip(one.entries, other.entries)) if turned or one.shape == other.shape else []


def _worst(found: Sequence[Judgement]) -> Judgement | None:
    return min(found, key=lambda j: ORDER.index(j.verdict)) if found else None


def _sentence(error: BaseException) -> str:
    return error.reason if isinstance(error, FormulaError) else str(error)
