"""Simplification in steps, each with its reason. The algebra is SymPy's; what a line looks like is ours.

A formula on a page goes to SymPy as a rational function: sums, products, fractions and whole powers are algebra, anything
else, such as log(o) or a label, is a symbol. What comes back is written on the same page, with terms and factors in the
order in which the first line named them. The steps are those of a blackboard:

    common denominator, or a common factor taken out, in each factor
    what stands above and below the line cancels
    brackets are multiplied out where terms then cancel
    what is left is collected into factors

and a step is written down only if it changes something and leads to where the last one ends.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from operator import neg, truediv
from types import SimpleNamespace

from autograd import primitives as ops
from autograd.formula.operations import softmax_of
from autograd.formula.page import Page
from autograd.graph import bottom_up, nodes
from autograd.operation import CONSTANT
from autograd.value import Value, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

Reason = str | tuple[Value, str]  # in words, or a formula and what happens to it
Step = tuple[Value, Reason]

MOST_MULTIPLIED_OUT = 40  # terms that it would have without brackets
MOST = 60  # leaves of a formula that is still simplified
MOST_SYMBOLS = 10  # different ones in it: beyond, polynomials in so many take seconds to factor, and say no more
MOST_REMEMBERED = 4096  # of the results of each of SymPy's functions
REMEMBERED = ("cancel", "denom", "expand", "factor", "factor_terms", "fraction", "solve", "together")


def available() -> bool:
    """Whether SymPy is installed."""
    try:
        _sympy()
    except ImportError:
        return False
    return True


@lru_cache(maxsize=1)
def _sympy() -> Any:
    """SymPy, with what it has worked out before at hand.

    Its functions leave some fifty objects a call that hold each other in circles, until the garbage collector comes. Symbols
    are called by their number here, so that the same formula over other names costs that once.
    """
    import sympy

    remembered = {name: lru_cache(maxsize=MOST_REMEMBERED)(getattr(sympy, name)) for name in REMEMBERED}
    return SimpleNamespace(**{**vars(sympy), **remembered, "text": lru_cache(maxsize=MOST_REMEMBERED)(str)})


def simplify(page: Page, factors: Sequence[Value]) -> list[Step]:
    """The steps from a product of formulas on a page to its simplest form, each a formula with the reason for it.

    Nothing without SymPy, for formulas that are simple already, and for those too long to be worth it.
    """
    if sum(map(_count_symbols, factors)) > MOST or not available():
        return []
    raw = page.product(factors)
    if count_terms_multiplied_out(raw) > MOST_MULTIPLIED_OUT:
        return []
    algebra = _Algebra(page, raw)
    if len(algebra.symbols) > MOST_SYMBOLS:
        return []
    terms = [algebra.read(factor) for factor in factors]
    try:
        steps = [(raw, ""), *algebra.steps(terms)]
    except ArithmeticError:  # it divides by 0 wherever it is, or has a number beyond all floats
        return []
    return _choose_steps(steps)


def _seen_by_algebra(node: Value) -> tuple[Value, ...]:
    """The inputs of a node; none of a softmax, which stays whole."""
    return () if node.op is softmax_of else node.inputs


def _count_symbols(formula: Value) -> int:
    """How many leaves are written in a formula; a softmax, which stays whole, is one."""
    counts: dict[Value, int] = {}
    for node in bottom_up([formula], _seen_by_algebra):
        inputs = _seen_by_algebra(node)
        counts[node] = min(sum(counts[x] for x in inputs), MOST + 1) if inputs else 1
    return counts[formula]


def _choose_steps(steps: list[Step]) -> list[Step]:
    """Without what changes nothing, what no step before leads to, and detours that end where they began."""
    told = steps[:1]
    for formula, reason in steps[1:]:
        places = [i for i, (before, _) in enumerate(told) if before is formula]
        if places:
            told = told[: places[0] + 1]
        elif _fits(formula.data, steps[0][0].data):
            told.append((formula, reason))
    best = min(range(len(told)), key=lambda i: (cost(told[i][0]), i))
    return told[1 : best + 1]


def _fits(x: float, y: float) -> bool:
    return not (math.isfinite(x) and math.isfinite(y)) or math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-9)


def count_terms_multiplied_out(formula: Value) -> int:
    """How many terms a formula would have with all brackets multiplied out and over one denominator, at most."""
    terms: dict[Value, int] = {}
    for node in nodes(formula):
        xs = [terms[x] for x in node.inputs]
        if node.op is ops.sum_of:
            below = math.prod(terms[x.inputs[1]] for x in node.inputs if x.op is ops.div)
            count = sum(xs) * below
        elif node.op in (ops.mul, ops.div):
            count = xs[0] * xs[1]
        elif node.op is ops.pow and node.inputs[1].op is CONSTANT:
            count = xs[0] ** min(max(int(abs(node.inputs[1].data)), 1), 64) if math.isfinite(node.inputs[1].data) else 1
        else:
            count = xs[0] if node.op is ops.neg else 1
        terms[node] = min(count, 10**6)
    return terms[formula]


def cost(formula: Value) -> float:
    """How much there is to read: leaves, and a little for signs, fractions, and numbers in front of brackets."""
    costs: dict[Value, float] = {}
    for node in nodes(formula):
        costs[node] = min(_own_cost(node) + sum(costs[x] for x in node.inputs), 1e6)
    return costs[formula]


def _own_cost(node: Value) -> float:
    if not node.inputs:
        return 1.3 if node.op is CONSTANT and node.data < 0.0 else 1.0
    if node.op is ops.neg:
        return 0.3
    if node.op is ops.div:
        return 0.4
    if node.op is ops.mul and node.inputs[0].op is CONSTANT and node.inputs[1].op is ops.sum_of:
        return 2.0  # 2x + 2y rather than 2(x + y)
    if node.op is ops.sum_of:
        begins_with_a_minus = node.inputs[0].op is ops.neg
        has_a_common_factor = bool(set.intersection(*map(_factors, node.inputs)))
        return (0.2 if begins_with_a_minus else 0.0) + (1.2 if has_a_common_factor else 0.0)
    return -0.5 if node.op is ops.pow and node.inputs[1].op is CONSTANT else 0.0


def _factors(term: Value) -> set[Value]:
    """What stands above the line in a term and is more than a number."""
    found = set()
    stack = [term]
    while stack:
        node = stack.pop()
        if node.op in (ops.mul, ops.neg):
            stack += node.inputs
        elif node.op in (ops.div, ops.pow):
            stack.append(node.inputs[0])
        elif node.op is not CONSTANT:
            found.add(node)
    return found


class _Algebra:
    """Formulas of one page as SymPy's expressions, and back."""

    def __init__(self, page: Page, first: Value) -> None:
        self.sympy, self.page = _sympy(), page
        self.operations = {ops.sum_of: self.sympy.Add, ops.mul: self.sympy.Mul, ops.div: truediv, ops.neg: neg}
        self.symbols: dict[Value, Any] = {}
        self.formulas: dict[Any, Value] = {}
        self.familiar = {node for node in nodes(first) if node.op is ops.sum_of}
        self.known = {frozenset(node.inputs): node for node in self.familiar}
        self.read(first)  # names every symbol in the order of the first line

    # ---- there

    def read(self, formula: Value) -> Any:
        """A formula as an expression."""
        sympy = self.sympy
        found: dict[Value, Any] = {}
        for node in bottom_up([formula], _seen_by_algebra):
            if node.op is softmax_of:
                found[node] = self.symbol_of(node)
                continue
            xs = [found[x] for x in node.inputs]
            if node.op is CONSTANT and (number := _fraction(node.data)) is not None:
                found[node] = sympy.Rational(number.numerator, number.denominator)
            elif node.op in self.operations:
                found[node] = self.operations[node.op](*xs)
            elif node.op is ops.pow and node.inputs[1].op is CONSTANT and node.inputs[1].data.is_integer():
                found[node] = xs[0] ** int(node.inputs[1].data)
            else:
                found[node] = self.symbol_of(node)
        return found[formula]

    def symbol_of(self, formula: Value) -> Any:
        if formula not in self.symbols:
            symbol = self.symbols[formula] = self.sympy.Symbol(f"x{len(self.symbols):04d}")
            self.formulas[symbol] = formula
        return self.symbols[formula]

    # ---- and back

    def write(self, expression: Any) -> Value:
        """An expression as a formula on the page."""
        if expression.is_Symbol:
            return self.formulas[expression]
        if expression.is_Rational:
            number = self.page.number(float(expression.p))
            return number if expression.q == 1 else self.page.product([number], [self.page.number(float(expression.q))])
        if expression.is_Add:
            terms = [self.write(term) for term in sorted(expression.args, key=self._order_of_terms)]
            if len(terms) == 2 and terms[1].op is CONSTANT and terms[0].op is not ops.neg:
                terms = [terms[1], terms[0]] if terms[1].data > 0.0 else terms  # 1 + x², but x² + 2x + 1
            known = self.known.get(frozenset(terms))
            return self.page.sum(terms) if known is None else known
        if expression.is_Mul:
            above, below = [], []
            for factor in sorted(expression.args, key=self._order_of_factors):
                if factor.is_Add and self.write(factor) not in self.familiar and self.write(-factor) in self.familiar:
                    above += [self.page.number(-1.0), self.write(-factor)]  # 1 − o, if that is how the line began
                elif factor.is_Rational:
                    above.append(self.page.number(float(factor.p)))
                    below.append(self.page.number(float(factor.q)))
                elif factor.is_Pow and factor.exp.is_negative:
                    below.append(self.write(1 / factor))
                else:
                    above.append(self.write(factor))
            return self.page.product(above, below)
        if not expression.is_Pow:
            raise ZeroDivisionError(f"a formula that is {expression}")
        if expression.exp.is_negative:
            return self.page.product([self.page.number(1.0)], [self.write(1 / expression)])
        return self.page.product([self.write(expression.base)] * int(expression.exp))

    def _order_of_terms(self, term: Any) -> Any:
        """Positive terms first, numbers last among equals, higher powers before lower, then as the first line had them."""
        degree = sum(power for base, power in term.as_powers_dict().items() if power.is_number and base.free_symbols)
        return term.could_extract_minus_sign(), not term.free_symbols, -degree, *self._order_of_factors(term)

    def _order_of_factors(self, factor: Any) -> Any:
        names = sorted(symbol.name for symbol in factor.free_symbols)
        return names[:1] or [""], factor.as_base_exp()[0].is_Add, names, self.sympy.text(factor)

    # ---- steps

    def steps(self, terms: Sequence[Any]) -> list[Step]:
        sympy = self.sympy
        told: list[Step] = []
        prepared = [self._prepare(term) for term in terms]
        reasons = dict.fromkeys(reason for _, reason in prepared if reason)
        line = self.page.product(self.write(term) for term, _ in prepared)
        if reasons:
            told.append((line, " and ".join(reasons)))
        whole = sympy.Mul(*(term for term, _ in prepared))
        told.append((self.write(whole), self._what_cancels([term for term, _ in prepared])))
        above, below = sympy.fraction(sympy.together(whole))
        spread = sympy.expand(above) / below
        if len(sympy.Add.make_args(sympy.expand(above))) < _terms_without_cancelling(above):
            told.append((self.write(spread), "multiply out"))
        reduced = sympy.cancel(whole)
        ends = {self.write(end): None for end in (sympy.factor(reduced), self._factor_in_part(reduced), reduced, spread)}
        self.familiar = set()
        ends |= dict.fromkeys(map(self.write, (sympy.factor(reduced), reduced)))
        end = min(ends, key=cost)
        told.append((end, "collect" if len(told) > 1 and told[-1][1] == "multiply out" else "multiply out and collect"))
        return told

    def _prepare(self, term: Any) -> tuple[Any, str]:
        """A factor over a common denominator, or with what is common to its terms in front."""
        sympy = self.sympy
        if not term.is_Add:
            return term, ""
        if any(sympy.denom(part).free_symbols for part in term.args):
            whole = sympy.together(term)
            return whole, "common denominator" if sympy.denom(whole).free_symbols else "cancel"
        factored = sympy.factor_terms(term, clear=False)
        return (factored, "factor out") if factored.is_Mul and factored.args[0].free_symbols else (term, "")

    def _what_cancels(self, terms: Sequence[Any]) -> Reason:
        sympy = self.sympy
        above: list[Any] = []
        below: list[Any] = []
        for term in terms:
            for factor in sympy.Mul.make_args(term):
                base, power = factor.as_base_exp()
                (above if power.is_positive else below).extend([base] * abs(int(power)))
        shared = [base for base in dict.fromkeys(below) if base in above and base.free_symbols]
        if not shared:
            return "simplify"
        return self.write(sympy.Mul(*shared)), "cancels"

    def _factor_in_part(self, expression: Any) -> Any:
        """With common factors in front of the numerator, but no sum taken apart into factors."""
        above, below = self.sympy.fraction(expression)
        return self.sympy.factor_terms(above) / self.sympy.factor(below)


