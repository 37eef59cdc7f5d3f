"""Marked sheets: as text, table, JSON and page, the lines in the margin that lead on from a mistake; and in a browser."""

import base64
import csv
import io
import itertools
import json
import math
import random
import re
import textwrap
from html.parser import HTMLParser

import pytest
from long_runs import seeds
from neuron_sheet import NEURON, neuron_by_hand

from autograd import Value, Worksheet, exercise
from autograd.mark.classes import Class
from autograd.mark.red_pen import SIGNS
from autograd.mark.report import Diagnosis, Marking, Row
from autograd.mark.sheets import sheet_from
from autograd.writing.columns import align

WORDS = {"right": "right", "rounded": "right, rounded", "carried": "carried", "wrong": "wrong", "blank": "blank"}


def row(name="z", verdict="right", claim="0.50", sources=(), true=0.5, guesses=(), remarks=(), marks=None, worth=1.0):
    """A row, with whole marks for what is not wrong, blank or unread."""
    guesses = tuple(Diagnosis("sign", guess, 0.0) for guess in guesses)
    claim = "" if verdict == "blank" else claim
    marks = worth * (verdict not in ("wrong", "blank", "unread")) if marks is None else marks
    return Row(name, claim, verdict, true, true, 0.005, guesses, tuple(sources), tuple(remarks), marks, worth)


def rows_of(*verdicts, **options):
    """Rows z_1, z_2, … with these verdicts."""
    return [row(f"z_{i}", verdict, **options) for i, verdict in enumerate(verdicts, 1)]


SHEET = f'title = "One neuron"\n{NEURON}dw = "∂E/∂w"\n'


def marked(z=1.0, **others):
    """A marked sheet of one neuron, which goes on from a number for z."""
    claims = {name: f"{number:.4f}" for name, number in neuron_by_hand(z).items()}
    return sheet_from(SHEET).sheet.mark({**claims, **others})


# ------------------------------------------------------------------------------------------------------- rows and marks


@pytest.mark.parametrize(
    ("guesses", "remarks", "text"),
    [
        ([], [], ""),
        (["You left out b"], [], "You left out b"),
        ([], ["Cut off, not rounded"], "Cut off, not rounded"),
        (["You left out b"], ["Your own numbers give 2"], "You left out b. Your own numbers give 2"),
        (["You left out b", "The sign is wrong"], [], "either: you left out b; or: the sign is wrong"),
        (["A", "B", "C"], ["D", "E"], "either: a; or: b; or: c. D. E"),
    ],
)
def test_a_remark_says_all(guesses, remarks, text):
    """One guess as a sentence, several as one or the other, and then what else there is to say."""
    assert row(guesses=guesses, remarks=remarks).remark == text


@pytest.mark.parametrize(
    ("claim", "true", "right"),
    [
        ("0.2570", 0.257912, "0.2579"),
        ("0.30", -0.3049, "−0.30"),
        ("12.5", 7.25001, "7.3"),
        ("0.5", -0.00123456, "−0.00123456"),  # where so few would say nothing
        ("0,257", 0.257912, "0.258"),
        ("0.4·0.5 = 0.2000", 0.2, "0.2000"),
        ("o = σ(z) ≈ 1 = 0.73", 0.7310586, "0.73"),
        ("2.6e-2", 0.0257912, "0.026"),
        ("26 %", 0.257912, "0.26"),
        (r"\boxed{z ≈ 0.2570}.", 0.257912, "0.2579"),
        ("σ(z) → (0.26)", 0.257912, "0.26"),
        ("1/3", 1 / 3, "0.333333"),
        ("w x", 0.5, "0.5"),
        ("", -1234.5678, "−1234.57"),
    ],
)
def test_the_right_number_has_the_digits_that_were_written(claim, true, right):
    """As many decimals as the result of the claim, zeros kept; six significant digits where it has none."""
    assert Row("z", claim, "right", true, true, 0.0, (), (), (), 1.0, 1.0).right == right


def test_a_marking_counts_what_its_rows_have():
    """Score, what could be had, and the first line that is wrong, not one that is carried or blank."""
    rows = [
        row("z", marks=2.0, worth=2.0), row("a", "blank", worth=3.0), row("b", "carried", sources=["z"], marks=0.5),
        row("c", "wrong"), row("d", "rounded"), row("e", "wrong", worth=4.0),
    ]  # fmt: skip
    marking = Marking(rows, "Sheet")
    assert (marking.score, marking.out_of, marking.first_wrong) == (2.0 + 0.5 + 1.0, 2 + 3 + 1 + 1 + 1 + 4, "c")
    assert marking.verdicts == {each.name: each.verdict for each in rows}
    assert (list(marking), len(marking), marking["d"], marking.title) == (rows, 6, rows[4], "Sheet")


