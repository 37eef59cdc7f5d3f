"""Exams: from a table of people to marks, as a class of strangers would hand in."""

import json
import random
import re
from functools import cache

import pytest
from html_page import Page
from long_runs import many

from autograd import Value, Worksheet, exam, mark_exam
from autograd.exams.codes import read_code, write_code
from autograd.exams.exam import read_exam, sheet_in_latex
from autograd.exams.foreseen import foreseen
from autograd.exams.returned import hand_back
from autograd.exams.tables import Student, read_students
from autograd.mark.exercises import exercise
from autograd.mark.texts import SheetError
from autograd.writing.names import text_name
from nn.cli.main import main

# --------------------------------------------------------------------------------------------------------- tables of people

TABLES = {
    "plain names": ("Ada Lovelace\nEmmy Noether\n", [("Ada Lovelace", ""), ("Emmy Noether", "")]),
    "a head": ("name\nLovelace, Ada\n", [("Lovelace, Ada", "")]),
    "no head, a comma in each name": ("Lovelace, Ada\nNoether, Emmy\n", [("Lovelace, Ada", ""), ("Noether, Emmy", "")]),
    "semicolons": ("Name;Matrikelnummer\nJürgen Groß;007\n", [("Jürgen Groß", "007")]),
    "Moodle": (
        'First name,Last name,ID number,Email address\n"Ada","Lovelace",7,ada@x.org\n',
        [("Ada Lovelace", "7")],
    ),
    "Moodle in German": ("Vorname;Nachname;ID-Nummer\nEmmy;Noether;12\n", [("Emmy Noether", "12")]),
    "Canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
        '"Lovelace, Ada",31,s7,ada,A\n"Student, Test",33,,,A\n',
        [("Lovelace, Ada", "s7")],
    ),
    "tabs": ("name\tid\nAda\t1\n", [("Ada", "1")]),
    "Excel says how": ("sep=;\nname;id\nAda;1\n", [("Ada", "1")]),
    "two of one name": ("name,id\nAda,1\nAda,2\nAda,2\n", [("Ada", "1"), ("Ada", "2")]),
    "blank rows": ("name,id\n\nAda,1\n,\n", [("Ada", "1")]),
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_of_people_are_read_as_schools_write_them(table, encoding, tmp_path):
    """Whatever the signs between cells, the letters of the file, and the names of the columns."""
    text, people = TABLES[table]
    for ends in ("\n", "\r\n"):
        path = tmp_path / "class.csv"
        path.write_bytes(text.replace("\n", ends).encode(encoding))
        assert [(each.name, each.id) for each in read_students(path)] == people


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b",,\n", b"sep=;\n;\n", b'sep="\nname"id\n', b"name,id\n,\n", b'name\n"Ada', b"\x00\x01\x02"]
)
def test_what_is_no_table_is_refused(content, tmp_path):
    """With the name of the file."""
    path = tmp_path / "class.csv"
    path.write_bytes(content)
    with pytest.raises(SheetError, match=r"class\.csv"):
        read_students(path)


# ------------------------------------------------------------------------------------------------------------------- sheets


@cache
def small():
    return exam("neuron", ["Ada", "Emmy", "Ada", "../../<b>Łu\\ká & 李 $x_1$</b>"], seed=1)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"level": "two layers", "activation": "tanh", "digits": 4},
        {"level": "softmax", "true_class": 3, "l2": True},
        {"activation": "relu", "batch": 2, "steps": 2},
        {"symbols": True},
    ],
)
def test_a_code_names_the_sheet(options):
    """The exercise can be made again from what is printed on it."""
    task = exercise(options.pop("level", "neuron"), 7, **options)
    again = read_code(write_code(task))
    assert (again.markdown, again.answers) == (task.markdown, task.answers)


@pytest.mark.parametrize(
    "code", ["", "neuron", "neuron-", "neuron-x", "nothing-5", "neuron-purple-5", "neuron-batch-5", "neuron-tanh3x-5"]
)
def test_what_is_no_code_is_refused(code):
    """It names no sheet."""
    with pytest.raises(ValueError, match="no code"):
        read_code(code)


