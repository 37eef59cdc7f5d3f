"""What a person wrote on a line of a worksheet: a number, a formula, or a chain a = b = c of them.

A number is read with the digits that it was written with, since these are what it promises: 0.2570 speaks for four decimals,
0.257 for three. So numbers are taken as text; a float has lost its zeros.

    0.2570   −1,25   .5   1.2e-3   1.2·10^-3   12 %        a comma inside a number is the decimal comma
    1/3   0.40·0.593269 + 0.60   √2                        numbers to be worked out, exact
    (o − t)·x   -t/o + \\frac{1-t}{1-o}                     formulas, in the names of the sheet
    0.062325·0.2413 = 0.0149974                            the way to a number, and the number
    ∂E/∂o · ∂o/∂z = (o − t)/(o(1 − o)) · o(1 − o) = o − t   a derivation, line by line
"""

from __future__ import annotations

import math
import re
from collections import namedtuple
from decimal import Decimal

from autograd.formula import quantities
from autograd.graph import nodes
from autograd.parsing import parse, split_chain
from autograd.steps import worked_out
from autograd.tokens import FormulaError
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BLANK = re.compile(r"[\s?_…–—.-]*")  # what stands where nothing was worked out
_DIGITS = "|".join(
    [
        r"\d{1,3}(?:,\d{3})+\.\d*", r"\d{1,3}(?:\.\d{3})+,\d*",  # 1,234.5 and 1.234,5
        r"\d{1,3}(?:,\d{3}){2,}", r"\d{1,3}(?:\.\d{3}){2,}", r"\d+(?:[.,]\d*)?", r"[.,]\d+",
    ]
)  # fmt: skip
_TENS = r"\s*(?:·|\*|×|\\cdot|\\times)\s*10\s*"
_POWER = r"[+\-−–]?\d+"
_NUMBER = re.compile(
    rf"(?P<sign>[+\-−–]?)\s*(?P<digits>{_DIGITS})"
    rf"(?:(?:[eE]|{_TENS}(?:\^|\*\*)\s*)(?P<plain>{_POWER}|\{{{_POWER}\}}|\({_POWER}\))|{_TENS}(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]+))?"
    r"\s*(?P<percent>\\?%)?",
    re.ASCII,
)
NUMBERS = re.compile(r"\d+(?:[.,]\d+)?(?:[eE][+\-−]?\d+)?|[.,]\d+", re.ASCII)  # inside a formula
_RAISED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹−–", "+-0123456789--", "{}()")
_DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
_GOES_ON = re.compile(r"\s*(?:&\s*)?(?=:?=|≈|≃|\\approx|[+·×*/]|\\cdot|\\times)")  # a line of the chain, or a broken one
_ENDS_OPEN = re.compile(r"(?:[=≈+\-−·×*/(]|\\approx|\\cdot|\\times)\s*$")
_NOTHING_BEHIND = re.compile(r"\s*(?::?=|≈|≃|\\approx)\s*$")


class Number(namedtuple("Number", "value unit digits")):
    """A number as it was written.

    value: the number; unit: what its last digit counts, 0 where it is exact; digits: how many of its digits are significant
    """

    __slots__ = ()


class Piece(namedtuple("Piece", "text position number formula")):
    """One member of a chain: a Number, a formula, or, where there are no names in the formula, both.

    position: where it stands in the chain
    """

    __slots__ = ()


class Claim:
    """What was written on one line.

    text: as it was written; pieces: the members of the chain, at least one
    number: the result, a Number, if the chain ends with one
    """

    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        self.text, self.pieces = text, list(pieces)
        self.number: Number | None = self.pieces[-1].number

    @property
    def formulas(self) -> list[Piece]:
        """The members that have names in them."""
        return [piece for piece in self.pieces if piece.number is None]

    @property
    def working(self) -> list[Piece]:
        """The numbers before the last one: how it was worked out."""
        return [piece for piece in self.pieces[:-1] if piece.number is not None]


