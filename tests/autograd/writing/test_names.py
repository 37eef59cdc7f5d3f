"""Labels read as mathematics: on a terminal, in LaTeX, and as a family with indices.

That LaTeX compiles is told by two judges: a small reader of this file, for any label that Hypothesis thinks of, and pdflatex
itself, in a document that loads amsmath alone.
"""

import random
import re

import pytest
from formulas_in_latex import errors_in
from hypothesis import example, given
from hypothesis import strategies as st
from long_runs import LONG, examples, part
from walks import walked

from autograd.writing.names import add_indices, all_readings, latex_name, pretty, readings, text_name

MATHEMATICS = {  # label: (drawn, on a terminal, in LaTeX)
    "x": ("x", "x", "x"),
    "L": ("L", "L", "L"),
    "w_11": ("w₁₁", "w₁₁", "w_{11}"),
    "w_{11}": ("w₁₁", "w₁₁", "w_{11}"),
    "W₁₁": ("W₁₁", "W₁₁", "W_{11}"),
    "w1": ("w1", "w₁", "w_{1}"),
    "x_12": ("x₁₂", "x₁₂", "x_{12}"),
    "x_0": ("x₀", "x₀", "x_{0}"),
    "h_1,10": ("h₁,₁₀", "h₁,₁₀", "h_{1,10}"),
    "w_{1,10,2}": ("w₁,₁₀,₂", "w₁,₁₀,₂", "w_{1,10,2}"),
    "a_{-1}": ("a₋₁", "a₋₁", "a_{-1}"),
    "w_i": ("wᵢ", "wᵢ", "w_{i}"),
    "w_{ij}": ("wᵢⱼ", "wᵢⱼ", "w_{ij}"),
    "w_{1ij}": ("w₁ᵢⱼ", "w₁ᵢⱼ", "w_{1ij}"),
    "x_{i+1}": ("xᵢ₊₁", "xᵢ₊₁", "x_{i+1}"),
    "x²": ("x²", "x²", "x^{2}"),
    "x^2": ("x²", "x²", "x^{2}"),
    "x^{2}_{3}": ("x²₃", "x²₃", "x^{2}_{3}"),
    "x^2_3": ("x²₃", "x²₃", "x^{2}_{3}"),
    "x_3^2": ("x₃²", "x²₃", "x^{2}_{3}"),
    "w⁻¹": ("w⁻¹", "w⁻¹", "w^{-1}"),
    "a^{-1}": ("a⁻¹", "a⁻¹", "a^{-1}"),
    "wⁿ": ("wⁿ", "wⁿ", "w^{n}"),
    "a^T": ("a^T", "a^T", "a^{T}"),
    "w^{(2)}_{11}": ("w⁽²⁾₁₁", "w⁽²⁾₁₁", "w^{(2)}_{11}"),
    "a^(1)_2": ("a^(1)₂", "a⁽¹⁾₂", "a^{(1)}_{2}"),
    "a_1^(2)": ("a₁^(2)", "a⁽²⁾₁", "a^{(2)}_{1}"),
    "y'": ("y'", "y′", "y'"),
    "x''": ("x''", "x′′", "x''"),
    "θ": ("θ", "θ", r"\theta"),
    "Ω": ("Ω", "Ω", r"\Omega"),
    "theta": ("theta", "θ", r"\theta"),
    "theta_1": ("theta₁", "θ₁", r"\theta_{1}"),
    r"\theta": ("θ", "θ", r"\theta"),
    r"\theta_{ij}": ("θᵢⱼ", "θᵢⱼ", r"\theta_{ij}"),
    "$\\sigma$": ("σ", "σ", r"\sigma"),
    "$x$": ("x", "x", "x"),
    "Sigma": ("Sigma", "Σ", r"\Sigma"),
    "ŷ": ("ŷ", "ŷ", r"\hat{y}"),
    "ŷ_1": ("ŷ₁", "ŷ₁", r"\hat{y}_{1}"),
    "y\u0302_1": ("y\u0302₁", "ŷ₁", r"\hat{y}_{1}"),
    r"\hat{y}_2": ("ŷ₂", "ŷ₂", r"\hat{y}_{2}"),
    r"\hat y": ("ŷ", "ŷ", r"\hat{y}"),
    r"\bar{x}": ("x\u0304", "x\u0304", r"\bar{x}"),
    r"\tilde{n}": ("ñ", "ñ", r"\tilde{n}"),
    r"\vec{v}": ("v\u20d7", "v\u20d7", r"\vec{v}"),
    r"\dot{x}": ("ẋ", "ẋ", r"\dot{x}"),
    r"\hat{\theta}": ("θ\u0302", "θ\u0302", r"\hat{\theta}"),
    "net": ("net", "net", r"\mathrm{net}"),
    "net_1": ("net₁", "net₁", r"\mathrm{net}_{1}"),
    r"\mathrm{net}_1": ("net₁", "net₁", r"\mathrm{net}_{1}"),
    "w_new": ("w_new", "w_new", r"w_{\mathrm{new}}"),
    "x_max": ("x_max", "x_max", r"x_{\mathrm{max}}"),
    "x_α": ("x_α", "x_α", r"x_{\alpha}"),
}
WORDS = {  # label: how it is shown, anywhere
    "my_value": "my_value",
    "__init__": "__init__",
    "a b": "a b",
    "50 %": "50 %",
    "3x": "3x",
    "重み": "重み",
    "وزن\u200cها": "وزن\u200cها",
    "é": "é",
    "naïve": "naïve",
    "a<b": "a<b",
    "#1 & {x} ~": "#1 & {x} ~",
    "$5": "$5",
    "\\": "\\",
    "C:\\tmp": "C:\\tmp",
    "x^*": "x^*",
    'say "x"': 'say "x"',
    "a\tb\nc": "a b c",
    "x\x00y": "x y",
}
DERIVATIVES = {
    "∂L/∂w": ("∂L/∂w", r"\frac{\partial L}{\partial w}"),
    "∂L/∂w_11": ("∂L/∂w₁₁", r"\frac{\partial L}{\partial w_{11}}"),
    "∂L/∂theta": ("∂L/∂θ", r"\frac{\partial L}{\partial \theta}"),
    "∂net/∂w1": ("∂net/∂w₁", r"\frac{\partial \mathrm{net}}{\partial w_{1}}"),
    "∂ŷ_1/∂a^(1)_2": ("∂ŷ₁/∂a⁽¹⁾₂", r"\frac{\partial \hat{y}_{1}}{\partial a^{(1)}_{2}}"),
}


