r"""Ordinary written mathematics, read into Values: what `autograd.formula` writes, and what people write by hand.

A formula is read and never run: no text becomes Python code, and it can reach nothing but the names that it is given. Two
steps lead from a text to a graph:

    _Lexer     text into tokens. SIGNS says what each sign is; letters side by side are cut into the names, functions and
               constants that they spell. The names decide: where x is a name, x(1 − x) is a product, and so is xy where xy
               is no name, but x and y are
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
    [x > 0]            1 where x > 0, else 0, as are 1_{x>0} and \mathbf{1}_{x > 0}; with ≥ it is 1 at 0 too

and refused where neither reading is the usual one: 1/2x, log o (1 − o), log2x, 2½, x 2.
"""

from __future__ import annotations

import math
import re
from collections import namedtuple
from difflib import get_close_matches
from functools import lru_cache, reduce
from unicodedata import combining, normalize, numeric

from autograd import primitives as ops
from autograd.graph import leaves
from autograd.names import ACCENTS, GREEK, UNSUB, UNSUP, Parts, latex_name, text_name
from autograd.primitives import CONSTANT, PRIMITIVES, Primitive
from autograd.value import Value, constant, lift

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LONGEST, DEEPEST, HIGHEST = 2_000, 60, 64  # characters; brackets in brackets; whole-number exponents
LONGEST_NAME = 40  # letters side by side


class FormulaError(ValueError):
    """A text that cannot be read as a formula. Printed, it shows the place, and what is expected there.

    text: the whole text
    position: the place in it, from 0 on
    reason: the sentence behind the caret
    """

    def __init__(self, text: str, position: int, reason: str) -> None:
        super().__init__(text, position, reason)
        self.text, self.position, self.reason = text, position, reason

    def __str__(self) -> str:
        start = max(0, self.position - 60) if len(self.text) > 100 else 0
        shown = "…" * (start > 0) + self.text[start : start + 100] + "…" * (len(self.text) > start + 100)
        shown = "".join(c if c.isprintable() else " " for c in shown)
        before = shown[: self.position - start + (start > 0)]
        return f"{shown}\n{' ' * sum(not combining(c) for c in before)}^ {self.reason}"


def parse(text: str, names: Mapping[str, Value | float] | None = None) -> Value:
    r"""The graph of a formula that is written as on paper, in plain text or in LaTeX.

    text: one formula, such as "-t log o - (1-t) log(1-o)" or r"\frac{1}{1 + e^{-w_1 x_1}}"
    names: what it may speak of, by name; where a name stands, there is the Value itself. Names are compared as mathematics:
        w1, w_1, w_{1} and w₁ are one name, and so are θ and \theta; ŷ, \hat{y} and y_hat; a^(1)_2 and a_2^{(1)}. Without
        names, each word and each Greek letter is a new Value(1.0): `variables` finds them

    >>> w, x = Value(0.5, label="w_1"), Value(2.0, label="x_1")
    >>> parse("2w_1x_1 - 1/x_1", {"w_1": w, "x_1": x})
    Value(1.5)
    >>> parse("w_1 + + x_1", {"w_1": w, "x_1": x})
    Traceback (most recent call last):
    autograd.parsing.FormulaError: w_1 + + x_1
          ^ here a number, a name or a bracket is expected

    Raises FormulaError, which knows the place, for a text that cannot be read or can be read in two ways: unknown names and
    characters, over 2,000 characters, brackets over 60 deep, whole-number exponents over 64, and so on.
    Raises ValueError if two of names are one name.
    """
    return _Parser(text, names).formula()


def variables(y: Value) -> dict[str, Value]:
    """The leaves of a graph by name, in the order in which the formula names them; constants are none.

    >>> list(variables(parse("w*x + b")))
    ['w', 'x', 'b']
    """
    return {leaf.label: leaf for leaf in leaves(y) if leaf.op is None and leaf.label}


def split_chain(text: str) -> list[tuple[str, int]]:
    """The formulas of a chain a = b ≈ c, with the places in text where they begin; a sign at the front counts for nothing.

    >>> split_chain("o = σ(z) ≈ 0.62")
    [('o', 0), ('σ(z)', 4), ('0.62', 11)]

    Raises FormulaError where nothing stands between two signs, or behind the last.
    """
    cuts, depth = [0], 0
    for match in _CHAIN.finditer(text):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if depth <= 0 and match[0] not in "()[]{}":
            cuts += match.span()
    pieces = [(text[start:end], start) for start, end in zip(cuts[::2], [*cuts[1::2], len(text)])]
    if len(pieces) > 1 and not pieces[0][0].strip():
        del pieces[0]
    for piece, start in pieces:
        if not piece.strip():
            raise FormulaError(text, start + len(piece), "here a formula is expected")
    return [(piece.strip(), start + len(piece) - len(piece.lstrip())) for piece, start in pieces]


