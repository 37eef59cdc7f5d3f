"""What operations with such names are, and the usual slips in their values and slopes.

Right is what the table of operations says, here as everywhere. A slip is a formula, too: of the input x, or of a on the left
and b on the right, and of the result z. It is named only where it gives what was measured at every point.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from autograd.calculus import gradient
from autograd.composed import elu, exp2, gelu, leaky_relu, logsigmoid
from autograd.formula.parser import parse
from autograd.formula.writing import formula
from autograd.operation import PRIMITIVES
from autograd.rewriting import value_at
from autograd.value import Value

Rule = Callable[..., float]

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "truediv": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
}
SIGNS = {"add": "+", "sub": "−", "mul": "·", "truediv": "/", "pow": "**"}
SPELLINGS = {  # names that people give their operations, beside those of the table
    "add": "__add__ add plus",
    "sub": "__sub__ sub subtract minus",
    "mul": "__mul__ mul multiply times",
    "truediv": "__truediv__ truediv div divide",
    "pow": "__pow__ pow power",
    "neg": "__neg__ neg negate negative",
    "abs": "__abs__ abs absolute",
    "sigmoid": "sigmoid logistic",
    "log": "log ln",
    "silu": "silu swish",
    "square": "square sqr squared",
    "reciprocal": "reciprocal inv inverse",
    "cube": "cube",
}
OWN = ("leaky_relu", "elu", "gelu")  # whose values are said in several ways: their slopes are held against their own values
UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": lambda x: -x,
    "square": lambda x: x**2.0,
    "cube": lambda x: x**3.0,
    "reciprocal": lambda x: 1.0 / x,
    "exp2": exp2,
    "gelu": gelu,
    "logsigmoid": logsigmoid,
    "leaky_relu": leaky_relu,
    "elu": elu,
} | {
    name: PRIMITIVES[name]
    for name in """abs exp log log2 log10 log1p expm1 sqrt cbrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
        erf sigmoid softplus relu silu softsign""".split()
}
POINTS = (0.7, 1.9, -0.6, 0.3, 2.3, -1.4)
PAIRS = ((1.7, 0.6), (0.8, 2.3), (2.9, 1.3), (1.2, 3.1))
POWERS = ((1.7, 2.0), (0.8, 3.0), (2.9, -1.0), (1.2, 0.5))  # with a plain number as exponent
HARD = (0.0, 1000.0, -1000.0)


class Operation(NamedTuple):
    """An operation as an engine has it: what it is called there, and what that is here."""

    name: str
    meaning: str
    arity: int

    @property
    def function(self) -> Callable[..., Any]:
        return BINARY[self.meaning] if self.arity == 2 else UNARY[self.meaning]

    @property
    def letters(self) -> str:
        """What its inputs are called in formulas."""
        return "ab" if self.arity == 2 else "x"

    @property
    def is_known(self) -> bool:
        """Whether there is one right value for it."""
        return self.meaning not in OWN


def spelled() -> dict[str, Operation]:
    """All names that an operation may have."""
    found = {}
    for meaning in (*BINARY, *UNARY):
        for name in SPELLINGS.get(meaning, meaning).split():
            found[name] = Operation(name, meaning, 2 if meaning in BINARY else 1)
    return found


@lru_cache(4096)
def truth(operation: Operation, at: tuple[float, ...]) -> tuple[float, list[float]]:
    """The right value and the right slopes at a point."""
    xs = [Value(x) for x in at]
    y = operation.function(*xs)
    return y.data, [slope.data for slope in gradient(y, *xs)]


def close(x: float, y: float) -> bool:
    """Whether two numbers are one, for engines in single precision, too."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return x == y or (math.isnan(x) and math.isnan(y))
    return abs(x - y) <= 1e-5 * max(abs(x), abs(y)) + 1e-7


# ------------------------------------------------------------------------------------------------------------- what is right


def written_slopes(operation: Operation) -> list[str]:
    """The right slopes as formulas of x, or a and b, and of the result z."""
    return [_written(slope) for slope in _local(operation, None)]


def _local(operation: Operation, instead: str | None) -> list[Any]:
    """The rule of an operation on names; instead: the name that stands in place of all others."""
    xs = [Value(0.5, instead or name) for name in operation.letters]
    y = operation.function(*xs)
    if y.op is not None and list(y.inputs) == xs:
        return list(y.op.slopes(Value(0.5, instead or "z"), xs))
    return list(gradient(y, *xs))


def _written(slope: Any) -> str:
    if isinstance(slope, Value):
        return formula(slope)
    return f"{slope:g}".replace("-", "−")


# ------------------------------------------------------------------------------------------------------------------- slips

# A slip is a formula of the inputs, of the result z, and of the right slope r. The first one that fits is named.

