"""Optimisers: how parameters follow their gradients downhill; and schedules: how fast, epoch by epoch.

An optimiser is one formula for one parameter,

    update(w, g, state)        the parameter's new number, from its number w, its gradient g and what it remembers of it

and the base class applies it to every parameter. So each class below is its formula, with a docstring that states it:

    for each epoch:
        loss = ...
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

Names, keywords, defaults and the order of the arithmetic are those of torch.optim (its single-tensor code), so that
trajectories agree with torch's to the rounding.

A schedule sets optimizer.lr after each epoch: from a formula in the number of the epoch wherever there is one, so that no
rounding adds up and the learning rate of any epoch can be read off.

Names in this file: w a parameter's number; g the gradient of what is minimised; eta the learning rate, lr; t the number of
the step, from 1 on; lambda the weight decay.
"""

from __future__ import annotations

import copy
import math
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from autograd import Value
from autograd import maximum as maximum_of
from autograd import sqrt as sqrt_of
from autograd.conversions import number
from autograd.primitives import div as div_of
from nn.losses import _ByName

State = dict[str, float]

FROM_ZERO = {  # hyperparameters that may not be negative, and what messages call them
    "lr": "learning rate",
    "momentum": "momentum value",
    "weight_decay": "weight_decay value",
    "alpha": "alpha value",
    "eps": "epsilon value",
    "lr_decay": "lr_decay value",
    "initial_accumulator_value": "initial_accumulator_value value",
}


# -------------------------------------------------------------------------------------------------------------- optimisers


def _for_arrays_too(op: Callable[..., Any], name: str) -> Callable[..., float]:
    """An operation of the table that takes NumPy's arrays as well: a rule below then changes all parameters at once."""

    def either(*xs: Any) -> float:
        numpy = None if all(x.__class__ is float for x in xs) else sys.modules.get("numpy")
        arrays = numpy is not None and any(isinstance(x, numpy.ndarray) for x in xs)
        result: float = getattr(numpy, name)(*xs) if arrays else op(*xs)
        return result

    return either


sqrt, div, maximum = (
    _for_arrays_too(sqrt_of, "sqrt"),
    _for_arrays_too(div_of, "divide"),
    _for_arrays_too(maximum_of, "maximum"),
)


