"""Derivations of what modules compute: in the modules' names, folded block by block, opened kind by kind.

The numbers are those of backward(), which has oracles of its own; PyTorch says the same of a whole attention.
"""

import re
from random import Random

import pytest
from long_runs import seeds

import autograd as ag
import nn
from autograd import Value, derivation, gradient, label
from autograd.labels import Names, suggested
from nn.folding import Folded


def vectors(n, width, seed=0):
    """n vectors of labelled Values."""
    rng = Random(seed)
    x = [[Value(rng.uniform(-1.0, 1.0)) for _ in range(width)] for _ in range(n)]
    label(x=x)
    return x


def lines_of(board):
    return [line for _, lines in board.blocks() for line in lines]


def right_of(board, left):
    """The right sides of the lines that begin with left, and of those that go on from it."""
    found, here = [], False
    for line in lines_of(board):
        here = line.left.text == left or (here and not line.left.text)
        if here:
            found.append(line.right.text)
    return found


# ------------------------------------------------------------------------------------------- as a lecturer writes it


def test_a_share_of_attention_goes_from_alpha_to_the_entries_of_Q():
    """The chain from α over the scores and q·k to Q, with softmax and dot kept, each name with what it means."""
    attention, x = nn.Attention(2, 1, bias=False, seed=0), vectors(2, 2)
    alpha = attention.attend(x)[0][1][0]
    found = derivation(alpha, attention.query.weight[0][0])
    assert right_of(found, "q₂₁")[0].startswith("Q₁·x₂ = Q₁₁·x₂₁ + Q₁₂·x₂₂ = ")
    assert right_of(found, "z₂₂")[0].startswith("q₂·k₂/√2 = (q₂₁·k₂₁ + q₂₂·k₂₂)/√2 = ")
    assert right_of(found, "α₂₁")[0].startswith("softmax(z₂₁, z₂₂)₁ = ")
    chain = right_of(found, "∂α₂₁/∂Q₁₁")
    assert chain[0] == "∂α₂₁/∂z₂₁ · ∂z₂₁/∂q₂₁ · ∂q₂₁/∂Q₁₁ + ∂α₂₁/∂z₂₂ · ∂z₂₂/∂q₂₁ · ∂q₂₁/∂Q₁₁"
    assert chain[1] == "(α₂₁ − α₂₁²) · k₁₁/√2 · x₂₁ − α₂₁·α₂₂ · k₂₁/√2 · x₂₁"
    assert found.value == gradient(alpha, attention.query.weight[0][0])[0].data
    assert r"\operatorname{softmax}\left(z_{21}, z_{22}\right)_{1}" in found.latex
    assert r"\frac{q_{2} \cdot k_{2}}{\sqrt{2}}" in found.latex


def test_heads_are_told_apart_by_their_index():
    """q_{head place entry}; rows of Q count on from head to head."""
    attention, x = nn.Attention(4, 2, bias=False, seed=0), vectors(2, 4)
    share = attention.attend(x)[1][1][0]
    assert suggested(share) == "α_221"
    found = derivation(share, attention.query.weight[2][0])
    assert right_of(found, "q₂₂₁")[0].startswith("Q₃·x₂")


def test_rms_norm_goes_through_its_root():
    """n = x g / r: straight through x, and through r."""
    x = [Value(a) for a in (1.0, 2.0, -1.0)]
    label(x=x)
    norm = nn.RMSNorm(3)
    found = derivation(norm(x)[0], x[0])
    assert right_of(found, "r")[0].startswith("sqrt(x·x/3 + ε)")
    assert right_of(found, "∂n₁/∂x₁")[:2] == ["g₁/r + ∂n₁/∂r · ∂r/∂x₁", "g₁/r − x₁·g₁/r² · ⅓·x₁/r"]


def test_layer_norm_goes_through_mean_and_deviation():
    """m, d = x − m and s have their names and their meanings."""
    x = [Value(a) for a in (1.0, 2.0, -1.0)]
    label(x=x)
    found = derivation(nn.LayerNorm(3)(x)[0], x[0])
    assert right_of(found, "m")[0].startswith("(x₁ + x₂ + x₃)/3")
    assert right_of(found, "s")[0].startswith("sqrt(d·d/3 + ε)")
    assert found.value == pytest.approx(0.5154306, abs=1e-6)


