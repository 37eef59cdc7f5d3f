"""Answers in files: one for each person, as lines of text, TOML or JSON, or one table for all.

`ŷ = 0,7311  # comment` on each line (.txt, .md), a key for each line (.toml, .json), or a person in each row and a line in
each column (.csv). What cannot be read is reported with the place; everything else is marked all the same.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from autograd.display.files import clean, read_json
from autograd.formula.lexer import FormulaError
from autograd.mark.paper import Entry, read_paper
from autograd.mark.texts import SheetError, Written, read_rows, read_text, read_toml
from autograd.mark.worksheet import Worksheet

ENDINGS = (".toml", ".txt", ".md", ".csv", ".json")
MOST_ENTRIES = 2_000  # answers of one person; columns of a table
MOST_PROBLEMS = 20  # of one person that are told


class Problem(NamedTuple):
    """What could not be read in a file of answers, and where."""

    file: str
    place: str
    reason: str

    def __str__(self) -> str:
        return clean(f"{self.file}{f', {self.place}' if self.place else ''}: {self.reason}")


def problem_with(path: Path, error: Exception) -> Problem:
    """Why a file cannot be read, without its name, which stands before it."""
    reason = error.strerror if isinstance(error, OSError) else error.args[0]
    return Problem(clean(path.name), "", re.sub(f"^{re.escape(path.name)}[:,] ", "", str(reason)))


class Answers(NamedTuple):
    """What somebody wrote, by line; what of it could not be read, in words, and by line."""

    person: str
    claims: dict[str, object]
    problems: list[Problem]
    unread: dict[str, object]


def find_files(
    paths: Iterable[str | os.PathLike[str]], endings: Sequence[str] = ENDINGS, below: bool = False
) -> Iterator[tuple[Path, Path | None]]:
    """Files, and those in folders that are not hidden, in the order of their names, each with its folder.

    endings: of those in folders; below: whether folders in these count, too
    """
    for path in map(Path, paths):
        if path.is_dir():
            named = (each for each in (path.rglob("*") if below else path.iterdir()) if each.suffix.lower() in endings)
            shown = (each for each in sorted(named) if not any(part[0] == "." for part in each.relative_to(path).parts))
            yield from ((each, path) for each in shown)
        else:
            yield path, None


def check_place(path: Path, folder: Path | None) -> None:
    """Raises SheetError for a link that leads out of the folder that it was found in."""
    if folder is not None and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise SheetError("a link that leads out of the folder is not followed")


def read_answers(path: str | os.PathLike[str], sheet: Worksheet) -> list[Answers]:
    """What one or, in a table, several people wrote.

    Raises OSError where the file cannot be opened, SheetError where nothing in it can be understood.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        return list(_from_table(path, sheet))
    if ending in (".txt", ".md"):
        return [read_lines(path.name, path.stem, read_text(path), sheet)]
    if ending not in (".toml", ".json"):
        path.stat()  # what is not there is told so
        raise SheetError(f"{path.name}: answers come in files that end in {', '.join(ENDINGS)}")
    content, what = _answers_in_toml(path) if ending == ".toml" else _answers_in_json(path)
    person = str(content.pop("name", path.stem))
    given = content.get("answers", content)
    if not isinstance(given, dict):
        raise SheetError(f"{path.name}: {what}")
    return [read_entries(path.name, person, [Entry(name, name, text) for name, text in given.items()], sheet)]


def read_lines(where: str, person: str, text: str, sheet: Worksheet) -> Answers:
    """What one person wrote as text, a line each; where: what messages call it, person: who, if the text says no name."""
    paper = read_paper(text, sheet.lines)
    problems = [Problem(where, place, reason) for place, reason in paper.problems]
    read = read_entries(where, paper.person or person, paper.entries, sheet)
    return read._replace(problems=[*problems, *read.problems])


def _answers_in_toml(path: Path) -> tuple[dict[str, Any], str]:
    """What a file in TOML holds, and how answers stand in such files."""
    content = read_toml(read_text(path), path.name)
    if isinstance(content.get("lines"), dict):
        raise SheetError(f"{path.name}: this is a worksheet, and no answers")
    return content, "answers is a table: write [answers] and the lines below"


