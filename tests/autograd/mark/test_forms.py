"""The forms of one step: products taken apart and put together, fractions that come to a plain sum."""

import math
import operator
import re
from contextlib import suppress
from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from long_runs import examples
from three_ways import NAMES, POINTS, TREES, as_graph, in_plain_numbers, labelled, near, trees

from autograd import Value
from autograd import primitives as ops
from autograd.formula.parser import parse
from autograd.graph import leaves, nodes
from autograd.mark.forms import LONGEST, Product, chain, factorize, products_in, put_names_in, rearrange, straighten
from autograd.operation import CONSTANT

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

SYMBOLS = {name: sympy.Symbol(name) for name in "otxyvwabcdh"}


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


# ---------------------------------------------------------------------------------------------------------- other ways to it

OTHER_WAYS = {  # by the distributive law at one place, as each is worked out
    "o·(1 − o)": ["o·1 + o·−o"],
    "x·y·(a + b)": ["y·(x·a + x·b)", "x·(y·a + y·b)", "x·y·a + x·y·b"],
    "-x·(a + b)/c": ["−((x·a + x·b)/c)"],
    "2·(a − b)": ["2·a + 2·−b"],
    "x·(x + a)·x": ["x·(x·x + x·a)", "x·x·x + x·x·a"],
    "(a − b)·(x + y)": ["(x + y)·a + (x + y)·−b", "(a − b)·x + (a − b)·y"],
    "tanh(x·(a + b))": ["tanh(x·a + x·b)"],
    "a·x + b·x": ["x·(a + b)"],
    "a·x − b·x": ["x·(a + −b)"],
    "a·x·y + y·b·x": ["x·y·(a + b)"],
    "x·a + x": ["x·(a + 1)"],
    "a·x/y − x": ["x·(a/y + −1)", "(a·x + −(x·y))/y"],
    "x·x·a + x·b": ["x·(x·a + b)"],
    "x²·a + b·x": ["x·(x·a + b)"],
    "x³ − x²": ["x·x·(x + −1)"],
    "x·y − y²": ["y·(x + −y)"],
    "1 − h²": ["(1 + −h)·(1 + h)"],
    "1 − h·h": ["(1 + −h)·(1 + h)"],
    "h² − 1": ["(h + −1)·(h + 1)"],
    "x² − y²": ["(x + −y)·(x + y)"],
    "(1 − h²)·d": ["d·1 + d·−h^2", "(1 + −h)·(1 + h)·d"],
    "a/b + c/d": ["(a·d + c·b)/(b·d)"],
    "a/(b·b) + c/b": ["(a + c·b)/(b·b)"],
    "a/(b·b) − c/(b·d)": ["(a·d + −(c·b))/(b·b·d)"],
    "x² − a/y²": ["(x·x·y·y + −a)/(y·y)"],
    "x²/y − y²": ["(x·x + −(y·y·y))/y"],
    "1 − x/y": ["(1·y + −x)/y", "(y + −x)/y"],
    "-t/o + (1 − t)/(1 − o)": ["(−(t·(1 − o)) + (1 − t)·o)/(o·(1 − o))", "(o + −t)/(o·(1 − o))"],
}  # fmt: skip
ONE_WAY = "x|x·y|a + b + c|1 + h²|-1 − h²|a − h²|4 − h²|h² − 2|x^4 − 1|x^½ − 1|x·y·y − 1|x²·y² − 1|x·a − b²|x − a".split("|")
SIGNS = {
    ops.add: (" + ", 1),
    ops.sum_of: (" + ", 1),
    ops.sub: (" − ", 1),
    ops.mul: ("·", 2),
    ops.div: ("/", 2),
    ops.pow: ("^", 4),
}


def spelt(formula, tight=0):
    """A formula as it is worked out, from the left; tight: parts that hold together less stand in brackets."""
    if not formula.inputs:
        return formula.label or f"{formula.data:g}"
    if formula.op is ops.neg:
        return f"−{spelt(formula.inputs[0], 3)}"
    if formula.op not in SIGNS:
        return f"{formula.op.name}({spelt(formula.inputs[0])})"
    sign, level = SIGNS[formula.op]
    first, *others = formula.inputs
    text = sign.join([spelt(first, level if level == 2 else level + 1), *(spelt(x, level + 1) for x in others)])
    return f"({text})" if level < tight else text


@pytest.mark.parametrize("text", OTHER_WAYS)
def test_other_ways_to_work_a_formula_out(text):
    """Brackets multiplied out, common factors taken out as often as they are common, squares, fractions over one line."""
    formula = parse(text, {name: Value(0.5, label=name) for name in SYMBOLS})
    assert [spelt(way) for way in rearrange(formula)] == OTHER_WAYS[text]


@pytest.mark.parametrize("text", ONE_WAY)
def test_where_the_distributive_law_has_nothing_to_say(text):
    """No factor in common, no difference of two squares, no fraction in a sum."""
    formula = parse(text, {name: Value(0.5, label=name) for name in SYMBOLS})
    assert list(rearrange(formula)) == []


IN_FRACTIONS = {ops.sub: operator.sub, ops.mul: operator.mul, ops.div: operator.truediv, ops.neg: operator.neg}
IN_FRACTIONS |= {op: lambda *terms: sum(terms) for op in (ops.add, ops.sum_of)}


def in_fractions(formula, point):
    """What a formula is at a point, exactly."""
    at = dict(point)
    for node in nodes(formula):
        at[node] = IN_FRACTIONS[node.op](*(at[x] for x in node.inputs)) if node.inputs else at.get(node, Fraction(node.data))
    return at[formula]


@examples()
@given(
    trees("xyot", calls=False),
    st.sampled_from(["{}*x - x*x", "{}/(x*x) + o/x", "({} + o)*x*{}", "x/{} + {}/t"]),
    st.randoms(),
)
def test_another_way_is_the_same_function(text, around, random):
    """Fractions find no difference, whatever the formula, and however often a factor stands in it."""
    values = {name: Value(0.5, label=name) for name in "xyot"}
    formula = as_graph(around.replace("{}", text), values)
    point = {value: Fraction(random.randint(-99, 99), 7) for value in values.values()}
    with suppress(ZeroDivisionError):
        expected = in_fractions(formula, point)
        for way in rearrange(formula):
            assert in_fractions(way, point) == expected


def test_nobody_works_out_a_long_formula_in_another_way():
    """Up to so many nodes there are other ways, and beyond there is none."""
    x, *terms = (Value(0.5, label=f"x_{i}") for i in range(LONGEST))

    def of_nodes(n):
        return x * ops.sum_of(*terms[: n - 3])

    assert len(nodes(of_nodes(LONGEST))) == LONGEST
    assert len(list(rearrange(of_nodes(LONGEST)))) == 1
    assert list(rearrange(of_nodes(LONGEST + 1))) == []


def test_names_in_the_place_of_numbers():
    """In every way but the one that leaves all numbers; no more ways than are asked for."""
    a, b, c = (Value(0.5, label=name) for name in "abc")
    two, three = (parse(text, {}) for text in "23")
    formula = (two + three) * c
    names = {two: [a, b], three: [c]}
    ways = [spelt(way) for way in put_names_in(formula, names, 9)]
    assert ways == ["(2 + c)·c", "(a + 3)·c", "(a + c)·c", "(b + 3)·c", "(b + c)·c"]
    assert [spelt(way) for way in put_names_in(formula, names, 3)] == ways[:2]
    assert list(put_names_in(formula, {}, 9)) == []
