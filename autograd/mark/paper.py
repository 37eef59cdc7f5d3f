"""Answers as they stand on paper: `ŷ = 0,7311  # comment`, a line each; chains that go on; a table in Markdown.

So files of text are read (answers.py), and so is what is typed into a cell of a notebook: sheet.mark("ŷ = 0.7311").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from autograd.formula.patterns import RELATION
from autograd.formula.spellings import undress
from autograd.mark.claims import without_brackets, without_struck

LONGEST_LINE = 12_000  # characters, a claim and its name
_ENTRY = re.compile(rf"\s*(?P<name>\S.*?)\s*(?:{RELATION}|:=?)\s*(?P<claim>.*)")
_SEMICOLON = re.compile(r"(?<!\\);(?=[^;=≈]+[=≈])")  # behind which another answer begins


class Entry(NamedTuple):
    """What stands on a line: its name, the place, and what is written there."""

    name: str
    place: str
    text: object


class Paper(NamedTuple):
    """What a person wrote: the name, if it stands there; the answers; what is none, as a place and a reason."""

    person: str
    entries: list[Entry]
    problems: list[tuple[str, str]]


def read_paper(text: str, names: Iterable[str] = ()) -> Paper:
    """Lines such as `a1 = 0,3775  # comment`, or a table in Markdown; what is struck out does not count.

    names: those that rows may have in front, of which some may hold signs of equality, or others that part rows
    """
    odd = sorted(filter(_is_odd, names), key=len, reverse=True)
    lines = list(enumerate(without_struck(text).splitlines(), start=1))
    rows = [Entry(cells[0], f"line {n}", cells[1]) for n, line in lines if len(cells := _cells(line)) == 2]
    if len(rows) > 1:  # what stands around a table is the exercise
        return Paper("", [row for row in rows if _is_no_head(row.name)], [])
    person, problems = "", list[tuple[str, str]]()
    answers: list[tuple[str, str, list[str]]] = []  # each with the members of its chain
    for place, row in [(f"line {n}", part) for n, line in lines for part in ([line] if odd else _SEMICOLON.split(line))]:
        if odd and (found := _odd_entry(row.strip(), odd)):
            answers.append((found[0], place, [found[1]]))
            continue
        if len(row) > LONGEST_LINE:
            problems.append((place, f"{_show(row)} is longer than any answer"))
            continue
        plain = _without_comment(row)
        if not plain.strip("-`= "):
            continue
        match = _ENTRY.fullmatch(plain)
        if answers and re.match(RELATION, plain):  # it goes on from the line above
            answers[-1][2].append(plain)
        elif match is None:
            problems.append((place, f"{_show(plain)} is no answer: write the line's name, =, and what came out"))
        elif match["name"].strip().lower() == "name":
            person = match["claim"].strip() or person
        else:
            answers.append((match["name"].strip(), place, [match["claim"].strip()]))
    return Paper(person, [Entry(name, place, " ".join(members)) for name, place, members in answers], problems)


@lru_cache(maxsize=1024)
def _is_odd(name: str) -> bool:
    """Whether a row that begins with a name would not be read so: =1+1, p = q, size; width."""
    row = f"{name.strip()} = 1"
    return [(each.name, each.text) for each in read_paper(row).entries] != [(name.strip(), "1")]


def _odd_entry(row: str, names: list[str]) -> tuple[str, str] | None:
    """The name and the answer of a row that begins with one of these."""
    for name in names:
        rest = row.removeprefix(name.strip())
        if rest != row and (match := re.fullmatch(rf"\s*(?:{RELATION}|:=?)\s*(.*)", rest)):
            return name, _without_comment(match[1])
    return None


def _without_comment(line: str) -> str:
    """A line without its bullet, its comment and its dress."""
    line = re.sub(r"\s{2,}", " ", line)
    line = re.sub(r"^\s*[-*•]\s+|(?:^|\s)#.*", "", line)
    return without_brackets(undress(line).text)


def _is_no_head(cell: str) -> bool:
    """Whether a first cell is neither the head of a table nor the rule below that."""
    return bool(cell.strip("-: ")) and cell != "line"


def _cells(line: str) -> list[str]:
    """The cells of a row of a table in Markdown."""
    line = line.strip()
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def _show(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:60].rstrip() + " …")


def claims_in(text: str, names: Iterable[str] = ()) -> dict[str, object]:
    """Answers in a text, by the names that it gives them, as Worksheet.mark takes them.

    names: those that they may have

    Raises ValueError for a row without a name, and for two of one name.

    >>> claims_in("r = 2·3 = 6    # a comment\\ns =")
    {'r': '2·3 = 6', 's': ''}
    """
    _, entries, problems = read_paper(text, names)
    for place, reason in problems:
        raise ValueError(f"{place}: {reason}")
    claims = {entry.name: entry.text for entry in entries}
    if len(claims) < len(entries):
        names = [entry.name for entry in entries]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)} has two claims")
    return claims
