"""Formulas as people write them: what they come to, and where they are refused.

The table of spellings has its values from Python's own arithmetic. That what the library writes is read back is tested in
test_parsing_round_trips.py.
"""

import math

import pytest
from formula_numbers import (
    NUMBERS,
    a12,
    b,
    dEdo,
    dLdw,
    eta,
    mine,
    net,
    o,
    o1,
    r,
    t,
    theta,
    w1,
    w2,
    x,
    x1,
    x2,
    y,
    yhat,
    z,
)
from walks import walked

import autograd as ag
from autograd import Value, gradient
from autograd.formula.lexer import FormulaError
from autograd.formula.parser import parse, split_chain, variables
from autograd.operation import CONSTANT

# ----------------------------------------------------------------------------------------------------- spellings and values

e, pi, exp, log, sin, cos, sqrt = math.e, math.pi, math.exp, math.log, math.sin, math.cos, math.sqrt


def sigmoid(v):
    return 1 / (1 + exp(-v))


def d_tanh(v):
    return 1 - math.tanh(v) ** 2


SPELLINGS = {
    # sums, products, fractions
    "w_1x_1 + w_2x_2 + b": w1 * x1 + w2 * x2 + b,
    "w1*x1 + w2*x2 + b": w1 * x1 + w2 * x2 + b,
    "w1x1+w2x2+b": w1 * x1 + w2 * x2 + b,
    "w₁x₁ + w₂·x₂ + b": w1 * x1 + w2 * x2 + b,
    r"w_{1} x_{1} + w_{2} \cdot x_{2} + b": w1 * x1 + w2 * x2 + b,
    r"w_1 \times x_1 \, w_2": w1 * x1 * w2,
    "w_1 × x_1 ⋅ w_2 ∙ x_2 ∗ b": w1 * x1 * w2 * x2 * b,
    "2x": 2 * x,
    "2 x": 2 * x,
    "xy": x * y,
    "x y": x * y,
    "2xy": 2 * x * y,
    "x(1-x)": x * (1 - x),
    "net(1 − net)": net * (1 - net),
    "o(1−o)x_1": o * (1 - o) * x1,
    "(x)(y)": x * y,
    "(x+1)(y-1)z": (x + 1) * (y - 1) * z,
    "2(x+1)": 2 * (x + 1),
    "[y − σ(z)]·x": (y - sigmoid(z)) * x,
    "{x + y}x": (x + y) * x,
    r"\left( x + y \right) \left[ x - y \right]": (x + y) * (x - y),
    r"\bigl(x + y\bigr)\Big\{x\Big\}": (x + y) * x,
    "-t/o + (1-t)/(1-o)": -t / o + (1 - t) / (1 - o),
    r"-\frac{t}{o} + \frac{1-t}{1-o}": -t / o + (1 - t) / (1 - o),
    r"- \frac{(t-o)}{o(1-o)} \times o(1-o) \times x_1": -(t - o) * x1,
    "a_{2}^{(1)} / 2": a12 / 2,
    "x/y/r": x / y / r,
    "x/y·r": x / y * r,
    "x/y*r": x / y * r,
    "x/yr": x / (y * r),
    "x/y r": x / (y * r),
    "x/2y": x / (2 * y),
    "x^2/3y": x**2 / (3 * y),
    "x²/3y": x**2 / (3 * y),
    "t/o(1-o)": t / (o * (1 - o)),
    "x ÷ y : r": x / y / r,
    r"x \div y": x / y,
    "x - y - r": x - y - r,
    "x – y − r": x - y - r,
    "-x - -y": -x + y,
    "x + -y": x - y,
    "x·−y·r": -x * y * r,
    "x/−y·r": -x / y * r,
    "--x": x,
    "+x": x,
    "(+x) + y": x + y,
    r"\frac{1}{1+e^{-x}}": sigmoid(x),
    r"\dfrac{x}{y} \tfrac{1}{r}": x / y / r,
    r"\frac12 x": x / 2,
    r"\frac1{1+x}": 1 / (1 + x),
    r"\frac{1}2": 0.5,
    r"\frac xy": x / y,
    r"\frac\pi 2": pi / 2,
    "½(t-o)²": 0.5 * (t - o) ** 2,
    "1/2·(t-o)^2": 0.5 * (t - o) ** 2,
    "(1/2)(t-o)^2": 0.5 * (t - o) ** 2,
    "⅓x + ¼y - ⅛": x / 3 + y / 4 - 0.125,
    "1/x y": 1 / (x * y),
    "$x + 1$": x + 1,
    "  x +\n 1\t": x + 1,
    # numbers
    "0.5": 0.5,
    ".5x": 0.5 * x,
    "2.": 2.0,
    "1e-3": 0.001,
    "1E3x": 1000 * x,
    "1e−3": 0.001,
    "1.2·10^{-3}": 1.2e-3,
    "1·10⁻⁹": 1e-9,
    "10^-300": 1e-300,
    "∞": math.inf,
    r"-\infty": -math.inf,
    "e": e,
    "π": pi,
    "pi": pi,
    r"2\pi r": 2 * pi * r,
    "2πr": 2 * pi * r,
    "e x": e * x,
    # powers and roots
    "x^2": x**2,
    "x**2": x**2,
    "x²": x**2,
    "x^{2}y": x**2 * y,
    "-x^2": -(x**2),
    "−x²": -(x**2),
    "(-x)^2": x**2,
    "2^-1": 0.5,
    "x⁻¹": 1 / x,
    "x^-1y": y / x,
    "x^{-1}": 1 / x,
    "x^2^r": x ** (2**3),
    "2x^2y": 2 * x**2 * y,
    "x^{y+1}": x ** (y + 1),
    "x^(y+1)": x ** (y + 1),
    "x^½": x**0.5,
    "x₁²": x1**2,
    "a⁽¹⁾₂²": a12**2,
    "(x + y)²": (x + y) ** 2,
    "3 - x²/y²": 3 - x**2 / y**2,
    "e^x": exp(x),
    "e^-x": exp(-x),
    "e^{-x}": exp(-x),
    "e⁻ˣ": exp(-x),
    "e^(x+y)z": exp(x + y) * z,
    "e^-x/2": exp(-x) / 2,
    "e^-x^2": exp(-(x**2)),
    "e²": exp(2),
    "xe^{-x}": x * exp(-x),
    "3e^x": 3 * exp(x),
    r"\mathrm{e}^{x}": exp(x),
    "√x": sqrt(x),
    "√2x": sqrt(2) * x,
    "√x²": abs(x),
    "√(x+1)²": x + 1,
    "√(x + 1)y": sqrt(x + 1) * y,
    r"\sqrt{x}": sqrt(x),
    r"\sqrt{x}^2": x,
    r"\sqrt 2": sqrt(2),
    r"\sqrt[3]{x}": math.cbrt(x),
    r"\sqrt[4]{x}": x**0.25,
    "∛x": math.cbrt(x),
    "sqrt(x^2 + y^2)": math.hypot(x, y),
    # bars and steps
    "|z|": -z,
    "|z||x|": -z * x,
    "2|z|x": -2 * z * x,
    "|x|-|z|": x + z,
    "||x| − 2|": 2 - x,
    "|x·|z||": -x * z,
    "|x(|z| + 1)|": x * (1 - z),
    r"\left|z\right|^{2}": z**2,
    r"\lvert z \rvert x": -z * x,
    "|z|²": z**2,
    "sin |z|": sin(-z),
    "[x > 0]": 1.0,
    "[z > 0]x": 0.0,
    "[z < 0]": 1.0,
    "[x − x ≥ 0]": 1.0,
    r"[x \le 0]": 0.0,
    "1_{x>0}": 1.0,
    r"1_{\{z>0\}}": 0.0,
    r"\mathbf{1}_{x > 0} y": y,
    r"\mathbf{1}[x > 0]": 1.0,
    r"\mathbb 1_{z > 0}": 0.0,
    "𝟙(x > 0)": 1.0,
    "[[z > 0] < 1]": 1.0,
    # functions
    "log(o)": log(o),
    "ln o": log(o),
    r"\ln o": log(o),
    "log o · x": log(o) * x,
    "log o/x": log(o) / x,
    "-t log o - (1-t) log(1-o)": -t * log(o) - (1 - t) * log(1 - o),
    r"-t \log o - (1-t) \log (1-o)": -t * log(o) - (1 - t) * log(1 - o),
    r"-(y \log \hat{y} + (1-y) \log(1-\hat{y}))": -(y * log(yhat) + (1 - y) * log(1 - yhat)),
    "-tlogo": -t * log(o),
    "log(o)^2": log(o) ** 2,
    "log(o)²x": log(o) ** 2 * x,
    "log o^2": log(o**2),
    "log_2 x": math.log2(x),
    "log₂(x)": math.log2(x),
    "log2(x)": math.log2(x),
    r"\log_{10}(x)": math.log10(x),
    "log10 x": math.log10(x),
    "LOG(x)": log(x),
    "exp(-x)": exp(-x),
    "exp -x": exp(-x),
    "sin x": sin(x),
    "sin 2x": sin(2 * x),
    "sin2x": sin(2 * x),
    "sin xy": sin(x * y),
    "sin x y": sin(x * y),
    "sin 2(x+1)": sin(2 * (x + 1)),
    "sin x cos x": sin(x) * cos(x),
    "x sin x": x * sin(x),
    "xsin(x)": x * sin(x),
    "sin(x)y": sin(x) * y,
    "sin(x)(y)": sin(x) * y,
    "sin -x": sin(-x),
    "sin x^2": sin(x**2),
    "sin^2 x": sin(x) ** 2,
    "sin²x + cos²x": 1.0,
    r"\sin^{2}(x)": sin(x) ** 2,
    "sin^2(x)y": sin(x) ** 2 * y,
    "sin(x)^2": sin(x) ** 2,
    r"\sin^{-1}(x)": math.asin(x),
    "sin⁻¹ x": math.asin(x),
    "tan^-1 x": math.atan(x),
    "arcsin x + asin(x)": 2 * math.asin(x),
    r"\arctan x": math.atan(x),
    "arccos(x)": math.acos(x),
    "tan x": math.tan(x),
    "sinh x cosh x": math.sinh(x) * math.cosh(x),
    r"\tanh(x)": math.tanh(x),
    "tanh^{-1}(z)": math.atanh(z),
    "artanh(z) - atanh z": 0.0,
    "cbrt(x)": math.cbrt(x),
    "abs(z)": -z,
    "σ(z)": sigmoid(z),
    "sigmoid(z)": sigmoid(z),
    "sig(z)": sigmoid(z),
    r"\sigma(z)": sigmoid(z),
    r"\sigma\left(z\right)(1-\sigma(z))": sigmoid(z) * (1 - sigmoid(z)),
    r"\operatorname{sigmoid}(z)": sigmoid(z),
    "σ′(z)": sigmoid(z) * (1 - sigmoid(z)),
    "sigmoid'(z)": sigmoid(z) * (1 - sigmoid(z)),
    r"\sigma^{\prime}(z)": sigmoid(z) * (1 - sigmoid(z)),
    "tanh'(z)": d_tanh(z),
    "sin'(x)": cos(x),
    "relu'(x) + ReLU'(z)": 1.0,
    "sign′(z)": 0.0,
    "tanh'(z)^2": d_tanh(z) ** 2,
    "relu(z) + relu(x)": x,
    "ReLU x": x,
    r"\operatorname{relu}(x)": x,
    r"\mathrm{ReLU}(x)": x,
    r"\text{relu}(x)": x,
    "softplus(x)": log(1 + exp(x)),
    "gelu(x)": x * 0.5 * (1 + math.erf(x / sqrt(2))),
    "silu(x)": x * sigmoid(x),
    "erf(x)": math.erf(x),
    "leaky_relu(z, 0.1)": 0.1 * z,
    r"\operatorname{LeakyReLU}(z)": 0.01 * z,
    "elu(z, 2)": 2 * math.expm1(z),
    "clip(x, −1, 0.5)": 0.5,
    "max(0, z)": 0.0,
    "max(x, y, r)": r,
    r"\max\{0, x\}": x,
    r"\min(x, y)": x,
    "sign(z)": -1.0,
    "sgn z": -1.0,
    "atan2(y, x)": math.atan2(y, x),
    "hypot(x, y)": math.hypot(x, y),
    # names
    r"\theta x": theta * x,
    "θx": theta * x,
    "theta x": theta * x,
    "ηθ": eta * theta,
    r"\eta\theta": eta * theta,
    r"-\eta \frac{\partial L}{\partial w_1}": -eta * dLdw,
    r"η ∂L/∂w_1": eta * dLdw,
    "o_1(1-o_1)x_1 + -0.0": o1 * (1 - o1) * x1,
    "∂L/∂w_1·x": dLdw * x,
    r"\partial L / \partial w_{1} x": dLdw * x,
    "dL/dw_1 x": dLdw * x,
    r"\dfrac{dE}{do} o(1-o)": dEdo * o * (1 - o),
    "∂E/∂o · o(1−o)": dEdo * o * (1 - o),
    "2my_value^2": 2 * mine**2,
    r"\text{my\_value}": mine,
    r"\mathrm{net} \, x": net * x,
    "netx": net * x,
    "𝑥 + 𝜃": x + theta,
}  # fmt: skip


