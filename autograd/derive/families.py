"""Families: quantities that one line of a sheet can speak of, with letters for the indices that tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from graphlib import CycleError, TopologicalSorter

from autograd import primitives as ops
from autograd.derive.algebra import cost, simplify
from autograd.derive.arrays import Array
from autograd.derive.named_graph import NamedGraph
from autograd.display.board import NOTHING, Math, join, math, words
from autograd.formula.folding import MANY, fold_sums, index_family
from autograd.formula.measures import count_leaves
from autograd.formula.page import Page
from autograd.graph import leaves
from autograd.operation import CONSTANT
from autograd.rewriting import rewrite
from autograd.value import Value
from autograd.writing.names import Index, add_indices, readings, text_name

FEW = 16  # formulas that are all looked at; of more, the first and the last ENDS
ENDS = 4


class Family:
    """Quantities that one line can speak of: the entries of an array, or labels that count up.

    leaves: rows of leaves; stem, prefix: their common name; letters: those of the free indices, one for a vector
    """

    def __init__(self, rows: Sequence[Sequence[Value]], stem: str, prefix: tuple[Index, ...], vector: bool) -> None:
        self.rows, self.stem, self.prefix, self.vector = [list(row) for row in rows], stem, prefix, vector
        self.leaves = [leaf for row in rows for leaf in row]

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many there are along each index."""
        return (len(self.rows),) if self.vector else (len(self.rows), len(self.rows[0]))

    def name(self, letters: tuple[str, ...]) -> str:
        """The name of any one of them; an axis of length one keeps its number."""
        free = [letter if n > 1 else 1 for letter, n in zip(letters, self.lengths)]
        return add_indices(self.stem, (*self.prefix, *free))

    def range(self, letters: tuple[str, ...]) -> Math:
        """What the letters run through: for i = 1 … n."""
        pieces = [_count_to(letter, n) for letter, n in zip(letters, self.lengths) if n > 1]
        return join([words("for "), join(pieces, "; ", r";\;")], "") if pieces else NOTHING

    def index(self, make: Callable[[Value], Value], letters: tuple[str, ...], many: int = MANY) -> Value | None:
        """One formula for all members, with letters for their indices; None where they are not alike.

        make: a function that gives a member's formula
        letters: one for each index that counts
        many: how many terms of a sum are written out
        """

        def one(v: Value) -> Value:
            return fold_sums(make(v), many=many)

        def in_row(row: Sequence[Value]) -> Value | None:
            return _index([partial(one, v) for v in row], letters[-1])

        return _index([partial(in_row, row) for row in self.rows], letters[0])


def _count_to(letter: str, n: int) -> Math:
    if n == 2:
        return Math(f"{letter} = 1, 2", f"{letter} = 1, 2")
    return Math(f"{letter} = 1 … {n}", rf"{letter} = 1, \ldots, {n}")


def _index(formulas: Sequence[Callable[[], Value | None]], letter: str) -> Value | None:
    """One formula for many of the same structure; of more than FEW, the first ones and the last ones are looked at."""
    n = len(formulas)
    if n == 1:
        return formulas[0]()
    found: list[Value] = []
    for part in [formulas] if n <= FEW else [formulas[:ENDS], formulas[-ENDS:]]:
        formed = [formula() for formula in part]
        alike = [formula for formula in formed if formula is not None]
        start = n - ENDS + 1 if found else 1
        one = index_family(alike, letter, start) if len(alike) == len(part) else None
        if one is None:
            return None
        found.append(one[0])
    return found[0] if len({math(formula).text for formula in found}) == 1 else None


# ---- which families there are


def find_unnamed(y: Value) -> list[Value]:
    """The variables that nobody has named."""
    return [x for x in leaves(y) if x.op is not CONSTANT and not x.label]


def find_families(graph: NamedGraph, wanted: Sequence[Value], users: Mapping[Value, Sequence[Value]]) -> list[Family]:
    """Arrays, labels that count up, and what is alone; in the order of backpropagation, parameters first.

    wanted: the quantities to be placed, from the output on
    users: for each, the quantities whose formulas it stands in
    """
    depth = {graph.y: 0}
    for v in wanted[1:]:
        depth[v] = 1 + max(depth[u] for u in users[v])
    families: list[Family] = []
    placed = {graph.y}
    for array in graph.arrays:
        family = _as_family(graph, array)
        if family is not None and placed.isdisjoint(family.leaves) and all(v in depth for v in family.leaves):
            families.append(family)
            placed.update(family.leaves)
    for family in _counted_families([v for v in wanted if v not in placed], depth):
        families.append(family)
        placed.update(family.leaves)
    families += [_alone(v) for v in wanted if v not in placed]
    return _put_in_order(graph, families, users)


