"""Right numbers and right formulas, dressed as people dress them: what is read is what was meant.

The dressing room of this file knows nothing of how texts are read. What was dressed is the oracle: a Decimal for a number,
and a tree that Python works out for a formula. Anything else is refused, and costs its own line.
"""

import math
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from long_runs import examples

from autograd import FormulaError, Value, Worksheet, gradient, parse, sigmoid, softmax
from autograd.formula.parser import variables
from autograd.formula.spellings import undress
from autograd.mark.claims import read_claim
from autograd.rewriting import value_at

# ------------------------------------------------------------------------------------------------------- the dressing room

AROUND = [
    "({})", "[{}]", "{{{}}}", "( {} )", r"\boxed{{{}}}", r"\fbox{{{}}}", r"\underline{{{}}}", r"\mathbf{{{}}}",
    r"\boldsymbol{{{}}}",
    "${}$", "$${}$$", r"\({}\)", r"\[{}\]", r"\left({}\right)", r"\left[ {} \right]", r"\bigl({}\bigr)",
    r"\displaystyle {}",
    "**{}**", "`{}`", r"\color{{red}}{{{}}}", r"\textcolor{{blue}}{{{}}}", r"\underbrace{{{}}}_{{\text{{here}}}}",
    r"\begin{{aligned}} {} \end{{aligned}}", r"\quad {}\,", "\u2009{}\u00a0", r"\;{}\!", "  {}\t",
]  # fmt: skip
MARKDOWN = ["**{}**", "`{}`"]
BEFORE = [
    "", "= ", "=", "≈ ", "≈", "~", "~ ", "≅ ", "≃", "≐ ", "→ ", "⇒ ", "⟹ ", "=> ", "-> ", r"\approx ", r"\cong ",
    r"\Rightarrow ", r"\rightarrow ", r"\to ", r"\implies ", ":= ", "✓ ", "✔", "☑ ", "• ", "∴ ", r"\therefore ", "z = ",
    "z=",
    "z ≈ ", "z: ", "z ~ ",
    r"\mathbf{z} = ", r"\mathrm{z} \approx ", "z\n= ", "z(w) = ",
]  # fmt: skip
BEHIND = ["", "", ".", ",", " .", ";", " ✓", " ✔", r" \checkmark", r"\,", " ", "\n", r" \quad", r" \tag{3}"]
UNITS = ["", "", " nats", " bits", r" \text{ nats}", " (rounded)", " (4 d.p.)", " units", " [units]", " approx"]
MINUS = ["-", "−", "–", "- ", "—", "‐", "－", "﹣"]
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
POWERS = [
    "{}e{}", "{} e{}", "{}E{:+03d}", "{} E{:+03d}", "{}·10^{}", "{} * 10^{}", "{}*10^({})", "{}·10^{{{}}}", "{} × 10 ^ {}",
    r"{} \cdot 10^{{{}}}", r"{} \times 10^{{{}}}", "{} x 10^{}", "{}x10^{}", "{} ⋅ 10**{}",
]  # fmt: skip


def dressed(draw, text, in_front=True):
    """A text in two or three garments, with something before and behind it."""
    stop = draw(st.sampled_from(["", "", ".", ";"]))
    text += stop if not text.endswith(".") else ""
    lead = draw(st.sampled_from(BEFORE)) if in_front else ""
    inside = draw(st.booleans()) and lead[:1] not in tuple("✓✔☑•∴") and "therefore" not in lead
    text = lead + text if inside else text
    garments = draw(st.lists(st.sampled_from(AROUND), max_size=2))
    assume(sum(each in MARKDOWN for each in garments) < 2)
    for around in sorted(garments, key=lambda each: each in MARKDOWN):  # which is the outermost
        assume(not inside or ("[{" not in around and "[ {" not in around))  # [z = 1] is 1 where z is 1
        text = around.format(text.strip() if around[0] in "*`" else text)
    stopped = stop or "." in text[-2:]
    return (text if inside else lead + text) + draw(
        st.sampled_from([each for each in BEHIND if not stopped or each[-1:] not in ".,;"])
    )


