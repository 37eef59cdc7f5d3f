"""Kinds of exercises: the calculation of each, before it has its numbers.

A kind is a function of a Variant, which says in what an exercise differs from the plainest one: another activation, several
rows, a penalty on the weights, how many steps of gradient descent. Lines after a step wear a prime, and are worked out with
the parameters that it gave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from autograd.calculus import gradient
from autograd.functions import softmax
from autograd.functions import sum as total
from autograd.mark.worksheet import Worksheet
from autograd.primitives import log, relu, sigmoid, softplus, sqrt, tanh
from autograd.value import Value, constant, lift

Lines = dict[str, Value]
Pass = Callable[[list[Value]], Lines]  # from the parameters, forward and backward: the lines

MOST_ROWS, MOST_STEPS, CLASSES = 4, 2, 3
PRIME = "'"
ACTIVATIONS: Mapping[str, Callable[[Value], Value]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "softplus": softplus,
}


class Variant(NamedTuple):
    """What an exercise is like: the name of its activation, its rows, whether weights are penalised, its steps.

    true_class: of the first row, from 1 on; symbols: whether formulas are wanted, and no numbers are given
    """

    activation: str = "sigmoid"
    batch: int = 1
    l2: bool = False
    steps: int = 1
    true_class: int = 2
    symbols: bool = False


class Level(NamedTuple):
    """A kind of exercise.

    build: the sheet of a variant, with its lines; its title, if that is not this one
    loss: the line that is differentiated
    title: of the plain exercise
    usual: the plain exercise
    takes: in what another one may differ
    drawn: whether a picture of the graph is given in place of the formulas
    """

    build: Callable[[Variant], Worksheet]
    loss: str
    title: str
    usual: Variant = Variant()
    takes: tuple[str, ...] = ("activation", "batch", "l2", "steps", "symbols")
    drawn: bool = False


class Kind(Protocol):
    """What is known of every kind of exercise: its title, the plain one, and in what another one may differ."""

    @property
    def title(self) -> str: ...
    @property
    def usual(self) -> Variant: ...
    @property
    def takes(self) -> tuple[str, ...]: ...


def variant_of(name: str, kind: Kind, **asked: str | int | bool | None) -> Variant:
    """What somebody asks for, of a kind of exercise. Raises ValueError for what there is not.

    name: of the kind; kind: what is known of it; asked: by the names of a Variant; None where the usual will do
    """
    given = {what: x for what, x in asked.items() if x is not None}
    for what, x in given.items():
        if x != getattr(kind.usual, what) and what not in kind.takes:
            raise ValueError(
                f"{name!r} comes with no other {what}; what can be another: {', '.join(kind.takes) or 'nothing'}"
            )
    found = kind.usual._replace(**given)  # type: ignore[arg-type]
    if found.activation not in ACTIVATIONS:
        raise ValueError(f"{found.activation!r} is no activation of an exercise; there are {', '.join(ACTIVATIONS)}")
    for what, least, most in (("batch", 1, MOST_ROWS), ("steps", 0, MOST_STEPS), ("true_class", 1, CLASSES)):
        x = getattr(found, what)
        if isinstance(x, bool) or not isinstance(x, int) or not least <= x <= most:
            raise ValueError(f"{what} is a whole number from {least} to {most}, not {x!r}")
    return found


def title_of(kind: Kind, variant: Variant, own: str) -> str:
    """The title of an exercise, with all in which it differs from the plain one.

    own: the title that its sheet has, if it has one
    """
    words = {
        "activation": variant.activation,
        "batch": f"a batch of {variant.batch}",
        "l2": "L2",
        "steps": ("no step", "one step", "two steps")[variant.steps],
        "true_class": f"class {variant.true_class}",
        "symbols": "in symbols",
    }
    said = [word for what, word in words.items() if getattr(variant, what) != getattr(kind.usual, what)]
    title = own or kind.title
    return f"{title}: {', '.join(said)}" if said else title


# ----------------------------------------------------------------------------------------------------------- their parts


def _values(**numbers: float) -> list[Value]:
    return [Value(x, name) for name, x in numbers.items()]


def _table(letter: str, numbers: Sequence[Sequence[float]]) -> list[list[Value]]:
    """Rows of Values named x_11, x_12, ..."""
    return [[Value(x, f"{letter}_{i}{j}") for j, x in enumerate(row, 1)] for i, row in enumerate(numbers, 1)]


def _row(letter: str, numbers: Sequence[float]) -> list[Value]:
    """Values named t_1, t_2, ...; one alone has the letter itself for a name."""
    return [Value(x, f"{letter}_{i}" if len(numbers) > 1 else letter) for i, x in enumerate(numbers, 1)]


def _pairs(rows: int) -> list[list[Value]]:
    """Rows of two inputs: x_11, x_12, ...; x_1 and x_2 where there is one row."""
    numbers = [[0.6, 0.9], [0.8, 0.2], [0.3, 0.5], [0.4, 0.7]][:rows]
    return _table("x", numbers) if rows > 1 else [_row("x", numbers[0])]


def _net(ws: Sequence[Value], xs: Sequence[Value], b: Value | None = None) -> Value:
    return lift(total([*(w * x for w, x in zip(ws, xs)), *([] if b is None else [b])]))


def _mean(losses: Sequence[Value]) -> Value:
    return losses[0] if len(losses) == 1 else lift(total(list(losses))) / len(losses)


def _half_square(outputs: Sequence[Value], targets: Sequence[Value]) -> Value:
    return lift(total([(o - y) ** 2 for o, y in zip(outputs, targets)])) / 2


def _numbered(name: str, nodes: Sequence[Value]) -> Lines:
    """Lines z_1, z_2, ...; z where there is but one."""
    return {f"{name}_{i}" if len(nodes) > 1 else name: node for i, node in enumerate(nodes, 1)}


def _in_table(name: str, rows: Sequence[Sequence[Value]]) -> Lines:
    """Lines z_11, z_12, ..., by row and place; z_1, z_2, ... where there is but one row."""
    if len(rows) == 1:
        return _numbered(name, rows[0])
    return {f"{name}_{i}{j}": node for i, row in enumerate(rows, 1) for j, node in enumerate(row, 1)}


def _slopes(loss: Value, name: str, lines: Lines) -> Lines:
    """∂E/∂z for each line."""
    return {f"∂{name}/∂{of}": gradient(loss, node)[0] for of, node in lines.items()}


def _own_slopes(outputs: Lines, inputs: Lines, activation: str) -> Lines:
    """∂h/∂z for each activation h of a z, as its rule is written: from h, where that can be."""
    return {f"∂{h}/∂{z}": _slope(outputs[h], inputs[z], activation) for h, z in zip(outputs, inputs)}


def _slope(h: Value, z: Value, activation: str) -> Value:
    if activation == "sigmoid":
        return h * (1 - h)
    return 1 - h**2 if activation == "tanh" else gradient(h, z)[0]


def _penalised(loss: Value, weights: Sequence[Value], factor: Value | None) -> Value:
    """The loss with λ/2 times the squared weights."""
    return loss if factor is None else loss + factor / 2 * lift(total([w**2 for w in weights]))


def _penalty(variant: Variant) -> Value | None:
    return Value(0.15, "lambda") if variant.l2 else None


def _primed(name: str, times: int) -> str:
    """w'_1 for w_1; every name in that of a derivative."""
    parts = [part.partition("_") for part in name.split("/")]
    return "/".join(f"{base}{PRIME * times}{mark}{index}" for base, mark, index in parts)


