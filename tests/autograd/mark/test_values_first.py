"""What is right in value and follows is right, with no remark; only what is wrong is looked at more closely."""

import math
import random
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

import pytest

from autograd import Value, Worksheet, gradient, log, sigmoid, softmax, tanh
from autograd.mark import guessing


def leaves(**numbers):
    return {name: Value(x, label=name) for name, x in numbers.items()}


def sheet_of(values, loss, *lines, **more):
    """Named Values as lines, then the derivatives of a loss by name: ∂E/∂z."""
    for name, value in more.items():
        value.label = name
    known = values | more
    lines = {f"∂{loss}/∂{name}": gradient(known[loss], known[name])[0] for name in lines}
    return Worksheet(more | lines)


def neuron(cross=False, **numbers):
    v = leaves(**{"w_1": 0.6, "w_2": -0.3, "x_1": 0.4, "x_2": 0.8, "b": 0.2, "t": 0.9} | numbers)
    z = v["w_1"] * v["x_1"] + v["w_2"] * v["x_2"] + v["b"]
    o = sigmoid(z)
    E = -v["t"] * log(o) - (1 - v["t"]) * log(1 - o) if cross else (o - v["t"]) ** 2 / 2
    return sheet_of(v, "E", "o", "z", "w_1", z=z, o=o, E=E)


def descent(w=0.73, rate=0.5):
    """One weight after a step."""
    v = leaves(w_1=w, x=0.4, t=0.8, η=rate)
    E = (v["w_1"] * v["x"] - v["t"]) ** 2
    E.label = "E"
    slope = gradient(E, v["w_1"])[0]
    return Worksheet({"E": E, "∂E/∂w_1": slope, "u": v["w_1"] - v["η"] * slope})


def logistic(w=0.0, x=3.0, t=1.0):
    v = leaves(w_1=w, x_1=x, t=t)
    o = sigmoid(v["w_1"] * v["x_1"])
    return sheet_of(v, "E", "w_1", o=o, E=-v["t"] * log(o) - (1 - v["t"]) * log(1 - o))


def products():
    v = leaves(a=-1.79027, b=0.7, c=0.69324, d=0.7)
    return Worksheet(r=v["a"] * v["b"] + v["c"] * v["d"])


def exponentials():
    xs = [Value(x, label=f"x_{i}") for i, x in enumerate((1.25, 2.44, 0.78, 0.12), start=1)]
    return Worksheet(S=softmax(xs))


def whole():
    v = leaves(a=-2.0, b=3.0, c=3.0)
    return Worksheet(r=v["a"] * v["b"] + v["c"])


RIGHT = {  # a sheet, claims
    "a name less a number": (neuron, {"o": "0.5498", "∂E/∂o": "o − 0.9 = −0.3502"}),
    "a derivative times a number": (neuron, {"∂E/∂z": "−0.08667", "∂E/∂w_1": "∂E/∂z · 0.4"}),
    "an update in names and numbers": (descent, {"∂E/∂w_1": "−0.4064", "u": "0.73 − 0.5·∂E/∂w_1"}),
    "a loss with its target put in": (
        lambda: neuron(True, t=0.84),
        {"E": "−0.84·log(o) − 0.16·log(1 − o) = −0.84·log(0.5498) − 0.16·log(0.4502) = 0.6302"},
    ),
    "worked out step by step": (logistic, {"∂E/∂w_1": "(σ(0) − 1)x_1 = −0.5x_1 = −1.5"}),
    "derivatives that are no lines": (neuron, {"∂E/∂w_1": "∂E/∂o·∂o/∂z·∂z/∂w_1 = −0.0347"}),
    "a negative operand": (neuron, {"z": "0.4·0.6 − 0.3·0.8 + 0.2"}),
    "a negative operand, with its result": (neuron, {"z": "0.4·0.6 − 0.3·0.8 + 0.2 = 0.24 − 0.24 + 0.2 = 0.2"}),
    "the short way": (
        lambda: neuron(True, w_1=0.9, w_2=0.5, t=0.84, b=-0.05),
        {"o": "0.67040", "∂E/∂o": "−0.76756", "∂E/∂z": "0.67040 − 0.84 = −0.16960"},
    ),
    "whole numbers": (whole, {"r": "−6 + 3 = −3"}),
    "numbers of the working": (exponentials, {"S_1": "e^{1.25}/18.27"}),
    "terms that were rounded before they were added": (products, {"r": "−1.2532 + 0.48527 = −0.76793"}),
    "a target of 1 put in": (lambda: neuron(True, t=1.0), {"∂E/∂o": "−1/o = −1.8187", "E": "−log(o) = 0.5981"}),
    "a number and a name for one quantity": (lambda: neuron(True, t=1.0), {"E": "−1·log(o) − (1 − t)·log(1 − o) = 0.5981"}),
    "few digits in the working": (neuron, {"o": "0.5498", "∂E/∂z": "(0.55 − 0.9)·0.55·(1 − 0.55) = −0.0867"}),
    "names, numbers, and the result": (neuron, {"z": "w_1x_1 + w_2x_2 + b = 0.6*0.4 - 0.3*0.8 + 0.2 = 0.2"}),
    "a decimal comma, as a power of ten": (neuron, {"z": "2,0·10^-1"}),
    "a fraction": (neuron, {"z": "$1/5$"}),
    "percent": (neuron, {"z": "≈ 20 %"}),
    "a difference as a sum": (neuron, {"z": "0.6·0.4 + (−0.3)·0.8 + 0.2 = 0.24 + (−0.24) + 0.2 = 0.20"}),
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT)
def test_what_is_right_in_value_is_right_without_a_remark(case):
    """Names, numbers and results of earlier steps in any mixture."""
    make, claims = RIGHT[case]
    marking = make().mark(claims)
    assert {name: (marking[name].verdict in ("right", "rounded"), marking[name].remark) for name in claims} == dict.fromkeys(
        claims, (True, "")
    )


