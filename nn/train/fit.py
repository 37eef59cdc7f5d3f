"""`fit`: gradient descent on rows of data, epoch by epoch, and a way back from wherever it is interrupted.

One step takes a batch of rows. Each row's loss, divided by the size of the batch, is computed and differentiated on its own,
and the gradients add up in the parameters, as leaves do; so memory holds the graph of one row, however large the batch is.

    L = 1/B (l(model(x_1), t_1) + ... + l(model(x_B), t_B))  +  l2 (w_1² + ... + w_n²)

Everything that can be wrong with the data is said before the first step. After each step the training notes where it
stands; Ctrl-C goes back to the last such note, and a resumption begins there.

    steps.py      data checked against model and loss; a step, row by row; batches.py: by whole batches, compiled
    history.py    what happened, as it is given back
    resuming.py   the same as a file, and whether a training may go on from it
"""

from __future__ import annotations

import copy
import math
import os
import random
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import index
from typing import Any, ClassVar, NamedTuple, TypeAlias
from weakref import WeakValueDictionary

from autograd import LostGradientWarning, Value
from autograd.calculus import flatten
from autograd.interop.conversions import number
from autograd.interop.keywords import telling
from autograd.modes import without_graph
from nn.arguments import whole
from nn.module import generators_of
from nn.optim import OPTIMIZERS, Optimizer
from nn.train.history import History, Record
from nn.train.resuming import arguments_of, check_settings, described, fingerprint, names_of, read_state
from nn.train.steps import Metric, Row, Run, Step, set_data

Callback: TypeAlias = "Callable[[History], object]"


@telling(
    {
        "verbose": "progress=False leaves out the bar",
        "validation_split validation_data": "validation=0.2 puts a share aside, and validation=(X, y) is other rows",
        "learning_rate": "lr=0.1",
        "criterion loss_fn": "loss='cross_entropy', or a function of (prediction, target)",
        "opt": "optimizer='adam'",
        "n_epochs num_epochs": "epochs=100",
        "early_stopping": "patience=10 stops, and goes back to the best",
        "weight_decay": "l2=0.01 is added to the loss; an optimiser of your own has weight_decay",
        "device": "numbers are floats on the processor",
    }
)
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
    X: rows of numbers, n of one length (lists, a NumPy array, a data frame); or of several, as texts have, with a target
        for each of its places
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
    run = Run(model, loss, metrics)
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
    epochs = whole(epochs, "epochs", least=0)
    batch_size = len(rows) if batch_size is None else whole(batch_size, "batch_size")
    every = whole(int(record) if isinstance(record, bool) else record, "record", least=0)
    best = _Best(run.parameters, patience if patience is None else whole(patience, "patience"))
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
        training.claim = None  # a call would be one more place for Ctrl-C
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
    chances: list[Any]  # the states of those that the model takes, for Dropout


class _Claim:
    """That a thread trains parameters. It ends when nobody has this object any more, however that came."""

    __slots__ = "__weakref__", "thread"

    def __init__(self, thread: int) -> None:
        self.thread = thread


