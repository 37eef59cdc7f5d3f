"""The course in notebooks/: every notebook runs from top to bottom, shows what is stored in it, and can be solved.

A cell tagged `exercise` has blanks to be filled in; one tagged `varies` prints times, or results of long trainings, which
differ from machine to machine. To store the outputs anew: `jupyter execute --inplace notebooks/*.ipynb`.
"""

import ast
import copy
import importlib.util
import itertools
import math
import pathlib
import re

import pytest
from long_runs import thorough

USED = ("graphviz", "matplotlib", "nbclient", "nbformat", "numpy", "sklearn", "sympy")  # most by the kernels alone
for library in USED:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"the notebooks are run with {library}: pip install '.[test]'", allow_module_level=True)

FOLDER = pathlib.Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("[0-9]*-*.ipynb"), key=lambda path: int(path.name.partition("-")[0]))
TRAIN = ("7-train-it", "8-from-scalars-to-matrices", "10-a-gpt-number-by-number")  # which takes most of the time of all
NUMBER = re.compile(r"\d+\.?\d*(?:e[-+]?\d+)?")
SOLUTION = """
from autograd import Exercise
sheet = task.sheet if isinstance(task, Exercise) else task
marking = task.mark({{name: format(sheet.values[name].data, ".9g") for name in {names}}})
assert marking.score == marking.out_of, marking
"""
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    import nbformat  # with all that reads JSON schemas, which takes longer than to collect a thousand tests

    return nbformat.read(path, as_version=4)


def tagged(cell, tag):
    return tag in cell.metadata.get("tags", ())


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cell):
    """What a cell prints, and which kinds of output it has besides; a stream may come in any number of pieces."""
    printed = "".join(output["text"] for output in cell.outputs if output.get("name") == "stdout")
    data = [output["data"] for output in cell.outputs if "data" in output]
    return "\n".join([printed, *(each.get("text/plain", "") for each in data)]), [sorted(each) for each in data]


def alike(text, other):
    """The same words, and the same numbers but for what rounding does to the last digits."""
    numbers = [[float(x) for x in NUMBER.findall(t)] for t in (text, other)]
    words = [re.sub(r"0x[0-9a-f]+", "", t) for t in (text, other)]
    same = all(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(*numbers, strict=False))
    return same and NUMBER.sub("#", words[0]) == NUMBER.sub("#", words[1])


def blanks(cell):
    """The lines that an exercise asks for, from the dict in its cell."""
    call = ast.parse(cell.source).body[-1].value
    return {key.value: value.value for key, value in zip(call.args[0].keys, call.args[0].values, strict=True)}


def test_the_course_has_ten_notebooks():
    """Numbered from 1, each with a link to the next."""
    assert [path.name.partition("-")[0] for path in NOTEBOOKS] == [str(i) for i in range(1, 11)]
    for path, following in itertools.pairwise(NOTEBOOKS):
        assert f"({following.name})" in read(path).cells[-1].source


@pytest.mark.parametrize(
    "path", [pytest.param(path, marks=[thorough] * (path.stem in TRAIN), id=path.stem) for path in NOTEBOOKS]
)
def test_a_notebook_runs_shows_what_is_stored_and_can_be_solved(path):
    """Every exercise is solved with the right numbers on the way, in a cell that is slipped in behind it."""
    import nbclient
    import nbformat

    notebook = read(path)
    running = copy.deepcopy(notebook)
    running.cells = []
    for cell in notebook.cells:
        running.cells.append(copy.deepcopy(cell))
        if tagged(cell, "exercise"):
            running.cells.append(nbformat.v4.new_code_cell(SOLUTION.format(names=list(blanks(cell)))))
    nbclient.NotebookClient(running, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    fresh = {cell.id: cell for cell in code_cells(running)}
    for cell in code_cells(notebook):
        if not tagged(cell, "varies"):
            (stored, kinds), (now, kinds_now) = shown(cell), shown(fresh[cell.id])
            assert alike(stored, now), f"stored:\n{stored}\nnow:\n{now}"
            assert kinds == kinds_now


@each_notebook
def test_a_notebook_is_stored_as_a_reader_should_find_it(path):
    """Run in order, without errors or warnings; its exercises still blank; its promises kept by asserts."""
    notebook = read(path)
    assert [cell.execution_count for cell in code_cells(notebook)] == list(range(1, len(code_cells(notebook)) + 1))
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    exercises = [cell for cell in notebook.cells if tagged(cell, "exercise")]
    assert exercises
    assert all(set(blanks(cell).values()) == {""} for cell in exercises)
    assert any("assert " in cell.source for cell in code_cells(notebook))
    assert path.stat().st_size < 1_000_000
    assert not re.search(r"/(home|root|tmp|usr|work)/", path.read_text(encoding="utf-8"))


@each_notebook
def test_the_links_of_a_notebook_lead_somewhere(path):
    """To other notebooks of the course."""
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (FOLDER / target).exists(), target
