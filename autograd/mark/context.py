"""What a step is surrounded by: the quantities of its sheet, and what their names and formulas have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.graph import nodes
from autograd.mark.forms import PRODUCTS, chain, factorize
from autograd.mark.points import close
from autograd.operation import CONSTANT, PRIMITIVES
from autograd.rewriting import value_at
from autograd.value import Value
from autograd.writing.names import UNSUB, text_name

ACTIVATIONS = [PRIMITIVES[name] for name in "sigmoid tanh relu leaky_relu elu gelu silu softplus".split()]
RATES = re.compile(r"(?i)(η|eta|α|alpha|lr|rate|step|learning_?rate|γ|gamma|ε|epsilon)")


class SheetContext:
    """What a step is surrounded by: all quantities of the sheet, with their formulas and the families that names make.

    formulas: what each quantity is computed by; itself where it is given
    """

    def __init__(self, formulas: Mapping[Value, Value]) -> None:
        self.formulas = formulas
        self.names = {leaf: _stem_and_indices(leaf.label) for leaf in formulas}
        self.by_name = {name: leaf for leaf, name in self.names.items()}
        self.functions = {leaf: (f.op, f.inputs[0]) for leaf, f in formulas.items() if f.op in ACTIVATIONS}
        self.arguments = {leaf: f.inputs[0] for leaf, f in formulas.items() if _is_function(f)}
        self.applied: dict[Value, list[Value]] = {}
        for leaf, (_, argument) in self.functions.items():
            self.applied.setdefault(argument, []).append(leaf)
        self.updates = {leaf: old for leaf, f in formulas.items() if (old := find_updated(f)) is not None}
        self.renewed: dict[Value, list[Value]] = {}
        for new, old in self.updates.items():
            self.renewed.setdefault(old, []).append(new)
        self.places = {leaf: i for i, leaf in enumerate(formulas)}
        self.shapes: dict[Value, object] = {}
        self.needed = {leaf: free_variables(f) for leaf, f in formulas.items() if f is not leaf}
        self._after: dict[Value, set[Value]] = {}

    def family(self, leaf: Value) -> list[Value]:
        """Quantities whose names differ in the indices alone, the nearest first."""
        stem, indices = self.names.get(leaf, (leaf.label, ()))
        by_name = [
            other
            for other, (s, i) in self.names.items()
            if s == stem and other is not leaf and indices and len(i) == len(indices)
        ]
        by_name.sort(key=lambda other: sum(a != b for a, b in zip(indices, self.names[other][1])))
        return by_name

    def alike(self, line: Value) -> list[Value]:
        """Lines that are computed in the same way, whatever from, and have other names."""
        family = self.family(line)
        return [
            other
            for other, f in self.formulas.items()
            if f.inputs and other is not line and other not in family and self.shape(other) == self.shape(line)
        ]

    def before(self, line: Value) -> set[Value]:
        """What is known when a line is worked out: what is given, and the lines above it."""
        place = self.places.get(line, len(self.places))
        return {x for x, own in self.formulas.items() if own is x or self.places[x] < place}

    def after(self, line: Value) -> set[Value]:
        """The line itself and all that is computed from it."""
        if line not in self._after:
            found = {line}
            grown = True
            while grown:
                new = {x for x, needed in self.needed.items() if x not in found and not found.isdisjoint(needed)}
                grown, found = bool(new), found | new
            self._after[line] = found
        return self._after[line]

    def shape(self, leaf: Value) -> object:
        """How a quantity is computed, whatever from."""
        if leaf not in self.shapes:
            formula = self.formulas.get(leaf, leaf)
            steps = tuple((node.op.name, len(node.inputs)) if node.op else () for node in nodes(formula))
            self.shapes[leaf] = leaf if formula is leaf else steps
        return self.shapes[leaf]

    def slope_of(self, factors: Sequence[Value]) -> tuple[Value, list[Value]] | None:
        """Factors that are, together, the derivative of an activation: what it is taken at, and which they are."""
        for h in dict.fromkeys(q for factor in factors for q in free_variables(factor)):
            own = [factor for factor in factors if free_variables(factor) == [h]]
            if h in self.functions and own and self._is_derivative(chain(own), h):
                return h, own
        return None

    def _is_derivative(self, formula: Value, h: Value) -> bool:
        """Whether a formula over an activation is the derivative of that, as h(1 − h) is; h² and ln(h) are not."""
        op, (_, *rest) = self.formulas[h].op, [x.data for x in self.formulas[h].inputs]
        at = [(op.value(x, *rest), (x, *rest)) for x in (0.7, -0.4)]  # type: ignore[union-attr]
        return all(close(value_at(formula, {h: z}), op.slopes(z, xs)[0]) for z, xs in at)  # type: ignore[union-attr]

    def symbol_of(self, leaf: Value) -> str:
        """The sign of the activation whose derivative a line is: σ for s = h(1 − h); none where it is no such line."""
        own = self.formulas.get(leaf, leaf)
        slope = self.slope_of(factorize(own).above) if own.inputs else None
        if slope is None or len(slope[1]) != len(factorize(own).above):
            return ""
        return self.functions[slope[0]][0].notation.symbol

    def before_step(self, leaf: Value) -> list[Value]:
        """What a quantity was before a step of descent: w for w − η·g; and of a sheet with steps z for z′."""
        if leaf in self.updates:
            return [self.updates[leaf]]
        name = text_name(leaf.label)
        older = re.sub("′(?!′)", "", name)
        return [q for q in self.formulas if text_name(q.label) == older] if self.updates and older != name else []


def _is_function(formula: Value) -> bool:
    """Whether a quantity is a function of another one, and nothing else: √m, or an activation."""
    op = formula.op
    return op in ACTIVATIONS or (op is not None and op.arity == 1 and op not in (CONSTANT, ops.neg))


@lru_cache(maxsize=1024)
def _stem_and_indices(label: str) -> tuple[str, tuple[str, ...]]:
    """A name with each number in it taken out: dw_12 is dw_## with (1, 2)."""
    text = text_name(label).translate(UNSUB)
    numbers = re.findall(r"\d+(?=,)|(?<=,)\d+|\d", text)
    return re.sub(r"\d+(?=,)|(?<=,)\d+|\d", "#", text), tuple(numbers)


def find_updated(formula: Value) -> Value | None:
    """For w − η·g, w."""
    if formula.op is ops.sum_of and len(formula.inputs) == 2:
        old, step = formula.inputs
        if not old.inputs and old.op is None and step.op in PRODUCTS and factorize(step).sign < 0.0:
            factors = factorize(step).above
            if any(is_rate(factor) for factor in factors) or factorize(step).below:
                return old
    return None


def is_rate(factor: Value) -> bool:
    return factor.op is CONSTANT or bool(RATES.fullmatch(text_name(factor.label)) or RATES.fullmatch(factor.label))