UNARY_SLIPS = """
    1; 0; x; z; −1; −z; 1/x; 1/z; x²; z²; 1 − x; 1 − z; 1 + z; z − 1; 1 − x²; 1 − z²; 1 + x²; 1 + z²; (1 − z)²
    x·(1 − x); z·(1 − z); z·(1 + z); x·(1 − z); z·(1 − x); x·z; x·exp(x − 1); exp(x); exp(z); log(x); 1/x²; −1/x²
    1/(2·x); 1/(2·z); √x; 1/√x; 2·x; 2·z; sin(x); cos(x); tanh(x); σ(x); 1 − tanh(z)²; [x < 0]; [x > 0]; sign(x)
"""
BINARY_SLIPS = """
    1; −1; 0; a; b; −a; −b; z; −z; 1/a; 1/b; −1/a; −1/b; a/b; b/a; −a/b; 1/b²; −1/b²; a/b²; −a/b²; b/a²; −b/a²; a²; b²
    a + b; a − b; b − a; a·b; a^b; b·a^b; a^(b − 1); b·a^(b − 1); b·a^(b + 1); (b − 1)·a^(b − 1); (b − 1)·a^b
    (b − 1)·a^(b − 2); b·(a − 1); a·b^(a − 1); b^(a − 1); log(a); log(b); a^b·log(a); a^b·log(b); a·log(b); b·log(a)
"""
UNARY_VALUES = "x; 0; 1; |x|; 1/x; x²; exp(−x); σ(−x); tanh(x/2); min(x, 0); min(x, 1); max(x, 1)"
BINARY_VALUES = "a + b; a − b; b − a; a·b; a/b; b/a; a^b; b^a; a; b; 0"
CHANGES = {  # of what is right
    "its sign is wrong": "−r",
    "it is twice that": "2·r",
    "it is half of that": "r/2",
    "it is the square of that": "r²",
    "it is 1 divided by that": "1/r",
    "it is 1 plus that": "1 + r",
    "it is 1 minus that": "1 − r",
    "it is multiplied by z once more": "r·z",
    "it is multiplied by {} once more": "r·{}",  # by the first input
}

Samples = Sequence[tuple[Sequence[float], float, float, float]]  # inputs, result, right slope, measured slope


def _formulas(table: str) -> list[str]:
    return re.split("[;\n] *", table.strip())


def _rule(text: str, letters: str) -> Rule:
    """What a formula of some letters comes to, for numbers in their order."""
    names = {letter: Value(1.0, letter) for letter in letters}
    y = parse(text, names)
    return lambda *at: value_at(y, dict(zip(names.values(), at)))


def name_slope(operation: Operation, samples: Samples) -> tuple[str, str]:
    """The slip that gives all measured slopes: its formula, or how it comes from the right one; both empty for none."""
    if len(samples) < 3:
        return "", ""
    for text, words, rule in _slips(operation):
        if all(_near(rule, (*at, z, right), measured) for at, z, right, measured in samples):
            return text, words
    return "", ""


def _slips(operation: Operation) -> Iterator[tuple[str, str, Rule]]:
    """All slips, each with its formula or its words, and what it gives for inputs, a result, and the right slope."""
    letters = f"{operation.letters}zr"
    first = letters[0]
    (sign, negative), *changes = CHANGES.items()
    yield "", sign, _rule(negative, letters)
    for text in _formulas(UNARY_SLIPS if operation.arity == 1 else BINARY_SLIPS):
        yield text, "", _rule(text, letters)
    if operation.arity == 1 and operation.is_known:
        for name, words in (("z", "z in place of x"), ("x", "x in place of z")):
            slope = _local(operation, name)[0]
            if isinstance(slope, Value):
                yield formula(slope), words, partial(_confuse, operation, name)
    for words, text in changes:
        yield "", words.format(first), _rule(text.format(first), letters)


def _confuse(operation: Operation, name: str, x: float, z: float, right: float) -> float:
    """The slope of an operation of one number where its rule is given x, or z, for both input and result."""
    both = x if name == "x" else z
    y = operation.function(Value(both))
    if y.op is None or len(y.inputs) != 1:
        return math.nan
    return float(y.op.slopes(both, [both])[0])


def name_value(operation: Operation, samples: Sequence[tuple[Sequence[float], float]]) -> str:
    """What an operation computes in place of what it should: a formula, or nothing."""
    if len(samples) < 3:
        return ""
    for text, rule in _values(operation):
        if all(_near(rule, at, z) for at, z in samples):
            return text
    if all(close(-truth(operation, tuple(at))[0], z) for at, z in samples):
        return "the right one with the other sign"
    return ""


def _values(operation: Operation) -> Iterator[tuple[str, Rule]]:
    """What may be computed in place of something else."""
    for text in _formulas(UNARY_VALUES if operation.arity == 1 else BINARY_VALUES):
        yield text, _rule(text, operation.letters)
    if operation.arity == 1:
        yield from ((f"{name}(x)", PRIMITIVES[name]) for name in UNARY if name in PRIMITIVES)
    else:
        yield "a/b rounded down", lambda a, b: math.floor(a / b)


def _near(rule: Rule, at: Sequence[float], measured: float) -> bool:
    """Whether a rule gives what was measured; not where it is no number."""
    try:
        return close(float(rule(*at)), measured)
    except (ArithmeticError, ValueError, TypeError):
        return False


def points_of(operation: Operation) -> Iterator[tuple[float, ...]]:
    """Ordinary points, at which an operation has a finite value and slope."""
    for at in PAIRS if operation.arity == 2 else [(x,) for x in POINTS]:
        z, slopes = truth(operation, at)
        if all(map(math.isfinite, (z, *slopes))):
            yield at
