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
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from autograd.display.files import save
from autograd.writing.names import ACCENT_COMMANDS, GREEK_COMMANDS, UNSUB, UNSUP
from nn.drawing.picture import Arrow, Box, Picture, number, shortened
from nn.drawing.structure import Part

INSTALL = 'install the extra that draws: pip install "chalkgrad[draw]"'
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
        return _Dot(self.picture, THEMES[self.theme]).digraph

    @property
    def svg(self) -> str:
        """The drawing as SVG text. Raises RuntimeError where no Graphviz is found."""
        text = _render(self.dot, "svg").decode()
        return _readable_titles(text[text.index("<svg") :], self.picture)

    def png(self, dpi: int = 200) -> bytes:
        """The drawing as a PNG picture with so many dots per inch."""
        return _render(self.dot, "png", dpi)

    @property
    def mermaid(self) -> str:
        """The drawing as Mermaid, which Markdown on the web draws."""
        return _mermaid(self.picture, THEMES[self.theme])

    @property
    def tikz(self) -> str:
        """A LaTeX document of one TikZ picture. Raises RuntimeError where no Graphviz is found for the layout."""
        return _tikz(self.picture, THEMES[self.theme], json.loads(_render(self.dot, "json")))

    @property
    def text(self) -> str:
        """The drawing as an outline in text, each node above what it was computed from."""
        return _outline(self.picture)

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
    ".pdf": lambda drawing: _render(drawing.dot, "pdf"),
    ".dot": lambda drawing: str(drawing.dot.source).encode(),
    ".gv": lambda drawing: str(drawing.dot.source).encode(),
    ".mmd": lambda drawing: drawing.mermaid.encode(),
    ".tex": lambda drawing: drawing.tikz.encode(),
    ".txt": lambda drawing: f"{drawing.text}\n".encode(),
}

# ---------------------------------------------------------------------------------------------------------- colours


def mix(a: str, b: str, share: float) -> str:
    """The colour that is a, with a share of b in it; both as #rrggbb."""
    parts = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in parts)


def strength(gradient: float | None, strongest: float) -> float:
    """How strongly to show a gradient, from -1 to 1: its root against the strongest, so that small ones are seen."""
    if gradient is None or not gradient or not strongest or math.isnan(gradient):
        return 0.0
    return math.copysign(math.sqrt(min(abs(gradient) / strongest, 1.0)), gradient)


def _scale(picture: Picture, theme: dict[str, str]) -> tuple[str, tuple[str, str], list[str]]:
    """What the legend says: a line of text, the numbers at both ends of the scale, and its colours; or empty."""
    columns = any(box.kind == "circle" for box in picture.boxes)
    most = picture.strongest_flow if columns else picture.strongest
    if not most:
        return picture.note, ("", ""), []
    colours = [_shade(theme["box"], step / 3, theme, 1.0 if columns else 0.7) for step in range(-3, 4)]
    return picture.note or "gradient", (number(-most, 3), number(most, 3)), colours


def _shade(base: str, t: float, theme: dict[str, str], most: float) -> str:
    return mix(base, theme["positive" if t > 0.0 else "negative"], most * abs(t))


# -------------------------------------------------------------------------------------------------------------- DOT


def _text(text: str, colour: str, size: float, bold: bool = False) -> str:
    """A piece of an HTML-like label, in which \\N would stand for the name of the node, were it in one piece."""
    pieces = [html.escape(piece).replace("\\", "&#92;") for piece in re.split(r"(?<=\\)(?=[A-Z])", text)]
    style = f'<FONT COLOR="{colour}" POINT-SIZE="{size:g}">'
    return "".join(f"{style}{f'<B>{piece}</B>' if bold else piece}</FONT>" for piece in pieces)


def _rows(cells: list[str], padding: int) -> str:
    body = "".join(f"<TR>{cell}</TR>" for cell in cells)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">{body}</TABLE>'


