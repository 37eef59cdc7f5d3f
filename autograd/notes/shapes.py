r"""Which axes of a page's vectors and matrices are equally long, so that all others may be of different lengths.

    z = W x + b,  L = ½ (z − t)ᵀ(z − t)      columns of W are as many as entries of x, its rows as those of z, b and t
    X ∈ ℝ^{n×d}; W is an n×m matrix          as the page says it itself

Where two lengths may differ, a page is read with vectors of which they do: W (z − t) has no shape there, and Wᵀ(z − t) has.
The page's definitions decide; what it claims decides only for names that stand in none of these, since a claim may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from autograd.formula.arrays import Array, Axis, Quantity, unite
from autograd.formula.indexed_lexer import NAME
from autograd.formula.uses import find_uses
from autograd.notes.verdicts import ERRORS
from autograd.notes.world import AxisKey, World

LENGTHS = (3, 2, 4, 5)  # that are given to axes that may differ, in turn
DERIVATIVE = re.compile(r"∂|\\partial|∇|\\nabla|\\frac\s*\{\s*d")
_REALS = r"(?:\\mathbb\s*\{\s*R\s*\}|\\mathbb R|\\mathbf\s*\{\s*R\s*\}|\\R(?![A-Za-z])|R|ℝ)"
_OF_REALS = re.compile(
    rf"(?P<name>{NAME})\s*(?:\\in(?![A-Za-z])|∈)\s*{_REALS}\s*\^\s*(?:\{{(?P<shape>[^{{}}]*)\}}|(?P<one>\w))"
)
_TIMES = r"(\w+)\s*(?:\\times|×)\s*(\w+)"
_MATRIX_BEHIND = re.compile(
    rf"\$({NAME})\$,?\s+(?:is|be|of size|of shape|has shape)\s+(?:an?\s+|of\s+size\s+)?\$\s*{_TIMES}\s*\$"
)
_MATRIX_BEFORE = re.compile(rf"\$\s*{_TIMES}\s*\$\s+matrix\s+\$({NAME})\$")


def declared_shapes(rows: Iterable[str], prose: str) -> dict[str, tuple[str, ...]]:
    """What the page says of names in so many words: of each the lengths of its axes, as letters or digits."""
    found: dict[str, tuple[str, ...]] = {}

    def say(name: str, *shape: str) -> None:
        for use in list(find_uses(name))[:1]:
            found.setdefault(use.base, shape)

    for text in rows:
        for match in _OF_REALS.finditer(text):
            parts = [part.strip() for part in re.split(r"\\times|×", match["shape"] or match["one"])]
            if len(parts) < 3 and all(parts):
                say(match["name"], *parts)
    for match in _MATRIX_BEHIND.finditer(prose):
        say(match[1], match[2], match[3])
    for match in _MATRIX_BEFORE.finditer(prose):
        say(match[3], match[1], match[2])
    return found


def find_axes(
    world: World, chains: Iterable[Sequence[str]], places: Callable[[Sequence[str]], Iterable[dict[str, int]]]
) -> dict[AxisKey, tuple[Axis, int]]:
    """All axes of names that are arrays, with lengths that differ where they may; nothing where none may.

    world: one in which all arrays are square; chains: the members of each; places: numbers for letters that count in them
    """
    chains = [chain for chain in chains if len(chain) > 1]
    claims = [chain for chain in chains if DERIVATIVE.search(chain[0])]
    for chain in (chain for chain in chains if chain not in claims):
        _unite_members(world, chain, places(chain))
    _declare(world)
    for axis, _ in world.axes.values():
        axis.root.is_settled = True
    for chain in claims:
        _unite_members(world, chain, places(chain))
    return _with_lengths(world.axes)


def _unite_members(world: World, chain: Sequence[str], places: Iterable[dict[str, int]]) -> None:
    """Let what stands on both sides of a sign of equality have one shape."""
    for env in places:
        before: Quantity | None = None
        for text in chain:
            try:
                found = world.read(text, env)
            except ERRORS:
                continue
            if isinstance(before, Array) and isinstance(found, Array):
                if before.shape == found.shape:
                    unite(before, found)
                elif before.shape == found.shape[::-1]:
                    unite(before, found.transposed)
            before = found


def _declare(world: World) -> None:
    """Let axes that the page gives the same letter be equally long."""
    named: dict[str, Axis] = {}
    for base, up, which in list(world.axes):
        shape = world.notation.arrays.declared.get(base, ())
        if which < len(shape):
            named.setdefault(shape[which], Axis(shape[which])).unite(world.axes[base, up, which][0])


def _with_lengths(axes: Mapping[AxisKey, tuple[Axis, int]]) -> dict[AxisKey, tuple[Axis, int]]:
    roots = list(dict.fromkeys(axis.root for axis, _ in axes.values()))
    if len(roots) < 2:
        return {}
    lengths = dict(zip(roots, [*LENGTHS, *([LENGTHS[0]] * len(roots))]))
    for root in roots:
        root.is_settled = True
    return {key: (axis.root, lengths[axis.root]) for key, (axis, _) in axes.items()}
