"""Adam and its kin, which go on with a mean of gradients: `Adam`, `AdamW`, `Adamax`, `NAdam`, `RAdam`.

Each is one formula; the names in it are those of optimizer.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nn.optim.optimizer import Rule, State, absolute, div, maximum, sqrt


def means(g: float, state: State, beta1: float, beta2: float) -> tuple[float, float, float]:
    """Adam's t, m and v after one more gradient, as the state holds them from now on."""
    m, v = state.get("exp_avg", 0.0), state.get("exp_avg_sq", 0.0)
    t = state["step"] = state.get("step", 0) + 1
    m = state["exp_avg"] = m + (1.0 - beta1) * (g - m)  # β₁ m + (1 − β₁) g, in torch's order
    v = state["exp_avg_sq"] = beta2 * v + (1.0 - beta2) * g * g
    return t, m, v


@dataclass(eq=False, repr=False)
class WithBetas(Rule):
    """What all of them are made with."""

    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0

    def check(self, settings: Mapping[str, Any]) -> None:
        betas = settings["betas"]
        if not isinstance(betas, tuple) or len(betas) != 2:
            raise ValueError(f"betas are two numbers, such as (0.9, 0.999), not {betas}")


@dataclass(eq=False, repr=False)
class Adam(WithBetas):
    """Adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², w ← w − eta m̂ / (√v̂ + eps), from m = v = 0.

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) make up for the start from 0. With amsgrad, the largest v so far stands for v.

    parameters, lr, weight_decay, maximize, and what is raised: as in Optimizer
    betas: (β₁, β₂), each from 0 on and below 1; how slowly the means of g and g² forget; else ValueError
    eps: 0 or more; it keeps the quotient from growing where gradients are small
    amsgrad: whether steps may only get more careful

    Sources: Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1; Reddi, Kale and Kumar, On the
    convergence of Adam and beyond (2018), for amsgrad.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.Adam([w], lr=0.5)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    Value(1.5, grad=4.0)
    """

    amsgrad: bool = False

    def update(self, w: float, g: float, state: State) -> float:
        beta1, beta2 = self.betas
        t, m, v = means(g, state, beta1, beta2)
        if self.amsgrad:
            v = state["max_exp_avg_sq"] = maximum(state.get("max_exp_avg_sq", 0.0), v)
        start1: float = 1.0 - beta1**t
        start2: float = 1.0 - beta2**t
        return w - div(self.lr / start1 * m, sqrt(v) / math.sqrt(start2) + self.eps)


@dataclass(eq=False, repr=False)
class AdamW(Adam):
    """AdamW: w ← (1 − eta lambda) w, and then Adam's step with the gradient as it is.

    So the decay does not go through the means, and parameters with large gradients decay as much as others.

    parameters, lr, betas, eps, amsgrad, maximize, and what is raised: as in Adam
    weight_decay: lambda, 0 or more

    Source: Loshchilov and Hutter, Decoupled weight decay regularization (2019), algorithm 2.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.AdamW([w], lr=0.5, weight_decay=0.5)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    Value(1.0, grad=4.0)
    """

    weight_decay: float = 1e-2

    def decay(self, w: float, g: float) -> tuple[float, float]:
        return w * (1.0 - self.lr * self.weight_decay), g


@dataclass(eq=False, repr=False)
class Adamax(WithBetas):
    """Adamax: m ← β₁ m + (1 − β₁) g, u ← max(β₂ u, |g| + eps), w ← w − eta m̂ / u, from m = u = 0.

    m̂ = m / (1 − β₁ᵗ). Adam with the largest gradient of late in the place of a root of a mean of squares.

    parameters, lr, weight_decay, maximize, and what is raised: as in Optimizer
    betas: (β₁, β₂), each from 0 on and below 1; how slowly the mean and the maximum forget; else ValueError
    eps: 0 or more; it keeps the quotient from being 0/0

    Source: Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 2.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.Adamax([w], lr=0.5)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    Value(1.5, grad=4.0)
    """

    lr: float = 2e-3

    def update(self, w: float, g: float, state: State) -> float:
        beta1, beta2 = self.betas
        t = state["step"] = state.get("step", 0) + 1
        m = state.get("exp_avg", 0.0)
        m = state["exp_avg"] = m + (1.0 - beta1) * (g - m)
        u = state["exp_inf"] = maximum(beta2 * state.get("exp_inf", 0.0), absolute(g) + self.eps)
        start: float = 1.0 - beta1**t
        return w - div(self.lr / start * m, u)


