"""A marked worksheet: one row for each line, and how it shows itself.

In a terminal it is a table; in Jupyter and as HTML a page with ticks and a red pen, where a line leads from a mistake to
what follows from it; as CSV and JSON the rows, for a grade book. Neither colour nor shape alone says what is wrong: each
verdict has a sign, a word and a colour.
"""

from __future__ import annotations

import csv
import html
import io
import json
import os
import textwrap
from collections import namedtuple
from itertools import zip_longest
from pathlib import Path

from autograd.display.files import save
from autograd.mark.claims import last_number, written_number
from autograd.writing.names import pretty, text_name
from autograd.writing.notation import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

SIGNS = {"right": "✓", "rounded": "≈", "carried": "↳", "wrong": "✗", "blank": "·", "unread": "?"}
COLUMNS = (
    "line", "written", "verdict", "right", "own", "tolerance", "diagnosis", "carried from", "remark", "marks", "worth",
)  # fmt: skip


class Diagnosis(namedtuple("Diagnosis", "kind sentence value")):
    """A guess at a mistake: its kind (a key of mistakes.KINDS), a sentence, and the number that it leads to."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(self.sentence)


class Row(namedtuple("Row", "name claim verdict true own tolerance diagnoses sources remarks marks worth")):
    """One line of a marked sheet.

    name, claim: the line, and what was written there
    verdict: "right", "rounded", "carried", "wrong", "blank" or "unread"
    true: the right number; own: what the person's own earlier numbers lead to; tolerance: how far off that is still right
    diagnoses: guesses at the mistake; where there are several, one or the other
    sources: the lines whose wrong numbers this one rests on
    remarks: sentences on what else was written there
    marks, worth: marks reached, and to be had
    """

    __slots__ = ()

    @property
    def remark(self) -> str:
        """All that the red pen writes beside the line."""
        guesses = [str(guess) for guess in self.diagnoses]
        said = (
            guesses if len(guesses) < 2 else [f"either: {'; or: '.join(guess[0].lower() + guess[1:] for guess in guesses)}"]
        )
        return ". ".join([*said, *self.remarks])

    @property
    def right(self) -> str:
        """The right number, with the digits that were written, or six; none beside a blank, which is still to be tried."""
        if self.verdict in ("blank", "unread"):
            return ""
        number = last_number(self.claim)
        decimals = 0 if number is None else len(f"{number.unit:.12f}".rstrip("0").partition(".")[2])
        if decimals and abs(self.true) < 10.0 ** (1 - decimals):  # too few to say anything
            decimals = 0
        return f"{self.true:.{decimals}f}".replace("-", "−") if decimals else _number(self.true)

    def as_dict(self) -> dict[str, Any]:
        """The row in plain numbers and text."""
        cells = (
            self.name, self.claim, self.verdict, _plain(self.true), _plain(self.own), _plain(self.tolerance),
            " / ".join(d.kind for d in self.diagnoses), " ".join(self.sources), self.remark, self.marks, self.worth,
        )  # fmt: skip
        return dict(zip(COLUMNS, cells, strict=True))


class Marking:
    """A marked worksheet, as Worksheet.mark gives it. Iterating gives its rows, marking["z1"] the row of a line.

    rows: a Row for each line, in order
    score, out_of: marks reached, and to be had
    first_wrong: the name of the first line with a mistake of its own, or None
    title: what stands above the page

    >>> from autograd import Value, Worksheet
    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> marking = Worksheet(y=y, z=y + 1).mark({"y": "6.0", "z": "7.0"})
    >>> marking.score, marking.out_of, marking.first_wrong
    (1.0, 2.0, 'y')
    >>> marking["z"].verdict, marking["z"].sources
    ('carried', ('y',))
    >>> print(marking)
    line  written  mark           right  remark
    y     6.0      ✗ wrong        9.0
    z     7.0      ↳ carried ← y  10.0
    <BLANKLINE>
    1 of 2 marks. The first mistake: y.
    """

    def __init__(self, rows: Sequence[Row], title: str = "") -> None:
        self.rows, self.title = list(rows), title
        self.score: float = sum(row.marks for row in self.rows)
        self.out_of: float = sum(row.worth for row in self.rows)
        self.first_wrong: str | None = next((row.name for row in self.rows if row.verdict == "wrong"), None)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> Row:
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"{name} is no line of this worksheet; the lines are {', '.join(row.name for row in self.rows)}")

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each line, by name."""
        return {row.name: row.verdict for row in self.rows}

    @property
    def summary(self) -> str:
        """How many marks there are, and where to look first."""
        marks = f"{_mark(self.score)} of {_mark(self.out_of)} marks."
        named = {verdict: [pretty(row.name) for row in self.rows if row.verdict == verdict] for verdict in SIGNS}
        wrong, blank, unread = named["wrong"], named["blank"], named["unread"]
        if len(blank) == len(self.rows):
            return f"{marks} Nothing is filled in yet."
        if len(blank) + len(unread) == len(self.rows):
            return (
                f"{marks} Nothing that is written can be read: {', '.join(unread)}"
                + f"; {len(blank)} blank" * bool(blank)
                + "."
            )
        if wrong:
            found = f"The first mistake: {wrong[0]}." + f" Others in {', '.join(wrong[1:])}." * bool(wrong[1:])
        else:
            found = "No other mistake" if named["carried"] else "No mistake"
            found += " in what can be read" * bool(unread) + f"; {len(blank)} blank" * bool(blank) + "."
        return f"{marks} {found}" + f" Cannot be read: {', '.join(unread)}." * bool(unread)

    # ---- text

    @property
    def text(self) -> str:
        """The marked sheet as a table for a terminal; what print shows."""
        lines = [("line", "written", "mark", "right", "remark")]
        for row in self.rows:
            verdict = f"{SIGNS[row.verdict]} {row.verdict}" + (
                f" ← {', '.join(map(pretty, row.sources))}" if row.sources else ""
            )
            lines.append((pretty(row.name), " ".join(row.claim.split()), verdict, row.right, row.remark))
        return "\n\n".join([*([self.title] if self.title else []), table(lines, (1, 4)), self.summary])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    # ---- other forms

    def as_dicts(self) -> list[dict[str, Any]]:
        """The rows as plain numbers and text, one dict for each line.

        >>> from autograd import Value, Worksheet
        >>> x = Value(3.0, label="x")
        >>> (row,) = Worksheet(y=x * x).mark({"y": "9.0"}).as_dicts()
        >>> row["line"], row["verdict"], row["marks"]
        ('y', 'right', 1.0)
        """
        return [row.as_dict() for row in self.rows]

    @property
    def csv(self) -> str:
        """The rows as CSV, with a head: a line of names."""
        file = io.StringIO()
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _safe_cell(item) for key, item in row.items()} for row in self.as_dicts())
        return file.getvalue()

    @property
    def json(self) -> str:
        """Score and rows as JSON, in text."""
        whole = {"title": self.title, "score": self.score, "out_of": self.out_of, "first_wrong": self.first_wrong}
        return json.dumps({**whole, "rows": self.as_dicts()}, ensure_ascii=False, indent=2)

    def html(self) -> str:
        """The marked page as HTML, for a place in another page."""
        return marked_page(self)

    def _repr_html_(self) -> str:
        return self.html()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the marking to a file and give its path: .html, .csv, .json, or plain text in .txt and .md.

        path: where to; its ending says as what

        Raises ValueError for another ending.
        """
        return save(
            path,
            "a marking",
            {
                ".html": lambda: whole_page(self.title or "Marked worksheet", self.html()),
                ".csv": lambda: self.csv,
                ".json": lambda: self.json,
                ".txt": lambda: self.text + "\n",
                ".md": lambda: f"```\n{self.text}\n```\n",
            },
        )


def table(lines: Sequence[Sequence[str]], wrapped: Sequence[int] = (), width: int = 118) -> str:
    """Rows in columns; cells of the wrapped columns go on below themselves where the row would be too wide."""
    widths = [max(map(len, column)) for column in zip(*lines)]
    for column in wrapped:
        others = sum(widths) - widths[column] + 2 * (len(widths) - 1)
        widths[column] = min(widths[column], max(width - others, 28 if column != wrapped[-1] else 36))
    text: list[str] = []
    for line in lines:
        cells = [textwrap.wrap(cell, widths[i]) or [""] if i in wrapped else [cell] for i, cell in enumerate(line)]
        rows = zip_longest(*cells, fillvalue="")
        text += ["  ".join(part.ljust(w) for part, w in zip(parts, widths)).rstrip() for parts in rows]
    return "\n".join(text)


def _plain(x: float | None) -> float | str:
    return "" if x is None else x if x - x == 0.0 else repr(x)


def _number(x: float | None) -> str:
    return "" if x is None else number(x, 6)[0]


def _mark(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")


def _safe_cell(item: object) -> object:
    """Text that a spreadsheet does not take for a formula to be run; in one line."""
    if not isinstance(item, str):
        return item
    text = " ".join(item.split("\r"))
    runs = text[:1] in ("=", "+", "@", "\t") or (text[:1] == "-" and written_number(text) is None)
    return f"'{text}" if runs else text


# ------------------------------------------------------------------------------------------------------- the marked page

LIGHT = "--ink:#1d2733;--pen:#b3261e;--carry:#8a5300;--ok:#1a6b4f;--soft:#5d6b7a;--line:#d7dee6;--paper:#fffefa"
DARK = "--ink:#e6e9ee;--pen:#ff8f85;--carry:#e8b352;--ok:#6fd3ad;--soft:#9aa7b5;--line:#39424d;--paper:#1b2027"
STYLE = (
    (
        ".cg-sheet{LIGHT}@media (prefers-color-scheme:dark){.cg-sheet{DARK}}"
        "body[data-jp-theme-light=true] .cg-sheet{LIGHT}body[data-jp-theme-light=false] .cg-sheet{DARK}"
        """
