"""A compiled program as a Python file that needs NumPy alone: to be handed to somebody, run, and changed.

The body is that of Program.source. Before it stand the few functions that it uses, as one would write them by hand, and
tables of places; an operation that NumPy does not have, nor this file, is taken from the table of primitives.
"""

from __future__ import annotations

import ast
import re

from autograd.array_functions import OTHER_NAMES, OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

IN_NUMPY = {*OWN, "sum", "maximum", "minimum", "sign", "cbrt"}
BY_HAND = {  # how NumPy says what it has no name for
    "relu": "(x): return np.where(x <= 0.0, 0.0, x)",
    "greater": "(x, y): return np.where(x > y, 1.0, 0.0)",
    "sigmoid": "(x): e = np.exp(-abs(x)); return np.where(x >= 0.0, 1.0, e) / (1.0 + e)",
    "sigmoid_slope": "(z): return z * (1.0 - z)",
    "tanh_slope": "(z): return 1.0 - z * z",
    "one_minus_square": "(x): return (1.0 - x) * (1.0 + x)",
    "softplus": "(x): return np.maximum(x, 0.0) + np.log1p(np.exp(-abs(x)))",
    "silu": "(x): e = np.exp(-abs(x)); return x * np.where(x >= 0.0, 1.0, e) / (1.0 + e)",
    "leaky_relu": "(x, slope): return np.where(x > 0.0, x, slope * x)",
    "elu": "(x, alpha): return np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))",
    "clip": "(x, low, high): return np.minimum(np.maximum(x, low), high)",
    "pow": "(x, y): return x**y",
    "logsumexp": "(x): top = x.max(axis=0, keepdims=True); return top + np.log(np.exp(x - top).sum(axis=0, keepdims=True))",
}
OF_SEVERAL = (
    "(*xs): one = len(xs) == 1; x = xs[0] if one else np.stack(np.broadcast_arrays(*xs)); top = x.max(axis=0, keepdims=one)"
    "; return top + np.log(np.exp(x - top).sum(axis=0, keepdims=one))"
)
INSIDE = {  # what puts together values and gradients of B rows
    "outer": "(x, y): return (x @ y.T).ravel()",
    "total": "(x, n): return np.broadcast_to(x, (n, B)).sum(axis=1)",
    "joined": "(*pieces): return np.concatenate(pieces)",
    "rows": "(*values): return np.concatenate([np.broadcast_to(value, (1, B)) for value in values])",
}


def script_of(
    source: str, tables: Mapping[str, Any], lists: Mapping[str, Sequence[object]], parameters: int, mean: bool
) -> str:
    """The file.

    source, tables: what a Printer printed; lists: the inputs by name; parameters: how many there are; mean: over the batch
    """
    head, *body = source.rstrip().splitlines()
    name = head[len("def ") : head.index("(")]
    gradient = "seed" in head
    calls = [call for call in ast.walk(ast.parse(source)) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)]
    words = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    several = any(len(call.args) > 1 for call in calls if getattr(call.func, "id", "") == "logsumexp")
    by_hand = {**BY_HAND, "logsumexp": OF_SEVERAL} if several else BY_HAND
    widths = ", ".join(f"{x} (rows, {len(leaves)})" for x, leaves in lists.items())
    result = "The outputs of each row"
    setting, returned = [f"B = {next(iter(lists))}.shape[1]"], "return value.T"
    if gradient:
        result = f"{'Mean' if mean else 'Sum'} of the loss over the rows, and its gradient"
        setting.append("seed = np.array([1.0 / B])" if mean else "seed = np.array([1.0])")
        returned = body[-1].strip().replace("value", "value.sum() * seed[0]")
    if re.search(r"\bzero\b", source):
        setting.append("zero = np.zeros(1)")
    inside = [
        f"{', '.join(lists)} = {', '.join(f'{x}.T' for x in lists)}  # a column for each row", *setting, "",
        *_definitions(INSIDE, words, ""), *(line[4:] for line in body[:-1]), returned,
    ]  # fmt: skip
    lines = [
        f'"""{result}, in NumPy alone."""', "", "import numpy as np", *_imports(words),
        *(f"{table} = {_table(numbers)}" for table, numbers in tables.items()), "", "", *_definitions(by_hand, words, "\n"),
        f"def {name}({', '.join(['theta', *lists])}):", f'    """{result}.', "",
        f"    theta: the {parameters} parameters in a row; {widths}", '    """',
        *(f"    {line}".rstrip() for line in inside), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _imports(words: set[str]) -> list[str]:
    """Functions of NumPy under the names that the table has for them; what only the table has, from there."""
    others = sorted(words - set(BY_HAND) - set(INSIDE))
    numpy = [name for name in others if name in IN_NUMPY]
    table = [name for name in others if name not in IN_NUMPY]
    return [
        *(["from autograd.primitives import PRIMITIVES"] * bool(table)), "",
        *(f"{name} = np.{OTHER_NAMES.get(name, name)}" for name in numpy),
        *(f'{name} = np.vectorize(PRIMITIVES["{name}"].value, otypes=[float])' for name in table),
    ]  # fmt: skip


def _definitions(texts: Mapping[str, str], words: Iterable[str], apart: str) -> list[str]:
    """The functions that are used, a statement on each line."""
    found: list[str] = []
    for name in sorted(set(words) & set(texts)):
        arguments, _, statements = texts[name].partition("): ")
        found += [f"def {name}{arguments}):", *(f"    {each}" for each in statements.split("; ")), apart]
    return found


def _table(numbers: Any) -> str:
    """Plain numbers as an array; places that follow one another as from:to."""
    flat = list(numbers)
    if len(flat) < 4 or not all(isinstance(x, int) for x in flat):
        return f"np.array({numbers!r})"
    runs: list[list[int]] = []
    for x in flat:
        if runs and x == runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([x, x + 1])
    return f"np.r_[{', '.join(f'{a}:{b}' if b > a + 1 else str(a) for a, b in runs)}]"
