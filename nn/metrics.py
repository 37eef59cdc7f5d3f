"""How good predictions are, in numbers that are read rather than differentiated.

predictions are what a model gives for each row: scores for each class, or one number. In the latter case the class is 1
where the number exceeds a threshold: 0.5 for a probability, 0 for a score or logit; targets may then be 0 and 1 or -1 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.value import lift


def predicted_class(prediction: Any, threshold: float = 0.5) -> int:
    """The class that one row's prediction stands for: the place of the highest score, or 1 above the threshold.

    prediction: a score for each class in a list, or one number; plain numbers or Values
    threshold: what one number has to exceed for class 1

    >>> from nn.metrics import predicted_class
    >>> predicted_class([0.1, 0.7, 0.2]), predicted_class(0.4), predicted_class(0.4, threshold=0.0)
    (1, 0, 1)
    """
    if isinstance(prediction, (list, tuple)):
        scores = [lift(score).data for score in prediction]
        if len(scores) > 1:
            return max(range(len(scores)), key=scores.__getitem__)
        prediction = scores[0]
    return int(lift(prediction).data > threshold)


def accuracy(predictions: Sequence[Any], targets: Sequence[Any], threshold: float = 0.5) -> float:
    """The share of rows, from 0 to 1, whose predicted class is the target. Raises ValueError for no rows.

    predictions: what a model gave for each row, as predicted_class takes it
    targets: the class of each row, from 0 on; -1 counts as 0
    threshold: what a single number has to exceed for class 1

    >>> from nn.metrics import accuracy
    >>> accuracy([0.9, 0.2, 0.6, 0.4], [1, 0, 0, 0])
    0.75
    """
    pairs = _paired(predictions, targets)
    return sum(predicted_class(p, threshold) == c for p, c in pairs) / len(pairs)


def confusion_matrix(predictions: Sequence[Any], targets: Sequence[Any], threshold: float = 0.5) -> list[list[int]]:
    """How many rows of class i (rows) were taken for class j (columns). Raises ValueError for no rows.

    predictions: what a model gave for each row, as predicted_class takes it
    targets: the class of each row, from 0 on; -1 counts as 0
    threshold: what a single number has to exceed for class 1

    >>> from nn.metrics import confusion_matrix
    >>> confusion_matrix([0.9, 0.2, 0.6, 0.4], [1, 0, 0, 0])
    [[2, 1], [0, 1]]
    """
    pairs = [(predicted_class(p, threshold), c) for p, c in _paired(predictions, targets)]
    n = max(max(pair) for pair in pairs) + 1
    matrix = [[0] * n for _ in range(n)]
    for taken_for, c in pairs:
        matrix[c][taken_for] += 1
    return matrix


def _paired(predictions: Sequence[Any], targets: Sequence[Any]) -> list[tuple[Any, int]]:
    if not len(predictions) or len(predictions) != len(targets):
        raise ValueError(f"as many predictions as targets are needed, and at least one: {len(predictions)}, {len(targets)}")
    pairs = [(p, _class(target)) for p, target in zip(predictions, targets)]
    for p, c in pairs:
        n = len(p) if isinstance(p, (list, tuple)) and len(p) > 1 else 2
        if c >= n:
            raise ValueError(f"a target is of class {c}, and the prediction {p!r} tells only the classes 0 to {n - 1}")
    return pairs


def _class(target: Any) -> int:
    """A target as a class number: -1 of a pair -1, 1 is class 0; of a list of class probabilities the likeliest."""
    if isinstance(target, (list, tuple)):
        return predicted_class(target)
    c = int(lift(target).data)
    if c != lift(target).data or c < -1:
        raise ValueError(f"the target {lift(target).data} is no class")
    return max(c, 0)


METRICS = {"accuracy": accuracy}
