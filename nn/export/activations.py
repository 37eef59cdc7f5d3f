"""What activations are called in PyTorch and ONNX."""

from __future__ import annotations

from typing import Any

from nn.export.parts import Part

TORCH = {
    "linear": "Identity", "relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "silu": "SiLU",
    "gelu": "GELU", "elu": "ELU", "leaky_relu": "LeakyReLU", "softmax": "Softmax", "log_softmax": "LogSoftmax",
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "Softmax": {"dim": -1}, "LogSoftmax": {"dim": -1}, "Softplus": {"threshold": 40}  # above it x itself, to 1e-17
}  # fmt: skip
OURS: dict[str, dict[str, Any]] = {  # settings that an activation of an MLP does not have any others of
    "LeakyReLU": {"negative_slope": 0.01}, "ELU": {"alpha": 1.0}, "GELU": {"approximate": "none"}, "Softplus": {"beta": 1},
    "Softmax": {"dim": -1}, "LogSoftmax": {"dim": -1},
}  # fmt: skip
ONNX = {
    "relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "elu": "Elu", "leaky_relu": "LeakyRelu",
    "softmax": "Softmax", "log_softmax": "LogSoftmax",
}  # fmt: skip


def unknown_activation(part: Part, there: str) -> str:
    """Why an activation cannot be handed over as it is; "" where it can."""
    name = part.settings["name"]
    if name in TORCH and part.settings["known"]:
        return ""
    return f"the activation {name} has no counterpart in {there}; known are {', '.join(TORCH)}"