class _Decoupled(WithBetas):
    """A rule whose weight decay may shrink w itself, as in AdamW, and leave the gradient alone."""

    decoupled_weight_decay: bool

    def decay(self, w: float, g: float) -> tuple[float, float]:
        return (w * (1.0 - self.lr * self.weight_decay), g) if self.decoupled_weight_decay else super().decay(w, g)


@dataclass(eq=False, repr=False)
class NAdam(_Decoupled):
    """NAdam: Adam that looks ahead: w ← w − eta (μ′ m / (1 − μ₁ ⋯ μₜ μ′) + (1 − μ) g / (1 − μ₁ ⋯ μₜ)) / (√v̂ + eps).

    m, v and v̂ are Adam's; μ = β₁ (1 − ½ 0.96^(t ψ)) grows towards β₁, and μ′ is the next one.

    parameters, lr, weight_decay, maximize, and what is raised: as in Optimizer
    betas, eps: as in Adam
    momentum_decay: ψ, 0 or more; how fast μ grows
    decoupled_weight_decay: whether the decay is that of AdamW

    Source: Dozat, Incorporating Nesterov momentum into Adam (2016), algorithm 2.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.NAdam([w], lr=0.5, betas=(0.5, 0.5), momentum_decay=0.0)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    Value(1.4333, grad=4.0)
    """

    lr: float = 2e-3
    momentum_decay: float = 4e-3
    decoupled_weight_decay: bool = False

    def update(self, w: float, g: float, state: State) -> float:
        beta1, beta2 = self.betas
        t, m, v = means(g, state, beta1, beta2)
        mu = beta1 * (1.0 - 0.5 * 0.96 ** (t * self.momentum_decay))
        ahead = beta1 * (1.0 - 0.5 * 0.96 ** ((t + 1) * self.momentum_decay))
        product = state["mu_product"] = state.get("mu_product", 1.0) * mu
        root = sqrt(v / (1.0 - beta2**t)) + self.eps
        now: float = self.lr * (1.0 - mu) / (1.0 - product) * div(g, root)
        later: float = self.lr * ahead / (1.0 - product * ahead) * div(m, root)
        return w - now - later


@dataclass(eq=False, repr=False)
class RAdam(_Decoupled):
    """RAdam: w ← w − eta m̂ at first, and w ← w − eta r m̂ / (√v̂ + eps) as soon as v says something.

    m, m̂, v and v̂ are Adam's, with eps beside √v. v is a mean of about ρₜ = ρ − 2 t β₂ᵗ / (1 − β₂ᵗ) squares, where
    ρ = 2 / (1 − β₂) − 1. Once ρₜ > 5, r = √((ρₜ − 4)(ρₜ − 2) ρ / ((ρ − 4)(ρ − 2) ρₜ)) makes up for how much it varies.

    parameters, lr, weight_decay, maximize, and what is raised: as in Optimizer
    betas, eps: as in Adam
    decoupled_weight_decay: whether the decay is that of AdamW

    Source: Liu et al., On the variance of the adaptive learning rate and beyond (2020), algorithm 2.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.RAdam([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    Value(1.0, grad=4.0)
    """

    decoupled_weight_decay: bool = False

    def update(self, w: float, g: float, state: State) -> float:
        beta1, beta2 = self.betas
        t, m, v = means(g, state, beta1, beta2)
        start1: float = 1.0 - beta1**t
        start2: float = 1.0 - beta2**t
        step: float = m / start1 * self.lr
        most = 2.0 / (1.0 - beta2) - 1.0
        now = most - 2.0 * t * beta2**t / start2
        if now <= 5.0:
            return w - step
        r: float = math.sqrt((now - 4.0) * (now - 2.0) * most / ((most - 4.0) * (most - 2.0) * now))
        return w - step * div(math.sqrt(start2), sqrt(v) + self.eps) * r
