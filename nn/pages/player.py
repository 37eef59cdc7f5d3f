"""`play_training`: a recorded run of fit with a slider: its loss, its decision boundary and its weights, epoch by epoch.

The page gets the recorded parameters and computes the net's outputs over the plane itself, with the same table of operations
as the stepper. player.js is the page: `mountPlayer(element, data)`.
"""

from __future__ import annotations

import html
import math
import os
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograd.display.files import save
from autograd.writing.names import pretty
from nn.data import Dataset
from nn.data.dataset import to_list
from nn.layers import MLP, SCALAR_ACTIVATIONS, VECTOR_ACTIVATIONS, Layer
from nn.pages.page import figure_page, inline, packed, plain
from nn.train.history import History, Record
from nn.train.steps import OF_CLASSES, OF_LOGITS

SHOWN = 12  # neurons of a layer that are drawn, and then how many more there are
BUDGET = 400_000  # characters of recorded numbers that a page carries
POINTS = 1_500  # points that are drawn


def play_training(history: History, X: Any = None, y: Any = None, *, threshold: float | None = None) -> Player:
    """Play a recorded training, in Jupyter or in a page of its own.

    history: what nn.fit(..., record=True) returned for an MLP
    X: rows of numbers to draw on the decision boundary, or a nn.data.Dataset, whose names are then used
    y: the class of each row: 0, 1, ..., or −1 and +1; other numbers are values to be met. Left out for a Dataset
    threshold: the output from which a single output says class 1; without it 0 after bce_with_logits and hinge and where y
        is −1 or +1, else 0.5

    The last line of a cell shows it; `.save("training.html")` writes one file that works offline anywhere. The boundary is
    drawn for two inputs. A long run of a large net is thinned, so that the file stays under half a megabyte.

    Raises ValueError for a history without records, a model that is not an MLP or has an activation of its own, and rows
    that do not fit; TypeError for anything but a History.

    >>> import nn
    >>> data = nn.data.moons(20)
    >>> model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    >>> history = nn.fit(model, *data, loss="bce_with_logits", lr=0.5, epochs=3, record=True, progress=False)
    >>> nn.play_training(history, data)
    <Player of 4 records: save it as .html, or show it in Jupyter>
    """
    if not isinstance(history, History):
        raise TypeError(f"play_training plays the History that nn.fit returns, and {history!r} is none")
    if not history.records:
        raise ValueError("this history has no records: train with nn.fit(..., record=True)")
    layers = _layers(history)
    points = None if X is None else _Points(X, y, layers[0].nin)
    return Player(history, layers, points, threshold)


class Player:
    """What play_training gives: it shows itself in Jupyter, and saves itself as a page."""

    def __init__(self, history: History, layers: list[Layer], points: _Points | None, threshold: float | None) -> None:
        self.history = history
        self.data = _data(history, layers, points, threshold)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write one HTML file that works offline; return its path. Raises ValueError for a path that is not .html."""
        title = f"Training, epoch by epoch: {self.history.model!r}"
        return save(path, "a training", {".html": lambda: figure_page(title, inline("mountPlayer", self.data))})

    def _repr_html_(self) -> str:
        curve = f"{self.history.curve()}\n{self.history!r}"  # what an untrusted notebook shows, where scripts do not run
        return inline("mountPlayer", self.data, fallback=f"<pre>{html.escape(curve)}</pre>")

    def __repr__(self) -> str:
        return f"<Player of {len(self.data['epochs'])} records: save it as .html, or show it in Jupyter>"


class _Points:
    """The rows to draw, checked: their coordinates, and for each the number of its class or its value."""

    def __init__(self, X: Any, y: Any, nin: int) -> None:
        self.features: Sequence[str] = ()
        self.classes: Sequence[str] = ()
        if isinstance(X, Dataset):
            self.features, self.classes = X.features, X.classes
            X, y = X.X, X.y if y is None else y
        elif y is None:
            raise TypeError("y is missing: the class of each row of X")
        self.X = [[float(x) for x in row] if isinstance(row, (list, tuple)) else [float(row)] for row in to_list(X, "X")]
        self.y = [float(t[0] if isinstance(t, (list, tuple)) and len(t) == 1 else t) for t in to_list(y, "y")]
        if not self.X or len(self.X) != len(self.y):
            raise ValueError(f"X has {len(self.X)} rows and y {len(self.y)} classes: each row needs one")
        for i, row in enumerate(self.X):
            if len(row) != nin:
                raise ValueError(f"the model takes {nin} inputs, and row {i} of X has {len(row)}")
            if not all(map(math.isfinite, [*row, self.y[i]])):
                raise ValueError(f"row {i} of X or y is not finite")
        self.signed = set(self.y) == {-1.0, 1.0}
        if self.signed:
            self.y = [max(t, 0.0) for t in self.y]
            self.classes = self.classes or ["−1", "+1"]
        self.of_classes = all(t == int(t) >= 0 for t in self.y)

    def bounds(self, j: int) -> list[float]:
        """From below the lowest to above the highest, a tenth of the way between."""
        column = [row[j] for row in self.X]
        low, high = min(column), max(column)
        margin = 0.1 * (high - low) or 0.5
        return [low - margin, high + margin]


def _layers(history: History) -> list[Layer]:
    """The model's layers, once it is known that the page can compute them."""
    model = history.model
    if not isinstance(model, MLP) or type(model).__call__ is not MLP.__call__:
        raise ValueError(f"play_training draws the layers of an nn.MLP, and {model!r} is none")
    for k, layer in enumerate(model.layers, start=1):
        known = layer.activation in VECTOR_ACTIVATIONS or all(
            SCALAR_ACTIVATIONS.get(layer.activation, layer) is neuron._function for neuron in layer.neurons
        )
        if not known:
            names = ", ".join([*SCALAR_ACTIVATIONS, *VECTOR_ACTIVATIONS])
            raise ValueError(
                f"the activation {layer.activation!r} of layer {k} is a function of its own, which a page"
                f" cannot compute: there are {names}"
            )
    n = len(model.parameters())
    if len(history.records[0].parameters) != n:
        raise ValueError(f"the records hold {len(history.records[0].parameters)} parameters, and the model now has {n}")
    return model.layers


