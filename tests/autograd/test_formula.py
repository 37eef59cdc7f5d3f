"""Graphs as formulas: a page never changes a function, and a formula has one reading.

The judges are of this file. `exact` computes a graph in forty digits of mpmath, by its own table of functions, and a page
has to give the same number. Two readers, of plain text and of LaTeX, know nothing but the rules of writing: signs, products,
fractions, powers, brackets, Σ. What they read has to be the number of the graph, so that no two functions look alike.
"""

import functools
import itertools
import math
import operator
import re
import shutil
import subprocess
import tracemalloc

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

import autograd as ag
from autograd import PRIMITIVES, Notation, Value, dot, gradient, latex, log_softmax, logsumexp, mean, softmax
from autograd.formula import Page, folded, formula, page_of, quantities, written
from autograd.graph import nodes
from autograd.names import latex_name, text_name
from autograd.notation import ATOM, NEGATION, POWER, PRODUCT, SUM

DIGITS = 40

# ---------------------------------------------------------------------------------------------- graphs in forty digits


def real(x):
    """x, which has to be a finite real number."""
    if isinstance(x, mp.mpc) or not mp.isfinite(x):
        raise ValueError("no finite number")
    return x


def power(x, y):
    return x ** int(y) if y == mp.floor(y) else x**y if x >= 0 else mp.nan


def gaussian(x, n):
    return (-1) ** int(n) * mp.hermite(int(n), x) * mp.exp(-x * x)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def length(x, y):
    return mp.sqrt(x * x + y * y)


def in_pairs(*xs):
    n = len(xs) // 2
    return mp.fsum([w * x for w, x in zip(xs[:n], xs[n : 2 * n], strict=True)]) + mp.fsum(xs[2 * n :])


EXACT = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": power,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "log1p": lambda x: mp.log(1 + x),
    "expm1": mp.expm1,
    "cbrt": lambda x: mp.cbrt(x) if x >= 0 else -mp.cbrt(-x),
    "hypot": length,
    "atan2": mp.atan2,
    "sigmoid": sigmoid,
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "relu": lambda x: max(x, mpf(0)),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * mp.expm1(x),
    "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
    "silu": lambda x: x * sigmoid(x),
    "abs": abs,
    "maximum": max,
    "minimum": min,
    "clip": lambda x, low, high: min(max(x, low), high),
    "sum": lambda *xs: mp.fsum(xs),
    "dot": in_pairs,
    "logsumexp": lambda *xs: mp.log(mp.fsum([mp.exp(x) for x in xs])),
    "softmax": lambda *xs: mp.exp(xs[-1]) / mp.fsum([mp.exp(x) for x in xs[:-1]]),
    "greater": lambda x, y: mpf(x > y),
    "sigmoid_slope": lambda z, x: sigmoid(x) * (1 - sigmoid(x)),
    "tanh_slope": lambda z, x: 1 - mp.tanh(x) ** 2,
    "silu_bend": lambda x: x * sigmoid(x) * (1 - sigmoid(x)),
    "one_minus_square": lambda x: 1 - x * x,
    "gaussian": gaussian,
    "power_term": lambda c, x, y, n: c * power(x, y) * mp.log(x) ** int(n),
    "ray": lambda x, y, k: x / length(x, y) ** int(k),
} | {
    name: getattr(mp, name)
    for name in "exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc sign".split()
}


def exact(y, labels=False):
    """What a graph computes, in forty digits; labels: a node with a label is the number that it holds."""
    found = {}
    with mp.workdps(DIGITS):
        for node in nodes(y):
            if not node.inputs or (labels and node.label and node is not y):
                found[node] = mpf(node.data)
            else:
                found[node] = real(EXACT[node.op.name](*(found[x] for x in node.inputs)))
    return found[y]


def agree(a, b, digits=25):
    """Equal to so many digits, or as near to nothing as numbers of the size of one are to each other."""
    return abs(a - b) <= mpf(10) ** -digits * max(1, abs(a), abs(b))


def test_every_row_of_the_table_has_an_oracle():
    """A row added to the table has to be added here."""
    assert set(EXACT) == {*PRIMITIVES, "softmax"}


# -------------------------------------------------------------------------------------------------- readers of formulas

FUNCTIONS = {name: EXACT[name] for name in EXACT} | {
    "σ": EXACT["sigmoid"],
    "max": max,
    "min": min,
    "arcsin": mp.asin,
    "arccos": mp.acos,
    "arctan": mp.atan,
    "ReLU": EXACT["relu"],
    "LeakyReLU": EXACT["leaky_relu"],
    "ELU": EXACT["elu"],
    "GELU": EXACT["gelu"],
    "SiLU": EXACT["silu"],
}
LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉ⱼₘᵢᵣₛ", "0123456789jmirs")
HIGH = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
UNDER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Reader:
    """Reads a formula from left to right. What it gives is a function of the numbers that the letters of Σ stand for."""

    def __init__(self, text, names):
        self.names = names
        self.tokens = [*self.split(text), ("end", "")]
        self.at = 0
        whole = self.sum()
        self.take("end")
        self.number = lambda: whole({})

    def split(self, text):
        found, at = [], 0
        while at < len(text):
            match = self.TOKENS.match(text, at)
            assert match, f"cannot read {text[at:]!r} in {text!r}"
            if match.lastgroup != "blank":
                found.append((match.lastgroup, match[0]))
            at = match.end()
        return found

    def peek(self, *wanted):
        kind, text = self.tokens[self.at]
        return kind in wanted or text in wanted

    def take(self, *wanted):
        assert self.peek(*wanted), f"{self.tokens[self.at]} where {wanted} should be, in {self.tokens}"
        self.at += 1
        return self.tokens[self.at - 1][1]

    def sum(self):
        """Terms, the first of which may have a minus sign: -x^2 is -(x^2)."""
        terms = [self.signed(self.take(*self.MINUS) if self.peek(*self.MINUS) else "+")]
        while self.peek("+", *self.MINUS):
            terms.append(self.signed(self.take("+", *self.MINUS)))
        return lambda at: mp.fsum([term(at) for term in terms])

    def signed(self, sign):
        term = self.series() if self.peek("series") else self.product()
        return term if sign == "+" else lambda at: -term(at)

    def series(self):
        """Σ takes in the product that follows it."""
        letter, low, high = self.bounds(self.take("series"))
        term = self.series() if self.peek("series") else self.product()
        return lambda at: mp.fsum([term({**at, letter: i}) for i in range(low, high + 1)])

    def arguments(self):
        """What stands in brackets, with commas."""
        self.take("(")
        found = [self.sum()]
        while self.peek(","):
            self.take(",")
            found.append(self.sum())
        self.take(")")
        return found

    def called(self, name):
        arguments = self.arguments()
        return lambda at: real(FUNCTIONS[name](*(x(at) for x in arguments)))


class TextReader(Reader):
    """Plain text: σ(w₁·x + b)²/2."""

    MINUS = ("−",)
    TOKENS = re.compile(
        r"(?P<blank> +)|(?P<series>Σ[ⱼₘᵢᵣₛ]₌[₀-₉]+[⁰¹²³⁴-⁹]+)|(?P<raised>⁻?[⁰¹²³⁴-⁹]+)"
        r"|(?P<function>[A-Za-zσ][A-Za-z_0-9]*(?=\())|(?P<number>\d+(?:\.\d+)?|[½⅓⅔])"
        r"|(?P<name>[A-Za-zŷα-ωΑ-Ω]+(?:⁽[¹²³]⁾)?[₀-₉ⱼₘᵢᵣₛ]*)|(?P<sign>[-−+·/^()|,\[\]>])"
    )

    def bounds(self, text):
        letter, low, high = re.fullmatch("Σ(.)₌([₀-₉]+)([⁰¹²³⁴-⁹]+)", text).groups()
        return letter, int(low.translate(LOW)), int(high.translate(HIGH))

    def product(self):
        whole = self.power()
        while self.peek("·", "/"):
            whole = self.times(whole, self.take("·", "/"), self.power())
        return whole

    @staticmethod
    def times(x, sign, y):
        return (lambda at: x(at) * y(at)) if sign == "·" else (lambda at: x(at) / y(at))

    def power(self):
        base = self.atom()
        if self.peek("raised"):
            exponent = int(self.take("raised").translate(HIGH))
            return lambda at: real(power(base(at), mpf(exponent)))
        if self.peek("^"):
            self.take("^")
            raised = self.atom()
            return lambda at: real(power(base(at), raised(at)))
        return base

    def atom(self):
        if self.peek("number"):
            text = self.take("number")
            fraction = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3)}.get(text)
            number = mpf(fraction[0] / fraction[1]) if fraction else mpf(float(text))
            return lambda at: number
        if self.peek("function"):
            return self.called(self.take("function"))
        if self.peek("name"):
            return self.named(self.take("name"))
        if self.peek("|"):
            self.take("|")
            inside = self.sum()
            self.take("|")
            return lambda at: abs(inside(at))
        if self.peek("["):
            self.take("[")
            x, _, y = self.sum(), self.take(">"), self.sum()
            self.take("]")
            return lambda at: mpf(x(at) > y(at))
        self.take("(")
        inside = self.sum()
        self.take(")")
        return inside

    def named(self, name):
        def value(at):
            stem, below = re.fullmatch("(.*?)([₀-₉ⱼₘᵢᵣₛ]*)", name).groups()
            for letter, i in at.items():
                below = below.replace(letter, str(i).translate(UNDER))
            assert stem + below in self.names, f"{stem + below} is no name"
            return mpf(self.names[stem + below])

        return value


