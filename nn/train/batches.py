"""Training by whole batches: the graph of one row, compiled, in the place of a graph for each row.

The model is run once, on leaves in the place of a row's numbers and of its target, and autograd.compile makes a program of
the loss. Its parameters are one vector here, which the optimiser's rule changes as a whole; the Values get their numbers
back at the end of each epoch. Classes become a row of zeros with a one, so that every row takes the same path.
"""

from __future__ import annotations

import math
from typing import Any

from autograd import Value, dot, logsumexp
from autograd.calculus import flatten
from autograd.modes import without_graph
from autograd.program.compile import NotCompilable, compile
from autograd.value import constant, lift
from nn.arguments import import_extra
from nn.train.steps import OF_CLASSES, Row, Run, Step, gives_rows

FEWEST_COMPARED = 8  # rows that a program is compared on before it is used; more where the net is small:
MOST_PRODUCTS = 100_000  # about a tenth of a second


class NoProgram(ValueError):
    """There is no program of a net, or of its loss; the message is the reason."""


class BatchStep(Step):
    """One step of gradient descent on a batch of rows, in a compiled program.

    Raises ImportError without NumPy, NoProgram where the model, or its loss, has no graph for every row.
    """

    compiled = True

    def __init__(self, run: Run, optimizer: Any, l2: float, clip_norm: float | None, rows: list[Row]) -> None:
        self.np = np = import_extra("numpy", "whole batches run on NumPy", "arrays")
        super().__init__(run, optimizer, l2, clip_norm)
        self.known: dict[int, dict[int, tuple[Any, Any, dict[int, int]]]] = {}
        self.programs = {_length(row): self._compiled(row) for row in {_length(row): row for row in rows[::-1]}.values()}
        self.program = self.programs[_length(rows[0])][0]
        if run.metrics and not all(outputs for _, outputs in self.programs.values()):
            raise NoProgram("a prediction that is an input has no program")
        try:
            self.all = self._arrays_of(rows)
        except Exception as error:
            raise NoProgram(f"the rows are no arrays of numbers ({type(error).__name__}: {error})") from error
        self.theta, self.gradient = self.program.theta, np.zeros(len(run.parameters))
        self.state = optimizer.gathered() if optimizer.parameters == run.parameters and optimizer.takes_vectors() else None
        self.last = self.gradient
        without_graph(self._verify, rows)

    def _compiled(self, row: Row) -> tuple[Any, Any]:
        """The programs of the loss, and of the outputs, for rows as long as one."""
        run = self.run
        x = [Value(number) for number in row[0]]
        try:
            prediction = run.model(x)
            outputs = [lift(p) for p in flatten(prediction)]
            self.classes = len(outputs) if run.loss_name in OF_CLASSES and not gives_rows(prediction) else 0
            t = self._leaves(row[1])
            loss = self._loss(prediction, outputs, t)
        except Exception as error:  # model and loss may do anything with a plain number that they cannot do with a Value
            reason = f"the model or the loss needs plain numbers ({type(error).__name__}: {error})"
            raise NoProgram(reason) from error
        if math.isnan(loss.data):
            raise NoProgram("the loss is nan on the first row")
        self.single = not isinstance(prediction, (list, tuple))
        try:
            program = compile(loss, {"X": x, "T": list(flatten(t))}, run.parameters)
            return program, compile(outputs, {"X": x}, run.parameters) if all(p.inputs for p in outputs) else None
        except NotCompilable as error:
            raise NoProgram(str(error)) from error

    def _verify(self, rows: list[Row]) -> None:
        """Compare with the graph on rows of different targets, and others: an `if` may have been decided once for all."""
        different = list({repr(target): i for i, (_, target) in reversed(list(enumerate(rows)))}.values())
        most = max(FEWEST_COMPARED, MOST_PRODUCTS // (len(self.theta) + 1))
        some = sorted({*different[:most], *range(0, len(rows), -(-len(rows) // most)), len(rows) - 1})
        if len(self.programs) > 1:  # a few of each length
            few = max(1, most // len(self.programs))
            some = [i for some in self._by_length(rows).values() for i in some[:few]]
        if len(self.programs) > 1 or most == FEWEST_COMPARED:  # by what training asks for: a net so large is planned once
            found = [self._value_and_grad([rows[i]])[0] for i in some]
        else:
            X, T, _ = self.all[_length(rows[0])]
            found = self.program(X[some], T[some], theta=self.theta).tolist()
        for i, loss in zip(some, found):
            x, target = rows[i]
            expected = lift(self.run.loss(self.run.model([constant(number) for number in x]), target)).data
            if not math.isclose(loss, expected, rel_tol=1e-8, abs_tol=1e-10) and not math.isnan(expected):
                raise NoProgram(f"the loss of row {i} takes another path than that of the first row: its graph is another")

    def _leaves(self, target: Any) -> Any:
        """Leaves in the place of a target; for a class a share of each."""
        if self.classes:
            return [Value(share) for share in self._shares(target)]
        return [Value(each) for each in target] if isinstance(target, (list, tuple)) else Value(target)

    def _shares(self, target: Any) -> list[float]:
        if isinstance(target, (list, tuple)):
            return list(map(float, target))
        return [float(i == target) for i in range(self.classes)]

    def _loss(self, prediction: Any, outputs: list[Value], t: Any) -> Value:
        if self.classes and self.run.loss_name == "cross_entropy":  # −Σ t log softmax(o), with Σ t = 1
            return lift(logsumexp(outputs) - dot(t, outputs))
        return lift(self.run.loss(prediction, t))

    def _arrays_of(self, rows: list[Row]) -> dict[int, tuple[Any, Any, dict[int, int]]]:
        """All rows as arrays, once, by length, and where each row stands."""
        if id(rows) not in self.known:
            np, found = self.np, {}
            for length, some in self._by_length(rows).items():
                X = np.array([rows[i][0] for i in some])
                targets = [rows[i][1] for i in some]
                T = np.array([self._shares(t) if self.classes else list(flatten(t)) for t in targets], dtype=float)
                found[length] = X, T, {id(rows[i]): k for k, i in enumerate(some)}
            self.known[id(rows)] = found
        return self.known[id(rows)]

    def _by_length(self, rows: list[Row]) -> dict[int, list[int]]:
        """Which rows have which length."""
        found: dict[int, list[int]] = {}
        for i, row in enumerate(rows):
            found.setdefault(_length(row), []).append(i)
        return found

    def _value_and_grad(self, rows: list[Row]) -> tuple[float, Any]:
        """The mean loss of some rows, and its gradient: that of all lengths, each by how many rows have it."""
        total, gradient = 0.0, None
        for length, some in self._by_length(rows).items():
            X, T, places = self.all[length]
            if len(some) < len(X):
                chosen = [places[id(rows[i])] for i in some]
                X, T = X[chosen], T[chosen]
            loss, slopes = self.programs[length][0].value_and_grad(X, T, theta=self.theta, out=self.gradient)
            if len(some) == len(rows):
                return loss, slopes
            share = len(some) / len(rows)
            total += share * loss
            gradient = share * slopes if gradient is None else gradient + share * slopes
        return total, gradient

    def begin(self) -> None:
        """Before an epoch: parameters and the optimiser's memory as they are now, which a callback may have changed."""
        parameters = self.run.parameters
        self.theta[:] = [p.data for p in parameters]
        self.last = self.np.array([p.grad for p in parameters])
        if self.state is not None:
            self.state = self.optimizer.gathered()

    def __call__(self, rows: list[Row]) -> tuple[float, float, list[Any]]:
        with self.np.errstate(all="ignore"):
            return self._stepped(rows)

    def _stepped(self, rows: list[Row]) -> tuple[float, float, list[Any]]:
        run = self.run
        predictions = self._predictions(rows) if run.metrics else [None] * len(rows)
        loss, gradient = self._value_and_grad(rows)
        if self.l2:
            loss += self.l2 * float(self.theta @ self.theta)
            gradient = gradient + 2.0 * self.l2 * self.theta
        else:
            gradient = gradient.copy()  # an optimiser may keep it
        norm = math.sqrt(float(gradient @ gradient))
        if math.isnan(loss) or math.isnan(norm):  # 0·log 0, which the graph leaves out where it is a plain 0
            return self._by_the_graph(rows)
        if self.clip_norm is not None and norm > self.clip_norm:
            gradient = gradient * (self.clip_norm / (norm + 1e-6))
        self.last = gradient
        if self.state is not None:
            self.theta[:] = self.optimizer.step_vector(self.theta, gradient, self.state)
        else:
            self.settle()
            self.optimizer.step()
            self.theta[:] = [p.data for p in run.parameters]
        return loss, norm, predictions

    def _by_the_graph(self, rows: list[Row]) -> tuple[float, float, list[Any]]:
        self.settle()
        found = super().__call__(rows)
        self.begin()
        return found

    def _predictions(self, rows: list[Row], theta: Any = None) -> list[list[float]]:
        found: list[Any] = [None] * len(rows)
        arrays = self._arrays_of(rows) if theta is not None else self.all
        for length, some in self._by_length(rows).items():
            X, _, places = arrays[length]
            X = X[[places[id(rows[i])] for i in some]]
            outputs = self.programs[length][1](X, theta=self.theta if theta is None else theta).tolist()
            for i, row in zip(some, outputs):
                found[i] = row if isinstance(row, list) else [row]
        return found

    def settle(self) -> None:
        for p, data, slope in zip(self.run.parameters, self.theta.tolist(), self.last.tolist()):
            p.data, p.grad = data, slope
        if self.state is not None:
            self.optimizer.scatter(self.state)

    def snapshot(self) -> Any:
        return self.theta.copy(), self.last, self.optimizer.state if self.state is None else dict(self.state)

    def restore(self, kept: Any) -> None:
        numbers, self.last, memory = kept
        self.theta[:] = numbers
        self.state = memory if isinstance(memory, dict) else None
        if self.state is None:
            self.optimizer.state = memory
        self.settle()

    def plain(self, kept: Any) -> tuple[list[float], list[float], list[dict[str, float]]]:
        numbers, slopes, memory = kept
        each = self.optimizer.scattered(memory) if isinstance(memory, dict) else memory
        return super().plain((numbers.tolist(), slopes.tolist(), each))

    def evaluate(self, rows: list[Row], metrics: dict[str, list[float]]) -> float:
        theta = self.np.array([p.data for p in self.run.parameters])
        if not {_length(row) for row in rows} <= set(self.programs):
            return super().evaluate(rows, metrics)
        arrays = self._arrays_of(rows)
        loss = math.fsum(
            self.programs[length][0].value(X, T, theta=theta) * (len(X) / len(rows)) for length, (X, T, _) in arrays.items()
        )
        if math.isnan(loss):
            return super().evaluate(rows, metrics)
        predictions = [] if not self.run.metrics else self._predictions(rows, theta)
        values = [list(map(constant, p)) for p in predictions]  # as the graph gives them
        self.run.measure(metrics, [p[0] if self.single else p for p in values], [t for _, t in rows])
        return float(loss)


def _length(row: Row) -> int:
    """How many numbers a row has; its target has as many then as those of all such rows."""
    return len(row[0])
