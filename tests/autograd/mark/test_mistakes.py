"""The mistakes that are tried on a step: each with its formula written by hand, whether it is common, and its sentence.

A sheet has one neuron behind another. For each step stand all mistakes that are tried on it, in their order, as

    kind, "rare" or nothing | what it leads to, in Python, over the quantities of the sheet | what a person is told

Python works the middle out for numbers that have nothing to do with the sheet, so that no two formulas agree by chance.
"""

import math
import random

import pytest

from autograd import Value, Worksheet, gradient, log, relu, sigmoid, softmax
from autograd.formula.measures import free_variables
from autograd.mark.classes import Class
from autograd.mark.forms import figure, text_of
from autograd.mark.mistakes import KINDS, mistakes, slope_named
from autograd.mark.numerals import written_number
from autograd.mark.report import Diagnosis, Marking, Row
from autograd.mark.slips import Slip, digit_mistakes, round_early
from autograd.rewriting import value_at


def sheet():
    numbers = {"w_11": 0.4, "w_12": -0.6, "x_1": 0.7, "x_2": 1.1, "b": 0.3}
    numbers |= {"v": 0.8, "c": -0.2, "t": 0.9, "η": 0.2, "a": 0.45}
    w11, w12, x1, x2, b, v, c, t, rate, a = (Value(x, name) for name, x in numbers.items())
    z = w11 * x1 + w12 * x2 + b
    h = z.tanh()
    y = v * h + c
    o = sigmoid(y)
    E = (o - t) ** 2 / 2
    lines = {"z": z, "h": h, "y": y, "o": o, "E": E, "∂E/∂o": gradient(E, o)[0], "s": o * (1 - o)}
    lines |= {f"∂E/∂{name}": gradient(E, x)[0] for name, x in {"y": y, "h": h, "z": z, "w_11": w11, "w_12": w12}.items()}
    lines |= {"w_11_new": w11 - rate * gradient(E, w11)[0]}
    lines |= {"r": relu(z), "q": -a * log(b), "m": a / (b * x1), "u": v * (h * h)}
    return Worksheet(lines)


SHEET = sheet()
WHOLE = """
    sign | -({0}) | The sign is the other way round
    half | 2*({0}) | This is twice what it should be
    half | ({0})/2 | This is half of what it should be
    half rare | 4*({0}) | This is four times what it should be: 2 stands for ½
"""
UPSIDE_DOWN = "operation rare | 1/({0}) | This is one over what it should be"

