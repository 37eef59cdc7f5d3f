"""Derivations of losses that nobody here has written as an example: what is a parameter, each line, and what is refused.

The losses come from a generator (tests/shared/derived_graphs.py); lines are read by a grammar of their own and computed from
the numbers and gradients of the engine (tests/shared/derivation_reader.py).
"""

import re

import pytest
from attention_net import language_model
from derivation_reader import Known, computed, lines_with_numbers, used_too_early, whole_lines
from derived_graphs import written_by
from hypothesis import example, given
from hypothesis import strategies as st
from long_runs import examples, part

import autograd as ag
from autograd import Value, derivation, dot, gradient, label, softmax, tanh
from autograd.formula.page import Page
from autograd.formula.writing import latex
from autograd.graph import nodes
from autograd.writing.names import text_name

REFUSED = "too long for a page"


def near(found, expected):
    return found == pytest.approx(expected, rel=1e-7, abs=1e-7, nan_ok=True)


def derived(y, *xs):
    """A derivation, or None where it is refused for its length."""
    try:
        return derivation(y, *xs, digits=15)
    except ValueError as error:
        if REFUSED not in str(error):
            raise
        return None


def left_sides(sheet):
    return {left for board in [sheet, *sheet.boards] for left, _, _ in whole_lines(board)} | {
        line.left.text for board in sheet.boards for inner in board.boards for line in inner.lines
    }


# ------------------------------------------------------------------------------------------------------- anybody's losses

by_number = st.integers(0, 10**9)


@examples(8)
@given(by_number)
@example(11)  # a parameter is asked for on which nothing depends
def test_every_line_is_the_gradient_and_every_parameter_has_its_own(number):
    """For the parameters that are asked for: names are unique, labels are kept, no line is missing, and each one is true."""
    loss = written_by(number)
    sheet = derived(loss.y, loss.parameters)
    if sheet is None:
        return
    known = Known(loss.y, sheet)
    lefts = set()
    for left, text, found, expected in lines_with_numbers(sheet, known):
        assert near(found, expected), f"{left} = {text}"
        lefts.add(left)
    names = {node: name for name, node in known.nodes.items()}
    inside = set(nodes(loss.y))
    for x in loss.parameters:
        assert f"∂{known.y}/∂{names.get(x) or text_name(sheet.graph.name(x))}" in lefts
    labels = [node.label for node in inside if node.label]
    assert all(names[node] == text_name(node.label) for node in names if node.label and labels.count(node.label) == 1)


@examples(8)
@given(by_number)
def test_no_parameter_is_taken_for_data(number):
    """Where nothing is asked for, all that its author calls a parameter stands on the sheet, and no plain number does."""
    loss = written_by(number)
    sheet = derived(loss.y)
    if sheet is not None:
        inside = set(nodes(loss.y))
        assert [x for x in loss.parameters if x in inside and x not in sheet.gradients] == []
        slopes = dict(zip(sheet.gradients, gradient(loss.y, *sheet.gradients)))
        assert all(near(sheet.gradients[x], slopes[x].data) for x in slopes)


@examples(8)
@given(by_number, st.sampled_from(["", "crossed"]))
@example(12535, "")  # h⁽²⁾ is a name, and no square
@example(285, "")  # net₁ and net₂ are a layer, and only one of them has an output with a name
@example(101, "")
@example(3, "crossed")
@example(46, "crossed")  # two families, each of which uses the other
def test_no_line_speaks_of_what_comes_after_it(number, kind):
    """A derivative is found before it is used, each member of a family too, and none is found from itself."""
    loss = written_by(number, kind)
    sheet = derived(loss.y, loss.parameters)
    if sheet is not None:
        assert used_too_early(sheet, Known(loss.y, sheet)) == []


@examples(5)
@given(by_number, st.integers(0, 5), st.integers(-10, 10))
@example(784705970, 0, 0)  # softmax whose entries have no name but the page's
def test_the_lines_of_one_derivation_hold_everywhere(number, which, moved):
    """Along its paths, each line in names is the slope at another point, too, to which parameters with names have moved."""
    loss = written_by(number)
    inside = [x for x in loss.parameters if x in set(nodes(loss.y))]
    asked = inside[which % len(inside)]
    found = derived(loss.y, asked)
    if found is None:
        return
    for k, x in enumerate(inside):
        if x.label or x is asked:  # what has no label is the number that it is
            x.data += 0.013 * moved + 0.007 * k
    loss.y.forward()
    known = Known(loss.y, found)
    for left, text, why in whole_lines(found):
        if why != "in numbers":
            assert near(computed(text, known), float(known(left))), f"{left} = {text}"


