"""Tables in CSV files: columns with names, rows with their lines, and numbers in the cells.

Columns are parted by commas, semicolons or tabs, whichever the first line has most of; where it is not commas, a number may
have a decimal comma. The first row has the names of the columns unless a number stands in it; a table without names has the
columns x1, x2, and so on. What cannot be read is named with its line.

Features are numbers. A column of texts, such as a colour, becomes a feature for each of them: "colour=red" is 1 in the rows
where it is red, and 0 in the others.
"""

from __future__ import annotations

import csv
import io
import math
import os
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from nn.data import Dataset

MISSING = {"", "?", "-", "na", "n/a", "nan", "null", "none"}
TASKS = ("auto", "classification", "regression")
MOST_CLASSES = 10  # that whole numbers are taken for, by themselves
MOST_TEXTS = 20  # in a column that is learned from


class Table(NamedTuple):
    """The cells of a table.

    name: of the file; columns: their names; named: whether these stand in the file
    rows: the line of the file that each row ends in, and its cells
    comma: whether numbers may have a decimal comma
    """

    name: str
    columns: list[str]
    named: bool
    rows: list[tuple[int, list[str]]]
    comma: bool

    def place(self, column: str) -> int:
        """Where a column stands. Raises ValueError, with the nearest name, where there is none such."""
        if column in self.columns:
            return self.columns.index(column)
        near = get_close_matches(column, self.columns, 1)
        hint = f"; is {near[0]!r} meant?" if near else f": there are {listed(self.columns)}"
        raise ValueError(f"{self.name} has no column {column!r}{hint}")

    def number(self, cell: str) -> float | None:
        """The number in a cell; None where there is none."""
        try:
            x = float(cell.replace(",", ".") if self.comma else cell)
        except ValueError:
            return None
        return x if math.isfinite(x) else None

    def numbers(self, features: Sequence[str]) -> tuple[list[tuple[int, list[float]]], list[tuple[int, str]]]:
        """The rows that can be read, as their line and their features, and the line of each other row with the reason."""
        texts = columns_of(features)
        places = {column: self.place(column) for column in texts}
        good, bad = [], []
        for line, row in self.rows:
            xs: list[float] = []
            for column, known in texts.items():
                cell = row[places[column]]
                x = self.number(cell)
                if cell.lower() in MISSING:
                    bad.append((line, f"{column} is missing"))
                elif known and cell not in known:
                    bad.append((line, f"{column} is {cell!r}, and not one of {listed(known)}"))
                elif not known and x is None:
                    bad.append((line, f"{column} is {cell!r}, and no number"))
                else:
                    xs += [float(cell == text) for text in known] if known else [x or 0.0]
                    continue
                break
            else:
                good.append((line, xs))
        return good, bad


def columns_of(features: Sequence[str]) -> dict[str, list[str]]:
    """The columns that features are made of, with the texts of each; none where it has numbers."""
    found: dict[str, list[str]] = {}
    for feature in features:
        column, is_text, text = feature.partition("=")
        found.setdefault(column, []).extend([text] * bool(is_text))
    return found


def read_table(path: str | os.PathLike[str], header: bool | None = None) -> Table:
    """A CSV file as a Table; the path - is standard input.

    header: whether the first row has the columns' names; None to look

    Raises ValueError for a file that is no table, OSError if it cannot be opened.
    """
    if str(path) == "-":
        return _table(sys.stdin.read(), "standard input", header)
    name = Path(path).name
    try:
        return _table(Path(path).read_text(encoding="utf-8-sig"), name, header)
    except UnicodeDecodeError:
        raise ValueError(f"{name} is no text in UTF-8: save it as such, as CSV") from None


def _table(text: str, name: str, header: bool | None) -> Table:
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True, strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ValueError(f"{name}, line {reader.line_num}: {error}") from None
    if not rows:
        raise ValueError(f"{name} is empty: there are no rows in it")
    width = len(rows[0][1])
    for line, row in rows:
        if len(row) != width:
            raise ValueError(f"{name}, line {line}: {len(row)} cells, and the first row has {width}")
    table = Table(name, [f"x{j}" for j in range(1, width + 1)], False, rows, mark != ",")
    if header is None:
        header = all(table.number(cell) is None for cell in rows[0][1])
    if not header:
        return table
    columns = rows[0][1]
    if again := [column for column in columns if columns.count(column) > 1]:
        raise ValueError(f"{name}: two columns are called {again[0]!r}")
    if len(rows) == 1:
        raise ValueError(f"{name} has a first row with names, and no rows below it")
    return table._replace(columns=columns, named=True, rows=rows[1:])


