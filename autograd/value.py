"""`Value`: a number that remembers how it was computed.

Arithmetic on Values gives Values, and each keeps the operation it came from and its inputs, in order. So the last one, the
loss, holds the whole computation as a graph, and `backward` walks that graph once, from the output to the leaves:

    h = sigmoid(a)                              forward: numbers, and the graph as a by-product
    a.grad += h.grad * (dh/da)                  backward: upstream times local derivative, added to what is there

Three kinds of node, one class: a leaf (`op` is None) is a variable; a constant (`op` is CONSTANT) is a plain number in an
expression, drawn but never differentiated; any other node was computed. Nodes hold no closures and never refer to what
uses them, so there are no reference cycles and a graph is freed the moment nobody holds its output.

In PyTorch, a Value is called a tensor of no dimensions with requires_grad=True.

Beside it stand labels.py (names for Values) and copying.py (copies and pickles); interop/escapes.py has numbers that leave a
graph.
"""

from __future__ import annotations

import math
import operator

from autograd import composed
from autograd import primitives as ops
from autograd.graph import bottom_up, history, nodes
from autograd.interop.conversions import check_number, explain, number, short
from autograd.interop.elementwise import apply_to_elements, is_array
from autograd.interop.given import Given, OfOnePoint, computed_from, slopes_by
from autograd.operation import CONSTANT, Primitive
from autograd.threads import one_at_a_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, overload

    from autograd.modes import Supervisor


supervisor: Supervisor | None = None  # set by autograd.modes while one of its blocks is open, anywhere
new = object.__new__


def record(op: Primitive | None, data: float, first: Any, second: Value | None = None) -> Value:
    """The one place where computed Values are born; Value.__init__ would take 140 ns more.

    first, second: the operands; where there are more than two, or any number, first is the tuple of all
    """
    node: Value = new(Value)
    node.data = data
    node.grad = 0.0
    node.op = op
    node._first = first
    node._second = second
    return node if supervisor is None else supervisor.made(node)


def constant(x: object) -> Value:
    """A plain number as a node of a graph: drawn, never differentiated."""
    node: Value = new(Value)
    node.data = x if x.__class__ is float else number(x)
    node.grad = 0.0
    node.op = CONSTANT
    node._first = node._second = None
    return node


def lift(x: object) -> Value:
    """x itself if it is a Value, else a constant. Raises TypeError for what is no number."""
    return x if isinstance(x, Value) else constant(x)


def _apply(op: Primitive, inputs: tuple[Any, ...]) -> Any:
    """op of inputs that are not all plain floats: a Value as soon as one of them is."""
    if op.arity is not None and len(inputs) != op.arity:
        raise TypeError(f"{op.name} takes {op.arity} argument{'' if op.arity == 1 else 's'}, got {len(inputs)}")
    if op.arity == 1 and inputs[0].__class__ is Value:  # an activation: half of the nodes of a network
        try:
            return record(op, op.value(inputs[0].data), inputs[0])
        except TypeError as error:
            raise explain(error, inputs) from None
    if any(isinstance(x, Value) for x in inputs):
        inputs = tuple(map(lift, inputs))
        data = [x.data for x in inputs]
        try:
            return record(op, op.value(*data) if op.arity else op.value(data), *operands(op, inputs))
        except (TypeError, ValueError) as error:  # a ValueError of NumPy's, which does not say whether an array is true
            raise explain(error, inputs) from None
    return op(*map(number, inputs))


Primitive.apply, Primitive.lift = _apply, staticmethod(lift)


def operands(op: Primitive | None, inputs: tuple[Value, ...]) -> tuple[Any, Value | None]:
    """How a node keeps its inputs: one or two in slots of their own, which saves a tuple in most nodes."""
    if op is None or not op.arity or op.arity > 2:
        return inputs or None, None
    return inputs[0], inputs[1] if op.arity == 2 else None