STEPS = {  # the line, its formula in Python, the mistakes of its own, the values of lines that it may be
    "h": (
        "tanh(z)",
        """
        function | z | You did not apply tanh to z
        sign | tanh(-z) | You took tanh of −(z)
        function | 1/(1 + exp(-z)) | You applied σ; here it is tanh
        function | max(z, 0) | You applied ReLU; here it is tanh
        function rare | 1 - tanh(z)**2 | You took tanh′ for tanh
        """,
        "copied rare | z | This is the value of z",
    ),
    "r": (
        "max(z, 0)",
        """
        function | z | You did not apply ReLU to z
        sign rare | max(-z, 0) | You took ReLU of −(z)
        function | 1/(1 + exp(-z)) | You applied σ; here it is ReLU
        function | tanh(z) | You applied tanh; here it is ReLU
        operand | max(h, 0) | You used h; here it is z
        """,
        "copied rare | z | This is the value of z",
    ),
    "o": (
        "1/(1 + exp(-y))",
        """
        function | y | You did not apply σ to y
        sign | 1/(1 + exp(y)) | You took σ of −(y)
        function | tanh(y) | You applied tanh; here it is σ
        function | max(y, 0) | You applied ReLU; here it is σ
        function rare | exp(-y)/(1 + exp(-y))**2 | You took σ′ for σ
        function rare | exp(-y) | This is e^−(y) alone
        function rare | 1 + exp(-y) | You did not take 1 over 1 + e^−(y)
        """,
        "copied rare | y | This is the value of y",
    ),
    "y": (
        "v*h + c",
        """
        factor | h + c | You left out the factor v
        operation rare | h/v + c | You divided by v and should multiply
        operation | (h + v) + c | You added v and h and should multiply
        factor rare | v*v*h + c | You multiplied by v twice
        factor | v + c | You left out the factor h
        operation rare | v/h + c | You divided by h and should multiply
        operation | (v + h) + c | You added v and h and should multiply
        factor rare | v*h*h + c | You multiplied by h twice
        sign | -v*h + c | The sign of v·h is wrong: it is added here
        term | c | You left out the term v·h
        sign | v*h - c | The sign of c is wrong: it is added here
        bias | v*h | You left out the bias c
        operation rare | v*h*c | You multiplied the terms of v·h + c
        swapped | h*v + c | v and h changed places
        swapped | c*h + v | v and c changed places
        swapped | v*c + h | h and c changed places
        operand | v*z + c | You used z; here it is h
        """,
        """
        copied rare | v | This is the value of v
        copied rare | h | This is the value of h
        copied rare | c | This is the value of c
        """,
    ),
    "E": (
        "(o - t)**2/2",
        """
        swapped | (t - o)**2/2 | You took t − o; here it is o − t
        factor | 1/2 | You left out the factor (o − t)²
        operation rare | 1/(2*(o - t)**2) | You divided by (o − t)² and should multiply
        half | (o - t)**2 | You did not divide by 2
        operation rare | (o - t)**2*2 | You multiplied by 2 and should divide
        sign | (-o - t)**2/2 | The sign of o is wrong: it is added here
        term | t**2/2 | You left out the term o
        sign | (o + t)**2/2 | The sign of t is wrong: it is taken away here
        term | o**2/2 | You left out the term t
        operation rare | (o*t)**2/2 | You multiplied the terms of o − t
        square | (o - t)/2 | You did not square o − t
        square rare | 2*(o - t)/2 | You took twice o − t for the square
        swapped | (t - o)**2/2 | o and t changed places
        operand | (y - t)**2/2 | You used y; here it is o
        """,
        "copied rare | o | This is the value of o\ncopied rare | t | This is the value of t",
    ),
    "∂E/∂o": (
        "o - t",
        """
        swapped | t - o | You took t − o; here it is o − t
        sign | -o - t | The sign of o is wrong: it is added here
        term | -t | You left out one of the paths: o
        sign | o + t | The sign of t is wrong: it is taken away here
        term | o | You left out one of the paths: t
        operation rare | -o*t | You multiplied the terms of o − t
        swapped | t - o | o and t changed places
        operand | y - t | You used y; here it is o
        """,
        "copied rare | o | This is the value of o\ncopied rare | t | This is the value of t",
    ),
    "s": (
        "o*(1 - o)",
        """
        derivative | y*(1 - y) | You took σ′, o·(1 − o), with y in the place of o
        derivative | sigma(o)*(1 - sigma(o)) | You took σ′, o·(1 − o), with σ(o) in the place of o
        derivative rare | 1 - o*o | You took the derivative of tanh; here it is σ′
        derivative | 1 - o | You left out σ′, the factor o
        operation rare | (1 - o)/o | You divided by o and should multiply
        operation | 1 | You added o and 1 − o and should multiply
        factor rare | o*o*(1 - o) | You multiplied by o twice
        derivative | o | You left out the factor 1 − o
        operation rare | o/(1 - o) | You divided by 1 − o and should multiply
        operation | 1 | You added o and 1 − o and should multiply
        factor rare | o*(1 - o)**2 | You multiplied by 1 − o twice
        sign | o*(-1 - o) | The sign of 1 is wrong: it is added here
        term | -o*o | You left out the term 1
        sign | o*(1 + o) | The sign of o is wrong: it is taken away here
        term | o | You left out the term o
        operation rare | -o*o | You multiplied the terms of 1 − o
        operand | y*(1 - y) | You used y; here it is o
        """,
        "copied rare | o | This is the value of o",
    ),
    "∂E/∂y": (
        "e*s",
        """
        factor | s | You left out the factor ∂E/∂o
        operation rare | s/e | You divided by ∂E/∂o and should multiply
        operation | s + e | You added ∂E/∂o and s and should multiply
        factor rare | e*s*e | You multiplied by ∂E/∂o twice
        derivative | e | You left out σ′, the factor s
        operation rare | e/s | You divided by s and should multiply
        operation | e + s | You added ∂E/∂o and s and should multiply
        factor rare | e*s*s | You multiplied by s twice
        swapped | s*e | ∂E/∂o and s changed places
        """,
        "copied rare | e | This is the value of ∂E/∂o\ncopied rare | s | This is the value of s",
    ),
    "w_11_new": (
        "w - η*g",
        """
        ascent | w + η*g | You went up the slope: w₁₁ + … stands for w₁₁ − …
        rate | w - g | You left out the learning rate η
        factor | w - η | You left out the gradient ∂E/∂w₁₁
        term | η*g | This is the step alone, without w₁₁
        term | -η*g | This is the step alone, without w₁₁
        rate | w - g | You left out the factor η
        operation rare | w - g/η | You divided by η and should multiply
        operation | w - (g + η) | You added η and ∂E/∂w₁₁ and should multiply
        factor rare | w - η*g*η | You multiplied by η twice
        factor | w - η | You left out the factor ∂E/∂w₁₁
        operation rare | w - η/g | You divided by ∂E/∂w₁₁ and should multiply
        operation | w - (η + g) | You added η and ∂E/∂w₁₁ and should multiply
        factor rare | w - η*g*g | You multiplied by ∂E/∂w₁₁ twice
        index | w12 - η*g | You used w₁₂; here it is w₁₁
        index | w - η*g12 | You used ∂E/∂w₁₂; here it is ∂E/∂w₁₁
        index rare | w - η*d | You used ∂E/∂y; here it is ∂E/∂w₁₁
        index rare | w - η*k | You used ∂E/∂h; here it is ∂E/∂w₁₁
        index | w12 - η*g12 | You used w₁₂, ∂E/∂w₁₂; here it is w₁₁, ∂E/∂w₁₁
        swapped | g - η*w | w₁₁ and ∂E/∂w₁₁ changed places
        operand rare | g - η*g | You used ∂E/∂w₁₁; here it is w₁₁
        operand rare | w - η*w | You used w₁₁; here it is ∂E/∂w₁₁
        """,
        """
        copied rare | w | This is the value of w₁₁
        copied rare | η | This is the value of η
        copied rare | g | This is the value of ∂E/∂w₁₁
        """,
    ),
    "∂E/∂z": (
        "k*(1 - h*h)",
        """
        derivative | k | You left out tanh′, the factor 1 − h²
        operation | k + (1 - h*h) | You added tanh′, 1 − h², and should multiply
        factor rare | 1 - h*h | This is tanh′ alone, without ∂E/∂h
        derivative | k*(1 - z*z) | You took tanh′, 1 − h², with z in the place of h
        derivative | k*(1 - tanh(h)**2) | You took tanh′, 1 − h², with tanh(h) in the place of h
        derivative rare | k*h*(1 - h) | You took the derivative of σ; here it is tanh′
        factor | 1 - h*h | You left out the factor ∂E/∂h
        operation rare | (1 - h*h)/k | You divided by ∂E/∂h and should multiply
        operation | (1 - h*h) + k | You added ∂E/∂h and 1 − h² and should multiply
        factor rare | k*k*(1 - h*h) | You multiplied by ∂E/∂h twice
        derivative | k | You left out the factor 1 − h²
        operation rare | k/(1 - h*h) | You divided by 1 − h² and should multiply
        operation | k + (1 - h*h) | You added ∂E/∂h and 1 − h² and should multiply
        factor rare | k*(1 - h*h)**2 | You multiplied by 1 − h² twice
        sign | k*(-1 - h*h) | The sign of 1 is wrong: it is added here
        term | -k*h*h | You left out the term 1
        sign | k*(1 + h*h) | The sign of h² is wrong: it is taken away here
        term | k | You left out the term h²
        operation rare | -k*h*h | You multiplied the terms of 1 − h²
        square | k*(1 - h) | You did not square h
        square rare | k*(1 - 2*h) | You took twice h for the square
        index rare | d*(1 - h*h) | You used ∂E/∂y; here it is ∂E/∂h
        swapped | h*(1 - k*k) | ∂E/∂h and h changed places
        operand | k*(1 - z*z) | You used z; here it is h
        """,
        "copied rare | k | This is the value of ∂E/∂h\ncopied rare | h | This is the value of h",
    ),
    "q": (
        "-a*log(b)",
        """
        factor | -log(b) | You left out the factor a
        operation rare | -log(b)/a | You divided by a and should multiply
        operation | -(log(b) + a) | You added a and log(b) and should multiply
        factor rare | -a*a*log(b) | You multiplied by a twice
        factor | -a | You left out the factor log(b)
        operation rare | -a/log(b) | You divided by log(b) and should multiply
        operation | -(a + log(b)) | You added a and log(b) and should multiply
        factor rare | -a*log(b)**2 | You multiplied by log(b) twice
        function | -a*b | You did not apply log to b
        log base | -a*log(b)/log(2) | You took the logarithm to base 2
        log base | -a*log(b)/log(10) | You took the logarithm to base 10
        swapped | -b*log(a) | a and b changed places
        """,
        "copied rare | a | This is the value of a\ncopied rare | b | This is the value of b",
    ),
    "m": (
        "a/(b*x1)",
        """
        factor | 1/(b*x1) | You left out the factor a
        operation rare | 1/(a*b*x1) | You divided by a and should multiply
        factor | a/x1 | You did not divide by b
        operation rare | a*b/x1 | You multiplied by b and should divide
        factor | a/b | You did not divide by x₁
        operation rare | a*x1/b | You multiplied by x₁ and should divide
        index | a/(b*x2) | You used x₂; here it is x₁
        swapped | b/(a*x1) | a and b changed places
        """,
        """
        copied rare | a | This is the value of a
        copied rare | b | This is the value of b
        copied rare | x1 | This is the value of x₁
        """,
    ),
}
SHORT = {"e": "∂E/∂o", "d": "∂E/∂y", "k": "∂E/∂h", "w": "w_11", "w12": "w_12", "g": "∂E/∂w_11", "g12": "∂E/∂w_12"}
SHORT |= {"x1": "x_1", "x2": "x_2"}


