"""For authors of exercises: mistakes that a sheet's numbers would not show, or would not tell apart.

Every line is worked out with each of the common mistakes (mistakes.py) in turn. Where the digits come out right all
the same, nobody could mark the mistake; where those of two mistakes are the same, nobody could say which one was made.
"""

from __future__ import annotations

from typing import NamedTuple

from autograd.graph import nodes
from autograd.mark.forms import figure, text_of
from autograd.mark.guessing import places_nearby, signature_at
from autograd.mark.mistakes import mistakes
from autograd.rewriting import evaluate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from autograd.mark.context import SheetContext
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


def ambiguities(
    lines: Mapping[str, Value], true: Mapping[Value, float], context: SheetContext, digits: int
) -> Iterator[Ambiguity]:
    """The ambiguities of a sheet, line by line, each with the number that it prints, to so many significant digits."""
    places = list(places_nearby(context.formulas))
    for name, line in lines.items():
        step = context.formulas[line]
        seen, told = {_print(true[line], digits): (step, "")}, set[Ambiguity]()
        for mistake in mistakes(step, context, line):
            if not mistake.common:
                continue
            value = evaluate(nodes(mistake.formula), true)[mistake.formula]
            printed = _print(value, digits)
            if printed not in seen:
                seen[printed] = mistake.formula, mistake.tell(lambda node: _show(node, true))
                continue
            other, sentence = seen[printed]
            found = Ambiguity(name, mistake.tell(lambda node: _show(node, true)), sentence, printed)
            if found not in told and signature_at(other, places) != signature_at(mistake.formula, places):
                told.add(found)
                yield found


def _show(node: Value, numbers: Mapping[Value, float]) -> str:
    value = figure(evaluate(nodes(node), numbers)[node])
    return value if node.inputs or node.op is not None else f"{text_of(node)} = {value}"


def _print(x: float, digits: int) -> str:
    return f"{x:.{digits}g}"
