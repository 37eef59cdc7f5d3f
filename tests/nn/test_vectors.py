"""Linear, Embedding, norms, attention, recurrent nets, GPT: PyTorch's numbers, hand-worked ones, errors, names, drawings."""

import math
import pickle
import random

import pytest
from modules_over_vectors import MODULES, WIDTH

import autograd as ag
import nn
from autograd import Value
from autograd.graph import nodes
from autograd.labels import suggested
from nn.losses import cross_entropy, mse

EPS = 1e-3  # of Adam: the slope of a bias of keys is 0, and what rounding leaves of it must not be blown up


def vectors(n, width=WIDTH, seed=0):
    rng = random.Random(seed)
    return [[rng.uniform(-1.5, 1.5) for _ in range(width)] for _ in range(n)]


every_module = pytest.mark.parametrize("name", MODULES)


def prepared(name):
    """A module whose gains and biases are not those that it starts with."""
    module, rng = MODULES[name](), random.Random(1)
    for p in module.parameters():
        p.data += rng.uniform(-0.3, 0.3)
    return module


def outputs(module, x):
    """What it gives for each place, without the last states of recurrent nets."""
    found = module(x)
    return found[0] if isinstance(found, tuple) else found


# ------------------------------------------------------------------------------------------------------------- PyTorch


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is the oracle here: pip install torch")


def tensor(torch, rows):
    return torch.tensor([[p.data for p in row] if isinstance(row, list) else row.data for row in rows], dtype=torch.float64)


def its_twin(torch, name, module):
    """A function of a tensor (places, width) and the tensors it has for parameters, in the order of ours."""
    kind = {"dtype": torch.float64}
    if name.startswith("linear"):
        twin = torch.nn.Linear(WIDTH, 3, bias=module.bias is not None, **kind)
        return twin, list(twin.parameters()), twin
    if name.startswith("rms"):
        twin = torch.nn.RMSNorm(
            WIDTH, eps=None if module.eps < 1e-9 else module.eps, elementwise_affine=bool(module.weight), **kind
        )
        return twin, list(twin.parameters()), twin
    if name.startswith("layer"):
        twin = torch.nn.LayerNorm(WIDTH, module.eps, bool(module.weight), bias=bool(module.bias), **kind)
        return twin, list(twin.parameters()), twin
    if name in ("attention", "one head of everything"):
        twin = torch.nn.MultiheadAttention(WIDTH, module.heads, bias=module.query.bias is not None, **kind)
        mask = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1) if module.causal else None
        return twin, None, lambda x: twin(x, x, x, attn_mask=mask[: len(x), : len(x)] if module.causal else None)[0]
    if name == "block":
        twin = torch.nn.TransformerEncoderLayer(WIDTH, 2, 6, 0.0, "gelu", norm_first=True, **kind)
        mask = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1)
        return twin, None, lambda x: twin(x[:, None], src_mask=mask[: len(x), : len(x)])[:, 0]
    if name.startswith("rnn"):
        twin = torch.nn.RNN(WIDTH, module.hidden, nonlinearity=module.nonlinearity, bias=bool(module.bias_ih), **kind)
        return twin, list(twin.parameters()), lambda x: twin(x)[0]
    if name == "lstm":
        twin = torch.nn.LSTM(WIDTH, 2, **kind)
        return twin, list(twin.parameters()), lambda x: twin(x)[0]
    twin = torch.nn.Sequential(
        torch.nn.Linear(WIDTH, 5, **kind), torch.nn.Tanh(), torch.nn.Linear(5, 2, **kind), torch.nn.LogSoftmax(-1)
    )
    return twin, list(twin.parameters()), twin


def groups(name, module, twin):
    """Pairs of a tensor, or of a part of one, and the parameters of ours that it has."""
    if name in ("attention", "one head of everything"):
        parts = [(twin, module)]
    elif name == "block":
        parts = [(twin.self_attn, module.attention)]
    else:
        parts = []
    pairs = []
    for theirs, ours in parts:
        pairs += [(theirs.in_proj_weight, ours.query.weight + ours.key.weight + ours.value.weight)]
        pairs += [(theirs.out_proj.weight, ours.output.weight)]
        if ours.query.bias:
            pairs += [(theirs.in_proj_bias, ours.query.bias + ours.key.bias + ours.value.bias)]
            pairs += [(theirs.out_proj.bias, ours.output.bias)]
    if name == "block":
        for theirs, ours in [
            (twin.norm1, module.norm_1),
            (twin.norm2, module.norm_2),
            (twin.linear1, module.mlp.modules_1),
            (twin.linear2, module.mlp.modules_3),
        ]:
            pairs += [(theirs.weight, ours.weight), (theirs.bias, ours.bias)]
    return pairs


def twins(torch, name):
    module = prepared(name)
    twin, theirs, function = its_twin(torch, name, module)
    if theirs is not None:
        flat, pairs = module.parameters(), []
        for each in theirs:
            pairs.append((each, flat[: each.numel()]))
            del flat[: each.numel()]
        assert flat == []
    else:
        pairs = groups(name, module, twin)
    with torch.no_grad():
        for each, values in pairs:
            each.copy_(tensor(torch, values).reshape(each.shape))
    assert sum(each.numel() for each, _ in pairs) == len(module.parameters())
    return module, function, pairs, list(twin.parameters())


