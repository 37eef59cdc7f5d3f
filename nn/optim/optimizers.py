"""Optimisers: how parameters follow their gradients downhill.

An optimiser is one formula for one parameter,

    update(w, g, state)        the parameter's new number, from its number w, its gradient g and what it remembers of it

and the base class applies it to every parameter. So each class below is a dataclass, whose fields are its arguments in
torch's order, and its formula, with a docstring that states it:

    for each epoch:
        loss = ...
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

Names, keywords, defaults and the order of the arithmetic are those of torch.optim (its single-tensor code), so that
trajectories agree with torch's to the rounding.

Names in this file: w a parameter's number; g the gradient of what is minimised; eta the learning rate, lr; t the number of
the step, from 1 on; lambda the weight decay.
"""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from functools import partial
from typing import Any

from autograd import Value
from autograd import maximum as maximum_of
from autograd import sqrt as sqrt_of
from autograd.conversions import number
from autograd.primitives import div as div_of
from autograd.threads import one_at_a_time
from nn.losses import _ByName

State = dict[str, float]

BOUNDS: dict[str, tuple[str, float, float | None]] = {  # what messages say, the least number, and what it is below
    "lr": ("learning rate", 0.0, None),
    "momentum": ("momentum value", 0.0, None),
    "weight_decay": ("weight_decay value", 0.0, None),
    "alpha": ("alpha value", 0.0, None),
    "betas": ("beta parameter", 0.0, 1.0),
    "eps": ("epsilon value", 0.0, None),
    "rho": ("rho value", 0.0, 1.0),
    "momentum_decay": ("momentum_decay value", 0.0, None),
    "lr_decay": ("lr_decay value", 0.0, None),
    "initial_accumulator_value": ("initial_accumulator_value value", 0.0, None),
}
# -------------------------------------------------------------------------------------------------------------- optimisers


def for_arrays_too(op: Callable[..., Any], name: str, *xs: Any) -> float:
    """An operation of the table that takes NumPy's arrays as well: a rule below then changes all parameters at once."""
    numpy = None if all(x.__class__ is float for x in xs) else sys.modules.get("numpy")
    arrays = numpy is not None and any(isinstance(x, numpy.ndarray) for x in xs)
    result: float = getattr(numpy, name)(*xs) if arrays else op(*xs)
    return result