def _descend(parameters: list[Value], steps: int, loss: str, one_pass: Pass) -> Worksheet:
    """Forward and backward, then a step of gradient descent, as often as there are steps; once if there is none.

    parameters: in the order in which they are renewed; loss: the line that is differentiated
    """
    eta = Value(0.3, "eta")
    names = [p.label for p in parameters]
    lines: Lines = {}
    for step in range(max(steps, 1)):
        found = one_pass(parameters)
        lines |= {_primed(name, step): node for name, node in found.items()}
        if steps:
            parameters = [p - eta * gradient(found[loss], p)[0] for p in parameters]
            lines |= {_primed(name, step + 1): p for name, p in zip(names, parameters)}
    return Worksheet(lines)


# ------------------------------------------------------------------------------------------------------------- the kinds


def _neuron(inputs: int, variant: Variant) -> Worksheet:
    X = _pairs(variant.batch) if inputs > 1 else [[x] for x in _row("x", [0.6, 0.9, 0.2, 0.5][: variant.batch])]
    ts = _row("t", [0.8, 0.3, 0.6, 0.2][: variant.batch])
    ws, (b,) = _row("w", [0.4, -0.3][:inputs]), _values(b=0.2)
    penalty, entropy = _penalty(variant), variant.activation == "sigmoid"

    def one_pass(parameters: list[Value]) -> Lines:
        *ws, b = parameters
        zs = [_net(ws, row, b) for row in X]
        os = [ACTIVATIONS[variant.activation](z) for z in zs]
        if entropy:
            each = [-t * log(o) - (1 - t) * log(1 - o) for o, t in zip(os, ts)]
        else:
            each = [(o - t) ** 2 / 2 for o, t in zip(os, ts)]
        E = _penalised(_mean(each), ws, penalty)
        z, o = _numbered("z", zs), _numbered("o", os)
        lines = z | o | (_numbered("E", each) if len(each) > 1 else {}) | {"E": E}
        lines |= _slopes(E, "E", o) | _own_slopes(o, z, variant.activation) | _slopes(E, "E", z)
        return lines | _slopes(E, "E", _named(names, parameters))

    names = [p.label for p in (*ws, b)]
    sheet = _descend([*ws, b], variant.steps, "E", one_pass)
    if not entropy:
        sheet.title = f"{'One neuron with' if inputs == 1 else 'A neuron with two inputs and'} half the squared error"
    return sheet


