"""Names in one spelling: all ways to write one name (w1, w_1, w_{1}, w₁) have one key in common."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from autograd.formula import patterns
from autograd.formula.spellings import undress
from autograd.writing.names import ACCENTS, GREEK, Parts, latex_name, text_name

Key = tuple[object, ...]  # (base, primes, above, below), or ("∂", key, key), or ("", text)


class Otherwise(dict[Key, Key]):
    """Names that are spelt with other letters, by their keys, and what they are called here."""

    def __hash__(self) -> int:  # type: ignore[override]  # made once for the names of a sheet, and not changed any more
        return id(self)

    def of(self, key: Key) -> Key:
        """The key that a name has here, or each of the two names in a derivative."""
        if key[0] == "∂":
            return "∂", *(self.get(part, part) for part in key[1:] if isinstance(part, tuple))
        return self.get(key, key)


class KnownNames(dict[str, Any]):
    """Names that a text may speak of; otherwise: other letters in which they may be spelt, if these stand alone."""

    otherwise = Otherwise()


_OF_A_LABEL = re.compile(r"(?:∂|d)(.+)/(?:∂|d)(.+)|\\[td]?frac\s*\{\\partial\b(.+?)\}\s*\{\\partial\b(.+)\}")


@lru_cache(maxsize=4096)
def name_key(label: str) -> Key:
    """What all ways to write one name have in common."""
    if derivative := _OF_A_LABEL.fullmatch(label):
        return "∂", *(name_key(name.strip()) for name in derivative.groups() if name)
    text = patterns.ACCENTED.sub(lambda m: read_accent(m) or m[0], label)
    text = patterns.COMMAND.sub(lambda m: patterns.LETTERS.get(m[1], m[0]), text)
    text = patterns.WORD.sub(r"\2", text)
    text = patterns.LOWERED.sub(lambda m: f"_{{{patterns.spell(m[0])}}}", text)
    text = patterns.NEW.sub("^{new}", text)
    parts = Parts(re.sub(r"\^(\[\w+\]|[+*](?=_|$))", r"^{\1}", text.replace("’", "′")))
    base = parts.base.rstrip("′")
    return key_of(base, len(parts.base) - len(base), parts.up, parts.down) if base else ("", text.replace(r"\_", "_"))


@lru_cache(maxsize=256)  # a sheet has the same names for each of its texts
def keys_of(labels: tuple[str, ...]) -> tuple[dict[Key, str], frozenset[str], list[tuple[str, Key]]]:
    """Names by what all their spellings have in common; those with a layer; those that are spelt letter by letter.

    Raises ValueError if two of them are one name.
    """
    by_key: dict[Key, str] = {}
    for label in labels:
        if (other := by_key.setdefault(name_key(label), label)) != label:
            raise ValueError(f"{other!r} and {label!r} are one name: give one of them another")
    layered = frozenset(str(key[0]) for key in by_key if len(key) == 4 and str(key[2]).startswith("("))
    spellings = {undress(spelling).text: key for key, label in by_key.items() for spelling in literals(label)}
    return by_key, layered, sorted(spellings.items(), key=lambda item: -len(item[0]))


@lru_cache(maxsize=4096)
def literals(label: str) -> tuple[str, ...]:
    """How a name is spelt that is not put together of a base and what stands above and below it."""
    key, in_latex = name_key(label), latex_name(label)
    if "" in (key[0], *(part[0] for part in key[1:] if isinstance(part, tuple))):
        plain = [str(part) for part in key[1:] if not key[0]]
        return tuple(spelling for spelling in (label, *plain, text_name(label), in_latex) if spelling.strip())
    return (in_latex,) if r"\text" in in_latex else ()


def read_accent(match: re.Match[str]) -> str:
    r"""A letter with its accent, \hat{y} as ŷ; nothing where the letter is none."""
    letter = (match[2] or match[3]).strip()
    letter = patterns.LETTERS.get(letter[1:], "") if letter[0] == "\\" else letter
    return letter and normalize("NFC", letter + patterns.OVER[match[1]])


@lru_cache(maxsize=4096)
def key_of(base: str, primes: int = 0, up: str = "", down: str = "") -> Key:
    base = "".join(c if c == "ℓ" else normalize("NFKC", c) for c in normalize("NFC", base))  # 𝑥 is x
    above, below = _script(up), _script(down)
    if not above and (updated := re.fullmatch(r"(.*?)[_,]?new", below)):  # w_11_new and w_{11,new} are w_{11}^{new}
        above, below = "new", updated[1]
    if accent := re.fullmatch(r"(.)(hat|bar|tilde)", base):  # yhat
        base = accent[1] + ACCENTS[accent[2]]
    elif len(base) == 1 and (accent := re.fullmatch(r"(hat|bar|tilde)_?(.*)", below)):  # y_hat, y_hat_1
        base, below = base + ACCENTS[accent[1]], accent[2]
    return normalize("NFC", GREEK.get(base, base)), primes, above, below


def _script(text: str) -> str:
    """What stands above or below a name; 1,2 is 12."""
    text = re.sub(r"\\(?:mathrm|text|mathit)\s*\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\([A-Za-z]+) ?", lambda m: GREEK.get(m[1], m[0]), text)
    text = "".join(text.split()).replace("\\", "").replace("−", "-")
    indices = text.split(",")
    return "".join(indices) if all(len(index) == 1 for index in indices) else GREEK.get(text, text)
