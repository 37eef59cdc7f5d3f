"""Mathematics in the pages as MathML, written when the site is built: browsers show it with no script and no network."""

from __future__ import annotations

import html
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
    translator.body.append(_mathml(node).replace('display="block"', 'display="inline"'))
    raise nodes.SkipNode


def _display(translator: Any, node: nodes.math_block) -> None:
    translator.body += [translator.starttag(node, "div", CLASS="formula", TABINDEX="0"), _mathml(node), "</div>\n"]
    raise nodes.SkipNode


def _mathml(node: nodes.Element) -> str:
    latex = node.astext().strip()
    try:
        return mathml(latex)
    except Exception as error:
        logger.warning("this formula does not become MathML (%r): %s", error, latex, location=node)
        return html.escape(latex)
