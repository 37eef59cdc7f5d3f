"""What is said of a page: as text, as a marked page, as data."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autograd.display.colours import themed
from autograd.display.documents import html_page
from autograd.display.files import save
from autograd.display.mathml import mathml
from autograd.mark.forms import figure
from autograd.mark.verdicts import as_row, signs, words
from autograd.notes.blocks import LONGEST, Row, cells_of_notebook
from autograd.notes.judging import Page
from autograd.notes.statements import find_parts
from autograd.notes.verdicts import AS_WRITTEN, JUMP, OPEN, RIGHT, STATED, UNREAD, WRONG, Judgement
from autograd.writing.names import pretty

WORDS = words(WRONG, JUMP, OPEN, UNREAD, RIGHT, STATED)
SIGNS = signs(*WORDS)
SHOWN = (WRONG, JUMP, OPEN, UNREAD)  # what the text speaks of, row by row
WIDTH = 60  # characters of a row that are shown
STYLE = themed(".cg-notes") + (
    ".cg-notes{color:var(--ink);background:var(--box);border:1px solid var(--edge);border-radius:6px;padding:12px 16px;"
    "box-sizing:border-box;overflow-x:auto;font:15px/1.45 system-ui,sans-serif}"
    ".cg-notes table{border-collapse:collapse;width:100%}.cg-notes tr{background:none!important}"
    ".cg-notes td{border-bottom:1px solid var(--edge);padding:5px 10px 5px 0;text-align:left!important;vertical-align:top}"
    ".cg-notes td.n{color:var(--muted);white-space:nowrap}.cg-notes td.f{min-width:12em;overflow-wrap:anywhere}"
    ".cg-notes td.r{min-width:12em}.cg-notes p{margin:10px 0 0;font-weight:600}"
    ".cg-notes .wrong td.v,.cg-notes .wrong td.r{color:var(--wrong)}.cg-notes .right td.v{color:var(--right)}"
    ".cg-notes .jump td.v,.cg-notes .open td.v{color:var(--carried)}"
    ".cg-notes .stated td,.cg-notes .unread td{color:var(--muted)}"
    ".cg-notes math{font-size:1.05em}"
    "@media (max-width:640px){.cg-notes tr{display:grid;grid-template-columns:2.5em minmax(0,1fr);padding:6px 0;"
    "border-bottom:1px solid var(--edge)}.cg-notes td{grid-column:2;border:0;padding:2px 0}.cg-notes td.n{grid-column:1}"
    ".cg-notes td.f{overflow-x:auto;min-width:0}.cg-notes td.f math{text-align:left}.cg-notes td:empty{display:none}}"
)
_CLASSES = {JUMP: "jump", OPEN: "open"}


class NotesError(ValueError):
    """A page that cannot be read as one; the message says why."""


class NotesRow(NamedTuple):
    """A row of a page, and what is said of it.

    line: of the page, from 1 on; text: as it stands there
    verdict: right, wrong, does not follow, depends, unread or stated; remark: why
    against: what it was judged by; how: exactly, or at points; point: names with numbers at which it is wrong
    here, there: what it should be there, and what it is
    mended: what would be right, where it is one small thing away
    """

    line: int
    text: str
    verdict: str
    remark: str
    against: str
    how: str
    point: dict[str, float]
    here: float | None
    there: float | None
    mended: str


class NotesReport:
    r"""What `check_notes` found; true if nothing is wrong. It shows itself in Jupyter.

    .rows are all rows of mathematics that state something, in order; .wrong are those that are wrong
    .text, .html() and .data say it in words, as a marked page, and for json

    >>> from autograd import check_notes
    >>> report = check_notes(r"$$\frac{d}{dx} x^2 = 3x$$")
    >>> bool(report), len(report.wrong)
    (False, 1)
    >>> report
    <1 row of mathematics read: 0 right, 1 wrong>
    """

    def __init__(self, rows: Sequence[NotesRow]) -> None:
        self.rows = list(rows)

    @property
    def wrong(self) -> list[NotesRow]:
        """The rows that are wrong."""
        return [row for row in self.rows if row.verdict == WRONG]

    def __bool__(self) -> bool:
        return not self.wrong

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each verdict."""
        return {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in WORDS}

    @property
    def summary(self) -> str:
        """How many rows were read, and what they are, in a sentence."""
        counts = self.counts
        read = len(self.rows) - counts[UNREAD]
        parts = [
            f"{counts[RIGHT] + counts[JUMP]} right",
            f"{counts[WRONG]} wrong",
            *([f"{counts[STATED]} taken as given"] if counts[STATED] else []),
            *([f"{counts[OPEN]} that depend on what is not said"] if counts[OPEN] else []),
        ]
        behind = f"; {counts[UNREAD]} unread" if counts[UNREAD] else ""
        return f"{read} row{'' if read == 1 else 's'} of mathematics read: {', '.join(parts)}{behind}"

    @property
    def text(self) -> str:
        """Each row that is not simply right, and how many of each kind there are."""
        lines = [f"line {row.line}  {_short(row.text)}    {_remark(row)}" for row in self.rows if row.verdict in SHOWN]
        return "\n".join([*lines, self.summary])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{self.summary}>"

    def html(self) -> str:
        """The rows with their marks, the mathematics set where latex2mathml is installed."""
        body = "".join(
            f'<tr class="{_CLASSES.get(row.verdict, row.verdict)}"><td class="n">{row.line}</td>'
            f'<td class="f">{_set(row.text)}</td>'
            f'<td class="v">{SIGNS[row.verdict]} {html.escape(WORDS[row.verdict])}</td>'
            f'<td class="r">{_set_remark(row)}</td></tr>'
            for row in self.rows
        )
        return (
            f'<style>{STYLE}</style><div class="cg-notes"><table><tbody>{body}</tbody></table>'
            f"<p>{html.escape(self.summary)}</p></div>"
        )

    def _repr_html_(self) -> str:
        return self.html()

    @property
    def data(self) -> dict[str, Any]:
        """The same as dictionaries and lists."""
        return {"title": "", "summary": self.summary, "counts": self.counts, "rows": list(map(_as_row, self.rows))}

    @property
    def json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.data, ensure_ascii=False, indent=2)

    def save(self, path: str | Path) -> Path:
        """Write it to a file, and return the path.

        path: where to; its suffix is .html, .json or .txt

        Raises ValueError for another suffix, OSError where it cannot be written; no file is made then.
        """
        writers = {
            ".html": lambda: html_page("Notes", self.html()),
            ".json": lambda: self.json + "\n",
            ".txt": lambda: self.text + "\n",
        }
        return save(path, "a page of notes", writers)


