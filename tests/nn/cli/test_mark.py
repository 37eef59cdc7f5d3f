"""mark: worksheets and answers in files."""

import csv
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from neuron_sheet import NEURON

from nn.cli.main import main

SHEET = f'title = "One neuron"\ncarried = 0.5\n{NEURON}'


def neuron_answers(z=1.0):
    """What somebody writes who goes on from a number for z."""
    o = 1 / (1 + math.exp(-z))
    return f"z = {z:.4f}\no = {o:.4f}\nE = {0.5 * (o - 1) ** 2:.4f}\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder to work in, with a sheet, two people's answers, and desk(name, content) for more files."""
    monkeypatch.chdir(tmp_path)

    def put(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    put("sheet.toml", SHEET)
    put("answers/ann.txt", neuron_answers())
    put("answers/bob.txt", neuron_answers(z=0.9))
    return put


@pytest.fixture
def mark(desk, capsys):
    """mark(arguments) gives the exit code, what was printed, and what stands on standard error."""

    def run(*arguments):
        code = main(["mark", *arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return code, printed.out, printed.err

    return run


def verdicts_in(text):
    """The verdicts of a printed sheet, by line."""
    return dict(re.findall(r"^(\w+) +(?:[\d.]*|w \+) +[✓≈↳✗·?] (\w+)", text, re.MULTILINE))


def test_one_marked_sheet_is_printed(mark):
    """The line that is wrong, what is carried, and the marks; a wrong answer is no error of the command."""
    code, out, err = mark("sheet.toml", "answers/bob.txt")
    assert verdicts_in(out) == {"z": "wrong", "o": "carried", "E": "carried"}
    assert "1 of 3 marks. The first mistake: z." in out
    assert (code, err) == (0, "")


def test_the_answers_of_the_sheet_itself_are_marked(desk, mark):
    """Without any other file."""
    answers = re.sub(r"= (.*)", r'= "\1"', neuron_answers())
    desk("own.toml", f"{SHEET}[answers]\n{answers}")
    code, out, _ = mark("own.toml")
    assert (code, set(verdicts_in(out).values())) == (0, {"right"})


@pytest.mark.parametrize("named", [["answers"], ["answers/ann.txt", "answers/bob.txt"], ["answers/ann.txt", "bobs"]])
def test_a_class_is_printed_as_a_table(named, desk, mark):
    """Files, folders, and both together; a row for each person, the average, and the commonest mistakes."""
    desk("bobs/bob.txt", neuron_answers(z=0.9))
    code, out, err = mark("sheet.toml", *named)
    rows = re.findall(r"^(\w+) +([\d.]+) / 3 +(\d) +(\d) +(\d)", out, re.MULTILINE)
    assert rows == [("ann", "3", "0", "0", "0"), ("bob", "1", "1", "2", "0")]
    assert "2 sheets; 2 of 3 marks on average." in out
    assert re.search(r"^1 × +z .* bob$", out, re.MULTILINE)
    assert verdicts_in(out) == {}
    assert (code, err) == (0, "")


def test_a_table_of_answers_is_a_class(desk, mark):
    """With a person in each row, in one file."""
    desk("class.csv", "name;z;o\nAnn;1,0;0,7311\nBob;0,9;\n")
    code, out, _ = mark("sheet.toml", "class.csv")
    assert re.findall(r"^(\w+) +([\d.]+) / 3", out, re.MULTILINE) == [("Ann", "2"), ("Bob", "0")]
    assert code == 0


def test_every_sheet_of_a_class_is_printed_if_wanted(mark):
    """With --each they stand above the table, under their names."""
    code, out, _ = mark("sheet.toml", "answers", "--each")
    ann, bob, table = (out.index(text) for text in ("One neuron: ann", "One neuron: bob", "2 sheets;"))
    assert ann < bob < table
    assert set(verdicts_in(out[ann:bob]).values()) == {"right"}
    assert verdicts_in(out[bob:table]) == {"z": "wrong", "o": "carried", "E": "carried"}
    assert code == 0


@pytest.mark.parametrize("named", [["answers/bob.txt"], ["answers"], ["answers", "--each"], ["answers", "gone.txt"]])
def test_all_is_printed_as_json(named, mark):
    """Nothing else stands on standard output, whatever could not be read; that is on standard error too."""
    code, out, err = mark("sheet.toml", *named, "--json")
    whole = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert [row["verdict"] for row in whole["people"]["bob"]["rows"]] == ["wrong", "carried", "carried"]
    assert whole["people"]["bob"]["score"] == 0 + 0.5 + 0.5
    assert [each["file"] for each in whole["problems"]] == [name for name in named if name == "gone.txt"]
    assert ("gone.txt" in err) == ("gone.txt" in named) == bool(code)


@pytest.mark.parametrize("named", ["answers/bob.txt", "answers"])
def test_what_is_marked_is_saved(named, mark):
    """In as many files as are named, each by its ending; what is printed stays the same."""
    files = [f"marked{ending}" for ending in (".html", ".csv", ".json", ".txt")]
    code, out, err = mark("sheet.toml", named, *(part for file in files for part in ("--save", file)))
    assert (code, err) == (0, "")
    assert out == mark("sheet.toml", named)[1]
    page, table, data, text = (Path(file).read_text("utf-8-sig") for file in files)
    assert text == out
    assert page.startswith("<!DOCTYPE html>")
    assert "carried" in page
    assert "0.9000" in page
    rows = list(csv.DictReader(table.splitlines()))
    if named == "answers":
        assert [(row["name"], float(row["marks"]), row["z"]) for row in rows] == [("ann", 3, "right"), ("bob", 1, "wrong")]
        assert list(json.loads(data)["people"]) == ["ann", "bob"]
    else:
        assert [(row["line"], row["verdict"]) for row in rows] == list(verdicts_in(out).items())
        assert json.loads(data)["first_wrong"] == "z"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("marked.pdf", [".html", "marked.pdf"]),
        ("marked", [".html"]),
        ("none/marked.html", ["none"]),
        ("answers", ["answers"]),
    ],
)
@pytest.mark.parametrize("named", ["answers/bob.txt", "answers"])
def test_where_nothing_can_be_saved(file, words, named, mark):
    """Exit code 1 and the reason, after the sheets were printed."""
    code, out, err = mark("sheet.toml", named, "--save", file)
    assert code == 1
    assert "bob" in out or "z" in verdicts_in(out)
    assert err.startswith("chalkgrad: ")
    assert [word for word in words if word not in err] == []


def test_what_cannot_be_read_is_told_below_the_table(desk, mark):
    """Exit code 1; the others are marked all the same."""
    desk("answers/cem.txt", "z = 1.0\nzz = 2\nhm\n")
    desk("answers/dan.json", "{")
    code, out, err = mark("sheet.toml", "answers", "gone.txt")
    assert re.findall(r"^(\w+) +([\d.]+) / 3", out, re.MULTILINE) == [("ann", "3"), ("bob", "1"), ("cem", "1")]
    told = out.partition("Cannot be read\n")[2]
    assert re.findall(r"^([\w.]+(?:, line \d)?): ", told, re.MULTILINE) == [
        "dan.json", "gone.txt", "cem.txt, line 3", "cem.txt, line 2"
    ]  # fmt: skip
    assert (code, err) == (1, "")


def test_what_cannot_be_read_in_a_single_sheet_is_on_standard_error(desk, mark):
    """Exit code 1, and the sheet on standard output, where the line is not blank."""
    desk("cem.txt", "z = 1.0\no = w +\n")
    code, out, err = mark("sheet.toml", "cem.txt")
    assert verdicts_in(out) == {"z": "right", "o": "unread", "E": "blank"}
    assert "Cannot be read: o." in out
    assert "cem.txt, line 2" in err
    assert "cem.txt" not in out
    assert code == 1


@pytest.mark.parametrize(
    ("sheet", "content", "words"),
    [
        ("gone.toml", None, ["gone.toml"]),
        ("answers", None, ["answers"]),
        ("bad.toml", "", ["bad.toml", "[lines]"]),
        ("bad.toml", "[lines\n", ["bad.toml", "line 1"]),
        ("bad.toml", '[lines]\nz = "2 +"\n', ["bad.toml", "[lines], z", "^"]),
        ("bad.toml", '[given]\nw = nan\n[lines]\nz = "2w"\n', ["bad.toml", "nan"]),
        ("bad.toml", '[lines]\nz = "2 +"\n[answer]\n', ["bad.toml", "'answer'"]),
        ("bad.toml", b"\x89PNG\r\n\x1a\n", ["bad.toml", "UTF-8"]),
        ("answers/ann.txt", None, ["ann.txt"]),
    ],
)
def test_a_sheet_that_cannot_be_read(sheet, content, words, desk, mark):
    """Exit code 1, nothing on standard output, and the file, the place and the reason on standard error."""
    if content is not None:
        desk(sheet, content)
    code, out, err = mark(sheet, "answers")
    assert (code, out) == (1, "")
    assert err.startswith("chalkgrad: ")
    assert [word for word in words if word not in err] == []


@pytest.mark.parametrize("named", [[], ["empty"], ["empty", "empty"]])
def test_a_sheet_without_any_answers(named, mark):
    """Exit code 1, and what to do."""
    Path("empty").mkdir()
    code, out, err = mark("sheet.toml", *named)
    assert (code, out) == (1, "")
    assert "sheet.toml has no [answers]" in err


@pytest.mark.parametrize(
    "content", ["", "hm", "z = ", "z = 1/0", "\ufeffz = 1", b"\xff\xfe\x00", b"\x00", "z = " + "(" * 3000]
)
@pytest.mark.parametrize("ending", [".txt", ".md", ".csv", ".json", ".toml", ".pdf"])
def test_no_file_of_answers_brings_the_command_down(ending, content, desk, mark):
    """Whatever stands in it, the others are marked, and the exit code says whether all of it was read."""
    desk(f"odd{ending}", content)
    code, out, err = mark("sheet.toml", "answers", f"odd{ending}")
    assert re.findall(r"^(\w+) +([\d.]+) / 3", out, re.MULTILINE)[:2] == [("ann", "3"), ("bob", "1")]
    assert code == ("Cannot be read" in out)
    assert err == ""


@pytest.mark.parametrize("arguments", [[], ["--each"], ["sheet.toml", "--save"], ["sheet.toml", "--colour"]])
def test_mark_is_told_what_it_does_not_understand(arguments, mark, capsys):
    """Exit code 2, and how it is used."""
    with pytest.raises(SystemExit) as end:
        mark(*arguments)
    assert end.value.code == 2
    assert "usage: chalkgrad" in capsys.readouterr().err


@pytest.mark.external
def test_mark_runs_in_a_terminal(desk):
    """As a program of its own, with the exit code, UTF-8 on standard output, and no traceback."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    for sheet, code in (("sheet.toml", 0), ("gone.toml", 1), ("--no-such-option", 2)):
        command = [sys.executable, "-m", "nn", "mark", sheet, "answers/bob.txt"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8", env=environment)
        assert done.returncode == code
        assert "Traceback" not in done.stderr
        assert verdicts_in(done.stdout) == ({} if code else {"z": "wrong", "o": "carried", "E": "carried"})


def test_a_folder_that_is_not_there_is_said_not_to_be(mark, desk):
    """Not that its name lacks an ending; of an exam, too."""
    desk("class.csv", "name\nAda\nEmmy\n")
    assert "there: No such file" in mark("sheet.toml", "there")[1]
    assert main(["exam", "--kind", "neuron", "--students", "class.csv"]) == 0
    assert "there: No such file" in mark("exam", "there")[1]


# --------------------------------------------------------------------------------------- what a person types at first


def test_answers_may_be_typed_behind_the_sheet(tmp_path, run):
    """As `a = 0.71`, quoted or not, beside files or alone; what is no line is told."""
    sheet = tmp_path / "sheet.toml"
    sheet.write_text('[given]\nx = 3.0\n[lines]\ny = "x^2"\nz = "y + 1"', encoding="utf-8")
    code, out, _ = run("mark", str(sheet), "y = 9", "z=11")
    assert code == 0
    assert "1 of 2 marks. The first mistake: z." in out
    (tmp_path / "ann.txt").write_text("y = 9\nz = 10", encoding="utf-8")
    code, out, _ = run("mark", str(sheet), "y = 8", str(tmp_path / "ann.txt"))
    assert code == 0
    assert re.search(r"^ann +2 / 2", out, re.MULTILINE)
    assert re.search(r"^you +0 / 2", out, re.MULTILINE)


def test_an_exercise_says_how_it_is_marked(tmp_path, monkeypatch, run):
    """What it says works as it stands, with a number in place of the dots."""
    monkeypatch.chdir(tmp_path)
    _, _, said = run("exercise", "neuron", "--seed", "3")
    seed, file = re.findall(r"--seed (\d+) --save (\S+), then", said)[0]
    assert run("exercise", "neuron", "--seed", seed, "--save", file)[0] == 0
    line = re.findall(r'chalkgrad mark sheet.toml "(.*?) = …"', said)[0]
    assert "1 of 10 marks. No mistake; 9 blank." in run("mark", file, f"{line} = 0.7095")[1]


def test_answers_in_place_of_the_sheet_are_told(tmp_path, run):
    """Whoever names the answers first reads which comes first."""
    (tmp_path / "mine.txt").write_text("a = 0.7", encoding="utf-8")
    code, _, error = run("mark", str(tmp_path / "mine.txt"))
    assert code != 0
    assert "the worksheet comes first, then the answers" in error


def test_a_kind_stands_behind_exam_as_behind_exercise(tmp_path, run):
    """With or without quotes; what is nearly a kind is told the kind."""
    people = tmp_path / "class.csv"
    people.write_text("name\nMia\n", encoding="utf-8")
    code, _, error = run("exam", "two", "inputs", "--students", str(people), "--out", str(tmp_path / "exam"))
    assert code == 0, error
    assert "two-inputs-" in (tmp_path / "exam" / "keys" / "answers.csv").read_text(encoding="utf-8-sig")
    code, _, error = run("exam", "neurons", "--students", str(people), "--out", str(tmp_path / "other"))
    assert code != 0
    assert "(is 'neuron' meant?)" in error