def with_siblings(order: list[Value]) -> list[Value]:
    """Nodes, each after its inputs, so that a difference to the largest of several numbers is after all of these, too."""
    if not any(map(ops.shifted_from, [node for node in order if node.op is ops.sub])):  # as in most graphs
        return order
    return list(bottom_up(order, lambda node: (*node.inputs, *(ops.shifted_from(node) or ()))))


def note_leaving(node: Value, how: str) -> None:
    """Take note of a number that leaves its graph: nothing is done, until autograd.interop.escapes sets its own function."""


def leave(node: Value, how: str) -> float:
    """The number of a node, to do something with it of which the graph will know nothing.

    how: "asked" where a choice may depend on it, "float" or "taken" where it is wanted as a number, "detached"
    """
    if node.op is not CONSTANT:
        note_leaving(node, how)
    return node.data


methods: list[tuple[Primitive, Callable[..., Value]]] = []  # writing/table.py gives them their docstrings


def _infix(op: Primitive) -> tuple[Callable[[Value, Any], Value], Callable[[Value, Any], Value]]:
    """The methods x op y and y op x of Value."""
    value = op.value

    def direct(x: Value, y: Any) -> Value:
        if y.__class__ is not Value:
            try:
                y = lift(y)
            except TypeError:
                if is_array(y):  # it answers by __array_ufunc__, element by element
                    return NotImplemented  # type: ignore[no-any-return]
                raise
        try:  # which costs nothing where nothing is raised
            return record(op, value(x.data, y.data), x, y)
        except TypeError as error:
            raise explain(error, (x, y)) from None

    def reflected(y: Value, x: Any) -> Value:
        x = lift(x)
        try:
            return record(op, value(x.data, y.data), x, y)
        except TypeError as error:
            raise explain(error, (x, y)) from None

    methods.extend(((op, direct), (op, reflected)))
    return direct, reflected


def _comparison(compare: Callable[[float, float], bool]) -> Callable[[Value, Any], bool]:
    """A method of Value that compares numbers."""

    def method(x: Value, y: Any) -> bool:
        try:
            y = lift(y)
        except TypeError:
            if is_array(y):
                return NotImplemented  # type: ignore[no-any-return]
            raise
        return compare(leave(x, "asked"), leave(y, "asked"))

    return method


def _method(op: Primitive) -> Callable[[Value], Value]:
    """The method x.op() of Value."""
    value = op.value

    def method(x: Value) -> Value:
        try:
            return record(op, value(x.data), x)
        except TypeError as error:
            raise explain(error, (x,)) from None

    method.__name__ = op.name
    methods.append((op, method))
    return method


def _method_of_two(op: Primitive) -> Callable[[Value, Any], Value]:
    """The method x.op(y) of Value."""

    def method(x: Value, y: Any) -> Value:
        return op(x, y)

    method.__name__ = op.name
    methods.append((op, method))
    return method


