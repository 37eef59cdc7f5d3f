"""The vector form as a program: its lines are read as matrix mathematics and run in NumPy, forward and backward.

The inputs, weights and biases go in as arrays, line after line is computed from those above, and what comes out as gradients
has to be what backward() leaves in the scalars. A transpose that is missing, a vector for a matrix, an order of factors that
is wrong: each of them shows as a shape or as a number.
"""

import itertools
import re
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from long_runs import part, seeds
from matrix_reader import DIGITS, HIGH, NAME, Program, Reader
from nets_of_layers import IN_ORDER, NETS, by_hand, column, mlp, numbers_in, with_layers
from without_matrices import convolution, twice_the_same_input

import autograd as ag
import nn
from autograd import Value, derivation, dot
from autograd.writing.names import text_name


def test_the_reader_knows_matrices():
    """Products by shape, ⊙ above +, ᵀ and powers of what they stand at, by numbers worked out by hand."""
    W, u, v = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0], [2.0]]), np.array([[5.0], [7.0]])
    names = Program({"W₁": W, "u": u, "v": v, "c": 2.0, "∇_a L": v, "∂L/∂z": 3.0})
    for text, result in {
        "W₁ u + v": [[10], [18]],
        "W₁ᵀ ∇_a L ⊙ u": [[26], [76]],
        "u vᵀ": [[5, 7], [10, 14]],
        "−(u − 1)^⊙2 ⊙ v": [[0], [-7]],
        "v − e₂": [[5], [6]],
        "c u": [[2], [4]],
        "uᵀ v": [[19]],
        "∂L/∂z v": [[15], [21]],
        "u₂·v₁/c": 5,
        "[u > 1] ⊙ v": [[0], [7]],
    }.items():
        assert np.array_equal(Reader(text, names).read(), np.array(result, dtype=float)), text


@pytest.mark.parametrize("wrong", ["W₁ uᵀ", "u v", "W₁ ⊙ u", "uᵀ ⊙ v"])
def test_the_reader_minds_shapes(wrong):
    """What does not fit is an error and not a broadcast."""
    names = Program({"W₁": np.ones((2, 2)), "u": np.ones((2, 1)), "v": np.ones((2, 1))})
    with pytest.raises((AssertionError, ValueError)):
        Reader(wrong, names).read()


# ------------------------------------------------------------------------------------------------------------------ nets


def run(net, *boards):
    """What the names on these boards come to, line after line, from the numbers that go into a net."""
    program = Program(net.given | {key: numbers_in(values) for key, values in net.arrays.items()})
    for board in boards:
        program.run(board)
    return program


def check_gradients(net, program, **near):
    """Every gradient is that of backward(), in its place and in its shape."""
    for key, values in net.arrays.items():
        expected = numbers_in(values, "grad")
        assert np.shape(program(f"∇_{key} L")) == expected.shape, key
        assert program(f"∇_{key} L") == pytest.approx(expected, **near), key


@cache
def made(name):
    """A net of the table with its gradients in place, and its vector form, with numbers and without."""
    net = NETS[name]()
    sheet = derivation(net.loss)
    net.loss.backward()
    return SimpleNamespace(**vars(net), form=sheet.vector_form(), in_numbers=sheet.vector_form(numbers=True))


