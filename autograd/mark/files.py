"""Worksheets and answers in files: a sheet as TOML, what people wrote as TOML, text, CSV or JSON, and a class at once.

A sheet says what is given, how each line is computed in ordinary mathematics, and perhaps what somebody wrote:

    title = "One neuron"
    carried = 0.5                       # a line that follows from a mistake gets half its marks; all, if this is left out
    digits = 3                          # an answer has at least so many significant digits; any number, if this is left out

    [given]
    w = 0.5
    x = 2
    t = 1
    eta = 0.1

    [lines]                             # in the order in which they are worked out
    z = "w x"
    o = "σ(z)"
    E = "½(o − t)²"
    dw = "∂E/∂w"                        # the derivative of a line, by what is given or by another line
    w_new = "w − eta dw"

    [marks]
    dw = 2                              # the others are worth 1

    [answers]
    z = 1.0
    o = "0,7311"                        # in quotes for a decimal comma, a formula or a way of working
    dw = "(0.7311 − 1)·0.7311·0.2689·2 = −0.1057"

Answers may also come in files of their own: one for each person, `o = 0,7311  # comment` on each line (.txt, .md), or .toml,
or .json; or one table for all (.csv) with a person in each row and a line in each column. What cannot be read is reported
with the place; everything else is marked all the same.
"""

from __future__ import annotations

import csv
import html
import io
import json
import math
import os
import re
import textwrap
import tomllib
from collections import Counter, namedtuple
from difflib import get_close_matches
from pathlib import Path

from autograd.display.files import FileError, clean, read_bytes, save
from autograd.formula.lexer import RELATION, FormulaError
from autograd.formula.spellings import undressed
from autograd.formula.systems import read_line
from autograd.mark.claims import without_brackets
from autograd.mark.mistakes import KINDS
from autograd.mark.report import Marking, _mark, _safe_cell, table, whole_page
from autograd.mark.worksheet import Worksheet
from autograd.value import Value
from autograd.writing.names import pretty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

ENDINGS = (".toml", ".txt", ".md", ".csv", ".json")
LONGEST = 1_000_000  # bytes of a file with a worksheet, or with answers
LONGEST_LINE = 12_000  # characters, a claim and its name
MOST_ENTRIES = 2_000  # answers of one person; columns of a table
TOO_DEEP = "brackets stand in brackets, hundreds of them"
MOST_PROBLEMS = 20  # of one person that are told
DEEPEST = 16  # parts of a name in TOML, a.b.c; each is a table of its own
_PART = r"""(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*\.[ \t]*"""
_DEEP_KEY = re.compile(rf"(?<![A-Za-z0-9_\"'-])(?:{_PART}){{{DEEPEST}}}")
SECTIONS = ("title", "carried", "digits", "given", "lines", "marks", "answers")


class SheetError(ValueError):
    """A file that cannot be understood; the message says where, and why."""


class Problem(namedtuple("Problem", "file place reason")):
    """What could not be read in a file of answers, and where."""

    __slots__ = ()

    def __str__(self) -> str:
        return clean(f"{self.file}{f', {self.place}' if self.place else ''}: {self.reason}")


class SheetFile(namedtuple("SheetFile", "sheet answers marks carried digits")):
    """A worksheet from a file, its answers, what lines are worth, what carried ones get, and the digits asked for."""

    __slots__ = ()


class Answers(namedtuple("Answers", "person claims problems")):
    """What somebody wrote, by line, and what of it could not be read."""

    __slots__ = ()


class _HandedIn(namedtuple("_HandedIn", "person claims problems unread")):
    """The same, with what could not be read by line."""

    __slots__ = ()


# ---------------------------------------------------------------------------------------------------------------- sheets


def read_sheet(path: str | os.PathLike[str]) -> SheetFile:
    """A worksheet from a TOML file, as in the description of this module.

    Raises OSError where it cannot be opened, SheetError where it cannot be understood.
    """
    path = Path(path)
    return sheet_from(_text(path), path.name)


