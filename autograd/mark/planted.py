"""Find the mistake: a sheet that somebody has filled in, with one slip, which is carried on.

The slip is one of the common mistakes (mistakes.py), on a line that others rest on. Each line is worked out from the numbers
above it as they are written, so that whoever checks it with a calculator finds one line that does not follow. What is wanted
is that line, and its right number. The red pen has to agree: a sheet on which it finds anything else is not handed out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from autograd.formula.lexer import FormulaError
from autograd.mark.calculations import Exercise, significant
from autograd.mark.mistakes import Mistake, mistakes, show_with
from autograd.mark.report import Row
from autograd.mark.words import LineName, Said
from autograd.rewriting import value_at

LINE, NUMBER = "wrong line", "right number"  # what is asked; "line" and "number" are heads of tables
FEWEST = 2  # lines on which a slip goes on, at least
CARRIED = "carried line", "This follows from the numbers above it; the mistake comes before"
RIGHT_LINE = "right line", "This line is right"


class Planted(NamedTuple):
    """A sheet with a slip: the line, what is written on all lines, the right number there, the slip in words.

    carried: the lines on which it goes on
    """

    line: str
    written: Mapping[str, str]
    right: str
    sentence: str
    carried: Sequence[str]


def plant(task: Exercise, random: Random) -> Planted:
    """A slip on one of the lines of an exercise. Raises ValueError where none shows there."""
    sheet = task.sheet
    for line, mistake in _slips(task, random):
        written, right = _fill_in(task, line, mistake)
        marking = task.mark_sheet(written)
        wrong = [row.name for row in marking if row.verdict == "wrong"]
        carried = [row.name for row in marking if row.verdict == "carried"]
        if wrong != [line] or len(carried) < FEWEST or written[line] == right:
            continue
        if task.mark_sheet({**written, line: right})[line].verdict in ("right", "rounded"):
            numbers = sheet.right | {sheet.leaves[line]: float(x) for line, x in written.items()}
            return Planted(line, written, right, mistake.tell(show_with(numbers)), carried)
    raise ValueError("no mistake shows on this sheet")


def _slips(task: Exercise, random: Random) -> Iterator[tuple[str, Mistake]]:
    sheet = task.sheet
    resting = {line: len(sheet.context.after(sheet.leaves[line])) - 1 for line in task.lines}
    lines = [line for line in task.lines if resting[line] >= FEWEST]
    for line in random.sample(lines, len(lines)):
        leaf = sheet.leaves[line]
        common = [each for each in mistakes(sheet.formulas[leaf], sheet.context, leaf) if each.common]
        for mistake in random.sample(common, min(3, len(common))):
            yield line, mistake


def _fill_in(task: Exercise, wrong: str, mistake: Mistake) -> tuple[dict[str, str], str]:
    """Every line from the numbers above it as they are written; and the right number of the wrong one."""
    sheet, written, right = task.sheet, dict[str, str](), ""
    held = {leaf: sheet.right[leaf] for leaf, formula in sheet.formulas.items() if formula is leaf}
    for line in task.lines:
        leaf = sheet.leaves[line]
        written[line] = significant(value_at(sheet.formulas[leaf], held), task.digits)
        if line == wrong:
            right, written[line] = written[line], significant(value_at(mistake.formula, held), task.digits)
        held[leaf] = float(written[line])
    return written, right


# ---------------------------------------------------------------------------------------------------------------- answers


def line_of(task: Exercise, planted: Planted) -> LineName:
    """What is right and wrong as the name of the line."""
    rests = {line: CARRIED if line in planted.carried else RIGHT_LINE for line in task.lines if line != planted.line}
    return LineName(planted.line, rests, planted.sentence)


class RightNumber(NamedTuple):
    """The number that should stand on the line; of another line that somebody took for it, the number of that is carried."""

    task: Exercise
    planted: Planted

    @property
    def right(self) -> str:
        return self.planted.right

    @property
    def spellings(self) -> Sequence[str]:
        return [self.right.replace(".", ",")]

    def judge(self, text: str, others: Mapping[str, str]) -> Said:
        row = self._mark(self.planted.line, text)
        if row.verdict == "unread":
            raise FormulaError(text, 0, row.remarks[0])
        named = others.get(LINE, "")
        if row.verdict == "wrong" and named:
            try:
                line = self.task.sheet.line_named(named)
            except LookupError:
                line = self.planted.line
            if line != self.planted.line and self._mark(line, text).verdict in ("right", "rounded", "carried"):
                return Said("carried", None, ("This is right for the line that you named",), (LINE,))
        if row.verdict != "wrong":
            return Said("right")
        guesses = [(each.kind, each.sentence) for each in row.diagnoses]
        return Said("wrong", guesses[0] if len(guesses) == 1 else None, row.remarks)

    def _mark(self, line: str, text: str) -> Row:
        return self.task.mark_sheet({**self.planted.written, line: text})[line]

    @property
    def foreseen(self) -> list[tuple[str, str]]:
        return [(self.planted.written[self.planted.line], "This is what stands there")]
