"""A page judged: each row against the definitions on the page, the engine's derivatives, and the row above it.

A row is wrong where it is wrong in every way in which it can be read: with vectors of two entries and of three, with two
vectors side by side multiplied as a dot product and entry by entry, with targets that sum to one and with any. It is right
where one reading makes it so. Where what decides is not said on the page, it is said that it is not.
"""

from __future__ import annotations

import re
from itertools import islice, product
from typing import NamedTuple

from autograd.calculus import gradient
from autograd.formula.arrays import Array, ShapeError
from autograd.formula.indexed import read_quantity
from autograd.formula.lexer import FormulaError
from autograd.graph import leaves
from autograd.notes.blocks import Row, find_rows
from autograd.notes.equality import Comparison, Difference, compare
from autograd.notes.notation import Notation, find_uses
from autograd.notes.numbers import has_numbers, judge_numbers
from autograd.notes.statements import Part, find_parts
from autograd.notes.world import UnsaidError, World
from autograd.operation import CONSTANT
from autograd.rewriting import substitute
from autograd.value import Value, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograd.formula.arrays import Quantity

MOST_PLACES = 12  # choices of numbers for letters that count, in one world
ERRORS = (FormulaError, ShapeError, UnsaidError, ZeroDivisionError, OverflowError, RecursionError)
RIGHT, WRONG, JUMP, OPEN, UNREAD, STATED = "right", "wrong", "does not follow", "depends", "unread", "stated"
ORDER = (WRONG, OPEN, JUMP, UNREAD, RIGHT, STATED)  # what counts of several judgements of one row


class Judgement(NamedTuple):
    """What is said of a row, and why.

    verdict: right, wrong, does not follow (it is right, and the row above is not), depends (on what is not said), unread,
        stated (a definition, or what is taken as given)
    against: what it was judged by; how: exactly, or at points; difference: a point that proves it
    reason: a sentence; formula: the member that it is about; better: what would be right
    """

    verdict: str
    against: str = ""
    how: str = ""
    difference: Difference | None = None
    reason: str = ""
    formula: str = ""
    better: str = ""


