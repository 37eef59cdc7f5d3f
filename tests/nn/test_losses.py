"""Losses: torch's numbers and gradients, readable graphs, digits that stay, and errors before anything is computed."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walks import walked

import autograd
from autograd import Value, detect_anomaly, gradient, log_softmax, sigmoid
from nn import losses
from nn.losses import LOSSES

# A table of calls with plain numbers: name, predictions, targets. Shapes: one number, a list, rows.
SCORES = [0.3, -1.7, 2.5, 0.0, -0.4, 4.0]
PROBABILITIES = [0.3, 0.7, 0.5, 0.99, 1e-6, 0.12]
TARGETS = {
    "squared_error": [0.5, -1.0, 7.0, 0.25, -0.5, 1.0],
    "half_squared_error": [0.5, -1.0, 7.0, 0.25, -0.5, 1.0],
    "mse": [0.5, -1.0, 7.0, 0.25, -0.5, 1.0],
    "mae": [0.5, -1.7, 7.0, 0.25, -0.5, 1.0],
    "huber": [0.5, -0.7, 7.0, 0.25, -0.5, 1.0],
    "hinge": [1.0, -1.0, -1.0, 1.0, 1.0, -1.0],
    "bce": [1.0, 0.0, 0.3, 0.9, 0.0, 1.0],
    "bce_with_logits": [1.0, 0.0, 0.3, 0.9, 0.0, 1.0],
}
ELEMENT_WISE = sorted(TARGETS)
ROW_WISE = ["cross_entropy", "nll"]
SHAPES = [(), (1,), (6,), (1, 6), (2, 3), (6, 1)]
REDUCTIONS = ["mean", "sum", "none"]

ROWS = [[0.2, -1.5, 3.0], [0.0, 0.0, 0.0], [40.0, -2.0, 1.0], [-5.0, 2.5, 2.4]]
ROW_TARGETS = [
    [2, 0, 1, 1],
    [[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.0, 0.25, 0.75], [0.6, 0.4, 0.0]],
]


def shaped(numbers, shape):
    """The first numbers of a list as nested lists."""
    if not shape:
        return numbers[0]
    if len(shape) == 1:
        return numbers[: shape[0]]
    n = shape[1]
    return [numbers[i * n : (i + 1) * n] for i in range(shape[0])]


def mapped(f, x):
    """f of every number in nested lists."""
    return [mapped(f, item) for item in x] if isinstance(x, list) else f(x)


def flat(x):
    """All numbers in nested lists."""
    return [leaf for item in x for leaf in flat(item)] if isinstance(x, list) else [x]


def data(x):
    """The plain numbers of nested Values."""
    return mapped(lambda v: v.data if isinstance(v, Value) else v, x)


def operations(y):
    """How often each operation occurs in the graph of y."""
    found, todo, seen = [], [y], set()
    while todo:
        node = todo.pop()
        if node not in seen and node.inputs:
            seen.add(node)
            found.append(node.op.name)
            todo.extend(node.inputs)
    return sorted(found)


def predictions_for(name):
    return PROBABILITIES if name == "bce" else SCORES


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="torch is the oracle for losses: pip install torch")


def torch_loss(torch, name, prediction, target, reduction, **options):
    """torch's own loss, or the page's formula in torch where it has none of that name."""
    functional = torch.nn.functional
    if name == "hinge":
        each = torch.relu(1 - target * prediction)
        return each if reduction == "none" else getattr(each, reduction)()
    function, factor = {
        "squared_error": (functional.mse_loss, 1.0),
        "half_squared_error": (functional.mse_loss, 0.5),
        "mse": (functional.mse_loss, 1.0),
        "mae": (functional.l1_loss, 1.0),
        "huber": (functional.huber_loss, 1.0),
        "bce": (functional.binary_cross_entropy, 1.0),
        "bce_with_logits": (functional.binary_cross_entropy_with_logits, 1.0),
        "cross_entropy": (functional.cross_entropy, 1.0),
        "nll": (functional.nll_loss, 1.0),
    }[name]
    return factor * function(prediction, target, reduction=reduction, **options)


# ------------------------------------------------------------------------------------------------------------ against torch


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ELEMENT_WISE)
def test_an_element_wise_loss_and_its_gradient_are_those_of_torch(torch, name, reduction, shape):
    """Value and gradient in predictions, for every loss, reduction and shape, agree with torch's in float64."""
    xs = [Value(x) for x in predictions_for(name)]
    prediction, target = shaped(xs, shape), shaped(TARGETS[name], shape)
    result = LOSSES[name](prediction, target, reduction=reduction)

    theirs = torch.tensor(data(prediction), dtype=torch.float64, requires_grad=True)
    oracle = torch_loss(torch, name, theirs, torch.tensor(target, dtype=torch.float64), reduction)
    assert flat(data(result)) == pytest.approx(flat(oracle.tolist()), rel=1e-13, abs=1e-15)
    if reduction == "none":
        assert [type(x) for x in flat(result)] == [Value] * len(flat(prediction))
        assert torch.tensor(data(result)).shape == oracle.shape
    for loss in flat(result):
        loss.backward()
    oracle.sum().backward()
    assert [x.grad for x in flat(prediction)] == pytest.approx(flat(theirs.grad.tolist()), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("delta", [0.1, 1.0, 2.5, 100.0])
def test_huber_takes_any_delta(torch, delta):
    """With every delta, within it, at it and beyond it, value and slope are torch's."""
    for z in (0.0, 0.3 * delta, delta, -delta, 1.5 * delta, -7.0 * delta):
        x = Value(z)
        result = losses.huber(x, 0.0, delta=delta)
        result.backward()
        theirs = torch.tensor(z, dtype=torch.float64, requires_grad=True)
        oracle = torch_loss(torch, "huber", theirs, torch.zeros_like(theirs), "mean", delta=delta)
        oracle.backward()
        assert (result.data, x.grad) == pytest.approx((oracle.item(), theirs.grad.item()), rel=1e-14, abs=0.0)


@pytest.mark.parametrize("targets", ROW_TARGETS, ids=["indices", "probabilities"])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_cross_entropy_and_its_gradient_are_those_of_torch(torch, reduction, targets):
    """For class indices and class probabilities, one row and several, value and gradient agree with torch's."""
    for logits, target in [(ROWS, targets), *zip(ROWS, targets)]:
        xs = mapped(Value, logits)
        result = losses.cross_entropy(xs, target, reduction=reduction)
        theirs = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
        kind = torch.float64 if isinstance(targets[0], list) else torch.int64
        oracle = torch_loss(torch, "cross_entropy", theirs, torch.tensor(target, dtype=kind), reduction)
        assert flat(data(result)) == pytest.approx(flat(oracle.tolist()), rel=1e-13, abs=1e-14)
        for loss in flat(result):
            loss.backward()
        oracle.sum().backward()
        assert [x.grad for x in flat(xs)] == pytest.approx(flat(theirs.grad.tolist()), rel=1e-12, abs=1e-16)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_nll_and_its_gradient_are_those_of_torch(torch, reduction):
    """For class indices, value and gradient of nll agree with torch's."""
    xs = mapped(Value, ROWS)
    result = losses.nll(xs, ROW_TARGETS[0], reduction=reduction)
    theirs = torch.tensor(ROWS, dtype=torch.float64, requires_grad=True)
    oracle = torch_loss(torch, "nll", theirs, torch.tensor(ROW_TARGETS[0]), reduction)
    assert flat(data(result)) == pytest.approx(flat(oracle.tolist()), rel=1e-15)
    for loss in flat(result):
        loss.backward()
    oracle.sum().backward()
    assert [x.grad for x in flat(xs)] == flat(theirs.grad.tolist())


# ------------------------------------------------------------------------------------------------- definitions and defaults


def test_nll_of_log_softmax_is_cross_entropy():
    """Both roads from scores to the loss give the same, for indices as for probabilities."""
    for targets in ROW_TARGETS:
        direct = losses.cross_entropy(ROWS, targets, "none")
        assert losses.nll([log_softmax(row) for row in ROWS], targets, "none") == pytest.approx(direct, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("name", ELEMENT_WISE + ROW_WISE)
def test_plain_numbers_give_plain_numbers(name):
    """Without a Value among the arguments the result is a float; with one, a Value of the same number."""
    prediction = predictions_for(name)[:3]
    target = TARGETS[name][:3] if name in TARGETS else 1
    plain = LOSSES[name](prediction, target)
    assert type(plain) is float
    one_value = LOSSES[name]([Value(prediction[0]), *prediction[1:]], target)
    assert type(one_value) is Value
    assert one_value.data == plain
    assert [type(x) for x in flat(LOSSES[name](prediction, target, reduction="none"))] == [float] * len(
        flat(LOSSES[name](prediction, target, reduction="none"))
    )


@pytest.mark.parametrize("name", ELEMENT_WISE)
def test_targets_may_be_values(name):
    """A target that is a Value gets its gradient, and the number is the same as with a plain one."""
    prediction, target = predictions_for(name)[2], TARGETS[name][2]
    t = Value(target)
    result = LOSSES[name](prediction, t)
    assert result.data == pytest.approx(LOSSES[name](prediction, target), rel=1e-15)
    result.backward()
    h = 1e-6
    numeric = (
        LOSSES[name](Value(prediction), Value(target + h)).data - LOSSES[name](prediction, Value(target - h)).data
    ) / (2 * h)
    assert t.grad == pytest.approx(numeric, rel=1e-6, abs=1e-9)


def test_class_probabilities_may_be_values():
    """A soft target of Values gets -log softmax as its gradient."""
    p = [Value(0.25), Value(0.75)]
    losses.cross_entropy([1.0, 3.0], p).backward()
    assert [v.grad for v in p] == pytest.approx([-x for x in log_softmax([1.0, 3.0])], rel=1e-15)


def test_arrays_are_taken_like_lists():
    """NumPy arrays and scalars, of floats, whole numbers or Values, read as lists and numbers."""
    np = pytest.importorskip("numpy", reason="arrays come from NumPy")
    assert losses.mse(np.array([[1.0, 2.0]]), np.array([[0, 0]])) == 2.5
    assert losses.mse(np.float32(2.0), np.int8(0)) == 4.0
    assert losses.cross_entropy(np.zeros((2, 3)), np.array([0, 2])) == losses.cross_entropy([[0.0] * 3] * 2, [0, 2])
    x = Value(3.0)
    losses.mse(np.array([x]), np.array([1.0])).backward()
    assert x.grad == 4.0


def test_tuples_are_taken_like_lists():
    """A tuple is a list of numbers, too."""
    assert losses.mae((1.0, 2.0), [0.0, 0.0]) == 1.5
    assert losses.cross_entropy(((0.0, 0.0),), (1,)) == math.log(2.0)


def test_a_whole_number_in_any_type_is_a_class_index():
    """2, 2.0 and True are classes 2, 2 and 1."""
    row = [1.0, 2.0, 4.0]
    assert losses.nll(row, 2) == losses.nll(row, 2.0) == -4.0
    assert losses.nll(row, True) == -2.0


# --------------------------------------------------------------------------------------------------------------- the graphs


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (lambda x: losses.squared_error(x, 1.0), ["pow", "sub"]),
        (lambda x: losses.mse(x, 1.0), ["pow", "sub"]),
        (lambda x: losses.mse([x], [1.0]), ["pow", "sub"]),
        (lambda x: losses.half_squared_error(x, 1.0), ["mul", "pow", "sub"]),
        (lambda x: losses.half_squared_error([x, x], [1.0, 2.0]), ["mul", "pow", "pow", "sub", "sub", "sum"]),
        (lambda x: losses.mse([x, x], [1.0, 2.0]), ["div", "pow", "pow", "sub", "sub", "sum"]),
        (lambda x: losses.mae(x, 1.0), ["abs", "sub"]),
        (lambda x: losses.huber(x, 1.0), ["clip", "mul", "mul", "sub", "sub"]),
        (lambda x: losses.hinge(x, 1), ["mul", "relu", "sub"]),
        (lambda x: losses.bce(x, 1), ["log", "neg"]),
        (lambda x: losses.bce(x, 0), ["log1p", "neg", "neg"]),
        (lambda x: losses.bce_with_logits(x, 1), ["neg", "softplus"]),
        (lambda x: losses.bce_with_logits(x, 0), ["softplus"]),
        (lambda x: losses.cross_entropy([x, x, x], 1), ["logsumexp", "neg"] + ["sub"] * 4),
        (lambda x: losses.cross_entropy([x, x, x], [0, 1, 0]), ["logsumexp", "neg"] + ["sub"] * 4),
        (lambda x: losses.cross_entropy([x, x, x], [0.5, 0.5, 0]), ["dot", "logsumexp", "neg"] + ["sub"] * 5),
        (lambda x: losses.nll([x, x], 1), ["neg"]),
    ],
)
def test_the_graph_is_as_small_as_the_formula(loss, expected):
    """Each loss is made of the operations of its formula, and of no more."""
    assert operations(loss(Value(0.5))) == expected


