"""What a program computes, pass by pass: a graph and its slopes, lowered, grouped, stated, and printed as source.

There is a plan for each kind of thing that is asked of a program:

    values       the outputs of each row
    gradient     the value of the loss, and its gradient summed over the batch
    inputs, parameters    the Jacobian by these, row by row
"""

from __future__ import annotations

from collections import Counter
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
    theta = {"theta": parameters}
    if kind == "values" or (kind == "gradient" and len(ys) == 1):
        order = nodes(*ys)
        try:
            if are_shared(order, parameters):
                return RolledPlan(ys, parameters, lists, kind == "gradient", with_siblings(order))
        except (NotRolled, ArithmeticError, LookupError, ValueError):  # there is always the plan for each place by itself
            pass
    kind = kind.removesuffix(UNROLLED)
    if kind == "values":
        return Plan(ys, None, theta, lists)
    if kind == "gradient":  # seed: what each row counts for, 1/B for a mean; so that nothing is divided at the end
        seed, loss = Value(1.0), single_output(ys)
        inner = [node for node in nodes(loss) if node.inputs]
        slopes = gradient_of(loss * seed, *parameters, *inner)
        adjoints = dict(zip(inner, slopes[len(parameters) :]))
        return Plan([loss], slopes[: len(parameters)], {**theta, "seed": [seed]}, lists, adjoints)
    wrt = parameters if kind == "parameters" else [x for leaves in lists.values() for x in leaves]
    return Plan([], [slope for y in ys for slope in gradient_of(y, *wrt)], theta, lists)


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
    """The statements for some outputs, and what is printed of them.

    rolled: whether what is done at several places is done at once
    """

    rolled = False

    def __init__(
        self,
        values: list[Value],
        slopes: list[Value] | None,
        vectors: Mapping[str, list[Value]],
        lists: Mapping[str, list[Value]],
        adjoints: Mapping[Value, Value] | None = None,
    ) -> None:
        both = {**vectors, **lists}
        leaves = {leaf: (name, i) for name, some in both.items() for i, leaf in enumerate(some)}
        self._leaves, self._outputs = leaves, [each for each in (values or None, slopes) if each is not None]
        self._per_sample = not vectors.keys() - {"theta"}  # slopes have a column for each row, and are not summed
        self.vectors, self.lists = list(vectors), list(lists)
        self.lowering = Lowering([*values, *(slopes or ())], leaves, self.lists)
        self.grouping: Any = Grouping(self.lowering, {name: len(some) for name, some in both.items()}, self.lists)
        self.statements: Any = Statements(self.grouping, len(values))
        self.adjoint_of = self._adjoint_arrays(adjoints or {})
        printer = Printer(self.statements, self.adjoint_of)
        name = "values" if slopes is None else "value_and_gradient" if values else "gradient"
        self.name, self.tables = name, printer.tables
        self.source = printer.function(name, [*self.vectors, *self.lists], None if slopes is None else len(slopes))
        self._code = compile(self.source, f"<{name}>", "exec")
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

    def function(
        self, xp: Any, special: Any, size: int, per_sample: bool, asarray: Callable[[Any], Any] | None = None
    ) -> Any:
        """The program as a function of vectors and inputs, for one library and one size of batch."""
        space: dict[str, Any] = array_functions(xp, special)
        make = asarray or xp.asarray
        space |= assembly_functions(xp, size, per_sample, make)
        space |= {name: make(table) for name, table in self.tables.items()}
        exec(self._code, space)
        return space.pop(self.name)  # whose globals are the space: in it, it would be a circle for the garbage collector

    def run(self, arrays: Mapping[str, Any], *vectors: Any) -> list[Any]:
        """Values, and slopes, as the program gives them."""
        np = import_numpy()
        with np.errstate(all="ignore"):
            result = self.function(np, None, count_rows(arrays), self._per_sample)(*vectors, *arrays.values())
        return list(result) if isinstance(result, tuple) else [result]

    def by_graph(self, arrays: Mapping[str, Any], *vectors: Any) -> list[Any]:
        """The same by the graph itself, row by row."""
        np = import_numpy()
        order = with_siblings(nodes(*(node for some in self._outputs for node in some)))
        columns = {**{name: np.reshape(vector, (-1, 1)) for name, vector in zip(self.vectors, vectors)}, **arrays}
        found = []
        for row in range(count_rows(arrays)):
            at = {leaf: columns[name][i, row if name in arrays else 0] for leaf, (name, i) in self._leaves.items()}
            numbers = evaluate(order, {leaf: float(x) for leaf, x in at.items()}, shift=True)
            found.append([np.array([numbers[node] for node in some]) for some in self._outputs])
        results = [np.stack(columns, axis=1) for columns in zip(*found)]
        return results if self._per_sample else [*results[:-1], results[-1].sum(1)]

    def bound(self, np: Any, vectors: Sequence[Any], gradient: Any, size: int, ones: bool) -> Callable[..., Any]:
        """The program for NumPy in place, bound to the arrays that it works in."""
        if ones not in self._in_place:
            printer = NumpyPrinter(self.statements, self.adjoint_of)
            code = compile(printer.source(self.vectors, self.lists, ones), "<in place>", "exec")
            self._in_place[ones] = code, {name: np.asarray(table) for name, table in printer.tables.items()}
        code, tables = self._in_place[ones]
        space = {**array_functions(np), **assembly_functions(np, size, False, np.asarray), **tables}
        plain_total = space["total"]
        space["total"] = lambda x, n, _: plain_total(x, n)
        space["whole"] = lambda x, batch: np.sum(x) if np.ndim(x) and x.shape[-1] == batch else np.sum(x) * batch
        exec(code, space)
        run: Callable[..., Any] = space.pop("bind")(np, *vectors, gradient, size)
        return run

    def explain(self, recorded: int) -> str:
        """What each pass made; recorded: how many nodes the graph of one row has."""
        lowering, arrays, statements = self.lowering, self.grouping.arrays, self.statements
        sums = [atom for atom in lowering.atoms if atom.kind == "sum"]
        products = sum(len(atom.form) for atom in sums) + sum(map(len, lowering.outputs))
        functions = sum(atom.kind == "function" for atom in lowering.atoms)
        computed = [array for array in arrays if array.kind != "leaf"]
        lines = [
            f"1. recorded     {recorded:,} nodes for one row; with the gradient {lowering.count:,} different operations",
            f"2. lowered      {len(sums):,} sums of {products:,} products, {functions:,} functions",
            f"3. grouped      {len(computed)} arrays: " + ", ".join(f"{array.name} ({len(array)})" for array in computed),
            f"4. statements   {len(statements.lets)} for arrays, {len(statements.stores)} for the gradient",
            "",
            self.source,
        ]
        if self.name == "value_and_gradient" and len(arrays[0]):
            lines += ["in place, for NumPy:", "", NumpyPrinter(statements, self.adjoint_of).source(self.vectors, self.lists)]
        return "\n".join(lines).rstrip() + "\n"


