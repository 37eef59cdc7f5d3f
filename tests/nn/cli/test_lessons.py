"""lab: the notebooks of the course. The tour and marking are tested in tests/nn/cli/test_cli.py."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

import nn
from nn.cli import lessons

ROOT = Path(nn.__file__).parent.parent


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two files, and of things that editors leave behind; course(name, text) changes it."""
    source = tmp_path / "source"

    def put(name, text):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)

    cells = [
        {"cell_type": "code", "source": ["# no title"]},
        {"cell_type": "markdown", "source": ["# The ", "chain rule\n", "…"]},
    ]
    put("1-chain.ipynb", json.dumps({"cells": cells}))
    put("data/sheet.toml", "[lines]")
    put(".ipynb_checkpoints/1-chain.ipynb", "{}")
    put("__pycache__/x.pyc", "")
    monkeypatch.setattr(lessons, "_notebooks", lambda: source)
    return put


def test_the_list(course, run, run_json):
    """The files by name, notebooks with their titles; nothing is copied."""
    assert run("lab", "--list")[:2] == (0, "1-chain.ipynb    The chain rule\ndata/sheet.toml\n")
    assert run_json("lab", "--list") == {"notebooks": {"1-chain.ipynb": "The chain rule", "data/sheet.toml": ""}}
    assert not Path("chalkgrad-notebooks").exists()


def test_files_are_copied(course, run, run_json):
    """Into the folder named, or one of its own; again they are there already."""
    assert run("lab", "--copy-only")[:2] == (0, "2 of 2 files copied into chalkgrad-notebooks\n")
    assert Path("chalkgrad-notebooks/data/sheet.toml").read_text() == "[lines]"
    assert run_json("lab", "a/b", "--copy-only") == {
        "folder": "a/b",
        "copied": ["1-chain.ipynb", "data/sheet.toml"],
        "left": [],
    }
    assert run_json("lab", "a/b", "--copy-only")["copied"] == []
    assert sorted(path.name for path in Path("a/b").iterdir()) == [".chalkgrad.json", "1-chain.ipynb", "data"]


def test_what_a_person_changed_is_left(course, run):
    """Even where there is a newer version; what nobody changed is brought up to date, what was removed comes back."""
    run("lab", "here", "--copy-only")
    Path("here/1-chain.ipynb").write_text("mine")
    course("1-chain.ipynb", "newer")
    course("data/sheet.toml", "newer")
    code, out, err = run("lab", "here", "--copy-only")
    assert (code, out) == (0, "1 of 2 files copied into here\n")
    assert err == "left as they are, because they were changed: 1-chain.ipynb\n"
    assert Path("here/1-chain.ipynb").read_text() == "mine"
    assert Path("here/data/sheet.toml").read_text() == "newer"
    Path("here/1-chain.ipynb").unlink()
    assert run("lab", "here", "--copy-only")[2] == ""
    assert Path("here/1-chain.ipynb").read_text() == "newer"


def test_a_file_that_was_there_before_is_left(course, run):
    """Nothing says that it came from here."""
    Path("here").mkdir()
    Path("here/1-chain.ipynb").write_text("mine")
    assert "1-chain.ipynb" in run("lab", "here", "--copy-only")[2]
    assert Path("here/1-chain.ipynb").read_text() == "mine"


def test_jupyterlab_is_started_in_the_folder(course, run, monkeypatch):
    """By this Python, with its exit code, at the first notebook; an interruption is JupyterLab's to answer."""
    started, answers = [], [KeyboardInterrupt, 3]

    class Process:
        def __init__(self, command):
            started.append(command)

        def poll(self):
            return 3

        def wait(self):
            answer = answers.pop(0)
            if answer is KeyboardInterrupt:
                raise answer
            return answer

    monkeypatch.setattr(lessons, "find_spec", lambda name: name == "jupyterlab")
    monkeypatch.setattr(lessons.subprocess, "Popen", Process)
    before = signal.getsignal(signal.SIGTERM)
    assert run("lab", "here", "--no-browser", "--jupyter=--port 9000")[0] == 3
    place, first = f"--ServerApp.root_dir={Path('here').resolve()}", "--LabApp.default_url=/lab/tree/1-chain.ipynb"
    settings = [place, first, "--ServerApp.answer_yes=True", "--no-browser", "--port", "9000"]
    assert started == [[sys.executable, "-m", "jupyterlab", *settings]]
    assert signal.getsignal(signal.SIGTERM) is before


