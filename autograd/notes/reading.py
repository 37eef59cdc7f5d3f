"""A page as it is read: its chains of formulas, the worlds that it is read in, and what its names are in each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice, product

from autograd import primitives as ops
from autograd.formula.arrays import Array, MisfitError, Quantity
from autograd.formula.uses import LOSSES, find_uses, plain, sole_use
from autograd.notes.blocks import Row, find_rows
from autograd.notes.notation import Notation
from autograd.notes.numbers import has_numbers
from autograd.notes.shapes import DERIVATIVE, declared_shapes, find_axes
from autograd.notes.statements import LONGEST_ROW, Part, find_parts
from autograd.notes.timeline import Timeline
from autograd.notes.verdicts import ERRORS
from autograd.notes.world import LAYERS, World
from autograd.operation import CONSTANT
from autograd.value import Value

MOST_PLACES, FEW_PLACES = 8, 2  # choices of numbers for letters that count, in one world
MOST_WIDE = 400  # of them in which names are defined


class Chain:
    """Rows of one chain: its members, each with the number of its row."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts

    @property
    def members(self) -> list[tuple[str, int]]:
        return [(f, i) for i, part in enumerate(self.parts) for f in part.formulas]


class Reading:
    """A page, and what its names are from row to row.

    text: the page; given: definitions that it leaves out, such as "ŷ = σ(θᵀx)"
    """

    def __init__(self, text: str, given: Sequence[str] = (), latex: bool = False) -> None:
        self.text = text
        self.rows = [*(Row(0, i + 1, g, True, "", -1 - i) for i, g in enumerate(given)), *find_rows(text, latex)]
        bullets = sum(bool(re.match(r"\s*[-–]\s+[\\A-Za-z]", row.text)) for row in self.rows) > 1
        parts = [part for row in self.rows for part in find_parts(row, bullets)]
        self.chains = find_chains(parts)
        texts = [" = ".join(part.formulas) for part in parts]
        declared = declared_shapes([plain(row.text) for row in self.rows if len(row.text) <= LONGEST_ROW], text)
        self.notation = Notation(texts, "\\" in "".join(texts) or "$" in text, declared)
        self.letters: dict[str, list[str]] = {}
        self.worlds = self._make_worlds()
        self.read_before: dict[object, tuple[Quantity | BaseException, set[Value], set[str]]] = {}
        self.timelines = {world: Timeline(world) for world in self.worlds}
        self._collect()

    # ---- worlds

    def _make_worlds(self) -> list[World]:
        flat = World(self.notation, 1, flat=True)
        if not (self.notation.arrays.has_arrays or self.notation.counts or self.notation.sizes):
            return [flat]
        if self.notation.arrays.shapes:
            size = max(max(shape) for shape in self.notation.arrays.shapes.values())
            return [World(self.notation, size), flat]
        worlds = [self._uneven_world(), World(self.notation, 2), World(self.notation, 4), flat]
        for world in worlds:
            world.in_rows = worlds[0].in_rows
        return worlds

    def _uneven_world(self) -> World:
        """A world of vectors of three entries, and of other numbers of them where the page lets lengths differ."""
        square = World(self.notation, 3)
        self.worlds = [square]
        square.in_rows = self.notation.arrays.has_arrays and self._fits_in_rows(square)
        self.letters.clear()
        if not self.notation.arrays.has_arrays or self.notation.counts:
            return square
        members = [[text for text, _ in chain.members] for chain in self.chains]
        axes = find_axes(square, members, lambda texts: self.places(square, texts, wide=True))
        self.letters.clear()
        uneven = World(self.notation, 3, axes=axes)
        uneven.in_rows = square.in_rows
        return uneven

    def _fits_in_rows(self, world: World) -> bool:
        """Whether products with matrices by which a page defines something have shapes with vectors as rows alone."""
        said = [chain.members for chain in self.chains if chain.members and not DERIVATIVE.search(chain.members[0][0])]
        texts = [text for members in said for text, _ in members if self.has_matrices(text)]
        misfits = []
        for world.in_rows in (False, True):
            misfits.append(sum(self._misfits(world, text) for text in texts))
        return misfits[0] > 0 == misfits[1]

    def has_matrices(self, text: str) -> bool:
        """Whether names of matrices stand in a formula."""
        return any(self.notation.arrays.array_bases.get(use.base) == 2 for use in find_uses(text))

    def _misfits(self, world: World, text: str) -> bool:
        try:
            world.read(text, next(iter(self.places(world, [text])), {}))
        except MisfitError:
            return True
        except ERRORS:
            return False
        return False

    def read(self, world: World, text: str, env: dict[str, int]) -> Quantity:
        """A member in a world, read once as long as the definitions stay the same. Raises what the reader raises."""
        key = world, text, tuple(sorted(env.items())), world.of_vectors, world.direct, self.timelines[world].version
        if key not in self.read_before:
            found: Quantity | BaseException
            before, world.touched, world.any_functions = world.touched, set(), set()
            try:
                found = world.read(text, env)
            except ERRORS as error:
                found = error
            self.read_before[key] = found, world.touched, world.any_functions
            world.touched = before
        found, touched, world.any_functions = self.read_before[key]
        world.touched = world.touched | touched
        if isinstance(found, BaseException):
            raise found
        return found

    def _collect(self) -> None:
        """Let every name be what the page says that it is, from where it says so on."""
        self._fix_letters()
        for timeline in self.timelines.values():
            for i, chain in enumerate(self.chains):
                self._define(timeline, i, chain)
            timeline.go_to(0)

    def _fix_letters(self) -> None:
        """L = −log ŷ_l: which class is meant is the same on the whole page."""
        for members in (chain.members for chain in self.chains if len(chain.members) == 2):
            (left, _), (right, _) = members
            uses = find_uses(left)
            is_loss = len(uses) == 1 and uses[0].base in LOSSES and not uses[0].down
            if is_loss and not re.search(r"∂|partial|∇|nabla", left + right):
                for letter in self.letters_of([right]):
                    for world in self.worlds:
                        if not world.flat:
                            world.fixed[letter] = max(1, world.length - 1)
        self.letters.clear()

    def _define(self, timeline: Timeline, i: int, chain: Chain) -> None:
        members = chain.members
        if len(members) < 2:
            return
        left = members[0][0]
        right = next((text for text, _ in members[1:] if not has_numbers(text)), None)
        if right is None:
            return
        if sole_use(right) and len(members) > 2 and not has_numbers(members[2][0]):  # MSE = L = …
            self._define_as(timeline, i, right, members[2][0])
        self._define_as(timeline, i, left, right)

    def _define_as(self, timeline: Timeline, i: int, left: str, right: str) -> None:
        world = timeline.world
        letters = set(self.letters_of([left]))
        if set(self.letters_of([right])) - letters and not world.flat:
            return
        for env in self.places(world, [left, right], wide=True):
            try:
                one, other = world.read(left, env), world.read(right, env)
            except ERRORS:
                continue
            if isinstance(one, Value) and isinstance(other, Array) and one.op is None:
                timeline.define_array(i, one, other)
                one = self._entries_named(world, left, other) or one
            for x, y in pairs_of(one, other):
                timeline.define(i, *undone(x, y))

    def _entries_named(self, world: World, name: str, array: Array) -> Array | None:
        """z_1, z_2 and so on, where z is said to be a vector and the page has z_i."""
        use = find_uses(name)[0]
        if world.notation.counts.get(use.base) != 1 or use.down or not array.is_vector:
            return None
        entries = [world.leaf(use.base, use.up, (str(k + 1),)) for k in range(len(array.entries))]
        return Array([[x] for x in entries]) if array.shape[1] == 1 else Array([entries])

    def letters_of(self, texts: Sequence[str]) -> list[str]:
        """The letters that count in formulas and that no sum binds."""
        found: dict[str, None] = {}
        for text in texts:
            if text not in self.letters:
                self.letters[text] = self._find_letters(text)
            found.update(dict.fromkeys(self.letters[text]))
        return list(found)

    def _find_letters(self, text: str) -> list[str]:
        world = self.worlds[0]
        letters: dict[str, None] = {}
        for _ in range(5):
            world.unbound = set()
            with suppress(*ERRORS):
                world.read(text, dict.fromkeys(letters, 1))
            if world.unbound <= letters.keys():
                break
            letters.update(dict.fromkeys(sorted(world.unbound)))
        return list(letters)

    def places(self, world: World, texts: Sequence[str], wide: bool = False) -> Iterator[dict[str, int]]:
        """Numbers for the letters that count in formulas and that no sum binds."""
        letters = self.letters_of(texts)
        if world.flat or not letters:
            yield dict.fromkeys(letters, 1)
            return
        layer_tops = dict.fromkeys(self.notation.layers, LAYERS + 1 if wide else LAYERS - 1)
        top = world.length + (wide and self.notation.has_neighbours)
        tops = [layer_tops.get(letter, top) for letter in letters]
        everything = [dict(zip(letters, place)) for place in product(*(range(1, top + 1) for top in tops))]
        most = MOST_PLACES if world.length < 4 else FEW_PLACES
        step = 1 if wide else -(-len(everything) // most)
        yield from islice(everything[::step], MOST_WIDE)


def find_chains(parts: Sequence[Part]) -> list[Chain]:
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


def undone(left: Value, right: Value) -> tuple[Value, Value]:
    """A name and what it is, where its square, its logarithm or its exponential is said: s² = v is s = √v."""
    if left.op is ops.pow and left.inputs[1].op is CONSTANT and left.inputs[1].data == 2.0:
        return left.inputs[0], ops.sqrt(right)
    for op, inverse in ((ops.log, ops.exp), (ops.exp, ops.log)):
        if left.op is op:
            return left.inputs[0], inverse(right)
    return left, right


def pairs_of(one: Quantity, other: Quantity) -> list[tuple[Value, Value]]:
    if isinstance(one, Value) and isinstance(other, Value):
        return [(one, other)]
    if not (isinstance(one, Array) and isinstance(other, Array)):
        return []
    turned = one.is_vector and other.is_vector and one.shape == other.shape[::-1]
    return list(zip(one.entries, other.entries)) if turned or one.shape == other.shape else []
