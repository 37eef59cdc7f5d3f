"""Forward and backward, one step at a time.

`trace(y)` goes through the graph of y exactly as `y.backward()` does and writes down every step, without touching any .grad:

    forward     z = x·y = 2·3 = 6
    backward    upstream × local derivative = contribution;  total before + contribution = total

A step is plain data: print it, loop over it, make a table of it.
"""

from __future__ import annotations

from collections import namedtuple

from autograd.graph import history, nodes
from autograd.primitives import ATOM, CONSTANT, SUM
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class ForwardStep(namedtuple("ForwardStep", "node name formula numbers value")):
    """A node gets its value.

    node: the Value; name: what it is called here
    formula: how it is computed, in the names of its inputs; numbers: the same with their numbers
    value: the result
    """

    __slots__ = ()


class BackwardStep(
    namedtuple("BackwardStep", "node input name input_name formula local upstream contribution before total")
):
    """One input of a node gets its part of the gradient.

    node, input: the Values at the two ends of the edge; name, input_name: what they are called here
    formula: the local derivative ∂node/∂input as a formula; local: its number
    upstream: ∂y/∂node, which is complete at this step
    contribution: upstream × local; before, total: what the input's gradient was before this step, and is after it
    """

    __slots__ = ()


class Trace:
    """All steps of a graph: .forward, .backward; iterating gives both in turn; printing shows two tables.

    .grads holds ∂y/∂node for every node that is differentiated, equal to what y.backward() leaves in fresh .grad's.
    .names holds what each node is called: its label, or v1, v2, ... in the order of computation, or its number.
    """

    def __init__(self, y: Value, digits: int = 6) -> None:
        self.y, self.digits = y, digits
        self.names = self._named(y)
        self.forward = [self._forward_step(node) for node in reversed(history(y))]
        self.grads: dict[Value, float] = {node: 0.0 for node in nodes(y) if node.op is not CONSTANT}
        self.grads[y] = 1.0
        self.backward = [step for node in history(y) for step in self._backward_steps(node)]

    def __iter__(self) -> Iterator[ForwardStep | BackwardStep]:
        yield from self.forward
        yield from self.backward

    def __len__(self) -> int:
        return len(self.forward) + len(self.backward)

    def _named(self, y: Value) -> dict[Value, str]:
        names, unnamed = {}, 0
        for node in nodes(y):
            if node.label:
                names[node] = node.label
            elif node.op is CONSTANT:
                names[node] = self._text(node.data)
            else:
                unnamed += 1
                names[node] = f"v{unnamed}"
        return names

    def _forward_step(self, node: Value) -> ForwardStep:
        named = [(self.names[x], _level(self.names[x], not x.label)) for x in node.inputs]
        numbers = [(text := f"{x.data:.{self.digits}g}", _level(text, True)) for x in node.inputs]
        write = node.op.notation.write  # type: ignore[union-attr]
        return ForwardStep(node, self.names[node], write(named), write(numbers), node.data)

    def _backward_steps(self, node: Value) -> Iterator[BackwardStep]:
        op, upstream = node.op, self.grads[node]
        slopes = op.slopes(node.data, [x.data for x in node.inputs])  # type: ignore[union-attr]
        formulas = self._local_formulas(node)
        for x, local, formula in zip(node.inputs, slopes, formulas):
            if x.op is not CONSTANT:
                contribution, before = upstream * local, self.grads[x]
                self.grads[x] = total = before + contribution
                names = self.names[node], self.names[x]
                yield BackwardStep(node, x, *names, formula, local, upstream, contribution, before, total)

    def _local_formulas(self, node: Value) -> list[str]:
        """The rules, called on leaves that wear the nodes' names, written out."""

        def wearing(x: Value) -> Value | float:
            return x.data if x.op is CONSTANT and not x.label else Value(x.data, label=self.names[x])

        slopes = node.op.slopes(wearing(node), [wearing(x) for x in node.inputs])  # type: ignore[union-attr]
        return [formula(slope, self.digits) if isinstance(slope, Value) else f"{slope:.{self.digits}g}" for slope in slopes]

    def rows(self) -> list[dict[str, Any]]:
        """Every step as a dict of plain text and numbers, for JSON, a CSV file or a data frame."""
        forward = [{"pass": "forward", **s._asdict()} for s in self.forward]
        backward = [{"pass": "backward", **s._asdict()} for s in self.backward]
        return [{key: item for key, item in row.items() if not isinstance(item, Value)} for row in forward + backward]

    def forward_table(self) -> str:
        """The forward pass as lines: name = formula = numbers = value."""
        return _aligned([(s.name, f"= {s.formula}", f"= {s.numbers}", f"= {self._text(s.value)}") for s in self.forward])

    def backward_table(self) -> str:
        """The backward pass as lines: ∂y/∂input gets upstream × local derivative = contribution, and the total so far."""
        y = self.names[self.y]
        lines: list[tuple[str, ...]] = []
        for s in self.backward:
            local = f"∂{s.name}/∂{s.input_name} = {s.formula}"
            sum_so_far = f"{self._text(s.before)} + {self._text(s.contribution)} = {self._text(s.total)}"
            lines.append(
                (
                    f"∂{y}/∂{s.input_name}",
                    f"{self._text(s.upstream)} × {self._text(s.local)} = {self._text(s.contribution)}",
                    sum_so_far if s.before else "",
                    local,
                )
            )
        return _aligned([("gradient", "upstream × local = contribution", "total so far", "local derivative"), *lines])

    def _text(self, x: float) -> str:
        return f"{x:.{self.digits}g}"

    def __str__(self) -> str:
        return f"forward\n{self.forward_table()}\n\nbackward\n{self.backward_table()}"

    def __repr__(self) -> str:
        return f"<trace of {self.names[self.y]}: {len(self.forward)} steps forward, {len(self.backward)} back>"


def trace(y: Value, digits: int = 6) -> Trace:
    """Every step of computing and differentiating y, whose graph stays untouched.

    y: the output; digits: how many significant digits the texts show

    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> o = (w * x).sigmoid()
    >>> print(trace(o))
    forward
    v1  = w·x    = 0.5·2  = 1
    v2  = σ(v1)  = σ(1)   = 0.731059
    <BLANKLINE>
    backward
    gradient  upstream × local = contribution  total so far  local derivative
    ∂v2/∂v1   1 × 0.196612 = 0.196612                        ∂v2/∂v1 = v2·(1 − v2)
    ∂v2/∂w    0.196612 × 2 = 0.393224                        ∂v1/∂w = x
    ∂v2/∂x    0.196612 × 0.5 = 0.098306                      ∂v1/∂x = w

    Raises TypeError for anything but a Value.
    """
    if not isinstance(y, Value):
        raise TypeError(f"trace follows the graph of a Value, and {y!r} is none")
    return Trace(y, digits)


def formula(y: Value, digits: int = 6) -> str:
    """The text of a graph, down to its labelled nodes and leaves."""
    written: dict[Value, tuple[str, int]] = {}
    for node in nodes(y):
        if node.label and node is not y:
            written[node] = node.label, _level(node.label, False)
        elif node.inputs:
            notation = node.op.notation  # type: ignore[union-attr]
            written[node] = notation.write([written[x] for x in node.inputs]), notation.level
        else:
            text = node.label or f"{node.data:.{digits}g}"
            written[node] = text, _level(text, not node.label)
    return written[y][0]


def _level(text: str, is_number: bool) -> int:
    """How tightly a name or number holds together: a minus sign or a blank in it asks for brackets."""
    return SUM if text.startswith(("-", "−")) or (" " in text and not is_number) else ATOM


def _aligned(lines: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)
