"""Whatever is written behind an option or in the place of an argument, the answer is a result or a sentence."""

import argparse
from pathlib import Path

import pytest
from long_runs import part

from nn.cli.main import parser

PARSER = parser()
COMMANDS = next(action for action in PARSER._actions if isinstance(action, argparse._SubParsersAction)).choices
NONSENSE = ["", " ", ",", "nonsense", "-1", "0", "1.5", "nan", "1e999", "x=", "=1", "none/such.svg", "a.xyz", ".",
            "/dev/null/a.svg", "a\x00b", "🎯", "\ud800", "𝔣", "\\", '"', "%s", "{", "<b>", "٣", "²", "--", "-"]  # fmt: skip

# What each command is asked for, so that it answers at once. What it needs, in its order; an option's value goes behind.
ASKED = {
    "step": ["w*x", "w=1", "x=2"],
    "derive": ["w*x"],
    "grad": ["w*x"],
    "hessian": ["w*x"],
    "draw": ["w*x"],
    "play": ["w*x", "--no-open"],
    "tour": [],
    "lab": ["notebooks", "--copy-only"],
    "exercise": ["neuron"],
    "exam": ["--kind=neuron", "--seed=3", "--platform=moodle", "--variants=1"],
    "mark": ["sheet.toml"],
    "check": ["notes.md"],
    "judge": ["notes.md"],
    "train": ["xor", "--epochs", "1"],
    "doctor": [],
    "completion": ["bash"],
    "help": ["exam"],
}


def cases():
    """Each option that takes a value, and each argument of each command, with each piece of nonsense."""
    for command, asked in ASKED.items():
        options = [action for action in COMMANDS[command]._actions if action.option_strings and action.nargs is None]
        for action in options:
            for text in NONSENSE:
                yield command, [*asked, f"{action.option_strings[-1]}={text}"]
                if not text.strip("-1"):  # what could be taken for something else
                    yield command, [*asked, action.option_strings[-1], text]
        for place, given in enumerate(asked):
            if not given.startswith("--") and asked[place - 1] != "--epochs":
                for text in NONSENSE:
                    yield command, [*asked[:place], text, *asked[place + 1 :]]
                    yield command, [*asked, text]


@pytest.fixture
def desk(tmp_path, monkeypatch, run):
    """A folder with a worksheet; the parser is made once for all commands."""
    monkeypatch.setattr("nn.cli.main.parser", lambda: PARSER)
    monkeypatch.setattr("nn.cli.tour.tour", lambda folder, progress: Path(folder).mkdir(exist_ok=True))
    monkeypatch.setattr("nn.cli.training._plot", lambda folder, *_: folder.mkdir(parents=True, exist_ok=True))
    monkeypatch.setattr("nn.cli.lessons._start", lambda folder, first, more: 0)
    run("exercise", "neuron", "--seed", "3", "--save", "sheet.toml")
    Path("notes.md").write_text("$1 + 1 = 2$", encoding="utf-8")


def test_every_command_is_asked():
    """None is left out of what follows."""
    assert list(ASKED) == list(COMMANDS)


@pytest.mark.parametrize("command", ASKED)
def test_nonsense_is_no_traceback(command, desk, run):
    """Exit code 0, or 1 or 2 with words on why: an exception that comes out of main fails this test."""
    for arguments in part([arguments for name, arguments in cases() if name == command]):
        try:
            code, out, err = run(command, *arguments)
        except Exception as error:
            raise AssertionError(f"{arguments} ends in {error!r}") from error
        assert code in (0, 1, 2), arguments
        assert code == 0 or (out + err).strip(), arguments


@pytest.mark.parametrize("text", ["", "drak", "DARK", "\x00"])
def test_an_unknown_theme_is_a_sentence(text, run):
    """It names the themes that there are, and the nearest if there is one."""
    code, _, err = run("draw", "x", "--theme", text)
    assert code == 2
    assert "argument --theme: invalid choice" in err
    assert "light" in err
    assert ("is dark meant?" in err) == (text == "drak")
