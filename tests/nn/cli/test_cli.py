"""The command line as a whole: the program as a person starts it, and its exit codes. Commands are tested in commands/."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nn
from nn.cli.main import main, parser

ROOT = Path(nn.__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def test_help_and_version(capsys):
    """Both end with exit code 0."""
    for option, text in (("--help", "tour"), ("--version", "chalkgrad 0.")):
        with pytest.raises(SystemExit) as end:
            main([option])
        assert end.value.code == 0
        assert text in capsys.readouterr().out


def test_the_command_alone_greets(capsys):
    """And names three things to try, each of which is understood."""
    assert main([]) == 0
    said = capsys.readouterr().out
    tried = [
        shlex.split(line.strip().split("   ")[0].split("  ")[0]) for line in said.splitlines() if line.startswith("    ")
    ]
    assert [words[:2] for words in tried] == [["chalkgrad", name] for name in ("play", "step", "exercise")]
    assert [parser().parse_args(words[1:]).command for words in tried] == ["play", "step", "exercise"]


MISTYPED = {  # what is typed, and what the first line of the answer says
    "tuor": "is tour meant?",
    "grda x": "is grad meant?",
    "--hlep": "is --help meant?",
    "grad": "the following arguments are required: FORMULA",
    "grad x --digit 3": "is --digits meant?",
    "train moons --epoch 3": "is --epochs meant?",
    "train moons --layer 3": "is --layers meant?",
    "train moons --optimizer adm": "is adam meant?",
}


@pytest.mark.parametrize("typed", MISTYPED)
def test_a_command_that_is_not_understood(typed, capsys):
    """Exit code 2; the first line says what is wrong, and how it is used comes after that."""
    with pytest.raises(SystemExit) as end:
        main(typed.split())
    first, _, usage = capsys.readouterr().err.partition("\n\n")
    assert end.value.code == 2
    assert MISTYPED[typed] in first
    assert usage.startswith("usage: chalkgrad")


HIPS_STATES = {  # what installing and uninstalling HIPS's autograd beside ours leaves in its folder, and what is said of it
    "theirs was installed last": (
        {"__init__.py": "def grad(f): ..."},
        "the package autograd found at .* is not chalkgrad's: .* pip uninstall autograd.*python -m venv",
    ),
    "theirs, without NumPy": (
        {"__init__.py": "import no_such_numpy"},
        "is not chalkgrad's, but HIPS's .* pip uninstall autograd",
    ),
    "theirs was uninstalled": ({"primitives.py": ""}, "has lost its __init__.py: .* pip install --force-reinstall"),
}


@pytest.mark.external
@pytest.mark.parametrize("state", HIPS_STATES)
def test_every_order_of_two_autograds_is_named_with_its_cure(state, tmp_path):
    """By importing nn, and by the command, doctor included, in one sentence and without a traceback of its own."""
    import nn

    files, message = HIPS_STATES[state]
    for name, text in files.items():
        path = tmp_path / "autograd" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in ("nn", "chalkgrad.py"):
        (tmp_path / name).symlink_to(Path(nn.__path__[0]).parent / name)
    for arguments in (["-c", "import nn"], ["-m", "chalkgrad", "doctor"]):
        done = subprocess.run(
            [sys.executable, "-S", *arguments], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 1
        assert re.search(message, done.stderr)
        if arguments[0] == "-m":
            assert (done.stdout, done.stderr[:11], done.stderr.count("\n")) == ("", "chalkgrad: ", 1)


@pytest.mark.external
def test_files_of_the_other_autograd_beside_ours_are_warned_of(tmp_path):
    """Where ours was installed last, theirs is broken, and `import autograd` says so."""
    import autograd

    shutil.copytree(Path(autograd.__file__).parent, tmp_path / "autograd")
    program = [sys.executable, "-S", "-c", "import autograd; print(autograd.Value(1.0))"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr) == ("Value(1.0)\n", "")
    (tmp_path / "autograd" / "numpy").mkdir()
    (tmp_path / "autograd" / "numpy" / "numpy_wrapper.py").write_text("")
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == "Value(1.0)\n"
    assert re.search(r"UserWarning: .*HIPS autograd.* pip uninstall autograd, then", done.stderr)


@pytest.mark.external
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


@pytest.mark.external
def test_whoever_reads_may_stop_reading(tmp_path):
    """A closed pipe is no error."""
    command = [sys.executable, "-m", "nn", "hessian", "a*b*c*d*e*f*g*h*i", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"{\n"
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode == 0


@pytest.mark.external
def test_help_loads_nothing_from_outside():
    """Nor what commands need when they run, so that it comes at once."""
    program = (
        "import sys; before = set(sys.modules); from nn.cli.main import parser; parser(); print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    outside = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert outside <= {"autograd", "nn"}
    assert not {"autograd.derive.derivations", "autograd.mark.answers", "nn.cli.tour"} & set(loaded)
