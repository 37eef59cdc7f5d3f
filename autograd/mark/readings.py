"""How a line may have been worked out: its step, and the numbers before it as somebody may have taken them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from functools import cached_property
from typing import NamedTuple

from autograd.graph import nodes
from autograd.mark.forms import straighten
from autograd.mark.rounding import Interval, Kept, Operations, spell_out, swing
from autograd.mark.working import Worth
from autograd.rewriting import evaluate, expand
from autograd.value import Value


class Step:
    """How a line is computed from the claims before it; lines left blank are worked out inside.

    formula: over claimed and given quantities; cut: the claimed ones; blanks: the nodes that stand for lines left blank
    """

    def __init__(self, line: Value, formulas: Mapping[Value, Value], claimed: Callable[[Value], bool]) -> None:
        formula, inside = expand(formulas[line], formulas, claimed)
        self.lines, self._blanks = set(inside), list(inside.values())
        order = nodes(formula)
        self._claimed = {node for node in order if node._first is None and claimed(node)}  # whoever asks may keep this
        self._of(formula, order)

    def _of(self, formula: Value, order: list[Value]) -> None:
        self.__dict__.pop("operations", None)
        self.formula, self.order = formula, order
        self.cut = [node for node in self.order if node in self._claimed]
        in_order = set(order) if self._blanks else ()
        self.blanks = [node for node in self._blanks if node.inputs and node is not formula and node in in_order]

    def short(self) -> Step | None:
        """The step that people take where fractions cancel, such as ŷ − y; None where they do not."""
        formula = straighten(self.formula)
        return None if formula is None else self.by(formula)

    def by(self, formula: Value) -> Step:
        """The same step by another formula."""
        other = copy(self)
        other._of(formula, nodes(formula))
        return other

    def value(self, values: Mapping[Value, float]) -> float:
        return evaluate(self.order, values)[self.formula]

    def worth(self, values: Mapping[Value, float], held: Mapping[Value, Interval], kept: Kept | None) -> Worth:
        """What the step comes to, and how far that can move; see error_bound."""
        at = evaluate(self.order, values)
        around = {x: held[x] for x in self.cut}
        reach = swing(self.formula, values, around, self.order, at)
        if kept is not None:
            reach += self.operations.rounding(values, around, kept)
        return Worth(at[self.formula], reach)

    @cached_property
    def operations(self) -> Operations:
        """How the step is worked out on paper."""
        spelled = spell_out(self.formula, order=self.order)
        return Operations(spelled, self.order if spelled is self.formula else ())


def error_bound(formula: Value, values: Mapping[Value, float], held: Mapping[Value, Interval], kept: Kept | None) -> float:
    """How far a result can move: each claim within what is held, each operation by what rounding can do to it."""
    reach = swing(formula, values, held)
    if kept is not None:
        reach += Operations(spell_out(formula)).rounding(values, held, kept)
    return reach


class Reading(NamedTuple):
    """One way in which somebody may have taken the numbers before a line.

    values, held: for each quantity that the step is cut at, the number, and what is held around it
    wrong: the lines whose wrong numbers are taken, as (quantity, line); the quantity is None for a wrong formula
    """

    step: Step
    values: Mapping[Value, float]
    held: Mapping[Value, Interval]
    wrong: tuple[tuple[Value | None, Value], ...]

    def worth(self, kept: Kept | None) -> Worth:
        """What the line comes to; kept: the digits that are kept on the way, if only some are."""
        return self.step.worth(self.values, self.held, kept)


class Way(NamedTuple):
    """One way to go on from a line: with which number, what is held around it, and the line that it is wrong on, if any."""

    number: float
    held: Interval
    culprit: Value | None
