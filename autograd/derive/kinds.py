"""A graph that is too long for a page, one kind of quantity at a time.

The q of all places and heads are one kind, as are the entries of Q: computed alike, and derived alike. So one line says how
the last of them is computed, and a few lines what the gradient of it is, from the gradients of what it goes into:

    ∂L/∂q₁₄₁ = Σₛ₌₁⁴ ∂L/∂z₁₄ₛ · ∂z₁₄ₛ/∂q₁₄₁ = Σₛ₌₁⁴ ∂L/∂z₁₄ₛ · k₁ₛ₁/√4

Each is worked out in a graph of its own, of the quantities that it goes into and no more: however large the whole is,
what is asked for costs what is shown of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from autograd import primitives as ops
from autograd.derive.definitions import count_alike, define_last, definition
from autograd.derive.lines import derivative_of, with_reason
from autograd.derive.named_graph import NamedGraph, wear_names
from autograd.derive.sheet import Adjoints
from autograd.display.board import NOTHING, Board, Line, figure, words
from autograd.formula.measures import TooLong
from autograd.graph import bottom_up, dependents, nodes
from autograd.operation import CONSTANT
from autograd.rewriting import like
from autograd.value import Value, record

MOST_USERS = 64  # quantities that one goes into, of which the lines are written


class Kinds:
    """The quantities of a graph in kinds, each with its lines.

    y: the output; worn: it in a graph whose nodes wear the names that modules gave
    adjoints: dy/dv for every node of the worn graph, a number
    """

    def __init__(self, y: Value, digits: int = 6, numbers: bool = True) -> None:
        self.digits, self.numbers = digits, numbers
        self.worn, _, self.originals = wear_names(y, [])
        self.name = self.worn.label or "L"
        self.order = nodes(self.worn)
        self.adjoints = _adjoints(self.worn, self.order)
        self.below = {node: self._find_below(node) for node in self.order if self._is_quantity(node)}
        self.users: dict[Value, list[Value]] = {}
        for u, vs in self.below.items():
            for v in vs:
                self.users.setdefault(v, []).append(u)

    def _is_quantity(self, node: Value) -> bool:
        return bool(node.inputs) and (bool(node.label) or node is self.worn)

    def _find_below(self, u: Value) -> list[Value]:
        """The quantities and leaves in the formula of one."""
        found: dict[Value, None] = {}
        stack = list(u.inputs)
        seen = set(stack)
        while stack:
            node = stack.pop()
            if node.label or not node.inputs:
                if node.op is not CONSTANT:
                    found[node] = None
                continue
            fresh = [x for x in node.inputs if x not in seen]
            seen.update(fresh)
            stack += fresh
        return list(found)

    def kinds(self, belongs: Callable[[Value], bool]) -> list[list[Value]]:
        """The quantities and parameters that belong to something, kind by kind, in the order of the forward pass.

        belongs: whether a node of the graph, not of the worn one, does so
        """
        found: dict[tuple[str, bool], list[Value]] = {}
        for node in self.order:
            named = node.label and node.op is not CONSTANT
            if named and node in self.users and belongs(self.originals.get(node, node)):
                found.setdefault((node.label.partition("_")[0], bool(node.inputs)), []).append(node)
        return list(found.values())

    def define(self, kinds: Iterable[Sequence[Value]]) -> Board:
        """A line for each kind that is computed: how the last of it is."""
        return Board([self._define(members) for members in kinds if members[-1].inputs])

    def _define(self, members: Sequence[Value]) -> Line:
        u = members[-1]
        try:
            graph = NamedGraph(self._cut(u, {}), digits=self.digits, invent=False)
            pieces = definition(graph, graph.page.formulas[graph.y])
        except TooLong:
            pieces = [words(f"a formula of {len(self.below[u])} quantities")]
        return define_last(members, pieces, self.numbers, self.digits)

    def differentiate(self, members: Sequence[Value]) -> Board:
        """The lines of the gradient of the last one of a kind, from the gradients of what it goes into."""
        v = members[-1]
        left = derivative_of(self.name, v.label)
        users = self.users[v]
        if len(users) > MOST_USERS:
            why = words(f"a sum over the {len(users)} quantities that it goes into")
            return Board([Line(left, figure(self.adjoints[v], self.digits), why)])
        copies: dict[Value, Value] = {}
        terms = [self._cut(u, copies) if u is self.worn else self._weighted(self._cut(u, copies), u) for u in users]
        y = terms[0] if len(terms) == 1 else record(ops.sum_of, 0.0, tuple(terms))
        if y.label != self.name:
            y = like(y, y.inputs)
            y.label = self.name
        try:
            graph = NamedGraph(y, digits=self.digits, numbers=self.numbers, invent=False)
            leaf = graph.leaf(copies[v])
            assert leaf is not None
            lines = Adjoints(graph, y, [leaf]).member(leaf)
        except TooLong:
            lines = [Line(NOTHING, figure(self.adjoints[v], self.digits), words("its formula is too long for a page"))]
        lines[0] = lines[0]._replace(left=left)
        return Board([*lines[:-1], with_reason(lines[-1], count_alike(members))])

    def _weighted(self, copy: Value, u: Value) -> Value:
        """A quantity times the gradient of it, which is known by its name."""
        delta = Value(self.adjoints[u], f"∂{self.name}/∂{u.label}")
        return record(ops.mul, u.data * delta.data, copy, delta)

    def _cut(self, u: Value, copies: dict[Value, Value]) -> Value:
        """A copy of a quantity that ends at the next ones; copies: of these, which are shared."""
        for x in self.below[u]:
            if x not in copies:
                copies[x] = Value(x.data, x.label)
        found: dict[Value, Value] = {}
        ends = copies.keys() - {u}
        for node in bottom_up([u], lambda node: () if node in ends else node.inputs):
            if node in ends:
                found[node] = copies[node]
            elif node.inputs:
                found[node] = like(node, [found[x] for x in node.inputs])
                found[node].label = node.label
            else:
                found[node] = node
        return found[u]


class Along(Board):
    """The derivation of dy/dx where the whole way is too long for a page: for each kind of quantity on it, one; and x.

    value: the derivative, a number
    """

    def __init__(self, y: Value, x: Value, digits: int = 6, numbers: bool = True) -> None:
        found = Kinds(y, digits, numbers)
        leaf = next(new for new in found.order if found.originals.get(new, new) is x)
        self.value = found.adjoints[leaf]
        between = dependents([leaf], found.order[::-1])
        way = [[node for node in members if node in between] for members in found.kinds(lambda node: node is not x)]
        kinds = [members for members in way if members]
        forward = found.define(kinds)
        forward.title = "Forward"
        lines = [found.differentiate(members) for members in [*kinds[::-1], [leaf]]]
        super().__init__(boards=[forward, Board(boards=lines, title="Backward")])


def _adjoints(y: Value, order: Sequence[Value]) -> dict[Value, float]:
    """dy/dv of every node, in numbers."""
    found = dict.fromkeys(order, 0.0)
    found[y] = 1.0
    for node in reversed(order):
        if node.inputs and node.op is not None and found[node]:
            for x, slope in zip(node.inputs, node.op.slopes(node.data, [x.data for x in node.inputs])):
                found[x] += found[node] * float(slope)
    return found
