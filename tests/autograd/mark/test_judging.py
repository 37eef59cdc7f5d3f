"""Where the border lies between a number that rounding explains and one that it does not: each by hand, on either side."""

import math
import pickle

import pytest

from autograd import Value, Worksheet, gradient, log, sigmoid
from autograd.mark.comparing import Check
from autograd.mark.judging import MOST_READINGS, _combinations, with_lines
from autograd.mark.marker import Marker
from autograd.mark.numerals import written_number
from autograd.mark.points import Difference
from autograd.mark.rounding import Kept, usually_kept
from autograd.mark.working import Literal, Member, Near, Worth


def one(**numbers):
    """A line y that is the sum of what is given."""
    return Worksheet(y=sum(Value(x, name) for name, x in numbers.items()))


def verdict(true, written):
    return one(a=0.5, b=true - 0.5).mark({"y": written})["y"].verdict


# -------------------------------------------------------------------------------------------------- one number, by itself


@pytest.mark.parametrize(
    ("true", "written", "expected"),
    [
        (0.64532, "0.645", "right"),
        (0.64549, "0.645", "right"),
        (0.64546, "0.646", "rounded"),  # 0.6455 on the way
        (0.64544, "0.646", "wrong"),
        (0.64590, "0.645", "rounded"),  # cut off
        (0.64590, "0.644", "wrong"),
        (0.64590, "0.64", "rounded"),
        (0.64590, "0.63", "wrong"),
        (0.64590, "0.647", "wrong"),
        (-0.64590, "-0.645", "rounded"),
        (-0.64590, "-0.644", "wrong"),
        (-0.64590, "0.645", "wrong"),
        (0.69, "0.6", "wrong"),  # one digit is nothing to cut off
        (0.61, "0.6", "right"),
        (0.00004, "0.0000", "right"),
        (0.00006, "0.0000", "wrong"),
        (0.00004, "0", "wrong"),  # nothing is no rounded number
        (0.04, "0.0", "wrong"),
        (0.04, "0.00", "wrong"),
        (0.004, "0.00", "right"),
        (12.5, "12.5", "right"),
        (12.54, "12.5", "right"),
        (12.56, "12.5", "rounded"),
        (12.56, "12.4", "wrong"),
        (1254.0, "1300", "wrong"),
        (2.0, "2", "right"),
        (2.04, "2", "right"),
        (2.3, "2", "wrong"),
    ],
)
def test_half_a_unit_is_rounding_and_a_whole_one_is_cutting_off(true, written, expected):
    """Rounded twice, a number may be a tenth more off; whoever cuts off is below, by less than a unit."""
    assert verdict(true, written) == expected


@pytest.mark.parametrize(
    ("y", "z", "verdicts"),
    [  # y = 0.25893, z = 100·y
        ("0.259", "25.9", ("right", "right")),
        ("0.259", "25.90", ("right", "rounded")),  # from 0.259
        ("0.259", "25.893", ("right", "right")),  # from what the calculator holds
        ("0.259", "25.95", ("right", "wrong")),  # from 0.2595, which nobody held
        ("0.259", "25.85", ("right", "wrong")),  # from 0.2585: below what was held
        ("0.258", "25.80", ("rounded", "rounded")),  # cut off
        ("0.258", "25.85", ("rounded", "rounded")),
        ("0.258", "25.69", ("rounded", "wrong")),
        ("0.258", "25.95", ("rounded", "wrong")),
        ("0.310", "31.00", ("wrong", "carried")),
        ("0.310", "31.04", ("wrong", "carried")),  # from 0.3104
        ("0.310", "30.96", ("wrong", "carried")),
        ("0.310", "31.09", ("wrong", "wrong")),
        ("0.310", "30.91", ("wrong", "wrong")),
        ("0.310", "25.893", ("wrong", "right")),
    ],
)
def test_what_may_be_held_behind_a_number(y, z, verdicts):
    """The number itself, or the one behind it, but no other; around a wrong one, whatever rounds to it."""
    a, b = Value(0.15893, "a"), Value(0.1, "b")
    total = a + b
    marking = Worksheet(y=total, z=100.0 * total).mark({"y": y, "z": z})
    assert (marking["y"].verdict, marking["z"].verdict) == verdicts