.cg-sheet{color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:14px 18px 12px;
max-width:72em;box-sizing:border-box;overflow-x:auto;font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.cg-sheet h3{margin:0 0 8px;font-size:1.1em}
.cg-sheet p{margin:10px 0 0;font-weight:600}
.cg-sheet table{border-collapse:collapse;width:100%;margin:0;border:0;font:inherit;color:inherit;table-layout:auto!important}
.cg-sheet tr{background:none!important;border:0}
.cg-sheet th,.cg-sheet td{text-align:left!important;vertical-align:top!important}
.cg-sheet th{font-weight:600;color:var(--soft);font-size:.82em;border:0;border-bottom:1px solid var(--line);
padding:2px 10px 4px 0;background:none;white-space:nowrap}
.cg-sheet td{border:0;border-bottom:1px solid var(--line);padding:5px 12px 5px 0;background:none;font-size:1em}
.cg-sheet td.n,.cg-sheet th.n{padding-left:7px}
.cg-sheet td.n{font:italic 1.08em "STIX Two Math",Cambria,"Times New Roman",serif;white-space:nowrap}
.cg-sheet td.c,.cg-sheet td.t{font-variant-numeric:tabular-nums;white-space:nowrap}
.cg-sheet td.c.long{white-space:normal;min-width:13em;overflow-wrap:anywhere}
.cg-sheet td.t{color:var(--soft)}
.cg-sheet td.v{white-space:nowrap;font-weight:600}
.cg-sheet td.v b{display:inline-block;width:1.25em;font-size:1.15em;line-height:1}
.cg-sheet td.v span{font-weight:400}
.cg-sheet td.v span.many{display:block;padding-left:1.5em;white-space:normal}
.cg-sheet td.r{min-width:13em}
.cg-sheet th.m,.cg-sheet td.m{text-align:right!important}
.cg-sheet th.m{padding-right:0}
.cg-sheet td.m{white-space:nowrap;font-variant-numeric:tabular-nums;color:var(--soft);padding-right:0}
.cg-sheet .right td.v,.cg-sheet .rounded td.v{color:var(--ok)}
.cg-sheet .right td.r,.cg-sheet .rounded td.r,.cg-sheet .blank td{color:var(--soft)}
.cg-sheet .wrong td.v,.cg-sheet .wrong td.r,.cg-sheet .unread td.v,.cg-sheet .unread td.r{color:var(--pen)}
.cg-sheet .carried td.v,.cg-sheet .carried td.r{color:var(--carry)}
.cg-sheet .wrong td.c span{border:2px solid var(--pen);border-radius:50%/60%;padding:0 6px;margin:-2px -8px;
display:inline-block}
.cg-sheet .wrong td.c.long span{border-radius:8px}
.cg-sheet td.l{position:relative;width:13px;min-width:13px;padding:0;border-bottom:0}
.cg-sheet td.l i{position:absolute;left:6px;border-left:2px solid var(--carry);top:0;bottom:0}
.cg-sheet td.l i.from{top:1em}
.cg-sheet td.l i.to{bottom:auto;height:1em}
.cg-sheet td.l u{position:absolute;left:6px;right:0;top:1em;border-top:2px solid var(--carry)}
.cg-sheet td.l u.over{left:0}
.cg-sheet td.l u.end::after{content:"";position:absolute;right:-1px;top:-6px;border:5px solid transparent;border-right:0;
border-left:7px solid var(--carry)}
@media print{.cg-sheet{border:0;padding:0;max-width:none}.cg-sheet tr{break-inside:avoid}}
"""
    )
    .replace("LIGHT", LIGHT)
    .replace("DARK", DARK)
)
WORDS = {verdict: verdict for verdict in SIGNS} | {"rounded": "right, rounded"}
MOST_LANES = 8


def marked_page(marking: Marking) -> str:
    """The rows as a table in HTML; in the margin a line leads from each mistake to all that follows from it."""
    rows = marking.rows
    lanes = _lanes(rows)
    wide = max(map(len, lanes), default=0)
    with_marks = any(row.worth != 1.0 or row.marks not in (0.0, 1.0) for row in rows)
    head = f'<th colspan="{wide}"></th>' * bool(wide) + '<th class="n">line</th><th>written</th><th>mark</th>'
    head += "<th>right</th><th>remark</th>" + '<th class="m">marks</th>' * with_marks
    body = []
    for row, cells in zip(rows, lanes):
        claim = html.escape(" ".join(row.claim.split()) if "\n" not in row.claim else row.claim).replace("\n", "<br>")
        sources = ", ".join(map(text_name, row.sources))
        source = f" <span{' class=many' * (len(sources) > 12)}>from {html.escape(sources)}</span>" if sources else ""
        body.append(
            f'<tr class="{row.verdict}">{"".join(cells)}<td class="n">{html.escape(text_name(row.name))}</td>'
            f'<td class="c{" long" * (len(row.claim) > 24)}"><span>{claim}</span></td>'
            f'<td class="v"><b aria-hidden="true">{SIGNS[row.verdict]}</b>{WORDS[row.verdict]}{source}</td>'
            f'<td class="t">{html.escape(row.right)}</td><td class="r">{html.escape(row.remark)}</td>'
            + f'<td class="m">{_mark(row.marks)} / {_mark(row.worth)}</td>' * with_marks
            + "</tr>"
        )
    title = f"<h3>{html.escape(marking.title)}</h3>" if marking.title else ""
    return (
        f'<style>{STYLE}</style><div class="cg-sheet">{title}<table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table><p>{html.escape(marking.summary)}</p></div>"
    )


def _lanes(rows: Sequence[Row]) -> list[list[str]]:
    """The cells of the margin: a lane for each mistake, from its row down to the last that rests on it."""
    place = {row.name: i for i, row in enumerate(rows)}
    ends: dict[int, list[int]] = {}
    for i, row in enumerate(rows):
        for source in row.sources:
            if source in place and place[source] < i:
                ends.setdefault(place[source], []).append(i)
    lanes: list[tuple[int, list[int]]] = sorted(ends.items())[:MOST_LANES]
    columns: list[list[tuple[int, list[int]]]] = []
    for start, ends_here in sorted(lanes, key=lambda lane: lane[0] - lane[1][-1]):
        free = next((c for c in columns if all(start > e[-1] or ends_here[-1] < s for s, e in c)), None)
        if free is None:
            columns.append([(start, ends_here)])
        else:
            free.append((start, ends_here))
    cells: list[list[str]] = [[] for _ in rows]
    for i in range(len(rows)):
        across = ""  # a line to the right, that crosses the lanes behind it
        for column in columns:
            lane = next(((s, e) for s, e in column if s <= i <= e[-1]), None)
            inner = '<u class="over"></u>' if across else ""
            if lane is not None:
                start, ends_here = lane
                way = "from" if i == start else "to" if i == ends_here[-1] else ""
                inner += f'<i class="{way}"></i>' if way else "<i></i>"
                if i == start or i in ends_here:
                    inner += "<u></u>"
                    across = "end" if i in ends_here else across or "start"
            cells[i].append(f'<td class="l">{inner}</td>')
        if across == "end" and cells[i]:
            last = cells[i][-1]
            cells[i][-1] = last.replace('<u class="over">', '<u class="over end">').replace("<u>", '<u class="end">')
    return cells


def whole_page(title: str, body: str) -> str:
    """A page of its own, which needs nothing from anywhere."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        "<style>body{margin:24px;background:Canvas;color:CanvasText}</style></head>"
        f"<body>{body}</body></html>\n"
    )
