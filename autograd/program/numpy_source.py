"""Statements over arrays as Python source for NumPy at full speed: `np.maximum(A1, 0.0, out=H1)`.

They are those of source.py, each written into an array that is there already. What is read for the last time by
an operation element by element gives its place to the result.
"""

from __future__ import annotations

from collections import Counter
from itertools import cycle
from operator import itemgetter

from autograd.program import expressions as ex
from autograd.program.array_functions import OF_THE_LIBRARY, OTHER_NAMES
from autograd.program.lowering import LARGEST, RECIPROCAL
from autograd.program.source import Printer, flat, slice_of, write_number
from autograd.program.statements import in_turn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeGuard

    from autograd.program.grouping import Array
    from autograd.program.statements import Statements

UFUNCS = {name: OTHER_NAMES.get(name, name) for name in (*OF_THE_LIBRARY, "cbrt") if name != "sum"}
RECIPES = {  # what fills the array {to} with a function of {0} and {1}
    RECIPROCAL: ["np.divide(1.0, {0}, out={to})"],
    "relu": ["np.maximum({0}, 0.0, out={to})"],
    "greater": ["np.greater({0}, {1}, out={to})"],
    "sigmoid": [  # 1/(1 + e^-x) loses no digit; e^-x may be infinite
        "np.negative({0}, out={to})",
        "np.exp({to}, out={to})",
        "np.add({to}, 1.0, out={to})",
        "np.divide(1.0, {to}, out={to})",
    ],
    "tanh_slope": ["np.multiply({0}, {0}, out={to})", "np.subtract(1.0, {to}, out={to})"],
    "sigmoid_slope": ["np.subtract(1.0, {0}, out={to})", "np.multiply({to}, {0}, out={to})"],
}
SIGNS = {"+": "add", "-": "subtract"}
READ_ONCE = (*UFUNCS, RECIPROCAL, "relu", "sigmoid", "tanh_slope")  # the first statement alone reads what they are given