def flat(values):
    return [p for row in values for p in (row if isinstance(row, list) else [row])]


def close(ours, theirs):
    assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)


@every_module
@pytest.mark.external
def test_values_gradients_and_ten_steps_are_torchs(torch, name):
    """Outputs, gradients of parameters and inputs, and what ten steps of Adam make of all, in float64 to 1e-12."""
    module, function, pairs, parameters = twins(torch, name)
    rows = vectors(5)
    ours = nn.optim.Adam(module.parameters(), lr=0.05, eps=EPS) if parameters else None
    theirs = torch.optim.Adam(parameters, lr=0.05, eps=EPS) if parameters else None
    for _ in range(10 if parameters else 1):
        xs = [[Value(x) for x in row] for row in rows]
        there = torch.tensor(rows, dtype=torch.float64, requires_grad=True)
        y, expected = outputs(module, xs), function(there)
        close([o.data for row in y for o in row], expected.flatten().tolist())
        weights = vectors(len(y), len(y[0]), seed=3)
        module.zero_grad()
        for p in parameters:
            p.grad = None
        ag.sum([(o - w) ** 2 for row, ws in zip(y, weights, strict=True) for o, w in zip(row, ws, strict=True)]).backward()
        ((expected - torch.tensor(weights, dtype=torch.float64)) ** 2).sum().backward()
        close([x.grad for row in xs for x in row], there.grad.flatten().tolist())
        for each, values in pairs:
            close([p.grad for p in flat(values)], each.grad.flatten().tolist())
        if parameters:
            ours.step()
            theirs.step()
    for each, values in pairs:
        close([p.data for p in flat(values)], each.flatten().tolist())


@pytest.mark.external
def test_a_gpt_is_torchs_operations_in_its_order(torch):
    """Scores, loss, gradients and ten steps of training, against the same net put together of PyTorch's functions."""
    model, tokens, targets = nn.GPT(7, 4, 2, 2, 6, seed=0), [0, 3, 6, 3, 1], [3, 6, 3, 1, 0]
    for p in model.parameters():
        p.data *= 10.0
    state = {}
    for name, p in model.named_parameters():
        state.setdefault(name.rpartition("_")[0], []).append(p)
    shapes = {"tokens.weight": (7, 4), "places.weight": (6, 4), "head.weight": (7, 4)}
    for key in state:
        if key not in shapes:
            shapes[key] = (16, 4) if "modules_1" in key else (4, 16) if "modules_3" in key else (4, 4)
    W = {k: tensor(torch, v).reshape(shapes[k]).requires_grad_() for k, v in state.items()}

    def norm(x):
        return torch.nn.functional.rms_norm(x, (4,), eps=1e-5)

    def forward():
        x = norm(W["tokens.weight"][tokens] + W["places.weight"][: len(tokens)])
        for b in ("blocks_1", "blocks_2"):
            q, k, v = (
                (norm(x) @ W[f"{b}.attention.{part}.weight"].T).reshape(-1, 2, 2).transpose(0, 1)
                for part in ("query", "key", "value")
            )
            y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + y.transpose(0, 1).reshape(-1, 4) @ W[f"{b}.attention.output.weight"].T
            hidden = torch.relu(norm(x) @ W[f"{b}.mlp.modules_1.weight"].T)
            x = x + hidden @ W[f"{b}.mlp.modules_3.weight"].T
        return x @ W["head.weight"].T

    ours, theirs = nn.optim.Adam(model.parameters(), lr=0.05), torch.optim.Adam(W.values(), lr=0.05)
    for _ in range(10):
        scores, expected = model(tokens), forward()
        close([s.data for row in scores for s in row], expected.flatten().tolist())
        loss, there = cross_entropy(scores, targets), torch.nn.functional.cross_entropy(expected, torch.tensor(targets))
        close(loss.data, there.item())
        model.zero_grad()
        theirs.zero_grad()
        loss.backward()
        there.backward()
        for key, values in state.items():
            close([p.grad for p in values], W[key].grad.flatten().tolist())
        ours.step()
        theirs.step()


@pytest.mark.external
def test_states_to_begin_with_and_the_last_ones(torch):
    """Recurrent nets take and give states as torch's do."""
    rows = vectors(3)
    module, _, _, parameters = twins(torch, "rnn")
    twin = torch.nn.RNN(WIDTH, 3, dtype=torch.float64)
    twin.load_state_dict(dict(zip(twin.state_dict(), parameters, strict=True)))
    h = [0.3, -0.2, 0.9]
    _, last = module(rows, h)
    _, there = twin(torch.tensor(rows, dtype=torch.float64), torch.tensor([h], dtype=torch.float64))
    close([x.data for x in last], there[0].tolist())
    module, _, _, parameters = twins(torch, "lstm")
    twin = torch.nn.LSTM(WIDTH, 2, dtype=torch.float64)
    twin.load_state_dict(dict(zip(twin.state_dict(), parameters, strict=True)))
    states = [0.3, -0.2], [0.5, 1.5]
    _, last = module(rows, states)
    begin = tuple(torch.tensor([each], dtype=torch.float64) for each in states)
    _, there = twin(torch.tensor(rows, dtype=torch.float64), begin)
    for mine, its in zip(last, there, strict=True):
        close([x.data for x in mine], its[0].tolist())


