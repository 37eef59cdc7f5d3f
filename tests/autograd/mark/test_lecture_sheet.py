"""The fourth lecture note, marked: every verdict is held against numbers that are worked out here, in mpmath."""

import pathlib

import mpmath
import pytest

from autograd.mark.classes import mark_files
from autograd.mark.numerals import written_number
from autograd.mark.sheets import read_sheet

NOTE = pathlib.Path(__file__).parents[3] / "notebooks" / "two-layer-network.toml"
FILE = read_sheet(NOTE)
MARKING = FILE.sheet.mark(FILE.answers)

x1, x2, y, eta = map(mpmath.mpf, ("0.05", "0.10", "0.01", "0.5"))
W = mpmath.matrix([["0.15", "0.20"], ["0.25", "0.30"]])
b = mpmath.matrix(["0.35", "0.35"])
V = mpmath.matrix(["0.40", "0.45"])
c = mpmath.mpf("0.60")


def sigmoid(z):
    return 1 / (1 + mpmath.exp(-z))


# How each line of the sheet follows from others, in the words of the notes; n is whoever's numbers they are.
RULES = {
    "a_11": lambda n: W[0, 0] * x1 + W[0, 1] * x2 + b[0],
    "a_12": lambda n: W[1, 0] * x1 + W[1, 1] * x2 + b[1],
    "h_11": lambda n: sigmoid(n["a_11"]),
    "h_12": lambda n: sigmoid(n["a_12"]),
    "a_21": lambda n: V[0] * n["h_11"] + V[1] * n["h_12"] + c,
    "ŷ": lambda n: sigmoid(n["a_21"]),
    "L": lambda n: (n["ŷ"] - y) ** 2 / 2,
    "L again": lambda n: (n["ŷ"] - y) ** 2 / 2,
    "∂L/∂ŷ": lambda n: n["ŷ"] - y,
    "∂ŷ/∂a_21": lambda n: n["ŷ"] * (1 - n["ŷ"]),
    "∂L/∂a_21": lambda n: n["∂L/∂ŷ"] * n["∂ŷ/∂a_21"],
    "∂L/∂w_211": lambda n: n["∂L/∂a_21"] * n["h_11"],
    "∂L/∂w_212": lambda n: n["∂L/∂a_21"] * n["h_12"],
    "∂L/∂b_21": lambda n: n["∂L/∂a_21"],
    "∂L/∂h_11": lambda n: n["∂L/∂a_21"] * V[0],
    "∂L/∂h_12": lambda n: n["∂L/∂a_21"] * V[1],
    "∂h_11/∂a_11": lambda n: n["h_11"] * (1 - n["h_11"]),
    "∂h_12/∂a_12": lambda n: n["h_12"] * (1 - n["h_12"]),
    "∂L/∂a_11": lambda n: n["∂L/∂h_11"] * n["∂h_11/∂a_11"],
    "∂L/∂a_12": lambda n: n["∂L/∂h_12"] * n["∂h_12/∂a_12"],
    "∂L/∂b_11": lambda n: n["∂L/∂a_11"],
    "∂L/∂b_12": lambda n: n["∂L/∂a_12"],
    "∂L/∂w_111": lambda n: n["∂L/∂b_11"] * x1,
    "∂L/∂w_112": lambda n: n["∂L/∂b_11"] * x2,
    "∂L/∂w_121": lambda n: n["∂L/∂b_12"] * x1,
    "∂L/∂w_122": lambda n: n["∂L/∂b_12"] * x2,
    "w'_211": lambda n: V[0] - eta * n["∂L/∂w_211"],
    "w'_212": lambda n: V[1] - eta * n["∂L/∂w_212"],
    "b'_21": lambda n: c - eta * n["∂L/∂b_21"],
    "w'_111": lambda n: W[0, 0] - eta * n["∂L/∂w_111"],
    "w'_112": lambda n: W[0, 1] - eta * n["∂L/∂w_112"],
    "w'_121": lambda n: W[1, 0] - eta * n["∂L/∂w_121"],
    "w'_122": lambda n: W[1, 1] - eta * n["∂L/∂w_122"],
    "b'_11": lambda n: b[0] - eta * n["∂L/∂b_11"],
    "b'_12": lambda n: b[1] - eta * n["∂L/∂b_12"],
    "a'_11": lambda n: n["w'_111"] * x1 + n["w'_112"] * x2 + n["b'_11"],
    "a'_12": lambda n: n["w'_121"] * x1 + n["w'_122"] * x2 + n["b'_12"],
    "h'_11": lambda n: sigmoid(n["a'_11"]),
    "h'_12": lambda n: sigmoid(n["a'_12"]),
    "a'_21": lambda n: n["w'_211"] * n["h'_11"] + n["w'_212"] * n["h'_12"] + n["b'_21"],
    "ŷ'": lambda n: sigmoid(n["a'_21"]),
    "L'": lambda n: (n["ŷ'"] - y) ** 2 / 2,
}
WRITTEN = {name: written_number(text.rpartition("=")[2]) for name, text in FILE.answers.items()}


def the_right_numbers():
    numbers = {}
    for name, rule in RULES.items():
        numbers[name] = rule(numbers)
    return numbers


TRUE = the_right_numbers()
FIRST_MADE_HERE = (
    "h_12 L ∂L/∂a_21 ∂h_12/∂a_12 ∂L/∂a_12 ∂L/∂b_12 ∂L/∂w_111 ∂L/∂w_121 w'_121 a'_12 h'_11 h'_12 a'_21 ŷ' L'".split()
)
CARRIED = {"∂L/∂w_122": "∂L/∂b_12", "w'_122": "∂L/∂w_122", "b'_12": "∂L/∂b_12"}


