"""One step of a calculation: a formula over quantities, worked out for the numbers that somebody had.

A quantity is a leaf of a page (formula/page.py): a number that is given, or a line of a sheet, which has a formula of
its own. Formulas here are graphs of Values and stay as they are; nothing is simplified, except by `straighten`.
"""

from __future__ import annotations

import math
from itertools import accumulate, combinations, islice
from random import Random
from typing import Any, NamedTuple

from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.formula.operations import softmax_of
from autograd.graph import nodes
from autograd.operation import CONSTANT
from autograd.rewriting import apply, evaluate, substitute
from autograd.value import Value, constant, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autograd.operation import Primitive

MOST_TRIED = 5  # factors of a product whose partial products are all looked at
LONGEST = 200  # nodes of a formula that people work out in one line, in whatever way
TIE = 1e-6  # of a unit; nearer to the middle than this, a number may be rounded to either side
CLOSE = 1e-8  # relative; formulas that agree to this are taken to be the same function
ENOUGH, FEWEST, TRIES = 24, 3, 600  # points where formulas are compared, at least; points looked at to find these


# ------------------------------------------------------------------------------------------------------ products and sums


class Product(NamedTuple):
    """A product taken apart: sign · above / below."""

    sign: float
    above: list[Value]
    below: list[Value]

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


def factorize(node: Value) -> Product:
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
SUMS = (ops.sum_of, ops.add, ops.sub)


def products_in(formula: Value) -> list[Value]:
    """The products of a formula that are no part of a larger one."""
    order = nodes(formula)
    inner = {x for node in order if node.op in PRODUCTS for x in node.inputs}
    outer = {x for node in order if node.op not in PRODUCTS for x in node.inputs} | {formula}
    return [node for node in order if node.op in PRODUCTS and (node not in inner or node in outer)]


def straighten(formula: Value) -> Value | None:
    """A formula with fractions in it that comes to a plain sum, as (−t/o + (1 − t)/(1 − o))·o·(1 − o)·x comes to (o − t)·x.

    It is found by numbers alone: where the factors that speak of the same quantities as a fraction does are, together, a sum
    of these with coefficients 1, 0 or −1. None where nothing of the kind is found.
    """
    product = factorize(formula)
    dividing = [f for f in product.above if any(node.op is ops.div for node in nodes(f))] + product.below
    over = {q for factor in dividing for q in free_variables(factor)}
    inside = [f for f in product.above if (f.inputs and set(free_variables(f)) & over) or f in over]
    outside = [f for f in product.above if f not in inside]
    if not over or not dividing or {q for f in inside for q in free_variables(f)} - over:
        return None
    short = _as_a_sum(Product(product.sign, inside, product.below).graph(), sorted(over, key=free_variables(formula).index))
    if short is None or not outside:
        return short
    return chain([*outside, short])


def rearrange(formula: Value) -> Iterator[Value]:
    """A formula in the other ways to work it out that the distributive law allows at one place of it.

    Brackets multiplied out, o − o² for o(1 − o); a common factor taken out; 1 − h² as (1 − h)(1 + h); fractions over one
    line. What comes out is the same, but what is rounded on the way to it is not. Nothing for what nobody works out by hand.
    """
    if len(nodes(formula)) > LONGEST:
        return
    for node in products_in(formula):
        sign, above, below = factorize(node)
        for bracket in [factor for factor in above if factor.op in SUMS]:
            others = [factor for factor in above if factor is not bracket]
            for inside in dict.fromkeys([*((x,) for x in others), tuple(others)]):
                if inside:
                    outside = [x for x in others if x not in inside]
                    terms = total([chain([*inside, term]) for term in _terms(bracket)])
                    yield substitute(formula, {node: Product(sign, [*outside, terms], below).graph()})
    for node in nodes(formula):
        if node.op in SUMS:
            yield from (substitute(formula, {node: other}) for other in _as_a_product(_terms(node)))