def _named(names: Sequence[str], parameters: Sequence[Value]) -> Lines:
    return dict(zip(names, parameters))


def _two_layers(variant: Variant) -> Worksheet:
    X = _pairs(variant.batch)
    ys = _row("y", [0.25, 0.7, 0.4, 0.9][: variant.batch])
    W = _table("w", [[0.1, 0.2], [0.3, 0.4]])
    vs, bs, (c,) = _row("v", [0.5, 0.6]), _row("b", [0.3, 0.2]), _values(c=0.4)
    parameters = [*vs, c, *W[0], *W[1], *bs]
    names = [p.label for p in parameters]
    penalty = _penalty(variant)

    def one_pass(parameters: list[Value]) -> Lines:
        v1, v2, c, w11, w12, w21, w22, b1, b2 = parameters
        nets = [[_net([w11, w12], row, b1), _net([w21, w22], row, b2)] for row in X]
        hidden = [[ACTIVATIONS[variant.activation](z) for z in row] for row in nets]
        outs = [_net([v1, v2], row, c) for row in hidden]
        os = [sigmoid(z) for z in outs]
        each = [(o - y) ** 2 / 2 for o, y in zip(os, ys)]
        L = _penalised(_mean(each), [v1, v2, w11, w12, w21, w22], penalty)
        z, h, net, o = _in_table("z", nets), _in_table("h", hidden), _numbered("z", outs), _numbered("ŷ", os)
        lines = z | h | net | o | (_numbered("L", each) if len(each) > 1 else {}) | {"L": L}
        lines |= _slopes(L, "L", o) | _own_slopes(o, net, "sigmoid") | _slopes(L, "L", net)
        named = _named(names, parameters)
        lines |= _slopes(L, "L", {name: named[name] for name in names[:3]})
        lines |= _slopes(L, "L", h) | _own_slopes(h, z, variant.activation) | _slopes(L, "L", z)
        return lines | _slopes(L, "L", {name: named[name] for name in names[3:]})

    sheet = _descend(parameters, variant.steps, "L", one_pass)
    sheet.title = "" if variant.steps == 1 else "A network of two layers"
    return sheet


def _softmax(variant: Variant) -> Worksheet:
    X = _pairs(variant.batch)
    classes = [(k + variant.true_class + 1) % CLASSES for k in (1, 0, 2, 1)][: variant.batch]
    W = _table("w", [[0.1, 0.2], [0.3, 0.4], [-0.2, 0.5]])
    bs = _row("b", [0.3, 0.2, 0.1])
    parameters = [p for w, b in zip(W, bs) for p in (*w, b)]
    names = [p.label for p in parameters]
    penalty = _penalty(variant)

    def one_pass(parameters: list[Value]) -> Lines:
        rows = [parameters[i : i + 3] for i in range(0, len(parameters), 3)]
        nets = [[_net(row[:2], x, row[2]) for row in rows] for x in X]
        shares = [[lift(o) for o in softmax(zs)] for zs in nets]
        each = [-log(os[k]) for os, k in zip(shares, classes)]
        L = _penalised(_mean(each), [w for row in rows for w in row[:2]], penalty)
        z = _in_table("z", nets)
        lines = z | _in_table("ŷ", shares) | (_numbered("L", each) if len(each) > 1 else {}) | {"L": L}
        down = _slopes(L, "L", z)
        if len(X) > 1:  # what the slopes above come to, as it is written on paper
            rests = [(o - int(i == k)) / len(X) for os, k in zip(shares, classes) for i, o in enumerate(os)]
            down = dict(zip(down, rests))
        return lines | down | _slopes(L, "L", _named(names, parameters))

    return _descend(parameters, variant.steps, "L", one_pass)


