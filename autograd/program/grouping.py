"""From numbers to arrays: atoms that are computed alike become the rows of one array.

Level by level from the leaves, two atoms are alike if they are the same operation on rows of the same arrays: the same
function; or sums with as many products of the same kind. So the neurons of a layer find each other, whatever they are
called, and their gradients too. The rows of an array are in the order of their parameters, else in that of what they are
made of, so that an array runs over its operands from front to back wherever it can.
"""

from __future__ import annotations

from collections import Counter

from autograd.primitives import greater

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from autograd.program.lowering import Atom, Lowering

Place = tuple[int, int]  # an array's number, and a row of it
Kind = tuple[int, ...]  # of a product: the arrays that it takes its factors from


class Array:
    """Atoms that are worked out together.

    number: its place among the arrays; kind, what: as of its atoms; rows: the atoms, in order
    varies: whether it has a column for each row of a batch, or one for all
    """

    def __init__(self, number: int, kind: str, what: Any, rows: Sequence[int | None], varies: bool) -> None:
        self.number, self.kind, self.what, self.rows, self.varies = number, kind, what, list(rows), varies
        self.name = ""

    @property
    def is_vector(self) -> bool:
        """Whether it is the vector of the parameters, or another one beside it, such as the seed."""
        return self.kind == "leaf" and not self.varies

    @property
    def is_indicator(self) -> bool:
        """Whether its numbers are 0 and 1."""
        return self.what is greater

    @property
    def members(self) -> list[int]:
        """The atoms, without the holes."""
        return [i for i in self.rows if i is not None]

    @property
    def is_hole(self) -> list[bool]:
        """For each row whether it belongs to no atom."""
        return [i is None for i in self.rows]

    @property
    def operation(self) -> str:
        """The name of the operation that each row is; empty for a sum."""
        return self.what if isinstance(self.what, str) else getattr(self.what, "name", "")

    def __len__(self) -> int:
        return len(self.rows)


class Grouping:
    """The arrays of a lowered graph, each after what it is computed from; places: where each atom stands.

    leaves: for each list of leaves how long it is; the parameters are in the first
    """

    def __init__(self, lowering: Lowering, leaves: Mapping[str, int], varying: Sequence[str]) -> None:
        self.atoms, self.outputs = lowering.atoms, lowering.outputs
        self.arrays = [Array(i, "leaf", name, [None] * n, name in varying) for i, (name, n) in enumerate(leaves.items())]
        lists = {array.what: array for array in self.arrays}
        self.places: dict[int, Place] = {}
        for level in lowering.levels():
            alike: dict[object, list[int]] = {}
            for i in level:
                atom = self.atoms[i]
                if atom.kind == "leaf":
                    name, row = atom.what
                    self.places[i] = lists[name].number, row
                    lists[name].rows[row] = i
                else:
                    alike.setdefault(self._key(atom), []).append(i)
            for members in alike.values():
                self._group(members)

    def sort_factors(self, factors: Iterable[int]) -> tuple[Kind, list[int]]:
        """The kind of a product, and its factors in the order of their arrays."""
        ordered = sorted(factors, key=self.places.__getitem__)
        return tuple(self.places[f][0] for f in ordered), ordered

    def _key(self, atom: Atom) -> object:
        """What is the same for atoms that are alike."""
        if atom.kind == "function":
            arrays = tuple(self.places[x][0] if isinstance(x, int) else ("number", repr(x)) for x in atom.inputs)
            if len(arrays) > 4 and len(set(arrays)) == 1:
                arrays = (arrays[0], len(arrays))
            return "function", atom.what, arrays
        kinds = Counter(self.sort_factors(factors)[0] for factors in atom.form)
        return "sum", frozenset(kinds.items())

    def _group(self, members: list[int]) -> None:
        members.sort(key=lambda i: self._rank(self.atoms[i]))
        first, number = self.atoms[members[0]], len(self.arrays)
        self.arrays.append(Array(number, first.kind, first.what, members, first.varies))
        self.places.update((i, (number, row)) for row, i in enumerate(members))

    def _rank(self, atom: Atom) -> list[Any]:
        """Where a row belongs among those that are alike."""
        if atom.kind == "function":
            return [self.places[x] for x in atom.inputs if isinstance(x, int)]
        places = sorted(self.places[f] for factors in atom.form for f in factors)
        return [[place for place in places if not place[0]][:1], [place for place in places if place[0]]]
