"""A training that is cut and resumed equals the one that was never cut, bit for bit, wherever and however it is cut."""

import itertools
import json
import math
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_runs import examples

import nn
from autograd import Value

QUIET = {"progress": False}

OPTIMIZERS = {
    "sgd": lambda p: nn.optim.SGD(p, lr=0.1),
    "heavy ball": lambda p: nn.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    "nesterov": lambda p: nn.optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True),
    "rmsprop": lambda p: nn.optim.RMSprop(p, lr=0.01, momentum=0.5, centered=True),
    "adagrad": lambda p: nn.optim.Adagrad(p, lr=0.1, lr_decay=0.1),
    "adam": lambda p: nn.optim.Adam(p, lr=0.02, amsgrad=True),
    "adamw": lambda p: nn.optim.AdamW(p, lr=0.02),
}
SCHEDULERS = {
    "none": lambda o: None,
    "step": lambda o: nn.optim.StepLR(o, step_size=2, gamma=0.5),
    "milestones": lambda o: nn.optim.MultiStepLR(o, milestones=[1, 3], gamma=0.3),
    "exponential": lambda o: nn.optim.ExponentialLR(o, gamma=0.8),
    "cosine": lambda o: nn.optim.CosineAnnealingLR(o, T_max=4, eta_min=0.001),
    "warm-up": lambda o: nn.optim.LinearLR(o, total_iters=3),
    "lambda": lambda o: nn.optim.LambdaLR(o, lambda epoch: 1.0 / (1 + epoch)),
    "plateau": lambda o: nn.optim.ReduceLROnPlateau(o, factor=0.5, patience=0, threshold=0.2),
}


def rows(n=11):
    chance = random.Random(5)
    X = [[chance.uniform(-1, 1), chance.uniform(-1, 1)] for _ in range(n)]
    return X, [math.sin(3 * a) + b for a, b in X]


def worst(predictions, targets):
    """A metric of one's own: the largest error."""
    outputs = [p[0] if isinstance(p, list) else p for p in predictions]
    return max(abs(getattr(o, "data", o) - t) for o, t in zip(outputs, targets))


class Cut(Exception):
    """Pulls the plug where a test wants it pulled."""


def trained(how, epochs, resume=None, interrupt_at=None, save_at=None, path=None):
    """A training from scratch, as a new process would write it down: history, parameters, learning rate, memory.

    interrupt_at: after how many evaluations of the loss function comes Ctrl-C
    save_at: the epoch after which a callback saves to path, and pulls the plug
    """
    X, y = rows()
    model = nn.MLP(2, [3, 1], "tanh", seed=1)
    optimizer = OPTIMIZERS[how["optimizer"]](model.parameters())
    scheduler = SCHEDULERS[how["scheduler"]](optimizer)
    calls = 0

    def loss(prediction, target):
        nonlocal calls
        calls += 1
        if calls == interrupt_at:
            raise KeyboardInterrupt
        return (prediction - target) ** 2

    def saving(history):
        if len(history) == save_at:
            history.save(path)
            raise Cut

    history = nn.fit(
        model,
        X,
        y,
        loss=loss,
        optimizer=optimizer,
        scheduler=scheduler,
        epochs=epochs,
        resume=resume,
        callbacks=[saving],
        **{name: x for name, x in how.items() if name not in ("optimizer", "scheduler")},
        **QUIET,
    )
    everything = {
        "rows": history.rows(),
        "records": history.records,
        "stopped": history.stopped,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler and scheduler.state_dict(),
    }
    return history, everything


ways = st.fixed_dictionaries(
    {
        "optimizer": st.sampled_from([*OPTIMIZERS]),
        "scheduler": st.sampled_from([*SCHEDULERS]),
        "batch_size": st.sampled_from([None, 1, 3, 4, 11]),
        "shuffle": st.booleans(),
        "seed": st.integers(0, 3),
        "validation": st.sampled_from([None, 0.3]),
        "metrics": st.sampled_from([(), (worst,)]),
        "l2": st.sampled_from([0.0, 0.01]),
        "clip_norm": st.sampled_from([None, 0.5]),
        "patience": st.sampled_from([None, 2]),
        "record": st.sampled_from([False, True, 2]),
        "compiled": st.booleans(),
    }
)


