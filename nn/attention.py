"""`Attention`, `Block`: each place of a text looks at the others, and takes from them what it looks for.

For the vector x_t at place t, and each place s that it may look at,

    q_t = Q x_t    k_s = K x_s    v_s = V x_s          what is looked for; what is there; what is handed over
    α_ts = softmax over s of q_t·k_s / √d              how much t attends to s
    o_t = O (Σ_s α_ts v_s)

With several heads the numbers of q, k and v are parted into as many groups of d, each with an α of its own. Causal attention
looks at itself and what is before, so that a text can be written letter by letter.

Source: Vaswani et al., Attention is all you need (2017); norms first, as in Radford et al., Language models are unsupervised
multitask learners (2019).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from autograd import Value, dot, softmax
from autograd.labels import Names
from nn.arguments import counted, generator, whole
from nn.linear import Dropout, Linear, Sequential
from nn.module import Module
from nn.normalisation import LayerNorm, RMSNorm
from nn.vectors import as_vectors, named_constant, tell_apart


class Attention(Module):
    """A list of vectors becomes a list of vectors, each a mixture of what all of them hand over.

    embed_dim: how many numbers a vector has
    num_heads: how many mixtures are made side by side, of embed_dim / num_heads numbers each
    bias: whether the four linear maps have biases
    causal: whether each place looks at itself and what is before, and not at what comes
    seed: a number that makes the parameters repeatable

    `query`, `key`, `value` and `output` are the linear maps Q, K, V and O. `attend` gives the weights α.

    Raises ValueError for a number of heads that does not divide the width, and for vectors of another width.

    In PyTorch: torch.nn.MultiheadAttention, with its causal mask.

    >>> import nn
    >>> attention = nn.Attention(4, 2, seed=0)
    >>> attention
    Attention(4, 2 heads, causal; 80 parameters)
    >>> len(attention([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8], [0.9, 1.0, 1.1, 1.2]]))
    3
    """

    _drawn_as_layer = True

    def __init__(
        self, embed_dim: int, num_heads: int = 1, bias: bool = True, *, causal: bool = True, seed: Any = None
    ) -> None:
        self.width, self.heads, self.causal = (
            whole(embed_dim, "the number of numbers in a vector"),
            whole(num_heads, "the number of heads"),
            causal,
        )
        if self.width % self.heads:
            raise ValueError(
                f"{self.width} numbers cannot be parted among {self.heads} heads: take a number that divides them"
            )
        rng = generator(seed)
        self.query, self.key, self.value, self.output = (
            Linear(embed_dim, embed_dim, bias, seed=rng, _letters=(letter, f"b^{letter.lower()}")) for letter in "QKVO"
        )

    def __call__(self, x: Sequence[Sequence[Any]]) -> list[list[Any]]:
        x = as_vectors(x, self.width, self)
        names = Names(self._above)
        v = self._by_head(names, self.value(x), "v")
        shares = self._attend(x, names)
        mixed = []
        for t in range(len(x)):
            mixture: list[Any] = []
            for head, vs in enumerate(v):
                mixture += [dot(shares[head][t], list(column)) for column in zip(*vs[: self._seen(t, len(x))])]
            mixed.append(mixture)
        output = self.output(names.give(mixed, "c"))
        return names.give(output, "o")  # type: ignore[no-any-return]

    def attend(self, x: Sequence[Sequence[Any]]) -> list[list[list[Any]]]:
        """How much each place attends to each: for each head, for each place, a share for every place that it looks at.

        x: the vectors

        >>> import nn
        >>> shares = nn.Attention(2, seed=0).attend([[1.0, 0.0], [0.0, 1.0]])
        >>> [[round(share.data, 4) for share in row] for row in shares[0]]
        [[1.0], [0.5582, 0.4418]]
        """
        return self._attend(as_vectors(x, self.width, self), Names(self._above))

    def _attend(self, x: list[list[Value]], names: Names) -> list[list[list[Any]]]:
        q, k = self._by_head(names, self.query(x), "q"), self._by_head(names, self.key(x), "k")
        n, d = len(x), self.width // self.heads
        shares = []
        for head, (qs, ks) in enumerate(zip(q, k), start=1):
            place = (head,) if self.heads > 1 else ()
            roots = [named_constant(math.sqrt(d), f"√{d}" if d > 1 else "") for _ in range(n)]
            scores = [[dot(qs[t], ks[s]) / roots[t] for s in range(self._seen(t, n))] for t in range(n)]
            names.give(scores, "z", *place)
            shares.append(names.give([softmax(row) for row in scores], "α", *place))
        if (seen := _watched.get()) is not None:
            seen.append((self, shares))
        return shares

    def _by_head(self, names: Names, rows: list[list[Any]], letter: str) -> list[list[list[Any]]]:
        """Vectors in the groups of numbers that the heads have: for each head, for each place; with their names."""
        d = self.width // self.heads
        parted = [[row[i : i + d] for row in rows] for i in range(0, self.width, d)]
        for head, part in enumerate(parted, start=1):
            names.give(part, letter, *((head,) if self.heads > 1 else ()))
        return parted

    def _seen(self, t: int, n: int) -> int:
        """How many of n places the one at t looks at."""
        return t + 1 if self.causal else n

    def extra_repr(self) -> str:
        return f"{self.width}, {counted(self.heads, 'head')}{', causal' * self.causal}"


_watched: ContextVar[list[tuple[Attention, Any]] | None] = ContextVar("_watched", default=None)


@contextmanager
def watch_attention() -> Iterator[list[tuple[Attention, Any]]]:
    """In this block every call of an Attention writes down itself and its weights α, as `attend` gives them."""
    seen: list[tuple[Attention, Any]] = []
    before = _watched.set(seen)
    try:
        yield seen
    finally:
        _watched.reset(before)


NORMS: dict[str, Callable[[int], Module]] = {
    "rms": lambda width: RMSNorm(width, eps=1e-5),
    "rms without gain": lambda width: RMSNorm(width, eps=1e-5, elementwise_affine=False),
    "layer": LayerNorm,
}


def make_norm(name: str, width: int) -> Module:
    """The norm of a name, for so many numbers. Raises ValueError for a name that there is not."""
    if name not in NORMS:
        raise ValueError(f"norm is one of {', '.join(map(repr, NORMS))}, not {name!r}")
    return NORMS[name](width)


class Block(Module):
    """Attention, then a net of two layers at each place; both add to what comes in, and are given it normalised.

        x ← x + attention(norm(x))        x ← x + mlp(norm(x))

    embed_dim, num_heads, bias, causal, seed: as for Attention; bias holds for all linear maps
    dim_feedforward: how many numbers the net has in between, four times the width by default
    activation: what stands between its layers: a name, or a function of one Value
    norm: "rms", "rms without gain" or "layer"
    dropout: the probability with which a number that is to be added is left out in training

    In PyTorch: torch.nn.TransformerEncoderLayer with norm_first=True, where norm="layer".

    >>> import nn
    >>> nn.Block(4, 2, seed=0)
    Block(4, 2 heads, relu; 200 parameters)
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int = 1,
        bias: bool = False,
        *,
        dim_feedforward: int | None = None,
        activation: str | Callable[[Value], Value] = "relu",
        norm: str = "rms",
        causal: bool = True,
        dropout: float = 0.0,
        seed: Any = None,
    ) -> None:
        rng = generator(seed)
        hidden = 4 * embed_dim if dim_feedforward is None else dim_feedforward
        self.norm_1 = make_norm(norm, embed_dim)
        self.attention = Attention(embed_dim, num_heads, bias, causal=causal, seed=rng)
        self.norm_2 = make_norm(norm, embed_dim)
        self.mlp = Sequential(
            Linear(embed_dim, hidden, bias, seed=rng), activation, Linear(hidden, embed_dim, bias, seed=rng)
        )
        self.mlp._results = "ahf"
        self.dropout = Dropout(dropout, seed=rng)
        self._activation = activation if isinstance(activation, str) else getattr(activation, "name", "function")
        tell_apart(self)

    def __call__(self, x: Sequence[Sequence[Any]]) -> list[list[Any]]:
        names = Names(self._above)
        u = names.give(_sum(x, self.dropout(self.attention(self.norm_1(x)))), "u")
        return names.give(_sum(u, self.dropout(self.mlp(self.norm_2(u)))), "y")  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        return f"{self.attention.width}, {counted(self.attention.heads, 'head')}, {self._activation}"


def _sum(x: Sequence[Sequence[Any]], y: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [[a + b for a, b in zip(row, more)] for row, more in zip(x, y)]
