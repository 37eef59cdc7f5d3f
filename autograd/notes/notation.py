"""What a page's own way of writing says: which letters count, what is a vector, what is a function, what words are names.

Found once for a page, from all of its mathematics, before a single row is read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from unicodedata import combining

from autograd.formula import patterns
from autograd.formula.indexed import NAME, closing_of, prepare
from autograd.formula.name_keys import key_of
from autograd.formula.signs import CONSTANTS, FUNCTIONS
from autograd.formula.spellings import undress
from autograd.writing.names import GREEK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograd.formula.name_keys import Key

WORDS = set("net out loss cost err error mse bce nll ce mae rss lr acc var std rmse".split())
MAY_COUNT = set("abcijklmnpqrstuv")  # letters that can be indices, where they stand below a name
USUALLY_COUNT = set("ijklmnpqrstc")
LOSSES = set("LJECℓQR")
USUAL_FUNCTIONS = set("fgφψF")
UP_TO = set("nmkKNMCdp")  # letters for sizes
SCALARS = set("LJECℓηαλμγεβTnmkijltdNKMτρκ")
NEAR = 60  # characters in front of a name that say what it is
ARITHMETIC = re.compile(r"([^\W\d_])((?:[+−-](?:[0-9]+|[^\W\d_]))+)")  # i + 1, i + k − 1
_HEAD = re.compile(
    r"\\(?:text|mathrm|operatorname|begin|end)\s*\{(?:(?P<name>[^\W_]+)|(?P<words>[^{}]*))\}"
    rf"|\\(?:{'|'.join(patterns.OVER)})\s*(?:\{{\s*(?:\\[A-Za-z]+|\w)\s*\}}|\s\w|\\[A-Za-z]+)|\\[A-Za-z]+"
    r"|(?!∂)[^\W\d_][\u0300-\u036f]*"
)
_GROUP = r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\([^()]*\)|\[[^\[\]]*\]|\\[A-Za-z]+|\w"
_LOW = f"[{re.escape(''.join(patterns.LOW).replace(',', ''))}]+"
_SCRIPTS = re.compile(rf"\s*(?:(?P<sign>[_^])(?P<what>{_GROUP})|(?P<low>{_LOW})|(?P<high>[⁰¹²³⁴-⁹⁽⁾]+))")
_SUM = re.compile(r"(?:\\sum|\\prod|∑|∏|Σ)\s*(?:\\limits)?\s*((?:[_^](?:\{[^{}]*\}|\w)\s*){1,2})")
_TRANSPOSED_UP = re.compile(r"(.*?)\s*(?:T|⊤|top|intercal)$")
_FUNCTION_LEFT = re.compile(
    rf"(?P<name>{NAME})\s*(?:\\left\s*)?\((?P<args>[^()=]*)\)\s*(?:=|:=|≡|\\equiv|\\triangleq)(?P<rest>.*)", re.DOTALL
)


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


def find_uses(text: str) -> Sequence[Use]:
    """Each name in a text that is plain, with what stands above and below it."""
    return _find_uses(text)


@lru_cache(maxsize=4096)
def _find_uses(text: str) -> Sequence[Use]:
    return list(_each_use(text))


def _each_use(text: str) -> Iterator[Use]:
    at = 0
    while head := _HEAD.search(text, at):
        match, word = head, head[0]
        if head["words"]:
            at = head.end()
            continue
        if word.startswith("\\") and head["name"] is None and word[1:] not in GREEK and not patterns.ACCENTED.match(word):
            at = head.end()
            continue
        accent = patterns.ACCENTED.match(word)
        base = head["name"] or word
        if accent:
            letter = (accent[2] or accent[3]).strip()
            base = patterns.LETTERS.get(letter[1:], letter) + patterns.OVER[accent[1]]
        elif word.startswith("\\"):
            base = GREEK.get(word[1:], base)
        end = head.end()
        primes = patterns.match_primes(text, end)
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
        yield Use(str(key[0]), len(primes), str(key[2]), str(key[3]), match.start(), end)
        at = max(end, match.start() + 1)


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


class Notation:
    """A page's way of writing.

    texts: its rows, plain
    words: letters side by side that are one name; letters: those that count; sizes: those up to which they do
    layers: letters that count layers above a name
    """

    def __init__(
        self, texts: Sequence[str], prose: str, in_latex: bool, declared: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.texts = list(texts)
        self.declared = dict(declared or {})
        self._bare: dict[str, bool] = {}
        self.words = set(self._find_words(in_latex))
        self.uses = [use for text in self.texts for use in find_uses(text)]
        self.bases = {use.base for use in self.uses}
        self.has_neighbours = any(ARITHMETIC.search(use.down + use.up) for use in self.uses)  # i + 1
        self.sizes = self._find_sizes()
        self.letters = self._find_letters()
        self.layers = {
            c for use in self.uses if is_layer(use.up) for c in re.findall(r"[a-z]", use.up) if use.up not in ("new", "old")
        }
        self.layered = {use.base for use in self.uses if is_layer(use.up) and use.up not in ("new", "old", "*")}
        self.functions = self._find_functions()
        self.pairs = self._find_pairs()
        self.tops = {top for top, _ in self.pairs}
        self.transposed = {use.base for use, _ in self._transposed()}
        self.has_arrays = bool(
            self.transposed
            or self.declared
            or any("⊙" in t or "⟦" in t for t in self.texts)
            or any("∇" in t or "nabla" in t for t in self.texts)
        )
        self.kronecker = (
            "δ" in self.bases
            and all(len(split_indices(use.down)) == 2 and not use.up for use in self.uses if use.base == "δ")
            and not any(re.match(r"\s*(?:\\delta|δ)\b", text) for text in self.texts)
        )
        self.counts = self._count_indices()
        self.whole = set(self._find_whole())
        self.ranks: dict[tuple[str, str], int] = {}
        self.shapes: dict[tuple[str, str], tuple[int, int]] = {}
        self.prose = prose
        self._rank_names()

    def _find_words(self, in_latex: bool) -> Iterator[str]:
        for text in self.texts:
            for match in re.finditer(r"\\(?:text|mathrm|operatorname)\s*\{([^\W\d_]{2,})\}", text):
                yield match[1]
            bare = re.sub(r"\\[A-Za-z]+", " ", re.sub(r"\\(?:text|mathrm)\s*\{[^{}]*\}", " ", text))
            for match in re.finditer(r"[^\W\d_]{2,}", bare):
                word = match[0]
                if word in FUNCTIONS or word.lower() in FUNCTIONS or (word[0] in "d∂" and word[1:] in self._single_words()):
                    continue
                alone = bare[: match.start()].strip() == "" and re.match(r"\s*(?:_\S+\s*)?=", bare[match.end() :])
                if (
                    (not in_latex and len(word) > 1 and not re.fullmatch(r"[dδ∂][^\W\d_]", word))
                    or word.lower() in WORDS
                    or (len(word) > 2 and (alone or bare[match.end() : match.end() + 1] == "_"))
                ):
                    yield word

    def _single_words(self) -> set[str]:
        return set("xyzwabhgouvtsLJEC")

    def _find_sizes(self) -> set[str]:
        found = set()
        for text in self.texts:
            for match in _SUM.finditer(text):
                for high in re.findall(r"\^\s*(?:\{\s*([^{}]*)\}|(\w))", match[1]):
                    letter = (high[0] or high[1]).strip()
                    if re.fullmatch(r"[^\W\d_]", letter):
                        found.add(letter)
            for match in re.finditer(r"\\[lcdv]?dots|…|⋯|⋮", text):
                behind = text[match.end() : match.end() + 60]
                for use in find_uses(behind):
                    found |= {part for part in split_indices(use.down) if part in UP_TO}
                    break
            for match in re.finditer(r"_\{\(?\w\s*=\s*(\w)\)?\}", text):  # 1_{l=k}
                if match[1] in UP_TO:
                    found.add(match[1])
        return found

    def _find_letters(self) -> set[str]:
        found = {"i", "j"}
        for text in self.texts:
            for match in _SUM.finditer(text):
                for low in re.findall(r"_\s*(?:\{\s*([^{}=]*)|(\w))", match[1]):
                    for letter in (low[0] or low[1]).split(","):
                        name = letter.strip().replace("’", "'").replace("′", "'")
                        if re.fullmatch(r"[^\W\d_]'*", name):
                            found.add(name)
        for use in self.uses:
            for part in split_indices(use.down):
                for bare in re.split(r"[+−-][0-9]*", part) if ARITHMETIC.fullmatch(part) else [part]:
                    if len(bare.rstrip("'")) == 1 and bare[0] in USUALLY_COUNT:
                        found.add(bare)
        return found

    def _find_functions(self) -> dict[str, tuple[list[str], str]]:
        """Functions that the page defines: their parameters and what they come to."""
        found: dict[str, tuple[list[str], str]] = {}
        for text in self.texts:
            if (match := _FUNCTION_LEFT.match(text.strip())) is None:
                continue
            uses = list(find_uses(match["name"]))
            params = [p.strip() for p in re.split("[,;|]", match["args"])]
            pure = all(re.fullmatch(rf"\s*{NAME}\s*", p) for p in params)
            named = {use.base for p in params for use in find_uses(p)}
            if len(uses) == 1 and not uses[0].primes and pure and named & {use.base for use in find_uses(match["rest"])}:
                found.setdefault(uses[0].base, (params, match["rest"]))
        return found

    def _find_pairs(self) -> set[tuple[str, str]]:
        """What is differentiated on the page, and by what."""
        found = set()
        d = r"(?:∂|\\partial(?![A-Za-z])|d)"
        args = r"(?:\s*\([^()]*\))?\s*"
        above = rf"\\[tdc]?frac\s*\{{\s*{d}\s*(?:\^\s*\{{?[2-9]\}}?)?\s*(?P<a>{NAME}){args}\}}\s*\{{\s*{d}\s*(?P<x>{NAME})"
        before = rf"(?:∂|\\partial(?![A-Za-z])|(?<![A-Za-z\\])d)\s*(?P<b>{NAME}){args}/\s*{d}\s*(?P<y>{NAME})"
        behind = rf"(?:\\nabla|∇)\s*_\s*(?P<z>\{{[^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)*\}}|\\?\w)\s*(?P<c>{NAME})"
        for text in self.texts:
            for match in re.finditer(f"{above}|{before}|{behind}", text):
                tops = list(find_uses(match["a"] or match["b"] or match["c"]))
                bottoms = list(find_uses(match["x"] or match["y"] or match["z"]))
                if tops and bottoms:
                    found.add((tops[0].base, bottoms[0].base))
        return found

    def _counted(self, use: Use) -> int:
        """How many indices count vectors: one of u_k where u_kᵀv stands, none of w where w_i is its entry."""
        indices = len(split_indices(use.down))
        return indices if indices == self.counts.get(use.base, 0) else 0

    def _transposed(self) -> Iterator[tuple[Use, Use | None]]:
        """Names that are transposed, and the name behind each."""
        for text in self.texts:
            uses = list(find_uses(text))
            for use, behind in zip(uses, [*uses[1:], None]):
                inside = _TRANSPOSED_UP.fullmatch(use.up)
                after = patterns.TRANSPOSED.match(text, use.end) or re.match(
                    r"\s*\)\s*(?:\^\s*\{?\s*(?:T|\\top)\b|ᵀ)", text[use.end :]
                )
                if inside or after:
                    yield use, behind if behind is not None and behind.start - use.end < 8 else None

    def _count_indices(self) -> dict[str, int]:
        """How many indices the members of a family have, where letters count them."""
        found: dict[str, int] = {}
        for use in self.uses:
            parts = split_indices(use.down)
            if parts and any(ARITHMETIC.sub(r"\1", part) in self.letters for part in parts):
                found[use.base] = max(found.get(use.base, 0), len(parts))
        return found

    def _rank_names(self) -> None:
        """How many axes names have that stand alone, as far as the page shows it."""
        rank: dict[str, int] = {}
        for text in self.texts:
            left, _, right = text.partition("=")
            literal = right.strip()
            names = list(find_uses(left))
            if (
                len(names) == 1
                and not names[0].primes
                and left.strip() == left[names[0].start : names[0].end].strip()
                and literal.startswith("⟦")
            ):
                end = closing_of(literal, 0)
                body = literal[1:end] if end > 0 else ""
                rows = body.split("⏎")
                many = max(row.count("¦") + row.count(",") for row in rows)
                if not names[0].down:
                    self.ranks[names[0].base, names[0].up] = (
                        2 if len(rows) > 1 and many else 1 if len(rows) > 1 or many else 0
                    )
                if re.fullmatch(r"[-−+0-9.\s¦⏎,]+", body) and not names[0].down:
                    self.shapes.setdefault((names[0].base, names[0].up), (len(rows), many + 1))
            if len(names) == 1 and not names[0].down and left.strip() == left[names[0].start : names[0].end].strip():
                numbers = [re.fullmatch(r"\s*\[?\s*[-−+]?[0-9.]+\s*\]?\s*", member) for member in right.split("=")]
                self.ranks.setdefault((names[0].base, names[0].up), 0) if any(numbers) else None
        rank.update((base, len(shape)) for base, shape in self.declared.items())
        for use, partner in self._transposed():
            rank.setdefault(use.base, 2 if use.base.isupper() else 1 + self._counted(use))
            if partner is not None and partner.base not in SCALARS and rank[use.base] == 1 + self._counted(use):
                is_matrix = partner.base.isupper() and len(partner.base) == 1
                rank.setdefault(partner.base, 2 if is_matrix else 1 + self._counted(partner))
        for text in self.texts:
            for match in re.finditer("⊙", text):
                after = next(iter(find_uses(text[match.end() :])), None)
                before = list(find_uses(text[: match.start()]))
                for use in ([after] if after else []) + before[-1:]:
                    if use.base not in FUNCTIONS and len(use.base) <= 2 and not use.base.isupper():
                        rank.setdefault(use.base, 1)
        matrices = {
            base
            for base in self.bases
            if base.isupper() and len(base) == 1 and base in "WUVAMH" and self._stands_before(base)
        }
        vectors = {base for base, n in rank.items() if n == 1}
        for base in self.bases - LOSSES - SCALARS - rank.keys():
            if base.isupper() and len(base) == 1 and self._stands_before(base, vectors):
                rank[base] = 2
        if self.has_arrays and (any(rank.get(base) == 2 for base in rank) or any("⊙" in text for text in self.texts)):
            for base in matrices:
                rank.setdefault(base, 2)
            for base in self.bases:
                small = len(base) <= 2 and not base.isupper() and base.isalpha() | (len(base) == 2 and not base.isascii())
                if small and base not in SCALARS and base not in FUNCTIONS and base not in ("σ", "e", "π", "d", "Δ"):
                    rank.setdefault(base, 1)
        self.array_bases = rank

    def _stands_before(self, base: str, names: set[str] | None = None) -> bool:
        """Whether a name stands right in front of one of some others, or of any small letter."""
        for text in self.texts:
            for use, behind in pairwise(find_uses(text)):
                is_beside = use.base == base and not text[use.end : behind.start].strip()
                if is_beside and (behind.base.islower() if names is None else behind.base in names):
                    return True
        return False

    def rank(self, base: str, up: str, n: int) -> int:
        """How many axes a name has that stands with so many indices."""
        if (base, up) in self.ranks and not n:
            return self.ranks[base, up]
        if base in self.counts and n < self.counts[base]:
            return self.counts[base] - n if self._is_whole(base, n) else 0
        if (base, up) in self.ranks or base in self.array_bases:
            full = self.ranks.get((base, up), self.array_bases.get(base, 0))
            return max(0, full - n)
        lower = base.lower()
        if base.isupper() and lower in self.counts and base not in self.counts and lower != base and base not in LOSSES:
            return self.counts[lower] - n if n < self.counts[lower] and self._is_whole(lower, n) else 0
        return 0

    def _find_whole(self) -> Iterator[tuple[str, int]]:
        """Names, each with how many indices it has, that stand where vectors do: softmax(a), ∇_a, aᵀ, a ⊙ b, = [a_1, …]."""
        before = r"(?:[sS]oftmax\s*\}?\s*(?:\\left)?\(|\\exp\s*\((?=[^()]*\)_)|(?:\\nabla|∇)\s*_\s*\{?|⊙\s*)\s*$"
        behind = r"\s*(?:⊙|=\s*[\[⟦]|\^\s*\{?\s*(?:T|\\top)\b|ᵀ|\)\s*(?:\^\s*\{?\s*(?:T|\\top)\b|ᵀ))"
        for text in self.texts:
            for use in find_uses(text):
                if (
                    re.search(before, text[max(0, use.start - NEAR) : use.start])
                    or re.match(behind, text[use.end :])
                    or _TRANSPOSED_UP.fullmatch(use.up)
                ):
                    yield use.base, len(split_indices(use.down))
                    if use.base in "WUV" and use.base not in self.counts:
                        yield use.base.lower(), len(split_indices(use.down))
        for _, partner in self._transposed():
            if partner is not None and partner.base not in SCALARS:
                yield partner.base, 0

    def _is_whole(self, base: str, n: int) -> bool:
        """Whether a name with fewer indices than others of its family means all of them at once."""
        return (base, n) in self.whole

    def is_called(self, base: str, inside: str, pure: bool, primed: bool) -> str:
        """Whether a name in front of brackets is a "function", a "quantity" with what it depends on, or a factor.

        inside: what stands in the brackets; pure: whether that is names alone
        """
        if base in FUNCTIONS and base not in self.functions:
            return ""
        if base in ("σ", "exp", "log") or (base in CONSTANTS and base not in self.functions):
            return ""
        if primed and base not in FUNCTIONS:
            return "function"
        if base in self.functions:
            params, _ = self.functions[base]
            names = [use.base + use.down for p in params for use in find_uses(p)]
            bare = self._stands_bare(base)
            there = [use.base + use.down for use in find_uses(inside)]
            is_elsewhere = len(there) == len(names) == 1 and there != names and base not in LOSSES  # f(x_n), where f(x) is said
            if pure and not is_elsewhere and (bare or base in LOSSES or len(names) > 1):
                return "quantity"
            return "" if bare and len(base) == 1 and base.islower() and not pure else "function"
        if pure and (base in LOSSES or (base in self.tops and base not in USUAL_FUNCTIONS and base.isupper())):
            return "quantity"
        if (base in USUAL_FUNCTIONS or (pure and base == "h")) and not self._stands_bare(base):
            return "function"
        return ""

    def _stands_bare(self, base: str) -> bool:
        """Whether a name stands anywhere without brackets behind it."""
        if base not in self._bare:
            self._bare[base] = self._look_for_bare(base)
        return self._bare[base]

    def _look_for_bare(self, base: str) -> bool:
        for text in self.texts:
            for use in find_uses(text):
                alone = base in self.words or not use.down
                if use.base == base and not use.primes and alone and not re.match(r"\s*(?:\\left\s*)?\(", text[use.end :]):
                    return True
        return False

    def is_name(self, base: str) -> bool:
        """Whether letters side by side can be a name here."""
        if len(base) > 1:  # or a letter whose accent is a sign of its own
            return base in self.words or all(combining(c) for c in base[1:])
        return base not in ("e", "π", "σ") and base not in FUNCTIONS