def test_a_recurrent_net_carries_its_state():
    """h_t = tanh(a_t), a_t = W x_t + U h_{t−1} + b + c, and the way back from state to state."""
    rnn, x = nn.RNN(2, 2, seed=0), vectors(2, 2)
    _, h = rnn(x)
    L = h[0] ** 2 + h[1] ** 2
    L.label = "L"
    found = derivation(L)
    assert right_of(found, "a₂₂")[0].startswith("W₂·x₂ + U₂·h₁ + b₂ + c₂ = ")
    assert right_of(found, "∂L/∂a₂ᵢ")[:2] == ["∂L/∂h₂ᵢ · ∂h₂ᵢ/∂a₂ᵢ", "∂L/∂h₂ᵢ · (1 − h₂ᵢ²)"]
    assert right_of(found, "∂L/∂h₁ᵢ")[1] == "∂L/∂a₂₁ · U₁ᵢ + ∂L/∂a₂₂ · U₂ᵢ"


def test_the_gates_of_an_lstm_have_their_letters():
    """C = f C + i g, h = o tanh(C)."""
    lstm = nn.LSTM(1, 1, seed=0)
    _, (h, _) = lstm([[Value(1.0, "x_1")], [Value(0.5, "x_2")]])
    found = derivation(h[0], lstm.weight_ih[0][0])
    assert right_of(found, "C₂₁")[0].startswith("f₂₁·C₁₁ + i₂₁·g₂₁ = ")
    assert right_of(found, "h₂₁")[0].startswith("o₂₁·tanh(C₂₁) = ")
    assert right_of(found, "∂h₂₁/∂C₂₁")[0] == "o₂₁·(1 − tanh(C₂₁)²)"
    assert re.fullmatch(r"σ\(.*Wⁱ₁₁.*\) = .*", right_of(found, "i₂₁")[0])


def test_labels_of_a_person_come_first():
    """Who calls a result h finds h; who has a q of her own keeps it, and the module's is counted."""
    attention, x = nn.Attention(2, bias=False, seed=0), vectors(2, 2)
    mine = [Value(1.0, "q_21"), Value(2.0, "q_22")]
    o = attention(x)
    o[1][0].label = "answer"
    y = o[1][0] * mine[0] + mine[1]
    text = derivation(y, attention.query.weight[0][0]).text
    assert "∂answer/∂" in text
    assert "q⁽¹⁾₂₁" in text
    assert o[1][0].label == "answer"
    assert attention.query.weight[0][0].label == "Q_11"


def test_calls_of_one_module_are_counted():
    """All names of the first call have a 1, all of the second a 2, also where only one has such an index."""
    attention, x = nn.Attention(2, bias=False, seed=0), vectors(2, 2)
    text = derivation(attention(attention(x))[1][0], attention.query.weight[0][0]).text
    assert "o⁽¹⁾₁₂" in text
    assert "q⁽²⁾₂₁" in text
    assert not re.search("[qkvzαco]₁₁", text)


def test_names_are_written_beside_values_and_touch_no_label():
    """Names reach into lists; plain numbers and leaves have none; what nobody made has none."""
    x = Value(2.0)
    rows = Names("^{(3)}").give([[x * 1, x], [x * 2, x * 3]], "q", 7)
    assert [[suggested(each) for each in row] for row in rows] == [
        ["q^{(3)}_711", ""],
        ["q^{(3)}_721", "q^{(3)}_722"],
    ]
    assert [each.label for row in rows for each in row] == [""] * 4
    assert suggested(x * 5) == ""
    assert suggested(Names().give(x * 5, "r")) == "r"


def test_two_lstms_have_labels_that_can_be_read():
    """The number of the module stands beside the letter of the gate."""

    class Two(nn.Module):
        def __init__(self):
            self.a, self.b = nn.LSTM(1, 1, seed=0), nn.LSTM(1, 1, seed=1)
            nn.vectors.tell_apart(self)

    labels = [parameter.label for parameter in Two().parameters()]
    assert len(set(labels)) == len(labels)
    assert labels[0] == "W^{i(1)}_11"
    nn.vectors.tell_apart(two := Two())
    assert [parameter.label for parameter in two.parameters()] == labels


