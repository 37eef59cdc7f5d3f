"""A GPT beside itself: value and gradient, and a whole step with Adam, a name at a time and 32 at a time.

    python benchmarks/gpt.py [--quick] [--json]

microgpt's size: width 16, 4 heads, 1 layer, 16 positions, 27 letters; 4,192 parameters. A name is a row of 16 letters, of
names made here that stand one behind the other. All compute the same from the same numbers in float64:

    own class, as microgpt       plain Python with the class that such programs bring along: tests/shared/gpt_in_lists.py
    chalkgrad, as written        the same program with Value in the place of that class
    chalkgrad, nn.GPT            the library's layers, where a sum of products and a softmax are single nodes
    chalkgrad, compiled          one row's graph of these, recorded once and compiled
    NumPy by hand                forward and backward as one writes them for speed, in arrays that are there already
    torch                        the same program on tensors, with loss.backward() and torch.optim.Adam
    jax.jit                      the same in jax.numpy, jax.value_and_grad and the update in one compiled function

Before any time is taken, value and gradient are checked to agree, and the parameters after three steps with Adam. Each has a
process of its own, and they take turns; a ratio is the median of the ratios within the rounds. What is missing is named and
left out. Number by number 32 names take 32 times as long as one: there two are measured, and their time is scaled. The last
tables have other widths and depths, and a thousand steps on a name each, as long as it is.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from letters import plain_programs
from measuring import (
    Worker,
    find_chalkgrad,
    kernel,
    let_openblas_choose,
    machine,
    mean_time,
    next_question,
    ratio,
    say,
    start_all,
    table,
    take_turns,
    times,
)

find_chalkgrad()
let_openblas_choose()

import numpy as np  # noqa: E402

import nn  # noqa: E402
from autograd import Value, compile  # noqa: E402

RATE = 1e-3  # of Adam; the rest is what PyTorch has by default
STEPS_COMPARED = 3
MEASURED = 2  # names, number by number, of which the time is scaled
ROUNDING = 1e-9
EPS = 1e-5  # in the norms


class Shape(NamedTuple):
    """How large a GPT is; microgpt's own size by default."""

    width: int = 16
    heads: int = 4
    layers: int = 1
    positions: int = 16
    letters: int = 27

    def matrices(self) -> Iterator[tuple[int, int]]:
        """The sizes of its matrices, in the order of nn.GPT's parameters."""
        w = self.width
        yield self.letters, w
        yield self.positions, w
        for _ in range(self.layers):
            yield from [(w, w)] * 4
            yield 4 * w, w
            yield w, 4 * w
        yield self.letters, w


class Work:
    """So many names, a GPT's shape, and the numbers that its parameters start from."""

    def __init__(self, shape: Shape, rows: int) -> None:
        self.shape, self.rows = shape, rows
        X, T = nn.data.names(1000).windows(shape.positions)
        self.X, self.T = X[:rows], T[:rows]
        rng = random.Random(0)
        self.theta = np.array([rng.gauss(0.0, 0.08) for rows, columns in shape.matrices() for _ in range(rows * columns)])

    def model(self) -> nn.GPT:
        """nn.GPT with these numbers."""
        shape = self.shape
        model = nn.GPT(shape.letters, shape.width, shape.heads, shape.layers, shape.positions)
        for p, number in zip(model.parameters(), self.theta.tolist(), strict=True):
            p.data = number
        return model

    def matrices(self, theta: Any) -> list[Any]:
        """Views of a flat array, one for each matrix."""
        return views(theta, self.shape.matrices())


def views(flat: Any, sizes: Iterable[tuple[int, int]]) -> list[Any]:
    """A flat array, cut where the matrices begin and end that stand in it one behind the other."""
    parts, at = [], 0
    for rows, columns in sizes:
        parts.append(flat[at : at + rows * columns].reshape(rows, columns))
        at += rows * columns
    return parts


class Library(NamedTuple):
    """One of those that are compared, at work.

    gradient: gives value and gradient of the mean over the names, where the parameters stand now
    step: a step with Adam
    begin: back to where it all starts
    parameters: where they stand now
    scale: how many times as much work there would be in all
    note: what is said of it
    """

    gradient: Callable[[], tuple[float, Any]]
    step: Callable[[], object]
    begin: Callable[[], object]
    parameters: Callable[[], Any]
    scale: float = 1.0
    note: str = ""


# ------------------------------------------------------------------------------------------------------ number by number


