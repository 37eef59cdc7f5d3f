"""Operations that stand on a page and nowhere else: softmax as one, =, <, ⋯ and the sign Σ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import exp

from autograd import primitives as ops
from autograd.operation import Primitive
from autograd.value import Value
from autograd.writing.names import SUBSCRIPTS, SUPERSCRIPTS
from autograd.writing.notation import OPERATOR, PRODUCT, SUM, Notation, latex_form


def pseudo_primitive(
    name: str, notation: Notation, value: Callable[..., float], *partials: object, nary: bool = False
) -> Primitive:
    """An operation that only formulas know; it has no row in the table."""
    op: Primitive = object.__new__(Primitive)
    op.name, op.notation, op.value, op.partials = name, notation, value, partials  # type: ignore[assignment]
    op.arity = None if nary else len(partials)
    return op


def _softmax_partials(z: Value, inputs: Sequence[Value]) -> list[Value | float]:
    """softmax(x1 ... xn, x) varies with x itself by z, and with each x_j below the line by -z softmax(x_j)."""
    *xs, own = inputs
    return [*(-(z * (z if x is own else softmax_of(*xs, x))) for x in xs), z]


softmax_of = pseudo_primitive(
    "softmax",
    Notation("softmax", lambda *xs: f"softmax({xs[-1]}; {', '.join(xs[:-1])})"),
    lambda xs: exp(xs[-1] - ops.logsumexp_of.value(xs[:-1])),
    _softmax_partials,
    nary=True,
)
equals = pseudo_primitive("=", Notation("=", "{} = {}", SUM, SUM, latex_form("{} = {}", SUM)), lambda x, y: x, 1.0, 0.0)
less = pseudo_primitive(
    "less",
    Notation("<", "[{} < {}]", latex=latex_form(r"\mathbf{{1}}_{{{} < {}}}")),
    lambda x, y: 1.0 if x < y else 0.0,
    0.0,
    0.0,
)
dots = pseudo_primitive("dots", Notation("⋯", "⋯", latex=latex_form(r"\cdots")), lambda: 0.0)


@cache
def series(letter: str, low: int, high: int) -> Primitive:
    """The sign Σ with an index that runs from low to high."""
    text = f"Σ{f'{letter}={low}'.translate(SUBSCRIPTS)}{str(high).translate(SUPERSCRIPTS)} "
    latex = rf"\sum_{{{letter}={low}}}^{{{high}}} "
    in_latex = latex_form(latex.__add__, OPERATOR, PRODUCT)
    notation = Notation("Σ", text.__add__, OPERATOR, PRODUCT, in_latex)
    return pseudo_primitive(f"series {letter} {low} {high}", notation, lambda x: x, 1.0)


def series_bounds(op: Primitive | None) -> tuple[str, int, int] | None:
    """The letter of a sign Σ, and from where to where it runs; None for any other operation."""
    if op is None or not op.name.startswith("series "):
        return None
    _, letter, low, high = op.name.split()
    return letter, int(low), int(high)
