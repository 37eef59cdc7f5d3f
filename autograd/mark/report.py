"""A marked worksheet: one row for each line, and how it shows itself.

In a terminal it is a table; in Jupyter and as HTML a page with ticks and a red pen, where a line leads from a mistake to
what follows from it; as CSV and JSON the rows, for a grade book. Neither colour nor shape alone says what is wrong: each
verdict has a sign, a word and a colour.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autograd.display.documents import html_page
from autograd.display.files import save
from autograd.mark.claims import last_number
from autograd.mark.forms import figure
from autograd.mark.numerals import written_number
from autograd.mark.red_pen import SIGNS, write_mark, write_page
from autograd.mark.verdicts import as_row
from autograd.writing.columns import align
from autograd.writing.names import text_name

COLUMNS = {  # of the table for a grade book, and the keys of a row
    "line": "line", "written": "written", "verdict": "verdict", "right": "should", "own": "own", "tolerance": "tolerance",
    "diagnosis": "diagnosis", "carried from": "carried from", "remark": "remark", "marks": "marks", "worth": "worth",
}  # fmt: skip


class Diagnosis(NamedTuple):
    """A guess at a mistake: its kind (a key of mistakes.KINDS), a sentence, and the number that it leads to."""

    kind: str
    sentence: str
    value: float | None

    def __str__(self) -> str:
        return self.sentence


class Row(NamedTuple):
    """One line of a marked sheet.

    name, claim: the line, and what was written there
    verdict: "right", "rounded", "carried", "wrong", "blank" or "unread"
    true: the right number; own: what the person's own earlier numbers lead to; tolerance: how far off that is still right
    diagnoses: guesses at the mistake; where there are several, one or the other
    sources: the lines whose wrong numbers this one rests on
    remarks: sentences on what else was written there
    marks, worth: marks reached, and to be had
    answer: what is right, where that is no number
    """

    name: str
    claim: str
    verdict: str
    true: float
    own: float | None = None
    tolerance: float | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    sources: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    marks: float = 0.0
    worth: float = 1.0
    answer: str = ""

    @property
    def remark(self) -> str:
        """All that the red pen writes beside the line."""
        guesses = [guess.sentence for guess in self.diagnoses]
        if len(guesses) > 1:
            guesses = ["either: " + "; or: ".join(guess[0].lower() + guess[1:] for guess in guesses)]
        return ". ".join([*guesses, *self.remarks])

    @property
    def right(self) -> str:
        """The right number, with the digits that were written, or six; none beside a blank, which is still to be tried."""
        if self.verdict in ("blank", "unread"):
            return ""
        if self.answer:
            return self.answer
        number = last_number(self.claim)
        decimals = 0 if number is None else len(f"{number.unit:.12f}".rstrip("0").partition(".")[2])
        if decimals and abs(self.true) < 10.0 ** (1 - decimals):  # too few to say anything
            decimals = 0
        return f"{self.true:.{decimals}f}".replace("-", "−") if decimals else figure(self.true)

    def as_dict(self) -> dict[str, Any]:
        """The row in plain numbers and text, with the keys of every report's rows (verdicts.py)."""
        number = last_number(self.claim) if self.claim and not self.answer else None
        there = self.claim if number is None else _plain(number.value)
        should = self.answer or _plain(self.true)
        return as_row(
            self.name, self.verdict, self.remark, self.claim, there, should, own=_plain(self.own),
            tolerance=_plain(self.tolerance), diagnosis=" / ".join(d.kind for d in self.diagnoses),
            marks=self.marks, worth=self.worth, **{"carried from": " ".join(self.sources)},
        )  # fmt: skip


def share_of_marks(verdict: str, carried: float) -> float:
    """What part of its marks a line gets; carried: that of a line which follows from an earlier mistake."""
    return {"right": 1.0, "rounded": 1.0, "carried": carried}.get(verdict, 0.0)


