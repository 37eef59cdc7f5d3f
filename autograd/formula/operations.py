"""Operations that stand on a page and nowhere else: softmax as one, =, <, and signs such as Σ and d/dx."""

from __future__ import annotations

from collections import Counter
from math import exp as _exp

from autograd import primitives as ops
from autograd.graph import nodes
from autograd.operation import Primitive
from autograd.value import Value
from autograd.writing.names import SUBSCRIPTS, SUPERSCRIPTS
from autograd.writing.notation import OPERATOR, PRODUCT, SUM, Notation, latex_form

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def display(name: str, notation: Notation, value: Callable[..., float], *partials: object, nary: bool = False) -> Primitive:
    """An operation that only formulas know; it has no row in the table."""
    op: Primitive = object.__new__(Primitive)
    op.name, op.notation, op.value, op.partials = name, notation, value, partials  # type: ignore[assignment]
    op.arity = None if nary else len(partials)
    op.definition = op.page = None
    op.doc, op.points = "", ()
    return op


equals = display("=", Notation("=", "{} = {}", SUM, SUM, latex_form("{} = {}", SUM)), lambda x, y: x, 1.0, 0.0)


def _softmax_partials(z: Value, inputs: Sequence[Value]) -> list[Value | float]:
    """softmax(x1 ... xn, x) varies with x itself by z, and with each x_j below the line by -z softmax(x_j)."""
    *xs, own = inputs
    return [*(-(z * (z if x is own else softmax_of(*xs, x))) for x in xs), z]


softmax_of = display(
    "softmax",
    Notation("softmax", lambda *xs: f"softmax({xs[-1]}; {', '.join(xs[:-1])})"),
    lambda xs: _exp(xs[-1] - ops.logsumexp_of.value(xs[:-1])),
    _softmax_partials,
    nary=True,
)


less = display(
    "less",
    Notation("<", "[{} < {}]", latex=latex_form(r"\mathbf{{1}}_{{{} < {}}}")),
    lambda x, y: 1.0 if x < y else 0.0,
    0.0,
    0.0,
)


def quantities(formula: Value) -> list[Value]:
    """The leaves of a formula that have names, in the order in which it names them."""
    found: dict[Value, None] = {}
    seen: set[Value] = set()
    stack = [formula]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            if inputs := node.inputs:
                stack += inputs[-2::-1] if node.op is softmax_of else inputs[::-1]
            elif node.op is None:
                found[node] = None
    return list(found)


dots = display("dots", Notation("⋯", "⋯", latex=latex_form(r"\cdots")), lambda: 0.0)


_series: dict[tuple[str, int, int], Primitive] = {}


def series(letter: str, low: int, high: int) -> Primitive:
    """The sign Σ with an index that runs from low to high."""
    key = letter, low, high
    if key not in _series:
        text = f"Σ{f'{letter}={low}'.translate(SUBSCRIPTS)}{str(high).translate(SUPERSCRIPTS)} "
        latex = rf"\sum_{{{letter}={low}}}^{{{high}}} "
        in_latex = latex_form(latex.__add__, OPERATOR, PRODUCT)
        notation = Notation("Σ", text.__add__, OPERATOR, PRODUCT, in_latex)
        _series[key] = display(f"series {letter} {low} {high}", notation, lambda x: x, 1.0)
    return _series[key]


LONGEST = 20_000  # characters; nobody reads more


MOST_LEAVES = 50_000  # in a formula, each as often as it is written; Σ makes sums short, but no formula that branches


def extent(formula: Value, most: int = MOST_LEAVES) -> int:
    """How many leaves are written in a formula, each as often as it occurs, as far as there are no more than most."""
    extents: dict[Value, int] = {}
    for node in nodes(formula):
        extents[node] = min(sum([extents[x] for x in node.inputs]), most + 1) if node.inputs else 1
    return extents[formula]


def too_long(formula: Value | None = None) -> ValueError:
    """The refusal of a formula, with what stands in it that could have names."""
    found = Counter(
        node.op.notation.symbol if node.op.notation.symbol.isalpha() else node.op.name
        for node in (nodes(formula) if formula is not None else ())
        if node.op is not None and node.inputs and node.op.name not in ("mul", "neg", "sum", "div", "pow", "log")
    )
    most = " or of ".join(name for name, _ in found.most_common(2))
    example = f", such as the results of {most}" if most else ", such as the sums"
    return ValueError(
        f"this formula is too long for a page: label nodes on the way{example}, and they are shown by name;"
        " or ask for the derivative of a labelled part alone"
    )