def written_number(text: str) -> Number | None:
    """A number with the digits that it was written with; None for any other text.

    A whole number below ten promises one decimal: 2 is 2.0.

    >>> written_number("0.2570"), written_number("−1,5e-3"), written_number("x")
    (Number(value=0.257, unit=0.0001, digits=4), Number(value=-0.0015, unit=0.0001, digits=2), None)
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    digits = match["digits"]
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        digits = digits.replace("," if comma < point else ".", "")
    elif max(digits.count(","), digits.count(".")) > 1:
        digits = digits.replace(",", "").replace(".", "")
    whole, _, decimals = digits.replace(",", ".").partition(".")
    exponent = int((match["plain"] or match["raised"] or "0").translate(_RAISED)) - 2 * bool(match["percent"])
    if abs(exponent) > 300:
        return None
    sign = "" if match["sign"] in ("", "+") else "-"
    value = float(f"{sign}{whole or '0'}.{decimals or '0'}e{exponent}")
    places = len(decimals) - exponent
    if len(whole.lstrip("0")) < 2 and not decimals and not (match["plain"] or match["raised"]):
        places += 1
    significant = (whole + decimals).lstrip("0")
    if not math.isfinite(value) or not math.isfinite(float(f"1e{-places}")):
        return None
    return Number(value, float(f"1e{-places}"), len(significant))


def read_claim(text: object, names: Mapping[str, Value], line: str = "") -> Claim | None:
    """A claim, or None for a line that was left blank.

    text: what was written; several lines may be given as a list, or with line breaks
    names: what its formulas may speak of
    line: the name of the line; a claim may begin with it, z = 0.3775

    Raises TypeError for a number that is no text, FormulaError for what cannot be read.
    """
    if isinstance(text, (list, tuple)):
        text = "\n".join(each if isinstance(each, str) else _refused(each, line) for each in text)
    if text is None:
        return None
    if not isinstance(text, str):
        text = str(text) if isinstance(text, Decimal) else _refused(text, line)
    name, colon, rest = text.partition(":")
    if colon and not rest.startswith("=") and line and _is_named(name.strip(), line):
        text = rest
    chain = _NOTHING_BEHIND.sub("", _in_one_line(text))
    if BLANK.fullmatch(chain) or (line and _is_named(chain.strip(), line)):
        return None
    parts = split_chain(chain)
    if len(parts) > 1 and line and _is_named(parts[0][0], line):
        del parts[0]
    if BLANK.fullmatch(parts[-1][0]):
        return None
    return Claim(text.strip(), [_piece(part, position, chain, names) for part, position in parts])


def _refused(what: object, line: str) -> str:
    where = f"{line}=" if line.isidentifier() else f"{line}: " if line else ""
    raise TypeError(
        f"{where}{what!r}: a claim is text, as it was written: {str(what)!r}. Its digits are what it promises, and a number"
        " has lost its last zeros"
    )


def _in_one_line(text: str) -> str:
    """The lines of a chain, one behind the other; a new line begins a new member unless a formula was broken there."""
    chain = ""
    for line in re.split(r"\n|\\\\(?:\[\w+\])?|;", text.replace("&", " ")):
        if line.strip():
            goes_on = not chain or _ENDS_OPEN.search(chain) or _GOES_ON.match(line)
            chain += (" " if goes_on else " = ") + line if chain else line
    return chain


def _is_named(text: str, line: str) -> bool:
    """Whether the left side of a chain is the line itself."""
    one = Value(1.0)
    try:
        return text == line or parse(text, {line: one}) is one
    except FormulaError:
        return False


def _piece(text: str, position: int, chain: str, names: Mapping[str, Value]) -> Piece:
    number = written_number(text)
    if number is not None:
        return Piece(text, position, number, None)
    formula = _parsed(text, position, chain, names)
    if quantities(formula):
        return Piece(text, position, None, formula)
    if not math.isfinite(formula.data):
        raise FormulaError(chain, position, f"this comes to {formula.data}, which is no number to go on with")
    return Piece(text, position, Number(formula.data, 2.0 * _slack(text, formula), 17), formula)


def _parsed(text: str, position: int, chain: str, names: Mapping[str, Value]) -> Value:
    """A formula; a comma between digits is the decimal comma where it can be read in no other way."""
    try:
        return parse(text, names)
    except FormulaError as error:
        if _DECIMAL_COMMA.search(text):
            try:
                return parse(_DECIMAL_COMMA.sub(".", text), names)
            except FormulaError:
                pass
        raise FormulaError(chain, position + error.position, error.reason) from None


def _slack(text: str, formula: Value) -> float:
    """How far off numbers may be that are worked out from rounded ones, such as 3.49/18.41."""
    rounded = [number for literal in NUMBERS.findall(text) if (number := written_number(literal)) and number.digits > 2]
    order = nodes(formula)
    slack = 0.0
    for number in rounded:
        for node in order:
            if not node.inputs and node.data == number.value:
                moved = worked_out(order, {node: node.data + 0.5 * number.unit})[formula]
                slack += abs(moved - formula.data)
    return slack if math.isfinite(slack) else 0.0
