"""How operations and numbers are written: signs, factors side by side, and brackets where they are needed."""

import re
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_runs import examples

from autograd import PRIMITIVES
from autograd.writing.notation import (
    ATOM,
    NEGATION,
    OPERATOR,
    POWER,
    PRODUCT,
    SUM,
    Form,
    Notation,
    beside,
    bracket,
    call,
    infix,
    latex_form,
    level_of,
    plus,
)
from autograd.writing.numbers import constant, number

# --------------------------------------------------------------------------------------------------------------- numbers

NUMBERS = [  # number, text, level, LaTeX, level in LaTeX
    (0.0, "0", ATOM, "0", ATOM),
    (-0.0, "0", ATOM, "0", ATOM),
    (3.0, "3", ATOM, "3", ATOM),
    (-3.0, "−3", NEGATION, "-3", NEGATION),
    (0.1, "0.1", ATOM, "0.1", ATOM),
    (-0.74136506, "−0.741365", NEGATION, "-0.741365", NEGATION),
    (2 / 3, "0.666667", ATOM, "0.666667", ATOM),
    (0.5, "0.5", ATOM, "0.5", ATOM),
    (123456.0, "123456", ATOM, "123456", ATOM),
    (999999.9, "1·10⁶", PRODUCT, "10^{6}", POWER),
    (1234567.0, "1.23457·10⁶", PRODUCT, r"1.23457 \cdot 10^{6}", PRODUCT),
    (0.0001, "0.0001", ATOM, "0.0001", ATOM),
    (1e-9, "1·10⁻⁹", PRODUCT, "10^{-9}", POWER),
    (-1e-9, "−1·10⁻⁹", NEGATION, "-10^{-9}", NEGATION),
    (2.5e-300, "2.5·10⁻³⁰⁰", PRODUCT, r"2.5 \cdot 10^{-300}", PRODUCT),
    (-2.5e300, "−2.5·10³⁰⁰", NEGATION, r"-2.5 \cdot 10^{300}", NEGATION),
    (5e-324, "4.94066·10⁻³²⁴", PRODUCT, r"4.94066 \cdot 10^{-324}", PRODUCT),
    (inf, "∞", ATOM, r"\infty", ATOM),
    (-inf, "−∞", NEGATION, r"-\infty", NEGATION),
    (nan, "nan", ATOM, r"\mathrm{nan}", ATOM),
]


@pytest.mark.parametrize(("x", "text", "level", "_latex", "_level"), NUMBERS)
def test_numbers_in_plain_text(x, text, level, _latex, _level):
    """Six significant digits, a true minus sign, powers of ten raised; a negative number is a negation."""
    assert number(x) == (text, level)


@pytest.mark.parametrize(("x", "_text", "_level", "latex", "level"), NUMBERS)
def test_numbers_in_latex(x, _text, _level, latex, level):
    """The same in LaTeX, where 1·10⁻⁹ is 10⁻⁹, below zero too."""
    assert number(x, latex=True) == (latex, level)


@pytest.mark.parametrize(("digits", "text"), [(1, "0.7"), (3, "0.741"), (4, "0.7414"), (17, "0.74136506000000002")])
def test_as_many_digits_as_are_asked_for(digits, text):
    """digits is how many significant ones are shown."""
    assert number(0.74136506, digits)[0] == number(0.74136506, digits, latex=True)[0] == text


def read(text):
    """The number that a text shows."""
    text = text.replace("−", "-").replace("∞", "inf").replace(r"\infty", "inf").replace(r"\mathrm{nan}", "nan")
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = re.sub("[⁻⁰¹²³⁴-⁹]+", lambda m: "^{" + m[0].translate(raised) + "}", text)
    text = re.sub(r"(?:·| \\cdot )?10\^\{(-?\d+)\}", r"e\1", text)
    return float(re.sub(r"^(-?)e", r"\g<1>1e", text))


@examples(500)
@given(st.floats(allow_nan=False), st.integers(1, 17), st.booleans())
def test_a_number_reads_back_as_it_was_rounded(x, digits, latex):
    """Whatever the number, its text is the number to so many digits."""
    text, level = number(x, digits, latex)
    assert read(text) == float(f"{x:.{digits}g}")
    assert (level == NEGATION) == text.startswith(("-", "−"))


