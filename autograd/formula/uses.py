"""Where names stand in a formula, each with what is above and below it, and what an index is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from autograd.formula import patterns
from autograd.formula.indexed_lexer import prepare
from autograd.formula.name_keys import Key, key_of, read_accent
from autograd.formula.spellings import undress
from autograd.writing.names import GREEK

USUALLY_COUNT = set("ijklmnpqrstc")  # letters that are indices, where they stand below a name
LOSSES = set("LJECℓQR")
SCALARS = set("LJECℓηαλμγεβTnmkijltdNKMτρκ")  # names that are numbers, unless a page shows that they are not
ARITHMETIC = re.compile(r"([^\W\d_])((?:[+−-](?:[0-9]+|[^\W\d_]))+)")  # i + 1, i + k − 1
_HEAD = re.compile(
    r"\\(?:text|mathrm|operatorname|begin|end)\s*\{(?:(?P<name>[^\W_]+)|(?P<words>[^{}]*))\}"
    rf"|{patterns.WITH_AN_ACCENT}|\\[A-Za-z]+"
    r"|(?!∂)[^\W\d_][\u0300-\u036f]*"
)
_LOW = f"[{re.escape(''.join(patterns.LOW).replace(',', ''))}]+"
_SCRIPTS = re.compile(rf"\s*(?:(?P<sign>[_^])(?P<what>{patterns.GROUP})|(?P<low>{_LOW})|(?P<high>[⁰¹²³⁴-⁹⁽⁾]+))")


class Use:
    """One place where a name stands: its key, and where it begins and ends."""

    def __init__(self, base: str, primes: int, up: str, down: str, start: int, end: int) -> None:
        self.base, self.primes, self.up, self.down, self.start, self.end = base, primes, up, down, start, end

    @property
    def key(self) -> Key:
        return key_of(self.base, self.primes, self.up, self.down)


def plain(text: str) -> str:
    """A row without its dress, as the reader sees it."""
    return undress(prepare(text)).text


@lru_cache(maxsize=4096)
def find_uses(text: str) -> Sequence[Use]:
    """Each name in a text that is plain, with what stands above and below it."""
    return list(_each_use(text))


def sole_use(text: str) -> Use | None:
    """The name that a text is, if it is one, and nothing besides."""
    uses = find_uses(text)
    alone = len(uses) == 1 and text.strip() == text[uses[0].start : uses[0].end].strip()
    return uses[0] if alone else None


def find_all_uses(text: str) -> Iterator[Use]:
    """Each name in a text that is plain, and those in the powers: the x_i of e^{x_i}."""
    for use in find_uses(text):
        yield use
        if use.up:
            yield from find_all_uses(use.up)


def _each_use(text: str) -> Iterator[Use]:
    at = 0
    while head := _HEAD.search(text, at):
        base, end = _base_of(head), head.end()
        if not base:
            at = end
            continue
        primes = patterns.match_at(patterns.PRIMES, text, end)
        end += len(primes)
        up = down = ""
        while script := _SCRIPTS.match(text, end):
            if script.start() != end and script["sign"] is None:
                break
            what = script["what"] or ""
            what = what[1:-1] if what[:1] == "{" else what
            if script["low"]:
                down += patterns.spell(script["low"])
            elif script["high"]:
                up += patterns.spell(script["high"])
            elif script["sign"] == "_" and not down:
                down = what
                if what.isdigit() and (more := re.compile("[0-9]+").match(text, script.end())) and script["what"][0] != "{":
                    down += more[0]
                    end = more.end()
                    continue
            elif script["sign"] == "^" and not up:
                up = what
            else:
                break
            end = script.end()
        key = key_of(base, len(primes), up, down)
        yield Use(str(key[0]), len(primes), str(key[2]), str(key[3]), head.start(), end)
        at = end


def _base_of(head: re.Match[str]) -> str:
    """The letters that a name begins with; nothing for other words and commands."""
    if head["name"] or head["words"]:
        return head["name"] or ""
    if accent := patterns.ACCENTED.match(head[0]):
        return read_accent(accent)
    return GREEK.get(head[0][1:], "") if head[0].startswith("\\") else head[0]


def split_indices(down: str) -> list[str]:
    """What stands below a name as indices: kij as three, i+1,m as two, new as one."""
    down = down.strip().replace("’", "'").replace("′", "'")
    if not down:
        return []
    if "," in down:
        return [part.strip() for part in down.split(",") if part.strip()]
    if ARITHMETIC.fullmatch(down.replace(" ", "")):
        return [down.replace(" ", "")]
    letters = re.findall(r"[^\W\d_]'*|[0-9]|.", down.replace(" ", ""))
    if re.fullmatch(r"[^\W\d_]{3,}", down) and not set(down) <= USUALLY_COUNT:
        return [down]
    if down in ("out", "hat", "old", "new"):
        return [down]
    return letters


def is_layer(up: str) -> bool:
    """Whether what stands above a name belongs to it, and is no power."""
    return bool(re.fullmatch(r"[(\[].*[)\]]|new|old|\*|[lL](?:[+−-]1)?|<.*>", up))
