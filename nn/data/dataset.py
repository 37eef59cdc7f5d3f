"""`Dataset`: rows, their classes or target numbers, and what each of them is called."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any


class Dataset:
    """Rows and their classes, or their target numbers, which unpack as X, y.

    X: rows of numbers, all of one length: lists, a NumPy array, a frame of pandas
    y: a class number from 0 on for each row, or a float where there are no classes
    name: what it is called
    features: what each number in a row is; a frame's columns have names of their own
    classes: what each class is called; none where the target is a number
    target: what y is called

    >>> from nn.data import Dataset
    >>> data = Dataset([[0.0, 1.0], [2.0, 3.0]], [0, 1], "two points", classes=["low", "high"])
    >>> X, y = data
    >>> data, X, y, data.features
    (Dataset(two points: 2 rows of 2 features, 2 classes), [[0.0, 1.0], [2.0, 3.0]], [0, 1], ['x1', 'x2'])

    Raises TypeError for rows that are not listed, and for names of classes where their numbers belong.
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        name: str,
        features: Sequence[str] = (),
        classes: Sequence[str] = (),
        target: str = "class",
    ) -> None:
        columns = [str(column) for column in getattr(X, "columns", ())]
        self.X: list[list[float]] = to_list(X, "X")
        self.y = to_list(y, "y")
        self.name, self.target = name, target
        self.features = list(features) or columns or [f"x{j + 1}" for j in range(len(self.X[0]))]
        self.classes = list(classes) or _classes_of(self.y)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.X, self.y))

    def __len__(self) -> int:
        return len(self.X)

    @property
    def signed(self) -> list[int]:
        """The classes 0 and 1 as -1 and 1, as the hinge loss takes them. Raises ValueError for more than two classes.

        >>> import nn
        >>> nn.data.xor().signed
        [-1, 1, 1, -1]
        """
        if len(self.classes) != 2:
            raise ValueError(f"{self.name} has {len(self.classes)} classes; -1 and 1 stand for two")
        return [2 * c - 1 for c in self.y]

    def split(self, test: float = 0.25, seed: int = 0) -> tuple[Dataset, Dataset]:
        """Two data sets, one to learn from and one held out: shuffled, and every class, if any, in the same share in both.

        test: the share of the rows that is held out, between 0 and 1
        seed: for the same rows again

        Raises ValueError for another share, or too few rows for it.

        >>> import nn
        >>> train, test = nn.data.moons(100).split(0.25)
        >>> len(train), len(test), sum(test.y)
        (76, 24, 12)
        """
        if not 0.0 < test < 1.0:
            raise ValueError(f"the share held out lies between 0 and 1, not {test}")
        rng = random.Random(seed)
        kept: list[int] = []
        held_out: list[int] = []
        for rows in self._by_class():
            rng.shuffle(rows)
            n = round(test * len(rows))
            held_out += rows[:n]
            kept += rows[n:]
        rng.shuffle(kept)
        rng.shuffle(held_out)
        if not kept or not held_out:
            raise ValueError(f"{len(self)} rows are too few to hold out a share of {test}")
        return self._rows(kept), self._rows(held_out)

    def standardized(self, like: Dataset | None = None) -> Dataset:
        """Each feature with its mean taken off and divided by its standard deviation.

        like: the data set whose means and deviations are used, itself if none is given; for rows held out, pass the rows
            that the model learns from, since the others are not known yet

        >>> import nn
        >>> data = nn.data.Dataset([[1.0, 10.0], [3.0, 30.0]], [0, 1], "two points")
        >>> data.standardized().X
        [[-1.0, -1.0], [1.0, 1.0]]
        """
        scaler = (like or self).scaler()
        return self._with([[(x - m) / s for x, (m, s) in zip(row, scaler)] for row in self.X], self.y)

    def scaler(self) -> list[tuple[float, float]]:
        """The mean and the standard deviation of each feature; 1 for a constant, which then becomes 0 and no nan.

        >>> import nn
        >>> nn.data.Dataset([[1.0, 10.0], [3.0, 10.0]], [0, 1], "two points").scaler()
        [(2.0, 1.0), (10.0, 1.0)]
        """
        return [_mean_and_deviation(column) for column in zip(*self.X)]

    def _by_class(self) -> list[list[int]]:
        """The places of the rows of each class; of all rows where there are no classes."""
        if not self.classes:
            return [list(range(len(self)))]
        return [[i for i, label in enumerate(self.y) if label == c] for c in range(len(self.classes))]

    def _rows(self, indices: Sequence[int]) -> Dataset:
        return self._with([self.X[i] for i in indices], [self.y[i] for i in indices])

    def _with(self, X: list[list[float]], y: Sequence[Any]) -> Dataset:
        return Dataset(X, y, self.name, self.features, self.classes, self.target)

    def __repr__(self) -> str:
        what = f"{len(self.classes)} classes" if self.classes else f"the number {self.target}"
        return f"Dataset({self.name}: {len(self)} rows of {len(self.features)} features, {what})"


def to_list(data: Any, name: str) -> list[Any]:
    """Lists, of what may be an array, a data frame or any sequence."""
    for method in ("to_numpy", "tolist"):
        if hasattr(data, method):
            data = getattr(data, method)()
    if isinstance(data, (str, dict, set, frozenset)) or not hasattr(data, "__iter__"):
        raise TypeError(f"{name} is a list with an entry for each row, not {data!r}")
    return [row.tolist() if hasattr(row, "tolist") else row for row in data]


def _classes_of(y: Sequence[Any]) -> list[str]:
    """The names of classes that have only numbers; none where a target is a float."""
    if any(isinstance(t, str) for t in y):
        raise TypeError("y has the names of classes: pass numbers from 0 on, as pandas.factorize(y) gives")
    if any(isinstance(t, float) for t in y):
        return []
    return [str(c) for c in range(max(y) + 1)]


def _mean_and_deviation(xs: Sequence[float]) -> tuple[float, float]:
    _, exponent = math.frexp(max(map(abs, xs)))  # a power of 2, taken out without rounding: no square of what is left is inf
    scaled = [math.ldexp(x, -exponent) for x in xs]
    mean = math.fsum(scaled) / len(scaled)
    deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in scaled) / len(scaled))
    return math.ldexp(mean, exponent), math.ldexp(deviation, exponent) or 1.0