def test_the_graph_reads_output_minus_target():
    """The difference in a squared error is o - t, as on the page."""
    o = Value(0.25)
    difference = losses.squared_error(o, 1.0).inputs[0]
    assert (difference.inputs[0], difference.inputs[1].data) == (o, 1.0)


@pytest.mark.parametrize("name", ELEMENT_WISE)
def test_a_recorded_loss_stays_right_when_its_leaves_change(name):
    """forward() after a change of the prediction gives what the loss of the new number is: no branch is frozen."""
    x = Value(0.5)
    for target in {0.3, 1.0} if name.startswith("bce") else {1.0, -1.0}:
        result = LOSSES[name](x, target)
        for number in (0.125, 0.9, 1.0) if name == "bce" else (-30.0, -1.0, 0.0, 0.7, 1.0, 2.5, 30.0):
            x.data = number
            assert result.forward() == LOSSES[name](number, target)
        x.data = 0.5


@pytest.mark.parametrize("name", ["half_squared_error", "huber", "bce", "bce_with_logits"])
def test_second_derivatives_are_right_even_where_the_error_is_zero(name):
    """Curvatures at an error of 0 and elsewhere: 1, 1, t/o² + (1-t)/(1-o)² and sigmoid'."""
    for at, target in [(0.5, 0.5), (0.25, 0.75)]:
        o = Value(at)
        (slope,) = gradient(LOSSES[name](o, target), o)
        (curvature,) = gradient(slope, o)
        expected = {
            "bce": target / at**2 + (1 - target) / (1 - at) ** 2,
            "bce_with_logits": sigmoid(at) * (1 - sigmoid(at)),
        }.get(name, 1.0)
        assert curvature.data == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("name", "x", "target"), [("hinge", 1.0, 1), ("mae", 2.0, 2.0)])
