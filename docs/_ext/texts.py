"""The project's own texts as pages: README and its like, and the notebooks as they are stored.

They are Markdown with some HTML in it, and link to one another as files of the project. In the site they stand in other
places, so each relative link is led to where its target is: a page, or a copy of the file.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from contents import ROOT
from links import LINK, links, markdown_of, without_code
from writing import titled, toctree

# The project's own files that are pages, by where they go; links between them are led along.
TEXTS = {
    "README.md": "project/readme.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "benchmarks/README.md": "project/benchmarks.md",
}
FOLDERS = {
    "autograd": "code/index.rst",
    "benchmarks": "project/benchmarks.md",
    "docs": "index.md",
    "nn": "code/index.rst",
    "notebooks": "course/index.rst",
}


def course() -> Iterator[tuple[str, str]]:
    """The notebooks as they are stored, in the order of their numbers."""
    found = sorted((ROOT / "notebooks").glob("*.ipynb"), key=_number)
    for path in found:
        yield f"course/{path.name}", _led_notebook(path)
    about = "Notebooks, each with one idea. They show here as they were run; in Jupyter they can be changed and run again."
    pages = toctree(*(path.stem for path in found), options=":maxdepth: 1")
    yield "course/index.rst", titled("The course", about, pages or "They are being written.")


def _number(path: Path) -> tuple[float, str]:
    number = re.match(r"\d+", path.name)
    return (int(number[0]) if number else float("inf"), path.name)


def _led_notebook(path: Path) -> str:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            cell["source"] = led(source, f"notebooks/{path.name}", f"course/{path.name}")
    return json.dumps(notebook, ensure_ascii=False, indent=1)


def texts() -> Iterator[tuple[str, str | bytes]]:
    """README and the others, as far as they are there, what they link to, and a page over them."""
    there = [posixpath.basename(page).removesuffix(".md") for source, page in TEXTS.items() if (ROOT / source).exists()]
    written = [f"../{path.stem}" for path in sorted((ROOT / "docs").glob("*.md")) if path.stem != "index"]
    listed = [*(page for page in there if page != "readme"), "../code/index", *written]
    yield "project/index.rst", titled("The project", toctree(*listed, options=":maxdepth: 1"))
    for source, page in TEXTS.items():
        path = ROOT / source
        if path.exists():
            text = led(path.read_text(encoding="utf-8"), source, page)
            yield page, re.sub(r"^# .*", "# Getting started", text, count=1) if source == "README.md" else text
    for source in linked_files():
        yield f"extra/files/{source}", (ROOT / source).read_bytes()


def linked_files() -> list[str]:
    """The files of the project that its texts link to and that are no pages."""
    found: dict[str, None] = {}
    sources = [*TEXTS, *(f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb"))]
    for source in sources:
        path = ROOT / source
        if path.exists():
            for target, _ in links(markdown_of(path)):
                full = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
                if (ROOT / full).is_file() and _place(full) == f"files/{full}":
                    found[full] = None
    return list(found)


def led(text: str, source: str, page: str) -> str:
    """A text whose relative links are right in the site, where it is another file in another place."""
    plain = without_code(text)

    def lead(link: re.Match[str]) -> str:
        place = _place(posixpath.normpath(posixpath.join(posixpath.dirname(source), link[2])))
        if place is None or plain[link.start() : link.end()] != link[0]:
            return link[0]
        html = link[1].endswith('"')  # Sphinx leaves it as it is; in Markdown it looks for the file that is linked to
        place = re.sub(r"\.(md|rst|ipynb)$", ".html", place) if html and not place.startswith("files/") else place
        place = f"extra/{place}" if not html and place.startswith("files/") else place
        return f"{link[1]}{posixpath.relpath(place, posixpath.dirname(page))}{link[3] or ''}"

    return LINK.sub(lead, text)


def _place(full: str) -> str | None:
    """Where a file of the project stands in the site: a page, or a copy."""
    pages = TEXTS | FOLDERS
    if full in pages and (ROOT / full).exists():
        return pages[full]
    if re.fullmatch(r"docs/\w+\.md", full):
        return full.removeprefix("docs/")
    if re.fullmatch(r"notebooks/[^/]+\.ipynb", full):
        return full.replace("notebooks/", "course/")
    if re.fullmatch(r"(autograd|nn)/[\w/]+\.py", full):
        return "code/" + full.removesuffix(".py").replace("/", ".") + ".rst"
    return f"files/{full}" if (ROOT / full).is_file() else None
