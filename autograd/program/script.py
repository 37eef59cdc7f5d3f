"""A compiled program as a Python file that needs NumPy alone: to be handed to somebody, run, and changed.

The body is that of Program.source. Before it stand the functions that it uses, from array_functions.py, and tables
of places. Where NumPy has no such function Python may, number by number; an operation that the user has added is taken from
the table of primitives, and the file says so.
"""

from __future__ import annotations

import inspect
import re

from autograd.operation import PRIMITIVES
from autograd.program.array_functions import CALLED, DEFINITIONS, OF_THE_LIBRARY, OTHER_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

OF_PYTHON = ("erf", "erfc")
INSIDE = {  # what puts together values and gradients of B rows
    "outer": "def outer(x, y):\n    return (x @ y.T).ravel()\n",
    "total": "def total(x, n):\n    return np.broadcast_to(x, (n, batch)).sum(axis=1)\n",
    "joined": "def joined(*pieces):\n    return np.concatenate(pieces)\n",
    "gathered": """def gathered(array, at, index):
    fine = (index >= 0.0) & (index < at.shape[1]) & (index == np.floor(index))
    rows = np.take_along_axis(at, np.where(fine, index, 0.0).astype(int), axis=1)
    return np.where(fine, array[rows] if array.ndim == 1 else array[rows, np.arange(array.shape[1])], np.nan)
""",
    "scattered": """def scattered(x, at, index, n):
    fine = (index >= 0.0) & (index < at.shape[1]) & (index == np.floor(index))
    rows = np.take_along_axis(at, np.broadcast_to(np.where(fine, index, 0.0), (len(at), batch)).astype(int), axis=1)
    return np.bincount(rows.ravel(), np.broadcast_to(np.where(fine, x, 0.0), rows.shape).ravel(), n)
""",
    "placed": """def placed(x, at, index, n):
    fine = (index >= 0.0) & (index < at.shape[1]) & (index == np.floor(index))
    rows = np.take_along_axis(at, np.broadcast_to(np.where(fine, index, 0.0), (len(at), batch)).astype(int), axis=1)
    found = np.zeros((n, batch))
    found[rows, np.arange(batch)] = np.where(fine, x, 0.0)
    return found
""",
    "spread": "def spread(x, n):\n    return np.broadcast_to(x, (n, batch))\n",
    "rows": "def rows(*values):\n    return np.concatenate([np.broadcast_to(value, (1, batch)) for value in values])\n",
}


class Script(str):
    """A program as a file of Python; called with the name of a language, as one of that."""

    _in_c: Callable[[], str]

    def __new__(cls, python: str, in_c: Callable[[], str]) -> Script:
        """python: the file; in_c: what gives the one in C."""
        script = super().__new__(cls, python)
        script._in_c = in_c
        return script

    def __call__(self, language: str = "python") -> str:
        """The file in "python", or in "c"."""
        if language not in ("python", "c"):
            raise ValueError(f'a script is in "python" or in "c", not {language!r}')
        return self._in_c() if language == "c" else str(self)


def script_of(
    source: str, tables: Mapping[str, Any], lists: Mapping[str, Sequence[object]], parameters: int, mean: bool
) -> str:
    """The file.

    source, tables: what a Printer printed; lists: the inputs by name; parameters: how many there are; mean: over the batch
    """
    head, *body = source.rstrip().splitlines()
    name = head[len("def ") : head.index("(")]
    gradient = "seed" in head
    words = _used(set(re.findall(r"\b\w+(?=\()", source)))
    widths = ", ".join(f"{x} (rows, {len(leaves)})" for x, leaves in lists.items())
    result = "The outputs of each row"
    setting, returned = [f"batch = {next(iter(lists))}.shape[1]" if lists else "batch = 1"], "return value.T"
    if gradient:
        result = f"{'Mean' if mean else 'Sum'} of the loss over the rows, and its gradient"
        setting.append("seed = np.array([1.0 / batch])" if mean else "seed = np.array([1.0])")
        returned = body[-1].strip().replace("value", "value.sum() * seed[0]")
    if re.search(r"\bzero\b", source):
        setting.append("zero = np.zeros(1)")
    inside = [
        *(f"{x} = np.asarray({x}, dtype=float).T  # a column for each row" for x in lists), *setting, "",
        *(text for name, text in INSIDE.items() if name in words), *(line[4:] for line in body[:-1]), returned,
    ]  # fmt: skip
    of_numpy = words & set(OF_THE_LIBRARY) - set(DEFINITIONS)
    of_python = words & set(OF_PYTHON)
    own = sorted(words & set(PRIMITIVES) - set(DEFINITIONS) - set(OF_THE_LIBRARY) - of_python)
    needs = f"with {', '.join(own)} of autograd's table" if own else "alone"
    lines = [
        f'"""{result}, in NumPy {needs}."""', "", *(["import math", ""] if of_python else []), "import numpy as np",
        *(["from autograd import PRIMITIVES"] if own else []), "",
        *(f"{name} = np.{OTHER_NAMES.get(name, name)}" for name in sorted(of_numpy)),
        *(f"{name} = np.vectorize(math.{name}, otypes=[float])" for name in sorted(of_python)),
        *(f'{name} = np.vectorize(PRIMITIVES["{name}"], otypes=[float])  # define this Primitive first' for name in own),
        *(f"{table} = {_table(numbers)}" for table, numbers in tables.items()), "", "",
        *(f"{_definition(name)}\n\n" for name in DEFINITIONS if name in words),
        f"def {name}({', '.join(['theta', *lists])}):", f'    """{result}.', "",
        f"    theta: the {parameters} parameters in a row; {widths}", '    """',
        *(f"    {line}".rstrip() for line in "\n".join(inside).splitlines()), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _used(words: set[str]) -> set[str]:
    """The functions that are called, and those that these call."""
    inner = {name for word in words & set(DEFINITIONS) for name in DEFINITIONS[word].__code__.co_names}
    more = (inner & {*CALLED}) - words
    return _used(words | more) if more else words


def _definition(name: str) -> str:
    """A function as it stands in its file, without the types."""
    return re.sub(r": Any| -> Any", "", inspect.getsource(DEFINITIONS[name])).rstrip()


def _table(numbers: Any) -> str:
    """Plain numbers as an array; places that follow one another as from:to."""
    flat = list(numbers)
    if len(flat) < 4 or not all(isinstance(x, int) for x in flat):
        return re.sub(r"\b(inf|nan)\b", r"np.\1", f"np.array({numbers!r})")
    runs: list[list[int]] = []
    for x in flat:
        if runs and x == runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([x, x + 1])
    return f"np.r_[{', '.join(f'{a}:{b}' if b > a + 1 else str(a) for a, b in runs)}]"
