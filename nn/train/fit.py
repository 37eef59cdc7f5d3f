"""`fit`: gradient descent on rows of data, epoch by epoch, and a way back from wherever it is interrupted.

One step takes a batch of rows. Each row's loss, divided by the size of the batch, is computed and differentiated on its own,
and the gradients add up in the parameters, as leaves do; so memory holds the graph of one row, however large the batch is.

    L = 1/B (l(model(x_1), t_1) + ... + l(model(x_B), t_B))  +  l2 (w_1² + ... + w_n²)

Everything that can be wrong with the data is said before the first step.

    training.py   the epochs; where a training stands, and the way back there
    steps.py      data checked against model and loss; a step, row by row; batches.py: by whole batches, compiled
    history.py    what happened, as it is given back
    resuming.py   the same as a file, and whether a training may go on from it
"""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from autograd import LostGradientWarning
from autograd.interop.keywords import telling
from nn.arguments import whole
from nn.optim import OPTIMIZERS, Optimizer
from nn.train.history import History
from nn.train.resuming import arguments_of, described, fingerprint, names_of, read_state
from nn.train.steps import Metric, Row, Run, Step
from nn.train.training import Best, Training

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
    rows, held_out = _put_aside(run, run.checked(X, y, "X", "y"), validation, seed)
    state = read_state(resume) if resume is not None else None
    if state is not None and compiled is None:
        compiled = state["settings"].get("compiled")
    optimizer = _optimizer(optimizer, model, lr)
    epochs = whole(epochs, "epochs", least=0)
    batch_size = len(rows) if batch_size is None else whole(batch_size, "batch_size")
    every = whole(int(record) if isinstance(record, bool) else record, "record", least=0)
    best = Best(run.parameters, patience if patience is None else whole(patience, "patience"))
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
    training = Training(run, step, scheduler, best, rows, held_out, settings, every)
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


def _put_aside(run: Run, rows: list[Row], validation: Any, seed: int) -> tuple[list[Row], list[Row]]:
    """The rows to learn from, and those to watch."""
    if validation is None:
        return rows, []
    if not isinstance(validation, (int, float)):
        pair = tuple(validation) if hasattr(validation, "__iter__") else ()
        if len(pair) != 2:
            raise TypeError(f"validation is a share between 0 and 1, or a pair (X, y), not {type(validation).__name__}")
        return rows, run.checked(*pair, "validation X", "validation y")
    if not 0.0 < validation < 1.0:
        raise ValueError(f"validation is a share between 0 and 1, or a pair (X, y), not {validation}")
    n = round(validation * len(rows))
    if not 0 < n < len(rows):
        raise ValueError(f"{len(rows)} rows are too few to put a share of {validation} aside")
    mixed = random.Random(seed).sample(rows, len(rows))
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
