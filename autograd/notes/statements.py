r"""Rows of mathematics as statements: chains of formulas, without the words and signs that stand around them.

\text{For neuron 1: } 0.40 \cdot 0.138 = 0.0552 \quad (1)      →   0.40 \cdot 0.138  =  0.0552
L = ½(ŷ − y)² → ∂L/∂ŷ = ŷ − y                                  →   two statements
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograd.formula.expressions import LONGEST
from autograd.formula.indexed_lexer import NAME, closing_of, prepare
from autograd.formula.spellings import undress
from autograd.notes.blocks import Row
from autograd.notes.numbers import has_numbers, is_pure

NO_NAMES = set(
    """let so where with and or if for then thus hence since because when as is are the of otherwise derivative reciprocal
    inputs new old to in by from we get have now i.e. e.g. using chain rule here note""".split()
)
_TOKEN = re.compile(  # brackets, what parts statements, and signs of relation
    r"(?P<open>[(\[{⟦⦃])|(?P<close>[)\]}⟧⦄])|(?P<apart>[,;⁏])"
    r"|\\(?:Leftrightarrow|iff)(?![A-Za-z])|(?P<definition>:=|≔|\\coloneqq|\\triangleq|≜|\\equiv(?![A-Za-z])|≡)"
    r"|(?P<equal>==|(?<![<>!≠])=(?!=)|\\approx(?![A-Za-z])|≈|≃|≅|\\simeq|\\cong|\\doteq)"
    r"|(?P<right>\\(?:Rightarrow|implies|Longrightarrow|rightarrow|longrightarrow|to)(?![A-Za-z])|⇒|⟹|→|⟶|=>|->)"
    r"|(?P<left>\\(?:leftarrow|gets|longleftarrow)(?![A-Za-z])|←)"
    r"|(?P<other>\\(?:propto|in|leq?|geq?|neq?|sim|mid|ll|gg|subset)(?![A-Za-z])|∝|∈|≤|≥|≠|<=|>=|<|>)"
)
_TEXT = re.compile(r"\\(?:text|mathrm|mbox|textbf|textit|textrm|textnormal)\s*\{([^{}]*)\}")
_SPACE = re.compile(r"\\q?quad(?![A-Za-z])|\\hfill(?![A-Za-z])|\\hspace\*?\{[^{}]*\}")
_NUMBER_OF_ROW = re.compile(r"(?:⁏[-–—.…\s]*\(\d+[a-z]?\)|\\tag\*?\{[^{}]*\})\s*$")
_ARROWS = re.compile(r"\\(?:down|up|swarrow|searrow|nearrow|nwarrow)(?:arrow)?(?![A-Za-z])|[↓↑↙↘↖↗✓]|\\checkmark")
_TRAILING = re.compile(r"(?:[,.;:]|\\\s|\s|\+\s*\\[lc]?dots)+$")
_GOES_ON = re.compile(
    r"[&\s{]*(?:\\(?:quad|qquad|,|;|!)|[&\s{])*(?:=|\\(?:approx|equiv|Rightarrow|rightarrow|therefore|cong|simeq)|≈|→|⇒|∴|:=|≡)"
)
_BESIDE = re.compile(r"\s*(?:\\nabla|∇)[^=]*=")
_NEARLY = re.compile(r"\\approx|≈|≃|≅|\\simeq|\\cong|\\doteq")
_A_NAME = re.compile(rf"\s*{NAME}\s*")
_MARK = "⁏"
LONGEST_ROW = 2 * LONGEST  # characters of a row that is read


class Part(NamedTuple):
    """A statement: formulas, with the sign in front of each; the first has none, unless the statement goes on."""

    row: Row
    formulas: Sequence[str]
    signs: Sequence[str]
    goes_on: bool


def find_parts(row: Row, bullets: bool = False) -> list[Part]:
    """The statements of a row; none where it states nothing, or is too long to be a formula.

    bullets: whether a minus in front of a row is the dash of a list
    """
    if len(row.text) > LONGEST_ROW:
        return []
    text, words = _without_words(row.text)
    text = _SPACE.sub(f" {_MARK} ", text)
    text = _ARROWS.sub(" ", _NUMBER_OF_ROW.sub("", text))
    if bullets:
        text = re.sub(r"^\s*[-–]\s+(?=[\\A-Za-z])", "", text)
    text = undress(prepare(text)).text.strip()
    while text.startswith("{") and closing_of(text, 0) == len(text) - 1:
        text = text[1:-1].strip()
    found: list[Part] = []
    for piece in _split(text):
        part = _part(row, piece, words, first=not found)
        if part is not None:
            found += _exact_parts(part)
    if found and found[0].goes_on and not _GOES_ON.match(row.text):  # words are on its left
        found[0] = found[0]._replace(goes_on=False)
    return found


def _exact_parts(part: Part) -> list[Part]:
    """A statement without its approximations: f(x) ≈ f(a) + f'(a)(x − a) says nothing that has to hold to the last digit."""
    cuts = [
        i
        for i, (sign, text) in enumerate(zip(part.signs, part.formulas))
        if _NEARLY.match(sign.strip()) and not has_numbers(text) and not is_pure(text)
    ]
    if not cuts:
        return [part]
    ends = [*cuts, len(part.formulas)]
    pieces = [
        part._replace(formulas=part.formulas[i:j], signs=["", *part.signs[i + 1 : j]], goes_on=part.goes_on and i == 0 < j)
        for i, j in zip([0, *cuts], ends)
        if j > i
    ]
    return [piece for n, piece in enumerate(pieces) if len(piece.formulas) > 1 or n == 0]


