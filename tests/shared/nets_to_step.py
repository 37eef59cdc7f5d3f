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


def small_net():
    """A 2-2-1 net whose inputs are variables."""
    loss = (nn.MLP(2, [2, 1], "tanh", seed=0)([Value(0.5, "x_1"), Value(-1.0, "x_2")]) - 1.0) ** 2
    ag.label(L=loss)
    return loss


def gpt_block():
    """A block of a GPT on two letters, and the half of what comes out, squared."""
    xs = [[Value(0.1 * (i + j) - 0.2, label=f"x_{i + 1}{j + 1}") for j in range(4)] for i in range(2)]
    loss = ag.sum([x * x for row in nn.Block(4, 2, seed=0)(xs) for x in row]) / 2
    ag.label(L=loss)
    return loss