def one_by_one(work: Work, parameters: Sequence[Any], row_loss: Callable[[Sequence[int], Sequence[int]], Any]) -> Library:
    """A graph for each name, made anew in each step; gradients add up in the parameters.

    parameters: Values, or numbers of the program's own class; row_loss: the loss of one name
    """
    rows = min(work.rows, MEASURED)
    optimizers: list[Any] = []

    def begin() -> None:
        for p, number in zip(parameters, work.theta.tolist()):
            p.data, p.grad = number, 0.0
        optimizers[:] = [plain_program().Adam(parameters, RATE, 0.9, 0.999)]

    def backward() -> float:
        value = 0.0
        for x, t in zip(work.X[:rows], work.T[:rows]):
            loss = row_loss(x, t) * (1.0 / rows)
            loss.backward()
            value += loss.data
        return value

    def gradient() -> tuple[float, Any]:
        for p in parameters:
            p.grad = 0.0
        value = backward()
        return value, [p.grad for p in parameters]

    def step() -> None:
        backward()
        optimizers[0].step()

    begin()
    scale = work.rows / rows
    note = f"on {rows} names, scaled" if scale > 1.0 else ""
    return Library(gradient, step, begin, lambda: [p.data for p in parameters], scale, note)


def plain_program(shape: Shape | None = None, *, own_class: bool = True) -> ModuleType:
    """The program as people bring it along, in this size."""
    program: Any = plain_programs.load("gpt_in_lists", own_class=own_class)
    program.WIDTH, program.HEADS, program.LAYERS, program.PLACES, program.LETTERS = shape or Shape()
    return program


def in_lists(work: Work, own_class: bool) -> Library:
    """That program, whose walk over the graph calls itself."""
    sys.setrecursionlimit(100_000)
    program: Any = plain_program(work.shape, own_class=own_class)
    weights = program.make_weights()
    return one_by_one(work, program.flat(weights), lambda x, t: program.loss_between(weights, x, t))


def by_layers(work: Work) -> Library:
    model = work.model()
    return one_by_one(work, model.parameters(), lambda x, t: nn.losses.cross_entropy(model(x), t))


# ------------------------------------------------------------------------------------------------------------ in batches


def compiled(work: Work) -> Library:
    model = work.model()
    began = time.perf_counter()
    program = program_of(model, work.X[0], work.T[0])
    batch, gradient = program.batch(np.array(work.X, dtype=float), np.array(work.T, dtype=float)), np.zeros(len(work.theta))
    value_and_grad = partial(program.value_and_grad, batch, out=gradient)
    theta = work.theta.copy()
    value_and_grad(theta=theta)
    ready = time.perf_counter() - began
    adam = nn.optim.Adam(model.parameters(), RATE)
    state: dict[str, Any] = {}

    def begin() -> None:
        theta[:] = work.theta
        state.clear()

    def step() -> None:
        value_and_grad(theta=theta)
        theta[:] = adam.step_vector(theta, gradient, state)

    note = f"ready in {ready:.2f} s"
    return Library(lambda: value_and_grad(theta=theta), step, begin, lambda: theta, note=note)


def program_of(model: nn.GPT, tokens: Sequence[int], targets: Sequence[int]) -> Any:
    """The program of the loss of a row, whose letters are its inputs; the collector has nothing to do here."""
    x, t = [[Value(float(token)) for token in row] for row in (tokens, targets)]
    gc.disable()
    program = compile(nn.losses.cross_entropy(model(x), t), {"X": x, "T": t}, model.parameters())
    gc.enable()
    return program


