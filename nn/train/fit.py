"""`fit`: gradient descent on rows of data, and the `History` of what happened.

One step takes a batch of rows. Each row's loss, divided by the size of the batch, is computed and differentiated on its own,
and the gradients add up in the parameters, as leaves do; so memory holds the graph of one row, however large the batch is.

    L = 1/B (l(model(x_1), t_1) + ... + l(model(x_B), t_B))  +  l2 (w_1² + ... + w_n²)

Everything that can be wrong with the data is said before the first step.
"""

from __future__ import annotations

import copy
import math
import os
import random
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, TypeAlias

from autograd import LostGradientWarning, Value
from autograd.conversions import number, short
from autograd.modes import without_graph
from autograd.value import constant, lift
from nn.losses import LOSSES
from nn.metrics import METRICS, accuracy
from nn.optim import OPTIMIZERS, Optimizer
from nn.train.resuming import arguments_of, check_settings, described, fingerprint, names_of, read_state, write_state

Metric: TypeAlias = "str | Callable[[Sequence[Any], Sequence[Any]], float]"
Callback: TypeAlias = "Callable[[History], object]"
Row: TypeAlias = "tuple[list[float], Any]"  # the numbers of a data point, and its target

OF_CLASSES = {"cross_entropy", "nll"}  # their targets are class numbers
OF_LOGITS = {"bce_with_logits", "hinge"}  # their predictions say class 1 above 0, not above a half


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
        columns = {"loss": self.loss, "val_loss": self.val_loss, "grad_norm": self.grad_norm, "lr": self.lr}
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
        write_state(path, self.state_dict())

    def __getstate__(self) -> dict[str, Any]:
        """A copy holds where the training stands, and nothing of what runs it."""
        return {**vars(self), "_state": _Frozen(self._state())}

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


