"""A page never changes a function, and a formula has one reading: random graphs, and every row of the table."""

import itertools
import math

import pytest
from formula_judges import DIGITS, EXACT, ROWS, LatexReader, TextReader, agree, applied, as_read, exact, real
from hypothesis import assume, given
from hypothesis import strategies as st
from long_runs import examples
from mpmath import mp, mpf
from walks import walked

import autograd as ag
from autograd import PRIMITIVES, Notation, Value, dot, gradient, latex, log_softmax, logsumexp, mean, softmax
from autograd.formula.page import Page
from autograd.formula.writing import formula, page_of, write_formula
from autograd.graph import nodes
from autograd.writing.notation import ATOM, NEGATION, POWER, PRODUCT, SUM


@pytest.mark.parametrize(
    ("text", "tex", "number"),
    [
        ("a − b − c", "a - b - c", 2 - 3 - 5),
        ("a − (b − c)", "a - (b - c)", 2 - (3 - 5)),
        ("−a²", "-a^{2}", -4),
        ("(−a)²", "(-a)^{2}", 4),
        ("a/b·c", r"\frac{a}{b} c", 2 / 3 * 5),
        ("a/(b·c)", r"\frac{a}{b c}", 2 / 15),
        ("exp(a)^b", "(e^{a})^{b}", math.exp(6)),
        ("exp(a^b)", "e^{a^{b}}", math.exp(8)),
        ("σ·(a + b)", r"\sigma \cdot (a + b)", 0.5 * 5),
        ("σ(a + b)", r"\sigma(a + b)", 1 / (1 + math.exp(-5))),
        ("b·σ(a)", r"b \, \sigma (a)", 3 / (1 + math.exp(-2))),
        ("|a·|−b||", r"\left|a \, \left|-b\right|\right|", 6),
        ("2·10⁻³·a", r"2 \cdot 10^{-3} a", 0.004),
        ("Σⱼ₌₁² wⱼ·a + b", r"\sum_{j=1}^{2} w_{j} a + b", 70 * 2 + 3),
        ("½·a^½", r"\frac{1}{2} a^{\frac{1}{2}}", math.sqrt(2) / 2),
        ("[b > a]·c", r"\mathbf{1}_{b > a} c", 5),
    ],
)
def test_the_readers_of_this_file_read(text, tex, number):
    """They know the rules of writing."""
    numbers = {"a": 2, "b": 3, "c": 5, "σ": 0.5, r"\sigma": 0.5, "w₁": 30, "w₂": 40, "w_{1}": 30, "w_{2}": 40}
    assert float(TextReader(text, numbers).number()) == pytest.approx(number, rel=1e-12)
    assert float(LatexReader(tex, numbers).number()) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("text", ["a·−b", "a^b^c", "a²²³^b", "2 a", "a + + b", "(a", "a b", "⋯"])
def test_what_has_two_readings_in_text_is_not_read(text):
    """Nor is what has none."""
    with pytest.raises(AssertionError):
        TextReader(text, dict.fromkeys("abc", 1.0))


@pytest.mark.parametrize("tex", ["a 2", r"2 \frac{1}{2}", "a^{b}^{c}", r"a \cdot -b", "(a", r"\cdots", "a + -b"])
def test_what_has_two_readings_in_latex_is_not_read(tex):
    """Side by side with a number on the right, a mixed fraction, a double exponent."""
    with pytest.raises(AssertionError):
        LatexReader(tex, dict.fromkeys("abc", 1.0))


# ---------------------------------------------------------------------------------------------------------- random graphs


def above_zero(x):
    return x if x.data > 0.05 else x * x + 0.5


def away_from_zero(x):
    return x if abs(x.data) > 0.05 else x + 2.0