# ------------------------------------------------------------------------------------------------- by hand, without PyTorch


def test_norms_by_hand():
    """(3, 4) has the root mean square √12.5; (3, 7) the mean 5 and the deviation 2."""
    close([y.data for y in nn.RMSNorm(2, eps=0.0)([3.0, 4.0])], [3 / math.sqrt(12.5), 4 / math.sqrt(12.5)])
    close([y.data for y in nn.LayerNorm(2, eps=0.0)([3.0, 7.0])], [-1.0, 1.0])
    assert all(abs(y.data) < 1e-3 for y in nn.LayerNorm(2)([5.0, 5.0]))
    layer, rms = nn.LayerNorm(2, eps=0.5), nn.RMSNorm(2, eps=0.5)
    for norm in (layer, rms):
        norm.weight[0].data, norm.weight[1].data = 2.0, 3.0
    layer.bias[0].data, layer.bias[1].data = 10.0, 20.0
    for row in layer([[3.0, 7.0], [-1.0, 3.0]]):
        close([y.data for y in row], [10.0 - 4.0 / math.sqrt(4.5), 20.0 + 6.0 / math.sqrt(4.5)])
    close([y.data for y in rms([3.0, 4.0])], [6 / math.sqrt(13.0), 12 / math.sqrt(13.0)])
    plain = nn.LayerNorm(2, eps=0.0, elementwise_affine=False)
    assert (plain.weight, plain.bias, nn.LayerNorm(2, bias=False).bias) == (None, None, None)
    close([y.data for y in plain([3.0, 7.0])], [-1.0, 1.0])


def test_attention_by_hand():
    """With Q, K, V, O the identity, two places, one head: shares are softmax of dot products over √2."""
    attention = nn.Attention(2, bias=False)
    for linear in (attention.query, attention.key, attention.value, attention.output):
        for i in range(2):
            for j in range(2):
                linear.weight[i][j].data = float(i == j)
    x, z = [[1.0, 0.0], [0.0, 2.0]], 4.0 / math.sqrt(2.0)
    share = 1.0 / (1.0 + math.exp(z))
    first, second = attention(x)
    close([y.data for y in first], [1.0, 0.0])
    close([y.data for y in second], [share, 2.0 * (1.0 - share)])
    attention.causal = False
    close(attention(x)[0][1].data, 2.0 / (1.0 + math.exp(1.0 / math.sqrt(2.0))))


@pytest.mark.parametrize(("bend", "function"), [("tanh", math.tanh), ("relu", lambda a: max(a, 0.0))])
def test_an_rnn_of_one_number_by_hand(bend, function):
    """h ← bend(½ x + 1/10 + ¼ h + 1/5), place by place, from 0 or what it is given."""
    rnn = nn.RNN(1, 1, bend)
    for p, x in zip(rnn.parameters(), (0.5, 0.25, 0.1, 0.2), strict=True):
        p.data = x
    first = function(1.3)
    outputs, last = rnn([[2.0], [-1.0]])
    close([h.data for (h,) in outputs], [first, function(-0.2 + first / 4)])
    assert last is outputs[-1]
    close(rnn([[2.0]], [0.4])[1][0].data, function(1.4))
    close(rnn.step([2.0], [0.4])[0].data, function(1.4))
    letters = [[p.label for p in net.parameters()] for net in (rnn, nn.LSTM(1, 1))]
    gates = [f"{letter}^{gate}_{i}" for letter, i in zip("WUbc", ("11", "11", "1", "1")) for gate in "ifgo"]
    assert letters == [["W_11", "U_11", "b_1", "c_1"], gates]


def test_an_lstm_of_one_number_by_hand():
    """All weights 1 and no biases: i = f = o = σ(x + h), g = tanh(x + h)."""
    lstm = nn.LSTM(1, 1, bias=False)
    for p in lstm.parameters():
        p.data = 1.0
    (h,), (c,) = lstm.step([0.5], ([0.25], [2.0]))
    gate = 1.0 / (1.0 + math.exp(-0.75))
    close(c.data, gate * 2.0 + gate * math.tanh(0.75))
    close(h.data, gate * math.tanh(c.data))
    wide = nn.LSTM(1, 2)
    assert [[a.inputs[0].inputs[0].label for a in gate] for gate in wide.nets([0.5], [0.25, 0.0])] == [
        [f"W^{gate}_{i}1" for i in (1, 2)] for gate in "ifgo"
    ]


