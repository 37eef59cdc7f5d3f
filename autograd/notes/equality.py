"""Whether two formulas are one function: exactly where they are rational, within a bound of error where they are not.

Rational formulas are computed in fractions at random points with large numerators: if they differ, they agree at one such
point by chance with a probability below degree/10⁹ (Schwartz, 1980; Zippel, 1979). Others are computed in floating point
with a running bound of error (Wilkinson, 1960): two numbers that differ by more than both bounds are different numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from random import Random
from typing import NamedTuple

from autograd import primitives as ops
from autograd.graph import nodes
from autograd.mark.points import Difference, points
from autograd.operation import CONSTANT
from autograd.value import Value

EPSILON = 2.0**-52
ENOUGH, FEWEST, MOST = 10, 3, 160  # points at which formulas are compared, at least; points looked at
MOST_NODES = 100_000  # that are worked out for two formulas, however large these are
EXACT_POINTS, LARGE = 3, 10**9
SLACK = 64.0  # how much further than the bound of error two numbers are apart that are called different
RATIONAL: dict[object, Callable[..., Fraction]] = {
    ops.add: lambda x, y: x + y,
    ops.sub: lambda x, y: x - y,
    ops.mul: lambda x, y: x * y,
    ops.div: lambda x, y: x / y,
    ops.neg: lambda x: -x,
    ops.sum_of: lambda *xs: sum(xs, Fraction(0)),
    ops.equal: lambda x, y: Fraction(x == y),
}


class Comparison(NamedTuple):
    """What came of comparing: whether they are the same, or nothing; how that was found; a difference."""

    same: bool | None
    how: str
    difference: Difference | None = None


def compare(one: Value, other: Value) -> Comparison:
    """Two formulas as functions of their names."""
    order = nodes(one, other)
    over = [node for node in order if node.op is None]
    exact = _exactly(one, other, order, over)
    if exact is True:
        return Comparison(True, "exactly")
    differences: list[Difference] = []
    valid = 0
    tries = max(ENOUGH, min(MOST, MOST_NODES // len(order))) if over else ENOUGH  # without names all points are one
    for point in islice(points(over), tries):
        at = _with_bounds(order, point)
        (here, error), (there, other_error) = at[one], at[other]
        if not (math.isfinite(here) and math.isfinite(there) and math.isfinite(error) and math.isfinite(other_error)):
            continue
        if max(error, other_error) > 1e-3 * max(abs(here), abs(there), 1e-3):
            continue  # nothing is left of these numbers
        valid += 1
        if abs(here - there) > SLACK * (error + other_error) + 1e-13:
            differences.append(Difference([(x.label, v) for x, v in point.items()], here, there))
        if valid >= ENOUGH:
            break
    if valid < FEWEST:
        return Comparison(None, "they have numbers together hardly anywhere")
    if not differences:
        return Comparison(True, f"at {valid} points, within bounds of error") if exact is None else Comparison(None, "")
    readable = [each for each in differences if all(round(x, 2) == x for _, x in each.point)]
    if len(differences) < max(2, valid // 2):
        return Comparison(None, "they differ at few points alone")
    return Comparison(
        False, "exactly" if exact is False else "by more than the bounds of error", _shown(readable or differences)
    )


def _shown(found: Sequence[Difference]) -> Difference:
    """The difference that is best to see: of numbers neither tiny nor huge."""
    return min(found, key=lambda d: abs(math.log10(max(abs(d.here - d.there), 1e-9))))


def _exactly(one: Value, other: Value, order: Sequence[Value], over: Sequence[Value]) -> bool | None:
    """Whether rational formulas are the same, in fractions; None where they are not rational."""
    for node in order:
        if node.op is CONSTANT and not math.isfinite(node.data):
            return None
        if node.op not in (None, CONSTANT) and node.op not in RATIONAL and not _is_whole_power(node):
            return None
    random = Random(1)
    for _ in range(EXACT_POINTS):
        found: dict[Value, Fraction] = {
            x: Fraction(random.randrange(-LARGE, LARGE), random.randrange(1, 1000)) for x in over
        }
        try:
            for node in order:
                if node in found:
                    continue
                if node.op is CONSTANT:
                    found[node] = Fraction(str(node.data))
                elif node.op is ops.pow:
                    found[node] = found[node.inputs[0]] ** int(node.inputs[1].data)
                else:
                    found[node] = RATIONAL[node.op](*(found[x] for x in node.inputs))
        except ZeroDivisionError:
            return None
        if found[one] != found[other]:
            return False
    return True


def _is_whole_power(node: Value) -> bool:
    """Whether a node is x², x⁻³ or the like."""
    if node.op is not ops.pow:
        return False
    exponent = node.inputs[1]
    bare = exponent.inputs[0] if exponent.op is ops.neg else exponent
    return bare.op is CONSTANT and exponent.data.is_integer() and abs(exponent.data) < 9


def _with_bounds(order: Sequence[Value], point: Mapping[Value, float]) -> dict[Value, tuple[float, float]]:
    """The number of each node, and how far off it may be by rounding alone."""
    found: dict[Value, tuple[float, float]] = {x: (v, 0.0) for x, v in point.items()}
    for node in order:
        if node in found:
            continue
        if not node.inputs:
            found[node] = node.data, 0.0
            continue
        data = [found[x][0] for x in node.inputs]
        op = node.op
        assert op is not None
        z = op.value(*data) if op.arity else op.value(data)
        error = abs(z) * 4.0 * EPSILON
        if not math.isfinite(z):
            found[node] = z, math.inf
            continue
        for slope, x in zip(op.slopes(z, data), node.inputs):
            if by := found[x][1]:
                error += abs(slope) * by
        found[node] = z, error
    return found
