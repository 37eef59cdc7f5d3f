"""Neurons, layers and nets on top of `autograd`, and what it takes to train them.

    >>> import nn
    >>> model = nn.MLP(2, [16, 16, 1])
    >>> model
    MLP(2 → 16 → 16 → 1, relu, relu, linear; 337 parameters)

It needs nothing but Python's own library; drawings, plots, progress bars and real data sets come with extras.
"""

from typing import Any

import nn.engine  # before all else: is this autograd ours?
from autograd import derive
from autograd.interop.guesses import missing
from nn import data, losses, metrics, optim
from nn.attention import Attention, Block
from nn.drawing import draw
from nn.export import from_torch, to_jax, to_onnx, to_torch
from nn.gpt import GPT
from nn.guesses import OF_NN
from nn.layers import MLP, Layer, Neuron
from nn.linear import Dropout, Embedding, Linear, Sequential
from nn.module import Module
from nn.normalisation import LayerNorm, RMSNorm
from nn.pages.answers import answer_boxes
from nn.pages.play import play
from nn.pages.player import play_training
from nn.pages.stepper import step_through
from nn.plots import plot_attention, plot_boundary, plot_function, plot_histograms, plot_loss, plot_surface
from nn.recurrent import LSTM, RNN
from nn.train.fit import fit
from nn.train.history import History


def _fold(*asked: Any) -> Any:
    from nn.folding import fold

    return fold(*asked)


derive.fold = _fold  # too long a derivation says block by block what there is


def __getattr__(name: str) -> Any:
    raise missing("nn", name, OF_NN)


__all__ = [
    "GPT",
    "LSTM",
    "MLP",
    "RNN",
    "Attention",
    "Block",
    "Dropout",
    "Embedding",
    "History",
    "Layer",
    "LayerNorm",
    "Linear",
    "Module",
    "Neuron",
    "RMSNorm",
    "Sequential",
    "answer_boxes",
    "data",
    "draw",
    "fit",
    "from_torch",
    "losses",
    "metrics",
    "optim",
    "play",
    "play_training",
    "plot_attention",
    "plot_boundary",
    "plot_function",
    "plot_histograms",
    "plot_loss",
    "plot_surface",
    "step_through",
    "to_jax",
    "to_onnx",
    "to_torch",
]
