"""Statements over arrays as Python source for NumPy at full speed: `np.maximum(Z1, 0.0, out=H1)`.

They are those of source.py, each written into an array that is there already. What is read for the last time by
an operation element by element gives its place to the result.
"""

from __future__ import annotations

from autograd.program.array_functions import OF_THE_LIBRARY, OTHER_NAMES
from autograd.program.lowering import LARGEST, RECIPROCAL
from autograd.program.source import MASKED, Printer, flat, in_turn, minus, name_of, number_of, slice_of
from autograd.program.statements import (
    Column,
    Contract,
    Fold,
    Function,
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

UFUNCS = {name: OTHER_NAMES.get(name, name) for name in (*OF_THE_LIBRARY, "cbrt") if name != "sum"}


class InPlace(Printer):
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
        self._shares = self._found_shares()
        covered = {array for shares in self._shares.values() for array in shares}
        self._computed = {let.array for let in self.statements.lets} - covered - set(self._shares) - self.masks
        self._joined, stores = self._joined_stores()
        roots = [*self.statements.values, *sorted(stores, key=_deepest_last)]
        steps = [s for s in in_turn(self.statements, roots) if not (isinstance(s, Let) and s.array in covered)]
        last = {
            array: i
            for i, step in enumerate(steps)
            for array in arrays_in(step.what if isinstance(step, (Let, Store)) else step)
        }
        for i, step in enumerate(steps):
            if isinstance(step, Let) and step.array in self._shares:
                self._softmax(step, self._shares[step.array][0], i, last)
            elif isinstance(step, Let):
                self._place(step, i, last)
                self._into(step.array.name, step.what, len(step.array), step.array.varies)
            elif isinstance(step, Store):
                self._store(step)
            else:
                self.body.append(f"value = {self._summed(step)}")
        if self._fill or len(self._written) < len(self.statements.arrays[0]):  # the caller may have changed what is left out
            self.body.insert(0, "gradient.fill(0.0)")
        given = [f"{name}x" if ones else name for name in inputs]
        views = [
            f"{a.name} = {a.name}x[:{len(a)}]" for a in self.statements.arrays if a.kind == "leaf" and a.varies and ones
        ]
        lines = [f"def bind(np, {', '.join(vectors)}, gradient, batch):"]
        lines += [f"    {line}" for line in [*self.cuts, *self._allocated()]]
        lines += [f"    def run({', '.join(given)}):"]
        lines += [f"        {line}" for line in [*views, *self.lookups, *self.body]]
        return "\n".join([*lines, "        return value * seed[0]", "    return run", ""])

    # ---- biases: W x + b is one product where b stands behind W's rows, and 1 below x

    def _takes_ones(self, e: Any) -> bool:
        """Whether an operand may have a row of ones below it."""
        if not isinstance(e, View) or list(e.rows) != list(range(len(e.array))):
            return False
        return e.array in self._computed if e.array.kind != "leaf" else e.array.varies and self._ones_below_inputs

    def _joined_stores(self) -> tuple[dict[int, list[list[int]]], list[Store]]:
        """The gradients of weights and biases that are one product; and the stores that are left."""
        stores = list(self.statements.stores)
        joined: dict[int, list[list[int]]] = {}
        for store in self.statements.stores:
            if not (isinstance(store.what, Outer) and self._takes_ones(store.what.right)):
                continue
            for other in stores:
                same = not isinstance(other.what, Outer) and other.what.what == store.what.left
                if same and len(other.places) == len(store.places):
                    both = [[*row, b] for row, b in zip(store.places, other.places)]
                    if all(b == w + 1 for *_, w, b in both) and self.block_of("gradient", both):
                        joined[id(store)] = both
                        stores = [s for s in stores if s is not other]
                        break
        return joined, stores

    def _whole_layer(self, e: Sum) -> tuple[list[list[int]], View] | None:
        """For W x + b the places of [W b], and x."""
        products = [t for t in e.terms if isinstance(t, Matmul)]
        biases = [t for t in e.terms if isinstance(t, View) and t.array.kind == "leaf" and not t.array.varies]
        if len(e.terms) != 2 or not products or not biases or products[0].matrix.coefficients is not None:
            return None
        matrix, operand = products[0]
        if matrix.array is not biases[0].array or not self._takes_ones(operand):
            return None
        both = [[*row, b] for row, b in zip(matrix.places, biases[0].rows)]
        follows = all(b == w + 1 for *_, w, b in both)
        return (both, operand) if follows and self.block_of("theta", both) else None

    def _ones_below(self, view: View) -> str:
        self._with_ones.add(view.array)
        return f"{view.array.name}x"

    def _allocated(self) -> list[str]:
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

    # ---- softmax: exp(z − logsumexp(z)) has been computed, but for a division, on the way to logsumexp(z)

    def _found_shares(self) -> dict[Array, list[Array]]:
        """For a logsumexp the array exp(z − logsumexp(z)), and z − logsumexp(z) if nothing else reads it."""
        lets = {let.array: let.what for let in self.statements.lets}
        readers: dict[Array, int] = {}
        for e in [*lets.values(), *self.statements.values, *(store.what for store in self.statements.stores)]:
            for array in set(arrays_in(e)):
                readers[array] = readers.get(array, 0) + 1
        found = {}
        for array, what in lets.items():
            if not (
                isinstance(what, Function) and getattr(what.op, "name", "") == "exp" and self._is_whole(what.arguments[0])
            ):
                continue
            shifted = what.arguments[0].array
            terms = lets[shifted].terms if isinstance(lets[shifted], Sum) else []
            folds = [minus(t).array for t in terms if isinstance(minus(t), View)]
            wholes = [t.array for t in terms if self._is_whole(t)]
            fold = lets.get(folds[0]) if len(terms) == 2 and folds and wholes else None
            if isinstance(fold, Fold) and fold.operand.array is wholes[0] and self._is_whole(fold.operand):
                found[folds[0]] = [array] if readers[shifted] > 1 else [array, shifted]
        return found

    def _softmax(self, step: Let, shares: Array, i: int, last: Mapping[Array, int]) -> None:
        fold, z, whole = step.array.name, self.view(step.what.operand), shares.name
        columns, spare = "batch" if step.array.varies else 1, self._spare(1, step.array.varies)
        self._homes[step.array] = step.array
        self.bound.append(f"{fold} = np.empty((1, {columns}))")
        if not self._takes_over(shares, step.what.operand.array, i, last):
            self._homes[shares] = shares
            self.bound.append(f"{whole} = np.empty(({len(shares)}, {columns}))")
        self.body += [
            f"np.exp({z}, out={whole})",
            f"np.sum({whole}, axis=0, keepdims=True, out={spare})",
            f"np.divide({whole}, {spare}, out={whole})",
            f"np.log({spare}, out={fold})",
        ]

    # ---- where arrays live

    def _place(self, step: Let, i: int, last: Mapping[Array, int]) -> None:
        """An array of its own, or the place of one that is read for the last time here."""
        array = step.array
        if not any(self._takes_over(array, other, i, last) for other in self._given_up(step.what)):
            self._homes[array] = array
            kind = ", dtype=bool" if array in self.masks else ""
            self.bound.append(f"{array.name} = np.empty(({len(array)}, {'batch' if array.varies else 1}){kind})")

    def _takes_over(self, array: Array, other: Array, i: int, last: Mapping[Array, int]) -> bool:
        """Whether an array can have the place of another that is read for the last time in step i; if so, it has it."""
        home = self._homes.get(other)
        if home is None or (len(other), other.varies) != (len(array), array.varies) or {other, array} & self.masks:
            return False
        tenants = [tenant for tenant, place in self._homes.items() if place is home and tenant is not other]
        if last.get(other) != i or any(last.get(tenant, -1) >= i for tenant in tenants):
            return False
        self._homes[array] = home
        self.bound.append(f"{array.name} = {other.name}")
        return True

    def _given_up(self, e: Any) -> list[Array]:
        """The arrays whose place a result may take: those that are read at the first writing, and not again."""
        if isinstance(e, Function):
            safe = e.op == RECIPROCAL or name_of(e.op) in (*UFUNCS, "relu", "sigmoid", "tanh_slope")
            return [a.array for a in e.arguments if self._is_whole(a)] if safe else []
        if isinstance(e, Product):
            inner = next((f for f in e.factors if isinstance(f, Sum)), None)
            if inner is not None:
                later = {array for f in e.factors if f is not inner for array in arrays_in(f)}
                return [array for array in self._given_up(inner) if array not in later]
            factors = [f for f in e.factors if not isinstance(f, (Number, Column))]
            whole = [f.array for f in factors if self._is_whole(f)] if len(factors) <= 2 else []
            return [a for a in whole if sum(a in arrays_in(f) for f in factors) == 1]
        if isinstance(e, Sum):
            first, *rest = self._ordered(e)
            later = {array for term in rest for array in arrays_in(term)}
            own = [first.array] if self._is_whole(first) else self._given_up(first) if isinstance(first, Product) else []
            return [a for a in own if a not in later]
        return []

    def _is_whole(self, e: Any) -> bool:
        return isinstance(e, View) and e.array.kind != "leaf" and list(e.rows) == list(range(len(e.array)))

    def _ordered(self, e: Sum) -> list[Any]:
        """Terms with those that fill an array by themselves first, and what is taken away last."""
        return sorted(
            e.terms, key=lambda t: (not isinstance(t, (Matmul, Contract, Fold)), minus(t) is not None, not self._is_whole(t))
        )

    def _spare(self, rows: int, varies: bool) -> str:
        name = f"spare{rows}" if varies else f"few{rows}"
        line = f"{name} = np.empty(({rows}, {'batch' if varies else 1}))"
        if line not in self.bound:
            self.bound.append(line)
        return name

    # ---- statements

    def _into(self, to: str, e: Any, rows: int, varies: bool) -> None:
        """Write an expression into an array."""
        out = self.body.append
        if isinstance(e, Matmul):
            out(f"np.matmul({self.matrix(e.matrix)}, {self.view(e.operand)}, out={to})")
        elif isinstance(e, Product) and any(isinstance(f, Sum) for f in e.factors):
            inner = next(f for f in e.factors if isinstance(f, Sum))
            self._into(to, inner, rows, varies)
            for factor in e.factors:
                if factor is not inner:
                    out(f"np.multiply({to}, {self.factor(factor)}, out={to})")
        elif isinstance(e, Product):
            factors = [f for f in e.factors if not isinstance(f, (Number, Column))]
            factors.sort(key=lambda f: isinstance(f, View) and f.array in self.masks)  # a number first
            first, second, *rest = map(self.factor, [*factors, *(f for f in e.factors if isinstance(f, (Number, Column)))])
            out(f"np.multiply({first}, {second}, out={to})")
            for factor in rest:
                out(f"np.multiply({to}, {factor}, out={to})")
        elif isinstance(e, Sum) and (layer := self._whole_layer(e)) is not None:
            both, operand = layer
            out(f"np.matmul({self.block('theta', both)}, {self._ones_below(operand)}, out={to})")
        elif isinstance(e, Sum) and (difference := self._number_minus(e)) is not None:
            self._into(to, difference[1], rows, varies)
            out(f"np.subtract({self.factor(difference[0])}, {to}, out={to})")
        elif isinstance(e, Sum):
            first, *others = self._ordered(e)
            other = (minus(others[0]) or others[0]) if others else None
            if isinstance(first, View) and isinstance(other, (View, Number, Column)):
                way = "add" if minus(others[0]) is None else "subtract"
                out(f"np.{way}({self.factor(first)}, {self.factor(other)}, out={to})")
                others = others[1:]
            else:
                self._into(to, first, rows, varies)
            for term in others:
                self._add(to, term, rows, varies)
        elif isinstance(e, Function):
            self._call(to, e, rows, varies)
        elif isinstance(e, Fold) and e.op == LARGEST:
            out(f"np.max({self.view(e.operand)}, axis=0, keepdims=True, out={to})")
            out(f"np.copyto({to}, 0.0, where=np.isinf({to}))")
        elif isinstance(e, (View, Number)):
            out(f"np.copyto({to}, {self.factor(e)})")
        else:
            out(f"{to}[...] = {self.expression(e)}")

    def _number_minus(self, e: Sum) -> tuple[Any, Product] | None:
        """For 1 − x y, 1 and x y."""
        plain = [t for t in e.terms if isinstance(t, (Number, Column))]
        products = [taken for t in e.terms if isinstance(taken := minus(t), Product)]
        return (plain[0], products[0]) if len(e.terms) == 2 and plain and products else None

    def _add(self, to: str, term: Any, rows: int, varies: bool) -> None:
        taken = minus(term)
        what = term if taken is None else taken
        way = "add" if taken is None else "subtract"
        if not isinstance(what, (View, Number, Column)):
            spare = self._spare(rows, varies)
            self._into(spare, what, rows, varies)
            self.body.append(f"np.{way}({to}, {spare}, out={to})")
        else:
            self.body.append(f"np.{way}({to}, {self.factor(what)}, out={to})")

    def _call(self, to: str, e: Function, rows: int, varies: bool) -> None:
        out = self.body.append
        arguments = list(map(self.factor, e.arguments))
        name = name_of(e.op)
        if name == RECIPROCAL:
            out(f"np.divide(1.0, {arguments[0]}, out={to})")
        elif name in UFUNCS:
            out(f"np.{UFUNCS[name]}({', '.join(arguments)}, out={to})")
        elif name == LARGEST:
            out(f"np.maximum({arguments[0]}, {arguments[1]}, out={to})")
            self.body += [f"np.maximum({to}, {other}, out={to})" for other in arguments[2:]]
            out(f"np.copyto({to}, 0.0, where=np.isinf({to}))")
        elif name == "logsumexp":  # of differences to the largest number, see lowering.py: nothing overflows
            spare = self._spare(rows, varies)
            out(f"np.exp({arguments[0]}, out={to})")
            for other in arguments[1:]:
                self.body += [f"np.exp({other}, out={spare})", f"np.add({to}, {spare}, out={to})"]
            out(f"np.log({to}, out={to})")
        elif name == "relu":
            out(f"np.maximum({arguments[0]}, 0.0, out={to})")
        elif name == MASKED:
            out(f"np.greater({', '.join(arguments)}, out={to})")
        elif name == "sigmoid":  # 1/(1 + e^-x) loses no digit; e^-x may be infinite
            out(f"np.negative({arguments[0]}, out={to})")
            self.body += [f"np.exp({to}, out={to})", f"np.add({to}, 1.0, out={to})", f"np.divide(1.0, {to}, out={to})"]
        elif name == "tanh_slope":
            out(f"np.multiply({arguments[0]}, {arguments[0]}, out={to})")
            out(f"np.subtract(1.0, {to}, out={to})")
        elif name == "sigmoid_slope":
            out(f"np.subtract(1.0, {arguments[0]}, out={to})")
            out(f"np.multiply({to}, {arguments[0]}, out={to})")
        else:
            out(f"{to}[...] = {self.call(e)}")

    def _summed(self, e: Any) -> str:
        """A value, summed over the batch, term by term."""
        return " + ".join(map(self._term_summed, e.terms if isinstance(e, Sum) else [e]))

    def _term_summed(self, term: Any) -> str:
        if isinstance(term, Contract) and len(term.factors) == 2 and all(array.varies for array, _ in term.factors):
            (row,) = term.coefficients
            views = [View(array, places[0]) for array, places in term.factors]
            if len(set(row)) == 1 and all(len(set(v.rows)) == len(v.rows) for v in views):
                dotted = f"np.einsum('ij,ij->', {', '.join(map(self.view, views))})"
                return dotted if row[0] == 1.0 else f"{number_of(row[0])} * {dotted}"
        if isinstance(term, View) and term.array.varies:
            return f"np.sum({self.view(term)})"
        if isinstance(term, Contract) and len(term.factors) == 2 and term.factors[0] == term.factors[1]:
            ((array, (places,)), _), (row,) = term.factors, term.coefficients
            if array.kind == "leaf" and slice_of(places) and len(set(row)) == 1:  # a sum of squares, of weights
                cut = f"{array.name}[{slice_of(places)}]"
                return f"{number_of(row[0])} * batch * np.dot({cut}, {cut})"
        return f"whole({self.expression(term)}, batch)"

    def _store(self, store: Store) -> None:
        """What is summed over the batch, written where nothing has been written yet, else added."""
        what, places = store.what, self._joined.get(id(store), store.places)
        new = self._written.isdisjoint(flat(places))
        self._fill |= not new and not self._written.issuperset(flat(places))
        self._written.update(flat(places))
        if isinstance(what, Outer):
            self._store_matrix(what, places, id(store) in self._joined, new)
            return
        to = slice_of(places) or self.table("at", places)
        if isinstance(what, Scatter):
            self.body.append(f"gradient[{to}] {'' if new else '+'}= {self.piece(store)}")
            return
        total = f"{self.view(what.what)} @ ones" if self._is_whole(what.what) and what.what.array.varies else ""
        if total and "ones = np.ones(batch)" not in self.bound:
            self.bound.append("ones = np.ones(batch)")
        if not total and not any(array.varies for array in arrays_in(what.what)) and arrays_in(what.what):
            total = f"({self.expression(what.what)})[:, 0] * batch"
        total = total or f"total({self.expression(what.what)}, {len(places)}, batch)"
        self.body.append(f"gradient[{to}] {'' if new else '+'}= {total}")

    def _store_matrix(self, what: Outer, places: list[list[int]], ones: bool, new: bool) -> None:
        """D Xᵀ; ones: with a row of ones below X, for the biases."""
        left, right = self.view(what.left), self._ones_below(what.right) if ones else self.view(what.right)
        if self.block_of("gradient", places):
            name = self.block("gradient", places, "g")
            product = f"np.matmul({left}, {right}.T, out={name})"
            self.body.append(product if new else f"np.add({name}, {left} @ {right}.T, out={name})")
        else:
            at = self.table("at", [list(row) for row in places])
            self.body.append(f"gradient[{at}] {'' if new else '+'}= {left} @ {right}.T")


def _deepest_last(store: Store) -> tuple[int, int]:
    """Matrices first, each as soon as its arrays are there; then sums over the batch; last what is the same for all rows."""
    arrays = arrays_in(store.what)
    kind = 0 if isinstance(store.what, (Outer, Scatter)) else 1 if any(array.varies for array in arrays) else 2
    return kind, max((array.number for array in arrays), default=0)
