"""Derivatives as graphs, and derivatives of functions.

`gradient(y, x)` does what `y.backward()` does, with Values where that has floats: it walks the same graph in the same order
and asks the same table for the same partials, so what comes out is a graph again and can be differentiated again.

    adjoint(x) = sum over the users z of x of  adjoint(z) * dz/dx          one n-ary node for each x

The transforms below it, from `grad` to `hvp`, turn a function of numbers into a function that gives its derivatives. Rows
are outputs and columns inputs throughout. Arguments are numbers, Values, lists or arrays of them; the inputs are all
numbers in them, in order. Given plain numbers they give plain numbers; where the result depends on Values, whether they are
arguments or used inside the function, it is a Value and knows how, so that transforms nest.

Sources: Griewank and Walther, Evaluating Derivatives (2008), chapters 3 and 5; Pearlmutter, Fast exact multiplication by the
Hessian (1994).
"""

from __future__ import annotations

import functools

from autograd import primitives as ops
from autograd.graph import dependents, history, leaves
from autograd.interop.conversions import check_number
from autograd.interop.elementwise import array_of, holds_several
from autograd.interop.keywords import telling
from autograd.operation import CONSTANT
from autograd.value import Value, constant, lift

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, Protocol, overload

    Number = Value | float
    Term = tuple[Number, Number]  # an adjoint and the partial it is multiplied by

    class Slope(Protocol):
        """What grad gives, for those who check types: a number for one number, a Value for one Value, else lists."""

        @overload
        def __call__(self, x: float, /) -> float: ...
        @overload
        def __call__(self, x: Value, /) -> Value: ...
        @overload
        def __call__(self, *point: Any) -> Any: ...

    class ValueAndSlope(Protocol):
        @overload
        def __call__(self, x: float, /) -> tuple[float, float]: ...
        @overload
        def __call__(self, x: Value, /) -> tuple[Value, Value]: ...
        @overload
        def __call__(self, *point: Any) -> tuple[Any, Any]: ...


def gradient(y: Value, *xs: Value) -> list[Value]:
    """dy/dx for each x, as Values with a graph of their own.

    y: what is differentiated
    xs: leaves, or computed nodes, that it is differentiated with respect to; 0 for one that y does not depend on

    Raises TypeError for anything that is not a Value.

    >>> from autograd import Value, gradient
    >>> x = Value(3.0, label="x")
    >>> slope, = gradient(x ** 3, x)
    >>> slope, gradient(slope, x)[0]
    (Value(27.0), Value(18.0))
    """
    for x in xs:
        if not isinstance(x, Value):
            raise TypeError(
                f"gradient(y, x) differentiates with respect to Values, not {x!r}: "
                + (
                    "pass them one by one, gradient(y, *xs)"
                    if x.__class__ in (list, tuple)
                    else f"make it Value({x!r}) first"
                )
            )
    check_number(y := lift(y))
    order = history(y)
    taken = {*order, *(x for node in order for x in node.inputs), y}
    results = []
    for slope in _adjoints(order, y, xs):
        if slope.__class__ is not Value:
            slope = constant(slope)
        elif slope in taken:  # a result is a node of its own, so that a label on it renames nothing else
            slope = ops.sum_of(slope)
        taken.add(slope)
        results.append(slope)
    return results


def slopes_along(ys: Sequence[Value], xs: Sequence[Value], vector: Iterable[Number]) -> list[Value]:
    """How the ys change where the xs change by a vector: one pass forward through the graph, as a graph.

    vector: as many numbers or Values as there are xs
    """
    tangents: dict[Value, Number] = dict(zip(xs, vector))
    order = history(*ys)
    leading = dependents(xs, order)
    for node in reversed(order):
        if node in leading and node not in tangents:
            tangents[node] = _total([(tangents[x], slope) for x, slope in _slopes(node, leading)])
    return [lift(tangents.get(y, 0.0)) for y in ys]


def _adjoints(order: list[Value], y: Value, xs: Sequence[Value]) -> list[Number]:
    leading = dependents(xs, order)
    terms: dict[Value, list[Term]] = {y: [(1.0, 1.0)]}
    found: dict[Value, Number] = {}
    for node in order:
        if node in terms and node in leading:
            adjoint = found[node] = _total(terms.pop(node))
            for x, slope in _slopes(node, leading):
                terms.setdefault(x, []).append((adjoint, slope))
    return [found[x] if x in found else _total(terms.get(x, [])) for x in xs]