class Report(ABC):
    """What is marked, one sheet or those of a class, to be shown and saved.

    title: what stands above it, if anything does
    """

    title: str
    kind, heading = "a marking", "Marked worksheet"  # in a message; above a page that has no title

    @property
    @abstractmethod
    def text(self) -> str:
        """A table for a terminal; what print shows."""

    @property
    @abstractmethod
    def csv(self) -> str:
        """A table for a grade book, as CSV."""

    @property
    @abstractmethod
    def data(self) -> dict[str, Any]:
        """Everything, as dictionaries and lists."""

    @abstractmethod
    def html(self) -> str:
        """A page, for a place in another page."""

    @property
    def json(self) -> str:
        """The data as JSON."""
        return json.dumps(self.data, ensure_ascii=False, indent=2)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write all to a file and give its path: .html, .csv, .json, or plain text in .txt and .md.

        path: where to; its ending says as what

        Raises ValueError for another ending.
        """
        writers: dict[str, Callable[[], str | bytes]] = {
            ".html": lambda: html_page(self.title or self.heading, self.html()),
            ".csv": lambda: self.csv,
            ".json": lambda: self.json,
            ".txt": lambda: self.text + "\n",
            ".md": lambda: f"```\n{self.text}\n```\n",
        }
        return save(path, self.kind, writers)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html()


class Marking(Report):
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
        named = {verdict: [text_name(row.name) for row in self.rows if row.verdict == verdict] for verdict in SIGNS}
        wrong, unread, blank = named["wrong"], named["unread"], len(named["blank"])
        if blank == len(self.rows):
            found = "Nothing is filled in yet"
        elif blank + len(unread) == len(self.rows):
            found = f"Nothing that is written can be read: {', '.join(unread)}"
        elif wrong:
            found = f"The first mistake: {wrong[0]}"
            if wrong[1:]:
                found += f". Others in {', '.join(wrong[1:])}"
        else:
            found = "No other mistake" if named["carried"] else "No mistake"
            if unread:
                found += " in what can be read"
        if not wrong and 0 < blank < len(self.rows):
            found += f"; {blank} blank"
        if unread and blank + len(unread) < len(self.rows):
            found += f". Cannot be read: {', '.join(unread)}"
        return f"{write_mark(self.score)} of {write_mark(self.out_of)} marks. {found}."

    # ---- text

    @property
    def text(self) -> str:
        """The marked sheet as a table for a terminal; what print shows."""
        lines = [("line", "written", "mark", "right", "remark")]
        for row in self.rows:
            verdict = f"{SIGNS[row.verdict]} {row.verdict}"
            if row.sources:
                verdict += f" ← {', '.join(map(text_name, row.sources))}"
            lines.append((text_name(row.name), " ".join(row.claim.split()), verdict, row.right, row.remark))
        blocks = [self.title, align(lines, (1, 4)), self.summary]
        return "\n\n".join(block for block in blocks if block)

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
        return write_csv([COLUMNS, *([row[key] for key in COLUMNS.values()] for row in self.as_dicts())])

    @property
    def counts(self) -> dict[str, int]:
        """How many lines there are of each verdict."""
        return {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in SIGNS}

    @property
    def data(self) -> dict[str, Any]:
        """Score and rows as dictionaries and lists."""
        whole = {"title": self.title, "summary": self.summary, "counts": self.counts, "rows": self.as_dicts()}
        return whole | {"score": self.score, "out_of": self.out_of, "first_wrong": self.first_wrong}

    def html(self) -> str:
        """The marked page as HTML, for a place in another page."""
        return write_page(self)


def _plain(x: float | None) -> float | str:
    if x is None:
        return ""
    return x if math.isfinite(x) else repr(x)


def write_csv(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV, for a spreadsheet."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(map(_safe_cell, row) for row in rows)
    return file.getvalue()


def _safe_cell(item: object) -> object:
    """Text that a spreadsheet does not take for a formula to be run; in one line."""
    if not isinstance(item, str):
        return item
    text = " ".join(item.split("\r"))
    runs = text[:1] in ("=", "+", "@", "\t") or (text[:1] == "-" and written_number(text) is None)
    return f"'{text}" if runs else text