def sheet_from(text: str, where: str = "the sheet") -> SheetFile:
    """A worksheet from the text of such a file; where: what messages call it. Raises SheetError."""
    content = _toml(text, where)
    if unknown := [key for key in content if key not in SECTIONS]:
        raise SheetError(f"{where}: {unknown[0]!r} is nothing a sheet has; it has {', '.join(SECTIONS)}")
    for section in ("given", "lines", "marks", "answers"):
        if not isinstance(content.get(section, {}), dict):
            raise SheetError(f"{where}: {section} is a table: write [{section}] and its entries below")
    if not content.get("lines"):
        raise SheetError(f"{where}: there are no [lines] to be worked out")
    known = {name: Value(_number(where, name, x), name) for name, x in content.get("given", {}).items()}
    lines: dict[str, Value] = {}
    for name, formula in content["lines"].items():
        if not isinstance(formula, str) or not formula.strip():
            raise SheetError(f"{where}, [lines], {name}: a line is a formula in quotes, not {formula!r}")
        if name in known:
            raise SheetError(f"{where}: {name} stands under [given] and under [lines]")
        try:
            lines[name] = known[name] = read_line(formula, known)
        except FormulaError as error:
            raise SheetError(f"{where}, [lines], {name}:\n{textwrap.indent(str(error), '    ')}") from None
        except ValueError as error:
            raise SheetError(f"{where}: {error}") from None
        if not math.isfinite(lines[name].data):
            raise SheetError(f"{where}, [lines], {name}: this comes to {lines[name].data}, which nobody can work out")
    numbers = {name: _number(where, name, x) for name, x in content.get("marks", {}).items()}
    carried = _number(where, "carried", content.get("carried", 1.0))
    digits = content.get("digits", 0)
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 15:
        raise SheetError(f"{where}: digits is a whole number from 0 to 15, not {digits}")
    try:
        sheet = Worksheet(lines)
        marks = {sheet.line_named(name): x for name, x in numbers.items()}
        sheet.mark({}, marks, carried)
    except (TypeError, ValueError, LookupError) as error:
        raise SheetError(f"{where}: {error.args[0]}") from None
    sheet.title = str(content.get("title", ""))
    return SheetFile(sheet, dict(content.get("answers", {})), marks, carried, digits)


class _Written(str):
    """A number in a file, with its digits."""

    __slots__ = ()


def _toml(text: str, where: str) -> dict[str, Any]:
    if (deep := _DEEP_KEY.search(text)) is not None:
        line = text.count("\n", 0, deep.start()) + 1
        raise SheetError(f"{where}, line {line}: a name of over {DEEPEST} parts")
    try:
        return tomllib.loads(text, parse_float=_Written)
    except ValueError as error:
        raise SheetError(f"{where}: {error}") from None
    except RecursionError:
        raise SheetError(f"{where}: {TOO_DEEP}") from None


def _text(path: Path) -> str:
    try:
        content = read_bytes(path, LONGEST)
    except FileError as error:
        raise SheetError(f"{clean(path.name)}: {error}") from None
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SheetError(f"{path.name}, line {line}: this is no text in UTF-8; save it as such") from None


