"""A board before a class: a slide for each part of it, on which the lines come one by one.

The page is one file that needs no network: keys, a click, or a thumb on a phone bring the next line. Without a script, and
on paper, all lines are there. What is too wide for a slide is set smaller, down to what can still be read, and then moved
sideways. Beamer's document has the same slides, with an overlay for each line.
"""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from pathlib import Path

from autograd.display.documents import foreign_letters, html_page, latex_document
from autograd.display.files import save
from autograd.display.mathml import table_row
from autograd.writing.names import escape_latex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.display.board import Line

MOST_LINES = 6  # on a slide
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
STYLE = """
:root { --soft: color-mix(in srgb, CanvasText 62%, Canvas); --line: color-mix(in srgb, CanvasText 20%, Canvas) }
html, body { height: 100%; margin: 0 }
body { font: clamp(17px, 2.3vw, 34px)/1.4 system-ui, sans-serif; display: flex; flex-direction: column }
main { flex: 1; min-height: 0; display: flex; flex-direction: column; gap: 2em }
section { box-sizing: border-box; width: 100%; padding: 1.2em 1.4em; overflow: auto }
h1 { font-size: 1.1em; font-weight: 600; margin: 0 0 .8em }
table { border-collapse: collapse; margin: auto }
td { padding: .32em .18em; vertical-align: middle; white-space: nowrap }
td.left { text-align: right }
td.reason { color: var(--soft); padding-left: 1.6em; font-size: .8em }
math { display: inline math }
nav { display: none }
.live main { display: block }
.live section { display: none; height: 100%; }
.live section.now { display: flex; flex-direction: column }
.live section.now > div { margin: auto; max-width: 100%; overflow-x: auto; overflow-y: hidden }
.live tr.later { visibility: hidden }
.live nav { display: flex; align-items: center; gap: .8em; padding: .4em 1em calc(.4em + env(safe-area-inset-bottom));
  border-top: 1px solid var(--line); font-size: 16px }
nav button { font: 22px/1 system-ui, sans-serif; color: inherit; background: none; border: 1px solid var(--line);
  border-radius: 8px; min-width: 56px; min-height: 44px; cursor: pointer }
nav button:disabled { opacity: .35; cursor: default }
nav output { flex: 1; text-align: center; color: var(--soft); font-variant-numeric: tabular-nums }
@media screen and (max-width: 700px) { /* a reason stands below its line, and the thumb's button is wide */
  section { padding: 1em .8em }
  table { display: grid; grid-template-columns: auto 1fr }
  :is(tbody, tr) { display: contents }
  td { align-self: center }
  td.left { grid-column: 1 } td.right { grid-column: 2 }
  td.reason { grid-column: 2; padding: 0 .2em .5em 1.2em; white-space: normal }
  td.reason:empty { display: none }
  .live tr.later > td { visibility: hidden }
  nav button { min-width: 88px; min-height: 52px }
}
@media print {
  @page { size: landscape; margin: 12mm }
  html, body { height: auto; font-size: 15pt; color-scheme: light }
  .live main { display: block }
  section, .live section { display: block; height: auto; overflow: visible; break-after: page; break-inside: avoid }
  .live tr.later, .live tr.later > td { visibility: visible }
  .live nav, nav { display: none }
}
"""
SCRIPT = """
const sections = [...document.querySelectorAll("section")]
const lines = sections.map(section => [...section.querySelectorAll("tr")])
const steps = lines.flatMap((rows, slide) => rows.map((_, line) => [slide, line]))
const [back, next] = document.querySelectorAll("nav button")
const place = document.querySelector("output")
let step = Math.min(Math.max(Number(location.hash.slice(1)) - 1 || 0, 0), steps.length - 1)
document.documentElement.classList.add("live")

function fit(section) {
  const box = section.querySelector("div")
  box.style.fontSize = ""
  const room = Math.min(section.clientWidth / section.scrollWidth, box.clientWidth / box.scrollWidth)
  const tall = section.clientHeight / section.scrollHeight
  const usual = parseFloat(getComputedStyle(box).fontSize)
  const ratio = Math.min(1, room, tall)
  if (ratio < 1) box.style.fontSize = Math.max(12, Math.floor(usual * ratio * 0.97)) + "px"
}

function show() {
  const [slide, line] = steps[step]
  sections.forEach((section, i) => section.classList.toggle("now", i === slide))
  lines[slide].forEach((row, i) => row.classList.toggle("later", i > line))
  back.disabled = step === 0
  next.disabled = step === steps.length - 1
  place.value = `${slide + 1} / ${sections.length}`
  history.replaceState(null, "", `#${step + 1}`)
  fit(sections[slide])
}

function go(by) {
  step = Math.min(Math.max(step + by, 0), steps.length - 1)
  show()
}

function turn(by) {
  const slide = Math.min(Math.max(steps[step][0] + by, 0), sections.length - 1)
  step = steps.findIndex(([each]) => each === slide)
  show()
}

const keys = {
  ArrowRight: () => go(1), " ": () => go(1), Enter: () => go(1), PageDown: () => go(1), n: () => go(1),
  ArrowLeft: () => go(-1), Backspace: () => go(-1), PageUp: () => go(-1), p: () => go(-1),
  ArrowDown: () => turn(1), ArrowUp: () => turn(-1), Home: () => go(-steps.length), End: () => go(steps.length),
}
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return
  if (event.target.closest("button") && (event.key === "Enter" || event.key === " ")) return
  event.preventDefault()
  keys[event.key]()
})
back.onclick = () => go(-1)
next.onclick = () => go(1)
document.querySelector("main").onclick = () => { if (!String(getSelection())) go(1) }
let from = null
addEventListener("touchstart", event => { from = event.touches.length === 1 ? event.touches[0].clientX : null })
addEventListener("touchend", event => {
  const moved = from === null ? 0 : event.changedTouches[0].clientX - from
  const box = sections[steps[step][0]].querySelector("div")
  if (Math.abs(moved) > 60 && box.scrollWidth <= box.clientWidth) go(moved < 0 ? 1 : -1)
})
addEventListener("resize", () => fit(sections[steps[step][0]]))
show()
"""
NAV = (
    '<nav aria-label="Slides"><button aria-label="Back">‹</button><output></output>'
    '<button aria-label="Next line">›</button></nav>'
)
FRAME = r"""\begin{frame}TITLE
\fit{$\begin{array}{@{}r@{\;}l@{\qquad}l@{}}
ROWS
\end{array}$}
\end{frame}
"""
FIT = r"""\usepackage{amsmath, amssymb}
\setbeamertemplate{navigation symbols}{}
\newsavebox{\whole}
\newcommand{\fit}[1]{\sbox{\whole}{#1}%
\ifdim\wd\whole>\textwidth\sbox{\whole}{\resizebox{\textwidth}{!}{\usebox{\whole}}}\fi
\ifdim\dimexpr\ht\whole+\dp\whole\relax>.8\textheight\sbox{\whole}{\resizebox{!}{.8\textheight}{\usebox{\whole}}}\fi
\begin{center}\usebox{\whole}\end{center}}
"""


