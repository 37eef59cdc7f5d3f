"""Derivatives of functions, rule by rule: each line is computed, d/dx as the difference quotient of what stands behind it.

The truth is mpmath's derivative of a function that is written down here, or SymPy's; the engine's table has no part in it.
"""

import inspect
import math
import re

import mpmath
import pytest
import sympy
from exact_rows import HELPERS
from formula_judges import DIGITS, EXACT, TextReader
from mpmath import mp, mpf

import autograd as ag
from autograd import PRIMITIVES, Value, derivation, rewriting
from autograd.graph import leaves, nodes
from autograd.operation import CONSTANT

# ------------------------------------------------------------------------------------------------ lines, read and computed

POINTS = {"acosh": [1.25, 2.0, 3.5]} | dict.fromkeys(["log", "log2", "log10", "sqrt"], (0.25, 0.75, 2.5))
UNARY = [name for name, op in PRIMITIVES.items() if op.arity == 1]


def points(name):
    return POINTS.get(name, [-0.75, 0.25, 0.625])


class RuleReader(TextReader):
    """A line in which d/dx may stand before a factor, as bare as x² or in brackets."""

    TOKENS = re.compile(rf"(?P<slope>d/d\S+ )|{TextReader.TOKENS.pattern}")

    def atom(self):
        if not self.peek("slope"):
            return super().atom()
        x = self.take("slope").strip().removeprefix("d/d")
        factor = self.power()
        return lambda at: mp.diff(lambda moved: factor({x: moved}), at[x])

    def named(self, name):
        return lambda at: at[name]


def evaluate(text, x, variable="x"):
    """What a line comes to at x."""
    with mp.workdps(DIGITS):
        return float(RuleReader(text, ()).whole({variable: mpf(x)}))


def value_at(formula, x):
    """A formula's number, all constants to the last digit, where its one name stands for x."""
    return rewriting.value_at(formula, {leaf: x for leaf in leaves(formula) if leaf.op is not CONSTANT})


def is_pending(formula):
    return any(node.op is not None and node.op.name == "d/dx" for node in nodes(formula))


def slope(f, x):
    with mp.workdps(40):
        return float(mpmath.diff(f, mpf(x)))


def lines_of(found):
    return [line.right.text for line in found.lines]


def test_the_reader_takes_what_is_to_be_differentiated():
    """d/dx before a bracket, a power, a call and a sum's first term, by numbers worked out by hand."""
    for text, result in {
        "d/dx x²": 4,
        "2·(d/dx (x + 1)³)": 54,
        "d/dx x^3 + x": 14,
        "d/dx (x·x)/x": 2,
        "x·(d/dx exp(−x))": -2 * math.exp(-2),
        "[x > 1]·|−x|": 2,
        "(1 + x)^(−2)": 1 / 9,
    }.items():
        assert evaluate(text, 2.0) == pytest.approx(result, rel=1e-12), text


# ------------------------------------------------------------------------------------------------------- the second note


def test_sigmoid_line_by_line_as_in_the_second_note():
    """From the definition by the power rule and the chain rule to σ(x)(1 − σ(x)), each line of the page in its order."""
    found = derivation(ag.sigmoid)
    page = [
        "d/dx (1 + exp(−x))^(−1)",
        "−(1 + exp(−x))^(−2)·(d/dx (1 + exp(−x)))",
        "−(1 + exp(−x))^(−2)·(d/dx exp(−x))",
        "−(1 + exp(−x))^(−2)·exp(−x)·(d/dx (−x))",
        "(1 + exp(−x))^(−2)·exp(−x)",
        "exp(−x)/(1 + exp(−x))²",
        "((1 + exp(−x)) − 1)/(1 + exp(−x))²",
        "1/(1 + exp(−x)) − 1/(1 + exp(−x))²",
        "σ(x)·(1 − σ(x))",
    ]
    lines = iter(lines_of(found))
    assert all(line in lines for line in page)
    reasons = [line.reason.text for line in found.lines]
    for reason in "definition of σ", "power rule, chain rule", "sum rule", "add and subtract 1", "split the fraction":
        assert reason in reasons
    assert found.lines[0].left.text == "d/dx σ(x)"


@pytest.mark.parametrize("x", [-3.0, -0.5, 0.0, 0.75, 4.0])
def test_every_line_of_the_second_note_is_the_same_number(x):
    """At x the page's own lines, and ours, are e^-x / (1 + e^-x)²."""
    truth = slope(EXACT["sigmoid"], x)
    for line in lines_of(derivation(ag.sigmoid)):
        assert evaluate(line, x) == pytest.approx(truth, rel=1e-12), line


