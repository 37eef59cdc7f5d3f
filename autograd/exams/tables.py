"""Tables of people, as schools have them: by comma, semicolon or tab; in UTF-8, UTF-16 or Latin-1; of Moodle, Canvas, Excel.

What a column is called says what it is. Without a head that says so, the first column has the names.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from autograd.display.files import FileError, clean, read_bytes
from autograd.mark.texts import LONGEST, SheetError

MOST_PEOPLE = 20_000
HEADS = {  # what columns are called, without case, spaces and signs
    "name": "name fullname student studentname nameofstudent schueler nom navn naam nombre nome learner person people",
    "first": "firstname givenname vorname prenom fornavn voornaam givennames",
    "last": "lastname surname familyname nachname familienname nomdefamille efternavn achternaam apellidos cognome",
    "id": """id idnumber idnummer studentid studentnumber sisuserid matrikelnummer matrikelnr matriculationnumber number
        nummer orgdefinedid no""",
    "email": "email emailaddress mail sisloginid username loginid login benutzername emailadresse",
    "code": "code sheet exam",
}
MEANINGS = {head: what for what, heads in HEADS.items() for head in heads.split()}
NO_PERSON = ("pointspossible", "studenttest", "teststudent")  # rows of Canvas's export


class Student(NamedTuple):
    """Somebody who gets a sheet: a name, and whatever else tells two people of one name apart."""

    name: str
    id: str = ""
    email: str = ""


class Table(NamedTuple):
    """The rows of a table with their numbers, and what its columns are called; .meaning says what they mean to us."""

    head: list[str]
    rows: list[tuple[int, list[str]]]

    @property
    def meaning(self) -> dict[str, int]:
        """The columns of names, numbers, codes: the first of each kind. A column of ids beats one of numbers in a row."""
        found: dict[str, int] = {}
        for i, head in enumerate(self.head):
            if (what := MEANINGS.get(_plain(head))) is not None:
                found.setdefault(what, i)
        sis = [i for i, head in enumerate(self.head) if _plain(head) in ("sisuserid", "idnumber", "idnummer")]
        return found | ({"id": sis[0]} if sis else {})

    def student(self, row: list[str]) -> Student:
        """Who a row is about; without a name, where there is none."""
        at = self.meaning
        cell = {what: row[i].strip() if i < len(row) else "" for what, i in at.items()}
        name = cell.get("name", "") or f"{cell.get('first', '')} {cell.get('last', '')}".strip()
        if not at:
            name = row[0].strip()
        return Student(clean(" ".join(name.split())), clean(cell.get("id", "")), clean(cell.get("email", "")))


def read_table(path: Path) -> Table:
    """A table from a file. Raises OSError where it cannot be opened, SheetError where it is no table."""
    text = decode(path)
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and (told := re.fullmatch(r"sep=(.)", lines[0].strip())) is not None:  # Excel's own way to say it
        text, lines, mark = text.partition("\n")[2], lines[1:], told[1]
    else:
        mark = max(";\t,", key=lambda each: sum(line.count(each) for line in lines[:1]))
    if not lines:
        raise SheetError(f"{clean(path.name)}: nothing stands in this table")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SheetError(f"{clean(path.name)}, line {reader.line_num}: {error}") from None
    if len(rows) > MOST_PEOPLE:
        raise SheetError(f"{clean(path.name)}: {len(rows):,} rows; no more than {MOST_PEOPLE:,} are read")
    head = [cell.strip() for cell in rows[0][1]]
    if not any(_plain(cell) in MEANINGS for cell in head):
        width = max(len(row) for _, row in rows)
        return Table([""] * width, rows)
    if len(head) == 1:  # a comma in a name parts nothing where there is one column
        rows = [(n, [mark.join(row)]) for n, row in rows]
    return Table(head, rows[1:])


def read_students(path: Path) -> list[Student]:
    """The people of a table, each once. Raises OSError, and SheetError where nobody is in it."""
    table = read_table(path)
    found: dict[Student, None] = {}
    for _, row in table.rows:
        bare = not table.meaning and len(row) == 2 and row[1].strip()
        student = Student(clean(f"{row[0].strip()}, {row[1].strip()}")) if bare else table.student(row)
        if not student.name:
            student = student._replace(name=student.email.partition("@")[0] or student.id)
        if student.name and _plain(student.name) not in NO_PERSON:
            found[student] = None
    if not found:
        raise SheetError(
            f"{clean(path.name)}: nobody is in this table; a column called name, or Moodle's or Canvas's, has them"
        )
    return list(found)


def decode(path: Path) -> str:
    """The text of a table, in whatever a school's computers write."""
    try:
        content = read_bytes(path, LONGEST)
    except FileError as error:
        raise SheetError(f"{clean(path.name)}: {error}") from None
    if b"\0" in content and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise SheetError(f"{clean(path.name)}: this is no text; save the table as CSV")
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return unicodedata.normalize("NFC", "\n".join(text.replace("\r\n", "\n").split("\r")))


def _plain(text: str) -> str:
    """A name of a column without case, accents, spaces and signs."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ä", "ae").replace("ü", "ue").replace("ö", "oe"))
    return "".join(c for c in letters if c.isalnum())