@pytest.mark.parametrize("name", part(NETS, 9))
def test_the_vector_form_runs(name):
    """Forward and backward in NumPy, every gradient is that of backward(), in its place and in its shape."""
    net = made(name)
    program = run(net, *net.form.boards)
    assert program("L") == pytest.approx(net.loss.data, rel=1e-5)
    check_gradients(net, program, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("name", part(NETS, 9))
def test_no_gradient_is_used_that_no_line_gives(name):
    """∇_a L on the right has been on the left of a line above, as a whole or entry by entry."""
    _, backward = made(name).form.boards
    seen = set()
    for line in backward.lines:
        assert set(re.findall(rf"∇_{NAME} {NAME}", line.right.text)) <= seen, line.right.text
        seen.add(line.left.text)
        if found := re.fullmatch(rf"∂({NAME})/∂({NAME})([{DIGITS}])", line.left.text):
            seen.add(f"∇_{found[2]} {found[1]}")


@pytest.mark.parametrize("name", part(NETS, 9))
def test_equations_are_the_lines_of_matrices(name):
    """.equations holds what is in matrices, and each stands on the board."""
    form = made(name).form
    lines = [(line.left.text, line.right.text) for board in form.boards for line in board.lines]
    assert set(form.equations) <= set(lines)
    assert all(line in form.equations for line in lines if line[0].startswith("∇"))


@pytest.mark.parametrize("name", part(NETS, 9))
def test_numbers_are_the_gradients(name):
    """With numbers=True each line ends in the matrix, row by row, that NumPy computes."""
    net = made(name)
    form = net.in_numbers
    written = {line.left.text: line.right.text for board in form.boards for line in board.lines}
    for key, values in net.arrays.items():
        rows = re.search(r"= \[([^]]*)\]$", written[f"∇_{key} L"])[1].replace("−", "-")
        found = np.array([[number(x) for x in row.split(", ")] for row in rows.split("; ")])
        assert found.shape == np.shape(values)
        assert found == pytest.approx(numbers_in(values, "grad"), rel=1e-5, abs=1e-12)


def number(text):
    """A number as the board writes it: 0.0154, or 1.5·10⁻⁶."""
    mantissa, _, power = text.partition("·10")
    return float(mantissa) * 10.0 ** int(power.translate(str.maketrans(f"{HIGH}⁻", "0123456789-")) or 0)


@pytest.mark.parametrize("name", part(NETS, 9))
def test_shapes_stand_beside_the_lines(name):
    """[rows×columns] is what NumPy has, and LaTeX has it below the symbol."""
    net = made(name)
    program = run(net, *net.form.boards)
    for board in net.form.boards:
        for line in board.lines:
            if found := re.match(r"\[(\d+)×(\d+)\]", line.reason.text):
                shape = int(found[1]), int(found[2])
                assert np.shape(program.known[line.left.text]) == shape
                assert rf"{shape[0]} \times {shape[1]}" in line.left.latex


def test_latex_is_balanced():
    """Braces and brackets close, in every net."""
    for name in part(NETS, 9):
        latex = made(name).in_numbers.latex
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\left") == latex.count(r"\right")
        assert latex.count(r"\begin") == latex.count(r"\end")


# ------------------------------------------------------------------------------------------------------ the fifth note


def equations(name):
    return dict(made(name).form.equations)


def test_the_equations_of_the_notes():
    """∇_h = Wᵀ ∇_a, ∇_W = ∇_a of the layer times its inputs, ∇_a = ∇_h ⊙ g′(a), ∇_b = ∇_a; forward a = W h + b."""
    found = equations("note 4")
    assert found == {
        "a₁": "W₁ x + b₁",
        "h₁": "σ(a₁)",
        "a₂": "W₂ h₁ + b₂",
        "h₂": "σ(a₂)",
        "∇_h₂ L": "h₂ − y",
        "∇_a₂ L": "∇_h₂ L ⊙ h₂ ⊙ (1 − h₂)",
        "∇_W₂ L": "∇_a₂ L h₁ᵀ",
        "∇_b₂ L": "∇_a₂ L",
        "∇_h₁ L": "W₂ᵀ ∇_a₂ L",
        "∇_a₁ L": "∇_h₁ L ⊙ h₁ ⊙ (1 − h₁)",
        "∇_W₁ L": "∇_a₁ L xᵀ",
        "∇_b₁ L": "∇_a₁ L",
    }


def test_softmax_and_its_difference_from_the_truth():
    """∇_a L = ŷ − e_l, the note's −(y − ŷ) for the distribution y that is 1 at l."""
    found = equations("softmax")
    assert found["ŷ"] == "softmax(a₂)"
    assert found["∇_a₂ L"] == "ŷ − e₂"
    assert equations("deep softmax")["∇_a₃ L"] == "ŷ − e₃"
    assert equations("cross-entropy")["∇_a₂ L"] == "ŷ − e₂"


def test_a_row_of_outputs_with_targets():
    """Of two sigmoids under a mean of squares, ∇_a L is ∇_h L ⊙ h ⊙ (1 − h), whatever the targets."""
    for name in ("two outputs, mse", "two outputs, mse of halves"):
        assert equations(name)["∇_a₂ L"] == "∇_h₂ L ⊙ h₂ ⊙ (1 − h₂)"


def test_kinks_and_squares():
    """1 where a > 0 for ReLU, 1 − h^⊙2 for tanh, element by element."""
    assert equations("deep softmax")["∇_a₂ L"] == "∇_h₂ L ⊙ [h₂ > 0]"
    assert equations("deep softmax")["∇_a₁ L"] == "∇_h₁ L ⊙ (1 − h₁^⊙2)"


def test_what_two_samples_add_up_to():
    """The gradient of a matrix that is used twice is a sum of two outer products."""
    assert equations("two samples")["∇_W₁ L"] == "∇_a⁽¹⁾₁ L x₁ᵀ + ∇_a⁽²⁾₁ L x₂ᵀ"
    assert equations("tied weights")["∇_W L"] == "∇_a⁽¹⁾ L xᵀ + ∇_a⁽²⁾ L h⁽¹⁾ᵀ"


def test_the_fifth_notes_matrix_of_gradients():
    """∂L/∂w_kij = ∂L/∂a_ki h_{k−1,j}: the outer product, with rows for i and columns for j, as the page first has it."""
    net = made("square")
    program = run(net, *net.form.boards)
    for i in range(3):
        for j in range(3):
            delta, below = program("∇_a₂ L")[i, 0], program("h₁")[j, 0]
            assert program("∇_W₂ L")[i, j] == pytest.approx(delta * below, rel=1e-12)
    assert not np.allclose(program("∇_W₂ L"), program("∇_W₂ L").T)


# ----------------------------------------------------------------------------------------- what has no matrix form has none


def a_weight_in_two_rows():
    """Two rows over the same numbers, which share a weight."""
    w, x = [Value(0.1 * i, f"w_{i}") for i in range(1, 4)], [Value(0.5, "x_1"), Value(-0.3, "x_2")]
    return dot([w[0], w[1]], x).tanh() + dot([w[2], w[0]], x).sigmoid()


def computed_weights():
    """A layer whose weights are computed: attention in small."""
    q, x = [Value(0.5, "q_1"), Value(-0.3, "q_2")], [Value(0.7, "x_1"), Value(0.2, "x_2")]
    return dot(ag.softmax([dot(q, x), dot(q, [x[1], x[0]])]), x).tanh()


def skips_a_layer():
    """A second layer over the first one's outputs and an input."""
    x = [Value(0.7, "x_1"), Value(0.2, "x_2")]
    h = [dot([Value(0.3), Value(0.4)], x).tanh(), dot([Value(-0.3), Value(0.1)], x).tanh()]
    return dot([Value(0.5), Value(0.6), Value(-0.2)], [*h, x[0]]).tanh()


@pytest.mark.parametrize("make", [convolution, twice_the_same_input, a_weight_in_two_rows, computed_weights, skips_a_layer])
def test_no_matrix_is_claimed_where_there_is_none(make):
    """Whatever lines are printed, each of them is true: read and computed, they give the gradients of backward()."""
    y = make() * 1.5
    y.label = "L"
    form = derivation(y).vector_form()
    y.backward()
    originals = {text_name(leaf.label): node for leaf, node in form.graph.originals.items()}
    arrays = {text_name(a.name): a for a in form.graph.arrays}
    program = Program({name: node.data for name, node in originals.items() if not node.inputs})
    program.known |= {
        name: numbers_in(array.rows) for name, array in arrays.items() if array.kind in ("inputs", "weights", "biases")
    }
    for board in form.boards:
        program.run(board)
    assert program("L") == pytest.approx(y.data)
    count = 0
    for name, node in originals.items():
        if f"∂L/∂{name}" in program.known:
            assert program(f"∂L/∂{name}") == pytest.approx(node.grad, rel=1e-5), name
            count += 1
    for name, array in arrays.items():
        if f"∇_{name} L" in program.known:
            assert program(f"∇_{name} L") == pytest.approx(numbers_in(array.rows, "grad"), rel=1e-5)
            count += 1
    assert count > 1


@pytest.mark.parametrize("labels", [("", "", ""), ("u", "v", "w")])
def test_without_any_array_there_are_lines_all_the_same(labels):
    """Products that are no layer have their lines of scalars, forward and backward, with labels or without."""
    u, v, w = (Value(0.25 * i, label) for i, label in enumerate(labels, start=1))
    L = (u * w).sin() * (v * w).tanh()
    L.label = "L"
    _, backward = derivation(L).vector_form().boards
    assert len([line for line in backward.lines if line.left.text.startswith("∂L/∂")]) == 3


def test_labels_and_vectors_agree():
    """Where terms come in another order than the labels count, w₂₁₁ is still what is labelled w_211."""
    form = derivation(by_hand(labels=IN_ORDER, terms=[1, 0, 2, 3]).loss).vector_form()
    for leaf, node in form.graph.originals.items():
        assert not node.label or text_name(node.label) == text_name(leaf.label)


def test_rows_that_are_written_in_two_ways_are_not_left_out():
    """A layer in which one row begins with its bias and the other ends with it is computed on the board all the same."""
    x, W = [Value(0.5), Value(-0.3)], [[Value(0.3), Value(0.4)], [Value(-0.2), Value(0.1)]]
    b = [Value(0.1), Value(0.2)]
    rows = [dot(W[0], x, b[0]), b[1] + W[1][0] * x[0] + W[1][1] * x[1]]
    L = rows[0].tanh() ** 2 + rows[1].tanh() ** 2
    L.label = "L"
    forward, _ = derivation(L).vector_form().boards
    assert {"a", "a₁"} & {line.left.text for line in forward.lines}


def test_the_output_keeps_its_label():
    """Where what is differentiated is itself an output of a layer, it goes by the name that it has."""
    x = [Value(0.5), Value(-0.3)]
    h = [dot([Value(0.3), Value(0.4)], x, Value(0.1)).tanh(), dot([Value(-0.3), Value(0.2)], x, Value(0.2)).tanh()]
    L = dot([Value(0.7), Value(-0.6)], h, Value(0.1)).tanh()
    L.label = "L"
    form = derivation(L).vector_form()
    assert [left for left, _ in form.equations if left.startswith("∇")][-1] == "∇_b₁ L"
    assert "∂h" not in form.text.replace("/∂h", "")


# ----------------------------------------------------------------------------------------------------- mistakes are caught


@pytest.mark.parametrize(
    ("right", "wrong"), [("W₂ᵀ ", "W₂ "), ("∇_a₁ L xᵀ", "∇_h₁ L xᵀ"), ("(1 − h₁)", "(1 + h₁)"), ("ŷ − e₂", "ŷ − e₁")]
)
def test_a_wrong_equation_does_not_pass(right, wrong):
    """A transpose, a vector, a sign, a class: planted in the lines, each is found by its shape or its numbers."""
    net = NETS["softmax"]()
    forward, backward = derivation(net.loss).vector_form().boards
    assert any(right in line.right.text for line in backward.lines)
    for k, line in enumerate(backward.lines):
        backward.lines[k] = line._replace(right=line.right._replace(text=line.right.text.replace(right, wrong)))
    net.loss.backward()
    run(net, forward)
    with pytest.raises((ValueError, AssertionError)):
        check_gradients(net, run(net, forward, backward), rel=1e-5, abs=1e-9)


def test_a_wrong_row_of_the_table_shows_in_vectors(monkeypatch):
    """With tanh′ = 1 + tanh² planted, the equation says so, and NumPy's difference quotient says otherwise."""
    net = by_hand()
    truth = derivation(net.loss).vector_form()
    monkeypatch.setattr(ag.PRIMITIVES["tanh"], "partials", (lambda z, x: 1.0 + z * z,))
    wrong = derivation(net.loss).vector_form()
    assert dict(truth.equations)["∇_a₁ L"] == "∇_h₁ L ⊙ (1 − h₁^⊙2)"
    assert dict(wrong.equations)["∇_a₁ L"] == "∇_h₁ L ⊙ (1 + h₁^⊙2)"


# ------------------------------------------------------------------------------------------------------------ larger nets


def test_a_large_net_in_vectors():
    """64-32-10 with cross-entropy: ten lines, and all 2,410 gradients."""
    r = np.random.default_rng(0)
    net = mlp(lambda o: nn.losses.cross_entropy(o, 3), 64, [32, 10], ["tanh", "linear"], x=list(r.normal(size=64)))
    forward, backward = derivation(net.loss).vector_form().boards
    net.loss.backward()
    check_gradients(net, run(net, forward, backward), rel=1e-9, abs=1e-12)
    assert len(forward.lines) + len(backward.lines) < 16


@pytest.mark.parametrize("seed", seeds(6))
def test_random_nets(seed):
    """Layers of any width, any activations, rows written in any order, with labels or without."""
    r = np.random.default_rng(seed)
    widths = [int(n) for n in r.integers(1, 5, size=int(r.integers(2, 5)))]
    if widths[1:] == [1]:  # a neuron by itself has no vectors but its weights
        widths[1] = 2
    layers, given = [], [Value(x) for x in r.normal(size=widths[0])]
    h = given
    for k, (nin, nout) in enumerate(itertools.pairwise(widths)):
        W = [[Value(w) for w in row] for row in r.normal(size=(nout, nin))]
        b = [Value(c) for c in r.normal(size=nout)]
        rows = {}
        for i in r.permutation(nout):
            rows[i] = dot(W[i], h, b[i]) if seed < 3 else sum((w * x for w, x in zip(W[i], h)), b[i])
        g = [Value.tanh, Value.sigmoid, Value.softplus, Value.sin][int(r.integers(4))]
        h = [g(rows[i]) for i in range(nout)]
        layers.append((W, b))
        if seed % 2:
            for i, row in enumerate(W):
                for j, w in enumerate(row):
                    w.label = f"w_{k + 1}{i + 1}{j + 1}"
    L = ag.sum([(x - 0.5) ** 2 for x in h]) if len(h) > 1 else (h[0] - 0.5) ** 2
    L.label = "L"
    single = len(layers) == 1 and not layers[0][0][0][0].label
    net = with_layers(L, {"x": column(given)}, layers, single)
    if len(layers) == 1 and not single:  # W₁ is called as its labels say, b as it is in a single layer
        net.arrays["b"] = net.arrays.pop("b₁")
    L.backward()
    check_gradients(net, run(net, *derivation(L).vector_form().boards), rel=1e-7)
