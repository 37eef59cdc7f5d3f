"""LaTeX as MathML, which browsers set by themselves."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.display.board import Line


def mathml(latex: str) -> str:
    r"""LaTeX of mathematics mode as MathML.

    latex: without $ signs, as `latex` and Board.latex give it; words, tags and links in it stay text, whoever wrote it

    >>> from autograd import mathml
    >>> mathml(r"\frac{1}{x}").startswith("<math")
    True

    Raises ImportError, with what to install, where latex2mathml is missing.
    """
    try:
        from latex2mathml.converter import convert
    except ImportError as error:
        raise ImportError('MathML is written by latex2mathml: pip install "chalkgrad[math]"') from error
    converted: str = convert(_known_to_latex2mathml(_without_tags(latex)), display="block")
    for found, better in TOUCHES:
        converted = re.sub(found, better, converted)
    return converted


def table_row(line: Line) -> str:
    """A line of a board as a row of a table in HTML."""
    right = line.right.latex and f"{line.relation.latex} {line.right.latex}"
    cells = {"left": line.left.latex, "right": right, "reason": line.reason.latex}
    written = {kind: mathml("\\displaystyle " + latex) if latex else "" for kind, latex in cells.items()}
    return "<tr>" + "".join(f'<td class="{kind}">{cell}</td>' for kind, cell in written.items()) + "</tr>"


HIDDEN = {ord("<"): "\ue000", ord(">"): "\ue001"}  # while latex2mathml works, which writes \text{<script>} as it stands
LINKS = re.compile(r"\\(?:href|url|class|style|id|cssId)(?![A-Za-z])")
TOUCHES = (  # what MathML should say, and latex2mathml does not
    (r"(<mo[^>]*>(?:=|\(|&#x0003D;|&#x00028;|&#x022C5;|&#x000B7;)</mo>)<mo>(?=&#x02212;)", r'\1<mo form="prefix">'),
    (r"<mo>([A-Za-z]{2,}|&#x02202;)</mo>", r"<mi>\1</mi>"),  # ReLU(x), ∂E/∂w: no operators with space around them
    (r"<mi[^<>]*>([\ue000\ue001])</mi>", r"<mo>\1</mo>"),
    ("\ue000", "&#x0003C;"),
    ("\ue001", "&#x0003E;"),
)


def _without_tags(latex: str) -> str:
    """Without what would be a tag, a link or a style in a page."""
    latex = LINKS.sub("", latex).replace(r"\left<", r"\left\langle ").replace(r"\right>", r"\right\rangle ")
    return latex.translate(HIDDEN)


def _known_to_latex2mathml(latex: str) -> str:
    """Without what it does not know: space between rows, digits in names, rows without an environment."""
    latex = re.sub(r"\\\\\[[^]]*\]", r"\\\\", latex.replace("{aligned}", "{align*}"))
    latex = re.sub(r"\\operatorname\{(\w*\d\w*)\}", r"\\text{\1}", latex)
    return latex if r"\begin" in latex or r"\\" not in latex else rf"\begin{{split}}{latex}\end{{split}}"
