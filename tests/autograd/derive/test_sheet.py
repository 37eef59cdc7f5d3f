"""Sheets of nets: each line, for each index that it speaks of, is read and computed, and equals what backward() leaves."""

import math
import random
import re
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from derivation_reader import Known, boards_of, computed, lines_with_numbers, used_too_early, whole_lines
from nets_of_layers import NETS as WITH_ARRAYS
from nets_of_layers import by_hand, logistic, mlp, note_four

import autograd as ag
import nn
from autograd import Sheet, Value, derivation, dot
from autograd.graph import nodes

# ------------------------------------------------------------------------------------------------ lines, read and computed


def test_the_reader_reads_sums_and_indices():
    """Σ over its whole term, 1ᵢ₌₂, indices of two digits, by numbers worked out by hand."""
    numbers = {"w₂₁₃": 2.0, "w₂₂₃": 3.0, "w₂₁₀₃": 5.0, "∂L/∂a₂₁": 10.0, "∂L/∂a₂₂": 100.0, "b": 1.0, "ŷ₁": 0.5, "ŷ₂": 0.25}
    for text, indices, result in [
        ("Σₘ₌₁² ∂L/∂a₂ₘ · w₂ₘⱼ + b", {"ⱼ": 3}, 321),
        ("−(Σₘ₌₁² w₂ₘⱼ)·b", {"ⱼ": 3}, -5),
        ("ŷᵢ − 1ᵢ₌₂", {"ᵢ": 1}, 0.5),
        ("ŷᵢ − 1ᵢ₌₂", {"ᵢ": 2}, -0.75),
        ("w₂ᵢⱼ·[b > 0]", {"ᵢ": 10, "ⱼ": 3}, 5),
    ]:
        assert computed(text, numbers.__getitem__, **indices) == pytest.approx(result, rel=1e-15)


def check_every_line(y, sheet, tolerance=1e-9):
    """Each line of a sheet, for each index, is the derivative on its left; how many were computed."""
    count = 0
    for left, text, found, expected in lines_with_numbers(sheet, Known(y, sheet)):
        assert found == pytest.approx(expected, rel=tolerance, abs=tolerance), (left, text)
        count += 1
    return count


# ------------------------------------------------------------------------------------------------------------------ nets


def inputs(n):
    r = random.Random(0)
    return [Value(r.uniform(-1.0, 1.0), f"x_{i}") for i in range(1, n + 1)]


def products():
    """A neuron of products x·w, as many write it, rather than w·x."""
    w, x, b = [Value(0.5, "w1"), Value(-0.25, "w2")], [Value(1.5, "x1"), Value(0.75, "x2")], Value(0.125, "b")
    L = (x[0] * w[0] + x[1] * w[1] + b).tanh()
    L.label = "L"
    return SimpleNamespace(loss=L, parameters=[*w, b])


def narrow(labels):
    """A layer of one neuron, and above it two products w·h that are no sums."""
    x = [Value(0.5, "x_1"), Value(-0.25, "x_2")]
    W, b = [Value(0.3, "w_111"), Value(0.4, "w_112")], Value(0.1, "b_11")
    V = [Value(0.7, "w_211"), Value(-0.6, "w_221")]
    for v in (*x, *W, b, *V):
        v.label = v.label if labels else ""
    h = dot(W, x, b).tanh()
    L = (V[0] * h).sigmoid() ** 2 + (V[1] * h).sigmoid() ** 2
    L.label = "L"
    return SimpleNamespace(loss=L, parameters=[*W, b, *V])


def loose():
    """A layer without labels, and above it a product for each of its outputs."""
    r = random.Random(4)
    x, W = [Value(0.5), Value(-0.25)], [[Value(r.uniform(-1.0, 1.0)) for _ in range(2)] for _ in range(2)]
    V = [Value(0.7), Value(-0.6)]
    L = ag.sum([(v * dot(row, x).tanh()).sin() ** 2 for v, row in zip(V, W)])
    L.label = "L"
    return SimpleNamespace(loss=L, parameters=[*W[0], *W[1], *V])