class NumpyPrinter(Printer):
    """The statements for NumPy, with nothing allocated while they run."""

    def source(self, vectors: Sequence[str], inputs: Sequence[str], ones: bool = False) -> str:
        """A function that binds arrays, and gives one that runs on the inputs.

        vectors: those of parameters, theta first; among them the seed, what each row counts for
        ones: whether the inputs come with a row of ones below them, for biases
        """
        self.bound: list[str] = []
        self.body: list[str] = []
        self._written: set[int] = set()
        self._fill = False
        self._homes: dict[Array, Array] = {}
        self._ones_below_inputs = ones
        self._with_ones: set[Array] = set()
        self._shares = find_softmaxes(self.statements)
        covered = {array for shares in self._shares.values() for array in shares}
        self._computed = {let.array for let in self.statements.lets} - covered - set(self._shares) - self.masks
        roots = [*self.statements.values, *sorted(self._join_biases(), key=_deepest_last)]
        steps = [
            step for step in in_turn(self.statements, roots) if not isinstance(step, ex.Let) or step.array not in covered
        ]
        self._last_read = {array: i for i, step in enumerate(steps) for array in ex.arrays_in(step)}
        for self._now, step in enumerate(steps):
            match step:
                case ex.Let(array, ex.Fold(_, z)) if array in self._shares:
                    self._write_softmax(array, z.array, self._shares[array][0])
                case ex.Let(array, what):
                    self._find_place(array, what)
                    self._write(array.name, what, array)
                case ex.Outer() | ex.Total() | ex.Scatter():
                    self._store(step)
                case _:
                    self.body.append(f"value = {self._add_up(step)}")
        if self._fill or len(self._written) < len(self.statements.arrays[0]):  # the caller may have changed what is left out
            self.body.insert(0, "gradient.fill(0.0)")
        given = [f"{name}x" if ones else name for name in inputs]
        leaves = [array for array in self.statements.arrays if array.kind == "leaf" and array.varies]
        views = [f"{array.name} = {array.name}x[:{len(array)}]" for array in leaves] if ones else []
        lines = [f"def bind(np, {', '.join(vectors)}, gradient, batch):"]
        lines += [f"    {line}" for line in [*self.cuts, *self._list_arrays()]]
        lines += [f"    def run({', '.join(given)}):"]
        lines += [f"        {line}" for line in [*views, *self.lookups, *self.body]]
        return "\n".join([*lines, "        return value * seed[0]", "    return run", ""])

    # ---- biases: W x + b is one product where b stands behind W's rows, and 1 below x

    def _takes_ones(self, view: ex.View) -> bool:
        """Whether an operand may have a row of ones below it."""
        array = view.array
        has_room = array in self._computed if array.kind != "leaf" else array.varies and self._ones_below_inputs
        return has_room and view.is_all

    def _join(self, of: str, weights: list[list[int]], biases: list[int]) -> list[list[int]] | None:
        """The places of [W b] in a vector, if they make a view of it."""
        both = [[*row, b] for row, b in zip(weights, biases)]
        follow = len(weights) == len(biases) and all(b == w + 1 for *_, w, b in both)
        return both if follow and self.cut_matrix(of, both) else None

    def _join_biases(self) -> list[ex.Store]:
        """The parts of the gradient, those of weights and their biases as one product."""
        stores = list(self.statements.stores)
        for store in self.statements.stores:
            if isinstance(store, ex.Outer) and self._takes_ones(store.right):
                for other in stores:
                    if not isinstance(other, ex.Total) or other.what != store.left:
                        continue
                    if both := self._join("gradient", store.places, other.places):
                        whole = store._replace(places=both, ones=True)
                        stores = [whole if each is store else each for each in stores if each is not other]
                        break
        return stores

    def _whole_layer(self, e: ex.Sum) -> tuple[list[list[int]], ex.View] | None:
        """For W x + b the places of [W b], and x."""
        products = [
            t for t in e.terms if isinstance(t, ex.Matmul) and t.coefficients is None and self._takes_ones(t.operand)
        ]
        biases = [t for t in e.terms if isinstance(t, ex.View) and t.array.is_vector]
        if len(e.terms) != 2 or not products or not biases or products[0].array is not biases[0].array:
            return None
        both = self._join("theta", products[0].places, biases[0].rows)
        return (both, products[0].operand) if both else None

    def _ones_below(self, view: ex.View) -> str:
        self._with_ones.add(view.array)
        return f"{view.array.name}x"

    def _list_arrays(self) -> list[str]:
        """The arrays that are kept, with a row of ones below those that need one."""
        homes = {self._homes[array] for array in self._with_ones if array in self._homes}
        lines = []
        for line in self.bound:
            name, _, what = line.partition(" = ")
            array = next((a for a in self._homes if a.name == name), None)
            if array is None or self._homes[array] not in homes:
                lines.append(line)
            elif self._homes[array] is array:
                lines += [f"{name}x = np.ones(({len(array) + 1}, batch))", f"{name} = {name}x[:{len(array)}]"]
            else:
                lines += [f"{name}x = {what}x", line]
        return lines

    def _write_softmax(self, fold: Array, z: Array, shares: Array) -> None:
        """A logsumexp, and beside it the softmax of the same numbers."""
        whole, spare = shares.name, self._spare(1, fold.varies)
        self._allocate(fold)
        if not self._takes_over(shares, z):
            self._allocate(shares)
        self.body += [
            f"np.exp({z.name}, out={whole})",
            f"np.sum({whole}, axis=0, keepdims=True, out={spare})",
            f"np.divide({whole}, {spare}, out={whole})",
            f"np.log({spare}, out={fold.name})",
        ]

    # ---- where arrays live

    def _bind(self, name: str, rows: int, varies: bool, kind: str = "") -> None:
        line = f"{name} = np.empty(({rows}, {'batch' if varies else 1}){kind})"
        if line not in self.bound:
            self.bound.append(line)

    def _spare(self, rows: int, varies: bool) -> str:
        """An array for what is needed for a moment."""
        name = f"spare{rows}" if varies else f"few{rows}"
        self._bind(name, rows, varies)
        return name

    def _allocate(self, array: Array) -> None:
        self._homes[array] = array
        self._bind(array.name, len(array), array.varies, ", dtype=bool" if array in self.masks else "")

    def _find_place(self, array: Array, what: ex.Expression) -> None:
        """A place of its own for an array, or that of one which is read for the last time now."""
        if not any(self._takes_over(array, other) for other in self._given_up(what)):
            self._allocate(array)

    def _takes_over(self, array: Array, other: Array) -> bool:
        """Whether an array can have the place of another that is read for the last time now; if so, it has it."""
        home = self._homes.get(other)
        if home is None or (len(other), other.varies) != (len(array), array.varies) or {other, array} & self.masks:
            return False
        tenants = [tenant for tenant, place in self._homes.items() if place is home and tenant is not other]
        last = self._last_read
        if last.get(other) != self._now or any(last.get(tenant, -1) >= self._now for tenant in tenants):
            return False
        self._homes[array] = home
        self.bound.append(f"{array.name} = {other.name}")
        return True

    def _given_up(self, e: ex.Expression) -> list[Array]:
        """The arrays whose place a result may take: those that are read at the first writing, and not again."""
        match e:
            case ex.Function(_, arguments):
                return [a.array for a in arguments if _is_whole(a)] if e.name in READ_ONCE else []
            case ex.Product(factors):
                inner = next((f for f in factors if isinstance(f, ex.Sum)), None)
                if inner is not None:
                    later = {array for f in factors if f is not inner for array in ex.arrays_in(f)}
                    return [array for array in self._given_up(inner) if array not in later]
                factors = [f for f in factors if not isinstance(f, (ex.Number, ex.Column))]
                whole = [f.array for f in factors if _is_whole(f)] if len(factors) <= 2 else []
                return [a for a in whole if sum(a in ex.arrays_in(f) for f in factors) == 1]
            case ex.Sum():
                first, *rest = _sort_terms(e)
                later = {array for term in rest for array in ex.arrays_in(term)}
                own = [first.array] if _is_whole(first) else self._given_up(first) if isinstance(first, ex.Product) else []
                return [a for a in own if a not in later]
        return []

    # ---- statements

    def _write(self, to: str, e: ex.Expression, array: Array) -> None:
        """Write an expression into a place as large as an array."""
        out = self.body.append
        match e:
            case ex.Matmul():
                out(f"np.matmul({self.weights(e)}, {self.view(e.operand)}, out={to})")
            case ex.Product(factors):
                inner = next((f for f in factors if isinstance(f, ex.Sum)), None)
                if inner is not None:
                    self._write(to, inner, array)
                    rest = [self.factor(f) for f in factors if f is not inner]
                else:  # numbers of the batch first, as truth values can be multiplied with these
                    first, second, *rest = map(self.factor, sorted(factors, key=self._rank))
                    out(f"np.multiply({first}, {second}, out={to})")
                self.body += [f"np.multiply({to}, {factor}, out={to})" for factor in rest]
            case ex.Sum() if (layer := self._whole_layer(e)) is not None:
                both, operand = layer
                out(f"np.matmul({self.matrix('theta', both)}, {self._ones_below(operand)}, out={to})")
            case ex.Sum() if (difference := _number_minus(e)) is not None:
                number, product = difference
                self._write(to, product, array)
                out(f"np.subtract({self.factor(number)}, {to}, out={to})")
            case ex.Sum():
                self._write_sum(to, e, array)
            case ex.Function():
                self._apply(to, e, array)
            case ex.Fold() if e.name == LARGEST:
                out(f"np.max({self.view(e.operand)}, axis=0, keepdims=True, out={to})")
                out(f"np.copyto({to}, 0.0, where=np.isinf({to}))")
            case ex.View() | ex.Number():
                out(f"np.copyto({to}, {self.factor(e)})")
            case _:
                out(f"{to}[...] = {self.expression(e)}")

    def _rank(self, factor: ex.Expression) -> int:
        if isinstance(factor, (ex.Number, ex.Column)):
            return 2
        return int(isinstance(factor, ex.View) and factor.array in self.masks)

    def _write_sum(self, to: str, e: ex.Sum, array: Array) -> None:
        terms = _sort_terms(e)
        (_, first), *others = (("+", terms[0]), *map(ex.split_sign, terms[1:]))
        if isinstance(first, ex.View) and others and isinstance(others[0][1], ex.Plain):
            (sign, other), *others = others
            self.body.append(f"np.{SIGNS[sign]}({self.factor(first)}, {self.factor(other)}, out={to})")
        else:
            self._write(to, first, array)
        for sign, other in others:
            if isinstance(other, ex.Plain):
                text = self.factor(other)
            else:
                text = self._spare(len(array), array.varies)
                self._write(text, other, array)
            self.body.append(f"np.{SIGNS[sign]}({to}, {text}, out={to})")

    def _apply(self, to: str, e: ex.Function, array: Array) -> None:
        arguments = list(map(self.factor, e.arguments))
        if e.name == "logsumexp":  # of differences to the largest number, see lowering.py: nothing overflows
            spare = self._spare(len(array), array.varies)
            self.body.append(f"np.exp({arguments[0]}, out={to})")
            for other in arguments[1:]:
                self.body += [f"np.exp({other}, out={spare})", f"np.add({to}, {spare}, out={to})"]
            self.body.append(f"np.log({to}, out={to})")
        else:
            self.body += apply_function(to, e.name, arguments)

    def _add_up(self, e: ex.Expression) -> str:
        """A value, summed over the batch, term by term."""
        return " + ".join(map(self._add_up_term, e.terms if isinstance(e, ex.Sum) else [e]))

    def _add_up_term(self, term: ex.Expression) -> str:
        match term:
            case ex.View() if term.array.varies:
                return f"np.sum({self.view(term)})"
            case ex.Contract([(a, (i,)), (b, (j,))], [row]) if len(set(row)) == 1:
                if a.varies and b.varies and len(set(i)) == len(i) and len(set(j)) == len(j):
                    product = f"np.einsum('ij,ij->', {self.view(ex.View(a, i))}, {self.view(ex.View(b, j))})"
                    return product if row[0] == 1.0 else f"{write_number(row[0])} * {product}"
                if a is b and i == j and a.is_vector and slice_of(i):  # a sum of squares, of weights
                    cut = f"{a.name}[{slice_of(i)}]"
                    return f"{write_number(row[0])} * batch * np.dot({cut}, {cut})"
        return f"whole({self.expression(term)}, batch)"

    def _store(self, store: ex.Store) -> None:
        """What is summed over the batch, written where nothing has been written yet, else added."""
        places = flat(store.places)
        new = self._written.isdisjoint(places)
        self._fill |= not new and not self._written.issuperset(places)
        self._written.update(places)
        way = "=" if new else "+="
        if isinstance(store, ex.Outer):
            left, right = self.view(store.left), self._ones_below(store.right) if store.ones else self.view(store.right)
            if self.cut_matrix("gradient", store.places):
                name = self.matrix("gradient", store.places, "g")
                product = f"np.matmul({left}, {right}.T, out={name})"
                self.body.append(product if new else f"np.add({name}, {left} @ {right}.T, out={name})")
            else:
                self.body.append(f"gradient[{self.table('at', store.places)}] {way} {left} @ {right}.T")
            return
        to = slice_of(places) or self.table("at", places)
        if isinstance(store, ex.Scatter):
            self.body.append(f"gradient[{to}] {way} {self.piece(store)}")
            return
        varying = [array.varies for array in ex.arrays_in(store.what)]
        if _is_whole(store.what) and store.what.array.varies:
            total = f"{self.view(store.what)} @ ones"
            if "ones = np.ones(batch)" not in self.bound:
                self.bound.append("ones = np.ones(batch)")
        elif varying and not any(varying):
            total = f"({self.expression(store.what)})[:, 0] * batch"
        else:
            total = f"total({self.expression(store.what)}, {len(places)})"
        self.body.append(f"gradient[{to}] {way} {total}")


