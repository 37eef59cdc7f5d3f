"""What comes back from an exam: whose each answer is, and what it is worth.

Answers come as a table for all (a person in each row, found by code, name or number), as a file for each person (.txt, .md,
.toml, .json), or as the notebooks of the exam, filled in. A file is known by the code that stands in it or in its name, else
by the person's name. What nobody can be found for is told, and never marked as somebody's.
"""

from __future__ import annotations

import ast
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograd.display.documents import html_page
from autograd.display.files import clean, read_json, write
from autograd.exams.codes import PATTERN
from autograd.exams.exam import MARKED, Exam, Sheet, label, read_exam
from autograd.exams.report import ExamClass
from autograd.exams.tables import decode, read_table
from autograd.mark.answers import (
    ENDINGS,
    Answers,
    Problem,
    check_place,
    find_files,
    is_line,
    problem_with,
    read_answers,
    read_entries,
    too_many_cells,
)
from autograd.mark.paper import Entry, read_paper
from autograd.mark.texts import SheetError, read_text

ALL_ENDINGS = (*ENDINGS, ".ipynb")


class _Finder:
    """Whose an answer is: by the code, else by what only one person is called."""

    def __init__(self, exam: Exam) -> None:
        self.by_code = {sheet.code: sheet for sheet in exam.sheets}
        self.by_name: dict[str, list[Sheet]] = {}
        for sheet in exam.sheets:
            keys = {_key(x) for x in (*sheet.student, label(sheet.student), sheet.file)}
            if ", " in sheet.student.name:  # Lovelace, Ada is Ada Lovelace
                last, _, first = sheet.student.name.partition(", ")
                keys.add(_key(f"{first} {last}"))
            for key in keys - {""}:
                self.by_name.setdefault(key, []).append(sheet)

    def find(self, *texts: str) -> Sheet:
        """The sheet that the first text which says something names. Raises LookupError, with why not."""
        for text in texts:
            codes = {found for found in PATTERN.findall(text) if found in self.by_code}
            if len(codes) == 1:
                return self.by_code[codes.pop()]
        for text in texts:
            last, _, first = text.partition(", ")
            for each in (text, f"{first} {last}"):
                sheets = self.by_name.get(_key(each), [])
                if len(sheets) == 1:
                    return sheets[0]
                if sheets:
                    raise LookupError(f"{len(sheets)} people are called {text}: write the code of the sheet, or the number")
        raise LookupError("whose this is cannot be told: write the code that stands on the sheet")


def mark_exam(folder: str | os.PathLike[str], answers: Iterable[str | os.PathLike[str]] = ()) -> ExamClass:
    """Mark what came back from an exam.

    folder: in which the exam was saved
    answers: files, and folders of files

    The result is a class: print it, or .save("class.html") it. People who handed in nothing are in .missing.

    Raises SheetError where there is no exam in the folder. What is wrong with answers is in .problems of the result.

    >>> import pathlib, tempfile
    >>> from autograd import exam, mark_exam
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     small = exam("neuron", ["Ada", "Emmy"], seed=1)
    ...     _ = small.save(folder)
    ...     answers = pathlib.Path(folder, "ada.txt")
    ...     _ = answers.write_text("a = 1.5", encoding="utf-8")
    ...     marked = mark_exam(folder, [answers])
    >>> marked["Ada"]["a"].verdict, marked.missing
    ('wrong', ['Emmy'])
    """
    exam = read_exam(folder)
    finder = _Finder(exam)
    read: dict[str, Answers] = {}
    problems: list[Problem] = []
    for path, within in find_files(answers, ALL_ENDINGS, below=True):
        rows: list[Problem] = []  # of a table, when the others have been read
        try:
            check_place(path, within)
            for sheet, found in _read(path, exam, finder, rows):
                before = read.get(sheet.code)
                if before is not None:
                    again = f"{label(sheet.student)} has handed in before; of a line answered twice, the last answer counts"
                    problems.append(Problem(clean(path.name), "", again))
                    found = found._replace(
                        claims=before.claims | found.claims,
                        problems=[*before.problems, *found.problems],
                        unread={k: x for k, x in (before.unread | found.unread).items() if k not in found.claims},
                    )
                read[sheet.code] = found
        except (OSError, SheetError, LookupError) as error:
            problems.append(problem_with(path, error))
        problems += rows
    names = _names(exam)
    markings = {}
    for sheet in exam.sheets:
        if sheet.code in read:
            found, task = read[sheet.code], exam.task(sheet)
            problems += found.problems
            marking = exam.mark(sheet, {**found.claims, **found.unread})
            marking.title = f"{task.title}: {names[sheet.code]}"
            markings[names[sheet.code]] = marking
            exam.forget(sheet)
    missing = [names[sheet.code] for sheet in exam.sheets if sheet.code not in read]
    files = {names[sheet.code]: sheet.file for sheet in exam.sheets}
    return ExamClass(markings, problems, exam.title, missing, files)


def hand_back(marked: ExamClass, folder: str | os.PathLike[str]) -> Path:
    """Write a page for each person, and the report on the class, into the folder of the exam; its path."""
    place = Path(folder) / MARKED
    place.mkdir(parents=True, exist_ok=True)
    for person, marking in marked:
        write(place / f"{marked.files[person]}.html", html_page(marking.title, marking.html()), wait=False)
    marked.save(place / "class.html")
    marked.save(place / "class.csv")
    write(place / "mistakes.svg", marked.picture)
    return place


