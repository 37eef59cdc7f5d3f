"""New exercises: a worksheet with other numbers, kind ones, and blanks to be filled in.

    neuron       one weight and a bias, sigmoid, cross-entropy, one step of gradient descent
    two inputs   the same with two weights
    two layers   two inputs, two hidden neurons, one output; half the squared error
    softmax      two inputs, three classes, cross-entropy
    recurrent    a state that is carried over two inputs; back through time
    rmsnorm      three numbers over the root of their mean square, times gains
    embedding    a row for each letter and each place; a letter that comes twice
    attention    a query, three keys, a mask; softmax, and back to query and keys
    jacobian     two functions of two variables, and the slopes of a loss back through them
    hessian      a function of two variables, its slopes and theirs

Those with a net come in batches, with other activations, with a penalty on the weights and with two steps: levels.py. In
symbols, formulas are wanted and no numbers are given.

The numbers are kind ones (kind_numbers.py). A target of 0 or 1 would hide what it multiplies; so the cross-entropy of one
neuron has a target such as 0.8, and the loss of softmax is −log ŷ₂.
"""

from __future__ import annotations

import copy
import html
import json
import os
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from autograd.derive.derivations import derivation
from autograd.display.board import Board
from autograd.display.documents import html_page, latex_document
from autograd.display.files import save
from autograd.formula.writing import write_formula
from autograd.graph import nodes
from autograd.mark.ambiguity import Ambiguity
from autograd.mark.forms import figure
from autograd.mark.kind_numbers import with_kind_numbers
from autograd.mark.levels import LEVELS, title_of, variant_of
from autograd.mark.paper import claims_in
from autograd.mark.report import Marking
from autograd.mark.sheets import sheet_from
from autograd.mark.worksheet import Worksheet
from autograd.value import Value
from autograd.writing.names import escape_latex, latex_name, text_name
from autograd.writing.numbers import number

LATEX_PREAMBLE = r"""\usepackage{amsmath,amssymb,longtable,array}
\usepackage[margin=25mm]{geometry}
\setlength{\parindent}{0pt}"""


def exercise(
    model: str | Worksheet = "two layers",
    seed: int | None = None,
    *,
    loss: str = "",
    digits: int = 5,
    activation: str | None = None,
    batch: int | None = None,
    l2: bool | None = None,
    steps: int | None = None,
    true_class: int | None = None,
    symbols: bool | None = None,
) -> Exercise:
    """A new exercise: a level, or a worksheet of your own, with other numbers.

    model: "neuron", "two inputs", "two layers", "softmax", "recurrent", "rmsnorm", "embedding", "attention", "jacobian" or
        "hessian"; or a Worksheet, whose given numbers are drawn anew, of the size that they have now; 0 and 1 are targets,
        and change places
    seed: for the same numbers again
    loss: the name of the line that is differentiated, for a sheet of your own; the formulas of the lines before it are given
    digits: to how many significant digits the answers are wanted, from 3 on
    activation: of the hidden neurons, or of the one: "sigmoid", "tanh", "relu" or "softplus"; a single neuron with another
        one than sigmoid has half the squared error
    batch: how many rows there are, up to 4; the loss is the mean of theirs
    l2: whether λ/2 times the squared weights is added to the loss
    steps: how many steps of gradient descent there are, up to 2; a prime marks what comes after a step
    true_class: of softmax, from 1 to 3; with several rows, that of the first
    symbols: whether formulas are wanted, which are judged as functions; then no numbers are given

    >>> from autograd import exercise
    >>> task = exercise("neuron", seed=1)
    >>> task.given, task.formulas["z"], task.answers["z"]
    ({'w': '0.75', 'x': '0.52', 'b': '0.65', 't': '0.21', 'eta': '0.1'}, 'w·x + b', '1.0400')
    >>> task.mark({"z": task.answers["z"], "o": "0.2"}).verdicts
    {'z': 'right', 'o': 'wrong'}

    >>> exercise("two layers", seed=1, activation="relu", batch=2).title
    'A network of two layers and one step of gradient descent: relu, a batch of 2'

    Raises ValueError for a level that there is not, for what a level is not made for, and where no kind numbers are found;
    LookupError for a line that there is not; TypeError for a seed that is no whole number.
    """
    if not isinstance(digits, int) or not 3 <= digits <= 12:
        raise ValueError(f"answers are wanted to 3 to 12 significant digits, not {digits!r}")
    asked: dict[str, Any] = {"activation": activation, "batch": batch, "l2": l2, "steps": steps}
    asked |= {"true_class": true_class, "symbols": symbols}
    sheet, loss, title = _look_up(model, loss, asked)
    if seed is not None and not isinstance(seed, int):
        raise TypeError(f"a seed is a whole number, not {seed!r}")
    seed = Random().randrange(10**6) if seed is None else seed
    renewed, hidden = with_kind_numbers(sheet, Random(seed), digits)
    renewed.title = title
    made = {name: x for name, x in asked.items() if x is not None}
    return Exercise(renewed, loss, digits, model if isinstance(model, str) else "", seed, made, hidden)