class _Training:
    """A run of fit: its epochs, where it stands, and the way back there when it is interrupted in between."""

    claims: ClassVar[WeakValueDictionary[Value, _Claim]] = WeakValueDictionary()  # on parameters that are being trained
    lock = threading.Lock()

    def __init__(
        self,
        run: Run,
        step: Step,
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
        self.chances = generators_of(run.model)
        self.done: list[tuple[float, float, list[Any]]] = []  # loss, gradient's length, predictions of each batch so far
        self.claim: _Claim | None = None
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
            before = [self.claims.get(p) for p in self.run.parameters]
            if any(each is not None and each.thread != here for each in before):
                raise RuntimeError(
                    "another thread is training these parameters, and steps of two would be mixed: give each thread a model"
                    " of its own, or train one after the other"
                )
            self.claim = _Claim(here)
            self.claims.update({p: self.claim for p, each in zip(self.run.parameters, before) if each is None})
        self.step.begin()
        self.keep()
        if state is not None:
            self.resume(state, epochs)
            self.step.begin()
            self.keep(len(self.done))
        self.history._state = self.state_dict
        self.begun = True

    def epoch(self) -> float:
        """Go through all rows, or those that are left of them, and give the loss that is watched."""
        history, step, size, standing = self.history, self.step, self.batch_size, self.standing
        assert standing is not None
        order = self.random.sample(self.rows, len(self.rows)) if self.shuffled else self.rows
        for i in range(len(self.done) * size, len(order), size):
            self.done.append(step(order[i : i + size]))
            self.standing = standing._replace(batches=len(self.done), step=step.kept(), chances=self._states())
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
            self._states(),
        )
        del self.done[batches:]

    def _states(self) -> list[Any]:
        return [chance.getstate() for chance in self.chances]

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
        for chance, state in zip(self.chances, standing.chances):
            chance.setstate(state)

    def freeze(self) -> None:
        """Let the history know where the training stands without holding on to what ran."""
        if self.begun:
            self.history._state = partial(copy.deepcopy, self.state_dict())

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
        n = standing.epochs
        return {
            "settings": self.settings,
            "parameters": numbers,
            "gradients": slopes,
            "optimizer": {**standing.optimizer, "state": memory},
            "scheduler": standing.scheduler,
            "best": {"loss": loss, "waited": waited, "parameters": kept},
            "random": _as_lists(standing.random) if self.shuffled else None,
            "chances": list(map(_as_lists, standing.chances)),
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
        try:
            self._stand(state, epochs)
        except (ArithmeticError, AttributeError, LookupError, TypeError) as error:  # it holds something else than we wrote
            raise ValueError(f"the state of this training is damaged: {error}") from error

    def _stand(self, state: Mapping[str, Any], epochs: int) -> None:
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
        done = [(number(loss), number(norm), list(predictions)) for loss, norm, predictions in state["batches"]]
        for _, _, predictions in done:
            list(map(number, (x for x in flatten(predictions) if x is not None)))  # None where no metric asks for them
        numbers, slopes = list(map(number, state["parameters"])), list(map(number, state["gradients"]))
        kept = None if best["parameters"] is None else list(map(number, best["parameters"]))
        for held in (numbers, slopes, kept):
            if held is not None and len(held) != len(self.run.parameters):
                raise TypeError(f"it has {len(held)} numbers for {len(self.run.parameters)} parameters")
        seen = number(best["loss"]), int(best["waited"]), kept
        records = [Record(index(n), *(list(map(number, of_all)) for of_all in lists)) for n, *lists in past["records"]]
        lists = {name: list(map(number, past[name])) for name in ("loss", "val_loss", "grad_norm", "lr")}
        tables = {name: {k: list(map(number, v)) for k, v in past[name].items()} for name in ("metrics", "val_metrics")}
        chances = state.get("chances", [])
        if len(chances) != len(self.chances):
            raise ValueError(
                f"this training kept the random numbers of {len(chances)} generators; this model has {len(self.chances)}:"
                " its Dropouts are others"
            )
        for chance, held in zip(self.chances, chances):
            chance.setstate(_as_tuples(held))
        if self.shuffled:
            self.random.setstate(_as_tuples(state["random"]))
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.step.optimizer.load_state_dict(optimizer)
        for p, data, slope in zip(self.run.parameters, numbers, slopes):
            p.data, p.grad = data, slope
        self.best.seen, self.done = seen, done
        vars(self.history).update(**lists, **tables, records=records)
        self.settings = {**self.settings, "hyperparameters": state["settings"]["hyperparameters"]}


def _as_lists(state: Any) -> list[Any]:
    """The state of random numbers as JSON has it."""
    version, counters, gauss = state
    return [version, list(counters), gauss]


def _as_tuples(state: Any) -> tuple[Any, ...]:
    version, counters, gauss = state
    return version, tuple(counters), gauss


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
            set_data(self.parameters, self.seen[2])


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


def _step(
    run: Run, optimizer: Optimizer, l2: float, clip_norm: float | None, rows: list[Row], compiled: bool | None
) -> Step:
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
                stacklevel=4,  # the call of fit, past the one that reads its keywords
            )
    return Step(run, optimizer, l2, clip_norm)