@pytest.mark.parametrize(
    ("digits", "kept"),
    [
        (["0.641", "0.259", "0.230", "12.345"], Kept(0.001, 3, False)),  # three of them, or three decimals
        (["12.3", "0.123", "0.00123"], Kept(0.0, 3, False)),
        (["12.345", "0.123", "1.234"], Kept(0.001, 5, False)),  # three decimals, or five digits, zeros left out
        (["0.641", "0.259"], None),  # too few to tell
        (["0.6", "0.2", "0.5", "0.1"], None),  # one digit tells nothing
    ],
)
def test_how_somebody_rounds(digits, kept):
    """To decimals or to significant digits, whichever fewer of the numbers lack, or either; two numbers tell nothing."""
    found = usually_kept([written_number(text) for text in digits], False)
    assert found == kept
    cut = usually_kept([written_number(text) for text in digits], True)
    assert (cut is None) == (kept is None)
    assert cut is None or cut.cut


def test_numbers_may_be_taken_in_so_many_ways():
    """All ways together up to two hundred; beyond, all the first, all the last, and one that differs at a time."""
    assert sorted(_combinations([(1, 2), (3,), (4, 5)])) == [(1, 3, 4), (1, 3, 5), (2, 3, 4), (2, 3, 5)]
    assert len(list(_combinations([(0, 1)] * 7))) == 128 <= MOST_READINGS
    assert len(list(_combinations([range(100), range(2)]))) == 200 == MOST_READINGS
    many = [tuple(each) for each in _combinations([(0, 1, 2)] + [(0, 1)] * 7)]
    assert many[:2] == [(0,) * 8, (2, *(1,) * 7)]
    assert many[2:] == [
        tuple((other if k == i else 0) for k in range(8)) for i in range(8) for other in ((1, 2)[: 2 - (i > 0)])
    ]


@pytest.mark.parametrize(
    ("results", "blamed", "places", "cut_off"),
    [  # of 0.645: 0.00055 off is as far as rounding goes
        ([Worth(0.6453, 0.0), Worth(0.6452, 0.0)], [0, 0], [1, 0], False),
        ([Worth(0.6453, 0.001), Worth(0.6452, 0.0)], [0, 0], [0, 1], False),  # 0.3 of 1.55, and 0.2 of 0.55
        ([Worth(0.6453, 0.0), Worth(0.6453, 0.0)], [1, 0], [1, 0], False),
        ([Worth(0.6458, 0.0), Worth(0.6453, 0.0)], [0, 0], [1], False),
        ([Worth(0.6458, 0.0), Worth(0.6459, 0.0)], [1, 0], [1, 0], True),
        ([Worth(0.6462, 0.0005), Worth(0.6461, 0.00015)], [0, 0], [0, 1], True),  # 0.2 of 0.5, and 0.1 of 0.15
        ([Worth(0.6447, 0.0), Worth(0.6470, 0.0)], [0, 0], [0], False),
        ([Worth(0.6470, 0.0)], [0], [], False),
    ],
)
def test_what_is_nearest_explains_a_number_first(results, blamed, places, cut_off):
    """In parts of what each may be off; of two that are as near, the one that rests on fewer wrong lines."""
    judge = Marker(one(a=0.5), {}, {}).judge
    assert judge.explaining(written_number("0.645"), results, blamed) == (places, cut_off)


def test_what_should_have_come_of_a_wrong_line_may_be_gone_on_from():
    """y is neither right nor what 0.6 gives, 1.2; who goes on from that 1.2 rests on a wrong line all the same."""
    x = Value(0.3, "a") + Value(0.2, "b")
    y = 2 * x
    row = Worksheet(x=x, y=y, z=100 * y).mark({"x": "0.600", "y": "1.700", "z": "120.0"})["z"]
    assert (row.verdict, row.sources, row.own) == ("carried", ("y",), pytest.approx(170.0))