class Optimizer:
    """Base class of the optimisers: it applies one update rule to every parameter.

    parameters: leaf Values, as a list or any other iterable, such as model.parameters()
    lr: the learning rate, 0 or more; a plain attribute, to be set at any time
    weight_decay: lambda, 0 or more: adds 1/2 lambda w**2 to what is minimised, so lambda w to each gradient
    maximize: go uphill instead
    others: hyperparameters of the rule; each becomes an attribute, and part of state_dict()

    A new optimiser states its rule, and nothing else:

    >>> import math, nn
    >>> from autograd import Value
    >>> class SignSGD(nn.optim.Optimizer):  # Bernstein et al., signSGD (2018)
    ...     def update(self, w, g, state):
    ...         return w - self.lr * math.copysign(1.0, g)
    >>> w = Value(2.0)
    >>> (w * w).backward()
    >>> SignSGD([w], lr=0.5).step()
    >>> w.data
    1.5

    Raises ValueError for no parameters, one that occurs twice or is not a leaf, or a hyperparameter out of range; TypeError
    for parameters that are not Values and hyperparameters that are not numbers. In PyTorch this has the same name.
    """

    lr: float
    weight_decay: float
    maximize: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
        **others: Any,
    ) -> None:
        self.parameters = _leaves(type(self).__name__, parameters)
        self.state: list[State] = [{} for _ in self.parameters]
        self.initial_lr: float | None = None  # what lr was when its first schedule began
        self._settings = ("lr", "weight_decay", "maximize", *others)
        self._set({"lr": lr, "weight_decay": weight_decay, "maximize": maximize, **others})

    def update(self, w: float, g: float, state: State) -> float:
        """The new number of a parameter; every optimiser states it.

        w: the parameter's number
        g: its gradient
        state: what is remembered of it, by name; empty before the first step
        """
        raise TypeError(f"{type(self).__name__} has no update rule: define update(self, w, g, state)")

    def decay(self, w: float, g: float) -> tuple[float, float]:
        """w and g with the weight decay in them: lambda w, the slope of 1/2 lambda w**2, is added to the gradient.

        w: a parameter's number
        g: its gradient
        """
        return w, g + self.weight_decay * w

    def step(self) -> None:
        """Change every parameter by the rule, from the .grad it has now.

        >>> import nn
        >>> from autograd import Value
        >>> w = Value(8.0)
        >>> optimizer = nn.optim.SGD([w], lr=0.25)
        >>> for _ in range(3):
        ...     optimizer.zero_grad()
        ...     (w * w).backward()
        ...     optimizer.step()
        >>> w.data
        1.0
        """
        for parameter, state in zip(self.parameters, self.state):
            w, g = parameter.data, -parameter.grad if self.maximize else parameter.grad
            if self.weight_decay:
                w, g = self.decay(w, g)
            parameter.data = float(self.update(w, g, state))

    def step_vector(self, w: Any, g: Any, state: dict[str, Any]) -> Any:
        """The new numbers of all parameters at once, as a NumPy array, from arrays of their numbers and gradients.

        w, g: the numbers of all parameters, and their gradients
        state: what gathered() gave, or the last step left
        """
        g = -g if self.maximize else g
        if self.weight_decay:
            w, g = self.decay(w, g)
        return self.update(w, g, state)

    def takes_vectors(self) -> bool:
        """Whether the rule says of arrays what it says of their numbers; NumPy has to be there."""
        numpy = sys.modules["numpy"]
        aside = ("parameters", "state")
        trial = copy.copy(self)  # a rule may keep something in the optimiser itself
        trial.__dict__.update(copy.deepcopy({name: x for name, x in self.__dict__.items() if name not in aside}))
        try:
            both: dict[str, Any] = {}
            w = numpy.array([0.5, -2.0])
            for g in (numpy.array([0.25, 3.0]), numpy.array([-1.0, 0.5])):
                w = trial.update(w, g, both)
            for i in (0, 1):
                one: State = {}
                number = (0.5, -2.0)[i]
                for slope in ((0.25, 3.0)[i], (-1.0, 0.5)[i]):
                    number = trial.update(number, slope, one)
                if w[i] != number:
                    return False
        except (TypeError, ValueError):
            return False
        return True

    def gathered(self) -> dict[str, Any] | None:
        """What is remembered, as arrays over all parameters; None where it is not of one kind."""
        numpy = sys.modules["numpy"]
        first = self.state[0]
        if any(state.keys() != first.keys() for state in self.state):
            return None
        found: dict[str, Any] = {}
        for key, x in first.items():
            numbers = [state[key] for state in self.state]
            if isinstance(x, int) and len(set(numbers)) > 1:
                return None
            found[key] = x if isinstance(x, int) else numpy.array(numbers)
        return found

    def scatter(self, state: Mapping[str, Any]) -> None:
        """Take back what gathered() gave, after some steps.

        state: arrays over all parameters, by name
        """
        columns = {key: [x] * len(self.state) if isinstance(x, int) else x.tolist() for key, x in state.items()}
        self.state = [dict(zip(columns, row)) for row in zip(*columns.values())] if columns else [{} for _ in self.state]

    def zero_grad(self) -> None:
        """Set .grad of every parameter to 0, which backward() adds to."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """The hyperparameters and what is remembered of each parameter, in order, as plain data for JSON.

        >>> import nn
        >>> from autograd import Value
        >>> nn.optim.SGD([Value(1.0)], lr=0.5).state_dict()["settings"]["lr"]
        0.5
        """
        settings = {name: getattr(self, name) for name in self._settings}
        return {
            "optimizer": type(self).__name__,
            "settings": {name: list(x) if isinstance(x, tuple) else x for name, x in settings.items()},
            "initial_lr": self.initial_lr,
            "state": [dict(state) for state in self.state],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what state_dict() gave: the hyperparameters, and the memory of each parameter. .data is not part of it.

        state_dict: what state_dict() gave

        Raises ValueError for the state of another optimiser or of another number of parameters, KeyError for a part that is
        missing, TypeError for numbers that are none; nothing is changed then.
        """
        name = type(self).__name__
        for part in ("optimizer", "settings", "initial_lr", "state"):
            if part not in state_dict:
                raise KeyError(f"this is not what the state_dict() of an optimiser gave: it has no {part!r}")
        if state_dict["optimizer"] != name:
            raise ValueError(f"this is the state of {state_dict['optimizer']}, and the optimiser is {name}")
        settings, states, initial_lr = state_dict["settings"], state_dict["state"], state_dict["initial_lr"]
        if set(settings) != set(self._settings):
            raise KeyError(
                f"{name} has the hyperparameters {', '.join(self._settings)}, and the state {', '.join(settings)}"
            )
        if len(states) != len(self.parameters):
            raise ValueError(f"the state is of {len(states)} parameters, and this {name} has {len(self.parameters)}")
        loaded = [{key: x if isinstance(x, int) else number(x) for key, x in state.items()} for state in states]
        initial_lr = initial_lr if initial_lr is None else number(initial_lr)
        self._set(settings)
        self.state, self.initial_lr = loaded, initial_lr

    def _set(self, settings: Mapping[str, Any]) -> None:
        """Make attributes of hyperparameters, once all have passed."""
        checked = {name: self._checked(name, x) for name, x in settings.items()}
        self.check(checked)
        vars(self).update(checked)

    def _checked(self, name: str, x: Any) -> Any:
        if isinstance(x, (tuple, list)):
            return tuple(self._checked(name, item) for item in x)
        if isinstance(x, bool):
            return x
        try:
            x = number(x)
        except TypeError as error:
            raise TypeError(f"{name} of {type(self).__name__}: {error}") from None
        if name in FROM_ZERO and not x >= 0.0:
            raise ValueError(f"Invalid {FROM_ZERO[name]}: {x}: {name} is 0 or more")
        return x

    def check(self, settings: Mapping[str, Any]) -> None:
        """Raise ValueError for hyperparameters that do not go together; for subclasses to say.

        settings: the hyperparameters by name
        """

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={getattr(self, name)}" for name in self._settings)
        return f"{type(self).__name__}({len(self.parameters)} parameter{'s'[: len(self.parameters) != 1]}, {settings})"


