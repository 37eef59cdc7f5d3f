"""Ctrl-C at every place at which Python looks for it: what was begun is whole or undone, and goes on right afterwards.

Python looks for signals where a function begins, where a C function has returned, and where a loop goes back: nowhere else,
and the engine relies on that. A profiler is called at the first two and a tracer at the third, and either may raise.
"""

import dis
import inspect
import random
import subprocess
import sys
import threading
from functools import cache

import pytest
from long_runs import many

import nn
from autograd import Value, Worksheet, compile, derivation, gradient, no_grad, trace
from autograd import value as engine
from autograd.display.files import write
from autograd.modes import without_graph
from nn.train.training import Training

PLACES = many(20)  # at which each work is interrupted, spread over all that there are


class Interrupting:
    """Raises KeyboardInterrupt at the n-th place in our own code at which Python looks for signals.

    Not in generators: they are entered to be closed, too, and whoever closes them cannot be told.
    """

    def __init__(self, at=None):
        self.at, self.count = at, 0

    def __enter__(self):
        self.before = sys.getprofile(), sys.gettrace()
        sys.settrace(self.trace)
        sys.setprofile(self.profile)
        return self

    def __exit__(self, *error):
        sys.setprofile(self.before[0])
        sys.settrace(self.before[1])

    def profile(self, frame, event, argument):
        if event in ("call", "c_return") and ours(frame):
            self.place()

    def trace(self, frame, event, argument):
        if not ours(frame) or not ways_back(frame.f_code):
            return None
        frame.f_trace_opcodes = True
        return self.instruction

    def instruction(self, frame, event, argument):
        if event == "opcode" and frame.f_lasti in ways_back(frame.f_code):
            self.place()
        return self.instruction

    def place(self):
        self.count += 1
        if self.count == self.at:
            self.stop()
            raise KeyboardInterrupt

    def stop(self):
        sys.setprofile(None)
        sys.settrace(None)


def ours(frame):
    package = frame.f_globals.get("__name__", "").partition(".")[0]
    return package in ("autograd", "nn") and not frame.f_code.co_flags & inspect.CO_GENERATOR


@cache
def ways_back(code):
    """The instructions with which a loop goes back."""
    jumps = [each for each in dis.get_instructions(code) if "JUMP_BACKWARD" in each.opname]
    return {each.offset for each in jumps if not each.opname.endswith("NO_INTERRUPT")}


def interrupted(work, at):
    """What work gives if Ctrl-C comes at a place; None if that got through. Afterwards nothing may hold on."""
    result = None
    try:
        with Interrupting(at):
            result = work()
    except KeyboardInterrupt:
        pass
    check_that_nothing_holds_on()
    return result


def check_that_nothing_holds_on():
    """No lock, no switch of the whole engine, no claim on a parameter."""
    free = []

    def other():  # a lock that is the thread's own does not show in this thread
        free.append(engine.one_at_a_time.acquire(timeout=5))
        if free[0]:
            engine.one_at_a_time.release()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert free == [True]
    assert (Value(2.0) * 3.0).inputs, "no_grad holds on"
    assert engine.supervisor is None
    assert not list(Training.claims.values())


def everywhere(work):
    """All places at which work can be interrupted."""
    with Interrupting() as counting:
        work()
    return range(1, counting.count + 1)


def places(work, most=PLACES):
    """Some of the places at which work can be interrupted: all if there are few."""
    found = everywhere(work)
    return found if len(found) <= most else sorted(random.Random(0).sample(found, most))


def small_graph():
    x, w = Value(0.5, label="x"), Value(-1.5, label="w")
    h = (w * x + 1.0).tanh()
    return x, w, (h * h - x).sigmoid() * h + w.relu()


def test_backward_and_forward():
    """The graph is as it was: with the leaves at 0 again, the next pass gives the right gradients."""
    x, w, y = small_graph()
    y.backward()
    expected = y.data, x.grad, w.grad
    for work in (y.backward, y.forward):
        for at in places(work):
            interrupted(work, at)
            x.grad = w.grad = 0.0
            y.forward()
            y.backward()
            assert (y.data, x.grad, w.grad) == expected


