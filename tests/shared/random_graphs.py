"""Losses that nobody would think of, to compare readings of a graph with the graph: drawn piece by piece, by chance.

A loss is a few parts of these kinds, over the same weights and inputs, so that weights are used again and again: nets called
twice, recurrence, attention with heads, softmax over any number of scores (one, too), penalties on a gradient, also within a
recurrence, convolutions, residual links, ratios, plain formulas, the larger of two nets and other choices, Modules that
share a Layer, embeddings that are the output's weights as well, inputs as weights, mixtures, weights that nothing rests on.

Weights stand in `parameters` as nn.MLP has them (each neuron's bias behind its weights), as torch has them (matrices first),
or in any order; neurons are dots, sums of products, or running totals.
"""

from functools import reduce
from itertools import cycle, pairwise

import autograd as ag
import nn
from autograd import PRIMITIVES, Value, gradient

SMOOTH = [ag.tanh, ag.sigmoid, ag.softplus, ag.silu, ag.sin, ag.gelu, ag.erf, lambda x: x * x * 0.25, lambda x: x]
KINKED = [ag.relu, ag.abs, lambda x: ag.leaky_relu(x, 0.1), lambda x: ag.maximum(x, 0.1), lambda x: ag.clip(x, -1.0, 1.0)]

STEPS = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a * 2.0, lambda a, b: -a,
    lambda a, b: a / (1.5 + b * b), lambda a, b: ag.tanh(a), ag.maximum, lambda a, b: ag.tanh(a) ** 2,
    lambda a, b: ag.dot([a, b], [b, a], a), lambda a, b: ag.sum([a, a, b]), lambda a, b: ag.sin(a) * 0.5,
    lambda a, b: ag.hypot(a, 1.0 + b * b), lambda a, b: (1.5 + b * b) ** ag.tanh(a), lambda a, b: ag.atan2(a, 1.0 + b * b),
    lambda a, b: b + a * 0.0, lambda a, b: b * ag.tanh(a * 0.0 + 0.5),
]  # fmt: skip


class Tower(nn.Module):
    """Two layers, of which other towers may have one, too."""

    def __init__(self, below, above):
        self.below, self.above = below, above

    def __call__(self, xs):
        return self.above(self.below(xs))


