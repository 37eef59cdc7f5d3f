"""Data sets to learn from: small ones made here, real ones through scikit-learn.

    X, y = nn.data.moons(100, noise=0.1, seed=0)
    train, test = nn.data.iris().split(0.25, seed=0)
    houses = nn.data.from_csv("houses.csv", target="price")

X is a list of rows of floats, y a list of class numbers from 0 on, or of the numbers that are to be predicted. Everything
made here is made by Python's random from the seed given, so that the same call gives the same points everywhere.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any


class Dataset:
    """Rows and their classes, or their target numbers, which unpack as X, y.

    X: rows of numbers, all of one length
    y: a class number from 0 on for each row, or a float where there are no classes
    name: what it is called
    features: what each number in a row is
    classes: what each class is called; none where the target is a number
    target: what y is called

    >>> from nn.data import Dataset
    >>> data = Dataset([[0.0, 1.0], [2.0, 3.0]], [0, 1], "two points", classes=["low", "high"])
    >>> X, y = data
    >>> data, X, y, data.features
    (Dataset(two points: 2 rows of 2 features, 2 classes), [[0.0, 1.0], [2.0, 3.0]], [0, 1], ['x1', 'x2'])
    """

    def __init__(
        self,
        X: list[list[float]],
        y: Sequence[Any],
        name: str,
        features: Sequence[str] = (),
        classes: Sequence[str] = (),
        target: str = "class",
    ) -> None:
        self.X, self.y, self.name, self.target = X, list(y), name, target
        self.features = list(features) or [f"x{j + 1}" for j in range(len(X[0]))]
        numbers = any(isinstance(t, float) for t in y)
        self.classes = list(classes) or ([] if numbers else [str(c) for c in range(max(y) + 1)])

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
        spread = list(map(_mean_and_deviation, zip(*(like or self).X)))
        return self._with([[(x - m) / s for x, (m, s) in zip(row, spread)] for row in self.X], self.y)

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


def _mean_and_deviation(xs: Sequence[float]) -> tuple[float, float]:
    """The mean of numbers and their standard deviation; 1 for a constant, which then becomes 0 and no nan."""
    _, exponent = math.frexp(max(map(abs, xs)))  # a power of 2, taken out without rounding: no square of what is left is inf
    scaled = [math.ldexp(x, -exponent) for x in xs]
    mean = math.fsum(scaled) / len(scaled)
    deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in scaled) / len(scaled))
    return math.ldexp(mean, exponent), math.ldexp(deviation, exponent) or 1.0


def xor() -> Dataset:
    """The four corners of the square and whether exactly one coordinate is 1: no straight line separates them.

    >>> import nn
    >>> X, y = nn.data.xor()
    >>> list(zip(X, y))
    [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]
    """
    X = [[a, b] for a in (0.0, 1.0) for b in (0.0, 1.0)]
    return Dataset(X, [int(a != b) for a, b in X], "xor")


def moons(n: int = 100, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two half circles that reach into one another.

    n: the number of points
    noise: the standard deviation of the normal noise on each coordinate
    seed: for the same points again

    In scikit-learn this is called make_moons.

    >>> import nn
    >>> X, y = nn.data.moons(6, noise=0.0)
    >>> sorted((c, *(round(x, 3) + 0.0 for x in point)) for point, c in zip(X, y))
    [(0, -1.0, 0.0), (0, 0.0, 1.0), (0, 1.0, 0.0), (1, 0.0, 0.5), (1, 1.0, -0.5), (1, 2.0, 0.5)]
    """

    def point(c: int, t: float) -> tuple[float, float]:
        angle = math.pi * t
        return (1.0 - math.cos(angle), 0.5 - math.sin(angle)) if c else (math.cos(angle), math.sin(angle))

    return _curves("moons", point, 2, n, noise, seed)


