"""The pages that write themselves before the build begins.

Everything goes into folders that are not kept (.gitignore); a file is written only where it changes, so that a second
build is quick, and what no longer belongs is taken away.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from contents import ROOT
from listing import code
from reference import command_line, reference, titled, toctree
from sphinx.application import Sphinx

DOCS = ROOT / "docs"
TEXTS = {  # the project's own texts that are pages, by where they go
    "README.md": "project/readme.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "benchmarks/README.md": "project/benchmarks.md",
}
LINK = re.compile(r'(\]\(|src=")([^)\s"#]+)')
PICTURE = re.compile(  # as GitHub shows one in the light and another in the dark
    r'<picture>\s*<source [^>]*srcset="(?P<dark>[^"]+)">\s*'
    r'<img src="(?P<light>[^"]+)" alt="(?P<alt>[^"]+)" width="(?P<width>\d+)">\s*</picture>'
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages when the build begins."""
    app.connect("builder-inited", lambda app: write_all())
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_all() -> None:
    """Every page, and nothing that is left from earlier."""
    pages = dict([*reference(), *command_line(), *course(), *texts(), *code()])
    for path, content in pages.items():
        _write(DOCS / path, content.encode())
    for folder in {path.partition("/")[0] for path in pages}:
        for path in (DOCS / folder).rglob("*"):
            if path.is_file() and path.relative_to(DOCS).as_posix() not in pages:
                path.unlink()


def _write(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def course() -> Iterator[tuple[str, str]]:
    """The notebooks as they are stored, in the order of their numbers."""
    found = sorted((ROOT / "notebooks").glob("*.ipynb"), key=lambda path: int(path.name.partition("-")[0]))
    for path in found:
        yield f"course/{path.name}", path.read_text(encoding="utf-8")
    about = "Notebooks, each with one idea. They show here as they were run; in Jupyter they can be changed and run again."
    pages = toctree(*(path.stem for path in found), option="maxdepth: 1")
    yield "course/index.rst", titled("The course", about, pages)


def texts() -> Iterator[tuple[str, str]]:
    """README and the others, and a page over them."""
    others = toctree("contributing", "changelog", "benchmarks", "../first-hours", "../browser", option="maxdepth: 1")
    yield "project/index.rst", titled("The project", others)
    for source, page in TEXTS.items():
        text = _lead(PICTURE.sub(_two_pictures, (ROOT / source).read_text(encoding="utf-8")), posixpath.dirname(source))
        yield page, text.replace("# chalkgrad\n", "# Getting started\n", 1) if source == "README.md" else text


def _two_pictures(picture: re.Match[str]) -> str:
    return "\n".join(
        f"![{picture['alt']}]({picture[theme]}){{.only-{theme} .film width={picture['width']}px}}"
        for theme in ("light", "dark")
    )


def _lead(text: str, folder: str) -> str:
    """A text whose links to files of the project are right from a page in docs/project."""

    def lead(link: re.Match[str]) -> str:
        file = posixpath.normpath(posixpath.join(folder, link[2]))
        if not (ROOT / file).is_file():
            return link[0]
        page = TEXTS.get(file) or (file.startswith("notebooks/") and file.replace("notebooks", "course"))
        return f"{link[1]}../{page or f'../{file}'}"

    return LINK.sub(lead, text)