@st.composite
def numbers(draw):
    """A number in its dress, with its value and what its last digit counts."""
    places = draw(st.integers(1, 9))
    whole = draw(st.sampled_from([0, 0, 0, 1, 7, 12, 318, 1234, 20500, 1234567]))
    digits = f"{whole}.{draw(st.integers(0, 10**places - 1)):0{places}d}"
    value, unit = Decimal(digits), Decimal(1).scaleb(-places)
    way = draw(
        st.sampled_from(["plain", "plain", "comma", "power", "raised", "percent", "full", "arabic", "groups", "dots"])
    )
    text = digits
    if way == "comma":
        text = digits.replace(".", draw(st.sampled_from([",", "{,}"])))
    elif way in ("power", "raised"):
        power = draw(st.integers(-9, 6))
        spelling = draw(st.sampled_from(POWERS))
        text = f"{digits}·10{str(power).translate(RAISED)}" if way == "raised" else spelling.format(digits, power)
        value, unit = value.scaleb(power), unit.scaleb(power)
    elif way == "percent":
        text += draw(st.sampled_from(["%", " %", r"\%", " percent"]))
        value, unit = value.scaleb(-2), unit.scaleb(-2)
    elif way in ("full", "arabic"):
        text = digits.translate(FULL_WIDTH if way == "full" else ARABIC)
    elif way == "groups":
        parted = f"{whole:,}".replace(",", draw(st.sampled_from(["'", r"\,", "\u2009", "\u202f", ","])))
        text = parted + digits[digits.index(".") :]
    elif way == "dots":
        text += draw(st.sampled_from(["…", "...", r"\ldots", r"\dots"]))
    if way in ("plain", "comma"):
        text += draw(st.sampled_from(UNITS))
    if draw(st.booleans()):
        text, value = draw(st.sampled_from(MINUS)) + text, -value
    return dressed(draw, text), value, unit


NAMES = {name: Value(x, name) for name, x in {"w": 0.5, "b": -0.2, "net": 0.3, "E": 0.7, "w_1": 0.4}.items()}
CALM = examples(600)


@CALM
@given(numbers())
@example((r"\boxed{≈ −0.55}.", Decimal("-0.55"), Decimal("0.01")))
@example(("z = 6.13 e-2", Decimal("0.0613"), Decimal("0.0001")))
@example(("6.13 E-02", Decimal("0.0613"), Decimal("0.0001")))
@example(("**z\n= 0.0**", Decimal("0.0"), Decimal("0.1")))
def test_a_number_is_read_through_its_dress(case):
    """To the last bit and with its digits, in hundreds of dresses."""
    text, value, unit = case
    claim = read_claim(text, NAMES, "z")
    assert len(claim.pieces) == 1, claim.pieces
    assert claim.number is not None, text
    assert (claim.number.value, claim.number.unit) == (float(value), float(unit)), text
    assert claim.formulas == []


# ---------------------------------------------------------------------------------------------------------- formulas

SYMBOLS = {  # the ways to write a name
    "w_1": ["w_1", "w1", "w_{1}", "w₁", r"\mathbf{w_1}", r"\mathbf{w}_1", r"\boldsymbol{w}_{1}", r"\mathrm{w}_1"],
    "x_1": ["x_1", "x1", "x_{1}", "x₁", r"\mathbf{x}_1"],
    "net": ["net", r"\mathrm{net}", r"\text{net}", r"\mathit{net}", r"\text{ net }"],
    "out_o1": ["out_o1", "out_{o1}", r"\text{out}_{o1}", r"\mathrm{out}_{o1}", r"\mathrm{out_{o1}}"],
    "θ": ["θ", r"\theta ", r"\boldsymbol{\theta}", r"\bm{\theta}", "theta"],
    "ŷ": ["ŷ", r"\hat{y}", r"\hat y", r"\hat{\mathbf{y}}", "y_hat", r"\mathbf{\hat{y}}"],
    "∂E/∂o": ["∂E/∂o", "dE/do", r"\frac{\partial E}{\partial o}", r"\dfrac{\partial E}{\partial o}", r"\frac{dE}{do}",
              r"\frac{\mathrm{d}E}{\mathrm{d}o}", r"\partial E/\partial o"],
    "a^(1)_2": ["a^(1)_2", "a^{(1)}_2", "a_2^{(1)}", "a⁽¹⁾₂", r"\mathbf{a}^{(1)}_2", r"a^{(1)}_{2}"],
}  # fmt: skip
FUNCTIONS = {
    "log": (math.log, ["log", "ln", r"\log", r"\ln", r"\operatorname{log}"]),
    "exp": (math.exp, ["exp", r"\exp", r"\mathrm{exp}"]),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), ["σ", r"\sigma", "sigmoid", r"\text{sigmoid}", r"\operatorname{sigmoid}"]),
    "tanh": (math.tanh, ["tanh", r"\tanh", "Tanh"]),
}
TREES = st.recursive(
    st.sampled_from([*SYMBOLS, "2", "0.5", "1"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "·", "/"]), inner, inner),
        st.tuples(st.sampled_from(["neg", "square", "inverse", *FUNCTIONS]), inner),
    ),
    max_leaves=6,
)


