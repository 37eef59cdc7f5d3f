"""Formulas written down, in plain text and in LaTeX."""

from __future__ import annotations

from collections.abc import Callable

from autograd.formula.folding import fold_sums
from autograd.formula.measures import LONGEST, MOST_LEAVES, count_leaves, too_long
from autograd.formula.page import Page
from autograd.graph import nodes
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.names import latex_name, text_name
from autograd.writing.notation import ATOM, POWER, SUM, Written, level_of
from autograd.writing.numbers import constant, number

_RAISED = set("^⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")


def write_formula(
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
    level = _level_in_latex if latex else _level_in_text
    texts: dict[Value, Written] = {}
    if count_leaves(y) > MOST_LEAVES:
        raise too_long(y)
    whole_formula, y = y, fold_sums(y, numbers)
    for node in nodes(y):
        if node.op is not None and node.op is not CONSTANT:
            notation = node.op.notation
            form = notation.latex if latex else notation.text
            texts[node] = whole = form.write([texts[x] for x in node.inputs])
            if len(whole[0]) > LONGEST:
                raise too_long(whole_formula)
        elif node.label and not numbers:
            text = name(node.label)
            texts[node] = text, level(text)
        elif node.op is CONSTANT and not numbers:
            texts[node] = constant(node.data, digits, latex)
        else:
            texts[node] = number(node.data, digits, latex)
    return texts[y]


def _level_in_latex(text: str) -> int:
    """How tightly a name holds together: one with words in it asks for brackets, as does a base with something above it."""
    words = text.startswith(r"\text{") and any(sign in text for sign in " +-*/")
    if words or text.startswith("{"):
        return SUM
    return POWER if "^" in text or r"\frac" in text else ATOM


def _level_in_text(text: str) -> int:
    if text.startswith("(∂"):
        return ATOM
    if text.startswith("∂"):
        return POWER
    if any(sign in text[1:] for sign in "+-−*/·"):
        return SUM
    return POWER if any(c in _RAISED for c in text) else level_of(text)


def formula(y: Value, digits: int = 6, name: Callable[[str], str] = str) -> str:
    """A graph as plain text, down to its labelled nodes and leaves.

    y: the output, whose own label is not shown; digits: how many significant digits numbers have
    name: how a label is written, by default as it is

    >>> w, x = Value(0.5, label="w_1"), Value(2.0, label="x_1")
    >>> formula(1 / (1 + (-w * x).exp()))
    '1/(1 + exp(−w_1·x_1))'
    """
    return write_formula(page_of(y), digits=digits, name=name)[0]


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
    return write_formula(page_of(y), latex=True, digits=digits)[0]


def slope_formulas(node: Value, name: Callable[[Value], str | None], digits: int = 6) -> list[str]:
    """The partial derivatives of a computed node as plain text: its rule, called on leaves that wear names.

    name: what the node and its inputs are called; None where the plain number is to stand
    """

    def wear(x: Value) -> Value | float:
        label = name(x)
        return x.data if label is None else Value(x.data, label)

    slopes = node.op.slopes(wear(node), [wear(x) for x in node.inputs])  # type: ignore[union-attr]
    return [formula(slope, digits) if isinstance(slope, Value) else number(slope, digits)[0] for slope in slopes]


def page_of(y: Value) -> Value:
    """The formula of a graph, on a page of its own."""
    page = Page(most=MOST_LEAVES)
    copy = page.write(y)[0]
    return page.formulas[page.leaves[y]] if y in page.leaves else copy