class ByHand:
    """Forward and backward in arrays, as one writes them who wants speed and has an afternoon."""

    def __init__(self, work: Work, theta: Any) -> None:
        shape, B = work.shape, work.rows
        T, w, h = shape.positions, shape.width, shape.heads
        N = B * T
        self.sizes, self.grad = (B, T, h, w // h), np.zeros_like(theta)
        sizes = list(shape.matrices())
        one = [(3 * w, w), *sizes[5:8]]  # Q, K and V stand one behind the other: one product gives all three
        sizes[2:-1] = one * shape.layers
        self.letters, self.places, *blocks, self.head = views(theta, sizes)
        self.g_letters, self.g_places, *g_blocks, self.g_head = views(self.grad, sizes)
        self.blocks, self.g_blocks = ([each[i : i + 4] for i in range(0, len(each), 4)] for each in (blocks, g_blocks))
        tokens, targets = np.array(work.X).ravel(), np.array(work.T).ravel()
        self.chosen = np.eye(shape.letters)[tokens]
        self.targets = np.eye(shape.letters)[targets]
        self.at = np.arange(N), targets
        self.mask = np.where(np.tri(T, dtype=bool), 0.0, -np.inf)
        self.tall = np.empty((N, 4 * w))
        self.scores = np.empty((N, shape.letters))
        self.fits = np.empty((B, h, T, T))

    def normed(self, x: Any) -> tuple[Any, Any]:
        r = np.einsum("ij,ij->i", x, x)
        r *= 1.0 / x.shape[1]
        r += EPS
        np.sqrt(r, out=r)
        np.divide(1.0, r, out=r)
        return x * r[:, None], r

    def back_through_norm(self, dy: Any, y: Any, r: Any) -> Any:
        mean = np.einsum("ij,ij->i", dy, y)
        mean *= 1.0 / y.shape[1]
        dx = y * mean[:, None]
        np.subtract(dy, dx, out=dx)
        dx *= r[:, None]
        return dx

    def apart(self, x: Any) -> Any:
        """Numbers side by side as (B, heads, T, d)."""
        B, T, h, d = self.sizes
        return x.reshape(B, T, h, d).transpose(0, 2, 1, 3)

    def __call__(self) -> tuple[float, Any]:
        B, T, h, d = self.sizes
        w, N, root = h * d, B * T, 1.0 / math.sqrt(d)
        x = self.chosen @ self.letters
        x.reshape(B, T, w)[:] += self.places
        x, r0 = self.normed(x)
        x0, kept = x, []
        for QKV, out, up, down in self.blocks:
            y1, r1 = self.normed(x)
            qkv = y1 @ QKV.T
            q, k, v = (self.apart(qkv[:, i : i + w]) for i in range(0, 3 * w, w))
            shares = np.matmul(q, k.transpose(0, 1, 3, 2))
            shares *= root
            shares += self.mask
            shares -= shares.max(axis=3, keepdims=True)
            np.exp(shares, out=shares)
            shares /= shares.sum(axis=3, keepdims=True)
            mixed = np.matmul(shares, v).transpose(0, 2, 1, 3).reshape(N, w)
            x = x + mixed @ out.T
            y2, r2 = self.normed(x)
            hidden = y2 @ up.T
            np.maximum(hidden, 0.0, out=hidden)
            x = x + hidden @ down.T
            kept.append((y1, r1, q, k, v, shares, mixed, y2, r2, hidden))
        scores = np.matmul(x, self.head.T, out=self.scores)
        scores -= scores.max(axis=1, keepdims=True)
        wanted = float(scores[self.at].sum())
        np.exp(scores, out=scores)
        whole = scores.sum(axis=1, keepdims=True)
        value = (float(np.log(whole).sum()) - wanted) / N
        scores /= whole
        scores -= self.targets
        scores *= 1.0 / N
        np.matmul(scores.T, x, out=self.g_head)
        dx = scores @ self.head
        for (QKV, out, up, down), (gQKV, gout, gup, gdown), saved in zip(
            reversed(self.blocks), reversed(self.g_blocks), reversed(kept)
        ):
            y1, r1, q, k, v, shares, mixed, y2, r2, hidden = saved
            np.matmul(dx.T, hidden, out=gdown)
            tall = np.matmul(dx, down, out=self.tall)
            tall *= hidden > 0.0
            np.matmul(tall.T, y2, out=gup)
            dx += self.back_through_norm(tall @ up, y2, r2)
            np.matmul(dx.T, mixed, out=gout)
            dmixed = self.apart(dx @ out)
            dqkv = np.empty((N, 3 * w))
            parts = [self.apart(dqkv[:, i : i + w]) for i in range(0, 3 * w, w)]
            parts[2][:] = np.matmul(shares.transpose(0, 1, 3, 2), dmixed)
            dfits = np.matmul(dmixed, v.transpose(0, 1, 3, 2), out=self.fits)
            dfits -= np.einsum("bhij,bhij->bhi", dfits, shares)[..., None]
            dfits *= shares
            dfits *= root
            parts[0][:] = np.matmul(dfits, k)
            parts[1][:] = np.matmul(dfits.transpose(0, 1, 3, 2), q)
            np.matmul(dqkv.T, y1, out=gQKV)
            dx += self.back_through_norm(dqkv @ QKV, y1, r1)
        dx = self.back_through_norm(dx, x0, r0)
        np.matmul(self.chosen.T, dx, out=self.g_letters)
        np.sum(dx.reshape(B, T, w), axis=0, out=self.g_places)
        return value, self.grad


def numpy_by_hand(work: Work) -> Library:
    theta = work.theta.copy()
    gradient = ByHand(work, theta)
    m, v, a, b = (np.zeros_like(theta) for _ in range(4))
    steps = 0

    def begin() -> None:
        nonlocal steps
        theta[:], m[:], v[:], steps = work.theta, 0.0, 0.0, 0

    def step() -> None:
        nonlocal steps
        _, g = gradient()
        steps += 1
        np.multiply(m, 0.9, out=m)
        np.multiply(g, 0.1, out=a)
        np.add(m, a, out=m)
        np.multiply(v, 0.999, out=v)
        np.multiply(g, g, out=a)
        np.multiply(a, 0.001, out=a)
        np.add(v, a, out=v)
        np.multiply(v, 1.0 / (1.0 - 0.999**steps), out=a)
        np.sqrt(a, out=a)
        np.add(a, 1e-8, out=a)
        np.multiply(m, RATE / (1.0 - 0.9**steps), out=b)
        np.divide(b, a, out=b)
        np.subtract(theta, b, out=theta)

    return Library(gradient, step, begin, lambda: theta)


def forward(work: Work, parameters: Sequence[Any], lib: Any, softmax: Any, mask: Any, tokens: Any) -> Any:
    """The scores, on arrays of torch or of jax.numpy, which say the same words."""
    B, T, h = work.rows, work.shape.positions, work.shape.heads
    w = work.shape.width
    letters, places, *blocks, head = parameters

    def norm(x: Any) -> Any:
        return x / lib.sqrt((x * x).mean(-1)[..., None] + EPS)

    def apart(x: Any) -> Any:
        return x.reshape(B, T, h, w // h).swapaxes(1, 2)

    x = norm(letters[tokens] + places)
    for i in range(0, len(blocks), 6):
        Q, K, V, out, up, down = blocks[i : i + 6]
        y = norm(x)
        q, k, v = (apart(y @ W.T) for W in (Q, K, V))
        shares = softmax(q @ k.swapaxes(2, 3) / math.sqrt(w // h) + mask, -1)
        x = x + (shares @ v).swapaxes(1, 2).reshape(B, T, w) @ out.T
        x = x + lib.maximum(norm(x) @ up.T, lib.zeros_like(x[..., :1])) @ down.T
    return x @ head.T


def torch_tensors(work: Work) -> Library:
    import torch

    tokens, targets = torch.tensor(work.X), torch.tensor(work.T)
    T = work.shape.positions
    mask = torch.full((T, T), -torch.inf, dtype=torch.float64).triu(1)
    parameters = [torch.tensor(W, requires_grad=True) for W in work.matrices(work.theta)]
    optimizers: list[Any] = []

    def begin() -> None:
        with torch.no_grad():
            for p, W in zip(parameters, work.matrices(work.theta)):
                p[:] = torch.tensor(W)
        optimizers[:] = [torch.optim.Adam(parameters, RATE)]

    def backward() -> float:
        for p in parameters:
            p.grad = None
        scores = forward(work, parameters, torch, torch.softmax, mask, tokens)
        loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), targets.flatten())
        loss.backward()
        return float(loss.item())

    def step() -> None:
        backward()
        optimizers[0].step()

    def joined(which: str) -> Any:
        arrays = (p.grad if which == "grad" else p.detach() for p in parameters)
        return np.concatenate([array.numpy().ravel() for array in arrays])

    begin()
    return Library(lambda: (backward(), lambda: joined("grad")), step, begin, lambda: joined("data"), note=torch.__version__)


def jax_jit(work: Work) -> Library:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    tokens, targets = jnp.asarray(work.X), jnp.asarray(work.T)
    T = work.shape.positions
    mask = jnp.triu(jnp.full((T, T), -jnp.inf), 1)
    start = [jnp.asarray(W) for W in work.matrices(work.theta)]
    standing: list[Any] = []

    def loss(parameters: Any, tokens: Any, targets: Any) -> Any:
        scores = forward(work, parameters, jnp, jax.nn.softmax, mask, tokens)
        return -jnp.take_along_axis(jax.nn.log_softmax(scores, -1), targets[..., None], -1).mean()

    def updated(state: Any, tokens: Any, targets: Any) -> Any:
        parameters, m, v, steps = state
        g = jax.grad(loss)(parameters, tokens, targets)
        steps = steps + 1
        m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
        v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g)]
        first, second = 1.0 - 0.9**steps, 1.0 - 0.999**steps
        new = [p - RATE * (a / first) / (jnp.sqrt(b / second) + 1e-8) for p, a, b in zip(parameters, m, v)]
        return new, m, v, steps

    both, update = jax.jit(jax.value_and_grad(loss)), jax.jit(updated)

    def begin() -> None:
        zeros = [jnp.zeros_like(W) for W in start]
        standing[:] = [(start, zeros, zeros, 0.0)]

    def gradient() -> tuple[float, Any]:
        value, gradients = jax.block_until_ready(both(standing[0][0], tokens, targets))
        return value, lambda: joined(gradients)

    def step() -> None:
        standing[0] = jax.block_until_ready(update(standing[0], tokens, targets))

    def joined(arrays: Any) -> Any:
        return np.concatenate([np.asarray(array).ravel() for array in arrays])

    begin()
    began = time.perf_counter()
    gradient()
    note = f"{jax.__version__}; ready in {time.perf_counter() - began:.2f} s"
    return Library(gradient, step, begin, lambda: joined(standing[0][0]), note=note)


