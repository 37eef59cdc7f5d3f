"""The code as pages: what each file says of itself, and its lines, to which the reference links."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

from annotated import annotated
from contents import ENGINE, ROOT, files
from house import rst
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from reference import link_from
from writing import titled, toctree

from autograd import Primitive, primitives


def code() -> Iterator[tuple[str, str]]:
    """A page with what each file says of itself, and one for each file, which links to its lines lead to."""
    parts, pages = [], []
    for heading, modules in files():
        parts.append(titled(heading, sign="-").rstrip())
        for module in modules:
            path = ROOT / (module.replace(".", "/") + ".py")
            text = path.read_text(encoding="utf-8")
            name, lines = path.relative_to(ROOT).as_posix(), text.count("\n")
            essay = rst((inspect.getdoc(importlib.import_module(module)) or "").split("\n"), link_from(f"{module}."))
            pages.append(module)
            ways = f":doc:`The code <{module}>` ({lines} lines)"
            page = [".. raw:: html\n\n" + _highlighted(text)]
            if heading == ENGINE:
                beside = f"{module}-annotated"
                ways += f", and :doc:`annotated <{beside}>`"
                page.append(toctree(f"annotated <{beside}>"))  # below the file, which stands in the navigation once
                yield f"code/{beside}.rst", titled(f"{name}, annotated", annotated(text, link_from(f"{module}.")))
            parts += [titled(name, sign="^").rstrip(), "\n".join(essay), ways]
            yield f"code/{module}.rst", titled(name, *page)
    about = "What each file says of itself, in the order in which they are best read."
    yield "code/index.rst", titled("The code, file by file", about, *parts, toctree(*pages))


def _highlighted(text: str) -> str:
    formatter = HtmlFormatter(cssclass="highlight", linenos="inline", lineanchors="line", anchorlinenos=True)
    written = highlight(text, get_lexer_by_name("python"), formatter)
    return "\n".join("   " + line for line in written.splitlines())


def source_of(domain: str, info: dict[str, str]) -> str | None:
    """The link from a name in the reference to its lines, for sphinx.ext.linkcode."""
    thing = _found(info["module"], info["fullname"])
    thing = thing.fget if isinstance(thing, property) else inspect.unwrap(thing) if callable(thing) else thing
    home = primitives.__name__ if isinstance(thing, Primitive) else getattr(thing, "__module__", None)
    line = _line_of(thing)
    return f"../code/{home}.html#line-{line}" if line and any(home in modules for _, modules in files()) else None


def _found(module: str, name: str) -> Any:
    thing: Any = sys.modules.get(module)
    for part in name.split("."):
        thing = getattr(thing, part, None)
    return thing


def _line_of(thing: Any) -> int | None:
    """The line in which a class, a function, a method, or a row of the table begins."""
    if isinstance(thing, Primitive):
        table = inspect.getsource(primitives)
        row = re.search(rf'(?m)^\w+ *= Primitive\("{thing.name}"', table)
        return table.count("\n", 0, row.start()) + 1 if row else None
    try:
        return inspect.getsourcelines(thing)[1]
    except (TypeError, OSError):
        return None
