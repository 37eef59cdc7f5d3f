"""What people hand in for marking, with all that is odd about it: numbers, files and sheets that were not thought of."""

import csv
import io
import json

import pytest
from neuron_sheet import NEURON

from autograd import Value, Worksheet, exercise
from autograd.mark.classes import Class, mark_files
from autograd.mark.report import Marking
from autograd.mark.sheets import sheet_from

SHEET = NEURON
GIVEN, LINE = "[given]\nw = 0.5\nx = 2\n", '[lines]\nz = "w x"\n'


def test_a_wrong_whole_number_is_no_freedom_for_what_follows():
    """What follows from 10 follows from 10, not from anything between 5 and 15."""
    verdicts = sheet_from(SHEET).sheet.mark({"z": "10", "o": "0.75"}).verdicts
    assert verdicts["o"] == "wrong"  # from z = 10 it is 0.99995, from z = 1 it is 0.7311


SHEET_WITH_ANSWERS = SHEET.partition("[answers]")[0] + '[answers]\nz = ["w x", 1.0]\no = [[1]]\nE = {a = 1}\n'
HANDED_IN = {  # a file, and the verdicts of its lines
    "lines.txt": ("$z = 1.0$\n✓ o ≈ 0.7311.\n\\boxed{E = 0.0362}\n", ["right", "right", "right"]),
    "bullets.md": ("- z → 1.0\n- **o = 0.7311**\n* E = ((\n", ["right", "right", "unread"]),
    "lists.json": ('{"z": ["w x", 1.0], "o": {"a": 1}, "E": null}', ["right", "unread", "blank"]),
    "odd.json": ('{"z": true, "o": NaN, "$E$": [[0.03]]}', ["unread", "unread", "unread"]),
    "odd.toml": ('z = 2024-01-01\no = true\nE = [["0.03"]]', ["unread", "unread", "unread"]),
    "numbers.json": ('{"z": 1, "o": 0.7311, "E": 3.62e-2}', ["right", "right", "right"]),
    "goes_on.txt": ("z = w x\n ≈ 1.0\no = σ(1.0)\n→ 0.7311\n", ["right", "right", "blank"]),
}


@pytest.mark.parametrize("name", [*HANDED_IN, "sheet.toml"])
def test_no_line_of_a_file_is_lost(name, tmp_path):
    """What cannot be read is unread on the sheet, and a problem with its place; a list is a chain."""
    (tmp_path / "sheet.toml").write_text(SHEET_WITH_ANSWERS, encoding="utf-8")
    content, verdicts = HANDED_IN.get(name, ("", ["right", "unread", "unread"]))
    if content:
        (tmp_path / name).write_text(content, encoding="utf-8")
    marked = mark_files(tmp_path / "sheet.toml", [tmp_path / name] if content else [])
    assert list(marked[name.partition(".")[0]].verdicts.values())[:3] == verdicts
    assert sum(problem.file == name for problem in marked.problems) == verdicts.count("unread")
    assert "unread" in marked.text


def test_a_leaf_without_a_name_can_stand_on_a_sheet():
    """It is marked, and an exercise can be made of it."""
    sheet = Worksheet(z=Value(0.4) * Value(3.0, "x"))
    assert sheet.mark({"z": "1.3"}).verdicts == {"z": "wrong"}
    assert exercise(sheet, seed=1).lines == ["z"]


def test_a_line_that_is_a_given_number_does_not_hide_its_name():
    """Both names can be used in formulas."""
    sheet = sheet_from(GIVEN + '[lines]\nc = "w"\nz = "w x"\n').sheet
    assert sheet.mark({"z": "w x"}).verdicts["z"] == "right"


