"""A graph as a compiled program over whole batches: the vector form of backpropagation, found in scalars, at full speed.

The graph of one data point is recorded once, and `compile` makes of it and of its gradient graph (from `gradient`; no second
set of rules) a few operations on matrices. The passes are small, and each is a file:

    lowering.py     equal operations are one; what is linear becomes a sum of products
    grouping.py     what is computed alike becomes the rows of one array
    statements.py   sums of products over the same rows become matrix products
    printing.py     Python source: to be read, and to be run by any array library
    in_place.py     the same for NumPy, in arrays that are there already
    script.py       the same as a file of its own

`program.explain()` prints them one after the other.

No program is believed: before it answers for the first time, each kind of it (values, gradient, Jacobian …) is compared with
its graph, number by number, on rows of the batch, and what works in place with what does not. A program that differed once
never answers again.
"""

from __future__ import annotations

import contextvars
import keyword
import re
import threading
from collections import OrderedDict

from autograd.calculus import gradient as gradient_of
from autograd.graph import nodes
from autograd.operation import CONSTANT, PRIMITIVES
from autograd.primitives import dot_of, sum_of
from autograd.program.array_functions import array_functions
from autograd.program.engines import _engine, _like, _no_coarser, _numpy, _put_together, _real
from autograd.program.equations import Equations
from autograd.program.grouping import Grouped
from autograd.program.lowering import Lowered, with_siblings
from autograd.program.numpy_source import InPlace
from autograd.program.script import script_of
from autograd.program.source import Printer
from autograd.program.statements import Statements
from autograd.rewriting import evaluate
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from autograd.program.grouping import Array


MOST_SIZES = 8  # of batches for which arrays are kept
OWN_NAMES = frozenset(
    "theta vector gradient batch value values value_and_gradient seed np out bind run ones rows outer joined total whole"
    " zero bool dtype axis largest RECIPROCAL math inf nan".split()
)
OWN_PATTERN = re.compile(r"d*([WZHCbcgmsv]|order|spare|few|at)\d+x?")
AGREEMENT = 1e-9  # of a program with its graph, relative
NUDGE = 1e-11  # relative: two numbers are apart by rounding alone if moving the parameters by so little moves them as far
MANY = 5000  # parameters: a program of so many is compared with its graph on one row instead of two


class NotCompilable(ValueError):
    """A graph that compile refuses: it may hold one way of several, or a leaf that is neither an input nor a parameter."""


def compile(
    y: Value | Sequence[Value],
    inputs: Any,
    parameters: Iterable[Value] | None = None,
    *,
    reduction: str = "mean",
) -> Program:
    """A program that works out a graph, and its gradient, for all rows of a batch at once.

    y: what is worked out for each row: a loss, or several outputs
    inputs: the leaves that differ from row to row, in the order of a row's numbers: a list, or a dict of lists by name, such
        as {"X": x, "T": t}, for batches in several arrays
    parameters: the leaves that gradients are taken of; all other leaves by default
    reduction: "mean" or "sum" over the batch, for value and gradient

    The program is a copy: parameters are read anew on every call, but what the graph looks like stays as it was recorded.

    >>> from autograd import Value, compile
    >>> w, x, t = Value(0.5), Value(1.0), Value(0.0)
    >>> program = compile((w * x - t) ** 2, {"X": [x], "T": [t]}, [w])
    >>> value, gradient = program.value_and_grad([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    >>> round(value, 6), gradient.round(6).tolist()
    (10.5, [-14.0])

    Raises TypeError for what are no Values, ValueError for a leaf that is listed twice or not at all, for inputs that are no
    leaves, and for a graph whose path may have depended on data: an `if` on a Value was decided once, for one row. One on
    the finished output, as `if loss < best`, decided nothing in it. What was read as .data is a plain number, and nobody
    can see where it went: it stays as it was.
    """
    ys = [y] if isinstance(y, Value) else list(y) if hasattr(y, "__iter__") else []
    if not ys or not all(isinstance(each, Value) for each in ys):
        raise TypeError(f"compile takes a Value, or a list of Values, not {y!r}")
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction is 'mean' or 'sum', not {reduction!r}")
    named = dict(inputs) if hasattr(inputs, "items") else {"X": inputs}
    lists = {name: _listed("inputs", leaves) for name, leaves in named.items()}
    if not lists or not all(lists.values()):
        raise ValueError("inputs are what differs from row to row: at least one leaf, in every list of them")
    listed = [leaf for leaves in lists.values() for leaf in leaves]
    _check_branches(ys, listed)
    every = [node for node in nodes(*ys) if not node.inputs]
    if parameters is None:
        given = set(listed)
        parameters = [x for x in every if x.op is None and x not in given and "detached at" not in x.__dict__]
    parameters = _listed("parameters", parameters)
    _check_leaves(every, listed, parameters, lists)
    return Program(ys, lists, parameters, reduction)


