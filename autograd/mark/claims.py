"""What a person wrote on a line of a worksheet: a number, a formula, or a chain a = b = c of them.

0.2570   −1,25   1.2·10^-3   12 %                      numbers, with the digits that they promise (numerals.py)
1/3   0.40·0.593269 + 0.60   √2                        numbers to be worked out, exact
(ŷ − y)·x   -y/ŷ + \\frac{1-y}{1-ŷ}                     formulas, in the names of the sheet
0.062325·0.2413 = 0.0149974                            the way to a number, and the number
∂L/∂ŷ · ∂ŷ/∂a = (ŷ − y)/(ŷ(1 − ŷ)) · ŷ(1 − ŷ) = ŷ − y   a derivation, line by line
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from numbers import Integral
from typing import NamedTuple

from autograd.formula.lexer import Derive, FormulaError
from autograd.formula.measures import free_variables
from autograd.formula.name_keys import KnownNames, Otherwise, name_key
from autograd.formula.parser import parse, read_formula, slope, split_chain
from autograd.formula.patterns import ARROW, RELATION
from autograd.formula.signs import FUNCTIONS, IN_TWO_WAYS
from autograd.formula.spellings import END, OFTEN, undress
from autograd.mark.numerals import CLOSES, LOST_POWER, OPENS, Number, without_brackets, written_number
from autograd.value import Value, constant
from autograd.writing.names import all_readings

LONGEST, MOST_LINES = 4_000, 200  # of an answer: characters; lines, and members of a chain
BLANK = re.compile(r"[\s?_…–—−.-]*")  # what stands where nothing was worked out
_EXPONENT = re.compile(r"[0-9.]\s*[eE]\s*[+\-−–]?[0-9]")
_DECIMAL_COMMA = re.compile(r"(?:(?<=[0-9])|(?<=[(\[{=+\-−–·*×/]|\s)|^),(?=[0-9])")
_X_BETWEEN = re.compile(r"(?<=[0-9)\]}⁰¹²³⁴-⁹])\s*[xX](?=\s*[+\-−–]?\s*[.0-9(\[{])")
_X_APART = re.compile(_X_BETWEEN.pattern.replace("[xX](?=", "[xX](?!\\d)(?="))
_OF_NAMES = re.compile(r"(.+?)\s*\([\w\s,\\{}^'′ŷ]+\)")
_OF_AN_INDEX = re.compile(r"((?:1|\})_\{\s*)([ijk])(\s*=\s*[0-9]+\s*\})")
_IN_A_FORMULA = re.compile(r"^[0-9]|[=·×*+−–-]|\\(?:cdot|times)(?![A-Za-z])")  # and in no plain name
_GOES_ON = re.compile(rf"\s*(?:{RELATION}|[+·×*/]|\\cdot{END}|\\times{END})")  # a line of the chain, or a broken one
_ENDS_OPEN = re.compile(rf"(?:{RELATION}|[+\-−·×*/(]|\\cdot|\\times)\s*$")
_NOTHING_BEHIND = re.compile(rf"(?<!\s)\s*(?:{RELATION})\s*$")
_ASSIGNMENTS = (":=", "≔", "←", r"\leftarrow", r"\gets", r"\coloneqq")
_NEW_LINE = re.compile(rf"\n|\\\\(?:\[\w+\])?|;|(?P<arrow>{ARROW})")
_STRUCK = re.compile(r"~~(?=[^\s~=])((?:(?!~~)[\s\S])*?[^\s~=])~~(?!~)|<(del|s|strike)>[\s\S]*?</\2>", re.IGNORECASE)
_SIGNS_BETWEEN = re.compile(rf"\n|\\\\|[;~]|{RELATION}")
_WORD = r"(?:[^\W\d_]{2,}\.?|(?:[^\W\d_]\.)+[^\W\d_]\.?)"
_WORDS = rf"{_WORD}(?:[\s-]+{_WORD})*"
_REMARK = re.compile(  # what people write around a number
    rf"(?P<before>(?:{_WORD}\s+)*{_WORD}\s*:?\s)?\s*(?P<number>.*?[\d)\]}}%⁰¹²³⁴-⁹])"
    rf"\s*(?P<behind>{_WORDS}|[(\[]\s*(?:\d\s*)?{_WORDS}\s*[)\]]|\\text\s*\{{[^{{}}]*\}})?\s*"
)
_BEFORE_A_NUMBER = set(
    """so thus hence then therefore is are equals gives get about approx approximately circa ca roughly around answer ans
    result value""".split()
)
_MEANS_MORE = set(  # words that change a number
    """minus plus times squared cubed negative half halves third thirds quarter tenth tenths hundredth hundredths thousand
    million billion hundred per mille permille percent divided over less more root not or and""".split()
)


class Piece(NamedTuple):
    """One member of a chain: a Number, a formula, or, where there are no names in the formula, both.

    position: where it stands in the chain
    """

    text: str
    position: int
    number: Number | None
    formula: Value | None

    @property
    def graph(self) -> Value:
        """The member as a formula, which is a constant where it is a number alone."""
        if self.formula is not None:
            return self.formula
        assert self.number is not None
        return constant(self.number.value)


class Claim:
    """What was written on one line.

    text: as it was written; pieces: the members of the chain, at least one
    number: the result, a Number, if the chain ends with one
    chain: the text in which pieces know their places
    """

    def __init__(self, text: str, pieces: Sequence[Piece], chain: str = "") -> None:
        self.text, self.pieces, self.chain = text, list(pieces), chain or text
        self.number: Number | None = self.pieces[-1].number

    @property
    def formulas(self) -> list[Piece]:
        """The members that have names in them."""
        return [piece for piece in self.pieces if piece.number is None]


def last_number(text: str) -> Number | None:
    """The number that a chain ends with; None where it ends with something else, or is too long to be read."""
    return None if len(text) > LONGEST else written_number(re.split(RELATION, without_brackets(undress(text).text))[-1])


def without_struck(text: str) -> str:
    """A text without what is struck out in it, ~~0.5~~ or <del>0.5</del>; its lines keep their numbers."""
    return _STRUCK.sub(lambda match: "\n" * match[0].count("\n"), text) if "~~" in text or "</" in text else text


def read_claim(text: object, names: Mapping[str, Value], line: str = "", derive: Derive = slope) -> Claim | None:
    """A claim, or None for a line that was left blank.

    text: what was written; several lines may be given as a list, or with line breaks. A number is taken with the digits that
        Python shows: 0.2570 is then 0.257, and speaks for three decimals, so that it is never asked for more than it can say
    names: what its formulas may speak of
    line: the name of the line; a claim may begin with it, z = 0.3775
    derive: how derivatives in formulas are worked out

    Raises TypeError for what is neither text nor a number, FormulaError for what cannot be read.
    """
    text = "\n".join(_text_of(each, line) for each in text) if isinstance(text, (list, tuple)) else _text_of(text, line)
    if len(text) > LONGEST:
        raise FormulaError(text, LONGEST, f"an answer has up to {LONGEST:,} characters, and this one has {len(text):,}")
    text = without_struck(text)
    if len(_SIGNS_BETWEEN.findall(text.strip())) > MOST_LINES:
        raise FormulaError(text, 0, f"an answer has up to {MOST_LINES} lines, or members of a chain, and this one has more")
    plain = _in_this_line(undress(text.replace("&", " ")).text, line, names)
    name, colon, rest = without_brackets(plain).partition(":")
    if colon and not rest.startswith("=") and line and _is_named(name.strip(), line, names):
        plain = rest
    chain = _NOTHING_BEHIND.sub("", _in_one_line(_unbox(plain), line, names))
    if BLANK.fullmatch(chain) or (line and _is_named(chain.strip(), line, names)):
        return None
    parts = split_chain(chain)
    if line and len(others := [part for part in parts if not _is_named(part[0], line, names)]) < len(parts):
        parts = others
    if not parts or BLANK.fullmatch(parts[-1][0]):
        return None
    if len(parts) > 1 and (other := _find_assigned(chain, parts, line, names)):
        if not _is_anew(other, line):
            raise FormulaError(chain, parts[0][1], f"this is an equation of {other}: write it on a line of its own")
        del parts[0]
    numbers = [number for part, _ in parts if (number := written_number(part)) is not None]
    reader = _Reader(chain, names, derive, numbers)
    return Claim(text.strip(), [reader.piece(*part) for part in parts], chain)


def _in_this_line(text: str, line: str, names: Mapping[str, Value]) -> str:
    """A text whose indicators speak of the line's own index: 1_{i=2} is 1_{3=2} on the line ∂L/∂a_3, where i is no name."""
    indices = {reading.indices for reading in all_readings(line) if reading.indices} if "_" in text else set()
    if len(indices) != 1 or len(index := indices.pop()) != 1:
        return text
    return _OF_AN_INDEX.sub(lambda match: match[0] if match[2] in names else f"{match[1]}{index[0]}{match[3]}", text)