def test_a_cell_with_a_return_in_it_stays_one_cell(tmp_path):
    """Readers of CSV would begin a row at it."""
    (tmp_path / "s.toml").write_text(SHEET)
    (tmp_path / "a.json").write_text(json.dumps({"name": "Ann\r=1+1", "z": "1.0"}))
    table = mark_files(tmp_path / "s.toml", [tmp_path / "a.json"]).csv
    assert [row[0] for row in csv.reader(io.StringIO(table, newline=""))] == ["name", "Ann =1+1"]


@pytest.mark.parametrize("name", ["-1+1", "-cmd|x"])
def test_a_name_with_a_minus_is_no_formula(name):
    """A spreadsheet would run what begins with a sign."""
    marked = Class({name: sheet_from(GIVEN + '[lines]\n"=1+1" = "w x"\n').sheet.mark({})})
    cells = [cell for row in csv.reader(io.StringIO(marked.csv)) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "-")] == []


def test_the_table_that_is_handed_out_can_be_handed_in(tmp_path):
    """The Markdown of an exercise, with its blanks filled, or not."""
    shown = exercise("neuron", seed=1)
    sheet = shown.save(tmp_path / "task.toml")
    page = shown.markdown
    for answer in shown.answers.values():
        page = page.replace("| |\n", f"| {answer} |\n", 1)
    (tmp_path / "ann.md").write_text(page)
    assert mark_files(sheet, [tmp_path / "ann.md"])["ann"].score == len(shown.lines)
    (tmp_path / "blank.md").write_text(shown.markdown)
    assert mark_files(sheet, [tmp_path / "blank.md"])["blank"].score == 0


def test_the_sheet_in_a_folder_of_answers_is_no_answer(tmp_path):
    """It is passed over without a word."""
    (tmp_path / "s.toml").write_text(SHEET)
    (tmp_path / "ann.txt").write_text("z = 1.0\n")
    marked = mark_files(tmp_path / "s.toml", [tmp_path])
    assert ([person for person, _ in marked], marked.problems) == (["ann"], [])


def test_an_empty_marking_has_its_forms():
    """The head alone."""
    assert len(Marking([]).csv.splitlines()) == 1


def test_all_that_is_needed_is_given():
    """A quantity with a label that is no line has its formula in the file."""
    h = Value(0.4, "w") * Value(3.0, "x")
    h.label = "h"
    assert sheet_from(exercise(Worksheet(y=h**2), seed=1).toml)


def test_every_class_of_softmax_has_its_formula():
    """Those before the loss and the others."""
    assert {"ŷ_1", "ŷ_2", "ŷ_3"} <= set(exercise("softmax", seed=1).formulas)


def test_an_audit_says_nothing_twice():
    """Two factors that are equal are told once."""
    found = list(map(str, Worksheet(z=Value(2.0, "w") * Value(2.0, "x")).audit()))
    assert len(found) == len(set(found))


@pytest.mark.parametrize(("claim", "right"), [("0.9", False), ("0.88", True), ("0.881", True), ("0.880797", True)])
def test_a_sheet_asks_for_digits(claim, right, tmp_path):
    """With fewer than it asks for an answer is wrong."""
    (tmp_path / "s.toml").write_text('digits = 2\n[given]\nz = 2\n[lines]\no = "σ(z)"\n')
    (tmp_path / "ann.txt").write_text(f"o = {claim}\n")
    found = mark_files(tmp_path / "s.toml", [tmp_path / "ann.txt"])["ann"]["o"]
    assert (found.verdict == "right") == right


def test_the_sheet_of_an_exercise_asks_for_digits_as_the_exercise_does(tmp_path):
    """A number without a significant digit is no answer: zeros everywhere earn nothing, on the command line, either."""
    shown = exercise("two layers", seed=4)
    assert shown.mark(dict.fromkeys(shown.lines, "0")).score == 0
    sheet = shown.save(tmp_path / "task.toml")
    (tmp_path / "ann.txt").write_text("".join(f"{line} = 0\n" for line in shown.lines))
    assert mark_files(sheet, [tmp_path / "ann.txt"])["ann"].score == 0
