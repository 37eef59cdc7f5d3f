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

from nn.optim.adaptive import Adadelta, Adamax, NAdam, RAdam
from nn.optim.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
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
