"""Statements as Python source for NumPy at full speed: each is written into memory that is there already.

What fills an array element by element is the same wherever the array lies: products factor by factor, sums term by term,
each by a function of NumPy with `out=`. numpy_source.py lays arrays out in rows and columns, tensor_source.py as tensors.
"""

from __future__ import annotations

from collections import Counter
from itertools import cycle
from operator import itemgetter

from autograd.program import expressions as ex
from autograd.program.array_functions import OF_THE_LIBRARY, OTHER_NAMES
from autograd.program.lowering import LARGEST, RECIPROCAL
from autograd.program.source import Printer, flat
from autograd.program.statements import in_turn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeGuard

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


class InPlace(Printer):
    """Lines that fill memory; a subclass says how this is laid out. A place is where a result goes.

    body: the lines that run on each call
    shares: see find_softmaxes
    depth: of memory for a moment within such memory
    """

    def __init__(self, statements: Statements, adjoint_of: Mapping[Array, Array]) -> None:
        super().__init__(statements, adjoint_of)
        self.body: list[str] = []
        self.shares = find_softmaxes(statements)
        self.depth = 0
        self._written: set[int] = set()  # the parameters of which a part of the gradient stands there
        self._fill = False

    # ---- how memory is laid out

    def operands(self, to: Any, parts: Sequence[ex.Expression]) -> tuple[str, list[str]]:
        """What a place, and what it is made of element by element, are called."""
        raise NotImplementedError

    def spare(self, like: Any) -> Any:
        """Memory for a moment, as large as a place."""
        raise NotImplementedError

    def write_along(self, to: Any, e: ex.Expression) -> None:
        """Fill a place with what runs along rows."""
        raise NotImplementedError

    # ---- expressions

    def write(self, to: Any, e: ex.Expression) -> None:
        """Fill a place with an expression."""
        match e:
            case ex.View() | ex.Number() | ex.Column():
                view, (what,) = self.operands(to, [e])
                self.body.append(f"np.copyto({view}, {what})")
            case ex.Product():
                self._write_product(to, e)
            case ex.Sum() if (difference := _find_difference(e)) is not None:
                plain, taken = difference
                self.write(to, taken)
                view, (text,) = self.operands(to, [plain])
                self.body.append(f"np.subtract({text}, {view}, out={view})")
            case ex.Sum():
                self._write_sum(to, e)
            case ex.Function("logsumexp", [first, *others]):  # of differences to the largest, see lowering.py
                self.write(to, ex.Function("exp", [first]))
                for other in others:
                    self.add_to(to, "+", ex.Function("exp", [other]))
                view, _ = self.operands(to, [])
                self.body.append(f"np.log({view}, out={view})")
            case ex.Function(name, arguments):
                view, texts = self.operands(to, arguments)
                self.body += apply_function(view, name, texts)
            case _:
                self.write_along(to, e)

    def _write_product(self, to: Any, e: ex.Product) -> None:
        first, second, *rest = self._in_order(e)
        if isinstance(first, ex.Plain):
            view, (a, b) = self.operands(to, [first, second])
            self.body.append(f"np.multiply({a}, {b}, out={view})")
        else:
            self.write(to, first)
            rest = [second, *rest]
        for factor in rest:
            view, (a,) = self.operands(to, [factor])
            self.body.append(f"np.multiply({view}, {a}, out={view})")

    def _write_sum(self, to: Any, e: ex.Sum) -> None:
        first, *others = self._in_order(e)
        if isinstance(first, ex.Plain):
            sign, second = ex.split_sign(others.pop(0))
            view, (a, b) = self.operands(to, [first, second])
            self.body.append(f"np.{SIGNS[sign]}({a}, {b}, out={view})")
        else:
            self.write(to, first)
        for term in others:
            self.add_to(to, *ex.split_sign(term))

    def add_to(self, to: Any, sign: str, e: ex.Expression) -> None:
        view, (text,) = self.operands(to, [e])
        self.body.append(f"np.{SIGNS[sign]}({view}, {text}, out={view})")

    def _in_order(self, e: ex.Product | ex.Sum) -> list[ex.Expression]:
        """Factors or terms: first what fills a place by itself, that which runs along rows before all."""

        def rank_factor(factor: ex.Expression) -> int:
            """Numbers of the batch before truth values, which can be multiplied with these."""
            if not isinstance(factor, ex.Plain):
                return 0
            return 2 if not isinstance(factor, ex.View) or factor.array in self.masks else 1

        def rank_term(term: ex.Expression) -> tuple[bool, bool, bool]:
            sign, what = ex.split_sign(term)
            return isinstance(what, ex.Plain), isinstance(what, ex.Product), sign == "-"

        return sorted(e.factors, key=rank_factor) if isinstance(e, ex.Product) else sorted(e.terms, key=rank_term)

    def beside(self, to: Any, e: ex.Expression) -> Any:
        """Memory for a moment, as large as a place, with an expression in it."""
        spare = self.spare(to)
        self.depth += 1
        self.write(spare, e)
        self.depth -= 1
        return spare

    def given_up(self, e: ex.Expression) -> list[Array]:
        """The arrays whose memory a result may take: those that are read at the first writing, and not again."""
        if isinstance(e, ex.Function):
            return [x.array for x in e.arguments if is_whole(x)] if e.name in READ_ONCE else []
        if not isinstance(e, (ex.Product, ex.Sum)):
            return []
        first, second, *rest = (_find_difference(e) or ())[::-1] or self._in_order(e)
        if isinstance(first, ex.Plain):
            _, second = ex.split_sign(second)
            both = [*ex.arrays_in(first), *ex.arrays_in(second)]
            own = [x.array for x in (first, second) if is_whole(x) and both.count(x.array) == 1]
        else:
            own, rest = self.given_up(first), [second, *rest]
        return [array for array in own if not any(array in ex.arrays_in(x) for x in rest)]

    # ---- statements

    def steps(self, stores: Sequence[ex.Store]) -> list[ex.Let | ex.Expression | ex.Store]:
        """What is computed, in order, without what a softmax gives on the way.

        stores: the parts of the gradient
        """
        covered = {array for some in self.shares.values() for array in some}
        steps = in_turn(self.statements, [*self.statements.values, *sorted(stores, key=_deepest_last)])
        return [step for step in steps if not isinstance(step, ex.Let) or step.array not in covered]

    def begin_store(self, store: ex.Store) -> tuple[list[int], bool]:
        """The parameters that a part of the gradient is of, and whether nothing has been written there yet."""
        places = flat(store.places)
        new = self._written.isdisjoint(places)
        self._fill |= not new and not self._written.issuperset(places)
        self._written.update(places)
        return places, new

    def lines(self) -> list[str]:
        """The body, after zeros for the gradient where it is not all written: the caller may have changed what is left."""
        fill = self._fill or len(self._written) < len(self.statements.arrays[0])
        return ["gradient.fill(0.0)"] * fill + self.body


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
            case ex.Function("exp", [ex.View(shifted)]) if is_whole(what.arguments[0]):
                match _by_sign(lets[shifted]):
                    case [("+", ex.View() as z), ("-", ex.View() as taken)] if taken.array not in found:
                        if is_whole(z) and _is_fold_of_all(lets.get(taken.array), z, taken):
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


def is_whole(e: ex.Expression) -> TypeGuard[ex.View]:
    """Whether an expression is an array that the program computes, all of it."""
    return isinstance(e, ex.View) and e.array.kind != "leaf" and e.is_all


def _find_difference(e: ex.Expression) -> tuple[ex.Plain, ex.Expression] | None:
    """For z − x y, z and x y."""
    match _by_sign(e):
        case [("+", ex.View() | ex.Number() | ex.Column() as plain), ("-", taken)] if not isinstance(taken, ex.Plain):
            return plain, taken
    return None


def _deepest_last(store: ex.Store) -> tuple[bool, int]:
    """Each part of the gradient as soon as its arrays are there; what is the same for all rows in the end."""
    arrays = ex.arrays_in(store)
    return not any(array.varies for array in arrays), max((array.number for array in arrays), default=0)
