"""Whatever text comes, it is read or refused, by a bounded amount of work; nothing in it is ever run."""

import ast
import pathlib
import sys
import unicodedata

import pytest
from formula_numbers import NUMBERS
from hypothesis import example, given
from hypothesis import strategies as st
from long_runs import examples

from autograd import Value
from autograd.formula import lexer, name_keys, new_names, parser, patterns, signs
from autograd.formula.lexer import FormulaError
from autograd.formula.parser import parse, split_chain

# --------------------------------------------------------------------------------------------------------------- any text

PIECES = [
    *signs.SIGNS, *signs.FUNCTIONS, *NUMBERS, "w", "1", "0.5", ".", "½", "²", "⁻¹", "₁", "⁽", "ⁿ", " ", "\n", "$", "\\",
    "^{", "_{", r"\left(", r"\right)", r"\left|", r"\right|", r"\hat", r"\hat y", "ŷ", "\u0302", "e", "e^", "∂", "/∂", "d",
    "π", r"\mathrm{", r"\text{", r"\operatorname{relu}", r"\theta", "1_{", r"\mathbf{1}", "Σ", "log_2", "ﬁ", "ǅ", "𝑥", "٣",
    "😀", "\x00", "''",
]  # fmt: skip


def error_of(read, *args):
    """What a function comes to, and the FormulaError that it raises."""
    try:
        return read(*args), None
    except FormulaError as error:
        return None, error


def check_any_text(text):
    """Whatever it is, a Value or an error that knows its place comes of it."""
    for read, *args in ((parse, text, NUMBERS), (parse, text), (split_chain, text)):
        result, error = error_of(read, *args)
        if error is None:
            assert isinstance(result, Value) or all(text[start:].startswith(part) for part, start in result)
        else:
            assert error.text == text
            assert 0 <= error.position <= len(text)
            assert str(error).count("\n") == 1


@examples(300)
@given(st.text(max_size=60))
@example("\u0302")
@example("1_{" * 300)
@example("sin^-" * 300)
@example("|" * 1999)
def test_any_text_is_read_or_refused(text):
    """No text raises anything but FormulaError."""
    check_any_text(text)


@examples(400)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=25))
def test_any_heap_of_signs_is_read_or_refused(pieces):
    """Nor do all the signs and words that mean something here, in any order."""
    check_any_text("".join(pieces))


def calls_made(text, names):
    """How many functions are called to read a text."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        parse(text, names)
    except FormulaError:
        pass
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "piece",
    ["x", "w_1x_1", "w_1^1", "dx/dx", "d", "sin x ", "2^", "(", "|x", "x_{y}^{z}", "1_{x>0}", "θ", "\\frac{\\partial x"],
)
def test_reading_takes_bounded_work(piece):
    """Two thousand characters of the worst kind take no more than some hundred calls each."""
    text = piece * (2000 // len(piece))
    shorter = piece * (500 // len(piece))
    for names in (NUMBERS, None):
        assert calls_made(text, names) < 1_500_000
        assert calls_made(text, names) < 8 * calls_made(shorter, names) + 10_000


READERS = lexer, name_keys, new_names, parser, patterns, signs


def test_nothing_is_ever_run():
    """The modules call no eval, exec, compile, getattr or import of Python's, and import no module that does."""
    tree = ast.parse("".join(pathlib.Path(module.__file__).read_text(encoding="utf-8") for module in READERS))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert (
        names & {"eval", "exec", "compile", "getattr", "setattr", "globals", "vars", "open", "__import__", "__builtins__"}
        == set()
    )
    methods = [
        node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in ("compile", "eval", "exec")
    ]
    assert {node.value.id for node in methods} == {"re"}
    imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    outside = {name.partition(".")[0] for name in imported} - {"autograd"}
    assert outside <= {"__future__", "collections", "difflib", "functools", "math", "re", "typing", "unicodedata"}


def test_the_caret_counts_what_is_seen():
    """A combining accent takes no column of its own."""
    assert unicodedata.combining("\u0302")
    with pytest.raises(FormulaError) as caught:
        parse("y\u0302y\u0302@", NUMBERS)
    assert str(caught.value).split("\n")[1].startswith("  ^")
