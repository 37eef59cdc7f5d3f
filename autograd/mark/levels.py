"""Kinds of exercises: the calculation of each, before it has its numbers.

A kind is a function of a Variant, which says in what an exercise differs from the plainest one: another activation, several
rows, a penalty on the weights, how many steps of gradient descent. Lines after a step wear a prime, and are worked out with
the parameters that it gave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from autograd.calculus import gradient
from autograd.formula.parser import read_formula
from autograd.functions import softmax
from autograd.functions import sum as total
from autograd.mark.worksheet import Worksheet
from autograd.primitives import log, relu, sigmoid, softplus, sqrt, tanh
from autograd.value import Value, constant, lift

Lines = dict[str, Value]
Bend = Callable[[Value], Value]
Pass = Callable[[Lines], Lines]  # from the parameters, forward and backward to ∂L/∂w for each: the lines

MOST_ROWS, MOST_STEPS, CLASSES = 4, 2, 3
PRIME = "'"
ACTIVATIONS: Mapping[str, Bend] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "softplus": softplus,
}


class Variant(NamedTuple):
    """What an exercise is like: the name of its activation, its rows, whether weights are penalised, its steps.

    true_class: of the first row, from 1 on; symbols: whether formulas are wanted, and no numbers are given
    graph: which one it is, of those that are drawn; the seed says that
    """

    activation: str = "sigmoid"
    batch: int = 1
    l2: bool = False
    steps: int = 1
    true_class: int = 2
    symbols: bool = False
    graph: int = 0


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


def variant_of(name: str, usual: Variant, takes: Sequence[str], asked: Mapping[str, Any]) -> Variant:
    """What somebody asks for, of a kind of exercise. Raises ValueError for what there is not.

    name, usual: of the kind, and the plain one; takes: in what another may differ; asked: by the names of a Variant
    """
    for what, x in asked.items():
        if x != getattr(usual, what) and what not in takes:
            raise ValueError(f"{name!r} comes with no other {what}; what can be another: {', '.join(takes) or 'nothing'}")
    found = usual._replace(**asked)
    if found.activation not in ACTIVATIONS:
        raise ValueError(f"{found.activation!r} is no activation of an exercise; there are {', '.join(ACTIVATIONS)}")
    for what, least, most in (("batch", 1, MOST_ROWS), ("steps", 0, MOST_STEPS), ("true_class", 1, CLASSES)):
        x = getattr(found, what)
        if isinstance(x, bool) or not isinstance(x, int) or not least <= x <= most:
            raise ValueError(f"{what} is a whole number from {least} to {most}, not {x!r}")
    return found


def title_of(title: str, usual: Variant, variant: Variant) -> str:
    """The title of an exercise, with all in which it differs from the plain one."""
    words = {
        "activation": variant.activation,
        "batch": f"a batch of {variant.batch}",
        "l2": "L2",
        "steps": ("no step", "one step", "two steps")[variant.steps],
        "true_class": f"class {variant.true_class}",
        "symbols": "in symbols",
    }
    said = [word for what, word in words.items() if getattr(variant, what) != getattr(usual, what)]
    return f"{title}: {', '.join(said)}" if said else title


# ----------------------------------------------------------------------------------------------------------- their parts


def _values(**numbers: float) -> list[Value]:
    return [Value(x, name) for name, x in numbers.items()]


def _table(stem: str, numbers: Sequence[Sequence[float]]) -> list[list[Value]]:
    """Rows of Values; with the stem w_ they are w_11, w_12, ..., with w_1 those of the first layer, w_111, w_112, ..."""
    return [[Value(x, f"{stem}{i}{j}") for j, x in enumerate(row, 1)] for i, row in enumerate(numbers, 1)]


def _row(letter: str, numbers: Sequence[float]) -> list[Value]:
    """Values named y_1, y_2, ...; one alone has the letter itself for a name."""
    return [Value(x, f"{letter}_{i}" if len(numbers) > 1 else letter) for i, x in enumerate(numbers, 1)]


def _pairs(rows: int) -> list[list[Value]]:
    """Rows of two inputs, x_1 and x_2; where there are several, the last index is the row's: x_11, x_21, then x_12, x_22."""
    numbers = [[0.6, 0.9], [0.8, 0.2], [0.3, 0.5], [0.4, 0.7]][:rows]
    if rows == 1:
        return [_row("x", numbers[0])]
    return [[Value(x, f"x_{j}{n}") for j, x in enumerate(row, 1)] for n, row in enumerate(numbers, 1)]


