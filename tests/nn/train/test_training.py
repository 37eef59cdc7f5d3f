"""fit: the same curves as torch's, what it watches, how it ends, and what it refuses."""

import itertools
import random

import pytest

import nn
from autograd import Value

QUIET = {"progress": False}


def line_data():
    return [[-1.0], [0.0], [1.0], [2.0]], [-1.0, 1.0, 3.0, 5.0]


# ------------------------------------------------------------------------------------------------ beside torch

CURVES = [
    ("iris", [8, 3], 150, None, 6),
    ("wine", [6, 3], 178, None, 5),
    ("breast_cancer", [5, 2], 120, 40, 2),
    ("digits", [32, 10], 96, 32, 2),
]


def torch_twin(torch, model):
    """A torch.nn.Sequential with the weights of an MLP of tanh layers."""
    layers = []
    for layer in model.layers:
        linear = torch.nn.Linear(layer.nin, len(layer.neurons), dtype=torch.float64)
        linear.weight.data = torch.tensor(layer.W, dtype=torch.float64)
        linear.bias.data = torch.tensor(layer.b, dtype=torch.float64)
        layers += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


@pytest.mark.external
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize(("name", "nouts", "rows", "batch_size", "epochs"), CURVES)
def test_training_curves_equal_torchs(name, nouts, rows, batch_size, epochs, optimizer):
    """From equal weights, losses and final parameters on real data are torch's to 1e-9."""
    torch = pytest.importorskip("torch", reason="torch is the oracle")
    pytest.importorskip("sklearn", reason="scikit-learn brings the real data sets")
    X, y = getattr(nn.data, name)().standardized()
    X, y = X[:rows], y[:rows]
    if name != "digits":
        order = random.Random(0).sample(range(len(X)), len(X))
        X, y = [X[i] for i in order], [y[i] for i in order]
    model = nn.MLP(len(X[0]), nouts, activation=["tanh"] * (len(nouts) - 1) + ["linear"], init="xavier", seed=1)
    twin = torch_twin(torch, model)
    if optimizer == "sgd":
        ours = nn.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        theirs = torch.optim.SGD(twin.parameters(), lr=0.05, momentum=0.9)
    else:
        ours = nn.optim.Adam(model.parameters(), lr=0.01)
        theirs = torch.optim.Adam(twin.parameters(), lr=0.01)

    history = nn.fit(
        model, X, y, loss="cross_entropy", optimizer=ours, epochs=epochs, batch_size=batch_size, shuffle=False, **QUIET
    )

    expected = []
    inputs, targets = torch.tensor(X, dtype=torch.float64), torch.tensor(y)
    size = batch_size or len(X)
    for _ in range(epochs):
        losses = []
        for i in range(0, len(X), size):
            theirs.zero_grad()
            loss = torch.nn.functional.cross_entropy(twin(inputs[i : i + size]), targets[i : i + size])
            loss.backward()
            theirs.step()
            losses.append(loss.item() * len(inputs[i : i + size]))
        expected.append(sum(losses) / len(X))
    assert history.loss == pytest.approx(expected, rel=1e-9)
    assert history.loss[-1] < history.loss[0]
    for layer, linear in zip(model.layers, twin[::2]):
        assert [w for row in layer.W for w in row] == pytest.approx(linear.weight.flatten().tolist(), rel=1e-9, abs=1e-12)


