"""`chalkgrad tour`: a network works itself out in front of you, then another one learns from real data."""

from __future__ import annotations

import shutil
import sys
import textwrap

import nn
from autograd import Value, label, trace
from autograd.value import constant, lift
from nn.losses import half_squared_error

RATE = 0.5


def tour(progress: bool | None = None) -> None:
    """Print the two-layer network of the fourth lecture note in numbers, one gradient step, and a training on iris."""
    _two_layer_network()
    _real_data(progress)


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


def _two_layer_network() -> None:
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
    print(f"\nOne step of gradient descent, w ← w − {RATE} · ∂L/∂w:\n")
    lines = []
    for name, p in model.named_parameters():
        new = p.data - RATE * p.grad
        lines.append(f"  {name:<5} = {p.data:.2f} − {RATE} · {p.grad:<11.6g} = {new:.6f}")
        p.data = new
    print("\n".join(lines))
    before, after = loss.data, loss.forward()
    print(f"\nThe loss before the step: {before:.6f}\nThe loss after the step:  {after:.6f}")


def _real_data(progress: bool | None) -> None:
    try:
        data, layers, epochs = nn.data.iris(), [8, 3], 60
    except ImportError as error:
        data, layers, epochs = nn.data.moons(200, noise=0.15), [8, 2], 60
        print(f"\n({error}. Without it the tour goes on with points made here.)")
    _title(f"The same on real data: {data.name}")
    train, test = data.split(0.25, seed=0)
    model = nn.MLP(len(data.features), layers, activation="tanh", init="xavier", seed=0)
    _say(
        f"{len(data)} rows, {len(data.features)} numbers each ({', '.join(data.features)}), {len(data.classes)} classes"
        f" ({', '.join(data.classes)}). {len(test)} rows are held out; {model!r} learns from the other {len(train)}:"
        " softmax cross-entropy, Adam, batches of 16."
    )
    scaled, scaled_test = train.standardized(), test.standardized(like=train)
    history = nn.fit(
        model,
        scaled.X,
        scaled.y,
        loss="cross_entropy",
        optimizer="adam",
        lr=0.01,
        epochs=epochs,
        batch_size=16,
        metrics=["accuracy"],
        progress=progress,
    )
    print("Loss:\n")
    print(textwrap.indent(history.curve(), "  "))
    predictions = [model(x) for x in scaled_test.X]
    right = round(nn.metrics.accuracy(predictions, scaled_test.y) * len(test))
    print(f"\nLoss {history.loss[0]:.4f} → {history.loss[-1]:.4f} in {len(history)} epochs.")
    print(f"Right on rows it learned from: {history.metrics['accuracy'][-1]:.1%}")
    print(f"Right on rows held out:        {right / len(test):.1%} ({right} of {len(test)})")


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 100


def _title(text: str) -> None:
    print(f"\n{text}\n{'─' * len(text)}\n")


def _say(text: str) -> None:
    print(textwrap.fill(text, _width()) + "\n")
