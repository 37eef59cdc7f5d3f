"""An exercise as it is handed out: on paper in Markdown, HTML and LaTeX, and as a notebook.

What is given stands on top: numbers, formulas or a picture of the graph, perhaps what somebody has filled in. Then it is
said what is wanted, and each line has a blank.
"""

from __future__ import annotations

import html
import json
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autograd.display.documents import html_page, latex_document
from autograd.display.files import save
from autograd.mark.picture import Picture
from autograd.writing.names import escape_latex, latex_name, text_name

LATEX_PREAMBLE = r"""\usepackage{amsmath,amssymb,longtable,array}
\usepackage[margin=25mm]{geometry}
\setlength{\parindent}{0pt}"""
PAPER = """
.cg-task{font:15px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;max-width:46em}
.cg-task h3{font-size:1.2em;margin:0 0 .4em}
.cg-task i,.cg-task span{font-family:"STIX Two Math",Cambria,"Times New Roman",serif;font-size:1.08em}
.cg-task span i{font-size:1em}
.cg-task ul{list-style:none;padding:0 0 0 1.2em}
.cg-task ul.given{display:grid;grid-template-columns:repeat(auto-fill,minmax(8em,1fr));gap:0 1em}
.cg-task table{border-collapse:collapse;width:100%;table-layout:auto!important}
.cg-task th,.cg-task td{border:1px solid gray;padding:6px 10px;text-align:left!important}
.cg-task td:first-child{width:9em}
"""


