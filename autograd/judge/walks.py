"""The usual slips of backward() itself, each as a walk through a graph that can be run.

A walk is given a graph and says what slopes come out. backward() made a slip where that slip's walk gives the measured
slopes of every leaf, on every graph of the battery, and no walk with other words does so, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple


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


def _pass_on(graph: Graph, order: Sequence[int], add: Callable[[float, float], float]) -> list[float]:
    """Slopes where nodes are gone through in an order; add: what becomes of an old slope with a new contribution."""
    grads = [0.0] * len(graph)
    grads[-1] = 1.0
    for i in order:
        g = grads[i]
        for j, s in zip(graph[i].inputs, graph[i].slopes):
            grads[j] = add(grads[j], g * s)
    return grads


def _plus(old: float, new: float) -> float:
    return old + new


def _postorder(graph: Graph, key: Callable[[int], object] = lambda i: i, once: bool = True) -> list[int]:
    order: list[int] = []
    _visit_below(graph, len(graph) - 1, key, set() if once else None, order)
    return order


def _visit_below(graph: Graph, i: int, key: Callable[[int], object], seen: set[object] | None, order: list[int]) -> None:
    """Append what is below a node, then the node; seen: what was met, if that counts."""
    if seen is not None:
        if key(i) in seen:
            return
        seen.add(key(i))
    for j in graph[i].inputs:
        _visit_below(graph, j, key, seen, order)
    order.append(i)


def right(graph: Graph) -> list[float]:
    """What backward() should give."""
    return _pass_on(graph, _postorder(graph)[::-1], _plus)


def _last(graph: Graph) -> list[float]:
    return _pass_on(graph, _postorder(graph)[::-1], lambda old, new: new)


def _first(graph: Graph) -> list[float]:
    return _pass_on(graph, _postorder(graph)[::-1], lambda old, new: old or new)


def _same(keep_last: bool) -> Walk:
    def walk(graph: Graph) -> list[float]:
        def merged(node: Node) -> Node:
            pairs = list(zip(node.inputs, node.slopes))
            kept = dict(pairs if keep_last else pairs[::-1])
            return Node(tuple(kept), tuple(kept.values()), node.data)

        return right([merged(node) for node in graph])

    return walk


def _preorder(graph: Graph) -> list[float]:
    """Depth first: a node passes its slope on when it is first met."""
    order: list[int] = []
    _visit_at_once(graph, len(graph) - 1, order)
    return _pass_on(graph, order, _plus)


def _visit_at_once(graph: Graph, i: int, order: list[int]) -> None:
    if i not in order:
        order.append(i)
        for j in graph[i].inputs:
            _visit_at_once(graph, j, order)


def _stack(level: bool, again: bool) -> Walk:
    """With a stack, or level by level with a queue; again: a node is passed on as often as it is met."""

    def walk(graph: Graph) -> list[float]:
        order: list[int] = []
        seen: set[int] = set()
        todo = [len(graph) - 1]
        while todo and len(order) < 10_000:
            i = todo.pop(0 if level else -1)
            if i in seen and not again:
                continue
            seen.add(i)
            order.append(i)
            todo.extend(graph[i].inputs)
        return _pass_on(graph, order, _plus)

    return walk


def _marked_when_met(level: bool) -> Walk:
    """The same, where a node is marked when it is put into the queue."""

    def walk(graph: Graph) -> list[float]:
        order: list[int] = []
        todo = [len(graph) - 1]
        seen = set(todo)
        while todo:
            i = todo.pop(0 if level else -1)
            order.append(i)
            for j in graph[i].inputs:
                if j not in seen:
                    seen.add(j)
                    todo.append(j)
        return _pass_on(graph, order, _plus)

    return walk


def _recursive(together: bool) -> Walk:
    """Each node passes its slope to its inputs, and has them pass theirs on at once; together: after all have got theirs."""

    def walk(graph: Graph) -> list[float]:
        grads = [0.0] * len(graph)
        grads[-1] = 1.0
        _pass_down(graph, len(graph) - 1, grads, together)
        return grads

    return walk


def _pass_down(graph: Graph, i: int, grads: list[float], together: bool) -> None:
    pairs = list(zip(graph[i].inputs, graph[i].slopes))
    for j, s in pairs:
        grads[j] += grads[i] * s
        if not together:
            _pass_down(graph, j, grads, together)
    if together:
        for j, _ in pairs:
            _pass_down(graph, j, grads, together)


def _unvisited(graph: Graph) -> list[float]:
    """In topological order, in which a node stands as often as it was met."""
    return _pass_on(graph, _postorder(graph, once=False)[::-1], _plus)


def _last_path(graph: Graph) -> list[float]:
    """Along every path, where a node keeps what came along the last one."""
    grads = [0.0] * len(graph)
    _write_down(graph, len(graph) - 1, 1.0, grads)
    return grads


def _write_down(graph: Graph, i: int, g: float, grads: list[float]) -> None:
    grads[i] = g
    for j, s in zip(graph[i].inputs, graph[i].slopes):
        _write_down(graph, j, g * s, grads)


def _level(graph: Graph) -> list[float]:
    return _pass_on(graph, [len(graph) - 1], _plus)


def _equal(graph: Graph) -> list[float]:
    return _pass_on(graph, _postorder(graph, key=lambda i: graph[i].data)[::-1], _plus)


WALKS: tuple[tuple[str, Walk], ...] = (
    (LAST, _last),
    (LAST, _last_path),
    (FIRST, _first),
    (SAME, _same(True)),
    (SAME, _same(False)),
    (EARLY, _preorder),
    *((EARLY, _stack(level, False)) for level in (False, True)),
    *((EARLY, _marked_when_met(level)) for level in (False, True)),
    *((TWICE, _stack(level, True)) for level in (False, True)),
    *((TWICE, _recursive(together)) for together in (False, True)),
    (TWICE, _unvisited),
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
    from autograd.judge.operations import close

    choices = [(node, node._replace(inputs=node.inputs[::-1], slopes=node.slopes[::-1])) for node in graph]
    for turned in product(*(pair if len(pair[0].inputs) > 1 else pair[:1] for pair in choices)):
        grads = walk(turned)
        if all(close(grads[i], slope) for i, slope in zip(leaves, slopes)):
            return True
    return False
