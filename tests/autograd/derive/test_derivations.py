"""Derivations: every line is read as a student reads it, and worked out.

The reader (tests/shared/derivation_reader.py) knows nothing of algebra: it takes a line's text, puts the numbers of the
labelled nodes in for their names, and computes. Whatever is printed, brackets included, has to equal what backward() finds.
"""

import itertools
import math
import re

import mpmath
import pytest
import sympy
from derivation_reader import Known, computed, whole_lines
from formula_judges import EXACT
from hypothesis import assume, example, given
from hypothesis import strategies as st
from long_runs import examples
from mpmath import mp, mpf

import autograd as ag
from autograd import PRIMITIVES, Derivation, Sheet, Value, derivation, sigmoid
from autograd.derive.arrays import find_arrays
from autograd.derive.layers import Structure
from autograd.graph import nodes

# ------------------------------------------------------------------------------------------------ lines, read and computed


def lines_of(found):
    """Each line that is a formula in names: what stands right of =, without the lines in numbers."""
    return [line.right.text for line in found.lines if line.reason.text != "in numbers"]


def slope(y, x):
    """dy/dx by backward()."""
    for node in nodes(y):
        node.grad = 0.0
    y.backward()
    return x.grad


def test_the_reader_reads_as_a_student_does():
    """Signs, powers, brackets and functions, by numbers worked out by hand."""
    numbers = {"x₁": 3.0, "o": 0.5, "net": 2.0, "∂E/∂o": -4.0}
    for text, result in {
        "−x₁² + 1": -8,
        "(o − x₁)·net": -5,
        "1/o·(1 − o)": 1,
        "½·x₁^(−2)": 1 / 18,
        "∂E/∂o · x₁": -12,
        "1·10⁻²·net": 0.02,
        "−log(exp(o))": -0.5,
        "net·σ(0)": 1,
    }.items():
        assert computed(text, numbers.__getitem__) == pytest.approx(result, rel=1e-15)


# ------------------------------------------------------------------------------------------------------- the single neuron


def neuron(w=0.5, x=2.0, t=1.0):
    """E = −t log o − (1 − t) log(1 − o) of a sigmoid neuron with one weight, and w."""
    w1, x1, t = Value(w, "w1"), Value(x, "x1"), Value(t, "t")
    net = w1 * x1
    o = sigmoid(net)
    E = -t * o.log() - (1 - t) * (1 - o).log()
    ag.label(net=net, o=o, E=E)
    return E, w1


def test_the_single_neuron_as_the_first_note_derives_it():
    """The chain, the local derivatives in its order, and (o − t)·x₁ at the end."""
    E, w1 = neuron()
    found = derivation(E, w1)
    lines = lines_of(found)
    assert found.text.splitlines()[0].startswith("∂E/∂w₁ = ∂E/∂o · ∂o/∂net · ∂net/∂w₁ ")
    assert lines[1] == "(−t/o + (1 − t)/(1 − o)) · o·(1 − o) · x₁"
    assert lines[-1] == "(o − t)·x₁"
    assert found.lines[-1].right.text == "(0.731059 − 1)·2 = −0.537883"
    assert found.value == slope(E, w1)


def test_each_step_says_why():
    """The rules and the cancellation stand beside the lines that use them."""
    E, w1 = neuron()
    reasons = [line.reason.text for line in derivation(E, w1).lines]
    assert reasons[0] == "chain rule"
    assert "log′(x) = 1/x" in reasons[1]
    assert "σ′ = σ·(1 − σ)" in reasons[1]
    assert "o·(1 − o) cancels" in reasons
    assert reasons[-1] == "in numbers"


