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
from nn.train.steps import OF_CLASSES, Row, Run, Step, gives_rows

FEWEST_COMPARED = 8  # rows that a program is compared on before it is used; more where the net is small:
MOST_PRODUCTS = 100_000  # about a tenth of a second


class NoProgram(ValueError):
    """A net, or its loss, that has no program: what it says is the reason."""


class BatchStep(Step):
    """One step of gradient descent on a batch of rows, in a compiled program.

    Raises ImportError without NumPy, NoProgram where the model, or its loss, has no graph for every row.
    """

    compiled = True

    def __init__(self, run: Run, optimizer: Any, l2: float, clip_norm: float | None, rows: list[Row]) -> None:
        try:
            import numpy as np
        except ImportError:
            raise ImportError('whole batches run on NumPy: pip install "chalkgrad[arrays]"') from None
        super().__init__(run, optimizer, l2, clip_norm)
        self.np = np
        self.known: dict[int, tuple[Any, Any, dict[int, int]]] = {}
        x = [Value(number) for number in rows[0][0]]
        try:
            prediction = run.model(x)
            outputs = [lift(p) for p in flatten(prediction)]
            self.classes = len(outputs) if run.loss_name in OF_CLASSES and not gives_rows(prediction) else 0
            t = self._leaves(rows[0][1])
            loss = self._loss(prediction, outputs, t)
            self.all = self._arrays_of(rows)
        except Exception as error:  # model and loss may do anything with a plain number that they cannot do with a Value
            reason = f"the model or the loss needs plain numbers ({type(error).__name__}: {error})"
            raise NoProgram(reason) from error
        if math.isnan(loss.data):
            raise NoProgram("the loss is nan on the first row")
        inputs = {"X": x, "T": list(flatten(t))}
        try:
            self.program = compile(loss, inputs, run.parameters)
            self.outputs = compile(outputs, {"X": x}, run.parameters) if all(p.inputs for p in outputs) else None
        except NotCompilable as error:
            raise NoProgram(str(error)) from error
        if run.metrics and self.outputs is None:
            raise NoProgram("a prediction that is an input has no program")
        self.single = not isinstance(prediction, (list, tuple))
        self.theta, self.gradient = self.program.theta, np.zeros(len(run.parameters))
        self.state = optimizer.gathered() if optimizer.parameters == run.parameters and optimizer.takes_vectors() else None
        self.last = self.gradient
        without_graph(self._verify, rows)

    def _verify(self, rows: list[Row]) -> None:
        """Compare with the graph on rows of different targets, and others: an `if` may have been decided once for all."""
        different = list({repr(target): i for i, (_, target) in reversed(list(enumerate(rows)))}.values())
        most = max(FEWEST_COMPARED, MOST_PRODUCTS // (len(self.theta) + 1))
        some = sorted({*different[:most], *range(0, len(rows), -(-len(rows) // most)), len(rows) - 1})
        X, T, _ = self.all
        found = self.program(X[some], T[some], theta=self.theta)
        for i, loss in zip(some, found.tolist()):
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
        if not self.classes:
            return lift(self.run.loss(prediction, t))
        if self.run.loss_name == "cross_entropy":  # −Σ t log softmax(o), with Σ t = 1
            return lift(logsumexp(outputs) - dot(t, outputs))
        if self.run.loss_name == "nll":
            return lift(-dot(t, outputs))
        return lift(self.run.loss(prediction, t))

    def _arrays_of(self, rows: list[Row]) -> tuple[Any, Any, dict[int, int]]:
        """All rows as arrays, once, and where each row stands."""
        if id(rows) not in self.known:
            np = self.np
            X = np.array([x for x, _ in rows], dtype=float)
            T = np.array([self._shares(t) if self.classes else list(flatten(t)) for _, t in rows], dtype=float)
            self.known[id(rows)] = X, T, {id(row): i for i, row in enumerate(rows)}
        return self.known[id(rows)]

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
        X, T, places = self.all
        if len(rows) < len(X):
            chosen = [places[id(row)] for row in rows]
            X, T = X[chosen], T[chosen]
        predictions = self._predictions(X) if run.metrics else [None] * len(rows)
        loss, gradient = self.program.value_and_grad(X, T, theta=self.theta, out=self.gradient)
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

    def _predictions(self, X: Any) -> list[list[float]]:
        assert self.outputs is not None
        found = self.outputs(X, theta=self.theta)
        rows: list[Any] = found.tolist()
        return [row if isinstance(row, list) else [row] for row in rows]

    def settle(self) -> None:
        for p, data, slope in zip(self.run.parameters, self.theta.tolist(), self.last.tolist()):
            p.data, p.grad = data, slope
        if self.state is not None:
            self.optimizer.scatter(self.state)

    def kept(self) -> Any:
        return self.theta.copy(), self.last, self.optimizer.state if self.state is None else dict(self.state)

    def take_back(self, kept: Any) -> None:
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
        X, T, _ = self._arrays_of(rows)
        theta = self.np.array([p.data for p in self.run.parameters])
        loss = self.program.value(X, T, theta=theta)
        if math.isnan(loss):
            return super().evaluate(rows, metrics)
        predictions = [] if not self.run.metrics else self._predictions(X)
        values = [list(map(constant, p)) for p in predictions]  # as the graph gives them
        self.run.measure(metrics, [p[0] if self.single else p for p in values], [t for _, t in rows])
        return float(loss)