@pytest.mark.parametrize("seed", seeds(6))
def test_derivatives_of_any_module_are_those_of_backward(seed):
    """Whatever is asked of attention, norms and cells of any size: the value on the page is the engine's."""
    rng = Random(seed)
    width, n = rng.choice([1, 2, 4]), rng.randint(1, 3)
    x = vectors(n, width, seed)
    module = rng.choice(
        [
            nn.Attention(width, rng.choice([1, width]), bias=rng.random() < 0.5, causal=rng.random() < 0.5, seed=seed),
            nn.RMSNorm(width),
            nn.LayerNorm(width),
            nn.RNN(width, 2, rng.choice(["tanh", "relu"]), seed=seed),
            nn.LSTM(width, 2, seed=seed),
        ]
    )
    out = module(x)
    y = (out[0] if isinstance(out, tuple) else out)[-1][0]
    leaves = [*module.parameters(), *x[-1]]
    for leaf in rng.sample(leaves, min(4, len(leaves))):
        found = derivation(y, leaf)
        assert found.value == pytest.approx(gradient(y, leaf)[0].data, rel=1e-9, abs=1e-15)
        assert found.latex
        assert found.html()


# --------------------------------------------------------------------------------------------------------------- folded


def language_model(seed=0, layers=1, places=3, width=4, **options):
    model = nn.GPT(6, width, 2, layers, 8, seed=seed, **options)
    tokens = [Random(seed + i).randrange(6) for i in range(places + 1)]
    L = nn.losses.cross_entropy(model(tokens[:-1]), tokens[1:])
    L.label = "L"
    return model, L


def test_a_gpt_is_folded_block_by_block():
    """Each block says what it gives, of what, and how many numbers and parameters; the way back has each gradient."""
    _, L = language_model(layers=2)
    found = derivation(L)
    assert isinstance(found, Folded)
    assert found.names == ["tokens", "places", "norm", "block 1", "block 2", "head"]
    assert right_of(found, "x") == ["e + p"]
    assert right_of(found, "y⁽²⁾") == ["block 2(y⁽¹⁾)"]
    assert right_of(found, "∂L/∂y⁽¹⁾") == ["∂L/∂y⁽²⁾ · ∂y⁽²⁾/∂y⁽¹⁾"]
    (line,) = [line for line in lines_of(found) if line.left.text == "y⁽²⁾"]
    assert line.reason.text == "12 numbers; Block 4, 2 heads, relu; 192 parameters"


def test_the_gradients_of_blocks_are_those_of_backward():
    """The size of each gradient is that of the vector of all gradients in it."""
    model, L = language_model(layers=2)
    found = derivation(L)
    L.backward()
    sizes = {line.left.text: line.reason.text for line in lines_of(found)}
    for name, module in [("block 1", model.blocks[0]), ("block 2", model.blocks[1]), ("head", model.head)]:
        size = ag.sqrt(sum(parameter.grad**2 for parameter in module.parameters()))
        assert sizes[f"∂L/∂({name})"] == f"‖∂L/∂({name})‖ = {size:.6g}"


def numbers_at_the_end(board):
    """For each gradient on a page the number that its lines end in."""
    found, left = {}, ""
    for line in lines_of(board):
        left = line.left.text or left
        end = line.right.text.rpartition("= ")[2]
        if left.startswith("∂"):
            found[left] = end
    return found