def test_dropout_keeps_the_mean_and_says_when():
    """So many numbers are left out as p says, the others grow; eval() and p = 0 let all through; a seed repeats it."""
    x = [1.0] * 4000
    found = [y.data for y in nn.Dropout(0.25, seed=3)(x)]
    assert set(found) == {0.0, 4.0 / 3.0}
    assert found.count(0.0) == pytest.approx(1000, abs=100)
    assert found == [y.data for y in nn.Dropout(0.25, seed=3)(x)]
    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.9))
    assert net.training
    assert not net.eval().modules_2.training
    assert net.modules_2([3.0, 4.0])[1].data == 4.0
    assert net.train().modules_2.training
    assert [y.data for y in nn.Dropout(0.0)([3.0])] == [3.0]
    assert [y.data for y in nn.Dropout(1.0)([3.0, 2.0])] == [0.0, 0.0]


def test_what_dropout_drew_is_not_compiled():
    """A program would leave out the same numbers for ever; switched off, there is one."""
    x, net = [Value(1.0), Value(2.0)], nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    with pytest.raises(ValueError, match=r"Dropout\(p=0.5\), which model.eval\(\) switches off,"):
        ag.compile(net(x), x)
    assert ag.compile(net.eval()(x), x, net.parameters())


# ---------------------------------------------------------------------------------------------------- names, files, pictures


@every_module
def test_parameters_are_saved_and_copied(name, tmp_path):
    """state_dict, a file and a pickle bring every parameter back, and repr says how many there are."""
    module, other = prepared(name), MODULES[name]()
    path = tmp_path / "model.json"
    module.save(path)
    other.load(path)
    assert other.state_dict() == module.state_dict() == pickle.loads(pickle.dumps(module)).state_dict()
    assert repr(module).startswith(type(module).__name__)
    if not isinstance(module, nn.Sequential):
        assert f"{len(module.parameters())} parameters" in repr(module)


@pytest.mark.parametrize(
    "module",
    [*(MODULES[name]() for name in MODULES), nn.GPT(5, 4, 2, 2, 3, norm="layer", bias=True)],
    ids=lambda module: type(module).__name__,
)
def test_every_parameter_has_a_name_of_its_own(module):
    """In drawings and formulas no two are called the same."""
    labels = [p.label for p in module.parameters()]
    assert all(labels)
    assert len(set(labels)) == len(labels)


SEEDED = {name: make for name, make in MODULES.items() if not name.startswith(("rms", "layer"))}
SEEDED |= {"gpt": lambda seed=0: nn.GPT(3, 4, 2, 2, 3, norm="layer", bias=True, seed=seed)}


@pytest.mark.parametrize("name", SEEDED)
def test_a_seed_repeats_all_parameters(name):
    """Each of them, and no two weights are drawn alike."""
    made = SEEDED[name]()
    assert made.state_dict() == SEEDED[name]().state_dict()
    drawn = [x for x in (p.data for p in made.parameters()) if x not in (0.0, 1.0)]
    assert len(set(drawn)) == len(drawn) > 0


def test_the_parameters_of_a_gpt_start_small():
    """Weights are normal numbers of standard deviation 0.08 around 0; gains of norms are 1, and biases 0."""
    numbers = {}
    for name, p in nn.GPT(27, 16, 4, 1, 16, norm="layer", seed=0).named_parameters():
        numbers.setdefault("norm" in name, {}).setdefault(name.rpartition(".")[2].partition("_")[0], []).append(p.data)
    weights = numbers[False]["weight"]
    assert (len(weights), set(numbers[True]["weight"]), set(numbers[True]["bias"])) == (4192, {1.0}, {0.0})
    assert math.fsum(weights) / 4192 == pytest.approx(0.0, abs=0.004)
    assert math.sqrt(math.fsum(w * w for w in weights) / 4192) == pytest.approx(0.08, rel=0.03)


def test_a_seed_means_the_same_numbers_for_ever():
    """The loss that the reference prints for a fresh GPT, which is about that of knowing nothing, ln 27 = 3.296."""
    scores = nn.GPT(27, width=16, heads=4, layers=1, positions=16, seed=0)([0, 5, 13])
    assert round(cross_entropy(scores, [5, 13, 13]).data, 3) == 3.376


def written(model, temperature, seed, tokens, most, end=None):
    """What a GPT writes, by its scores and Python's own random numbers."""
    chance = random.Random(seed)
    while len(tokens) < most:
        weights = [math.exp(score.data / temperature) for score in model(tokens)[-1]]
        (token,) = chance.choices(range(len(weights)), weights)
        if token == end:
            break
        tokens = [*tokens, token]
    return tokens


def test_a_sample_is_drawn_by_the_shares_of_the_scores():
    """Token by token, as many as there are places, or as are asked for; with letters up to the one that ends lines."""
    letters = nn.data.Letters("abc")
    plain, spelling = nn.GPT(3, 2, 1, 1, 6, seed=0), nn.GPT(letters, 2, 1, 1, 6, seed=1)
    for model in (plain, spelling):
        for p in model.parameters():
            p.data *= 8.0  # so that shares differ
    lengths = set()
    for seed in range(6):
        for temperature in (0.5, 2.0):
            assert plain.sample(temperature, seed) == written(plain, temperature, seed, [0], 6)
            text = spelling.sample(temperature, seed, start="b", length=5)
            begun = [letters.end, *letters.encode("b")]
            assert text == letters.decode(written(spelling, temperature, seed, begun, 5, letters.end)[1:])
            lengths.add(len(text))
    assert plain.sample(seed=3, start=[2, 1], length=4) == written(plain, 1.0, 3, [2, 1], 4)
    assert min(lengths) < max(lengths) == 4


