"""Other letters for the same: people have learned z for a net input, o for what comes out, t for the truth, E for the loss.

A sheet in the letters of the course reads these, too, each where its own letter stands on the sheet and the other one does
not, so that nothing has two meanings; and w_new for w′, and the other way round.
"""

from __future__ import annotations

from functools import lru_cache

from autograd.formula.name_keys import Key, Otherwise, name_key

LETTERS = {"a": ("z", "net"), "ŷ": ("o",), "y": ("t",), "L": ("E",)}
BESIDE = {"a": {"ŷ", "h"}, "y": {"ŷ"}}  # letters of which one has to stand on the sheet as well: else a or y may be anything
Marks = tuple[object, object]  # primes, and what stands above
AFTER_A_STEP: dict[Marks, Marks] = {(1, ""): (0, "new"), (0, "new"): (1, "")}  # w′ and w_new


@lru_cache(maxsize=256)
def other_letters(names: tuple[str, ...]) -> Otherwise:
    """The keys of names in other letters, for those of a sheet.

    names: all that stand on the sheet
    """
    keys = set(_single(map(name_key, names)))
    letters = {key[0] for key in keys}
    found = Otherwise()
    for key in keys:
        base, *rest = key
        others = LETTERS.get(str(base), ())
        if letters.isdisjoint(others) and not BESIDE.get(str(base), letters).isdisjoint(letters):
            found.update(((other, *rest), key) for other in others)
    for key, own in [*found.items(), *((key, key) for key in keys)]:
        base, primes, above, below = key
        if (other := AFTER_A_STEP.get((primes, above))) and (new := (base, *other, below)) not in keys:
            found[new] = own
    return found


def _single(keys: object) -> list[Key]:
    """Keys of names, those in derivatives among them, without names that are only text."""
    parts = [part for key in keys for part in (key[1:] if key[0] == "∂" else [key])]  # type: ignore[attr-defined]
    return [part for part in parts if len(part) == 4]