def values(numbers=NUMBERS):
    return {name: Value(number, label=name) for name, number in numbers.items()}


@walked(SPELLINGS.items())
def test_a_formula_comes_to_what_it_says(text, number):
    """As people write it, with every name a Value or a plain number."""
    assert parse(text, values()).data == pytest.approx(number, rel=1e-12, abs=1e-12)
    assert parse(text, NUMBERS).data == pytest.approx(number, rel=1e-12, abs=1e-12)


SAME = {
    "w_1": "w1 w_1 w_{1} w₁ w_{\\mathrm{1}}",
    "w_12": "w12 w_12 w_{12} w_{1,2} w_1,2 w₁₂ w₁,₂",
    "w_{1,10}": "w_1,10 w_{1,10} w₁,₁₀",
    "w_ij": "w_ij w_{ij} wᵢⱼ w_{i,j}",
    "θ": "θ \\theta theta \\vartheta ϑ 𝜃",
    "θ_old": "θ_old \\theta_{old} \\theta_{\\mathrm{old}} \\theta_{\\text{old}}",
    "ŷ": "ŷ y\u0302 \\hat{y} y_hat yhat \\hat{\\mathrm{y}} \\widehat{y}".replace("\\hat{\\mathrm{y}} ", ""),
    "y_hat_1": "ŷ_1 ŷ1 ŷ₁ \\hat{y}_1 \\hat{y}_{1} y_hat_1 y_hat1 yhat_1 yhat1",
    "\\bar{x}": "x̄ \\bar{x} \\overline{x} xbar x_bar",
    "\\hat{\\theta}": "θ̂ \\hat{\\theta} \\hat{θ}",
    "a^(1)_2": "a^(1)_2 a^{(1)}_{2} a_2^{(1)} a_{2}^{(1)} a_2^(1) a⁽¹⁾₂ a₂⁽¹⁾",
    "a^{[1]}": "a^{[1]} a^[1]",
    "w'": "w' w′ w’",
    "net": "net \\mathrm{net} \\text{net} \\mathit{net}",
    "net_1": "net1 net_1 net_{1} \\mathrm{net}_1 \\text{net}_{1} net₁",
    "Δw_1": "Δw_1 Δw1 \\Delta{}w_1".replace(" \\Delta{}w_1", ""),
    "∂L/∂w_1": "∂L/∂w_1 ∂L/∂w₁ dL/dw1 \\frac{\\partial{}L}{\\partial{}w_{1}}".replace("{}", "\u00a0"),
    "my_value": "my_value \\text{my\\_value}",
    "وزن": "وزن \\text{وزن}",
    "x^2": "x^2 x² x^{2}",
}


