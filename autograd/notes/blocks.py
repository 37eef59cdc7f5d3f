r"""A page of notes taken apart: its mathematics, row by row, with the line of the page on which each begins.

Mathematics stands between dollar signs, in \[ \], \( \) or an environment of LaTeX; on a page that has none of these, a line
with an equals sign is mathematics if it can be read. What is crossed out is left out, as are comments and code. A row goes
on from the one above where it begins with a sign of relation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from autograd.display.files import read_json
from autograd.formula.patterns import RELATION


class Row(NamedTuple):
    """A row of mathematics.

    line: of the page, from 1 on; place: within its block, from 1 on; text: as it stands there
    shown: whether it stands by itself, and not within a sentence; before: the words in front of it in its paragraph
    block: the place of its block on the page
    """

    line: int
    place: int
    text: str
    shown: bool
    before: str
    block: int = 0


_ENVIRONMENTS = "equation align aligned alignat gather gathered multline eqnarray displaymath math split flalign".split()
_BLOCK = re.compile(
    r"(?P<verbatim>^(?:```|~~~).*?^(?:```|~~~)|\\begin\{(?:verbatim|lstlisting|minted)\}.*?\\end\{(?:verbatim|lstlisting|minted)\})"
    r"|(?P<struck>~~(?=\S).*?~~)"
    r"|(?<!\\)\$\$(?P<a>.+?)(?<!\\)\$\$|\\\[(?P<b>.+?)\\\]|\\\((?P<c>.+?)\\\)"
    rf"|\\begin\{{(?P<name>(?:{'|'.join(_ENVIRONMENTS)})\*?)\}}(?:\{{\d+\}})?(?P<d>(?:(?!\\begin\{{(?P=name)\}}).)+?)\\end\{{(?P=name)\}}"
    r"|(?<![\\\w])\$(?P<e>[^$\n]+?(?:\n[^$\n]+?)?)(?<!\\)\$|`[^`\n]*`",
    re.DOTALL | re.MULTILINE,
)
_ROW_ENVIRONMENT = re.compile(rf"\\(?:begin|end)\{{(?:{'|'.join(_ENVIRONMENTS)})\*?\}}(?:\{{\d+\}})?")
_INNER = re.compile(r"\\begin\{(\w*matrix|array|cases|smallmatrix)\*?\}|\\end\{(\w*matrix|array|cases|smallmatrix)\*?\}")
_FENCED = re.compile(r"```math(?![\w-])(.*?)(?:\\\\\s*)?```", re.DOTALL)  # as GitHub has it
_JEKYLL = re.compile(r"\\\\([()\[\]])")  # \\( for \(, where Markdown takes one of them away
_COMMENT = re.compile(r"(?<!\\)%.*")
_MATHEMATICAL = re.compile(r"[=≈:]|∂|←|→")
_PROSE = re.compile(r"[A-Za-z]{3,}")
_SIGN = re.compile(rf"\s*(?:{RELATION})")
LONGEST = 1_000_000  # characters of a page


def cells_of_notebook(text: str) -> list[str]:
    """The Markdown of a notebook, cell by cell. Raises ValueError where it is none."""
    try:
        cells = read_json(text)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError):
        raise ValueError("this is no notebook: JSON with cells is expected in an .ipynb") from None


def find_rows(text: str, latex: bool = False) -> list[Row]:
    """All rows of mathematics of a page, in order.

    text: the page
    latex: whether % begins a comment
    """
    text = _FENCED.sub(lambda match: f"$${match[1].rstrip()}$$", text)
    if "$" not in text and 0 < text.count(r"\\(") == text.count(r"\\)") and text.count(r"\\[") == text.count(r"\\]"):
        text = _JEKYLL.sub(r"\\\1", text).replace(r"\_", "_")
    if latex:
        text = _COMMENT.sub("", text)
    rows: list[Row] = []
    end = 0
    found = False
    for match in _BLOCK.finditer(text):
        kind = match.lastgroup
        if match["verbatim"] or match["struck"] or kind is None:
            continue
        found = True
        shown = kind not in ("c", "e")
        before = text[max(end, text.rfind("\n\n", 0, match.start()) + 2) : match.start()].strip()
        end = match.end()
        rows += _split_rows(text, match[kind], match.start(kind), shown, before)
    return rows if found else list(_plain_rows(_BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)))


def _split_rows(text: str, inside: str, start: int, shown: bool, before: str) -> Iterator[Row]:
    r"""The rows of a block, parted by \\ outside of matrices."""
    depth, cuts = 0, [(0, 0)]
    for match in re.finditer(rf"{_INNER.pattern}|\\\\(?:\s*\[[^\]]*\])?", inside):
        if match[0].startswith("\\\\"):
            if not depth:
                cuts.append(match.span())
        else:
            depth += 1 if match[0].startswith(r"\begin") else -1
    ends = [cut[0] for cut in cuts[1:]] + [len(inside)]
    line = text.count("\n", 0, start) + 1
    for place, ((_, begin), stop) in enumerate(zip(cuts, ends), 1):
        piece = _ROW_ENVIRONMENT.sub(" ", inside[begin:stop])
        if piece.strip(" \n\t&\r"):
            lead = len(inside[begin:stop]) - len(inside[begin:stop].lstrip())
            own = line + inside.count("\n", 0, begin + lead)
            yield Row(own, place, piece.strip(), shown, before if place == 1 else "", start)


def _plain_rows(text: str) -> Iterator[Row]:
    """The lines of a page without any dollar sign that look like mathematics."""
    for number, line in enumerate(text.splitlines(), 1):
        written = line.strip().strip("`").strip()
        head, colon, tail = written.partition(": ")
        if colon and not _MATHEMATICAL.search(head) and _MATHEMATICAL.search(tail):
            written = tail
        if _MATHEMATICAL.search(written) and len(_PROSE.findall(written)) <= 8:
            yield Row(number, 1, written, True, "")
