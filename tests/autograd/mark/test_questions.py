"""Questions answered in words: sizes and products by plain arithmetic, a planted mistake by working the sheet out again."""

import json
import math
import random
import re

import pytest
from exercises_by_hand import by_formula, number, sigmoid
from long_runs import many, part

from autograd import exercise
from autograd.exams.codes import read_code, write_code
from autograd.formula.lexer import FormulaError
from autograd.mark.classes import Class
from autograd.mark.levels import LEVELS
from autograd.mark.questions import QUESTIONS
from autograd.writing.names import text_name

# ----------------------------------------------------------------------------------------------------------------- shapes


def sizes(given):
    """How large everything is, by hand: columns, or a row for each example."""
    i, h, o = (int(given[name]) for name in ("inputs", "hidden", "outputs"))
    if "rows" in given:
        return {"W_1": (i, h), "b_1": (1, h), "W_2": (h, o), "h_1": (int(given["rows"]), h), "x": (int(given["rows"]), i)}
    return {"W_1": (h, i), "b_1": (h, 1), "W_2": (o, h), "h_1": (h, 1), "x": (i, 1)}


COLUMNS = {"W_2": "d2 h1^T", "h_1": "W2^T d2", "W_1": "d1 x^T", "x": "W1^T d1"}
ROWS = {"W_2": "h1^T d2", "h_1": "d2 W2^T", "W_1": "x^T d1", "x": "d1 W1^T"}


@pytest.mark.parametrize("rows", [1, 2, 4])
@pytest.mark.parametrize("seed", range(many(4)))
def test_sizes_and_products_are_right(rows, seed):
    """A gradient is as large as what it is of; the products are those of the two conventions; no two sizes are alike."""
    task = exercise("shapes", seed, batch=rows)
    right = sizes(task.given)
    counted = [task.given[name] for name in task.given] + ["1"]
    assert len(set(counted)) == len(counted)
    written = {f"size of {name}": f"{n}x{m}" for name, (n, m) in right.items() if name[0] in "Wb"}
    for name, product in (COLUMNS if rows == 1 else ROWS).items():
        written |= {f"∂L/∂{name}": product, f"size of ∂L/∂{name}": f"({right[name][0]}, {right[name][1]})"}
    written["size of ∂L/∂b_1"] = str(max(right["b_1"]))
    assert set(written) == set(task.lines)
    assert set(task.mark_sheet(written).verdicts.values()) == {"right"}
    assert set(task.mark_sheet(task.answers).verdicts.values()) == {"right"}


def entry(text, given, seed):
    """A product worked out with numbers, entry by entry, in Python's own words."""
    luck = random.Random(seed)
    shape = {name.replace("_", ""): size for name, size in sizes(given).items()}
    shape |= {"d2": (int(given["outputs"]), 1), "d1": (int(given["hidden"]), 1)}
    numbers = {name: [[luck.random() for _ in range(m)] for _ in range(n)] for name, (n, m) in shape.items()}
    found = None
    for name, turned in re.findall(r"([a-zA-Z]\d?)(\^T)?", text):
        matrix = [list(row) for row in zip(*numbers[name])] if turned else numbers[name]
        if found is not None and len(found[0]) != len(matrix):
            return None
        found = matrix if found is None else [[sum(map(math.prod, zip(row, col))) for col in zip(*matrix)] for row in found]
    return found


@pytest.mark.parametrize("n", range(many(60)))
def test_any_product_is_judged_by_its_numbers(n):
    """Two factors at random, each perhaps turned: right where every entry is that of the right product."""
    luck = random.Random(n)
    task = exercise("shapes", luck.randrange(100))
    name = luck.choice(list(COLUMNS))
    text = " ".join(
        luck.choice(["x", "W1", "b1", "h1", "W2", "d1", "d2"]) + luck.choice(["", "^T"])
        for _ in range(luck.choice([1, 2, 2, 2, 3]))
    )
    row = task.mark_sheet({f"∂L/∂{name}": text})[f"∂L/∂{name}"]
    assert row.verdict == ("right" if entry(text, task.given, n) == entry(COLUMNS[name], task.given, n) else "wrong"), text


SPELT = [
    "δ_2 h_1^T",
    "δ₂h₁ᵀ",
    "d2·h1ᵀ",
    "d2 * h1.T",
    "d_2 @ h_1.T",
    r"\(\delta_2\,h_1^\top\)",
    r"\(\delta_{2} h_{1}^{T}\)",
    "delta_2 h_1'",
    "δ2 h^{T}",
    "(h_1 d_2^T)^T",
    "d2h1T",
    "δ₂ × h⊤",
    "outer(d2, h_1)",
    "δ₂⊗h₁",
    "**δ₂ h₁ᵀ**",
]


