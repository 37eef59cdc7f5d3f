"""Wrong numbers that can be foreseen on a line, with what they come from: what a platform can say of them.

They are worked out from the right numbers above, since a platform knows no others. So an earlier mistake is not carried on
one: there, only the red pen does that.
"""

from __future__ import annotations

from typing import NamedTuple

from autograd.mark.calculations import Exercise, significant
from autograd.mark.mistakes import mistakes, show_with
from autograd.mark.planted import RightNumber
from autograd.mark.questions import Questions
from autograd.rewriting import value_at

NOT_CARRIED = "This platform marks each line by the right answer; it cannot carry an earlier mistake forward."
UNITS = 15.0  # of the last digit that is wanted: what rounding on the way does to it


class Foreseen(NamedTuple):
    """A wrong answer, a number to the digits that are wanted, and the mistake it comes from."""

    answer: str
    sentence: str


def tolerance(answer: str, units: float = UNITS) -> float:
    """How far off a number may be: so many units of its last digit."""
    return float(f"{units * 10.0 ** -len(answer.partition('.')[2]):.3g}")


def what_counts(task: Exercise, units: float) -> str:
    """What is said of that on the sheet."""
    if not any(is_number(task, line) for line in task.lines):
        return NOT_CARRIED
    return f"A number may be off by {units:g} units of the last of its {task.digits} digits. {NOT_CARRIED}"


def is_number(task: Exercise, line: str) -> bool:
    """Whether a line is answered with a number, not in words."""
    return not isinstance(task, Questions) or isinstance(task.sheet.answers[line], RightNumber)


def spellings(task: Exercise, line: str) -> list[str]:
    """The ways to write a right answer in words, for machines that compare letters."""
    answers = task.sheet.answers if isinstance(task, Questions) else {}
    return list(dict.fromkeys([task.answers[line], *(answers[line].spellings if line in answers else ())]))


def foreseen(task: Exercise, line: str, units: float = UNITS, most: int = 12) -> list[Foreseen]:
    """The wrong answers of a line, each told once; no number that the tolerance takes for right.

    task: the exercise; line: the name; units: by which a number may be off; most: how many there are at most
    """
    if isinstance(task, Questions):
        return list({each[0]: Foreseen(*each) for each in task.sheet.answers[line].foreseen}.values())[:most]
    sheet = task.sheet
    leaf = sheet.leaves[line]
    right, reach = sheet.right[leaf], tolerance(task.answers[line], units)
    show = show_with(sheet.right, {sheet.leaves[name]: answer for name, answer in task.answers.items()})
    found: dict[str, Foreseen] = {}
    for mistake in mistakes(sheet.formulas[leaf], sheet.context, leaf):
        value = value_at(mistake.formula, sheet.right)
        if not mistake.common or not abs(value - right) > 2 * reach or abs(value) > 1e15:
            continue
        number = significant(value, task.digits)
        if all(abs(float(other) - value) > 2 * reach for other in found):
            found[number] = Foreseen(number, mistake.tell(show))
        if len(found) == most:
            break
    return list(found.values())
