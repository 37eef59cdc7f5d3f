"""The judges of formulas.

`exact` computes a graph in forty digits of mpmath, by the truths of exact_rows.py, and a page has to give the same number.
Two readers, of plain text and of LaTeX, know nothing but the rules of writing: signs, products, fractions, powers, brackets,
Σ. What they read has to be the number of the graph, so that no two functions look alike.
"""

import math
import re

import exact_rows
import pytest
from exact_rows import power
from mpmath import mp, mpf

import autograd as ag
from autograd import PRIMITIVES, Value
from autograd.formula.writing import write_formula
from autograd.graph import nodes
from autograd.writing.names import latex_name, text_name

DIGITS = 40

# ---------------------------------------------------------------------------------------------- graphs in forty digits


def real(x):
    """x, which has to be a finite real number."""
    if isinstance(x, mp.mpc) or not mp.isfinite(x):
        raise ValueError("no finite number")
    return x


def sinc(x):
    """With the number that a double has for π, which is what a page writes."""
    return mp.sin(math.pi * x) / (math.pi * x)


def in_pairs(*xs):
    n = len(xs) // 2
    return mp.fsum([w * x for w, x in zip(xs[:n], xs[n : 2 * n], strict=True)]) + mp.fsum(xs[2 * n :])


EXACT = {name: row.truth for name, row in exact_rows.ROWS.items()} | {
    "sinc": sinc,
    "sinc_slope": lambda x, n: mp.diff(sinc, x, int(n)),
    "dot": in_pairs,
    "logsumexp": lambda *xs: mp.log(mp.fsum([mp.exp(x) for x in xs])),
    "softmax": lambda *xs: mp.exp(xs[-1]) / mp.fsum([mp.exp(x) for x in xs[:-1]]),
    "power_slope": lambda x, y, i, j: mp.diff(power, (x, y), (int(i), int(j))),
    "ray": lambda x, y, k, i, j: mp.diff(lambda x, y: x / mp.hypot(x, y) ** int(k), (x, y), (int(i), int(j))),
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
        self.whole = self.sum()
        self.take("end")

    def number(self):
        return self.whole({})

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

    def comparison(self):
        """1 where it holds, else 0."""
        x, sign, y = self.sum(), self.take(">", "<", "="), self.sum()
        return lambda at: mpf({">": x(at) > y(at), "<": x(at) < y(at), "=": x(at) == y(at)}[sign])

    def called(self, name):
        arguments = self.arguments()
        return lambda at: real(FUNCTIONS[name](*(x(at) for x in arguments)))


class TextReader(Reader):
    """Plain text: σ(w₁·x + b)²/2."""

    MINUS = ("−",)
    TOKENS = re.compile(
        r"(?P<blank> +)|(?P<series>Σ[ⱼₘᵢᵣₛ]₌[₀-₉]+[⁰¹²³⁴-⁹]+)|(?P<raised>⁻?[⁰¹²³⁴-⁹]+)"
        r"|(?P<function>[A-Za-zσ][A-Za-z_0-9]*(?=\())|(?P<number>\d+(?:\.\d+)?|[½⅓⅔])"
        r"|(?P<name>[A-Za-zŷα-ωΑ-Ω]+(?:⁽[¹²³]⁾)?[₀-₉ⱼₘᵢᵣₛ]*)|(?P<sign>[-−+·/^()|,\[\]><=])"
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
            inside = self.comparison()
            self.take("]")
            return inside
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
        r"|(?P<sign>[-+^{},><=])"
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
            inside = self.comparison()
            self.take("}")
            return inside
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
            reader(write_formula(y, in_latex, numbers, digits=17)[0], names).number()
            for in_latex, (reader, names) in enumerate(readers)
        ]


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
    "select": [(0.0, -1.2, 2.5), (2.0, 0.3, -1.2, 2.5)],
    "equal": [(0.3, -1.2), (2.5, 2.5)],
    "sinc_slope": [(0.3, 1.0), (-1.2, 2.0), (2.5, 3.0)],
    "gaussian": [(0.3, 0.0), (-1.2, 1.0), (0.8, 2.0), (0.8, 3.0)],
    "power_slope": [(1.7, 2.5, 1.0, 1.0), (0.4, 0.8, 0.0, 2.0), (0.4, -1.5, 2.0, 0.0)],
    "ray": [(0.3, -1.2, 1.0, 0.0, 0.0), (2.5, 0.8, 2.0, 1.0, 0.0), (0.3, -1.2, 1.0, 1.0, 1.0)],
    "sigmoid_slope": [(ag.sigmoid(x), x) for (x,) in ORDINARY],
    "tanh_slope": [(math.tanh(x), x) for (x,) in ORDINARY],
}
PLAIN = {"gaussian": [1], "sinc_slope": [1], "power_slope": [2, 3], "ray": [2, 3, 4]}  # which inputs are plain numbers
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


# ------------------------------------------------------------------------------------------------- signs, fractions, powers

a, b, c, x, y, z = (Value(d, label) for d, label in zip([0.7, 1.3, 0.4, 0.9, 1.6, 2.2], "abcxyz", strict=True))


# ------------------------------------------------------------------------------------------------------- one reading only


def value(label, number=0.7):
    return Value(number, label)
