"""What all tests share."""

import os
import shutil
import subprocess

import pytest
from hypothesis import settings
from long_runs import examples

from autograd import PRIMITIVES, Primitive

settings.register_profile("ours", examples())  # for properties that say no number
settings.load_profile("ours")


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
