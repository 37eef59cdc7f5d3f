"""What a page's own way of writing says: which letters count, what is a function, what words are names.

Found once for a page, from all of its mathematics, before a single row is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from unicodedata import combining

from autograd.formula.indexed_lexer import NAME
from autograd.formula.signs import CONSTANTS, FUNCTIONS
from autograd.formula.uses import ARITHMETIC, LOSSES, USUALLY_COUNT, find_uses, is_layer, split_indices
from autograd.notes.ranks import Ranks

WORDS = set("net out loss cost err error mse bce nll ce kl elbo mae rss lr acc var std rmse".split())
USUAL_FUNCTIONS = set("fgφψF")
UP_TO = set("nmkKNMCdpDBT")  # letters for sizes
_DIFFERENTIATED = set("xyzwabhgouvtsLJEC")  # letters that make two with a d in front of them no word
_SUM = re.compile(r"(?:\\sum|\\prod|∑|∏|Σ)\s*(?:\\limits)?\s*((?:[_^](?:\{[^{}]*\}|\w)\s*){1,2})")
_MEAN = re.compile(  # (1/n) Σ
    r"(?:\\[td]?frac\s*(?:\{\s*1\s*\}|1)\s*(?:\{\s*(\w)\s*\}|(\w))|1/(\w))\s*(?:\\sum|∑|Σ)"
)
_ONE_WHERE = re.compile(r"_\{\(?\w\s*=\s*(\w)\)?\}")  # 1_{l=k}
_DOTS = re.compile(r"\\[lcdv]?dots|…|⋯|⋮")
BEHIND_DOTS = 60  # characters in which the last term of a sum with dots begins
_FUNCTION_LEFT = re.compile(
    rf"(?P<name>{NAME})\s*(?:\\left\s*)?\((?P<args>[^()=]*)\)\s*(?:=|:=|≡|\\equiv|\\triangleq)(?P<rest>.*)", re.DOTALL
)


class Notation:
    """A page's way of writing.

    texts: its rows, plain
    words: letters side by side that are one name; letters: those that count; sizes: those up to which they do
    layers: letters that count layers above a name; arrays: which names are vectors and matrices
    """

    def __init__(self, texts: Sequence[str], in_latex: bool, declared: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.texts = list(texts)
        self.words = set(self._find_words(in_latex))
        self.uses = [use for text in self.texts for use in find_uses(text)]
        self.bases = {use.base for use in self.uses}
        self.has_neighbours = any(ARITHMETIC.search(use.down + use.up) for use in self.uses)  # i + 1
        self.sizes = self._find_sizes()
        self.letters = self._find_letters()
        self.layers = {
            c for use in self.uses if is_layer(use.up) for c in re.findall(r"[a-z]", use.up) if use.up not in ("new", "old")
        }
        self.functions = self._find_functions()
        self.primed = {use.base for use in self.uses if use.primes} - FUNCTIONS.keys()  # p'(x) makes p a function
        self.pairs = self._find_pairs()
        self.tops = {top for top, _ in self.pairs}
        self.kronecker = (
            "δ" in self.bases
            and all(len(split_indices(use.down)) == 2 and not use.up for use in self.uses if use.base == "δ")
            and not any(re.match(r"\s*(?:\\delta|δ)\b", text) for text in self.texts)
        )
        self.is_deviation = not any(re.search(r"(?:\\sigma|σ)\s*(?:'|′|\\left|[(\[])", text) for text in self.texts)
        self.counts = self._count_indices()
        self.arrays = Ranks(self.texts, self.counts, declared or {})

    def _find_words(self, in_latex: bool) -> Iterator[str]:
        for text in self.texts:
            for match in re.finditer(r"\\(?:text|mathrm|operatorname)\s*\{([^\W\d_]{2,})\}", text):
                yield match[1]
            bare = re.sub(r"\\[A-Za-z]+", " ", re.sub(r"\\(?:text|mathrm)\s*\{[^{}]*\}", " ", text))
            for match in re.finditer(r"[^\W\d_]{2,}", bare):
                word = match[0]
                if word in FUNCTIONS or word.lower() in FUNCTIONS or (word[0] in "d∂" and word[1:] in _DIFFERENTIATED):
                    continue
                alone = bare[: match.start()].strip() == "" and re.match(r"\s*(?:_\S+\s*)?=", bare[match.end() :])
                if (
                    (not in_latex and len(word) > 1 and not re.fullmatch(r"[dδ∂][^\W\d_]", word))
                    or word.lower() in WORDS
                    or (len(word) > 2 and (alone or bare[match.end() : match.end() + 1] == "_"))
                ):
                    yield word

    def _bounds(self, sign: str) -> Iterator[str]:
        """What stands below signs of sums and products, or above them: behind _, or ^."""
        for text in self.texts:
            for match in _SUM.finditer(text):
                for braced, bare in re.findall(rf"\{sign}\s*(?:\{{\s*([^{{}}]*)\}}|(\w))", match[1]):
                    yield (braced or bare).strip()

    def _find_sizes(self) -> set[str]:
        found = {high for high in self._bounds("^") if re.fullmatch(r"[^\W\d_]", high)}
        others: set[str] = set()
        for text in self.texts:
            others.update(match[1] or match[2] or match[3] for match in _MEAN.finditer(text))
            others.update(match[1] for match in _ONE_WHERE.finditer(text))
            for match in _DOTS.finditer(text):
                for use in find_uses(text[match.end() : match.end() + BEHIND_DOTS])[:1]:
                    others.update(split_indices(use.down))
        return found | (others & UP_TO)

    def _find_letters(self) -> set[str]:
        found = {"i", "j"}
        for low in self._bounds("_"):
            names = re.sub("[’′]", "'", low.partition("=")[0]).split(",")
            found.update(name.strip() for name in names if re.fullmatch(r"\s*[^\W\d_]'*\s*", name))
        for use in self.uses:
            for part in split_indices(use.down):
                for bare in re.split(r"[+−-][0-9]*", part) if ARITHMETIC.fullmatch(part) else [part]:
                    if len(bare.rstrip("'")) == 1 and bare[0] in USUALLY_COUNT:
                        found.add(bare)
        for use in self.uses:  # δ_{ab}, where b counts
            both = split_indices(use.down) if use.base == "δ" else []
            if len(both) == 2 and not found.isdisjoint(both):
                found |= {part for part in both if re.fullmatch("[a-z]", part)}
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
            in_it = any(re.search(rf"(?<![A-Za-z\\]){re.escape(p)}(?![A-Za-z])", match["rest"]) for p in params)
            if not uses or uses[0].base in {use.base for use in find_uses(match["rest"])}:
                continue
            if len(uses) == 1 and not uses[0].primes and pure and in_it:
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

    def _count_indices(self) -> dict[str, int]:
        """How many indices the members of a family have, where letters count them."""
        found: dict[str, int] = {}
        for use in self.uses:
            parts = split_indices(use.down)
            if parts and any(ARITHMETIC.sub(r"\1", part) in self.letters for part in parts):
                found[use.base] = max(found.get(use.base, 0), len(parts))
        return found

    def is_called(self, base: str, inside: str, pure: bool, primed: bool) -> str:
        """Whether a name in front of brackets is a "function", a "quantity" with what it depends on, or a factor.

        inside: what stands in the brackets; pure: whether that is names alone
        """
        if base in ("σ", "exp", "log") or ((base in FUNCTIONS or base in CONSTANTS) and base not in self.functions):
            return ""
        if primed and base not in FUNCTIONS:
            return "function"
        if base in self.functions:
            params, _ = self.functions[base]
            names = [use.base + use.down for p in params for use in find_uses(p)]
            bare = self._stands_bare(base)
            there = [use.base + use.down for use in find_uses(inside)]
            is_elsewhere = (
                len(there) == len(names) == 1 and there != names and base not in LOSSES
            )  # f(x_n), where f(x) is said
            if pure and not is_elsewhere and (bare or base in LOSSES or len(names) > 1):
                return "quantity"
            return "" if bare and len(base) == 1 and base.islower() and not pure else "function"
        if pure and (base in LOSSES or (base in self.tops and base not in USUAL_FUNCTIONS and base.isupper())):
            return "quantity"
        if (base in USUAL_FUNCTIONS | self.primed or (pure and base == "h")) and not self._stands_bare(base):
            return "function"
        return ""

    def _stands_bare(self, base: str) -> bool:
        """Whether a name stands anywhere without brackets behind it."""
        return any(
            use.base == base
            and not use.primes
            and (base in self.words or not use.down)
            and not re.match(r"\s*(?:\\left\s*)?\(", text[use.end :])
            for text in self.texts
            for use in find_uses(text)
        )

    def is_name(self, base: str) -> bool:
        """Whether letters side by side can be a name here."""
        if len(base) > 1:  # or a letter whose accent is a sign of its own
            return base in self.words or all(combining(c) for c in base[1:])
        if base == "σ":
            return self.is_deviation
        return base not in ("e", "π") and base not in FUNCTIONS
