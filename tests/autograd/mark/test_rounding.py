"""Rounding, by hand: what the last digit counts, how far it moves a number, and a result behind it."""

import math

import pytest
from three_ways import as_graph, labelled, near

from autograd.formula.operations import softmax_of
from autograd.graph import nodes
from autograd.mark.forms import LONGEST
from autograd.mark.rounding import Interval, Kept, Operations, spell_out, swing, unit_of
from autograd.rewriting import value_at
from autograd.value import record


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
        ("-(a*b)", {"a": 2.0, "b": 3.0}, {"a": (-0.1, 0.1), "b": (-0.2, 0.2)}, 2.1 * 3.2 - 6.0),
        ("a*b", {"a": 2.0, "b": 3.0}, {"a": (-0.1, 0.0), "b": (-0.2, 0.0)}, 0.1 * 3.0 + 0.2 * 2.0),  # more than both at once
        ("a*a", {"a": 0.0}, {"a": (-0.1, 0.1)}, 0.01),
        ("exp(a)", {"a": 0.0}, {"a": (0.0, 1.0)}, math.e - 1.0),
        ("1.0/a", {"a": 0.5}, {"a": (-0.5, 0.0)}, 0.0),  # it has no end: nothing can be said
    ],
)
def test_how_far_a_result_swings_while_its_numbers_do(text, numbers, held, reach):
    """One by one, or all of them in the direction that moves it most."""
    formula, values, at = formula_at(text, **numbers)
    assert swing(formula, at, {values[name]: Interval(*around) for name, around in held.items()}) == near(reach)


@pytest.mark.parametrize(("more", "reach"), [(0, 0.25 - 0.09 + 3.0), (1, 0.2 + 3.0)])
def test_a_long_formula_swings_to_first_order(more, reach):
    """Up to so many nodes it is worked out at both ends, 0.5² − 0.3²; beyond, the slope 1 at 0.5 is taken."""
    terms = LONGEST - 3 + more  # beside a, b and a·a
    formula, values, at = formula_at("a*a" + " + b" * terms, a=0.5, b=0.0, c=1.0)
    assert len(nodes(formula)) == LONGEST + more
    held = {values["a"]: Interval(-0.2, 0.1), values["b"]: Interval(-3.0 / terms, 0.0), values["c"]: Interval(-9.0, 9.0)}
    assert swing(formula, at, held) == near(reach)


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
        ("exp(a*b) + c", TWO, 0.0039 * math.exp(0.1961) + 0.005),  # for who has 0.20 for ab it is 1.22, which 1.2167 is not
        ("exp(a) + c", TWO, abs(math.exp(0.37) - 1.45)),
        ("exp(a) - c", TWO, abs(math.exp(0.37) - 1.45)),
        ("exp(a) + c", THREE, abs(math.exp(0.37) - 1.45)),
        ("sigmoid(a) + c", TWO, abs(1 / (1 + math.exp(-0.37)) - 0.59)),
    ],
)
def test_how_far_rounding_on_the_way_moves_a_result(text, kept, off):
    """Each operation before the last is rounded, and what that does is carried on by the slopes of what follows."""
    formula, _, at = formula_at(text, a=0.37, b=0.53, c=0.41, d=0.77)
    assert Operations(formula).rounding(at, {}, kept) == near(off)


def test_numbers_that_are_held_with_more_digits_are_rounded_too():
    """Three terms with a digit more than are kept: what two of them come to is rounded on the way."""
    formula, values, at = formula_at("total(a, b, c)", a=0.123, b=0.234, c=0.345)
    assert Operations(formula).rounding(at, {}, TWO) == near(0.005)
    short, _, there = formula_at("total(a, b, c)", a=0.12, b=0.23, c=0.34)
    assert Operations(short).rounding(there, {}, TWO) == 0.0
    assert Operations(short).rounding(there, {values["a"]: Interval(-0.005, 0.005)}, TWO) == 0.0


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
