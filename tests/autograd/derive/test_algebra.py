"""Algebra in steps: every step is the function of the line before, judged by SymPy and in numbers."""

import math
import random

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from long_runs import examples

from autograd import Value, derivation, exp, log, parse, rewriting, sin
from autograd import primitives as ops
from autograd.derive.algebra import cost, simplify, simplify_each
from autograd.display.board import math as mathematics
from autograd.display.board import reason_of
from autograd.formula.measures import count_leaves
from autograd.formula.page import Page
from autograd.graph import leaves, nodes
from autograd.operation import CONSTANT
from autograd.value import lift

NAMES = "abcot"


class Sheet:
    """A page, with a leaf for each name, and what a formula in these names comes to."""

    def __init__(self):
        self.page = Page()
        self.leaves = {name: Value(0.3 + 0.25 * i, name) for i, name in enumerate(NAMES)}
        written = self.page.write(*self.leaves.values())
        self.names = dict(zip(NAMES, written))

    def write(self, *formulas):
        """Formulas in the leaves on the page."""
        return self.page.write(*formulas)

    def factors(self, f):
        """What f makes of the leaves: the factors of a product, on the page."""
        made = f(**self.leaves)
        return self.write(*map(lift, made if isinstance(made, tuple) else (made,)))


def value_at(formula, numbers):
    """A formula's number where its names have these."""
    return rewriting.value_at(formula, {leaf: numbers[leaf.label] for leaf in leaves(formula) if leaf.label})


def expression(formula):
    """A formula in SymPy, by a translation of its own."""
    rules = {
        "sum": lambda *xs: sum(xs),
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "neg": lambda x: -x,
        "pow": lambda x, y: x**y,
        "exp": sympy.exp,
        "log": sympy.log,
        "sin": sympy.sin,
    }
    found = {}
    for node in nodes(formula):
        if node.inputs:
            found[node] = rules[node.op.name](*(found[x] for x in node.inputs))
        else:
            found[node] = sympy.Symbol(node.label, positive=True) if node.label else sympy.nsimplify(node.data)
    return found[formula]


def text(formula):
    return mathematics(formula).text


def told(f):
    """The factors of f on a page, and the steps to their simplest form, as (text, reason)."""
    sheet = Sheet()
    steps = simplify(sheet.page, sheet.factors(f))
    return [(text(formula), reason_of(reason).text) for formula, reason in steps]


# ---------------------------------------------------------------------------------------------- what is reached, and how

SIMPLEST = {
    "the first note": (lambda a, o, t, **_: (-t / o + (1 - t) / (1 - o), o * (1 - o), a), "(o − t)·a"),
    "the slope in the output alone": (lambda o, t, **_: (-t / o + (1 - t) / (1 - o),), "(o − t)/(o·(1 − o))"),
    "without the input": (lambda o, t, **_: (-t / o + (1 - t) / (1 - o), o * (1 - o)), "o − t"),
    "cancelled": (lambda a, b, **_: (a / b, b), "a"),
    "cancelled whole": (lambda a, **_: (a, 1 / a), "1"),
    "cancelled in part": (lambda a, b, c, **_: (a * b / c, c / b), "a"),
    "a square cancelled": (lambda a, b, **_: (a / b**2, b), "a/b"),
    "like terms": (lambda a, b, **_: (a + b - a,), "b"),
    "like terms that add": (lambda a, **_: (2 * a + 3 * a,), "5·a"),
    "nothing left": (lambda a, b, **_: (a * b - b * a,), "0"),
    "fractions of one denominator": (lambda a, b, c, **_: (a / c + b / c,), "(a + b)/c"),
    "a bracket": (lambda a, b, **_: (a * (1 + b) - a * b,), "a"),
    "two functions": (lambda a, b, **_: (log(a) / sin(b), sin(b)), "log(a)"),
    "a function as it is": (lambda a, **_: (exp(a), 1 / exp(a), a), "a"),
    "signs": (lambda a, b, **_: (-a, -b), "a·b"),
    "two signs in a sum": (lambda a, b, **_: (-(a - b), -1.0), "a − b"),
    "numbers": (lambda a, **_: (2 * a, 0.5), "a"),
    "a quarter": (lambda a, **_: (0.5 * a, 0.5), "0.25·a"),
    "half a square": (lambda a, b, **_: (0.5 * 2 * (a - b), 1.0), "a − b"),
}


@pytest.mark.parametrize("name", SIMPLEST)
def test_the_simplest_form(name):
    """A product of factors ends in the form that a lecturer ends in."""
    f, end = SIMPLEST[name]
    sheet = Sheet()
    factors = sheet.factors(f)
    steps = simplify(sheet.page, factors)
    found = steps[-1][0] if steps else sheet.page.product(factors)
    assert text(found) == end


ALREADY = {
    "a letter": lambda a, **_: (a,),
    "a product": lambda a, b, **_: (a, b),
    "a difference": lambda a, b, **_: (a - b,),
    "one minus": lambda o, **_: (o * (1 - o),),
    "a square": lambda a, **_: (1 - a**2,),
    "a fraction": lambda a, b, **_: (a / (1 + b),),
    "a square of a sum": lambda a, b, **_: ((a + b) ** 2,),
    "a function": lambda a, **_: (exp(a) * log(a),),
    "2x + 2y": lambda a, b, **_: (2 * a + 2 * b,),
}


