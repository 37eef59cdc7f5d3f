"""The table's operations over arrays, for any library with the functions of the array API standard: NumPy, JAX, PyTorch.

The functions are written in NumPy's words. `array_functions` gives them with np meaning another library, and the script of a
program (script.py) shows them as they stand. Stable forms stay stable: no sigmoid overflows, no logsumexp. What
a library lacks, and operations that a user has added, are worked out number by number by their row of the table: right, and
slow; by way of NumPy, to which JAX calls back from what it has compiled.

The slopes of sigmoid and tanh are computed from their outputs, z(1 − z) and 1 − z², as by hand: where these are saturated
they are right to 1e-16, which is not every digit of a number that small.
"""

# ruff: noqa: F821  (np and erfc are given by array_functions)

from __future__ import annotations

import builtins
from functools import lru_cache
from types import FunctionType

from autograd.operation import PRIMITIVES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    np: Any
    erfc: Callable[..., Any]

OTHER_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"}
OTHER_NAMES |= {"asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "mod": "remainder"}
OF_THE_LIBRARY = "exp expm1 log log2 log10 log1p sqrt sin cos tan asin acos atan atan2 sinh cosh tanh".split()
OF_THE_LIBRARY += "asinh acosh atanh hypot abs sum floor floor_divide mod round".split()
NO_SLOPES = "{} has no {}, and cannot differentiate it: use the program's own gradient"
CALLED = ("maximum", "minimum", "sign", "erfc", "largest")  # by functions here


def maximum(x: Any, y: Any) -> Any:
    return np.where((x >= y) | np.isnan(x), x, y)


def minimum(x: Any, y: Any) -> Any:
    return np.where((x <= y) | np.isnan(x), x, y)


def greater(x: Any, y: Any) -> Any:
    return np.where(x > y, 1.0, np.where(x <= y, 0.0, x - y))


def equal(x: Any, y: Any) -> Any:
    return np.where(x == y, 1.0, np.where((x < y) | (x > y), 0.0, x - y))


def select(index: Any, *xs: Any) -> Any:
    found = index * np.nan
    for k, x in enumerate(xs):
        found = np.where(index == k, x, found)
    return found


def sign(x: Any) -> Any:
    return np.where(x > 0.0, 1.0, np.where(x < 0.0, -1.0, 0.0 * x))


def clip(x: Any, low: Any, high: Any) -> Any:
    return minimum(maximum(x, low), high)


def pow(x: Any, y: Any) -> Any:
    return x**y


def cbrt(x: Any) -> Any:
    return sign(x) * abs(x) ** (1.0 / 3.0)


def one_minus_square(x: Any) -> Any:
    return (1.0 - x) * (1.0 + x)


def relu(x: Any) -> Any:
    return np.where(x <= 0.0, 0.0, x)


def leaky_relu(x: Any, slope: Any) -> Any:
    return np.where(x > 0.0, x, slope * x)


def elu(x: Any, alpha: Any) -> Any:
    return np.where(x > 0.0, x, alpha * np.expm1(minimum(x, 0.0)))


def softplus(x: Any) -> Any:
    return np.where(x > 0.0, x, 0.0) + np.log1p(np.exp(-abs(x)))


def gelu(x: Any) -> Any:
    return x * (0.5 * erfc(x * -(0.5**0.5)))


def sigmoid(x: Any) -> Any:
    e = np.exp(-abs(x))
    return np.where(x >= 0.0, 1.0, e) / (1.0 + e)


def sigmoid_slope(z: Any) -> Any:
    return z * (1.0 - z)


def tanh_slope(z: Any) -> Any:
    return 1.0 - z * z


def softsign(x: Any) -> Any:
    return np.where(abs(x) < np.inf, x / (1.0 + abs(x)), sign(x))


def sinc(x: Any) -> Any:
    near = np.round(x)
    sine = np.sin(np.pi * (x - near)) * (1.0 - 2.0 * abs(near - 2.0 * np.floor(0.5 * near)))
    return np.where(x == 0.0, 1.0, np.where(abs(x) == np.inf, 0.0, sine / np.pi / np.where(x == 0.0, 1.0, x)))


def silu(x: Any) -> Any:
    half = np.exp(-0.5 * abs(x))
    below = x * half / (1.0 + half * half) * half
    return np.where(x >= 0.0, x / (1.0 + half * half), below)


def silu_bend(x: Any) -> Any:
    half = np.exp(-0.5 * abs(x))
    return x * half / (1.0 + half * half) ** 2 * half


def largest(*xs: Any) -> Any:
    one = len(xs) == 1  # along the rows of one array; of several, element by element
    top = np.amax(xs[0] if one else np.stack(np.broadcast_arrays(*xs)), axis=0, keepdims=one)
    return np.where(abs(top) == np.inf, 0.0, top)


def logsumexp(*xs: Any) -> Any:
    one, top = len(xs) == 1, largest(*xs)
    x = xs[0] if one else np.stack(np.broadcast_arrays(*xs))
    return top + np.log(np.sum(np.exp(x - top), axis=0, keepdims=one))


def gaussian(x: Any, n: Any) -> Any:
    inside = np.where(abs(x) < 30.0, x, 0.0)
    near = np.round(inside * 2.0**20) / 2.0**20
    g = np.exp(-near * near) * np.exp(-(inside - near) * (inside + near))
    before, hermite = 0.0 * g, 0.0 * g + 1.0
    for k in range(int(n)):
        before, hermite = hermite, 2.0 * inside * hermite - 2.0 * k * before
    return np.where(abs(x) < 30.0, (-1.0) ** int(n) * hermite * g, np.where(np.isnan(x), x, 0.0))


def power_slope(x: Any, y: Any, i: Any, j: Any) -> Any:
    factors = {int(j): 1.0}  # of x^(y - i) log(x)^k, by k
    for m in range(int(i)):
        found: Any = {}
        for k, c in factors.items():
            found[k] = found.get(k, 0.0) + c * (y - m)
            if k:
                found[k - 1] = found.get(k - 1, 0.0) + c * k
        factors = found
    power, total = x ** (y - i), 0.0
    for k, c in factors.items():
        term = c * power * np.log(x) ** k if k else c * power
        total = total + np.where((c == 0.0) | ((x == 0.0) & (y >= i) & (k > 0)), 0.0, term)
    return total


def ray(x: Any, y: Any, k: Any, i: Any, j: Any) -> Any:
    terms, n = {(1, 0): 1.0}, int(k)  # the sum of c x^a y^b, over r^n
    for in_x in [True] * int(i) + [False] * int(j):
        found: Any = {}
        for (a, b), c in terms.items():
            power, up, down = (a, (a + 1, b), (a - 1, b + 2)) if in_x else (b, (a, b + 1), (a + 2, b - 1))
            for key, times in ((up, power - n), (down, power)):
                found[key] = found.get(key, 0.0) + times * c
        terms, n = {key: c for key, c in found.items() if c}, n + 2
    r = np.hypot(x, y)
    length = np.where(r == 0.0, 1.0, r)
    cosine, sine, total = x / length, y / length, 0.0
    for (a, b), c in terms.items():
        total = total + c * cosine**a * sine**b
    for _ in range(int(k) - 1 + int(i) + int(j)):
        total = total / length
    return np.where(r == 0.0, 0.0, total)


DEFINITIONS = {name: function for name, function in globals().items() if isinstance(function, FunctionType)}


def array_functions(xp: Any, special: Any = None) -> dict[str, Callable[..., Any]]:
    """Every operation of the table by name, over arrays.

    xp: the library's namespace; special: where it has erf and erfc, if anywhere
    """
    return dict(_functions(xp, special, tuple(PRIMITIVES)))


@lru_cache(maxsize=8)  # functions that call each other are a circle: one for each library, and none for each call
def _functions(xp: Any, special: Any, names: tuple[str, ...]) -> dict[str, Callable[..., Any]]:
    found: dict[str, Any] = {name: _by_number(name) for name in names}
    space: dict[str, Any] = {"np": _Torch(xp) if xp.__name__ == "torch" else xp}
    space["__builtins__"] = builtins  # PyTorch, where it loads a part of itself late, looks for them in its caller
    for name, function in DEFINITIONS.items():
        found[name] = FunctionType(function.__code__, space, name)
    for name in (*OF_THE_LIBRARY, "cbrt"):
        found[name] = getattr(xp, name, None) or getattr(xp, OTHER_NAMES.get(name, name), found.get(name))
    for name in ("erf", "erfc"):
        found[name] = getattr(special, name, found[name])
    if xp.__name__ == "torch":
        found = {name: function if name == "sum" else _of_tensors(xp, name, function) for name, function in found.items()}
    if xp.__name__ == "jax.numpy":
        found = {name: _called_back(name, f) if hasattr(f, "by_number") else f for name, f in found.items()}
    space |= {name: found[name] for name in CALLED}
    return found


class _Torch:
    """PyTorch, with the one function that has another name there."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.torch, {"broadcast_arrays": "broadcast_tensors"}.get(name, name))


def _of_tensors(torch: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose plain numbers become tensors, as PyTorch asks; by way of NumPy where it goes number by number."""
    by_number = getattr(function, "by_number", False)

    def called(*xs: Any) -> Any:
        like = next((x for x in xs if isinstance(x, torch.Tensor)), torch.zeros((), dtype=torch.float64))
        tensors = [torch.as_tensor(x, dtype=like.dtype, device=like.device) for x in xs]
        if not by_number:
            return function(*tensors).to(like.dtype)  # where() of plain numbers gives 32 bits
        if torch.is_grad_enabled() and any(x.requires_grad for x in tensors):
            raise TypeError(NO_SLOPES.format("PyTorch", name))
        found = function(*(x.detach().cpu().numpy() for x in tensors))
        return torch.as_tensor(found, dtype=like.dtype, device=like.device)

    return called


def _called_back(name: str, by_number: Callable[..., Any]) -> Callable[..., Any]:
    """The same for JAX, which knows arrays by their shapes alone while it compiles."""
    import jax

    @jax.custom_jvp
    def called(*xs: Any) -> Any:
        like = jax.numpy.result_type(*xs)
        shape = jax.eval_shape(lambda *each: sum(each).astype(like), *xs)
        return jax.pure_callback(lambda *each: by_number(*each).astype(like), shape, *xs, vmap_method="broadcast_all")

    @called.defjvp
    def _(*_: Any) -> Any:
        raise TypeError(NO_SLOPES.format("JAX", name))

    return called


def _by_number(name: str) -> Callable[..., Any]:
    """An operation of the table, number by number."""

    def slowly(*xs: Any) -> Any:
        import numpy as np

        op = PRIMITIVES[name]
        return np.vectorize(op.value if op.arity else lambda *each: op.value(each), otypes=[float])(*xs)

    slowly.by_number = True  # type: ignore[attr-defined]
    return slowly
