r"""Ordinary written mathematics, read into Values: what `autograd.formula.page` writes, and what people write by hand.

A formula is read and never run: no text becomes Python code, and it can reach nothing but the names that it is given. Two
steps lead from a text to a graph:

    Lexer      text into tokens (lexer.py). The names decide: where x is a name, x(1 − x) is a product, and so
               is xy where xy is no name, but x and y are
    _Parser    tokens into a graph, after Pratt (Top down operator precedence, 1973). BINDING says how tightly each kind of
               token holds on to what stands left of it; one loop reads all formulas

What stands on paper can often be read in more than one way. Here it is read so:

    −x²                −(x²); e^−x/2 is (e^−x)/2, and 2^3^2 is 2^(3^2)
    a/b·c              (a/b)·c: signs are read from the left
    a/bc               a/(b·c): factors side by side hold together more tightly than signs do
    sin 2x             sin(2x): without brackets, a function takes in the factors that stand side by side,
    sin x cos x        sin(x)·cos(x): up to the next function,
    log o · x          log(o)·x: or the next sign; sin x/2 is sin(x)/2
    log(o)²            (log o)², but log o² is log(o²); brackets hold the whole argument, so that sin(x)y is sin(x)·y
    sin²x              (sin(x))², but sin⁻¹x is arcsin(x); σ′(z) is the derivative of σ at z
    √2x                √2·x, but √x² is √(x²)
    log                the natural logarithm, as is ln; log_2 and log_10 are the others
    σ(1 − σ)           σ·(1 − σ) where σ is a name; nor is e a constant or max a function where it is a name
    [x > 0]            1 where x > 0, else 0, as are 1_{x>0} and \mathbf{1}_{x > 0}; with ≥ it is 1 at 0 too; so is 1_{i=2}

and refused where neither reading is the usual one: 1/2x, log o (1 − o), log2x, 2½, x 2. Nor is a name in front of a bracket
a factor where it could be a function that is not known: foo(x), lg x and x^T y are asked about.

    d/dx (x² + 1)      the derivative, which is worked out; as is ∂L/∂w where L and w are names, and ∂L/∂w is none
    1/2 (t − o)²       ½·(t − o)²: a blank parts a fraction of numbers from a bracket
    2 x 0.2            2·0.2, and 6.13 e-2 is 0.0613; refused where x is a name, or e
"""

from __future__ import annotations

import math
import re
from functools import reduce

from autograd import primitives as ops
from autograd.calculus import gradient
from autograd.formula.lexer import FormulaError, Lexer, Token
from autograd.formula.new_names import invent_names
from autograd.formula.patterns import CHAIN, PLAIN_FRACTION
from autograd.formula.signs import IN_TWO_WAYS, Composed
from autograd.graph import leaves
from autograd.operation import CONSTANT, Primitive
from autograd.value import Value, constant, lift

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograd.formula.lexer import Derive

LONGEST, DEEPEST, HIGHEST = 2_000, 60, 64  # characters; brackets in brackets; whole-number exponents

SUM, NEGATION, PRODUCT, BEFORE_FUNCTION, ARGUMENT, BESIDE, POWER = range(1, 8)  # from loose to tight
OPERANDS = ("number", "name", "constant", "(", "[", "{", "|", "left|", "fraction", "root", "cube root", "step", "∞")
BINDING = {  # how tightly a token holds on to what stands left of it; an operand there is one more factor
    "+": SUM, "-": SUM, "·": PRODUCT, "/": PRODUCT, "^": POWER,
    "function": BEFORE_FUNCTION, "d": BEFORE_FUNCTION, **dict.fromkeys(OPERANDS, BESIDE),
}  # fmt: skip
ARITHMETIC = {"+": ops.add, "-": ops.sub, "·": ops.mul}
CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "left|": "right|"}
COMPARISONS = (">", "<", "≥", "≤")
INVERSE = {
    ops.sin: ops.asin, ops.cos: ops.acos, ops.tan: ops.atan,
    ops.sinh: ops.asinh, ops.cosh: ops.acosh, ops.tanh: ops.atanh,
}  # fmt: skip
SECOND_ARGUMENT = {ops.leaky_relu: 0.01, ops.elu: 1.0}  # where it is left out
WANTED = "here a number, a name or a bracket is expected"
MISPLACED = {
    **dict.fromkeys(COMPARISONS, "a comparison stands in square brackets, as in [x > 0]"),
    **dict.fromkeys([")", "]", "}", "right|"], "this bracket was never opened"),
    **dict.fromkeys(["=", "⇒"], "one formula is read at a time, and here another begins"),
    "prime": "a prime stands behind the name of a function, as in σ′(x)",
    "_": "an index stands behind a name",
    ",": "a comma stands between the arguments of a function",
}