class _Dot:
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
        self._boxes(self.digraph, None, 0, self._inside())
        for arrow in picture.arrows:
            self._arrow(arrow, picture.strongest_flow)

    def _places_for_operands(self) -> dict[str, int]:
        """How many arrows come into an operation of several operands, so that each can have its place, in their order."""
        counts: dict[str, int] = {}
        for arrow in self.picture.arrows:
            kind = self.kinds[arrow.head]
            if kind == "operation" or (kind == "neuron" and not self.dense):
                counts[arrow.head] = counts.get(arrow.head, 0) + 1
        return {key: n for key, n in counts.items() if 1 < n <= 12}

    def _inside(self) -> dict[Part | None, list[Box | Part]]:
        """What stands directly in each part: boxes and parts, in order."""
        inside: dict[Part | None, list[Box | Part]] = {None: []}
        for box in self.picture.boxes:
            around = None
            for part in box.part.around() if box.part else []:
                if part not in inside:
                    inside[part] = []
                    inside[around].append(part)
                around = part
            inside[around].append(box)
        return inside

    def _boxes(self, graph: Any, part: Part | None, depth: int, inside: dict[Part | None, list[Box | Part]]) -> None:
        theme = self.theme
        for item in inside[part]:
            if isinstance(item, Box):
                self._box(graph, item)
                continue
            number_of_part = list(inside).index(item)
            with graph.subgraph(name=f"cluster_{number_of_part}") as cluster:
                fill = theme["part" if depth % 2 == 0 else "inner"]
                label = _text(shortened(item.name), theme["muted"], 11)
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
            "fillcolor": _shade(theme["box"], t, theme, 0.42),
            "color": theme["edge"] if faded else theme["ink"] if box.highlighted else _shade(theme["line"], t, theme, 0.9),
            "penwidth": "2.4" if box.highlighted else f"{1.0 + abs(t):.2f}",
        }
        if box.kind == "constant":
            graph.node(
                box.key, f"<{_text(shortened(box.title), muted, 11)}>", shape="plaintext", style="", margin="0.04,0.02"
            )
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
        rows = [_text(shortened(box.title), ink, 12, bold=True)] if box.title else []
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
        colour = theme["edge"] if faded else _shade(theme["line"], t, theme, 1.0)
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
            label = _text(shortened(arrow.text), theme["muted"], 10)
            attributes["label"] = f"<{_rows([f'<TD>{label}</TD>'], 3)}>"
        head = arrow.head
        if head in self.ports:
            self.taken[head] = self.taken.get(head, -1) + 1
            head = f"{head}:p{self.taken[head]}:{headport}"
            del attributes["headport"]
        self.digraph.edge(arrow.tail, head, **attributes)

    def _legend(self) -> str:
        theme = self.theme
        note, ends, colours = _scale(self.picture, theme)
        what = f'<TD ALIGN="LEFT">{_text(note, theme["muted"], 11)}&#160;</TD>' if note else ""
        swatches = "".join(
            f'<TD BGCOLOR="{colour}" WIDTH="16" HEIGHT="9" FIXEDSIZE="TRUE" BORDER="1" COLOR="{theme["edge"]}"></TD>'
            for colour in colours
        )
        low, high = (f"<TD>{_text(f' {end} ', theme['muted'], 10)}</TD>" if end else "" for end in ends)
        return _rows(['<TD HEIGHT="8"></TD>', what + low + swatches + high], 1) if note else ""


# -------------------------------------------------------------------------------------------------------- rendering


def _render(digraph: Any, form: str, dpi: int = 0) -> bytes:
    """What Graphviz makes of a Digraph. Raises RuntimeError, with the reason, of one that is no DOT."""
    # The last brace gets a line of its own: behind a graph that ends too early, graphviz-pure reads on in the next line.
    source = re.sub(r"\}\s*\Z", "\n}\n", str(digraph.source))
    if sys.platform == "emscripten":
        return _render_in_a_browser(source, form)
    engine = _engine()
    command = [engine, f"-T{form}"] + ([f"-Gdpi={dpi}"] if dpi else []) + (["-q"] if "pure" in Path(engine).name else [])
    done = subprocess.run(command, input=source.encode(), capture_output=True, check=False)
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        hint = ": Graphviz's own dot (https://graphviz.org/download) writes pdf" if form == "pdf" else ""
        raise RuntimeError(f"{Path(engine).name} could not make {form} of this drawing ({reason[0]}){hint}")
    return done.stdout


def _engine() -> str:
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


def _readable_titles(svg: str, picture: Picture) -> str:
    """Names in place of keys in what a pointer or a screen reader gets to know."""
    names = {box.key: " ".join(filter(None, [box.title or box.symbol, *box.lines])) for box in picture.boxes}

    def named(match: re.Match[str]) -> str:
        ends = [end.partition(":")[0] for end in html.unescape(match[1]).split("->")]  # without ports
        if not all(end in names for end in ends):
            return "<title></title>" if match[1].startswith("cluster") else match[0]
        return f"<title>{html.escape(' → '.join(names[end] for end in ends))}</title>"

    return re.sub(r"<title>(.*?)</title>", named, svg)


# ---------------------------------------------------------------------------------------------------------- Mermaid


