"""What somebody wrote on a line: numbers with the digits they promise, formulas, and chains of both, over several lines.

Decimal knows how many digits a text has, and Fraction what it is worth; the places in a chain are found by str.index.
"""

import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_runs import examples

from autograd import Value
from autograd.formula.lexer import FormulaError
from autograd.mark.claims import read_claim
from autograd.mark.numerals import written_number
from autograd.rewriting import value_at

NUMBERS = {"o": 0.6, "t": 0.3, "x": 1.3, "z": -0.2, "w_1": 0.5}
NAMES = {name: Value(number, label=name) for name, number in NUMBERS.items()}


def read(text, line=""):
    return read_claim(text, NAMES, line)


def texts(claim):
    return [piece.text for piece in claim.pieces]


# ------------------------------------------------------------------------------------------------------ numbers, by a table

WRITTEN = {  # value, unit of the last digit, significant digits
    "0.2570": ("0.257", "0.0001", 4),
    "0.257": ("0.257", "0.001", 3),
    "  0.5 ": ("0.5", "0.1", 1),
    ".5": ("0.5", "0.1", 1),
    "12.50": ("12.5", "0.01", 4),
    "0.0012": ("0.0012", "0.0001", 2),
    "1.0": ("1", "0.1", 2),
    "250": ("250", "1", 3),
    "10": ("10", "1", 2),
    # a minus in three spellings, a plus, a blank behind either
    "-0.50": ("-0.5", "0.01", 2),
    "−0.50": ("-0.5", "0.01", 2),
    "–0.50": ("-0.5", "0.01", 2),
    "- 0.50": ("-0.5", "0.01", 2),
    "+0.50": ("0.5", "0.01", 2),
    "−.5": ("-0.5", "0.1", 1),
    # a whole number below ten promises one decimal
    "2": ("2", "0.1", 1),
    "-3": ("-3", "0.1", 1),
    "0": ("0", "0.1", 0),
    "9": ("9", "0.1", 1),
    "2.": ("2", "0.1", 1),
    # nothing is significant in a nought, but its decimals count
    "0.000": ("0", "0.001", 0),
    # decimal comma
    "0,2570": ("0.257", "0.0001", 4),
    "−1,25": ("-1.25", "0.01", 3),
    ",5": ("0.5", "0.1", 1),
    "1,234": ("1.234", "0.001", 4),
    "1,5e-3": ("0.0015", "0.0001", 2),
    # both signs: the last one is the decimal sign
    "1,234.5": ("1234.5", "0.1", 5),
    "1.234,5": ("1234.5", "0.1", 5),
    "12,345,678.90": ("12345678.9", "0.01", 10),
    "12.345.678,90": ("12345678.9", "0.01", 10),
    # exponents, in all their spellings
    "1.2e-3": ("0.0012", "0.0001", 2),
    "1.2E−3": ("0.0012", "0.0001", 2),
    "1.20e+3": ("1200", "10", 3),
    "1.2·10^-3": ("0.0012", "0.0001", 2),
    "1.2*10^-3": ("0.0012", "0.0001", 2),
    "1.2 * 10**-3": ("0.0012", "0.0001", 2),
    "1.2 × 10^−3": ("0.0012", "0.0001", 2),
    "1.2·10⁻³": ("0.0012", "0.0001", 2),
    "1.2·10⁻⁵": ("0.000012", "0.000001", 2),
    "6.02·10²³": ("602000000000000000000000", "1000000000000000000000", 3),
    "1.2·10¹²": ("1200000000000", "100000000000", 2),
    r"1.2 \cdot 10^{-3}": ("0.0012", "0.0001", 2),
    r"-1.2 \times 10^{2}": ("-120", "10", 2),
    "2e3": ("2000", "1000", 1),
    # percent
    "12 %": ("0.12", "0.01", 2),
    "12%": ("0.12", "0.01", 2),
    "−12.5%": ("-0.125", "0.001", 3),
    r"12.5 \%": ("0.125", "0.001", 3),
    "0,25 %": ("0.0025", "0.0001", 2),
    "5 %": ("0.05", "0.001", 1),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_number_is_read_with_its_digits(text):
    """Its value, what its last digit counts, and how many digits are significant."""
    value, unit, digits = WRITTEN[text]
    number = written_number(text)
    assert number.value == float(value)
    assert number.unit == float(unit)
    assert number.digits == digits


@pytest.mark.parametrize("text", ["0.2570", "−1,25", "12 %", "1.2·10⁻³", "250"])
def test_a_number_is_a_whole_claim(text):
    """A line with a number on it has one piece, which is the result, and no formula."""
    claim = read(text)
    assert claim.number == written_number(text)
    assert texts(claim) == [text]
    assert claim.formulas == []


@pytest.mark.parametrize(
    "text", ["", " ", ".", ",", "-", "+", "%", "e5", "x", "0.5x", "1/3", "0.5 0.6", "1..2", "1.2.3", "1,2,3", "--1", "0x10",
             "1e", "1.5e2.5", "inf", "nan", "½", "√2", "10 % 5"]
)  # fmt: skip
def test_other_texts_are_no_written_numbers(text):
    """None for them, whatever they are worth as formulas."""
    assert written_number(text) is None


@pytest.mark.parametrize("exponent", [301, 5000, 10**9])
@pytest.mark.parametrize("sign", ["", "-"])
def test_numbers_beyond_floats_are_none(sign, exponent):
    """Nobody's line has them, and their unit would be no number."""
    assert written_number(f"1e{sign}{exponent}") is None


# -------------------------------------------------------------------------------------------------- numbers, as properties

DECIMALS = st.integers(1, 12)
SIGNS = st.sampled_from(["", "-", "−", "–"])


def plain(text):
    return text.replace("−", "-").replace("–", "-")


@st.composite
def decimals(draw):
    """A number with n decimals, as text with a point, and n."""
    n = draw(DECIMALS)
    whole = draw(st.integers(0, 99_999))
    return f"{draw(SIGNS)}{whole}.{draw(st.integers(0, 10**n - 1)):0{n}d}", n


@examples(300)
@given(decimals(), st.sampled_from([".", ","]))
def test_n_decimals_are_read_back_as_a_unit_of_ten_to_the_minus_n(written, sign):
    """To the last bit the number is what Python reads, and its unit is 10⁻ⁿ."""
    text, n = written
    number = written_number(text.replace(".", sign))
    assert number.value == float(plain(text))
    assert number.unit == float(f"1e-{n}")
    digits = Decimal(plain(text)).as_tuple().digits
    assert number.digits == (len(digits) if any(digits) else 0)


@examples(300)
@given(decimals(), st.integers(-30, 30), st.sampled_from(["{}e{}", "{}·10^{}", "{}·10^{{{}}}", "{} × 10**{}"]))
def test_an_exponent_moves_the_number_and_its_unit(written, k, spelling):
    """Both are 10ᵏ times what they are without it; the digits stay."""
    text, n = written
    number, bare = written_number(spelling.format(text, k)), written_number(text)
    assert number.value == float(Fraction(Decimal(plain(text))) * Fraction(10) ** k)
    assert number.unit == float(Fraction(10) ** (k - n))
    assert number.digits == bare.digits


@examples()
@given(decimals(), st.sampled_from(["%", " %", r"\%"]))
def test_percent_are_hundredths(written, sign):
    """Number and unit are a hundredth of what they are without the sign."""
    text, n = written
    number = written_number(text + sign)
    assert number.value == float(Fraction(Decimal(plain(text))) / 100)
    assert number.unit == float(f"1e-{n + 2}")


@examples()
@given(st.integers(1_000, 10**12), st.integers(1, 6), st.booleans())
def test_groups_of_three_digits_are_read_as_one_number(whole, n, german):
    """With commas and a point, as Python writes them, or the other way round."""
    text = f"{Decimal(whole) + Decimal(10) ** -n:,.{n}f}"
    number = written_number(text.translate(str.maketrans(",.", ".,")) if german else text)
    assert number.value == float(text.replace(",", ""))
    assert number.unit == float(f"1e-{n}")


@examples()
@given(st.integers(10, 10**9), SIGNS)
def test_a_whole_number_of_several_digits_counts_ones(whole, sign):
    """250 speaks for no decimals."""
    number = written_number(f"{sign}{whole}")
    assert (number.value, number.unit) == (float(plain(f"{sign}{whole}")), 1.0)


# -------------------------------------------------------------------------------------------------- numbers to be worked out

WORKED = {
    "1/3": Fraction(1, 3),
    "-1/3": Fraction(-1, 3),
    "0.40·0.593269 + 0.60": Fraction("0.40") * Fraction("0.593269") + Fraction("0.60"),
    "0,40·0,593269 + 0,60": Fraction("0.40") * Fraction("0.593269") + Fraction("0.60"),
    "2 - 0.35": Fraction("1.65"),
    "(1 - 0.25)·0.25": Fraction(3, 16),
    "½": Fraction(1, 2),
    "0.5²": Fraction(1, 4),
    r"\frac{3}{8}": Fraction(3, 8),
    "√2": math.sqrt(2),
    "√2,25": 1.5,
    "1/(1 + e^-0.5)": 1 / (1 + math.exp(-0.5)),
    "−log 0.7": -math.log(0.7),
}


@pytest.mark.parametrize("text", WORKED)
def test_a_number_to_be_worked_out_is_exact(text):
    """It is what it comes to; how far off its own numbers may be is asked where it is judged."""
    claim = read(text)
    assert claim.number.value == pytest.approx(float(WORKED[text]), rel=1e-15)
    assert claim.number.unit == 0.0
    assert claim.pieces[0].formula.data == claim.number.value
    assert claim.formulas == []


@pytest.mark.parametrize("text", ["1/0", "-1/0", "0/0", "log 0", "√(-1)", "10^400", "∞", "1e999"])
def test_what_comes_to_no_number_is_refused(text):
    """With the place where it begins in the chain."""
    for before in ("", "0.25 = ", "o − t = "):
        with pytest.raises(FormulaError, match="no number to go on with") as caught:
            read(before + text)
        assert caught.value.position == len(before)
        assert caught.value.text == before + text


# ------------------------------------------------------------------------------------------------------------------- chains


@pytest.mark.parametrize("sign", ["=", "≈", "≃", ":=", "==", r"\approx"])
def test_a_chain_has_pieces_numbers_and_formulas(sign):
    """Formulas have names in them; the last number is the result, those before it are the way to it."""
    claim = read(f"o·t {sign} 0.6·0.3 {sign} 0.2 {sign} 0.18")
    assert texts(claim) == ["o·t", "0.6·0.3", "0.2", "0.18"]
    assert [piece.text for piece in claim.formulas] == ["o·t"]
    assert [piece.text for piece in claim.pieces if piece.number] == ["0.6·0.3", "0.2", "0.18"]
    assert claim.number == written_number("0.18")


def test_a_formula_piece_is_a_graph_over_the_names():
    """Its leaves are the Values that the names stand for, and it is worth what it says."""
    (piece,) = read(r"-t/o + \frac{1-t}{1-o}").pieces
    o, t = NUMBERS["o"], NUMBERS["t"]
    assert piece.number is None
    assert piece.formula.data == pytest.approx(-t / o + (1 - t) / (1 - o), rel=1e-15)
    assert value_at(piece.formula, {NAMES["o"]: 0.25, NAMES["t"]: 0.5}) == pytest.approx(-2 + 0.5 / 0.75, rel=1e-15)


def test_a_chain_that_ends_in_a_formula_has_no_number():
    """Whatever numbers stand before it."""
    assert read("0.18 = o·t").number is None
    assert read("0.5 = 1/2 = x").number is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("= o − t", ["o − t"]),
        ("≈ 0.5", ["0.5"]),
        ("o - t\n= -(t - o)\n= -t + o", ["o - t", "-(t - o)", "-t + o"]),
        ("o - t =\n-(t - o) =\n-t + o", ["o - t", "-(t - o)", "-t + o"]),
        ("o - t\n-(t - o)\n-t + o", ["o - t", "-(t - o)", "-t + o"]),
        ("o - t\n\n   = -(t - o)\n", ["o - t", "-(t - o)"]),
        ("o - t\r\n= -(t - o)\r\n", ["o - t", "-(t - o)"]),
        ("o - t; -(t - o)", ["o - t", "-(t - o)"]),
        ("0.6·0.3\n≈ 0.2", ["0.6·0.3", "0.2"]),
        ("0.6·0.3\n\\approx 0.2", ["0.6·0.3", "0.2"]),
        ("0.6·0.3 ≈\n0.2", ["0.6·0.3", "0.2"]),
        (r"o - t \\ &= -(t - o) \\[2pt] &= -t + o", ["o - t", "-(t - o)", "-t + o"]),
        ("o - t &= -(t - o)", ["o - t", "-(t - o)"]),
        (r"0.6·0.3 \\ & \approx 0.18", ["0.6·0.3", "0.18"]),
        ("&= o - t \\\\\n&= -(t - o)", ["o - t", "-(t - o)"]),
        (["o - t", "-(t - o)", "= -t + o"], ["o - t", "-(t - o)", "-t + o"]),
        (("0.6·0.3", "0.18"), ["0.6·0.3", "0.18"]),
        (["", "o - t", "", "= -(t - o)"], ["o - t", "-(t - o)"]),
    ],
)
def test_a_chain_goes_over_several_lines(text, parts):
    """Each line is one more member, whether it begins with a sign of equality or the one before ends with one."""
    claim = read(text)
    assert texts(claim) == parts
    assert [piece.formula.data for piece in claim.formulas] == pytest.approx([0.6 - 0.3] * len(claim.formulas))