@pytest.mark.parametrize("name", ALREADY)
def test_what_is_simple_is_left_alone(name):
    """No step is told where there is nothing to gain."""
    assert told(ALREADY[name]) == []


def test_the_steps_of_the_first_note_have_their_reasons():
    """Common denominator, what cancels by name, multiplied out and collected, in this order."""
    steps = told(SIMPLEST["the first note"][0])
    assert [reason for _, reason in steps] == ["common denominator", "o·(1 − o) cancels", "multiply out and collect"]
    assert steps[1][0] == "((1 − t)·o − t·(1 − o))·a"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("cancelled", "b cancels"), ("two functions", "sin(b) cancels"), ("without the input", "o·(1 − o) cancels")],
)
def test_what_cancels_is_named(name, reason):
    """The reason beside a cancellation is the factor that went."""
    assert reason in [why for _, why in told(SIMPLEST[name][0])]


def test_terms_come_in_the_order_of_the_first_line():
    """What SymPy would sort by the alphabet keeps the order in which it was written."""
    assert told(lambda a, b, c, **_: (c / a + b / a, a))[-1][0] == "c + b"


def test_a_bracket_is_written_as_the_first_line_has_it():
    """1 − o stays 1 − o, and does not turn into −(o − 1)."""
    assert all("o − 1" not in line for line, _ in told(lambda o, a, **_: (a / (1 - o), o * (1 - o))))


# ------------------------------------------------------------------------------------------ each step is the same function

GROWERS = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / b,
    "reciprocal of a sum": lambda a, b: 1 / (a + b),
    "one minus": lambda a, b: (1 - a) * b,
    "square": lambda a, b: a**2 - b,
    "negative": lambda a, b: -a + 2 * b,
    "half": lambda a, b: 0.5 * a,
    "logarithm": lambda a, b: log(a * a + 1) * b,
    "exponential": lambda a, b: exp(-a) + b,
}
recipes = st.lists(st.tuples(st.sampled_from(sorted(GROWERS)), st.integers(0, 1), st.integers(0, 9)), min_size=2, max_size=5)


def grown(recipe, n):
    """A page, and some factors on it, grown from its leaves."""
    sheet = Sheet()
    pool = list(sheet.leaves.values())
    for name, i, j in recipe:
        pool.append(GROWERS[name](pool[-1 - i % len(pool)], pool[j % len(pool)]))
    return sheet.page, sheet.write(*pool[-n:])


def points():
    r = random.Random(0)
    return [{name: r.uniform(0.2, 2.0) for name in NAMES} for _ in range(4)]


def same(x, y, scale):
    return not (math.isfinite(x) and math.isfinite(y)) or math.isclose(x, y, rel_tol=1e-7, abs_tol=1e-7 * scale)


@pytest.mark.parametrize(
    "formula", ["x - w^2 ln(w - w)", "-x/(z - z)*max(1, z)", "1E+308 (-8)^(1/3) exp(w)^2", "1/2 (x max(x, w) ln(w - w))^2"]
)
def test_what_is_infinite_everywhere_has_no_simpler_form(formula):
    """Nor has what holds a number beyond all floats; the derivation is written all the same."""
    y = parse(formula)
    assert str(derivation(y))


@examples(25)
@given(recipes, st.integers(1, 3))
def test_every_step_is_the_function_of_the_line_before(recipe, n):
    """At several points far from where the page was written, each step has the number of the product."""
    page, factors = grown(recipe, n)
    start = page.product(factors)
    assume(math.isfinite(start.data) and abs(start.data) < 1e6)
    for formula, _ in simplify(page, factors):
        for numbers in points():
            scale = max(abs(value_at(node, numbers)) for f in (start, formula) for node in nodes(f))
            if scale < 1e6:
                assert same(value_at(formula, numbers), value_at(start, numbers), scale), text(formula)


@examples(25)
@given(recipes, st.integers(1, 3))
def test_no_form_is_worse_than_the_one_it_came_from(recipe, n):
    """What the last step costs to read is never more than the product did, and the number on it is that of its leaves."""
    page, factors = grown(recipe, n)
    start = page.product(factors)
    steps = simplify(page, factors)
    if steps:
        end = steps[-1][0]
        assert cost(end) < cost(start)
        here = {name: 0.3 + 0.25 * i for i, name in enumerate(NAMES)}
        assert math.isnan(end.data) or same(value_at(end, here), end.data, abs(end.data))


@pytest.mark.parametrize("name", [*SIMPLEST, *ALREADY])
def test_sympy_agrees_with_every_step(name):
    """The difference of each step from the product of the factors is zero, by SymPy's own simplification."""
    f = SIMPLEST[name][0] if name in SIMPLEST else ALREADY[name]
    sheet = Sheet()
    factors = sheet.factors(f)
    product = sympy.Mul(*map(expression, factors))
    for formula, _ in simplify(sheet.page, factors):
        assert sympy.simplify(expression(formula) - product) == 0


