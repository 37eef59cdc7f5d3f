"""A graph as a formula.

Three steps lead from a recorded graph to a line of writing, and each gives a graph again, or text:

    Page             the same function as a person would write it: cut at labels, equal parts merged, signs and fractions
                     gathered, softmax recognised; what is computed in a roundabout way, for its digits, in the plain way
    fold_sums        long sums as Σ over an index that runs through the labels: w₁₁₁x₁ + … + w₁₁₄x₄ is Σⱼ w₁₁ⱼ·xⱼ
    write_formula    text or LaTeX, in names or in numbers

RULES says what each operation becomes on a page, in a line each; sums.py and products.py put sums and products in order.

Nothing is simplified here: −t/o stays what it is. Since a page is a graph of Values, every formula on it can be evaluated,
differentiated and compared with the numbers of the graph it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import attrgetter

from autograd import primitives as ops
from autograd.formula.measures import too_long
from autograd.formula.operations import equals, softmax_of
from autograd.formula.products import chain_factors, multiply, raise_to_0_or_1
from autograd.formula.sums import RunningTotals, add, compare
from autograd.graph import bottom_up, nodes
from autograd.operation import CONSTANT, Primitive
from autograd.rewriting import apply, rewrite
from autograd.value import Value, constant, lift, record
from autograd.writing.names import add_indices, readings, text_name

Rule = Callable[["Page", Sequence[Value]], Value | None]


def _pair_up(page: Page, xs: Sequence[Value]) -> list[Value]:
    """The terms of a dot product, and its bias."""
    n = len(xs) // 2
    return [*(page.product(pair) for pair in zip(xs[:n], xs[n : 2 * n])), *xs[2 * n :]]


def _undo_log(page: Page, xs: Sequence[Value]) -> Value | None:
    """exp(log o) is o, where o is a softmax."""
    (x,) = xs
    inside = x.inputs[0] if x.op is ops.log else None
    return inside if inside is not None and page.formulas.get(inside, inside).op is softmax_of else None


# What an operation becomes, where its rule gives something: else what its row of the table has for a page, or itself.
RULES: dict[Primitive, Rule] = {
    ops.add: add,
    ops.sum_of: add,
    ops.dot_of: lambda page, xs: add(page, _pair_up(page, xs)),
    ops.sub: lambda page, xs: add(page, [xs[0], page.negate(xs[1])]),
    ops.neg: lambda page, xs: page.negate(xs[0]),
    ops.mul: multiply,
    ops.div: lambda page, xs: multiply(page, xs[:1], xs[1:]),
    ops.pow: raise_to_0_or_1,
    ops.exp: _undo_log,
    ops.greater: compare,
}


class Page:
    """Graphs written as a person would, all on one page: equal formulas are one object on it.

    leaves: the leaf on the page that stands for a node of the graph which has a name
    formulas: what each leaf on the page is computed by, in terms of other leaves; itself for a leaf of the graph
    copies: what any node of the graph is on the page
    probabilities: how softmax of these nodes is called where it has no name
    unshifted: for a logsumexp on the page, its numbers as they were before log_softmax took one from all of them
    bare: labels are not looked at, and each number is a leaf of its own: the structure alone
    most: how many leaves may be written in one formula, each as often as it occurs; 0 where they are not counted
    twins: what a graph computes once more beside a node that has a name is that node; on a worksheet, where each call of
        `gradient` makes a graph of its own, the line that has it already is shown
    """

    def __init__(self, bare: bool = False, twins: bool = False, most: int = 0) -> None:
        self.bare, self.twins, self.most = bare, twins, most
        self.copies: dict[Value, Value] = {}
        self.leaves: dict[Value, Value] = {}
        self.formulas: dict[Value, Value] = {}
        self.probabilities: dict[tuple[Value, ...], str] = {}
        self.unshifted: dict[Value, list[Value]] = {}
        self._known: dict[tuple[object, ...], Value] = {}  # operations and numbers
        self._made: dict[Value, int] = {}  # the formulas of this page, and how many leaves are written in each
        self._forward = False  # while a graph is written, not what is made of it
        self._standing: dict[Value, Value] = {}  # for a formula on the page: the leaf whose formula it is
        self._taken: set[str] = set()  # names of quantities
        self._numbers: dict[tuple[str, float], Value] = {}  # the leaf of a plain number that has a name
        self._invented: set[Value] = set()  # leaves that nobody but this package gave a name

    # ---- graphs

    def write(self, *ys: Value, names: Mapping[Value, str] | None = None) -> list[Value]:
        """Formulas for graphs, down to labelled nodes.

        names: what further nodes are to be called
        """
        softmaxes = [node for node in nodes(*ys) if node.op is ops.exp and node.label]  # one that has a name names the rest
        order = list(bottom_up([*softmaxes, *ys], _inputs, self.copies))
        names = names or {}
        called = {} if self.bare else {node: name for node in order if (name := names.get(node) or node.label)}
        self._taken |= set(map(text_name, called.values()))
        totals = RunningTotals(order, [*ys, *called], differences=not self.bare)
        self._forward = True
        for node in order:
            if node not in totals.inside:
                copy = self._copy(node, totals, node in called)
                self._remember_unshifted(node, self.copies, copy)
                self.copies[node] = self.name(node, copy, called[node]) if node in called else copy
        self._forward = False
        return [self.copies[y] for y in ys]

    def _copy(self, node: Value, totals: RunningTotals, named: bool) -> Value:
        """What a node is in terms of the copies of its inputs."""
        if node.op in totals.ops:
            terms = [(sign, self.show(self.copies[x])) for sign, x in totals.terms(node)]
            return self.sum([x if sign > 0.0 else self.negate(x) for sign, x in terms])
        if node.inputs:
            return self.apply(node.op, [self.show(self.copies[x]) for x in node.inputs])
        plain = node.op is CONSTANT and not named and not self.bare
        return self.number(node.data) if plain else Value(node.data)

    def take_in(self, graph: Value) -> Value:
        """A graph made of this page's leaves and formulas, such as a derivative of one, written on the page too.

        A formula on the page that has a name is shown by it. What a derivative adds up comes from the output's side; here it
        is put in the order of the formula.
        """
        copies: dict[Value, Value] = {}
        for node in bottom_up([graph], _inputs, copies):
            if not node.inputs:
                copies[node] = self.number(node.data) if node.op is CONSTANT else node
            elif node in self._made:
                copies[node] = self._standing.get(node, node)
            else:
                copies[node] = self.apply(node.op, [copies[x] for x in _in_order_of_the_formula(node)])
                self._remember_unshifted(node, copies, copies[node])
        return copies[graph]

    def substitute(self, formula: Value, new: Mapping[Value, Value]) -> Value:
        """A formula on the page with others in the place of some."""
        return rewrite(formula, self.rebuild, new)

    def rebuild(self, node: Value, inputs: Sequence[Value]) -> Value:
        """The same operation on other formulas of this page; the node itself, if they are the same."""
        return node if all(x is y for x, y in zip(inputs, node.inputs)) else self.apply(node.op, inputs)

    def _remember_unshifted(self, node: Value, copies: Mapping[Value, Value], copy: Value) -> None:
        if node.op is ops.logsumexp_of:
            before = _before_the_shift(node.inputs)
            self.unshifted[copy] = [self.number(x) if isinstance(x, float) else copies[x] for x in before]

    # ---- names

    def name(self, node: Value, formula: Value, name: str) -> Value:
        """The leaf that stands for a node from here on."""
        if formula in self._invented:  # now its author names it
            self._invented.discard(formula)
            formula.label = name
            self.leaves[node] = formula
            return formula
        if node.op is CONSTANT and (leaf := self._numbers.get((name, node.data))) is not None:
            self.leaves[node] = leaf
            return leaf
        leaf = self.leaves[node] = Value(node.data, name)
        if node.op is CONSTANT:
            self._numbers[name, node.data] = leaf
        self._stand(leaf, formula if node.inputs else leaf)
        if formula.op is softmax_of:
            self._name_siblings(formula, name)
        return leaf

    def _stand(self, leaf: Value, formula: Value) -> None:
        self.formulas[leaf] = formula
        if formula.inputs and (formula not in self._standing or self._standing[formula] in self._invented):
            self._standing[formula] = leaf

    def show(self, formula: Value) -> Value:
        """A formula by its name; what a graph computed beside a node that has a name is that node only where twins are."""
        leaf = self._standing.get(formula, formula)
        return leaf if self.twins or not self._forward or leaf in self._invented else formula

    def forget(self, leaf: Value) -> None:
        """Do not show formulas by a name that only this package gave."""
        self._standing.pop(self.formulas[leaf], None)

    @contextmanager
    def spell_out(self, *formulas: Value) -> Iterator[None]:
        """In this block formulas that have a name are not shown by it."""
        hidden = {x: self._standing.pop(x) for x in formulas if x in self._standing}
        try:
            yield
        finally:
            self._standing |= hidden

    def _name_siblings(self, formula: Value, name: str) -> None:
        """Where softmax(net)_2 is o_2, the others are o_1 to o_n; they count as the labels of net do, if these have any."""
        *xs, x = formula.inputs
        labels = [readings(other.label)[-1:] for other in xs]
        numbers = [each[0][1][-1] for each in labels if each] if all(labels) else list(range(1, len(xs) + 1))
        for stem, indices in readings(name):
            if indices[-1] == numbers[xs.index(x)] and len(set(numbers)) == len(xs):
                for i, other in zip(numbers, xs):
                    self._invent(self.node(softmax_of, [*xs, other]), add_indices(stem, (*indices[:-1], i)))
                return

    def _invent(self, formula: Value, label: str) -> None:
        if formula not in self._standing and text_name(label) not in self._taken:
            leaf = Value(formula.data, label)
            self._taken.add(text_name(label))
            self._invented.add(leaf)
            self._stand(leaf, formula)

    def probability(self, xs: Sequence[Value], i: int) -> Value:
        """softmax(xs)_i, by the name that it goes by on this page."""
        whole = self.node(softmax_of, [*xs, xs[i]])
        if whole not in self._standing:
            for nodes_of, stem in self.probabilities.items():
                if [self.leaves.get(node) for node in nodes_of] == list(xs):
                    for j, x in enumerate(xs, start=1):
                        self._invent(self.node(softmax_of, [*xs, x]), add_indices(stem, (j,)))
        return self.show(whole)

    # ---- formulas

    def apply(self, op: Primitive | None, inputs: Sequence[Value]) -> Value:
        """An operation on formulas of this page."""
        assert op is not None
        rule = RULES.get(op)
        if rule is not None and (found := rule(self, inputs)) is not None:
            return found
        if op.page is not None:
            return self.take_in(lift(op.page(*inputs)))
        return self.show(self.node(op, inputs))

    def node(self, op: Primitive, inputs: Sequence[Value]) -> Value:
        """An operation on formulas of this page as it is, once on the page."""
        key = (op, *inputs)
        if key not in self._known:
            node = self._known[key] = apply(op, inputs)
            self._made[node] = 1
            if self.most and self._forward:
                self._made[node] = total = sum([self._made.get(x, 1) for x in inputs])
                if total > self.most:
                    raise too_long(node)
        return self._known[key]

    def number(self, x: float) -> Value:
        """A plain number, once on the page."""
        key = ("number", repr(x))
        if key not in self._known:
            self._known[key] = constant(x)
        return self._known[key]

    sum, product, chain = add, multiply, chain_factors

    def negate(self, formula: Value) -> Value:
        """A formula with a minus in front."""
        return self.product([self.number(-1.0), formula])

    def equation(self, leaf: Value, formula: Value) -> Value:
        """leaf = formula, as something to be written."""
        return record(equals, leaf.data, leaf, formula)


_inputs = attrgetter("inputs")


def _in_order_of_the_formula(node: Value) -> tuple[Value, ...]:
    """The inputs of a sum the other way round, and those of a dot product pair by pair; of anything else as they are."""
    xs = node.inputs
    if node.op is ops.sum_of:
        return xs[::-1]
    if node.op is ops.dot_of:
        n = len(xs) // 2
        return *xs[:n][::-1], *xs[n : 2 * n][::-1], *xs[2 * n :]
    return xs


def _before_the_shift(xs: Sequence[Value]) -> Sequence[Value | float]:
    """The numbers without the constant that log_softmax takes from all of them."""
    shifts = {x.inputs[1].data for x in xs if x.op is ops.sub and not x.label and x.inputs[1].op is CONSTANT}
    if len(shifts) != 1 or not all(x.op is CONSTANT or (x.op is ops.sub and x.inputs[1].op is CONSTANT) for x in xs):
        return xs
    (shift,) = shifts
    return [x.data + shift if x.op is CONSTANT else x.inputs[0] for x in xs]
