"""`Predictor`: a net with all that it takes to use it on new rows, in one file.

A net learns from standardised numbers. To predict from a row as people write it, one needs the means and deviations that it
was standardised with, the names of the columns, and what the outputs stand for: classes, or a number that was standardised
itself. The file is that of Module.save, with these beside the parameters; Module.load reads it too.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from autograd import no_grad, sigmoid, softmax
from autograd.value import lift
from nn.data import Dataset, _mean_and_deviation
from nn.layers import MLP
from nn.module import read_parameters
from nn.train.fit import fit
from nn.train.history import History

RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")  # whose weights He's initialisation is made for


class Prediction(NamedTuple):
    """What a row stands for.

    value: the name of a class, or a number
    probabilities: of each class by name; none for a number
    """

    value: str | float
    probabilities: dict[str, float]

    @property
    def probability(self) -> float | None:
        """That of the class predicted."""
        return self.probabilities.get(str(self.value))


class Predictor:
    """A net on rows as people write them.

    model: the MLP, which takes standardised numbers; its outputs are logits, of class 1 alone where there are two
    features: what the numbers of a row are; target: what is predicted
    classes: what the outputs stand for; none where a number is predicted
    spread: the mean and the deviation of each feature, and at the end those of the target, (0, 1) for classes

    `chalkgrad train --save` writes one, and so does save.

    >>> import nn
    >>> model = nn.MLP(1, [1], weights=[[[2.0]]], biases=[[0.5]])
    >>> predictor = nn.Predictor(model, ["length"], "species", ["setosa", "virginica"], [(3.0, 2.0), (0.0, 1.0)])
    >>> predictor([5.0]).value, round(predictor([5.0]).probability, 4)
    ('virginica', 0.9241)
    """

    def __init__(
        self,
        model: MLP,
        features: Sequence[str],
        target: str,
        classes: Sequence[str],
        spread: Sequence[tuple[float, float]],
    ) -> None:
        self.model, self.target = model, target
        self.features, self.classes, self.spread = list(features), list(classes), list(spread)

    @property
    def loss(self) -> str:
        """The name of the loss that such a net learns by."""
        return "mse" if not self.classes else "bce_with_logits" if len(self.classes) == 2 else "cross_entropy"

    def outputs(self, row: Sequence[float]) -> Any:
        """What the net gives for a row: logits, or the number predicted."""
        if len(row) != len(self.features):
            names = ", ".join(self.features[:8]) + ", …" * (len(self.features) > 8)
            raise ValueError(f"a row has {len(self.features)} numbers here ({names}), not {len(row)}")
        mean, deviation = self.spread[-1]
        with no_grad():
            found = self.model([(x - m) / s for x, (m, s) in zip(row, self.spread)])
        if isinstance(found, list):
            return [lift(y).data for y in found]
        return mean + deviation * lift(found).data

    def __call__(self, row: Sequence[float]) -> Prediction:
        """What is predicted for a row of numbers. Raises ValueError for another number of them."""
        found = self.outputs(row)
        if not self.classes:
            return Prediction(found, {})
        shares = [1.0 - sigmoid(found), sigmoid(found)] if len(self.classes) == 2 else softmax(found)
        probabilities = dict(zip(self.classes, (float(share) for share in shares)))
        return Prediction(max(probabilities, key=probabilities.__getitem__), probabilities)

    def score(self, data: Dataset) -> dict[str, float]:
        """How good predictions are: the accuracy, or the root mean squared error and R², the share of variance explained.

        data: rows and what is right for them
        """
        found = [self(row).value for row in data.X]
        if self.classes:
            right = sum(value == self.classes[c] for value, c in zip(found, data.y))
            return {"accuracy": right / len(data), "right": right, "rows": len(data)}
        errors = math.fsum((float(value) - t) ** 2 for value, t in zip(found, data.y))
        mean = math.fsum(data.y) / len(data)
        spread = math.fsum((t - mean) ** 2 for t in data.y)
        explained = 1.0 - errors / spread if spread else math.nan
        return {"rmse": math.sqrt(errors / len(data)), "r2": explained, "rows": len(data)}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all of it to one JSON file.

        path: where to, a name that ends in .json

        Raises ValueError for another suffix and for parameters that are not finite, OSError if the file cannot be written.
        """
        layers = self.model.layers
        about = {
            "architecture": {
                "inputs": layers[0].nin,
                "layers": [len(layer.neurons) for layer in layers],
                "activations": [layer.activation for layer in layers],
            },
            "features": [{"name": n, "mean": m, "deviation": s} for n, (m, s) in zip(self.features, self.spread)],
            "target": {"name": self.target, "mean": self.spread[-1][0], "deviation": self.spread[-1][1]},
            "classes": self.classes,
        }
        self.model.save(path, about)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Predictor:
        """What save wrote.

        path: that file

        Raises ValueError if the file is not such a file, OSError if it is not there.
        """
        content = read_parameters(path)
        if "architecture" not in content:
            raise ValueError(
                f"{path} holds the parameters of {content.get('model', 'a model')} alone, and not what they are of"
            )
        try:
            return _from(content)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is damaged: {error.args[0] if error.args else error}") from None

    def __repr__(self) -> str:
        what = f"{len(self.classes)} classes" if self.classes else "a number"
        return f"Predictor({self.target}, {what}, from {len(self.features)} numbers by {self.model!r})"


