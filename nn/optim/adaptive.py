"""More optimisers with a rate of its own for each parameter: `Adadelta`, `Adamax`, `NAdam`, `RAdam`.

Each is one formula, as those of optimizers.py, whose names stand there; order of arithmetic and defaults are torch's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from functools import partial

from autograd import Value
from autograd.primitives import abs as abs_of
from nn.optim.optimizers import OPTIMIZERS, Adam, Optimizer, State, div, for_arrays_too, maximum, means, sqrt

absolute = partial(for_arrays_too, abs_of, "abs")


@dataclass(eq=False, repr=False)
class Adadelta(Optimizer):
    """Adadelta: v ← rho v + (1 − rho) g², d = g √(u + eps) / √(v + eps), u ← rho u + (1 − rho) d², w ← w − eta d.

    Both means begin at 0. A step is as large as steps were of late, over what gradients were; so it has the unit of w, and
    eta is 1.

    parameters, lr, weight_decay, maximize, and what is raised: as in Optimizer
    rho: from 0 on and below 1; how slowly both means forget; else ValueError
    eps: 0 or more; it gets the first steps going

    Source: Zeiler, ADADELTA: an adaptive learning rate method (2012), algorithm 1.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.Adadelta([w], rho=0.75, eps=4.0)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    Value(-0.8284, grad=4.0)
    """

    parameters: Iterable[Value]
    lr: float = 1.0
    rho: float = 0.9
    eps: float = 1e-6
    weight_decay: float = 0.0
    _: KW_ONLY
    maximize: bool = False

    def update(self, w: float, g: float, state: State) -> float:
        v = state["square_avg"] = self.rho * state.get("square_avg", 0.0) + (1.0 - self.rho) * g * g
        u = state.get("acc_delta", 0.0)
        d = div(sqrt(u + self.eps), sqrt(v + self.eps)) * g
        state["acc_delta"] = self.rho * u + (1.0 - self.rho) * d * d
        return w - self.lr * d


@dataclass(eq=False, repr=False)
class Adamax(Optimizer):
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

    parameters: Iterable[Value]
    lr: float = 2e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    _: KW_ONLY
    maximize: bool = False

    check = Adam.check

    def update(self, w: float, g: float, state: State) -> float:
        beta1, beta2 = self.betas
        t = state["step"] = state.get("step", 0) + 1
        m = state.get("exp_avg", 0.0)
        m = state["exp_avg"] = m + (1.0 - beta1) * (g - m)
        u = state["exp_inf"] = maximum(beta2 * state.get("exp_inf", 0.0), absolute(g) + self.eps)
        start: float = 1.0 - beta1**t
        return w - div(self.lr / start * m, u)


class _Decoupled(Optimizer):
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

    parameters: Iterable[Value]
    lr: float = 2e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    momentum_decay: float = 4e-3
    decoupled_weight_decay: bool = False
    _: KW_ONLY
    maximize: bool = False

    check = Adam.check

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

    parameters: Iterable[Value]
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    decoupled_weight_decay: bool = False
    _: KW_ONLY
    maximize: bool = False

    check = Adam.check

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


OPTIMIZERS.update({rule.__name__.lower(): rule for rule in (Adadelta, Adamax, NAdam, RAdam)})
