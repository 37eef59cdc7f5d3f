"""What a written formula is made of, as patterns: characters above and below the line, numbers, names, derivatives.

Each pattern says what one piece looks like, wherever it stands; which of them is looked for, and when, lexer.py decides.
"""

from __future__ import annotations

import re

from autograd.formula.signs import SIGNS
from autograd.formula.spellings import END, FONTS
from autograd.writing.names import ACCENTS, GREEK, UNSUB, UNSUP


def _any_of(*kinds: str) -> str:
    """All signs of these kinds, the longest first; a command ends where its letters do."""
    signs = sorted((sign for sign, kind in SIGNS.items() if kind in kinds), key=len, reverse=True)
    return "|".join(re.escape(sign) + (END if sign[-1].isalpha() else "") for sign in signs)


HIGH = {chr(raised): plain for raised, plain in UNSUP.items()} | dict(zip("ˣʸᶻᵗᵉʷ", "xyztew"))
LOW = {chr(lowered): plain for lowered, plain in UNSUB.items()} | {",": ","}
FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
LETTERS = {command: sign for command, sign in GREEK.items() if command not in ("partial", "cdot", "times")}
LETTERS |= {"varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "varrho": "ρ"}
OVER = {**ACCENTS, "widehat": ACCENTS["hat"], "overline": ACCENTS["bar"], "widetilde": ACCENTS["tilde"]}


def spell(signs: str) -> str:
    """Signs above or below the line as plain ones: ₁₂ as 12."""
    return "".join(LOW.get(c) or HIGH.get(c, c) for c in signs)


def match_at(pattern: re.Pattern[str], text: str, at: int) -> str:
    """What a pattern matches at a place, or nothing."""
    match = pattern.match(text, at)
    return match[0] if match else ""


_R = f"[{re.escape(''.join(HIGH))}]"
_L = f"[{re.escape(''.join(LOW).replace(',', ''))}]"
_D = r"(?:∂|\\partial(?![A-Za-z])|d|\\mathrm\{d\})\s*"
_N = "[0-9]"
_PART = rf"(?:\{{\s*{_N}+\s*\}}|{_N})"
BLANKS = re.compile(r"\s+")
BAR = re.compile(rf"\\(left|right|[bB]igg?[lr])\s*(?:\||\\vert{END})")
SIGN = re.compile(_any_of(*SIGNS.values()))
NUMBER = re.compile(rf"({_N}+(?:\.(?!\.){_N}*)?|\.{_N}+)(?:([eE])([+\-−–]?{_N}+))?")
APART = re.compile(rf"\s*([eE])(\s*[+\-−–]{_N}+|0{_N}+)(?![\w.])")  # an exponent that stands apart
MINUS = str.maketrans("−–", "--")
FACTOR = re.compile(rf"\s*(?:(?P<number>(?:(?<=\s)[\-−–])?\.?{_N})|[(\[{{√]|\\[A-Za-z{{]|(?<=\s)[^\W\d_])")
PLAIN_FRACTION = re.compile(rf"\\[td]?frac\s*{_PART}\s*{_PART}")
STEP = re.compile(r"1_(?=\{)|(?:𝟙|\\math(?:bf|bb|rm)\s*(?:\{1\}|1))\s*_?\s*(?=[{(\[]|\\\{|\\left)")
WORD = re.compile(rf"\\({'|'.join(FONTS)}|operatorname\*?)\s*\{{((?:\w|\\_)+)\}}")
ACCENTED = re.compile(rf"\\({'|'.join(OVER)}){END}\s*(?:\{{\s*(\w|\\[A-Za-z]+)\s*\}}|(\w|\\[A-Za-z]+ *))")
WITH_AN_ACCENT = rf"\\(?:{'|'.join(OVER)})\s*(?:\{{\s*(?:\\[A-Za-z]+|\w)\s*\}}|\s\w|\\[A-Za-z]+)"  # known or not
GROUP = r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\([^()]*\)|\[[^\[\]]*\]|\\[A-Za-z]+|\w"  # behind _ or ^
COMMAND = re.compile(r"\\([A-Za-z]+) *")
FUNCTION_WORD = re.compile("[A-Za-z]+[A-Za-z0-9_]*")
LOG_BASE = re.compile(rf"_\{{?(10|2|e)\}}?(?!{_N})|(₁₀|₂)(?!{_L})")
TO_A_POWER = re.compile(rf"\s*(?:\^|\*\*|{_R})")
PRIMES, DIGITS = re.compile("[′'’]*"), re.compile(f"{_N}*")
NEW = re.compile(r"_(?:new|\{new\})$|ⁿᵉʷ")
LOWERED, RAISED = re.compile(f"{_L}+(?:,{_L}+)*"), re.compile(f"{_R}+")
BRACED = re.compile(r"\{((?:[^{}]|\{[^{}]*\})*)\}")
IN_BRACKETS = re.compile(r"\([^\W_][\w+,\-−]*\)|\[\w+\]")
ALONE = re.compile(r"[+*](?!\s*[\w.({\[\\])")  # w^+, w^*
BARE = re.compile(r"[^\W_](?:[^\W_]|[_,](?=[^\W_]))*")
GOES_ON = re.compile(rf"{_N}|[_'′’]|{_L}")  # what stands behind a name only as a part of it
_LAYER = rf"(?:\^\{{?\({_N}+\)\}}?|⁽[⁰¹²³⁴-⁹]+⁾)"
LAYER_AHEAD = re.compile(f"{GOES_ON.pattern}|{_LAYER}")  # where a^(1) is a name, a^(2) is no square
OF_A_NAME = re.compile(r"\s*\(\s*[^\W\d]\w*\s*\)")
OPERAND = re.compile(r"\s+[\w\\√]|\s*[\\√]")
AMONG_NUMBERS = re.compile(rf"{_N}\s+$"), re.compile(rf"\s+[+\-−–]?\.?{_N}")  # an x that is a sign
BEHIND_D = re.compile(r"[^\s}/()]*")
BEHIND_A_NAME = re.compile(rf"{_N}*[′'’]*(?:[_^](?:\{{[^{{}}]*\}}|\(\w*\)|\w+)|{_L})*_?")
DERIVATIVES = [  # what stands before, between and behind the names of a derivative
    (re.compile(_D), re.compile(rf"\s*/\s*{_D}"), re.compile("")),
    (re.compile(rf"\\[td]?frac\s*\{{\s*{_D}"), re.compile(rf"\s*\}}\s*\{{\s*{_D}"), re.compile(r"\s*\}")),
]
RELATION = _any_of("=", "⇒")  # the signs that part a chain
ARROW = _any_of("⇒")
_ORDER = r"(?:\^\s*(?:\{\s*([2-9])\s*\}|([2-9]))|([²³]))?"
OPERATORS = [  # what stands before and behind the name in d/dx
    (re.compile(rf"{_D}{_ORDER}\s*/\s*{_D}"), re.compile(_ORDER)),
    (re.compile(rf"\\[td]?frac\s*\{{\s*{_D}{_ORDER}\s*\}}\s*\{{\s*{_D}"), re.compile(rf"{_ORDER}\s*\}}")),
]
_WORD_OF_D = r"[^\W\d_]\w*(?:_\{\w+\})?"
QUOTIENT = re.compile(
    rf"(?:\\[td]?frac\s*\{{\s*d\s?|(?<![\w\\]) ?(?P<plain>d))(?P<above>{_WORD_OF_D})"
    rf"(?(plain)/d|\s*\}}\s*\{{\s*d\s?)(?P<below>{_WORD_OF_D})(?(plain)|\s*\}})"
)
_T = r"(?:T|\\top|\\intercal|⊤)"
TRANSPOSED = re.compile(rf"\s*(?:\^\s*(?:\{{\s*{_T}\s*\}}|{_T}(?![\w])|(?:\\top|\\intercal)(?![A-Za-z]))|ᵀ)")
CHAIN = re.compile(rf"\\(?P<part>begin|end)\s*\{{\w+\*?\}}|[()\[\]{{}}]|[<>]=|(?P<relation>{RELATION})")

_WORDS_OF_INDICES = "sum|prod|odot|circ|[lr]?Vert|langle|nabla|[lcdv]?dots|begin"
INDEXED = re.compile(  # sums over an index, vectors, matrices: what indexed.py reads
    rf"\\(?:{_WORDS_OF_INDICES})(?![A-Za-z])|\\\||\|\||[∑∏Σ⊙∘‖⟨∇…⋯⋮]|\.\.\.|{TRANSPOSED.pattern}"
    r"|[sS]oftmax|(?<![A-Za-z\\])(?:sum|prod)\s*_|[)\]]\s*_"
)

# Names in a text where none are given: words, and letters that are Greek or have an accent, with what belongs to them.
_ONE = rf"(?:(?!{_R}|{_L}|[ᵀ{FRACTIONS}])[^\W\d_][{''.join(ACCENTS.values())}]*)"
_GREEK = f"[{''.join(LETTERS.values())}]"
NEW_BASE = re.compile(
    rf"{ACCENTED.pattern}|{WORD.pattern}|(?:Δ|\\Delta{END} *)?(?:(?!{_GREEK}){_ONE})+|{COMMAND.pattern}|{_GREEK}"
)
_NEW_SCRIPT = rf"(?:_\{{[^{{}}]*\}}|_{_N}+|_{_ONE}+(?:_{_N}+)?|{_L}+)"
NEW_NAME = re.compile(
    rf"{NUMBER.pattern}|\\math\w+\{{1\}}|(?P<raised>[ⁱⁿˣʸᶻᵗ])|(?P<d>∂\s*|\\partial{END}\s*)?"
    rf"(?P<name>(?:{NEW_BASE.pattern})[′'’]*(?:{_N}+|{_LAYER}?{_NEW_SCRIPT}?{_LAYER}?))"
)
