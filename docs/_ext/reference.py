"""The reference: a page for each public name, one for each group of them, and one for the command line."""

from __future__ import annotations

import argparse
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from contents import GROUPS, PLAIN_DATA, Group, names_of, public_names
from house import first_sentence, markup, rst
from writing import below, titled, toctree

import nn.cli.main
from autograd import PRIMITIVES, Primitive, Value, gradient, latex


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
    pages = toctree(*(group.page for group in GROUPS), "command-line")
    commands = ":doc:`The command line <command-line>`\n   What ``chalkgrad`` does in a terminal."
    yield "reference/index.rst", titled("Reference", about, *overview, commands, pages)


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
    return titled(group.title, markup(group.about), table, essay, toctree(*map(page_of, names)))


def description(name: str) -> str:
    """The docstring of a public name."""
    thing = public_names()[name]
    said = inspect.getdoc(thing) or ""
    borrowed = name in PLAIN_DATA and said in (inspect.getdoc(dict), inspect.getdoc(Primitive))  # it has none of its own
    return PLAIN_DATA[name] if borrowed else said


def _capital(sentence: str) -> str:
    """A sentence of the table of operations, such as "square root", stands alone here; "log(1 + x)" stays as it is."""
    return sentence[0].upper() + sentence[1:] if re.match(r"[a-z]{3,}(?![\w(])", sentence) else sentence


def _name_page(name: str, thing: Any) -> str:
    if name in PLAIN_DATA:
        described = below(rst(description(name).splitlines(), link_from(name)))
        return titled(_short(name), f".. py:data:: {name}\n\n{described}", _table() if thing is PRIMITIVES else "")
    if isinstance(thing, Primitive):
        return titled(_short(name), _operation(name, thing))
    if inspect.isclass(thing):
        return titled(_short(name), _class(name, thing))
    given = _given_by(thing)
    parts = [f".. autofunction:: {name}"]
    if given is not None:
        parts += [titled("What it gives", sign="-").rstrip(), _class(f"{given.__module__}.{given.__name__}", given)]
    return titled(_short(name), *parts)


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
        lines += ["", titled("Functions as methods", sign="-"), f"``v.exp()`` is ``exp(v)``, and so on: {listed}"]
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
    text, begins, examples = description(name).partition("\n>>>")
    said, *more = re.sub(r"(?m)^Its slopes? (is|are) (d/d|∂/∂)(.+\n)+", "", f"{text}\n").splitlines()  # they stand below
    lines = rst([_capital(said) + "." * (not said.endswith(".")), *more], link_from(name))
    equations = [f"{latex(z)} = {latex(op.definition(*xs))}"] if op.definition else []
    d = "d" if len(xs) == 1 else r"\partial "
    for x, slope in zip(xs, gradient(z, *xs)):
        equations.append(rf"\frac{{{d}}}{{{d}{latex(x)}}} \, {latex(z)} = {latex(slope)}")
    lines += [line for equation in equations for line in (".. math::", "", f"   {equation}", "")]
    if any(r"\mathbf{1}" in equation for equation in equations):
        lines += [r":math:`\mathbf{1}` is 1 where what stands below it is true, else 0.", ""]
    module, _, short = name.rpartition(".")
    if hasattr(Value, short) and len(xs) == 1:
        lines += [f"A method of :py:obj:`~autograd.Value`, too: ``x.{short}()``.", ""]
    lines += rst((begins + examples).splitlines())
    signature = f"{short}({', '.join(x.label for x in xs)})"
    return f".. py:function:: {signature}\n   :module: {module}\n\n{below(lines)}"


def _table() -> str:
    """The table of operations itself."""
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
        yield titled(parser.prog, sign='-^"'[depth - 1]).rstrip()
    yield ".. code-block:: text\n\n" + "\n".join("   " + line for line in parser.format_help().splitlines())
    seen = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                if sub not in seen:  # another name of the same command
                    seen.append(sub)
                    yield from _commands(sub, depth + 1)
