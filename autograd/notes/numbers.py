"""Numbers on a page: what was worked out, from the numbers before it.

A number stands for what comes to it when that is rounded to its digits, or cut off there; numbers in a formula may be
rounded themselves, and then their results are off by as much as that can do. Numbers with one or two digits, and those
that the page gives, are exact. A name stands for the number that the page says that it has, or else for what its definition
comes to.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autograd.formula.arrays import Array, Quantity
from autograd.formula.measures import free_variables
from autograd.graph import nodes
from autograd.mark.rounding import Interval, grain, swing
from autograd.notes.world import World
from autograd.operation import CONSTANT
from autograd.rewriting import evaluate
from autograd.value import Value

_DECIMAL = re.compile(r"(?<![\w.])[0-9]*\.[0-9]+")
_NUMBER = re.compile(r"(?<![\w.{^])[0-9]*\.?[0-9]+(?![\w])")
_BETWEEN = r"[-−+\s\[\]()⟦⟧¦⏎,{}]*"
_PURE = re.compile(rf"{_BETWEEN}(?:(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![0-9.]){_BETWEEN})+")
FEW_DIGITS = 2  # of a number that nobody has rounded


class Written(NamedTuple):
    """A number as it is written: what it is, and what its last digit counts."""

    value: float
    unit: float


def has_numbers(text: str) -> bool:
    """Whether decimals stand in a formula."""
    return bool(_DECIMAL.search(text))


def is_pure(text: str) -> bool:
    """Whether a formula is a number, or a vector of numbers, that is written out."""
    return bool(_PURE.fullmatch(text)) and not re.search(r"[0-9)\]]\s*[-−+(\[]", text)


def unit_of(text: str) -> float:
    _, point, decimals = text.partition(".")
    return float(10.0 ** -len(decimals)) if point else 1.0


def digits_of(text: str) -> int:
    return len(text.replace(".", "").lstrip("0"))


def written_numbers(text: str) -> list[Written]:
    """The numbers of a text that is pure, with their signs."""
    found = []
    for match in re.finditer(r"([-−]?)\s*([0-9]*\.?[0-9]+)", text):
        value = float(match[2])
        found.append(Written(-value if match[1] else value, unit_of(match[2])))
    return found


class Reckoner:
    """What names and formulas of a page come to.

    given: the numbers of names, as the page says them, from the first on
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.given: dict[Value, list[Written]] = {}
        self.exact: set[float] = set()

    def note(self, name: Value, number: Written) -> None:
        self.given.setdefault(name, []).append(number)

    def is_defined(self, name: Value) -> bool:
        """Whether a formula says what a name is, not just a number, which another may follow."""
        definition = self.world.definitions.get(name)
        return definition is not None and bool(free_variables(definition))

    def results(self, formula: Value, text: str) -> list[tuple[float, float]]:
        """What a formula may come to, and how far off each may be; nothing where a name has no number."""
        found = []
        for way in ("stated", "first", "defined"):
            at = self._numbers_of(formula, way, own=True)
            if at is not None:
                result = self._value_and_error(formula, text, at)
                if result not in found and math.isfinite(result[0]):
                    found.append(result)
        return found

    def _numbers_of(self, formula: Value, way: str, depth: int = 0, own: bool = False) -> dict[Value, Written] | None:
        """A number for each name in a formula; own: of a name alone what its definition comes to, whatever is stated."""
        found: dict[Value, Written] = {}
        for x in free_variables(formula):
            number = self._number(x, [] if own and x is formula else self.given.get(x, []), way, depth)
            if number is None:
                return None
            found[x] = number
        return found

    def _number(self, x: Value, stated: Sequence[Written], way: str, depth: int) -> Written | None:
        if stated and (way != "defined" or not self.is_defined(x)):
            return stated[0] if way == "first" else stated[-1]
        definition = self.world.definitions.get(x)
        at = None if definition is None or depth > 20 else self._numbers_of(definition, way, depth + 1)
        if definition is None or at is None:
            return stated[-1] if stated else None
        value, off = self._value_and_error(definition, "", at)
        return Written(value, 2.0 * off)

    def _value_and_error(self, formula: Value, text: str, at: Mapping[Value, Written]) -> tuple[float, float]:
        order = nodes(formula)
        values = {x: number.value for x, number in at.items()}
        value = evaluate(order, values)[formula]
        off = {x: 0.5 * number.unit for x, number in at.items() if number.value not in self.exact}
        rounded = {float(m[0]): unit_of(m[0]) for m in _NUMBER.finditer(text) if digits_of(m[0]) > FEW_DIGITS}
        off |= {
            node: 0.5 * rounded[node.data]
            for node in order
            if node.op is CONSTANT and node.data in rounded and node.data not in self.exact
        }
        return value, swing(formula, values, {x: Interval(-by, by) for x, by in off.items()}, order)


def leads_to(value: float, off: float, result: Written) -> bool:
    """Whether a number is another one, rounded or cut off."""
    slack = off + grain(value)
    short = abs(value) - abs(result.value)
    cut_off = value * result.value >= 0.0 and -slack <= short < result.unit + slack and result.unit < 1.0
    return abs(value - result.value) <= 0.5 * result.unit * (1.0 + 1e-6) + slack or cut_off


def entries_of(q: Quantity) -> Sequence[Value]:
    return q.entries if isinstance(q, Array) else [q]