@pytest.mark.parametrize(("w", "x", "t"), [(0.5, 2.0, 1.0), (-0.3, 1.5, 0.0), (1.25, -0.5, 0.25)])
def test_every_line_of_the_neuron_is_the_same_number(w, x, t):
    """Read and computed at several points, each line equals the slope of the first note, −(t − o) x₁, in mpmath."""
    E, w1 = neuron()
    lines = lines_of(derivation(E, w1))
    E, w1 = neuron(w, x, t)
    known = Known(E, derivation(E, w1))
    with mp.workdps(40):
        truth = -(mpf(t) - 1 / (1 + mp.exp(-mpf(w) * mpf(x)))) * mpf(x)
    assert [computed(line, known) for line in lines] == pytest.approx([float(truth)] * len(lines))
    assert slope(E, w1) == pytest.approx(float(truth))


def test_the_line_in_numbers_adds_up():
    """What stands between the signs of equality in the last line is one number, to all the digits that are asked for."""
    E, w1 = neuron(w=0.3)
    last = derivation(E, w1, digits=15).lines[-1].right.text
    numbers = [computed(part, {}.__getitem__) for part in last.split(" = ")]
    assert len(numbers) == 2
    assert numbers == pytest.approx([slope(E, w1)] * 2, rel=1e-13)


def test_the_latex_of_the_neuron():
    """The same lines in LaTeX, aligned, with the reasons as text."""
    E, w1 = neuron()
    latex = derivation(E, w1).latex
    assert r"\frac{\partial E}{\partial w_{1}} &= \frac{\partial E}{\partial o} \cdot" in latex
    assert r"&= (o - t) x_{1} &&" in latex
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")


def test_a_derivation_touches_nothing(tmp_path):
    """No label, number or gradient of the graph changes."""
    E, w1 = neuron()
    before = [(node.data, node.grad, node.label, node.inputs) for node in nodes(E)]
    derivation(E, w1).save(tmp_path / "neuron.txt")
    derivation(E)
    assert [(node.data, node.grad, node.label, node.inputs) for node in nodes(E)] == before


# ------------------------------------------------------------------------------------------------------------ other graphs


LOCAL = {  # functions of x and c, and ∂y/∂x where the result is called y
    "σ by itself": (lambda x, c: sigmoid(x), "y·(1 − y)"),
    "tanh by itself": (lambda x, c: x.tanh(), "1 − y²"),
    "exp by itself": (lambda x, c: x.exp(), "y"),
    "a root by itself": (lambda x, c: x.sqrt(), "1/(2·y)"),
    "log": (lambda x, c: x.log(), "1/x"),
    "a product": (lambda x, c: c * x, "c"),
    "a quotient": (lambda x, c: c / x, "−c/x²"),
    "a reciprocal": (lambda x, c: 1 / x, "−1/x²"),
    "a power": (lambda x, c: x**3, "3·x²"),
    "half a square": (lambda x, c: 0.5 * (x - c) ** 2, "x − c"),
    "a sum": (lambda x, c: x + c, "1"),
    "a difference": (lambda x, c: c - x, "−1"),
}


@pytest.mark.parametrize("name", LOCAL)
def test_a_local_derivative_is_written_as_in_the_book(name):
    """In terms of the output where that is how it is remembered, σ′ = σ(1 − σ), and of the inputs in arithmetic."""
    f, expected = LOCAL[name]
    x, c = Value(0.75, "x"), Value(2.0, "c")
    y = f(x, c)
    y.label = "y"
    assert lines_of(derivation(y, x))[0] == expected


def test_along_each_of_several_paths():
    """Two ways from y to x make a sum of two products, and the value is their sum."""
    x = Value(0.7, "x")
    u, v = x.sin(), x * x
    y = u * v
    ag.label(u=u, v=v, y=y)
    found = derivation(y, x)
    assert found.lines[0].right.text == "∂y/∂u · ∂u/∂x + ∂y/∂v · ∂v/∂x"
    assert found.lines[0].reason.text == "chain rule, along each of 2 paths"
    assert sorted("".join(n.label for n in path) for path in found.paths) == ["yux", "yvx"]
    assert found.value == pytest.approx(0.7**2 * math.cos(0.7) + 2 * 0.7 * math.sin(0.7))


