"""Files for platforms, opened by readers of these formats; and their marks by what a platform does with them."""

import ast
import html
import importlib.util
import io
import json
import os
import re
import runpy
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from functools import cache
from pathlib import Path

import pytest

import autograd
from autograd import Value, Worksheet, exercise
from autograd.exams.codes import read_code, write_code
from autograd.exams.foreseen import foreseen, tolerance
from autograd.exams.platforms import WRITERS, write_for_platform
from nn.cli.main import main

ROOT = Path(autograd.__file__).parents[1]


@cache
def tasks():
    return [exercise("neuron", 3), exercise("two layers", 4, activation="tanh")]


def files(platform):
    return WRITERS[platform](tasks(), 15.0)


# ---------------------------------------------------------------------------------------------------------- guesses foreseen


def test_each_foreseen_number_is_wrong_and_unlike_the_others():
    """By more than the tolerance; and the red pen calls it wrong, too."""
    for task in tasks():
        for line in task.lines:
            right, reach = float(task.answers[line]), tolerance(task.answers[line])
            found = foreseen(task, line)
            numbers = [right, *(float(each.answer) for each in found)]
            assert min((abs(a - b) for i, a in enumerate(numbers) for b in numbers[:i]), default=1) > 2 * reach * 0.99
            if found and task is tasks()[0]:
                assert {task.mark_sheet({**task.answers, line: each.answer})[line].verdict for each in found[:2]} == {
                    "wrong"
                }


# ------------------------------------------------------------------------------------------------------------------- Moodle


def cloze_blanks(text):
    """The blanks of a cloze text as Moodle reads them: (weight, [(fraction, number, tolerance, feedback)])."""
    for weight, body in re.findall(r"\{(\d*):NUMERICAL:((?:\\.|[^}\\])*)\}", text):
        answers = []
        for part in re.split(r"(?<!\\)~", body):
            match = re.fullmatch(r"(=|%[\d.]+%)?([-\d.e]+):([-\d.e]+)(?:#(.*))?", part, re.S)
            assert match, part
            share = 100.0 if match[1] == "=" else float((match[1] or "%0%").strip("%"))
            answers.append((share, float(match[2]), float(match[3]), re.sub(r"\\(.)", r"\1", match[4] or "")))
        yield int(weight), answers


def test_moodle_reads_a_blank_for_each_line():
    """Right is right, each foreseen wrong number gets its remark; and the text says what Moodle cannot do."""
    root = ET.fromstring(files("moodle")["moodle.xml"])
    questions = [each for each in root.findall("question") if each.get("type") == "cloze"]
    assert len(questions) == 2
    for question, task in zip(questions, tasks()):
        text = question.findtext("questiontext/text")
        assert "cannot carry" in text
        assert write_code(task) in question.findtext("name/text")
        blanks = list(cloze_blanks(text))
        assert text.count("{") == len(blanks) == len(task.lines)
        for (weight, answers), line in zip(blanks, task.lines):
            assert weight == 1
            share, number, reach, _ = answers[0]
            assert (share, number) == (100.0, float(task.answers[line]))
            assert 0 < reach < 1e-2 * abs(number)
            assert [each[1] for each in answers[1:]] == [float(each.answer) for each in foreseen(task, line)]
            assert all(each[0] == 0 and each[3] for each in answers[1:])


def test_a_reader_of_moodle_s_files_finds_every_blank():
    """One that is not ours: each question, each gap with its answer, each remark."""
    reader = pytest.importorskip("moodle_xml_parser.parser")
    questions = reader.parse_string(files("moodle")["moodle.xml"])["cloze"]
    for question, task in zip(questions, tasks(), strict=True):
        assert len(question.gaps) == len(task.lines)
        for gap, line in zip(question.gaps, task.lines):
            assert gap.sub_type.startswith("NUM")
            assert gap.options[0].answer.startswith(f"{task.answers[line]}:")
            told = [html.escape(each.sentence, quote=False) for each in foreseen(task, line)]
            assert [escaped(option.feedback) for option in gap.options[1:]] == told


def escaped(text):
    """A remark without the backslashes that Moodle takes away; this reader leaves them."""
    return re.sub(r"\\(.)", r"\1", text)


@cache
def in_words():
    return [exercise("shapes", 2), exercise("find the mistake", 2)]


def blanks_in_words(text):
    """The blanks of a cloze text whose answers are compared letter by letter: [(fraction, text, feedback)]."""
    for body in re.findall(r"\{1:SHORTANSWER:((?:\\.|[^}\\])*)\}", text):
        parts = [re.fullmatch(r"(=|%0%)((?:\\.|[^#\\])*)#(.*)", part, re.S) for part in re.split(r"(?<!\\)~", body)]
        assert all(parts), body
        yield [(each[1] == "=", *(html.unescape(re.sub(r"\\(.)", r"\1", each[i])) for i in (2, 3))) for each in parts]


