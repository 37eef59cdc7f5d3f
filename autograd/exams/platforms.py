"""Exercises as files for the systems that schools have; each is a plain format, written with Python's own library.

    moodle        an XML file: cloze questions, a blank for each number
    qti           a zip of QTI 1.2 for Canvas, Blackboard and D2L
    nbgrader      notebooks in which tests give partial credit
    otter         notebooks of Otter-Grader, with their tests in them
    prairielearn  a folder for each question, marked by the red pen itself

Moodle and QTI know numbers with a tolerance, and cannot carry an earlier mistake forward; that is said in their files. What
foresees mistakes (foreseen.py) is our guess at each wrong number. The notebooks and PrairieLearn call the red pen.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd.display.files import write
from autograd.exams import moodle, notebooks, prairielearn, qti
from autograd.exams.exam import draw_tasks
from autograd.exams.foreseen import UNITS
from autograd.mark.exercises import Exercise
from autograd.mark.worksheet import Worksheet

MOST_VARIANTS = 1000
MOST_UNITS = 1e6

Files = dict[str, str | bytes]
WRITERS: dict[str, Callable[[list[Exercise], float], Files]] = {
    "moodle": moodle.write_files,
    "qti": qti.write_files,
    "nbgrader": lambda tasks, units: notebooks.write_nbgrader(tasks),  # here and below the red pen knows how far off
    "otter": lambda tasks, units: notebooks.write_otter(tasks),
    "prairielearn": lambda tasks, units: prairielearn.write_files(tasks),
}


def write_for_platform(
    platform: str,
    folder: str | os.PathLike[str],
    kind: str | Worksheet | os.PathLike[str],
    variants: int = 10,
    seed: int | None = None,
    *,
    tolerance: float = UNITS,
    digits: int = 5,
    loss: str = "",
    **options: Any,
) -> list[Path]:
    """Write so many variants of an exercise for a platform, and give the paths of the files.

    platform: a key of WRITERS; folder: where to
    kind, digits, loss, options: as for `exam`; options that are lists are dealt out in turn
    tolerance: by how many units of its last digit a number may be off, where the platform compares numbers

    Raises ValueError for a platform that there is not, and for what it cannot do.
    """
    if platform not in WRITERS:
        raise ValueError(f"{platform!r} is no platform that is written for; there are {', '.join(WRITERS)}")
    if not 1 <= variants <= MOST_VARIANTS:
        raise ValueError(f"there are 1 to {MOST_VARIANTS} variants, not {variants}")
    if options.get("symbols") and platform in ("moodle", "qti"):
        raise ValueError(f"{platform} compares numbers: formulas are marked on paper, in notebooks and by PrairieLearn")
    if not 0.5 <= tolerance <= MOST_UNITS:
        raise ValueError(f"a number may be off by half a unit of its last digit and more, not {tolerance:g}")
    tasks, _ = draw_tasks(kind, variants, seed, digits, loss, options)
    paths = []
    for name, content in WRITERS[platform](tasks, tolerance).items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.append(write(path, content))
    return paths