@pytest.mark.parametrize("spelt", SPELT)
def test_a_product_may_be_spelt_in_any_way(spelt):
    """As on paper, in LaTeX, in NumPy."""
    assert exercise("shapes", 1).mark_sheet({"dL/dW2": spelt})["∂L/∂W_2"].verdict == "right"
    assert exercise("shapes", 1).mark_sheet({"∂L/∂x": "W_1^T δ₁"})["∂L/∂x"].verdict == "right"


@pytest.mark.parametrize(
    ("line", "written", "said"),
    [
        ("∂L/∂W_2", "h1 d2^T", "This is (δ₂·h₁ᵀ)ᵀ, turned round"),
        ("∂L/∂h_1", "W2 d2", "W₂ is to be transposed, or not to be. W₂ is 2×6 and δ₂ is 2×1: these have no product"),
        ("∂L/∂h_1", "d2 W2^T", "The factors stand in the wrong order"),
        ("∂L/∂W_1", "d1", "x is missing"),
        ("size of W_1", "4×6", "Rows and columns the wrong way round"),
        ("size of W_1", "2×6", "2×6 is the size of W₂"),
        ("size of W_1", "3×3", ""),
    ],
)
def test_what_a_wrong_answer_may_have_been_is_said(line, written, said):
    """Where it can be told."""
    row = exercise("shapes", 1).mark_sheet({line: written})[line]
    assert row.verdict == "wrong"
    assert row.remark.startswith(said)
    assert bool(row.remark) == bool(said)


@pytest.mark.parametrize(
    ("line", "written"),
    [("size of W_1", "large"), ("∂L/∂W_2", "d2 q"), ("∂L/∂W_2", "(d2 h1"), ("∂L/∂W_2", "d2 + h1"), ("∂L/∂W_2", "d h")],
)
def test_what_cannot_be_read_is_said(line, written):
    """With a way to write it."""
    row = exercise("shapes", 1).mark_sheet({line: written})[line]
    assert (row.verdict, row.marks) == ("unread", 0.0)
    assert row.remark.startswith("This cannot be read: ")


# -------------------------------------------------------------------------------------------------------- find the mistake


def follow(task):
    """The lines that do not follow from the numbers above them, in plain arithmetic, with what they should be."""
    n = {name: number(x) for name, x in (task.given | task.written).items()}
    one = {f"a_1{i}": n[f"w_1{i}1"] * n["x_1"] + n[f"w_1{i}2"] * n["x_2"] + n[f"b_1{i}"] for i in (1, 2)}
    one |= {f"h_1{i}": sigmoid(n[f"a_1{i}"]) for i in (1, 2)}
    one |= {"a_21": n["w_211"] * n["h_11"] + n["w_212"] * n["h_12"] + n["b_21"], "ŷ": sigmoid(n["a_21"])}
    one |= {"L": (n["ŷ"] - n["y"]) ** 2 / 2, "∂L/∂ŷ": n["ŷ"] - n["y"], "∂ŷ/∂a_21": n["ŷ"] * (1 - n["ŷ"])}
    one |= {"∂L/∂a_21": n["∂L/∂ŷ"] * n["∂ŷ/∂a_21"], "∂L/∂b_21": n["∂L/∂a_21"]}
    for i in (1, 2):
        one |= {f"∂L/∂w_21{i}": n["∂L/∂a_21"] * n[f"h_1{i}"], f"∂L/∂h_1{i}": n["∂L/∂a_21"] * n[f"w_21{i}"]}
        one |= {f"∂h_1{i}/∂a_1{i}": n[f"h_1{i}"] * (1 - n[f"h_1{i}"])}
        one |= {f"∂L/∂a_1{i}": n[f"∂L/∂h_1{i}"] * n[f"∂h_1{i}/∂a_1{i}"], f"∂L/∂b_1{i}": n[f"∂L/∂a_1{i}"]}
        one |= {f"∂L/∂w_1{i}{j}": n[f"∂L/∂a_1{i}"] * n[f"x_{j}"] for j in (1, 2)}
    for name in [name for name in n if "'" in name]:
        old = name.replace("'", "")
        one[name] = n[old] - n["eta"] * n[f"∂L/∂{old}"]
    assert set(one) == set(task.written)
    return {name: x for name, x in one.items() if abs(x - n[name]) > 6e-5 * max(1.0, abs(x))}