def test_a_line_that_is_not_there():
    """A KeyError names those that are."""
    with pytest.raises(KeyError, match="q is no line of this worksheet; the lines are z_1, z_2"):
        Marking(rows_of("right", "wrong"))["q"]


@pytest.mark.parametrize(
    ("verdicts", "summary"),
    [
        (["right", "rounded"], "2 of 2 marks. No mistake."),
        (["right", "blank", "blank"], "1 of 3 marks. No mistake; 2 blank."),
        (["right", "wrong"], "1 of 2 marks. The first mistake: z₂."),
        (["right", "unread"], "1 of 2 marks. No mistake in what can be read. Cannot be read: z₂."),
        (["carried", "unread", "blank"], "1 of 3 marks. No other mistake in what can be read; 1 blank. Cannot be read: z₂."),
        (["wrong", "unread"], "0 of 2 marks. The first mistake: z₁. Cannot be read: z₂."),
        (["unread", "unread"], "0 of 2 marks. Nothing that is written can be read: z₁, z₂."),
        (["blank", "unread"], "0 of 2 marks. Nothing that is written can be read: z₂; 1 blank."),
        (["wrong", "right", "wrong", "wrong", "blank"], "1 of 5 marks. The first mistake: z₁. Others in z₃, z₄."),
    ],
)
def test_the_summary_says_where_to_look_first(verdicts, summary):
    """Marks, the first mistake and where others are, or that there is none."""
    assert Marking(rows_of(*verdicts)).summary == summary


@pytest.mark.parametrize(("part", "score"), [(0.5, "2.5 of 5 marks."), (1 / 3, "2.33 of 5 marks."), (0.0, "2 of 5 marks.")])
def test_marks_are_printed_without_needless_digits(part, score):
    """At most two decimals, and no zeros at the end."""
    rows = [row("z", worth=2.0), row("o", "wrong", worth=2.0), row("E", "carried", sources=["o"], marks=part)]
    assert Marking(rows).summary.startswith(score)


# ------------------------------------------------------------------------------------------------------------------ text


def test_the_text_is_a_table_in_columns():
    """Title, head, a line for each row, summary; every cell begins below its head."""
    lines = marked(z=0.9).text.splitlines()
    assert lines[:2] == ["One neuron", ""]
    assert lines[-2:] == ["", marked(z=0.9).summary]
    starts = [lines[2].index(head) for head in ("line", "written", "mark", "right", "remark")]
    cells = [[line[start:end].strip() for start, end in zip(starts, [*starts[1:], None])] for line in lines[3:-2]]
    assert [cell[:4] for cell in cells] == [
        ["z", "0.9000", "✗ wrong", "1.0000"],
        ["o", f"{neuron_by_hand(0.9)['o']:.4f}", "↳ carried ← z", "0.7311"],
        ["E", f"{neuron_by_hand(0.9)['E']:.4f}", "↳ carried ← o", "0.0362"],
        ["dw", f"{neuron_by_hand(0.9)['dw']:.4f}", "↳ carried ← o", "−0.1058"],
    ]
    assert str(marked(z=0.9)) == repr(marked(z=0.9)) == marked(z=0.9).text


def test_every_verdict_has_a_sign_and_a_word_of_its_own():
    """In the text as on the page, and no two have the same."""
    text = Marking(rows_of(*SIGNS)).text
    assert [line.split()[2:4] for line in text.splitlines()[1:7] if "blank" not in line] == [
        [SIGNS[verdict], verdict] for verdict in SIGNS if verdict != "blank"
    ]
    assert len(set(SIGNS.values())) == len(SIGNS) == 6


def test_a_text_stays_as_wide_as_a_terminal():
    """Long claims and remarks go on below themselves, and nothing of them is lost."""
    claim = " + ".join(f"0.{i:04}·0.5" for i in range(30))
    remark = " ".join(f"word{i}" for i in range(60))
    text = Marking([row("z", "wrong", claim, guesses=[remark]), row("o")]).text
    lines = text.splitlines()
    assert max(map(len, lines)) <= 120
    start, end, last = (lines[0].index(head) for head in ("written", "mark", "remark"))
    below = lines[1 : next(i for i, line in enumerate(lines) if line.startswith("o"))]
    assert " ".join(line[start:end].strip() for line in below).strip() == claim
    assert " ".join(line[last:].strip() for line in below).strip() == remark


