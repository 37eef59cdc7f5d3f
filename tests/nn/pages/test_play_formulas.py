"""Formulas typed in play.html: the page reads what the library reads, as the library reads it, or says that it cannot.

The truth is autograd.formula: values, gradients, and the sentence and the place of every refusal.
"""

import math
import random
import re
from unicodedata import normalize

import pytest
from hostile_texts import NUMBERS, SIGNS, hostile_text, plausible_formula
from in_node import node
from long_runs import seeds

from autograd import Primitive
from autograd.formula.lexer import FormulaError
from autograd.formula.systems import read_formulas
from autograd.writing.names import GREEK
from nn.pages import play_data

POINTS = [0.7, -1.3, 2.5, 0.4, 1.9, -0.6, 3.1]


def by_library(text):
    """(value, gradients by name), or the refusal."""
    try:
        formulas = read_formulas(text)
    except FormulaError as error:
        return error
    for i, name in enumerate(formulas.unknown):
        formulas.variables[name].data = POINTS[i % len(POINTS)]
    y = formulas.results[0]
    y.forward()
    y.backward()
    return y.data, {leaf.label: leaf.grad for leaf in formulas.variables.values()}


def by_page(modules, texts):
    book = {"grammar": play_data.grammar(), "table": play_data.table()}
    return node("read_in_page.mjs", modules, data={"book": book, "texts": texts, "numbers": POINTS})


def agree(got, true):
    got = float(got)
    if math.isnan(true) or math.isinf(true):
        return got == true or (math.isnan(got) and math.isnan(true))
    return math.isclose(got, true, rel_tol=1e-9, abs_tol=1e-13)  # where terms cancel, nothing but rounding is left


def differences(modules, texts):
    """Where page and library part, and how many texts both read, both refuse, and the page alone refuses."""
    misses, counts = [], {"read": 0, "refused": 0, "beyond": 0}
    for text, got in zip(texts, by_page(modules, texts), strict=True):
        true = by_library(text)
        if got.get("beyond"):
            counts["beyond"] += 1
        elif isinstance(true, FormulaError):
            counts["refused"] += 1
            if (got.get("reason"), got.get("place")) != (true.reason, true.position):
                misses.append((text, got, (true.reason, true.position)))
        else:
            counts["read"] += 1
            value, grads = true
            shown = {name: x for name, x in got.get("grads", {}).items() if name}
            grads = {
                re.sub(r"\\hat ?\{?(\w)\}?", lambda match: normalize("NFC", f"{match[1]}\u0302"), k): x
                for k, x in grads.items()
            }
            grads = {re.sub(r"\\([a-z]+)", lambda match: GREEK[match[1]], name): x for name, x in grads.items()}
            same = "value" in got and agree(got["value"], value) and shown.keys() <= grads.keys()
            same = same and all(agree(x, grads[name]) for name, x in shown.items())
            if not same:
                misses.append((text, got, true))
    return misses, counts


NAMES = ["w", "x", "z", "o", "w_1", "x1", "net", "θ", "ŷ", "b", "t", "w_{12}", "h^(1)_2", "w'", "my_value"]
LATEX = ("\\frac", "\\sqrt")


def typed_formula(chance):
    """As people type them: no LaTeX."""
    text = plausible_formula(chance, chance.sample(NAMES, chance.randint(1, 4)))
    return text if not any(word in text for word in LATEX) else typed_formula(chance)


def in_latex(chance):
    """As it is written in LaTeX, by hand: fractions, roots, Greek letters, functions, signs, tall brackets, thin blanks."""
    text = plausible_formula(chance, chance.sample([*NAMES, "\\alpha", "\\theta_1", "\\theta_{12}"], chance.randint(1, 4)))
    written = {"σ": "\\sigma", "tanh": "\\tanh", "ln": "\\ln", "exp": "\\exp", "sin": "\\sin", "·": "\\cdot ",
        "*": "\\times ", "π": "\\pi", "θ": "\\theta", "max": "\\max", "(": "\\left(",
        ")": "\\right)", " ": "\\, "}  # fmt: skip
    for sign in chance.sample(sorted(set(written) - {")"}), chance.randint(3, 9)):
        for each in "()" if sign == "(" else [sign]:
            text = text.replace(each, written[each])
    return text if "\\" in text else in_latex(chance)


