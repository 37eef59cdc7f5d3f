"""Wrong numbers that can be foreseen on a line, with what they come from: what a platform can say of them.

They are worked out from the right numbers above, since a platform knows no others. So an earlier mistake is not carried on
one: there, only the red pen does that.
"""

from __future__ import annotations

from typing import NamedTuple

from autograd.graph import nodes
from autograd.mark.exercises import Exercise, significant
from autograd.mark.forms import figure, text_of
from autograd.mark.mistakes import mistakes
from autograd.rewriting import evaluate
from autograd.value import Value

NOT_CARRIED = "This platform marks each line by the right numbers; it cannot carry an earlier mistake forward."


class Foreseen(NamedTuple):
    """A wrong number, to the digits that are wanted, and the mistake it comes from."""

    number: str
    sentence: str


def tolerance(answer: str) -> float:
    """How far off an answer may be: one and a half units of its last digit but one, as rounding on the way does that."""
    decimals = len(answer.partition(".")[2])
    return float(f"{15 * 10.0**-(decimals):.3g}")


def foreseen(task: Exercise, line: str, most: int = 12) -> list[Foreseen]:
    """The wrong numbers of a line, each told once; none that the tolerance takes for right.

    task: the exercise; line: the name; most: how many there are at most
    """
    sheet = task.sheet
    leaf = sheet.leaves[line]
    right, reach = sheet.right[leaf], tolerance(task.answers[line])

    def show(node: Value) -> str:
        written = task.answers.get(sheet.name_of(node))
        value = written or figure(evaluate(nodes(node), sheet.right)[node])
        return value if node.inputs or node.op is not None else f"{text_of(node)} = {value}"

    found: dict[str, Foreseen] = {}
    for mistake in mistakes(sheet.formulas[leaf], sheet.context, leaf):
        value = evaluate(nodes(mistake.formula), sheet.right)[mistake.formula]
        if not mistake.common or not abs(value - right) > 2 * reach or abs(value) > 1e15:
            continue
        number = significant(value, task.digits)
        if all(abs(float(other) - value) > 2 * reach for other in found):
            found[number] = Foreseen(number, mistake.tell(show))
        if len(found) == most:
            break
    return list(found.values())
