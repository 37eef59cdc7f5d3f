"""One word for one thing: whoever says it, the same words, the same signs, the same keys."""

import json

import pytest

from autograd import Value, Worksheet, check_notes, judge_engine
from autograd.judge import report as judge
from autograd.mark import red_pen
from autograd.mark.classes import Class
from autograd.mark.verdicts import VERDICTS
from autograd.notes import report as notes

KEYS = {"line", "written", "verdict", "remark", "there", "should"}


def marking():
    x = Value(3.0, "x")
    y = x * x
    return Worksheet(y=y, z=y + 1, u=y + 2, v=y + 3).mark({"y": "8.0", "z": "9.0", "u": "(("})


REPORTS = {
    "mark": lambda: marking().json,
    "check": lambda: check_notes(r"$$a = b + 1$$ $$\frac{d}{dx} x^2 = 3x$$").json,
    "judge": lambda: judge_engine(Value).json,
}


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_has_the_same_shape(report):
    """A title, a summary, how many there are of each verdict, and rows with these keys among others."""
    whole = json.loads(REPORTS[report]())
    assert {"title", "summary", "counts", "rows"} <= set(whole)
    assert whole["rows"]
    for row in whole["rows"]:
        assert set(row) >= KEYS
        assert row["verdict"] in VERDICTS
    assert {verdict: n for verdict, n in whole["counts"].items() if n} == {
        verdict: sum(row["verdict"] == verdict for row in whole["rows"]) for verdict in {r["verdict"] for r in whole["rows"]}
    }


def test_there_and_should_are_what_is_and_what_should_be():
    """Of a number its value, of a row of notes both sides at the point that proves it wrong."""
    rows = {row["line"]: row for row in marking().as_dicts()}
    assert [(rows[name]["there"], rows[name]["should"]) for name in "yz"] == [(8.0, 9.0), (9.0, 10.0)]
    assert (rows["u"]["verdict"], rows["u"]["there"], rows["v"]["there"]) == ("unread", "((", "")
    (row,) = [row for row in check_notes(r"$$\frac{d}{dx} x^2 = 3x$$").data["rows"] if row["verdict"] == "wrong"]
    x = row["point"]["x"]
    assert (row["there"], row["should"]) == (pytest.approx(3 * x), pytest.approx(2 * x))


def test_a_word_and_a_sign_mean_the_same_everywhere():
    """All tables of words and signs are parts of one."""
    for part in (red_pen, notes, judge):
        assert set(part.SIGNS) == set(part.WORDS)
        assert {name: VERDICTS[name].sign for name in part.SIGNS} == part.SIGNS
        assert {name: VERDICTS[name].words for name in part.WORDS} == part.WORDS


def test_a_class_has_the_sheets_as_data():
    """Each person's as it is alone."""
    one = marking()
    assert json.loads(Class({"Ada": one}).json)["people"]["Ada"] == json.loads(one.json) == json.loads(json.dumps(one.data))