@pytest.mark.parametrize(("label", "spellings"), SAME.items(), ids=list(SAME))
def test_a_name_is_found_in_every_spelling(label, spellings):
    """Whichever spelling the label has, the formula may use any other; what stands there is the Value itself."""
    for given_as in [label, *spellings.split(" ")]:
        value = Value(0.25)
        for spelling in spellings.split(" "):
            assert parse(spelling, {given_as: value}) is value, (given_as, spelling)


def test_commands_for_letters_end_with_a_blank():
    """\\Delta w_1, \\hat y_1 and \\eta x."""
    names = values({"Δw_1": 1.5, "ŷ_1": 2.5, "η": 0.5, "x": 4.0})
    assert parse(r"\Delta w_1", names) is names["Δw_1"]
    assert parse(r"\hat y_1", names) is names["ŷ_1"]
    assert parse(r"\eta x", names).data == 2.0


def test_the_names_decide_what_is_read():
    """σ(1 − σ) and e, max, pi, sin are products and names where they are names."""
    names = {"σ": 0.25, "e": 2.0, "π": 3.0, "sin": 5.0, "max": 7.0, "x": 0.5}
    for text, number in {
        "σ(1−σ)": 0.1875, r"\sigma(1-\sigma)": 0.1875, "e^x": 2.0**0.5, "2π": 6.0, r"\pi x": 1.5, "sin(x)": 2.5,
        "max x": 3.5, "cos(0)σ": 0.25,
    }.items():  # fmt: skip
        assert parse(text, names).data == pytest.approx(number), text
    assert parse(r"\sin(x)", names).data == math.sin(0.5)  # a command is a function, whatever the names
    assert parse("xy", {"x": 2.0, "y": 3.0}).data == 6.0
    assert parse("xy", {"x": 2.0, "y": 3.0, "xy": 5.0}).data == 5.0
    assert parse("a^(2)", {"a": 3.0}).data == 9.0
    assert parse("a^(2)", {"a": 3.0, "a^(2)": 5.0}).data == 5.0
    assert parse("x²³", {"x^2": 3.0}).data == 27.0
    assert parse("0 + text", {"text": 3.0, "": 5.0, " ": 7.0}).data == 3.0
    with pytest.raises(FormulaError, match="is a\\^\\(1\\) meant"):
        parse("a^(2)", {"a": 3.0, "a^(1)": 5.0})  # a layer, and no square


