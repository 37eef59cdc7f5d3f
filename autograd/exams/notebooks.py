"""Notebooks for nbgrader and Otter-Grader: a cell for the answers, and tests that give the red pen's marks as credit.

In nbgrader a cell of tests gets what its last line comes to, up to its points; Otter counts tests that pass, so each line of
the sheet is one. The cell of the answers is anybody's to change, and the cells around it are put back before they are run.
"""

from __future__ import annotations

from autograd.exams.codes import write_code
from autograd.mark.exercises import Exercise
from autograd.mark.handout import write_notebook

Cells = list[tuple[str, str]]


def _make(task: Exercise) -> str:
    """The program that makes the exercise."""
    if not task.level:
        return task.cells[1][1]
    return f'from autograd.exams.codes import read_code\n\ntask = read_code("{write_code(task)}")'


def _blanks(task: Exercise) -> str:
    return f"answers = {task.blanks(task.lines)}"


def write_nbgrader(tasks: list[Exercise]) -> dict[str, str | bytes]:
    """Notebooks for nbgrader's folder source/, by name."""
    return {f"source/{write_code(task)}/{write_code(task)}.ipynb": _nbgrader(task) for task in tasks}


def _nbgrader(task: Exercise) -> str:
    cells: Cells = [
        ("markdown", task.question),
        ("code", _make(task)),
        ("markdown", "Write what came out behind the signs of equality."),
        ("code", _blanks(task)),
        ("code", "marking = task.mark_sheet(answers)\nprint(marking)\nmarking.score"),
    ]
    own = {"schema_version": 3, "locked": False, "grade": False, "solution": False, "task": False}
    metadata = {
        1: {"nbgrader": own | {"grade_id": "make", "locked": True, "cell_type": "code"}},
        4: {
            "nbgrader": own
            | {"grade_id": "marks", "grade": True, "locked": True, "points": len(task.lines), "cell_type": "code"}
        },
    }
    return write_notebook(cells, metadata)


def write_otter(tasks: list[Exercise]) -> dict[str, str | bytes]:
    """A folder for each variant, by the names of its files: a notebook, and a test for each line in Otter's own form."""
    files: dict[str, str | bytes] = {}
    for task in tasks:
        code = write_code(task)
        cells: Cells = [
            ("code", f'import otter\n\ngrader = otter.Notebook("{code}.ipynb")'),
            ("markdown", task.question),
            ("code", _make(task)),
            ("code", _blanks(task)),
            ("code", "marking = task.mark_sheet(answers)\nmarking"),
            ("code", 'grader.check("marks")'),
        ]
        files[f"{code}/{code}.ipynb"] = write_notebook(cells)
        files[f"{code}/tests/marks.py"] = _otter_test(task)
    return files


def _otter_test(task: Exercise) -> str:
    cases = [
        {
            "code": f">>> row = task.mark_sheet(answers)[{line!r}]\n>>> row.marks == row.worth\nTrue",
            "hidden": False,
            "locked": False,
            "points": 1,
            "failure_message": f"{line}: see the red pen's remark above",
        }
        for line in task.lines
    ]
    suites = [{"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}]
    test = {"name": "marks", "points": [1] * len(task.lines), "suites": suites}
    return f"OK_FORMAT = True\n\ntest = {test!r}\n"
