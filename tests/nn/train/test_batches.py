"""fit by whole batches: the curves, the parameters and the memory of the optimiser that the graph gives, row by row."""

import math
import random
import sys

import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.value import lift
from nn.losses import LOSSES
from nn.optim import OPTIMIZERS
from nn.optim.optimizer import Optimizer

np = pytest.importorskip("numpy", reason="whole batches run on NumPy: pip install numpy")

QUIET = {"progress": False}


def data(outputs=1, rows=14, seed=0):
    rng = random.Random(seed)
    X = [[rng.uniform(-1.0, 1.0) for _ in range(3)] for _ in range(rows)]
    y = [[rng.uniform(-1.0, 1.0) for _ in range(outputs)] for _ in range(rows)]
    return X, y if outputs > 1 else [t for (t,) in y]


def signs(rows=14):
    X, y = data(rows=rows)
    return X, [1 if t > 0 else -1 for t in y]


def labels(rows=14):
    X, y = data(rows=rows)
    return X, [int(t > 0) for t in y]


def classes(rows=14):
    X, _ = data(rows=rows)
    return X, [random.Random(i).randrange(3) for i in range(rows)]


def shares(rows=14):
    X, y = data(3, rows)
    return X, [[math.exp(t) / sum(map(math.exp, row)) for t in row] for row in y]


def net(*widths, last="linear", hidden="tanh"):
    return lambda: nn.MLP(3, list(widths), activation=[hidden] * (len(widths) - 1) + [last], seed=3)


def close(found, expected, room=1e-9):
    """To 1e-9, relative, for numbers, lists and dicts of them."""
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        found, expected = list(found.values()), list(expected.values())
    if isinstance(expected, (list, tuple)):
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            close(one, other, room)
    elif isinstance(expected, float):
        assert isinstance(found, float)
        assert found == pytest.approx(expected, rel=room, abs=1e-13)
    else:
        assert (found, type(found)) == (expected, type(expected))


def both(make, X, y, optimizer=None, scheduler=None, compiled=True, **options):
    """Two runs from equal weights, by whole batches and by the graph: (model, history, optimiser) of each."""
    runs = []
    for way in (compiled, False):
        model = make()
        own = {} if optimizer is None else {"optimizer": optimizer(model.parameters())}
        if scheduler is not None:
            own["scheduler"] = scheduler(own["optimizer"])
        history = nn.fit(model, X, y, compiled=way, **own, **{"epochs": 4, **QUIET, **options})
        runs.append((model, history, own.get("optimizer")))
    return runs


def same(runs):
    """Everything that a run leaves behind is the same in both."""
    (model, history, optimizer), (twin, expected, other) = runs
    close(history.loss, expected.loss)
    close(history.val_loss, expected.val_loss)
    close(history.metrics, expected.metrics)
    close(history.val_metrics, expected.val_metrics)
    close(history.grad_norm, expected.grad_norm)
    close(history.lr, expected.lr)
    assert (history.stopped, history.loss_name, len(history)) == (expected.stopped, expected.loss_name, len(expected))
    close([p.data for p in model.parameters()], [p.data for p in twin.parameters()])
    close([p.grad for p in model.parameters()], [p.grad for p in twin.parameters()])
    assert len(history.records) == len(expected.records)
    for one, two in zip(history.records, expected.records):
        close(tuple(one), tuple(two))
    if optimizer is not None:
        close(optimizer.state_dict(), other.state_dict())


def moved(runs):
    """Whether there was anything to compare: each run changed the loss."""
    return all(history.loss[0] != history.loss[-1] for _, history, _ in runs)


# ----------------------------------------------------------------------------------------------------- losses, optimisers