def _slopes(node: Value, leading: set[Value]) -> Iterator[tuple[Value, Number]]:
    """The partials of a node in those of its inputs that lead somewhere; what is known to be a number stays one."""
    op, inputs = node.op, node.inputs
    known = [x.data if x.op is CONSTANT else x for x in inputs]
    partials = op.partials if op.arity else op.partials[0](node, known)  # type: ignore[union-attr, operator]
    for x, partial in zip(inputs, partials):
        if x in leading:
            slope = partial(node, *known) if op.arity and callable(partial) else partial  # type: ignore[union-attr]
            if slope != 0.0:  # true of every Value: == is identity there
                yield x, slope


def _total(terms: list[Term]) -> Number:
    """The sum of products, as one node."""
    products = [_product(a, b) for a, b in terms if 1.0 in (a, b) or -1.0 in (a, b) or not _nodes(a, b)]
    if len(products) == len(terms):
        if len(products) == 1:
            return products[0]
        return ops.sum_of(*products) if _nodes(*products) else float(sum(products))
    if len(terms) == 1:
        return ops.mul(*terms[0])
    return ops.dot_of(*(a for a, _ in terms), *(b for _, b in terms))


def _product(a: Number, b: Number) -> Number:
    for one, other in ((a, b), (b, a)):
        if one in (1.0, -1.0):
            return other if one == 1.0 else -other
    return a * b


def _nodes(*xs: Number) -> bool:
    return any(x.__class__ is Value for x in xs)


# ------------------------------------------------------------------------------------------------- transforms of functions


_GUESSED = {
    "argnums": "a function of what varies alone has the gradient wanted: grad(lambda y: f(2.0, y))(3.0)",
    "has_aux": "give one number, and keep what else there is: found.append(...) inside the function",
    "create_graph": "grad(grad(f)) nests, and gradient(y, x) gives Values that can be differentiated again",
}


@telling(_GUESSED)
def grad(f: Callable[..., Any]) -> Slope:
    """The gradient of a function with one output: a number for one number, else one for each argument, in a list.

    f: a function of numbers, or of lists of them, that gives one number

    In JAX this has the same name. Raises TypeError if f gives anything but one number.

    >>> from autograd import grad
    >>> grad(lambda x: x ** 3)(2.0)
    12.0
    >>> grad(lambda x, y: x * y)(2.0, 3.0)
    [3.0, 2.0]
    >>> grad(lambda x: x * grad(lambda y: x * y)(x))(3.0)
    6.0
    """
    both = value_and_grad(f)
    return lambda *point: both(*point)[1]


@telling(_GUESSED)
def value_and_grad(f: Callable[..., Any]) -> ValueAndSlope:
    """The value of a function with one output, and its gradient as grad gives it.

    f: a function of numbers, or of lists of them, that gives one number

    Raises TypeError if f gives anything but one number.

    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x: x ** 3)(2.0)
    (8.0, 12.0)
    >>> value_and_grad(lambda ws, b: ws[0] * ws[1] + b)([2.0, 3.0], 1.0)
    (7.0, [[3.0, 2.0], 1.0])
    """
    check_function(f)

    def value_and_gradient(*point: Any) -> tuple[Any, Any]:
        run = Run(f, point)
        slopes = gradient(run.output(), *run.xs)
        value, *slopes = run.settle([run.output(), *slopes])
        return value, run.shaped(slopes)

    return value_and_gradient


def jacobian(f: Callable[..., Any]) -> Callable[..., Any]:
    """All first derivatives: a row for each output, a column for each input; one row bare for a function with one output.

    f: a function of numbers, or of lists of them, that gives a number or a list of numbers

    >>> from autograd import jacobian
    >>> jacobian(lambda x, y, z: x ** 2 + 2 * x * y + z)(1.0, 2.0, 3.0)
    [6.0, 2.0, 1.0]
    >>> jacobian(lambda x, y: [x * y, x - y])(2.0, 3.0)
    [[3.0, 2.0], [1.0, -1.0]]
    """
    return derivative_tensor(f, 1)