class Handout(ABC):
    """What every exercise shows of itself.

    title; given: what is given, as text by name; lines: what is wanted; blank: what goes into a blank
    written: what somebody has filled in, by line, where that is to be looked at; picture: of its graph, if it has one
    """

    title: str
    given: dict[str, str]
    lines: list[str]
    blank = "your number"
    written: Mapping[str, str] = {}
    picture: Picture | None = None

    @property
    def formulas(self) -> dict[str, str]:
        """The formulas that are given: those of the lines up to the loss; all, where there is no loss."""
        return self._formulas(latex=False)

    @abstractmethod
    def _formulas(self, latex: bool) -> dict[str, str]: ...

    def _given_in_latex(self) -> dict[str, str]:
        return {name: _number_in_latex(x) for name, x in self.given.items()}

    @property
    @abstractmethod
    def wanted(self) -> str:
        """What is to be done, in a sentence."""

    @property
    @abstractmethod
    def cells(self) -> list[tuple[str, str]]:
        """The cells of the notebook: the kind of each, "markdown" or "code", and what stands in it."""

    # ---- on paper

    @property
    def question(self) -> str:
        """The exercise in Markdown, without its blanks."""
        given = ", ".join(f"{text_name(name)} = {x}" for name, x in self.given.items())
        blocks = [f"# {self.title}", f"Given: {given}." if given else "Given:"]
        if formulas := "\n".join(f"- {text_name(name)} = {formula}" for name, formula in self.formulas.items()):
            blocks.append(formulas)
        if self.picture:
            blocks.append(f"```\n{self.picture.text}\n```")
        if self.written:
            rows = "\n".join(f"| {text_name(name)} | {_with_minus(x)} |" for name, x in self.written.items())
            blocks.append(f"| line | what somebody wrote |\n|---|---|\n{rows}")
        return "\n\n".join([*blocks, self.wanted])

    @property
    def markdown(self) -> str:
        """The exercise in Markdown, with a table of blanks."""
        rows = "\n".join(f"| {text_name(name)} | |" for name in self.lines)
        return f"{self.question}\n\n| line | {self.blank} |\n|---|---|\n{rows}\n"

    def __repr__(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        return self.html()

    def html(self) -> str:
        """The exercise for a place in another page, with blanks to write in when it is printed."""
        rows = "".join(f"<tr><td>{_name_in_html(name)}</td><td></td></tr>" for name in self.lines)
        return (
            f'<style>{PAPER}</style><div class="cg-task"><h3>{html.escape(self.title)}</h3>{self.question_html()}'
            f"<table><thead><tr><th>line</th><th>{self.blank}</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def question_html(self, images: bool = False) -> str:
        """What is given and wanted, in HTML.

        images: whether a picture comes as an image
        """
        given = "".join(f"<li>{_name_in_html(name)} = {x}</li>" for name, x in self.given.items())
        formulas = "".join(
            f"<li><i>{html.escape(text_name(n))}</i> = <span>{_formula_in_html(f)}</span></li>"
            for n, f in self.formulas.items()
        )
        parts = [
            f'<p>Given</p><ul class="given">{given}</ul>',
            f"<ul>{formulas}</ul>" if formulas or not self.picture else "",
        ]
        if self.picture:
            parts.append(f"<div>{self.picture.image if images else self.picture.svg}</div>")
        if self.written:
            rows = "".join(
                f"<tr><td>{_name_in_html(name)}</td><td>{html.escape(_with_minus(x))}</td></tr>"
                for name, x in self.written.items()
            )
            parts.append(
                f"<table><thead><tr><th>line</th><th>what somebody wrote</th></tr></thead><tbody>{rows}</tbody></table>"
            )
        return "".join([*parts, f"<p>{html.escape(self.wanted)}</p>"])

    @property
    def latex(self) -> str:
        """The exercise as a LaTeX document."""
        return latex_document(self.latex_body, self.latex_preamble)

    @property
    def latex_preamble(self) -> str:
        """What the body needs in front of the document."""
        return LATEX_PREAMBLE + ("\n\\usepackage{tikz}" if self.picture else "")

    @property
    def latex_body(self) -> str:
        """The exercise in LaTeX, for a place in another document."""
        numbers = [f"${latex_name(name)} = {x}$" for name, x in self._given_in_latex().items()]
        given = f"Given: {', '.join(numbers)}." if numbers else "Given:"
        blocks = [f"\\section*{{{escape_latex(self.title)}}}", given]
        formulas = self._formulas(latex=True)
        blocks.append("\n".join(f"\\[ {latex_name(name)} = {formula} \\]" for name, formula in formulas.items()))
        if self.picture:
            blocks.append(f"\\begin{{center}}\n{self.picture.tikz}\n\\end{{center}}")
        if self.written:
            rows = "\n".join(
                f"\\rule[-2.5mm]{{0pt}}{{7.5mm}}${latex_name(name)}$ & ${_number_in_latex(x)}$ \\\\ \\hline"
                for name, x in self.written.items()
            )
            blocks.append(_long_table("line & what somebody wrote", rows))
        rows = "\n".join(f"\\rule[-4mm]{{0pt}}{{11mm}}{_name_in_latex(name)} & \\\\ \\hline" for name in self.lines)
        return "\n\n".join([*blocks, _text_in_latex(self.wanted), _long_table(f"line & {self.blank}", rows)])

    # ---- files

    @property
    def notebook(self) -> str:
        """The exercise as a Jupyter notebook, with cells that mark what is written in them."""
        return write_notebook(self.cells)

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """What each kind of file holds, by suffix."""
        return {
            ".md": lambda: self.markdown,
            ".tex": lambda: self.latex,
            ".html": lambda: html_page(self.title, self.html()),
            ".ipynb": lambda: self.notebook,
        }

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the exercise to a file and give its path: .md, .tex, .html, .ipynb, or .toml for `chalkgrad mark`.

        path: where to; its ending says as what

        Raises ValueError for another ending.
        """
        return save(path, "an exercise", self.writers())


def _with_minus(x: str) -> str:
    return x.replace("-", "−")


def _number_in_latex(x: str) -> str:
    return x.replace("−", "-")


_WORD = re.compile(r"[a-z]{2,}")  # the line, the number: no quantity
_LETTER = re.compile(r"(?<![A-Za-z])[A-Za-zα-ωŷ](?![A-Za-z(])[′₀-₉]*")  # one that stands alone, and is no function
_QUANTITY = re.compile(r"(∂\w+/∂\w+|[A-Z]\^T|[A-Za-zδ][₀-₉]+|ŷ)")  # in a sentence


def _text_in_latex(text: str) -> str:
    """A sentence, the quantities in it as mathematics."""
    parts = _QUANTITY.split(text)
    return "".join(f"${latex_name(part)}$" if i % 2 else escape_latex(part) for i, part in enumerate(parts))


def _name_in_latex(name: str) -> str:
    """The name of a line, in front of which words may stand: size of ∂L/∂W."""
    words, blank, last = name.rpartition(" ")
    if _WORD.fullmatch(last):
        return escape_latex(name)
    return f"{escape_latex(words)}{blank}$\\displaystyle {latex_name(last)}$"


def _name_in_html(name: str) -> str:
    words, blank, last = text_name(name).rpartition(" ")
    if _WORD.fullmatch(last):
        return html.escape(name)
    return f"{html.escape(words)}{blank}<i>{html.escape(last)}</i>"


def _formula_in_html(formula: str) -> str:
    """A formula with its letters in italics, as names are."""
    return _LETTER.sub(r"<i>\g<0></i>", formula.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _long_table(head: str, rows: str) -> str:
    return (
        f"\\begin{{longtable}}{{|>{{\\raggedright}}p{{35mm}}|p{{100mm}}|}} \\hline {head} \\\\ \\hline \\endhead\n"
        f"{rows}\n\\end{{longtable}}"
    )


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