def test_the_slope_at_a_kink_is_zero(name, x, target):
    """At the hinge and where the error is 0, the slope is 0 by convention."""
    x = Value(x)
    LOSSES[name](x, target).backward()
    assert x.grad == 0.0


# --------------------------------------------------------------------------------------------------------------- the digits


LOGITS = [0.0, 1e-300, 0.5, 1.0, 36.0, 40.0, 700.0, 745.0, 1000.0, 1e300]


@walked(list(itertools.product(LOGITS, [0, 1, 0.0, 1.0, 0.25, 0.9])))
def test_bce_with_logits_is_right_to_the_last_digits(x, target):
    """At ±40, ±745, ±1000 and beyond, value and slope are those of fifty-digit arithmetic."""
    mpmath = pytest.importorskip("mpmath", reason="mpmath is the oracle for digits")
    for score in (x, -x):
        v = Value(score)
        result = losses.bce_with_logits(v, target)
        result.backward()
        with mpmath.workdps(50):
            exact, t = mpmath.mpf(score), mpmath.mpf(target)
            softplus = lambda z: mpmath.log1p(mpmath.exp(z)) if z < 5000 else z  # noqa: E731
            value = t * softplus(-exact) + (1 - t) * softplus(exact)
            up, down = 1 / (1 + mpmath.exp(-exact)), 1 / (1 + mpmath.exp(exact))  # up = sigmoid, down = 1 - sigmoid
            slope = (1 - t) * up - t * down
        assert result.data == pytest.approx(float(value), rel=4e-16, abs=5e-324)
        assert v.grad == pytest.approx(float(slope), rel=1e-15, abs=1e-16 if target not in (0, 1) else 5e-324)


