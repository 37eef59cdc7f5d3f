"""Tables of rows: which row of an array stands where, and whether these follow one another like the places of a tensor.

A sum of products takes from each of its arrays a row for each sum and each product: a table. Where the rows of a table
go up by even steps along a few axes, the table is a tensor read in another shape, without copying: W by its rows and
columns, each again for all places of a text; one query beside all keys. That is all that a compiler needs to know of
matrices, heads and places, and it is seen here, from the numbers of the rows alone.
"""

from __future__ import annotations

from itertools import pairwise

from autograd.program.engines import import_numpy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Axis = tuple[int, int]  # how long it is, and how far apart neighbours are


def progression(places: Any) -> list[Axis] | None:
    """A list of places as axes, outermost first: base + Σ step·index; None where the steps are uneven.

    >>> import numpy as np
    >>> progression(np.array([3, 4, 5, 13, 14, 15])), progression(np.array([7, 7, 9, 9])), progression(np.array([1, 2, 4]))
    ([(2, 10), (3, 1)], [(2, 2), (2, 0)], None)
    """
    np = import_numpy()
    axes: list[Axis] = []
    while (n := len(places)) > 1:
        step = int(places[1] - places[0])
        breaks = np.flatnonzero(np.diff(places) != step)
        run = n if not len(breaks) else int(breaks[0]) + 1
        while n % run:
            run -= 1
        rows = places.reshape(-1, run)
        if run == 1 or (rows != rows[:, :1] + step * np.arange(run)).any():
            return None
        axes.insert(0, (run, step))
        places = rows[:, 0]
    return axes


def shared_axes(tables: Sequence[Any], within: Sequence[int]) -> tuple[list[int], list[list[int] | None]]:
    """Axes along which tables go in even steps, outermost first: their lengths; and each table's steps, None if uneven.

    tables: lists of places, as long as each other
    within: for each how many places stand side by side, behind which a step is one to elsewhere: no axis goes across
    """
    np = import_numpy()
    size = len(tables[0])
    known: dict[bytes, list[Axis] | None] = {}
    found = []
    for table in tables:
        key = table.tobytes()
        if key not in known:
            known[key] = progression(table)
        found.append(known[key])
    cuts = {1, size}
    for axes, inner in zip(found, within):
        below = 1
        for length, step in reversed(axes or ()):
            if 0 < step < inner and length * step > inner and inner % step == 0:
                cuts.add(below * (inner // step))
            below *= length
            cuts.add(below)
    ends = sorted(cuts)
    while any(b % a for a, b in pairwise(ends)):  # a chain of divisors, or else the table that breaks it is left out
        ends = [1, size] if len(ends) < 3 else _without_break(ends)
    lengths = [b // a for a, b in pairwise(ends)][::-1]
    steps: list[list[int] | None] = []
    for table in tables:
        own = [int(table[a] - table[0]) for a in ends[:-1]][::-1]
        grid = np.full(1, table[0])
        for length, step in zip(lengths, own):
            grid = (grid[:, None] + step * np.arange(length)).reshape(-1)
        steps.append(own if len(grid) == size and (grid == table).all() else None)
    return lengths, steps


def _without_break(ends: list[int]) -> list[int]:
    for i in range(1, len(ends)):
        if ends[i] % ends[i - 1]:
            return ends[: i - 1] + ends[i:] if i > 1 else ends[:i] + ends[i + 1 :]
    return ends


def blocks(first: Any, second: Any) -> tuple[Any, Any] | None:
    """A table of two factors as an outer one: the rows of the first, each with all rows of the second; None if it is none.

    first, second: (sums, products) places each

    >>> import numpy as np
    >>> w, x = np.array([[0, 1], [0, 1], [2, 3], [2, 3]]), np.array([[5, 6], [7, 8], [5, 6], [7, 8]])
    >>> [each.tolist() for each in blocks(w, x)]
    [[[0, 1], [2, 3]], [[5, 6], [7, 8]]]
    """
    np = import_numpy()
    n = len(first)
    differ = np.flatnonzero((first != first[0]).any(axis=1))
    run = int(differ[0]) if len(differ) else n
    if n % run:
        return None
    rows, columns = first.reshape(n // run, run, -1), second.reshape(n // run, run, -1)
    if (rows != rows[:, :1]).any() or (columns != columns[:1]).any():
        return None
    return rows[:, 0], columns[0]


def filled(table: Any, side: int, size: int) -> Any:
    """A table whose holes, -1, are what the steps beside them say; where these are uneven, the first place of their row.

    table: (sums, products) places, of so many; side: how many follow each other in a row of which some may be holes
    """
    np = import_numpy()
    flat = table.reshape(-1, side)
    holes = flat < 0
    if not holes.any():
        return table
    there = ~holes
    some = there.any(axis=1)
    first = np.where(some, there.argmax(axis=1), 0)
    start = flat[np.arange(len(flat)), first]
    if not some.all():
        start = np.where(some, start, start[some][0] if some.any() else 0)
    steps = np.diff(flat, axis=1)[there[:, 1:] & there[:, :-1]]
    if len(steps):
        guess = start[:, None] + (np.arange(side) - first[:, None]) * steps[0]
        if (guess[there] == flat[there]).all() and (guess >= 0).all() and (guess < size).all():
            return guess.reshape(table.shape)
    return np.where(holes, start[:, None], flat).reshape(table.shape)