LOSS_CASES = {
    "squared_error": (net(4, 1), data()),
    "half_squared_error": (net(4, 2), data(2)),
    "mse": (net(4, 1), data()),
    "mae": (net(4, 1), data()),
    "huber": (net(4, 1), ([[3 * x for x in row] for row in data()[0]], [3 * t for t in data()[1]])),
    "hinge": (net(4, 1), signs()),
    "bce": (net(4, 1, last="sigmoid"), labels()),
    "bce_with_logits": (net(4, 1), labels()),
    "cross_entropy": (net(4, 3), classes()),
    "nll": (net(4, 3, last="log_softmax"), classes()),
}
MORE = {
    "mse of several outputs": ("mse", net(4, 2), data(2)),
    "mae of several outputs": ("mae", net(4, 2), data(2)),
    "huber of several outputs": ("huber", net(4, 2), data(2)),
    "bce of shares": ("bce", net(4, 2, last="sigmoid"), (data()[0], [[abs(t) for t in row] for row in data(2)[1]])),
    "bce_with_logits of several": ("bce_with_logits", net(4, 2), (data()[0], [[t, 1 - t] for t in labels()[1]])),
    "hinge of several": ("hinge", net(4, 2), (data()[0], [[t, -t] for t in signs()[1]])),
    "cross_entropy of shares": ("cross_entropy", net(4, 3), shares()),
    "nll of shares": ("nll", net(4, 3, last="log_softmax"), shares()),
    "cross_entropy without hidden layers": ("cross_entropy", net(3), classes()),
    "mse of a softmax": ("mse", net(4, 3, last="softmax"), shares()),
    "relu": ("mse", net(6, 5, 1, hidden="relu"), data()),
    "gelu": ("mse", net(6, 1, hidden="gelu"), data()),
}


def test_every_loss_is_tried_below():
    """All names of nn.losses."""
    assert set(LOSS_CASES) == set(LOSSES)


@pytest.mark.parametrize("name", [*LOSS_CASES, *MORE])
def test_every_loss(name):
    """Curves and parameters are those of the graph, with mini-batches in random order."""
    loss, make, (X, y) = MORE[name] if name in MORE else (name, *LOSS_CASES[name])
    runs = both(make, X, y, loss=loss, lr=0.1, batch_size=5)
    assert moved(runs)
    same(runs)


