"""Forward and backward, one step at a time.

`trace(y)` goes through the graph of y exactly as `y.backward()` does and writes down every step, without touching any .grad:

    forward     z = x·y = 2·3 = 6
    backward    upstream × local derivative = contribution;  total before + contribution = total

A step is plain data: print it, loop over it, make a table of it. `Walk` goes through the steps by hand, as one drives a
debugger. And a trace can be taken the wrong way on purpose, to see where the numbers part from the right ones:

    "overwrite"    = instead of +=, so that of a node used twice only the last contribution is left
    "order"        a node is visited when it is first reached, before all that uses it has been
    "no zero_grad" leaves start from the gradient that they hold already
"""

from __future__ import annotations

from collections import namedtuple

from autograd.graph import history, nodes
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.columns import align
from autograd.writing.notation import level_of
from autograd.writing.numbers import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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

    def __init__(self, y: Value, digits: int = 6, wrong: str = "") -> None:
        self.y, self.digits, self.wrong = y, digits, wrong
        self.names = self._named(y)
        order = history(y)
        self.forward = [self._forward_step(node) for node in reversed(order)]
        self.starts: dict[Value, float] = {
            node: node.grad if wrong == "no zero_grad" and not node.inputs else 0.0
            for node in nodes(y)
            if node.op is not CONSTANT
        }
        self.starts[y] += 1.0
        self.grads = dict(self.starts)
        visits = as_first_reached(y) if wrong == "order" else order
        self.backward = [step for node in visits for step in self._backward_steps(node)]

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

    def _called(self, node: Value) -> str:
        """The name of a node as it is shown: w₁ for w_1, as drawings have it."""
        return _shown(self.names[node])

    def _forward_step(self, node: Value) -> ForwardStep:
        named = [(self._called(x), level_of(self._called(x))) for x in node.inputs]
        numbers = [number(x.data, self.digits) for x in node.inputs]
        write = node.op.notation.write  # type: ignore[union-attr]
        return ForwardStep(node, self.names[node], write(named), write(numbers), node.data)

    def _backward_steps(self, node: Value) -> Iterator[BackwardStep]:
        op, upstream = node.op, self.grads[node]
        slopes = op.slopes(node.data, [x.data for x in node.inputs])  # type: ignore[union-attr]
        formulas = self._local_formulas(node)
        for x, local, formula in zip(node.inputs, slopes, formulas):
            if x.op is not CONSTANT:
                contribution, before = upstream * local, self.grads[x]
                self.grads[x] = total = contribution if self.wrong == "overwrite" else before + contribution
                names = self.names[node], self.names[x]
                yield BackwardStep(node, x, *names, formula, local, upstream, contribution, before, total)

    def _local_formulas(self, node: Value) -> list[str]:
        from autograd.formula.writing import slope_formulas  # which takes as long to load as the engine

        return slope_formulas(node, lambda x: None if x.op is CONSTANT and not x.label else self._called(x), self.digits)

    def rows(self) -> list[dict[str, Any]]:
        """Every step as a dict of plain text and numbers, for JSON, a CSV file or a data frame."""
        forward = [{"pass": "forward", **s._asdict()} for s in self.forward]
        backward = [{"pass": "backward", **s._asdict()} for s in self.backward]
        return [{key: item for key, item in row.items() if not isinstance(item, Value)} for row in forward + backward]

    def forward_table(self) -> str:
        """The forward pass as lines: name = formula = numbers = value."""
        return align(
            [(_shown(s.name), f"= {s.formula}", f"= {s.numbers}", f"= {self._text(s.value)}") for s in self.forward]
        )

    def backward_table(self) -> str:
        """The backward pass as lines: ∂y/∂input gets upstream × local derivative = contribution, and the total so far."""
        lines = [("gradient", "upstream × local = contribution", "total so far", "local derivative")]
        for s in self.backward:
            gradient, local, product, total = self._texts(s)
            lines.append((gradient, product, total if s.before else "", local))
        return align(lines)

    def _texts(self, s: BackwardStep) -> tuple[str, str, str, str]:
        """A step backward: the gradient that grows, the local derivative, the contribution, and the total so far."""
        x = _shown(s.input_name)
        numbers = s.upstream, s.local, s.contribution, s.before, s.total
        upstream, local, contribution, before, total = map(self._text, numbers)
        return (
            f"∂{self._called(self.y)}/∂{x}",
            f"∂{_shown(s.name)}/∂{x} = {s.formula}",
            f"{upstream} × {local} = {contribution}",
            f"{before} + {contribution} = {total}",
        )

    def differences(self, other: Trace) -> list[tuple[Value, str, float, float]]:
        """The nodes whose gradients differ in another trace of the same graph, as (node, name, here, there).

        >>> from autograd import Value, trace
        >>> x = Value(3.0, label="x")
        >>> y = x * x
        >>> trace(y).differences(trace(y, wrong="overwrite"))
        [(Value(3.0, label="x"), 'x', 6.0, 3.0)]
        """
        both = [(node, self.names[node], grad, other.grads[node]) for node, grad in self.grads.items()]
        return [row for row in both if row[2] != row[3]]

    def _repr_html_(self) -> str:
        """Two tables for Jupyter, with labels as text and never as markup."""
        forward = [(_shown(s.name), s.formula, s.numbers, self._text(s.value)) for s in self.forward]
        return _html_table("forward", ("node", "formula", "numbers", "value"), forward) + _html_table(
            self._backward_title(),
            ("gradient", "local derivative", "upstream × local = contribution", "before + contribution = total"),
            map(self._texts, self.backward),
        )

    def _backward_title(self) -> str:
        """What is wrong with a trace that was taken the wrong way stands above it."""
        if not self.wrong:
            return "backward"
        y, right = self._called(self.y), Trace(self.y, self.digits)
        parted = [
            f"∂{y}/∂{_shown(name)} comes out as {self._text(wrong)}, and is {self._text(true)}"
            for _, name, true, wrong in right.differences(self)
        ]
        return f"backward, {WRONG_WAYS[self.wrong]}: {'; '.join(parted) or 'no number of this graph shows it'}"

    def _text(self, x: float) -> str:
        return number(x, self.digits)[0]

    def __str__(self) -> str:
        return f"forward\n{self.forward_table()}\n\n{self._backward_title()}\n{self.backward_table()}"

    def __repr__(self) -> str:
        return f"<trace of {self._called(self.y)}: {len(self.forward)} steps forward, {len(self.backward)} back>"


