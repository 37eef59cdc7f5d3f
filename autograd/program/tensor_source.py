"""Rolled statements as Python source for NumPy at full speed: arrays are tensors, and whatever can be is a matrix product.

An array has its rows, one for each number, and the batch; in memory the batch stands between them,

    (outer rows, batch, inner rows)

where the inner rows are places of a text: then a layer's weights meet all places of all texts in one product, and the
places of one text lie side by side for those of attention. Which rows are inner is seen from what multiplies them. Tables
that go up in even steps are read where they lie, as tensors in other shapes; others are looked up.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from autograd.program.engines import import_numpy
from autograd.program.expressions import (
    Column,
    Contract,
    Fold,
    Function,
    Gather,
    Let,
    Matmul,
    Number,
    Outer,
    Parts,
    Placed,
    Plain,
    Product,
    Scatter,
    Store,
    Sum,
    Total,
    View,
    arrays_in,
    split_sign,
)
from autograd.program.lowering import LARGEST
from autograd.program.numpy_source import RECIPES, SIGNS, UFUNCS
from autograd.program.rolling import NotRolled
from autograd.program.source import Printer, flat, slice_of, write_number
from autograd.program.statements import in_turn
from autograd.program.tables import shared_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from autograd.program.adjoints import RolledStatements
    from autograd.program.expressions import Expression
    from autograd.program.grouping import Array

    Axes = list[tuple[int, int]]  # lengths and steps in rows
MOST_ONES = 256
ONES = f"ones = np.ones({MOST_ONES})"
BATCH = (-1, 0)  # the axis of the batch; (-n, s) is n steps and the batch in one


class Place(NamedTuple):
    """Where numbers lie: rows of something in memory, with a table of them.

    name: of the memory; inner: how many rows stand behind the batch in it, 0 for a vector of parameters
    """

    name: str
    inner: int
    varies: bool
    table: Any


class TensorPrinter(Printer):
    """The statements for NumPy, with nothing allocated while they run but by look-ups."""

    def __init__(self, statements: RolledStatements) -> None:
        super().__init__(statements, statements.adjoint_of)  # type: ignore[arg-type]
        self._adjoint_of = statements.adjoint_of
        self.np = import_numpy()

    def source(self, vectors: Sequence[str], inputs: Sequence[str]) -> str:
        """A function that binds arrays, and gives one that runs on the inputs.

        vectors: those of parameters, theta first; among them the seed, what each row counts for
        """
        s = self.statements
        self.bound: list[str] = []
        self.head: list[str] = []
        self.body: list[str] = []
        self._views: dict[object, str] = {}
        self._spare_of: dict[object, str] = {}
        self._indexes: dict[object, str] = {}
        self._inputs: dict[Array, str] = {}
        self._depth = 0
        self._written: set[int] = set()
        self._fill = False
        steps = in_turn(s, [*s.values, *sorted(s.stores, key=_deepest_last)])
        self._inner = self._choose_layouts()
        self._shares = self._find_shares()
        lets = {let.array for let in s.lets} - {array for some in self._shares.values() for array in some}
        steps = [step for step in steps if not isinstance(step, Let) or step.array in lets]
        last = {array: i for i, step in enumerate(steps) for array in arrays_in(step)}
        self._pool: dict[tuple[int, bool, bool], list[str]] = {}
        self._homes: dict[Array, tuple[tuple[int, bool, bool], str]] = {}
        for i, step in enumerate(steps):
            match step:
                case Let(array, Fold() as fold) if array in self._shares:
                    self._allocate(self._shares[array][0])
                    self._allocate(array)
                    self._write_softmax(array, fold, self._shares[array][0])
                case Let(array, what):
                    self._allocate(array)
                    self._write(self._whole(array), what)
                case Outer() | Total() | Scatter():
                    self._store(step)
                case _:
                    self._total("value", step)
            for array in {*arrays_in(step), *([step.array] if isinstance(step, Let) else [])}:
                if last.get(array, -1) <= i and array in self._homes:
                    size, name = self._homes.pop(array)
                    self._pool.setdefault(size, []).append(name)
        if self._fill or len(self._written) < len(s.arrays[0]):
            self.body.insert(0, "gradient.fill(0.0)")
        lines = [f"def bind(np, {', '.join(vectors)}, gradient, batch):"]
        lines += [f"    {line}" for line in self.bound]
        lines += [f"    def run({', '.join(inputs)}):"]
        lines += [f"        {line}" for line in [*self.head, *self.body]]
        return "\n".join([*lines, "        return value[0] * seed[0]", "    return run", ""])

    # ---- memory

    def _choose_layouts(self) -> dict[Array, int]:
        """How many rows stand behind the batch in each array."""
        np, s = self.np, self.statements
        found: dict[Array, int] = {}
        pairs = [(let.array, let.what) for let in s.lets]
        for array, what in pairs:
            for e in parts_of(what):
                if isinstance(e, Matmul) and e.copies > 1:
                    found.setdefault(array, e.copies)
                    if len(e.operand.rows) == len(e.operand.array):
                        found.setdefault(e.operand.array, e.copies)
        twins = {**self._adjoint_of, **{array: adjoint for adjoint, array in self._adjoint_of.items()}}
        for _ in range(12):
            before = len(found)
            for array, what in [*pairs, *reversed(pairs)]:
                if array in found and array in twins:
                    found.setdefault(twins[array], found[array])
                tables = list(_tables_of(what))
                if array in found:
                    for other, table in tables:
                        if other.varies and len(table) == len(other) and (table[:, 0] == np.arange(len(table))).all():
                            found.setdefault(other, found[array])
                        elif other.kind == "leaf" and other.varies and found[array] > 1:
                            run = table[: found[array], 0]
                            if (run == np.arange(len(run))).all() and len(other) % len(run) == 0:
                                found.setdefault(other, len(run))
                else:
                    sizes = [_block(table[:, 0] // found[other]) for other, table in tables if other in found]
                    if sizes:
                        found[array] = min(sizes)
            if len(found) == before:
                break
        for array in s.arrays:
            found.setdefault(array, 1)
            if len(array) % found[array]:
                found[array] = 1
        return found

    def _allocate(self, array: Array) -> None:
        size = len(array), array.varies, array in self.masks
        free = self._pool.setdefault(size, [])
        if free:
            name = free.pop()
        else:
            name = self.new_name("memory")
            self.bound.append(
                f"{name} = np.empty({len(array)}{' * batch' * array.varies}{', dtype=bool' if array in self.masks else ''})"
            )
        self._homes[array] = size, name
        inner = self._inner[array]
        self.bound.append(f"{array.name} = {name}.reshape({len(array) // inner}, {'batch' if array.varies else 1}, {inner})")

    def _spare(self, like: Place, k: int | None = None) -> Place:
        """Memory for a moment, of as many rows as another place has."""
        n = len(like.table)
        inner = like.inner if like.inner and n % like.inner == 0 else 1
        key = n, inner, like.varies, (self._depth, k)
        if key not in self._spare_of:
            name = self._spare_of[key] = self.new_name("spare")
            self.bound.append(f"{name} = np.empty(({n // inner}, {'batch' if like.varies else 1}, {inner}))")
        return Place(self._spare_of[key], inner, like.varies, self.np.arange(n))

    def _whole(self, array: Array) -> Place:
        return self._at(View(array, range(len(array))))  # type: ignore[arg-type]

    def _at(self, e: View) -> Place:
        return self._place(e.array, self.np.array(e.rows))

    def _place(self, array: Array, table: Any) -> Place:
        if array.is_vector:
            return Place(array.name, 0, False, table)
        if array.kind == "leaf":
            return Place(self._input(array), self._inner[array], True, table)
        return Place(array.name, self._inner[array], array.varies, table)

    def _input(self, array: Array) -> str:
        """A copy of an input in the program's own memory."""
        if array not in self._inputs:
            name = self._inputs[array] = f"{array.name}_"
            inner, n = self._inner[array], len(array)
            self.bound.append(f"{name} = np.empty(({n // inner}, batch, {inner}))")
            self.head.append(f"np.copyto({name}, {array.name}.reshape({n // inner}, {inner}, batch).transpose(0, 2, 1))")
        return self._inputs[array]

    # ---- views

    def _view(self, place: Place, axes: Axes | None, batch: int | None = -1) -> str:
        """A place as a tensor: with axes of these lengths and steps, and that of the batch at an index, or at none.

        axes: None for outer and inner rows
        """
        name, inner, _, table = place
        n = len(table)
        if axes is None:
            axes = [(n // inner, inner), (inner, 1)]
        full = [(length, step) for length, step in axes]
        if batch is not None:
            full.insert(len(full) if batch == -1 else batch, BATCH)
        return self._cut(name, inner, int(table[0]), full)

    def _cut(self, name: str, inner: int, offset: int, axes: Sequence[tuple[int, int]]) -> str:
        key = name, inner, offset, tuple(axes)
        if key not in self._views:
            view = self._views[key] = self.new_name("v")
            self.bound.append(f"{view} = cut({name}, {inner}, {offset}, {tuple(axes)!r}, batch)")
        return self._views[key]

    def _fits(self, place: Place, lengths: Sequence[int], steps: Sequence[int]) -> bool:
        """Whether steps lead to where they should in memory: over outer rows, or within the inner ones."""
        inner = place.inner
        if any(step < 0 for step in steps):
            return False
        if inner in (0, 1):
            return True
        inside = sum((length - 1) * step for length, step in zip(lengths, steps) if step % inner)
        return int(place.table[0]) % inner + inside < inner and all(s % inner == 0 or s < inner for s in steps)

    def _align(self, places: Sequence[Place]) -> tuple[list[int], list[tuple[Place, list[int]]]]:
        """Axes that several places share, and the steps of each; what has uneven ones is looked up before."""
        within = [place.inner if place.inner > 1 else 0 for place in places]
        lengths, steps = shared_axes([place.table for place in places], within)
        found = []
        for i, (place, own) in enumerate(zip(places, steps)):
            if own is None or not self._fits(place, lengths, own):
                if i == 0:
                    return self._align([place, *(self._look_up(each, k) for k, each in enumerate(places[1:], start=1))])
                return self._align([*places[:i], self._look_up(place, i), *places[i + 1 :]])
            found.append((place, own))
        return lengths, found

    def _looked_up(self, place: Place, k: int) -> Place:
        spare = self._look_up(place._replace(table=place.table.reshape(-1)), k)
        return spare._replace(table=spare.table.reshape(place.table.shape))

    def _look_up(self, place: Place, k: int) -> Place:
        """Rows one after the other in an array of their own."""
        n = len(place.table)
        if place.name.startswith("spare") and (place.table == self.np.arange(n)).all():
            raise NotRolled("results in uneven places")
        spare = self._spare(Place("", 1, place.varies, place.table), 10 + k)
        self.body.append(f"np.take({self._flat(place.name)}, {self._address(place)}, out={spare.name}, mode='clip')")
        return spare

    def _flat(self, name: str) -> str:
        if name == "theta":
            return name
        key = "flat", name
        if key not in self._views:
            self._views[key] = self.new_name("f")
            self.bound.append(f"{self._views[key]} = {name}.reshape(-1)")
        return self._views[key]

    def _address(self, place: Place) -> str:
        at = self.table("at", place.table.tolist())
        key = "address", place.name, place.inner, at
        if key not in self._views:
            self._views[key] = self.new_name("a")
            self.bound.append(f"{self._views[key]} = address({place.name}, {place.inner}, {at})")
        return self._views[key]

    def _operands(self, to: Place, others: Sequence[Expression]) -> tuple[str, list[str]]:
        """Views of where a result goes and of what it is made of, element by element."""
        places = [self._plain(e) for e in others]
        there = [place for place in places if isinstance(place, Place)]
        lengths, found = self._align([to, *there])
        views = [self._view(place, list(zip(lengths, steps))) for place, steps in found]
        rest = iter(views[1:])
        return views[0], [place if isinstance(place, str) else next(rest) for place in places]

    def _plain(self, e: Expression) -> Place | str:
        match e:
            case View():
                return self._at(e)
            case Number(x):
                return write_number(x)
            case Column(numbers):
                name = self.table("c", list(numbers))
                return Place(name, 0, False, self.np.arange(len(numbers)))
        raise NotRolled(f"an operand {e!r}")

    # ---- statements

    def _write(self, to: Place, e: Expression) -> None:
        out = self.body.append
        match e:
            case View() | Number() | Column():
                view, (what,) = self._operands(to, [e])
                out(f"np.copyto({view}, {what})")
            case Product(factors):
                inner = [f for f in factors if not isinstance(f, Plain)]
                rest = [f for f in factors if isinstance(f, Plain)]
                if len(inner) > 1:
                    raise NotRolled("a product of sums")
                if inner:
                    self._write(to, inner[0])
                else:
                    first, second, *rest = sorted(rest, key=lambda f: isinstance(f, (Number, Column)) or self._is_mask(f))
                    view, (a, b) = self._operands(to, [first, second])
                    out(f"np.multiply({a}, {b}, out={view})")
                for factor in rest:
                    view, (a,) = self._operands(to, [factor])
                    out(f"np.multiply({view}, {a}, out={view})")
            case Sum(terms):
                self._write_sum(to, terms)
            case Function():
                self._apply(to, e)
            case Matmul():
                self._contract(to, *self._factors(e))
            case Contract():
                self._contract(to, *self._factors(e))
            case Fold():
                self._fold(to, e)
            case Gather():
                index = self._index(to, e.which, e.array, e.rows)
                view = self._view(to, None) if to.table[0] else to.name
                out(f"np.take({self._flat(e.array.name)}, {index}, out={view}, mode='clip')")
            case Parts(pieces, size):
                rows = [row for some, _ in pieces for row in some]
                apart = len(set(rows)) == len(rows)
                if not apart or len(rows) != size:
                    view, _ = self._operands(to, [])
                    out(f"np.copyto({view}, 0.0)")
                for some, piece in pieces:
                    part = to._replace(table=to.table[some])
                    lengths, (steps,) = shared_axes([part.table], [part.inner if part.inner > 1 else 0])
                    if steps is None or not self._fits(part, lengths, steps):
                        spare = self._spare(part._replace(inner=1))
                        self._depth += 1
                        self._write(spare, piece)
                        self._depth -= 1
                        sign = "" if apart else "+"
                        out(f"{self._flat(part.name)}[{self._address(part)}] {sign}= {spare.name}")
                    elif apart:
                        self._write(part, piece)
                    else:
                        self._add_to(part, "+", piece)
            case Placed(which, what, rows, _):
                index = self._index(self._place(what.array, self.np.arange(len(rows))), which, None, rows, to)
                out(f"{to.name}.fill(0.0)")
                out(f"{self._flat(to.name)}[{index}] = {what.array.name}")
            case _:
                raise NotRolled(f"a statement {e!r}")

    def _is_mask(self, e: Expression) -> bool:
        return isinstance(e, View) and e.array in self.masks

    def _write_sum(self, to: Place, terms: list[Expression]) -> None:
        def rank(term: Expression) -> tuple[bool, bool, bool]:
            sign, what = split_sign(term)
            return isinstance(what, Plain), isinstance(what, Product), sign == "-"

        ordered = sorted(terms, key=rank)
        (first, *others) = ordered
        if isinstance(first, Plain) and others:
            sign, second = split_sign(others[0])
            if isinstance(second, Plain):
                view, (a, b) = self._operands(to, [first, second])
                self.body.append(f"np.{SIGNS[sign]}({a}, {b}, out={view})")
                others = others[1:]
            else:
                self._write(to, first)
        else:
            self._write(to, first)
        for term in others:
            self._add_to(to, *split_sign(term))

    def _add_to(self, to: Place, sign: str, what: Expression) -> None:
        if isinstance(what, Plain):
            view, (other,) = self._operands(to, [what])
        else:
            spare = self._spare(to)
            self._depth += 1
            self._write(spare, what)
            self._depth -= 1
            lengths, ((_, own), (_, there)) = self._align([to, spare])
            view, other = self._view(to, list(zip(lengths, own))), self._view(spare, list(zip(lengths, there)))
        self.body.append(f"np.{SIGNS[sign]}({view}, {other}, out={view})")

    def _apply(self, to: Place, e: Function) -> None:
        view, arguments = self._operands(to, e.arguments)
        if e.name in RECIPES:
            self.body += [line.format(*arguments, to=view) for line in RECIPES[e.name]]
        elif e.name in UFUNCS:
            self.body.append(f"np.{UFUNCS[e.name]}({', '.join(arguments)}, out={view})")
        elif e.name == LARGEST:
            self.body.append(f"np.maximum({arguments[0]}, {arguments[1]}, out={view})")
            self.body += [f"np.maximum({view}, {other}, out={view})" for other in arguments[2:]]
            self.body.append(f"np.copyto({view}, 0.0, where=np.isinf({view}))")
        elif e.name == "logsumexp" and len(arguments) == 1:
            self.body.append(f"np.copyto({view}, {arguments[0]})")
        else:
            self.body.append(f"{view}[...] = {e.name}({', '.join(arguments)})")

    # ---- along rows

    def _lists(self, e: Fold, to: Place) -> tuple[str, str, tuple[int, ...]]:
        """Views of results, and of what these run over, with the axes that are run along."""
        table = self.np.array(e.operand.rows).reshape(-1, e.results).T
        source = self._place(e.operand.array, table)
        lengths, terms, (own, there) = self._split([to, source._replace(table=table)])
        view = self._view(to, list(zip(lengths, own[0])))
        other = self._view(there[2]._replace(table=there[2].table[:, 0]), [*zip(lengths, there[0]), *zip(terms, there[1])])
        return view, other, tuple(range(len(lengths), len(lengths) + len(terms)))

    def _split(self, places: Sequence[Place]) -> tuple[list[int], list[int], list[Any]]:
        """Axes of sums, and of products, that places share: the first is that of the results, without products."""
        to, *others = places
        factors = []
        for k, place in enumerate(others):
            table = place.table
            if not (table == table[:, :1] + (table[:1] - table[0, 0])).all():
                place = self._looked_up(place, k)
            factors.append(place)
        while True:
            within = [p.inner if p.inner > 1 else 0 for p in (to, *factors)]
            lengths, rows = shared_axes([to.table, *(p.table[:, 0] for p in factors)], within)
            terms, columns = shared_axes([p.table[0] for p in factors], within[1:])
            if rows[0] is None or not self._fits(to, lengths, rows[0]):
                factors = [self._looked_up(place, k) for k, place in enumerate(factors)]
                continue
            for k, place in enumerate(factors):
                own, along = rows[k + 1], columns[k]
                ok = own is not None and along is not None
                if not ok or not self._fits(place._replace(table=place.table[:, 0]), [*lengths, *terms], [*own, *along]):  # type: ignore[misc]
                    factors[k] = self._looked_up(place, k)
                    break
            else:
                found: list[Any] = [(rows[0], [], to)]
                found += [(rows[k + 1], columns[k], place) for k, place in enumerate(factors)]
                return lengths, terms, found

    def _fold(self, to: Place, e: Fold) -> None:
        view, other, axes = self._lists(e, to)
        if e.name == LARGEST:
            self._largest(view, other, axes, self.np.array(e.operand.rows).size // e.results)
            self.body.append(f"np.copyto({view}, 0.0, where=np.isinf({view}))")
            return
        spare = self._spare(self._whole(e.operand.array), 3)
        whole = self._whole(e.operand.array)
        _, (a,) = "", [self._view(whole, None)]
        b = self._view(spare, None)
        self.body.append(f"np.exp({a}, out={b})")
        rows = e.operand._replace(array=e.operand.array)
        table = self.np.array(rows.rows).reshape(-1, e.results).T
        lengths, terms, (own, there) = self._split([to, spare._replace(table=table)])
        first = there[2]._replace(table=there[2].table[:, 0])
        other = self._view(first, [*zip(lengths, there[0]), *zip(terms, there[1])])
        view = self._view(to, list(zip(lengths, own[0])))
        self.body.append(f"np.sum({other}, axis={axes}, out={view})")
        self.body.append(f"np.log({view}, out={view})")

    def _largest(self, view: str, other: str, axes: tuple[int, ...], length: int) -> None:
        """The largest numbers along an axis; where these lie side by side by halves, which is several times as fast."""
        if len(axes) > 1 or length < 4:
            self.body.append(f"np.max({other}, axis={axes}, out={view})")
            return
        half = length // 2
        first, name = self.new_name("v"), self.new_name("half")
        self.bound.append(f"{first} = np.moveaxis({other}, {axes[0]}, 0)")
        self.bound.append(f"{name} = np.empty(({half}, *{first}.shape[1:]))")
        odd = [f"{first}[{length - 1}]"] if length % 2 else []
        self.body.append(f"np.maximum({first}[:{half}], {first}[{half}:{2 * half}], out={name})")
        while half > 1:
            if half % 2:
                odd.append(f"{name}[{half - 1}]")
            half //= 2
            self.body.append(f"np.maximum({name}[:{half}], {name}[{half}:{2 * half}], out={name}[:{half}])")
        rest = odd or [f"{name}[0]"]
        self.body.append(f"np.maximum({name}[0], {rest[0]}, out={view})")
        self.body += [f"np.maximum({view}, {each}, out={view})" for each in rest[1:]]

    def _find_shares(self) -> dict[Array, list[Array]]:
        """For a logsumexp the array exp(z - logsumexp(z)), and the difference if nothing else reads it."""
        s = self.statements
        lets = {let.array: let.what for let in s.lets}
        readers = Counter(array for e in (*lets.values(), *s.values, *s.stores) for array in set(arrays_in(e)))
        found: dict[Array, list[Array]] = {}
        for array, what in lets.items():
            if not (isinstance(what, Function) and what.name == "exp" and isinstance(what.arguments[0], View)):
                continue
            shifted = what.arguments[0].array
            difference = lets.get(shifted)
            if not what.arguments[0].is_all or not isinstance(difference, Sum):
                continue
            match [*map(split_sign, difference.terms)]:
                case [("+", View() as z), ("-", View() as taken)] | [("-", View() as taken), ("+", View() as z)]:
                    fold = lets.get(taken.array)
                    if not isinstance(fold, Fold) or fold.name == LARGEST or fold.operand.array is not z.array:
                        continue
                    whole = z.is_all and len(fold.operand.rows) == len(z.array)
                    table = self.np.array(fold.operand.rows).reshape(-1, fold.results)
                    owner = self.np.empty(len(z.array), dtype=int)
                    owner[table] = self.np.arange(fold.results)
                    if whole and (owner == self.np.array(taken.rows)).all() and taken.array not in found:
                        found[taken.array] = [array] if readers[shifted] > 1 else [array, shifted]
        return found

    def _write_softmax(self, array: Array, fold: Fold, share: Array) -> None:
        """A logsumexp, and beside it the softmax of the same numbers."""
        z, whole, to = self._whole(fold.operand.array), self._whole(share), self._whole(array)
        lengths, ((_, own), (_, there)) = self._align([whole, z])
        a, b = (self._view(p, list(zip(lengths, steps))) for p, steps in ((whole, own), (z, there)))
        self.body.append(f"np.exp({b}, out={a})")
        table = self.np.array(fold.operand.rows).reshape(-1, fold.results).T
        lengths, terms, (own, there) = self._split([to, whole._replace(table=table)])
        if there[2].name != share.name:
            raise NotRolled("a softmax in uneven places")
        first = there[2]._replace(table=table[:, 0])
        other = self._view(first, [*zip(lengths, there[0]), *zip(terms, there[1])])
        view = self._view(to, list(zip(lengths, own[0])))
        broadcast = self._view(to, [*zip(lengths, own[0]), *((length, 0) for length in terms)])
        self._contract(to, [whole._replace(table=table)], 1.0)
        self.body.append(f"np.divide({other}, {broadcast}, out={other})")
        self.body.append(f"np.log({view}, out={view})")

    # ---- sums of products

    def _factors(self, e: Matmul | Contract) -> tuple[list[Place], float]:
        np = self.np
        if isinstance(e, Contract):
            c = np.asarray(e.coefficients, dtype=float)
            places = [self._place(array, np.asarray(table)) for array, table in e.factors]
        else:
            operand = np.array(e.operand.rows).reshape(-1, e.copies).T
            out = len(e.coefficients or e.places)
            second = np.tile(operand, (out, 1))
            places = [self._place(e.operand.array, second)]
            c = np.ones(second.shape)
            if e.array is not None:
                places.insert(0, self._place(e.array, np.repeat(np.array(e.places), e.copies, axis=0)))
            if e.coefficients is not None:
                c = np.repeat(np.array(e.coefficients), e.copies, axis=0)
        if (c == c[0, 0]).all():
            return places, float(c[0, 0])
        name = self.table("C", c.reshape(-1).tolist())
        return [*places, Place(name, 0, False, np.arange(c.size).reshape(c.shape))], 1.0

    def _contract(self, to: Place, factors: list[Place], c: float, over_batch: bool = False) -> None:
        """Σ over products, and over the batch if it is asked for; a stack of matrix products if these are some."""
        out = self.body.append
        lengths, terms, found = self._split([to, *factors])
        (own, _, _), *sides = found
        batch_in = [place.varies for _, _, place in sides]
        # an axis: where it is in the result, in each factor; None where it is not
        axes: list[tuple[str, int, list[int]]] = []
        for i, length in enumerate(lengths):
            axes.append(("row", length, [own[i], *(rows[i] for rows, _, _ in sides)]))
        for j, length in enumerate(terms):
            axes.append(("term", length, [0, *(columns[j] for _, columns, _ in sides)]))
        axes = [axis for axis in axes if axis[1] > 1]
        if len(sides) == 1 and not over_batch and _is_short_sum(axes):
            ones = Place("ones", 0, False, self.np.arange(len(terms)))  # a product with ones is quicker than a short sum
            both = [(kind, length, [*steps, int(kind == "term")]) for kind, length, steps in axes]
            if text := self._matmul(to, [sides[0][2], ones], both, [*batch_in, False], False):
                if ONES not in self.bound:
                    self.bound.insert(0, ONES)
                out(text)
                self._scale(to, lengths, own, c)
                return
        if len(sides) == 2:
            text = self._matmul(to, [place for _, _, place in sides], axes, batch_in, over_batch)
            if text:
                out(text)
                self._scale(to, lengths, own, c)
                return
        names = "abcdefghijklmnopqrstuvw"[: len(axes)]
        rows = [(length, steps[0], name) for (kind, length, steps), name in zip(axes, names) if kind == "row"]
        varies = to.varies and not over_batch
        alone = [name for (_, _, steps), name in zip(axes, names) if not any(steps[1:])]  # that no factor varies along
        views, subscripts = [], []
        for k, (_, _, place) in enumerate(sides, start=1):
            mine = [
                (n, steps[k], name) for (_, n, steps), name in zip(axes, names) if steps[k] or (k == 1 and name in alone)
            ]
            along = place.varies or (k == 1 and varies and not any(batch_in))
            first = place._replace(table=place.table[:, 0])
            views.append(self._view(first, [(length, step) for length, step, _ in mine], -1 if along else None))
            subscripts.append("".join(name for *_, name in mine) + "z" * along)
        view = self._view(to, [(length, step) for length, step, _ in rows], -1 if varies else None)
        result = "".join(name for *_, name in rows) + "z" * varies
        if over_batch and not any(batch_in):
            out(f"np.einsum('{','.join(subscripts)}->{result}', {', '.join(views)}, out={view})")
            out(f"np.multiply({view}, batch, out={view})")
        elif len(views) == 1:
            axes_out = tuple(i for i, letter in enumerate(subscripts[0]) if letter not in result)
            out(f"np.sum({views[0]}, axis={axes_out}, out={view})")
        else:
            out(f"np.einsum('{','.join(subscripts)}->{result}', {', '.join(views)}, out={view})")
        self._scale(to, lengths, own, c, over_batch)

    def _scale(self, to: Place, lengths: list[int], steps: list[int], c: float, over_batch: bool = False) -> None:
        if c != 1.0:
            batch = -1 if to.varies and not over_batch else None
            view = self._view(to, list(zip(lengths, steps)), batch)
            self.body.append(f"np.multiply({view}, {write_number(c)}, out={view})")

    def _matmul(
        self, to: Place, factors: list[Place], axes: list[tuple[str, int, list[int]]], varies: list[bool], over_batch: bool
    ) -> str:
        """The text of a stack of matrix products; empty where this is none."""
        stack: list[tuple[int, list[int]]] = []
        sides: dict[str, list[tuple[int, list[int]]]] = {"M": [], "N": [], "K": []}
        for kind, length, steps in axes:
            a, b = steps[1] != 0, steps[2] != 0
            if kind == "term":
                if not (a and b):
                    return ""
                sides["K"].append((length, steps))
            elif a and b:
                stack.append((length, steps))
            elif a or b:
                sides["M" if a else "N"].append((length, steps))
            else:
                return ""
        elsewhere = over_batch and not all(varies)  # a sum over the batch of what is the same for all of it
        if elsewhere or (to.varies and not any(varies)):
            return ""
        batch = (-1, [0, 0, 0])
        if any(varies):
            where = "K" if over_batch else ""
            if not where and varies[0] != varies[1]:
                where = "M" if varies[0] else "N"
            (sides[where] if where else stack).append(batch)
        places = [to, *factors]
        chosen: dict[str, tuple[int, list[int]]] = {}
        for side, some in sides.items():
            some = self._merged(some, places, over_batch)
            if len(some) > 1 and side == "K":
                return ""
            some.sort(key=lambda axis: abs(axis[0]) * (1000 if axis[0] < 0 else 1))
            if some:
                chosen[side] = some.pop()
            stack += some
        if "K" not in chosen or ("M" not in chosen and "N" not in chosen):
            return ""
        names = []
        for k, pair in ((1, "MK"), (2, "KN"), (0, "MN")):
            full = [self._axis(axis, k, places[k], over_batch) for axis in stack]
            full += [self._axis(chosen[side], k, places[k], over_batch) if side in chosen else (1, 0) for side in pair]
            names.append(self._cut(places[k].name, places[k].inner, int(places[k].table.reshape(-1)[0]), full))
        return f"np.matmul({names[0]}, {names[1]}, out={names[2]})"

    def _axis(self, axis: tuple[int, list[int]], k: int, place: Place, over_batch: bool) -> tuple[int, int]:
        length, steps = axis
        if length > 0:
            return length, steps[k]
        if place.varies and not (k == 0 and over_batch):
            return (length, steps[k])
        return (length, 0)

    def _merged(self, axes: list[Any], places: list[Place], over_batch: bool) -> list[Any]:
        """The axis of the batch, and one beside it in the memory of all that have both, made one."""
        batch = next((axis for axis in axes if axis[0] == -1), None)
        if batch is None:
            return axes
        for axis in axes:
            length, steps = axis
            if axis is batch:
                continue
            there = [k for k, place in enumerate(places) if steps[k] or (k == 0 and not over_batch and place.varies)]
            if all(places[k].inner == length * steps[k] and places[k].varies for k in there):
                merged = (-length, steps)
                rest = [other for other in axes if other is not axis and other is not batch]
                return [*rest, merged]
        return axes

    # ---- choices

    def _index(self, out: Place, which: View, source: Array | None, rows: Any, to: Place | None = None) -> str:
        """Where each index points, in the memory of what is chosen from; worked out once, and kept."""
        np = self.np
        table = np.array(rows)
        inner, varies = (to.inner, True) if to is not None else (0, False)
        if source is not None and not source.is_vector:
            inner, varies = self._inner[source], source.varies
        n = len(table)
        key = which.array, tuple(which.rows), table.tobytes(), inner, varies, out.inner
        if key in self._indexes:
            return self._indexes[key]
        outer, inside = (table // inner, table % inner) if inner else (table, table * 0)
        steps = []
        for part in (outer, inside):
            step = int(part[0, 1] - part[0, 0]) if table.shape[1] > 1 else 0
            if (part != part[:, :1] + step * np.arange(table.shape[1])).any():
                raise NotRolled("choices in uneven places")
            steps.append(step)
        name = self.new_name("index")
        place = self._integers(which, table.shape[1])
        base = self.new_name("base")
        first = self.table("at", table[:, 0].tolist())
        shape = f"({n // out.inner}, batch, {out.inner})" if out.inner else ""
        if not shape:
            raise NotRolled("a choice for parameters alone")
        self.bound.append(f"{base} = first({inner if varies else 0}, {first}, batch)")
        self.bound.append(f"{name} = np.empty({shape}, dtype=np.intp)")
        self.bound.append(f"{base} = {base}.reshape({n // out.inner}, {out.inner}, batch).transpose(0, 2, 1).copy()")
        apart = (
            f"{steps[0]} * batch * {inner} + {steps[1]}" if inner and varies else f"{steps[0] * max(inner, 1) + steps[1]}"
        )
        self.bound.append(f"{name}_step = {apart}")
        lengths, found = self._align([Place(name, out.inner, True, np.arange(n)), place])
        if found[1][0].name != place.name:
            raise NotRolled("choices in uneven places")
        a, b = (self._view(each, list(zip(lengths, own))) for each, own in found)
        self.body.append(f"np.multiply({b}, {name}_step, out={a})")
        self.body.append(f"np.add({name}, {base}, out={name})")
        self._indexes[key] = name
        return name

    def _integers(self, which: View, items: int) -> Place:
        """An input as whole numbers; the program gives nan where they are none, or point to nothing."""
        array = which.array
        inner, n = self._inner[array], len(array)
        key = "integers", array
        if key not in self._views:
            name = self._views[key] = f"{array.name}_whole"
            self.bound.append(f"{name} = np.empty(({n // inner}, batch, {inner}), dtype=np.intp)")
        name = self._views[key]
        rows = sorted(set(which.rows))
        some = self.table("at", rows) if len(rows) < n else None
        check = f"if not whole_numbers({array.name}, {name}, {some}, {items}): return np.nan"
        if check not in self.head:
            self.head.append(check)
        return Place(name, inner, True, self.np.array(which.rows))

    # ---- the gradient

    def _store(self, store: Store) -> None:
        np = self.np
        places = flat(store.places)
        new = self._written.isdisjoint(places)
        self._fill |= not new and not self._written.issuperset(places)
        self._written.update(places)
        if isinstance(store, Scatter):
            lo, hi = min(places), max(places) + 1
            table = np.array(places)[np.array(store.rows)]
            what = store.what
            assert isinstance(what, View)
            out = self._at(what)
            index = self._index(out, store.which, self.statements.arrays[0], table)
            if not what.array.varies:
                raise NotRolled("what is scattered is the same for all")
            text = f"np.bincount({index}.reshape(-1), {out.name}.reshape(-1), {hi})[{lo}:]"
            if len(places) == hi - lo:
                self.body.append(f"gradient[{lo}:{hi}] {'=' if new else '+='} {text}")
            else:
                at, inside = self.table("at", places), self.table("at", [p - lo for p in places])
                self.body.append(f"gradient[{at}] {'=' if new else '+='} {text}[{inside}]")
            return
        if isinstance(store, Outer):
            left = np.array(store.left.rows).reshape(-1, store.copies)
            right = np.array(store.right.rows).reshape(-1, store.copies)
            factors = [
                self._place(store.left.array, np.repeat(left, len(right), axis=0)),
                self._place(store.right.array, np.tile(right, (len(left), 1))),
            ]
            self._into_gradient(places, new, lambda to: self._contract(to, factors, 1.0, over_batch=True))
        else:
            self._into_gradient(places, new, lambda to: self._total_into(to, store.what))

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

    def _total(self, name: str, e: Expression) -> None:
        self.bound.append(f"{name} = np.empty(1)")
        self._total_into(Place(name, 0, False, self.np.arange(1)), e)

    def _total_into(self, to: Place, e: Expression) -> None:
        """An expression, summed over the batch."""
        c, factors = 1.0, []
        inner = e.factors if isinstance(e, Product) else [e]
        for f in inner:
            if isinstance(f, Number):
                c *= f.value
            else:
                factors.append(f)
        if len(factors) == 1 and isinstance(factors[0], Contract):
            places, d = self._factors(factors[0])
            self._contract(to, places, c * d, over_batch=True)
            return
        if factors and all(isinstance(f, (View, Column)) for f in factors):
            places = []
            for f in factors:
                place = self._plain(f)
                assert isinstance(place, Place)
                places.append(place._replace(table=place.table[:, None]))
            self._contract(to, places, c, over_batch=True)
            return
        varies = any(array.varies for array in arrays_in(e))
        spare = self._spare(Place("", 1, varies, to.table), 7)
        self._write(spare, e)
        self._contract(to, [spare._replace(table=spare.table[:, None])], 1.0, over_batch=True)


def _is_short_sum(axes: list[tuple[str, int, list[int]]]) -> bool:
    """Whether the terms of a sum are a few numbers side by side."""
    return [steps[1] for kind, length, steps in axes if kind == "term" and 3 < length <= MOST_ONES] == [1]


def _block(numbers: Any) -> int:
    """The largest number of rows, a divisor of all, of which each stretch holds one number."""
    np = import_numpy()
    n = len(numbers)
    changes = np.flatnonzero(np.diff(numbers)) + 1
    return int(np.gcd.reduce([n, *changes])) if len(changes) else n


def parts_of(e: Expression) -> list[Expression]:
    """The terms of sums, the factors of products, and the pieces that an array is put together from."""
    match e:
        case Sum(parts) | Product(parts):
            return [each for part in parts for each in parts_of(part)]
        case Parts(pieces):
            return [each for _, piece in pieces for each in parts_of(piece)]
    return [e]


def _tables_of(e: Expression) -> list[tuple[Array, Any]]:
    """The arrays that an expression reads, element by element or in sums, with their rows for each row."""
    np = import_numpy()
    if isinstance(e, Parts):
        return []
    found = []
    for part in parts_of(e):
        match part:
            case View(array, rows):
                found.append((array, np.array(rows)[:, None]))
            case Function(_, arguments):
                found += [(x.array, np.array(x.rows)[:, None]) for x in arguments if isinstance(x, View)]
            case Contract(factors):
                found += [(array, np.asarray(table)) for array, table in factors]
            case Fold():
                found.append((part.operand.array, np.array(part.operand.rows).reshape(-1, part.results).T))
            case Gather():
                found.append((part.which.array, np.array(part.which.rows)[:, None]))
    return [(array, table) for array, table in found if not array.is_vector]


def _deepest_last(store: Store) -> tuple[int, int]:
    """Each part of the gradient as soon as its arrays are there."""
    return 0, max((array.number for array in arrays_in(store)), default=0)


def tensor_functions(np: Any) -> dict[str, Any]:
    """What the source calls: views, addresses, whole numbers."""

    def cut(array: Any, inner: int, offset: int, axes: Any, batch: int) -> Any:
        if inner == 0:
            unit = array.strides[0]
            strides = [0 if n < 0 else step * unit for n, step in axes]
            start = array[offset:]
            shape = [batch * -n if n < 0 else n for n, _ in axes]
            return np.lib.stride_tricks.as_strided(start, shape, strides)
        there, unit = array.shape[1], array.itemsize
        flat = array.reshape(-1)
        place = offset // inner * there * inner + offset % inner
        shape, strides = [], []
        for n, step in axes:
            if n == -1:
                shape.append(batch)
                strides.append(inner if there == batch and there > 1 else 0)
            elif n < 0:
                shape.append(-n * batch)
                strides.append(step)
            else:
                shape.append(n)
                strides.append(step // inner * there * inner if step % inner == 0 else step)
        return np.lib.stride_tricks.as_strided(flat[place:], shape, [s * unit for s in strides])

    def address(array: Any, inner: int, at: Any) -> Any:
        if inner == 0:
            return at[:, None, None]
        there = array.shape[1]
        return (at // inner * there * inner + at % inner)[:, None, None] + (np.arange(there) * inner)[None, :, None]

    def first(inner: int, at: Any, batch: int) -> Any:
        if inner == 0:
            return np.repeat(at[:, None], batch, axis=1)
        return (at // inner * batch * inner + at % inner)[:, None] + np.arange(batch) * inner

    def whole_numbers(x: Any, out: Any, rows: Any, items: int) -> bool:
        turned = out.transpose(0, 2, 1)
        given = x.reshape(turned.shape)
        np.copyto(turned, given, casting="unsafe")
        if rows is not None:
            x = x[rows]
            turned = turned.reshape(len(given) * given.shape[1], -1)[rows]
            return bool(turned.min() >= 0 and turned.max() < items and (turned == x).all())
        return bool(out.min() >= 0 and out.max() < items and (turned == given).all())

    return {"cut": cut, "address": address, "first": first, "whole_numbers": whole_numbers}
