"""One step of a calculation: worked out for other numbers, with other nodes in it, down to what is known, taken apart.

Formulas are written once as text: Python works them out in plain floats, SymPy as functions, and the library as graphs.
"""

import math
import re
from itertools import islice

import pytest
import sympy
from hypothesis import assume, example, given
from hypothesis import strategies as st
from long_runs import examples

import autograd as ag
from autograd import Value
from autograd import primitives as ops
from autograd.formula.measures import free_variables
from autograd.formula.operations import softmax_of
from autograd.formula.parser import parse
from autograd.graph import leaves, nodes
from autograd.mark.steps import (
    TRIES,
    Interval,
    Kept,
    Product,
    chain,
    close,
    difference,
    factorize,
    points,
    products_in,
    rounding,
    spell_out,
    straighten,
    swing,
    unit_of,
)
from autograd.operation import CONSTANT
from autograd.rewriting import evaluate, expanded, substitute, value_at
from autograd.value import constant, record

# ----------------------------------------------------------------------------------------------------- formulas, three ways

NAMES = "abcd"
FUNCTIONS = {
    "exp": (ag.exp, math.exp),
    "tanh": (ag.tanh, math.tanh),
    "sigmoid": (ag.sigmoid, lambda x: 1 / (1 + math.exp(-x))),
    "relu": (ag.relu, lambda x: max(x, 0.0)),
    "hypot": (ag.hypot, math.hypot),
    "clip": (ag.clip, lambda x, low, high: min(max(x, low), high)),
    "total": (ops.sum_of, lambda *xs: sum(xs)),
}
SMALL = st.sampled_from(["1.0", "2.0", "0.5", "3.0"])
FLOATS = st.floats(-2.0, 2.0).map(lambda x: round(x, 3))