def test_everybody_has_other_numbers_and_the_same_lines():
    """So no sheet is harder than another; and the seed gives the same exam again."""
    tasks = [small().task(sheet) for sheet in small().sheets]
    assert len({json.dumps(task.given) for task in tasks}) == len(tasks)
    assert len({(task.title, *task.lines) for task in tasks}) == 1
    assert exam("neuron", ["Ada", "Emmy"], seed=1).sheets == small().sheets[:2]


def test_lists_of_options_are_dealt_out():
    """True class and activation vary from neighbour to neighbour."""
    made = exam("softmax", ["a", "b", "c", "d"], seed=2, true_class=[1, 2, 3])
    assert [made.task(sheet).variant["true_class"] for sheet in made.sheets] == [1, 2, 3, 1]


def test_files_stay_inside_and_names_are_escaped(tmp_path):
    """Whatever people are called; and no right number stands outside of the keys."""
    folder = small().save(tmp_path / "exam")
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert len(files) == 4 * 3 + 3
    assert {name.rsplit("/", 1)[0] for name in files} == {"exam/sheets", "exam/keys"}
    assert all(re.fullmatch(r"[\w/.-]+", name) and name.isascii() for name in files)
    for sheet in small().sheets:
        page = Page((folder / "sheets" / f"{sheet.file}.html").read_text(encoding="utf-8"))
        assert sheet.student.name in page.text
        assert sheet.code in page.text
        assert page.tags["b"] == 1
        task = small().task(sheet)
        everything = "".join(
            (folder / "sheets" / f"{sheet.file}{end}").read_text(encoding="utf-8") for end in (".tex", ".html", ".ipynb")
        )
        assert [x for x in task.answers.values() if x in everything] == []
        assert all(x in (folder / "keys" / "key.html").read_text(encoding="utf-8") for x in task.answers.values())


def test_an_exam_is_not_overwritten_by_another(tmp_path):
    """People may have its sheets; the same may be written again."""
    small().save(tmp_path)
    small().save(tmp_path)
    with pytest.raises(ValueError, match="another exam"):
        exam("neuron", ["Ada"], seed=3).save(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda key: key[:-20],
        lambda key: "[]",
        lambda key: key.replace('"file": "ada', '"file": "../ada'),
        lambda key: "[" * 9999,
    ],
)
def test_a_damaged_key_is_told(damage, tmp_path):
    """Nothing is read or written by what stands in it."""
    small().save(tmp_path)
    path = tmp_path / "keys" / "key.json"
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(SheetError):
        read_exam(tmp_path)


def test_latex_sets_every_sheet(pdflatex):
    """Names in any letters, and every line."""
    names = ["Łu\\ká & 李 $x_1$ {%} #~^ \u202e", "Ђорђе ß ø ș"]
    made = exam("two inputs", names, seed=4, activation=["tanh", "sigmoid"])
    for sheet in made.sheets:
        status, said = pdflatex(sheet_in_latex(sheet, made.task(sheet)))
        assert status == 0, said[-800:]


# ---------------------------------------------------------------------------------------------------------- what comes back


def wrong_update(task):
    """A student who goes up the slope: every new weight is w + η·slope; the rest is right. In plain arithmetic."""
    numbers = {name: float(x) for name, x in task.answers.items()} | task.sheet.given
    up = {}
    for name in task.answers:
        old = name.replace("'", "")
        if name != old:
            up[name] = f"{numbers[old] + numbers['eta'] * numbers[f'∂L/∂{old}']:.5f}"
    return {**task.answers, **up}


def notebook_with(source, answers):
    """A notebook in which somebody has filled in the blanks."""
    whole = json.loads(source)
    for cell in whole["cells"]:
        text = "".join(cell["source"])
        for name, x in answers.items():
            text = text.replace(f"\n{text_name(name)} =\n", f"\n{text_name(name)} = {x}\n")
        cell["source"] = text
    return json.dumps(whole)