def _listed(what: str, leaves: Any) -> list[Value]:
    """Inputs or parameters as a list; one may come bare."""
    if isinstance(leaves, Value):
        return [leaves]
    if not hasattr(leaves, "__iter__"):
        instead = ": take its parameters()" if hasattr(leaves, "parameters") else ""
        raise TypeError(f"{what} are Values in a list, not {leaves!r}{instead}")
    return list(leaves)


def _check_leaves(
    every: list[Value], listed: list[Value], parameters: list[Value], lists: Mapping[str, list[Value]]
) -> None:
    for leaf in [*listed, *parameters]:
        if not isinstance(leaf, Value):
            raise TypeError(f"inputs and parameters are Values, not {leaf!r}")
        if leaf.inputs:
            raise ValueError(f"{leaf!r} is computed: inputs and parameters are leaves")
    seen: set[Value] = set()
    for leaf in [*listed, *parameters]:
        if leaf in seen:
            raise ValueError(f"{leaf!r} is listed twice: each leaf is one input, or one parameter")
        seen.add(leaf)
    for leaf in every:
        if leaf.op is None and leaf not in seen:
            if line := leaf.__dict__.get("detached at"):
                raise NotCompilable(
                    f"{line} detached {leaf!r} from what it was computed from, which other rows have other numbers for: list"
                    " it as an input, or as a parameter if it is the same for all rows"
                )
            raise NotCompilable(f"{leaf!r} is neither an input nor a parameter: list it, or make it a plain number, .data")
    for name in lists:
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"inputs are called by a name such as X, not {name!r}")
        taken = name in OWN_NAMES or name in PRIMITIVES or OWN_PATTERN.fullmatch(name)
        if taken or name.removesuffix("x") in {*lists} - {name}:
            raise ValueError(f"inputs are called by a name such as X, not {name!r}: the program calls something else so")


