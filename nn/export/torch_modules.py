"""What PyTorch has no module for, as one would write it there: attention, a block, a GPT.

This file needs PyTorch alone. Whoever leaves takes it along, with `torch.save(model.state_dict(), ...)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import Embedding, Linear, Module, ModuleList


class Attention(Module):
    """Each place takes from those that it looks at; (…, places, width) → (…, places, width).

    query, key, value, output: its linear maps
    heads: how many mixtures are made side by side
    causal: whether a place looks at itself and what is before alone
    """

    def __init__(self, query: Linear, key: Linear, value: Linear, output: Linear, *, heads: int, causal: bool) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = query, key, value, output
        self.heads, self.causal = heads, causal

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (each(x).unflatten(-1, (self.heads, -1)).transpose(-2, -3) for each in (self.query, self.key, self.value))
        mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.output(mixed.transpose(-2, -3).flatten(-2))  # type: ignore[no-any-return]

    def extra_repr(self) -> str:
        return f"heads={self.heads}, causal={self.causal}"


class Block(Module):
    """Attention, then a net at each place; both add to what comes in, and are given it normalised.

    norm_1, attention, norm_2, mlp, dropout: what it is made of
    """

    def __init__(self, norm_1: Module, attention: Module, norm_2: Module, mlp: Module, dropout: Module) -> None:
        super().__init__()
        self.norm_1, self.attention, self.norm_2, self.mlp, self.dropout = norm_1, attention, norm_2, mlp, dropout

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.dropout(self.attention(self.norm_1(x)))
        return x + self.dropout(self.mlp(self.norm_2(x)))  # type: ignore[no-any-return]


class GPT(Module):
    """Scores for the next token at each place; tokens (…, places) → (…, places, tokens).

    tokens, places, norm, blocks, head: what it is made of
    """

    def __init__(self, tokens: Embedding, places: Embedding, norm: Module, blocks: ModuleList, head: Linear) -> None:
        super().__init__()
        self.tokens, self.places, self.norm, self.blocks, self.head = tokens, places, norm, blocks, head

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.norm(self.tokens(tokens) + self.places.weight[: tokens.shape[-1]])
        for block in self.blocks:
            x = block(x)
        return self.head(x)  # type: ignore[no-any-return]


class Holder(Module):
    """Parameters and modules under their names; what they do together, another module says.

    inner: modules by name
    """

    def __init__(self, inner: Mapping[str, Module]) -> None:
        super().__init__()
        for name, module in inner.items():
            self.add_module(name, module)


class Recorded(Holder):
    """A module whose forward was recorded for one row: (…, *shape of a row) → (…, *shape of its output).

    inner: modules by name
    compute: what was recorded, of a vector of all parameters, and of rows
    names: the parameters in the order in which that vector has them
    row, output: the shapes
    """

    def __init__(
        self,
        inner: Mapping[str, Module],
        compute: Callable[[Tensor, Tensor], Tensor],
        names: Sequence[str],
        row: tuple[int, ...],
        output: tuple[int, ...],
    ) -> None:
        super().__init__(inner)
        self._compute, self._names, self._row, self._output = compute, names, row, output

    def forward(self, x: Tensor) -> Tensor:
        theta = torch.cat([self.get_parameter(name).flatten() for name in self._names])
        rows = x.reshape(-1, math.prod(self._row))
        return self._compute(theta, rows).reshape(x.shape[: x.ndim - len(self._row)] + self._output)