def _terms(node: Value) -> list[Value]:
    """The terms of a sum."""
    return [node.inputs[0], -node.inputs[1]] if node.op is ops.sub else list(node.inputs)


def _as_a_product(terms: Sequence[Value]) -> Iterator[Value]:
    products = [factorize(term) for term in terms]
    common = [x for x in products[0].above if all(x in each.above for each in products)]
    if common and len(terms) > 1:
        rest = [p.graph([x for x in p.above if x not in common]) for p in products]
        yield chain([*common, total(rest)])
    if any(p.below for p in products):
        over = list(dict.fromkeys(x for p in products for x in p.below))
        above = total([p.graph([*p.above, *(x for x in over if x not in p.below)], []) for p in products])
        short = _as_a_sum(above, free_variables(above))
        yield from (each / chain(over) for each in (above, short) if each is not None)
    if len(terms) == 2 and products[0].sign > 0.0 > products[1].sign and not (products[0].below or products[1].below):
        a, b = (_root(p.above) for p in products)
        if a is not None and b is not None:
            yield total([a, -b]) * total([a, b])


def _root(factors: Sequence[Value]) -> Value | None:
    """What a product is the square of, if it is written as one; 1 is its own."""
    if len(factors) == 1 and factors[0].op is ops.pow and factors[0].inputs[1].data == 2.0:
        return factors[0].inputs[0]
    if not factors or (len(factors) == 1 and factors[0].op is CONSTANT and factors[0].data == 1.0):
        return factors[0] if factors else constant(1.0)
    return factors[0] if len(factors) == 2 and factors[0] is factors[1] else None


def _as_a_sum(formula: Value, over: Sequence[Value]) -> Value | None:
    order, random = nodes(formula), Random(1)
    near = [{q: random.uniform(0.2, 0.8) for q in over} for _ in range(len(over) + 3)]
    far = [{q: random.uniform(-2.0, 2.0) for q in over} for _ in range(4 * len(over) + 4)]
    base = near[0]
    at_base = evaluate(order, base)[formula]
    slopes = [(evaluate(order, {**base, q: base[q] + 0.1})[formula] - at_base) / 0.1 for q in over]
    rest = at_base - sum(slope * base[q] for slope, q in zip(slopes, over))
    if not all(math.isfinite(x) and abs(x - round(x)) < 1e-7 and abs(x) < 1.5 for x in (*slopes, rest)):
        return None
    coefficients = [round(x) for x in slopes]
    for point in near[1:] + far:
        expected = round(rest) + sum(k * point[q] for k, q in zip(coefficients, over))
        found = evaluate(order, point)[formula]
        if math.isfinite(found) and not math.isclose(found, expected, rel_tol=1e-8, abs_tol=1e-8):
            return None
    terms = [q for k, q in zip(coefficients, over) if k > 0] + [-q for k, q in zip(coefficients, over) if k < 0]
    terms += [constant(float(round(rest)))] if round(rest) else []
    return total(terms) if terms else None


# ---------------------------------------------------------------------------------------------------------------- rounding


def grain(x: float) -> float:
    """What floating-point arithmetic itself leaves uncertain."""
    return 1e-12 * abs(x) + 1e-15


def unit_of(x: float, digits: int) -> float:
    """What the last of so many significant digits of a number counts; two at least are kept."""
    digits = max(2, min(digits, 12))
    return 10.0 ** (math.floor(math.log10(abs(x))) + 1 - digits) if x and math.isfinite(x) else 0.0


class Interval(NamedTuple):
    """What somebody holds who wrote a number down: that number, or the one behind it; from, and up to, how far off it."""

    low: float
    high: float


EXACT = Interval(0.0, 0.0)