def hessian(f: Callable[..., Any]) -> Callable[..., Any]:
    """All second derivatives of a function with one output, as rows; a list of them for several outputs.

    f: a function of numbers, or of lists of them, that gives a number or a list of numbers

    >>> from autograd import hessian
    >>> hessian(lambda x, y, z: x ** 2 + 2 * x * y + z)(1.0, 2.0, 3.0)
    [[2.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    return derivative_tensor(f, 2)


def derivative_tensor(f: Callable[..., Any], order: int) -> Callable[..., Any]:
    """All derivatives of one order, as lists nested that deep, each as long as there are inputs.

    f: a function of numbers, or of lists of them, that gives a number or a list of numbers
    order: 0 for the value, 1 for the Jacobian, 2 for the Hessian, and so on

    Entry [i][j]... is the derivative in inputs i, j, ...; the order of differentiation does not matter, so that entries that
    differ only in it are computed once. For a function with several outputs there is a list of tensors.

    Raises ValueError for an order that is not a whole number from 0 on.

    >>> from autograd import derivative_tensor
    >>> third = derivative_tensor(lambda x, y: x ** 3 * y, 3)(2.0, 5.0)
    >>> third[0][0][0], third[0][0][1], third[1][0][0], third[1][1][1]
    (30.0, 12.0, 12.0, 0.0)
    """
    if not isinstance(order, int) or order < 0:
        raise ValueError(f"the order of a derivative is 0, 1, 2, ..., not {order!r}")
    check_function(f)

    def tensor(*point: Any) -> Any:
        run = Run(f, point)
        entries = [symmetric_entries(y, run.xs, order) for y in run.ys]
        settled = iter(run.settle([v for entry in entries for v in entry.values()]))
        tensors = [nest_entries({index: next(settled) for index in entry}, len(run.xs), order) for entry in entries]
        return tensors if run.several else tensors[0]

    return tensor


def symmetric_entries(y: Value, xs: list[Value], order: int) -> dict[tuple[int, ...], Value]:
    """All derivatives of one order, each once, by the places of its inputs in ascending order."""
    entries: dict[tuple[int, ...], Value] = {(): y}
    for _ in range(order):
        entries = {
            (*index, j): slope
            for index, entry in entries.items()
            for first in [index[-1] if index else 0]
            for j, slope in enumerate(gradient(entry, *xs[first:]), start=first)
        }
    return entries


def nest_entries(entries: dict[tuple[int, ...], Any], n: int, order: int, index: tuple[int, ...] = ()) -> Any:
    """Symmetric entries as lists in lists, of n inputs."""
    if len(index) == order:
        return entries[tuple(sorted(index))]
    return [nest_entries(entries, n, order, (*index, i)) for i in range(n)]


def _transform(product: Callable[..., tuple[Any, Any]]) -> Callable[..., Any]:
    """product(f) alone gives the function of (point, vector), as grad(f) gives the function of the point."""

    @functools.wraps(product)
    def transform(f: Callable[..., Any], *point_and_vector: Any) -> Any:
        check_function(f)
        return product(f, *point_and_vector) if point_and_vector else functools.partial(product, f)

    return transform


@_transform
def jvp(f: Callable[..., Any], point: Any, vector: Any) -> tuple[Any, Any]:
    """The value of f at a point, and the Jacobian times a vector: how the outputs change in that direction.

    f: a function of numbers, or of lists of them
    point: the arguments of f, as a list or tuple (or one number)
    vector: as many numbers as there are inputs
    One pass forward through the graph, however many outputs there are (forward accumulation).

    >>> from autograd import jvp
    >>> jvp(lambda x, y: [x * y, x - y], (2.0, 3.0), (1.0, 0.0))
    ([6.0, -1.0], [3.0, 1.0])

    jvp(f) alone is the function of (point, vector); vjp and hvp likewise. In PyTorch these are called
    torch.autograd.functional.jvp and so on.

    Raises ValueError if the vector is not as long as there are inputs.
    """
    run = Run(f, _listed(point))
    settled = run.settle([*run.ys, *slopes_along(run.ys, run.xs, run.vector(vector, "input", len(run.xs)))])
    return run.outputs(settled[: len(run.ys)]), run.outputs(settled[len(run.ys) :])


@_transform
def vjp(f: Callable[..., Any], point: Any, vector: Any) -> tuple[Any, Any]:
    """The value of f at a point, and a vector times the Jacobian: the gradient of the outputs, weighted and added up.

    f: a function of numbers, or of lists of them
    point: the arguments of f, as a list or tuple (or one number)
    vector: as many numbers as there are outputs
    One pass backward through the graph, however many inputs there are (reverse accumulation).

    >>> from autograd import vjp
    >>> vjp(lambda x, y: [x * y, x - y], (2.0, 3.0), (1.0, 0.0))
    ([6.0, -1.0], [3.0, 2.0])

    Raises ValueError if the vector is not as long as there are outputs.
    """
    run = Run(f, _listed(point))
    weighted = lift(ops.dot_of(*run.vector(vector, "output", len(run.ys)), *run.ys))
    settled = run.settle([*run.ys, *gradient(weighted, *run.xs)])
    product = settled[len(run.ys) :]
    return run.outputs(settled[: len(run.ys)]), product if isinstance(point, (list, tuple)) else nest(point, iter(product))


@_transform
def hvp(f: Callable[..., Any], point: Any, vector: Any) -> tuple[Any, Any]:
    """The value of f, which has one output, and its Hessian times a vector, without computing the Hessian.

    f: a function of numbers, or of lists of them
    point: the arguments of f, as a list or tuple (or one number)
    vector: as many numbers as there are inputs

    >>> from autograd import hvp
    >>> hvp(lambda x, y: x ** 2 * y, (2.0, 3.0), (1.0, 0.0))
    (12.0, [6.0, 4.0])
    """
    run = Run(f, _listed(point))
    along = ops.dot_of(*gradient(run.output(), *run.xs), *run.vector(vector, "input", len(run.xs)))
    value, *product = run.settle([run.output(), *gradient(lift(along), *run.xs)])
    return value, product if isinstance(point, (list, tuple)) else nest(point, iter(product))


class Run:
    """A function called once on Values of its own: xs, the inputs; ys, the outputs; several, whether they came in a list."""

    def __init__(self, f: Callable[..., Any], point: Sequence[Any]) -> None:
        self.f, self.point = f, point
        self.xs: list[Value] = []
        self.made_of_values = False
        result = f(*[self._own(x) for x in point])
        self.several = isinstance(result, (list, tuple)) or holds_several(result)
        self.ys = [self._output(y) for y in flatten(result)]

    def _own(self, x: Any) -> Any:
        """x as an input of this run alone; one made of a Value hangs on it, so that outer derivatives reach through."""
        if isinstance(x, (list, tuple)):
            return [self._own(item) for item in x]
        if holds_several(x):
            return array_of(self._own, x)
        if isinstance(x, Value):
            self.made_of_values = True
            own = ops.sum_of(x)
            if x.label:
                own.label = x.label
        else:
            own = Value(x)
        self.xs.append(own)
        return own

    def _output(self, y: Any) -> Value:
        try:
            return lift(y)
        except TypeError as error:
            raise TypeError(f"{function_name(self.f)} gave {y!r} where a number or a Value was expected: {error}") from None

    def output(self) -> Value:
        """The one output, of a function that has one."""
        if self.several and len(self.ys) != 1:
            raise TypeError(
                f"{function_name(self.f)} gives {len(self.ys)} outputs where one is needed; jacobian takes any number"
            )
        return self.ys[0]

    def settle(self, results: list[Value]) -> list[Any]:
        """The results as plain numbers, unless they depend on Values from outside."""
        own = {x for x in self.xs if not x.inputs}
        outside = any(x.op is not CONSTANT and x not in own for x in leaves(*results))
        if not (outside or self.made_of_values):
            return [y.data for y in results]
        for x in own:
            x.op = CONSTANT  # in the outer graph it is the plain number that was passed
        return results

    def shaped(self, results: list[Any]) -> Any:
        """One result per input, in the form of the arguments; bare for a single argument."""
        forms = nest(self.point, iter(results))
        return forms[0] if len(forms) == 1 else forms

    def outputs(self, results: list[Any]) -> Any:
        return results if self.several else results[0]

    def vector(self, vector: Any, of: str, n: int) -> list[Number]:
        numbers = [lift(v) if isinstance(v, Value) else constant(v).data for v in flatten(vector)]
        if len(numbers) != n:
            raise ValueError(
                f"the vector has {len(numbers)} entries, and {function_name(self.f)} has {n} {of}{'' if n == 1 else 's'}"
            )
        self.made_of_values |= _nodes(*numbers)
        return numbers


def nest(x: Any, numbers: Iterator[Any]) -> Any:
    """Numbers in the lists, or the arrays, that others came in."""
    if holds_several(x):
        return array_of(lambda _: next(numbers), x)
    return [nest(item, numbers) for item in x] if isinstance(x, (list, tuple)) else next(numbers)


def flatten(x: Any) -> Iterator[Any]:
    if isinstance(x, (list, tuple)) or holds_several(x):
        for item in x:
            yield from flatten(item)
    else:
        yield x


def _listed(point: Any) -> Sequence[Any]:
    return point if isinstance(point, (list, tuple)) else (point,)


def check_function(f: object) -> None:
    """Raise TypeError, with what there is for a graph, if f cannot be called."""
    if not callable(f):
        raise TypeError(
            f"a transform takes a function of numbers, as in grad(lambda x: x ** 2), not {f!r}; of a graph there are"
            " gradient(y, x) and derivatives(y)"
        )


def function_name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", None) or getattr(f, "name", None) or repr(f)