def test_moodle_compares_answers_in_words():
    """Every spelling is right, every foreseen wrong answer has its remark; what a line's name is, and a number beside it."""
    root = ET.fromstring(WRITERS["moodle"](in_words(), 15.0)["moodle.xml"])
    sizes, mistake = (each.findtext("questiontext/text") for each in root.findall("question") if each.get("type") == "cloze")
    blanks = list(blanks_in_words(sizes))
    assert len(blanks) == len(in_words()[0].lines) == sizes.count("{")
    for task, found in ((in_words()[0], blanks), (in_words()[1], list(blanks_in_words(mistake)))):
        for line, answers in zip(task.lines, found):
            marked = {text: task.mark_sheet({line: text})[line] for _, text, _ in answers}
            assert [text for right, text, _ in answers if right != (marked[text].verdict == "right")] == []
            assert [remark for right, text, remark in answers if not right and remark not in marked[text].remark] == []
            assert answers[0][1] == task.answers[line]
    ((_, number),) = cloze_blanks(mistake)
    assert number[0][1] == float(in_words()[1].answers["right number"])
    assert [part in mistake for part in ("what somebody wrote", "by 15 units of the last of its 5 digits")] == [True, True]
    assert "units" not in sizes


def test_a_tolerance_may_be_chosen(tmp_path):
    """In units of the last digit; the file says so, and every blank has it."""
    (path,) = write_for_platform("moodle", tmp_path, "neuron", 1, 3, tolerance=2.0)
    text = ET.parse(path).findtext("question/questiontext/text")
    assert "by 2 units of the last of its 5 digits" in text
    reaches = {reach for _, answers in cloze_blanks(text) for _, _, reach, _ in answers}
    assert {float(f"{reach:e}"[0]) for reach in reaches} == {2.0}
    with pytest.raises(ValueError, match="half a unit"):
        write_for_platform("moodle", tmp_path, "neuron", 1, tolerance=0.0)


# ---------------------------------------------------------------------------------------------------------------------- QTI


def local(element):
    return element.tag.rpartition("}")[2]


def score(item, written):
    """What an item of QTI 1.2 gives for a number: the marks, and what is shown."""
    for condition in (each for each in item.iter() if local(each) == "respcondition"):
        test = next(each for each in condition if local(each) == "conditionvar")[0]
        same = any(local(each) == "varequal" and each.text == written for each in test)
        between = next(each for each in test if local(each) == "and")
        low, high = (float(each.text) for each in between)
        if same or low <= float(written) <= high:
            shown = next(each.get("linkrefid") for each in condition if local(each) == "displayfeedback")
            marks = [float(each.text) for each in condition if local(each) == "setvar"]
            texts = {each.get("ident"): "".join(each.itertext()) for each in item if local(each) == "itemfeedback"}
            return sum(marks), texts[shown]
    return 0.0, ""


def test_qti_gives_marks_and_remarks():
    """The zip has its manifest; every item gives all or nothing, and our guess for a foreseen number."""
    with zipfile.ZipFile(io.BytesIO(files("qti")["qti.zip"])) as whole:
        assert whole.testzip() is None
        manifest = ET.fromstring(whole.read("imsmanifest.xml"))
        (name,) = [each.get("href") for each in manifest.iter() if local(each) == "resource"]
        quiz = ET.fromstring(whole.read(name))
    items = [each for each in quiz.iter() if local(each) == "item"]
    lines = [(task, line) for task in tasks() for line in task.lines]
    assert len(items) == len({each.get("ident") for each in items}) == len(lines)
    for item, (task, line) in zip(items, lines):
        assert score(item, task.answers[line]) == (100.0, "Right.")
        for each in foreseen(task, line):
            assert score(item, each.answer) == (0.0, each.sentence)
        assert score(item, "12345.6") == (0.0, "")
    assert files("qti") == WRITERS["qti"](tasks(), 15.0)