def hand_in(folder, answers, sheet, task, habit, wrong):
    """Write what a person hands in, in the way that this one has; what they have in common with us is the sheet alone."""
    written = wrong_update(task) if wrong else dict(task.answers)
    lines = "\n".join(f"{name} = {x}" for name, x in written.items())
    match habit:
        case "text":
            (answers / f"{sheet.file}.txt").write_text(lines, encoding="utf-8")
        case "comma":
            (answers / f"homework of {sheet.code} final(2).txt").write_text(lines.replace(".", ","), encoding="utf-8")
        case "code inside":
            (answers / f"upload{task.seed}.md").write_text(f"Sheet: {sheet.code}\n\n{lines}\n", encoding="utf-16")
        case "name inside":
            (answers / f"x{task.seed}.txt").write_text(f"name: {sheet.student.name.upper()}\n{lines}\n", encoding="utf-8")
        case "markdown table":
            rows = "".join(f"| {name} | {x} |\n" for name, x in written.items())
            (answers / f"{sheet.code}.md").write_text(f"| line | your number |\n|---|---|\n{rows}", encoding="utf-8")
        case "json":
            (answers / f"{sheet.file}.json").write_text(json.dumps(written), encoding="utf-8")
        case "notebook":
            source = (folder / "sheets" / f"{sheet.file}.ipynb").read_text(encoding="utf-8")
            (answers / f"Untitled{task.seed}.ipynb").write_text(notebook_with(source, written), encoding="utf-8")
        case "moodle folder":
            inner = answers / f"{sheet.student.name}_{task.seed}_assignsubmission_file"
            inner.mkdir()
            (inner / f"{sheet.student.name}_answers.txt").write_text(lines, encoding="utf-8")


HABITS = ["text", "comma", "code inside", "name inside", "markdown table", "json", "notebook", "moodle folder"]