class Value:
    """A number that remembers how it was computed.

    data: the number, a float; may be set on a leaf, then `forward()` of what was computed from it brings that up to date
    label: the name it goes by in drawings, formulas and messages; Value(2.0, "x") is Value(2.0, label="x")
    children, local_grads: for a node that somebody else has computed, what from, and how it varies with each: microgpt's
        spelling. Value(data, children, "+") is micrograd's, whose local gradients come with `_backward`; see given.py

    .grad is d output / d self of the last `output.backward()`, a float; leaves add up from call to call until set to 0.
    .op is the Primitive that computed it (None for a leaf), .inputs its operands, in order; free attributes are allowed.

    Comparisons < <= > >= compare data; == and hash() are those of the object, since two Values of one number are two places
    in a graph. Raises TypeError for data that is not a real number; what .data and .grad are set to later is looked at when
    it is first computed with, by backward() at the latest.

    >>> from autograd import Value
    >>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
    >>> z = x * y + x
    >>> z.backward()
    >>> z.data, x.grad, y.grad
    (9.0, 3.0, 3.0)

    Arithmetic never raises: it follows IEEE 754, as in PyTorch and NumPy. A power of 0 and a root of a negative number
    have the values, and the slopes, that torch gives them.

    >>> Value(1.0) / 0, Value(0.0) ** 0, Value(-8.0) ** 3, Value(-8.0) ** (1 / 3)
    (Value(inf), Value(1.0), Value(-512.0), Value(nan))
    """

    __slots__ = "__dict__", "_first", "_second", "data", "grad", "op"
    data: float
    grad: float
    op: Primitive | None
    _first: Any
    _second: Value | None
    label: str = ""

    if TYPE_CHECKING:

        @overload
        def __init__(self, data: float, label: str = "") -> None: ...
        @overload
        def __init__(self, data: float, children: Iterable[Value], local_grads: Sequence[float]) -> None: ...
        @overload
        def __init__(self, data: float, _children: Iterable[Value], _op: str = "", label: str = "") -> None: ...

    def __init__(self, data, children=(), local_grads=(), name="", *, label="", _children=(), _op=""):  # type: ignore[no-untyped-def]
        self.data = data if data.__class__ is float else number(data)
        self.grad = 0.0
        self.op = None
        self._first = self._second = None
        if children.__class__ is str:  # Value(2.0, "x")
            children, label = (), label or children
        if label or name:
            self.label = label or name
        made_of: Any = children if children.__class__ is Value or children else _children  # a Value of 0 is not nothing
        if made_of.__class__ is Value or made_of or local_grads or _op:
            self.op, inputs = computed_from(self.data, made_of, local_grads, _op)
            self._first, self._second = operands(self.op, inputs)
            if supervisor is not None:
                supervisor.made(self)

    __add__, __radd__ = _infix(ops.add)
    __sub__, __rsub__ = _infix(ops.sub)
    __mul__, __rmul__ = _infix(ops.mul)
    __truediv__, __rtruediv__ = _infix(ops.div)
    __pow__, __rpow__ = _infix(ops.pow)
    __mod__, __rmod__ = _infix(ops.mod)
    __floordiv__, __rfloordiv__ = _infix(ops.floor_divide)
    __neg__ = _method(ops.neg)
    __abs__ = abs = _method(ops.abs)

    def __pos__(self) -> Value:
        return self

    def __divmod__(self, other: Value | float) -> tuple[Value, Value]:
        return self // other, self % other

    def __rdivmod__(self, other: Value | float) -> tuple[Value, Value]:
        return other // self, other % self

    def __round__(self, digits: int | None = None) -> Value:
        return composed.round(self, digits or 0)

    exp, expm1 = _method(ops.exp), _method(ops.expm1)
    log, log2, log10, log1p = _method(ops.log), _method(ops.log2), _method(ops.log10), _method(ops.log1p)
    sqrt, cbrt = _method(ops.sqrt), _method(ops.cbrt)
    sin, cos, tan = _method(ops.sin), _method(ops.cos), _method(ops.tan)
    asin, acos, atan = _method(ops.asin), _method(ops.acos), _method(ops.atan)
    sinh, cosh, tanh = _method(ops.sinh), _method(ops.cosh), _method(ops.tanh)
    asinh, acosh, atanh = _method(ops.asinh), _method(ops.acosh), _method(ops.atanh)
    erf, erfc = _method(ops.erf), _method(ops.erfc)
    sigmoid, softplus, relu = _method(ops.sigmoid), _method(ops.softplus), _method(ops.relu)
    silu, sign, softsign, sinc = _method(ops.silu), _method(ops.sign), _method(ops.softsign), _method(ops.sinc)
    floor = _method(ops.floor)
    exp2, logaddexp, logsigmoid, gelu = composed.exp2, composed.logaddexp, composed.logsigmoid, composed.gelu
    ceil, trunc, round = composed.ceil, composed.trunc, composed.round
    leaky_relu, elu, clip = composed.leaky_relu, composed.elu, composed.clip
    atan2, hypot = _method_of_two(ops.atan2), _method_of_two(ops.hypot)
    maximum, minimum = _method_of_two(ops.maximum), _method_of_two(ops.minimum)

    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)

    def __bool__(self) -> bool:
        return leave(self, "asked") != 0.0

    def __float__(self) -> float:
        return leave(self, "float")

    def __int__(self) -> int:
        return int(leave(self, "taken"))

    def item(self) -> float:
        """The plain number, as in PyTorch.

        >>> from autograd import Value
        >>> (Value(2.0) * 3.0).item()
        6.0
        """
        return leave(self, "taken")

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        return apply_to_elements(function, method, inputs, settings)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}".replace("'", '"') if self.label else ""
        grad = f", grad={short(self.grad)}" if self.grad else ""
        return f"Value({short(self.data)}{label}{grad})"

    @property
    def inputs(self) -> tuple[Value, ...]:
        """What it was computed from, in order; empty for a leaf.

        >>> from autograd import Value
        >>> x = Value(2.0, label="x")
        >>> (x * 3.0).inputs, x.inputs
        ((Value(2.0, label="x"), Value(3.0)), ())
        """
        first, second = self._first, self._second
        if second is not None:
            return first, second
        return () if first is None else first if first.__class__ is tuple else (first,)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """micrograd's name for inputs."""
        return self.inputs

    _children = _prev  # microgpt's

    @property
    def _local_grads(self) -> tuple[float, ...]:
        """microgpt's name for the partial derivatives in the inputs, in order."""
        return tuple(self.op.slopes(self.data, [x.data for x in self.inputs])) if self.inputs else ()  # type: ignore[union-attr]

    @property
    def _op(self) -> str:
        """micrograd's name for the symbol of the operation; empty for a leaf."""
        return self.op.notation.symbol if self.op else ""

    @property
    def _backward(self) -> Callable[[], None]:
        """micrograd's name for one step of backward(): a function that adds to the .grad of each input what comes to it.

        One that is set is tried out at once, for the local gradients that it stands for, and not kept.

        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> out = Value(x.data**2, (x,), "square")
        >>> def pass_on():
        ...     x.grad += 2 * x.data * out.grad
        >>> out._backward = pass_on
        >>> (out + 1).backward()
        >>> x.grad
        6.0
        """
        return lambda: _pass_on(self)

    @_backward.setter
    def _backward(self, pass_on: Callable[[], object]) -> None:
        if not self.inputs:
            if supervisor is not None:  # in no_grad nothing is remembered
                return
            raise ValueError("this Value came from nothing, and passes nothing on: say what from, Value(data, children)")
        inputs, slopes = slopes_by(pass_on, self)
        self.op = Given(self._op, self.data, [x.data for x in inputs], slopes)
        self._first, self._second = operands(self.op, inputs)

    def detach(self) -> Value:
        """A new leaf with the same number and label, which knows nothing of how it was computed.

        >>> from autograd import Value, gradient
        >>> x = Value(3.0)
        >>> gradient(x * x, x), gradient(x * x.detach(), x)
        ([Value(6.0)], [Value(3.0)])
        """
        leaf = Value(self.data, self.label)
        if self._first is not None:
            leave(leaf, "detached")
        return leaf

    def forward(self) -> float:
        """Compute self again from what its leaves hold now, and return its data.

        It takes the path that was recorded: an `if` of your program on a Value is not decided again. What softmax takes from
        all of its numbers, the largest of them, is found anew.

        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> y = x * x
        >>> x.data = 4.0
        >>> y.data, y.forward(), y.data
        (9.0, 16.0, 16.0)
        """
        with one_at_a_time:
            for node in with_siblings(history(self)[::-1]):
                if node._first is None:
                    continue
                if node.op is ops.sub and (before := ops.shifted_from(node)):
                    node.inputs[1].data = ops.largest([x.data for x in before])
                data = [x.data for x in node.inputs]
                if isinstance(node.op, OfOnePoint):
                    node.op.check_point(data)
                try:
                    node.data = node.op.value(*data) if node.op.arity else node.op.value(data)  # type: ignore[union-attr]
                except TypeError as error:
                    raise explain(error, node.inputs) from None
            check_number(self)
            return self.data

    def backward(self) -> None:
        """Add d self / d leaf to the .grad of every leaf that self was computed from.

        Computed nodes start afresh in every call and keep their gradient to be looked at; leaves add up from call to call,
        as in PyTorch. Threads take turns, so that no contribution to a leaf they share is lost; a computed node that they
        share keeps the gradient of the last call. After a call that was interrupted, set the leaves to 0 again: they hold a
        part of it. Reverse accumulation: Griewank and Walther, Evaluating Derivatives (2008), chapter 3.

        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> (x * x).backward()
        >>> x.grad
        6.0
        >>> (x * x).backward()
        >>> x.grad
        12.0
        """
        check_number(self)
        with one_at_a_time:
            order = history(self)
            try:
                _accumulate(self, order)
            except TypeError as error:
                raise explain(error, nodes(self)) from None
            if supervisor is not None:
                supervisor.differentiated(order)