def _net(ws: Sequence[Value], xs: Sequence[Value], b: Value | None = None) -> Value:
    return lift(total([*(w * x for w, x in zip(ws, xs)), *([] if b is None else [b])]))


def _mean(losses: Sequence[Value]) -> Value:
    return losses[0] if len(losses) == 1 else lift(total(list(losses))) / len(losses)


def _half_square(outputs: Sequence[Value], targets: Sequence[Value]) -> Value:
    return lift(total([(out - y) ** 2 for out, y in zip(outputs, targets)])) / 2


def _numbered(name: str, nodes: Sequence[Value]) -> Lines:
    """Lines a_1, a_2, ...; a where there is but one."""
    return {f"{name}_{i}" if len(nodes) > 1 else name: node for i, node in enumerate(nodes, 1)}


def _by_row(stem: str, rows: Sequence[Sequence[Value]]) -> Lines:
    """Lines of the neurons of a layer; with the stem a_1 they are a_11, a_12, ...; where there are several rows, the last
    index is the row's."""
    ends = [str(n) for n in range(1, len(rows) + 1)] if len(rows) > 1 else [""]
    return {f"{stem}{i}{end}": node for end, row in zip(ends, rows) for i, node in enumerate(row, 1)}


def _slopes(loss: Value, lines: Lines, name: str = "L") -> Lines:
    """∂L/∂a for each line."""
    return {f"∂{name}/∂{of}": gradient(loss, node)[0] for of, node in lines.items()}


def _own_slopes(outputs: Lines, inputs: Lines, activation: str) -> Lines:
    """∂h/∂a for each activation h of an a, as its rule is written: from h, where that can be."""
    return {f"∂{h}/∂{a}": _slope(outputs[h], inputs[a], activation) for h, a in zip(outputs, inputs)}


def _slope(h: Value, a: Value, activation: str) -> Value:
    if activation == "sigmoid":
        return h * (1 - h)
    return 1 - h**2 if activation == "tanh" else gradient(h, a)[0]


def _penalised(loss: Value, weights: Sequence[Value], factor: Value | None) -> Value:
    """The loss with λ/2 times the squared weights."""
    return loss if factor is None else loss + factor / 2 * lift(total([w**2 for w in weights]))


def _penalty(variant: Variant) -> Value | None:
    return Value(0.15, "lambda") if variant.l2 else None


def _primed(name: str, times: int) -> str:
    """w'_1 for w_1; every name in that of a derivative."""
    parts = [part.partition("_") for part in name.split("/")]
    return "/".join(f"{base}{PRIME * times}{mark}{index}" for base, mark, index in parts)


def _descend(parameters: Sequence[Value], steps: int, one_pass: Pass) -> Worksheet:
    """Forward and backward, then a step of gradient descent, as often as there are steps; once if there is none.

    parameters: in the order in which they are renewed
    """
    eta = Value(0.3, "eta")
    named = {p.label: p for p in parameters}
    lines: Lines = {}
    for step in range(max(steps, 1)):
        found = one_pass(named)
        lines |= {_primed(name, step): node for name, node in found.items()}
        if steps:
            named = {name: p - eta * gradient(found["L"], p)[0] for name, p in named.items()}
            lines |= {_primed(name, step + 1): p for name, p in named.items()}
    return Worksheet(lines)


# ------------------------------------------------------------------------------------------------------------- the kinds


def _neuron(inputs: int, variant: Variant) -> Worksheet:
    X = _pairs(variant.batch) if inputs > 1 else [[x] for x in _row("x", [0.6, 0.9, 0.2, 0.5][: variant.batch])]
    ys = _row("y", [0.8, 0.3, 0.6, 0.2][: variant.batch])
    ws, (b,) = _row("w", [0.4, -0.3][:inputs]), _values(b=0.2)
    penalty, entropy = _penalty(variant), variant.activation == "sigmoid"

    def one_pass(parameters: Lines) -> Lines:
        *ws, b = parameters.values()
        nets = [_net(ws, row, b) for row in X]
        outs = [ACTIVATIONS[variant.activation](net) for net in nets]
        if entropy:
            each = [-y * log(out) - (1 - y) * log(1 - out) for out, y in zip(outs, ys)]
        else:
            each = [(out - y) ** 2 / 2 for out, y in zip(outs, ys)]
        L = _penalised(_mean(each), ws, penalty)
        a, guess = _numbered("a", nets), _numbered("ŷ", outs)
        lines = a | guess | _numbered("L", each) | {"L": L}
        lines |= _slopes(L, guess) | _own_slopes(guess, a, variant.activation) | _slopes(L, a)
        return lines | _slopes(L, parameters)

    sheet = _descend([*ws, b], variant.steps, one_pass)
    if not entropy:
        sheet.title = f"{'One neuron with' if inputs == 1 else 'A neuron with two inputs and'} half the squared error"
    return sheet


