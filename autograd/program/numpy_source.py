"""Statements over arrays as Python source for NumPy at full speed: `np.maximum(A1, 0.0, out=H1)`.

An array has a row for each of its numbers, as in source.py. What is read for the last time by an operation element by
element gives its place to the result.
"""

from __future__ import annotations

from typing import NamedTuple

from autograd.program import expressions as ex
from autograd.program.in_place import InPlace, is_whole
from autograd.program.lowering import LARGEST
from autograd.program.source import slice_of, write_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.program.grouping import Array


class Rows(NamedTuple):
    """Rows of memory, with a column for each row of the batch, or with one for all."""

    name: str
    rows: int
    varies: bool


class NumpyPrinter(InPlace):
    """The statements for NumPy, with nothing allocated while they run."""

    def source(self, vectors: Sequence[str], inputs: Sequence[str], ones: bool = False) -> str:
        """A function that binds arrays, and gives one that runs on the inputs.

        vectors: those of parameters, theta first; among them the seed, what each row counts for
        ones: whether the inputs come with a row of ones below them, for biases
        """
        self.bound: dict[str, str] = {}
        self._homes: dict[Array, Array] = {}
        self._ones_below_inputs = ones
        self._with_ones: set[Array] = set()
        covered = {array for shares in self.shares.values() for array in shares}
        self._computed = {let.array for let in self.statements.lets} - covered - set(self.shares) - self.masks
        steps = self.steps(self._join_biases())
        self._last_read = {array: i for i, step in enumerate(steps) for array in ex.arrays_in(step)}
        for self._now, step in enumerate(steps):
            match step:
                case ex.Let(array, ex.Fold(_, z)) if array in self.shares:
                    self._write_softmax(array, z.array, self.shares[array][0])
                case ex.Let(array, what):
                    self._find_place(array, what)
                    self.write(Rows(array.name, len(array), array.varies), what)
                case ex.Outer() | ex.Total() | ex.Scatter():
                    self._store(step)
                case _:
                    self.body.append(f"value = {self._add_up(step)}")
        given = [f"{name}x" if ones else name for name in inputs]
        leaves = [array for array in self.statements.arrays if array.kind == "leaf" and array.varies]
        views = [f"{array.name} = {array.name}x[:{len(array)}]" for array in leaves] if ones else []
        lines = [f"def bind(np, {', '.join(vectors)}, gradient, batch):"]
        lines += [f"    {line}" for line in [*self.cuts, *self._list_arrays()]]
        lines += [f"    def run({', '.join(given)}):"]
        lines += [f"        {line}" for line in [*views, *self.lookups, *self.lines()]]
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
        by_name = {array.name: array for array in self._homes}
        lines = []
        for name, what in self.bound.items():
            array = by_name.get(name)
            if array is None or self._homes[array] not in homes:
                lines.append(f"{name} = {what}")
            elif self._homes[array] is array:
                lines += [f"{name}x = np.ones(({len(array) + 1}, batch))", f"{name} = {name}x[:{len(array)}]"]
            else:
                lines += [f"{name}x = {what}x", f"{name} = {what}"]
        return lines

    def _write_softmax(self, fold: Array, z: Array, shares: Array) -> None:
        """A logsumexp, and beside it the softmax of the same numbers."""
        whole, (spare, *_) = shares.name, self.spare(Rows("", 1, fold.varies))
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
        self.bound[name] = f"np.empty(({rows}, {'batch' if varies else 1}){kind})"

    def _allocate(self, array: Array) -> None:
        self._homes[array] = array
        self._bind(array.name, len(array), array.varies, ", dtype=bool" if array in self.masks else "")

    def _find_place(self, array: Array, what: ex.Expression) -> None:
        """A place of its own for an array, or that of one which is read for the last time now."""
        if not any(self._takes_over(array, other) for other in self.given_up(what)):
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
        self.bound[array.name] = other.name
        return True

    # ---- expressions

    def operands(self, to: Rows, parts: Sequence[ex.Expression]) -> tuple[str, list[str]]:
        return to.name, [self.factor(e) if isinstance(e, ex.Plain) else self.beside(to, e).name for e in parts]

    def spare(self, like: Rows) -> Rows:
        """An array for what is needed for a moment."""
        rows, varies = like.rows, like.varies
        name = f"{'spare' if varies else 'few'}{rows}" + "x" * self.depth
        self._bind(name, rows, varies)
        return Rows(name, rows, varies)

    def write(self, to: Rows, e: ex.Expression) -> None:
        if isinstance(e, ex.Sum) and (layer := self._whole_layer(e)) is not None:
            both, operand = layer
            self.body.append(f"np.matmul({self.matrix('theta', both)}, {self._ones_below(operand)}, out={to.name})")
        else:
            super().write(to, e)

    def write_along(self, to: Rows, e: ex.Expression) -> None:
        match e:
            case ex.Matmul():
                self.body.append(f"np.matmul({self.weights(e)}, {self.view(e.operand)}, out={to.name})")
            case ex.Fold() if e.name == LARGEST:
                self.body.append(f"np.max({self.view(e.operand)}, axis=0, keepdims=True, out={to.name})")
                self.body.append(f"np.copyto({to.name}, 0.0, where=np.isinf({to.name}))")
            case _:
                self.body.append(f"{to.name}[...] = {self.expression(e)}")

    # ---- statements

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
        places, new = self.begin_store(store)
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
        if is_whole(store.what) and store.what.array.varies:
            total = f"{self.view(store.what)} @ ones"
            self.bound["ones"] = "np.ones(batch)"
        elif varying and not any(varying):
            total = f"({self.expression(store.what)})[:, 0] * batch"
        else:
            total = f"total({self.expression(store.what)}, {len(places)})"
        self.body.append(f"gradient[{to}] {way} {total}")