def test_a_token_and_its_place_are_added_up():
    """x is the row of the token plus that of the place."""
    model = nn.GPT(3, 2, 1, 1, 2, seed=0)
    named = {suggested(node): node.data for node in nodes(*[s for row in model([2, 1]) for s in row])}
    for t, token in enumerate([2, 1]):
        for i in range(2):
            total = model.tokens.weight[token][i].data + model.places.weight[t][i].data
            assert named[f"x_{t + 1}{i + 1}"] == total


def test_the_letters_of_a_text_are_a_vocabulary():
    """As those letters themselves are."""
    text = nn.data.Text(["abba", "baab"], "two lines")
    one, other = (nn.GPT(letters, 4, 2, 1, 5, seed=1) for letters in (text, text.letters))
    assert (repr(one), one.sample(seed=2)) == (repr(other), other.sample(seed=2))


def test_parameters_have_the_letters_of_the_papers():
    """Gains and biases of norms; embeddings, attention, the net between, and the head of a GPT, without their indices."""
    letters = {
        nn.RMSNorm(1): "g",
        nn.LayerNorm(1): "γ β",
        nn.Attention(1): "Q b^q K b^k V b^v O b^o",
        nn.GPT(2, 1, 1, 1, 1, bias=True): "e p Q b^q K b^k V b^v O b^o w^{(1)} b^{(1)} w^{(2)} b^{(2)} U d",
    }
    for module, expected in letters.items():
        assert " ".join(dict.fromkeys(p.label.rpartition("_")[0] for p in module.parameters())) == expected


SIZES = [  # counted by hand: of a block two norms, four maps of 4 × 4 and two of 4 × 16
    (lambda: nn.Block(4, 2), "Block(4, 2 heads, relu; 200 parameters)"),
    (lambda: nn.Block(4, bias=True, activation=ag.tanh), "Block(4, 1 head, tanh; 236 parameters)"),
    (lambda: nn.Block(4, 4, norm="layer", dim_feedforward=3), "Block(4, 4 heads, relu; 104 parameters)"),
    (
        lambda: nn.Block(4, 2, norm="rms without gain", activation=lambda x: x * x),
        "Block(4, 2 heads, function; 192 parameters)",
    ),
    (lambda: nn.Attention(4, causal=False), "Attention(4, 1 head; 80 parameters)"),
    (lambda: nn.Attention(4, 2, False), "Attention(4, 2 heads, causal; 64 parameters)"),
    (lambda: nn.GPT(5, 4, 1, 1, 3), "GPT(5 tokens, width 4, 1 head, 1 block, 3 positions; 244 parameters)"),
    (lambda: nn.GPT(5, 4, 2, 2, 3, bias=True), "GPT(5 tokens, width 4, 2 heads, 2 blocks, 3 positions; 513 parameters)"),
    (lambda: nn.RNN(2, 3, bias=False), "RNN(2 → 3, no bias; 15 parameters)"),
    (lambda: nn.LSTM(2, 3), "LSTM(2 → 3; 84 parameters)"),
    (lambda: nn.RMSNorm([3]), "RMSNorm(3; 3 parameters)"),
    (lambda: nn.RMSNorm(3, elementwise_affine=False), "RMSNorm(3, no gain; 0 parameters)"),
    (lambda: nn.LayerNorm((3,), bias=False), "LayerNorm(3, no bias; 3 parameters)"),
    (lambda: nn.LayerNorm(3, elementwise_affine=False), "LayerNorm(3, no gain, no bias; 0 parameters)"),
]


@pytest.mark.parametrize(("make", "text"), SIZES, ids=[text for _, text in SIZES])
def test_a_module_says_what_it_is(make, text):
    """What it was made with, and how many numbers it learns."""
    assert repr(make()) == text


def test_norms_of_blocks_add_a_hundred_thousandth():
    """As PyTorch's LayerNorm does; an RMSNorm by itself adds what the kind of number cannot tell from 0, as there."""
    for norm in ("rms", "rms without gain", "layer"):
        block = nn.Block(2, norm=norm)
        assert block.norm_1.eps == block.norm_2.eps == 1e-5
    assert (nn.RMSNorm(2).eps, nn.LayerNorm(2).eps, nn.LayerNorm(2, eps=0).eps) == (2.0**-52, 1e-5, 0.0)


