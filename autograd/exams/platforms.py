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
from random import Random
from typing import Any

from autograd.display.files import write
from autograd.exams import moodle, notebooks, prairielearn, qti
from autograd.mark.exercises import Exercise, exercise

MOST_VARIANTS = 1000

WRITERS: dict[str, Callable[[list[Exercise]], dict[str, str | bytes]]] = {
    "moodle": moodle.write_files,
    "qti": qti.write_files,
    "nbgrader": notebooks.write_nbgrader,
    "otter": notebooks.write_otter,
    "prairielearn": prairielearn.write_files,
}


def write_for_platform(
    platform: str, folder: str | os.PathLike[str], kind: str, variants: int = 10, seed: int | None = None, **options: Any
) -> list[Path]:
    """Write so many variants of an exercise for a platform, and give the paths of the files.

    platform: a key of WRITERS; folder: where to
    kind, options: as for `exercise`; options that are lists are dealt out in turn

    Raises ValueError for a platform that there is not, and for what it cannot do.
    """
    if platform not in WRITERS:
        raise ValueError(f"{platform!r} is no platform that is written for; there are {', '.join(WRITERS)}")
    if not 1 <= variants <= MOST_VARIANTS:
        raise ValueError(f"there are 1 to {MOST_VARIANTS} variants, not {variants}")
    if options.get("symbols") and platform in ("moodle", "qti"):
        raise ValueError(f"{platform} compares numbers: formulas are marked on paper, in notebooks and by PrairieLearn")
    tasks = [
        exercise(kind, number, **{name: x[i % len(x)] if isinstance(x, list) else x for name, x in options.items()})
        for i, number in enumerate(Random(seed).sample(range(1, 10**6), variants))
    ]
    paths = []
    for name, content in WRITERS[platform](tasks).items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.append(write(path, content))
    return paths