class _Frozen:
    """Gives the same state again and again."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state

    def __call__(self) -> dict[str, Any]:
        return copy.deepcopy(self.state)


def fit(
    model: Any,
    X: Any,
    y: Any,
    *,
    loss: str | Callable[[Any, Any], Any] = "mse",
    optimizer: str | Optimizer = "sgd",
    lr: float | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: int = 0,
    validation: float | tuple[Any, Any] | None = None,
    metrics: Iterable[Metric] = (),
    l2: float = 0.0,
    clip_norm: float | None = None,
    patience: int | None = None,
    scheduler: Any = None,
    callbacks: Iterable[Callback] = (),
    progress: bool | None = None,
    record: bool | int = False,
    compiled: bool | None = None,
    resume: History | str | os.PathLike[str] | Mapping[str, Any] | None = None,
) -> History:
    """Train a model by gradient descent; return the history. The model's parameters are changed in place.

    model: a Module, or anything callable on a row that has parameters()
    X: rows of numbers, n of one length (lists, a NumPy array, a data frame)
    y: a target for each row: a number, a row of numbers, or a class from 0 on for cross_entropy and nll
    loss: a name in nn.losses, or a function of (prediction, target) for one row that gives a Value
    optimizer: "sgd", "adam", ..., which then learns at rate lr, or an optimiser of nn.optim made with model.parameters()
    epochs: how often all rows are gone through, those before a resumption included
    batch_size: rows per step; all of them by default
    shuffle: whether mini-batches are drawn anew in each epoch, in an order that seed repeats
    validation: rows to watch and not to learn from, as (X, y), or the share of the rows to put aside
    metrics: names in nn.metrics ("accuracy"), or functions of (predictions, targets)
    l2: the factor of the sum of squared parameters that is added to the loss
    clip_norm: gradients longer than this are shortened to it, as torch's clip_grad_norm_ does
    patience: stop after so many epochs in which the validation loss (or else the loss) did not improve, and go back to the
        parameters of the best one
    scheduler: one of nn.optim, asked for the learning rate after each epoch
    callbacks: called with the history after each epoch; returning True ends the training
    progress: a bar (needs tqdm); by default wherever tqdm is installed
    record: keep parameters and gradients in history.records, for nn.play_training: True for the start and every epoch, a
        number N for the start, every N-th epoch and the last. It takes two numbers per parameter and epoch kept
    compiled: whether whole batches run at once, in a program that autograd.compile makes of one row's graph: the same
        numbers to about 1e-12, and a hundred times the speed. By default wherever NumPy is there and the graph allows it,
        with a warning that gives the reason where it cannot be; False for the graph itself, row by row; True for an error
    resume: a training to go on with, as its History, the path of a file that History.save wrote, or a state_dict. All else
        is given as it was when it began; epochs and patience may be larger. What follows, history, model, optimiser and
        scheduler, is what it would be without the interruption, to the last bit. What callbacks and your own metrics or
        layers keep to themselves is theirs to keep. Keras and Lightning call it a checkpoint

    Ctrl-C ends the training; model and history hold the last complete step, and history.stopped says "interrupted". In
    threads, each fit has a model of its own.

    Raises ValueError or TypeError, before any step, for data that does not fit together or to the model: no rows, rows of
    several lengths, nan, a class that the model has no output for; and for a training that was begun with something else.
    Raises RuntimeError while another thread trains one of the parameters.

    >>> import nn
    >>> line = nn.MLP(1, [1], seed=0)
    >>> nn.fit(line, [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], lr=0.3, epochs=200, progress=False).stopped
    'epochs'
    >>> line([3.0])
    Value(7.0)
    """
    run = _Run(model, loss, metrics)
    rows = run.checked(X, y, "X", "y")
    held_out: list[Row] = []
    if isinstance(validation, (int, float)):
        rows, held_out = _put_aside(rows, validation, random.Random(seed))
    elif validation is not None:
        pair = tuple(validation) if hasattr(validation, "__iter__") else ()
        if len(pair) != 2:
            raise TypeError(f"validation is a share between 0 and 1, or a pair (X, y), not {type(validation).__name__}")
        held_out = run.checked(*pair, "validation X", "validation y")
    state = read_state(resume) if resume is not None else None
    if state is not None and compiled is None:
        compiled = state["settings"].get("compiled")
    optimizer = _optimizer(optimizer, model, lr)
    epochs = _whole("epochs", epochs, least=0)
    batch_size = len(rows) if batch_size is None else _whole("batch_size", batch_size)
    every = int(_whole("record", record, least=0))
    best = _Best(run.parameters, patience if patience is None else _whole("patience", patience))
    step = _step(run, optimizer, l2, clip_norm, rows, compiled)
    settings = {
        "model": described(model),
        "parameters": names_of(model),
        "rows": len(rows),
        "numbers of the rows": fingerprint(rows),
        "validation rows": len(held_out),
        "numbers of the validation rows": fingerprint(held_out),
        "loss": run.loss_name,
        "metrics": list(run.metrics),
        "batch_size": batch_size,
        "shuffle": bool(shuffle),
        "seed": seed if isinstance(seed, int) else repr(seed),
        "l2": l2,
        "clip_norm": clip_norm,
        "patience": None if patience is None else "given",
        "record": every,
        "compiled": step.compiled,
        "optimizer": type(optimizer).__name__,
        "hyperparameters": optimizer.hyperparameters()["settings"],
        "scheduler": None if scheduler is None else [type(scheduler).__name__, arguments_of(scheduler)],
    }
    training = _Training(run, step, scheduler, best, rows, held_out, settings, every)
    history, callbacks = training.history, list(callbacks)
    bar: Any = None
    try:
        training.begin(state, epochs)
        bar = _bar(len(history), epochs, progress)
        for _ in () if best.is_over() else bar:
            watched = training.epoch()
            if hasattr(bar, "set_postfix"):
                bar.set_postfix({"loss": f"{watched:.4g}"}, refresh=False)
            stop = [callback for callback in callbacks if callback(history) is True]  # each is called
            if callbacks:  # which may have changed anything
                step.begin()
                training.keep()
            if stop:
                history.stopped = "callback"
                break
            if best.is_over():
                break
        history.stopped = history.stopped or ("early stopping" if best.is_over() else "epochs")
        training.end()
    except BaseException as error:
        training.undo_half()
        if not isinstance(error, KeyboardInterrupt) or not training.begun:
            training.freeze()
            raise
        history.stopped = "interrupted"
        training.end()
    finally:
        training.release()
        if hasattr(bar, "close"):
            bar.close()
    return history


class _Standing(NamedTuple):
    """Where a training stands: all that the next step depends on. What is in it never changes; a new one takes its place."""

    epochs: int  # complete ones
    batches: int  # complete ones, of the epoch after those
    step: Any  # parameters, gradients, and what the optimiser remembers of them, in the form that the step has them in
    optimizer: dict[str, Any]  # its hyperparameters
    scheduler: dict[str, Any] | None
    best: tuple[float, int, list[float] | None]
    random: Any  # the state of the random numbers before the epoch's rows are shuffled


class _Training:
    """A run of fit: its epochs, where it stands, and the way back there when it is interrupted in between."""

    owners: ClassVar[dict[Value, int]] = {}  # each parameter that is being trained, and the thread that trains it
    lock = threading.Lock()

    def __init__(
        self,
        run: _Run,
        step: _Step,
        scheduler: Any,
        best: _Best,
        rows: list[Row],
        held_out: list[Row],
        settings: dict[str, Any],
        every: int,
    ) -> None:
        self.run, self.step, self.scheduler, self.best, self.every = run, step, scheduler, best, every
        self.rows, self.held_out, self.settings = rows, held_out, settings
        self.batch_size: int = settings["batch_size"]
        self.shuffled = settings["shuffle"] and self.batch_size < len(rows)
        self.random = random.Random(settings["seed"])
        self.done: list[tuple[float, float, list[Any]]] = []  # loss, gradient's length, predictions of each batch so far
        self.mine: list[Value] = []
        self.standing: _Standing | None = None
        self.begun = False
        self.history = History(run.model)
        self.history.loss_name = run.loss_name
        if every:
            self.history.records.append(Record(0, [p.data for p in run.parameters], []))

    def begin(self, state: Mapping[str, Any] | None, epochs: int) -> None:
        """Take the parameters for this thread, go to where the training is to begin, and remember that.

        state: of the training that goes on, if one does
        epochs: how many there are to be
        """
        here = threading.get_ident()
        with self.lock:
            if any(self.owners.get(p, here) != here for p in self.run.parameters):
                raise RuntimeError(
                    "another thread is training these parameters, and steps of two would be mixed: give each thread a model"
                    " of its own, or train one after the other"
                )
            self.mine += [p for p in self.run.parameters if p not in self.owners]
            self.owners.update(dict.fromkeys(self.mine, here))
        self.step.begin()
        self.keep()
        if state is not None:
            self.resume(state, epochs)
            self.step.begin()
            self.keep(len(self.done))
        self.history._state = self.state_dict
        self.begun = True

    def release(self) -> None:
        with self.lock:
            for p in self.mine:
                self.owners.pop(p, None)

    def epoch(self) -> float:
        """Go through all rows, or those that are left of them, and give the loss that is watched."""
        history, step, size, standing = self.history, self.step, self.batch_size, self.standing
        assert standing is not None
        order = self.random.sample(self.rows, len(self.rows)) if self.shuffled else self.rows
        for i in range(len(self.done) * size, len(order), size):
            self.done.append(step(order[i : i + size]))
            self.standing = standing._replace(batches=len(self.done), step=step.kept())
        step.settle()
        losses, norms, predictions = zip(*self.done)
        sizes = [len(p) for p in predictions]
        history.loss.append(sum(loss * n for loss, n in zip(losses, sizes)) / len(order))
        history.grad_norm.append(sum(norms) / len(norms))
        history.lr.append(step.optimizer.lr)
        self.run.measure(history.metrics, [p for batch in predictions for p in batch], [t for _, t in order])
        if self.held_out:
            history.val_loss.append(without_graph(step.evaluate, self.held_out, history.val_metrics))
        if self.every and len(history) % self.every == 0:
            history.records.append(self.run.record(len(history)))
        watched = (history.val_loss or history.loss)[-1]
        self.best.see(watched)
        if self.scheduler is not None:
            self.scheduler.step(*([watched] if hasattr(self.scheduler, "patience") else []))
        self.keep()
        return watched

    def keep(self, batches: int = 0) -> None:
        """Remember where the training stands: after a number of complete epochs, and batches of the next one."""
        self.standing = _Standing(
            len(self.history),
            batches,
            self.step.kept(),
            self.step.optimizer.hyperparameters(),
            self.scheduler.state_dict() if hasattr(self.scheduler, "state_dict") else None,
            self.best.seen,
            self.random.getstate() if self.shuffled else None,
        )
        del self.done[batches:]

    def undo_half(self) -> None:
        """Go back to where the training stood last: nothing is left of a step, or of the end of an epoch, that was begun."""
        standing, history = self.standing, self.history
        if standing is None:
            return
        self.step.take_back(standing.step)
        del self.done[standing.batches :]
        lists = [history.loss, history.val_loss, history.grad_norm, history.lr]
        for values in (*lists, *history.metrics.values(), *history.val_metrics.values()):
            del values[standing.epochs :]
        history.records[:] = [record for record in history.records if record.epoch <= standing.epochs]
        if standing.scheduler is not None:
            self.scheduler.load_state_dict(standing.scheduler)
        self.step.optimizer.take_back(standing.optimizer)
        self.best.seen = standing.best

    def freeze(self) -> None:
        """Let the history know where the training stands without holding on to what ran."""
        if self.begun:
            self.history._state = _Frozen(self.state_dict())

    def end(self) -> None:
        """The last record, the best parameters, and a history by itself."""
        history, standing = self.history, self.standing
        assert standing is not None
        self.freeze()
        if self.every and not standing.batches and history.records[-1].epoch < len(history):
            history.records.append(self.run.record(len(history)))
        self.best.restore()

    # ---- as plain data

    def state_dict(self) -> dict[str, Any]:
        standing, history, step = self.standing, self.history, self.step
        assert standing is not None
        numbers, slopes, memory = step.plain(standing.step)
        loss, waited, kept = standing.best
        version, counters, gauss = standing.random or (0, (), None)
        n = standing.epochs
        return {
            "settings": self.settings,
            "parameters": numbers,
            "gradients": slopes,
            "optimizer": {**standing.optimizer, "state": memory},
            "scheduler": standing.scheduler,
            "best": {"loss": loss, "waited": waited, "parameters": kept},
            "random": [version, list(counters), gauss] if self.shuffled else None,
            "batches": [list(batch) for batch in self.done[: standing.batches]],
            "history": {
                "loss": history.loss[:n],
                "val_loss": history.val_loss[:n],
                "grad_norm": history.grad_norm[:n],
                "lr": history.lr[:n],
                "metrics": {name: values[:n] for name, values in history.metrics.items()},
                "val_metrics": {name: values[:n] for name, values in history.val_metrics.items()},
                "records": [list(record) for record in history.records if record.epoch <= n],
            },
        }

    def resume(self, state: Mapping[str, Any], epochs: int) -> None:
        """Stand where another training stood. Raises ValueError if it was begun otherwise; nothing is changed then.

        state: its state_dict()
        epochs: how many there are to be
        """
        optimizer, best, past = state["optimizer"], state["best"], state["history"]
        check_settings(state["settings"], self.settings, optimizer["settings"])
        if len(past["loss"]) > epochs:
            raise ValueError(
                f"this training has gone through {len(past['loss'])} epochs, more than the {epochs} asked for: epochs counts"
                " those before the resumption too"
            )
        if self.scheduler is not None and state["scheduler"] is None:
            raise ValueError(
                f"{type(self.scheduler).__name__} has no state_dict() and load_state_dict(), so what it had come to is lost"
            )
        try:
            done = [(float(loss), float(norm), list(predictions)) for loss, norm, predictions in state["batches"]]
            numbers, slopes = list(map(number, state["parameters"])), list(map(number, state["gradients"]))
            if not len(numbers) == len(slopes) == len(self.run.parameters):
                raise ValueError(f"it has {len(numbers)} numbers for {len(self.run.parameters)} parameters")
            seen = number(best["loss"]), int(best["waited"]), best["parameters"]
            records = [Record(*record) for record in past["records"]]
            lists = {name: list(map(number, past[name])) for name in ("loss", "val_loss", "grad_norm", "lr")}
            tables = {name: {k: list(v) for k, v in past[name].items()} for name in ("metrics", "val_metrics")}
            if self.shuffled:
                version, counters, gauss = state["random"]
                self.random.setstate((version, tuple(counters), gauss))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"the state of this training is damaged: {error}") from error
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.step.optimizer.load_state_dict(optimizer)
        for p, data, slope in zip(self.run.parameters, numbers, slopes):
            p.data, p.grad = data, slope
        self.best.seen, self.done = seen, done
        vars(self.history).update(**lists, **tables, records=records)
        self.settings = {**self.settings, "hyperparameters": state["settings"]["hyperparameters"]}


class _Run:
    """A model with its loss and metrics, and the checks of data against them."""

    def __init__(self, model: Any, loss: str | Callable[[Any, Any], Any], metrics: Iterable[Metric]) -> None:
        if isinstance(model, type) or not callable(model) or not hasattr(model, "parameters"):
            raise TypeError(f"fit trains a Module, or anything callable with parameters(), not {model!r}")
        self.model = model
        self.parameters: list[Value] = list(model.parameters())
        if isinstance(loss, str) and loss not in LOSSES:
            raise ValueError(f"no loss {loss!r}: there are {', '.join(LOSSES)}, or pass a function of (prediction, target)")
        self.loss: Callable[[Any, Any], Any] = LOSSES[loss] if isinstance(loss, str) else loss
        self.loss_name = loss if isinstance(loss, str) else getattr(loss, "__name__", "loss")
        self.metrics = dict(map(self._metric, [metrics] if isinstance(metrics, str) else metrics))

    def _metric(self, metric: Metric) -> tuple[str, Callable[[Sequence[Any], Sequence[Any]], float]]:
        if callable(metric):
            return getattr(metric, "__name__", "metric"), metric
        if metric not in METRICS:
            raise ValueError(f"no metric {metric!r}: there are {', '.join(METRICS)}, or pass a function")
        if metric == "accuracy" and self.loss_name in OF_LOGITS:
            return metric, lambda predictions, targets: accuracy(predictions, targets, threshold=0.0)
        return metric, METRICS[metric]

    def checked(self, X: Any, y: Any, x_name: str, y_name: str) -> list[Row]:
        """The rows as (numbers, target), once everything about them is known to fit."""
        X, y = _plain(X, x_name), _plain(y, y_name)
        if not X:
            raise ValueError(f"{x_name} has no rows: there is nothing to learn from")
        if len(X) != len(y):
            raise ValueError(f"{x_name} has {len(X)} rows and {y_name} {len(y)} targets: each row needs one")
        inputs = [[_finite(x, x_name, i) for x in _flat(row)] for i, row in enumerate(X)]
        lengths = {len(row): i for i, row in reversed(list(enumerate(inputs)))}
        if len(lengths) > 1:
            (m, i), (n, j) = sorted(lengths.items(), key=lambda item: item[1])[:2]
            raise ValueError(f"the rows of {x_name} differ in length: row {i} has {m} numbers, row {j} has {n}")
        for i, target in enumerate(y):
            for t in _flat(target):
                _finite(t, y_name, i)
        rows: list[Row] = without_graph(self._fitting, inputs, y, x_name, y_name)
        if self.loss_name in OF_CLASSES:  # once with a graph, where a softmax of a softmax is seen
            self.loss(self.model([constant(x) for x in inputs[0]]), rows[0][1])
        return rows

    def _fitting(self, inputs: list[list[float]], y: list[Any], x_name: str, y_name: str) -> list[Row]:
        """Inputs and targets as rows, once the model and the loss have taken them."""
        rows = list(zip(inputs, y))
        try:
            prediction = self.model([constant(x) for x in inputs[0]])
        except ValueError as error:
            raise ValueError(f"{x_name} has rows of {len(inputs[0])} numbers, and the model: {error}") from error
        if self.loss_name in OF_CLASSES:
            rows = [(x, self._class(t, prediction, y_name, i)) for i, (x, t) in enumerate(rows)]
        for i, (_, target) in enumerate(rows):
            try:
                self.loss(prediction, target)
            except (ValueError, TypeError, IndexError) as error:
                raise type(error)(f"the target of row {i} in {y_name} does not fit {self.loss_name}: {error}") from error
        return rows

    def _class(self, target: Any, prediction: Any, y_name: str, row: int) -> Any:
        if isinstance(target, (list, tuple)):
            return target  # a share for each class
        outputs = len(prediction) if isinstance(prediction, (list, tuple)) else 1
        if target != int(target) or not 0 <= target < outputs:
            raise ValueError(
                f"row {row} of {y_name} is of class {target!r}, and the model has {outputs} output{'s'[: outputs != 1]}:"
                f" classes are whole numbers from 0 to {outputs - 1}"
            )
        return int(target)

    def record(self, epoch: int) -> Record:
        return Record(epoch, [p.data for p in self.parameters], [p.grad for p in self.parameters])

    def measure(self, into: dict[str, list[float]], predictions: Sequence[Any], targets: Sequence[Any]) -> None:
        for name, metric in self.metrics.items():
            into.setdefault(name, []).append(metric(predictions, targets))


class _Step:
    """One step of gradient descent on a batch of rows."""

    compiled = False

    def __init__(self, run: _Run, optimizer: Optimizer, l2: float, clip_norm: float | None) -> None:
        if l2 < 0.0 or (clip_norm is not None and not clip_norm > 0.0):
            raise ValueError(f"l2 is 0 or more and clip_norm more than 0, got {l2} and {clip_norm}")
        self.run, self.optimizer, self.l2, self.clip_norm = run, optimizer, l2, clip_norm

    def __call__(self, rows: list[Row]) -> tuple[float, float, list[Any]]:
        """The loss before the step, the length of its gradient, and the predictions, as plain numbers."""
        parameters = self.run.parameters
        for p in parameters:
            p.grad = 0.0
        total, predictions = 0.0, []
        for x, target in rows:
            prediction = self.run.model([constant(number) for number in x])
            loss = lift(self.run.loss(prediction, target)) / len(rows)
            loss.backward()
            total += loss.data
            predictions.append([lift(p).data for p in _flat(prediction)])
        if self.l2:
            for p in parameters:
                total += self.l2 * p.data * p.data
                p.grad += 2.0 * self.l2 * p.data
        norm = math.sqrt(math.fsum(p.grad * p.grad for p in parameters))
        if self.clip_norm is not None and norm > self.clip_norm:
            shrink = self.clip_norm / (norm + 1e-6)
            for p in parameters:
                p.grad *= shrink
        self.optimizer.step()
        return total, norm, predictions

    def begin(self) -> None:
        """Before an epoch: the numbers are taken from the parameters; here they always are."""

    def settle(self) -> None:
        """After an epoch: the parameters have their numbers and gradients; here they always do."""

    def kept(self) -> Any:
        """Parameters, gradients and the optimiser's memory as they are now, in a form that later steps do not change."""
        parameters = self.run.parameters
        return [p.data for p in parameters], [p.grad for p in parameters], self.optimizer.state

    def take_back(self, kept: Any) -> None:
        """Make parameters, gradients and the optimiser's memory what they were.

        kept: what kept() gave then
        """
        numbers, slopes, self.optimizer.state = kept
        for p, data, slope in zip(self.run.parameters, numbers, slopes):
            p.data, p.grad = data, slope

    def plain(self, kept: Any) -> tuple[list[float], list[float], list[dict[str, float]]]:
        """What was kept, in lists: numbers, gradients, and what the optimiser remembers of each parameter."""
        numbers, slopes, memory = kept
        return list(numbers), list(slopes), [dict(each) for each in memory]

    def evaluate(self, rows: list[Row], metrics: dict[str, list[float]]) -> float:
        """The mean loss on rows that are not learned from; under no_grad."""
        predictions = [self.run.model([constant(number) for number in x]) for x, _ in rows]
        loss = math.fsum(lift(self.run.loss(p, t)).data for p, (_, t) in zip(predictions, rows)) / len(rows)
        self.run.measure(metrics, predictions, [t for _, t in rows])
        return loss


