"""A graph as boxes for an exercise: in text, as SVG for a page, and as TikZ for paper.

What is given stands above and beside; what is computed stands one below the other, each box with its sign, and blanks for
its value and its slope. Which box goes into which is all that is shown of the formulas. (nn.draw draws any graph; this one
is to be filled in.)
"""

from __future__ import annotations

import base64
import html
from typing import NamedTuple

from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.mark.forms import figure
from autograd.operation import CONSTANT
from autograd.writing.names import latex_name, text_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.mark.worksheet import Worksheet
    from autograd.value import Value

WIDE, HIGH, DOWN, ACROSS = 116, 62, 92, 136  # sizes of boxes, and from one to the next, in pixels
STYLE = """<style>text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:currentColor}
.name{font:italic 16px "STIX Two Math",Cambria,"Times New Roman",serif}.box,.edge{fill:none;stroke:currentColor}
.edge{stroke-width:1.3}.blank{stroke:currentColor;stroke-dasharray:2 3}</style>"""
SIGNS = {ops.mul: "×", ops.sum_of: "+", ops.add: "+", ops.pow: "( )²"}
IN_LATEX = {"×": r"$\times$", "( )²": r"$(\;)^2$", "σ": r"$\sigma$"}
TIKZ = "draw,align=left,text width=25mm"


class Box(NamedTuple):
    """A quantity: its name, its sign, its number if that is given, the boxes that go into it, its column and row."""

    name: str
    sign: str
    given: str
    inputs: Sequence[str]
    column: int
    row: int


class Picture:
    """The boxes of a graph, from the top down."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = {box.name: box for box in boxes}

    @property
    def text(self) -> str:
        """A row for each box: its number, or its sign and what goes into it."""
        names = {name: text_name(name) for name in self.boxes}
        width = max(map(len, names.values()))
        return "\n".join(
            f"{names[box.name]:>{width}}  {box.given or f'{box.sign}  from  ' + ', '.join(names[x] for x in box.inputs)}"
            for box in self.boxes.values()
        )

    @property
    def svg(self) -> str:
        """The boxes as SVG, for a page."""
        columns, rows = 1 + max(box.column for box in self.boxes.values()), 1 + max(box.row for box in self.boxes.values())
        width, height = columns * ACROSS - (ACROSS - WIDE) + 4, rows * DOWN - (DOWN - HIGH) + 4
        edges = "".join(_edge(self.boxes[x], box) for box in self.boxes.values() for x in box.inputs)
        boxes = "".join(map(_box, self.boxes.values()))
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" style="max-width:100%;height:auto">'
            f"<title>{html.escape(self.text)}</title>{STYLE}{edges}{boxes}</svg>"
        )

    @property
    def image(self) -> str:
        """The same as an image, for pages that let no SVG in; where it is not shown, its text is."""
        data = base64.b64encode(self.svg.encode()).decode()
        return f'<img alt="{html.escape(self.text)}" src="data:image/svg+xml;base64,{data}">'

    @property
    def tikz(self) -> str:
        """The boxes as TikZ, for LaTeX."""
        nodes = "\n".join(f"\\node[{TIKZ}] (n{i}) at {_tikz(box)};" for i, box in enumerate(self.boxes.values()))
        places = {name: i for i, name in enumerate(self.boxes)}
        edges = "\n".join(
            rf"\draw[->] (n{places[x]}) {_way(self.boxes[x], box)} (n{places[box.name]});"
            for box in self.boxes.values()
            for x in box.inputs
        )
        return f"\\begin{{tikzpicture}}\n{nodes}\n{edges}\n\\end{{tikzpicture}}"


def picture_of(sheet: Worksheet, loss: str) -> Picture:
    """The picture of a sheet up to its loss: each line below those that it needs, what is given to its left and right."""
    boxes: dict[str, Box] = {}
    free: dict[int, list[int]] = {}  # the columns that are left in each row
    for row, line in enumerate(sheet.lines[: sheet.lines.index(loss) + 1], start=1):
        formula = sheet.formulas[sheet.leaves[line]]
        inputs = [q for q in free_variables(formula) if q.op is not CONSTANT]
        for q in inputs:
            if (name := sheet.name_of(q)) not in boxes:
                columns = free.setdefault(row - 1, [0, 2] if row > 1 else [0, 2, 1])
                boxes[name] = Box(name, "", figure(sheet.right[q]), (), columns.pop(0), row - 1)
        boxes[line] = Box(line, _sign(formula), "", [sheet.name_of(q) for q in inputs], 1, row)
    return Picture(list(boxes.values()))


def _sign(formula: Value) -> str:
    op = formula.op
    return SIGNS.get(op) or op.notation.symbol if op is not None else ""


def _tikz(box: Box) -> str:
    value = box.given.replace("−", "$-$") or r"\dotfill"
    head = rf"${latex_name(box.name)}$\hfill {IN_LATEX.get(box.sign, box.sign)}"
    return rf"({box.column * 3.6:.1f},{-box.row * 2.3:.1f}) {{{head}\\value {value}\\slope \dotfill}}"


def _way(start: Box, end: Box) -> str:
    """How TikZ goes from a box to another: past those in between it comes in from the side."""
    return "--" if end.row - start.row == 1 else f"to[out=-90,in={10 if start.column > end.column else 170}]"


def _at(box: Box) -> tuple[int, int]:
    return 2 + box.column * ACROSS, 2 + box.row * DOWN


def _edge(start: Box, end: Box) -> str:
    """A line from the bottom of a box to the top of the next one; past others, to the side of one further down."""
    x, y = _at(start)
    to_x, to_y = _at(end)
    x, y, side = x + WIDE // 2, y + HIGH, start.column - end.column
    if end.row - start.row == 1:
        to_x += WIDE // 2 + 18 * side
        way = f"M{x} {y}C{x} {y + 15} {to_x} {to_y - 24} {to_x} {to_y - 1}"
        head = f"M{to_x - 4} {to_y - 7}L{to_x} {to_y - 1}L{to_x + 4} {to_y - 7}"
    else:
        to_x, to_y = to_x + WIDE * (side > 0) + side, to_y + HIGH // 2
        way = f"M{x} {y}V{to_y - 14}Q{x} {to_y} {x - 14 * side} {to_y}H{to_x}"
        head = f"M{to_x + 6 * side} {to_y - 4}L{to_x} {to_y}L{to_x + 6 * side} {to_y + 4}"
    return f'<path class="edge" d="{way}"/><path class="edge" d="{head}"/>'


def _box(box: Box) -> str:
    x, y = _at(box)
    sign = f'<text x="{x + WIDE - 9}" y="{y + 19}" text-anchor="end">{html.escape(box.sign)}</text>' if box.sign else ""
    value = f'<text x="{x + 50}" y="{y + 38}">{box.given}</text>' if box.given else _blank(x, y + 39)
    return (
        f'<rect class="box" x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="5"/>'
        f'<text class="name" x="{x + 9}" y="{y + 19}">{html.escape(text_name(box.name))}</text>{sign}'
        f'<text x="{x + 9}" y="{y + 38}">value</text>{value}<text x="{x + 9}" y="{y + 55}">slope</text>{_blank(x, y + 56)}'
    )


def _blank(x: int, y: int) -> str:
    return f'<path class="blank" d="M{x + 48} {y}h{WIDE - 57}"/>'
