"""HIPS autograd at work, in a Python where `import autograd` means theirs; see compiled.py, which starts this.

    pip install --target benchmarks/.hips autograd

Both packages are called autograd, so that theirs has a folder of its own. It is told the file of NumPy arrays that holds a
workload, and answers with value and gradient; then with the time of a step, as often as it is asked.
"""

from __future__ import annotations

import autograd.numpy as np
from measuring import mean_time, next_question, say

from autograd import value_and_grad

DECAY = 1e-4


def main() -> None:
    data = dict(np.load(next_question()))  # all of it now: the file does not stay
    X, T, hinge = data["X"], data["T"], bool(data["hinge"])
    layers = [(data[f"W{i}"], data[f"b{i}"]) for i in range(int(data["layers"]))]

    def loss(layers):
        h = X
        for i, (W, b) in enumerate(layers):
            h = np.dot(h, W.T) + b[:, 0]
            h = np.maximum(h, 0.0) if i + 1 < len(layers) else h
        if hinge:
            squares = sum(np.sum(p * p) for layer in layers for p in layer)
            return np.mean(np.maximum(1.0 - T * h, 0.0)) + DECAY * squares
        top = np.max(h, axis=1, keepdims=True)
        return np.mean(np.log(np.sum(np.exp(h - top), axis=1)) + top[:, 0] - np.sum(T * h, axis=1))

    both = value_and_grad(loss)
    value, gradients = both(layers)
    say([float(value), np.concatenate([np.concatenate([W, b], axis=1).ravel() for W, b in gradients]).tolist()])
    while (seconds := next_question()) is not None:
        say(mean_time(lambda: both(layers), seconds))


if __name__ == "__main__":
    main()