class RolledPlan(Plan):
    """The plan for a value, or a value with its gradient, where many places share their weights: see rolling.py.

    Raises NotRolled where nothing is shared, or something is not known.
    """

    rolled = True

    def __init__(
        self, ys: list[Value], parameters: list[Value], lists: Mapping[str, list[Value]], backward: bool, order: list[Value]
    ) -> None:
        vectors = {"theta": parameters, **({"seed": [Value(1.0)]} if backward else {})}
        both = {**vectors, **lists}
        self._ys, self._parameters, self._backward, self._order = ys, parameters, backward, order
        self._leaves = {leaf: (name, i) for name, some in both.items() for i, leaf in enumerate(some)}
        self._per_sample = not backward
        self.vectors, self.lists = list(vectors), list(lists)
        try:
            import_numpy()
        except ImportError:
            raise NotRolled("tables are made with NumPy") from None
        self.lowering = Lowering(ys, self._leaves, self.lists, alike=True, order=order)
        self.grouping = Rolling(self.lowering, {name: len(some) for name, some in both.items()}, self.lists)
        self.statements = RolledStatements(self.grouping, backward)
        products = [part for let in self.statements.lets for part in ex.parts_of(let.what) if isinstance(part, ex.Matmul)]
        if not any(part.copies > 1 for part in products):
            raise NotRolled("no weights meet several vectors")
        self.adjoint_of = self.statements.adjoint_of
        self.name = "value_and_gradient" if backward else "values"
        self._in_place = {}
        self._tensors = TensorPrinter(self.statements)
        self._text = self._tensors.source(self.vectors, self.lists)

    def __getattr__(self, name: str) -> Any:
        """The source for any library, which is printed when it is asked for."""
        if name not in ("tables", "source", "_code"):
            raise AttributeError(name)
        printer = Printer(self.statements, self.adjoint_of)
        self.tables = printer.tables
        self.source = printer.function(
            self.name, [*self.vectors, *self.lists], len(self._parameters) if self._backward else None
        )
        self._code = compile(self.source, f"<{self.name}>", "exec")
        return self.__dict__[name]

    def by_graph(self, arrays: Mapping[str, Any], *vectors: Any) -> list[Any]:
        """The same by the graph itself, row by row."""
        np = import_numpy()
        order = self._order
        found, total = [], np.zeros(len(self._parameters))
        for row in range(count_rows(arrays)):
            at = {}
            for leaf, (name, i) in self._leaves.items():
                if name != "seed":
                    at[leaf] = float(arrays[name][i, row] if name in arrays else vectors[0][i])
            numbers = evaluate(order, at, shift=True)
            found.append([numbers[y] for y in self._ys])
            if self._backward:
                slopes = _slopes(order, numbers, self._ys[0])
                total += [slopes.get(p, 0.0) for p in self._parameters]
        values = np.array(found).T
        return [values, total * vectors[1][0]] if self._backward else [values]

    def bound(self, np: Any, vectors: Sequence[Any], gradient: Any, size: int, ones: bool) -> Callable[..., Any]:
        """The program for NumPy in place, bound to the arrays that it works in."""
        if not self._in_place:
            tables = {name: np.asarray(table) for name, table in self._tensors.tables.items()}
            self._in_place[False] = compile(self._text, "<in place>", "exec"), tables
        code, tables = self._in_place[False]
        space = {**array_functions(np), **tensor_functions(np), **tables}
        exec(code, space)
        run: Callable[..., Any] = space.pop("bind")(np, *vectors, gradient, size)
        return run

    def explain(self, recorded: int) -> str:
        """What each pass made; recorded: how many nodes the graph of one row has."""
        lowering, arrays, statements = self.lowering, self.statements.arrays, self.statements
        sums = [atom for atom in lowering.atoms if atom.kind == "sum"]
        products = sum(len(atom.form) for atom in sums) + sum(map(len, lowering.outputs))
        functions = sum(atom.kind == "function" for atom in lowering.atoms)
        source = self.source  # which gives arrays their names
        computed = [array for array in arrays if array.kind != "leaf"]
        lines = [
            f"1. recorded     {recorded:,} nodes for one row, {lowering.count:,} different operations",
            f"2. lowered      {len(sums):,} sums of {products:,} products, {functions:,} functions",
            f"3. grouped      {len(computed)} arrays: " + ", ".join(f"{array.name} ({len(array)})" for array in computed),
            f"4. statements   {len(statements.lets)} for arrays, {len(statements.stores)} for the gradient",
            "",
            source,
        ]
        if len(arrays[0]):
            lines += ["in place, for NumPy:", "", self._text]
        return "\n".join(lines).rstrip() + "\n"


def _slopes(order: Sequence[Value], numbers: Mapping[Value, float], y: Value) -> dict[Value, float]:
    """dy/dx at given numbers for every node x: backpropagation, by the table of operations."""
    found = {y: 1.0}
    for node in reversed(order):
        if node.inputs and (slope := found.get(node)) is not None:
            inputs = [numbers[x] for x in node.inputs]
            for x, partial in zip(node.inputs, node.op.slopes(numbers[node], inputs)):  # type: ignore[union-attr]
                found[x] = found.get(x, 0.0) + slope * partial
    return found
