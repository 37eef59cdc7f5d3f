"""Gradient descent, and rules that divide gradients by how large they were: `SGD`, `RMSprop`, `Adagrad`, `Adadelta`.

Each is one formula; the names in it are those of optimizer.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nn.optim.optimizer import Rule, State, div, sqrt


@dataclass(eq=False, repr=False)
class SGD(Rule):
    """Gradient descent: w ← w − eta g; with momentum, v ← mu v + (1 − dampening) g and w ← w − eta v.

    The first v is g itself. Nesterov's form looks ahead: w ← w − eta (g + mu v). It is called stochastic where g comes from
    a part of the data.

    parameters, lr, weight_decay, maximize, and what is raised: as in Optimizer
    momentum: mu, 0 or more, usually 0.9; how much of the last step's velocity v stays
    dampening: how much less of the gradient joins it
    nesterov: needs a momentum and no dampening; else ValueError

    Sources: Robbins and Monro, A stochastic approximation method (1951); Polyak, Some methods of speeding up the
    convergence of iteration methods (1964); Sutskever et al., On the importance of initialization and momentum in deep
    learning (2013), whose v has the factor eta in it.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.SGD([w], lr=0.25)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w.data
    1.0
    """

    momentum: float = 0.0
    dampening: float = 0.0
    weight_decay: float = 0.0
    nesterov: bool = False

    def check(self, settings: Mapping[str, Any]) -> None:
        if settings["nesterov"] and (not settings["momentum"] > 0.0 or settings["dampening"] != 0.0):
            raise ValueError(
                "Nesterov momentum requires a momentum and zero dampening, not"
                f" momentum={settings['momentum']}, dampening={settings['dampening']}: pass momentum=0.9, for example"
            )

    def update(self, w: float, g: float, state: State) -> float:
        if self.momentum:
            v = g
            if "momentum_buffer" in state:
                v = self.momentum * state["momentum_buffer"] + (1.0 - self.dampening) * g
            state["momentum_buffer"] = v
            g = g + self.momentum * v if self.nesterov else v
        return w - self.lr * g


@dataclass(eq=False, repr=False)
class RMSprop(Rule):
    """RMSprop: v ← alpha v + (1 − alpha) g² and w ← w − eta g / (√v + eps), from v = 0.

    Each gradient is divided by the root of its mean square of late. Centered, it is divided by its standard deviation: with
    m ← alpha m + (1 − alpha) g, v − m² stands for v. With momentum, b ← mu b + g / (√v + eps) and w ← w − eta b.

    parameters, lr, weight_decay, maximize, and what is raised: as in Optimizer
    alpha: 0 or more, usually below 1; how slowly the mean forgets
    eps: 0 or more; it keeps the quotient from growing where gradients are small
    momentum: mu, 0 or more
    centered: whether the squared mean is taken off

    Source: Tieleman and Hinton, Neural networks for machine learning, lecture 6.5 (2012); centered: Graves, Generating
    sequences with recurrent neural networks (2013), equations 38 to 41.

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.RMSprop([w], lr=0.125)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    Value(0.75, grad=4.0)
    """

    lr: float = 1e-2
    alpha: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0
    momentum: float = 0.0
    centered: bool = False

    def update(self, w: float, g: float, state: State) -> float:
        v = state["square_avg"] = self.alpha * state.get("square_avg", 0.0) + (1.0 - self.alpha) * g * g
        if self.centered:
            m = state.get("grad_avg", 0.0)
            m = state["grad_avg"] = m + (1.0 - self.alpha) * (g - m)  # alpha m + (1 - alpha) g, in torch's order
            v = v - m * m
        if self.momentum:
            b = self.momentum * state.get("momentum_buffer", 0.0) + div(g, sqrt(v) + self.eps)
            state["momentum_buffer"] = b
            return w - self.lr * b
        return w - div(self.lr * g, sqrt(v) + self.eps)


@dataclass(eq=False, repr=False)
class Adagrad(Rule):
    """Adagrad: s ← s + g² and w ← w − eta_t g / (√s + eps), where eta_t = eta / (1 + (t − 1) lr_decay).

    What has moved much moves less and less: s is the sum of all squares so far.

    parameters, lr, weight_decay, maximize, and what is raised: as in Optimizer
    lr_decay: 0 or more
    initial_accumulator_value: s before the first step, 0 or more
    eps: 0 or more; it keeps the quotient from being 0/0

    Source: Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic optimization (2011).

    >>> import nn
    >>> from autograd import Value
    >>> w = Value(2.0)
    >>> optimizer = nn.optim.Adagrad([w], lr=0.5)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    Value(1.5, grad=4.0)
    """

    lr: float = 1e-2
    lr_decay: float = 0.0
    weight_decay: float = 0.0
    initial_accumulator_value: float = 0.0
    eps: float = 1e-10

    def update(self, w: float, g: float, state: State) -> float:
        t = state["step"] = state.get("step", 0) + 1
        s = state["sum"] = state.get("sum", self.initial_accumulator_value) + g * g
        lr = self.lr / (1.0 + (t - 1) * self.lr_decay)
        return w - div(lr * g, sqrt(s) + self.eps)


@dataclass(eq=False, repr=False)
class Adadelta(Rule):
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

    lr: float = 1.0
    rho: float = 0.9
    eps: float = 1e-6
    weight_decay: float = 0.0

    def update(self, w: float, g: float, state: State) -> float:
        v = state["square_avg"] = self.rho * state.get("square_avg", 0.0) + (1.0 - self.rho) * g * g
        u = state.get("acc_delta", 0.0)
        d = div(sqrt(u + self.eps), sqrt(v + self.eps)) * g
        state["acc_delta"] = self.rho * u + (1.0 - self.rho) * d * d
        return w - self.lr * d