def test_the_fourth_note_comes_to_the_same():
    """1 − σ(x) = e^-x / (1 + e^-x), so that σ′ = a (1 − a): its value at the note's z is 0.186816."""
    found = derivation(ag.sigmoid)
    z = 1.105905967
    assert value_at(found.formula, z) == pytest.approx(0.186816, abs=5e-6)
    a = ag.sigmoid(z)
    assert value_at(found.formula, z) == pytest.approx(a * (1 - a), rel=1e-12)


# ---------------------------------------------------------------------------------------------------- all rows of the table


@pytest.mark.parametrize("name", UNARY)
def test_the_last_formula_is_the_derivative(name):
    """.formula has mpmath's derivative at several points, to the last digits."""
    formula = derivation(PRIMITIVES[name]).formula
    for x in points(name):
        assert value_at(formula, x) == pytest.approx(slope(EXACT[name], x), rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("name", UNARY)
def test_every_line_is_the_derivative(name):
    """Each line, read and computed, has mpmath's derivative, to the digits that its constants are printed with."""
    for line in lines_of(derivation(PRIMITIVES[name])):
        for x in points(name):
            assert evaluate(line, x) == pytest.approx(slope(EXACT[name], x), rel=1e-5, abs=1e-6), line


@pytest.mark.parametrize("name", UNARY)
def test_every_formula_is_the_derivative(name):
    """.formulas says what the lines say: those with no d/dx left are the derivative at any x."""
    found = derivation(PRIMITIVES[name])
    assert not is_pending(found.formula)
    for formula in found.formulas:
        if not is_pending(formula):
            for x in points(name):
                assert value_at(formula, x) == pytest.approx(slope(EXACT[name], x), rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("name", UNARY)
def test_lines_that_are_not_done_have_the_number_too(name):
    """Every formula of a derivation, with d/dx in it or not, holds the derivative at the point that it was written at."""
    found = derivation(PRIMITIVES[name])
    at = 1.3 if name == "acosh" else 0.3
    for formula in found.formulas:
        assert formula.data == pytest.approx(slope(EXACT[name], at), rel=1e-11)


@pytest.mark.parametrize("name", UNARY)
def test_left_of_the_first_line_stands_the_function(name):
    """d/dx f(x), which is its derivative too."""
    left = derivation(PRIMITIVES[name]).lines[0].left.text
    for x in points(name):
        assert left.startswith("d/dx ")
        assert evaluate(left, x) == pytest.approx(slope(EXACT[name], x), rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("name", [name for name in UNARY if PRIMITIVES[name].definition])
def test_a_definition_is_the_function(name):
    """Where a row has a definition, it computes what the row computes."""
    op = PRIMITIVES[name]
    for x in points(name):
        assert op.definition(Value(x)).data == pytest.approx(op.value(x), rel=1e-12)


PAIRS = [
    (name, x, y)
    for name in ("add", "sub", "mul", "div", "pow", "atan2", "hypot", "maximum", "minimum", "leaky_relu", "elu")
    for x, y in ((0.75, 0.25), (0.5, 1.5))
]


@pytest.mark.parametrize(("name", "x", "y"), PAIRS)
def test_operations_of_two_numbers_have_their_partials(name, x, y):
    """One line for each input, with the slope that a difference quotient finds."""
    op = PRIMITIVES[name]
    found = derivation(op)
    names = [line.left.text.removeprefix("∂/∂").split()[0] for line in found.lines]
    assert names == {"atan2": ["y", "x"], "leaky_relu": ["x", "slope"], "elu": ["x", "α"]}.get(name, ["x", "y"])
    for k, line in enumerate(found.lines):
        number = float(TextReader(line.right.text, {names[0]: x, names[1]: y}).number())
        h = 1e-6
        up, down = ([x + (k == 0) * s * h, y + (k == 1) * s * h] for s in (1, -1))
        assert number == pytest.approx((op.value(*up) - op.value(*down)) / (2 * h), rel=1e-7, abs=1e-9), line.right.text


# --------------------------------------------------------------------------------------------------------- one's own lambdas

LAMBDAS = {
    "product rule": (lambda x: x * ag.sin(x), lambda s: s * sympy.sin(s)),
    "quotient rule": (lambda x: ag.sin(x) / (1 + x**2), lambda s: sympy.sin(s) / (1 + s**2)),
    "power rule": (lambda x: x**5, lambda s: s**5),
    "chain rule": (lambda x: ag.exp(ag.sin(x**2)), lambda s: sympy.exp(sympy.sin(s**2))),
    "sum rule": (lambda x: x**3 + ag.exp(x) - 2 * x, lambda s: s**3 + sympy.exp(s) - 2 * s),
    "constant factor": (lambda x: 3 * ag.tanh(x) / 4, lambda s: 3 * sympy.tanh(s) / 4),
    "derivative of log": (lambda x: ag.log(1 + x * x), lambda s: sympy.log(1 + s * s)),
    "derivative of σ": (lambda x: ag.sigmoid(2 * x), lambda s: 1 / (1 + sympy.exp(-2 * s))),
    "power rule, chain rule": (lambda x: (x**2 + 1) ** 3, lambda s: (s**2 + 1) ** 3),
    "derivative of xʸ": (lambda x: (1 + x * x) ** x, lambda s: (1 + s * s) ** s),
}
MORE = {
    "a polynomial": (lambda x: 4 * x**3 - x**2 / 2 + 7, lambda s: 4 * s**3 - s**2 / 2 + 7),
    "a product of three": (lambda x: x * ag.exp(x) * ag.cos(x), lambda s: s * sympy.exp(s) * sympy.cos(s)),
    "a quotient of sums": (lambda x: (x - 1) / (x + 2), lambda s: (s - 1) / (s + 2)),
    "a number over a sum": (lambda x: 2 / (1 + x**2), lambda s: 2 / (1 + s**2)),
    "a negative power": (lambda x: (2 + x) ** -3, lambda s: (2 + s) ** -3),
    "a root of a sum": (lambda x: ag.sqrt(1 + x**2), lambda s: sympy.sqrt(1 + s**2)),
    "a power of a number": (lambda x: 2.0**x, lambda s: 2**s),
    "itself": (lambda x: x, lambda s: s),
    "a constant": (lambda x: x - x + 3.0, lambda s: 0 * s + 3),
    "what x is not in": (lambda x: Value(3.0, "c") ** 2, lambda s: 0 * s + 9),
    "nested": (lambda x: ag.log(ag.cosh(ag.sin(x) + 2)), lambda s: sympy.log(sympy.cosh(sympy.sin(s) + 2))),
    "the loss of a neuron": (
        lambda x: -ag.log(ag.sigmoid(x)) - (1 - 0.5) * x,
        lambda s: sympy.log(1 + sympy.exp(-s)) - s / 2,
    ),
}


@pytest.mark.parametrize("name", [*LAMBDAS, *MORE])
def test_a_function_of_ones_own_has_sympys_derivative(name):
    """Every line, read and computed at several points, is SymPy's derivative, and so is .formula."""
    f, in_sympy = (LAMBDAS | MORE)[name]
    s = sympy.Symbol("s")
    truth = sympy.lambdify(s, sympy.diff(in_sympy(s), s), "mpmath")
    found = derivation(f)
    for x in (-0.75, 0.25, 1.5):
        expected = float(truth(mpf(x)))
        assert value_at(found.formula, x) == pytest.approx(expected, rel=1e-11, abs=1e-12)
        for line in lines_of(found):
            assert evaluate(line, x) == pytest.approx(expected, rel=1e-5, abs=1e-9), line


@pytest.mark.parametrize("rule", LAMBDAS)
def test_the_rule_that_is_used_stands_beside_the_line(rule):
    """Each of the rules of the calculus book is named where it is applied."""
    reasons = [line.reason.text for line in derivation(LAMBDAS[rule][0]).lines]
    assert any(rule in reason for reason in reasons)


def test_the_quotient_rule_of_the_fifth_note():
    """(g/h)′ is g′/h − g h′/h², whatever g and h are: the line that says quotient rule is that number."""
    found = derivation(lambda x: ag.exp(x) / (ag.exp(x) + 2))
    (line,) = [line for line in found.lines if line.reason.text == "quotient rule"]
    x = 0.625
    g, h = math.exp(x), math.exp(x) + 2
    assert evaluate(line.right.text, x) == pytest.approx(g / h - g / h**2 * g, rel=1e-12)


def test_the_variable_is_called_as_the_argument():
    """A function of t is differentiated by t."""
    found = derivation(lambda t: t**2 * ag.exp(t))
    assert found.lines[0].left.text == "d/dt (t²·exp(t))"
    for line in lines_of(found):
        assert evaluate(line, 0.5, "t") == pytest.approx(math.exp(0.5) * (0.5**2 + 1.0), rel=1e-12)


@pytest.mark.parametrize("f", [lambda x1: x1**2, lambda x_1: x_1**2, lambda theta: theta**2, lambda net: net**2])
def test_any_name_of_an_argument_will_do(f):
    """With an index, Greek, or a word: the line is written in it, in text and in LaTeX."""
    found = derivation(f)
    name = found.lines[0].left.text.removeprefix("d/d").split()[0]
    assert found.lines[-1].right.text == f"2·{name}"
    assert r"\frac{d}{d" in found.latex
    assert found.latex.count("{") == found.latex.count("}")


def test_a_new_row_is_derived_at_once(plant):
    """A row with a definition is derived from it, line by line, and one without shows its rule."""
    swish = plant("swish2", lambda x: x / (1 + math.exp(-2 * x)), lambda z, x: ag.sigmoid(2 * x) + 2 * x * ag.sigmoid(2 * x) * (1 - ag.sigmoid(2 * x)), definition=lambda x: x * ag.sigmoid(2 * x))  # noqa: E501  # fmt: skip
    found = derivation(swish)
    assert found.lines[0].reason.text.startswith("definition of ")
    assert len(found.lines) > 2
    for formula in found.formulas:
        if not is_pending(formula):
            assert value_at(formula, 0.5) == pytest.approx(slope(lambda x: x * EXACT["sigmoid"](2 * x), 0.5), rel=1e-12)
    chirp = plant("chirp", lambda x: math.sin(x * x), lambda z, x: 2 * x * ag.cos(x * x))
    assert lines_of(derivation(chirp)) == ["2·x·cos(x²)"]


def test_a_wrong_row_does_not_pass(plant):
    """Where the row's slope is not that of its definition, the last line is told apart from the lines above it."""
    wrong = plant("wrong", lambda x: x * x, lambda z, x: 3 * x, definition=lambda x: x * x)
    found = derivation(wrong)
    numbers = [value_at(formula, 2.0) for formula in found.formulas if not is_pending(formula)]
    assert len({round(number, 9) for number in numbers}) > 1
    assert value_at(found.formula, 2.0) != pytest.approx(slope(lambda x: x * x, 2.0))


def test_a_turned_sign_in_the_table_is_seen(monkeypatch):
    """With sin′ = −cos planted, the lines of sin x · x are no longer SymPy's derivative."""
    monkeypatch.setattr(PRIMITIVES["sin"], "partials", (lambda z, x: -ag.cos(x),))
    found = derivation(lambda x: ag.sin(x) * x)
    assert value_at(found.formula, 0.5) != pytest.approx(math.cos(0.5) * 0.5 + math.sin(0.5))


@pytest.mark.parametrize("name", [name for name in UNARY if PRIMITIVES[name].definition])
def test_without_sympy_rules_are_applied_all_the_same(monkeypatch, name):
    """Only what algebra does at the end is missing: each formula is the derivative, and the last is that of the table."""
    monkeypatch.setattr("autograd.derive.rules.available", lambda: False)
    monkeypatch.setattr("autograd.derive.algebra.available", lambda: False)
    found = derivation(PRIMITIVES[name])
    for formula in found.formulas:
        if not is_pending(formula):
            for x in points(name):
                assert value_at(formula, x) == pytest.approx(slope(EXACT[name], x), rel=1e-11)


# ----------------------------------------------------------------------------------------------------------- what is refused


def test_a_rule_is_derived_without_a_point():
    """derivation(sigmoid, 2.0) is a TypeError that says how to get numbers."""
    with pytest.raises(TypeError, match=r"pass no point, or derivation\(f\(x\), x\)"):
        derivation(ag.sigmoid, 2.0)


@pytest.mark.parametrize("f", [lambda x, y: x * y, lambda: 1.0])
def test_a_function_of_one_number_only(f):
    """Of two arguments, or of none, it is a TypeError with their number."""
    with pytest.raises(TypeError, match=f"this one has {len(inspect.signature(f).parameters)} arguments"):
        derivation(f)


@pytest.mark.parametrize("f", [lambda x: 3.0, lambda x: None, lambda x: [x]])
def test_a_function_that_gives_no_value(f):
    """The TypeError shows what it gave."""
    with pytest.raises(TypeError, match="which is no Value"):
        derivation(f)


def test_arguments_with_defaults_stay_as_they_are():
    """elu(x, alpha=1) is a function of x."""
    found = derivation(ag.elu)
    for x in (-0.75, 0.5):
        assert value_at(found.formula, x) == pytest.approx(1.0 if x > 0 else math.exp(x))


@pytest.mark.parametrize("name", HELPERS)
def test_a_row_that_only_helps_to_compute_has_no_rule_to_tell(name):
    """σ′ = z·(1 − z) varies with x alone in the table, so that its row says nothing true about z on paper."""
    with pytest.raises(ValueError, match="only helps to compute"):
        derivation(PRIMITIVES[name])
