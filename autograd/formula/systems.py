r"""Several formulas at once, which speak of one another by name:

    L = -y*log(ŷ) - (1-y)*log(1-ŷ); ŷ = sigmoid(a); a = w*x + b

They stand behind one another with ; or on lines of their own, in any order. What a formula speaks of and no other defines is
a variable, with a number if one is given for it, or if it is defined as one (w = 0.5). The results are the formulas that no
other one uses: L above. A derivative of what is named, ∂L/∂w, may stand in a formula as well. Behind # stands a comment.

Each formula is read by parser.py. As there, errors know their place, here in the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import NamedTuple

from autograd.formula.families import ends_of_sums
from autograd.formula.lexer import FormulaError
from autograd.formula.name_keys import Key, name_key
from autograd.formula.parser import parse, read_formula, split_chain, variables
from autograd.graph import leaves
from autograd.value import Value
from autograd.writing.names import list_names

MOST_ALIGNED = 5_000  # characters between \begin and \end
_PIECE = re.compile(  # \; is a space in LaTeX
    rf"(?:\\begin\s*\{{(\w+)\}}(?s:.{{0,{MOST_ALIGNED}}}?)\\end\s*\{{\1\}}|\\;|[^;\n])+"
)
_COMMENT = re.compile(r"(^|\s)#.*")
_WORD = re.compile(r"[^\W\d]\w*[′'’]*")


class Formulas(NamedTuple):
    """Formulas that were read together."""

    text: str  # as they were written
    results: list[Value]  # those that no other formula uses, in the order in which they were written
    named: dict[str, Value]  # each formula with a name, a Value that wears it
    variables: dict[str, Value]  # each leaf by its name; those without a number hold 1.0
    unknown: list[str]  # the names of these

    def value(self, name: str) -> Value:
        """What has this name, in any of its spellings. Raises ValueError, with the nearest name, where nothing has."""
        everything = {**self.variables, **self.named}
        by_key: dict[Key, Value] = {name_key(each): value for each, value in everything.items()}
        found = by_key.get(name_key(name))
        if found is None:
            raise ValueError(f"{name} is none of the names here{_hint(name, everything)}")
        return found

    def need_numbers(self) -> None:
        """Raise FormulaError, at the first of them, where variables have no numbers."""
        names = {name: value for name, value in {**self.variables, **self.named}.items() if name not in self.unknown}
        for line in _split_formulas(self.text) if self.unknown else ():
            try:
                read_formula(line.formula, names)
            except FormulaError as error:
                first, near = self.unknown[0], get_close_matches(self.unknown[0], self.variables.keys() - self.unknown, 1)
                verb = "has" if len(self.unknown) == 1 else "have"
                missing = f"{list_names(self.unknown)} {verb} no number: write {first}=0.5, say, behind"
                meant = "".join(f"; or is {name} meant?" for name in near)
                raise FormulaError(self.text, line.start + error.position, f"{missing} the formula{meant}") from None


def read_formulas(text: str, numbers: Mapping[str, float] | None = None) -> Formulas:
    """Formulas, `name = formula` or one without a name, parted by ; or on lines of their own, in any order.

    text: "h = sigmoid(a); a = w*x + b"
    numbers: those of the variables that have one, by name

    >>> formulas = read_formulas("h = sigmoid(a); a = w*x + b", {"w": 0.5, "x": 2, "b": -1})
    >>> formulas.results
    [Value(0.5, label="h")]
    >>> read_formulas("a = b + 1; b = 2a")
    Traceback (most recent call last):
    autograd.formula.lexer.FormulaError: a = b + 1; b = 2a
    ^ a is defined by itself, in a circle: a → b → a

    Raises FormulaError for what cannot be read, is defined twice or in a circle; ValueError for a number that nothing uses.
    """
    given = _read_numbers(numbers or {})
    lines = _read_lines(text, given)
    free, uses = _find_names(text, lines, given)
    used = {each for found in uses.values() for each in found}
    for name in given:
        if name not in used:
            raise ValueError(f"a number is given for {name}, which stands in no formula{_hint(name, used)}")
    found = _compute(text, [lines[key] for key in _sort(text, uses, lines)], {**given, **free})
    values = {key: found[line] for key, line in lines.items()}
    numbered = {key: y for key, y in values.items() if not y.inputs and y.label == key}
    named = {key: y for key, y in values.items() if lines[key].name and key not in numbered}
    unknown = [name for name in free if name in used]
    unused = [key for key in lines if key not in used]
    results = [key for key in unused if key not in numbered] or unused
    variables_here = {**given, **numbered, **{name: free[name] for name in unknown}}
    return Formulas(text, [values[key] for key in results], named, variables_here, unknown)


class _Line(NamedTuple):
    """A formula with its name, or "", and the places in the text where both begin."""

    place: int
    name: str
    start: int
    formula: str


def _split_formulas(text: str) -> Iterator[_Line]:
    """Each formula that is written."""
    for match in _PIECE.finditer(text):
        piece, first = _COMMENT.sub("", match[0]), match.start()
        if not piece.strip():
            continue
        with _shift_errors(text, first):
            parts = split_chain(piece)
            (name, at), (formula, start), *more = parts if len(parts) > 1 else [("", 0), *parts]
            if more:
                raise FormulaError(piece, more[0][1], "one = stands between a name and its formula, and here is another")
            if len(parts) > 1 and not _is_name(name):
                raise FormulaError(piece, at, "in front of = stands the name of what is defined, and this is none")
        yield _Line(first + at, name, first + start, formula)


def _is_name(text: str) -> bool:
    if _WORD.fullmatch(text):
        return True
    try:
        leaf = parse(text)
    except FormulaError:
        return False
    return leaf.op is None and not leaf.inputs


def _read_numbers(numbers: Mapping[str, float]) -> dict[str, Value]:
    """The variables that have numbers."""
    by_key: dict[Key, str] = {}
    for name in numbers:
        if not _is_name(name):
            raise ValueError(f"{name!r} cannot be the name of a number")
        if (other := by_key.setdefault(name_key(name), name)) != name:
            raise ValueError(f"{other} and {name} are one name, and two numbers are given for it")
    return {name: Value(x, label=name) for name, x in numbers.items()}


def _read_lines(text: str, given: Mapping[str, Value]) -> dict[str, _Line]:
    """The formulas by name, those without one by "0;", "1;", ..., of which no formula can speak."""
    lines: dict[str, _Line] = {}
    taken = dict.fromkeys(map(name_key, given), "given as a number, and defined here")
    for i, line in enumerate(_split_formulas(text)):
        if line.name and name_key(line.name) in taken:
            raise FormulaError(text, line.place, f"{line.name} is {taken[name_key(line.name)]}")
        if line.name:
            taken[name_key(line.name)] = "defined twice"
        lines[line.name or f"{i};"] = line
    if not lines:
        raise FormulaError(text, len(text.rstrip()), "there is no formula here")
    return lines


def _find_names(
    text: str, lines: Mapping[str, _Line], given: Mapping[str, Value]
) -> tuple[dict[str, Value], dict[str, list[str]]]:
    """The variables that are not given, and for each formula the names that it speaks of."""
    known = {**given, **{name: Value(1.0, label=name) for name, line in lines.items() if line.name}}
    free: dict[str, Value] = {}
    uses: dict[str, list[str]] = {}
    for key, line in lines.items():
        with _shift_errors(text, line.start):
            free |= _find_new(line.formula, {**known, **free})
            uses[key] = _find_used(line.formula, {**known, **free})
    return free, uses


def _compute(text: str, lines: Iterable[_Line], known: dict[str, Value]) -> dict[_Line, Value]:
    """The Values of formulas, each of which speaks of what is known or comes before it."""
    found: dict[_Line, Value] = {}
    for line in lines:
        with _shift_errors(text, line.start):
            y = read_formula(line.formula, known)
        if not any(leaf.op is None for leaf in leaves(y)):
            y = Value(y.data)  # w = 0.5 is a variable, not a constant
        y.label = y.label or line.name
        found[line] = y
        if line.name:
            known[line.name] = y
    return found


def _find_new(formula: str, known: Mapping[str, Value]) -> dict[str, Value]:
    """The variables that a formula brings in: names that are not known, nor put together of those that are."""
    found = variables(read_formula(formula, known, _mention_both, inventing=True))
    return {name: leaf for name, leaf in found.items() if leaf not in known.values()}


def _find_used(formula: str, known: Mapping[str, Value]) -> list[str]:
    """The known names that a formula speaks of, directly, in a derivative, or as the n of Σ_{i=1}^n."""
    found, ends = set(leaves(read_formula(formula, known, _mention_both))), ends_of_sums(formula)
    return [name for name, value in known.items() if value in found or name_key(name) in ends]


def _mention_both(y: Value, x: Value) -> Value:
    """In the place of ∂y/∂x, where it only counts what is spoken of."""
    return y * x


def _sort(text: str, uses: Mapping[str, list[str]], lines: Mapping[str, _Line]) -> Iterator[str]:
    """The formulas, each after those that it uses."""
    done: dict[str, None] = {}
    for first in lines:
        way = [first]
        while way:
            name = way[-1]
            waiting = [each for each in uses[name] if each in lines and each not in done]
            if not waiting:
                done[way.pop()] = None
            elif waiting[0] in way:
                circle = [*way[way.index(waiting[0]) :], waiting[0]]
                reason = f"{waiting[0]} is defined by itself, in a circle: {' → '.join(circle)}"
                raise FormulaError(
                    text, lines[waiting[0]].place, reason if len(circle) > 2 else f"{name} is defined by itself"
                )
            else:
                way.append(waiting[0])
    yield from done


@contextmanager
def _shift_errors(text: str, start: int) -> Iterator[None]:
    """An error in a part of a text knows its place in the whole."""
    try:
        yield
    except FormulaError as error:
        raise FormulaError(text, start + error.position, error.reason) from None


def _hint(name: str, names: Iterable[str]) -> str:
    """A hint at the nearest name, or at all that there are."""
    names = [each for each in names if not each.endswith(";")]
    near = get_close_matches(name, names, 1)
    if near:
        return f"; is {near[0]} meant?"
    verb = "are" if len(names) > 1 else "is"
    return f": there {verb} {list_names(names)}" if names else ""