@given(how=ways, cut=st.integers(0, 6), data=st.data())
@examples(60)
def test_a_training_cut_after_an_epoch_goes_on_bit_for_bit(how, cut, data):
    """With every optimiser, schedule and option, whole or in files, cut once or twice."""
    whole = trained(how, 7)[1]
    history = trained(how, cut)[0]
    again = data.draw(st.integers(0, 7), label="second cut")
    if cut < again < 7:
        history = trained(how, again, resume=json.loads(json.dumps(history.state_dict())))[0]
    assert repr(trained(how, 7, resume=history)[1]) == repr(whole)


@given(how=ways, at=st.integers(1, 400))
@examples(60)
def test_a_training_interrupted_anywhere_goes_on_bit_for_bit(how, at):
    """Ctrl-C in the middle of a batch, an epoch or a validation: what follows is what would have followed."""
    how["compiled"] = False  # whose loss is a call, and can be interrupted there
    whole = trained(how, 5)[1]
    try:
        history = trained(how, 5, interrupt_at=at)[0]
    except KeyboardInterrupt:  # before the first step, while the data are checked
        return
    assert history.stopped in ("interrupted", "epochs", "early stopping")
    assert repr(trained(how, 5, resume=history.state_dict())[1]) == repr(whole)


@pytest.mark.external
def test_a_training_goes_on_in_a_new_process(tmp_path):
    """A callback saves, the process dies, another one goes on from the file: the same bits, with every optimiser."""
    always = {"scheduler": "plateau", "batch_size": 4, "record": True}
    code, expected = ["from test_resuming import trained"], []
    for i, (optimizer, compiled) in enumerate(itertools.product(OPTIMIZERS, (False, True))):
        how, path = {**always, "optimizer": optimizer, "compiled": compiled}, tmp_path / f"{i}.json"
        with pytest.raises(Cut):
            trained(how, 6, save_at=3, path=path)
        code.append(f"print(repr(trained({how!r}, 6, resume={os.fspath(path)!r})[1]))")
        expected.append(repr(trained(how, 6)[1]))
    there = {**os.environ, "PYTHONPATH": os.pathsep.join([os.fspath(Path(__file__).parent), *sys.path])}
    found = subprocess.run([sys.executable, "-c", "\n".join(code)], capture_output=True, text=True, check=True, env=there)
    assert found.stdout.splitlines() == expected


def test_a_training_that_a_callback_stopped_goes_on():
    """What follows is what would have followed without the callback."""
    X, y = rows()

    def run(**options):
        model = nn.MLP(2, [3, 1], seed=1)
        history = nn.fit(model, X, y, optimizer="adam", lr=0.05, batch_size=4, **options, **QUIET)
        return history, history.loss, model.state_dict()

    stopped = run(epochs=9, callbacks=[lambda history: len(history) == 4])[0]
    assert (stopped.stopped, len(stopped)) == ("callback", 4)
    assert run(epochs=9, resume=stopped)[1:] == run(epochs=9)[1:]


def test_early_stopping_goes_back_to_the_best_and_still_goes_on_from_the_last():
    """The model has the best parameters, the state the last ones; with more patience the training goes on."""

    def run(patience, epochs=12, **options):
        model = nn.MLP(1, [1], weights=[[[1.0]]], biases=[[0.0]])
        history = nn.fit(model, [[1.0], [2.0]], [0.0, 0.0], lr=0.45, epochs=epochs, patience=patience, **options, **QUIET)
        return history, model

    stopped, model = run(2)
    assert stopped.stopped == "early stopping"
    assert [p.data for p in model.parameters()] != stopped.state_dict()["parameters"]
    assert run(2, resume=stopped)[0].loss == stopped.loss
    assert run(2, resume=stopped)[1].state_dict() == model.state_dict()
    further = run(4, resume=stopped)[0]
    assert further.loss == run(4)[0].loss
    assert len(further) > len(stopped)