def test_a_line_rests_on_the_wrong_formulas_that_are_in_it():
    """Two formulas are wrong, and the number comes of one of them."""
    a, b = Value(0.3, "a"), Value(0.7, "b")
    p, q = a * b, a + b
    sheet = Worksheet(p=p, q=q, r=10 * p)
    row = sheet.mark({"p": "a/b", "q": "a - b", "r": f"{3 / 0.7:.4f}"})["r"]
    assert (row.verdict, row.sources) == ("carried", ("p",))


def test_who_writes_sixteen_digits_keeps_them():
    """Three decimals elsewhere explain no product rounded to 0.070 in a sum that is written to the last digit."""
    a, b, c = Value(0.1234, "a"), Value(0.5678, "b"), Value(0.361234, "c")
    sheet = Worksheet(p=a * 10, q=b * 10, r=c * 2, y=a * b + c)
    written = {"p": "1.234", "q": "5.678", "r": "0.722"}
    assert sheet.mark({**written, "y": "0.431"})["y"].verdict == "right"
    assert sheet.mark({**written, "y": "0.4312340000000000"})["y"].verdict == "wrong"


def test_quantities_that_are_not_written_are_worked_out_from_those_that_are():
    """As this person has them: y is 5 here, and z what follows from that; what is given is what it is."""
    x = Value(2.0, "x")
    y = x * 2
    sheet = Worksheet(y=y, z=y + 1, again=y * x)
    leaves = sheet.leaves
    found = with_lines(sheet.formulas, {leaves["y"]: 5.0})
    assert {name: found[leaf] for name, leaf in leaves.items()} == {"y": 5.0, "z": 6.0, "again": 10.0}
    assert [found[leaf] for leaf in sheet.formulas if leaf.label == "x"] == [2.0]


# ------------------------------------------------------------------------------------------------------------- guesses


def test_a_rare_mistake_needs_four_digits():
    """Times 2 for ½, which is four times what it should be: 0.134 may be anything, 0.1341 hardly."""
    t, o = Value(0.9, "t"), Value(0.641067, "o")
    sheet = Worksheet(E=(o * 1.0 - t) ** 2 / 2)
    right = (0.641067 - 0.9) ** 2 / 2
    assert [d.kind for d in sheet.mark({"E": f"{4 * right:.4f}"})["E"].diagnoses] == ["operation"]
    assert sheet.mark({"E": f"{4 * right:.3f}"})["E"].diagnoses == ()


def test_a_common_mistake_needs_two_digits():
    """Twice what it should be, with two digits and with one."""
    x = Value(0.1234, "x")
    sheet = Worksheet(y=sigmoid(x))
    twice = 2.0 / (1.0 + math.exp(-0.1234))
    assert "This is twice what it should be" in [d.sentence for d in sheet.mark({"y": f"{twice:.3f}"})["y"].diagnoses]
    assert sheet.mark({"y": "1"})["y"].diagnoses == ()


@pytest.mark.parametrize(("n", "guesses"), [(2, 2), (3, 3), (4, 0)])
def test_where_many_mistakes_give_the_digits_nothing_is_said(n, guesses):
    """A term left out where all are equal: which of two or three can be listed, of four it says nothing."""
    terms = [Value(x, name) for x, name in zip([0.3217] * n, "abcd")]
    line = sum(each * Value(1.7, f"k{i}") for i, each in enumerate(terms)) if n < 0 else sum(terms)
    row = Worksheet(y=line + Value(0.811, "e")).mark({"y": f"{0.3217 * (n - 1) + 0.811:.6f}"})["y"]
    assert len([d for d in row.diagnoses if d.kind == "term"]) == guesses


