"""A training under way: its epochs, where it stands, and the way back there.

After each step it notes where it stands, in something that later steps do not change. An interruption goes back to the last
such note; written out as plain data it is what a resumption begins with.
"""

from __future__ import annotations

import copy
import math
import random
import threading
from collections.abc import Mapping
from functools import partial
from operator import index
from typing import Any, ClassVar, NamedTuple
from weakref import WeakValueDictionary

from autograd import Value
from autograd.calculus import flatten
from autograd.interop.conversions import number
from autograd.modes import without_graph
from nn.module import generators_of
from nn.train.history import OF_EPOCHS, OF_METRICS, History, Record
from nn.train.resuming import check_settings
from nn.train.steps import Row, Run, Step


class Standing(NamedTuple):
    """Where a training stands: all that the next step depends on. What is in it never changes; a new one takes its place."""

    epochs: int  # complete ones
    batches: int  # complete ones, of the epoch after those
    step: Any  # parameters, gradients, and what the optimiser remembers of them, in the form that the step has them in
    optimizer: dict[str, Any]  # its hyperparameters
    scheduler: dict[str, Any] | None
    best: tuple[float, int, list[float] | None]
    random: Any  # the state of the random numbers before the epoch's rows are shuffled
    chances: list[Any]  # the states of those that the model takes, for Dropout


class Claim:
    """That a thread trains parameters. It ends when nobody has this object any more, however that came."""

    __slots__ = "__weakref__", "thread"

    def __init__(self, thread: int) -> None:
        self.thread = thread


class Training:
    """A run of fit: its epochs, where it stands, and the way back there when it is interrupted in between."""

    claims: ClassVar[WeakValueDictionary[Value, Claim]] = WeakValueDictionary()  # on parameters that are being trained
    lock = threading.Lock()

    def __init__(
        self,
        run: Run,
        step: Step,
        scheduler: Any,
        best: Best,
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
        self.claim: Claim | None = None
        self.standing: Standing | None = None
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
            self.claim = Claim(here)
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
        self.standing = Standing(
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
        of_metrics = [values for name in OF_METRICS for values in getattr(history, name).values()]
        for values in (*(getattr(history, name) for name in OF_EPOCHS), *of_metrics):
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
                **{name: getattr(history, name)[:n] for name in OF_EPOCHS},
                **{name: {k: v[:n] for k, v in getattr(history, name).items()} for name in OF_METRICS},
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
        lists = {name: list(map(number, past[name])) for name in OF_EPOCHS}
        tables = {name: {k: list(map(number, v)) for k, v in past[name].items()} for name in OF_METRICS}
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


class Best:
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
        for p, data in zip(self.parameters, self.seen[2] or ()):
            p.data = data