OPTIMIZER_CASES = {
    **{name: (make, {"lr": 0.02}) for name, make in OPTIMIZERS.items()},
    "heavy ball": (nn.optim.SGD, {"lr": 0.05, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}),
    "nesterov": (nn.optim.SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    "uphill": (nn.optim.SGD, {"lr": 0.001, "maximize": True}),
    "centered": (nn.optim.RMSprop, {"lr": 0.01, "centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    "adagrad with decay": (nn.optim.Adagrad, {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.5}),
    "amsgrad": (nn.optim.Adam, {"lr": 0.05, "amsgrad": True, "betas": (0.5, 0.6), "weight_decay": 0.1}),
    "adamw with decay": (nn.optim.AdamW, {"lr": 0.05, "weight_decay": 0.2}),
}


@pytest.mark.parametrize("name", OPTIMIZER_CASES)
def test_every_optimiser(name):
    """Curves, parameters and what the optimiser remembers of each of them are those of the graph."""
    rule, settings = OPTIMIZER_CASES[name]
    runs = both(net(4, 1), *data(), optimizer=lambda parameters: rule(parameters, **settings), batch_size=5)
    assert moved(runs)
    same(runs)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_by_its_name(name):
    """With its own defaults, or a learning rate."""
    for options in ({}, {"lr": 0.03}):
        model, twin = net(3, 1)(), net(3, 1)()
        X, y = data()
        for each, way in ((model, True), (twin, False)):
            nn.fit(each, X, y, optimizer=name, epochs=3, compiled=way, **options, **QUIET)
        close(model.state_dict(), twin.state_dict())


@pytest.mark.parametrize("name", ["adam", "heavy ball", "centered", "adagrad with decay", "amsgrad"])
def test_an_optimiser_goes_on_where_it_was(name):
    """A second run with the same optimiser, by either way, takes up what it remembers."""
    rule, settings = OPTIMIZER_CASES[name]
    X, y = data()
    left = []
    for ways in ((True, True), (False, False), (True, False), (False, True)):
        model = net(4, 1)()
        optimizer = rule(model.parameters(), **settings)
        for way in ways:
            nn.fit(model, X, y, optimizer=optimizer, epochs=2, batch_size=5, compiled=way, **QUIET)
        left.append((model.state_dict(), optimizer.state_dict()))
    for each in left[1:]:
        close(each, left[0])


class SignSGD(Optimizer):
    """A rule that knows floats only."""

    def update(self, w, g, state):
        return w - self.lr * math.copysign(1.0, g)


class Cautious(Optimizer):
    """A rule with a branch on a number."""

    def update(self, w, g, state):
        state["best"] = min(abs(g), state.get("best", 1e9))
        return w - self.lr * (g if abs(g) < 0.1 else 0.1 * g)


class Clipped(Optimizer):
    """A rule that NumPy understands, and means something else by: max of an array."""

    def update(self, w, g, state):
        return w - self.lr * max([g, 0.0 * g], key=lambda x: float(np.sum(x)))


@pytest.mark.parametrize("rule", [SignSGD, Cautious, Clipped])
def test_an_optimiser_of_ones_own(rule):
    """A rule for numbers that does not hold for arrays is applied to each number."""
    runs = both(net(4, 1), *data(), optimizer=lambda parameters: rule(parameters, lr=0.01), batch_size=5)
    assert moved(runs)
    same(runs)


@pytest.mark.parametrize("chosen", [lambda ps: ps[-5:], lambda ps: ps[::-1], lambda ps: ps[::2]])
@pytest.mark.parametrize("name", ["adam", "heavy ball"])
def test_an_optimiser_of_some_parameters(chosen, name):
    """Those that it has not stay where they are; another order does no harm."""
    rule, settings = OPTIMIZER_CASES[name]
    runs = both(net(4, 1), *data(), optimizer=lambda parameters: rule(chosen(parameters), **settings), batch_size=5)
    assert moved(runs)
    same(runs)


# --------------------------------------------------------------------------------------------------------- what fit takes


def worst(predictions, targets):
    """A metric of one's own: the largest error."""
    numbers = [p[0] if isinstance(p, list) else p for p in predictions]
    return max(abs(lift(p).data - t) for p, t in zip(numbers, targets, strict=True))


OPTIONS = {
    "one batch": {},
    "mini-batches": {"batch_size": 4},
    "batches of one": {"batch_size": 1, "epochs": 2},
    "in order": {"batch_size": 4, "shuffle": False},
    "another seed": {"batch_size": 4, "seed": 7},
    "larger than the data": {"batch_size": 100},
    "no epoch": {"epochs": 0},
    "l2": {"l2": 0.05, "batch_size": 4},
    "clip_norm": {"clip_norm": 0.2, "batch_size": 4},
    "clip_norm that is never met": {"clip_norm": 100.0},
    "l2 and clip_norm": {"l2": 0.1, "clip_norm": 0.3, "batch_size": 4},
    "a share put aside": {"validation": 0.3, "batch_size": 4},
    "validation rows": {"validation": data(rows=5, seed=9), "batch_size": 4},
    "metrics": {"metrics": [worst], "validation": data(rows=5, seed=9), "batch_size": 4},
    "early stopping": {"patience": 2, "validation": (data(seed=5)[0], [0.3] * 14), "epochs": 40, "lr": 0.5},
    "early stopping by the loss": {"patience": 1, "epochs": 40, "lr": 1.6},
    "records": {"record": True, "batch_size": 4},
    "some records": {"record": 3, "epochs": 5},
    "stopped by a callback": {"callbacks": [lambda history: len(history) == 2]},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_whatever_fit_is_asked_for(name):
    """Curves, metrics, records and parameters are those of the graph."""
    runs = both(net(4, 1), *data(), **{"lr": 0.2, **OPTIONS[name]})
    same(runs)


def test_early_stopping_did_stop():
    """The cases above are no runs to the end; the parameters are those of the best epoch."""
    for name in ("early stopping", "early stopping by the loss"):
        (_, history, _), _ = both(net(4, 1), *data(), **{"lr": 0.2, **OPTIONS[name]})
        assert history.stopped == "early stopping"


@pytest.mark.parametrize(("loss", "make", "rows"), [
    ("cross_entropy", net(4, 3), classes()), ("bce_with_logits", net(4, 1), labels()), ("hinge", net(4, 1), signs()),
    ("bce", net(4, 1, last="sigmoid"), labels()), ("cross_entropy", net(4, 3), shares()),
])  # fmt: skip
def test_accuracy(loss, make, rows):
    """On the rows learned from and on others, in every batch."""
    X, y = rows
    runs = both(make, X, y, loss=loss, metrics=["accuracy"], validation=(X[:5], y[:5]), batch_size=4, lr=0.3)
    same(runs)
    assert len(runs[0][1].metrics["accuracy"]) == len(runs[0][1].val_metrics["accuracy"]) == 4


@pytest.mark.parametrize("outputs", [1, 2])
def test_metrics_get_predictions_in_the_same_form(outputs):
    """A number or a list for each row, as many as there are targets, on both kinds of rows."""

    def forms(way):
        seen = []

        def look(predictions, targets):
            seen.append([(isinstance(p, list) and len(p), t) for p, t in zip(predictions, targets, strict=True)])
            return 0.0

        X, y = data(outputs)
        nn.fit(net(4, outputs)(), X, y, epochs=2, batch_size=5, metrics=[look], validation=0.2, compiled=way, **QUIET)
        return seen

    assert forms(True) == forms(False)


SCHEDULES = {
    "StepLR": lambda o: nn.optim.StepLR(o, 2, 0.5),
    "MultiStepLR": lambda o: nn.optim.MultiStepLR(o, [1, 3], 0.3),
    "ExponentialLR": lambda o: nn.optim.ExponentialLR(o, 0.7),
    "CosineAnnealingLR": lambda o: nn.optim.CosineAnnealingLR(o, 4),
    "LinearLR": nn.optim.LinearLR,
    "LambdaLR": lambda o: nn.optim.LambdaLR(o, lambda epoch: 1.0 / (1.0 + epoch)),
    "ReduceLROnPlateau": lambda o: nn.optim.ReduceLROnPlateau(o, patience=0, threshold=0.2),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule(schedule):
    """The rate of each epoch is used in it."""
    runs = both(
        net(4, 1),
        *data(),
        optimizer=lambda p: nn.optim.Adam(p, lr=0.05),
        scheduler=SCHEDULES[schedule],
        epochs=6,
        batch_size=5,
    )
    assert len(set(runs[0][1].lr)) > 1
    same(runs)


def test_a_callback_changes_the_learning_rate():
    """What it sets is the rate of the next epoch."""

    def run(way):
        model = net(4, 1)()
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)

        def halve(history):
            optimizer.lr *= 0.5

        history = nn.fit(model, *data(), optimizer=optimizer, epochs=4, callbacks=[halve], compiled=way, **QUIET)
        return model, history, optimizer

    runs = run(True), run(False)
    assert runs[0][1].lr == [0.1, 0.05, 0.025, 0.0125]
    same(runs)


def test_a_callback_sees_the_model_of_its_epoch():
    """Parameters and gradients are in the Values whenever a callback looks."""

    def run(way):
        seen, model = [], net(4, 1)()

        def look(history):
            seen.append(
                ([p.data for p in model.parameters()], [p.grad for p in model.parameters()], model([0.1, 0.2, 0.3]).data)
            )

        nn.fit(model, *data(), lr=0.1, epochs=3, batch_size=5, callbacks=[look], compiled=way, **QUIET)
        return seen

    close(run(True), run(False))


def test_digits():
    """The loss curve of the first 200 digits is the graph's, to 1e-9."""
    pytest.importorskip("sklearn", reason="scikit-learn brings the digits")
    X, y = nn.data.digits().standardized()
    X, y = X[:200], y[:200]
    runs = both(
        lambda: nn.MLP(64, [8, 10], init="he", seed=0), X, y, optimizer=lambda p: nn.optim.Adam(p, lr=0.01),
        loss="cross_entropy", epochs=3, batch_size=32, metrics=["accuracy"],
    )  # fmt: skip
    same(runs)
    assert runs[0][1].loss[-1] < runs[0][1].loss[0]


def test_arrays_and_columns():
    """X and y as NumPy arrays are the same rows."""
    X, y = data()
    model, twin = net(4, 1)(), net(4, 1)()
    nn.fit(model, np.array(X), np.array(y), lr=0.1, epochs=3, compiled=True, **QUIET)
    nn.fit(twin, X, y, lr=0.1, epochs=3, compiled=False, **QUIET)
    close(model.state_dict(), twin.state_dict())


class Loops(nn.Module):
    """A net of one's own, of Python's loops, with a parameter that it does not use and one that it uses twice."""

    def __init__(self):
        self.w = [[Value(0.1 * (i - j)) for j in range(3)] for i in range(4)]
        self.unused = Value(1.0)
        self.v = Value(0.5)

    def __call__(self, x):
        h = [sum(w * each for w, each in zip(row, x)).tanh() for row in self.w]
        return sum(self.v * each for each in h) + self.v


def test_a_module_of_ones_own():
    """It is compiled as it stands."""
    same(both(Loops, *data(), lr=0.1, batch_size=4, l2=0.01))


# --------------------------------------------------------------------------------------- where there is no program for it


def by_the_graph(reason=""):
    """fit says, once, that it goes back to the graph, and why."""
    slow = "^trained by the graph, row by row, about a hundred times slower than by whole batches: "
    return pytest.warns(UserWarning, match=f"{slow}.*({reason}).*\\. compiled=False says that this is meant$")


def equal_branch(prediction, target):
    if target == 1:
        return 3.0 * (prediction - 1.0) ** 2
    return (prediction + 1.0) ** 2


def order_branch(prediction, target):
    return 2.0 * (target - prediction) if target > 0 else abs(prediction - target)


def prediction_branch(prediction, target):
    return prediction - target if prediction > target else 0.5 * (target - prediction)


def picked(prediction, target):
    return -ag.log_softmax([prediction, -prediction])[target]


def by_type(prediction, target):
    return (prediction - (1.0 if target in (1, 1.0) else 0.25)) ** 2


@pytest.mark.parametrize("loss", [equal_branch, order_branch, prediction_branch, picked, by_type])
def test_a_loss_that_depends_on_the_target_otherwise_than_by_arithmetic(loss):
    """By itself fit goes back to the graph, says so, and gives its numbers; asked to compile, it says what is in the way."""
    X, y = labels()
    with by_the_graph():
        runs = both(net(4, 1), X, y, loss=loss, lr=0.05, batch_size=4, compiled=None)
    assert moved(runs)
    same(runs)
    with pytest.raises((TypeError, ValueError)):
        nn.fit(net(4, 1)(), X, y, loss=loss, compiled=True, **QUIET)


def test_the_reason_is_told():
    """A branch on the order of numbers is found with its line, one on equality by the rows that differ."""
    X, y = labels()
    with pytest.raises(ValueError, match="asked for the number of"):
        nn.fit(net(4, 1)(), X, y, loss=order_branch, compiled=True, **QUIET)
    with pytest.raises(
        ValueError, match=r"^the loss of row \d+ takes another path than that of the first row: its graph is another$"
    ):
        nn.fit(net(4, 1)(), X, y, loss=equal_branch, compiled=True, **QUIET)
    with pytest.raises(ValueError, match=r"^the model or the loss needs plain numbers \(KeyError: Value\(.*\)\)$"):
        nn.fit(net(4, 1)(), X, y, loss=by_table, compiled=True, **QUIET)
    ragged = [[float(t)] * (1 + i % 2) for i, t in enumerate(y)]
    with pytest.raises(ValueError, match=r"^the rows are no arrays of numbers \(ValueError: .*\)$"):
        nn.fit(net(4, 1)(), X, ragged, loss=lambda p, t: (p - t[0]) ** 2, compiled=True, **QUIET)
    with pytest.raises(ValueError, match=r"^the loss is nan on the first row$"):
        nn.fit(net(4, 1)(), X, [-1, *y[1:]], loss=lambda p, t: (p - ag.log(t + 0.5)) ** 2, compiled=True, **QUIET)


def test_a_net_that_fits_already_is_compiled():
    """Its loss is 0 by the graph and 1e-33 by whole batches, which is no other path."""
    model, (X, _) = net(4, 1)(), data()
    assert nn.fit(model, X, [model(x).data for x in X], epochs=1, compiled=True, **QUIET).loss[0] < 1e-30


class Noisy(nn.Module):
    """A model that is another one each time."""

    def __init__(self):
        self.w, self.rng = Value(0.5), random.Random(0)

    def __call__(self, x):
        return self.w * x[0] + self.rng.gauss(0.0, 1.0)


def test_a_model_that_draws_numbers():
    """Its graph is another one each time: it is refused, or run as a graph."""
    with pytest.raises(ValueError, match="takes another path"):
        nn.fit(Noisy(), *data(), compiled=True, **QUIET)
    with by_the_graph("takes another path"):
        assert nn.fit(Noisy(), *data(), epochs=2, lr=0.01, **QUIET).stopped == "epochs"


def test_without_numpy(monkeypatch):
    """By itself fit goes back to the graph; asked to compile, it says what is missing."""
    model, twin = net(4, 1)(), net(4, 1)()
    X, y = data()
    expected = nn.fit(twin, X, y, lr=0.1, epochs=2, compiled=False, **QUIET)
    monkeypatch.setitem(sys.modules, "numpy", None)
    with by_the_graph("NumPy"):
        history = nn.fit(model, X, y, lr=0.1, epochs=2, **QUIET)
    assert history.loss == expected.loss
    assert model.state_dict() == twin.state_dict()
    with pytest.raises(ImportError, match=r'^whole batches run on NumPy: pip install "chalkgrad\[arrays\]"$'):
        nn.fit(model, X, y, compiled=True, **QUIET)


@pytest.mark.parametrize("compiled", [None, True])
def test_a_fault_of_the_compiler_is_not_swallowed(monkeypatch, compiled):
    """Only what the compiler refuses on purpose sends fit back to the graph."""

    def broken(*_):
        raise KeyError("a fault")

    monkeypatch.setattr("autograd.program.plan.Lowering", broken)
    with pytest.raises(KeyError, match="a fault"):
        nn.fit(net(4, 1)(), *data(), compiled=compiled, **QUIET)


class Recurrent(nn.Module):
    """One layer, used for each number of a row in turn."""

    def __init__(self):
        self.cell, self.head = nn.Layer(3, 2, activation="tanh", seed=1), nn.Layer(2, 1, activation="linear", seed=2)

    def __call__(self, x):
        h = [0.0, 0.0]
        for each in x:
            h = self.cell([each, *h])
        return self.head(h)


def test_weights_that_are_used_again_and_again():
    """A recurrent net trains in a program as it does by its graph."""
    same(both(Recurrent, *data(), lr=0.1, batch_size=5, l2=0.01))


def test_whole_batches_are_what_fit_does_by_itself():
    """Where NumPy is there and the graph allows it, the model is not called for every row."""
    calls = []

    class Counting(nn.MLP):
        def __call__(self, x):
            calls.append(x)
            return super().__call__(x)

    X, y = data(rows=60)
    nn.fit(Counting(3, [4, 1], seed=0), X, y, epochs=50, **QUIET)
    assert len(calls) < 70  # each row once, to compare


# -------------------------------------------------------------------------------------------------------- interruptions


@pytest.mark.parametrize("after", [1, 3])
def test_an_interruption_by_a_callback(after):
    """Model and history hold the epochs that were done."""

    def stop(history):
        if len(history) == after:
            raise KeyboardInterrupt

    runs = both(net(4, 1), *data(), optimizer=lambda p: nn.optim.Adam(p, lr=0.05), epochs=6, batch_size=5, callbacks=[stop])
    assert runs[0][1].stopped == "interrupted"
    assert len(runs[0][1]) == after
    same(runs)


class Interrupted(SignSGD):
    """Ctrl-C while a step changes the parameters."""

    calls = 0

    def update(self, w, g, state):
        if isinstance(w, float):
            self.calls += 1
        if self.calls > 100:
            raise KeyboardInterrupt
        return super().update(w, g, state)


def test_an_interruption_in_the_middle_of_a_step():
    """No parameter is left changed while others are not."""
    runs = both(net(4, 1), *data(), optimizer=lambda p: Interrupted(p, lr=0.01), epochs=40, batch_size=5)
    (model, history, optimizer), (twin, expected, _) = runs
    assert 100 % len(model.parameters())
    assert history.stopped == expected.stopped == "interrupted"
    close(history.loss, expected.loss)
    for p, other, start in zip(model.parameters(), twin.parameters(), net(4, 1)().parameters()):
        steps = (p.data - start.data) / optimizer.lr
        assert steps == pytest.approx(round(steps), abs=1e-6)
        assert p.data == pytest.approx(other.data, rel=1e-9)


class StoppingAdam(nn.optim.Adam):
    """Ctrl-C at one of the steps that are taken in arrays."""

    calls, at = 0, None

    def update(self, w, g, state):
        StoppingAdam.calls += isinstance(w, np.ndarray)
        if StoppingAdam.calls == self.at:
            raise KeyboardInterrupt
        return super().update(w, g, state)


def test_an_interruption_between_two_batches(monkeypatch):
    """What the optimiser remembers is that of the last complete step, and what follows is what would have followed."""

    def run(at=None, resume=None):
        monkeypatch.setattr(StoppingAdam, "calls", 0)
        monkeypatch.setattr(StoppingAdam, "at", at)
        model = net(4, 1)()
        optimizer = StoppingAdam(model.parameters(), lr=0.05)
        history = nn.fit(model, *data(), optimizer=optimizer, epochs=4, batch_size=4, compiled=True, resume=resume, **QUIET)
        return history, optimizer.state_dict()["state"], model.state_dict()

    history, remembered, _ = run(at=2 + 6)  # after two on trial, the sixth of four an epoch
    assert (history.stopped, len(history)) == ("interrupted", 1)
    assert {each["step"] for each in remembered} == {5}
    assert remembered == history.state_dict()["optimizer"]["state"]
    assert run(resume=history)[1:] == run()[1:]


def test_a_callback_changes_parameters():
    """What it sets is what the next epoch starts from."""

    def run(way):
        model = net(4, 1)()

        def push(history):
            if len(history) == 2:
                model.parameters()[0].data = 5.0

        return model, nn.fit(model, *data(), lr=0.05, epochs=4, batch_size=5, callbacks=[push], compiled=way, **QUIET), None

    same((run(True), run(False)))


def test_a_callback_changes_what_the_optimiser_remembers():
    """A fresh start of the moments takes effect in the next epoch."""

    def run(way):
        model = net(4, 1)()
        optimizer = nn.optim.Adam(model.parameters(), lr=0.05)

        def forget(history):
            optimizer.state = [{} for _ in optimizer.state]

        history = nn.fit(model, *data(), optimizer=optimizer, epochs=4, callbacks=[forget], compiled=way, **QUIET)
        return model, history, optimizer

    same((run(True), run(False)))


def test_bce_of_a_sigmoid_that_saturates():
    """A term with the factor 0 is left out: 0 times infinity is no nan, at the start and on the way."""
    X = [[x / 20.0 - 1.0] for x in range(40)] + [[9.0]] + [[0.3]] * 30
    y = [int(x > 0) for (x,) in X]

    def make():
        return nn.MLP(1, [1], activation=["sigmoid"], weights=[[[1.0]]], biases=[[0.0]])

    watched = {"validation": ([[800.0]], [1]), "metrics": ["accuracy"]}
    runs = both(make, X, y, loss="bce", lr=30.0, compiled=None, **watched)
    assert all(map(math.isfinite, [*runs[1][1].loss, *runs[1][1].val_loss]))
    same(runs)


class Counting(Optimizer):
    """A rule with a memory of its own."""

    calls = 0

    def update(self, w, g, state):
        self.calls += 1
        return w - self.lr * g / (1.0 + self.calls / 100.0)


class Drawing(Optimizer):
    """A rule with a generator of its own."""

    def update(self, w, g, state):
        self.rng = vars(self).get("rng") or random.Random(0)
        return w - self.lr * g * self.rng.random()


@pytest.mark.parametrize("rule", [Counting, Drawing])
def test_a_rule_that_remembers_by_itself(rule):
    """It is not tried out on the optimiser that trains."""
    same(both(net(4, 1), *data(), optimizer=lambda parameters: rule(parameters, lr=0.01), batch_size=5))


def by_float(prediction, target):
    return (prediction - math.exp(target)) ** 2


def by_method(prediction, target):
    return (prediction - target.bit_length()) ** 2


def by_table(prediction, target):
    return (prediction - {0: 1.0, 1: 5.0}[target]) ** 2


@pytest.mark.parametrize("loss", [by_float, by_method, by_table])
def test_a_loss_that_takes_targets_as_numbers(loss):
    """By itself fit goes back to the graph, and says what was in the way."""
    with by_the_graph("needs plain numbers|takes another path|asked for the number"):
        same(both(net(4, 1), *labels(), loss=loss, lr=0.05, batch_size=4, compiled=None))


def test_a_branch_on_a_rare_target():
    """One row of many takes another path."""

    def loss(prediction, target):
        return 100.0 * prediction**2 if target == 13.0 else (prediction - target) ** 2

    with by_the_graph("row 13 takes another path"):
        same(both(net(4, 1), data(rows=40)[0], [float(i) for i in range(40)], loss=loss, lr=1e-4, compiled=None))


@pytest.mark.parametrize(("rare", "y"), [(20.0, [float(i) for i in range(40)]), (1.0, [float(i == 13) for i in range(40)])])
def test_of_a_large_net_some_rows_are_compared(rare, y, monkeypatch):
    """Each target once as far as there are few of them, and rows from the first to the last."""
    monkeypatch.setattr("nn.train.batches.MOST_PRODUCTS", 0)  # as if any net were large

    def loss(prediction, target):
        return 100.0 * prediction**2 if target == rare else (prediction - target) ** 2

    with pytest.raises(ValueError, match="takes another path"):
        nn.fit(net(4, 1)(), data(rows=40)[0], y, loss=loss, compiled=True, **QUIET)


def test_targets_may_be_whole_numbers_of_any_size():
    """Larger than 64 bits hold, they are floats as by the graph."""
    X, y = data()
    same(both(net(4, 1), X, [10**20 * int(100 * t) for t in y], lr=1e-30, batch_size=5))


def test_a_prediction_that_is_an_input_has_no_program():
    """Which is no matter until a metric asks for predictions."""

    class Passing:
        def __init__(self):
            self.w = Value(1.0)

        def parameters(self):
            return [self.w]

        def __call__(self, x):
            return [x[0], self.w * x[0]]

    rows = [[1.0], [2.0]], [[1.0, 2.0], [2.0, 4.0]]
    assert len(nn.fit(Passing(), *rows, epochs=2, compiled=True, **QUIET)) == 2
    with pytest.raises(ValueError, match=r"^a prediction that is an input has no program$"):
        nn.fit(Passing(), *rows, metrics=[worst], compiled=True, **QUIET)


@pytest.mark.parametrize("lr", [1e200])
def test_a_run_that_diverges(lr):
    """It ends in inf and nan as by the graph, and warns of nothing."""
    model, twin = net(4, 1)(), net(4, 1)()
    found = nn.fit(model, *data(), lr=lr, epochs=4, compiled=True, **QUIET).loss
    expected = nn.fit(twin, *data(), lr=lr, epochs=4, compiled=False, **QUIET).loss
    assert [math.isfinite(x) for x in found] == [math.isfinite(x) for x in expected]
