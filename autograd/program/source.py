"""Statements over arrays as Python source, to be read, and to be run by any array library: `H1 = relu(W1 @ X + b1)`.

Each statement makes a new array and none is ever changed, as JAX wants it; numpy_source.py writes the same for NumPy at
full speed, and equations.py as mathematics.

Parameters are one flat vector; a layer's weights are a view of it, its gradient a view of the gradient's. Where their places
are at no even distances they are looked up one by one, on every call.
"""

from __future__ import annotations

import math
from itertools import pairwise

from autograd.operation import Primitive
from autograd.program.lowering import RECIPROCAL
from autograd.program.statements import (
    Column,
    Contract,
    Fold,
    Function,
    Gather,
    Let,
    Matmul,
    Number,
    Outer,
    Product,
    Scatter,
    Store,
    Sum,
    View,
    arrays_in,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from autograd.program.grouping import Array
    from autograd.program.statements import Matrix, Statements

MASKED = "greater"


class Printer:
    """Expressions as text, with names for arrays, for views of the parameters, and for tables of numbers.

    tables: plain numbers and places that the source refers to by name, as nested lists
    cuts: the lines that cut views out of the vectors of parameters; lookups: those that cannot be views
    """

    def __init__(self, statements: Statements, adjoint_of: Mapping[Array, Array] | None = None) -> None:
        self.statements = statements
        self.tables: dict[str, Any] = {}
        self.cuts: list[str] = []
        self.lookups: list[str] = []
        self._cut: dict[object, str] = {}
        self._counts: dict[str, int] = {}
        self._tables: dict[object, str] = {}
        self.masks = self._found_masks()
        adjoint_of = adjoint_of or {}
        for array in statements.arrays:
            array.name = self._name_of(array, adjoint_of.get(array))

    def _name_of(self, array: Array, adjoint_of: Array | None) -> str:
        """Z1 for a sum, H1 for a function of it, dZ1 for what the loss varies with Z1 by."""
        if array.kind == "leaf":
            return str(array.what)
        if adjoint_of is not None and adjoint_of.number < array.number:
            return f"d{adjoint_of.name}"
        if array in self.masks:
            return self.new("m")
        return self.new("H" if array.kind == "function" else "Z")

    def _found_masks(self) -> set[Array]:
        """Arrays of 0 and 1 that numbers are multiplied with, and that nothing else reads: truth values do for these."""
        found = {let.array for let in self.statements.lets if getattr(let.array.what, "name", "") == MASKED}
        for let in self.statements.lets:
            found -= self._not_as_masks(let.what)
        for value in self.statements.values:
            found -= set(arrays_in(value))
        for store in self.statements.stores:
            found -= set(arrays_in(store.what))
        return found

    def _not_as_masks(self, e: Any) -> set[Array]:
        """The arrays that an expression reads otherwise than as a factor beside an array of numbers."""
        if isinstance(e, Product):
            views = [f for f in e.factors if isinstance(f, View)]
            numbers = [f for f in views if getattr(f.array.what, "name", "") != MASKED]
            return set() if numbers and len(views) == len(e.factors) else set(arrays_in(e))
        if isinstance(e, Sum):
            return {array for term in e.terms for array in self._not_as_masks(term)}
        return set(arrays_in(e))

    # ---- names

    def new(self, stem: str) -> str:
        self._counts[stem] = self._counts.get(stem, 0) + 1
        return f"{stem}{self._counts[stem]}"

    def table(self, stem: str, numbers: Any) -> str:
        key = stem, repr(numbers)
        if key not in self._tables:
            self._tables[key] = name = self.new(stem)
            self.tables[name] = numbers
        return self._tables[key]

    def column(self, of: str, places: Sequence[int]) -> str:
        """Parameters as a column."""
        key = of, tuple(places)
        if key not in self._cut:
            name = self._cut[key] = self.new("b" if of == "theta" else of[0])
            even = slice_of(places)
            (self.cuts if even else self.lookups).append(f"{name} = {of}[{even or self.table('at', list(places))}, None]")
        return self._cut[key]

    def block(self, of: str, places: Sequence[Sequence[int]], stem: str = "W") -> str:
        """Parameters as a matrix, or as its transpose where that is known already."""
        key, turned = (of, tuple(map(tuple, places))), (of, tuple(zip(*places)))
        if key not in self._cut and turned in self._cut:
            return f"{self._cut[turned]}.T"
        if key not in self._cut:
            name = self._cut[key] = self.new(stem)
            cut = self.block_of(of, places)
            line = f"{name} = {cut or f'''{of}[{self.table('at', [list(row) for row in places])}]'''}"
            (self.cuts if cut else self.lookups).append(line)
        return self._cut[key]

    def block_of(self, of: str, places: Sequence[Sequence[int]]) -> str:
        """Parameters, or parts of the gradient, as a view in the form of a matrix; empty where there is none."""
        return block_of(of, places, len(self.statements.arrays[0]))

    # ---- expressions

    def view(self, e: View) -> str:
        array, rows = e.array, list(e.rows)
        if array.kind == "leaf" and not array.varies:
            return self.column(array.name, rows[:1] if len(set(rows)) == 1 else rows)
        if rows == list(range(len(array))):
            return str(array.name)
        if len(set(rows)) == 1:
            return array.name if len(array) == 1 else f"{array.name}[{rows[0]}:{rows[0] + 1}]"
        return f"{array.name}[{slice_of(rows) or self.table('at', rows)}]"

    def factor(self, e: Any) -> str:
        if isinstance(e, View):
            return self.view(e)
        if isinstance(e, Number):
            return number_of(e.value)
        return self.table("c", [[x] for x in e.values]) if isinstance(e, Column) else f"({self.expression(e)})"

    def call(self, e: Function) -> str:
        arguments = [self.factor(a) for a in e.arguments]
        if e.op == RECIPROCAL:
            return f"1.0 / {arguments[0]}"
        return f"{name_of(e.op)}({', '.join(arguments)})"

    def matrix(self, m: Matrix) -> str:
        if m.places is None:
            return self.table("C", m.coefficients)
        name = self.block(m.array.name, m.places)
        return name if m.coefficients is None else f"({self.table('C', m.coefficients)} * {name})"

    def contracted(self, e: Contract) -> str:
        """Σ over the second axis of products of looked-up rows; of the first where there is one sum alone."""
        single = len(e.coefficients) == 1
        parts = []
        for array, places in e.factors:
            if array.kind == "leaf" and not array.varies:
                cut = (slice_of(places[0]) if single else "") or self.table("at", places[0] if single else places)
                parts.append(f"{array.name}[{cut}][..., None]")
            elif single:
                rows = list(places[0])
                parts.append(
                    self.view(View(array, rows)) if len(set(rows)) > 1 else f"{array.name}[{self.table('at', rows)}]"
                )
            else:
                parts.append(f"{array.name}[{self.table('at', places)}]")
        numbers = {c for row in e.coefficients for c in row}
        if len(numbers) == 1:
            parts[:0] = [number_of(c) for c in numbers if c != 1.0]
        else:
            columns = [[[c] for c in row] for row in e.coefficients]
            parts.append(self.table("c", columns[0] if single else columns))
        return f"sum({' * '.join(parts)}, axis={0 if single else 1}{', keepdims=True' if single else ''})"

    def expression(self, e: Any) -> str:
        if isinstance(e, Product):
            return " * ".join(map(self.factor, e.factors))
        if isinstance(e, Sum):
            text = ""
            for term in e.terms:
                rest = minus(term)
                part = self.expression(term if rest is None else rest)
                text = f"{text} {'+' if rest is None else '-'} {part}" if text else part if rest is None else f"-{part}"
            return text
        if isinstance(e, Function):
            return self.call(e)
        if isinstance(e, Matmul):
            return f"{self.matrix(e.matrix)} @ {self.view(e.operand)}"
        if isinstance(e, Fold):
            return f"{name_of(e.op)}({self.view(e.operand)})"
        if isinstance(e, Gather):
            return f"gathered({e.array.name}, {self.table('at', e.rows)}, {self.view(e.index)})"
        return self.contracted(e) if isinstance(e, Contract) else self.factor(e)

    def piece(self, store: Store) -> str:
        """What is stored, a row for each parameter."""
        what = store.what
        if isinstance(what, Outer):
            return f"outer({self.view(what.left)}, {self.view(what.right)})"
        if isinstance(what, Scatter):
            rows = self.table("at", what.rows)
            return f"scattered({self.expression(what.what)}, {rows}, {self.view(what.index)}, {len(store.places)})"
        return f"total({self.expression(what.what)}, {len(store.places)})"

    # ---- for any library

    def functional(self, name: str, arguments: Sequence[str], parameters: int | None) -> str:
        """A function that gives the values, and the gradient if there is one.

        name: what it is called; arguments: the vectors of parameters and the inputs; parameters: how many there are;
            None where no gradient is wanted
        """
        s = self.statements
        body = [f"{let.array.name} = {self.expression(let.what)}" for let in needed(s, [*s.values, *s.stores])]
        results = [f"value = rows({', '.join(map(self.expression, s.values))})"] if s.values else []
        passes: list[tuple[set[int], list[Store]]] = []  # each parameter at most once in each
        for store in s.stores:
            places = flat(store.places)
            into = next((p for p in passes if p[0].isdisjoint(places)), None)
            if into is None:
                passes.append(into := (set(), []))
            into[0].update(places)
            into[1].append(store)
        for k, (taken, stores) in enumerate(passes):
            assert parameters is not None
            order = [0] * parameters
            for at, p in enumerate([p for store in stores for p in flat(store.places)]):
                order[p] = at
            for p in range(parameters):
                order[p] = order[p] if p in taken else len(taken)
            pieces = [*map(self.piece, stores), *(["zero"] if len(taken) < parameters else [])]
            results.append(f"gradient {'+=' if k else '='} joined({', '.join(pieces)})[{self.table('order', order)}]")
        if not passes and parameters is not None:
            results.append(f"gradient = joined(zero)[{self.table('order', [0] * parameters) if parameters else ':0'}]")
        returned = ", ".join(["value"] * bool(s.values) + ["gradient"] * (parameters is not None))
        lines = [*self.cuts, *self.lookups, *body, *results, f"return {returned}"]
        return f"def {name}({', '.join(arguments)}):\n" + "".join(f"    {line}\n" for line in lines)


def needed(statements: Statements, roots: Sequence[Any]) -> list[Let]:
    """The Lets behind some expressions, each as late as it can be."""
    return [step for step in in_turn(statements, roots) if isinstance(step, Let)]


def in_turn(statements: Statements, roots: Sequence[Any]) -> list[Any]:
    """Expressions and stores, each after the Lets that it needs and no other has needed before."""
    lets = {let.array: let for let in statements.lets}
    done: set[Array] = set()
    order: list[Any] = []
    for root in roots:
        stack = [(array, False) for array in arrays_in(root.what if isinstance(root, Store) else root)]
        while stack:
            array, ready = stack.pop()
            if array in done or array not in lets:
                continue
            if ready:
                done.add(array)
                order.append(lets[array])
            else:
                stack.append((array, True))
                stack += [(other, False) for other in arrays_in(lets[array].what)]
        order.append(root)
    return order


def minus(e: Any) -> Any:
    """x for −1·x; None for anything else."""
    if isinstance(e, Product) and e.factors[0] == Number(-1.0):
        return e.factors[1] if len(e.factors) == 2 else Product(e.factors[1:])
    return None


def name_of(op: Primitive | str) -> str:
    return op if isinstance(op, str) else op.name


def number_of(x: float) -> str:
    return repr(x) if math.isfinite(x) else f'float("{x}")'


def flat(places: Sequence[Any]) -> list[int]:
    return [p for row in places for p in row] if places and isinstance(places[0], list) else list(places)


def slice_of(places: Sequence[int]) -> str:
    """Places at even distances as a slice; empty where they are none."""
    if len(places) == 1:
        return f"{places[0]}:{places[0] + 1}"
    step = places[1] - places[0]
    if step > 0 and all(b - a == step for a, b in pairwise(places)):
        return f"{places[0]}:{places[-1] + 1}" + (f":{step}" if step > 1 else "")
    return ""


def block_of(of: str, places: Sequence[Sequence[int]], size: int) -> str:
    """A matrix of parameters as a view of their vector; empty where their places are at no even distances.

    of: the vector; size: how long it is
    """
    rows, columns, base = len(places), len(places[0]), places[0][0]
    down = places[1][0] - base if rows > 1 else columns
    along = places[0][1] - base if columns > 1 else 1
    if any(p != base + down * i + along * j for i, row in enumerate(places) for j, p in enumerate(row)):
        return ""
    if along == 1 and down >= columns:
        return _rows_of(of, size, base, rows, columns, down)
    turned = _rows_of(of, size, base, columns, rows, along) if down == 1 and along >= rows else ""
    return f"{turned}.T" if turned else ""


def _rows_of(of: str, size: int, base: int, rows: int, columns: int, step: int) -> str:
    """rows stretches of a vector, each so long as there are columns, step apart; empty where the vector ends too soon."""
    if step == columns:
        return f"{of}[{base}:{base + rows * columns}].reshape({rows}, {columns})"
    start = max(0, min(base, size - rows * step))  # the last stretch, and what follows it, must not end behind the vector
    skip = base - start
    if start + rows * step > size or skip + columns > step:
        return ""
    return f"{of}[{start}:{start + rows * step}].reshape({rows}, {step})[:, {skip or ''}:{skip + columns}]"