NETS = WITH_ARRAYS | {
    "x·w": products,
    "narrow": lambda: narrow(labels=True),
    "loose": loose,
    "narrow, no labels": lambda: narrow(labels=False),
    "deep, softmax": lambda: mlp(lambda o: -o[1].log(), 2, [3, 3, 4], ["sigmoid", "tanh", "softmax"], outputs="ŷ"),
    "by hand, w1 to w6": lambda: by_hand(labels=[f"w{i}" for i in range(1, 7)]),
    "by hand, any labels": lambda: by_hand(labels=["alpha", "w_7", "beta", "q", "", "w_12"]),
}


@cache
def made(name):
    """A net of the table, and its sheet."""
    net = NETS[name]()
    return SimpleNamespace(**vars(net), sheet=derivation(net.loss, digits=12))


@pytest.mark.parametrize("name", NETS)
def test_gradients_are_what_backward_leaves(name):
    """On the sheet stands the gradient of every parameter, and of whatever is above it, to the last bit."""
    net = NETS[name]()
    sheet = derivation(net.loss)
    net.loss.backward()
    assert {p: sheet.gradients.get(p) for p in net.parameters} == {p: p.grad for p in net.parameters}
    assert all(number == node.grad for node, number in sheet.gradients.items())


@pytest.mark.parametrize("name", NETS)
def test_every_line_is_the_gradient(name):
    """The chain rule, the local derivatives, the simplest form and the numbers: all the lines, for all their indices."""
    net = made(name)
    assert check_every_line(net.loss, net.sheet) > len(net.parameters)


@pytest.mark.parametrize("name", NETS)
def test_formulas_have_the_numbers_of_the_gradients(name):
    """The formula that a derivative is left with, a graph over names, holds its number."""
    sheet = made(name).sheet
    for leaf, formula in sheet.formulas.items():
        assert formula.data == pytest.approx(sheet.adjoints[leaf].data, rel=1e-9, abs=1e-12), leaf.label


@pytest.mark.parametrize("name", NETS)
def test_each_derivative_is_worked_out_once_and_before_it_is_used(name):
    """What stands in a line has been on the left of one above, and none is found from itself."""
    net = made(name)
    assert used_too_early(net.sheet, Known(net.loss, net.sheet)) == []


# ------------------------------------------------------------------------------------------------------ the fourth note


def lines_below(sheet, left):
    """The right sides of the block that begins with this derivative."""
    for board in boards_of(sheet):
        if board.lines and board.lines[0].left.text == left:
            return [right for _, right, _ in whole_lines(board)]
    raise LookupError(left)


def test_the_order_is_that_of_backpropagation():
    """From the output on, the parameters of a layer before the layer below."""
    sheet = made("note 4").sheet
    assert isinstance(sheet, Sheet)
    assert [board.lines[0].left.text for board in sheet.boards] == [
        "∂L/∂h₂₁", "∂L/∂a₂₁", "∂L/∂w₂₁ⱼ", "∂L/∂b₂₁", "∂L/∂h₁ⱼ", "∂L/∂a₁ᵢ", "∂L/∂w₁ᵢⱼ", "∂L/∂b₁ᵢ"
    ]  # fmt: skip


