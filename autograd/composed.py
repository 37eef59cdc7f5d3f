"""Functions of numbers: formulas made of operations, and operations with what they take where nothing is said.

Each takes Values and plain numbers, and is a method of Value, too.
"""

from __future__ import annotations

import math

from autograd import primitives as ops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from autograd.value import Value

    X = TypeVar("X", "Value", float, "Value | float")

ROOT_2_OVER_PI = math.sqrt(2.0 / math.pi)


def leaky_relu(x: X, negative_slope: X | float = 0.01) -> X:
    """x above 0, else negative_slope * x; its slope at 0 is negative_slope, as in torch.

    x: a Value or a number
    negative_slope: the slope below 0

    In PyTorch: torch.nn.functional.leaky_relu.

    >>> from autograd import Value, gradient, leaky_relu
    >>> x = Value(-2.0)
    >>> leaky_relu(x, 0.25), gradient(leaky_relu(x, 0.25), x)
    (Value(-0.5), [Value(0.25)])
    >>> leaky_relu(3.0)
    3.0
    """
    return ops.leaky_relu(x, negative_slope)


def elu(x: X, alpha: X | float = 1.0) -> X:
    """x above 0, else alpha * (exp(x) - 1); its slope at 0 is alpha, as in torch.

    x: a Value or a number
    alpha: how far below 0 it goes, at most

    In PyTorch: torch.nn.functional.elu.

    >>> from autograd import Value, elu, gradient
    >>> x = Value(-1.0)
    >>> elu(x), gradient(elu(x), x)
    (Value(-0.6321), [Value(0.3679)])
    >>> gradient(elu(y := Value(0.0), alpha=2.0), y)
    [Value(2.0)]
    """
    return ops.elu(x, alpha)


def clip(x: X, low: X | float = -math.inf, high: X | float = math.inf) -> X:
    """x, not below low and not above high; its slope at a bound is 1, as in torch, where it is called clamp.

    x: a Value or a number
    low, high: the bounds, Values or numbers; none where they are left out

    >>> from autograd import Value, clip, gradient
    >>> x = Value(3.0)
    >>> clip(x, 0.0, 2.0), gradient(clip(x, 0.0, 2.0), x)
    (Value(2.0), [Value(0.0)])
    >>> gradient(clip(x, 0.0, 3.0), x)
    [Value(1.0)]
    """
    return ops.clip(x, low, high)


def logaddexp(x: X, y: X | float) -> X:
    """log(exp(x) + exp(y)), never overflowing: logsumexp of two.

    x, y: Values or plain numbers

    >>> from autograd import Value, gradient, logaddexp
    >>> x = Value(1000.0)
    >>> logaddexp(x, 1000.0), gradient(logaddexp(x, 1000.0), x)
    (Value(1000.6931), [Value(0.5)])
    """
    return ops.logsumexp_of(x, y)


def exp2(x: X) -> X:
    """2 to the power x; inf where that is beyond all floats, from x = 1024 on.

    x: a Value or a number

    >>> from autograd import Value, exp2, gradient
    >>> x = Value(3.0)
    >>> exp2(x), gradient(exp2(x), x), exp2(-1)
    (Value(8.0), [Value(5.5452)], 0.5)
    """
    return ops.pow(2.0, x)


def logsigmoid(x: X) -> X:
    """The logarithm of sigmoid(x), without one of a number near 0: -softplus(-x).

    x: a Value or a number

    In PyTorch: torch.nn.functional.logsigmoid.

    >>> from autograd import Value, gradient, logsigmoid
    >>> x = Value(-1000.0)
    >>> logsigmoid(x), gradient(logsigmoid(x), x), round(logsigmoid(0.0), 4)
    (Value(-1000.0), [Value(1.0)], -0.6931)
    """
    return ops.neg(ops.softplus(ops.neg(x)))


def gelu(x: X, approximate: str = "none") -> X:
    """x times the normal distribution function of x (Hendrycks and Gimpel 2016).

    x: a Value or a number
    approximate: "none" for that function itself, or "tanh" for 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))), as GPT-2 has it

    In PyTorch: torch.nn.functional.gelu.

    Raises ValueError for another approximation.

    >>> from autograd import Value, gelu, gradient
    >>> x = Value(1.0)
    >>> gelu(x), gradient(gelu(x), x), gelu(x, approximate="tanh")
    (Value(0.8413), [Value(1.0833)], Value(0.8412))
    """
    if approximate == "none":
        return ops.gelu(x)
    if approximate != "tanh":
        raise ValueError(f"approximate is 'none' or 'tanh', not {approximate!r}")
    inner = ops.mul(2.0 * ROOT_2_OVER_PI, ops.add(x, ops.mul(0.044715, ops.pow(x, 3.0))))
    return ops.mul(x, ops.sigmoid(inner))  # (1 + tanh(u))/2 is σ(2u), which keeps its digits


def ceil(x: X) -> X:
    """The smallest whole number that is not below x: -floor(-x); its slope is 0 everywhere (as in torch).

    x: a Value or a number

    >>> from autograd import Value, ceil
    >>> ceil(Value(2.1)), ceil(-2.1)
    (Value(3.0), -2.0)
    """
    return ops.neg(ops.floor(ops.neg(x)))


def trunc(x: X) -> X:
    """x without what stands behind its point: floor(x) above 0, ceil(x) below; its slope is 0 everywhere (as in torch).

    x: a Value or a number

    >>> from autograd import Value, trunc
    >>> trunc(Value(2.9)), trunc(-2.9)
    (Value(2.0), -2.0)
    """
    return ops.sub(ops.floor(ops.relu(x)), ops.floor(ops.relu(ops.neg(x))))


def round(x: X, digits: int = 0) -> X:
    """x to so many digits behind the point, of two the even one; its slope is 0 everywhere (as in torch).

    x: a Value or a number
    digits: how many; -2 for hundreds

    It is round(x · 10ⁿ) / 10ⁿ for n digits, as torch.round has it. Python's own round(x, digits) of a Value gives the same.

    >>> import autograd
    >>> autograd.round(autograd.Value(2.5)), autograd.round(3.14159, 2), round(autograd.Value(1234.5), -2)
    (Value(2.0), 3.14, Value(1200.0))
    """
    if digits == 0:
        return ops.round(x)
    power = 10.0 ** abs(digits)
    return ops.div(ops.round(ops.mul(x, power)), power) if digits > 0 else ops.mul(ops.round(ops.div(x, power)), power)