MAKERS = [
    lambda a, b, c: a + b,
    lambda a, b, c: a - b,
    lambda a, b, c: a * b,
    lambda a, b, c: a / away_from_zero(b),
    lambda a, b, c: -a,
    lambda a, b, c: a + a,
    lambda a, b, c: a * a,
    lambda a, b, c: 2.0 * a,
    lambda a, b, c: a * -0.5,
    lambda a, b, c: a / 3.0,
    lambda a, b, c: a / 0.7 / 1.1,
    lambda a, b, c: 1.0 / away_from_zero(a),
    lambda a, b, c: a - 1.0,
    lambda a, b, c: a * 1e-9,
    lambda a, b, c: 0.1 * a * (2.0 / 3.0),
    lambda a, b, c: a**2,
    lambda a, b, c: a**3,
    lambda a, b, c: away_from_zero(a) ** -2,
    lambda a, b, c: above_zero(a) ** 0.5,
    lambda a, b, c: above_zero(a) ** b,
    lambda a, b, c: 2.0**a,
    lambda a, b, c: a.exp(),
    lambda a, b, c: a.expm1(),
    lambda a, b, c: above_zero(a).log(),
    lambda a, b, c: above_zero(a).log1p(),
    lambda a, b, c: above_zero(a).sqrt(),
    lambda a, b, c: a.sin(),
    lambda a, b, c: a.cos() * b,
    lambda a, b, c: a.sigmoid(),
    lambda a, b, c: a.tanh(),
    lambda a, b, c: a.relu(),
    lambda a, b, c: a.softplus(),
    lambda a, b, c: abs(a),
    lambda a, b, c: ag.sum([a, b, c]),
    lambda a, b, c: mean([a, b, c, a * b]),
    lambda a, b, c: dot([a, b], [b, c], c),
    lambda a, b, c: dot([a, b], [c, a]),
    lambda a, b, c: logsumexp([a, b, c]),
    lambda a, b, c: softmax([a, b, c])[1],
    lambda a, b, c: softmax([a, a, c])[0],
    lambda a, b, c: log_softmax([a, b])[0],
    lambda a, b, c: -log_softmax([a - 2.0, b - 2.0, c - 2.0])[2],
    lambda a, b, c: ag.maximum(a, b),
    lambda a, b, c: ag.hypot(a, above_zero(b)),
    lambda a, b, c: a.leaky_relu(),
]
NAMES = ["x", "y_1", "theta", "net_2", "ŷ_1", "w_12", "a^(1)_2"]
RECIPES = st.lists(
    st.tuples(
        st.sampled_from(range(len(MAKERS))), *[st.integers(0, 30)] * 3, st.sampled_from(["", "", "", "h", "net_3", "σ"])
    ),
    min_size=1,
    max_size=9,
)
NUMBERS = [0.7, -1.3, 2.1, 0.4, -0.6, 1.7, 0.9]


def grown(recipe, labels=False):
    """A graph over labelled leaves, of numbers that are not huge; labels: nodes on the way have labels too."""
    pool = [*map(Value, NUMBERS, NAMES)]
    used = set()
    for maker, *places, label in recipe:
        made = MAKERS[maker](*(pool[i % len(pool)] for i in places))
        if abs(made.data) > 30.0:
            made = made.tanh()
        if labels and label and label not in used:
            made.label = label
            used.add(label)
        pool.append(made)
    return pool[-1]


def can_be_computed(y, labels=False):
    """What a graph computes, in forty digits; Hypothesis takes another graph where that divides by zero."""
    try:
        return exact(y, labels)
    except (ValueError, ZeroDivisionError):
        assume(False)


def written_out(y, numbers=False):
    """Whether a formula is neither too long nor has dots in it, which no reader can fill."""
    try:
        return not any("⋯" in write_formula(y, in_latex, numbers, digits=17)[0] for in_latex in (True, False))
    except ValueError:
        return False


def rounding(y):
    """By how much a graph's output moves if each node is rounded to sixteen digits, several times over."""
    y.backward()
    return 1e-13 * sum(abs(node.grad * node.data) for node in nodes(y) if math.isfinite(node.grad)) + 1e-13


@examples(200)
@given(RECIPES)
def test_a_page_never_changes_the_function(recipe):
    """Whatever the graph, what is written on its page is the same function of its leaves."""
    y = grown(recipe)
    assert agree(exact(page_of(y)), can_be_computed(y))


@examples(200)
@given(RECIPES)
def test_a_page_has_the_numbers_of_the_graph(recipe):
    """Down to labelled nodes on the way too: to nine digits, and what rounding makes of them."""
    y = grown(recipe, labels=True)
    page = page_of(y)
    assert abs(page.data - y.data) <= 1e-9 * abs(y.data) + rounding(y) + rounding(page)


def check_reading(y, number, numbers=False):
    """What is written of a page has its number, by readers that know the rules of writing alone."""
    assume(written_out(y, numbers))
    assert all(abs(read - number) <= rounding(y) for read in as_read(y, numbers))


@pytest.mark.parametrize("numbers", [False, True])
@examples(200)
@given(RECIPES)
def test_formulas_have_one_reading(numbers, recipe):
    """Plain text and LaTeX, in names or in numbers, give the graph's number: no two functions have the same formula."""
    y = page_of(grown(recipe))
    check_reading(y, can_be_computed(y), numbers)


@examples(200)
@given(RECIPES)
def test_formulas_with_nodes_on_the_way_have_one_reading(recipe):
    """A node with a label is shown by it, and the formula above it holds for its number."""
    y = page_of(grown(recipe, labels=True))
    check_reading(y, can_be_computed(y, labels=True))


