"""Kind numbers: those with which a sheet is an exercise.

They have few digits; none is 0 or 1, none is another one's double; no sigmoid is saturated and every ReLU is alive. And no
common mistake is hidden by them: whatever mistake is made on a line, its digits are neither the right ones nor those of
another mistake (ambiguity.py). Numbers are drawn until they are kind.

A class of a thousand gets a thousand such sheets. What they share, the formulas and the mistakes in them, is made once; a
draw is worked out on it, and only one that is kind becomes a sheet.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from itertools import combinations, islice
from random import Random

from autograd import primitives as ops
from autograd.graph import nodes
from autograd.mark.ambiguity import Ambiguity, CommonMistakes
from autograd.mark.context import RATES
from autograd.mark.judging import with_lines
from autograd.mark.levels import LEVELS, Variant
from autograd.mark.worksheet import Worksheet
from autograd.rewriting import evaluate
from autograd.value import Value, with_siblings

TRIES = 300
STEEPEST = 2.5  # the argument of a sigmoid or tanh beyond which it is taken to be saturated
RATE_CHOICES = (0.1, 0.2, 0.3, 0.4)
PARAMETERS = tuple("wvubcepqk")  # what their names begin with: some are negative


class KindNumbers:
    """A source of sheets that are like one sheet but for their numbers.

    sheet: whose numbers say how large those drawn are; 0 and 1 are targets, and change places
    title: that of the sheet
    """

    def __init__(self, sheet: Worksheet) -> None:
        self.title = sheet.title
        self.values = copy.deepcopy(sheet.values)
        self._order = with_siblings(nodes(*self.values.values()))
        self._usual = {node: node.data for node in self._order if node.op is None and not node.inputs}
        like = Random(0)  # mistakes are told apart at kind numbers, the same ones every time
        drawn = next((each for each in (self._draw(like) for _ in range(TRIES)) if each is not None), None)
        _set_numbers(self.values, self._usual, self._usual if drawn is None else drawn)
        self._sheet = one = Worksheet(self.values)
        self._order = with_siblings(nodes(*self.values.values(), *one.page.leaves))
        self._on_page = {one.page.copies[node]: node for node in self._usual}
        self._on_page |= {leaf: node for node, leaf in one.page.leaves.items()}
        self._mistakes = CommonMistakes({name: one.leaves[name] for name in one.lines}, one.context)

    def draw(self, random: Random, digits: int) -> tuple[Worksheet, list[Ambiguity]]:
        """A sheet with numbers by which as few mistakes as possible are hidden, and those that are: none, in most cases.

        Raises ValueError where no numbers are kind.
        """
        best: tuple[dict[Value, float], dict[Value, float]] | None = None
        fewest: list[Ambiguity] = []
        for _ in range(TRIES):
            numbers = self._draw(random)
            if numbers is None:
                continue
            true = self._true(numbers)
            hidden = list(islice(self._mistakes.ambiguities(true, digits), len(fewest) if best else None))
            if best is None or len(hidden) < len(fewest):
                best, fewest = (numbers, true), hidden
            if not fewest:
                break
        if best is None:
            raise ValueError(
                "no kind numbers are found for this worksheet: its functions are saturated, or not finite, with all of them"
            )
        return self._with(*best), fewest

    def again(self, given: Mapping[str, float]) -> Worksheet:
        """The sheet with numbers that were drawn before. Raises LookupError where one is missing.

        given: by name
        """
        numbers = evaluate(self._order, {leaf: given[leaf.label] for leaf in self._usual}, shift=True)
        return self._with(numbers, self._true(numbers))

    def _with(self, numbers: Mapping[Value, float], true: Mapping[Value, float]) -> Worksheet:
        right = {leaf: true[leaf] for leaf in self._sheet.formulas}
        return self._sheet.with_numbers(right, partial(self._values_with, numbers))

    def _true(self, numbers: Mapping[Value, float]) -> dict[Value, float]:
        return with_lines(self._sheet.formulas, {leaf: numbers[node] for leaf, node in self._on_page.items()})

    def _draw(self, random: Random) -> dict[Value, float] | None:
        """Other numbers for all quantities, each given one of the size that is usual; None where these are not kind."""
        targets = [x for x in self._usual.values() if x in (0.0, 1.0)]
        random.shuffle(targets)
        given: dict[Value, float] = {}
        sizes: list[float] = []
        for leaf, x in self._usual.items():
            if x in (0.0, 1.0):
                given[leaf] = targets.pop()
            else:
                given[leaf] = _draw_like(x, leaf.label, random)
                sizes.append(abs(given[leaf]))
        doubled = any(a == b or max(a, b) == 2.0 * min(a, b) for a, b in combinations(sizes, 2))
        if doubled or any(x in (0.0, 0.5, 1.0) for x in sizes):
            return None
        numbers = evaluate(self._order, given, shift=True)
        return numbers if all(_is_kind(node, numbers) for node in self._order) else None

    def _values_with(self, numbers: Mapping[Value, float]) -> dict[str, Value]:
        values, given = copy.deepcopy((self.values, list(self._usual)))
        _set_numbers(values, given, dict(zip(given, map(numbers.__getitem__, self._usual))))
        return values


@lru_cache(maxsize=8)  # a class of a thousand gets sheets of few kinds
def numbers_for(level: str, variant: Variant) -> KindNumbers:
    """The source of sheets of a level, a key of LEVELS."""
    return KindNumbers(LEVELS[level].build(variant))


def _set_numbers(values: Mapping[str, Value], given: Iterable[Value], numbers: Mapping[Value, float]) -> None:
    for leaf in given:
        leaf.data = numbers[leaf]
    ops.sum_of(*values.values()).forward()  # one walk for all


def _draw_like(usual: float, label: str, random: Random) -> float:
    """A number of the usual size, with two decimals at most; a rate is one of a few, and some parameters are negative."""
    if RATES.fullmatch(label):
        return random.choice(RATE_CHOICES)
    size = 10.0 ** max(0, math.ceil(math.log10(abs(usual))))
    x = round(random.uniform(0.1, 0.95) * size, 2 if size < 100.0 else 0)
    return -x if random.random() < 0.25 and label[:1] in PARAMETERS else x


def _is_kind(node: Value, numbers: Mapping[Value, float]) -> bool:
    if not math.isfinite(numbers[node]):
        return False
    name = node.op.name if node.op else ""
    if name in ("sigmoid", "tanh"):
        return abs(numbers[node.inputs[0]]) < STEEPEST
    if name in ("relu", "leaky_relu"):
        return numbers[node.inputs[0]] > 0.02
    return True