def test_paths_are_nodes_of_the_graph():
    """.paths holds the Values themselves, from y to x."""
    E, w1 = neuron()
    (path,) = derivation(E, w1).paths
    assert [node.label for node in path] == ["E", "o", "net", "w1"]
    assert path[0] is E
    assert path[-1] is w1
    assert set(path) <= set(nodes(E))


def ladder(rungs, x=0.4):
    """Layers of two nodes, each computed from both below: 2^rungs ways from y to x."""
    x = Value(x, "x")
    p = q = x
    for i in range(1, rungs + 1):
        p, q = (p * q).sin(), (p + q * 0.5).tanh()
        p.label, q.label = f"p_{i}", f"q_{i}"
    y = p - q
    y.label = "y"
    return y, x


@pytest.mark.parametrize("rungs", [1, 2, 3, 6, 12])
def test_many_paths_go_from_the_output_on(rungs):
    """Beyond three paths each ∂y/∂u is worked out once, and the last formula still has the number of backward()."""
    y, x = ladder(rungs)
    found = derivation(y, x)
    assert len(found.paths) == min(2**rungs, 1000)
    assert bool(found.lines) == (2**rungs <= 3)
    assert found.value == slope(y, x)
    assert found.formula.data == pytest.approx(found.value, rel=1e-9)
    assert found.text.count("∂y/∂x =") == 1


def test_what_does_not_depend_on_x():
    """The derivative is 0, and the line says why."""
    x, z = Value(3.0, "x"), Value(2.0, "z")
    y = 2 * x
    y.label = "y"
    found = derivation(y, z)
    assert found.text == "∂y/∂z = 0   y does not depend on z"
    assert (found.value, found.formula.data, found.paths) == (0.0, 0.0, [])


def test_y_by_itself():
    """A quantity varies with itself by 1."""
    y = Value(3.0, "x") * 2
    y.label = "y"
    found = derivation(y, y)
    assert (found.value, found.formula.data, found.paths) == (1.0, 1.0, [[y]])
    assert found.text.startswith("∂y/∂y = 1 ")


def test_without_labels_there_are_names_all_the_same():
    """An output without a label is y, an x without one x."""
    x = Value(2.0)
    assert derivation(x * x, x).text.startswith("∂y/∂x = 2·x ")
    assert derivation(x * 2, Value(1.0)).text.startswith("∂y/∂x = 0 ")
    assert x.label == ""


def test_names_that_are_taken_are_left_alone():
    """Where the graph has an x and a y of its own, what has no label is called otherwise."""
    v = Value(2.0)
    y = Value(3.0, "x") * v + Value(1.0, "y")
    assert derivation(y, v).text.startswith("∂f/∂x₁ = x ")


def test_no_derivative_is_a_term_of_itself():
    """Where y depends on x by itself and through u, what stands on the right is not called as what stands on the left."""
    x = Value(0.5, "x")
    u = x.sin()
    y = u * x
    ag.label(u=u, y=y)
    for board in derivation(y, x), *derivation(y, [x]).boards:
        for line in board.lines:
            assert board.lines[0].left.text not in re.split(r" [+−] ", line.right.text)


def test_a_twin_of_a_labelled_node_is_not_that_node():
    """Of y = u·(2 + x·x) with u = x·x, the second x·x varies with x and not with u: ∂y/∂u is 2 + x², on every line."""
    x = Value(0.5, "x")
    u = x * x
    y = u * (2 + x * x)
    ag.label(u=u, y=y)
    assert slope(y, u) == 2.25
    for found in derivation(y, u), derivation(y, x):
        assert found.formula.data == pytest.approx(found.value, rel=1e-12)
    found = derivation(y, u)
    assert {computed(line, Known(y, found)) for line in lines_of(found)} == {2.25}
    assert len(derivation(y, x).paths) == 2
    sheet = derivation(y, [x])
    assert [formula.data for formula in sheet.formulas.values()] == pytest.approx([2.25, 2.5], rel=1e-12)


