"""The rows that a program runs on: one array with a row for each data point, or an array for each list of inputs.

Inside, they are turned: an array has a row for each input and a column for each data point.
"""

from __future__ import annotations

from autograd.graph import nodes
from autograd.primitives import select_of
from autograd.program.engines import import_numpy, read_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from autograd.value import Value


class Batch:
    """Rows made ready for a program; see Program.batch. Columns are rows of the batch, and a row of ones stands below."""

    def __init__(self, arrays: Mapping[str, Any], widths: Mapping[str, int]) -> None:
        np = import_numpy()
        self.widths = widths  # of the program that made it, which need not look at it again
        self.with_ones = [np.concatenate([array, np.ones((1, array.shape[1]))]) for array in arrays.values()]
        for each in self.with_ones:  # a program that was given the same array need not look at it again
            each.flags.writeable = False
        self.arrays = {name: each[:-1] for name, each in zip(arrays, self.with_ones)}


def read_batch(batch: Sequence[Any], widths: Mapping[str, int]) -> dict[str, Any]:
    """The inputs as arrays with a row for each input and a column for each data point.

    widths: how many inputs each list has
    """
    np = import_numpy()
    if len(batch) == 1 and isinstance(batch[0], Batch):
        if batch[0].widths is widths:
            return batch[0].arrays
        arrays = batch[0].arrays.values()
        check_shapes([each.T.shape for each in arrays], widths)
        return dict(zip(widths, arrays))
    total = sum(widths.values())
    given = [read_numbers("a batch", each) for each in batch]
    given = [each[:, None] if each.ndim == 1 and (len(given) > 1 or total == 1) else each for each in given]
    if len(given) == 1 and len(widths) > 1 and given[0].ndim == 2 and given[0].shape[1] == total:
        given = np.split(given[0], np.cumsum([*widths.values()][:-1]), axis=1)
    check_shapes([each.shape for each in given], widths)
    return {name: each.T for name, each in zip(widths, given)}


def check_shapes(shapes: Sequence[tuple[int, ...]], widths: Mapping[str, int]) -> None:
    """Raise ValueError unless there is an array for each list of inputs, and all have as many rows."""
    fit = len(shapes) == len(widths) and all(len(s) == 2 and s[1] == w for s, w in zip(shapes, widths.values()))
    if not fit:
        wanted = " and ".join(f"{name} (rows, {width})" for name, width in widths.items()) or "no array"
        raise ValueError(f"a batch is {wanted}, and this one has the shapes {', '.join(map(str, shapes)) or 'none'}")
    rows = [s[0] for s in shapes]
    if len(set(rows)) > 1 or 0 in rows:
        raise ValueError(f"the arrays of a batch have as many rows, and at least one; these have {rows}")


def refuse_nan(arrays: Mapping[str, Any]) -> None:
    """Raise ValueError for the first row that holds nan, if one does."""
    np = import_numpy()
    for name, array in arrays.items():
        rows = np.flatnonzero(np.isnan(array).any(axis=0))
        if len(rows):
            raise ValueError(f"row {rows[0]} of {name} holds nan: mend or leave out such rows first")


def refuse_no_item(arrays: Mapping[str, Any], lists: Mapping[str, Sequence[Value]], ys: Sequence[Value]) -> None:
    """Raise ValueError for the first index in a batch at which select finds no item."""
    np = import_numpy()
    places = {leaf: (name, i) for name, leaves in lists.items() for i, leaf in enumerate(leaves)}
    for node in nodes(*ys):
        if node.op is select_of and node.inputs[0] in places:
            (name, i), n = places[node.inputs[0]], len(node.inputs) - 1
            column = arrays[name][i]
            rows = np.flatnonzero(~((column >= 0.0) & (column < n) & (column == np.floor(column))))
            if len(rows):
                raise ValueError(
                    f"row {rows[0]} of {name} holds {column[rows[0]]:g} in column {i}, an index into {n} items, counted"
                    " from 0"
                )


def count_rows(arrays: Mapping[str, Any]) -> int:
    """How many rows a batch has: the columns of its arrays; one where a program has no inputs."""
    return next((each.shape[1] for each in arrays.values()), 1)