def _from(content: Mapping[str, Any]) -> Predictor:
    shape, columns, target = content["architecture"], content["features"], content["target"]
    widths = [shape["inputs"], *shape["layers"]]
    if not all(isinstance(n, int) and n > 0 for n in widths):
        raise ValueError(
            f"a net has layers of one neuron or more, and not {shape['layers']!r} on {shape['inputs']!r} inputs"
        )
    numbers = sum((n + 1) * m for n, m in pairwise(widths))
    if numbers != len(content["parameters"]):  # looked at before a net of a billion neurons is made
        raise ValueError(f"a net of this shape has {numbers:,} parameters, and {len(content['parameters']):,} stand there")
    model = MLP(shape["inputs"], shape["layers"], activation=shape["activations"], seed=0)
    model.load_state_dict(content["parameters"])
    spread = [(float(column["mean"]), float(column["deviation"])) for column in (*columns, target)]
    if not isinstance(content["classes"], list) or len(content["classes"]) == 1:
        raise ValueError(f"its classes are none, or two or more, and not {content['classes']!r}")
    classes = [str(name) for name in content["classes"]]
    outputs = len(classes) if len(classes) > 2 else 1
    if len(columns) != shape["inputs"] or shape["layers"][-1] != outputs or not all(s > 0.0 for _, s in spread):
        raise ValueError(f"a net of {shape['inputs']} inputs does not fit {len(columns)} features and {outputs} outputs")
    return Predictor(model, [str(column["name"]) for column in columns], str(target["name"]), classes, spread)


def learn(
    data: Dataset,
    layers: Sequence[int] = (16, 16),
    *,
    validation: Dataset | None = None,
    activation: str = "tanh",
    seed: int = 0,
    **options: Any,
) -> tuple[Predictor, History]:
    """A net that learns a data set; the loss and the outputs are those that its classes, or its numbers, call for.

    data: rows as people write them, which are standardised here
    layers: the sizes of the hidden layers
    validation: rows to watch and not to learn from
    activation: of the hidden layers
    seed: of the first weights, and of the order of the rows

    Other options are those of fit.
    """
    spread = [*map(_mean_and_deviation, zip(*data.X)), (0.0, 1.0) if data.classes else _mean_and_deviation(data.y)]
    outputs = len(data.classes) if len(data.classes) > 2 else 1
    init = "he" if activation in RECTIFIERS else "xavier"
    model = MLP(len(data.features), [*layers, outputs], activation, init=init, seed=seed)
    predictor = Predictor(model, data.features, data.target, data.classes, spread)

    def prepared(rows: Dataset) -> tuple[list[list[float]], list[Any]]:
        mean, deviation = spread[-1]
        return rows.standardized(like=data).X, [t if data.classes else (t - mean) / deviation for t in rows.y]

    if data.classes:
        options.setdefault("metrics", ["accuracy"])
    if validation is not None:
        options["validation"] = prepared(validation)
    history = fit(model, *prepared(data), loss=predictor.loss, seed=seed, **options)
    return predictor, history