class LatexReader(Reader):
    r"""LaTeX, which does not see blanks: \frac{w_{1} x}{2} e^{-x}."""

    MINUS = ("-",)
    TOKENS = re.compile(
        r"(?P<blank>\s+|\\[,;])|(?P<cdot>\\cdot)|(?P<series>\\sum_\{[a-z]=\d+\}\^\{\d+\})"
        r"|(?P<open>\\left\(|\()|(?P<close>\\right\)|\))|(?P<bar>\\left\|)|(?P<rab>\\right\|)"
        r"|(?P<function>\\log_\{\d+\}|\\(?:sin|cos|tan|sinh|cosh|tanh|log|max|min|arcsin|arccos|arctan)\b"
        r"|\\operatorname\{[\w\\]+\}|\\sigma(?=\s*(?:\\left)?\())"
        r"|(?P<frac>\\frac)|(?P<cube>\\sqrt\[3\])|(?P<root>\\sqrt)|(?P<one>\\mathbf\{1\}_)"
        r"|(?P<number>\d+(?:\.\d+)?)|(?P<exp>e(?=\^))"
        r"|(?P<name>(?:\\hat\{[a-z]\}|\\mathrm\{\w+\}|\\[a-z]+|[A-Za-z])(?:\^\{\(\d\)\})?(?:_\{\w+\})?)"
        r"|(?P<sign>[-+^{},>])"
    )
    STARTS = "open", "bar", "function", "frac", "cube", "root", "one", "exp", "name"

    def bounds(self, text):
        letter, low, high = re.fullmatch(r"\\sum_\{(.)=(\d+)\}\^\{(\d+)\}", text).groups()
        return letter, int(low), int(high)

    def product(self):
        """Factors side by side, or with a dot, which alone may stand before a number."""
        factors = [self.power()]
        while self.peek("cdot", *self.STARTS):
            if self.peek("cdot"):
                self.take("cdot")
            else:
                number_before = self.tokens[self.at - 1][0] == "number"
                assert not (self.peek("frac") and number_before), "a number before a fraction is added to it"
            factors.append(self.power())
        return lambda at: mp.fprod([x(at) for x in factors])

    def power(self):
        if self.peek("exp"):
            self.take("exp")
            exponent = self.raised()
            return lambda at: mp.exp(exponent(at))
        base = self.atom()
        if not self.peek("^"):
            return base
        exponent = self.raised()
        return lambda at: real(power(base(at), exponent(at)))

    def raised(self):
        self.take("^")
        return self.braced()

    def braced(self):
        self.take("{")
        inside = self.sum()
        self.take("}")
        return inside

    def arguments(self):
        self.take("open")
        found = [self.sum()]
        while self.peek(","):
            self.take(",")
            found.append(self.sum())
        self.take("close")
        return found

    def atom(self):
        if self.peek("number"):
            number = mpf(float(self.take("number")))
            return lambda at: number
        if self.peek("function"):
            word = re.search("([A-Za-z]+[0-9]*)(?:_[{](.*)[}])?", self.take("function").replace(r"\operatorname", ""))
            return self.called("σ" if word[1] == "sigma" else word[1] + (word[2] or ""))
        if self.peek("frac"):
            self.take("frac")
            above, below = self.braced(), self.braced()
            return lambda at: above(at) / below(at)
        if self.peek("cube", "root"):
            root = EXACT["cbrt"] if self.take("cube", "root") != r"\sqrt" else mp.sqrt
            inside = self.braced()
            return lambda at: real(root(inside(at)))
        if self.peek("one"):
            self.take("one")
            self.take("{")
            x, _, y = self.sum(), self.take(">"), self.sum()
            self.take("}")
            return lambda at: mpf(x(at) > y(at))
        if self.peek("bar"):
            self.take("bar")
            inside = self.sum()
            self.take("rab")
            return lambda at: abs(inside(at))
        if self.peek("name"):
            return self.named(self.take("name"))
        self.take("open")
        inside = self.sum()
        self.take("close")
        return inside

    def named(self, name):
        def value(at):
            stem, _, below = name.partition("_{")
            for letter, i in at.items():
                below = below.replace(letter, str(i))
            whole = stem + ("_{" if below else "") + below
            assert whole in self.names, f"{whole} is no name"
            return mpf(self.names[whole])

        return value


def numbers_of(y):
    """The numbers of all labels in a graph, as they are called in plain text and in LaTeX."""
    labelled = [node for node in nodes(y) if node.label]
    return tuple({name(node.label): node.data for node in labelled} for name in (text_name, latex_name))


def as_read(y, numbers=False):
    """What a page says in plain text and in LaTeX, in forty digits."""
    with mp.workdps(DIGITS):
        readers = zip((TextReader, LatexReader), numbers_of(y), strict=True)
        return [
            reader(written(y, in_latex, numbers, digits=17)[0], names).number()
            for in_latex, (reader, names) in enumerate(readers)
        ]


@pytest.mark.parametrize(
    ("text", "tex", "number"),
    [
        ("a − b − c", "a - b - c", 2 - 3 - 5),
        ("a − (b − c)", "a - (b - c)", 2 - (3 - 5)),
        ("−a²", "-a^{2}", -4),
        ("(−a)²", "(-a)^{2}", 4),
        ("a/b·c", r"\frac{a}{b} c", 2 / 3 * 5),
        ("a/(b·c)", r"\frac{a}{b c}", 2 / 15),
        ("exp(a)^b", "(e^{a})^{b}", math.exp(6)),
        ("exp(a^b)", "e^{a^{b}}", math.exp(8)),
        ("σ·(a + b)", r"\sigma \cdot (a + b)", 0.5 * 5),
        ("σ(a + b)", r"\sigma(a + b)", 1 / (1 + math.exp(-5))),
        ("b·σ(a)", r"b \, \sigma (a)", 3 / (1 + math.exp(-2))),
        ("|a·|−b||", r"\left|a \, \left|-b\right|\right|", 6),
        ("2·10⁻³·a", r"2 \cdot 10^{-3} a", 0.004),
        ("Σⱼ₌₁² wⱼ·a + b", r"\sum_{j=1}^{2} w_{j} a + b", 70 * 2 + 3),
        ("½·a^½", r"\frac{1}{2} a^{\frac{1}{2}}", math.sqrt(2) / 2),
        ("[b > a]·c", r"\mathbf{1}_{b > a} c", 5),
    ],
)
def test_the_readers_of_this_file_read(text, tex, number):
    """They know the rules of writing."""
    numbers = {"a": 2, "b": 3, "c": 5, "σ": 0.5, r"\sigma": 0.5, "w₁": 30, "w₂": 40, "w_{1}": 30, "w_{2}": 40}
    assert float(TextReader(text, numbers).number()) == pytest.approx(number, rel=1e-12)
    assert float(LatexReader(tex, numbers).number()) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("text", ["a·−b", "a^b^c", "a²²³^b", "2 a", "a + + b", "(a", "a b", "⋯"])
def test_what_has_two_readings_in_text_is_not_read(text):
    """Nor is what has none."""
    with pytest.raises(AssertionError):
        TextReader(text, dict.fromkeys("abc", 1.0))


