"""Kinds of exercises: the calculation of each, before it has its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.calculus import gradient
from autograd.functions import softmax
from autograd.functions import sum as total
from autograd.mark.worksheet import Worksheet
from autograd.primitives import log
from autograd.value import Value, lift


def _values(**numbers: float) -> list[Value]:
    return [Value(x, name) for name, x in numbers.items()]


def _net(ws: Sequence[Value], xs: Sequence[Value], b: Value) -> Value:
    products = [w * x for w, x in zip(ws, xs)]
    return lift(total([*products, b]))


def _new(parameters: Sequence[Value], loss: Value, eta: Value) -> dict[str, Value]:
    """The lines of one step of gradient descent; a prime marks what is new."""
    return {_primed(p.label): p - eta * gradient(loss, p)[0] for p in parameters}


def _primed(name: str) -> str:
    base, _, index = name.partition("_")
    return f"{base}'_{index}" if index else f"{base}'"


def _neuron(inputs: int) -> Worksheet:
    xs = _values(x_1=0.6, x_2=0.8) if inputs > 1 else _values(x=0.6)
    ws = _values(w_1=0.4, w_2=-0.3) if inputs > 1 else _values(w=0.4)
    b, t, eta = _values(b=0.2, t=0.8, eta=0.3)
    z = _net(ws, xs, b)
    o = z.sigmoid()
    E = -t * log(o) - (1 - t) * log(1 - o)
    lines = {"z": z, "o": o, "E": E, "∂E/∂o": gradient(E, o)[0], "∂o/∂z": o * (1 - o), "∂E/∂z": gradient(E, z)[0]}
    lines |= {f"∂E/∂{p.label}": gradient(E, p)[0] for p in (*ws, b)}
    return Worksheet(lines | _new([*ws, b], E, eta))


def _two_layers() -> Worksheet:
    xs = _values(x_1=0.6, x_2=0.9)
    W = [_values(w_11=0.1, w_12=0.2), _values(w_21=0.3, w_22=0.4)]
    bs = _values(b_1=0.3, b_2=0.2)
    vs = _values(v_1=0.5, v_2=0.6)
    c, y, eta = _values(c=0.4, y=0.25, eta=0.3)
    zs = [_net(w, xs, b) for w, b in zip(W, bs)]
    hs = [z.sigmoid() for z in zs]
    z = _net(vs, hs, c)
    o = z.sigmoid()
    L = (o - y) ** 2 / 2
    lines = {"z_1": zs[0], "z_2": zs[1], "h_1": hs[0], "h_2": hs[1], "z": z, "ŷ": o, "L": L}
    lines |= {"∂L/∂ŷ": gradient(L, o)[0], "∂ŷ/∂z": o * (1 - o), "∂L/∂z": gradient(L, z)[0]}
    lines |= {f"∂L/∂{p.label}": gradient(L, p)[0] for p in (*vs, c)}
    lines |= {f"∂L/∂h_{i}": gradient(L, h)[0] for i, h in enumerate(hs, 1)}
    lines |= {f"∂h_{i}/∂z_{i}": h * (1 - h) for i, h in enumerate(hs, 1)}
    lines |= {f"∂L/∂z_{i}": gradient(L, each)[0] for i, each in enumerate(zs, 1)}
    lines |= {f"∂L/∂{p.label}": gradient(L, p)[0] for p in (*W[0], *W[1], *bs)}
    return Worksheet(lines | _new([*vs, c, *W[0], *W[1], *bs], L, eta))


def _softmax() -> Worksheet:
    xs = _values(x_1=0.6, x_2=0.9)
    W = [_values(w_11=0.1, w_12=0.2), _values(w_21=0.3, w_22=0.4), _values(w_31=-0.2, w_32=0.5)]
    bs = _values(b_1=0.3, b_2=0.2, b_3=0.1)
    zs = [_net(w, xs, b) for w, b in zip(W, bs)]
    os = [lift(o) for o in softmax(zs)]
    L = -log(os[1])
    lines = {f"z_{i}": z for i, z in enumerate(zs, 1)} | {f"ŷ_{i}": o for i, o in enumerate(os, 1)} | {"L": L}
    lines |= {f"∂L/∂z_{i}": gradient(L, z)[0] for i, z in enumerate(zs, 1)}
    lines |= {f"∂L/∂{p.label}": gradient(L, p)[0] for w, b in zip(W, bs) for p in (*w, b)}
    return Worksheet(lines)


LEVELS: dict[str, tuple[Callable[[], Worksheet], str, str]] = {  # the sheet, its loss, its title
    "neuron": (lambda: _neuron(1), "E", "One neuron with cross-entropy"),
    "two inputs": (lambda: _neuron(2), "E", "A neuron with two inputs and cross-entropy"),
    "two layers": (_two_layers, "L", "A network of two layers and one step of gradient descent"),
    "softmax": (_softmax, "L", "Softmax with cross-entropy"),
}
