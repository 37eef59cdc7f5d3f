"""The pages that write themselves, before the build begins: from the public names, the notebooks, the code, the parser.

Everything goes into folders that are not kept (docs/.gitignore); a file is written only where it changes, so that a second
build is quick, and what no longer belongs is taken away.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import posixpath
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from contents import GROUPS, PLAIN_DATA, ROOT, Group, files, names_of, not_there, public_names, without_a_group
from house import first_sentence, markup, plain, rst
from links import LINK, links, markdown_of, without_code
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from sphinx.application import Sphinx
from sphinx.util import logging

import nn.cli
from autograd import PRIMITIVES, Primitive, Value, gradient, latex

logger = logging.getLogger(__name__)
DOCS = ROOT / "docs"
MADE = ["reference", "code", "course", "project", "extra", "pictures"]  # the folders of what is made here

# The project's own files that are pages, by where they go; links between them are led along.
TEXTS = {
    "README.md": "project/readme.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "benchmarks/README.md": "project/benchmarks.md",
}
FOLDERS = {"notebooks": "course/index.rst", "benchmarks": "project/benchmarks.md", "docs": "index.md"}


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
    pages = dict([*reference(), *course(), *texts(), *code(), *pictures()])
    pages["reference/command-line.rst"] = command_line()
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


def _titled(title: str, *parts: str, sign: str = "=") -> str:
    title = plain(title)
    return "\n\n".join([f"{title}\n{sign * len(title)}", *parts]) + "\n"


def _toctree(*entries: str, options: str = ":hidden:") -> str:
    lines = [".. toctree::", *(f"   {option}" for option in options.split("\n")), "", *(f"   {entry}" for entry in entries)]
    return "\n".join(lines) if entries else ""


# --------------------------------------------------------------------------------------------------------- the reference


def page_of(name: str) -> str:
    """The page of a public name. Files are told apart by more than capital letters, as some systems do not see those."""
    twins = [other for other in public_names() if other.lower() == name.lower()]
    return f"{name}-class" if len(twins) > 1 and inspect.isclass(public_names()[name]) else name


def link_from(name: str) -> Callable[[str], str | None]:
    """What names mean in the docstring of a public name, or of a module: those beside it first."""
    known = public_names()
    around = [name.rpartition(".")[0], name, "autograd", "nn", "nn.losses", "nn.optim", "nn.data", "nn.metrics"]

    def link(word: str) -> str | None:
        for full in [word, *(f"{place}.{word}" for place in around)]:
            owner, _, member = full.rpartition(".")
            if full in known and full != name:
                return full
            if owner in known and owner != name and inspect.isclass(known[owner]) and getattr(known[owner], member, None):
                return full if member in vars(known[owner]) and not member.startswith("_") else None
        return None

    return link


def reference() -> Iterator[tuple[str, str]]:
    """A page for each name, one for each group of them, and one over all."""
    overview = []
    for group in GROUPS:
        names = [name for name in names_of(group) if name in public_names()]
        yield f"reference/{group.page}.rst", _group_page(group, names)
        for name in names:
            yield f"reference/{page_of(name)}.rst", _name_page(name, public_names()[name])
        listed = " · ".join(f":py:obj:`{_short(name)} <{name}>`" for name in names)
        overview.append(f":doc:`{group.title} <{group.page}>`\n   {markup(group.about)}\n\n   {listed}")
    about = "A page for each public name, with its arguments, what it raises, and an example."
    pages = _toctree(*(group.page for group in GROUPS), "command-line")
    commands = ":doc:`The command line <command-line>`\n   What ``chalkgrad`` does in a terminal."
    yield "reference/index.rst", _titled("Reference", about, *overview, commands, pages)


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _group_page(group: Group, names: list[str]) -> str:
    rows = []
    for name in names:
        said = markup(_capital(first_sentence(description(name))))
        rows.append(f"   * - :py:obj:`{_short(name)} <{name}>`\n     - {said}")
    table = "\n".join([".. list-table::", "   :widths: 30 70", "   :class: names", "", *rows])
    module = sys.modules.get(group.names.removesuffix(".*")) if group.names.endswith("*") else None
    essay = "\n".join(rst(inspect.getdoc(module).split("\n")[2:], link_from(f"{module.__name__}."))) if module else ""
    return _titled(group.title, markup(group.about), table, essay, _toctree(*map(page_of, names)))


def description(name: str) -> str:
    """The docstring of a public name."""
    thing = public_names()[name]
    said = inspect.getdoc(thing) or ""
    borrowed = name in PLAIN_DATA and said in (inspect.getdoc(dict), inspect.getdoc(Primitive))  # it has none of its own
    return PLAIN_DATA[name] if borrowed else said


def _capital(sentence: str) -> str:
    """A sentence of the table of operations, such as "square root", stands alone here."""
    first = re.match(r"[a-z]+", sentence)
    return (
        sentence[:1].upper() + sentence[1:] if first and len(first[0]) > 2 and not sentence.startswith("log(") else sentence
    )


def _name_page(name: str, thing: Any) -> str:
    if name in PLAIN_DATA:
        return _titled(
            _short(name),
            f".. py:data:: {name}\n\n{_below(rst(description(name).splitlines(), link_from(name)))}",
            _table(name),
        )
    if isinstance(thing, Primitive):
        return _titled(_short(name), _operation(name, thing))
    if inspect.isclass(thing):
        return _titled(_short(name), _class(name, thing))
    given = _given_by(thing)
    parts = [f".. autofunction:: {name}"]
    if given is not None:
        parts += [_titled("What it gives", sign="-").rstrip(), _class(f"{given.__module__}.{given.__name__}", given)]
    return _titled(_short(name), *parts)


def _class(name: str, thing: type) -> str:
    bases = {"tuple", "dict", "list", "str", "Exception", "Warning", "object"} & {base.__name__ for base in thing.__mro__}
    kind = "autoexception" if issubclass(thing, BaseException) else "autoclass"
    lines = [f".. {kind}:: {name}", "   :members:", f"   :inherited-members: {', '.join(sorted(bases))}"]
    own = [base.__name__ for base in thing.__bases__ if base is not object]
    lines += ["   :show-inheritance:"] * bool(own) + ["   :special-members: __call__"] * bool(_call_is_told(thing))
    methods = [member for member in dir(thing) if thing is Value and inspect.isfunction(getattr(thing, member))]
    functions = [f"autograd.{member}" for member in methods if f"autograd.{member}" in public_names()]
    if functions:  # they are told on their own pages
        lines.append(f"   :exclude-members: {', '.join(map(_short, functions))}")
        listed = " · ".join(f":py:obj:`{_short(each)} <{each}>`" for each in functions)
        lines += ["", _titled("Functions as methods", sign="-"), f"``v.exp()`` is ``exp(v)``, and so on: {listed}"]
    return "\n".join(lines)


def _call_is_told(thing: type) -> bool:
    return any("__call__" in vars(base) and base.__dict__["__call__"].__doc__ for base in thing.__mro__)


def _given_by(function: Any) -> type | None:
    """The class of what a function gives, where it is one of ours that has no page of its own."""
    given = getattr(function, "__annotations__", {}).get("return", "")
    module = sys.modules[function.__module__]
    found = getattr(module, given, None) if isinstance(given, str) else given
    ours = inspect.isclass(found) and found.__module__.partition(".")[0] in ("autograd", "nn")
    return found if ours and found not in public_names().values() else None


def _variables(op: Primitive) -> list[Value]:
    """Inputs of an operation that wear the names that its row gives them."""
    rules = [list(inspect.signature(rule).parameters)[1:] for rule in op.partials if callable(rule)]
    return [Value(0.6, name) for name in (rules or ["xy"])[0][: op.arity]]


def _operation(name: str, op: Primitive) -> str:
    xs = _variables(op)
    z = op(*xs)
    said, *more = re.sub(r"(?m)^Its slopes? (is|are) (d/d|∂/∂)(.+\n)+\n?", "", description(name)).splitlines()  # drawn below
    lines = rst([_capital(said) + "." * (not said.endswith(".")), *more], link_from(name))
    equations = [f"{latex(z)} = {latex(op.definition(*xs))}"] if op.definition else []
    d = "d" if len(xs) == 1 else r"\partial "
    for x, slope in zip(xs, gradient(z, *xs)):
        equations.append(rf"\frac{{{d}}}{{{d}{x.label}}} \, {latex(z)} = {latex(slope)}")
    lines += [line for equation in equations for line in (".. math::", "", f"   {equation}", "")]
    if any(r"\mathbf{1}" in equation for equation in equations):
        lines += [r":math:`\mathbf{1}` is 1 where what stands below it is true, else 0.", ""]
    lines += [f"A method of :py:obj:`~autograd.Value`, too: ``x.{_short(name)}()``."] * (
        hasattr(Value, _short(name)) and len(xs) == 1
    )
    module, _, short = name.rpartition(".")
    signature = f"{short}({', '.join(x.label for x in xs)})"
    return f".. py:function:: {signature}\n   :module: {module}\n\n{_below(lines)}"


def _below(lines: list[str]) -> str:
    return "\n".join("   " + line if line else "" for line in lines)


def _table(name: str) -> str:
    """The table of operations itself."""
    if name != "autograd.PRIMITIVES":
        return ""
    rows = []
    for key, op in PRIMITIVES.items():
        if op.arity in (1, 2):
            xs = _variables(op)
            z = op(*xs)
            slopes = ", ".join(f":math:`{latex(slope)}`" for slope in gradient(z, *xs))
            rows.append(f"   * - ``{key}``\n     - :math:`{latex(z)}`\n     - {slopes}")
    head = ["   :header-rows: 1", "", "   * - name\n     - value\n     - partial derivatives"]
    return "The rows of one and of two inputs:\n\n" + "\n".join([".. list-table::", "   :class: rows", *head, *rows])


# ------------------------------------------------------------------------------------------------------ the command line


def command_line() -> str:
    """What each command says with --help, from the parser itself."""
    with mock.patch.dict(os.environ, {"COLUMNS": "88", "NO_COLOR": "1"}):
        return _titled("The command line", *_commands(nn.cli._parser()))


def _commands(parser: argparse.ArgumentParser, depth: int = 0) -> Iterator[str]:
    if depth:
        yield _titled(parser.prog, sign='-^"'[depth - 1]).rstrip()
    yield ".. code-block:: text\n\n" + "\n".join("   " + line for line in parser.format_help().splitlines())
    seen = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                if sub not in seen:  # another name of the same command
                    seen.append(sub)
                    yield from _commands(sub, depth + 1)


# --------------------------------------------------------------------------------------------- the project's own texts


def course() -> Iterator[tuple[str, str]]:
    """The notebooks as they are stored, in the order of their numbers."""
    found = sorted(
        (ROOT / "notebooks").glob("*.ipynb"), key=lambda path: [int(n) for n in re.findall(r"^\d+", path.name)] or [99]
    )
    for path in found:
        yield f"course/{path.name}", _led_notebook(path)
    about = "Notebooks, each with one idea. They show here as they were run; in Jupyter they can be changed and run again."
    pages = _toctree(*(path.stem for path in found), options=":maxdepth: 1")
    yield "course/index.rst", _titled("The course", about, pages or "They are being written.")


def _led_notebook(path: Path) -> str:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            cell["source"] = led(source, f"notebooks/{path.name}", f"course/{path.name}")
    return json.dumps(notebook, ensure_ascii=False, indent=1)


def texts() -> Iterator[tuple[str, str]]:
    """README and the others, as far as they are there, what they link to, and a page over them."""
    there = [posixpath.basename(page).removesuffix(".md") for source, page in TEXTS.items() if (ROOT / source).exists()]
    listed = [*(page for page in there if page != "readme"), "../code/index"]
    yield "project/index.rst", _titled("The project", _toctree(*listed, options=":maxdepth: 1"))
    for source, page in TEXTS.items():
        path = ROOT / source
        if path.exists():
            text = led(path.read_text(encoding="utf-8"), source, page)
            yield page, text.replace("# chalkgrad\n", "# Getting started\n", 1) if source == "README.md" else text
    for source in linked_files():
        yield f"extra/files/{source}", (ROOT / source).read_bytes()  # type: ignore[misc]


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

    def lead(found: re.Match[str]) -> str:
        full = posixpath.normpath(posixpath.join(posixpath.dirname(source), found[2]))
        place = _place(full)
        if plain[found.start() : found.end()] != found[0] or place is None:
            return found[0]
        target = posixpath.relpath(place, posixpath.dirname(page))
        raw = found[1].endswith('"') or place.startswith("files/")
        if raw:  # as a browser has it
            target = re.sub(r"\.(md|rst|ipynb)$", ".html", target) if not place.startswith("files/") else target
        return f"{found[1]}{target}{found[3] or ''}"

    return LINK.sub(lead, text)


def _place(full: str) -> str | None:
    """Where a file of the project stands in the site."""
    path = ROOT / full
    if full in TEXTS:
        return TEXTS[full]
    if full in FOLDERS and path.is_dir():
        return FOLDERS[full]
    if re.fullmatch(r"notebooks/[^/]+\.ipynb", full):
        return full.replace("notebooks/", "course/")
    if re.fullmatch(r"(autograd|nn)/\w+\.py", full):
        return "code/" + full.removesuffix(".py").replace("/", ".") + ".rst"
    return f"files/{full}" if path.is_file() else None


# ------------------------------------------------------------------------------------------------------------- the code


def code() -> Iterator[tuple[str, str]]:
    """A page with what each file says of itself, and one for each file, which links to its lines lead to."""
    parts, pages = [], []
    for heading, modules in files():
        parts.append(_titled(heading, sign="-").rstrip())
        for module in modules:
            path = ROOT / (module.replace(".", "/") + ".py")
            text = path.read_text(encoding="utf-8")
            name, lines = path.relative_to(ROOT).as_posix(), text.count("\n")
            essay = rst((inspect.getdoc(_module(module)) or "").split("\n"), link_from(f"{module}."))
            parts += [_titled(name, sign="^").rstrip(), "\n".join(essay), f":doc:`The code <{module}>` ({lines} lines)"]
            pages.append(module)
            yield f"code/{module}.rst", _titled(name, ".. raw:: html\n\n" + _highlighted(text))
    about = "What each file says of itself, in the order in which they are best read."
    yield "code/index.rst", _titled("The code, file by file", about, *parts, _toctree(*pages))


def _module(name: str) -> Any:
    import importlib

    return importlib.import_module(name)


def _highlighted(text: str) -> str:
    formatter = HtmlFormatter(cssclass="highlight", linenos="inline", lineanchors="line", anchorlinenos=True)
    written = highlight(text, get_lexer_by_name("python"), formatter)
    return "\n".join("   " + line for line in written.splitlines())


def line_of(module: str, name: str) -> int | None:
    """The line in which something is defined: a class, a function, a method, or a row of the table."""
    thing: Any = sys.modules.get(module)
    for part in name.split("."):
        thing = getattr(thing, part, None)
    thing = thing.fget if isinstance(thing, property) else inspect.unwrap(thing) if callable(thing) else thing
    if isinstance(thing, Primitive):
        source = inspect.getsource(sys.modules["autograd.primitives"])
        row = re.search(rf'(?m)^\w+ *(: Primitive)? *= Primitive\("{thing.name}"', source)
        return source.count("\n", 0, row.start()) + 1 if row else None
    try:
        return inspect.getsourcelines(thing)[1]
    except (TypeError, OSError):
        return None


def source_of(domain: str, info: dict[str, str]) -> str | None:
    """The link to the code of a name in the reference, for sphinx.ext.linkcode."""
    module, name = info["module"], info["fullname"]
    if not module:  # said in full
        module, _, name = name.partition(".")
        while f"{module}.{name.partition('.')[0]}" in sys.modules:
            module, name = f"{module}.{name.partition('.')[0]}", name.partition(".")[2]
    thing: Any = sys.modules.get(module)
    for part in name.split("."):
        thing = getattr(thing, part, None)
    home = (
        "autograd.primitives" if isinstance(thing, Primitive) else getattr(getattr(thing, "fget", thing), "__module__", None)
    )
    line = line_of(module, name)
    known = [each for _, modules in files() for each in modules]
    return f"../code/{home}.html#line-{line}" if line and home in known else None


# ---------------------------------------------------------------------------------------------------------- the pictures


def pictures() -> Iterator[tuple[str, str]]:
    """The graph on the first page, drawn by the library; light and dark."""
    from autograd import label, sigmoid

    w1, w2, b = Value(0.5), Value(-1.0), Value(0.5)
    x1, x2, t = Value(2.0), Value(1.0), Value(1.0)
    net = w1 * x1 + w2 * x2 + b
    o = sigmoid(net)
    E = (o - t) ** 2 / 2
    label(w1=w1, w2=w2, b=b, x1=x1, x2=x2, t=t, net=net, o=o, E=E)
    E.backward()
    for theme in ("light", "dark"):
        yield f"pictures/neuron-{theme}.svg", nn.draw(E, theme=theme).svg