def test_bce_keeps_the_digits_of_a_small_probability():
    """-log(1 - 1e-20) is 1e-20, not 0."""
    assert losses.bce(1e-20, 0) == 1e-20


def test_bce_leaves_out_the_term_of_a_plain_0_or_1():
    """A sure and right prediction costs 0, a sure and wrong one infinity, and none gives nan."""
    assert losses.bce([0.0, 1.0, 1.0, 0.0], [0, 1, 0, 1], "none") == [0.0, 0.0, math.inf, math.inf]
    x = Value(1.0)
    losses.bce(x, 1).backward()
    assert x.grad == -1.0


def test_bce_is_not_cut_off():
    """A probability of 1e-300 costs 690.8, where torch stops at 100."""
    assert losses.bce(1e-300, 1) == pytest.approx(300 * math.log(10.0), rel=1e-15)


@pytest.mark.parametrize("x", [-math.inf, math.inf])
def test_bce_with_logits_takes_infinite_scores(x):
    """An infinitely sure score costs 0 where it is right and infinity where it is wrong."""
    assert sorted(losses.bce_with_logits([x, x], [0, 1], "none")) == [0.0, math.inf]


def test_cross_entropy_does_not_overflow():
    """Scores of 1000 and -1000 give 2000 and 0; a class ruled out by -inf costs infinity, and harms no other."""
    assert losses.cross_entropy([[1000.0, -1000.0]] * 2, [0, 1], "none") == [0.0, 2000.0]
    assert losses.cross_entropy([[0.0, -math.inf]] * 2, [0, 1], "none") == [0.0, math.inf]
    assert losses.cross_entropy([0.0, -math.inf], [1.0, 0.0]) == 0.0


