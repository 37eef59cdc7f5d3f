"""What the README says, happens; and what CONTRIBUTING says of a new operation."""

import pathlib
import re
import shlex

import pytest
from long_runs import thorough

ROOT = pathlib.Path(__file__).parent.parent
README = ROOT / "README.md"
COMMANDS = re.findall(r"^chalkgrad (.*)$", README.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_examples_print_what_stands_below_them(capsys):
    """Run one after the other, as a reader would; a block of output follows each."""
    text = README.read_text(encoding="utf-8")
    names = {}
    for code, output in re.findall(r"```python\n(.*?)```\n\n((?:    [^\n]*\n|\n(?=    ))+)", text, re.DOTALL):
        exec(code, names)
        printed = capsys.readouterr().out
        assert printed.splitlines() == [line.removeprefix("    ") for line in output.splitlines()]


@pytest.mark.parametrize("line", [pytest.param(line, marks=[thorough] * line.startswith("train")) for line in COMMANDS])
def test_the_commands_run(line, tmp_path, monkeypatch, capsys):
    """Each in an empty folder, with something to say and no error."""
    pytest.importorskip("sklearn")
    from nn.cli.main import main

    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(line)) == 0
    assert capsys.readouterr().out


def test_there_are_commands():
    """The test above has something to run."""
    assert len(COMMANDS) > 3


def test_every_name_among_the_features_is_there():
    """`nn.draw(loss)` and the like name things that can be imported."""
    import autograd
    import nn

    features = README.read_text(encoding="utf-8").partition("## What is there")[2].partition("## How fast")[0]
    called = set(re.findall(r"`(?:nn\.)?(\w+)\(", features))
    assert len(called) > 20
    assert {name for name in called if not (hasattr(autograd, name) or hasattr(nn, name))} == set()


def test_every_picture_is_there_in_the_light_and_in_the_dark():
    """Each says in words what is seen on it, is no heavier than a page may be, and none lies there unused."""
    shown = re.findall(
        r'<picture>\n<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)-dark\.(\w+)">\n'
        r'<img src="([^"]+)-light\.(\w+)" alt="[^"]{20,}" width="\d+">\n</picture>',
        README.read_text(encoding="utf-8"),
    )
    assert [each[:2] for each in shown] == [each[2:] for each in shown]
    pictures = {ROOT / f"{name}-{theme}.{suffix}" for name, suffix, *_ in shown for theme in ("light", "dark")}
    assert pictures == {path for path in (ROOT / "docs" / "readme").iterdir() if path.suffix != ".py" and path.is_file()}
    assert max(path.stat().st_size for path in pictures) < 1_500_000


def test_the_new_operation_of_contributing_is_right():
    """The row that it shows is an operation that passes the checker."""
    from autograd import Primitive, check_gradients

    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = {"Primitive": Primitive}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], names)
    assert check_gradients(names["isru"], 0.7, order=2)