def circles(n: int = 100, noise: float = 0.05, seed: int = 0, factor: float = 0.5) -> Dataset:
    """Two circles, one inside the other: class 0 on the outer one, of radius 1, and class 1 on the inner one.

    n: the number of points
    noise: the standard deviation of the normal noise on each coordinate
    seed: for the same points again
    factor: the radius of the inner circle

    In scikit-learn this is called make_circles.

    >>> import math, nn
    >>> X, y = nn.data.circles(100, noise=0.0, factor=0.5)
    >>> sorted({(c, round(math.hypot(*point), 6)) for point, c in zip(X, y)})
    [(0, 1.0), (1, 0.5)]
    """

    def point(c: int, t: float) -> tuple[float, float]:
        radius, angle = (factor if c else 1.0), 2.0 * math.pi * t
        return radius * math.cos(angle), radius * math.sin(angle)

    return _curves("circles", point, 2, n, noise, seed, closed=True)


def spirals(n: int = 200, noise: float = 0.02, seed: int = 0, classes: int = 2, turns: float = 1.0) -> Dataset:
    """Arms of a spiral around one another, from radius 0.1 to 1.

    n: the number of points
    noise: the standard deviation of the normal noise on each coordinate
    seed: for the same points again
    classes: the number of arms
    turns: how often each goes round

    >>> import math, nn
    >>> X, y = nn.data.spirals(90, noise=0.0, classes=3)
    >>> radii = [math.hypot(*point) for point in X]
    >>> [y.count(c) for c in range(3)], round(min(radii), 6), round(max(radii), 6)
    ([30, 30, 30], 0.1, 1.0)
    """

    def point(c: int, t: float) -> tuple[float, float]:
        radius, angle = 0.1 + 0.9 * t, 2.0 * math.pi * (turns * t + c / classes)
        return radius * math.cos(angle), radius * math.sin(angle)

    return _curves("spirals", point, classes, n, noise, seed)


def blobs(n: int = 100, noise: float = 0.6, seed: int = 0, classes: int = 3) -> Dataset:
    """Normal clouds with their centres evenly on a circle of radius 2.

    n: the number of points
    noise: the standard deviation of a cloud
    seed: for the same points again
    classes: the number of clouds

    In scikit-learn this is called make_blobs.

    >>> import nn
    >>> X, y = nn.data.blobs(4, noise=0.0, classes=4)
    >>> sorted((c, *(round(x, 6) + 0.0 for x in point)) for point, c in zip(X, y))
    [(0, 2.0, 0.0), (1, 0.0, 2.0), (2, -2.0, 0.0), (3, 0.0, -2.0)]
    """

    def point(c: int, t: float) -> tuple[float, float]:
        angle = 2.0 * math.pi * c / classes
        return 2.0 * math.cos(angle), 2.0 * math.sin(angle)

    return _curves("blobs", point, classes, n, noise, seed)


def _curves(
    name: str,
    point: Callable[[int, float], tuple[float, float]],
    classes: int,
    n: int,
    noise: float,
    seed: int,
    closed: bool = False,
) -> Dataset:
    """n points, evenly along one curve for each class, moved by noise and shuffled; point(c, t) with t from 0 to 1."""
    if classes < 1 or n < classes:
        raise ValueError(f"{name} takes at least one class and one point for each, got {classes} classes and {n} points")
    if noise < 0.0:
        raise ValueError(f"noise is a standard deviation, 0 or more, not {noise}")
    rng = random.Random(seed)
    rows = []
    for c in range(classes):
        m = n // classes + (c < n % classes)
        for i in range(m):
            x, y = point(c, i / (m if closed else max(m - 1, 1)))
            rows.append(([x + rng.gauss(0.0, noise), y + rng.gauss(0.0, noise)], c))
    rng.shuffle(rows)
    return Dataset([x for x, _ in rows], [c for _, c in rows], name, classes=[str(c) for c in range(classes)])