def test_the_lines_of_the_fourth_note():
    """Each rule of the note in index notation: deltas, weights as delta times input, biases as delta."""
    sheet = made("note 4").sheet
    assert lines_below(sheet, "∂L/∂h₂₁")[0] == "h₂₁ − y"
    assert lines_below(sheet, "∂L/∂a₂₁")[:2] == ["∂L/∂h₂₁ · ∂h₂₁/∂a₂₁", "∂L/∂h₂₁ · h₂₁·(1 − h₂₁)"]
    assert lines_below(sheet, "∂L/∂w₂₁ⱼ") == ["∂L/∂a₂₁ · ∂a₂₁/∂w₂₁ⱼ", "∂L/∂a₂₁ · h₁ⱼ"]
    assert lines_below(sheet, "∂L/∂h₁ⱼ") == ["∂L/∂a₂₁ · ∂a₂₁/∂h₁ⱼ", "∂L/∂a₂₁ · w₂₁ⱼ"]
    assert lines_below(sheet, "∂L/∂a₁ᵢ") == ["∂L/∂h₁ᵢ · ∂h₁ᵢ/∂a₁ᵢ", "∂L/∂h₁ᵢ · h₁ᵢ·(1 − h₁ᵢ)"]
    assert lines_below(sheet, "∂L/∂w₁ᵢⱼ") == ["∂L/∂a₁ᵢ · ∂a₁ᵢ/∂w₁ᵢⱼ", "∂L/∂a₁ᵢ · xⱼ"]
    assert lines_below(sheet, "∂L/∂b₁ᵢ")[-1] == "∂L/∂a₁ᵢ"


NOTE_FOUR = {  # as they stand on the page, with its digits
    "h_21": 0.741365, "a_21": 0.138499, "w_211": 0.082167, "w_212": 0.082668, "b_21": 0.138499,
    "h_11": 0.055400, "h_12": 0.062325, "a_11": 0.013368, "a_12": 0.014996,
    "w_111": 0.0006684, "w_112": 0.0013368, "w_122": 0.0014996, "w_121": 0.0007498,
}  # fmt: skip


@pytest.mark.parametrize("label", NOTE_FOUR)
def test_the_numbers_of_the_fourth_note(label):
    """The page's gradients, in NumPy as on the sheet; where it writes 0.014974 for 0.014996, the sheet has what is right."""
    x, y = np.array([0.05, 0.10]), 0.01
    W1, b1 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35])
    W2, b2 = np.array([0.40, 0.45]), 0.60
    h1 = 1 / (1 + np.exp(-(W1 @ x + b1)))
    out = 1 / (1 + np.exp(-(W2 @ h1 + b2)))
    d2 = (out - y) * out * (1 - out)
    d1 = W2 * d2 * h1 * (1 - h1)
    truth = {"h_21": out - y, "a_21": d2, "b_21": d2, "w_211": d2 * h1[0], "w_212": d2 * h1[1], "h_11": W2[0] * d2}
    truth |= {"h_12": W2[1] * d2, "a_11": d1[0], "a_12": d1[1]}
    truth |= {f"w_1{i + 1}{j + 1}": d1[i] * x[j] for i in range(2) for j in range(2)}
    found = {node.label: number for node, number in made("note 4").sheet.gradients.items()}
    assert found[label] == pytest.approx(truth[label], rel=1e-12)
    assert found[label] == pytest.approx(NOTE_FOUR[label], rel=3e-5)


def test_the_page_of_the_fourth_note_has_slips():
    """Neuron 2's delta is 0.014996 and not 0.014974, and ∂L/∂ŷ is ŷ − y, where the page has y − ŷ once."""
    sheet = made("note 4").sheet
    found = {node.label: number for node, number in sheet.gradients.items()}
    assert found["a_12"] != pytest.approx(0.014974, rel=1e-3)
    assert found["a_21"] > 0.0
    assert lines_below(sheet, "∂L/∂h₂₁")[0] != "y − h₂₁"


# ------------------------------------------------------------------------------------------------------ the fifth note


def test_softmax_under_a_logarithm_as_in_the_fifth_note():
    """−1/ŷ_l (1_{l=i} ŷ_l − ŷ_l ŷ_i), and after cancellation ŷ_i − 1_{i=l}: the note's −(1_{l=i} − ŷ_i)."""
    sheet = made("deep, softmax").sheet
    assert lines_below(sheet, "∂L/∂ŷ₂")[0] == "−1/ŷ₂"
    lines = lines_below(sheet, "∂L/∂a₃ᵢ")
    assert lines[0] == "∂L/∂ŷ₂ · ∂ŷ₂/∂a₃ᵢ"
    assert lines[1] == "−1/ŷ₂ · (ŷ₂·1ᵢ₌₂ − ŷ₂·ŷᵢ)"
    assert lines[-1] == "ŷᵢ − 1ᵢ₌₂"


