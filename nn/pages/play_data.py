"""What play.html knows: the table of operations and the grammar of formulas, written out as plain data.

Nothing is typed a second time. Partials are the table's own rules, called on leaves and written down as trees; formulas are
written by the library's writer around letters that nobody uses, which become places; patterns are those of the lexer, in
JavaScript's spelling. So the page knows every operation, one that a person has added included: where its definition is in
operations of the table, and gives its numbers. Of any other the page says that it lacks it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any
from unicodedata import decimal, numeric

from autograd.formula import expressions, lexer, patterns, signs, spellings, systems
from autograd.formula.writing import formula
from autograd.graph import nodes
from autograd.operation import PRIMITIVES, Primitive
from autograd.value import Value
from autograd.writing import names
from autograd.writing.notation import ATOM
from nn.pages.page import plain
from nn.pages.trees import tree

MOST_INPUTS = 17  # of an operation that takes any number: a neuron of eight inputs and its bias
OUTPUT, *INPUTS = map(chr, range(0x13A0, 0x13A0 + MOST_INPUTS + 2))  # Cherokee letters, which no operation is written with
_POINTS = (0.3, 0.7, -0.4, 1.3, -2.1)  # where a definition has to give the numbers of the operation


# ------------------------------------------------------------------------------------------------------------- the table


def table() -> dict[str, Any]:
    """Every operation by its name, as plain data."""
    return {name: _row(op) for name, op in PRIMITIVES.items()}


def _row(op: Primitive) -> dict[str, Any]:
    row: dict[str, Any] = {"arity": op.arity, "symbol": op.notation.symbol}
    if op.name in op.built_in:
        return row | _rules(op)
    try:
        return row | _added(op)
    except _NotInThePage as error:
        return row | {"refused": f"{op.name} was added in Python, and {error}, so that this page cannot compute it"}


class _NotInThePage(ValueError):
    """An operation that a page cannot compute, and why."""


def _rules(op: Primitive) -> dict[str, Any]:
    """The notation and the partials of an operation; for any number of inputs a list, by how many there are."""
    sizes = [op.arity] if op.arity is not None else range(MOST_INPUTS + 1)
    each = [_of_size(op, n) for n in sizes]
    return each[0] if op.arity is not None else {"sizes": each}


def _of_size(op: Primitive, n: int) -> dict[str, Any]:
    form, places = op.notation.text, [f"{{{i}}}" for i in range(n)]
    if not n:
        return {}
    z, xs = Value(0.0), [Value(0.0) for _ in range(n)]
    return {
        "template": op.notation.write([(place, ATOM) for place in places]),
        "level": form.level,
        "places": list(form.places) if isinstance(form.places, tuple) else [form.places] * n,
        "partials": [tree(slope, z, xs) for slope in op.slopes(z, xs)],
        "formulas": local_formulas(op, n),
    }


def local_formulas(op: Primitive, n: int, fixed: Sequence[float | None] = ()) -> list[str]:
    """The local derivatives with places in them: {z}·(1 − {z}).

    fixed: the inputs that are constants, as numbers; None for any other
    """
    z, letters = Value(0.4, label=OUTPUT), [Value(0.3 + i / 10, label=letter) for i, letter in zip(range(n), INPUTS)]
    xs = [letter if x is None else x for letter, x in zip(letters, fixed or [None] * n)]
    try:
        slopes = op.slopes(z, xs)
        return [_places(formula(slope)) if isinstance(slope, Value) else _number(slope) for slope in slopes]
    except TypeError:  # a rule for whole numbers alone, which no person writes
        return [""] * n


def _number(x: float) -> str:
    return (
        formula(Value(0.0, label="x") * x).removesuffix("·x") if x not in (0.0, 1.0, -1.0) else f"{x:.0f}".replace("-", "−")
    )


def _places(text: str) -> str:
    signs_of = str.maketrans({OUTPUT: "{z}"} | {letter: f"{{{i}}}" for i, letter in enumerate(INPUTS)})
    return text.translate(signs_of)


def _added(op: Primitive) -> dict[str, Any]:
    """An operation that a person has added, in operations of the table."""
    if op.arity is None or op.definition is None:
        raise _NotInThePage("has no definition in operations of the table" if op.arity else "takes any number of inputs")
    xs = [Value(0.3) for _ in range(op.arity)]
    found = op.definition(*xs)
    if not isinstance(found, Value):
        raise _NotInThePage("its definition gives no formula")
    own = [each.op.name for each in nodes(found) if each.inputs and each.op and each.op.name not in op.built_in]
    if own:
        raise _NotInThePage(f"its definition uses {own[0]}, which is not of the table")
    for point in _points(op.arity):
        if not _agree(_at(found, xs, point), op.value(*point)):
            raise _NotInThePage(
                f"its definition gives other numbers than itself at {point[0] if len(point) == 1 else point}"
            )
    rules = _rules(op)
    strange = [name for partial in rules["partials"] for name in _operations(partial) if name not in {*op.built_in, op.name}]
    if strange:
        raise _NotInThePage(f"its partial derivative uses {strange[0]}, which is not of the table")
    return rules | {"definition": tree(found, None, xs)}


def _points(n: int) -> list[tuple[float, ...]]:
    return [tuple(_POINTS[(i + j) % len(_POINTS)] for j in range(n)) for i in range(len(_POINTS))]


def _at(y: Value, xs: list[Value], point: tuple[float, ...]) -> float:
    for x, data in zip(xs, point):
        x.data = data
    return y.forward()


def _agree(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))


def _operations(written: Any) -> list[str]:
    if not isinstance(written, list):
        return []
    return [written[0], *(name for branch in written[1:] for name in _operations(branch))]


# ------------------------------------------------------------------------------------------------------------ the grammar

_PATTERNS = """BLANKS SIGN NUMBER APART FACTOR STEP FUNCTION_WORD LOG_BASE TO_A_POWER PRIMES DIGITS NEW LOWERED RAISED BRACED
    IN_BRACKETS ALONE BARE GOES_ON LAYER_AHEAD OF_A_NAME OPERAND BEHIND_A_NAME TRANSPOSED CHAIN NEW_BASE NEW_NAME
    INDEXED""".split()


def grammar() -> dict[str, Any]:
    """All that lexer, parser and systems go by, as plain data."""
    added = [op for op in PRIMITIVES.values() if op.name not in Primitive.built_in]
    functions = {op.notation.symbol: op for op in added} | signs.FUNCTIONS | {op.name: op for op in added}
    return {
        "patterns": {name: javascript(getattr(patterns, name)) for name in _PATTERNS}
        | {
            "PARTS": javascript(names._LABEL),
            "OPERATOR": javascript(patterns.OPERATORS[0][0]),
            "COMMENT": javascript(systems._COMMENT),
            "DEFINED": javascript(systems._WORD),
        },
        "undress": [javascript(pattern) for pattern in _UNDRESSING],
        "alike": {chr(code): sign for code, sign in spellings._ALIKE.items()},
        "zeros": _zeros(),
        "signs": signs.SIGNS,
        "functions": {word: word if isinstance(op, signs.Composed) else op.name for word, op in functions.items()},
        "composed": {word: _composed(op) for word, op in functions.items() if isinstance(op, signs.Composed)},
        "inWords": sorted(signs.IN_WORDS),
        "bases": {sign: op.name for sign, op in signs.BASES.items()},
        "elsewhere": signs.ELSEWHERE,
        "constants": {word: plain(x) for word, x in signs.CONSTANTS.items()},
        "inTwoWays": signs.IN_TWO_WAYS,
        "long": signs.LONG,
        "greek": names.GREEK,
        "signWords": names._SIGN_WORDS,
        "accents": names.ACCENTS,
        "subscripts": {chr(code): chr(low) for code, low in names.SUBSCRIPTS.items()},
        "superscripts": {chr(code): chr(high) for code, high in names.SUPERSCRIPTS.items()},
        "high": patterns.HIGH,
        "low": patterns.LOW,
        "fractions": {sign: numeric(sign) for sign in patterns.FRACTIONS},
        "longestName": lexer.LONGEST_NAME,
        "longest": expressions.LONGEST,
        "deepest": expressions.DEEPEST,
        "highest": expressions.HIGHEST,
        "binding": expressions.BINDING,
        "levels": {
            word: getattr(expressions, word)
            for word in ("SUM", "NEGATION", "PRODUCT", "BEFORE_FUNCTION", "ARGUMENT", "BESIDE", "POWER")
        },
        "arithmetic": {sign: op.name for sign, op in expressions.ARITHMETIC.items()},
        "closing": expressions.CLOSING,
        "comparisons": expressions.COMPARISONS,
        "inverse": {op.name: inverse.name for op, inverse in expressions.INVERSE.items()},
        "secondArgument": {op.name: x for op, x in expressions.SECOND_ARGUMENT.items()},
        "wanted": expressions.WANTED,
        "misplaced": expressions.MISPLACED,
    }


def _composed(function: signs.Composed) -> dict[str, Any]:
    xs = [Value(0.0) for _ in range(function.arity)]
    return {"arity": function.arity, "tree": tree(function(*xs), None, xs)}


_UNDRESSING = [  # what is taken off a plain text, in turn; undress.js says what is put in the place of each
    spellings._GROUPED,
    spellings._BETWEEN_GROUPS,
    spellings._MARKED,
    spellings._MARKED_LINES,
    spellings._ABOUT,
    spellings._BLANKS,
    spellings._IN_BRACES,
    spellings._COMPARED,
    spellings._GOING_ON,
    spellings._IN_FRONT,
    spellings._BEHIND,
    spellings._STOP,
]


@cache
def _zeros() -> list[int]:
    """The code points of the digit 0 in all scripts; the nine others stand behind it."""
    return [code for code in range(0x110000) if decimal(chr(code), None) == 0]


_BLANK = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_CLASSES = {"w": r"\p{L}\p{N}_", "d": r"\p{Nd}", "s": _BLANK}
_WHOLE = {  # as they stand
    r"[^\W\d_]": r"[\p{L}\p{Nl}\p{No}]",
    r"[^\W\d]": r"[\p{L}\p{Nl}\p{No}_]",
    r"[^\W_]": r"[\p{L}\p{N}]",
    r"[\s\S]": "[^]",
    "(?P<": "(?<",
    "(?m)": "",
}
_TOKEN = re.compile("|".join(map(re.escape, _WHOLE)) + r"|\\u[0-9a-f]{4}|\\?(?s:.)")


def javascript(pattern: re.Pattern[str]) -> list[str]:
    """The source and the flags of a pattern for JavaScript, where \\w and \\d mean letters and digits of all scripts."""
    written: list[str] = []
    inside = False
    for match in _TOKEN.finditer(pattern.pattern):
        token = match[0]
        if token in _WHOLE:
            token = _WHOLE[token]
        elif token[0] == "\\" and token[1] in _CLASSES:
            token = _CLASSES[token[1]] if inside else f"[{_CLASSES[token[1]]}]"
        elif token[0] == "\\" and token[1].lower() in _CLASSES:
            if inside:
                raise ValueError(f"no class of JavaScript holds {token}: {pattern.pattern}")
            token = f"[^{_CLASSES[token[1].lower()]}]"
        elif token[0] == "\\" and len(token) == 2 and not token[1].isalnum():
            token = token if token[1] in r"^$\.*+?()[]{}|/" or (inside and token[1] == "-") else token[1]
        elif token in ("[", "]"):
            inside = token == "["
        written.append(token)
    return ["".join(written), "m" if pattern.flags & re.MULTILINE else ""]
