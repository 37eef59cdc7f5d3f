"""Colours and fonts of drawings, light and dark: gradients in the palette's colours for below and above zero."""

from __future__ import annotations

import math

from autograd.display.colours import PALETTE, mix
from nn.drawing.picture import Picture, number

FONT = "Helvetica"
THEMES = PALETTE


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
