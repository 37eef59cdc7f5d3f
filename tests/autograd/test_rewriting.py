"""Graphs for other numbers, with other nodes in them, and down to what is known."""

import re

from hypothesis import example, given
from hypothesis import strategies as st
from long_runs import examples
from three_ways import FLOATS, NAMES, POINTS, TREES, as_graph, in_plain_numbers, labelled, near, trees

import autograd as ag
from autograd import Value
from autograd.graph import leaves, nodes
from autograd.operation import CONSTANT
from autograd.rewriting import evaluate, expand, substitute, value_at

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


# ----------------------------------------------------------------------------------------------------------------- expand

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
    whole, inside = expand(as_graph(text, values), formulas, {values[line] for line in known}.__contains__)
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
    assert expand(formula, {a: a, p: a * a}, lambda x: True) == (formula, {})


def test_a_line_that_is_used_twice_is_one_node():
    """Its rounding then moves both places together."""
    a, p = Value(2.0, label="a"), Value(4.0, label="p")
    whole, inside = expand(p * p, {a: a, p: a * a}, lambda x: False)
    assert whole.inputs[0] is whole.inputs[1] is inside[p]


def test_a_line_that_is_another_one_becomes_it():
    """db = δ: down to δ where that is known, down to its formula where it is not."""
    a, p, q = (Value(2.0, label=name) for name in "apq")
    formulas = {a: a, p: ag.exp(a), q: p}
    assert expand(q, formulas, {p}.__contains__) == (p, {q: p})
    assert expand(q, formulas, lambda x: False) == (formulas[p], {q: formulas[p], p: formulas[p]})


def test_a_thousand_lines_one_behind_the_other():
    """No recursion."""
    line = Value(1.0, label="x0")
    formulas = {line: line}
    for i in range(1, 2001):
        new = Value(line.data + 1.0, label=f"x{i}")
        formulas[new] = line + 1.0
        line = new
    whole, inside = expand(line, formulas, lambda x: False)
    assert value_at(whole, {}) == 2001.0
    assert len(inside) == 2000