def test_the_text_of_a_claim_stays_as_it_was_written():
    """Line breaks and all, but for blanks around it."""
    assert read("  z = 0.6·0.3\n  = 0.18 \n", "z").text == "z = 0.6·0.3\n  = 0.18"


SAME_LINE = st.lists(
    st.sampled_from(["o − t", "-t/o", "0.25", "x(1 − x)", "1/3", "w1·x", "0,5", "[o > t]", r"\frac{o}{1 - t}"]),
    min_size=1,
    max_size=6,
)


@examples()
@given(SAME_LINE, st.sampled_from([" = ", "=", " ≈ ", "  =  ", r" \approx "]))
def test_pieces_know_their_places(members, sign):
    """Each stands in the text where it says, one behind the other."""
    text = sign.join(members)
    claim = read(text)
    assert texts(claim) == members
    end = 0
    for piece in claim.pieces:
        assert piece.position == text.index(piece.text, end)
        end = piece.position + len(piece.text)


@examples()
@given(
    SAME_LINE, SAME_LINE, st.sampled_from(["o − § t", "§", "x·(o − §)", "0.5 + §"]), st.sampled_from([" = ", "\n= ", "\n"])
)
def test_an_error_knows_its_place_in_the_chain(before, after, broken, joined):
    """On whatever line of a chain the sign stands that nobody knows, the error points at it."""
    with pytest.raises(FormulaError) as caught:
        read(joined.join([*before, broken, *after]))
    error = caught.value
    assert error.text[error.position] == "§"
    assert error.text[: error.position].count("=") == len(before)
    assert "'§'" in error.reason
    caret = str(error).splitlines()[1].index("^")
    assert str(error).splitlines()[0][caret] == "§"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("o − t = q", "q", "q is not known here"),
        ("o − t = = t", "= t", "a formula is expected"),
        ("0.18 = o·(t", "(t", "never closed"),
        ("o·t = 0.18)", ")", "never opened"),
        ("o·t = 2x 3", "3", "a sign is expected"),
    ],
)
def test_errors_of_reading_point_into_the_chain(text, place, reason):
    """The place counts from the beginning of the whole chain, not of the member."""
    with pytest.raises(FormulaError, match=reason) as caught:
        read(text)
    assert caught.value.text == text
    assert caught.value.position == text.rindex(place)


