"""A program over arrays: what each array is, as an expression in those before it, and what is summed over the batch.

That rows are a matrix times a vector, or the gradient of a matrix an outer product, is seen from the places of the numbers
alone: where every row runs over the same numbers, and every parameter stands once.
"""

from __future__ import annotations

from autograd.graph import bottom_up
from autograd.primitives import equal, select_of
from autograd.program import expressions as ex
from autograd.program.lowering import ALONG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograd.program.grouping import Array, Grouping, Kind
    from autograd.program.lowering import Atom, Factors, Form

    Term = tuple[list[int], float]  # a product: its factors, and their coefficient

FROM_OUTPUT = ("sigmoid_slope", "tanh_slope")  # z(1 − z) and 1 − z²: what they vary with is not asked for here


class Statements:
    """What is computed, in order.

    lets: a Let for each array; values: an expression for each value; stores: the gradient, part by part
    """

    def __init__(self, grouping: Grouping, values: int) -> None:
        self.arrays, self.places, self.atoms = grouping.arrays, grouping.places, grouping.atoms
        self._sort_factors = grouping.sort_factors
        self.lets = [ex.Let(array, self._work_out(array)) for array in grouping.arrays if array.kind != "leaf"]
        self.values = [self._add_up([form]) for form in grouping.outputs[:values]]
        self.stores = list(self._find_gradient(grouping.outputs[values:]))

    def _work_out(self, array: Array) -> ex.Expression:
        atoms = [self.atoms[i] for i in array.rows if i is not None]
        if array.kind == "sum":
            return self._add_up([atom.form for atom in atoms])
        name, inputs = array.operation, atoms[0].inputs
        if array.what in ALONG and len(atoms) == 1:
            places = [self.places[x] for x in inputs if isinstance(x, int)]
            if len(set(places)) == len(inputs) and len({number for number, _ in places}) == 1:
                return ex.Fold(name, ex.View(self.arrays[places[0][0]], [row for _, row in places]))
        if array.what is select_of and (found := self._find_gather(atoms)) is not None:
            return found
        wanted = 1 if name in FROM_OUTPUT else len(inputs)
        return ex.Function(name, [self._view([atom.inputs[k] for atom in atoms]) for k in range(wanted)])

    def _find_gather(self, atoms: Sequence[Atom]) -> ex.Gather | None:
        """What an index chooses from the rows of one array; None where the items are of several, or plain numbers."""
        places = [[self.places[x] for x in atom.inputs if isinstance(x, int)] for atom in atoms]
        numbers = {number for _, *items in places for number, _ in items}
        if len(numbers) != 1 or any(len(some) < len(atom.inputs) for some, atom in zip(places, atoms)):
            return None
        which = ex.View(self.arrays[places[0][0][0]], [row for (_, row), *_ in places])
        return ex.Gather(which, self.arrays[numbers.pop()], [[row for _, row in items] for _, *items in places])

    def _view(self, atoms: Sequence[int | float]) -> ex.View | ex.Number:
        """The rows where atoms stand; a plain number where they are one."""
        if not isinstance(atoms[0], int):
            return ex.Number(atoms[0])
        places = [self.places[x] for x in atoms if isinstance(x, int)]
        return ex.View(self.arrays[places[0][0]], [row for _, row in places])

    # ---- sums of products

    def _add_up(self, forms: Sequence[Form]) -> ex.Expression:
        """One expression for sums that have the same kinds of products."""
        by_kind: dict[Kind, list[list[Term]]] = {}
        for row, form in enumerate(forms):
            for kind, terms in self._sort_terms(form).items():
                if kind not in by_kind:  # a list for each sum is made once only
                    by_kind[kind] = [[] for _ in forms]
                by_kind[kind][row] = terms
        kinds = sorted(by_kind.items(), key=lambda item: -len(item[1][0]))
        found = [self._add_alike(kind, rows) for kind, rows in kinds]
        return found[0] if len(found) == 1 else _factor_out(found) if found else ex.Number(0.0)

    def _sort_terms(self, form: Form | dict[Factors, float]) -> dict[Kind, list[Term]]:
        """The products of a sum by their kind."""
        by_kind: dict[Kind, list[Term]] = {}
        for factors, c in form.items():
            kind, ordered = self._sort_factors(factors)
            by_kind.setdefault(kind, []).append((ordered, c))
        return by_kind

    def _add_alike(self, kind: Kind, rows: list[list[Term]]) -> ex.Expression:
        """The products of one kind in each of several sums."""
        if len(rows[0]) == 1:
            return self._multiply([factors for ((factors, _),) in rows], [c for ((_, c),) in rows])
        weighted = len(kind) == 2 and self.arrays[kind[0]].is_vector
        if (weighted or len(kind) == 1) and self.arrays[kind[-1]].varies:
            found = self._find_matrix(kind, rows)
            if found is not None:
                return found
        factors = [
            (self.arrays[number], [[self.places[factors[k]][1] for factors, _ in row] for row in rows])
            for k, number in enumerate(kind)
        ]
        return ex.Contract(factors, [[c for _, c in row] for row in rows])

    def _multiply(self, factors: Sequence[Sequence[int]], coefficients: Sequence[float]) -> ex.Expression:
        """One product for each row."""
        views: list[ex.Expression] = [self._view([row[k] for row in factors]) for k in range(len(factors[0]))]
        if set(coefficients) != {1.0} or not views:
            alike = len(set(coefficients)) == 1
            views.insert(0, ex.Number(coefficients[0]) if alike else ex.Column(list(coefficients)))
        return views[0] if len(views) == 1 else ex.Product(views)

    def _find_matrix(self, kind: Kind, rows: list[list[Term]]) -> ex.Matmul | None:
        """W x, for sums that all run over the same numbers; None where they do not."""
        ordered = [sorted(row, key=lambda term: self.places[term[0][-1]]) for row in rows]
        runs = {tuple(self.places[factors[-1]][1] for factors, _ in row) for row in ordered}
        run = next(iter(runs))
        if len(runs) > 1 or len(set(run)) < len(run):
            return None
        operand = ex.View(self.arrays[kind[-1]], list(run))
        coefficients = [[c for _, c in row] for row in ordered]
        if len(kind) == 1:
            return ex.Matmul(None, [], coefficients, operand)
        places = [[self.places[factors[0]][1] for factors, _ in row] for row in ordered]
        plain = all(c == 1.0 for row in coefficients for c in row)
        return ex.Matmul(self.arrays[kind[0]], places, None if plain else coefficients, operand)

    # ---- the gradient

    def _find_gradient(self, forms: Sequence[Form]) -> Iterator[ex.Store]:
        """What is summed over the batch for each parameter; products of one kind, and as many of them, in one go."""
        left = [dict(form.items()) for form in forms]
        yield from self._take_scatters(left)
        alike: dict[tuple[Kind, int], dict[int, list[Term]]] = {}
        for p, form in enumerate(left):
            for kind, terms in self._sort_terms(form).items():
                alike.setdefault((kind, len(terms)), {})[p] = terms
        for (kind, count), some in alike.items():
            both_vary = len(kind) == 2 and all(self.arrays[k].varies for k in kind)
            found = self._find_outer(some) if both_vary and count == 1 else None
            yield found or ex.Total(sorted(some), self._add_alike(kind, [some[p] for p in sorted(some)]))

    def _take_scatters(self, forms: Sequence[dict[Factors, float]]) -> Iterator[ex.Scatter]:
        """What each item of a choice varies by: [index = k] times the same for all k. It is taken out of the forms."""
        chosen: dict[tuple[int, Factors, float], dict[float, list[tuple[int, Factors]]]] = {}
        for p, form in enumerate(forms):
            for factors, c in form.items():
                choices = [f for f in factors if self.atoms[f].what is equal]
                match [self.atoms[f].inputs for f in choices]:
                    case [(int(index), float(k))]:
                        rest = tuple(f for f in factors if f not in choices)
                        chosen.setdefault((index, rest, c), {}).setdefault(k, []).append((p, factors))
        alike: dict[tuple[int, Kind, int], list[tuple[int, Term, list[int]]]] = {}
        for (index, rest, c), by_item in chosen.items():
            n, often = len(by_item), {len(some) for some in by_item.values()}
            if n < 2 or set(by_item) != set(range(n)) or len(often) > 1:
                continue
            kind, ordered = self._sort_factors(rest)
            for each in zip(*(by_item[k] for k in range(n))):  # two tables that one index looks into make two rows
                key = self.places[index][0], kind, n
                alike.setdefault(key, []).append((index, (ordered, c), [p for p, _ in each]))
                for p, factors in each:
                    del forms[p][factors]
        for found in alike.values():
            places = sorted({p for *_, some in found for p in some})
            at = {p: i for i, p in enumerate(places)}
            which = [self.places[index] for index, *_ in found]
            what = self._multiply([ordered for _, (ordered, _), _ in found], [c for _, (_, c), _ in found])
            rows = [[at[p] for p in some] for *_, some in found]
            yield ex.Scatter(places, ex.View(self.arrays[which[0][0]], [row for _, row in which]), what, rows)

    def _find_outer(self, terms: Mapping[int, list[Term]]) -> ex.Outer | None:
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
        left, right = ex.View(self.arrays[a], rows), ex.View(self.arrays[b], columns)
        if _reads_down(places):
            return ex.Outer([list(column) for column in zip(*places)], right, left)
        return ex.Outer(places, left, right)


