"""A small language model in scalars, as long as one likes: attention with heads, RMS norm, ReLU, residual links, softmax."""

import itertools
import random

import autograd as ag
from autograd import Value, dot, relu, softmax


def linear(W, x):
    return [dot(row, x) for row in W]


def normed(x):
    scale = (dot(x, x) * (1 / len(x)) + 1e-5) ** -0.5
    return [a * scale for a in x]


def language_model(tokens=(1, 4, 2, 7, 3), width=8, heads=2, layers=1, labelled=False, vocabulary=12):
    """The mean of the losses at each place, those losses, and the parameters by name."""
    r = random.Random(0)
    parameters = {}

    def matrix(name, rows, columns):
        parameters[name] = [
            [Value(r.gauss(0.0, 0.3), f"{name}_{{{i},{j}}}" if labelled else "") for j in range(1, columns + 1)]
            for i in range(1, rows + 1)
        ]
        return parameters[name]

    E, P, U = matrix("E", vocabulary, width), matrix("P", len(tokens), width), matrix("U", vocabulary, width)
    shapes = {**dict.fromkeys("QKVO", (width, width)), "F": (4 * width, width), "G": (width, 4 * width)}
    blocks = [{name: matrix(f"{name}{k}", *shape) for name, shape in shapes.items()} for k in range(layers)]
    keys, values, losses, each = [[] for _ in blocks], [[] for _ in blocks], [], width // heads
    for place, (token, following) in enumerate(itertools.pairwise(tokens)):
        x = normed([a + b for a, b in zip(E[token], P[place])])
        for k, block in enumerate(blocks):
            h = normed(x)
            q = linear(block["Q"], h)
            keys[k].append(linear(block["K"], h))
            values[k].append(linear(block["V"], h))
            out = []
            for part in (slice(i * each, (i + 1) * each) for i in range(heads)):
                shares = softmax([dot(q[part], key[part]) / each**0.5 for key in keys[k]])
                out += [dot(shares, column) for column in zip(*(value[part] for value in values[k]))]
            x = [a + b for a, b in zip(linear(block["O"], out), x)]
            h = [relu(a) for a in linear(block["F"], normed(x))]
            x = [a + b for a, b in zip(linear(block["G"], h), x)]
        losses.append(-ag.log_softmax(linear(U, x))[following])
    return ag.mean(losses), losses, parameters