def system(chance):
    """Formulas that speak of one another, sometimes wrongly."""
    names = chance.sample(["E", "o", "net", "h_1", "h_2", "a"], chance.randint(2, 4))
    leaves = chance.sample(["w", "x", "b", "t", "w_1"], 3)
    lines = []
    for i, name in enumerate(names):
        below = names[i + 1 :] + leaves if chance.random() < 0.9 else names
        form = chance.choice(
            ["{} + {}", "σ({})·{}", "{} {} + b", "tanh({} {})", "-{} log {}", "({} − {})²/2", "max(0, {}, {})"]
        )
        lines.append(f"{name} = {form.format(chance.choice(below), chance.choice(below))}")
    lines += [f"{name} = {chance.choice(['0.5', '-2', '1/3', '3e-1'])}" for name in leaves if chance.random() < 0.3]
    chance.shuffle(lines)
    return chance.choice(["; ", "\n", ";"]).join(lines)


def plain_hostile(chance):
    return hostile_text(chance, 7).replace("\\", "").replace("\ud800", "")


def slip(chance):
    """A formula with one character too many, too few, or another."""
    text = typed_formula(chance) if chance.random() < 0.7 else system(chance)
    at = chance.randrange(len(text) + 1)
    sign = chance.choice([*SIGNS, *NUMBERS, "x", "sin", "log", " ", "foo", "e"]).replace("\\", "")
    return text[:at] + chance.choice(["", sign]) + text[at + chance.randint(0, 1) :]


def near_a_derivative(chance):
    """Pieces of derivatives side by side, some of which are ordinary quotients of names with a d."""
    pieces = "d dx dw E dE x w d^2 d² / /d ( ) + · 2 d_1 d1 y dy du/ x_1 /dx sin d/ net dnet dθ θ Δx /Δx '".split()
    pieces += [" / ", "d x", " "]
    text = "".join(chance.choice(pieces) for _ in range(chance.randint(2, 7)))
    return chance.choice(["", "E = w x; ", "y = x²; ", "d = 2; ", "E = w x\n"]) + text


def dressed(chance):
    """A formula as it stands in a message or on a sheet: bold, ticked off, with digits in groups."""
    dress = "**{}**|`{}`|{}.|{} ✓|• {}|${}$|{}…|1'000 + {}|3.141 592 653 {}|~ {}|{} ≈ 2|_{}_|１２ + {}|{} ~ 3| {} ;|# c\n{}"
    return chance.choice(dress.split("|")).format(typed_formula(chance))


@pytest.mark.parametrize("kind", [near_a_derivative, dressed, typed_formula, in_latex, system, plain_hostile, slip])
def test_page_and_library_read_the_same(kind, modules):
    """Of three thousand texts the value and all gradients are the library's; of each refusal the sentence and the place."""
    texts = [kind(random.Random(seed)) for seed in seeds(500)]
    misses, counts = differences(modules, texts)
    assert misses == []
    assert counts["beyond"] < len(texts) / 4
    assert counts["read"] > len(texts) / 10


WRITTEN = """
L = −y log ŷ − (1−y) log(1−ŷ); ŷ = σ(a); a = w x + b | L = ½(ŷ − y)²; ŷ = σ(w_211 h_11)
σ(w x + b) | E = −t log o − (1−t) log(1−o); o = σ(net); net = w x + b | 2 x 0.2 | sin²x + cos²x | e^-x/2
½(t−o)² | |x| |y| | [x > 0] x | 1_{x>0} | log_2 x | log₁₀ x | √x² | √2x | ∛x | x^2^3 | 2^-x | w₁x₁ + w₂x₂ + b
w_11 x_1 | a/bc | 1/2x | log o (1 - o) | log2x | x 2 | 2½ | foo(x) | lg x | sinh⁻¹ x | sin⁻¹x | exp⁻¹(x)
max(a, b, c) | clip(x, 0, 1) | leaky_relu(x) + elu x | atan2(y, x) | hypot(3, x) | erf x erfc x
gelu(x) silu(x) softplus x | x(1 − x) | σ(1 − σ) | (x − 3)³ + x² | x ÷ y × z | ŷ − y | θ_1 x + θ_0 | x³ʸ
1'234.5 x | 0.333… x | 0{,}5 x | **x + 1** | x + 1. | ✓ x + 1 | x=2; y = x² ; x+y
o = # nothing | → # 0 ≥ 1 | a = b + 1; b = 2a
x = x + 1 | a = 1; a = 2 | | ; | x + | + + x | (x | x) | [x > | x > 2 | 2 = x | x = 2 = 3 | sum(x)
d + 1 | select(1, x, y) | 1e400 x | 1e-3x | 2e-1 e | 6.13 e-2 | e | e x | π r² | τ = 2π; τ r | ∞ - x | 1/0
0/0 x | log(-1) x | (-8)^(1/3) + x | x^65 | x^(-65) | 10^300 x
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx | 𝑥 + 1 | 𝔣ₔ + x | ３x | x² − 2·x·y + y² # a comment | w\u0302 x
h^(1)_2 + h_2^(1) | h^(2) + h | w^+ - w | x_new + x_{new} | Δw x | w'x | x′ | f(x) | f(x + 1) | net(1 − net)
sigmoid | SIN(x) | Tanh x
"""