@examples(120)
@given(RECIPES, st.integers(0, len(NAMES) - 1))
def test_a_gradient_on_the_page_is_the_gradient(recipe, i):
    """What `gradient` makes of a formula and `again` writes is the derivative of the graph, and has one reading."""
    y = grown(recipe)
    page = Page()
    page.write(y)
    leaf = next((leaf for node, leaf in page.leaves.items() if node.label == NAMES[i]), None)
    assume(leaf is not None)
    x = next(node for node, other in page.leaves.items() if other is leaf)
    slope = page.take_in(gradient(page.copies[y], leaf)[0])
    number = can_be_computed(gradient(y, x)[0])
    assert abs(exact(slope) - number) <= rounding(slope)
    check_reading(slope, number)


@walked([row.values for row in ROWS])
def test_what_a_page_shows_of_a_row_is_the_row(name, point):
    """Its page, where it has one, and what is written, have the value that mpmath finds."""
    y, _ = applied(name, point)
    page = page_of(y)
    number = exact(y)
    assert agree(exact(page), number)
    assert page.data == pytest.approx(float(number), rel=1e-12)
    assert all(agree(one, number, 14) for one in as_read(page))


OPERANDS = [  # text and LaTeX with their levels, and the number, where p, q and r are 0.3, 0.5 and 0.8
    (("p", ATOM), ("p", ATOM), "0.3"),
    (("p + q", SUM), ("p + q", SUM), "0.8"),
    (("p − r", SUM), ("p - r", SUM), "-0.5"),
    (("−p", NEGATION), ("-p", NEGATION), "-0.3"),
    (("p·q", PRODUCT), ("p q", PRODUCT), "0.15"),
    (("p/q", PRODUCT), (r"\frac{p}{q}", POWER), "0.6"),
    (("p²", POWER), ("p^{2}", POWER), "0.09"),
]
WRITTEN_BY_FORM = sorted(set(PRIMITIVES) - {"gaussian", "sinc_slope", "logsumexp"})  # a page alone writes these


@walked(WRITTEN_BY_FORM)
def test_the_notation_of_a_row_has_one_reading_whatever_its_operands(name):
    """As a trace writes it, without a page: brackets stand where an operand needs them, in each place and language."""
    op = PRIMITIVES[name]
    few = OPERANDS if op.arity in (1, 2) else OPERANDS[1:4]
    names = dict(zip("pqr", (0.3, 0.5, 0.8), strict=True))
    for operands in itertools.product(few, repeat=op.arity or 4):
        *writings, numbers = zip(*operands, strict=True)
        if name in ("ray", "power_slope"):  # whose last inputs are whole numbers
            whole = "1101"[-op.arity + 2 :]
            writings = [(*writing[:2], *((digit, ATOM) for digit in whole)) for writing in writings]
            numbers = (*numbers[:2], *whole)
        if name == "round" and "-0.5" in numbers:
            continue  # a jump
        with mp.workdps(DIGITS):
            try:
                number = real(mpf(VALUE_OF_FORM.get(name, EXACT[name])(*map(mpf, numbers))))
            except (ValueError, TypeError, ZeroDivisionError):
                continue  # outside the domain
            for form, writing, reader in zip((op.notation.text, op.notation.latex), writings, (TextReader, LatexReader)):
                whole, level = form.write(writing)
                once_more = f"2·{whole}" if reader is TextReader else rf"2 \cdot {whole}"
                if reader is LatexReader and name in ONLY_IN_TEXT:
                    continue
                assert agree(reader(whole, names).number(), number, 14), whole
                assert level <= PRODUCT or agree(reader(once_more, names).number(), 2 * number, 14), once_more


VALUE_OF_FORM = {  # written in z alone, as a local derivative is
    "sigmoid_slope": lambda z, x: z * (1 - z),
    "tanh_slope": lambda z, x: 1 - z * z,
}
ONLY_IN_TEXT = (
    "sigmoid_slope tanh_slope silu_bend one_minus_square power_slope ray".split()
)  # a page has them in simpler ones


@pytest.mark.parametrize(("name", "point"), [row for row in ROWS if PRIMITIVES[row.values[0]].definition is not None])
def test_the_definition_of_a_row_is_the_row(name, point):
    """In value and in its first two derivatives."""
    op = PRIMITIVES[name]
    x = Value(*point)
    row, definition = op(x), op.definition(x)
    assert any(node.op is op for node in nodes(row))
    assert not any(node.op is op for node in nodes(definition))
    for _ in range(3):
        assert agree(exact(definition), exact(row), 12)
        assert definition.data == pytest.approx(row.data, rel=1e-9, abs=1e-12)
        (row,), (definition,) = gradient(row, x), gradient(definition, x)


