"""A GPT as one file of plain Python: a class of its own for gradients, lists of lists, Adam by hand. Nobody's library.

Programs of this kind are what people bring along, so it is written as they write them, and says nothing of chalkgrad. It is
run twice: as it stands, and with nothing but its class taken away and chalkgrad's put in its place (plain_programs.py); the
benchmarks run it so, too, and give its sizes other numbers.
The class keeps children and local gradients in slots and no closures, so that Python's garbage collector costs it little.
Sizes are those of the smallest GPTs around: width 16, 4 heads, 1 layer, 16 places, 27 letters, 4,192 parameters.
"""

import math
import random


class Value:
    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0.0
        self._children = children
        self._local_grads = local_grads

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), (e,))

    def log(self):
        return Value(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self):
        return Value(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if v not in seen:
                seen.add(v)
                for child in v._children:
                    visit(child)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for child, slope in zip(v._children, v._local_grads):
                child.grad += slope * v.grad


LETTERS, WIDTH, HEADS, LAYERS, PLACES = 27, 16, 4, 1, 16
END = 26


def matrix(rows, columns, rng, std=0.08):
    return [[Value(rng.gauss(0, std)) for _ in range(columns)] for _ in range(rows)]


def make_weights(seed=7):
    rng = random.Random(seed)
    weights = {"letters": matrix(LETTERS, WIDTH, rng), "places": matrix(PLACES, WIDTH, rng)}
    for layer in range(LAYERS):
        for name in ("query", "key", "value", "output"):
            weights[f"{name} {layer}"] = matrix(WIDTH, WIDTH, rng)
        weights[f"wide {layer}"] = matrix(4 * WIDTH, WIDTH, rng)
        weights[f"narrow {layer}"] = matrix(WIDTH, 4 * WIDTH, rng)
    weights["scores"] = matrix(LETTERS, WIDTH, rng)
    return weights


def flat(weights):
    return [p for W in weights.values() for row in W for p in row]


def product(W, x):
    return [sum(w * xi for w, xi in zip(row, x)) for row in W]


def shares(scores):
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def normalised(x):
    mean_square = sum(xi * xi for xi in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def mixed(q, keys, values):
    d = len(q)
    scores = [sum(q[i] * key[i] for i in range(d)) / d**0.5 for key in keys]
    weights = shares(scores)
    return [sum(weights[t] * values[t][i] for t in range(len(values))) for i in range(d)]


def next_scores(weights, letter, place, keys, values):
    x = [a + b for a, b in zip(weights["letters"][letter], weights["places"][place])]
    x = normalised(x)
    d = WIDTH // HEADS
    for layer in range(LAYERS):
        before, x = x, normalised(x)
        q = product(weights[f"query {layer}"], x)
        keys[layer].append(product(weights[f"key {layer}"], x))
        values[layer].append(product(weights[f"value {layer}"], x))
        heads = []
        for first in range(0, WIDTH, d):
            part = slice(first, first + d)
            heads += mixed(q[part], [k[part] for k in keys[layer]], [v[part] for v in values[layer]])
        x = [a + b for a, b in zip(product(weights[f"output {layer}"], heads), before)]
        before, x = x, normalised(x)
        x = [xi.relu() for xi in product(weights[f"wide {layer}"], x)]
        x = [a + b for a, b in zip(product(weights[f"narrow {layer}"], x), before)]
    return product(weights["scores"], x)


def encode(name):
    return [END, *(ord(letter) - ord("a") for letter in name), END]


def loss_of(weights, name):
    letters = encode(name)[: PLACES + 1]
    return loss_between(weights, letters[:-1], letters[1:])


def loss_between(weights, letters, following):
    keys, values = [[] for _ in range(LAYERS)], [[] for _ in range(LAYERS)]
    losses = []
    for place, (letter, target) in enumerate(zip(letters, following)):
        scores = next_scores(weights, letter, place, keys, values)
        losses.append(-shares(scores)[target].log())
    return (1 / len(losses)) * sum(losses)


class Adam:
    def __init__(self, parameters, lr=0.01, b1=0.85, b2=0.99):
        self.parameters, self.lr, self.b1, self.b2, self.steps = parameters, lr, b1, b2, 0
        self.m, self.v = [0.0] * len(parameters), [0.0] * len(parameters)

    def step(self):
        self.steps += 1
        for i, p in enumerate(self.parameters):
            self.m[i] = self.b1 * self.m[i] + (1 - self.b1) * p.grad
            self.v[i] = self.b2 * self.v[i] + (1 - self.b2) * p.grad**2
            m_hat = self.m[i] / (1 - self.b1**self.steps)
            v_hat = self.v[i] / (1 - self.b2**self.steps)
            p.data -= self.lr * m_hat / (v_hat**0.5 + 1e-8)
            p.grad = 0


def train(weights, names):
    adam = Adam(flat(weights))
    losses = []
    for name in names:
        loss = loss_of(weights, name)
        loss.backward()
        adam.step()
        losses.append(loss.data)
    return losses


def sample(weights, seed, temperature=0.5):
    rng = random.Random(seed)
    keys, values = [[] for _ in range(LAYERS)], [[] for _ in range(LAYERS)]
    letter, name = END, ""
    for place in range(PLACES):
        scores = next_scores(weights, letter, place, keys, values)
        chances = shares([score / temperature for score in scores])
        letter = rng.choices(range(LETTERS), weights=[chance.data for chance in chances])[0]
        if letter == END:
            break
        name += chr(ord("a") + letter)
    return name
