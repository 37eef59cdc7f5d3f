"""help: on a command, and for teachers."""

import shlex
from pathlib import Path

import nn
from autograd.mark.exercises import KINDS
from nn.cli.topics import TEACHERS, TOPICS

ROOT = Path(nn.__file__).parent.parent


def test_a_teacher_s_day_is_one_day(run):
    """The commands are those of the page for teachers, and each does something, one after the other."""
    assert f"```sh\n{TEACHERS}\n```" in (ROOT / "docs" / "teachers.md").read_text(encoding="utf-8")
    assert TEACHERS in run("help", "teachers")[1]
    Path("class.csv").write_text("name\nAda\nEmmy\n", encoding="utf-8")
    Path("answers").mkdir()
    Path("answers/ada.txt").write_text("name: Ada\na_11 = 1.0", encoding="utf-8")
    commands = [line for line in TEACHERS.splitlines() if not line.startswith("#")]
    assert len(commands) == 5
    for line in commands:
        code, out, err = run(*shlex.split(line)[1:])
        assert (code, bool(out)) == (0, True), err


def test_the_kinds_are_all_kinds(run):
    """In the help for teachers, on their page, and in the help of exercise."""
    page = (ROOT / "docs" / "teachers.md").read_text(encoding="utf-8").partition("## Kinds")[2].partition("\n## ")[0]
    texts = [" ".join(TOPICS["teachers"][1].split()), page, " ".join(run("exercise", "--help")[1].split())]
    assert [kind for kind in KINDS for text in texts if kind not in text] == []


def test_help_on_a_command(run):
    """As the command itself gives it; without a topic that of all; what there is no help on has a neighbour."""
    assert run("help", "exam")[1] == run("exam", "--help")[1]
    assert run("help")[1] == run("--help")[1]
    code, _, err = run("help", "teacher")
    assert (code, "is teachers meant?" in err) == (1, True)
