"""Metrics against counts made by hand."""

import pytest

from autograd import Value
from nn.metrics import accuracy, confusion_matrix, predicted_class


@pytest.mark.parametrize(
    ("prediction", "threshold", "expected"),
    [
        ([0.1, 0.7, 0.2], 0.5, 1),
        ([Value(3.0), Value(-1.0)], 0.5, 0),
        (Value(0.6), 0.5, 1),
        (0.4, 0.5, 0),
        ([0.4], 0.0, 1),
        (-0.1, 0.0, 0),
    ],
)
def test_predicted_class(prediction, threshold, expected):
    """Of several scores the highest wins; one number is compared with the threshold."""
    assert predicted_class(prediction, threshold) == expected


def test_accuracy_counts_hits():
    """Three of four are right; targets may be 0 and 1 or -1 and 1, or a share for each class."""
    assert accuracy([0.9, 0.2, 0.8, 0.1], [1, 0, 0, 0]) == 0.75
    assert accuracy([2.0, -3.0, 1.0, -1.0], [1, -1, -1, -1], threshold=0.0) == 0.75
    assert accuracy([[0.1, 0.9], [0.8, 0.2]], [[0.0, 1.0], [0.3, 0.7]]) == 0.5


def test_confusion_matrix_has_classes_as_rows():
    """Two of class 1 were taken for class 2."""
    scores = {0: [1, 0, 0], 1: [0, 1, 0], 2: [0, 0, 1]}
    predictions = [scores[c] for c in (0, 1, 2, 2, 2)]
    assert confusion_matrix(predictions, [0, 1, 1, 1, 2]) == [[1, 0, 0], [0, 1, 2], [0, 0, 1]]


@pytest.mark.parametrize(
    ("predictions", "targets", "message"),
    [([], [], "at least one"), ([1.0], [1, 0], "as many"), ([1.0], [0.5], "is no class")],
)
def test_what_does_not_fit(predictions, targets, message):
    """Each error says what is wrong."""
    with pytest.raises(ValueError, match=message):
        accuracy(predictions, targets)
