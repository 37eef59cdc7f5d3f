"""Whole documents, in LaTeX and in HTML, around what is shown."""

from __future__ import annotations

import html

DOCUMENT = r"""\documentclass[fleqn]{article}
\usepackage{amsmath, amssymb, iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}DECLARED\else\usepackage{fontspec}\fi
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[margin=2cm, PAPER]{geometry}
\allowdisplaybreaks
\begin{document}
BODY\end{document}
"""


PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>TITLE</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem }
table.board { border-collapse: collapse; display: block; overflow-x: auto; margin-bottom: 1.4rem }
math { display: inline math }
mtable[columnlines] > mtr > mtd:first-child { border-right: 1px solid }
mtable[columnlines] > mtr:first-child > mtd { border-bottom: 1px solid }
table.board td { padding: .35rem .3rem; vertical-align: middle; white-space: nowrap }
table.board td.left { text-align: right }
table.board td.reason { color: color-mix(in srgb, CanvasText 65%, Canvas); padding-left: 2rem }
</style></head>
<body>
BODY
</body></html>
"""


def whole_page(title: str, body: str) -> str:
    """A page of its own, which needs nothing from anywhere."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        "<style>body{margin:24px;background:Canvas;color:CanvasText}</style></head>"
        f"<body>{body}</body></html>\n"
    )
