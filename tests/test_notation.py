"""One notation in all rooms: nothing that people read calls a quantity by another letter than CONTRIBUTING.md says."""

import doctest
import inspect
import re
from pathlib import Path

import pytest
from drawn_exercises import task
from notation import OTHERWISE

import autograd
import nn
from autograd.mark.exercises import KINDS
from autograd.mark.levels import LEVELS
from nn.cli.main import main

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "howto").glob("*.md"))]
PLAY = sorted((ROOT / "nn" / "pages" / "play").glob("*.js")) + sorted((ROOT / "nn" / "pages").glob("play*.py"))
OF_OTHERS = {"check-lecture-notes.md"}  # a page of somebody who writes otherwise is checked there
COMMANDS = "step derive hessian derivatives play mark exam exercise check judge train draw tour lab".split()


def other_words(text):
    """What is written in another way, each with what should be."""
    return [f"{match[0]!r}; {instead}" for pattern, instead in OTHERWISE.items() for match in re.finditer(pattern, text)]


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in OF_OTHERS], ids=lambda page: page.name)
def test_a_page_has_the_notation_of_the_course(page):
    """README, site and how-to pages, their code and what it prints."""
    assert other_words(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", PLAY, ids=lambda source: source.name)
def test_the_page_without_python_has_the_notation_of_the_course(source):
    """The modules of play.html, their examples and comments; what a screen says in the end is read in test_play.py."""
    assert other_words(source.read_text(encoding="utf-8")) == []


def test_examples_in_docstrings_have_the_notation_of_the_course():
    """Those of every public name, and what they print."""
    found = {}
    for package in (autograd, nn):
        for name in package.__all__:
            what = getattr(package, name)
            parts = [what, *vars(what).values()] if inspect.isclass(what) else [what]
            for part in parts:
                text = inspect.getdoc(part) or "" if callable(part) or isinstance(part, property) else ""
                examples = "\n".join(each.source + each.want for each in doctest.DocTestParser().get_examples(text))
                if words := other_words(examples):
                    found[name] = words
    assert found == {}


@pytest.mark.parametrize("kind", KINDS)
def test_an_exercise_has_the_notation_of_the_course(kind):
    """In Markdown and LaTeX, in its notebook and in what is said of every foreseen mistake."""
    shown = task(kind)
    assert other_words(shown.markdown + shown.notebook) == []
    if kind in LEVELS:
        assert other_words(str(fresh_marking(shown))) == []


def fresh_marking(shown):
    """Each line with another sign: the red pen names what stands there."""
    return shown.sheet.mark({name: x.removeprefix("-") if x[0] == "-" else f"-{x}" for name, x in shown.answers.items()})


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_the_notation_of_the_course(command, capsys):
    """The help of every command, with its examples."""
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert other_words(capsys.readouterr().out) == []


def test_other_words_are_found():
    """A test that finds nothing anywhere would do so, too."""
    for text in ("∂E/∂w", "E = 0.5", "o = σ(z)", "(o − t)·x", "net = w x", "w_new = 0.4", "∂L/∂z₁"):
        assert other_words(text), text
    assert other_words("a = w·x + b; ŷ = σ(a); L = (ŷ − y)²/2; ∂L/∂w₁₁; the net learns; o = α₁v₁ + α₂v₂") == []
