"""The usual slips of backward() itself, each as a walk through a graph that can be run.

A walk is given a graph and says what slopes come out. backward() made a slip where that slip's walk gives the measured
slopes of every leaf, on every graph of the battery, and no walk with other words does so, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from autograd.judge.operations import close


class Node(NamedTuple):
    """A node: the places of its inputs, the slope in each, its number."""

    inputs: tuple[int, ...]
    slopes: tuple[float, ...]
    data: float


Graph = Sequence[Node]  # inputs before what uses them; the last is the result
Walk = Callable[[Graph], list[float]]

LAST = "a value that is used twice keeps only the last contribution (= instead of +=)"
FIRST = "a value that is used twice keeps only the first contribution"
SAME = "an operation whose two inputs are the same value, as in x·x, counts it once (are inputs kept in a set or a dict?)"
EARLY = (
    "backward() goes depth first or level by level, so that a node is passed on before all of it has arrived: a node comes"
    " after everything that uses it"
)
TWICE = "a node that is used twice is passed on twice, each time with all that has arrived: each node is to be visited once"
UPWARDS = "the nodes are visited from the inputs to the result, and not from the result on (is reversed() missing?)"
LEVEL = "only the direct inputs of the result get slopes: what lies below is not visited, or is visited too early"
EQUAL = "two different nodes with equal numbers are taken for one (== and hash go by the number)"
LEFT = "only the left input of each operation gets its slope"
RIGHT = "only the right input of each operation gets its slope"


def _pass_on(
    graph: Graph, order: Iterable[int], add: Callable[[float, float], float] = lambda old, new: old + new
) -> list[float]:
    """Slopes where nodes are gone through in an order; add: what becomes of an old slope with a new contribution."""
    grads = [0.0] * len(graph)
    grads[-1] = 1.0
    for i in order:
        g = grads[i]
        for j, s in zip(graph[i].inputs, graph[i].slopes):
            grads[j] = add(grads[j], g * s)
    return grads


def _downwards(graph: Graph, key: Callable[[int], object] = lambda i: i) -> list[int]:
    """All nodes, each after what uses it; key: by what they are told apart."""
    order: list[int] = []
    _visit(graph, len(graph) - 1, key, set(), order)
    return order[::-1]


def _visit(graph: Graph, i: int, key: Callable[[int], object], seen: set[object], order: list[int]) -> None:
    if key(i) not in seen:
        seen.add(key(i))
        for j in graph[i].inputs:
            _visit(graph, j, key, seen, order)
        order.append(i)


def right(graph: Graph) -> list[float]:
    """What backward() should give."""
    return _pass_on(graph, _downwards(graph))


def _last(graph: Graph) -> list[float]:
    return _pass_on(graph, _downwards(graph), lambda old, new: new)


def _last_path(graph: Graph) -> list[float]:
    """Along every path, where a node keeps what came along the last one."""
    grads = [0.0] * len(graph)
    _write(graph, len(graph) - 1, 1.0, grads)
    return grads


def _write(graph: Graph, i: int, g: float, grads: list[float]) -> None:
    grads[i] = g
    for j, s in zip(graph[i].inputs, graph[i].slopes):
        _write(graph, j, g * s, grads)


def _first(graph: Graph) -> list[float]:
    return _pass_on(graph, _downwards(graph), lambda old, new: old or new)


def _same(graph: Graph) -> list[float]:
    def merged(node: Node) -> Node:
        kept = dict(zip(node.inputs, node.slopes))
        return Node(tuple(kept), tuple(kept.values()), node.data)

    return right([merged(node) for node in graph])


def _all_ways(graph: Graph, level: bool) -> list[int]:
    """Each node as often as there are ways to it: depth first, or level by level."""
    order: list[int] = []
    todo = [len(graph) - 1]
    while todo:
        i = todo.pop(0 if level else -1)
        order.append(i)
        todo += graph[i].inputs
    return order


def _early(level: bool) -> Walk:
    return lambda graph: _pass_on(graph, dict.fromkeys(_all_ways(graph, level)))


def _marked_when_met(graph: Graph) -> list[float]:
    """Depth first, where a node is marked when it is put onto the stack, and not when it is taken from it."""
    order: list[int] = []
    todo = [len(graph) - 1]
    seen = set(todo)
    while todo:
        i = todo.pop()
        order.append(i)
        new = [j for j in dict.fromkeys(graph[i].inputs) if j not in seen]
        seen.update(new)
        todo += new
    return _pass_on(graph, order)


def _twice(level: bool) -> Walk:
    return lambda graph: _pass_on(graph, _all_ways(graph, level))


def _recursive(graph: Graph) -> list[float]:
    """Each node passes its slope to one input, and has it pass that on, before the next input gets its own."""
    grads = [0.0] * len(graph)
    grads[-1] = 1.0
    _pass_down(graph, len(graph) - 1, grads)
    return grads


def _pass_down(graph: Graph, i: int, grads: list[float]) -> None:
    for j, s in zip(graph[i].inputs, graph[i].slopes):
        grads[j] += grads[i] * s
        _pass_down(graph, j, grads)


def _level(graph: Graph) -> list[float]:
    return _pass_on(graph, [len(graph) - 1])


def _equal(graph: Graph) -> list[float]:
    return _pass_on(graph, _downwards(graph, key=lambda i: graph[i].data))


WALKS: tuple[tuple[str, Walk], ...] = (
    (LAST, _last),
    (LAST, _last_path),
    (FIRST, _first),
    (SAME, _same),
    (EARLY, _early(level=False)),
    (EARLY, _early(level=True)),
    (EARLY, _marked_when_met),
    (TWICE, _twice(level=False)),
    (TWICE, _twice(level=True)),
    (TWICE, _recursive),
    (LEVEL, _level),  # as does the walk upwards, in one call; a second call tells them apart
    (EQUAL, _equal),
)


def explanations(measured: Sequence[tuple[Graph, Sequence[int], Sequence[float]]]) -> Iterator[str]:
    """The slips that give all measured slopes.

    measured: graphs, the places of their leaves, and the slopes that these had
    """
    for words in dict.fromkeys(words for words, _ in WALKS):
        ways = [walk for said, walk in WALKS if said == words]
        if all(any(_gives(walk, *case) for walk in ways) for case in measured):
            yield words


def _gives(walk: Walk, graph: Graph, leaves: Sequence[int], slopes: Sequence[float]) -> bool:
    """Whether a walk gives these slopes, whichever input of each node it comes to first: some keep inputs in a set."""
    choices = [(node, node._replace(inputs=node.inputs[::-1], slopes=node.slopes[::-1])) for node in graph]
    for turned in product(*(pair if len(pair[0].inputs) > 1 else pair[:1] for pair in choices)):
        grads = walk(turned)
        if all(close(grads[i], slope) for i, slope in zip(leaves, slopes)):
            return True
    return False
