"""Annotated source: a file of the engine with its prose on the left, and the code that it speaks of on the right.

Where lines are too long to stand there the prose goes above the code, so that none is cut off. Both come out of the
file. Docstrings, and comments that have lines of their own, are the prose; a part begins where one of them does, or a class
or a function. What stands behind code on its line stays there.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from house import Link, rst

LONGEST = 96  # characters of code that a window of 1366 pixels shows beside prose
LONGEST_IN_PROSE = 34  # and of examples beside code


class Part(NamedTuple):
    """A piece of a file: its prose, the number of its first line of code, and its code."""

    prose: str
    start: int
    code: list[str]


def annotated(text: str, link: Link) -> str:
    """The file as reStructuredText, a row for each part."""
    return "\n\n".join(_row(part, link) for part in parts(text))


def parts(text: str) -> Iterator[Part]:
    """The parts of a file, in order; no line of code is lost, and none but blank ones at the ends of parts."""
    lines = text.splitlines()
    beginnings, docstrings = _structure(ast.parse(text))
    prose: list[str] = []
    code: list[tuple[int, str]] = []
    i = 1
    while i <= len(lines):
        line = lines[i - 1]
        is_comment = line.lstrip().startswith("#")
        begins = i in beginnings or (is_comment and not lines[i - 2].lstrip().startswith("#"))
        if begins and any(each.strip() for _, each in code):
            yield _part(prose, code)
            prose, code = [], []
        if i in docstrings:
            end, docstring = docstrings[i]
            prose += ["", *docstring.splitlines(), ""]
            i = end
        elif is_comment:
            prose.append(line.strip("#- "))
        else:
            code.append((i, line))
        i += 1
    yield _part(prose, code)


def _structure(tree: ast.Module) -> tuple[set[int], dict[int, tuple[int, str]]]:
    """The lines in which classes and functions begin; and each docstring by its first line: its last one, and its text."""
    beginnings: set[int] = set()
    docstrings: dict[int, tuple[int, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            beginnings.add(min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (docstring := ast.get_docstring(node)):
            first = node.body[0]
            docstrings[first.lineno] = first.end_lineno or first.lineno, inspect.cleandoc(docstring)
    return beginnings, docstrings


def _part(prose: list[str], code: list[tuple[int, str]]) -> Part:
    while code and not code[0][1].strip():
        code = code[1:]
    while code and not code[-1][1].strip():
        code = code[:-1]
    return Part("\n".join(prose).strip("\n"), code[0][0] if code else 0, [line for _, line in code])


def _row(part: Part, link: Link) -> str:
    prose = rst(part.prose.split("\n"), link) if part.prose else [".."]
    is_wide = _longest(part.code) > LONGEST or _longest(_examples(prose)) > LONGEST_IN_PROSE
    written = [f".. container:: annotated{' wide' * is_wide}", "", "   .. container:: prose", ""]
    written += [f"      {line}" for line in prose]
    if part.code:  # an option keeps the indentation that all lines of a method share
        written += ["", "   .. code-block:: python", "      :force:", "", *(f"      {line}" for line in part.code)]
    return "\n".join(line.rstrip() for line in written)


def _longest(lines: Iterable[str]) -> int:
    return max(map(len, lines), default=0)


def _examples(written: list[str]) -> Iterator[str]:
    """The lines in reStructuredText that belong to blocks of code."""
    inside = False
    for line in written:
        if line and not line.startswith(" "):
            inside = line.startswith(".. code-block::")
        elif inside:
            yield line.strip()
