"""`RMSNorm`, `LayerNorm`: numbers of one size, whatever comes in, so that deep nets learn.

    RMSNorm      x_i / r · g_i              r = √(mean of x² + ε)
    LayerNorm    (x_i - m) / s · γ_i + β_i  m = mean of x,  s = √(mean of (x - m)² + ε)

Sources: Zhang and Sennrich, Root mean square layer normalization (2019); Ba, Kiros and Hinton, Layer normalization (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Value, dot, mean, sqrt
from autograd.labels import Names
from nn.arguments import whole
from nn.vectors import VectorModule, as_vector, column, is_rows, named_constant

SMALLEST_STEP = 2.0**-52  # ε where PyTorch takes it from the kind of number


class _Norm(VectorModule):
    """What both have: each vector by itself, and names for what is computed on the way, with its place in a list of them."""

    _drawn_as_layer = True
    eps: float

    def __call__(self, x: Sequence[Any]) -> Any:
        if not is_rows(x):
            return self.vector(as_vector(x, self.width, self))
        names = Names(self._above)
        return [self._normalise(as_vector(row, self.width, self), names, t) for t, row in enumerate(x, start=1)]

    def vector(self, x: list[Value]) -> list[Any]:
        return self._normalise(x, Names(self._above))

    def _normalise(self, x: list[Value], names: Names, *place: int) -> list[Any]:
        """The output for one vector; each norm defines it.

        names: for what is computed on the way; place: its place in a list of vectors, from 1 on, which names have
        """
        raise NotImplementedError

    def epsilon(self) -> Value:
        """ε, a plain number with a name."""
        return named_constant(self.eps, "ε")


class RMSNorm(_Norm):
    """x divided by the root of the mean of its squares, times a gain for each number.

    normalized_shape: how many numbers a vector has
    eps: what is added to the mean of the squares; by default the distance from 1 to the next number, as in PyTorch
    elementwise_affine: whether there are gains, `weight`, which start at 1

    In PyTorch: torch.nn.RMSNorm.

    >>> import nn
    >>> nn.RMSNorm(2), nn.RMSNorm(2)([3.0, 4.0])
    (RMSNorm(2; 2 parameters), [Value(0.8485), Value(1.1314)])
    """

    def __init__(self, normalized_shape: Any, eps: float | None = None, elementwise_affine: bool = True) -> None:
        self.width = _size(normalized_shape)
        self.eps = _tiny(SMALLEST_STEP if eps is None else eps)
        self.weight = column(self.width, lambda: 1.0, "g") if elementwise_affine else None

    def _normalise(self, x: list[Value], names: Names, *place: int) -> list[Any]:
        r = names.give(sqrt(dot(x, x) / len(x) + self.epsilon()), "r", *place)
        y = [each / r * g for each, g in zip(x, self.weight)] if self.weight else [each / r for each in x]
        return names.give(y, "n", *place)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        return f"{self.width}" if self.weight else f"{self.width}, no gain"


class LayerNorm(_Norm):
    """x less its mean, divided by its standard deviation, times a gain, plus a bias for each number.

    normalized_shape: how many numbers a vector has
    eps: what is added to the variance
    elementwise_affine: whether there are gains, `weight`, which start at 1, and biases
    bias: whether there are biases beside them, `bias`, which start at 0

    In PyTorch: torch.nn.LayerNorm.

    >>> import nn
    >>> nn.LayerNorm(2), nn.LayerNorm(2, eps=0.0)([3.0, 7.0])
    (LayerNorm(2; 4 parameters), [Value(-1.0), Value(1.0)])
    """

    def __init__(self, normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True) -> None:
        self.width, self.eps = _size(normalized_shape), _tiny(eps)
        self.weight = column(self.width, lambda: 1.0, "γ") if elementwise_affine else None
        self.bias = column(self.width, lambda: 0.0, "β") if elementwise_affine and bias else None

    def _normalise(self, x: list[Value], names: Names, *place: int) -> list[Any]:
        m = names.give(mean(x), "m", *place)
        apart = names.give([each - m for each in x], "d", *place)
        s = names.give(sqrt(dot(apart, apart) / len(x) + self.epsilon()), "s", *place)
        y = [each / s for each in apart]
        if self.weight:
            y = [each * gain for each, gain in zip(y, self.weight)]
        y = [each + b for each, b in zip(y, self.bias)] if self.bias else y
        return names.give(y, "n", *place)  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        return f"{self.width}{'' if self.weight else ', no gain'}{'' if self.bias else ', no bias'}"


def _size(shape: Any) -> int:
    """A width, bare or alone in a list as PyTorch has it."""
    if isinstance(shape, (list, tuple)):
        if len(shape) != 1:
            raise ValueError(f"a norm is over the numbers of one vector, and {shape!r} has {len(shape)} dimensions")
        (shape,) = shape
    return whole(shape, "the number of numbers in a vector")


def _tiny(eps: Any) -> float:
    if isinstance(eps, bool) or not isinstance(eps, (int, float)) or not 0.0 <= eps < float("inf"):
        raise ValueError(f"eps is a number from 0 on, not {eps!r}")
    return float(eps)