READER = """  # pyslet knows every element of QTI 1.2.1 by name; what it does not know is a plain Element
import io, json, sys, zipfile
import pyslet.qtiv1.assessment, pyslet.qtiv1.common, pyslet.qtiv1.core, pyslet.qtiv1.xml
import pyslet.xml.structures as structures

pyslet.qtiv1.core.QTIComment = pyslet.qtiv1.common.QTICommentContainer  # two names that Python 3 does not find there
pyslet.qtiv1.assessment.Assessment.QTIAssessProcExtension = None
document = pyslet.qtiv1.xml.QTIDocument()
document.read(src=io.BytesIO(zipfile.ZipFile(sys.argv[1]).read("quiz.xml")))


def named(element, name):
    return [each for each in element.find_children_depth_first(structures.Element) if type(each).__name__ == name]


def text(element):
    return "".join(map(str, element.get_children()))


elements = list(document.root.find_children_depth_first(structures.Element))
strange = [str(each.xmlname) for each in elements if not type(each).__module__.startswith("pyslet.qtiv1")]
items = []
for item in named(document.root, "Item"):
    rules = []
    for rule in named(item, "RespCondition"):
        found = {name: [text(each) for each in named(rule, name)] for name in ("VarEqual", "VarGTE", "VarLTE", "SetVar")}
        rules.append(found | {"shown": [each.get_attributes()["linkrefid"] for each in named(rule, "DisplayFeedback")]})
    feedback = {each.ident: text(named(each, "MatText")[0]) for each in named(item, "ItemFeedback")}
    items.append({"title": item.title, "rules": rules, "feedback": feedback})
print(json.dumps({"strange": strange, "items": items}))
"""


@pytest.mark.external
def test_qti_is_read_by_somebody_else(tmp_path):
    """Pyslet, a reader of the whole of QTI 1.2.1, knows every element, and finds the answers, tolerances and remarks."""
    if importlib.util.find_spec("pyslet") is None:
        pytest.skip("pyslet is not here: pip install pyslet")
    (tmp_path / "qti.zip").write_bytes(files("qti")["qti.zip"])
    done = run_elsewhere(tmp_path, sys.executable, "-W", "ignore", "-c", READER, "qti.zip")
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["strange"] == []
    lines = [(task, line) for task in tasks() for line in task.lines]
    for item, (task, line) in zip(found["items"], lines, strict=True):
        assert item["title"] == f"{write_code(task)}: {line}"
        right, *wrong = item["rules"]
        low, high = float(right["VarGTE"][0]), float(right["VarLTE"][0])
        assert (right["VarEqual"], right["SetVar"], right["shown"]) == ([task.answers[line]], ["100"], ["right"])
        assert high - low == pytest.approx(30 * 10.0 ** -len(task.answers[line].partition(".")[2]), rel=1e-6)
        said = [(rule["VarEqual"][0], item["feedback"][rule["shown"][0]]) for rule in wrong]
        assert said == [tuple(each) for each in foreseen(task, line)]
        assert not any(rule["SetVar"] for rule in wrong)


def test_qti_compares_answers_in_words():
    """A spelling is right; what is foreseen has its remark."""
    with zipfile.ZipFile(io.BytesIO(WRITERS["qti"](in_words()[:1], 15.0)["qti.zip"])) as whole:
        quiz = ET.fromstring(whole.read("quiz.xml"))
    for item, line in zip((each for each in quiz.iter() if local(each) == "item"), in_words()[0].lines, strict=True):
        texts = {each.get("ident"): "".join(each.itertext()) for each in item if local(each) == "itemfeedback"}
        marks = {}
        for condition in (each for each in item.iter() if local(each) == "respcondition"):
            shown = next(each.get("linkrefid") for each in condition if local(each) == "displayfeedback")
            full = any(local(each) == "setvar" for each in condition)
            marks |= {each.text: (full, texts[shown]) for each in condition.iter() if local(each) == "varequal"}
        assert marks[in_words()[0].answers[line]] == (True, "Right.")
        for each in foreseen(in_words()[0], line):
            assert marks[each.answer] == (False, each.sentence)


# ---------------------------------------------------------------------------------------------------------------- notebooks


def run(notebook, answers, *, left_out=()):
    """Run the cells of a notebook as a kernel would, with answers filled in, and give its names and last value."""
    names = {"__name__": "__main__"}
    value = None
    for cell in json.loads(notebook)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or any(word in source for word in left_out):
            continue
        if source.startswith("answers ="):
            source = f"answers = {answers!r}"
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<cell>", "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    return names, value