def _terms_without_cancelling(product: Any) -> int:
    """How many terms a product of sums has before like terms are put together."""
    count = 0
    for term in product.args if product.is_Add else [product]:
        ways = 1
        for factor in term.args if term.is_Mul else [term]:
            base, power = factor.as_base_exp()
            ways *= len(base.args) ** int(power) if base.is_Add and power.is_Integer and power.is_positive else 1
        count += ways
    return count


def _fraction(x: float) -> Fraction | None:
    """A number as a fraction, if it is a simple one."""
    if not math.isfinite(x):
        return None
    fraction = Fraction(x).limit_denominator(8)
    return fraction if fraction.denominator != 5 and float(fraction) == x else None


def simplify_each(page: Page, formulas: Iterable[Value]) -> list[Value]:
    """Each formula in its simplest form; as it is without SymPy."""
    return [steps[-1][0] if (steps := simplify(page, [formula])) else formula for formula in formulas]


def express_in_function(page: Page, formula: Value, definition: Value, own: Value) -> list[Step]:
    """A derivative in terms of the function itself: the steps from e^-x / (1 + e^-x)^2 to σ(x) (1 − σ(x)).

    definition: the function z as a fraction n/m, on the page; own: z as an operation on x
    With m = 1 + e^-x, what is not m above the line is written as m − 1; the fraction is split, and n/m is z.
    Nothing where that does not lead to a formula in z and x alone.
    """
    if definition.op is not ops.div:
        return []
    sympy = _sympy()
    algebra = _Algebra(page, page.sum([formula, definition]))
    top, bottom = (algebra.read(part) for part in definition.inputs)
    if not bottom.is_Add and not bottom.is_Symbol:
        return []
    n, m, z = sympy.Symbol("n"), sympy.Symbol("m"), algebra.symbol_of(own)

    def put_back(expression: Any) -> Value:
        return algebra.write(expression.subs({m: bottom, n: top}, simultaneous=True))

    told: list[Step] = []
    whole = algebra.read(formula).subs(bottom, m)
    if top.free_symbols:
        whole = whole.subs(top, n)
    elif bottom.is_Add:
        whole, told = _use_bottom(algebra, whole, bottom, m)
    if (whole.free_symbols - {n, m}) & (bottom.free_symbols | top.free_symbols):
        return []
    split = sympy.expand(whole)
    if split.is_Add and split != whole:
        terms = sorted(split.args, key=lambda term: term.could_extract_minus_sign())
        told.append((page.sum(map(put_back, terms)), "split the fraction"))
    factored = sympy.factor_terms(split)
    if factored != split and factored.is_Mul:
        parts = sorted(factored.args, key=lambda part: part.is_Add)
        told.append((page.chain([put_back(part) for part in parts]), "factor out"))
    in_z = factored.subs(n, z * m) if top.free_symbols else factored.subs(m, top / z)
    in_z = sympy.factor_terms(sympy.expand(sympy.cancel(in_z)))
    if in_z.free_symbols & {n, m}:
        return []
    return [*told, (algebra.write(in_z), "definition")]


def _use_bottom(algebra: _Algebra, whole: Any, bottom: Any, m: Any) -> tuple[Any, list[Step]]:
    """An expression with e^-x as m − 1, where m is 1 + e^-x; and the step that says so, if it is one to be told."""
    sympy, page = algebra.sympy, algebra.page
    inside = bottom.free_symbols & whole.free_symbols
    if len(inside) != 1:
        return whole, []
    (e,) = inside
    solved = sympy.solve(bottom - m, e)
    if len(solved) != 1 or solved[0].free_symbols != {m}:
        return whole, []
    above, below = sympy.fraction(sympy.together(whole))
    replaced = above.subs(e, solved[0])
    if not (replaced.is_Add and sympy.expand(replaced - m).is_number):
        return replaced / below, []
    rest = page.sum([algebra.write(replaced.subs(m, 0))])
    shown = record(ops.sum_of, algebra.write(above).data, (algebra.write(bottom), rest))
    return replaced / below, [(page.node(ops.div, [shown, algebra.write(below.subs(m, bottom))]), "add and subtract 1")]