def _check_branches(ys: Sequence[Value], inputs: Sequence[Any]) -> None:
    """Refuse a graph in which a program asked for a number and may have gone on by it.

    Whoever asks for a number has the whole graph below it already: if that is all of the graph, nothing was decided in it.
    An input may have decided what is in the graph without being there itself. A parameter that was taken as a number was
    printed, most of the time.
    """
    order, given = nodes(*ys), {x for x in inputs if isinstance(x, Value)}
    there = set(order)
    for node in [*order, *(given - there)]:
        marks = node.__dict__ if node.op is not CONSTANT else {}
        line = marks.get("asked at") or (marks.get("taken at") if node.inputs or node in given else None)
        if line and (node not in there or len(nodes(node)) < len(order)):
            raise NotCompilable(
                f"{line} asked for the number of {node!r}, so that the graph may hold one way of several, which other rows"
                " would not take, or other parameters. Write the choice as an operation (relu, abs, maximum, clip), or"
                " record the graph anew without asking; .data is a number that is meant to stay as it is"
            )


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
        Z1 = b1 * X + b2
        H1 = relu(Z1)
        m1 = greater(H1, 0.0)
        dZ1 = s1 * m1
        value = rows(H1)
        gradient = joined(outer(X, dZ1), total(dZ1, 1))[order1]
        return value, gradient
    """

    def __init__(self, ys: list[Value], lists: dict[str, list[Value]], parameters: list[Value], reduction: str) -> None:
        self.ys, self.lists, self.parameters, self.reduction = ys, lists, parameters, reduction
        self._plans: dict[str, _Plan] = {}
        self._kept = threading.local()
        self._checked: set[object] = set()  # the kinds of programs that have been compared with the graph
        self._fault = ""  # what one of them was found to do wrong
        self._lock = threading.Lock()

    # ---- plans

    def _plan(self, kind: str) -> _Plan:
        """The statements for values, for the value with its gradient, or for another kind of derivative."""
        if self._fault:
            raise ArithmeticError(self._fault)
        with self._lock:
            if kind not in self._plans:  # outside of any no_grad or detect_anomaly: the gradient's graph is needed as it is
                self._plans[kind] = contextvars.Context().run(self._planned, kind)
            return self._plans[kind]

    def _planned(self, kind: str) -> _Plan:
        ys, theta, lists = self.ys, self.parameters, self.lists
        if kind == "values":
            return _Plan(ys, None, {"theta": theta}, lists)
        if kind == "gradient":  # seed: what each row counts for, 1/B for a mean; so that nothing is divided at the end
            seed, loss = Value(1.0), self._loss
            inner = [node for node in nodes(loss) if node.inputs]
            slopes = gradient_of(loss * seed, *theta, *inner)
            adjoints = dict(zip(inner, slopes[len(theta) :]))
            return _Plan([loss], slopes[: len(theta)], {"theta": theta, "seed": [seed]}, lists, adjoints)
        if kind in ("inputs", "parameters"):
            wrt = theta if kind == "parameters" else [x for leaves in lists.values() for x in leaves]
            slopes = [slope for y in ys for slope in gradient_of(y, *wrt)]
            return _Plan([], slopes, {"theta": theta}, lists)
        vector = [Value(0.0) for _ in theta]
        along = dot_of(*gradient_of(self._loss, *theta), *vector) if theta else self._loss
        return _Plan([], gradient_of(along, *theta), {"theta": theta, "vector": vector}, lists)

    @property
    def _loss(self) -> Value:
        if len(self.ys) > 1:
            raise ValueError(
                f"a gradient is that of one number, and this program has {len(self.ys)} outputs: take its jacobian"
            )
        return self.ys[0]

    # ---- what it computes

    @property
    def theta(self) -> Any:
        """The numbers of the parameters now, as a vector."""
        np = _numpy()
        return np.array([p.data for p in self.parameters])

    def __call__(self, *batch: Any, theta: Any = None) -> Any:
        """The outputs of each row: an array with a number for each row, or a row for each row where there are several."""
        arrays = self._arrays(batch)
        (value,) = self._run("values", arrays, theta)
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
        self._loss  # noqa: B018  (there is one)
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
        np = _numpy()
        if out is not None and (
            not isinstance(out, np.ndarray)
            or (out.shape, out.dtype, out.flags.writeable) != ((len(self.parameters),), float, True)
        ):
            raise ValueError(
                f"out is an array of {len(self.parameters)} numbers in float64 that may be written to, not {out!r}"
            )
        arrays = self._arrays(batch)
        theta = self._numbers(theta, out is not None)
        ones = len(batch) == 1 and isinstance(batch[0], Batch)
        if out is not None and any(np.shares_memory(out, each) for each in (theta, *(() if ones else arrays.values()))):
            raise ValueError("out is where theta or the batch is: the gradient would be written over what it is taken from")
        if "gradient" not in self._checked:
            self._check("gradient", arrays, theta, self._seed(_size(arrays)))
        gradient, run = self._bound(_size(arrays), theta, out, ones)
        given = batch[0].with_ones if ones else arrays.values()
        with np.errstate(all="ignore"):
            value = float(run(*given))
        if value != value:  # noqa: PLR0124  (nan)
            self._complain_of_nan(arrays)
        if ("in place", ones) not in self._checked:
            self._check_in_place(ones, arrays, theta, value, gradient)
        return value, gradient.copy() if out is None else gradient

    def _seed(self, size: int) -> Any:
        """What each row of so many counts for."""
        return _numpy().array([1.0 / size if self.reduction == "mean" else 1.0])

    def _numbers(self, theta: Any, keep: bool) -> Any:
        """The parameters' numbers in an array to work in: the caller's own where that is kept, else one of this thread's."""
        np = _numpy()
        n = len(self.parameters)
        if keep and isinstance(theta, np.ndarray) and theta.dtype == float and theta.shape == (n,):
            return theta
        own = self._kept.__dict__.setdefault("theta", np.empty(n))
        given = self.theta if theta is None else _real("theta", theta)
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
        self._loss  # noqa: B018  (there is one)
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
        arrays = self._arrays(batch)
        (slopes,) = self._run(wrt, arrays, theta)
        return slopes.reshape(len(self.ys), len(slopes) // len(self.ys), slopes.shape[1]).transpose(2, 0, 1)

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
        vector = _real("the vector", vector)
        if vector.shape != (len(self.parameters),):
            raise ValueError(
                f"the vector has a number for each of the {len(self.parameters)} parameters, not shape {vector.shape}"
            )
        arrays = self._arrays(batch)
        (found,) = self._run("hvp", arrays, theta, vector)
        return found / _size(arrays) if self.reduction == "mean" else found

    # ---- running

    def _run(self, kind: str, arrays: Mapping[str, Any], theta: Any, *vectors: Any) -> list[Any]:
        vectors = self._numbers(theta, False), *vectors
        self._check(kind, arrays, *vectors)
        return self._plan(kind).run(arrays, *vectors)

    def _bound(self, size: int, theta: Any, out: Any, ones: bool) -> tuple[Any, Callable[..., Any]]:
        """The gradient's array for batches of one size, and the function that works in this thread's arrays.

        An array for theta, or for the gradient, that the caller keeps is worked in; so nothing is copied from call to call.
        """
        np = _numpy()
        kept = self._kept.__dict__.setdefault("sizes", OrderedDict())
        key = size, id(theta), id(out), ones
        if key not in kept or kept[key][0] is not theta:
            seed = self._seed(size)
            gradient = np.zeros(len(self.parameters)) if out is None else out
            gradient[:] = 0.0
            run = self._plan("gradient").bound(np, (theta, seed), gradient, size, ones)
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
        return Batch(self._arrays(arrays))

    def _arrays(self, batch: Sequence[Any]) -> dict[str, Any]:
        """The inputs as arrays with a row for each input and a column for each row of the batch."""
        np = _numpy()
        widths = {name: len(leaves) for name, leaves in self.lists.items()}
        if len(batch) == 1 and isinstance(batch[0], Batch):
            self._check_shapes([each.T.shape for each in batch[0].arrays.values()])
            return dict(zip(widths, batch[0].arrays.values()))
        total = sum(widths.values())
        given = [_real("a batch", each) for each in batch]
        given = [each[:, None] if each.ndim == 1 and (len(given) > 1 or total == 1) else each for each in given]
        if len(given) == 1 and len(widths) > 1 and given[0].ndim == 2 and given[0].shape[1] == total:
            ends = [sum(list(widths.values())[: i + 1]) for i in range(len(widths))]
            given = np.split(given[0], ends[:-1], axis=1)
        self._check_shapes([each.shape for each in given])
        return {name: each.T for name, each in zip(widths, given)}

    def _check_shapes(self, shapes: Sequence[tuple[int, ...]]) -> None:
        widths = [len(leaves) for leaves in self.lists.values()]
        if len(shapes) != len(widths) or any(len(s) != 2 or s[1] != w for s, w in zip(shapes, widths)):
            wanted = " and ".join(f"{name} (rows, {width})" for name, width in zip(self.lists, widths))
            raise ValueError(f"a batch is {wanted}, and this one has the shapes {', '.join(map(str, shapes)) or 'none'}")
        if len({s[0] for s in shapes}) > 1 or not shapes[0][0]:
            raise ValueError(
                f"the arrays of a batch have as many rows, and at least one; these have {[s[0] for s in shapes]}"
            )

    def _complain_of_nan(self, arrays: Mapping[str, Any]) -> None:
        np = _numpy()
        for name, array in arrays.items():
            rows = np.flatnonzero(np.isnan(array).any(axis=0))
            if len(rows):
                raise ValueError(f"row {rows[0]} of {name} holds nan: mend or leave out such rows first")

    # ---- nothing is believed

    def _check(self, kind: str, arrays: Mapping[str, Any], *vectors: Any) -> None:
        """Compare a kind of program with the graph itself, number by number, on two rows of a batch, before it is used.

        Parameters are moved a little for that, since many a fault is hidden where they are all zero; not where the graph has
        no numbers there.
        """
        if kind in self._checked:
            return
        np, plan = _numpy(), self._plan(kind)
        size = np.max([np.abs(array).max(0) for array in arrays.values()], axis=0)
        usable = np.flatnonzero(np.isfinite(size))
        if not len(usable):
            return
        busiest = int(usable[np.argmax(size[usable])])
        rows = [busiest] if len(self.parameters) > MANY else sorted({int(usable[0]), busiest})
        few = {name: array[:, rows] for name, array in arrays.items()}
        chance = np.random.default_rng(0)
        theta, *others = vectors
        for each in (theta * chance.uniform(0.95, 1.05, len(theta)) + chance.uniform(-0.01, 0.01, len(theta)), theta):
            expected = plan.by_graph(few, each, *others)
            if all(np.isfinite(array).all() for array in expected):
                break
        nudged = each * (1.0 + NUDGE * chance.choice([-1.0, 1.0], len(theta)))
        self._compare(plan.run(few, each, *others), expected, lambda: plan.by_graph(few, nudged, *others))
        self._checked.add(kind)

    def _check_in_place(self, ones: bool, arrays: Mapping[str, Any], theta: Any, value: float, gradient: Any) -> None:
        """Compare what the program in place gave for its first batch with what the other one does."""
        plan, seed = self._plan("gradient"), self._seed(_size(arrays))

        def at(theta: Any) -> list[Any]:
            rows, slopes = plan.run(arrays, theta, seed)
            return [rows.sum() * seed[0], slopes]

        nudged = theta * (1.0 + NUDGE * _numpy().random.default_rng(0).choice([-1.0, 1.0], len(theta)))
        self._compare([value, gradient], at(theta), lambda: at(nudged))
        self._checked.add(("in place", ones))

    def _compare(self, found: Sequence[Any], expected: Sequence[Any], nearby: Callable[[], Sequence[Any]]) -> None:
        """Hold numbers against those that they should be; nearby: what these are if the parameters are nudged."""
        np = _numpy()
        for i, (here, there) in enumerate(zip(found, expected)):
            with np.errstate(all="ignore"):
                off = np.abs(here - there)
                alike = (off <= AGREEMENT * np.maximum(np.abs(there), 1.0)) | (here == there) | np.isnan(there)
                if not np.all(alike):
                    alike |= off <= 10.0 * np.abs(nearby()[i] - there)
            if not np.all(alike):
                self._fault = (
                    f"the compiled program differs from its graph by {np.max(off[~alike]):.3g}: a fault in the compiler;"
                    " please report it with the graph, and use the graph itself meanwhile"
                )
                raise ArithmeticError(self._fault)

    def _check_as_recorded(self, kind: str) -> None:
        """The same for a program that leaves this house: on the numbers that the graph was recorded with."""
        np = _numpy()
        arrays = {name: np.array([[x.data] for x in leaves]) for name, leaves in self.lists.items()}
        self._check(kind, arrays, self.theta, *([self._seed(_size(arrays))] if kind == "gradient" else []))

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
        xp, special = _engine(engine)
        self._check_as_recorded(kind)
        plan = self._plan(kind)

        def run(theta: Any, *inputs: Any) -> Any:
            if len(inputs) != len(self.lists):
                raise ValueError(f"this program takes {', '.join(self.lists)}, one array for each; got {len(inputs)}")
            for name, each in zip(["theta", *self.lists], [theta, *inputs]):
                if not hasattr(each, "shape") or (engine == "torch" and not isinstance(each, xp.Tensor)):
                    raise TypeError(f"{name} is an array of {engine}, not of type {type(each).__name__}")
            if "float" not in str(theta.dtype):
                raise TypeError(f"theta is in floating point, as what is worked out from it; this one is in {theta.dtype}")
            if tuple(theta.shape) != (n := len(self.parameters),):
                raise ValueError(f"theta has a number for each of the {n} parameters, not shape {tuple(theta.shape)}")
            inputs = tuple(each[:, None] if len(each.shape) == 1 else each for each in inputs)
            self._check_shapes([tuple(each.shape) for each in inputs])
            size = inputs[0].shape[0]
            columns = [_no_coarser(xp, each, theta).T for each in inputs]
            asarray = _like(xp, theta)
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
        return self._plan("gradient" if len(self.ys) == 1 else "values").source

    @property
    def script(self) -> str:
        """The program as a Python file that needs NumPy alone.

        >>> from autograd import Value, compile
        >>> w, x = Value(0.5), Value(1.0)
        >>> script = compile(w * x * x, [x], [w]).script
        >>> "import numpy" in script, "autograd" in script
        (True, False)
        """
        kind = "gradient" if len(self.ys) == 1 else "values"
        self._check_as_recorded(kind)
        plan = self._plan(kind)
        return script_of(plan.source, plan.tables, self.lists, len(self.parameters), self.reduction == "mean")

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
        plan = self._plan("gradient" if len(self.ys) == 1 else "values")
        equations = Equations(plan.statements, plan.adjoint_of)
        if "B" in self.lists:  # that is not how many rows there are
            equations.weight = r"\tfrac{1}{\text{rows}}"
        if self.reduction == "sum":
            equations.weight = "1"
        return equations.written()

    def _repr_latex_(self) -> str:
        return f"$$\n{self.equations}\n$$"

    def explain(self) -> str:
        r"""What each pass made of the graph, one after the other.

        >>> from autograd import Value, compile
        >>> w, b, x = Value(0.5), Value(-1.0), Value(0.0)
        >>> print("\n".join(compile((w * x + b).relu(), [x], [w, b]).explain().splitlines()[:4]))
        1. recorded     6 nodes for one row; with the gradient 11 different operations
        2. lowered      2 sums of 6 products, 2 functions
        3. grouped      4 arrays: Z1 (1), H1 (1), m1 (1), dZ1 (1)
        4. statements   4 for arrays, 2 for the gradient
        """
        plan = self._plan("gradient" if len(self.ys) == 1 else "values")
        lowered, grouped, statements = plan.lowered, plan.grouped, plan.statements
        recorded = len(nodes(*self.ys))
        sums = [atom for atom in lowered.atoms if atom.kind == "sum"]
        products = sum(len(atom.form) for atom in sums) + sum(map(len, lowered.outputs))
        arrays = [a for a in grouped.arrays if a.kind != "leaf"]
        lines = [
            f"1. recorded     {recorded:,} nodes for one row; with the gradient {lowered.operations:,} different operations",
            f"2. lowered      {len(sums):,} sums of {products:,} products,"
            f" {sum(a.kind == 'function' for a in lowered.atoms):,} functions",
            f"3. grouped      {len(arrays)} arrays: " + ", ".join(f"{a.name} ({len(a)})" for a in arrays),
            f"4. statements   {len(statements.lets)} for arrays, {len(statements.stores)} for the gradient",
            "",
            plan.source,
        ]
        if plan.name == "value_and_gradient" and self.parameters:
            lines += ["in place, for NumPy:", "", InPlace(statements, plan.adjoint_of).source(plan.vectors, plan.lists)]
        return "\n".join(lines).rstrip() + "\n"

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.ys, self.lists, self.parameters, self.reduction)

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name}: {len(leaves)}" for name, leaves in self.lists.items())
        return f"Program({len(self.ys)} output{'s'[: len(self.ys) != 1]} of {inputs}; {len(self.parameters)} parameters)"


