"""One step of gradient descent on the board: its numbers against NumPy's, what it promises, and that it touches nothing."""

import random
import re

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value, descent, label
from autograd.graph import nodes
from autograd.value import constant
from nn.cli.tour import two_layer_network

RATE = 0.5


@pytest.fixture(scope="module")
def note():
    """The step on the fourth note's network."""
    model, loss = two_layer_network()
    return descent(loss, model.parameters(), rate=RATE), dict(model.named_parameters()), loss


def by_numpy():
    """The same step in matrices: weights and biases before and after, the losses, the length of the gradient squared."""
    x, y = np.array([0.05, 0.10]), 0.01
    theta = [np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35]), np.array([[0.40, 0.45]]), np.array([0.60])]

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    def loss(w1, b1, w2, b2):
        return 0.5 * (sigma(w2 @ sigma(w1 @ x + b1) + b2)[0] - y) ** 2

    w1, b1, w2, b2 = theta
    h = sigma(w1 @ x + b1)
    o = sigma(w2 @ h + b2)
    above = (o - y) * o * (1 - o)
    below = (w2.T @ above) * h * (1 - h)
    slopes = [np.outer(below, x), below, np.outer(above, h), above]
    new = [p - RATE * slope for p, slope in zip(theta, slopes)]
    return new, loss(*theta), loss(*new), sum((slope**2).sum() for slope in slopes)


def test_the_new_weights_are_numpys(note):
    """All nine parameters after the step, to 14 digits."""
    step, parameters, _ = note
    (w1, b1, w2, b2), *_ = by_numpy()
    truth = {f"w_1{i + 1}{j + 1}": w1[i, j] for i in (0, 1) for j in (0, 1)}
    truth |= {"b_11": b1[0], "b_12": b1[1], "w_211": w2[0, 0], "w_212": w2[0, 1], "b_21": b2[0]}
    assert {p.label: step.new[p] for p in parameters.values()} == pytest.approx(truth, rel=1e-14)


def test_the_losses_and_the_promise_are_numpys(note):
    """The loss before and after, and the rate times the square of the gradient's length."""
    step, *_ = note
    _, before, after, squared = by_numpy()
    assert (step.before, step.after) == pytest.approx((before, after), rel=1e-14)
    assert step.promise == pytest.approx(RATE * squared, rel=1e-14)


def lines_of(step):
    """Each line as what stands left of the first sign of equality, what is right of it, and the reason."""
    found = []
    for line in step.text.splitlines():
        left, _, rest = line.partition(" = ")
        right, *reason = re.split(" {3,}", rest)
        found.append((left.strip(), right, *reason))
    return found


@pytest.mark.parametrize(
    ("name", "end"), [("w′₂₁₁", "0.358916"), ("w′₂₁₂", "0.408666"), ("b′₂₁", "0.530751"), ("w′₁₁₁", "0.149666")]
)
def test_the_numbers_of_the_lecture_note_are_printed(note, name, end):
    """A line for each parameter works it out: 0.4 − 0.5·0.082167 = 0.358916."""
    (right,) = [line[1] for line in lines_of(note[0]) if line[0] == name]
    old, rate, slope, new = re.fullmatch(r"(\S+) − ([^·]+)·(\S+) = (\S+)", right).groups()
    assert (rate, new) == ("0.5", end)
    assert float(old) - float(rate) * float(slope) == pytest.approx(float(new), abs=1e-6)


def test_the_loss_before_and_after_is_printed(note):
    """Then by how much it fell, and by how much the gradient said that it would."""
    ends = {left: right for left, right, *_ in lines_of(note[0])}
    assert (ends["L"], ends["L′"]) == ("0.274811", "0.258015")
    assert float(ends["L − L′"]) == pytest.approx(0.274811 - 0.258015, abs=2e-6)
    assert float(ends["η·‖∇L‖²"]) == pytest.approx(note[0].promise, rel=1e-5)


def test_the_rule_is_written_in_symbols(note):
    """The first line is θ − η·∂L/∂θ for all, in LaTeX with a fraction; for one parameter by its own name."""
    step, *_ = note
    assert lines_of(step)[0][:2] == ("θ′", "θ − η·∂L/∂θ")
    assert r"\theta' &= \theta - \eta \cdot \frac{\partial L}{\partial \theta}" in step.latex
    w = Value(3.0, "w")
    loss = w * w
    loss.label = "E"
    assert lines_of(descent(loss, w, rate=0.1))[:2] == [
        ("w′", "w − η·∂E/∂w", "gradient descent"),
        ("", "3 − 0.1·6 = 2.4"),
    ]