def _two_layers(variant: Variant) -> Worksheet:
    X = _pairs(variant.batch)
    ys = _row("y", [0.25, 0.7, 0.4, 0.9][: variant.batch])
    first, ((w211, w212),) = _table("w_1", [[0.1, 0.2], [0.3, 0.4]]), _table("w_2", [[0.5, 0.6]])
    b11, b12, b21 = _values(b_11=0.3, b_12=0.2, b_21=0.4)
    penalty = _penalty(variant)

    def one_pass(parameters: Lines) -> Lines:
        w211, w212, b21, w111, w112, w121, w122, b11, b12 = parameters.values()
        nets = [[_net([w111, w112], row, b11), _net([w121, w122], row, b12)] for row in X]
        hidden = [[ACTIVATIONS[variant.activation](net) for net in row] for row in nets]
        last = [_net([w211, w212], row, b21) for row in hidden]
        outs = [sigmoid(net) for net in last]
        each = [(out - y) ** 2 / 2 for out, y in zip(outs, ys)]
        L = _penalised(_mean(each), [w211, w212, w111, w112, w121, w122], penalty)
        a1, h1 = _by_row("a_1", nets), _by_row("h_1", hidden)
        a2, guess = _by_row("a_2", [[a] for a in last]), _numbered("ŷ", outs)
        lines = a1 | h1 | a2 | guess | _numbered("L", each) | {"L": L}
        lines |= _slopes(L, guess) | _own_slopes(guess, a2, "sigmoid") | _slopes(L, a2)
        named = list(parameters.items())
        lines |= _slopes(L, dict(named[:3])) | _slopes(L, h1) | _own_slopes(h1, a1, variant.activation) | _slopes(L, a1)
        return lines | _slopes(L, dict(named[3:]))

    sheet = _descend([w211, w212, b21, *first[0], *first[1], b11, b12], variant.steps, one_pass)
    sheet.title = "" if variant.steps == 1 else "A network of two layers"
    return sheet


def _softmax(variant: Variant) -> Worksheet:
    X = _pairs(variant.batch)
    classes = [(k + variant.true_class + 1) % CLASSES for k in (1, 0, 2, 1)][: variant.batch]
    W = _table("w_", [[0.1, 0.2], [0.3, 0.4], [-0.2, 0.5]])
    bs = _row("b", [0.3, 0.2, 0.1])
    penalty = _penalty(variant)

    def one_pass(parameters: Lines) -> Lines:
        own = list(parameters.values())
        rows = [own[i : i + 3] for i in range(0, len(own), 3)]
        nets = [[_net(row[:2], x, row[2]) for row in rows] for x in X]
        shares = [[lift(share) for share in softmax(scores)] for scores in nets]
        each = [-log(row[k]) for row, k in zip(shares, classes)]
        L = _penalised(_mean(each), [w for row in rows for w in row[:2]], penalty)
        a = _by_row("a_", nets)
        lines = a | _by_row("ŷ_", shares) | _numbered("L", each) | {"L": L}
        down = _slopes(L, a)
        if len(X) > 1:  # what the slopes above come to, as it is written on paper
            rests = [(share - int(i == k)) / len(X) for row, k in zip(shares, classes) for i, share in enumerate(row)]
            down = dict(zip(down, rests))
        return lines | down | _slopes(L, parameters)

    return _descend([p for w, b in zip(W, bs) for p in (*w, b)], variant.steps, one_pass)


def _attention(variant: Variant) -> Worksheet:
    """The second of three places, which does not see the third; o is what attention gives.

    Softmax's derivative is that of its matrix.
    """
    q, vs, (y,) = _row("q", [0.6, 0.4]), _row("v", [0.4, 0.7]), _values(y=0.25)
    K = _table("k_", [[0.3, 0.8], [0.5, 0.7], [0.2, 0.9]])
    root = lift(sqrt(constant(2.0)))
    scores = [_net(q, k) / root for k in K]
    shares = [lift(a) for a in softmax(scores[:2])]
    o = _net(shares, vs)
    L = (o - y) ** 2 / 2
    lines = _numbered("s", scores) | _numbered("α", shares) | {"o": o, "L": L}
    lines |= _slopes(L, {"o": o} | {v.label: v for v in vs} | _numbered("α", shares))
    a, g = shares, [gradient(L, share)[0] for share in shares]
    down = [g[i] * a[i] * (1 - a[i]) - g[1 - i] * a[0] * a[1] for i in (0, 1)]
    lines |= {f"∂L/∂s_{i}": slope for i, slope in enumerate(down, 1)}
    lines |= {f"∂L/∂{q[j].label}": (down[0] * K[0][j] + down[1] * K[1][j]) / root for j in (0, 1)}
    return Worksheet(lines | {f"∂L/∂{K[i][j].label}": down[i] * q[j] / root for i in (0, 1) for j in (0, 1)})


