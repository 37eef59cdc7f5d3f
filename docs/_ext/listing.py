"""The code as pages: what each file says of itself, and its lines, to which the reference links."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Iterator

from annotated import annotated
from contents import ENGINE, ROOT, files
from house import below, rst
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from reference import link_from, titled, toctree

from autograd import Primitive, primitives

LINES = HtmlFormatter(linenos="inline", lineanchors="line", anchorlinenos=True)


def code() -> Iterator[tuple[str, str]]:
    """A page with what each file says of itself, and one for each file, which links to its lines lead to."""
    parts = []
    for heading, modules in files():
        parts.append(titled(heading, sign="-"))
        for module in modules:
            name = module.replace(".", "/") + ".py"
            text = (ROOT / name).read_text(encoding="utf-8")
            ways = f":doc:`The code <{module}>` ({text.count(chr(10))} lines)"
            page = [f".. raw:: html\n\n{below(highlight(text, PythonLexer(), LINES))}"]
            if heading == ENGINE:
                beside = f"{module}-annotated"
                ways += f", and :doc:`annotated <{beside}>`"
                page.append(toctree(f"annotated <{beside}>"))  # below the file, which stands in the navigation once
                yield f"code/{beside}.rst", titled(f"{name}, annotated", annotated(text, link_from(f"{module}.")))
            essay = inspect.getdoc(importlib.import_module(module)) or ""
            parts += [titled(name, sign="^"), rst(essay, link_from(f"{module}.")), ways]
            yield f"code/{module}.rst", titled(name, *page)
    about = "What each file says of itself, in the order in which they are best read."
    pages = toctree(*(module for _, modules in files() for module in modules))
    yield "code/index.rst", titled("The code, file by file", about, *parts, pages)


def source_of(domain: str, info: dict[str, str]) -> str | None:
    """The link from a name in the reference to its lines, for sphinx.ext.linkcode; or to its row of the table."""
    steps = info["fullname"].split(".")
    thing = functools.reduce(lambda thing, name: getattr(thing, name, None), steps, sys.modules.get(info["module"]))
    if isinstance(thing, Primitive):
        above, row, _ = inspect.getsource(primitives).partition(f'= Primitive("{thing.name}"')
        return f"../code/{primitives.__name__}.html#line-{above.count(chr(10)) + 1}" if row else None
    thing = inspect.unwrap(thing.fget if isinstance(thing, property) else thing)
    home = getattr(thing, "__module__", None)
    if callable(thing) and any(home in modules for _, modules in files()):
        return f"../code/{home}.html#line-{inspect.getsourcelines(thing)[1]}"
    return None
