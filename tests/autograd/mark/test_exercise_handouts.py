"""Exercises as they are handed out: on paper, as notebooks that mark themselves, as files, with their solutions."""

import ast
import json
import math
import re
import tomllib
from itertools import combinations, pairwise

import pytest
from drawn_exercises import fresh, task
from exercises_by_hand import (
    BY_HAND,
    HOSTILE,
    by_formula,
    ends,
    everywhere,
    given,
    graph,
    number,
    own,
    own_by_hand,
    rounded,
    seeded,
    sigmoid,
)
from html_page import Page
from long_runs import part

import autograd as ag
from autograd import exercise
from autograd.mark.classes import mark_files
from autograd.mark.levels import LEVELS
from autograd.mark.sheets import sheet_from
from autograd.writing.names import text_name

# --------------------------------------------------------------------------------------------------------------- on paper


@everywhere
def test_the_formulas_that_are_given_lead_to_the_loss(level):
    """Worked out one after the other from the given numbers they give the answers; the loss is the last."""
    shown = task(level)
    names = given(shown)
    for name, formula in shown.formulas.items():
        names[name] = by_formula(formula, names)
        assert rounded(names[name], 5) == shown.answers[name]
    if shown.picture is None:
        assert list(shown.formulas)[-1] == shown.loss
        return
    assert loss_by_picture(shown) == {line: shown.answers[line] for line in loss_by_picture(shown)}


def loss_by_picture(shown):
    """The boxes that are computed, worked out from the text of the picture."""
    names = given(shown)
    signs = {"×": math.prod, "+": sum, "tanh": lambda xs: math.tanh(*xs), "( )²": lambda xs: xs[0] ** 2}
    signs |= {"exp": lambda xs: math.exp(*xs), "1/( )": lambda xs: 1 / xs[0], "−log": lambda xs: -math.log(*xs)}
    signs |= {"σ": lambda xs: sigmoid(*xs)}
    own = {text_name(name): name for name in [*shown.lines, *shown.given]}
    found = {}
    for row in shown.picture.text.splitlines():
        name, sign, *inputs = re.split(r"  +from  +|  +", row.strip())
        name = own[name]
        names[name] = signs[sign]([names[own[x]] for x in inputs[0].split(", ")]) if inputs else number(sign)
        if inputs:
            found[name] = rounded(names[name], 5)
    return found


GRAPHS = [0, 1, 2, 5, 7]  # seeds of a graph each


def boxes(svg):
    """Rectangles of a picture, and the straight ways down that go past some: their x, and from which y to which."""
    rects = [
        tuple(map(int, m)) for m in re.findall(r'<rect class="box" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', svg)
    ]
    downs = [tuple(map(int, m)) for m in re.findall(r'd="M(\d+) (\d+)V(\d+)', svg)]
    return rects, downs


def test_a_seed_says_which_graph_is_to_be_read():
    """A shared weight, a diamond, softmax, two neurons, and a chain; each has its numbers, and is read from its picture."""
    found = {tuple(task("read the graph", seed).lines): seed for seed in GRAPHS}
    assert len(found) == len(GRAPHS)
    for seed in GRAPHS:
        shown = task("read the graph", seed)
        numbers = graph(given(shown))
        assert shown.answers == {name: rounded(numbers[name], 5) for name in shown.answers}
        assert set(shown.answers) == set(numbers)
        computed = loss_by_picture(shown)
        assert computed == {line: shown.answers[line] for line in computed}
        assert list(computed) != []
        assert shown.hidden == []


@pytest.mark.parametrize("seed", GRAPHS)
def test_nothing_lies_upon_a_box_in_a_picture(seed):
    """Neither another box, nor an edge on its way down."""
    rects, downs = boxes(task("read the graph", seed).picture.svg)
    assert len(rects) >= 7
    for (x, y, w, h), (x2, y2, w2, h2) in combinations(rects, 2):
        assert x + w < x2 or x2 + w2 < x or y + h < y2 or y2 + h2 < y
    for at, start, end in downs:
        assert [r for r in rects if r[0] < at < r[0] + r[2] and start < r[1] and r[1] + r[3] < end] == []