# --------------------------------------------------------------------------------------------- losses as people write them


@pytest.mark.parametrize("letters", ["y", "L E y f z F Y", "x u v p q r"])
def test_an_output_has_a_name_of_its_own_whatever_letters_are_taken(letters):
    """By itself, and with a number without a name beside it."""
    some = [Value(0.3 + 0.1 * i, letter) for i, letter in enumerate(letters.split())]
    y = ag.sum([a * a for a in some]) * Value(0.5)
    sheet = ag.derivation(y)
    assert sheet.graph.y.label not in letters
    for left, text, found, expected in lines_with_numbers(sheet, Known(y, sheet)):
        assert near(found, expected), f"{left} = {text}"


def batch(names=("w", "b", "a", "t"), plain=False):
    """A line through three points."""
    w, b = Value(0.5, names[0]), Value(0.1, names[1])
    rows = [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]
    if not plain:
        rows = [(Value(a, f"{names[2]}_{i}"), Value(t, f"{names[3]}_{i}")) for i, (a, t) in enumerate(rows, start=1)]
    L = ag.mean([(w * a + b - t) ** 2 for a, t in rows])
    L.label = "L"
    return L, w, b


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("asked", [False, True])
def test_a_batch_has_its_weight_and_its_bias(asked, plain):
    """∂L/∂w and ∂L/∂b, asked for or not, and nothing of the data where these are told by name and use."""
    L, w, b = batch(plain=plain)
    sheet = derivation(L, [w, b]) if asked else derivation(L)
    assert {left for left in left_sides(sheet) if left} == {"∂L/∂w", "∂L/∂b"}
    assert sheet.gradients[w] == pytest.approx(-10.266666666666667)
    assert sheet.gradients[b] == pytest.approx(-4.466666666666667)


def test_the_vector_form_of_a_batch_keeps_its_names():
    """The data are no weights of anybody's: w, b, a₁ … t₃ are what they are called, and there is no W and no x."""
    text = derivation(batch()[0]).vector_form().text
    assert "W" not in text
    assert "x" not in text
    assert "∂L/∂w" in text


@pytest.mark.parametrize("names", [("m", "c", "s", "r"), ("k", "q", "u", "v"), ("alpha", "gamma", "z", "p")])
def test_a_batch_whose_names_say_nothing_leaves_nothing_out(names):
    """Where neither names nor use tell parameters and data apart, all of them are derived."""
    L, w, b = batch(names)
    assert {w, b} <= set(derivation(L).gradients)


def recurrent():
    w, u, b, h = Value(0.5, "w"), Value(0.3, "u"), Value(0.1, "b"), Value(0.0, "h_0")
    for i in range(1, 4):
        h = tanh(w * h + u * Value(0.5 * i, f"x_{i}") + b)
        h.label = f"h_{i}"
    L = (h - Value(0.2, "t")) ** 2
    L.label = "L"
    return L, [w, u, b]


def test_a_recurrent_net_has_all_its_weights():
    """∂L/∂w, ∂L/∂u and ∂L/∂b, each a sum over the steps; the inputs are data."""
    L, weights = recurrent()
    sheet = derivation(L)
    assert set(weights) <= set(sheet.gradients)
    assert not any(left.startswith("∂L/∂x") for left in left_sides(sheet))


def test_the_vector_form_of_a_recurrent_net_renames_nothing():
    """w is w, and no ∇_h is found from itself."""
    L, _ = recurrent()
    form = derivation(L).vector_form()
    assert "v₁" not in form.text
    for board in form.boards:
        assert all(line.left.text not in line.right.text for line in board.lines)