@pytest.mark.parametrize("tex", ["a 2", r"2 \frac{1}{2}", "a^{b}^{c}", r"a \cdot -b", "(a", r"\cdots", "a + -b"])
def test_what_has_two_readings_in_latex_is_not_read(tex):
    """Side by side with a number on the right, a mixed fraction, a double exponent."""
    with pytest.raises(AssertionError):
        LatexReader(tex, dict.fromkeys("abc", 1.0))


# ---------------------------------------------------------------------------------------------------------- random graphs


def above_zero(x):
    return x if x.data > 0.05 else x * x + 0.5


def away_from_zero(x):
    return x if abs(x.data) > 0.05 else x + 2.0


MAKERS = [
    lambda a, b, c: a + b,
    lambda a, b, c: a - b,
    lambda a, b, c: a * b,
    lambda a, b, c: a / away_from_zero(b),
    lambda a, b, c: -a,
    lambda a, b, c: a + a,
    lambda a, b, c: a * a,
    lambda a, b, c: 2.0 * a,
    lambda a, b, c: a * -0.5,
    lambda a, b, c: a / 3.0,
    lambda a, b, c: a / 0.7 / 1.1,
    lambda a, b, c: 1.0 / away_from_zero(a),
    lambda a, b, c: a - 1.0,
    lambda a, b, c: a * 1e-9,
    lambda a, b, c: 0.1 * a * (2.0 / 3.0),
    lambda a, b, c: a**2,
    lambda a, b, c: a**3,
    lambda a, b, c: away_from_zero(a) ** -2,
    lambda a, b, c: above_zero(a) ** 0.5,
    lambda a, b, c: above_zero(a) ** b,
    lambda a, b, c: 2.0**a,
    lambda a, b, c: a.exp(),
    lambda a, b, c: a.expm1(),
    lambda a, b, c: above_zero(a).log(),
    lambda a, b, c: above_zero(a).log1p(),
    lambda a, b, c: above_zero(a).sqrt(),
    lambda a, b, c: a.sin(),
    lambda a, b, c: a.cos() * b,
    lambda a, b, c: a.sigmoid(),
    lambda a, b, c: a.tanh(),
    lambda a, b, c: a.relu(),
    lambda a, b, c: a.softplus(),
    lambda a, b, c: abs(a),
    lambda a, b, c: ag.sum([a, b, c]),
    lambda a, b, c: mean([a, b, c, a * b]),
    lambda a, b, c: dot([a, b], [b, c], c),
    lambda a, b, c: dot([a, b], [c, a]),
    lambda a, b, c: logsumexp([a, b, c]),
    lambda a, b, c: softmax([a, b, c])[1],
    lambda a, b, c: softmax([a, a, c])[0],
    lambda a, b, c: log_softmax([a, b])[0],
    lambda a, b, c: -log_softmax([a - 2.0, b - 2.0, c - 2.0])[2],
    lambda a, b, c: ag.maximum(a, b),
    lambda a, b, c: ag.hypot(a, above_zero(b)),
    lambda a, b, c: a.leaky_relu(),
]
NAMES = ["x", "y_1", "theta", "net_2", "ŷ_1", "w_12", "a^(1)_2"]
RECIPES = st.lists(
    st.tuples(
        st.sampled_from(range(len(MAKERS))), *[st.integers(0, 30)] * 3, st.sampled_from(["", "", "", "h", "net_3", "σ"])
    ),
    min_size=1,
    max_size=9,
)
NUMBERS = [0.7, -1.3, 2.1, 0.4, -0.6, 1.7, 0.9]
SETTINGS = settings(deadline=None, derandomize=True, max_examples=200)


def grown(recipe, labels=False):
    """A graph over labelled leaves, of numbers that are not huge; labels: nodes on the way have labels too."""
    pool = [*map(Value, NUMBERS, NAMES)]
    used = set()
    for maker, *places, label in recipe:
        made = MAKERS[maker](*(pool[i % len(pool)] for i in places))
        if abs(made.data) > 30.0:
            made = made.tanh()
        if labels and label and label not in used:
            made.label = label
            used.add(label)
        pool.append(made)
    return pool[-1]


def can_be_computed(y, labels=False):
    """What a graph computes, in forty digits; Hypothesis takes another graph where that divides by zero."""
    try:
        return exact(y, labels)
    except (ValueError, ZeroDivisionError):
        assume(False)


def written_out(y, numbers=False):
    """Whether a formula is neither too long nor has dots in it, which no reader can fill."""
    try:
        return not any("⋯" in written(y, in_latex, numbers, digits=17)[0] for in_latex in (True, False))
    except ValueError:
        return False


def rounding(y):
    """By how much a graph's output moves if each node is rounded to sixteen digits, several times over."""
    y.backward()
    return 1e-13 * sum(abs(node.grad * node.data) for node in nodes(y) if math.isfinite(node.grad)) + 1e-13


@SETTINGS
@given(RECIPES)
def test_a_page_never_changes_the_function(recipe):
    """Whatever the graph, what is written on its page is the same function of its leaves."""
    y = grown(recipe)
    assert agree(exact(page_of(y)), can_be_computed(y))


@SETTINGS
@given(RECIPES)
def test_a_page_has_the_numbers_of_the_graph(recipe):
    """Down to labelled nodes on the way too: to nine digits, and what rounding makes of them."""
    y = grown(recipe, labels=True)
    page = page_of(y)
    assert abs(page.data - y.data) <= 1e-9 * abs(y.data) + rounding(y) + rounding(page)


@SETTINGS
@given(RECIPES)
def test_formulas_have_one_reading(recipe):
    """Plain text and LaTeX, read by rules alone, give the graph's number: no two functions have the same formula."""
    y = page_of(grown(recipe))
    number = can_be_computed(y)
    assume(written_out(y))
    for read in as_read(y):
        assert abs(read - number) <= rounding(y)


@SETTINGS
@given(RECIPES)
def test_formulas_with_nodes_on_the_way_have_one_reading(recipe):
    """A node with a label is shown by it, and the formula above it holds for its number."""
    y = page_of(grown(recipe, labels=True))
    number = can_be_computed(y, labels=True)
    assume(written_out(y))
    for read in as_read(y):
        assert abs(read - number) <= rounding(y)


@SETTINGS
@given(RECIPES)
def test_formulas_in_numbers_have_one_reading(recipe):
    """So do those with numbers for names, in which brackets stand around negative ones."""
    y = page_of(grown(recipe))
    number = can_be_computed(y)
    assume(written_out(y, numbers=True))
    for read in as_read(y, numbers=True):
        assert abs(read - number) <= rounding(y)


@settings(SETTINGS, max_examples=120)
@given(RECIPES, st.integers(0, len(NAMES) - 1))
def test_a_gradient_on_the_page_is_the_gradient(recipe, i):
    """What `gradient` makes of a formula and `again` writes is the derivative of the graph, and has one reading."""
    y = grown(recipe)
    page = Page()
    page.write(y)
    leaf = next((leaf for node, leaf in page.leaves.items() if node.label == NAMES[i]), None)
    assume(leaf is not None)
    x = next(node for node, other in page.leaves.items() if other is leaf)
    slope = page.again(gradient(page.copies[y], leaf)[0])
    number = can_be_computed(gradient(y, x)[0])
    assert abs(exact(slope) - number) <= rounding(slope)
    assume(written_out(slope))
    for read in as_read(slope):
        assert abs(read - number) <= rounding(slope)


# ------------------------------------------------------------------------------------------------------------- every row

