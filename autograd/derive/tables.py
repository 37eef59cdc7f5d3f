"""Jacobians, Hessians and tensors of higher order as mathematics: a formula or a number for each entry.

    J = [2·x + 2·y  2·x  1]          rows are outputs, columns inputs
    H = [2 2 0; 2 0 0; 0 0 0]        rows and columns are inputs; the order of differentiation does not matter

From the third order on there is no page wide enough for a tensor: each derivative that is not 0 is written once, with the
number of entries it stands in, and the rest is 0. Where outputs go through labelled quantities, the formulas speak of these,
as in ∂ŷ₁/∂a₁ = ŷ₁·(1 − ŷ₁).
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement, permutations
from typing import Any

from autograd.calculus import gradient, nest_entries, symmetric_entries
from autograd.derive.algebra import simplify_each
from autograd.derive.named_graph import NamedGraph, values_in
from autograd.display.board import NOTHING, Board, Line, Math, figure, join, latex_matrix, math, words, write_name
from autograd.formula.measures import free_variables
from autograd.interop.conversions import number
from autograd.labels import subscript
from autograd.operation import CONSTANT
from autograd.value import Value, lift
from autograd.writing.names import SUPERSCRIPTS

SHORT = 9  # characters of a formula that is written twice in a symmetric matrix
Index = tuple[int, ...]


def derivatives(f: Any, *xs: Any, order: int = 1, numbers: bool = False, digits: int = 6) -> Derivatives:
    """All derivatives of one order as mathematics.

    f: a function of numbers; or a Value, or a list of Values, computed from xs
    xs: for a function the point, one number for each argument (where it is left out, formulas come all the same); for
        Values the inputs, as Values or lists of them
    order: 1 for the Jacobian, 2 for the Hessian, 3 and more for tensors
    numbers: whether the numbers at the point follow the formulas
    digits: how many significant digits they have

    The result shows itself in Jupyter and in print; .text, .latex and .save() write it, .entries has the formulas, by
    (output, input, input, ...) counted from 0, and .values the numbers as derivative_tensor nests them.

    >>> from autograd import derivatives
    >>> print(derivatives(lambda x, y, z: x ** 2 + 2 * x * y + z))
    J = [∂f/∂x  ∂f/∂y  ∂f/∂z]
      = [2·x + 2·y  2·x  1]

    Raises TypeError for what is neither a function nor Values, ValueError for an order below 1 or no inputs.
    """
    if not isinstance(order, int) or isinstance(order, bool) or order < 1:
        raise ValueError(f"the order of a derivative is 1, 2, 3, ..., not {order!r}")
    if callable(f) and not isinstance(f, Value):
        result, inputs = _call(f, xs)
        given = getattr(f, "__name__", "f")
        name, numbers = given if len(given) == 1 else "f", numbers and bool(xs)
    else:
        result, inputs, name = f, values_in(xs), "f"
        for value in [*(f if isinstance(f, (list, tuple)) else [f]), *inputs]:
            if not isinstance(value, Value):
                raise TypeError(f"derivatives of Values are taken with respect to Values, and {value!r} is none")
        if not inputs:
            raise ValueError("derivatives(y, x1, x2, ...) needs the Values that y is differentiated with respect to")
    bare = not isinstance(result, (list, tuple))
    ys = [lift(y) for y in ([result] if bare else result)]
    if not ys or not inputs:
        raise ValueError("derivatives are of at least one output, in at least one input")
    names = [f"{name}_{i}" for i in range(1, len(ys) + 1)] if len(ys) > 1 else [name]
    if result is f:
        names = [y.label or name for y, name in zip(ys, names)]
    return Derivatives(ys, inputs, names, order, numbers, digits, bare)


def _call(f: Callable[..., Any], point: Sequence[Any]) -> tuple[Any, list[Value]]:
    """A function called on Values that wear the names of its arguments: what it gives, and they."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
        arguments = [
            p.name for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        arguments = []
    n = len(point) or len(arguments)
    if not n:
        raise ValueError("how many numbers this function takes cannot be seen: pass a point, as in derivatives(f, 1.0, 2.0)")
    labels = arguments if len(arguments) == n else [f"x_{i}" for i in range(1, n + 1)]
    xs: list[Value] = []
    return f(*(_make_own(x, label, xs) for x, label in zip(point or [0.3 + 0.4 * i for i in range(n)], labels))), xs


def _make_own(x: Any, label: str, xs: list[Value], indices: Index = ()) -> Any:
    """A number as a Value of this call's own, added to xs; a list of numbers as a list of them, with numbered labels."""
    if isinstance(x, (list, tuple)):
        return [_make_own(inner, label, xs, (*indices, i)) for i, inner in enumerate(x, start=1)]
    xs.append(Value(number(x.data if isinstance(x, Value) else x), f"{label}_{subscript(indices)}" if indices else label))
    return xs[-1]


class Derivatives(Board):
    """All derivatives of one order; see `derivatives`.

    entries: the formula of each, a Value, by (output, input, ...) counted from 0, inputs in ascending order
    values: their numbers, nested as derivative_tensor does: rows are outputs, columns inputs; one output comes bare

    >>> from autograd import derivatives
    >>> table = derivatives(lambda x, y: x ** 2 * y, 3.0, 5.0, order=2)
    >>> table.values
    [[10.0, 6.0], [6.0, 0.0]]
    >>> table.entries[0, 0, 1].data
    6.0
    >>> print(table)
    H = [∂²f/∂x²   ∂²f/∂x∂y]
        [∂²f/∂y∂x  ∂²f/∂y² ]
      = [2·y  2·x]
        [2·x  0  ]
    """

    def __init__(
        self,
        ys: Sequence[Value],
        xs: Sequence[Value],
        names: Sequence[str],
        order: int,
        numbers: bool,
        digits: int,
        bare: bool,
    ) -> None:
        self.order, self.digits, self.numbers, self.names = order, digits, numbers, list(names)
        graphs = [NamedGraph(y, xs, beside=ys) for y in ys]
        self.inputs = [graphs[0].name(x) for x in xs]
        self.entries = {(i, *index): y for i, g in enumerate(graphs) for index, y in _formulas(g, xs, order).items()}
        every = [symmetric_entries(y, list(xs), order) for y in ys]
        self._numbers = [{index: entry.data for index, entry in entries.items()} for entries in every]
        outputs = range(len(ys))
        tensors = [nest_entries(entries, len(xs), order) for entries in self._numbers]
        self.values = tensors[0] if bare else tensors
        if order == 1:
            super().__init__(self._write_matrix("J", [(i,) for i in outputs]))
        elif order == 2:
            letters = [f"H_{{{name}}}" if "_" not in name else f"H_{i}" for i, name in enumerate(names, 1)]
            letters = ["H"] if len(ys) == 1 else letters
            rows = [[(i, j) for j in range(len(xs))] for i in outputs]
            super().__init__(boards=[Board(self._write_matrix(letters[i], rows[i])) for i in outputs])
        else:
            super().__init__(boards=[Board(self._list(i)) for i in outputs])

    def _at(self, index: Index) -> float:
        return self._numbers[index[0]][tuple(sorted(index[1:]))]

    def _write_matrix(self, letter: str, rows: Sequence[Index]) -> list[Line]:
        """The matrix in names, in formulas and in numbers; row by row the indices that stand before the column's."""

        def fill(write: Callable[[Index], Math]) -> list[list[Math]]:
            return [[write((*row, j)) for j in range(len(self.inputs))] for row in rows]

        formulas = fill(lambda index: self._cell(letter, index))
        if len(self.inputs) <= 4:
            matrices = [_write_matrix(fill(self._name)), _write_matrix(formulas)]
        else:  # too wide for names in every place: they stand at the edge
            tops = [Math(f"∂/∂{x.text}", rf"\frac{{\partial}}{{\partial {x.latex}}}") for x in map(write_name, self.inputs)]
            sides = [write_name(self.names[row[0]]) if len(row) == 1 else tops[row[1]] for row in rows]
            matrices = [_write_bordered(formulas, tops, sides)]
        if self.numbers and any(map(free_variables, self.entries.values())):
            matrices.append(_write_matrix(fill(lambda index: figure(self._at(index), self.digits))))
        return [Line(write_name(letter) if i == 0 else NOTHING, matrix) for i, matrix in enumerate(matrices)]

    def _cell(self, letter: str, index: Index) -> Math:
        """An entry's formula; below the diagonal of a symmetric matrix a long one is called by its place above it."""
        mirrored = (index[0], *sorted(index[1:]))
        formula = math(self.entries[mirrored], digits=self.digits)
        if mirrored != index and len(formula.text) > SHORT:
            return write_name(f"H_{{{subscript(i + 1 for i in mirrored[1:])}}}") if letter == "H" else self._name(mirrored)
        return formula

    def _name(self, index: Index) -> Math:
        """∂²f/∂x∂y."""
        output, *inputs = index
        order, name = _write_order(len(inputs)), write_name(self.names[output])
        below = []
        for i, n in Counter(inputs).items():
            times, x = _write_order(n), write_name(self.inputs[i])
            below.append(Math(f"∂{x.text}{times.text}", rf"\partial {x.latex}{times.latex}"))
        text, latex = join(below, "", r" \, ")
        return Math(f"∂{order.text}{name.text}/{text}", rf"\frac{{\partial{order.latex} {name.latex}}}{{{latex}}}")

    def _list(self, output: int) -> list[Line]:
        """Each derivative that is not 0, once."""
        lines = []
        n, zeros = len(self.inputs), 0
        for index in combinations_with_replacement(range(n), self.order):
            formula = self.entries[output, *index]
            times = len(set(permutations(index)))
            if formula.op is CONSTANT and formula.data == 0.0:
                zeros += times
                continue
            right = math(formula, digits=self.digits)
            if self.numbers and free_variables(formula):
                right = join([right, figure(self._at((output, *index)), self.digits)], " = ")
            lines.append(Line(self._name((output, *index)), right, words(f"{times} entries" if times > 1 else "")))
        whole = n**self.order
        if whole == zeros == 1:
            lines.append(Line(self._name((output,) + (0,) * self.order), figure(0.0)))
        elif zeros:
            rest = "the other entry is 0" if zeros == 1 else f"the other {zeros} of {whole} entries are 0"
            text = f"all {whole} entries are 0" if zeros == whole else rest
            name = [] if lines else [write_name(self.names[output]), words(": ")]
            lines.append(Line(right=join([*name, words(text)], ""), relation=NOTHING))
        return lines


def _formulas(graph: NamedGraph, xs: Sequence[Value], order: int) -> dict[Index, Value]:
    """The formula of each derivative of a graph's y, by its inputs in ascending order."""
    slopes = _Slopes(graph)
    leaves = [graph.leaf(x) for x in xs]
    for v in graph.order:  # from the leaves up, so that no call goes deep
        for x in leaves:
            if x is not None and slopes.varies(v, x):
                slopes.of_quantity(v, x)
    page = graph.page
    entries: dict[Index, Value] = {}
    zero = page.number(0.0)
    for j, leaf in enumerate(leaves):
        entries[(j,)] = zero if leaf is None else slopes.of_quantity(graph.y, leaf)
    for _ in range(order - 1):
        simple = dict(zip(entries, simplify_each(page, entries.values())))
        entries = {
            (*index, j): zero if leaves[j] is None else slopes.of_formula(formula, leaves[j])  # type: ignore[arg-type]
            for index, formula in simple.items()
            for j in range(index[-1], len(xs))
        }
    return dict(zip(entries, simplify_each(page, entries.values())))


class _Slopes:
    """How quantities on a page, and formulas of them, vary with its leaves, along all ways."""

    def __init__(self, graph: NamedGraph) -> None:
        self.graph, self.page = graph, graph.page
        self._known: dict[tuple[Value, Value], Value] = {}

    def varies(self, v: Value, x: Value) -> bool:
        """Whether a quantity varies with x; those beside y, such as the rest of a softmax, are on the page, too."""
        return x in self.graph.below_all(v)

    def of_quantity(self, v: Value, x: Value) -> Value:
        if v is x:
            return self.page.number(1.0)
        if (v, x) not in self._known:
            inside = [w for w in self.graph.inputs(v) if self.varies(w, x)]
            products = [self.page.product([self.graph.local(v, w), self.of_quantity(w, x)]) for w in inside]
            self._known[v, x] = self.page.sum(products)
        return self._known[v, x]

    def of_formula(self, formula: Value, x: Value) -> Value:
        inside = [w for w in free_variables(formula) if self.varies(w, x)]
        slopes = gradient(formula, *inside)
        return self.page.sum(
            [self.page.product([self.page.take_in(slope), self.of_quantity(w, x)]) for w, slope in zip(inside, slopes)]
        )


def _write_order(n: int) -> Math:
    """How often something is differentiated, as a raised number; nothing for once."""
    return Math(str(n).translate(SUPERSCRIPTS), f"^{{{n}}}") if n > 1 else NOTHING


def _align_columns(rows: Sequence[Sequence[Math]]) -> list[str]:
    """Rows of cells as lines of text, in columns."""
    widths = [max(len(cell.text) for cell in column) for column in zip(*rows)]
    return ["  ".join(cell.text.ljust(width) for cell, width in zip(row, widths)) for row in rows]


def _write_matrix(rows: Sequence[Sequence[Math]]) -> Math:
    """Rows below one another."""
    text = [line.rstrip() if len(rows) == 1 else line for line in _align_columns(rows)]
    return Math("\n".join(f"[{line}]" for line in text), latex_matrix(rows))


def _write_bordered(rows: Sequence[Sequence[Math]], tops: Sequence[Math], sides: Sequence[Math]) -> Math:
    """A matrix with the names of its rows and columns at the edge."""
    body = r" \\ ".join(side.latex + " & " + " & ".join(cell.latex for cell in row) for side, row in zip(sides, rows))
    head = " & ".join(["", *(top.latex for top in tops)])
    lines = _align_columns([[NOTHING, *tops], *([side, *row] for side, row in zip(sides, rows))])
    text = "\n".join(line.rstrip() for line in lines)
    return Math(text, rf"\begin{{array}}{{c|{'c' * len(tops)}}} {head} \\ \hline {body} \end{{array}}")
