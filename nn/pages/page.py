"""A page of its own, or a place in someone else's: how the interactive figures reach a reader.

SCRIPTS are all their JavaScript, joined into one. It goes along with every figure, inside a shadow DOM, so that a figure
works inline in a notebook, after the kernel is gone, and as one file that needs nothing from anywhere.
"""

from __future__ import annotations

import base64
import html
import json
import math
import os
import re
import sys
from array import array
from importlib import resources
from itertools import count
from typing import Any

from autograd.display.colours import css
from autograd.display.documents import html_page

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_NAMES = """numbers layout folds controls zoom words explain nudge flow descend predict stepper
    expand one_number layers_predict layers_look layers plane player_look player_plane player_loss player widget"""
SCRIPTS = tuple(f"{name}.js" for name in _NAMES.split())  # in this order
FIT = """
const frame = place.parentElement === document.body ? window.frameElement : null; // of this figure alone, as in marimo
if (frame) new ResizeObserver(() => {
  const { clientWidth, scrollWidth } = document.documentElement, bar = scrollWidth > clientWidth ? 20 : 0;
  frame.style.height = `${Math.ceil(document.documentElement.getBoundingClientRect().height) + bar}px`;
}).observe(document.documentElement);
"""
_ids = count(1)


def script() -> str:
    """The JavaScript, as one module."""
    folder = resources.files("nn.pages")
    palette = "".join(f'const {theme.upper()} = "{css(theme)}";\n' for theme in ("light", "dark"))
    return palette + "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)


def without_exports(module: str) -> str:
    """A module's source as that of a script."""
    return re.sub(r"(?m)^export (?!default)", "", re.sub(r"(?m)^export default .*$", "", module))


def inline(function: str, data: Any, fallback: str = "") -> str:
    """HTML of a place in a page, and the script that fills it.

    function: which function of the script does that; it is called with the place and the data
    data: what json can write
    fallback: HTML that is there until the script runs, and stays where scripts do not, for the output of a cell; where that
        is put into a frame, the frame is made as high as what it holds
    """
    place = f"chalkgrad-{next(_ids)}-{os.getpid()}"
    functions = without_exports(script())
    fit = FIT if fallback else ""
    return (
        f'<div id="{place}">{fallback}</div><script>(() => {{\n{functions}\n'
        f'const place = document.getElementById("{place}");\n{function}(place, {for_script(data)});\n{fit}}})();</script>'
    )


def for_script(data: Any) -> str:
    """Data as JSON that may stand in a script of a page."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")


def page(title: str, body: str) -> str:
    """A whole HTML page whose own scripts run, and to which nothing from outside is let in."""
    return html_page(title, body, "body{margin:0}", POLICY)


def figure_page(title: str, figure: str) -> str:
    """A page around one figure, whose name is its heading: it is read aloud, and seen in the browser's title."""
    hidden = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
    return page(title, f'<main><h1 style="{hidden}">{html.escape(title)}</h1>{figure}</main>')


def plain(x: float) -> float | str:
    """A number for JSON, which has no infinities."""
    return x if math.isfinite(x) else repr(x)


def packed(numbers: array[Any]) -> str:
    """Numbers as base64 of their bytes, exact and short."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()