def apply_function(to: str, name: str, arguments: Sequence[str]) -> list[str]:
    """The lines that fill an array with a function of others."""
    if name in RECIPES:
        return [line.format(*arguments, to=to) for line in RECIPES[name]]
    if name in UFUNCS:
        return [f"np.{UFUNCS[name]}({', '.join(arguments)}, out={to})"]
    if name == LARGEST:
        first, second, *others = arguments
        lines = [f"np.maximum({first}, {second}, out={to})"]
        lines += [f"np.maximum({to}, {other}, out={to})" for other in others]
        return [*lines, f"np.copyto({to}, 0.0, where=np.isinf({to}))"]
    return [f"{to}[...] = {name}({', '.join(arguments)})"]


def find_softmaxes(statements: Statements) -> dict[Array, list[Array]]:
    """For a logsumexp the array exp(z − logsumexp(z)), and z − logsumexp(z) if nothing else reads it.

    That has been computed, but for a division, on the way to logsumexp(z).
    """
    lets = {let.array: let.what for let in statements.lets}
    every = (*lets.values(), *statements.values, *statements.stores)
    readers = Counter(array for e in every for array in set(ex.arrays_in(e)))
    found: dict[Array, list[Array]] = {}
    for array, what in lets.items():
        match what:
            case ex.Function("exp", [ex.View(shifted)]) if _is_whole(what.arguments[0]):
                match _by_sign(lets[shifted]):
                    case [("+", ex.View() as z), ("-", ex.View() as taken)] if taken.array not in found:
                        if _is_whole(z) and _is_fold_of_all(lets.get(taken.array), z, taken):
                            found[taken.array] = [array] if readers[shifted] > 1 else [array, shifted]
    return found