def test_arithmetic_never_raises():
    """Squares that overflow give inf, and nan passes through, for plain numbers as for Values."""
    assert losses.mse(1e200, 0.0) == math.inf
    assert losses.mse(Value(1e200), 0.0).data == math.inf
    for name in ELEMENT_WISE:
        assert math.isnan(LOSSES[name](math.nan, 1))
    assert losses.huber(math.inf, 0.0, delta=2.0) == math.inf


def test_a_loss_works_in_detect_anomaly():
    """What a loss computes on the way is finite for ordinary numbers, so that no anomaly is reported."""
    with detect_anomaly():
        for name in ELEMENT_WISE:
            LOSSES[name]([Value(0.0), Value(0.5)] if name != "bce" else [Value(0.25), Value(0.5)], [1, 1]).backward()


# --------------------------------------------------------------------------------------------------------------- properties

finite = st.floats(-1e3, 1e3)


@given(st.data(), st.sampled_from(ELEMENT_WISE))
def test_an_element_wise_loss_is_never_negative(values, name):
    """For all predictions and targets the loss is 0 or more."""
    unit = st.floats(0.0, 1.0)
    prediction = values.draw(unit if name == "bce" else finite)
    target = values.draw(st.sampled_from([-1, 1]) if name == "hinge" else unit if "bce" in name else finite)
    assert LOSSES[name](prediction, target) >= 0.0


@given(st.lists(finite, min_size=1, max_size=8), st.data())
def test_cross_entropy_is_never_negative(row, values):
    """For all scores and classes the loss is 0 or more."""
    assert losses.cross_entropy(row, values.draw(st.integers(0, len(row) - 1))) >= 0.0


