"""`Program`: a compiled graph in the hand: called on batches, differentiated, and read as source, script or mathematics.

A kind of derivative is planned when it is first asked for, compared with the graph before it first answers, and kept. The
gradient, which training asks for again and again, runs in place: for each size of batch, arrays are made once in each
thread, and nothing is allocated afterwards.
"""

from __future__ import annotations

import contextvars
import gc
import math
import threading
from collections import OrderedDict
from contextlib import suppress

from autograd.calculus import slopes_along
from autograd.display.mathml import in_cell, mathml
from autograd.graph import nodes
from autograd.primitives import dot_of
from autograd.program.batch import Batch, check_shapes, count_rows, read_batch, refuse_nan, refuse_no_item
from autograd.program.c_source import CPrinter
from autograd.program.checking import Checks
from autograd.program.engines import array_maker, check_arrays, import_engine, import_numpy, read_numbers, refine
from autograd.program.equations import Equations
from autograd.program.plan import UNROLLED, Plan, are_shared, make_plan, single_output
from autograd.program.script import Script, script_of
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

MOST_SIZES = 8  # of batches for which arrays are kept


class Program:
    """A compiled graph, as `compile` makes it. Call it on a batch for the outputs of each row.

    source: the program as Python that any array library runs; script: a file that needs NumPy alone; equations: the same in
        LaTeX; explain(): the passes
    parameters: the leaves whose gradients it gives; theta: their numbers now, as a vector

    A batch is one array with a row for each data point and a column for each input, or an array for each list of inputs.

    >>> from autograd import Value, compile
    >>> w, b, x = Value(0.5), Value(-1.0), Value(0.0)
    >>> program = compile((w * x + b).relu(), [x], [w, b])
    >>> program([1.0, 2.0, 4.0]).tolist(), program.theta.tolist()
    ([0.0, 0.0, 1.0], [0.5, -1.0])
    >>> print(program.source.rstrip())
    def value_and_gradient(theta, seed, X):
        b1 = theta[0:1, None]
        b2 = theta[1:2, None]
        s1 = seed[0:1, None]
        A1 = b1 * X + b2
        H1 = relu(A1)
        m1 = greater(H1, 0.0)
        dA1 = s1 * m1
        value = rows(H1)
        gradient = joined(outer(X, dA1), total(dA1, 1))[order1]
        return value, gradient
    """

    def __init__(self, ys: list[Value], lists: dict[str, list[Value]], parameters: list[Value], reduction: str) -> None:
        self.ys, self.lists, self.parameters, self.reduction = ys, lists, parameters, reduction
        self._widths = {name: len(leaves) for name, leaves in lists.items()}
        self._plans: dict[str, Plan] = {}
        self._kept = threading.local()
        self._checks = Checks()
        self._lock = threading.Lock()
        self._sum: Program | None = None
        self._along: Program | None = None

    def _plan(self, kind: str) -> Plan:
        """The passes for values, for the value with its gradient, or for another kind of derivative; made once."""
        self._checks.refuse_faulty()
        with self._lock:
            if kind not in self._plans:  # outside of any no_grad or detect_anomaly: the gradient's graph is needed as it is
                make, collects = contextvars.Context().run, gc.isenabled()
                try:
                    gc.disable()  # a large graph would be gone through again and again, and nothing in it is waste
                    self._plans[kind] = make(make_plan, kind, self.ys, self.parameters, self.lists)
                finally:
                    if collects:
                        gc.enable()
            return self._plans[kind]

    @property
    def _printed(self) -> Plan:
        """The plan that is shown to a person: value and gradient of the loss; the outputs, where there are several."""
        return self._plan(self._printed_kind)

    @property
    def _printed_kind(self) -> str:
        return "gradient" if len(self.ys) == 1 else "values"

    # ---- what it computes

    @property
    def theta(self) -> Any:
        """The numbers of the parameters now, as a vector."""
        np = import_numpy()
        return np.array([p.data for p in self.parameters])

    def __call__(self, *batch: Any, theta: Any = None) -> Any:
        """The outputs of each row: an array with a number for each row, or a row for each row where there are several."""
        arrays = read_batch(batch, self._widths)
        (value,) = self._run("values", arrays, theta)
        if import_numpy().isnan(value).any():
            refuse_no_item(arrays, self.lists, self.ys)
        return value[0] if len(self.ys) == 1 else value.T

    def value(self, *batch: Any, theta: Any = None) -> float:
        """The mean, or the sum, of the output over the batch.

        batch: as for a call: one array, or one for each list of inputs
        theta: numbers for the parameters in place of those they have

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> compile(w * x * x, [x], [w]).value([1.0, 2.0, 4.0], theta=[3.0])
        21.0
        """
        single_output(self.ys)
        rows = self(*batch, theta=theta)
        return float(rows.mean() if self.reduction == "mean" else rows.sum())

    def value_and_grad(self, *batch: Any, theta: Any = None, out: Any = None) -> tuple[float, Any]:
        """The value over the batch, and its gradient, in the order of the parameters.

        batch: as for a call: one array, or one for each list of inputs
        theta: numbers for the parameters in place of those they have
        out: an array that the gradient is written into; by default there is a new one for each call. Where theta is an array
            too, it is worked in where it is, and nothing is copied from call to call

        Raises ValueError for a batch that does not fit, or holds nan, and for an out that shares its place with theta or the
        batch, TypeError for one that is no array of numbers, ArithmeticError if the program does not agree with its graph.

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> value, gradient = compile(w * x * x, [x], [w], reduction="sum").value_and_grad([1.0, 2.0, 4.0])
        >>> value, gradient.tolist()
        (10.5, [21.0])
        """
        np = import_numpy()
        if out is not None and (
            not isinstance(out, np.ndarray)
            or (out.shape, out.dtype, out.flags.writeable) != ((len(self.parameters),), float, True)
        ):
            raise ValueError(
                f"out is an array of {len(self.parameters)} numbers in float64 that may be written to, not {out!r}"
            )
        arrays = read_batch(batch, self._widths)
        theta = self._numbers(theta, out is not None)
        size, ones = count_rows(arrays), len(batch) == 1 and isinstance(batch[0], Batch)
        if out is not None and any(np.shares_memory(out, each) for each in (theta, *(() if ones else arrays.values()))):
            raise ValueError("out is where theta or the batch is: the gradient would be written over what it is taken from")
        if self._plan("gradient").rolled:
            if self._is_rolled("gradient", arrays, theta, self._seed(size)):
                return self._rolled_value_and_grad(arrays, theta, out)
            if self._plan("gradient").rolled:
                return self._unrolled_value_and_grad(arrays, theta, out)
        if "gradient" not in self._checks.passed:
            self._check("gradient", arrays, theta, self._seed(size))
        gradient, run = self._bound("gradient", size, theta, out, ones)
        given = batch[0].with_ones if ones else arrays.values()
        with np.errstate(all="ignore"):
            value = float(run(*given))
        if value != value:  # noqa: PLR0124  (nan)
            refuse_nan(arrays)
            refuse_no_item(arrays, self.lists, self.ys)
        if ("in place", ones) not in self._checks.passed:
            found = [value, gradient]
            self._checks.compare_in_place(ones, self._plan("gradient"), arrays, theta, self._seed(size), found)
        return value, gradient.copy() if out is None else gradient

    def _rolled_value_and_grad(self, arrays: Mapping[str, Any], theta: Any, out: Any) -> tuple[float, Any]:
        """The same for all places at once; for each alone where numbers end, which what is padded may have met."""
        np = import_numpy()
        gradient, run = self._bound("gradient", count_rows(arrays), theta, out)
        with np.errstate(all="ignore"):
            value = float(run(*arrays.values()))
        if not (math.isfinite(value) and math.isfinite(gradient.dot(gradient))):
            return self._unrolled_value_and_grad(arrays, theta, out)
        return value, gradient.copy() if out is None else gradient

    def _unrolled_value_and_grad(self, arrays: Mapping[str, Any], theta: Any, out: Any) -> tuple[float, Any]:
        refuse_nan(arrays)
        refuse_no_item(arrays, self.lists, self.ys)
        seed, kind = self._seed(count_rows(arrays)), "gradient" + UNROLLED
        self._check(kind, arrays, theta, seed)
        rows, gradient = self._plan(kind).run(arrays, theta, seed)
        if out is not None:
            out[:] = gradient
        return float(rows.sum() * seed[0]), gradient if out is None else out

    def _seed(self, size: int) -> Any:
        """What each row of so many counts for."""
        return import_numpy().array([1.0 / size if self.reduction == "mean" else 1.0])

    def _numbers(self, theta: Any, keep: bool = False) -> Any:
        """The parameters' numbers in an array to work in: the caller's own where that is kept, else one of this thread's."""
        np = import_numpy()
        n = len(self.parameters)
        if keep and isinstance(theta, np.ndarray) and theta.dtype == float and theta.shape == (n,):
            return theta
        own = self._kept.__dict__.setdefault("theta", np.empty(n))
        given = self.theta if theta is None else read_numbers("theta", theta)
        if given.shape != (n,):
            raise ValueError(f"theta has a number for each of the {n} parameters, not shape {given.shape}")
        own[:] = given
        return own

    def per_sample_gradients(self, *batch: Any, theta: Any = None) -> Any:
        """The gradient of each row's loss: a row for each row, a column for each parameter.

        batch: as for a call: one array, or one for each list of inputs
        theta: numbers for the parameters in place of those they have

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> compile(w * x * x, [x], [w]).per_sample_gradients([1.0, 2.0, 4.0]).tolist()
        [[1.0], [4.0], [16.0]]
        """
        single_output(self.ys)
        return self.jacobian(*batch, wrt="parameters", theta=theta)[:, 0, :]

    def jacobian(self, *batch: Any, wrt: str = "inputs", theta: Any = None) -> Any:
        """The derivative of each output by each input, or each parameter, for each row: (rows, outputs, columns).

        batch: as for a call: one array, or one for each list of inputs
        wrt: "inputs" or "parameters"
        theta: numbers for the parameters in place of those they have

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> compile([w * x, x * x], [x], [w]).jacobian([1.0, 2.0]).tolist()
        [[[0.5], [2.0]], [[0.5], [4.0]]]
        """
        if wrt not in ("inputs", "parameters"):
            raise ValueError(f"wrt is 'inputs' or 'parameters', not {wrt!r}")
        arrays = read_batch(batch, self._widths)
        if wrt == "parameters" and are_shared(nodes(*self.ys), self.parameters):
            weighted = self._weighted()
            with suppress(ValueError):  # a row with nan, or with an index of no item: its slopes are nan, and no fault
                if weighted._plan("gradient").rolled:
                    return weighted._row_by_row(arrays, theta, len(self.ys))
        (slopes,) = self._run(wrt, arrays, theta)
        return slopes.reshape(len(self.ys), len(slopes) // len(self.ys), slopes.shape[1]).transpose(2, 0, 1)

    def _weighted(self) -> Program:
        """The program of Σ s y over the outputs y, whose weights s are inputs: 1 for one output, 0 for the others."""
        if self._sum is None:
            s = [Value(1.0) for _ in self.ys]
            name = "s"
            while name in self.lists:
                name += "s"
            self._sum = Program([dot_of(*s, *self.ys)], {**self.lists, name: s}, self.parameters, "sum")
        return self._sum

    def _row_by_row(self, arrays: Mapping[str, Any], theta: Any, outputs: int) -> Any:
        """The gradient for each row alone, and for each output, that this program has the weights of."""
        np = import_numpy()
        theta = self._numbers(theta).copy()
        found, weights = np.empty((count_rows(arrays), outputs, len(self.parameters))), np.eye(outputs)
        gradient = np.empty(len(self.parameters))
        for row, slopes in enumerate(found):
            columns = [array[:, row : row + 1].T for array in arrays.values()]
            for k in range(outputs):
                self.value_and_grad(*columns, weights[k : k + 1], theta=theta, out=gradient)
                slopes[k] = gradient
        return found

    def hvp(self, vector: Any, *batch: Any, theta: Any = None) -> Any:
        """The Hessian of the value over the batch, by the parameters, times a vector.

        vector: a number for each parameter
        batch: as for a call: one array, or one for each list of inputs
        theta: numbers for the parameters in place of those they have

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> compile(w * w * x, [x], [w]).hvp([1.0], [1.0, 3.0]).tolist()
        [4.0]
        """
        vector = read_numbers("the vector", vector)
        if vector.shape != (len(self.parameters),):
            raise ValueError(
                f"the vector has a number for each of the {len(self.parameters)} parameters, not shape {vector.shape}"
            )
        both = import_numpy().concatenate([self._numbers(theta), vector])
        _, found = self._directional().value_and_grad(*batch, theta=both)
        return found[: len(vector)]

    def _directional(self) -> Program:
        """The program of how the loss changes along a vector, whose gradient is the Hessian times that vector."""
        if self._along is None:
            vector = [Value(0.0) for _ in self.parameters]
            along = contextvars.Context().run(slopes_along, [single_output(self.ys)], self.parameters, vector)
            self._along = Program(along, self.lists, [*self.parameters, *vector], self.reduction)
        return self._along

    # ---- running

    def _run(self, kind: str, arrays: Mapping[str, Any], theta: Any) -> list[Any]:
        """Values, or slopes, a column for each row."""
        np = import_numpy()
        theta = self._numbers(theta)
        if self._is_rolled(kind, arrays, theta):
            _, run = self._bound(kind, count_rows(arrays), theta)
            with np.errstate(all="ignore"):
                found = run(*arrays.values())
            if np.isfinite(found).all():
                return [found]
            kind += UNROLLED
        self._check(kind, arrays, theta)
        return self._plan(kind).run(arrays, theta)

    def _is_rolled(self, kind: str, arrays: Mapping[str, Any], *vectors: Any) -> bool:
        """Whether the plan of a kind does at once what is done at several places, and does it as the graph does.

        One that does not gives way to a plan for each place by itself.
        """
        plan = self._plan(kind)
        if plan.rolled and ("rolled", kind) not in self._checks.passed:
            agrees = self._checks.agrees_rolled(kind, plan, arrays, self._recorded(), *vectors)
            if agrees is False:
                self._plans[kind] = self._plan(kind + UNROLLED)
            return bool(agrees)
        return plan.rolled

    def _bound(
        self, kind: str, size: int, theta: Any, out: Any = None, ones: bool = False
    ) -> tuple[Any, Callable[..., Any]]:
        """The gradient's array for batches of one size, and the function that works in this thread's arrays.

        An array for theta, or for the gradient, that the caller keeps is worked in; so nothing is copied from call to call.
        """
        np = import_numpy()
        kept = self._kept.__dict__.setdefault(kind, OrderedDict())
        key = size, id(theta), id(out), ones
        if key not in kept or kept[key][0] is not theta:
            gradient = np.zeros(len(self.parameters)) if out is None else out
            gradient[:] = 0.0
            vectors = (theta, self._seed(size)) if kind == "gradient" else (theta,)
            run = self._plan(kind).bound(np, vectors, gradient, size, ones)
            kept[key] = theta, out, gradient, run
            if len(kept) > MOST_SIZES:
                kept.popitem(last=False)
        kept.move_to_end(key)
        _, _, gradient, run = kept[key]
        return gradient, run

    def batch(self, *arrays: Any) -> Batch:
        """Arrays made ready once, for many calls on the same rows.

        arrays: as for a call: one array, or one for each list of inputs

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> program = compile(w * x * x, [x], [w])
        >>> rows = program.batch([1.0, 2.0, 4.0])
        >>> for _ in range(2):
        ...     value, gradient = program.value_and_grad(rows)
        ...     w.data -= 0.5 * float(gradient[0])
        >>> w.data
        -6.5
        """
        return Batch(read_batch(arrays, self._widths), self._widths)

    def _check(self, kind: str, arrays: Mapping[str, Any], *vectors: Any) -> None:
        """Compare a kind of program with the graph itself before it is used."""
        if kind not in self._checks.passed:
            self._checks.compare_with_graph(kind, self._plan(kind), arrays, *vectors)

    def _recorded(self) -> dict[str, Any]:
        """A batch of the one row that the graph was recorded with."""
        np = import_numpy()
        return {name: np.array([[x.data] for x in leaves]) for name, leaves in self.lists.items()}

    def _check_as_recorded(self, kind: str) -> None:
        """Compare what leaves this house with the graph: on the numbers that it was recorded with."""
        arrays = self._recorded()
        self._check(kind, arrays, self.theta, *([self._seed(count_rows(arrays))] if kind == "gradient" else []))

    # ---- on other engines

    def function(self, engine: str, kind: str = "gradient") -> Callable[..., Any]:
        """The program as a pure function for another array library: the same source, in that library's namespace.

        engine: "numpy", "jax" or "torch"
        kind: "gradient" for f(theta, *inputs) → (value, gradient), with the reduction of this program; "values" for the
            outputs of each row, which the library may differentiate itself

        theta is a vector of the parameters; inputs are arrays as in a batch, one for each list: (rows, width). jax.jit takes
        the function as it is, and arrays on any device, sharded ones too.

        >>> import numpy as np
        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> f = compile(w * x * x, [x], [w]).function("numpy", "values")
        >>> f(np.array([3.0]), np.array([[1.0], [2.0]])).tolist()
        [3.0, 12.0]
        """
        if kind not in ("gradient", "values"):
            raise ValueError(f"kind is 'gradient' or 'values', not {kind!r}")
        xp, special = import_engine(engine)
        self._check_as_recorded(kind)
        plan = self._plan(kind)

        def run(theta: Any, *inputs: Any) -> Any:
            if len(inputs) != len(self.lists):
                raise ValueError(f"this program takes {', '.join(self.lists)}, one array for each; got {len(inputs)}")
            check_arrays(engine, xp, {"theta": theta, **dict(zip(self.lists, inputs))}, len(self.parameters))
            inputs = tuple(each[:, None] if len(each.shape) == 1 else each for each in inputs)
            check_shapes([tuple(each.shape) for each in inputs], self._widths)
            size = inputs[0].shape[0] if inputs else 1
            columns = [refine(xp, each, theta).T for each in inputs]
            asarray = array_maker(xp, theta)
            function = plan.function(xp, special, size, False, asarray)
            if kind == "values":
                value = function(theta, *columns)
                return value[0] if len(self.ys) == 1 else value.T
            seed = asarray([1.0 / size if self.reduction == "mean" else 1.0])
            value, gradient = function(theta, seed, *columns)
            return value.sum() * seed[0], gradient

        return run

    # ---- to be read

    @property
    def source(self) -> str:
        """The program as Python: value and gradient of the loss; the outputs, where there are several."""
        return self._printed.source

    @property
    def script(self) -> Script:
        """The program as a Python file that needs NumPy alone; script("c") is one file of C that needs no library but libm.

        The one in C works out one row, and its main prints value and gradient for the numbers of the recorded one.
        Raises ValueError for an operation that C has no word for here.

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> script = compile(w * x * x, [x], [w]).script
        >>> "import numpy" in script, "autograd" in script
        (True, False)
        """
        self._check_as_recorded(self._printed_kind)
        plan = self._printed
        text = script_of(plan.source, plan.tables, self.lists, len(self.parameters), self.reduction == "mean")
        return Script(text, self._script_in_c)

    def _script_in_c(self) -> str:
        plan = self._printed
        recorded = {name: [float(x.data) for x in leaves] for name, leaves in self.lists.items()}
        return CPrinter(plan.statements, recorded).source(self.theta.tolist(), recorded, self._printed_kind == "gradient")

    @property
    def equations(self) -> str:
        r"""The program as mathematics, in LaTeX: the vector form of backpropagation.

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> print(compile(w * x * x, [x], [w]).equations)
        \begin{aligned}
        L &= b_{1} \odot X \odot X \\
        \nabla_{b_{1}} &= \tfrac{1}{B} \, X \odot X \, \mathbf{1}
        \end{aligned}
        """
        plan = self._printed
        equations = Equations(plan.statements, plan.adjoint_of)
        if "B" in self.lists:  # that is not how many rows there are
            equations.weight = r"\tfrac{1}{\text{rows}}"
        if self.reduction == "sum":
            equations.weight = "1"
        return equations.write()

    def _repr_latex_(self) -> str:
        return f"$$\n{self.equations}\n$$"

    def _repr_html_(self) -> str | None:
        """The equations in MathML; nothing where latex2mathml is missing."""
        try:
            return in_cell(self.source, mathml(self.equations))
        except ImportError:
            return None

    def explain(self) -> str:
        r"""What each pass made of the graph, one after the other.

        >>> from autograd import Value, compile
        >>> w, b, x = Value(0.5), Value(-1.0), Value(0.0)
        >>> print("\n".join(compile((w * x + b).relu(), [x], [w, b]).explain().splitlines()[:4]))
        1. recorded     6 nodes for one row; with the gradient 11 different operations
        2. lowered      2 sums of 6 products, 2 functions
        3. grouped      4 arrays: A1 (1), H1 (1), m1 (1), dA1 (1)
        4. statements   4 for arrays, 2 for the gradient
        """
        return self._printed.explain(len(nodes(*self.ys)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.ys, self.lists, self.parameters, self.reduction)

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name}: {len(leaves)}" for name, leaves in self.lists.items())
        outputs = "1 output" if len(self.ys) == 1 else f"{len(self.ys)} outputs"
        of = f" of {inputs}" if inputs else ""
        return f"Program({outputs}{of}; {len(self.parameters)} parameters)"