def worth(tree, point):
    """What a tree comes to."""
    if isinstance(tree, str):
        return point[tree] if tree in SYMBOLS else float(tree)
    op, *inner = tree
    x = [worth(each, point) for each in inner]
    if op in FUNCTIONS:
        return FUNCTIONS[op][0](*x)
    ways = {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "·": lambda a, b: a * b, "/": lambda a, b: a / b,
        "neg": lambda a: -a, "square": lambda a: a**2, "inverse": lambda a: a**-1,
    }  # fmt: skip
    return ways[op](*x)


def spelt(draw, tree):
    """A tree as somebody writes it, each inner formula in brackets of some kind."""
    pick = lambda *ways: draw(st.sampled_from(ways))  # noqa: E731
    if isinstance(tree, str):
        return pick(*SYMBOLS.get(tree, [tree]))
    op, *inner = tree
    parts = [spelt(draw, each) for each in inner]
    held = [
        part if isinstance(each, str) else pick("({})", "[{}]", r"\left({}\right)", r"\left[{}\right]", "({})").format(part)
        for part, each in zip(parts, inner)
    ]
    if op in FUNCTIONS:
        name = pick(*FUNCTIONS[op][1])
        return name + pick("({})", r"\left({}\right)", "( {} )", "[{}]").format(parts[0])
    if op == "neg":
        return pick("-", "−", "–") + held[0]
    if op in ("square", "inverse"):
        bare = held[0] if not isinstance(inner[0], str) else f"({held[0]})"
        return bare + (pick("^2", "²", "^{2}", "**2", "^ 2") if op == "square" else pick("^{-1}", "⁻¹", "^(-1)", "^-1"))
    if op == "/":
        return pick(
            "{}/({})", r"\frac{{{}}}{{{}}}", r"\dfrac{{{}}}{{{}}}", r"\tfrac{{{}}}{{{}}}", r"\cfrac{{{}}}{{{}}}"
        ).format(held[0], parts[1])
    sign = pick("·", "*", " × ", r" \cdot ", r" \times ", " ⋅ ", r" \, \cdot \, ") if op == "·" else f" {pick(op, op)} "
    return sign.replace(" - ", pick(" - ", " − ", " – ")).join(held)


@st.composite
def formulas(draw):
    """A formula in its dress, and its tree."""
    tree = draw(TREES)
    return dressed(draw, spelt(draw, tree)), tree


COORDINATES = (0.4, 1.3, 0.7, 0.55, 1.9, 0.35, 0.8, 1.1), (1.7, 0.6, 0.2, 0.9, 0.45, 0.75, 1.2, 0.3)
POINTS = [dict(zip(SYMBOLS, each)) for each in COORDINATES]
OF_FORMULAS = {name: Value(x, name) for name, x in POINTS[0].items()}


def agree(one, other):
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))


@CALM
@given(formulas())
def test_a_formula_is_read_through_its_dress(case):
    """As a function of its names, at two points."""
    text, tree = case
    try:
        expected = [worth(tree, point) for point in POINTS]
    except (ValueError, ZeroDivisionError, OverflowError):
        assume(False)
    claim = read_claim(text, OF_FORMULAS, "z")
    (piece,) = claim.pieces
    for point, number in zip(POINTS, expected):
        if piece.formula is None:
            assert agree(piece.number.value, number), text
        else:
            assert agree(value_at(piece.formula, {OF_FORMULAS[name]: x for name, x in point.items()}), number), text


@CALM
@given(st.sampled_from([*SYMBOLS]), st.data())
def test_a_parsed_name_is_the_value_in_any_font(name, data):
    """`parse` takes off the same dress as a claim."""
    spelling = data.draw(st.sampled_from(SYMBOLS[name]))
    around = data.draw(st.sampled_from([a for a in AROUND if a[0] not in "*`"]))
    assert parse(around.format(spelling), OF_FORMULAS) is OF_FORMULAS[name]


# --------------------------------------------------------------------------------------------------------------- places

DRESSED_PARTS = [
    r"\boxed{",
    r"\mathbf{w}",
    r"\,",
    "$",
    "0{,}5",
    "…",
    "~",
    "(",
    "}",
    " x ",
    "１",
    "—",
    "✓",
    "z",
    " = ",
    "§",
    "w_1",
]


@CALM
@given(st.lists(st.sampled_from(DRESSED_PARTS), max_size=12).map("".join))
def test_a_plain_text_knows_where_it_stood(text):
    """Places rise with the text, signs that stay themselves stand where they stood, and what is plain stays plain."""
    plain = undress(text)
    assert len(plain.places) == len(plain.text) + 1
    assert list(plain.places) == sorted(plain.places)
    assert all(text[place] == sign for sign, place in zip(plain.text, plain.places) if sign in "§zw_(=")
    assert undress(plain.text).text == plain.text


