r"""Formulas with indices, sums, vectors and matrices: what is read besides, where somebody says what names stand for.

    \sum_{j=1}^{k} w_{ij} x_j      the body, read once for each j
    \begin{bmatrix} a & b \\ …     an Array; W^T δ ⊙ σ'(z) is computed with Arrays
    \frac{\partial J(\hat y, y)}{\partial \hat y}, ∂L/∂w, dL/dx, ∇_a L, softmax(a)_l, 1_{(l=i)}, cases

A `Scope` says what a name is, how sizes and index letters stand, and what a derivative comes to. Here is only how all that
is written: each form is a token, and a method that reads it.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from autograd import primitives as ops
from autograd.formula import patterns
from autograd.formula.arrays import Array, ShapeError, add_up, each, multiply, product, vector
from autograd.formula.lexer import FormulaError, Lexer, Token
from autograd.formula.name_keys import key_of
from autograd.formula.parser import (
    ARGUMENT,
    BEFORE_FUNCTION,
    BESIDE,
    BINDING,
    CLOSING,
    LONGEST,
    MISPLACED,
    POWER,
    PRODUCT,
    SUM,
    WANTED,
    _Parser,
)
from autograd.formula.signs import IN_TWO_WAYS
from autograd.functions import softmax
from autograd.operation import CONSTANT, Primitive
from autograd.primitives import abs as absolute
from autograd.rewriting import apply
from autograd.value import Value, constant, lift

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from autograd.formula.arrays import Quantity
    from autograd.formula.name_keys import Key

_TIGHTEST = POWER + 1
_BINDING = {
    **BINDING, "⊙": PRODUCT, "ᵀ": _TIGHTEST, "index": _TIGHTEST, "slope": BESIDE, "∇": BESIDE, "Σ": BESIDE, "⟦": BESIDE,
    "softmax": BESIDE, "call": BESIDE, "‖": BESIDE, "⦃": BESIDE,
}  # fmt: skip
_MATRIX = re.compile(
    r"\\begin\{(?P<name>[bpvBV]?matrix|smallmatrix|array|cases)\}(?:\{[^{}]*\})?"
    r"(?P<body>(?:(?!\\begin\{(?:\w*matrix|array|cases)\}).)*?)\\end\{(?P=name)\}",
    re.DOTALL,
)
_PHANTOM = re.compile(r"\\(?:[vh]?phantom\s*\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}|color\s*\{[^{}]*\})")
_BRACED_D = re.compile(r"\\partial\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")  # ∂{x}
_BREAK = re.compile(r"\\\\(?:\s*\[[^\]]*\])?")
_NUMBERS = re.compile(r"\[\s*([\-−]?[0-9.]+(?:(?:\s|\\[ ,;:]|\\quad)+[\-−]?[0-9.]+)+)\s*\]")
_DOTS = re.compile(r"\\[vd]dots(?![A-Za-z])|[⋮⋱]")
_ELLIPSIS = re.compile(r"\\[lc]?dots(?![A-Za-z])|…|⋯|\.\.\.")
_HADAMARD = re.compile(r"\\(?:odot|circ)(?![A-Za-z])|[⊙∘]")
_NORM = re.compile(r"\\(?:left|right)?\s*\\\||\\[lr]Vert(?![A-Za-z])|\\\||‖")
_ANGLES = re.compile(r"\\langle(?![A-Za-z])|⟨"), re.compile(r"\\rangle(?![A-Za-z])|⟩")
_SOFTMAX = re.compile(r"(?:\\(?:text|mathrm|operatorname)\s*\{\s*)?[sS]oftmax\s*\}?(?=\s*(?:[(\[]|\\left))")
_NABLA = re.compile(r"(?:\\nabla(?![A-Za-z])|∇)\s*_?\s*")
_SUM = re.compile(r"(?:\\sum(?![A-Za-z])|∑|Σ(?=\s*[_({\\A-Za-z])|\\prod(?![A-Za-z])|∏)(?:\\limits)?\s*")
_D = r"(?:∂|\\partial(?![A-Za-z])|\\mathrm\s*\{d\}|d)"
_FRACTION = re.compile(r"\\[tdc]?frac\s*(?=\{)")
_ABOVE = re.compile(rf"\s*(?P<d>{_D})\s*(?:\^\s*\{{?(?P<order>[2-9])\}}?)?(?P<rest>.*)", re.DOTALL)
_SCRIPT = r"(?:[_^](?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\([^()]*\)|\[[^\[\]]*\]|\\[A-Za-z]+|\w))"
_LOW_HIGH = rf"[{re.escape(''.join(patterns.LOW).replace(',', ''))}⁰¹²³⁴-⁹⁽⁾]"
NAME = (
    rf"(?:\\(?:{'|'.join(patterns.OVER)})\s*(?:\{{\s*(?:\\[A-Za-z]+|\w)\s*\}}|\s\w|\\[A-Za-z]+)|\\(?:text|mathrm)\s*\{{\w+\}}"
    rf"|\\(?!partial|frac|sum|cdot|log|exp|left|right)[A-Za-z]+|(?!∂)[^\W\d_][\u0300-\u036f]*)[′'’]*(?:{_SCRIPT}|{_LOW_HIGH})*"
)
_BELOW = re.compile(rf"\s*{_D}\s*(?P<name>{NAME})\s*(?:\^\s*\{{?(?P<order>[2-9])\}}?)?\s*(?:\\cdot(?![A-Za-z])|·)?\s*")
_BARE_FUNCTION = re.compile(r"\\(?:sigma|tanh|exp|log|ln|sin|cos)|σ|tanh|ReLU|relu")
_WORD_BELOW = re.compile(rf"\s*{_D}\s*(?P<name>[^\W\d_]{{2,}})(?P<index>_(?:\w|\{{[^{{}}]*\}}))?\s*")
_WORD_NAME = r"[^\W\d_]+[0-9]*(?:_\w+)?"
_INLINE = re.compile(
    rf"(?P<d>∂|\\partial(?![A-Za-z])|(?<![A-Za-z\\])d)\s*(?P<top>{NAME}(?:\s*\([^()]*\))?)?\s*/\s*"
    rf"(?:∂|\\partial(?![A-Za-z])|d)\s*(?P<bottom>{NAME})"
)
_INLINE_WORDS = re.compile(rf"(?P<d>∂|(?<![A-Za-z\\])d)(?P<top>{_WORD_NAME})\s*/\s*(?:∂|d)(?P<bottom>{_WORD_NAME})")
_PURE = re.compile(rf"\s*(?:\(|\\left\s*\()\s*{NAME}(?:\s*[,;|]\s*{NAME})*\s*(?:\\right\s*)?\)")
MARKS = "⟦¦⏎⟧⦃⦄⊙‖"


class Scope(Protocol):
    """What a formula with indices speaks of."""

    env: dict[str, int]
    of_vectors: str

    def __contains__(self, key: Key) -> bool: ...
    def __getitem__(self, key: Key) -> Quantity: ...
    def __iter__(self) -> Iterator[Key]: ...
    def differentiate(self, top: Quantity, bottom: Quantity) -> Quantity: ...
    def size(self, letter: str) -> int: ...
    def letters_in(self, text: str) -> list[str]: ...
    def is_called(self, base: str, inside: str, pure: bool, primed: bool) -> str: ...
    def call(self, base: str, args: list[Quantity], primes: int, text: str) -> Quantity: ...
    def gradient_of(self, loss: str, by: Quantity) -> Quantity: ...


def prepare(text: str) -> str:
    """A text whose matrices, cases, norms and entrywise products are single signs, which nothing takes for dress."""
    text = _PHANTOM.sub(" ", text.replace("&=", "="))
    text = _BRACED_D.sub(r"\\partial \1", text)
    while match := _MATRIX.search(text):
        opening, closing = "⦃⦄" if match["name"] == "cases" else "⟦⟧"
        body = _BREAK.sub("⏎", match["body"].strip().removesuffix("\\\\")).replace("&", "¦").replace("\\hline", " ")
        body = re.sub(r"⏎\s*$", "", body)
        text = f"{text[: match.start()]} {opening}{body}{closing} {text[match.end() :]}"
    text = _NUMBERS.sub(lambda m: "⟦" + "¦".join(re.split(r"(?:\s|\\[ ,;:]|\\quad)+", m[1].strip())) + "⟧", text)
    text = _HADAMARD.sub("⊙", text)
    text = _NORM.sub("‖", text)
    text = _ANGLES[1].sub("]", _ANGLES[0].sub("[", text))
    return _DOTS.sub(r"\\dots ", text).replace("&", " ")


def read_quantity(text: str, scope: Scope) -> Quantity:
    """A formula as a Value or an Array. Raises FormulaError, ShapeError."""
    return _IndexedParser(prepare(text), scope).quantity()


def closing_of(text: str, at: int) -> int:
    """Where the bracket is closed that is opened at a place; −1 where it never is."""
    pairs, stack = {"(": ")", "[": "]", "{": "}", "⟦": "⟧"}, []
    for i in range(at, len(text)):
        c = text[i]
        if c in pairs:
            stack.append(pairs[c])
        elif c in ")]}⟧":
            if not stack or stack.pop() != c:
                return -1
            if not stack:
                return i
    return -1


class _IndexedLexer(Lexer):
    """The tokens of a text in a scope."""

    def __init__(self, text: str, scope: Scope) -> None:
        super().__init__(text, {})
        self.scope = scope
        self.known: Any = scope
        self.given = {key_of("T")} if key_of("T") in scope else set()

    def next(self, at: int) -> Iterable[Token]:
        text = self.text
        if text[at] in MARKS:
            return [Token(text[at], at, at + 1)]
        if match := _ELLIPSIS.match(text, at):
            return [Token("dots", at, match.end())]
        if found := self.slope_token(at):
            return [found]
        if match := _NABLA.match(text, at):
            return [self.nabla(match)]
        if (match := _SUM.match(text, at)) and not (text[at] == "Σ" and key_of("Σ") in self.scope):
            return [self.sum_token(match)]
        if self.last is not None and self.last.kind in ("name", "constant", ")", "]", "}", "⟧", "ᵀ", "index", "‖"):
            if match := patterns.TRANSPOSED.match(text, at):
                return [Token("ᵀ", at, match.end())]
            if text[at] == "_" and self.last.kind != "constant":
                for end, script in self.below(at):
                    return [Token("index", at, end, script)]
        if (match := _SOFTMAX.match(text, at)) and (at == 0 or not text[at - 1].isalpha()):
            return [Token("softmax", at, match.end())]
        if call := self.call_token(at):
            return [call]
        if text[at] == "∇":
            raise self.error(at, "∇ stands before what is differentiated by what, as in ∇_w L")
        return super().next(at)

    def script(self, at: int) -> Iterator[tuple[int, str]]:
        """What stands behind _ or ^: a group, a sign of layers, digits, or one letter."""
        if (group := patterns.BRACED.match(self.text, at)) or patterns.WORD.match(self.text, at):
            yield from super().script(at)
        elif match := re.compile(
            r"\((?:\w|[+\-−])+\)|\[(?:\w|[+\-−])+\]|[0-9]+|(?:new|old|hat|pred|true|in|out)(?![A-Za-z])"
        ).match(self.text, at):
            yield match.end(), match[0]
        elif (command := patterns.COMMAND.match(self.text, at)) and command[1] in patterns.LETTERS:
            yield command.end(1), patterns.LETTERS[command[1]]
        elif match := re.compile(r"[^\W\d_]+|\*").match(self.text, at):
            letters = match[0]
            if len(letters) > 1 and "\\" not in self.written and not group:
                yield match.end(), letters
            yield at + 1, letters[0]

    def slope_token(self, at: int) -> Token | None:
        r"""\frac{\partial y}{\partial x}, ∂y/∂x or dy/dx, and d/dx in front of what is differentiated."""
        text = self.text
        if match := _FRACTION.match(text, at):
            middle = closing_of(text, match.end())
            if middle < 0 or not (opening := re.compile(r"\s*(?=\{)").match(text, middle + 1)):
                return None
            end = closing_of(text, opening.end())
            above = _ABOVE.fullmatch(text[match.end() + 1 : middle])
            below = text[opening.end() + 1 : end]
            if end < 0 or above is None or not re.match(rf"\s*{_D}", below):
                return None
            bottoms: list[tuple[str, int]] = []
            place = 0
            while each_of := _BELOW.match(below, place):
                name, order = each_of["name"], int(each_of["order"] or 1)
                if power := re.fullmatch(r"(.*)\^(?:\{\s*([2-9])\s*\}|([2-9]))", name):
                    name, order = power[1], int(power[2] or power[3])
                bottoms.append((name, order))
                place = each_of.end()
            if place < len(below) and (word := _WORD_BELOW.fullmatch(below)) and key_of(word["name"]) in self.scope:
                bottoms, place = [(f"\\text{{{word['name']}}}{word['index'] or ''}", 1)], len(below)
            if place < len(below) or (above["d"] == "d" and not re.match(r"\s*(?:d|\\mathrm\s*\{d\})", below)):
                return None
            return self.slope_of(at, end + 1, above["rest"].strip(), bottoms, int(above["order"] or 1))
        if found := _INLINE.match(text, at) or (_INLINE_WORDS.match(text, at) if "\\" not in text else None):
            words = _INLINE_WORDS.match(text, at) if "\\" not in text else None
            found = words if words and words.end() > found.end() else found
            return self.slope_of(at, found.end(), (found["top"] or "").strip(), [(found["bottom"], 1)], 1)
        return None

    def slope_of(self, at: int, end: int, top: str, bottoms: list[tuple[str, int]], order: int) -> Token:
        if _BARE_FUNCTION.fullmatch(top) and len(bottoms) == 1 and key_of(top.lstrip("\\")) not in self.scope:
            top = f"{top}({bottoms[0][0]})"  # dσ/dz
        if sum(n for _, n in bottoms) != order:
            raise self.error(at, "above and below, as often as differentiated: write d^2/dx^2")
        bracketed = top.startswith("(") and top.endswith(")") and closing_of(top, 0) == len(top) - 1
        return Token("slope" if top else "d", at, end, (top[1:-1] if bracketed else top, bottoms))

    def nabla(self, match: re.Match[str]) -> Token:
        """∇_a L: by what, and of what."""
        text, at = self.text, match.end()
        by = ""
        if "_" in match[0]:
            for end, script in self.script(at):
                by, at = script, end
                break
        rest = re.compile(rf"\s*(?P<name>{NAME}(?:\s*\([^()]*\))?)").match(text, at)
        if not by and rest is not None:  # ∇θ
            return Token("∇", match.start(), rest.end(), (rest["name"], ""))
        if not by:
            raise self.error(match.start(), "∇ stands before what is differentiated by what, as in ∇_w L")
        return Token("∇", match.start(), rest.end() if rest else at, (by, rest["name"] if rest else ""))

    def sum_token(self, match: re.Match[str]) -> Token:
        """Σ with its bounds, which may stand in either order."""
        text, at = self.text, match.end()
        scripts = {"_": "", "^": ""}
        while (sign := text[at : at + 1]) in ("_", "^") and sign and not scripts[sign]:
            for end, script in self.script(at + 1):
                scripts[sign], at = script or " ", end
                break
            else:
                break
            at += len(text[at:]) - len(text[at:].lstrip())
        return Token(
            "Σ", match.start(), at, ("∏" if match[0][0] in "∏" or "prod" in match[0] else "Σ", scripts["_"], scripts["^"])
        )

    def call_token(self, at: int) -> Token | None:
        """A name in front of brackets that is a function here, or a quantity with what it depends on."""
        for end, base, whole in self.bases(at):
            primes = patterns.match_primes(self.text, end)
            behind = end + len(primes)
            scripts = re.compile(rf"(?:{_SCRIPT}|{_LOW_HIGH})*").match(self.text, behind)
            stop = scripts.end() if scripts else behind
            opening = re.compile(r"\s*(?:\\left\s*)?(?=[(\[])").match(self.text, stop)
            if opening is None or not whole:
                continue
            key = key_of(base)
            pure = _PURE.match(self.text, stop) is not None
            close = closing_of(self.text, opening.end())
            if close < 0:
                continue
            kind = self.scope.is_called(str(key[0]), self.text[opening.end() + 1 : close], pure, bool(primes))
            if kind == "function" and stop == behind:
                return Token("call", at, opening.end(), (str(key[0]), len(primes)))
            if kind == "quantity" and pure:
                for stop, up, down in self.scripts(behind):
                    key = key_of(base, len(primes), up, down)
                    if self.text[stop : opening.end()].strip() in ("", "\\left") and key in self.scope:
                        return Token("name", at, close + 1, self.scope[key])
        return None


class _IndexedParser(_Parser):
    """One formula over Values and Arrays."""

    lexer_class = _IndexedLexer

    def __init__(self, text: str, scope: Scope) -> None:
        if len(text) > 2 * LONGEST:
            raise FormulaError(
                text, LONGEST, f"a formula has up to {2 * LONGEST:,} characters, and this text has {len(text):,}"
            )
        lexer = _IndexedLexer(text, scope)
        self.scope = scope
        self.text, self.error, self.stream = lexer.text, lexer.error, lexer.tokens()
        self.before: list[Token] = []
        self.open: list[Token] = []
        self.depth = 0
        self.token = next(self.stream)

    def quantity(self) -> Quantity:
        if self.token.kind == "end":
            raise self.error(self.token.start, "there is no formula here")
        y: Quantity = self.expression()
        if self.token.kind != "end":
            raise self.misplaced()
        return y

    def misplaced(self) -> FormulaError:
        if self.token.kind not in ("end", *CLOSING.values(), *MISPLACED):
            return self.error(self.token.start, "here a sign of mathematics is expected")
        return super().misplaced()

    def binding(self) -> int:
        if self.token.kind == "‖" and any(token.kind == "‖" for token in self.open):
            return 0
        if self.token.kind == "|":
            return super().binding()
        return _BINDING.get(self.token.kind, 0)

    # ---- the loop

    def go_on(self, left: Any, binding: int) -> Any:
        token, before = self.token, self.before[-1]
        kind = token.kind
        if kind in ("+", "-"):
            self.advance()
            if self.token.kind == "dots":
                return self.sum_with_dots(left, kind)
            return each(ops.add if kind == "+" else ops.sub, left, self.expression(SUM))
        if kind == "⊙":
            self.advance()
            return each(ops.mul, left, self.expression(PRODUCT))
        if kind == "·":
            self.advance()
            return product(left, self.expression(PRODUCT), self.scope.of_vectors)
        if kind == "ᵀ":
            self.advance()
            return left.transposed if isinstance(left, Array) else left
        if kind == "index":
            self.advance()
            return self.entry(left, token)
        if kind in ("/", "^"):
            self.advance()
            return each(ops.div, left, self.divisor(before)) if kind == "/" else self.power(left)
        if kind == "number":
            raise self.error(token.start, "a number stands in front of other factors: a sign is expected here, such as ·")
        behind_a_number = isinstance(left, Value) and left.op is CONSTANT and before.kind != "name"
        if binding == ARGUMENT and kind in CLOSING and not behind_a_number:
            raise self.error(token.start, f"{IN_TWO_WAYS}: put the whole argument of the function in brackets")
        return product(left, self.expression(BESIDE), self.scope.of_vectors)

    def sum_with_dots(self, left: Any, sign: str) -> Any:
        """a_1 + … + a_n: what the dots leave out is what the last term shows, counted on from the last number before."""
        numbers = re.findall(r"_\{?(?:\w,?)*?([0-9])\}?(?![0-9])", self.text[: self.token.start])
        start = self.token.start
        self.advance()
        if self.token.kind != sign or sign != "+" or not numbers:
            raise self.error(start, "dots are not read where it is not clear what they leave out")
        self.advance()
        start = self.token.start
        self.expression(SUM)
        terms = self.filled(self.text[start : self.token.start], int(numbers[-1]), start)
        for term in terms:
            left = each(ops.add, left, term)
        return left

    def raise_to(self, base: Any, exponent: Any, start: int) -> Any:
        if isinstance(base, Value) and isinstance(exponent, Value):
            return super().raise_to(base, exponent, start)
        return each(ops.pow, base, exponent)

    def entry(self, of: Any, token: Token) -> Value:
        """(…)_i: one entry of a vector, or of a matrix."""
        places = self.scope.letters_in(token.what)
        numbers = [int(p) for p in places if p.isdigit()]
        if not isinstance(of, Array) or len(numbers) != len(places):
            raise self.error(token.start, "an index stands behind a vector, and is a number or a letter that counts")
        flat = of.entries if of.is_vector and len(numbers) == 1 else None
        try:
            if flat is not None:
                return flat[self.checked(numbers[0], len(flat))]
            row, column = numbers
            return of.rows[self.checked(row, of.shape[0])][self.checked(column, of.shape[1])]
        except (IndexError, ValueError):
            raise self.error(token.start, "there is no entry with this index") from None

    @staticmethod
    def checked(place: int, n: int) -> int:
        if not 1 <= place <= n:
            raise IndexError(place)
        return place - 1

    # ---- operands

    def operand(self, binding: int) -> Any:
        token = self.token
        kind = token.kind
        if kind == "-":
            self.advance()
            return each(ops.neg, self.deeper(max(2, binding)))
        if kind == "fraction":
            self.advance()
            above: Any = self.part()
            return each(ops.div, above, self.part())
        if kind == "slope":
            self.advance()
            top, bottoms = token.what
            return self.differentiate(read_quantity(top, self.scope), bottoms)
        if kind == "∇":
            self.advance()
            by, loss = token.what
            return self.scope.gradient_of(loss, read_quantity(by, self.scope))
        if kind == "Σ":
            return self.sum(token)
        if kind == "⟦":
            return self.matrix()
        if kind == "⦃":
            return self.cases()
        if kind == "‖":
            return self.norm()
        if kind == "softmax":
            self.advance()
            inside: Any = self.group()[0]
            if not isinstance(inside, Array):
                raise self.error(token.start, "softmax is of a vector")
            if inside.shape[1] == 1:
                return vector([lift(p) for p in softmax(inside.entries)], inside.axes[0])
            return Array([[lift(p) for p in softmax(row)] for row in inside.rows], inside.axes)  # of a matrix row by row
        if kind == "call":
            self.advance()
            base, primes = token.what
            start = self.token.start
            args: Any = self.group(arguments=True)
            return self.scope.call(base, args, primes, self.text[start : self.before[-1].end])
        if kind in ("(", "[", "{", "|", "left|"):
            group = self.listed() if kind in ("[", "(") else self.group()
            inside = group[0]
            if len(group) > 1:
                return vector(self.scalars(group))
            return each(absolute, inside) if "|" in kind else inside
        if kind in ("index", "ᵀ", "⊙", "¦", "⏎", "⟧"):
            raise self.error(token.start, WANTED)
        return super().operand(binding)

    def number(self, x: Any, what: str) -> Value:
        if not isinstance(x, Value):
            raise ShapeError(f"{what} is a number, and no vector")
        return x

    def comparison(self, sign: str, left: Any, right: Any) -> Value:
        left, right = (self.number(x, "what is compared") for x in (left, right))
        return super().comparison(sign, left, right)

    def scalars(self, entries: Sequence[Any]) -> list[Value]:
        if not all(isinstance(x, Value) for x in entries):
            raise ShapeError("vectors stand within a vector")
        return list(entries)

    def listed(self) -> list[Any]:
        """What stands in brackets: an expression, a comparison, or the entries of a vector."""
        opening = self.token
        self.open_bracket()
        inside = self.cells_until((CLOSING[opening.kind],), (",",))
        if len(inside) == 1 and self.is_at_a_comparison() and opening.kind == "[":
            inside = [self.compare(inside[0])]
        self.close_bracket()
        return inside

    def cells_until(self, closing: tuple[str, ...], between: tuple[str, ...]) -> list[Any]:
        """Cells, with dots among them read as the pattern that the last one shows."""
        found: list[Any] = []
        while True:
            if self.token.kind == "dots":
                self.advance()
                if self.token.kind in between:
                    self.advance()
                start, n = self.token.start, len(found)
                self.deeper()
                last = self.text[start : self.token.start]
                if self.token.kind == "dots" and not n:  # [… f(k) …]
                    self.advance()
                found += self.filled(last, n, start)
            else:
                found.append(self.deeper())
                if self.token.kind == "dots":
                    continue
            if self.token.kind not in between or self.token.kind in closing:
                return found
            self.advance()

    def filled(self, last: str, n: int, start: int) -> list[Any]:
        """The cells from n + 1 on, up to that which is written, whose index is a size."""
        letters = [letter for letter in self.scope.letters_in_formula(last) if letter in self.scope.sizes]  # type: ignore[attr-defined]
        if len(set(letters)) != 1:
            raise self.error(start, "dots are not read where it is not clear what they leave out")
        letter, size = letters[0], self.scope.size(letters[0])
        return [self.with_letters(last, {letter: i}) for i in range(n + 1, size + 1)]

    def with_letters(self, text: str, env: dict[str, int]) -> Any:
        before = self.scope.env
        self.scope.env = {**before, **env}
        try:
            return _IndexedParser(text, self.scope).quantity()
        finally:
            self.scope.env = before

    def matrix(self) -> Any:
        """The rows of a matrix; with dots between rows, the pattern of the last row."""
        self.open.append(self.advance())
        rows: list[list[Any]] = []
        while True:
            if self.token.kind == "dots":
                while self.token.kind in ("dots", "¦"):
                    self.advance()
                if self.token.kind == "⏎":
                    self.advance()
                start = self.token.start
                self.cells_until(("⟧", "⏎"), ("¦", ","))
                rows += [[cell] for cell in self.filled(self.text[start : self.token.start], len(rows), start)]
            else:
                rows.append(self.cells_until(("⟧", "⏎"), ("¦", ",")))
            if self.token.kind != "⏎":
                break
            self.advance()
        if self.token.kind != "⟧":
            raise self.misplaced()
        self.open.pop()
        self.advance()
        return stack(rows)

    def cases(self) -> Any:
        """What holds under the first condition that is met; the last one may be otherwise."""
        self.open.append(self.advance())
        found: list[tuple[Any, Any]] = []
        while True:
            value = self.deeper()
            condition: Any = None
            if self.token.kind in ("¦", ","):
                self.advance()
                text = self.text[self.token.start :]
                end = re.search(r"[⏎⦄]", text)
                condition = _condition(text[: end.start() if end else 0])
                while self.token.kind not in ("⏎", "⦄", "end"):
                    self.advance()
            found.append((value, condition))
            if self.token.kind != "⏎":
                break
            self.advance()
        if self.token.kind != "⦄":
            raise self.misplaced()
        self.open.pop()
        self.advance()
        result = found[-1][0]
        for value, condition in reversed(found[:-1]):
            if condition is None:
                raise ShapeError("a case has no condition")
            unequal = _NOT_EQUAL.sub("=", condition)
            switch = _IndexedParser(f"[{unequal}]", self.scope).quantity()
            if unequal != condition:
                switch = each(ops.sub, constant(1.0), switch)
            result = each(ops.add, each(ops.mul, switch, value), each(ops.mul, each(ops.sub, constant(1.0), switch), result))
        return result

    def norm(self) -> Any:
        self.open.append(self.advance())
        inside: Any = self.deeper()
        if self.token.kind != "‖":
            raise self.misplaced()
        self.open.pop()
        self.advance()
        entries = inside.entries if isinstance(inside, Array) else [inside]
        squares = add_up([apply(ops.mul, [x, x]) for x in entries])
        if self.token.kind == "index":
            self.advance()
        return ops.sqrt(squares)

    # ---- sums

    def sum(self, token: Token) -> Any:
        """Σ or Π of what stands behind it, for all that its letters run through: up to the next plus or minus, or as far as
        there are letters that nothing else binds, as in Σ_i y_i log p_i + (1 − y_i) log(1 − p_i)."""
        kind, low, high = token.what
        letters, first, conditions = _bounds(low)
        start = token.end
        if not letters:
            letters = self.unbound_letter(start)
        sizes = [self.scope.size(letter if high.strip() == "" else high.strip()) for letter in letters]
        ranges = [range(first, size + 1) for size in sizes]
        outer, terms = self.scope.env, list[Any]()
        places: list[dict[str, int]] = [{}]
        for letter, values in zip(letters, ranges):
            places = [{**place, letter: v} for place in places for v in values]
        places = [place for place in places if all(_holds(c, {**outer, **place}) for c in conditions)]
        if not places or not letters:
            raise self.error(token.start, "it is not said what this sum runs over")
        self.scope.env = {**outer, **places[0]}
        try:
            self.advance()
            start = self.token.start
            first_term: Any = self.deeper(SUM)
            end = self.reach([letter for letter in letters if letter not in outer])
            while self.token.kind in ("+", "-") and self.token.start < end:
                first_term = self.go_on(first_term, 0)
            terms.append(first_term)
        finally:
            self.scope.env = outer
        body = self.text[start : self.token.start]
        terms += [self.with_letters(body, place) for place in places[1:]]
        if kind == "∏":
            return multiply(self.scalars(terms))
        if all(isinstance(term, Value) for term in terms):
            return add_up(terms)
        total = terms[0]
        for term in terms[1:]:
            total = each(ops.add, total, term)
        return total

    def reach(self, letters: Sequence[str]) -> int:
        """Where the last term ends, of those from here on in these brackets, in which one of some letters counts."""
        found = at = self.token.start
        depth, term = 0, at
        while at <= len(self.text) and depth >= 0:
            c = self.text[at : at + 1]
            depth += (c in "([{⟦⦃" and c != "") - (c in ")]}⟧⦄" and c != "")
            if depth < 0 or not c or (depth == 0 and c in "+-−=¦⏎," and at > term):
                text = self.text[term:at]
                if set(letters) & set(self.scope.letters_in_formula(text)) and not _SUM.search(text):  # type: ignore[attr-defined]
                    found = at
                term = at
            at += 1
            if not c or (depth == 0 and c in "=¦⏎,"):
                break
        return found

    def unbound_letter(self, start: int) -> list[str]:
        """The one letter behind a Σ without bounds that nothing else says."""
        found = [x for x in self.scope.letters_in_formula(self.text[start:]) if x not in self.scope.env]  # type: ignore[attr-defined]
        return list(dict.fromkeys(found))[:1]

    # ---- derivatives and functions

    def derivative(self, token: Token) -> Any:
        _, bottoms = token.what
        grouped = self.token.kind in CLOSING
        y = self.deeper(BESIDE if grouped else ARGUMENT)
        if grouped and self.binding() >= BEFORE_FUNCTION and self.binding() < _TIGHTEST:
            raise self.error(self.token.start, f"{IN_TWO_WAYS}: put all that is differentiated in brackets, or a sign here")
        return self.differentiate(y, bottoms)

    def differentiate(self, y: Any, bottoms: Sequence[tuple[str, int]]) -> Any:
        for name, order in reversed(bottoms):
            x = read_quantity(name, self.scope)
            for _ in range(order):
                y = self.scope.differentiate(y, x)
        return y

    def root_of(self, inside: Any, degree: Any) -> Any:
        degree = self.number(degree, "the degree of a root")
        if isinstance(inside, Array):
            return inside.map(lambda x: super(_IndexedParser, self).root_of(x, degree))
        return super().root_of(inside, degree)

    def leaf(self, token: Token) -> Any:
        if token.kind == "constant" and token.what == 2.718281828459045 and self.token.kind == "^":
            self.advance()
            return each(ops.exp, self.deeper(BESIDE))
        if token.kind == "name":
            return token.what
        return super().leaf(token)

    def function(self, token: Token) -> Any:
        """A function with its arguments, entry by entry."""
        op, primes, exponent, start = token.what, 0, None, 0
        while self.token.kind == "prime":
            self.advance()
            primes += 1
        if self.token.kind == "^":
            self.advance()
            start = self.token.start
            exponent = self.number(self.exponent(), "the power of a function")
        if exponent is not None and exponent.op is ops.neg:
            raise self.error(start, f"{IN_TWO_WAYS}: write 1/{self.text[token.start : token.end]}(…)")
        args: list[Any] = self.group(arguments=True) if self.token.kind in ("(", "[", "{") else [self.deeper(ARGUMENT)]
        if len(args) == 1 and isinstance(args[0], Array):
            y: Any = args[0].map(lambda x: self.applied(op, [x], primes, token))
        elif any(isinstance(x, Array) for x in args):
            arrays = [x for x in args if isinstance(x, Array)]
            n, m = arrays[0].shape
            if any(x.shape != (n, m) for x in arrays):
                raise ShapeError("the arguments of a function have different shapes")
            y = Array(
                [
                    [
                        self.applied(op, [x.rows[i][j] if isinstance(x, Array) else x for x in args], primes, token)
                        for j in range(m)
                    ]
                    for i in range(n)
                ]
            )
        else:
            y = self.applied(op, args, primes, token)
        return y if exponent is None else self.raise_to(y, exponent, start)

    def applied(self, op: Primitive, args: list[Value], primes: int, token: Token) -> Value:
        y = self.apply(op, args, token)
        if primes:
            if primes > 1 or len(args) > 1:
                raise self.error(token.start, "a prime is the first derivative of a function of one argument")
            y = lift(op.slopes(y, args)[0])
        return y


def stack(rows: Sequence[Sequence[Any]]) -> Any:
    """Cells as one array; cells that are arrays themselves are put side by side, and below one another."""
    cells = [cell for row in rows for cell in row]
    if any(isinstance(cell, Array) for cell in cells):
        if len(cells) == 1:
            return cells[0]
        if all(len(row) == 1 and isinstance(row[0], Array) and row[0].shape[0] == 1 for row in rows):
            return Array([list(row[0].rows[0]) for row in rows])
        raise ShapeError("arrays stand within an array")
    if len({len(row) for row in rows}) > 1:
        raise ShapeError("the rows of this matrix are not of one length")
    if len(cells) == 1:
        return cells[0]
    return Array(rows)


_BOUND = re.compile(r"\s*(?P<letters>[^\W\d_][′'’]*(?:\s*,\s*[^\W\d_][′'’]*)*)\s*(?:=\s*(?P<first>[01]))?\s*(?P<rest>.*)")
_UNEQUAL = re.compile(r"\s*([^\W\d_][′'’]*)\s*(?:≠|!=|\\neq?|\\not\s*=)\s*([^\W\d_][′'’]*|[0-9])\s*")


def _bounds(low: str) -> tuple[list[str], int, list[tuple[str, str]]]:
    """The letters below a Σ, where they begin, and which are not to be equal."""
    low = low.strip()
    if not low:
        return [], 1, []
    if unequal := _UNEQUAL.fullmatch(low):
        return [unequal[1]], 1, [(unequal[1], unequal[2])]
    match = _BOUND.fullmatch(low)
    if match is None or match["rest"].strip(" ,"):
        raise ShapeError(f"what this sum runs over is not read: {low}")
    return (
        [letter.strip().replace("’", "'").replace("′", "'") for letter in match["letters"].split(",")],
        int(match["first"] or 1),
        [],
    )


def _holds(condition: tuple[str, str], env: dict[str, int]) -> bool:
    one, other = (int(x) if x.isdigit() else env.get(x) for x in condition)
    return one != other


_NOT_EQUAL = re.compile(r"\\neq?(?![A-Za-z])|\\not\s*=|≠|!=")


def _condition(text: str) -> str | None:
    """A condition without the words around it; None for otherwise."""
    text = re.sub(r"\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}", r" \1 ", text)
    if re.search(r"\b(?:otherwise|else|sonst)\b", text):
        return None
    return re.sub(r"\b(?:if|for|when|where)\b", " ", text).strip(" ,.")


__all__ = ["NAME", "FormulaError", "Scope", "closing_of", "prepare", "read_quantity"]
