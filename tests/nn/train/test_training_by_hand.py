"""What fit computes and what a History says, worked out by hand: nothing to install, and to the last character."""

import pickle

import pytest

import nn

QUIET = {"progress": False}
WAYS = [False, True]


def line(w=2.0, b=1.0):
    return nn.MLP(1, [1], weights=[[[w]]], biases=[[b]])


def numbers(model):
    return [p.data for p in model.parameters()]


@pytest.fixture(params=WAYS, ids=["row by row", "whole batches"])
def compiled(request):
    if request.param:
        pytest.importorskip("numpy", reason="whole batches run on NumPy")
    return request.param


def test_two_epochs_by_hand(compiled):
    """Two rows a step: y = 2x + 1 at x = 1 and 3 is 3 and 7; targets 2 and 5 leave errors 1 and 2."""
    model = line()
    history = nn.fit(model, [[1.0], [3.0]], [2.0, 5.0], lr=0.0625, epochs=2, validation=([[0.0], [1.0]], [0.0, 1.0]),
                     compiled=compiled, **QUIET)  # fmt: skip
    # loss (1 + 4)/2; slopes (2·1·1 + 2·2·3)/2 = 7 in w and (2·1 + 2·2)/2 = 3 in b; then w = 2 − 7/16, b = 1 − 3/16
    w, b = 2 - 7 / 16, 1 - 3 / 16
    errors = [w + b - 2, 3 * w + b - 5]
    assert history.loss == pytest.approx([2.5, (errors[0] ** 2 + errors[1] ** 2) / 2], rel=1e-14)
    assert history.grad_norm[0] == pytest.approx(58**0.5, rel=1e-14)
    assert history.lr == [0.0625, 0.0625]
    assert history.val_loss[0] == pytest.approx((b**2 + (w + b - 1) ** 2) / 2, rel=1e-14)
    w, b = w - (errors[0] + 3 * errors[1]) / 16, b - (errors[0] + errors[1]) / 16
    assert numbers(model) == pytest.approx([w, b], rel=1e-14)
    assert history.val_loss[1] == pytest.approx((b**2 + (w + b - 1) ** 2) / 2, rel=1e-14)
    assert (history.stopped, history.loss_name, len(history)) == ("epochs", "mse", 2)


def test_batches_of_unequal_size_count_by_their_rows(compiled):
    """Two rows with loss 1 and one with loss 4, at a rate of nothing: the mean over rows is 2."""
    history = nn.fit(
        line(1.0, 0.0), [[1.0], [1.0], [2.0]], [0.0, 0.0, 0.0], lr=0.0, epochs=1, batch_size=2, shuffle=False,
        compiled=compiled, **QUIET,
    )  # fmt: skip
    assert history.loss == pytest.approx([2.0], rel=1e-14)
    # slopes: (2, 2) of the first batch, (8, 4) of the second
    assert history.grad_norm == pytest.approx([(8**0.5 + 80**0.5) / 2], rel=1e-14)


def test_l2_and_clipping_by_hand(compiled):
    """loss + l2 Σ w², and a gradient longer than clip_norm is that long."""
    model = line(2.0, 1.0)
    history = nn.fit(model, [[1.0]], [0.0], lr=1.0, epochs=1, l2=0.5, clip_norm=0.5, compiled=compiled, **QUIET)
    # 9 + 0.5·5; slopes 6 + 2 and 6 + 1
    length = 113**0.5
    assert history.loss == pytest.approx([11.5], rel=1e-14)
    assert history.grad_norm == pytest.approx([length], rel=1e-14)
    shrink = 0.5 / (length + 1e-6)
    assert numbers(model) == pytest.approx([2 - 8 * shrink, 1 - 7 * shrink], rel=1e-13)
    model = line(2.0, 1.0)
    nn.fit(model, [[1.0]], [0.0], lr=1.0, epochs=1, clip_norm=1000.0, compiled=compiled, **QUIET)
    assert numbers(model) == pytest.approx([-4.0, -5.0], rel=1e-14)
    model = line(1.0, 0.0)  # error 2 at 0.75: slopes 3 and 4, whose length is 5, and not longer
    nn.fit(model, [[0.75]], [-1.25], lr=1.0, epochs=1, clip_norm=5.0, compiled=compiled, **QUIET)
    assert numbers(model) == [-2.0, -4.0]


def test_what_is_not_said_is_as_it_is_written_down(compiled):
    """A hundred epochs of plain descent on all rows, by the mean squared error, at torch's rate."""
    history = nn.fit(line(), [[1.0], [2.0]], [1.0, 2.0], compiled=compiled, **QUIET)
    assert (len(history), history.lr[0], history.loss_name) == (100, 0.001, "mse")
    asked_for = {"optimizer": "SGD", "batch_size": 2, "shuffle": True, "seed": 0, "l2": 0.0, "record": 0, "metrics": []}
    left_out = dict.fromkeys(["clip_norm", "patience", "scheduler"])
    settings = history.state_dict()["settings"]
    assert {name: settings[name] for name in [*asked_for, *left_out]} == {**asked_for, **left_out}