@pytest.mark.parametrize(
    "text", [r"\boxed{w_1 + §}", r"\mathbf{w_1}·§", r"\;\left( w_1 − §", "$w_1§$", "1'000 + §", "✓ w_1 §", "0.5… + §."]
)
def test_an_error_points_into_the_text_as_it_was_written(text):
    """Whatever was taken off in front of the place."""
    with pytest.raises(FormulaError) as caught:
        parse(text, {"w_1": 1.0})
    assert caught.value.text == text
    assert text[caught.value.position] == "§"


# -------------------------------------------------------------------------------------- two readings, and the names

TWO_WAYS = {  # a text, the names that are given, and what it comes to; None where nobody knows
    ("2 x 0.2", "w"): 0.4,
    ("2x0.2", "w"): 0.4,
    ("2 X 0.2", "w"): 0.4,
    ("0.4 x (1 - 0.4)", "w"): 0.24,
    ("(0.4) x (0.5)", "w"): 0.2,
    ("w x 3", "w"): 1.5,
    ("2 x 0.2", "x"): None,
    ("2 x -0.2", "x"): None,
    ("2x3", "x"): None,
    ("2 x - 0.5", "x"): 1.5,
    ("2x + 3", "x"): 5.0,
    ("2x_1", "x x_1"): 2.0,
    ("6.13 e-2", "w"): 0.0613,
    ("6.13 E-2", "w"): 0.0613,
    ("6.13E-2", "E"): 0.0613,
    ("6.13 E-02", "E"): 0.0613,
    ("6.13 E-2", "E"): None,
    ("11.2e\t−1", "w"): None,
    ("11.2e\n−1", "w"): None,
    ("2E-1", "E"): None,
    ("2 E - 1", "E"): 1.0,
    ("2e - 1", "w"): 2 * math.e - 1,
    ("2e -1", "w"): None,
    ("2e-1", "e"): None,
    ("1/2 (w - 1)^2", "w"): 0.125,
    ("1/2(w - 1)^2", "w"): None,
    ("d/dw(w^2)", "w"): 1.0,
    (r"\frac{d}{dw}(w^2)", "w"): 1.0,
    (r"\frac{d}{dw}(w^2)", "w d"): 0.5,  # 1/w·w²
    ("w^T w", "w"): None,
    ("w^T", "w T"): 0.5,
    (r"w^\top w", "w"): None,
    ("1_{1=2}", "w"): 0.0,
    ("1_{2=2}", "w"): 1.0,
    ("1_{(w=w)}", "w"): 1.0,
    ("[w = 2]", "w"): 0.0,
}
GIVEN = {"w": 0.5, "x": 1.0, "x_1": 1.0, "E": 1.0, "e": 1.0, "d": 1.0, "T": 1.0}


@pytest.mark.parametrize(("text", "names", "number"), [(*key, number) for key, number in TWO_WAYS.items()])
def test_the_names_decide_between_two_readings(text, names, number):
    """Where they do not, the text is refused."""
    given_names = {name: Value(GIVEN[name], name) for name in names.split()}
    if number is None:
        with pytest.raises(FormulaError):
            parse(text, given_names)
    else:
        assert parse(text, given_names).data == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("chain", "number"),
    [
        ("0.5 x 2 = 1.0", 1.0),
        ("0.5 x 2 + 0.1 = 1.10", 1.1),
        ("3 x 0.5 = 1.5", 1.5),
        ("2 x 0.5 = 4.0", 4.0),
        ("2 x −0.5 = −1.0", -1.0),
    ],
)
def test_the_number_behind_tells_a_name_from_a_sign(chain, number):
    """Where x is a name worth 4: 2 x 0.5 = 4.0 speaks of it, and 3 x 0.5 = 1.5 does not."""
    claim = read_claim(chain, {"x": Value(4.0, "x")})
    assert claim.pieces[0].formula.data == pytest.approx(number)


# ------------------------------------------------------------------------------------ no product that was not meant

