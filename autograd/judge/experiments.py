"""Experiments on an engine: what is tried, written down step by step, and what is noted of it.

An experiment is a small graph of new values, written as a `Sketch`; a bench runs it. The graphs in which values are used
twice stand here as well, each with the right local slopes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from autograd.calculus import gradient
from autograd.judge import walks
from autograd.judge.operations import SIGNS, Operation
from autograd.value import Value
from autograd.writing.numbers import number

RIGHT, WRONG, LIMIT, MISSING, CONVENTION, UNEXAMINED = "right", "wrong", "limit", "missing", "convention", "not examined"


class Bench(Protocol):
    """Where experiments run; see process.py."""

    def run(self, steps: Sequence[Sequence[Any]]) -> dict[str, Any]: ...
    def has(self, names: Sequence[str]) -> list[str]: ...


class EngineRow(NamedTuple):
    """One thing that was examined.

    name: what it is; verdict: right, wrong, limit, missing, convention or not examined; remark: what is to be said of it
    """

    name: str
    verdict: str
    remark: str = ""


class Sketch:
    """The steps of an experiment, written down: each method gives the place of what it computes."""

    def __init__(self) -> None:
        self.steps: list[list[Any]] = []
        self.count = 0

    def _made(self, *step: Any) -> int:
        self.steps.append(list(step))
        self.count += 1
        return self.count - 1

    def leaf(self, x: float) -> int:
        return self._made("leaf", x)

    def number(self, x: float) -> int:
        return self._made("number", x)

    def apply(self, name: str, *inputs: int) -> int:
        return self._made("apply", name, list(inputs))

    def backward(self, y: int) -> None:
        self.steps.append(["backward", y])

    def read(self, *places: int) -> None:
        self.steps.append(["read", list(places)])

    def zero(self, x: int) -> None:
        self.steps.append(["zero", x])

    def double(self, name: str, x: int, times: int) -> int:
        return self._made("double", name, x, times)

    def repeat(self, name: str, inputs: Sequence[int], times: int) -> int:
        return self._made("repeat", name, list(inputs), times)

    def sum(self, *places: int) -> int:
        return self._made("sum", list(places))


class Measured(NamedTuple):
    """One operation at one point: inputs, result, the slopes of those inputs that are values, and the right ones."""

    at: tuple[float, ...]
    z: float
    slopes: tuple[float, ...]
    right_z: float
    right: tuple[float, ...]


class Use(NamedTuple):
    """An operation in one of its uses: of values alone, or with a plain number on one side.

    sides: which inputs are values; name: the method that Python calls for it
    """

    operation: Operation
    sides: tuple[int, ...]

    @property
    def name(self) -> str:
        own = self.operation.name
        return own.replace("__", "__r", 1) if self.sides == (1,) else own

    @property
    def shown(self) -> str:
        return f"`{self.name}`"

    @property
    def is_plain(self) -> bool:
        return len(self.sides) == self.operation.arity

    @property
    def with_number(self) -> str:
        """Where the plain number is, in words."""
        return "" if self.is_plain else f"with a plain number on the {'left' if self.sides == (1,) else 'right'}"


class Fault(NamedTuple):
    """What is wrong with a use of an operation; calls are the methods that computed it.

    general: what to say of backward() where this is wrong with every operation
    """

    use: Use
    remark: str
    calls: frozenset[str]
    general: str = ""


def single(use: Use, at: Sequence[float]) -> tuple[Sketch, list[int], int]:
    """An operation on new values and numbers: what is written down so far, the places of values, and of the result."""
    sketch = Sketch()
    places = [sketch.leaf(x) if i in use.sides else sketch.number(short(x)) for i, x in enumerate(at)]
    y = sketch.apply(use.operation.name, *places)
    return sketch, [places[i] for i in use.sides], y


def two_levels(first: Use, second: Use) -> tuple[Sketch, int, int]:
    sketch = Sketch()
    x, c, d = sketch.leaf(1.7), sketch.leaf(2.6), sketch.leaf(0.9)
    return sketch, x, sketch.apply(first.operation.name, sketch.apply(second.operation.name, x, c), d)


GRAPHS = (  # the numbers of their leaves; then operations, each with the places of its inputs
    ("a value with itself", (1.7,), "q00"),
    ("a diamond", (1.7, 0.6, 2.3), "p01 q02 q34"),
    ("a value used by two nodes, one of which uses the other", (1.7, 0.6, 2.3), "q01 p32 p34"),
    ("a value used by two nodes, one of which uses the other", (1.7, 0.6, 2.3), "q01 p32 p43"),
    ("a longer graph", (1.1, 0.6, 2.3), "p01 q32 p41 q53 p64"),
    ("a longer graph", (1.1, 0.6, 2.3), "p01 q32 p41 q35 p46"),
    ("a graph with equal numbers", (1.5, 1.5, 0.7, 0.7), "p02 p13 q45"),
)


def graphs(p: str, q: str) -> Iterator[tuple[str, Sketch, list[int]]]:
    """Graphs in which values are used twice, of two operations, each with its leaves; the last node is the result."""
    operations = {"p": p, "q": q}
    for name, numbers, steps in GRAPHS:
        sketch = Sketch()
        leaves = [sketch.leaf(x) for x in numbers]
        for step in steps.split():
            sketch.apply(operations[step[0]], *map(int, step[1:]))
        yield name, sketch, leaves


def as_graph(sketch: Sketch, names: dict[str, Operation]) -> walks.Graph:
    """The graph that an experiment builds, with the right local slopes."""
    nodes: list[walks.Node] = []
    for what, *rest in sketch.steps:
        if what == "leaf":
            nodes.append(walks.Node((), (), rest[0]))
        else:
            xs = [Value(nodes[i].data) for i in rest[1]]
            y = names[rest[0]].function(*xs)
            nodes.append(walks.Node(tuple(rest[1]), tuple(s.data for s in gradient(y, *xs)), y.data))
    return nodes


def short(x: float) -> float | int:
    """A whole number as an int, as people write it beside a value."""
    return int(x) if x == int(x) else x


def figure(x: float) -> str:
    return number(x, 5)[0]


def at_point(use: Use, at: Sequence[float]) -> str:
    """An operation at a point, as one would write it."""
    operation = use.operation
    numbers = [figure(x) for x in at]
    if operation.arity == 1:
        return f"{operation.meaning}({numbers[0]})"
    left, right = (f"({n})" if n.startswith("−") else n for n in numbers)
    return f"{left} {SIGNS[operation.meaning]} {right}"