@pytest.mark.parametrize(
    ("x", "text", "latex"),
    [
        (0.5, "½", r"\frac{1}{2}"),
        (-0.5, "−½", r"-\frac{1}{2}"),
        (1 / 3, "⅓", r"\frac{1}{3}"),
        (2 / 3, "⅔", r"\frac{2}{3}"),
        (-2 / 3, "−⅔", r"-\frac{2}{3}"),
        (0.25, "0.25", "0.25"),
        (0.333333, "0.333333", "0.333333"),
        (2.0, "2", "2"),
    ],
)
def test_constants_of_a_formula(x, text, latex):
    """A half and thirds are fractions, other numbers are as they are."""
    negative = NEGATION if x < 0.0 else None
    fraction = "frac" in latex
    assert constant(x) == (text, negative or ATOM)
    assert constant(x, latex=True) == (latex, negative or (POWER if fraction else ATOM))


def test_constants_that_are_no_numbers():
    """Infinity and nan have no fraction either."""
    assert [constant(x)[0] for x in (inf, -inf, nan)] == ["∞", "−∞", "nan"]


# ------------------------------------------------------------------------------------------------------- terms and factors


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        (["a"], "a"),
        (["−a"], "−a"),
        (["a", "b", "c"], "a + b + c"),
        (["a", "−b"], "a − b"),
        (["a", "-b"], "a - b"),
        (["−a", "−b", "c"], "−a − b + c"),
        (["a", "(−b)²"], "a + (−b)²"),
        (["1", r"-\frac{1}{x}"], r"1 - \frac{1}{x}"),
    ],
)
def test_terms_one_after_the_other(terms, text):
    """One that begins with a minus is subtracted."""
    assert plus(*terms) == text


@pytest.mark.parametrize(
    ("factors", "latex"),
    [
        (["a"], "a"),
        (["a", "b"], "a b"),
        (["a", "b", "c"], "a b c"),
        (["2", "x"], "2 x"),
        (["-2", "x"], "-2 x"),
        (["x_{1}", "x_{2}"], "x_{1} x_{2}"),
        (["x", "(y + 1)"], "x (y + 1)"),
        (["(x + 1)", "(y + 1)"], "(x + 1) (y + 1)"),
        (["2", r"\theta"], r"2 \, \theta"),
        (["a", r"\sin(x)"], r"a \, \sin(x)"),
        ([r"\mathrm{net}", "x"], r"\mathrm{net} \, x"),
        ([r"\text{a b}", "x"], r"\text{a b} \, x"),
    ],
)
def test_factors_side_by_side(factors, latex):
    """A thin space stands around what is a word or a command."""
    assert beside(*factors) == latex


@pytest.mark.parametrize(
    ("factors", "latex"),
    [
        (["2", "3"], r"2 \cdot 3"),
        (["x", "3"], r"x \cdot 3"),
        (["2", "10^{-9}"], r"2 \cdot 10^{-9}"),
        (["2", r"\frac{1}{2}"], r"2 \cdot \frac{1}{2}"),
        (["-2", r"\frac{1}{2}"], r"-2 \cdot \frac{1}{2}"),
        ([r"0.1 \cdot 0.1", r"\frac{2}{3}"], r"0.1 \cdot 0.1 \cdot \frac{2}{3}"),
        ([r"x \cdot 3", r"\frac{y}{z}"], r"x \cdot 3 \cdot \frac{y}{z}"),
        (["2", "(-3)"], r"2 \cdot (-3)"),
        (["a", "2", "(-3)"], r"a \cdot 2 \cdot (-3)"),
        ([r"\sigma", "(x + y)"], r"\sigma \cdot (x + y)"),
        ([r"-\sigma", "(x + y)"], r"-\sigma \cdot (x + y)"),
        ([r"\sigma", r"\left(\frac{x}{y}\right)"], r"\sigma \cdot \left(\frac{x}{y}\right)"),
        (["e", "(x + y)"], r"e \cdot (x + y)"),
        ([r"\mathrm{net}", "(x + y)"], r"\mathrm{net} \cdot (x + y)"),
        (
            [r"\frac{\partial L}{\partial o}", r"\frac{\partial o}{\partial w}"],
            r"\frac{\partial L}{\partial o} \cdot \frac{\partial o}{\partial w}",
        ),
        (["x", r"\frac{\partial L}{\partial o}"], r"x \cdot \frac{\partial L}{\partial o}"),
    ],
)
def test_a_dot_where_factors_would_read_as_something_else(factors, latex):
    """23 is no product, 2½ is a sum, σ(x) a function of x."""
    assert beside(*factors) == latex