@pytest.mark.parametrize("label", MATHEMATICS)
def test_how_labels_are_drawn(label):
    """Indices go down, powers up, and commands become signs."""
    assert pretty(label) == MATHEMATICS[label][0]


@pytest.mark.parametrize("label", MATHEMATICS)
def test_labels_on_a_terminal(label):
    """A label is read as mathematics: digits after a letter are an index, the name of a Greek letter is the letter."""
    assert text_name(label) == MATHEMATICS[label][1]


@pytest.mark.parametrize("label", MATHEMATICS)
def test_labels_in_latex(label):
    """The same reading in LaTeX, where a word is upright."""
    assert latex_name(label) == MATHEMATICS[label][2]


def seen(latex):
    """The characters that a reader sees of a label which is no mathematics."""
    signs = {
        "backslash": "\\",
        "textbackslash": "\\",
        "sim": "~",
        "textasciitilde": "~",
        "wedge": "^",
        "textasciicircum": "^",
    }
    signs |= {"textless": "<", "textgreater": ">", "textquotedbl": '"', "text": "", "mathrm": ""}
    return re.sub(r"\\([A-Za-z]+) ?|\\(.)|[{}]", lambda m: signs[m[1]] if m[1] else m[2] or "", latex)


@pytest.mark.parametrize("label", WORDS)
def test_what_cannot_be_read_stays_what_it_is(label):
    """Each of its characters is there, on one line; in LaTeX, where many mean something, too."""
    assert [pretty(label), text_name(label), seen(latex_name(label))] == [WORDS[label]] * 3


@pytest.mark.parametrize("label", ["x1_2", "w11a", "a_1_b"])
def test_names_of_programs_are_no_mathematics(label):
    """They have no indices that could count."""
    assert readings(label) == []
    assert not latex_name(label).startswith(("x_", "w_"))


@pytest.mark.parametrize("label", [label for label in MATHEMATICS if "," not in label])
def test_a_label_typed_as_it_is_shown_is_read_the_same(label):
    """Who types w₁₁ means w_11."""
    assert latex_name(text_name(label)) == latex_name(label)


@pytest.mark.parametrize("label", DERIVATIVES)
def test_the_name_of_a_derivative(label):
    """∂L/∂w is a fraction of two names, each read for itself."""
    assert (text_name(label), latex_name(label)) == DERIVATIVES[label]