def test_nbgrader_gets_the_red_pen_s_marks(capsys):
    """Its cell of tests comes to the marks; the other cells are locked, and the answers are the student's."""
    (task, *_), notebook = tasks(), next(iter(files("nbgrader").values()))
    wrong = {**task.answers, "a": str(-float(task.answers["a"]))}
    assert run(notebook, task.answers)[1] == len(task.lines)
    assert run(notebook, wrong)[1] == task.mark_sheet(wrong).score == len(task.lines) - 1
    assert run(notebook, {})[1] == 0.0
    typed = "\n".join(f"{name} = {x}" for name, x in wrong.items())  # as the cell asks for it
    assert run(notebook, typed)[1] == len(task.lines) - 1
    own = [cell["metadata"].get("nbgrader") for cell in json.loads(notebook)["cells"]]
    assert [each["points"] for each in own if each and each["grade"]] == [len(task.lines)]
    assert all(each["locked"] for each in own if each)
    capsys.readouterr()


@pytest.mark.external
def test_nbgrader_itself_takes_them(tmp_path):
    """It reads our metadata as its own, and gives the partial credit."""
    pytest.importorskip("nbgrader")
    import nbformat
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.utils import determine_grade

    for text in files("nbgrader").values():
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)
        cell = notebook.cells[4]
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "3.0"})]
        assert determine_grade(cell)[0] == 3.0


ROUND = """
import json, os, sys, warnings
from pathlib import Path
from traitlets.config import Config
from nbgrader.apps import NbGraderAPI

warnings.simplefilter("ignore")
root, code, answers = Path.cwd(), sys.argv[1], json.loads(sys.argv[2])
config = Config()
config.CourseDirectory.root, config.CourseDirectory.course_id = str(root), "course"
api = NbGraderAPI(config=config)
assert api.generate_assignment(code)["success"]
text = (root / "release" / code / f"{code}.ipynb").read_text(encoding="utf-8")
for line, x in answers.items():
    text = text.replace(json.dumps(json.dumps(line, ensure_ascii=False), ensure_ascii=False)[1:-1] + ': \\\\"\\\\"',
                        json.dumps(json.dumps(line, ensure_ascii=False), ensure_ascii=False)[1:-1] + f': \\\\"{x}\\\\"')
folder = root / "submitted" / "ada" / code
folder.mkdir(parents=True)
(folder / f"{code}.ipynb").write_text(text, encoding="utf-8")
assert api.autograde(code, "ada")["success"]
with api.gradebook as book:
    found = book.find_submission(code, "ada")
    print("SCORE", found.score, found.max_score)
"""


def with_a_wrong_line():
    task = tasks()[0]
    return {**task.answers, "a": str(-float(task.answers["a"]))}


def run_elsewhere(folder, *command):
    """Run a program that is not ours in a process of its own, which finds chalkgrad, and its own programs."""
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": paths}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.external
def test_nbgrader_goes_the_whole_round(tmp_path):
    """Source, release, a submission with one wrong line, autograde: the gradebook has the red pen's marks."""
    pytest.importorskip("nbgrader")
    code = write_code(tasks()[0])
    place = tmp_path / "source" / code
    place.mkdir(parents=True)
    (place / f"{code}.ipynb").write_text(next(iter(files("nbgrader").values())), encoding="utf-8")
    done = run_elsewhere(tmp_path, sys.executable, "-c", ROUND, code, json.dumps(with_a_wrong_line()))
    n = len(tasks()[0].lines)
    assert f"SCORE {n - 1.0} {float(n)}" in done.stdout, done.stderr[-2000:]


@pytest.mark.external
def test_otter_itself_grades_them(tmp_path):
    """It runs a notebook that is filled in, and its tests: all lines but the wrong one."""
    pytest.importorskip("otter")
    code = write_code(tasks()[0])
    found = files("otter")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "marks.py").write_text(found[f"{code}/tests/marks.py"], encoding="utf-8")
    notebook = json.loads(found[f"{code}/{code}.ipynb"])
    for cell in notebook["cells"]:
        if "".join(cell["source"]).startswith("answers ="):
            cell["source"] = f"answers = {with_a_wrong_line()!r}"
    (tmp_path / f"{code}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    program = (
        "from otter.execute import grade_notebook\n"
        f"found = grade_notebook('{code}.ipynb', tests_glob=['tests/marks.py'], cwd='.', test_dir='tests')\n"
        "print('SCORE', found.total, found.possible)"
    )
    done = run_elsewhere(tmp_path, sys.executable, "-c", program)
    n = len(tasks()[0].lines)
    assert f"SCORE {n - 1} {n}" in done.stdout, done.stderr[-2000:]


