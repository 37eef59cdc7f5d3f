"""What runs along axes of tensors, as lines for NumPy: matrix products wherever sums of products are some; softmax.

A sum of products has axes of three kinds: those of its results, those that are added up, and the batch. An axis along which
both factors go is one of a stack of matrices if it is a result's, and that of the sum inside if it is added up; one along
which only one factor goes makes the rows or the columns. What fits no product is left to einsum.
"""

from __future__ import annotations

from collections import Counter

from autograd.program import expressions as ex
from autograd.program.lowering import LARGEST
from autograd.program.recipes import NotRolled
from autograd.program.source import write_number
from autograd.program.tensor_layout import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from autograd.program.grouping import Array
    from autograd.program.tensor_layout import Layout

MOST_ONES = 256
ONES = f"ones = np.ones({MOST_ONES})"


class Products:
    """Lines that add up along axes of tensors; layout: where these lie, and the lines so far."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    # ---- sums of products

    def factors(self, e: ex.Matmul | ex.Contract) -> tuple[list[Place], float]:
        np = self.layout.np
        if isinstance(e, ex.Contract):
            c = np.asarray(e.coefficients, dtype=float)
            places = [self.layout.place(array, np.asarray(table)) for array, table in e.factors]
        else:
            operand = np.array(e.operand.rows).reshape(-1, e.copies).T
            out = len(e.coefficients or e.places)
            second = np.tile(operand, (out, 1))
            places = [self.layout.place(e.operand.array, second)]
            c = np.ones(second.shape)
            if e.array is not None:
                places.insert(0, self.layout.place(e.array, np.repeat(np.array(e.places), e.copies, axis=0)))
            if e.coefficients is not None:
                c = np.repeat(np.array(e.coefficients), e.copies, axis=0)
        if (c == c[0, 0]).all():
            return places, float(c[0, 0])
        name = self.layout.table("C", c.reshape(-1).tolist())
        return [*places, Place(name, 0, False, np.arange(c.size).reshape(c.shape))], 1.0

    def contract(self, to: Place, factors: list[Place], c: float, over_batch: bool = False) -> None:
        """Σ over products, and over the batch if it is asked for; a stack of matrix products if these are some."""
        out = self.layout.body.append
        lengths, terms, found = self.layout.split([to, *factors])
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
            ones = Place(
                "ones", 0, False, self.layout.np.arange(len(terms))
            )  # a product with ones is quicker than a short sum
            both = [(kind, length, [*steps, int(kind == "term")]) for kind, length, steps in axes]
            if text := self._matmul(to, [sides[0][2], ones], both, [*batch_in, False], False):
                if ONES not in self.layout.bound:
                    self.layout.bound.insert(0, ONES)
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
            views.append(self.layout.tensor(first, [(length, step) for length, step, _ in mine], -1 if along else None))
            subscripts.append("".join(name for *_, name in mine) + "z" * along)
        view = self.layout.tensor(to, [(length, step) for length, step, _ in rows], -1 if varies else None)
        result = "".join(name for *_, name in rows) + "z" * varies
        if over_batch and not any(batch_in):
            out(f"np.einsum('{','.join(subscripts)}->{result}', {', '.join(views)}, out={view})")
            out(f"np.multiply({view}, batch, out={view})")
        elif len(views) == 1:
            axes_out = tuple(i for i, letter in enumerate(subscripts[0]) if letter not in result)
            out(f"np.add.reduce({views[0]}, axis={axes_out}, out={view})")
        else:
            out(f"np.einsum('{','.join(subscripts)}->{result}', {', '.join(views)}, out={view})")
        self._scale(to, lengths, own, c, over_batch)

    def _scale(self, to: Place, lengths: list[int], steps: list[int], c: float, over_batch: bool = False) -> None:
        if c != 1.0:
            batch = -1 if to.varies and not over_batch else None
            view = self.layout.tensor(to, list(zip(lengths, steps)), batch)
            self.layout.body.append(f"np.multiply({view}, {write_number(c)}, out={view})")

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
            names.append(self.layout.cut(places[k].name, places[k].inner, int(places[k].table.reshape(-1)[0]), full))
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

    # ---- along rows

    def _lists(self, e: ex.Fold, to: Place) -> tuple[str, str, tuple[int, ...]]:
        """Views of results, and of what these run over, with the axes that are run along."""
        table = self.layout.np.array(e.operand.rows).reshape(-1, e.results).T
        source = self.layout.place(e.operand.array, table)
        lengths, terms, (own, there) = self.layout.split([to, source._replace(table=table)])
        view = self.layout.tensor(to, list(zip(lengths, own[0])))
        other = self.layout.tensor(
            there[2]._replace(table=there[2].table[:, 0]), [*zip(lengths, there[0]), *zip(terms, there[1])]
        )
        return view, other, tuple(range(len(lengths), len(lengths) + len(terms)))

    def fold(self, to: Place, e: ex.Fold) -> None:
        view, other, axes = self._lists(e, to)
        if e.name == LARGEST:
            self._largest(view, other, axes, self.layout.np.array(e.operand.rows).size // e.results)
            self.layout.body.append(f"np.copyto({view}, 0.0, where=np.isinf({view}))")
            return
        whole = self.layout.whole(e.operand.array)
        spare = self.layout.spare(whole, 3)
        a, b = self.layout.tensor(whole, None), self.layout.tensor(spare, None)
        self.layout.body.append(f"np.exp({a}, out={b})")
        table = self.layout.np.array(e.operand.rows).reshape(-1, e.results).T
        lengths, terms, (own, there) = self.layout.split([to, spare._replace(table=table)])
        first = there[2]._replace(table=there[2].table[:, 0])
        other = self.layout.tensor(first, [*zip(lengths, there[0]), *zip(terms, there[1])])
        view = self.layout.tensor(to, list(zip(lengths, own[0])))
        self.layout.body.append(f"np.add.reduce({other}, axis={axes}, out={view})")
        self.layout.body.append(f"np.log({view}, out={view})")

    def _largest(self, view: str, other: str, axes: tuple[int, ...], length: int) -> None:
        """The largest numbers along an axis; where these lie side by side by halves, which is several times as fast."""
        if len(axes) > 1 or length < 4:
            self.layout.body.append(f"np.maximum.reduce({other}, axis={axes}, out={view})")
            return
        first, name, half = self.layout.new_name("v"), self.layout.new_name("half"), length // 2
        self.layout.bound.append(f"{first} = np.moveaxis({other}, {axes[0]}, 0)")
        self.layout.bound.append(f"{name} = np.empty(({half}, *{first}.shape[1:]))")

        def part(of: str, start: int, stop: int | None = None) -> str:
            name_of = self.layout.new_name("v")
            self.layout.bound.append(f"{name_of} = {of}[{start}{'' if stop is None else f':{stop}'}]")
            return name_of

        odd = [part(first, length - 1)] if length % 2 else []
        left, of = length, first
        while left > 3:
            half = left // 2
            left_half, right_half = part(of, 0, half), part(of, half, 2 * half)
            to = part(name, 0, half)
            self.layout.body.append(f"np.maximum({left_half}, {right_half}, out={to})")
            left, of = half, name
            if left % 2:
                odd.append(part(name, left - 1))
        whole = [part(of, i) for i in range(left - left % 2)] + odd
        self.layout.body.append(f"np.maximum({whole[0]}, {whole[1]}, out={view})")
        self.layout.body += [f"np.maximum({view}, {each}, out={view})" for each in whole[2:]]

    def find_softmaxes(self) -> dict[Array, list[Array]]:
        """For a logsumexp the array exp(z - logsumexp(z)), and the difference if nothing else reads it."""
        s = self.layout.statements
        lets = {let.array: let.what for let in s.lets}
        readers = Counter(array for e in (*lets.values(), *s.values, *s.stores) for array in set(ex.arrays_in(e)))
        found: dict[Array, list[Array]] = {}
        for array, what in lets.items():
            if not (isinstance(what, ex.Function) and what.name == "exp" and isinstance(what.arguments[0], ex.View)):
                continue
            shifted = what.arguments[0].array
            difference = lets.get(shifted)
            if not what.arguments[0].is_all or not isinstance(difference, ex.Sum):
                continue
            match [*map(ex.split_sign, difference.terms)]:
                case [("+", ex.View() as z), ("-", ex.View() as taken)] | [("-", ex.View() as taken), ("+", ex.View() as z)]:
                    fold = lets.get(taken.array)
                    if not isinstance(fold, ex.Fold) or fold.name == LARGEST or fold.operand.array is not z.array:
                        continue
                    whole = z.is_all and len(fold.operand.rows) == len(z.array)
                    table = self.layout.np.array(fold.operand.rows).reshape(-1, fold.results)
                    owner = self.layout.np.empty(len(z.array), dtype=int)
                    owner[table] = self.layout.np.arange(fold.results)
                    if whole and (owner == self.layout.np.array(taken.rows)).all() and taken.array not in found:
                        found[taken.array] = [array] if readers[shifted] > 1 else [array, shifted]
        return found

    def softmax(self, array: Array, fold: ex.Fold, share: Array, wanted: bool) -> None:
        """The softmax of the numbers of a logsumexp, and this itself, where it is wanted."""
        z, whole, to = self.layout.whole(fold.operand.array), self.layout.whole(share), self.layout.whole(array)
        lengths, ((_, own), (_, there)) = self.layout.align([whole, z])
        a, b = (self.layout.tensor(p, list(zip(lengths, steps))) for p, steps in ((whole, own), (z, there)))
        self.layout.body.append(f"np.exp({b}, out={a})")
        table = self.layout.np.array(fold.operand.rows).reshape(-1, fold.results).T
        lengths, terms, (own, there) = self.layout.split([to, whole._replace(table=table)])
        if there[2].name != share.name:
            raise NotRolled("a softmax in uneven places")
        first = there[2]._replace(table=table[:, 0])
        other = self.layout.tensor(first, [*zip(lengths, there[0]), *zip(terms, there[1])])
        view = self.layout.tensor(to, list(zip(lengths, own[0])))
        broadcast = self.layout.tensor(to, [*zip(lengths, own[0]), *((length, 0) for length in terms)])
        self.contract(to, [whole._replace(table=table)], 1.0)
        self.layout.body.append(f"np.divide({other}, {broadcast}, out={other})")
        if wanted:
            self.layout.body.append(f"np.log({view}, out={view})")


def _is_short_sum(axes: list[tuple[str, int, list[int]]]) -> bool:
    """Whether the terms of a sum are a few numbers side by side."""
    return [steps[1] for kind, length, steps in axes if kind == "term" and 3 < length <= MOST_ONES] == [1]
