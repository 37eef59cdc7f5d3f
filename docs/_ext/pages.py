"""The pages that write themselves before the build begins; and the picture on the first one.

Everything goes into folders that are not kept (docs/.gitignore); a file is written only where it changes, so that a second
build is quick, and what no longer belongs is taken away.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from contents import ROOT, not_there, without_a_group
from listing import code
from reference import command_line, reference
from sphinx.application import Sphinx
from sphinx.util import logging
from texts import course, texts

import nn
from autograd import Value, dot, label, sigmoid

logger = logging.getLogger(__name__)
DOCS = ROOT / "docs"
MADE = ["reference", "code", "course", "project", "extra", "pictures"]  # the folders of what is made here


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages when the build begins."""
    app.connect("builder-inited", lambda app: write_all())
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_all() -> None:
    """Every page, and nothing that is left from earlier."""
    for name in without_a_group():
        logger.warning("%s stands in no group of docs/_ext/contents.py, and has no page", name)
    for name in not_there():
        logger.warning("%s stands in docs/_ext/contents.py, but is no public name, or stands there twice", name)
    pages = dict([*reference(), *command_line(), *course(), *texts(), *code(), *pictures()])
    for path, content in pages.items():
        _write(DOCS / path, content)
    for folder in MADE:
        for path in (DOCS / folder).rglob("*"):
            if path.is_file() and path.relative_to(DOCS).as_posix() not in pages:
                path.unlink()


def _write(path: Path, content: str | bytes) -> None:
    content = content.encode("utf-8") if isinstance(content, str) else content
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def pictures() -> Iterator[tuple[str, str]]:
    """The graph on the first page, drawn by the library; light and dark."""
    w, x, b, t = [Value(0.5), Value(-1.0)], [Value(2.0), Value(1.0)], Value(0.5), Value(1.0)
    net = dot(w, x, bias=b)
    o = sigmoid(net)
    E = (o - t) ** 2 / 2
    label(w=w, x=x, b=b, t=t, net=net, o=o, E=E)
    E.backward()
    for theme in ("light", "dark"):
        yield f"pictures/neuron-{theme}.svg", nn.draw(E, theme=theme).svg
