"""What thirty strangers hand in: each file costs itself and a sentence, and never the others."""

import json
import os

import pytest

from autograd import mark_files
from autograd.formula.lexer import FormulaError
from autograd.mark.claims import read_claim

SHEET = '[given]\nw = 0.5\nx = 2.0\n[lines]\nz = "w x"\no = "σ(z)"\n'
GOOD = "z = 1.0\no = 0.7311"

TEXTS = {  # what is in a file, by its name, and what the report says of it
    "nan.txt": ("z = ln(-x)+1.234\no = 0.7311", ""),
    "inf.txt": ("z = 1/0\no = 1e999", ""),
    "exponent.txt": (f"z = 1e{'9' * 5000}\no = 1e-{'9' * 5000}", "999…"),
    "raised.txt": (f"z = 2·10{'⁹' * 5000}", "⁹⁹⁹…"),
    "digits.txt": (f"z = {'9' * 5000}\no = 0.{'1' * 5000}", ""),
    "dotted.toml": (f"{'a.' * 50_000}a = 1", "line 1: a name of over 16 parts"),
    "quoted.toml": ("x = 1\n" + '"a".' * 50_000 + "a = 1", "line 2: a name of over 16 parts"),
    "table.toml": (f"[{'a . ' * 2_000}a]", "line 1: a name of over 16 parts"),
    "brackets.toml": (f"z = {'[' * 100_000}", "brackets"),
    "tables.toml": (f"z = {'{a=' * 100_000}", "brackets"),
    "brackets.json": ("[" * 100_000, "brackets"),
    "objects.json": ('{"a":' * 100_000, "brackets"),
    "number.json": (f'{{"z": {"9" * 5000}}}', ""),
    "number.toml": (f"z = {'9' * 5000}", ""),
    "closed.toml": (f"z = {'[' * 5000}{']' * 5000}", "brackets"),
    "chain.txt": ("z = 1.0" + "\n= 1.0" * 20_000, "up to 4,000 characters"),
    "arrows.txt": (f"z = {'→' * 3_000}", "up to 200 lines"),
    "blanks.txt": ("z =" + " " * 3_000 + "1" + "\ufeff" * 3_000, ""),
    "long.txt": (f"z = {'1+' * 100_000}1", "longer than any answer"),
    "deep.txt": (f"z = {'(' * 4_000}1{')' * 4_000}", "characters"),
    "large.txt": ("z = 1.0\n" * 200_000, "longer than the 1,000,000 bytes"),
    "keys.json": (json.dumps({f"key{i}": i for i in range(50_000)}), "no more than the first 2,000"),
    "columns.csv": (",".join(f"c{i}" for i in range(60_000)) + "\n" + "1," * 59_999, "60,000 columns"),
    "cell.csv": (f'name,z\nann,"{"1" * 200_000}"', "field larger than field limit"),
    "semicolons.txt": (";" * 300_000, "longer than any answer"),
    "spaces.txt": (f"; {' ' * 200_000}x{' ' * 200_000}y", "longer than any answer"),
    "colons.txt": (":" * 300_000, ""),
    "nothing.txt": ("", ""),
    "null.txt": ("z = \0\0\0", "means nothing here"),
    "halves.json": ('{"name": "\\ud800x", "z": "1.0\\ud800", "o": "0.7311"}', "means nothing here"),
    "names.json": (json.dumps({"name": "n" * 100_000, "z": "1.0"}), ""),
    "kinds.json": (json.dumps({"z": {"a": [1, {"b": 2}]}, "o": True}), "kinds.json"),
    "dates.toml": ("z = 1979-05-27\no = 07:32:00", "dates.toml"),
    "markup.txt": ("name = <script>alert(1)</script>\nz = <img src=x onerror=alert(1)>", "markup.txt"),
}


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "sheet.toml").write_text(SHEET, encoding="utf-8")
    (tmp_path / "answers" / "ann.txt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "answers" / "zoe.json").write_text('{"z": 1.0, "o": 0.7311}', encoding="utf-8")
    return tmp_path


def marked(desk):
    """The report of the class, which can be shown and saved in all its forms, and in which the honest have their marks."""
    found = mark_files(desk / "sheet.toml", [desk / "answers"])
    assert found["ann"].score == found["zoe"].score == 2.0
    for ending in (".html", ".csv", ".json", ".txt"):
        content = found.save(desk / f"report{ending}").read_text(encoding="utf-8")
        assert "ann" in content
        assert "<script>alert" not in content or ending != ".html"
        assert "<img src=x" not in content or ending != ".html"
    found.text.encode("utf-8")
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_costs_itself_alone(desk, name):
    """It is marked as far as it can be read, and what cannot be read is told in a few words."""
    content, words = TEXTS[name]
    (desk / "answers" / name).write_text(content, encoding="utf-8")
    told = "\n".join(map(str, marked(desk).problems))
    assert words in told
    assert len(told) < 12_000


def test_all_of_them_together(desk):
    """In one class."""
    for name, (content, _) in TEXTS.items():
        (desk / "answers" / name).write_text(content, encoding="utf-8")
    assert len(marked(desk)) >= 12


def test_what_is_no_ordinary_file_is_not_read(desk):
    """Pipes, devices, folders, links to nowhere and to themselves."""
    answers = desk / "answers"
    os.mkfifo(answers / "pipe.txt")
    (answers / "loop.txt").symlink_to("loop.txt")
    (answers / "nowhere.txt").symlink_to("nothing")
    (answers / "folder.txt").mkdir()
    assert len(marked(desk).problems) == 4


def test_a_link_that_leads_out_of_the_folder_is_not_followed(desk):
    """What stands elsewhere does not get into the report; a link inside of the folder is an answer."""
    secret = desk / "secret.txt"
    secret.write_text("z = 1.0  # the key is 12345", encoding="utf-8")
    (desk / "answers" / "out.txt").symlink_to(secret)
    (desk / "answers" / "up.txt").symlink_to("../secret.txt")
    (desk / "answers" / "zero.txt").symlink_to("/dev/zero")
    (desk / "answers" / "inside.txt").symlink_to("ann.txt")
    found = marked(desk)
    assert {problem.file for problem in found.problems} == {"out.txt", "up.txt", "zero.txt"}
    assert all("a link that leads out of the folder is not followed" in str(problem) for problem in found.problems)
    assert "12345" not in found.json
    assert found["inside"].score == 2.0


def test_a_file_that_is_named_is_read_wherever_it_lies(desk):
    """Links are refused in folders, where nobody has seen them."""
    (desk / "link.txt").symlink_to(desk / "answers" / "ann.txt")
    assert mark_files(desk / "sheet.toml", [desk / "link.txt"])["link"].score == 2.0


def test_names_that_are_no_text(desk):
    """A file whose name is in no encoding."""
    try:
        (desk / "answers" / os.fsdecode(b"\xff\xfe.txt")).write_text(GOOD, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert "??" in dict(marked(desk))


def test_a_claim_of_any_length_is_read_or_refused():
    """A chain of many members is read; one of more, and a longer one, are refused for that."""
    assert len(read_claim("1.0" + "\n= 1.0" * 99, {}).pieces) == 100
    with pytest.raises(FormulaError, match="up to 200 lines, or members"):
        read_claim("1" + " = 1" * 300, {})
    with pytest.raises(FormulaError, match="up to 4,000 characters"):
        read_claim("1.0" + "\n= 1.0" * 20_000, {})