HEARS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # also where tests run in the background
STAND_IN = """
import os, pathlib, sys, time
pathlib.Path("started").write_text(str(os.getpid()))
try:
    time.sleep(60)
except KeyboardInterrupt:
    sys.exit(5)
"""


@pytest.mark.external
@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_whoever_ends_the_command_ends_jupyterlab(tmp_path, monkeypatch, name):
    """A signal to the command alone, or Ctrl-C, which goes to both; a program that only waits stands in for JupyterLab."""
    monkeypatch.chdir(tmp_path)
    Path("stands/jupyterlab").mkdir(parents=True)
    Path("stands/jupyterlab/__init__.py").write_text("")
    Path("stands/jupyterlab/__main__.py").write_text(HEARS + STAND_IN)
    start = f"{HEARS}from nn.cli import lessons; import sys; sys.exit(lessons._start(lessons.Path('here'), '1.ipynb', []))"
    paths = os.pathsep.join([str(Path("stands").resolve()), str(ROOT)])
    command = subprocess.Popen(
        [sys.executable, "-c", start], env={**os.environ, "PYTHONPATH": paths}, start_new_session=True
    )
    try:
        until = time.monotonic() + 60
        while not (Path("started").exists() and Path("started").read_text()):
            assert time.monotonic() < until
            time.sleep(0.02)
        if name == "SIGINT":
            os.killpg(command.pid, signal.SIGINT)
        else:
            command.send_signal(signal.SIGTERM)
        command.wait(timeout=60)
    finally:
        command.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("started").read_text()), 0)


def test_without_jupyterlab(course, run, monkeypatch):
    """The files are there all the same, and what to install is said."""
    monkeypatch.setattr(lessons, "find_spec", lambda name: None)
    code, _, err = run("lab", "here")
    assert code == 1
    assert err == 'chalkgrad: the notebooks are opened by JupyterLab: pip install "chalkgrad[lab]"\n'
    assert Path("here/1-chain.ipynb").exists()


def test_the_notebooks_of_the_project(run_json):
    """All that is in the folder of notebooks, in a source tree."""
    names = list(run_json("lab", "--list")["notebooks"])
    assert "two-layer-network.toml" in names
    assert set(names) >= {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_ten_comes_after_nine(run_json):
    """The list is in the order of the course."""
    numbers = [int(name.partition("-")[0]) for name in run_json("lab", "--list")["notebooks"] if name[0].isdigit()]
    assert numbers == sorted(numbers)
    assert len(numbers) == 10


def test_a_wheel_has_the_notebooks(tmp_path, monkeypatch):
    """Inside the package, where `chalkgrad lab` looks first; and the program itself."""
    builder = pytest.importorskip("hatchling.builders.wheel", reason="wheels are built by hatchling: pip install hatchling")
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("no source tree to build from")
    (wheel,) = builder.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"chalkgrad.py", "nn/cli/lessons.py", "nn/notebooks/two-layer-network.toml"} <= names
    assert {f"nn/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")} <= names


def test_a_kind_of_two_words_needs_no_quotes(run_json):
    """Nor is it another exercise with them."""
    assert run_json("exercise", "two", "layers", "--seed", "3") == run_json("exercise", "two layers", "--seed", "3")


def test_an_exercise_as_json(run_json):
    """Its text, its seed, and the right numbers if they are wanted."""
    whole = run_json("exercise", "neuron", "--seed", "3", "--answers", "--save", "e.md")
    assert (whole["seed"], whole["saved"]) == (3, ["e.md"])
    assert whole["markdown"].strip() == Path("e.md").read_text(encoding="utf-8").strip()
    assert len(whole["answers"]) > 3
    assert "answers" not in run_json("exercise", "neuron", "--seed", "3")


def test_an_exercise_that_is_another(run_json, run):
    """The options of a variant; what a kind is not made for is said in a sentence."""
    options = ("--activation", "tanh", "--batch", "2", "--l2", "--steps", "2")
    whole = run_json("exercise", "neuron", "--seed", "3", *options, "--answers")
    assert whole["markdown"].startswith("# One neuron with half the squared error: tanh, a batch of 2, L2, two steps\n")
    assert {"a_2", "L_1", "∂L'/∂w'", "w''"} <= set(whole["answers"])
    code, _, err = run("exercise", "attention", "--batch", "2")
    assert (code, err) == (1, "chalkgrad: 'attention' comes with no other batch; what can be another: symbols\n")
