"""Derivations: the lines a lecturer writes, printed by the graph itself.

    ∂L/∂w₁ = ∂L/∂ŷ · ∂ŷ/∂a · ∂a/∂w₁                        the chain, along the labelled nodes
           = (−y/ŷ + (1 − y)/(1 − ŷ)) · ŷ·(1 − ŷ) · x₁     each local derivative, as a formula
           = (ŷ − y)·x₁                                    simplified, each step with its reason
           = (0.7 − 1)·2 = −0.6                            in numbers

A labelled node is a quantity on the board, and what lies between labelled nodes folds away into the formula of the upper
one. Each such formula is a graph on a page (formula/page.py), and its local derivatives are what `gradient` makes of that
graph: from the same table as `backward()`, so that the lines cannot disagree with the numbers.

Where there are many ways from y to x, as in a network, their products would fill the board. There the derivation goes as
backpropagation does: each ∂y/∂u is worked out once, from the output on, and used by its name in what follows.

Sources: the chain rule over paths, Bauer, Computational graphs and rounding error (1974); its use from the output on,
Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (1986).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from typing import Any, overload

from autograd import derive
from autograd.calculus import gradient
from autograd.derive.definitions import define
from autograd.derive.kinds import Along
from autograd.derive.lines import chain, complete_lines, derivative_of, local_derivatives, simplify_sum, sum_lines
from autograd.derive.named_graph import LARGE, NamedGraph, cut_between, values_in, wear_names
from autograd.derive.rules import rule_derivation
from autograd.derive.sheet import Sheet
from autograd.display.board import Board, Line, figure, join, words, write_name
from autograd.formula.measures import TooLong
from autograd.graph import history
from autograd.labels import call_of
from autograd.operation import CONSTANT, Primitive
from autograd.value import Value

FEW_PATHS = 3  # that are written as products, side by side
MANY = 100  # nodes of a graph in which modules gave names, and which is folded


@overload
def derivation(y: Value, x: Value, /, *, digits: int = 6, numbers: bool = True) -> Derivation: ...  # type: ignore[overload-overlap]
@overload
def derivation(y: Value, /, *xs: Value | Sequence[Value], digits: int = 6, numbers: bool = True) -> Sheet: ...
@overload
def derivation(y: Callable[..., Any], /) -> Board: ...


def derivation(y: Any, /, *xs: Any, digits: int = 6, numbers: bool = True) -> Board:
    """The derivation of dy/dx as a lecturer would write it; of all parameters where no x is given; of one rule.

    y: a Value; or a function of one number from the table, such as sigmoid, whose derivative is derived from its definition
    xs: one Value, for its derivation; several, or a list, for a sheet of these; or none, for one of every parameter. What is
        a parameter and what is data names and use tell (w and b, x and t; what each row of a batch shares); where they do
        not, all of it is derived, and a list says what is meant: derivation(L, [w, b])
    digits: how many significant digits numbers have
    numbers: whether each derivative ends in its numbers; without them it stays in symbols

    The result shows itself in Jupyter and in print; .text, .latex and .save("sheet.tex") (or .html, .txt, .md) write it.
    The lines go on to the simplest form where SymPy is installed, which the extra "math" brings.
    A derivation of one x has .paths, .formula and .value besides; a sheet has .gradients and .vector_form(). Quantities that
    modules compute have their names, such as q, k, v and α of attention, and lines in front say what they mean. Where a
    sheet of every parameter is too long for a page, and modules computed it, it comes folded: what each block gives, and
    .open("block 1") shows one, a few lines for each kind of quantity.

    >>> from autograd import Value, derivation
    >>> y, y_hat = Value(1.0, label="y"), Value(0.7, label="ŷ")
    >>> L = -y * y_hat.log() - (1 - y) * (1 - y_hat).log()
    >>> L.label = "L"
    >>> print(derivation(L, y_hat))
    ∂L/∂ŷ = −y/ŷ + (1 − y)/(1 − ŷ)                 local derivatives, log′(x) = 1/x
          = ((1 − y)·ŷ − y·(1 − ŷ))/(ŷ·(1 − ŷ))    common denominator
          = (ŷ − y)/(ŷ·(1 − ŷ))                    multiply out
          = (0.7 − 1)/(0.7·(1 − 0.7)) = −1.42857   in numbers

    Raises TypeError for what is no Value, ValueError for a plain number, with respect to which nothing varies, and for what
    is too long for a page, before any line is made; it says what to label or to ask for instead.
    """
    if hasattr(y, "parameters"):
        raise TypeError(f"{y!r} is a model: derivation takes what it computed, such as the loss")
    if isinstance(y, Primitive) or (callable(y) and not isinstance(y, Value)):
        return rule_derivation(y, *xs)
    if not isinstance(y, Value):
        raise TypeError(f"derivation follows the graph of a Value, or the rule of a function such as sigmoid, not {y!r}")
    if not isinstance(digits, int) or digits < 1:
        raise ValueError(f"numbers have at least one significant digit, not digits={digits!r}")
    wanted = values_in(xs)
    if xs and not wanted:
        raise ValueError(
            "derivation(y, []) names nothing to differentiate with respect to; derivation(y) takes every parameter"
        )
    for x in wanted:
        if not isinstance(x, Value):
            raise TypeError(f"derivation(y, x) differentiates with respect to Values, not {x!r}")
        if x.op is CONSTANT and not x.label:
            raise ValueError(f"{x.data} is a plain number, and nothing varies with it: make it Value({x.data}, label=...)")
    if len(xs) == 1 and isinstance(xs[0], Value):
        try:
            return Derivation(y, wanted[0], digits, numbers)
        except TooLong:
            if not _is_called(y):
                raise
            return Along(y, wanted[0], digits, numbers)
    if wanted:
        return Sheet(y, wanted, digits, numbers=numbers)
    fold = derive.fold
    folded = fold(y, digits, numbers) if fold is not None and len(history(y)) > MANY and _is_called(y) else None
    return folded or Sheet(y, wanted, digits, numbers=numbers)


def _is_called(y: Value) -> bool:
    """Whether modules gave names to what is in the graph."""
    return any(call_of(node) is not None for node in history(y))


class Derivation(Board):
    """The derivation of dy/dx, as `derivation` makes it. It shows itself in Jupyter and in print.

    .text and .latex are what is written, .save("derivation.tex") writes it (.html, .txt and .md, too).

    value: the derivative, a number, equal to what y.backward() leaves in x.grad
    formula: the derivative as the last line has it, a Value over the labels
    paths: the ways from y to x along labelled nodes, each as a list of Values (the first 1,000 of them)

    >>> from autograd import Value, derivation, label
    >>> w, x = Value(0.5), Value(2.0)
    >>> a = w * x
    >>> L = a ** 2
    >>> label(w=w, x=x, a=a, L=L)
    >>> lines = derivation(L, w)
    >>> lines.value, [node.label for node in lines.paths[0]]
    (4.0, ['L', 'a', 'w'])
    >>> print(lines)
    ∂L/∂w = ∂L/∂a · ∂a/∂w   chain rule
          = 2·a · x         local derivatives
          = 2·1·2 = 4       in numbers
    """

    def __init__(self, y: Value, x: Value, digits: int = 6, numbers: bool = True) -> None:
        whole = y, x
        y, (x,), worn = wear_names(y, [x])
        originals = worn
        if len(history(y)) > LARGE:
            y, x, cut = cut_between(y, x)
            originals = {new: worn.get(node, node) for new, node in cut.items()}
        self.graph = graph = NamedGraph(y, [x], digits=digits, numbers=numbers, called=bool(worn))
        leaf = graph.leaf(x)
        self.value = gradient(*whole)[0].data
        self.paths: list[list[Value]] = []
        boards: Sequence[Board] = ()
        if leaf is None:
            name = write_name(graph.name(x))
            left = derivative_of(graph.y.label, graph.name(x))
            why = join([write_name(graph.y.label), words(" does not depend on "), name], "")
            self.formula = Value(0.0)
            lines = [Line(left, figure(0.0), why)]
        else:
            nodes = {u: originals.get(v, v) for u, v in graph.originals.items()}
            paths = list(islice(graph.paths(leaf), 1000))
            self.paths = [[nodes.get(u, u) for u in path] for path in paths]
            if len(paths) <= FEW_PATHS:
                lines, self.formula = self._along(graph, paths, leaf)
            else:
                sheet = Sheet(y, [x], digits, graph)
                lines, boards = [], sheet.boards
                self.formula = sheet.formulas[leaf]
            if worn:  # names that nobody has seen yet
                lines, boards = [], [define(graph, graph.between(leaf), numbers), *([Board(lines)] if lines else boards)]
        super().__init__(lines, boards=boards)

    def _along(self, graph: NamedGraph, paths: list[list[Value]], x: Value) -> tuple[list[Line], Value]:
        left = derivative_of(graph.y.label, x.label)
        if x is graph.y:
            return [Line(left, figure(1.0), words("a quantity varies with itself by 1"))], Value(1.0)
        links = [list(pairwise(path)) for path in paths]
        lines: list[Line] = []
        if any(len(path) > 1 for path in links):
            names = [
                chain([graph.partial(u, v) for u, v in path]) if len(path) > 1 else graph.local(*path[0]) for path in links
            ]
            why = "chain rule" if len(paths) == 1 else f"chain rule, along each of {len(paths)} paths"
            lines += sum_lines(graph, names, words(why))
        factors = [[graph.local(u, v) for u, v in path] for path in links]
        why_local = local_derivatives(graph, [link for path in links for link in path])
        lines += sum_lines(graph, [chain(path) for path in factors], why_local)
        end, told = simplify_sum(graph, factors, x)
        return complete_lines(graph, left, lines, told, end, self.value), end
