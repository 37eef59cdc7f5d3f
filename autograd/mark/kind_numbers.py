"""Kind numbers: those with which a sheet is an exercise.

They have few digits; none is 0 or 1, none is another one's double; no sigmoid is saturated and every ReLU is alive. And no
common mistake is hidden by them: whatever mistake is made on a line, its digits are neither the right ones nor those of
another mistake (ambiguity.py). Numbers are drawn until they are kind.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from itertools import combinations, islice
from random import Random

from autograd.graph import nodes
from autograd.mark.context import RATES
from autograd.mark.worksheet import Worksheet
from autograd.value import Value

TRIES = 300
STEEPEST = 2.5  # the argument of a sigmoid or tanh beyond which it is taken to be saturated
RATE_CHOICES = (0.1, 0.2, 0.3, 0.4)
PARAMETERS = tuple("wvubcepqk")  # what their names begin with: some are negative


def with_kind_numbers(sheet: Worksheet, random: Random, digits: int) -> Worksheet:
    """The sheet with numbers by which as few mistakes as possible are hidden; none, in most cases."""
    best: Worksheet | None = None
    fewest = math.inf
    for _ in range(TRIES):
        renewed = _renumber(sheet, random)
        hidden = math.inf if renewed is None else _count(renewed.ambiguities(digits), fewest)
        if hidden < fewest:
            best, fewest = renewed, hidden
        if not fewest:
            break
    if best is None:
        raise ValueError(
            "no kind numbers are found for this worksheet: its functions are saturated, or not finite, with all of them"
        )
    return best


def _count(found: Iterable[object], most: float) -> int:
    """How many there are; no more are looked for than matter."""
    return sum(1 for _ in (found if most == math.inf else islice(found, int(most))))


def _renumber(sheet: Worksheet, random: Random) -> Worksheet | None:
    """The sheet with other numbers; None if these are not kind."""
    leaves = [node for node in nodes(*sheet.values.values()) if node.op is None and not node.inputs]
    targets = [leaf.data for leaf in leaves if leaf.data in (0.0, 1.0)]
    random.shuffle(targets)
    numbers = [targets.pop() if leaf.data in (0.0, 1.0) else _draw(leaf, random) for leaf in leaves]
    drawn = [abs(x) for leaf, x in zip(leaves, numbers) if leaf.data not in (0.0, 1.0)]
    doubled = any(a == b or max(a, b) == 2.0 * min(a, b) for a, b in combinations(drawn, 2))
    if doubled or any(x in (0.0, 0.5, 1.0) for x in drawn):
        return None
    values = copy.deepcopy(sheet.values)
    for leaf, x in zip((node for node in nodes(*values.values()) if node.op is None and not node.inputs), numbers):
        leaf.data = x
    for value in values.values():
        value.forward()
    return Worksheet(values) if all(map(_is_kind, nodes(*values.values()))) else None


def _draw(leaf: Value, random: Random) -> float:
    if RATES.fullmatch(leaf.label):
        return random.choice(RATE_CHOICES)
    size = 10.0 ** max(0, math.ceil(math.log10(abs(leaf.data))))
    x = round(random.uniform(0.1, 0.95) * size, 2 if size < 100.0 else 0)
    return -x if random.random() < 0.25 and leaf.label[:1] in PARAMETERS else x


def _is_kind(node: Value) -> bool:
    if not math.isfinite(node.data):
        return False
    name = node.op.name if node.op else ""
    if name in ("sigmoid", "tanh"):
        return abs(node.inputs[0].data) < STEEPEST
    if name in ("relu", "leaky_relu"):
        return node.inputs[0].data > 0.02
    return True
