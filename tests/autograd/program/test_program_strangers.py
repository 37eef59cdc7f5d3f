"""Losses as other people write them, after papers, lecture notes and other libraries' examples: every way in is the graph's.

Each takes a Draft, asks it for weights and inputs, and returns its loss, or several outputs. The oracle is the graph: its
leaves are given a row's numbers, forward() and backward() do the rest; second derivatives are those of gradient().
"""

import json
import math
import random
import subprocess
import sys

import pytest
from compiled_graphs import agree, engine, np, on_engines, ready

import autograd as ag
from autograd import (
    PRIMITIVES,
    Value,
    clip,
    cos,
    dot,
    erf,
    exp,
    gelu,
    gradient,
    hypot,
    log,
    log1p,
    log_softmax,
    logsumexp,
    maximum,
    mean,
    minimum,
    prod,
    relu,
    sigmoid,
    sin,
    softmax,
    softplus,
    sqrt,
    tanh,
)  # fmt: skip

ROWS = 4


class Draft:
    """What a loss is made of: parameters, and lists of inputs by name with the kind of numbers that they hold."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.parameters, self.lists, self._kinds = [], {}, {}

    def w(self, n, low=-0.6, high=0.6):
        made = [Value(self.chance.uniform(low, high)) for _ in range(n)]
        self.parameters += made
        return made

    def W(self, rows, columns):
        return [self.w(columns) for _ in range(rows)]

    def x(self, n, kind=(-1.5, 1.5), name="X"):
        made = [Value(number) for number in self._numbers(kind, n)]
        self.lists.setdefault(name, []).extend(made)
        self._kinds.setdefault(name, []).append((kind, n))
        return made

    def _numbers(self, kind, n):
        if kind == "one-hot":
            place = self.chance.randrange(n)
            return [float(i == place) for i in range(n)]
        if isinstance(kind, list):
            return [float(self.chance.choice(kind)) for _ in range(n)]
        return [self.chance.uniform(*kind) for _ in range(n)]

    def rows(self, n):
        """A batch: an array for each list of inputs."""
        drawn = [{name: [v for kind in kinds for v in self._numbers(*kind)] for name, kinds in self._kinds.items()}
                 for _ in range(n)]  # fmt: skip
        return [np.array([row[name] for row in drawn]) for name in self.lists]


def mv(W, x, b=None):
    return [dot(row, x, b[i] if b else 0) for i, row in enumerate(W)]


def squares(xs):
    return ag.sum([x * x for x in xs])


def net(d, n, hidden=3, bend=tanh):
    """A net of one hidden layer, as a function of a list."""
    W, b, v, c = d.W(hidden, n), d.w(hidden), d.w(hidden), d.w(1)
    return lambda x: dot(v, [bend(z) for z in mv(W, x, b)], c[0])


# ------------------------------------------------------------------------------------------------------------------ losses


def logistic_by_its_formula(d):
    w, (b,), x, (y,) = d.w(4), d.w(1), d.x(4), d.x(1, [0, 1], "Y")
    p = 1 / (1 + exp(-(dot(w, x) + b)))
    return -(y * log(p) + (1 - y) * log(1 - p))


def softmax_by_hand(d):
    W, x, y = d.W(3, 4), d.x(4), d.x(3, "one-hot", "Y")
    e = [exp(z) for z in mv(W, x)]
    return -log(dot(y, [each / (e[0] + e[1] + e[2]) for each in e]))


def svm_of_many_classes(d):
    W, b, x, y = d.W(3, 2), d.w(3), d.x(2), d.x(3, "one-hot")
    s = mv(W, x, b)
    return ag.sum([maximum(0, each - dot(y, s) + 1) for each in s]) - 1


def tied_autoencoder(d):
    W, b, c, x = d.W(2, 4), d.w(2), d.w(4), d.x(4)
    h = [sigmoid(z) for z in mv(W, x, b)]
    back = [dot([W[0][j], W[1][j]], h, c[j]) for j in range(4)]
    contraction = ag.sum([(each * (1 - each)) ** 2 * squares(row) for each, row in zip(h, W)])
    return mean([(r - each) ** 2 for r, each in zip(back, x)]) + 0.1 * contraction


def variational_autoencoder(d):
    We, Wm, Ws, Wd = d.W(3, 4), d.W(2, 3), d.W(2, 3), d.W(4, 2)
    x, noise = d.x(4, (0, 1)), d.x(2, name="EPS")
    h = [tanh(z) for z in mv(We, x)]
    mu, logvar = mv(Wm, h), mv(Ws, h)
    o = mv(Wd, [m + exp(0.5 * s) * e for m, s, e in zip(mu, logvar, noise)])
    divergence = -0.5 * ag.sum([1 + s - m**2 - exp(s) for m, s in zip(mu, logvar)])
    return ag.sum([softplus(z) - t * z for z, t in zip(o, x)]) + divergence


def siamese(d):
    W, b = d.W(2, 3), d.w(2)
    a, c, (same,) = d.x(3, name="A"), d.x(3, name="B"), d.x(1, [0, 1], "Y")
    distance = sqrt(squares([p - q for p, q in zip(*([tanh(z) for z in mv(W, x, b)] for x in (a, c)))]) + 1e-8)
    return same * distance**2 + (1 - same) * maximum(0, 1 - distance) ** 2


def contrastive(d):
    W = d.W(2, 3)
    views = [d.x(3, name=name) for name in ("A", "P", "N")]
    z = [mv(W, x) for x in views]
    unit = [[each / (hypot(*pair) + 1e-6) for each in pair] for pair in z]
    return -log_softmax([dot(unit[0], other) / 0.1 for other in unit[1:]])[0]


def mixture_density(d):
    W, heads, x, (t,) = d.W(3, 2), [d.W(2, 3) for _ in range(3)], d.x(2), d.x(1)
    mu, logs, scores = (mv(head, [tanh(z) for z in mv(W, x)]) for head in heads)
    shares = log_softmax(scores)
    return -logsumexp([p - 0.5 * ((t - m) / exp(s)) ** 2 - s for p, m, s in zip(shares, mu, logs)])


def tweedie(d):
    w, x, (y,) = d.w(2), d.x(2), d.x(1, (0, 3))
    mu = exp(dot(w, x))
    return -y * mu**-0.5 / -0.5 + mu**0.5 / 0.5


def quantiles(d):
    W, x, (t,) = d.W(3, 2), d.x(2), d.x(1)
    return ag.sum([maximum(q * (t - o), (q - 1) * (t - o)) for q, o in zip((0.1, 0.5, 0.9), mv(W, x))])


def linear_spline(d):
    c, knots, (x,), (t,) = d.w(3), d.w(3), d.x(1), d.x(1)
    pieces = [a * clip(x, k, k + 0.5) + b * relu(x - q) for a, k, b, q in zip(c, (-1, 0, 0.5), c, knots)]
    return (ag.sum(pieces) - t) ** 2


def gated_recurrence(d):
    gates = [(d.W(2, 2), d.W(2, 2), d.w(2)) for _ in range(3)]
    h = [0.0, 0.0]
    for x in [d.x(2) for _ in range(3)]:
        z, r = ([sigmoid(a + c) for a, c in zip(mv(W, x, b), mv(U, h))] for W, U, b in gates[:2])
        W, U, b = gates[2]
        new = [tanh(a + c) for a, c in zip(mv(W, x, b), mv(U, [p * q for p, q in zip(r, h)]))]
        h = [(1 - p) * q + p * n for p, q, n in zip(z, h, new)]
    return squares(h)


def lstm_neuron_by_neuron(d):
    units = [[(d.w(3), d.w(1)[0]) for _ in range(4)] for _ in range(2)]
    h = c = [0.0, 0.0]
    for x in [d.x(1) for _ in range(3)]:
        nets = [[dot(w, x + h, b) for w, b in unit] for unit in units]
        c = [sigmoid(f) * old + sigmoid(i) * tanh(g) for (i, f, _, g), old in zip(nets, c)]
        h = [sigmoid(o) * tanh(new) for (_, _, o, _), new in zip(nets, c)]
    return h[0] + h[1] ** 2


def neural_differential_equation(d):
    W, b, y, t = d.W(2, 2), d.w(2), d.x(2), d.x(2)
    for _ in range(2):
        k1 = [tanh(z) for z in mv(W, y, b)]
        k2 = [tanh(z) for z in mv(W, [p + 0.1 * k for p, k in zip(y, k1)], b)]
        y = [p + 0.2 * k for p, k in zip(y, k2)]
    return mean([(p - q) ** 2 for p, q in zip(y, t)])


def causal_attention_of_two_heads(d):
    Q, K, V, P = (d.W(4, 4) for _ in range(4))
    keys, values, total = [], [], 0
    for x in [d.x(4) for _ in range(3)]:
        x = [each * (mean([p * p for p in x]) + 1e-5) ** -0.5 for each in x]
        q, out = mv(Q, x), []
        keys.append(mv(K, x))
        values.append(mv(V, x))
        for head in (slice(0, 2), slice(2, 4)):
            shares = softmax([dot(q[head], k[head]) / math.sqrt(2) for k in keys])
            out += [dot(shares, [v[head][j] for v in values]) for j in range(2)]
        total = total - log_softmax(mv(P, out))[1]
    return total / 3


def hopfield(d):
    P, x = d.W(3, 2), d.x(2)
    for _ in range(2):
        shares = softmax([2 * dot(p, x) for p in P])
        x = [dot(shares, [p[j] for p in P]) for j in range(2)]
    return 0.5 * squares(x) - logsumexp([dot(p, x) for p in P])


def layer_norm_and_gelu(d):
    W, gain, shift, v, x, (t,) = d.W(4, 3), d.w(4), d.w(4), d.w(4), d.x(3), d.x(1)
    z = mv(W, x)
    spread = sqrt(mean([(each - mean(z)) ** 2 for each in z]) + 1e-5)
    return (dot(v, [gelu(g * (each - mean(z)) / spread + s) for g, each, s in zip(gain, z, shift)]) - t) ** 2


def statistics_of_a_batch_in_one_graph(d):
    w, (b, gain, shift) = d.w(2), d.w(3)
    z = [dot(w, x, b) for x in [d.x(2) for _ in range(4)]]
    spread = sqrt(mean([(each - mean(z)) ** 2 for each in z]) + 1e-5)
    return mean([(tanh(gain * (each - mean(z)) / spread + shift) - t) ** 2 for each, t in zip(z, d.x(4, name="T"))])


def critic_with_gradient_penalty(d):
    f = net(d, 2, bend=lambda z: ag.leaky_relu(z, 0.2))
    real, fake, (share,) = d.x(2, name="R"), d.x(2, name="F"), d.x(1, (0, 1), "E")
    between = [share * p + (1 - share) * q for p, q in zip(real, fake)]
    slopes = gradient(f(between), *between)
    return f(fake) - f(real) + 10 * (sqrt(squares(slopes)) - 1) ** 2


def burgers_equation(d):
    f, (nu,), (x, t) = net(d, 2), d.w(1), d.x(2)
    u = f([x, t])
    ux, ut = gradient(u, x, t)
    (uxx,) = gradient(ux, x)
    return (ut + u * ux - nu * uxx) ** 2 + (f([x, 0.0]) + sin(math.pi * x)) ** 2


def trace_of_a_hessian(d):
    f, x = net(d, 2, bend=softplus), d.x(2)
    slopes = gradient(f(x), *x)
    return 0.5 * squares(slopes) + ag.sum([gradient(slope, each)[0] for slope, each in zip(slopes, x)])


def a_step_inside_a_loss(d):
    (w, b), (x, t, later, wanted) = d.w(2), d.x(4)
    gw, gb = gradient((w * x + b - t) ** 2, w, b)
    return ((w - 0.1 * gw) * later + (b - 0.1 * gb) - wanted) ** 2


def gaussian_process(d):
    (length, noise), x, y = d.w(2), d.x(3), d.x(3, name="Y")
    K = [[exp(-0.5 * ((p - q) / exp(length)) ** 2) + (exp(2 * noise) + 0.1) * (i == j) for j, q in enumerate(x)]
         for i, p in enumerate(x)]  # fmt: skip
    L, z = [], []
    for i in range(3):
        row = []
        for j in range(i):
            row.append((K[i][j] - dot(row[:j], L[j][:j])) / L[j][j])
        row.append(sqrt(K[i][i] - squares(row)))
        L.append(row)
        z.append((y[i] - dot(row[:i], z)) / row[i])
    return 0.5 * squares(z) + ag.sum([log(L[i][i]) for i in range(3)])


def kalman_filter(d):
    q, r, turn = d.w(3)
    x, P, total = 0.0, 1.0, 0
    for z in d.x(4):
        x, P = turn * x, turn * P * turn + exp(q)
        S = P + exp(r)
        total = total + 0.5 * log(S) + 0.5 * (z - x) ** 2 / S
        x, P = x + P / S * (z - x), (1 - P / S) * P
    return total


def price_of_an_option(d):
    (sigma,), (rate,) = d.w(1, 0.2, 0.5), d.w(1, 0.0, 0.1)
    (S, K), (T,), (paid,) = d.x(2, (80, 120)), d.x(1, (0.2, 2.0), "T"), d.x(1, (1, 30), "B")
    d1 = (log(S / K) + (rate + sigma**2 / 2) * T) / (sigma * sqrt(T))
    shares = [0.5 * (1 + erf(z / math.sqrt(2))) for z in (d1, d1 - sigma * sqrt(T))]
    return (S * shares[0] - K * exp(-rate * T) * shares[1] - paid) ** 2


def hill_equation(d):
    top, half, n = d.w(3, 0.5, 3.0)
    (dose,), (seen,) = d.x(1, (0.1, 3.0)), d.x(1, (0, 1))
    return hypot(top * dose**n / (half**n + dose**n) - seen, half * n)


def robot_arm(d):
    a, c = d.w(2, 0.5, 1.0)
    (p, q), t = d.x(2), d.x(2, name="T")
    return (a * cos(p) + c * cos(p + q) - t[0]) ** 2 + (a * sin(p) + c * sin(p + q) - t[1]) ** 2


def random_field(d):
    A, W = d.W(2, 2), d.W(2, 2)
    steps = [(d.x(2, name=f"X{i}"), d.x(2, "one-hot", f"Y{i}")) for i in range(3)]
    scores = [mv(W, x) for x, _ in steps]
    alpha, path = scores[0], dot(steps[0][1], scores[0])
    for (_, before), (_, here), s in zip(steps, steps[1:], scores[1:]):
        alpha = [logsumexp([alpha[i] + A[i][j] for i in range(2)]) + s[j] for j in range(2)]
        path = path + dot(here, s) + ag.sum([before[i] * A[i][j] * here[j] for i in range(2) for j in range(2)])
    return logsumexp(alpha) - path


def convolution_with_pooling(d):
    k, (b,), v, x = d.W(2, 2), d.w(1), d.w(2), [d.x(4) for _ in range(3)]
    maps = [[relu(dot(k[0] + k[1], x[i][j : j + 2] + x[i + 1][j : j + 2], b)) for j in range(3)] for i in range(2)]
    return (dot(v, [maximum(maps[0][j], maps[1][j]) + 0.5 * mean(maps[0]) for j in range(2)]) - d.x(1)[0]) ** 2


def embeddings_of_words(d):
    E, C = d.W(4, 2), d.W(4, 2)
    middle, near, far = (d.x(4, "one-hot", name) for name in ("M", "P", "N"))
    looked_up = [[dot(word, [row[j] for row in table]) for j in range(2)]
                 for table, word in ((E, middle), (C, near), (C, far))]  # fmt: skip
    return -log(sigmoid(dot(looked_up[0], looked_up[1]))) - log(sigmoid(-dot(looked_up[0], looked_up[2])))


def clipped_policy(d):
    W, x, act = d.W(2, 2), d.x(2), d.x(2, "one-hot")
    (old,), (gain,) = d.x(1, (-2.0, -0.1)), d.x(1)
    ratio = exp(dot(act, log_softmax(mv(W, x))) - old)
    return -minimum(ratio * gain, clip(ratio, 0.8, 1.2) * gain)


def frozen_teacher(d):
    W, x = d.W(3, 2), d.x(2)
    teacher = [[w.data for w in row] for row in W]
    return -9 * dot(softmax([z / 3 for z in mv(teacher, x)]), log_softmax([z / 3 for z in mv(W, x)]))


def planar_flow(d):
    w, u, (b,), z = d.w(2), d.w(2), d.w(1), d.x(2)
    h = tanh(dot(w, z, b))
    return 0.5 * squares([p + q * h for p, q in zip(z, u)]) - log(abs(1 + dot(u, [(1 - h * h) * each for each in w])))


@pytest.fixture(autouse=True)
def bump(plant):
    """An operation of one's own, for as long as a test runs."""
    plant("bump", lambda x: math.exp(-x * x), lambda z, x: -2 * x * z)