X = [[1.0, 2.0], [0.5, -1.0]]
CALLED = [  # what names the numbers have that are worked out on the way: a letter, the place, which number of the vector
    (lambda: nn.Attention(2, 1), X, "q_11 q_12 q_21 q_22 k_11 k_12 k_21 k_22 v_11 v_12 v_21 v_22 √2 z_11 z_21 z_22"
     " α_11 α_21 α_22 c_11 c_12 c_21 c_22 o_11 o_12 o_21 o_22"),
    # by two heads of one number each: the head comes first, and √1 is nothing to speak of
    (lambda: nn.Attention(2, 2, causal=False), X, "q_111 q_121 q_211 q_221 k_111 k_121 k_211 k_221 v_111 v_121 v_211 v_221"
     " z_111 z_112 z_121 z_122 z_211 z_212 z_221 z_222 α_111 α_112 α_121 α_122 α_211 α_212 α_221 α_222"
     " c_11 c_12 c_21 c_22 o_11 o_12 o_21 o_22"),
    (lambda: nn.RMSNorm(2), X, "ε r_1 r_2 n_11 n_12 n_21 n_22"),
    (lambda: nn.RMSNorm(2), X[0], "ε r n_1 n_2"),
    (lambda: nn.LayerNorm(2), X, "ε m_1 m_2 d_11 d_12 d_21 d_22 s_1 s_2 n_11 n_12 n_21 n_22"),
    (lambda: nn.LayerNorm(2), X[0], "ε m d_1 d_2 s n_1 n_2"),
    (lambda: nn.RNN(2, 1), X, "a_11 h_11 a_21 h_21"),
    (lambda: nn.LSTM(2, 1), X, "i_11 f_11 g_11 o_11 C_11 h_11 i_21 f_21 g_21 o_21 C_21 h_21"),
    (lambda: lambda x: nn.RNN(2, 1).step(x, [0.0]), X[0], "a_1 h_1"),
    (lambda: lambda x: nn.LSTM(2, 1).step(x, ([0.0], [0.0])), X[0], "i_1 f_1 g_1 o_1 C_1 h_1"),
    (lambda: nn.Block(2, 1, dim_feedforward=1), X[:1], "ε r^{(1)}_1 n^{(1)}_11 n^{(1)}_12 q_11 q_12 k_11 k_12 v_11 v_12 √2"
     " z_11 α_11 c_11 c_12 o_11 o_12 u_11 u_12 r^{(2)}_1 n^{(2)}_11 n^{(2)}_12 a_11 h_11 f_11 f_12 y_11 y_12"),
    (lambda: nn.GPT(2, 1, 1, 1, 2), [1], "ε x_11 r^{(1)}_1 n^{(1)}_11 r^{(2)}_1 n^{(2)}_11 q_11 k_11 v_11 z_11 α_11 c_11"
     " o_11 u_11 r^{(3)}_1 n^{(3)}_11 a_11 a_12 a_13 a_14 h_11 h_12 h_13 h_14 f_11 y_11 s_11 s_12"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "x", "names"), CALLED)
def test_what_is_worked_out_on_the_way_has_the_names_of_the_papers(make, x, names):
    """Those, and no others; plain numbers that mean something have one too."""

    def values(found):
        return [value for each in found for value in values(each)] if isinstance(found, (list, tuple)) else [found]

    order = nodes(*values(make()(x)))
    assert {suggested(node) or node.label for node in order if node.op is not None} - {""} == set(names.split())


def test_a_block_may_look_ahead():
    """What comes later changes the first place where it is not causal, and does not where it is."""
    for causal in (True, False):
        block = nn.Block(2, 1, bias=True, causal=causal, seed=0)
        first, other = (block([[0.5, -1.0], later])[0][0].data for later in ([1.0, 2.0], [-2.0, 0.25]))
        assert (first == other) is causal


def test_parameters_stand_in_torchs_order():
    """Weights before biases, those of the input before those of the state."""
    assert [name for name, _ in nn.Linear(2, 1).named_parameters()] == ["weight_11", "weight_12", "bias_1"]
    assert [name.rpartition("_")[0] for name, _ in nn.RNN(1, 1).named_parameters()] == [
        "weight_ih", "weight_hh", "bias_ih", "bias_hh",
    ]  # fmt: skip
    attention = [name.partition(".")[0] for name, _ in nn.Attention(1).named_parameters()]
    assert list(dict.fromkeys(attention)) == ["query", "key", "value", "output"]


def test_a_gpt_folds_into_its_layers():
    """At the depth of layers a drawing has a box for each: embeddings, attention as a whole, both linear maps, the head."""
    model = nn.GPT(5, 4, 2, 1, 3, seed=0)
    loss = cross_entropy(model([0, 1, 2]), [1, 2, 3])
    loss.backward()
    boxes = {box.title: box.lines for box in nn.draw(loss, depth="layer").picture.boxes}
    assert {"tokens", "places", "attention", "modules_1", "modules_3", "head"} <= set(boxes)
    said = {title: boxes[title][0] for title in ("tokens", "attention", "head")}
    assert said == {
        "tokens": "Embedding 5 × 4",
        "attention": "Attention 4, 2 heads, causal",
        "head": "Linear 4 → 5, no bias",
    }
    assert boxes["attention"][2] == "on 3 rows"
    assert "inputs" not in boxes, "what scores are divided by, and what softmax takes away, nobody has put in"


@pytest.mark.parametrize("module", [nn.RMSNorm(2), nn.LayerNorm(2), nn.Attention(2), nn.RNN(2, 2), nn.LSTM(2, 2)], ids=repr)
def test_a_layer_of_vectors_is_one_box(module):
    """At the depth of layers, whatever is inside of it."""
    end = outputs(module, X)[-1][0]
    end.backward()
    boxes = [box.lines[0] for box in nn.draw(end, depth="layer").picture.boxes if box.lines]
    assert repr(module).partition(";")[0].replace("(", " ") in boxes