def trees(names, numbers=SMALL, calls=True):
    """Formulas as Python writes them, none of them large."""
    grown = lambda inner: st.one_of(  # noqa: E731
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]}/(2.0 + {t[1]}*{t[1]}))"),
        inner.map(lambda x: f"(-{x})"),
        *(
            [
                st.tuples(st.sampled_from(["tanh", "sigmoid", "relu"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
                inner.map(lambda x: f"exp(tanh({x}))"),
                st.tuples(inner, inner).map(lambda t: f"hypot({t[0]}, {t[1]})"),
                inner.map(lambda x: f"clip({x}, -1.0, 1.0)"),
                st.lists(inner, min_size=2, max_size=3).map(lambda xs: f"total({', '.join(xs)})"),
            ]
            * calls
        ),
    )
    return st.recursive(st.sampled_from(list(names)) | numbers, grown, max_leaves=8)


def as_graph(text, values):
    found = eval(text, {name: f for name, (f, _) in FUNCTIONS.items()} | values)
    return found if isinstance(found, Value) else constant(found)


def in_plain_numbers(text, numbers):
    return eval(text, {name: f for name, (_, f) in FUNCTIONS.items()} | numbers)


def labelled(numbers):
    return {name: Value(x, label=name) for name, x in numbers.items()}


def near(x):
    return pytest.approx(x, rel=1e-9, abs=1e-12)


TREES = trees(NAMES)
POINTS = st.fixed_dictionaries(dict.fromkeys(NAMES, FLOATS))

# --------------------------------------------------------------------------------------------------------------- worked out


@examples()
@given(TREES, POINTS, POINTS)
def test_a_formula_is_worked_out_for_other_numbers(text, here, there):
    """Each node has what Python gets, and the graph keeps the numbers that it had."""
    values = labelled(here)
    formula = as_graph(text, values)
    before = [node.data for node in nodes(formula)]
    found = evaluate(nodes(formula), {values[name]: x for name, x in there.items()})
    assert found[formula] == near(in_plain_numbers(text, there))
    assert value_at(formula, {values[name]: x for name, x in there.items()}) == found[formula]
    assert set(nodes(formula)) <= set(found)
    assert [node.data for node in nodes(formula)] == before


@examples()
@given(TREES, POINTS, POINTS, st.sets(st.sampled_from(NAMES)))
def test_leaves_without_a_number_keep_their_own(text, here, there, named):
    """What is not given is what it is in the graph."""
    values = labelled(here)
    formula = as_graph(text, values)
    found = value_at(formula, {values[name]: there[name] for name in named})
    assert found == near(in_plain_numbers(text, here | {name: there[name] for name in named}))


def test_a_number_for_a_node_that_is_computed_stands():
    """Who has 5 for a·b goes on with 5."""
    a, b = Value(2.0), Value(3.0)
    product = a * b
    whole = product + a
    assert evaluate(nodes(whole), {product: 5.0})[whole] == 7.0


# ----------------------------------------------------------------------------------------------------------------- replaced


@examples()
@given(TREES, TREES, POINTS, POINTS, st.sampled_from(NAMES))
def test_another_formula_in_the_place_of_a_quantity(text, other, here, there, name):
    """The value is that of the text with the other in it, here and elsewhere; the formula itself is as before."""
    values = labelled(here)
    formula = as_graph(text, values)
    before = [(node, node.op, node.inputs, node.data) for node in nodes(formula)]
    new = substitute(formula, {values[name]: as_graph(other, values)})
    for point in (here, there):
        expected = in_plain_numbers(text, point | {name: in_plain_numbers(other, point)})
        assert value_at(new, {values[n]: x for n, x in point.items()}) == near(expected)
    assert new.data == near(in_plain_numbers(text, here | {name: in_plain_numbers(other, here)}))
    assert [(node, node.op, node.inputs, node.data) for node in nodes(formula)] == before


@examples()
@given(TREES, POINTS)
def test_nothing_replaced_is_the_formula_itself(text, point):
    """What need not change is not copied: neither where nothing is replaced, nor beside what is."""
    values = labelled(point)
    formula = as_graph(text, values)
    assert substitute(formula, {}) is formula
    assert substitute(formula, {Value(1.0): values["a"]}) is formula
    new = Value(0.25)
    beside = substitute(formula + values["d"] * new, {new: values["d"]})
    assert beside.inputs[0] is formula


def test_an_inner_node_is_replaced_wherever_it_stands():
    """By identity: an equal one that is another node stays."""
    a, b = Value(2.0), Value(3.0)
    first, second = a * b, a * b
    whole = (first + second) * first
    assert substitute(whole, {first: Value(10.0)}).data == (10.0 + 6.0) * 10.0
    assert substitute(whole, {second: Value(10.0)}).data == (6.0 + 10.0) * 6.0
    assert substitute(whole, {whole: a}) is a


def test_two_at_once_change_places():
    """a and b each become the other, not one of them twice."""
    a, b = Value(2.0), Value(3.0)
    assert substitute(a - b, {a: b, b: a}).data == 1.0


# ----------------------------------------------------------------------------------------------------------------- expanded

LINES = "PQRS"
OVER = [trees(NAMES + LINES[:i]) for i in range(5)]  # formulas over what is given, and the first i lines


@st.composite
def sheets(draw):
    """Lines, each a formula over what is given and the lines before it."""
    return {line: draw(OVER[i]) for i, line in enumerate(LINES)}


def reached(text, sheet, known):
    """The unknown lines that a formula speaks of, and those that these speak of."""
    named = {line for line in re.findall("[PQRS]", text) if line not in known}
    return named.union(*(reached(sheet[line], sheet, known) for line in named))


@examples(200)
@given(
    sheets(),
    OVER[4],
    POINTS,
    st.fixed_dictionaries(dict.fromkeys(LINES, FLOATS)),
    st.sets(st.sampled_from(LINES)),
)
@example(
    {"P": "a", "Q": "P", "R": "(Q * Q)", "S": "(R + P)"}, "S", dict.fromkeys(NAMES, 0.5), dict.fromkeys(LINES, 9.0), {"Q"}
)
def test_a_formula_down_to_what_is_known(sheet, text, point, written, known):
    """Lines that are known have the number that was written, right or not; the others are worked out inside."""
    values = labelled(point)
    formulas = {leaf: leaf for leaf in values.values()}
    for line, source in sheet.items():
        formula = as_graph(source, values)
        values[line] = Value(formula.data, label=line)
        formulas[values[line]] = formula
    whole, inside = expanded(as_graph(text, values), formulas, {values[line] for line in known}.__contains__)
    numbers = dict(point)
    for line in LINES:
        numbers[line] = written[line] if line in known else in_plain_numbers(sheet[line], numbers)
    over = {values[line]: written[line] for line in known}
    assert value_at(whole, over) == near(in_plain_numbers(text, numbers))
    names = {leaf.label for leaf in leaves(whole) if leaf.op is not CONSTANT}
    assert names <= {*NAMES, *known}
    assert {leaf.label for leaf in inside} == reached(text, sheet, known)
    for leaf, became in inside.items():
        assert value_at(became, over) == near(numbers[leaf.label])


def test_all_known_is_the_formula_itself():
    """Nothing is copied, and nothing stands inside."""
    a = Value(2.0, label="a")
    p = Value(4.0, label="p")
    formula = p + a
    assert expanded(formula, {a: a, p: a * a}, lambda x: True) == (formula, {})


def test_a_line_that_is_used_twice_is_one_node():
    """Its rounding then moves both places together."""
    a, p = Value(2.0, label="a"), Value(4.0, label="p")
    whole, inside = expanded(p * p, {a: a, p: a * a}, lambda x: False)
    assert whole.inputs[0] is whole.inputs[1] is inside[p]


def test_a_line_that_is_another_one_becomes_it():
    """db = δ: down to δ where that is known, down to its formula where it is not."""
    a, p, q = (Value(2.0, label=name) for name in "apq")
    formulas = {a: a, p: ag.exp(a), q: p}
    assert expanded(q, formulas, {p}.__contains__) == (p, {q: p})
    assert expanded(q, formulas, lambda x: False) == (formulas[p], {q: formulas[p], p: formulas[p]})


def test_a_thousand_lines_one_behind_the_other():
    """No recursion."""
    line = Value(1.0, label="x0")
    formulas = {line: line}
    for i in range(1, 2001):
        new = Value(line.data + 1.0, label=f"x{i}")
        formulas[new] = line + 1.0
        line = new
    whole, inside = expanded(line, formulas, lambda x: False)
    assert value_at(whole, {}) == 2001.0
    assert len(inside) == 2000


# ------------------------------------------------------------------------------------------------------ products taken apart

APART = {  # sign, factors above, factors below
    "a": (1, "a", ""),
    "-a": (-1, "a", ""),
    "--a": (1, "a", ""),
    "a·b·c": (1, "abc", ""),
    "a·(b·c)": (1, "abc", ""),
    "a/b": (1, "a", "b"),
    "a/b/c": (1, "a", "bc"),
    "a/b·c": (1, "ac", "b"),
    "a/(b/c)": (1, "ac", "b"),
    "a/(b·c)": (1, "a", "bc"),
    "a/(b/(c/d))": (1, "ac", "bd"),
    "-a·-b": (1, "ab", ""),
    "-(a/-b)·-c": (-1, "ac", "b"),
    "a·a/a": (1, "aa", "a"),
    "−(−a)·b/(−c)": (-1, "ab", "c"),
}


@pytest.mark.parametrize("text", APART)
def test_a_product_is_taken_apart(text):
    """Its sign, what stands above the line and what below, in the order of the formula."""
    sign, above, below = APART[text]
    values = {name: Value(i + 2.0, label=name) for i, name in enumerate(NAMES)}
    product = factorize(parse(text, values))
    assert product.sign == sign
    assert [x.label for x in product.above] == list(above)
    assert [x.label for x in product.below] == list(below)


@pytest.mark.parametrize("text", ["a + b", "a − b", "a²", "exp(−a)", "3", "(a·b + c)^2"])
def test_what_is_no_product_is_one_factor(text):
    """It stands above the line as it is."""
    formula = parse(text, labelled(dict.fromkeys(NAMES, 0.5)))
    assert factorize(formula) == Product(1.0, [formula], [])


PRODUCT_TREES = st.recursive(
    st.sampled_from([*NAMES, "(a + b)", "tanh(c)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("*/"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"), inner.map(lambda x: f"(-{x})")
    ),
    max_leaves=12,
)
NOT_ZERO = st.fixed_dictionaries(dict.fromkeys(NAMES, st.floats(0.25, 2.0).map(lambda x: round(x, 3))))


@examples()
@given(PRODUCT_TREES, NOT_ZERO)
def test_sign_times_above_over_below_is_the_product(text, point):
    """As numbers, and as a graph again; no factor is a product itself."""
    formula = as_graph(text, labelled(point))
    product = factorize(formula)
    expected = in_plain_numbers(text, point)
    by_hand = product.sign * math.prod(x.data for x in product.above) / math.prod(x.data for x in product.below)
    assert by_hand == near(expected)
    assert product.graph().data == near(expected)
    assert {x.op for x in (*product.above, *product.below)}.isdisjoint({ops.mul, ops.div, ops.neg})
    factors = re.findall(r"\(a \+ b\)|tanh\(c\)|[abcd]", text)
    assert len(product.above) + len(product.below) == len(factors)


def test_a_product_with_other_factors():
    """Above, below, or both; with none at all it is 1, and the sign stays."""
    a, b, c = (Value(x) for x in (2.0, 3.0, 5.0))
    product = factorize(-(a * b / c))
    assert product.graph().data == pytest.approx(-6 / 5)
    assert product.graph([a]).data == pytest.approx(-2 / 5)
    assert product.graph(None, []).data == -6.0
    assert product.graph([], [a, b]).data == pytest.approx(-1 / 6)
    assert product.graph([], []).data == -1.0


@pytest.mark.parametrize("n", range(5))
def test_factors_are_multiplied_one_after_the_other(n):
    """One is itself, none are 1."""
    factors = [Value(x) for x in (2.0, 3.0, 0.5, 7.0)][:n]
    product = chain(factors)
    assert product.data == math.prod(x.data for x in factors)
    assert n != 1 or product is factors[0]
    assert len(leaves(product)) == max(n, 1)


def maximal_products(formula):
    """The products in a formula, walked from the top: where a product begins that does not stand in one."""
    found, seen = set(), set()

    def walk(node, in_a_product):
        is_product = node.op in (ops.mul, ops.div, ops.neg)
        if is_product and not in_a_product:
            found.add(node)
        if (node, is_product) not in seen:
            seen.add((node, is_product))
            for x in node.inputs:
                walk(x, is_product)

    walk(formula, False)
    return found


@examples()
@given(TREES, TREES, POINTS)
def test_the_products_of_a_formula(text, other, point):
    """Each that is no part of a larger one, once; also where a part is used a second time."""
    values = labelled(point)
    shared = as_graph(other, values)
    for formula in (
        as_graph(text, values),
        as_graph(text, values | {"a": shared}),
        as_graph(text, values | {"b": shared}) * shared,
    ):
        found = products_in(formula)
        assert len(found) == len(set(found))
        assert set(found) == maximal_products(formula)


def test_the_products_of_a_sum():
    """By hand: a product, one with a sum in it, and the one inside of that; a factor that is a term too counts twice."""
    a, b, c, d = (Value(x) for x in (2.0, 3.0, 5.0, 7.0))
    first, inner = a * b, c / d
    second = d * (a + inner)
    assert set(products_in(first + second)) == {first, inner, second}
    larger = first * c
    assert set(products_in(larger + first)) == {larger, first}
    assert products_in(larger + b) == [larger]
    negative = -larger
    assert products_in(negative) == [negative]
    assert products_in(a + b) == products_in(a) == []


# -------------------------------------------------------------------------------------------------------------- straightened

SYMBOLS = {name: sympy.Symbol(name) for name in "otxyvw"}


def in_sympy(formula):
    """A graph of sums and products as SymPy has it, with its numbers as fractions."""
    found = {}
    for node in nodes(formula):
        args = [found[x] for x in node.inputs]
        if node.op is None:
            found[node] = SYMBOLS[node.label]
        elif node.op is CONSTANT:
            found[node] = sympy.Rational(node.data)
        elif node.op in (ops.add, ops.sum_of):
            found[node] = sympy.Add(*args)
        elif node.op in (ops.mul, ops.neg):
            found[node] = sympy.Mul(*args, -1 if node.op is ops.neg else 1)
        else:
            found[node] = args[0] - args[1] if node.op is ops.sub else args[0] / args[1]
    return found[formula]


def of_text(text):
    values = {name: Value(0.5, label=name) for name in SYMBOLS}
    return parse(text, values), sympy.sympify(text.replace("·", "*"), locals=SYMBOLS)


STRAIGHT = {
    "(-t/o + (1 - t)/(1 - o))·o·(1 - o)·x": "(o - t)*x",
    "(-t/o + (1 - t)/(1 - o))·o·(1 - o)": "o - t",
    "-(t/o - (1 - t)/(1 - o))·(o·(1 - o))·x·v": "(o - t)*x*v",
    "(t/o)·o": "t",
    "t/o·o·x": "t*x",
    "(x/y + 1)·y": "x + y",
    "(1/x - 1)·x·w": "(1 - x)*w",
    "-(x/y - 1)·y": "y - x",
    "(x·x - y·y)/(x + y)": "x - y",
    "(x - y)/(x - y)": "1",
}
CROOKED = [
    *("x", "x + y", "x·y", "2·x", "1/x", "x/y", "-t/o + (1 - t)/(1 - o)", "(x/y + v)·y", "(x/y + y/x)·x·y", "x/(y/v)"),
    *("(2·x/y + 1)·y", "(x/y)·y/2", "(x/y - x/y)·y", "(t/o - 1)·o/w", "(-t/o + (1 - t)/(1 - o))·o·x"),
]


@pytest.mark.parametrize("text", STRAIGHT)
def test_a_fraction_that_comes_to_a_plain_sum(text):
    """It is the sum that SymPy makes of it, and nothing is divided in it any more."""
    formula, in_symbols = of_text(text)
    short = straighten(formula)
    assert sympy.simplify(in_symbols - sympy.sympify(STRAIGHT[text], locals=SYMBOLS)) == 0
    assert sympy.expand(in_sympy(short) - sympy.sympify(STRAIGHT[text], locals=SYMBOLS)) == 0
    assert {node.op for node in nodes(short)} <= {None, CONSTANT, ops.sum_of, ops.mul, ops.neg}


@pytest.mark.parametrize("text", CROOKED)
def test_what_comes_to_no_plain_sum_stays(text):
    """None where nothing is divided, and where no sum with coefficients 1, 0 and −1 is the same."""
    assert straighten(of_text(text)[0]) is None


@examples(200)
@given(
    trees("otxy", st.sampled_from(["1.0", "2.0"]), calls=False),
    st.lists(st.sampled_from(["o", "t", "(1.0 - o)", "x"]), max_size=3),
)
def test_straightened_is_nothing_or_the_same_function(text, factors):
    """Whatever fractions there are: SymPy finds no difference."""
    values = {name: Value(1.0, label=name) for name in SYMBOLS}
    source = "*".join([text, *factors]) + "".join(f"/{factor}" for factor in factors[:1])
    formula = as_graph(source, values)
    short = straighten(formula)
    if short is not None:
        assert sympy.cancel(in_sympy(short) - in_sympy(formula)) == 0


@pytest.mark.parametrize("bend", [0.3, 0.4, 0.5, 0.6, 0.7])
@pytest.mark.parametrize("slope", ["", "-", "0.001·", "-0.001·"])
@pytest.mark.parametrize("side", ["x - {}", "{} - x"])
def test_a_sum_with_a_bend_in_it_is_no_plain_sum(bend, slope, side):
    """x on one side of the bend, and something else on the other."""
    text = f"({slope}max({side.format(bend)}, 0)/x + 1)·x"
    assert straighten(parse(text, {"x": Value(0.5, label="x")})) is None


@examples()
@given(
    st.dictionaries(st.sampled_from("otxy"), st.sampled_from([1, -1]), min_size=1),
    st.sets(st.sampled_from(["o", "t", "(1.0 - o)", "(x + y)"]), min_size=1),
    st.booleans(),
    st.booleans(),
)
def test_a_sum_over_what_it_is_multiplied_by(coefficients, below, in_one, minus):
    """(x/d − y/d)·d·w, or (x − y)/d·d·w where d speaks of both, is (x − y)·w again; SymPy has the sum."""
    terms = [f"({k}*{name})" for name, k in coefficients.items()]
    divisor = "*".join(sorted(below))
    assume(not in_one or all(name in divisor for name in coefficients))
    above = f"({' + '.join(terms)})/({divisor})" if in_one else f"({' + '.join(f'{term}/({divisor})' for term in terms)})"
    values = {name: Value(0.5, label=name) for name in SYMBOLS}
    short = straighten(as_graph(f"{'-' * minus}{above}*{divisor}*w", values))
    expected = sum(k * SYMBOLS[name] for name, k in coefficients.items()) * SYMBOLS["w"] * (-1 if minus else 1)
    assert sympy.expand(in_sympy(short) - expected) == 0


# ------------------------------------------------------------------------------------------------------ points, differences


def test_points_to_compare_at():
    """Probabilities, numbers on both sides of 0, and numbers about where they are now; half of them with two decimals."""
    over = [Value(0.5), Value(1000.0), Value(-40.0)]
    found = list(points(over))
    assert len(found) == TRIES
    assert sum(all(0.0 < x < 1.0 for x in point.values()) for point in found) > TRIES / 10
    for q in over:
        numbers = [point[q] for point in found]
        assert any(-2.0 <= x < 0.0 for x in numbers)
        assert any(1.0 < x <= 2.0 for x in numbers)
        assert any(abs(x / q.data - 1.0) < 0.31 for x in numbers)
    assert all(round(x, 2) == x for point in found[::2] for x in point.values())
    assert not any(round(x, 2) == x for point in found[1::2] for x in point.values())
    assert len({tuple(point.values()) for point in found}) == TRIES


def test_points_are_the_same_each_time():
    """For one seed, in whatever process; another seed gives others."""
    over = [Value(0.5), Value(2.0)]
    first, again, others = (list(islice(points(over, seed), 20)) for seed in (3, 3, 4))
    assert first == again
    assert not any(point in others for point in first)


SAME = {
    "o − t": "−(t − o)",
    "-t/o + (1 - t)/(1 - o)": "-(t - o)/(o·(1 - o))",
    "(x + y)^2": "x^2 + 2·x·y + y^2",
    "exp(x)·exp(y)": "exp(x + y)",
    "1/(1 + exp(-x))": "exp(x)/(1 + exp(x))",
    "log(x·y)": "log(x) + log(y)",
    "(x^2 - y^2)/(x - y)": "x + y",
    "tanh(x)": "1 - 2/(1 + exp(2·x))",
    "x·y/y": "x",
    "sin(x)^2": "1 - cos(x)^2",
    "2": "1 + 1",
    "x − x": "0",
}
NOT_THE_SAME = {
    "o − t": "t − o",
    "-t/o - (1 - t)/(1 - o)": "-(t - o)/(o·(1 - o))",
    "(x + y)^2": "x^2 + y^2",
    "x^2": "2·x",
    "exp(x)": "exp(-x)",
    "log(x + y)": "log(x) + log(y)",
    "x/(y·v)": "x/y·v",
    "x": "y",
    "x + 0.0001": "x",
    "1.000001·x": "x",
    "sin(x)": "cos(x)",
    "√x": "x/2",
    "x·(1 - x)": "1 - x·x",
    "x·v": "x·(v + (1 - v)/10^6)",
    "2": "3",
}  # fmt: skip
POINT = {"o": 0.37, "t": 0.81, "x": 0.59, "y": 0.44, "v": 0.23, "w": 0.71}


def plain_value(text, point):
    source = text.replace("·", "*").replace("−", "-").replace("^", "**").replace("√x", "sqrt(x)")
    return eval(source, {name: getattr(math, name) for name in ("exp", "log", "tanh", "sin", "cos", "sqrt")} | point)


def test_the_tables_of_this_file_are_right():
    """At a point that nobody else uses, plain arithmetic finds the same, and not the same."""
    for one, other in SAME.items():
        assert plain_value(one, POINT) == pytest.approx(plain_value(other, POINT), rel=1e-12, abs=1e-15)
    for one, other in NOT_THE_SAME.items():
        assert plain_value(one, POINT) != pytest.approx(plain_value(other, POINT), rel=1e-8)


@pytest.mark.parametrize(("one", "other"), SAME.items())
def test_the_same_function_has_no_difference(one, other):
    """However it is written, and either way round."""
    values = {name: Value(x, label=name) for name, x in POINT.items()}
    first, second = parse(one, values), parse(other, values)
    assert difference(first, second) is None
    assert difference(second, first) is None


@pytest.mark.parametrize(("one", "other"), NOT_THE_SAME.items())
def test_a_difference_is_shown_at_a_point(one, other):
    """Plain arithmetic gets the two numbers there, and they differ; each quantity has two decimals."""
    values = {name: Value(x, label=name) for name, x in POINT.items()}
    found = difference(parse(one, values), parse(other, values))
    point = {q.label: x for q, x in found.point}
    assert found.here == pytest.approx(plain_value(one, point), rel=1e-12)
    assert found.there == pytest.approx(plain_value(other, point), rel=1e-12)
    assert found.here != pytest.approx(found.there, rel=1e-8)
    assert all(round(x, 2) == x for x in point.values())
    assert set(point) == set(re.findall(r"\b[otxyv]\b", f"{one} {other}".replace("√x", "x")))


def test_numbers_that_are_far_from_one_are_looked_at():
    """log(x − 900) has values near x = 1000 alone."""
    x = Value(1000.0, label="x")
    assert difference(ag.log(x - 900.0), ag.log(x - 900.0) + 0.0) is None
    ((_, at),) = difference(ag.log(x - 900.0), ag.log(x - 901.0)).point
    assert at > 901.0


@pytest.mark.parametrize("edge", [n / 20 for n in range(1, 19)])
def test_a_point_with_two_decimals_is_shown_if_there_is_one(edge):
    """Whatever point is the first at which the formulas are something."""
    x = Value(0.5, label="x")
    ((_, at),) = difference(ag.log(x - edge), ag.log(x - edge) + 1.0).point
    assert at > edge
    assert round(at, 2) == at


@pytest.mark.parametrize("text", ["log(-1 - x^2)", "sqrt(-x^2 - 1)", "1/(x - x)", "log(x) + log(-x)"])
def test_formulas_that_are_never_finite_cannot_be_compared(text):
    """Neither with another nor with themselves."""
    values = {"x": Value(0.5, label="x")}
    for other in ("x", text):
        with pytest.raises(ValueError, match="finite together at hardly any point"):
            difference(parse(text, values), parse(other, values))


def test_points_where_one_is_not_finite_do_not_count():
    """log x² is 2·log x wherever both are something."""
    values = {"x": Value(0.5, label="x")}
    assert difference(parse("log(x^2)", values), parse("2·log(x)", values)) is None


@pytest.mark.parametrize(
    ("here", "there", "is_close"),
    [
        (1.0, 1.0, True),
        (1.0, 1.0 + 9e-9, True),
        (1.0, 1.0 + 2e-8, False),
        (1e6, 1e6 + 9e-3, True),
        (1e6, 1e6 + 2e-2, False),
        (1e-6, 1e-6 + 1e-11, False),
        (-1.0, 1.0, False),
        (0.0, 5e-13, True),
        (0.0, 1e-9, False),
        (math.nan, math.nan, False),
        (1.0, math.nan, False),
    ],
)
def test_close_is_relative(here, there, is_close):
    """To a part in 10⁸, and 10⁻¹² where there is nothing to be relative to; either way round."""
    assert close(here, there) is is_close
    assert close(there, here) is is_close


def test_quantities_of_what_was_made_are_those_of_the_parts():
    """A replaced formula speaks of what it was given, and no more."""
    a, b, c = (Value(0.5, label=name) for name in "abc")
    whole = record(ops.sum_of, 1.0, (a, b))
    assert free_variables(substitute(whole, {b: c})) == [a, c]
    assert substitute(whole, {b: c}).op is ops.sum_of


# ----------------------------------------------------------------------------------------------------- rounding, by hand


@pytest.mark.parametrize(
    ("x", "digits", "unit"),
    [
        (0.5933, 4, 1e-4),
        (12.5, 3, 0.1),
        (-0.0123, 2, 1e-3),
        (100.0, 3, 1.0),
        (99.9, 3, 0.1),
        (0.5, 1, 0.01),  # two at least
        (0.5, 0, 0.01),
        (0.5, 12, 1e-12),
        (0.5, 20, 1e-12),  # twelve at most
        (0.0, 4, 0.0),
        (math.inf, 4, 0.0),
        (math.nan, 4, 0.0),
    ],
)
def test_what_the_last_digit_counts(x, digits, unit):
    """The last of so many significant digits, two to twelve of them; nothing for what has no digits."""
    assert unit_of(x, digits) == pytest.approx(unit, rel=1e-12)


@pytest.mark.parametrize(
    ("kept", "x", "by", "off"),
    [
        (Kept(0.01, 0, False), 0.123, 0.0, 0.003),
        (Kept(0.01, 0, False), 0.127, 0.0, 0.003),
        (Kept(0.01, 0, False), -0.127, 0.0, 0.003),
        (Kept(0.01, 0, False), 0.12, 0.0, 0.0),
        (Kept(0.01, 0, False), 0.12 + 1e-9, 0.0, 0.0),  # floating point, and no digit
        (Kept(0.01, 0, False), 0.12 + 1e-7, 0.0, 1e-7),
        (Kept(0.01, 0, False), 0.125, 0.0, 0.005),
        (Kept(0.01, 0, False), 0.125 + 5e-9, 0.0, 0.005),  # either way
        (Kept(0.01, 0, False), 0.125 + 2e-8, 0.0, 0.005 - 2e-8),
        (Kept(0.01, 0, False), 0.123, 0.001, 0.003),
        (Kept(0.01, 0, False), 0.123, 0.0021, 0.005),  # it may be 0.1251
        (Kept(0.01, 0, False), 0.117, 0.0021, 0.005),  # it may be 0.1149
        (Kept(0.01, 0, True), 0.127, 0.0, 0.007),
        (Kept(0.01, 0, True), -0.127, 0.0, 0.007),
        (Kept(0.01, 0, True), 0.12, 0.0, 0.0),
        (Kept(0.01, 0, True), -0.12, 0.0, 0.0),
        (Kept(0.01, 0, True), 0.13 - 5e-9, 0.0, 0.0),
        (Kept(0.01, 0, True), -0.13 + 5e-9, 0.0, 0.0),
        (Kept(0.01, 0, True), 0.13 - 1.5e-8, 0.0, 0.01 - 1.5e-8),
        (Kept(0.01, 0, True), -0.13 + 1.5e-8, 0.0, 0.01 - 1.5e-8),
        (Kept(0.01, 0, True), 0.129, 0.0015, 0.01),
        (Kept(0.01, 3, False), 12.34, 0.0, 0.04),
        (Kept(0.0, 3, False), 0.012345, 0.0, 0.000045),
        (Kept(0.01, 3, False), 0.012345, 0.0, 0.002345),  # the coarser of the two
        (Kept(0.01, 3, True), 12.38, 0.0, 0.08),
        (Kept(0.0, 0, False), 0.123, 0.0, 0.0),
        (Kept(0.01, 0, False), math.inf, 0.0, 0.0),
        (Kept(0.01, 0, False), math.nan, 0.0, 0.0),
        (Kept(0.01, 0, False), 0.123, math.inf, 0.0),
    ],
)
def test_how_far_rounding_moves_a_number(kept, x, by, off):
    """To the nearest that is kept, or towards 0; half a unit at the middle, and a whole one for who cuts digits off."""
    assert kept.off(x, by) == pytest.approx(off, rel=1e-6, abs=1e-11)


def test_how_far_rounding_can_move_a_number_at_most():
    """Half of what the last digit counts; all of it for who cuts digits off."""
    assert Kept(0.01, 0, False).most(12.34) == 0.005
    assert Kept(0.01, 0, True).most(12.34) == 0.01
    assert Kept(0.01, 3, False).most(12.34) == pytest.approx(0.05)
    assert Kept(0.0, 3, True).most(0.01234) == pytest.approx(1e-4)


def formula_at(text, **numbers):
    """A formula over labelled Values, and the numbers by Value."""
    values = labelled(numbers)
    return as_graph(text, values), values, {values[name]: x for name, x in numbers.items()}


@pytest.mark.parametrize(
    ("text", "numbers", "held", "reach"),
    [
        ("a*b", {"a": 2.0, "b": 3.0}, {"a": (-0.1, 0.1)}, 0.3),
        ("a*b", {"a": 2.0, "b": 3.0}, {"a": (-0.2, 0.1)}, 0.6),
        ("a*b", {"a": 2.0, "b": 3.0}, {"a": (-0.1, 0.2)}, 0.6),
        ("a*b", {"a": 2.0, "b": 3.0}, {"a": (0.0, 0.0)}, 0.0),
        ("a*b", {"a": 2.0, "b": 3.0}, {"a": (-0.1, 0.1), "b": (-0.2, 0.2)}, 2.1 * 3.2 - 6.0),
        ("a - b", {"a": 2.0, "b": 3.0}, {"a": (-0.1, 0.1), "b": (-0.2, 0.2)}, 0.3),
        ("a/b", {"a": 2.0, "b": 4.0}, {"a": (0.0, 0.2), "b": (-1.0, 0.0)}, 2.2 / 3.0 - 0.5),
        ("a*a", {"a": 0.0}, {"a": (-0.1, 0.1)}, 0.01),
        ("exp(a)", {"a": 0.0}, {"a": (0.0, 1.0)}, math.e - 1.0),
        ("1.0/a", {"a": 0.5}, {"a": (-0.5, 0.0)}, 0.0),  # it has no end: nothing can be said
    ],
)
def test_how_far_a_result_swings_while_its_numbers_do(text, numbers, held, reach):
    """One by one, or all of them in the direction that moves it most."""
    formula, values, at = formula_at(text, **numbers)
    assert swing(formula, at, {values[name]: Interval(*around) for name, around in held.items()}) == near(reach)


TWO, THREE, CUT = Kept(0.01, 0, False), Kept(0.0, 3, False), Kept(0.01, 0, True)


@pytest.mark.parametrize(
    ("text", "kept", "off"),
    [  # a = 0.37, b = 0.53, c = 0.41, d = 0.77: ab = 0.1961, cd = 0.3157, abc = 0.080401
        ("a*b", TWO, 0.0),  # what is rounded last is the result itself
        ("a*b + c*d", TWO, 0.0039 + 0.0043),
        ("-(a*b + c*d)", TWO, 0.0039 + 0.0043),
        ("a*b + c*d", CUT, 0.0061 + 0.0057),
        ("a*b + c", TWO, 0.0039),
        ("(a*b)/c", TWO, 0.0039 / 0.41),
        ("(a + c)*d", TWO, 0.0),  # 0.78 has no further digits
        ("(a*b)*c", TWO, 0.005 * 0.53),  # in whatever order: at worst the largest come last
        ("(a*b)*c", THREE, 0.005 * 0.080401),
        ("a*(b*c)", TWO, 0.005 * 0.53),
        ("total(a*b, c*d, a)", TWO, 0.0039 + 0.0043),  # a sum of numbers with two decimals has two
        ("total(a*b, c*d, a)", THREE, 0.0001 + 0.0003 + 0.0005),  # that of two of them may have a digit more
        ("total(a, b, c)", TWO, 0.0),
        ("total(a*b, c*d, a, b)", THREE, 0.0001 + 0.0003 + 2 * 0.005),
        ("exp(a*b)", TWO, 0.0039 * math.exp(0.1961)),
        ("exp(a) + c", TWO, abs(math.exp(0.37) - 1.45)),
        ("exp(a) - c", TWO, abs(math.exp(0.37) - 1.45)),
        ("exp(a) + c", THREE, abs(math.exp(0.37) - 1.45)),
        ("sigmoid(a) + c", TWO, abs(1 / (1 + math.exp(-0.37)) - 0.59)),
    ],
)
def test_how_far_rounding_on_the_way_moves_a_result(text, kept, off):
    """Each operation before the last is rounded, and what that does is carried on by the slopes of what follows."""
    formula, _, at = formula_at(text, a=0.37, b=0.53, c=0.41, d=0.77)
    assert rounding(formula, at, {}, kept) == near(off)


def test_numbers_that_are_held_with_more_digits_are_rounded_too():
    """Three terms with a digit more than are kept: what two of them come to is rounded on the way."""
    formula, values, at = formula_at("total(a, b, c)", a=0.123, b=0.234, c=0.345)
    assert rounding(formula, at, {}, TWO) == near(0.005)
    short, _, there = formula_at("total(a, b, c)", a=0.12, b=0.23, c=0.34)
    assert rounding(short, there, {}, TWO) == 0.0
    assert rounding(short, there, {values["a"]: Interval(-0.005, 0.005)}, TWO) == 0.0


def test_softmax_and_sigma_are_spelt_out_in_exponentials():
    """Each exponential is a result on the way; without any of the two a formula stays as it is."""
    formula, values, at = formula_at("sigmoid(a)*b", a=0.3, b=2.0)
    long = spell_out(formula)
    assert value_at(long, at) == near(2.0 / (1.0 + math.exp(-0.3)))
    assert [node.op.name for node in nodes(long) if node.inputs] == ["neg", "exp", "add", "div", "mul"]
    a, b = values["a"], values["b"]
    soft = record(softmax_of, 0.0, (a, b, b))
    assert value_at(spell_out(soft), at) == near(math.exp(2.0) / (math.exp(0.3) + math.exp(2.0)))
    plain = a * b
    assert spell_out(plain) is plain
