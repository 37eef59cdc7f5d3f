"""Statements over arrays as Python source, to be read, and to be run by any array library: `H1 = relu(W1 @ X + b1)`.

Each statement makes a new array and none is ever changed, as JAX wants it; in_place.py writes the same for NumPy at full
speed, and equations.py as mathematics.

Parameters are one flat vector; a layer's weights are a view of it, its gradient a view of the gradient's. Where their places
are at no even distances they are looked up one by one, on every call.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

from autograd.program import expressions as ex
from autograd.program.lowering import LARGEST, RECIPROCAL
from autograd.program.statements import in_turn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from autograd.program.grouping import Array
    from autograd.program.statements import Statements


class Printer:
    """Expressions as text, with names for arrays, for views of the parameters, and for tables of numbers.

    tables: plain numbers and places that the source refers to by name, as nested lists
    names: what the columns and matrices of parameters are called, by the vector that they are of, and their places
    cuts: the lines that cut views out of the vectors of parameters; lookups: those that cannot be views
    """

    def __init__(self, statements: Statements, adjoint_of: Mapping[Array, Array]) -> None:
        self.statements = statements
        self.tables: dict[str, Any] = {}
        self.cuts: list[str] = []
        self.lookups: list[str] = []
        self.names: dict[object, str] = {}
        self._counts: Counter[str] = Counter()
        self._tables: dict[object, str] = {}
        self.masks = self._find_masks()
        for array in statements.arrays:
            array.name = self._choose_name(array, adjoint_of.get(array))

    def _choose_name(self, array: Array, adjoint_of: Array | None) -> str:
        """A1 for a sum, H1 for a function of it, dA1 for what the loss varies with A1 by."""
        if array.kind == "leaf":
            return str(array.what)
        if adjoint_of is not None and adjoint_of.number < array.number:
            return f"d{adjoint_of.name}"
        if array in self.masks:
            return self.new_name("m")
        return self.new_name("H" if array.kind == "function" else "A")

    def _find_masks(self) -> set[Array]:
        """Arrays of 0 and 1 that numbers are multiplied with, and that nothing else reads: truth values do for these."""
        s = self.statements
        read = [array for e in (*s.values, *s.stores) for array in ex.arrays_in(e)]
        read += [array for let in s.lets for array in self._read_as_numbers(let.what)]
        return {let.array for let in s.lets if let.array.is_indicator} - set(read)

    def _read_as_numbers(self, e: ex.Expression) -> list[Array]:
        """The arrays that an expression reads otherwise than as a factor beside an array of numbers."""
        match e:
            case ex.Product(factors):
                views = [f for f in factors if isinstance(f, ex.View)]
                numbers = [f for f in views if not f.array.is_indicator]
                return [] if numbers and len(views) == len(factors) else ex.arrays_in(e)
            case ex.Sum(terms):
                return [array for term in terms for array in self._read_as_numbers(term)]
        return ex.arrays_in(e)

    # ---- names

    def new_name(self, stem: str) -> str:
        self._counts[stem] += 1
        return f"{stem}{self._counts[stem]}"

    def table(self, stem: str, numbers: Any) -> str:
        key = stem, repr(numbers)
        if key not in self._tables:
            self._tables[key] = name = self.new_name(stem)
            self.tables[name] = numbers
        return self._tables[key]

    def column(self, of: str, places: Sequence[int]) -> str:
        """Parameters as a column."""
        key = of, tuple(places)
        if key not in self.names:
            name = self.names[key] = self.new_name("b" if of == "theta" else of[0])
            even = slice_of(places)
            (self.cuts if even else self.lookups).append(f"{name} = {of}[{even or self.table('at', list(places))}, None]")
        return self.names[key]

    def matrix(self, of: str, places: Sequence[Sequence[int]], stem: str = "W") -> str:
        """Parameters as a matrix, or as its transpose where that is known already."""
        key, turned = (of, tuple(map(tuple, places))), (of, tuple(zip(*places)))
        if key not in self.names and turned in self.names:
            return f"{self.names[turned]}.T"
        if key not in self.names:
            name = self.names[key] = self.new_name(stem)
            if cut := self.cut_matrix(of, places):
                self.cuts.append(f"{name} = {cut}")
            else:
                self.lookups.append(f"{name} = {of}[{self.table('at', [list(row) for row in places])}]")
        return self.names[key]

    def cut_matrix(self, of: str, places: Sequence[Sequence[int]]) -> str:
        """Parameters, or parts of the gradient, as a view in the form of a matrix; empty where their places are uneven."""
        rows, columns, base = len(places), len(places[0]), places[0][0]
        down = places[1][0] - base if rows > 1 else columns
        along = places[0][1] - base if columns > 1 else 1
        if any(p != base + down * i + along * j for i, row in enumerate(places) for j, p in enumerate(row)):
            return ""
        size = len(self.statements.arrays[0])
        if along == 1 and down >= columns:
            return _cut_rows(of, size, base, rows, columns, down)
        turned = _cut_rows(of, size, base, columns, rows, along) if down == 1 and along >= rows else ""
        return f"{turned}.T" if turned else ""

    # ---- expressions

    def expression(self, e: ex.Expression) -> str:
        """An expression as it stands in a statement."""
        match e:
            case ex.Product(factors):
                return " * ".join(map(self.factor, factors))
            case ex.Sum(terms):
                return write_sum(terms, self.expression)
            case ex.Function():
                arguments = list(map(self.factor, e.arguments))
                return f"1.0 / {arguments[0]}" if e.name == RECIPROCAL else f"{e.name}({', '.join(arguments)})"
            case ex.Matmul() if e.copies > 1:
                weights, rows = self.weights(e), len(e.coefficients or e.places) * e.copies
                return f"({weights} @ {self.side_by_side(e.operand, e.copies)}).reshape({rows}, -1)"
            case ex.Matmul():
                return f"{self.weights(e)} @ {self.view(e.operand)}"
            case ex.Fold() if (
                1 < e.results == len(e.operand.rows)
            ):  # each of one number: with one argument, all would be one list
                view = self.view(e.operand)
                return f"{e.name}({view}, {view})" if e.name == LARGEST else view
            case ex.Fold() if e.results > 1:
                return f"{e.name}(*{self.view(e.operand)}.reshape({len(e.operand.rows) // e.results}, {e.results}, -1))"
            case ex.Fold():
                return f"{e.name}({self.view(e.operand)})"
            case ex.Contract():
                return self.contraction(e)
            case ex.Gather():
                return f"gathered({e.array.name}, {self.table('at', e.rows)}, {self.view(e.which)})"
            case ex.Parts():
                return self.parts(e)
            case ex.Placed():
                what = self.view(e.what)
                return f"placed({what}, {self.table('at', e.rows)}, {self.view(e.which)}, {e.size})"
        return self.factor(e)

    def in_full(self, e: ex.Expression, rows: int) -> str:
        """An expression of so many rows, also where it is one number for all of them."""
        text = self.expression(e)
        return f"spread({text}, {rows})" if rows > 1 and _is_of_one_row(e) else text

    def factor(self, e: ex.Expression) -> str:
        """An expression beside others, in brackets if need be."""
        match e:
            case ex.View():
                return self.view(e)
            case ex.Number(x):
                return write_number(x)
            case ex.Column(numbers):
                return self.table("c", [[x] for x in numbers])
        return f"({self.expression(e)})"

    def view(self, e: ex.View) -> str:
        array, rows = e
        if array.is_vector:
            return self.column(array.name, rows[:1] if e.is_one else rows)
        if e.is_all:
            return array.name
        if e.is_one:
            return array.name if len(array) == 1 else f"{array.name}[{rows[0]}:{rows[0] + 1}]"
        return f"{array.name}[{slice_of(rows) or self.table('at', rows)}]"

    def side_by_side(self, e: ex.View, copies: int) -> str:
        """Rows of an array with those that belong to one number side by side."""
        return f"{self.view(e)}.reshape({len(e.rows) // copies}, -1)"

    def parts(self, e: ex.Parts) -> str:
        """Pieces one behind the other, a row of zeros, and each row looked up there; again where they overlap."""
        texts = []
        left = list(e.pieces)
        while left:
            place: dict[int, int] = {}
            now: list[str] = []
            later = []
            for rows, piece in left:
                if place.keys() & set(rows):
                    later.append((rows, piece))
                    continue
                place.update(zip(rows, range(len(place), len(place) + len(rows))))
                now.append(f"spread({self.expression(piece)}, {len(rows)})")
            nothing = [] if len(place) == e.size else ["spread(0.0, 1)"]
            at = [place.get(row, len(place)) for row in range(e.size)]
            where = "" if at == list(range(len(place))) and not nothing else f"[{self.table('at', at)}]"
            texts.append(f"joined({', '.join([*now, *nothing])}){where}")
            left = later
        return " + ".join(texts)

    def weights(self, e: ex.Matmul) -> str:
        """The matrix of a product."""
        if e.array is None:
            return self.table("C", e.coefficients)
        name = self.matrix(e.array.name, e.places)
        return name if e.coefficients is None else f"({self.table('C', e.coefficients)} * {name})"

    def contraction(self, e: ex.Contract) -> str:
        """Σ over the second axis of products of looked-up rows; of the first where there is one sum alone."""
        single = len(e.coefficients) == 1
        parts = []
        for array, places in e.factors:
            at: Any = [list(map(int, row)) for row in places]
            at = at[0] if single else at
            if single and not array.is_vector and len(set(at)) > 1:
                parts.append(self.view(ex.View(array, at)))
                continue
            even = slice_of(at) if single and array.is_vector else ""
            parts.append(f"{array.name}[{even or self.table('at', at)}]{'[..., None]' if array.is_vector else ''}")
        coefficients = [list(map(float, row)) for row in e.coefficients]
        numbers = {c for row in coefficients for c in row}
        if len(numbers) == 1:
            parts[:0] = [write_number(c) for c in numbers if c != 1.0]
        else:
            columns = [[[c] for c in row] for row in coefficients]
            parts.append(self.table("c", columns[0] if single else columns))
        return f"sum({' * '.join(parts)}, axis={0 if single else 1}{', keepdims=True' if single else ''})"

    def _results(self, values: Sequence[ex.Expression]) -> str:
        """What is given for each row of the batch: a row for each value, or those of one expression for all of them."""
        match values:
            case [ex.View(_, rows) as e] if len(rows) > 1:
                return f"value = spread({self.expression(e)}, {len(rows)})"
            case [ex.Parts() as e]:
                return f"value = spread({self.expression(e)}, {e.size})"
        return f"value = rows({', '.join(map(self.expression, values))})"

    def piece(self, store: ex.Store) -> str:
        """A part of the gradient, a row for each parameter."""
        match store:
            case ex.Outer() if store.copies > 1:
                left, right = (self.side_by_side(view, store.copies) for view in (store.left, store.right))
                return f"outer({left}, {right})"
            case ex.Outer():
                return f"outer({self.view(store.left)}, {self.view(store.right)})"
            case ex.Total():
                return f"total({self.expression(store.what)}, {len(store.places)})"
            case ex.Scatter():
                what, rows, which = self.expression(store.what), self.table("at", store.rows), self.view(store.which)
                return f"scattered({what}, {rows}, {which}, {len(store.places)})"

    # ---- for any library

    def function(self, name: str, arguments: Sequence[str], parameters: int | None) -> str:
        """A function that gives the values, and the gradient if there is one.

        name: what it is called; arguments: the vectors of parameters and the inputs; parameters: how many there are;
            None where no gradient is wanted
        """
        s = self.statements
        lets = [step for step in in_turn(s, [*s.values, *s.stores]) if isinstance(step, ex.Let)]
        body = [f"{let.array.name} = {self.in_full(let.what, len(let.array))}" for let in lets]
        results = [self._results(s.values)] if s.values else []
        passes: list[tuple[set[int], list[ex.Store]]] = []  # each parameter at most once in each
        for store in s.stores:
            places = flat(store.places)
            into = next((p for p in passes if p[0].isdisjoint(places)), None)
            if into is None:
                passes.append(into := (set(), []))
            into[0].update(places)
            into[1].append(store)
        for k, (taken, stores) in enumerate(passes):
            assert parameters is not None
            order = [len(taken)] * parameters
            for at, p in enumerate([p for store in stores for p in flat(store.places)]):
                order[p] = at
            pieces = [*map(self.piece, stores), *(["zero"] if len(taken) < parameters else [])]
            results.append(f"gradient {'+=' if k else '='} joined({', '.join(pieces)})[{self.table('order', order)}]")
        if not passes and parameters is not None:
            results.append(f"gradient = joined(zero)[{self.table('order', [0] * parameters) if parameters else ':0'}]")
        returned = ", ".join(["value"] * bool(s.values) + ["gradient"] * (parameters is not None))
        lines = [*self.cuts, *self.lookups, *body, *results, f"return {returned}"]
        return f"def {name}({', '.join(arguments)}):\n" + "".join(f"    {line}\n" for line in lines)


def write_sum(terms: Iterable[ex.Expression], write: Callable[[ex.Expression], str]) -> str:
    """Terms with the signs between them: a − b."""
    text = "".join(f" {sign} {write(term)}" for sign, term in map(ex.split_sign, terms))
    return text[3:] if text.startswith(" + ") else f"-{text[3:]}"


def _is_of_one_row(e: ex.Expression) -> bool:
    match e:
        case ex.View():
            return e.is_one
        case ex.Product(parts) | ex.Sum(parts) | ex.Function(_, parts):
            return all(map(_is_of_one_row, parts))
    return isinstance(e, ex.Number)


def write_number(x: float) -> str:
    return repr(x) if math.isfinite(x) else f'float("{x}")'


def flat(places: Sequence[Any]) -> list[int]:
    """The places of a matrix of parameters, row by row, or of a vector."""
    return [p for row in places for p in row] if places and isinstance(places[0], list) else list(places)


def slice_of(places: Sequence[int]) -> str:
    """Places at even distances as a slice; empty where they are none."""
    if len(places) == 1:
        return f"{places[0]}:{places[0] + 1}"
    step = places[1] - places[0]
    if step > 0 and all(b - a == step for a, b in pairwise(places)):
        return f"{places[0]}:{places[-1] + 1}" + (f":{step}" if step > 1 else "")
    return ""


def _cut_rows(of: str, size: int, base: int, rows: int, columns: int, step: int) -> str:
    """rows stretches of a vector, each so long as there are columns, step apart; empty where the vector ends too soon."""
    if step == columns:
        return f"{of}[{base}:{base + rows * columns}].reshape({rows}, {columns})"
    start = max(0, min(base, size - rows * step))  # the last stretch, and what follows it, must not end behind the vector
    skip = base - start
    if start + rows * step > size or skip + columns > step:
        return ""
    return f"{of}[{start}:{start + rows * step}].reshape({rows}, {step})[:, {skip or ''}:{skip + columns}]"
