"""Derivatives on a page, worked out from its definitions.

Where a quantity has none, as a loss of which only ∂L/∂a is written, it varies with another through all that is computed from
that one: the chain rule, down to slopes that the page states, or that nothing says, which are names of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from autograd.calculus import gradient
from autograd.formula.arrays import Array, Quantity, add_up
from autograd.formula.measures import free_variables
from autograd.graph import leaves, nodes
from autograd.notes.notation import Notation
from autograd.rewriting import expand
from autograd.value import Value, constant

LeafKey: TypeAlias = tuple[str, str, tuple[str, ...]]

DEEPEST, MOST_WORK = 12, 30_000  # quantities that one varies through; nodes of all that is differentiated on a page


class UnsaidError(ValueError):
    """Something that is not said on the page decides."""


class Slopes:
    """Names with definitions, and how they vary with one another.

    leaves: the names, by what they are called, what is above them and their indices; keys: the same the other way round
    definitions: what they are
    slopes: names for derivatives of which nothing is said; stated: by what, of what: those that the page states
    direct: whether ∂L/∂x counts only where x itself stands in what L is said to be
    has_direct: whether that may be something else than to follow x through all names
    touched: what was differentiated
    """

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.direct = self.has_direct = False
        self.leaves: dict[LeafKey, Value] = {}
        self.keys: dict[Value, LeafKey] = {}
        self.definitions: dict[Value, Value] = {}
        self.slopes: dict[tuple[Value, Value], Value] = {}
        self.stated: dict[Value, dict[Value, Value]] = {}
        self.touched: set[Value] = set()
        self._used_in: dict[Value, list[tuple[Value, Value]]] | None = None
        self._found: dict[tuple[Value, Value], tuple[Value, set[Value]]] = {}  # slopes, and what was touched for them
        self._deep = self._asked = 0

    def differentiate(self, top: Quantity, bottom: Quantity) -> Quantity:
        if isinstance(bottom, Value):
            return self.slope(top, bottom) if isinstance(top, Value) else top.map(lambda y: self.slope(y, bottom))
        if isinstance(top, Value):
            return bottom.map(lambda x: self.slope(top, x))
        if not (top.is_vector and bottom.is_vector):
            raise UnsaidError("how a derivative of a vector by a matrix is laid out is not said")
        return Array([[self.slope(y, x) for x in bottom.entries] for y in top.entries])

    def slope(self, top: Value, bottom: Value) -> Value:
        if bottom.op is not None:
            raise UnsaidError("a derivative is taken by something that has no name")
        self.touched.add(top)
        own = self.definitions.get(top)
        if (
            own is not None
            and bottom in set(leaves(own))
            and any(
                x is not bottom and x in self.definitions and bottom in set(leaves(self.expanded(x))) for x in leaves(own)
            )
        ):
            self.has_direct = True
            if self.direct:
                return self._partial(own, bottom)
        if (top, bottom) not in self._found:
            before, self.touched = self.touched, set()
            self._deep += 1
            try:
                if self._deep > DEEPEST:
                    raise UnsaidError("this varies through too many quantities")
                self._found[top, bottom] = self._slope(top, bottom), self.touched
            finally:
                self._deep -= 1
                self.touched = before
        found, touched = self._found[top, bottom]
        self.touched |= touched
        return found

    def _slope(self, top: Value, bottom: Value) -> Value:
        if top is bottom:
            return constant(1.0)
        full = expand(top, self.definitions, lambda x: x is bottom)[0]
        behind = free_variables(full)
        terms = [self._partial(full, bottom)] if bottom in behind else []
        others = [x for x in behind if x is not bottom and x is not top and self._may_vary(x, bottom)]
        terms += [self._partial(full, x) * self.symbol(x, bottom) for x in others]
        if terms:
            return add_up(terms)
        if not top.inputs:
            return self.symbol(top, bottom)
        if all(self._are_siblings(x, bottom) for x in behind):
            return constant(0.0)
        raise UnsaidError(f"nothing says how this varies with {bottom.label}")

    def _partial(self, y: Value, x: Value) -> Value:
        self._asked += len(nodes(y))
        if self._asked > MOST_WORK:
            raise UnsaidError("this varies through too many quantities")
        return gradient(y, x)[0]

    def _are_siblings(self, x: Value, y: Value) -> bool:
        return x.label.partition("_")[0] == y.label.partition("_")[0]

    def _may_vary(self, x: Value, bottom: Value) -> bool:
        """Whether a quantity without a definition could vary with another: where the page differentiates such by such."""
        if x in self.stated.get(bottom, ()):
            return True
        (base, up), (other, layer) = self.family(x), self.family(bottom)
        if base == other and (up == layer or up < layer):
            return False
        return (base, other) in self.notation.pairs

    def family(self, leaf: Value) -> tuple[str, str]:
        base, up, _ = self.keys.get(leaf, ("", "", ()))
        return base, up

    def symbol(self, top: Value, bottom: Value) -> Value:
        """The slope of a quantity that has no definition: stated, or through what is computed from the other, or a name."""
        if (stated := self.stated.get(bottom, {}).get(top)) is not None:
            return stated
        if self._are_siblings(top, bottom) and top.label != bottom.label:
            return constant(0.0)
        ways = [(user, own) for user, own in self._users(bottom) if user is not top and not self._rests_on(user, top)]
        self.touched |= {user for user, _ in ways}
        terms = [self.slope(top, user) * self._partial(own, bottom) for user, own in ways]
        terms += [
            self.slope(top, user) * slope
            for user, slope in self.stated.get(bottom, {}).items()
            if user is not top and user not in self.definitions and not self._rests_on(user, top)
        ]
        if terms:
            return add_up(terms)
        return self.slopes.setdefault((top, bottom), Value(1.0, f"∂{top.label}/∂{bottom.label}"))

    def _users(self, x: Value) -> list[tuple[Value, Value]]:
        """The names that are computed directly from one, each with its definition."""
        if self._used_in is None:
            self._used_in = {}
            for user, own in self.definitions.items():
                for leaf in leaves(own):
                    self._used_in.setdefault(leaf, []).append((user, own))
        return self._used_in.get(x, [])

    def changed(self) -> None:
        """Forget what was found out for other definitions."""
        self._used_in = None
        self._found.clear()

    def behind(self, *values: Value) -> Iterator[Value]:
        """Values, and the names that stand behind them by what all names are said to be."""
        waiting, seen = list(values), set[Value]()
        while waiting:
            x = waiting.pop()
            if x not in seen:
                seen.add(x)
                yield x
                waiting += leaves(self.definitions.get(x, x))

    def _rests_on(self, x: Value, other: Value) -> bool:
        """Whether other, which has no definition, is behind the definition of x."""
        return other not in self.definitions and other in self.behind(x)

    def are_tied(self, names: set[Value]) -> bool:
        """Whether one of some names varies with another, though no definition says how."""
        free = [x for x in names if x.op is None and x not in self.definitions]
        families = {self.family(x) for x in free}
        pairs = [*self.slopes, *((top, bottom) for bottom, tops in self.stated.items() for top in tops)]
        ties = {(self.family(top), self.family(bottom)) for top, bottom in pairs if top not in self.definitions}
        return any(top in families and bottom in families for top, bottom in ties)

    def expanded(self, y: Value) -> Value:
        """A formula down to what is given."""
        return expand(y, self.definitions, lambda x: False)[0]

    def define(self, left: Value, right: Value) -> bool:
        """Let a name be a formula, unless that rests on the name itself."""
        if left.op is not None or left is right or left in leaves(self.expanded(right)):
            return False
        for pair, symbol in self.slopes.items():
            if symbol is left:
                self.stated.setdefault(pair[1], {})[pair[0]] = right
        self.definitions[left] = right
        self.changed()
        return True
