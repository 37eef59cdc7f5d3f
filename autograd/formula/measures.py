"""How long a formula is, and what stands in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from autograd.formula.operations import softmax_of
from autograd.graph import nodes
from autograd.value import Value

LONGEST = 20_000  # characters; nobody reads more
MOST_LEAVES = 50_000  # in a formula, each as often as it is written; Σ makes sums short, but no formula that branches
NO_NAMES_ASKED = {"mul", "neg", "sum", "div", "pow", "log"}  # operations whose results nobody would label


def free_variables(formula: Value) -> list[Value]:
    """The leaves of a formula that have names, in the order in which it names them."""
    return [node for node in as_read(formula) if node.op is None]


def as_read(formula: Value) -> Iterator[Value]:
    """Every node of a formula once, outermost first, then from left to right."""
    seen: set[Value] = set()
    stack = [formula]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack += node.inputs[-2::-1] if node.op is softmax_of else node.inputs[::-1]


def count_leaves(formula: Value) -> int:
    """How many leaves are written in a formula, each as often as it occurs, as far as there are no more than MOST_LEAVES."""
    counts: dict[Value, int] = {}
    for node in nodes(formula):
        counts[node] = min(sum([counts[x] for x in node.inputs]), MOST_LEAVES + 1) if node.inputs else 1
    return counts[formula]


class TooLong(ValueError):
    """What would fill more than a page."""


def too_long(formula: Value | None = None) -> TooLong:
    """The refusal of a formula, with what stands in it that could have names."""
    found: Counter[str] = Counter()
    for node in nodes(formula) if formula is not None else ():
        if node.op is not None and node.inputs and node.op.name not in NO_NAMES_ASKED:
            symbol = node.op.notation.symbol
            found[symbol if symbol.isalpha() else node.op.name] += 1
    most = " or of ".join(name for name, _ in found.most_common(2))
    example = f", such as the results of {most}" if most else ", such as the sums"
    return TooLong(
        f"this formula is too long for a page: label nodes on the way{example}, and they are shown by name;"
        " or ask for the derivative of a labelled part alone"
    )
