"""Arrays with recipes become statements; and backwards, what the loss varies by with each array becomes statements as well.

For an array Y whose rows are sums of products, or a function of some, each factor gets the adjoint of Y times what stands
beside it. Its table, read the other way round, says which rows of Y these are: so an adjoint is a sum of products, too,
over tables that are known already. Slopes of functions are those of the table of operations, asked with a Value in the
place of a whole array. What comes to a parameter is summed over the batch in the end.

    a product of parameters with numbers, each with each: a matrix product, W X; for the parameters D Xᵀ
    a choice by an index: a gather; backwards numbers are scattered to where they came from
"""

from __future__ import annotations

from autograd import primitives as ops
from autograd.graph import bottom_up
from autograd.program import expressions as ex
from autograd.program.engines import import_numpy
from autograd.program.grouping import Array
from autograd.program.lowering import LARGEST, RECIPROCAL, Lowering
from autograd.program.recipes import Along, Call, Choice, NotRolled, Products
from autograd.program.statements import FROM_OUTPUT
from autograd.program.tables import blocks
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from autograd.program.grouping import Place
    from autograd.program.recipes import Recipe
    from autograd.program.rolling import Rolling

    Factor = tuple[Array, Any]  # an array, and for each row a row of it
    Monomial = tuple[float, list[Factor]]


