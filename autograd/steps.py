"""One step of a calculation: a formula over quantities, worked out for the numbers that somebody had.

A quantity is a leaf of a page (autograd/formula.py): a number that is given, or a line of a sheet, which has a formula of
its own. Formulas here are graphs of Values and stay as they are; nothing is simplified, except by `straightened`.
"""

from __future__ import annotations

import math
from collections import namedtuple
from random import Random

from autograd import primitives as ops
from autograd.formula import quantities
from autograd.graph import nodes
from autograd.value import Value, constant, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

CLOSE = 1e-8  # relative; formulas that agree to this are taken to be the same function
ENOUGH, TRIES = 24, 600  # points where formulas are compared; points looked at to find these


def worked_out(
    order: Iterable[Value], values: Mapping[Value, float], nudge: Mapping[Value, float] | None = None
) -> dict[Value, float]:
    """Every node of order (each after its inputs) for other numbers of its leaves.

    nudge: what is added to what a node comes to
    """
    found = dict(values)
    for node in order:
        if node not in found:
            if node.inputs:
                data = [found[x] for x in node.inputs]
                value = node.op.value  # type: ignore[union-attr]
                found[node] = value(*data) if node.op.arity else value(data)  # type: ignore[union-attr]
            else:
                found[node] = node.data
            if nudge and node in nudge:
                found[node] += nudge[node]
    return found


def value_of(formula: Value, values: Mapping[Value, float]) -> float:
    return worked_out(nodes(formula), values)[formula]


def replaced(formula: Value, new: Mapping[Value, Value]) -> Value:
    """The formula with other nodes in the place of some."""
    copies: dict[Value, Value] = {}
    for node in nodes(formula):
        if node in new:
            copies[node] = new[node]
        elif any(copies[x] is not x for x in node.inputs):
            copies[node] = _like(node, [copies[x] for x in node.inputs])
        else:
            copies[node] = node
    return copies[formula]


def _like(node: Value, inputs: Sequence[Value]) -> Value:
    """The same operation on other inputs."""
    op = node.op
    data = [x.data for x in inputs]
    value = op.value(*data) if op.arity else op.value(data)  # type: ignore[union-attr]
    few = op is not None and op.arity in (1, 2)
    return record(op, value, *((inputs[0], inputs[1] if len(inputs) == 2 else None) if few else (tuple(inputs),)))


def expanded(
    formula: Value, formulas: Mapping[Value, Value], known: Callable[[Value], bool]
) -> tuple[Value, dict[Value, Value]]:
    """The formula down to quantities that are known, or given; and what the others have become in it."""
    copies: dict[Value, Value] = {}
    inside: dict[Value, Value] = {}
    stack = [formula]
    while stack:
        node = stack[-1]
        if node in copies:
            stack.pop()
            continue
        own = formulas.get(node, node)
        below = node.inputs if node.inputs else () if own is node or known(node) else (own,)
        waiting = [x for x in below if x not in copies]
        if waiting:
            stack += reversed(waiting)
            continue
        stack.pop()
        if node.inputs:
            inputs = [copies[x] for x in node.inputs]
            copies[node] = node if all(x is y for x, y in zip(inputs, node.inputs)) else _like(node, inputs)
        elif below:
            copies[node] = inside[node] = copies[own]
        else:
            copies[node] = node
    return copies[formula], inside


# ------------------------------------------------------------------------------------------------------ products and sums


class Product(namedtuple("Product", "sign above below")):
    """A product taken apart: sign · above / below."""

    __slots__ = ()

    def graph(self, above: Sequence[Value] | None = None, below: Sequence[Value] | None = None) -> Value:
        """It as a graph again, with other factors perhaps."""
        above = self.above if above is None else above
        below = self.below if below is None else below
        whole = chain(above)
        if below:
            whole = whole / chain(below)
        return whole if self.sign > 0.0 else -whole


def chain(factors: Sequence[Value]) -> Value:
    """Factors, multiplied one after the other; 1 where there are none."""
    whole = factors[0] if factors else constant(1.0)
    for factor in factors[1:]:
        whole = whole * factor
    return whole


def taken_apart(node: Value) -> Product:
    """A formula as its factors above and below the line; one factor where it is no product."""
    sign, above, below = 1.0, list[Value](), list[Value]()
    stack = [(node, True)]
    while stack:
        node, up = stack.pop()
        if node.op is ops.neg:
            sign = -sign
            stack.append((node.inputs[0], up))
        elif node.op is ops.mul or node.op is ops.div:
            x, y = node.inputs
            stack += [(y, up if node.op is ops.mul else not up), (x, up)]
        else:
            (above if up else below).append(node)
    return Product(sign, above, below)


