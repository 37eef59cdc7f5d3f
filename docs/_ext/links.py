"""Links in the project's texts, which are Markdown with some HTML in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

LINK = re.compile(r'(\]\(|\]: |(?:src|srcset|href)=")(?!\w+:|#|//)([^)\s"#]+)(#[^)\s"]*)?')
CODE = re.compile(r"(?ms)^```.*?^```|(?<=\n\n)(?: {4}[^\n]*(?:\n|\Z)|\n)+|`[^`\n]+`")


def links(text: str) -> Iterator[tuple[str, str]]:
    """The relative links of a text in Markdown, HTML included: (path, what follows from the # on)."""
    for found in LINK.finditer(without_code(text)):
        yield found[2], found[3] or ""


def without_code(text: str) -> str:
    """A text in Markdown without what stands in it as code, where brackets are no links."""
    return CODE.sub(lambda code: " " * len(code[0]), text)


def markdown_of(path: Path) -> str:
    """The Markdown in a file, which may be a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
