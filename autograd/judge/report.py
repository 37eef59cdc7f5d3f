"""What is said of an engine: as text, as data."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograd.display.files import read_bytes
from autograd.judge.bench import EngineError
from autograd.judge.examination import Examination
from autograd.judge.experiments import CONVENTION, LIMIT, MISSING, RIGHT, UNEXAMINED, WRONG, EngineRow
from autograd.judge.process import Apart, Here
from autograd.mark.verdicts import as_row, signs, words

WORDS = words(WRONG, LIMIT, MISSING, CONVENTION, UNEXAMINED, RIGHT)
LONGEST = 2_000_000  # bytes of a file
MOST_SECONDS = 3600.0
SIGNS = signs(*WORDS)


class EngineReport:
    """What `judge_engine` found; true if nothing is wrong.

    .rows are all things that were examined; .wrong are those that are wrong
    .text and .data say it in words, and for json

    >>> from autograd import Value, judge_engine
    >>> report = judge_engine(Value)
    >>> bool(report), report.wrong
    (True, [])
    """

    def __init__(self, title: str, rows: list[EngineRow]) -> None:
        self.title, self.rows = title, rows

    @property
    def wrong(self) -> list[EngineRow]:
        """The rows that are wrong."""
        return [row for row in self.rows if row.verdict == WRONG]

    def __bool__(self) -> bool:
        return not self.wrong and any(row.verdict == RIGHT for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each verdict."""
        return {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in WORDS}

    @property
    def summary(self) -> str:
        """How many things were examined, and what they are, in a sentence."""
        counts = self.counts
        others = [f"{counts[v]} {WORDS[v]}" for v in (LIMIT, MISSING, UNEXAMINED) if counts[v]]
        n = counts[RIGHT] + counts[WRONG] + counts[LIMIT]
        return f"{self.title}: {n} examined: {', '.join([f'{counts[RIGHT]} right', f'{counts[WRONG]} wrong', *others])}"

    @property
    def text(self) -> str:
        """What is wrong first, then limits, what is missing, and conventions; what is right in one line."""
        lines = []
        for verdict, said in WORDS.items():
            if verdict != RIGHT:
                lines += [f"{SIGNS[verdict]} {said}: {_say(r)}" for r in self.rows if r.verdict == verdict]
        good = ", ".join(row.name for row in self.rows if row.verdict == RIGHT)
        return "\n".join([*lines, *([f"✓ right: {good}"] if good else []), self.summary])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{self.summary}>"

    def __iter__(self) -> Iterator[EngineRow]:
        return iter(self.rows)

    @property
    def data(self) -> dict[str, Any]:
        """The same as dictionaries and lists."""
        rows = [as_row(row.name, row.verdict, row.remark) for row in self.rows]
        return {"title": self.title, "summary": self.summary, "counts": self.counts, "rows": rows}

    @property
    def json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.data, ensure_ascii=False, indent=2)


def _say(row: EngineRow) -> str:
    named = f"`{row.name}`" in row.remark or not row.remark
    return row.remark if named and row.remark else f"{row.name}: {row.remark}"


def judge_engine(
    engine: type | str | os.PathLike[str],
    name: str = "",
    *,
    value: str = "",
    grad: str = "",
    backward: str = "",
    seconds: float = 10.0,
) -> EngineReport:
    """Examine somebody's own engine, and say in words which of its slopes are wrong, and how.

    engine: a class that behaves as `Value`, as micrograd's does, which runs here; or the path of a file, which runs in a
        process of its own, with limits on time and memory
    name: of the class in the file, where it is not found by trying
    value, grad, backward: what its number, its slope and its backward() are called, where they are not found by trying
    seconds: that one experiment may take, of a file

    Each operation that it has is tried alone, under others, and beside others; then values that are used twice, the order
    of visiting, a second backward(), leaves that are not reached, deep chains, 0 and ±1000. What is measured is compared
    with the usual slips; where none of them fits, the report says where it is wrong, and the numbers. What differs by
    convention is said, and is not wrong; nor is what is missing.

    >>> from autograd import judge_engine
    >>> class Mine:
    ...     def __init__(self, data, inputs=(), slopes=()):
    ...         self.data, self.grad, self.inputs, self.slopes = data, 0.0, inputs, slopes
    ...     def __add__(self, other):
    ...         return Mine(self.data + other.data, (self, other), (1.0, 1.0))
    ...     def __mul__(self, other):
    ...         return Mine(self.data * other.data, (self, other), (self.data, other.data))
    ...     def backward(self, slope=1.0):
    ...         self.grad += slope
    ...         for each, local in zip(self.inputs, self.slopes):
    ...             each.backward(slope * local)
    >>> print(judge_engine(Mine).wrong[0].remark)
    `__mul__` gives each factor its own value as slope; they are swapped

    Raises EngineError, a ValueError, for what has no number, slope or backward(), and for a file that is not Python's;
    OSError for one that cannot be opened; ValueError for seconds that are none.
    """
    names = (value, grad, backward)
    if isinstance(engine, type):
        here = Here(engine, names)
        return _report(here, here.engine.backward, seconds)
    if not 0.0 < seconds <= MOST_SECONDS:
        raise ValueError(f"an experiment may take up to {MOST_SECONDS:,.0f} seconds, and more than none, not {seconds:g}")
    path = Path(engine)
    if path.suffix != ".py":
        raise EngineError(f"an engine is a file of Python, such as my_engine.py, and not {path.name!r}")
    read_bytes(path, LONGEST)  # what cannot be read is said here, and not by another process
    apart = Apart(path, name, names, seconds)
    try:
        return _report(apart, apart.backward, seconds)
    finally:
        apart.close()


def _report(bench: Here | Apart, backward: str, seconds: float) -> EngineReport:
    rows = Examination(bench, seconds, backward).rows
    if bench.only_definitions:
        remark = f"its definitions alone were run; as for the whole of it, {bench.only_definitions}"
        rows.append(EngineRow("the file", CONVENTION, remark))
    if bench.printed:
        rows.append(EngineRow("print", CONVENTION, f"it prints: {' '.join(bench.printed.split())[:60]!r}"))
    if bench.forks:
        rows.append(EngineRow("fork", LIMIT, "it starts processes of its own"))
    place = f" in {bench.place}" if bench.place else ""
    return EngineReport(f"{bench.name}{place}", rows)


__all__ = ["EngineReport", "judge_engine"]