@pytest.mark.parametrize("optimizer", list(nn.optim.OPTIMIZERS))
def test_a_step_is_taken_by_all_parameters_or_by_none(optimizer):
    """And so is what the optimiser remembers of them."""
    ws = [Value(float(i)) for i in range(1, 4)]
    made = nn.optim.OPTIMIZERS[optimizer](ws)
    for w in ws:
        w.grad = w.data
    made.step()

    def state():
        return [w.data for w in ws], made.state_dict()

    def work():
        made.step()

    for at in places(work):
        before = state()
        interrupted(work, at)
        taken = [w.data != old for w, old in zip(ws, before[0])]
        assert all(taken) or state() == before
        steps = {tuple(sorted(each)) for each in made.state_dict()["state"]}
        assert len(steps) == 1


def test_blocks_of_no_grad():
    """A block that Ctrl-C meets on the way in is not entered."""
    for at in places(lambda: no_grad().__enter__().__exit__()):
        block = no_grad()
        try:
            with Interrupting(at) as way_in, block:
                way_in.stop()
        except KeyboardInterrupt:
            pass
        assert (Value(2.0) * 3.0).inputs


def test_compiling_and_compiled_programs():
    """A program that was interrupted, when it was made, checked or run, gives the right numbers the next time."""
    pytest.importorskip("numpy", reason="compiled programs run on NumPy")
    w, b, x = Value(0.5), Value(-1.0), Value(0.3)
    y = (w * x + b).tanh() * w
    batch = [0.1, 0.2, 0.5]

    def everything(program):
        value, slopes = program.value_and_grad(batch)
        hvp = program.hvp([1.0, -0.5], batch).tolist()
        return value, slopes.tolist(), program(batch).tolist(), program.jacobian(batch).tolist(), hvp

    expected = everything(compile(y, [x], [w, b]))
    for at in places(lambda: everything(compile(y, [x], [w, b]))):
        made = []

        def work(made=made):
            made.append(compile(y, [x], [w, b]))
            return everything(made[0])

        interrupted(work, at)
        for program in (*made, compile(y, [x], [w, b])):
            assert everything(program) == expected


def test_deriving_tracing_marking_and_gradients():
    """Each says the same afterwards as before."""
    x, w, y = small_graph()
    works = [
        lambda: derivation(y, x).text,
        lambda: str(trace(y)),
        lambda: [g.data for g in gradient(y, x, w)],
        lambda: str(Worksheet(y=y, dx=gradient(y, x)[0]).mark({"y": f"{y.data:.4f}", "dx": "-0.3 + 0.1"})),
    ]
    for work in works:
        expected = work()
        for at in places(work, many(20)):
            assert interrupted(work, at) in (None, expected)
            assert work() == expected


X = [[0.1 * i, 0.5 - 0.2 * i] for i in range(6)]
Y = [0.3, -0.2, 0.5, 0.1, 0.9, -0.4]


def training(resume=None, **options):
    model = nn.MLP(2, [2, 1], "tanh", seed=0)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
    schedule = nn.optim.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    how = {"epochs": 4, "batch_size": 4, "validation": 0.3, "patience": 3, "record": 2, "progress": False, **options}
    history = nn.fit(model, X, Y, optimizer=optimizer, scheduler=schedule, resume=resume, **how)
    return history, model, optimizer, schedule


@pytest.mark.parametrize("compiled", [False, True])
def test_fit(compiled):
    """Wherever Ctrl-C comes, model and history hold a whole step, and the training goes on from there bit for bit."""
    pytest.importorskip("numpy", reason="half of it runs by whole batches")

    def final(resume=None):
        history, model, optimizer, schedule = training(resume, compiled=compiled)
        return repr((history.rows(), history.records, model.state_dict(), optimizer.state_dict(), schedule.state_dict()))

    expected, stops = final(), set()
    for at in places(lambda: training(compiled=compiled)):
        result = interrupted(lambda: training(compiled=compiled), at)
        if result is None:  # before the first step, or after the last
            continue
        history, model, *_ = result
        stops.add(history.stopped)
        lengths = {len(history.loss), len(history.val_loss), len(history.grad_norm), len(history.lr)}
        assert lengths == {len(history)}
        state = history.state_dict()
        numbers = [p.data for p in model.parameters()]
        assert numbers in (state["parameters"], state["best"]["parameters"])
        assert final(history) == expected
    assert "interrupted" in stops
    assert final() == expected