OURS, HAND = "chalkgrad, compiled", "NumPy by hand"
LIBRARIES: dict[str, Callable[[Work], Library]] = {
    "own class, as microgpt": partial(in_lists, own_class=True),
    "chalkgrad, as written": partial(in_lists, own_class=False),
    "chalkgrad, nn.GPT": by_layers,
    OURS: compiled,
    HAND: numpy_by_hand,
    "torch": torch_tensors,
    "jax.jit": jax_jit,
}
FAST = (OURS, HAND, "torch", "jax.jit")


# ------------------------------------------------------------------------------------------------------------ measuring


def serve(name: str) -> None:
    """One library at work in a process of its own: it is asked for a time of "gradient" or "step", in so many seconds."""
    shape, rows = next_question()
    try:
        library = LIBRARIES[name](Work(Shape(*shape), rows))
    except ImportError as error:
        say(str(error))
        return
    value, gradient, after = numbers_of(library)
    say([value, gradient.tolist(), after.tolist(), library.note, kernel()])
    while (asked := next_question()) is not None:
        kind, seconds = asked
        library.begin()  # from the same beginning each time
        say(mean_time(library.gradient if kind == "gradient" else library.step, seconds) * library.scale)


def numbers_of(library: Library) -> tuple[float, Any, Any]:
    """What has to agree: value, gradient, and the parameters after some steps."""
    library.begin()
    value, gradient = library.gradient()
    gradient = np.array(gradient() if callable(gradient) else gradient)
    library.begin()
    for _ in range(STEPS_COMPARED):
        library.step()
    return float(value), gradient, np.array(library.parameters())