def test_otter_counts_the_lines_that_are_right():
    """Its tests are doctests, each for one line; all pass on right answers, and those of wrong lines fail."""
    import doctest

    found = files("otter")
    for task in tasks():
        code = write_code(task)
        names, _ = run(found[f"{code}/{code}.ipynb"], {**task.answers, task.lines[0]: "9.9"}, left_out=["otter", "grader"])
        names["task"].mark_sheet = lambda answers, marking=names["marking"]: marking  # the same ones, marked once
        tests = {}
        exec(found[f"{code}/tests/marks.py"], tests)
        (suite,) = tests["test"]["suites"]
        failed = []
        for case in suite["cases"]:
            example = doctest.DocTestParser().get_doctest(case["code"], names, "case", None, 0)
            failed.append(doctest.DocTestRunner(verbose=False).run(example, out=lambda text: None).failed)
        assert tests["OK_FORMAT"]
        assert len(failed) == len(task.lines) == len(tests["test"]["points"])
        rows = task.mark_sheet({**task.answers, task.lines[0]: "9.9"})
        assert failed == [int(row.verdict == "wrong") for row in rows]


# ------------------------------------------------------------------------------------------------------------- PrairieLearn


def answered(server, seed):
    """What PrairieLearn holds of a variant whose right answers are handed in and graded."""
    data = {"variant_seed": seed, "params": {}, "correct_answers": {}, "feedback": {}, "partial_scores": {}}
    server["generate"](data)
    data = json.loads(json.dumps(data)) | {"submitted_answers": dict(data["correct_answers"])}
    server["grade"](data)
    return data


def test_prairielearn_marks_with_the_red_pen(tmp_path):
    """Its server makes a variant from the seed, and grades it, carried errors and all."""
    for name, text in files("prairielearn").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    folder = tmp_path / "questions" / "two-layers-tanh"
    info = json.loads((folder / "info.json").read_text(encoding="utf-8"))
    assert (info["type"], len(info["uuid"])) == ("v3", 36)
    server = runpy.run_path(str(folder / "server.py"))
    data = answered(server, 99)
    assert len(data["params"]["lines"]) == len(data["correct_answers"])
    assert data["score"] == 1.0
    data["submitted_answers"]["line0"] = "0.5"
    server["grade"](data)
    assert 0.5 < data["score"] < 1.0
    assert data["partial_scores"]["line0"]["score"] == 0.0
    assert "<table" in data["feedback"]["page"]
    page = (folder / "question.html").read_text(encoding="utf-8")
    assert ET.fromstring(f"<x>{re.sub(r'{{.*?}}+', '', page)}</x>") is not None


@pytest.mark.parametrize("kind", ["shapes", "find the mistake", "read the graph", "own"])
def test_prairielearn_and_notebooks_take_every_kind(kind, tmp_path, capsys):
    """Answered in words, read from a picture, a sheet of one's own: right is right, and a blank is none."""
    w, x = Value(0.4, "w"), Value(0.6, "x")
    source = Worksheet(y=w * x, z=w * x + 2) if kind == "own" else kind
    for path in write_for_platform("prairielearn", tmp_path, source, 1, 3):
        if path.name == "server.py":
            server = runpy.run_path(str(path))
    assert answered(server, 7)["score"] == 1.0
    (path,) = write_for_platform("nbgrader", tmp_path, source, 1, 3)
    names, score = run(path.read_text(encoding="utf-8"), {})
    assert score == 0.0
    task = names["task"]
    assert run(path.read_text(encoding="utf-8"), task.answers)[1] == len(task.lines)
    capsys.readouterr()
    text = ET.parse(write_for_platform("moodle", tmp_path, source, 1, 3)[0]).findtext(
        "question[@type='cloze']/questiontext/text"
    )
    assert ("<img alt=" in text) == (kind == "read the graph")


# -------------------------------------------------------------------------------------------------------------- the command


@pytest.mark.parametrize("platform", WRITERS)
def test_the_command_writes_for_every_platform(platform, tmp_path, capsys):
    """As many variants as are asked for, and the paths are printed."""
    command = ["exam", "--kind", "neuron", "--platform", platform, "--variants", "2", "--seed", "1"]
    assert main([*command, "--out", str(tmp_path)]) == 0
    paths = capsys.readouterr().out.split()
    assert sorted(paths) == sorted(str(path) for path in tmp_path.rglob("*") if path.is_file())
    assert paths


def test_what_a_platform_cannot_do_is_said(tmp_path):
    """A platform that there is not; formulas, where numbers are compared; no variant."""
    with pytest.raises(ValueError, match="no platform"):
        write_for_platform("abacus", tmp_path, "neuron")
    with pytest.raises(ValueError, match="compares numbers"):
        write_for_platform("moodle", tmp_path, "neuron", symbols=True)
    with pytest.raises(ValueError, match="variants"):
        write_for_platform("moodle", tmp_path, "neuron", 0)
    assert read_code("neuron-3").answers == tasks()[0].answers
