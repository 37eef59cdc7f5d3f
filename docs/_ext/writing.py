"""Parts of a page in reStructuredText."""

from __future__ import annotations

from house import plain


def titled(title: str, *parts: str, sign: str = "=") -> str:
    """A heading with paragraphs below it."""
    title = plain(title)
    return "\n\n".join([f"{title}\n{sign * len(title)}", *parts]) + "\n"


def toctree(*entries: str, options: str = ":hidden:") -> str:
    """What stands below this page in the navigation."""
    lines = [".. toctree::", *(f"   {option}" for option in options.split("\n")), "", *(f"   {entry}" for entry in entries)]
    return "\n".join(lines) if entries else ""


def below(lines: list[str]) -> str:
    """Lines that belong to a directive."""
    return "\n".join("   " + line if line else "" for line in lines)
