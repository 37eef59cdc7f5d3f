"""Nodes of which somebody else says what they came from and how they vary, as microgpt's and micrograd's own code does.

    Value(x.data**2, (x,), (2 * x.data,))                  a number, what it was made from, its slope in each
    out = Value(x.data**2, (x,), "sq"); out._backward = f  the same, where f adds to x.grad what comes to it

A graph keeps operations, so each such node has one of its own, with what was said: a number and its slopes, at one point.
That is enough for backward(), for first derivatives, for a trace and a drawing. How it is computed elsewhere, and how its
slopes vary, nobody has said; whoever asks for that is told so. A function is no part of a node: `f` is tried and let go.
"""

from __future__ import annotations

import math
from functools import partial

from autograd.interop.conversions import number, short
from autograd.operation import Primitive
from autograd.threads import one_at_a_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from autograd.value import Value

AS_A_ROW = "write it as an operation, autograd.Primitive(name, value, *partials)"


class OfOnePoint(Primitive):
    """An operation of which one number is known. It has no row in the table, and belongs to one node.

    name: what formulas call it; data: the number; at: the numbers of the inputs that it is known for
    """

    def __init__(self, name: str, data: float, at: Sequence[float]) -> None:
        self.name, self.data, self.at, self.arity = name, data, tuple(at), len(at)

    def value(self, *xs: float) -> float:
        """The number, where it is known; what it is elsewhere is no number."""
        return self.data if self.is_known_at(xs) else math.nan

    def is_known_at(self, xs: Sequence[float]) -> bool:
        return all(x == known or (math.isnan(x) and math.isnan(known)) for x, known in zip(xs, self.at))

    def check_point(self, xs: Sequence[float]) -> None:
        """Raise ValueError where this is not the point that it is known at."""
        if not self.is_known_at(xs):
            point, asked = (", ".join(map(short, each)) for each in (self.at, xs))
            raise ValueError(
                f"{self.name}({point}) was handed over as the number {short(self.data)}, and nobody said what"
                f" {self.name}({asked}) is: make the Value anew, or {AS_A_ROW}"
            )


class Given(OfOnePoint):
    """The operation of a node whose number and slopes were given.

    symbol: what was said of it, such as "+"; formulas have the name, where that is one
    given: the slope in each input; None where nobody has said any
    """

    def __init__(self, symbol: str, data: float, at: Sequence[float], given: Sequence[float] | None) -> None:
        super().__init__(symbol if symbol.isidentifier() and symbol not in Primitive.built_in else "given", data, at)
        self.symbol, self.given = symbol or self.name, given

    @property
    def partials(self) -> tuple[Callable[..., Any], ...]:  # type: ignore[override]
        """A function for each input, made when it is asked for: kept, it would be a circle."""
        return tuple(partial(self._slope, i) for i in range(len(self.at)))

    def _slope(self, i: int, z: Any, *xs: Any) -> Any:
        if self.given is None:
            raise ValueError(
                f"nobody said how {self.name}, {short(self.data)}, varies with what it came from: Value(data, children,"
                f" local_grads) says it, or compute it with operations of Values, or {AS_A_ROW}"
            )
        slope = GivenSlope(self, i)
        if not any(hasattr(x, "inputs") for x in xs):
            slope.check_point(xs)
        return slope(*xs)

    def __reduce__(self) -> tuple[Any, ...]:
        return Given, (self.symbol, self.data, self.at, self.given)


class GivenSlope(OfOnePoint):
    """One slope of such a node: a number that may be asked for, and not be differentiated."""

    def __init__(self, of: Given, place: int) -> None:
        super().__init__(f"{of.name}′", of.given[place], of.at)  # type: ignore[index]
        self.of, self.place = of, place

    @property
    def partials(self) -> tuple[Callable[..., Any], ...]:  # type: ignore[override]
        """What raises ValueError, for each input."""
        return (self._refuse,) * len(self.at)

    def _refuse(self, z: Any, *xs: Any) -> Any:
        raise ValueError(
            f"the local gradients of {self.of.name} were given as numbers, and nobody said how they vary: for derivatives of"
            f" higher order {AS_A_ROW}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return GivenSlope, (self.of, self.place)


def computed_from(data: float, children: Iterable[Any], slopes: Any, symbol: str) -> tuple[Given, tuple[Value, ...]]:
    """The operation of a node that is said to come from its children, and these, as Values.

    slopes: one for each child, or none; or a text, which is a symbol, as micrograd has it in this place

    Raises TypeError for children that are no Values or numbers, ValueError for another number of slopes than of children.
    """
    if isinstance(slopes, str):
        slopes, symbol = (), slopes or symbol
    if isinstance(children, str) or not hasattr(children, "__iter__"):
        raise TypeError(f"what a Value came from is a tuple of Values, not {children!r}; a name is Value(data, label=...)")
    inputs = tuple(map(Primitive.lift, children))
    slopes = tuple(map(number, slopes))
    if slopes and isinstance(children, (set, frozenset)):
        raise TypeError("local gradients belong to children in order, and a set has none: pass a tuple of Values")
    if not inputs or (slopes and len(slopes) != len(inputs)):
        several = f"{len(slopes)} local gradient{'' if len(slopes) == 1 else 's'}"
        said = several if slopes else f"the operation {symbol!r}"
        children = "1 child" if len(inputs) == 1 else f"{len(inputs)} children"
        raise ValueError(
            f"{said} for {children}: Value(data, children, local_grads) takes one for each; a name is Value(data, label=...)"
        )
    return Given(symbol, data, [x.data for x in inputs], slopes or None), inputs


def slopes_by(pass_on: Callable[[], object], node: Value) -> tuple[tuple[Value, ...], tuple[float, ...]]:
    """The inputs of a node, each once, and its slope in each, by a function that adds to the .grad of all of them.

    It is called twice: with the gradient 1 at the output and 0 at the inputs, to hear the slopes; and with 2 and 1, since
    what overwrites, or does not go by the output's gradient, cannot be added up along a graph. All gradients are put back.

    Raises ValueError for what does not add the output's gradient times a number.
    """
    inputs = tuple(dict.fromkeys(node.inputs))
    before = [x.grad for x in (node, *inputs)]

    def heard(upstream: float, there: float) -> list[float]:
        node.grad = upstream
        for x in inputs:
            x.grad = there
        pass_on()
        return [number(x.grad) for x in inputs]

    with one_at_a_time:
        try:
            slopes, again = heard(1.0, 0.0), heard(2.0, 1.0)
        finally:
            for x, grad in zip((node, *inputs), before):
                x.grad = grad
    for x, slope, total in zip(inputs, slopes, again):
        expected = 1.0 + 2.0 * slope
        if not (math.isclose(total, expected, rel_tol=1e-9, abs_tol=1e-9) or (math.isnan(total) and math.isnan(expected))):
            raise ValueError(
                f"this _backward cannot be added up: where the output's gradient is 1 it gives {x!r} {short(slope)}, so with"
                f" 2, and 1 there before, it should leave {short(expected)} and leaves {short(total)}. Write x.grad += slope"
                " * out.grad, with += for each input"
            )
    return inputs, tuple(slopes)