def test_accuracy_of_logits_and_of_probabilities(compiled):
    """A logit and a score say class 1 above 0, a number by itself above a half."""
    X, y = [[0.25], [0.75], [-0.25], [-0.75]], [1, 1, 0, 0]
    fitted = {"lr": 0.0, "epochs": 1, "metrics": "accuracy", "validation": (X, y), "compiled": compiled, **QUIET}
    history = nn.fit(line(1.0, 0.0), X, y, loss="bce_with_logits", **fitted)
    assert history.metrics == history.val_metrics == {"accuracy": [1.0]}
    history = nn.fit(line(1.0, 0.0), X, y, loss="mse", **fitted)
    assert history.metrics == history.val_metrics == {"accuracy": [0.75]}
    history = nn.fit(line(1.0, 0.0), X, [1, 1, -1, -1], loss="hinge", **{**fitted, "validation": None})
    assert history.metrics == {"accuracy": [1.0]}


def test_metrics_are_called_by_their_names():
    """A function by its own, what has none is a metric; so are losses."""

    class Nameless:
        def __call__(self, predictions, targets):
            return float(len(predictions))

    def always_three(predictions, targets):
        assert len(predictions) == len(targets)
        return 3.0

    both = [Nameless(), "accuracy", always_three]
    history = nn.fit(line(), [[1.0], [2.0]], [0.0, 1.0], epochs=1, metrics=both, validation=([[1.0]], [1.0]), **QUIET)
    assert history.metrics == {"metric": [2.0], "accuracy": [0.5], "always_three": [3.0]}
    assert history.val_metrics == {"metric": [1.0], "accuracy": [1.0], "always_three": [3.0]}

    def distance(prediction, target):
        return (prediction - target) ** 2

    class Distance:
        def __call__(self, prediction, target):
            return distance(prediction, target)

    names = [nn.fit(line(), [[1.0]], [1.0], epochs=1, loss=loss, **QUIET).loss_name for loss in (distance, Distance())]
    assert names == ["distance", "loss"]
    with pytest.raises(ValueError, match=r"^no metric 'auc': there are accuracy, or pass a function$"):
        nn.fit(line(), [[1.0]], [1.0], metrics=["auc"], **QUIET)


def test_patience_counts_epochs_that_are_no_better(compiled):
    """Losses 1, 9, …, or 1, 1, …: the first is the best, and after two more it is over."""
    history = nn.fit(line(1.0, 0.0), [[1.0]], [0.0], lr=1.0, epochs=10, patience=2, compiled=compiled, **QUIET)
    # slope (2, 2) at (1, 0) leads to (−1, −2), error −3
    assert history.loss[:2] == [1.0, 9.0]
    assert (len(history), history.stopped) == (3, "early stopping")
    history = nn.fit(line(1.0, 0.0), [[1.0]], [0.0], lr=0.0, epochs=10, patience=2, compiled=compiled, **QUIET)
    assert history.loss == [1.0] * 3


def test_a_plateau_is_shown_the_validation_loss_or_else_the_loss():
    """A schedule with patience is given the number that is watched, any other none."""
    seen = []

    class Watching:
        patience = 1

        def step(self, *watched):
            seen.append(watched)

    nn.fit(line(1.0, 0.0), [[1.0]], [0.0], lr=0.0, epochs=1, scheduler=Watching(), **QUIET)
    nn.fit(line(1.0, 0.0), [[1.0]], [0.0], lr=0.0, epochs=1, scheduler=Watching(), validation=([[3.0]], [0.0]), **QUIET)
    del Watching.patience
    nn.fit(line(1.0, 0.0), [[1.0]], [0.0], lr=0.0, epochs=1, scheduler=Watching(), **QUIET)
    assert seen == [(1.0,), (9.0,), ()]


def test_records_by_hand(compiled):
    """The start, every second epoch and the last, with the gradients that led there."""
    model = line(1.0, 0.0)
    history = nn.fit(model, [[1.0]], [0.0], lr=0.25, epochs=3, record=2, compiled=compiled, **QUIET)
    # errors 1, 0, 0: each step takes half the error off both
    assert [tuple(record) for record in history.records] == [
        (0, [1.0, 0.0], []),
        (2, [0.5, -0.5], [0.0, 0.0]),
        (3, [0.5, -0.5], [0.0, 0.0]),
    ]
    assert numbers(model) == [0.5, -0.5]


