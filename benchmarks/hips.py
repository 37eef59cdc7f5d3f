"""HIPS autograd at work, in a Python where `import autograd` means theirs; see compiled.py, which starts this.

    pip install --target benchmarks/.hips autograd

Both packages are called autograd, so that theirs has a folder of its own. It reads a workload from a file of NumPy arrays
and answers on standard output: value and gradient, then the time of a step for each line that it gets.
"""

from __future__ import annotations

import json
import sys
import time

import autograd.numpy as np

from autograd import value_and_grad

DECAY = 1e-4


def main() -> None:
    data = np.load(sys.argv[1])
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
    flat = [np.concatenate([W, b], axis=1).ravel().tolist() for W, b in gradients]
    print(json.dumps([float(value), [x for part in flat for x in part]]), flush=True)
    for line in sys.stdin:
        seconds, steps, began = float(line), 0, time.perf_counter()
        while (taken := time.perf_counter() - began) < seconds or not steps:
            both(layers)
            steps += 1
        print(taken / steps if steps > 1 else time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