def test_what_nothing_depends_on_has_a_name_of_its_own():
    """A line ∂L/∂x = 0 for a leaf without a label, or one called like another, is not taken for one of what L depends on."""
    w, x = Value(3.0, "w"), Value(2.0, "x")
    L = w * x
    L.label = "L"
    outside = [Value(1.0), Value(1.0), Value(7.0, "w")]
    lefts = [left for board in derivation(L, [w, x, *outside]).boards for left, _, _ in whole_lines(board) if left]
    assert set(lefts) == {"∂L/∂w⁽¹⁾", "∂L/∂w⁽²⁾", "∂L/∂x", "∂L/∂x₁", "∂L/∂x₂"}
    assert derivation(L, outside[0]).lines[0].left.text == "∂L/∂x₁"
    assert derivation(L, outside[2]).text == "∂L/∂w⁽²⁾ = 0   L does not depend on w⁽²⁾"


def test_what_a_loop_labels_alike_is_told_apart():
    """h at each step is h⁽¹⁾, h⁽²⁾, …, as it was computed; no two quantities have one name."""
    w, h = Value(0.5, "w"), Value(0.3, "h")
    for _ in range(3):
        h = tanh(w * h)
        h.label = "h"
    L = h * h
    L.label = "L"
    sheet = derivation(L)
    assert {"∂L/∂h⁽⁴⁾", "∂L/∂h⁽³⁾", "∂L/∂h⁽²⁾"} <= left_sides(sheet)
    known = Known(L, sheet)
    assert all(near(found, expected) for _, _, found, expected in lines_with_numbers(sheet, known))


def classifier(layer=True, right=1):
    """−Σ yᵢ log pᵢ with one-hot y, over a layer or over numbers."""
    if layer:
        x, W = (
            [Value(0.5, "x_1"), Value(1.0, "x_2")],
            [[Value(0.1 * i - 0.2 * j, f"w_{i}{j}") for j in (1, 2)] for i in (1, 2, 3)],
        )
        z = [dot(row, x) for row in W]
        label(z=z)
    else:
        z = [Value(number, f"z_{i}") for i, number in enumerate((0.3, -0.2, 1.0), start=1)]
    y = [Value(float(i == right), f"y_{i + 1}") for i in range(3)]
    p = softmax(z)
    for i, share in enumerate(p, start=1):
        share.label = f"p_{i}"
    L = -ag.sum([a * ag.log(share) for a, share in zip(y, p)])
    L.label = "L"
    return L, z


@pytest.mark.parametrize("layer", [True, False])
@pytest.mark.parametrize("right", [0, 1, 2])
def test_softmax_with_one_hot_targets_ends_in_p_minus_y(layer, right):
    """∂L/∂zᵢ = pᵢ − yᵢ, because y₁ + y₂ + y₃ = 1, which stands beside it; in vectors p − y; y is nobody's weight."""
    L, z = classifier(layer, right)
    sheet = derivation(L) if layer else derivation(L, z)
    (line,) = (line for board in sheet.boards for line in board.lines if line.right.text == "pᵢ − yᵢ")
    assert "y₁ + y₂ + y₃ = 1" in line.reason.text
    assert ("∇_z L", "p − y") in sheet.vector_form().equations
    assert not any(left.startswith("∂L/∂y") for left in left_sides(sheet))


def test_shares_that_do_not_sum_to_one_are_not_said_to():
    """With other targets the sum stays where it is."""
    L, z = classifier(False)
    y = [node for node in nodes(L) if node.label.startswith("y_")]
    y[0].data = 0.5
    L.forward()
    text = derivation(L, z).text
    assert "y₁ + y₂ + y₃ = 1" not in text
    assert "pᵢ − yᵢ" not in text


def test_a_relu_net_has_its_second_layer():
    """v₁ and v₂ stand on the sheet beside w₁₁ … w₂₂, the weights as a family."""
    v = [Value(0.3, "v_1"), Value(-0.4, "v_2")]
    W = [[Value(0.1 * i + 0.2 * j, f"w_{i}{j}") for j in (1, 2)] for i in (1, 2)]
    x = [Value(0.5, "x_1"), Value(1.0, "x_2")]
    out = dot(v, [ag.relu(dot(row, x)) for row in W])
    out.label = "ŷ"
    L = (out - Value(1.0, "y")) ** 2
    L.label = "L"
    sheet = derivation(L)
    assert {*v, *W[0], *W[1]} <= set(sheet.gradients)
    assert {"∂L/∂vⱼ", "∂L/∂wᵢⱼ"} <= left_sides(sheet)
    form = derivation(L).vector_form()
    assert ("∇_W L", "∇_a₁ L xᵀ") in form.equations
    assert "∂L/∂ŷ" in form.text