ORDINARY = [(0.3,), (-1.2,), (2.5,)]
POINTS = {  # inputs that are Values, and after | what is a plain number; where nothing is said, ORDINARY or its pairs
    "log": [(0.3,), (2.5,)],
    "log2": [(0.3,), (2.5,)],
    "log10": [(0.3,), (2.5,)],
    "log1p": [(0.3,), (-0.4,)],
    "sqrt": [(0.3,), (2.5,)],
    "asin": [(0.3,), (-0.8,)],
    "acos": [(0.3,), (-0.8,)],
    "atanh": [(0.3,), (-0.8,)],
    "acosh": [(1.3,), (2.5,)],
    "pow": [(0.3, 2.5), (1.7, -1.2)],
    "clip": [(0.3, -1.0, 1.0), (1.2, -1.0, 1.0), (-1.2, -1.0, 1.0)],
    "sum": [(0.3, -1.2, 2.5), (0.3, -1.2, 2.5, 0.8, 1.1)],
    "dot": [(0.3, -1.2, 2.5, 0.8, 1.1), (0.3, -1.2, 2.5, 0.8)],
    "logsumexp": [(0.3, -1.2, 2.5)],
    "gaussian": [(0.3, 0.0), (-1.2, 1.0), (0.8, 2.0), (0.8, 3.0)],
    "power_term": [(0.3, 1.7, 2.5, 1.0), (-1.2, 0.4, 0.8, 2.0)],
    "ray": [(0.3, -1.2, 1.0), (2.5, 0.8, 2.0)],
    "sigmoid_slope": [(ag.sigmoid(x), x) for (x,) in ORDINARY],
    "tanh_slope": [(math.tanh(x), x) for (x,) in ORDINARY],
}
PLAIN = {"gaussian": [1], "power_term": [3], "ray": [2]}  # which inputs are plain numbers
PAIRS = [(0.3, -1.2), (-1.2, 2.5), (2.5, 0.8)]
ROWS = [
    pytest.param(name, point, id=f"{name}{point}".replace(",)", ")"))
    for name, op in PRIMITIVES.items()
    for point in POINTS.get(name, ORDINARY if op.arity == 1 else PAIRS)
]
LETTERS = "uvwxy"


def applied(name, point):
    """An operation on labelled leaves, and these."""
    inputs = [x if i in PLAIN.get(name, ()) else Value(x, LETTERS[i]) for i, x in enumerate(point)]
    if name in ("sigmoid_slope", "tanh_slope"):
        inputs[0] = {"sigmoid_slope": ag.sigmoid, "tanh_slope": ag.tanh}[name](inputs[1])
    return PRIMITIVES[name](*inputs), [x for x in inputs if isinstance(x, Value) and not x.inputs]


@pytest.mark.parametrize(("name", "point"), ROWS)
def test_what_a_page_shows_of_a_row_is_the_row(name, point):
    """Its page, where it has one, and what is written, have the value that mpmath finds."""
    y, _ = applied(name, point)
    page = page_of(y)
    number = exact(y)
    assert agree(exact(page), number)
    assert page.data == pytest.approx(float(number), rel=1e-12)
    assert all(agree(one, number, 14) for one in as_read(page))


OPERANDS = [  # text and LaTeX with their levels, and the number, where p, q and r are 0.3, 0.5 and 0.8
    (("p", ATOM), ("p", ATOM), "0.3"),
    (("p + q", SUM), ("p + q", SUM), "0.8"),
    (("p − r", SUM), ("p - r", SUM), "-0.5"),
    (("−p", NEGATION), ("-p", NEGATION), "-0.3"),
    (("p·q", PRODUCT), ("p q", PRODUCT), "0.15"),
    (("p/q", PRODUCT), (r"\frac{p}{q}", POWER), "0.6"),
    (("p²", POWER), ("p^{2}", POWER), "0.09"),
]
WRITTEN_BY_FORM = sorted(set(PRIMITIVES) - {"gaussian", "logsumexp"})  # these two stand for what only a page can write


@pytest.mark.parametrize("name", WRITTEN_BY_FORM)
def test_the_notation_of_a_row_has_one_reading_whatever_its_operands(name):
    """As a trace writes it, without a page: brackets stand where an operand needs them, in each place and language."""
    op = PRIMITIVES[name]
    few = OPERANDS if op.arity in (1, 2) else OPERANDS[1:4]
    names = dict(zip("pqr", (0.3, 0.5, 0.8), strict=True))
    for operands in itertools.product(few, repeat=op.arity or 4):
        *writings, numbers = zip(*operands, strict=True)
        if name in ("ray", "power_term"):
            writings = [(*writing[:-1], ("2", ATOM)) for writing in writings]
            numbers = (*numbers[:-1], "2")
        with mp.workdps(DIGITS):
            try:
                number = real(mpf(VALUE_OF_FORM.get(name, EXACT[name])(*map(mpf, numbers))))
            except (ValueError, TypeError, ZeroDivisionError):
                continue  # outside the domain
            for form, writing, reader in zip((op.notation.text, op.notation.latex), writings, (TextReader, LatexReader)):
                whole, level = form.write(writing)
                once_more = f"2·{whole}" if reader is TextReader else rf"2 \cdot {whole}"
                if reader is LatexReader and name in ONLY_IN_TEXT:
                    continue
                assert agree(reader(whole, names).number(), number, 14), whole
                assert level <= PRODUCT or agree(reader(once_more, names).number(), 2 * number, 14), once_more


VALUE_OF_FORM = {  # written in z alone, as a local derivative is
    "sigmoid_slope": lambda z, x: z * (1 - z),
    "tanh_slope": lambda z, x: 1 - z * z,
}
ONLY_IN_TEXT = (
    "sigmoid_slope tanh_slope silu_bend one_minus_square power_term ray".split()
)  # a page has them in simpler ones


@pytest.mark.parametrize(("name", "point"), [row for row in ROWS if PRIMITIVES[row.values[0]].definition is not None])
def test_the_definition_of_a_row_is_the_row(name, point):
    """In value and in its first two derivatives."""
    op = PRIMITIVES[name]
    x = Value(*point)
    row, definition = op(x), op.definition(x)
    assert any(node.op is op for node in nodes(row))
    assert not any(node.op is op for node in nodes(definition))
    for _ in range(3):
        assert agree(exact(definition), exact(row), 12)
        assert definition.data == pytest.approx(row.data, rel=1e-9, abs=1e-12)
        (row,), (definition,) = gradient(row, x), gradient(definition, x)


@pytest.mark.parametrize(("name", "point"), ROWS)
def test_what_a_page_shows_of_a_derivative_is_the_derivative(name, point):
    """The first and second derivatives of each row, written on its page, are what the graph has."""
    y, xs = applied(name, point)
    page = Page()
    page.write(y)
    on_page = page.copies[y]
    for x in xs:
        slope, leaf = gradient(y, x)[0], page.leaves[x]
        shown = page.again(gradient(on_page, leaf)[0])
        assert agree(exact(shown), exact(slope), 14)
        assert shown.data == pytest.approx(slope.data, rel=1e-9, abs=1e-12)
        assert all(agree(one, exact(slope), 14) for one in as_read(shown))
        again = page.again(gradient(shown, leaf)[0])
        assert again.data == pytest.approx(gradient(slope, x)[0].data, rel=1e-9, abs=1e-12)


def test_functions_that_only_compute_more_exactly_are_not_seen():
    """Their names are for programs: a page shows what they compute."""
    x, y = Value(0.3, "x"), Value(0.8, "y")
    seen = {
        "exp(x) − 1": x.expm1(),
        "log(1 + x)": x.log1p(),
        "log(1 − x)": (-x).log1p(),
        "sqrt(x² + y²)": ag.hypot(x, y),
        "σ(x)·(1 − σ(x))": gradient(x.sigmoid(), x)[0],
        "1 − tanh(x)²": gradient(x.tanh(), x)[0],
        "1/(1 − x²)": gradient(ag.atanh(x), x)[0],
        "1/sqrt(1 + x²)": gradient(ag.asinh(x), x)[0],
        "x/sqrt(x² + y²)": gradient(ag.hypot(x, y), x)[0],
        "σ(x) + x·σ(x)·(1 − σ(x))": gradient(x.silu(), x)[0],
        "x^y·log(x)": gradient(x**y, y)[0],
    }
    assert {formula(graph): formula(graph) for graph in seen.values()} == {text: text for text in seen}


# -------------------------------------------------------------------------------------------------- operations of one's own


def test_an_operation_of_ones_own_is_written_by_its_name(plant):
    """In text and in LaTeX, whatever letters the name has."""
    my_op = plant("my_op", lambda x, y: x * y, lambda z, x, y: y, lambda z, x, y: x)
    x, y = Value(0.3, "x_1"), Value(0.8, "y")
    assert formula(my_op(x + y, y)) == "my_op(x_1 + y, y)"
    assert latex(my_op(x + y, y) ** 2) == r"(\operatorname{my\_op}(x_{1} + y, y))^{2}"
    assert my_op.page is my_op.definition is None


