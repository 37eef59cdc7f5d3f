"""An exam: one sheet a person, each with numbers of its own, and the keys apart.

    exam/sheets/    one LaTeX and one HTML file a person, to print; and a notebook
    exam/keys/      for the teacher alone: key.json, key.html with all right numbers, answers.csv to type in what comes back
    exam/marked/    what marking writes: a page to hand back for each person, and the report on the class

Sheets without other options are equal in difficulty: the same lines, with numbers by the same rules, which hide no common
mistake. The seed of the exam gives everybody's seed; nobody can tell one's neighbour's numbers from one's own.
"""

from __future__ import annotations

import html
import json
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from autograd.display.documents import html_page, latex_document
from autograd.display.files import clean, read_bytes, read_json, write
from autograd.exams.codes import OWN, PATTERN, read_code, write_code
from autograd.exams.tables import Student, read_students
from autograd.mark.exercises import Exercise, exercise
from autograd.mark.handout import write_notebook
from autograd.mark.kind_numbers import KindNumbers
from autograd.mark.report import Marking, write_csv
from autograd.mark.sheets import sheet_from
from autograd.mark.texts import SheetError, read_text
from autograd.mark.worksheet import Worksheet
from autograd.writing.names import escape_latex, text_name

SHEETS, KEYS, MARKED, KEY = "sheets", "keys", "marked", "key.json"
LONGEST_KEY = 20_000_000  # bytes
SEEDS = 1_000_000
STYLE = """body{margin:24px;max-width:50em}header{display:flex;flex-wrap:wrap;gap:.2em 2em;border-bottom:1px solid gray;
margin-bottom:1em;padding-bottom:.4em;font:15px/1.5 system-ui,sans-serif}header code{font-size:1em}
@media print{@page{margin:18mm}body{margin:0}tr{break-inside:avoid}}"""
KEY_STYLE = """body{margin:24px;font:15px/1.5 system-ui,sans-serif}section{break-inside:avoid;margin-bottom:1.6em}
h1{font-size:1.3em}h2{font-size:1.05em;margin:0 0 .3em}p{margin:0 0 .3em}dl{display:grid;
grid-template-columns:repeat(auto-fill,minmax(12em,1fr));gap:0 1em;margin:0}
dl div{display:flex;gap:.5em;align-items:baseline;font-variant-numeric:tabular-nums}
dt{font:italic 1.05em "STIX Two Math",Cambria,"Times New Roman",serif}dd{margin:0}"""


class Sheet(NamedTuple):
    """One person's sheet: whose it is, its code, and what its files are called, but for the ending."""

    student: Student
    code: str
    file: str


class OwnSheet:
    """A worksheet of somebody's own, of which everybody gets one with other numbers.

    text: as a file for `chalkgrad mark`, with its marks; loss: the line that is differentiated, if there is one
    digits: to how many significant digits the answers are wanted

    Raises SheetError for a text that is none, LookupError for a loss that is no line.
    """

    def __init__(self, text: str, loss: str = "", digits: int = 5, where: str = "the sheet") -> None:
        self.text, self.digits = text, digits
        self.file = sheet_from(text, where)
        self.loss = self.file.sheet.line_named(loss) if loss else ""

    @cached_property
    def _numbers(self) -> KindNumbers:
        return KindNumbers(self.file.sheet)

    def task(self, seed: int, given: Mapping[str, float] | None = None) -> Exercise:
        """The exercise with the numbers of a seed; given: these numbers, for whoever has them."""
        sheet = self._numbers.again(given) if given else self._numbers.draw(Random(seed), self.digits)[0]
        sheet.title = self.file.sheet.title or "Exercise"
        return Exercise(sheet, self.loss, self.digits, seed=seed)


