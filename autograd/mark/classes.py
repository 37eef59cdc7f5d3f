"""A whole class marked: a folder of answers, one report."""

from __future__ import annotations

import html
import os
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

from autograd.mark.answers import (
    Answers,
    Problem,
    check_place,
    find_files,
    problem_with,
    read_answers,
    read_entries,
    read_lines,
)
from autograd.mark.mistakes import KINDS
from autograd.mark.paper import Entry
from autograd.mark.red_pen import write_mark
from autograd.mark.report import Marking, Report, write_csv
from autograd.mark.sheets import read_sheet
from autograd.mark.texts import SheetError
from autograd.writing.columns import align
from autograd.writing.names import text_name

CLASS_STYLE = """
.cg-class{font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;max-width:72em}
.cg-class>table{display:block;overflow-x:auto;border-collapse:collapse;margin:8px 0 18px;table-layout:auto!important}
.cg-class>table th,.cg-class>table td{text-align:left!important;padding:4px 14px 4px 0;border-bottom:1px solid silver;
vertical-align:top;font-variant-numeric:tabular-nums;white-space:nowrap}
.cg-class>table td:last-child{white-space:normal;min-width:12em}
.cg-class>table td:first-child:has(a){white-space:normal;min-width:8em}
@media screen and (max-width:700px){.cg-class>table td:nth-child(3){white-space:normal}
.cg-class>table td:last-child{min-width:9em}
.cg-class>table:has(thead) :is(th,td){white-space:normal;min-width:0;padding-right:8px}
.cg-class>table td:first-child:has(a){min-width:4em}
.cg-class>table:has(thead) td:last-child{min-width:7em}
.cg-class>table:has(thead) :is(th,td):nth-child(n+3):nth-last-child(n+3){display:none}}
.cg-class details{margin:10px 0}
.cg-class summary{cursor:pointer;font-weight:600;margin-bottom:6px}
.cg-class pre{white-space:pre-wrap}
.cg-class a{color:inherit}
"""


class Class(Report):
    """The marked sheets of several people.

    markings: a Marking for each person, by name; problems: what could not be read, as Problems
    mistakes: the commonest ones, as (line, kind, how many, who)
    """

    kind, heading = "a class", "Marked worksheets"

    def __init__(self, markings: Mapping[str, Marking], problems: Sequence[Problem] = (), title: str = "") -> None:
        self.markings, self.problems, self.title = dict(markings), list(problems), title

    def __iter__(self) -> Iterator[tuple[str, Marking]]:
        return iter(self.markings.items())

    def __getitem__(self, person: str) -> Marking:
        return self.markings[person]

    def __len__(self) -> int:
        return len(self.markings)

    @property
    def mistakes(self) -> list[tuple[str, str, int, list[str]]]:
        """The commonest mistakes, as (line, kind, how many, who); the kind is empty where it is not known."""
        who: dict[tuple[str, str], list[str]] = {}
        for person, marking in self:
            for row in marking:
                if row.verdict == "wrong":
                    kind = row.diagnoses[0].kind if len(row.diagnoses) == 1 else ""
                    who.setdefault((row.name, kind), []).append(person)
        lines = Counter[str]()
        for (line, _), people in who.items():
            lines[line] += len(people)
        order = sorted(who.items(), key=lambda item: (-len(item[1]), -lines[item[0][0]], item[0][1] == ""))
        return [(line, kind, len(people), people) for (line, kind), people in order]

    def _rows(self) -> list[tuple[str, ...]]:
        rows = []
        for person, marking in self:
            counts = Counter(row.verdict for row in marking)
            numbers = [str(counts[verdict]) for verdict in self.head[2:-2]]
            first = marking.first_wrong
            remark = marking[first].remark if first else ""
            marks = f"{write_mark(marking.score)} / {write_mark(marking.out_of)}"
            rows.append((person, marks, *numbers, text_name(first or ""), remark))
        return rows

    @property
    def head(self) -> tuple[str, ...]:
        """What the columns are; that of lines that cannot be read is there if somebody has such."""
        unread = any("unread" in marking.verdicts.values() for marking in self.markings.values())
        verdicts = ("wrong", "carried", "blank", "unread") if unread else ("wrong", "carried", "blank")
        return ("name", "marks", *verdicts, "first mistake", "remark")

    @property
    def text(self) -> str:
        """A table for a terminal, with the commonest mistakes and the problems below."""
        blocks = [self.title] if self.title else []
        if self.markings:
            scores = [marking.score for marking in self.markings.values()]
            blocks.append(align([self.head, *self._rows()], (0, len(self.head) - 1)))
            sheets = "1 sheet" if len(scores) == 1 else f"{len(scores)} sheets"
            average, most = sum(scores) / len(scores), next(iter(self.markings.values())).out_of
            blocks.append(f"{sheets}; {write_mark(average)} of {write_mark(most)} marks on average.")
        if common := self._commonest(8):
            blocks.append("The commonest mistakes\n" + align(common, (3,)))
        if self.problems:
            blocks.append("Cannot be read\n" + "\n".join(map(str, self.problems)))
        return "\n\n".join(blocks)

    @property
    def csv(self) -> str:
        """A row for each person: marks, and the verdict of each line; for a grade book."""
        lines = [row.name for row in next(iter(self.markings.values()))] if self.markings else []
        rows = (
            [person, marking.score, marking.out_of, marking.first_wrong or "", *marking.verdicts.values()]
            for person, marking in self
        )
        return write_csv([["name", "marks", "out of", "first mistake", *lines], *rows])

    @property
    def data(self) -> dict[str, Any]:
        """Everything, as dictionaries and lists."""
        return {
            "title": self.title,
            "people": {person: marking.data for person, marking in self},
            "mistakes": [dict(zip(("line", "kind", "count", "people"), each)) for each in self.mistakes],
            "problems": [problem._asdict() for problem in self.problems],
        }

    def html(self) -> str:
        """The table, with the marked sheets below."""
        people = "".join(
            f'<tr><td><a href="#sheet-{i}">{html.escape(name)}</a></td>{_cells(others)}</tr>'
            for i, (name, *others) in enumerate(self._rows())
        )
        heads = "".join(f"<th>{head}</th>" for head in self.head)
        parts = [f"<table><thead><tr>{heads}</tr></thead><tbody>{people}</tbody></table>"]
        if self.title:
            parts.insert(0, f"<h2>{html.escape(self.title)}</h2>")
        if common := "".join(f"<tr>{_cells(cells)}</tr>" for cells in self._commonest(12)):
            parts.append(f"<h3>The commonest mistakes</h3><table><tbody>{common}</tbody></table>")
        if self.problems:
            problems = html.escape("\n".join(map(str, self.problems)))
            parts.append(f"<h3>Cannot be read</h3><pre>{problems}</pre>")
        parts.append(self._more_html())
        parts += [
            f'<details id="sheet-{i}" open><summary>{html.escape(person)}</summary>{marking.html()}</details>'
            for i, (person, marking) in enumerate(self)
        ]
        return f'<style>{CLASS_STYLE}</style><div class="cg-class">{"".join(parts)}</div>'

    def _more_html(self) -> str:
        """What else there is to say above the marked sheets."""
        return ""

    def _commonest(self, most: int) -> list[tuple[str, ...]]:
        """The commonest mistakes as cells: how many, the line, what it is, who."""
        return [
            (f"{n} ×", text_name(line), KINDS.get(kind, "no guess"), ", ".join(people))
            for line, kind, n, people in self.mistakes[:most]
        ]