def _look_up(model: object, loss: str, asked: Mapping[str, Any]) -> tuple[Worksheet, str, str]:
    """The sheet of a level, or somebody's own, with its loss and its title.

    asked: in what it is to differ from the plain one
    """
    if isinstance(model, Worksheet):
        if others := [name for name, x in asked.items() if x is not None]:
            raise ValueError(f"a Worksheet is what it is: {', '.join(others)} says what a level is like")
        return model, model.line_named(loss) if loss else "", model.title or "Exercise"
    if not isinstance(model, str):
        raise TypeError(f"exercise takes a level, such as 'neuron', or a Worksheet, not {model!r}")
    if model not in LEVELS:
        raise ValueError(f"{model!r} is no level; there are {', '.join(map(repr, LEVELS))}, or give a Worksheet")
    level, variant = LEVELS[model], variant_of(model, **asked)
    sheet = level.build(variant)
    return sheet, level.loss, title_of(level, variant, sheet.title)


# ------------------------------------------------------------------------------------------------------------- exercises


class Exercise:
    """An exercise with its numbers, as `exercise` makes it.

    Print it, show it in Jupyter, or save it for paper or as a notebook.

    sheet: the Worksheet; given: the numbers that are given, by name; lines: what is to be worked out
    answers: the right numbers as they should be written, by line; solution: the derivation, as a Board
    loss: the line that is differentiated, if there is one
    level, seed, variant: how to make it again

    >>> from autograd import exercise
    >>> task = exercise("neuron", seed=1)
    >>> task.lines[:4], task.answers["E"]
    (['z', 'o', 'E', '∂E/∂o'], '1.1243')
    >>> print(task.markdown.partition("|")[0].rstrip())
    # One neuron with cross-entropy
    <BLANKLINE>
    Given: w = 0.75, x = 0.52, b = 0.65, t = 0.21, η = 0.1.
    <BLANKLINE>
    - z = w·x + b
    - o = σ(z)
    - E = −t·log(o) − (1 − t)·log(1 − o)
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
        self.title, self.lines = sheet.title, sheet.lines
        if self.in_symbols:  # what is defined is given; what follows from it is wanted
            self.lines = sheet.lines[sheet.lines.index(loss) + 1 :]
        self.given = {} if self.in_symbols else {name: figure(x) for name, x in _by_family(sheet.given)}
        numbers = {name: significant(sheet.values[name].data, digits) for name in self.lines}
        self.answers = {name: sheet.steps[name] for name in self.lines} if self.in_symbols else numbers
        self._written: dict[str, object] = {}
        self.hidden = list(hidden) if level else []

    @property
    def least_digits(self) -> int:
        """How many significant digits an answer has at least: two fewer than are wanted."""
        return max(1, self.digits - 2)

    @property
    def formulas(self) -> dict[str, str]:
        """The formulas that are given: those of the lines up to the loss; all, where there is no loss."""
        return self._formulas(latex=False)

    def _formulas(self, latex: bool) -> dict[str, str]:
        sheet = self.sheet
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
        """The derivation, from the loss to every parameter; the numbers stand at the end of its lines.

        Raises ValueError for an exercise without a loss.
        """
        if not self.loss:
            raise ValueError("there is no loss to derive from: exercise(sheet, loss=...) names it; .answers has the numbers")
        sheet = self.sheet
        values = copy.deepcopy(sheet.values)
        loss = values[self.loss]
        forward = set(nodes(loss))
        for name, value in values.items():
            if value in forward:
                value.label = name
        named = [x for x in nodes(loss) if x.op is None and x.label]
        updated = {old.label for old in self.sheet.context.updates.values()}
        return derivation(loss, *(x for x in named if f"∂{self.loss}/∂{x.label}" in self.lines or x.label in updated))

    def mark(self, claims: Mapping[str, object] | str, **options: float) -> Marking:
        """Mark answers; the lines of this call are shown. Earlier calls count as well, so that mistakes are carried.

        claims: by line, as text, or one text with a line for each; options: as for Worksheet.mark

        >>> from autograd import exercise
        >>> task = exercise("neuron", seed=1)
        >>> task.mark({"z": task.answers["z"]}).verdicts
        {'z': 'right'}
        >>> task.mark({"o": "0.2"}).verdicts
        {'o': 'wrong'}
        """
        if isinstance(claims, str):
            claims = claims_in(claims)
        if not hasattr(claims, "items"):
            return self.sheet.mark(claims)  # which says how claims go
        names = [self.sheet.line_named(name) for name in claims]
        wanted: dict[str, Any] = {"digits": self.least_digits, **options}
        whole = self.mark_sheet({**self._written, **dict(zip(names, claims.values()))}, **wanted)
        self._written.update(zip(names, claims.values()))
        return Marking([row for row in whole if row.name in names]) if names else whole

    def mark_sheet(self, claims: Mapping[str, object], **options: Any) -> Marking:
        """Mark a whole sheet by itself: its rows are the lines of the exercise, whatever earlier calls had.

        claims, options: as for Worksheet.mark
        """
        whole = self.sheet.mark(claims, **{"digits": self.least_digits, **options})
        return Marking([row for row in whole if row.name in self.lines], whole.title)

    # ---- on paper

    @property
    def _wanted(self) -> str:
        again = " A prime marks what comes after a step." if self._steps()[1] else ""
        if self.in_symbols:
            return f"Derive every line below, as a formula in these names.{again}"
        return f"Work out every line below, to {self.digits} significant digits.{again}"

    @property
    def markdown(self) -> str:
        """The exercise in Markdown, with a table of blanks."""
        given = ", ".join(f"{text_name(name)} = {x}" for name, x in self.given.items())
        formulas = "\n".join(f"- {text_name(name)} = {formula}" for name, formula in self.formulas.items())
        rows = "\n".join(f"| {text_name(name)} | |" for name in self.lines)
        return (
            f"# {self.title}\n\n{f'Given: {given}.' if given else 'Given:'}\n\n{formulas}\n\n{self._wanted}\n\n"
            f"| line | your number |\n|---|---|\n{rows}\n"
        )

    def __repr__(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        return self.html()

    def html(self) -> str:
        """The exercise for a place in another page, with blanks to write in when it is printed."""
        given = "".join(f"<li><i>{html.escape(text_name(name))}</i> = {x}</li>" for name, x in self.given.items())
        formulas = "".join(
            f"<li><i>{html.escape(text_name(n))}</i> = <span>{html.escape(f)}</span></li>" for n, f in self.formulas.items()
        )
        rows = "".join(f"<tr><td><i>{html.escape(text_name(name))}</i></td><td></td></tr>" for name in self.lines)
        return (
            f'<style>{PAPER}</style><div class="cg-task"><h3>{html.escape(self.title)}</h3><p>Given</p>'
            f'<ul class="given">{given}</ul><ul>{formulas}</ul><p>{self._wanted}</p>'
            f"<table><thead><tr><th>line</th><th>your number</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )

    @property
    def latex(self) -> str:
        """The exercise as a LaTeX document."""
        return latex_document(self.latex_body, LATEX_PREAMBLE)

    @property
    def latex_body(self) -> str:
        """The exercise in LaTeX, for a place in another document."""
        numbers = [f"${latex_name(name)} = {number(self.sheet.given[name], 6, latex=True)[0]}$" for name in self.given]
        given = f"Given: {', '.join(numbers)}." if numbers else "Given:"
        formulas = "\n".join(
            f"\\[ {latex_name(name)} = {formula} \\]" for name, formula in self._formulas(latex=True).items()
        )
        rows = "\n".join(
            f"\\rule[-4mm]{{0pt}}{{11mm}}$\\displaystyle {latex_name(name)}$ & \\\\ \\hline" for name in self.lines
        )
        return (
            f"\\section*{{{escape_latex(self.title)}}}\n\n{given}\n\n{formulas}\n\n{self._wanted}\n\n"
            "\\begin{longtable}{|>{\\raggedright}p{35mm}|p{100mm}|} \\hline line & your number \\\\ \\hline \\endhead\n"
            f"{rows}\n\\end{{longtable}}"
        )

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
    def notebook(self) -> str:
        """The exercise as a Jupyter notebook, with cells that mark what is written in them."""
        return write_notebook(self.cells)

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
        cells: list[tuple[str, str]] = [("markdown", self.markdown.partition("| line |")[0].strip()), ("code", make)]
        for title, names in self._parts():
            blanks = "\n".join(f'    {json.dumps(name, ensure_ascii=False)}: "",' for name in names)
            cells += [("markdown", f"## {title}"), ("code", f"task.mark({{\n{blanks}\n}})")]
        if self.loss:
            cells += [("markdown", "## Solution\n\nRun this when you have tried."), ("code", "# task.solution")]
        return cells

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

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the exercise to a file and give its path: .md, .tex, .html, .ipynb, or .toml for `chalkgrad mark`.

        path: where to; its ending says as what

        Raises ValueError for another ending.
        """
        return save(
            path,
            "an exercise",
            {
                ".md": lambda: self.markdown,
                ".tex": lambda: self.latex,
                ".html": lambda: html_page(self.title, self.html()),
                ".ipynb": lambda: self.notebook,
                ".toml": lambda: self.toml,
            },
        )