class Exam:
    """The sheets of an exam, as `exam` makes it.

    sheets: a Sheet for each person; title: what stands above them; own: whose numbers they have, if that is one's own
    given: the numbers on sheets, by code, as they stand in the key: so a sheet is marked by what was printed on it, even if
        another version draws other numbers
    """

    def __init__(
        self,
        title: str,
        sheets: Sequence[Sheet],
        tasks: Mapping[str, Exercise] | None = None,
        own: OwnSheet | None = None,
        given: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        self.title, self.sheets, self.own, self._given = title, list(sheets), own, dict(given or {})
        self._tasks = dict(tasks or {})

    def __len__(self) -> int:
        return len(self.sheets)

    def task(self, sheet: Sheet) -> Exercise:
        """The exercise of a sheet."""
        if sheet.code not in self._tasks:
            seed, given = int(sheet.code.rpartition("-")[2]), self._given.get(sheet.code)
            try:
                self._tasks[sheet.code] = self.own.task(seed, given) if self.own else read_code(sheet.code, given)
            except KeyError as error:
                raise SheetError(f"the key of the exam is damaged: {error.args[0]} of {sheet.code} has no number") from None
        return self._tasks[sheet.code]

    def mark(self, sheet: Sheet, claims: Mapping[str, object]) -> Marking:
        """What somebody wrote on a sheet, marked: a sheet of one's own says what its lines are worth."""
        file = self.own.file if self.own else None
        worth = {"marks": file.marks, "carried": file.carried} if file else {}
        return self.task(sheet).mark_sheet(claims, **worth)

    def forget(self, sheet: Sheet) -> None:
        """Let go of the exercise of a sheet: a thousand of them take long to be looked through by Python's collector."""
        self._tasks.pop(sheet.code, None)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write all files into a folder, and give its path.

        folder: a new one, or one with the same exam in it

        Raises ValueError where another exam stands there, OSError where files cannot be written.
        """
        folder = Path(folder)
        if (folder / KEYS / KEY).exists() and read_exam(folder).sheets != self.sheets:
            raise ValueError(
                f"{folder} has another exam in it, whose sheets may be with people already: name another folder"
            )
        for name in (SHEETS, KEYS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for sheet in self.sheets:
            task = self.task(sheet)
            write(folder / SHEETS / f"{sheet.file}.tex", sheet_in_latex(sheet, task), wait=False)
            write(folder / SHEETS / f"{sheet.file}.html", sheet_in_html(sheet, task), wait=False)
            write(folder / SHEETS / f"{sheet.file}.ipynb", write_notebook([_head(sheet), *task.cells]), wait=False)
        write(folder / KEYS / "key.html", self._key_page())
        write(folder / KEYS / "answers.csv", self._table(), "utf-8-sig")
        whole: dict[str, object] = {
            "title": self.title,
            "sheets": [
                sheet.student._asdict() | {"code": sheet.code, "file": sheet.file, "given": _numbers_on(self.task(sheet))}
                for sheet in self.sheets
            ],
        }
        if self.own:
            whole["own"] = {"sheet": self.own.text, "loss": self.own.loss, "digits": self.own.digits}
        write(folder / KEYS / KEY, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
        return folder

    def _key_page(self) -> str:
        parts = []
        for sheet in self.sheets:
            answers = self.task(sheet).answers.items()
            numbers = "".join(f"<div><dt>{html.escape(text_name(name))}</dt><dd>{x}</dd></div>" for name, x in answers)
            head = f"<h2>{html.escape(label(sheet.student))} · <code>{sheet.code}</code></h2>"
            given = ", ".join(f"{text_name(name)} = {x}" for name, x in self.task(sheet).given.items())
            parts.append(f"<section>{head}<p>{html.escape(given)}</p><dl>{numbers}</dl></section>")
        return html_page(f"Key: {self.title}", f"<h1>{html.escape(self.title)}</h1>{''.join(parts)}", KEY_STYLE)

    def _table(self) -> str:
        """A table with the names, and blanks for what people wrote."""
        lines = list(dict.fromkeys(line for sheet in self.sheets for line in self.task(sheet).lines))
        people = [(sheet.code, sheet.student.name, sheet.student.id, *[""] * len(lines)) for sheet in self.sheets]
        return write_csv([("code", "name", "id", *lines), *people])


def exam(
    kind: str | Worksheet | os.PathLike[str],
    students: str | os.PathLike[str] | Sequence[str | Student],
    seed: int | None = None,
    *,
    digits: int = 5,
    loss: str = "",
    **options: Any,
) -> Exam:
    """An exam: a sheet with numbers of its own for everybody.

    kind: of exercise; or a Worksheet of one's own, or the path of its file (TOML), whose marks count
    students: a table (CSV), or names
    seed: for the same exam again
    digits, loss, options: as for `exercise`; a list of values is dealt out in turn, as in activation=["sigmoid", "tanh"]

    Raises what `exercise` raises; OSError and SheetError for a table that cannot be read.

    >>> from autograd import exam
    >>> small = exam("neuron", ["Ada", "Emmy"], seed=1)
    >>> [(sheet.student.name, sheet.code) for sheet in small.sheets]
    [('Ada', 'neuron-140892'), ('Emmy', 'neuron-596854')]
    """
    if isinstance(students, (str, os.PathLike)):
        people = read_students(Path(students))
    else:
        people = [each if isinstance(each, Student) else Student(clean(each)) for each in students]
    if not people:
        raise ValueError("an exam is for somebody: give names, or a table of them")
    tasks, own = draw_tasks(kind, len(people), seed, digits, loss, options)
    codes = [write_code(task) for task in tasks]
    sheets = [Sheet(each, code, _file_name(each, task.seed)) for each, code, task in zip(people, codes, tasks)]
    title = tasks[0].title
    return Exam(title if own else title.partition(":")[0], sheets, dict(zip(codes, tasks)), own)


def draw_tasks(
    kind: str | Worksheet | os.PathLike[str], many: int, seed: int | None, digits: int, loss: str, options: Mapping[str, Any]
) -> tuple[list[Exercise], OwnSheet | None]:
    """So many exercises with numbers of their own, and the sheet that they have in common, if it is one's own.

    options: of the kind; those that are lists are dealt out in turn
    """
    seeds = Random(seed).sample(range(1, SEEDS), many)
    if not isinstance(kind, str):
        own = _own_sheet(kind, loss, digits, options)
        return [own.task(number) for number in seeds], own
    turns = {name: cycle(x if isinstance(x, (list, tuple)) else [x]) for name, x in options.items()}
    dealt = [{name: next(turn) for name, turn in turns.items()} for _ in seeds]
    return [exercise(kind, number, digits=digits, **each) for number, each in zip(seeds, dealt)], None


def _own_sheet(source: Worksheet | os.PathLike[str], loss: str, digits: int, options: Mapping[str, object]) -> OwnSheet:
    """A sheet of one's own, from a Worksheet or a file. Raises ValueError for options, which say what a kind is like."""
    if given := [name for name, x in options.items() if x is not None]:
        raise ValueError(f"a sheet of one's own is what it is: {', '.join(given)} says what a kind is like")
    if isinstance(source, Worksheet):
        return OwnSheet(Exercise(source, source.line_named(loss) if loss else "", digits).toml, loss, digits)
    path = Path(source)
    return OwnSheet(read_text(path), loss, digits, path.name)


def read_exam(folder: str | os.PathLike[str]) -> Exam:
    """The exam that was saved in a folder. Raises SheetError where there is none, or its key is damaged."""
    path = Path(folder) / KEYS / KEY
    try:
        whole = read_json(read_bytes(path, LONGEST_KEY))
        sheets = [
            Sheet(Student(*(str(each[x]) for x in Student._fields)), str(each["code"]), str(each["file"]))
            for each in whole["sheets"]
        ]
        title = str(whole["title"])
        given = {str(each["code"]): {str(x): float(n) for x, n in each.get("given", {}).items()} for each in whole["sheets"]}
        own = whole.get("own")
        ours = OwnSheet(str(own["sheet"]), str(own["loss"]), int(own["digits"])) if own else None
    except SheetError:
        raise
    except OSError as error:
        raise SheetError(f"{folder} is no exam: {path} cannot be opened ({error.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise SheetError(f"{path}: this key is damaged; `chalkgrad exam` with the same --seed writes it anew") from None
    if odd := [sheet.file for sheet in sheets if not re.fullmatch(r"[\w.-]+", sheet.file) or sheet.file.startswith(".")]:
        raise SheetError(f"{path}: {odd[0]!r} is no name of a sheet of this exam")
    if odd := [
        sheet.code for sheet in sheets if not PATTERN.fullmatch(sheet.code) or sheet.code.startswith(OWN) != bool(ours)
    ]:
        raise SheetError(f"{path}: {odd[0]!r} is no code of a sheet of this exam")
    return Exam(title, sheets, own=ours, given=given)


def _numbers_on(task: Exercise) -> dict[str, float]:
    """The numbers that are given on a sheet; none where words are, or symbols."""
    return dict(task.sheet.given) if isinstance(task.sheet, Worksheet) else {}


def label(student: Student) -> str:
    """A name, with what tells it from another of the same."""
    return f"{student.name} ({student.id})" if student.id else student.name


def sheet_in_html(sheet: Sheet, task: Exercise) -> str:
    """A sheet to print, or to fill in on a screen."""
    head = f"<header><b>{html.escape(label(sheet.student))}</b><span>Sheet <code>{sheet.code}</code></span></header>"
    return html_page(f"{task.title}: {sheet.student.name}", head + task.html(), STYLE)


def sheet_in_latex(sheet: Sheet, task: Exercise) -> str:
    """A sheet as a LaTeX document."""
    head = rf"\textbf{{{_latex(label(sheet.student))}}}\hfill Sheet \texttt{{{escape_latex(sheet.code)}}}" + "\n\n\\hrule\n"
    return latex_document(head + task.latex_body, task.latex_preamble)


def _head(sheet: Sheet) -> tuple[str, str]:
    """The cell of a notebook that says whose it is."""
    name = re.sub(r"([\\`*_{}\[\]<>()#+!|$~&-])", r"\\\1", label(sheet.student))
    return "markdown", f"**{name}**, sheet `{sheet.code}`"


def _latex(text: str) -> str:
    """Text that pdfTeX sets, too: a letter that its fonts lack loses its accent, or becomes its number."""
    letters = []
    for c in unicodedata.normalize("NFC", text):
        base = unicodedata.normalize("NFKD", c)[:1]
        if ord(c) < 0x180 and c.isprintable():
            letters.append(c)
        elif base.isascii() and base.isprintable():
            letters.append(base)
        else:
            letters.append(f"[{ord(c):04X}]")
    return escape_latex("".join(letters))


def _file_name(student: Student, seed: int) -> str:
    """What a person's files are called: the letters of the name that every system has, and the number of the sheet."""
    letters = unicodedata.normalize("NFKD", student.name).encode("ascii", "ignore").decode()
    stem = "-".join(re.findall(r"[a-z0-9]+", letters.lower()))[:40] or "sheet"
    return f"{stem}-{seed}"
