"""Answers as on paper: what is struck out does not count, and lines with odd names have rows like all others."""

import json

import pytest
from drawn_exercises import task

from autograd import Value, Worksheet, exercise
from autograd.mark.levels import LEVELS
from autograd.mark.paper import read_paper
from autograd.mark.questions import QUESTIONS


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("~~a = 0.5~~\na = 1.04", {"a": "1.04"}),
        ("a = ~~0.5~~ 1.04", {"a": "1.04"}),
        ("a = ~~0.5~~", {"a": ""}),
        ("~~a = 0.5~~", {}),
        ("- ~~ŷ = 0.5~~\n~~a =\n0.5~~\na = 1.04", {"a": "1.04"}),
        ("a = <del>0.5</del> 1.04\n<s>ŷ = 2</s>", {"a": "1.04"}),
        ("| line | x |\n|---|---|\n| a | ~~0.5~~ 1.04 |\n| ~~ŷ~~ | ~~0.2~~ |\n| L | 2 |", {"a": "1.04", "L": "2"}),
        ("a = ~~0.5~~ ~~0.6~~ 0.7", {"a": "0.7"}),
        ("a ~ 1.04", {"a": "1.04"}),
        ("a~~=~~1.04", {"a": "1.04"}),  # blanks in LaTeX
        ("a = ~~0.5", {"a": "0.5"}),  # never closed
    ],
)
def test_what_is_struck_out_does_not_count(text, left):
    """In Markdown, on one line and over several; what is left is what was answered."""
    paper = read_paper(text)
    assert {entry.name: entry.text for entry in paper.entries} == left
    assert paper.problems == []


def test_a_place_behind_struck_lines_is_where_it_stands():
    """The lines keep their numbers."""
    assert read_paper("~~a = 1\nŷ = 2~~\n\nL = 3").entries == [("L", "line 4", "3")]


def test_what_is_struck_out_in_a_claim_does_not_count():
    """Also where answers come by line, in numbers, formulas and words."""
    sheet = task("neuron").sheet
    marking = sheet.mark({"a": "~~0.5~~ 1.04", "ŷ": "~~0.2~~", "L": "~~0.1~~ = 1.1243"})
    assert (marking["a"].verdict, marking["ŷ"].verdict, marking["L"].verdict) == ("right", "blank", "right")
    words = exercise("shapes", 1).mark_sheet({"size of W_1": "~~4×6~~ 6×4", "size of b_1": "~~6×1~~"})
    assert (words["size of W_1"].verdict, words["size of b_1"].verdict) == ("right", "blank")


ODD = [
    "p = q", "=1+1", 'a "quoted" one\\', 'tri"""ple', "both\"\"\" '''", "# no", "x; y", "a|b", "new\nline", "- b", "50 %",
    "a: b", "→", "it's", "\\frac", "name", "{braces}", "∂(a = b)/∂c", '"', "w_1", "a ≈ b",
]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_line_with_an_odd_name_is_answered_like_any_other(name):
    """In the cell that a notebook has for it: filled in, right is right, and wrong is wrong."""
    w, x = Value(0.4, "w"), Value(0.6, "x")
    shown = exercise(Worksheet({name: w * x, "sum": w * x + 1}), 1)
    (cell,) = ["".join(cell["source"]) for cell in json.loads(shown.notebook)["cells"] if "task.mark" in str(cell["source"])]
    for first, verdict in ((shown.answers[name], "right"), ("7.5", "wrong")):
        if "task.mark({" in cell:
            filled = cell.replace(': ""', f': "{first}"', 1).replace(': ""', f': "{shown.answers["sum"]}"')
        else:
            filled = cell.replace(" =\nsum =", f" = {first}\nsum = {shown.answers['sum']}")
        assert filled != cell
        assert eval(filled, {"task": shown})[name].verdict == verdict
    assert eval(cell, {"task": exercise(shown.sheet, 1)}).verdicts == {name: "blank", "sum": "blank"}


@pytest.mark.parametrize("kind", [*LEVELS, *QUESTIONS])
def test_the_cells_of_a_notebook_ask_in_lines(kind):
    """A row for each line, as the course does, and no dictionary."""
    sources = ["".join(cell["source"]) for cell in json.loads(task(kind).notebook)["cells"] if cell["cell_type"] == "code"]
    asked = [source for source in sources if "task.mark" in source]
    assert asked
    assert all(source.startswith('task.mark("""\n') and source.endswith(' =\n""")') for source in asked)
    assert sum(source.count(" =\n") for source in asked) == len(task(kind).lines)