def _text_of(what: object, line: str) -> str:
    """What was written, as text. Python shows a number with all digits that it has left."""
    if what is None or isinstance(what, str):
        return what or ""
    if isinstance(what, (Decimal, Fraction)):
        return str(what)
    if isinstance(what, float) and math.isfinite(what):
        return repr(float(what))
    number = None if isinstance(what, bool) else what
    if isinstance(number, Integral):
        return str(int(number))
    where = f"{line}=" if line.isidentifier() else f"{line}: "
    where = where if line else ""
    raise TypeError(f"{where}{shorten(repr(what))}: a claim is text, as it was written: {shorten(repr(str(what)))}")


def shorten(text: str) -> str:
    """A text as far as a message has room for it."""
    return text if len(text) <= 80 else f"{text[:80]}…"


def _in_one_line(text: str, line: str, names: Mapping[str, Value]) -> str:
    """The lines of a chain, one behind the other; a new line begins a new member unless a formula was broken there.

    Where a later line begins with the name that is asked for, those before it that do not were on the way to it.
    """
    statements: list[str] = []
    for written in _lines_in(text):
        if statements and (_ENDS_OPEN.search(statements[-1]) or _GOES_ON.match(written)):
            statements[-1] += " " + written
        else:
            statements.append(_unbox(written))
    begins = [bool(line) and _is_named(_left_of(each), line, names) and _is_equation(each) for each in statements]
    if True in begins[1:]:
        statements = statements[begins.index(True) :]
    elif len(statements) > 1 and _is_equation(statements[0]):
        for each in statements[1:]:
            if _is_equation(each) and (other := _name_in(_left_of(each), names)):
                whole = " = ".join(statements)
                reason = f"here an equation of {other} begins: write it on a line of its own"
                raise FormulaError(whole, whole.index(each), reason)
    return " = ".join(statements)


