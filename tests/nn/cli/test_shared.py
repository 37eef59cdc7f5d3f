"""What goes to a terminal, and what into a pipe."""

import io
import sys

import pytest

from nn.cli import shared


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
