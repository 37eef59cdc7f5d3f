"""What a program computes, pass by pass: a graph and its slopes, lowered, grouped, stated, and printed as source.

There is a plan for each kind of thing that is asked of a program:

    values       the outputs of each row
    gradient     the value of the loss, and its gradient summed over the batch
    inputs, parameters    the Jacobian by these, row by row
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from itertools import chain

from autograd.calculus import gradient as gradient_of
from autograd.graph import nodes
from autograd.primitives import sum_of
from autograd.program import expressions as ex
from autograd.program.adjoints import RolledStatements
from autograd.program.array_functions import array_functions
from autograd.program.batch import count_rows
from autograd.program.engines import assembly_functions, import_numpy
from autograd.program.grouping import Grouping
from autograd.program.lowering import Lowering
from autograd.program.numpy_source import NumpyPrinter
from autograd.program.recipes import NotRolled
from autograd.program.rolling import Rolling
from autograd.program.source import Printer
from autograd.program.statements import Statements
from autograd.program.tensor_layout import tensor_functions
from autograd.program.tensor_source import TensorPrinter
from autograd.rewriting import evaluate
from autograd.value import Value, with_siblings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from autograd.program.grouping import Array


def make_plan(kind: str, ys: list[Value], parameters: list[Value], lists: Mapping[str, list[Value]]) -> Plan:
    """The plan for values, for the value with its gradient, or for another kind of derivative."""
    if kind == "values" or (kind == "gradient" and len(ys) == 1):
        order = nodes(*ys)
        try:
            if are_shared(order, parameters):
                return RolledPlan(ys, parameters, lists, kind == "gradient", with_siblings(order))
        except (NotRolled, ArithmeticError, LookupError, ValueError):  # there is always the plan for each place by itself
            pass
    return Plan(kind.removesuffix(UNROLLED), ys, parameters, lists)


UNROLLED = ", unrolled"  # a kind for which the plan takes each place by itself, and pads nothing
FEWEST_PLACES = 3  # that share weights: what is used twice may be a layer and a penalty on it


def are_shared(order: Sequence[Value], parameters: Sequence[Value]) -> bool:
    """Whether parameters are used again and again, as at each place of a text."""
    uses = Counter(chain.from_iterable(node.inputs for node in order))
    used = [uses[p] for p in parameters if p in uses]
    return sum(used) >= FEWEST_PLACES * len(used) > 0


def single_output(ys: Sequence[Value]) -> Value:
    """The loss: the one output of a program. Raises ValueError where there are several."""
    if len(ys) > 1:
        raise ValueError(f"a gradient is that of one number, and this program has {len(ys)} outputs: take its jacobian")
    return ys[0]


class Plan:
    """The passes for one kind of question, and what is printed of them.

    rolled: whether what is done at several places is done at once
    name: what the source calls its function; vectors, lists: the names of what that takes
    adjoint_of: for arrays of what the loss varies by, those that it varies with
    """

    rolled = False

    def __init__(self, kind: str, ys: list[Value], parameters: list[Value], lists: Mapping[str, list[Value]]) -> None:
        self._begin(kind, ys, parameters, lists, with_siblings(nodes(*ys)))
        values, slopes, adjoints = ys, list[Value](), dict[Value, Value]()
        if kind == "gradient":  # seed: what each row counts for, 1/B for a mean; so that nothing is divided at the end
            loss = single_output(ys)
            inner = [node for node in nodes(loss) if node.inputs]
            found = gradient_of(loss * self._seed, *parameters, *inner)
            slopes, adjoints = found[: len(parameters)], dict(zip(inner, found[len(parameters) :]))
        elif kind != "values":
            values, slopes = [], [slope for y in ys for slope in gradient_of(y, *self._wrt)]
        self.lowering = Lowering([*values, *slopes], self._leaves, self.lists)
        self.grouping: Any = Grouping(self.lowering, self._lengths, self.lists)
        self.statements: Any = Statements(self.grouping, len(values))
        self.adjoint_of = self._adjoint_arrays(adjoints)
        Printer(self.statements, self.adjoint_of)  # which gives arrays their names

    def _begin(
        self, kind: str, ys: list[Value], parameters: list[Value], lists: Mapping[str, list[Value]], order: list[Value]
    ) -> None:
        """What is known before the passes; order: all nodes behind ys."""
        self._seed = Value(1.0)
        both = {"theta": parameters, **({"seed": [self._seed]} if kind == "gradient" else {}), **lists}
        self._kind, self._ys, self._order = kind, ys, order
        self._wrt = [x for leaves in lists.values() for x in leaves] if kind == "inputs" else parameters
        self._leaves = {leaf: (name, i) for name, some in both.items() for i, leaf in enumerate(some)}
        self._lengths = {name: len(some) for name, some in both.items()}
        self.vectors, self.lists = [name for name in both if name not in lists], list(lists)
        self.name = {"values": "values", "gradient": "value_and_gradient"}.get(kind, "gradient")
        self._in_place: dict[bool, tuple[Any, dict[str, Any]]] = {}

    def _adjoint_arrays(self, adjoints: Mapping[Value, Value]) -> dict[Array, Array]:
        """The arrays that hold what the loss varies by, with the arrays that it varies with."""
        found: dict[Array, Array] = {}
        places, arrays = self.grouping.places, self.grouping.arrays
        for node, slope in adjoints.items():
            inner = slope.inputs[0] if slope.op is sum_of and len(slope.inputs) == 1 else slope
            here, there = self.lowering.atom_of(node), self.lowering.atom_of(inner)
            if here in places and there in places:
                array, adjoint = arrays[places[here][0]], arrays[places[there][0]]
                if len(array) == len(adjoint) and adjoint.number > array.number and array not in found.values():
                    found.setdefault(adjoint, array)
        return found

    @cached_property
    def _printed(self) -> tuple[str, dict[str, Any], Any]:
        """The source for any library, its tables, and its code; threads that ask at once print it each by themselves."""
        printer = Printer(self.statements, self.adjoint_of)
        slopes = None if self._kind == "values" else len(self._ys) * len(self._wrt)
        source = printer.function(self.name, [*self.vectors, *self.lists], slopes)
        return source, printer.tables, compile(source, f"<{self.name}>", "exec")

    @property
    def source(self) -> str:
        return self._printed[0]

    @property
    def tables(self) -> dict[str, Any]:
        return self._printed[1]

    def function(
        self, xp: Any, special: Any, size: int, per_sample: bool, asarray: Callable[[Any], Any] | None = None
    ) -> Any:
        """The program as a function of vectors and inputs, for one library and one size of batch."""
        space: dict[str, Any] = array_functions(xp, special)
        make = asarray or xp.asarray
        space |= assembly_functions(xp, size, per_sample, make)
        space |= {name: make(table) for name, table in self.tables.items()}
        exec(self._printed[2], space)
        return space.pop(self.name)  # whose globals are the space: in it, it would be a circle for the garbage collector

    def run(self, arrays: Mapping[str, Any], *vectors: Any) -> list[Any]:
        """Values, and slopes, as the program gives them: a column for each row, but for the gradient, which is a sum."""
        np = import_numpy()
        with np.errstate(all="ignore"):
            result = self.function(np, None, count_rows(arrays), self._kind != "gradient")(*vectors, *arrays.values())
        return list(result) if isinstance(result, tuple) else [result]

    def by_graph(self, arrays: Mapping[str, Any], theta: Any, *seed: Any) -> list[Any]:
        """The same by the graph itself, row by row."""
        np = import_numpy()
        values, slopes = [], []
        for row in range(count_rows(arrays)):
            at = {
                leaf: float(arrays[name][i, row] if name in arrays else theta[i])
                for leaf, (name, i) in self._leaves.items()
                if name != "seed"
            }
            numbers = evaluate(self._order, at, shift=True)
            values.append([numbers[y] for y in self._ys])
            if self._kind != "values":
                found = [_slopes(self._order, numbers, y) for y in self._ys]
                slopes.append([each.get(x, 0.0) for each in found for x in self._wrt])
        match self._kind:
            case "values":
                return [np.transpose(values)]
            case "gradient":
                return [np.transpose(values), np.sum(slopes, axis=0) * seed[0]]
        return [np.transpose(slopes)]

    def bound(self, np: Any, vectors: Sequence[Any], gradient: Any, size: int, ones: bool) -> Callable[..., Any]:
        """The program for NumPy in place, bound to the arrays that it works in.

        ones: whether the inputs come with a row of ones below them
        """
        if ones not in self._in_place:
            text, tables = self._print_in_place(ones)
            self._in_place[ones] = compile(text, "<in place>", "exec"), {x: np.asarray(each) for x, each in tables.items()}
        code, tables = self._in_place[ones]
        space = {**array_functions(np), **self._functions_in_place(np, size), **tables}
        exec(code, space)
        run: Callable[..., Any] = space.pop("bind")(np, *vectors, gradient, size)
        return run

    def _print_in_place(self, ones: bool) -> tuple[str, dict[str, Any]]:
        """The source for NumPy in place, and the tables that it speaks of."""
        printer = NumpyPrinter(self.statements, self.adjoint_of)
        return printer.source(self.vectors, self.lists, ones), printer.tables

    def _functions_in_place(self, np: Any, size: int) -> dict[str, Any]:
        """What that source calls, beside the operations."""

        def whole(x: Any, batch: int) -> Any:
            return np.sum(x) if np.ndim(x) and x.shape[-1] == batch else np.sum(x) * batch

        return {**assembly_functions(np, size, False, np.asarray), "whole": whole}

    def explain(self, recorded: int) -> str:
        """What each pass made; recorded: how many nodes the graph of one row has."""
        lowering, arrays, statements = self.lowering, self.statements.arrays, self.statements
        sums = [atom for atom in lowering.atoms if atom.kind == "sum"]
        products = sum(len(atom.form) for atom in sums) + sum(map(len, lowering.outputs))
        functions = sum(atom.kind == "function" for atom in lowering.atoms)
        computed = [array for array in arrays if array.kind != "leaf"]
        of_what = "," if self.rolled else "; with the gradient"
        lines = [
            f"1. recorded     {recorded:,} nodes for one row{of_what} {lowering.count:,} different operations",
            f"2. lowered      {len(sums):,} sums of {products:,} products, {functions:,} functions",
            f"3. grouped      {len(computed)} arrays: " + ", ".join(f"{array.name} ({len(array)})" for array in computed),
            f"4. statements   {len(statements.lets)} for arrays, {len(statements.stores)} for the gradient",
            "",
            self.source,
        ]
        if len(arrays[0]) and (self.rolled or self._kind == "gradient"):
            lines += ["in place, for NumPy:", "", self._print_in_place(False)[0]]
        return "\n".join(lines).rstrip() + "\n"


class RolledPlan(Plan):
    """The plan for a value, or a value with its gradient, where many places share their weights: see rolling.py.

    Raises NotRolled where nothing is shared, or something is not known.
    """

    rolled = True

    def __init__(
        self, ys: list[Value], parameters: list[Value], lists: Mapping[str, list[Value]], backward: bool, order: list[Value]
    ) -> None:
        self._begin("gradient" if backward else "values", ys, parameters, lists, order)
        try:
            import_numpy()
        except ImportError:
            raise NotRolled("tables are made with NumPy") from None
        self.lowering = Lowering(ys, self._leaves, self.lists, alike=True, order=order)
        self.grouping = Rolling(self.lowering, self._lengths, self.lists)
        self.statements = RolledStatements(self.grouping, backward)
        products = [part for let in self.statements.lets for part in ex.parts_of(let.what) if isinstance(part, ex.Matmul)]
        if not any(part.copies > 1 for part in products):
            raise NotRolled("no weights meet several vectors")
        self.adjoint_of = self.statements.adjoint_of
        printer = TensorPrinter(self.statements)
        self._tensor_source = printer.source(self.vectors, self.lists), printer.tables

    def _print_in_place(self, ones: bool) -> tuple[str, dict[str, Any]]:
        return self._tensor_source

    def _functions_in_place(self, np: Any, size: int) -> dict[str, Any]:
        return tensor_functions(np)


def _slopes(order: Sequence[Value], numbers: Mapping[Value, float], y: Value) -> dict[Value, float]:
    """dy/dx at given numbers for every node x: backpropagation, by the table of operations."""
    found = {y: 1.0}
    for node in reversed(order):
        if node.inputs and (slope := found.get(node)) is not None:
            inputs = [numbers[x] for x in node.inputs]
            for x, partial in zip(node.inputs, node.op.slopes(numbers[node], inputs)):  # type: ignore[union-attr]
                found[x] = found.get(x, 0.0) + slope * partial
    return found