PAPER = """
.cg-task{font:15px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;max-width:46em}
.cg-task h3{font-size:1.2em;margin:0 0 .4em}
.cg-task i,.cg-task span{font-family:"STIX Two Math",Cambria,"Times New Roman",serif;font-size:1.08em}
.cg-task ul{list-style:none;padding:0 0 0 1.2em}
.cg-task ul.given{display:grid;grid-template-columns:repeat(auto-fill,minmax(8em,1fr));gap:0 1em}
.cg-task table{border-collapse:collapse;width:100%;table-layout:auto!important}
.cg-task th,.cg-task td{border:1px solid #8888;padding:6px 10px;text-align:left!important}
.cg-task td:first-child{width:9em}
"""


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


def write_notebook(cells: Sequence[tuple[str, str]], metadata: Mapping[int, Mapping[str, object]] | None = None) -> str:
    """A notebook with these cells, none of which was run.

    cells: the kind of each, and what stands in it
    metadata: of cells, by their places
    """
    written = []
    for i, (kind, text) in enumerate(cells):
        cell: dict[str, object] = {
            "cell_type": kind,
            "id": f"cell-{i}",
            "metadata": dict((metadata or {}).get(i, {})),
            "source": text.splitlines(keepends=True),
        }
        written.append(cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {
        "cells": written,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
