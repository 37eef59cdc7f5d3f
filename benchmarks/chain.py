"""A long chain of mixed operations, the workload that shows what a single node costs.

y starts as a variable; each step puts y + operand, y - operand, y * operand, y / operand or relu(y) in its place. What
comes next, and whether the operand is one of eight variables or one of eight constants, is drawn from a seed. Two rules keep
a chain of any length in range: a value above 1 is lowered by − and one below is raised by +, and a slope dy/dx above 1 is
lowered by × and one below is raised by ÷ (operands are less than 1). So y stays positive, no relu cuts the chain off, and
the gradients of all nine variables are ordinary numbers.
"""

from __future__ import annotations

import operator
import random
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

VARIABLES = CONSTANTS = 8
SIGNS = {operator.add: "+", operator.sub: "−", operator.mul: "×", operator.truediv: "÷", None: "relu"}

Operation = Callable[[Any, Any], Any]


class Chain(NamedTuple):
    leaves: list[float]  # the start, then the variables
    constants: list[float]
    steps: list[tuple[Operation | None, int]]  # an operator and the number of its operand; None is relu

    def describe(self) -> str:
        kinds = Counter(SIGNS[operation] for operation, _ in self.steps)
        constant = sum(i >= VARIABLES for operation, i in self.steps if operation)
        return ", ".join(f"{kinds[sign]:,} {sign}" for sign in SIGNS.values()) + f"; {constant:,} operands are constants"


def make_chain(n: int, seed: int = 2) -> Chain:
    """A chain of n operations."""
    rng = random.Random(seed)
    operands = [rng.uniform(0.5, 0.95) for _ in range(VARIABLES + CONSTANTS)]
    y = start = 1.1
    slope = 1.0
    steps: list[tuple[Operation | None, int]] = []
    shared: dict[tuple[Operation | None, int], tuple[Operation | None, int]] = {}  # equal steps are one object
    for _ in range(n):
        kind, i = rng.choice("++××r"), rng.randrange(len(operands))
        operation: Operation | None = None
        if kind == "+":
            operation = operator.sub if y > 1.0 else operator.add
            y = operation(y, operands[i])
        elif kind == "×":
            operation = operator.mul if slope > 1.0 else operator.truediv
            y, slope = operation(y, operands[i]), operation(slope, operands[i])
        steps.append(shared.setdefault((operation, i), (operation, i)))
    return Chain([start, *operands[:VARIABLES]], operands[VARIABLES:], steps)


def build(chain: Chain, library: Any) -> tuple[list[Any], Any]:
    """The variables, and the end of the chain."""
    xs = library.variables(chain.leaves)
    y, operands, relu = xs[0], [*xs[1:], *chain.constants], library.relu
    for operation, i in chain.steps:
        y = operation(y, operands[i]) if operation else relu(y)
    return xs, y


def step(chain: Chain, library: Any) -> Callable[[], tuple[float, list[Any]]]:
    """Build, differentiate, let the graph go; gives the value and the variables, which hold the gradient."""

    def run() -> tuple[float, list[Any]]:
        xs, y = build(chain, library)
        return library.backward(y), xs

    return run