def test_digits_cut_off_are_seen_in_a_guess_too():
    """Who cuts digits off everywhere, and turns a sign round, is told of the sign."""
    a, b, c = Value(0.123477, "a"), Value(0.3, "b"), Value(0.20019, "c")
    sheet = Worksheet(p=a * b, q=b * c, y=a * b * c - b)
    claims = {"p": "0.037043", "q": "0.060057", "y": f"{math.trunc((0.123477 * 0.3 * 0.20019 + 0.3) * 1e6) / 1e6:.6f}"}
    assert [d.kind for d in sheet.mark(claims)["y"].diagnoses] == ["sign"]


def test_what_cancels_against_a_softmax_or_a_sigmoid_may_be_taken_short():
    """∂L/∂z is o − t for who never worked out ∂L/∂o, or did so wrongly: it follows from the o that stands there."""
    w, t = Value(0.58, "w"), Value(0.9, "t")
    z = w * 1.0
    o = sigmoid(z)
    L = -t * log(o) - (1 - t) * log(1 - o)
    sheet = Worksheet({"o": o, "∂L/∂o": gradient(L, o)[0], "∂L/∂z": gradient(L, z)[0]})
    row = sheet.mark({"o": "0.7000", "∂L/∂o": "3.1415", "∂L/∂z": "-0.2000"})["∂L/∂z"]
    assert row.verdict == "carried"
    assert "o" in row.sources
    assert sheet.mark({"o": "0.7000", "∂L/∂o": "3.1415", "∂L/∂z": "-0.2100"})["∂L/∂z"].verdict == "wrong"


def test_a_marking_is_made_of_tuples_with_names():
    """What is kept of a line can be pickled under its own name."""
    for made in (
        Worth(1.0, 0.5),
        Kept(0.1, 0, False),
        Check("x", True),
        Literal("2", 2.0, 0.1, 1),
        Difference([], 1.0, 2.0),
    ):
        assert pickle.loads(pickle.dumps(made)) == made
        assert repr(made).startswith(type(made).__name__ + "(")


# ------------------------------------------------------------------------------------------- what stands before a result


@pytest.mark.parametrize(
    ("worth", "written", "leads"),
    [
        (Worth(0.58, 0.0), "0.58", True),
        (Worth(0.5854, 0.0), "0.59", True),  # rounded twice
        (Worth(0.5844, 0.0), "0.59", False),
        (Worth(0.5899, 0.0), "0.58", True),  # cut off
        (Worth(0.5901, 0.0), "0.58", False),
        (Worth(-0.5899, 0.0), "-0.58", True),
        (Worth(-0.5901, 0.0), "-0.58", False),
        (Worth(-0.5899, 0.0), "0.58", False),
        (Worth(0.59, 0.0), "0.5", False),  # one digit is nothing to cut off
        (Worth(0.54, 0.0), "0.5", True),
        (Worth(0.57, 0.01), "0.58", True),
        (Worth(0.57, 0.0, 0.01), "0.58", True),
        (Worth(0.57, 0.001, 0.002), "0.58", False),
        (Worth(0.5911, 0.0012), "0.58", True),
    ],
)
def test_whether_a_number_is_a_result_rounded_or_cut_off(worth, written, leads):
    """Half a unit and a tenth of that, or less than a unit towards 0, beside what its own numbers may be off."""
    assert worth.leads_to(written_number(written)) is leads


def test_two_worths_agree_within_what_both_may_be_off():
    """0.5 and 0.53 are the same if one may be 0.02 off and the other 0.01."""
    assert Worth(0.5, 0.02).agrees(Worth(0.53, 0.0101))
    assert not Worth(0.5, 0.02).agrees(Worth(0.53, 0.0099))
    assert Worth(0.5, 0.0).agrees(Worth(0.5, 0.0))
    assert not Worth(0.5, 0.0).agrees(Worth(0.5 + 1e-9, 0.0))


@pytest.mark.parametrize(
    ("text", "whole", "put_in", "put_in_beside_half"),
    [
        ("2", True, False, False),
        ("9", True, False, False),
        ("10", False, False, False),
        ("0", True, True, True),  # no formula has a 0
        ("2.0", False, True, True),
        ("0.5", False, True, False),
        ("0.73", False, True, True),
    ],
)
def test_whether_a_number_has_come_with_the_formula(text, whole, put_in, put_in_beside_half):
    """Whole numbers may have; a decimal has if it is one of the formula's; 0 stands for a quantity."""
    literal = Literal(text, *written_number(text))
    assert literal.is_whole is whole
    assert literal.is_put_in(set()) is put_in
    assert literal.is_put_in({0.5}) is put_in_beside_half