class SGD(Optimizer):
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

    momentum: float
    dampening: float
    nesterov: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            parameters,
            lr,
            weight_decay,
            maximize=maximize,
            momentum=momentum,
            dampening=dampening,
            nesterov=nesterov,
        )

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


class RMSprop(Optimizer):
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

    alpha: float
    eps: float
    momentum: float
    centered: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            parameters,
            lr,
            weight_decay,
            maximize=maximize,
            alpha=alpha,
            eps=eps,
            momentum=momentum,
            centered=centered,
        )

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


class Adagrad(Optimizer):
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

    lr_decay: float
    initial_accumulator_value: float
    eps: float

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            parameters,
            lr,
            weight_decay,
            maximize=maximize,
            lr_decay=lr_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )

    def update(self, w: float, g: float, state: State) -> float:
        t = state["step"] = state.get("step", 0) + 1
        s = state["sum"] = state.get("sum", self.initial_accumulator_value) + g * g
        lr = self.lr / (1.0 + (t - 1) * self.lr_decay)
        return w - div(lr * g, sqrt(s) + self.eps)


class Adam(Optimizer):
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

    betas: tuple[float, float]
    eps: float
    amsgrad: bool

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay, maximize=maximize, betas=betas, eps=eps, amsgrad=amsgrad)

    def check(self, settings: Mapping[str, Any]) -> None:
        betas = settings["betas"]
        if not isinstance(betas, tuple) or len(betas) != 2:
            raise ValueError(f"betas are two numbers, such as (0.9, 0.999), not {betas}")
        for i, beta in enumerate(betas):
            if not 0.0 <= beta < 1.0:
                raise ValueError(f"Invalid beta parameter at index {i}: {beta}: it is from 0 on and below 1")

    def update(self, w: float, g: float, state: State) -> float:
        beta1, beta2 = self.betas
        t = state["step"] = state.get("step", 0) + 1
        m, v = state.get("exp_avg", 0.0), state.get("exp_avg_sq", 0.0)
        m = state["exp_avg"] = m + (1.0 - beta1) * (g - m)  # β₁ m + (1 − β₁) g, in torch's order
        v = state["exp_avg_sq"] = beta2 * v + (1.0 - beta2) * g * g
        if self.amsgrad:
            v = state["max_exp_avg_sq"] = maximum(state.get("max_exp_avg_sq", 0.0), v)
        start1: float = 1.0 - beta1**t
        start2: float = 1.0 - beta2**t
        return w - div(self.lr / start1 * m, sqrt(v) / math.sqrt(start2) + self.eps)


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

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def decay(self, w: float, g: float) -> tuple[float, float]:
        return w * (1.0 - self.lr * self.weight_decay), g


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = _ByName(
    "optimiser", {rule.__name__.lower(): rule for rule in (SGD, RMSprop, Adagrad, Adam, AdamW)}
)


