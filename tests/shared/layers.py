"""The layer of each file of tests: `pytest -m engine` reads the files of the engine alone, and answers in seconds.

A file goes by what it tests, without test_ and .py; a folder stands for all that is in it. A test that starts another
program (a browser, a kernel, LaTeX, another Python) or asks another library for derivatives is external wherever it stands:
it is marked so, or takes one of the fixtures that start something.
"""

import pathlib

LAYERS = {
    "engine": """calculus check extremes functions graph interop
        layers_of_tests layout modes primitives rewriting select trace value""",
    "reading": "writing formula display derive drawing pages plots docstrings notation",
    "marking": "mark exams notes judge",
    "program": """program cli optim train data export first_guesses folding fuzzing gpt_benchmark howto interruptions layers
        losses vectors losses_by_hand memory metrics module readme release saving texts threads typing""",
    "external": "docs lite notebooks pyodide",
}
STARTERS = {"browser", "jax", "onnx", "onnxruntime", "pdflatex", "torch"}  # fixtures
LAYER_OF = {name: layer for layer, names in LAYERS.items() for name in names.split()}
TESTS = pathlib.Path(__file__).parent.parent


def layer_of(path):
    """The layer of a file of tests, or None."""
    folders = path.relative_to(TESTS).parts[:-1]
    return next((LAYER_OF[name] for name in (*folders, path.stem.removeprefix("test_")) if name in LAYER_OF), None)


def is_left_unread(path, asked):
    """Whether a file has none of the tests that are asked for with -m; only external tests stand in files of all layers."""
    known = layer_of(path)
    return known is not None and asked in LAYERS and asked not in (known, "external")
