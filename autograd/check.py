"""Derivatives against finite differences, as a report.

The numeric side is Ridders' method: central differences at shrinking steps, extrapolated to step zero, with an estimate of
their own error (Ridders 1982; Press et al., Numerical Recipes, section 5.7). Where it disagrees with the analytic side,
three questions are asked before anybody is blamed: is the point on a kink or a jump, is it at the edge of the domain, and
which operation in the graph gives, on its own, a slope that its own value does not have?
"""

from __future__ import annotations

import math

from autograd.calculus import Run, flatten, function_name, gradient, nest
from autograd.graph import nodes
from autograd.interop.conversions import short
from autograd.value import Value
from autograd.writing.columns import align
from autograd.writing.numbers import RAISED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

RIGHT, KINK, UNDEFINED, WRONG, UNCLEAR = "right", "kink", "undefined", "wrong", "unclear"


class CheckedDerivative:
    """One row of a report: a derivative both ways.

    name: what it is, "∂f/∂x" or "∂²f/∂x∂y"
    analytic, numeric: the two numbers
    left, right: the slopes on the two sides of the point
    verdict: "right"; "kink" (the sides differ, and the analytic slope lies between them); "undefined" (the function itself
        is not finite there, nor is the slope); "wrong"; or "unclear" where finite differences do not settle
    """

    def __init__(self, name: str, analytic: float, difference: _Difference, tolerance: float) -> None:
        self.name, self.analytic = name, analytic
        self.numeric, self.left, self.right = difference.central, difference.left, difference.right
        self.verdict = difference.judge(analytic, tolerance)

    def __bool__(self) -> bool:
        return self.verdict in (RIGHT, KINK, UNDEFINED)


class GradientCheck:
    """What check_gradients found: true if every derivative is right; printing it shows the table.

    rows: a CheckedDerivative for each derivative
    culprits: a sentence for each operation whose own derivative is wrong
    """

    def __init__(self, title: str, rows: list[CheckedDerivative], culprits: list[str]) -> None:
        self.title, self.rows, self.culprits = title, rows, culprits

    def __bool__(self) -> bool:
        return all(self.rows)

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __str__(self) -> str:
        rows = [("derivative", "analytic", "numeric", "verdict")]
        for row in self.rows:
            sides = f" ({row.left:.6g} on the left, {row.right:.6g} on the right)" if row.verdict == KINK else ""
            rows.append((row.name, f"{row.analytic:.8g}", f"{row.numeric:.8g}", row.verdict + sides))
        lines = align(rows).splitlines()
        return "\n".join([self.title, *("  " + line for line in lines), *self.culprits])

    __repr__ = __str__


def check_gradients(f: Callable[..., Any], *point: Any, order: int = 1, tolerance: float = 1e-6) -> GradientCheck:
    """Compare the derivatives that the graph of f gives with finite differences of its values.

    f: a function of numbers or Values, or lists of them, with one output or a list of outputs; a Primitive too
    point: its arguments
    order: check all derivatives up to this order; each one against differences of the order before
    tolerance: the relative difference that still counts as right

    The report says which operation is wrong if its slope contradicts its value, and calls a kink a kink.

    >>> from autograd import check_gradients
    >>> print(check_gradients(lambda x, y: x * y.sin(), 2.0, 0.5))
    check of <lambda> at (2.0, 0.5)
      derivative  analytic    numeric     verdict
      ∂f/∂x       0.47942554  0.47942554  right
      ∂f/∂y       1.7551651   1.7551651   right

    Raises ValueError for an order below 1.
    """
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"the order of the derivatives to check is 1, 2, ..., not {order!r}")
    rows = list(_rows(f, point, order, tolerance))
    title = f"check of {function_name(f)} at ({', '.join(short(x) for x in _numbers(point))})"
    culprits = [] if all(row.verdict != WRONG for row in rows) else list(_culprits(f, point, order, tolerance))
    return GradientCheck(title, rows, culprits)


def _rows(f: Callable[..., Any], point: Sequence[Any], order: int, tolerance: float) -> Iterable[CheckedDerivative]:
    at = _numbers(point)
    names = _argument_names(f, len(at))
    outputs = len(Run(f, nest(point, iter(at))).ys)
    for output in range(outputs):
        indices: list[tuple[int, ...]] = [()]
        for _ in range(order):
            indices = [(*index, j) for index in indices for j in range(index[-1] if index else 0, len(at))]
            for *before, j in indices:

                def entry(x: float, before: Sequence[int] = before, j: int = j, output: int = output) -> float:
                    return _derivative(f, nest(point, iter([*at[:j], x, *at[j + 1 :]])), output, before)

                analytic = _derivative(f, nest(point, iter(at)), output, [*before, j])
                function = "f" if outputs == 1 else f"f{output + 1}"
                name = _derivative_name(function, [names[i] for i in (*before, j)])
                yield CheckedDerivative(name, analytic, _Difference(entry, at[j]), tolerance)


def _derivative(f: Callable[..., Any], point: Sequence[Any], output: int, index: Sequence[int]) -> float:
    run = Run(f, point)
    y = run.ys[output]
    for i in index:
        (y,) = gradient(y, run.xs[i])
    return y.data


