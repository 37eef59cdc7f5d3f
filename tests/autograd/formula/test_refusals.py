"""Formulas that cannot be read: where, and why; the place is shown by a caret."""

import pickle

import pytest
from formula_numbers import NUMBERS, x
from walks import walked

from autograd.formula.lexer import FormulaError
from autograd.formula.parser import parse

# --------------------------------------------------------------------------------------------------------------- refusals

WANTED = "here a number, a name or a bracket is expected"
REFUSED = {
    "": (0, "no formula"),
    "   ": (0, "no formula"),
    "$$": (0, "no formula"),
    "w1*x1 + + b": (8, WANTED),
    "x +": (3, WANTED),
    "x · ": (3, WANTED),
    "x^": (2, WANTED),
    "-": (1, WANTED),
    "· x": (0, WANTED),
    "x */ y": (3, WANTED),
    "()": (1, WANTED),
    "(x + )": (5, WANTED),
    "sin": (3, WANTED),
    "sin + x": (4, WANTED),
    "sin^2": (5, WANTED),
    "sin^ x": (6, WANTED),
    r"\frac{x}": (8, WANTED),
    r"\frac{}{x}": (6, WANTED),
    r"\frac": (5, WANTED),
    r"\sqrt": (5, WANTED),
    "max(x, )": (7, WANTED),
    "1_{x > 0": (2, "never closed"),
    "(x + y": (0, "never closed"),
    "x(y + (z)": (1, "never closed"),
    "|x": (0, "never closed"),
    "[x > 0": (0, "never closed"),
    "sin(x": (3, "never closed"),
    "x)": (1, "never opened"),
    ")": (0, "never opened"),
    "x + y]": (5, "never opened"),
    "(x]": (2, "here ) is expected"),
    "[x)": (2, "here ] is expected"),
    r"\left|x)": (7, r"here \right| is expected"),
    r"x \right|": (2, "never opened"),
    "x⁽²": (3, "here ) is expected"),
    "q": (0, "q is not known here; the names are"),
    "x + w_3": (4, "w_3 is not known here; is w_2 meant?"),
    "x_1_2": (0, "x_1_2 is not known here"),
    "x1_2": (0, "x1_2 is not known here"),
    "x_12": (0, "x_12 is not known here"),
    "a^(1)_3": (0, "a^(1)_3 is not known here; is a^(1)_2 meant?"),
    "x2y + x3": (6, "x3 is not known here"),
    "x' + y": (0, "x' is not known here"),
    "nex": (0, "is net meant?"),
    "tnah(x)": (0, "is tanh meant?"),
    r"x + \foo": (4, r"\foo is not known"),
    r"\hat q": (0, r"\hat q is not known"),
    "∂q/∂w_1": (0, "∂q/∂w_1 is not known here; is ∂L/∂w_1 meant?"),
    "2 + xⁿ": (5, "n is not known"),
    "x @ y": (2, "the character '@'"),
    "x + #": (4, "the character '#'"),
    "3!": (1, "the character '!'"),
    "x\x00": (1, "the character"),
    "x; y": (1, "the character ';'"),
    "\\": (0, "the character"),
    "0,5": (1, "a number has a point, as in 0.5"),
    "0{,}5x": (2, "a number has a point, as in 0.5"),
    "log(0,5)": (0, "log takes 1 argument, not 2; a number has a point"),
    "x, y": (1, "a comma stands between the arguments"),
    "log(x, y)": (0, "log takes 1 argument, not 2"),
    "x + atan2(x)": (4, "atan2 takes 2 arguments, not 1"),
    "max(x)": (0, "max takes 2 arguments, not 1"),
    "max x": (0, "max takes 2 arguments, not 1"),
    "clip(x, 1)": (0, "clip takes 3 arguments, not 2"),
    "leaky_relu(x, 1, 2)": (0, "leaky_relu takes 2 arguments, not 3"),
    "x^65": (2, "whole-number exponents go up to 64"),
    "x^{-65}": (2, "whole-number exponents go up to 64"),
    "x⁹⁹": (1, "whole-number exponents go up to 64"),
    "sin^{65}(x)": (4, "whole-number exponents go up to 64"),
    "2^2^100": (4, "whole-number exponents go up to 64"),
    "x = y": (2, "one formula is read at a time"),
    "= y": (0, "one formula is read at a time"),
    "x ≈ 0.8": (2, "one formula is read at a time"),
    "x > 0": (2, "a comparison stands in square brackets"),
    "(x > 0)": (3, "a comparison stands in square brackets"),
    "1_{x}": (4, "a comparison is expected"),
    "[0 < x < 1]": (7, "a comparison stands in"),
    "(x)'": (3, "a prime stands behind"),
    "(x)_1": (3, "an index stands behind a vector"),
    "σ″(z)": (1, "the character '″'"),
    "σ''(z)": (0, "first derivative of a function of one argument"),
    "max'(x, y)": (0, "first derivative of a function of one argument"),
    "Σᵢ x": (0, "write its bounds, as in Σ_{i=1}^{3}"),
    "x + Σⱼ₌₁² w₁ⱼ·x": (10, "w₁ⱼ is not known here"),
    "∏ x": (0, "write its bounds, as in Σ_{i=1}^{3}"),
    r"\int x": (0, "integrals are not read: write what they come to"),
    "x + ⋯ + y": (4, "write all the terms"),
    r"x + \cdots + y": (4, "write all the terms"),
    "x + ... + y": (4, "write all the terms"),
    # what can be read in two ways
    "1/2x": (3, "write (1/2)·… or 1/(2·…)"),
    "1/2(t-o)^2": (3, "write (1/2)·… or 1/(2·…)"),
    "x + 3/4 sin x": (8, "write (3/4)·… or 3/(4·…)"),
    "log o (1-o)": (6, "whole argument of the function in brackets"),
    "sin 2x(y)": (6, "whole argument of the function in brackets"),
    "sin x |y|": (6, "whole argument of the function in brackets"),
    "log2x": (0, "write log_2(x), or log(2x)"),
    "log_3 x": (3, "base e, 2 or 10"),
    "log₃ x": (3, "base e, 2 or 10"),
    "log^{-1}(x)": (4, "write 1/log(…)"),
    "σ⁻¹(x)": (1, "write 1/σ(…)"),
    "2½": (1, "a sign is expected here"),
    r"2\frac{1}{2}": (1, "a sign is expected here"),
    "x 2": (2, "a sign is expected here"),
    "(x)2": (3, "a sign is expected here"),
    "2 3": (2, "a sign is expected here"),
    "1.5.2": (3, "a sign is expected here"),
    "x" * 41: (0, "over 40 letters"),
    "x+" * 1000 + "x": (2000, "up to 2,000 characters"),
    "(" * 61 + "x" + ")" * 61: (60, "brackets and powers in one another go up to 60"),
    "-" * 61 + "x": (60, "brackets and powers in one another go up to 60"),
    "sin " * 61 + "x": (240, "brackets and powers in one another go up to 60"),
    "e^" * 61 + "x": (121, "brackets and powers in one another go up to 60"),
}