@pytest.mark.parametrize("named", [True, False])
def test_attention_has_queries_keys_and_values(named):
    """q, k and v are all parameters where nothing says that one of them is data."""
    q, ks = (
        [Value(0.2, "q_1"), Value(-0.3, "q_2")],
        [[Value(0.1 * i - 0.2 * j, f"k_{i}{j}") for j in (1, 2)] for i in (1, 2, 3)],
    )
    vs = [Value(0.5 * i, f"v_{i}") for i in (1, 2, 3)]
    leaves = [*q, *(k for row in ks for k in row), *vs]
    if not named:
        for x in leaves:
            x.label = ""
    L = (dot(softmax([dot(q, k) for k in ks]), vs) - Value(0.3, "t")) ** 2
    L.label = "L"
    assert set(leaves) <= set(derivation(L).gradients)


def test_weights_counted_one_after_the_other_are_told_in_the_vector_form():
    """Where w₁ … w₄ are the entries of a matrix, a line says which is which, and labels that are no entries keep theirs."""
    w, x = [Value(0.15 + 0.05 * i, f"w{i + 1}") for i in range(4)], [Value(0.05, "i1"), Value(0.1, "i2")]
    b = Value(0.35, "b1")
    h = [ag.sigmoid(w[0] * x[0] + w[1] * x[1] + b), ag.sigmoid(w[2] * x[0] + w[3] * x[1] + b)]
    L = (h[0] - 0.3) ** 2 + (h[1] - 0.6) ** 2
    label(h=h, L=L)
    form = derivation(L).vector_form()
    lines = {line.left.text: line.right.text for line in form.boards[0].lines}
    assert [w_ for w_ in lines.values() if w_ == "[w₁, w₂; w₃, w₄]"]
    assert "b₁" in form.text


def test_what_is_asked_for_outweighs_no_name():
    """derivation(L, x) of a net asks for what its author calls data; the weights are the weights all the same."""
    L, _ = classifier()
    x = [node for node in nodes(L) if node.label.startswith("x_")]
    sheet = derivation(L, x)
    assert {*x} <= set(sheet.gradients)
    assert ("z", "W x") in sheet.vector_form().equations


# -------------------------------------------------------------------------------------------------- as a lecturer writes it


@pytest.mark.parametrize("margin", [0.4, 1.1])
def test_a_hinge_is_one_bracket(margin):
    """The slope of max(0, 1 − y f) in f is −y [y f < 1]."""
    y, f = Value(1.0, "y"), Value(margin, "f")
    L = ag.maximum(0, 1 - y * f)
    L.label = "L"
    assert derivation(L, f).lines[0].right.text == "−[y·f < 1]·y"


def test_at_a_tie_the_half_is_written():
    """Where both are equal each gets half of the slope, and one bracket would not say so."""
    y, f = Value(1.0, "y"), Value(1.0, "f")
    L = ag.maximum(0, 1 - y * f)
    found = derivation(L, f)
    assert found.value == -0.5
    assert "½" in found.lines[0].right.text


def test_a_power_of_itself():
    """x^x has the slope x^x (1 + log x): x·x^(x − 1) is x^x."""
    x = Value(2.0, "x")
    assert derivation(x**x, x).lines[-2].right.text == "x^x·(1 + log(x))"


def test_no_derivative_is_found_from_itself():
    """What y varies by with w beside all ways is a formula: ∂L/∂w stands on the left alone."""
    w, x, t = Value(0.5, "w"), Value(2.0, "x"), Value(1.0, "t")
    o = w * x
    L = (o - t) ** 2 + 0.1 * w**2
    label(o=o, L=L)
    for board in derivation(L, w), *derivation(L, [w]).boards:
        for line in board.lines:
            assert "∂L/∂w" not in line.right.text


