"""Graphs that steppers are tried on."""

import autograd as ag
import nn
from autograd import Value


def softmax_net():
    """Three numbers through softmax, and the cross-entropy of the second."""
    ws, x = [Value(w, label=f"w_{i}") for i, w in enumerate((0.3, -0.2, 0.5), start=1)], Value(1.5, label="x")
    loss = -ag.log(ag.softmax([w * x for w in ws])[1])
    ag.label(E=loss)
    return loss


def small_gpt():
    """A GPT of two thousand steps, in modules within modules, that reads three letters."""
    loss = nn.losses.cross_entropy(nn.GPT(8, 4, 2, 1, 3, seed=0)([0, 1, 2]), [1, 2, 3])
    ag.label(L=loss)
    return loss


def three_rows():
    """A 2-8-8-1 net on three rows."""
    model = nn.MLP(2, [8, 8, 1], seed=0)
    rows = ([0.1, 0.2], 1.0), ([-0.3, 0.5], 0.0), ([0.7, -0.1], 1.0)
    loss = ag.mean([(model(x) - t) ** 2 for x, t in rows])
    ag.label(L=loss)
    return loss