@walked([(k, *v) for k, v in REFUSED.items()])
def test_a_text_that_cannot_be_read_is_refused_at_its_place(text, position, reason):
    """The error knows the text and the place, and says in a sentence what is wrong there."""
    with pytest.raises(FormulaError) as caught:
        parse(text, NUMBERS)
    error = caught.value
    assert (error.text, error.position) == (text, position)
    assert reason in error.reason
    assert isinstance(error, ValueError)


def test_so_much_is_still_read():
    """Sixty brackets, 2,000 characters, an exponent of 64, forty letters."""
    assert parse("(" * 60 + "x" + ")" * 60, NUMBERS).data == x
    assert parse("x" + "+1" * 999 + " ", NUMBERS).data == pytest.approx(x + 999)
    assert parse("x^64", NUMBERS).data == x**64
    assert parse("x" * 40, NUMBERS).data == pytest.approx(x**40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("w1*x1 + + b", f"w1*x1 + + b\n        ^ {WANTED}"),
        ("x\n+ + y", f"x + + y\n    ^ {WANTED}"),
        ("y\u0302 + + y", f"y\u0302 + + y\n    ^ {WANTED}"),
        ("", "\n^ there is no formula here"),
        ("x +", f"x +\n   ^ {WANTED}"),
    ],
)
def test_the_message_has_a_caret_under_the_place(text, shown):
    """The text on one line, below it the caret and the sentence."""
    with pytest.raises(FormulaError) as caught:
        parse(text, NUMBERS)
    assert str(caught.value) == shown


def test_a_long_text_is_shown_around_the_place():
    """A hundred characters of it, with the caret still under the right one."""
    for before, behind in [(5, 400), (150, 300), (900, 0)]:
        text = "x+" * before + "@" + "+x" * behind
        with pytest.raises(FormulaError) as caught:
            parse(text, NUMBERS)
        line, caret = str(caught.value).split("\n")
        assert len(line) <= 102
        assert line[caret.index("^")] == "@"


def test_the_error_can_be_pickled():
    """It comes back with all that it knows."""
    error = pickle.loads(pickle.dumps(FormulaError("x +", 3, "more")))
    assert (error.text, error.position, error.reason, str(error)) == ("x +", 3, "more", "x +\n   ^ more")


def test_two_spellings_of_one_name_are_refused():
    """w1 and w_1 cannot stand for two Values."""
    with pytest.raises(ValueError, match="'w1' and 'w_1' are one name"):
        parse("w1", {"w1": 1.0, "w_1": 2.0})
    with pytest.raises(TypeError, match="real numbers"):
        parse("x", {"x": "0.5"})