@pytest.mark.parametrize("label", ["times", "cdot", "partial", "nabla"])
def test_a_word_that_names_a_sign_is_still_a_word(label):
    """Only with a backslash do these mean ×, ·, ∂ and ∇: a factor called times must not read as a multiplication sign."""
    assert (text_name(label), latex_name(label)) == (label, rf"\mathrm{{{label}}}")


@pytest.mark.parametrize("word", ["min", "max", "in", "out", "new", "rms"])
def test_words_below_are_upright(word):
    """x_min and x_max are written alike: a word below is upright, whatever its letters."""
    assert latex_name(f"x_{word}") == rf"x_{{\mathrm{{{word}}}}}"


@pytest.mark.parametrize("label", [r"\hat{net}", r"\bar{x_1}", r"\vec{ab}_1"])
def test_an_accent_over_more_than_a_letter_loses_no_brace(label):
    """As many braces are left open as closed, in whatever way the label is shown."""
    for name in (pretty(label), text_name(label)):
        assert name.count("{") == name.count("}")
    assert latex_name(label).count(r"\{") == latex_name(label).count(r"\}")


def test_an_empty_label():
    """No label is no name."""
    assert (pretty(""), text_name(""), latex_name("")) == ("", "", r"\text{}")


def test_dollar_signs_are_taken_off():
    """On both sides, however many there are."""
    assert [pretty(label) for label in ("$x$", "$$x$$", "$x", "$", "$" * 5000)] == ["x", "x", "$x", "$", ""]


@pytest.mark.parametrize("label", [" ", "\x00", "\n\t", "$$"])
def test_a_label_of_nothing_to_see_still_has_a_name(label):
    """Otherwise a formula would have a hole in the place of the factor: ·x."""
    assert text_name(label).strip()
    assert latex_name(label) != r"\text{}"


# --------------------------------------------------------------------------------------------------------- valid LaTeX

