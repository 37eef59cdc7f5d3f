"""Points on curves in the plane: small problems that a line cannot solve, made here.

Python's random draws them from the seed given, so that the same call gives the same points everywhere.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from nn.data.dataset import Dataset


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