def test_a_hidden_layer_as_in_the_fifth_note():
    """∂L/∂h₂ⱼ = Σ_m ∂L/∂a₃ₘ w₃ₘⱼ, ∂L/∂a = ∂L/∂h g′(a), ∂L/∂w = ∂L/∂a h of the layer below."""
    sheet = made("deep, softmax").sheet
    assert lines_below(sheet, "∂L/∂h₂ⱼ") == ["Σₘ₌₁⁴ ∂L/∂a₃ₘ · ∂a₃ₘ/∂h₂ⱼ", "Σₘ₌₁⁴ ∂L/∂a₃ₘ · w₃ₘⱼ"]
    assert lines_below(sheet, "∂L/∂a₂ᵢ") == ["∂L/∂h₂ᵢ · ∂h₂ᵢ/∂a₂ᵢ", "∂L/∂h₂ᵢ · (1 − h₂ᵢ²)"]
    assert lines_below(sheet, "∂L/∂w₃ᵢⱼ") == ["∂L/∂a₃ᵢ · ∂a₃ᵢ/∂w₃ᵢⱼ", "∂L/∂a₃ᵢ · h₂ⱼ"]


@pytest.mark.parametrize("classes", [2, 3, 4, 7])
@pytest.mark.parametrize("right", [0, 1])
@pytest.mark.parametrize("way", ["softmax", "cross_entropy", "nll"])
def test_the_gradient_in_the_scores_is_the_difference_of_distributions(classes, right, way):
    """∇_a L = ŷ − e_l, whichever way the loss is computed, in lines and in numbers."""
    model = nn.MLP(2, [classes], activation=["softmax" if way == "softmax" else "linear"], seed=5)
    out = model(inputs(2))
    scores = [
        sum(w.data * x.data for w, x in zip(neuron.w, inputs(2))) + neuron.b.data for neuron in model.layers[0].neurons
    ]
    if way == "softmax":
        L = -out[right].log()
    elif way == "nll":
        L = nn.losses.nll(ag.log_softmax(out), right)
    else:
        L = nn.losses.cross_entropy(out, right)
    model.label_nodes(L)
    L.label = "L"
    p = np.exp(scores) / np.exp(scores).sum()
    sheet = derivation(L)
    found = {node.label: number for node, number in sheet.gradients.items()}
    for i in range(classes):
        assert found[f"b_1{i + 1}"] == pytest.approx(p[i] - (i == right), rel=1e-9, abs=1e-12)
    assert lines_below(sheet, "∂L/∂a₁ᵢ")[-1] == f"ŷᵢ − 1ᵢ₌{'₁₂'[right]}"


def test_the_third_note_on_a_sheet():
    """∂L/∂a, ∂L/∂z = a − y, and each parameter by ∂L/∂z and its own ∂z/∂w."""
    sheet = made("single neuron").sheet
    assert lines_below(sheet, "∂L/∂a")[0] == "−y/a + (1 − y)/(1 − a)"
    assert "a − y" in lines_below(sheet, "∂L/∂z")
    assert lines_below(sheet, "∂L/∂wᵢ") == ["∂L/∂z · ∂z/∂wᵢ", "∂L/∂z · xᵢ"]
    assert lines_below(sheet, "∂L/∂b")[0] == "∂L/∂z · ∂z/∂b"


@pytest.mark.parametrize("target", [0.0, 0.25, 1.0])
def test_the_difference_is_positive_where_the_prediction_is_too_large(target):
    """∂L/∂z = a − y has the sign of a − y, whatever the target."""
    case = logistic(target)
    z, a = (next(node for node in nodes(case.loss) if node.label == name) for name in "za")
    assert derivation(case.loss).gradients[z] == pytest.approx(a.data - target)


# ------------------------------------------------------------------------------------------------------ families