MESSAGES = [
    ({"y": [2]}, "row 0 of y is of class 2, and the model has 2 outputs: classes are whole numbers from 0 to 1"),
    ({"y": [-1]}, "row 0 of y is of class -1, and the model has 2 outputs: classes are whole numbers from 0 to 1"),
    ({"y": [0.5]}, "row 0 of y is of class 0.5, and the model has 2 outputs: classes are whole numbers from 0 to 1"),
    ({"X": [], "y": []}, "X has no rows: there is nothing to learn from"),
    ({"y": [1, 1]}, "X has 1 rows and y 2 targets: each row needs one"),
    ({"X": [[1.0], [1.0, 2.0]], "y": [1, 1]}, "the rows of X differ in length: row 0 has 1 numbers, row 1 has 2"),
    (
        {"X": [[1.0], [1.0], [1.0] * 3, [1.0] * 2], "y": [1] * 4},
        "the rows of X differ in length: row 0 has 1 numbers, row 2 has 3",
    ),
    ({"y": "text"}, "y is a list with an entry for each row, not 'text'"),
    ({"X": [[1.0, 2.0], [1.0]], "y": [1, 1]}, "the rows of X differ in length: row 0 has 2 numbers, row 1 has 1"),
    ({"X": [[float("inf")]]}, "row 0 of X holds inf: mend or leave out such rows first"),
    ({"validation": 0.0}, "validation is a share between 0 and 1, or a pair (X, y), not 0.0"),
    ({"validation": 1.0}, "validation is a share between 0 and 1, or a pair (X, y), not 1.0"),
    ({"validation": 0.4}, "1 rows are too few to put a share of 0.4 aside"),
    ({"validation": 0.6}, "1 rows are too few to put a share of 0.6 aside"),
    ({"y": [float("nan")]}, "row 0 of y holds nan: mend or leave out such rows first"),
    (
        {"X": [["a"]]},
        "row 0 of X holds the text 'a': nets compute with numbers, so give each word one, as in [words.index(x) for x in X]"
        " with words = sorted(set(X))",
    ),
    (
        {"loss": "hinge", "y": [[0.0, 1.0]]},
        "the target of row 0 in y does not fit hinge: hinge takes targets -1 and 1, not 0.0: for labels 0 and 1, pass"
        " 2 * t - 1",
    ),
    ({"epochs": 1.5}, "epochs is a whole number from 0 on, not 1.5"),
    ({"epochs": -1}, "epochs is a whole number from 0 on, not -1"),
    ({"batch_size": -1}, "batch_size is a whole number from 1 on, not -1"),
    ({"patience": 0}, "patience is a whole number from 1 on, not 0"),
    ({"record": 0.5}, "record is a whole number from 0 on, not 0.5"),
    ({"record": -1}, "record is a whole number from 0 on, not -1"),
    ({"l2": -1.0}, "l2 is 0 or more and clip_norm more than 0, got -1.0 and None"),
    ({"clip_norm": 0.0}, "l2 is 0 or more and clip_norm more than 0, got 0.0 and 0.0"),
    ({"compiled": "yes"}, "compiled is True, False or None, not 'yes'"),
    ({"compiled": 1}, "compiled is True, False or None, not 1"),
    ({"validation": ([[1.0]],)}, "validation is a share between 0 and 1, or a pair (X, y), not tuple"),
    ({"validation": nn.MLP}, "validation is a share between 0 and 1, or a pair (X, y), not type"),
    ({"X": [[1.0, 2.0]]}, f"X has rows of 2 numbers, and the model: {nn.MLP(1, [2]).layers[0]} takes 1 inputs, got 2"),
    (
        {"loss": "mse", "y": [[1.0]]},
        "the target of row 0 in y does not fit mse: mse compares a prediction and a target of one"
        " shape, not a list of 2 with a list of 1: pass one target for each number in the prediction",
    ),
    ({"model": nn.MLP}, "fit trains a Module, or anything callable with parameters(), not <class 'nn.layers.MLP'>"),
    ({"optimizer": nn.optim.SGD}, "fit takes an optimiser made with parameters, nn.optim.SGD(model.parameters())"),
    ({"optimizer": 3}, "fit takes the name of an optimiser, or one of nn.optim, not 3"),
    (
        {"optimizer": nn.optim.SGD(line().parameters())},
        "this SGD was made with the parameters of another model, and would"
        " change none of this one's: make it with this model's parameters()",
    ),
    ({"loss": "msa"}, f"no loss 'msa': there are {', '.join(nn.losses.LOSSES)}, or pass a function of (prediction, target)"),
    ({"metrics": ["auc"]}, "no metric 'auc': there are accuracy, or pass a function"),
    ({"optimizer": "adamex"}, "no optimiser 'adamex': there are " + ", ".join(nn.optim.OPTIMIZERS)),
]