def _is_fold_of_all(fold: ex.Expression | None, z: ex.View, taken: ex.View) -> bool:
    """Whether a view has for each row of z the logsumexp of which that row is one number."""
    if not isinstance(fold, ex.Fold) or fold.name == LARGEST or fold.operand.array is not z.array:
        return False
    result_of = dict(zip(fold.operand.rows, cycle(range(fold.results))))
    return len(result_of) == len(fold.operand.rows) and [result_of.get(row) for row in z.rows] == taken.rows


def _by_sign(e: ex.Expression) -> list[tuple[str, ex.Expression]]:
    """The terms of a sum, those with a plus first."""
    return sorted(map(ex.split_sign, e.terms), key=itemgetter(0)) if isinstance(e, ex.Sum) else []


def _is_whole(e: ex.Expression) -> TypeGuard[ex.View]:
    """Whether an expression is an array that the program computes, all of it."""
    return isinstance(e, ex.View) and e.array.kind != "leaf" and e.is_all


def _sort_terms(e: ex.Sum) -> list[ex.Expression]:
    """Terms with those that fill an array by themselves first, and what is taken away last."""
    return sorted(
        e.terms,
        key=lambda t: (not isinstance(t, (ex.Matmul, ex.Contract, ex.Fold)), ex.split_sign(t)[0] == "-", not _is_whole(t)),
    )


def _number_minus(e: ex.Sum) -> tuple[ex.Plain, ex.Product] | None:
    """For 1 − x y, 1 and x y."""
    match _by_sign(e):
        case [("+", ex.Number() | ex.Column() as number), ("-", ex.Product() as product)]:
            return number, product
    return None


def _deepest_last(store: ex.Store) -> tuple[int, int]:
    """Matrices first, each as soon as its arrays are there; then sums over the batch; last what is the same for all rows."""
    arrays = ex.arrays_in(store)
    kind = 0 if isinstance(store, (ex.Outer, ex.Scatter)) else 1 if any(array.varies for array in arrays) else 2
    return kind, max((array.number for array in arrays), default=0)