def _number(where: str, name: str, x: object) -> float:
    try:
        number = float(str(x).replace(",", ".")) if not isinstance(x, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SheetError(f"{where}: {name} is a number, not {x!r}")
    return number


# --------------------------------------------------------------------------------------------------------------- answers


def read_answers(path: str | os.PathLike[str], sheet: Worksheet) -> list[Answers]:
    """What one or, in a table, several people wrote.

    Raises OSError where the file cannot be opened, SheetError where nothing in it can be understood.
    """
    return [Answers(*each[:3]) for each in _handed_in(path, sheet)]


def _handed_in(path: str | os.PathLike[str], sheet: Worksheet) -> list[_HandedIn]:
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        return list(_from_table(path, sheet))
    if ending == ".toml":
        content = _toml(_text(path), path.name)
        person = str(content.pop("name", path.stem))
        if isinstance(content.get("lines"), dict):
            raise SheetError(f"{path.name}: this is a worksheet, and no answers")
        given = content.pop("answers", content)
        if not isinstance(given, dict):
            raise SheetError(f"{path.name}: answers is a table: write [answers] and the lines below")
        entries = [(name, name, text) for name, text in given.items()]
    elif ending == ".json":
        try:
            content = json.loads(_text(path), parse_float=_Written, object_pairs_hook=_each_once)
        except json.JSONDecodeError as error:
            raise SheetError(f"{path.name}, line {error.lineno}, column {error.colno}: {error.msg}") from None
        except ValueError as error:
            raise SheetError(f"{path.name}: {error}") from None
        except RecursionError:
            raise SheetError(f"{path.name}: {TOO_DEEP}") from None
        if not isinstance(content, dict):
            raise SheetError(f"{path.name}: answers in JSON are one object, with the lines as its keys")
        person = str(content.pop("name", path.stem))
        given = content.get("answers", content)
        if not isinstance(given, dict):
            raise SheetError(f"{path.name}: answers in JSON are one object, with the lines as its keys")
        entries = [(name, name, text) for name, text in given.items()]
    elif ending in (".txt", ".md"):
        person, entries, problems = _from_lines(path)
        read = _readable(path.name, person, entries, sheet)
        return [read._replace(problems=[*problems, *read.problems])]
    else:
        raise SheetError(f"{path.name}: answers come in files that end in {', '.join(ENDINGS)}")
    return [_readable(path.name, person, entries, sheet)]


_ENTRY = re.compile(rf"\s*(?P<name>\S.*?)\s*(?:{RELATION}|:=?)\s*(?P<claim>.*)")


def _from_lines(path: Path) -> tuple[str, list[tuple[str, str, object]], list[Problem]]:
    """Lines such as `z1 = 0,3775  # comment`; one that begins with a sign of equality goes on from the line above."""
    person, problems = path.stem, list[Problem]()
    entries: list[tuple[str, str, object]] = []
    text = _text(path)
    rows = [_cells(line) for line in text.splitlines()]
    if sum(len(cells) == 2 for cells in rows) > 1:  # a table: what stands around it is the exercise
        for number, cells in enumerate(rows, start=1):
            if len(cells) == 2 and cells[0].strip("-: ") and cells[0] != "line":
                entries.append((cells[0], f"line {number}", cells[1]))
        return person, entries, problems
    every = [(n, part) for n, line in enumerate(text.splitlines(), start=1) for part in _SEMICOLON.split(line)]
    chain: list[str] = []  # the members of the last answer, each on a line of its own
    for number, line in every:
        if len(line) > LONGEST_LINE:
            problems.append(Problem(path.name, f"line {number}", f"{_shown(line)} is longer than any answer"))
            continue
        line = re.sub(r"\s{2,}", " ", line)
        line = re.sub(r"^\s*[-*•]\s+|(?:^|\s)#.*", "", line)
        line = without_brackets(undressed(line).text)
        if not line or not line.strip("-`= "):
            continue
        if re.match(RELATION, line) and entries:
            chain.append(line)
            continue
        entries, chain = _joined(entries, chain), []
        if (match := _ENTRY.fullmatch(line)) and match["name"].strip().lower() == "name":
            person = match["claim"].strip() or person
        elif match:
            entries.append((match["name"].strip(), f"line {number}", match["claim"].strip()))
        else:
            problems.append(
                Problem(
                    path.name, f"line {number}", f"{_shown(line)} is no answer: write the line's name, =, and what came out"
                )
            )
    return person, _joined(entries, chain), problems


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:60].rstrip() + " …")


