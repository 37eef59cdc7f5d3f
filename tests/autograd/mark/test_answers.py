"""Sheets and answers in files: what is read, what is reported with its place, and a class that is marked all the same."""

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from html_page import Page
from neuron_sheet import neuron_by_hand

from autograd.mark.answers import Problem, read_answers
from autograd.mark.classes import Class, mark_files
from autograd.mark.mistakes import KINDS
from autograd.mark.report import Marking
from autograd.mark.sheets import read_sheet, sheet_from
from autograd.mark.texts import SheetError

SHEET = """
title = "One neuron"
carried = 0.5

[given]
w = 0.5
x = 2
t = "1,0"       # a decimal comma stands in quotes
eta = 1e-1

[lines]
z = "w x"
o = "σ(z)"
E = "½(o − t)²"
dw = "∂E/∂w"
w_new = "w − eta dw"

[marks]
dw = 2
"""


def by_hand():
    """The numbers of that sheet, in plain arithmetic."""
    found = neuron_by_hand()
    return found | {"w_new": 0.5 - 0.1 * found["dw"]}


RIGHT = {name: f"{number:.4f}" for name, number in by_hand().items()}


@pytest.fixture
def write(tmp_path):
    """write(name, content) makes a file of text, or of bytes, and gives its path."""

    def made(name, content, encoding="utf-8"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return made


@pytest.fixture
def sheet(write):
    """The path of the sheet."""
    return write("neuron.toml", SHEET)


@pytest.fixture
def read(write):
    """read(name, content) gives (person, claims, problems) of what was written in a file, for each person in it."""
    worksheet = sheet_from(SHEET).sheet
    return lambda name, content, encoding="utf-8": [a[:3] for a in read_answers(write(name, content, encoding), worksheet)]


def listed(claims):
    """Answers as a person would write them in a text file."""
    return "".join(f"{name} = {claim}\n" for name, claim in claims.items())


# ---------------------------------------------------------------------------------------------------------------- sheets


def test_a_sheet_has_what_its_file_says(sheet):
    """The given numbers, the lines in their order with the numbers that plain arithmetic gives, the title and the marks."""
    file = read_sheet(sheet)
    assert file.sheet.given == {"w": 0.5, "x": 2.0, "t": 1.0, "eta": 0.1}
    assert file.sheet.true == pytest.approx(by_hand(), rel=1e-12)
    assert list(file.sheet.lines) == list(by_hand())
    assert (file.sheet.title, file.carried, file.marks, file.answers) == ("One neuron", 0.5, {"dw": 2.0}, {})


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("∂E/∂w", lambda o: (o - 1) * o * (1 - o) * 2),
        ("∂E/∂z", lambda o: (o - 1) * o * (1 - o)),
        ("∂E/∂o", lambda o: o - 1),
        ("∂o/∂z", lambda o: o * (1 - o)),
        ("∂z/∂x", lambda o: 0.5),
        ("∂E/∂o · ∂o/∂z · x", lambda o: (o - 1) * o * (1 - o) * 2),
        ("w − eta ∂E/∂w", lambda o: 0.5 - 0.1 * (o - 1) * o * (1 - o) * 2),
        (r"\\frac{\\partial E}{\\partial w}", lambda o: (o - 1) * o * (1 - o) * 2),
    ],
)
def test_a_line_may_speak_of_derivatives(written, number):
    """Of a line by a line, or by what is given, alone or inside a formula, and in LaTeX."""
    text = SHEET.partition("dw =")[0] + f'slope = "{written}"\n'
    assert sheet_from(text).sheet.true["slope"] == pytest.approx(number(by_hand()["o"]), rel=1e-12)


def test_a_sheet_may_give_nothing_and_ask_for_fifteen_digits():
    """Lines of plain numbers are lines; where a sheet has no file, messages call it the sheet."""
    file = sheet_from('digits = 15\n[lines]\ny = "1 + 2"\nz = "3 y"\n')
    assert (file.sheet.true, file.digits) == ({"y": 3.0, "z": 9.0}, 15)
    assert sheet_from('[lines]\ny = "1 + 2"\n')[2:] == ({}, 1.0, 0)  # all of the marks, for any number of digits
    with pytest.raises(SheetError, match=r"^the sheet: there are no \[lines\]"):
        sheet_from("digits = 15\n")


