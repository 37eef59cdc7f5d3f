"""Numbers on a page: what was worked out, from the numbers before it, by the red pen's rules."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

_DECIMAL = re.compile(r"(?<![\w.])[0-9]*\.[0-9]+")


def has_numbers(text: str) -> bool:
    """Whether numbers were put into a formula, or it is one."""
    return bool(_DECIMAL.search(text)) or bool(re.fullmatch(r"[-−+\s]*[0-9.]+\s*", text))


def judge_numbers(page: Any, chain: Any, numeric: Sequence[bool]) -> Iterator[tuple[int, Any]]:
    yield from ()