def sigma(x):
    return 1 / (1 + math.exp(-x))


def by_python(formula, numbers):
    """What a formula comes to; nan where it comes to nothing."""
    names = {short: numbers[name] for short, name in SHORT.items()} | {n: x for n, x in numbers.items() if n.isidentifier()}
    try:
        return eval(formula, {"tanh": math.tanh, "exp": math.exp, "log": math.log, "max": max, "sigma": sigma}, names)
    except ValueError:
        return math.nan


def shown(q):
    return text_of(q)


def rows_of(line):
    step, own, copies = STEPS[line]
    texts = f"{own}\n{WHOLE}\n{copies}\n{UPSIDE_DOWN}".splitlines()
    for row in texts:
        if row.strip():
            kind, formula, sentence = (part.strip() for part in row.split(" | "))
            common = not kind.endswith(" rare")
            yield kind.removesuffix(" rare"), common, formula.replace("{0}", step), sentence


@pytest.mark.parametrize("line", STEPS)
def test_these_mistakes_are_tried_on_a_step(line):
    """All of them, in this order, each with the formula that is written here, and the sentence."""
    leaf, at_random = SHEET.leaves[line], random.Random(1)
    made = [m for m in mistakes(SHEET.formulas[leaf], SHEET.context, leaf) if "of −(b)" not in m.tell(shown)]
    places = [{x: at_random.uniform(0.2, 0.9) for x in SHEET.formulas} for _ in range(3)]
    expected = list(rows_of(line))
    assert [(m.kind, m.common, m.tell(shown)) for m in made] == [(kind, common, text) for kind, common, _, text in expected]
    for mistake, (_, _, formula, _) in zip(made, expected):
        for place in places:
            right = by_python(formula, {x.label: number for x, number in place.items() if x.label})
            assert value_at(mistake.formula, place) == pytest.approx(right, rel=1e-9, abs=1e-12), formula