ASKED = {
    "foo(x)": "foo is no function", "lg x": "log_10", "lg(x)": "log_10", "sigmiod": "is sigmoid meant",
    "sigmiod(x)": "is sigmoid meant",
    "2 + sigmiod x": "is sigmoid meant", "sgimoid(w x + b)": "is sigmoid meant", "relo(z)": "is relu meant",
    "cot x": "1/tan",
    "softmax(x)": "entries x has", "my_fun(x)": "no function", r"\mathrm{foo}(x)": "no function", "f(x)": "no function",
    "x^T y": "entries x has", r"\theta^T x": "entries θ has", "w^{T}x": "entries w has", r"w^{\mathsf{T}} x": "entries",
    "wᵀx": "give w_1, w_2",
    "d/dx (x) y": "two ways", "softplsu(x) + x": "is softplus meant",
}  # fmt: skip
NOT_ASKED = {
    "w(x + b)": "w x b", "net(1 - net)": "net", "θ(1 − θ)": "θ", "w1(x1) + w2(x2)": "w1 x1 w2 x2", "cost·2": "cost",
    "Δw(x + 1)": "Δw x",
    "d/dx(x^2 y)": "x y", r"\frac{\partial}{\partial w_1}(w_0 x_0 + w_1 x_1)": "x_1", "dL/dw·x": "∂L/∂w x", "2^T": "T",
}  # fmt: skip


@pytest.mark.parametrize("text", ASKED)
def test_a_name_that_may_be_a_function_is_asked_about(text):
    """By `parse` as by the commands, where every word is a variable; the place is that of the name."""
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert ASKED[text] in caught.value.reason


@pytest.mark.parametrize("text", NOT_ASKED)
def test_a_product_stays_a_product(text):
    """Of a single letter and a bracket, or of a name that stands elsewhere as a variable."""
    assert set(variables(parse(text))) == set(NOT_ASKED[text].split())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (r"\frac{d}{dx}(1+e^{-x})^{-1}", 0.1049935854035065),
        ("d/dx sin 2x", 2 * math.cos(4)),
        (r"\frac{d^2}{dx^2} x^3", 12.0),
        ("∂/∂x (x²) · 3", 12.0),
        (r"-(1+e^{-x})^{-2} \times \frac{d}{dx}(1+e^{-x})", 0.1049935854035065),
    ],
)
def test_a_derivative_is_worked_out(text, number):
    """At x = 2; a power behind the bracket belongs to what is differentiated."""
    assert parse(text, {"x": Value(2.0, "x")}).data == pytest.approx(number, rel=1e-12)


# ------------------------------------------------------------------------------------------------------------- on a sheet


def sheet_of_a_neuron():
    w, x, t, b = Value(0.5, "w"), Value(2.0, "x"), Value(1.0, "t"), Value(0.1, "b")
    z = w * x + b
    o = sigmoid(z)
    E = (o - t) ** 2 / 2
    return Worksheet(z=z, o=o, E=E, dw=gradient(E, w)[0])