def _culprits(f: Callable[..., Any], point: Sequence[Any], order: int, tolerance: float) -> Iterable[str]:
    blamed = set()
    for node in nodes(*Run(f, nest(point, iter(_numbers(point)))).ys):
        op = node.op
        if op is None or op in blamed or not node.inputs:
            continue
        at = [x.data for x in node.inputs]
        for row in _rows(op, at, order, tolerance):
            if row.verdict == WRONG and op not in blamed:
                blamed.add(op)
                where = ", ".join(map(short, at))
                yield (
                    f"the operation {op.name} is wrong at ({where}): its partials say {row.name} = {row.analytic:.6g},"
                    f" its value says {row.numeric:.6g}"
                )
    if not blamed:
        yield (
            "each operation is right on its own: part of the computation leaves the graph, through float(v), v.data or"
            " a function of the module math"
        )


class _Difference:
    """The slope of a function at x by finite differences: central, and on either side."""

    def __init__(self, f: Callable[[float], float], x: float) -> None:
        self.scale = max(math.fabs(x), 1e-2)
        self.f, self.x, self.here = f, x, f(x)
        self.left, self.left_error = self._extrapolated(lambda h: (self.here - f(x - h)) / h, 2.0)
        self.right, self.right_error = self._extrapolated(lambda h: (f(x + h) - self.here) / h, 2.0)
        self.central, self.error = self._extrapolated(lambda h: (f(x + h) - f(x - h)) / (2.0 * h), 4.0)
        if not math.isfinite(self.central):  # at the edge of the domain one side is all there is
            self.central, self.error = min(
                ((self.left, self.left_error), (self.right, self.right_error)), key=lambda side: side[1]
            )

    def _extrapolated(self, slope: Callable[[float], float], power: float) -> tuple[float, float]:
        """The limit for step zero and its error; power: by what factor halving the step shrinks the error."""
        best, least = math.nan, math.inf
        for start in (1e-1, 1e-3, 1e-5):
            step = start * self.scale
            row: list[float] = []
            for _ in range(10):
                before, row = row, [slope(step)]
                for k, entry in enumerate(before):
                    factor = power ** (k + 1)
                    row.append((factor * row[k] - entry) / (factor - 1.0))
                    error = max(math.fabs(row[-1] - row[-2]), math.fabs(row[-1] - entry))
                    if error < least:
                        best, least = row[-1], error
                step /= 2.0
        return best, least

    def judge(self, analytic: float, tolerance: float) -> str:
        size = max(math.fabs(analytic), math.fabs(self.central), tolerance)
        noise = 1e-10 * math.fabs(self.here) / self.scale  # what rounding in the values does to their differences
        gap = math.fabs(analytic - self.central)
        if math.isfinite(gap) and gap <= tolerance * size + noise + min(self.error, 1e-3 * size):
            return RIGHT
        if not math.isfinite(self.here):
            return UNDEFINED
        if math.isnan(analytic):
            return RIGHT if math.isnan(self.central) else WRONG
        if self._jumps():
            return KINK
        if math.isinf(analytic):
            return RIGHT if self._grows(analytic) else WRONG
        sides = sorted((self.left, self.right))
        settled = self.left_error + self.right_error < 1e-3 * max(size, *map(math.fabs, sides))
        if settled and sides[1] - sides[0] > 10.0 * (self.left_error + self.right_error + tolerance * size):
            slack = tolerance * size
            return KINK if sides[0] - slack <= analytic <= sides[1] + slack else WRONG
        if not math.isfinite(self.central):
            return UNCLEAR
        return UNCLEAR if self.error > 1e-3 * size else WRONG

    def _jumps(self) -> bool:
        h = 1e-9 * self.scale
        sides = [y for y in (self.f(self.x - h), self.f(self.x + h)) if math.isfinite(y)]
        far = [y for y in (self.f(self.x - 1e3 * h), self.f(self.x + 1e3 * h)) if math.isfinite(y)]
        gap, far_gap = (max((math.fabs(y - self.here) for y in ys), default=0.0) for ys in (sides, far))
        return gap > 1e-6 and far_gap < 2.0 * gap

    def _grows(self, analytic: float) -> bool:
        slopes = []
        for h in (1e-3, 1e-6, 1e-9):
            pair = ((self.f(self.x + h) - self.here) / h, (self.here - self.f(self.x - h)) / h)
            slopes.append(max((math.copysign(1.0, analytic) * s for s in pair if not math.isnan(s)), default=math.nan))
        return slopes[0] < slopes[1] < slopes[2]


def _numbers(point: Sequence[Any]) -> list[float]:
    return [x.data if isinstance(x, Value) else Value(x).data for x in flatten(list(point))]


def _argument_names(f: Callable[..., Any], n: int) -> list[str]:
    code = getattr(f, "__code__", None)
    names = list(code.co_varnames[: code.co_argcount]) if code else []
    return names if len(names) == n else [f"x{i + 1}" for i in range(n)]


def _derivative_name(function: str, arguments: Sequence[str]) -> str:
    power = "" if len(arguments) == 1 else str(len(arguments)).translate(RAISED)
    return f"∂{power}{function}/{''.join('∂' + name for name in arguments)}"