def test_all_of_these_kinds_have_a_name():
    """The table of kinds, which class tables print, has them."""
    assert {kind for line in STEPS for kind, *_ in rows_of(line)} <= set(KINDS)


def test_a_class_table_says_each_kind_in_words():
    """Beside the line and who made the mistake; what is no kind is no guess."""
    words = """
        sign a sign
        swapped a difference the wrong way round, as y − ŷ for ŷ − y
        operation + for ×, or the like
        factor a factor left out
        term a term left out
        bias the bias left out
        derivative the derivative of the activation left out, or taken in the wrong place
        index another index
        transposed indices the wrong way round
        half ½ or 2 of the square
        square a square
        ascent ascent for descent
        rate the learning rate left out
        old-weights old weights for new ones, or the other way round
        operand another quantity in its place
        function a function not or another one
        mask a mask forgotten: softmax of all scores for that of some
        log-base another base of the logarithm
        copied the number of another line
        decimal-point the decimal point moved
        digits digits that changed places, or were lost
        rounding rounded too early
        arithmetic a slip in the arithmetic
        miscopied a number copied wrongly
        size the size of another quantity
        order factors of a product in the wrong order
        right-line a right line taken for a wrong one
        carried-line a line that only carries a mistake on, taken for the mistake
        other no guess
    """
    said = dict(line.strip().split(" ", 1) for line in words.strip().splitlines())
    said = {kind.replace("-", " "): text for kind, text in said.items()}
    assert set(said) - {"other"} == set(KINDS)
    for kind, text in said.items():
        row = Row("y", "3", "wrong", 1.0, None, None, (Diagnosis(kind, "", None),), (), (), 0.0, 1.0)
        assert Class({"ann": Marking([row])}).text.splitlines()[-1] == f"1 ×  y  {text}  ann"


