"""Products on a page: the sign in front, then the number, the factors as they come, equal ones as a power."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isfinite

from autograd import primitives as ops
from autograd.formula.measures import too_long
from autograd.operation import CONSTANT
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.formula.page import Page

MOST_FACTORS = 500  # in one product


class _Side:
    """What stands on one side of the line: plain numbers, and other factors."""

    def __init__(self) -> None:
        self.numbers: list[float] = []
        self.factors: list[Value] = []


def multiply(page: Page, above: Iterable[Value], below: Iterable[Value] = ()) -> Value:
    """A product over a product, its sign in front and its number first; equal factors make a power."""
    top, bottom = _Side(), _Side()
    for formula in above:
        _factors(formula, top, bottom)
    for formula in below:
        _factors(formula, bottom, top)
    sign, numbers, divisors = _reduce(top.numbers, bottom.numbers, bool(bottom.factors))
    if 0.0 in numbers and 0.0 not in divisors:
        return page.number(0.0)
    over = [*map(page.number, numbers), *top.factors]
    under = [*map(page.number, divisors), *bottom.factors]
    whole = page.chain(over or [page.number(1.0)])
    if under:
        whole = page.show(page.node(ops.div, [whole, page.chain(under)]))
    if sign > 0.0:
        return whole
    return page.number(-whole.data) if whole.op is CONSTANT else page.show(page.node(ops.neg, [whole]))


def _factors(formula: Value, above: _Side, below: _Side) -> None:
    """Add what a formula is a product of to both sides of the line."""
    stack = [(formula, True)]
    while stack:
        node, up = stack.pop()
        side = above if up else below
        if node.op is ops.neg:
            above.numbers.append(-1.0)
            stack.append((node.inputs[0], up))
        elif node.op in (ops.mul, ops.div):
            x, y = node.inputs
            stack += [(y, up if node.op is ops.mul else not up), (x, up)]
            if len(above.factors) + len(below.factors) + len(stack) > MOST_FACTORS:
                raise too_long()
        elif node.op is CONSTANT and isfinite(node.data) and (up or node.data):
            side.numbers.append(node.data)
        else:
            times = _whole_power(node)
            side.factors += [node.inputs[0] if times > 1 else node] * times


def _whole_power(node: Value) -> int:
    """n for a power xⁿ that can be written as n factors, else 1."""
    if node.op is ops.pow and node.inputs[1].op is CONSTANT and node.inputs[1].data in range(2, MOST_FACTORS):
        return int(node.inputs[1].data)
    return 1


# ---- numbers


def _reduce(above: list[float], below: list[float], fraction: bool) -> tuple[float, list[float], list[float]]:
    """Numbers over numbers as a sign and what is left to write, multiplied only where that needs no rounding."""
    sign = -1.0 if sum(x < 0.0 for x in above + below) % 2 else 1.0
    over, under = _multiply_exactly(above), _multiply_exactly(below)
    if len(under) == 1 and len(over) <= 1 and under[0]:
        quotient = Fraction(over[0] if over else 1.0) / Fraction(under[0])
        if _is_float(quotient) and (over or quotient.denominator == 1):  # 6/3 is 2, and 1/½ too, but 1/2 stays
            over, under = [float(quotient)], []
    if over in ([0.5], [0.25], [0.125]) and (under or fraction):
        over, under = [], [*under, 1.0 / over[0]]
    return sign, [x for x in over if x != 1.0], [x for x in under if x != 1.0]


def _multiply_exactly(numbers: list[float]) -> list[float]:
    """The sizes of numbers, multiplied as far as that needs no rounding."""
    products: list[float] = []
    for x in map(abs, numbers):
        whole = products[-1] * x if products else x
        if products and isfinite(whole) and Fraction(products[-1]) * Fraction(x) == Fraction(whole):
            products[-1] = whole
        else:
            products.append(x)
    return products


def _is_float(x: Fraction) -> bool:
    """Whether a fraction is a float exactly."""
    try:
        return float(x) == x
    except OverflowError:
        return False


# ---- powers


def chain_factors(page: Page, factors: Sequence[Value]) -> Value:
    """Factors one after the other, as they are; equal ones make a power."""
    chain = None
    for factor, times in _join_powers(page, Counter(factors)).items():
        repeated = [factor] * times if factor.op is CONSTANT else [_raise(page, factor, times)]
        for each in repeated:
            chain = each if chain is None else page.show(page.node(ops.mul, [chain, each]))
    assert chain is not None
    return chain


def _join_powers(page: Page, times: Counter[Value]) -> Counter[Value]:
    """x·x^(y − 1) is x^y."""
    for power in [x for x in times if x.op is ops.pow and x.inputs[1].op is not CONSTANT and times[x.inputs[0]]]:
        base, exponent = power.inputs
        if times[power] == 1 and exponent.op is ops.sum_of and page.number(-1.0) in exponent.inputs:
            whole = page.apply(ops.pow, [base, page.sum([exponent, page.number(1.0)])])
            times = Counter({whole if x is power else x: n for x, n in times.items()})
            times[base] -= 1
            times += Counter()  # without what is left no time
    return times


def _raise(page: Page, factor: Value, times: int) -> Value:
    """A factor that stands so many times."""
    if times == 1:
        return factor
    if factor.op is ops.sqrt and times == 2:
        return factor.inputs[0]
    return page.show(page.node(ops.pow, [factor, page.number(float(times))]))


def raise_to_0_or_1(page: Page, xs: Sequence[Value]) -> Value | None:
    """x⁰ is 1, and x¹ is x."""
    base, exponent = xs
    if exponent.op is not CONSTANT or exponent.data not in (0.0, 1.0):
        return None
    return base if exponent.data else page.number(1.0)
