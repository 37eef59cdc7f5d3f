"""The matrix form, found in a graph of scalars.

A layer is not written in the graph: there are only numbers and what was computed from them. But where n sums of products
run over the same numbers x_1 ... x_m, those numbers are a vector, the other factors a matrix with a row for each sum, what
else is added a second vector, and the sums a third: a = W x + b. A function applied to each of them gives h = g(a), and the
next sums run over h. `find_arrays` finds them in this way, by structure alone; labels give them their names where they fit.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, count

from autograd import primitives as ops
from autograd.derive.layers import Row, Structure, one_name
from autograd.formula.operations import softmax_of
from autograd.value import Value
from autograd.writing.names import Index, add_indices, readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeVar

    T = TypeVar("T")

ARITHMETIC = (ops.sum_of, ops.mul, ops.div, ops.neg, ops.pow)


class Array:
    """Nodes of a graph that are a vector or a matrix together.

    kind: "inputs", "weights", "biases", "nets" (sums of products), "outputs" (a function of each net) or "probabilities"
        (softmax of all nets, of which the graph may hold some only: its rows are the nets themselves)
    rows: the nodes, a list of rows; a vector has one node in each
    vector: whether it is a vector, as the weights of a single neuron are
    scalar: whether it is one number that goes without an index, as the bias of a single neuron does
    layer: which layer it belongs to, from 1 on; sample: which of several data points it was computed from, else 0
    stem, prefix: how its entries are called: w_{2ij} is ("w", (2,)), followed by the indices
    renamed: whether that is not what their labels say, so that whoever writes of it has to say which is which
    """

    def __init__(self, kind: str, rows: Sequence[Sequence[Value]], layer: int, vector: bool = True) -> None:
        self.kind, self.rows, self.layer, self.vector = kind, [list(row) for row in rows], layer, vector
        self.sample, self.scalar, self.renamed = 0, False, False
        self.stem = ""
        self.prefix: tuple[Index, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    @property
    def free(self) -> int:
        """How many indices tell its entries apart."""
        return 1 if self.vector else 2

    @property
    def is_computed(self) -> bool:
        """Whether a forward pass has a line for it."""
        return self.kind in ("nets", "outputs", "probabilities")

    @property
    def nodes(self) -> list[Value]:
        return [node for row in self.rows for node in row]

    def entries(self) -> Iterator[tuple[tuple[int, ...], Value]]:
        """Each node with its indices."""
        for i, row in enumerate(self.rows, start=1):
            for j, node in enumerate(row, start=1):
                yield (i,) if self.vector else (i, j), node

    def labels(self) -> dict[Value, str]:
        """What each entry is called."""
        if self.kind == "probabilities":
            return {}
        if self.scalar:
            return dict.fromkeys(self.nodes, self.name)
        return {node: add_indices(self.stem, (*self.prefix, *indices)) for indices, node in self.entries()}

    @property
    def as_matrix(self) -> list[list[Value]]:
        """The rows, in which a vector of weights stands as the one row of a matrix that it is to a layer."""
        return [self.nodes] if self.vector else self.rows

    @property
    def name(self) -> str:
        """What the whole is called: h_1, W_2."""
        stem = self.stem if self.vector or len(self.stem) > 1 else self.stem.upper()
        return add_indices(stem, self.prefix) if self.prefix else stem

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}: {self.shape[0]} × {self.shape[1]}>"


def find_arrays(structure: Structure) -> list[Array]:
    """The vectors and matrices in a graph, in the order in which the forward pass meets them; each with its name."""
    _sort(structure.layers, structure.order, structure.original)
    finder = _Finder(structure)
    for xs, rows in structure.layers:
        finder.enter_layer(xs, rows)
    for node in structure.order:
        if node.op is softmax_of:
            finder.enter_softmax(node)
    _name(finder.found, structure.labels)
    found = [array for array in finder.found if array.stem]
    return found + _find_labelled(structure, found)


def _find_labelled(structure: Structure, found: Sequence[Array]) -> list[Array]:
    """Vectors that only labels show, such as the targets t_1 ... t_n: leaves, or what is computed side by side."""
    inside = {node for array in found for node in array.nodes}
    names = {(array.stem, array.prefix) for array in found}
    members: dict[tuple[str, tuple[Index, ...]], dict[Index, Value]] = {}
    depth: dict[Value, int] = {}
    for copy in structure.order:
        depth[copy] = 1 + max((depth[x] for x in copy.inputs), default=-1)
        node = structure.original.get(copy)
        if node is not None and node.label and node not in inside and node not in structure.ys:
            for stem, indices in readings(node.label):
                of_name = members.setdefault((stem, indices[:-1]), {})
                of_name[indices[-1]] = copy if indices[-1] not in of_name else structure.order[-1]
    arrays: list[Array] = []
    for name, entries in sorted(members.items(), key=lambda item: len(item[0][1])):
        copies = [entries[i] for i in range(1, len(entries) + 1) if i in entries]
        alike = len({(depth[copy], copy.op) for copy in copies}) == 1 and len(set(copies)) == len(entries)
        if len(copies) > 1 and len(copies) == len(entries) and alike and name not in names:
            rows = [[structure.original[copy]] for copy in copies]
            if inside.isdisjoint(row[0] for row in rows):
                array = Array("outputs" if copies[0].inputs else "inputs", rows, 0)
                array.stem, array.prefix = name
                inside.update(array.nodes)
                arrays.append(array)
    return arrays


class _Finder:
    """Arrays as they are found, layer by layer; on the bare page, with the nodes of the graph beside."""

    def __init__(self, structure: Structure) -> None:
        self.original = structure.original
        self.single = [len(rows) for _, rows in structure.layers] == [1]
        self.found: list[Array] = []
        self.entries: dict[Value, tuple[Array, int]] = {}
        self.samples: Counter[int] = Counter()  # for each layer, how many data points go through it
        self.applied: dict[tuple[object, ...], Value] = {}  # what is a function of one node, and of numbers
        for node in structure.order:
            function = node.inputs and node.op not in (*ARITHMETIC, softmax_of) and node in self.original
            if function and not any(y.inputs for y in node.inputs[1:]):
                self.applied.setdefault((node.op, node.inputs[0], len(node.inputs)), node)

    def enter(self, kind: str, rows: Sequence[Sequence[Value]], layer: int, vector: bool = True) -> None:
        array = Array(kind, [[self.original[x] for x in row] for row in rows], layer, vector)
        self.found.append(array)
        if kind not in ("weights", "biases"):
            array.sample = self.samples[layer]
        for i, row in enumerate(rows):
            for node in row:
                self.entries.setdefault(node, (array, i))

    def enter_layer(self, inputs: Sequence[Value], rows: list[Row]) -> None:
        xs = self._order(inputs)
        if xs is None:
            return
        first = xs[0]
        known, _ = self.entries.get(rows[0].weights[first], (None, 0))
        if known is not None and known.kind != "weights":
            known = None
        if known is not None:  # the same weights again: another data point
            places = {w: (i, j) for i, row in enumerate(known.as_matrix) for j, w in enumerate(row)}
            try:
                rows.sort(key=lambda row: places[self.original[row.weights[first]]])
                if all(x not in self.entries for x in xs):
                    xs = sorted(xs, key=lambda x: places[self.original[rows[0].weights[x]]])
            except KeyError:
                return
        weights = [[row.weights[x] for x in xs] for row in rows]
        every = [w for row in weights for w in row]
        if known is not None and [[self.original[w] for w in row] for row in weights] != known.as_matrix:
            return
        if known is None and not self._are_new(every):
            return
        if not all(one_name(self.original[x].label for x in vector) for vector in (xs, every)):
            return
        neuron = self._is_one_neuron(rows, weights[0])
        if neuron and len(xs) == 1 and any(self.original[x].label for x in (xs[0], weights[0][0])):
            return  # w·x + b in numbers
        k = known.layer if known is not None else len(self.samples) + 1
        self.samples[k] += 1
        if all(x not in self.entries and not x.inputs for x in xs):
            self.enter("inputs", [[x] for x in xs], k)
        if neuron:
            if known is None:
                self.enter("weights", [[w] for w in weights[0]], k)
                if rows[0].bias is not None and rows[0].bias not in self.entries:
                    self.enter("biases", [[rows[0].bias]], k)
                    self.found[-1].scalar = True
            return
        if known is None:
            self.enter("weights", weights, k, vector=False)
        biases = [[row.bias] for row in rows if row.bias is not None]
        if len(biases) == len(rows) and self._are_new([b for (b,) in biases]):
            self.enter("biases", biases, k)
        nets = [row.net for row in rows]
        self.enter("nets", [[net] for net in nets], k)
        for op, of, n in list(self.applied):
            if of is nets[0]:
                outputs = [[self.applied[op, net, n]] for net in nets if (op, net, n) in self.applied]
                if len(outputs) == len(nets):
                    self.enter("outputs", outputs, k)

    def _are_new(self, xs: Sequence[Value]) -> bool:
        """Whether these are leaves that differ, and are in no array yet."""
        return len(set(xs)) == len(xs) and all(not x.inputs and x not in self.entries for x in xs)

    def _is_one_neuron(self, rows: Sequence[Row], weights: Sequence[Value]) -> bool:
        """Whether a layer is a single neuron, as labels count: its weights are a vector, its net is a number."""
        if len(rows) > 1:
            return False
        labels = [self.original[w].label for w in weights]
        if any(labels):
            return not any(way and len(way[0][1]) > 1 for way in map(readings, labels))
        row = rows[0]
        numbers = [row.net, row.bias, *(node for (_, of, _), node in self.applied.items() if of is row.net)]
        names = [self.original[x].label for x in numbers if x is not None]
        return self.single or any(name and not any(way[1][-1] == 1 for way in readings(name)) for name in names)

    def _order(self, xs: Sequence[Value]) -> Sequence[Value] | None:
        """The numbers that sums run over, as the vector that they are has them; None where they are parts of several."""
        arrays = {self.entries[x][0] if x in self.entries else None for x in xs}
        if arrays == {None}:
            return _in_order_of_labels(xs, [self.original[x].label for x in xs]) or xs
        array = arrays.pop()
        if arrays or array is None or not array.vector or len(xs) != len(array.rows):
            return None
        return sorted(xs, key=lambda x: self.entries[x][1])

    def enter_softmax(self, node: Value) -> None:
        """The probabilities of a softmax over all nets of a layer, of which the graph may have some only."""
        *nets, own = node.inputs
        array, i = self.entries.get(own, (None, 0))
        known = array is not None and any(
            other.kind == "probabilities" and other.nodes == array.nodes for other in self.found
        )
        if array is None or array.kind != "nets" or known or [self.original[x] for x in nets] != array.nodes:
            return
        probabilities = Array("probabilities", array.rows, array.layer)
        probabilities.sample = array.sample
        label = self.original[node].label if node in self.original else ""
        names = [(stem, indices[:-1]) for stem, indices in readings(label) if indices[-1] == i + 1]
        probabilities.stem, probabilities.prefix = names[0] if names else ("", ())
        self.found.append(probabilities)


def _sort(layers: list[tuple[list[Value], list[Row]]], order: Sequence[Value], original: dict[Value, Value]) -> None:
    """Put the rows of each layer into the order of their labels, else that in which what uses all of them names them."""
    rank: dict[Value, int] = {}
    for xs in [*(xs for xs, _ in layers), *(node.inputs[:-1] for node in order if node.op is softmax_of)]:
        for i, x in enumerate(xs):
            rank.setdefault(x, i)
            if len(x.inputs) == 1:
                rank.setdefault(x.inputs[0], i)
    for xs, rows in layers:
        rows.sort(key=lambda row: rank.get(row.net, 0))
        for members in [row.net for row in rows], [row.weights[xs[0]] for row in rows]:
            ordered = _in_order_of_labels(rows, [original[x].label for x in members])
            if ordered is not None:
                rows[:] = ordered
                break


def _in_order_of_labels(items: Sequence[T], labels: Sequence[str]) -> list[T] | None:
    """Items sorted by the indices in their labels, if these are read alike: x_2 before x_10, a_29 before a_2,10."""
    ways = [{(stem, len(indices)): indices for stem, indices in readings(label)} for label in labels]
    common = set.intersection(*map(set, ways)) if ways else set()
    if not common:
        return None
    name = max(common, key=lambda way: way[1])
    order = sorted(range(len(items)), key=lambda i: ways[i][name])
    return [items[i] for i in order]


STEMS = {"probabilities": "ŷpq", "inputs": "xvu", "weights": "wmp", "biases": "bcd", "nets": "azs", "outputs": "hgr"}


def _name(found: Sequence[Array], labels: Sequence[str]) -> None:
    """Names for the arrays: those that the labels have, or the ones of the lecture notes where they have none.

    An array whose labels are no entries of one thing, such as the w and u of w x + u h, gets no name, and is none.
    labels: all of the graph
    """
    several = max((array.layer for array in found), default=0) > 1
    samples = max((array.sample for array in found), default=0) > 1
    called = Counter(
        (stem, each[:-n], n) for label in labels for stem, each in readings(label) for n in (1, 2) if len(each) >= n
    )
    names: set[tuple[str, tuple[Index, ...]]] = set()
    named: set[Value] = set()
    in_order = sorted(found, key=lambda array: [*STEMS].index(array.kind))
    for array in in_order:
        own = (array.stem, array.prefix) if array.stem else _own_name(array, called)
        if own is not None and own not in names:
            array.stem, array.prefix = own
            named.update(array.nodes)
            names.add(own)
        else:
            array.stem = ""
    outside = Counter(labels) - Counter(node.label for node in named)
    taken = {stem for label in outside for stem, _ in readings(label)} | set(outside)
    for array in in_order:
        own_labels = [node.label for node in array.nodes if node.label] if array.kind != "probabilities" else []
        array.renamed = bool(own_labels) and not array.stem
        if array.stem or (own_labels and (array.kind == "inputs" or len(array.nodes) == 1 or not one_name(own_labels))):
            continue
        prefix = (array.layer,) if several and array.kind not in ("inputs", "probabilities") else ()
        above = f"^{{({array.sample})}}" if samples and array.sample else ""
        stems = STEMS[array.kind]
        every = (stem + above for stem in chain(stems, (stems[0] * k for k in count(2))) if stem not in taken)  # x, v, u, xx
        ways = ((stem, prefix) for stem in every if not called[stem, prefix, array.free])
        array.stem, array.prefix = next(way for way in ways if way not in names)
        names.add((array.stem, array.prefix))


def _own_name(array: Array, called: Counter[tuple[str, tuple[Index, ...], int]]) -> tuple[str, tuple[Index, ...]] | None:
    """The stem and the prefix that all labels of an array agree on, and no label outside of it reads as.

    called: how many labels of the graph can be read as one stem and prefix, with so many indices to follow
    """
    if array.scalar and array.nodes[0].label:
        return array.nodes[0].label, ()
    n = array.free
    ways = [
        {(stem, every[:-n]) for stem, every in readings(node.label) if every[-n:] == indices}
        for indices, node in array.entries()
        if node.label and array.kind != "probabilities"
    ]
    alone = {name for name in set.intersection(*ways) if called[*name, n] == len(ways)} if ways else set()
    return min(alone, key=lambda name: len(name[1]), default=None)
