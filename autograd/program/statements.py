"""A program over arrays: what each array is, as an expression in those before it, and what is summed over the batch.

An array has a row for each of its numbers and a column for each row of the batch. An expression is one of

    View       rows of an array: all, some, or one for everybody
    Number     a plain number; Column: one for each row
    Product, Sum, Function      element by element
    Matmul     a matrix of parameters, or of plain numbers, times rows of an array
    Fold       an operation along the rows of an array, such as logsumexp
    Contract   sums of products of any rows, where there is no matrix
    Gather     for each row the row of an array that an index says, as a token its embedding

and the gradient is put together from

    Outer      rows of one array times rows of another, summed over the batch: D Xᵀ
    Total      an expression, summed over the batch
    Scatter    an expression, summed over the batch, each number of it at the place that an index says

for parameters in the places of a matrix or of a vector. That rows make a matrix is seen from their places alone.
"""

from __future__ import annotations

from collections import namedtuple

from autograd.operation import Primitive
from autograd.primitives import equal, logsumexp_of, select_of
from autograd.program.lowering import LARGEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from autograd.program.grouping import Array, Grouped
    from autograd.program.lowering import Form

View = namedtuple("View", "array rows")
Number = namedtuple("Number", "value")
Column = namedtuple("Column", "values")
Product = namedtuple("Product", "factors")
Sum = namedtuple("Sum", "terms")
Function = namedtuple("Function", "op arguments")
Matmul = namedtuple("Matmul", "matrix operand")
Matrix = namedtuple("Matrix", "array places coefficients")  # array and places are None for plain numbers
Fold = namedtuple("Fold", "op operand")
Contract = namedtuple("Contract", "factors coefficients")  # factors: (array, rows in it, for each sum and each product)
Gather = namedtuple("Gather", "index array rows")  # rows: for each index the rows that it chooses from
Outer = namedtuple("Outer", "left right")
Total = namedtuple("Total", "what")
Scatter = namedtuple("Scatter", "index what rows")  # rows: for each index those of what is stored that it chooses from

Let = namedtuple("Let", "array what")
Store = namedtuple("Store", "places what")  # the parameters, as a list or a list of lists

ALONG_ROWS = (logsumexp_of, LARGEST)
FROM_OUTPUT = ("sigmoid_slope", "tanh_slope")  # z(1 − z) and 1 − z²: what they vary with is not asked for here
Rows = list[list[tuple[list[int], float]]]  # for each sum its products: (atoms, coefficient)


