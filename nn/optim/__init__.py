"""Optimisers, and schedules of their learning rates, by torch.optim's names.

An optimiser steps after each gradient, a schedule after each epoch:

    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    schedule = nn.optim.StepLR(optimizer, step_size=30)
    for epoch in range(100):
        optimizer.zero_grad()
        loss(model).backward()
        optimizer.step()
        schedule.step()
"""

from collections.abc import Callable

from autograd.interop.guesses import missing
from nn.losses import _ByName
from nn.optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import SGD, Adadelta, Adagrad, RMSprop
from nn.optim.schedules import (
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    ReduceLROnPlateau,
    StepLR,
)

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = _ByName(
    "optimiser",
    {rule.__name__.lower(): rule for rule in (SGD, RMSprop, Adagrad, Adam, AdamW, Adadelta, Adamax, NAdam, RAdam)},
)

OF_OPTIM = {  # names that people type at the first guess, and what there is
    "lr_scheduler": "schedules stand beside the optimisers: nn.optim.StepLR(optimizer, step_size=30)",
    "sgd adamw rmsprop": "nn.optim.Adam(model.parameters(), lr=0.01)",
}


def __getattr__(name: str) -> object:
    raise missing("nn.optim", name, OF_OPTIM)


__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "ReduceLROnPlateau",
    "StepLR",
]