SHEET = sheet_of_a_neuron()
RIGHT = {
    "z": [
        r"\boxed{z = 1.10}.", "z = w x + b\nz = 0.5·2 + 0.1\nz = 1.1", "z(w) = 1.1", "0.5 x 2 + 0.1 = 1.1",
        "0.5(2) + 0.1 → 1.1",
        "∂E/∂o = −0.2497 ⇒ z = 1.1", "0.5·2 + 0.1 = 1.1 = z", 1.1, "[1.10]", r"$\underline{1.10}$", "1.10 nats", "⇒ 1.10",
        ["w x + b", "1.10"], ["w x + b", 1.1],
    ],
    "o": ["0.750260…", "0.75026...", r"\sigma(1.1) \approx 0.7503", "σ(z) = 0.7503", r"o \cong 0.7503,",
    "o = 7.503 e-1", 0.7502601055951177],
    "dw": [
        "∂E/∂o·∂o/∂z·∂z/∂w", r"\frac{\partial E}{\partial o}\cdot\frac{\partial o}{\partial z}\cdot x",
        "dE/dw = (o−t)·o(1−o)·x",
        r"\mathbf{(o-t)\,o\,(1-o)\,x}", "d/dw(½(σ(w x + b) − t)²)", -0.09358746786570663, "−9.359 · 10⁻²", "−9.359 E-02",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("line", "claim"), [(line, claim) for line, claims in RIGHT.items() for claim in claims], ids=repr)
def test_right_answers_are_right_however_they_are_written(line, claim):
    """Without a word of the red pen but for praise."""
    row = SHEET.mark({line: claim})[line]
    assert row.verdict == "right", row
    assert row.diagnoses == ()


@pytest.mark.parametrize(
    "indicator", ["1_{i=2}", r"\mathbf{1}_{i=2}", "1_{i = 2}", "1_{(i=2)}", r"\mathbb{1}_{j=2}", "[2 = 2]"]
)
def test_an_indicator_speaks_of_the_index_of_its_line(indicator):
    """As the library itself prints it: on the line ∂L/∂a_2 it is 1, on ∂L/∂a_1 it is 0."""
    a = [Value(x, f"a_{i}") for i, x in enumerate((0.3, -0.2, 0.5), 1)]
    p = softmax(a)
    loss = -p[1].log()
    slopes = {f"∂L/∂a_{i}": slope for i, slope in enumerate(gradient(loss, *a), 1)}
    sheet = Worksheet({"p": p, "L": loss, **slopes})
    assert sheet.mark({"∂L/∂a_2": f"p_2 − {indicator}"})["∂L/∂a_2"].verdict == "right"
    if "=2" in indicator:
        assert sheet.mark({"∂L/∂a_1": f"p_1 − {indicator}"})["∂L/∂a_1"].verdict == "right"


def sheet_of_two_layers():
    """Two inputs, two hidden and two output neurons, named as in the worked examples that everybody meets first."""
    given_here = {
        "w_1": 0.15, "w_2": 0.2, "w_3": 0.25, "w_4": 0.3, "w_5": 0.4, "w_6": 0.45, "w_7": 0.5, "w_8": 0.55, "i_1": 0.05,
        "i_2": 0.1,
        "b_1": 0.35, "b_2": 0.6, "target_o1": 0.01, "target_o2": 0.99, "η": 0.5,
    }  # fmt: skip
    g = {name: Value(x, name) for name, x in given_here.items()}
    lines = {}

    def line(name, value):
        lines[name] = value
        value.label = value.label or name
        return value

    h1 = line("out_h1", sigmoid(line("net_h1", g["w_1"] * g["i_1"] + g["w_2"] * g["i_2"] + g["b_1"])))
    h2 = line("out_h2", sigmoid(line("net_h2", g["w_3"] * g["i_1"] + g["w_4"] * g["i_2"] + g["b_1"])))
    o1 = line("out_o1", sigmoid(line("net_o1", g["w_5"] * h1 + g["w_6"] * h2 + g["b_2"])))
    o2 = line("out_o2", sigmoid(line("net_o2", g["w_7"] * h1 + g["w_8"] * h2 + g["b_2"])))
    first, second = line("E_o1", (g["target_o1"] - o1) ** 2 / 2), line("E_o2", (g["target_o2"] - o2) ** 2 / 2)
    total = line("E_total", first + second)
    for name, x in {"w_5": g["w_5"], "out_h1": h1, "w_1": g["w_1"]}.items():
        line(f"∂E_total/∂{name}", gradient(total, x)[0])
    line("w_5^+", g["w_5"] - g["η"] * lines["∂E_total/∂w_5"])
    return Worksheet(lines)


TWO_LAYERS = sheet_of_two_layers()
AS_PEOPLE_WRITE = {
    "net_h1": [
        "net_{h1} = w_1 * i_1 + w_2 * i_2 + b_1 * 1", r"\text{net}_{h1} = w_1 \cdot i_1 + w_2 \cdot i_2 + b_1 \cdot 1",
        "net_h1 = 0.15 * 0.05 + 0.2 * 0.1 + 0.35 * 1 = 0.3775", "(0.15)(0.05) + (0.20)(0.10) + 0.35 = 0.3775",
        "0.15×0.05 + 0.20×0.10 + 0.35 ⇒ 0.3775", "0.0075 + 0.02 + 0.35 = 0.3775.", "w₁i₁ + w₂i₂ + b₁",
        "0.15 x 0.05 + 0.2 x 0.1 + 0.35 = 0.3775",
        r"\mathrm{net}_{h1} \Rightarrow 0.3775",
    ],
    "out_h1": [
        r"out_{h1} = \frac{1}{1+e^{-net_{h1}}} = \frac{1}{1+e^{-0.3775}} = 0.59327", "1/(1+e^(-0.3775)) ≈ 0.5933",
        "1/(1+exp(-0.3775)) = 0.59326999...", "σ(0.3775) = 0.5933", "sigmoid(net_h1) → 0.593",
        r"\sigma(\text{net}_{h1}) \cong 0.5933",
    ],
    "net_o1": [
        "w_5 * out_{h1} + w_6 * out_{h2} + b_2 * 1 = 0.4 * 0.59327 + 0.45 * 0.596884 + 0.6 * 1 = 1.105906",
        "(0.40)(0.59327) + (0.45)(0.596884) + 0.60 ≅ 1.1059",
    ],
    "E_o1": [
        r"E_{o1} = \frac{1}{2}(target_{o1} - out_{o1})^{2}", "½ (0.01 − 0.751365)² = 0.2748",
        "1/2 (0.01 - 0.751365)^2 = 0.2748",
        "1/2 × (0.01 - 0.751365)² = 0.2748", "0.5*(0.01-0.751365)**2 = 0.2748", r"\dfrac12(target_{o1} - out_{o1})^2",
    ],
    "E_total": [r"E_{total} = E_{o1} + E_{o2}", r"E_{\text{total}} = 0.2984", "E_o1 + E_o2 = 0.2748 + 0.0236 = 0.2984"],
    "∂E_total/∂w_5": [
        r"\frac{\partial E_{total}}{\partial out_{o1}} * \frac{\partial out_{o1}}{\partial w_{5}}",
        "-(target_{o1} - out_{o1}) * out_{o1}(1 - out_{o1}) * out_{h1}",
        "∂E_total/∂out_o1 × ∂out_o1/∂net_o1 × ∂net_o1/∂w_5 = 0.0822",
        "dE_total/dw_5 = dE_total/dout_o1 · dout_o1/dnet_o1 · dnet_o1/dw_5", "8.2167 x 10^-2", "8.2167e-02",
        "8.22 · 10⁻²", "8.22 E-2",
    ],
    "∂E_total/∂out_h1": [
        r"\frac{\partial E_{o1}}{\partial out_{h1}} + \frac{\partial E_{o2}}{\partial out_{h1}} = 0.0364",
        "0.055399 + (−0.019049) = 0.03635",
    ],
    "∂E_total/∂w_1": ["0.00043857", "≈ 4.386 × 10^{−4}", "4.386 E-04"],
    "w_5^+": [
        r"w_5^{+} = w_5 - \eta * \frac{\partial E_{total}}{\partial w_{5}}", "w_5^+ = 0.4 - 0.5(0.0822) = 0.3589",
        "**0.3589**", "`0.358916`", "**w_5^+\n= 0.3589**", "`w_5^+\n= 0.358916`", "```\n0.358916\n```",
        r"w_5 := w_5 - \eta \frac{\partial E_{total}}{\partial w_5}", "w_5 = w_5 − η·∂E_total/∂w_5",
        "w5 ← w5 − 0.5 × 0.082167 = 0.35892",
        r"$$\boxed{w_5^{+} = 0.358916}$$", "0,358916",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("line", "claim"), [(line, claim) for line, claims in AS_PEOPLE_WRITE.items() for claim in claims])
def test_lines_of_a_worked_example(line, claim):
    """As it is told all over the world: each line is read, and right, without a remark."""
    row = TWO_LAYERS.mark({line: claim})[line]
    assert (row.verdict in ("right", "rounded"), row.remark) == (True, "")


@pytest.mark.parametrize(
    ("line", "claim", "reason"),
    [
        ("E_total", r"\sum \frac{1}{2}(target - output)^{2}", "write its bounds"),
        ("∂E_total/∂w_5", "∂E/∂w_5 = 0.0822", "is ∂E_total/∂w_5 meant"),
        ("∂E_total/∂w_5", "δ_{o1} out_{h1}", "is not known here"),
        ("net_h1", "w_3 := 0.3775", "an equation of w_3"),
        ("net_h1", r"\mathbf{w}^T \mathbf{i} + b", "1×8 and 2×1 have no product"),
    ],
)
def test_what_a_worked_example_leaves_open_is_asked_about(line, claim, reason):
    """A name that the sheet does not have, a sum without its terms."""
    row = TWO_LAYERS.mark({line: claim})[line]
    assert row.verdict == "unread"
    assert reason in row.remark


class Odd:
    """Something that is no claim."""

    def __repr__(self):
        return "odd"


UNREAD = [
    True, False, math.nan, math.inf, b"1.1", {"a": 1}, {}, [["1.1"]], [None, {}], Odd(), Value(1.1), SHEET, "((((",
    "lorem ipsum",
    "minus 1.1", "1.1 squared", "6.13x10-2", "z = 1.1\nb = 0.1\n= 1.1", "o = 0.75", "d/dw(z)", "1.1 or 1.2", "1..1",
    "\x00", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("claim", UNREAD, ids=repr)
def test_what_cannot_be_read_costs_its_own_line(claim):
    """The remark says why; the other lines are marked, and the summary says that something could not be read."""
    marking = SHEET.mark({"z": claim, "o": "0.7503"})
    assert marking.verdicts == {"z": "unread", "o": "right", "E": "blank", "dw": "blank"}
    assert marking["z"].remark.startswith("This cannot be read")
    assert marking.summary == "1 of 4 marks. No mistake in what can be read; 2 blank. Cannot be read: z."
    assert SHEET.mark({"z": claim}).summary == "0 of 4 marks. Nothing that is written can be read: z; 3 blank."
    assert all([str(marking), marking.html(), marking.csv])


def test_the_name_of_the_line_itself_is_no_answer():
    """Nor is its derivative by another name."""
    for claim in ("∂E/∂w", "dE/dw", r"\frac{\partial E}{\partial w}"):
        assert SHEET.mark({"dw": claim})["dw"].verdict == "unread"


def test_a_number_of_python_is_never_asked_for_zeros():
    """It has lost them, so that nothing can be said about its digits; a whole number and a Decimal have lost none."""
    assert SHEET.mark({"z": 1.1}, digits=4)["z"].verdict == "unread"
    assert "lost its last zeros" in SHEET.mark({"z": 1.1}, digits=4)["z"].remark
    assert SHEET.mark({"z": Decimal("1.100")}, digits=4)["z"].verdict == "right"
    assert SHEET.mark({"o": 0.7502601055951177}, digits=4)["o"].verdict == "right"


HEAPS = [*BEFORE, *BEHIND, *UNITS, *MINUS, *AROUND, "0.5", "w", "x", "o", "E", "e-2", "∂", "T", "^T", "d/dw", "\n", "x 2"]
THINGS = [
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.binary(max_size=4),
    st.text(max_size=25),
]
ANYTHING = st.recursive(
    st.one_of(THINGS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2) | st.tuples(inner),
    max_leaves=5,
)


@examples(400)
@given(ANYTHING)
@example(4.889391146071899e-293)  # 2 is more of the unit of its last digit than a float can count
def test_anything_at_all_is_marked(claim):
    """No line is lost, and nothing is raised."""
    marking = SHEET.mark({"z": claim})
    assert [row.name for row in marking] == ["z", "o", "E", "dw"]
    assert marking["z"].verdict in ("right", "rounded", "wrong", "blank", "unread")
    assert marking.text


@examples(600)
@given(st.lists(st.sampled_from(HEAPS), max_size=8))
def test_any_heap_of_dress_is_read_or_refused(pieces):
    """By a FormulaError that knows its place."""
    text = "".join(pieces)
    refusals = []
    for read in (lambda: read_claim(text, NAMES, "z"), lambda: parse(text, NAMES), lambda: parse(text)):
        try:
            read()
        except FormulaError as error:
            refusals.append(error)
    assert all(0 <= error.position <= len(error.text) for error in refusals)


@pytest.mark.parametrize(
    "written", ["w_11_new", "w11_new", "w_{11}^{new}", "w^{new}_{11}", "w₁₁ⁿᵉʷ", "w_{11,new}", r"w_{11}^{\text{new}}"]
)
def test_an_updated_weight_is_one_name_in_all_its_spellings(written):
    """As the sheet has it, as programs and as formulas have it, and as this library prints it itself."""
    w, x = Value(0.5, "w_11"), Value(2.0, "x")
    updated = w - 0.1 * x
    sheet = Worksheet({"w_11_new": updated, "z": updated * x})
    marking = sheet.mark({written: f"{written} = 0.5 − 0.1·2 = 0.30", "z": f"{written}·x = 0.3·2 = 0.60"})
    assert marking.verdicts == {"w_11_new": "right", "z": "right"}
    assert [row.remark for row in marking] == ["", ""]


W, A, B, X2 = Value(0.5, "w"), Value(1.0, "a"), Value(0.25, "b"), Value(2.0, "x_2")
SIGNS = {  # a sheet, and what is right for its last line
    "a semicolon between arguments, where commas stand in numbers; an x on a sheet that has no x": (
        {"z": W * A + B, "h": (W * A + B).relu()},
        [
            "max(0; 0,5·1,0 + 0,25) = 0,75", "max(0; z) = max(0; 0,75) = 0,75", "(0.5) x (1.0) + 0.25",
            "0,5 x 1,0 + 0,25", "5,0·10⁻¹ x 1,0 + 0,25 = 0,75", "max(0, (0.5) X (1) + 0.25)",
        ],
    ),
    "x2 is x₂ where there is one, behind a bracket too; an x that stands apart is a sign": (
        {"y": W * X2},
        ["(w) x2 = 0.5·2 = 1.0", "w x2", "0.5 x 2 = 1.0", "(0.5) x (2)", "(0.5)x2 = 1.0", "(w)·x2"],
    ),
    "an exponent that stands apart; no zero before the comma": (
        {"y": W * A},
        ["5,0 e-1·a", "w·(1.0 e+0)", "(,5)·a = ,5·1 = 0,5", ",5 a", "5.0E-1*a = 0.5"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("what", "written"), [(what, each) for what, (_, texts) in SIGNS.items() for each in texts])
def test_signs_and_numbers_mean_what_the_sheet_lets_them_mean(what, written):
    """Right, without a word."""
    lines, _ = SIGNS[what]
    *_, line = lines
    row = Worksheet(lines).mark({line: written})[line]
    assert (row.verdict, row.remark) == ("right", "")