@pytest.mark.parametrize("before", ["b", "2", r"\theta", "(x + 1)", r"\frac{a}{b}"])
def test_a_dot_after_sigma_wherever_it_stands(before):
    r"""b \sigma (x) would be b times the function of x: LaTeX does not see the blank."""
    for written in (beside(before, r"\sigma", "(x)"), beside(beside(before, r"\sigma"), "(x)")):
        assert written.endswith(r"\sigma \cdot (x)")


@pytest.mark.parametrize(
    ("inside", "latex"), [("x", "(x)"), ("x + y", "(x + y)"), (r"\frac{x}{y}", r"\left(\frac{x}{y}\right)")]
)
def test_brackets_grow_around_what_is_tall(inside, latex):
    """Plain ones for a line, growing ones around a fraction."""
    assert bracket(inside) == latex


@pytest.mark.parametrize("tall", [r"\frac{x}{y}", r"\sum_{j=1}^{3} x_{j}", r"\sqrt{x}", r"\left(\frac{x}{y}\right)"])
def test_brackets_around_brackets_grow_with_them(tall):
    r"""\left and \right come in pairs, however deep."""
    latex = bracket(bracket(tall) + " + 1")
    assert latex.startswith(r"\left(")
    assert latex.count(r"\left(") == latex.count(r"\right)")


# ---------------------------------------------------------------------------------------------------------------- forms

LEVELS = [SUM, OPERATOR, NEGATION, PRODUCT, POWER, ATOM]


def test_the_levels_in_order():
    """A sum holds together the least, a name the most."""
    assert sorted(LEVELS) == LEVELS
    assert len(set(LEVELS)) == 6


@pytest.mark.parametrize("place", LEVELS)
@pytest.mark.parametrize("level", LEVELS)
def test_brackets_stand_where_an_operand_holds_less_tightly(place, level):
    """There, and nowhere else."""
    text, _ = Form("f {}", ATOM, place).write([("x", level)])
    assert text == ("f (x)" if level < place else "f x")


def test_each_place_has_its_level():
    """One number serves all places, a tuple has one for each."""
    operands = [("a + b", SUM), ("c·d", PRODUCT)]
    assert Form("{} ? {}", SUM, SUM).write(operands)[0] == "a + b ? c·d"
    assert Form("{} ? {}", SUM, ATOM).write(operands)[0] == "(a + b) ? (c·d)"
    assert Form("{} ? {}", SUM, (SUM, ATOM)).write(operands)[0] == "a + b ? (c·d)"
    with pytest.raises(ValueError, match="zip"):
        Form("{}", SUM, (SUM, ATOM)).write(operands[:1])


def test_a_form_may_be_a_function():
    """It is given the texts, brackets included."""
    assert Form(lambda *xs: "; ".join(xs), ATOM, PRODUCT).write([("a + b", SUM), ("c", ATOM)]) == ("(a + b); c", ATOM)


def test_a_form_may_have_brackets_of_its_own():
    """Those of LaTeX grow."""
    operand = (r"\frac{a}{b} + c", SUM)
    assert Form("{}^2", POWER, ATOM, "[{}]".format).write([operand])[0] == r"[\frac{a}{b} + c]^2"
    assert latex_form("{}^2", POWER, ATOM).write([operand])[0] == r"\left(\frac{a}{b} + c\right)^2"