def test_what_is_no_activation_has_no_derivative_left_out():
    """h² is h·h and not tanh′; log(b) is no derivative either: nobody is told of σ′ or tanh′ where none stands."""
    for line in ("u", "q", "y", "E"):
        leaf = SHEET.leaves[line]
        told = [m.tell(shown) for m in mistakes(SHEET.formulas[leaf], SHEET.context, leaf)]
        assert told
        assert not [text for text in told if "′" in text]


# ------------------------------------------------------------------------------------------------ two neurons side by side


def pair():
    """Two sigmoid neurons, softmax behind them, cross-entropy: families of names, and fractions that cancel."""
    x = [Value(0.7, "x_1"), Value(-0.4, "x_2")]
    w = [[Value(0.3, "w_11"), Value(0.8, "w_12")], [Value(-0.5, "w_21"), Value(0.2, "w_22")]]
    t = [Value(1.0, "t_1"), Value(0.0, "t_2")]
    z = [w[i][0] * x[0] + w[i][1] * x[1] for i in range(2)]
    h = [sigmoid(each) for each in z]
    p = softmax(h)
    L = -t[0] * log(p[0]) - t[1] * log(p[1])
    lines = {"z": z, "h": h, "p": p, "L": L, "∂L/∂h": gradient(L, *h), "∂L/∂z": gradient(L, *z)}
    return Worksheet(lines | {"∂L/∂w": [gradient(L, *row) for row in w], "∂L/∂x": gradient(L, *x)})


PAIR = pair()


def test_a_matrix_of_a_layer_is_turned_round_without_its_layer():
    """Of three indices the last two change places: w_{kij} is neuron i and input j of layer k."""
    x = [Value(0.7, "x_1"), Value(-0.4, "x_2")]
    w = [[Value(0.3, "w_311"), Value(0.8, "w_312")], [Value(-0.5, "w_321"), Value(0.2, "w_322")]]
    sheet = Worksheet(z=[row[0] * x[0] + row[1] * x[1] for row in w])
    for line, turned in {"z_1": "w₃₂₁ for w₃₁₂", "z_2": "w₃₁₂ for w₃₂₁"}.items():
        leaf = sheet.leaves[line]
        told = [m.tell(shown) for m in mistakes(sheet.formulas[leaf], sheet.context, leaf) if m.kind == "transposed"]
        assert told == [f"You turned the indices round: {turned}"]


