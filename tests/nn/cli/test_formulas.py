"""step, derive, grad, hessian, draw: on formulas that are typed."""

import json
import math
import re
from pathlib import Path

import pytest

from autograd import Value, hessian, sigmoid, trace

NEURON = ("sigmoid(w1*x1 + w2*x2 + b)", "w1=0.5", "x1=1", "w2=-1", "x2=2", "b=0.1")
ENTROPY = "E = -t*log(o) - (1-t)*log(1-o); o = sigmoid(net); net = w*x + b"


def neuron():
    """The same by hand, and its gradient."""
    z = 0.5 * 1 - 1 * 2 + 0.1
    o = 1 / (1 + math.exp(-z))
    slope = o * (1 - o)
    return o, {"w1": slope, "x1": 0.5 * slope, "w2": 2 * slope, "x2": -slope, "b": slope}


def test_step_prints_both_passes(run):
    """The tables of autograd.trace, without colours in a pipe."""
    code, out, err = run("step", "o = sigmoid(w*x)", "w=0.5", "x=2")
    w, x = Value(0.5, "w"), Value(2.0, "x")
    o = sigmoid(w * x)
    o.label = "o"
    steps = trace(o)
    assert (code, err) == (0, "")
    assert out == f"forward\n{steps.forward_table()}\n\nbackward\n{steps.backward_table()}\n"


def test_step_as_json(run_json):
    """Every step, and the gradient of every node."""
    o, gradient = neuron()
    whole = run_json("step", *NEURON)
    assert whole["value"] == pytest.approx(o, rel=1e-14)
    assert {name: whole["gradient"][name] for name in gradient} == pytest.approx(gradient, rel=1e-14)
    assert [len(whole[name]) for name in ("forward", "backward")] == [5, 9]
    assert whole["forward"][-1]["value"] == whole["value"]


