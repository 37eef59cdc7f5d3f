"""The reference: a page for each public name, one for each group of them, and one for the command line."""

from __future__ import annotations

import argparse
import inspect
import os
import re
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

from contents import Group, groups, public_names
from house import Link, below, first_sentence, markup, plain, rst

import nn.cli.main
from autograd import CONSTANT, PRIMITIVES, Primitive, Value, gradient, latex


def titled(title: str, *parts: str, sign: str = "=") -> str:
    """A heading with paragraphs below it."""
    title = plain(title)
    return "\n\n".join([f"{title}\n{sign * len(title)}", *parts]) + "\n"


def toctree(*entries: str, option: str = "hidden:") -> str:
    """What stands below this page in the navigation."""
    return "\n".join([".. toctree::", f"   :{option}", "", *(f"   {entry}" for entry in entries)])


def link_from(name: str) -> Link:
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
    for group in groups():
        yield f"reference/{group.page}.rst", _group_page(group)
        for name in group.names:
            yield f"reference/{_page_of(name)}.rst", titled(_short(name), *_name_page(name, public_names()[name]))
        overview.append(f":doc:`{group.title} <{group.page}>`\n   {markup(group.about)}\n\n   {_listed(group.names)}")
    about = "A page for each public name, with its arguments, what it raises, and an example."
    commands = ":doc:`The command line <command-line>`\n   What ``chalkgrad`` does in a terminal."
    pages = toctree(*(group.page for group in groups()), "command-line")
    yield "reference/index.rst", titled("Reference", about, *overview, commands, pages)


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _page_of(name: str) -> str:
    """The page of a public name. Files are told apart by more than capital letters, as some systems do not see those."""
    twins = [other for other in public_names() if other.lower() == name.lower()]
    return f"{name}-class" if len(twins) > 1 and inspect.isclass(public_names()[name]) else name


def _link(name: str) -> str:
    return f":py:obj:`{_short(name)} <{name}>`"


def _listed(names: list[str]) -> str:
    return " · ".join(map(_link, names))


def _table(rows: list[list[str]], *options: str) -> str:
    written = ["   * - " + "\n     - ".join(row) for row in rows]
    return "\n".join([".. list-table::", *(f"   :{option}" for option in options), "", *written])


def _group_page(group: Group) -> str:
    rows = [[_link(name), markup(_capital(first_sentence(description(name))))] for name in group.names]
    whole = all(name in group.names for name in public_names() if name.startswith(f"{group.module}."))
    essay = (inspect.getdoc(sys.modules[group.module]) or "").partition("\n\n")[2] if whole else ""
    table = _table(rows, "widths: 30 70", "class: names")
    pages = toctree(*map(_page_of, group.names))
    return titled(group.title, markup(group.about), _choice(group), table, rst(essay, link_from(f"{group.module}.")), pages)


def _choice(group: Group) -> str:
    """A table that tells like names apart."""
    if not group.choice:
        return ""
    rows = [["you write", "of what", "you get", "with x = 2, y = f(x) = x³"]]
    for code, asked, given, example in group.choice:
        lines = "\n".join(
            f"       | {line}" if line else "" for line in example.replace(" ", "\N{NO-BREAK SPACE}").split("\n")
        )
        rows.append([f"``{code}``", markup(asked), markup(given), lines.lstrip()])
    about = "Beside :py:obj:`backward <autograd.Value.backward>`, and :py:obj:`derivation <autograd.derivation>` and\n"
    about += ":py:obj:`derivatives <autograd.derivatives>`, which write formulas. g(x, y) = (x·y, x + y)."
    return titled("Which is which", about, _table(rows, "header-rows: 1", "class: rows"), sign="-")


def description(name: str) -> str:
    """The docstring of a public name."""
    return inspect.getdoc(public_names()[name]) or ""


def _capital(sentence: str) -> str:
    """A sentence of the table of operations, such as "square root", stands alone here; "log(1 + x)" stays as it is."""
    return sentence[0].upper() + sentence[1:] if re.match(r"[a-z]{3,}(?![\w(])", sentence) else sentence


def _name_page(name: str, thing: Any) -> Iterator[str]:
    if thing is PRIMITIVES or thing is CONSTANT:
        yield f".. py:data:: {name}\n\n{below(rst(description(name), link_from(name)))}"
        if thing is PRIMITIVES:
            yield "The rows of one and of two inputs:"
            yield _table(list(_rows()), "class: rows", "header-rows: 1")
    elif isinstance(thing, Primitive):
        yield _operation(name, thing)
    elif inspect.isclass(thing):
        yield from _class(name, thing)
    else:
        yield f".. autofunction:: {name}"
        if given := _given_by(thing):
            yield titled("What it gives", sign="-")
            yield from _class(f"{given.__module__}.{given.__name__}", given)


