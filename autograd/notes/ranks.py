"""Which names of a page are numbers, vectors and matrices, as far as its own way of writing shows it.

A transposition, ⊙, a literal in brackets, ∈ ℝⁿ, and what stands beside such a name: a matrix in front of it, or a sign of
equality between two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from autograd.formula import patterns
from autograd.formula.indexed_lexer import closing_of
from autograd.formula.signs import FUNCTIONS
from autograd.formula.uses import LOSSES, SCALARS, Use, find_uses, sole_use, split_indices

NEAR = 60  # characters in front of a name that say what it is
_TRANSPOSED_UP = re.compile(r"(.*?)\s*(?:T|⊤|top|intercal)$")
_ENTRYWISE = re.compile(
    r"\s*(?:\\sigma|σ|\\tanh|\\exp|\\operatorname\{relu\}|ReLU)\s*(?:\\left)?\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*"
)
_A_NUMBER = re.compile(r"\s*\[?\s*[-−+]?[0-9.]+\s*\]?\s*")
_MATRICES = set("WUVAMH")  # that stand in front of a small letter
_VECTOR_OF_NUMBERS = re.compile(r"\s*⟦[-−+0-9.\s⏎]+⏎[-−+0-9.\s⏎]+⟧\s*|\s*⟦[-−+0-9.\s¦]+¦[-−+0-9.\s¦]+⟧\s*")


class Ranks:
    """What is an array on a page.

    texts: its rows, plain; counts: how many indices the members of a family have, where letters count them
    declared: the lengths of axes that the page says in so many words
    ranks: how many axes a name with what stands above it has; shapes: how long they are, where numbers show it
    array_bases: how many axes a name has otherwise, with all of its indices
    """

    def __init__(self, texts: Sequence[str], counts: Mapping[str, int], declared: Mapping[str, tuple[str, ...]]) -> None:
        self.texts, self.counts, self.declared = texts, counts, declared
        self.bases = {use.base for text in texts for use in find_uses(text)}
        self.transposed = list(self._find_transposed())
        self.has_arrays = bool(self.transposed or declared or any(re.search("[⊙⟦∇]|nabla", text) for text in texts))
        self.whole = set(self._find_whole())
        self.ranks: dict[tuple[str, str], int] = {}
        self.shapes: dict[tuple[str, str], tuple[int, int]] = {}
        for text in texts:
            self._rank_by_literal(text)
        self.array_bases = self._rank_by_neighbours()
        self._complete(self.array_bases)
        self._rank_by_equality()

    def _counted(self, use: Use) -> int:
        """How many indices count vectors: one of u_k where u_kᵀv stands, none of w where w_i is its entry."""
        indices = len(split_indices(use.down))
        return indices if indices == self.counts.get(use.base, 0) else 0

    def _find_transposed(self) -> Iterator[tuple[Use, Use | None]]:
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

    def _rank_by_literal(self, text: str) -> None:
        """What a name is that is set equal to numbers in brackets, or to one number."""
        left, _, right = text.partition("=")
        use, literal = sole_use(left), right.strip()
        if use is None or use.down:
            return
        name = use.base, use.up
        if literal.startswith("⟦") and not use.primes:
            body = literal[1 : max(0, closing_of(literal, 0))]
            rows = body.split("⏎")
            many = max(row.count("¦") + row.count(",") for row in rows)
            self.ranks[name] = (len(rows) > 1) + (many > 0)
            if re.fullmatch(r"[-−+0-9.\s¦⏎,]+", body):
                self.shapes.setdefault(name, (len(rows), many + 1))
        if any(map(_A_NUMBER.fullmatch, right.split("="))):
            self.ranks.setdefault(name, 0)

    def _rank_by_neighbours(self) -> dict[str, int]:
        """How many axes names have by what is declared, by a transposition, and by a ⊙ beside them."""
        rank = {base: len(shape) for base, shape in self.declared.items()}
        for use, partner in self.transposed:
            rank.setdefault(use.base, 2 if use.base.isupper() else 1 + self._counted(use))
            if partner is not None and partner.base not in SCALARS and rank[use.base] == 1 + self._counted(use):
                is_matrix = partner.base.isupper() and len(partner.base) == 1
                rank.setdefault(partner.base, 2 if is_matrix else 1 + self._counted(partner))
        for text in self.texts:
            for match in re.finditer("⊙", text):
                for use in [*find_uses(text[match.end() :])[:1], *find_uses(text[: match.start()])[-1:]]:
                    if use.base not in FUNCTIONS and len(use.base) <= 2 and not use.base.isupper():
                        rank.setdefault(use.base, 1)
        return rank

    def _complete(self, rank: dict[str, int]) -> None:
        """Let what stands in front of vectors be matrices; and where there are such, small letters be vectors."""
        vectors = {base for base, n in rank.items() if n == 1}
        for base in self.bases - LOSSES - SCALARS - rank.keys():
            if base.isupper() and len(base) == 1 and self._stands_before(base, vectors):
                rank[base] = 2
        if not (self.has_arrays and (2 in rank.values() or any("⊙" in text for text in self.texts))):
            return
        for base in self.bases & _MATRICES:
            if self._stands_before(base):
                rank.setdefault(base, 2)
        for base in self.bases - SCALARS - FUNCTIONS.keys() - {"σ", "e", "π", "d", "Δ"}:
            if len(base) <= 2 and not base.isupper() and (base.isalpha() or (len(base) == 2 and not base.isascii())):
                rank.setdefault(base, 1)

    def _rank_by_equality(self) -> None:
        """Names that are set equal, alone or in an elementwise function, have as many axes as one another."""
        equal: list[set[tuple[str, str]]] = []
        vectors: set[tuple[str, str]] = set()  # of numbers, which are written out
        for text in self.texts:
            inside = [_ENTRYWISE.sub(r"\1", member).strip() for member in text.split("=")]
            uses = [use for use in map(sole_use, inside) if use and not use.down and not use.primes]
            names = {(use.base, use.up) for use in uses}
            equal.append(names)
            if any(map(_VECTOR_OF_NUMBERS.fullmatch, inside)):
                vectors |= names
        for name in vectors:
            if self.ranks.get(name) == 0:
                self.ranks[name] = 1
        for names in [*equal, *reversed(equal)]:
            known = {self.ranks[name] for name in names if name in self.ranks}
            if len(known) == 1:
                for name in names:
                    self.ranks.setdefault(name, *known)

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
            return self.counts[base] - n if (base, n) in self.whole else 0  # some mean all of a family at once
        if (base, up) in self.ranks or base in self.array_bases:
            full = self.ranks.get((base, up), self.array_bases.get(base, 0))
            return max(0, full - n)
        lower = base.lower()
        if base.isupper() and lower in self.counts and base not in self.counts and lower != base and base not in LOSSES:
            return self.counts[lower] - n if n < self.counts[lower] and (lower, n) in self.whole else 0
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
        for base in self.declared:
            yield base, 0
        for _, partner in self.transposed:
            if partner is not None and partner.base not in SCALARS:
                yield partner.base, 0