def test_step_writes_a_page_and_a_drawing(run):
    """--html and --draw; what is printed stays a table."""
    code, out, err = run("step", *NEURON, "--html", "steps.html", "--draw", "graph.dot")
    assert code == 0
    assert out == run("step", *NEURON)[1]
    assert Path("steps.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "grad" in Path("graph.dot").read_text(encoding="utf-8")
    assert err == "saved steps.html\nsaved graph.dot\n"


def test_a_derivation_in_symbols(run):
    """Without numbers it ends in the formula of the lecture."""
    code, out, _ = run("derive", ENTROPY, "--wrt", "w")
    assert code == 0
    assert out.startswith("∂E/∂w = ∂E/∂o · ∂o/∂net · ∂net/∂w")
    assert re.search(r"= \(o − t\)·x +multiply out and collect\n$", out)


def test_a_derivation_in_numbers(run):
    """With numbers for all variables it ends in them; --wrt takes results on the way as well."""
    out = run("derive", ENTROPY, "t=1", "w=0.5", "x=2", "b=-1", "--wrt", "w,net")[1]
    net, w = out.split("\n\n")[1:]
    assert re.search(r"^∂E/∂net = .*\n(.*\n)* += 0\.5 − 1 = −0\.5 +in numbers$", net)
    assert re.search(r"^∂E/∂w = .*\n(.*\n)* += −0\.5·2 = −1 +in numbers\n$", w)


def test_a_derivation_of_a_function(run):
    """The name of one is enough."""
    out = run("derive", "sigmoid")[1]
    assert "σ(x)·(1 − σ(x))" in out.splitlines()[-1]


def test_a_derivation_in_latex_and_in_files(run):
    """--latex prints it; --save writes a document, a page, a text."""
    code, out, _ = run("derive", ENTROPY, "--wrt", "w", "--latex")
    assert code == 0
    assert r"\frac{\partial E}{\partial w}" in out
    code, out, err = run("derive", ENTROPY, "--save", "d.tex", "--save", "d.txt")
    assert Path("d.tex").read_text(encoding="utf-8").startswith("\\documentclass")
    assert Path("d.txt").read_text(encoding="utf-8") == out
    assert err == "saved d.tex\nsaved d.txt\n"


@pytest.mark.parametrize(("numbers", "value"), [([], None), (["t=1", "w=0.5", "x=2", "b=-1"], {"w": -1.0})])
def test_a_derivation_as_json(numbers, value, run_json):
    """Lines with their reasons, the formula, and the number if there is one."""
    whole = run_json("derive", ENTROPY, *numbers, "--wrt", "w")
    assert whole["result"] == "E"
    assert whole["derivatives"] == {"w": "(o − t)·x"}
    assert whole["values"] == value
    assert whole["lines"][0] == {
        "left": "∂E/∂w",
        "right": "∂E/∂o · ∂o/∂net · ∂net/∂w",
        "reason": "chain rule",
        "latex": whole["lines"][0]["latex"],
    }


def test_the_value_and_the_gradient(run, run_json):
    """As formulas and numbers; numbers may stand between the options."""
    code, out, _ = run("grad", "x^2*y", "x=3", "--wrt", "y,x", "y=2")
    assert code == 0
    assert out == "f     = x²·y = 18\n∂f/∂y = x² = 9\n∂f/∂x = 2·y·x = 12\n"
    assert run("grad", "x^2*y", "--wrt", "y")[1] == "f     = x²·y\n∂f/∂y = x²\n"
    o, gradient = neuron()
    whole = run_json("grad", *NEURON)["results"]["f"]
    assert whole["value"] == pytest.approx(o, rel=1e-14)
    assert whole["gradient"] == pytest.approx(gradient, rel=1e-14)


def test_names_with_two_indices(run_json):
    """The comma between them parts no names."""
    whole = run_json("grad", "w_{1,2} x + b", "w_{1,2}=2", "x=3", "b=1", "--wrt", "w_{1,2},x")
    assert whole["inputs"] == ["w_{1,2}", "x"]
    assert list(whole["results"]["f"]["gradient"].values()) == [3.0, 2.0]


def test_several_results_have_a_jacobian(run, run_json):
    """A row for each, as one result of several has with --of."""
    out = run("grad", "u = x^2*y; v = x + sin(y)", "x=3", "y=0")[1]
    assert "[0  9]\n    [1  1]" in out
    whole = run_json("grad", "u = x^2*y; v = x + sin(y)", "x=3", "y=0")
    assert {name: each["gradient"] for name, each in whole["results"].items()} == {
        "u": {"x": 0.0, "y": 9.0},
        "v": {"x": 1.0, "y": 1.0},
    }
    assert run("grad", "u = x^2*y; v = x + sin(y)", "x=3", "y=0", "--of", "u")[1].startswith("u     = x²·y = 0\n")


def test_second_derivatives(run, run_json):
    """The Hessian in formulas, in numbers where there are some; equal to that of a Python function."""
    assert "= [2  2  0]\n    [2  0  0]\n    [0  0  0]" in run("hessian", "x^2 + 2*x*y + z", "x=1", "y=2", "z=3")[1]
    symbols = run("hessian", "x^2*sin(y)")[1]
    assert "cos(y)" in symbols
    assert len(symbols.split("=")) == 3
    whole = run_json("hessian", "x^2*sin(y)", "x=3", "y=2")["results"]["f"]
    for row, right in zip(whole["values"], hessian(lambda x, y: x * x * y.sin())(3, 2), strict=True):
        assert row == pytest.approx(right)
    assert whole["formulas"][0][0] == "2·sin(y)"


def test_third_derivatives(run_json):
    """Of any order, as nested lists."""
    whole = run_json("hessian", "x^2*y", "x=3", "y=2", "--order", "3")
    assert (whole["order"], whole["inputs"]) == (3, ["x", "y"])
    assert whole["results"]["f"]["values"] == [[[0, 2], [2, 0]], [[2, 0], [0, 0]]]


def test_a_drawing(run, run_json):
    """As text, in symbols or with numbers and gradients; as a file of any kind."""
    assert run("draw", "sigmoid(w*x)")[1] == "σ σ(w·x)\n└─ × w·x\n   ├─ w\n   └─ x\n"
    assert "w: 0.5, grad 0.3932" in run("draw", "sigmoid(w*x)", "w=0.5", "x=2", "--digits", "4")[1]
    code, out, err = run("draw", *NEURON, "--save", "g.mmd", "--save", "g.dot", "--theme", "dark", "--direction", "down")
    assert (code, out, err) == (0, "", "saved g.mmd\nsaved g.dot\n")
    assert "grad" in Path("g.dot").read_text(encoding="utf-8")
    assert "grad" not in run("draw", "sigmoid(w*x)", "--save", "s.dot")[1] + Path("s.dot").read_text(encoding="utf-8")
    whole = run_json("draw", "x*y", "x=2", "y=3")
    assert [box["title"] for box in whole["boxes"]] == ["x", "y", "x·y"]
    assert [arrow["flow"] for arrow in whole["arrows"]] == [3.0, 2.0]


@pytest.mark.parametrize("command", ["step", "derive", "grad", "hessian", "draw"])
def test_a_formula_from_standard_input(command, run):
    """Written as -, with numbers in the text itself."""
    code, out, _ = run(command, "-", stdin="y = x^2*z\nx = 1/3\nz = 2\n")
    assert code == 0
    assert out == run(command, "y = x^2*z; x = 1/3; z = 2")[1]


@pytest.mark.parametrize("formula", ["-x^2", "-(x*x)", "−x²"])
def test_a_formula_that_begins_with_a_minus(formula, run):
    """It is no option."""
    assert run("grad", formula, "x=3")[1].endswith("∂f/∂x = −2·x = −6\n")


@pytest.mark.parametrize("number", ["0.5", "1/2", "2^-1", "0,5", "5e-1", " .5"])
def test_numbers_are_written_in_many_ways(number, run_json):
    """Decimal point or comma, or a formula without variables."""
    assert run_json("grad", "2x", f"x={number}")["results"]["f"]["value"] == 1.0


def test_json_has_no_nan(run):
    """Numbers that JSON lacks are strings."""
    for command in ("step", "grad", "hessian"):
        code, out, _ = run(command, "log(x)", "x=0", "--json")
        assert code == 0
        json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
        assert '"inf"' in out or '"-inf"' in out


def test_an_interruption_ends_quietly(run, monkeypatch):
    """With the exit code that shells expect."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("autograd.formula.systems.read_formulas", interrupted)
    assert run("grad", "x^2", "x=3") == (130, "", "")


@pytest.mark.parametrize("command", ["step", "derive", "grad", "hessian", "draw"])
@pytest.mark.parametrize(
    ("formula", "more", "words"),
    [
        ("w*x + * b", [], ["expected", "    w*x + * b\n          ^"]),
        ("y = 2; sigmod(x)", [], ["is sigmoid meant?", "\n           ^"]),
        ("sigmiod", [], ["is sigmoid meant?", "    sigmiod\n    ^"]),
        ("2 + foo(x)", ["x=1"], ["foo is no function", "    2 + foo(x)\n        ^"]),
        ("lg x", ["x=1"], ["log_10(x) or log_2(x)", "    lg x\n    ^"]),
        ("w^T x", ["w=1", "x=2"], ["transposes", "    w^T x\n     ^"]),
        ("y = 2a; a = tnah x", [], ["is tanh meant?", "    y = 2a; a = tnah x\n                ^"]),
        ("a = b; b = a", [], ["in a circle: a → b → a"]),
        ("a = x; a = 2x", [], ["a is defined twice", "\n           ^"]),
        ("", [], ["no formula"]),
        ("x*y", ["x=1", "z=2"], ["z", "x"]),
        ("x*y", ["x=1", "x=2"], ["two numbers", "x"]),
        ("x*y", ["x=1", "y=2/"], ["    y=2/\n        ^"]),
        ("x*y", ["x=1", "y=2", "--of", "foo"], ["foo", "x, y"]),
    ],
)
def test_what_is_wrong_is_pointed_at(command, formula, more, words, refused):
    """Exit code 1, nothing printed, one sentence and the place."""
    assert refused([command, formula, *more], words)[0] == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["step", "w*x", "w=1"], ["x has no number", "    w*x\n      ^"]),
        (["step", "x; y", "x=1", "y=2"], ["2 results", "--of"]),
        (["derive", "u = x; v = 2x"], ["--of"]),
        (["derive", "x^2", "--wrt", "y"], ["y", "x"]),
        (["derive", "x^2", "--save", "d.pdf"], [".tex", "d.pdf"]),
        (["draw", "x^2", "--save", "d.bmp"], [".svg", ".bmp"]),
        (["draw", "x^2", "--save", "none/d.dot"], ["none/d.dot: No such file"]),
        (["grad", "1 + 2"], ["no variables"]),
    ],
)
def test_what_cannot_be_done(arguments, words, refused):
    """Exit code 1, and a sentence."""
    refused(arguments, words)


@pytest.mark.parametrize(
    "arguments",
    [
        ["step"],
        ["grad", "x", "y"],
        ["grad", "x", "=3"],
        ["grad", "x", "x=3", "--digits", "0"],
        ["grad", "x", "x=3", "--jsn"],
        ["hessian", "x", "--order", "0"],
        ["draw", "x", "--depth", "deep"],
    ],
)
def test_a_command_line_that_is_not_understood(arguments, run):
    """Exit code 2, and how the command is used."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert f"usage: chalkgrad {arguments[0]}" in err
