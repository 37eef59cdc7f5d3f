"""Reverse-mode automatic differentiation of scalars, to be read, stepped through and drawn.

    >>> from autograd import Value, sigmoid
    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> o = sigmoid(w * x)
    >>> o.backward()
    >>> w
    Value(0.5, label="w", grad=0.3932)

Start at `autograd/primitives.py`, the table that everything else reads. This package needs nothing but Python's own library.
"""

from autograd.calculus import (
    derivative_tensor,
    grad,
    gradient,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from autograd.check import check_gradients
from autograd.conversions import LostGradientWarning
from autograd.functions import clip, dot, elu, leaky_relu, log_softmax, logsumexp, mean, prod, softmax
from autograd.functions import sum as sum
from autograd.graph import paths_between
from autograd.modes import AnomalyError, detect_anomaly, no_grad
from autograd.primitives import (
    CONSTANT,
    PRIMITIVES,
    Notation,
    Primitive,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    expm1,
    gelu,
    hypot,
    log,
    log1p,
    log2,
    log10,
    maximum,
    minimum,
    relu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softplus,
    sqrt,
    tan,
    tanh,
)
from autograd.primitives import abs as abs
from autograd.trace import Walk, trace
from autograd.value import Value, label

__version__ = "0.1.0"

__all__ = [  # all but sum and abs: `from autograd import *` leaves Python's own names alone
    "CONSTANT",
    "PRIMITIVES",
    "AnomalyError",
    "LostGradientWarning",
    "Notation",
    "Primitive",
    "Value",
    "Walk",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "check_gradients",
    "clip",
    "cos",
    "cosh",
    "derivative_tensor",
    "detect_anomaly",
    "dot",
    "elu",
    "erf",
    "erfc",
    "exp",
    "expm1",
    "gelu",
    "grad",
    "gradient",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "jvp",
    "label",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "paths_between",
    "prod",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
    "trace",
    "value_and_grad",
    "vjp",
]