def check(name: str, found: Sequence[Any], truth: Sequence[Any]) -> None:
    """Raises SystemExit where a library computes something else."""
    for what, mine, others in zip(("value", "gradient", f"numbers after {STEPS_COMPARED} steps"), found, truth):
        off = np.abs(np.asarray(mine) - others).max() / np.abs(others).max()
        if not off < ROUNDING:
            raise SystemExit(f"{name} computes something else: its {what} is off by {off:.2g}, so times mean nothing")


def measure(names: Sequence[str], shape: Shape, rows: int, rounds: int, seconds: float) -> dict[str, Any]:
    """For both kinds of work each one's seconds, round by round."""
    workers: dict[str, Worker] = {}
    notes: dict[str, str] = {}
    truth: dict[int, Any] = {}  # by how many names were gone through
    for name, workers[name], (*numbers, notes[name], notes["kernel"]) in start_all("gpt.py", names, [shape, rows]):
        seen = min(rows, MEASURED) if name not in FAST else rows
        check(name, numbers, truth.setdefault(seen, numbers))
    found: dict[str, Any] = {"shape": shape._asdict(), "rows": rows, "kernel": notes.pop("kernel"), "notes": notes}
    for kind in ("gradient", "step"):
        found[kind] = take_turns({name: partial(worker.ask, [kind, seconds]) for name, worker in workers.items()}, rounds)
    for worker in workers.values():
        worker.close()
    return found


