"""From numbers to arrays: atoms that are computed alike become the rows of one array.

Level by level from the leaves, two atoms are alike if they are the same operation on rows of the same arrays: the same
function; or sums with as many products of the same kind. So the neurons of a layer find each other, whatever they are
called, and their gradients too. The rows of an array are in the order of their parameters, else in that of what they are
made of, so that an array runs over its operands from front to back wherever it can.
"""

from __future__ import annotations

from collections import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from autograd.program.lowering import Atom, Lowered

Place = tuple[int, int]  # an array's number, and a row of it


class Array:
    """Atoms that are worked out together.

    number: its place among the arrays; kind, what: as of its atoms; rows: the atoms, in order
    varies: whether it has a column for each row of a batch, or one for all
    """

    def __init__(self, number: int, kind: str, what: object, rows: Sequence[int | None], varies: bool) -> None:
        self.number, self.kind, self.what, self.rows, self.varies = number, kind, what, list(rows), varies
        self.name = ""

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<array {self.number}: {self.kind} {self.what or ''} × {len(self.rows)}>"


class Grouped:
    """The arrays of a lowered graph, each after what it is computed from; places: where each atom stands.

    leaves: for each list of leaves how long it is; the parameters are in the first
    """

    def __init__(self, lowered: Lowered, leaves: Mapping[str, int], varying: Sequence[str]) -> None:
        self.lowered = lowered
        self.arrays = [Array(i, "leaf", name, [None] * n, name in varying) for i, (name, n) in enumerate(leaves.items())]
        lists = {name: i for i, name in enumerate(leaves)}
        self.places: dict[int, Place] = {}
        atoms = lowered.atoms
        by_level: dict[int, list[int]] = {}
        for i in self._needed():
            atom = atoms[i]
            if atom.kind == "leaf":
                name, place = atom.what
                self.places[i] = lists[name], place
                self.arrays[lists[name]].rows[place] = i
            else:
                by_level.setdefault(atom.level, []).append(i)
        for level in sorted(by_level):
            alike: dict[object, list[int]] = {}
            for i in by_level[level]:
                alike.setdefault(self._key(atoms[i]), []).append(i)
            for members in alike.values():
                self._group(members)

    def _needed(self) -> list[int]:
        atoms, needed = self.lowered.atoms, set[int]()
        stack = [f for form in self.lowered.outputs for factors in form for f in factors]
        while stack:
            i = stack.pop()
            if i not in needed:
                needed.add(i)
                stack += [x for x in atoms[i].inputs if isinstance(x, int)]
                stack += [f for factors in atoms[i].form for f in factors]
        return sorted(needed)

    def _key(self, atom: Atom) -> object:
        places = self.places
        if atom.kind == "function":
            arrays = tuple(places[x][0] if isinstance(x, int) else ("number", repr(x)) for x in atom.inputs)
            if len(arrays) > 4 and len(set(arrays)) == 1:
                arrays = (arrays[0], len(arrays))
            return "function", atom.what, arrays
        kinds = Counter(self.kind_of(factors) for factors in atom.form)
        return "sum", frozenset(kinds.items())

    def kind_of(self, factors: tuple[int, ...]) -> tuple[int, ...]:
        """The arrays that a product takes its factors from."""
        return tuple(sorted(self.places[f][0] for f in factors))

    def _group(self, members: list[int]) -> None:
        atoms = self.lowered.atoms
        members.sort(key=lambda i: self._rank(atoms[i]))
        first = atoms[members[0]]
        number = len(self.arrays)
        self.arrays.append(Array(number, first.kind, first.what, members, first.varies))
        for row, i in enumerate(members):
            self.places[i] = number, row

    def _rank(self, atom: Atom) -> list[Any]:
        """Where a row belongs among those that are alike."""
        if atom.kind == "function":
            return [self.places[x] for x in atom.inputs if isinstance(x, int)]
        parameters = [place for factors in atom.form for f in factors if (place := self.places[f])[0] == 0]
        rest = sorted(self.places[f] for factors in atom.form for f in factors if self.places[f][0])
        return [[min(parameters)] if parameters else [], rest]
