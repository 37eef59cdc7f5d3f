"""Functions over lists, made of primitives.

On Values they give Values, on plain numbers plain numbers. sum, dot and logsumexp are one node each, however long the list.
"""

from __future__ import annotations

from autograd import primitives as ops
from autograd.interop.conversions import number
from autograd.operation import CONSTANT
from autograd.value import Value, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    Number: TypeAlias = "Value | float"


def sum(xs: Iterable[Number]) -> Number:
    """x1 + ... + xn as a single node; 0.0 of no numbers.

    xs: Values or plain numbers, in a list or any other iterable

    >>> import autograd
    >>> x, y = autograd.Value(1.0), autograd.Value(2.0)
    >>> total = autograd.sum([x, y, y])
    >>> total, autograd.gradient(total, x, y)
    (Value(5.0), [Value(1.0), Value(2.0)])
    """
    return ops.sum_of(*_listed("sum", xs))


def dot(ws: Iterable[Number], xs: Iterable[Number], bias: Number = 0.0) -> Number:
    """w1 x1 + ... + wn xn + bias as a single node, as a neuron's net input is on the page.

    ws, xs: as many numbers or Values in one as in the other
    bias: what is added

    The inputs of the node are w1 ... wn, x1 ... xn and, unless it is the plain number 0, the bias.
    Raises ValueError if ws and xs differ in length.

    >>> from autograd import Value, dot, gradient
    >>> ws, b = [Value(0.5), Value(-1.0)], Value(2.0)
    >>> a = dot(ws, [4.0, 1.0], b)
    >>> a, gradient(a, *ws, b)
    (Value(3.0), [Value(4.0), Value(1.0), Value(1.0)])
    """
    ws = ws if ws.__class__ is list else _listed("dot", ws)
    xs = xs if xs.__class__ is list else _listed("dot", xs)
    if len(ws) != len(xs):
        raise ValueError(f"dot takes as many weights as inputs, got {len(ws)} and {len(xs)}")
    own_bias = () if isinstance(bias, (int, float)) and bias == 0.0 else (bias,)
    try:  # the most used node of a network, spelt out for Values: five times as fast
        total = own_bias[0].data if own_bias else 0.0  # type: ignore[union-attr]
        for w, x in zip(ws, xs):
            total += w.data * x.data
        if ws and total.__class__ is float:
            return record(ops.dot_of, total, (*ws, *xs, *own_bias))
    except (AttributeError, TypeError):
        pass  # there are plain numbers among them, or things with a .data of another kind, such as NumPy's
    return ops.dot_of(*ws, *xs, *own_bias)


def prod(xs: Iterable[Number]) -> Number:
    """x1 x2 ... xn; 1.0 of no numbers. A chain of products, so zeros among them do no harm to the gradient.

    xs: Values or plain numbers, in a list or any other iterable

    >>> from autograd import Value, gradient, prod
    >>> x, y = Value(0.0), Value(3.0)
    >>> prod([x, y]), gradient(prod([x, y]), x, y)
    (Value(0.0), [Value(3.0), Value(0.0)])
    """
    factors = iter(_listed("prod", xs))
    product = next(factors, 1.0)
    for x in factors:
        product = ops.mul(product, x)
    return product


def mean(xs: Iterable[Number]) -> Number:
    """(x1 + ... + xn) / n. Raises ValueError for no numbers.

    xs: Values or plain numbers, in a list or any other iterable

    >>> from autograd import Value, gradient, mean
    >>> x, y = Value(1.0), Value(4.0)
    >>> mean([x, y]), gradient(mean([x, y]), x, y)
    (Value(2.5), [Value(0.5), Value(0.5)])
    """
    xs = _listed("mean", xs)
    if not xs:
        raise ValueError("mean of no numbers: pass at least one")
    return ops.div(ops.sum_of(*xs), float(len(xs)))