def prints_as(value, claim):
    """Whether a number, rounded or cut off to the digits of a claim, is that claim."""
    off = abs(value) - abs(claim.value)
    return abs(value - claim.value) <= claim.unit * 0.5000001 or 0 <= off < claim.unit


def reachable(name):
    """The note's own numbers, and the right ones, put into a line's rule; also with one of them right, rounded or not."""
    own = {other: mpmath.mpf(WRITTEN[other].value) for other in RULES}
    yield RULES[name](own)
    yield TRUE[name]
    for other in RULES:
        yield RULES[name]({**own, other: TRUE[other]})
        yield RULES[name]({**own, other: round(TRUE[other] / WRITTEN[other].unit) * mpmath.mpf(str(WRITTEN[other].unit))})


@pytest.mark.parametrize("name", RULES)
def test_the_right_number_of_each_line_is_the_one_worked_out_here(name):
    """What the sheet calls right agrees with arithmetic of fifty digits."""
    with mpmath.workdps(50):
        assert MARKING[name].true == pytest.approx(float(TRUE[name]), rel=1e-13)


def test_every_line_of_the_note_is_on_the_sheet():
    """Sheet, answers and the rules here have the same lines, and every answer can be read, as it was written."""
    assert [row.name for row in MARKING] == list(RULES) == list(FILE.answers)
    marked = mark_files(NOTE)
    assert marked.problems == []
    assert [row.claim for row in marked["two-layer-network"]] == list(FILE.answers.values())


@pytest.mark.parametrize("name", RULES)
def test_a_number_is_called_wrong_where_nothing_leads_to_it(name):
    """Lines called right, rounded or carried can be reached from the note's own numbers; the others cannot."""
    if name in ("L", "∂L/∂a_21"):  # L: on its first page; the other: the formula before the number is wrong
        pytest.skip("not a question of the number alone")
    within_rounding = 1.5 * WRITTEN[name].unit  # the numbers before it were rounded too
    near = any(prints_as(v, WRITTEN[name]) or abs(v - WRITTEN[name].value) < within_rounding for v in reachable(name))
    if MARKING[name].verdict == "wrong":
        assert not any(prints_as(value, WRITTEN[name]) for value in reachable(name))
    else:
        assert near


def test_each_mistake_is_found_where_it_was_made():
    """The lines with a mistake of their own, and no others."""
    assert [row.name for row in MARKING if row.verdict == "wrong"] == FIRST_MADE_HERE
    assert MARKING.first_wrong == "h_12"


def test_what_merely_follows_is_carried():
    """0.014974 was copied wrongly once; what was made of it is carried from there."""
    assert {row.name: row.sources[0] for row in MARKING if row.verdict == "carried"} == CARRIED


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("h_12", "digits", "0.596884 became 0.596889"),
        ("L", "miscopied", "0.07 stands where y = 0.01 belongs"),
        ("∂L/∂a_21", "swapped", "You took y − ŷ; here it is ŷ − y"),
        ("∂h_12/∂a_12", "index", "You used σ′ of h₁₁ (0.241301); for h₁₂ it is 0.240613"),
        ("∂L/∂a_12", "arithmetic", "comes to 0.015039, not 0.0149974"),
        ("∂L/∂b_12", "digits", "0.0149974 became 0.014974"),
        ("∂L/∂w_121", "arithmetic", "comes to 0.0007487, not 0.007487"),
        ("a'_12", "miscopied", "1.249626 stands where w′₁₂₁ = 0.249626 belongs"),
        ("ŷ'", "arithmetic", "σ(0.98615) comes to 0.728327, not 0.727083"),
    ],
)
def test_the_red_pen_says_what_happened(name, kind, says):
    """The guess at each mistake that can be guessed."""
    diagnosis = MARKING[name].diagnoses[0]
    assert diagnosis.kind == kind
    assert says in diagnosis.sentence


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("∂L/∂h_11", "0.45 stands where w₂₁₁ = 0.4 belongs; it is w₂₁₂"),
        ("a_21", "0.5916884 stands where h₁₂ = 0.596889 belongs"),
        ("a'_11", "0.19966 stands where w′₁₁₁ = 0.14966 belongs"),
        ("a'_11", "0.345316 stands where b′₁₁ = 0.343316 belongs"),
        ("w'_122", "0.30 − 0.5 · 0.014974 comes to 0.292513, not 0.299251"),
    ],
)
def test_slips_on_the_way_to_a_number_that_is_fine_are_remarked_on(name, says):
    """A number copied wrongly in the working, although what came out was worked out with the right one."""
    assert MARKING[name].verdict != "wrong"
    assert says in MARKING[name].remark


def test_the_sign_slip_in_the_formula_of_delta_is_proved_by_a_point():
    """(y − ŷ)·ŷ(1 − ŷ) differs from δ where the remark says so."""
    (check, *_) = FILE.sheet.check_chain("∂L/∂a_21", FILE.answers["∂L/∂a_21"])
    point = dict(check.difference.point)
    own = (point["y"] - point["ŷ"]) * point["ŷ"] * (1 - point["ŷ"])
    assert check.difference.here == pytest.approx(own)
    assert check.difference.there == pytest.approx(-own)
    assert abs(own) > 1e-3