def test_a_finished_training_is_finished():
    """The same call again, with all epochs done, changes nothing; fewer epochs than are done are an error."""
    X, y = rows()
    model = nn.MLP(2, [1], seed=0)
    history = nn.fit(model, X, y, epochs=4, **QUIET)
    before = model.state_dict()
    again = nn.fit(model, X, y, epochs=4, resume=history, **QUIET)
    assert (again.loss, again.stopped, model.state_dict()) == (history.loss, "epochs", before)
    with pytest.raises(ValueError, match="gone through 4 epochs, more than the 3 asked for") as caught:
        nn.fit(model, X, y, epochs=3, resume=history, **QUIET)
    assert str(caught.value).endswith(": epochs counts those before the resumption too")


def test_a_training_may_be_resumed_again_and_again():
    """With the learning rate that it ended with, or the one that it was begun with, at any later time."""
    X, y = rows()

    def run(epochs, lr, resume=None):
        model = nn.MLP(2, [1], seed=0)
        optimizer = nn.optim.SGD(model.parameters(), lr=lr)
        schedule = nn.optim.ExponentialLR(optimizer, gamma=0.5)
        history = nn.fit(model, X, y, optimizer=optimizer, scheduler=schedule, epochs=epochs, resume=resume, **QUIET)
        return history, model.state_dict()

    two = run(2, 0.5)[0]
    four = run(4, 0.125, two)[0]
    assert run(6, 0.5, four)[1] == run(6, 0.03125, four)[1] == run(6, 0.5)[1]
    with pytest.raises(ValueError, match=r"lr of SGD was 0\.5 and is 0\.125"):
        run(6, 0.125, four)


def test_the_same_objects_may_go_on():
    """An optimiser and a schedule that are where the training left them are as good as new ones."""
    X, y = rows()

    def objects():
        model = nn.MLP(2, [1], seed=0)
        optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
        return model, {"optimizer": optimizer, "scheduler": nn.optim.StepLR(optimizer, step_size=2, gamma=0.5)}

    model, same = objects()
    twin, others = objects()
    first = nn.fit(model, X, y, epochs=3, **same, **QUIET)
    nn.fit(model, X, y, epochs=5, resume=first, **same, **QUIET)
    nn.fit(twin, X, y, epochs=5, **others, **QUIET)
    assert model.state_dict() == twin.state_dict()


def test_a_state_is_plain_data():
    """As JSON gives it back; a schedule of one's own may have been made with a tuple."""

    class Own:
        def __init__(self, at):
            self.at, self.epochs = at, 0

        def step(self):
            self.epochs += 1

        def state_dict(self):
            return {"epochs": self.epochs}

        def load_state_dict(self, state):
            self.epochs = state["epochs"]

    history = nn.fit(nn.MLP(2, [1], seed=0), *rows(), epochs=2, scheduler=Own((1, 2)), validation=0.3, **QUIET)
    state = history.state_dict()
    assert json.loads(json.dumps(state)) == state
    assert (state["settings"]["scheduler"], state["scheduler"]) == (["Own", {"at": [1, 2]}], {"epochs": 2})


def test_a_history_can_be_copied_and_resumed():
    """A pickle of a history holds where the training stands."""
    X, y = rows()
    history = nn.fit(nn.MLP(2, [2, 1], seed=0), X, y, epochs=2, batch_size=4, **QUIET)
    copied = pickle.loads(pickle.dumps(history))
    whole = nn.fit(nn.MLP(2, [2, 1], seed=0), X, y, epochs=5, batch_size=4, **QUIET)
    for each in (copied, history):
        assert nn.fit(nn.MLP(2, [2, 1], seed=0), X, y, epochs=5, batch_size=4, resume=each, **QUIET).loss == whole.loss


def test_a_state_is_not_changed_by_what_is_trained_after_it():
    """From one history several trainings may go on, each from where it stood."""
    X, y = rows()
    model = nn.MLP(2, [2, 1], seed=0)
    history = nn.fit(model, X, y, optimizer="adam", epochs=2, batch_size=4, **QUIET)
    before = json.dumps(history.state_dict())
    nn.fit(model, X, y, optimizer="adam", epochs=6, batch_size=4, resume=history, **QUIET)
    nn.fit(model, X, y, optimizer="sgd", epochs=2, **QUIET)
    assert json.dumps(history.state_dict()) == before