def _leaves(name: str, parameters: Any) -> list[Value]:
    """The parameters in a list, once they have passed."""
    if isinstance(parameters, Value) or not hasattr(parameters, "__iter__") or isinstance(parameters, (str, dict)):
        way_out = "a list, as in [w]" if isinstance(parameters, Value) else "model.parameters(), or a list of Values"
        raise TypeError(f"{name} takes its parameters as {way_out}, not {parameters!r}")
    listed = list(parameters)
    if not listed:
        raise ValueError(f"{name} got no parameters: the list is empty, or it is a generator that was used up before")
    seen: dict[Value, int] = {}
    for i, p in enumerate(listed):
        if not isinstance(p, Value):
            raise TypeError(f"{name} changes Values, and parameter {i} is {p!r}: make it Value({p!r}) in the model")
        if p.op is not None:
            kind = f"was computed by {p.op.name}" if p.inputs else "is a constant"
            raise ValueError(f"{name} changes leaf Values, and parameter {i}, {p!r}, {kind}: pass what it was computed from")
        if p in seen:
            raise ValueError(f"{name} got {p!r} twice, as parameters {seen[p]} and {i}: it would take two steps at a time")
        seen[p] = i
    return listed


# --------------------------------------------------------------------------------------------------------------- schedules


class LRScheduler:
    """Base class of the schedules that are a formula in the number of the epoch.

    optimizer: whose lr is set, at once and then by every step()
    last_epoch: -1 to begin at epoch 0; k to go on at epoch k + 1 with an optimiser whose state was loaded, so that it knows
        its initial_lr

    What is set by hand between two steps, or by a second schedule of the same optimiser, is kept in proportion: the rest of
    the schedule is multiplied by as much. So schedules combine as in torch, where this class has the same name.

    Raises TypeError for what is no optimiser, ValueError for a last_epoch that cannot be gone on from.

    >>> import nn
    >>> from autograd import Value
    >>> class Inverse(nn.optim.LRScheduler):
    ...     def lr_at(self, epoch):
    ...         return self.base_lr / (1 + epoch)
    >>> optimizer = nn.optim.SGD([Value(1.0)], lr=1.0)
    >>> schedule = Inverse(optimizer)
    >>> schedule.step()
    >>> optimizer.lr, schedule.lr_at(3)
    (0.5, 0.25)
    """

    floor = 0.0  # what lr comes down to; a hand-set lr is in proportion above it

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        name = type(self).__name__
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{name} takes the optimiser whose lr it sets, not {optimizer!r}")
        self.optimizer = optimizer
        self.base_lr = optimizer.lr
        if last_epoch != -1:
            last_epoch = _whole(name, "last_epoch", last_epoch, least=-1)
            if optimizer.initial_lr is None:
                raise ValueError(
                    f"{name} cannot go on after epoch {last_epoch}: the optimiser never had a schedule, so its initial_lr is"
                    " not known; load its state_dict() first, or leave out last_epoch"
                )
            self.base_lr = optimizer.initial_lr
        elif optimizer.initial_lr is None:
            optimizer.initial_lr = optimizer.lr
        self.last_epoch = last_epoch + 1
        self._set()

    def lr_at(self, epoch: int) -> float:
        """The learning rate in an epoch, by the formula.

        epoch: its number, from 0 on
        """
        raise TypeError(f"{type(self).__name__} has no formula: define lr_at(self, epoch)")

    def step(self) -> None:
        """End an epoch: set the learning rate of the next one."""
        if self.optimizer.lr != self._last_lr:
            self.rescale(self._last_lr, self.optimizer.lr)
        self.last_epoch += 1
        self._set()

    def rescale(self, lr: float, new_lr: float) -> None:
        """Keep in proportion to what somebody else has set.

        lr: the learning rate that this schedule had set
        new_lr: the one that is there now
        """
        if lr != self.floor:
            self.base_lr = self.floor + (self.base_lr - self.floor) * (new_lr - self.floor) / (lr - self.floor)

    def _set(self) -> None:
        self._last_lr = self.optimizer.lr = number(self.lr_at(self.last_epoch))

    def get_last_lr(self) -> list[float]:
        """The learning rate that was set last, in a list, as in torch."""
        return [self._last_lr]

    def state_dict(self) -> dict[str, Any]:
        """Where the schedule stands, as plain data for JSON; its arguments are not part of it."""
        return {"last_epoch": self.last_epoch, "base_lr": self.base_lr, "last_lr": self._last_lr}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what state_dict() gave; the optimiser's lr is set, too. Raises KeyError for a part that is missing.

        state_dict: what state_dict() gave
        """
        base_lr, last_lr = number(state_dict["base_lr"]), number(state_dict["last_lr"])
        self.last_epoch, self.base_lr = int(state_dict["last_epoch"]), base_lr
        self._last_lr = self.optimizer.lr = last_lr


class StepLR(LRScheduler):
    """Steps down: eta_k = eta_0 gamma^⌊k / step_size⌋ in epoch k.

    optimizer, last_epoch, and what is raised: as in LRScheduler
    step_size: epochs between two steps, a whole number from 1 on; else ValueError
    gamma: the factor of each step

    >>> import nn
    >>> from autograd import Value
    >>> schedule = nn.optim.StepLR(nn.optim.SGD([Value(1.0)], lr=1.0), step_size=2, gamma=0.5)
    >>> [schedule.lr_at(epoch) for epoch in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size, self.gamma = _whole("StepLR", "step_size", step_size), number(gamma)
        super().__init__(optimizer, last_epoch)

    def lr_at(self, epoch: int) -> float:
        return self.base_lr * self.gamma ** (epoch // self.step_size)


class MultiStepLR(LRScheduler):
    """Steps down at given epochs: eta_k = eta_0 gamma^(number of milestones up to k) in epoch k.

    optimizer, last_epoch, and what is raised: as in LRScheduler
    milestones: epochs, whole numbers in any order; one given twice counts twice
    gamma: the factor of each step

    >>> import nn
    >>> from autograd import Value
    >>> schedule = nn.optim.MultiStepLR(nn.optim.SGD([Value(1.0)], lr=1.0), milestones=[1, 4], gamma=0.5)
    >>> [schedule.lr_at(epoch) for epoch in range(5)]
    [1.0, 0.5, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.milestones = sorted(_whole("MultiStepLR", "each milestone", m, least=0) for m in milestones)
        self.gamma = number(gamma)
        super().__init__(optimizer, last_epoch)

    def lr_at(self, epoch: int) -> float:
        return self.base_lr * self.gamma ** bisect_right(self.milestones, epoch)


class ExponentialLR(LRScheduler):
    """A factor in every epoch: eta_k = eta_0 gamma^k in epoch k.

    optimizer, last_epoch, and what is raised: as in LRScheduler
    gamma: the factor, usually a little below 1

    >>> import nn
    >>> from autograd import Value
    >>> schedule = nn.optim.ExponentialLR(nn.optim.SGD([Value(1.0)], lr=1.0), gamma=0.5)
    >>> [schedule.lr_at(epoch) for epoch in range(5)]
    [1.0, 0.5, 0.25, 0.125, 0.0625]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = number(gamma)
        super().__init__(optimizer, last_epoch)

    def lr_at(self, epoch: int) -> float:
        return self.base_lr * self.gamma**epoch


class CosineAnnealingLR(LRScheduler):
    """Half a wave of the cosine: eta_k = eta_min + 1/2 (eta_0 − eta_min) (1 + cos(π k / T_max)) in epoch k.

    It is eta_min in epoch T_max, and after that it goes up again, as in torch.

    optimizer, last_epoch, and what is raised: as in LRScheduler
    T_max: epochs from top to bottom, a whole number from 1 on; else ValueError
    eta_min: the lowest learning rate

    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts (2017), equation 5, without restarts.

    >>> import nn
    >>> from autograd import Value
    >>> schedule = nn.optim.CosineAnnealingLR(nn.optim.SGD([Value(1.0)], lr=1.0), T_max=4)
    >>> [round(schedule.lr_at(epoch), 4) for epoch in range(5)]
    [1.0, 0.8536, 0.5, 0.1464, 0.0]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max, self.eta_min = _whole("CosineAnnealingLR", "T_max", T_max), number(eta_min)
        self.floor = self.eta_min
        super().__init__(optimizer, last_epoch)

    def lr_at(self, epoch: int) -> float:
        return self.eta_min + (self.base_lr - self.eta_min) * (1.0 + math.cos(math.pi * epoch / self.T_max)) / 2.0


class LinearLR(LRScheduler):
    """A straight line: eta_k = eta_0 (start + (end − start) min(k, n) / n) in epoch k, where n is total_iters.

    With its defaults a warm-up: from a third to the whole of the learning rate in five epochs.

    optimizer, last_epoch, and what is raised: as in LRScheduler
    start_factor: the factor in epoch 0, above 0 and at most 1; else ValueError
    end_factor: the factor from epoch total_iters on, from 0 to 1; else ValueError
    total_iters: n, a whole number from 1 on; else ValueError

    >>> import nn
    >>> from autograd import Value
    >>> schedule = nn.optim.LinearLR(nn.optim.SGD([Value(1.0)], lr=1.0), start_factor=0.25, total_iters=3)
    >>> [schedule.lr_at(epoch) for epoch in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.start_factor, self.end_factor = number(start_factor), number(end_factor)
        self.total_iters = _whole("LinearLR", "total_iters", total_iters)
        if not 0.0 < self.start_factor <= 1.0:
            raise ValueError(f"start_factor of LinearLR is above 0 and at most 1, not {start_factor}")
        if not 0.0 <= self.end_factor <= 1.0:
            raise ValueError(f"end_factor of LinearLR is between 0 and 1, not {end_factor}")
        super().__init__(optimizer, last_epoch)

    def lr_at(self, epoch: int) -> float:
        way = (self.end_factor - self.start_factor) * min(epoch, self.total_iters) / self.total_iters
        return self.base_lr * (self.start_factor + way)


class LambdaLR(LRScheduler):
    """Any formula: eta_k = eta_0 f(k) in epoch k.

    optimizer, last_epoch, and what is raised: as in LRScheduler
    lr_lambda: f, a function of the epoch (from 0 on) that gives the factor; TypeError for anything else

    A learning rate set by hand lasts until the next step(), as in torch: here the formula alone says what follows.

    >>> import nn
    >>> from autograd import Value
    >>> nn.optim.LambdaLR(nn.optim.SGD([Value(1.0)], lr=8.0), lambda epoch: 1 / (1 + epoch)).lr_at(3)
    2.0
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float], last_epoch: int = -1) -> None:
        if not callable(lr_lambda):
            raise TypeError(f"lr_lambda of LambdaLR is a function of the epoch, not {lr_lambda!r}")
        self.lr_lambda = lr_lambda
        super().__init__(optimizer, last_epoch)

    def lr_at(self, epoch: int) -> float:
        return self.base_lr * number(self.lr_lambda(epoch))

    def rescale(self, lr: float, new_lr: float) -> None:
        pass


class ReduceLROnPlateau:
    """Lowers the learning rate where a number stops getting better: eta ← max(factor eta, min_lr).

    It waits: an epoch is bad if its number is not better than the best so far by the threshold, and after more than patience
    bad epochs in a row comes a reduction. There is no formula in the epoch: give step() the number to watch.

    optimizer: whose lr is lowered
    mode: "min" if the number is to get small (a loss), "max" if it is to get large (an accuracy)
    factor: below 1
    patience: how many bad epochs in a row are put up with
    threshold: by how much a number has to be better, as a share of the best ("rel") or as it is ("abs")
    threshold_mode: "rel" or "abs"
    cooldown: epochs after a reduction that do not count as bad
    min_lr: what lr is not lowered beyond
    eps: a smaller change of lr than this is not made

    Raises TypeError for what is no optimiser, ValueError for a factor of 1 or more or an unknown mode. In PyTorch this has
    the same name.

    >>> import nn
    >>> from autograd import Value
    >>> optimizer = nn.optim.SGD([Value(1.0)], lr=1.0)
    >>> schedule = nn.optim.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in [3.0, 2.0, 2.0, 2.0]:
    ...     schedule.step(loss)
    >>> optimizer.lr
    0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"ReduceLROnPlateau takes the optimiser whose lr it lowers, not {optimizer!r}")
        if not number(factor) < 1.0:
            raise ValueError(f"factor of ReduceLROnPlateau is below 1, not {factor}: it is there to lower the learning rate")
        if mode not in ("min", "max"):
            raise ValueError(f"mode of ReduceLROnPlateau is 'min' or 'max', not {mode!r}")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold_mode of ReduceLROnPlateau is 'rel' or 'abs', not {threshold_mode!r}")
        self.optimizer, self.mode, self.factor = optimizer, mode, number(factor)
        self.patience = _whole("ReduceLROnPlateau", "patience", patience, least=0)
        self.cooldown = _whole("ReduceLROnPlateau", "cooldown", cooldown, least=0)
        self.threshold, self.threshold_mode = number(threshold), threshold_mode
        self.min_lr, self.eps = number(min_lr), number(eps)
        self.best = self._worst = math.inf if mode == "min" else -math.inf
        self.last_epoch = self.num_bad_epochs = self.cooldown_counter = 0
        self._last_lr = optimizer.lr

    def step(self, metrics: float | Value) -> None:
        """End an epoch.

        metrics: the number that is watched, as it is after the epoch
        """
        current = metrics.data if isinstance(metrics, Value) else number(metrics)
        self.last_epoch += 1
        if self._is_better(current):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            lower = max(self.optimizer.lr * self.factor, self.min_lr)
            if self.optimizer.lr - lower > self.eps:
                self.optimizer.lr = lower
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self.optimizer.lr

    def _is_better(self, current: float) -> bool:
        sign = -1.0 if self.mode == "min" else 1.0
        if self.threshold_mode == "rel":
            margin = self.best * (1.0 + sign * self.threshold)
        else:
            margin = self.best + sign * self.threshold
        return current < margin if self.mode == "min" else current > margin

    def get_last_lr(self) -> list[float]:
        """The learning rate after the last step, in a list, as in torch."""
        return [self._last_lr]

    def state_dict(self) -> dict[str, Any]:
        """Where it stands, as plain data for JSON (best is None before the first step); its arguments are not part of it."""
        return {
            "best": None if self.best == self._worst else self.best,
            "num_bad_epochs": self.num_bad_epochs,
            "cooldown_counter": self.cooldown_counter,
            "last_epoch": self.last_epoch,
            "last_lr": self._last_lr,
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what state_dict() gave; the optimiser's lr is set, too. Raises KeyError for a part that is missing.

        state_dict: what state_dict() gave
        """
        best, last_lr = state_dict["best"], number(state_dict["last_lr"])
        counts = [int(state_dict[name]) for name in ("num_bad_epochs", "cooldown_counter", "last_epoch")]
        self.best = self._worst if best is None else number(best)
        self.num_bad_epochs, self.cooldown_counter, self.last_epoch = counts
        self._last_lr = self.optimizer.lr = last_lr


def _whole(owner: str, name: str, n: Any, least: int = 1) -> int:
    try:
        whole = number(n)
    except TypeError as error:
        raise TypeError(f"{name} of {owner}: {error}") from None
    if not math.isfinite(whole) or whole != int(whole) or whole < least:
        raise ValueError(f"{name} of {owner} is a whole number from {least} on, not {n!r}")
    return int(whole)