def test_a_formula_of_an_attention_score():
    """Parameters have names that formulas can be made of: q·k in the letters of the module."""
    attention = nn.Attention(2, bias=False, seed=0)
    x = [[Value(1.0, "x_1"), Value(2.0, "x_2")], [Value(0.5, "y_1"), Value(-1.0, "y_2")]]
    share = attention.attend(x)[0][1][0]
    text = ag.latex(share)
    assert all(f"{letter}_{{" in text for letter in "QK")


# ---------------------------------------------------------------------------------------------------------------- mistakes

MISTAKES = [
    (lambda: nn.Linear(0, 2), ValueError, "the number of inputs is a whole number from 1 on, not 0"),
    (lambda: nn.Linear(2, 2.0), ValueError, "the number of outputs is a whole number from 1 on, not 2.0"),
    (lambda: nn.Linear(2, 3)([1.0]), ValueError, r"Linear\(2 → 3; 9 parameters\) takes 2 numbers, got 1"),
    (lambda: nn.Linear(2, 3)(1.0), TypeError, "takes a list of numbers, not 1.0"),
    (nn.Sequential, ValueError, "a Sequential of no modules"),
    (lambda: nn.Sequential("tahn"), ValueError, "no activation 'tahn': there are linear"),
    (lambda: nn.Sequential(nn.Linear), TypeError, "a class"),
    (lambda: nn.Dropout(1.5), ValueError, "p is a probability, from 0 to 1, not 1.5"),
    (lambda: nn.Dropout(True), ValueError, "p is a probability"),
    (lambda: nn.Embedding(3, 2)(3), IndexError, "has no row for this token: .* counted from 0 to 2"),
    (lambda: nn.Embedding(3, 2)(0.5), ValueError, "whole number"),
    (lambda: nn.RMSNorm([2, 3]), ValueError, "has 2 dimensions"),
    (lambda: nn.LayerNorm(2, eps=-1.0), ValueError, "eps is a number from 0 on, not -1.0"),
    (lambda: nn.LayerNorm(2, eps=math.inf), ValueError, "eps is a number from 0 on, not inf"),
    (lambda: nn.LayerNorm(2, eps=math.nan), ValueError, "eps is a number from 0 on, not nan"),
    (lambda: nn.RMSNorm(2, eps=True), ValueError, "eps is a number from 0 on, not True"),
    (lambda: nn.RMSNorm(0), ValueError, "^the number of numbers in a vector is a whole number from 1 on, not 0"),
    (lambda: nn.RMSNorm(2)([[1.0]]), ValueError, r"^RMSNorm\(2; 2 parameters\) takes 2 numbers, got 1"),
    (lambda: nn.RMSNorm(2)([1.0]), ValueError, r"^RMSNorm\(2; 2 parameters\) takes 2 numbers, got 1"),
    (lambda: nn.RNN(0, 1), ValueError, "^the number of inputs is a whole number from 1 on, not 0"),
    (lambda: nn.RNN(1, 0), ValueError, "^the number of numbers in the state is a whole number from 1 on, not 0"),
    (lambda: nn.RNN(2, 3).step([1.0, 2.0], [0.0]), ValueError, r"^RNN\(2 → 3; 21 parameters\) takes 3 numbers, got 1"),
    (lambda: nn.LSTM(2, 3).step([1.0, 2.0], ([0.0] * 3, [0.0])), ValueError, r"^LSTM\(2 → 3; .*\) takes 3 numbers, got 1"),
    (lambda: nn.LSTM(2, 3).step([1.0], ([0.0] * 3, [0.0] * 3)), ValueError, r"^LSTM\(2 → 3; .*\) takes 2 numbers, got 1"),
    (lambda: nn.Attention(0), ValueError, "^the number of numbers in a vector is a whole number from 1 on, not 0"),
    (lambda: nn.Attention(2, 0), ValueError, "^the number of heads is a whole number from 1 on, not 0"),
    (lambda: nn.Attention(2)([[1.0]]), ValueError, r"^Attention\(2, 1 head, causal; .*\) takes 2 numbers, got 1"),
    (lambda: nn.GPT(0, 4, 2, 1, 2), ValueError, "^the number of tokens is a whole number from 1 on, not 0"),
    (lambda: nn.GPT(["ann", "ben"], 4, 2, 1, 2), TypeError, r"letters of texts as nn\.data\.Letters\(texts\), or how many"),
    (lambda: nn.GPT(3, 4, 2, 1, 2, norm="batch"), ValueError, "norm is one of 'rms', .*, not 'batch'"),
    (lambda: nn.GPT(3, 4, 2, 0, 2), ValueError, "^the number of layers is a whole number from 1 on, not 0"),
    (lambda: nn.GPT(3, 4, 2, 1, 0), ValueError, "^the number of positions is a whole number from 1 on, not 0"),
    (lambda: nn.GPT(3, 4, 2, 1, 2).sample(length=3), ValueError,
     "^tokens to begin with: 1; in all: 3; this model sees 2 at most$"),
    (lambda: nn.GPT(3, 4, 2, 1, 2).sample(length=0), ValueError,
     "^the number of tokens to write is a whole number from 1 on, not 0"),
    (lambda: nn.GPT(3, 4, 2, 1, 2).sample(temperature=math.inf), ValueError, "the temperature is a number above 0, not inf"),
    (lambda: nn.GPT(3, 4, 2, 1, 2).sample(temperature="x"), ValueError, "^the temperature is a number above 0, not 'x'$"),
    (lambda: nn.Attention(4, 3), ValueError, "4 numbers cannot be parted among 3 heads"),
    (lambda: nn.Attention(2)([1.0, 2.0]), TypeError, "takes a list of vectors, one for each place"),
    (lambda: nn.Attention(2)([]), TypeError, "takes a list of vectors"),
    (lambda: nn.Block(2, norm="batch"), ValueError, "norm is one of 'rms', 'rms without gain', 'layer', not 'batch'"),
    (lambda: nn.RNN(2, 3, "sigmoid"), ValueError, "nonlinearity is 'tanh' or 'relu', not 'sigmoid'"),
    (lambda: nn.RNN(2, 3)([[1.0]]), ValueError, "takes 2 numbers, got 1"),
    (lambda: nn.GPT(3, 4, 2, 1, 2)([0, 1, 2]), ValueError, "takes a list of 1 to 2 tokens, got 3"),
    (lambda: nn.GPT(3, 4, 2, 1, 2)("ab"), TypeError, "takes a list of tokens, not 'ab'"),
    (lambda: nn.GPT(3, 4, 2, 1, 2)([]), ValueError, "takes a list of 1 to 2 tokens, got 0"),
    (lambda: nn.GPT(3, 4, 2, 1, 2)([7]), IndexError, "no row for this token"),
    (lambda: nn.GPT(3, 4, 2, 1, 2).sample(temperature=0), ValueError, "a number above 0, not 0"),
    (lambda: nn.GPT(nn.data.Letters("ab"), 4, 2, 1, 2).sample(start="abab"), ValueError, "this model sees 2"),
    (lambda: nn.GPT(nn.data.Letters("ab"), 4, 2, 1, 4).sample(start="c"), ValueError, "'c' in 'c' is no letter here"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "said"), MISTAKES)
