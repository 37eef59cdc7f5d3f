"""Sums on a page: without zeros and brackets, and with what a person recognises in them: log softmax, a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd import primitives as ops
from autograd.formula.measures import too_long
from autograd.formula.operations import less
from autograd.operation import CONSTANT
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.formula.page import Page

MOST_TERMS = 20_000  # in one sum


def add(page: Page, terms: Iterable[Value]) -> Value:
    """A sum; sums in it are taken apart, zeros left out."""
    flat = _add_whole_numbers(page, _flatten(page, list(terms)))
    if len(flat) == 1:
        return flat[0]
    for recognise in (_log_softmax, _step):
        if (known := recognise(page, flat)) is not None:
            return known
    return page.show(page.node(ops.sum_of, flat))


def _flatten(page: Page, terms: Sequence[Value]) -> list[Value]:
    """All terms, those of sums among them too, but no 0; on a bare page the net of a neuron stays a sum of its own."""
    flat: list[Value] = []
    for term in terms:
        apart = term.op is ops.sum_of and not (page.bare and _is_net(term, terms))
        flat += term.inputs if apart else [term]
    if len(flat) > MOST_TERMS:
        raise too_long()
    return [term for term in flat if not _is_zero(term)] or [page.number(0.0)]


def _is_net(term: Value, terms: Sequence[Value]) -> bool:
    """Whether a sum of products, to which more is added, is a neuron's net already: it has its bias, or less is not more."""
    others = [other for other in terms if other is not term and other.op is not ops.mul]
    return any(x.op is ops.mul for x in term.inputs) and any(
        other.inputs or any(not x.inputs for x in term.inputs) for other in others
    )


def _add_whole_numbers(page: Page, terms: list[Value]) -> list[Value]:
    """y − 1 − 1 is y − 2."""
    whole = [i for i, term in enumerate(terms) if term.op is CONSTANT and term.data.is_integer()]
    if len(whole) < 2:
        return terms
    number = page.number(sum(terms[i].data for i in whole))
    merged = [number if i == whole[0] else term for i, term in enumerate(terms) if i not in whole[1:]]
    return [term for term in merged if not _is_zero(term)] or [number]


def _log_softmax(page: Page, terms: Sequence[Value]) -> Value | None:
    """x_i - logsumexp(x_1, ..., x_n), and the same with one number taken from every x, is log softmax(x)_i."""
    for term in terms:
        if term.op is ops.neg and term.inputs[0].op is ops.logsumexp_of:
            xs = term.inputs[0].inputs
            rest = [other for other in terms if other is not term]
            x = rest[0] if len(rest) == 1 else page.node(ops.sum_of, rest)
            if x in xs:
                plain = page.unshifted.get(term.inputs[0], xs)
                return page.show(page.node(ops.log, [page.probability(plain, xs.index(x))]))
    return None


def _step(page: Page, terms: Sequence[Value]) -> Value | None:
    """½ + ½·([x > y] − [y > x]) is [x > y], but where both are equal: there each gets half, and the page says so."""
    half = page.number(0.5)
    if len(terms) != 2 or terms[0] is not half or terms[1].op is not ops.mul or terms[1].inputs[0] is not half:
        return None
    steps = terms[1].inputs[1]
    if steps.op is not ops.sum_of or len(steps.inputs) != 2 or steps.inputs[1].op is not ops.neg:
        return None
    one, other = steps.inputs[0], steps.inputs[1].inputs[0]
    opposite = {one.op, other.op} <= {ops.greater, less} and set(one.inputs) == set(other.inputs)
    return one if opposite and one.data != other.data else None


def compare(page: Page, xs: Sequence[Value]) -> Value | None:
    """Where c − u is compared with 0 it is u that is compared with c, as in [y f < 1]."""
    x, y = xs
    for whole, zero, op in (x, y, less), (y, x, ops.greater):
        if _is_zero(zero) and whole.op is ops.sum_of and not page.bare:
            numbers = [term for term in whole.inputs if term.op is CONSTANT]
            rest = [term for term in whole.inputs if term.op is not CONSTANT]
            if len(numbers) == 1 and all(term.op is ops.neg for term in rest):
                return page.show(page.node(op, [page.sum([term.inputs[0] for term in rest]), numbers[0]]))
    return None


def _is_zero(x: Value) -> bool:
    return x.op is CONSTANT and x.data == 0.0 and not x.label


class RunningTotals:
    """Sums that were added up term by term: only the last of them is a formula; the others are inside it."""

    def __init__(self, order: Sequence[Value], shown: Iterable[Value], differences: bool) -> None:
        self.ops = (ops.add, ops.sub) if differences else (ops.add,)
        kept = set(shown)
        users: dict[Value, list[Value]] = {}
        for node in order:
            for x in node.inputs:
                if x.op in self.ops:
                    users.setdefault(x, []).append(node)
        self.inside = {x for x, using in users.items() if x not in kept and len(using) == 1 and self._goes_on(x, using[0])}

    def _goes_on(self, x: Value, user: Value) -> bool:
        """Whether what uses a total adds to it; what takes a number from it may be softmax, which needs it whole."""
        return user.op is ops.add or (user.op in self.ops and user.inputs[0] is x and user.inputs[1].op is not CONSTANT)

    def terms(self, node: Value) -> list[tuple[float, Value]]:
        """All terms of a total with their signs, without the 0 that Python's sum begins with."""
        terms: list[tuple[float, Value]] = []
        stack = [(1.0, node)]
        while stack:
            sign, x = stack.pop()
            if x is node or x in self.inside:
                left, right = x.inputs
                stack += [(-sign if x.op is ops.sub else sign, right), (sign, left)]
            else:
                terms.append((sign, x))
        return [(sign, x) for sign, x in terms if not _is_zero(x)] or terms[:1]