@pytest.mark.parametrize("minus", ["−", "-"])
@pytest.mark.parametrize(("level", "result"), [(ATOM, NEGATION), (PRODUCT, NEGATION), (NEGATION, NEGATION), (SUM, SUM)])
def test_a_text_that_begins_with_a_minus_is_a_negation(minus, level, result):
    """Whatever the operation: −2·x is no product where a product is asked for."""
    assert Form("{}·x", level).write([(f"{minus}2", NEGATION)]) == (f"{minus}2·x", result)


@pytest.mark.parametrize(
    ("sign", "level", "left", "right"),
    [
        (" + ", SUM, "a + b + c", "a + (b + c)"),
        (" − ", SUM, "a − b − c", "a − (b − c)"),
        ("·", PRODUCT, "a·b·c", "a·(b·c)"),
        ("/", PRODUCT, "a/b/c", "a/(b/c)"),
    ],
)
def test_an_operation_between_its_operands_reads_from_the_left(sign, level, left, right):
    """(a − b) − c needs no brackets, a − (b − c) does."""
    notation = infix(sign, level)
    assert notation.symbol == sign.strip()
    assert notation.level == level
    first = notation.write([("a", ATOM), ("b", ATOM)]), level
    second = notation.write([("b", ATOM), ("c", ATOM)]), level
    assert notation.write([first, ("c", ATOM)]) == left
    assert notation.write([("a", ATOM), second]) == right


def test_a_negation_stands_first_in_a_product_without_brackets():
    """−2·x needs none, x·(−2) does, and so does a base."""
    times = infix("·", PRODUCT, "×")
    assert times.symbol == "×"
    assert times.write([("−2", NEGATION), ("x", ATOM)]) == "−2·x"
    assert times.write([("x", ATOM), ("−2", NEGATION)]) == "x·(−2)"


def test_a_notation_is_a_symbol_and_two_forms():
    """In plain text and in LaTeX; where nothing is said about LaTeX it is a call by the name of the symbol."""
    plain = Notation("f", "f({}, {})")
    assert plain.symbol == "f"
    assert plain.level == ATOM
    assert plain.write([("a + b", SUM), ("c", ATOM)]) == "f(a + b, c)"
    assert plain.latex.write([("a + b", SUM), ("c", ATOM)]) == (r"\operatorname{f}(a + b, c)", POWER)
    other = Notation("f", "f({})", latex=latex_form("f_{{{}}}", ATOM))
    assert other.latex.write([("x", ATOM)]) == ("f_{x}", ATOM)


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("sin", r"\sin(x)"),
        ("arctan", r"\arctan(x)"),
        ("max", r"\max(x)"),
        ("erf", r"\operatorname{erf}(x)"),
        ("ReLU", r"\operatorname{ReLU}(x)"),
        ("my_op", r"\operatorname{my\_op}(x)"),
        ("a$b{c}\\", r"\operatorname{abc}(x)"),
        ("|·|", r"\operatorname{f}(x)"),
    ],
)
def test_a_function_call_in_latex(name, latex):
    """By LaTeX's own command where there is one, by name otherwise, and by f where the name has no letters."""
    assert call(name).write([("x", ATOM)]) == (latex, POWER)


def test_the_argument_of_a_call_has_the_only_brackets_it_needs():
    """They grow, and those of a sum in them are not doubled."""
    assert call("sin").write([("x + y", SUM)])[0] == r"\sin(x + y)"
    assert call("sin").write([(r"\frac{x}{y}", POWER)])[0] == r"\sin\left(\frac{x}{y}\right)"


def test_a_base_with_an_exponent():
    """The exponent stands in braces of its own."""
    assert PRIMITIVES["pow"].notation.latex.write([("x", ATOM), ("n + 1", SUM)])[0] == "x^{n + 1}"


@pytest.mark.parametrize(
    ("text", "level"),
    [("x", ATOM), ("w₁₁", ATOM), ("0.5", ATOM), ("−3", NEGATION), ("-3", NEGATION), ("a b", SUM), ("x + 1", SUM)],
)
def test_the_level_of_a_name(text, level):
    """A minus sign or a blank in a name asks for brackets."""
    assert level_of(text) == level
