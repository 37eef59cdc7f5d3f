"""Tables in plain text, column under column."""

from __future__ import annotations

from itertools import zip_longest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def align(lines: Sequence[Sequence[str]], wrapped: Sequence[int] = (), width: int = 118) -> str:
    """Rows in columns; cells of the wrapped columns go on below themselves where the row would be too wide."""
    import textwrap  # with re it takes as long to load as the rest of the package

    widths = [max(map(len, column)) for column in zip(*lines)]
    for column in wrapped:
        others = sum(widths) - widths[column] + 2 * (len(widths) - 1)
        widths[column] = min(widths[column], max(width - others, 28 if column != wrapped[-1] else 36))
    text: list[str] = []
    for line in lines:
        cells = [textwrap.wrap(cell, widths[i]) or [""] if i in wrapped else [cell] for i, cell in enumerate(line)]
        rows = zip_longest(*cells, fillvalue="")
        text += ["  ".join(part.ljust(w) for part, w in zip(parts, widths)).rstrip() for parts in rows]
    return "\n".join(text)