def an_operation_of_ones_own(d):
    w, (b,), x = d.w(2), d.w(1), d.x(2)
    bump = PRIMITIVES["bump"]
    return bump(dot(w, x, b)) + bump(w[0]) * prod(x)


def no_parameters(d):
    x = d.x(2)
    return x[0] * exp(x[1]) + log1p(x[0] ** 2)


def unused_and_constant(d):
    w, x = d.w(3), d.x(4)
    return w[1] * x[2] + (w[0] * 0.0 + 2.0) ** 2 + tanh(w[0] * 0.0) * x[1]


def option_and_its_slopes(d):
    (sigma,), (S, K) = d.w(1, 0.2, 0.5), d.x(2, (80, 120))
    d1 = (log(S / K) + sigma**2 / 2) / sigma
    call = S * 0.5 * (1 + erf(d1 / 2**0.5)) - K * 0.5 * (1 + erf((d1 - sigma) / 2**0.5))
    return [call, *gradient(call, S), *gradient(call, sigma)]


LOSSES = {f.__name__: f for f in (
    logistic_by_its_formula, softmax_by_hand, svm_of_many_classes, tied_autoencoder, variational_autoencoder, siamese,
    contrastive, mixture_density, tweedie, quantiles, linear_spline, gated_recurrence, lstm_neuron_by_neuron,
    neural_differential_equation, causal_attention_of_two_heads, hopfield, layer_norm_and_gelu,
    statistics_of_a_batch_in_one_graph, critic_with_gradient_penalty, burgers_equation, trace_of_a_hessian,
    a_step_inside_a_loss, gaussian_process, kalman_filter, price_of_an_option, hill_equation, robot_arm, random_field,
    convolution_with_pooling, embeddings_of_words, clipped_policy, frozen_teacher, planar_flow, an_operation_of_ones_own,
    no_parameters, unused_and_constant, option_and_its_slopes,
)}  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- the graph