class Batch:
    """Rows made ready for a program; see Program.batch. Columns are rows of the batch, and a row of ones stands below."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        np = _numpy()
        self.with_ones = [np.concatenate([array, np.ones((1, array.shape[1]))]) for array in arrays.values()]
        self.arrays = {name: each[:-1] for name, each in zip(arrays, self.with_ones)}


class _Plan:
    """The statements for some outputs, and what is printed of them."""

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
        self.lowered = Lowered([*values, *(slopes or ())], leaves, self.lists)
        self.grouped = Grouped(self.lowered, {name: len(some) for name, some in both.items()}, self.lists)
        self.statements = Statements(self.grouped, len(values))
        self.adjoint_of = self._adjoint_arrays(adjoints or {})
        printer = Printer(self.statements, self.adjoint_of)
        name = "values" if slopes is None else "value_and_gradient" if values else "gradient"
        self.name, self.tables = name, printer.tables
        self.source = printer.functional(name, [*self.vectors, *self.lists], None if slopes is None else len(slopes))
        self._code = _compiled(self.source, f"<{name}>")
        self._in_place: dict[bool, tuple[Any, dict[str, Any]]] = {}

    def _adjoint_arrays(self, adjoints: Mapping[Value, Value]) -> dict[Array, Array]:
        """The arrays that hold what the loss varies by, with the arrays that it varies with."""
        found: dict[Array, Array] = {}
        places, arrays = self.grouped.places, self.grouped.arrays
        for node, slope in adjoints.items():
            inner = slope.inputs[0] if slope.op is sum_of and len(slope.inputs) == 1 else slope
            here, there = self.lowered.atom_of(node), self.lowered.atom_of(inner)
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
        space |= _put_together(xp, size, per_sample, make)
        space |= {name: make(table) for name, table in self.tables.items()}
        exec(self._code, space)
        return space.pop(self.name)  # whose globals are the space: in it, it would be a circle for the garbage collector

    def run(self, arrays: Mapping[str, Any], *vectors: Any) -> list[Any]:
        """Values, and slopes, as the program gives them."""
        np = _numpy()
        with np.errstate(all="ignore"):
            result = self.function(np, None, _size(arrays), self._per_sample)(*vectors, *arrays.values())
        return list(result) if isinstance(result, tuple) else [result]

    def by_graph(self, arrays: Mapping[str, Any], *vectors: Any) -> list[Any]:
        """The same by the graph itself, row by row."""
        np = _numpy()
        order = with_siblings(nodes(*(node for some in self._outputs for node in some)))
        columns = {**{name: np.reshape(vector, (-1, 1)) for name, vector in zip(self.vectors, vectors)}, **arrays}
        found = []
        for row in range(_size(arrays)):
            at = {leaf: columns[name][i, row if name in arrays else 0] for leaf, (name, i) in self._leaves.items()}
            numbers = evaluate(order, {leaf: float(x) for leaf, x in at.items()}, shift=True)
            found.append([np.array([numbers[node] for node in some]) for some in self._outputs])
        results = [np.stack(columns, axis=1) for columns in zip(*found)]
        return results if self._per_sample else [*results[:-1], results[-1].sum(1)]

    def bound(self, np: Any, vectors: Sequence[Any], gradient: Any, size: int, ones: bool) -> Callable[..., Any]:
        """The program for NumPy in place, bound to the arrays that it works in."""
        if ones not in self._in_place:
            printer = InPlace(self.statements, self.adjoint_of)
            code = _compiled(printer.source(self.vectors, self.lists, ones), "<in place>")
            self._in_place[ones] = code, {name: np.asarray(table) for name, table in printer.tables.items()}
        code, tables = self._in_place[ones]
        space = {**array_functions(np), **_put_together(np, size, False, np.asarray), **tables}
        plain_total = space["total"]
        space["total"] = lambda x, n, _: plain_total(x, n)
        space["whole"] = lambda x, batch: np.sum(x) if np.ndim(x) and x.shape[-1] == batch else np.sum(x) * batch
        exec(code, space)
        run: Callable[..., Any] = space.pop("bind")(np, *vectors, gradient, size)
        return run


def _size(arrays: Mapping[str, Any]) -> int:
    """How many rows a batch has: the columns of its arrays."""
    rows: int = next(iter(arrays.values())).shape[1]
    return rows


def _compiled(source: str, name: str) -> Any:
    import builtins

    return builtins.compile(source, name, "exec")
