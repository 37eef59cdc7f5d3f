"""What a lecturer writes on the board: lines of mathematics with a reason beside each, and the ways they reach a reader.

A piece of mathematics is written twice, as plain text and as LaTeX. A `Board` holds lines of them and shows itself: as text
in a terminal, as mathematics in Jupyter, as a LaTeX file that compiles, as a web page in MathML that needs nothing else.
"""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from autograd.display.documents import foreign_letters, html_page, latex_document
from autograd.display.files import save
from autograd.display.mathml import NARROW, in_cell, table_row
from autograd.display.slides import Slides
from autograd.formula.writing import write_formula
from autograd.operation import Primitive
from autograd.value import Value
from autograd.writing.names import escape_latex, latex_name, latex_text, text_name
from autograd.writing.numbers import number


class Math(NamedTuple):
    """A piece of mathematics, as plain text and as LaTeX."""

    text: str
    latex: str


NOTHING = Math("", "")


def math(y: Value, numbers: bool = False, digits: int = 6) -> Math:
    """A formula, in names or in numbers."""
    return Math(*(write_formula(y, latex, numbers, digits)[0] for latex in (False, True)))


def write_name(label: str) -> Math:
    """A name, read as mathematics."""
    return Math(text_name(label), latex_name(label))


def figure(x: float, digits: int = 6) -> Math:
    """A number."""
    return Math(number(x, digits)[0], number(x, digits, latex=True)[0])


def words(text: str) -> Math:
    """A few words."""
    return Math(text, latex_text(text) if text else "")


def symbol(op: Primitive) -> Math:
    """The name of a function: σ, tanh, \\operatorname{erf}."""
    form = op.notation.latex.text
    latex = form("x") if callable(form) and op.arity == 1 else ""
    name = latex.removesuffix("(x)") if latex.endswith("(x)") else rf"\mathrm{{{op.name}}}".replace("_", r"\_")
    return Math(op.notation.symbol if op.notation.symbol.isalpha() else op.name, name)


def reason_of(why: str | tuple[Value, str]) -> Math:
    """Why a step of algebra is right: in words, or a formula and what happens to it."""
    if isinstance(why, str):
        return words(why)
    return join([piece for piece in (math(why[0]), words(why[1])) if piece.text], " ", r"\;")


def join(pieces: Iterable[Math], text: str, latex: str | None = None) -> Math:
    """Pieces with something between them."""
    pieces = list(pieces)
    return Math(text.join(p.text for p in pieces), (text if latex is None else latex).join(p.latex for p in pieces))


def latex_matrix(rows: Sequence[Sequence[Math]]) -> str:
    """A matrix in LaTeX."""
    inside = r" \\ ".join(" & ".join(cell.latex for cell in row) for row in rows)
    return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}"


class Line(NamedTuple):
    """left = right, and why; left is empty where the line goes on from the one above."""

    left: Math = NOTHING
    right: Math = NOTHING
    reason: Math = NOTHING
    relation: Math = Math("=", "=")


