"""Drawings as TikZ, for LaTeX."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

from autograd.display.documents import latex_document
from autograd.writing.names import ACCENT_COMMANDS, GREEK_COMMANDS, UNSUB, UNSUP
from nn.drawing.colours import legend_of
from nn.drawing.picture import Picture, shorten

BEGIN = r"\begin{tikzpicture}[x=1bp,y=1bp,font=\sffamily]"
END = r"\end{tikzpicture}"


def write_tikz(picture: Picture, theme: dict[str, str], graph: dict[str, Any]) -> str:
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
        title = _latex(shorten(box.title))
        heading = " ".join(filter(None, [_latex(box.symbol), title if quiet or not title else f"\\textbf{{{title}}}"]))
        rows = [f"\\small {heading}"] + [f"\\footnotesize\\color{{{muted}}}{_latex(line)}" for line in box.lines if line]
        text = r" \\ ".join(rows)
        lines.append(f"\\node[{style}] at ({item['pos']}) {{{text}}};")
    lines += _tikz_legend(picture, theme, graph, shade)
    colours = [f"\\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}" for colour, name in shades.items()]
    preamble = "\n".join([r"\usetikzlibrary{arrows.meta}", *colours])
    return latex_document("\n".join([BEGIN, *lines, END]), preamble, r"\documentclass[tikz]{standalone}")


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
    note, ends, colours = legend_of(picture, theme)
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
    "′": "$'$", "Σ": r"$\Sigma$", "…": r"\ldots{}", "–": "--", "ℓ": r"$\ell$", "∞": r"$\infty$", "ʸ": "$^y$", "ᵏ": "$^k$",
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