def test_a_member_knows_its_numbers():
    """In 0.4·x + 0.30 there are two; −(0.58) is a number in brackets; 0.58 alone is one too."""
    sheet = one(x=0.7, b=0.3)
    piece = sheet.read("y", "0.4·x + 0.30").pieces[0]
    assert sorted(literal.text for literal in Member(piece).numbers.values()) == ["0.30", "0.4"]
    assert Member(piece).number is None
    alone = Member(sheet.read("y", "0.58").pieces[0])
    assert (alone.number.value, alone.number.unit) == (0.58, 0.01)
    turned = Member(sheet.read("y", "-(0.58)").pieces[0])
    assert (turned.number.value, turned.number.unit) == (-0.58, 0.01)


@pytest.mark.parametrize(
    ("claim", "verdict", "sentences"),
    [  # y = w·x + b = 0.4·0.7 + 0.3 = 0.58
        ("0.4·0.7 + 0.3 = 0.58", "right", []),
        ("0.28 + 0.3 = 0.58", "right", []),
        ("0.4·0.7 + 0.3 = 0.28 + 0.3 = 0.58", "right", []),
        ("0.4·0.8 + 0.3 = 0.62", "wrong", ["0.8 stands where x = 0.7 belongs"]),
        ("0.9·0.7 + 0.3 = 0.93", "wrong", ["0.9 stands where w = 0.4 belongs; it is t"]),
        ("0.4·0.7 + 0.3 = 0.68", "wrong", ["0.4·0.7 + 0.3 comes to 0.58, not 0.68"]),
        ("0.4·0.7 + 0.3 = 0.62", "wrong", ["0.4·0.7 + 0.3 comes to 0.58, not 0.62"]),
        ("0.4·0.8 + 0.3 = 0.58", "right", ["0.8 stands where x = 0.7 belongs", "0.4·0.8 + 0.3 comes to 0.62, not 0.58"]),
        ("0.8·0.8 + 0.3 = 0.94", "wrong", ["0.8 stands where w = 0.4 belongs", "0.8 stands where x = 0.7 belongs"]),
    ],
)
def test_what_is_wrong_in_the_numbers_before_a_result(claim, verdict, sentences):
    """A number that was copied wrongly, with what belongs there; a result that the numbers do not come to."""
    w, x, b, t = Value(0.4, "w"), Value(0.7, "x"), Value(0.3, "b"), Value(0.9, "t")
    row = Worksheet({"y": w * x + b, "e": w * x + b - t}).mark({"y": claim})["y"]
    assert row.verdict == verdict
    said = [*(d.sentence for d in row.diagnoses), *row.remarks]
    assert [text for text in said if "belongs" in text or "comes to" in text] == sentences
    for diagnosis in row.diagnoses:
        assert diagnosis.kind == ("miscopied" if "belongs" in diagnosis.sentence else "arithmetic")
        if "comes to" in diagnosis.sentence:
            assert f"comes to {diagnosis.value:g}," in diagnosis.sentence


@pytest.mark.parametrize(
    ("claim", "sentences"),
    [  # y = b·x + w + c = 0.65·0.7 + 0.62 + 0.33 = 1.405
        ("0.6·0.7 + 0.62 + 0.33 = 1.37", []),  # 0.6 is 0.65, rounded down
        ("0.6·0.7 + 0.62 + 0.30 = 1.34", ["0.30 stands where c = 0.33 belongs"]),  # and 0.62 is w, not b that is 0.6
        ("0.65·0.7 + 0.60 + 0.33 = 1.385", ["0.60 stands where w = 0.62 belongs"]),
    ],
)
def test_each_number_stands_for_the_quantity_that_is_nearest(claim, sentences):
    """Of two that it may be, rounded; what is wrong is found among the rest."""
    x, b, w, c = (Value(number, name) for name, number in zip("xbwc", (0.7, 0.65, 0.62, 0.33)))
    row = Worksheet(y=b * x + w + c).mark({"y": claim})["y"]
    assert [d.sentence for d in row.diagnoses] == sentences