class Statements:
    """What is computed, in order.

    lets: a Let for each array; values: an expression for each value; stores: a Store for each part of the gradient
    """

    def __init__(self, grouped: Grouped, values: int) -> None:
        self.arrays, self.places, self.atoms = grouped.arrays, grouped.places, grouped.lowered.atoms
        outputs = grouped.lowered.outputs
        computed = [array for array in grouped.arrays if array.kind != "leaf"]
        self.lets = [Let(a, self._function(a) if a.kind == "function" else self._array(a)) for a in computed]
        self.values = [self._sums([form]) for form in outputs[:values]]
        self.stores = list(self._gradient(outputs[values:]))

    # ---- functions, element by element

    def _function(self, array: Array) -> Any:
        atoms = [self.atoms[i] for i in array.rows if i is not None]
        op, inputs = atoms[0].what, atoms[0].inputs
        if op in ALONG_ROWS and len(atoms) == 1:
            places = [self.places[x] for x in inputs if isinstance(x, int)]
            if len(set(places)) == len(inputs) and len({number for number, _ in places}) == 1:
                return Fold(op, View(self.arrays[places[0][0]], [row for _, row in places]))
        if op is select_of and (found := self._gathered(atoms)) is not None:
            return found
        wanted = 1 if isinstance(op, Primitive) and op.name in FROM_OUTPUT else len(inputs)
        return Function(op, [self._view([atom.inputs[k] for atom in atoms]) for k in range(wanted)])

    def _gathered(self, atoms: Sequence[Any]) -> Gather | None:
        """What an index chooses from the rows of one array; None where the items are of several, or plain numbers."""
        items = [x for atom in atoms for x in atom.inputs[1:]]
        if not all(isinstance(x, int) for x in items) or len({self.places[x][0] for x in items}) != 1:
            return None
        rows = [[self.places[x][1] for x in atom.inputs[1:]] for atom in atoms]
        return Gather(self._view([atom.inputs[0] for atom in atoms]), self.arrays[self.places[items[0]][0]], rows)

    def _view(self, atoms: Sequence[int | float]) -> Any:
        """The rows where atoms stand; a plain number where they are one."""
        if not isinstance(atoms[0], int):
            return Number(atoms[0])
        places = [self.places[x] for x in atoms if isinstance(x, int)]
        return View(self.arrays[places[0][0]], [row for _, row in places])

    # ---- sums of products

    def _array(self, array: Array) -> Any:
        return self._sums([self.atoms[i].form for i in array.rows if i is not None])

    def _sums(self, forms: Sequence[Form]) -> Any:
        """One expression for sums that have the same kinds of products."""
        by_kind: dict[tuple[int, ...], Rows] = {}
        for row, form in enumerate(forms):
            for factors, c in form.items():
                kind, ordered = self._kind(factors)
                if kind not in by_kind:
                    by_kind[kind] = [[] for _ in forms]
                by_kind[kind][row].append((ordered, c))
        kinds = sorted(by_kind.items(), key=lambda item: -len(item[1][0]))
        terms = [self._terms(kind, rows) for kind, rows in kinds]
        return terms[0] if len(terms) == 1 else _gathered(terms) if terms else Number(0.0)

    def _kind(self, factors: Iterable[int]) -> tuple[tuple[int, ...], list[int]]:
        """The arrays that a product takes its factors from; and the factors in that order."""
        ordered = sorted(factors, key=self.places.__getitem__)
        return tuple(self.places[f][0] for f in ordered), ordered

    def _terms(self, kind: tuple[int, ...], rows: Rows) -> Any:
        """The products of one kind in each of several sums."""
        if len(rows[0]) == 1:
            return self._product([factors for ((factors, _),) in rows], [c for ((_, c),) in rows])
        weighed = len(kind) == 2 and self.arrays[kind[0]].kind == "leaf" and not self.arrays[kind[0]].varies
        if (weighed or len(kind) == 1) and self.arrays[kind[-1]].varies:
            found = self._matmul(kind, rows)
            if found is not None:
                return found
        width = range(len(kind))
        places = [[[self.places[factors[k]] for factors, _ in row] for row in rows] for k in width]
        factors = [(self.arrays[each[0][0][0]], [[row for _, row in some] for some in each]) for each in places]
        return Contract(factors, [[c for _, c in row] for row in rows])

    def _product(self, factors: Sequence[Sequence[int]], coefficients: Sequence[float]) -> Any:
        views = [self._view([row[k] for row in factors]) for k in range(len(factors[0]))]
        if set(coefficients) != {1.0} or not views:
            alike = len(set(coefficients)) == 1
            views.insert(0, Number(coefficients[0]) if alike else Column(list(coefficients)))
        return views[0] if len(views) == 1 else Product(views)

    def _matmul(self, kind: tuple[int, ...], rows: Rows) -> Any:
        """W x, for sums that all run over the same numbers; None where they do not."""
        ordered = [sorted(row, key=lambda term: self.places[term[0][-1]]) for row in rows]
        runs = {tuple(self.places[factors[-1]][1] for factors, _ in row) for row in ordered}
        run = next(iter(runs))
        if len(runs) > 1 or len(set(run)) < len(run):
            return None
        operand = View(self.arrays[kind[-1]], list(run))
        coefficients = [[c for _, c in row] for row in ordered]
        if len(kind) == 1:
            return Matmul(Matrix(None, None, coefficients), operand)
        places = [[self.places[factors[0]][1] for factors, _ in row] for row in ordered]
        plain = all(c == 1.0 for row in coefficients for c in row)
        return Matmul(Matrix(self.arrays[kind[0]], places, None if plain else coefficients), operand)

    # ---- the gradient

    def _gradient(self, forms: Sequence[Form]) -> Iterator[Store]:
        """What is summed over the batch for each parameter; products of one kind, and as many of them, in one go."""
        yield from self._scattered(forms := [dict(form) for form in forms])
        alike: dict[tuple[tuple[int, ...], int], dict[int, list[tuple[list[int], float]]]] = {}
        for p, form in enumerate(forms):
            by_kind: dict[tuple[int, ...], list[tuple[list[int], float]]] = {}
            for factors, c in form.items():
                kind, ordered = self._kind(factors)
                by_kind.setdefault(kind, []).append((ordered, c))
            for kind, terms in by_kind.items():
                alike.setdefault((kind, len(terms)), {})[p] = terms
        for (kind, count), some in alike.items():
            both_vary = len(kind) == 2 and all(self.arrays[k].varies for k in kind)
            found = self._outer(some) if both_vary and count == 1 else None
            yield (
                found
                if found is not None
                else Store(sorted(some), Total(self._terms(kind, [some[p] for p in sorted(some)])))
            )

    def _scattered(self, forms: Sequence[dict[tuple[int, ...], float]]) -> Iterator[Store]:
        """What each item of a choice varies by: [index = k] times the same for all k. It is taken out of the forms."""
        chosen: dict[tuple[int, tuple[int, ...], float], dict[float, list[tuple[int, tuple[int, ...]]]]] = {}
        for p, form in enumerate(forms):
            for factors, c in form.items():
                choices = [f for f in factors if self.atoms[f].what is equal]
                if len(choices) == 1 and [type(x) for x in self.atoms[choices[0]].inputs] == [int, float]:
                    index, k = self.atoms[choices[0]].inputs
                    rest = tuple(f for f in factors if f not in choices)
                    chosen.setdefault((index, rest, c), {}).setdefault(k, []).append((p, factors))
        alike: dict[object, list[tuple[int, list[int], float, list[int]]]] = {}
        for (index, rest, c), by_item in chosen.items():
            n, often = len(by_item), {len(some) for some in by_item.values()}
            if n < 2 or set(by_item) != set(range(n)) or len(often) > 1:
                continue
            kind, ordered = self._kind(rest)
            for each in zip(*(by_item[k] for k in range(n))):  # two tables that one index looks into make two rows
                alike.setdefault((self.places[index][0], kind, n), []).append((index, ordered, c, [p for p, _ in each]))
                for p, factors in each:
                    del forms[p][factors]
        for rows in alike.values():
            places = sorted({p for *_, some in rows for p in some})
            at = {p: i for i, p in enumerate(places)}
            what = self._product([ordered for _, ordered, _, _ in rows], [c for _, _, c, _ in rows])
            index = self._view([index for index, *_ in rows])
            yield Store(places, Scatter(index, what, [[at[p] for p in some] for *_, some in rows]))

    def _outer(self, terms: Mapping[int, list[tuple[list[int], float]]]) -> Store | None:
        """D Xᵀ, where the parameters make a matrix: every row of one array with every row of the other."""
        pairs: dict[tuple[int, int], int] = {}
        for p, ((factors, c),) in terms.items():
            (a, i), (b, j) = (self.places[f] for f in factors)
            if c != 1.0:
                return None
            pairs[i, j] = p
        rows, columns = sorted({i for i, _ in pairs}), sorted({j for _, j in pairs})
        if len(pairs) != len(terms) or len(pairs) != len(rows) * len(columns):
            return None
        places = [[pairs[i, j] for j in columns] for i in rows]
        left, right = View(self.arrays[a], rows), View(self.arrays[b], columns)
        if _reads_down(places):
            places, left, right = [list(column) for column in zip(*places)], right, left
        return Store(places, Outer(left, right))


