"""The stepper in a notebook: exported and offline, in JupyterLab, and in step with Python."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from long_runs import only_thorough
from stepper_page import Page, check_all_steps

import nn
from autograd import Value, trace
from autograd.graph import nodes
from nn.cli.tour import two_layer_network

WINDOW = {"width": 1200, "height": 1000}
CELLS = ["import nn, nn.cli.tour", "_, loss = nn.cli.tour.two_layer_network()", "nn.step_through(loss)"]


def surroundings(folder):
    """Environment variables of a process that finds this package, and leaves everything else in the folder."""
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    return {**os.environ, **own, "IPYTHONDIR": str(folder / "ipython"), "PYTHONPATH": str(Path(nn.__file__).parents[1])}


def notebook(path, cells):
    nbformat = pytest.importorskip("nbformat", reason="notebooks are written with nbformat: pip install jupyterlab")
    path.parent.mkdir(exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    written_cells = [nbformat.v4.new_code_cell(cell, id=f"cell-{i}") for i, cell in enumerate(cells)]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=written_cells, metadata=kernel)), encoding="utf-8")


@pytest.fixture(scope="module")
def executed(tmp_path_factory, graphviz):
    """A notebook that has been run, and the HTML that nbconvert makes of it."""
    only_thorough()
    for module in ("nbconvert", "ipykernel"):
        pytest.importorskip(module, reason=f"notebooks run with {module}: pip install jupyterlab")
    folder = tmp_path_factory.mktemp("notebooks")
    notebook(folder / "steps.ipynb", CELLS)
    convert = [sys.executable, "-m", "nbconvert", "steps.ipynb"]
    for options in (["--to", "notebook", "--execute", "--inplace"], ["--to", "html"]):
        subprocess.run([*convert, *options], cwd=folder, env=surroundings(folder), check=True, capture_output=True)
    return folder / "steps.ipynb"


def test_an_exported_notebook_steps_offline(tabs, executed):
    """nbconvert's HTML of a run notebook, opened with no network, shows Python's numbers at every step."""
    page = Page(tabs.new(offline=True, viewport=WINDOW), executed.with_suffix(".html").as_uri())
    check_all_steps(page, two_layer_network()[1])
    page.page.context.close()


@pytest.fixture(scope="module")
def lab(tabs, tmp_path_factory):
    """lab(notebook path) opens a notebook in a JupyterLab server of our own."""
    only_thorough()
    pytest.importorskip("jupyterlab", reason="pages are tried in JupyterLab: pip install jupyterlab")
    folder = tmp_path_factory.mktemp("lab")
    quiet = folder / "config" / "labconfig" / "page_config.json"
    quiet.parent.mkdir(parents=True)
    quiet.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={token}"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options, f"--ServerApp.root_dir={folder}", "--expose-app-in-browser"],
        env=surroundings(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    pages = []

    def opened(path):
        (folder / path.name).write_bytes(path.read_bytes())
        address = f"http://127.0.0.1:{port}/lab/workspaces/{path.stem}/tree/{path.name}?token={token}"
        pages.append(Page(tabs.new(viewport=WINDOW), address, ready=".jp-Notebook .jp-CodeCell"))
        pages[-1].page.wait_for_function("""async () => {
            const session = jupyterapp.shell.currentWidget?.sessionContext;
            await session?.ready;
            return session?.session?.kernel?.status === "idle";
        }""")
        return pages[-1]

    try:
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}"):
                break
            time.sleep(0.1)
        else:
            pytest.skip("no JupyterLab server comes up here")
        yield opened
    finally:
        for page in pages:
            page.page.context.close()
        server.terminate()
        server.wait(timeout=20)


def run_cell(page, i):
    page.find(".jp-CodeCell .cm-content").nth(i).click()
    page.press("Shift+Enter")


def test_a_cell_in_jupyterlab_steps(lab, executed):
    """A notebook that is not trusted shows the drawing as a picture; once run, the output steps to Python's numbers."""
    page = lab(executed)
    picture = page.find(".jp-OutputArea-output img").first
    picture.wait_for()
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
    assert page.find(".count").count() == 0
    page.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.find(".count").wait_for()
    check_all_steps(page, two_layer_network()[1])


def test_a_leaf_that_is_moved_in_a_widget_moves_the_values_of_the_graph():
    """The numbers of the whole graph follow, and come back when the leaf does; no browser is needed to see it."""
    pytest.importorskip("anywidget", reason="the widget is anywidget's")
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    y = (x * w).relu() + x
    widget = nn.step_through(y).widget()
    place = {node: str(i) for i, node in enumerate(nodes(y))}
    widget.leaves = {place[x]: 5.0}
    assert (x.data, w.data, y.data) == (5.0, 3.0, 20.0)
    widget.leaves = {place[w]: -1.0}
    assert (x.data, w.data, y.data) == (2.0, -1.0, 2.0)
    widget.leaves = {}
    assert (x.data, w.data, y.data) == (2.0, 3.0, 8.0)


def test_the_widget_and_python_keep_in_step(lab, tmp_path, graphviz):
    """Setting .position in Python moves the page; Next and a dragged leaf in the page are seen in Python."""
    pytest.importorskip("anywidget", reason="the widget form comes with anywidget: pip install anywidget")
    path = tmp_path / "widget.ipynb"
    leaf = "[node.data for node in autograd.graph.leaves(loss) if node.label == 'w_111']"
    shows = f"print('at', steps.position, {leaf}, loss.data)"
    last_cells = ["steps = nn.step_through(loss).widget()\nsteps", "steps.position = 7", shows, shows]
    notebook(path, [CELLS[0] + ", autograd", CELLS[1], *last_cells])
    page = lab(path)
    for i in range(3):
        run_cell(page, i)
    page.find(".count").wait_for()
    assert page.step() == 0
    run_cell(page, 3)
    n = len(trace(two_layer_network()[1]))
    page.page.get_by_text(f"step 7 of {n}", exact=True).wait_for()
    page.find("button.next").click()
    page.page.get_by_text(f"step 8 of {n}", exact=True).wait_for()
    run_cell(page, 4)
    page.page.get_by_text("at 8 [0.15]").wait_for()
    page.node("w₁₁₁").dispatch_event("click")
    page.page.get_by_role("slider", name="change w₁₁₁").fill("0.65")
    loss = two_layer_network()[1]
    (w,) = [node for node in nodes(loss) if node.label == "w_111"]
    w.data = 0.65
    loss.forward()
    run_cell(page, 5)
    said = page.find(".jp-OutputArea-output").filter(has_text="at 8 [0.65]")
    said.wait_for()
    assert float(said.inner_text().split()[-1]) == pytest.approx(loss.data, rel=1e-12)
