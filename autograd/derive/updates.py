"""One step of gradient descent, as it is written on the board: w′ = w − η ∂L/∂w, in symbols, then in numbers.

And what came of it: the loss before and after, beside what the gradient promised. To first order the loss falls by
η‖∇L‖², the rate times the square of the gradient's length; what is missing is the curvature's doing.
"""

from __future__ import annotations

from typing import Any

from autograd.calculus import gradient
from autograd.derive.named_graph import free_names, values_in
from autograd.display.board import NOTHING, Board, Line, Math, figure, join, math, words, write_name
from autograd.graph import nodes
from autograd.interop.conversions import number
from autograd.operation import CONSTANT
from autograd.rewriting import value_at
from autograd.value import Value
from autograd.writing.names import primed, text_name

MOST = 24  # parameters that are written out


def descent(y: Value, *xs: Any, rate: float, symbol: str = "eta", digits: int = 6) -> Descent:
    """One step of gradient descent on y, written out; the graph stays as it is.

    y: the loss
    xs: the parameters that are stepped, as Values or lists of them
    rate: the learning rate; symbol: how it is called
    digits: how many significant digits numbers have

    The result shows itself in Jupyter and in print; .new has the new numbers by parameter, .before and .after the loss,
    .promise what the loss would fall by if it were linear. To take the step, set `w.data = step.new[w]`.

    >>> from autograd import Value, descent
    >>> w = Value(3.0, label="w")
    >>> L = w * w
    >>> L.label = "L"
    >>> step = descent(L, w, rate=0.1)
    >>> step.new[w], step.before, round(step.after, 12), step.promise
    (2.4, 9.0, 5.76, 3.6)

    Raises TypeError for what is no Value, ValueError for no parameters, or a plain number among them.
    """
    parameters = values_in(xs)
    for x in [y, *parameters]:
        if not isinstance(x, Value):
            raise TypeError(f"descent(y, w1, w2, ..., rate=0.1) takes Values, and {x!r} is none")
    for x in parameters:
        if x.op is CONSTANT:
            raise ValueError(f"{x.data} is a plain number: make it Value({x.data}), and it can be stepped")
        if x.inputs:
            raise ValueError(f"{x!r} was computed: step the Values that it was computed from")
    if not parameters:
        raise ValueError("descent needs parameters to step: descent(y, model.parameters(), rate=0.1)")
    return Descent(y, parameters, number(rate), symbol, digits)


class Descent(Board):
    """One step of gradient descent; see `descent`.

    new: the number of each parameter after the step; before, after: the loss; promise: rate times ‖∇L‖²

    >>> from autograd import Value, descent
    >>> w = Value(3.0, label="w")
    >>> step = descent(w * w, w, rate=0.25)
    >>> step.new[w], step.before, step.after, step.promise
    (1.5, 9.0, 2.25, 9.0)
    >>> print(step)
    w′      = w − η·∂L/∂w   gradient descent
            = 3 − 0.25·6 = 1.5
    L       = 9             before the step
    L′      = 2.25          after it
    L − L′  = 6.75          so much the loss fell
    η·‖∇L‖² = 9             so much the gradient promised, to first order
    """

    def __init__(self, y: Value, xs: list[Value], rate: float, symbol: str, digits: int) -> None:
        slopes = [slope.data for slope in gradient(y, *xs)]
        self.new = {x: x.data - rate * slope for x, slope in zip(xs, slopes)}
        self.before, self.after = y.data, value_at(y, self.new)
        self.promise = rate * sum(slope * slope for slope in slopes)
        eta, loss = write_name(symbol), y.label or "L"

        def show(x: float) -> Math:
            return figure(x, digits)

        taken = {text_name(label) for label in [loss, symbol, *(node.label for node in nodes(y) if node.label)]}
        invented = iter(free_names("w", sum(not x.label for x in xs), taken))
        labels = [x.label or next(invented) for x in xs]
        every, reason, several = labels[0], words("gradient descent"), len(xs) > 1
        if several:
            every = next(name for name in ("theta", "p", "q", "every") if text_name(name) not in taken)
            reason = join([words("gradient descent, for each "), write_name(every)], "")
        rule = Value(0.0, every) - Value(rate, symbol) * Value(0.0, f"∂{loss}/∂{every}")
        lines = [Line(_new(every), math(rule), reason)]
        for label, x, slope in list(zip(labels, xs, slopes))[:MOST]:
            numbers = math(Value(x.data, label) - Value(rate, symbol) * Value(slope, "slope"), numbers=True, digits=digits)
            lines.append(Line(_new(label) if several else NOTHING, join([numbers, show(self.new[x])], " = ")))
        if len(xs) > MOST:
            lines.append(Line(Math("⋯", r"\cdots"), reason=words(f"{len(xs)} parameters in all")))
        name, new_name = write_name(loss), _new(loss)
        fell = self.before >= self.after
        what = "so much the loss fell" if fell else "the loss rose: for its curvature the rate is too large"
        norm = Math(f"{eta.text}·‖∇{name.text}‖²", rf"{eta.latex} \, \|\nabla {name.latex}\|^{{2}}")
        lines += [
            Line(name, show(self.before), words("before the step")),
            Line(new_name, show(self.after), words("after it")),
            Line(join([name, new_name], " − ", " - "), show(self.before - self.after), words(what)),
            Line(norm, show(self.promise), words("so much the gradient promised, to first order")),
        ]
        super().__init__(lines)


def _new(label: str) -> Math:
    """The name of a quantity after the step: a prime says that it is new, as on the sheets of exercises."""
    return write_name(primed(label))