def _class(name: str, thing: type) -> Iterator[str]:
    bases = {"tuple", "dict", "list", "str", "Exception", "Warning", "object"} & {base.__name__ for base in thing.__mro__}
    options = ["members:", f"inherited-members: {', '.join(sorted(bases))}"]
    if thing.__bases__ != (object,):
        options.append("show-inheritance:")
    if any("__call__" in vars(base) and vars(base)["__call__"].__doc__ for base in thing.__mro__):
        options.append("special-members: __call__")
    shared = [each for each in sorted(public_names()) if inspect.isfunction(getattr(Value, _short(each), None))]
    functions = shared if thing is Value else []
    if functions:  # they are told on their own pages
        options.append(f"exclude-members: {', '.join(map(_short, functions))}")
    kind = "autoexception" if issubclass(thing, BaseException) else "autoclass"
    yield "\n".join([f".. {kind}:: {name}", *(f"   :{option}" for option in options)])
    if functions:
        yield titled("Functions as methods", sign="-")
        yield f"``v.exp()`` is ``exp(v)``, and so on: {_listed(functions)}"


def _given_by(function: Any) -> type | None:
    """The class of what a function gives, where it is one of ours that has no page of its own."""
    found = getattr(sys.modules[function.__module__], str(getattr(function, "__annotations__", {}).get("return")), None)
    ours = inspect.isclass(found) and found.__module__.partition(".")[0] in ("autograd", "nn")
    return found if ours and found not in public_names().values() else None


def _written(op: Primitive) -> tuple[list[Value], Value, list[str]]:
    """Inputs of an operation that wear the names that its row gives them, its output, and its slopes as formulas."""
    rules = [list(inspect.signature(rule).parameters)[1:] for rule in op.partials if callable(rule)]
    xs = [Value(0.6, name) for name in (rules or ["xy"])[0][: op.arity]]
    z = op(*xs)
    return xs, z, [latex(slope) for slope in gradient(z, *xs)]


def _operation(name: str, op: Primitive) -> str:
    xs, z, slopes = _written(op)
    d = "d" if len(xs) == 1 else r"\partial "
    formulas = [f"{latex(z)} = {latex(op.definition(*xs))}"] if op.definition else []
    formulas += [rf"\frac{{{d}}}{{{d}{latex(x)}}} \, {latex(z)} = {slope}" for x, slope in zip(xs, slopes)]
    text, begins, examples = description(name).partition("\n>>>")
    said, *more = re.sub(r"(?m)^Its slopes? (is|are) (d/d|∂/∂)(.+\n)+", "", f"{text}\n").splitlines()  # they stand below
    parts = [rst("\n".join([_capital(said) + "." * (not said.endswith(".")), *more]), link_from(name))]
    parts += [f".. math::\n\n   {formula}" for formula in formulas]
    if r"\mathbf{1}" in "".join(formulas):
        parts.append(r":math:`\mathbf{1}` is 1 where what stands below it is true, else 0.")
    module, _, short = name.rpartition(".")
    if hasattr(Value, short) and len(xs) == 1:
        parts.append(f"A method of :py:obj:`~autograd.Value`, too: ``x.{short}()``.")
    signature = f"{short}({', '.join(x.label for x in xs)})"
    described = below("\n\n".join([*parts, rst((begins + examples).lstrip())]))
    return f".. py:function:: {signature}\n   :module: {module}\n\n{described}"


def _rows() -> Iterator[list[str]]:
    """The table of operations itself."""
    yield ["name", "value", "partial derivatives"]
    for key, op in PRIMITIVES.items():
        if op.arity in (1, 2):
            _, z, slopes = _written(op)
            yield [f"``{key}``", f":math:`{latex(z)}`", ", ".join(f":math:`{slope}`" for slope in slopes)]


def parser() -> argparse.ArgumentParser:
    """That of all commands."""
    made: argparse.ArgumentParser = nn.cli.main.parser()
    return made


def command_line() -> Iterator[tuple[str, str]]:
    """What each command says with --help, from the parser itself."""
    with mock.patch.dict(os.environ, {"COLUMNS": "88", "NO_COLOR": "1"}):
        yield "reference/command-line.rst", titled("The command line", *_commands(parser()))


def _commands(parser: argparse.ArgumentParser, depth: int = 0) -> Iterator[str]:
    if depth:
        yield titled(parser.prog, sign='-^"'[depth - 1])
    yield f".. code-block:: text\n\n{below(parser.format_help())}"
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in dict.fromkeys(action.choices.values()):  # a command may have another name
                yield from _commands(sub, depth + 1)
