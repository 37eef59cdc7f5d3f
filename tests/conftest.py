"""What all tests share, and the layer that each belongs to: `pytest -m engine` reads those files alone, and answers soon."""

import os
import pathlib
import shutil
import subprocess

import pytest

from autograd import PRIMITIVES, Primitive

# Files by what they test, without test_ and .py; a folder stands for all that is in it. A test that starts another program
# (a browser, a kernel, LaTeX, another Python) or asks another library for derivatives is external: it is marked so, or takes
# one of the fixtures that do.
LAYERS = {
    "engine": "calculus check conversions extremes functions graph layout modes primitives trace value",
    "reading": """algebra board definitions derivations derivations_of_others docstrings draw formula
        formula_reading matrices names notation parsing parsing_round_trips picture player plots rules sheet spellings
        stepper stepper_numbers structure tables typesetting updates vectors vectors_of_others writers""",
    "marking": """answers claims comparing exercises handed_in hostile_answers lecture_sheet marking marking_hands
        marking_strangers marking_students staged_working steps values_first worksheet""",
    "program": """batches columns commands cli data engines export files first_guesses fuzzing interruptions layers losses
        losses_by_hand memory metrics module optim optim_papers predictor program program_calls program_checks
        program_strangers program_text random_programs readme resuming saving threads training
        training_by_hand""",
    "external": "docs lite notebooks pyodide",
}
STARTERS = {"browser", "jax", "onnx", "onnxruntime", "pdflatex", "torch"}
LAYER_OF = {name: layer for layer, names in LAYERS.items() for name in names.split()}


def layer_of(path):
    """The layer of a file of tests, or None."""
    folders = path.relative_to(pathlib.Path(__file__).parent).parts[:-1]
    return next((LAYER_OF[name] for name in (*folders, path.stem.removeprefix("test_")) if name in LAYER_OF), None)


def pytest_ignore_collect(collection_path, config):
    """Leave the files of other layers unread where one layer is asked for; only external tests stand in files of all."""
    wanted = config.option.markexpr
    known = layer_of(collection_path) if collection_path.name.startswith("test_") else None
    return True if known and wanted in LAYERS and wanted not in (known, "external") else None


def pytest_itemcollected(item):
    """Give a test its layer: external if it says so or starts something, else that of its file."""
    layer = layer_of(item.path)
    if layer is None:
        raise pytest.UsageError(f"{item.path.name} stands in no layer: it gets one in tests/conftest.py")
    if item.get_closest_marker("external") is None:
        item.add_marker("external" if STARTERS.intersection(item.fixturenames) else layer)


@pytest.fixture(scope="module")
def pdflatex(tmp_path_factory):
    """pdflatex(document) sets a document and gives the exit status and what it said, one message a line."""
    if not shutil.which("pdflatex"):
        pytest.skip("no pdflatex sets documents here: apt-get install texlive-latex-base")
    folder = tmp_path_factory.mktemp("tex")

    def run(document):
        (folder / "document.tex").write_text(document, encoding="utf-8")
        command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "document.tex"]
        wide = {**os.environ, "max_print_line": "1000"}
        done = subprocess.run(command, cwd=folder, env=wide, capture_output=True, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    return run


@pytest.fixture(autouse=True)
def plant():
    """Primitive; whatever rows a test adds to the table leave it again when the test is over."""
    before = set(PRIMITIVES)
    yield Primitive
    for name in set(PRIMITIVES) - before:
        del PRIMITIVES[name]