def _mermaid(picture: Picture, theme: dict[str, str]) -> str:
    lines = [f"flowchart {'LR' if picture.direction == 'right' else 'TB'}"]
    dot_order: dict[Part, int] = {}

    def quoted(parts: list[str]) -> str:
        return '"' + "<br/>".join("".join(_mermaid_safe(c) for c in part) for part in parts if part) + '"'

    for box in picture.boxes:
        chain = box.part.around() if box.part else []
        for part in chain:
            dot_order.setdefault(part, len(dot_order))
    for depth, item in _nested(picture):
        indent = "  " * (depth + 1)
        if isinstance(item, Box):
            heading = " ".join(filter(None, [item.symbol, item.title]))
            left, right = ("(", ")") if item.kind in ("leaf", "constant") else ("[", "]")
            lines.append(f"{indent}{item.key}{left}{quoted([heading, *item.lines])}{right}")
        elif item is not None:
            lines.append(f"{indent}subgraph part{dot_order[item]} [{quoted([item.name])}]")
        else:
            lines.append(f"{indent}end")
    for arrow in picture.arrows:
        text = f"|{quoted([arrow.text])}|" if arrow.text else ""
        lines.append(f"  {arrow.tail} -->{text} {arrow.head}")
    for box in picture.boxes:
        t = strength(box.grad, picture.strongest)
        if t:
            fill = _shade(theme["box"], t, theme, 0.42)
            lines.append(f"  style {box.key} fill:{fill},stroke:{_shade(theme['line'], t, theme, 0.9)},color:{theme['ink']}")
    return "\n".join(lines) + "\n"


def _mermaid_safe(c: str) -> str:
    return c if c.isalnum() or c in " .,=+-" or ord(c) > 127 else f"#{ord(c)};"


def _nested(picture: Picture) -> Iterator[tuple[int, Box | Part | None]]:
    """Boxes and parts as brackets: a part opens, what is in it follows, None closes it."""
    open_parts: list[Part] = []
    for box in sorted(picture.boxes, key=_part_order(picture)):
        chain = box.part.around() if box.part else []
        while open_parts and open_parts != chain[: len(open_parts)]:
            open_parts.pop()
            yield len(open_parts), None
        for part in chain[len(open_parts) :]:
            yield len(open_parts), part
            open_parts.append(part)
        yield len(open_parts), box
    while open_parts:
        open_parts.pop()
        yield len(open_parts), None


def _part_order(picture: Picture) -> Any:
    """Sorts boxes so that those of one part stand together, parts in the order in which they first occur."""
    first: dict[Part, int] = {}
    for i, box in enumerate(picture.boxes):
        for part in box.part.around() if box.part else []:
            first.setdefault(part, i)
    place = {box.key: i for i, box in enumerate(picture.boxes)}

    def key(box: Box) -> list[int]:
        return [first[part] for part in (box.part.around() if box.part else [])] + [place[box.key]]

    return key


# -------------------------------------------------------------------------------------------------------------- TikZ

TIKZ_HEAD = r"""\documentclass[tikz]{standalone}
\usepackage{iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\else\usepackage{fontspec}\fi
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usetikzlibrary{arrows.meta}
"""
TIKZ_BEGIN = r"\begin{document}", r"\begin{tikzpicture}[x=1bp,y=1bp,font=\sffamily]"
TIKZ_END = r"\end{tikzpicture}", r"\end{document}", ""


def _tikz(picture: Picture, theme: dict[str, str], graph: dict[str, Any]) -> str:
    """What Graphviz has laid out (in its JSON format), with text that LaTeX sets."""
    shades: dict[str, str] = {}

    def shade(colour: str) -> str:
        return shades.setdefault(colour, f"shade{len(shades)}")

    objects = graph["objects"]
    lines = [f"\\fill[{shade(theme['paper'])}] {_corners(graph['bb'], 12.0)};"]
    for item in objects:
        if item["name"].startswith("cluster"):
            style = f"draw={shade(item['color'])},fill={shade(item['fillcolor'])},rounded corners=5pt"
            lines.append(f"\\draw[{style}] {_corners(item['bb'])};")
            lines.append(_tikz_text(item["lp"], shade(theme["muted"]), r"\footnotesize", _plain(item["label"])))
    for edge in graph.get("edges", ()):
        if edge.get("style") != "invis":
            lines.append(f"\\draw[{shade(edge['color'])},{_tikz_width(edge)}{_tikz_curve(edge)};")
            if "lp" in edge:
                lines.append(_tikz_text(edge["lp"], shade(theme["muted"]), r"\scriptsize", _plain(edge["label"])))
    places = {item["name"]: item for item in objects if "pos" in item}
    for box in picture.boxes:
        item = places[box.key]
        faded = picture.has_highlights and not box.highlighted
        ink, muted = (shade(theme["line" if faded else name]) for name in ("ink", "muted"))
        quiet = item["shape"] == "plaintext"
        style = f"text={muted if quiet else ink},align=center"
        if not quiet:
            style += f",draw={shade(item['color'])},fill={shade(item['fillcolor'])},{_tikz_width(item)},inner sep=0pt"
            style += f",minimum width={item['width']}in,minimum height={item['height']}in"
            style += ",circle" if item["shape"] == "circle" else ",rounded corners=4pt"
        title = _latex(shortened(box.title))
        heading = " ".join(filter(None, [_latex(box.symbol), title if quiet or not title else f"\\textbf{{{title}}}"]))
        rows = [f"\\small {heading}"] + [f"\\footnotesize\\color{{{muted}}}{_latex(line)}" for line in box.lines if line]
        text = r" \\ ".join(rows)
        lines.append(f"\\node[{style}] at ({item['pos']}) {{{text}}};")
    lines += _tikz_legend(picture, theme, graph, shade)
    colours = [f"\\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}" for colour, name in shades.items()]
    return TIKZ_HEAD + "\n".join([*colours, *TIKZ_BEGIN, *lines, *TIKZ_END])