def _jacobian(variant: Variant) -> Worksheet:
    """Two functions of two variables; and how the slopes of a loss come back through their Jacobian."""
    (x, y), (p, q) = _row("x", [0.6, 0.9]), _values(p=0.8, q=0.3)
    fs = [p * x**2 * y + q * y, ACTIVATIONS[variant.activation](x * y - q * x)]
    L = lift(total([f**2 for f in fs])) / 2
    f, names = _numbered("f", fs), {"x_1": x, "x_2": y}
    lines = f | {"L": L}
    for name, node in f.items():
        lines |= _slopes(node, names, name)
    return Worksheet(lines | _slopes(L, f) | _slopes(L, names))


def _hessian(variant: Variant) -> Worksheet:
    """A function of two variables, its slopes, and theirs: H_ij is ∂²f/∂x_i∂x_j."""
    (x, y), (p, q) = _row("x", [0.6, 0.9]), _values(p=0.8, q=0.3)
    f = p * x**2 * y + q * x * y**3
    slopes = gradient(f, x, y)
    lines = {"f": f} | dict(zip(("∂f/∂x_1", "∂f/∂x_2"), slopes))
    return Worksheet(lines | {f"H_{i}{j}": gradient(slopes[i - 1], (x, y)[j - 1])[0] for i, j in ((1, 1), (1, 2), (2, 2))})


class Boxes(NamedTuple):
    """A graph that is drawn as boxes: given numbers, what each box comes to, and of which given numbers slopes are wanted.

    f stands for the activation.
    """

    given: Mapping[str, float]
    boxes: Mapping[str, str]
    sloped: Sequence[str]


GRAPHS = (
    Boxes(  # one box below the other; two of them make use of x, so that two slopes meet there
        {"w": 0.4, "x": 0.6, "b": 0.3, "c": 0.2},
        {"p": "w x", "a": "p + b", "h": "f(a)", "q": "h x", "e": "q + c", "L": "e²"},
        ["w", "x"],
    ),
    Boxes(  # a weight that is shared
        {"w": 0.4, "x_1": 0.6, "x_2": 0.9},
        {"a_1": "w x_1", "a_2": "w x_2", "h": "f(a_1)", "s": "h + a_2", "L": "s²"},
        ["x_1", "x_2", "w"],
    ),
    Boxes(  # two ways that part, and meet again
        {"w": 0.4, "x": 0.6, "c": 0.3},
        {"a": "w x", "h": "f(a)", "s": "a + c", "p": "h s", "L": "p²"},
        ["w", "x"],
    ),
    Boxes(  # two neurons
        {"w_1": 0.4, "x": 0.6, "w_2": 0.7, "c": 0.3},
        {"a_1": "w_1 x", "a_2": "w_2 x", "h_1": "f(a_1)", "h_2": "f(a_2)", "p": "h_1 h_2", "s": "p + c", "L": "s²"},
        ["w_1", "w_2", "x"],
    ),
    Boxes(  # softmax: the share of the first of two scores, and −log of it
        {"w_1": 0.4, "x": 0.6, "w_2": 0.7},
        {
            "a_1": "w_1 x", "a_2": "w_2 x", "e_1": "exp(a_1)", "e_2": "exp(a_2)", "s": "e_1 + e_2", "r": "1/s",
            "ŷ": "e_1 r", "L": "−log(ŷ)",
        },
        ["w_1", "w_2", "x"],
    ),
)  # fmt: skip


def _graph(variant: Variant) -> Worksheet:
    """Boxes up to L, then the slopes back, and those of what is given."""
    graph, boxes = GRAPHS[variant.graph], Lines()
    given = {name: Value(x, name) for name, x in graph.given.items()}
    for name, formula in graph.boxes.items():
        boxes[name] = read_formula(formula.replace("f(", f"{variant.activation}("), given | boxes)
    back = {name: node for name, node in reversed(boxes.items()) if name != "L"}
    return Worksheet(boxes | _slopes(boxes["L"], back | {name: given[name] for name in graph.sloped}))


