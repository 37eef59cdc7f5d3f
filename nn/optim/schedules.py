"""Schedules: how fast parameters follow their gradients, epoch by epoch.

A schedule sets optimizer.lr after each epoch: from a formula in the number of the epoch wherever there is one, so that no
rounding adds up and the learning rate of any epoch can be read off. Names, keywords and defaults are those of
torch.optim.lr_scheduler.

Names in this file: eta the learning rate, lr.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from autograd import Value
from autograd.interop.conversions import number
from nn.optim.optimizer import Optimizer


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
        self.last_epoch = _whole(type(self).__name__, "last_epoch", state_dict["last_epoch"], least=0)
        self.base_lr = base_lr
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
        counted = ("num_bad_epochs", "cooldown_counter", "last_epoch")
        counts = [_whole(type(self).__name__, name, state_dict[name], least=0) for name in counted]
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
