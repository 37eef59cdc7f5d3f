"""What an optimiser is: one formula for one parameter, applied to every parameter.

    update(w, g, state)        the parameter's new number, from its number w, its gradient g and what it remembers of it

The rules stand in optimizers.py and adam.py: each is a dataclass, whose fields are its arguments in torch's order, with
its formula and a docstring that states it.

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
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from functools import partial
from typing import Any

from autograd import Value
from autograd import maximum as maximum_of
from autograd import sqrt as sqrt_of
from autograd.interop.conversions import number
from autograd.primitives import abs as abs_of
from autograd.primitives import div as div_of
from autograd.threads import one_at_a_time

State = dict[str, float]

FROM_0_ON = "lr momentum weight_decay alpha betas eps rho momentum_decay lr_decay initial_accumulator_value".split()
BELOW_1 = ("betas", "rho")
CALLED = {"lr": "learning rate", "betas": "beta parameter", "eps": "epsilon value"}  # in messages, as torch has them


def for_arrays_too(op: Callable[..., Any], name: str, *xs: Any) -> float:
    """An operation of the table that takes NumPy's arrays as well: a rule below then changes all parameters at once."""
    numpy = None if all(x.__class__ is float for x in xs) else sys.modules.get("numpy")
    arrays = numpy is not None and any(isinstance(x, numpy.ndarray) for x in xs)
    result: float = getattr(numpy, name)(*xs) if arrays else op(*xs)
    return result


sqrt = partial(for_arrays_too, sqrt_of, "sqrt")
div = partial(for_arrays_too, div_of, "divide")
maximum = partial(for_arrays_too, maximum_of, "maximum")
absolute = partial(for_arrays_too, abs_of, "abs")


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
        """Whether the rule gives for arrays what it gives for their numbers one by one; NumPy has to be there."""
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
        called = CALLED.get(name, f"{name} value")
        if name in FROM_0_ON and not x >= 0.0:
            raise ValueError(f"Invalid {called}{place}: {x}: {name} is 0 or more")
        if name in BELOW_1 and not x < 1.0:
            raise ValueError(f"Invalid {called}{place}: {x}: {name} is below 1")
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
class Rule(Optimizer):
    """Base class of the rules that stand here; their further fields are what torch has between lr and maximize."""

    parameters: Iterable[Value]
    lr: float = 1e-3
    _: KW_ONLY
    maximize: bool = False

    def __post_init__(self) -> None:
        """Check what a rule was made with."""
        Optimizer.__init__(self, **{field.name: getattr(self, field.name) for field in fields(self)})


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