def test_what_makes_no_sense_is_refused(call, error, said):
    """With the numbers and the way out."""
    with pytest.raises(error, match=said):
        call()


# ---------------------------------------------------------------------------------------------------------------- programs


@every_module
def test_a_compiled_module_is_its_graph(name):
    """Value and gradient for a batch, whatever the module."""
    np = pytest.importorskip("numpy", reason="programs run on NumPy")
    module = prepared(name)
    xs = [[Value(x) for x in row] for row in vectors(3)]
    loss = mse(outputs(module, xs), vectors(3, len(outputs(module, xs)[0]), seed=2))
    leaves = [x for row in xs for x in row]
    program = ag.compile(loss, leaves, module.parameters())
    batch = np.array([[x for row in vectors(3, seed=seed) for x in row] for seed in (5, 6)])
    expected, slopes = 0.0, np.zeros(len(module.parameters()))
    for row in batch.tolist():
        for leaf, x in zip(leaves, row, strict=True):
            leaf.data = x
        module.zero_grad()
        expected += loss.forward() / len(batch)
        loss.backward()
        slopes += np.array([p.grad for p in module.parameters()]) / len(batch)
    value, found = program.value_and_grad(batch)
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(found, slopes, rtol=1e-10, atol=1e-12)


def test_fit_trains_a_gpt_compiled_as_by_its_graph():
    """Tokens and their successors are inputs of one program: the same losses and parameters, and validation too."""
    pytest.importorskip("numpy", reason="programs run on NumPy")
    text = nn.data.names(20)
    X, y = text.windows(4)
    found = []
    for compiled in (True, False):
        model = nn.GPT(text.letters, 4, 2, 1, 4, seed=0)
        history = nn.fit(
            model, X[:6], y[:6], loss="cross_entropy", optimizer="adam", lr=0.01, epochs=2, batch_size=3,
            validation=(X[6:8], y[6:8]), compiled=compiled, progress=False,
        )  # fmt: skip
        found.append([*history.loss, *history.val_loss, *(p.data for p in model.parameters())])
    assert found[0] == pytest.approx(found[1], rel=1e-9, abs=1e-12)
    assert found[0][1] < found[0][0]


def test_a_gpt_learns_what_always_comes_next():
    """Trained on one word over and over, it writes that word."""
    letters = nn.data.Letters("abc")
    model, adam = nn.GPT(letters, 8, 2, 1, 5, seed=1), None
    tokens = [letters.end, *letters.encode("cab"), letters.end]
    adam = nn.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        model.zero_grad()
        cross_entropy(model(tokens[:-1]), tokens[1:]).backward()
        adam.step()
    assert {model.sample(temperature=0.3, seed=seed) for seed in range(5)} == {"cab"}
    assert model.sample(temperature=0.3, seed=0, start="ca") == "cab"
    assert model.training