def test_the_oracle_sees_a_wrong_step():
    """A sign that is turned, or a factor that is lost, is no zero of SymPy's, and another number."""
    sheet = Sheet()
    right, wrong = sheet.write(sheet.leaves["a"] - sheet.leaves["b"], sheet.leaves["a"] + sheet.leaves["b"])
    assert sympy.simplify(expression(right) - expression(wrong)) != 0
    assert not same(value_at(right, points()[0]), value_at(wrong, points()[0]), 1.0)


@pytest.mark.parametrize("ending", ["collect", "cancels", "common denominator"])
def test_a_step_that_is_wrong_is_not_told(monkeypatch, ending):
    """What algebra gets wrong does not reach the board: each step's number is compared with the first line's."""
    from autograd.derive import algebra

    honest = algebra._Algebra.steps

    def wrong(self, terms):
        reasons = honest(self, terms)
        return [
            (self.page.sum([f, self.page.number(1.0)]) if ending in reason_of(why).text else f, why) for f, why in reasons
        ]

    f = SIMPLEST["the first note"][0]
    before = told(f)
    monkeypatch.setattr(algebra._Algebra, "steps", wrong)
    after = told(f)
    assert not any("+ 1" in line for line, _ in after)
    assert set(after) < set(before)


# --------------------------------------------------------------------------------------------------------------- the edges


def test_nothing_without_sympy(monkeypatch):
    """Where SymPy is missing there are no steps, and collected formulas stay what they are."""
    monkeypatch.setattr("autograd.derive.algebra.available", lambda: False)
    sheet = Sheet()
    factors = sheet.factors(SIMPLEST["the first note"][0])
    assert simplify(sheet.page, factors) == []
    assert simplify_each(sheet.page, factors) == factors


def test_collected_gives_the_end_of_the_steps():
    """One formula for each, in its simplest form."""
    sheet = Sheet()
    formulas = sheet.factors(lambda a, b, **_: (a + b - a, a * b, 2 * a + 3 * a))
    assert [text(f) for f in simplify_each(sheet.page, formulas)] == ["b", "a·b", "5·a"]


def test_what_is_too_long_is_left_alone():
    """A formula of over 120 leaves has no steps, and takes no time over it."""
    page = Page()
    xs = page.write(*(Value(0.01 * i, f"x_{i}") for i in range(1, 90)))
    long = page.sum([page.product([x, x, page.number(-1.0)]) for x in xs])
    assert count_leaves(long) > 120
    assert simplify(page, [long, page.product([page.number(1.0)], [long])]) == []


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 1e300, 5e-324, 0.1, 1 / 3])
def test_numbers_that_are_no_fractions(number):
    """Any float may stand in a formula, and stands in the result unchanged."""
    page = Page()
    a, b = page.write(Value(2.0, "a"), Value(0.5, "b"))
    factors = [page.product([page.number(number), a], [b]), b]
    steps = simplify(page, factors)
    end = steps[-1][0] if steps else page.product(factors)
    assert text(end) in (text(page.product([page.number(number), a])), "a/3")
    assert end.data == pytest.approx(number * 2.0, nan_ok=True)


def test_steps_stay_on_their_page():
    """Leaves of a step are the page's own leaves, and plain numbers."""
    sheet = Sheet()
    for f, _ in SIMPLEST.values():
        for formula, _ in simplify(sheet.page, sheet.factors(f)):
            assert {x for x in nodes(formula) if not x.inputs and x.op is not CONSTANT} <= set(sheet.names.values())


@pytest.mark.parametrize(
    ("cheap", "dear"),
    [
        (lambda o, t, **_: o - t, lambda o, t, **_: -(t - o)),
        (lambda a, b, **_: a / b, lambda a, b, **_: -a / -b / 1.5),
        (lambda a, b, **_: (a + b) ** 2, lambda a, b, **_: a**2 + 2 * a * b + b**2),
        (lambda a, b, c, **_: a * (b + c), lambda a, b, c, **_: a * b + a * c),
        (lambda a, b, **_: a * b, lambda a, b, **_: a * b * 1.5),
        (lambda a, b, **_: 2 * a + 2 * b, lambda a, b, **_: 2 * (a + b)),
    ],
)
def test_cost_is_what_a_reader_pays(cheap, dear):
    """Of two forms the one with less to read, or with fewer signs, costs less."""
    sheet = Sheet()
    (one,), (other,) = sheet.factors(cheap), sheet.factors(dear)
    assert cost(one) < cost(other)


def test_size_counts_what_is_written():
    """A leaf that a graph holds once and a formula writes twice counts twice; a chain of doublings does not overflow."""
    page = Page()
    (a,) = page.write(Value(1.5, "a"))
    assert count_leaves(page.product([page.sum([a, page.number(1.0)]), a])) == 3
    x = a
    for _ in range(200):
        x = page.node(ops.sum_of, [x, x])
    assert count_leaves(x) > 120
