"""Which names of a page are numbers, vectors and matrices, as far as its own way of writing shows it.

A transposition, ⊙, a literal in brackets, ∈ ℝⁿ, and what stands beside such a name: a matrix in front of it, or a sign of
equality between two of them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from autograd.formula import patterns
from autograd.formula.indexed_lexer import closing_of
from autograd.formula.signs import FUNCTIONS
from autograd.formula.uses import LOSSES, SCALARS, Use, find_uses, split_indices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NEAR = 60  # characters in front of a name that say what it is
_TRANSPOSED_UP = re.compile(r"(.*?)\s*(?:T|⊤|top|intercal)$")
_ENTRYWISE = re.compile(
    r"\s*(?:\\sigma|σ|\\tanh|\\exp|\\operatorname\{relu\}|ReLU)\s*(?:\\left)?\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*"
)
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
        self.has_arrays = bool(
            any(self._transposed())
            or declared
            or any("⊙" in t or "⟦" in t for t in texts)
            or any("∇" in t or "nabla" in t for t in texts)
        )
        self.whole = set(self._find_whole())
        self.ranks: dict[tuple[str, str], int] = {}
        self.shapes: dict[tuple[str, str], tuple[int, int]] = {}
        self._rank_names()

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
        self._rank_by_equality()

    def _rank_by_equality(self) -> None:
        """Names that are set equal, alone or in an elementwise function, have as many axes as one another."""
        said: dict[tuple[str, str], set[int]] = {}
        equal: list[set[tuple[str, str]]] = []
        for text in self.texts:
            members = text.split("=")
            inside = [_ENTRYWISE.sub(r"\1", member).strip() for member in members]
            names = {
                (use.base, use.up)
                for member in inside
                for use in list(find_uses(member))[:1]
                if not use.down and not use.primes and member == member[use.start : use.end].strip()
            }
            if names:
                equal.append(names)
            if any(len(find_uses(member)) == 0 and _VECTOR_OF_NUMBERS.fullmatch(member) for member in inside):
                for name in names:
                    said.setdefault(name, set()).add(1)
        for name in (name for name, ranks in said.items() if 1 in ranks and self.ranks.get(name) == 0):
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
        for base in self.declared:
            yield base, 0
        for _, partner in self._transposed():
            if partner is not None and partner.base not in SCALARS:
                yield partner.base, 0

    def _is_whole(self, base: str, n: int) -> bool:
        """Whether a name with fewer indices than others of its family means all of them at once."""
        return (base, n) in self.whole
