"""Losses: how wrong a prediction is, as one number to make small.

A loss compares what a network gave with what it should have given. Every function here reads the same way,

    loss(prediction, target, reduction="mean")

and is written as on the page: a formula for one pair (o, t), or for one row of scores, and then the mean or the sum over
all of them. Nothing is fused that a lecture shows apart, so the graph of a loss can be drawn and read: the squared error of
one pair is a difference and a square, cross-entropy is minus a log_softmax. Where the page's formula would
overflow, or lose its digits, the form that does not is used, and the docstring says which.

    element-wise   squared_error half_squared_error mse mae huber hinge bce bce_with_logits
    row-wise       cross_entropy nll

With Values among the arguments the result is a Value, to call backward() on; of plain numbers it is a plain number. All
arguments are checked before anything is computed. In PyTorch these are the functions of torch.nn.functional, and the
definitions are the same unless a docstring says otherwise.

Names in this file: o output (the prediction), t target, x score (logit), p probability.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol, TypeAlias, overload

import autograd
from autograd import CONSTANT, Value, clip, dot, log_softmax, select
from autograd import primitives as ops
from autograd.interop.conversions import number
from autograd.value import lift

Number: TypeAlias = "Value | float"
Numbers: TypeAlias = "Number | Sequence[Any]"  # a number, a list of them, a list of rows, or an array
Reduction: TypeAlias = Literal["mean", "sum", "none"]
Target: TypeAlias = list[tuple[int | Value, Number]]  # (class, its probability), without those known to be 0

Plain: TypeAlias = "float | Sequence[float] | Sequence[Sequence[float]]"
Computed: TypeAlias = "Value | Sequence[Value] | Sequence[Sequence[Value]]"
Whole: TypeAlias = Literal["mean", "sum"]


class _Loss(Protocol):
    """What a loss gives, for those who check types: a Value of Values, a number of numbers; as an array, who knows."""

    __name__: str

    @overload
    def __call__(self, o: Computed, t: Any, /, reduction: Whole = ...) -> Value: ...
    @overload
    def __call__(self, o: Plain, t: Plain, /, reduction: Whole = ...) -> float: ...
    @overload
    def __call__(self, *arguments: Any, **options: Any) -> Any: ...


def _typed(loss: Callable[..., Any]) -> _Loss:
    return loss


# ------------------------------------------------------------------------------------------------- losses of pairs (o, t)


@_typed
def squared_error(prediction: Numbers, target: Numbers, reduction: Reduction = "sum") -> Any:
    """Squared error: the sum of (ŷ - y)**2, as on the page; for its mean see mse.

    prediction: a number, a list of numbers, or a list of rows; plain numbers or Values
    target: of the same shape
    reduction: "sum" (here the default), "mean" over all numbers, or "none" for the losses in the shape of the prediction

    Raises ValueError for shapes that differ, an empty list, rows of different lengths or an unknown reduction, TypeError
    for what is no number. Source: Gauss, Theoria motus (1809), section 179: least squares.

    >>> from nn.losses import squared_error
    >>> squared_error([3.0, 5.0], [1.0, 4.0])
    5.0
    """
    batch = _pairs("squared_error", prediction, target, reduction)
    return batch.reduce((o - t) ** 2 for o, t in batch)


@_typed
def half_squared_error(prediction: Numbers, target: Numbers, reduction: Reduction = "sum") -> Any:
    """Half the squared error: L = 1/2 sum of (ŷ - y)**2, whose slope in ŷ is ŷ - y, with no factor 2.

    prediction, target, reduction and what is raised: as in squared_error; here, too, the default is "sum"
    The half stands once, before the sum. Source: Rumelhart, Hinton and Williams, Learning representations by
    back-propagating errors (1986), equation 3.

    >>> from nn.losses import half_squared_error
    >>> half_squared_error([3.0, 5.0], [1.0, 4.0])
    2.5
    """
    batch = _pairs("half_squared_error", prediction, target, reduction)
    return batch.reduce(((o - t) ** 2 for o, t in batch), scale=0.5)


@_typed
def mse(prediction: Numbers, target: Numbers, reduction: Reduction = "mean") -> Any:
    """Mean squared error: the mean of (ŷ - y)**2 over all numbers, those of every row included.

    prediction, target, reduction and what is raised: as in squared_error; the default is "mean"
    In PyTorch this is called mse_loss.

    >>> from nn.losses import mse
    >>> mse([3.0, 5.0], [1.0, 4.0])
    2.5
    >>> from autograd import Value, gradient
    >>> y_hat = Value(3.0)
    >>> gradient(mse([y_hat, 5.0], [1.0, 4.0]), y_hat)
    [Value(2.0)]
    """
    batch = _pairs("mse", prediction, target, reduction)
    return batch.reduce((o - t) ** 2 for o, t in batch)


@_typed
def mae(prediction: Numbers, target: Numbers, reduction: Reduction = "mean") -> Any:
    """Mean absolute error: the mean of |ŷ - y| over all numbers; its slope where y = ŷ is 0, as in torch.

    prediction, target, reduction and what is raised: as in squared_error; the default is "mean"
    In PyTorch this is called l1_loss. Source: Laplace, Sur quelques points du système du monde (1789): least deviations.

    >>> from nn.losses import mae
    >>> mae([3.0, 5.0], [1.0, 4.0])
    1.5
    """
    batch = _pairs("mae", prediction, target, reduction)
    return batch.reduce(abs(o - t) for o, t in batch)


@_typed
def huber(prediction: Numbers, target: Numbers, reduction: Reduction = "mean", delta: float = 1.0) -> Any:
    """Huber's loss: half the squared error where |ŷ - y| <= delta, and a straight line of slope delta beyond.

    With z = ŷ - y, 1/2 z**2 within and delta (|z| - delta/2) beyond, computed without a branch as c (z - c/2), where c is
    z clipped to -delta ... delta: the same numbers, and a graph that stays right when its leaves change.

    prediction, target, reduction and what is raised: as in squared_error; the default is "mean"
    delta: where the parabola ends, a plain number above 0, in the unit of the target

    Raises ValueError for a delta that is not above 0, too. In PyTorch this is called huber_loss. Source: Huber, Robust
    estimation of a location parameter (1964).

    >>> from nn.losses import huber
    >>> huber([0.5, 5.0], [0.0, 0.0], reduction="none")
    [0.125, 4.5]
    """
    batch = _pairs("huber", prediction, target, reduction)
    delta = number(delta)
    if not delta > 0.0:
        raise ValueError(f"huber's delta is above 0, not {delta}: it says where the parabola goes over into a line")

    def loss(o: Value, t: Number) -> Number:
        z = o - t
        c = clip(z, -delta, delta)
        return c * (z - 0.5 * c)

    return batch.reduce(loss(o, t) for o, t in batch)


@_typed
def hinge(prediction: Numbers, target: Numbers, reduction: Reduction = "mean") -> Any:
    """Hinge loss: max(0, 1 - t o) for targets -1 and +1; 0 as soon as the output is on the right side by a margin of 1.

    prediction: scores, a number, a list of numbers, or a list of rows; plain numbers or Values
    target: -1 or +1 for each
    reduction and what is raised: as in squared_error; the default is "mean"

    Raises ValueError for a plain target that is neither -1 nor 1, too. The slope at the hinge itself is 0, that of relu.
    Source: Cortes and Vapnik, Support-vector networks (1995).

    >>> from nn.losses import hinge
    >>> hinge([0.5, 2.0, 0.5], [1, 1, -1], reduction="none")
    [0.5, 0.0, 1.5]
    """
    batch = _pairs("hinge", prediction, target, reduction)
    for _, t in batch:
        if t.__class__ is float and t not in (-1.0, 1.0):
            raise ValueError(f"hinge takes targets -1 and 1, not {t}: for labels 0 and 1, pass 2 * t - 1")
    return batch.reduce((1.0 - t * o).relu() for o, t in batch)


@_typed
def bce(prediction: Numbers, target: Numbers, reduction: Reduction = "mean") -> Any:
    """Binary cross-entropy: -t log(o) - (1 - t) log(1 - o), of probabilities o.

    Where t is the plain number 0 or 1, the term with the factor 0 is left out, so that there is no 0 times infinity, and
    the graph of one pair is a logarithm and a sign. log(1 - o) is computed as log1p(-o), which keeps the digits of a small
    o. Unlike torch's, the logarithm is not cut off at -100: a prediction of 0 where the target is 1 costs infinity. If o
    comes out of a sigmoid, bce_with_logits of what went in is the same loss and never loses a digit.

    prediction: probabilities from 0 to 1, a number, a list of numbers, or a list of rows; plain numbers or Values
    target: of the same shape, from 0 to 1
    reduction and what is raised: as in squared_error; the default is "mean"

    Raises ValueError for a prediction or a plain target outside 0 ... 1, too. In PyTorch this is called
    binary_cross_entropy. Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.90.

    >>> from nn.losses import bce
    >>> bce([0.0, 0.0], [0, 1], reduction="none"), round(bce(0.5, 1), 4)
    ([0.0, inf], 0.6931)
    """
    batch = _pairs("bce", prediction, target, reduction)
    for o, t in batch:
        _check_probability("bce", t)
        if o.data < 0.0 or o.data > 1.0:
            raise ValueError(
                f"bce takes predictions from 0 to 1, not {o.data}: pass a score through sigmoid, or to bce_with_logits"
            )

    def loss(o: Value, t: Number) -> Number:
        if t == 1.0:  # never true of a Value: == is identity there
            return -o.log()
        if t == 0.0:
            return -(-o).log1p()
        return -t * o.log() - (1.0 - t) * (-o).log1p()

    return batch.reduce(loss(o, t) for o, t in batch)


@_typed
def bce_with_logits(prediction: Numbers, target: Numbers, reduction: Reduction = "mean") -> Any:
    """Binary cross-entropy of sigmoid(x), from the score x: t softplus(-x) + (1 - t) softplus(x).

    It is bce(sigmoid(x), t) by -log(sigmoid(x)) = log(1 + exp(-x)) = softplus(-x), and right to the last digits for any x.
    Where t is the plain number 0 or 1, the term with the factor 0 is left out. Its slope in x is sigmoid(x) - t.

    prediction: scores (logits), a number, a list of numbers, or a list of rows; plain numbers or Values
    target: of the same shape, from 0 to 1
    reduction and what is raised: as in squared_error; the default is "mean"

    Raises ValueError for a plain target outside 0 ... 1, too. In PyTorch this is called binary_cross_entropy_with_logits.
    Source: Bishop, Pattern Recognition and Machine Learning (2006), equations 4.59 and 4.90.

    >>> from nn.losses import bce_with_logits
    >>> [f"{loss:.4g}" for loss in bce_with_logits([-1000.0, 0.0, 40.0], [1, 1, 1], reduction="none")]
    ['1000', '0.6931', '4.248e-18']
    """
    batch = _pairs("bce_with_logits", prediction, target, reduction)
    for _, t in batch:
        _check_probability("bce_with_logits", t)

    def loss(x: Value, t: Number) -> Number:
        if t == 1.0:
            return (-x).softplus()
        if t == 0.0:
            return x.softplus()
        return t * (-x).softplus() + (1.0 - t) * x.softplus()

    return batch.reduce(loss(x, t) for x, t in batch)


# ------------------------------------------------------------------------------------------------- losses of rows of scores


@_typed
def cross_entropy(logits: Numbers, target: Any, reduction: Reduction = "mean") -> Any:
    """Cross-entropy of softmax(x), from the scores x: -log softmax(x)_t for class t.

    For class probabilities t_1 ... t_n it is the sum of -t_i log softmax(x)_i. The logarithms come from log_softmax, without
    a softmax in between, so that nothing overflows. Its slope in x_i is softmax(x)_i - t_i.

    logits: one row of scores, one for each class, or a list of rows; plain numbers or Values
    target: for one row, a class index (from 0 on) or a list of class probabilities; for a list of rows, a list of these. A
        class index may be a Value, such as an input of a program: see autograd.select
    reduction: "mean" over the rows (the default), "sum", or "none" for one loss per row

    Class probabilities that are the plain number 0 are left out. Those that are plain numbers have to lie between 0 and 1
    and to add up to 1 (to 1e-4), and scores that softmax gave are refused, which torch does not ask; nor is there torch's
    ignore_index.

    Raises IndexError for a class index out of range, ValueError for one that is not whole, for shapes that do not fit, an
    empty list, probabilities that are none or an unknown reduction, TypeError for what is no number. In PyTorch this has
    the same name. Source: Bishop, Pattern Recognition and Machine Learning (2006), equations 4.104 and 4.108.

    >>> from nn.losses import cross_entropy
    >>> round(cross_entropy([0.0, 0.0], 0), 4)
    0.6931
    >>> cross_entropy([[1000.0, 0.0], [0.0, 2000.0]], [1, 0], reduction="none")
    [1000.0, 2000.0]
    """
    batch = _rows("cross_entropy", logits, target, reduction)
    if any(_is_softmax(x) for x, _ in batch):
        raise ValueError(
            "cross_entropy takes scores and does the softmax itself, but these are what softmax gave: leave out the softmax"
            ' (activation="linear" in a last layer), or pass the logarithms of probabilities to nll'
        )
    return batch.reduce(_likelihood(log_softmax(x), target) for x, target in batch)


@_typed
def nll(log_probabilities: Numbers, target: Any, reduction: Reduction = "mean") -> Any:
    """Negative log-likelihood: -x_t for class t, of logarithms of probabilities x, as log_softmax gives them.

    For class probabilities t_1 ... t_n it is minus the sum of t_i x_i. nll(log_softmax(x), t) is cross_entropy(x, t).

    log_probabilities: one row, with one number for each class, or a list of rows; plain numbers or Values
    target, reduction and what is raised: as in cross_entropy; ValueError for probabilities themselves, too

    In PyTorch this is called nll_loss, which takes class indices only. Source: Bishop, Pattern Recognition and Machine
    Learning (2006), equation 4.108.

    >>> from nn.losses import nll
    >>> nll([-0.5, -2.0], 1)
    2.0
    """
    batch = _rows("nll", log_probabilities, target, reduction)
    for x, _ in batch:
        if _is_softmax(x) or (
            all(o.op is CONSTANT and o.data >= 0.0 for o in x) and math.isclose(math.fsum(o.data for o in x), 1.0)
        ):
            raise ValueError(
                f"nll takes logarithms of probabilities, and {[o.data for o in x]} are probabilities: pass their logarithms,"
                " log_softmax of scores, or the scores themselves to cross_entropy"
            )
    return batch.reduce(_likelihood(x, target) for x, target in batch)


def _is_softmax(row: Sequence[Value]) -> bool:
    """Whether these are outputs of softmax, which takes exp of differences to one logsumexp."""
    return all(o.op is ops.exp and any(y.op is ops.logsumexp_of for y in o.inputs[0].inputs) for o in row)


def _likelihood(x: Sequence[Number], target: Target) -> Number:
    """-x_t for a class t, minus the sum of p_i x_i for class probabilities."""
    if len(target) == 1 and target[0][1] == 1.0:
        return -select(target[0][0], x)
    return -dot([p for _, p in target], [select(i, x) for i, _ in target])


# ------------------------------------------------------------------------------------------- what all losses have in common


class _Batch:
    """Predictions and targets side by side, checked: what a loss walks over, and how its losses become one.

    items: (o, t) for each pair, or (scores, target) for each row; predictions in them are Values, constants if they were
        plain numbers
    shape: that of what reduction "none" gives
    plain: whether there was no Value among all arguments, so that the result is to be a plain number
    """

    def __init__(self, items: list[Any], shape: tuple[int, ...], reduction: Reduction, plain: bool) -> None:
        self.items, self.shape, self.reduction, self.plain = items, shape, reduction, plain

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def reduce(self, losses: Iterable[Any], scale: float | None = None) -> Any:
        """The mean or the sum of losses (of a single one: itself) or all in their shape, times scale."""
        losses = list(losses)
        if self.reduction != "none" and len(losses) > 1:
            losses = [autograd.mean(losses) if self.reduction == "mean" else autograd.sum(losses)]
        if scale is not None:
            losses = [scale * loss for loss in losses]
        if self.plain:
            losses = [loss.data for loss in losses]
        return _shaped(losses, self.shape) if self.reduction == "none" else losses[0]


def _pairs(loss: str, prediction: Numbers, target: Numbers, reduction: Reduction) -> _Batch:
    """Each output beside its target, for the element-wise losses."""
    _check_reduction(loss, reduction)
    outputs, shape = _flat(loss, "prediction", prediction)
    targets, target_shape = _flat(loss, "target", target)
    if shape != target_shape:
        raise ValueError(
            f"{loss} compares a prediction and a target of one shape, not {_size(shape)} with {_size(target_shape)}:"
            " pass one target for each number in the prediction"
            + ("; for the number of a class there is cross_entropy" if len(shape) == 1 and not target_shape else "")
        )
    return _Batch([(lift(o), t) for o, t in zip(outputs, targets)], shape, reduction, _plain(outputs + targets))


def _rows(loss: str, scores: Numbers, target: Any, reduction: Reduction) -> _Batch:
    """Each row of scores beside its target, as a list of (class, probability)."""
    _check_reduction(loss, reduction)
    numbers, shape = _flat(loss, "prediction", scores)
    if len(shape) not in (1, 2):
        raise ValueError(
            f"{loss} takes one row of scores or a list of rows, not {_size(shape)}: pass one score for each class"
        )
    n, target = shape[-1], _listed(target)
    rows = [[lift(x) for x in numbers[i : i + n]] for i in range(0, len(numbers), n)]
    if len(shape) == 1:
        targets = [target]
    elif not isinstance(target, (list, tuple)) or len(target) != len(rows):
        found = f"{len(target)} of them" if isinstance(target, (list, tuple)) else repr(target)
        raise ValueError(f"{loss} takes one target for each of its {len(rows)} rows, not {found}")
    else:
        targets = list(target)
    items = [(row, _class_target(loss, t, n)) for row, t in zip(rows, targets)]
    return _Batch(items, shape[:-1], reduction, _plain(numbers + [p for _, t in items for _, p in t]))


def _class_target(loss: str, target: Any, n: int) -> Target:
    """A class index, or probabilities of all n classes, as (class, probability) without those known to be 0."""
    target = _listed(target)
    if not isinstance(target, (list, tuple)):
        return [(_class_index(loss, target, n), 1.0)]
    if len(target) != n:
        raise ValueError(
            f"{loss} takes a class index, or as many class probabilities as scores in the row: {n}, not {len(target)}"
        )
    probabilities = [_number(loss, "target", p) for p in target]
    for p in probabilities:
        _check_probability(loss, p, "a class index stands by itself, not in a list")
    if _plain(probabilities) and not math.isclose(total := math.fsum(probabilities), 1.0, abs_tol=1e-4):
        raise ValueError(
            f"{loss} takes class probabilities that add up to 1, and {target!r} adds up to {total:g}: divide them by their"
            f" sum; if these are {n} targets 0 or 1 for {n} scores, bce_with_logits is the loss"
        )
    return [(i, p) for i, p in enumerate(probabilities) if p != 0.0]  # true of every Value


def _class_index(loss: str, target: Any, n: int) -> int | Value:
    """A class, in range; a Value that holds one stays one, so that another may be put into it."""
    index = target.data if isinstance(target, Value) else _number(loss, "target", target)
    assert isinstance(index, float)
    if not math.isfinite(index) or index != int(index):
        raise ValueError(f"{loss} takes a whole number as a class index, not {target!r}, or a list of class probabilities")
    if not 0.0 <= index < n:
        raise IndexError(f"{loss} got class index {int(index)}, and a row has {n} scores: the classes are 0 to {n - 1}")
    return target if isinstance(target, Value) and target.op is not CONSTANT else int(index)


def _check_reduction(loss: str, reduction: object) -> None:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{loss} has the reductions 'mean', 'sum' and 'none', not {reduction!r}")


def _check_probability(loss: str, t: Number, way_out: str = "for labels -1 and 1, pass (t + 1) / 2") -> None:
    if t.__class__ is float and not 0.0 <= t <= 1.0:
        raise ValueError(f"{loss} takes targets from 0 to 1, not {t}: {way_out}")


def _flat(loss: str, role: str, x: Any) -> tuple[list[Number], tuple[int, ...]]:
    """All numbers in x, in order, and its shape: () for one number, (3,) for a list of three, (2, 3) for two rows."""
    x = _listed(x)
    if not isinstance(x, (list, tuple)):
        return [_number(loss, role, x)], ()
    if not x:
        raise ValueError(f"{loss} got an empty list as its {role}: pass at least one number")
    parts = [_flat(loss, role, item) for item in x]
    first = parts[0][1]
    for i, (_, shape) in enumerate(parts):
        if shape != first:
            raise ValueError(
                f"{loss} got a {role} whose rows differ: row 0 is {_size(first)}, and row {i} is {_size(shape)}"
            )
    return [number for numbers, _ in parts for number in numbers], (len(x), *first)


def _listed(x: Any) -> Any:
    """x, or if it is an array, its numbers in lists."""
    return x.tolist() if hasattr(x, "tolist") else x


def _number(loss: str, role: str, x: Any) -> Number:
    if isinstance(x, Value):
        return x
    try:
        return number(x)
    except TypeError as error:
        raise TypeError(f"the {role} of {loss}: {error}") from None


def _plain(xs: Iterable[Number]) -> bool:
    return not any(isinstance(x, Value) for x in xs)


def _shaped(losses: list[Any], shape: tuple[int, ...]) -> Any:
    if not shape:
        return losses[0]
    step = len(losses) // shape[0]
    return [_shaped(losses[i : i + step], shape[1:]) for i in range(0, len(losses), step)]


def _size(shape: tuple[int, ...]) -> str:
    """A shape in words: "one number", "a list of 3", "2 rows of 3"."""
    if not shape:
        return "one number"
    if len(shape) == 1:
        return f"a list of {shape[0]}"
    return f"{shape[0]} row{'' if shape[0] == 1 else 's'} of {' by '.join(map(str, shape[1:]))}"


# ----------------------------------------------------------------------------------------------------- losses by their names


class _ByName(dict[str, Any]):
    """A dictionary from names to things of one kind; asked for a name it has not, it says which ones there are.

    kind: what the things are, for the message
    things: the things by name

    Raises KeyError, with the names.

    >>> from nn.losses import LOSSES
    >>> LOSSES["mse"]([3.0, 5.0], [1.0, 4.0])
    2.5
    >>> LOSSES["msa"]  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    KeyError: "there is no loss 'msa'; there are squared_error, half_squared_error, mse, ..."
    """

    def __init__(self, kind: str, things: dict[str, Any]) -> None:
        super().__init__(things)
        self.kind = kind

    def __missing__(self, name: object) -> Any:
        raise KeyError(f"there is no {self.kind} {name!r}; there are {', '.join(self)}")


LOSSES: dict[str, Callable[..., Any]] = _ByName(
    "loss",
    {
        f.__name__: f
        for f in (squared_error, half_squared_error, mse, mae, huber, hinge, bce, bce_with_logits, cross_entropy, nll)
    },
)
