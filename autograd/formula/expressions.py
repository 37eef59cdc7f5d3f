"""The loop that reads all formulas, after Pratt (Top down operator precedence, 1973), and the forms of an operand.

BINDING says how tightly each kind of token holds on to what stands left of it. What is read in which way, parser.py says.
"""

from __future__ import annotations

import math
import re
from functools import reduce

from autograd import primitives as ops
from autograd.formula.lexer import FormulaError, Lexer, Token
from autograd.formula.patterns import PLAIN_FRACTION
from autograd.formula.signs import IN_TWO_WAYS, Composed
from autograd.operation import CONSTANT, Primitive
from autograd.value import Value, constant, lift

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


class Parser:
    """One formula: `expression` is the loop, and each form that an operand can have is a method.

    What signs do is said by `compute`, `multiply` and `add`: with numbers here, with vectors and matrices in indexed.py.
    """

    bindings, closing = BINDING, CLOSING

    def __init__(self, lexer: Lexer) -> None:
        self.text, self.error, self.stream, self.derive = lexer.text, lexer.error, lexer.tokens(), lexer.derive
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
        if self.token.kind != self.closing[self.open[-1].kind]:
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
        return 0 if closes else self.bindings.get(self.token.kind, 0)

    def go_on(self, left: Value, binding: int) -> Value:
        """left, with the sign that stands here and what is right of it, or with one more factor."""
        token, before = self.token, self.before[-1]
        if token.kind in ("+", "-", "·", "/", "^"):
            self.advance()
        if token.kind in ("+", "-"):
            return self.add(left, token.kind)
        if token.kind == "·":
            return self.multiply(left, self.expression(PRODUCT))
        if token.kind == "/":
            return self.compute(ops.div, left, self.divisor(before))
        if token.kind == "^":
            return self.power(left)
        if self.is_a_number_too_many():
            raise self.error(token.start, "a number stands in front of other factors: a sign is expected here, such as ·")
        behind_a_number = isinstance(left, Value) and left.op is CONSTANT and before.kind != "name"  # not an array
        if binding == ARGUMENT and token.kind in CLOSING and not behind_a_number:
            raise self.error(token.start, f"{IN_TWO_WAYS}: put the whole argument of the function in brackets")
        return self.multiply(left, self.expression(BESIDE))

    def is_a_number_too_many(self) -> bool:
        """Whether a number stands here as a factor, or behind one as in 2½."""
        after_a_number = self.before[-1].kind == "number"
        return self.token.kind == "number" or bool(after_a_number and PLAIN_FRACTION.match(self.text, self.token.start))

    def compute(self, op: Primitive, *inputs: Value) -> Value:
        """An operation on what was read."""
        return op(*inputs)

    def multiply(self, left: Value, right: Value) -> Value:
        return left * right

    def add(self, left: Value, sign: str) -> Value:
        """left plus or minus what stands here."""
        return self.compute(ARITHMETIC[sign], left, self.expression(SUM))

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
            return self.compute(ops.neg, inside) if kind == "-" else inside
        if kind in ("name", "number", "constant", "∞"):
            return self.leaf(self.advance())
        if kind in CLOSING:
            inside = self.bracketed()
            return self.compute(ops.abs, inside) if "|" in kind else inside
        if kind == "function":
            return self.function(self.advance())
        if kind == "d":
            return self.derivative(self.advance())
        if kind == "fraction":
            self.advance()
            above = self.part()
            return self.compute(ops.div, above, self.part())
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
            return self.compute(ops.exp, self.deeper(BESIDE))
        return constant(math.inf if token.kind == "∞" else token.what)

    def bracketed(self) -> Value:
        """What stands in brackets as an operand: an expression, or, in square ones, a comparison perhaps."""
        is_square = self.token.kind == "["
        self.open_bracket()
        inside = self.deeper()
        if is_square and self.is_at_a_comparison():
            inside = self.compare(inside)
        self.close_bracket()
        return inside

    def group(self, arguments: bool = False) -> list[Value]:
        """What stands in brackets behind a function, a root or a fraction: an expression, or several arguments."""
        self.open_bracket()
        inside = [self.deeper()]
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
        if token.kind == "number" and digits.isdecimal() and len(digits) > 1:
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
        grouped = self.token.kind in CLOSING
        y = self.deeper(BESIDE if grouped else ARGUMENT)
        if grouped and BEFORE_FUNCTION <= self.binding() <= POWER:
            raise self.error(self.token.start, f"{IN_TWO_WAYS}: put all that is differentiated in brackets, or a sign here")
        return self.differentiate(y, token)

    def differentiate(self, y: Value, token: Token) -> Value:
        """y differentiated by what a token says, as often as it says."""
        for x, order in reversed(token.what):
            for _ in range(order):
                y = self.slope(y, x, token)
        return y

    def slope(self, y: Value, x: Value, token: Token) -> Value:
        found = self.derive(y, x) if self.derive else None
        if found is None:
            raise self.error(token.start, "nothing says here how this varies: write what its derivative comes to")
        return found

    # ---- functions

    def primes_and_power(self) -> tuple[int, Value | None, int]:
        """What stands between a function and its argument: how many primes; a power, or none, and its place."""
        primes = 0
        while self.token.kind == "prime":
            self.advance()
            primes += 1
        if self.token.kind != "^":
            return primes, None, 0
        self.advance()
        start = self.token.start
        return primes, self.exponent(), start

    def function(self, token: Token) -> Value:
        """A function with its arguments, perhaps primed, raised to a power, or inverted by ⁻¹."""
        op, spelling = token.what, self.text[token.start : token.end]
        primes, exponent, start = self.primes_and_power()
        if exponent is not None and exponent.op is ops.neg and exponent.inputs[0].op is CONSTANT and exponent.data == -1.0:
            if op not in INVERSE:
                raise self.error(start, f"{IN_TWO_WAYS}: write 1/{spelling}(…), or the inverse function by its name")
            op, exponent = INVERSE[op], None
        self.refuse_index(op)
        bracketed = self.token.kind in ("(", "[", "{")
        args = self.group(arguments=True) if bracketed else [self.deeper(ARGUMENT)]
        y = self.apply(op, args, primes, token)
        return y if exponent is None else self.raise_to(y, exponent, start)

    def refuse_index(self, op: Primitive | Composed) -> None:
        """Raise FormulaError where a letter stands below max or min that counts through what is compared."""
        if self.token.kind in ("_", "index") and op in (ops.maximum, ops.minimum):
            raise self.error(
                self.token.start, "no index below this is read: write out what is compared, as in max(x_1, x_2)"
            )

    def exponent(self) -> Value:
        """What stands above the name of a function: a group, or a number or a name, with a minus perhaps."""
        if self.token.kind in ("(", "{"):
            return self.group()[0]
        minus = self.token.kind == "-" and self.advance()
        if self.token.kind not in ("name", "number"):
            raise self.error(self.token.start, WANTED)
        return -self.leaf(self.advance()) if minus else self.leaf(self.advance())

    def apply(self, op: Primitive | Composed, args: list[Value], primes: int, token: Token) -> Value:
        """The function of its arguments, or with a prime its derivative there."""
        y = self.call(op, args, token)
        if not primes:
            return y
        if primes > 1 or len(args) > 1:
            raise self.error(token.start, "a prime is the first derivative of a function of one argument")
        return lift(op.slopes(y, args)[0])

    def call(self, op: Primitive | Composed, args: list[Value], token: Token) -> Value:
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
