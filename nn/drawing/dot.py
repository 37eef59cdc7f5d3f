"""Drawings as DOT, and what Graphviz makes of it."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from nn.drawing.colours import FONT, legend_of, shade, strength
from nn.drawing.picture import Arrow, Box, Picture, contents, shorten
from nn.drawing.structure import Part

INSTALL = 'install the extra that draws: pip install "chalkgrad[draw]"'

_AS_CODES = {ord(sign): f"&#{ord(sign)};" for sign in "\\]"}


def _text(text: str, colour: str, size: float, bold: bool = False) -> str:
    """A piece of an HTML-like label, in which \\N would stand for the name of the node, were it in one piece.

    Graphviz takes a ] at the front of a piece for the end of all.
    """
    pieces = [html.escape(piece).translate(_AS_CODES) for piece in re.split(r"(?<=\\)(?=[A-Z])", text)]
    style = f'<FONT COLOR="{colour}" POINT-SIZE="{size:g}">'
    return "".join(f"{style}{f'<B>{piece}</B>' if bold else piece}</FONT>" for piece in pieces)


def _rows(cells: list[str], padding: int) -> str:
    body = "".join(f"<TR>{cell}</TR>" for cell in cells)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">{body}</TABLE>'


class DotWriter:
    def __init__(self, picture: Picture, theme: dict[str, str]) -> None:
        try:
            import graphviz
        except ImportError:
            raise ImportError(f"drawings are laid out through the package graphviz: {INSTALL}") from None
        self.picture, self.theme = picture, theme
        self.kinds = {box.key: box.kind for box in picture.boxes}
        self.part_of = {box.key: box.part for box in picture.boxes}
        self.columns = "circle" in self.kinds.values()
        self.dense = dense = self.columns or len(picture.arrows) > 4 * len(picture.boxes)
        self.ports = self._places_for_operands()
        self.taken: dict[str, int] = {}  # ports of an operation that have their arrow
        ranks = {"right": "LR", "down": "TB"}[picture.direction]
        self.digraph = graphviz.Digraph(
            "drawing",
            graph_attr={
                "rankdir": ranks, "bgcolor": theme["paper"], "pad": "0.25", "fontname": FONT, "fontcolor": theme["muted"],
                "fontsize": "11", "nodesep": "0.16" if self.columns else "0.22", "ranksep": "1.5" if dense else "0.45",
                "splines": "line" if dense else "spline", "labelloc": "b", "labeljust": "l",
                "outputorder": "edgesfirst" if dense else "breadthfirst",
                "remincross": "false" if dense else "true",  # a second round would break the order of the neurons
            },
            node_attr={"fontname": FONT, "fontsize": "12", "shape": "box", "style": "rounded,filled", "margin": "0.09,0.05",
                       "height": "0.3", "width": "0.3"},
            edge_attr={"fontname": FONT, "fontsize": "10", "arrowsize": "0.6"},
        )  # fmt: skip
        legend = self._legend()
        if legend:
            self.digraph.attr(label=f"<{legend}>")
        self._boxes(self.digraph, None, 0, contents(picture))
        for arrow in picture.arrows:
            self._arrow(arrow, picture.strongest_flow)

    def _places_for_operands(self) -> dict[str, int]:
        """How many arrows come into an operation of several operands, so that each can have its place, in their order."""
        kinds = ("operation",) if self.dense else ("operation", "neuron")
        counts = Counter(arrow.head for arrow in self.picture.arrows if self.kinds[arrow.head] in kinds)
        return {key: n for key, n in counts.items() if 1 < n <= 12}

    def _boxes(self, graph: Any, part: Part | None, depth: int, inside: dict[Part | None, list[Box | Part]]) -> None:
        theme = self.theme
        for item in inside[part]:
            if isinstance(item, Box):
                self._box(graph, item)
                continue
            number_of_part = list(inside).index(item)
            with graph.subgraph(name=f"cluster_{number_of_part}") as cluster:
                fill = theme["part" if depth % 2 == 0 else "inner"]
                label = _text(shorten(item.name), theme["muted"], 11)
                corner = "tr" if self.picture.direction == "right" else "bl"  # where arrows hardly ever go
                cluster.attr(label=f"<{label}>", style="rounded,filled", fillcolor=fill, color=theme["edge"], margin="10",
                             labelloc=corner[0], labeljust=corner[1])  # fmt: skip
                self._boxes(cluster, item, depth + 1, inside)
        ranks: dict[str, list[str]] = {}  # what stands below one another, in its order
        for item in inside[part]:
            if isinstance(item, Box) and (self.columns or item.kind == "neuron"):
                ranks.setdefault(item.key.partition("_")[0] if self.columns else "", []).append(item.key)
        for column in ranks.values():
            with graph.subgraph() as same:
                same.attr(rank="same")
                upwards = not self.columns and self.picture.direction == "right"  # as clusters count
                for above, below in pairwise(column[::-1] if upwards else column):
                    same.edge(above, below, style="invis")

    def _box(self, graph: Any, box: Box) -> None:
        theme = self.theme
        faded = self.picture.has_highlights and not box.highlighted
        ink, muted = (theme["line"], theme["line"]) if faded else (theme["ink"], theme["muted"])
        t = 0.0 if faded else strength(box.grad, self.picture.strongest)
        attributes = {
            "fillcolor": shade(theme["box"], t, theme, 0.42),
            "color": theme["edge"] if faded else theme["ink"] if box.highlighted else shade(theme["line"], t, theme, 0.9),
            "penwidth": "2.4" if box.highlighted else f"{1.0 + abs(t):.2f}",
        }
        if box.kind == "constant":
            graph.node(box.key, f"<{_text(shorten(box.title), muted, 11)}>", shape="plaintext", style="", margin="0.04,0.02")
            return
        if box.kind in ("more", "header"):
            size = 14 if box.kind == "more" else 11
            label = "<BR/>".join([_text(box.title, muted, size), *(_text(line, muted, 9) for line in box.lines)])
            graph.node(box.key, f"<{label}>", shape="plaintext", style="")
            return
        if box.kind == "circle":
            label = "<BR/>".join([_text(box.title, ink, 11, bold=True)] + [_text(line, muted, 9) for line in box.lines])
            attributes |= {"shape": "circle", "style": "filled", "fixedsize": "true", "width": "0.7", "margin": "0"}
        else:
            ports = self.ports.get(box.key, 0)
            label = self._table(box, ink, muted, ports)
            if ports:
                attributes["margin"] = "0,0.05" if self.picture.direction == "right" else "0.09,0"
        graph.node(box.key, f"<{label}>", **attributes)

    def _table(self, box: Box, ink: str, muted: str, ports: int) -> str:
        """A box: the symbol beside the lines, and along the side where arrows come in a port for each."""
        rows = [_text(shorten(box.title), ink, 12, bold=True)] if box.title else []
        rows += [_text(line, muted, 10) for line in box.lines if line]
        cells = [f'<TD ALIGN="LEFT" BALIGN="LEFT">{row}</TD>' for row in rows] or ["<TD></TD>"]
        beside = f'<TD ROWSPAN="{len(cells)}"'
        if box.symbol:
            sign = _text(box.symbol, ink, 15 if len(box.symbol) < 3 else 11)
            cells[0] = f'{beside} CELLPADDING="4">{sign}</TD>' + cells[0]
        if ports and self.picture.direction == "right":
            height = max(8, 14 * len(cells) // ports)
            column = [f'<TD PORT="p{i}" WIDTH="1" HEIGHT="{height}"></TD>' for i in range(ports)]
            cells[0] = f'{beside} CELLPADDING="0">{_rows(column, 0)}</TD>{cells[0]}{beside} WIDTH="7"></TD>'
        elif ports:
            row = "".join(f'<TD PORT="p{i}" WIDTH="{max(10, 70 // ports)}" HEIGHT="4"></TD>' for i in range(ports))
            cells = [f'<TD COLSPAN="2" CELLPADDING="0">{_rows([row], 0)}</TD>', *cells, '<TD COLSPAN="2" HEIGHT="5"></TD>']
        return _rows(cells, 1)

    def _arrow(self, arrow: Arrow, strongest: float) -> None:
        theme = self.theme
        faded = self.picture.has_highlights and not arrow.highlighted
        t = 0.0 if faded else strength(arrow.flow, strongest)
        colour = theme["edge"] if faded else shade(theme["line"], t, theme, 1.0)
        attributes = {"color": colour, "penwidth": f"{0.8 + 1.8 * abs(t) + (0.8 if arrow.highlighted else 0):.2f}"}
        if self.columns:
            attributes |= {"arrowhead": "none", "penwidth": f"{0.3 + 2.2 * abs(t):.2f}"}
        tailport, headport = {"right": ("e", "w"), "down": ("s", "n")}[self.picture.direction]
        if not self.columns:
            attributes["headport"] = headport
            if self.dense or self.kinds[arrow.tail] != "constant":
                attributes["tailport"] = tailport
        if arrow.tail.endswith("_header"):
            attributes = {"style": "invis", "weight": "1000"}  # keeps the headers on one line
        if self.kinds[arrow.head] == "operation" and self.part_of[arrow.tail] is not self.part_of[arrow.head]:
            attributes["minlen"] = "2"  # leaves room for the weights of a part beside it, so that parts stand in a row
        if arrow.text:
            label = _text(shorten(arrow.text), theme["muted"], 10)
            attributes["label"] = f"<{_rows([f'<TD>{label}</TD>'], 3)}>"
        head = arrow.head
        if head in self.ports:
            self.taken[head] = self.taken.get(head, -1) + 1
            head = f"{head}:p{self.taken[head]}:{headport}"
            del attributes["headport"]
        self.digraph.edge(arrow.tail, head, **attributes)

    def _legend(self) -> str:
        theme = self.theme
        note, ends, colours = legend_of(self.picture, theme)
        what = f'<TD ALIGN="LEFT">{_text(note, theme["muted"], 11)}&#160;</TD>' if note else ""
        swatches = "".join(
            f'<TD BGCOLOR="{colour}" WIDTH="16" HEIGHT="9" FIXEDSIZE="TRUE" BORDER="1" COLOR="{theme["edge"]}"></TD>'
            for colour in colours
        )
        low, high = (f"<TD>{_text(f' {end} ', theme['muted'], 10)}</TD>" if end else "" for end in ends)
        return _rows(['<TD HEIGHT="8"></TD>', what + low + swatches + high], 1) if note else ""


def render(digraph: Any, form: str, dpi: int = 0) -> bytes:
    """What Graphviz makes of a Digraph. Raises RuntimeError, with the reason, of one that is no DOT."""
    # The last brace gets a line of its own: behind a graph that ends too early, graphviz-pure reads on in the next line.
    source = re.sub(r"\}\s*\Z", "\n}\n", str(digraph.source))
    if sys.platform == "emscripten":
        return _render_in_a_browser(source, form)
    engine = find_engine()
    command = [engine, f"-T{form}"] + ([f"-Gdpi={dpi}"] if dpi else []) + (["-q"] if "pure" in Path(engine).name else [])
    done = subprocess.run(command, input=source.encode(), capture_output=True, check=False)
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        hint = ": Graphviz's own dot (https://graphviz.org/download) writes pdf" if form == "pdf" else ""
        raise RuntimeError(f"{Path(engine).name} could not make {form} of this drawing ({reason[0]}){hint}")
    return done.stdout


def find_engine() -> str:
    """The program that lays out: dot from PATH, else graphviz-pure, which then serves .dot.render() of people's own, too."""
    found = shutil.which("dot")
    if found:
        return found
    beside = str(Path(sys.executable).parent)
    pure = shutil.which("graphviz-pure") or shutil.which("graphviz-pure", path=beside)
    if not pure:
        raise RuntimeError(f"no Graphviz was found to lay out the drawing, so here is its text; {INSTALL}")
    from graphviz.backend import dot_command

    dot_command.DOT_BINARY = Path(pure)
    return pure