def test_what_rounding_leaves_is_nothing():
    """0.3 − 0.3 is 0 on the page, and so is what is found from it; .gradients has the engine's number."""
    a = Value(0.1, "a")
    h = a * 3
    L = (h - 0.3) ** 2
    label(h=h, L=L)
    sheet = derivation(L, [a])
    assert sheet.gradients[a] == gradient(L, a)[0].data != 0.0
    assert "10⁻" not in sheet.text
    assert sheet.boards[-1].lines[-1].right.text == "3·0 = 0"


def test_a_small_number_is_no_rounding():
    """1·10⁻¹² that is no difference of larger numbers stays."""
    a = Value(1e-12, "a")
    assert "10⁻¹²" in derivation(a * a * 0.5, a).text


def test_zeros_are_as_good_as_other_numbers():
    """Quantities that happen to be 0 have the formulas that they have elsewhere."""
    for f in 0.0, 1.0:
        y, x = Value(1.0, "y"), Value(f, "x")
        assert derivation(ag.maximum(x * y, 3), y).lines[0].right.text == "[x·y > 3]·x"
        assert derivation(ag.log_softmax([x * y, 0.0 * x])[0], y).value == pytest.approx(
            0.5 * f if f == 0 else 0.2689414213699951
        )


# ------------------------------------------------------------------------------------------------------------ refusals


def counted(monkeypatch):
    """How many formulas pages make, in a list of one number."""
    made, original = [0], Page.node

    def counting(page, op, inputs):
        made[0] += 1
        return original(page, op, inputs)

    monkeypatch.setattr(Page, "node", counting)
    return made


SIZES = {
    "2,000 nodes": {},
    "2,000 nodes, labelled": {"labelled": True},
    "14,000 nodes": {"width": 16, "tokens": tuple(range(9)), "heads": 4, "layers": 2},
    "14,000 nodes, labelled": {"width": 16, "tokens": tuple(range(9)), "heads": 4, "layers": 2, "labelled": True},
    "57,000 nodes": {"width": 24, "tokens": tuple(range(12)), "heads": 4, "layers": 4},
}
ASKED = {
    "the sheet": lambda L, w: derivation(L),
    "one": derivation,
    "a list": lambda L, w: derivation(L, [w]),
    "vectors": lambda L, w: derivation(L).vector_form(),
    "a formula": lambda L, w: latex(L),
}


@pytest.mark.parametrize("size", part(SIZES, 2))
def test_what_is_too_long_is_refused_with_little_work(monkeypatch, size):
    """Whatever is asked of a language model in scalars: few formulas are made before it is refused, with a way out."""
    L, _, parameters = language_model(**SIZES[size])
    L.label = "L"
    for ask in ASKED.values():
        made = counted(monkeypatch)
        with pytest.raises(ValueError, match=REFUSED) as caught:
            ask(L, parameters["E"][1][0])
        assert made[0] < 30_000
        assert re.search("label|derivation", str(caught.value))


def test_a_labelled_part_of_something_large_can_be_asked_for():
    """The last place's loss in its labelled logits is a short derivation, however much lies behind these."""
    _, losses, _ = language_model(**SIZES["14,000 nodes"])
    loss = losses[-1]
    logits = next(node for node in reversed(nodes(loss)) if node.op is ag.PRIMITIVES["logsumexp"]).inputs
    logits = [x.inputs[0] if x.op is ag.PRIMITIVES["sub"] else x for x in logits]
    for i, z in enumerate(logits, start=1):
        z.label = f"z_{i}"
    found = derivation(loss, logits[0])
    assert found.value == gradient(loss, logits[0])[0].data
    assert found.paths[0][-1] is logits[0]
    assert len(found.text) < 2_000


def test_a_wide_net_is_not_refused():
    """What is long in numbers and short in words is on the sheet: 200 inputs, 20 neurons."""
    w = [[Value(0.001 * i * j - 0.3, f"w_{{{i},{j}}}") for j in range(1, 201)] for i in range(1, 21)]
    x = [Value(0.01 * j, f"x_{j}") for j in range(1, 201)]
    L = ag.sum([tanh(dot(row, x)) ** 2 for row in w])
    L.label = "L"
    assert len(derivation(L).text) < 3_000