def test_a_number_of_the_sheet_comes_to_what_it_is():
    """0.6 is x, digit for digit: with a result that is wrong it is no 0.62, rounded."""
    w, b, x = Value(0.62, "w"), Value(0.3, "b"), Value(0.6, "x")
    row = Worksheet(y=w + b, e=x * b).mark({"y": "0.6 + 0.3 = 0.88"})["y"]
    assert [d.sentence for d in row.diagnoses] == ["0.6 + 0.3 comes to 0.9, not 0.88"]


DECIMALS, DIGITS, CUT = Kept(0.001, 0, False), Kept(0.0, 4, False), Kept(0.001, 0, True)


@pytest.mark.parametrize(
    ("number", "kept", "around"),
    [  # y = a + b + c + d + e, of 0.0002, 0.31, 0.1239, 0.9994 and 0.304; x = 0.3 stands elsewhere
        ("0.31", None, (0.0, 0.0)),
        ("0.3", None, (0.0, 0.01)),  # x, or 0.31 rounded
        ("0.3", DECIMALS, (0.0, 0.0)),  # who keeps three decimals makes no 0.3 of 0.31
        ("0.3", DIGITS, (0.0, 0.0)),
        ("0.3", Kept(0.0, 2, False), (0.0, 0.004)),  # who keeps two digits makes it of 0.304
        ("0.124", None, (-0.0001, 0.0)),
        ("0.123", None, (0.0, 0.0009)),  # cut off
        ("0.122", None, (-0.0005, 0.0005)),  # nothing of the sheet
        ("0.12", None, (0.0, 0.0039)),
        ("0.11", None, (-0.005, 0.005)),  # two digits are not cut off
        ("0", None, (0.0, 0.0)),
        ("0", DECIMALS, (-0.0002, 0.0002)),  # 0.0002 that was rounded away, or its negative
        ("0", CUT, (-0.0002, 0.0002)),
        ("0", DIGITS, (0.0, 0.0)),
        ("1", None, (0.0, 0.0)),
        ("1", CUT, (-0.0006, 0.0)),
        ("1", DECIMALS, (0.0, 0.0)),  # 0.9994 is 0.999
        ("1", Kept(0.01, 0, False), (-0.0006, 0.0)),
    ],
)
def test_how_far_a_number_is_off_what_it_stands_for(number, kept, around):
    """A quantity, rounded or with digits cut off; something between, which nobody wrote down; or nothing that is known."""
    values = dict(zip("abcdex", (0.0002, 0.31, 0.1239, 0.9994, 0.304, 0.3)))
    a, b, c, d, e, x = (Value(value, name) for name, value in values.items())
    sheet = Worksheet(y=a + b + c + d + e, z=x * x)
    near = Near(sheet.leaves["y"], sheet.formulas, sheet.right, kept=kept)
    member = Member(sheet.read("y", f"{number} + 0.31").pieces[0])
    (found,) = [interval for node, interval in near.around(member, strict=False) if member.numbers[node].text == number][:1]
    assert found == pytest.approx(around, abs=1e-9)


# --------------------------------------------------------------------------------------------------- sentences of a check