def _shown(name: str) -> str:
    """A name with its indices below the line."""
    from autograd.writing.names import pretty  # with regular expressions, which take as long to load as the engine

    return pretty(name)


class Walk:
    """A trace driven by hand, step by step in either direction.

    y: the output, or a Trace of it
    watch: Values whose numbers print(walk) shows at every step

    .step is the step just taken (None at the start), .position how many have been taken; .values and .grads hold what is
    known of each node by now. next() and previous() go one step and give it, None at the end; run_to and run_until go on
    until something has happened.

    >>> from autograd import Value, Walk
    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> walk = Walk((w * x).sigmoid(), watch=[w])
    >>> walk.run_to(w).total == walk.grads[w]
    True
    >>> walk.previous() and walk.grads[w]
    0.0
    """

    def __init__(self, y: Value | Trace, watch: Iterable[Value] = ()) -> None:
        self.trace = y if isinstance(y, Trace) else trace(y)
        self.watch = list(watch)
        unknown = [node for node in self.watch if node not in self.trace.names]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no node of this graph, so there is nothing to watch")
        self.steps: list[ForwardStep | BackwardStep] = list(self.trace)
        self.position = 0
        self._known()

    def _known(self) -> None:
        """What is known after the steps taken; of leaves the value is known from the start."""
        forward = len(self.trace.forward)
        self.values = {node: node.data for node in self.trace.names if not node.inputs}
        self.values.update((s.node, s.value) for s in self.trace.forward[: self.position])
        self.grads = dict(self.trace.starts) if self.position >= forward else {}
        self.grads.update((s.input, s.total) for s in self.trace.backward[: max(self.position - forward, 0)])

    @property
    def step(self) -> ForwardStep | BackwardStep | None:
        """The step just taken; None at the start."""
        return self.steps[self.position - 1] if self.position else None

    def _go(self, by: int) -> ForwardStep | BackwardStep | None:
        if not 0 <= self.position + by <= len(self.steps):
            return None
        self.position += by
        self._known()
        return self.step

    def next(self) -> ForwardStep | BackwardStep | None:
        """Take the next step and give it; None if there is none."""
        return self._go(1)

    def previous(self) -> ForwardStep | BackwardStep | None:
        """Take the last step back and give the one before it; None at the start."""
        return self._go(-1)

    def run_until(self, condition: Callable[[ForwardStep | BackwardStep], object]) -> ForwardStep | BackwardStep | None:
        """Go on to the next step for which condition(step) holds, and give it; None, at the end, if it never does.

        condition: a function of a step, whose fields are those of a Trace's steps

        >>> from autograd import Value, Walk
        >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
        >>> step = Walk(w * x + w).run_until(lambda step: hasattr(step, "total"))
        >>> step.input_name, step.contribution
        ('v1', 1.0)
        """
        found = None
        while found is None and self.position < len(self.steps):
            self.position += 1
            if condition(self.steps[self.position - 1]):
                found = self.steps[self.position - 1]
        self._known()
        return found

    def run_to(self, node: Value) -> ForwardStep | BackwardStep | None:
        """Go on until a node gets its value or, on the way back, a contribution to its gradient; give that step.

        node: a node of the graph; None is given, at the end, where it gets no more
        """
        return self.run_until(lambda step: step.node is node if isinstance(step, ForwardStep) else step.input is node)

    def __str__(self) -> str:
        step, text = self.step, self.trace._text
        lines = [f"step {self.position} of {len(self.steps)}"]
        if isinstance(step, ForwardStep):
            lines.append(f"forward   {_shown(step.name)} = {step.formula} = {step.numbers} = {text(step.value)}")
        elif step is not None:
            _, local, product, total = self.trace._texts(step)
            lines += [f"backward  {local} = {text(step.local)}", f"          {product}", f"          {total}"]
        for node in self.watch:
            value = text(self.values[node]) if node in self.values else "not yet"
            grad = text(self.grads[node]) if node in self.grads else "not yet"
            lines.append(f"watch     {self.trace._called(node)}: value {value}, gradient {grad}")
        return "\n".join(lines)

    __repr__ = __str__