IN_TEXT = """textbackslash textasciicircum textasciitilde textless textgreater textbar textasciigrave""".split()
WITH_AN_ARGUMENT = "text mathrm mathbf hat bar tilde vec dot".split()
SIGNS = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi
    omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega partial nabla cdot times ell cdots infty backslash wedge sim
    vert le ge ne approx pm div surd to in odot ldots circ prime""".split()
TOKEN = re.compile(r"\\[A-Za-z]+ ?|\\.|.", re.DOTALL)


def faults(latex):
    """What LaTeX would stop at in a piece of mathematics; empty where it compiles."""
    found = []
    groups = ["mathematics"]  # what the braces that are open are in
    outside = []  # what the three below were, outside of each open brace
    wanted, opening = 0, ""  # braces that the last command still waits for
    scripts = None  # those that the last atom has; None where there is no atom
    for token in TOKEN.findall(latex):
        word = token[1:].strip() if token[0] == "\\" else ""
        if wanted and token != "{":
            found.append(f"no braces before {token!r}")
        if token == "{":
            groups.append("text" if opening == "text" else groups[-1]) if wanted else groups.append(groups[-1])
            outside.append((scripts if wanted else None, max(wanted - 1, 0), opening))
            wanted, scripts = 0, None
        elif token == "}":
            if len(groups) == 1:
                return [*found, "a brace closed that was not opened"]
            groups.pop()
            scripts, wanted, opening = outside.pop()
            scripts = set() if scripts is None else scripts
        elif word.isalpha():
            known = IN_TEXT if groups[-1] == "text" else [*WITH_AN_ARGUMENT, "frac", *SIGNS]
            if word not in known:
                found.append(f"{token!r} in {groups[-1]}")
            opening = word
            wanted = 2 if word == "frac" else 1 if word in WITH_AN_ARGUMENT else 0
            scripts = None if wanted else set()
        elif token in "^_" and groups[-1] == "mathematics":
            if scripts is None or token in scripts:
                found.append(f"{token!r} twice, or above nothing")
            scripts = {*(scripts or ()), token}
            wanted, opening = 1, "script"
        elif token in "^_$&#%~\\" or (token[0] == "\\" and word not in tuple("{}$&#%_")):
            found.append(f"{token!r} not escaped")
        elif not (token[-1].isprintable() or token in "\u200c\u200d"):
            found.append(f"{token!r} cannot be printed")
        elif token == "'" and groups[-1] == "mathematics" and "^" in (scripts or ()):
            found.append("a prime behind what stands above")
        elif token not in "' ":
            scripts = set()
    return found + [f"{len(groups) - 1} braces left open"] * (len(groups) > 1) + ["an argument missing"] * bool(wanted)


@pytest.mark.parametrize(
    "broken",
    [
        *("x_{1", "x}", "x_1_2", "x^{2}'", "x_{1}_{2}", "a_b", "^{2}", "$x$", "a&b", "#", "~", "\\", "x\0"),
        *(r"\text{a_b}", r"\text{5 %}", r"\hat", r"\frac{a}", r"\text{\theta}", r"\unknown"),
    ],
)
def test_the_judge_of_this_file_finds_faults(broken):
    """Planted mistakes are seen."""
    assert faults(broken)


FRAGMENTS = [*r"{}$&#%~^_\'′\"`<>|()/,;:+-−=*.@! 12xyZ", "1_{", "}_{", "}^{", "^(", "\\hat{", "\\theta", "\\frac{", "\\"]
FRAGMENTS += [
    "∂",
    "∂L/∂",
    "theta",
    "net",
    "w_",
    "ŷ",
    "₁",
    "²",
    "ⁿ",
    "重",
    "é",
    "\u0302",
    "\u200d",
    "\0",
    "\n",
    "\u2028",
    "½",
]
AWKWARD = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join)
LABELS = st.one_of(st.text(max_size=12), AWKWARD)


@walked([*MATHEMATICS, *WORDS, *DERIVATIVES, "1_{x > 0}", "{", "}", "$", "^", "_", "x_", "1_", "x^", '"'])
def test_the_latex_of_the_tables_is_valid(label):
    """Braces are balanced, arguments are there, and nothing special is left unescaped."""
    assert faults(latex_name(label)) == []


@pytest.mark.parametrize("label", ["1_{", "1_{$", "1_{x>0}}", "1_{a_b_c}", "1_{%}"])
def test_a_label_that_begins_as_an_indicator_is_escaped_too(label):
    """1_{x > 0} is 1 where x > 0; only in one pair of braces, and only what LaTeX can set there."""
    assert faults(latex_name(label)) == []


@examples(300)
@given(LABELS)
@example("∂∂L/∂w/∂x")
@example("a^{&}_{#}")
@example("x²'")
@example("⁰′⁰")
def test_any_label_gives_valid_latex(label):
    """Whatever was typed, LaTeX compiles."""
    assert faults(latex_name(label)) == []


@examples(100)
@given(LABELS)
def test_any_label_can_be_shown_on_one_line(label):
    """A name has no line breaks and no control characters."""
    for name in (pretty(label), text_name(label)):
        assert all(c.isprintable() or c in "\u200c\u200d" for c in name)


# -------------------------------------------------------------------------------------------------------------- pdflatex

ALPHABET = "abxyzLW019 _^{}$&#%~\\'\"`<>|()[]/,;:+-=*.@!?éß½µθΩ"


def random_labels(n):
    rng = random.Random(3)
    return ["".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, 7))) for _ in range(n)]


def test_pdflatex_takes_the_tables(pdflatex):
    """Every label of this file compiles, but for scripts that pdflatex has no letters of."""
    labels = [label for label in [*MATHEMATICS, *WORDS, *DERIVATIVES] if not re.search("[重و]", label)]
    assert errors_in(pdflatex, map(latex_name, labels)) == []


@pytest.mark.parametrize(
    "label",
    part(['say "x"', "∂", "∇L", "x_1 − x_2", "αβ", "x_{<}", "x_{|}", "x^{é}", "a_{~}", 'a_{"}', "x₁ + x₂", "x²'", "⁰′⁰"], 4),
)
def test_pdflatex_takes_signs_that_this_package_knows(pdflatex, label):
    """Signs of mathematics and Greek letters compile in text and in indices too."""
    assert errors_in(pdflatex, [latex_name(label)]) == []


def test_pdflatex_takes_any_label(pdflatex):
    """So do thousands of random labels."""
    assert errors_in(pdflatex, map(latex_name, random_labels(3000))) == []


# -------------------------------------------------------------------------------------------------------------- families


@pytest.mark.parametrize(
    ("label", "ways"),
    [
        ("w_12", [("w", (1, 2)), ("w", (12,))]),
        ("w₁₂", [("w", (1, 2)), ("w", (12,))]),
        ("w_{112}", [("w", (1, 1, 2)), ("w", (112,))]),
        ("x_1", [("x", (1,))]),
        ("x1", [("x", (1,))]),
        ("x12", [("x", (1, 2)), ("x", (12,))]),
        ("h_1,10", [("h", (1, 10))]),
        ("h_{1,j}", [("h", (1, "j"))]),
        ("w_{1ij}", [("w", (1, "i", "j"))]),
        ("ŷ_1", [("ŷ", (1,))]),
        (r"\hat{y}_1", [("ŷ", (1,))]),
        ("a^(1)_2", [("a^{(1)}", (2,))]),
        ("a_2^{(1)}", [("a^{(1)}", (2,))]),
        ("net_3", [("net", (3,))]),
        ("theta_{il}", [("theta", ("i", "l"))]),
        ("net_{lm}", [("net", ("l", "m"))]),
    ],
)
def test_the_readings_of_a_label(label, ways):
    """Digits without a comma are indices of one digit each, or one number."""
    assert readings(label) == ways


@pytest.mark.parametrize(
    "label", ["", "x", "net", "x²", "w_new", "my_value", "x1_2", "50 %", "a b", "x_{i+1}", "a_{-1}", "1", "重み"]
)
def test_labels_without_indices_have_no_readings(label):
    """They are of no family."""
    assert readings(label) == []


@pytest.mark.parametrize(
    ("stem", "indices", "label"),
    [
        ("w", (1,), "w_{1}"),
        ("w", (12,), "w_{12}"),
        ("w", (1, 2), "w_{12}"),
        ("w", (1, 10), "w_{1,10}"),
        ("w", (1, "i", "j"), "w_{1ij}"),
        ("w", (10, "j"), "w_{10,j}"),
        ("a^{(2)}", (3,), "a^{(2)}_{3}"),
    ],
)
def test_the_label_of_a_stem_with_indices(stem, indices, label):
    """Commas stand only where digits would run together."""
    assert add_indices(stem, indices) == label


INDEX = st.integers(0, 120) | st.sampled_from("ijklm")


@examples(100)
@given(st.sampled_from(["w", "W", "θ", "theta", "net", "ŷ", "a^{(2)}", "x′"]), st.lists(INDEX, min_size=1, max_size=3))
def test_an_indexed_label_is_read_as_what_it_was_made_of(stem, indices):
    """One of its readings is the stem with those indices."""
    assert (stem, tuple(indices)) in readings(add_indices(stem, tuple(indices)))


@pytest.mark.parametrize("label", ["w_12", "x1", "h_1,10", "ŷ_1", "a^(1)_2", "∂L/∂w_12", "∂a_1/∂w_12", "∂L/∂a^(1)_2"])
def test_readings_lead_back_to_the_label(label):
    """A reading with its own indices is the label again, up to how it is typed."""
    assert all_readings(label)
    for reading in all_readings(label):
        assert latex_name(reading.label(reading.indices)) == latex_name(label)


def test_the_readings_of_a_derivative():
    """The indices above and below the line count together; there is a reading where the upper ones are a name's own."""
    ways = [(reading.stems, reading.indices) for reading in all_readings("∂a_1/∂w_2")]
    assert ways == [(("a", "w"), (1, 2)), (("a", "w_2"), (1,)), (("a_1", "w"), (2,)), (("a_1", "w_2"), ())]
    (reading, *_) = all_readings("∂L/∂w_1")
    assert reading.label(("j",)) == "∂L/∂w_{j}"


