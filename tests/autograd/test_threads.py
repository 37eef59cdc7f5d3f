"""Threads that share Values: no contribution is lost, a step is one event, and compiled programs keep to themselves."""

import os
import random
import subprocess
import sys
import threading

import pytest

import nn
from autograd import AnomalyError, Primitive, Value, compile, detect_anomaly, dot, no_grad
from autograd import value as engine


@pytest.fixture(autouse=True)
def _impatient():
    """Threads are switched as often as can be, so that what can come in between does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(work, n=8):
    """work(i) in n threads at once, which begin together; an error in one is raised here."""
    barrier, errors, results = threading.Barrier(n), [], [None] * n

    def run(i):
        barrier.wait()
        try:
            results[i] = work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


# ------------------------------------------------------------------------------------------------ backward


@pytest.mark.parametrize("shape", ["chain", "dot", "of three", "power"])
def test_gradients_of_threads_that_share_a_model_add_up(shape):
    """Every contribution counts, whatever the number of operands; the numbers are whole, so that sums are exact."""
    ws = [Value(float(i % 3 + 1)) for i in range(6)]
    losses = {
        "chain": lambda: ws[0] * 2.0 + ws[1] * ws[2] - ws[3] + ws[4] * ws[5],
        "dot": lambda: dot(ws, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 7.0),
        "of three": lambda: ws[0].clip(ws[1] - 9.0, ws[2] + 9.0) + ws[3] + ws[4] + ws[5],
        "power": lambda: -ws[0] + ws[1].relu() * 3.0 + abs(ws[2]) + ws[3] * ws[3] + ws[4] * ws[5],
    }
    loss = losses[shape]
    loss().backward()
    once = [w.grad for w in ws]
    for w in ws:
        w.grad = 0.0

    def work(i):
        for _ in range(300):
            loss().backward()

    in_threads(work)
    assert [w.grad for w in ws] == [2400 * g for g in once]


def test_gradients_of_threads_that_share_computed_nodes_add_up():
    """One hidden value, many losses on it: each pass starts it afresh, and none sees another's half."""
    w, x = Value(3.0), Value(2.0)
    hidden = [w * x]
    for _ in range(30):
        hidden.append(hidden[-1] + 1.0)

    def work(i):
        for _ in range(200):
            (hidden[-1] * float(i + 1)).backward()

    in_threads(work)
    assert (w.grad, x.grad) == (200 * 36 * 2.0, 200 * 36 * 3.0)


def test_a_whole_net_differentiated_by_eight_threads():
    """Micrograd's demo as strangers write it: each thread a row, one step for all of them."""
    model = nn.MLP(2, [4, 1], "relu", seed=0)
    for p in model.parameters():
        p.data = float(round(4 * p.data) or 1)
    X = [[float(i % 5 - 2), float(i % 3)] for i in range(8)]
    for x in X:
        model(x).backward()
    expected = [100 * p.grad for p in model.parameters()]
    model.zero_grad()

    def work(i):
        for _ in range(100):
            model(X[i]).backward()

    in_threads(work)
    assert [p.grad for p in model.parameters()] == expected


def test_steps_and_passes_take_turns():
    """A step sees whole gradients: of two parameters that always get equal ones, both have moved as far."""
    a, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([a, b], lr=1.0)
    seen = []

    def work(i):
        for _ in range(300):
            if i % 2:
                (a + b).backward()
            else:
                optimizer.step()
                optimizer.zero_grad()
                with engine.one_at_a_time:
                    seen.append((a.data, b.data, a.grad, b.grad))

    in_threads(work, 4)
    assert all(x == y and g == h for x, y, g, h in seen)


def test_forward_and_backward_take_turns():
    """A graph brought up to date by one thread while another differentiates it: slopes are of one of the two points."""
    x = Value(1.0)
    squares = [x * x for _ in range(50)]
    y = squares[0]
    for square in squares[1:]:
        y = y + square
    found = set()

    def work(i):
        for k in range(150):
            if i % 2:
                with engine.one_at_a_time:
                    x.data = float(k % 2 + 1)
                    y.forward()
            else:
                with engine.one_at_a_time:
                    x.grad = 0.0
                    y.backward()
                    found.add((y.data, x.grad))

    in_threads(work, 4)
    assert found <= {(50.0, 100.0), (200.0, 200.0)}


def test_a_rule_may_differentiate_another_graph_within_a_pass():
    """The lock is the thread's own: a derivative that calls backward() does not wait for itself."""

    def slope(z, x):
        inner = Value(x if isinstance(x, float) else x.data)
        (inner * inner).backward()
        return inner.grad

    square = Primitive("square_by_backward", lambda x: x * x, slope)
    x = Value(3.0)
    square(x).backward()
    assert x.grad == 6.0


FORKS = """
import multiprocessing, sys, threading, warnings
from autograd import Value

sys.setswitchinterval(1e-6)
stop = threading.Event()


def busy():
    y = Value(1.0)
    for _ in range(500):
        y = y * 1.0
    while not stop.is_set():
        y.backward()


def differentiate():
    x = Value(2.0)
    (x * x).backward()
    sys.exit(0 if x.grad == 4.0 else 1)


threads = [threading.Thread(target=busy) for _ in range(2)]
for thread in threads:
    thread.start()
try:
    for _ in range(10):
        warnings.simplefilter("ignore", DeprecationWarning)  # Python's own, about forks beside threads: we mean it
        child = multiprocessing.get_context("fork").Process(target=differentiate)
        child.start()
        child.join(60)
        if child.is_alive():
            child.kill()
            raise SystemExit("a process was stuck")
        assert child.exitcode == 0
finally:
    stop.set()
    for thread in threads:
        thread.join()
"""


