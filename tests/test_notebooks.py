"""The course in notebooks/: every notebook runs from top to bottom, shows what is stored in it, and can be solved.

A cell tagged `exercise` has blanks to be filled in; one tagged `varies` prints times, or results of long trainings, which
differ from machine to machine. To store the outputs anew: `jupyter execute --inplace notebooks/*.ipynb`.
"""

import ast
import copy
import html
import importlib.util
import itertools
import math
import os
import pathlib
import re
import subprocess
import sys
import tomllib

import pytest
from long_runs import LONG, thorough
from notation import OTHERWISE as ANYWHERE

from autograd.mark.paper import claims_in

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
names = map(sheet.line_named, {names})
marking = task.mark("\\n".join(f"{{name}} = {{sheet.values[name].data:.9g}}" for name in names))
assert marking.score == marking.out_of, marking
"""
IN_MARIMO = range(10) if LONG else (3,)  # three seconds each
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
    """The lines that an exercise asks for, and what stands on them, from the text in its cell."""
    call = ast.parse(cell.source).body[-1].value
    return claims_in(call.args[0].value)


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
    surroundings = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as other tests have the other cores
    client = nbclient.NotebookClient(running, timeout=300, resources={"metadata": {"path": str(FOLDER)}})
    client.execute(env=surroundings)
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


# ---- one notation: CONTRIBUTING.md says which

OTHERWISE = ANYWHERE | {  # in a course, besides
    r"[∂/][a-zŷα]['′]*_\{?\d": "w₁, not w_1, in what is shown",
    r"lecture note|the notes\b|the note\b": "a page that the reader does not have",
    r"(?i)\b(?:blue|orange)\b[^.]*\b(?:negative|positive)": "violet below zero, gold above",
}


def shown_texts(notebook):
    """All that a reader sees: prose, comments, what is printed, and the LaTeX and words of outputs."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.source
            continue
        yield "\n".join(line.partition("#")[2] for line in cell.source.splitlines())
        for output in cell.outputs:
            data = output.get("data", {})
            yield output.get("text", "")
            yield data.get("text/plain", "")
            yield re.sub(
                r"<script>.*?</script>|<style>.*?</style>|<math.*?</math>|<[^>]+>",
                " ",
                data.get("text/html", ""),
                flags=re.DOTALL,
            )


