"""Losses and their slopes by numbers that anyone can work out: powers of two, and logarithms of them."""

import math

import pytest

from autograd import Value, clip, elu, gradient, leaky_relu
from nn.losses import LOSSES, _ByName, huber

LN2, LN3 = math.log(2.0), math.log(3.0)

BY_HAND = {  # predictions, targets, the loss of each pair or row, its slope in each prediction
    "squared_error": ([3.0, 1.0, -2.0], [1.0, 1.5, -2.0], [4.0, 0.25, 0.0], [4.0, -1.0, 0.0]),
    "half_squared_error": ([3.0, 1.0, -2.0], [1.0, 1.5, -2.0], [2.0, 0.125, 0.0], [2.0, -0.5, 0.0]),
    "mse": ([3.0, 1.0, -2.0], [1.0, 1.5, -2.0], [4.0, 0.25, 0.0], [4.0, -1.0, 0.0]),
    "mae": ([3.0, 1.0, -2.0], [1.0, 1.5, -2.0], [2.0, 0.5, 0.0], [1.0, -1.0, 0.0]),
    "huber": ([3.0, 1.0, -4.0, 1.0], [1.0, 1.5, -2.0, 0.0], [1.5, 0.125, 1.5, 0.5], [1.0, -0.5, -1.0, 1.0]),
    "hinge": ([0.5, 2.0, 0.5, -3.0], [1.0, 1.0, -1.0, -1.0], [0.5, 0.0, 1.5, 0.0], [-1.0, 0.0, 1.0, 0.0]),
    "bce": (
        [0.5, 0.25, 0.25, 0.75],
        [1.0, 0.0, 0.5, 0.25],
        # −ln ½; −ln ¾; −½ ln ¼ − ½ ln ¾; −¼ ln ¾ − ¾ ln ¼
        [LN2, 2 * LN2 - LN3, 2 * LN2 - LN3 / 2, 2 * LN2 - LN3 / 4],
        # (o − t) / (o (1 − o))
        [-2.0, 4 / 3, -4 / 3, 8 / 3],
    ),
    "bce_with_logits": (
        [0.0, LN3, -LN3, LN3],
        [1.0, 1.0, 0.0, 0.25],
        # σ(ln 3) = ¾
        [LN2, 2 * LN2 - LN3, 2 * LN2 - LN3, 2 * LN2 - LN3 / 4],
        # σ(x) − t
        [-0.5, -0.25, 0.25, 0.5],
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_losses_of_pairs_by_hand(name):
    """Each loss, their sum, their mean, and the slopes of all three."""
    outputs, targets, losses, slopes = BY_HAND[name]
    n = len(outputs)
    loss = LOSSES[name]
    assert loss(outputs, targets, reduction="none") == pytest.approx(losses, rel=1e-14)
    for reduction, share in (("sum", 1.0), ("mean", 1.0 / n)):
        os = list(map(Value, outputs))
        found = loss(os, targets, reduction=reduction)
        assert found.data == pytest.approx(share * math.fsum(losses), rel=1e-14)
        assert [g.data for g in gradient(found, *os)] == pytest.approx([share * s for s in slopes], rel=1e-14)
    by_default = loss(outputs, targets)
    assert by_default == loss(outputs, targets, reduction="sum" if name.endswith("squared_error") else "mean")
    assert [loss(o, t) for o, t in zip(outputs, targets)] == pytest.approx(losses, rel=1e-14)
    assert loss([outputs, outputs], [targets, targets], reduction="none") == [loss(outputs, targets, reduction="none")] * 2


ROWS = [[0.0, LN2, LN2], [LN3, 0.0, LN2]]  # softmax: 1/5 2/5 2/5, and 1/2 1/6 1/3
SHARES = [[0.2, 0.4, 0.4], [0.5, 1 / 6, 1 / 3]]


@pytest.mark.parametrize(
    ("targets", "shares"),
    [([1, 0], [[0, 1, 0], [1, 0, 0]]), ([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]], [[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]])],
)
def test_losses_of_rows_by_hand(targets, shares):
    """Cross-entropy of scores whose softmax are small fractions, and nll of their logarithms."""
    losses = [-sum(t * math.log(p) for t, p in zip(ts, ps)) for ts, ps in zip(shares, SHARES)]
    logs = [[math.log(p) for p in ps] for ps in SHARES]
    for name, rows in (("cross_entropy", ROWS), ("nll", logs)):
        loss = LOSSES[name]
        assert loss(rows, targets, reduction="none") == pytest.approx(losses, rel=1e-14)
        assert loss(rows, targets) == pytest.approx(sum(losses) / 2, rel=1e-14)
        assert loss(rows, targets, reduction="sum") == pytest.approx(sum(losses), rel=1e-14)
        assert loss(rows[0], targets[0]) == pytest.approx(losses[0], rel=1e-14)
        xs = [[Value(x) for x in row] for row in rows]
        slopes = gradient(loss(xs, targets), *xs[0], *xs[1])
        expected = [(p if name == "cross_entropy" else 0.0) - t for ps, ts in zip(SHARES, shares) for p, t in zip(ps, ts)]
        if name == "nll":
            expected = [-t for ts in shares for t in ts]
        assert [g.data for g in slopes] == pytest.approx([e / 2 for e in expected], rel=1e-13, abs=1e-16)


def test_huber_by_hand_for_any_delta():
    """½ z² up to delta, delta (|z| − delta/2) beyond."""
    assert huber([0.25, 3.0, -3.0], [0.0, 0.0, 0.0], reduction="none", delta=0.5) == [0.03125, 1.375, 1.375]
    assert huber([1.0, 4.0], [0.0, 0.0], "sum", 2.0) == 0.5 + 6.0
    assert huber(0.25, 0.0, delta=0.25) == 0.03125


@pytest.mark.parametrize("name", LOSSES)
def test_messages_are_whole(name):
    """Each says which loss it was, what it got and the way out, to the last word."""
    rows = name in ("cross_entropy", "nll")

    def message(*arguments):
        with pytest.raises((ValueError, TypeError)) as caught:
            LOSSES[name](*arguments)
        return str(caught.value)

    assert message([[0.5, 0.5]], [1], "all") == f"{name} has the reductions 'mean', 'sum' and 'none', not 'all'"
    assert message([["x", 0.5]], [1.0]).startswith(f"the prediction of {name}: ")
    assert message([[0.5, 0.5], [0.5]], [1.0]) == (
        f"{name} got a prediction whose rows differ: row 0 is a list of 2, and row 1 is a list of 1"
    )
    assert message([[], []], [1.0]) == f"{name} got an empty list as its prediction: pass at least one number"
    if rows:
        assert message([0.5, 0.5], [2.0, -1.0]) == (
            f"{name} takes targets from 0 to 1, not 2.0: a class index stands by itself, not in a list"
        )
        assert message([[0.5, 0.5], [0.5, 0.5]], [1]) == f"{name} takes one target for each of its 2 rows, not 1 of them"
    else:
        assert message([0.5, 0.5], [1.0]) == (
            f"{name} compares a prediction and a target of one shape, not a list of 2 with a list of 1: pass one target for"
            " each number in the prediction"
        )
    if name.startswith("bce"):
        expected = f"{name} takes targets from 0 to 1, not 2.0: for labels -1 and 1, pass (t + 1) / 2"
        assert message([0.5, 0.5], [0.0, 2.0]) == expected


def test_shares_of_classes_may_be_rounded():
    """Probabilities add up to 1 to a tenth of a per mille, and count as they stand; more is told."""
    nll = LOSSES["nll"]
    assert nll([-1.0, -2.0], [0.99995, 0.0]) == 0.99995
    assert nll([-1.0, -2.0], [1.0, 5e-5]) == 1.0 + 1e-4
    with pytest.raises(ValueError, match=r"add up to 1, and \[0.5, 0.5005\] adds up to 1.0005"):
        nll([-1.0, -2.0], [0.5, 0.5005])


def test_tables_by_name_say_what_they_are_of():
    """A name that is not there is answered with those that are."""
    table = _ByName("fruit", {"apple": 1, "pear": 2})
    assert (table["apple"], dict(table)) == (1, {"apple": 1, "pear": 2})
    with pytest.raises(KeyError, match="there is no fruit 'plum'; there are apple, pear"):
        table["plum"]


def test_defaults_of_activations_by_hand():
    """leaky_relu leaks a hundredth, elu goes down to −1, clip does nothing."""
    x = Value(-2.0)
    assert leaky_relu(-2.0) == leaky_relu(x).data == x.leaky_relu().data == -0.02
    assert gradient(leaky_relu(x), x)[0].data == gradient(x.leaky_relu(), x)[0].data == 0.01
    assert leaky_relu(3.0) == Value(3.0).leaky_relu().data == 3.0
    assert elu(-2.0) == elu(x).data == x.elu().data == pytest.approx(math.exp(-2.0) - 1.0, rel=1e-15)
    assert clip(-1e300) == Value(-1e300).clip().data == -1e300
    assert (x.clip(low=-1.0).data, x.clip(high=-3.0).data) == (-1.0, -3.0)