@pytest.mark.external
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_process_forked_in_the_middle_of_a_pass_is_not_stuck():
    """Other threads are in backward() while processes are forked: each of them differentiates as well."""
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------------------------------------ blocks


def test_one_block_of_no_grad_in_many_threads():
    """A block that has a name may be entered by all at once; none ends another's, and afterwards nothing holds."""
    block = no_grad()
    x = Value(2.0)

    def work(i):
        for _ in range(300):
            with block:
                assert (x * 3.0).inputs == ()
                with block:
                    assert (x * 3.0).inputs == ()
                assert (x * 3.0).inputs == ()
            assert (x * 3.0).inputs != ()

    in_threads(work)
    assert engine.supervisor is None


def test_threads_with_and_without_blocks():
    """no_grad and detect_anomaly hold in their own threads alone, while others come and go."""
    x = Value(2.0)

    def work(i):
        for _ in range(100):
            if i % 3 == 0:
                with no_grad():
                    assert (x * 3.0).inputs == ()
            elif i % 3 == 1:
                with pytest.raises(AnomalyError), detect_anomaly():
                    (x * 0.0).log().backward()
            else:
                assert (x * 3.0).inputs[0] is x
                assert (x * 0.0).log().data == float("-inf")

    in_threads(work, 6)
    assert engine.supervisor is None


def test_a_block_that_ends_elsewhere_says_so():
    """Left in a thread in which it was not entered: a RuntimeError, not silence."""
    with (
        no_grad() as block,
        pytest.raises(RuntimeError, match="no_grad ends where it was not begun: in another thread, or another task"),
    ):
        in_threads(lambda i: block.__exit__(), 1)


# ------------------------------------------------------------------------------------------------ compiled


def test_compiled_programs_in_threads_give_what_one_thread_gives():
    """Each thread its own batches and sizes, the first calls with their checks at once: the very same numbers."""
    pytest.importorskip("numpy", reason="compiled programs run on NumPy")
    chance = random.Random(0)
    batches = [[[chance.uniform(-1, 1) for _ in range(3)] for _ in range(2 + i)] for i in range(8)]

    def program():
        model = nn.MLP(2, [5, 1], "tanh", seed=0)
        x, t = [Value(0.3), Value(-0.2)], Value(0.5)
        return compile((model(x) - t) ** 2, {"X": x, "T": [t]}, model.parameters())

    def everything(program, batch):
        value, gradient = program.value_and_grad(batch)
        return (
            value,
            gradient.tolist(),
            program(batch).tolist(),
            program.value(batch),
            program.jacobian(batch).tolist(),
            program.per_sample_gradients(batch).tolist(),
            program.hvp([1.0] * len(program.parameters), batch).tolist(),
        )

    alone = program()
    expected = [everything(alone, batch) for batch in batches]
    for _ in range(5):
        shared = program()
        assert in_threads(lambda i, shared=shared: [everything(shared, batches[i]) for _ in range(5)][-1]) == expected


# ------------------------------------------------------------------------------------------------ fit


def test_fits_of_models_of_their_own_do_not_meet():
    """Eight threads train eight models: each is what it would be alone."""
    X, y = nn.data.moons(20)

    def run(i):
        model = nn.MLP(2, [3, 1], "tanh", seed=i)
        options = {"epochs": 4, "batch_size": 5, "loss": "bce_with_logits", "optimizer": "adam", "progress": False}
        return nn.fit(model, X, y, compiled=bool(i % 2), validation=0.2, **options).loss, model.state_dict()

    try:
        import numpy  # noqa: F401
    except ImportError:
        pytest.skip("half of them run by whole batches")
    assert in_threads(run) == [run(i) for i in range(8)]


def test_two_fits_of_one_model_at_once_are_refused():
    """One of them trains, the other says why it does not; afterwards the model can be trained again."""
    model = nn.MLP(1, [1], seed=0)
    other = nn.MLP(1, [1], seed=1)
    refused = []

    def second(history):
        def train(which):
            try:
                nn.fit(which, [[1.0]], [1.0], epochs=1, progress=False)
            except RuntimeError as error:
                refused.append(str(error))

        for which in (model, other):
            thread = threading.Thread(target=train, args=(which,))
            thread.start()
            thread.join()
        nn.fit(model, [[1.0]], [1.0], epochs=1, progress=False)  # within the same thread, between two steps

    nn.fit(model, [[1.0]], [1.0], epochs=2, callbacks=[second], progress=False)
    assert len(refused) == 2
    assert set(refused) == {
        "another thread is training these parameters, and steps of two would be mixed: give each thread a model of its own,"
        " or train one after the other"
    }
    nn.fit(model, [[1.0]], [1.0], epochs=1, progress=False)
    in_threads(lambda i: nn.fit(model, [[1.0]], [1.0], epochs=1, progress=False), 1)
