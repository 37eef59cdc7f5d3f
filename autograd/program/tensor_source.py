"""Rolled statements as Python source for NumPy at full speed: arrays are tensors, and whatever can be is a matrix product.

Each statement is written into memory that is there already. tensor_layout.py says where arrays lie, tensor_products.py
writes what is added up along rows; here stand sums and functions element by element, choices by an index, and what goes into
the gradient.
"""

from __future__ import annotations

import math

from autograd.program import expressions as ex
from autograd.program.numpy_source import SIGNS, apply_function, find_softmaxes
from autograd.program.recipes import NotRolled
from autograd.program.source import flat, slice_of, write_number
from autograd.program.statements import in_turn
from autograd.program.tables import shared_axes
from autograd.program.tensor_layout import Layout, Place
from autograd.program.tensor_products import Products

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from autograd.program.adjoints import RolledStatements
    from autograd.program.grouping import Array


class TensorPrinter:
    """The statements for NumPy, with nothing allocated while they run but by look-ups."""

    def __init__(self, statements: RolledStatements) -> None:
        self.layout = Layout(statements)
        self._products = Products(self.layout)
        self._indexes: dict[object, str] = {}
        self._written: set[int] = set()
        self._fill = False

    @property
    def tables(self) -> dict[str, Any]:
        """Plain numbers and places that the source refers to by name."""
        return self.layout.tables

    def source(self, vectors: Sequence[str], inputs: Sequence[str]) -> str:
        """A function that binds arrays, and gives one that runs on the inputs.

        vectors: those of parameters, theta first; among them the seed, what each row counts for
        """
        s, layout = self.layout.statements, self.layout
        steps = in_turn(s, [*s.values, *sorted(s.stores, key=_deepest_last)])
        self._shares = find_softmaxes(s)
        lets = {let.array for let in s.lets} - {array for some in self._shares.values() for array in some}
        steps = [step for step in steps if not isinstance(step, ex.Let) or step.array in lets]
        last = {array: i for i, step in enumerate(steps) for array in ex.arrays_in(step)}
        for i, step in enumerate(steps):
            match step:
                case ex.Let(array, ex.Fold() as fold) if array in self._shares:
                    layout.allocate(self._shares[array][0])
                    layout.allocate(array)
                    self._products.softmax(array, fold, self._shares[array][0], array in last)
                case ex.Let(array, what):
                    layout.allocate(array)
                    self._write(layout.whole(array), what)
                case ex.Outer() | ex.Total() | ex.Scatter():
                    self._store(step)
                case _ if "seed" in vectors:
                    self._total("value", step)
                case _:
                    self._give(step)
            for array in dict.fromkeys([*ex.arrays_in(step), *([step.array] if isinstance(step, ex.Let) else [])]):
                if last.get(array, -1) <= i:
                    layout.release(array)
        if "seed" in vectors and (self._fill or len(self._written) < len(s.arrays[0])):
            layout.body.insert(0, "gradient.fill(0.0)")
        lines = [f"def bind(np, {', '.join(vectors)}, gradient, batch):", "    seen = Seen()"]
        lines += [f"    {line}" for line in layout.bound]
        lines += [f"    def run({', '.join(inputs)}):"]
        if layout.head:
            head = [*layout.head, f"seen.arrays = ({', '.join(inputs)},)"]
            lines += [f"        if not seen.holds({', '.join(inputs)}):", *(f"            {line}" for line in head)]
        lines += [f"        {line}" for line in layout.body]
        given = "value[0] * seed[0]" if "seed" in vectors else "values[:, :, 0].copy()"
        return "\n".join([*lines, f"        return {given}", "    return run", ""])

    def _operands(self, to: Place, others: Sequence[ex.Expression]) -> tuple[str, list[str]]:
        """Views of where a result goes and of what it is made of, element by element."""
        places = [self._plain(e) for e in others]
        view, *others_views = self.layout.views_of([to, *(place for place in places if isinstance(place, Place))])
        rest = iter(others_views)
        return view, [place if isinstance(place, str) else next(rest) for place in places]

    def _plain(self, e: ex.Expression) -> Place | str:
        match e:
            case ex.View():
                return self.layout.at(e)
            case ex.Number(x):
                return write_number(x)
            case ex.Column(numbers):
                name = self.layout.table("c", list(numbers))
                return Place(name, 0, False, self.layout.np.arange(len(numbers)))
        raise NotRolled(f"an operand {e!r}")

    def _write(self, to: Place, e: ex.Expression) -> None:
        out = self.layout.body.append
        match e:
            case ex.View() | ex.Number() | ex.Column():
                view, (what,) = self._operands(to, [e])
                out(f"np.copyto({view}, {what})")
            case ex.Product(factors):
                self._write_product(to, factors)
            case ex.Sum(terms):
                self._write_sum(to, terms)
            case ex.Function(name, arguments):
                view, others = self._operands(to, arguments)
                self.layout.body += apply_function(view, name, others)
            case ex.Matmul() | ex.Contract():
                self._products.contract(to, *self._products.factors(e))
            case ex.Fold():
                self._products.fold(to, e)
            case ex.Gather():
                index = self._index(to, e.which, e.array, e.rows)
                view = self.layout.tensor(to, None) if to.table[0] else to.name
                out(f"np.take({self.layout.flat(e.array.name)}, {index}, out={view}, mode='clip')")
            case ex.Parts(pieces, size):
                self._write_parts(to, pieces, size)
            case ex.Placed(which, what, rows, _):
                index = self._index(self.layout.place(what.array, self.layout.np.arange(len(rows))), which, None, rows, to)
                out(f"{to.name}.fill(0.0)")
                out(f"{self.layout.flat(to.name)}[{index}] = {what.array.name}")
            case _:
                raise NotRolled(f"a statement {e!r}")

    def _write_product(self, to: Place, factors: list[ex.Expression]) -> None:
        inner = [f for f in factors if not isinstance(f, ex.Plain)]
        rest = [f for f in factors if isinstance(f, ex.Plain)]
        if len(inner) > 1:
            raise NotRolled("a product of sums")
        if inner:
            self._write(to, inner[0])
        else:
            first, second, *rest = sorted(rest, key=lambda f: isinstance(f, (ex.Number, ex.Column)) or self._is_mask(f))
            view, (a, b) = self._operands(to, [first, second])
            self.layout.body.append(f"np.multiply({a}, {b}, out={view})")
        for factor in rest:
            view, (a,) = self._operands(to, [factor])
            self.layout.body.append(f"np.multiply({view}, {a}, out={view})")

    def _write_parts(self, to: Place, pieces: list[tuple[list[int], ex.Expression]], size: int) -> None:
        rows = [row for some, _ in pieces for row in some]
        apart = len(set(rows)) == len(rows)
        if not apart or len(rows) != size:
            view, _ = self._operands(to, [])
            self.layout.body.append(f"np.copyto({view}, 0.0)")
        for some, piece in pieces:
            part = to._replace(table=to.table[some])
            lengths, (steps,) = shared_axes([part.table], [part.side])
            if steps is None or not self.layout.fits(part, lengths, steps):
                spare = self._write_beside(part._replace(inner=1), piece)
                sign = "" if apart else "+"
                self.layout.body.append(f"{self.layout.flat(part.name)}[{self.layout.address(part)}] {sign}= {spare.name}")
            elif apart:
                self._write(part, piece)
            else:
                self._add_to(part, "+", piece)

    def _write_beside(self, like: Place, e: ex.Expression) -> Place:
        """Memory for a moment, with an expression in it."""
        spare = self.layout.spare(like)
        self.layout.depth += 1
        self._write(spare, e)
        self.layout.depth -= 1
        return spare

    def _is_mask(self, e: ex.Expression) -> bool:
        return isinstance(e, ex.View) and e.array in self.layout.masks

    def _write_sum(self, to: Place, terms: list[ex.Expression]) -> None:
        def rank(term: ex.Expression) -> tuple[bool, bool, bool]:
            sign, what = ex.split_sign(term)
            return isinstance(what, ex.Plain), isinstance(what, ex.Product), sign == "-"

        ordered = sorted(terms, key=rank)
        (first, *others) = ordered
        if isinstance(first, ex.Plain) and others:
            sign, second = ex.split_sign(others[0])
            if isinstance(second, ex.Plain):
                view, (a, b) = self._operands(to, [first, second])
                self.layout.body.append(f"np.{SIGNS[sign]}({a}, {b}, out={view})")
                others = others[1:]
            else:
                self._write(to, first)
        else:
            self._write(to, first)
        for term in others:
            self._add_to(to, *ex.split_sign(term))

    def _add_to(self, to: Place, sign: str, what: ex.Expression) -> None:
        if isinstance(what, ex.Plain):
            view, (other,) = self._operands(to, [what])
        else:
            view, other = self.layout.views_of([to, self._write_beside(to, what)])
        self.layout.body.append(f"np.{SIGNS[sign]}({view}, {other}, out={view})")

    def _index(self, out: Place, which: ex.View, source: Array | None, rows: Any, to: Place | None = None) -> str:
        """Where each index points, in the memory of what is chosen from; worked out once, and kept."""
        np = self.layout.np
        table = np.array(rows)
        inner, varies = (to.inner, True) if to is not None else (0, False)
        if source is not None and not source.is_vector:
            inner, varies = self.layout.inner[source], source.varies
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
        name = self.layout.new_name("index")
        place = self._integers(which, table.shape[1])
        base = self.layout.new_name("base")
        first = self.layout.table("at", table[:, 0].tolist())
        if not out.inner:
            raise NotRolled("a choice for parameters alone")
        self.layout.bound.append(f"{base} = first({inner if varies else 0}, {first}, batch)")
        self.layout.bound.append(f"{name} = np.empty(({n // out.inner}, batch, {out.inner}), dtype=np.intp)")
        self.layout.bound.append(f"{base} = {base}.reshape({n // out.inner}, {out.inner}, batch).transpose(0, 2, 1).copy()")
        step = f"{steps[0]} * batch * {inner} + {steps[1]}" if inner and varies else steps[0] * max(inner, 1) + steps[1]
        self.layout.bound.append(f"{name}_step = {step}")
        lengths, found = self.layout.align([Place(name, out.inner, True, np.arange(n)), place])
        if found[1][0].name != place.name:
            raise NotRolled("choices in uneven places")
        a, b = (self.layout.tensor(each, list(zip(lengths, own))) for each, own in found)
        self.layout.head.append(f"np.multiply({b}, {name}_step, out={a})")
        self.layout.head.append(f"np.add({name}, {base}, out={name})")
        self._indexes[key] = name
        return name

    def _integers(self, which: ex.View, items: int) -> Place:
        """An input as whole numbers; the program gives nan where they are none, or point to nothing."""
        array = which.array
        inner, n = self.layout.inner[array], len(array)
        name = f"{array.name}_whole"
        line = f"{name} = np.empty(({n // inner}, batch, {inner}), dtype=np.intp)"
        if line not in self.layout.bound:
            self.layout.bound.append(line)
        rows = sorted(set(which.rows))
        some = self.layout.table("at", rows) if len(rows) < n else None
        check = f"if not whole_numbers({array.name}, {name}, {some}, {items}): return np.nan"
        if check not in self.layout.head:
            self.layout.head.append(check)
        return Place(name, inner, True, self.layout.np.array(which.rows))

    def _store(self, store: ex.Store) -> None:
        """What is summed over the batch, written where nothing has been written yet, else added."""
        np = self.layout.np
        places = flat(store.places)
        new = self._written.isdisjoint(places)
        self._fill |= not new and not self._written.issuperset(places)
        self._written.update(places)
        match store:
            case ex.Scatter():
                self._scatter(store, new)
            case ex.Outer(_, left, right, _, copies):
                first, second = (np.array(each.rows).reshape(-1, copies) for each in (left, right))
                factors = [
                    self.layout.place(left.array, np.repeat(first, len(second), axis=0)),
                    self.layout.place(right.array, np.tile(second, (len(first), 1))),
                ]
                self._into_gradient(places, new, lambda to: self._products.contract(to, factors, 1.0, over_batch=True))
            case ex.Total(_, what):
                self._into_gradient(places, new, lambda to: self._total_into(to, what))

    def _scatter(self, store: ex.Scatter, new: bool) -> None:
        """Numbers that indexes point to places for, counted from the lowest place to the highest."""
        places, what = store.places, store.what
        lo, hi = min(places), max(places) + 1
        table = self.layout.np.array(places)[self.layout.np.array(store.rows)]
        assert isinstance(what, ex.View)
        out = self.layout.at(what)
        index = self._index(out, store.which, self.layout.statements.arrays[0], table)
        if not what.array.varies:
            raise NotRolled("what is scattered is the same for all")
        to, text = f"{lo}:{hi}", f"np.bincount({index}.reshape(-1), {out.name}.reshape(-1), {hi})[{lo}:]"
        if len(places) < hi - lo:
            to, inside = self.layout.table("at", places), self.layout.table("at", [p - lo for p in places])
            text = f"{text}[{inside}]"
        self.layout.body.append(f"gradient[{to}] {'=' if new else '+='} {text}")

    def _into_gradient(self, places: list[int], new: bool, write: Any) -> None:
        np = self.layout.np
        table = np.array(places)
        before, mark = len(self.layout.body), len(self.layout.bound)
        if new:
            try:
                write(Place("gradient", 0, False, table))
                return
            except NotRolled:
                del self.layout.body[before:]
        spare = Place(self.layout.new_name("part"), 0, False, np.arange(len(places)))
        self.layout.bound.insert(mark, f"{spare.name} = np.empty({len(places)})")
        write(spare)
        at = slice_of(places) or self.layout.table("at", places)
        self.layout.body.append(f"gradient[{at}] {'=' if new else '+='} {spare.name}")

    def _give(self, e: ex.Expression) -> None:
        """What is given for each row of the batch."""
        n = e.size if isinstance(e, ex.Parts) else len(e.rows) if isinstance(e, ex.View) else 1
        self.layout.bound.append(f"values = np.empty(({n}, batch, 1))")
        self._write(Place("values", 1, True, self.layout.np.arange(n)), e)

    def _total(self, name: str, e: ex.Expression) -> None:
        self.layout.bound.append(f"{name} = np.empty(1)")
        self._total_into(Place(name, 0, False, self.layout.np.arange(1)), e)

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
            places = [place for f in factors if isinstance(place := self._plain(f), Place)]
        else:
            c, places = 1.0, [self.layout.spare(Place("", 1, any(a.varies for a in ex.arrays_in(e)), to.table), 7)]
            self._write(places[0], e)
        self._products.contract(to, [place._replace(table=place.table[:, None]) for place in places], c, over_batch=True)


def _deepest_last(store: ex.Store) -> int:
    """Each part of the gradient as soon as its arrays are there."""
    return max((array.number for array in ex.arrays_in(store)), default=0)