GIVEN = "[given]\nw = 0.5\nx = 2\n"
LINE = '[lines]\nz = "w x"\n'
BAD_SHEETS = {
    "nothing": ("", ["[lines]"]),
    "no lines": (GIVEN, ["[lines]"]),
    "an empty table of lines": (GIVEN + "[lines]\n", ["[lines]"]),
    "an unknown section": (GIVEN + LINE + "[line]\n", ["'line'", "given, lines"]),
    "an unknown key": ('tilte = "One"\n' + GIVEN + LINE, ["'tilte'", "title"]),
    "lines that are no table": ('lines = "z"\n', ["[lines]"]),
    "given numbers that are no table": ("given = [1]\n" + LINE, ["[given]"]),
    "answers that are no table": ("answers = 3\n" + GIVEN + LINE, ["[answers]"]),
    "marks that are no table": ("marks = 3\n" + GIVEN + LINE, [": marks is a table: write [marks] and its entries below"]),
    "a part in words": ('carried = "half"\n' + GIVEN + LINE, [": carried is a number, not 'half'"]),
    "a formula that breaks off": (GIVEN + '[lines]\nz = "w +"\n', ["[lines], z:\n    w +\n       ^"]),
    "a name that is not known": (GIVEN + '[lines]\nz = "w q"\n', ["[lines], z", "q is not known", "w, x"]),
    "a line that comes later": (GIVEN + '[lines]\na = "z + 1"\nz = "w x"\n', ["[lines], a", "z is not known"]),
    "two formulas at once": (GIVEN + '[lines]\nz = "w x = 1"\n', ["[lines], z"]),
    "a derivative by nothing": (GIVEN + LINE + 'd = "∂z/∂q"\n', ["[lines], d", "∂z/∂q"]),
    "a derivative of what comes later": (GIVEN + '[lines]\nd = "∂z/∂w"\nz = "w x"\n', ["[lines], d"]),
    "brackets a hundred deep": (GIVEN + f'[lines]\nz = "{"(" * 100}w{")" * 100}"\n', ["[lines], z", "60"]),
    "a number for a line": (GIVEN + "[lines]\nz = 3\n", ["[lines], z", "in quotes"]),
    "a blank line": (GIVEN + '[lines]\nz = " "\n', ["[lines], z", "in quotes"]),
    "a line that is given": (GIVEN + '[lines]\nw = "2x"\n', ["w ", "[given]", "[lines]"]),
    "two lines of one name": (GIVEN + '[lines]\nz1 = "2x"\nz_1 = "3x"\n', ["z1", "z_1", "one name"]),
    "a line that comes to nothing": ('[given]\nw = 0\n[lines]\nz = "1/w"\n', ["z", "inf"]),
    "a line that is no number": ('[given]\nw = -1\n[lines]\nz = "log w"\n', ["z"]),
    "a line without a name": (GIVEN + '[lines]\n"" = "w x"\n', ["name"]),
    "brackets without end": ("w = " + "[" * 5000 + "]" * 5000, []),
    "a number of 5,000 digits": ("[given]\nw = " + "9" * 5000 + "\n" + LINE, []),
    "marks below nothing": (GIVEN + LINE + "[marks]\nz = -2\n", ["-2"]),
    "a part above the whole": ("carried = 5\n" + GIVEN + LINE, ["0 to 1", "5"]),
    "a part below nothing": ("carried = -1\n" + GIVEN + LINE, ["0 to 1", "-1"]),
    "digits below nothing": ("digits = -1\n" + GIVEN + LINE, ["digits is a whole number"]),
    "too many digits": ("digits = 16\n" + GIVEN + LINE, ["digits is a whole number from 0 to 15, not 16"]),
    "digits that are no whole number": ("digits = 2.5\n" + GIVEN + LINE, ["digits is a whole number"]),
    "digits in quotes": ('digits = "3"\n' + GIVEN + LINE, ["digits is a whole number"]),
    "true for digits": ("digits = true\n" + GIVEN + LINE, ["digits is a whole number"]),
    "a name of 50,000 parts": (f"{'a.' * 50_000}a = 1", ["16 parts"]),
    "two million bytes": ("x" * 2_000_000, ["1,000,000 bytes"]),
    "a number for a section": ("given = 1", []),
    "two given names that are one": ('[given]\nw1 = 0.5\nw_1 = 2\n[lines]\nz = "w1"\n', ["w1", "w_1"]),
    "a name twice": (GIVEN + '[lines]\nz = "w"\nz = "x"\n', ["line 6"]),
    "NaN": ("[given]\nw = nan\n" + LINE, ["w ", "nan"]),
    "infinity": ("[given]\nw = -inf\n" + LINE, ["w ", "inf"]),
    "a word for a number": ('[given]\nw = "half"\n' + LINE, ["w ", "half"]),
    "a list for a number": ("[given]\nw = [1, 2]\n" + LINE, ["w ", "[1, 2]"]),
    "true for a number": ("[given]\nw = true\n" + LINE, ["w ", "True"]),
    "a date for a number": ("[given]\nw = 1979-05-27\n" + LINE, ["w ", "1979"]),
    "marks for no line": (GIVEN + LINE + "[marks]\nq = 2\n", ["q ", "no line"]),
    "marks for what is given": (GIVEN + LINE + "[marks]\nw = 2\n", ["w ", "given"]),
    "marks that are no number": (GIVEN + LINE + '[marks]\nz = "many"\n', ["z ", "many"]),
    "a part that is no number": ('carried = "half"\n' + GIVEN + LINE, ["carried", "half"]),
    "a table that does not end": ("[given\n", ["line 1"]),
    "a decimal comma without quotes": ("[given]\nw = 0,5\n" + LINE, ["line 2"]),
    "a formula without quotes": (GIVEN + "[lines]\nz = w x\n", ["line 5"]),
}