class Case:
    """A loss, its program, a batch, and what the graph gives for each row of it."""

    def __init__(self, name, shuffled=False):
        self.draft = draft = Draft(len(name))
        y = LOSSES[name](draft)
        self.single = isinstance(y, Value)
        self.ys = [y] if self.single else y
        if shuffled:
            draft.chance.shuffle(draft.parameters)
        self.arrays = draft.rows(ROWS)
        self.reduction = draft.chance.choice(["mean", "sum"])
        inputs = draft.lists if len(draft.lists) > 1 else next(iter(draft.lists.values()))
        self.program = ag.compile(y, inputs, draft.parameters, reduction=self.reduction)
        self.by_graph()

    def reduced(self, rows):
        return getattr(np, self.reduction)(rows, axis=0)

    def by_graph(self):
        """Values and slopes of each row: (rows, outputs), (rows, outputs, columns)."""
        inputs, parameters = [x for some in self.draft.lists.values() for x in some], self.draft.parameters
        was = [x.data for x in inputs]
        values, slopes = [], []
        for row in np.concatenate(self.arrays, axis=1).tolist():
            for x, number in zip(inputs, row, strict=True):
                x.data = number
            for y in self.ys:
                for leaf in (*inputs, *parameters):
                    leaf.grad = 0.0
                values.append(y.forward())
                y.backward()
                slopes.append([leaf.grad for leaf in (*parameters, *inputs)])
        for x, number in zip(inputs, was):
            x.data = number
        shape, n = (ROWS, len(self.ys)), len(parameters)
        self.values, slopes = np.reshape(values, shape), np.reshape(slopes, (*shape, -1))
        self.slopes, self.by_inputs = slopes[:, :, :n], slopes[:, :, n:]
        self.largest = np.abs(np.concatenate([self.values.ravel(), slopes.ravel()])).max()
        self.expected = self.reduced(self.values)[0], self.reduced(self.slopes)[0]

    def agrees(self, found):
        """With value and gradient of the batch."""
        value, slopes = found
        agree(float(value), self.expected[0], self.largest)
        agree(slopes, self.expected[1], self.largest)

    def bend(self, vector):
        """The Hessian times a vector for each row: the gradient of the slope along that vector."""
        parameters = self.draft.parameters
        inputs = [x for some in self.draft.lists.values() for x in some]
        along = ag.sum([slope * v for slope, v in zip(gradient(self.ys[0], *parameters), vector.tolist())])
        seconds, found = gradient(along, *parameters), []
        for row in np.concatenate(self.arrays, axis=1).tolist():
            for x, number in zip(inputs, row):
                x.data = number
            found.append([second.forward() for second in seconds])
        return np.reshape(found, (ROWS, len(parameters)))


