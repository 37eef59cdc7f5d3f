"""Handing a net over: to PyTorch, JAX and ONNX, and back. The numbers are copied; outputs and gradients agree to 1e-12."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

import autograd
from autograd.display.files import save, suffix_of
from nn.layers import MLP, SCALAR_ACTIVATIONS, Layer

TORCH = {  # what the activations are called there
    "linear": None, "relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "silu": "SiLU",
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
    "linear": None, "relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "elu": "Elu",
    "leaky_relu": "LeakyRelu", "softmax": "Softmax", "log_softmax": "LogSoftmax",
}  # fmt: skip


def to_torch(model: MLP | Layer) -> Any:
    """A torch.nn.Sequential of Linear layers and activations, in float64, with the model's numbers.

    model: the net, whose numbers are copied

    Raises ImportError without PyTorch, TypeError for what is no MLP or layer, ValueError for an activation of one's own.

    >>> import nn, torch
    >>> model = nn.MLP(2, [1], weights=[[[0.5, -1.0]]], biases=[[2.0]])
    >>> nn.to_torch(model)(torch.tensor([[3.0, 1.0]], dtype=torch.float64)).tolist()
    [[2.5]]
    """
    torch = _needed("torch", "torch")
    modules: list[Any] = []
    for layer, W, b in _layers(model):
        linear = torch.nn.Linear(len(W[0]), len(W), bias=b is not None, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(W, dtype=torch.float64))
            if b is not None:
                linear.bias.copy_(torch.tensor(b, dtype=torch.float64))
        modules.append(linear)
        name = _known(layer, TORCH, "PyTorch")
        if name is not None:
            modules.append(getattr(torch.nn, name)(**SETTINGS.get(name, {})))
    return torch.nn.Sequential(*modules)


def from_torch(sequential: Any) -> MLP:
    """An MLP with the numbers of a torch.nn.Sequential of Linear layers and activations; the way back from to_torch.

    sequential: the modules, the first of them Linear

    Raises TypeError for modules that an MLP does not have.

    >>> import nn, torch
    >>> nn.from_torch(torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)))
    MLP(2 → 4 → 1, tanh, linear; 17 parameters)
    """
    torch = _needed("torch", "torch")
    names = {getattr(torch.nn, there): here for here, there in TORCH.items() if there is not None}
    linears: list[Any] = []
    activations: list[str] = []
    for module in sequential:
        if isinstance(module, torch.nn.Linear):
            linears.append(module)
            activations.append("linear")
        elif type(module) in names and linears and activations[-1] == "linear":
            for setting, wanted in OURS.get(type(module).__name__, {}).items():
                if (there := getattr(module, setting)) != wanted and (setting, there) != ("dim", 1):
                    raise TypeError(f"an MLP has {type(module).__name__} with {setting}={wanted!r}, and not with {there!r}")
            activations[-1] = names[type(module)]
        else:
            raise TypeError(f"an MLP has Linear layers, each with an activation perhaps, and no {module!r} here")
    if not linears:
        raise TypeError("there is no Linear layer in it")
    bias = any(linear.bias is not None for linear in linears)  # one that is missing among others is 0
    model = MLP(linears[0].in_features, [linear.out_features for linear in linears], activation=activations, bias=bias)
    for layer, linear in zip(model.layers, linears):
        layer.W = linear.weight.detach().tolist()
        if bias:
            layer.b = [0.0] * linear.out_features if linear.bias is None else linear.bias.detach().tolist()
    return model


def to_jax(model: MLP | Layer) -> tuple[Callable[[Any, Any], Any], list[dict[str, Any]]]:
    """A pure function f(parameters, X) for batches X (rows, inputs), and its parameters: a list of {"W": ..., "b": ...}.

    model: the net, whose numbers are copied

    Raises ImportError without JAX, and as to_torch.

    >>> import jax.numpy as jnp
    >>> import nn
    >>> model = nn.MLP(2, [1], weights=[[[0.5, -1.0]]], biases=[[2.0]])
    >>> f, parameters = nn.to_jax(model)
    >>> f(parameters, jnp.array([[3.0, 1.0]])).tolist()
    [[2.5]]
    """
    _needed("jax", "jax")
    from autograd.program.array_functions import array_functions
    from autograd.program.engines import import_engine

    jnp, special = import_engine("jax")
    functions = array_functions(jnp, special)
    layers = list(_layers(model))
    names = [_known(layer, TORCH, "JAX") and layer.activation for layer, _, _ in layers]
    parameters = [{"W": jnp.asarray(W)} | ({} if b is None else {"b": jnp.asarray(b)}) for _, W, b in layers]

    def apply(parameters: list[dict[str, Any]], X: Any) -> Any:
        for name, layer in zip(names, parameters):
            X = X @ layer["W"].T + layer.get("b", 0.0)
            if name in ("softmax", "log_softmax"):
                logs = X - functions["logsumexp"](X.T).T
                X = jnp.exp(logs) if name == "softmax" else logs
            elif name is not None:
                extra = {"leaky_relu": [0.01], "elu": [1.0]}.get(name, [])
                X = functions[name](X, *extra)
        return X

    return apply, parameters


def to_onnx(model: MLP | Layer, path: str | os.PathLike[str] | None = None, *, double: bool = False) -> Any:
    """The net as an ONNX model, for inputs X (rows, inputs); written to a file where a path is given.

    model: the net, whose numbers are copied
    path: where the file goes, a name that ends in .onnx; none is written without
    double: numbers of 64 bits; 32 by default, which is what runtimes have every operation for

    Raises ImportError without the package onnx, and as to_torch.

    >>> import nn
    >>> graph = nn.to_onnx(nn.MLP(2, [4, 1])).graph
    >>> [node.op_type for node in graph.node], [number.name for number in graph.initializer]
    (['Gemm', 'Relu', 'Gemm'], ['W1', 'b1', 'W2', 'b2'])
    """
    if path is not None:
        suffix_of(path, "an ONNX model", (".onnx",))
    onnx = _needed("onnx", "onnx")
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    numbers, kind = (np.float64, TensorProto.DOUBLE) if double else (np.float32, TensorProto.FLOAT)
    steps, tables, name = [], [], "X"
    layers = list(_layers(model))
    for i, (layer, W, b) in enumerate(layers, start=1):
        tables.append(numpy_helper.from_array(np.array(W, dtype=numbers), f"W{i}"))
        inputs = [name, f"W{i}"]
        if b is not None:
            tables.append(numpy_helper.from_array(np.array(b, dtype=numbers), f"b{i}"))
            inputs.append(f"b{i}")
        steps.append(helper.make_node("Gemm", inputs, [f"Z{i}"], transB=1))
        name = f"Z{i}"
        op = _known(layer, ONNX, "ONNX")
        if op is not None:
            node = helper.make_node(op, [name], [f"H{i}"])
            if op == "LeakyRelu" and double:  # whose slope has 32 bits
                tables.append(numpy_helper.from_array(np.array([0.01]), f"slope{i}"))
                node = helper.make_node("PRelu", [name, f"slope{i}"], [f"H{i}"])
            if op.endswith("oftmax"):
                node.attribute.append(helper.make_attribute("axis", -1))
            steps.append(node)
            name = f"H{i}"
    there = helper.make_tensor_value_info("X", kind, ["rows", len(layers[0][1][0])])
    out = helper.make_tensor_value_info(name, kind, ["rows", len(layers[-1][1])])
    graph = helper.make_graph(steps, "chalkgrad", [there], [out], tables)
    found = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(found)
    if path is not None:
        save(path, "an ONNX model", {".onnx": found.SerializeToString})
    return found


def _layers(model: Any) -> list[tuple[Layer, list[list[float]], list[float] | None]]:
    """Each layer with its weights and biases as plain numbers."""
    if not isinstance(model, (MLP, Layer)):
        raise TypeError(f"an MLP or a Layer can be handed over, and {model!r} is neither")
    return [
        (layer, [[float(x) for x in row] for row in layer.W], [float(x) for x in layer.b] or None)
        for layer in (model.layers if isinstance(model, MLP) else [model])
    ]


def _known(layer: Layer, table: dict[str, str | None], there: str) -> str | None:
    name = layer.activation
    meant = (None, SCALAR_ACTIVATIONS.get(name), getattr(autograd, name, None))  # a function of one's own may have its name
    if name not in table or layer.neurons[0]._function not in meant:
        raise ValueError(f"the activation {name} has no counterpart in {there}; known are {', '.join(table)}")
    return table[name]


def _needed(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ImportError(f'this needs {module}: pip install "chalkgrad[{extra}]"') from None