def test_an_interior_node_as_x():
    """With respect to a node that was computed, everything below it is out of sight."""
    x = Value(2.0, "x")
    h = x * x
    h.label = "h"
    y = h.sin() * h
    found = derivation(y, h)
    assert found.text.splitlines()[0].startswith("∂y/∂h = h·cos(h) + sin(h)")
    assert found.value == pytest.approx(4 * math.cos(4) + math.sin(4))


@pytest.mark.parametrize("y", [3.0, None, "x", [Value(1.0)], {}])
def test_only_values_and_functions_have_a_derivation(y):
    """Anything else is a TypeError that says what to pass."""
    with pytest.raises(TypeError, match="graph of a Value, or the rule of a function such as sigmoid"):
        derivation(y)


@pytest.mark.parametrize("x", [3.0, None, "x"])
def test_only_values_are_differentiated_by(x):
    """A plain number as x is a TypeError, alone or in a list."""
    y = Value(2.0, "w") * 3
    for xs in ([x], [[x]], [Value(1.0), x]):
        with pytest.raises(TypeError, match="differentiates with respect to Values, not"):
            derivation(y, *xs)


def test_nothing_varies_with_a_plain_number():
    """A constant of the graph is a ValueError that says how to make a variable of it."""
    y = Value(2.0, "w") * 3
    with pytest.raises(ValueError, match=r"3.0 is a plain number, and nothing varies with it: make it Value\(3.0"):
        derivation(y, y.inputs[1])


def test_a_function_of_the_library_that_is_none_of_ours():
    """Python's own max, whose arguments cannot be looked up, is a TypeError like others that have no derivation."""
    with pytest.raises(TypeError):
        derivation(max)


def test_a_sheet_has_what_is_asked_for_and_no_more():
    """Where y depends on none of the xs, each is 0, and no other derivative comes in their place."""
    x, z, w = Value(3.0, "x"), Value(2.0, "z"), Value(1.0, "w")
    y = x * 2
    y.label = "y"
    assert derivation(y, [z, w]).text.split("\n\n") == ["∂y/∂z = 0", "∂y/∂w = 0"]
    assert "∂y/∂z" not in derivation(y, [x]).text


def test_variables_without_labels_are_on_the_sheet_too():
    """derivation(y) of a graph that has no label at all derives something."""
    a = Value(2.0)
    assert derivation(a * a + 1).text != ""


def test_one_x_is_a_derivation_and_several_are_a_sheet():
    """A single Value gives a Derivation, a list, several or none a Sheet."""
    E, w1 = neuron()
    x1 = next(node for node in nodes(E) if node.label == "x1")
    assert type(derivation(E, w1)) is Derivation
    assert [type(derivation(E, *xs)) for xs in ([], [w1, x1], [[w1]], [(w1, x1)])] == [Sheet] * 4


@pytest.mark.parametrize("digits", [3, 6, 12])
def test_digits(digits):
    """Numbers have as many significant digits as are asked for."""
    x = Value(1.0, "x")
    last = derivation(x.exp(), x, digits=digits).lines[-1].right.text
    assert last.endswith(f"= {math.e:.{digits}g}")


