"""A graph as named quantities: what derivations are made of.

A labelled node is a quantity, and what lies between labelled nodes folds away into the formula of the upper one. A
`NamedGraph` has each quantity's formula on a page (formula/page.py), and its local derivatives: what `gradient` makes of
that formula, so that they come from the same table as `backward()` and cannot disagree with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain as chain_of
from itertools import count, islice
from math import isclose
from typing import Any

from autograd import primitives as ops
from autograd.calculus import gradient
from autograd.derive.arrays import ARITHMETIC, Array, find_arrays
from autograd.derive.layers import DATA, Structure, judge_name
from autograd.display.board import Math, math
from autograd.formula.measures import TooLong, free_variables
from autograd.formula.page import Page
from autograd.graph import bottom_up, dependents, history, nodes, ways
from autograd.labels import call_of, suggested, suggested_parts
from autograd.operation import CONSTANT
from autograd.rewriting import like, rewrite
from autograd.value import Value, constant
from autograd.writing.names import readings, text_name

WAYS_TO_COUNT = "{}^{{({})}}", "{} ({})", "{} [{}]", "{} no. {}"
MOST_TERMS = 3_000  # of a formula that is derived, each leaf as often as it is written
MOST_NODES = 6_000  # that are computed
LARGE = 1_000  # of a graph of which only what lies between is looked at, for one derivative
MOST_WORK = 1_000_000  # nodes that are visited to derive all formulas in all that they are computed from
TINY, EPSILON = 1e-9, 2.0**-52
PATIENCE = 5_000  # terms of brackets multiplied out on one sheet; what comes after that stays as it is


def too_large(why: str, y: Value) -> TooLong:
    """The refusal of a derivation, with what can be asked for instead."""
    near = [node.label for node in reversed(nodes(y)) if node.label and node.inputs and node is not y][:3]
    instead = f"derivation(y, x) for a labelled x near y, such as {', '.join(near)}" if near else "label nodes near y, and"
    end = "" if near else " derivation(y, x) for one of them"
    return TooLong(f"this derivation is too long for a page: {why}. Take a smaller net, or ask for less: {instead}{end}")


class NamedGraph:
    """A graph as named quantities, each with its formula in the others, and their local derivatives.

    y: the leaf on the page that stands for the output; outputs beside it have the same names in graphs of their own
    order: all leaves on the page that y is computed from, each after those in its formula
    below: for each, the leaves in its formula
    numbers: whether derivations end in numbers
    called: whether its quantities have names from the modules that computed them
    invent: whether what has no name may get one, and what shares one with others another
    """

    def __init__(
        self,
        y: Value,
        xs: Sequence[Value] = (),
        regular: bool = False,
        digits: int = 6,
        beside: Sequence[Value] = (),
        numbers: bool = True,
        asked: Sequence[Value] = (),
        called: bool = False,
        invent: bool = True,
    ) -> None:
        self.digits, self.numbers, self.patience, self.called = digits, numbers, PATIENCE, called
        if (n := len(history(y))) > MOST_NODES:
            raise too_large(f"its graph has {n} computed nodes", y)
        outputs = beside or [y]
        self.structure = Structure(*outputs, asked=asked)
        self.arrays = find_arrays(self.structure) if invent else []
        taken = {text_name(node.label) for node in nodes(y, *beside, *xs) if node.label}
        names = self._names(y, [*nodes(*reversed(outputs)), *xs], regular, taken) if invent else {}
        taken |= set(map(text_name, names.values()))
        unnamed = [x for x in xs if not x.label and x not in names]
        whole = {array.name for array in self.arrays}
        stem = "x" if len(unnamed) > 1 else _first_free("xuvpqr", whole)  # x may be a vector already
        names |= zip(unnamed, free_names(stem, len(unnamed), taken))
        if not y.label:
            network = any(array.kind == "nets" for array in self.arrays)
            taken |= whole
            names.setdefault(y, _first_free(("LEy" if network else "y") + "fzFY", taken))
        self.names = names
        self.page = Page(most=MOST_TERMS)
        for array in self.arrays:
            if array.kind == "probabilities" and (regular or self.implied(array)):
                self.page.probabilities[tuple(array.nodes)] = array.stem
        self.page.write(*beside, names=names)
        (self.y,) = self.page.write(y, names=names)
        self.y_is_named = bool(y.label)
        if not y.label:
            self.page.forget(self.y)
        self.originals = {leaf: node for node, leaf in self.page.leaves.items()}
        self.below: dict[Value, list[Value]] = {}
        self.order = list(bottom_up([self.y], self._find_below))
        self._check_length()
        self._slopes: dict[Value, dict[Value, Value]] = {}
        self.noise: dict[Value, float] = {}  # how much there may be of it in a derivative that is 0 but for rounding
        self._below_all: dict[Value, set[Value]] = {}
        self._written: dict[tuple[Value, Value], Value] = {}

    def implied(self, array: Array) -> bool:
        """Whether nodes without a label may be named after their layer: where the labels of its weights are those of one."""
        weights = [other for other in self.arrays if other.kind == "weights" and other.layer == array.layer]
        return all(
            not other.vector and (other.stem, (*other.prefix, *indices)) in readings(node.label)
            for other in weights
            for indices, node in other.entries()
        )

    def _names(self, y: Value, quantities: Sequence[Value], regular: bool, taken: set[str]) -> dict[Value, str]:
        """Names of the arrays' entries: of all of them, or only of those without a label; and of what shares its label."""
        nets = [array for array in self.arrays if array.kind == "nets"]
        network = len(nets) > 1 or any(len(array.rows) > 1 for array in nets)
        names = {
            node: label
            for array in self.arrays
            if regular or self.implied(array) or network
            for node, label in array.labels().items()
            if (regular and node is not y) or not (node.label or text_name(label) in taken)
        }
        if self.called and not regular:  # what is a part of a sum that has its name is no quantity of its own
            parts = {x for node in nodes(y) if node.label and node.op is ops.add for x in node.inputs}
            names = {node: name for node, name in names.items() if node not in parts}
        names.update((twin, names[x]) for twin, x in self.structure.twins.items() if x in names)
        return names | self._number_alike(dict.fromkeys(quantities), names, taken)

    def _number_alike(self, quantities: Iterable[Value], names: dict[Value, str], taken: set[str]) -> dict[Value, str]:
        """Names for quantities of one label, as the h of a loop is at every step: h⁽¹⁾, h⁽²⁾, as they are computed."""
        alike: dict[str, list[Value]] = {}
        for node in quantities:
            if node.label and node not in names and node.op is not CONSTANT:
                alike.setdefault(text_name(node.label), []).append(node)
        found: dict[Value, str] = {}
        for several in (each for each in alike.values() if len(each) > 1):
            ways = ([way.format(several[0].label, k) for k in range(1, len(several) + 1)] for way in WAYS_TO_COUNT)
            found |= zip(several, next(way for way in ways if taken.isdisjoint(map(text_name, way))))
        return found

    def _check_length(self) -> None:
        """Refuse at once, before any line is made, what takes more patience to derive than anyone has to read it."""
        work = 0
        for leaf in self.order:
            formula = self.page.formulas.get(leaf, leaf)
            flat = all(not x.inputs for term in formula.inputs for x in term.inputs)  # a sum of products
            work += len(self.below[leaf]) * (1 if flat else len(nodes(formula)))
        if work > MOST_WORK:
            raise too_large(f"it would go through {len(self.order)} quantities", self.page.formulas[self.y])

    def _find_below(self, leaf: Value) -> list[Value]:
        self.below[leaf] = self.inputs(leaf)
        return self.below[leaf]

    def inputs(self, leaf: Value) -> list[Value]:
        """The quantities in the formula of one on the page."""
        formula = self.page.formulas.get(leaf, leaf)
        return [] if formula is leaf else free_variables(formula)

    def leaf(self, x: Value) -> Value | None:
        """What stands for a node of the graph on the page; None if y does not depend on it."""
        leaf = self.page.leaves.get(x)
        return leaf if leaf in self.below else None

    def name(self, x: Value) -> str:
        """What a quantity is called here, one of xs that y does not depend on, too: as nothing else is."""
        return self.names.get(x, x.label)

    def local(self, u: Value, v: Value) -> Value:
        """∂u/∂v as a formula, the other quantities held fixed."""
        if u not in self._slopes:
            inputs = self.inputs(u)
            self._slopes[u] = dict(zip(inputs, gradient(self.page.formulas[u], *inputs)))
        if (u, v) not in self._written:
            with self.page.spell_out(*self._not_by_name(u)):
                self._written[u, v] = self.page.take_in(self._slopes[u][v])
        return self._written[u, v]

    def _not_by_name(self, u: Value) -> list[Value]:
        """The formulas that are written out in the derivatives of u."""
        own, whole = self.page.formulas[u], self.page.formulas.get(self.y, self.y)
        found = []
        if own.op in ARITHMETIC or (u is self.y and not self.y_is_named):
            found.append(own)  # o·(1 − o), but no −L/c
        if u is not self.y and whole.op in ARITHMETIC:
            found.append(whole)  # 1 − h², not 1 − L
        return found

    @cached_property
    def distributions(self) -> list[list[Value]]:
        """Data that are shares of one, as the classes of a cross-entropy −Σ yᵢ log pᵢ: beside logarithms, nowhere else."""
        beside: dict[Value, bool] = {}
        for leaf in self.order:
            for node in nodes(self.page.formulas[leaf]) if self.below[leaf] else ():
                for x in node.inputs:
                    others = [other.op is ops.log for other in node.inputs if other is not x]
                    beside[x] = beside.get(x, True) and node.op is ops.mul and others == [True]
        families: dict[Any, list[Value]] = {}
        for leaf in self.order:
            if beside.get(leaf) and not self.below[leaf] and judge_name(leaf.label) == DATA:
                for stem, indices in readings(leaf.label)[-1:]:
                    families.setdefault((stem, indices[:-1]), []).append(leaf)
        return [
            family
            for family in families.values()
            if len(family) > 1 and min(x.data for x in family) >= 0.0 and isclose(sum(x.data for x in family), 1.0)
        ]

    def between(self, *xs: Value) -> set[Value]:
        """The leaves on ways from y to any of xs."""
        found = set(xs)
        for leaf in self.order:
            if any(x in found for x in self.below[leaf]):
                found.add(leaf)
        return found

    def paths(self, x: Value) -> Iterator[list[Value]]:
        """Each way from y to x along the quantities."""
        return ways(self.y, x, self.below.__getitem__, self.between(x))

    def partial(self, u: Value, v: Value) -> Value:
        """The name ∂u/∂v, with its number where it is a local derivative."""
        name = f"∂{u.label}/∂{v.label}"
        elsewhere = any(v in self.below_all(w) for w in self.inputs(u) if w is not v)
        return Value(self.local(u, v).data, f"({name})" if elsewhere else name)

    def round_off(self, formula: Value, value: float) -> float:
        """A number, or 0 where it is no more than what rounding leaves in its formula: 0.2 − 0.2 = 0, not 2.8·10⁻¹⁷.

        Source: running error analysis, Wilkinson, Rounding errors in algebraic processes (1963).
        """
        if not 0.0 < abs(value) < TINY:
            return value
        errors: dict[Value, float] = {}
        for node in nodes(formula):
            error = self.noise.get(node, abs(node.data) * EPSILON)
            if node.op is not None and node.inputs:
                slopes = node.op.slopes(node.data, [x.data for x in node.inputs])
                error += sum(abs(float(slope)) * errors[x] for slope, x in zip(slopes, node.inputs))
            errors[node] = error
        return 0.0 if abs(value) <= errors[formula] else value

    def below_all(self, v: Value) -> set[Value]:
        """Everything that a quantity is computed from, and it itself."""
        if v not in self._below_all:
            self._below_all[v] = set(bottom_up([v], self.inputs))
        return self._below_all[v]

    def write(self, formula: Value, numbers: bool = False) -> Math:
        return math(formula, numbers, self.digits)