def test_a_model_that_is_no_module_can_be_resumed():
    """Anything with parameters() trains, so it can go on; as another class, or with fewer parameters, it is another one."""

    class Line:
        def __init__(self):
            self.w, self.b = Value(0.5), Value(0.0)

        def parameters(self):
            return [self.w, self.b]

        def __call__(self, x):
            return self.w * x[0] + self.b

    class Ray(Line):
        def parameters(self):
            return [self.w]

        def __call__(self, x):
            return self.w * x[0]

    def run(model=Line, **options):
        return nn.fit(model(), [[1.0], [2.0], [3.0]], [1.0, 2.0, 4.0], lr=0.01, batch_size=2, **options, **QUIET)

    assert run(epochs=6, resume=run(epochs=3)).loss == run(epochs=6).loss
    with pytest.raises(ValueError, match=r'model was Line and is Ray; parameters was \["1", "2"\] and is \["1"\]'):
        run(Ray, epochs=6, resume=run(epochs=3))


@pytest.mark.parametrize("at", [30, 60, 61, 70, 90, 97])
def test_a_rule_that_changes_its_memory_in_place_is_taken_back_whole(at):
    """An optimiser of one's own may write into what it remembers: an interruption still leaves the step before."""
    calls = []

    class Running(nn.optim.Optimizer):
        def update(self, w, g, state):
            calls.append(w)
            v = state.setdefault("v", 0.0 * g)
            v += g
            state["v"] = v
            if len(calls) == self.at:
                raise KeyboardInterrupt
            return w - self.lr * v

    X, y = rows()

    def run(at, **options):
        calls.clear()
        model = nn.MLP(2, [2, 1], seed=0)
        optimizer = Running(model.parameters(), lr=0.001, at=at)
        history = nn.fit(model, X, y, optimizer=optimizer, batch_size=4, epochs=4, **options, **QUIET)
        return history, history.loss, model.state_dict(), optimizer.state

    interrupted, *_, memory = run(at)
    assert interrupted.stopped == "interrupted"
    state = interrupted.state_dict()
    assert memory == state["optimizer"]["state"]
    state["settings"]["hyperparameters"]["at"] = state["optimizer"]["settings"]["at"] = 0.0
    assert run(0, resume=state)[1:] == run(0)[1:]


# ------------------------------------------------------------------------------------------------ what does not fit