def test_a_published_example_that_rounds_every_product():
    """−0.019049119, as M. Mazur printed it in 2015: δ to nine decimals is 0.038098237, half of which ends in 9."""
    out, target = 0.772928465, 0.99
    assert round(round((target - out) * out * (1 - out), 9) * 0.5 + 1e-12, 9) == 0.019049119
    v = leaves(h=0.596884378, w=0.5, b=0.6, t=target)
    o = Value(out, label="o")
    delta = (o - v["t"]) * o * (1 - o)
    sheet = Worksheet({"∂E/∂h": delta * v["w"]})
    assert sheet.mark({"∂E/∂h": "-0.019049119"})["∂E/∂h"].verdict == "rounded"
    assert sheet.mark({"∂E/∂h": "-0.019049139"})["∂E/∂h"].verdict == "wrong"


WRONG = {  # a sheet, claims, the line, what is said there
    "another number in the place of one": (neuron, {"z": "0.4·0.6 − 0.5·0.8 + 0.2 = 0.04"}, "z", "0.5 stands where w₂"),
    "arithmetic": (neuron, {"z": "0.4·0.6 − 0.3·0.8 + 0.2 = 0.3"}, "z", "comes to 0.2, not 0.3"),
    "a wrong sign among names and numbers": (neuron, {"∂E/∂o": "0.9 − o = 0.3502"}, "∂E/∂o", "sign"),
    "a wrong number in the place of a name": (descent, {"u": "0.73 − 0.4·∂E/∂w_1"}, "u", ""),
    "a function that is right at this point alone": (logistic, {"E": "−t·log(o) + (1 − t)·log(1 − o)"}, "E", "sign"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_found_in_the_same_styles(case):
    """In its own line, with what happened where that can be told."""
    make, claims, line, says = WRONG[case]
    row = make().mark(claims)[line]
    assert row.verdict == "wrong"
    assert says in row.remark


def two_paths():
    v = leaves(x=0.7, v_1=0.4, u_1=0.3, u_2=0.9)
    h = v["x"] * v["v_1"]
    h.label = "h"
    a_1, a_2 = tanh(h * v["u_1"]), tanh(h * v["u_2"])
    return sheet_of(v, "L", "a_1", "a_2", "h", h=h, a_1=a_1, a_2=a_2, L=a_1 * a_2 + a_1)


@pytest.mark.parametrize(("left_out", "kept"), [("a₂", "∂L/∂a_1·∂a_1/∂h"), ("a₁", "∂L/∂a_2·∂a_2/∂h")])
def test_a_path_that_is_left_out_is_named(left_out, kept):
    """It is no bias; and it is the one that is missing."""
    row = two_paths().mark({"∂L/∂h": kept})["∂L/∂h"]
    assert row.verdict == "wrong"
    assert f"the path through {left_out}" in row.remark
    assert "bias" not in row.remark


def test_the_same_guess_is_made_once():
    """Two weights with one value and two inputs with one value: the sentences of an either–or differ."""
    v = leaves(w_1=0.5, w_2=0.5, x_1=0.3, x_2=0.3, b=0.7)
    sheet = Worksheet(z=v["w_1"] * v["x_1"] + v["w_2"] * v["x_2"] + v["b"])
    for written in ("0.85", "0.30", "1.00", "0.70", "-0.70", "0.40"):
        guesses = [guess.sentence for guess in sheet.mark({"z": written})["z"].diagnoses]
        assert len(guesses) == len(set(guesses))


def test_a_counterexample_lists_what_matters():
    """The difference does not depend on w₂, x₂ and b; then it says by how much the formula is off."""
    check = neuron().check_formula("z", "-w_1x_1 + w_2x_2 + b")
    numbers = dict(check.difference.point)
    off = 2 * numbers["w_1"] * numbers["x_1"]
    assert {name for name, _ in check.difference.decisive} == {"w_1", "x_1"}
    assert f"at w₁ = {numbers['w_1']:g}, x₁ = {numbers['x_1']:g} it is {off:g} less than it should be" in str(check)
    assert check.difference.there - check.difference.here == pytest.approx(off)


def test_a_chain_with_numbers_put_in_is_checked_by_value():
    """As a function −0.5·x₁ would be another one."""
    assert all(logistic().check_chain("∂E/∂w_1", "(o - t)x_1 = (σ(0) − 1)x_1 = −0.5x_1"))
    checks = logistic().check_chain("∂E/∂w_1", "(o - t)x_1 = 0.5x_1")
    assert [(check.right, check.follows) for check in checks] == [(True, True), (False, False)]


def test_rounding_after_every_operation_is_allowed_to_the_digits_that_are_kept():
    """Four significant digits, strictly, from the first product on; and a unit more is wrong where nothing is rounded."""
    z = round(0.6231 * 0.4417, 4)
    z = float(f"{z - float(f'{0.3319 * 0.8113:.4g}'):.4g}")
    sheet = neuron(w_1=0.6231, w_2=-0.3319, x_1=0.4417, x_2=0.8113, b=0.0)
    exact = 0.6231 * 0.4417 - 0.3319 * 0.8113
    assert f"{z:.4f}" != f"{exact:.4f}" or math.isclose(z, exact, abs_tol=1e-4)
    assert sheet.mark({"z": f"{z:.4f}"})["z"].verdict in ("right", "rounded")
    assert neuron().mark({"z": "0.21"})["z"].verdict == "wrong"


# ---------------------------------------------------------------------------------- roundings, in whatever way it is done


def rounded(x, digits):
    """A number in decimal notation, to so many significant digits, as a pocket calculator shows it."""
    return Decimal(x).quantize(Decimal(1).scaleb(Decimal(x).adjusted() + 1 - digits), ROUND_HALF_UP) if x else Decimal(0)


WAYS = {  # a formula of a, b, c; ways to work it out, each with every result rounded by r
    "1 − a²": (lambda a, b, c: 1 - a**2, [lambda r, a, b, c: r(r(1 - a) * r(1 + a)), lambda r, a, b, c: 1 - r(a * a)]),
    "a(1 − a)": (lambda a, b, c: a * (1 - a), [lambda r, a, b, c: r(a - r(a * a)), lambda r, a, b, c: r(a * r(1 - a))]),
    "a² − b²": (lambda a, b, c: a**2 - b**2, [lambda r, a, b, c: r(r(a - b) * r(a + b))]),
    "b(1 − a²)c": (
        lambda a, b, c: b * (1 - a**2) * c,
        [lambda r, a, b, c: r(r(b * c) * r(r(1 - a) * r(1 + a))), lambda r, a, b, c: r(r(b * r(r(1 - a) * r(1 + a))) * c)],
    ),
    "ba(1 − a)": (lambda a, b, c: b * a * (1 - a), [lambda r, a, b, c: r(b * r(a - r(a * a)))]),
    "a − a·a": (lambda a, b, c: a - a * a, [lambda r, a, b, c: r(a * r(1 - a))]),
    "aab + ac": (lambda a, b, c: a * a * b + a * c, [lambda r, a, b, c: r(a * r(r(a * b) + c))]),
    "a/(bb) + c/b": (lambda a, b, c: a / (b * b) + c / b, [lambda r, a, b, c: r(r(a + r(b * c)) / r(b * b))]),
    "ab + ac": (lambda a, b, c: a * b + a * c, [lambda r, a, b, c: r(a * r(b + c))]),
    "a(b + c)": (lambda a, b, c: a * (b + c), [lambda r, a, b, c: r(r(a * b) + r(a * c))]),
    "σ(a)": (lambda a, b, c: sigmoid(a), [lambda r, a, b, c: r(1 / r(1 + r((-a).exp())))]),
    "−b/a + (1 − b)/(1 − a)": (
        lambda a, b, c: -b / a + (1 - b) / (1 - a),
        [
            lambda r, a, b, c: r(r(r(1 - b) / r(1 - a)) - r(b / a)),
            lambda r, a, b, c: r(r(a - b) / r(a * r(1 - a))),
        ],
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_rounding_by_every_other_way_to_work_out_a_formula_is_allowed(name):
    """A bare number is rounded, whatever way led to it, and a number that none of them leads to is wrong."""
    of_values, ways = WAYS[name]
    rng, found = random.Random(name), 0
    for _ in range(15):
        digits = rng.choice((4, 5, 6))
        numbers = [Decimal(rng.randint(50, 10**digits - 50)).scaleb(-digits) for _ in range(3)]
        a, b, c = (Value(float(x), label=label) for x, label in zip(numbers, "abc"))
        lines = {"y": of_values(a, b, c), **{f"p_{i}": a * b * i / 7 for i in (1, 2, 3)}}  # three that show the digits
        sheet = Worksheet(lines)
        others = {f"p_{i}": f"{rounded(Decimal(lines[f'p_{i}'].data), digits):f}" for i in (1, 2, 3)}
        for way in ways:
            y = way(partial(rounded, digits=digits), *numbers)
            row = sheet.mark({"y": f"{y:f}", **others})["y"]
            assert row.verdict in ("right", "rounded"), (numbers, digits, y, row.true, row.remark)
        far = f"{rounded(Decimal(lines['y'].data) * Decimal('1.2'), digits):f}"
        found += sheet.mark({"y": far, **others})["y"].verdict == "wrong"
    assert found >= 13  # where the numbers cancel, hardly a digit is left


def test_nothing_is_a_number_that_was_rounded_away():
    """0 is 0.000 for somebody who keeps three decimals; for somebody who keeps six digits it is wrong."""
    v = leaves(k=0.00073, x=-0.4, w=0.8, b=0.321)
    d = v["k"] * v["x"]
    sheet = Worksheet(p=v["w"] * v["b"], q=v["b"] ** 2, r=v["w"] * 0.77, d=d, s=v["w"] - d)
    decimals = {"p": "0.257", "q": "0.103", "r": "0.616"}
    for zero in ("0", "0.", "0.000", "-0", "0.001·(−0.4) = 0"):
        assert sheet.mark({**decimals, "d": zero})["d"].verdict in ("right", "rounded")
    assert sheet.mark({**decimals, "d": "0", "s": "0.8 − 0"}).first_wrong is None
    assert sheet.mark({**decimals, "p": "0"})["p"].verdict == "wrong"
    assert sheet.mark({"p": "0.25680", "q": "0.103041", "r": "0.616123", "d": "0"})["d"].verdict == "wrong"
    assert sheet.mark({"d": "0"})["d"].verdict == "wrong"  # nobody knows how many decimals


def test_a_whole_number_may_be_a_rounded_one_whose_zeros_are_left_out():
    """1 + e^−8.3 is 1.000 to four digits."""
    v = leaves(w=0.83, x=10.0, b=0.0123)
    sheet = Worksheet(a=v["w"] * v["b"], p=sigmoid(v["w"] * v["x"]), q=v["b"] * 3.21, r=v["w"] * 0.7771)
    others = {"a": "0.01021", "q": "0.03948", "r": "0.645"}
    row = sheet.mark({**others, "p": "1/(1 + e^{−8.3}) = 1/1 = 0.9998"})["p"]
    assert (row.verdict, row.remark) == ("right", "")
    assert "comes to 1, not 0.98" in sheet.mark({**others, "p": "1/(1 + e^{−8.3}) = 1/1 = 0.98"})["p"].remark


def test_more_digits_may_be_held_than_are_written():
    """0.0151 is written for 0.01507, which was 0.015073; a third of it is 0.004521 with the four digits that are kept."""
    v = leaves(k=0.0091352, x=1.65, w=0.72, η=0.3)
    d = v["k"] * v["x"]
    sheet = Worksheet(d=d, w_new=v["w"] - v["η"] * d)
    assert sheet.mark({"d": "0.0151", "w_new": "w − η·d = 0.72 − 0.004521"})["w_new"].verdict in ("right", "rounded")
    assert sheet.mark({"d": "0.0151", "w_new": "w − η·d = 0.72 − 0.004721"})["w_new"].verdict == "wrong"


def test_where_nobody_can_tell_decimals_from_digits_either_may_be_kept():
    """1.12874 on the way to 0.885944 has six digits, and five decimals; what is written has six of both."""
    v = leaves(z=2.05, w=0.77, x=0.456789)
    sheet = Worksheet(o=sigmoid(v["z"]), p=v["w"] * v["x"], q=v["x"] ** 2, r=v["w"] * 0.771234)
    others = {"p": "0.351728", "q": "0.208656", "r": "0.593850"}
    exp = round(math.exp(-2.05), 6)
    assert sheet.mark({**others, "o": f"{1 / round(1 + exp, 5):.6f}"})["o"].verdict in ("right", "rounded")
    assert sheet.mark({**others, "o": "0.885968"})["o"].verdict == "wrong"


def test_a_number_that_a_formula_has_twice_stands_for_the_same_quantity_twice():
    """t/o and (1 − t)/(1 − o) have o twice and t twice: 0.01 is t, and no 0.01196 that was rounded."""
    v = leaves(o=0.83617, t=0.01)
    e = -v["t"] / v["o"] + (1 - v["t"]) / (1 - v["o"])
    claim = "−0.01/0.83617 + (1 − 0.01)/(1 − 0.83617) = −0.001959 + (1 − 0.01)/(1 − 0.83617) = 6.04089"
    assert Worksheet(e=e).mark({"e": claim})["e"].verdict == "wrong"
    assert Worksheet(e=e).mark({"e": claim.replace("0.001959", "0.011959").replace("6.04089", "6.03089")})["e"].remark == ""


def test_a_slip_in_a_repeated_number_is_no_fault_of_what_goes_on_from_the_number():
    """∂E/∂b repeats δ wrongly; ∂E/∂w goes on from δ, and is off by the rounding of it."""
    v = leaves(e=2.3394, s=0.5, x=-1.54)
    delta = v["e"] * v["s"]
    sheet = Worksheet({"δ": delta, "db": delta, "dw": delta * v["x"]})
    marking = sheet.mark({"δ": "1.17", "db": "1.87", "dw": "−1.802"})
    assert marking.verdicts == {"δ": "right", "db": "wrong", "dw": "rounded"}


def test_looking_for_a_mistake_ends_where_there_are_too_many(monkeypatch):
    """In a line of hundreds of steps nothing is guessed, after a limited number of them."""
    rng, looked_at = random.Random(1), []
    x = Value(0.7, label="x")
    y = x
    for _ in range(150):
        y = rng.choice([lambda y: y * x, lambda y: tanh(y) + x, lambda y: sigmoid(y) - 0.5 * x])(y)
    slope = gradient(y, x)[0]
    of_line = guessing.mistakes
    monkeypatch.setattr(guessing, "mistakes", lambda *args: (looked_at.append(1) or each for each in of_line(*args)))
    row = Worksheet(slope=slope).mark({"slope": f"{1.13 * slope.data:.6f}"})["slope"]
    assert (row.verdict, row.diagnoses) == ("wrong", ())
    assert 0 < len(looked_at) < 1000


def test_a_line_may_go_on_from_any_number_before_it_that_leads_there():
    """The sheet's own formula of dw does not speak of k; the person's does, in the number that was written for it."""
    v = leaves(a=-0.0508, b=0.2, x=0.83, p=0.31, q=0.77)
    sheet = Worksheet(k=v["a"] * v["b"], m=v["p"] * v["q"], n=v["p"] ** 2, dw=v["a"] * (v["b"] * v["x"]))
    written = {"k": "-0.0102", "m": "0.2387", "n": "0.0961"}
    for claim in ("(-0.0102)·x = -0.0085", "−0.0102·0.83 = −0.0085"):
        row = sheet.mark({**written, "dw": claim})["dw"]
        assert (row.verdict, row.remark) == ("rounded", "")
    assert sheet.mark({**written, "dw": "(-0.0102)·x = -0.0095"})["dw"].verdict == "wrong"


def test_a_number_that_two_quantities_have_may_be_either_rounded():
    """0.425557 is what was written for ∂E/∂z, and o, which was not, to six digits."""
    v = leaves(z=-0.3, t=0.0)
    o = sigmoid(v["z"])
    o.label = "o"
    E = -v["t"] * log(o) - (1 - v["t"]) * log(1 - o)
    sheet = Worksheet({"o": o, "E": E, "∂E/∂z": o - v["t"]})
    claims = {"o": "σ(z)", "∂E/∂z": "0.425557", "E": "-(1 - 0)·log(1 - 0.425557) = -(-0.554354) = 0.554354"}
    assert sheet.mark(claims).first_wrong is None
    assert sheet.mark({**claims, "E": "-(1 - 0)·log(1 - 0.425557) = 0.554334"})["E"].verdict == "wrong"


def squares_of_sigmoids():
    v = leaves(a_1=0.44, a_2=-0.599, t_1=0.15, t_2=0.59)
    p_1, p_2 = sigmoid(v["a_1"]), sigmoid(v["a_2"])
    E = ((p_1 - v["t_1"]) ** 2 + (p_2 - v["t_2"]) ** 2) / 2
    return Worksheet({"p_1": p_1, "p_2": p_2, "E": E, "∂E/∂p_1": gradient(E, p_1)[0]})


def small_step():
    v = leaves(g=0.032, x=0.03, b=0.25, α=0.5)
    k = v["g"] * v["x"]
    return Worksheet(k=k, z=v["g"] + v["b"], y=v["g"] + v["α"], b_new=v["b"] - v["α"] * k)


def slope_of_a_logarithm():
    v = leaves(a=0.01226, y=1.0, w=0.3, x=0.7)
    o = sigmoid(v["a"])
    J = -v["y"] * log(o) - (1 - v["y"]) * log(1 - o)
    return Worksheet({"u": v["w"] * v["x"] * 0.71533, "o": o, "z": v["w"] / v["x"], "J": J, "∂J/∂o": gradient(J, o)[0]})


STAGES = [  # a sheet, what was written before, a line whose every operation was rounded, and the same with a slip
    (
        squares_of_sigmoids,
        {"p_1": "0.608", "p_2": "0.355", "∂E/∂p_1": "0.458"},
        ("E", "((1/(1 + e^(-0.440)) - 0.15)² + (σ(-0.599) - 0.59)²)/2 = ((0.610 - 0.15)² + (0.355 - 0.59)²)/2 = 0.134"),
        "((1/(1 + e^(-0.440)) - 0.15)² + (σ(-0.599) - 0.59)²)/2 = ((0.680 - 0.15)² + (0.355 - 0.59)²)/2 = 0.168",
    ),
    (
        small_step,
        {"k": ".001", "z": ".282", "y": ".532"},
        ("b_new", "b − α*k = .25 − .5*.001 = .25 − .001 = .250"),
        "b − α*k = .25 − .5*.001 = .25 − .010 = .240",
    ),
    (
        slope_of_a_logarithm,
        {"u": "0.15022", "z": "0.42857", "o": "0.50306", "J": "0.68703"},
        ("∂J/∂o", "-1/(1/(1 + e^(-a))) + (1 - 1)/(1 - σ(a)) = -1.98779 + 0.00000"),
        "-1/(1/(1 + e^(-a))) + (1 - 1)/(1 - σ(a)) = -1.99779 + 0.00000",
    ),
]


@pytest.mark.parametrize(("sheet", "before", "honest", "slip"), STAGES)
def test_a_stage_may_be_the_one_before_it_with_every_operation_rounded(sheet, before, honest, slip):
    """1/(1 + e^−0.440) is 0.610 for who keeps three digits; nothing is said of it, and a larger slip is found."""
    line, text = honest
    marking = sheet().mark({**before, line: text})
    assert marking.first_wrong is None
    assert [row.remark for row in marking] == [""] * len(marking)
    assert sheet().mark({**before, line: slip})[line].verdict == "wrong"


def test_a_number_of_the_sheet_is_no_other_one_with_fewer_digits():
    """0.1 is x_2, and not x_1 = 0.05 to one digit, for who keeps six."""
    v = leaves(δ=0.140744, x_1=0.05, x_2=0.1, b=0.3)
    sheet = Worksheet(u=v["δ"] + v["b"], s=v["δ"] * v["b"], r=v["δ"] - v["x_2"], dw=v["δ"] * v["x_1"])
    before = {"u": "0.440744", "s": "0.0422232", "r": "0.040744"}
    assert sheet.mark({**before, "dw": "0.140744·0.1 = 0.014074"}).first_wrong == "dw"
    assert sheet.mark({**before, "dw": "0.140744·0.05 = 0.0070372"}).first_wrong is None