@given(st.lists(finite, min_size=1, max_size=8), finite, st.data())
def test_cross_entropy_does_not_change_with_a_shift_of_all_scores(row, shift, values):
    """cross_entropy(x + c, t) = cross_entropy(x, t), to the rounding of x + c."""
    index = values.draw(st.integers(0, len(row) - 1))
    shifted = losses.cross_entropy([x + shift for x in row], index)
    assert shifted == pytest.approx(losses.cross_entropy(row, index), rel=1e-12, abs=2e-12)


@given(st.lists(finite, min_size=2, max_size=8))
def test_the_slopes_of_cross_entropy_add_up_to_zero(row):
    """Shift-invariance once more, in the gradient."""
    xs = [Value(x) for x in row]
    losses.cross_entropy(xs, 0).backward()
    assert math.fsum(x.grad for x in xs) == pytest.approx(0.0, abs=1e-13)


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=8), st.sampled_from(["mse", "mae", "huber"]))
def test_errors_do_not_tell_predictions_from_targets(pairs, name):
    """The loss is the same with both exchanged, and 0 exactly for equal ones."""
    os, ts = [o for o, _ in pairs], [t for _, t in pairs]
    assert LOSSES[name](os, ts) == LOSSES[name](ts, os)
    assert LOSSES[name](os, os) == 0.0


@given(st.floats(-30.0, 30.0), st.floats(0.0, 1.0))
def test_bce_of_a_sigmoid_is_bce_with_logits(x, t):
    """Both roads from a score to the loss give the same as far as the probability has digits."""
    assert losses.bce(sigmoid(x), t) == pytest.approx(losses.bce_with_logits(x, t), rel=1e-3, abs=1e-12)


# ------------------------------------------------------------------------------------------------------------------- errors

ERRORS = [
    (losses.mse, ([1.0, 2.0], 1.0), ValueError, "not a list of 2 with one number"),
    (losses.mae, (1.0, [1.0]), ValueError, "not one number with a list of 1"),
    (losses.mae, ([[1.0], [2.0]], [1.0, 2.0]), ValueError, "not 2 rows of 1 with a list of 2"),
    (losses.huber, ([], []), ValueError, "empty list as its prediction"),
    (losses.huber, ([[]], [[]]), ValueError, "empty list as its prediction"),
    (losses.hinge, ([1.0], []), ValueError, "empty list as its target"),
    (losses.mse, ([[1.0], 2.0], [[1.0], 2.0]), ValueError, "row 0 is a list of 1, and row 1 is one number"),
    (losses.squared_error, ("1", 1.0), TypeError, "the prediction of squared_error: .* the text '1': pass float"),
    (losses.squared_error, (1.0, None), TypeError, "the target of squared_error: .* None"),
    (losses.bce, (0.5, 1j), TypeError, "complex number"),
    (losses.mse, (1.0, 1.0, None), ValueError, "'mean', 'sum' and 'none', not None"),
    (losses.huber, (1.0, 1.0, "mean", 0.0), ValueError, "delta is above 0, not 0.0"),
    (losses.huber, (1.0, 1.0, "mean", math.nan), ValueError, "delta is above 0, not nan"),
    (losses.hinge, (1.0, 0), ValueError, "targets -1 and 1, not 0.0: .* 2 \\* t - 1"),
    (losses.hinge, ([1.0, 1.0], [1, 2]), ValueError, "not 2.0"),
    (losses.bce, (0.5, -1), ValueError, "targets from 0 to 1, not -1.0"),
    (losses.bce, (0.5, math.nan), ValueError, "targets from 0 to 1, not nan"),
    (losses.bce, (1.5, 1), ValueError, "predictions from 0 to 1, not 1.5: .* bce_with_logits"),
    (losses.bce, (Value(-0.5), 1), ValueError, "predictions from 0 to 1, not -0.5"),
    (losses.bce_with_logits, (0.5, 1.5), ValueError, "targets from 0 to 1, not 1.5"),
    (losses.cross_entropy, ([1.0, 2.0], 2), IndexError, "class index 2, and a row has 2 scores: the classes are 0 to 1"),
    (losses.cross_entropy, ([1.0, 2.0], -1), IndexError, "class index -1"),
    (losses.cross_entropy, ([[1.0, 2.0]] * 2, [1, 5]), IndexError, "class index 5"),
    (
        losses.nll,
        ([0.25, 0.75], 0),
        ValueError,
        r"^nll takes logarithms of probabilities, and \[0\.25, 0\.75\] are probabilities: pass their logarithms,"
        " log_softmax of scores, or the scores themselves to cross_entropy$",
    ),
    (losses.nll, ([1.0, 2.0], 0.5), ValueError, "whole number as a class index, not 0.5"),
    (losses.nll, ([1.0, 2.0], math.nan), ValueError, "whole number as a class index, not nan"),
    (losses.nll, ([1.0, 2.0], math.inf), ValueError, "whole number as a class index, not inf"),
    (losses.nll, ([1.0, 2.0], "0"), TypeError, "the target of nll"),
    (losses.nll, ([1.0, 2.0], Value(2.0)), IndexError, "class index 2"),
    (losses.nll, ([1.0, 2.0], Value(0.5)), ValueError, "whole number as a class index"),
    (losses.cross_entropy, (1.0, 0), ValueError, "one row of scores or a list of rows, not one number"),
    (losses.cross_entropy, ([[[1.0]]], [[0]]), ValueError, "not 1 row of 1 by 1"),
    (losses.cross_entropy, ([], 0), ValueError, "empty list"),
    (losses.cross_entropy, ([[1.0, 2.0]] * 3, [0, 1]), ValueError, "one target for each of its 3 rows, not 2 of them"),
    (losses.cross_entropy, ([[1.0, 2.0]] * 3, 1), ValueError, "one target for each of its 3 rows, not 1"),
    (losses.cross_entropy, ([1.0, 2.0], [1.0]), ValueError, "scores in the row: 2, not 1"),
    (losses.cross_entropy, ([1.0, 2.0, 0.0], [1, 1, 0]), ValueError, "adds up to 2: .* bce_with_logits"),
    (losses.cross_entropy, ([1.0], [[1.0, 0.0]]), TypeError, "the target of cross_entropy: .* a list"),
]


