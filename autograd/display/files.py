"""Files: read with care, since strangers sent them, and written whole or not at all.

Whoever marks a class reads what thirty people handed in: a pipe that never ends, a link to a device, a hundred megabytes.
Kind and size are looked at before anything is read. And whoever writes over a report wants the old one or the new one,
whatever happens in between: what is written goes into a file beside it, which then takes its place.
"""

from __future__ import annotations

import errno
import glob
import json
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

TOO_DEEP = "brackets stand in brackets, hundreds of them"
DEEPEST = 200  # brackets within each other, in JSON
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
ABANDONED = 600.0  # seconds after which nobody writes a part of a file any more


class FileError(ValueError):
    """A file that is not read for what it is; the message says why, and is to stand behind its name."""


def read_bytes(path: str | os.PathLike[str], most: int) -> bytes:
    """What an ordinary file holds.

    path: the file
    most: how many bytes it may have

    Raises OSError where it cannot be opened, FileError for a pipe, a device, and for a file that is too long.
    """
    at_once = getattr(os, "O_NONBLOCK", 0)  # a pipe is opened, and found to be one, though nobody writes to it
    handle = os.open(path, os.O_RDONLY | at_once | getattr(os, "O_BINARY", 0))
    try:
        kind = os.fstat(handle).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        if not stat.S_ISREG(kind):
            raise FileError("this is no ordinary file, but a pipe or a device")
        with open(handle, "rb", closefd=False) as file:
            content = file.read(most + 1)
    finally:
        os.close(handle)
    if len(content) > most:
        raise FileError(f"this is longer than the {most:,} bytes that are read of such a file")
    return content


def read_json(content: str | bytes, **hooks: Any) -> Any:
    """What a text in JSON says that somebody else has written.

    Python's own reader goes down bracket by bracket in C. Where somebody has raised the limit on recursion, a file of
    brackets alone would end the whole process there; so they are counted first.

    content: the text; hooks: what json.loads calls for numbers and objects

    Raises ValueError for what is no JSON, FileError for brackets in brackets by hundreds.
    """
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content), "surrogatepass")
    depth = 0
    for bracket in re.findall(r"[\[{\]}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise FileError(TOO_DEEP)
    return json.loads(text, **hooks)


def write(path: str | os.PathLike[str], content: str | bytes, encoding: str = "utf-8", wait: bool = True) -> Path:
    """Write a file whole, and give its path; until then, and if that fails, an older one stays as it was.

    path: where to; where there is a link, the file that it leads to is written, and a file's permissions stay what they are
    content: text, or bytes
    encoding: of text; what it has no sign for, such as half of a pair of surrogates, becomes a question mark
    wait: until the disk has it; for each of a thousand files that can be made again, that is long

    Raises OSError where the file cannot be written.
    """
    path, goal = Path(path), Path(os.path.realpath(path))
    encoded = content if isinstance(content, bytes) else content.encode(encoding, "replace")
    if goal.exists() and not goal.is_file():  # /dev/stdout, say, which nothing can take the place of; a folder is refused
        with open(path, "wb") as file:
            file.write(encoded)
        return path
    part = goal.with_name(f".{goal.name[:60]}.{secrets.token_hex(4)}.part")
    try:
        _clear(goal)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with open(handle, "wb") as file:
            file.write(encoded)
            file.flush()
            if wait:
                os.fsync(handle)
        if goal.exists():
            os.chmod(part, stat.S_IMODE(goal.stat().st_mode))
        os.replace(part, goal)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, OSError) and error.errno is not None:  # about the part, which nobody has asked for
            raise OSError(error.errno, error.strerror, os.fspath(path)) from None
        raise
    return path


def save(path: str | os.PathLike[str], what: str, writers: Mapping[str, Callable[[], str | bytes]]) -> Path:
    """Write what the writer of the path's suffix gives, and return the path.

    what: what is to be saved, for the message: "a drawing"
    writers: by suffix

    Raises ValueError for a suffix without a writer, OSError where the file cannot be written; no file is made then.
    """
    suffix = suffix_of(path, what, writers)
    return write(path, writers[suffix](), "utf-8-sig" if suffix == ".csv" else "utf-8")  # Excel asks for the mark


def suffix_of(path: str | os.PathLike[str], what: str, known: Collection[str]) -> str:
    """The suffix of a path in small letters. Raises ValueError where it is none of those known.

    A file whose name promises one thing and which holds another is found out late, by somebody else's program.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        raise ValueError(f"{what} is saved as {', '.join(known)}, not as {Path(path).name!r}")
    return suffix


def _clear(goal: Path) -> None:
    """Remove the parts of a file that processes have left behind which were killed while they wrote it."""
    for part in goal.parent.glob(f".{glob.escape(goal.name[:60])}.*.part"):
        if time.time() - part.stat().st_mtime > ABANDONED:
            part.unlink(missing_ok=True)


def clean(text: Any) -> str:
    """Text that can be written anywhere: halves of pairs of surrogates, as in names of files, become question marks."""
    return str(text).encode("utf-8", "replace").decode("utf-8")
