"""The derivative of one function, line by line, each line with the rule that it uses.

    d/dx σ(x) = d/dx (1 + e⁻ˣ)⁻¹                 definition of σ
              = −(1 + e⁻ˣ)⁻²·d/dx (1 + e⁻ˣ)      power rule, chain rule
              = …
              = σ(x)·(1 − σ(x))                  definition of σ

A derivative that is still to be taken is an operation like any other here, d/dx u. A line applies one rule to the first of
them, until none is left. What then remains is brought to the form of the table, which it equals: that is checked in numbers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import isclose, nan
from typing import Any

from autograd import primitives as ops
from autograd.calculus import gradient
from autograd.derive.algebra import available, express_in_function, simplify
from autograd.derive.lines import drop_repetitions
from autograd.display.board import NOTHING, Board, Line, Math, join, math, reason_of, symbol, words
from autograd.formula.help import names_of
from autograd.formula.measures import as_read, free_variables
from autograd.formula.operations import pseudo_primitive
from autograd.formula.page import Page
from autograd.graph import nodes
from autograd.operation import CONSTANT, Primitive
from autograd.rewriting import rewrite, substitute
from autograd.value import Value, constant
from autograd.writing.names import latex_name, text_name
from autograd.writing.notation import OPERATOR, POWER, Notation, bracket, latex_form

Step = tuple[Value, Math]
POINT = 0.3  # where lines are compared


def _pending(name: str) -> Primitive:
    """The operation d/dx, on what is still to be differentiated."""
    text, latex = f"d/d{text_name(name)} ", rf"\frac{{d}}{{d{latex_name(name)}}} "
    notation = Notation("d/dx", text.__add__, OPERATOR, POWER, latex_form(latex.__add__, OPERATOR, POWER))
    return pseudo_primitive("d/dx", notation, lambda u: nan, 1.0)


def rule_derivation(f: Callable[..., Any], *point: Any) -> Board:
    """The derivation of the derivative of a function of one number; see `autograd.derivation`.

    Raises TypeError for a function of several numbers, or one that gives no Value; ValueError for an operation that is
    defined by its row of the table alone and has several inputs.
    """
    if point:
        raise TypeError("derivation(f) derives the rule of f itself: pass no point, or derivation(f(x), x) for numbers")
    if isinstance(f, Primitive):
        return _of_primitive(f) if f.arity == 1 else _partials(f)
    try:
        signature = inspect.signature(f).parameters.values()
    except ValueError:
        raise TypeError(f"how many numbers {f!r} takes cannot be seen: pass lambda x: f(x)") from None
    parameters = [p for p in signature if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(parameters) != 1:
        raise TypeError(
            f"derivation(f) takes a function of one number; of several, make a Value of each and take derivation(y, x)"
            f" of the result y: this one has {len(parameters)} arguments"
        )
    x = Value(POINT, parameters[0].name)
    y = f(x)
    if not isinstance(y, Value):
        raise TypeError(f"derivation(f) differentiates what f gives, and f gave {y!r}, which is no Value")
    return RuleDerivation(f, x, y, None)


def _of_primitive(op: Primitive) -> RuleDerivation:
    x = Value(POINT + 1.0 if op is ops.acosh else POINT, "x")  # acosh has no value below 1
    z = op(x)
    slope = op.slopes(z, [x])[0]
    target = slope if isinstance(slope, Value) else constant(slope)
    return RuleDerivation(op, x, op.definition(x) if op.definition is not None else z, target)


def _partials(op: Primitive) -> Board:
    """The partial derivatives of an operation with several inputs, as the table has them."""
    xs = [Value(0.3 + 0.2 * i, name) for i, name in enumerate(names_of(op) if op.arity else "xyzt")]
    if op.page is not None and 0.0 in op.partials:  # the table keeps something fixed that is none to a reader
        raise ValueError(f"{op.name} only helps to compute exactly ({op.doc.rstrip('.')}): derive that")
    page = Page()
    z = op(*xs)
    (whole,) = page.write(z)
    lines = []
    for x, slope in zip(xs, gradient(z, *xs)):
        left = Math(
            f"∂/∂{text_name(x.label)} ({math(whole).text})",
            rf"\frac{{\partial}}{{\partial {latex_name(x.label)}}} {bracket(math(whole).latex)}",
        )
        lines.append(Line(left, math(page.take_in(slope)), words("rule of the table")))
    return Board(lines)


class RuleDerivation(Board):
    """The derivation of f′(x). Print it, show it in Jupyter, or take .text, .latex, or .save("rule.tex").

    formula: the derivative as the last line has it, a Value over x
    formulas: what each line says, as Values; lines with d/dx in them have the derivative's number, too
    """

    def __init__(self, f: Any, x: Value, y: Value, target: Value | None) -> None:
        page = self.page = Page()
        (definition,) = page.write(y)
        self.x = page.leaves[x] if x in page.leaves else Value(x.data, x.label)
        self.pending = _pending(x.label)
        op = f if isinstance(f, Primitive) else None
        own = page.node(op, [self.x]) if op is not None else definition
        self.wanted = None if op is None or target is None else page.take_in(_put_on_page(target, op, x, self.x, own))
        if op is not None and op.definition is None:
            steps = [(page.number(0.0) if self.wanted is None else self.wanted, words("rule of the table"))]
        else:
            steps = self._derive(op, own, definition)
        self.formulas = [formula for formula, _ in steps]
        self.formula = self.formulas[-1]
        lines = [Line(NOTHING, math(formula), reason) for formula, reason in steps]
        lines[0] = lines[0]._replace(left=self._left_side(own))
        super().__init__(drop_repetitions(lines))

    def _left_side(self, own: Value) -> Math:
        if own is not self.x and self._varies(own):
            return math(self._to_take(own))
        u, name = math(own), self.x.label  # d/dx of x, or of a constant, is worked out already
        return Math(f"d/d{text_name(name)} {u.text}", rf"\frac{{d}}{{d{latex_name(name)}}} {u.latex}")

    def _derive(self, op: Primitive | None, own: Value, definition: Value) -> list[Step]:
        """The lines from the definition to the simplest form, or to that of the table."""
        line = self._to_take(definition)
        steps = [(line, join([words("definition of "), symbol(op)], ""))] if op is not None else []
        if not steps and line.op is CONSTANT:
            steps.append((line, words("x varies with itself by 1" if line.data else "a constant does not vary")))
        while any(node.op is self.pending for node in nodes(line)):
            line, rule = self._next(line)
            steps.append((line, rule))
        if line is not self.wanted:
            steps += self._simplest(line, op, own, definition)
        if self.wanted is not None and steps[-1][0] is not self.wanted:
            steps.append((self.wanted, words("the form in the table")))
        return steps

    def _to_take(self, u: Value) -> Value:
        """d/dx u, or what it is where u is x or does not vary with x."""
        page = self.page
        if u is self.x:
            return page.number(1.0)
        if not self._varies(u):
            return page.number(0.0)
        node = page.node(self.pending, [u])
        node.data = gradient(u, self.x)[0].data
        return node

    def _next(self, line: Value) -> Step:
        """The line with the rule for its first d/dx applied."""
        first = next(node for node in as_read(line) if node.op is self.pending)
        u = first.inputs[0]
        rule = RULES.get(u.op)
        result, reason = (rule(self, *u.inputs) if rule is not None else None) or self._chain_rule(u)
        return self.page.substitute(line, {first: result}), reason

    def _varies(self, u: Value) -> bool:
        return self.x in free_variables(u)

    def _sum_rule(self, *terms: Value) -> Step:
        return self.page.sum(map(self._to_take, terms)), words("sum rule")

    def _minus_rule(self, u: Value) -> Step:
        return self.page.negate(self._to_take(u)), words("constant factor")

    def _product_rule(self, a: Value, b: Value) -> Step:
        page, d = self.page, self._to_take
        if not self._varies(a):
            return page.product([a, d(b)]), words("constant factor")
        if not self._varies(b):
            return page.product([d(a), b]), words("constant factor")
        return page.sum([page.product([d(a), b]), page.product([a, d(b)])]), words("product rule")

    def _quotient_rule(self, a: Value, b: Value) -> Step:
        page, d = self.page, self._to_take
        if not self._varies(b):
            return page.product([d(a)], [b]), words("constant factor")
        above = page.sum([page.product([d(a), b]), page.product([page.number(-1.0), a, d(b)])])
        return page.product([above], [b, b]), words("quotient rule")

    def _power_rule(self, base: Value, exponent: Value) -> Step | None:
        """That of a power whose exponent is a number."""
        if exponent.op is not CONSTANT:
            return None
        page, n = self.page, exponent.data
        power = page.apply(ops.pow, [base, page.number(n - 1.0)])
        chain = "" if base is self.x else ", chain rule"
        return page.product([page.number(n), power, self._to_take(base)]), words(f"power rule{chain}")

    def _chain_rule(self, u: Value) -> Step:
        """The rule of the table for an operation, times the derivatives of what is inside of it."""
        page, op = self.page, u.op
        assert op is not None
        slopes = op.slopes(u, [x.data if x.op is CONSTANT else x for x in u.inputs])
        varying = [(x, slope) for x, slope in zip(u.inputs, slopes) if self._varies(x)]
        terms = [
            page.product([page.take_in(slope) if isinstance(slope, Value) else page.number(slope), self._to_take(x)])
            for x, slope in varying
        ]
        chain = "chain rule, " if any(x is not self.x for x, _ in varying) else ""
        return page.sum(terms), join([words(f"{chain}derivative of "), symbol(op)], "")

    def _simplest(self, line: Value, op: Primitive | None, own: Value | None, definition: Value) -> list[Step]:
        """From the line with no d/dx left to the simplest one."""
        page = self.page
        steps: list[Step] = []
        fraction = _as_fraction(page, line)
        if fraction is not line:
            steps.append((fraction, words("negative powers as fractions")))
        if own is not None and op is not None and available():
            found = express_in_function(page, fraction, _as_fraction(page, definition), own)
            if found and isclose(found[-1][0].data, line.data, rel_tol=1e-9, abs_tol=1e-12):
                *before, (last, _) = [(formula, reason_of(why)) for formula, why in found]
                return [*steps, *before, (last, join([words("definition of "), symbol(op)], ""))]
        return steps + [(formula, reason_of(why)) for formula, why in simplify(page, [fraction])]


RULES: dict[Primitive | None, Callable[..., Step | None]] = {  # d/dx of an operation; of any other by the chain rule
    ops.sum_of: RuleDerivation._sum_rule,
    ops.neg: RuleDerivation._minus_rule,
    ops.mul: RuleDerivation._product_rule,
    ops.div: RuleDerivation._quotient_rule,
    ops.pow: RuleDerivation._power_rule,
}


def _put_on_page(target: Value, op: Primitive, x: Value, leaf: Value, own: Value) -> Value:
    """A partial of the table, which speaks of a point x, on the page."""
    itself = {node: own for node in nodes(target) if node.op is op and node.inputs == (x,)}
    return substitute(target, {x: leaf, **itself})


def _as_fraction(page: Page, line: Value) -> Value:
    """A formula with its negative powers below the line."""

    def invert(node: Value, inputs: list[Value]) -> Value:
        if node.op is ops.pow and inputs[1].op is CONSTANT and inputs[1].data < 0.0:
            return page.product([], [page.apply(ops.pow, [inputs[0], page.number(-inputs[1].data)])])
        return page.apply(node.op, inputs) if inputs else node

    return rewrite(line, invert)