def powers(n, labels):
    xs = [Value(0.25 * i, label) for i, label in zip(range(1, n + 1), labels)]
    return ag.sum([x**2 for x in xs]), xs


FAMILIES = {
    "x_1 to x_5": (5, "x_{}", "∂y/∂xᵢ", "2·xᵢ"),
    "x1 to x5": (5, "x{}", "∂y/∂xᵢ", "2·xᵢ"),
    "two": (2, "v_{}", "∂y/∂vᵢ", "2·vᵢ"),
    "twelve": (12, "x_{}", "∂y/∂xᵢ", "2·xᵢ"),
    "Greek": (4, "theta_{}", "∂y/∂θᵢ", "2·θᵢ"),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_labels_that_count_up_are_one_line(name):
    """One line speaks for all of them, and each number is there too."""
    n, form, left, right = FAMILIES[name]
    y, xs = powers(n, [form.format(i) for i in range(1, n + 1)])
    y.label = "y"
    sheet = derivation(y, xs)
    assert lines_below(sheet, left)[-1] == right
    assert [sheet.gradients[x] for x in xs] == [2 * x.data for x in xs]
    assert check_every_line(y, sheet, tolerance=1e-5) >= n


@pytest.mark.parametrize("labels", [["x_1", "x_3", "x_4"], ["a", "b", "c"], ["x_2", "x_3", "x_4"], ["x_1", "x_1", "x_2"]])
def test_labels_that_do_not_count_up_have_a_line_each(labels):
    """Where one is missing, or they are no family, nothing is said of all of them."""
    y, xs = powers(3, labels)
    y.label = "y"
    sheet = derivation(y, xs)
    assert not re.search("[ᵢⱼₘ]", sheet.text)
    assert sum(bool(board.lines) for board in boards_of(sheet)) == 3
    assert [sheet.gradients[x] for x in xs] == [2 * x.data for x in xs]


def test_a_family_with_a_member_that_is_otherwise():
    """Where one of the members goes into y in its own way, no line speaks for all of them but for what is true of all."""
    xs = [Value(0.25 * i, f"x_{i}") for i in range(1, 5)]
    y = xs[0] ** 2 + xs[1] ** 2 + xs[2] ** 3 + xs[3] ** 2
    y.label = "y"
    sheet = derivation(y, xs)
    check_every_line(y, sheet, tolerance=1e-5)
    assert "∂y/∂xᵢ" not in sheet.text


def test_only_what_is_asked_for_and_what_it_takes():
    """The sheet of the first layer's weights has the second layer's deltas and not the second layer's weights."""
    case = note_four()
    first = [p for p in case.parameters if p.label.startswith("w_1")]
    text = derivation(case.loss, first).text
    assert "∂L/∂w₁ᵢⱼ" in text
    assert "∂L/∂a₂₁ =" in text
    assert "∂L/∂w₂₁ⱼ" not in text
    assert "∂L/∂b" not in text


def test_inputs_can_be_asked_for():
    """Given the inputs, the sheet goes down to them, over all neurons that they go into."""
    model = nn.MLP(2, [3, 1], activation=["tanh", "linear"], seed=2)
    xs = inputs(2)
    L = (model(xs) - 0.5) ** 2
    model.label_nodes(L)
    L.label = "L"
    sheet = derivation(L, xs)
    L.backward()
    assert [sheet.gradients[x] for x in xs] == [x.grad for x in xs]
    last = sheet.boards[-1].lines[-1].right.text
    assert last.replace("ᵢ", "ⱼ") == "∂L/∂a₁₁ · w₁₁ⱼ + ∂L/∂a₁₂ · w₁₂ⱼ + ∂L/∂a₁₃ · w₁₃ⱼ"


# ------------------------------------------------------------------------------------------------------ larger nets


@pytest.fixture(scope="module")
def large():
    """64-32-10 with cross-entropy from scores, for class 3, and its sheet."""
    model = nn.MLP(64, [32, 10], activation=["tanh", "linear"], init="xavier", seed=1)
    out = model(inputs(64))
    L = nn.losses.cross_entropy(out, 3)
    model.label_nodes(L)
    L.label = "L"
    return SimpleNamespace(model=model, loss=L, out=out, sheet=derivation(L))


def test_a_large_net_fits_on_a_page(large):
    """2,410 parameters, and some thirty lines that speak for all of them."""
    assert len(large.sheet.text.splitlines()) < 120
    assert "Σₘ₌₁¹⁰ ∂L/∂a₂ₘ · w₂ₘⱼ" in large.sheet.text
    assert "∂L/∂w₁ᵢⱼ = ∂L/∂a₁ᵢ · ∂a₁ᵢ/∂w₁ᵢⱼ" in large.sheet.text
    assert "for i = 1 … 32; j = 1 … 64" in large.sheet.text


def test_a_large_net_has_all_its_gradients(large):
    """Each of them is backward()'s."""
    large.loss.backward()
    assert all(large.sheet.gradients[p] == p.grad for p in large.model.parameters())
    large.model.zero_grad()


def test_a_large_nets_scores(large):
    """ŷᵢ − 1ᵢ₌₄ for all ten classes in one line."""
    assert lines_below(large.sheet, "∂L/∂a₂ᵢ")[-1] == "ŷᵢ − 1ᵢ₌₄"
    p = np.exp([o.data for o in large.out])
    p /= p.sum()
    found = [large.sheet.gradients[o] for o in large.out]
    assert found == pytest.approx(p - np.eye(10)[3])


# ----------------------------------------------------------------------------------------------------- mistakes are caught


@pytest.mark.parametrize("name", ["note 4", "deep, softmax", "no biases"])
@pytest.mark.parametrize("mistake", ["o·(1 − o)", "sign", "index"])
def test_a_line_that_is_wrong_does_not_pass(name, mistake):
    """A factor that is lost, a sign, an index that is another one: the reader finds each on the sheet."""
    case = NETS[name]()
    sheet = derivation(case.loss, digits=12)

    def turned(text):
        if mistake == "o·(1 − o)":
            return re.sub(r"\(1 − h(\S+)\)", r"h\1", text).replace(" · (1 − h₂ᵢ²)", "")
        return text.replace("∂L/∂a", "−∂L/∂a", 1) if mistake == "sign" else text.replace("xⱼ", "xᵢ").replace("h₁ⱼ", "h₁₂")

    changed = 0
    for board in boards_of(sheet):
        for k, line in enumerate(board.lines):
            wrong = turned(line.right.text)
            if "∂L/∂a" in line.left.text or line.left.text == "":
                changed += wrong != line.right.text
                board.lines[k] = line._replace(right=line.right._replace(text=wrong))
    assert changed
    with pytest.raises(AssertionError):
        check_every_line(case.loss, sheet)


def test_a_wrong_slope_shows_on_the_sheet(monkeypatch):
    """With tanh′ = 1 + tanh² planted, the numbers of the sheet are not NumPy's."""
    case = mlp(lambda o: (o - 0.5) ** 2, 2, [3, 1], ["tanh", "linear"])
    truth = derivation(case.loss).gradients
    monkeypatch.setattr(ag.PRIMITIVES["tanh"], "partials", (lambda z, x: 1.0 + z * z,))
    wrong = derivation(case.loss)
    first = next(p for p in case.parameters if p.label == "w_111")
    assert not math.isclose(wrong.gradients[first], truth[first], rel_tol=1e-3)
    assert "1 + h₁ᵢ²" in wrong.text


def test_without_sympy_the_sheet_is_there(monkeypatch):
    """Unsimplified lines, the same numbers."""
    monkeypatch.setattr("autograd.derive.algebra.available", lambda: False)
    for name in ("note 4", "deep, softmax", "no biases"):
        case = NETS[name]()
        sheet = derivation(case.loss, digits=12)
        assert check_every_line(case.loss, sheet) > len(case.parameters)
        assert all(sheet.gradients[p] == p.grad for p in case.parameters)