def test_what_people_write_is_read_as_the_library_reads_it(modules):
    """Written by hand, each form of parser.py and systems.py, right and wrong."""
    misses, counts = differences(
        modules, [text.strip() for line in WRITTEN.strip().splitlines() for text in line.split(" | ")]
    )
    assert misses == []
    assert counts["beyond"] == 0


LATEX_FORMS = r"""
\sigma(w x + b) | \frac{1}{1 + e^{-x}} | \frac{1}{2}(t - o)^2 | \frac{w x}{b} x | \sqrt{x^2 + y^2} | \sqrt{x}^2
e^{-\frac{x^2}{2}} | x^\frac{1}{2} | E = -t \log o - (1-t) \log(1-o); o = \sigma(net); net = w x + b
\sin^2 x + \cos^2 x | \log_2 x | \theta_1 x + \theta_0 | 2\pi r | w \cdot x + b | w \times x | a \div b
\left(x - 3\right)^2 | \alpha\beta | w\theta x | \frac{\frac{a}{b}}{c} | \tanh(w\,x + b) | \tfrac{a}{b}
\left|x\right| | x_{12} \cdot \alpha_{3} | \ln x \ln y | \max(0, x) | \exp(-x) | $\frac{x}{y}$ | \frac{x}{y}^2
\frac{a}{b}\frac{c}{d} | \sin\frac{x}{2} | \sin x \frac{a}{b} | \sin 2x | \sigma\frac{x}{2} | -\frac{x}{y}^2
L = -y \log \hat{y} - (1-y) \log(1-\hat{y}); \hat{y} = \sigma(a); a = w x + b | \hat{y} - y | 2\hat y x | w\hat{y}_1x
\hat{w} x + w | \hat{w x} | \frac{\hat{y}}{y} | \hat{y}^2
\frac{dx}{y} | \frac{x}{y}! | \sqrt{x}\sqrt{y} | \log\frac{x}{y} | x\frac{a}{b}
"""


def test_latex_is_read_as_the_library_reads_it(modules):
    """Written by hand: values and gradients are those of parse; nothing that the page reads is another formula."""
    misses, counts = differences(
        modules, [text.strip() for line in LATEX_FORMS.strip().splitlines() for text in line.split(" | ")]
    )
    assert misses == []
    assert counts["beyond"] < 4


STRANGERS = """
2x | 2 x + 3 | sin x | sin(x)^2 | sin^2 x | e^x | e^{-x} | exp(-x^2) | √x | √(x+1) | sqrt(x) | log_2 x | log_2(8) | ln x
lg 100 | 3 m + 2 cm | 9.81 m/s^2 | 5 kg * 2 | 3,5 x | 3,5 + 2,5 | 1.000,5 x | f(x) = x^2 | y = x^2; | ;y = 2x | w*w + w
w w + w w | x^x | x**x | 1/x; x = 0 | 0/0 | 10^400 | 1e308*10 | 99999999999999999999 | (-x)^2 | 2^3^2 | a/b/c | 1/(2x)
x! | 50% x | 2πr | x1*x2 | ReLU(x) | x + y = 3 | y=mx+b | E=mc^2 | a^2+b^2=c^2 | 3 × 4 | 3 ÷ 4 | ½x | x ≥ 2 | ∫ x dx | ∑ x
lim x | f'(x) | cos 30° | sin(π/2) | arctan(y/x) | log(x, 2) | pow(x, 2) | x mod 3 | min(x, y) | 2(x+1) | (x+1)(x-1) | ((x)
x) | [x+1]*2 | {x+1}*2 | hello world | what is 2+2? | 2 + 2 = | x++ | x--y | --x | +x | .5x | 5. | 0x10 | 1_000 x | 1 000 x
1,000,000 x | i^2 | √-1 | log 0 | exp(1000) | tan(π/2) | x^(1/2) | x^-1 | x^1/2 | ∞ | NaN | null | |x| + |y| | x+ | *x | 5%
"""