BASE = {"optimizer": "sgd", "lr": 0.1, "batch_size": 4, "epochs": 4}
OTHERS = {
    "another batch size": ({"batch_size": 5}, "batch_size was 4 and is 5"),
    "another optimiser": ({"optimizer": "adam", "lr": 0.1}, "optimizer was SGD and is Adam"),
    "another learning rate": ({"lr": 0.2}, "lr of SGD was 0.1 and is 0.2"),
    "another seed": ({"seed": 1}, "seed was 0 and is 1"),
    "no shuffling": ({"shuffle": False}, "shuffle was true and is false"),
    "another loss": ({"loss": "mae"}, "loss was mse and is mae"),
    "a penalty": ({"l2": 0.1}, "l2 was 0.0 and is 0.1"),
    "clipping": ({"clip_norm": 1.0}, "clip_norm was not given and is 1.0"),
    "a validation": ({"validation": 0.3}, "rows was 11 and is 8; numbers of the rows held other numbers"),
    "patience": ({"patience": 2}, "patience was not given and is given"),
    "a metric": ({"metrics": ["accuracy"]}, r'metrics was \[\] and is \["accuracy"\]'),
    "records": ({"record": True}, "record was 0 and is 1"),
    "row by row": ({"compiled": False}, "compiled was true and is false"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_training_that_was_begun_otherwise_is_refused(what):
    """The message says what was otherwise and the way out; model and optimiser are as they were."""
    pytest.importorskip("numpy", reason="the first one runs by whole batches")
    changes, message = OTHERS[what]
    X, y = rows()
    history = nn.fit(nn.MLP(2, [2, 1], seed=0), X, y, **{**BASE, "epochs": 2}, **QUIET)
    model = nn.MLP(2, [2, 1], seed=7)
    before = model.state_dict()
    with pytest.raises(ValueError, match=message) as caught:
        nn.fit(model, X, y, **{**BASE, **changes}, resume=history, **QUIET)
    assert str(caught.value).endswith(
        ". Call fit with what it was begun with, or leave out resume: then a new training begins with the parameters that"
        " the model has"
    )
    assert model.state_dict() == before


def test_other_data_and_other_models_are_refused():
    """Fewer rows, other numbers in as many rows, another architecture, another activation, another schedule."""
    X, y = rows()
    history = nn.fit(nn.MLP(2, [2, 1], seed=0), X, y, **{**BASE, "epochs": 2}, **QUIET)

    def message(model=None, X=X, y=y, **options):
        with pytest.raises(ValueError, match="cannot be resumed") as caught:
            nn.fit(model or nn.MLP(2, [2, 1], seed=0), X, y, **{**BASE, **options}, resume=history, **QUIET)
        return str(caught.value)

    assert "rows was 11 and is 10" in message(X=X[:10], y=y[:10])
    assert "numbers of the rows held other numbers" in message(X=[[a + 1e-15, b] for a, b in X])
    assert "numbers of the rows held other numbers" in message(y=[*y[1:], y[0]])
    assert "MLP(2 → 3 → 1" in message(nn.MLP(2, [3, 1]))
    assert "tanh" in message(nn.MLP(2, [2, 1], "tanh"))

    model = nn.MLP(2, [2, 1], seed=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    options = {"optimizer": optimizer, "lr": None}
    assert "scheduler was not given" in message(model, scheduler=nn.optim.StepLR(optimizer, 2), **options)
    scheduled = nn.fit(model, X, y, **{**BASE, **options, "epochs": 2}, scheduler=nn.optim.StepLR(optimizer, 2), **QUIET)
    with pytest.raises(ValueError, match=r"\"gamma\": 0.1.*\"gamma\": 0.5"):
        nn.fit(
            model, X, y, **{**BASE, **options}, scheduler=nn.optim.StepLR(optimizer, 2, gamma=0.5), resume=scheduled, **QUIET
        )
    momentum = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    assert "momentum of SGD was 0.0 and is 0.5" in message(model, optimizer=momentum, lr=None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not a file of a training"),
        ("[]", "is not a file of a training that save"),
        ('{"format": "chalkgrad parameters", "version": 1}', "is not a file of a training that save"),
        ('{"format": "chalkgrad training", "version": 99}', "version 99"),
        (
            '{"format": "chalkgrad training", "version": 1}',
            r"^this is not what the state_dict\(\) of a History gave: it lacks settings, parameters, gradients, optimizer,"
            " scheduler, best, random, batches, history$",
        ),
    ],
)
def test_files_that_are_no_training_are_refused(content, message, tmp_path):
    """Each is a ValueError that says what is wrong."""
    path = tmp_path / "training.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        nn.fit(nn.MLP(1, [1]), [[1.0]], [1.0], resume=path, **QUIET)


@pytest.mark.parametrize(
    "part", ["parameters", "gradients", "best", "random", "batches", "history", "optimizer", "settings"]
)
@pytest.mark.parametrize("damage", [None, [], "x", {}, [[1.0, "x"]]])
def test_a_damaged_state_is_refused_whole(part, damage):
    """Whatever stands in the place of a part: a sentence, and the model as it was."""
    X, y = rows()
    history = nn.fit(nn.MLP(2, [2, 1], seed=0), X, y, **{**BASE, "epochs": 2}, **QUIET)
    state = {**history.state_dict(), part: damage}
    if state == history.state_dict():
        return
    model = nn.MLP(2, [2, 1], seed=7)
    before = model.state_dict()
    with pytest.raises((ValueError, TypeError, KeyError)):
        nn.fit(model, X, y, **BASE, resume=state, **QUIET)
    assert model.state_dict() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda s: s["history"].update(metrics=["x"]),
        lambda s: s["history"].update(val_metrics={"accuracy": 1.0}),
        lambda s: s["history"]["records"].append(["1", [], []]),
        lambda s: s["history"]["records"].append([1, ["1"], []]),
        lambda s: s["batches"].append([1.0, 1.0, ["1"]]),
        lambda s: s["batches"].append(["1", 1.0, []]),
        lambda s: s["best"].update(waited=math.inf),
        lambda s: s["best"].update(parameters=[1.0]),
        lambda s: s["settings"].update(hyperparameters=[]),
        lambda s: s["settings"].pop("hyperparameters"),
        lambda s: s["random"].__setitem__(1, [10**30] * 625),
        lambda s: s["optimizer"]["settings"].update(betas=0.9),
        lambda s: s["optimizer"]["settings"].update(lr=[0.1, 0.2]),
        lambda s: s["optimizer"]["state"][0].popitem(),
        lambda s: s["optimizer"]["state"][0].update(step=10**400),
        lambda s: s["optimizer"].update(state=[None] * 9),
        lambda s: s["scheduler"].update(last_epoch=10**400),
        lambda s: s["scheduler"].update(last_epoch=None),
        lambda s: s["scheduler"].popitem(),
    ],
)
def test_a_file_damaged_deep_inside_is_a_value_error(damage, tmp_path):
    """Whatever stands in it; the model, the optimiser and the schedule are as they were."""
    X, y = rows()

    def train(model, **options):
        adam = nn.optim.Adam(model.parameters(), lr=0.01)
        schedule = nn.optim.StepLR(adam, step_size=2)
        return model, adam, schedule, {**BASE, "optimizer": adam, "lr": None, "scheduler": schedule, **options}

    model, _, _, options = train(nn.MLP(2, [2, 1], seed=0), epochs=2)
    state = json.loads(json.dumps(nn.fit(model, X, y, **options, **QUIET).state_dict()))
    damage(state)
    path = tmp_path / "training.json"
    path.write_text(json.dumps({"format": "chalkgrad training", "version": 1, **state}))
    model, adam, schedule, options = train(nn.MLP(2, [2, 1], seed=7))
    before = model.state_dict(), adam.state_dict(), schedule.state_dict()
    with pytest.raises(ValueError):  # noqa: PT011  (the reason is that of each damage)
        nn.fit(model, X, y, **options, resume=path, **QUIET)
    assert (model.state_dict(), adam.state_dict(), schedule.state_dict()) == before