def _alone(v: Value) -> Family:
    return Family([[v]], "", (), True)


def _put_in_order(graph: NamedGraph, families: list[Family], users: Mapping[Value, Sequence[Value]]) -> list[Family]:
    """From the output on, each family after all whose derivatives its lines use, whichever member it is for.

    Members may be differently far from the output, as nets are of which one alone has an output with a name. So two families
    may each use derivatives of the other's: then the smaller one is no family, and its members stand alone.
    """
    while True:
        home = {v: family for family in families for v in family.leaves}
        used = {f: dict.fromkeys(home[u] for v in f.leaves for u in users[v] if u in home) for f in families}
        steps = TopologicalSorter(used)
        try:
            steps.prepare()
            break
        except CycleError as error:
            apart = min((f for f in error.args[1] if len(f.leaves) > 1), key=lambda f: len(f.leaves))
            families = [part for f in families for part in ([f] if f is not apart else map(_alone, f.leaves))]
    place = {family: (bool(graph.below[family.leaves[0]]), i) for i, family in enumerate(families)}  # parameters first
    order: list[Family] = []
    while ready := steps.get_ready():
        order += sorted(ready, key=place.__getitem__)
        steps.done(*ready)
    return order


def leaves_of(graph: NamedGraph, array: Array) -> list[list[Value]] | None:
    """The entries of an array as they stand on the page; None unless all do."""
    rows = [[graph.page.leaves[node] for node in row if node in graph.page.leaves] for row in array.rows]
    return rows if sum(map(len, rows)) == len(array.nodes) else None


def _as_family(graph: NamedGraph, array: Array) -> Family | None:
    """The entries of an array, if all stand on the page by the names that the array gives them."""
    rows = leaves_of(graph, array)
    if rows is None or not array.labels():
        return None
    for indices, node in array.entries():
        if (array.stem, (*array.prefix, *indices)) not in readings(graph.page.leaves[node].label):
            return None
    return Family(rows, array.stem, array.prefix, array.vector)


def _counted_families(quantities: Sequence[Value], depth: Mapping[Value, int]) -> list[Family]:
    """Quantities of one depth whose labels count up from 1."""
    by_name: dict[tuple[str, tuple[Index, ...], int], list[tuple[int, Value]]] = {}
    for v in quantities:
        for stem, indices in readings(v.label)[-1:]:
            if isinstance(indices[-1], int):
                by_name.setdefault((stem, indices[:-1], depth[v]), []).append((indices[-1], v))
    families = []
    for (stem, prefix, _), members in by_name.items():
        members.sort(key=lambda member: member[0])
        if len(members) > 1 and [i for i, _ in members] == list(range(1, len(members) + 1)):
            families.append(Family([[v] for _, v in members], stem, prefix, True))
    return families


# ---- members that are alike but for one


def single_out(page: Page, formulas: Sequence[Value], letter: str) -> Value | None:
    """One formula for several that are alike, but that one has a term more, which gets the factor 1_{i=l}.

    formulas: theirs, in order
    letter: the index that counts them
    """
    ways = [way for odd in range(len(formulas)) if (way := _single_out(page, odd, formulas, letter)) is not None]
    return min(ways, key=cost, default=None)


def _single_out(page: Page, odd: int, formulas: Sequence[Value], letter: str) -> Value | None:
    k = 1 if odd == 0 else 0
    others = [i for i in range(len(formulas)) if i not in (odd, k)]
    if any(_move(page, formulas[k], k + 1, i + 1) is not formulas[i] for i in others):
        return None
    difference = page.sum([formulas[odd], page.negate(_move(page, formulas[k], k + 1, odd + 1))])
    steps = simplify(page, [difference])
    extra = steps[-1][0] if steps else difference
    if count_leaves(extra) > (2 if extra.op in (ops.div, ops.mul) else 1):
        return None
    indicator = Value(1.0, f"1_{{{letter}={odd + 1}}}")
    terms = [page.product([extra, indicator]), _move(page, formulas[k], k + 1, letter)]
    return page.sum(terms[::-1] if terms[0].op is ops.neg else terms)


def _move(page: Page, formula: Value, number: int, to: Index) -> Value:
    """A formula with another last index in all labels that have this one."""
    by_name = {text_name(leaf.label): leaf for leaf in page.formulas}

    def move(node: Value, inputs: list[Value]) -> Value:
        for stem, indices in readings(node.label) if not inputs else ():
            if indices[-1] == number:
                label = add_indices(stem, (*indices[:-1], to))
                return by_name.setdefault(text_name(label), Value(node.data, label))
        return page.rebuild(node, inputs)

    return rewrite(formula, move)