def test_a_class_of_thirty_goes_from_exam_to_report(tmp_path, capsys):
    """Everybody is marked by the numbers of their own sheet; garbage is told, and nobody's; what many got wrong is said."""
    people = [f"Person {chr(65 + i % 26)}{i}" for i in range(27)] + ["Noether, Emmy", "Ada Lovelace", "Ada Lovelace"]
    rows = "".join(f'"{name}";{100 + i}\r\n' for i, name in enumerate(people))
    (tmp_path / "class.csv").write_bytes(f"Name;ID\r\n{rows}".encode("cp1252"))
    folder, answers = tmp_path / "exam", tmp_path / "answers"
    answers.mkdir()
    command = ["exam", "--kind", "two inputs", "--students", str(tmp_path / "class.csv"), "--seed", "5"]
    assert main([*command, "--out", str(folder)]) == 0
    key = read_exam(folder)
    luck = random.Random(1)
    typed, wrong, right = [], [], []
    for i, sheet in enumerate(key.sheets[:28]):
        task = key.task(sheet)
        up = luck.random() < 0.4
        (wrong if up else right).append(sheet.student.name)
        if i < 20:
            hand_in(folder, answers, sheet, task, HABITS[i % len(HABITS)], up)
        else:  # typed by the teacher from paper, some with the number alone
            typed.append((sheet, wrong_update(task) if up else task.answers))
    lines = list(typed[0][1])
    table = ";".join(["ID", "Name", *lines]) + "\n"
    for sheet, written in typed:
        table += ";".join([sheet.student.id, sheet.student.name, *(written[x].replace(".", ",") for x in lines)]) + "\n"
    (answers / "paper.csv").write_text(table, encoding="utf-8-sig")
    scribbler = key.sheets[28]  # right, but for a line that nobody can read, among much else
    scribbled = dict(key.task(scribbler).answers) | {"a": "??? 🙃 (("}
    lines = "\n".join(f"  - **{x}** → {y} ,  # I think so; 50 % sure" for x, y in scribbled.items())
    (answers / "IMG 2034 (1).md").write_text(f"hello!!\nSheet: {scribbler.code}\n{lines}\n\n:-)", encoding="utf-8")
    (answers / "nobody.txt").write_text("a = 1", encoding="utf-8")
    (answers / "Ada Lovelace.txt").write_text("a = 1", encoding="utf-8")  # there are two
    (answers / "broken.ipynb").write_text("{", encoding="utf-8")
    (answers / "binary.txt").write_bytes(bytes(range(256)))
    (answers / "photo.jpg").write_bytes(b"\xff\xd8")
    (answers / "zipped.txt").write_bytes(b"PK\x03\x04" + bytes(1000))
    (answers / "deep.json").write_text('{"z": ' + "[" * 50_000, encoding="utf-8")
    (answers / "poem.md").write_text("Roses are red\nViolets = blue\n" * 40, encoding="utf-8")
    (answers / "prices.csv").write_text("fruit;price\napple;3\n", encoding="utf-8")
    (answers / "other.ipynb").write_text(exercise("neuron", 99).notebook, encoding="utf-8")
    (answers / f"{key.sheets[29].file}.txt").write_text("", encoding="utf-8")  # handed in, and empty
    (answers / "link.txt").symlink_to(tmp_path / "class.csv")
    capsys.readouterr()
    assert main(["mark", str(folder), str(answers)]) == 1  # not everything could be read
    said = capsys.readouterr().out
    marked = mark_exam(folder, [answers])
    scribbles, empty = marked["Ada Lovelace (128)"], marked["Ada Lovelace (129)"]
    assert {name for name, marking in marked if marking.score == marking.out_of} == set(right)
    others = {"Ada Lovelace (128)", "Ada Lovelace (129)"}
    assert {name for name, marking in marked if marking.score < marking.out_of} == {*wrong, *others}
    assert {row.name for row in scribbles if row.verdict not in ("right", "rounded")} == {"a"}
    assert scribbles["a"].verdict == "unread"
    assert set(empty.verdicts.values()) == {"blank"}
    for name in wrong:
        assert {row.diagnoses[0].kind for row in marked[name] if row.verdict == "wrong"} == {"ascent"}
    assert marked.misunderstandings == [("ascent for descent", wrong)]
    assert f"{len(wrong)} of 30: ascent for descent" in said
    assert marked.missing == []
    assert sorted({problem.file for problem in marked.problems}) == [
        "Ada Lovelace.txt", "IMG 2034 (1).md", "binary.txt", "broken.ipynb", "deep.json", "link.txt", "nobody.txt",
        "other.ipynb", "poem.md", "prices.csv", "zipped.txt",
    ]  # fmt: skip
    assert "2 people are called Ada Lovelace" in said
    pages = sorted(path.name for path in (folder / "marked").iterdir())
    assert len(pages) == 30 + 3
    for sheet in key.sheets[:28]:
        page = (folder / "marked" / f"{sheet.file}.html").read_text(encoding="utf-8")
        others = [each.student.name for each in key.sheets if each is not sheet and f"{each.student.name}<" in page]
        assert sheet.student.name in page
        assert others == []
    assert f"{len(wrong)} of 30" in (folder / "marked" / "mistakes.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["neuron", "read the graph", "own"])
def test_a_sheet_is_marked_by_the_numbers_that_were_printed_on_it(kind, tmp_path, monkeypatch):
    """They stand in the key, whatever another version would draw for the code. A damaged key is said to be damaged."""
    own = Worksheet(z=Value(0.4, "w") * Value(0.6, "x") + Value(0.3, "b"))
    made = exam(own if kind == "own" else kind, ["Ada", "Emmy"], seed=3)
    made.save(tmp_path)
    answers = dict(made.task(made.sheets[0]).answers)
    monkeypatch.setattr("autograd.mark.kind_numbers.KindNumbers.draw", lambda *_: pytest.fail("drawn anew"))
    (tmp_path / f"{made.sheets[0].code}.txt").write_text(
        "".join(f"{x} = {y}\n" for x, y in answers.items()), encoding="utf-8"
    )
    marked = mark_exam(tmp_path, [tmp_path / f"{made.sheets[0].code}.txt"])
    assert marked["Ada"].score == marked["Ada"].out_of == len(answers)
    again = read_exam(tmp_path)
    assert again.task(again.sheets[1]).markdown == made.task(made.sheets[1]).markdown
    key = tmp_path / "keys" / "key.json"
    whole = json.loads(key.read_text(encoding="utf-8"))
    name, _ = whole["sheets"][0]["given"].popitem()
    key.write_text(json.dumps(whole), encoding="utf-8")
    damaged = mark_exam(tmp_path, [tmp_path / f"{made.sheets[0].code}.txt"])
    assert name in damaged.problems[0].reason
    whole["sheets"][0]["given"] = {"w": "much"}
    key.write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(SheetError, match="damaged"):
        read_exam(tmp_path)


def test_tables_that_the_exam_writes_come_back(tmp_path):
    """The table of blanks is filled in by a spreadsheet; a row without answers is nobody's."""
    small().save(tmp_path)
    path = tmp_path / "keys" / "answers.csv"
    head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    blanks = len(head.split(",")) - 3
    filled = [rows[0].rstrip(",") + "," * 2 + ",".join(small().task(small().sheets[0]).answers.values()), *rows[1:]]
    assert blanks == len(small().task(small().sheets[0]).lines)
    path.write_text("\n".join([head, *filled]), encoding="utf-8")
    marked = mark_exam(tmp_path, [path])
    assert [(name, marking.score) for name, marking in marked] == [(f"Ada ({small().sheets[0].code})", float(blanks))]


@pytest.mark.parametrize("n", range(many(20)))
def test_garbage_costs_a_sentence(n, tmp_path):
    """Random bytes and halves of right files are told, never an error."""
    luck = random.Random(n)
    small().save(tmp_path / "exam")
    sheet = luck.choice(small().sheets)
    task = small().task(sheet)
    right = "\n".join(f"{name} = {x}" for name, x in task.answers.items())
    source = (tmp_path / "exam" / "sheets" / f"{sheet.file}.ipynb").read_text(encoding="utf-8")
    rows = f"code,{','.join(task.lines)}\n{sheet.code},{','.join(task.answers.values())}"
    for i, (text, end) in enumerate([(right, "txt"), (source, "ipynb"), (rows, "csv"), (json.dumps(task.answers), "json")]):
        letters = list(text)
        for _ in range(luck.randrange(1, 30)):
            letters[luck.randrange(len(letters))] = luck.choice("\0\"'{}[](),;=\n\\ü∂𝒳1-")
        (tmp_path / f"{sheet.code}.{end}" if i != 1 else tmp_path / f"a.{end}").write_text(
            "".join(letters[: luck.randrange(1, len(letters))]), encoding="utf-8"
        )
    marked = mark_exam(tmp_path / "exam", [*tmp_path.glob("*.*")])
    hand_back(marked, tmp_path / "exam")
    assert str(marked)


def test_students_are_told_apart_by_number():
    """Two of one name have a sheet each."""
    made = exam("neuron", [Student("Ada", "1"), Student("Ada", "2")], seed=1)
    assert len({sheet.code for sheet in made.sheets}) == len({sheet.file for sheet in made.sheets}) == 2


# ---------------------------------------------------------------------------------------------- other kinds, and one's own


@pytest.mark.parametrize("kind", ["shapes", "find the mistake", "read the graph"])
def test_every_kind_goes_from_exam_to_marks(kind, tmp_path):
    """In words or from a picture: sheets and keys, a table and a text that come back, and what was misunderstood."""
    made = exam(kind, ["Ada", "Emmy"], seed=2)
    made.save(tmp_path)
    ada, emmy = made.sheets
    lines = "\n".join(f"{name} = {x}" for name, x in made.task(ada).answers.items())
    (tmp_path / f"{ada.code}.txt").write_text(lines, encoding="utf-8")
    wrong = {name: foreseen(made.task(emmy), name) for name in made.task(emmy).lines}
    written = {name: found[0].answer if found else "" for name, found in wrong.items()}
    rows = ";".join(["code", *written]) + "\n" + ";".join([emmy.code, *written.values()])
    (tmp_path / "typed.csv").write_text(rows, encoding="utf-8")
    marked = mark_exam(tmp_path, [tmp_path / f"{ada.code}.txt", tmp_path / "typed.csv"])
    assert marked.problems == []
    assert marked["Ada"].score == marked["Ada"].out_of == len(made.task(ada).lines)
    assert [name for name, x in written.items() if x and marked["Emmy"][name].verdict not in ("wrong", "carried")] == []
    assert marked.misunderstandings
    assert all(x in (tmp_path / "keys" / "key.html").read_text(encoding="utf-8") for x in made.task(ada).answers.values())


OWN = """title = "Mine"
carried = 0.5
[given]
w = 0.4
x = 0.6
t = 1
[lines]
z = "w x"
o = "σ(z)"
E = "½(o − t)²"
dw = "∂E/∂w"
[marks]
dw = 3
"""


def test_a_sheet_of_one_s_own_goes_from_exam_to_marks(tmp_path, capsys):
    """Everybody has other numbers; its marks count, and what a carried line is worth; key and sheet stand together."""
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "class.csv").write_text("name\nAda\nEmmy\n", encoding="utf-8")
    folder = tmp_path / "exam"
    command = ["exam", "--sheet", str(tmp_path / "own.toml"), "--loss", "E", "--students", str(tmp_path / "class.csv")]
    assert main([*command, "--seed", "3", "--out", str(folder)]) == 0
    assert main([*command, "--seed", "3", "--out", str(folder)]) == 0  # the same again
    (tmp_path / "own.toml").unlink()
    made = read_exam(folder)
    tasks = [made.task(sheet) for sheet in made.sheets]
    assert tasks[0].given != tasks[1].given
    assert [sheet.code.rpartition("-")[0] for sheet in made.sheets] == ["sheet", "sheet"]
    wrong = {"z": "9.0", "o": "0.99988", "E": tasks[0].answers["E"], "dw": tasks[0].answers["dw"]}
    (tmp_path / f"{made.sheets[0].file}.json").write_text(json.dumps(wrong), encoding="utf-8")
    source = (folder / "sheets" / f"{made.sheets[1].file}.ipynb").read_text(encoding="utf-8")
    (tmp_path / "b.ipynb").write_text(notebook_with(source, tasks[1].answers), encoding="utf-8")
    capsys.readouterr()
    assert main(["mark", str(folder), str(tmp_path / "b.ipynb"), str(tmp_path / f"{made.sheets[0].file}.json")]) == 0
    marked = mark_exam(folder, [tmp_path / "b.ipynb", tmp_path / f"{made.sheets[0].file}.json"])
    assert (marked["Emmy"].score, marked["Emmy"].out_of) == (6.0, 6.0)
    assert (marked["Ada"]["z"].marks, marked["Ada"]["o"].marks, marked["Ada"]["dw"].worth) == (0.0, 0.5, 3.0)