def dataset(
    table: Table,
    target: str | None = None,
    *,
    task: str = "auto",
    features: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    skip: bool = False,
) -> Dataset:
    """The rows of a table to learn from; the arguments are those of nn.data.from_csv, the errors too."""
    if task not in TASKS:
        raise ValueError(f"the task is {', '.join(TASKS[1:])} or auto, not {task!r}")
    goal = table.columns[-1] if target is None else table.columns[table.place(target)]
    for column in (*drop, *(features or ())):
        table.place(column)
    if goal in (features or ()):
        raise ValueError(f"{goal} is to be predicted, and cannot be one of the features")
    chosen = [c for c in (table.columns if features is None else features) if c != goal and c not in drop]
    if not chosen:
        raise ValueError(f"{table.name} has no column to learn from beside {goal}")
    at = table.place(goal)
    known = table._replace(rows=[(line, row) for line, row in table.rows if row[at].lower() not in MISSING])
    lost = [(line, f"{goal} is missing") for line, row in table.rows if row[at].lower() in MISSING]
    chosen = [feature for column in chosen for feature in _features(known, column)]
    good, bad = known.numbers(chosen)
    if bad := sorted([*bad, *lost]):
        if not skip:
            raise ValueError(
                f"{table.name} has rows that cannot be used: {listed_lines(bad)};"
                " mend them, or leave them out by skip=True, on the command line by --skip"
            )
        if not good:
            raise ValueError(f"{table.name} has no row that can be used: {listed_lines(bad)}")
    cells = {line: row[at] for line, row in known.rows}
    labels = [cells[line] for line, _ in good]
    X = [xs for _, xs in good]
    numbers = [table.number(label) for label in labels]
    if task == "regression" or (task == "auto" and not _are_classes(numbers)):
        for (line, _), number, label in zip(good, numbers, labels):
            if number is None:
                raise ValueError(f"{table.name}, line {line}: {goal} is {label!r}, and no number to be predicted")
        return Dataset(X, [float(x) for x in numbers if x is not None], table.name, chosen, target=goal)
    names = [label if x is None else f"{x:g}" for label, x in zip(labels, numbers)]
    order = dict(zip(names, numbers))
    classes = sorted(order, key=lambda name: (order[name] is None, order[name] or 0.0, name))
    if len(classes) < 2:
        raise ValueError(f"{goal} is {classes[0]!r} in all rows: there is nothing to tell apart")
    return Dataset(X, [classes.index(name) for name in names], table.name, chosen, classes, goal)


def _features(table: Table, column: str) -> list[str]:
    """What a column is learned as: itself where a number stands in it, else each of its texts."""
    cells = [row[table.place(column)] for _, row in table.rows]
    texts = sorted({cell for cell in cells if cell.lower() not in MISSING})
    if "=" in column:
        raise ValueError(f"the column {column} has = in its name, which stands for a text here: give it another name")
    if not texts or any(table.number(cell) is not None for cell in texts):
        return [column]
    if len(texts) > min(MOST_TEXTS, max(2, len(cells) // 2)):
        few = f"{texts[0]!r}, {texts[1]!r}, ..."
        raise ValueError(
            f"the column {column} has {len(texts)} different texts in {len(cells)} rows ({few}): leave it out by"
            f" drop=[{column!r}], on the command line by --drop"
        )
    return [f"{column}={text}" for text in texts]


def _are_classes(numbers: Sequence[float | None]) -> bool:
    """Whether a target is classes by its looks: text, or a few whole numbers that come again and again."""
    whole = all(x is None or x.is_integer() for x in numbers)
    return None in numbers or (whole and len(set(numbers)) <= min(MOST_CLASSES, max(2, len(numbers) // 2)))


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names for a sentence, not too many."""
    names = list(names)
    return ", ".join(names[:most]) + f" and {len(names) - most} more" * (len(names) > most)


def listed_lines(bad: Sequence[tuple[int, str]]) -> str:
    """Lines and what is wrong there, for a sentence."""
    return listed([f"line {line} ({why})" for line, why in bad], most=5)