def with_graph(name: str, variant: Variant, random: Random) -> Variant:
    """A variant of a kind with one of the graphs, if they are drawn; softmax comes where no other function is asked for."""
    kind = LEVELS[name]
    if not kind.drawn:
        return variant
    usual = variant.activation == kind.usual.activation
    return variant._replace(graph=random.randrange(len(GRAPHS) if usual else len(GRAPHS) - 1))


def _rmsnorm(variant: Variant) -> Worksheet:
    xs, gains, ys = _row("x", [0.6, 0.9, 0.4]), _row("g", [0.8, 0.7, 0.9]), _row("y", [0.5, 0.3, 0.7])
    m = lift(total([x**2 for x in xs])) / 3
    r = lift(sqrt(m))
    normed = [x / r for x in xs]
    outs = [g * n for g, n in zip(gains, normed)]
    L = _half_square(outs, ys)
    n, guess, x = _numbered("n", normed), _numbered("ŷ", outs), _numbered("x", xs)
    lines = {"m": m, "r": r} | n | guess | {"L": L}
    lines |= _slopes(L, guess) | _slopes(L, _numbered("g", gains)) | _slopes(L, n)
    along = list(_slopes(L, n).values())
    lines["∂L/∂r"] = -lift(total([slope * each for slope, each in zip(along, normed)])) / r
    down = gradient(L, m)[0]
    lines["∂L/∂m"] = down
    paths = [slope / r + down * 2 * each / 3 for slope, each in zip(along, xs)]
    return Worksheet(lines | {f"∂L/∂{name}": path for name, path in zip(x, paths)})


def _embedding(variant: Variant) -> Worksheet:
    """The letters 1, 2, 1: a row for each letter and one for each place, added; and a weight for each number."""
    E, P = _table("e_", [[0.3, 0.6], [0.7, 0.4]]), _table("p_", [[0.2, 0.5], [0.4, 0.6], [0.9, 0.1]])
    us, ys = _row("u", [0.8, 0.5]), _row("y", [0.6, 0.2, 0.9])

    def one_pass(parameters: Lines) -> Lines:
        own = list(parameters.values())
        us, first, second = own[:2], own[2:4], own[4:]
        X = [[e + p for e, p in zip(row, place)] for row, place in zip((first, second, first), P)]
        outs = [_net(us, row) for row in X]
        L = _half_square(outs, ys)
        x, guess = {f"x_{i}{j}": node for i, row in enumerate(X, 1) for j, node in enumerate(row, 1)}, _numbered("ŷ", outs)
        lines = x | guess | {"L": L} | _slopes(L, guess) | _slopes(L, x)
        return lines | _slopes(L, parameters)

    return _descend([*us, *E[0], *E[1]], variant.steps, one_pass)


def _recurrent(variant: Variant) -> Worksheet:
    """Two inputs, one after the other, and a state of one number."""
    xs, (before, y) = _row("x", [0.6, 0.9]), _values(h_0=0.3, y=0.25)
    penalty = _penalty(variant)

    def one_pass(parameters: Lines) -> Lines:
        v, c, w, u, b = parameters.values()
        nets: list[Value] = []
        states = [before]
        for x in xs:
            nets.append(lift(total([w * x, u * states[-1], b])))
            states.append(ACTIVATIONS[variant.activation](nets[-1]))
        out = v * states[-1] + c
        L = _penalised((out - y) ** 2 / 2, [v, w, u], penalty)
        a, h = _numbered("a", nets), _numbered("h", states[1:])
        lines = {name: node for both in zip(a.items(), h.items()) for name, node in both} | {"ŷ": out, "L": L}
        lines |= _slopes(L, {"ŷ": out, "v": v, "c": c})
        for net, state in reversed(list(zip(a, h))):  # back through time
            inner, outer = {net: a[net]}, {state: h[state]}
            lines |= _slopes(L, outer) | _own_slopes(outer, inner, variant.activation) | _slopes(L, inner)
        return lines | _slopes(L, {"w": w, "u": u, "b": b})

    return _descend(_values(v=0.7, c=0.1, w=0.5, u=-0.4, b=0.2), variant.steps, one_pass)


LEVELS: dict[str, Level] = {
    "neuron": Level(lambda variant: _neuron(1, variant), "L", "One neuron with cross-entropy"),
    "two inputs": Level(lambda variant: _neuron(2, variant), "L", "A neuron with two inputs and cross-entropy"),
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