def _factor_out(terms: list[ex.Expression]) -> ex.Expression:
    """A sum, with one number for all that every product has, such as 1/B, taken out."""
    products = [term.factors for term in terms if isinstance(term, ex.Product)]
    if len(products) == len(terms):
        shared = [f for f in products[0] if isinstance(f, ex.View) and not f.array.varies and f.is_one]
        common = next((f for f in shared if all(f in factors for factors in products)), None)
        if common is not None:
            rest = [[f for f in factors if f != common] for factors in products]
            if all(len(left) == len(factors) - 1 and left for left, factors in zip(rest, products)):
                return ex.Product([common, ex.Sum([left[0] if len(left) == 1 else ex.Product(left) for left in rest])])
    return ex.Sum(terms)


def _reads_down(places: Sequence[Sequence[int]]) -> bool:
    """Whether the parameters of a matrix follow each other in its columns rather than in its rows."""
    if len(places[0]) == 1:
        return len(places) > 1
    return len(places) > 1 and places[0][1] - places[0][0] != 1 == places[1][0] - places[0][0]


def in_turn(statements: Statements, roots: Iterable[ex.Expression | ex.Store]) -> list[ex.Let | ex.Expression | ex.Store]:
    """Values and parts of the gradient, each after the Lets that it needs and no other has needed before."""
    lets = {let.array: let for let in statements.lets}

    def below(e: ex.Expression | ex.Let | ex.Store) -> list[Array]:
        return [array for array in ex.arrays_in(e)[::-1] if array in lets]

    done: set[Array] = set()
    order: list[ex.Let | ex.Expression | ex.Store] = []
    for root in roots:
        for array in bottom_up(below(root), lambda array: below(lets[array]), done):
            done.add(array)
            order.append(lets[array])
        order.append(root)
    return order
