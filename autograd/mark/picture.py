"""A graph as boxes for an exercise: in text, as SVG for a page, and as TikZ for paper.

Each box stands a row below those that go into it, and between them; what is given stands a row above where it is needed
first. What is computed has its sign, and blanks for its value and its slope. Which box goes into which is all that is shown
of the formulas. (nn.draw draws any graph; this one
is to be filled in.)
"""

from __future__ import annotations

import base64
import html
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.mark.forms import figure
from autograd.mark.worksheet import Worksheet
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.names import latex_name, text_name

WIDE, HIGH, DOWN, ACROSS = 116, 62, 92, 136  # sizes of boxes, and from one to the next, in pixels
STYLE = """<style>text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:currentColor}
.name{font:italic 16px "STIX Two Math",Cambria,"Times New Roman",serif}.box,.edge{fill:none;stroke:currentColor}
.edge{stroke-width:1.3}.blank{stroke:currentColor;stroke-dasharray:2 3}</style>"""
SIGNS = {ops.mul: "×", ops.sum_of: "+", ops.add: "+", ops.pow: "( )²", ops.div: "1/( )"}
IN_LATEX = {"×": r"$\times$", "( )²": r"$(\;)^2$", "σ": r"$\sigma$", "1/( )": r"$1/(\;)$", "−log": r"$-\log$"}
TIKZ = "draw,align=left,text width=25mm"


class Box(NamedTuple):
    """A quantity: its name, its sign, its number if that is given, the boxes that go into it, its column and row.

    sloped: whether its slope is asked for.
    Columns are as wide as a box with what is between two; a box may stand between two of them.
    """

    name: str
    sign: str
    given: str
    inputs: Sequence[str]
    column: float
    row: int
    sloped: bool


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
        columns, rows = max(box.column for box in self.boxes.values()), 1 + max(box.row for box in self.boxes.values())
        width, height = round(columns * ACROSS) + WIDE + 4, rows * DOWN - (DOWN - HIGH) + 4
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
            rf"\draw[->,rounded corners=2mm] {_way(places[x], self.boxes[x], places[box.name], box)};"
            for box in self.boxes.values()
            for x in box.inputs
        )
        return f"\\begin{{tikzpicture}}\n{nodes}\n{edges}\n\\end{{tikzpicture}}"


def picture_of(sheet: Worksheet, loss: str) -> Picture:
    """The picture of a sheet up to its loss."""
    inputs: dict[str, list[str]] = {}
    signs: dict[str, str] = {}
    row: dict[str, int] = {}  # of each box; of what is given, when it is needed first
    for line in sheet.lines[: sheet.lines.index(loss) + 1]:
        formula = sheet.formulas[sheet.leaves[line]]
        needed = [q for q in free_variables(formula) if q.op is not CONSTANT]
        inputs[line], signs[line] = [sheet.name_of(q) for q in needed], _sign(formula)
        row[line] = 1 + max([row[x] for x in inputs[line] if x in inputs], default=0)
    for line, needed_here in inputs.items():
        for x in needed_here:
            if x not in inputs:
                row[x] = min(row.get(x, len(row)), row[line] - 1)
    column = _columns(inputs, row)
    given = {name: figure(sheet.right[leaf]) for name, leaf in sheet.leaves.items()}
    given |= {leaf.label: figure(sheet.right[leaf]) for leaf in sheet.formulas if leaf.label}
    return Picture(
        [
            Box(
                name,
                signs.get(name, ""),
                "" if name in inputs else given[name],
                inputs.get(name, ()),
                column[name],
                row[name],
                f"∂{loss}/∂{name}" in sheet.lines,
            )
            for name in sorted(row, key=lambda name: (row[name], column[name]))
        ]
    )


def _columns(inputs: Mapping[str, Sequence[str]], row: Mapping[str, int]) -> dict[str, float]:
    """Where boxes stand in their rows: between what goes into them, side by side, and what is given beside these."""
    order = list(inputs)
    uses = {name: [order.index(line) for line in order if name in inputs[line]] for name in row}
    column: dict[str, float] = {}
    for n in range(max(row.values()) + 1):
        here = [name for name in row if row[name] == n]
        given = sorted((x for x in here if x not in inputs), key=lambda x: sum(uses[x]) / len(uses[x]))
        wanted = {name: _between([column[x] for x in _leading(inputs[name], inputs)]) for name in here if name in inputs}
        side, last = sorted(wanted, key=lambda name: wanted[name]), -1.0
        middle = _between(list(wanted.values())) if wanted else 0.0
        for i, name in enumerate(side):
            column[name] = (
                max(wanted[name], last + 1.0) if len(set(wanted.values())) > 1 else middle + i - (len(side) - 1) / 2
            )
            last = column[name]
        column |= {name: last + 1.0 + i for i, name in enumerate(given)}
    left = min(column.values())
    return {name: x - left for name, x in column.items()}