def logsumexp(xs: Iterable[Number]) -> Number:
    """log(exp(x1) + ... + exp(xn)) as a single node, never overflowing; -inf of no numbers.

    xs: Values or plain numbers, in a list or any other iterable

    Its slope in x_i is softmax(xs)_i.

    >>> from autograd import Value, gradient, logsumexp
    >>> x, y = Value(1000.0), Value(1000.0)
    >>> logsumexp([x, y]), gradient(logsumexp([x, y]), x, y)
    (Value(1000.6931), [Value(0.5), Value(0.5)])
    """
    return ops.logsumexp_of(*_listed("logsumexp", xs))


def softmax(xs: Iterable[Number]) -> list[Number]:
    """exp(x_i) / (exp(x1) + ... + exp(xn)) for each i, as exp of log_softmax, never overflowing.

    xs: Values or plain numbers, in a list or any other iterable

    >>> from autograd import Value, gradient, softmax
    >>> x, y = Value(0.0), Value(0.0)
    >>> p, q = softmax([x, y])
    >>> p, q, gradient(p, x, y)
    (Value(0.5), Value(0.5), [Value(0.25), Value(-0.25)])
    >>> softmax([1000.0, 0.0])
    [1.0, 0.0]
    """
    return [ops.exp(x) for x in log_softmax(_listed("softmax", xs))]


def log_softmax(xs: Iterable[Number]) -> list[Number]:
    """The logarithm of softmax(xs)_i for each i, without taking one of a number near 0.

    xs: Values or plain numbers, in a list or any other iterable

    Computed as s_i - logsumexp(s) with s = xs - c. Any c gives the same function, and the largest of the numbers, taken as
    a constant, gives it to the last digit.

    >>> from autograd import log_softmax
    >>> log_softmax([1000.0, 0.0])
    [0.0, -1000.0]
    """
    xs = _listed("log_softmax", xs)
    xs = ops.shifted([x if isinstance(x, Value) else number(x) for x in xs])
    total = ops.logsumexp_of(*xs)
    return [ops.sub(x, total) for x in xs]


def select(index: Number, values: Iterable[Number]) -> Number:
    """The item of values that stands at index, counted from 0; its slope is 1 in that item, 0 in the others and in index.

    index: a whole number, or a Value that holds one, such as a token that a program is given
    values: Values or plain numbers, in a list or any other iterable

    A Value as the index makes one node, which looks the item up anew in forward() and in each row of a compiled program,
    and is nan where there is none. A plain number gives the item itself.

    Raises IndexError for an index at which there is no item, ValueError for one that is no whole number.

    In PyTorch: torch.nn.functional.embedding, for a list of numbers.

    >>> from autograd import Value, gradient, select
    >>> token, table = Value(2.0), [Value(0.5), Value(-1.0), Value(3.0)]
    >>> chosen = select(token, table)
    >>> chosen, gradient(chosen, *table)
    (Value(3.0), [Value(0.0), Value(0.0), Value(1.0)])
    >>> token.data = 1.0
    >>> chosen.forward()
    -1.0
    """
    xs = _listed("select", values)
    at = index.data if isinstance(index, Value) else number(index)
    if at != at // 1.0:  # neither a fraction, nor infinite, nor nan
        raise ValueError(f"select takes a whole number for its index, not {at!r}")
    if not 0.0 <= at < len(xs):
        counted = f"the items are {len(xs)}, counted from 0 to {len(xs) - 1}" if xs else "there are no items"
        raise IndexError(f"select has no item {at:.0f}: {counted}")
    if isinstance(index, Value) and index.op is not CONSTANT:
        return ops.select_of(index, *xs)
    item = xs[int(at)]
    return item if isinstance(item, Value) else number(item)


def _listed(name: str, xs: Any) -> list[Number]:
    if hasattr(xs, "__iter__") and not isinstance(xs, str):
        return list(xs)
    raise TypeError(f"{name} takes a list of numbers, as in {name}([x1, x2]), not {xs!r}")