def _answers_in_json(path: Path) -> tuple[dict[str, Any], str]:
    """The same for JSON."""
    what = "answers in JSON are one object, with the lines as its keys"
    try:
        content = read_json(read_text(path), parse_float=Written, parse_int=Written, object_pairs_hook=_each_once)
    except json.JSONDecodeError as error:
        raise SheetError(f"{path.name}, line {error.lineno}, column {error.colno}: {error.msg}") from None
    except ValueError as error:
        raise SheetError(f"{path.name}: {error}") from None
    if not isinstance(content, dict):
        raise SheetError(f"{path.name}: {what}")
    return content, what


def _from_table(path: Path, sheet: Worksheet) -> Iterator[Answers]:
    """A row for each person: the name in the first column, a line of the sheet at the head of each other."""
    text = read_text(path)
    rows = read_rows(text, max(";\t,", key=text.partition("\n")[0].count), path.name)
    if len(rows) < 2 or len(rows[0][1]) < 2:
        raise SheetError(f"{path.name}: a table has the lines' names in its first row, and a person in each other one")
    names = [cell.strip() for cell in rows[0][1]]
    if len(names) > MOST_ENTRIES:
        raise SheetError(f"{path.name}: a table of {len(names):,} columns; no more than {MOST_ENTRIES:,} are read")
    known = [name for name in names[1:] if is_line(sheet, name)]
    if not known:
        raise SheetError(f"{path.name}: none of {', '.join(names[1:6])} is a line of this worksheet")
    odd = [name for name in names[1:] if name and name not in known and get_close_matches(name, sheet.lines, 1)]
    problems = [
        Problem(path.name, "the head", f"{name} is no line; is {get_close_matches(name, sheet.lines, 1)[0]} meant?")
        for name in odd
    ]
    for number, row in rows[1:]:
        if len(row) > len(names):
            problems.append(Problem(path.name, f"row {number}", too_many_cells(row, names)))
            continue
        entries = [Entry(name, f"row {number}, {name}", cell) for name, cell in zip(names[1:], row[1:]) if name in known]
        read = read_entries(path.name, row[0].strip() or f"row {number}", entries, sheet)
        yield read._replace(problems=[*problems, *read.problems])
        problems = []
    if problems:
        yield Answers("", {}, problems, {})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The keys and contents of an object in JSON, where no key may stand twice."""
    if twice := [key for key, n in Counter(key for key, _ in pairs).items() if n > 1]:
        raise ValueError(f"{twice[0]} stands there twice")
    return dict(pairs)


def too_many_cells(row: Sequence[str], head: Sequence[str]) -> str:
    return f"{len(row)} cells, and the head has {len(head)}: quote numbers with a decimal comma, or part cells by ;"


def is_line(sheet: Worksheet, name: str) -> bool:
    """Whether a sheet has a line that is called so."""
    try:
        return bool(sheet.line_named(name))
    except LookupError:
        return False


def read_entries(file: str, person: str, entries: Iterable[Entry], sheet: Worksheet) -> Answers:
    """The entries that can be read, and what is wrong with the others."""
    claims: dict[str, object] = {}
    unread: dict[str, object] = {}
    problems: list[Problem] = []
    entries = list(entries)
    if len(entries) > MOST_ENTRIES:
        problems.append(Problem(file, "", f"{len(entries):,} answers: no more than the first {MOST_ENTRIES:,} are read"))
    for name, place, given in entries[:MOST_ENTRIES]:
        text, line = _as_claim(given), ""
        try:
            line = sheet.line_named(clean(name))
            sheet.read(line, text)
        except (FormulaError, TypeError) as error:
            reason = "\n" + textwrap.indent(str(error), "    ") if isinstance(error, FormulaError) else str(error)
            problems.append(Problem(file, place, reason))
            unread[line] = text
        except LookupError as error:
            problems.append(Problem(file, place, error.args[0]))
        else:
            if line in claims:
                problems.append(Problem(file, place, f"{line} was answered before; the last answer counts"))
            claims[line] = text
    if len(problems) > MOST_PROBLEMS:
        more = f"{len(problems) - MOST_PROBLEMS:,} other answers cannot be read either"
        problems[MOST_PROBLEMS:] = [Problem(file, "", more)]
    unread = {line: text for line, text in unread.items() if line not in claims}
    return Answers(clean(person), claims, problems, unread)


def _as_claim(given: object) -> object:
    """What stands in a file, as Worksheet.mark takes it: text, without what could not be shown."""
    if given is None:
        return ""
    if isinstance(given, list):
        return [clean(each) if isinstance(each, str) else each for each in given]
    if isinstance(given, (str, int)) and not isinstance(given, bool):
        return clean(str(given))
    return given