@pytest.mark.parametrize("compiled", [False, True])
def test_resuming(compiled):
    """Ctrl-C while a state is loaded: all of it is there, or nothing has changed."""
    pytest.importorskip("numpy", reason="half of it runs by whole batches")
    how = {"epochs": 2, "batch_size": 4, "compiled": compiled, "progress": False}

    def made(seed):
        model = nn.MLP(2, [2, 1], "tanh", seed=seed)
        optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
        return model, optimizer, nn.optim.StepLR(optimizer, 1, gamma=0.5)

    def state(model, optimizer, schedule):
        numbers = [(p.data, p.grad) for p in model.parameters()]
        return repr((numbers, optimizer.state_dict(), schedule.state_dict()))

    model, optimizer, schedule = made(0)
    history = nn.fit(model, X, Y, optimizer=optimizer, scheduler=schedule, **how)
    after = state(model, optimizer, schedule)

    def work(model, optimizer, schedule):
        return nn.fit(model, X, Y, optimizer=optimizer, scheduler=schedule, resume=history, **how)

    for at in places(lambda: work(*made(1))):
        new = made(1)
        before = state(*new)
        found = interrupted(lambda new=new: work(*new), at)
        assert state(*new) == after or (found is None and state(*new) == before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file of which nobody knows yet
def test_writing_a_file(tmp_path):
    """It is there whole, or not at all, and nothing lies beside it."""
    path = tmp_path / "report.txt"

    def work():
        write(path, "new" * 1000)

    for at in places(work):
        path.unlink(missing_ok=True)
        interrupted(work, at)
        assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] in ([], ["new" * 1000])


def test_validation_without_a_graph():
    """Validation computes under no_grad: however it ends, the next Values remember their inputs, at full speed."""

    def work():
        return without_graph(lambda: Value(2.0) * 3.0)

    for at in places(work):
        interrupted(work, at)


@pytest.mark.external
def test_real_signals_at_random_times():
    """In a process that Ctrl-C meets at random times, loops included: the same promises."""
    pytest.importorskip("numpy", reason="half of it runs by whole batches")
    if not hasattr(__import__("signal"), "setitimer"):
        pytest.skip("there are no timers for signals here")
    found = subprocess.run([sys.executable, "-c", UNDER_FIRE], capture_output=True, text=True, check=False, timeout=300)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) > 0


UNDER_FIRE = """
import random, signal, threading
import nn
from autograd import Value
from autograd import value as engine

signal.signal(signal.SIGALRM, signal.default_int_handler)
chance, hits = random.Random(0), 0
x = Value(1.0)
y = x
for _ in range(2000):
    y = y * 1.0
X = [[0.1 * i, 0.5 - 0.2 * i] for i in range(6)]
T = [0.3, -0.2, 0.5, 0.1, 0.9, -0.4]


def train(resume=None, compiled=False):
    model = nn.MLP(2, [2, 1], "tanh", seed=0)
    history = nn.fit(model, X, T, optimizer="adam", lr=0.05, epochs=12, batch_size=4, validation=0.3, progress=False,
        compiled=compiled, resume=resume)
    return history, history.loss, history.val_loss, model.state_dict()


def after(seconds, work):
    global hits
    result = None
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            result = work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        hits += 1
    return result


whole = {compiled: train(compiled=compiled)[1:] for compiled in (False, True)}
for i in range(40):
    after(chance.uniform(1e-5, 2e-3), y.backward)
    x.grad = 0.0
    y.backward()
    assert x.grad == 1.0
    compiled = bool(i % 2)
    result = after(chance.uniform(1e-3, 3e-2), lambda: train(compiled=compiled))
    if result is not None:
        hits += result[0].stopped == "interrupted"
        assert train(result[0], compiled)[1:] == whole[compiled]
    assert (x * 2.0).inputs
thread = threading.Thread(target=y.backward)
thread.start()
thread.join(10)
assert not thread.is_alive()
print(hits)
"""
