"""The libraries that a net is handed over to: what activations are there, and whether it can be handed over."""

from __future__ import annotations

from typing import Any

from nn.export.parts import OWN, Part
from nn.layers import TORCH

SETTINGS: dict[str, dict[str, Any]] = {
    "Softmax": {"dim": -1}, "LogSoftmax": {"dim": -1}, "Softplus": {"threshold": 40}  # above it x itself, to 1e-17
}  # fmt: skip
OURS: dict[str, dict[str, Any]] = {  # settings that activations of an MLP have, and no others
    "LeakyReLU": {"negative_slope": 0.01}, "ELU": {"alpha": 1.0}, "GELU": {"approximate": "none"}, "Softplus": {"beta": 1},
    "Softmax": {"dim": -1}, "LogSoftmax": {"dim": -1},
}  # fmt: skip
ONNX = {
    "relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "elu": "Elu", "leaky_relu": "LeakyRelu",
    "softmax": "Softmax", "log_softmax": "LogSoftmax",
}  # fmt: skip


def reasons(part: Part, there: str, way: str) -> str:
    """Why a model cannot be handed over as it is, with the way out; "" where it can."""
    recorded = f"nn.to_{way}(model, x) records what it does with an input x"
    for _, each in part.walk():
        if each.kind == OWN and each.said != "a list of modules":
            return f"{each.said} computes in a way of its own: {recorded}"
        if each.kind == "Activation" and not (each.settings["name"] in TORCH and each.settings["known"]):
            name, known = each.settings["name"], ", ".join(TORCH)
            return f"the activation {name} has no counterpart in {there}; known are {known}; {recorded}"
    return ""
