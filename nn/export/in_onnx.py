"""A net as an ONNX model: each thing that it does with arrays becomes a node of the graph."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from autograd.display.files import save, suffix_of
from nn.export.forward import forward
from nn.export.libraries import ONNX, needed, reasons
from nn.export.parts import Part, arrays_of, key_of, numbers, part_of
from nn.module import Module

OVER_PLACES = ("Attention", "Block", "RNN", "LSTM")
OVER_TOKENS = ("Embedding", "GPT")


def to_onnx(model: Module, path: str | os.PathLike[str] | None = None, *, double: bool = False) -> Any:
    """The net as an ONNX model, for inputs X (rows, inputs); written to a file where a path is given.

    model: the net, whose numbers are copied
    path: where the file goes, a name that ends in .onnx; none is written without
    double: numbers of 64 bits; 32 by default, which is what runtimes have every operation for

    Attention and recurrent nets take (rows, places, inputs), a GPT and an Embedding whole numbers (rows, places). Y is what
    comes out, Y_h and Y_C the last states of recurrent nets. Parameters have PyTorch's names. Dropout does nothing.

    Raises ImportError without the package onnx, and as to_torch.

    >>> import nn
    >>> graph = nn.to_onnx(nn.MLP(2, [4, 1])).graph
    >>> [node.op_type for node in graph.node], [number.name for number in graph.initializer]
    (['Gemm', 'Relu', 'Gemm'], ['0.weight', '0.bias', '2.weight', '2.bias'])
    """
    if path is not None:
        suffix_of(path, "an ONNX model", (".onnx",))
    onnx = needed("onnx", "onnx")
    part = part_of(model)
    if why := reasons(part, "ONNX", "torch"):
        raise ValueError(f"{why} for PyTorch, and torch.onnx.export writes that")
    names = {key_of(values): name for name, values in arrays_of(part).items()}
    F = _Graph(onnx, names, double)
    there, x = F.input(part)
    result = forward(part, x, F)
    outputs = [result[0], *(result[1] if part.kind == "LSTM" else result[1:])] if isinstance(result, tuple) else [result]
    out = [F.output(each, name) for each, name in zip(outputs, ("Y", "Y_h", "Y_C"))]
    graph = onnx.helper.make_graph(F.nodes, "chalkgrad", [there], out, F.tables)
    found = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    found = onnx.shape_inference.infer_shapes(found)
    del found.graph.value_info[:]  # what is inferred of outputs stays
    for each in found.graph.output:
        if each.type.tensor_type.shape.dim[1].dim_param.startswith("unk"):
            each.type.tensor_type.shape.dim[1].dim_param = "places"
    onnx.checker.check_model(found)
    if path is not None:
        save(path, "an ONNX model", {".onnx": found.SerializeToString})
    return found


def _operator(op: str) -> Callable[[_Array, Any], _Array]:
    return lambda array, other: array.graph.node(op, array, other)


class _Array:
    """What a node of the graph gives; arithmetic makes further nodes."""

    def __init__(self, graph: _Graph, name: str) -> None:
        self.graph, self.name = graph, name

    __add__ = _operator("Add")
    __sub__ = _operator("Sub")
    __mul__ = _operator("Mul")
    __truediv__ = _operator("Div")
    __matmul__ = _operator("MatMul")


class _Graph:
    """What ONNX can do with arrays: nodes and tables as they come."""

    def __init__(self, onnx: Any, names: dict[Any, str], double: bool) -> None:
        import numpy as np

        self.onnx, self.np, self.names, self.double = onnx, np, names, double
        self.numbers = np.float64 if double else np.float32
        self.nodes: list[Any] = []
        self.tables: list[Any] = []
        self.known: dict[Any, _Array] = {}

    def node(self, op: str, *inputs: Any, **attributes: Any) -> _Array:
        (made,) = self.several(op, 1, *inputs, **attributes)
        return made

    def several(self, op: str, outputs: int, *inputs: Any, **attributes: Any) -> list[_Array]:
        """A node with several outputs; plain numbers among its inputs become tables."""
        given = ["" if x is None else x.name if isinstance(x, _Array) else self.number(x).name for x in inputs]
        names = [f"{op.lower()}{len(self.nodes)}{'abc'[i] if outputs > 1 else ''}" for i in range(outputs)]
        self.nodes.append(self.onnx.helper.make_node(op, given, names, **attributes))
        return [_Array(self, name) for name in names]

    def table(self, key: Any, name: str, array: Any) -> _Array:
        """Numbers that the file holds, once."""
        if key not in self.known:
            self.tables.append(self.onnx.numpy_helper.from_array(array, name))
            self.known[key] = _Array(self, name)
        return self.known[key]

    def number(self, x: float) -> _Array:
        return self.table(x, f"number {x!r}", self.np.array(x, self.numbers))

    def whole(self, *xs: int) -> _Array:
        """Whole numbers, as sizes and axes are."""
        return self.table(("whole", xs), f"whole {xs}", self.np.array(xs, self.np.int64))

    def array(self, part: Part, name: str) -> _Array:
        key = key_of(part.arrays[name])
        return self.table(key, self.names[key], self.np.array(numbers(part.arrays[name]), self.numbers))

    def input(self, part: Part) -> tuple[Any, _Array]:
        """X as a model takes it, by what comes first in it."""
        kinds = self.onnx.TensorProto
        inner = [each for _, each in part.walk()]
        width, tokens = next(
            ((x, each.kind in OVER_TOKENS) for each in inner if (x := _inputs(each)) is not None), ("inputs", False)
        )
        self.places = tokens or any(each.kind in OVER_PLACES for each in inner)
        kind = kinds.INT64 if tokens else kinds.DOUBLE if self.double else kinds.FLOAT
        shape = ["rows", *["places"] * self.places, *[width] * (not tokens)]
        return self.onnx.helper.make_tensor_value_info("X", kind, shape), _Array(self, "X")

    def output(self, array: _Array, name: str) -> Any:
        """What comes out, under a name that people see."""
        for node in self.nodes:
            if array.name in node.output:
                node.output[list(node.output).index(array.name)] = name
            if array.name in node.input:
                node.input[list(node.input).index(array.name)] = name
        if array.name == "X":
            self.nodes.append(self.onnx.helper.make_node("Identity", ["X"], [name]))
        kinds = self.onnx.TensorProto
        return self.onnx.helper.make_tensor_value_info(name, kinds.DOUBLE if self.double else kinds.FLOAT, None)

    # ---- what nets do

    def affine(self, x: _Array, W: _Array, b: _Array | None) -> _Array:
        if not self.places:
            return self.node("Gemm", x, W, *([] if b is None else [b]), transB=1)
        product = x @ self.node("Transpose", W, perm=[1, 0])
        return product if b is None else product + b

    def sqrt(self, x: _Array) -> _Array:
        return self.node("Sqrt", x)

    def mean(self, x: _Array) -> _Array:
        return self.node("ReduceMean", x, axes=[-1], keepdims=1)

    def activation(self, name: str, x: _Array) -> _Array:
        if name == "linear":
            return x
        if name == "silu":
            return x * self.node("Sigmoid", x)
        if name == "gelu":
            return x * 0.5 * (self.node("Erf", x * 0.5**0.5) + 1.0)
        if name == "leaky_relu" and self.double:  # the slope of a LeakyRelu has 32 bits
            return self.node("PRelu", x, 0.01)
        return self.node(ONNX[name], x, **({"axis": -1} if name.endswith("softmax") else {}))

    def parted(self, x: _Array, heads: int) -> _Array:
        return self.node("Transpose", self.node("Reshape", x, self.whole(0, 0, heads, -1)), perm=[0, 2, 1, 3])

    def joined(self, x: _Array) -> _Array:
        return self.node("Reshape", self.node("Transpose", x, perm=[0, 2, 1, 3]), self.whole(0, 0, -1))

    def transposed(self, x: _Array) -> _Array:
        return self.node("Transpose", x, perm=[0, 1, 3, 2])

    def causal(self, scores: _Array) -> _Array:
        n = self.node("Squeeze", self.node("Shape", scores, start=-1))
        zero, one = (self.node("Squeeze", self.whole(i)) for i in (0, 1))
        places = self.node("Range", zero, n, one)
        seen = self.node("GreaterOrEqual", self.node("Unsqueeze", places, self.whole(1)), places)
        return self.node("Where", seen, scores, -self.np.inf)

    def rows(self, table: _Array, tokens: _Array) -> _Array:
        return self.node("Gather", table, tokens)

    def first_rows(self, table: _Array, tokens: _Array) -> _Array:
        n = self.node("Shape", tokens, start=-1)
        return self.node("Slice", table, self.whole(0), n, self.whole(0))

    def recurrent(self, part: Part, x: _Array) -> Any:
        """ONNX's own RNN and LSTM, over places first; its gates stand in the order i, o, f, c."""
        lstm, n = part.kind == "LSTM", part.settings["hidden_size"]
        tables = {name: self.np.array(numbers(values), self.numbers) for name, values in part.arrays.items()}
        if lstm:
            order = self.np.concatenate([self.np.arange(i * n, (i + 1) * n) for i in (0, 3, 1, 2)])
            tables = {name: each[order] for name, each in tables.items()}
        if part.settings["bias"]:
            tables["biases"] = self.np.concatenate([tables.pop("bias_ih_l0"), tables.pop("bias_hh_l0")])
        inputs = [self.table((part, name), name, each[None]) for name, each in tables.items()]
        settings = {} if lstm else {"activations": [part.settings["nonlinearity"].capitalize()]}
        x = self.node("Transpose", x, perm=[1, 0, 2])
        states, *last = self.several(part.kind, 3 if lstm else 2, x, *inputs, hidden_size=n, **settings)
        over_places = self.node("Transpose", self.node("Squeeze", states, self.whole(1)), perm=[1, 0, 2])
        last = [self.node("Squeeze", each, self.whole(0)) for each in last]
        return over_places, tuple(last) if lstm else last[0]


def _inputs(part: Part) -> Any:
    """How many numbers it takes; None where any number will do, or where what is inside says it."""
    known = ("in_features", "num_embeddings", "normalized_shape", "input_size")
    return next((part.settings[name] for name in known if name in part.settings), None)
