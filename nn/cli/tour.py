"""`chalkgrad tour`: a network works itself out in front of you, then another one learns from real data.

What is drawn on the way goes into a folder; without the extras that draw, the numbers come all the same.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nn
from autograd import Value, derivation, descent, label, trace
from autograd.display.files import write
from autograd.value import constant, lift
from nn.cli.album import album
from nn.losses import half_squared_error

RATE = 0.5


def tour(folder: str | Path = "chalkgrad-tour", progress: bool | None = None) -> Path:
    """Print the two-layer network of the fourth lecture note, one gradient step, and a training on iris; draw both.

    folder: where the pictures go; it is made if it is not there
    progress: a bar while training; by default wherever tqdm is installed

    Gives the path of index.html, which explains and links all that was made.
    Raises OSError if the folder cannot be made or written to.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pictures = _two_layer_network(folder) + _real_data(folder, progress) + _boundary(folder)
    index = write(folder / "index.html", album({path.name for path in pictures}))
    _title("Pictures, and pages to open in a browser")
    print("\n".join(f"  {path}" for path in [index, *pictures]) + "\n")
    return index


def two_layer_network() -> tuple[nn.MLP, Value]:
    """The 2-2-1 network of the fourth lecture note, and its half squared error on the note's one data point."""
    model = nn.MLP(
        2,
        [2, 1],
        activation=["sigmoid", "sigmoid"],
        weights=[[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45]]],
        biases=[[0.35, 0.35], [0.60]],
    )
    x1, x2, y = constant(0.05), constant(0.10), constant(0.01)
    label(x_1=x1, x_2=x2, y=y)
    loss = lift(half_squared_error(model([x1, x2]), y))
    model.label_nodes(loss)
    label(L=loss)
    return model, loss


def _two_layer_network(folder: Path) -> list[Path]:
    _title("One gradient step by hand: two inputs, two hidden neurons, one output")
    model, loss = two_layer_network()
    _say(
        f"{model!r} on x = (0.05, 0.10) with target 0.01, half squared error, learning rate {RATE}. w_kij is the weight in"
        " layer k of neuron i for input j; a = w·x + b is a neuron's net, h = σ(a) its output."
    )
    steps = trace(loss)
    print("Forward, one line for each node of the graph:\n")
    print(textwrap.indent(steps.forward_table(), "  "))
    print("\nBackward, one line for each edge, from the loss to the weights:\n")
    print(textwrap.indent(steps.backward_table(), "  "))

    loss.backward()
    pictures = []
    for depth in ("operation", "neuron", "layer"):
        path = folder / f"two-layer-network-{depth}s.svg"
        pictures += _drawn(lambda path=path, depth=depth: nn.draw(loss, depth=depth).save(path))  # type: ignore[misc]
    pictures += _drawn(lambda: nn.step_through(loss).save(folder / "steps.html"))

    print("\nThe same in vectors and matrices, found in the graph, beside the line of scalars that an entry means:\n")
    sheet = derivation(loss)
    print(textwrap.indent(sheet.vector_form().text, "  "))
    pictures += [sheet.save(folder / "derivation.tex"), *_drawn(lambda: sheet.save(folder / "derivation.html"))]

    print(f"\nOne step of gradient descent, η = {RATE}:\n")
    step = descent(loss, model.parameters(), rate=RATE)
    print(textwrap.indent(step.text, "  "))
    for p, new in step.new.items():
        p.data = new
    loss.forward()
    return pictures


def _real_data(folder: Path, progress: bool | None) -> list[Path]:
    try:
        data = nn.data.iris()
    except ImportError as error:
        data = nn.data.blobs(150)
        print(f"\n({error}. Without it the tour goes on with points made here.)")
    _title(f"The same on real data: {data.name}" if data.name == "iris" else "The same on more data")
    train, test = data.split(0.25, seed=0)
    model = nn.MLP(len(data.features), [8, len(data.classes)], activation="tanh", init="xavier", seed=0)
    _say(
        f"{len(data)} rows, {len(data.features)} numbers each ({', '.join(data.features)}), {len(data.classes)} classes"
        f" ({', '.join(data.classes)}). {len(test)} rows are held out; {model!r} learns from the other {len(train)}:"
        " softmax cross-entropy, Adam, batches of 16."
    )
    X, y = train.standardized()
    history = nn.fit(
        model, X, y, loss="cross_entropy", optimizer="adam", lr=0.01, epochs=60, batch_size=16, metrics=["accuracy"],
        progress=progress,
    )  # fmt: skip
    print("Loss:\n")
    print(textwrap.indent(history.curve(), "  "))
    test_X, test_y = test.standardized(like=train)
    right = round(nn.metrics.accuracy([model(x) for x in test_X], test_y) * len(test))
    print(f"\nLoss {history.loss[0]:.4f} → {history.loss[-1]:.4f} in {len(history)} epochs.")
    print(f"Right on rows it learned from: {history.metrics['accuracy'][-1]:.1%}")
    print(f"Right on rows held out:        {right / len(test):.1%} ({right} of {len(test)})")
    return _drawn(lambda: _saved(nn.plot_loss(history, metrics=True), folder / "loss-curve.png"))


def _boundary(folder: Path) -> list[Path]:
    """A net with two inputs, whose decisions can be drawn on paper."""
    moons = nn.data.moons(80, noise=0.15, seed=1)
    model = nn.MLP(2, [8, 1], activation="tanh", init="xavier", seed=0)

    def trained() -> Path:
        history = nn.fit(
            model, *moons, loss="bce_with_logits", optimizer="adam", lr=0.1, epochs=60, batch_size=20, record=True,
            progress=False,
        )  # fmt: skip
        return nn.play_training(history, moons).save(folder / "training.html")

    return _drawn(trained) + _drawn(
        lambda: _saved(nn.plot_boundary(model, moons, threshold=0.0), folder / "decision-boundary.png")
    )


def _drawn(draw: Callable[[], Path]) -> list[Path]:
    """The picture's path, or a sentence that says what it takes to draw it."""
    try:
        return [draw()]
    except (ImportError, RuntimeError) as error:
        print(f"\n(A picture is left out: {error})")
        return []


def _saved(axes: Any, path: Path) -> Path:
    axes.figure.savefig(path, dpi=160)
    return path


def _title(text: str) -> None:
    print(f"\n{text}\n{'─' * len(text)}\n")


def _say(text: str) -> None:
    width = min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 100
    print(textwrap.fill(text, width) + "\n")