def test_taking_the_step_leads_to_the_loss_after_it():
    """The new numbers, put into the parameters, give the loss that was foretold."""
    model, loss = two_layer_network()
    step = descent(loss, model.parameters(), rate=RATE)
    for parameter, number in step.new.items():
        parameter.data = number
    assert loss.forward() == step.after


def test_it_is_the_step_of_sgd():
    """nn.optim.SGD takes the same step, to the last bit."""
    model, loss = two_layer_network()
    foretold = list(descent(loss, model.parameters(), rate=RATE).new.values())
    loss.backward()
    nn.optim.SGD(model.parameters(), lr=RATE).step()
    assert [p.data for p in model.parameters()] == foretold


def test_the_graph_stays_as_it_is():
    """Numbers, gradients and labels of all nodes are what they were."""
    model, loss = two_layer_network()
    loss.backward()
    before = [(node, node.data, node.grad, node.label) for node in nodes(loss)]
    descent(loss, model.parameters(), rate=RATE)
    assert [(node, node.data, node.grad, node.label) for node in nodes(loss)] == before


@pytest.mark.parametrize("seed", range(5))
def test_small_steps_keep_the_promise(seed):
    """The smaller the rate, the nearer is what the loss falls by to the promise: the error shrinks with its square."""
    rng = random.Random(seed)
    xs = [Value(rng.uniform(-1.0, 1.0)) for _ in range(4)]
    loss = ag.logsumexp([ag.dot(xs, xs), *(x.tanh() for x in xs)]) + ag.sin(xs[0] * xs[1])
    steps = [descent(loss, xs, rate=rate) for rate in (1e-2, 1e-3)]
    coarse, fine = (abs(step.before - step.after - step.promise) for step in steps)
    assert fine < 0.02 * coarse
    assert steps[0].promise == pytest.approx(10 * steps[1].promise, rel=1e-12)


def test_a_linear_loss_falls_as_promised():
    """Where nothing bends, the promise is kept to rounding."""
    u, v = Value(1.0, "u"), Value(2.0, "v")
    step = descent(3 * u - 4 * v, u, v, rate=0.25)
    assert (step.before - step.after, step.promise) == pytest.approx((6.25, 6.25))


def test_many_parameters_are_cut_short():
    """Twenty-four are written out, then dots and how many there are; the numbers of all are there."""
    xs = [Value(float(i), f"w_{i}") for i in range(1, 31)]
    loss = ag.sum([x * x for x in xs])
    step = descent(loss, xs, rate=0.25)
    written = [line[0] for line in lines_of(step) if re.fullmatch("w′.*", line[0])]
    assert len(written) == 24
    assert "30 parameters in all" in step.text
    assert r"\cdots" in step.latex
    assert list(step.new.values()) == [0.5 * x.data for x in xs]
    assert (step.before, step.after) == (loss.data, loss.data / 4)
    assert "in all" not in descent(loss, xs[:24], rate=0.25).text


def test_a_symbol_of_ones_own():
    """The rate is called what one calls it, in text and in LaTeX."""
    w = Value(3.0, "w")
    step = descent(w * w, w, rate=0.1, symbol="alpha")
    assert "w − α·∂L/∂w" in step.text
    assert "α·‖∇L‖²" in step.text
    assert r"\alpha \cdot \frac{\partial L}{\partial w}" in step.latex
    assert "η" not in step.text
    assert "eta" not in step.latex.replace("theta", "")


def test_what_has_no_label_gets_a_name():
    """The loss is L and a parameter w; several are w₁, w₂, ... by their place."""
    u, v = Value(3.0), Value(2.0)
    assert [line[0] for line in lines_of(descent(u * u, u, rate=0.1))] == ["w′", "", "L", "L′", "L − L′", "η·‖∇L‖²"]
    assert [line[0] for line in lines_of(descent(u * v, [u, v], rate=0.1))][1:4] == ["w′₁", "w′₂", "L"]


