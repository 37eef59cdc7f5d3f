"""Help, errors, colours, and the program as a person starts it."""

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nn
from nn.cli import parser
from nn.commands import shared

ROOT = Path(nn.__file__).parent.parent
COMMANDS = next(action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)).choices
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "Agg"}
NEEDED = {"tour": ["sklearn"], "train": ["sklearn", "matplotlib"], "predict": ["sklearn"], "completion": ["shtab"]}
NEEDED |= {"derive": ["latex2mathml"]}


def examples(command):
    """The examples at the end of the help of a command."""
    return COMMANDS[command].epilog.replace("%%", "%").splitlines()[1:]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_of_the_help_run(command, tmp_path):
    """One after the other in an empty folder, as they stand there, each with exit code 0 and something to see."""
    for module in NEEDED.get(command, []):
        pytest.importorskip(module)
    if command in ("draw", "step", "tour") and not shutil.which("dot"):
        pytest.skip("no Graphviz lays out graphs here")
    assert examples(command)
    program = f'chalkgrad() {{ "{sys.executable}" -m nn "$@"; }}\nset -e -o pipefail\n'
    for line in examples(command):
        code = 'test "$(chalkgrad doctor | tail -n 1)"' if command == "doctor" else line  # here something may be in the way
        done = subprocess.run(
            ["bash", "-c", program + code], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, encoding="utf-8",
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert command == "doctor" or done.stdout or done.stderr or ">" in line
        named = re.findall(r"(?:--save|--html|--plots|--folder|--draw|>) ([\w.-]+)", line)
        assert [name for name in named if not (tmp_path / name).exists()] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, run):
    """What it does, its options with a word on each, and at the end examples of the command itself."""
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert "usage: chalkgrad" in out
    assert any(f"chalkgrad {command}" in line for line in examples(command))
    assert out.rstrip().splitlines()[-1].strip() == examples(command)[-1].strip()
    unexplained = [action.dest for action in COMMANDS[command]._actions if not action.help and not action.choices]
    assert unexplained == []
    assert command in run("--help")[1]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["grda", "x"], "is grad meant?"),
        (["train", "moons", "--optimizer", "adm"], "is adam meant?"),
        (["train", "moons", "--layer", "3"], "is --layers meant?"),
        (["grad", "x", "--digit", "3"], "is --digits meant?"),
    ],
)
def test_a_slip_of_the_pen_gets_a_hint(arguments, hint, run):
    """Exit code 2, and the nearest command, option or choice."""
    code, _, err = run(*arguments)
    assert code == 2
    assert err.rstrip().endswith(hint)


def test_help_fits_the_terminal(run, monkeypatch):
    """Text is folded at its width; examples stay in one line, to be copied."""
    monkeypatch.setenv("COLUMNS", "70")
    text = run("train", "--help")[1].partition("examples:")[0]
    assert max(map(len, text.splitlines())) <= 70


def test_help_loads_nothing_from_outside():
    """Nor what commands need when they run, so that it comes at once."""
    program = "import sys; before = set(sys.modules); from nn.cli import parser; parser(); print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    outside = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert outside <= {"autograd", "nn"}
    assert not {"autograd.derivations", "autograd.answers", "nn.tour", "nn.columns"} & set(loaded)


# --------------------------------------------------------------------------------------------------- terminals and pipes


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """terminal(width) is a standard output that is a terminal."""

    def make(width, **environment):
        for name in ("NO_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("COLUMNS", str(width))
        stream = Terminal()
        monkeypatch.setattr(sys, "stdout", stream)
        return stream

    return make


def test_colours_are_for_terminals(terminal, monkeypatch):
    """Not for pipes, nor where NO_COLOR or a dumb terminal asks for plain text."""
    assert shared.styled("x", "red", terminal(80)) == "\x1b[31mx\x1b[0m"
    assert shared.styled("x", "red", io.StringIO()) == "x"
    assert shared.styled("x", "red", terminal(80, NO_COLOR="1")) == "x"
    assert shared.styled("x", "red", terminal(80, TERM="dumb")) == "x"


def test_marks_have_colours_in_a_terminal(terminal):
    """Ticks and crosses at the beginning of a verdict; other signs stay."""
    stream = terminal(80)
    shared.show("z  1.0  ✓ right\no  2.0  ✗ wrong\na ≈ 3")
    assert stream.getvalue() == "z  1.0  \x1b[32m✓\x1b[0m right\no  2.0  \x1b[31m✗\x1b[0m wrong\na ≈ 3\n"


@pytest.mark.parametrize("width", [12, 20, 40, 80])
def test_long_lines_go_on_below_in_a_terminal(width, terminal):
    """Indented, cut between columns or words; nothing is lost, and no line is too long."""
    text = "gradient  upstream × local = contribution  total so far  local derivative\n\n" + "x" * 90 + "\nshort"
    stream = terminal(width)
    shared.show(text)
    shown = stream.getvalue()
    assert max(map(len, shown.splitlines())) <= max(width, 12)
    assert "".join(shown.split()) == "".join(text.split())
    assert shown.splitlines()[-1] == "short"
    if width == 40:
        assert shown.startswith("gradient\n      upstream × local = contribution\n      total so far  local derivative\n\n")


def test_long_lines_stay_in_a_pipe(capsys):
    """Whatever the width of the terminal behind it."""
    shared.show("word " * 50)
    assert capsys.readouterr().out == "word " * 50 + "\n"


def test_the_caret_is_red_on_a_terminal_alone(run, monkeypatch):
    """The one on standard error; NO_COLOR and pipes have it plain."""
    plain = run("grad", "x + * y")[2]
    assert plain == "chalkgrad: here a number, a name or a bracket is expected\n\n    x + * y\n        ^\n"
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    run("grad", "x + * y")
    assert stream.getvalue() == plain.replace("^", "\x1b[31m^\x1b[0m")


# ------------------------------------------------------------------------------------------------------------ the program


@pytest.mark.parametrize("program", [["-m", "nn"], ["-m", "chalkgrad"]])
def test_the_program_runs(program, tmp_path):
    """By both names, with exit codes, and without a traceback."""
    for arguments, code in ((["grad", "x^2", "x=3"], 0), (["grad", "x +"], 1), (["grda"], 2)):
        command = [sys.executable, *program, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == code
        assert "Traceback" not in done.stderr
        assert bool(done.stdout) == (code == 0)
        assert bool(done.stderr) == (code != 0)


def test_where_another_autograd_took_the_place_of_ours(tmp_path):
    """The program ends with the sentence that says what to do, and no traceback."""
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text("def grad(f): ...\n")
    code = "import sys, chalkgrad; sys.exit(chalkgrad.main())"
    command = [sys.executable, "-c", code, "doctor"]
    done = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("chalkgrad: the package autograd found at ")
    assert "python -m venv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_whoever_reads_may_stop_reading(tmp_path):
    """A closed pipe is no error."""
    line = f'set -o pipefail; "{sys.executable}" -m nn hessian "a*b*c*d*e*f*g*h*i" --json | head -n 1'
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{\n", "")