def _attention(variant: Variant) -> Worksheet:
    """The second of three places, which does not see the third; softmax's derivative as a matrix has it."""
    q, vs, (y,) = _row("q", [0.6, 0.4]), _row("v", [0.4, 0.7]), _values(y=0.25)
    K = _table("k", [[0.3, 0.8], [0.5, 0.7], [0.2, 0.9]])
    root = lift(sqrt(constant(2.0)))
    scores = [_net(q, k) / root for k in K]
    shares = [lift(a) for a in softmax(scores[:2])]
    o = _net(shares, vs)
    L = (o - y) ** 2 / 2
    lines = _numbered("s", scores) | _numbered("α", shares) | {"o": o, "L": L}
    lines |= _slopes(L, "L", {"o": o} | {v.label: v for v in vs} | _numbered("α", shares))
    a, g = shares, [gradient(L, share)[0] for share in shares]
    down = [g[i] * a[i] * (1 - a[i]) - g[1 - i] * a[0] * a[1] for i in (0, 1)]
    lines |= {f"∂L/∂s_{i}": slope for i, slope in enumerate(down, 1)}
    lines |= {f"∂L/∂{q[j].label}": (down[0] * K[0][j] + down[1] * K[1][j]) / root for j in (0, 1)}
    return Worksheet(lines | {f"∂L/∂{K[i][j].label}": down[i] * q[j] / root for i in (0, 1) for j in (0, 1)})


def _jacobian(variant: Variant) -> Worksheet:
    """Two functions of two variables; and how the slopes of a loss come back through their Jacobian."""
    (x, y), (a, b) = _row("x", [0.6, 0.9]), _values(a=0.8, b=0.3)
    fs = [a * x**2 * y + b * y, ACTIVATIONS[variant.activation](x * y - b * x)]
    L = lift(total([f**2 for f in fs])) / 2
    f, names = _numbered("f", fs), {"x_1": x, "x_2": y}
    lines = f | {"L": L}
    for name, node in f.items():
        lines |= _slopes(node, name, names)
    return Worksheet(lines | _slopes(L, "L", f) | _slopes(L, "L", names))


def _hessian(variant: Variant) -> Worksheet:
    """A function of two variables, its slopes, and theirs: H_ij is ∂²f/∂x_i∂x_j."""
    (x, y), (a, b) = _row("x", [0.6, 0.9]), _values(a=0.8, b=0.3)
    f = a * x**2 * y + b * x * y**3
    slopes = gradient(f, x, y)
    lines = {"f": f} | dict(zip(("∂f/∂x_1", "∂f/∂x_2"), slopes))
    return Worksheet(lines | {f"H_{i}{j}": gradient(slopes[i - 1], (x, y)[j - 1])[0] for i, j in ((1, 1), (1, 2), (2, 2))})


def _graph(variant: Variant) -> Worksheet:
    """A chain of boxes with one of which two others make use, so that two slopes meet there."""
    w, x, c, y = _values(w=0.4, x=0.6, c=0.3, y=0.2)
    a = w * x
    b = a + c
    h = ACTIVATIONS[variant.activation](b)
    d = h * x
    e = d + y
    L = e**2
    lines = {"a": a, "b": b, "h": h, "d": d, "e": e, "L": L}
    back = {"e": e, "d": d, "h": h, "b": b, "a": a, "w": w, "x": x}
    return Worksheet(lines | _slopes(L, "L", back))


def _rmsnorm(variant: Variant) -> Worksheet:
    xs, gains, ts = _row("x", [0.6, 0.9, 0.4]), _row("g", [0.8, 0.7, 0.9]), _row("t", [0.5, 0.3, 0.7])
    m = lift(total([x**2 for x in xs])) / 3
    r = lift(sqrt(m))
    normed = [x / r for x in xs]
    ys = [g * n for g, n in zip(gains, normed)]
    L = _half_square(ys, ts)
    n, y, x = _numbered("n", normed), _numbered("y", ys), _numbered("x", xs)
    lines = {"m": m, "r": r} | n | y | {"L": L}
    lines |= _slopes(L, "L", y) | _slopes(L, "L", _numbered("g", gains)) | _slopes(L, "L", n)
    along = list(_slopes(L, "L", n).values())
    lines["∂L/∂r"] = -lift(total([slope * each for slope, each in zip(along, normed)])) / r
    down = gradient(L, m)[0]
    lines["∂L/∂m"] = down
    paths = [slope / r + down * 2 * each / 3 for slope, each in zip(along, xs)]
    return Worksheet(lines | {f"∂L/∂{name}": path for name, path in zip(x, paths)})


