"""Where the arrays of rolled statements lie in memory, and how their rows are read there as tensors, without copying.

An array has its rows, one for each number, and the batch; in memory the batch stands between them,

    (outer rows, batch, inner rows)

where the inner rows are places of a text: then a layer's weights meet all places of all texts in one product, and the
places of one text lie side by side for those of attention. Which rows are inner is seen from what multiplies them. Tables
that go up in even steps are read where they lie, as tensors in other shapes; others are looked up. An array that is read
for the last time leaves its memory to the next of its size.
"""

from __future__ import annotations

import operator
from typing import NamedTuple

from autograd.program import expressions as ex
from autograd.program.engines import import_numpy
from autograd.program.in_place import InPlace
from autograd.program.recipes import NotRolled
from autograd.program.tables import shared_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from autograd.program.adjoints import RolledStatements
    from autograd.program.grouping import Array

    Axes = list[tuple[int, int]]  # lengths and steps in rows
BATCH = (-1, 0)  # the axis of the batch; (-n, s) is n steps and the batch in one


class Place(NamedTuple):
    """Where numbers lie: rows of something in memory, with a table of them.

    name: of the memory; inner: how many rows stand behind the batch in it, 0 for a vector of parameters
    """

    name: str
    inner: int
    varies: bool
    table: Any

    @property
    def side(self) -> int:
        """How many rows follow each other at even steps, whatever the batch; 0 if all do."""
        return self.inner if self.inner > 1 else 0


