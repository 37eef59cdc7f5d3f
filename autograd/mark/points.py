"""Two formulas compared as functions: at random points, where both have a value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any, NamedTuple

from autograd.formula.measures import free_variables
from autograd.graph import nodes
from autograd.rewriting import evaluate
from autograd.value import Value

CLOSE = 1e-8  # relative; formulas that agree to this are taken to be the same function
ENOUGH, FEWEST, TRIES = 24, 3, 600  # points where formulas are compared, at least; points looked at to find these


class Difference(NamedTuple):
    """Where two formulas differ.

    point: the numbers of the quantities that one of them varies with, as (quantity, number)
    here, there: what each comes to; decisive: the part of the point that the difference varies with
    """

    point: Sequence[tuple[Any, float]]
    here: float
    there: float
    decisive: Sequence[tuple[Any, float]] = ()


def points(over: Sequence[Value]) -> Iterator[dict[Value, float]]:
    """Points to compare formulas at: between 0 and 1 (for probabilities), on both sides of 0, near where they are, far out.

    Some quantities may be probabilities and others not, so that there are mixed points too. Every second point has two
    decimals, for people to check.
    """
    random = Random(0)
    ways: list[Callable[[Value], float]] = [
        lambda q: random.uniform(0.05, 0.95),
        lambda q: random.uniform(0.05, 0.95) if random.random() < 0.5 else random.uniform(-2.0, 2.0),
        lambda q: random.uniform(-2.0, 2.0),
        lambda q: q.data * random.uniform(0.7, 1.3),
        lambda q: random.uniform(0.05, 0.95) if random.random() < 0.5 else random.uniform(-6.0, 6.0),
    ]
    for n in range(TRIES):
        way = ways[n // 2 % len(ways)]
        yield {q: round(way(q), 2) if n % 2 == 0 else way(q) for q in over}


def compare_at_points(one: Value, other: Value) -> Iterator[tuple[dict[Value, float], float, float]]:
    """Random points at which two formulas are finite, with what both are there.

    Those at which one of them is not, such as a logarithm of −1, do not count.
    """
    over = list(dict.fromkeys([*free_variables(one), *free_variables(other)]))
    order = nodes(one, other)
    for point in points(over):
        all_of_them = evaluate(order, point)
        here, there = all_of_them[one], all_of_them[other]
        if math.isfinite(here) and math.isfinite(there):
            yield point, here, there


def are_same(one: Value, other: Value) -> bool:
    """Whether two formulas are the same function, as far as random points tell."""
    valid = 0
    for _, here, there in islice(compare_at_points(one, other), ENOUGH):
        valid += 1
        if not close(here, there):
            return False
    return valid >= FEWEST


def difference(one: Value, other: Value) -> Difference | None:
    """A point at which two formulas differ; None if they are the same function as far as random points tell.

    Raises ValueError if there are hardly any at which both are finite.
    """
    everywhere = list(islice(compare_at_points(one, other), ENOUGH))
    if len(everywhere) < FEWEST:
        raise ValueError("these formulas are finite together at hardly any point, so they cannot be compared")
    found = [Difference(list(point.items()), here, there) for point, here, there in everywhere if not close(here, there)]
    readable = [each for each in found if all(round(x, 2) == x for _, x in each.point)]
    return next((_reduce(each, one, other) for each in readable or found), None)


def _reduce(found: Difference, one: Value, other: Value) -> Difference:
    """A difference with those numbers alone that matter: to either formula, and to what lies between them."""
    order, at = nodes(one, other), dict(found.point)
    matters: dict[Value, tuple[bool, bool]] = {}
    for q, x in found.point:
        either = between = False
        for other_number in (0.83 * x + 0.07, x - 0.13, 1.0 - x, -x, x + 1.7):
            moved = evaluate(order, {**at, q: other_number})
            here, there = moved[one], moved[other]
            if math.isfinite(here) and math.isfinite(there):
                either |= not (close(here, found.here) and close(there, found.there))
                between |= abs((here - there) - (found.here - found.there)) > CLOSE * (abs(here) + abs(there)) + 1e-12
        matters[q] = either, between
    point = [(q, x) for q, x in found.point if matters[q][0]]
    return found._replace(point=point, decisive=[(q, x) for q, x in point if matters[q][1]])


def close(here: float, there: float) -> bool:
    return abs(here - there) <= CLOSE * max(abs(here), abs(there)) + 1e-12