# ---------------------------------------------------------------------------------------------------------------- tables

SIGNS = {  # what is written, and the kind of token that it is
    spelling: kind
    for kind, spellings in {
        "+": "+", "-": "- − –", "·": r"· * × ⋅ ∙ ∗ \cdot \times \ast", "/": r"/ ÷ : ∕ \div", "^": "^ **",
        "(": "(", ")": ")", "[": "[", "]": "]", "{": r"{ \{ \lbrace", "}": r"} \} \rbrace",
        "|": r"| \vert", "left|": r"\lvert", "right|": r"\rvert", ",": ",",
        ">": r"> \gt", "<": r"< \lt", "≥": r"≥ >= \ge \geq", "≤": r"≤ <= \le \leq", "=": r"= ≈ := == \approx",
        "fraction": r"\frac \dfrac \tfrac", "root": r"√ \sqrt", "cube root": "∛", "∞": r"∞ \infty",
        "prime": r"' ′ ’ ^\prime ^{\prime}", "_": "_",
        "sum": r"\sum ∑ \prod ∏ \int ∫", "dots": r"⋯ … ... \cdots \ldots \dots",
    }.items()
    for spelling in spellings.split()
}  # fmt: skip

SUM, NEGATION, PRODUCT, BEFORE_FUNCTION, ARGUMENT, BESIDE, POWER = range(1, 8)  # from loose to tight
OPERANDS = ("number", "name", "constant", "(", "[", "{", "|", "left|", "fraction", "root", "cube root", "step", "∞")
BINDING = {  # how tightly a token holds on to what stands left of it; an operand there is one more factor
    "+": SUM, "-": SUM, "·": PRODUCT, "/": PRODUCT, "^": POWER,
    "function": BEFORE_FUNCTION, **dict.fromkeys(OPERANDS, BESIDE),
}  # fmt: skip
INFIX = ("+", "-", "·", "/", "^")
CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "left|": "right|"}
COMPARISONS = (">", "<", "≥", "≤")

FUNCTIONS: dict[str, Primitive] = {
    **{name: PRIMITIVES[name] for name in """exp expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan atan2 sinh
       cosh tanh asinh acosh atanh hypot erf erfc sigmoid softplus relu leaky_relu elu gelu silu abs sign clip""".split()},
    "ln": ops.log, "σ": ops.sigmoid, "sig": ops.sigmoid, "logistic": ops.sigmoid, "max": ops.maximum, "min": ops.minimum,
    "maximum": ops.maximum, "minimum": ops.minimum, "arcsin": ops.asin, "arccos": ops.acos, "arctan": ops.atan,
    "arctan2": ops.atan2, "arsinh": ops.asinh, "arcosh": ops.acosh, "artanh": ops.atanh, "arcsinh": ops.asinh,
    "arccosh": ops.acosh, "arctanh": ops.atanh, "leakyrelu": ops.leaky_relu, "sgn": ops.sign, "swish": ops.silu,
    "clamp": ops.clip,
}  # fmt: skip
IN_WORDS = set("exp ln log sin cos tan sinh cosh tanh σ".split())  # what is looked for in a word such as logx
INVERSE = {
    ops.sin: ops.asin, ops.cos: ops.acos, ops.tan: ops.atan,
    ops.sinh: ops.asinh, ops.cosh: ops.acosh, ops.tanh: ops.atanh,
}  # fmt: skip
BASES = {"e": ops.log, "2": ops.log2, "10": ops.log10, "₂": ops.log2, "₁₀": ops.log10}
SECOND_ARGUMENT = {ops.leaky_relu: 0.01, ops.elu: 1.0}  # where it is left out
CONSTANTS = {"e": math.e, "π": math.pi, "nan": math.nan}

IN_TWO_WAYS = "this can be read in two ways"
WANTED = "here a number, a name or a bracket is expected"
MISPLACED = {
    **dict.fromkeys(COMPARISONS, "a comparison stands in square brackets, as in [x > 0]"),
    **dict.fromkeys([")", "]", "}", "right|"], "this bracket was never opened"),
    "=": "one formula is read at a time, and here another begins",
    "prime": "a prime stands behind the name of a function, as in σ′(x)",
    "_": "an index stands behind a name",
    ",": "a comma stands between the arguments of a function",
}
LONG = {
    "sum": "sums, products and integrals by a sign are not read: write the terms one by one",
    "dots": "dots are not read: write all the terms",
}


# ------------------------------------------------------------------------------------------------- names in one spelling

Key = tuple[object, ...]  # (base, primes, above, below), or ("∂", key, key), or ("", text)
_OF_A_LABEL = re.compile(r"(?:∂|d)(.+)/(?:∂|d)(.+)|\\[td]?frac\s*\{\\partial\b(.+?)\}\s*\{\\partial\b(.+)\}")


