"""A net as a pure function of its parameters and inputs, for JAX."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nn.export.forward import forward
from nn.export.libraries import needed, reasons
from nn.export.parts import Part, arrays_of, key_of, numbers, part_of
from nn.export.recording import record
from nn.layers import MLP, Layer
from nn.module import Module


def to_jax(model: Module, example: Any = None) -> tuple[Callable[[Any, Any], Any], Any]:
    """A pure function f(parameters, X) for batches X (rows, inputs), and its parameters.

    model: the net, whose numbers are copied
    example: an input, for a model that computes in a way of its own: what it does with this one is recorded

    The parameters of an MLP or a Layer are a list of {"W": ..., "b": ...}, those of anything else a dict by the names that
    PyTorch gives them; what is shared stands in it once. Dropout does nothing.

    Raises ImportError without JAX, and as to_torch.

    >>> import jax.numpy as jnp
    >>> import nn
    >>> model = nn.MLP(2, [1], weights=[[[0.5, -1.0]]], biases=[[2.0]])
    >>> f, parameters = nn.to_jax(model)
    >>> f(parameters, jnp.array([[3.0, 1.0]])).tolist()
    [[2.5]]
    >>> list(nn.to_jax(nn.Sequential(nn.Linear(2, 3), "tanh", nn.Linear(3, 1)))[1])
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """
    needed("jax", "jax")
    import jax.numpy as jnp

    part = part_of(model)
    arrays = arrays_of(part)
    parameters = {name: jnp.asarray(numbers(values)) for name, values in arrays.items()}
    if (why := reasons(part, "JAX", "jax")) and example is None:
        raise ValueError(why)
    if why:
        compute, row, output = record(model, example, arrays, "jax")

        def recorded(parameters: Any, X: Any) -> Any:
            theta = jnp.concatenate([parameters[name].ravel() for name in arrays])
            before = X.shape[: X.ndim - len(row)]
            return compute(theta, X.reshape((-1, math.prod(row)))).reshape(before + output)

        return recorded, parameters

    names = {key_of(values): name for name, values in arrays.items()}

    def apply(parameters: Any, X: Any) -> Any:
        return forward(part, X, _Arrays(names, parameters))

    if not isinstance(model, (MLP, Layer)):
        return apply, parameters
    linears = [(i, each) for i, each in part.inner.items() if each.kind == "Linear"]
    layers = [{LETTERS[name]: parameters[f"{i}.{name}"] for name in each.arrays} for i, each in linears]

    def apply_layers(layers: list[dict[str, Any]], X: Any) -> Any:
        named = {f"{i}.{name}": layer[LETTERS[name]] for (i, each), layer in zip(linears, layers) for name in each.arrays}
        return apply(named, X)

    return apply_layers, layers


LETTERS = {"weight": "W", "bias": "b"}


class _Arrays:
    """What JAX can do with arrays."""

    def __init__(self, names: dict[Any, str], parameters: dict[str, Any]) -> None:
        import jax

        from autograd.program.array_functions import array_functions
        from autograd.program.engines import import_engine

        self.jax, self.names, self.parameters = jax, names, parameters
        self.np, special = import_engine("jax")
        self.functions = array_functions(self.np, special)
        self.sqrt = self.np.sqrt

    def array(self, part: Part, name: str) -> Any:
        return self.parameters[self.names[key_of(part.arrays[name])]]

    def affine(self, x: Any, W: Any, b: Any) -> Any:
        return x @ W.T if b is None else x @ W.T + b

    def mean(self, x: Any) -> Any:
        return x.mean(-1, keepdims=True)

    def activation(self, name: str, x: Any) -> Any:
        if name == "linear":
            return x
        if name in ("softmax", "log_softmax"):
            return getattr(self.jax.nn, name)(x)
        return self.functions[name](x, *{"leaky_relu": [0.01], "elu": [1.0]}.get(name, []))

    def parted(self, x: Any, heads: int) -> Any:
        return self.np.moveaxis(x.reshape((*x.shape[:-1], heads, -1)), -2, -3)

    def joined(self, x: Any) -> Any:
        x = self.np.moveaxis(x, -3, -2)
        return x.reshape((*x.shape[:-2], -1))

    def transposed(self, x: Any) -> Any:
        return self.np.swapaxes(x, -1, -2)

    def causal(self, scores: Any) -> Any:
        places = self.np.arange(scores.shape[-1])
        return self.np.where(places[:, None] >= places, scores, -self.np.inf)

    def rows(self, table: Any, tokens: Any) -> Any:
        return self.np.take(table, tokens, axis=0)

    def first_rows(self, table: Any, tokens: Any) -> Any:
        return table[: tokens.shape[-1]]

    def recurrent(self, part: Part, x: Any) -> Any:
        lstm = part.kind == "LSTM"
        W, U = self.array(part, "weight_ih_l0"), self.array(part, "weight_hh_l0")
        bias = self.array(part, "bias_ih_l0") + self.array(part, "bias_hh_l0") if part.settings["bias"] else 0.0
        bend = self.activation

        def step(state: Any, each: Any) -> Any:
            h, C = state
            net = each @ W.T + h @ U.T + bias
            if not lstm:
                h = bend(part.settings["nonlinearity"], net)
                return (h, C), h
            i, f, g, o = self.np.split(net, 4, axis=-1)
            C = bend("sigmoid", f) * C + bend("sigmoid", i) * self.np.tanh(g)
            h = bend("sigmoid", o) * self.np.tanh(C)
            return (h, C), h

        start = self.np.zeros((*x.shape[:-2], part.settings["hidden_size"]), x.dtype)
        (h, C), states = self.jax.lax.scan(step, (start, start), self.np.moveaxis(x, -2, 0))
        return self.np.moveaxis(states, 0, -2), (h, C) if lstm else h
