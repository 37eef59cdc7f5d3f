"""One word for one thing: what is said of a line, whoever says it, and the shape that it has as data.

`mark` and `exam` say it of a line of a sheet, `check` of a row of notes, `judge` of an operation. A word means the same in
all of them; a sign says what kind of word it is, for those that are alike:

    ✓ right     ≈ right, as near as can be     ↳ right, were it not for another line
    ✗ wrong     ? nothing can be said          · nothing is there                    – taken as it is

As data each report is title, summary, counts and rows, and each row has the keys of `as_row`, whatever else it has.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Verdict(NamedTuple):
    """A verdict on paper: its sign, and its words in a table."""

    sign: str
    words: str


VERDICTS = {
    "right": Verdict("✓", "right"),
    "rounded": Verdict("≈", "right, rounded"),
    "limit": Verdict("≈", "right within limits"),
    "carried": Verdict("↳", "carried"),
    "does not follow": Verdict("↳", "right, and does not follow"),
    "wrong": Verdict("✗", "wrong"),
    "unread": Verdict("?", "unread"),
    "depends": Verdict("?", "depends on what is not said"),
    "not examined": Verdict("?", "not examined"),
    "blank": Verdict("·", "blank"),
    "missing": Verdict("·", "missing"),
    "stated": Verdict("–", "taken as given"),
    "convention": Verdict("–", "a convention"),
}


def signs(*verdicts: str) -> dict[str, str]:
    """The signs of some verdicts."""
    return {verdict: VERDICTS[verdict].sign for verdict in verdicts}


def words(*verdicts: str) -> dict[str, str]:
    """The words of some verdicts."""
    return {verdict: VERDICTS[verdict].words for verdict in verdicts}


def as_row(
    line: str | int,
    verdict: str,
    remark: str = "",
    written: str = "",
    there: float | str | None = None,
    should: float | str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A row as data: the keys that all reports share, and what one has besides.

    line: the name of a line, of an operation, or the number of a row; written: as it stands there
    there, should: what it comes to, and what it should come to, where that is known
    """
    common = {"line": line, "written": written, "verdict": verdict, "remark": remark, "there": there, "should": should}
    return common | more