# ------------------------------------------------------------------------------------------------------- the line's own name


@pytest.mark.parametrize(
    ("line", "text", "parts"),
    [
        ("z", "z = 0.3775", ["0.3775"]),
        ("z", "z=0.6·0.3=0.18", ["0.6·0.3", "0.18"]),
        ("z", "z\n= o − t", ["o − t"]),
        ("z", "z := 0.5", ["0.5"]),
        ("z", "z ≈ 0.5", ["0.5"]),
        ("w_1", "w1 = 0.5", ["0.5"]),
        ("w_1", "w₁ = 0.5", ["0.5"]),
        ("∂E/∂o", "∂E/∂o = o − t", ["o − t"]),
        ("∂E/∂o", r"\frac{\partial E}{\partial o} = o − t", ["o − t"]),
        ("my line", "my line = 0.5", ["0.5"]),
        ("z", "w_1 = 0.5", ["w_1", "0.5"]),
        ("z", "-z = 0.5", ["-z", "0.5"]),
        ("z", "2z = 0.5", ["2z", "0.5"]),
        ("z", "0.5", ["0.5"]),
        ("", "z = 0.5", ["z", "0.5"]),
    ],
)
def test_a_claim_may_begin_with_the_name_of_its_line(line, text, parts):
    """In any of its spellings, and it is no member of the chain; another name is one."""
    assert texts(read(text, line)) == parts