def test_what_a_sheet_of_one_s_own_is_not():
    """It has no options of a kind, its loss is one of its lines, and a Worksheet will do as well as its file."""
    x = Value(0.6, "x")
    sheet = Worksheet(y=Value(0.4, "w") * x, z=x + 2)
    made = exam(sheet, ["Ada", "Emmy"], seed=1)
    assert made.task(made.sheets[0]).lines == ["y", "z"]
    with pytest.raises(ValueError, match="l2 says what a kind is like"):
        exam(sheet, ["Ada"], seed=1, l2=True)
    with pytest.raises(LookupError, match="q is no line"):
        exam(sheet, ["Ada"], seed=1, loss="q")


@pytest.mark.parametrize(
    "damage", [lambda own: own | {"sheet": "["}, lambda own: {}, lambda own: None, lambda own: own | {"digits": "x"}]
)
def test_a_damaged_sheet_of_one_s_own_is_told(damage, tmp_path):
    """As any other key."""
    exam(Worksheet(y=Value(0.4, "w") * Value(0.6, "x")), ["Ada"], seed=1).save(tmp_path)
    path = tmp_path / "keys" / "key.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(whole | {"own": damage(whole["own"])}), encoding="utf-8")
    with pytest.raises(SheetError):
        read_exam(tmp_path)
