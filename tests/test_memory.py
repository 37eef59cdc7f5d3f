"""Steady memory and no cycles: after ten thousand steps there is what was there after a few, without the collector.

Python frees an object the moment nobody holds it, unless objects hold each other in a circle: those wait for the garbage
collector, which is most of what training costs in libraries that make them. Here it is off, and finds nothing in the end.
"""

import gc
import tracemalloc

import pytest

import nn
from autograd import Value, compile, gradient, latex, no_grad, parse, trace

MANY = 2000


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
    make, many = WORKS[name]
    step = make()
    for _ in range(3):  # caches fill
        step()
    gc.collect()
    before = objects()
    for _ in range(many):
        step()
    assert objects() - before < 20
    assert gc.collect() == 0


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("compiled", [False, True])
def test_ten_thousand_steps_of_one_fit_take_no_more_memory_than_their_history(compiled):
    """What grows is the history: three numbers an epoch. The rest is as large as after a thousand steps."""
    if compiled:
        pytest.importorskip("numpy", reason="whole batches run on NumPy")
    sizes = {}

    def look(history):
        if len(history) in (1000, 10_000):
            sizes[len(history)] = tracemalloc.get_traced_memory()[0]

    nn.fit(line(), [[1.0], [2.0]], [1.0, 2.0], lr=0.01, epochs=3, compiled=compiled, progress=False)
    gc.collect()
    tracemalloc.start()
    try:
        history = nn.fit(
            line(), [[1.0], [2.0]], [1.0, 2.0], lr=0.01, epochs=10_000, compiled=compiled, callbacks=[look], progress=False
        )
    finally:
        tracemalloc.stop()
    assert len(history) == 10_000
    assert sizes[10_000] - sizes[1000] < 9000 * 3 * (8 + 24) * 1.5  # a place in a list and a float, lists grow by an eighth
    assert gc.collect() == 0
