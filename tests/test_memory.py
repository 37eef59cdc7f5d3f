"""Steady memory and no cycles: after ten thousand steps there is what was there after a few, without the collector.

Python frees an object the moment nobody holds it, unless objects hold each other in a circle: those wait for the garbage
collector, which is most of what training costs in libraries that make them. Here it is off, and finds nothing in the end.
"""

import ast
import gc
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from derived_graphs import written_by
from long_runs import many, part

import autograd
import nn
from autograd import (
    Value,
    Worksheet,
    check_gradients,
    compile,
    derivation,
    derivatives,
    descent,
    exercise,
    gradient,
    hessian,
    jacobian,
    latex,
    no_grad,
    parse,
    paths_between,
    sigmoid,
    trace,
)

MANY = many(2000)
START, EPOCHS = 2000, max(4000, many(10_000))


def line():
    return nn.MLP(1, [1], weights=[[[0.5]]], biases=[[0.0]])


def backward():
    x, w = Value(0.5), Value(-1.5)

    def step():
        y = (x * w + 1.0).tanh() * x
        y.backward()
        y.forward()

    return step


def gradients():
    x = Value(0.5)

    def step():
        y = (x * x + 1.0).log()
        gradient(gradient(y, x)[0], x)

    return step


def by_hand():
    model = nn.MLP(2, [2, 1], "tanh", seed=0)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    schedule = nn.optim.StepLR(optimizer, 10)

    def step():
        optimizer.zero_grad()
        nn.losses.mse(model([0.5, -1.0]), 0.25).backward()
        optimizer.step()
        schedule.step()
        with no_grad():
            model([1.0, 1.0])

    return step


def compiled_program():
    w, x = Value(0.5), Value(1.0)
    program = compile((w * x).tanh() ** 2, [x], [w])

    def step():
        program.value_and_grad([1.0, 2.0])
        program([1.0, 2.0, 3.0])
        program.jacobian([1.0])

    return step


def fit(compiled):
    X, y = [[0.5], [-0.25], [1.0], [0.75]], [0.0, 1.0, 0.5, 0.25]
    model = line()
    options = {"optimizer": "adam", "batch_size": 2, "validation": 0.25, "patience": 2, "record": True, "progress": False}

    def step():
        history = nn.fit(model, X, y, epochs=2, compiled=compiled, **options)
        nn.fit(model, X, y, epochs=3, compiled=compiled, resume=history, **options)

    return step


def parsing():
    names = {name: Value(0.5, label=name) for name in ("w_1", "x_1", "b")}
    return lambda: (parse("sigmoid(w_1 x_1 + b)^2 / 2", names), parse(r"\frac{1}{1 + e^{-w x}}"))


def drawing():
    x, w = Value(0.5, label="x"), Value(-1.5, label="w")
    y = (x * w + 1.0).tanh()

    def step():
        latex(y)
        str(trace(y))
        nn.draw(y).dot  # noqa: B018

    return step


WORKS = {
    "backward": (backward, MANY),
    "gradient": (gradients, MANY),
    "training by hand": (by_hand, MANY),
    "fit, row by row": (lambda: fit(False), 60),
    "a compiled program": (compiled_program, 300),
    "fit, by whole batches": (lambda: fit(True), 30),
    "parsing": (parsing, 500),
    "drawing": (drawing, 100),
}


def objects():
    return len(gc.get_objects())


