"""What a sheet or an answer may be read from: text in UTF-8 or UTF-16, TOML, and tables, within bounds."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path
from typing import Any

from autograd.display.files import TOO_DEEP, FileError, clean, read_bytes

LONGEST = 1_000_000  # bytes of a file with a worksheet, or with answers
DEEPEST = 16  # parts of a name in TOML, a.b.c; each is a table of its own
_PART = r"""(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*\.[ \t]*"""
_DEEP_KEY = re.compile(rf"(?<![A-Za-z0-9_\"'-])(?:{_PART}){{{DEEPEST}}}")


class SheetError(ValueError):
    """A file that cannot be understood; the message says where, and why."""


class Written(str):
    """A number in a file, with its digits."""

    __slots__ = ()


def read_toml(text: str, where: str) -> dict[str, Any]:
    """The tables of a text, with numbers as they were written; where: what messages call it. Raises SheetError."""
    if (deep := _DEEP_KEY.search(text)) is not None:
        line = text.count("\n", 0, deep.start()) + 1
        raise SheetError(f"{where}, line {line}: a name of over {DEEPEST} parts")
    try:
        return tomllib.loads(text, parse_float=Written)
    except ValueError as error:
        raise SheetError(f"{where}: {error}") from None
    except RecursionError:
        raise SheetError(f"{where}: {TOO_DEEP}") from None


def read_rows(text: str, mark: str, where: str) -> list[tuple[int, list[str]]]:
    """The rows of a table that are not empty, each with the line it ends on; mark: what stands between cells."""
    if mark in '"\r':  # which newer Pythons take for no mark, and older ones for one
        raise SheetError(f"{where}: {mark!r} cannot stand between cells")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SheetError(f"{where}, line {reader.line_num}: {error}") from None


def read_content(path: Path) -> tuple[bytes, str]:
    """What stands in a file that a person chose, and how letters are written there, unless nothing says so.

    Raises OSError where it cannot be opened, SheetError for a pipe, a device, and for a file that is too long.
    """
    try:
        content = read_bytes(path, LONGEST)
    except FileError as error:
        raise SheetError(f"{clean(path.name)}: {error}") from None
    return content, "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def read_text(path: Path) -> str:
    """The text of a file that a person chose. Raises OSError where it cannot be opened, SheetError where it is no text."""
    content, encoding = read_content(path)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SheetError(f"{path.name}, line {line}: this is no text in UTF-8; save it as such") from None