def test_a_reading_takes_other_indices():
    """w_12 with (2, 10) is w_{2,10}."""
    each, whole = all_readings("w_12")
    assert [each.label((2, 3)), each.label((2, 10)), each.label((1, "j"))] == ["w_{23}", "w_{2,10}", "w_{1j}"]
    assert [whole.label((13,)), whole.label(("j",))] == ["w_{13}", "w_{j}"]


FORMS = ["{}", "{}1", "x{}", "x_{}", "x_{{{}}}", "x^{}", "x^{{{}}}_1", "∂L/∂{}"]


@pytest.mark.parametrize("turn", range(2))
def test_every_character_there_is_may_stand_in_a_label(turn):
    """Styled letters and signs that no table has included: what cannot be read as mathematics is text.

    Neighbours are of a kind, so that each takes the next form; in a long run every one takes all of them.
    """
    for code in (*range(0x3000), *range(0xFB00, 0x10000), *range(0x1D400, 0x1D800)):
        forms = FORMS[turn::2] if LONG > 1 else [FORMS[(code + 4 * turn) % len(FORMS)]]
        for form in forms:
            label = form.format(chr(code))
            assert text_name(label)
            assert latex_name(label)
            all_readings(label)


@pytest.mark.parametrize("label", ["theta_{il}", "θ_{il}", "theta_il", "alpha_{kl}"])
def test_a_letter_that_is_spelt_out_has_indices_as_any_other(label):
    """theta_{il} is θ with i and l."""
    ((stem, indices),) = readings(label)
    assert stem in ("theta", "θ", "alpha")
    assert "".join(indices) == label.replace("}", "")[-2:]
