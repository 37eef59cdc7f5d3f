"""Drawings as text: Mermaid, and an outline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nn.drawing.colours import shade, strength
from nn.drawing.picture import Arrow, Box, Picture, contents
from nn.drawing.structure import Part


def write_mermaid(picture: Picture, theme: dict[str, str]) -> str:
    lines = [f"flowchart {'LR' if picture.direction == 'right' else 'TB'}"]
    inside = contents(picture)
    numbers = {part: i for i, part in enumerate(inside, start=-1)}
    lines += _lines_of(None, inside, numbers, "  ")
    for arrow in picture.arrows:
        text = f"|{_quote([arrow.text])}|" if arrow.text else ""
        lines.append(f"  {arrow.tail} -->{text} {arrow.head}")
    for box in picture.boxes:
        t = strength(box.grad, picture.strongest)
        if t:
            fill = shade(theme["box"], t, theme, 0.42)
            lines.append(f"  style {box.key} fill:{fill},stroke:{shade(theme['line'], t, theme, 0.9)},color:{theme['ink']}")
    return "\n".join(lines) + "\n"


def _lines_of(
    part: Part | None, inside: Mapping[Part | None, Sequence[Box | Part]], numbers: Mapping[Part | None, int], indent: str
) -> Iterator[str]:
    """What stands in a part, parts of it included, a line each."""
    for item in inside[part]:
        if isinstance(item, Box):
            heading = " ".join(filter(None, [item.symbol, item.title]))
            left, right = "()" if item.kind in ("leaf", "constant") else "[]"
            yield f"{indent}{item.key}{left}{_quote([heading, *item.lines])}{right}"
        else:
            yield f"{indent}subgraph part{numbers[item]} [{_quote([item.name])}]"
            yield from _lines_of(item, inside, numbers, indent + "  ")
            yield f"{indent}end"


def _quote(parts: Sequence[str]) -> str:
    return '"' + "<br/>".join("".join(_mermaid_safe(c) for c in part) for part in parts if part) + '"'


def _mermaid_safe(c: str) -> str:
    return c if c.isalnum() or c in " .,=+-" or ord(c) > 127 else f"#{ord(c)};"


def write_outline(picture: Picture) -> str:
    """From each result down to what it was computed from; what was shown above is named only."""
    boxes = {box.key: box for box in picture.boxes}
    inputs: dict[str, list[Arrow]] = {box.key: [] for box in picture.boxes}
    used = set()
    for arrow in picture.arrows:
        inputs[arrow.head].append(arrow)
        used.add(arrow.tail)
    lines: list[str] = []
    told: set[str] = set()
    stack = [(box.key, "", "", "") for box in reversed(picture.boxes) if box.key not in used]
    while stack:
        key, first, rest, text = stack.pop()
        box = boxes[key]
        heading = " ".join(filter(None, [box.symbol, box.title])) or box.kind
        again = key in told and inputs[key]
        details = "" if again else ", ".join(filter(None, box.lines))
        line = first + (f"[{text}] " if text else "") + heading + (f": {details}" if details else "")
        lines.append(line + (" (shown above)" if again else ""))
        if not again:
            told.add(key)
            for i, arrow in enumerate(reversed(inputs[key])):
                branch = ("└─ ", "   ") if i == 0 else ("├─ ", "│  ")
                stack.append((arrow.tail, rest + branch[0], rest + branch[1], arrow.text))
    return "\n".join(lines + ([picture.note] if picture.note else []))