def test_a_page_of_ones_own_is_shown_in_place_of_the_operation(plant):
    """It is a function of Values, and has no part in what is computed."""
    chirp = plant("chirp", lambda x: math.sin(x * x), lambda z, x: 2 * x * ag.cos(x * x), page=lambda x: ag.sin(x * x))
    x = Value(0.7, "x")
    y = chirp(x)
    assert formula(y) == "sin(x²)"
    assert latex(gradient(y, x)[0]) == r"2 x \, \cos(x^{2})"
    assert y.op is chirp
    assert y.data == math.sin(0.7 * 0.7)


def test_a_definition_of_ones_own_is_not_shown(plant):
    """It is what a derivation of the rule starts from."""
    double = plant("double", lambda x: 2 * x, lambda z, x: 2.0, definition=lambda x: x + x)
    x = Value(0.7, "x")
    assert formula(double(x)) == "double(x)"
    assert double.definition(x).data == double(x).data
    assert double.definition(0.7) == double(0.7)


def test_a_wrong_page_is_seen_by_its_number(plant):
    """A page that is another function gives other numbers than the graph."""
    wrong = plant("wrong", lambda x: math.log(1 + x), lambda z, x: 1 / (1 + x), page=ag.log)
    y = wrong(Value(0.7, "x")) * 2.0
    assert page_of(y).data != pytest.approx(y.data, rel=1e-3)


def test_a_notation_of_ones_own(plant):
    """Symbol, text and level are what they are set to; LaTeX is a call by the symbol."""
    star = plant("star", lambda x, y: x + y, 1.0, 1.0, notation=Notation("star", "{} ∗ {}", 0, (0, 1)))
    x, y = Value(0.3, "x"), Value(0.8, "y")
    assert formula(star(star(x, y), star(x, y)) * 2.0) == "2·(x ∗ y ∗ (x ∗ y))"
    assert latex(star(x, y)) == r"\operatorname{star}(x, y)"


# ------------------------------------------------------------------------------------------------- signs, fractions, powers

a, b, c, x, y, z = (Value(d, label) for d, label in zip([0.7, 1.3, 0.4, 0.9, 1.6, 2.2], "abcxyz", strict=True))


@pytest.mark.parametrize(
    ("graph", "text", "tex"),
    [
        (x + -y, "x − y", "x - y"),
        (x - -y, "x + y", "x + y"),
        (-x + y, "−x + y", "-x + y"),
        (x - (y - z), "x − (y − z)", "x - (y - z)"),
        (x - y - z, "x − y − z", "x - y - z"),
        (x + (y + z), "x + y + z", "x + y + z"),
        (x + (y - z), "x + y − z", "x + y - z"),
        (-(x + y), "−(x + y)", "-(x + y)"),
        (-1 * -x, "x", "x"),
        (x.__neg__().__neg__(), "x", "x"),
        (-x * -y, "x·y", "x y"),
        (-x * y, "−x·y", "-x y"),
        (x * -y, "−x·y", "-x y"),
        (x / -y, "−x/y", r"-\frac{x}{y}"),
        (-x / -y, "x/y", r"\frac{x}{y}"),
        ((-x) ** 2, "(−x)²", "(-x)^{2}"),
        (-(x**2), "−x²", "-x^{2}"),
        (x - 0.5, "x − ½", r"x - \frac{1}{2}"),
        (x - 1e-9, "x − 1·10⁻⁹", "x - 10^{-9}"),
        (x + 0, "x", "x"),
        (0 - x, "−x", "-x"),
        (1 * x, "x", "x"),
        (x * 0, "0", "0"),
        (x**1, "x", "x"),
        (x**0, "1", "1"),
        (x * x * y, "x²·y", "x^{2} y"),
        (x * y * x, "x²·y", "x^{2} y"),
        (x * x**2, "x³", "x^{3}"),
        (x**2 * x**3, "x⁵", "x^{5}"),
        (ag.prod([x] * 10), "x¹⁰", "x^{10}"),
        (ag.prod([x] * 12), "x¹²", "x^{12}"),
        (ag.prod([x] * 100), "x¹⁰⁰", "x^{100}"),
        (x.sqrt() * x.sqrt(), "x", "x"),
        (x * y / z, "x·y/z", r"\frac{x y}{z}"),
        (x / y * z, "x·z/y", r"\frac{x z}{y}"),
        (x / (y / z), "x·z/y", r"\frac{x z}{y}"),
        (x / (y * z), "x/(y·z)", r"\frac{x}{y z}"),
        (x / y / z, "x/(y·z)", r"\frac{x}{y z}"),
        (x / y / y, "x/y²", r"\frac{x}{y^{2}}"),
        (1 / (1 / x), "x", "x"),
        (1 / x, "1/x", r"\frac{1}{x}"),
        (x / x, "x/x", r"\frac{x}{x}"),
        ((x + y) / z, "(x + y)/z", r"\frac{x + y}{z}"),
        (x * 2, "2·x", "2 x"),
        (2 * x * 3, "6·x", "6 x"),
        (x * -2, "−2·x", "-2 x"),
        (x * 0.5, "½·x", r"\frac{1}{2} x"),
        (x / 2, "x/2", r"\frac{x}{2}"),
        (0.5 * x / y, "x/(2·y)", r"\frac{x}{2 y}"),
        (x / 0.5, "2·x", "2 x"),
        (2 / (4 * x), "1/(2·x)", r"\frac{1}{2 x}"),
        (x * (1 / 3), "⅓·x", r"\frac{1}{3} x"),
        (0.1 * x * 0.2, "0.1·0.2·x", r"0.1 \cdot 0.2 x"),
        (0.1 * (0.1 * x * (2 / 3)), "0.1·0.1·⅔·x", r"0.1 \cdot 0.1 \cdot \frac{2}{3} x"),
        (x / 0.1 / 0.3, "x/(0.1·0.3)", r"\frac{x}{0.1 \cdot 0.3}"),
        (x * Value(3.0) * y, "x·3·y", r"x \cdot 3 y"),
        (x**-1, "x^(−1)", "x^{-1}"),
        (x**0.5, "x^½", r"x^{\frac{1}{2}}"),
        (x**y, "x^y", "x^{y}"),
        (2**x, "2^x", "2^{x}"),
        (x.exp() * y, "exp(x)·y", "e^{x} y"),
        (mean([x, y]), "(x + y)/2", r"\frac{x + y}{2}"),
        (abs(x) * y, "|x|·y", r"\left|x\right| y"),
        (x.cbrt(), "cbrt(x)", r"\sqrt[3]{x}"),
        (x.relu(), "relu(x)", r"\operatorname{ReLU}(x)"),
        (ag.maximum(x, y), "max(x, y)", r"\max(x, y)"),
        (ag.asin(x), "asin(x)", r"\arcsin(x)"),
        (x.log2(), "log2(x)", r"\log_{2}(x)"),
    ],
)
def test_signs_fractions_and_powers_are_gathered(graph, text, tex):
    """As one would write them; but nothing is cancelled, and no sum multiplied out."""
    assert formula(graph) == text
    assert latex(graph) == tex


@pytest.mark.parametrize(("numbers", "text"), [((2.0, 3.0), "2 + 3"), ((0.1, 0.2), "0.1 + 0.2")])
def test_leaves_without_a_label_are_numbers(numbers, text):
    """They are not added up: they may vary."""
    assert formula(Value(numbers[0]) + Value(numbers[1])) == text


def test_numbers_have_as_many_digits_as_asked_for():
    """Six by default, in text and in LaTeX."""
    y = Value(1 / 7) * x
    assert formula(y) == "0.142857·x"
    assert formula(y, digits=3) == "0.143·x"
    assert latex(y, digits=2) == "0.14 x"


# ---------------------------------------------------------------------------------------------------------------- labels


def test_a_node_with_a_label_is_shown_by_it():
    """A formula goes down to labelled nodes; the output's own label is not shown."""
    h = x * y
    h.label = "h_1"
    out = h * h + h.sin()
    out.label = "out"
    assert formula(out) == "h_1² + sin(h_1)"
    assert latex(out) == r"h_{1}^{2} + \sin(h_{1})"
    assert formula(h) == "x·y"
    assert formula(x) == "x"


def test_a_node_with_a_label_is_shown_by_it_where_nothing_else_is_left():
    """h times one is h, not what h was computed by."""
    h = x * y
    h.label = "h"
    assert formula(h * 1.0) == formula(-1 * -h) == "h"


def test_what_is_computed_beside_a_node_with_a_label_is_not_that_node():
    """h is one node; the same product once more is another, and is written out."""
    h = x * y
    h.label = "h"
    assert formula(h + x * y) == "h + x·y"