@pytest.mark.parametrize("epochs", [1, 2, 3])
@pytest.mark.parametrize("seed", [5, None])
def test_dropout_goes_on_with_the_numbers_that_came_next(epochs, seed):
    """What it leaves out after a resumption is what it would have left out; validation draws nothing."""
    X, y = rows()

    def train(epochs, resume=None):
        net = nn.Sequential(nn.Linear(2, 4, seed=0), "tanh", nn.Dropout(0.5, seed=seed), nn.Linear(4, 1, seed=1))
        return net, nn.fit(net, X, y, epochs=epochs, batch_size=3, validation=0.25, compiled=False, resume=resume, **QUIET)

    random.seed(3)
    whole, history = train(4)
    random.seed(3)
    _, first = train(epochs)
    state = json.loads(json.dumps(first.state_dict()))
    random.seed(4)
    parted, rest = train(4, state)
    assert parted.state_dict() == whole.state_dict()
    assert (rest.loss, rest.val_loss) == (history.loss, history.val_loss)
    kept = "^this training kept the random numbers of 0 generators; this model has 1: its Dropouts are others$"
    with pytest.raises(ValueError, match=kept):
        train(4, {**state, "chances": []})


def test_what_cannot_be_resumed_says_so():
    """A history that fit never filled, a number, a schedule that cannot say where it stands."""
    nothing = "there is no training here that could go on: fit fills a History, and gives it back"
    with pytest.raises(ValueError, match=f"^{nothing}$"):
        nn.History(nn.MLP(1, [1])).state_dict()
    with pytest.raises(
        TypeError, match=r"^fit resumes a History, the path of a file that it saved, or its state_dict, not 3$"
    ):
        nn.fit(nn.MLP(1, [1]), [[1.0]], [1.0], resume=3, **QUIET)
    with pytest.raises(FileNotFoundError):
        nn.fit(nn.MLP(1, [1]), [[1.0]], [1.0], resume="nowhere.json", **QUIET)

    class Own:
        def step(self):
            pass

    history = nn.fit(nn.MLP(1, [1]), [[1.0]], [1.0], epochs=1, scheduler=Own(), **QUIET)
    lost = r"^Own has no state_dict\(\) and load_state_dict\(\), so what it had come to is lost$"
    with pytest.raises(ValueError, match=lost):
        nn.fit(nn.MLP(1, [1]), [[1.0]], [1.0], epochs=2, scheduler=Own(), resume=history, **QUIET)
