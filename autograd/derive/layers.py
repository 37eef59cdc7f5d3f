"""What is a layer, what a parameter and what data: a graph of numbers says none of it, and here alone it is decided.

A layer is a set of sums of products over the same numbers. Which factor of each product is the weight and which the input
is told by the first of these that tells them apart:

    what was computed, and what is a plain number, is no weight
    names         w, b, θ and the like are parameters; x, t, y and the like are data
    being asked   derivation(L, [w, b]) says that w and b are the parameters
    use           in a layer each weight is used once and the inputs by every row; but rows that share their bias are the
                  rows of a batch, and there it is the weights that every row uses

What none of them tells apart is taken for nobody's data: its derivative stands on the sheet, which is never wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from autograd import primitives as ops
from autograd.formula.operations import softmax_of
from autograd.formula.page import Page
from autograd.graph import leaves, nodes
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.names import Parts, text_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COMPUTED, DATA, OPEN, OFTEN, PARAMETER = range(-2, 3)  # how much speaks for a factor being a weight
OF_DATA = {"x", "y", "t", "ŷ", "target", "targets", "label", "labels", "input", "inputs"}
OF_PARAMETERS = {"w", "b", "θ", "theta", "β", "beta"}
LONGER = ("weight", "bias", "theta")  # and what begins with them
OF_BOTH = {"v", "m", "u"}  # weights more often than not


def judge_name(label: str) -> int:
    """What a name says: PARAMETER, OFTEN one, DATA, or nothing, which is OPEN."""
    base = Parts(label).base.rstrip("′").lower() if label else ""
    if base in OF_PARAMETERS or base.startswith(LONGER) or (len(base) in (2, 3) and base[0] in "wb" and base.isascii()):
        return PARAMETER
    if base in OF_DATA:
        return DATA
    return OFTEN if base in OF_BOTH else OPEN


def one_name(labels: Iterable[str]) -> bool:
    """Whether labels, as far as there are any, are the same but for their numbers: parts of one thing."""
    return len({re.sub(r"[\d₀-₉⁰¹²³⁴-⁹,]+", "#", text_name(label)) for label in labels if label}) < 2


class Row(NamedTuple):
    """A sum of products: a = Σ weights[x] x + bias."""

    net: Value
    weights: dict[Value, Value]
    bias: Value | None

    def swap(self) -> Row:
        """The same sum with inputs for weights and weights for inputs."""
        return Row(self.net, {w: x for x, w in self.weights.items()}, self.bias)


class Structure:
    """The layers of a graph, on a page that knows no labels.

    original: the node of the graph that each node on the page stands for
    order: the nodes on the page, each after its inputs
    layers: (inputs, rows) of each layer, in the order of the forward pass
    twins: plain numbers of the graph that are the inputs of a layer once more, which each of its rows has written anew
    """

    def __init__(self, *ys: Value, asked: Iterable[Value] = ()) -> None:
        self.ys, self.asked = ys, set(asked)
        page = Page(bare=True)
        page.write(*ys)
        self.original: dict[Value, Value] = {}
        for node, copy in page.copies.items():
            self.original.setdefault(copy, node)
        self.labels = [node.label for node in page.copies if node.label]
        self.order = nodes(*(page.copies[y] for y in ys))
        self._evidence: dict[Value, tuple[int, int]] = {}
        self.uses: Counter[Value] = Counter()
        self.twins: dict[Value, Value] = {}
        self.layers = self._layers()

    def evidence(self, x: Value) -> tuple[int, int]:
        """What speaks for a factor being a weight, the strongest first."""
        if x not in self._evidence:
            node = self.original[x]
            computed = bool(x.inputs) or node.op is CONSTANT
            self._evidence[x] = (COMPUTED if computed else judge_name(node.label), int(node in self.asked))
        return self._evidence[x]

    def _layers(self) -> list[tuple[list[Value], list[Row]]]:
        """Sums of products over the same numbers, with these numbers."""
        sums: dict[Value, tuple[list[tuple[Value, Value]], Value | None]] = {}
        for node in self.order:
            if (parts := _products(node)) is not None and all(x in self.original for pair in parts[0] for x in pair):
                sums[node] = parts
                self.uses.update({x for pair in parts[0] for x in pair})
        found: dict[object, tuple[list[Value], list[Row]]] = {}
        for node, (pairs, bias) in sums.items():
            weights = dict(self._tell_apart(*pair) for pair in pairs)
            apart = len({*weights, *weights.values()}) == 2 * len(pairs) and bias not in (*weights, *weights.values())
            if not apart or any(w.inputs for w in weights.values()):
                continue
            if all(self.original[x].op is CONSTANT for x in weights):
                numbers = tuple(x.data for x in weights)
                xs, rows = found.setdefault(numbers, (list(weights), []))
                if not {w for row in rows for w in row.weights.values()}.isdisjoint(weights.values()):
                    xs, rows = found.setdefault(node, (list(weights), []))  # the same weights: another data point
                self.twins.update(
                    (self.original[x], self.original[first]) for x, first in zip(weights, xs) if x is not first
                )
                rows.append(Row(node, dict(zip(xs, weights.values())), bias))
            else:
                found.setdefault(frozenset(weights), (list(weights), []))[1].append(Row(node, weights, bias))
        layers: list[tuple[list[Value], list[Row]]] = []
        for xs, rows in found.values():
            if self._is_batch(xs, rows):
                layers += [([*row.weights.values()], [row.swap()]) for row in rows]
            else:
                layers.append((xs, rows))
        return [(xs, rows) for xs, rows in layers if all(self._may_weigh(w) for row in rows for w in row.weights.values())]

    def _tell_apart(self, w: Value, x: Value) -> tuple[Value, Value]:
        """Of two factors, the input and the weight."""
        key = [(*self.evidence(each), -self.uses[each], not self.original[each].label) for each in (w, x)]
        return (w, x) if key[0] < key[1] else (x, w)

    def _is_batch(self, xs: Sequence[Value], rows: Sequence[Row]) -> bool:
        """Whether rows that share their bias are one neuron's, for several data points, and not a layer."""
        biases = {row.bias for row in rows}
        undecided = all(self.evidence(x) == self.evidence(w) for row in rows for x, w in row.weights.items())
        return len(rows) > 1 and len(biases) == 1 and None not in biases and undecided

    def _may_weigh(self, w: Value) -> bool:
        """Weights are not called x or y, and are no plain numbers."""
        return self.evidence(w)[0] > DATA

    def parameters(self) -> list[Value]:
        """The variables that are not data, as far as names and use tell: all of them where nothing is a parameter."""
        variables = [x for x in leaves(*self.ys) if x.op is not CONSTANT]
        named = {x for x in variables if judge_name(x.label) == PARAMETER}
        weights = {self.original[w] for _, rows in self.layers for row in rows for w in row.weights.values()}
        weights |= {self.original[row.bias] for _, rows in self.layers for row in rows if row.bias is not None}
        if not named and not weights:
            return variables
        inputs = self._inputs(named) | self._beside(named)
        kept = {x for x in variables if x in named or (judge_name(x.label) != DATA and (x in weights or x not in inputs))}
        return [x for x in variables if x in kept] or variables

    def _inputs(self, named: set[Value]) -> set[Value]:
        """The leaves that layers run over, where it is certain which are inputs and which weights."""
        above = {x for xs, _ in self.layers for x in xs}
        # functions of nets, over which the next layer runs
        above |= {x for node in above if node.op is not softmax_of for x in node.inputs}
        found: set[Value] = set()
        for xs, rows in self.layers:
            weights = [self.original[w] for row in rows for w in row.weights.values()]
            stacked = any(row.net in above for row in rows) or len({row.bias for row in rows} - {None}) == len(rows)
            for x in (self.original[x] for x in xs):
                told = all(w in named or not w.label for w in weights) if x.label else stacked
                if not x.inputs and (told or all(w in named for w in weights)):
                    found.add(x)
        return found

    def _beside(self, named: set[Value]) -> set[Value]:
        """Leaves that stand beside a parameter which stands beside others, too: one row of data each."""
        beside: dict[Value, set[Value]] = {}
        for node in self.order:
            if node.op is ops.mul and all(not x.inputs and x in self.original for x in node.inputs):
                a, b = (self.original[x] for x in node.inputs)
                for w, x in (a, b), (b, a):
                    if w in named and x not in named:
                        beside.setdefault(w, set()).add(x)
        return {x for xs in beside.values() if len(xs) > 1 and one_name(x.label for x in xs) for x in xs}


def _products(node: Value) -> tuple[list[tuple[Value, Value]], Value | None] | None:
    """The pairs of factors of a sum of products, and the one leaf that may be added to them."""
    if node.op is not ops.sum_of:
        return None
    pairs: list[tuple[Value, Value]] = []
    bias = None
    for term in node.inputs:
        if term.op is ops.mul and ops.mul not in (term.inputs[0].op, term.inputs[1].op):
            pairs.append((term.inputs[0], term.inputs[1]))
        elif not term.inputs and bias is None:
            bias = term
        else:
            return None
    return (pairs, bias) if len(pairs) > 1 or (pairs and bias is not None) else None