def test_a_plain_number_with_a_label():
    """The label is shown."""
    half = (x * 0.5).inputs[1]
    half.label = "eta"
    assert latex(x * half) == r"x \, \eta"


def test_equal_formulas_are_one_object_on_a_page():
    """However they were computed."""
    page = Page()
    one, other = page.write(x * y + z, z * 0 + y.expm1() * 0 + x * y + z)
    assert one is other
    assert page.write(x * y)[0] is page.write(x * y)[0]


def test_a_page_knows_its_leaves_and_formulas():
    """Which leaf stands for which node, what it is computed by, and what each node has become."""
    h = x * y
    h.label = "h"
    page = Page()
    (top,) = page.write(h + 1.0)
    leaf = page.leaves[h]
    assert (leaf.label, leaf.data, leaf.inputs) == ("h", h.data, ())
    assert written(page.formulas[leaf]) == ("x·y", 3)
    assert page.formulas[page.leaves[x]] is page.leaves[x]
    assert page.copies[h] is leaf
    assert quantities(top) == [leaf]
    assert quantities(page.formulas[leaf]) == [page.leaves[x], page.leaves[y]]


def test_further_nodes_may_be_given_names():
    """For one page alone: the graph keeps its labels."""
    h = x * y
    page = Page()
    (top,) = page.write(h + 1.0, names={h: "g"})
    assert written(top)[0] == "g + 1"
    assert h.label == ""


def test_a_bare_page_has_no_names():
    """It is the structure alone: each number is a leaf of its own, and labels are not looked at."""
    h = x * 2.0
    h.label = "h"
    page = Page(bare=True)
    (top,) = page.write(h + 2.0)
    assert page.leaves == {}
    assert {leaf.label for leaf in nodes(top)} == {""}
    assert [leaf.data for leaf in quantities(top)] == [x.data, 2.0, 2.0]
    assert top.data == h.data + 2.0


def test_the_names_in_a_formula():
    """Labels are as typed in plain text, unless another way to write them is asked for."""
    w = Value(0.3, "w_11")
    assert formula(w * x) == "w_11·x"
    assert formula(w * x, name=text_name) == "w₁₁·x"
    assert formula(w * x, name=str.upper) == "W_11·X"


@pytest.mark.parametrize("label", ["x + 1", "x+1", "a/b", "a-b", "-x", "a b", "∂L/∂w"])
def test_labels_that_look_like_operations_stand_in_brackets(label):
    """As a base, and below the line in plain text: b/(a/b) is no b/a/b."""
    name = Value(0.3, label)
    assert written(page_of(name**2))[0] == f"({label})²"
    assert written(page_of(b / name))[0] == f"b/({label})"
    base = latex(name**2).removesuffix("^{2}")
    assert re.fullmatch(r"\(.*\)|\\left\(.*\\right\)", base)


@pytest.mark.parametrize("label", ["x + 1", "x+1", "a-b", "-x"])
def test_labels_that_look_like_sums_stand_in_brackets_in_products(label):
    """Whatever their author meant, 2·x + 1 is no product."""
    name = Value(0.3, label)
    assert written(page_of(b * name))[0] == f"b·({label})"
    assert re.match(r"b( \\cdot| \\,)? (\(|\\left\()", latex(b * name))
    assert re.match(r"b - (\(|\\left\()", latex(b - name))


@pytest.mark.parametrize(("label", "square"), [("x²", "(x²)²"), ("x^2", "(x²)²"), ("a^b", "(a^b)²"), ("a^T", "(a^T)²")])
def test_a_label_with_something_above_it_is_no_base(label, square):
    """x²² would be another power."""
    name = Value(0.3, label)
    assert written(page_of(name**2))[0] == square
    assert latex(name**2) == f"({latex_name(label)})^{{2}}"


# ------------------------------------------------------------------------------------------------------- one reading only


def value(label, number=0.7):
    return Value(number, label)


SIGMA, E = value("sigma", 0.3), value("e", 2.5)
LIST = [value(f"x_{i}", 0.2 * i) for i in range(1, 6)]
PAIRS_THAT_DIFFER = [
    ((x**2).sin(), x.sin() ** 2),
    (-(x**2), (-x) ** 2),
    (x / y * z, x / (y * z)),
    (x.exp() ** y, (x**y).exp()),
    (x ** (y**z), (x**y) ** z),
    (a - (b - c), (a - b) - c),
    (a - (b + c), a - b + c),
    (SIGMA * (x + y), (x + y).sigmoid()),
    (b * SIGMA * (x + y), b * (x + y).sigmoid()),
    (2 * SIGMA * (x + y), 2 * (x + y).sigmoid()),
    (b * SIGMA * (x / y + 1), b * (x / y + 1).sigmoid()),
    (a / (SIGMA * (x + y)), a / (x + y).sigmoid()),
    (SIGMA * ag.sum(LIST), ag.sum(LIST).sigmoid()),
    (value("sin") * (x + y), (x + y).sin()),
    (a * value("sin") * (x + y), a * (x + y).sin()),
    (value("ReLU") * (x + y), (x + y).relu()),
    (a * value("log") * (x + y), a * (x + y).log()),
    (E**x, x.exp()),
    (E ** (x + y), (x + y).exp()),
    (E * (x + y), (x + y).exp()),
    (Value(2.0) * Value(3.0), Value(23.0) + 0),
    (x ** Value(2.0), value("x²") * 1.0 * y / y),
    (value("x²") ** 2, x**22),
    (value("x^2") ** 2, x**22),
    (x * 2**y, (x * 2) ** y),
    ((2 * x) ** 2, 2 * x**2),
    (-(2**x), Value(-2.0) ** x),
    (x / (y + z), x / y + z),
    (x ** (y + z), x**y + z),
    (x ** (y / 2), x**y / 2),
    (abs(x) * abs(y), abs(x * abs(y))),
    (x.exp() - 1, (x - 1).exp()),
    (x * (y - 1), x * y - 1),
    (x.log() * y, (x * y).log()),
    (x.log1p(), x.log() + 1),
    (ag.sum(LIST) * b, ag.sum([t * b for t in LIST])),
    (ag.sum(LIST) + b, ag.sum([t + b for t in LIST])),
    (ag.sum(LIST) ** 2, ag.sum([t**2 for t in LIST])),
    (ag.sum(LIST).sin(), ag.sum([t.sin() for t in LIST])),
    (b - ag.sum(LIST), b - ag.sum(LIST[:1]) + ag.sum(LIST[1:])),
    (ag.maximum(x, y) * z, ag.maximum(x, y * z)),
    (x.sqrt() * y, (x * y).sqrt()),
    (x.cbrt(), 3 * x.sqrt()),
    (x * 1e-9, x * 1e9),
    (PRIMITIVES["greater"](x, y) * z, PRIMITIVES["greater"](x, y * z)),
    (Value(0.5) * x, x / Value(2.0)),
    (b / value("∂L/∂w"), b / value("∂L") / value("∂w")),
    (value("w_1") * value("w_2"), value("w_1w_2") * 1.0),
]


def without_blanks(text):
    """As LaTeX sees it."""
    return re.sub(r"\s|\\[,;]", "", text)


@pytest.mark.parametrize("pair", PAIRS_THAT_DIFFER, ids=lambda pair: " and ".join(map(formula, pair)))
def test_different_functions_look_different_in_latex(pair):
    """No two share a formula, even where blanks are not seen."""
    one, other = (without_blanks(latex(graph)) for graph in pair)
    assert one != other


@pytest.mark.parametrize("pair", PAIRS_THAT_DIFFER, ids=lambda pair: " and ".join(map(formula, pair)))
def test_different_functions_look_different_in_plain_text(pair):
    """Nor in plain text."""
    one, other = (written(page_of(graph))[0] for graph in pair)
    assert one != other


# ---------------------------------------------------------------------------------------------------------------- softmax


def family(stem, n, start=1):
    return [Value(0.3 + 0.1 * i * (-1) ** i, f"{stem}_{i}") for i in range(start, start + n)]


