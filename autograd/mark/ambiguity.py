"""For authors of exercises: mistakes that a sheet's numbers would not show, or would not tell apart.

Every line is worked out with each of the common mistakes (mistakes.py) in turn. Where the digits come out right all
the same, nobody could mark the mistake; where those of two mistakes are the same, nobody could say which one was made.

Which mistakes there are is a matter of the formulas. They are made once for a sheet, and for other numbers only worked out
again: whoever looks for kind numbers tries many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from autograd.graph import nodes
from autograd.mark.context import SheetContext
from autograd.mark.guessing import places_nearby, signature_at
from autograd.mark.mistakes import Mistake, mistakes, show_with
from autograd.rewriting import evaluate
from autograd.value import Value


class Ambiguity(NamedTuple):
    """Two ways to work out a line that print the same digits.

    line: its name; mistake, other: sentences; other is empty where it is the right way
    """

    line: str
    mistake: str
    other: str
    digits: str

    def __str__(self) -> str:
        return f"{self.line}: {self.mistake} — and {self.other or 'the right way'} — both give {self.digits}"


class _Line(NamedTuple):
    """A line with the ways to work it out: the right one, which is no mistake, and the wrong ones.

    signatures: equal for ways that come to the same on every such sheet; order: all nodes, each after its inputs
    """

    name: str
    leaf: Value
    ways: Sequence[Mistake | None]
    signatures: Sequence[tuple[str, ...]]
    order: Sequence[Value]


class CommonMistakes:
    """The common mistakes on each line of a sheet, to be worked out for any numbers.

    lines: the quantity of each line, by name; context: the sheet's quantities, with their formulas
    """

    def __init__(self, lines: Mapping[str, Value], context: SheetContext) -> None:
        self.formulas = context.formulas
        places = self._places({x: x.data for x in context.formulas})
        self.lines = [_line(name, leaf, context, places) for name, leaf in lines.items()]

    def _places(self, numbers: Mapping[Value, float]) -> list[dict[Value, float]]:
        return list(places_nearby(self.formulas, numbers))

    def ambiguities(self, true: Mapping[Value, float], digits: int) -> Iterator[Ambiguity]:
        """What cannot be told apart, line by line, each with the number that it prints, to so many significant digits.

        true: the right number of each quantity
        """
        here: list[dict[Value, float]] = []
        show = show_with(true)
        for name, leaf, ways, signatures, order in self.lines:
            values = evaluate(order, true)
            seen: dict[str, int] = {}
            told = set[Ambiguity]()
            for i, way in enumerate(ways):
                printed = f"{true[leaf] if way is None else values[way.formula]:.{digits}g}"
                first = seen.setdefault(printed, i)
                if way is None or signatures[first] == signatures[i]:
                    continue
                other, step = ways[first], self.formulas[leaf]
                here = here or self._places(true)  # as ReLU and nothing, which are one thing to the right of 0
                if signature_at(step if other is None else other.formula, here) != signature_at(way.formula, here):
                    found = Ambiguity(name, way.tell(show), "" if other is None else other.tell(show), printed)
                    if found not in told:
                        told.add(found)
                        yield found


def _line(name: str, leaf: Value, context: SheetContext, places: Sequence[Mapping[Value, float]]) -> _Line:
    step = context.formulas[leaf]
    wrong = [mistake for mistake in mistakes(step, context, leaf) if mistake.common]
    formulas = [step, *(mistake.formula for mistake in wrong)]
    signatures = [signature_at(formula, places) for formula in formulas]
    return _Line(name, leaf, [None, *wrong], signatures, nodes(*formulas))
