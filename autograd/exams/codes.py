"""The code on a sheet: it names the kind, in what the sheet differs from the plain one, and the seed of its numbers.

    two-layers-48213              two-layers-tanh-batch2-l2-48213              sheet-48213

So a sheet can be made again from what is printed on it; the last one, of a sheet of one's own, with what lies among the
keys. The key of an exam has the codes as well, and a sheet that is handed in is marked only if its code is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autograd.mark.exercises import KINDS, Exercise, exercise, with_given
from autograd.mark.levels import ACTIVATIONS, LEVELS
from autograd.mark.questions import QUESTIONS

PATTERN = re.compile(r"(?<![\w-])[a-z]+(?:-[a-z]+\d*)*-\d{1,9}(?![\w-])")
OWN = "sheet"  # of no kind, but somebody's own


def write_code(task: Exercise) -> str:
    """The code of an exercise."""
    if not task.level:
        return f"{OWN}-{task.seed}"
    parts = [task.level.replace(" ", "-")]
    for name, x in task.variant.items():
        if name == "activation":
            parts.append(str(x))
        elif isinstance(x, bool):
            parts += [name] * x
        else:
            parts.append(f"{name.replace('_', '')}{x}")
    if task.digits != 5:
        parts.append(f"digits{task.digits}")
    return "-".join([*parts, str(task.seed)])


def read_code(code: str, given: Mapping[str, float] | None = None) -> Exercise:
    """The exercise that a code names.

    given: its numbers, for whoever has them, by name

    Raises ValueError for what is no code, LookupError where a given number is missing.
    """
    named = (name for name in (*KINDS, *QUESTIONS) if code.startswith(f"{name.replace(' ', '-')}-"))
    level = max(named, key=len, default="")
    options: dict[str, Any] = {}
    for part in code[len(level) + 1 :].split("-")[:-1] if level else ():
        if part in ACTIVATIONS:
            options["activation"] = part
        elif part in ("l2", "symbols"):
            options[part] = True
        elif match := re.fullmatch(r"(batch|steps|digits|trueclass)(\d+)", part):
            options["true_class" if match[1] == "trueclass" else match[1]] = int(match[2])
        else:
            level = ""
    seed = code.rpartition("-")[2]
    if not level or not seed.isdecimal():
        raise ValueError(f"{code!r} is no code of a sheet, such as two-layers-48213")
    if given and level in LEVELS:
        return with_given(level, int(seed), given, options.pop("digits", 5), options)
    return exercise(level, int(seed), **options)