def mark_files(sheet: str | os.PathLike[str], answers: Iterable[str | os.PathLike[str]] = (), typed: str = "") -> Class:
    """Mark what stands in files against the sheet in a TOML file.

    sheet: the file with the worksheet; its own answers count too, as those of a person of the file's name
    answers: files of answers, and folders of such files
    typed: answers as text, a line each, as a .txt file has them

    The result has a Marking for each person, by name: iterate over it, print it, or .save("class.html") it (or .csv, .json).

    Raises OSError where the sheet cannot be opened, SheetError where it cannot be understood. What is wrong with answers is
    in .problems of the result, and the others are marked all the same.

    >>> import pathlib, tempfile
    >>> from autograd import mark_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sheet, answers = pathlib.Path(folder, "sheet.toml"), pathlib.Path(folder, "ada.txt")
    ...     _ = sheet.write_text('[given]\\nx = 3.0\\n[lines]\\ny = "x^2"\\nz = "y + 1"', encoding="utf-8")
    ...     _ = answers.write_text("y = 9.0\\nz = 11.0", encoding="utf-8")
    ...     marked = mark_files(sheet, [answers])
    >>> [(person, marking.score, marking.first_wrong) for person, marking in marked]
    [('ada', 1.0, 'z')]
    """
    path = Path(sheet)
    file = read_sheet(path)
    read: list[Answers] = []
    problems: list[Problem] = []
    if file.answers:
        entries = [Entry(name, name, text) for name, text in file.answers.items()]
        read.append(read_entries(path.name, path.stem, entries, file.sheet))
    for each, folder in find_files(answers):
        try:
            if each.exists() and each.samefile(path):
                continue
            check_place(each, folder)
            read += read_answers(each, file.sheet)
        except (OSError, SheetError) as error:
            problems.append(problem_with(each, error))
    if typed:
        read.append(read_lines("typed", "you", typed, file.sheet))
    markings: dict[str, Marking] = {}
    for person, claims, reasons, unread in read:
        problems += reasons
        if not person:
            continue
        name = _name_anew(person, markings)
        marking = file.sheet.mark({**claims, **unread}, file.marks, file.carried, file.digits)
        if not file.sheet.title:
            marking.title = name
        elif len(read) > 1:
            marking.title = f"{file.sheet.title}: {name}"
        markings[name] = marking
    return Class(markings, problems, file.sheet.title)


def _name_anew(person: str, known: Container[str]) -> str:
    """The name of a person, with a number where others have the same."""
    numbered = (f"{person} ({n})" for n in count(2))
    return next(name for name in chain([person], numbered) if name not in known)


def _cells(texts: Iterable[str]) -> str:
    """The cells of a row in HTML."""
    return "".join(f"<td>{html.escape(text)}</td>" for text in texts)
