"""LaTeX as MathML, which browsers set by themselves; and as what a cell of a notebook shows, which then needs no network."""

from __future__ import annotations

import html
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


NARROW = """@media screen and (max-width: 700px) { /* a reason stands below its line */
  table.board { display: grid; grid-template-columns: auto 1fr }
  table.board :is(tbody, tr) { display: contents }
  table.board td { align-self: center }
  table.board td.left { grid-column: 1 }
  table.board td.right { grid-column: 2 }
  table.board td.reason { grid-column: 2; padding: 0 .3rem .5rem 1.5rem; white-space: normal; font-size: .9em }
  table.board td.reason:empty { display: none }
}
"""
CELL = f"""
.cg-board > pre {{ display: none !important }}
.cg-board > div {{ display: block !important; overflow-x: auto; overflow-y: hidden }}
.cg-board h2 {{ font-size: 1.05em; font-weight: 600; margin: .8em 0 .3em }}
.cg-board > div > math mtable[displaystyle] > mtr > mtd:nth-child(odd) {{ text-align: right }}
.cg-board > div > math mtable[displaystyle] > mtr > mtd:nth-child(even) {{ text-align: left }}
.cg-board table.board {{ border: 0; border-collapse: collapse; font: inherit; margin: 0 0 .8em; table-layout: auto }}
.cg-board table.board {{ width: auto }}
.cg-board math {{ display: inline math; font-size: 17px }}
.cg-board table.board :is(tr, td) {{ background: none; border: 0; color: inherit; font-size: inherit; max-width: none }}
.cg-board table.board td {{ padding: .3em; text-align: left; vertical-align: middle; white-space: nowrap }}
.cg-board table.board td.left {{ text-align: right }}
.cg-board table.board td.reason {{ opacity: .75; padding-left: 2em }}
.cg-board mtable[columnlines] > mtr > mtd:first-child {{ border-right: 1px solid }}
.cg-board mtable[columnlines] > mtr:first-child > mtd {{ border-bottom: 1px solid }}
{NARROW.replace("table.board", ".cg-board table.board")}"""


def in_cell(text: str, body: str) -> str:
    """HTML with mathematics, for the output of a cell.

    text: the same as plain text, which is read where a page is shown without its styles and its mathematics, as on GitHub
    body: HTML with MathML
    """
    return f'<style>{CELL}</style><div class="cg-board"><pre>{html.escape(text)}</pre><div hidden>{body}</div></div>'


HIDDEN = {ord("<"): "\ue000", ord(">"): "\ue001"}  # while latex2mathml works, which writes \text{<script>} as it stands
LINKS = re.compile(r"\\(?:href|url|class|style|id|cssId)(?![A-Za-z])")
TOUCHES = (  # what MathML should say, and latex2mathml does not
    (r"(<mo[^>]*>(?:=|\(|&#x0003D;|&#x00028;|&#x022C5;|&#x000B7;)</mo>)<mo>(?=&#x02212;)", r'\1<mo form="prefix">'),
    (r"<mo>([A-Za-z]{2,}|&#x02202;)</mo>", r"<mi>\1</mi>"),  # ReLU(x), ∂L/∂w: no operators with space around them
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
