"""The forms of one step of a calculation: products taken apart, sums put in order, the ways in which people write them.

A step is a formula over quantities, the leaves of a page (formula/page.py): numbers that are given, and lines of a sheet,
which have formulas of their own. Formulas are graphs of Values and stay as they are; `straighten` alone simplifies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from random import Random
from typing import NamedTuple

from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.formula.writing import write_formula
from autograd.graph import nodes
from autograd.operation import CONSTANT
from autograd.rewriting import evaluate, substitute
from autograd.value import Value, constant, record
from autograd.writing.numbers import number

LONGEST = 200  # nodes of a formula that people work out in one line, in whatever way
MOST_TRIED = 5  # factors of a product whose partial products are all looked at


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
    """A formula with fractions in it that comes to a plain sum, as (−y/ŷ + (1 − y)/(1 − ŷ))·ŷ·(1 − ŷ)·x comes to (ŷ − y)·x.

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
            others = without(above, [bracket])
            for inside in dict.fromkeys([*((x,) for x in others), tuple(others)]):
                if inside:
                    outside = without(others, inside)
                    terms = total([chain([*inside, term]) for term in _terms(bracket)])
                    yield substitute(formula, {node: Product(sign, [*outside, terms], below).graph()})
    for node in nodes(formula):
        if node.op in SUMS:
            yield from (substitute(formula, {node: other}) for other in _as_a_product(_terms(node)))


def _terms(node: Value) -> list[Value]:
    """The terms of a sum."""
    return [node.inputs[0], -node.inputs[1]] if node.op is ops.sub else list(node.inputs)


def _as_a_product(terms: Sequence[Value]) -> Iterator[Value]:
    products = [_spread(factorize(term)) for term in terms]
    common, over = products[0].above, list[Value]()
    for p in products:
        common = without(common, without(common, p.above))
        over += without(p.below, over)
    if common:
        rest = [p.graph(without(p.above, common)) for p in products]
        yield chain([*common, total(rest)])
    if over:
        above = total([p.graph([*p.above, *without(over, p.below)], []) for p in products])
        short = _as_a_sum(above, free_variables(above))
        yield from (each / chain(over) for each in (above, short) if each is not None)
    if len(terms) == 2 and products[0].sign > 0.0 > products[1].sign and not (products[0].below or products[1].below):
        a, b = (_root(p.above) for p in products)
        if a is not None and b is not None:
            yield total([a, -b]) * total([a, b])


def without(factors: Sequence[Value], some: Sequence[Value]) -> list[Value]:
    """Factors without some of them, each taken away as often as it is there: x·x without x is x."""
    left = list(factors)
    for x in some:
        if x in left:
            left.remove(x)
    return left


def _spread(product: Product) -> Product:
    """A product with x·x for x², so that x is a factor of it, twice."""

    def spread(factors: Sequence[Value]) -> list[Value]:
        found = list[Value]()
        for x in factors:
            n = x.inputs[1].data if x.op is ops.pow and x.inputs[1].op is CONSTANT else 1.0
            found += [x.inputs[0]] * int(n) if n in (2.0, 3.0) else [x]
        return found

    return product._replace(above=spread(product.above), below=spread(product.below))


def _root(factors: Sequence[Value]) -> Value | None:
    """What a product is the square of, if it is one; 1 is its own."""
    if len(factors) == 2 and factors[0] is factors[1]:
        return factors[0]
    is_one = all(x.op is CONSTANT and x.data == 1.0 for x in factors)
    return constant(1.0) if is_one else None


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


def total(terms: Sequence[Value]) -> Value:
    """Terms, added up as one sum."""
    return terms[0] if len(terms) == 1 else record(ops.sum_of, sum(x.data for x in terms), tuple(terms))


def put_names_in(formula: Value, names: Mapping[Value, Sequence[Value]], most: int) -> Iterator[Value]:
    """The formula with names in the place of some of its numbers, in every way.

    names: what each number may stand for; most: how many ways there are at most
    """
    ways = [[(node, other) for other in (node, *others)] for node, others in names.items()]
    for each in islice(product(*ways), 1, most):  # the first leaves all numbers where they are
        yield substitute(formula, dict(each))


def text_of(formula: Value) -> str:
    """A formula in a sentence; what would fill pages is said to be long."""
    try:
        return write_formula(formula)[0]
    except ValueError:
        return "a formula too long to be shown"


def figure(x: float) -> str:
    return number(x, 6)[0]