@pytest.mark.parametrize(
    ("line", "kind", "common", "sentence"),
    [
        ("z_1", "index", True, "You used w₁₂; here it is w₁₁"),
        ("z_1", "index", True, "You used w₂₁, x₂, w₂₂; here it is w₁₁, x₁, w₁₂"),
        ("z_1", "transposed", True, "You turned the indices round: w₂₁ for w₁₂"),
        ("z_2", "transposed", True, "You turned the indices round: w₁₂ for w₂₁"),
        ("h_2", "index", True, "You used z₁; here it is z₂"),
        ("h_2", "index", True, "This is the value of h₁"),
        ("h_2", "copied", False, "This is the value of z₂"),
        ("p_1", "function", True, "You applied σ to h₁; here it is softmax"),
        ("p_2", "function", True, "You applied σ to h₂; here it is softmax"),
        ("p_2", "index", True, "This is the value of p₁"),
        ("∂L/∂h_1", "swapped", True, "You took t₁ − p₁; here it is p₁ − t₁"),
        ("∂L/∂h_1", "derivative", True, "You multiplied by p₁·(1 − p₁), which cancels against the loss here"),
        ("∂L/∂z_1", "derivative", True, "You left out σ′, the factor h₁·(1 − h₁)"),
        ("∂L/∂z_1", "factor", False, "This is σ′ alone, without ∂L/∂h₁"),
        ("∂L/∂z_1", "index", True, "You used σ′ of h₂ (h₂·(1 − h₂)); for h₁ it is h₁·(1 − h₁)"),
        ("∂L/∂w_12", "index", True, "You used x₁; here it is x₂"),
        ("∂L/∂w_12", "index", True, "You used ∂L/∂z₂; here it is ∂L/∂z₁"),
        ("∂L/∂w_12", "index", True, "This is the value of ∂L/∂w₁₁"),
        ("∂L/∂x_1", "operation", True, "You took the mean of 2 paths, which add up"),
        ("∂L/∂x_1", "term", True, "You left out the path through z₂: ∂L/∂z₂·w₂₁"),
        ("L", "swapped", True, "t₁ and p₁, t₂ and p₂ changed places"),
    ],
)
def test_names_with_other_indices_stand_in_the_place_of_a_quantity(line, kind, common, sentence):
    """Another index, one index changed throughout, a matrix turned round, σ for softmax, σ′ of another neuron."""
    leaf = PAIR.leaves[line]
    told = [(m.kind, m.common, m.tell(shown)) for m in mistakes(PAIR.formulas[leaf], PAIR.context, leaf)]
    assert (kind, common, sentence) in told, "\n".join(map(str, told))


def told(sheet, line, kind, show=shown):
    """The sentences of the mistakes of a kind that are tried on a line."""
    leaf = sheet.leaves[line]
    return [m.tell(show) for m in mistakes(sheet.formulas[leaf], sheet.context, leaf) if m.kind == kind]


def test_weights_of_before_and_after_a_step_stand_for_each_other():
    """After w_new both are there; before it nobody can have used it."""
    w, x, c, t, rate = (Value(x, name) for name, x in {"w": 0.4, "x": 0.7, "c": 0.3, "t": 0.9, "η": 0.1}.items())
    y = w * x
    g = gradient((y - t) ** 2 / 2, w)[0]
    new = w - rate * g
    sheet = Worksheet({"y": y, "g": g, "early": w * c, "w_new": new, "y_new": new * x, "late": w * c + x})
    assert told(sheet, "y_new", "old weights") == ["You used w; here it is w_new"]
    assert told(sheet, "late", "old weights") == []  # it is early + x
    late = Worksheet({"g": g, "w_new": new, "late": w * c})
    assert told(late, "late", "old weights") == ["You used w_new; here it is w"]
    assert told(sheet, "early", "old weights") == []
    u, z = Value(0.6, "u"), Value(0.2, "z")
    steps = {"w_new": w - rate * c, "u_new": u - rate * z}
    both = Worksheet(steps | {"sum": steps["w_new"] * x + steps["u_new"] * c})
    leaf, said = both.leaves["sum"], "You used the weights from before the update"
    (old,) = [m.formula for m in mistakes(both.formulas[leaf], both.context, leaf) if m.tell(shown) == said]
    assert old.data == pytest.approx(0.4 * 0.7 + 0.6 * 0.3)


def test_a_path_goes_through_the_line_behind_its_leaf():
    """x goes through z_1 and z_2; that each path begins with ∂E/∂o does not make it the path through o."""
    x, u, v, t = (Value(x, name) for name, x in {"x": 0.7, "u": 0.3, "v": 0.5, "t": 0.9}.items())
    z = [(u * x).tanh(), (v * x).tanh()]
    o = sigmoid(z[0] + 2 * z[1])
    E = (o - t) ** 2 / 2
    sheet = Worksheet({"z": z, "o": o, "E": E, "∂E/∂o": gradient(E, o)[0], "∂E/∂x": gradient(E, x)[0]})
    paths = sorted(sentence.partition(":")[0] for sentence in told(sheet, "∂E/∂x", "term") if "path" in sentence)
    assert paths == ["You left out the path through z₁", "You left out the path through z₂"]