NAMES = [name for name in LOSSES if name != "option_and_its_slopes"]


def into(out, program, arrays, **options):
    program.value_and_grad(*arrays, out=out, **options)
    return program.value_and_grad(*arrays, out=out, **options)


# -------------------------------------------------------------------------------------------------------------- the ways in


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shuffled", [False, True])
def test_value_and_gradient_of_every_loss(name, shuffled):
    """By an array, lists, a batch made ready, out=, theta=, a second time, one row, many rows, after the weights moved."""
    case = Case(name, shuffled)
    program, arrays, theta = case.program, case.arrays, case.program.theta
    ready, out = program.batch(*arrays), np.full(len(theta), 7.0)
    for _ in range(2):
        case.agrees(program.value_and_grad(*arrays))
        case.agrees(program.value_and_grad(ready))
        case.agrees(into(out, program, arrays))
        case.agrees(into(out, program, [ready], theta=theta))
        case.agrees((program.value(*arrays), out))
    case.agrees(program.value_and_grad(*(array.tolist() for array in arrays), theta=theta.tolist()))
    case.agrees(program.value_and_grad(*(np.asfortranarray(array) for array in arrays)))
    agree(program(*arrays), case.values[:, 0], case.largest)
    agree(program.value_and_grad(*(array[:1] for array in arrays))[1], case.slopes[0, 0], case.largest)
    many = program.value_and_grad(*(np.repeat(array, 25, axis=0) for array in arrays))[1]
    agree(many, case.expected[1] * (25 if case.reduction == "sum" else 1), case.largest * 25)
    for parameter in case.draft.parameters:
        parameter.data *= 0.9
    case.by_graph()
    case.agrees(program.value_and_grad(ready))