def test_another_activation_is_in_every_graph_that_may_come():
    """Softmax has none, so it does not come then."""
    signs = {task("read the graph", seed, activation="sigmoid").picture.text.count("σ") for seed in range(12)}
    assert 0 not in signs


@everywhere
def test_the_exercise_in_markdown(level):
    """Title, every given number, the formulas, and a table with a blank for each line; no answer stands anywhere."""
    shown = task(level)
    lines = shown.markdown.splitlines()
    assert lines[0] == f"# {LEVELS[level][2]}"
    stated = re.search(r"^Given: (.*)\.$", shown.markdown, re.MULTILINE)[1]
    assert sorted(stated.split(", ")) == sorted(f"{text_name(name)} = {x}" for name, x in shown.given.items())
    assert [line[2:] for line in lines if line.startswith("- ")] == [
        f"{text_name(name)} = {formula}" for name, formula in shown.formulas.items()
    ]
    assert "5 significant digits" in shown.markdown
    assert [line for line in lines if line.startswith("|")][2:] == [f"| {text_name(name)} | |" for name in shown.lines]
    assert repr(shown) == shown.markdown
    assert [answer for answer in shown.answers.values() if answer in shown.markdown] == []


def test_numbers_of_one_letter_stand_side_by_side():
    """Weights with weights, inputs with inputs."""
    for level in LEVELS:
        letters = [re.match("[a-z]+", name)[0] for name in task(level).given]
        assert len([a for a, b in pairwise(letters) if a != b]) + 1 == len(set(letters))


@everywhere
def test_the_exercise_as_a_page(level):
    """Given numbers and formulas as lists, and a table with blanks."""
    shown = task(level)
    page = Page(shown.html())
    assert page.items == [
        *(f"{text_name(name)} = {x}" for name, x in shown.given.items()),
        *(f"{text_name(name)} = {formula}" for name, formula in shown.formulas.items()),
    ]
    blanks = [text for name in shown.lines for text in (text_name(name), "")]
    assert page.cells == ["line", "your number", *blanks]
    assert shown._repr_html_() == shown.html()


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_no_html(title, tmp_path):
    """It is shown as it is, in the page and in its head."""
    page = exercise(own(title), seed=1).save(tmp_path / "task.html").read_text("utf-8")
    assert set(Page(page).tags).isdisjoint({"script", "img"})
    assert title in Page(page).text


@pytest.mark.parametrize("name", part([*LEVELS, *HOSTILE]))
def test_the_exercise_is_set_by_pdflatex(name, pdflatex):
    """No error, no sign that the fonts lack, no line that is more than a point too wide."""
    shown = task(name) if name in LEVELS else exercise(own(name), seed=1)
    status, log = pdflatex(shown.latex)
    assert status == 0, log[-2000:]
    assert re.findall(r"^!.*|Missing character.*|Undefined control sequence.*", log, re.MULTILINE) == []
    assert [float(x) for x in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt", log) if float(x) > 1.0] == []
    assert int(re.search(r"\((\d+) pages?", log)[1]) <= 3


def test_the_exercise_in_latex_has_all():
    """Every given number and a row for each line."""
    shown = task("two layers")
    stated = re.search(r"^Given: (.*)\.$", shown.latex, re.MULTILINE)[1]
    assert [number(x) for x in re.findall(r"= (-?[\d.]+)\$", stated)] == list(given(shown).values())
    assert len(re.findall(r"^\\rule.*& \\\\ \\hline$", shown.latex, re.MULTILINE)) == len(shown.lines)
    assert shown.latex.count(r"\[") == len(shown.formulas)


# ------------------------------------------------------------------------------------------------------------- a notebook


@pytest.fixture
def drawn_once(monkeypatch):
    """A notebook draws its exercise with what is written in it; whoever has drawn that already does not draw it again."""
    monkeypatch.setattr(ag, "exercise", fresh)


def run(cells, fill=lambda source: source):
    """What the code cells of a notebook show, run in order in one namespace, each as it was filled in."""
    names, shown = {}, []
    for cell in cells:
        if cell["cell_type"] == "code":
            tree = ast.parse(fill("".join(cell["source"])))
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "cell", "exec"), names)
            shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None)
    return shown