def test_a_line_need_not_be_known_to_be_named():
    """Its name is none that formulas may speak of."""
    assert texts(read("q = 3x", "q")) == ["3x"]
    with pytest.raises(FormulaError, match="q is not known"):
        read("q = 3x", "r")


# --------------------------------------------------------------------------------------------------------------------- blank


@pytest.mark.parametrize(
    "text", [None, "", "   ", "\n", "?", "??", "…", "...", "-", "–", "—", "_____", "- - -", " . ", [], [""], ["", "  "],
             "z = ?", "z = ___", "z = …", "o − t = ?", "z = o − t = 0.5 = ?"]
)  # fmt: skip
def test_a_line_that_nobody_worked_out_is_blank(text):
    """Whatever stands there for it; a chain without its end is blank too."""
    assert read(text, "z") is None


@pytest.mark.parametrize("text", ["0", "-1", "0.0", "x", "−x", ".5", "0 = 0"])
def test_a_claim_is_not_blank(text):
    """A nought is a claim, as is a name."""
    assert read(text).text == text


@pytest.mark.parametrize("text", ["?x", "? = x", "…1", "x = ? = 0.5"])
def test_a_question_mark_elsewhere_is_an_error(text):
    """What cannot be read is not taken for a blank."""
    with pytest.raises(FormulaError):
        read(text)