def test_what_is_no_line_is_shown_as_it_is_computed():
    """w·x is a formula; h is a line, and shown with its number."""
    w, x, v = Value(0.4, "w"), Value(0.7, "x"), Value(0.9, "v")
    h = (w * x).tanh()
    sheet = Worksheet(h=h, y=v * h)
    numbered = lambda q: f"{text_of(q)} = …"  # noqa: E731
    assert told(sheet, "y", "operand", numbered) == ["You used w·x; here it is h = …"]
    moved = [text for text in told(SHEET, "∂E/∂z", "derivative", numbered) if "in the place" in text]
    assert moved == [f"You took tanh′, 1 − h², with {other} in the place of h = …" for other in ("z = …", "tanh(h)")]


def test_of_four_kinds_of_names_none_change_places():
    """Of three any two may."""
    a, b, c, d = (Value(x, name) for name, x in {"a": 0.3, "b": 0.4, "c": 0.5, "d": 0.7}.items())
    changed = ["a and b changed places", "a and c changed places", "b and c changed places"]
    assert told(Worksheet(y=a * b + c), "y", "swapped") == changed
    assert told(Worksheet(y=a * b + c * d), "y", "swapped") == []


def test_no_quantity_that_comes_later_is_used():
    """Nobody can have taken a number that was not there yet; the line itself stands for nothing either."""
    for line in PAIR.lines:
        leaf = PAIR.leaves[line]
        allowed = PAIR.context.before(leaf) | set(PAIR.context.family(leaf))
        for mistake in mistakes(PAIR.formulas[leaf], PAIR.context, leaf):
            assert {q for q in free_variables(mistake.formula) if q.label} <= allowed


def test_what_a_quantity_is_surrounded_by():
    """Its family, the nearest name first; what is computed alike; what comes before and after."""
    around, named = PAIR.context, PAIR.leaves | {q.label: q for q in PAIR.formulas}
    assert [q.label for q in around.family(named["w_11"])] == ["w_12", "w_21", "w_22"]
    assert [q.label for q in around.family(named["L"])] == []
    assert {q.label for q in around.before(named["h_1"]) if q.inputs or q in PAIR.leaves.values()} >= {"z_1", "z_2"}
    assert named["h_2"] not in around.before(named["h_1"])
    assert {named[name] for name in ("p_1", "p_2", "L")} <= around.after(named["p_1"]) | {named["p_2"]}
    assert named["z_1"] not in around.after(named["p_1"])


# ----------------------------------------------------------------------------------------------------- slips with the digits

LEFT, RIGHT = "too far to the left", "too far to the right"


@pytest.mark.parametrize(
    ("written", "value", "slips"),
    [
        ("0.2750", 0.2570, ["Two digits changed places: 57 became 75"]),
        ("-0.2750", -0.2570, ["Two digits changed places: 57 became 75"]),
        ("21.5", 12.5, ["Two digits changed places: 12 became 21"]),
        ("0.2750", -0.2570, []),
        ("2.570", 0.2570, [f"The decimal point is one place {RIGHT}"]),
        ("25.70", 0.2570, [f"The decimal point is two places {RIGHT}"]),
        ("257.0", 0.2570, [f"The decimal point is three places {RIGHT}"]),
        ("-1.25", -12.5, [f"The decimal point is one place {LEFT}"]),
        ("0.125", 12.5, [f"The decimal point is two places {LEFT}"]),
        ("0.0125", 12.5, [f"The decimal point is three places {LEFT}"]),
        ("0.00125", 12.5, []),
        ("0.2571", 0.2570, ["Only the last digit is off"]),
        ("0.2572", 0.2570, ["Only the last digit is off"]),
        ("0.2574", 0.2570, []),
        ("0.257", 0.258, []),
        ("0.25790", 0.25700, ["One digit is another: 0.25700 became 0.25790"]),
        ("0.25792", 0.25700, []),
        ("0.2579", 0.2570, []),
        ("0.257", 0.2457, ["A digit was lost: 0.2457 became 0.257"]),
        ("0.257", 0.2257, ["A digit was lost: 0.2257 became 0.257"]),
        ("0.2577", 0.257, ["A digit was written twice: 0.257 became 0.2577"]),
        ("0.2257", 0.257, ["A digit was written twice: 0.257 became 0.2257"]),
        ("0.25", 0.2, []),
    ],
)
def test_a_slip_of_the_pen_leads_from_the_number_to_what_was_written(written, value, slips):
    """The point moved by up to three places; two digits changed places; one is another, is lost, or stands twice."""
    found = [m for m, meant, _ in digit_mistakes(written_number(written), value) if math.isclose(meant, value)]
    assert [m.tell(shown) for m in found] == slips
    for m in found:
        common = m.tell(shown).startswith(("The decimal point", "Two digits"))
        assert (m.kind in ("decimal point", "digits"), m.common, type(m)) == (True, common, Slip)


