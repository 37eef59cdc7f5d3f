"""Walking a graph: its order, its leaves, the paths through it.

A node has a tuple `inputs`; a leaf's is empty. Every walk keeps a stack of its own instead of calling itself,
so that a chain of a million nodes is walked like one of ten.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator
    from typing import TypeVar

    from autograd.value import Value

    T = TypeVar("T")


def history(*outputs: Value) -> list[Value]:
    """Every computed node behind the outputs, and they themselves; each before its inputs.

    That is the order in which backpropagation visits them: when a node's turn comes, everything that uses it has been.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = list(outputs)
    emit, see, push, pop = order.append, seen.add, stack.append, stack.pop
    while stack:  # the hot loop of every backward pass: it reads the slots in which Values keep their inputs
        node = pop()
        if node is None:  # all that the node below was computed from is in
            emit(pop())  # type: ignore[arg-type]
        elif (x := node._first) is not None and node not in seen:
            see(node)
            push(node)
            push(None)
            if x.__class__ is tuple:
                for each in x[::-1]:
                    if each._first is not None and each not in seen:
                        push(each)
            else:
                y = node._second
                if y is not None and y._first is not None and y not in seen:
                    push(y)
                if x._first is not None and x not in seen:
                    push(x)
    order.reverse()
    return order


def nodes(*outputs: Value) -> list[Value]:
    """Every node behind the outputs, leaves and constants too, and they themselves; each after its inputs."""
    order: dict[Value, None] = {}
    for node in reversed(history(*outputs)):  # hot as well, in all marking; what stands already stays where it is
        x, y = node._first, node._second
        if x.__class__ is tuple:
            for each in x:
                order[each] = None
        else:
            order[x] = None
            if y is not None:
                order[y] = None
        order[node] = None
    order.update(dict.fromkeys(outputs))
    return list(order)


def bottom_up(roots: Iterable[T], below: Callable[[T], Iterable[T]], known: Container[T] = ()) -> Iterator[T]:
    """All that can be reached from the roots, each after what is below it.

    below: what is directly below one, in the order in which it is to come
    known: what is left alone, with all that is below it; it may grow on the way
    """
    seen: set[T] = set()
    stack = [(root, False) for root in roots][::-1]
    while stack:
        item, ready = stack.pop()
        if ready:
            yield item
        elif item not in known and item not in seen:
            seen.add(item)
            if waiting := [(x, False) for x in below(item) if x not in seen]:
                stack.append((item, True))
                stack += waiting[::-1]
            else:
                yield item


def leaves(*outputs: Value) -> list[Value]:
    """Every leaf behind the outputs, in the order in which the formula names them; constants are leaves too."""
    return [node for node in nodes(*outputs) if not node.inputs]


def dependents(xs: Iterable[Value], order: Iterable[Value]) -> set[Value]:
    """Those of order (each node before its inputs) that vary with any of xs, and xs themselves."""
    found = set(xs)
    for node in reversed(list(order)):
        if not found.isdisjoint(node.inputs):
            found.add(node)
    return found


def paths_between(y: Value, x: Value) -> set[Value]:
    """Every node on some way from y down to x, both ends included; empty if y does not depend on x.

    y: the output
    x: a leaf, or a computed node

    A gradient takes these ways: in nn.draw(y, highlight=paths_between(y, x)) they stand out.

    >>> from autograd import Value, paths_between
    >>> x, c = Value(3.0, label="x"), Value(1.0, label="c")
    >>> y = x * x - c
    >>> len(paths_between(y, x)), c in paths_between(y, x), paths_between(x, y)
    (3, False, set())
    """
    order = history(y)
    leading = dependents([x], order)
    return leading if y in leading else set()


def ways(y: Value, x: Value, below: Callable[[Value], Iterable[Value]], leading: Container[Value]) -> Iterator[list[Value]]:
    """Each way from y down to x, as [y, ..., x]; one through a node that is twice below another is two ways.

    below: what is directly below a node; leading: the nodes that x is below

    There can be exponentially many: take as many as you need from the iterator.
    """
    path = [y]
    if y is x:
        yield [x]
    turns = [iter(below(y))]
    while turns:
        step = next((node for node in turns[-1] if node in leading), None)
        if step is None:
            turns.pop()
            path.pop()
        elif step is x:
            yield [*path, x]
        else:
            path.append(step)
            turns.append(iter(below(step)))