def parse(text: str, names: Mapping[str, Value | float] | None = None) -> Value:
    r"""The graph of a formula that is written as on paper, in plain text or in LaTeX.

    text: one formula, such as "-t log o - (1-t) log(1-o)" or r"\frac{1}{1 + e^{-w_1 x_1}}"
    names: what it may speak of, by name; where a name stands, there is the Value itself. Names are compared as mathematics:
        w1, w_1, w_{1} and w₁ are one name, and so are θ and \theta; ŷ, \hat{y} and y_hat; a^(1)_2 and a_2^{(1)}. Without
        names, each word and each Greek letter is a new Value(1.0): `variables` finds them

    >>> from autograd import Value, parse
    >>> w, x = Value(0.5, label="w_1"), Value(2.0, label="x_1")
    >>> parse("2w_1x_1 - 1/x_1", {"w_1": w, "x_1": x})
    Value(1.5)
    >>> parse("w_1 + + x_1", {"w_1": w, "x_1": x})
    Traceback (most recent call last):
    autograd.formula.lexer.FormulaError: w_1 + + x_1
          ^ here a number, a name or a bracket is expected

    Raises FormulaError, which knows the place, for a text that cannot be read or can be read in two ways: unknown names and
    characters, over 2,000 characters, brackets over 60 deep, whole-number exponents over 64, and so on.
    Raises ValueError if two of names are one name, TypeError for what is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"parse reads a text, such as 'σ(w x + b)', not {text!r}")
    return read_formula(text, names or {}, inventing=names is None)


def slope(y: Value, x: Value) -> Value | None:
    """∂y/∂x; None where nothing says how y varies with x."""
    return None if x.op is CONSTANT or (not y.inputs and y is not x) else gradient(y, x)[0]


def read_formula(text: str, names: Mapping[str, Value | float], derive: Derive = slope, inventing: bool = False) -> Value:
    """What `parse` does, with a way to differentiate.

    derive: the derivative of one Value by another, or None where nothing is known of it
    inventing: each word that is none of names is a new Value(1.0)
    """
    return _Parser(text, names, derive, inventing).formula()


def variables(y: Value) -> dict[str, Value]:
    """The leaves of a graph by name, in the order in which the formula names them; constants are none.

    >>> list(variables(parse("w*x + b")))
    ['w', 'x', 'b']
    """
    return {leaf.label: leaf for leaf in leaves(y) if leaf.op is None and leaf.label}


def split_chain(text: str) -> list[tuple[str, int]]:
    """The formulas of a chain a = b ≈ c, with the places in text where they begin; a sign at the front counts for nothing.

    >>> split_chain("h = σ(a) ≈ 0.62")
    [('h', 0), ('σ(a)', 4), ('0.62', 11)]

    Raises FormulaError where nothing stands between two signs, or behind the last.
    """
    cuts, depth = [0], 0
    for match in CHAIN.finditer(text):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if depth <= 0 and match["relation"]:
            cuts += match.span()
    pieces = [(text[start:end], start) for start, end in zip(cuts[::2], [*cuts[1::2], len(text)])]
    if len(pieces) > 1 and not pieces[0][0].strip():
        del pieces[0]
    for piece, start in pieces:
        if not piece.strip():
            raise FormulaError(text, start + len(piece), "here a formula is expected")
    return [(piece.strip(), start + len(piece) - len(piece.lstrip())) for piece, start in pieces]


class _Parser:
    """One formula: `expression` is the loop, and each form that an operand can have is a method."""

    def __init__(self, text: str, names: Mapping[str, Value | float], derive: Derive, inventing: bool) -> None:
        if len(text) > LONGEST:
            raise FormulaError(text, LONGEST, f"a formula has up to {LONGEST:,} characters, and this text has {len(text):,}")
        new = invent_names(text, names) if inventing else {}
        lexer = Lexer(text, {**names, **new}, derive, given=names)
        self.text, self.error, self.stream, self.derive = lexer.text, lexer.error, lexer.tokens(), derive
        self.before: list[Token] = []  # what was read, to look back at
        self.open: list[Token] = []  # brackets
        self.depth = 0
        self.token = next(self.stream)

    def formula(self) -> Value:
        if self.token.kind == "end":
            raise self.error(self.token.start, "there is no formula here")
        y = self.expression()
        if self.token.kind != "end":
            raise self.misplaced()
        return y

    def advance(self) -> Token:
        """The token that stands here; the next one takes its place."""
        self.before.append(self.token)
        self.token = next(self.stream)
        return self.before[-1]

    def misplaced(self) -> FormulaError:
        """Refuse the token that stands where a sign, a factor or the end could have stood."""
        kind, at = self.token.kind, self.token.start
        if kind == "end":
            return self.error(self.open[-1].start, "this bracket is never closed")
        if kind == "," and re.search(r"[0-9]\{?$", self.text[:at]) and re.match(r",\}?[0-9]", self.text[at:]):
            return self.error(at, "a number has a point, as in 0.5; " + MISPLACED[","])
        closing = CLOSING.get(self.open[-1].kind) if self.open else None
        if closing and kind in CLOSING.values():
            return self.error(at, f"here {closing.replace('right', chr(92) + 'right')} is expected")
        return self.error(at, MISPLACED[kind])

    def open_bracket(self) -> None:
        self.open.append(self.advance())

    def close_bracket(self) -> None:
        if self.token.kind != CLOSING[self.open[-1].kind]:
            raise self.misplaced()
        self.open.pop()
        self.advance()

    # ---- the loop

    def expression(self, binding: int = 0) -> Value:
        """All that holds together more tightly than binding."""
        left = self.operand(binding)
        while self.binding() > binding:
            left = self.go_on(left, binding)
        return left

    def deeper(self, binding: int = 0) -> Value:
        """An expression inside of another one: so deep, and no deeper."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(self.before[-1].start, f"brackets and powers in one another go up to {DEEPEST} here")
        inside = self.expression(binding)
        self.depth -= 1
        return inside

    def binding(self) -> int:
        """How tightly the token that stands here holds on to what is left of it."""
        closes = self.token.kind == "|" and self.open and self.open[-1].kind == "|"
        return 0 if closes else BINDING.get(self.token.kind, 0)

    def go_on(self, left: Value, binding: int) -> Value:
        """left, with the sign that stands here and what is right of it, or with one more factor."""
        token, before = self.token, self.before[-1]
        if token.kind in ARITHMETIC:
            self.advance()
            return ARITHMETIC[token.kind](left, self.expression(BINDING[token.kind]))
        if token.kind in ("/", "^"):
            self.advance()
            return left / self.divisor(before) if token.kind == "/" else self.power(left)
        if token.kind == "number" or (before.kind == "number" and PLAIN_FRACTION.match(self.text, token.start)):
            raise self.error(token.start, "a number stands in front of other factors: a sign is expected here, such as ·")
        behind_a_number = left.op is CONSTANT and before.kind != "name"
        if binding == ARGUMENT and token.kind in CLOSING and not behind_a_number:
            raise self.error(token.start, f"{IN_TWO_WAYS}: put the whole argument of the function in brackets")
        return left * self.expression(BESIDE)

    def divisor(self, above: Token) -> Value:
        """What stands behind a division sign. In 1/2x, nobody knows whether x is divided or divides."""
        first = self.token
        fraction = above.kind == first.kind == "number" and [token.kind for token in self.before[-3:-2]] != ["^"]
        below = self.operand(PRODUCT)
        if fraction and self.token.kind in ("(", "[", "{") and self.text[self.token.start - 1].isspace():
            return below  # 1/2 (t − o)² is ½·(t − o)²
        if fraction and self.binding() in (BEFORE_FUNCTION, BESIDE):
            a, b = self.text[above.start : above.end], self.text[first.start : first.end]
            raise self.error(self.token.start, f"{IN_TWO_WAYS}: write ({a}/{b})·… or {a}/({b}·…)")
        while self.binding() > PRODUCT:
            below = self.go_on(below, PRODUCT)
        return below

    def power(self, base: Value) -> Value:
        """base ^ what stands here; since that takes in further powers, 2^3^2 is 2^(3^2)."""
        start = self.token.start
        return self.raise_to(base, self.deeper(BESIDE), start)

    def raise_to(self, base: Value, exponent: Value, start: int) -> Value:
        """base ** exponent, unless that is a number too large."""
        number = exponent.inputs[0] if exponent.op is ops.neg else exponent
        of_ten = base.op is CONSTANT and base.data == 10.0  # 10⁻³⁰⁰ is a number
        if number.op is CONSTANT and number.data.is_integer() and number.data > HIGHEST and not of_ten:
            raise self.error(start, f"whole-number exponents go up to {HIGHEST} here")
        return base**exponent

    # ---- operands

    def operand(self, binding: int) -> Value:
        """What an expression can begin with."""
        token = self.token
        kind = token.kind
        at_the_front = not self.before or self.before[-1].kind in (*CLOSING, ",")
        if kind == "-" or (kind == "+" and at_the_front):
            self.advance()
            inside = self.deeper(max(NEGATION, binding))
            return -inside if kind == "-" else inside
        if kind in ("name", "number", "constant", "∞"):
            return self.leaf(self.advance())
        if kind in CLOSING:
            inside = self.group(comparison=kind == "[")[0]
            return ops.abs(inside) if "|" in kind else inside
        if kind == "function":
            return self.function(self.advance())
        if kind == "d":
            return self.derivative(self.advance())
        if kind == "fraction":
            self.advance()
            above = self.part()
            return above / self.part()
        if kind in ("root", "cube root"):
            return self.root(self.advance())
        if kind == "step":
            self.advance()
            return self.step()
        if kind in ("=", "⇒", "prime", "_", ",") or (kind in CLOSING.values() and not self.open):
            raise self.misplaced()
        raise self.error(token.start, WANTED)

    def leaf(self, token: Token) -> Value:
        """A name or a number; e with an exponent is the exponential function."""
        if token.kind == "name":
            value: Value = token.what
            return value
        if token.kind == "constant" and token.what == math.e and self.token.kind == "^":
            self.advance()
            return ops.exp(self.deeper(BESIDE))
        return constant(math.inf if token.kind == "∞" else token.what)

    def group(self, arguments: bool = False, comparison: bool = False) -> list[Value]:
        """What stands in brackets: an expression, the arguments of a function, or a comparison perhaps."""
        self.open_bracket()
        inside = [self.deeper()]
        if comparison and self.is_at_a_comparison():
            inside = [self.compare(inside[0])]
        while arguments and self.token.kind == ",":
            self.advance()
            inside.append(self.deeper())
        self.close_bracket()
        return inside

    def is_at_a_comparison(self) -> bool:
        """Whether a sign stands here that compares; = does, but => may be meant for ≥."""
        return self.token.kind in COMPARISONS or self.text[self.token.start : self.token.end] in ("=", "==")

    def compare(self, left: Value) -> Value:
        """1 where left > right, and so on, else 0."""
        sign = self.advance().kind
        return self.comparison(sign, left, self.deeper())

    def comparison(self, sign: str, left: Value, right: Value) -> Value:
        if sign == "=":
            return ops.equal(left, right)
        if sign in ("<", "≥"):
            left, right = right, left
        return ops.greater(left, right) if sign in ("<", ">") else 1.0 - ops.greater(left, right)

    def step(self) -> Value:
        r"""The comparison behind 1_: in one pair of brackets, or in two as in 1_{\{x > 0\}}."""
        openers = 1
        self.open_bracket()
        if self.token.kind == "{":
            openers = 2
            self.open_bracket()
        left = self.deeper()
        if not self.is_at_a_comparison():
            raise self.error(self.token.start, "here a comparison is expected, as in 1_{x > 0}")
        inside = self.compare(left)
        for _ in range(openers):
            self.close_bracket()
        return inside

    def part(self) -> Value:
        r"""One of the two parts of a fraction: a group, or what TeX takes, which of 12 is the 1."""
        token = self.token
        if token.kind == "{":
            return self.group()[0]
        digits = self.text[token.start : token.end]
        if token.kind == "number" and digits.isdigit() and len(digits) > 1:
            self.before.append(token)
            self.token = token._replace(start=token.start + 1, what=float(digits[1:]))
            return constant(float(digits[0]))
        if token.kind not in ("name", "number", "constant"):
            raise self.error(token.start, WANTED)
        return self.leaf(self.advance())

    def root(self, sign: Token) -> Value:
        """The square root, or the one whose degree stands in front, of a group, or of a factor with its power."""
        degree = constant(3.0 if sign.kind == "cube root" else 2.0)
        if self.token.kind == "[" and self.text[sign.start] == "\\":
            degree = self.group()[0]
        inside = self.group()[0] if self.token.kind in ("(", "{") else self.deeper(BESIDE)
        return self.root_of(inside, degree)

    def root_of(self, inside: Value, degree: Value) -> Value:
        if degree.op is CONSTANT and degree.data in (2.0, 3.0):
            return ops.sqrt(inside) if degree.data == 2.0 else ops.cbrt(inside)
        return inside ** (1.0 / degree)

    def derivative(self, token: Token) -> Value:
        """What stands behind d/dx, differentiated: a group with its power, or all that a function would take in."""
        (x, order), grouped = token.what, self.token.kind in CLOSING
        y = self.deeper(BESIDE if grouped else ARGUMENT)
        if grouped and self.binding() >= BEFORE_FUNCTION:
            raise self.error(self.token.start, f"{IN_TWO_WAYS}: put all that is differentiated in brackets, or a sign here")
        for _ in range(order):
            found = self.derive(y, x)
            if found is None:
                raise self.error(token.start, "nothing says here how this varies: write what its derivative comes to")
            y = found
        return y

    # ---- functions

    def function(self, token: Token) -> Value:
        """A function with its arguments, perhaps primed, raised to a power, or inverted by ⁻¹."""
        op, primes, exponent, start = token.what, 0, None, 0
        spelling = self.text[token.start : token.end]
        while self.token.kind == "prime":
            self.advance()
            primes += 1
        if self.token.kind == "^":
            self.advance()
            start = self.token.start
            exponent = self.exponent()
        if exponent is not None and exponent.op is ops.neg and exponent.inputs[0].op is CONSTANT and exponent.data == -1.0:
            if op not in INVERSE:
                raise self.error(start, f"{IN_TWO_WAYS}: write 1/{spelling}(…), or the inverse function by its name")
            op, exponent = INVERSE[op], None
        bracketed = self.token.kind in ("(", "[", "{")
        args = self.group(arguments=True) if bracketed else [self.deeper(ARGUMENT)]
        y = self.apply(op, args, token)
        if primes:
            if primes > 1 or len(args) > 1:
                raise self.error(token.start, "a prime is the first derivative of a function of one argument")
            y = lift(op.slopes(y, args)[0])
        return y if exponent is None else self.raise_to(y, exponent, start)

    def exponent(self) -> Value:
        """What stands above the name of a function: a group, or a number or a name, with a minus perhaps."""
        if self.token.kind in ("(", "{"):
            return self.group()[0]
        minus = self.token.kind == "-" and self.advance()
        if self.token.kind not in ("name", "number"):
            raise self.error(self.token.start, WANTED)
        return -self.leaf(self.advance()) if minus else self.leaf(self.advance())

    def apply(self, op: Primitive | Composed, args: list[Value], token: Token) -> Value:
        """The function of its arguments, if they are as many as it takes; max and min take more than two."""
        if op in SECOND_ARGUMENT and len(args) == 1:
            args.append(constant(SECOND_ARGUMENT[op]))
        if op in (ops.maximum, ops.minimum) and len(args) > 2:
            return reduce(op, args)
        if op.arity not in (None, len(args)):
            number = "1 argument" if op.arity == 1 else f"{op.arity} arguments"
            count = f"{self.text[token.start : token.end]} takes {number}, not {len(args)}"
            comma = re.search("[0-9],[0-9]", self.text[token.start : self.token.start])
            raise self.error(token.start, f"{count}; a number has a point, as in 0.5" if comma else count)
        return op(*args)
