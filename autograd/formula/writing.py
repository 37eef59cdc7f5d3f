"""Formulas written down, in plain text and in LaTeX."""

from __future__ import annotations

from autograd.formula.folding import folded
from autograd.formula.operations import LONGEST, MOST_LEAVES, extent, too_long
from autograd.formula.page import Page
from autograd.graph import nodes
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.names import latex_name, text_name
from autograd.writing.notation import ATOM, POWER, SUM, level_of
from autograd.writing.numbers import constant, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.writing.notation import Written


def written(
    y: Value, latex: bool = False, numbers: bool = False, digits: int = 6, name: Callable[[str], str] | None = None
) -> Written:
    """A formula as text with its level.

    latex: in LaTeX rather than in plain text
    numbers: with the numbers of the labelled nodes in place of their names
    digits: how many significant digits numbers have
    name: how a label is written; by default as mathematics

    Raises ValueError for one that would be over 20,000 characters long.
    """
    name = name or (latex_name if latex else text_name)
    texts: dict[Value, Written] = {}
    if extent(y) > MOST_LEAVES:
        raise too_long(y)
    whole_formula, y = y, folded(y, numbers)
    for node in nodes(y):
        if node.op is not None and node.op is not CONSTANT:
            notation = node.op.notation
            form = notation.latex if latex else notation.text
            texts[node] = whole = form.write([texts[x] for x in node.inputs])
            if len(whole[0]) > LONGEST:
                raise too_long(whole_formula)
        elif node.label and not numbers:
            texts[node] = _name_written(name(node.label), latex)
        elif node.op is CONSTANT and not numbers:
            texts[node] = constant(node.data, digits, latex)
        else:
            texts[node] = number(node.data, digits, latex)
    return texts[y]


def _name_written(text: str, latex: bool) -> Written:
    """A name with its level: one with a blank or a sign in it asks for brackets, as does a base with something above it."""
    if latex:
        words = text.startswith(r"\text{") and any(sign in text for sign in " +-*/")
        return text, SUM if words or text.startswith("{") else POWER if "^" in text or r"\frac" in text else ATOM
    if text.startswith(("∂", "(∂")):
        return text, POWER if text[0] == "∂" else ATOM
    raised = "^" in text or any(c in _RAISED for c in text)
    return text, SUM if any(sign in text[1:] for sign in "+-−*/·") else POWER if raised else level_of(text)


_RAISED = set("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")


def formula(y: Value, digits: int = 6, name: Callable[[str], str] = str) -> str:
    """A graph as plain text, down to its labelled nodes and leaves.

    y: the output, whose own label is not shown; digits: how many significant digits numbers have
    name: how a label is written, by default as it is

    >>> w, x = Value(0.5, label="w_1"), Value(2.0, label="x_1")
    >>> formula(1 / (1 + (-w * x).exp()))
    '1/(1 + exp(−w_1·x_1))'
    """
    return written(page_of(y), digits=digits, name=name)[0]


def latex(y: Value, digits: int = 6) -> str:
    r"""A graph as LaTeX, down to its labelled nodes and leaves; for mathematics mode, in LaTeX, MathJax and KaTeX.

    y: the output, whose own label is not shown
    digits: how many significant digits the numbers of unlabelled leaves have

    Labels are read as mathematics: w_11, theta, ŷ_1 or \hat{y}_1, a^(1)_2, net. Brackets leave one reading only:
    \sin(x^2) is no (\sin(x))^2. Sums of more than three terms whose labels count up are written with \sum.

    >>> from autograd import Value, latex
    >>> w, x = Value(0.5, label="w_1"), Value(2.0, label="x_1")
    >>> print(latex(1 / (1 + (-w * x).exp())))
    \frac{1}{1 + e^{-w_{1} x_{1}}}

    Raises TypeError for anything but a Value, ValueError for a formula of over 20,000 characters: label nodes on the way.
    """
    if not isinstance(y, Value):
        raise TypeError(f"latex writes the graph of a Value, and {y!r} is none")
    return written(page_of(y), latex=True, digits=digits)[0]


def page_of(y: Value) -> Value:
    """The formula of a graph, on a page of its own."""
    page = Page(most=MOST_LEAVES)
    copy = page.write(y)[0]
    return page.formulas[page.leaves[y]] if y in page.leaves else copy