def _read(path: Path, exam: Exam, finder: _Finder, problems: list[Problem]) -> Iterator[tuple[Sheet, Answers]]:
    """What stands in a file, by sheets; problems: gets what is wrong with rows of a table."""
    ending = path.suffix.lower()
    if ending == ".csv":
        yield from _from_table(path, exam, finder, problems)
        return
    if ending not in ALL_ENDINGS:
        path.stat()  # what is not there is told so
        raise SheetError(f"answers come in files that end in {', '.join(ALL_ENDINGS)}")
    text = decode(path) if ending in (".txt", ".md") else read_text(path)
    if ending == ".ipynb":
        code, claims = _in_notebook(text)
        sheet = finder.find(code, path.stem)
        known = exam.task(sheet).sheet
        entries = [entry for each in claims for entry in _entries(*each, known.lines)]
        yield sheet, read_entries(clean(path.name), label(sheet.student), entries, known)
        return
    said = re.search(r"(?im)^\W*(?:name|student)\W*[:=]\W*(.+?)\W*$", text)
    sheet = finder.find(text, path.stem, said[1].strip() if said else "", path.stem.partition("_")[0])
    for found in read_answers(path, exam.task(sheet).sheet):
        heads = tuple(f"{word} is no line" for word in ("code", "Code", "sheet", "Sheet", "student", "Student", "id", "ID"))
        yield sheet, found._replace(problems=[each for each in found.problems if not each.reason.startswith(heads)])


def _from_table(path: Path, exam: Exam, finder: _Finder, problems: list[Problem]) -> Iterator[tuple[Sheet, Answers]]:
    """A person in each row, a line in each column."""
    table, file = read_table(path), clean(path.name)
    head, rows = (table.head, table.rows) if table.head else (table.rows[0][1], table.rows[1:])
    own = set(table.meaning.values()) or {0}
    for number, row in rows:
        place = f"row {number}"
        if len(row) > len(head):
            problems.append(Problem(file, place, too_many_cells(row, head)))
            continue
        cells = [(name, cell.lstrip("'")) for i, (name, cell) in enumerate(zip(head, row)) if i not in own]
        entries = [Entry(name, f"{place}, {name}", cell) for name, cell in cells if name and cell.strip()]
        if not entries:
            continue
        student = table.student(row)
        try:
            sheet = finder.find(table.cell(row, "code"), student.id, student.email, student.name)
        except LookupError as error:
            who = f"{place}, {student.name}" if student.name else place
            problems.append(Problem(file, who, str(error.args[0])))
            continue
        known = exam.task(sheet).sheet
        entries = [entry for entry in entries if is_line(known, entry.name)]
        if not entries:
            problems.append(Problem(file, place, "no column is a line of this sheet"))
            continue
        yield sheet, read_entries(file, label(sheet.student), entries, known)


def _in_notebook(text: str) -> tuple[str, list[tuple[ast.expr, str, str]]]:
    """The code in a notebook, and what stands between the brackets of its task.mark(...); no code is run.

    Each as it stands there, with the source of its cell, and the place.
    """
    try:
        cells = read_json(text)["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        kinds = [cell["cell_type"] for cell in cells]
    except (ValueError, LookupError, TypeError):
        raise SheetError("this is no notebook") from None
    claims: list[tuple[ast.expr, str, str]] = []
    for i, (source, kind) in enumerate(zip(sources, kinds), 1):
        if kind != "code" or "mark(" not in source:
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise SheetError(f"cell {i} is no Python: a quotation mark or a comma is missing") from None
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
        marks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "mark"]
        claims += [(call.args[0], source, f"cell {i}") for call in marks]
    code = next((found for source in sources for found in PATTERN.findall(source)), "")
    return code, claims


def _entries(claims: ast.expr, source: str, place: str, names: Iterable[str]) -> Iterator[Entry]:
    if isinstance(claims, ast.Constant) and isinstance(claims.value, str):  # as on paper, a line for each answer
        for name, _, text in read_paper(claims.value, names).entries:
            if str(text).strip():
                yield Entry(name, f"{place}, {name}", text)
    if not isinstance(claims, ast.Dict):
        return
    for key, value in zip(claims.keys, claims.values):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            text = value.value if isinstance(value, ast.Constant) else ast.get_source_segment(source, value)
            number = isinstance(text, (int, float)) and not isinstance(text, bool)
            written = (ast.get_source_segment(source, value) if number else text) or ""  # with the digits that stand there
            if str(written).strip():
                yield Entry(key.value, f"{place}, {key.value}", written)


def _names(exam: Exam) -> dict[str, str]:
    """What people are called in the report, by code: a name, with the number or the code where two have the same."""
    plain = Counter(sheet.student.name for sheet in exam.sheets)
    labels = Counter(label(sheet.student) for sheet in exam.sheets)
    names: dict[str, str] = {}
    for sheet in exam.sheets:
        name, longer = sheet.student.name, label(sheet.student)
        unique = longer if labels[longer] == 1 else f"{name} ({sheet.code})"
        names[sheet.code] = name if plain[name] == 1 else unique
    return names


def _key(text: str) -> str:
    """A name without case, accents and signs, as people type it."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in letters if not unicodedata.combining(c)).replace("_", " ")))