class Slides:
    """A board as slides, made by `slides` of what derivation gives: a line a click.

    .save("x.html") writes one page that needs no network: the arrows, the space bar, a click or a thumb go on; printed, each
    slide is a page. .save("x.tex") writes a document for LaTeX's Beamer.
    """

    def __init__(self, blocks: Sequence[tuple[str, Sequence[Line]]]) -> None:
        self.slides = list(_split(blocks))

    def __len__(self) -> int:
        return len(self.slides)

    def __repr__(self) -> str:
        n, lines = len(self.slides), sum(len(rows) for _, rows in self.slides)
        return f"<{n} slide{'' if n == 1 else 's'}, {lines} line{'' if lines == 1 else 's'}>"

    def html(self) -> str:
        """The slides as a page. Raises ImportError, with what to install, where latex2mathml is missing."""
        sections = "".join(
            f"<section>{f'<h1>{html.escape(title)}</h1>' if title else ''}<div><table>"
            f"{''.join(map(table_row, lines))}</table></div></section>"
            for title, lines in self.slides
        )
        return html_page(
            self.title, f'<main aria-live="polite">{sections}</main>{NAV}<script>{SCRIPT}</script>', STYLE, POLICY
        )

    @property
    def title(self) -> str:
        """What the slides are about: the first title, or what stands on the left of the first line."""
        titles = (title for title, _ in self.slides if title)
        return next(
            titles, next((line.left.text for _, lines in self.slides for line in lines if line.left.text), "chalkgrad")
        )

    def document(self) -> str:
        """The slides as a document for Beamer, with an overlay for each line."""
        body = "".join(_frame(title, lines) for title, lines in self.slides)
        return latex_document(body, foreign_letters(body) + "\n" + FIT, r"\documentclass[aspectratio=169]{beamer}")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the slides to a file and give its path.

        path: where to; its ending says as what: .html, or .tex for Beamer

        Raises ValueError for another ending, OSError where the file cannot be written, ImportError for .html without
        latex2mathml.
        """
        return save(path, "a set of slides", {".html": self.html, ".tex": self.document})


def _split(blocks: Sequence[tuple[str, Sequence[Line]]]) -> list[tuple[str, list[Line]]]:
    """The slides: one for each block, several where it has many lines; lines that stand alone share one."""
    slides: list[tuple[str, list[Line]]] = []
    title = ""
    for own, lines in blocks:
        title = own or title
        if len(lines) == 1 and not own and slides and len(slides[-1][1]) < MOST_LINES and slides[-1][0] == title:
            slides[-1][1].append(lines[0])
            continue
        pages = -(-len(lines) // MOST_LINES)
        for k in range(pages):  # of like lengths, and not six lines and one
            part = list(lines[k * len(lines) // pages : (k + 1) * len(lines) // pages])
            if k and not part[0].left.text:
                part[0] = part[0]._replace(left=next(line.left for line in slides[-1][1] if line.left.text))
            slides.append((title, part))
    return slides


def _frame(title: str, lines: Sequence[Line]) -> str:
    rows = []
    for i, line in enumerate(lines, 1):
        right = line.right.latex and f"{line.relation.latex} {line.right.latex}"
        reason = line.reason.latex and rf"\mbox{{\footnotesize ${line.reason.latex}$}}"
        cells = [rf"\uncover<{i}->{{\displaystyle {cell}}}" if cell else "" for cell in (line.left.latex, right)]
        rows.append(" & ".join([*cells, rf"\uncover<{i}->{{{reason}}}" if reason else ""]))
    head = rf"{{{escape_latex(title)}}}" if title else ""
    return FRAME.replace("TITLE", head).replace("ROWS", "\\\\\\noalign{\\vskip 8pt}\n".join(rows))
