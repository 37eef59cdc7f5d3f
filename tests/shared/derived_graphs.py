"""Losses as other people write them, by a number: each number is another graph, with what its author calls parameters.

Nets with shared weights, recurrence, rows of a batch with labelled data, two heads, softmax with one-hot targets, attention,
penalties, residual links, reused expressions, constants; with labels on all nodes, on some, or only on the leaves.
"""

import random
from types import SimpleNamespace

import autograd as ag
from autograd import Value, dot, softmax


class Author:
    """Somebody who writes losses: how they name things, and which of them they name at all.

    says: the names of weights, biases, inputs, targets, hidden quantities and predictions
    often: how often something that is computed gets its label
    """

    STYLES = (("w", "b", "x", "t", "h", "o"), ("m", "c", "s", "r", "u", "f"), ("theta", "b", "x", "y", "a", "p"))

    def __init__(self, seed):
        self.r = r = random.Random(seed)
        self.w, self.b, self.x, self.t, self.h, self.o = r.choice(self.STYLES[:1] * 2 + self.STYLES)
        self.often = r.choice([0.0, 0.3, 0.7, 1.0])
        self.quiet = r.random() < 0.15  # who names no parameters
        self.parameters, self.data, self.taken = [], [], set()

    def number(self, low=-1.2, high=1.2):
        return round(self.r.uniform(low, high), 3) or 0.5

    def named(self, node, label):
        """A computed node with its label, or without."""
        if not node.label and label not in self.taken and node.inputs and self.r.random() < self.often:
            node.label = label
            self.taken.add(label)
        return node

    def leaf(self, label, of, number=None):
        label = "" if self.quiet and of is self.parameters else label
        assert not label or label not in self.taken
        self.taken.add(label)
        of.append(Value(self.number() if number is None else number, label))
        return of[-1]

    def weight(self, label):
        return self.leaf(label, self.parameters)

    def weights(self, stem, n, m=0):
        if not m:
            return [self.weight(f"{stem}_{i}") for i in range(1, n + 1)]
        return [[self.weight(f"{stem}_{i}{j}") for j in range(1, m + 1)] for i in range(1, n + 1)]

    def row(self, stem, n, i=""):
        """Data: labelled, or plain numbers."""
        if self.r.random() < 0.25:
            return [self.number() for _ in range(n)]
        labels = [f"{stem}_{i}{j}" if n > 1 else f"{stem}_{i}" if i else stem for j in range(1, n + 1)]
        return [self.leaf(label, self.data) for label in labels]

    def g(self, x):
        return self.r.choice([ag.tanh, ag.sigmoid, ag.relu, ag.softplus])(x)

    def sum_of(self, ws, xs, b=None):
        """A sum of products as one node or as many."""
        if len(ws) > 1 and self.r.random() < 0.5:
            return dot(ws, xs) if b is None else dot(ws, xs, b)
        terms = [w * x if self.r.random() < 0.7 else x * w for w, x in zip(ws, xs)]
        whole = sum(terms[1:], terms[0])
        return whole if b is None else whole + b

    def loss(self, o, t):
        kind = self.r.choice(["square", "half", "hinge", "logistic", "huber", "abs"])
        if kind == "hinge":
            return ag.maximum(0.0, 1 - t * o)
        if kind == "logistic":
            p = ag.sigmoid(o)
            return -t * ag.log(p) - (1 - t) * ag.log(1 - p)
        if kind == "huber":
            return ((o - t) ** 2 + 1).sqrt() - 1
        return ag.abs(o - t) if kind == "abs" else 0.5 * (o - t) ** 2 if kind == "half" else (o - t) ** 2

    def total(self, terms):
        return self.r.choice([ag.mean, ag.sum, lambda xs: sum(xs[1:], xs[0]) / len(xs)])(terms)

    # ---- the losses

    def batch(self):
        """Linear regression, or a neuron, over a few rows."""
        n, features = self.r.randint(2, 4), self.r.randint(1, 2)
        ws = self.weights(self.w, features) if features > 1 else [self.weight(self.w)]
        b, act = self.weight(self.b), self.r.random() < 0.5
        terms = []
        for i in range(1, n + 1):
            (t,) = self.row(self.t, 1, i)
            o = self.sum_of(ws, self.row(self.x, features, i), b)
            terms.append(self.loss(self.named(self.g(o) if act else o, f"{self.o}_{i}"), t))
        return self.total(terms)

    def recurrent(self):
        """h_t = g(w h + u x + b), of numbers or of two at a time."""
        steps = self.r.randint(2, 3)
        if self.r.random() < 0.6:
            w, u, b = self.weight(self.w), self.weight("u" if self.h != "u" else "v"), self.weight(self.b)
            h = self.r.choice([lambda: 0.0, lambda: Value(0.1, f"{self.h}_0")])()
            for i in range(1, steps + 1):
                (x,) = self.row(self.x, 1, i)
                h = self.named(ag.tanh(w * h + u * x + b), f"{self.h}_{i}")
        else:
            W, U = self.weights(self.w, 2, 2), self.weights("k", 2, 2)
            hs = [0.1, -0.2]
            for i in range(1, steps + 1):
                xs = self.row(self.x, 2, i)
                hs = [self.named(ag.tanh(dot(W[j], hs) + dot(U[j], xs)), f"{self.h}_{i}{j + 1}") for j in range(2)]
            h = dot(self.weights("v", 2), hs)
        (t,) = self.row(self.t, 1)
        return self.loss(self.named(h, self.o), t)

    def classifier(self):
        """Softmax over W x with one-hot targets or a class, or over numbers themselves."""
        n = self.r.randint(2, 3)
        if self.r.random() < 0.3:
            z = self.weights("z", n)
        else:
            xs, W = self.row(self.x, 2), self.weights(self.w, n, 2)
            bs = self.weights(self.b, n) if self.r.random() < 0.5 else [None] * n
            z = [self.sum_of(row, xs, b) for row, b in zip(W, bs)]
            if self.r.random() < 0.7:
                z = [self.named(zi, f"z_{i}") for i, zi in enumerate(z, start=1)]
        right = self.r.randrange(n)
        if self.r.random() < 0.3:
            return -ag.log_softmax(z)[right]
        p = softmax(z)
        if self.r.random() < 0.7:
            p = [self.named(pi, f"p_{i}") for i, pi in enumerate(p, start=1)]
        if self.r.random() < 0.3:
            return -ag.log(p[right])
        y = [self.leaf(f"y_{i + 1}", self.data, float(i == right)) for i in range(n)]
        logs = [yi * ag.log(pi) for yi, pi in zip(y, p)]
        return -ag.sum(logs) if self.r.random() < 0.7 else -dot(y, [ag.log(pi) for pi in p])

    def attention(self):
        """One query over two or three keys and values, which are weights or made by weights."""
        n = self.r.randint(2, 3)
        if self.r.random() < 0.5:
            q, ks = self.weights("q", 2), self.weights("k", n, 2)
            vs = self.weights("v", n)
        else:
            xs = [self.row(self.x, 2, i) for i in range(1, n + 1)]
            Q, K, V = self.weights("q", 2, 2), self.weights("k", 2, 2), self.weights("v", 2)
            q = [dot(row, xs[0]) for row in Q]
            ks = [[dot(row, x) for row in K] for x in xs]
            vs = [dot(V, x) for x in xs]
        s = [self.named(dot(q, k) / 2**0.5, f"e_{i}") for i, k in enumerate(ks, start=1)]
        a = [self.named(ai, f"alpha_{i}") for i, ai in enumerate(softmax(s), start=1)]
        (t,) = self.row(self.t, 1)
        return self.loss(self.named(dot(a, vs), self.o), t)

    def net(self):
        """Two layers, labelled as matrices, one after the other, or not at all; sometimes with a residual link."""
        nin, hidden, xs = 2, self.r.randint(1, 3), None
        xs = self.row(self.x, nin)
        counted = self.r.random() < 0.4
        if counted:  # w1, w2, ... as Mazur counts them
            W = [[self.weight(f"{self.w}{nin * i + j + 1}") for j in range(nin)] for i in range(hidden)]
        else:
            W = self.weights(self.w, hidden, nin)
        bs = self.weights(self.b, hidden)
        h = []
        for i, (row, b) in enumerate(zip(W, bs), start=1):
            a = self.named(self.sum_of(row, xs, b), f"net_{i}")
            h.append(self.named(self.g(a), f"{self.h}_{i}"))
        if self.r.random() < 0.3:
            h = [hi + x for hi, x in zip(h, xs)] + h[nin:]
        o = self.named(self.sum_of(self.weights("v", hidden), h, self.weight("d")), "z")
        (t,) = self.row(self.t, 1)
        return self.loss(self.named(self.g(o) if self.r.random() < 0.5 else o, self.o), t)

    def heads(self):
        """One body, two losses."""
        w, b, v, d = self.weight(self.w), self.weight(self.b), self.weight("v"), self.weight("d")
        (x,) = self.row(self.x, 1)
        h = self.named(self.g(w * x + b), self.h)
        first, second = self.named(v * h, f"{self.o}_1"), self.named(d * h + x, f"{self.o}_2")
        return self.loss(first, self.row(self.t, 1, 1)[0]) + 0.5 * self.loss(second, self.row(self.t, 1, 2)[0])

    def expression(self):
        """Anything at all, with parts that are used again."""
        pool = [self.weight(label) for label in "abc"]
        makers = [
            lambda p, q: p * q, lambda p, q: p + q, lambda p, q: p - 2 * q, lambda p, q: p / (2 + q * q),
            lambda p, q: (p - q) ** 2, lambda p, q: 3 * p - q / 4, ag.maximum, lambda p, q: (1 + p * p) ** q,
            lambda p, q: ag.sigmoid(p) * q, lambda p, q: (p + q).tanh(), lambda p, q: (-p * p).exp() + q,
            lambda p, q: (1 + p * p).log() - q,
        ]  # fmt: skip
        for k in range(self.r.randint(2, 6)):
            p, q = pool[-1], self.r.choice(pool)
            pool.append(self.named(self.r.choice(makers)(*self.r.sample([p, q], 2)), f"g_{k}"))
        return pool[-1] * 1.5

    def crossed(self):
        """Quantities whose names do not count up in the order in which they are computed; one may be a layer."""
        sizes = {stem: self.r.randint(2, 3) for stem in self.r.sample("afghsz", self.r.randint(2, 3))}
        left = [(stem, i) for stem, n in sizes.items() for i in range(1, n + 1)]
        self.r.shuffle(left)
        layer = self.r.choice([None, *sizes])
        xs = [self.leaf(label, self.data) for label in ("x_1", "x_2")]
        pool, ends = [*xs], []
        for stem, i in left:
            inputs = xs if stem == layer else self.r.sample(pool, self.r.randint(1, 2))
            weights = [self.weight(f"{'wuv'[[*sizes].index(stem)]}_{i}{j}") for j in range(1, len(inputs) + 1)]
            beside = self.r.choice(pool[2:]) if stem == layer and pool[2:] and self.r.random() < 0.5 else 0
            node = dot(weights, inputs, beside) if stem == layer else self.g(dot(weights, inputs))
            node.label = f"{stem}_{i}"
            ends = [end for end in ends if end not in (*inputs, beside)] + [node]
            pool.append(node)
        return ag.sum([end**2 for end in dict.fromkeys([*ends, pool[2]])])

    def penalised(self, L):
        """With the squares of the parameters, or the sizes, added to it."""
        L = self.named(L, "E")
        lam = self.r.choice([lambda: 0.01, lambda: self.leaf("lambda", self.data, 0.1)])()
        return L + lam * ag.sum([p * p if self.r.random() < 0.8 else ag.abs(p) for p in self.parameters])


KINDS = "batch recurrent classifier attention net heads expression".split()


def written_by(seed, kind=""):
    """The loss that has this number: its output y, its kind, what its author calls parameters and data."""
    author = Author(seed)
    kind = kind or author.r.choice(KINDS)
    y = getattr(author, kind)()
    if author.r.random() < 0.2:
        y = author.penalised(y)
    if not y.label and author.r.random() < 0.8:
        y.label = "L"
    return SimpleNamespace(y=y, kind=kind, parameters=author.parameters, data=author.data)
