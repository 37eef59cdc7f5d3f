"""Two formulas of a page compared: in each world, at all indices, and in all ways in which they can be meant.

They are not the same only where they are not in any of these; and where what decides is not said, that is said.
"""

from __future__ import annotations

import re

from autograd import primitives as ops
from autograd.formula.arrays import Array, MisfitError, Quantity, write_shapes
from autograd.formula.measures import free_variables
from autograd.formula.uses import find_uses, sole_use, split_indices
from autograd.graph import leaves
from autograd.notes.cancelling import judge_cancelling
from autograd.notes.equality import compare
from autograd.notes.reading import Reading, pairs_of
from autograd.notes.slopes import UnsaidError
from autograd.notes.timeline import Timeline
from autograd.notes.verdicts import (
    AS_WRITTEN,
    BY_SHAPE,
    ERRORS,
    OPEN,
    RIGHT,
    STATED,
    UNREAD,
    WRONG,
    Judgement,
    sentence,
    worst,
)
from autograd.notes.world import World
from autograd.operation import CONSTANT
from autograd.rewriting import substitute
from autograd.value import Value, constant
from autograd.writing.names import pretty

_ONE_CASE = re.compile(  # words and signs that speak of indices that are the same, or not
    r"\b[a-z]\s*(?:\\neq?(?![A-Za-z])|≠|!=|\\not\s*=)\s*[a-z]\b|\b[ijklmn]\s*=\s*[ijklmn]\b"
    r"|\b(?:diagonal|otherwise|Kronecker|same index)\b|\\delta_\{\w\w\}|δ_"
)
_GRADIENT = re.compile(r"\s*(?:\\nabla(?![A-Za-z])|∇)")
_OF_INDICES = re.compile(r"\\sum|∑|Σ|\\prod|∏|[sS]oftmax|1_|⦃|𝟙|\\delta_|δ_|\)_")  # which numbers alone have not
_OF_SHAPES = re.compile(r"\^\s*\{?\s*(?:T|\\top)\b|ᵀ|⊙|⟦|T\}")
_TWO_DS = re.compile(r"\\partial|∂"), re.compile(r"\\frac\s*\{\s*d|(?<![A-Za-z\\])d\w*\s*/\s*d")  # ∂ and d
_SHORT = 12  # characters of a name that can be given


def _shape_of(x: Quantity) -> str:
    if isinstance(x, Value):
        return "a number"
    return "a vector" if x.is_vector else "a matrix"


def _is_beyond(text: str, k: int) -> bool:
    """Whether a numbered index stands in a formula that is larger than a size."""
    parts = [part for use in find_uses(text) for part in split_indices(use.down)]
    return any(part.isdecimal() and int(part) > k for part in parts)