@pytest.mark.parametrize("seed", range(many(8)))
def test_one_line_does_not_follow(seed):
    """It is the one that is asked for, and what it should be is the right number; the mistake goes on from there."""
    task = exercise("find the mistake", seed)
    odd = follow(task)
    (line,) = odd
    assert task.sheet.answers["wrong line"].name == line
    assert float(task.answers["right number"]) == pytest.approx(odd[line], rel=2e-4)
    assert task.mark_sheet(task.answers).verdicts == {"wrong line": "right", "right number": "right"}
    assert task.answers["right number"] != task.written[line]


def test_a_line_that_follows_is_no_mistake_and_its_number_is_carried():
    """Whoever names a later line, and gives its number, has made one mistake."""
    task = exercise("find the mistake", 1)
    planted = task.sheet.answers["right number"].planted
    later = planted.carried[0]
    marking = task.mark_sheet({"wrong line": later, "right number": planted.written[later]})
    assert marking.verdicts == {"wrong line": "wrong", "right number": "carried"}
    assert marking["wrong line"].diagnoses[0].kind == "carried line"
    assert marking["right number"].sources == ("wrong line",)
    right = next(name for name in planted.written if name not in (planted.line, *planted.carried))
    assert task.mark_sheet({"wrong line": right})["wrong line"].diagnoses[0].kind == "right line"
    assert task.mark_sheet({"right number": planted.written[planted.line]})["right number"].verdict == "wrong"


@pytest.mark.parametrize(
    "spelt",
    [
        "∂L/∂a₁₁",
        "dL/da11",
        "∂L / ∂a_11",
        r"\partial L/\partial a_{11}",
        r"$\frac{\partial L}{\partial a_{11}}$",
        "dL/da_11.",
    ],
)
def test_the_name_of_a_line_may_be_spelt_in_any_way(spelt):
    """As on paper, in ASCII, in LaTeX."""
    task = exercise("find the mistake", 7)
    assert task.answers["wrong line"] == "∂L/∂a₁₁"
    assert task.mark_sheet({"wrong line": spelt})["wrong line"].verdict == "right"


@pytest.mark.parametrize("options", [{"activation": "relu"}, {"batch": 2, "l2": True}, {"steps": 2, "activation": "tanh"}])
def test_other_networks_have_mistakes_too(options):
    """With another activation, several rows, a penalty, two steps."""
    task = exercise("find the mistake", 3, **options)
    assert task.mark_sheet(task.answers).score == 2.0


IN_OTHERS = [name for name in QUESTIONS if name.startswith("find the mistake in ")]


def odd_lines(task):
    """The lines that do not follow from the numbers above them, by the formulas of the sheet as they are printed."""
    steps = task.sheet.answers["right number"].task.sheet.steps
    names = {name: number(x) for name, x in {**task.given, **task.written}.items()}
    found = {name: by_formula(formula, names) for name, formula in steps.items()}
    assert list(found) == list(task.written)
    return {name: x for name, x in found.items() if abs(x - names[name]) > 6e-5 * abs(x)}


@pytest.mark.parametrize("kind", part(IN_OTHERS, 5))
@pytest.mark.parametrize("seed", range(many(2)))
def test_every_kind_in_which_lines_rest_on_others_has_mistakes(kind, seed):
    """One line does not follow; it and its right number are the answers, and the code of the sheet gives it again."""
    task = exercise(kind, seed)
    odd = odd_lines(task)
    (line,) = odd
    assert task.sheet.answers["wrong line"].name == line
    assert float(task.answers["right number"]) == pytest.approx(odd[line], rel=2e-4)
    assert task.mark_sheet(task.answers).score == 2.0
    assert read_code(write_code(task)).answers == task.answers
    assert bool(task.picture) == (kind == "find the mistake in the graph")


def test_kinds_with_a_chain_are_all_kinds_but_one():
    """Nothing rests on the lines of a Hessian; what a kind is not made for is refused."""
    assert len(IN_OTHERS) == len(LEVELS) - 1
    for kind, option in (("find the mistake in hessian", {}), ("find the mistake in softmax", {"activation": "tanh"})):
        with pytest.raises(ValueError, match="find the mistake"):
            exercise(kind, 1, **option)
    assert (
        exercise("find the mistake in neuron", 1, batch=2).title
        == "Find the mistake: One neuron with cross-entropy: a batch of 2"
    )


