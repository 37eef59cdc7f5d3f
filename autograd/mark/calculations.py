"""Exercises that are worked out: a worksheet, the formulas that are given, and answers that are numbers or formulas."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from autograd.derive.derivations import derivation
from autograd.display import board
from autograd.display.board import NOTHING, Board, Line, join, math, write_name
from autograd.formula.writing import write_formula
from autograd.graph import nodes
from autograd.mark.ambiguity import Ambiguity
from autograd.mark.forms import figure
from autograd.mark.handout import Handout
from autograd.mark.levels import LEVELS
from autograd.mark.paper import claims_in
from autograd.mark.picture import picture_of
from autograd.mark.report import Marking
from autograd.mark.sheets import sheet_from
from autograd.mark.worksheet import Worksheet
from autograd.value import Value
from autograd.writing.names import text_name
from autograd.writing.numbers import number


class Exercise(Handout):
    """An exercise with its numbers, as `exercise` makes it.

    Print it, show it in Jupyter, or save it for paper or as a notebook.

    sheet: the Worksheet; given: the numbers that are given, by name; lines: what is to be worked out
    answers: the right numbers as they should be written, by line; solution: the derivation, as a Board
    loss: the line that is differentiated, if there is one
    level, seed, variant: how to make it again

    >>> from autograd import exercise
    >>> task = exercise("neuron", seed=1)
    >>> task.lines[:4], task.answers["L"]
    (['a', 'ŷ', 'L', '∂L/∂ŷ'], '1.1243')
    >>> print(task.markdown.partition("|")[0].rstrip())
    # One neuron with cross-entropy
    <BLANKLINE>
    Given: w = 0.75, x = 0.52, b = 0.65, y = 0.21, η = 0.1.
    <BLANKLINE>
    - a = w·x + b
    - ŷ = σ(a)
    - L = −y·log(ŷ) − (1 − y)·log(1 − ŷ)
    <BLANKLINE>
    Work out every line below, to 5 significant digits.
    """

    def __init__(
        self,
        sheet: Worksheet,
        loss: str,
        digits: int,
        level: str = "",
        seed: int = 0,
        variant: Mapping[str, Any] | None = None,
        hidden: Sequence[Ambiguity] = (),
    ) -> None:
        self.sheet, self.loss, self.digits, self.level, self.seed = sheet, loss, digits, level, seed
        self.variant = dict(variant or {})
        self.in_symbols = bool(self.variant.get("symbols"))
        if level and LEVELS[level].drawn:
            self.picture = picture_of(sheet, loss)
        self.title, self.lines = sheet.title, sheet.lines
        if self.in_symbols:  # what is defined is given; what follows from it is wanted
            self.lines = sheet.lines[sheet.lines.index(loss) + 1 :]
        self.given = {} if self.in_symbols else {name: figure(x) for name, x in _by_family(sheet.given)}
        numbers = {name: significant(sheet.right[sheet.leaves[name]], digits) for name in self.lines}
        self.answers = {name: sheet.steps[name] for name in self.lines} if self.in_symbols else numbers
        self._written: dict[str, object] = {}
        self.hidden = list(hidden) if level else []

    @property
    def least_digits(self) -> int:
        """How many significant digits an answer has at least: two fewer than are wanted."""
        return max(1, self.digits - 2)

    def _formulas(self, latex: bool) -> dict[str, str]:
        sheet = self.sheet
        if self.picture:  # the formulas are what is to be read from it
            return {}
        shown = sheet.lines[: sheet.lines.index(self.loss) + 1] if self.loss else sheet.lines
        lines = {name: sheet.formulas[sheet.leaves[name]] for name in shown}
        return {name: write_formula(formula, latex=latex)[0] for name, formula in (self._inner | lines).items()}

    @property
    def _inner(self) -> dict[str, Value]:
        """The formulas of quantities that have a label, and are no lines."""
        sheet = self.sheet
        lines = set(sheet.leaves.values())
        found = {leaf.label: f for leaf, f in sheet.formulas.items() if f is not leaf and leaf not in lines and leaf.label}
        return found if not self.level else {}

    @property
    def solution(self) -> Board:
        """All of it worked out: forward in numbers, the derivation from the loss to every parameter, and what comes after.

        That is steps of gradient descent, and what is computed with the parameters that these give.

        Raises ValueError for an exercise without a loss.
        """
        if not self.loss:
            raise ValueError("there is no loss to derive from: exercise(sheet, loss=...) names it; .answers has the numbers")
        derived = self._derive()
        if self.in_symbols:
            return derived
        lines, new = self.sheet.lines, self.sheet.context.updates
        forward = lines[: lines.index(self.loss) + 1]
        step = next((i for i, name in enumerate(lines) if self.sheet.leaves[name] in new), len(lines))
        boards = [self._in_numbers(forward, "Forward"), Board(derived.lines, "Backward", derived.boards)]
        return Board(boards=[*boards, *([self._in_numbers(lines[step:], "Downhill")] if step < len(lines) else [])])

    def _derive(self) -> Board:
        values = copy.deepcopy(self.sheet.values)
        loss = values[self.loss]
        forward = set(nodes(loss))
        for name, value in values.items():
            if value in forward:
                value.label = name
        named = [x for x in nodes(loss) if x.op is None and x.label]
        updated = {old.label for old in self.sheet.context.updates.values()}
        return derivation(loss, *(x for x in named if f"∂{self.loss}/∂{x.label}" in self.lines or x.label in updated))

    def _in_numbers(self, names: Sequence[str], title: str) -> Board:
        """Each of these lines: its formula, and this in numbers."""
        found = []
        for name in names:
            formula = self.sheet.formulas[self.sheet.leaves[name]]
            numbers = [math(formula, numbers=True), board.figure(self.sheet.values[name].data)]
            found.append(Line(write_name(name), math(formula)))
            found.append(Line(NOTHING, join(dict.fromkeys(numbers), " = ")))
        return Board(found, title)

    def mark(self, claims: Mapping[str, object] | str, **options: float) -> Marking:
        """Mark answers; the lines of this call are shown. Earlier calls count as well, so that mistakes are carried.

        claims: by line, as text, or one text with a line for each; options: as for Worksheet.mark

        >>> from autograd import exercise
        >>> task = exercise("neuron", seed=1)
        >>> task.mark({"a": task.answers["a"]}).verdicts
        {'a': 'right'}
        >>> task.mark("ŷ = 0.2").verdicts
        {'ŷ': 'wrong'}
        """
        if isinstance(claims, str):
            claims = claims_in(claims, self.lines)
        if not hasattr(claims, "items"):
            return self.sheet.mark(claims)  # which says how claims go
        names = [self.sheet.line_named(name) for name in claims]
        wanted: dict[str, Any] = {"digits": self.least_digits, **options}
        whole = self.mark_sheet({**self._written, **dict(zip(names, claims.values()))}, **wanted)
        self._written.update(zip(names, claims.values()))
        return Marking([row for row in whole if row.name in names]) if names else whole

    def mark_sheet(self, claims: Mapping[str, object] | str, **options: Any) -> Marking:
        """Mark a whole sheet by itself: its rows are the lines of the exercise, whatever earlier calls had.

        claims, options: as for Worksheet.mark
        """
        whole = self.sheet.mark(claims, **{"digits": self.least_digits, **options})
        return Marking([row for row in whole if row.name in self.lines], whole.title)

    @property
    def wanted(self) -> str:
        """What is to be done, in a sentence."""
        again = " A prime marks what comes after a step." if self._steps()[1] else ""
        if self.in_symbols:
            return f"Derive every line below, as a formula in these names.{again}"
        what = "Read the graph from top to bottom, then back: work out" if self.picture else "Work out"
        return f"{what} every line below, to {self.digits} significant digits.{again}"

    def _given_in_latex(self) -> dict[str, str]:
        return {name: number(self.sheet.given[name], 6, latex=True)[0] for name in self.given}

    # ---- files

    @property
    def toml(self) -> str:
        """The worksheet as a file for `chalkgrad mark`."""
        given = "\n".join(f"{json.dumps(name, ensure_ascii=False)} = {x!r}" for name, x in self.sheet.given.items())
        lines = "\n".join(
            f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(formula, ensure_ascii=False)}"
            for name, formula in ({n: write_formula(f)[0] for n, f in self._inner.items()} | self.sheet.steps).items()
        )
        head = f"title = {json.dumps(self.title, ensure_ascii=False)}\ndigits = {self.least_digits}"
        return f"{head}\n\n[given]\n{given}\n\n[lines]\n{lines}\n"

    @property
    def cells(self) -> list[tuple[str, str]]:
        """The cells of the notebook: the kind of each, "markdown" or "code", and what stands in it."""
        if self.level:
            how = "".join(f", {name}={x!r}" for name, x in self.variant.items())
            given = f"{self.level!r}, seed={self.seed}, digits={self.digits}{how}"
            make = f"from autograd import exercise\n\ntask = exercise({given})"
        else:
            how = f"digits={self.digits}, loss={self.loss!r}"
            make = f'from autograd import Exercise\n\ntask = Exercise.from_toml(r"""\n{self.toml}""", {how})'
        cells: list[tuple[str, str]] = [("markdown", self.question), ("code", make)]
        for title, names in self._parts():
            cells += [("markdown", f"## {title}"), ("code", f"task.mark({self.blanks(names)})")]
        if self.loss:
            cells += [("markdown", "## Solution\n\nRun this when you have tried."), ("code", "# task.solution")]
        return cells

    def blanks(self, names: Sequence[str]) -> str:
        """Lines to be answered, as Python: a text with a row for each, `a =`.

        A dictionary where their names cannot stand in such a text: if some hold all signs that end one, or a new line.
        """
        rows = "".join(f"{self._in_a_row(name)} =\n" for name in names)
        ends = [sign for sign in ('"""', "'''") if sign not in rows]
        if not ends or any(len(name.splitlines()) > 1 for name in names):
            return "{\n" + "".join(f'    {json.dumps(name, ensure_ascii=False)}: "",\n' for name in names) + "}"
        raw = "r" if "\\" in rows else ""
        return f"{raw}{ends[0]}\n{rows}{ends[0]}"

    def _in_a_row(self, name: str) -> str:
        """The name of a line as it is shown, if it is found by that: w₁ for w_1."""
        shown = text_name(name)
        try:
            return shown if self.sheet.line_named(shown) == name and [*claims_in(f"{shown} = 1")] == [shown] else name
        except (LookupError, ValueError):
            return name

    def _parts(self) -> list[tuple[str, list[str]]]:
        """The lines under a few headings; those after a first step of descent once more."""
        if not self.loss:
            return [("Lines", self.lines)]
        first, again = self._steps()
        parts = self._passes(first, self.loss, ("Forward", "Backward", "The updated weights"))
        return parts + self._passes(again, f"{self.loss}'", ("Forward with these", "Backward again", "The second step"))

    def _steps(self) -> tuple[list[str], list[str]]:
        """The lines of the first step, and those of a second one, if there is one: where they go on after new weights."""
        new = [self.sheet.leaves[name] in self.sheet.context.updates for name in self.lines]
        ends = [i for i, (here, after) in enumerate(pairwise(new), 1) if here and not after] if self.level else []
        end = ends[0] if ends else len(self.lines)
        return self.lines[:end], self.lines[end:]

    def _passes(self, lines: list[str], loss: str, titles: tuple[str, str, str]) -> list[tuple[str, list[str]]]:
        """Lines parted in those up to the loss, those of derivatives, and those of new weights; titles: theirs."""
        to_loss = lines.index(loss) + 1 if loss in lines else 0
        new = [name for name in lines if self.sheet.leaves[name] in self.sheet.context.updates]
        back = [name for name in lines[to_loss:] if name not in new]
        return [(title, names) for title, names in zip(titles, (lines[:to_loss], back, new)) if names]

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """What each kind of file holds, by suffix."""
        return super().writers() | {".toml": lambda: self.toml}

    @classmethod
    def from_toml(cls, text: str, digits: int = 5, loss: str = "") -> Exercise:
        """An exercise from the text of a worksheet file, with its numbers as they are.

        text: the worksheet, as `chalkgrad mark` reads it
        digits: to how many significant digits the answers are wanted
        loss: the name of the line that is derived; empty for none

        >>> from autograd import Exercise
        >>> task = Exercise.from_toml('[given]\\nx = 3.0\\n[lines]\\ny = "x^2"')
        >>> task.answers
        {'y': '9.0000'}
        """
        return cls(sheet_from(text).sheet, loss, digits)


def _by_family(given: Mapping[str, float]) -> list[tuple[str, float]]:
    """Given numbers with those of one letter side by side."""
    letters = list(dict.fromkeys(re.sub(r"[_\d].*", "", name) for name in given))
    return sorted(given.items(), key=lambda item: letters.index(re.sub(r"[_\d].*", "", item[0])))


def significant(x: float, digits: int) -> str:
    """A number as it should be written, with so many significant digits, zeros kept.

    >>> significant(0.25, 4), significant(-0.000123456, 3)
    ('0.2500', '-0.000123')
    """
    if x == 0.0:
        return "0"
    rounded = f"{x:.{digits - 1}e}"
    decimals = digits - 1 - int(rounded.partition("e")[2])
    return f"{float(rounded):.{max(decimals, 0)}f}" if abs(x) < 1e15 else rounded