def filled(answers):
    """Fills in a cell: behind a line's name and its sign of equality stands what is answered there."""
    shown = {text_name(name): x for name, x in answers.items()}
    return lambda source: re.sub(r"^(.+) =$", lambda m: f"{m[0]} {shown.get(m[1], '')}", source, flags=re.MULTILINE)


def markings(shown):
    return [each for each in shown if hasattr(each, "verdicts")]


@pytest.mark.parametrize("name", part([*LEVELS, "own"]))
def test_the_notebook_is_valid(name):
    """As nbformat has it, without a warning."""
    nbformat = pytest.importorskip("nbformat", reason="notebooks are checked by nbformat: pip install nbformat")
    shown = task(name) if name in LEVELS else exercise(own(), seed=1)
    nbformat.validate(nbformat.reads(shown.notebook, as_version=4))


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("name", part([*LEVELS, *HOSTILE], 5))
@pytest.mark.parametrize("wrong", [False, True])
def test_the_notebook_marks_itself(name, wrong):
    """Run from the top, with right answers all is right; with a wrong one, that is wrong and no other line."""
    shown = task(name, 3, 6) if name in LEVELS else exercise(own(name), seed=3, digits=6)
    answers = dict(shown.answers)
    place = list(answers)[-2]
    if wrong:
        answers[place] = "77.7777"
    cells = json.loads(shown.notebook)["cells"]
    verdicts = {row.name: row.verdict for marking in markings(run(cells, filled(answers))) for row in marking}
    assert {line: verdict for line, verdict in verdicts.items() if verdict != "right"} == ({place: "wrong"} if wrong else {})
    assert set(verdicts) == set(shown.lines)


def test_mistakes_are_carried_from_cell_to_cell_of_a_notebook():
    """What follows in the backward pass from a mistake in the forward pass is no new mistake."""
    shown = task("neuron", 3)
    numbers = BY_HAND["neuron"](given(shown))
    o = numbers["ŷ"] + 0.1
    answers = {"a": shown.answers["a"], "ŷ": f"{o:.5f}", "∂L/∂a": f"{o - given(shown)['y']:.5f}"}
    forward, backward, updated = markings(run(json.loads(shown.notebook)["cells"], filled(answers)))
    assert (forward.verdicts["ŷ"], forward.verdicts["a"]) == ("wrong", "right")
    assert (backward["∂L/∂a"].verdict, backward["∂L/∂a"].sources) == ("carried", ("ŷ",))
    assert set(updated.verdicts.values()) == {"blank"}


@pytest.mark.usefixtures("drawn_once")
@everywhere
def test_the_notebook_has_the_exercise_and_the_solution(level):
    """The first cell is the exercise without its table; the last one, when its sign is taken away, shows the derivation."""
    shown = task(level)
    cells = json.loads(shown.notebook)["cells"]
    first = "".join(cells[0]["source"])
    assert shown.markdown.startswith(first)
    assert "|" not in first
    solved = run(cells, lambda source: source.replace("# task.solution", "task.solution"))
    assert solved[-1].text == shown.solution.text
    assert run(cells)[-1] is None


def test_the_solution_is_in_the_notebook_of_ones_own_sheet():
    """All of its cells run, the solution too."""
    cells = json.loads(exercise(own(), seed=1, loss="E").notebook)["cells"]
    assert run(cells, lambda source: source.replace("# task.solution", "task.solution"))[-1].text


@everywhere
def test_a_notebook_is_saved_with_empty_cells(level):
    """No answer stands in it, and nothing was run."""
    cells = json.loads(task(level).notebook)["cells"]
    assert [cell["outputs"] for cell in cells if cell["cell_type"] == "code" and cell["outputs"]] == []
    assert [answer for answer in task(level).answers.values() if answer in task(level).notebook] == []
    assert len({cell["id"] for cell in cells}) == len(cells)


# --------------------------------------------------------------------------------------------------- files and solutions


