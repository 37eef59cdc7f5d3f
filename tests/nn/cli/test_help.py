"""The help of every command: its examples run, and it fits the terminal."""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from long_runs import thorough

import nn
from nn.cli.main import parser

ROOT = Path(nn.__file__).parent.parent
COMMANDS = next(action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)).choices
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "Agg"}
PROGRAMS = f"""set -e -o pipefail
chalkgrad() {{ "{sys.executable}" -m nn "$@"; }}
mkdir() {{ "{sys.executable}" -c 'import os, sys; os.makedirs(sys.argv[2], exist_ok=True)' "$@"; }}
"""  # what the examples call, where PATH has neither
NEEDED = {"tour": ["sklearn"], "train": ["sklearn", "matplotlib"], "completion": ["shtab"]}


def examples(command):
    """The examples at the end of the help of a command."""
    return COMMANDS[command].epilog.replace("%%", "%").splitlines()[1:]


@pytest.mark.external
@pytest.mark.parametrize(
    "command", [pytest.param(command, marks=[thorough] * (command in ("tour", "train"))) for command in COMMANDS]
)
def test_the_examples_of_the_help_run(command, tmp_path, run):
    """One after the other in an empty folder, as they stand there, each with exit code 0 and something to see.

    Those that need a shell, for a pipe or another command, have one; the others are run in this process.
    """
    for module in NEEDED.get(command, []):
        pytest.importorskip(module)
    if command in ("draw", "step", "tour") and not shutil.which("dot"):
        pytest.skip("no Graphviz lays out graphs here")
    bash = shutil.which("bash") or shutil.which("bash", path=os.defpath)
    assert examples(command)
    for line in examples(command):
        words = shlex.split(line, comments=True)
        if words[0] == "chalkgrad" and not set("|<>;&$") & set(re.sub(r"'[^']*'|\"[^\"$]*\"", "", line)):
            code, out, err = run(*words[1:])
        elif bash:
            done = subprocess.run(
                [bash, "-c", PROGRAMS + line], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True,
                encoding="utf-8", check=False,
            )  # fmt: skip
            code, out, err = done.returncode, done.stdout, done.stderr
        else:
            pytest.skip("no bash runs command lines here")
        assert code in ((0, 1) if command == "doctor" else (0,)), err  # here something may be in the way
        assert out or (err and command != "doctor") or ">" in line
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


def test_help_fits_the_terminal(run, monkeypatch):
    """Text is folded at its width; examples stay in one line, to be copied."""
    monkeypatch.setenv("COLUMNS", "70")
    text = run("train", "--help")[1].partition("examples:")[0]
    assert max(map(len, text.splitlines())) <= 70
