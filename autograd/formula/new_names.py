"""The names that a text means where nobody gives them: words and letters that are no functions, constants or signs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from autograd.formula import patterns
from autograd.formula.lexer import FormulaError, Lexer
from autograd.formula.name_keys import name_key
from autograd.formula.patterns import match_at
from autograd.formula.signs import CONSTANTS, ELSEWHERE
from autograd.value import Value
from autograd.writing.names import GREEK


def invent_names(text: str, names: Mapping[str, Value | float]) -> dict[str, Value]:
    """A new Value(1.0) for each name that a text means besides those that are given.

    Raises FormulaError for what could be a function that is not known here.
    """
    lexer = Lexer(text, names)
    found = _find_names(lexer)
    for name, matches in found.items():
        if matches and matches[0].start("name") >= 0 and not _is_given(lexer, name):
            _refuse_functions(lexer, name, matches)
    new: dict[object, str] = {}
    for name in found:
        if not _is_given(lexer, name) and name_key(name) not in lexer.known:
            new.setdefault(name_key(name), name)
    return {name: Value(1.0, name) for name in new.values()}


def _find_names(lexer: Lexer) -> dict[str, list[re.Match[str]]]:
    """The names in a text, and where they stand; a derivative such as dL/dw is one name, and has no place."""
    text = lexer.text
    found: dict[str, list[re.Match[str]]] = {}
    for before, _ in patterns.OPERATORS:  # d/dx names x alone
        text = before.sub(lambda match: " " * len(match[0]), text)
    for match in patterns.QUOTIENT.finditer(text):  # unless dL is a name, or L and w are, so that it is worked out
        worked_out = _is_given(lexer, match["above"]) and _is_given(lexer, match["below"])
        if not worked_out and not _is_given(lexer, "d" + match["above"]):
            found[f"∂{match['above']}/∂{match['below']}"] = []
            text = text.replace(match[0], " " * len(match[0]))
    above = ""
    for match in patterns.NEW_NAME.finditer(text):
        name = patterns.HIGH[match["raised"]] if match["raised"] else (match["name"] or "").strip()
        if match["d"]:  # the first of two makes no name, but ∂L and ∂w do
            if not above:
                above, name = name, ""
            elif name_key(above) in lexer.given:  # it is worked out
                above = ""
            else:
                above, name = "", f"∂{above}/∂{name}"
        elif _is_no_name(lexer, name, match):
            continue
        if name and name[0] != "Σ":
            found.setdefault(name, []).append(match)
    return found


def _is_no_name(lexer: Lexer, name: str, match: re.Match[str]) -> bool:
    """Whether what looks like a name is a command, a constant, a function, or the sign in 2 x 0.2."""
    base = match_at(patterns.NEW_BASE, name, 0).strip()
    word = base.rstrip("}").rpartition("{")[2].lstrip("\\")
    is_command = base == "\\" + word and word.isalpha() and word not in patterns.LETTERS
    is_number = base == name and GREEK.get(word, word) in CONSTANTS
    return bool(is_command or is_number or lexer.function(word) or lexer.function(name) or _is_a_sign(name, match))


def _is_a_sign(name: str, match: re.Match[str]) -> bool:
    """Whether a name is an x between two numbers, 2 x 0.2."""
    before, behind = patterns.AMONG_NUMBERS
    text = match.string
    return name in ("x", "X") and bool(before.search(text, 0, match.start()) and behind.match(text, match.end()))


def _is_given(lexer: Lexer, name: str) -> bool:
    """Whether the names that are given spell this one, alone or side by side."""
    if not lexer.given:
        return False
    try:
        return bool([*Lexer(name, {label: lexer.known[key] for key, label in lexer.labels.items()}).tokens()])
    except FormulaError:
        return False


def _refuse_functions(lexer: Lexer, name: str, matches: Sequence[re.Match[str]]) -> None:
    """foo(x) is no product, nor is lg x; w(x + b) is one, and net(1 − net), since net stands there as a variable."""
    word = "".join(filter(str.isalpha, str(name_key(name)[0] or name))).lstrip("Δ")
    behind = [lexer.text[match.end() :] for match in matches]
    called = all(rest.lstrip().startswith("(") for rest in behind)
    near = get_close_matches(word.lower(), [f for f in lexer.functions if len(f) > 2], 1, cutoff=0.7)
    here = ELSEWHERE.get(word.lower(), "")
    guess = f"; is {near[0]} meant?" if near else ""
    hint = f"; write {here}" if here else guess
    if called and (len(word) > 1 or (name in "fgFG" and all(patterns.OF_A_NAME.match(rest) for rest in behind))):
        product = "" if hint else f"; write {name}·(…) for a product"
        raise lexer.error(matches[0].start(), f"{name} is no function that is known here{hint}{product}")
    if len(word) > 1 and hint and (lexer.text.strip() == name or any(patterns.OPERAND.match(rest) for rest in behind)):
        raise lexer.error(matches[0].start(), f"{name} is not known here{hint}")