def _lines_in(text: str) -> Iterator[str]:
    """The lines of a text; an arrow parts them, too, where it stands between two equations."""
    end = 0
    for match in _NEW_LINE.finditer(text):
        before = text[end : match.start()]
        if match[0] == ";" and sum(map(before.count, OPENS)) > sum(map(before.count, CLOSES)):
            continue  # between the arguments of a function
        if not match["arrow"] or (_is_equation(text[end : match.start()]) and _is_equation(text[match.end() :])):
            if text[end : match.start()].strip():
                yield text[end : match.start()]
            end = match.end()
    if text[end:].strip():
        yield text[end:]


def _members_of(text: str) -> list[tuple[str, int]]:
    """The members of a chain; none where these cannot be told."""
    try:
        return split_chain(text)
    except FormulaError:
        return []


def _is_equation(text: str) -> bool:
    """Whether something stands on both sides of a sign of equality, or whatever cannot be told."""
    return len(_members_of(text)) != 1


def _find_assigned(chain: str, parts: Sequence[tuple[str, int]], line: str, names: Mapping[str, Value]) -> str:
    """The name that gets a new number in a chain, w := 0.4 or w = w − 0.1; nothing where none does."""
    (left, start), (right, behind) = parts[:2]
    name = _name_in(left, names) if line else ""
    if not name or chain[start + len(left) : behind].strip() in _ASSIGNMENTS:
        return name
    try:
        return name if names[name] in free_variables(parse(right, names)) else ""
    except FormulaError:
        return ""


def _is_anew(name: str, line: str) -> bool:
    """Whether a line is a quantity with a new number, as w_new and w^+ are w."""
    old, new = name_key(name), name_key(line)
    return old[0] == new[0] if len(old) == len(new) == 4 else line.startswith(name)


def _unbox(text: str) -> str:
    """A chain that stands in a box, (z = 0.5), without it; [i = 2] is an indicator."""
    inside = without_brackets(text)
    return text if text.strip()[:1] not in ("(", "{") or _members_of(inside) == [(inside, 0)] else inside


def _left_of(text: str) -> str:
    """What stands in front of the first sign of equality."""
    return next((left for left, _ in _members_of(text)), "")


def _name_in(text: str, names: Mapping[str, Value]) -> str:
    """The name that a text is, if it is one of names."""
    try:
        found = parse(text, names)
    except FormulaError:
        return ""
    return next((name for name, value in names.items() if value is found), "")


def _is_named(text: str, line: str, names: Mapping[str, Value]) -> bool:
    """Whether the left side of a chain is the line itself; E(w) is E."""
    if text == line:
        return True
    if (_IN_A_FORMULA.search(text) and not _IN_A_FORMULA.search(line)) or not text:
        return False  # much sooner than by reading it
    otherwise = names.otherwise if isinstance(names, KnownNames) else Otherwise()
    return (_reads_as if len(text) <= OFTEN else _reads_as.__wrapped__)(text, line, otherwise)