def test_the_course_has_one_notation():
    """Nothing in it is written in another way than CONTRIBUTING.md says; and the words are in CONTRIBUTING.md."""
    found = []
    for path in NOTEBOOKS:
        for text in shown_texts(read(path)):
            for pattern, instead in OTHERWISE.items():
                found += [f"{path.stem}: {match[0]!r}; {instead}" for match in re.finditer(pattern, text)]
    assert found == []
    said = (FOLDER.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for sign in "*w*<sub>kij</sub> *a*<sub>ki</sub> *h*<sub>ki</sub> *ŷ* *L* *w*′".split():
        assert sign in said


@each_notebook
def test_a_notebook_ends_with_a_question_that_needs_thought(path):
    """Its answer is hidden until one asks for it."""
    last = read(path).cells[-1].source
    question, _, rest = last.partition("<details><summary>An answer</summary>\n\n")
    assert question.startswith("## A question to end with\n\n")
    assert "?" in question
    answer = rest.partition("\n\n</details>")[0]
    assert len(answer.split()) > 30


# ---- elsewhere than in Jupyter


@pytest.mark.external
def test_an_exported_notebook_has_its_mathematics_without_a_network(browser, tmp_path):
    """nbconvert's page of the fourth, opened offline: formulas are set, and nowhere is LaTeX left to be read."""
    nbconvert = pytest.importorskip("nbconvert", reason="notebooks are exported by nbconvert: pip install jupyterlab")
    exported, _ = nbconvert.HTMLExporter().from_filename(str(NOTEBOOKS[3]))
    (tmp_path / "page.html").write_text(exported, encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri(), wait_until="domcontentloaded")
    sizes = page.evaluate("[...document.querySelectorAll('math')].map((each) => each.getBoundingClientRect().height)")
    assert len(sizes) > 30
    assert min(sizes) > 5
    assert page.evaluate("document.querySelectorAll('mfrac').length") > 30
    text = page.evaluate("document.body.innerText")
    assert not re.search(r"\\frac|\\begin|\$\$", text)
    assert "∂L/∂a₁ =" not in text.partition("Your turn")[0]  # the plain text beside the mathematics is not shown
    context.close()


def test_prose_has_no_mathematics_that_a_script_would_have_to_set():
    """Formulas in cells of prose are plain signs, so that a page needs no MathJax from elsewhere."""
    found = [
        f"{path.stem}: {cell.source[:60]!r}"
        for path in NOTEBOOKS
        for cell in read(path).cells
        if cell.cell_type == "markdown" and "$" in cell.source
    ]
    assert found == []


@each_notebook
def test_the_first_cell_installs_where_nothing_is_installed(path):
    """In Colab: without their signs of comments its first lines are pip's, for this project and for extras that it has."""
    from IPython.core.inputtransformer2 import TransformerManager

    head, _, rest = code_cells(read(path))[0].source.partition("\n\n")
    first, *lines = head.splitlines()
    assert "Colab" in first
    commands = [line.removeprefix("# ") for line in lines]
    calls = ast.parse(TransformerManager().transform_cell("\n".join([*commands, rest]))).body[: len(commands)]
    called = [[argument.value for argument in call.value.args] for call in calls]
    assert called[0] == ["pip", "uninstall -qy autograd"]  # as %pip is run; HIPS's package has the same name
    assert all(call[0].startswith("chalkgrad ") for call in called[2:])
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, extra = re.fullmatch(r'install -q "(\w+)\[(\w+)\]"', called[1][1]).groups()
    assert name == project["name"]
    assert extra in project["optional-dependencies"]


def pages_in(path):
    """What a notebook shows as HTML, output by output."""
    outputs = itertools.chain.from_iterable(cell.outputs for cell in code_cells(read(path)))
    return [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]


REACHES_OUT = re.compile(
    r"""(?:src|href|action|poster|data)\s*=\s*\\?["']?\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|\bfetch\(|XMLHttpRequest"""
    r"""|WebSocket|EventSource|sendBeacon|importScripts|\bimport\s*\(|\bfrom\s+["'](?:https?:)?//|\brequire\(""",
    re.IGNORECASE,
)


@each_notebook
def test_no_output_asks_for_the_network(path):
    """Viewers let no script in from elsewhere, and a reader may be on a train."""
    assert [found[0] for page in pages_in(path) for found in REACHES_OUT.finditer(page)] == []


@pytest.mark.parametrize(
    "page", ['<script src="https://a.b/c.js">', "<img src=//a.b/c.png>", "@import 'x'", "fetch('x')", "url(http://a.b)"]
)
def test_what_asks_for_the_network_is_seen(page):
    """The pattern of the test above finds what it is to find."""
    assert REACHES_OUT.search(page)


@pytest.mark.external
def test_outputs_stand_in_a_sandbox(browser, tmp_path):
    """As VS Code and Colab show them: in a frame that may run scripts, and has neither an origin, nor storage, nor network.

    Nothing is asked for, no script fails, and each output has a height.
    """
    pages = [page for path in NOTEBOOKS for page in pages_in(path)]
    with_scripts = [page for page in pages if "<script" in page]
    chosen = dict.fromkeys(pages if LONG else with_scripts + pages[::4])
    frames = "".join(f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(page)}"></iframe>' for page in chosen)
    listener = "<script>window.heights = 0; addEventListener('message', (e) => { heights += e.data.height > 5 })</script>"
    report = (
        "<script>addEventListener('message', () => parent.postMessage({height: document.body.scrollHeight}, '*'))</script>"
    )
    whole = tmp_path / "page.html"
    whole.write_text(listener + frames.replace('srcdoc="', f'srcdoc="{html.escape(report)}'), encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked, failed = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    page.goto(whole.as_uri(), wait_until="load")
    page.evaluate("for (let i = 0; i < frames.length; i++) frames[i].postMessage('', '*')")  # once all are laid out
    page.wait_for_function(f"heights === {len(chosen)}", timeout=20_000)
    assert len(with_scripts) > 3
    assert failed == []
    assert {url for url in asked if not url.startswith(("about:", "data:", "blob:"))} == {whole.as_uri()}
    context.close()


@pytest.mark.external
@pytest.mark.parametrize("path", [NOTEBOOKS[i] for i in IN_MARIMO], ids=lambda path: path.stem)
def test_a_notebook_runs_in_marimo(path, tmp_path):
    """Converted by marimo's own tool, as a program from top to bottom, in which the asserts of the notebook hold."""
    if importlib.util.find_spec("marimo") is None:
        pytest.skip("marimo is not here: pip install marimo")
    program = tmp_path / "notebook.py"
    (tmp_path / "two-layer-network.toml").write_bytes((FOLDER / "two-layer-network.toml").read_bytes())
    surroundings = {**os.environ, "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1"}
    surroundings["PYTHONPATH"] = os.pathsep.join([str(FOLDER.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    for command in (["-m", "marimo", "convert", path, "-o", program], [program]):
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "app.cell" in program.read_text(encoding="utf-8")
