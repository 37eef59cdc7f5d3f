"""The table's operations over arrays, for any library with the functions of the array API standard: NumPy, JAX, PyTorch.

Stable forms stay stable: no sigmoid overflows, no logsumexp. What a library lacks, and operations that a user has added, are
worked out number by number by their row of the table: right, and slow; that takes NumPy, or arrays that turn into its.

The slopes of sigmoid and tanh are computed from their outputs, z(1 − z) and 1 − z², as by hand: where these are saturated
they are right to 1e-16, which is not every digit of a number that small.
"""

from __future__ import annotations

import math

from autograd.primitives import PRIMITIVES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ROOT_HALF = math.sqrt(0.5)
OTHER_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"}
OTHER_NAMES |= {"asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}
OWN = (
    "exp expm1 log log2 log10 log1p sqrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh hypot abs".split()
)


def array_functions(xp: Any, special: Any = None) -> dict[str, Callable[..., Any]]:
    """Every operation of the table by name, over arrays.

    xp: the library's namespace; special: where it has erf and erfc, if anywhere
    """
    found: dict[str, Callable[..., Any]] = {name: _by_number(name) for name in PRIMITIVES}
    for name in OWN:
        found[name] = getattr(xp, name, None) or getattr(xp, OTHER_NAMES.get(name, name))
    for name in ("erf", "erfc"):
        found[name] = getattr(special, name, found[name])
    where, exp, absolute, erfc = xp.where, xp.exp, xp.abs, found["erfc"]

    def maximum(x: Any, y: Any) -> Any:
        return where((x >= y) | xp.isnan(x), x, y)

    def minimum(x: Any, y: Any) -> Any:
        return where((x <= y) | xp.isnan(x), x, y)

    def sign(x: Any) -> Any:
        return where(x > 0.0, 1.0, where(x < 0.0, -1.0, 0.0 * x))

    def sigmoid(x: Any) -> Any:
        e = exp(-absolute(x))
        return where(x >= 0.0, 1.0, e) / (1.0 + e)

    def silu(x: Any) -> Any:
        half = exp(-0.5 * absolute(x))
        below = x * half / (1.0 + half * half) * half
        return where(x >= 0.0, x / (1.0 + half * half), below)

    def silu_bend(x: Any) -> Any:
        half = exp(-0.5 * absolute(x))
        return x * half / (1.0 + half * half) ** 2 * half

    def logsumexp(x: Any, *others: Any) -> Any:
        """Along the rows of one array; or of several, element by element."""
        top = x.max(axis=0, keepdims=True) if not others and hasattr(x, "ndim") and xp.__name__ != "torch" else None
        if top is None:
            top = x.amax(0, keepdim=True) if not others else x
            for other in others:
                top = maximum(top, other)
        top = where(absolute(top) == math.inf, 0.0, top)
        total = exp(x - top).sum(0)[None] if not others else exp(x - top)
        for other in others:
            total = total + exp(other - top)
        return top + found["log"](total)

    def cbrt(x: Any) -> Any:
        return sign(x) * absolute(x) ** (1.0 / 3.0)

    found |= {
        "maximum": maximum, "minimum": minimum, "sign": sign, "sigmoid": sigmoid, "silu": silu, "silu_bend": silu_bend,
        "logsumexp": logsumexp, "cbrt": getattr(xp, "cbrt", cbrt), "pow": lambda x, y: x**y,
        "greater": lambda x, y: where(x > y, 1.0, where(x <= y, 0.0, math.nan)),
        "relu": lambda x: where(x <= 0.0, 0.0, x), "leaky_relu": lambda x, slope: where(x > 0.0, x, slope * x),
        "elu": lambda x, alpha: where(x > 0.0, x, alpha * found["expm1"](minimum(x, 0.0))),
        "gelu": lambda x: x * (0.5 * erfc(x * -ROOT_HALF)), "clip": lambda x, low, high: minimum(maximum(x, low), high),
        "softplus": lambda x: where(x > 0.0, x, 0.0) + found["log1p"](exp(-absolute(x))),
        "sigmoid_slope": lambda z: z * (1.0 - z), "tanh_slope": lambda z: 1.0 - z * z,
        "one_minus_square": lambda x: (1.0 - x) * (1.0 + x), "sum": xp.sum,
    }  # fmt: skip
    if xp.__name__ == "torch":
        return {name: function if name == "sum" else _of_tensors(xp, name, function) for name, function in found.items()}
    return found


def _of_tensors(torch: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose plain numbers become tensors, as PyTorch asks; by way of NumPy where it goes number by number."""
    by_number = getattr(function, "by_number", False)

    def called(*xs: Any) -> Any:
        like = next((x for x in xs if isinstance(x, torch.Tensor)), torch.zeros((), dtype=torch.float64))
        tensors = [torch.as_tensor(x, dtype=like.dtype, device=like.device) for x in xs]
        if not by_number:
            return function(*tensors).to(like.dtype)  # where() of plain numbers gives 32 bits
        if torch.is_grad_enabled() and any(x.requires_grad for x in tensors):
            raise TypeError(f"PyTorch has no {name}, and cannot differentiate it: use the program's own gradient")
        found = function(*(x.detach().cpu().numpy() for x in tensors))
        return torch.as_tensor(found, dtype=like.dtype, device=like.device)

    return called


def _by_number(name: str) -> Callable[..., Any]:
    """An operation of the table, number by number."""

    def slowly(*xs: Any) -> Any:
        import numpy as np

        return np.vectorize(PRIMITIVES[name].value, otypes=[float])(*xs)

    slowly.by_number = True  # type: ignore[attr-defined]
    return slowly