class RandomLoss:
    """A loss with its inputs and parameters.

    chance: a random.Random, or what behaves like one
    """

    def __init__(self, chance):
        self.chance = chance
        self.neurons = []  # lists of weights with their biases, as they were made
        self.inputs = [self.number() for _ in range(chance.randint(1, 5))]
        self.shared = None
        parts = [self.part() for _ in range(chance.randint(1, 3))]
        self.loss = self.joined(parts)
        if chance.random() < 0.2:
            self.neuron(2)  # that nothing rests on
        self.parameters = self.ordered()

    # ---- leaves

    def number(self):
        return Value(self.chance.choice([0.5, -0.25, 1.0, 0.0, round(self.chance.uniform(-1.2, 1.2), 3)]))

    def weights(self, n):
        return [Value(round(self.chance.uniform(-1.0, 1.0), 3)) for _ in range(n)]

    def ordered(self):
        """All parameters: neuron by neuron, matrices before biases, or in any order."""
        way = self.chance.randrange(4)
        if way == 0:
            found = [w for weights, bias in self.neurons for w in (*weights, *bias)]
        elif way == 1:
            found = [w for weights, _ in self.neurons for w in weights] + [b for _, bias in self.neurons for b in bias]
        else:
            found = [w for weights, bias in self.neurons for w in (*weights, *bias)]
            if way == 2:
                self.chance.shuffle(found)
            else:
                found.reverse()
        return found

    # ---- pieces of nets

    def neuron(self, n):
        weights, bias = self.weights(n), self.weights(self.chance.choice([1, 1, 0]))
        self.neurons.append((weights, bias))
        return weights, bias

    def layer(self, n, m):
        return [self.neuron(n) for _ in range(m)]

    def weighed(self, weights, bias, xs):
        """w·x + b, written in one of several ways."""
        way = self.chance.randrange(4)
        if way == 0:
            return ag.dot(weights, xs, *bias)
        if way == 1:
            total = sum((w * x for w, x in zip(weights, xs)), 0.0)
            return total + bias[0] if bias else total
        if way == 2:
            return ag.sum([*(x * w for w, x in zip(weights, xs)), *bias])
        total = bias[0] if bias else 0.0
        for w, x in zip(weights, xs):
            total = total - w * -x
        return total

    def applied(self, layer, xs, activation):
        return [activation(self.weighed(weights, bias, xs)) for weights, bias in layer]

    def activation(self):
        return self.chance.choice(SMOOTH if self.chance.random() < 0.7 else KINKED)

    def net(self):
        """A small net as a function; perhaps the one that was there before."""
        if self.shared is not None and self.chance.random() < 0.6:
            return self.shared
        widths = [len(self.inputs), *(self.chance.randint(1, 4) for _ in range(self.chance.randint(0, 2))), 1]
        layers = [self.layer(n, m) for n, m in pairwise(widths)]
        bends = [self.activation() for _ in layers[1:]] + [lambda x: x]

        def call(xs):
            for layer, bend in zip(layers, bends):
                xs = self.applied(layer, xs, bend)
            return xs[0]

        self.shared = call
        return call

    def softmax(self, scores):
        return self.chance.choice([ag.softmax(scores), [s.exp() for s in ag.log_softmax(scores)], [
            (s - ag.logsumexp(scores)).exp() for s in scores]])  # fmt: skip

    # ---- parts of a loss

    def part(self):
        return self.chance.choice([
            self.called_often, self.recurrence, self.gated, self.attention, self.classes, self.penalty, self.convolution,
            self.residual, self.ratio, self.weight_decay, self.formula, self.one_score, self.choices, self.shared_layer,
            self.tied, self.inputs_as_weights, self.penalised_recurrence, self.mixture,
        ])()  # fmt: skip

    def called_often(self):
        net, xs = self.net(), self.inputs
        others = [self.chance.sample(xs, len(xs)) if self.chance.random() < 0.5 else xs for _ in range(3)]
        outputs = [net(each) for each in [xs, *others[: self.chance.randint(0, 2)]]]
        return self.joined([self.chance.choice([ag.exp, ag.tanh, lambda y: y * y, lambda y: y])(y * 0.5) for y in outputs])

    def recurrence(self):
        size, xs = self.chance.randint(1, 3), self.inputs
        layer, bend = self.layer(size + 1, size), self.chance.choice(SMOOTH)
        h = [0.0] * size if self.chance.random() < 0.5 else self.weights(size)
        if isinstance(h[0], Value):
            self.neurons.append((h, []))
        total = 0.0
        for x in xs:
            h = self.applied(layer, [*h, x], bend)
            if self.chance.random() < 0.3:
                total = total + ag.sum(h)
        return total + ag.sum([each * each for each in h])

    def gated(self):
        """Cells whose gates multiply a state that is no Value at first."""
        size, h = self.chance.randint(1, 2), [self.chance.choice([0.0, 0.0, 1.0])] * 2
        forget, write = self.layer(size + 1, size), self.layer(size + 1, size)
        h = h[:size]
        for x in self.inputs:
            gates = self.applied(forget, [*h, x], ag.sigmoid)
            new = self.applied(write, [*(g * each for g, each in zip(gates, h)), x], ag.tanh)
            h = [g * each + (1.0 - g) * n for g, each, n in zip(gates, h, new)]
        return ag.sum([each * each for each in h])

    def attention(self):
        width, heads = self.chance.randint(1, 2), self.chance.randint(1, 2)
        length = self.chance.randint(1, 3)
        tokens = [[self.chance.choice(self.inputs) for _ in range(width)] for _ in range(length)]
        causal, total = self.chance.random() < 0.6, []
        for _ in range(heads):
            q, k, v = (self.layer(width, width) for _ in range(3))
            same = lambda x: x  # noqa: E731
            keys = [self.applied(k, token, same) for token in tokens]
            values = [self.applied(v, token, same) for token in tokens]
            for t, token in enumerate(tokens):
                query = self.applied(q, token, same)
                upto = t + 1 if causal else length
                alpha = self.softmax([ag.dot(query, key) * 0.7 for key in keys[:upto]])
                total += [ag.dot(alpha, [value[i] for value in values[:upto]]) for i in range(width)]
        return ag.sum([each * each for each in total])

    def classes(self):
        n = self.chance.randint(1, 4)
        layer = self.layer(len(self.inputs), n)
        total = 0.0
        for _ in range(self.chance.randint(1, 2)):
            scores = self.applied(layer, self.inputs, lambda x: x)
            targets = [self.chance.choice(self.inputs) if self.chance.random() < 0.3 else float(i == 0) for i in range(n)]
            way = self.chance.randrange(3)
            if way == 0:
                total = total - ag.dot(targets, ag.log_softmax(scores))
            elif way == 1:
                total = total + ag.logsumexp(scores) - scores[-1]
            else:
                total = total + ag.sum([(p - t) ** 2 for p, t in zip(self.softmax(scores), targets)])
        return total

    def penalty(self):
        """On the slope of a net by its inputs, or its weights."""
        y = self.net()(self.inputs)
        y = y if isinstance(y, Value) else Value(0.0)
        over = self.inputs if self.chance.random() < 0.6 else [w for weights, _ in self.neurons for w in weights]
        slopes = gradient(y, *over)
        total = ag.sum([slope * slope for slope in slopes])
        return total + y * y if self.chance.random() < 0.5 else total

    def convolution(self):
        size = self.chance.randint(1, 2)
        kernels, xs = self.layer(size, self.chance.randint(1, 2)), [*self.inputs, *self.inputs[:1]]
        maps = [[self.weighed(*kernel, xs[i : i + size]) for i in range(len(xs) - size + 1)] for kernel in kernels]
        flat = [self.chance.choice(SMOOTH)(each) for row in maps for each in row]
        return self.chance.choice([ag.logsumexp, ag.sum, ag.mean, lambda ys: ag.prod(ys) + ys[0]])(flat)

    def residual(self):
        n = len(self.inputs)
        layer, bend, h = self.layer(n, n), self.activation(), list(self.inputs)
        for _ in range(self.chance.randint(1, 3)):
            h = [a + b for a, b in zip(h, self.applied(layer, h, bend))]
        return ag.sum([each * each * 0.1 for each in h])

    def ratio(self):
        """As of a norm, or a weighted mean."""
        weights, bias = self.neuron(len(self.inputs))
        top = self.weighed(weights, bias, self.inputs)
        return top / (1.0 + ag.sum([w * w for w in weights])) + self.chance.choice([0.0, 2.0]) / (2.0 + top * top)

    def weight_decay(self):
        every = [w for weights, bias in self.neurons for w in (*weights, *bias)] or self.neuron(2)[0]
        some = self.chance.sample(every, self.chance.randint(1, len(every)))
        return self.chance.choice([0.01, 0.5]) * ag.sum([w * w if self.chance.random() < 0.8 else abs(w) for w in some])

    def formula(self):
        weights, _ = self.neuron(2)
        pool = [*weights, *self.inputs]
        for _ in range(self.chance.randint(2, 7)):
            pool.append(self.chance.choice(STEPS)(self.chance.choice(pool), self.chance.choice(pool)))
        return ag.tanh(pool[-1]) + pool[-2] * 0.1

    def one_score(self):
        a, b = (self.weighed(*self.neuron(len(self.inputs)), self.inputs) for _ in range(2))
        return ag.logsumexp([a]) * 0.5 + ag.logsumexp([b]) + ag.softmax([a])[0] * a + ag.log_softmax([b])[0]

    def choices(self):
        """The larger of nets, a net within bounds, or one net or the other, as a third says."""
        a, b, c = (self.weighed(*self.neuron(len(self.inputs)), self.inputs) for _ in range(3))
        which = PRIMITIVES["greater"](c, 0.1)
        some = [
            ag.maximum(a, b), ag.minimum(a, b * 0.5), reduce(ag.maximum, [a, b, c]), ag.clip(a, -0.4, 0.6),
            ag.clip(a, ag.minimum(b, 0.3), 0.3), ag.clip(a * b, high=c * c), which * a + (1.0 - which) * ag.tanh(b),
            ag.maximum(a, 0.0) - ag.minimum(b, 0.0), ag.maximum(a, self.inputs[0]), ag.maximum(ag.minimum(a, b), a * c),
        ]  # fmt: skip
        return ag.sum([each * each for each in self.chance.sample(some, self.chance.randint(1, 3))])

    def shared_layer(self):
        """Two Modules on top of one Layer, or below it."""
        size, seed = self.chance.randint(1, 3), self.chance.randrange(2**30)
        n, activation = len(self.inputs), self.chance.choice(["tanh", "relu", "linear", "softmax", "sigmoid"])
        below = self.chance.random() < 0.5
        first = [nn.Layer(n, size, activation, seed=seed + i) for i in range(1 if below else 2)]
        second = [nn.Layer(size, 2, "tanh", seed=seed + i) for i in range(2, 4 if below else 3)]
        for layer in (*first, *second):
            self.neurons += [(list(each.w), [each.b]) for each in layer.neurons]
        towers = [Tower(a, b) for a in first for b in second]
        outputs = [y for tower in towers for y in tower(self.chance.sample(self.inputs, n))]
        return ag.sum([y * y for y in outputs]) + ag.prod(outputs)

    def tied(self):
        """Scores of the next token by the rows that tokens are embedded with."""
        width, several = self.chance.randint(1, 2), self.chance.randint(2, 4)
        rows = [self.weights(width) for _ in range(several)]
        self.neurons += [(row, []) for row in rows]
        layer, total = self.layer(width, width), 0.0
        for token in self.chance.choices(range(several), k=self.chance.randint(1, 2)):
            h = self.applied(layer, [e + x for e, x in zip(rows[token], cycle(self.inputs))], ag.tanh)
            scores = [self.weighed(row, [], h) for row in rows]
            total = total - self.chance.choice([ag.log_softmax(scores)[0], scores[-1] - ag.logsumexp(scores)])
        return total

    def inputs_as_weights(self):
        """As in a net whose weights another net gives."""
        n = len(self.inputs)
        h = self.applied(self.layer(n, n), self.inputs, self.activation())
        y = self.weighed(self.inputs, [self.inputs[-1]], h)
        return y * y + ag.tanh(self.weighed(self.inputs, [], [y] * n))

    def mixture(self):
        """Of nets, by shares that are the same for all rows; with the shares' entropy, or without."""
        n = self.chance.randint(1, 4)
        scores = self.weights(n)
        self.neurons.append((scores, []))
        shares, nets = self.softmax(scores), [self.weighed(*self.neuron(len(self.inputs)), self.inputs) for _ in range(n)]
        mixed = self.chance.choice([ag.dot(shares, nets), ag.logsumexp([p.log() + y for p, y in zip(shares, nets)])])
        chosen = self.chance.choice([ag.log_softmax(scores)[0], ag.logsumexp(scores), 0.0])
        return mixed * mixed - ag.dot(shares, ag.log_softmax(scores)) * self.chance.choice([0.0, 0.1]) + chosen

    def penalised_recurrence(self):
        """On how each state varies with the one before, or with the weights."""
        size = self.chance.randint(1, 2)
        layer, bend, h = self.layer(size + 1, size), self.chance.choice(SMOOTH), self.weights(size)
        self.neurons.append((h, []))
        total = 0.0
        for x in self.inputs[:3]:
            before, h = h, self.applied(layer, [*h, x], bend)
            over = self.chance.choice([before, [x], layer[0][0]])
            total = total + ag.sum([slope * slope for slope in gradient(ag.sum(h), *over)])
        return total + ag.sum(h)

    def joined(self, parts):
        way = self.chance.randrange(3)
        if way == 0 or len(parts) == 1:
            return ag.sum(parts)
        if way == 1:
            return ag.mean(parts)
        total = parts[0]
        for part in parts[1:]:
            total = total + part * self.chance.choice([1.0, -0.5, 2.0])
        return total
