"""What a drawing shows, before it is written in any format: boxes, arrows, and the parts around boxes.

Writers (writers.py) turn a Picture into DOT, Mermaid, TikZ or text. What a graph looks like at each depth is decided in
graphs.py; how a name or number looks, here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograd.value import Value
from autograd.writing import numbers
from autograd.writing.names import pretty
from nn.drawing.structure import Part


@dataclass
class Box:
    """One node of the picture.

    kind: "leaf", "constant", "operation", "neuron", "layer" or "group"; in the columns of a net "circle", "more" and
        "header"
    symbol: the sign of the operation, "σ"; empty for leaves
    title: its name; lines: what stands below, one string each
    grad: the gradient that colours it; None before any backward()
    part: the innermost part around it
    """

    key: str
    kind: str
    symbol: str
    title: str
    lines: list[str]
    grad: float | None = None
    part: Part | None = None
    highlighted: bool = False


@dataclass
class Arrow:
    """From what was used to what was computed.

    flow: the part of the gradient that comes back along it; it colours and widens the line; None before any backward()
    """

    tail: str
    head: str
    text: str = ""
    flow: float | None = None
    highlighted: bool = False


@dataclass
class Picture:
    """Boxes in the order of computation, arrows in the order of operands, and a line of explanation below."""

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    note: str = ""
    direction: str = "right"

    @property
    def strongest(self) -> float:
        """The largest gradient of a box, in size; 0 if there is none."""
        return _largest(box.grad for box in self.boxes)

    @property
    def strongest_flow(self) -> float:
        """The largest flow along an arrow, in size; 0 if there is none."""
        return _largest(arrow.flow for arrow in self.arrows)

    def leave_out_numbers(self) -> None:
        """Only names, operations and plain numbers stay."""
        for box in self.boxes:
            box.lines, box.grad = [], None
        for arrow in self.arrows:
            arrow.text, arrow.flow = arrow.text.partition(" = ")[0], None
        self.note = ""

    @property
    def has_highlights(self) -> bool:
        return any(box.highlighted for box in self.boxes)


def contents(picture: Picture) -> dict[Part | None, list[Box | Part]]:
    """What stands directly in each part, and outside of all: boxes and parts, in order."""
    inside: dict[Part | None, list[Box | Part]] = {None: []}
    for box in picture.boxes:
        around = None
        for part in box.part.around() if box.part else []:
            if part not in inside:
                inside[part] = []
                inside[around].append(part)
            around = part
        inside[around].append(box)
    return inside


def _largest(xs: Iterable[float | None]) -> float:
    return max((abs(x) for x in xs if x is not None and math.isfinite(x)), default=0.0)


def number(x: float, digits: int = 4) -> str:
    """A number to so many significant digits, as formulas write it.

    >>> number(-0.7413650695), number(1e-9), number(2.0)
    ('−0.7414', '1·10⁻⁹', '2')
    """
    return numbers.number(x, digits)[0]


def name(node: Value, text: str) -> str:
    """What a node is called: its label, or the formula given if it is short enough to read at a glance."""
    return pretty(node.label) or (text if len(text) <= 24 else "")


def shorten(text: str, most: int = 40) -> str:
    """The beginning and the end of a text that is too long for a box.

    >>> shorten("the quick brown fox", most=9)
    'the … fox'
    """
    half = most // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-(most - half - 1) :]}"