def test_softmax_is_recognised():
    """exp of log_softmax is written as exp over a sum of exp; the number taken from all of them for its digits is gone."""
    net = family("net", 3)
    assert formula(softmax(net)[1]) == "exp(net_2)/(exp(net_1) + exp(net_2) + exp(net_3))"
    assert latex(log_softmax(net)[0]) == (
        r"\log\left(\frac{e^{\mathrm{net}_{1}}}"
        r"{e^{\mathrm{net}_{1}} + e^{\mathrm{net}_{2}} + e^{\mathrm{net}_{3}}}\right)"
    )
    assert formula(net[0] - logsumexp(net)) == formula(log_softmax(net)[0])


@pytest.mark.parametrize(
    ("xs", "text"),
    [
        ([x, y], "exp(x)/(exp(x) + exp(y))"),
        ([x * y, y], "exp(x·y)/(exp(x·y) + exp(y))"),
        ([x + a, y + b], "exp(x + a)/(exp(x + a) + exp(y + b))"),
        ([a * x + b, c * x + b], "exp(a·x + b)/(exp(a·x + b) + exp(c·x + b))"),
        ([dot([a, b], [x, y], c), z], "exp(a·x + b·y + c)/(exp(a·x + b·y + c) + exp(z))"),
        ([x, 0.0], "exp(x)/(exp(x) + exp(0))"),
        ([x - 2.0, y - 2.0], "exp(x − 2)/(exp(x − 2) + exp(y − 2))"),
        ([x - 2.0, y], "exp(x − 2)/(exp(x − 2) + exp(y))"),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)
def test_no_number_is_left_of_the_shift(xs, text):
    """Whatever softmax is taken of: the largest number, which log_softmax takes from all, is of no use to a reader."""
    ways = [text, text.replace("exp(0)", "1")]
    if text.count(" − 2") == 3:
        ways.append(text.replace(" − 2", ""))  # one number taken from all may go as well
    assert formula(softmax(xs)[0]) in ways


def test_probabilities_are_called_after_the_one_that_has_a_name():
    """Where softmax(net)_2 is o_2, the others are o_1 and o_3."""
    net = family("net", 3)
    o = softmax(net)
    o[1].label = "o_2"
    assert formula(o[1] + o[0]) == "o_2 + o_{1}"
    assert latex(-o[1].log() - o[2].log()) == r"-\log(o_{2}) - \log(o_{3})"


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_order_of_the_graph_does_not_matter_for_the_names(order):
    """o_1 gets its name from o_2 whether it is met before or after it."""
    o = softmax(family("net", 3))
    o[1].label = "o_2"
    i, j = order
    assert latex(o[i] * o[j]) == rf"o_{{{i + 1}}} o_{{{j + 1}}}"


def test_labels_of_the_nets_say_where_counting_starts():
    """net_0 ... net_2 have o_0 ... o_2."""
    o = softmax(family("net", 3, start=0))
    o[0].label = "o_0"
    assert latex(o[0] + o[2]) == "o_{0} + o_{2}"


def test_a_name_that_is_another_nodes_is_not_given_again():
    """Where o_1 is something else already, the probability is written out."""
    o = softmax(family("net", 3))
    o[1].label = "o_2"
    other = Value(3.0, "o_1")
    text = formula(o[1] + other * o[0])
    assert text != "o_2 + o_1·o_{1}"
    assert as_number(o[1] + other * o[0]) == pytest.approx((o[1] + other * o[0]).data, rel=1e-9)


def as_number(graph):
    """What the LaTeX of a graph says, where each label has the number of its node."""
    y = page_of(graph)
    labels = {latex_name(node.label): node.data for node in [*nodes(graph), *nodes(y)][::-1] if node.label}
    return float(LatexReader(written(y, latex=True, digits=17)[0], labels).number())


def test_exp_of_log_of_a_probability_is_the_probability():
    """The two cancel; exp(log(x)) of anything else stays what it is."""
    o = softmax(family("net", 2))
    o[0].label = "o_1"
    assert formula(o[0].log().exp() * x) == "o_1·x"
    assert formula(x.log().exp()) == "exp(log(x))"


def test_the_gradient_of_cross_entropy_is_written_in_probabilities():
    """softmax differentiates to softmax, shown by name."""
    net = family("net", 3)
    o = softmax(net)
    for i, node in enumerate(o, start=1):
        node.label = f"o_{i}"
    loss = -o[1].log()
    page = Page()
    page.write(loss)
    (slope,) = gradient(page.formulas[page.leaves[o[1]]], page.leaves[net[1]])
    assert written(page.again(slope))[0] in ("o₂·(1 − o₂)", "o₂ − o₂²")
    (slope,) = gradient(page.formulas[page.leaves[o[1]]], page.leaves[net[0]])
    assert written(page.again(slope))[0] in ("−o₂·o₁", "−o₁·o₂")


# ------------------------------------------------------------------------------------------------------------- long sums

W = [[Value(0.1 * i + j, f"w_{i}{j}") for j in range(1, 5)] for i in range(1, 5)]
XS, YS = family("x", 4), family("y", 4)
LONG = family("x", 12)


@pytest.mark.parametrize(
    ("graph", "text", "tex"),
    [
        (ag.sum(XS), "Σⱼ₌₁⁴ xⱼ", r"\sum_{j=1}^{4} x_{j}"),
        (ag.sum(XS[:3]), "x₁ + x₂ + x₃", "x_{1} + x_{2} + x_{3}"),
        (ag.sum(LONG), "Σⱼ₌₁¹² xⱼ", r"\sum_{j=1}^{12} x_{j}"),
        (ag.sum(LONG[7:]), "Σⱼ₌₈¹² xⱼ", r"\sum_{j=8}^{12} x_{j}"),
        (ag.sum(family("x", 5, start=0)), "Σⱼ₌₀⁴ xⱼ", r"\sum_{j=0}^{4} x_{j}"),
        (dot(XS, YS, b), "Σⱼ₌₁⁴ xⱼ·yⱼ + b", r"\sum_{j=1}^{4} x_{j} y_{j} + b"),
        (b + ag.sum(XS), "b + Σⱼ₌₁⁴ xⱼ", r"b + \sum_{j=1}^{4} x_{j}"),
        (dot(W[1], XS), "Σⱼ₌₁⁴ w₂ⱼ·xⱼ", r"\sum_{j=1}^{4} w_{2j} x_{j}"),
        (dot([row[1] for row in W], XS), "Σⱼ₌₁⁴ wⱼ₂·xⱼ", None),
        (ag.sum([W[i][i] for i in range(4)]), "Σⱼ₌₁⁴ wⱼⱼ", r"\sum_{j=1}^{4} w_{jj}"),
        (mean(XS), "(Σⱼ₌₁⁴ xⱼ)/4", r"\frac{\sum_{j=1}^{4} x_{j}}{4}"),
        (ag.sum(XS) ** 2, "(Σⱼ₌₁⁴ xⱼ)²", r"\left(\sum_{j=1}^{4} x_{j}\right)^{2}"),
        (-ag.sum(XS), "−(Σⱼ₌₁⁴ xⱼ)", r"-\left(\sum_{j=1}^{4} x_{j}\right)"),
        (b - ag.sum(XS), "b − (Σⱼ₌₁⁴ xⱼ)", r"b - \left(\sum_{j=1}^{4} x_{j}\right)"),
        (ag.sum([-t for t in XS]), "Σⱼ₌₁⁴ (−xⱼ)", r"\sum_{j=1}^{4} (-x_{j})"),
        (ag.sum([(t - s) ** 2 for t, s in zip(XS, YS)]), "Σⱼ₌₁⁴ (xⱼ − yⱼ)²", r"\sum_{j=1}^{4} (x_{j} - y_{j})^{2}"),
        (ag.sum([b * t.sin() for t in XS]), "Σⱼ₌₁⁴ b·sin(xⱼ)", r"\sum_{j=1}^{4} b \, \sin(x_{j})"),
        (logsumexp(XS), "log(Σⱼ₌₁⁴ exp(xⱼ))", r"\log\left(\sum_{j=1}^{4} e^{x_{j}}\right)"),
        (softmax(XS)[1], "exp(x₂)/(Σⱼ₌₁⁴ exp(xⱼ))", r"\frac{e^{x_{2}}}{\sum_{j=1}^{4} e^{x_{j}}}"),
        (ag.sum([*XS, *YS]), "Σⱼ₌₁⁴ xⱼ + Σⱼ₌₁⁴ yⱼ", r"\sum_{j=1}^{4} x_{j} + \sum_{j=1}^{4} y_{j}"),
        (ag.sum([*XS, b, *YS]), "Σⱼ₌₁⁴ xⱼ + b + Σⱼ₌₁⁴ yⱼ", None),
        (ag.sum([*LONG[:3], *LONG[4:9]]), "x₁ + x₂ + x₃ + Σⱼ₌₅⁹ xⱼ", None),
        (ag.sum(XS[::-1]), "x₄ + x₃ + x₂ + x₁", "x_{4} + x_{3} + x_{2} + x_{1}"),
        (ag.sum([t**i for i, t in enumerate(XS, 1)]), "x₁ + x₂² + x₃³ + x₄⁴", None),
        (ag.sum([i * t for i, t in enumerate(XS, 1)]), "x₁ + 2·x₂ + 3·x₃ + 4·x₄", None),
    ],
)
def test_long_sums_are_folded(graph, text, tex):
    """More than three terms whose labels count up by one are Σ over an index; three are written out."""
    found = written(page_of(graph))[0]
    if "wⱼ₂" in text:
        assert re.sub("[ₘᵢ]", "ⱼ", found) == text  # any letter will do
    else:
        assert found == text
    assert tex is None or latex(graph) == tex
    assert all(agree(one, exact(page_of(graph)), 14) for one in as_read(page_of(graph)))


@pytest.mark.parametrize("label", ["j", "y_j", "m", "i"])
def test_the_letter_of_the_index_is_nobodys_name(label):
    """Where j is a quantity of its own, Σ runs over another letter."""
    own = Value(3.0, label)
    graph = page_of(ag.sum([own * t for t in XS]))
    assert all(agree(one, exact(graph), 14) for one in as_read(graph))
    letter = re.search("Σ(.)", written(graph)[0])
    name = text_name(label)
    assert letter is None or (letter[1].translate(LOW) != name and letter[1] not in name)


def test_sums_of_sums_run_over_different_letters():
    """An index in an index: the inner Σ keeps its own."""
    inner = [ag.sum([W[i][j] * YS[j] for j in range(4)]) for i in range(4)]
    graph = page_of(ag.sum([XS[i] * s.sin() for i, s in enumerate(inner)]))
    text = written(graph)[0]
    letters = re.findall("Σ(.)", text)
    assert len(letters) == len(set(letters)) == 2
    assert all(agree(one, exact(graph), 14) for one in as_read(graph))


def test_terms_that_are_no_family():
    """A few are written out; of many, the first two and the last, with dots between them."""
    letters = [Value(float(i), label) for i, label in enumerate("abcdefghiklmnopqrstuv")]
    assert formula(ag.sum(letters[:6])) == "a + b + c + d + e + f"
    assert formula(ag.sum(letters)) == "a + b + ⋯ + v"
    assert latex(ag.sum(letters)) == r"a + b + \cdots + v"
    assert formula(-ag.sum(letters) * x) == "−(a + b + ⋯ + v)·x"


def test_a_formula_in_numbers():
    """Names become numbers; sums are written out, long ones with dots."""
    graph = page_of(dot(XS[:2], YS[:2], Value(-0.5, "b")) / Value(2.0, "n"))
    assert written(graph, numbers=True)[0] == "(0.2·0.2 + 0.5·0.5 − 0.5)/2"
    assert written(graph, latex=True, numbers=True)[0] == r"\frac{0.2 \cdot 0.2 + 0.5 \cdot 0.5 - 0.5}{2}"
    assert written(page_of(Value(-3.0, "x") * Value(-2.0, "y")), numbers=True)[0] == "−3·(−2)"
    assert written(page_of(Value(2.0, "x") - Value(-2.0, "y")), numbers=True)[0] == "2 − (−2)"
    assert written(page_of(Value(-2.0, "x") ** 2), numbers=True)[0] == "(−2)²"
    many = [Value(float(i), f"x_{i}") for i in range(1, 21)]
    assert written(page_of(ag.sum(many[:5])), numbers=True)[0] == "1 + 2 + 3 + 4 + 5"
    assert written(page_of(ag.sum(many)), numbers=True)[0] == "1 + 2 + ⋯ + 20"


def test_folding_is_for_writing_only():
    """The page keeps its sum; what is folded has the same number."""
    graph = page_of(dot(XS, YS, b))
    assert [node.op.name for node in (graph, folded(graph))] == ["sum", "sum"]
    assert len(graph.inputs) == 5
    assert len(folded(graph).inputs) == 2
    assert folded(graph).data == pytest.approx(graph.data, rel=1e-14)


# --------------------------------------------------------------------------------------------------------- great graphs

DEEP = 100_000


def repeated(step, n):
    node = x
    for _ in range(n):
        node = step(node)
    return node


def test_a_formula_that_nobody_reads_is_an_error():
    """Over 20,000 characters, in text and in LaTeX, and the way out is named."""
    deep = repeated(Value.sin, 5000)
    for write in (formula, latex):
        with pytest.raises(ValueError, match="too long for a page: label nodes on the way"):
            write(deep)
    assert len(formula(repeated(Value.sin, 3000))) == len("sin()") * 3000 + 1


def test_labels_on_the_way_make_it_short():
    """The way out is one."""
    inner = repeated(Value.sin, 5000)
    inner.label = "h"
    assert formula(inner.sin()) == "sin(h)"


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Value.sin, None),
        (lambda node: -node, "x"),
        (lambda node: 1.0 / node, "x"),
    ],
)
def test_great_depth_is_no_recursion(step, text):
    """A chain of 100,000 nodes is read like any other; its formula may be too long to write."""
    deep = repeated(step, DEEP)
    if text is None:
        with pytest.raises(ValueError, match="label nodes on the way"):
            latex(deep)
    else:
        assert latex(deep) == text


