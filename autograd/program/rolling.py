"""From numbers to arrays, over all places of a text: what is done again and again with the same weights is done at once.

grouping.py puts numbers together that are computed alike, from as many. Here they may be computed from more or fewer, too,
as where each letter looks at all letters before it: such rows are made as long as the longest. Where a row has no number
there is a hole, which is computed like its neighbours and then hidden: from a sum behind a 0, from a softmax behind -inf.

    classes    which numbers make an array, level by level from the leaves
    rows       their order in it: that of what they are made of, so that tables go up in even steps; with holes
    recipes    for each array what its rows are made of, as tables of rows of other arrays

Slopes of recipes are recipes again, see adjoints.py: nothing needs to be known of a number's gradient to group it.
"""

from __future__ import annotations

import math

from autograd.primitives import select_of
from autograd.program.engines import import_numpy
from autograd.program.grouping import Array
from autograd.program.lowering import ALONG, RECIPROCAL
from autograd.program.product_table import NONE, ProductTable, apart, ordered
from autograd.program.recipes import Along, Call, Choice, NotRolled, Products
from autograd.program.tables import filled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from autograd.program.grouping import Place
    from autograd.program.lowering import Atom, Form, Lowering
    from autograd.program.recipes import Recipe

MOST_PADDING = 2.5  # products with holes, for each without
MOST_ARRAYS = NONE - 1
HIDDEN = -math.inf