@pytest.mark.parametrize(("loss", "arguments", "error", "message"), ERRORS)
def test_bad_arguments_are_told_with_the_numbers_and_the_way_out(loss, arguments, error, message):
    """What does not fit raises an error of the right kind that says what was found."""
    with pytest.raises(error, match=message):
        loss(*arguments)


def test_errors_come_before_any_computing(monkeypatch):
    """A bad target in the last row is found before a node is made for the first."""

    def no_node(*_):
        raise AssertionError("a node was made")

    xs = [[Value(1.0), Value(2.0)], [Value(1.0), Value(2.0)]]
    monkeypatch.setattr(autograd.value, "record", no_node)
    monkeypatch.setattr(autograd.functions, "record", no_node)
    with pytest.raises(IndexError):
        losses.cross_entropy(xs, [0, 7])
    for name, bad in [("hinge", 3), ("bce_with_logits", 3), ("mse", "x")]:
        with pytest.raises((ValueError, TypeError)):
            LOSSES[name](xs, [[1, 1], [1, bad]])


def test_value_targets_are_not_checked():
    """A target that is a Value may be any number: only plain ones are known for good."""
    assert losses.hinge(2.0, Value(0.5)).data == 0.0
    assert losses.bce_with_logits(0.0, Value(2.0)).data == pytest.approx(math.log(2.0))


def test_losses_are_found_by_name():
    """The names are those of the functions, and an unknown one is answered with all of them."""
    assert list(LOSSES) == [*TARGETS, *ROW_WISE]
    assert LOSSES["mse"] is losses.mse
    with pytest.raises(KeyError, match=r"no loss 'mes'; there are squared_error, .*, nll"):
        LOSSES["mes"]


def test_an_anomaly_in_a_loss_has_the_line_of_who_called_it():
    """The loss is a function of the package, and its line is not the user's."""
    with pytest.raises(autograd.AnomalyError) as raised, detect_anomaly():
        losses.bce([Value(0.0, "p")], [1.0]).backward()
    assert str(raised.value).splitlines()[-1] == '    losses.bce([Value(0.0, "p")], [1.0]).backward()'