@walked([row.values for row in ROWS])
def test_what_a_page_shows_of_a_derivative_is_the_derivative(name, point):
    """The first and second derivatives of each row, written on its page, are what the graph has."""
    y, xs = applied(name, point)
    page = Page()
    page.write(y)
    on_page = page.copies[y]
    for x in xs:
        slope, leaf = gradient(y, x)[0], page.leaves[x]
        shown = page.take_in(gradient(on_page, leaf)[0])
        assert agree(exact(shown), exact(slope), 14)
        assert shown.data == pytest.approx(slope.data, rel=1e-9, abs=1e-12)
        assert all(agree(one, exact(slope), 14) for one in as_read(shown))
        again = page.take_in(gradient(shown, leaf)[0])
        assert again.data == pytest.approx(gradient(slope, x)[0].data, rel=1e-9, abs=1e-12)


def test_functions_that_only_compute_more_exactly_are_not_seen():
    """Their names are for programs: a page shows what they compute."""
    x, y = Value(0.3, "x"), Value(0.8, "y")
    seen = {
        "exp(x) − 1": x.expm1(),
        "log(1 + x)": x.log1p(),
        "log(1 − x)": (-x).log1p(),
        "sqrt(x² + y²)": ag.hypot(x, y),
        "σ(x)·(1 − σ(x))": gradient(x.sigmoid(), x)[0],
        "1 − tanh(x)²": gradient(x.tanh(), x)[0],
        "1/(1 − x²)": gradient(ag.atanh(x), x)[0],
        "1/sqrt(1 + x²)": gradient(ag.asinh(x), x)[0],
        "x/sqrt(x² + y²)": gradient(ag.hypot(x, y), x)[0],
        "σ(x) + x·σ(x)·(1 − σ(x))": gradient(x.silu(), x)[0],
        "x^y·log(x)": gradient(x**y, y)[0],
    }
    assert {formula(graph): formula(graph) for graph in seen.values()} == {text: text for text in seen}


# -------------------------------------------------------------------------------------------------- operations of one's own


def test_an_operation_of_ones_own_is_written_by_its_name(plant):
    """In text and in LaTeX, whatever letters the name has."""
    my_op = plant("my_op", lambda x, y: x * y, lambda z, x, y: y, lambda z, x, y: x)
    x, y = Value(0.3, "x_1"), Value(0.8, "y")
    assert formula(my_op(x + y, y)) == "my_op(x_1 + y, y)"
    assert latex(my_op(x + y, y) ** 2) == r"(\operatorname{my\_op}(x_{1} + y, y))^{2}"
    assert my_op.page is my_op.definition is None


def test_a_page_of_ones_own_is_shown_in_place_of_the_operation(plant):
    """It is a function of Values, and has no part in what is computed."""
    chirp = plant("chirp", lambda x: math.sin(x * x), lambda z, x: 2 * x * ag.cos(x * x), page=lambda x: ag.sin(x * x))
    x = Value(0.7, "x")
    y = chirp(x)
    assert formula(y) == "sin(x²)"
    assert latex(gradient(y, x)[0]) == r"2 x \, \cos(x^{2})"
    assert y.op is chirp
    assert y.data == math.sin(0.7 * 0.7)


def test_a_definition_of_ones_own_is_not_shown(plant):
    """It is what a derivation of the rule starts from."""
    double = plant("double", lambda x: 2 * x, lambda z, x: 2.0, definition=lambda x: x + x)
    x = Value(0.7, "x")
    assert formula(double(x)) == "double(x)"
    assert double.definition(x).data == double(x).data
    assert double.definition(0.7) == double(0.7)


def test_a_wrong_page_is_seen_by_its_number(plant):
    """A page that is another function gives other numbers than the graph."""
    wrong = plant("wrong", lambda x: math.log(1 + x), lambda z, x: 1 / (1 + x), page=ag.log)
    y = wrong(Value(0.7, "x")) * 2.0
    assert page_of(y).data != pytest.approx(y.data, rel=1e-3)


def test_a_notation_of_ones_own(plant):
    """Symbol, text and level are what they are set to; LaTeX is a call by the symbol."""
    star = plant("star", lambda x, y: x + y, 1.0, 1.0, notation=Notation("star", "{} ∗ {}", 0, (0, 1)))
    x, y = Value(0.3, "x"), Value(0.8, "y")
    assert formula(star(star(x, y), star(x, y)) * 2.0) == "2·(x ∗ y ∗ (x ∗ y))"
    assert latex(star(x, y)) == r"\operatorname{star}(x, y)"