class Chain:
    """Rows of one chain, and what its members are in each world."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self.members: list[tuple[str, int]] = [(f, i) for i, part in enumerate(parts) for f in part.formulas]

    @property
    def text(self) -> str:
        return " = ".join(text for text, _ in self.members)


class Page:
    """A page, its rows and what is said of each.

    text: the page; given: definitions that it leaves out, such as "ŷ = σ(θᵀx)"
    """

    def __init__(self, text: str, given: Sequence[str] = (), latex: bool = False) -> None:
        self.text = text
        self.rows = [*(Row(0, i + 1, g, True, "") for i, g in enumerate(given)), *find_rows(text, latex)]
        bullets = sum(bool(re.match(r"\s*[-–]\s+[\\A-Za-z]", row.text)) for row in self.rows) > 1
        parts = [part for row in self.rows for part in find_parts(row, bullets)]
        self.chains = _find_chains(parts)
        texts = [" = ".join(part.formulas) for part in parts]
        self.notation = Notation(texts, text, "\\" in "".join(texts) or "$" in text)
        self.worlds = self._make_worlds()
        self.judgements: dict[Row, Judgement] = {}
        self._collect()
        self._judge()

    # ---- worlds

    def _make_worlds(self) -> list[World]:
        flat = World(self.notation, 1, flat=True)
        if not (self.notation.has_arrays or self.notation.counts or self.notation.sizes):
            return [flat]
        return [World(self.notation, 3), World(self.notation, 2), World(self.notation, 4), flat]

    def _collect(self) -> None:
        """Let every name be what the page first says that it is."""
        for world in self.worlds:
            for chain in self.chains:
                self._define(world, chain)

    def _define(self, world: World, chain: Chain) -> None:
        if len(chain.members) < 2 or has_numbers(chain.members[1][0]):
            return
        left, right = chain.members[0][0], chain.members[1][0]
        for env in self._places(world, [left, right], wide=True):
            world.env = env
            try:
                one, other = read_quantity(left, world), read_quantity(right, world)
            except ERRORS:
                continue
            for x, y in _pairs(one, other):
                if x not in world.definitions:
                    world.define(x, y)
        world.env = {}

    def _places(self, world: World, texts: Sequence[str], wide: bool = False) -> Iterator[dict[str, int]]:
        """Numbers for the letters that count in formulas and that no sum binds."""
        letters: dict[str, None] = {}
        for _ in range(4):
            world.unbound = set()
            world.env = dict.fromkeys(letters, 1)
            for text in texts:
                try:
                    read_quantity(text, world)
                except ERRORS:
                    pass
            if world.unbound <= letters.keys():
                break
            letters.update(dict.fromkeys(sorted(world.unbound)))
        world.env = {}
        if world.flat:
            yield dict.fromkeys(letters, 1)
            return
        tops = [4 if letter in self.notation.layers and wide else 2 if letter in self.notation.layers else world.k + wide for letter in letters]
        everything = [dict(zip(letters, place)) for place in product(*(range(1, top + 1) for top in tops))]
        step = max(1, len(everything) // MOST_PLACES) if not wide else 1
        yield from islice(everything[::step], 400)

    # ---- judging

    def _judge(self) -> None:
        for chain in self.chains:
            found: dict[int, list[Judgement]] = {}
            for i, judgement in self._judge_chain(chain):
                found.setdefault(i, []).append(judgement)
            for i, part in enumerate(chain.parts):
                new = _worst(found.get(i, []))
                if new is not None:
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
        if cancelled := _judge_cancelling(chain):
            yield from cancelled
            return
        numeric = [has_numbers(text) for text, _ in members]
        yield from judge_numbers(self, chain, numeric)
        symbolic = [i for i, is_numeric in enumerate(numeric) if not is_numeric]
        if len(symbolic) < 2:
            return
        yield 0, Judgement(STATED)
        before = symbolic[0]
        for i in symbolic[1:]:
            truth = self._compare(chain, symbolic[0], i)
            if truth.verdict == WRONG and before != symbolic[0]:
                step = self._compare(chain, before, i)
                if step.verdict in (RIGHT, STATED):
                    truth = truth._replace(reason="it follows from the row above, which is wrong")
            elif truth.verdict == RIGHT and before != symbolic[0]:
                step = self._compare(chain, before, i)
                if step.verdict == WRONG:
                    truth = truth._replace(verdict=JUMP, difference=step.difference, reason="it does not follow from what stands before it")
            yield members[i][1], truth
            before = i

    def _compare(self, chain: Chain, first: int, second: int) -> Judgement:
        one, other = chain.members[first][0], chain.members[second][0]
        found: list[Judgement] = []
        flat: Judgement | None = None
        for world in self.worlds:
            judgement = self._compare_in(world, one, other)
            if world.flat:
                flat = judgement
            else:
                found.append(judgement)
        arrays = _worst(found)
        assert flat is not None
        if arrays is None:
            return flat
        legit = not re.search(r"\\sum|∑|Σ|\\prod|∏|[sS]oftmax|1_|⦃|𝟙|\\delta_|δ_", one + other)
        if arrays.verdict in (UNREAD, OPEN) and legit and flat.verdict not in (UNREAD,):
            return flat if arrays.verdict == UNREAD or flat.verdict == RIGHT else arrays
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
            if world.flat or way == "dot" and not re.search(r"\\cdot|·|\\times|\\ast|[\w)}]\s*[\w(\\]", one + other):
                break
        return results[0] if results[0].verdict != UNREAD else results[-1]

    def _compare_places(self, world: World, one: str, other: str) -> Judgement:
        found: list[Judgement] = []
        left_letters = self._letters(world, one)
        for env in self._places(world, [one, other]):
            world.env = env
            try:
                left, right = read_quantity(one, world), read_quantity(other, world)
            except ERRORS as error:
                world.env = {}
                return Judgement(UNREAD if not isinstance(error, UnsaidError) else OPEN, reason=_sentence(error), formula=other)
            finally:
                world.env = {}
            judgement = self._compare_quantities(world, left, right, env)
            if judgement.verdict == WRONG and set(env) - left_letters and not world.flat:
                only = ", ".join(sorted(set(env) - left_letters))
                judgement = Judgement(OPEN, reason=f"which {only} is meant is not said", formula=other)
            if judgement.verdict in (WRONG, UNREAD):
                return judgement._replace(formula=other)
            found.append(judgement)
        return (_worst(found) or Judgement(UNREAD, formula=other))._replace(formula=other)

    def _letters(self, world: World, text: str) -> set[str]:
        for _ in self._places(world, [text]):
            break
        return set(next(iter(self._places(world, [text])), {}))

    def _compare_quantities(self, world: World, left: Quantity, right: Quantity, env: dict[str, int]) -> Judgement:
        if isinstance(left, Value) and isinstance(right, Array) and right.shape == (1, 1):
            right = right.entries[0]
        if isinstance(left, Array) and isinstance(right, Array) and left.shape != right.shape:
            if left.is_vector and right.is_vector and left.shape == right.shape[::-1]:
                right = right.transposed
            else:
                return Judgement(OPEN, reason=f"{left.shape[0]}×{left.shape[1]} and {right.shape[0]}×{right.shape[1]} are set equal")
        if isinstance(left, Array) != isinstance(right, Array):
            if isinstance(left, Array) and isinstance(right, Value) and right.op is CONSTANT:
                right = left.map(lambda x: right)  # type: ignore[return-value]
            else:
                return Judgement(OPEN, reason="a number and a vector are set equal")
        found = [self._compare_values(world, x, y) for x, y in _pairs(left, right)]
        return _worst(found) or Judgement(UNREAD)

    def _compare_values(self, world: World, left: Value, right: Value) -> Judgement:
        if left is right or world.definitions.get(left) is right:
            return Judgement(STATED)
        as_written = compare(left, right)
        if as_written.same:
            return Judgement(RIGHT, "as it is written", as_written.how)
        one, other = world.expanded(left), world.expanded(right)
        found = compare(one, other)
        if found.same:
            return Judgement(RIGHT, self._against(world, left), found.how)
        if found.same is None:
            return Judgement(OPEN, reason=found.how or "it cannot be told")
        assumed = self._assume(world, one, other)
        if assumed:
            return Judgement(RIGHT, assumed, "at points")
        if stranger := self._strangers(world, one, other):
            return Judgement(OPEN, reason=f"what {stranger} is stands nowhere")
        return Judgement(WRONG, self._against(world, left), found.how, found.difference)

    def _against(self, world: World, left: Value) -> str:
        if left in world.definitions:
            return f"the definition of {left.label}"
        return "the derivative, from the definitions on this page" if world.definitions else "the other side"

    def _assume(self, world: World, one: Value, other: Value) -> str:
        """What makes two formulas the same that is usually meant: that the numbers of a family sum to one."""
        families: dict[tuple[str, str, tuple[str, ...]], list[tuple[int, Value]]] = {}
        behind = {x for x in (*leaves(one), *leaves(other)) if x.op is None}
        for (base, up, indices), leaf in world.leaves.items():
            if leaf in behind and indices and indices[-1].isdigit():
                families.setdefault((base, up, indices[:-1]), []).append((int(indices[-1]), leaf))
        for (base, up, before), members in families.items():
            whole = [leaf for i in range(0, world.k + 1) if (leaf := world.leaves.get((base, up, (*before, str(i))))) is not None]
            if len(whole) > 1 and base.lower() in "typqd" and len(members) <= len(whole):
                last = whole[-1]
                rest = constant(1.0)
                for x in whole[:-1]:
                    rest = rest - x
                if compare(substitute(one, {last: rest}), substitute(other, {last: rest})).same:
                    return f"the {base} sum to 1"
        return ""

    def _strangers(self, world: World, one: Value, other: Value) -> str:
        """A name that one side alone has, and that no definition speaks of."""
        here = {x for x in leaves(one) if x.op is None}
        there = {x for x in leaves(other) if x.op is None}
        known = {x for y in world.definitions.values() for x in leaves(y)} | set(world.definitions)
        for x in (there - here) | (here - there):
            if x in world.slopes.values():
                return x.label
            if x not in known:
                return x.label
        return ""


def _find_chains(parts: Sequence[Part]) -> list[Chain]:
    """Statements, each with the rows that go on from it."""
    chains: list[Chain] = []
    for part in parts:
        if part.goes_on and chains:
            chains[-1].parts.append(part)
            chains[-1].members += [(f, len(chains[-1].parts) - 1) for f in part.formulas]
        elif len(part.formulas) > 1 or part.row.shown:
            chains.append(Chain([part]))
    return [_join_products(chain, behind) for chain, behind in zip(chains, [*chains[1:], None])]


def _join_products(chain: Chain, behind: Chain | None) -> Chain:
    return chain


def _pairs(one: Quantity, other: Quantity) -> list[tuple[Value, Value]]:
    if isinstance(one, Value) and isinstance(other, Value):
        return [(one, other)]
    if isinstance(one, Array) and isinstance(other, Array):
        if one.shape == other.shape or (one.is_vector and other.is_vector and one.shape == other.shape[::-1]):
            return list(zip(one.entries, other.entries))
    return []


def _worst(found: Sequence[Judgement]) -> Judgement | None:
    return min(found, key=lambda j: ORDER.index(j.verdict)) if found else None


def _sentence(error: BaseException) -> str:
    return error.reason if isinstance(error, FormulaError) else str(error)


def _judge_cancelling(chain: Chain) -> list[tuple[int, Judgement]]:
    return []


__all__ = ["Comparison", "Judgement", "Page", "find_uses", "gradient"]