def from_csv(
    path: str | os.PathLike[str],
    target: str | None = None,
    *,
    task: str = "auto",
    features: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    skip: bool = False,
    header: bool | None = None,
) -> Dataset:
    """The table in a CSV file, whose columns are parted by commas, semicolons or tabs.

    path: the file
    target: the column to be predicted, the last one by default
    task: "classification", "regression", or "auto": classes where the target is text or has few whole numbers
    features: the columns to learn from; all others but the target and drop, by default
    drop: columns to leave out
    skip: leave out rows in which something is missing; without it they are an error
    header: whether the first row has the columns' names; by default where no number stands in it. Without names they are
        x1, x2, ...

    A column of texts becomes a feature for each of them: colour=red is 1 where the colour is red, else 0.

    Raises ValueError for what cannot be read, with its line; OSError if the file cannot be opened.

    >>> import pathlib, tempfile
    >>> import nn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "flowers.csv")
    ...     _ = path.write_text("length,species\\n1.4,setosa\\n5.1,virginica\\n1.3,setosa\\n")
    ...     data = nn.data.from_csv(path)
    >>> data, data.y, data.classes
    (Dataset(flowers.csv: 3 rows of 1 features, 2 classes), [0, 1, 0], ['setosa', 'virginica'])
    """
    from nn.columns import dataset, read_table

    return dataset(read_table(path, header), target, task=task, features=features, drop=drop, skip=skip)


def iris() -> Dataset:
    """150 flowers of three species, four lengths in cm (Fisher 1936), through scikit-learn.

    Raises ImportError, with what to install, where scikit-learn is missing.

    >>> import nn
    >>> nn.data.iris()
    Dataset(iris: 150 rows of 4 features, 3 classes)
    >>> nn.data.iris().classes
    ['setosa', 'versicolor', 'virginica']
    """
    return _from_sklearn("iris")


def wine() -> Dataset:
    """178 wines of three growers, 13 chemical measurements (Forina 1991), through scikit-learn.

    Raises ImportError, with what to install, where scikit-learn is missing.

    >>> import nn
    >>> nn.data.wine()
    Dataset(wine: 178 rows of 13 features, 3 classes)
    >>> nn.data.wine().features[:3]
    ['alcohol', 'malic_acid', 'ash']
    """
    return _from_sklearn("wine")


def breast_cancer() -> Dataset:
    """569 tumours, malignant or benign, 30 measurements of cell nuclei (Street et al. 1993), through scikit-learn.

    Raises ImportError, with what to install, where scikit-learn is missing.

    >>> import nn
    >>> nn.data.breast_cancer()
    Dataset(breast_cancer: 569 rows of 30 features, 2 classes)
    >>> nn.data.breast_cancer().classes
    ['malignant', 'benign']
    """
    return _from_sklearn("breast_cancer")


def digits() -> Dataset:
    """1,797 handwritten digits of 8 by 8 pixels with 0 to 16 units of ink (Kaynak 1995), through scikit-learn.

    Raises ImportError, with what to install, where scikit-learn is missing.

    >>> import nn
    >>> X, y = nn.data.digits()
    >>> len(X), len(X[0]), y[:3]
    (1797, 64, [0, 1, 2])
    >>> for i in range(0, 64, 8):
    ...     print("".join(" .:#"[int(ink / 4.3)] for ink in X[0][i : i + 8]).rstrip())
      .#:
      ##:#.
      #  :.
      :  ..
     ..  :.
      :  :.
      #.::
      .#:
    """
    return _from_sklearn("digits")


def _from_sklearn(name: str) -> Dataset:
    try:
        from sklearn import datasets
    except ImportError:
        raise ImportError(f'{name} comes with scikit-learn: pip install "chalkgrad[data]"') from None
    bunch = getattr(datasets, f"load_{name}")()
    features = [str(feature) for feature in bunch.feature_names]
    return Dataset(bunch.data.tolist(), bunch.target.tolist(), name, features, [str(c) for c in bunch.target_names])
