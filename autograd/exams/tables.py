"""Tables of people, as schools have them: by comma, semicolon or tab; in UTF-8, UTF-16 or Latin-1; of Moodle, Canvas, Excel.

What a column is called says what it is. Without a head that says so, the first column has the names.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from autograd.display.files import clean
from autograd.mark.texts import SheetError, read_content, read_rows

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
    """The rows of a table with their numbers, what its columns are called, and which of them have names, numbers, codes."""

    head: list[str]
    rows: list[tuple[int, list[str]]]
    meaning: dict[str, int]

    def cell(self, row: list[str], what: str) -> str:
        """What a row says of somebody; nothing, where there is no such column."""
        return row[i].strip() if (i := self.meaning.get(what, len(row))) < len(row) else ""

    def student(self, row: list[str]) -> Student:
        """Who a row is about; without a name, where there is none."""
        name = self.cell(row, "name") or f"{self.cell(row, 'first')} {self.cell(row, 'last')}"
        if not self.meaning:
            name = row[0]
        return Student(clean(" ".join(name.split())), clean(self.cell(row, "id")), clean(self.cell(row, "email")))


def read_table(path: Path) -> Table:
    """A table from a file. Raises OSError where it cannot be opened, SheetError where it is no table."""
    text = decode(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if (told := re.fullmatch(r"sep=(.)", first.strip())) is not None:  # Excel's own way to say it
        text, mark = text.partition(first + "\n")[2], told[1]
    else:
        mark = max(";\t,", key=first.count)
    rows = read_rows(text, mark, clean(path.name))
    if not rows:
        raise SheetError(f"{clean(path.name)}: nothing stands in this table")
    if len(rows) > MOST_PEOPLE:
        raise SheetError(f"{clean(path.name)}: {len(rows):,} rows; no more than {MOST_PEOPLE:,} are read")
    head = [cell.strip() for cell in rows[0][1]]
    if not (meaning := _meaning(head)):
        return Table([], rows, meaning)
    if len(head) == 1:  # a comma in a name parts nothing where there is one column
        rows = [(n, [mark.join(row)]) for n, row in rows]
    return Table(head, rows[1:], meaning)


def _meaning(head: list[str]) -> dict[str, int]:
    """The columns of names, numbers, codes: the first of each kind. A column of ids beats one of numbers in a row."""
    found: dict[str, int] = {}
    plain = [_plain(cell) for cell in head]
    for i, cell in enumerate(plain):
        if cell in MEANINGS:
            found.setdefault(MEANINGS[cell], i)
    ids = [i for i, cell in enumerate(plain) if cell in ("sisuserid", "idnumber", "idnummer")]
    return found | ({"id": ids[0]} if ids else {})


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
    content, encoding = read_content(path)
    if b"\0" in content and encoding != "utf-16":
        raise SheetError(f"{clean(path.name)}: this is no text; save the table as CSV")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return unicodedata.normalize("NFC", "\n".join(text.replace("\r\n", "\n").split("\r")))


def _plain(text: str) -> str:
    """A name of a column without case, accents, spaces and signs."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ä", "ae").replace("ü", "ue").replace("ö", "oe"))
    return "".join(c for c in letters if c.isalnum())
