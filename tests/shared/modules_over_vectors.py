"""Modules over vectors, one of each kind: what they are compared with stands where they are used."""

import autograd as ag
import nn

WIDTH = 4
MODULES = {
    "linear": lambda: nn.Linear(WIDTH, 3, seed=0),
    "linear without bias": lambda: nn.Linear(WIDTH, 3, bias=False, seed=0),
    "rms": lambda: nn.RMSNorm(WIDTH),
    "rms without gain": lambda: nn.RMSNorm([WIDTH], eps=1e-3, elementwise_affine=False),
    "layer": lambda: nn.LayerNorm(WIDTH),
    "layer without bias": lambda: nn.LayerNorm((WIDTH,), eps=0.5, bias=False),
    "layer without gain": lambda: nn.LayerNorm(WIDTH, elementwise_affine=False),
    "attention": lambda: nn.Attention(WIDTH, 2, seed=0),
    "one head of everything": lambda: nn.Attention(WIDTH, 1, bias=False, causal=False, seed=0),
    "block": lambda: nn.Block(WIDTH, 2, bias=True, norm="layer", activation="gelu", dim_feedforward=6, seed=0),
    "rnn": lambda: nn.RNN(WIDTH, 3, seed=0),
    "rnn of relus": lambda: nn.RNN(WIDTH, 2, nonlinearity="relu", bias=False, seed=0),
    "lstm": lambda: nn.LSTM(WIDTH, 2, seed=0),
    "sequential": lambda: nn.Sequential(nn.Linear(WIDTH, 5, seed=0), ag.tanh, nn.Linear(5, 2, seed=1), "log_softmax"),
}