def _render_in_a_browser(source: str, form: str) -> bytes:
    """What the page's Graphviz makes of DOT: the JavaScript global `viz`, an instance of npm's @viz-js/viz."""
    import js
    from pyodide.ffi import JsException

    viz = getattr(js, "viz", None)
    if viz is None:
        raise RuntimeError(
            "no Graphviz was found to lay out the drawing, so here is its text; a page lends its own before Python starts:"
            " globalThis.viz = await instance(), which is npm's @viz-js/viz"
        )
    try:
        return str(viz.renderString(source, format=form)).encode()
    except JsException as error:
        raise RuntimeError(f"a browser draws svg, and could not make {form} of this drawing ({error.message})") from None


def make_titles_readable(svg: str, picture: Picture) -> str:
    """Names in place of keys in what a pointer or a screen reader gets to know."""
    names = {box.key: " ".join(filter(None, [box.title or box.symbol, *box.lines])) for box in picture.boxes}

    def named(match: re.Match[str]) -> str:
        ends = [end.partition(":")[0] for end in html.unescape(match[1]).split("->")]  # without ports
        if not all(end in names for end in ends):
            return "<title></title>" if match[1].startswith("cluster") else match[0]
        return f"<title>{html.escape(' → '.join(names[end] for end in ends))}</title>"

    return re.sub(r"<title>(.*?)</title>", named, svg)