PAGE_WIDTH = 90  # characters that fit on a sheet of paper held upright
STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }}
h2 {{ font-size: 1.1rem; margin: 1.6rem 0 .4rem }}
table.board {{ border-collapse: collapse; display: block; overflow-x: auto; margin-bottom: 1.4rem }}
math {{ display: inline math }}
mtable[columnlines] > mtr > mtd:first-child {{ border-right: 1px solid }}
mtable[columnlines] > mtr:first-child > mtd {{ border-bottom: 1px solid }}
table.board td {{ padding: .35rem .3rem; vertical-align: middle; white-space: nowrap }}
table.board td.left {{ text-align: right }}
table.board td.reason {{ color: color-mix(in srgb, CanvasText 65%, Canvas); padding-left: 2rem }}
{NARROW}"""


class Board:
    """Lines of mathematics under an optional title; boards inside one follow each other.

    derivation, derivatives and descent give boards, which show themselves in Jupyter and in print. .text and .latex are what
    is written; LaTeX is for mathematics mode: put it between $$ and $$ or \\[ and \\].

    .lines are its own lines, .title is what stands above them, .boards are those inside.

    >>> from autograd import derivation, tanh
    >>> board = derivation(tanh)
    >>> board.lines[-1].right.text
    '1 − tanh(x)²'
    >>> print(board.latex.splitlines()[0])
    \\begin{aligned}
    """

    title: str = ""

    def __init__(self, lines: Sequence[Line] = (), title: str = "", boards: Sequence[Board] = ()) -> None:
        self.lines, self.title, self.boards = list(lines), title, list(boards)

    # ---- text

    @property
    def text(self) -> str:
        """The board in plain text, aligned at the signs of equality and at the reasons."""
        blocks = [f"{self.title}\n{'─' * len(self.title)}"] if self.title else []
        if self.lines:
            blocks.append(_align(self.lines))
        return "\n\n".join([*blocks, *(board.text for board in self.boards)])

    def __repr__(self) -> str:
        return self.text

    # ---- LaTeX

    @property
    def latex(self) -> str:
        """The board in LaTeX, for mathematics mode; several boards follow each other in rows."""
        blocks = list(self.blocks())
        if len(blocks) == 1 and not blocks[0][0]:
            return _align_in("aligned", blocks[0][1])
        rows = []
        for title, lines in blocks:
            bold = latex_text(title).replace(r"\text{", r"\textbf{")
            rows += [bold] * bool(title) + [_align_in("aligned", lines)] * bool(lines)
        return "\\begin{array}{l}\n" + " \\\\[10pt]\n".join(rows) + "\n\\end{array}"

    def blocks(self) -> Iterator[tuple[str, list[Line]]]:
        """Each title with the lines below it, of this board and of those inside."""
        if self.title or self.lines:
            yield self.title, self.lines
        for board in self.boards:
            yield from board.blocks()

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    def _repr_html_(self) -> str | None:
        """MathML, so that an exported notebook needs no network; nothing where latex2mathml is missing."""
        try:
            return in_cell(self.text, self.html())
        except ImportError:
            return None

    # ---- web pages and files

    def html(self) -> str:
        """The board as HTML with MathML, which browsers show without any script.

        Raises ImportError, with what to install, where latex2mathml is missing.
        """
        title = f"<h2>{html.escape(self.title)}</h2>" if self.title else ""
        rows = "".join(table_row(line) for line in self.lines)
        table = f'<table class="board">{rows}</table>' if rows else ""
        return title + table + "".join(board.html() for board in self.boards)

    def document(self) -> str:
        """The board as a whole LaTeX document, which may break between any two lines."""
        body = self._write_blocks(lambda title: f"\\section*{{{escape_latex(title)}}}\n", lambda rows: f"{rows}\n", "align*")
        wide = any(
            len(line.left.text + line.right.text + line.reason.text) > PAGE_WIDTH
            for _, lines in self.blocks()
            for line in lines
        )
        paper = "landscape" if wide else "portrait"
        preamble = rf"""\usepackage{{amsmath, amssymb}}
{foreign_letters(body)}
\usepackage[margin=2cm, {paper}]{{geometry}}
\allowdisplaybreaks"""
        return latex_document(body, preamble, r"\documentclass[fleqn]{article}")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the board to a file and give its path.

        path: where to; its ending says as what: .tex (a document that compiles), .html (a page in MathML), .txt or .md.

        Raises ValueError for another ending, OSError where the file cannot be written, ImportError for .html without
        latex2mathml.
        """
        return save(
            path,
            "a board",
            {
                ".tex": self.document,
                ".html": lambda: html_page(self.title or "chalkgrad", self.html(), STYLE),
                ".txt": lambda: f"{self.text}\n",
                ".md": lambda: self._write_blocks("## {}\n\n".format, "$$\n{}\n$$\n\n".format, "aligned"),
            },
        )

    def slides(self) -> Slides:
        """The board for a room: a slide for each part, a line a click; .save("x.html") or, for Beamer, .save("x.tex").

        >>> from autograd import derivation, tanh
        >>> derivation(tanh).slides()
        <3 slides, 13 lines>
        """
        return Slides(list(self.blocks()))

    def _write_blocks(self, heading: Callable[[str], str], rows: Callable[[str], str], environment: str) -> str:
        """Each title, and each board's lines in an environment of LaTeX, as a kind of document has them."""
        return "".join(
            (heading(title) if title else "") + (rows(_align_in(environment, lines)) if lines else "")
            for title, lines in self.blocks()
        )


def _align(lines: Sequence[Line]) -> str:
    left = max((len(line.left.text) for line in lines), default=0)
    blocks = []
    for line in lines:
        if line.right.text:
            first, *more = line.right.text.split("\n")
            start = f"{line.left.text:<{left}} {line.relation.text} " if line.relation.text else ""
            blocks.append([start + first, *(" " * len(start) + row for row in more)])
        else:
            blocks.append([line.left.text])
    wide = [len(block[0]) for block, line in zip(blocks, lines) if line.reason.text]
    width = min(max(wide, default=0), 84)
    for block, line in zip(blocks, lines):
        if line.reason.text:
            block[0] = f"{block[0]:<{width}}   {line.reason.text}"
    return "\n".join(row for block in blocks for row in block)


def _align_in(environment: str, lines: Sequence[Line]) -> str:
    """Lines in one of LaTeX's aligning environments."""
    rows = []
    for line in lines:
        body = f"{line.left.latex} &{line.relation.latex} {line.right.latex}" if line.right.latex else f"{line.left.latex} &"
        rows.append(body + (f" && {line.reason.latex}" if line.reason.latex else ""))
    return f"\\begin{{{environment}}}\n" + " \\\\[3pt]\n".join(rows) + f"\n\\end{{{environment}}}"
