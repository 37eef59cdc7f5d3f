"""Worksheets in files of TOML.

A sheet says what is given, how each line is computed in ordinary mathematics, and perhaps what somebody wrote:

    title = "One neuron"
    carried = 0.5                       # a line that follows from a mistake gets half its marks; all, if this is left out
    digits = 3                          # an answer has at least so many significant digits; any number, if this is left out

    [given]
    w = 0.5
    x = 2
    y = 1
    eta = 0.1

    [lines]                             # in the order in which they are worked out
    a = "w x"
    "ŷ" = "σ(a)"
    L = "½(ŷ − y)²"
    "∂L/∂w" = "∂L/∂w"                   # the derivative of a line, by what is given or by another line
    "w'" = "w − eta ∂L/∂w"

    [marks]
    "∂L/∂w" = 2                         # the others are worth 1

    [answers]
    a = 1.0
    "ŷ" = "0,7311"                      # in quotes for a decimal comma, a formula or a way of working
    "∂L/∂w" = "(0.7311 − 1)·0.7311·0.2689·2 = −0.1057"
"""

from __future__ import annotations

import math
import os
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

from autograd.formula.lexer import FormulaError
from autograd.formula.parser import read_formula
from autograd.mark.texts import SheetError, read_text, read_toml
from autograd.mark.worksheet import Worksheet
from autograd.value import Value

SECTIONS = ("title", "carried", "digits", "given", "lines", "marks", "answers")


class SheetFile(NamedTuple):
    """A worksheet from a file, its answers, what lines are worth, what carried ones get, and the digits asked for."""

    sheet: Worksheet
    answers: dict[str, object]
    marks: dict[str, float]
    carried: float
    digits: int


def read_sheet(path: str | os.PathLike[str]) -> SheetFile:
    """A worksheet from a TOML file, as in the description of this module.

    Raises OSError where it cannot be opened, SheetError where it cannot be understood.
    """
    path = Path(path)
    return sheet_from(read_text(path), path.name)


def sheet_from(text: str, where: str = "the sheet") -> SheetFile:
    """A worksheet from the text of such a file; where: what messages call it. Raises SheetError."""
    content = read_toml(text, where)
    if content and not any(key in SECTIONS for key in content):
        raise SheetError(f"{where}: no worksheet, with [given] and [lines]; the worksheet comes first, then the answers")
    if unknown := [key for key in content if key not in SECTIONS]:
        raise SheetError(f"{where}: {unknown[0]!r} is nothing a sheet has; it has {', '.join(SECTIONS)}")
    for section in ("given", "lines", "marks", "answers"):
        if not isinstance(content.get(section, {}), dict):
            raise SheetError(f"{where}: {section} is a table: write [{section}] and its entries below")
    if not content.get("lines"):
        raise SheetError(f"{where}: there are no [lines] to be worked out")
    given = {name: Value(_number(where, name, x), name) for name, x in content.get("given", {}).items()}
    lines = _lines_of_sheet(content["lines"], given, where)
    marks = {name: _number(where, name, x) for name, x in content.get("marks", {}).items()}
    carried = _number(where, "carried", content.get("carried", 1.0))
    digits = content.get("digits", 0)
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 15:
        raise SheetError(f"{where}: digits is a whole number from 0 to 15, not {digits}")
    try:
        sheet = Worksheet(lines)
        marks = {sheet.line_named(name): x for name, x in marks.items()}
        sheet.mark({}, marks, carried)
    except (TypeError, ValueError, LookupError) as error:
        raise SheetError(f"{where}: {error.args[0]}") from None
    sheet.title = str(content.get("title", ""))
    return SheetFile(sheet, dict(content.get("answers", {})), marks, carried, digits)


def _lines_of_sheet(formulas: dict[str, Any], given: dict[str, Value], where: str) -> dict[str, Value]:
    """The lines, each by its formula, from what is given and the lines before it."""
    lines: dict[str, Value] = {}
    known = dict(given)
    for name, formula in formulas.items():
        if not isinstance(formula, str) or not formula.strip():
            raise SheetError(f"{where}, [lines], {name}: a line is a formula in quotes, not {formula!r}")
        if name in given:
            raise SheetError(f"{where}: {name} stands under [given] and under [lines]")
        try:
            lines[name] = known[name] = read_formula(formula, known)
        except FormulaError as error:
            raise SheetError(f"{where}, [lines], {name}:\n{textwrap.indent(str(error), '    ')}") from None
        except ValueError as error:
            raise SheetError(f"{where}: {error}") from None
        if not math.isfinite(lines[name].data):
            raise SheetError(f"{where}, [lines], {name}: this comes to {lines[name].data}, which nobody can work out")
    return lines


def _number(where: str, name: str, x: object) -> float:
    try:
        number = float(str(x).replace(",", ".")) if not isinstance(x, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SheetError(f"{where}: {name} is a number, not {x!r}")
    return number