@lru_cache(1000)  # asked three times of each line, mostly of the same text
def _reads_as(text: str, line: str, otherwise: Otherwise) -> bool:
    one = Value(1.0)
    names = KnownNames({line: one})
    names.otherwise = otherwise
    for name in (text, *(match[1] for match in [_OF_NAMES.fullmatch(text)] if match)):
        try:
            if parse(name, names) is one:
                return True
        except FormulaError:
            pass
    return False


_OF_ROUNDING = {"round", "floor", "ceil", "trunc"}  # behind a number they say how it was written: 0.62 (rounded)


@lru_cache(64)  # a class has one sheet
def _has_x(names: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether x is a name; if not, whether x with an index is."""
    keys = [name_key(name) for name in names]
    alone = name_key("x") in keys
    return alone, not alone and any(str(key[0]).lower() == "x" for key in keys)


class _Reader:
    """Reads the members of one chain; numbers: those among them, which may tell what was meant by the others."""

    def __init__(self, chain: str, names: Mapping[str, Value], derive: Derive, numbers: Sequence[Number]) -> None:
        self.chain, self.names, self.derive, self.numbers = chain, names, derive, numbers
        self.x_is_a_name, indexed = _has_x(tuple(names))
        self.x_between = _X_APART if indexed else _X_BETWEEN  # (ŷ − y) x2 is a product with x2, where there is one

    def piece(self, text: str, position: int) -> Piece:
        number, formula = written_number(text), None
        if number is None or (_EXPONENT.search(text) and not {"e", "E"}.isdisjoint(self.names)):
            number = None
            try:
                formula = self.parse_formula(text, position)
            except FormulaError:
                number = self.with_words(text)
                if number is None:
                    raise
        if formula is not None and not free_variables(formula):
            number = written_number(text)  # 6.13E-2 where E is a name, too
        if number is not None:
            return Piece(text, position, number, None)
        assert formula is not None
        if free_variables(formula):
            return Piece(text, position, None, formula)
        if not math.isfinite(formula.data):
            raise self.error(position, f"this comes to {formula.data}, which is no number to go on with")
        return Piece(text, position, Number(formula.data, 0.0, 17), formula)

    def error(self, position: int, reason: str) -> FormulaError:
        return FormulaError(self.chain, position, reason)

    def parse_formula(self, text: str, position: int) -> Value:
        """A formula. A comma between digits is the decimal comma, where it can be read in no other way; an x between numbers
        is a name or a sign, whichever leads to a number of the chain."""
        if LOST_POWER.fullmatch(text):
            raise self.error(position, f"{IN_TWO_WAYS}: write 10^-2, say, for a power, or blanks around the sign")
        pointed = _DECIMAL_COMMA.sub(".", text)
        if ";" in text:  # between the arguments of a function, where commas stand in numbers: max(0; 0,5)
            text = pointed = pointed.replace(";", ",")
        if self.x_between.search(pointed):
            signs = (" · ", " · x · ") if self.x_is_a_name else (" · ",)
            ways = [self.try_to_read(self.x_between.sub(sign, pointed)) for sign in signs]
            readings = [formula for formula in ways if formula is not None]
            fitting = [f for f in readings if any(abs(f.data - n.value) <= n.unit for n in self.numbers)]
            if len(found := fitting if self.x_is_a_name else readings) == 1:
                return found[0]
        try:
            return read_formula(text, self.names, self.derive)
        except FormulaError as error:
            if pointed != text and (formula := self.try_to_read(pointed)) is not None:
                return formula
            raise self.error(position + error.position, error.reason) from None

    def try_to_read(self, text: str) -> Value | None:
        try:
            return read_formula(text, self.names, self.derive)
        except FormulaError:
            return None

    def with_words(self, text: str) -> Number | None:
        """A number with words around it, such as a unit; none that are near to a name, or that change a number."""
        match = _REMARK.fullmatch(without_brackets(text)) if len(text) < 200 else None
        number = written_number(match["number"]) if match else None
        if match is None or number is None:
            return None
        before, behind = (
            re.findall(r"[^\W\d_]{2,}", (match[part] or "").replace(r"\text", "")) for part in ("before", "behind")
        )
        known = [*self.names, *(word for word in FUNCTIONS if word not in _OF_ROUNDING)]
        odd = [word for word in behind if get_close_matches(word, known, 1, 0.7) or word.lower() in _MEANS_MORE]
        return None if odd or not _BEFORE_A_NUMBER.issuperset(map(str.lower, before)) else number
