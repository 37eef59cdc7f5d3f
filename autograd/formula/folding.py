"""Sums folded: a hundred terms that differ by an index alone are one Σ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autograd import primitives as ops
from autograd.formula.operations import dots, series, series_bounds, softmax_of
from autograd.graph import bottom_up
from autograd.rewriting import like, rewrite
from autograd.value import Value, record
from autograd.writing.names import Reading, all_readings

Row = tuple[Value, ...]  # what stands at one place in each of several formulas

MANY = 3  # terms of a family that are written out
MOST_PIECES = 12  # terms of no family that are


def fold_sums(y: Value, numbers: bool = False, many: int = MANY) -> Value:
    """The formula with long sums as Σ, or, where their terms are not a family (and in numbers), with dots in them."""

    def fold(node: Value, inputs: list[Value]) -> Value:
        if node.op is softmax_of:
            *rest, top = (record(ops.exp, 0.0, x) for x in inputs)
            return record(ops.div, node.data, top, _fold_sum(rest, numbers, many))
        if node.op is ops.logsumexp_of:
            return record(ops.log, node.data, _fold_sum([record(ops.exp, 0.0, x) for x in inputs], numbers, many))
        if node.op is ops.sum_of:
            return _fold_sum(inputs, numbers, many)
        return node if all(x is old for x, old in zip(inputs, node.inputs)) else like(node, inputs)

    return rewrite(y, fold)


def _fold_sum(terms: list[Value], numbers: bool, many: int) -> Value:
    if many == 1 and sum(term.op is ops.mul for term in terms) > 1:  # a bias behind the products, wherever it was added
        terms = sorted(terms, key=lambda term: not term.inputs)
    if len(terms) > many:
        pieces = terms if numbers else _find_families(terms, many)
        terms = pieces if len(pieces) <= MOST_PIECES else [*pieces[:2], record(dots, 0.0, ()), pieces[-1]]
    return terms[0] if len(terms) == 1 else record(ops.sum_of, sum(term.data for term in terms), tuple(terms))


def _find_families(terms: list[Value], many: int) -> list[Value]:
    """Terms with each run of a family as one."""
    pieces: list[Value] = []
    while terms:
        length, piece = _family_at_the_front(terms, many)
        pieces.append(piece)
        terms = terms[length:]
    return pieces


def _family_at_the_front(terms: list[Value], many: int) -> tuple[int, Value]:
    """How many terms from the first on are of one family, and the term that stands for them all."""
    if len(terms) > many and index_family(terms[:2]):
        for length in range(len(terms), many, -1):
            if found := index_family(terms[:length]):
                term, letter, low = found
                return length, record(series(letter, low, low + length - 1), sum(t.data for t in terms[:length]), term)
    return 1, terms[0]


# ---- families


def index_family(terms: Sequence[Value], letters: str = "", start: int | None = None) -> tuple[Value, str, int] | None:
    """One formula for several of the same shape, whose labels count up: w_{1j} x_j for w_11 x_1, w_12 x_2, ...

    letters: the letter of the index; by default j, or m where it counts rows as in w_{2m1}
    start: the number that the index starts from, where that is known
    Gives the formula, the letter and the first number, or None where the formulas are no such family.
    """
    rows = _align(terms)
    if rows is None:
        return None
    ways = {row: _count_up(row) for row, same in rows.items() if not same and not row[0].inputs}
    lows = set.intersection(*map(set, ways.values())) if ways else set()
    if start is not None:
        lows &= {start}
    if not lows:
        return None
    low = min(lows)
    varying = {row: found[low] for row, found in ways.items()}
    letter = letters or _free_letter(rows, varying.values())
    copies: dict[Row, Value] = {}
    leaves: dict[str, Value] = {}
    for row, same in rows.items():
        first = row[0]
        if row in varying:
            reading, places = varying[row]
            label = reading.label(letter if place in places else index for place, index in enumerate(reading.indices))
            copies[row] = leaves.setdefault(label, Value(first.data, label))
        else:
            copies[row] = first if same else like(first, [copies[inner] for inner in _rows_below(row)])
    return copies[tuple(terms)], letter, low


def _align(terms: Sequence[Value]) -> dict[Row, bool] | None:
    """Formulas side by side: the rows, each after those below it, and whether the same thing stands in all formulas there.

    None where the formulas are not of one shape.
    """

    def below(row: Row) -> list[Row]:
        return _rows_below(row) if _is_one_shape(row) and not _is_same(row) else []

    found: dict[Row, bool] = {}
    for row in bottom_up([tuple(terms)], below):
        found[row] = _is_same(row)
        if not found[row] and not _is_one_shape(row):
            return None
    return found


def _is_one_shape(row: Row) -> bool:
    return all(node.op is row[0].op and len(node.inputs) == len(row[0].inputs) for node in row)


def _rows_below(row: Row) -> list[Row]:
    return list(zip(*(node.inputs for node in row)))


def _is_same(row: Row) -> bool:
    """Whether the same thing stands in all formulas: one node, or leaves of one name."""
    first = row[0]
    return all(node is first or (first.label and node.label == first.label and not node.inputs) for node in row)


def _free_letter(rows: Mapping[Row, bool], varying: Iterable[tuple[Reading, list[int]]]) -> str:
    """A letter for the index that no label and no Σ in the formulas has."""
    used = {name for first, *_ in rows for name in _letters_in(first.label)}
    used |= {bounds[0] for row, same in rows.items() if not same and (bounds := series_bounds(row[0].op))}
    last = all(places[-1] == len(reading.indices) - 1 for reading, places in varying)
    return next(letter for letter in ("jmirsnpq" if last else "mjirsnpq") if letter not in used)


def _letters_in(label: str) -> list[str]:
    """The letters that would be taken for an index: a label that is one, and those below others."""
    return [label, *(str(index) for reading in all_readings(label) for index in reading.indices)] if label else []


# ---- labels that count up


def _count_up(row: Row) -> dict[int, tuple[Reading, list[int]]]:
    """The ways in which the labels of a row of leaves count up by one: from which number, the first's reading, and where."""
    others = [all_readings(leaf.label) for leaf in row[1:]]
    ways: dict[int, tuple[Reading, list[int]]] = {}
    for first in all_readings(row[0].label):
        alike = [
            next((r for r in each if r[:2] == first[:2] and _growth(first, r) == n), None)
            for n, each in enumerate(others, start=1)
        ]
        if alike and None not in alike:
            places = [_places_that_differ(first, r) for r in alike if r is not None]
            match list({first.indices[k] for k in places[0]}):
                case [int(low)] if places.count(places[0]) == len(places):
                    ways.setdefault(low, (first, places[0]))
    return ways


def _places_that_differ(first: Reading, other: Reading) -> list[int]:
    return [k for k, (a, b) in enumerate(zip(first.indices, other.indices)) if a != b]


def _growth(first: Reading, other: Reading) -> int | None:
    """By how much all indices that differ have grown."""
    grown = {
        b - a if isinstance(a, int) and isinstance(b, int) else None for a, b in zip(first.indices, other.indices) if a != b
    }
    return grown.pop() if len(grown) == 1 else None
