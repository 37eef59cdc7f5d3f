"""doctor and completion."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

import nn
from nn.cli import machine

ROOT = Path(nn.__file__).parent.parent


FOR_THOSE_WHO_BUILD_IT = {"all", "test", "oracles", "browser", "peers", "lite", "docs"}


def test_the_extras_are_those_of_the_project():
    """Each extra for users has a purpose, and the packages that pyproject.toml asks for on every machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {
        extra: {re.match(r"[\w.-]+", package)[0] for package in packages if ";" not in package}
        for extra, packages in project["optional-dependencies"].items()
        if extra not in FOR_THOSE_WHO_BUILD_IT
    }
    assert set(machine.PURPOSES) == set(asked)
    try:
        known = machine.packages_of_extras()
    except PackageNotFoundError:
        pytest.skip("chalkgrad is not installed here, only found")
    assert {extra: set(known[extra]) for extra in asked} == asked


def test_without_metadata_the_extras_are_unknown(run, monkeypatch):
    """Where Python finds chalkgrad by its path alone."""

    def nothing(package):
        raise PackageNotFoundError(package)

    monkeypatch.setattr(machine, "requires", nothing)
    monkeypatch.setattr(machine, "distributions", lambda name: [])
    code, out, _ = run("doctor")
    assert code == 0
    assert re.search("^–  extras +unknown +chalkgrad is found here, but not installed", out, re.MULTILINE)


def test_what_is_installed(run, run_json, monkeypatch):
    """Versions, and exit code 0 where nothing is in the way."""
    monkeypatch.setattr(machine, "distributions", lambda name: [])
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    assert re.search(rf"^✓  Python +{sys.version_info[0]}\.{sys.version_info[1]}", out, re.MULTILINE)
    assert re.search(r"^✓  numpy +[\d.]+ ", out, re.MULTILINE)
    assert out.endswith("Nothing is wrong; what is missing is optional.\n")
    whole = run_json("doctor")
    assert whole["ok"] is True
    assert whole["in_the_way"] == []


def test_what_is_missing_is_no_error(run, monkeypatch):
    """Each with what it is for and the command that installs it."""

    def nothing(package):
        raise PackageNotFoundError(package)

    monkeypatch.setattr(machine, "version", nothing)
    monkeypatch.setattr(machine, "distributions", lambda name: [])
    monkeypatch.setattr("nn.drawing.dot.shutil.which", lambda *_, **__: None)
    code, out, _ = run("doctor")
    assert code == 0
    assert re.search(r'^–  numpy +missing  compiled programs on whole batches: pip install "chalkgrad\[arrays\]"', out, re.M)
    assert len(re.findall("^–", out, re.MULTILINE)) == 1 + sum(
        len(packages) for extra, packages in machine.packages_of_extras().items() if extra in machine.PURPOSES
    )


def installed_in(folder):
    """HIPS's package, installed in a folder."""
    return [SimpleNamespace(version="1.8.0", locate_file=lambda name: folder / name)]


def test_another_autograd_is_an_error(run, monkeypatch):
    """HIPS's package in the same place, with its version and the way out; exit code 1."""
    monkeypatch.setattr(machine, "distributions", lambda name: installed_in(ROOT))
    code, out, _ = run("doctor")
    assert code == 1
    assert re.search(r"^✗  autograd +1\.8\.0 .*pip uninstall autograd", out, re.MULTILINE)


def test_another_autograd_elsewhere_is_an_error_too(run, monkeypatch, tmp_path):
    """It is named, with its place, since what uses it finds chalkgrad's; and so is the way out."""
    monkeypatch.setattr(machine, "distributions", lambda name: installed_in(tmp_path))
    code, out, _ = run("doctor")
    assert code == 1
    assert f"✗  autograd  1.8.0  HIPS autograd is in {tmp_path.resolve()}" in out
    assert "an environment of its own" in out


@pytest.mark.parametrize("name", ["autograd.py", "nn.py", "nn/__init__.py"])
def test_a_file_in_the_way_is_an_error(name, run, run_json, monkeypatch):
    """One that Python finds first in the folder where one works; a folder with other things is none."""
    monkeypatch.setattr(machine, "distributions", lambda name: [])
    Path("autograd").mkdir()
    assert run("doctor")[0] == 0
    Path("autograd").rmdir()
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text("")
    code, out, _ = run("doctor")
    assert code == 1
    assert re.search(rf"^✗  {name.split('/')[0]} +here .*rename it", out, re.MULTILINE)


def test_the_source_tree_is_not_in_its_own_way(run, monkeypatch):
    """Where one works on chalkgrad itself."""
    monkeypatch.setattr(machine, "distributions", lambda name: [])
    run("doctor")  # it goes to a folder of its own first
    monkeypatch.chdir(ROOT)
    assert list(machine._in_the_way()) == []


def test_a_clone_is_not_in_the_way_of_what_was_installed_from_it(run, monkeypatch):
    """As the README's first command leaves it: chalkgrad in an environment, and its source in the folder where one works."""
    monkeypatch.setattr(machine, "distributions", lambda name: [])
    run("doctor")
    for file in ("autograd/__init__.py", "autograd/primitives.py", "nn/__init__.py", "nn/module.py"):
        Path(file).parent.mkdir(exist_ok=True)
        Path(file).write_text("")
    assert list(machine._in_the_way()) == []


@pytest.mark.parametrize("shell", machine.SHELLS)
def test_completion_scripts(shell, run):
    """Each names the subcommands, and the options as far as the shell can complete them."""
    pytest.importorskip("shtab")
    code, out, err = run("completion", shell)
    assert (code, err) == (0, "")
    assert [word for word in ("derive", "hessian", "train", "--layers") if word not in out] == [
        word for word in ["--layers"] if shell == "tcsh"
    ]
    assert "examples:" not in out


@pytest.mark.external
def test_bash_completes(run):
    """The script parses; bash offers subcommands, options and choices."""
    pytest.importorskip("shtab")
    bash = shutil.which("bash") or shutil.which("bash", path=os.defpath)
    if not bash:
        pytest.skip("no bash completes here")
    script = run("completion", "bash")[1]
    ask = 'COMP_WORDS=({0}); COMP_CWORD={1}; COMP_LINE="{0}"; _shtab_chalkgrad; echo "${{COMPREPLY[@]}}"\n'
    lines = ask.format('chalkgrad ""', 1) + ask.format("chalkgrad gr", 1) + ask.format("chalkgrad train moons --l", 3)
    lines += ask.format('chalkgrad completion ""', 2)
    assert subprocess.run([bash, "-n"], input=script, text=True, capture_output=True, check=False).stderr == ""
    done = subprocess.run([bash], input=script + lines, text=True, capture_output=True, check=False)
    offered = [set(line.split()) for line in done.stdout.splitlines()]
    assert {"step", "derive", "train", "doctor"} <= offered[0]
    assert offered[1:] == [{"grad"}, {"--layers", "--lr", "--l2"}, set(machine.SHELLS)]
