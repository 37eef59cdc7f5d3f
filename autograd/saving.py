"""Files by their suffix: whatever saves itself does so here, and a suffix that nobody writes is refused.

A file whose name promises one thing and which holds another is found out late, by somebody else's program.
"""

from __future__ import annotations

from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Mapping


def suffix_of(path: str | os.PathLike[str], what: str, known: Collection[str]) -> str:
    """The suffix of a path in small letters. Raises ValueError where it is none of those known.

    what: what is to be saved, for the message: "a drawing"
    """
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        raise ValueError(f"{what} is saved as {', '.join(known)}, not as {Path(path).name!r}")
    return suffix


def save(path: str | os.PathLike[str], what: str, writers: Mapping[str, Callable[[], str | bytes]]) -> Path:
    """Write what the writer of the path's suffix gives, and return the path.

    Raises ValueError for a suffix without a writer, OSError where the file cannot be written; no file is made then.
    """
    path, suffix = Path(path), suffix_of(path, what, writers)
    content = writers[suffix]()
    if isinstance(content, str):
        content = content.encode("utf-8-sig" if suffix == ".csv" else "utf-8")  # Excel asks for the mark
    path.write_bytes(content)
    return path
