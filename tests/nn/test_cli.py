"""The command line as a whole: the program as a person starts it, and its exit codes. Commands are tested in commands/."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import nn
from nn.cli import main

ROOT = Path(nn.__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def test_help_and_version(capsys):
    """Both end with exit code 0."""
    for option, text in (("--help", "tour"), ("--version", "chalkgrad 0.")):
        with pytest.raises(SystemExit) as end:
            main([option])
        assert end.value.code == 0
        assert text in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["tuor"]])
def test_a_command_that_is_not_understood(arguments, capsys):
    """Exit code 2, and the commands are named."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "tour" in capsys.readouterr().err or not arguments


def test_another_autograd_is_recognised(tmp_path):
    """If HIPS's autograd is what Python finds, importing nn says so and what to do."""
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text("def grad(f): ...\n")
    code = "import sys, autograd; sys.path.append(sys.argv[1]); import nn"
    import nn

    root = str(nn.__path__[0].rpartition("/nn")[0])
    run = subprocess.run([sys.executable, "-c", code, root], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "is not chalkgrad's" in run.stderr
    assert "python -m venv" in run.stderr


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
    command = [sys.executable, "-m", "nn", "hessian", "a*b*c*d*e*f*g*h*i", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"{\n"
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode == 0


def test_help_loads_nothing_from_outside():
    """Nor what commands need when they run, so that it comes at once."""
    program = "import sys; before = set(sys.modules); from nn.cli import parser; parser(); print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    outside = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert outside <= {"autograd", "nn"}
    assert not {"autograd.derivations", "autograd.answers", "nn.tour", "nn.columns"} & set(loaded)