@pytest.mark.parametrize("name", LOSSES)
def test_derivatives_of_each_row_of_every_loss(name):
    """Jacobians by inputs and by parameters, gradients of each row, the Hessian times a vector."""
    case = Case(name)
    program, arrays = case.program, case.arrays
    agree(program.jacobian(*arrays), case.by_inputs, case.largest)
    agree(program.jacobian(*arrays, wrt="parameters"), case.slopes, case.largest)
    if case.single:
        agree(program.per_sample_gradients(*arrays), case.slopes[:, 0], case.largest)
        vector = np.random.default_rng(0).normal(size=len(program.parameters))
        each = case.bend(vector)
        agree(program.hvp(vector, *arrays), case.reduced(each), 10.0 * np.abs(each).max(initial=case.largest))


@pytest.mark.parametrize(("library", "name"), on_engines(LOSSES, 5))
def test_every_loss_as_a_function(library, name):
    """Of arrays of that library, JAX's under jit; and differentiated by the library itself."""
    array, whole, case = engine(library), ready(library), Case(name)
    theta, arrays = array(case.program.theta), [array(each) for each in case.arrays]
    if case.single:
        found = whole(case.program.function(library))(theta, *arrays)
        case.agrees((found[0], np.asarray(found[1])))
    values = case.program.function(library, "values")
    agree(np.asarray(whole(values)(theta, *arrays)), case.values[:, 0] if case.single else case.values, case.largest)
    if not case.single:
        return
    if library == "numpy" or not len(theta):
        return
    differentiate = sys.modules["jax"].grad if library == "jax" else sys.modules["torch"].func.grad
    slopes = whole(differentiate(lambda numbers: getattr(values(numbers, *arrays), case.reduction)()))
    if name == "an_operation_of_ones_own":
        with pytest.raises(TypeError, match=r"cannot differentiate it: use the program's own gradient"):
            slopes(theta)
    else:
        agree(np.asarray(slopes(theta)), case.expected[1], 10.0 * case.largest)