@pytest.mark.external
def test_clipping_is_torchs():
    """clip_norm shortens gradients as clip_grad_norm_ does, and the history holds their length before."""
    torch = pytest.importorskip("torch", reason="torch is the oracle")
    X, y = line_data()
    model = nn.MLP(1, [1], weights=[[[3.0]]], biases=[[-4.0]])
    w = torch.tensor([3.0, -4.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    norms = []
    for _ in range(4):
        optimizer.zero_grad()
        ((torch.tensor(X, dtype=torch.float64)[:, 0] * w[0] + w[1] - torch.tensor(y)) ** 2).mean().backward()
        norms.append(torch.nn.utils.clip_grad_norm_([w], 0.5).item())
        optimizer.step()
    history = nn.fit(model, X, y, lr=0.1, epochs=4, clip_norm=0.5, **QUIET)
    assert history.grad_norm == pytest.approx(norms, rel=1e-12)
    assert [p.data for p in model.parameters()] == pytest.approx(w.tolist(), rel=1e-12)


# ------------------------------------------------------------------------------------------------ what it does


def test_shuffled_batches_repeat_with_the_seed():
    """The same seed gives the same run, another one another; without shuffling the seed does not matter."""
    X, y = nn.data.moons(40)

    def losses(**options):
        model = nn.MLP(2, [3, 2], seed=0)
        return nn.fit(model, X, y, loss="cross_entropy", lr=0.1, epochs=3, batch_size=7, **options, **QUIET).loss

    assert losses(seed=1) == losses(seed=1)
    assert losses(seed=1) != losses(seed=2)
    assert losses(seed=1, shuffle=False) == losses(seed=2, shuffle=False)


def test_validation_rows_are_watched_and_not_learned_from():
    """A pair (X, y) is evaluated after each epoch; a share is put aside from the rows."""
    X, y = line_data()
    model = nn.MLP(1, [1], weights=[[[0.0]]], biases=[[0.0]])
    history = nn.fit(model, X, y, lr=0.1, epochs=3, validation=([[3.0]], [7.0]), **QUIET)
    assert len(history.val_loss) == 3
    assert history.val_loss[-1] == pytest.approx((model([3.0]).data - 7.0) ** 2, rel=1e-12)
    seen = []

    def watching(prediction, target):
        seen.append(target)
        return (prediction - target) ** 2

    nn.fit(nn.MLP(1, [1]), X, y, loss=watching, epochs=0, validation=0.25, compiled=False, **QUIET)
    assert sorted(seen) == sorted(y)
    assert len(nn.fit(nn.MLP(1, [1]), X, y, epochs=2, validation=0.25, **QUIET).val_loss) == 2


def test_early_stopping_goes_back_to_the_best():
    """It stops after `patience` epochs without a better validation loss, with the parameters of the best."""
    X, y = line_data()
    model = nn.MLP(1, [1], weights=[[[0.0]]], biases=[[0.0]])
    kept = []
    history = nn.fit(
        model, X, y, lr=0.1, epochs=500, validation=([[0.0]], [0.4]), patience=5,
        callbacks=[lambda h: kept.append(h.model.state_dict())], **QUIET,
    )  # fmt: skip
    best = min(range(len(history)), key=history.val_loss.__getitem__)
    assert history.stopped == "early stopping"
    assert len(history) == best + 6
    assert model.state_dict() == kept[best]


def test_a_scheduler_sets_the_rate_after_each_epoch():
    """The history shows the rates that were used."""
    X, y = line_data()
    model = nn.MLP(1, [1], seed=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.08)
    scheduler = nn.optim.StepLR(optimizer, step_size=2, gamma=0.5)
    history = nn.fit(model, X, y, optimizer=optimizer, scheduler=scheduler, epochs=5, **QUIET)
    assert history.lr == pytest.approx([0.08, 0.08, 0.04, 0.04, 0.02])


def test_ctrl_c_keeps_model_and_history():
    """KeyboardInterrupt ends the run quietly; the history holds all complete epochs, the model stays usable."""
    X, y = line_data()
    rows = 0

    def impatient(prediction, target):
        nonlocal rows
        rows += 1
        if rows == 4 + 3 * 4 + 2:
            raise KeyboardInterrupt
        return (prediction - target) ** 2

    model, twin = (nn.MLP(1, [1], weights=[[[0.0]]], biases=[[0.0]]) for _ in range(2))
    history = nn.fit(model, X, y, loss=impatient, lr=0.1, compiled=False, **QUIET)
    assert (len(history), history.stopped) == (3, "interrupted")
    nn.fit(twin, X, y, lr=0.1, epochs=3, compiled=False, **QUIET)
    assert model.state_dict() == twin.state_dict()


def test_ctrl_c_in_the_middle_of_a_step_undoes_it():
    """No parameter is left changed while others are not."""
    X, y = line_data()
    model = nn.MLP(1, [1], weights=[[[0.0]]], biases=[[0.0]])

    class HalfWay(nn.optim.SGD):
        def step(self):
            model.parameters()[0].data = 99.0
            raise KeyboardInterrupt

    history = nn.fit(model, X, y, optimizer=HalfWay(model.parameters(), lr=0.1), compiled=False, **QUIET)
    assert (len(history), history.stopped) == (0, "interrupted")
    assert model.state_dict() == {"w_111": 0.0, "b_11": 0.0}


def test_any_callable_with_parameters_can_be_trained():
    """A class of one's own in micrograd's style needs no Module."""

    class Line:
        def __init__(self):
            self.w, self.b = Value(0.0), Value(0.0)

        def __call__(self, x):
            return self.w * x[0] + self.b

        def parameters(self):
            return [self.w, self.b]

    model = Line()
    nn.fit(model, *line_data(), lr=0.2, epochs=200, **QUIET)
    assert (model.w.data, model.b.data) == (pytest.approx(2.0, abs=1e-4), pytest.approx(1.0, abs=1e-4))


def test_progress_is_a_bar_of_tqdm(capsys):
    """With progress=True the bar counts epochs on standard error, those before a resumption included."""
    pytest.importorskip("tqdm", reason="tqdm draws the bar")
    history = nn.fit(nn.MLP(1, [1], seed=0), *line_data(), epochs=3, progress=True)
    shown = capsys.readouterr().err
    assert "fit: 100%" in shown
    assert "3/3" in shown
    nn.fit(nn.MLP(1, [1], seed=0), *line_data(), epochs=5, progress=True, resume=history)
    shown = capsys.readouterr().err
    assert "3/5" in shown
    assert "5/5" in shown


def test_without_tqdm_the_extra_is_named(monkeypatch):
    """Asking for the bar names the extra; not asking does without."""
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match=r'^the progress bar is drawn by tqdm: pip install "chalkgrad\[progress\]"$'):
        nn.fit(nn.MLP(1, [1]), *line_data(), epochs=1, progress=True)
    assert len(nn.fit(nn.MLP(1, [1]), *line_data(), epochs=1)) == 1


# ------------------------------------------------------------------------------------------------ the history


def test_history_tells_its_story():
    """Its length counts epochs, its rows are dicts."""
    history = nn.fit(nn.MLP(1, [1], seed=0), *line_data(), lr=0.1, epochs=4, validation=0.25, **QUIET)
    assert len(history) == 4
    assert history.rows()[3] == {
        "epoch": 4, "loss": history.loss[3], "val_loss": history.val_loss[3], "grad_norm": history.grad_norm[3], "lr": 0.1,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ what it refuses

X, Y = line_data()
# ------------------------------------------------------------------------------------------------ records


def test_nothing_is_recorded_unless_asked_for():
    """The memory for it is spent on request."""
    assert nn.fit(nn.MLP(1, [1], seed=0), X, Y, epochs=3, **QUIET).records == []


def test_records_hold_the_start_and_the_end_of_every_epoch():
    """Epoch 0 is the model as it came, without gradients; the last record is the model as it is left."""
    model = nn.MLP(1, [2, 1], seed=0)
    start = [p.data for p in model.parameters()]
    history = nn.fit(model, X, Y, epochs=5, lr=0.05, batch_size=2, record=True, **QUIET)
    assert [r.epoch for r in history.records] == [0, 1, 2, 3, 4, 5]
    assert history.records[0] == (0, start, [])
    assert history.records[-1].parameters == [p.data for p in model.parameters()]
    assert history.records[-1].gradients == [p.grad for p in model.parameters()]


def test_recorded_gradients_led_to_the_recorded_parameters():
    """With plain descent and one batch, new = old − lr · gradient, to the last digit."""
    history = nn.fit(nn.MLP(1, [2, 1], seed=0), X, Y, epochs=4, lr=0.05, record=True, **QUIET)
    for before, after in itertools.pairwise(history.records):
        assert after.parameters == [p - 0.05 * g for p, g in zip(before.parameters, after.gradients)]


def test_a_run_that_stops_early_records_its_last_epoch_before_going_back():
    """The last record is the last epoch's parameters, although the model returns to the best."""
    model = nn.MLP(1, [1], seed=0)
    history = nn.fit(model, X, Y, epochs=50, lr=2.0, patience=3, record=10, **QUIET)
    assert history.stopped == "early stopping"
    assert history.records[-1].epoch == len(history)
    assert history.records[-1].parameters != [p.data for p in model.parameters()]


def test_callbacks_see_the_record_of_their_epoch():
    """Records fill while the run goes on."""
    seen = []
    nn.fit(nn.MLP(1, [1]), X, Y, epochs=3, record=True, callbacks=[lambda h: seen.append(h.records[-1].epoch)], **QUIET)
    assert seen == [1, 2, 3]