def _step(
    run: _Run, optimizer: Optimizer, l2: float, clip_norm: float | None, rows: list[Row], compiled: bool | None
) -> _Step:
    """A step by whole batches where that can be, and is not unwanted."""
    if compiled is not None and not isinstance(compiled, bool):
        raise ValueError(f"compiled is True, False or None, not {compiled!r}")
    if compiled is not False:
        from nn.train.batches import BatchStep, NoProgram

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", LostGradientWarning)  # float(target), where the target is a leaf for once
                return BatchStep(run, optimizer, l2, clip_norm, rows)
        except (NoProgram, ImportError) as error:
            if compiled:
                raise
            warnings.warn(
                f"trained by the graph, row by row, about a hundred times slower than by whole batches: {error}."
                " compiled=False says that this is meant",
                stacklevel=3,
            )
    return _Step(run, optimizer, l2, clip_norm)


class _Best:
    """Early stopping: the best loss so far, the epochs without a better one, and the parameters that gave it."""

    def __init__(self, parameters: list[Value], patience: int | None) -> None:
        self.parameters, self.patience = parameters, patience
        self.seen: tuple[float, int, list[float] | None] = math.inf, 0, None

    def see(self, loss: float) -> None:
        best, waited, kept = self.seen
        if self.patience is not None:
            better = loss < best
            self.seen = (loss, 0, [p.data for p in self.parameters]) if better else (best, waited + 1, kept)

    def is_over(self) -> bool:
        return self.patience is not None and self.seen[1] >= self.patience

    def restore(self) -> None:
        if self.seen[2] is not None:
            _set(self.parameters, self.seen[2])