def _without_words(text: str) -> tuple[str, str]:
    """A row without words, and these; a single word may be a name."""
    said: list[str] = []

    def look(match: re.Match[str]) -> str:
        if _is_script(text, match.start()):
            return match[0]
        inside = match[1]
        word = inside.strip()
        if word in ("New", "Updated"):
            said.append(word)
            return " "
        if word.isalnum() and word == inside and word.lower() not in NO_NAMES and not word.isdecimal():
            return match[0]
        said.append(word)
        return f" {_MARK} " if match.start() and text[: match.start()].strip(" &=") else " "

    return _TEXT.sub(look, text), " ".join(said)


def _is_script(text: str, at: int) -> bool:
    """Whether words stand below or above something, or in a matrix or in cases, where they are left."""
    before = text[:at].rstrip(" {")
    inside = text.rfind(r"\begin{cases}", 0, at) > text.rfind(r"\end{cases}", 0, at)
    return before.endswith(("_", "^")) or inside or bool(re.search(r"[_^]\{[^{}]*$", text[:at]))


def _split(text: str) -> list[str]:
    """Statements side by side: parted by wide spaces, arrows, or commas between those that have a sign."""
    pieces = [""]
    depth = at = 0
    for match in _TOKEN.finditer(text):
        sign, start = "", match.start()
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth = max(0, depth - 1)
            if not depth and match[0] == "⟧" and _BESIDE.match(text, match.end()):  # a statement behind a matrix
                sign, start = _MARK, match.end()
        elif not depth and (match["right"] or match["left"]):
            sign = "←" if match["left"] else "→"
        elif not depth and match["apart"] and (match[0] == _MARK or start):
            sign = match[0]
        if sign:
            pieces[-1] += text[at:start]
            pieces += [sign, ""]
            at = match.end()
    pieces[-1] += text[at:]
    return _join(pieces)


def _join(pieces: list[str]) -> list[str]:
    """What belongs together again, of pieces with what parts them between."""
    found = [pieces[0]]
    for sign, piece in zip(pieces[1::2], pieces[2::2]):
        before = found[-1]
        stated, states = _has_relation(before), _has_relation(piece)
        if not piece.strip():
            continue
        if sign == "→":
            has_sign = piece.strip().startswith("=")
            if not before.strip():
                found[-1] = piece
            elif has_sign or (not stated and not states and _looks_like_formula(piece)):
                found[-1] = before + (" " if has_sign else " = ") + piece if _looks_like_formula(before) else piece
            else:
                found.append(piece)
        elif sign == "←":
            if not stated and _looks_like_formula(before):
                found[-1] = f"{before} := {piece}"
            elif stated and _A_NAME.fullmatch(piece):  # L = ½(ŷ − y)² ← E says what is called E
                found.append(f"{piece} = {before[: next(_relations(before))[1].start()]}")
        elif sign == _MARK:
            if piece.strip().startswith("="):
                found[-1] = before + " " + piece
            elif not before.strip():
                found[-1] = piece
            elif states:
                found.append(piece)
            elif not stated:
                found[-1] = before + " " + piece
        elif states and (stated or not before.strip()):
            found.append(piece)
        elif stated and not states:
            continue  # a remark behind a comma
        else:
            found[-1] = before + sign + piece
    return found


def _relations(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The signs of relation in a text, each with how many brackets are open there."""
    depth = 0
    for match in _TOKEN.finditer(text):
        if match["open"] or match["close"]:
            depth += 1 if match["open"] else -1
        elif not match["apart"]:
            yield depth, match


def _has_relation(text: str) -> bool:
    return any(not depth and (m["equal"] or m["definition"] or m["other"]) for depth, m in _relations(text))


def _looks_like_formula(text: str) -> bool:
    return bool(re.search(r"[\w∂]", text)) and not re.search(r"\\(?:text|mathrm)\s*\{[^{}]* ", text)


def _part(row: Row, text: str, words: str, first: bool) -> Part | None:
    """One statement, or nothing where there is no sign of equality in it."""
    text = _TRAILING.sub("", text)
    formulas, signs, at = list[str](), [""], 0
    for depth, match in _relations(text):
        if depth <= 0:
            if match["other"]:
                return None
            formulas.append(text[at : match.start()])
            signs.append(match[0])
            at = match.end()
    formulas.append(text[at:])
    if re.search(r"\b[nN]ew\b|\b[uU]pdated\b", words) and len(formulas) > 1:
        formulas[0] = r"\text{anew}"  # another number of that name
    stripped = [_TRAILING.sub("", f).strip() for f in formulas]
    if not any(stripped):
        return None
    goes_on = not stripped[0] and len(stripped) > 1
    if goes_on:
        stripped, signs = stripped[1:], signs[1:]
    while len(stripped) > 1 and not stripped[-1]:
        stripped, signs = stripped[:-1], signs[:-1]
    if len(stripped) == 1 and not goes_on:
        return Part(row, stripped, signs, False) if first else None
    return Part(row, stripped, signs, goes_on)