@pytest.mark.external
def test_every_script_in_a_python_of_its_own(tmp_path):
    """Files that know nothing of this package, run where it is not imported."""
    cases = {name: Case(name) for name in LOSSES if name != "an_operation_of_ones_own"}
    for name, case in cases.items():
        (tmp_path / f"{name}.py").write_text(case.program.script, encoding="utf-8")
    numbers = {name: [case.program.theta.tolist(), [x.tolist() for x in case.arrays]] for name, case in cases.items()}
    (tmp_path / "numbers.json").write_text(json.dumps(numbers), encoding="utf-8")
    code = (
        "import importlib, json, sys, numpy as np\n"
        "found = {}\n"
        "for name, (theta, arrays) in json.load(open('numbers.json')).items():\n"
        "    module = importlib.import_module(name)\n"
        "    run = getattr(module, 'value_and_gradient', None) or module.values\n"
        "    result = run(np.array(theta), *map(np.array, arrays))\n"
        "    found[name] = [np.asarray(each).tolist() for each in (result if type(result) is tuple else [result])]\n"
        "assert 'autograd' not in sys.modules\n"
        "print(json.dumps(found))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    for name, found in json.loads(done.stdout).items():
        if cases[name].single:
            cases[name].agrees(found)
        else:
            agree(found[0], cases[name].values, cases[name].largest)
