"""Sums folded: a hundred terms that differ by an index alone are one Σ."""

from __future__ import annotations

from autograd import primitives as ops
from autograd.formula.operations import dots, series, softmax_of
from autograd.rewriting import like, rewrite
from autograd.value import Value, record
from autograd.writing.names import Reading, all_readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


MANY = 3  # terms of a family that are written out


MOST_PIECES = 12  # terms of no family that are


def folded(y: Value, numbers: bool = False, many: int = MANY) -> Value:
    """The formula with long sums as Σ, or, where their terms are not a family (and in numbers), with dots in them."""

    def fold(node: Value, inputs: list[Value]) -> Value:
        if node.op is softmax_of:
            *rest, top = (record(ops.exp, 0.0, x) for x in inputs)
            return record(ops.div, node.data, top, _folded_sum(rest, numbers, many))
        if node.op is ops.logsumexp_of:
            return record(ops.log, node.data, _folded_sum([record(ops.exp, 0.0, x) for x in inputs], numbers, many))
        if node.op is ops.sum_of:
            return _folded_sum(inputs, numbers, many)
        return node if all(x is old for x, old in zip(inputs, node.inputs)) else like(node, inputs)

    return rewrite(y, fold)


def _folded_sum(terms: list[Value], numbers: bool, many: int) -> Value:
    if len(terms) == 1:
        return terms[0]
    if many == 1 and sum(term.op is ops.mul for term in terms) > 1:  # a bias behind the products, wherever it was added
        terms = sorted(terms, key=lambda term: not term.inputs)
    if len(terms) > many:
        pieces: list[Value] = [] if not numbers else terms
        rest = terms if not numbers else []
        while rest:
            length, term = _family_at_the_front(rest, many)
            pieces.append(term)
            rest = rest[length:]
        terms = pieces if len(pieces) <= MOST_PIECES else [*pieces[:2], record(dots, 0.0, ()), pieces[-1]]
    return terms[0] if len(terms) == 1 else record(ops.sum_of, sum(t.data for t in terms), tuple(terms))


def _family_at_the_front(terms: list[Value], many: int) -> tuple[int, Value]:
    """How many terms from the first on are of one family, and the term that stands for them all."""
    if len(terms) > many and generalised(terms[:2]):
        for length in (len(terms), len(terms) - 1, *range(len(terms) - 2, many, -1)):
            if length > many and (found := generalised(terms[:length])):
                term, letter, low = found
                return length, record(series(letter, low, low + length - 1), sum(t.data for t in terms[:length]), term)
    return 1, terms[0]


def generalised(terms: Sequence[Value], letters: str = "", start: int | None = None) -> tuple[Value, str, int] | None:
    """One formula for several of the same shape, whose labels count up: w_{1j} x_j for w_11 x_1, w_12 x_2, ...

    letters: the letter of the index; by default j, or m where it counts rows as in w_{2m1}
    start: the number that the index starts from, where that is known
    Gives the formula, the letter and the first number, or None where the formulas are no such family.
    """
    copies: dict[tuple[Value, ...], Value] = {}
    counts: dict[tuple[Value, ...], dict[int, tuple[Reading, list[int]]]] = {}
    signs: set[str] = set()
    stack = [(tuple(terms), False)]
    order = []
    while stack:  # row by row: what stands at one place in each of the formulas
        row, ready = stack.pop()
        first = row[0]
        if ready:
            order.append(row)
        elif row not in copies:
            copies[row] = first
            if all(node is first or (first.label and node.label == first.label and not node.inputs) for node in row):
                continue
            if any(node.op is not first.op or len(node.inputs) != len(first.inputs) for node in row):
                return None
            if first.inputs:
                signs.add(first.op.name)  # type: ignore[union-attr]
                stack.append((row, True))
                stack += [(inner, False) for inner in zip(*(node.inputs for node in row))]
                continue
            counts[row] = _counted(row)
    lows = set.intersection(*map(set, counts.values())) if counts else set()
    if start is not None:
        lows &= {start}
    if not lows:
        return None
    low = min(lows)
    varying = {row: ways[low] for row, ways in counts.items()}
    used = {sign.split()[1] for sign in signs if sign.startswith("series ")}
    used |= {name for row in copies for name in _letters_in(row[0].label)} if not letters else set()
    last = all(places[-1] == len(reading.indices) - 1 for reading, places in varying.values())
    letter = letters or next(c for c in ("jmirsnpq" if last else "mjirsnpq") if c not in used)
    leaves: dict[str, Value] = {}
    for row, (reading, places) in varying.items():
        label = reading.label(letter if place in places else index for place, index in enumerate(reading.indices))
        copies[row] = leaves.setdefault(label, Value(row[0].data, label))
    for row in order:
        copies[row] = like(row[0], [copies[inner] for inner in zip(*(node.inputs for node in row))])
    return copies[tuple(terms)], letter, low


def _counted(row: Sequence[Value]) -> dict[int, tuple[Reading, list[int]]]:
    """The ways in which the labels of a row of leaves count up by one: from which number, the first's reading, and where."""
    others = [all_readings(leaf.label) for leaf in row[1:]]
    ways: dict[int, tuple[Reading, list[int]]] = {}
    for first in all_readings(row[0].label):
        alike = [
            next((r for r in each if r[:2] == first[:2] and _step(first, r) == n), None)
            for n, each in enumerate(others, start=1)
        ]
        if alike and None not in alike:
            places = [_differing(first, r) for r in alike if r is not None]
            low = {first.indices[k] for k in places[0]}
            if len(low) == 1 and places.count(places[0]) == len(places):
                ways.setdefault(low.pop(), (first, places[0]))
    return ways


def _differing(first: Reading, other: Reading) -> list[int]:
    return [k for k, (a, b) in enumerate(zip(first.indices, other.indices)) if a != b]


def _letters_in(label: str) -> list[str]:
    """The letters that would be taken for an index: a label that is one, and those below others."""
    return [label, *(str(index) for reading in all_readings(label) for index in reading.indices)] if label else []


def _step(first: Reading, other: Reading) -> int | None:
    """By how much all indices that differ have grown."""
    grown = {
        b - a if isinstance(a, int) and isinstance(b, int) else None for a, b in zip(first.indices, other.indices) if a != b
    }
    return grown.pop() if len(grown) == 1 else None