@pytest.mark.parametrize(("changes", "message"), MESSAGES)
def test_messages_are_whole(changes, message):
    """Each says what it got and what would do, before any step."""
    model = nn.MLP(1, [2], seed=0)
    before = numbers(model)
    with pytest.raises((ValueError, TypeError)) as caught:
        nn.fit(**{"model": model, "X": [[1.0]], "y": [1], "loss": "cross_entropy", **QUIET, **changes})
    assert str(caught.value) == message
    assert numbers(model) == before


def test_one_class_is_said_in_the_singular():
    """A model of one output has the class 0 alone."""
    with pytest.raises(ValueError, match="the model has 1 output: classes are whole numbers from 0 to 0"):
        nn.fit(line(), [[1.0]], [1], loss="cross_entropy", **QUIET)


def test_what_no_fit_can_take_is_told():
    """No model; a learning rate beside an optimiser that has one."""
    with pytest.raises(TypeError, match="fit trains a Module, or anything callable with parameters"):
        nn.fit(3, [[1.0]], [1.0])
    stored = type("Stored", (), {"parameters": line().parameters})()
    with pytest.raises(TypeError, match="fit trains a Module, or anything callable with parameters"):
        nn.fit(stored, [[1.0]], [1.0])
    model = line()
    own = r"^the optimiser given has a learning rate of its own: leave out lr, or set optimizer\.lr$"
    with pytest.raises(ValueError, match=own):
        nn.fit(model, [[1.0]], [1.0], optimizer=nn.optim.SGD(model.parameters()), lr=0.1)


# ------------------------------------------------------------------------------------------------ a history as text


def filled():
    history = nn.History(None)
    history.loss = [8.0, 4.0, 2.0, 1.0, float("nan"), 0.0]
    return history


def test_a_curve_by_hand():
    """Blocks of eighths: in two rows, 8 of 8 is sixteen of them, 4 is nine, 2 five, 1 three, nan none, 0 one."""
    assert filled().curve(60, 2) == "8 │█▁\n0 │██▅▃ ▁\n   epoch 1 6"
    assert filled().curve(6, 1) == "8 │█▅▃▂ ▁\n   epoch 1 6"
    assert filled().curve(3, 2) == "8 │▄\n0 │█▄\n   epoch 1 6"
    assert filled().curve(height=3).splitlines() == ["8 │█", "  │█▅", "0 │██▇▄ ▁", "   epoch 1 6"]
    level = nn.History(None)
    level.loss = [0.5] * 20
    assert level.curve(10, 1) == "0.5 │▁▁▁▁▁▁▁▁▁▁\n     epoch 1 20"
    assert level.curve(20, 1) == f"0.5 │{'▁' * 20}\n     epoch 1{'20':>13}"
    level.loss = [8.0, 0.125]
    assert level.curve(60, 1) == "8 │█▁\n   epoch 1 2"
    assert len(filled().curve().splitlines()) == 9
    level.loss = [float("nan")]
    assert level.curve() == nn.History(None).curve() == "no finite loss to draw"


def test_a_history_in_one_line():
    """How many epochs, what has become of each number, and why it ended."""
    history = filled()
    assert repr(history) == "History(6 epochs, loss 8.0 → 0.0)"
    history.val_loss, history.val_metrics = [1.0, 0.75, 0.5], {"accuracy": [0.25]}
    history.metrics = {"accuracy": [0.5, 0.625, 0.75]}
    history.stopped = "epochs"
    assert repr(history) == "History(6 epochs, loss 8.0 → 0.0, val_loss 0.5, accuracy 0.75, val_accuracy 0.25; epochs)"
    assert history.rows()[0] == {"epoch": 1, "loss": 8.0, "val_loss": 1.0, "accuracy": 0.5, "val_accuracy": 0.25}
    assert history.rows()[5] == {"epoch": 6, "loss": 0.0}
    empty = nn.History(None)
    assert repr(empty) == "History(no epoch yet)"
    assert (empty.stopped, empty.loss_name, empty.rows()) == ("", "", [])
    empty.stopped = "interrupted"
    assert repr(empty) == "History(no epoch yet; interrupted)"


def test_a_history_is_pickled_with_its_state_and_no_more():
    """What comes back stands where the first one stood, and knows nothing of what ran."""
    history = nn.fit(line(), [[1.0]], [1.0], epochs=2, **QUIET)
    again = pickle.loads(pickle.dumps(history))
    assert again.state_dict() == history.state_dict()
    assert vars(again).keys() == vars(history).keys()
    state = again.state_dict()
    state["history"]["loss"].clear()  # what was given away is its taker's
    assert again.state_dict() == history.state_dict()