def _gathered(terms: list[Any]) -> Any:
    """A sum, with one number for all that every product has, such as 1/B, taken out."""
    products = [term.factors for term in terms if isinstance(term, Product)]
    if len(products) == len(terms):
        shared = [f for f in products[0] if isinstance(f, View) and not f.array.varies and len(set(f.rows)) == 1]
        common = next((f for f in shared if all(f in factors for factors in products)), None)
        if common is not None:
            rest = [[f for f in factors if f is not common and f != common] for factors in products]
            if all(len(left) == len(factors) - 1 and left for left, factors in zip(rest, products)):
                return Product([common, Sum([left[0] if len(left) == 1 else Product(left) for left in rest])])
    return Sum(terms)


def _reads_down(places: Sequence[Sequence[int]]) -> bool:
    """Whether the parameters of a matrix follow each other in its columns rather than in its rows."""
    if len(places[0]) == 1:
        return len(places) > 1
    return len(places) > 1 and places[0][1] - places[0][0] != 1 == places[1][0] - places[0][0]


def arrays_in(e: Any) -> list[Array]:
    """The arrays that an expression, or what is stored, reads."""
    if isinstance(e, View):
        return [e.array]
    if isinstance(e, (Product, Sum, Function)):
        return [array for part in e[-1] for array in arrays_in(part)]
    if isinstance(e, (Matmul, Fold)):
        return arrays_in(e.operand)
    if isinstance(e, Contract):
        return [array for array, _ in e.factors]
    if isinstance(e, Outer):
        return [e.left.array, e.right.array]
    if isinstance(e, Gather):
        return [e.array, *arrays_in(e.index)]
    if isinstance(e, Scatter):
        return [*arrays_in(e.index), *arrays_in(e.what)]
    return arrays_in(e.what) if isinstance(e, Total) else []
