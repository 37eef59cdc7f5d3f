"""Rolled statements as Python source for NumPy at full speed: arrays are tensors, and whatever can be is a matrix product.

Each statement is written into memory that is there already, see in_place.py. tensor_layout.py says where arrays lie,
tensor_products.py writes what is added up along rows; here stand choices by an index, arrays that are put together, and what
goes into the gradient.
"""

from __future__ import annotations

import math

from autograd.program import expressions as ex
from autograd.program.recipes import NotRolled
from autograd.program.source import slice_of, write_number
from autograd.program.tables import shared_axes
from autograd.program.tensor_layout import Layout, Place
from autograd.program.tensor_products import Products

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from autograd.program.adjoints import RolledStatements
    from autograd.program.grouping import Array


class TensorPrinter(Layout):
    """The statements for NumPy, with nothing allocated while they run but by look-ups."""

    def __init__(self, statements: RolledStatements) -> None:
        super().__init__(statements)
        self._products = Products(self)
        self._indexes: dict[object, str] = {}

    def source(self, vectors: Sequence[str], inputs: Sequence[str]) -> str:
        """A function that binds arrays, and gives one that runs on the inputs.

        vectors: those of parameters, theta first; among them the seed, what each row counts for
        """
        steps = self.steps(self.statements.stores)
        last = {array: i for i, step in enumerate(steps) for array in ex.arrays_in(step)}
        for i, step in enumerate(steps):
            match step:
                case ex.Let(array, ex.Fold() as fold) if array in self.shares:
                    self.allocate(self.shares[array][0])
                    self.allocate(array)
                    self._products.softmax(array, fold, self.shares[array][0], array in last)
                case ex.Let(array, what):
                    for other in self.given_up(what):
                        if last.get(other) == i and self.inner[other] == self.inner[array]:
                            self.release(other)
                    self.allocate(array)
                    self.write(self.whole(array), what)
                case ex.Outer() | ex.Total() | ex.Scatter():
                    self._store(step)
                case _ if "seed" in vectors:
                    self._total("value", step)
                case _:
                    self._give(step)
            for array in dict.fromkeys([*ex.arrays_in(step), *([step.array] if isinstance(step, ex.Let) else [])]):
                if last.get(array, -1) <= i:
                    self.release(array)
        lines = [f"def bind(np, {', '.join(vectors)}, gradient, batch):", "    seen = Seen()"]
        lines += [f"    {line}" for line in self.bound]
        lines += [f"    def run({', '.join(inputs)}):"]
        if self.head:
            head = [*self.head, f"seen.arrays = ({', '.join(inputs)},)"]
            lines += [f"        if not seen.holds({', '.join(inputs)}):", *(f"            {line}" for line in head)]
        lines += [f"        {line}" for line in (self.lines() if "seed" in vectors else self.body)]
        given = "value[0] * seed[0]" if "seed" in vectors else "values[:, :, 0].copy()"
        return "\n".join([*lines, f"        return {given}", "    return run", ""])

    def operands(self, to: Place, parts: Sequence[ex.Expression]) -> tuple[str, list[str]]:
        places = [self._operand(to, e) for e in parts]
        view, *others = self.views_of([to, *(place for place in places if isinstance(place, Place))])
        rest = iter(others)
        return view, [place if isinstance(place, str) else next(rest) for place in places]

    def _operand(self, to: Place, e: ex.Expression) -> Place | str:
        match e:
            case ex.View():
                return self.at(e)
            case ex.Number(x):
                return write_number(x)
            case ex.Column(numbers):
                return Place(self.table("c", list(numbers)), 0, False, self.np.arange(len(numbers)))
        beside: Place = self.beside(to, e)
        return beside

    def write_along(self, to: Place, e: ex.Expression) -> None:
        match e:
            case ex.Matmul() | ex.Contract():
                self._products.contract(to, *self._products.factors(e))
            case ex.Fold():
                self._products.fold(to, e)
            case ex.Gather():
                index = self._index(to, e.which, e.array, e.rows)
                view = self.tensor(to, None) if to.table[0] else to.name
                self.body.append(f"np.take({self.flat(e.array.name)}, {index}, out={view}, mode='clip')")
            case ex.Parts(pieces, size):
                self._write_parts(to, pieces, size)
            case ex.Placed(which, what, rows, _):
                index = self._index(self.place(what.array, self.np.arange(len(rows))), which, None, rows, to)
                self.body += [f"{to.name}.fill(0.0)", f"{self.flat(to.name)}[{index}] = {what.array.name}"]
            case _:
                raise NotRolled(f"a statement {e!r}")

    def _write_parts(self, to: Place, pieces: list[tuple[list[int], ex.Expression]], size: int) -> None:
        rows = [row for some, _ in pieces for row in some]
        apart = len(set(rows)) == len(rows)
        if not apart or len(rows) != size:
            view, _ = self.operands(to, [])
            self.body.append(f"np.copyto({view}, 0.0)")
        for some, piece in pieces:
            part = to._replace(table=to.table[some])
            lengths, (steps,) = shared_axes([part.table], [part.side])
            if steps is None or not self.fits(part, lengths, steps):
                spare = self.beside(part._replace(inner=1), piece)
                sign = "" if apart else "+"
                self.body.append(f"{self.flat(part.name)}[{self.address(part)}] {sign}= {spare.name}")
            elif apart:
                self.write(part, piece)
            else:
                self.add_to(part, "+", piece)

    def _index(self, out: Place, which: ex.View, source: Array | None, rows: Any, to: Place | None = None) -> str:
        """Where each index points, in the memory of what is chosen from; worked out once, and kept."""
        np = self.np
        table = np.array(rows)
        inner, varies = (to.inner, True) if to is not None else (0, False)
        if source is not None and not source.is_vector:
            inner, varies = self.inner[source], source.varies
        n = len(table)
        key = which.array, tuple(which.rows), table.tobytes(), inner, varies, out.inner
        if key in self._indexes:
            return self._indexes[key]
        outer, inside = (table // inner, table % inner) if inner else (table, table * 0)
        steps = []
        for part in (outer, inside):
            steps.append(int(part[0, 1] - part[0, 0]) if table.shape[1] > 1 else 0)
            if (part != part[:, :1] + steps[-1] * np.arange(table.shape[1])).any():
                raise NotRolled("choices in uneven places")
        name = self.new_name("index")
        place = self._integers(which, table.shape[1])
        base = self.new_name("base")
        first = self.table("at", table[:, 0].tolist())
        if not out.inner:
            raise NotRolled("a choice for parameters alone")
        self.bound.append(f"{base} = first({inner if varies else 0}, {first}, batch)")
        self.bound.append(f"{name} = np.empty(({n // out.inner}, batch, {out.inner}), dtype=np.intp)")
        self.bound.append(f"{base} = {base}.reshape({n // out.inner}, {out.inner}, batch).transpose(0, 2, 1).copy()")
        step = f"{steps[0]} * batch * {inner} + {steps[1]}" if inner and varies else steps[0] * max(inner, 1) + steps[1]
        self.bound.append(f"{name}_step = {step}")
        lengths, found = self.align([Place(name, out.inner, True, np.arange(n)), place])
        if found[1][0].name != place.name:
            raise NotRolled("choices in uneven places")
        a, b = (self.tensor(each, list(zip(lengths, own))) for each, own in found)
        self.head.append(f"np.multiply({b}, {name}_step, out={a})")
        self.head.append(f"np.add({name}, {base}, out={name})")
        self._indexes[key] = name
        return name

    def _integers(self, which: ex.View, items: int) -> Place:
        """An input as whole numbers; the program gives nan where they are none, or point to nothing."""
        array = which.array
        inner, n = self.inner[array], len(array)
        name = f"{array.name}_whole"
        line = f"{name} = np.empty(({n // inner}, batch, {inner}), dtype=np.intp)"
        if line not in self.bound:
            self.bound.append(line)
        rows = sorted(set(which.rows))
        some = self.table("at", rows) if len(rows) < n else None
        check = f"if not whole_numbers({array.name}, {name}, {some}, {items}): return np.nan"
        if check not in self.head:
            self.head.append(check)
        return Place(name, inner, True, self.np.array(which.rows))

    def _store(self, store: ex.Store) -> None:
        """What is summed over the batch, written where nothing has been written yet, else added."""
        np = self.np
        places, new = self.begin_store(store)
        match store:
            case ex.Scatter():
                self._scatter(store, new)
            case ex.Outer(_, left, right, _, copies):
                first, second = (np.array(each.rows).reshape(-1, copies) for each in (left, right))
                factors = [
                    self.place(left.array, np.repeat(first, len(second), axis=0)),
                    self.place(right.array, np.tile(second, (len(first), 1))),
                ]
                self._into_gradient(places, new, lambda to: self._products.contract(to, factors, 1.0, over_batch=True))
            case ex.Total(_, what):
                self._into_gradient(places, new, lambda to: self._total_into(to, what))

    def _scatter(self, store: ex.Scatter, new: bool) -> None:
        """Numbers that indexes point to places for, counted from the lowest place to the highest."""
        places, what = store.places, store.what
        lo, hi = min(places), max(places) + 1
        table = self.np.array(places)[self.np.array(store.rows)]
        assert isinstance(what, ex.View)
        out = self.at(what)
        index = self._index(out, store.which, self.statements.arrays[0], table)
        if not what.array.varies:
            raise NotRolled("what is scattered is the same for all")
        to, text = f"{lo}:{hi}", f"np.bincount({index}.reshape(-1), {out.name}.reshape(-1), {hi})[{lo}:]"
        if len(places) < hi - lo:
            to, inside = self.table("at", places), self.table("at", [p - lo for p in places])
            text = f"{text}[{inside}]"
        self.body.append(f"gradient[{to}] {'=' if new else '+='} {text}")

    def _into_gradient(self, places: list[int], new: bool, write: Any) -> None:
        np = self.np
        table = np.array(places)
        before, mark = len(self.body), len(self.bound)
        if new:
            try:
                write(Place("gradient", 0, False, table))
                return
            except NotRolled:
                del self.body[before:]
        spare = Place(self.new_name("part"), 0, False, np.arange(len(places)))
        self.bound.insert(mark, f"{spare.name} = np.empty({len(places)})")
        write(spare)
        at = slice_of(places) or self.table("at", places)
        self.body.append(f"gradient[{at}] {'=' if new else '+='} {spare.name}")

    def _give(self, e: ex.Expression) -> None:
        """What is given for each row of the batch."""
        n = e.size if isinstance(e, ex.Parts) else len(e.rows) if isinstance(e, ex.View) else 1
        self.bound.append(f"values = np.empty(({n}, batch, 1))")
        self.write(Place("values", 1, True, self.np.arange(n)), e)

    def _total(self, name: str, e: ex.Expression) -> None:
        self.bound.append(f"{name} = np.empty(1)")
        self._total_into(Place(name, 0, False, self.np.arange(1)), e)

    def _total_into(self, to: Place, e: ex.Expression) -> None:
        """An expression, summed over the batch."""
        every = e.factors if isinstance(e, ex.Product) else [e]
        factors = [f for f in every if not isinstance(f, ex.Number)]
        c = math.prod((f.value for f in every if isinstance(f, ex.Number)), start=1.0)
        if len(factors) == 1 and isinstance(factors[0], ex.Contract):
            tables, d = self._products.factors(factors[0])
            self._products.contract(to, tables, c * d, over_batch=True)
            return
        if factors and all(isinstance(f, (ex.View, ex.Column)) for f in factors):
            places = [place for f in factors if isinstance(place := self._operand(to, f), Place)]
        else:
            c, places = 1.0, [self.spare(Place("", 1, any(a.varies for a in ex.arrays_in(e)), to.table), 7)]
            self.write(places[0], e)
        self._products.contract(to, [place._replace(table=place.table[:, None]) for place in places], c, over_batch=True)
