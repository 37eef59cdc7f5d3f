"""Texts of several lengths in one training: by whole batches as row by row, a program for each length."""

import pytest

import nn

np = pytest.importorskip("numpy", reason="whole batches run on NumPy: pip install 'chalkgrad[arrays]'")


def texts(n=9):
    lines = [nn.data.names(n).tokens(i) for i in range(n)]
    rows = [line[:-1][:6] for line in lines]
    return rows, [line[1:][: len(row)] for line, row in zip(lines, rows, strict=True)]


def len_of_both(predictions, targets):
    """A metric: how many predictions there are for the first row, and how many targets."""
    return len(predictions[0]) + 100.0 * len(targets[0])


def trained(compiled, **options):
    model = nn.GPT(27, 4, 2, 1, 8, seed=0)
    X, y = texts()
    settings = {"loss": "cross_entropy", "optimizer": "adam", "lr": 0.01, "epochs": 2, "batch_size": 4, "progress": False}
    history = nn.fit(model, X, y, compiled=compiled, **{**settings, **options})
    return history, [p.data for p in model.parameters()]


LONGER = [[0, 1, 2, 3, 4, 5, 6, 7]], [[1, 2, 3, 4, 5, 6, 7, 8]]


@pytest.mark.parametrize(
    "options", [{"validation": 0.3, "l2": 0.01, "clip_norm": 0.5}, {"validation": LONGER, "metrics": [len_of_both]}]
)
def test_names_of_several_lengths_are_learned_from_in_one_batch(options):
    """Losses, gradients and parameters are those of the graph, row by row."""
    (fast, here), (slow, there) = trained(True, **options), trained(False, **options)
    assert fast.loss == pytest.approx(slow.loss, rel=1e-9)
    assert fast.grad_norm == pytest.approx(slow.grad_norm, rel=1e-9)
    assert fast.val_loss == pytest.approx(slow.val_loss, rel=1e-9)
    assert fast.val_metrics == slow.val_metrics
    assert here == pytest.approx(there, rel=1e-6, abs=1e-9)


def test_a_metric_sees_the_rows_in_their_order():
    """Predictions of all lengths, each beside its target."""
    settings = {"metrics": [lambda predictions, targets: float(len(predictions))], "shuffle": False, "epochs": 1}
    history, _ = trained(True, **settings)
    assert [*history.metrics.values()] == [[9.0]]


def test_rows_of_several_lengths_have_a_target_for_each_place():
    """Otherwise it is an oversight."""
    X, y = texts()
    y[1] = y[1][:-1]
    with pytest.raises(ValueError, match="the rows of X differ in length"):
        nn.fit(nn.GPT(27, 4, 2, 1, 8, seed=0), X, y, loss="cross_entropy", progress=False)