class RolledStatements:
    """What is computed, in order, as Statements has it.

    rolling: the arrays; backward: whether the gradient of the one output is wanted
    """

    def __init__(self, rolling: Rolling, backward: bool) -> None:
        self._np = import_numpy()
        self._rolling = rolling
        self.arrays = list(rolling.arrays)
        self.recipes: dict[Array, Recipe] = dict(rolling.recipes)
        self.adjoint_of: dict[Array, Array] = {}
        self.lets: list[ex.Let] = []
        self.stores: list[ex.Store] = []
        self._known = {self._key(recipe): array for array, recipe in self.recipes.items()}
        self._zero: dict[Array, Any] = {}  # for an array the rows that are known to be 0
        for array in rolling.side:
            if rolling.hidden[array] == 0.0:
                self._zero[array] = self._np.array(array.is_hole)
        for array, recipe in rolling.recipes.items():
            self.lets.append(ex.Let(array, self._express(recipe, len(array))))
        self.values = [self._express(recipe, 1) for recipe in rolling.outputs]
        if rolling.places:
            self.values.append(self._put_together(rolling.places))
        if backward:
            self._go_back()

    # ---- expressions

    def _express(self, recipe: Recipe, size: int) -> ex.Expression:
        match recipe:
            case Call(op, arguments):
                name = op if isinstance(op, str) else op.name
                wanted = 1 if name in FROM_OUTPUT else len(arguments)
                return ex.Function(name, [self._argument(x) for x in arguments[:wanted]])
            case Along(name, array, table):
                return ex.Fold(name, ex.View(array, table.T.reshape(-1).tolist()), len(table))
            case Choice((index, which), array, table):
                return ex.Gather(ex.View(index, which.tolist()), array, table.tolist())
        terms = [self._express_products(products) for products in recipe]
        return ex.Number(0.0) if not terms else terms[0] if len(terms) == 1 else ex.Sum(terms)

    def _argument(self, x: Factor | float) -> ex.View | ex.Number:
        return ex.Number(x) if isinstance(x, float) else ex.View(x[0], x[1].tolist())

    def _express_products(self, products: Products) -> ex.Expression:
        np = self._np
        factors, c = products
        j = c.shape[1]
        if j == 1:
            views: list[ex.Expression] = [ex.View(array, table[:, 0].tolist()) for array, table in factors]
            if (c != 1.0).any() or not views:
                alike = (c == c[0]).all()
                views.insert(0, ex.Number(float(c[0, 0])) if alike else ex.Column(c[:, 0].tolist()))
            return views[0] if len(views) == 1 else ex.Product(views)
        if (c == c[:, :1]).all() and (c != 1.0).any():
            inner = self._express_products(Products(factors, np.ones_like(c)))
            alike = (c == c[0, 0]).all()
            return ex.Product([ex.Number(float(c[0, 0])) if alike else ex.Column(c[:, 0].tolist()), inner])
        if len(factors) == 1 and (c != 1.0).any():
            ((array, table),) = factors
            if (table == table[0]).all():
                return ex.Matmul(None, [], c.tolist(), ex.View(array, table[0].tolist()))
        if len(factors) == 2:
            (array, first), (other, second) = factors if factors[0][0].is_vector else factors[::-1]
            if array.what == "theta" and array.is_vector and other.varies and (parts := blocks(first, second)):
                weights, operand = parts
                own = c.reshape(len(weights), len(operand), j)
                if (own == own[:, :1]).all():
                    plain = None if (c == 1.0).all() else own[:, 0].tolist()
                    rows = operand.T.reshape(-1).tolist()
                    if len(set(rows)) == len(rows):
                        return ex.Matmul(array, weights.tolist(), plain, ex.View(other, rows), len(operand))
        return ex.Contract([(array, table.tolist()) for array, table in factors], c.tolist())

    def _put_together(self, places: Sequence[Place | float]) -> ex.Expression:
        """Rows of several arrays, and plain numbers, as one array."""
        found: dict[int | str, list[tuple[int, int]]] = {}
        for i, place in enumerate(places):
            key, row = place if isinstance(place, tuple) else (repr(place), 0)
            found.setdefault(key, []).append((i, row))
        pieces: list[tuple[list[int], ex.Expression]] = []
        there: ex.View | ex.Number
        for key, some in found.items():
            there = ex.View(self.arrays[key], [row for _, row in some]) if isinstance(key, int) else ex.Number(float(key))
            pieces.append(([i for i, _ in some], there))
        return pieces[0][1] if len(pieces) == 1 else ex.Parts(pieces, len(places))

    # ---- new arrays

    def _key(self, recipe: Recipe) -> object:
        match recipe:
            case Call(op, arguments):
                return op, tuple(x if isinstance(x, float) else (x[0].number, x[1].tobytes()) for x in arguments)
            case list():
                return frozenset(
                    (tuple(sorted((array.number, table.tobytes()) for array, table in p.factors)), p.coefficients.tobytes())
                    for p in recipe
                ), len(recipe)
        return id(recipe)

    def _array(self, recipe: Recipe, size: int) -> Array:
        """An array of so many rows with a recipe; one that is there already, if it is the same."""
        key = self._key(recipe)
        if key not in self._known:
            match recipe:
                case Call(op, arguments):
                    kind, what = "function", op
                    made_of = [x[0] for x in arguments if not isinstance(x, float)]
                case list():
                    kind, what, made_of = "sum", None, [array for p in recipe for array, _ in p.factors]
            array = Array(len(self.arrays), kind, what, [-1] * size, any(each.varies for each in made_of))
            self._enter(array, recipe)
            self._known[key] = array
        return self._known[key]

    def _enter(self, array: Array, recipe: Recipe, what: ex.Expression | None = None) -> None:
        self.arrays.append(array)
        self.recipes[array] = recipe
        self.lets.append(ex.Let(array, what or self._express(recipe, len(array))))
        if isinstance(recipe, list):
            zero = self._zeros(recipe, len(array))
            if zero.any():
                self._zero[array] = zero

    def _zeros(self, recipe: list[Products], size: int) -> Any:
        """The rows that are 0, since each of their products has a factor that is known to be."""
        np = self._np
        found = np.ones(size, dtype=bool)
        for products in recipe:
            zero = products.coefficients == 0.0
            for array, table in products.factors:
                if array in self._zero:
                    zero = zero | self._zero[array][table]
            found &= zero.all(axis=1)
        return found

    def _all(self, array: Array) -> Any:
        return self._np.arange(len(array))

    # ---- backwards

    def _go_back(self) -> None:
        np = self._np
        self._whole: dict[Array, list[Products]] = {}
        self._some: dict[Array, list[tuple[Any, Products]]] = {}
        self._put: dict[Array, list[ex.Placed]] = {}
        theta, seed = self.arrays[0], self.arrays[1]
        for recipe in self._rolling.outputs:
            assert isinstance(recipe, list)
            self._through_sums(recipe, [(seed, np.zeros(1, dtype=int))], 1)
        for array in reversed(self._rolling.arrays):
            if array.what != LARGEST and array.kind != "leaf" and (adjoint := self._adjoint(array)) is not None:
                self._through(array, (adjoint, self._all(array)))
        self.stores += [self._store(rows, products) for rows, products in self._some.pop(theta, [])]

    def _adjoint(self, array: Array) -> Array | None:
        """The array of what the loss varies by with each row of another."""
        np = self._np
        whole, some, put = self._whole.pop(array, []), self._some.pop(array, []), self._put.pop(array, [])
        if not (whole or some or put):
            return None
        whole = _added(whole)
        holes = np.array(array.is_hole)
        if array in self._rolling.side:
            if put:
                raise NotRolled("choices in what has holes")
            some = [(rows, _where(~holes[rows], products)) for rows, products in some]
            if not self._vanishes(array, holes) and not self._zeros(whole, len(array))[holes].all():
                whole = [_where(~holes, products) for products in whole]
        if not some and not put:
            if len(whole) == 1 and len(whole[0].factors) == 1 and (whole[0].coefficients == 1.0).all():
                ((other, table),) = whole[0].factors
                if table.shape == (len(array), 1) and len(other) == len(array) and (table[:, 0] == self._all(array)).all():
                    return other
            before = len(self.arrays)
            found = self._array(whole, len(array))
            if len(self.arrays) > before:
                self.adjoint_of[found] = array
            return found
        pieces: list[tuple[list[int], ex.Expression]] = []
        made_of = [a for p in (*whole, *(p for _, p in some)) for a, _ in p.factors]
        made_of += [a for each in put for a in (each.what.array, each.which.array)]
        for rows, products in some:
            at = rows.tolist()
            same = next((i for i, (other, _) in enumerate(pieces) if other == at), None)
            expression = self._express_products(products)
            if same is None:
                pieces.append((at, expression))
            else:
                pieces[same] = at, ex.Sum([pieces[same][1], expression])
        terms: list[ex.Expression] = [*map(self._express_products, whole), *put]
        if pieces:
            terms.append(ex.Parts(pieces, len(array)))
        found = Array(len(self.arrays), "sum", None, [-1] * len(array), any(a.varies for a in made_of))
        self._enter(found, [], terms[0] if len(terms) == 1 else ex.Sum(terms))
        self._zero.pop(found, None)
        self.adjoint_of[found] = array
        return found

    def _vanishes(self, array: Array, rows: Any) -> bool:
        """Whether nothing depends on some rows of an array, as their slopes are 0."""
        recipe = self.recipes[array]
        if not isinstance(recipe, Call):
            return False
        for k, x in enumerate(recipe.arguments):
            if not isinstance(x, float):
                monomials = self._slope(array, recipe.op, recipe.arguments, k)
                products = [Products([(a, t[:, None]) for a, t in f], self._np.ones((len(array), 1))) for _, f in monomials]
                if not self._zeros(products, len(array))[rows].all():
                    return False
        return True

    def _through(self, array: Array, adjoint: Factor) -> None:
        """What the adjoint of an array gives to what the array is made of."""
        np = self._np
        recipe, n = self.recipes[array], len(array)
        match recipe:
            case list():
                self._through_sums(recipe, [adjoint], n)
            case Along(_, source, table):
                owner = np.repeat(np.arange(n), table.shape[1])
                order = np.argsort(table.reshape(-1), kind="stable")
                rows, owner = table.reshape(-1)[order], owner[order]
                if len(np.unique(rows)) < len(rows):
                    raise NotRolled("logsumexps that have numbers in common")
                above = owner[:, None]
                ones = np.ones((len(rows), 1))
                difference = [Products([(source, rows[:, None])], ones), Products([(array, above)], -ones)]
                share = self._array(Call(ops.exp, [(self._array(difference, len(rows)), np.arange(len(rows)))]), len(rows))
                if array in self._rolling.side:
                    raise NotRolled("a softmax with holes in its places")
                if source in self._rolling.side and share not in self._zero:
                    self._zero[share] = np.array(source.is_hole)[rows]
                self._collect(source, rows, Products([(adjoint[0], above), (share, np.arange(len(rows))[:, None])], ones))
            case Choice((index, which), source, table):
                view = ex.View(index, which.tolist())
                if source.is_vector and source.what == "theta":
                    places = np.unique(table)
                    at = np.searchsorted(places, table).tolist()
                    self.stores.append(ex.Scatter(places.tolist(), view, ex.View(adjoint[0], list(range(n))), at))
                elif source.kind != "leaf":
                    if len(np.unique(table)) < table.size:
                        raise NotRolled("choices that have numbers in common")
                    here = ex.View(adjoint[0], list(range(n)))
                    self._put.setdefault(source, []).append(ex.Placed(view, here, table.tolist(), len(source)))
            case Call(op, arguments):
                for k, x in enumerate(arguments):
                    if isinstance(x, float) or (x[0].kind == "leaf" and x[0].what != "theta"):
                        continue
                    monomials = self._slope(array, op, arguments, k)
                    if len(monomials) > 1:
                        monomials = [(1.0, [self._add(monomials, n)])]
                    for c, factors in monomials:
                        rest = [(each, table[:, None]) for each, table in (adjoint, *factors)]
                        self._turn(x[0], x[1][:, None], rest, np.full((n, 1), c))

    def _through_sums(self, recipe: list[Products], above: list[Factor], n: int) -> None:
        for factors, c in recipe:
            tops = [(array, self._np.broadcast_to(table[:, None], c.shape)) for array, table in above]
            seen: list[tuple[Array, Any]] = []
            for k, (array, table) in enumerate(factors):
                if any(array is other and (table == there).all() for other, there in seen):
                    continue  # x·x gives twice what each x does
                seen.append((array, table))
                times = sum(array is other and bool((table == there).all()) for other, there in factors)
                rest = [*tops, *(each for i, each in enumerate(factors) if i != k)]
                self._turn(array, table, rest, c * times)

    def _turn(self, array: Array, table: Any, rest: list[Factor], c: Any) -> None:
        """Give a factor what stands beside it, all of it to each of its rows: a table, read the other way round."""
        np = self._np
        if array.kind == "leaf" and array.what != "theta":
            return
        c = np.broadcast_to(c, table.shape)
        flat, there = table.reshape(-1), c.reshape(-1) != 0.0
        order = np.argsort(flat, kind="stable")
        order = order[there[order]]
        if not len(order):
            return
        places = flat[order]
        rows, starts, counts = np.unique(places, return_index=True, return_counts=True)
        longest = int(counts.max())
        column = np.arange(longest)
        at = order[np.minimum(starts[:, None] + column, len(order) - 1)]
        missing = column >= counts[:, None]
        at = np.where(missing, at[:, :1], at)
        coefficients = np.where(missing, 0.0, c.reshape(-1)[at])
        factors = [(each, np.ascontiguousarray(t).reshape(-1)[at]) for each, t in rest]
        self._collect(array, rows, Products(factors, coefficients))

    def _collect(self, array: Array, rows: Any, products: Products) -> None:
        """Note a part of what the loss varies by with some rows of an array."""
        if array.kind != "leaf" and len(rows) == len(array):
            self._whole.setdefault(array, []).append(products)
        else:
            self._some.setdefault(array, []).append((rows, products))

    # ---- slopes of functions: of the table, asked with Values in the place of arrays

    def _slope(self, array: Array, op: Any, arguments: list[Any], k: int) -> list[Monomial]:
        """What a function varies by with one of its arguments, row by row, as a sum of products of arrays."""
        ident = self._all(array)
        if op == RECIPROCAL:
            return [(-1.0, [(array, ident), (array, ident)])]
        if op == LARGEST:
            return []
        z = Value(0.5)
        xs: list[Any] = [x if isinstance(x, float) else Value(0.5) for x in arguments]
        if op is ops.logsumexp_of:
            partial: Any = ops.exp(xs[k] - z)
        elif op.arity is None:
            partial = op.partials[0](z, xs)[k]
        else:
            partial = op.partials[k](z, *xs) if callable(op.partials[k]) else op.partials[k]
        if not isinstance(partial, Value):
            return [(float(partial), [])] if partial else []
        stands_for = [(array, ident), *(x for x in arguments if not isinstance(x, float))]
        leaves = [z, *(x for x in xs if isinstance(x, Value))]
        lowering = Lowering([partial], {leaf: ("", i) for i, leaf in enumerate(leaves)}, ())
        atoms, (form,) = lowering.atoms, lowering.outputs
        found: dict[int, Factor] = {}
        for i in bottom_up(form.atoms(), lambda i: atoms[i].below):
            atom = atoms[i]
            if atom.kind == "leaf":
                found[i] = stands_for[atom.what[1]]
            elif atom.kind == "function":
                inputs = [found[x] if isinstance(x, int) else x for x in atom.inputs]
                found[i] = self._array(Call(atom.what, inputs), len(array)), ident
            else:
                found[i] = self._add([(c, [found[f] for f in factors]) for factors, c in atom.form.items()], len(array))
        return [(c, [found[f] for f in factors]) for factors, c in form.items()]

    def _add(self, monomials: list[Monomial], size: int) -> Factor:
        """A sum of products as an array."""
        np = self._np
        recipe = [Products([(a, t[:, None]) for a, t in f], np.full((size, 1), c)) for c, f in monomials]
        return self._array(recipe, size), np.arange(size)

    # ---- the gradient

    def _store(self, places: Any, products: Products) -> ex.Store:
        np = self._np
        factors, c = products
        if len(factors) == 2 and all(array.varies for array, _ in factors) and (c == c[0, 0]).all():
            (a, first), (b, second) = factors
            for left, right, x, y in ((a, b, first, second), (b, a, second, first)):
                for order in (np.arange(len(places)), np.lexsort((y[:, 0], x[:, 0]))):
                    if (parts := blocks(x[order], y[order])) is None:
                        continue
                    rows, columns = parts
                    matrix = places[order].reshape(len(rows), len(columns))
                    if c[0, 0] != 1.0:
                        ident = np.arange(len(left))
                        left = self._array([Products([(left, ident[:, None])], np.full((len(left), 1), c[0, 0]))], len(left))
                    views = ex.View(left, rows.reshape(-1).tolist()), ex.View(right, columns.reshape(-1).tolist())
                    return ex.Outer(matrix.tolist(), *views, copies=c.shape[1])
        return ex.Total(places.tolist(), self._express_products(products))


def _where(there: Any, products: Products) -> Products:
    """Products in some rows; 0 in the others."""
    return Products(products.factors, products.coefficients * there[:, None])


def _added(products: Sequence[Products]) -> list[Products]:
    """A sum of sums, with what is the same but for its coefficient taken together."""
    found: dict[object, Products] = {}
    for factors, c in products:
        key = tuple(sorted((array.number, table.tobytes()) for array, table in factors)), c.shape
        found[key] = Products(factors, c + found[key].coefficients) if key in found else Products(factors, c)
    return list(found.values())
