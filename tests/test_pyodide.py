"""The library in a browser's Python: Pyodide, which node runs as well. One script, two Pythons, the same results."""

import importlib.util
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from long_runs import only_thorough

ROOT = pathlib.Path(__file__).parent.parent
SHARED = ROOT / "tests" / "shared"


def builder():
    """docs/lite/build.py, which puts together the Python of the page."""
    spec = importlib.util.spec_from_file_location("lite_build", ROOT / "docs" / "lite" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    """A folder with Pyodide from npm, and the wheels of chalkgrad and of what it is used with."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("no node runs Pyodide here: apt-get install nodejs npm")
    only_thorough()
    build, folder = builder(), tmp_path_factory.mktemp("pyodide")
    try:
        modules = build.node_modules(folder / "npm")
    except RuntimeError as error:
        pytest.skip(f"npm gives no Pyodide here: {error}")
    build.copy_runtime(modules, folder / "pyodide")
    build.complete_lock(folder / "pyodide")
    return folder / "pyodide"


def in_pyodide(runtime, script, *packages, entry="pyodide.mjs"):
    command = ["node", SHARED / "run_in_pyodide.mjs", runtime, entry, script, *packages]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def in_this_python(script, *packages):
    alone = [] if packages else ["-S"]  # without what is installed
    program = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_path({str(script)!r})"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", *alone, "-c", program],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def differences(here, there, where="result"):
    """Where two results differ: numbers by more than 1e-12 of their size, anything else at all."""
    if isinstance(here, float) and isinstance(there, float):
        if not (math.isclose(here, there, rel_tol=1e-12, abs_tol=1e-15) or (here != here and there != there)):
            yield f"{where}: {here!r} here, {there!r} there"
    elif type(here) is not type(there):
        yield f"{where}: {here!r} here, {there!r} there"
    elif isinstance(here, dict):
        for key in here.keys() | there.keys():
            yield from differences(here.get(key), there.get(key), f"{where}.{key}")
    elif isinstance(here, list) and len(here) == len(there):
        for i, pair in enumerate(zip(here, there)):
            yield from differences(*pair, f"{where}[{i}]")
    elif here != there:
        yield f"{where}: {here!r} here, {there!r} there"


@pytest.mark.parametrize("packages", [[], ["graphviz", "latex2mathml", "sympy"]], ids=["alone", "with packages"])
def test_the_same_results_in_a_browser(runtime, packages):
    """Every operation, gradients, Hessian, parser, red pen, training, command line; with SymPy and Graphviz derivations,
    MathML, drawings and the stepper, too: numbers to 1e-12, texts to the letter."""
    for package in packages:
        pytest.importorskip(package)
    script = SHARED / "any_python.py"
    there, here = json.loads(in_pyodide(runtime, script, *packages)), json.loads(in_this_python(script, *packages))
    assert there.pop("platform") == "emscripten"
    assert here.pop("platform") == sys.platform
    assert list(differences(here, there)) == []
    assert len(here["operations"]) > 40


DRAWING = """
import nn
from autograd import Value
print(nn.draw(Value(2.0, label="x") ** 2)._repr_html_())
"""


def test_a_drawing_where_the_page_lends_no_graphviz(runtime, tmp_path):
    """It shows its text, and says what a page has to do."""
    (tmp_path / "script.py").write_text(DRAWING, encoding="utf-8")
    shown = in_pyodide(runtime, tmp_path / "script.py", "graphviz", entry="pyodide-alone.mjs")
    assert "globalThis.viz = await instance()" in shown
    assert "<pre>" in shown
    assert "<img" not in shown


def test_a_page_of_your_own(runtime):
    """What docs/browser.md says draws a picture."""
    (program,) = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "browser.md").read_text(encoding="utf-8"), re.DOTALL)
    (runtime.parent / "page.mjs").write_text(program, encoding="utf-8")
    done = subprocess.run(["node", "page.mjs"], cwd=runtime.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "<svg" in done.stdout
    assert ">grad 6<" in done.stdout