@pytest.mark.parametrize("name", [*LEVELS, *HOSTILE])
def test_the_file_for_marking_is_the_same_sheet(name):
    """Read back, it has the title, the given numbers, the lines and their numbers."""
    shown = task(name) if name in LEVELS else exercise(own(name), seed=1)
    assert tomllib.loads(shown.toml)["given"] == {each: x for each, x in shown.sheet.given.items()}  # noqa: C416
    file = sheet_from(shown.toml)
    assert (file.sheet.title, list(file.sheet.lines)) == (shown.title, list(shown.lines))
    by_hand = BY_HAND[name](given(shown)) if name in LEVELS else own_by_hand(given(shown))
    assert file.sheet.true == pytest.approx(by_hand, rel=1e-12)


@everywhere
def test_answers_to_a_saved_exercise_are_marked(level, tmp_path):
    """With the names as they stand on paper, by the file that was saved with it."""
    shown = task(level)
    sheet = shown.save(tmp_path / "task.toml")
    answers = {text_name(name): answer for name, answer in shown.answers.items()}
    wrong = list(answers)[1]
    answers[wrong] = "55.555"
    (tmp_path / "ann.txt").write_text("".join(f"{name} = {x}\n" for name, x in answers.items()), encoding="utf-8")
    marked = mark_files(sheet, [tmp_path / "ann.txt"])
    assert marked.problems == []
    verdicts = list(marked["ann"].verdicts.values())
    assert (verdicts[1], {*verdicts[:1], *verdicts[2:]}) == ("wrong", {"right"})


@everywhere
@seeded
def test_the_solution_has_the_numbers(level, seed):
    """What stands at the end of a derivation is the answer; and there is one for each derivative by a parameter."""
    shown = task(level, seed)
    found = ends(shown.solution.text)
    lines = BY_HAND[level](given(shown))
    numbers = {text_name(name): x for name, x in lines.items()}
    if level == "softmax":  # on the way
        numbers["∂L/∂ŷ₂"] = -1 / lines["ŷ_2"]
    if level == "attention":  # q·k, before it is divided
        numbers |= {f"∂L/∂a₁{i}": lines[f"∂L/∂s_{j}"] / math.sqrt(2) for i, j in (("₁", 1), ("₂", 2))}
    assert {name: numbers.get(name) for name in found} == pytest.approx(found, rel=1e-5)
    wanted = [text_name(name) for name in shown.lines if re.match(rf"∂{shown.loss}/∂[wvbcuqkeg]", name)]
    assert [name for name in wanted if name not in found] == []


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_the_solution_has_what_comes_before_and_after_the_derivation(steps):
    """Forward in numbers; and all that follows a step, up to the parameters of the last one."""
    shown = exercise("neuron", seed=2, steps=steps)
    found = ends(shown.solution.text)
    wanted = {text_name(name): shown.sheet.values[name].data for name in shown.lines}
    local = wanted.pop("∂ŷ/∂a")  # on the way
    assert 0.0 < local < 0.25
    assert found == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("ending", [".md", ".tex", ".html", ".ipynb", ".toml", ".MD"])
def test_an_exercise_is_saved(ending, tmp_path):
    """By the ending of the file; the path comes back."""
    shown, path = task(), tmp_path / f"task{ending}"
    assert shown.save(str(path)) == path
    saved = path.read_text("utf-8")
    forms = {".md": shown.markdown, ".tex": shown.latex, ".ipynb": shown.notebook, ".toml": shown.toml}
    if ending == ".html":
        assert saved.startswith("<!DOCTYPE html>")
        assert shown.html() in saved
    else:
        assert saved == forms[ending.lower()]


@pytest.mark.parametrize("name", ["task.pdf", "task", "task.txt"])
def test_an_exercise_is_not_saved_as_anything_else(name, tmp_path):
    """Nothing is written, and the endings are named."""
    with pytest.raises(ValueError, match=r"\.md, \.tex, \.html, \.ipynb, \.toml") as error:
        task().save(tmp_path / name)
    assert name in str(error.value)
    assert list(tmp_path.iterdir()) == []