WRONG_WAYS = {  # and what is wrong with each
    "overwrite": "with = in place of +=",
    "order": "in the order in which a walk down from the output comes upon the nodes",
    "no zero_grad": "added to the gradients of the last time",
}


def trace(y: Value, digits: int = 6, *, wrong: str = "") -> Trace:
    """Every step of computing and differentiating y, whose graph stays untouched.

    y: the output; digits: how many significant digits the texts show
    wrong: "" for the right way, or for teaching one of the wrong ones: "overwrite", "order", "no zero_grad"

    >>> from autograd import Value, trace
    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> h = (w * x).sigmoid()
    >>> print(trace(h))
    forward
    v1  = w·x    = 0.5·2  = 1
    v2  = σ(v1)  = σ(1)   = 0.731059
    <BLANKLINE>
    backward
    gradient  upstream × local = contribution  total so far  local derivative
    ∂v2/∂v1   1 × 0.196612 = 0.196612                        ∂v2/∂v1 = v2·(1 − v2)
    ∂v2/∂w    0.196612 × 2 = 0.393224                        ∂v1/∂w = x
    ∂v2/∂x    0.196612 × 0.5 = 0.098306                      ∂v1/∂x = w

    Raises TypeError for anything but a Value, ValueError for a wrong way that is not known.
    """
    if not isinstance(y, Value):
        raise TypeError(f"trace follows the graph of a Value, and {y!r} is none")
    if wrong and wrong not in WRONG_WAYS:
        raise ValueError(f"wrong is one of {', '.join(map(repr, WRONG_WAYS))}, not {wrong!r}")
    return Trace(y, digits, wrong)


def as_first_reached(y: Value) -> list[Value]:
    """The computed nodes in the order in which a walk down from y first comes upon them: not the one for gradients."""
    order: dict[Value, None] = {}
    stack = [y]
    while stack:
        node = stack.pop()
        if node.inputs and node not in order:
            order[node] = None
            stack.extend(node.inputs[::-1])
    return list(order)


def _html_table(caption: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    from html import escape  # it takes as long to load as this whole package

    def line(cells: tuple[str, ...], tag: str) -> str:
        style = ' style="text-align:left;font-variant-numeric:tabular-nums"'
        return "<tr>" + "".join(f"<{tag}{style}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line(row, "td") for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead>{line(head, 'th')}</thead><tbody>{body}</tbody></table>"