def _joined(entries: list[tuple[str, str, object]], chain: list[str]) -> list[tuple[str, str, object]]:
    """With the members of a chain behind the last claim."""
    if chain:
        name, place, claim = entries[-1]
        entries[-1] = name, place, " ".join([str(claim), *chain])
    return entries


_SEMICOLON = re.compile(r"(?<!\\);(?=[^;=≈]+[=≈])")  # behind which another answer begins


def _cells(line: str) -> list[str]:
    """The cells of a row of a table in Markdown."""
    line = line.strip()
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def _from_table(path: Path, sheet: Worksheet) -> Iterator[_HandedIn]:
    """A row for each person: the name in the first column, a line of the sheet at the head of each other."""
    text = _text(path)
    head = text.partition("\n")[0]
    mark = max(";\t,", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SheetError(f"{path.name}, line {reader.line_num}: {error}") from None
    if len(rows) < 2 or len(rows[0][1]) < 2:
        raise SheetError(f"{path.name}: a table has the lines' names in its first row, and a person in each other one")
    names = [cell.strip() for cell in rows[0][1]]
    if len(names) > MOST_ENTRIES:
        raise SheetError(f"{path.name}: a table of {len(names):,} columns; no more than {MOST_ENTRIES:,} are read")
    known = [name for name in names[1:] if _is_line(sheet, name)]
    if not known:
        raise SheetError(f"{path.name}: none of {', '.join(names[1:6])} is a line of this worksheet")
    odd = [name for name in names[1:] if name and name not in known and get_close_matches(name, sheet.lines, 1)]
    problems = [
        Problem(path.name, "the head", f"{name} is no line; is {get_close_matches(name, sheet.lines, 1)[0]} meant?")
        for name in odd
    ]
    for number, row in rows[1:]:
        if len(row) > len(names):
            why = f"{len(row)} cells, and the head has {len(names)}: quote numbers with a decimal comma, or part cells by ;"
            problems.append(Problem(path.name, f"row {number}", why))
            continue
        entries = [(name, f"row {number}, {name}", cell) for name, cell in zip(names[1:], row[1:]) if name in known]
        read = _readable(path.name, row[0].strip() or f"row {number}", entries, sheet)
        yield read._replace(problems=[*problems, *read.problems])
        problems = []
    if problems:
        yield _HandedIn("", {}, problems, {})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The keys and contents of an object in JSON, where no key may stand twice."""
    if twice := [key for key, n in Counter(key for key, _ in pairs).items() if n > 1]:
        raise ValueError(f"{twice[0]} stands there twice")
    return dict(pairs)


def _is_line(sheet: Worksheet, name: str) -> bool:
    try:
        return bool(sheet.line_named(name))
    except LookupError:
        return False


def _readable(file: str, person: str, entries: Iterable[tuple[str, str, object]], sheet: Worksheet) -> _HandedIn:
    """The entries that can be read, and what is wrong with the others."""
    claims: dict[str, object] = {}
    unread: dict[str, object] = {}
    problems: list[Problem] = []
    entries = list(entries)
    if len(entries) > MOST_ENTRIES:
        problems.append(Problem(file, "", f"{len(entries):,} answers: no more than the first {MOST_ENTRIES:,} are read"))
    for name, place, given in entries[:MOST_ENTRIES]:
        name, given = clean(name), [_cleaned(each) for each in given] if isinstance(given, list) else _cleaned(given)
        written = isinstance(given, (str, int)) and not isinstance(given, bool)
        text = "" if given is None else str(given) if written else given
        line = ""
        try:
            line = sheet.line_named(name)
            sheet.read(line, text)
        except (FormulaError, TypeError) as error:
            reason = str(error) if isinstance(error, TypeError) else "\n" + textwrap.indent(str(error), "    ")
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
    return _HandedIn(clean(person), claims, problems, unread)


def _cleaned(given: object) -> object:
    return clean(given) if isinstance(given, str) else given


# --------------------------------------------------------------------------------------------------------------- a class

CLASS_STYLE = """
.cg-class{font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;max-width:72em}
.cg-class>table{display:block;overflow-x:auto;border-collapse:collapse;margin:8px 0 18px;table-layout:auto!important}
.cg-class>table th,.cg-class>table td{text-align:left!important;padding:4px 14px 4px 0;border-bottom:1px solid #8886;
vertical-align:top;font-variant-numeric:tabular-nums;white-space:nowrap}
.cg-class>table td:last-child{white-space:normal;min-width:12em}
.cg-class details{margin:10px 0}
.cg-class summary{cursor:pointer;font-weight:600;margin-bottom:6px}
.cg-class pre{white-space:pre-wrap}
.cg-class a{color:inherit}
"""


class Class:
    """The marked sheets of several people.

    markings: a Marking for each person, by name; problems: what could not be read, as Problems
    mistakes: the commonest ones, as (line, kind, how many, who)
    """

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
        lines = Counter({line: 0 for line, _ in who})
        for (line, _), people in who.items():
            lines[line] += len(people)
        order = sorted(who.items(), key=lambda item: (-len(item[1]), -lines[item[0][0]], item[0][1] == ""))
        return [(line, kind, len(people), people) for (line, kind), people in order]

    def _rows(self) -> list[tuple[str, ...]]:
        rows = []
        for person, marking in self:
            counts = Counter(row.verdict for row in marking)
            rows.append(
                (
                    person, f"{_mark(marking.score)} / {_mark(marking.out_of)}",
                    *(str(counts[verdict]) for verdict in self.head[2:-2]),
                    pretty(marking.first_wrong or ""), marking[marking.first_wrong].remark if marking.first_wrong else "",
                )
            )  # fmt: skip
        return rows

    @property
    def head(self) -> tuple[str, ...]:
        """What the columns are; that of lines that cannot be read is there if somebody has such."""
        unread = any("unread" in marking.verdicts.values() for marking in self.markings.values())
        return ("name", "marks", "wrong", "carried", "blank", *["unread"] * unread, "first mistake", "remark")

    @property
    def text(self) -> str:
        """A table for a terminal, with the commonest mistakes and the problems below."""
        blocks = [self.title] if self.title else []
        if self.markings:
            scores = [marking.score for marking in self.markings.values()]
            blocks.append(table([self.head, *self._rows()], (0, len(self.head) - 1)))
            of = _mark(next(iter(self.markings.values())).out_of)
            blocks.append(
                f"{len(scores)} sheet{'s'[: len(scores) != 1]}; {_mark(sum(scores) / len(scores))} of {of} marks on average."
            )
        if common := self.mistakes[:8]:
            lines = [
                (f"{n} ×", pretty(line), KINDS.get(kind, "no guess"), ", ".join(people)) for line, kind, n, people in common
            ]
            blocks.append("The commonest mistakes\n" + table(lines, (3,)))
        if self.problems:
            blocks.append("Could not be read\n" + "\n".join(map(str, self.problems)))
        return "\n\n".join(blocks)

    def __repr__(self) -> str:
        return self.text

    @property
    def csv(self) -> str:
        """A row for each person: marks, and the verdict of each line; for a grade book."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        lines = [row.name for row in next(iter(self.markings.values()))] if self.markings else []
        writer.writerow([_safe_cell(cell) for cell in ["name", "marks", "out of", "first mistake", *lines]])
        for person, marking in self:
            cells = [person, marking.score, marking.out_of, marking.first_wrong or "", *marking.verdicts.values()]
            writer.writerow([_safe_cell(cell) for cell in cells])
        return file.getvalue()

    @property
    def json(self) -> str:
        """Everything, as JSON."""
        whole = {
            "title": self.title,
            "people": {person: json.loads(marking.json) for person, marking in self},
            "mistakes": [dict(zip(("line", "kind", "count", "people"), each)) for each in self.mistakes],
            "problems": [problem._asdict() for problem in self.problems],
        }
        return json.dumps(whole, ensure_ascii=False, indent=2)

    def html(self) -> str:
        """The table, with the marked sheets below."""
        rows = "".join(
            f'<tr><td><a href="#sheet-{i}">{html.escape(row[0])}</a></td>'
            + "".join(f"<td>{html.escape(c)}</td>" for c in row[1:])
            + "</tr>"
            for i, row in enumerate(self._rows())
        )
        heads = "".join(f"<th>{head}</th>" for head in self.head)
        common = "".join(
            f"<tr><td>{n} ×</td><td>{html.escape(pretty(line))}</td><td>{html.escape(KINDS.get(kind, 'no guess'))}</td>"
            f"<td>{html.escape(', '.join(people))}</td></tr>"
            for line, kind, n, people in self.mistakes[:12]
        )
        sheets = "".join(
            f'<details id="sheet-{i}" open><summary>{html.escape(person)}</summary>{marking.html()}</details>'
            for i, (person, marking) in enumerate(self)
        )
        problems = (
            "<h3>Could not be read</h3><pre>" + html.escape("\n".join(map(str, self.problems))) + "</pre>"
            if self.problems
            else ""
        )
        title = f"<h2>{html.escape(self.title)}</h2>" if self.title else ""
        mistakes = f"<h3>The commonest mistakes</h3><table><tbody>{common}</tbody></table>" if common else ""
        return (
            f'<style>{CLASS_STYLE}</style><div class="cg-class">{title}'
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
            f"{mistakes}{problems}{sheets}</div>"
        )

    def _repr_html_(self) -> str:
        return self.html()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write all to a file and give its path: .html, .csv, .json, .txt. Raises ValueError for another ending."""
        return save(
            path,
            "a class",
            {
                ".html": lambda: whole_page(self.title or "Marked worksheets", self.html()),
                ".csv": lambda: self.csv,
                ".json": lambda: self.json,
                ".txt": lambda: self.text + "\n",
            },
        )


def mark_files(sheet: str | os.PathLike[str], answers: Iterable[str | os.PathLike[str]] = ()) -> Class:
    """Mark what stands in files against the sheet in a TOML file.

    sheet: the file with the worksheet; its own answers count too, as those of a person of the file's name
    answers: files of answers, and folders of such files

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
    read: list[_HandedIn] = []
    problems: list[Problem] = []
    if file.answers:
        read.append(_readable(path.name, path.stem, [(name, name, text) for name, text in file.answers.items()], file.sheet))
    for each, folder in _files(answers):
        try:
            if each.exists() and each.samefile(path):
                continue
            if folder is not None and not Path(os.path.realpath(each)).is_relative_to(os.path.realpath(folder)):
                raise SheetError(f"{each.name}: a link that leads out of the folder is not followed")
            read += _handed_in(each, file.sheet)
        except (OSError, SheetError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            problems.append(
                Problem(each.name, "", str(reason).removeprefix(f"{each.name}: ").removeprefix(f"{each.name}, "))
            )
    markings: dict[str, Marking] = {}
    for person, claims, reasons, unread in read:
        problems += reasons
        if not person:
            continue
        name, n = person, 2
        while name in markings:
            name, n = f"{person} ({n})", n + 1
        markings[name] = file.sheet.mark({**claims, **unread}, file.marks, file.carried, file.digits)
        markings[name].title = (
            f"{file.sheet.title}: {name}" if file.sheet.title and len(read) > 1 else file.sheet.title or name
        )
    return Class(markings, problems, file.sheet.title)


def _files(paths: Iterable[str | os.PathLike[str]]) -> Iterator[tuple[Path, Path | None]]:
    """The files themselves, and those in folders whose ending is that of answers, in the order of their names, each with its
    folder."""
    for path in map(Path, paths):
        if path.is_dir():
            named = (each for each in path.iterdir() if each.suffix.lower() in ENDINGS and not each.name.startswith("."))
            yield from ((each, path) for each in sorted(named))
        else:
            yield path, None
