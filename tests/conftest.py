"""What all tests share."""

import gc
import os
import shutil
import subprocess
import sys

import pytest
from hypothesis import settings
from layers import STARTERS, is_left_unread, layer_of
from long_runs import examples
from tabs import Tabs

from autograd import PRIMITIVES, Primitive, Value

for library in ("OPENBLAS", "OMP"):  # for arrays as small as ours, threads would only wait for each other
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
# a grammar of addresses that jsonschema, behind nbformat, takes a second to build; it checks none where that is missing
sys.modules.setdefault("rfc3987_syntax", None)
settings.register_profile("ours", examples())  # for properties that say no number
settings.load_profile("ours")


def pytest_ignore_collect(collection_path, config):
    """Import no file of tests for nothing."""
    is_test = collection_path.name.startswith("test_")
    return True if is_test and is_left_unread(collection_path, config.option.markexpr) else None


def pytest_itemcollected(item):
    """Give a test its layer: external if it says so or starts something, else that of its file."""
    layer = layer_of(item.path)
    if layer is None:
        raise pytest.UsageError(f"{item.path.name} stands in no layer: it gets one in tests/shared/layers.py")
    if item.get_closest_marker("external") is None:
        item.add_marker("external" if STARTERS.intersection(item.fixturenames) else layer)


def pytest_collection_modifyitems(config, items):
    """Where several processes share a run, what takes longest comes first, and no process waits for it in the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: layer_of(item.path) != "external")


def pytest_collection_finish():
    """Thousands of tests stay till the end: the garbage collector need not walk them again and again."""
    gc.freeze()


# Nothing that a browser does for itself: what a test sees on the network, the page has asked for.
QUIET = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync"""


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pages are driven by Playwright: pip install playwright")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.skip("no Chromium opens pages here: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=QUIET.split())
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def tabs(browser):
    """Tabs of it, used again and again."""
    return Tabs(browser)


@pytest.fixture(scope="session")
def latex2mathml():
    """What writes MathML."""
    return pytest.importorskip("latex2mathml", reason="MathML is written by latex2mathml: pip install latex2mathml")


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
    """Primitive; whatever rows and methods a test adds leave the table and Value again when the test is over."""
    rows, methods = set(PRIMITIVES), dict(vars(Value))
    yield Primitive
    for name in set(PRIMITIVES) - rows:
        del PRIMITIVES[name]
    for name in set(vars(Value)) - set(methods):
        delattr(Value, name)
    for name, before in methods.items():
        if vars(Value)[name] is not before:  # a guess that is told the way, which the name of a new row had replaced
            setattr(Value, name, before)