X, Y = ("x", 2.0), ("y", 3.0)


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (Check("a·b", True), "a·b is right"),
        (Check("a·b", False), "a·b is wrong"),
        (Check("a·b", False, True, Difference([X], 6.0, 5.0, [X])), "a·b is wrong: at x = 2 it is 6, and should be 5"),
        (
            Check("a·b", False, True, Difference([X, Y], 6.0, 5.5, [X])),
            "a·b is wrong: at x = 2 it is 0.5 more than it should be",
        ),
        (
            Check("a·b", False, True, Difference([X, Y], 5.0, 5.5, [Y])),
            "a·b is wrong: at y = 3 it is 0.5 less than it should be",
        ),
        (Check("a·b", False, True, Difference([X], 6.0, 5.5, [])), "a·b is wrong: it is 0.5 more than it should be"),
        (
            Check("a·b", False, True, Difference([("w_1", 2.0), Y], 6.0, 5.0, [("w_1", 2.0), Y])),
            "a·b is wrong: at w₁ = 2, y = 3 it is 6, and should be 5",
        ),
        (Check("a·b", False, True, Difference([], math.nan, 5.0)), "a·b is wrong: it is a number hardly anywhere"),
        (
            Check("a·b", True, False, None, Difference([X], 6.0, 5.0)),
            "a·b is right, but does not follow from the line before (at x = 2 it was 5, and is 6)",
        ),
        (Check("a·b", True, False), "a·b is right, but does not follow from the line before"),
        (
            Check("a·b", False, False, Difference([X], 6.0, 5.0, [X]), None, "sign", "The sign of x is wrong"),
            "a·b is wrong: at x = 2 it is 6, and should be 5; it does not follow from the line before."
            " The sign of x is wrong",
        ),
    ],
)
def test_a_check_in_words(check, text):
    """Right or wrong, with a point; whether it follows; a guess."""
    assert str(check) == text
    assert bool(check) is (text == "a·b is right")


# ---------------------------------------------------------------------------------------------------------- whole sheets


@pytest.mark.parametrize("carried", [True, False, -0.1, 1.1, math.nan])
def test_a_part_of_the_marks_is_a_number_from_0_to_1(carried):
    """Anything else is refused, with what was given."""
    with pytest.raises(ValueError, match=r"a carried line gets a part of its marks, from 0 to 1, not"):
        one(a=1.0, b=2.0).mark({}, carried=carried)


def test_too_few_digits_are_wrong_though_the_number_is_not():
    """Three are asked for: 0.58 has two, 0.580 three; a number that is exact needs none."""
    sheet = one(a=0.3, b=0.2817)
    assert (sheet.mark({"y": "0.58"}, digits=3)["y"].verdict, sheet.mark({"y": "0.582"}, digits=3)["y"].verdict) == (
        "wrong",
        "right",
    )
    assert "Too few digits: at least 3 are wanted" in sheet.mark({"y": "0.58"}, digits=3)["y"].remark
    assert one(a=0.25, b=0.25).mark({"y": "0.5"}, digits=3)["y"].verdict == "right"


def test_a_formula_behind_numbers_that_come_to_something_else_is_wrong():
    """w·x + b is right as a formula; 0.9·0.7 + 0.3 before it is not what it comes to."""
    w, x, b = Value(0.4, "w"), Value(0.7, "x"), Value(0.3, "b")
    sheet = Worksheet(y=w * x + b)
    assert sheet.mark({"y": "0.4·0.7 + 0.3 = w·x + b"})["y"].verdict == "right"
    row = sheet.mark({"y": "0.9·0.7 + 0.3 = w·x + b"})["y"]
    assert (row.verdict, row.marks) == ("wrong", 0.0)
    assert row.remarks[-1] == "0.9·0.7 + 0.3 is not what this comes to, 0.58"


def test_significant_digits_are_kept_on_the_way_too():
    """e⁵ is 148 for who keeps three digits everywhere, which moves a product; for who keeps three decimals it is 148.413."""
    a, b, c = Value(5.0, "a"), Value(0.00365, "b"), Value(1.234, "c")
    sheet = Worksheet(p=c * 10.0, q=c * 100.0, r=c / 1000.0, y=a.exp() * b)
    digits = {"p": "12.3", "q": "123", "r": "0.00123"}
    assert sheet.mark({**digits, "y": "0.540"})["y"].verdict == "rounded"
    assert sheet.mark({"p": "12.340", "q": "123.400", "r": "0.001", "y": "0.540"})["y"].verdict == "wrong"