def swing(formula: Value, values: Mapping[Value, float], held: Mapping[Value, Interval]) -> float:
    """How far a result can move while its numbers move within what is held: one by one, or all of them in its direction.

    To first order where the formula is longer than anybody works out in one line.
    """
    order = nodes(formula)
    at = evaluate(order, values)
    value = at[formula]
    if len(order) > LONGEST:
        slopes = _slopes(formula, order, at)
        reach = sum(abs(slopes.get(x, 0.0)) * max(map(abs, around)) for x, around in held.items())
        return reach if math.isfinite(reach) else 0.0
    reach, up, down = 0.0, dict(values), dict(values)
    for x, around in held.items():
        if around != EXACT:
            here = values.get(x, x.data)
            ends = sorted(
                (evaluate(order, {**values, x: end})[formula], end) for end in (here, here + around.low, here + around.high)
            )
            reach += max(abs(ends[0][0] - value), abs(ends[-1][0] - value))
            down[x], up[x] = ends[0][1], ends[-1][1]
    if reach:
        reach = max(reach, *(abs(evaluate(order, all_of_them)[formula] - value) for all_of_them in (up, down)))
    return reach if math.isfinite(reach) else 0.0


def _slopes(formula: Value, order: Sequence[Value], at: Mapping[Value, float]) -> dict[Value, float]:
    """The derivative of a formula in each of the nodes that it is computed from, for other numbers of these."""
    found = dict[Value, float]({formula: 1.0})
    for node in reversed(order):
        if node in found and node.inputs:
            for x, slope in zip(node.inputs, _partials(node, at)):
                found[x] = found.get(x, 0.0) + found[node] * slope
    return found


class Kept(NamedTuple):
    """The digits that somebody keeps of every result on the way, as with a pocket calculator.

    unit: what the last decimal counts, or 0 for who keeps significant digits; digits: how many of these, or 0 for who keeps
        decimals. Where it may be either, there are both, and the coarser of them counts
    cut: whether further digits are cut off, not rounded
    """

    unit: float
    digits: int
    cut: bool

    def unit_at(self, x: float) -> float:
        return max(float(self.unit), unit_of(x, self.digits) if self.digits else 0.0)

    def most(self, x: float) -> float:
        """How far rounding can move a number near this one."""
        return self.unit_at(x) * (1.0 if self.cut else 0.5)

    def off(self, x: float, by: float = 0.0) -> float:
        """How far rounding moves a number that may itself be so far off; nothing where it ends within the digits kept."""
        unit = self.unit_at(x)
        if not unit:
            return 0.0
        low, high = ((x - by) / unit - TIE, (x + by) / unit + TIE)
        if not (math.isfinite(low) and math.isfinite(high)):  # no number, or one of more units than floats can count
            return 0.0
        if self.cut:  # what ends there, but for floating point, loses nothing
            low, high = (low + 2.0 * TIE, high) if x > 0.0 else (low, high - 2.0 * TIE)
        count = math.trunc if self.cut else round
        ends = {count(low), count(high)}
        if len(ends) > 1:
            return self.most(x)
        off = abs(x - ends.pop() * unit)
        return off if off > TIE * unit else 0.0


def spell_out(formula: Value, functions: Sequence[Primitive] = (softmax_of, ops.sigmoid)) -> Value:
    """The formula with softmax and σ in their exponentials, each of which is worked out by itself on paper."""
    new: dict[Value, Value] = {}
    for node in nodes(formula):
        if node.op not in functions:
            continue
        if node.op is softmax_of:
            *xs, top = node.inputs
            exps = {x: apply(ops.exp, [x]) for x in xs}
            new[node] = exps[top] / total([exps[x] for x in xs])
        else:
            new[node] = 1.0 / (1.0 + apply(ops.exp, [-node.inputs[0]]))
    return substitute(formula, new) if new else formula


def total(terms: Sequence[Value]) -> Value:
    """Terms, added up as one sum."""
    return terms[0] if len(terms) == 1 else record(ops.sum_of, sum(x.data for x in terms), tuple(terms))