@pytest.mark.parametrize("seed", seeds(3))
def test_an_opened_block_derives_each_kind_of_quantity_in_it(seed):
    """From q, k, v and α to every matrix: the line of each ends in what backward() leaves there."""
    rng = Random(seed)
    model, L = language_model(seed, layers=rng.choice([1, 2]), places=rng.choice([2, 3]), norm=rng.choice(["rms", "layer"]))
    name, block = "block 1", model.blocks[0]
    page = derivation(L).open(name)
    L.backward()
    ends = numbers_at_the_end(page)
    by_label = {parameter.label: parameter for parameter in block.parameters()}
    for matrix in (block.attention.query, block.attention.key, block.attention.value, block.attention.output):
        last = matrix.weight[-1][-1]
        assert by_label[last.label] is last
        (written,) = {end for left, end in ends.items() if left == f"∂L/∂{derivation_name(last)}"}
        shown = float(written.replace("−", "-").replace("·10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
        assert shown == pytest.approx(last.grad, rel=1e-5)
    stems = {re.match("∂L/∂(.)", left)[1] for left in ends}
    assert set("qkvzαcuahfy") <= stems
    assert page.latex
    assert page.html()


def derivation_name(parameter):
    from autograd.writing.names import text_name

    return text_name(parameter.label)


def test_one_derivative_deep_inside_goes_kind_by_kind():
    """∂L/∂Q₁₁ of a GPT has too many ways for a page: one quantity of each kind on the way, and at its end Q₁₁."""
    model, L = language_model(layers=2)
    w = model.blocks[0].attention.query.weight[0][0]
    found = derivation(L, w)
    L.backward()
    assert found.value == pytest.approx(w.grad, rel=1e-12)
    text = found.text
    assert (
        text.index("∂L/∂s")
        < text.index("∂L/∂y⁽²⁾")
        < text.index("∂L/∂α⁽¹⁾")
        < text.index("∂L/∂q⁽¹⁾")
        < text.rindex("∂L/∂Q⁽¹⁾₁₁")
    )
    assert "∂L/∂V" not in text


def test_a_block_within_a_block_opens_by_its_path():
    """ "block 1 / attention" is the attention alone."""
    _, L = language_model()
    text = derivation(L).open("block 1 / attention").text
    assert "∂L/∂Q" in text
    assert "∂L/∂w" not in text


def test_a_name_that_there_is_not_is_refused_with_those_that_there_are():
    """KeyError, with the names."""
    _, L = language_model()
    with pytest.raises(KeyError, match="no block 'block 9' here: there are 'tokens', 'places', 'norm', 'block 1', 'head'"):
        derivation(L).open("block 9")


def test_the_size_of_a_fold_does_not_grow_with_the_net():
    """Thousands of nodes more, and no more lines; no formula is worked out that is not shown."""
    lengths = {len(lines_of(derivation(language_model(places=n, width=w)[1]))) for n, w in ((2, 4), (8, 8))}
    assert len(lengths) == 1


def test_folds_are_saved_and_show_themselves(tmp_path):
    """As every board: text, LaTeX, HTML; without numbers where none are wanted."""
    _, L = language_model()
    found = derivation(L, numbers=False)
    assert "‖" not in found.text
    assert r"\text{block 1}" in found.latex
    assert "block&#x000A0;1" in found.save(tmp_path / "fold.html").read_text(encoding="utf-8")
    assert "= " in found.open("head").text


def test_what_no_module_named_is_refused_as_before():
    """A graph by hand, however large, has no blocks to fold it by."""
    x = [Value(0.1 * i) for i in range(40)]
    for _ in range(200):
        x = [ag.tanh(a * b + a) for a, b in zip(x, x[1:] + x[:1])]
    with pytest.raises(ValueError, match="too long for a page"):
        derivation(ag.sum(x))


def test_ones_own_model_is_folded_too():
    """Modules in a Module of one's own, by the names of its attributes."""

    class Mine(nn.Module):
        def __init__(self):
            self.embed, self.look = nn.Embedding(5, 4, seed=0), nn.Attention(4, seed=1)
            self.norm, self.say = nn.LayerNorm(4), nn.Linear(4, 5, seed=2)

        def __call__(self, tokens):
            return self.say(self.norm(self.look(self.embed(tokens))))

    L = nn.losses.cross_entropy(Mine()([0, 1, 2]), [1, 2, 3])
    found = derivation(L)
    assert found.names == ["embed", "look", "norm", "say"]
    assert right_of(found, "n") == ["norm(o)"]
    assert "softmax(z₃₁, z₃₂, z₃₃)₃" in found.open("look").text
