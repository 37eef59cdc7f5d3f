"""The programs of benchmarks/, as modules: what is measured there is tested, too."""

import importlib
import pathlib
import sys

FOLDER = str(pathlib.Path(__file__).parents[2] / "benchmarks")


def program(name):
    """A program, or one of the helpers that stand beside it."""
    sys.path.insert(0, FOLDER)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(FOLDER)
