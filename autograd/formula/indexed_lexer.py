r"""The signs of formulas with indices: how sums, matrices, derivatives and calls are written.

    \begin{bmatrix} a & b \\ …     ⟦a¦b⏎…⟧, before anything is read
    \sum_{j=1}^{k}                  one token, with its bounds
    \frac{\partial y}{\partial x}   one token, with what is differentiated by what

A `Scope` says what a name is, how sizes and index letters stand, and what a derivative comes to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from autograd.formula import patterns
from autograd.formula.arrays import Quantity
from autograd.formula.lexer import Lexer, Token
from autograd.formula.name_keys import Key, key_of
from autograd.value import Value

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
DOTS = re.compile(r"\\[lc]?dots(?![A-Za-z])|…|⋯|\.\.\.")
_HADAMARD = re.compile(r"\\(?:odot|circ)(?![A-Za-z])|[⊙∘]")
_NORM = re.compile(r"\\(?:left|right)?\s*\\\||\\[lr]?Vert(?![A-Za-z])|\\\||‖")
_ANGLES = re.compile(r"\\langle(?![A-Za-z])|⟨"), re.compile(r"\\rangle(?![A-Za-z])|⟩")
_SOFTMAX = re.compile(r"(?:\\(?:text|mathrm|operatorname)\s*\{\s*)?[sS]oftmax\s*\}?(?=\s*(?:[(\[]|\\left))")
_NABLA = re.compile(r"(?:\\nabla(?![A-Za-z])|∇)\s*_?\s*")
_LOWERED, _RAISED = patterns.LOWERED.pattern, patterns.RAISED.pattern
SUMMED = re.compile(
    rf"(?:\\sum(?![A-Za-z])|∑|Σ(?=\s*(?:[_({{\\‖|√]|[^\W\d_]|{_LOWERED}))|\\prod(?![A-Za-z])|∏|(?<![A-Za-z\\])(?:sum|prod)(?=\s*_))"
    r"(?:\\limits(?![A-Za-z]))?\s*"
)
_BOUND = re.compile(
    r"\s*(?:(?P<sign>[_^])\s*(?:\{(?P<group>(?:[^{}]|\{[^{}]*\})*)\}|\((?P<round>[^()]*)\)|(?P<one>\\[A-Za-z]+|[0-9]+|\w))"
    rf"|(?P<low>{_LOWERED})|(?P<high>{_RAISED}))"
)
_BELOW_A_NAME = re.compile(rf"_\s*(?:\{{([^{{}}]*)\}}|([^\W_]))|({_LOWERED})")
_D = r"(?:∂|\\partial(?![A-Za-z])|\\mathrm\s*\{d\}|d)"
_BARE_SCRIPT = re.compile(r"\((?:\w|[+\-−])+\)|\[(?:\w|[+\-−])+\]|[0-9]+|(?:new|old|hat|pred|true|in|out)(?![A-Za-z])")
_LETTERS_OR_STAR = re.compile(r"[^\W\d_]+|\*")
_FRACTION = re.compile(r"\\[tdc]?frac\s*(?=\{)")
_ABOVE = re.compile(rf"\s*(?P<d>{_D})\s*(?:\^\s*\{{?(?P<order>[2-9])\}}?)?(?P<rest>.*)", re.DOTALL)
_SCRIPT = rf"(?:[_^](?:{patterns.GROUP}))"
_LOW_HIGH = rf"[{re.escape(''.join(patterns.LOW).replace(',', ''))}⁰¹²³⁴-⁹⁽⁾]"
NAME = (
    rf"(?:{patterns.WITH_AN_ACCENT}|\\(?:text|mathrm)\s*\{{\w+\}}"
    rf"|\\(?!partial|frac|sum|cdot|log|exp|left|right)[A-Za-z]+|(?![∂²³])[^\W\d_][\u0300-\u036f]*)[′'’]*(?:{_SCRIPT}|{_LOW_HIGH})*"
)
_BELOW = re.compile(rf"\s*{_D}\s*(?P<name>{NAME})\s*(?:\^\s*\{{?(?P<order>[2-9])\}}?)?\s*(?:\\cdot(?![A-Za-z])|·)?\s*")
_POWER_OF_A_NAME = re.compile(r"(.*)\^(?:\{\s*([2-9])\s*\}|([2-9]))")
_UP_TO_A_BRACE = re.compile(r"\s*(?=\{)")
_BARE_FUNCTION = re.compile(r"\\(?:sigma|tanh|exp|log|ln|sin|cos)|σ|tanh|ReLU|relu")
_WORD_BELOW = re.compile(rf"\s*{_D}\s*(?P<name>[^\W\d_]{{2,}})(?P<index>_(?:\w|\{{[^{{}}]*\}}))?\s*")
_WORD_NAME = r"(?![²³])[^\W\d_]+[0-9]*(?:_\w+)?"
_INLINE = re.compile(
    rf"(?P<d>∂|\\partial(?![A-Za-z])|(?<![A-Za-z\\])d)\s*(?P<top>{NAME}(?:\s*\([^()]*\))?)?\s*/\s*"
    rf"(?:∂|\\partial(?![A-Za-z])|d)\s*(?P<bottom>{NAME})"
)
_INLINE_WORDS = re.compile(rf"(?P<d>∂|(?<![A-Za-z\\])d)(?P<top>{_WORD_NAME})\s*/\s*(?:∂|d)(?P<bottom>{_WORD_NAME})")
_PURE = re.compile(rf"\s*(?:\(|\\left\s*\()\s*{NAME}(?:\s*[,;|]\s*{NAME})*\s*(?:\\right\s*)?\)")
_CONDITION = re.compile(
    r"(?:[,;]?\s*¦|[,;](?=\s*(?:\\(?:text|mathrm|mbox)\s*\{\s*)?(?:if|for|when|where|otherwise|else)\b))(?P<said>[^⏎⦄]*)"
)
_TWO_BARS = re.compile(r"\|\|")
MARKS = "⟦¦⏎⟧⦃⦄⊙‖"


class Scope(Protocol):
    """What a formula with indices speaks of."""

    env: dict[str, int]
    of_vectors: str
    names: Mapping[str, Value | float]
    sums: int  # within which it is read
    sizes: set[str]  # letters up to which others count
    is_lenient: bool  # whether a number may stand for a vector, and a letter for any number

    def __contains__(self, key: Key) -> bool: ...
    def __getitem__(self, key: Key) -> Quantity: ...
    def __iter__(self) -> Iterator[Key]: ...
    def differentiate(self, top: Quantity, bottom: Quantity) -> Quantity: ...
    def size(self, letter: str) -> int: ...
    def letters_in(self, text: str) -> list[str]: ...
    def letters_in_formula(self, text: str) -> list[str]: ...
    def is_called(self, base: str, inside: str, pure: bool, primed: bool) -> str: ...
    def call(self, base: str, args: list[Quantity], primes: int, text: str) -> Quantity: ...
    def loss(self) -> str: ...
    def count(self, text: str) -> None: ...
    def expect_vector(self, of: Quantity, strict: bool = False) -> None: ...


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
    if text.count("||") > 1:  # ||x||, but in |a||b| a factor begins there
        text = _TWO_BARS.sub(lambda m: m[0] if text.count("|", 0, m.start()) % 4 in (1, 3) else "‖", text)
    text = _ANGLES[1].sub("]", _ANGLES[0].sub("[", text))
    return _DOTS.sub(r"\\dots ", text).replace("&", " ")


def has_cells(text: str) -> bool:
    """Whether a matrix or cases stand in a text that is dressed: undressed, it is without begin and end."""
    return "begin" in text and _MATRIX.search(text) is not None


def bounds_behind(text: str, at: int) -> tuple[str, str, int]:
    """What stands below and above a Σ, in either order, and where that ends."""
    found = {"_": "", "^": ""}
    for _ in range(2):
        match = _BOUND.match(text, at)
        sign = match and (match["sign"] or ("_" if match["low"] else "^"))
        if match is None or sign is None or found[sign]:
            break
        run = match["low"] or match["high"]
        found[sign] = patterns.spell(run) if run else match["group"] or match["round"] or match["one"] or " "
        at = match.end()
    return found["_"], found["^"], at


def letters_below(text: str) -> list[str]:
    """The letters in what stands below the names of a formula: those that may count."""
    below = [group or one or patterns.spell(run) for group, one, run in _BELOW_A_NAME.findall(text)]
    return [letter for part in below for letter in re.findall(r"[^\W\d_]'*", part.replace("′", "'").replace("’", "'"))]


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


class IndexedLexer(Lexer):
    """The tokens of a text in a scope."""

    def __init__(self, text: str, scope: Scope) -> None:
        super().__init__(text, scope.names)
        self.scope = scope
        self.known: Any = scope
        self.given = {key_of("T")} if key_of("T") in scope else set()

    def next(self, at: int) -> Iterable[Token]:
        text = self.text
        if condition := self.condition(at):
            return [condition]
        if text[at] in MARKS:
            return [Token(text[at], at, at + 1)]
        if match := DOTS.match(text, at):
            return [Token("dots", at, match.end())]
        if name := self.literal(at) or self.derivative(at):
            return [name]
        if found := self.slope_token(at):
            return [found]
        if match := _NABLA.match(text, at):
            return [self.nabla(match)]
        if (match := SUMMED.match(text, at)) and not (text[at] == "Σ" and key_of("Σ") in self.scope):
            return [self.sum_token(match)]
        if self.last is not None and self.last.kind in ("name", "constant", ")", "]", "}", "⟧", "ᵀ", "index", "‖"):
            raised = bool(self.scope.names) and "T" in text[at : at + 3] and key_of("T") in self.known
            if (match := patterns.TRANSPOSED.match(text, at)) and not raised:
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

    def condition(self, at: int) -> Token | None:
        r"""All that stands behind the value of a case, up to the next: & \text{if } x > 0"""
        text = self.text
        is_case = text.rfind("⦃", 0, at) > max(text.rfind("⦄", 0, at), text.rfind("⟦", 0, at))
        if not is_case or (match := _CONDITION.match(text, at)) is None:
            return None
        return Token("condition", at, match.end(), match["said"])

    def script(self, at: int) -> Iterator[tuple[int, str]]:
        """What stands behind _ or ^: a group, a sign of layers, digits, or one letter."""
        if self.scope.names or patterns.BRACED.match(self.text, at) or patterns.WORD.match(self.text, at):
            yield from super().script(at)
        elif match := _BARE_SCRIPT.match(self.text, at):
            yield match.end(), match[0]
        elif (command := patterns.COMMAND.match(self.text, at)) and command[1] in patterns.LETTERS:
            yield command.end(1), patterns.LETTERS[command[1]]
        elif letters := patterns.match_at(_LETTERS_OR_STAR, self.text, at):
            if len(letters) > 1 and "\\" not in self.written:
                yield at + len(letters), letters
            yield at + 1, letters[0]

    def slope_token(self, at: int) -> Token | None:
        r"""\frac{\partial y}{\partial x}, ∂y/∂x or dy/dx, and d/dx in front of what is differentiated."""
        text = self.text
        if match := _FRACTION.match(text, at):
            return self.slope_fraction(at, match.end())
        ways = (_INLINE,) if "\\" in text else (_INLINE, _INLINE_WORDS)
        matches = [found for way in ways if (found := way.match(text, at))]
        if not matches:
            return None
        found = max(matches, key=lambda match: match.end())
        return self.slope_of(at, found.end(), (found["top"] or "").strip(), [(found["bottom"], 1)], 1)

    def slope_fraction(self, at: int, opening: int) -> Token | None:
        r"""\frac{\partial y}{\partial x}, of which the first brace stands at a place."""
        text, middle = self.text, closing_of(self.text, opening)
        if middle < 0 or not (between := _UP_TO_A_BRACE.match(text, middle + 1)):
            return None
        end = closing_of(text, between.end())
        above, below = _ABOVE.fullmatch(text[opening + 1 : middle]), text[between.end() + 1 : end]
        if end < 0 or above is None or above["rest"].strip() in ("²", "³") or not re.match(rf"\s*{_D}", below):
            return None
        bottoms = self.bottoms_of(below)
        if not bottoms or (above["d"] == "d" and not re.match(r"\s*(?:d|\\mathrm\s*\{d\})", below)):
            return None
        return self.slope_of(at, end + 1, above["rest"].strip(), bottoms, int(above["order"] or 1))

    def bottoms_of(self, below: str) -> list[tuple[str, int]]:
        """By what is differentiated, and how often by each; nothing where something else stands below the line, too."""
        bottoms: list[tuple[str, int]] = []
        place = 0
        while match := _BELOW.match(below, place):
            name, order = match["name"], int(match["order"] or 1)
            if power := _POWER_OF_A_NAME.fullmatch(name):
                name, order = power[1], int(power[2] or power[3])
            bottoms.append((name, order))
            place = match.end()
        if place == len(below):
            return bottoms
        word = _WORD_BELOW.fullmatch(below)
        is_name = word is not None and key_of(word["name"]) in self.scope
        return [(f"\\text{{{word['name']}}}{word['index'] or ''}", 1)] if word and is_name else []

    def slope_of(self, at: int, end: int, top: str, bottoms: list[tuple[str, int]], order: int) -> Token:
        if _BARE_FUNCTION.fullmatch(top) and len(bottoms) == 1 and key_of(top.lstrip("\\")) not in self.scope:
            top = f"{top}({bottoms[0][0]})"  # dσ/dz
        if sum(n for _, n in bottoms) != order:
            raise self.error(at, "above and below, as often as differentiated: write d^2/dx^2")
        bracketed = top.startswith("(") and top.endswith(")") and closing_of(top, 0) == len(top) - 1
        if not top:
            return Token("d", at, end, bottoms)
        return Token("slope", at, end, (top[1:-1] if bracketed else top, bottoms))

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
        low, high, at = bounds_behind(self.text, match.end())
        at += len(self.text[at:]) - len(self.text[at:].lstrip())
        return Token("Σ", match.start(), at, ("∏" if "∏" in match[0] or "prod" in match[0] else "Σ", low, high))

    def call_token(self, at: int) -> Token | None:
        """A name in front of brackets that is a function here, or a quantity with what it depends on."""
        for end, base, whole in self.bases(at):
            primes = patterns.match_at(patterns.PRIMES, self.text, end)
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
