"""Mathematics in the pages as MathML, written when the site is built: browsers show it with no script and no network."""

from __future__ import annotations

import html
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from autograd import mathml

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Make it the renderer that `html_math_renderer = "mathml"` names."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(_converted(node).replace('display="block"', 'display="inline"'))
    raise nodes.SkipNode


def _display(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="formula", TABINDEX="0"))
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    translator.body.append(f"{_converted(node)}{number}</div>\n")
    raise nodes.SkipNode


def _converted(node: nodes.Element) -> str:
    latex = node.astext().strip()
    try:
        return _drawn_better(mathml(_readable(latex)))
    except Exception as error:
        logger.warning("this formula does not become MathML (%r): %s", error, latex, location=node)
        return html.escape(latex)


def _readable(latex: str) -> str:
    """LaTeX without what latex2mathml does not know: space between rows, digits in names, rows without an environment."""
    latex = re.sub(r"\\\\\[[^]]*\]", r"\\\\", latex)
    latex = re.sub(r"\\operatorname\{(\w*\d\w*)\}", r"\\text{\1}", latex)
    return latex if r"\begin" in latex or r"\\" not in latex else rf"\begin{{split}}{latex}\end{{split}}"


def _drawn_better(mathml: str) -> str:
    """Names of functions, and ∂, are no operators with space around them: ReLU(x), ∂E/∂w."""
    return re.sub(r"<mo>([A-Za-z]{2,}|&#x02202;)</mo>", r"<mi>\1</mi>", mathml)