def _set(parameters: list[Value], numbers: list[float]) -> None:
    for p, data in zip(parameters, numbers):
        p.data = data


def _optimizer(optimizer: str | Optimizer, model: Any, lr: float | None) -> Optimizer:
    if isinstance(optimizer, type):
        raise TypeError(f"fit takes an optimiser made with parameters, nn.optim.{optimizer.__name__}(model.parameters())")
    if not isinstance(optimizer, str):
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"fit takes the name of an optimiser, or one of nn.optim, not {optimizer!r}")
        if set(optimizer.parameters).isdisjoint(model.parameters()):
            raise ValueError(
                f"this {type(optimizer).__name__} was made with the parameters of another model, and would change none of"
                " this one's: make it with this model's parameters()"
            )
        if lr is not None:
            raise ValueError("the optimiser given has a learning rate of its own: leave out lr, or set optimizer.lr")
        return optimizer
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"no optimiser {optimizer!r}: there are {', '.join(OPTIMIZERS)}")
    make, parameters = OPTIMIZERS[optimizer], model.parameters()
    return make(parameters) if lr is None else make(parameters, lr=lr)


def _put_aside(rows: list[Any], share: float, rng: random.Random) -> tuple[list[Any], list[Any]]:
    if not 0.0 < share < 1.0:
        raise ValueError(f"validation is a share between 0 and 1, or a pair (X, y), not {share}")
    n = round(share * len(rows))
    if not 0 < n < len(rows):
        raise ValueError(f"{len(rows)} rows are too few to put a share of {share} aside")
    mixed = rng.sample(rows, len(rows))
    return mixed[n:], mixed[:n]


