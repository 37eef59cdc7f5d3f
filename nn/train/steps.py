"""What a training learns from, checked before it starts, and one step of gradient descent, row by row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from autograd import Value
from autograd.calculus import flatten
from autograd.interop.conversions import number, reads_as_float
from autograd.modes import without_graph
from autograd.value import constant, lift
from nn.data.dataset import listed
from nn.losses import LOSSES
from nn.metrics import METRICS, accuracy
from nn.module import asked
from nn.optim import Optimizer
from nn.train.history import Record

Metric: TypeAlias = "str | Callable[[Sequence[Any], Sequence[Any]], float]"
Row: TypeAlias = "tuple[list[float], Any]"  # the numbers of a data point, and its target

OF_CLASSES = {"cross_entropy", "nll"}  # their targets are class numbers
OF_LOGITS = {"bce_with_logits", "hinge"}  # their predictions say class 1 above 0, not above a half


class Run:
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
        X, y = listed(X, x_name), listed(y, y_name)
        if not X:
            raise ValueError(f"{x_name} has no rows: there is nothing to learn from")
        if len(X) != len(y):
            raise ValueError(f"{x_name} has {len(X)} rows and {y_name} {len(y)} targets: each row needs one")
        inputs = [_numbers_of(row, x_name, i) for i, row in enumerate(X)]
        lengths = {len(row): i for i, row in reversed(list(enumerate(inputs)))}
        if len(lengths) > 1 and not all(isinstance(t, (list, tuple)) and len(t) == len(x) for x, t in zip(inputs, y)):
            (m, i), (n, j) = sorted(lengths.items(), key=lambda item: item[1])[:2]
            raise ValueError(f"the rows of {x_name} differ in length: row {i} has {m} numbers, row {j} has {n}")
        for i, target in enumerate(y):
            _numbers_of(target, y_name, i)
        rows: list[Row] = without_graph(self._fitting, inputs, y, x_name, y_name)
        if self.loss_name in OF_CLASSES:  # once with a graph, where a softmax of a softmax is seen
            self.loss(self.model([constant(x) for x in inputs[0]]), rows[0][1])
        return rows

    def _fitting(self, inputs: list[list[float]], y: list[Any], x_name: str, y_name: str) -> list[Row]:
        """Inputs and targets as rows, once the model and the loss have taken them."""
        rows = list(zip(inputs, y))
        predictions: dict[int, Any] = {}  # for the first row of each length
        for x in inputs:
            if len(x) not in predictions:
                try:
                    predictions[len(x)] = self.model([constant(each) for each in x])
                except ValueError as error:
                    raise ValueError(f"{x_name} has rows of {len(x)} numbers, and the model: {error}") from error
        if self.loss_name in OF_CLASSES:
            rows = [(x, self._class(t, predictions[len(x)], y_name, i)) for i, (x, t) in enumerate(rows)]
        for i, (x, target) in enumerate(rows):
            try:
                self.loss(predictions[len(x)], target)
            except (ValueError, TypeError, IndexError) as error:
                raise type(error)(f"the target of row {i} in {y_name} does not fit {self.loss_name}: {error}") from error
        return rows

    def _class(self, target: Any, prediction: Any, y_name: str, row: int) -> Any:
        if isinstance(target, (list, tuple)):
            return target  # a share for each class, or a class for each of several rows
        outputs = len(prediction) if isinstance(prediction, (list, tuple)) else 1
        there_are = "1 output" if outputs == 1 else f"{outputs} outputs"
        if target != int(target) or not 0 <= target < outputs:
            raise ValueError(
                f"row {row} of {y_name} is of class {target!r}, and the model has {there_are}:"
                f" classes are whole numbers from 0 to {outputs - 1}"
            )
        return int(target)

    def record(self, epoch: int) -> Record:
        return Record(epoch, [p.data for p in self.parameters], [p.grad for p in self.parameters])

    def measure(self, into: dict[str, list[float]], predictions: Sequence[Any], targets: Sequence[Any]) -> None:
        for name, metric in self.metrics.items():
            into.setdefault(name, []).append(metric(predictions, targets))


class Step:
    """One step of gradient descent on a batch of rows."""

    compiled = False

    def __init__(self, run: Run, optimizer: Optimizer, l2: float, clip_norm: float | None) -> None:
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
            predictions.append([lift(p).data for p in flatten(prediction)])
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
        predictions = [asked(self.run.model, [constant(number) for number in x]) for x, _ in rows]
        loss = math.fsum(lift(self.run.loss(p, t)).data for p, (_, t) in zip(predictions, rows)) / len(rows)
        self.run.measure(metrics, predictions, [t for _, t in rows])
        return loss


def gives_rows(prediction: Any) -> bool:
    """Whether a model gives rows of scores, whose targets are one class for each."""
    return isinstance(prediction, (list, tuple)) and any(isinstance(row, (list, tuple)) for row in prediction)


def _numbers_of(row: Any, name: str, i: int) -> list[float]:
    """The numbers of row i, all finite; images have millions, so that a row of floats is looked at as a whole."""
    numbers = list(row) if isinstance(row, (list, tuple)) else [row]
    if set(map(type, numbers)) <= {float} and all(map(math.isfinite, numbers)):
        return numbers
    return [_finite(x, name, i) for x in numbers]


def _finite(x: Any, name: str, row: int) -> float:
    if isinstance(x, str) and not reads_as_float(x):
        raise TypeError(
            f"row {row} of {name} holds the text {x!r}: nets compute with numbers, so give each word one, as in"
            f" [words.index(x) for x in {name}] with words = sorted(set({name}))"
        )
    data = x.data if isinstance(x, Value) else number(x)
    if not math.isfinite(data):
        raise ValueError(f"row {row} of {name} holds {data}: mend or leave out such rows first")
    return data