SPECIAL = {
    "log at 0": (lambda x: x.log(), 0.0, math.inf),
    "1/x at 0": (lambda x: 1 / x, 0.0, -math.inf),
    "log below 0": (lambda x: x * x.log(), -1.0, math.nan),
    "ReLU at its kink": (lambda x: x.relu(), 0.0, 0.0),
    "a square that overflows": (lambda x: x * x * x, 1e200, math.inf),
    "an exponential that overflows": (lambda x: x.exp(), 1000.0, math.inf),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_special_numbers_are_shown_and_not_hidden(name):
    """Infinity and nan are what backward() leaves, and no line fails over them."""
    f, at, expected = SPECIAL[name]
    x = Value(at, "x")
    y = f(x)
    found = derivation(y, x)
    assert found.value == pytest.approx(expected, nan_ok=True)
    assert found.value == pytest.approx(slope(y, x), nan_ok=True)
    assert ("nan" in found.text) == math.isnan(expected)


# ------------------------------------------------------------------------------------------------------------ random graphs

MAKERS = {
    "product": lambda a, b: a * b,
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "quotient": lambda a, b: a / (2.0 + b * b),
    "square": lambda a, b: (a - b) ** 2,
    "cube": lambda a, b: b**3 + 0.5 * a,
    "sigmoid": lambda a, b: sigmoid(a) * b,
    "tanh": lambda a, b: (a + b).tanh(),
    "log": lambda a, b: (3.0 + a * a).log() - b,
    "exp": lambda a, b: (-(a * a)).exp() * b,
    "sin": lambda a, b: a.sin() / 2.0 + b,
    "sqrt": lambda a, b: (1.0 + b * b).sqrt() * a,
    "cross-entropy": lambda a, b: -a * sigmoid(b).log() - (1 - a) * (1 - sigmoid(b)).log(),
    "power": lambda a, b: (1.0 + a * a) ** b,
}
recipes = st.lists(st.tuples(st.sampled_from(sorted(MAKERS)), st.integers(0, 6), st.booleans()), min_size=2, max_size=5)
leaf_numbers = st.lists(st.sampled_from([-1.25, -0.5, 0.25, 0.75, 1.5, 2.0]), min_size=3, max_size=3)


def grown(recipe, numbers):
    """A graph over x₁, x₂, x₃ in which some of the interior nodes have labels; each result goes into the next."""
    xs = [Value(number, f"x{i}") for i, number in enumerate(numbers, start=1)]
    pool = xs[:]
    for k, (maker, i, labelled) in enumerate(recipe):
        made = MAKERS[maker](pool[-1], pool[i % len(pool)])
        if labelled and not made.label:
            made.label = f"u{k}"
        pool.append(made)
    y = pool[-1]
    y.label = "y"
    return y, [x for x in xs if x in nodes(y)]


def tame(*ys):
    """Whether all numbers on the way, and all slopes, are of a size at which doubles have digits to spare."""
    for y in ys:
        y.backward()
    every = nodes(*ys)
    sizes = [abs(number) for node in every for number in (node.data, node.grad)]
    for node in every:
        node.grad = 0.0
    return all(size < 1e4 for size in sizes)


def near(found, expected):
    return float(found) == pytest.approx(float(expected), rel=1e-6, abs=1e-6)


random_graphs = examples(8)


@random_graphs
@given(recipes, leaf_numbers, st.integers(0, 2))
@example([("product", 1, True), ("cross-entropy", 1, True)], [0.25, 0.75, 1.5], 2)
def test_value_is_what_backward_leaves(recipe, numbers, which):
    """Whatever the graph, .value is .grad to the last bit, and the formula of the last line has the same number."""
    y, xs = grown(recipe, numbers)
    assume(tame(y))
    found = derivation(y, xs[which % len(xs)])
    assert found.value == slope(y, xs[which % len(xs)])
    assert near(found.formula.data, found.value)


@random_graphs
@given(recipes, leaf_numbers, leaf_numbers, st.integers(0, 2))
def test_the_formula_is_the_derivative_everywhere(recipe, numbers, elsewhere, which):
    """The last formula, worked out again at another point, is the slope there: no number of the first point is frozen in."""
    y, xs = grown(recipe, numbers)
    found = derivation(y, xs[which % len(xs)])
    for x, number in zip(xs, elsewhere):
        x.data = number
    y.forward()
    assume(tame(y))
    known = {node.label: node.data for node in nodes(y) if node.label}
    for leaf in nodes(found.formula):
        if leaf.label and not leaf.label.startswith("∂"):
            leaf.data = known[leaf.label]
    if not any(leaf.label.startswith("∂") for leaf in nodes(found.formula)):
        found.formula.forward()
        assert near(found.formula.data, slope(y, xs[which % len(xs)]))


@random_graphs
@given(recipes, leaf_numbers, leaf_numbers, st.integers(0, 2))
def test_every_line_is_the_derivative_everywhere(recipe, numbers, elsewhere, which):
    """Each line that is written along paths, read and computed at another point, equals the slope that backward() finds."""
    y, xs = grown(recipe, numbers)
    found = derivation(y, xs[which % len(xs)])
    for x, number in zip(xs, elsewhere):
        x.data = number
    y.forward()
    assume(tame(y))
    known = Known(y, found)
    for text in in_names(found):
        assert near(computed(text, known), slope(y, xs[which % len(xs)])), text


def in_names(found):
    """The lines in names, those that go over several rows put together again."""
    return [text for _, text, reason in whole_lines(found) if reason != "in numbers"]


@random_graphs
@given(recipes, leaf_numbers, st.integers(0, 2))
def test_paths_run_along_the_labelled_nodes(recipe, numbers, which):
    """They are those of an enumeration that steps from label to label, without repetitions."""
    y, xs = grown(recipe, numbers)
    assume(not find_arrays(Structure(y)))  # whose entries are quantities, too
    expected = list(itertools.islice(steps_to([y], xs[which % len(xs)]), 2000))
    assume(len(expected) < 1000)
    found = derivation(y, xs[which % len(xs)]).paths
    assert len(found) == len(set(map(tuple, found)))
    assert set(map(tuple, found)) == set(map(tuple, expected))


def steps_to(path, x):
    """Each way on to x from the end of a path, along labelled nodes."""
    if path[-1] is x:
        yield path
        return
    below, stack = {}, list(path[-1].inputs)
    while stack:
        node = stack.pop()
        if node.label:
            below[node] = None
        else:
            stack += node.inputs
    for node in below:
        yield from steps_to([*path, node], x)


@examples(6)
@given(recipes, leaf_numbers)
def test_a_sheet_has_every_gradient(recipe, numbers):
    """On the sheet of a random graph stand the gradients of all leaves that y depends on, as backward() leaves them."""
    y, xs = grown(recipe, numbers)
    assume(tame(y))
    sheet = derivation(y, xs)
    y.backward()
    assert {x: sheet.gradients[x] for x in xs if x in sheet.gradients} == {x: x.grad for x in xs if x in nodes(y)}
    for leaf, formula in sheet.formulas.items():
        assert near(formula.data, sheet.adjoints[leaf].data), leaf.label


# ---------------------------------------------------------------------------------------------------------- without SymPy


def without_sympy(monkeypatch):
    monkeypatch.setattr("autograd.derive.algebra.available", lambda: False)
    monkeypatch.setattr("autograd.derive.rules.available", lambda: False)


def test_without_sympy_the_lines_come_all_the_same(monkeypatch):
    """The chain and the local derivatives are there, unsimplified, with the same number."""
    without_sympy(monkeypatch)
    E, w1 = neuron()
    found = derivation(E, w1)
    assert lines_of(found)[:2] == ["∂E/∂o · ∂o/∂net · ∂net/∂w₁", "(−t/o + (1 − t)/(1 − o)) · o·(1 − o) · x₁"]
    assert "(o − t)·x₁" not in found.text
    assert found.value == slope(E, w1)
    assert near(found.formula.data, found.value)


@examples(8)
@given(recipes, leaf_numbers, st.integers(0, 2))
def test_without_sympy_the_formulas_are_right(recipe, numbers, which):
    """On random graphs the unsimplified formula has the number of backward(), and so has the sheet."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_sympy(monkeypatch)
        y, xs = grown(recipe, numbers)
        assume(tame(y))
        found = derivation(y, xs[which % len(xs)])
        assert near(found.formula.data, slope(y, xs[which % len(xs)]))
        sheet = derivation(y)
        assert all(near(formula.data, sheet.adjoints[leaf].data) for leaf, formula in sheet.formulas.items())


# ----------------------------------------------------------------------------------------------------- mistakes are caught


def planted(monkeypatch, name, *partials):
    monkeypatch.setattr(PRIMITIVES[name], "partials", partials)


def test_a_wrong_row_of_the_table_does_not_pass(monkeypatch):
    """With the sign of log′ turned, the lines follow the table and no longer the slope of the first note."""
    planted(monkeypatch, "log", lambda z, x: ag.PRIMITIVES["div"](-1.0, x))
    E, w1 = neuron()
    found = derivation(E, w1)
    truth = (sigmoid(1.0) - 1.0) * 2.0
    assert found.value == slope(E, w1) == pytest.approx(-truth)
    assert computed(lines_of(found)[-1], Known(E, found)) == pytest.approx(-truth)


def test_a_wrong_line_does_not_pass():
    """The reader sees a sign, a factor and a bracket that are wrong."""
    E, w1 = neuron()
    truth = slope(E, w1)
    known = Known(E, derivation(E, w1))
    assert near(computed("(o − t)·x₁", known), truth)
    for wrong in "(o + t)·x₁", "o − t·x₁", "(t − o)·x₁", "(o − t)":
        assert not near(computed(wrong, known), truth)


# ----------------------------------------------------------------------------------------------------- the lecture notes


def test_the_first_note_on_a_logarithm_of_the_output():
    """∂E/∂o is −t/o + (1 − t)/(1 − o) = −(t − o)/(o(1 − o)); the page's first line has a minus before the second term."""
    E, _ = neuron(w=0.3, t=0.25)
    o = next(node for node in nodes(E) if node.label == "o")
    found = derivation(E, o)
    known = Known(E, found)
    t, out = sympy.symbols("t o", positive=True)
    truth = sympy.diff(-t * sympy.log(out) - (1 - t) * sympy.log(1 - out), out)
    assert sympy.simplify(truth + (t - out) / (out * (1 - out))) == 0
    number = float(truth.subs({t: 0.25, out: known("o")}))
    for line in lines_of(found):
        assert computed(line, known) == pytest.approx(number)
    on_the_page = float((-t / out - (1 - t) / (1 - out)).subs({t: 0.25, out: known("o")}))
    assert on_the_page != pytest.approx(number, rel=0.1)
    assert slope(E, o) == pytest.approx(number)


def test_the_second_note_on_the_logistic_loss():
    """∂J/∂ŷ is −[y/ŷ − (1 − y)/(1 − ŷ)], where the page has a plus between them; ∂J/∂θⱼ is −(y − ŷ) xⱼ as on the page."""
    y = Value(1.0, "y")
    theta, xs = [Value(0.3, "theta_1"), Value(-0.2, "theta_2")], [Value(1.5, "x_1"), Value(0.5, "x_2")]
    z = ag.dot(theta, xs)
    out = sigmoid(z)
    J = -(y * out.log() + (1 - y) * (1 - out).log())
    ag.label(z=z, J=J)
    out.label = "ŷ"
    y.data = 0.75
    J.forward()
    found = derivation(J, out)
    known = Known(J, found)
    number = -(0.75 / out.data - 0.25 / (1 - out.data))
    for line in lines_of(found):
        assert computed(line, known) == pytest.approx(number)
    assert -(0.75 / out.data + 0.25 / (1 - out.data)) != pytest.approx(number, rel=0.1)
    for j in range(2):
        assert derivation(J, theta[j]).value == pytest.approx(-(0.75 - out.data) * xs[j].data)
        assert lines_of(derivation(J, theta[j]))[-1] in (f"(ŷ − y)·x{'₁₂'[j]}", f"−(y − ŷ)·x{'₁₂'[j]}")


def test_the_third_note_step_by_step():
    """∂L/∂a, ∂a/∂z, ∂L/∂z = a − y, and ∂L/∂w₁, ∂L/∂w₂, ∂L/∂b from it."""
    w1, w2, b = Value(0.5, "w1"), Value(-0.25, "w2"), Value(0.125, "b")
    x1, x2, y = Value(1.5, "x1"), Value(0.75, "x2"), Value(1.0, "y")
    z = w1 * x1 + w2 * x2 + b
    a = sigmoid(z)
    L = -(y * a.log() + (1 - y) * (1 - a).log())
    ag.label(z=z, a=a, L=L)
    assert lines_of(derivation(L, a))[0] == "−y/a + (1 − y)/(1 − a)"
    assert lines_of(derivation(a, z))[-1] == "a·(1 − a)"
    assert lines_of(derivation(L, z))[0] == "∂L/∂a · ∂a/∂z"
    assert lines_of(derivation(L, z))[1] == "(−y/a + (1 − y)/(1 − a)) · a·(1 − a)"
    assert lines_of(derivation(L, z))[-1] == "a − y"
    assert [lines_of(derivation(z, v))[-1] for v in (w1, w2, b)] == ["x₁", "x₂", "1"]
    assert [lines_of(derivation(L, v))[-1] for v in (w1, w2, b)] == ["(a − y)·x₁", "(a − y)·x₂", "a − y"]


def test_the_first_note_on_two_outputs():
    """With softmax over two nets, ∂E/∂w₁₁ is −(t₁ − o₁) x₁ once t₀ = 1 − t₁: along both outputs, as on the page."""
    w, x = [Value(0.5, "w1"), Value(-0.25, "w0")], Value(1.5, "x1")
    nets = [weight * x for weight in w]
    total = nets[0].exp() + nets[1].exp()
    o1, o0 = nets[0].exp() / total, nets[1].exp() / total
    t1, t0 = Value(0.75, "t1"), Value(0.25, "t0")
    E = -t1 * o1.log() - t0 * o0.log()
    ag.label(net1=nets[0], net0=nets[1], o1=o1, o0=o0, E=E)
    found = derivation(E, w[0])
    assert len(found.paths) == 2
    assert found.value == pytest.approx(-(0.75 - o1.data) * 1.5)
    known = Known(E, found)
    for line in in_names(found):
        assert computed(line, known) == pytest.approx(found.value), line


def test_the_first_notes_gradient_of_a_polynomial():
    """x² + 2xy + z has the gradient (2x + 2y, 2x, 1)."""
    x, y, z = Value(1.0, "x"), Value(2.0, "y"), Value(3.0, "z")
    f = x**2 + 2 * x * y + z
    f.label = "f"
    assert [lines_of(derivation(f, v))[-1] for v in (x, y, z)] == ["2·x + 2·y", "2·x", "1"]


def test_mpmath_agrees_on_a_chain_of_five():
    """A chain through five labelled functions has mpmath's derivative in every line."""
    x = Value(0.375, "x")
    chain = [x]
    for k, f in enumerate([Value.exp, Value.sin, Value.tanh, Value.softplus, Value.log], start=1):
        chain.append(f(chain[-1]))
        chain[-1].label = f"u{k}"
    y = chain[-1]
    with mp.workdps(40):
        truth = mpmath.diff(lambda s: mp.log(EXACT["softplus"](mp.tanh(mp.sin(mp.exp(s))))), mpf(0.375))
    found = derivation(y, x)
    assert found.lines[0].right.text == "∂u₅/∂u₄ · ∂u₄/∂u₃ · ∂u₃/∂u₂ · ∂u₂/∂u₁ · ∂u₁/∂x"
    known = Known(y, found)
    for line in in_names(found):
        assert computed(line, known) == pytest.approx(float(truth), rel=1e-12), line