# ------------------------------------------------------------------------------------------------------------------ no texts


@pytest.mark.parametrize(
    "what", [True, math.nan, math.inf, np.float32(0.25), np.zeros(2), b"0.5", {"z": "0.5"}, object, [[1]]]
)
@pytest.mark.parametrize("wrapped", [lambda x: ["0.5", x], lambda x: (x, "0.5")])
def test_what_is_neither_text_nor_a_number_is_refused(what, wrapped):
    """Also as a member of a list."""
    with pytest.raises(TypeError, match="a claim is text, as it was written") as caught:
        read(wrapped(what))
    assert repr(str(what)) in str(caught.value)


@pytest.mark.parametrize(
    ("what", "text"),
    [(0.257, "0.257"), (-0.5, "-0.5"), (1, "1"), (0, "0"), (np.float64(0.25), "0.25"), (np.int8(-3), "-3"), (1e-7, "1e-07"),
     (Decimal("0.2570"), "0.2570"), (Fraction(-1, 3), "-1/3")],
)  # fmt: skip
def test_a_number_is_taken_as_python_shows_it(what, text):
    """With the digits that are left: a Decimal has kept its zeros."""
    claim, written = read(what), read(text)
    assert claim.text == text
    assert claim.number == written.number
    assert texts(read(["o·t", what])) == ["o·t", text]


@pytest.mark.parametrize(("line", "shown"), [("z", "z=True"), ("∂E/∂o", "∂E/∂o: True"), ("", "True")])
def test_the_refusal_names_the_line(line, shown):
    """As a keyword where it could be one."""
    with pytest.raises(TypeError, match=f"^{re.escape(shown)}: a claim is text") as caught:
        read(True, line)
    assert "'True'" in str(caught.value)
