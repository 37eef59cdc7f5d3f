"""The fourth lecture note, marked: every verdict is held against numbers that are worked out here, in mpmath."""

import pathlib

import mpmath
import pytest

from autograd.mark.claims import written_number
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
    "z_1": lambda n: W[0, 0] * x1 + W[0, 1] * x2 + b[0],
    "z_2": lambda n: W[1, 0] * x1 + W[1, 1] * x2 + b[1],
    "a_1": lambda n: sigmoid(n["z_1"]),
    "a_2": lambda n: sigmoid(n["z_2"]),
    "z": lambda n: V[0] * n["a_1"] + V[1] * n["a_2"] + c,
    "ŷ": lambda n: sigmoid(n["z"]),
    "L": lambda n: (n["ŷ"] - y) ** 2 / 2,
    "L again": lambda n: (n["ŷ"] - y) ** 2 / 2,
    "∂L/∂ŷ": lambda n: n["ŷ"] - y,
    "σ′": lambda n: n["ŷ"] * (1 - n["ŷ"]),
    "δ": lambda n: n["∂L/∂ŷ"] * n["σ′"],
    "∂L/∂v_1": lambda n: n["δ"] * n["a_1"],
    "∂L/∂v_2": lambda n: n["δ"] * n["a_2"],
    "∂L/∂c": lambda n: n["δ"],
    "∂L/∂a_1": lambda n: n["δ"] * V[0],
    "∂L/∂a_2": lambda n: n["δ"] * V[1],
    "σ′_1": lambda n: n["a_1"] * (1 - n["a_1"]),
    "σ′_2": lambda n: n["a_2"] * (1 - n["a_2"]),
    "δ_1": lambda n: n["∂L/∂a_1"] * n["σ′_1"],
    "δ_2": lambda n: n["∂L/∂a_2"] * n["σ′_2"],
    "∂L/∂b_1": lambda n: n["δ_1"],
    "∂L/∂b_2": lambda n: n["δ_2"],
    "∂L/∂w_11": lambda n: n["∂L/∂b_1"] * x1,
    "∂L/∂w_12": lambda n: n["∂L/∂b_1"] * x2,
    "∂L/∂w_21": lambda n: n["∂L/∂b_2"] * x1,
    "∂L/∂w_22": lambda n: n["∂L/∂b_2"] * x2,
    "v'_1": lambda n: V[0] - eta * n["∂L/∂v_1"],
    "v'_2": lambda n: V[1] - eta * n["∂L/∂v_2"],
    "c'": lambda n: c - eta * n["∂L/∂c"],
    "w'_11": lambda n: W[0, 0] - eta * n["∂L/∂w_11"],
    "w'_12": lambda n: W[0, 1] - eta * n["∂L/∂w_12"],
    "w'_21": lambda n: W[1, 0] - eta * n["∂L/∂w_21"],
    "w'_22": lambda n: W[1, 1] - eta * n["∂L/∂w_22"],
    "b'_1": lambda n: b[0] - eta * n["∂L/∂b_1"],
    "b'_2": lambda n: b[1] - eta * n["∂L/∂b_2"],
    "z'_1": lambda n: n["w'_11"] * x1 + n["w'_12"] * x2 + n["b'_1"],
    "z'_2": lambda n: n["w'_21"] * x1 + n["w'_22"] * x2 + n["b'_2"],
    "a'_1": lambda n: sigmoid(n["z'_1"]),
    "a'_2": lambda n: sigmoid(n["z'_2"]),
    "z'": lambda n: n["v'_1"] * n["a'_1"] + n["v'_2"] * n["a'_2"] + n["c'"],
    "ŷ'": lambda n: sigmoid(n["z'"]),
    "L'": lambda n: (n["ŷ'"] - y) ** 2 / 2,
}
WRITTEN = {name: written_number(text.rpartition("=")[2]) for name, text in FILE.answers.items()}


def the_right_numbers():
    numbers = {}
    for name, rule in RULES.items():
        numbers[name] = rule(numbers)
    return numbers


TRUE = the_right_numbers()
FIRST_MADE_HERE = "a_2 L δ σ′_2 δ_2 ∂L/∂b_2 ∂L/∂w_11 ∂L/∂w_21 w'_21 z'_2 a'_1 a'_2 z' ŷ' L'".split()
CARRIED = {"∂L/∂w_22": "∂L/∂b_2", "w'_22": "∂L/∂w_22", "b'_2": "∂L/∂b_2"}


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
    """Sheet, answers and the rules here have the same lines."""
    assert [row.name for row in MARKING] == list(RULES) == list(FILE.answers)


@pytest.mark.parametrize("name", RULES)
def test_a_number_is_called_wrong_where_nothing_leads_to_it(name):
    """Lines called right, rounded or carried can be reached from the note's own numbers; the others cannot."""
    if name in ("L", "δ"):  # L: on its first page; δ: the formula before the number is wrong
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
    assert MARKING.first_wrong == "a_2"


def test_what_merely_follows_is_carried():
    """0.014974 was copied wrongly once; what was made of it is carried from there."""
    assert {row.name: row.sources[0] for row in MARKING if row.verdict == "carried"} == CARRIED


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("a_2", "digits", "0.596884 became 0.596889"),
        ("L", "miscopied", "0.07 stands where y = 0.01 belongs"),
        ("δ", "swapped", "You took y − ŷ; here it is ŷ − y"),
        ("σ′_2", "index", "You used σ′ of a₁ (0.241301); for a₂ it is 0.240613"),
        ("δ_2", "arithmetic", "comes to 0.015039, not 0.0149974"),
        ("∂L/∂b_2", "digits", "0.0149974 became 0.014974"),
        ("∂L/∂w_21", "arithmetic", "comes to 0.0007487, not 0.007487"),
        ("z'_2", "miscopied", "1.249626 stands where w′₂₁ = 0.249626 belongs"),
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
        ("∂L/∂a_1", "0.45 stands where v₁ = 0.4 belongs; it is v₂"),
        ("z", "0.5916884 stands where a₂ = 0.596889 belongs"),
        ("z'_1", "0.19966 stands where w′₁₁ = 0.14966 belongs"),
        ("z'_1", "0.345316 stands where b′₁ = 0.343316 belongs"),
        ("w'_22", "0.30 − 0.5 · 0.014974 comes to 0.292513, not 0.299251"),
    ],
)
def test_slips_on_the_way_to_a_number_that_is_fine_are_remarked_on(name, says):
    """A number copied wrongly in the working, although what came out was worked out with the right one."""
    assert MARKING[name].verdict != "wrong"
    assert says in MARKING[name].remark


def test_the_sign_slip_in_the_formula_of_delta_is_proved_by_a_point():
    """(y − ŷ)·ŷ(1 − ŷ) differs from δ where the remark says so."""
    (check, *_) = FILE.sheet.check_chain("δ", FILE.answers["δ"])
    point = dict(check.difference.point)
    own = (point["y"] - point["ŷ"]) * point["ŷ"] * (1 - point["ŷ"])
    assert check.difference.here == pytest.approx(own)
    assert check.difference.there == pytest.approx(-own)
    assert abs(own) > 1e-3
