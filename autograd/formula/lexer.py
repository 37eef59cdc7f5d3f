"""Text into tokens: the first of the two steps that lead from a written formula to a graph; see parser.py.

Signs are told by a table (signs.py); letters side by side are cut into the names, functions and constants that they spell.
The names decide: where x is a name, x(1 − x) is a product, and so is xy where xy is no name, but x and y are. They are
compared by their keys (name_keys.py), which all ways to write one name share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple
from unicodedata import combining, normalize, numeric

from autograd import primitives as ops
from autograd.formula import patterns
from autograd.formula.name_keys import Key, KnownNames, Otherwise, key_of, keys_of, name_key, read_accent
from autograd.formula.patterns import match_at
from autograd.formula.signs import BASES, CONSTANTS, FUNCTIONS, IN_TWO_WAYS, IN_WORDS, LONG, SIGNS, Composed
from autograd.formula.spellings import undress
from autograd.operation import PRIMITIVES, Primitive
from autograd.value import Value, lift
from autograd.writing.names import ACCENTS, GREEK, list_names

Derive = Callable[[Value, Value], Value | None]

LONGEST_NAME = 40  # letters side by side


class FormulaError(ValueError):
    """A text that cannot be read as a formula. Printed, it shows the place, and what is expected there.

    text: the whole text
    position: the place in it, from 0 on
    reason: the sentence behind the caret

    >>> from autograd import FormulaError, parse
    >>> try:
    ...     parse("2 * (x + 1")
    ... except FormulaError as error:
    ...     print(error)
    2 * (x + 1
        ^ this bracket is never closed
    """

    def __init__(self, text: str, position: int, reason: str) -> None:
        super().__init__(text, position, reason)
        self.text, self.position, self.reason = text, position, reason

    def __str__(self) -> str:
        start = max(0, self.position - 60) if len(self.text) > 100 else 0
        end = start + 100
        opening, closing = "…" if start else "", "…" if len(self.text) > end else ""
        before, behind = (_printable(part) for part in (self.text[start : self.position], self.text[self.position : end]))
        blanks = " " * sum(not combining(c) for c in opening + before)
        return f"{opening}{before}{behind}{closing}\n{blanks}^ {self.reason}"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


class Token(NamedTuple):
    """A piece of a text: its kind, where it begins and ends, and the number, Value or operation that it stands for."""

    kind: str
    start: int
    end: int
    what: Any = None


class Lexer:
    """The tokens of a text, one after the other, so that the first mistake is the one that is reported.

    names: what the text may speak of; given: those of them that its author gave, by default all
    derive: the derivative of one Value by another, or None where nothing is known of it
    """

    def __init__(
        self,
        text: str,
        names: Mapping[str, Value | float],
        derive: Derive | None = None,
        given: Mapping[str, Value | float] | None = None,
    ) -> None:
        self.written, (self.text, self.places) = text, undress(text)
        self.start, self.end = len(self.text) - len(self.text.lstrip()), len(self.text.rstrip())
        self.derive = derive
        self.last: Token | None = None
        self.units: dict[int, tuple[str, int] | None] = {}  # what `unit` found, since letters are looked at again and again
        added = [op for op in PRIMITIVES.values() if op.name not in Primitive.built_in]
        self.functions = {op.notation.symbol: op for op in added} | FUNCTIONS | {op.name: op for op in added}
        self.labels, self.layered, self.literals = keys_of(tuple(names))
        self.known: dict[Key, Value] = dict(zip(self.labels, map(lift, names.values())))
        given = names if given is None else given
        self.given = set(map(name_key, given))
        self.otherwise = given.otherwise if isinstance(given, KnownNames) else Otherwise()

    def tokens(self) -> Iterator[Token]:
        """Each token; the last is of kind "end"."""
        at = self.start
        while at < self.end:
            if blanks := patterns.BLANKS.match(self.text, at):
                at = blanks.end()
            else:
                for token in self.next(at):
                    self.last = token
                    yield token
                    at = token.end
        yield Token("end", self.end, self.end)

    def next(self, at: int) -> Iterable[Token]:
        """The tokens that begin here: one, or as many as letters side by side or raised signs stand for."""
        text = self.text
        if name := self.literal(at) or self.derivative(at):
            return [name]
        if match := patterns.STEP.match(text, at):
            return [Token("step", at, match.end())]
        if match := patterns.NUMBER.match(text, at):
            return [self.number(match)]
        if text[at] in patterns.FRACTIONS:
            return [Token("number", at, at + 1, numeric(text[at]))]
        if match := patterns.RAISED.match(text, at):
            return self.exponent(match)
        if match := patterns.BAR.match(text, at):
            return [Token("left|" if match[1] == "left" or match[1].endswith("l") else "right|", at, match.end())]
        if match := patterns.WORD.match(text, at):
            return [self.word(match)]
        if operator := self.operator(at):
            return [operator]
        behind_a_number = self.last is None or self.last.kind == "number"
        if key_of("T") not in self.given and patterns.TRANSPOSED.match(text, at) and not behind_a_number:
            raise self.error(at, "this transposes a vector, and numbers stand here: write the sum, w_1 x_1 + w_2 x_2")
        if text[at] in "xX" and self.is_times(at):
            return [Token("·", at, at + 1)]
        if self.unit(at):
            return self.run(at)
        if match := patterns.SIGN.match(text, at):
            kind = SIGNS[match[0]]
            if kind in LONG:
                raise self.error(at, LONG[kind])
            return [Token(kind, at, match.end())]
        match = patterns.COMMAND.match(text, at)
        if match and (op := self.function(match[1])):
            return [self.add_base(Token("function", at, match.end(1), op))]
        if match or text[at] == "∂":
            raise self.unknown(at, match[0].strip() if match else re.split(r"[\s+*·)\]}]", text[at:])[0])
        raise self.error(at, f"the character {text[at]!r} means nothing here")

    def error(self, at: int, reason: str) -> FormulaError:
        return FormulaError(self.written, self.places[at], reason)

    def number(self, match: re.Match[str]) -> Token:
        """A number, with its exponent; 2E-1 is none where E is a name, nor is 2e - 1."""
        at, end, text = match.start(), match.end(), match[0]
        mantissa, letter, exponent = match[1], match[2], match[3]
        if not letter and (apart := patterns.APART.match(self.text, end)):  # 6.13 e-2
            letter, exponent = apart.groups()
            text, end = f"{text}e{exponent}", apart.end()
            if re.search(r"\s", exponent):
                raise self.error(at, f"{IN_TWO_WAYS}: write {mantissa}e{exponent.strip()}, or a sign between the factors")
        doubtful = bool(letter) and (mantissa.isdigit() or end > match.end()) and exponent.lstrip("+-−–")[0] != "0"
        if doubtful and key_of(letter) in self.known:
            number = f"{mantissa}·10^{exponent.translate(patterns.MINUS)}"
            raise self.error(at, f"{IN_TWO_WAYS}, as {letter} is a name here: write {number}, or a sign behind {letter}")
        return Token("number", at, end, float(text.translate(patterns.MINUS)))

    def is_times(self, at: int) -> bool:
        """Whether the letter x between two factors is a sign of multiplication, as in 2 x 0.2. Where it could be a name as
        well, nobody knows."""
        before, behind = self.last, patterns.FACTOR.match(self.text, at + 1)
        if before is None or not behind or before.kind not in ("number", "name", "constant", ")", "]", "}"):
            return False
        numbers = before.kind == "number" and behind["number"] is not None
        letter = self.text[at]
        if any(end > at + 1 and key in self.known for end, key in self.names(at).items()):  # x_1
            return False
        if key_of(letter) in self.known:
            if numbers and self.text[at - 1].isspace() == self.text[at + 1].isspace():
                raise self.error(at, f"{IN_TWO_WAYS}, as {letter} is a name here: write ·")
            return False
        return numbers or not any(str(key[0]).lower() == "x" for key in self.known)

    def unknown(self, at: int, spelling: str) -> FormulaError:
        """The error for a name, with the nearest one that is known, or all that are."""
        names = list(self.labels.values())
        near = get_close_matches(spelling[:LONGEST_NAME], [*names, *(f for f in self.functions if len(f) > 2)], 1)
        hint = f"; the names are {list_names(names)}" if names else ""
        return self.error(at, f"{spelling[:LONGEST_NAME]} is not known here" + (f"; is {near[0]} meant?" if near else hint))

    # ---- names

    def literal(self, at: int) -> Token | None:
        """A name that is no mathematics, such as my_value, spelt just so."""
        for spelling, key in self.literals:
            end = at + len(spelling)
            if self.text.startswith(spelling, at):
                goes_on = patterns.GOES_ON.match(self.text, end) or (spelling[-1].isalnum() and self.unit(end))
                if not goes_on:
                    return Token("name", at, end, self.known[key])
        return None

    def derivative(self, at: int) -> Token | None:
        """∂L/∂w, in any of its spellings, where that is a name."""
        found = None
        for before, between, behind in patterns.DERIVATIVES:
            for middle, top in self.names_behind(before, at).items():
                for end, bottom in self.names_behind(between, middle).items():
                    closing = behind.match(self.text, end)
                    if closing and (value := self.slope(top, bottom, match_at(before, self.text, at))) is not None:
                        found = Token("name", at, closing.end(), value)
        return found

    def names_behind(self, pattern: re.Pattern[str], at: int) -> dict[int, Key]:
        """All that could be a name behind what a pattern matches here."""
        match = pattern.match(self.text, at)
        return self.names(match.end()) if match else {}

    def slope(self, top: Key, bottom: Key, opening: str) -> Value | None:
        """The derivative of one name by another, where it has a name too, or can be worked out."""
        top, bottom = self.otherwise.of(top), self.otherwise.of(bottom)
        if ("∂", top, bottom) in self.known:
            return self.known["∂", top, bottom]
        d_is_a_letter = "d" in opening and len(top) == 4 and key_of(f"d{top[0]}", *top[1:]) in self.known
        if self.derive is None or d_is_a_letter or top not in self.known or bottom not in self.known:
            return None
        return self.derive(self.known[top], self.known[bottom])

    def operator(self, at: int) -> Token | None:
        r"""d/dx in front of what is to be differentiated, \frac{d}{dx} or ∂/∂x: a token that knows x, and how often."""
        for before, behind in patterns.OPERATORS:
            opening = before.match(self.text, at)
            if opening and not ("d" in opening[0] and key_of("d") in self.given):
                found = None
                for end, key in self.names(opening.end()).items():
                    closing = behind.match(self.text, end)
                    if closing and key in self.known:
                        found = closing, key
                if found is None:
                    raise self.unknown(opening.end(), match_at(patterns.BEHIND_D, self.text, opening.end()))
                closing, key = found
                order, below = (int(normalize("NFKC", "".join(filter(None, m.groups())) or "1")) for m in (opening, closing))
                if order != below:
                    raise self.error(at, "above and below, as often as differentiated: write d^2/dx^2")
                return Token("d", at, closing.end(), [(self.known[key], order)])
        return None

    def names(self, at: int) -> dict[int, Key]:
        """All that could be a name here, known or not: its key, by where it ends."""
        found = {}
        for end, base, whole in self.bases(at):
            primes = match_at(patterns.PRIMES, self.text, end) if whole else ""
            digits = match_at(patterns.DIGITS, self.text, end + len(primes)) if whole else ""
            behind = end + len(primes) + len(digits)
            for stop, up, down in self.scripts(behind) if whole else [(end, "", "")]:
                if digits and down == "new":  # w11_new
                    up, down = down, ""
                key = key_of(base, len(primes), up, digits or down)
                goes_on = patterns.LAYER_AHEAD if key[0] in self.layered and not up else patterns.GOES_ON
                if not goes_on.match(self.text, stop) and not (digits and down):
                    found[stop] = key
        return dict(sorted(found.items()))

    def bases(self, at: int) -> Iterator[tuple[int, str, bool]]:
        """The letters that a name could begin with: where they end, what they are, and whether no more letters follow."""
        if word := patterns.WORD.match(self.text, at):
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
        if match := patterns.ACCENTED.match(self.text, at):
            return (letter, match.end()) if (letter := read_accent(match)) else None
        if (match := patterns.COMMAND.match(self.text, at)) and match[1] in patterns.LETTERS:
            return patterns.LETTERS[match[1]], match.end()
        letter, end = self.text[at], at + 1
        if not (letter.isalpha() or letter == "∇") or letter in patterns.LOW or letter in patterns.HIGH or letter == "ᵀ":
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
        if run := patterns.LOWERED.match(self.text, at):
            yield run.end(), patterns.spell(run[0])
        elif self.text.startswith("_", at):
            yield from self.script(at + 1)

    def above(self, at: int) -> Iterator[tuple[int, str]]:
        if run := patterns.RAISED.match(self.text, at):
            plain = patterns.spell(run[0])
            yield from ((at + n, plain[:n]) for n in range(1, len(plain) + 1))
        elif self.text.startswith("^", at):
            yield from self.script(at + 1)

    def script(self, at: int) -> Iterator[tuple[int, str]]:
        """What could stand behind _ or ^: a group, or so many characters as make a known name."""
        if group := patterns.BRACED.match(self.text, at) or patterns.WORD.match(self.text, at):
            yield group.end(), group[group.lastindex or 1]
        elif (command := patterns.COMMAND.match(self.text, at)) and command[1] in patterns.LETTERS:
            yield command.end(1), patterns.LETTERS[command[1]]
        elif layer := patterns.IN_BRACKETS.match(self.text, at) or patterns.ALONE.match(self.text, at):
            yield layer.end(), layer[0]
        elif bare := patterns.BARE.match(self.text, at):
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
            raise self.unknown(at, self.text[at:stop] + match_at(patterns.BEHIND_A_NAME, self.text, stop))
        while at in best:
            yield self.add_base(best[at])
            at = best[at].end

    def pieces(self, start: int, whole: bool, stop: int) -> list[Token]:
        """Names, functions and constants that begin here, longest first; whole: no letter stands in front of them."""
        keys = self.names(start).items()
        named = [Token("name", start, end, self.known[key]) for end, key in keys if key in self.known]
        if whole and not named:
            named = self.spelt_otherwise(start, [(end, key) for end, key in keys if end >= stop])
        return sorted(named + self.words(start, whole, stop), key=lambda piece: -piece.end)

    def spelt_otherwise(self, start: int, keys: Iterable[tuple[int, Key]]) -> list[Token]:
        """Names in other letters, those that mean something; keys: each with the place where it ends."""
        found = [(end, self.otherwise[key]) for end, key in keys if key in self.otherwise]
        return [Token("name", start, end, self.known[own]) for end, own in found if own in self.known]

    def words(self, start: int, whole: bool, stop: int) -> list[Token]:
        """Functions and constants that begin here."""
        text, found = self.text, []
        words = [(end, letters) for end, letters, _ in self.bases(start)]
        if (match := patterns.FUNCTION_WORD.match(text, start)) and match.end() > stop:  # log2, leaky_relu
            words.append((match.end(), match[0]))
        for end, word in words:
            alone = whole and end >= stop
            if (op := self.function(word)) and (alone or word in IN_WORDS):
                found.append(Token("function", start, end, op))
            word = GREEK.get(word, word)
            in_front_of_a_power = word == "e" and end >= stop and patterns.TO_A_POWER.match(text, end)
            if word in CONSTANTS and (alone or word == "π" or in_front_of_a_power):
                found.append(Token("constant", start, end, CONSTANTS[word]))
        return found

    def word(self, match: re.Match[str]) -> Token:
        r"""A word in letters of its own: \mathrm{net}, \operatorname{relu}."""
        at, word = match.start(), match[2].replace(r"\_", "_")
        keys = [(match.end(), ("", word)), *self.names(at).items()]
        own = [Token("name", at, end, self.known[key]) for end, key in keys if key in self.known]
        named = own or self.spelt_otherwise(at, keys)
        op = self.function(word)
        if op and (not named or match[1].startswith("operatorname")):
            return self.add_base(Token("function", at, match.end(), op))
        if not named and word in CONSTANTS:
            return Token("constant", at, match.end(), CONSTANTS[word])
        if not named:
            raise self.unknown(at, word)
        return named[-1]

    def function(self, word: str) -> Primitive | Composed | None:
        word = GREEK.get(word, word)
        return self.functions.get(word) or (self.functions.get(word.lower()) if len(word) > 1 else None)

    def add_base(self, token: Token) -> Token:
        """A logarithm with the base that stands behind it; any other token as it is."""
        if token.what is not ops.log or not self.text[: token.end].rstrip("}").lower().endswith("log"):
            return token
        if base := patterns.LOG_BASE.match(self.text, token.end):
            return token._replace(end=base.end(), what=BASES[base[1] or base[2]])
        behind = match_at(patterns.GOES_ON, self.text, token.end)
        if behind.isascii() and behind.isdigit():
            raise self.error(token.start, f"{IN_TWO_WAYS}: write log_2(x), or log(2x)")
        if behind == "_" or behind in patterns.LOW:
            raise self.error(token.end, "a logarithm has the base e, 2 or 10 here: write log(x)/log(b) for others")
        return token

    def exponent(self, match: re.Match[str]) -> Iterable[Token]:
        """Raised signs, as ^ and a pair of braces."""
        at, end = match.span()
        yield Token("^", at, at)
        yield Token("{", at, at)
        for part in re.finditer("[0-9]+|.", patterns.spell(match[0])):
            start, stop = at + part.start(), at + part.end()
            if part[0].isdecimal():
                yield Token("number", start, stop, float(part[0]))
            elif part[0].isalpha():
                if key_of(part[0]) not in self.known:
                    raise self.unknown(start, part[0])
                yield Token("name", start, stop, self.known[key_of(part[0])])
            else:
                yield Token(SIGNS[part[0]], start, stop)
        yield Token("}", end, end)
