"""The layer of each file of tests: `pytest -m engine` reads the files of the engine alone, and answers in seconds.

A file goes by what it tests, without test_ and .py; a folder stands for all that is in it. A test that starts another
program (a browser, a kernel, LaTeX, another Python) or asks another library for derivatives is external wherever it stands:
it is marked so, or takes one of the fixtures that start something.
"""

import pathlib

LAYERS = {
    "engine": """calculus check conversions extremes functions graph
        layers_of_tests layout modes primitives rewriting trace value""",
    "reading": """algebra board definitions derivations derivations_of_others docstrings draw formula
        formula_reading matrices names notation parsing parsing_round_trips picture player plots rules sheet spellings
        stepper stepper_numbers structure tables typesetting updates vectors vectors_of_others writers""",
    "marking": """ambiguity answers claims comparing exercises forms handed_in hostile_answers judging lecture_sheet marking
        marking_hands marking_strangers marking_students mistakes points rounding staged_working values_first worksheet""",
    "program": """batches cli commands data engines export files first_guesses fuzzing interruptions layers losses
        losses_by_hand memory metrics module optim optim_papers optim_saving program program_calls program_checks
        program_ends program_strangers program_text random_programs readme resuming saving threads training
        training_by_hand""",
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