@pytest.fixture(scope="module")
def _apart():
    """What other tests have left is not looked at again for each test here."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def _no_collector(_apart):
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("name", WORKS)
def test_no_step_leaves_anything_behind(name):
    """As many objects after many steps as after a few, and no circle for the collector to find."""
    if "whole" in name or "compiled" in name:
        pytest.importorskip("numpy", reason="whole batches run on NumPy")
    make, steps = WORKS[name]
    step = make()
    for _ in range(3):  # caches fill
        step()
    gc.collect()
    before = objects()
    for _ in range(steps):
        step()
    assert objects() - before < 20
    assert gc.collect() == 0


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("compiled", [False, True])
def test_ten_thousand_steps_of_one_fit_take_no_more_memory_than_their_history(compiled):
    """What grows is the history: three numbers an epoch. The rest is as large as after two thousand steps."""
    if compiled:
        pytest.importorskip("numpy", reason="whole batches run on NumPy")
    sizes = {}

    def look(history):
        if len(history) in (START, EPOCHS):
            sizes[len(history)] = tracemalloc.get_traced_memory()[0]

    nn.fit(line(), [[1.0], [2.0]], [1.0, 2.0], lr=0.01, epochs=3, compiled=compiled, progress=False)
    gc.collect()
    tracemalloc.start()
    try:
        history = nn.fit(
            line(), [[1.0], [2.0]], [1.0, 2.0], lr=0.01, epochs=EPOCHS, compiled=compiled, callbacks=[look], progress=False
        )
    finally:
        tracemalloc.stop()
    assert len(history) == EPOCHS
    later = EPOCHS - START
    assert (
        sizes[EPOCHS] - sizes[START] < later * 3 * (8 + 24) * 1.5
    )  # a place in a list and a float, which grow by an eighth
    assert gc.collect() == 0


# ------------------------------------------------------------------------------------------------------------- no circles


def labelled(seed):
    """A loss as somebody writes it, and two of its leaves."""
    case = written_by(seed)
    return case.y, case.parameters[:2]


def marked(loss, xs):
    sheet = Worksheet(L=loss, dx=gradient(loss, xs[0])[0])
    claims = {"L": f"{loss.data:.3f}", "dx": "-0.3 + 0.1 * 2"}
    marking = sheet.mark(claims)
    return marking.text, marking.html, marking.csv, str(sheet.mark({"L": "1.5 - (", "dx": "hello"})), sheet.audit()


def worked(loss, xs):
    program = compile(loss, xs[:1])
    rows = [[0.5], [0.25]]
    program.value_and_grad(rows)
    program.value_and_grad(program.batch(rows))
    program.hvp([1.0] * len(program.parameters), rows)
    program.function("numpy")
    return program(rows), program.jacobian(rows), program.script, program.equations, program.explain()


def refused(*works):
    """What is refused leaves its traceback to nobody."""
    for work in works:
        with suppress(ArithmeticError, LookupError, TypeError, ValueError):
            work()


READINGS = {
    "derivation": lambda y, xs: (derivation(y, xs[0]).text, derivation(y, xs[0], numbers=False).latex),
    "derivations": lambda y, xs: refused(lambda: (derivation(y).text, derivation(y, xs).latex)),
    "derivation of a rule": lambda y, xs: derivation(sigmoid).text,
    "vector_form": lambda y, xs: refused(lambda: derivation(y).vector_form().text),
    "derivatives": lambda y, xs: derivatives(y, *xs).text,
    "derivatives of a function": lambda y, xs: derivatives(lambda a, b: (a * b[0]).tanh() + b[1], 0.5, [1.0, 2.0]).text,
    "descent": lambda y, xs: descent(y, xs[:1], rate=0.1).text,
    "mark": marked,
    "exercise": lambda y, xs: [str(exercise(level, seed=1)) for level in ("neuron", "two layers", "softmax")],
    "parse": lambda y, xs: (parse("sigmoid(w_1 x_1 + b)^2 / 2"), refused(lambda: parse("sin("), lambda: parse("x + + "))),
    "trace": lambda y, xs: (str(trace(y)), trace(y)._repr_html_()),
    "latex": lambda y, xs: latex(y),
    "draw": lambda y, xs: (nn.draw(y).dot, nn.draw(y, highlight=paths_between(y, xs[0])).dot),
    "step_through": lambda y, xs: nn.step_through(y)._repr_html_(),
    "compile": worked,
    "compile, refused": lambda y, xs: refused(lambda: compile(y, [y], [xs[1]]), lambda: compile(y, xs, xs)),
    "check_gradients": lambda y, xs: str(check_gradients(lambda a, b: a * b[0].tanh() + b[1], 0.5, [1.0, 2.0], order=2)),
    "check_gradients, refused": lambda y, xs: str(check_gradients(lambda a: a * a.data, 0.5)),
    "transforms": lambda y, xs: (jacobian(lambda a, b: [a * b, a])(1.0, 2.0), hessian(lambda a, b: a * b * b)(1.0, 2.0)),
}


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("name", READINGS)
def test_no_reading_leaves_a_circle(name):
    """Whatever is asked of a graph, nothing holds itself afterwards. What SymPy leaves of a formula it leaves once."""
    if "compile" in name:
        pytest.importorskip("numpy", reason="compiled programs run on NumPy")
    graphs = part(range(4), 2)
    for seed in graphs:
        READINGS[name](*labelled(seed))  # caches fill
    gc.collect()
    for seed in graphs:
        READINGS[name](*labelled(seed))
    assert in_circles() == []


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("name", [name for name in READINGS if "deriv" in name or name == "vector_form"])
def test_what_sympy_leaves_holds_nothing_of_ours(name):
    """The first time that a formula is simplified SymPy leaves circles of its own; no Value, page or sheet is in one."""
    for seed in part(range(100, 104), 2):
        READINGS[name](*labelled(seed))
    assert [each for each in in_circles() if each.partition(".")[0] in ("autograd", "nn", "test_memory")] == []


def in_circles():
    """What the collector finds, by module and name."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    found = [x for x in gc.garbage if hasattr(x, "__module__") or not isinstance(x, (tuple, list, dict, set))]
    names = [f"{getattr(x, '__module__', '')}.{getattr(x, '__qualname__', type(x).__qualname__)}" for x in found]
    names += ["a container"] * (not found and bool(gc.garbage))
    gc.garbage.clear()
    return sorted(names)


def test_no_function_within_a_function_calls_itself():
    """It would hold its cell, and its cell it: a circle at each call. Such functions stand outside."""
    for package in (autograd, nn):
        for file in Path(package.__file__).parent.rglob("*.py"):
            for outer in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                for inner in ast.walk(outer) if isinstance(outer, ast.FunctionDef) else ():
                    if isinstance(inner, ast.FunctionDef) and inner is not outer:
                        named = {each.id for part in inner.body for each in ast.walk(part) if isinstance(each, ast.Name)}
                        assert inner.name not in named, f"{file.name}:{inner.lineno} {inner.name}"