def _embedding(variant: Variant) -> Worksheet:
    """The letters 1, 2, 1: a row for each letter and one for each place, added; and a weight for each number."""
    E, P = _table("e", [[0.3, 0.6], [0.7, 0.4]]), _table("p", [[0.2, 0.5], [0.4, 0.6], [0.9, 0.1]])
    us, ys = _row("u", [0.8, 0.5]), _row("y", [0.6, 0.2, 0.9])
    parameters = [*us, *E[0], *E[1]]
    names = [p.label for p in parameters]

    def one_pass(parameters: list[Value]) -> Lines:
        us, first, second = parameters[:2], parameters[2:4], parameters[4:]
        X = [[e + p for e, p in zip(row, place)] for row, place in zip((first, second, first), P)]
        os = [_net(us, row) for row in X]
        L = _half_square(os, ys)
        lines = _in_table("x", X) | _numbered("o", os) | {"L": L}
        lines |= _slopes(L, "L", _numbered("o", os)) | _slopes(L, "L", _in_table("x", X))
        return lines | _slopes(L, "L", _named(names, parameters))

    return _descend(parameters, variant.steps, "L", one_pass)


def _recurrent(variant: Variant) -> Worksheet:
    """Two inputs, one after the other, and a state of one number."""
    xs, (before, y) = _row("x", [0.6, 0.9]), _values(h_0=0.3, y=0.25)
    parameters = _values(v=0.7, c=0.1, w=0.5, u=-0.4, b=0.2)
    names = [p.label for p in parameters]
    penalty = _penalty(variant)

    def one_pass(parameters: list[Value]) -> Lines:
        v, c, w, u, b = parameters
        nets: list[Value] = []
        states = [before]
        for x in xs:
            nets.append(lift(total([w * x, u * states[-1], b])))
            states.append(ACTIVATIONS[variant.activation](nets[-1]))
        o = v * states[-1] + c
        L = _penalised((o - y) ** 2 / 2, [v, w, u], penalty)
        a, h = _numbered("a", nets), _numbered("h", states[1:])
        lines = {name: node for both in zip(a.items(), h.items()) for name, node in both} | {"o": o, "L": L}
        named = _named(names, parameters)
        lines |= _slopes(L, "L", {"o": o, "v": v, "c": c})
        for (z, net), (name, state) in reversed(list(zip(a.items(), h.items()))):  # back through time
            lines |= _slopes(L, "L", {name: state}) | _own_slopes({name: state}, {z: net}, variant.activation)
            lines |= _slopes(L, "L", {z: net})
        return lines | _slopes(L, "L", {name: named[name] for name in ("w", "u", "b")})

    return _descend(parameters, variant.steps, "L", one_pass)


LEVELS: dict[str, Level] = {
    "neuron": Level(lambda variant: _neuron(1, variant), "E", "One neuron with cross-entropy"),
    "two inputs": Level(lambda variant: _neuron(2, variant), "E", "A neuron with two inputs and cross-entropy"),
    "two layers": Level(_two_layers, "L", "A network of two layers and one step of gradient descent"),
    "softmax": Level(
        _softmax, "L", "Softmax with cross-entropy", Variant(steps=0), ("batch", "l2", "steps", "true_class", "symbols")
    ),
    "recurrent": Level(
        _recurrent, "L", "Backpropagation through time", Variant(activation="tanh"), ("activation", "l2", "steps", "symbols")
    ),
    "rmsnorm": Level(_rmsnorm, "L", "RMSNorm and its gains", Variant(steps=0), ("symbols",)),
    "embedding": Level(_embedding, "L", "Embeddings of the letters 1, 2, 1", Variant(), ("steps", "symbols")),
    "attention": Level(_attention, "L", "Attention of place 2, which does not see place 3", Variant(steps=0), ("symbols",)),
    "jacobian": Level(_jacobian, "L", "The Jacobian of two functions", Variant(steps=0), ("activation", "symbols")),
    "hessian": Level(_hessian, "f", "A Hessian, H_ij = ∂²f/∂x_i∂x_j", Variant(steps=0), ("symbols",)),
    "read the graph": Level(_graph, "L", "Read the graph", Variant(activation="tanh", steps=0), ("activation",), drawn=True),
}