@lru_cache(maxsize=4096)
def _normal(label: str) -> Key:
    """What all ways to write one name have in common."""
    if derivative := _OF_A_LABEL.fullmatch(label):
        return "∂", *(_normal(name.strip()) for name in derivative.groups() if name)
    text = _ACCENTED.sub(lambda m: _accented(m) or m[0], label)
    text = _COMMAND.sub(lambda m: _LETTERS.get(m[1], m[0]), text)
    text = _LOWERED.sub(lambda m: f"_{{{''.join(map(_LOW.__getitem__, m[0]))}}}", _WORD.sub(r"\2", text))
    parts = Parts(re.sub(r"\^(\[\w+\])", r"^{\1}", text.replace("’", "′")))
    base = parts.base.rstrip("′")
    return _key(base, len(parts.base) - len(base), parts.up, parts.down) if base else ("", text.replace(r"\_", "_"))


@lru_cache(maxsize=4096)
def _literals(label: str) -> tuple[str, ...]:
    """How a name is spelt that is not put together of a base and what stands above and below it."""
    key, in_latex = _normal(label), latex_name(label)
    if "" in (key[0], *(part[0] for part in key[1:] if isinstance(part, tuple))):
        plain = [str(part) for part in key[1:] if not key[0]]
        return tuple(spelling for spelling in (label, *plain, text_name(label), in_latex) if spelling.strip())
    return (in_latex,) if r"\text" in in_latex else ()


def _accented(match: re.Match[str]) -> str:
    r"""A letter with its accent, \hat{y} as ŷ; nothing where the letter is none."""
    letter = (match[2] or match[3]).strip()
    letter = _LETTERS.get(letter[1:], "") if letter[0] == "\\" else letter
    return letter and normalize("NFC", letter + _OVER[match[1]])


@lru_cache(maxsize=4096)
def _key(base: str, primes: int = 0, up: str = "", down: str = "") -> Key:
    base = "".join(c if c == "ℓ" else normalize("NFKC", c) for c in normalize("NFC", base))  # 𝑥 is x
    above, below = _script(up), _script(down)
    if accent := re.fullmatch(r"(.)(hat|bar|tilde)", base):  # yhat
        base = accent[1] + ACCENTS[accent[2]]
    elif len(base) == 1 and (accent := re.fullmatch(r"(hat|bar|tilde)_?(.*)", below)):  # y_hat, y_hat_1
        base, below = base + ACCENTS[accent[1]], accent[2]
    return normalize("NFC", GREEK.get(base, base)), primes, above, below


def _script(text: str) -> str:
    """What stands above or below a name; 1,2 is 12."""
    text = re.sub(r"\\(?:mathrm|text|mathit)\s*\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\([A-Za-z]+) ?", lambda m: GREEK.get(m[1], m[0]), text)
    text = "".join(text.split()).replace("\\", "").replace("−", "-")
    indices = text.split(",")
    return "".join(indices) if all(len(index) == 1 for index in indices) else GREEK.get(text, text)


# ------------------------------------------------------------------------------------------------------- text into tokens


class Token(namedtuple("Token", "kind start end what")):
    """A piece of a text: its kind, where it begins and ends, and the number, Value or operation that it stands for."""

    __slots__ = ()