class Layout(InPlace):
    """Where arrays lie, and views of them; with the lines of a program that so far make these.

    bound: lines that are run once for each size of batch; head: for each batch
    inner: how many rows of an array stand behind the batch
    views: names of views and addresses by what they are
    """

    def __init__(self, statements: RolledStatements) -> None:
        super().__init__(statements, statements.adjoint_of)  # type: ignore[arg-type]
        self.np = import_numpy()
        self.bound: list[str] = []
        self.head: list[str] = []
        self.views: dict[str, str] = {}
        self._spare_of: dict[object, str] = {}
        self._inputs: dict[Array, str] = {}
        self._pool: dict[tuple[int, bool, bool], list[str]] = {}
        self._homes: dict[Array, tuple[tuple[int, bool, bool], str]] = {}
        self.inner = self._choose(statements.adjoint_of)

    def _choose(self, adjoint_of: Mapping[Array, Array]) -> dict[Array, int]:
        """How many rows stand behind the batch in each array: those of the places that its weights meet."""
        np, s = self.np, self.statements
        found: dict[Array, int] = {}
        for let in s.lets:
            for e in ex.parts_of(let.what):
                if isinstance(e, ex.Matmul) and e.copies > 1:
                    found.setdefault(let.array, e.copies)
                    if len(e.operand.rows) == len(e.operand.array):
                        found.setdefault(e.operand.array, e.copies)
        twins = {**adjoint_of, **{array: adjoint for adjoint, array in adjoint_of.items()}}
        read = [(let.array, _tables_of(let.what)) for let in s.lets]
        before = 0
        while len(found) > before:
            before = len(found)
            for array, tables in [*read, *reversed(read)]:
                if array in found and array in twins:
                    found.setdefault(twins[array], found[array])
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
        for array in s.arrays:
            found.setdefault(array, 1)
            if len(array) % found[array]:
                found[array] = 1
        return found

    def allocate(self, array: Array) -> None:
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
        inner = self.inner[array]
        self.bound.append(f"{array.name} = {name}.reshape({len(array) // inner}, {'batch' if array.varies else 1}, {inner})")

    def release(self, array: Array) -> None:
        """The memory of an array is read for the last time now."""
        if array in self._homes:
            size, name = self._homes.pop(array)
            self._pool.setdefault(size, []).append(name)

    def spare(self, like: Place, k: int | None = None) -> Place:
        """Memory for a moment, of as many rows as another place has."""
        n = len(like.table)
        inner = self._run(like)
        inner = inner if n % inner == 0 else 1
        key = n, inner, like.varies, (self.depth, k)
        if key not in self._spare_of:
            name = self._spare_of[key] = self.new_name("spare")
            self.bound.append(f"{name} = np.empty(({n // inner}, {'batch' if like.varies else 1}, {inner}))")
        return Place(self._spare_of[key], inner, like.varies, self.np.arange(n))

    def _run(self, place: Place) -> int:
        """How many rows stand one after the other, among the inner ones: all of them where a place has whole arrays."""
        if place.inner < 2:
            return 1
        following = (self.np.diff(place.table) != 1) | (place.table[1:] % place.inner == 0)
        return int(following.argmax()) + 1 if following.any() else len(place.table)

    def whole(self, array: Array) -> Place:
        return self.at(ex.View(array, range(len(array))))  # type: ignore[arg-type]

    def at(self, e: ex.View) -> Place:
        return self.place(e.array, self.np.array(e.rows))

    def place(self, array: Array, table: Any) -> Place:
        if array.is_vector:
            return Place(array.name, 0, False, table)
        if array.kind == "leaf":
            return Place(self._input(array), self.inner[array], True, table)
        return Place(array.name, self.inner[array], array.varies, table)

    def _input(self, array: Array) -> str:
        """A copy of an input in the program's own memory."""
        if array not in self._inputs:
            name = self._inputs[array] = f"{array.name}_"
            inner, n = self.inner[array], len(array)
            self.bound.append(f"{name} = np.empty(({n // inner}, batch, {inner}))")
            self.head.append(f"np.copyto({name}, {array.name}.reshape({n // inner}, {inner}, batch).transpose(0, 2, 1))")
        return self._inputs[array]

    def tensor(self, place: Place, axes: Axes | None, batch: int | None = -1) -> str:
        """A place as a tensor: with axes of these lengths and steps, and that of the batch at an index, or at none.

        axes: None for outer and inner rows
        """
        name, inner, _, table = place
        n = len(table)
        if axes is None:
            axes = [(n // inner, inner), (inner, 1)]
        full = list(axes)
        if batch is not None:
            full.insert(len(full) if batch == -1 else batch, BATCH)
        return self.cut(name, inner, int(table[0]), full)

    def cut(self, name: str, inner: int, offset: int, axes: Sequence[tuple[int, int]]) -> str:
        return self._make("v", f"cut({name}, {inner}, {offset}, {tuple(axes)!r}, batch)")

    def _make(self, stem: str, what: str) -> str:
        """The name of something that is made once for each size of batch."""
        if what not in self.views:
            name = self.views[what] = self.new_name(stem)
            self.bound.append(f"{name} = {what}")
        return self.views[what]

    def views_of(self, places: Sequence[Place]) -> list[str]:
        """Places as tensors with the same axes."""
        lengths, found = self.align(places)
        return [self.tensor(place, list(zip(lengths, steps))) for place, steps in found]

    def fits(self, place: Place, lengths: Sequence[int], steps: Sequence[int]) -> bool:
        """Whether steps lead to where they should in memory: over outer rows, or within the inner ones."""
        inner = place.inner
        if any(step < 0 for step in steps):
            return False
        if inner in (0, 1):
            return True
        inside = sum((length - 1) * step for length, step in zip(lengths, steps) if step % inner)
        return int(place.table[0]) % inner + inside < inner and all(s % inner == 0 or s < inner for s in steps)

    def align(self, places: Sequence[Place]) -> tuple[list[int], list[tuple[Place, list[int]]]]:
        """Axes that several places share, and the steps of each; what has uneven ones is looked up before."""
        lengths, steps = shared_axes([place.table for place in places], [place.side for place in places])
        found = []
        for i, (place, own) in enumerate(zip(places, steps)):
            if own is None or not self.fits(place, lengths, own):
                uneven = [i] if i else range(1, len(places))
                return self.align([self._look_up(each, k) if k in uneven else each for k, each in enumerate(places)])
            found.append((place, own))
        return lengths, found

    def _look_up(self, place: Place, k: int) -> Place:
        """Rows one after the other in an array of their own."""
        flat = place._replace(table=place.table.reshape(-1))
        if place.name.startswith("spare") and (flat.table == self.np.arange(len(flat.table))).all():
            raise NotRolled("results in uneven places")
        spare = self.spare(flat._replace(inner=1), 10 + k)
        self.body.append(f"np.take({self.flat(place.name)}, {self.address(flat)}, out={spare.name}, mode='clip')")
        return spare._replace(table=spare.table.reshape(place.table.shape))

    def flat(self, name: str) -> str:
        return name if name == "theta" else self._make("f", f"{name}.reshape(-1)")

    def address(self, place: Place) -> str:
        at = self.table("at", place.table.tolist())
        return self._make("a", f"address({place.name}, {place.inner}, {at})")

    def split(self, places: Sequence[Place]) -> tuple[list[int], list[int], list[Any]]:
        """Axes of sums, and of products, that places share: the first is that of the results, without products."""
        to, *others = places
        factors = []
        for k, place in enumerate(others):
            table = place.table
            if not (table == table[:, :1] + (table[:1] - table[0, 0])).all():
                place = self._look_up(place, k)
            factors.append(place)
        while True:
            within = [p.side for p in (to, *factors)]
            lengths, rows = shared_axes([to.table, *(p.table[:, 0] for p in factors)], within)
            terms, columns = shared_axes([p.table[0] for p in factors], within[1:])
            if rows[0] is None or not self.fits(to, lengths, rows[0]):
                factors = [self._look_up(place, k) for k, place in enumerate(factors)]
                continue
            for k, place in enumerate(factors):
                own, along = rows[k + 1], columns[k]
                ok = own is not None and along is not None
                if not ok or not self.fits(place._replace(table=place.table[:, 0]), [*lengths, *terms], [*own, *along]):  # type: ignore[misc]
                    factors[k] = self._look_up(place, k)
                    break
            else:
                found: list[Any] = [(rows[0], [], to)]
                found += [(rows[k + 1], columns[k], place) for k, place in enumerate(factors)]
                return lengths, terms, found


def _block(numbers: Any) -> int:
    """The largest number of rows, a divisor of all, of which each stretch holds one number."""
    np = import_numpy()
    n = len(numbers)
    changes = np.flatnonzero(np.diff(numbers)) + 1
    return int(np.gcd.reduce([n, *changes])) if len(changes) else n


def _tables_of(e: ex.Expression) -> list[tuple[Array, Any]]:
    """The arrays that an expression reads, element by element or in sums, with their rows for each row."""
    np = import_numpy()
    if isinstance(e, ex.Parts):
        return []
    found = []
    for part in ex.parts_of(e):
        match part:
            case ex.View(array, rows):
                found.append((array, np.array(rows)[:, None]))
            case ex.Function(_, arguments):
                found += [(x.array, np.array(x.rows)[:, None]) for x in arguments if isinstance(x, ex.View)]
            case ex.Contract(factors):
                found += [(array, np.asarray(table)) for array, table in factors]
            case ex.Fold():
                found.append((part.operand.array, np.array(part.operand.rows).reshape(-1, part.results).T))
            case ex.Gather():
                found.append((part.which.array, np.array(part.which.rows)[:, None]))
    return [(array, table) for array, table in found if not array.is_vector]


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
        return bool(out.view(np.uintp).max() < items and (turned == given).all())  # what is below 0 is large without a sign

    return {"cut": cut, "address": address, "first": first, "whole_numbers": whole_numbers, "Seen": Seen}


class Seen:
    """The inputs of the last call: what follows from them alone stands ready. Only a `Batch` has arrays that come again."""

    def __init__(self) -> None:
        self.arrays: tuple[Any, ...] = ()

    def holds(self, *arrays: Any) -> bool:
        """Whether these are the same arrays; if not, none is held until somebody says so."""
        same = len(arrays) == len(self.arrays) and all(map(operator.is_, arrays, self.arrays))
        if not same:
            self.arrays = ()
        return same
