"""What nets and trainings are given: how many of something, how that is said, and where random numbers come from."""

from __future__ import annotations

import operator
import random
from typing import Any


def whole(n: Any, what: str, least: int = 1) -> int:
    """n, if it is a whole number from least on; else ValueError, which says what it is."""
    try:
        found = operator.index(n)
    except TypeError:
        found = least - 1
    if isinstance(n, bool) or found < least:
        raise ValueError(f"{what} is a whole number from {least} on, not {n!r}")
    return found


def counted(n: int, what: str) -> str:
    """How many there are, in words: 1 head, 4 heads."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def generator(seed: Any) -> Any:
    """Where random numbers come from: Python's own without a seed, so that random.seed rules; a generator stays one."""
    if seed is random or isinstance(seed, random.Random):
        return seed
    return random if seed is None else random.Random(seed)
