"""The palette: every colour of drawings, pages, plots and tables, light and dark, and what each one means.

No colour has a second meaning. The two of a pair (forward and backward, positive and negative) are told apart in all kinds
of colour blindness; and nothing is said by colour alone: below zero lines are dashed, right and wrong have a sign and a
sentence.

CLASSES and LINES (of plots) tell things of one kind apart that have no order, each by a shape, a dash or a name, too. All
else is paper and ink. Letters have a contrast of at least 4.5 : 1 (WCAG 2.2, AA) on paper, box and part, and
shapes of 3 : 1.
"""

from __future__ import annotations

MEANINGS = {
    "forward": "values on their way forward",  # blue
    "backward": "gradients on their way back, and what they have reached",  # orange
    "positive": "a number above zero",  # gold
    "negative": "a number below zero",  # violet
    "right": "marked as right",  # green
    "wrong": "marked as wrong, or gone the wrong way",  # red
    "carried": "right, were it not for another line",  # olive
}

PALETTE = {
    "light": {
        "paper": "#ffffff", "ink": "#1c2733", "muted": "#4f5b69", "line": "#76849a", "edge": "#ccd4dd",
        "box": "#ffffff", "part": "#f4f6f9", "inner": "#eaeef3",
        "forward": "#2563c9", "forward-soft": "#e3edfb", "backward": "#b34700", "backward-soft": "#fdebdc",
        "positive": "#a67c00", "negative": "#7b3fb5", "right": "#00755a", "wrong": "#a81420",
        "carried": "#5f5a00",
    },
    "dark": {
        "paper": "#14181f", "ink": "#eef2f6", "muted": "#b3bfcc", "line": "#8492a6", "edge": "#3d4859",
        "box": "#1f2630", "part": "#1a2029", "inner": "#212936",
        "forward": "#6ea6fa", "forward-soft": "#1f3350", "backward": "#f58a3c", "backward-soft": "#4a3020",
        "positive": "#e2c044", "negative": "#c39af8", "right": "#4fd1a5", "wrong": "#ff7f78",
        "carried": "#ffd9a0",
    },
}  # fmt: skip

CLASSES = {
    "light": ("#7d2a7d", "#2f9aa5", "#5b3a1e", "#e0629a", "#6f8f1e", "#4b5563", "#2b5f6b"),
    "dark": ("#c96bc4", "#6fe3ea", "#a87a55", "#ffc0dc", "#b5d14a", "#a9b5c3", "#6f9aa5"),
}
LINES = {
    "light": ("#0072b2", "#d55e00", "#009e73", "#cc79a7"),
    "dark": ("#56b4e9", "#e69f00", "#009e73", "#cc79a7"),
}  # Okabe and Ito, 2008


def css(theme: str) -> str:
    """The palette as custom properties of CSS: --ink:#1c2733;--forward:#2563c9;…, and --class0, --class1, ….

    >>> css("light").split(";")[:2]
    ['--paper:#ffffff', '--ink:#1c2733']
    """
    classes = {f"class{i}": colour for i, colour in enumerate(CLASSES[theme])}
    return ";".join(f"--{name}:{colour}" for name, colour in (PALETTE[theme] | classes).items())


def themed(selector: str) -> str:
    """A rule of CSS with the palette: the light one, the dark one for whoever asks for it, and as Jupyter's theme is."""
    light, dark = (f"{selector}{{{css(theme)}}}" for theme in ("light", "dark"))
    in_jupyter = f"body[data-jp-theme-light=true] {light}body[data-jp-theme-light=false] {dark}"
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}{in_jupyter}"


def mix(a: str, b: str, share: float) -> str:
    """The colour that is a, with a share of b in it; both as #rrggbb.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    parts = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in parts)
