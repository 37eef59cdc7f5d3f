"""What a training leaves: its losses and metrics epoch by epoch, parameters where they were recorded, where it stands."""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from autograd.interop.conversions import short
from autograd.interop.guesses import add_guesses
from nn.module import write_content
from nn.train.resuming import FORMAT

OF_EPOCHS = ("loss", "val_loss", "grad_norm", "lr")  # the attributes of a History that are lists,
OF_METRICS = ("metrics", "val_metrics")  # and those that are dicts of such


class Record(NamedTuple):
    """The parameters at the end of an epoch, in the order of model.parameters(), as plain numbers.

    epoch: 0 at the start, before any step
    parameters: their numbers
    gradients: those of the epoch's last step, as the optimiser got them, which led to these numbers; empty at the start
    """

    epoch: int
    parameters: list[float]
    gradients: list[float]


class History:
    """What happened in a run of fit, epoch by epoch; it fills while the run goes on.

    loss: the mean loss of each epoch's batches, each taken before its step
    val_loss: the loss on the validation rows after each epoch; empty without any
    metrics, val_metrics: for each metric its values, by name
    grad_norm: the mean length of each epoch's gradients, before clipping
    lr: the learning rate in each epoch
    stopped: why it ended: "epochs" (all done), "early stopping", "callback" or "interrupted"
    model: the model that learns
    loss_name: what the loss is called
    records: the start and each epoch as a Record, if fit was asked to record

    It also knows where the training stands, so that fit(..., resume=history) goes on as if it had never stopped.

    >>> import nn
    >>> model = nn.MLP(1, [1], weights=[[[0.0]]], biases=[[0.0]])
    >>> history = nn.fit(model, [[1.0], [-1.0]], [1.0, -1.0], lr=0.25, epochs=3, progress=False)
    >>> history, history.loss
    (History(3 epochs, loss 1.0 → 0.0625; epochs), [1.0, 0.25, 0.0625])
    >>> sorted(history.rows()[0].items())
    [('epoch', 1), ('grad_norm', 2.0), ('loss', 1.0), ('lr', 0.25)]
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.loss: list[float] = []
        self.val_loss: list[float] = []
        self.metrics: dict[str, list[float]] = {}
        self.val_metrics: dict[str, list[float]] = {}
        self.grad_norm: list[float] = []
        self.lr: list[float] = []
        self.stopped = ""
        self.loss_name = ""
        self.records: list[Record] = []
        self._state: Callable[[], dict[str, Any]] = dict  # where the training stands

    def __len__(self) -> int:
        return len(self.loss)

    def rows(self) -> list[dict[str, float]]:
        """One dict per epoch, for a table, a CSV file or a data frame."""
        columns = {name: getattr(self, name) for name in OF_EPOCHS}
        columns |= self.metrics | {f"val_{name}": values for name, values in self.val_metrics.items()}
        return [
            {"epoch": i + 1, **{name: values[i] for name, values in columns.items() if i < len(values)}}
            for i in range(len(self))
        ]

    def state_dict(self) -> dict[str, Any]:
        """Where the training stands, as plain data for JSON: what fit(..., resume=) goes on from.

        The parameters in it are those that the training would go on with; the model may have gone back to better ones.
        Raises ValueError for a history that fit has not filled.
        """
        state = self._state()
        if not state:
            raise ValueError("there is no training here that could go on: fit fills a History, and gives it back")
        return state

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write state_dict() to a JSON file; a file that is there stays whole until the new one is complete.

        path: where to

        As a callback, lambda history: history.save(path), it keeps a long training safe; fit(..., resume=path) goes on, in
        another process too. Raises OSError if the file cannot be written.

        >>> import pathlib, tempfile
        >>> import nn
        >>> def line(**options):
        ...     model = nn.MLP(1, [1], seed=0)
        ...     history = nn.fit(model, [[0.0], [1.0]], [1.0, 3.0], optimizer="adam", progress=False, **options)
        ...     return history, model.state_dict()
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     line(epochs=3)[0].save(pathlib.Path(folder, "training.json"))
        ...     resumed = line(epochs=8, resume=pathlib.Path(folder, "training.json"))
        >>> resumed[0].loss == line(epochs=8)[0].loss, resumed[1] == line(epochs=8)[1]
        (True, True)
        """
        write_content(path, {**FORMAT, **self.state_dict()})

    def __getstate__(self) -> dict[str, Any]:
        """A copy holds where the training stands, and nothing of what runs it."""
        return {**vars(self), "_state": partial(copy.deepcopy, self._state())}

    def curve(self, width: int = 60, height: int = 8) -> str:
        """The loss over the epochs as a drawing in text, width by height characters, for a terminal."""
        finite = [loss for loss in self.loss if math.isfinite(loss)]
        if not finite:
            return "no finite loss to draw"
        high, low = max(finite), min(finite)
        n = min(width, len(self.loss))
        columns = [self.loss[i * len(self.loss) // n : max((i + 1) * len(self.loss) // n, 1)] for i in range(n)]
        means = [sum(column) / len(column) for column in columns]
        blocks = " ▁▂▃▄▅▆▇█"
        eighths = [1 + round((m - low) / ((high - low) or 1.0) * (8 * height - 1)) if math.isfinite(m) else 0 for m in means]
        lines = ["".join(blocks[min(max(e - 8 * row, 0), 8)] for e in eighths) for row in reversed(range(height))]
        labels = [f"{high:.4g}"] + [""] * (height - 2) + [f"{low:.4g}"] * (height > 1)
        margin = max(map(len, labels))
        axis = f"{'':{margin}}  epoch 1{f' {len(self.loss)}':>{max(n - 7, 1)}}"
        return "\n".join([f"{label:>{margin}} │{line.rstrip()}" for label, line in zip(labels, lines)] + [axis])

    def __repr__(self) -> str:
        if not self.loss:
            return f"History(no epoch yet{f'; {self.stopped}' if self.stopped else ''})"
        parts = [f"{len(self)} epochs", f"loss {short(self.loss[0])} → {short(self.loss[-1])}"]
        parts += [f"val_loss {short(last)}" for last in self.val_loss[-1:]]
        parts += [f"{name} {short(values[-1])}" for name, values in self.metrics.items()]
        parts += [f"val_{name} {short(values[-1])}" for name, values in self.val_metrics.items()]
        return f"History({', '.join(parts)}{f'; {self.stopped}' if self.stopped else ''})"


OF_HISTORY = {
    "losses history train_loss": "history.loss has one number an epoch, history.val_loss those of validation",
    "accuracy acc": "nn.fit(..., metrics=['accuracy']), then history.metrics['accuracy']",
    "plot show": "nn.plot_loss(history) draws it, print(history.curve()) does in a terminal",
}
add_guesses(History, OF_HISTORY)