_own: set[str] = set()  # methods that are operations of somebody's own


def _attach(op: Primitive) -> None:
    """Make an operation of one's own a method, too, unless Values have something else of that name."""
    if op.arity is not None and (op.name in _own or not hasattr(Value, op.name)):

        def method(x: Value, *others: Any) -> Any:
            return op(x, *others)

        method.__name__, method.__doc__ = op.name, op.doc
        setattr(Value, op.name, method)  # __getattr__ would do without, and make all that a Value has twice as slow
        _own.add(op.name)


Primitive.attach = staticmethod(_attach)


def _pass_on(node: Value) -> None:
    """Add to the gradients of the inputs of a node what comes to them from its own."""
    for x, slope in zip(node.inputs, node._local_grads):
        if x.op is not CONSTANT:
            x.grad += node.grad * slope


def _accumulate(output: Value, order: Sequence[Value]) -> None:
    """What backward() does, for the computed nodes of its graph in an order in which each comes before its inputs."""
    for node in order:
        node.grad = 0.0
    output.grad += 1.0
    constant = CONSTANT
    for node in order:
        op: Any = node.op
        grad, x, y = node.grad, node._first, node._second
        if y is not None:  # spelt out by arity: twice as fast as one loop for all
            if op.products:  # and without a call for each slope: half of many graphs
                if x.op is not constant:
                    x.grad += grad * y.data
                if y.op is not constant:
                    y.grad += grad * x.data
                continue
            dx, dy = op.partials
            if x.op is not constant:
                x.grad += grad * (dx if dx.__class__ is float else dx(node.data, x.data, y.data))
            if y.op is not constant:
                y.grad += grad * (dy if dy.__class__ is float else dy(node.data, x.data, y.data))
        elif x.__class__ is not tuple:
            if x.op is not constant:
                (dx,) = op.partials
                x.grad += grad * (dx if dx.__class__ is float else dx(node.data, x.data))
        elif grad or not math.isfinite(node.data):  # zero times slopes that are finite adds nothing
            if op.products:
                half = len(x) // 2
                ws, xs = x[:half], x[half:]
                for w, v in zip(ws, xs):
                    if w.op is not constant:
                        w.grad += grad * v.data
                for w, v in zip(ws, xs):
                    if v.op is not constant:
                        v.grad += grad * w.data
                if len(x) % 2 and x[-1].op is not constant:
                    x[-1].grad += grad
                continue
            for each, slope in zip(x, op.slopes(node.data, [each.data for each in x])):
                if each.op is not constant:
                    each.grad += grad * slope