_HIGH = {chr(raised): plain for raised, plain in UNSUP.items()} | dict(zip("ˣʸᶻᵗ", "xyzt"))
_LOW = {chr(lowered): plain for lowered, plain in UNSUB.items()} | {",": ","}
_FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
_LETTERS = {command: sign for command, sign in GREEK.items() if command not in ("partial", "cdot", "times")}
_LETTERS |= {"varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "varrho": "ρ"}
_OVER = {**ACCENTS, "widehat": ACCENTS["hat"], "overline": ACCENTS["bar"], "widetilde": ACCENTS["tilde"]}

_R = f"[{re.escape(''.join(_HIGH))}]"
_L = f"[{re.escape(''.join(_LOW).replace(',', ''))}]"
_D = r"(?:∂|\\partial(?![A-Za-z])|d|\\mathrm\{d\})\s*"
_N = "[0-9]"
_END = "(?![A-Za-z])"  # of a command
_PART = rf"(?:\{{\s*{_N}+\s*\}}|{_N})"
_BLANKS = re.compile(
    rf"(?:[\s~$\u200b\u2061-\u2063]|\\[,;:! ]|\\(?:q?quad|displaystyle|textstyle){_END}"
    rf"|\\(?:left|right|[bB]igg?[lrm]?){_END}\s*(?=[()\[\]]|\\[{{}}]|\\[lr](?:brace|vert)))+"
)
_BAR = re.compile(rf"\\(left|right|[bB]igg?[lr])\s*(?:\||\\vert{_END})")
_SIGN = re.compile("|".join(re.escape(s) + _END * s[-1].isalpha() for s in sorted(SIGNS, key=len, reverse=True)))
_NUMBER = re.compile(rf"(?:{_N}+(?:\.(?!\.){_N}*)?|\.{_N}+)(?:[eE][+\-−]?{_N}+)?")
_PLAIN_FRACTION = re.compile(rf"\\[td]?frac\s*{_PART}\s*{_PART}")
_STEP = re.compile(r"1_(?=\{)|(?:𝟙|\\math(?:bf|bb|rm)\s*(?:\{1\}|1))\s*_?\s*(?=[{(\[]|\\\{|\\left)")
_WORD = re.compile(r"\\(mathrm|mathbf|mathit|mathsf|text|operatorname\*?)\s*\{((?:\w|\\_)+)\}")
_ACCENTED = re.compile(rf"\\({'|'.join(_OVER)}){_END}\s*(?:\{{\s*(\w|\\[A-Za-z]+)\s*\}}|(\w|\\[A-Za-z]+ *))")
_COMMAND = re.compile(r"\\([A-Za-z]+) *")
_FUNCTION_WORD = re.compile("[A-Za-z]+[A-Za-z0-9_]*")
_LOG_BASE = re.compile(rf"_\{{?(10|2|e)\}}?(?!{_N})|(₁₀|₂)(?!{_L})")
_TO_A_POWER = re.compile(rf"\s*(?:\^|\*\*|{_R})")
_PRIMES, _DIGITS = re.compile("[′'’]*"), re.compile(f"{_N}*")
_LOWERED, _RAISED = re.compile(f"{_L}+(?:,{_L}+)*"), re.compile(f"{_R}+")
_BRACED = re.compile(r"\{((?:[^{}]|\{[^{}]*\})*)\}")
_IN_BRACKETS = re.compile(r"\([^\W_][\w+,\-−]*\)|\[\w+\]")
_BARE = re.compile(r"[^\W_](?:[^\W_]|[_,](?=[^\W_]))*")
_GOES_ON = re.compile(rf"{_N}|[_'′’]|{_L}")  # what stands behind a name only as a part of it
_LAYER = rf"(?:\^\{{?\({_N}+\)\}}?|⁽[⁰¹²³⁴-⁹]+⁾)"
_LAYER_AHEAD = re.compile(f"{_GOES_ON.pattern}|{_LAYER}")  # where a^(1) is a name, a^(2) is no square
_BEHIND_A_NAME = re.compile(rf"{_N}*[′'’]*(?:[_^](?:\{{[^{{}}]*\}}|\(\w*\)|\w+)|{_L})*_?")
_DERIVATIVES = [  # what stands before, between and behind the names of a derivative
    (re.compile(_D), re.compile(rf"\s*/\s*{_D}"), re.compile("")),
    (re.compile(rf"\\[td]?frac\s*\{{\s*{_D}"), re.compile(rf"\s*\}}\s*\{{\s*{_D}"), re.compile(r"\s*\}")),
]
_CHAIN = re.compile(rf"[()\[\]{{}}]|:=|==?|≈|≃|\\approx{_END}")

# Names in a text where none are given: words, and letters that are Greek or have an accent, with what belongs to them.
_ONE = rf"(?:(?!{_R}|{_L}|[{_FRACTIONS}])[^\W\d_][{''.join(ACCENTS.values())}]*)"
_GREEK = f"[{''.join(_LETTERS.values())}]"
_NEW_BASE = re.compile(
    rf"{_ACCENTED.pattern}|{_WORD.pattern}|(?:Δ|\\Delta{_END} *)?(?:(?!{_GREEK}){_ONE})+|{_COMMAND.pattern}|{_GREEK}"
)
_NEW_SCRIPT = rf"(?:_\{{[^{{}}]*\}}|_{_N}+|_{_ONE}+(?:_{_N}+)?|{_L}+)"
_NEW_NAME = re.compile(
    rf"{_NUMBER.pattern}|\\math\w+\{{1\}}|(?P<raised>[ⁱⁿˣʸᶻᵗ])|(?P<d>∂\s*|\\partial{_END}\s*)?"
    rf"(?P<name>(?:{_NEW_BASE.pattern})[′'’]*(?:{_N}+|{_LAYER}?{_NEW_SCRIPT}?{_LAYER}?))"
)


def _taken(pattern: re.Pattern[str], text: str, at: int) -> str:
    """What a pattern matches here, or nothing."""
    match = pattern.match(text, at)
    return match[0] if match else ""


class _Lexer:
    """The tokens of a text, one after the other, so that the first mistake is the one that is reported."""

    def __init__(self, text: str, names: Mapping[str, Value | float] | None) -> None:
        self.text = text
        self.start, self.end = len(text) - len(text.lstrip("$ \t\r\n")), len(text.rstrip("$ \t\r\n"))
        self.units: dict[int, tuple[str, int] | None] = {}  # what `unit` found, since letters are looked at again and again
        added = [op for op in PRIMITIVES.values() if op.name not in ops._BUILT_IN]
        self.functions = {op.notation.symbol: op for op in added} | FUNCTIONS | {op.name: op for op in added}
        self.known: dict[Key, Value] = {}
        self.labels: dict[Key, str] = {}
        for label, value in (self.invented() if names is None else names).items():
            key = _normal(label)
            if key not in self.known:
                self.labels[key], self.known[key] = label, lift(value)
            elif names is not None:
                raise ValueError(f"{self.labels[key]!r} and {label!r} are one name: give one of them another")
        self.layered = {key[0] for key in self.known if len(key) == 4 and str(key[2]).startswith("(")}
        spellings = {spelling: key for key, label in self.labels.items() for spelling in _literals(label)}
        self.literals = sorted(spellings.items(), key=lambda item: -len(item[0]))

    def invented(self) -> dict[str, Value]:
        """A new Value for each name that the text could mean, where none are given."""
        found, above = {}, ""
        for match in _NEW_NAME.finditer(self.text):
            name = _HIGH[match["raised"]] if match["raised"] else (match["name"] or "").strip()
            base = _taken(_NEW_BASE, name, 0).strip()
            word = base.rstrip("}").rpartition("{")[2].lstrip("\\")
            is_command = base == "\\" + word and word.isalpha() and word not in _LETTERS
            is_number = base == name and GREEK.get(word, word) in CONSTANTS
            if match["d"]:  # the first of two makes no name, but ∂L and ∂w do
                above, name = ("", f"∂{above}/∂{name}") if above else (name, "")
            elif is_command or is_number or self.function(word) or self.function(name):
                continue
            if name and name[0] != "Σ":
                found[name] = Value(1.0, name)
        return found

    def tokens(self) -> Iterator[Token]:
        """Each token; the last is of kind "end"."""
        at = self.start
        while at < self.end:
            if blanks := _BLANKS.match(self.text, at):
                at = blanks.end()
            else:
                for token in self.next(at):
                    yield token
                    at = token.end
        yield Token("end", self.end, self.end, None)

    def next(self, at: int) -> Iterable[Token]:
        """The tokens that begin here: one, or as many as letters side by side or raised signs stand for."""
        text = self.text
        if name := self.literal(at) or self.derivative(at):
            return [name]
        if match := _STEP.match(text, at):
            return [Token("step", at, match.end(), None)]
        if match := _NUMBER.match(text, at):
            return [Token("number", at, match.end(), float(match[0].replace("−", "-")))]
        if text[at] in _FRACTIONS:
            return [Token("number", at, at + 1, numeric(text[at]))]
        if match := _RAISED.match(text, at):
            return self.exponent(match)
        if match := _BAR.match(text, at):
            return [Token("left|" if match[1] == "left" or match[1].endswith("l") else "right|", at, match.end(), None)]
        if match := _WORD.match(text, at):
            return [self.word(match)]
        if self.unit(at):
            return self.run(at)
        if match := _SIGN.match(text, at):
            kind = SIGNS[match[0]]
            if kind in LONG:
                raise self.error(at, LONG[kind])
            return [Token(kind, at, match.end(), None)]
        match = _COMMAND.match(text, at)
        if match and (op := self.function(match[1])):
            return [self.finished(Token("function", at, match.end(1), op))]
        if match or text[at] == "∂":
            raise self.unknown(at, match[0].strip() if match else re.split(r"[\s+*·)\]}]", text[at:])[0])
        raise self.error(at, f"the character {text[at]!r} means nothing here")

    def error(self, at: int, reason: str) -> FormulaError:
        return FormulaError(self.text, at, reason)

    def unknown(self, at: int, spelling: str) -> FormulaError:
        """The error for a name, with the nearest one that is known, or all that are."""
        names = list(self.labels.values())
        near = get_close_matches(spelling[:LONGEST_NAME], [*names, *(f for f in self.functions if len(f) > 2)], 1)
        hint = f"; the names are {', '.join(names[:8])}{', …' * (len(names) > 8)}" if names else ""
        return self.error(at, f"{spelling[:LONGEST_NAME]} is not known here" + (f"; is {near[0]} meant?" if near else hint))

    # ---- names

    def literal(self, at: int) -> Token | None:
        """A name that is no mathematics, such as my_value, spelt just so."""
        for spelling, key in self.literals:
            end = at + len(spelling)
            if self.text.startswith(spelling, at):
                goes_on = _GOES_ON.match(self.text, end) or (spelling[-1].isalnum() and self.unit(end))
                if not goes_on:
                    return Token("name", at, end, self.known[key])
        return None

    def derivative(self, at: int) -> Token | None:
        """∂E/∂w, in any of its spellings, where that is a name."""
        found = None
        for before, between, behind in _DERIVATIVES:
            if opening := before.match(self.text, at):
                for p, top in self.names(opening.end()).items():
                    if middle := between.match(self.text, p):
                        for q, bottom in self.names(middle.end()).items():
                            closing = behind.match(self.text, q)
                            if closing and ("∂", top, bottom) in self.known:
                                found = Token("name", at, closing.end(), self.known["∂", top, bottom])
        return found

    def names(self, at: int) -> dict[int, Key]:
        """All that could be a name here, known or not: its key, by where it ends."""
        found = {}
        for end, base, whole in self.bases(at):
            primes = _taken(_PRIMES, self.text, end) if whole else ""
            digits = _taken(_DIGITS, self.text, end + len(primes)) if whole else ""
            behind = end + len(primes) + len(digits)
            for stop, up, down in self.scripts(behind) if whole else [(end, "", "")]:
                key = _key(base, len(primes), up, digits or down)
                goes_on = _LAYER_AHEAD if key[0] in self.layered and not up else _GOES_ON
                if not goes_on.match(self.text, stop) and not (digits and down):
                    found[stop] = key
        return dict(sorted(found.items()))

    def bases(self, at: int) -> Iterator[tuple[int, str, bool]]:
        """The letters that a name could begin with: where they end, what they are, and whether no more letters follow."""
        if word := _WORD.match(self.text, at):
            yield word.end(), word[2], True
            return
        letters, end = "", at
        while (unit := self.unit(end)) and len(letters) <= LONGEST_NAME:
            letters, end = letters + unit[0], unit[1]
            yield end, letters, self.unit(end) is None

    def unit(self, at: int) -> tuple[str, int] | None:
        """One letter, Greek or with an accent perhaps, and where it ends."""
        if at not in self.units:
            self.units[at] = self.letter(at) if at < self.end else None
        return self.units[at]

    def letter(self, at: int) -> tuple[str, int] | None:
        if match := _ACCENTED.match(self.text, at):
            return (letter, match.end()) if (letter := _accented(match)) else None
        if (match := _COMMAND.match(self.text, at)) and match[1] in _LETTERS:
            return _LETTERS[match[1]], match.end()
        letter, end = self.text[at], at + 1
        if not (letter.isalpha() or letter == "∇") or letter in _LOW or letter in _HIGH:
            return None
        while end < self.end and self.text[end] in ACCENTS.values():
            end += 1
        return normalize("NFC", self.text[at:end]), end

    def scripts(self, at: int) -> Iterator[tuple[int, str, str]]:
        """What may stand above and below a name, in either order: where it ends, and both."""
        yield at, "", ""
        for end, down in self.below(at):
            yield end, "", down
            yield from ((stop, up, down) for stop, up in self.above(end))
        for end, up in self.above(at):
            yield end, up, ""
            yield from ((stop, up, down) for stop, down in self.below(end))

    def below(self, at: int) -> Iterator[tuple[int, str]]:
        if run := _LOWERED.match(self.text, at):
            yield run.end(), "".join(map(_LOW.__getitem__, run[0]))
        elif self.text.startswith("_", at):
            yield from self.script(at + 1)

    def above(self, at: int) -> Iterator[tuple[int, str]]:
        if run := _RAISED.match(self.text, at):
            plain = "".join(map(_HIGH.__getitem__, run[0]))
            yield from ((at + n, plain[:n]) for n in range(1, len(plain) + 1))
        elif self.text.startswith("^", at):
            yield from self.script(at + 1)

    def script(self, at: int) -> Iterator[tuple[int, str]]:
        """What could stand behind _ or ^: a group, or so many characters as make a known name."""
        if group := _BRACED.match(self.text, at) or _WORD.match(self.text, at):
            yield group.end(), group[group.lastindex or 1]
        elif (command := _COMMAND.match(self.text, at)) and command[1] in _LETTERS:
            yield command.end(1), _LETTERS[command[1]]
        elif layer := _IN_BRACKETS.match(self.text, at):
            yield layer.end(), layer[0]
        elif bare := _BARE.match(self.text, at):
            yield from ((at + n, bare[0][:n]) for n in range(1, min(len(bare[0]), LONGEST_NAME) + 1))

    # ---- letters side by side

    def run(self, at: int) -> Iterable[Token]:
        """Letters side by side as names, functions and constants: the longest first whose rest can be cut up too."""
        starts = [at]
        while unit := self.unit(starts[-1]):
            starts.append(unit[1])
        if len(starts) > LONGEST_NAME + 1:
            raise self.error(at, f"here over {LONGEST_NAME} letters stand side by side")
        stop = starts[-1]
        best: dict[int, Token] = {}
        for start in starts[-2::-1]:
            for piece in self.pieces(start, start == at, stop):
                if piece.end >= stop or piece.end in best:
                    best[start] = piece
                    break
        if at not in best:
            if self.text[at] == "Σ":
                raise self.error(at, LONG["sum"])
            raise self.unknown(at, self.text[at:stop] + _taken(_BEHIND_A_NAME, self.text, stop))
        while at in best:
            yield self.finished(best[at])
            at = best[at].end

    def pieces(self, start: int, whole: bool, stop: int) -> list[Token]:
        """Names, functions and constants that begin here, longest first; whole: no letter stands in front of them."""
        named = [Token("name", start, end, self.known[key]) for end, key in self.names(start).items() if key in self.known]
        return sorted(named + self.words(start, whole, stop), key=lambda piece: -piece.end)

    def words(self, start: int, whole: bool, stop: int) -> list[Token]:
        """Functions and constants that begin here."""
        text, found = self.text, []
        words = [(end, letters) for end, letters, _ in self.bases(start)]
        if (match := _FUNCTION_WORD.match(text, start)) and match.end() > stop:  # log2, leaky_relu
            words.append((match.end(), match[0]))
        for end, word in words:
            alone = whole and end >= stop
            if (op := self.function(word)) and (alone or word in IN_WORDS):
                found.append(Token("function", start, end, op))
            word = GREEK.get(word, word)
            in_front_of_a_power = word == "e" and end >= stop and _TO_A_POWER.match(text, end)
            if word in CONSTANTS and (alone or word == "π" or in_front_of_a_power):
                found.append(Token("constant", start, end, CONSTANTS[word]))
        return found

    def word(self, match: re.Match[str]) -> Token:
        r"""A word in letters of its own: \mathrm{net}, \operatorname{relu}."""
        at, word = match.start(), match[2].replace(r"\_", "_")
        keys = [(match.end(), ("", word)), *self.names(at).items()]
        named = [Token("name", at, end, self.known[key]) for end, key in keys if key in self.known]
        op = self.function(word)
        if op and (not named or match[1].startswith("operatorname")):
            return self.finished(Token("function", at, match.end(), op))
        if not named and word in CONSTANTS:
            return Token("constant", at, match.end(), CONSTANTS[word])
        if not named:
            raise self.unknown(at, word)
        return named[-1]

    def function(self, word: str) -> Primitive | None:
        word = GREEK.get(word, word)
        return self.functions.get(word) or (self.functions.get(word.lower()) if len(word) > 1 else None)

    def finished(self, token: Token) -> Token:
        """A logarithm with the base that stands behind it; any other token as it is."""
        if token.what is not ops.log or not self.text[: token.end].rstrip("}").lower().endswith("log"):
            return token
        if base := _LOG_BASE.match(self.text, token.end):
            return token._replace(end=base.end(), what=BASES[base[1] or base[2]])
        behind = _taken(_GOES_ON, self.text, token.end)
        if behind.isascii() and behind.isdigit():
            raise self.error(token.start, f"{IN_TWO_WAYS}: write log_2(x), or log(2x)")
        if behind == "_" or behind in _LOW:
            raise self.error(token.end, "a logarithm has the base e, 2 or 10 here: write log(x)/log(b) for others")
        return token

    def exponent(self, match: re.Match[str]) -> Iterable[Token]:
        """Raised signs, as ^ and a pair of braces."""
        at, end = match.span()
        yield Token("^", at, at, None)
        yield Token("{", at, at, None)
        for part in re.finditer("[0-9]+|.", "".join(map(_HIGH.__getitem__, match[0]))):
            start, stop = at + part.start(), at + part.end()
            if part[0].isdigit():
                yield Token("number", start, stop, float(part[0]))
            elif part[0].isalpha():
                if _key(part[0]) not in self.known:
                    raise self.unknown(start, part[0])
                yield Token("name", start, stop, self.known[_key(part[0])])
            else:
                yield Token(SIGNS[part[0]], start, stop, None)
        yield Token("}", end, end, None)


# ------------------------------------------------------------------------------------------------------ tokens into a graph


class _Parser:
    """One formula: `expression` is the loop, and each form that an operand can have is a method."""

    def __init__(self, text: str, names: Mapping[str, Value | float] | None) -> None:
        if len(text) > LONGEST:
            raise FormulaError(text, LONGEST, f"a formula has up to {LONGEST:,} characters, and this text has {len(text):,}")
        lexer = _Lexer(text, names)
        self.text, self.error, self.stream = text, lexer.error, lexer.tokens()
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
        closing = CLOSING[self.open[-1].kind] if self.open else ""
        if closing and kind in CLOSING.values():
            return self.error(at, f"here {closing.replace('right', chr(92) + 'right')} is expected")
        return self.error(at, MISPLACED[kind])

    def opened(self) -> None:
        self.open.append(self.advance())

    def closed(self) -> None:
        if self.token.kind != CLOSING[self.open[-1].kind]:
            raise self.misplaced()
        self.open.pop()
        self.advance()

    # ---- the loop

    def expression(self, binding: int = 0) -> Value:
        """All that holds together more tightly than binding."""
        left = self.operand(binding)
        while self.binding() > binding:
            left = self.continued(left, binding)
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

    def continued(self, left: Value, binding: int) -> Value:
        """left, with the sign that stands here and what is right of it, or with one more factor."""
        token, before = self.token, self.before[-1]
        if token.kind in INFIX:
            self.advance()
            if token.kind == "+":
                return left + self.expression(SUM)
            if token.kind == "-":
                return left - self.expression(SUM)
            if token.kind == "·":
                return left * self.expression(PRODUCT)
            return left / self.divisor(before) if token.kind == "/" else self.power(left)
        if token.kind == "number" or (before.kind == "number" and _PLAIN_FRACTION.match(self.text, token.start)):
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
        if fraction and self.binding() in (BEFORE_FUNCTION, BESIDE):
            a, b = self.text[above.start : above.end], self.text[first.start : first.end]
            raise self.error(self.token.start, f"{IN_TWO_WAYS}: write ({a}/{b})·… or {a}/({b}·…)")
        while self.binding() > PRODUCT:
            below = self.continued(below, PRODUCT)
        return below

    def power(self, base: Value) -> Value:
        """base ^ what stands here; since that takes in further powers, 2^3^2 is 2^(3^2)."""
        start = self.token.start
        return self.raised(base, self.deeper(BESIDE), start)

    def raised(self, base: Value, exponent: Value, start: int) -> Value:
        """base ** exponent, unless that is a number too large."""
        number = exponent.inputs[0] if exponent.op is ops.neg else exponent
        of_ten = base.op is CONSTANT and base.data == 10.0  # 10⁻³⁰⁰ is a number
        if number.op is CONSTANT and number.data.is_integer() and number.data > HIGHEST and not of_ten:
            raise self.error(start, f"whole-number exponents go up to {HIGHEST} here")
        return base**exponent

    # ---- operands

    def operand(self, binding: int = BESIDE) -> Value:
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
        if kind == "fraction":
            self.advance()
            above = self.part()
            return above / self.part()
        if kind in ("root", "cube root"):
            return self.root(self.advance())
        if kind == "step":
            self.advance()
            return self.step()
        if kind in ("=", "prime", "_", ",") or (kind in CLOSING.values() and not self.open):
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
        self.opened()
        inside = [self.deeper()]
        if comparison and self.token.kind in COMPARISONS:
            inside = [self.compared(inside[0])]
        while arguments and self.token.kind == ",":
            self.advance()
            inside.append(self.deeper())
        self.closed()
        return inside

    def compared(self, left: Value) -> Value:
        """1 where left > right, and so on, else 0."""
        sign = self.advance().kind
        right = self.deeper()
        if sign in ("<", "≥"):
            left, right = right, left
        return ops.greater(left, right) if sign in ("<", ">") else 1.0 - ops.greater(left, right)

    def step(self) -> Value:
        r"""The comparison behind 1_: in one pair of brackets, or in two as in 1_{\{x > 0\}}."""
        openers = 1
        self.opened()
        if self.token.kind == "{":
            openers = 2
            self.opened()
        left = self.deeper()
        if self.token.kind not in COMPARISONS:
            raise self.error(self.token.start, "here a comparison is expected, as in 1_{x > 0}")
        inside = self.compared(left)
        for _ in range(openers):
            self.closed()
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
        if degree.op is CONSTANT and degree.data in (2.0, 3.0):
            return ops.sqrt(inside) if degree.data == 2.0 else ops.cbrt(inside)
        return inside ** (1.0 / degree)

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
        y = self.applied(op, args, token)
        if primes:
            if primes > 1 or len(args) > 1:
                raise self.error(token.start, "a prime is the first derivative of a function of one argument")
            y = lift(op.slopes(y, args)[0])
        return y if exponent is None else self.raised(y, exponent, start)

    def exponent(self) -> Value:
        """What stands above the name of a function: a group, or a number or a name, with a minus perhaps."""
        if self.token.kind in ("(", "{"):
            return self.group()[0]
        minus = self.token.kind == "-" and self.advance()
        if self.token.kind not in ("name", "number"):
            raise self.error(self.token.start, WANTED)
        return -self.leaf(self.advance()) if minus else self.leaf(self.advance())

    def applied(self, op: Primitive, args: list[Value], token: Token) -> Value:
        """The function of its arguments, if they are as many as it takes; max and min take more than two."""
        if op in SECOND_ARGUMENT and len(args) == 1:
            args.append(constant(SECOND_ARGUMENT[op]))
        if op in (ops.maximum, ops.minimum) and len(args) > 2:
            return reduce(op, args)
        if op.arity not in (None, len(args)):
            count = f"{self.text[token.start : token.end]} takes {op.arity} argument{'s' * (op.arity != 1)}, not {len(args)}"
            comma = re.search("[0-9],[0-9]", self.text[token.start : self.token.start])
            raise self.error(token.start, count + "; a number has a point, as in 0.5" * (comma is not None))
        return op(*args)