sqrt = partial(for_arrays_too, sqrt_of, "sqrt")
div = partial(for_arrays_too, div_of, "divide")
maximum = partial(for_arrays_too, maximum_of, "maximum")


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

    parameters: Any  # leaf Values, in a list
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

    def __post_init__(self) -> None:
        """Check what a rule below, a dataclass whose fields are its arguments in torch's order, was made with."""
        Optimizer.__init__(self, **{field.name: getattr(self, field.name) for field in fields(self)})  # type: ignore[arg-type]

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
        """Change every parameter by the rule, from the .grad it has now; all of them, or if it fails or is interrupted none.

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
        with one_at_a_time:
            before, remembered = [p.data for p in self.parameters], self.state
            try:
                self.state = [dict(state) for state in remembered]
                for parameter, state in zip(self.parameters, self.state):
                    w, g = parameter.data, -parameter.grad if self.maximize else parameter.grad
                    if self.weight_decay:
                        w, g = self.decay(w, g)
                    parameter.data = float(self.update(w, g, state))
            except BaseException:  # Ctrl-C, or a rule that fails: no parameter has taken a step that others have not
                for parameter, data in zip(self.parameters, before):
                    parameter.data = data
                self.state = remembered
                raise

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
                for x in (g, *both.values()):
                    if isinstance(x, numpy.ndarray):
                        x.flags.writeable = False  # what is remembered is gone back to where the next step is interrupted
                with numpy.errstate(all="ignore"):  # a rate may be infinite
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
        self.state = self.scattered(state)

    def scattered(self, state: Mapping[str, Any]) -> list[State]:
        """What is remembered of each parameter, from arrays over all of them.

        state: what gathered() gave, or some steps later
        """
        n = len(self.parameters)
        columns = {key: x.tolist() if hasattr(x, "tolist") else [x] * n for key, x in state.items()}
        return [dict(zip(columns, row)) for row in zip(*columns.values())] if columns else [{} for _ in range(n)]

    def zero_grad(self) -> None:
        """Set .grad of every parameter to 0, which backward() adds to."""
        with one_at_a_time:
            for parameter in self.parameters:
                parameter.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """The hyperparameters and what is remembered of each parameter, in order, as plain data for JSON.

        >>> import nn
        >>> from autograd import Value
        >>> nn.optim.SGD([Value(1.0)], lr=0.5).state_dict()["settings"]["lr"]
        0.5
        """
        return {**self.hyperparameters(), "state": [dict(state) for state in self.state]}

    def hyperparameters(self) -> dict[str, Any]:
        """The part of state_dict() that is not remembered of single parameters."""
        settings = {name: getattr(self, name) for name in self._settings}
        return {
            "optimizer": type(self).__name__,
            "settings": {name: list(x) if isinstance(x, tuple) else x for name, x in settings.items()},
            "initial_lr": self.initial_lr,
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
        for key, x in settings.items():
            was = getattr(self, key)
            if isinstance(was, tuple) != isinstance(x, (tuple, list)):
                raise TypeError(f"{key} of {name} is {was!r} or the like, not {x!r}")
        loaded = [{key: x if isinstance(x, int) else number(x) for key, x in state.items()} for state in states]
        initial_lr = initial_lr if initial_lr is None else number(initial_lr)
        before = self.hyperparameters()
        self._set(settings)
        try:
            for memory in loaded:
                self.update(0.0, 0.0, after := dict(memory))  # a step can be taken from there
                if memory and (missing := after.keys() - memory.keys()):
                    raise LookupError(f"{', '.join(sorted(missing))} is missing")
        except (ArithmeticError, LookupError) as error:
            self.take_back(before)
            raise ValueError(f"no step of {name} goes on from such a state: {error}") from error
        self.state, self.initial_lr = loaded, initial_lr

    def take_back(self, hyperparameters: Mapping[str, Any]) -> None:
        """Make the hyperparameters what they were.

        hyperparameters: what hyperparameters() gave then
        """
        settings = {name: tuple(x) if isinstance(x, list) else x for name, x in hyperparameters["settings"].items()}
        vars(self).update(settings, initial_lr=hyperparameters["initial_lr"])

    def _set(self, settings: Mapping[str, Any]) -> None:
        """Make attributes of hyperparameters, once all have passed."""
        checked = {name: self._checked(name, x) for name, x in settings.items()}
        self.check(checked)
        vars(self).update(checked)

    def _checked(self, name: str, x: Any, place: str = "") -> Any:
        if isinstance(x, (tuple, list)):
            return tuple(self._checked(name, item, f" at index {i}") for i, item in enumerate(x))
        if isinstance(x, bool):
            return x
        try:
            x = number(x)
        except TypeError as error:
            raise TypeError(f"{name} of {type(self).__name__}: {error}") from None
        called, least, below = BOUNDS.get(name, (name, -math.inf, None))
        if name in BOUNDS and not x >= least:
            raise ValueError(f"Invalid {called}{place}: {x}: {name} is {least:g} or more")
        if below is not None and not x < below:
            raise ValueError(f"Invalid {called}{place}: {x}: {name} is below {below:g}")
        return x

    def check(self, settings: Mapping[str, Any]) -> None:
        """Raise ValueError for hyperparameters that do not go together; for subclasses to say.

        settings: the hyperparameters by name
        """

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={getattr(self, name)}" for name in self._settings)
        count = "1 parameter" if len(self.parameters) == 1 else f"{len(self.parameters)} parameters"
        return f"{type(self).__name__}({count}, {settings})"


@dataclass(eq=False, repr=False)
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

    parameters: Iterable[Value]
    lr: float = 1e-3
    momentum: float = 0.0
    dampening: float = 0.0
    weight_decay: float = 0.0
    nesterov: bool = False
    _: KW_ONLY
    maximize: bool = False

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

    parameters: Iterable[Value]
    lr: float = 1e-2
    alpha: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0
    momentum: float = 0.0
    centered: bool = False
    _: KW_ONLY
    maximize: bool = False

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

    parameters: Iterable[Value]
    lr: float = 1e-2
    lr_decay: float = 0.0
    weight_decay: float = 0.0
    initial_accumulator_value: float = 0.0
    eps: float = 1e-10
    _: KW_ONLY
    maximize: bool = False

    def update(self, w: float, g: float, state: State) -> float:
        t = state["step"] = state.get("step", 0) + 1
        s = state["sum"] = state.get("sum", self.initial_accumulator_value) + g * g
        lr = self.lr / (1.0 + (t - 1) * self.lr_decay)
        return w - div(lr * g, sqrt(s) + self.eps)


def means(g: float, state: State, beta1: float, beta2: float) -> tuple[float, float, float]:
    """Adam's t, m and v after one more gradient, as the state holds them from now on."""
    m, v = state.get("exp_avg", 0.0), state.get("exp_avg_sq", 0.0)
    t = state["step"] = state.get("step", 0) + 1
    m = state["exp_avg"] = m + (1.0 - beta1) * (g - m)  # β₁ m + (1 − β₁) g, in torch's order
    v = state["exp_avg_sq"] = beta2 * v + (1.0 - beta2) * g * g
    return t, m, v


@dataclass(eq=False, repr=False)
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

    parameters: Iterable[Value]
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    amsgrad: bool = False
    _: KW_ONLY
    maximize: bool = False

    def check(self, settings: Mapping[str, Any]) -> None:
        betas = settings["betas"]
        if not isinstance(betas, tuple) or len(betas) != 2:
            raise ValueError(f"betas are two numbers, such as (0.9, 0.999), not {betas}")

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