def test_the_graph_is_the_formula():
    """Operations as they are written, Values themselves as leaves, numbers as constants."""
    names = values()
    y = parse("-w_1^2·sin(x_1)", names)
    product = y.inputs[0]
    assert (y.op.name, product.op.name, product.inputs[0].op.name, product.inputs[1].op.name) == ("neg", "mul", "pow", "sin")
    assert product.inputs[0].inputs[0] is names["w_1"]
    assert product.inputs[0].inputs[1].op is CONSTANT
    for text, op in {
        "x·y/r": "div",
        "x/y·r": "mul",
        "x − y + r": "add",
        "x y/r": "div",
        "-x/y": "neg",
        "−x − y": "sub",
    }.items():
        assert parse(text, names).op.name == op, text
    y.backward()
    assert names["w_1"].grad == pytest.approx(-2 * w1 * sin(x1))


def test_a_primed_function_can_be_differentiated_again():
    """σ′(z) is exact far out, and has a slope."""
    far = parse("σ′(40)").data
    assert far == pytest.approx(math.exp(-40), rel=1e-12)
    v = Value(0.3)
    (slope,) = gradient(parse("tanh′(v)", {"v": v}), v)
    assert slope.data == pytest.approx(-2 * math.tanh(0.3) * d_tanh(0.3))