def test_a_wrong_formula_before_a_right_number_is_wrong():
    """Both stand there: the number is right, and the formula is not that of the line."""
    o, t = Value(0.7, "o"), Value(0.9, "t")
    row = Worksheet(E=(o - t) ** 2 / 2).mark({"E": "(o - t)^2 = 0.02"})["E"]
    assert (row.verdict, row.marks) == ("wrong", 0.0)
    assert [d.sentence for d in row.diagnoses] == ["You did not divide by 2"]


def test_a_line_does_not_explain_itself():
    """y = y says nothing; as a name before a formula it is as good as none."""
    sheet = one(a=0.25, b=0.5)
    assert sheet.mark({"y": "y"})["y"].verdict == "blank"
    row = sheet.mark({"y": "y + 0"})["y"]
    assert (row.verdict, row.remark) == ("unread", "This cannot be read, at y + 0: y is what is to be found here")
    assert sheet.mark({"y": "y = a + b"})["y"].verdict == "right"
    assert sheet.mark({"y": "y = 0.75"})["y"].verdict == "right"


def test_what_is_no_text_at_all_costs_its_line():
    """A complex number stands in the row as it was given, with the reason."""
    row = one(a=0.25, b=0.5).mark({"y": 1j})["y"]
    assert (row.verdict, row.claim) == ("unread", "1j")
    assert row.remark.startswith("This cannot be read, at 1j: ")


def test_how_far_a_member_may_be_off():
    """0.50 and 0.08 are nothing on the sheet: each may be half a unit off; 0.7 is x, and is not."""
    a, b, x = Value(0.31, "a"), Value(0.27, "b"), Value(0.7, "x")
    sheet = Worksheet(y=a + b, v=x * a)
    near = Near(sheet.leaves["y"], sheet.formulas, sheet.right)
    for text, reach in [("0.50 + 0.08", 0.01), ("0.50 + 0.7", 0.005), ("0.31 + 0.27", 0.0), ("2 + 0.50", 0.005)]:
        member = Member(sheet.read("y", text).pieces[0])
        assert member.worth(sheet.right, {}, near).error_bound == pytest.approx(reach)
    products = Member(sheet.read("y", "0.37·0.53 + 0.41·0.77").pieces[0])
    assert products.worth(sheet.right, {}, near, kept=Kept(0.01, 0, False)).rounding == pytest.approx(0.0039 + 0.0043)
    assert products.worth(sheet.right, {}, near).rounding == 0.0


@pytest.mark.parametrize(
    ("z", "verdict"), [("58.12", "right"), ("58.07", "rounded"), ("58.06", "wrong"), ("58.14", "wrong")]
)
def test_what_is_held_behind_numbers_that_nobody_added_up(z, verdict):
    """0.311 + 0.27 stands there: 0.311 may be 0.0002 off, and who keeps four digits rounds the sum by 0.00005 at most."""
    a, b, c = Value(0.3112, "a"), Value(0.27, "b"), Value(1.234, "c")
    y = a + b
    sheet = Worksheet(p=c * 10.0, q=c * 100.0, r=c / 10.0, y=y, z=100.0 * y)
    written = {"p": "12.34", "q": "123.4", "r": "0.1234", "y": "0.311 + 0.27", "z": z}
    row = sheet.mark(written)["z"]
    assert row.verdict == verdict
    assert row.tolerance == pytest.approx(0.005 + 100.0 * (0.0002 + 0.00005))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_is_held_behind_digits_that_were_cut_off(sign):
    """0.645 is 0.6459 cut off: up to 0.0009 further from 0 is held behind it, and a hundred times that behind 64.50."""
    a, b = Value(0.3459 * sign, "a"), Value(0.3 * sign, "b")
    y = a + b
    rows = Worksheet(y=y, z=100.0 * y).mark({"y": f"{0.645 * sign}", "z": f"{64.5 * sign:.2f}"})
    assert [rows[name].verdict for name in "yz"] == ["rounded", "rounded"]
    assert rows["z"].tolerance == pytest.approx(0.005 + 100.0 * 0.0009)