class Rolling:
    """The arrays of a lowered graph with their recipes, each after what it is made of; those of leaves are first.

    outputs: the recipe of the one output, in one row; places: of several, where each stands
    side, hidden: for an array with holes how many rows follow each other to the end of a list, and the number in its holes,
        nan if that may be any
    """

    def __init__(self, lowering: Lowering, leaves: Mapping[str, int], varying: Sequence[str]) -> None:
        self.np = import_numpy()
        self.atoms = atoms = lowering.atoms
        self.arrays = [Array(i, "leaf", name, [None] * n, name in varying) for i, (name, n) in enumerate(leaves.items())]
        self.products = ProductTable(lowering)
        self.array_of, self.row_of = self.products.array_of, self.products.row_of  # of each atom
        self.side: dict[Array, int] = {}
        self.hidden: dict[Array, float] = {}
        self.recipes: dict[Array, Recipe] = {}
        self._classify(lowering.levels())
        lists = self._padded_lists()
        for array in self.arrays[len(leaves) :]:
            self._order(array, lists.get(array))
            self._describe(array)
        self.outputs = []
        self.places: list[Place | float] = []
        if len(lowering.outputs) == 1:
            self.outputs.append(self._products([len(atoms)], 1, [0]))
        else:
            self.places = [*map(self._place, lowering.outputs)]

    def _place(self, output: Form) -> Place | float:
        """Where an output that is an atom stands, or the number that it is."""
        for factors, number in output.items():
            return (int(self.array_of[factors[0]]), int(self.row_of[factors[0]])) if factors else number
        return 0.0

    # ---- classes

    def _classify(self, levels: Iterable[list[int]]) -> None:
        leaves = {array.what: array for array in self.arrays}
        for level in levels:
            alike: dict[object, list[int]] = {}
            sums = [i for i in level if self.atoms[i].kind == "sum"]
            for i in level:
                atom = self.atoms[i]
                if atom.kind == "leaf":
                    name, row = atom.what
                    self.array_of[i], self.row_of[i] = leaves[name].number, row
                    leaves[name].rows[row] = i
                elif atom.kind == "function":
                    alike.setdefault(self._key(atom), []).append(i)
            for members in (*alike.values(), *(self._alike_sums(sums) if sums else ())):
                if len(self.arrays) >= MOST_ARRAYS:
                    raise NotRolled("many arrays")
                first, number = self.atoms[members[0]], len(self.arrays)
                self.arrays.append(Array(number, first.kind, first.what, members, first.varies))
                self.array_of[members] = number

    def _key(self, atom: Atom) -> object:
        arrays = tuple(int(self.array_of[x]) if isinstance(x, int) else ("number", repr(x)) for x in atom.inputs)
        if self._is_along(atom):
            return atom.what, arrays[:1]
        if atom.what is select_of:
            if len(set(arrays[1:])) > 1 or not isinstance(arrays[0], int) or not isinstance(arrays[1], int):
                raise NotRolled("a choice among numbers of several kinds")
            return atom.what, arrays[:2], len(arrays)
        return atom.what, arrays

    def _is_along(self, atom: Atom) -> bool:
        """Whether an atom is an operation on rows of one array, however many, each once."""
        arrays = {int(self.array_of[x]) if isinstance(x, int) else None for x in atom.inputs}
        return atom.what in ALONG and len(arrays) == 1 and None not in arrays and len({*atom.inputs}) == len(atom.inputs)

    def _alike_sums(self, sums: list[int]) -> Iterable[list[int]]:
        """Sums of products of the same kinds, and as many; or nearly as many, where what is missing costs little."""
        np = self.np
        terms, which = self.products.of_sums(sums)
        code, _ = self.products.kinds(terms)
        begins = np.flatnonzero(np.r_[True, (code[1:] != code[:-1]) | (which[1:] != which[:-1])])
        kinds_met, kind = np.unique(code[begins], return_inverse=True)
        pairs, run = np.unique(which[begins] * len(kinds_met) + kind, return_inverse=True)
        counts = np.bincount(run, weights=np.diff(np.r_[begins, len(code)])).astype(int)
        kinds: list[list[int]] = [[] for _ in sums]
        many: list[list[int]] = [[] for _ in sums]
        for pair, count in zip(pairs.tolist(), counts.tolist()):
            owner, kind = divmod(pair, len(kinds_met))
            kinds[owner].append(kind)
            many[owner].append(count)
        families: dict[tuple[int, ...], dict[tuple[int, ...], list[int]]] = {}
        for i, some, counted in zip(sums, kinds, many):
            families.setdefault(tuple(some), {}).setdefault(tuple(counted), []).append(i)
        for family in families.values():
            members = [i for some in family.values() for i in some]
            real = sum(sum(count) * len(some) for count, some in family.items())
            if sum(map(max, zip(*family))) * len(members) <= MOST_PADDING * real:
                yield members
            else:
                yield from family.values()

    # ---- rows

    def _padded_lists(self) -> dict[Array, list[list[int]]]:
        """For arrays that others run over in lists of several lengths: these lists, which have no number in common."""
        np = self.np
        found: dict[Array, list[list[int]]] = {}
        self._wanted: dict[Array, float] = {}
        for reader in reversed(self.arrays):
            if reader.kind == "leaf":
                continue
            members = reader.members
            if reader.kind == "function":
                if reader.what in ALONG and len({len(self.atoms[i].inputs) for i in members}) > 1:
                    self._note(found, [list(map(int, self.atoms[i].inputs)) for i in members], HIDDEN)
                if reader.what not in (*ALONG, select_of):
                    for slot in zip(*(self.atoms[i].inputs for i in members)):
                        self._inherit(found, reader, members, slot)
                continue
            terms, which = self.products.of_sums(members)
            code, factors = self.products.kinds(terms)
            for here in apart(code):
                counts = np.bincount(which[here], minlength=len(members))
                if counts.min() == counts.max() > 1:
                    continue
                for column in factors[:, here]:
                    if column[0] == len(self.atoms) or self.arrays[self.array_of[column[0]]].kind == "leaf":
                        continue
                    if counts.max() == 1 and counts.min() == 1:
                        self._inherit(found, reader, members, column[np.argsort(which[here], kind="stable")].tolist())
                    elif len(set(counts.tolist())) > 1:
                        split = np.cumsum(counts)[:-1]
                        self._note(found, [each.tolist() for each in np.split(column, split) if len(each)], 0.0)
        return found

    def _note(self, found: dict[Array, list[list[int]]], lists: list[list[int]], wanted: float) -> None:
        array = self.arrays[self.array_of[lists[0][0]]]
        self._wanted[array] = min(wanted, self._wanted.get(array, 0.0))
        different = list({tuple(sorted(each)): each for each in lists}.values())
        every = [i for each in different for i in each]
        if array not in found and len(every) == len(set(every)) == len(array) and len(set(map(len, different))) > 1:
            found[array] = different

    def _inherit(self, found: dict[Array, list[list[int]]], reader: Array, members: list[int], slot: Sequence[Any]) -> None:
        """What is read number by number by an array in lists is in lists as well."""
        if reader not in found or not isinstance(slot[0], int):
            return
        array = self.arrays[self.array_of[slot[0]]]
        if array.kind != "leaf" and array not in found and len(set(slot)) == len(slot) == len(array):
            made_of = dict(zip(members, slot))
            found[array] = [[made_of[i] for i in each] for each in found[reader]]

    def _order(self, array: Array, lists: list[list[int]] | None) -> None:
        """Put the rows of an array in their order, with holes where lists are shorter than the longest."""
        members = array.members
        ranks, copied = self._ranks(array, members)
        rank = dict(zip(members, ranks))
        rows: list[int | None]
        if copied is not None and copied in self.side:
            rows = [None] * len(copied)
            for i in members:
                rows[rank[i][0]] = i
            self.side[array] = self.side[copied]
        elif lists is not None:
            longest = max(map(len, lists))
            lists = [sorted(each, key=rank.__getitem__) for each in lists]
            lists.sort(key=lambda each: rank[each[0]])
            rows = [i for each in lists for i in (*each, *[None] * (longest - len(each)))]
            self.side[array] = longest
        else:
            rows = [i for _, i in sorted(zip(ranks, members))]
        array.rows = rows
        for row, member in enumerate(rows):
            if member is not None:
                self.row_of[member] = row

    def _ranks(self, array: Array, members: list[int]) -> tuple[list[tuple[int, ...]], Array | None]:
        """What the order of rows goes by, for each; and the array whose order it is, number by number, if there is one."""
        np = self.np
        size = len(members)
        if array.kind == "function":
            slots = list(zip(*(self.atoms[i].inputs for i in members)))
            if array.what is select_of:
                slots = [slots[1], slots[0]]
            columns = [list(slot) for slot in slots if isinstance(slot[0], int)]
            for column in columns:
                owner = self.arrays[self.array_of[column[0]]]
                if owner.varies and len(set(column)) == size and array.what is not select_of:
                    return [(int(r),) for r in self.row_of[column]], self._copied(owner, size)
            return [tuple(row) for row in zip(*(self.row_of[column].tolist() for column in columns))], None
        terms, which = self.products.of_sums(members)
        code, factors = self.products.kinds(terms)
        best: tuple[int, Any] | None = None
        alike = apart(code)
        for here in alike:
            if len(here) == size and (np.bincount(which[here], minlength=size) == 1).all():
                order = np.argsort(which[here], kind="stable")
                for column in factors[:, here[order]]:
                    if column[0] < len(self.atoms):
                        owner = self.arrays[self.array_of[column[0]]]
                        if owner.varies and len(np.unique(column)) == size and (best is None or owner.number < best[0]):
                            best = owner.number, self.row_of[column]
        if best is not None:
            return [(r,) for r in best[1].tolist()], self._copied(self.arrays[best[0]], size)
        here = max(alike, key=len)
        rows = self.row_of[factors[:, here]]
        order = ordered((which[here], *rows))
        owners = which[here][order]
        first = order[np.r_[True, owners[1:] != owners[:-1]]]
        found = [tuple(row) for row in rows[:, first].T.tolist()]
        return (found, None) if len(found) == size else ([(i,) for i in range(size)], None)

    def _copied(self, owner: Array, size: int) -> Array | None:
        return owner if len(owner.members) == size else None

    # ---- recipes

    def _describe(self, array: Array) -> None:
        side, members = self.side.get(array), array.members
        example = self.atoms[members[0]]
        recipe: Recipe
        if array.kind == "sum":
            recipe = self._products(members, len(array), [r for r, i in enumerate(array.rows) if i is not None], side)
        elif self._is_along(example):
            recipe = self._along(array.operation, [self.atoms[i].inputs if i is not None else None for i in array.rows])
        elif array.what is select_of:
            index, source = (self.arrays[self.array_of[x]] for x in example.inputs[:2])
            if side is not None or index.kind != "leaf" or not index.varies:
                raise NotRolled("a choice by an index that was computed")
            rows_of = self.row_of[[self.atoms[i].inputs for i in members]].astype(int)
            recipe = Choice((index, rows_of[:, 0]), source, rows_of[:, 1:])
        else:
            recipe = Call(array.what, [self._argument(array, k, x) for k, x in enumerate(example.inputs)])
        if side is not None:
            recipe = self._hide(array, recipe)
        self.recipes[array] = recipe

    def _argument(self, array: Array, k: int, x: int | float) -> tuple[Array, Any] | float:
        """The k-th argument of a function, for each row; x: that of the first one."""
        if isinstance(x, float):
            return x
        rows = [-1 if i is None else self.row_of[self.atoms[i].inputs[k]] for i in array.rows]
        source = self.arrays[self.array_of[x]]
        return source, filled(self.np.array([rows], dtype=int), self.side.get(array) or len(rows), len(source))[0]

    def _along(self, name: str, inputs: list[Any]) -> Along:
        np = self.np
        source = self.arrays[self.array_of[inputs[0][0]]]
        longest = max(map(len, inputs))
        table = np.full((len(inputs), longest), -1)
        for row, some in zip(table, inputs):
            row[: len(some)] = np.sort(self.row_of[list(some)])
        if (table < 0).any():
            if self.hidden.get(source) != HIDDEN:
                raise NotRolled("lists of several lengths that are not next to each other")
            missing = table < 0
            table = filled(table, longest, len(source))
            holes = np.array(source.is_hole)
            if len(np.unique(table)) < table.size or not holes[table[missing]].all():
                raise NotRolled("lists of several lengths that have numbers in common")
        return Along(name, source, table)

    def _products(self, owners: list[int], rows: int, at: list[int], side: int | None = None) -> list[Products]:
        """The sums that belong to owners, kind by kind, in so many rows, theirs at these; the others are holes."""
        np = self.np
        terms, which = self.products.of_sums(owners)
        code, factors = self.products.kinds(terms)
        places = self.row_of[factors]
        coefficients = self.products.coefficients[terms]
        found = []
        for here in sorted(apart(code), key=len, reverse=True):
            here = here[ordered((which[here], *places[:, here]))]
            counts = np.bincount(which[here], minlength=len(owners))
            longest = int(counts.max())
            column = np.arange(len(here)) - np.repeat(np.cumsum(counts) - counts, counts)
            row = np.array(at)[which[here]]
            c = np.zeros((rows, longest))
            c[row, column] = coefficients[here]
            uniform = np.ptp(coefficients[here]) == 0.0
            own = np.zeros(rows, dtype=bool)
            own[row] = True
            made: list[tuple[Array, Any]] = []
            hidden = False  # whether what is missing from a sum is 0 by itself
            for k, atom in enumerate(factors[:, here[0]].tolist()):
                if atom == len(self.atoms):
                    continue
                array = self.arrays[self.array_of[atom]]
                table = np.full((rows, longest), -1)
                table[row, column] = places[k, here]
                missing = table < 0
                if side is not None:
                    table = filled(np.ascontiguousarray(table.T), side, len(array)).T
                missing &= own[:, None]
                if (table < 0).any():
                    there = np.where(table < 0, table.max(axis=1, keepdims=True), table)
                    table = filled(np.ascontiguousarray(table), longest, len(array))
                    if array in self.side and missing.any():
                        holes = np.array(array.is_hole)[table[missing]]
                        if self.hidden[array] == 0.0 and holes.all():
                            hidden = True
                        elif holes.any():  # what may be infinite there is not multiplied by 0
                            table = np.where(missing, there, table)
                made.append((array, np.ascontiguousarray(table)))
            if uniform:
                c[~own] = coefficients[here[0]]
                if hidden:
                    c[:] = coefficients[here[0]]
            found.append(Products(made, c))
        return found

    # ---- holes

    def _hide(self, array: Array, recipe: Recipe) -> Recipe:
        """See to it that the holes of an array hold what its readers need."""
        np = self.np
        number = self._number_in_holes(array, recipe)
        wanted = self._wanted.get(array)
        if wanted is not None and number != wanted:
            if isinstance(recipe, list):
                elsewhere = 0.0 if wanted else 1.0
                column = np.where(array.is_hole, wanted, elsewhere)[:, None]
                if wanted:
                    recipe = [*recipe, Products([], column)]
                else:
                    recipe = [Products(p.factors, p.coefficients * column) for p in recipe]
                number = wanted
            elif wanted == 0.0:
                pass  # readers leave the holes out by coefficients
            else:
                raise NotRolled("a softmax of what is no sum")
        self.hidden[array] = number
        return recipe

    def _number_in_holes(self, array: Array, recipe: Recipe) -> float:
        """What the rows without a number hold: 0, -inf, or nan for any finite number."""
        holes = self.np.flatnonzero(array.is_hole)

        def at(source: Array, table: Any) -> float:
            if source not in self.side:
                return math.nan
            there = self.np.array(source.is_hole)[table[holes]]
            if not there.all() and there.any() and self.hidden[source] == HIDDEN:
                raise NotRolled("hidden numbers beside others")
            return self.hidden[source] if there.all() else math.nan

        if isinstance(recipe, Call):
            numbers = [x if isinstance(x, float) else at(*x) for x in recipe.arguments]
            if any(map(math.isnan, numbers)):
                found = math.nan
                if HIDDEN in numbers:
                    raise NotRolled("a function of hidden numbers and others")
            elif isinstance(recipe.op, str):
                found = math.inf if recipe.op == RECIPROCAL and 0.0 in numbers else math.nan
            else:
                found = float(recipe.op.value(*numbers) if recipe.op.arity else recipe.op.value(numbers))
                found = found if found in (0.0, HIDDEN) or abs(found) == math.inf else math.nan
        elif isinstance(recipe, list):
            terms = []
            for products in recipe:
                numbers = [at(source, table) for source, table in products.factors]
                c = products.coefficients[holes]
                if HIDDEN in numbers and (len(numbers) > 1 or not (c > 0.0).all()):
                    raise NotRolled("a product with hidden numbers")
                if 0.0 in numbers or (c == 0.0).all():
                    terms.append(0.0)
                else:
                    terms.append(HIDDEN if HIDDEN in numbers or (not numbers and (c == HIDDEN).all()) else math.nan)
            found = HIDDEN if HIDDEN in terms else 0.0 if set(terms) <= {0.0} else math.nan
        else:
            raise NotRolled("a softmax of lists of softmaxes")
        if abs(found) == math.inf and found != HIDDEN:
            raise NotRolled("numbers of no size in holes")
        return found