def _as_row(row: NotesRow) -> dict[str, Any]:
    more = {"against": row.against, "how": row.how, "point": row.point, "mended": row.mended}
    return as_row(row.line, row.verdict, row.remark, row.text, row.there, row.here, **more)


def check_notes(text: str, *, given: Sequence[str] | str = (), latex: bool = False) -> NotesReport:
    r"""Read a page of notes, and say which of its rows of mathematics are wrong, with a point that proves it.

    text: the page: LaTeX, Markdown, or text with $…$; of a notebook, its JSON
    given: what the page leaves out, such as "a = σ(z)"; one definition, or several
    latex: whether % begins a comment, as in a .tex file

    Every row is judged by the definitions on the page, by the engine's derivatives of these, and by the row above it; a
    number by the numbers before it, to its digits. What depends on something that the page does not say is not called wrong.

    >>> from autograd import check_notes
    >>> report = check_notes(r"$$L = (w x - y)^2$$ so $$\frac{\partial L}{\partial w} = 2(w x - y)$$")
    >>> [row.verdict for row in report.rows]
    ['stated', 'wrong']
    >>> print(report.summary)
    2 rows of mathematics read: 0 right, 1 wrong, 1 taken as given

    Raises NotesError for a page of over a million characters, and for a notebook that is none.
    """
    if len(text) > LONGEST:
        raise NotesError(f"a page has up to {LONGEST:,} characters, and this one has {len(text):,}")
    if text.lstrip()[:1] == "{" and '"cells"' in text:
        try:
            text = "\n\n".join(cells_of_notebook(text))
        except ValueError as error:
            raise NotesError(str(error)) from None
    page = Page(text, (given,) if isinstance(given, str) else tuple(given), latex)
    return NotesReport([_row(row, judgement) for row, judgement in _judged(page)])


def _judged(page: Page) -> Iterator[tuple[Row, Judgement]]:
    """The rows that state something, with what is said of them; what was given besides the page is none of its rows."""
    for row in page.rows:
        if row.line and (found := page.judgements.get(row)) is not None:
            yield row, found
        elif row.line and any(len(part.formulas) > 1 or part.goes_on for part in find_parts(row)):
            yield row, Judgement(STATED)


def _row(row: Row, found: Judgement) -> NotesRow:
    proof = found.difference if found.verdict in (WRONG, JUMP) else None
    point = dict(proof.point) if proof else {}
    here, there = (proof.here, proof.there) if proof else (None, None)
    return NotesRow(
        row.line, row.text, found.verdict, _sentence(found), found.against, found.how, point, here, there, found.mended
    )


def _sentence(found: Judgement) -> str:
    """Why a row is what it is said to be."""
    said = [found.reason] if found.reason else []
    if found.difference is not None and found.verdict in (WRONG, JUMP):
        at = ", ".join(f"{pretty(name)} = {figure(x)}" for name, x in found.difference.point)
        where = f"at {at} " if at else ""
        it_is, should = figure(found.difference.there), figure(found.difference.here)
        said.append(f"{where}it is {it_is}, and should be {should}, by {found.against or 'the other side'}")
    if found.mended and (found.difference is None or found.difference.point):  # of a number it is said what it should be
        said.append(found.mended)
    if found.verdict == RIGHT and found.against:
        by = "" if found.against == AS_WRITTEN else "by "
        said.append(f"{by}{found.against}{', ' + found.how if found.how else ''}")
    return "; ".join(said)


def _remark(row: NotesRow) -> str:
    return f"{WORDS[row.verdict]}{': ' + row.remark if row.remark else ''}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def _set_remark(row: NotesRow) -> str:
    """Why a row is what it is, the formula that would be right set as one."""
    formula = row.mended.partition(": ")[2]
    if not formula or not row.remark.endswith(formula):
        return html.escape(row.remark)
    return html.escape(row.remark.removesuffix(formula)) + _set(formula)


def _set(text: str) -> str:
    """A row of LaTeX as MathML, or as it was written where that cannot be."""
    plain = text.replace("&", " ") if r"\begin" not in text else text
    if text.count("{") != text.count("}"):  # which latex2mathml takes for something else
        return f"<code>{html.escape(text)}</code>"
    try:
        return mathml(plain)
    except Exception:  # of latex2mathml, for whatever people write
        return f"<code>{html.escape(text)}</code>"


__all__ = ["NotesError", "NotesReport", "NotesRow", "check_notes"]
