"""Kind numbers: those with which a sheet is an exercise.

They have few digits; none is 0 or 1, none is another one's double; no sigmoid is saturated and every ReLU is alive. And no
common mistake is hidden by them: whatever mistake is made on a line, its digits are neither the right ones nor those of
another mistake (ambiguity.py). Numbers are drawn until they are kind.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from itertools import combinations, islice
from random import Random

from autograd.graph import nodes
from autograd.mark.ambiguity import Ambiguity
from autograd.mark.context import RATES
from autograd.mark.worksheet import Worksheet
from autograd.value import Value

TRIES = 300
STEEPEST = 2.5  # the argument of a sigmoid or tanh beyond which it is taken to be saturated
RATE_CHOICES = (0.1, 0.2, 0.3, 0.4)
PARAMETERS = tuple("wvubcepqk")  # what their names begin with: some are negative


def with_kind_numbers(sheet: Worksheet, random: Random, digits: int) -> tuple[Worksheet, list[Ambiguity]]:
    """The sheet with numbers by which as few mistakes as possible are hidden, and those that are: none, in most cases."""
    best: Worksheet | None = None
    fewest: list[Ambiguity] = []
    values = copy.deepcopy(sheet.values)  # in which numbers are tried; only kind ones are worth a sheet
    usual = {node: node.data for node in nodes(*values.values()) if node.op is None and not node.inputs}
    for _ in range(TRIES):
        if not _renumber(values, usual, random):
            continue
        renewed = Worksheet(copy.deepcopy(values))
        hidden = list(islice(renewed.ambiguities(digits), len(fewest) if best else None))  # no more than matter
        if best is None or len(hidden) < len(fewest):
            best, fewest = renewed, hidden
        if not fewest:
            break
    if best is None:
        raise ValueError(
            "no kind numbers are found for this worksheet: its functions are saturated, or not finite, with all of them"
        )
    return best, fewest


def _renumber(values: Mapping[str, Value], usual: Mapping[Value, float], random: Random) -> bool:
    """Give the quantities of a sheet other numbers, each of the size that is usual; whether these are kind."""
    targets = [x for x in usual.values() if x in (0.0, 1.0)]
    random.shuffle(targets)
    drawn: list[float] = []
    for leaf, x in usual.items():
        if x in (0.0, 1.0):
            leaf.data = targets.pop()
        else:
            leaf.data = _draw(leaf.label, x, random)
            drawn.append(abs(leaf.data))
    doubled = any(a == b or max(a, b) == 2.0 * min(a, b) for a, b in combinations(drawn, 2))
    if doubled or any(x in (0.0, 0.5, 1.0) for x in drawn):
        return False
    for value in values.values():
        value.forward()
    return all(map(_is_kind, nodes(*values.values())))


def _draw(label: str, usual: float, random: Random) -> float:
    if RATES.fullmatch(label):
        return random.choice(RATE_CHOICES)
    size = 10.0 ** max(0, math.ceil(math.log10(abs(usual))))
    x = round(random.uniform(0.1, 0.95) * size, 2 if size < 100.0 else 0)
    return -x if random.random() < 0.25 and label[:1] in PARAMETERS else x


def _is_kind(node: Value) -> bool:
    if not math.isfinite(node.data):
        return False
    name = node.op.name if node.op else ""
    if name in ("sigmoid", "tanh"):
        return abs(node.inputs[0].data) < STEEPEST
    if name in ("relu", "leaky_relu"):
        return node.inputs[0].data > 0.02
    return True