def test_a_moved_point_scales_what_is_written():
    """The number meant is the one that was written times a power of ten, which is told with it."""
    moved = [(meant, scale) for m, meant, scale in digit_mistakes(written_number("0.5"), 7.0) if m.kind == "decimal point"]
    assert moved == [(5.0, 10.0), (0.05, 0.1), (50.0, 100.0), (0.005, 0.01), (500.0, 1000.0), (0.0005, 0.001)]


def test_numbers_that_were_rounded_before_they_were_used():
    """All to one to four decimals, or one of them; never to as many as were written, and never to the same number."""
    x, y, z = Value(0.12345, "x"), Value(0.5, "y"), Value(2.0, "p") * 3.0
    numbers, units = {x: 0.12345, y: 0.56785, z: 6.66666}, {x: 1e-5, y: 1e-3, z: 1e-5}
    found = [(m.kind, m.tell(shown), coarse) for m, coarse in round_early(numbers, units)]
    before = "before you went on"
    assert found == [
        ("rounding", f"You rounded to 1 decimal {before}", {x: 0.1, y: 0.6, z: 6.7}),
        ("rounding", f"You rounded x to 1 decimal {before}", {x: 0.1}),
        ("rounding", f"You rounded y to 1 decimal {before}", {y: 0.6}),
        ("rounding", f"You rounded a number to 1 decimal {before}", {z: 6.7}),
        ("rounding", f"You rounded to 2 decimals {before}", {x: 0.12, y: 0.57, z: 6.67}),
        ("rounding", f"You rounded x to 2 decimals {before}", {x: 0.12}),
        ("rounding", f"You rounded y to 2 decimals {before}", {y: 0.57}),
        ("rounding", f"You rounded a number to 2 decimals {before}", {z: 6.67}),
        ("rounding", f"You rounded to 3 decimals {before}", {x: 0.123, z: 6.667}),
        ("rounding", f"You rounded x to 3 decimals {before}", {x: 0.123}),
        ("rounding", f"You rounded a number to 3 decimals {before}", {z: 6.667}),
        ("rounding", f"You rounded to 4 decimals {before}", {x: 0.1235, z: 6.6667}),
        ("rounding", f"You rounded x to 4 decimals {before}", {x: 0.1235}),
        ("rounding", f"You rounded a number to 4 decimals {before}", {z: 6.6667}),
    ]


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("∂L/∂z", ("L", "z")),
        ("dE / dw_1", ("E", "w_1")),
        ("δ", ("", "")),
        ("delta_1", ("", "")),
        ("∇w", ("", "")),
        ("dz", ("", "z")),
        ("d_z", ("", "z")),
        ("z", None),
        ("L", None),
    ],
)
def test_the_names_in_that_of_a_derivative(label, names):
    """What is differentiated, and by what; nothing for a name of another kind."""
    found = slope_named(label)
    assert found == names if found is None else tuple(name.strip() for name in found) == names


@pytest.mark.parametrize(
    ("x", "text"), [(1 / 3, "0.333333"), (-2 / 3, "−0.666667"), (1234567.0, "1.23457·10⁶"), (0.5, "0.5")]
)
def test_a_figure_in_a_sentence_has_six_digits(x, text):
    """As many as tell two numbers of a sheet apart, and no more."""
    assert figure(x).replace("-", "−") == text
