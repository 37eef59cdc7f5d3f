"""A GPT of 4,192 parameters in plain Python, as people bring it along: loss and gradient of one name of six letters.

The program is tests/shared/gpt_in_lists.py, which has a class of its own for gradients. It is run in three ways:

    its own class    as it stands
    as written       with nothing but its class taken away, on chalkgrad's Values
    with dot         its sums of products and its softmax in chalkgrad's words
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from measuring import ROOT

sys.path.insert(0, str(ROOT / "tests" / "shared"))
import plain_programs

WAYS = ("its own class", "as written", "with dot")
NAME = "olivia"


def load(way: str) -> ModuleType:
    """The program, run in one of the ways."""
    program = plain_programs.load("gpt_in_lists", own_class=way == "its own class")
    if way == "with dot":
        from autograd import dot, softmax

        def normalised(x: list[Any]) -> list[Any]:
            scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
            return [xi * scale for xi in x]

        def mixed(q: list[Any], keys: list[list[Any]], values: list[list[Any]]) -> list[Any]:
            weights = softmax([dot(q, key) / len(q) ** 0.5 for key in keys])
            return [dot(weights, [value[i] for value in values]) for i in range(len(q))]

        program.product = lambda W, x: [dot(row, x) for row in W]
        program.shares, program.normalised, program.mixed = softmax, normalised, mixed
    return program


def step(way: str) -> Callable[[], tuple[float, list[Any]]]:
    """Gradients to zero, loss, backward: gives the loss and the parameters, which hold the gradient."""
    program = load(way)
    weights = program.make_weights()
    parameters = program.flat(weights)

    def run() -> tuple[float, list[Any]]:
        for p in parameters:
            p.grad = 0.0
        loss = program.loss_of(weights, NAME)
        loss.backward()
        return loss.data, parameters

    return run
