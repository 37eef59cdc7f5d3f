"""Whole documents around what is shown: one page in HTML and one document in LaTeX, for every part that saves either."""

from __future__ import annotations

import html

NO_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'"

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>TITLE</title>
<meta http-equiv="Content-Security-Policy" content="POLICY">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>STYLE</style></head>
<body>"""

PREAMBLE = r"""\usepackage{iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\else\usepackage{fontspec}\fi
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
"""


def html_page(title: str, body: str, style: str = "body{margin:24px}", policy: str = NO_SCRIPTS) -> str:
    """A page of its own, which needs nothing from anywhere.

    title: plain text
    body: HTML
    style: CSS
    policy: what the page may load and run; unless it says otherwise, nothing
    """
    head = PAGE.replace("POLICY", policy).replace("STYLE", f"body{{background:Canvas;color:CanvasText}}{style}")
    return f"{head.replace('TITLE', html.escape(title))}{body}</body></html>\n"


def latex_document(body: str, preamble: str, document_class: str = r"\documentclass{article}") -> str:
    """A document that pdfTeX, XeTeX and LuaTeX set.

    body: LaTeX
    preamble: the packages and settings that this body needs
    document_class: the line that names the class
    """
    return f"{document_class}\n{PREAMBLE}{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


def foreign_letters(body: str) -> str:
    """For a preamble: what pdfTeX, which has no letters beyond the Latin ones, shows in their place, their numbers."""
    foreign = sorted({c for c in body if ord(c) > 0x24F})
    declared = "".join(rf"\DeclareUnicodeCharacter{{{ord(c):04X}}}{{[{ord(c):04X}]}}" for c in foreign)
    return rf"\ifPDFTeX{declared}\fi"