def _tikz_curve(edge: dict[str, Any]) -> str:
    """The rest of the style, and the points, of an arrow: pos is "e,tip start control control point …"."""
    points = edge["pos"].split()
    tip = points.pop(0).removeprefix("e,") if points[0].startswith("e,") else None
    curve = f"({points[0]})"
    for a, b, c in zip(points[1::3], points[2::3], points[3::3]):
        curve += f" .. controls ({a}) and ({b}) .. ({c})"
    return f",-{{Latex[length=4.5bp,width=3.6bp]}}] {curve} -- ({tip})" if tip else f"] {curve}"


def _tikz_text(place: str, colour: str, size: str, text: str) -> str:
    return f"\\node[text={colour},font=\\sffamily{size},inner sep=0pt] at ({place}) {{{_latex(text)}}};"


def _tikz_width(item: dict[str, Any]) -> str:
    return f"line width={0.7 * float(item['penwidth']):.2f}pt"


def _tikz_legend(
    picture: Picture, theme: dict[str, str], graph: dict[str, Any], shade: Callable[[str], str]
) -> Iterator[str]:
    note, ends, colours = _scale(picture, theme)
    if note:
        text, low, high = map(_latex, (note, *ends))
        style = f"text={shade(theme['muted'])},font=\\sffamily\\footnotesize,inner sep=2pt,anchor=west"
        yield f"\\node[{style}] (low) at (0,{float(graph['lp'].split(',')[1]) - 4:g}) {{{text}\\quad {low}}};"
        swatch = f"\\draw[{shade(theme['edge'])},fill="
        for i, colour in enumerate(colours):
            yield f"{swatch}{shade(colour)}] ([xshift={16 * i}bp,yshift=-4.5bp]low.east) rectangle +(16,9);"
        yield f"\\node[{style}] at ([xshift={16 * len(colours)}bp]low.east) {{{high}}};"


def _corners(box: str, margin: float = 0.0) -> str:
    left, bottom, right, top = map(float, box.split(","))
    return f"({left - margin:g},{bottom - margin:g}) rectangle ({right + margin:g},{top + margin:g})"


def _plain(label: str) -> str:
    """The text of an HTML-like label."""
    return html.unescape(re.sub("<[^>]*>", "", label))


LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "−": "$-$", "·": r"$\cdot$", "×": r"$\times$", "÷": r"$\div$",
    "→": r"$\to$", "‖": r"$\|$", "∂": r"$\partial$", "∇": r"$\nabla$", "√": r"$\surd$", "∛": r"$\sqrt[3]{\cdot}$",
    "′": "$'$", "Σ": r"$\Sigma$", "…": r"\ldots{}", "–": "--", "ℓ": r"$\ell$", "ʸ": "$^y$", "ᵏ": "$^k$",
}  # fmt: skip


def _latex(text: str) -> str:
    """Text as LaTeX sets it: subscripts and signs in mathematics, everything else escaped."""
    pieces = []
    for run in re.findall(r"[₀-₎ₐ-ₓₕ-ₜᵢᵣᵤᵥⱼ]+|[⁰¹²³⁴-⁾ⁱⁿ]+|.[\u0300-\u036f\u20d7]?", text):
        first = ord(run[0])
        if first in UNSUB:
            pieces.append(f"$_{{{''.join(UNSUB[ord(c)] for c in run)}}}$")
        elif first in UNSUP:
            pieces.append(f"$^{{{''.join(UNSUP[ord(c)] for c in run)}}}$")
        elif run[1:] in ACCENT_COMMANDS and len(run) == 2:
            inner = f"\\{GREEK_COMMANDS[run[0]]}" if run[0] in GREEK_COMMANDS else LATEX.get(run[0], run[0])
            pieces.append(f"$\\{ACCENT_COMMANDS[run[1:]]}{{{inner}}}$")
        elif run[0] in GREEK_COMMANDS and run[0] not in LATEX:
            pieces.append(f"$\\{GREEK_COMMANDS[run[0]]}$")
        else:
            pieces.append("".join(LATEX.get(c, c) for c in run))
    return "".join(pieces)


# -------------------------------------------------------------------------------------------------------------- text


def _outline(picture: Picture) -> str:
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
