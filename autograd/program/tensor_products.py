"""What runs along axes of tensors, as lines for NumPy: matrix products wherever sums of products are some; softmax.

A sum of products has axes of three kinds: those of its results, those that are added up, and the batch. An axis along which
both factors go is one of a stack of matrices if it is a result's, and that of the sum inside if it is added up; one along
which only one factor goes makes the rows or the columns. What fits no product is left to einsum.
"""

from __future__ import annotations

from typing import NamedTuple

from autograd.program import expressions as ex
from autograd.program.lowering import LARGEST
from autograd.program.recipes import NotRolled
from autograd.program.source import write_number
from autograd.program.tensor_layout import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.program.grouping import Array
    from autograd.program.tensor_layout import Layout

MOST_ONES = 256
ONES = f"ones = np.ones({MOST_ONES})"


class Axis(NamedTuple):
    """An axis of a sum of products.

    kind: "row" for one of results, "term" for one that is added up
    steps: in the result, and in each factor; 0 where it is not
    """

    kind: str
    length: int
    steps: list[int]


class Products:
    """Lines that add up along axes of tensors; layout: where these lie, and the lines so far."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    # ---- sums of products

    def factors(self, e: ex.Matmul | ex.Contract) -> tuple[list[Place], float]:
        """What is multiplied, each with a row for each sum and each product; and a number in front."""
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
        lengths, terms, ((own, _, _), *sides) = self.layout.split([to, *factors])
        factors = [place for _, _, place in sides]
        axes = [Axis("row", n, [own[i], *(rows[i] for rows, _, _ in sides)]) for i, n in enumerate(lengths)]
        axes += [Axis("term", n, [0, *(columns[j] for _, columns, _ in sides)]) for j, n in enumerate(terms)]
        axes = [axis for axis in axes if axis.length > 1]
        if len(factors) == 1 and not over_batch and _is_short_sum(axes):  # a product with ones is quicker than a short sum
            ones = Place("ones", 0, False, self.layout.np.arange(len(terms)))
            text = self._matmul(to, [*factors, ones], [a._replace(steps=[*a.steps, int(a.kind == "term")]) for a in axes])
            if text and ONES not in self.layout.bound:
                self.layout.bound.insert(0, ONES)
        else:
            text = self._matmul(to, factors, axes, over_batch) if len(factors) == 2 else ""
        if text:
            out(text)
        else:
            self._einsum(to, factors, axes, over_batch)
        if c != 1.0:
            view = self.layout.tensor(to, list(zip(lengths, own)), -1 if to.varies else None)
            out(f"np.multiply({view}, {write_number(c)}, out={view})")

    def _einsum(self, to: Place, factors: list[Place], axes: list[Axis], over_batch: bool) -> None:
        """The sum as it stands, with a letter for each axis, z for the batch."""
        out = self.layout.body.append
        named = list(zip(axes, "abcdefghijklmnopqrstuvw"))
        batch_in = any(place.varies for place in factors)
        views, subscripts = [], []
        for k, place in enumerate(factors, start=1):
            # the first one also has the axes along which none varies
            mine = [(axis, x) for axis, x in named if axis.steps[k] or (k == 1 and not any(axis.steps[1:]))]
            along = place.varies or (k == 1 and to.varies and not batch_in)
            first = place._replace(table=place.table[:, 0])
            own = [(axis.length, axis.steps[k]) for axis, _ in mine]
            views.append(self.layout.tensor(first, own, -1 if along else None))
            subscripts.append("".join(x for _, x in mine) + "z" * along)
        rows = [(axis, x) for axis, x in named if axis.kind == "row"]
        view = self.layout.tensor(to, [(axis.length, axis.steps[0]) for axis, _ in rows], -1 if to.varies else None)
        result = "".join(x for _, x in rows) + "z" * to.varies
        if len(views) == 1 and (batch_in or not over_batch):
            along_axes = tuple(i for i, letter in enumerate(subscripts[0]) if letter not in result)
            out(f"np.add.reduce({views[0]}, axis={along_axes}, out={view})")
            return
        out(f"np.einsum('{','.join(subscripts)}->{result}', {', '.join(views)}, out={view})")
        if over_batch and not batch_in:
            out(f"np.multiply({view}, batch, out={view})")

    def _matmul(self, to: Place, factors: list[Place], axes: list[Axis], over_batch: bool = False) -> str:
        """The text of a stack of matrix products; empty where this is none."""
        varies = [place.varies for place in factors]
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
        if over_batch and not all(varies):  # a sum over the batch of what is the same for all of it
            return ""
        if to.varies and not any(varies):
            return ""
        batch = (-1, [0, 0, 0])
        if over_batch:
            sides["K"].append(batch)
        elif all(varies):
            stack.append(batch)
        elif any(varies):
            sides["M" if varies[0] else "N"].append(batch)
        places = [to, *factors]
        chosen: dict[str, tuple[int, list[int]]] = {}
        for side, some in sides.items():
            some = _merge_batch(some, places)
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
            place = places[k]
            every = [*stack, *(chosen.get(side, (1, [0, 0, 0])) for side in pair)]
            full = [(length, steps[k] if length > 0 or place.varies else 0) for length, steps in every]
            names.append(self.layout.cut(place.name, place.inner, int(place.table.reshape(-1)[0]), full))
        return f"np.matmul({names[0]}, {names[1]}, out={names[2]})"

    # ---- along rows

    def _lists(self, e: ex.Fold, to: Place, source: Place) -> tuple[str, str, tuple[int, ...], Place]:
        """Views of results, and of what these run over, with the axes that are run along, and where that lies."""
        table = self.layout.np.array(e.operand.rows).reshape(-1, e.results).T
        lengths, terms, ((own, _, _), (rows, columns, there)) = self.layout.split([to, source._replace(table=table)])
        view = self.layout.tensor(to, list(zip(lengths, own)))
        first = there._replace(table=there.table[:, 0])
        other = self.layout.tensor(first, [*zip(lengths, rows), *zip(terms, columns)])
        return view, other, tuple(range(len(lengths), len(lengths) + len(terms))), there

    def fold(self, to: Place, e: ex.Fold) -> None:
        out = self.layout.body.append
        whole = self.layout.whole(e.operand.array)
        if e.name == LARGEST:
            view, other, axes, _ = self._lists(e, to, whole)
            self._largest(view, other, axes, len(e.operand.rows) // e.results)
            out(f"np.copyto({view}, 0.0, where=np.isinf({view}))")
            return
        spare = self.layout.spare(whole, 3)
        out(f"np.exp({self.layout.tensor(whole, None)}, out={self.layout.tensor(spare, None)})")
        view, other, axes, _ = self._lists(e, to, spare)
        out(f"np.add.reduce({other}, axis={axes}, out={view})")
        out(f"np.log({view}, out={view})")

    def softmax(self, array: Array, fold: ex.Fold, share: Array, wanted: bool) -> None:
        """The softmax of the numbers of a logsumexp, and this itself, where it is wanted."""
        out = self.layout.body.append
        whole, to = self.layout.whole(share), self.layout.whole(array)
        there, z = self.layout.views_of([whole, self.layout.whole(fold.operand.array)])
        out(f"np.exp({z}, out={there})")
        view, other, axes, source = self._lists(fold, to, whole)
        if source.name != whole.name:
            raise NotRolled("a softmax in uneven places")
        self.contract(to, [source], 1.0)
        beside = self.layout.new_name("v")
        self.layout.bound.append(f"{beside} = np.expand_dims({view}, {axes})")
        out(f"np.divide({other}, {beside}, out={other})")
        if wanted:
            out(f"np.log({view}, out={view})")

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


def _merge_batch(axes: list[tuple[int, list[int]]], places: Sequence[Place]) -> list[tuple[int, list[int]]]:
    """The axis of the batch, and one beside it in the memory of all that have both, made one."""
    rest = [axis for axis in axes if axis[0] != -1]
    for axis in rest if len(rest) < len(axes) else ():
        length, steps = axis
        there = [k for k, place in enumerate(places) if steps[k] or (k == 0 and place.varies)]
        if all(places[k].inner == length * steps[k] and places[k].varies for k in there):
            return [*(other for other in rest if other is not axis), (-length, steps)]
    return axes


def _is_short_sum(axes: list[Axis]) -> bool:
    """Whether the terms of a sum are a few numbers side by side."""
    return [steps[1] for kind, length, steps in axes if kind == "term" and 3 < length <= MOST_ONES] == [1]