PRODUCTS = (ops.mul, ops.div, ops.neg)


def products_in(formula: Value) -> list[Value]:
    """The products of a formula that are no part of a larger one."""
    order = nodes(formula)
    inner = {x for node in order if node.op in PRODUCTS for x in node.inputs}
    outer = {x for node in order if node.op not in PRODUCTS for x in node.inputs} | {formula}
    return [node for node in order if node.op in PRODUCTS and (node not in inner or node in outer)]


def straightened(formula: Value) -> Value | None:
    """A formula with fractions in it that comes to a plain sum, as (−t/o + (1 − t)/(1 − o))·o·(1 − o)·x comes to (o − t)·x.

    It is found by numbers alone: where the factors that speak of the same quantities as a fraction does are, together, a sum
    of these with coefficients 1, 0 or −1. None where nothing of the kind is found.
    """
    product = taken_apart(formula)
    dividing = [f for f in product.above if any(node.op is ops.div for node in nodes(f))] + product.below
    over = {q for factor in dividing for q in quantities(factor)}
    inside = [f for f in product.above if (f.inputs and set(quantities(f)) & over) or f in over]
    outside = [f for f in product.above if f not in inside]
    if not over or not dividing or {q for f in inside for q in quantities(f)} - over:
        return None
    short = _as_a_sum(Product(product.sign, inside, product.below).graph(), sorted(over, key=quantities(formula).index))
    return None if short is None else chain([*outside, short]) if outside else short


def _as_a_sum(formula: Value, over: Sequence[Value]) -> Value | None:
    order, random = nodes(formula), Random(1)
    near = [{q: random.uniform(0.2, 0.8) for q in over} for _ in range(len(over) + 3)]
    far = [{q: random.uniform(-2.0, 2.0) for q in over} for _ in range(4 * len(over) + 4)]
    base = near[0]
    at_base = worked_out(order, base)[formula]
    slopes = [(worked_out(order, {**base, q: base[q] + 0.1})[formula] - at_base) / 0.1 for q in over]
    rest = at_base - sum(slope * base[q] for slope, q in zip(slopes, over))
    if not all(math.isfinite(x) and abs(x - round(x)) < 1e-7 and abs(x) < 1.5 for x in (*slopes, rest)):
        return None
    coefficients = [round(x) for x in slopes]
    for point in near[1:] + far:
        expected = round(rest) + sum(k * point[q] for k, q in zip(coefficients, over))
        found = worked_out(order, point)[formula]
        if math.isfinite(found) and not math.isclose(found, expected, rel_tol=1e-8, abs_tol=1e-8):
            return None
    terms = [q for k, q in zip(coefficients, over) if k > 0] + [-q for k, q in zip(coefficients, over) if k < 0]
    terms += [constant(float(round(rest)))] if round(rest) else []
    return (
        None if not terms else terms[0] if len(terms) == 1 else record(ops.sum_of, sum(x.data for x in terms), tuple(terms))
    )


# ------------------------------------------------------------------------------------------------------------ comparison


class Difference(namedtuple("Difference", "point here there")):
    """Where two formulas differ: the numbers of their quantities, as (quantity, number), and what each comes to."""

    __slots__ = ()


def points(over: Sequence[Value], seed: int = 0) -> Iterator[dict[Value, float]]:
    """Points to compare formulas at: between 0 and 1 (for probabilities), on both sides of 0, near where they are, far out.

    Some quantities may be probabilities and others not, so that there are mixed points too. Every second point has two
    decimals, for people to check.
    """
    random = Random(seed)
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


def difference(one: Value, other: Value) -> Difference | None:
    """A point at which two formulas differ; None if they are the same function as far as random points tell.

    Points at which one of them is not finite, such as a logarithm of −1, do not count.

    Raises ValueError if there are hardly any others.
    """
    over = list(dict.fromkeys([*quantities(one), *quantities(other)]))
    order = nodes(one, other)
    found, valid = [], 0
    for point in points(over):
        all_of_them = worked_out(order, point)
        here, there = all_of_them[one], all_of_them[other]
        if math.isfinite(here) and math.isfinite(there):
            valid += 1
            if not close(here, there):
                found.append(Difference(list(point.items()), here, there))
        if valid == ENOUGH:
            break
    if valid < 3:
        raise ValueError("these formulas are finite together at hardly any point, so they cannot be compared")
    readable = [each for each in found if all(round(x, 2) == x for _, x in each.point)]
    return next(iter(readable or found), None)


def close(here: float, there: float) -> bool:
    return abs(here - there) <= CLOSE * max(abs(here), abs(there)) + 1e-12
