"""Answers in words: a size, a product of matrices, the name of a line; a sheet of these, and how it is marked.

Each kind of answer reads what was written, and says whether that is right; where it is not, what it may have been taken for.
For whoever collects answers such a sheet is like a worksheet: it has lines, finds them by their names, reads and marks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from random import Random
from typing import NamedTuple, Protocol

from autograd.formula.lexer import FormulaError
from autograd.formula.name_keys import Key, name_key
from autograd.formula.spellings import undress
from autograd.mark.claims import without_struck
from autograd.mark.paper import claims_in
from autograd.mark.report import Diagnosis, Marking, Row, share_of_marks
from autograd.writing.names import text_name

LONGEST = 200  # characters of an answer


class Said(NamedTuple):
    """What is said of an answer: a verdict, a guess at the mistake as (kind, sentence), remarks, lines that it rests on."""

    verdict: str
    guess: tuple[str, str] | None = None
    remarks: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Answer(Protocol):
    """What is right on a line."""

    @property
    def right(self) -> str:
        """The right answer, as it should be written."""

    @property
    def spellings(self) -> Sequence[str]:
        """Other ways to write it, for machines that compare letters."""

    def judge(self, text: str, others: Mapping[str, str]) -> Said:
        """What is said of an answer; others: those on the other lines. Raises FormulaError where it cannot be read."""

    @property
    def foreseen(self) -> Sequence[tuple[str, str]]:
        """Wrong answers that can be foreseen, each with a sentence."""


class WordSheet:
    """Lines that are answered in words.

    answers: what is right on each line, by name; title: what stands above
    """

    def __init__(self, answers: Mapping[str, Answer], title: str = "") -> None:
        self.answers, self.title = dict(answers), title
        self.lines = list(self.answers)
        self._by_key = {_key(name): name for name in self.lines}

    def line_named(self, name: str) -> str:
        """The line that a name means, however it is spelt. Raises LookupError, with the nearest name, if there is none.

        name: in any of its spellings
        """
        if (found := self._by_key.get(_key(str(name)))) is not None:
            return found
        near = get_close_matches(str(name), self.lines, 1)
        behind = f"; is {near[0]} meant?" if near else f"; the lines are {', '.join(self.lines)}"
        raise LookupError(f"{name} is no line of this worksheet{behind}")

    def read(self, name: str, text: object) -> str | None:
        """What was written on a line, without its dress; None for nothing.

        name: the line; text: what stands there

        Raises FormulaError for what cannot be read.
        """
        line, written = self.line_named(name), _plain(text)
        if not written:
            return None
        self._judge(line, written, {})
        return written

    def _judge(self, line: str, text: str, others: Mapping[str, str]) -> Said:
        if len(text) > LONGEST:
            raise FormulaError(f"{text[:20]}…", 0, "this is longer than any answer here")
        return self.answers[line].judge(text, others)

    def mark(self, claims: Mapping[str, object] | str, marks: float = 1.0, carried: float = 1.0, digits: int = 0) -> Marking:
        """Mark what somebody answered; digits say nothing of words.

        claims: for each line what was written there, or one text of such lines; marks, carried: as for Worksheet.mark
        """
        if isinstance(claims, str):
            claims = claims_in(claims, self.lines)
        if not hasattr(claims, "items"):
            raise TypeError(f'claims go by line, as in {{"{self.lines[0]}": "…"}}, and this is {claims!r:.60}')
        written = {self.line_named(name): _plain(text) for name, text in claims.items()}
        rows = [self._row(line, written, marks, carried) for line in self.lines]
        return Marking(rows, self.title)

    def _row(self, line: str, written: Mapping[str, str], worth: float, carried: float) -> Row:
        text, answer = written.get(line, ""), self.answers[line]
        nothing = Row(line, text, "blank", math.nan, worth=worth, answer=answer.right)
        if not text:
            return nothing
        try:
            said = self._judge(line, text, written)
        except FormulaError as error:
            return nothing._replace(verdict="unread", remarks=(f"This cannot be read: {error.reason}",))
        guesses = (Diagnosis(*said.guess, None),) if said.guess else ()
        marks = worth * share_of_marks(said.verdict, carried)
        whole = nothing._replace(verdict=said.verdict, diagnoses=guesses, remarks=said.remarks, sources=said.sources)
        return whole._replace(marks=marks)


def _plain(text: object) -> str:
    return " ".join(undress(without_struck(str(text))).text.split()) if text is not None else ""


def _key(name: str) -> object:
    words, _, last = " ".join(name.split()).rpartition(" ")
    return words.casefold(), name_key(last)


# ------------------------------------------------------------------------------------------------------------------- sizes


class Size(NamedTuple):
    """How large a matrix is; of a vector, the number of its entries will do.

    others: the sizes that quantities nearby have, by name
    """

    rows: int
    columns: int
    others: Mapping[str, tuple[int, int]]

    @property
    def right(self) -> str:
        return f"{self.rows}×{self.columns}"

    @property
    def spellings(self) -> list[str]:
        n, m = self.rows, self.columns
        found = [f"{n}x{m}", f"{n} x {m}", f"{n} × {m}", f"({n}, {m})", f"({n},{m})", f"{n}*{m}", f"{n} by {m}"]
        return [*found, str(max(n, m))] if 1 in (n, m) else found

    def judge(self, text: str, others: Mapping[str, str]) -> Said:
        found = _read_size(text)
        if found == (self.rows, self.columns) or (1 in (self.rows, self.columns) and found == (self.rows * self.columns,)):
            return Said("right")
        if found == (self.columns, self.rows):
            return Said("wrong", ("transposed", "Rows and columns the wrong way round"))
        same = [name for name, size in self.others.items() if size == found]
        return Said("wrong", ("size", f"{text} is the size of {text_name(same[0])}") if same else None)

    @property
    def foreseen(self) -> list[tuple[str, str]]:
        sizes = dict.fromkeys([(self.columns, self.rows), *self.others.values()])
        wrong = [f"{n}×{m}" for n, m in sizes if (n, m) != (self.rows, self.columns)]
        return [(text, said.guess[1]) for text in wrong if (said := self.judge(text, {})).guess and said.verdict == "wrong"]


_SIZE = re.compile(r"[(\[]?\s*(\d{1,6})\s*(?:(?:[×xX*·⋅,]|by|mal)\s*(\d{1,6})?)?\s*[)\]]?\.?")


def _read_size(text: str) -> tuple[int, ...]:
    match = _SIZE.fullmatch(text.replace("\\times", "×").strip())
    if match is None:
        raise FormulaError(text, 0, "a size is two numbers, rows × columns, such as 2×3")
    return tuple(int(x) for x in match.groups() if x is not None)


# ---------------------------------------------------------------------------------------------------------------- products


class MatrixProduct(NamedTuple):
    """A product of matrices, judged by its numbers: W₂ᵀδ₂, δ₂ᵀW₂ transposed, and whatever else comes to the same.

    factors: the right ones, each with whether it is transposed; shapes: how large what may be spoken of is, by name
    """

    factors: Sequence[tuple[str, bool]]
    shapes: Mapping[str, tuple[int, int]]

    @property
    def right(self) -> str:
        return _write(self.factors)

    @property
    def spellings(self) -> list[str]:
        plain = [(name.replace("δ", "d"), is_turned) for name, is_turned in self.factors]
        without = [(name.replace("_", ""), is_turned) for name, is_turned in plain]
        shown = [(text_name(name), is_turned) for name, is_turned in self.factors]
        return [
            mark.join(f"{name}{turned if is_turned else ''}" for name, is_turned in factors)
            for factors in (shown, self.factors, plain, without)
            for turned in ("ᵀ", "^T", ".T", "'", "T")
            for mark in (" ", "", "*", "·", " @ ", "@")
        ]

    def judge(self, text: str, others: Mapping[str, str]) -> Said:
        factors = _read_product(text, self.shapes)
        right = _multiply(self.factors, self.shapes)
        for (one, turned), (other, other_turned) in pairwise(factors):
            a, b = self._shape(one, turned), self._shape(other, other_turned)
            if a[1] != b[0]:
                misfit = f"{_write([(one, turned)])} is {a[0]}×{a[1]} and {_write([(other, other_turned)])} is {b[0]}×{b[1]}"
                return Said("wrong", self._guess(factors), (f"{misfit}: these have no product",))
        found = _multiply(factors, self.shapes)
        if _same(found, right):
            return Said("right")
        if _same(found, [list(column) for column in zip(*right)]):
            return Said("wrong", ("transposed", f"This is {_write([(self.right, True)])}, turned round"))
        return Said("wrong", self._guess(factors))

    def _shape(self, name: str, turned: bool) -> tuple[int, int]:
        n, m = self.shapes[name]
        return (m, n) if turned else (n, m)

    def _guess(self, factors: Sequence[tuple[str, bool]]) -> tuple[str, str] | None:
        names, right = [name for name, _ in factors], [name for name, _ in self.factors]
        if names == right:
            odd = [text_name(name) for (name, turned), (_, wanted) in zip(factors, self.factors) if turned != wanted]
            return "transposed", f"{' and '.join(odd)} {'is' if len(odd) == 1 else 'are'} to be transposed, or not to be"
        if sorted(names) == sorted(right):
            return "order", "The factors stand in the wrong order"
        missing = [name for name in right if name not in names]
        return ("factor", f"{text_name(missing[0])} is missing") if missing else None

    @property
    def foreseen(self) -> list[tuple[str, str]]:
        flips = [[(name, turned != flip) for (name, turned), flip in zip(self.factors, way)] for way in _WAYS]
        orders = [factors[::step] for factors in [list(self.factors), *flips] for step in (1, -1)]
        told = [(_write(factors), self.judge(_write(factors), {})) for factors in orders]
        return [(text, said.guess[1]) for text, said in told if said.verdict == "wrong" and said.guess]


_WAYS = [(False, True), (True, False), (True, True)]
_FACTOR = re.compile(
    r"\s*(?:[·⋅*@×]|\\cdot|\\,|\s)?\s*(?P<name>(?P<letter>[^\W\d_]\u0302?|\\hat\s*\{?\s*y\s*\}?)\s*(?P<index>_?\{?\d\}?|[₀-₉])?|\()"
)
_TURNED = re.compile(r"\s*(?:\^\s*\{?\s*(?:\\top|\\intercal|\\mathrm\{T\}|\\mathsf\{T\}|T|⊤|t)\s*\}?|ᵀ|⊤|\.T|'|′|’|T)")
_OUTER = re.compile(r"(?:np\.)?outer\(\s*(\w+)\s*,\s*(\w+)\s*\)|(\w+)\s*(?:⊗|\\otimes)\s*(\w+)")


def _write(factors: Sequence[tuple[str, bool]]) -> str:
    names = [f"({name})" if "·" in name else text_name(name) for name, _ in factors]
    return "·".join(f"{name}{'ᵀ' if turned else ''}" for name, (_, turned) in zip(names, factors))


def _read_product(text: str, known: Mapping[str, object]) -> list[tuple[str, bool]]:
    """Factors with whether they are transposed; of a bracket that is transposed, all, from behind."""
    text = _OUTER.sub(r"\1\3 (\2\4)^T", re.sub(r"\\?delta\s*", "δ", text))
    named = _spelt(known)
    stack: list[list[tuple[str, bool]]] = [[]]
    at = 0
    while at < len(text):
        if text[at] == ")" and len(stack) > 1:
            inner, at = stack.pop(), at + 1
        elif (match := _FACTOR.match(text, at)) is None:
            raise FormulaError(text, at, "write it as a product of names, such as W_2^T δ_2")
        elif match["name"] == "(":
            stack.append([])
            at = match.end()
            continue
        elif (name := named.get(name_key(match["name"]))) is None:
            raise FormulaError(text, at, f"{match['name']} is no matrix here; there are {', '.join(map(text_name, known))}")
        else:
            inner, at = [(name, False)], match.end()
        while (turned := _TURNED.match(text, at)) is not None:
            inner, at = [(name, not is_turned) for name, is_turned in inner[::-1]], turned.end()
        stack[-1] += inner
    if len(stack) > 1 or not stack[0]:
        raise FormulaError(text, len(text), "a bracket is missing" if stack[0] or len(stack) > 1 else "nothing stands here")
    return stack[0]


def _spelt(known: Mapping[str, object]) -> dict[Key, str]:
    """Names by the keys of their spellings: d for δ, and a letter alone where only one name has it."""
    names = {name_key(name): name for name in known}
    letters = [name[0] for name in known]
    names |= {name_key(name[0]): name for name in known if letters.count(name[0]) == 1}
    return names | {name_key(name.replace("δ", "d")): name for name in known}


def _multiply(factors: Sequence[tuple[str, bool]], shapes: Mapping[str, tuple[int, int]]) -> list[list[float]]:
    """The product, with matrices of random numbers, the same ones for each name."""
    whole: list[list[float]] = []
    for name, turned in factors:
        random, (n, m) = Random(name), shapes[name]
        matrix = [[random.uniform(-1.0, 1.0) for _ in range(m)] for _ in range(n)]
        factor = [list(column) for column in zip(*matrix)] if turned else matrix
        columns = list(zip(*factor))
        whole = [[sum(map(float.__mul__, row, column)) for column in columns] for row in whole] if whole else factor
    return whole


def _same(one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> bool:
    return len(one) == len(other) and all(
        len(a) == len(b) and all(math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) for x, y in zip(a, b))
        for a, b in zip(one, other)
    )


# ------------------------------------------------------------------------------------------------------------ names of lines


class LineName(NamedTuple):
    """The name of a line; rests: lines of which something can be said, each with the sentence."""

    name: str
    rests: Mapping[str, tuple[str, str]]
    remark: str

    @property
    def right(self) -> str:
        return text_name(self.name)

    @property
    def spellings(self) -> list[str]:
        ascii_name = self.name.replace("∂", "d")
        return list(dict.fromkeys([self.name, ascii_name, ascii_name.replace("_", ""), self.name.replace("_", "")]))

    def judge(self, text: str, others: Mapping[str, str]) -> Said:
        plain = re.sub(r"\\[td]?frac\s*\{(.*?)\}\s*\{(.*)\}", r"\1/\2", text).replace("\\partial", "∂")
        key = name_key(re.sub(r"\s", "", plain).strip("=."))
        if key == name_key(self.name):
            return Said("right", None, (self.remark,))
        for line, guess in self.rests.items():
            if key == name_key(line):
                return Said("wrong", guess)
        raise FormulaError(text, 0, "write the name of a line of the sheet")

    @property
    def foreseen(self) -> list[tuple[str, str]]:
        return [(text_name(line), sentence) for line, (_, sentence) in self.rests.items()]