def test_an_added_operation_is_read_by_name_and_symbol(plant):
    """A row of one's own in the table of operations is a function here, too."""
    plant("my_chirp", lambda v: math.sin(v * v), lambda z, v: 2 * v * ag.cos(v * v))
    for text in ("my_chirp(x)", r"\operatorname{my\_chirp}(x)", "2my_chirp x/2"):
        assert parse(text, {"x": 0.5}).data == pytest.approx(math.sin(0.25)), text


# ---------------------------------------------------------------------------------------------------------- without names

INVENTED = {
    "w*x + b": "w x b",
    "w_1x_1 + w_2x_2": "w_1 x_1 w_2 x_2",
    "w1x1 + w_1": "w1 x1",
    "2xy + e^x": "xy x",
    "net(1-net)": "net",
    r"-\eta \theta_1": "\\eta \\theta_1",
    "ηθ_1 + θ": "η θ_1 θ",
    r"\hat{y}_1 + ŷ₁ + \mathrm{net}": "\\hat{y}_1 \\mathrm{net}",
    "a^{(1)}_2 + a^(2) + a^2": "a^{(1)}_2 a^(2) a",
    "∂L/∂w_1·x": "∂L/∂w_1 x",
    r"\frac{\partial L}{\partial w_1} \frac{x}{2}": "∂L/∂w_1 x",
    "xⁿ + e⁻ʸ + 1e-3": "x n y",
    "σ(z) + max(u, log2(v)) + 1_{s>0} + 2π + nan": "z u v s",
    "Δw_1 + w": "Δw_1 w",
    "w'x": "w' x",
    "وزن·x": "وزن x",
    "3": "",
}


