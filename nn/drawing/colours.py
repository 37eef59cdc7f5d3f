"""Colours and fonts of drawings, light and dark."""

from __future__ import annotations

import math

from nn.drawing.picture import Picture, number

FONT = "Helvetica"


# Blue below zero, orange above: a pair that all kinds of colour blindness tell apart.
THEMES = {
    "light": {
        "paper": "#ffffff", "ink": "#1c2733", "muted": "#5f6c7b", "line": "#9aa7b5", "box": "#ffffff",
        "part": "#f4f6f9", "inner": "#eaeef3", "edge": "#ccd4dd", "negative": "#2563c9", "positive": "#d9650b",
    },
    "dark": {
        "paper": "#14181f", "ink": "#eef2f6", "muted": "#a9b5c3", "line": "#76849a", "box": "#1f2630",
        "part": "#1a2029", "inner": "#212936", "edge": "#3d4859", "negative": "#5b9bf8", "positive": "#f58a3c",
    },
}  # fmt: skip


def mix(a: str, b: str, share: float) -> str:
    """The colour that is a, with a share of b in it; both as #rrggbb."""
    parts = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in parts)


def strength(gradient: float | None, strongest: float) -> float:
    """How strongly to show a gradient, from -1 to 1: its root against the strongest, so that small ones are seen."""
    if gradient is None or not gradient or not strongest or math.isnan(gradient):
        return 0.0
    return math.copysign(math.sqrt(min(abs(gradient) / strongest, 1.0)), gradient)


def legend_of(picture: Picture, theme: dict[str, str]) -> tuple[str, tuple[str, str], list[str]]:
    """What the legend says: a line of text, the numbers at both ends of the scale, and its colours; or empty."""
    columns = any(box.kind == "circle" for box in picture.boxes)
    most = picture.strongest_flow if columns else picture.strongest
    if not most:
        return picture.note, ("", ""), []
    colours = [shade(theme["box"], step / 3, theme, 1.0 if columns else 0.7) for step in range(-3, 4)]
    return picture.note or "gradient", (number(-most, 3), number(most, 3)), colours


def shade(base: str, t: float, theme: dict[str, str], most: float) -> str:
    return mix(base, theme["positive" if t > 0.0 else "negative"], most * abs(t))