@pytest.mark.parametrize("width", [60, 80, 118])
def test_columns_stand_below_each_other(width):
    """Each column begins at the same place in every row, however its cells are wrapped, two blanks after the last one."""
    words = "the quick brown fox jumps over the lazy dog".split()
    lines = [("n", "left", "middle", "right"), *((str(i), " ".join(words[:i]), "x" * i, " ".join(words)) for i in range(8))]
    text = align(lines, (1, 3), width)
    starts = [text.splitlines()[0].index(head) for head in lines[0]]
    for line in text.splitlines():
        assert [line[start - 2 : start].strip() for start in starts[1:]] == [""] * 3
        assert line == line.rstrip()
    columns = [" ".join(line[a:b].strip() for line in text.splitlines()) for a, b in zip(starts, [*starts[1:], None])]
    assert [" ".join(column.split()) for column in columns] == [
        " ".join(" ".join(line[i] for line in lines).split()) for i in range(4)
    ]


# ---------------------------------------------------------------------------------------------------------- CSV and JSON


def test_the_rows_as_csv_are_read_back():
    """A row for each line, with numbers to all their digits, and text with commas, quotes and line breaks as it was."""
    claim = 'f(1,5), "so"\n= 0.50'
    rows = [row("z", "wrong", claim, guesses=['You wrote "2, 3"'], true=1 / 3), row("o", "carried", sources=["z", "a"])]
    read = list(csv.DictReader(io.StringIO(Marking(rows).csv, newline="")))
    assert [each["line"] for each in read] == ["z", "o"]
    assert (read[0]["written"], read[0]["remark"], read[0]["diagnosis"]) == (claim, 'You wrote "2, 3"', "sign")
    assert (float(read[0]["right"]), float(read[0]["own"]), float(read[0]["tolerance"])) == (1 / 3, 1 / 3, 0.005)
    assert [(each["verdict"], float(each["marks"]), float(each["worth"])) for each in read] == [
        ("wrong", 0.0, 1.0), ("carried", 1.0, 1.0)
    ]  # fmt: skip
    assert read[1]["carried from"] == "z a"


@pytest.mark.parametrize("start", ["=", "+", "@", "\t"])
def test_a_claim_is_no_formula_for_a_spreadsheet(start):
    """A cell that would be run is marked as text; negative numbers stay numbers."""
    (read,) = csv.DictReader(io.StringIO(Marking([row(f"{start}A1", claim=f"{start}1+1", true=-0.5)]).csv))
    assert (read["line"], read["written"]) == (f"'{start}A1", f"'{start}1+1")
    assert float(read["right"]) == -0.5