class Comparing(Reading):
    """A page whose formulas can be compared.

    current: the place of the chain that is judged; concludes: whether it says that it follows from what was before
    """

    current = 0
    concludes = False

    def relate(self, one: str, other: str) -> Judgement:
        """Two members compared; where nothing is said of what is differentiated, by how derivatives cancel."""
        found = self.compare_formulas(one, other)
        return judge_cancelling(one, other, found) or found

    def compare_formulas(self, one: str, other: str) -> Judgement:
        """Two members with vectors of several sizes, and as formulas of numbers alone."""
        *worlds, numbers = self.worlds
        found: list[Judgement] = []
        misfit = ""
        for world in worlds:
            judgement = self.compare_in(world, one, other)
            if judgement.misfit and world.is_uneven:
                misfit = judgement.reason
                continue
            found.append(judgement)
            if judgement.verdict in (UNREAD, OPEN, WRONG):
                break
        flat = self.compare_in(numbers, one, other)
        arrays = worst(found)
        if arrays is None:
            return flat
        if misfit and arrays.verdict == WRONG:  # whatever the lengths are
            return arrays._replace(against=BY_SHAPE, how="", difference=None, reason=misfit)
        return self._choose(arrays, flat, one, other)

    def _choose(self, arrays: Judgement, flat: Judgement, one: str, other: str) -> Judgement:
        """Which judgement counts: of a formula of vectors and indices, or of the same as one of numbers alone."""
        text = one + other
        may_be_flat = not _OF_INDICES.search(text)
        shaped = _OF_SHAPES.search(text) or self.has_matrices(other)
        is_of_arrays = shaped or self.notation.counts
        if arrays.misfit and may_be_flat and not is_of_arrays and not re.search(r"[A-Z]", text) and flat.verdict == WRONG:
            return flat
        if arrays.verdict == OPEN and (arrays.of_indices or (arrays.misfit and shaped and flat.verdict == RIGHT)):
            return arrays  # what has no indices and no shapes says nothing of these
        if arrays.verdict in (UNREAD, OPEN, STATED) and may_be_flat:
            worse = flat.verdict == UNREAD or (arrays.verdict != UNREAD and flat.verdict in (OPEN, WRONG))
            return arrays if worse else flat
        if arrays.verdict == WRONG and may_be_flat and flat.verdict in (RIGHT, STATED):
            return arrays if is_of_arrays else flat
        return arrays

    def compare_in(self, world: World, one: str, other: str) -> Judgement:
        """Two members in a world, for all numbers of the letters that count, and in the ways that products are meant."""
        results: list[Judgement] = []
        for way, by_hand in (("dot", False), ("each", False), ("dot", True)):
            if by_hand and not world.has_direct:
                break
            if world.flat and way == "each":
                continue
            world.of_vectors, world.direct = way, by_hand
            result = self._compare_places(world, one, other)
            world.of_vectors, world.direct = "dot", False
            if result.verdict in (RIGHT, STATED):
                return result
            results.append(result)
        both = all(sign.search(one + other) for sign in _TWO_DS)
        if both and world.has_direct and results[0].verdict == WRONG:
            return results[0]._replace(verdict=OPEN, difference=None, reason="what ∂ holds fixed is not said")
        fitting = [result for result in results if not result.misfit and result.verdict != UNREAD]
        return (fitting or results)[0]

    def _compare_places(self, world: World, one: str, other: str) -> Judgement:
        found: list[Judgement] = []
        by_place: dict[object, list[Judgement]] = {}
        by_meeting: dict[bool, list[Judgement]] = {}  # whether two of the letters are the same number there
        extra = set(self.letters_of([other])) - set(self.letters_of([one]))
        for env in self.places(world, [one, other]):
            world.touched = set()
            try:
                left = self.read(world, one, env)
                functions = world.any_functions
                right = self.read(world, other, env)
            except MisfitError as error:
                return Judgement(OPEN, reason=str(error), formula=other, misfit=True)
            except ERRORS as error:
                return Judgement(
                    UNREAD if not isinstance(error, UnsaidError) else OPEN, reason=sentence(error), formula=other
                )
            judgement = self._compare_quantities(world, left, right, one, other)
            if judgement.verdict == WRONG and functions != world.any_functions:
                unknown = ", ".join(sorted(functions ^ world.any_functions))
                return Judgement(OPEN, reason=f"what function {unknown} is stands nowhere", formula=other)
            if extra and not world.flat and judgement.verdict in (RIGHT, WRONG):
                place = tuple(sorted((x, n) for x, n in env.items() if x not in extra))
                by_place.setdefault(place, []).append(judgement)
                continue
            if judgement.verdict in (UNREAD, OPEN):
                return judgement._replace(formula=other)
            numbers = [*env.values(), *(world.fixed.values() if env else ())]
            if len(numbers) > 1:
                by_meeting.setdefault(len(set(numbers)) < len(numbers), []).append(judgement)
            elif judgement.verdict == WRONG:
                return judgement._replace(formula=other)
            found.append(judgement)
        if (meeting := self._judge_meeting(world, by_meeting)) is not None:
            return meeting._replace(formula=other)
        stray = extra and not any(self._is_repeated(letter, other) for letter in extra) and not _is_beyond(one, world.length)
        said = bool(self.letters_of([one])) and stray and not _ONE_CASE.search(self.text)
        unsaid = f"which {', '.join(sorted(extra))} is meant is not said"
        for judgements in by_place.values():
            wrong = [judgement for judgement in judgements if judgement.verdict == WRONG]
            if wrong and (said or (stray and len(wrong) == len(judgements))):
                return wrong[0]._replace(formula=other)
            found += [Judgement(OPEN, reason=unsaid, of_indices=True)] if wrong else judgements
        return (worst(found) or Judgement(UNREAD))._replace(formula=other)

    def _judge_meeting(self, world: World, by_meeting: dict[bool, list[Judgement]]) -> Judgement | None:
        """What is wrong only where indices are the same, or only where they differ."""
        for meet, judgements in by_meeting.items():
            others = by_meeting.get(not meet, [])
            if others and all(j.verdict == WRONG for j in judgements) and all(j.verdict != WRONG for j in others):
                if (not meet or world.fixed) and not _ONE_CASE.search(self.text):
                    return judgements[0]
                where = f"it is right where the indices {'differ' if meet else 'are the same'}"
                return Judgement(OPEN, reason=f"{where}, and which are meant is not said", of_indices=True)
        return None

    def _is_repeated(self, letter: str, text: str) -> bool:
        """Whether a letter counts twice in a formula, which some mean as a sum over it."""
        return sum(letter in split_indices(use.down) for use in find_uses(text)) > 1

    def _compare_quantities(self, world: World, left: Quantity, right: Quantity, text: str, other: str) -> Judgement:
        if isinstance(left, Value) and left.op is None and isinstance(right, Array):
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
                shapes = write_shapes(left, right)
                if left.is_vector and min(right.shape) > 1 and _GRADIENT.match(text) and other.strip().startswith("⟦"):
                    return Judgement(WRONG, BY_SHAPE, reason=f"a gradient by a vector is a vector: {shapes} are set equal")
                return Judgement(OPEN, reason=f"{shapes} are set equal", misfit=True)
        if isinstance(left, Array) and isinstance(right, Value) and right.op is CONSTANT:
            same: Value = right
            right = left.map(lambda x: same)
        if isinstance(left, Array) != isinstance(right, Array):
            return Judgement(OPEN, reason=f"{_shape_of(left)} and {_shape_of(right)} are set equal", misfit=True)
        found = [self.compare_values(world, x, y, text) for x, y in pairs_of(left, right)]
        return worst(found) or Judgement(UNREAD)

    def compare_values(self, world: World, left: Value, right: Value, text: str) -> Judgement:
        timeline = self.timelines[world]
        if (
            left is right
            or left in timeline.own
            or timeline.defined_at.get(left) == self.current
            or (left.op is CONSTANT and sole_use(text))
        ):
            return Judgement(STATED)
        as_written = compare(left, right)
        if as_written.same:
            return Judgement(RIGHT, AS_WRITTEN, as_written.how)
        if left.op is None and left not in world.definitions:
            is_slope = left in world.slopes.values()
            return Judgement(OPEN, reason=f"{left.label} is not said") if is_slope else Judgement(STATED)
        one, other = world.expanded(left), world.expanded(right)
        found = compare(one, other)
        against = self._against(world, left)
        if found.same:
            return Judgement(RIGHT, against, found.how)
        if found.same is None:
            return Judgement(OPEN, reason=found.how or "it cannot be told")
        if assumed := self._assume(world, one, other):
            return Judgement(RIGHT, assumed, "at points")
        if bool(free_variables(one)) != bool(free_variables(other)):  # z = wx = 1, where w and x have numbers
            return Judgement(OPEN, reason="for which numbers this is meant is not said")
        if stranger := self._stranger(world, left, right, one, other):
            reason, unsaid = self._not_defined(stranger), stranger
            return Judgement(OPEN, against, found.how, found.difference, reason, unsaid=unsaid)
        if world.are_tied({*leaves(one), *leaves(other)}):
            return Judgement(OPEN, reason="how the names in it go with one another is not said")
        if renamed := self._renamed(left, right):
            return Judgement(OPEN, reason=f"it is right if {renamed}")
        if left in world.definitions and sole_use(text) and not self.concludes:
            return Judgement(OPEN, reason=f"{left.label} is said to be something else before")
        if doubtful := self._said_twice(world, timeline, left, right):
            return Judgement(OPEN, reason=f"{doubtful} is said to be two things on this page")
        return Judgement(WRONG, against, found.how, found.difference)

    def _said_twice(self, world: World, timeline: Timeline, left: Value, right: Value) -> str:
        """A name behind a claim that the page defines in two ways, so that which is meant is not said."""
        behind = world.behind(*world.touched, *leaves(left), *leaves(right))
        return next((x.label for x in behind if timeline.otherwise.get(x, set()) - {self.current}), "")

    def _not_defined(self, name: str) -> str:
        """What to say of a name that the page does not define, as the page writes it: without indices of our own."""
        if "∂" in name or len(name) > _SHORT:
            return f"what {name} is stands nowhere"
        base, _, below = name.partition("_")
        if below and not any(use.base == base and f"{{{use.down}}}" == below for use in self.notation.uses):
            name = base
        return f'{pretty(name)} is not defined on this page; given "{name} = …" says it'

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
        behind = {*free_variables(one), *free_variables(other)}
        for (base, up, indices), leaf in world.leaves.items():
            if leaf in behind and indices and indices[-1].isdecimal():
                families.setdefault((base, up, indices[:-1]), []).append(leaf)
        for (base, up, before), members in families.items():
            everyone = (world.leaves.get((base, up, (*before, str(i)))) for i in range(world.length + 2))
            whole = [leaf for leaf in everyone if leaf is not None]
            if len(members) > 1 and (base.lower() in "typqd" or world.notation.counts.get(base)):
                last = whole[-1]
                rest = constant(1.0)
                for x in whole[:-1]:
                    rest = rest - x
                if compare(substitute(one, {last: rest}), substitute(other, {last: rest})).same:
                    return f"the rule that the {base} sum to 1"
        return ""

    def _is_counted(self, world: World, x: Value, tied: set[Value]) -> bool:
        """Whether a name is one of a counted family, all with numbers that this world has, of which others are known."""
        if world.flat or world.family(x)[0] not in world.notation.counts:
            return False
        places = {key[2] for key, leaf in world.leaves.items() if leaf in tied and key[:2] == world.family(x)}
        own = world.keys[x][2]
        numbered = all(i.isdecimal() for place in (own, *places) for i in place)
        return bool(places) and numbered and all(int(i) <= world.length for i in own)

    def _stranger(self, world: World, left: Value, right: Value, one: Value, other: Value) -> str:
        """A name that one side alone has, and that nothing says how it goes with the other."""
        here, there = set(free_variables(one)), set(free_variables(other))
        tied = set(world.behind(*world.touched, left))
        symbols = set(world.slopes.values())
        for x in sorted(there ^ here, key=lambda x: x.label):
            if x in symbols or (x not in tied and not self._is_counted(world, x, tied)):
                return x.label
        return ""
