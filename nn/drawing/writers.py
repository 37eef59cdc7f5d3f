"""A picture in every format: DOT, and through it SVG, PNG and PDF; Mermaid; TikZ; text.

Layout is Graphviz's work. It is asked for through the package graphviz, which runs the program dot; where none is
installed, graphviz-pure (from PyPI) stands in for it. In a browser no program can be run, and the page lends its own
Graphviz. Text from labels reaches each format through that format's own escaping, in one place each, so that no label can
mean anything but itself.
"""

from __future__ import annotations

import base64
import html
import json
import os
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from autograd.display.files import save
from nn.drawing.colours import THEMES
from nn.drawing.dot import DotWriter, make_titles_readable, render
from nn.drawing.picture import Picture
from nn.drawing.text import write_mermaid, write_outline
from nn.drawing.tikz import write_tikz


class Drawing:
    """A picture that shows itself in Jupyter and saves itself in many formats.

    picture: its boxes and arrows; theme: "light" or "dark"
    .dot is a graphviz.Digraph: change it, and .svg, .png() and save() draw it as changed.
    .mermaid, .tikz and .text are the other formats; str() gives the text, an outline for terminals and screen readers.
    """

    def __init__(self, picture: Picture, theme: str = "light") -> None:
        self.picture, self.theme = picture, theme

    @cached_property
    def dot(self) -> Any:
        """The graphviz.Digraph. Raises ImportError without the package graphviz."""
        return DotWriter(self.picture, THEMES[self.theme]).digraph

    @property
    def svg(self) -> str:
        """The drawing as SVG text. Raises RuntimeError where no Graphviz is found."""
        text = render(self.dot, "svg").decode()
        return make_titles_readable(text[text.index("<svg") :], self.picture)

    def png(self, dpi: int = 200) -> bytes:
        """The drawing as a PNG picture with so many dots per inch."""
        return render(self.dot, "png", dpi)

    @property
    def mermaid(self) -> str:
        """The drawing as Mermaid, which Markdown on the web draws."""
        return write_mermaid(self.picture, THEMES[self.theme])

    @property
    def tikz(self) -> str:
        """A LaTeX document of one TikZ picture. Raises RuntimeError where no Graphviz is found for the layout."""
        return write_tikz(self.picture, THEMES[self.theme], json.loads(render(self.dot, "json")))

    @property
    def text(self) -> str:
        """The drawing as an outline in text, each node above what it was computed from."""
        return write_outline(self.picture)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the drawing in the format of the suffix; return the path.

        .svg, .png, .pdf, .dot or .gv, .mmd (Mermaid), .tex (TikZ), .txt (outline).
        Raises ValueError for another suffix, RuntimeError where no Graphviz, or none that writes PDF, is found.
        """
        return save(path, "a drawing", {suffix: partial(write, self) for suffix, write in WRITERS.items()})

    def _repr_html_(self) -> str:
        try:
            picture = base64.b64encode(self.svg.encode()).decode()
        except (ImportError, RuntimeError) as error:
            source = getattr(self.__dict__.get("dot"), "source", self.text)
            return f"<p>{html.escape(str(error))}</p><pre>{html.escape(source)}</pre>"
        described = html.escape("\n".join(self.text.splitlines()[:40]), quote=True)
        return f'<img style="max-width:100%" alt="{described}" src="data:image/svg+xml;base64,{picture}">'

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Drawing of {len(self.picture.boxes)} boxes and {len(self.picture.arrows)} arrows>"


WRITERS: dict[str, Callable[[Drawing], bytes]] = {
    ".svg": lambda drawing: drawing.svg.encode(),
    ".png": lambda drawing: drawing.png(),
    ".pdf": lambda drawing: render(drawing.dot, "pdf"),
    ".dot": lambda drawing: str(drawing.dot.source).encode(),
    ".gv": lambda drawing: str(drawing.dot.source).encode(),
    ".mmd": lambda drawing: drawing.mermaid.encode(),
    ".tex": lambda drawing: drawing.tikz.encode(),
    ".txt": lambda drawing: f"{drawing.text}\n".encode(),
}
