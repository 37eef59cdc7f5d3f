"""The notebooks as a page: the command of docs/browser.md builds it, and a browser runs it with no other site."""

import functools
import hashlib
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import zipfile

import pytest
from long_runs import only_thorough
from once import made_once

ROOT = pathlib.Path(__file__).parent.parent.parent
CELLS = [
    "from autograd import *\nimport nn",
    """w, x, t = Value(0.5, label="w"), Value(2.0, label="x"), Value(1.0, label="t")
o = sigmoid(w * x - 1)
E = -t * log(o) - (1 - t) * log(1 - o)
label(o=o, E=E)
E.backward()
nn.draw(E)""",
    "derivation(E, w)",
    'Worksheet(o=o, E=E).mark({"o": "0.5", "E": "0.7"})',
    "nn.step_through(E)",
    "try:\n    nn.draw(E).png()\nexcept RuntimeError as error:\n    print(error)",
    'import importlib\nprint(importlib.import_module("sklearn").__doc__)',
]
ERROR = "[data-mime-type='application/vnd.jupyter.stderr']"  # of an error, too


def documented():
    """The command that builds the page, as docs/browser.md says it."""
    text = (ROOT / "docs" / "browser.md").read_text(encoding="utf-8")
    return next(line for line in text.splitlines() if line.startswith("python docs/lite/build.py")).split()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page, with one more notebook."""
    only_thorough()
    pytest.importorskip("jupyterlite_core", reason='JupyterLite builds the page: pip install "chalkgrad[lite]"')
    pytest.importorskip("jupyterlite_pyodide_kernel", reason='JupyterLite builds the page: pip install "chalkgrad[lite]"')
    if not shutil.which("npm"):
        pytest.skip("no npm brings Pyodide here: apt-get install nodejs npm")
    return made_once(tmp_path_factory, "lite", build) / "site"


def build(folder):
    """The page in folder/site; npm may have nothing to bring it with."""
    contents, output = folder / "contents", folder / "site"
    shutil.copytree(ROOT / "notebooks", contents)
    (contents / "cells.ipynb").write_text(notebook(CELLS), encoding="utf-8")
    command = [sys.executable if word == "python" else word for word in documented()]
    command[command.index("build/lite")] = str(output)
    done = subprocess.run([*command, "--contents", contents], cwd=ROOT, capture_output=True, text=True, check=False)
    if "npm install" in done.stderr:
        pytest.skip(f"npm gives no Pyodide here: {done.stderr[-500:]}")
    assert done.returncode == 0, done.stderr


def notebook(cells):
    made = [{"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    spoken = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    spoken["language_info"] = {"name": "python"}
    return json.dumps({"cells": made, "metadata": spoken, "nbformat": 4, "nbformat_minor": 4})


def lock(site):
    return json.loads((site / "static" / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]


def test_the_notebooks_are_in_the_page(site):
    """Each of them, and the worksheet that one of them marks."""
    ours = {path.name for path in (ROOT / "notebooks").iterdir() if path.is_file()}
    listed = json.loads((site / "api" / "contents" / "all.json").read_text(encoding="utf-8"))["content"]
    assert ours <= {path.name for path in (site / "files").iterdir()}
    assert ours <= {entry["name"] for entry in listed}


def test_the_wheel_is_in_the_page(site):
    """`import autograd` and `import nn` in a cell load it; it holds the packages and the page's JavaScript."""
    entry = lock(site)["chalkgrad"]
    wheel = site / "static" / "pyodide" / entry["file_name"]
    assert entry["imports"] == ["autograd", "nn"]
    assert entry["sha256"] == hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert {"autograd/value.py", "nn/cli/main.py", "nn/pages/stepper.js"} <= set(zipfile.ZipFile(wheel).namelist())


def test_the_page_is_complete(site):
    """What the kernel and the course depend on lies beside Pyodide, all the way down."""
    packages, waiting, seen = lock(site), ["chalkgrad", "ipython", "jedi", "comm", "micropip"], set()
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in seen:
            seen.add(name)
            assert (site / "static" / "pyodide" / packages[name]["file_name"]).is_file()
            waiting += packages[name]["depends"]
    assert {"sympy", "mpmath", "graphviz", "latex2mathml"} < seen