def print_measured(found: dict[str, Any]) -> None:
    rows = found["rows"]
    for kind, title in (("gradient", "value and gradient"), ("step", "a whole step with Adam")):
        print(f"\n{title}, {'a name' if rows == 1 else f'{rows} names'} at a time\n")
        seconds = found[kind]
        lines = [
            (
                name,
                f"{statistics.median(taken) * 1e3:,.3f} ms",
                f"{statistics.median(taken) / rows * 1e6:,.1f} µs",
                times(ratio(seconds, name, HAND)),
                times(ratio(seconds, "own class, as microgpt", name)),
                found["notes"][name],
            )
            for name, taken in seconds.items()
        ]
        print(table(("", "median", "per name", "÷ NumPy by hand", "own class ÷ it", ""), lines))


def grow(rounds: int, seconds: float) -> list[dict[str, Any]]:
    """Wider and deeper, 32 names at a time."""
    shapes = [Shape(), *(Shape(width=w) for w in (32, 64, 128)), *(Shape(layers=n) for n in (2, 4))]
    found = []
    for shape in shapes:
        found.append(measure(FAST, shape, 32, rounds, seconds))
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def print_growth(found: list[dict[str, Any]]) -> None:
    print("\nwider and deeper: value and gradient, 32 names at a time\n")
    lines = [
        (
            f"width {each['shape']['width']}, layers {each['shape']['layers']}",
            f"{statistics.median(each['gradient'][OURS]) * 1e3:,.2f} ms",
            *(times(ratio(each["gradient"], OURS, other)) for other in FAST[1:]),
            each["notes"][OURS],
        )
        for each in found
    ]
    print(table(("", "chalkgrad", "÷ NumPy by hand", "÷ torch", "÷ jax.jit", ""), lines))


def thousand_steps() -> dict[str, float]:
    """A step with Adam on each of a thousand names, as long as it is: a program for each length, compiled before."""
    text = nn.data.names(1000)
    shape = Shape(letters=len(text.letters))
    work = Work(shape, 1)
    model, theta = work.model(), work.theta.copy()
    began = time.perf_counter()
    by_length: dict[int, list[tuple[list[int], list[int]]]] = {}
    steps = [(row[:-1], row[1:]) for row in map(text.tokens, range(len(text)))]
    for row in steps:
        by_length.setdefault(len(row[0]), []).append(row)
    programs = {n: program_of(model, *rows[0]) for n, rows in by_length.items()}
    gradient = np.zeros(len(theta))
    for n, program in programs.items():  # which is checked when it first runs
        program.value_and_grad(*(np.array([each], dtype=float) for each in by_length[n][0]), theta=theta, out=gradient)
    ready = time.perf_counter() - began
    adam = nn.optim.Adam(model.parameters(), 0.01)
    state: dict[str, Any] = {}
    losses = []
    began = time.perf_counter()
    for x, t in steps:
        value, _ = programs[len(x)].value_and_grad(np.array([x]), np.array([t]), theta=theta, out=gradient)
        theta[:] = adam.step_vector(theta, gradient, state)
        losses.append(value)
    taken = time.perf_counter() - began
    return {"programs": len(programs), "ready": ready, "seconds": taken, "loss": float(np.mean(losses[-100:]))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a first look: few rounds, and no other widths and depths")
    parser.add_argument("--json", action="store_true", help="for a machine to read")
    options = parser.parse_args()
    rounds, seconds = (3, 0.05) if options.quick else (9, 0.2)
    report: dict[str, Any] = {"machine": machine(), "names": []}
    for rows in (1, 32):
        report["names"].append(measure(list(LIBRARIES), Shape(), rows, rounds, seconds))
        if not options.json:
            if rows == 1:
                about = report["names"][0]
                print(", ".join(f"{what} {text}" for what, text in report["machine"].items()) + f"; {about['kernel']}")
            print_measured(report["names"][-1])
            sys.stdout.flush()
    if not options.quick:
        report["growth"] = grow(5, seconds)
        report["thousand"] = thousand_steps()
    if options.json:
        print(json.dumps(report, indent=1, ensure_ascii=False))
    elif not options.quick:
        print_growth(report["growth"])
        run = report["thousand"]
        print(
            f"\n1,000 steps, a name each: {run['seconds']:.2f} s, after {run['programs']} programs, one for each length,"
            f" that were ready in {run['ready']:.1f} s; loss {run['loss']:.2f}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2])
    else:
        main()