def test_an_invented_name_is_not_one_that_is_taken():
    """Beside a parameter that is called w₁, another without a label is not w₁, too."""
    first, second = Value(1.0), Value(2.0, "w_1")
    names = [line[0] for line in lines_of(descent(first * second, first, second, rate=0.1)) if line[0].startswith("w")]
    assert len(names) == len(set(names)) == 2


def test_a_parameter_counts_once():
    """One that is listed twice is stepped once, and promises what it promises once."""
    w = Value(3.0, "w")
    once, twice = descent(w * w, w, rate=0.1), descent(w * w, w, [w], rate=0.1)
    assert twice.new == once.new
    assert twice.promise == once.promise


def test_what_the_loss_does_not_depend_on_stays():
    """Its slope is 0, and its new number the old one."""
    w, elsewhere = Value(3.0, "w"), Value(5.0, "u")
    step = descent(w * w, w, elsewhere, rate=0.1)
    assert step.new[elsewhere] == 5.0
    assert step.promise == pytest.approx(3.6)


def test_a_loss_that_is_the_parameter_itself():
    """It falls by the rate, as its slope is 1."""
    w = Value(3.0, "w")
    step = descent(w, w, rate=0.1)
    assert (step.new[w], step.before, step.after, step.promise) == pytest.approx((2.9, 3.0, 2.9, 0.1))


def test_a_step_too_far():
    """The loss may rise, or leave the numbers; both is shown as it is."""
    w = Value(3.0, "w")
    step = descent(w * w, w, rate=1.5)
    assert (step.after, step.promise) == (36.0, 54.0)
    assert any(line[1] == "−27" for line in lines_of(step))
    assert np.isnan(descent(ag.log(w), w, rate=10.0).after)


@pytest.mark.parametrize(("digits", "end"), [(3, "0.359"), (6, "0.358916"), (9, "0.358916480")])
def test_digits(digits, end):
    """So many significant digits as are asked for."""
    model, loss = two_layer_network()
    (right,) = [
        line[1] for line in lines_of(descent(loss, model.parameters(), rate=RATE, digits=digits)) if line[0] == "w′₂₁₁"
    ]
    assert right.endswith(f" = {end.rstrip('0')}")


def test_operations_of_every_arity_are_worked_out_again():
    """The loss after the step goes through sums, products and functions of one, two and three numbers as forward() does."""
    xs = [Value(0.3 + 0.2 * i) for i in range(4)]
    a, b, c, d = xs
    loss = ag.logsumexp([a, b * c, ag.clip(d, 0.0, 2.0)]) + ag.dot([a, b], [c, d], a) + ag.atan2(a, b) ** 2 + ag.sum(xs) / d
    step = descent(loss, xs, rate=0.05)
    for x in xs:
        x.data = step.new[x]
    assert loss.forward() == step.after


W = Value(3.0, "w")
LOSS = W * W
label(L=LOSS)
WRONG = {
    "a number as loss": (lambda: descent(9.0, W, rate=0.1), TypeError, "takes Values, and 9.0 is none"),
    "a list of losses": (lambda: descent([LOSS], W, rate=0.1), TypeError, "takes Values"),
    "a number as parameter": (lambda: descent(LOSS, 3.0, rate=0.1), TypeError, "3.0 is none"),
    "a name as parameter": (lambda: descent(LOSS, "w", rate=0.1), TypeError, "'w' is none"),
    "no parameters": (lambda: descent(LOSS, rate=0.1), ValueError, "needs parameters to step"),
    "an empty list": (lambda: descent(LOSS, [], rate=0.1), ValueError, "needs parameters to step"),
    "a computed node": (lambda: descent(LOSS, LOSS, rate=0.1), ValueError, 'label="L".* was computed'),
    "a plain number": (lambda: descent(LOSS, constant(2.0), rate=0.1), ValueError, "is a plain number"),
    "no rate": (lambda: descent(LOSS, W), TypeError, "rate"),
    "a text as rate": (lambda: descent(LOSS, W, rate="0.1"), TypeError, "real numbers"),
    "None as rate": (lambda: descent(LOSS, W, rate=None), TypeError, "real numbers"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name):
    """Each is an error of the kind that the docstring promises, and says what to pass."""
    call, kind, message = WRONG[name]
    with pytest.raises(kind, match=message):
        call()