def rounding(formula: Value, values: Mapping[Value, float], held: Mapping[Value, Interval], kept: Kept) -> float:
    """How far a result can be off where every operation before the last is rounded; to first order, in whatever order.

    held: what the quantities may be off, so that what comes out may be rounded to either side
    """
    order = nodes(formula)
    at = evaluate(order, values)
    inside: set[Value] = set()  # parts of a longer product
    for node in reversed(order):
        if node.op is ops.mul or (node.op is ops.neg and node in inside):
            inside.update(x for x in node.inputs if x.op is ops.mul or x.op is ops.neg)
    last = formula
    while last.op is ops.neg:
        last = last.inputs[0]
    off = {node: max(map(abs, held.get(node, EXACT))) for node in order if not node.inputs}  # of each node, all in all
    written = {node for node, by in off.items() if not kept.off(at[node], by)}  # what ends within the digits that are kept
    added: dict[Value, float] = {}  # what rounding puts in
    for node in order:
        if not node.inputs:
            continue
        before: float = sum(abs(slope) * off[x] for x, slope in zip(node.inputs, _partials(node, at)) if off[x])
        ends = written.issuperset(node.inputs)
        added[node] = 0.0
        if not (node in inside or node.op is ops.neg or (ends and node.op in SUMS and not kept.digits)):
            within = _within(node, at, before, kept)
            added[node] = within + (0.0 if node is last else kept.off(at[node], before + within))
            ends = True
        off[node] = before + added[node]
        if ends:
            written.add(node)
    slopes = _slopes(formula, order, at)
    found = sum(abs(slopes[node]) * by for node, by in added.items())
    return found if math.isfinite(found) else 0.0


def _partials(node: Value, at: Mapping[Value, float]) -> Sequence[float]:
    """The derivative of a node in each of its inputs."""
    found: Sequence[float] = node.op.slopes(at[node], [at[x] for x in node.inputs])  # type: ignore[union-attr]
    return found


def _factors(product: Value) -> list[Value]:
    """The factors of a product in a row, without their signs."""
    factors, stack = list[Value](), list(product.inputs)
    while stack:
        x = stack.pop()
        if x.op is ops.mul or x.op is ops.neg:
            stack += x.inputs
        else:
            factors.append(x)
    return factors


def _within(node: Value, at: Mapping[Value, float], before: float, kept: Kept) -> float:
    """How far a sum or a product of more than two can be off by what is rounded before its last operation.

    before: how far it is off by what it is worked out from
    """
    if node.op is ops.mul:
        factors = sorted((abs(at[x]) for x in _factors(node) if abs(at[x]) != 1.0), reverse=True)
        many = len(factors) - 2
        if many <= 0 or (not before and len(factors) <= MOST_TRIED and _are_short(factors, kept)):
            return 0.0
        each = kept.most(1.0)
        rest = (
            math.prod(factors if kept.digits else factors[: i + 1]) for i in range(many)
        )  # at worst the largest come last
        return each * sum(rest)
    if node.op in SUMS and len(node.inputs) > 2:
        terms = [at[x] for x in node.inputs]
        if before or any(map(kept.off, accumulate(terms))):
            return (len(terms) - 2) * kept.most(sum(map(abs, terms)))
    return 0.0


def _are_short(factors: Sequence[float], kept: Kept) -> bool:
    """Whether no product of some of the factors has to be rounded."""
    some = (each for n in range(2, len(factors)) for each in combinations(factors, n))
    return not any(kept.off(math.prod(each)) for each in some)


# ------------------------------------------------------------------------------------------------------------ comparison


class Difference(NamedTuple):
    """Where two formulas differ.

    point: the numbers of the quantities that one of them varies with, as (quantity, number)
    here, there: what each comes to; decisive: the part of the point that the difference varies with
    """

    point: Sequence[tuple[Any, float]]
    here: float
    there: float
    decisive: Sequence[tuple[Any, float]] = ()


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
        for other_number in (0.83 * x + 0.07, x - 0.13, 1.0 - x, x + 1.7):
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