def cut_between(y: Value, x: Value) -> tuple[Value, Value, dict[Value, Value]]:
    """y and x in a copy of what lies between them, down to labelled nodes; and which node each of the copies stands for."""
    leading = dependents([x], history(y))
    originals: dict[Value, Value] = {}
    inside = Value(x.data, x.label)

    def copy(node: Value, inputs: list[Value]) -> Value:
        if node is x:
            new = inside
        elif node.inputs and (not node.label or node in leading):
            new = like(node, inputs)
            new.label = node.label
        elif node.op is CONSTANT and not node.label:
            new = constant(node.data)
        else:
            new = Value(node.data, node.label)
        originals[new] = node
        return new

    return rewrite(y, copy), inside, originals


def wear_names(y: Value, xs: Sequence[Value]) -> tuple[Value, list[Value], dict[Value, Value]]:
    """y and xs in a copy of the graph in which what has no label wears the name that its maker suggests, if anything does.

    Names that several have are counted: q⁽¹⁾₁₁, q⁽²⁾₁₁. Gives the node that each node of the copy stands for besides; leaves
    are the same in both.
    """
    order = nodes(y, *xs)
    named = [node for node in order if not node.label and call_of(node) is not None]
    if not named:
        return y, list(xs), {}
    taken = {text_name(node.label) for node in order if node.label}
    calls: dict[str, dict[object, list[Value]]] = {}
    for node in named:
        calls.setdefault(suggested_parts(node)[0], {}).setdefault(call_of(node), []).append(node)
    names: dict[Value, str] = {}
    for several in calls.values():
        numbers = (f"({k})" for k in count(1))
        for alike in several.values():
            ways = chain_of([""] if len(several) == 1 else [], numbers)
            names |= next(
                found
                for number in ways
                if taken.isdisjoint(map(text_name, (found := {node: suggested(node, number) for node in alike}).values()))
            )
    copies: dict[Value, Value] = {}
    for node in order:
        inputs = [copies[x] for x in node.inputs]
        if not inputs or (node not in names and all(x is old for x, old in zip(inputs, node.inputs))):
            copies[node] = node
        else:
            copies[node] = like(node, inputs)
            copies[node].label = names.get(node, node.label)
    return copies[y], [copies[x] for x in xs], {new: node for node, new in copies.items()}


def values_in(xs: Iterable[Any]) -> list[Any]:
    """What a person passed for parameters, one by one: Values, lists of them, and whatever has parameters()."""
    found: list[Any] = []
    for x in xs:
        if hasattr(x, "parameters"):
            found += x.parameters()
        elif hasattr(x, "__iter__") and not isinstance(x, (str, bytes)):
            found += values_in(x)
        else:
            found.append(x)
    return list(dict.fromkeys(found))


def _first_free(letters: str, taken: set[str]) -> str:
    """The first of some letters that is not taken: x, u, …; behind the last one xx, uu, …"""
    return next(name for k in count(1) for letter in letters if (name := letter * k) not in taken)


def free_names(stem: str, n: int, taken: set[str]) -> list[str]:
    """Names for n quantities that have none: x for one, x_1, x_2, ... for several; taken as they are on a terminal."""
    names = (name for name in ((stem,) if n == 1 else ()) if name not in taken)
    counted = (name for i in count(1) if text_name(name := f"{stem}_{i}") not in taken)
    return list(islice(chain_of(names, counted), n))