def _leading(names: Sequence[str], computed: Container[str]) -> Sequence[str]:
    """Those that a box stands below: what was computed, if anything was."""
    return [name for name in names if name in computed] or names


def _between(columns: Sequence[float]) -> float:
    return sum(columns) / len(columns)


def _sign(formula: Value) -> str:
    op = formula.op
    if op is ops.neg:
        return "−" + _sign(formula.inputs[0])
    return SIGNS.get(op) or op.notation.symbol if op is not None else ""


def _tikz(box: Box) -> str:
    value = box.given.replace("−", "$-$") or r"\dotfill"
    head = rf"${latex_name(box.name)}$\hfill {IN_LATEX.get(box.sign, box.sign)}"
    slope = r"\\slope \dotfill" if box.sloped else ""
    return rf"({box.column * 3.6:.1f},{-box.row * 2.3:.1f}) {{{head}\\value {value}{slope}}}"


def _way(i: int, start: Box, j: int, end: Box) -> str:
    """How TikZ goes from a box to another: down, and past those in between into the side."""
    if end.row - start.row == 1:
        return f"(n{i}) -- (n{j})"
    if _is_above(start, end):
        return f"(n{i}.south) -- (n{i}.south |- n{j}.north)"
    return f"(n{i}.south) |- (n{j}.{'east' if start.column > end.column else 'west'})"


def _is_above(start: Box, end: Box) -> bool:
    """Whether straight down from the middle of a box is another one."""
    return abs(start.column - end.column) * ACROSS < WIDE / 2 - 8


def _at(box: Box) -> tuple[int, int]:
    return 2 + round(box.column * ACROSS), 2 + box.row * DOWN


def _edge(start: Box, end: Box) -> str:
    """A line from the bottom of a box to the top of the next one; past others, to the side of one further down."""
    x, y = _at(start)
    to_x, to_y = _at(end)
    x, y, side = x + WIDE // 2, y + HIGH, 1 if start.column > end.column else -1
    if end.row - start.row == 1:
        to_x += round(WIDE / 2 + 36 * max(-1.0, min(1.0, start.column - end.column)))
        way = f"M{x} {y}C{x} {y + 15} {to_x} {to_y - 24} {to_x} {to_y - 1}"
        head = f"M{to_x - 4} {to_y - 7}L{to_x} {to_y - 1}L{to_x + 4} {to_y - 7}"
    elif _is_above(start, end):
        way, head = f"M{x} {y}V{to_y - 1}", f"M{x - 4} {to_y - 7}L{x} {to_y - 1}L{x + 4} {to_y - 7}"
    else:
        to_x, to_y = to_x + WIDE * (side > 0) + side, to_y + HIGH // 2
        way = f"M{x} {y}V{to_y - 14}Q{x} {to_y} {x - 14 * side} {to_y}H{to_x}"
        head = f"M{to_x + 6 * side} {to_y - 4}L{to_x} {to_y}L{to_x + 6 * side} {to_y + 4}"
    return f'<path class="edge" d="{way}"/><path class="edge" d="{head}"/>'


def _box(box: Box) -> str:
    x, y = _at(box)
    sign = f'<text x="{x + WIDE - 9}" y="{y + 19}" text-anchor="end">{html.escape(box.sign)}</text>' if box.sign else ""
    value = f'<text x="{x + 50}" y="{y + 38}">{box.given}</text>' if box.given else _blank(x, y + 39)
    slope = f'<text x="{x + 9}" y="{y + 55}">slope</text>{_blank(x, y + 56)}' if box.sloped else ""
    return (
        f'<rect class="box" x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="5"/>'
        f'<text class="name" x="{x + 9}" y="{y + 19}">{html.escape(text_name(box.name))}</text>{sign}'
        f'<text x="{x + 9}" y="{y + 38}">value</text>{value}{slope}'
    )


def _blank(x: int, y: int) -> str:
    return f'<path class="blank" d="M{x + 48} {y}h{WIDE - 57}"/>'