@pytest.mark.parametrize("true", [0.1, -1e-300, 12345678.9, math.inf, math.nan])
def test_json_is_json(true):
    """It is read by a reader that takes no NaN and no Infinity, and has every row."""
    marking = Marking([row(true=true), row("o", "blank")], 'A "sheet"')
    whole = json.loads(marking.json, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert (whole["title"], whole["score"], whole["out_of"], whole["first_wrong"]) == ('A "sheet"', 1.0, 2.0, None)
    assert whole["rows"] == marking.as_dicts()
    assert whole["rows"][0]["should"] == (true if math.isfinite(true) else repr(true))
    assert [each["line"] for each in whole["rows"]] == ["z", "o"]


SAVED = pytest.mark.parametrize(
    "shown", [marked(z=0.9), Class({"Ann": marked(z=0.9)}, [], "One neuron")], ids=["one", "class"]
)


@SAVED
@pytest.mark.parametrize("ending", [".html", ".csv", ".json", ".txt", ".md", ".JSON", ".HTML"])
def test_what_is_marked_is_saved(ending, shown, tmp_path):
    """By the ending of the file; the path comes back."""
    path = tmp_path / f"sheet{ending}"
    assert shown.save(str(path)) == path
    saved = path.read_text("utf-8-sig" if ending == ".csv" else "utf-8")
    forms = {".csv": shown.csv, ".json": shown.json, ".txt": shown.text + "\n", ".md": f"```\n{shown.text}\n```\n"}
    if ending.lower() == ".html":
        assert saved.startswith("<!DOCTYPE html>")
        assert shown.html() in saved
        assert "<title>One neuron</title>" in saved
    else:
        assert saved == forms[ending.lower()]


@SAVED
@pytest.mark.parametrize("name", ["sheet.pdf", "sheet", "sheet.toml", "sheet.md.gz"])
def test_what_is_marked_is_not_saved_as_anything_else(name, shown, tmp_path):
    """Nothing is written, and the endings are named."""
    with pytest.raises(ValueError, match=r"\.html, \.csv, \.json, \.txt, \.md") as error:
        shown.save(tmp_path / name)
    assert name in str(error.value)
    assert list(tmp_path.iterdir()) == []


# -------------------------------------------------------------------------------------------------------------- the page


class Cells(HTMLParser):
    """A page as rows of cells: each cell its class and its text; in the margin, the elements with their classes."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.tags, self.events, self.text = [], [], [], ""
        self.hidden, self.cell = False, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        own = dict(attributes).get("class", "")
        self.tags.append(tag)
        self.events += [name for name in dict(attributes) if name.startswith("on")]
        if tag == "tr":
            self.rows.append({"class": own, "cells": {}, "margin": [], "heads": []})
        elif tag == "th":
            self.rows[-1]["heads"].append("")
        elif tag == "td" and own == "l":
            self.rows[-1]["margin"].append({"i": [], "u": []})
        elif tag == "td":
            self.cell = own.split()[0]
            self.rows[-1]["cells"][self.cell] = ""
        elif tag in ("i", "u"):
            self.rows[-1]["margin"][-1][tag].append(own)
        elif tag == "br":
            self.shown("\n")
        self.hidden = tag in ("style", "title")
        self.cell = "head" if tag == "th" else self.cell

    def handle_endtag(self, tag):
        self.hidden = False
        self.cell = None if tag in ("td", "th") else self.cell

    def handle_data(self, text):
        self.shown(text.replace("\n", " "))

    def shown(self, text):
        self.text += "" if self.hidden else text
        if self.cell == "head":
            self.rows[-1]["heads"][-1] += text
        elif self.cell:
            self.rows[-1]["cells"][self.cell] += text

    @property
    def body(self):
        return [row for row in self.rows if row["cells"]]


def test_the_page_has_a_row_for_each_line():
    """Name, claim, sign and word of the verdict, right number and remark; the class of a row is its verdict."""
    rows = [
        row("z_1", "wrong", "0.40", guesses=["You left out b"]), row("a", "carried", sources=["z_1"]), row("b", "rounded"),
        row("c", "blank"), row("d", "right", true=-0.5),
    ]  # fmt: skip
    page = Cells(Marking(rows, "My sheet").html())
    assert [each["class"] for each in page.body] == ["wrong", "carried", "rounded", "blank", "right"]
    source = {"carried": " from z₁"}
    for each, shown in zip(rows, page.body, strict=True):
        cells = shown["cells"]
        assert cells["v"] == SIGNS[each.verdict] + WORDS[each.verdict] + source.get(each.verdict, "")
        assert (cells["c"], cells["t"], cells["r"]) == (each.claim, each.right, each.remark)
    assert [shown["cells"]["n"] for shown in page.body] == ["z₁", "a", "b", "c", "d"]
    assert page.text.startswith("My sheet")
    assert page.text.endswith(Marking(rows).summary)
    assert Marking(rows)._repr_html_() == Marking(rows).html()


@pytest.mark.parametrize(
    ("claim", "shown"),
    [("0.40  +\t0.10 = 0.50", "0.40 + 0.10 = 0.50"), ("a\n= b\n= 0.50", "a\n= b\n= 0.50")],
)
def test_a_chain_over_several_lines_keeps_them(claim, shown):
    """Blanks are drawn together; line breaks stay."""
    assert Cells(Marking([row(claim=claim)]).html()).body[0]["cells"]["c"] == shown


@pytest.mark.parametrize(
    ("marks", "worth", "shown"), [(1.0, 1.0, None), (0.0, 1.0, None), (0.5, 1.0, "0.5 / 1"), (0.0, 2.0, "0 / 2")]
)
def test_marks_are_shown_where_they_are_not_all_ones(marks, worth, shown):
    """A column of its own, in every row, once one line is worth something else or has got a part."""
    page = Cells(Marking([row("z"), row("o", "carried", sources=["z"], marks=marks, worth=worth)]).html())
    assert [each["cells"].get("m") for each in page.body] == [shown and "1 / 1", shown]
    assert page.rows[0]["heads"].count("marks") == bool(shown)


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;i&gt; & <b>", "</td></tr></table><h1>"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_written_is_html(text, tmp_path):
    """Names, claims, remarks, sources and titles are shown as they are, and are no elements."""
    rows = [row(text, "wrong", text, guesses=[text], remarks=[text]), row("o", "carried", f"1\n{text}", sources=[text])]
    marking = Marking(rows, text)
    page = Cells(marking.save(tmp_path / "page.html").read_text("utf-8"))
    plain = Cells(marked(z=0.9).html())
    assert set(page.tags) <= set(plain.tags) | {"html", "head", "meta", "title", "body", "br"}
    assert page.events == []
    assert [each["cells"]["c"] for each in page.body] == [text, f"1\n{text}"]
    assert page.body[0]["cells"]["r"] == f"{text}. {text}"
    assert text in page.body[1]["cells"]["v"]
    assert page.text.count(text) >= 6


# ------------------------------------------------------------------------------------------------- lines in the margin


def random_rows(seed, n=24):
    """Rows of which some rest on up to three wrong or carried ones above them."""
    rng = random.Random(seed)
    rows, faulty = [], []
    for i in range(n):
        verdict = rng.choice(["wrong", "carried", "carried", "right", "blank"])
        verdict = "right" if verdict == "carried" and not faulty else verdict
        sources = rng.sample(faulty, min(len(faulty), rng.choice([1, 1, 2, 3]))) if verdict == "carried" else []
        rows.append(row(f"n_{i}", verdict, sources=sources))
        if verdict in ("wrong", "carried") and len(faulty) < 8:
            faulty.append(f"n_{i}")
    return rows


def led_to(page, start):
    """The rows that the line from a row leads to: down its column of the margin to its end, and where it turns right."""
    found = set()
    for column in range(len(page.body[start]["margin"])):
        if page.body[start]["margin"][column]["i"] == ["from"]:
            for i in range(start + 1, len(page.body)):
                cell = page.body[i]["margin"][column]
                assert cell["i"] in ([""], ["to"]), "the line breaks off, or another begins on it"
                if {"", "end"} & set(cell["u"]):
                    found.add(i)
                if cell["i"] == ["to"]:
                    assert i in found, "the line ends nowhere"
                    break
            else:
                pytest.fail("the line has no end")
    return found


@pytest.mark.parametrize("seed", seeds(25))
def test_a_line_leads_from_a_mistake_to_each_row_that_rests_on_it(seed):
    """And to no other; a row that nothing rests on has no line."""
    rows = random_rows(seed)
    page = Cells(Marking(rows).html())
    for i, each in enumerate(rows):
        resting = {j for j, other in enumerate(rows) if each.name in other.sources}
        assert led_to(page, i) == resting, each.name


@pytest.mark.parametrize("seed", seeds(25))
def test_arrows_stand_where_lines_arrive(seed):
    """At the right edge of the margin in the rows that are carried, in no others; and the way there is unbroken."""
    rows = random_rows(seed)
    for each, shown in zip(rows, Cells(Marking(rows).html()).body, strict=True):
        heads = [i for i, cell in enumerate(shown["margin"]) if {"end", "over end"} & set(cell["u"])]
        assert heads == ([len(shown["margin"]) - 1] if each.sources else [])
        turns = [i for i, cell in enumerate(shown["margin"]) if cell["u"]]
        assert turns == list(range(turns[0], len(shown["margin"]))) if turns else not each.sources


def test_lines_that_do_not_meet_share_a_column():
    """Mistakes one below the other need one; those that overlap need as many as overlap."""

    def wide(*rows):
        return {len(shown["margin"]) for shown in Cells(Marking(list(rows)).html()).body}

    a, b = row("a", "wrong"), row("b", "wrong")
    of_a, of_b = row("c", "carried", sources=["a"]), row("d", "carried", sources=["b"])
    assert wide(row("a"), row("b", "wrong")) == {0}
    assert wide(a, of_a, b, of_b) == {1}
    assert wide(a, b, of_a, of_b) == wide(a, b, of_b, of_a) == {2}
    assert wide(a, b, row("c", "carried", sources=["a", "b"])) == {2}


def test_the_head_is_as_wide_as_the_rows():
    """It spans the margin, so that no column is shifted."""
    html = Marking([row("a", "wrong"), row("b", "wrong"), row("c", "carried", sources=["a", "b"])]).html()
    assert re.findall(r'colspan="(\d+)"', html) == ["2"]
    assert "colspan" not in Marking([row("a")]).html()


@pytest.mark.parametrize("mistakes", [9, 30])
def test_very_many_mistakes_leave_the_margin_narrow(mistakes):
    """Not all have a line then, but each row says in words what it rests on."""
    wrong = [row(f"a_{i}", "wrong") for i in range(mistakes)]
    rows = [*wrong, *(row(f"b_{i}", "carried", sources=[f"a_{i}"]) for i in range(mistakes))]
    page = Cells(Marking(rows).html())
    assert {len(shown["margin"]) for shown in page.body} == {8}
    carried = page.body[mistakes:]
    assert ["from" in shown["cells"]["v"] for shown in carried] == [True] * mistakes
    for i in range(mistakes):
        assert led_to(page, i) in (set(), {mistakes + i})
    assert sum(len(led_to(page, i)) for i in range(mistakes)) == 8


def test_a_source_that_is_not_shown_or_comes_later_has_no_line():
    """The words are there all the same."""
    page = Cells(Marking([row("b", "carried", sources=["a"]), row("c", "carried", sources=["d"]), row("d", "wrong")]).html())
    assert [shown["margin"] for shown in page.body] == [[]] * 3
    assert page.body[0]["cells"]["v"].endswith("from a")


# -------------------------------------------------------------------------------------------------------------- a browser

LONG = " + ".join(["0.12345·0.54321"] * 30) + " = 2.0119"


def of_forty_rows():
    """Two layers and a step of gradient descent, with mistakes that are carried far, half marks, and a long claim."""
    task = exercise("two layers", seed=4)
    claims = dict(task.answers)
    numbers = {name: float(text.replace("−", "-")) for name, text in task.given.items()}
    numbers["h_11"] = 0.9  # and what follows from it
    numbers["h_12"] = float(task.answers["h_12"])
    claims |= {"h_11": "0.90000", "L": LONG, "∂L/∂a_21": f"{-float(task.answers['∂L/∂a_21']):.7f}"}
    claims["a_21"] = f"{numbers['w_211'] * 0.9 + numbers['w_212'] * numbers['h_12'] + numbers['b_21']:.5f}"
    claims["ŷ"] = f"{1 / (1 + math.exp(-float(claims['a_21']))):.5f}"
    for w, h in (("w_211", 0.9), ("w_212", numbers["h_12"])):
        claims[f"∂L/∂{w}"] = f"{float(claims['∂L/∂a_21']) * h:.7f}"
    for i in (1, 2):
        claims[f"∂L/∂h_1{i}"] = f"{float(claims['∂L/∂a_21']) * numbers[f'w_21{i}']:.7f}"
    marking = task.mark(claims, carried=0.5)
    more = [row(f"k_{i}", ["right", "wrong", "blank", "rounded"][i % 4], "0.123456") for i in range(8)]
    return Marking([*marking.rows, *more], "Two layers")


def of_hostile_rows():
    rows = [
        row(HOSTILE[0], "wrong", HOSTILE[1], guesses=[HOSTILE[2]]),
        row("o", "carried", HOSTILE[3], sources=[HOSTILE[0]], remarks=["A remark that is long enough to be wrapped " * 3]),
        *(row(f"wide_name_{i}", "carried", "0.5", sources=[HOSTILE[0], "o"]) for i in range(5)),
    ]
    return Marking(rows, HOSTILE[0])


MARKINGS = {
    "one neuron": lambda: marked(z=0.9),
    "no mistake": marked,
    "forty rows": of_forty_rows,
    "hostile rows": of_hostile_rows,
    "eight lanes": lambda: Marking(random_rows(3, n=40), "Lanes"),
}
WIDTHS = (400, 1100)

# What stands where on the page: every line of text in every cell, with its color and what is behind it.
LOOK = """() => {
    const seen = (element) => {
        for (; element; element = element.parentElement) {
            const colour = getComputedStyle(element).backgroundColor;
            if (!["rgba(0, 0, 0, 0)", "transparent"].includes(colour)) return colour;
        }
        return "none";
    };
    const box = (r) => [r.left, r.top, r.right, r.bottom];
    const cells = [...document.querySelectorAll("td, th, h2, h3, p, summary, pre")];
    const sheets = [...document.querySelectorAll(".cg-sheet, .cg-class > table")];
    const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        const parent = node.parentElement;
        if (!node.data.trim() || parent.closest("style")) continue;
        const cell = parent.closest("td, th, h2, h3, p, summary, pre"), range = document.createRange();
        range.selectNodeContents(node);
        const about = { text: node.data, cell: cells.indexOf(cell), inside: box(cell.getBoundingClientRect()),
            sheet: sheets.indexOf(cell.closest(".cg-sheet, .cg-class > table")),
            ink: getComputedStyle(parent).color, paper: seen(parent) };
        for (const rect of range.getClientRects()) texts.push({ ...about, rect: box(rect) });
    }
    return {
        texts,
        rings: [...document.querySelectorAll(".wrong td.c span")].map((span) => (
            { rect: box(span.getBoundingClientRect()), cell: cells.indexOf(span.closest("td")) })),
        rows: [...document.querySelectorAll("tbody tr")].map((row) => ({ rect: box(row.getBoundingClientRect()),
            sign: row.querySelector("td.v b") && box(row.querySelector("td.v b").getBoundingClientRect()),
            margin: [...row.querySelectorAll("td.l")].map((cell) => box(cell.getBoundingClientRect())) })),
        lines: [...document.querySelectorAll("td.l i")].map((i) => [getComputedStyle(i).borderLeftColor, seen(i)]),
        sheets: sheets.map((sheet) => (
            { left: sheet.getBoundingClientRect().left, wide: sheet.scrollWidth, shown: sheet.clientWidth,
                scrolls: ["auto", "scroll"].includes(getComputedStyle(sheet).overflowX) })),
        wide: document.scrollingElement.scrollWidth, shown: document.documentElement.clientWidth,
    };
}"""

# The runs of one color in one column of pixels of a picture, as [first, last].
RUNS = """async ([png, x, colour]) => {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const [r, g, b] = colour.match(/\\d+/g).map(Number);
    const data = context.getImageData(x, 0, 1, image.height).data, runs = [];
    for (let y = 0, start = -1; y <= image.height; y++) {
        const at = 4 * y, same = y < image.height
            && Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 60;
        if (same && start < 0) start = y;
        if (!same && start >= 0) { runs.push([start, y - 1]); start = -1; }
    }
    return runs;
}"""


def look(pages, tabs):
    """Every page, in both color schemes and widths."""
    found = {}
    blank = tabs.take({"width": 800, "height": 800})
    for scheme, width in itertools.product(("light", "dark"), WIDTHS):
        tab = tabs.take({"width": width, "height": 800}, scheme)
        for name, path in pages.items():
            tab.said.clear()
            tab.asked.clear()
            tab.goto(path.as_uri())
            seen = tab.evaluate(LOOK)
            seen["said"] = tab.said + [each for each in tab.asked if each != path.as_uri()]
            seen["heads"] = []
            margins = [each["margin"][-1] for each in seen["rows"] if each["margin"]]
            if name != "a class" and margins:
                png = base64.b64encode(tab.screenshot(full_page=True)).decode()
                # the arrows, and the lines to them, are all that stands in the last pixels before the names
                seen["heads"] = blank.evaluate(RUNS, [png, int(margins[0][2]) - 4, seen["lines"][0][0]])
            found[name, scheme, width] = seen
        tabs.give_back(tab)
    tabs.give_back(blank)
    return found


@pytest.fixture(scope="module")
def looked(tmp_path_factory, tabs):
    """What is found on each page, by its name, the color scheme and the width of the window."""
    folder = tmp_path_factory.mktemp("pages")
    people = {name: made() for name, made in MARKINGS.items()}
    pages = {name: marking.save(folder / f"{i}.html") for i, (name, marking) in enumerate(people.items())}
    pages["a class"] = Class(people, ["odd.txt, line 3: <b> is no answer"], "A class").save(folder / "class.html")
    return look(pages, tabs)


def places(looked, *names):
    """What is found on pages, by where: all of them, or some."""
    return {where: seen for where, seen in looked.items() if not names or where[0] in names}.items()


def meet(a, b, by=1.0):
    """Whether two boxes lie over each other by more than a pixel."""
    return min(a[2], b[2]) - max(a[0], b[0]) > by and min(a[3], b[3]) - max(a[1], b[1]) > by


def test_pages_are_silent(looked):
    """Nothing is on the console, and nothing is asked of the network."""
    assert {where: seen["said"] for where, seen in places(looked) if seen["said"]} == {}


def test_pages_show_their_rows(looked):
    """Forty rows and more, each with height."""
    for where, seen in places(looked, "forty rows"):
        rows = [each["rect"] for each in seen["rows"]]
        assert len(rows) >= 40, where
        assert min(bottom - top for _, top, _, bottom in rows) > 15, where


def test_no_text_stands_on_another(looked):
    """The boxes of the lines of text in different cells do not meet."""
    for where, seen in places(looked):
        texts = sorted(seen["texts"], key=lambda each: each["rect"][1])
        over = [
            (a["text"], b["text"])
            for i, a in enumerate(texts)
            for b in texts[i + 1 : i + 60]
            if a["cell"] != b["cell"] and meet(a["rect"], b["rect"])
        ]
        assert over == [], where


def test_the_ring_around_a_mistake_touches_no_other_text(looked):
    """It goes round what was written, and is drawn in the free space about it."""
    for where, seen in places(looked):
        over = [
            each["text"] for ring in seen["rings"] for each in seen["texts"] if each["cell"] != ring["cell"]
            and meet(ring["rect"], each["rect"])
        ]  # fmt: skip
        assert over == [], where
        assert len(seen["rings"]) > 0 or where[0] == "no mistake"


def test_nothing_is_cut_off(looked):
    """Every line of text lies in its cell, and what is wider than the window can be scrolled to."""
    for where, seen in places(looked):
        outside = [
            each["text"]
            for each in seen["texts"]
            if each["rect"][0] < each["inside"][0] - 1 or each["rect"][2] > each["inside"][2] + 1
            or each["rect"][1] < each["inside"][1] - 3 or each["rect"][3] > each["inside"][3] + 3
        ]  # fmt: skip
        assert outside == [], where
        assert all(sheet["scrolls"] or sheet["wide"] <= sheet["shown"] for sheet in seen["sheets"]), where
        reach = [sheet["left"] + sheet["wide"] + 2 for sheet in seen["sheets"]] + [seen["wide"]]  # −1 is outside of them
        lost = [each["text"] for each in seen["texts"] if each["rect"][0] < 0 or each["rect"][2] > reach[each["sheet"]]]
        assert lost == [], where


def test_a_page_is_as_wide_as_the_window(looked):
    """A sheet that is wider scrolls in itself; in a wide window, a long claim is wrapped and nothing has to be scrolled."""
    for where, seen in places(looked, *MARKINGS):
        assert seen["wide"] == seen["shown"] == where[2], where
        if where[2] == max(WIDTHS):
            assert [sheet["wide"] - sheet["shown"] for sheet in seen["sheets"]] == [0], where


def test_on_a_phone_a_remark_stands_below_what_it_speaks_of(looked):
    """In a window of 400 pixels nothing of a marked sheet has to be scrolled to."""
    for where, seen in places(looked, *MARKINGS):
        if where[2] == min(WIDTHS):
            assert [sheet["wide"] - sheet["shown"] for sheet in seen["sheets"]] == [0], where
            assert all(each["rect"][2] <= where[2] for each in seen["texts"]), where


def brightness(colour):
    """The relative luminance of a color, after WCAG."""
    channels = [int(x) / 255 for x in re.match(r"rgb\((\d+), (\d+), (\d+)\)", colour).groups()]
    return sum(
        k * (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4) for k, x in zip((0.2126, 0.7152, 0.0722), channels)
    )


def contrast(one, other):
    bright, dark = sorted([brightness(one), brightness(other)], reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_text_stands_out_from_what_is_behind_it(looked):
    """The contrast is at least 4.5 : 1 in either color scheme, and that of the lines in the margin 3 : 1."""
    for where, seen in places(looked):
        pairs = {(each["ink"], each["paper"]) for each in seen["texts"]}
        assert {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < 4.5} == {}, where
        assert {tuple(pair) for pair in seen["lines"] if contrast(*pair) < 3.0} == set(), where


def test_dark_is_dark(looked):
    """Light ink on dark paper in one scheme, dark on light in the other, for every text."""
    for where, seen in places(looked):
        for each in seen["texts"]:
            assert (brightness(each["ink"]) > brightness(each["paper"])) == (where[1] == "dark"), (where, each["text"])


@pytest.mark.parametrize("name", ["one neuron", "forty rows", "hostile rows", "eight lanes"])
def test_arrow_heads_are_seen_at_the_carried_rows(name, looked):
    """In the picture: before the name of a carried row, at the height of its verdict, there is a head; and nowhere else."""
    carried = [bool(each.sources) for each in MARKINGS[name]()]
    assert sum(carried) >= 2
    for where, seen in places(looked, name):
        heads = [(first + last) / 2 for first, last in seen["heads"] if last - first >= 4]
        rows = seen["rows"]
        at = [sum(top <= y <= bottom for y in heads) for _, top, _, bottom in (each["rect"] for each in rows)]
        assert at == [int(each) for each in carried], where
        signs = [each["sign"] for each, is_carried in zip(rows, carried, strict=True) if is_carried]
        assert [top - 3 <= y <= bottom + 3 for y, (_, top, _, bottom) in zip(heads, signs, strict=True)] == [True] * len(
            heads
        )


def test_what_is_wrapped_in_a_terminal_is_wrapped_at_words():
    """As textwrap does it; no word of a claim is parted."""
    words = [f"{i}.{i:03}" for i in range(40)]
    text = align([("a", "b"), (" ".join(words), "x")], (0,), 40)
    assert [line.split("  ")[0].strip() for line in text.splitlines()[1:]] == textwrap.wrap(" ".join(words), 37)


def test_the_right_number_of_a_blank_line_is_not_told():
    """Neither in print nor on the page, so that it can still be tried; the row has it."""
    x = Value(3.0, label="x")
    marking = Worksheet(y=x * 41).mark({"y": ""})
    assert "123" not in marking.text + marking.html()
    assert marking["y"].true == 123.0
    assert marking.summary == "0 of 1 marks. Nothing is filled in yet."