def _bar(start: int, epochs: int, progress: bool | None) -> Any:
    if progress is False:
        return range(start, epochs)
    try:
        from tqdm.auto import tqdm
    except ImportError:
        if progress:
            raise ImportError('the progress bar is drawn by tqdm: pip install "chalkgrad[progress]"') from None
        return range(start, epochs)
    return tqdm(range(start, epochs), initial=start, total=epochs, desc="fit", unit="epoch")


def _plain(data: Any, name: str) -> list[Any]:
    """Lists, of what may be an array, a data frame or any sequence."""
    for method in ("to_numpy", "tolist"):
        if hasattr(data, method):
            data = getattr(data, method)()
    if isinstance(data, (str, dict, set, frozenset)) or not hasattr(data, "__iter__"):
        raise TypeError(f"{name} is a list with an entry for each row, not {data!r}")
    return [row.tolist() if hasattr(row, "tolist") else row for row in data]


def _flat(row: Any) -> Iterator[Any]:
    if isinstance(row, (list, tuple)):
        yield from row
    else:
        yield row


def _finite(x: Any, name: str, row: int) -> float:
    data = x.data if isinstance(x, Value) else number(x)
    if not math.isfinite(data):
        raise ValueError(f"row {row} of {name} holds {data}: mend or leave out such rows first")
    return data


def _whole(name: str, n: Any, least: int = 1) -> int:
    if not isinstance(n, int) or n < least:
        raise ValueError(f"{name} is a whole number from {least} on, not {n!r}")
    return n