def _data(history: History, layers: list[Layer], points: _Points | None, threshold: float | None) -> dict[str, Any]:
    """Everything the page needs, as plain data."""
    computed = layers[0].nin == 2  # then the page needs all parameters, and else those that it draws
    kept = _places(layers, computed)
    outputs = len(layers[-1].neurons)
    records = _thinned(history.records, len(kept))
    gradients = [[r.gradients[i] for i in kept] if r.gradients else [float("nan")] * len(kept) for r in records]
    given = list(points.features) if points else []
    classes = list(points.classes) if points else []
    return {
        "model": repr(history.model),
        "layers": _shapes(layers, computed),
        "inputs": [pretty(name) for name in given] or [pretty(f"x_{j}") for j in range(1, layers[0].nin + 1)],
        "outputs": classes if len(classes) == outputs > 1 else [],
        "epochs": [r.epoch for r in records],
        "all": len(history),
        "parameters": _packed("d", [[r.parameters[i] for i in kept] for r in records]),
        "gradients": _packed("f", gradients),
        "loss": [plain(x) for x in history.loss],
        "lossName": history.loss_name.replace("_", " "),
        "valLoss": [plain(x) for x in history.val_loss],
        "metrics": {
            name.replace("_", " "): [plain(x) for x in values]
            for name, values in [*history.metrics.items(), *((f"validation {m}", v) for m, v in history.val_metrics.items())]
        },
        "plane": _plane(history, outputs, layers[-1].activation, points, threshold) if computed else None,
    }


def _plane(
    history: History, outputs: int, activation: str, points: _Points | None, threshold: float | None
) -> dict[str, Any]:
    """How the plane of two inputs is drawn: "one" output around a threshold, "several" classes, or "values"."""
    kind = "one" if outputs == 1 else "several"
    if points and not (points.of_classes and max(points.y) < max(outputs, 2)) and history.loss_name not in OF_CLASSES:
        kind = "values"
    if threshold is None:
        threshold = 0.0 if history.loss_name in OF_LOGITS or (points and points.signed) else 0.5
    half = 0.5
    if kind == "values" and points:
        low, high = min(points.y), max(points.y)
        threshold, half = (low + high) / 2.0, (high - low) / 2.0 or 1.0
    is_score = activation == "linear" and (threshold == 0.0 or kind == "several")  # and no share
    names = list(points.classes) if points else []
    rows: list[Any] = list(zip(points.X, points.y)) if points else []
    every = -(-len(rows) // POINTS) or 1
    return {
        "kind": kind,
        "threshold": threshold,
        "half": half,  # a distance from the threshold that is shown as certain
        "soft": kind != "values" and is_score,
        "across": points.bounds(0) if points else [-2.0, 2.0],
        "up": points.bounds(1) if points else [-2.0, 2.0],
        "points": [[*row, t] for row, t in rows[::every]],
        "allPoints": len(rows),
        "classes": names or [str(c) for c in range(max(outputs, 2))],
    }


def _shapes(layers: list[Layer], computed: bool) -> list[dict[str, Any]]:
    """For each layer how many inputs and neurons the page has the parameters of, and how many there are."""
    most = sys.maxsize if computed else SHOWN
    return [
        {
            "nin": min(layer.nin, most),
            "nout": min(len(layer.neurons), most),
            "allIn": layer.nin,
            "allOut": len(layer.neurons),
            "bias": layer.neurons[0].b is not None,
            "activation": layer.activation,
        }
        for layer in layers
    ]


def _places(layers: list[Layer], computed: bool) -> list[int]:
    """Where the parameters that the page gets stand among all."""
    kept, at = [], 0
    for layer in layers:
        for i, neuron in enumerate(layer.neurons):
            n = len(neuron.w)
            if computed or i < SHOWN:
                kept += [at + j for j in range(n if computed else min(n, SHOWN))]
                kept += [at + n] * (neuron.b is not None)
            at += n + (neuron.b is not None)
    return kept


def _thinned(records: list[Record], parameters: int) -> list[Record]:
    """Every n-th record, the last one among them, of such a number that the page stays small."""
    most = max(10, BUDGET // (16 * parameters))  # 8 + 4 bytes for each, and 4 characters for 3 bytes
    every = -(-len(records) // most)
    some = records[::every]
    return some if some[-1] is records[-1] else [*some, records[-1]]


def _packed(code: str, rows: list[list[float]]) -> str:
    return packed(array(code, [x for row in rows for x in row]))
