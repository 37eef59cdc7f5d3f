r"""What would be right in place of a formula that is wrong: one small thing changed, as people get one small thing wrong.

A sign, an exponent, an index, a hat, a transposition, a factor that is lost or too much. Each is tried, the common ones
first, and the page's own judge says whether that one is right. Where none is, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import NamedTuple

from autograd.formula.uses import find_uses, split_indices
from autograd.notes.notation import Notation

TRANSPOSITIONS, A_HAT = " transposed", "a hat"
MOST, LONGEST = 80, 300  # changes that are tried for one formula; characters of one that may have them
_SIGN = re.compile(r"(?<![\^_{eE])[-+−]|(?<=\{)[-−]")
_POWER = re.compile(r"\^\s*(?:\{\s*[23]\s*\}|[23])")
_TRANSPOSED = re.compile(r"\^\s*(?:\{\s*(?:T|\\top)\s*\}|T|\\top)(?![A-Za-z])|ᵀ")
_HAT = re.compile(r"\\hat\s*(?:\{\s*(\w)\s*\}|(\w))|(\w)\u0302|ŷ")
_IN_FRONT = re.compile(r"\s*2\s*(?=[(\\A-Za-z\[])|\\frac\s*\{?1\}?\s*\{?2\}?\s*|½\s*")


class Mended(NamedTuple):
    """A change and the formula that it makes."""

    kind: str
    formula: str


def mend(text: str, notation: Notation, is_right: Callable[[str], bool], among: str = "") -> Mended | None:
    """The first change that makes a formula right.

    text: the formula; notation: of its page; is_right: what judges; among: with which words all changes end that are tried
    """
    seen = {text}
    if len(text) > LONGEST:
        return None
    for changed in changes(text, notation):
        if changed.formula in seen or not changed.kind.endswith(among):
            continue
        seen.add(changed.formula)
        if len(seen) > MOST:
            break
        if is_right(changed.formula):
            return changed._replace(formula=" ".join(changed.formula.split()))
    return None


def changes(text: str, notation: Notation) -> Iterator[Mended]:
    """A formula with one thing changed, in all ways, the common ones first."""
    yield from _of_matches(text, _SIGN, "another sign", lambda m: ["-" if m[0] == "+" else "+"])
    yield Mended("a minus in front", f"-({text})")
    terms = _terms(text)
    if len(terms) > 1:
        yield Mended("a minus in front of the first term", f"-{text}")
    yield from _of_matches(text, _POWER, "another exponent", lambda m: ["", "^3" if "2" in m[0] else "^2"])
    yield from _of_matches(text, _TRANSPOSED, "no transposition", lambda _: [""])
    yield from _of_matches(text, _HAT, "no hat", lambda m: [m[1] or m[2] or m[3] or "y"])
    yield from _of_matches(text, _IN_FRONT, "a factor less", lambda _: [" "])
    for one, other in permutations("12ijkl", 2):
        pattern = re.compile(rf"(?<=_){one}(?![A-Za-z0-9])|(?<=_\{{){one}(?=\}})")
        if len(pattern.findall(text)) > 1:
            yield Mended(f"the index {other} for each {one}", pattern.sub(other, text))
    yield Mended("a factor 2", f"2 ({text})")
    yield Mended("a factor ½", f"\\frac{{1}}{{2}} ({text})")
    for before, term, behind in terms if len(terms) > 1 else []:
        yield Mended("a factor 2 in one term", f"{before} 2 {term} {behind}")
        yield Mended("a factor ½ in one term", f"{before} \\frac{{1}}{{2}} {term} {behind}")
        for name in dict.fromkeys(text[use.start : use.end] for use in find_uses(behind or before)):
            yield Mended(f"a factor {name} in one term", f"{before} {term} {name} {behind}")
    yield from _of_names(text, notation)
    for name in _factors(notation):
        yield Mended(f"a factor {name}", f"({text}) {name}")


def _terms(text: str) -> list[tuple[str, str, str]]:
    """Each term of a sum, with what stands before it, its sign among that, and behind."""
    depth, cuts = 0, [0]
    for at, c in enumerate(text):
        depth += (c in "([{⟦") - (c in ")]}⟧")
        if depth == 0 and c in "+-−" and text[:at].strip():
            cuts += [at, at + 1]
    cuts.append(len(text))
    return [(text[:start], text[start:end], text[end:]) for start, end in zip(cuts[::2], cuts[1::2])]


def _of_matches(
    text: str, pattern: re.Pattern[str], kind: str, say: Callable[[re.Match[str]], list[str]]
) -> Iterator[Mended]:
    for match in pattern.finditer(text):
        for other in say(match):
            yield Mended(kind, f"{text[: match.start()]}{other}{text[match.end() :]}")


def _of_names(text: str, notation: Notation) -> Iterator[Mended]:
    """Each name with another index, with a hat, transposed, squared, or left out."""
    indices: dict[tuple[str, int], dict[str, None]] = {}
    for use in notation.uses:
        if use.down:
            indices.setdefault((use.base, len(split_indices(use.down))), {})[use.down] = None
    for use in find_uses(text):
        if use.base not in notation.bases:
            continue
        whole = text[use.start : use.end]
        before, behind = text[: use.start], text[use.end :]
        for down in indices.get((use.base, len(split_indices(use.down))), ()) if use.down else ():
            if down != use.down and f"_{{{use.down}}}" in whole:
                yield Mended("another index", before + whole.replace(f"_{{{use.down}}}", f"_{{{down}}}") + behind)
            elif down != use.down and f"_{use.down}" in whole:
                yield Mended("another index", f"{before}{whole.replace(f'_{use.down}', f'_{{{down}}}')}{behind}")
        for hat in (f"{use.base}\u0302", "ŷ"):
            if hat in notation.bases and hat != use.base and hat[0] in (use.base, "ŷ") and use.base in ("y", hat[0]):
                yield Mended(A_HAT, f"{before}\\hat{{{use.base}}}{whole[len(use.base) :]}{behind}")
        if not use.up:
            yield Mended(f"{whole}{TRANSPOSITIONS}", f"{before}{whole}^T{behind}")
            yield Mended("another exponent", f"{before}{whole}^2{behind}")
        yield Mended(f"no {whole}", f"{before} {behind}")


def _factors(notation: Notation) -> list[str]:
    """Names on the page that could have been lost, as they are written there."""
    found: dict[str, None] = {}
    for text in notation.texts:
        for use in find_uses(text):
            if use.base in notation.bases and not use.primes and len(use.base) <= 2:
                found[text[use.start : use.end].strip()] = None
    return list(found)[:24]