@pytest.mark.parametrize("kind", BAD_SHEETS)
def test_a_sheet_that_cannot_be_understood(kind, write):
    """A SheetError says which file, where in it, and why."""
    text, words = BAD_SHEETS[kind]
    with pytest.raises(SheetError) as error:
        read_sheet(write("bad.toml", text))
    assert str(error.value).startswith("bad.toml")
    assert [word for word in words if word not in str(error.value)] == []


def test_a_sheet_that_cannot_be_opened(tmp_path):
    """A file that is not there, and a folder, are errors of the system."""
    with pytest.raises(FileNotFoundError):
        read_sheet(tmp_path / "none.toml")
    with pytest.raises(OSError, match=re.escape(tmp_path.name)):
        mark_files(tmp_path)


# ----------------------------------------------------------------------------------------------------- one file of answers

# (file, what stands in it, what was read): what is read is what was written, with its digits
ONE_PERSON = {
    "lines": ("ann.txt", "z = 1.0\no = 0.7310\n", {"z": "1.0", "o": "0.7310"}),
    "decimal commas": ("ann.txt", "z = 1,0\no = 0,7310\n", {"z": "1,0", "o": "0,7310"}),
    "comments": ("ann.txt", "# mine\nz = 1.0  # easy\n  # o = 3\no = 0.73\t#\n", {"z": "1.0", "o": "0.73"}),
    "colons and other signs": ("ann.txt", "z: 1.0\no ≈ 0.73\nE := 0.036\ndw == -0.1\n",
                               {"z": "1.0", "o": "0.73", "E": "0.036", "dw": "-0.1"}),
    "bullets": ("ann.md", "- z = 1.0\n* o = 0.73\n  • E = 0.036\n", {"z": "1.0", "o": "0.73", "E": "0.036"}),
    "headings and fences": ("ann.md", "# Ann\n\n```\nz = 1.0\n```\n---\n====\n## End\n", {"z": "1.0"}),
    "blanks everywhere": ("ann.txt", "\n\n   z   =   1.0   \n\t\no=0.73", {"z": "1.0", "o": "0.73"}),
    "a chain": ("ann.txt", "z = w x = 0.5·2 = 1.0\n", {"z": "w x = 0.5·2 = 1.0"}),
    "a chain over several lines": ("ann.txt", "dw = (o − t) o (1 − o) x\n   = -0.2689·0.1966·2\n   ≈ -0.1057\no = 0.73\n",
                                   {"dw": "(o − t) o (1 − o) x = -0.2689·0.1966·2 ≈ -0.1057", "o": "0.73"}),
    "nothing behind the sign": ("ann.txt", "z =\no = ?\nE = -\ndw = 0.1\n", {"z": "", "o": "?", "E": "-", "dw": "0.1"}),
    "other spellings of a name": ("ann.txt", "w_{new} = 0.5\n", {"w_new": "0.5"}),
    "TOML": ("ann.toml", 'z = 1.00\no = "0,7310"\nE = 3.6e-2\ndw = -0.10\n',
             {"z": "1.00", "o": "0,7310", "E": "3.6e-2", "dw": "-0.10"}),
    "TOML in a table": ("ann.toml", '[answers]\nz = 1\no = """\nσ(z)\n= 0.73"""\n', {"z": "1", "o": "σ(z)\n= 0.73"}),
    "JSON": ("ann.json", '{"z": 1.00, "o": "0,7310", "E": 3.60e-2, "dw": -1}',
             {"z": "1.00", "o": "0,7310", "E": "3.60e-2", "dw": "-1"}),
    "JSON in an object": ("ann.json", '{"answers": {"z": 1.0}, "course": "AI"}', {"z": "1.0"}),
    "null in JSON": ("ann.json", '{"z": 1.0, "o": null}', {"z": "1.0", "o": ""}),
    "a list in JSON": ("ann.json", '{"z": ["w x", "= 0.5·2", "= 1.0"]}', {"z": ["w x", "= 0.5·2", "= 1.0"]}),
    "an empty file": ("ann.txt", "", {}),
    "a file of blanks": ("ann.md", " \n\n\t\n", {}),
    "an empty TOML file": ("ann.toml", "", {}),
    "an empty object": ("ann.json", "{}", {}),
    "an ending in capitals": ("ann.TXT", "z = 1.0\n", {"z": "1.0"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", ONE_PERSON)
def test_answers_are_read_as_they_were_written(kind, read):
    """Line by line, with the digits; whoever is not named otherwise is called as the file."""
    name, content, claims = ONE_PERSON[kind]
    assert read(name, content) == [("ann", claims, [])]


@pytest.mark.parametrize(
    "kind", ["lines", "decimal commas", "a chain over several lines", "TOML", "JSON", "TOML in a table"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["Unix", "Windows"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_line_ends_make_no_difference(kind, end, encoding, read):
    """UTF-8, with a byte order mark or without, and UTF-16; the line ends of Unix and of Windows."""
    name, content, claims = ONE_PERSON[kind]
    assert read(name, content.replace("\n", end), encoding) == [("ann", claims, [])]


def test_a_sheet_may_come_in_any_of_these_encodings(write):
    """As an editor saves it on Windows."""
    plain = sheet_from(SHEET).sheet.steps
    for encoding in ("utf-8-sig", "utf-16"):
        path = write("sheet.toml", SHEET.replace("\n", "\r\n"), encoding)
        assert read_sheet(path).sheet.steps == plain


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.txt", "name: Ann Lee\nz = 1.0"),
        ("a.md", "Name = Ann Lee  # hers\nz = 1.0"),
        ("a.toml", 'name = "Ann Lee"\nz = 1.0'),
        ("a.toml", 'name = "Ann Lee"\n[answers]\nz = 1.0'),
        ("a.json", '{"name": "Ann Lee", "z": 1.0}'),
        ("a.json", '{"name": "Ann Lee", "answers": {"z": 1.0}}'),
        ("a.csv", "name,z\nAnn Lee,1.0\n"),
    ],
)
def test_a_file_may_name_its_person(file, content, read):
    """Then it is not called as the file."""
    assert read(file, content) == [("Ann Lee", {"z": "1.0"}, [])]


# (file, what stands in it, where the problem is, words of the reason, what is read all the same)
PROBLEMS = {
    "an unknown line": ("a.txt", "z = 1.0\nzz = 2\n", "line 2", ["zz", "no line", "is z meant"], {"z": "1.0"}),
    "an unknown line, far from all": ("a.txt", "z = 1.0\nq = 2\n", "line 2", ["q ", "z, o, E, dw, w_new"], {"z": "1.0"}),
    "a given number": ("a.txt", "w = 0.5\nz = 1.0\n", "line 1", ["w ", "given"], {"z": "1.0"}),
    "a formula that breaks off": ("a.txt", "\n\nz = w +\no = 0.7\n", "line 3", ["w +\n", "^ ", "line z"], {"o": "0.7"}),
    "a name that is not known": ("a.txt", "z = 0.5·q\n", "line 1", ["q is not known"], {}),
    "no number": ("a.txt", "z = 1/0\no = 0.7\n", "line 1", ["1/0", "no number"], {"o": "0.7"}),
    "too large a number": ("a.txt", "z = 1e400\no = 0.7\n", "line 1", ["1e400"], {"o": "0.7"}),
    "a number beyond floats": ("a.txt", "z = 99999e304\no = 0.7\n", "line 1", ["99999e304"], {"o": "0.7"}),
    "a number of 400 digits": ("a.txt", f"z = {'9' * 400}\no = 0.7\n", "line 1", ["9999"], {"o": "0.7"}),
    "an exponent of six digits": ("a.txt", "z = 9e303000\no = 0.7\n", "line 1", ["9e303000"], {"o": "0.7"}),
    "brackets a hundred deep": ("a.txt", f"z = {'(' * 100}1{')' * 100}\no = 0.7", "line 1", ["60"], {"o": "0.7"}),
    "a zero byte": ("a.txt", "z = 1\x00.0\no = 0.7\n", "line 1", ["\\x00"], {"o": "0.7"}),
    "a sentence": ("a.txt", "z = 1.0\nI do not know\n", "line 2", ["I do not know"], {"z": "1.0"}),
    "a number alone": ("a.txt", "0.7\nz = 1.0\n", "line 1", ["0.7"], {"z": "1.0"}),
    "a sign at the front": ("a.txt", "= 0.7\nz = 1.0\n", "line 1", ["= 0.7"], {"z": "1.0"}),
    "a second answer": ("a.txt", "z = 1.0\no = 0.7\nz = 2.0\n", "line 3", ["before", "last"], {"z": "2.0", "o": "0.7"}),
    "a second answer, spelled otherwise": ("a.json", '{"w_new": "1.0", "w_{new}": "2.0"}', "w_{new}", ["before"],
                                           {"w_new": "2.0"}),
    "an unknown line in TOML": ("a.toml", "z = 1.0\nzz = 2\n", "zz", ["no line", "is z meant"], {"z": "1.0"}),
    "a bad formula in TOML": ("a.toml", 'z = "w +"\no = 0.7\n', "z", ["w +\n", "^ "], {"o": "0.7"}),
    "true in TOML": ("a.toml", "z = true\no = 0.7\n", "z", ["True"], {"o": "0.7"}),
    "infinity in TOML": ("a.toml", "z = inf\no = 0.7\n", "z", ["inf"], {"o": "0.7"}),
    "an unknown line in JSON": ("a.json", '{"z": 1.0, "zz": 2}', "zz", ["no line", "is z meant"], {"z": "1.0"}),
    "a table in JSON": ("a.json", '{"z": {"a": 1}, "o": 0.7}', "z", ["a"], {"o": "0.7"}),
    "NaN in JSON": ("a.json", '{"z": NaN, "o": 0.7}', "z", ["nan"], {"o": "0.7"}),
    "a bad formula in a table": ("a.csv", "name,z,o\na,w +,0.7\n", "row 2, z", ["w +\n", "^ "], {"o": "0.7"}),
    "empty rows, which count": ("a.csv", "name,z\n\n\nAnn,w +\n", "row 4, z", ["w +\n"], {}),
    "decimal commas between commas": ("a.csv", "name,z,o\nAnn,1,0,0,7311\n", "row 2", ["5 cells"], {}),
    "a misspelled head": ("a.csv", "name,z,oo\nAnn,1.0,0.7311\n", "the head", ["oo is no line"], {"z": "1.0"}),
    "a second column of a line": ("a.csv", "name,z,o,z\na,1.0,0.7,2.0\n", "row 2, z", ["before"], {"z": "2.0", "o": "0.7"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", PROBLEMS)
def test_what_cannot_be_read_is_reported_with_its_place(kind, read):
    """File, line or cell, and reason; what stands around it is read all the same."""
    file, content, place, words, claims = PROBLEMS[kind]
    ((_, read_claims, (problem,)),) = read(file, content)
    assert read_claims == claims
    assert (problem.file, problem.place) == (file, place)
    assert [word for word in words if word not in problem.reason] == []
    assert str(problem).startswith(f"{file}, {place}: ")


def test_every_problem_of_a_file_is_reported_in_its_own_place(read):
    """One bad line does not hide another."""
    ((_, claims, problems),) = read("a.txt", "zz = 1\nz = 1.0\nhm\no = w +\n\nE = )\nw = 3\n")
    assert sorted(problem.place for problem in problems) == [f"line {i}" for i in (1, 3, 4, 6, 7)]
    assert claims == {"z": "1.0"}


# (file, what stands in it, words of the message)
BROKEN = {
    "bytes that are no text": ("a.txt", b"z = 1.0\n\xff\xfe\x00\x81", ["line 2", "UTF-8"]),
    "a picture": ("a.md", b"\x89PNG\r\n\x1a\n\x00\x00", ["line 1", "UTF-8"]),
    "half of UTF-16": ("a.txt", b"\xff\xfez\x00=\x001", ["UTF-8"]),
    "Latin-1": ("a.txt", "z = 1.0 # größer".encode("latin-1"), ["line 1", "UTF-8"]),
    "broken TOML": ("a.toml", "z = 1.0\no = 0,7\n", ["line 2"]),
    "a key twice in TOML": ("a.toml", "z = 1.0\no = 0.7\nz = 2.0\n", ["line 3"]),
    "TOML whose answers are a number": ("a.toml", "answers = 3\n", ["[answers]"]),
    "a key twice in JSON": ("a.json", '{"z": 1.0, "z": 2.0}', ["z stands there twice"]),
    "JSON whose answers are a number": ("a.json", '{"answers": 5}', ["object"]),
    "JSON whose answers are null": ("a.json", '{"answers": null}', ["object"]),
    "a quote that does not end": ("a.csv", 'name,z\n"Ann,1.0\nBob,1.0\n', ["line 3"]),
    "broken JSON": ("a.json", '{"z": 1.0,\n "o": ', ["line 2", "column 7"]),
    "an empty JSON file": ("a.json", "", ["line 1", "column 1"]),
    "a list in JSON": ("a.json", '["z", 1.0]', ["object"]),
    "a number in JSON": ("a.json", "1.0", ["object"]),
    "an empty table": ("a.csv", "", ["table"]),
    "a table of a head alone": ("a.csv", "name,z,o\n", ["table"]),
    "a table of one column": ("a.csv", "name\nAnn\n", ["table"]),
    "a table without a line of the sheet": ("a.csv", "name,points\nAnn,3\n", ["points", "line"]),
    "another ending": ("a.pdf", "z = 1.0\n", [".txt", ".csv", ".toml", ".json", ".md"]),
    "no ending": ("answers", "z = 1.0\n", [".txt"]),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_of_which_nothing_can_be_read(kind, read):
    """A SheetError names the file and says why."""
    file, content, words = BROKEN[kind]
    with pytest.raises(SheetError) as error:
        read(file, content)
    assert str(error.value).startswith(file)
    assert [word for word in words if word not in str(error.value)] == []


# ---------------------------------------------------------------------------------------------------------------- tables

ROWS = [("Ann", {"z": "1,0", "o": "0,7310"}), ("Bob", {"z": "", "o": "0,70"}), ("Cem; Can", {"z": "0,9", "o": ""})]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["Unix", "Windows"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_table_has_a_person_in_each_row(mark, encoding, end, read):
    """Columns are parted by semicolons, commas or tabs, as spreadsheets save them; decimal commas stay what they are."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=mark, lineterminator=end)
    writer.writerows([["name", "z", "o"], *([person, claims["z"], claims["o"]] for person, claims in ROWS)])
    assert read("class.csv", file.getvalue(), encoding) == [(person, claims, []) for person, claims in ROWS]


@pytest.mark.parametrize(
    ("content", "people"),
    [
        ("name,number,o,z\nAnn,4711,0.7,1.0\n", [("Ann", {"o": "0.7", "z": "1.0"})]),  # another column, another order
        ("name, z , o\n Ann , 1.0 , 0.7\n", [("Ann", {"z": " 1.0 ", "o": " 0.7"})]),
        ("name,z,o\nAnn\nBob,1.0\n", [("Ann", {}), ("Bob", {"z": "1.0"})]),  # cells that are not there
        ("name,z\n,1.0\nAnn,2.0\n", [("row 2", {"z": "1.0"}), ("Ann", {"z": "2.0"})]),
        ("name,z\n\n,\nAnn,1.0\n , \n", [("Ann", {"z": "1.0"})]),  # empty rows
        ('name,z\n"Lee, Ann","w x = 0,5·2\n= 1,0"\n', [("Lee, Ann", {"z": "w x = 0,5·2\n= 1,0"})]),
        ("name,z\nAnn,1.0\nAnn,2.0\n", [("Ann", {"z": "1.0"}), ("Ann", {"z": "2.0"})]),
    ],
)
def test_tables_as_they_come(content, people, read):
    """Other columns, blanks, missing cells and names, empty rows, quotes, and two people of one name."""
    assert [(person, claims) for person, claims, _ in read("class.csv", content)] == people


# --------------------------------------------------------------------------------------------------------------- a class


def test_a_folder_gives_the_files_with_answers_in_the_order_of_their_names(sheet, write):
    """Hidden files, other endings and folders inside are passed over."""
    for name in ("b.txt", "a.toml", "c.json", "D.MD", ".hidden.txt", "notes.pdf", "sub/e.txt"):
        write(f"answers/{name}", '{"z": 1.0}' if name.endswith("json") else "z = 1.0")
    write("answers/f.csv", "name,z\nfirst,1.0\nsecond,1.0\n")
    marked = mark_files(sheet, [sheet.parent / "answers"])
    assert [person for person, _ in marked] == ["D", "a", "b", "c", "first", "second"]
    assert marked.problems == []


def test_files_are_marked_in_the_order_in_which_they_are_named(sheet, write):
    """Paths may be texts or Paths."""
    later, earlier = write("b.txt", "z = 1.0"), write("a.txt", "z = 1.0")
    assert [person for person, _ in mark_files(str(sheet), [str(later), earlier])] == ["b", "a"]


def test_a_folder_with_nothing_in_it_gives_nobody(sheet, tmp_path):
    """A class of none has its forms all the same."""
    (tmp_path / "answers").mkdir()
    marked = mark_files(sheet, [tmp_path / "answers"])
    assert (len(marked), list(marked), marked.mistakes, marked.problems) == (0, [], [], [])
    assert marked.text == "One neuron"
    assert json.loads(marked.json) == {"title": "One neuron", "people": {}, "mistakes": [], "problems": []}
    assert len(list(csv.reader(io.StringIO(marked.csv)))) == 1
    assert "One neuron" in Page(marked.html()).text


def test_people_of_one_name_are_kept_apart(sheet, write):
    """The second is numbered; none is lost."""
    write("answers/a.txt", "name: Ann\nz = 1.0\n")
    write("answers/b.json", '{"name": "Ann", "z": 0.9}')
    write("answers/c.csv", "name,z\nAnn,0.8\nBob,0.7\n")
    marked = mark_files(sheet, [sheet.parent / "answers"])
    assert {person: marking["z"].claim for person, marking in marked} == {
        "Ann": "1.0", "Ann (2)": "0.9", "Ann (3)": "0.8", "Bob": "0.7"
    }  # fmt: skip


def test_one_bad_file_does_not_keep_the_others_from_being_marked(sheet, write):
    """Each that cannot be read is a problem under its name; the others get the marks that they get alone."""
    for kind, (file, content, _) in BROKEN.items():
        if Path(file).suffix in (".txt", ".md", ".toml", ".json", ".csv"):
            write(f"answers/{kind}{Path(file).suffix}", content)
    good = write("answers/good.txt", listed(RIGHT | {"o": "0.75"}))
    bad = len(list(good.parent.iterdir())) - 1
    marked = mark_files(sheet, [good.parent, sheet.parent / "missing.txt"])
    assert [person for person, _ in marked] == ["good"]
    assert marked["good"].rows == mark_files(sheet, [good])["good"].rows
    files = [problem.file for problem in marked.problems]
    assert files == [*sorted(path.name for path in good.parent.iterdir() if path != good), "missing.txt"]
    assert len(files) == bad + 1
    for problem in marked.problems:
        assert problem.reason.strip()
        assert str(problem).count(problem.file) == 1


def test_the_answers_of_a_sheet_count_too(sheet, write):
    """They are those of the person that the file is called after, and come first."""
    own = write("own.toml", SHEET + '[answers]\nz = 1.0\no = "0,7311"\nq = 3\n')
    marked = mark_files(own, [write("bob.txt", "z = 0.9")])
    assert [(person, marking["z"].claim, marking["o"].claim) for person, marking in marked] == [
        ("own", "1.0", "0,7311"), ("bob", "0.9", "")
    ]  # fmt: skip
    assert [(problem.file, problem.place) for problem in marked.problems] == [("own.toml", "q")]


def test_marks_are_those_of_the_sheet(sheet, write):
    """dw is worth 2, the others 1; what is carried gets half, as the file says."""
    claims = {name: f"{x:.4f}" for name, x in neuron_by_hand(0.9).items()}
    marked = mark_files(sheet, [write("a.txt", listed(claims)), write("b.txt", listed(RIGHT))])
    assert marked["a"].verdicts == {"z": "wrong", "o": "carried", "E": "carried", "dw": "carried", "w_new": "blank"}
    assert (marked["a"].score, marked["a"].out_of) == (0 + 0.5 + 0.5 + 1.0 + 0, 6)
    assert (marked["b"].score, marked["b"].out_of) == (6, 6)


def test_a_sheet_is_titled_with_the_person_where_there_are_several(sheet, write):
    """One alone has the title of the worksheet; without a title it is the person's name."""
    ann, bob = write("Ann.txt", "z = 1.0"), write("Bob.txt", "z = 1.0")
    assert mark_files(sheet, [ann])["Ann"].title == "One neuron"
    assert [marking.title for _, marking in mark_files(sheet, [ann, bob])] == ["One neuron: Ann", "One neuron: Bob"]
    untitled = write("untitled.toml", GIVEN + LINE)
    assert [marking.title for _, marking in mark_files(untitled, [ann, bob])] == ["Ann", "Bob"]


SWAPPED = f"{-by_hand()['dw']:.4f}"  # t − o for o − t
DOUBLED = f"{2 * by_hand()['E']:.4f}"  # without ½


@pytest.fixture
def four(sheet, write):
    """A class of four: two took t − o for o − t, one forgot ½ too, one answered what no mistake explains."""
    write("answers/ann.txt", listed(RIGHT | {"dw": SWAPPED, "w_new": f"{0.5 - 0.1 * float(SWAPPED):.4f}"}))
    write("answers/bob.txt", listed(RIGHT | {"dw": SWAPPED, "E": DOUBLED}))
    write("answers/cem.txt", listed(RIGHT | {"dw": "0.7777"}) + "hm\n")
    write("answers/dan.txt", listed(RIGHT))
    return mark_files(sheet, [sheet.parent / "answers"])


def test_the_commonest_mistakes_come_first(four):
    """Each as line, kind, how many, and who; kinds are those of autograd.mark.mistakes."""
    assert [(line, count, people) for line, _, count, people in four.mistakes] == [
        ("dw", 2, ["ann", "bob"]), ("dw", 1, ["cem"]), ("E", 1, ["bob"])
    ]  # fmt: skip
    kinds = [kind for _, kind, *_ in four.mistakes]
    assert kinds[0] in ("swapped", "sign")
    assert kinds[1:] == ["", "half"]
    assert set(kinds) - {""} <= set(KINDS)


def test_mistakes_are_counted_once_for_each_wrong_row(four):
    """Together they are as many as the wrong rows; carried and blank ones are none."""
    wrong = Counter((row.name, person) for person, marking in four for row in marking if row.verdict == "wrong")
    counted = Counter((line, person) for line, _, _, people in four.mistakes for person in people)
    assert counted == wrong
    assert sum(count for _, _, count, _ in four.mistakes) == sum(wrong.values()) > 0


def test_the_text_of_a_class(four):
    """Title, a row for each person, the average, the commonest mistakes, and what could not be read."""
    blocks = four.text.split("\n\n")
    assert (str(four), repr(four), blocks[0]) == (four.text, four.text, "One neuron")
    rows = [re.split(r"  +", line)[:6] for line in blocks[1].splitlines() if not line.startswith(" ")]
    assert rows[0] == ["name", "marks", "wrong", "carried", "blank", "first mistake"]
    assert [row[:5] for row in rows[1:]] == [
        ["ann", "3.5 / 6", "1", "1", "0"], ["bob", "3 / 6", "2", "0", "0"], ["cem", "4 / 6", "1", "0", "0"],
        ["dan", "6 / 6", "0", "0", "0"],
    ]  # fmt: skip
    assert [row[5:] for row in rows[1:]] == [["dw"], ["E"], ["dw"], []]
    assert f"{(3.5 + 3 + 4 + 6) / 4:.2f}".rstrip("0") + " of 6 marks" in blocks[2]
    assert re.search(r"^2 ×  dw  .*  ann, bob$", blocks[3], re.MULTILINE)
    assert re.search(r"^cem\.txt, line 6: 'hm'", blocks[4], re.MULTILINE)


def test_the_table_of_a_class_for_a_grade_book(four):
    """A row for each person, with the marks as numbers and the verdict of each line under its name."""
    rows = list(csv.DictReader(io.StringIO(four.csv)))
    assert [row["name"] for row in rows] == ["ann", "bob", "cem", "dan"]
    for row in rows:
        marking = four[row["name"]]
        assert (float(row["marks"]), float(row["out of"])) == (marking.score, marking.out_of)
        assert row["first mistake"] == (marking.first_wrong or "")
        assert {name: row[name] for name in RIGHT} == marking.verdicts


def strict(text):
    """JSON without NaN and Infinity, which are none of its numbers."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_a_class_as_json(four):
    """All of it: the people with their rows, the mistakes, and the problems."""
    whole = strict(four.json)
    assert whole["title"] == "One neuron"
    assert {person: [row["verdict"] for row in each["rows"]] for person, each in whole["people"].items()} == {
        person: list(marking.verdicts.values()) for person, marking in four
    }
    assert whole["mistakes"][0]["line"] == "dw"
    assert whole["mistakes"][0]["people"] == ["ann", "bob"]
    assert [(each["file"], each["place"]) for each in whole["problems"]] == [("cem.txt", "line 6")]


def test_the_page_of_a_class(four):
    """The table of all, the commonest mistakes, and each marked sheet, which the table leads to."""
    page = Page(four.html())
    targets = {value for name, value in page.attributes if name == "id"}
    links = [value for name, value in page.attributes if name == "href"]
    assert links == [f"#{each}" for each in sorted(targets)]
    assert len(links) == 4
    for person, marking in four:
        assert page.text.count(person) >= 2
        assert marking.summary in page.text
    assert "ann, bob" in page.text
    assert "cem.txt, line 6: 'hm'" in page.text
    assert "http" not in four.html()
    assert four._repr_html_() == four.html()


# ------------------------------------------------------------------------------------------------------ hostile answers

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt; & Söhne",
    "</details></div><h1>",
    "'\"`",
]


@pytest.fixture
def hostile(write):
    """A class in which names, answers, the title and a line's name are HTML."""
    sheet = write("sheet.toml", f"title = '''{HOSTILE[1]}'''\n{GIVEN}[lines]\nz = \"w x\"\n\"<i>\" = \"x w\"\n")
    for i, name in enumerate(HOSTILE):
        write(f"answers/{i}.json", json.dumps({"name": name, "z": "[w<x]·1 = 3", "<i>": HOSTILE[0]}))
    return mark_files(sheet, [sheet.parent / "answers"])


def test_what_people_write_is_no_html(hostile):
    """Names, answers, problems and the title are shown as they are, and none of them is an element."""
    page = Page(hostile.html())
    assert len(hostile) == len(hostile.problems) == len(HOSTILE)
    assert set(page.tags).isdisjoint({"script", "img", "h1", "i"})
    assert [name for name, _ in page.attributes if name.startswith("on") or name == "src"] == []
    for text in [*HOSTILE, "[w<x]·1 = 3", "<i>"]:
        assert text in page.text
    assert page.tags["details"] == len(HOSTILE)


RUN = ["=1+1", "+1+1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x")']


def test_no_cell_is_a_formula_for_a_spreadsheet(sheet, write):
    """What begins with =, +, @ or a tab is marked as text, and is all there; numbers stay numbers."""
    for i, name in enumerate(RUN):
        write(f"answers/{i}.json", json.dumps({"name": name, "z": "=1+1"}))
    marked = mark_files(sheet, [sheet.parent / "answers"])
    tables = [marked.csv, *(marking.csv for _, marking in marked)]
    for table in tables:
        cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
        assert [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r")] == []
    people = [row[0] for row in csv.reader(io.StringIO(marked.csv, newline=""))][1:]
    assert people == [f"'{name}" for name in RUN]
    (written,) = {row["written"] for table in tables[1:] for row in csv.DictReader(io.StringIO(table)) if row["written"]}
    assert written == "'=1+1"


@pytest.mark.parametrize(
    ("claim", "is_read"),
    [
        ("+".join(["0.001"] * 330) + " = 1.0", False),  # 1,979 characters come to 0.33: read, and wrong
        ("+".join(["0.001" + "0" * 24] * 66) + " = 1.0", False),  # 1,985 characters come to 0.066: read, and wrong
        ("1." + "0" * 1500, True),
        (" = ".join(["1.0"] * 150), True),
        ("+".join(["1"] * 2000), None),
        ("(" * 500 + "1" + ")" * 500, None),
        ("x" * 3000, None),
    ],
)
def test_very_long_answers(claim, is_read, sheet, write):
    """They are read where they are numbers, and reported where they are too long for a formula; nothing breaks."""
    marked = mark_files(sheet, [write("long.txt", f"z = {claim}\no = 0.7311\n"), write("b.txt", "z = 1.0\n")])
    assert marked["long"]["o"].verdict == "right"
    assert marked["b"]["z"].verdict == "right"
    if is_read is None:
        assert [(problem.file, problem.place) for problem in marked.problems] == [("long.txt", "line 1")]
        assert len(str(marked.problems[0])) < 400
    else:
        assert marked.problems == []
        assert marked["long"]["z"].claim == claim
        assert ("comes to" in marked["long"]["z"].remark) == (not is_read)
    table = marked.text.partition("Cannot be read")[0]
    assert max(map(len, table.splitlines())) <= 125


def test_problems_show_themselves():
    """File, place and reason in one line; without a place the file and the reason."""
    assert str(Problem("a.txt", "line 3", "no")) == "a.txt, line 3: no"
    assert str(Problem("a.txt", "", "no")) == "a.txt: no"


def test_a_class_is_made_of_markings():
    """len, iteration and [] are by name; who is not in it is a KeyError."""
    marking = sheet_from(SHEET).sheet.mark(RIGHT)
    marked = Class({"Ann": marking})
    assert (len(marked), list(marked), marked["Ann"]) == (1, [("Ann", marking)], marking)
    assert isinstance(marked["Ann"], Marking)
    with pytest.raises(KeyError):
        marked["Bob"]