def test_what_strangers_type_is_read_as_the_library_reads_it(modules):
    """Units, commas of other countries, factorials, lines, huge numbers, what is no formula: one number or sentence."""
    texts = [text.strip() for line in STRANGERS.strip().splitlines() for text in line.split(" | ")]
    misses, counts = differences(modules, [*texts, "y = w x + b\nw = 2", "w x\nb + 1", "a = 2x\n\n\nb = a²\n"])
    assert misses == []
    assert counts["beyond"] == 1  # ∑ x
    assert counts["read"] > 60


BEYOND = [  # a text, the place that is said, a word of the sentence
    (r"\binom{n}{2}", 0, "LaTeX"),
    (r"x + \operatorname{foo} y", 4, "LaTeX"),
    (r"\frac{1}{x", 0, "says what is wrong"),
    (r"\frac{dE}{dw}", 0, "LaTeX"),
    (r"2\frac{1}{2}", 1, "LaTeX"),
    ("∂E/∂w", 0, "derivative"),
    ("2 d/dx x²", 2, "derivative"),
    ("dE/dw + 1", 0, "derivative"),
    ("σ′(x)", 1, "prime"),
    ("Σ_{i=1}^3 x_i", 0, "sums over an index"),
    ("b + x^T y", 5, "vectors"),
    ("2 ‖x‖²", 2, "vectors"),
    ("softmax(x)", 0, "vectors"),
]


def test_what_only_the_library_reads_is_refused_and_said(modules):
    """Never is it read as something else: a sentence says that the library reads it."""
    for (text, place, sentence), got in zip(BEYOND, by_page(modules, [text for text, *_ in BEYOND]), strict=True):
        assert (got["beyond"], got["place"]) == (True, place), text
        assert sentence in got["reason"]
        assert "library" in got["reason"]


# ------------------------------------------------------------------------------------------- operations that a person adds


def test_an_operation_with_a_definition_is_computed_in_the_page(modules):
    """Its value and its gradient are those of Python, for ordinary numbers as in formulas around it."""
    Primitive(
        "soft", lambda x: x / (1.0 + abs(x)), lambda z, x: (1.0 - abs(z)) ** 2, definition=lambda x: x / (1.0 + abs(x))
    )
    Primitive("mix", lambda x, y: 0.3 * x + 0.7 * y, 0.3, 0.7, definition=lambda x, y: 0.3 * x + 0.7 * y)
    misses, counts = differences(modules, ["soft(w x) + b", "mix(x, soft y)²", "soft(mix(x, y)", "mix(x)"])
    assert misses == []
    assert counts == {"read": 2, "refused": 2, "beyond": 0}


def test_an_operation_that_the_page_cannot_compute_is_refused(modules):
    """Without a definition, with one in other operations, or with one that gives other numbers: a sentence says so."""
    Primitive("lacking", lambda x: x * x, lambda z, x: 2 * x)
    Primitive("lying", lambda x: x * x, lambda z, x: 2 * x, definition=lambda x: x * x * x)
    Primitive("leaning", lambda x: x * x, lambda z, x: 2 * x, definition=lambda x: Primitive.lift(x).lacking())
    Primitive("heaping", sum, lambda z, xs: [1.0] * len(xs), nary=True)
    wanted = ["has no definition", "gives other numbers", "uses lacking", "takes any number"]
    found = by_page(modules, ["lacking(x)", "1 + lying x", "leaning(x)", "heaping(x, y)"])
    assert all(got["beyond"] for got in found)
    assert [words for words, got in zip(wanted, found) if words not in got["reason"]] == []
