"""The matrix form, found in a graph of scalars.

A layer is not written in the graph: there are only numbers and what was computed from them. But where n sums of products
run over the same numbers x_1 ... x_m, those numbers are a vector, the other factors a matrix with a row for each sum, what
else is added a second vector, and the sums a third: a = W x + b. A function applied to each of them gives h = g(a), and the
next sums run over h. `arrays` finds them in this way, by structure alone; labels give them their names where they fit.

`matrix_form` goes from index notation to matrices, as a lecturer does: a factor w_{2mj} summed over m beside v_m is
(W_2^T v)_j, u_i v_j is (u v^T)_{ij}, u_i v_i is (u ⊙ v)_i.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, count

from autograd import primitives as ops
from autograd.derive.layers import Row, Structure, one_name
from autograd.formula.page import softmax_of
from autograd.graph import nodes
from autograd.value import Value
from autograd.writing.names import INDICATOR, Index, indexed, latex_name, readings, text_name
from autograd.writing.notation import ATOM, NEGATION, POWER, PRODUCT, SUM, bracketed, constant, plus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
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
        self.stem, self.prefix = "", ()  # type: tuple[str, tuple[Index, ...]]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    @property
    def nodes(self) -> list[Value]:
        return [node for row in self.rows for node in row]

    def labels(self) -> dict[Value, str]:
        """What each entry is called."""
        if self.kind == "probabilities":
            return {}
        if self.scalar:
            return dict.fromkeys(self.nodes, self.name)
        return {
            node: indexed(self.stem, (*self.prefix, i) if self.vector else (*self.prefix, i, j))
            for i, row in enumerate(self.rows, start=1)
            for j, node in enumerate(row, start=1)
        }

    @property
    def turned(self) -> list[list[Value]]:
        """The rows, in which a vector of weights stands as the one row of a matrix that it is to a layer."""
        return [self.nodes] if self.vector else self.rows

    @property
    def name(self) -> str:
        """What the whole is called: h_1, W_2."""
        stem = self.stem if self.vector or len(self.stem) > 1 else self.stem.upper()
        return indexed(stem, self.prefix) if self.prefix else stem

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}: {self.shape[0]} × {self.shape[1]}>"


def arrays(*ys: Value) -> list[Array]:
    """The vectors and matrices in the graph of ys, in the order in which the forward pass meets them."""
    return arrays_of(Structure(*ys))


def arrays_of(structure: Structure) -> list[Array]:
    """The vectors and matrices of the layers of a graph, and of what softmax makes of one; each with its name."""
    original, layers = structure.original, structure.layers
    _sort(layers, structure.order, original)
    finder = _Finder(original, len(layers) == 1 and len(layers[0][1]) == 1)
    applied = finder.applied(structure.order)
    for xs, rows in layers:
        finder.layer(xs, rows, applied)
    for node in structure.order:
        if node.op is softmax_of:
            finder.softmax(node)
    _name(finder.found, structure.labels)
    found = [array for array in finder.found if array.stem]
    return found + _labelled(structure, found)


def _labelled(structure: Structure, found: Sequence[Array]) -> list[Array]:
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

    def __init__(self, original: dict[Value, Value], single: bool) -> None:
        self.original, self.single = original, single
        self.found: list[Array] = []
        self.entries: dict[Value, tuple[Array, int]] = {}
        self.samples: dict[int, list[list[Array]]] = {}  # for each layer, the arrays of each data point that goes through it

    def enter(self, kind: str, rows: Sequence[Sequence[Value]], layer: int, vector: bool = True) -> None:
        array = Array(kind, [[self.original[x] for x in row] for row in rows], layer, vector)
        self.found.append(array)
        if kind not in ("weights", "biases"):
            samples = self.samples[layer]
            samples[-1].append(array)
            array.sample = len(samples)
        for i, row in enumerate(rows):
            for node in row:
                self.entries.setdefault(node, (array, i))

    def applied(self, order: Sequence[Value]) -> dict[tuple[object, ...], Value]:
        """What is a function of one node, and of numbers."""
        applied: dict[tuple[object, ...], Value] = {}
        for node in order:
            function = node.inputs and node.op not in (*ARITHMETIC, softmax_of) and node in self.original
            if function and not any(y.inputs for y in node.inputs[1:]):
                applied.setdefault((node.op, node.inputs[0], len(node.inputs)), node)
        return applied

    def layer(self, xs: Sequence[Value], rows: list[Row], applied: dict[tuple[object, ...], Value]) -> None:
        ordered = self._ordered(xs)
        if ordered is None:
            return
        xs = ordered
        first = rows[0].weights[xs[0]]
        known = self.entries[first][0] if first in self.entries and self.entries[first][0].kind == "weights" else None
        if known is not None:  # the same weights again: another data point
            places = {w: (i, j) for i, row in enumerate(known.turned) for j, w in enumerate(row)}
            try:
                rows.sort(key=lambda row: places[self.original[row.weights[xs[0]]]])
                if all(x not in self.entries for x in xs):
                    xs = sorted(xs, key=lambda x: places[self.original[rows[0].weights[x]]])
            except KeyError:
                return
        weights = [[row.weights[x] for x in xs] for row in rows]
        k = known.layer if known is not None else len(self.samples) + 1
        if known is not None and [[self.original[w] for w in row] for row in weights] != known.turned:
            return
        if known is None and not _new_leaves([w for row in weights for w in row], self.entries):
            return
        if not all(self._alike(vector) for vector in (xs, [w for row in weights for w in row])):
            return
        neuron = self._is_one_neuron(rows, weights[0], applied)
        if neuron and len(xs) == 1 and any(self.original[x].label for x in (xs[0], weights[0][0])):
            return  # w·x + b in numbers
        self.samples.setdefault(k, []).append([])
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
        if len(biases) == len(rows) and _new_leaves([b for row in biases for b in row], self.entries):
            self.enter("biases", biases, k)
        nets = [row.net for row in rows]
        self.enter("nets", [[net] for net in nets], k)
        for op, of, n in list(applied):
            if of is nets[0]:
                outputs = [[applied[op, net, n]] for net in nets if (op, net, n) in applied]
                if len(outputs) == len(nets):
                    self.enter("outputs", outputs, k)

    def _alike(self, xs: Sequence[Value]) -> bool:
        """Whether the labels, as far as there are any, are the same but for their numbers: parts of one thing."""
        return one_name([self.original[x].label for x in xs])

    def _is_one_neuron(
        self, rows: Sequence[Row], weights: Sequence[Value], applied: dict[tuple[object, ...], Value]
    ) -> bool:
        """Whether a layer is a single neuron, as labels count: its weights are a vector, its net is a number."""
        if len(rows) > 1:
            return False
        labels = [self.original[w].label for w in weights]
        if any(labels):
            return not any(way and len(way[0][1]) > 1 for way in map(readings, labels))
        row = rows[0]
        numbers = [row.net, row.bias, *(node for (_, of, _), node in applied.items() if of is row.net)]
        names = [self.original[x].label for x in numbers if x is not None]
        return self.single or any(name and not any(way[1][-1] == 1 for way in readings(name)) for name in names)

    def _ordered(self, xs: Sequence[Value]) -> Sequence[Value] | None:
        """The numbers that sums run over, as the vector that they are has them; None where they are parts of several."""
        arrays = {self.entries[x][0] if x in self.entries else None for x in xs}
        if arrays == {None}:
            return _in_order_of_labels(xs, [self.original[x].label for x in xs]) or xs
        array = arrays.pop()
        if arrays or array is None or not array.vector or len(xs) != len(array.rows):
            return None
        return sorted(xs, key=lambda x: self.entries[x][1])

    def softmax(self, node: Value) -> None:
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


def _new_leaves(xs: Sequence[Value], entries: dict[Value, tuple[Array, int]]) -> bool:
    return len(set(xs)) == len(xs) and all(not x.inputs and x not in entries for x in xs)


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
        free = 1 if array.vector else 2
        every = chain(stems, (stems[0] * k for k in count(2)))  # x, v, u, and then xx, xxx
        ways = ((stem + above, prefix) for stem in every if stem not in taken and not called[stem + above, prefix, free])
        array.stem, array.prefix = next(way for way in ways if way not in names)
        names.add((array.stem, array.prefix))


def _own_name(array: Array, called: Counter[tuple[str, tuple[Index, ...], int]]) -> tuple[str, tuple[Index, ...]] | None:
    """The stem and the prefix that all labels of an array agree on, and no label outside of it reads as.

    called: how many labels of the graph can be read as one stem and prefix, with so many indices to follow
    """
    if array.scalar and array.nodes[0].label:
        return array.nodes[0].label, ()
    free = 1 if array.vector else 2
    common: set[tuple[str, tuple[Index, ...]]] | None = None
    labelled = 0
    for i, row in enumerate(array.rows, start=1):
        for j, node in enumerate(row, start=1):
            if node.label and array.kind != "probabilities":
                labelled += 1
                indices = (i,) if array.vector else (i, j)
                fitting = {(stem, all_of[:-free]) for stem, all_of in readings(node.label) if all_of[-free:] == indices}
                common = fitting if common is None else common & fitting
    alone = {name for name in common or () if called[*name, free] == labelled}
    return min(alone, key=lambda name: len(name[1])) if alone else None


# ------------------------------------------------------------------------------------------- from indices to matrices


class Tensor:
    """A formula in matrix notation: how it is written, and the letters of the axes that it has.

    symbol: for an array by itself, its LaTeX without the shape that stands below it
    """

    def __init__(
        self, text: str, latex: str, axes: tuple[str, ...], level: int, symbol: str = "", shape: tuple[int, int] = (1, 1)
    ) -> None:
        self.text, self.latex, self.axes, self.level, self.symbol, self.shape = text, latex, axes, level, symbol, shape

    def at(self, level: int) -> tuple[str, str]:
        """Both texts, in brackets where the place asks for them."""
        return (self.text, self.latex) if self.level >= level else (f"({self.text})", bracketed(self.latex))

    def turned(self) -> tuple[str, str]:
        """Both texts of the transpose."""
        if self.symbol:
            return f"{self.text}ᵀ", shaped(rf"{self.symbol}^{{\top}}", self.shape[::-1])
        text, latex = self.at(ATOM)
        return f"{text}ᵀ", rf"{latex}^{{\top}}"


def shaped(latex: str, shape: tuple[int, int]) -> str:
    """A symbol with its rows and columns below it."""
    return rf"\underset{{{shape[0]} \times {shape[1]}}}{{{latex}}}"


class MatrixForm:
    """The translation from index notation, for the arrays of one graph.

    output: the label of what is differentiated, for gradients of whole arrays
    digits: how many significant digits numbers have
    """

    def __init__(self, found: Iterable[Array], output: str, digits: int = 6) -> None:
        self.output, self.digits = output, digits
        self.arrays = {(array.stem, array.prefix): array for array in found}

    def write(self, formula: Value, axes: tuple[str, ...]) -> Tensor | None:
        """A formula with generic indices, such as Σ_m ∂L/∂a_{2m} w_{2mj}, in matrices; None where there is no such form.

        axes: the letters of its free indices, in the order of rows and columns
        """
        self.lengths: dict[str, set[int]] = {}  # of the axes that each letter counts
        found: dict[Value, Tensor | None] = {}
        for node in nodes(formula):
            found[node] = self._node(node, [found[x] for x in node.inputs], found)
        whole = found[formula]
        return whole if whole is not None and whole.axes == axes else self._turned(whole, axes)

    def _turned(self, whole: Tensor | None, axes: tuple[str, ...]) -> Tensor | None:
        if whole is None or set(whole.axes) != set(axes):
            return None
        return Tensor(*whole.turned(), axes, POWER)

    def _node(self, node: Value, xs: Sequence[Tensor | None], found: dict[Value, Tensor | None]) -> Tensor | None:
        if not node.inputs:
            return self._leaf(node)
        op = node.op
        assert op is not None
        if op in (ops.mul, ops.neg) or op.name.startswith("series "):
            return self._product(node, found)
        if op is ops.div and (whole := self._softmax(*node.inputs)) is not None:
            return whole
        if any(x is None for x in xs):
            return None
        known = [x for x in xs if x is not None]
        axes = max((x.axes for x in known), key=len, default=())
        if any(x.axes not in ((), axes) for x in known):
            return None
        if op is ops.sum_of:
            texts = [x.at(NEGATION) for x in known]
            return Tensor(plus(*(t for t, _ in texts)), plus(*(t for _, t in texts)), axes, SUM)
        if op is ops.div and known[1].axes:
            top, bottom = known[0].at(PRODUCT), known[1].at(POWER)
            return Tensor(f"{top[0]} ⊘ {bottom[0]}", rf"{top[1]} \oslash {bottom[1]}", axes, PRODUCT)
        if op is ops.pow and known[0].axes:
            base, exponent = known[0].at(ATOM), known[1]
            above = rf"^{{\odot {exponent.latex}}}"
            latex = shaped(known[0].symbol + above, known[0].shape) if known[0].symbol else base[1] + above
            return Tensor(f"{base[0]}^⊙{exponent.text}", latex, axes, POWER)
        text, level = op.notation.text.write([(x.text, x.level) for x in known])
        latex, _ = op.notation.latex.write([(x.latex, x.level) for x in known])
        return Tensor(text, latex, axes, NEGATION if op is ops.div else level)  # (a/b) c: a blank binds more than a stroke

    def _leaf(self, node: Value) -> Tensor | None:
        if not node.label:
            text, level = constant(node.data, self.digits)
            latex, _ = constant(node.data, self.digits, latex=True)
            return Tensor(text, latex, (), level)
        if indicator := INDICATOR.fullmatch(node.label):  # 1_{i=4}, in all places: the unit vector e_4
            letter, number = indicator.groups()
            return Tensor(text_name(f"e_{number}"), latex_name(f"e_{number}"), (letter,), ATOM)
        gradient = node.label.startswith("∂")
        ways = readings(node.label.rpartition("/∂")[2])
        for base, indices in ways:
            for array in self.arrays.values():
                n = len(array.prefix)
                free = indices[n:]
                if array.stem == base and array.prefix == indices[:n] and len(free) == (1 if array.vector else 2):
                    letters = self._letters(array, free)
                    if letters is not None:
                        return self._whole(array, letters, gradient)
        if any(isinstance(index, str) for _, indices in ways for index in indices):
            return None  # entries of nothing that has a name
        return Tensor(text_name(node.label), latex_name(node.label), (), ATOM if not gradient else POWER)

    def _softmax(self, above: Value, below: Value) -> Tensor | None:
        """exp(z_i) over the sum of exp(z_j) is an entry of softmax(z)."""
        if below.op is None or not below.op.name.startswith("series ") or above.op is not ops.exp:
            return None
        _, letter, low, high = below.op.name.split()
        each = below.inputs[0]
        one, other = (self._leaf(x.inputs[0]) if not x.inputs[0].inputs else None for x in (above, each))
        whole = low == "1" and self.lengths.get(letter) == {int(high)} and each.op is ops.exp
        if one is None or other is None or not whole or one.text != other.text or other.axes != (letter,):
            return None
        return Tensor(f"softmax({one.text})", rf"\operatorname{{softmax}}({one.latex})", one.axes, ATOM)

    def _letters(self, array: Array, free: Sequence[Index]) -> tuple[str, ...] | None:
        """The letters of an array's indices; an axis of length one has none that is seen, and gets its layer's."""
        letters = []
        for axis, index in enumerate(free):
            if isinstance(index, str):
                letters.append(index)
                self.lengths.setdefault(index, set()).add(array.shape[axis])
            elif array.shape[axis] == 1:
                dimension = array.layer if axis == 0 and array.kind != "inputs" else array.layer - 1
                letters.append(f"#{dimension}")
            else:
                return None
        return tuple(letters)

    def _whole(self, array: Array, letters: tuple[str, ...], gradient: bool) -> Tensor:
        text, latex = text_name(array.name), latex_name(array.name)
        if gradient:
            return Tensor(
                f"∇_{text} {text_name(self.output)}",
                shaped(symbol := rf"\nabla_{{{latex}}} {latex_name(self.output)}", array.shape),
                letters,
                PRODUCT,
                rf"({symbol})",
                array.shape,
            )
        return Tensor(text, shaped(latex, array.shape), letters, ATOM, latex, array.shape)

    def _product(self, node: Value, found: dict[Value, Tensor | None]) -> Tensor | None:
        """Factors, with the indices that are summed over."""
        factors: list[Tensor] = []
        summed: set[str] = set()
        negative = False
        stack = [node]
        while stack:
            inner = stack.pop()
            if inner.op is ops.mul:
                stack += inner.inputs[::-1]
            elif inner.op is ops.neg:
                negative = not negative
                stack += inner.inputs
            elif inner.op is not None and inner.op.name.startswith("series "):
                _, letter, low, high = inner.op.name.split()
                if low != "1" or self.lengths.get(letter) != {int(high)}:
                    return None  # a sum over a part of an axis is no product of matrices
                summed.add(letter)
                stack += inner.inputs
            else:
                factor = found[inner]
                if factor is None:
                    return None
                factors.append(factor)
        # An axis of length one that a matrix shares with a vector is summed over, too.
        rows = [x for x in factors if len(x.axes) == 2]
        for matrix in rows:
            for axis in matrix.axes:
                if axis.startswith("#") and any(x.axes == (axis,) for x in factors):
                    summed.add(axis)
        result = _contracted(factors, summed)
        if result is not None and negative:
            text, latex = result.at(PRODUCT)
            return Tensor(f"−{text}", f"-{latex}", result.axes, NEGATION)
        return result


def _contracted(factors: list[Tensor], summed: set[str]) -> Tensor | None:
    """A product of numbers, vectors and at most one matrix, with the summed indices gone."""
    matrices = [x for x in factors if len(x.axes) == 2]
    numbers = [x for x in factors if not x.axes]
    by_axis: dict[str, list[Tensor]] = {}
    for x in factors:
        if len(x.axes) == 1:
            by_axis.setdefault(x.axes[0], []).append(x)
    vectors = {axis: _elementwise(xs) for axis, xs in by_axis.items()}
    whole: Tensor | None = None
    if len(matrices) == 1 and len(summed) <= 1:
        matrix = matrices[0]
        if summed:
            (axis,) = summed
            if axis not in matrix.axes or axis not in vectors:
                return None
            turned = matrix.axes[0] == axis
            rest = matrix.axes[1] if turned else matrix.axes[0]
            left, right = matrix.turned() if turned else matrix.at(POWER), vectors.pop(axis).at(PRODUCT)
            whole = Tensor(f"{left[0]} {right[0]}", rf"{left[1]} \, {right[1]}", (rest,), PRODUCT)
            if rest in vectors:
                whole = _elementwise([whole, vectors.pop(rest)])
        else:
            whole = matrix
    elif matrices or len(vectors) > 2:
        return None
    elif len(vectors) == 2 and not summed:
        (i, u), (j, v) = vectors.items()
        left, right = u.at(PRODUCT), v.turned()
        whole = Tensor(f"{left[0]} {right[0]}", rf"{left[1]} \, {right[1]}", (i, j), PRODUCT)
        vectors = {}
    elif len(vectors) == 1 and not summed:
        whole = vectors.popitem()[1]
    elif len(vectors) == 1 and summed == set(vectors):
        pair = by_axis[vectors.popitem()[0]]
        if len(pair) != 2:
            return None
        left, right = pair[0].turned(), pair[1].at(PRODUCT)
        whole = Tensor(f"{left[0]} {right[0]}", rf"{left[1]} \, {right[1]}", (), PRODUCT)
    if vectors or (whole is None and (summed or not numbers)):
        return None
    if not numbers:
        return whole
    parts = [x.at(PRODUCT) for x in numbers] + ([whole.at(PRODUCT)] if whole is not None else [])
    axes = whole.axes if whole is not None else ()
    return Tensor(" ".join(a for a, _ in parts), r" \, ".join(b for _, b in parts), axes, PRODUCT)


def _elementwise(xs: Sequence[Tensor]) -> Tensor:
    if len(xs) == 1:
        return xs[0]
    texts = [x.at(PRODUCT) for x in xs]
    return Tensor(" ⊙ ".join(a for a, _ in texts), r" \odot ".join(b for _, b in texts), xs[0].axes, PRODUCT)