# ------------------------------------------------------------------------------------------------------------- all of them

SOME = ["shapes", "find the mistake", *IN_OTHERS[3::6]]


@pytest.mark.parametrize("kind", SOME)
def test_a_question_is_an_exercise(kind, tmp_path):
    """On paper, as a page, as a notebook that marks, for a class; the seed gives it again; a worksheet file it is not."""
    task = exercise(kind, 4)
    assert exercise(kind, 4).markdown == task.markdown != exercise(kind, 5).markdown
    for ending in ("md", "tex", "html", "ipynb"):
        assert task.save(tmp_path / f"task.{ending}").exists()
    with pytest.raises(ValueError, match="toml"):
        task.save(tmp_path / "task.toml")
    with pytest.raises(ValueError, match="words"):
        _ = task.toml
    with pytest.raises(ValueError, match="derivation"):
        _ = task.solution
    namespace = {}
    cells = ["".join(cell["source"]) for cell in json.loads(task.notebook)["cells"]]
    exec(cells[1], namespace)
    assert namespace["task"].answers == task.answers
    assert all(f"\n{text_name(line)} =\n" in cells[3] for line in task.lines)
    marked = Class({"Ada": task.mark_sheet(task.answers), "Emmy": task.mark_sheet({})})
    assert marked["Ada"].score == len(task.lines)
    assert marked["Emmy"].summary.endswith("Nothing is filled in yet.")
    assert json.loads(marked.json)
    assert task.mark_sheet(task.answers).as_dicts()[0]["should"] == task.answers[task.lines[0]]


@pytest.mark.parametrize("kind", SOME)
def test_earlier_calls_count(kind):
    """As for every exercise; a name that is no line is told, and claims go by line."""
    task = exercise(kind, 4)
    first, *others = task.lines
    assert task.mark({first: task.answers[first]}).verdicts == {first: "right"}
    assert len(task.mark({})) == len(task.lines)
    with pytest.raises(LookupError, match=first):
        task.mark({first + "x": "1"})
    with pytest.raises(TypeError, match="by line"):
        task.mark(1)
    assert others


@pytest.mark.parametrize("kind", SOME)
def test_answers_as_on_paper(kind):
    """One text with a line for each is marked as the lines themselves are, by the exercise and by its sheet."""
    task = exercise(kind, 4)
    written = "\n".join(f"{line} = {task.answers[line]}" for line in task.lines)
    assert task.mark(written).verdicts == task.sheet.mark(written).verdicts == dict.fromkeys(task.lines, "right")


LETTERS = "δdhWWxba12T^'ᵀ⊤.()[]{}\\ \t×xX*@·,0123456789٣²-+=∂/L_₁′\0\ud800🙃"


@pytest.mark.parametrize("n", range(many(30)))
def test_whatever_is_written_costs_a_line_at_most(n):
    """Any text, however long, is right, wrong or unread; never an error, and read() refuses what mark() cannot read."""
    luck = random.Random(n)
    task = exercise(luck.choice(SOME), luck.randrange(3))
    for _ in range(10):
        text = "".join(luck.choice(LETTERS) for _ in range(luck.choice([1, 2, 3, 5, 9, 40, 5000])))
        line = luck.choice(task.lines)
        row = task.mark_sheet({line: text})[line]
        assert row.verdict in ("right", "wrong", "unread", "blank", "carried")
        assert row.verdict != "unread" or row.remark
        try:
            task.sheet.read(line, text)
        except FormulaError:
            assert row.verdict == "unread"
        else:
            assert row.verdict != "unread"


@pytest.mark.parametrize("kind", ["shapes", "find the mistake in the graph"])
def test_a_question_is_set_by_pdflatex(kind, pdflatex):
    """Its sentences have quantities, which are set as such."""
    status, log = pdflatex(exercise(kind, 2).latex)
    assert status == 0, log[-2000:]
    assert re.findall(r"^!.*|Missing character.*|Overfull \\[hv]box \((?!0)[\d.]+pt.*", log, re.MULTILINE) == []


def test_letters_in_formulas_stand_in_italics_on_a_page():
    """Those of quantities, with their indices; functions and the words for what is asked stand upright."""
    page = exercise("find the mistake in two inputs", 2).html()
    assert "<span><i>w₁</i>·<i>x₁</i> + <i>w₂</i>·<i>x₂</i> + <i>b</i></span>" in page
    assert "<span>σ(<i>a</i>)</span>" in page
    assert "<td>wrong line</td>" in page
