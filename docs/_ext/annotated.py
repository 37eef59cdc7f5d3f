"""Annotated source: a file of the engine with its prose on the left, and the code that it speaks of on the right.

Where lines are too long to stand there the prose goes above the code, so that none is cut off. Both come out of the
file. Docstrings, and comments that have lines of their own, are the prose; a part begins where one of them does, or a class
or a function. What stands behind code on its line stays there.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from house import Link, below, blocks, rst

LONGEST = 96  # characters of code that a window of 1366 pixels shows beside prose
LONGEST_IN_PROSE = 34  # and of examples beside code


class Part(NamedTuple):
    """A piece of a file: its prose, the number of its first line of code, and its code."""

    prose: str
    start: int
    code: str


def annotated(text: str, link: Link) -> str:
    """The file as reStructuredText, a row for each part."""
    return "\n\n".join(_row(part, link) for part in parts(text))


def parts(text: str) -> Iterator[Part]:
    """The parts of a file, in order; no line of code is lost, and none but blank ones at the ends of parts."""
    lines = text.splitlines()
    beginnings, docstrings = _structure(ast.parse(text))
    prose: list[str] = []
    code: list[str] = []
    start = end = 0
    for i, line in enumerate(lines, start=1):
        is_comment = line.lstrip().startswith("#")
        begins = i in beginnings or (is_comment and not lines[i - 2].lstrip().startswith("#"))
        if begins and code:
            yield Part("\n".join(prose).strip("\n"), start, "\n".join(code).rstrip())
            prose, code = [], []
        if i in docstrings:
            end, docstring = docstrings[i]
            prose += ["", docstring, ""]
        elif is_comment:
            prose.append(line.strip("#- "))
        elif i > end and (code or line):
            start = start if code else i
            code.append(line)
    yield Part("\n".join(prose).strip("\n"), start, "\n".join(code).rstrip())


def _structure(tree: ast.Module) -> tuple[set[int], dict[int, tuple[int, str]]]:
    """The lines in which classes and functions begin; and each docstring by its first line: its last one, and its text."""
    beginnings: set[int] = set()
    docstrings: dict[int, tuple[int, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            beginnings.add(min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (docstring := ast.get_docstring(node)):
            docstrings[node.body[0].lineno] = node.body[0].end_lineno or 0, docstring
    return beginnings, docstrings


def _row(part: Part, link: Link) -> str:
    examples = "\n".join(textwrap.dedent(block) for kind, block in blocks(part.prose) if kind != "prose")
    is_wide = _longest(part.code) > LONGEST or _longest(examples) > LONGEST_IN_PROSE
    prose = f".. container:: prose\n\n{below(rst(part.prose, link) or '..')}"
    # an option of code-block keeps the indentation that all lines of a method share
    code = ".. code-block:: python\n   :force:\n\n" + "\n".join(f"   {line}" for line in part.code.split("\n"))
    columns = below("\n\n".join([prose, code] if part.code else [prose]))
    return f".. container:: annotated{' wide' if is_wide else ''}\n\n{columns}"


def _longest(text: str) -> int:
    return max(map(len, text.split("\n")))