def test_a_graph_with_many_ways_is_read_node_by_node():
    """x + x, that times itself, and so on: there are 2**60 ways to x, and sixty nodes."""
    node = x
    for i in range(60):
        node = (node * node).tanh()
        node.label = f"h_{i}" if i == 30 else ""
    assert written(page_of(node.sin()))[0].count("h₃₀") == 1


def peak_of_memory(graph):
    tracemalloc.start()
    page_of(graph)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("add", [operator.add, operator.sub, lambda total, term: term + total], ids=["+", "-", "in front"])
def test_a_running_total_takes_memory_in_proportion(add):
    """total = total + x, n times over, is one sum: four times as many terms take some four times the memory."""

    def total(n):
        return functools.reduce(add, [Value(0.1 * i, f"x_{i}") for i in range(n)])

    assert peak_of_memory(total(2000)) < 7 * peak_of_memory(total(500))


@pytest.mark.parametrize("y", [3.0, None, "x", [Value(1.0)]])
def test_only_values_have_a_formula(y):
    """Anything else is a TypeError that says so."""
    with pytest.raises(TypeError, match="graph of a Value"):
        latex(y)


# -------------------------------------------------------------------------------------------------------------- pdflatex


def test_pdflatex_takes_every_operation(tmp_path):
    """Each row, its first and second derivatives, the tables of this file, in names and in numbers: one document of all."""
    if not shutil.which("pdflatex"):
        pytest.skip("pdflatex is the judge here, and it is not installed")
    pages = []
    for row in ROWS:
        y, xs = applied(*row.values)
        slopes = gradient(y, *xs)
        pages += [y, *slopes, *gradient(slopes[0], *xs)]
    pages += [graph for pair in PAIRS_THAT_DIFFER for graph in pair if not re.search("∂.", formula(graph))]
    pages += [softmax(XS)[0], log_softmax(XS)[0], ag.sum(LONG), dot(XS, YS, b), x * math.inf, x + math.nan, x * 1e-300]
    pages = [page_of(graph) for graph in pages]
    formulas = [written(page, latex=True, numbers=numbers)[0] for page in pages for numbers in (False, True)]
    head = r"\documentclass{article}\usepackage{amsmath}\begin{document}"
    body = [rf"\(\displaystyle {each}\)\par" for each in formulas]
    (tmp_path / "all.tex").write_text("\n".join([head, *body, r"\end{document}"]), encoding="utf-8")
    command = ["pdflatex", "-draftmode", "-interaction=nonstopmode", "-file-line-error", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False, timeout=60)
    errors = re.findall(r"^\./all\.tex:(\d+): (.*)$", done.stdout, re.MULTILINE)
    assert [(error, formulas[int(line) - 2]) for line, error in errors] == []
    assert done.returncode == 0, done.stdout[-2000:]
