"""The lines of derivations: chains of factors, sums over ways, steps to the simplest form, and numbers at the end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import prod

from autograd import primitives as ops
from autograd.derive.algebra import Step, cost, count_terms_multiplied_out, simplify
from autograd.derive.arrays import ARITHMETIC
from autograd.derive.named_graph import NamedGraph
from autograd.display.board import NOTHING, Line, Math, figure, join, reason_of, symbol, words, write_name
from autograd.formula.measures import count_leaves, free_variables
from autograd.formula.operations import pseudo_primitive
from autograd.formula.page import Page
from autograd.formula.writing import write_formula
from autograd.graph import dependents, history
from autograd.interop.given import Given
from autograd.operation import Primitive
from autograd.value import Value, record
from autograd.writing.notation import NEGATION, PRODUCT, Notation, latex_form

WIDEST = 90  # characters of a line of products
MOST_TERMS = 16  # of a sum that has a line for each
LONGEST_RULE = 32  # characters of a derivative that is quoted as a reason


def derivative_of(y: str, x: str) -> Math:
    """The name ∂y/∂x."""
    return write_name(f"∂{y}/∂{x}")


# ---- products and sums, as the chain rule has them


@cache
def _chain_of(n: int) -> Primitive:
    """The product of n factors, with blanks between them."""
    places = (NEGATION, *(PRODUCT,) * (n - 1))
    in_latex = latex_form(lambda *xs: r" \cdot ".join(xs), PRODUCT, places)
    notation = Notation("·", lambda *xs: " · ".join(xs), PRODUCT, places, in_latex)
    return pseudo_primitive("chain", notation, lambda xs: 0.0, nary=True)


def chain(factors: Sequence[Value]) -> Value:
    """Factors as the chain rule has them, each on its own."""
    if len(factors) == 1:
        return factors[0]
    return record(_chain_of(len(factors)), prod(factor.data for factor in factors), tuple(factors))


def total(terms: Sequence[Value]) -> Value:
    """A sum of chains, for writing."""
    return terms[0] if len(terms) == 1 else record(ops.sum_of, sum(term.data for term in terms), tuple(terms))


def sum_lines(graph: NamedGraph, terms: Sequence[Value], reason: Math) -> list[Line]:
    """A sum of products in one line, or, where that would be too wide, with a line for each term."""
    whole = graph.write(total(terms))
    if len(whole.text) <= WIDEST or len(terms) == 1:
        return [Line(NOTHING, whole, reason)]
    shown = list(terms) if len(terms) <= MOST_TERMS else [*terms[:3], None, terms[-1]]
    first, *others = [graph.write(term) if term is not None else Math("⋯", r"\cdots") for term in shown]
    lines = [Line(NOTHING, first, reason)]
    for term in others:
        if term.text.startswith("−"):
            lines.append(Line(NOTHING, Math(term.text[1:], term.latex[1:]), NOTHING, Math("−", "-")))
        else:
            why = words(f"{len(terms)} terms in all") if term.text == "⋯" else NOTHING
            lines.append(Line(NOTHING, term, why, Math("+", "+")))
    return lines


# ---- reasons


def local_derivatives(graph: NamedGraph, links: Sequence[tuple[Value, Value]]) -> Math:
    """The derivatives of the functions that are met on the way, such as σ′ = σ·(1 − σ)."""
    met: dict[Primitive, None] = {}
    for u, v in links:
        order = history(graph.page.formulas[u])
        leading = dependents([v], order)
        for node in order:
            if node in leading and node.op is not None and node.op.arity == 1 and node.op is not ops.neg:
                met[node.op] = None
    rules = [rule for op in met if (rule := _rule_of(op)) is not None and len(rule.text) <= LONGEST_RULE]
    return join([words("local derivatives"), *rules[:3]], ", ", r",\; ")


def _rule_of(op: Primitive) -> Math | None:
    """The derivative of a function of one number as the table has it: σ′ = σ·(1 − σ), log′(x) = 1/x."""
    if isinstance(op, Given):  # a number at one point
        return None
    name = symbol(op)
    x, z = Value(0.5, "x"), Value(op.value(0.5), "f")
    slope = op.slopes(z, [x])[0]
    if not isinstance(slope, Value):
        return None
    formula = Page().take_in(slope)
    if op is ops.exp:
        return Math("exp′ = exp", r"\left(e^{x}\right)' = e^{x}")
    text, _ = write_formula(formula, name=lambda label: label if label == "x" else name.text)
    latex, _ = write_formula(formula, latex=True, name=lambda label: label if label == "x" else name.latex)
    right = Math(text, latex.replace(rf"{name.latex} \cdot (", f"{name.latex} ("))
    argument = "(x)" if x in free_variables(formula) else ""
    return join([Math(f"{name.text}′{argument}", f"{name.latex}^{{\\prime}}{argument}"), right], " = ")


# ---- the simplest form, and numbers


def simplify_sum(graph: NamedGraph, terms: Sequence[Sequence[Value]], x: Value) -> tuple[Value, list[Step]]:
    """The simplest form of a sum of products, a derivative in x, and the steps to it."""
    page = graph.page
    factors = terms[0] if len(terms) == 1 else [page.sum(map(page.product, terms))]
    product = page.product(factors)
    graph.patience -= count_terms_multiplied_out(product)
    if graph.patience < 0:
        return product, []
    steps = simplify(page, factors)
    if not steps and len(factors) > 1 and cost(product) < sum(map(cost, factors)) - 0.05:
        steps = [(product, "")]
    end = steps[-1][0] if steps else product
    return _put_in_a_short_formula(graph, end, steps, x) or _use_sums_to_1(graph, end, steps, x)


def _put_in_a_short_formula(graph: NamedGraph, end: Value, steps: list[Step], x: Value) -> tuple[Value, list[Step]] | None:
    """t₀ as 1 − t₁, if that is what it is; None where no line becomes shorter by such a step."""
    page = graph.page
    for leaf in free_variables(end):
        formula = page.formulas.get(leaf, leaf)
        if formula.op in ARITHMETIC and count_leaves(formula) <= 2 and x not in graph.below_all(leaf):
            with page.spell_out(formula):
                put_in = page.substitute(end, {leaf: formula})
                more = simplify(page, [put_in])
            if more and cost(more[-1][0]) < cost(end):
                reason = (page.equation(leaf, formula), "")
                return more[-1][0], [*steps, (put_in, reason), *more]
    return None


def _use_sums_to_1(graph: NamedGraph, end: Value, steps: list[Step], x: Value) -> tuple[Value, list[Step]]:
    """Shares that sum to one, as y₁ + y₂ + y₃ = 1, used where the line becomes shorter by it."""
    page, one = graph.page, graph.page.number(1.0)
    for family in graph.distributions:
        if x not in family and set(family) <= set(free_variables(end)):
            ends = [end]
            for share in family[0], family[-1]:
                rest = page.sum([one, *(page.negate(y) for y in family if y is not share)])
                ends += [formula for formula, _ in simplify(page, [page.substitute(end, {share: rest})])]
            best = min(ends, key=cost)
            if best is not end:
                end, steps = best, [*steps, (best, (page.equation(page.sum(family), one), ""))]
    return end, steps


def write_in_numbers(graph: NamedGraph, end: Value, value: float) -> list[Line]:
    """The last line, a formula in numbers and what it comes to; none for what is a number already."""
    if not graph.numbers or (not end.inputs and not end.label):
        return []
    numbers, result = graph.write(end, numbers=True), figure(graph.round_off(end, value), graph.digits)
    right = result if numbers.text == result.text else join([numbers, result], " = ")
    return [Line(NOTHING, right, words("in numbers"))]


def complete_lines(
    graph: NamedGraph, left: Math, lines: Sequence[Line], told: Sequence[Step], end: Value, value: float
) -> list[Line]:
    """The lines of one derivative: those that set it up, the steps that are told to its end, and its numbers."""
    steps = [Line(NOTHING, graph.write(formula), reason_of(why)) for formula, why in told]
    whole = [*lines, *steps, *write_in_numbers(graph, end, value)]
    whole[0] = whole[0]._replace(left=left)
    return drop_repetitions(whole)


def with_reason(line: Line, more: Math) -> Line:
    """A line with another reason behind its own."""
    return line._replace(reason=join([reason for reason in (line.reason, more) if reason.text], ", ", r",\; "))


def drop_repetitions(lines: list[Line]) -> list[Line]:
    """Without lines that say what the one above says, apart from the spacing."""
    kept = lines[:1]
    for line in lines[1:]:
        if line.relation.text != "=" or line.right.text.replace(" · ", "·") != kept[-1].right.text.replace(" · ", "·"):
            kept.append(line)
    return kept
