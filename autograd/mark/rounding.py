"""Rounding: how far a result may be from the right one, for who keeps so many digits on the way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, combinations
from typing import NamedTuple

from autograd import primitives as ops
from autograd.formula.operations import softmax_of
from autograd.graph import nodes
from autograd.mark.claims import Number
from autograd.mark.forms import LONGEST, MOST_TRIED, SUMS, total
from autograd.operation import Primitive
from autograd.rewriting import apply, evaluate, substitute
from autograd.value import Value

FEWEST_DIGITS = 2  # that say something of how somebody rounds, and of what went wrong
ENOUGH_NUMBERS = 3  # to tell how somebody rounds
MOST_LACKING, DOUBTFUL = 3, 3  # digits that one number may lack; by which it cannot be told what somebody keeps
MOST_DIGITS = 16  # of a number that was written as one, and not worked out from others
TIE = 1e-6  # of a unit; nearer to the middle than this, a number may be rounded to either side


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


def swing(
    formula: Value,
    values: Mapping[Value, float],
    held: Mapping[Value, Interval],
    order: Sequence[Value] = (),
    at: Mapping[Value, float] | None = None,
) -> float:
    """How far a result can move while its numbers move within what is held: one by one, or all of them in its direction.

    To first order where the formula is longer than anybody works out in one line.

    order, at: its nodes, and their numbers, for whoever has them already
    """
    order = order or nodes(formula)
    at = evaluate(order, values) if at is None else at
    value = at[formula]
    if len(order) > LONGEST:
        slopes = _slopes(formula, order, at)
        reach = sum(abs(slopes.get(x, 0.0)) * max(map(abs, around)) for x, around in held.items())
        return reach if math.isfinite(reach) else 0.0
    reach, up, down = 0.0, dict(values), dict(values)
    for x, around in held.items():
        if around != EXACT:
            here = values.get(x, x.data)
            ends = [(evaluate(order, {**values, x: end})[formula], end) for end in {here + around.low, here + around.high}]
            ends = sorted([(value, here), *(each for each in ends if each[1] != here)])
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


def spell_out(
    formula: Value, functions: Sequence[Primitive] = (softmax_of, ops.sigmoid), order: Sequence[Value] = ()
) -> Value:
    """The formula with softmax and σ in their exponentials, each of which is worked out by itself on paper.

    order: its nodes, for whoever has them already
    """
    new: dict[Value, Value] = {}
    for node in order or nodes(formula):
        if node.op not in functions:
            continue
        if node.op is softmax_of:
            *xs, top = node.inputs
            exps = {x: apply(ops.exp, [x]) for x in xs}
            new[node] = exps[top] / total([exps[x] for x in xs])
        else:
            new[node] = 1.0 / (1.0 + apply(ops.exp, [-node.inputs[0]]))
    return substitute(formula, new) if new else formula


class Operations:
    """A formula, operation by operation, as it is worked out; made once where several people work it out.

    order: its nodes; inside: parts of a longer product; last: what comes last, but for its sign
    """

    def __init__(self, formula: Value, order: Sequence[Value] = ()) -> None:
        self.formula, self.order = formula, order or nodes(formula)
        self.inside: set[Value] = set()
        for node in reversed(self.order):
            if node.op is ops.mul or (node.op is ops.neg and node in self.inside):
                self.inside.update(x for x in node.inputs if x.op is ops.mul or x.op is ops.neg)
        self.last = formula
        while self.last.op is ops.neg:
            self.last = self.last.inputs[0]

    def rounding(self, values: Mapping[Value, float], held: Mapping[Value, Interval], kept: Kept) -> float:
        """How far a result can be off where every operation before the last is rounded; to first order, in whatever order.

        held: what the quantities may be off, so that what comes out may be rounded to either side
        """
        at = evaluate(self.order, values)
        # how far off each node is, all in all; those that end within the digits that are kept; what rounding puts in
        off = {node: max(map(abs, held.get(node, EXACT))) for node in self.order if not node.inputs}
        written = {node for node, by in off.items() if not kept.off(at[node], by)}
        added: dict[Value, float] = {}
        for node in self.order:
            if not node.inputs:
                continue
            before: float = sum(abs(slope) * off[x] for x, slope in zip(node.inputs, _partials(node, at)) if off[x])
            ends = written.issuperset(node.inputs)
            added[node] = 0.0
            if not (node in self.inside or node.op is ops.neg or (ends and node.op in SUMS and not kept.digits)):
                within = _within(node, at, before, kept)
                added[node] = within + (0.0 if node is self.last else kept.off(at[node], before + within))
                ends = True
            off[node] = before + added[node]
            if ends:
                written.add(node)
        slopes = _slopes(self.formula, self.order, at)
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


def usually_kept(numbers: Iterable[Number], cut: bool = False) -> Kept | None:
    """The significant digits that somebody keeps, or the decimals, whichever fewer of the numbers lack; both where that does
    not tell. None if there are too few numbers."""
    rounded = [number for number in numbers if FEWEST_DIGITS <= number.digits <= MOST_DIGITS]
    if len(rounded) < ENOUGH_NUMBERS:
        return None
    lacking, digits = _most_kept([number.digits for number in rounded])
    others, decimals = _most_kept([-round(math.log10(number.unit)) for number in rounded])
    return Kept(10.0**-decimals if lacking >= others - DOUBTFUL else 0.0, digits if others >= lacking - DOUBTFUL else 0, cut)


def _most_kept(sizes: Sequence[int]) -> tuple[int, int]:
    """How many digits are kept where so many were written, and how many are lacking then; some end earlier by themselves."""

    def lacking(kept: int) -> int:
        return sum(min(kept - size, MOST_LACKING) if size <= kept else MOST_LACKING for size in sizes)

    kept = min(set(sizes), key=lambda kept: (lacking(kept), -kept))
    return lacking(kept), kept


def is_cut_off(c: float, v: float, unit: float, reach: float) -> bool:
    """Whether digits of v were left off to make c."""
    return c * v >= 0.0 and beyond_cut(c, v, unit) <= reach + grain(v)


def beyond_cut(c: float, v: float, unit: float) -> float:
    """How far v is from the numbers that become c without their further digits."""
    return max(0.0, abs(c) - abs(v), abs(v) - abs(c) - unit * (1.0 - 1e-9))