@pytest.mark.parametrize(("text", "names"), INVENTED.items(), ids=list(INVENTED))
def test_without_names_each_name_is_a_new_value(text, names):
    """A word, a Greek letter, with index and layer; 1 to begin with, and found by its label."""
    found = variables(parse(text))
    assert set(found) == set(names.split())
    assert {value.data for value in found.values()} <= {1.0}
    assert all(value.label == name for name, value in found.items())


def test_invented_values_can_be_set():
    """One Value per name, however often and in whichever spelling it stands there."""
    formula = parse("w_1 + w_{1}² - w₁/2")
    found = variables(formula)
    found["w_1"].data = 3.0
    assert formula.forward() == 3 + 9 - 1.5


# ----------------------------------------------------------------------------------------------------------------- chains


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a = b = c", [("a", 0), ("b", 4), ("c", 8)]),
        ("o=σ(z) ≈ 0.62", [("o", 0), ("σ(z)", 2), ("0.62", 9)]),
        (r"x \approx 0.5", [("x", 0), ("0.5", 10)]),
        ("w := w - 1", [("w", 0), ("w - 1", 5)]),
        ("= -(t-o) x_1", [("-(t-o) x_1", 2)]),
        ("x", [("x", 0)]),
        ("  x  ", [("x", 2)]),
        (r"\sum_{i=1}^{n} x = 1_{i=l} + [x = 1]", [(r"\sum_{i=1}^{n} x", 0), ("1_{i=l} + [x = 1]", 19)]),
        ("f(a=1) = 2", [("f(a=1)", 0), ("2", 9)]),
        ("x) = y", [("x)", 0), ("y", 5)]),
    ],
)
def test_a_chain_comes_apart_at_its_signs(text, parts):
    """Each formula with its place in the text, and no sign inside of brackets counts."""
    assert split_chain(text) == parts
    assert all(text[start:].startswith(part) for part, start in parts)


@pytest.mark.parametrize(("text", "position"), [("", 0), ("x =", 3), ("x = = y", 4), ("x ==", 4), ("=", 1), ("x = y = ", 8)])
def test_a_chain_with_a_gap_is_refused(text, position):
    """Where a formula is missing."""
    with pytest.raises(FormulaError, match="a formula is expected") as caught:
        split_chain(text)
    assert caught.value.position == position