def test_pyodide_is_the_one_that_the_kernel_was_made_for(site):
    """Their versions go together; docs/lite/package.json names Pyodide's."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    wanted = json.loads((ROOT / "docs" / "lite" / "package.json").read_text(encoding="utf-8"))["dependencies"]["pyodide"]
    assert wanted.split(".")[:2] == PYODIDE_VERSION.split(".")[:2]


def add_latecomer(site):
    """A stand-in for scikit-learn, which is on the web: the lock file says that it is here."""
    folder = site / "static" / "pyodide"
    wheel = folder / "scikit_learn-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("sklearn/__init__.py", '"""It came late."""')
        archive.writestr("scikit_learn-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: scikit-learn\nVersion: 1.0\n")
        archive.writestr(
            "scikit_learn-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("scikit_learn-1.0.dist-info/RECORD", "")
    whole = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    whole["packages"]["scikit-learn"] |= {
        "file_name": wheel.name,
        "depends": [],
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
    }
    (folder / "pyodide-lock.json").write_text(json.dumps(whole), encoding="utf-8")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def ran(site, browser):
    """The notebook of CELLS after all of them ran: the page, what each cell shows, and what was asked of other sites."""
    add_latecomer(site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}/"
    page, elsewhere = browser.new_page(viewport={"width": 1200, "height": 3000}), []
    page.on("request", lambda request: request.url.startswith((here, "data:", "blob:")) or elsewhere.append(request.url))
    page.goto(f"{here}lab/index.html?path=cells.ipynb", timeout=60_000)
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    prompts, until = page.locator(".jp-CodeCell .jp-InputArea-prompt"), time.monotonic() + 120
    while prompts.all_inner_texts()[-1].strip() != f"[{len(CELLS)}]:" and time.monotonic() < until:
        if page.locator(ERROR).count():
            break
        page.wait_for_timeout(250)
    page.set_default_timeout(5_000)
    page.wait_for_timeout(500)  # for the mathematics to be set
    yield page, [cell.locator(".jp-OutputArea").first for cell in page.locator(".jp-CodeCell").all()], elsewhere
    page.close()
    server.shutdown()
    server.server_close()


def test_every_cell_runs_and_no_other_site_is_asked(ran):
    """Python, its packages, Graphviz and the mathematics all come from the page."""
    page, _, elsewhere = ran
    assert page.locator(ERROR).all_inner_texts() == []
    assert elsewhere == []


def test_a_drawing_shows(ran):
    """As a picture that has loaded, and not as its text."""
    _, cells, _ = ran
    picture = cells[1].locator("img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 300")
    assert "E" in picture.get_attribute("alt")


def test_a_derivation_is_set(ran):
    """By the browser itself, without MathJax."""
    _, cells, _ = ran
    assert cells[2].locator("math").count() >= 1
    assert cells[2].locator("math").first.bounding_box()["height"] > 10.0
    assert cells[2].locator("mjx-merror").count() == 0


def test_the_red_pen_marks(ran):
    """o is right; 0.7 is E in one digit."""
    _, cells, _ = ran
    assert "2 of 2 marks. No mistake." in cells[3].inner_text()


def test_the_stepper_steps(ran):
    """Its own JavaScript runs in the cell."""
    _, cells, _ = ran
    cells[4].get_by_role("button", name="Next").click()
    assert "step 1 of" in cells[4].inner_text() or cells[4].get_by_text("step 1 of").count()


def test_what_a_browser_cannot_draw(ran):
    """A sentence, not a crash."""
    _, cells, _ = ran
    assert "a browser draws svg, and could not make png of this drawing" in cells[5].inner_text()


def test_a_package_comes_when_it_is_imported(ran):
    """Also where the cell does not name it, as when nn.plot_loss asks for Matplotlib."""
    _, cells, _ = ran
    assert "It came late." in cells[6].inner_text()
