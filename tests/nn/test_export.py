"""Nets handed over to PyTorch, JAX and ONNX: the same outputs and gradients there, and back again."""

import random
import sys

import pytest
from long_runs import part
from modules_over_vectors import MODULES, WIDTH

import autograd as ag
import nn
from autograd import Value

np = pytest.importorskip("numpy", reason="batches of rows are NumPy arrays here: pip install numpy")

ACTIVATIONS = "linear relu sigmoid tanh softplus silu gelu elu leaky_relu softmax log_softmax".split()

MODELS = {
    **{name: lambda name=name: nn.MLP(3, [4, 2], activation=[name, "linear"], seed=0) for name in ACTIVATIONS},
    **{f"{name} at the end": lambda name=name: nn.MLP(3, [4, 2], activation=["tanh", name], seed=1) for name in ACTIVATIONS},
    "no bias": lambda: nn.MLP(3, [4, 2], activation="tanh", bias=False, seed=2),
    "one output": lambda: nn.MLP(3, [4, 1], activation="tanh", seed=3),
    "one layer": lambda: nn.Layer(3, 2, activation="sigmoid", seed=4),
    "one layer without bias": lambda: nn.Layer(3, 2, activation="softmax", bias=False, seed=5),
    "one neuron": lambda: nn.Layer(3, 1, activation="tanh", seed=6),
    "deep": lambda: nn.MLP(3, [4, 5, 4, 3], activation=["relu", "elu", "gelu", "log_softmax"], seed=7),
}
every_model = pytest.mark.parametrize("name", MODELS)


def prepared(name):
    """A model, with biases that are not 0; rows for it; and what each output counts for in a loss."""
    model, rng = MODELS[name](), random.Random(8)
    for p in model.parameters():
        p.data += rng.uniform(-0.5, 0.5)
    X = np.random.default_rng(1).uniform(-2.0, 2.0, (6, 3))
    outputs = model(X[0].tolist())
    weights = np.random.default_rng(2).normal(size=(len(X), len(outputs) if isinstance(outputs, list) else 1))
    return model, X, weights


def rows_of(model, X):
    """The outputs of a model for each row, as a row."""
    outputs = [model(row) for row in X.tolist()]
    return [row if isinstance(row, list) else [row] for row in outputs]


def numbers(model, X):
    return np.array([[o.data for o in row] for row in rows_of(model, X)])


def slopes(model, X, weights):
    """The gradient of Σ weight · output, by backward(), for W and b of each layer."""
    for p in model.parameters():
        p.grad = 0.0
    for row, counts in zip(rows_of(model, X), weights.tolist()):
        ag.dot(counts, row).backward()
    layers = model.layers if isinstance(model, nn.MLP) else [model]
    found = []
    for layer in layers:
        found.append([[w.grad for w in neuron.w] for neuron in layer.neurons])
        found += [[neuron.b.grad for neuron in layer.neurons]] if layer.neurons[0].b is not None else []
    return [np.array(each) for each in found]


def close(found, expected, room=1e-12):
    expected = np.asarray(expected)
    assert np.shape(found) == expected.shape
    room = room * max(1.0, np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0.0, atol=room)


@pytest.fixture(scope="module")
def torch():
    """PyTorch, the oracle of to_torch."""
    return pytest.importorskip("torch", reason="nets are handed over to PyTorch: pip install torch")


@pytest.fixture(scope="module")
def jax():
    """JAX at full precision."""
    jax = pytest.importorskip("jax", reason="nets are handed over to JAX: pip install jax")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_disable_most_optimizations", True)  # all that takes time is compiling
    return jax


@pytest.fixture(scope="module")
def onnx():
    """The package that writes ONNX files."""
    return pytest.importorskip("onnx", reason="nets are written by onnx: pip install onnx")


@pytest.fixture(scope="module")
def runtime(onnx):
    """What runs ONNX files."""
    return pytest.importorskip("onnxruntime", reason="files are run by onnxruntime: pip install onnxruntime")


# ------------------------------------------------------------------------------------------------------------------ PyTorch


@every_model
def test_outputs_and_gradients_in_torch(name, torch):
    """The Sequential gives the outputs of the model, and torch's backward() the gradients of ours."""
    model, X, weights = prepared(name)
    twin = nn.to_torch(model)
    outputs = twin(torch.tensor(X))
    close(outputs.detach(), numbers(model, X))
    (outputs * torch.tensor(weights)).sum().backward()
    for p, expected in zip(twin.parameters(), slopes(model, X, weights), strict=True):
        close(p.grad, expected)


def test_what_a_sequential_is_made_of(torch):
    """Linear layers and activations of torch's own, nothing for a linear activation."""
    model = nn.MLP(2, [3, 4, 1], activation=["relu", "linear", "tanh"], bias=False)
    twin = nn.to_torch(model)
    assert [type(module).__name__ for module in twin] == ["Linear", "ReLU", "Linear", "Linear", "Tanh"]
    assert [p.shape for p in twin.parameters()] == [(3, 2), (4, 3), (1, 4)]


def test_numbers_are_copied_to_torch(torch):
    """Training there changes nothing here."""
    model = nn.MLP(2, [2, 1], seed=0)
    before = [p.data for p in model.parameters()]
    with torch.no_grad():
        for p in nn.to_torch(model).parameters():
            p += 1.0
    assert [p.data for p in model.parameters()] == before


@pytest.mark.parametrize("name", [name for name in MODELS if "one layer" not in name and name != "one neuron"])
def test_the_way_back_from_torch(name, torch):
    """from_torch(to_torch(model)) has the numbers and the activations of the model."""
    model, X, _ = prepared(name)
    again = nn.from_torch(nn.to_torch(model))
    assert again.state_dict() == model.state_dict()
    assert repr(again) == repr(model)
    close(numbers(again, X), numbers(model, X), room=0.0)


def test_a_sequential_made_in_torch(torch):
    """One that was never ours, of 32 bits, with a bias in some layers only, gives the outputs that it gives there."""
    torch.manual_seed(0)
    twin = torch.nn.Sequential(
        torch.nn.Linear(3, 5),
        torch.nn.GELU(),
        torch.nn.Linear(5, 4, bias=False),
        torch.nn.Linear(4, 2),
        torch.nn.LogSoftmax(dim=-1),
    )
    X = np.random.default_rng(0).normal(size=(4, 3))
    close(numbers(nn.from_torch(twin), X), twin.double()(torch.tensor(X)).detach())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda torch: [torch.nn.Linear(2, 3), torch.nn.Dropout()], "no Dropout"),
        (lambda torch: [torch.nn.ReLU(), torch.nn.Linear(2, 3)], "no ReLU"),
        (lambda torch: [torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Tanh()], "no Tanh"),
        (lambda torch: [torch.nn.Conv1d(1, 1, 1)], "no Conv1d"),
        (lambda torch: [torch.nn.Sequential(torch.nn.Linear(2, 3))], "no Sequential"),
        (lambda torch: [], "no Linear layer"),
    ],
)
def test_what_an_mlp_does_not_have(make, words, torch):
    """The message names the module that has no place in an MLP."""
    with pytest.raises(TypeError, match=words):
        nn.from_torch(torch.nn.Sequential(*make(torch)))


# ---------------------------------------------------------------------------------------------------------------------- JAX


@pytest.mark.parametrize("name", part(MODELS, 4))
def test_outputs_and_gradients_in_jax(name, jax):
    """The function gives the outputs of the model, and jax.grad the gradients of ours; under jit."""
    model, X, weights = prepared(name)
    apply, parameters = nn.to_jax(model)
    assert [list(layer) for layer in parameters] == [["W", "b"] if len(layer) == 2 else ["W"] for layer in parameters]
    close(apply(parameters, jax.numpy.asarray(X)), numbers(model, X))
    found = jax.jit(jax.grad(lambda parameters: (apply(parameters, X) * weights).sum()))(parameters)
    flat = [layer[key] for layer in found for key in ("W", "b") if key in layer]
    for p, expected in zip(flat, slopes(model, X, weights), strict=True):
        close(p, expected)


def test_far_from_zero_in_jax(jax):
    """No activation overflows or loses its slope where it should have one."""
    for name in ("sigmoid", "softplus", "silu", "elu", "gelu", "softmax", "log_softmax", "tanh"):
        model = nn.Layer(2, 2, activation=name, weights=[[1.0, 0.0], [0.0, 1.0]], biases=[0.0, 0.0])
        X = np.array([[-800.0, 800.0], [40.0, -40.0]])
        apply, parameters = nn.to_jax(model)
        close(apply(parameters, X), numbers(model, X))


# --------------------------------------------------------------------------------------------------------------------- ONNX


def ran(runtime, model, X):
    """What onnxruntime makes of rows; a skip where it has no such operation."""
    try:
        session = runtime.InferenceSession(model, providers=["CPUExecutionProvider"])
    except runtime.capi.onnxruntime_pybind11_state.NotImplemented as error:
        pytest.skip(f"onnxruntime: {error}")
    (there,) = session.get_inputs()
    assert (there.name, there.shape) == ("X", ["rows", X.shape[1]])
    (found,) = session.run(None, {"X": X})
    return found


ROUNDED = {"leaky_relu", "leaky_relu at the end"}  # ONNX keeps their slope with 32 bits, whatever the numbers have


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("double", [False, True])
def test_onnxruntime_runs_the_file(name, double, runtime, tmp_path):
    """For batches of several sizes; with 32 bits to 1e-5, with 64 to 1e-12."""
    model, X, _ = prepared(name)
    path = tmp_path / "net.onnx"
    made = nn.to_onnx(model, path, double=double)
    assert path.read_bytes() == made.SerializeToString()
    kind, room = (np.float64, 1e-7 if name in ROUNDED else 1e-12) if double else (np.float32, 1e-5)
    for rows in (6, 1):
        found = ran(runtime, str(path), X[:rows].astype(kind))
        assert found.dtype == kind
        close(found, numbers(model, X[:rows]), room)


def test_without_a_path_nothing_is_written(onnx, tmp_path, monkeypatch):
    """The model comes back, and the folder stays empty."""
    monkeypatch.chdir(tmp_path)
    made = nn.to_onnx(nn.MLP(2, [3, 1], seed=0))
    assert [node.op_type for node in made.graph.node] == ["Gemm", "Relu", "Gemm"]
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------------------------------- layers over vectors


class LastOfRNN(nn.Module):
    """A module with a way of its own: what an RNN has read decides."""

    def __init__(self):
        self.rnn, self.head = nn.RNN(WIDTH, 3, seed=0), nn.Linear(3, 2, seed=1)

    def __call__(self, x):
        _, h = self.rnn(x)
        return self.head(h)


class InARow(nn.Module):
    """Modules in lists and dicts, a parameter alone, one module used twice, functions of numbers."""

    def __init__(self):
        self.layers = [nn.Linear(WIDTH, WIDTH, seed=i) for i in range(2)]
        self.scale, self.parts = Value(0.5), {"net": nn.MLP(WIDTH, [3, WIDTH], "tanh", seed=5)}
        self.output = [Value(0.3), Value(-0.4), Value(0.2), Value(0.1)]  # as a module of PyTorch may have attributes, too

    def forward(self, x):
        for layer in [*self.layers, self.layers[0]]:
            x = [ag.tanh(a) * self.scale for a in layer(x)]
        return ag.dot(self.output, self.parts["net"](x))


def tied():
    model = nn.GPT(5, 4, 2, 2, 6, seed=0)
    model.head.weight = model.tokens.weight
    model.blocks[1].mlp = model.blocks[0].mlp
    return model


LAYERS = MODULES | {
    "lstm without bias": lambda: nn.LSTM(WIDTH, 2, bias=False, seed=0),
    "sequential with a norm": lambda: nn.Sequential(
        nn.Linear(WIDTH, 5, seed=0), ag.tanh, nn.LayerNorm(5), nn.Linear(5, 2), "log_softmax"
    ),
    "nets in a row": lambda: nn.Sequential(
        nn.MLP(WIDTH, [3, 4], seed=0), nn.Dropout(0.5), nn.Layer(4, 2, "softmax", seed=1)
    ),
    "neuron": lambda: nn.Neuron(WIDTH, "sigmoid", seed=0),
    "embedding": lambda: nn.Embedding(5, 3, seed=0),
    "gpt": lambda: nn.GPT(5, 4, 2, 2, 6, dropout=0.5, seed=0),
    "gpt with all": lambda: nn.GPT(5, 4, 2, 1, 6, norm="layer", bias=True, activation="silu", seed=0),
    "gpt with shared weights": tied,
    "block on tokens": lambda: nn.Sequential(
        nn.Embedding(5, WIDTH, seed=0), nn.Block(WIDTH, 2, seed=1), nn.Linear(WIDTH, 5)
    ),
    "dropout": lambda: nn.Dropout(0.3),
    "recorded over places": LastOfRNN,
    "recorded in a row": InARow,
    "an activation of one's own": lambda: nn.MLP(WIDTH, [3, 2], activation=lambda x: x * x * 0.5, seed=0),
}
ROW_BY_ROW = ("nets in a row", "neuron", "recorded in a row", "an activation of one's own")
RECORDED = ("recorded over places", "recorded in a row", "an activation of one's own")


def flat(nested):
    return [x for row in nested for x in flat(row)] if isinstance(nested, (list, tuple)) else [nested]


def first_of(found):
    return found[0] if isinstance(found, tuple) else found


def asked(name):
    """A model that is not training; an input; its outputs, one after the other, counts for them, examples to record from."""
    model, rng = LAYERS[name]().eval(), random.Random(1)
    for p in model.parameters():
        p.data += rng.uniform(-0.3, 0.3)
    tokens = name.startswith(("gpt", "embedding", "block on"))
    x = [0, 3, 1, 4, 3] if tokens else np.random.default_rng(2).uniform(-1.5, 1.5, (5, WIDTH)).tolist()
    outputs = flat([model(row) for row in x] if name in ROW_BY_ROW else first_of(model(x)))
    counts = np.random.default_rng(3).normal(size=len(outputs))
    model.zero_grad()
    if model.parameters():
        ag.dot(counts.tolist(), outputs).backward()
    examples = [] if name not in RECORDED else [x[0]] if name in ROW_BY_ROW else [x]
    return model, x, np.array([each.data for each in outputs]), counts, examples


def by_name(named, places):
    """The gradients of a model in the arrays that a library has, where each of its parameters stands by the same number."""
    left = {}
    for p in named:
        left.setdefault(p.data, []).append(p.grad)
    return [np.array([left[x][0] for x in np.ravel(each)]).reshape(np.shape(each)) for each in places]


@pytest.mark.parametrize("name", LAYERS)
def test_layers_in_torch(name, torch):
    """Values, gradients, and one more dimension in front."""
    model, x, outputs, counts, examples = asked(name)
    twin = nn.to_torch(model, *examples)
    there = torch.tensor(x) if isinstance(x[0], int) else torch.tensor(x, dtype=torch.float64)
    found = first_of(twin(there))
    close(found.detach().numpy().ravel(), outputs)
    close(first_of(twin(torch.stack([there, there])))[1].detach().numpy().ravel(), outputs)
    parameters = list(twin.parameters())
    assert sum(p.numel() for p in parameters) == len(model.parameters())
    assert not twin.training
    if parameters:
        (found.flatten() * torch.tensor(counts)).sum().backward()
        for p, expected in zip(parameters, by_name(model.parameters(), [p.detach().numpy() for p in parameters])):
            close(p.grad.numpy(), expected)


@pytest.mark.parametrize("name", part(LAYERS, 2))
def test_layers_in_jax(name, jax):
    """Values, gradients, and one more dimension in front."""
    model, x, outputs, counts, examples = asked(name)
    apply, parameters = nn.to_jax(model, *examples)
    X = np.array(x)

    def loss(parameters):
        found = first_of(apply(parameters, X))
        return (found.ravel() * counts).sum(), found

    (_, found), slopes = jax.value_and_grad(loss, has_aux=True)(parameters)
    close(np.ravel(found), outputs)
    close(np.ravel(first_of(apply(parameters, np.stack([X, X])))[1]), outputs)
    numbers, slopes = jax.tree.leaves(parameters), jax.tree.leaves(slopes)
    assert sum(each.size for each in numbers) == len(model.parameters())
    for slope, expected in zip(slopes, by_name(model.parameters(), numbers), strict=True):
        close(slope, expected)


NOT_IN_REFERENCE = ("rnn of relus",)  # ONNX's own evaluator has no relu for its RNN
ROUNDED_IN_REFERENCE = ("block",)  # and works erf out with 32 bits


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in RECORDED])
@pytest.mark.parametrize("double", [False, True])
def test_layers_in_onnx(name, double, onnx):
    """ONNX's own evaluator finds the same values, and onnxruntime where it has the operations."""
    from onnx.reference import ReferenceEvaluator

    model, x, outputs, _, _ = asked(name)
    made, room = nn.to_onnx(model, double=double), 1e-12 if double else 2e-6
    X = np.array(x) if isinstance(x[0], int) else np.array(x, np.float64 if double else np.float32)
    X = X[None] if len(made.graph.input[0].type.tensor_type.shape.dim) > X.ndim or X.ndim == 1 else X
    if name not in NOT_IN_REFERENCE:
        close(
            ReferenceEvaluator(made).run(None, {"X": X})[0].ravel(),
            outputs,
            max(room, 1e-6 * (name in ROUNDED_IN_REFERENCE)),
        )
    runtime = pytest.importorskip("onnxruntime")
    if not (double and name.startswith(("rnn", "lstm", "block"))):  # of these it has the one with 32 bits alone
        session = runtime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
        close(session.run(None, {"X": X})[0].ravel(), outputs, room)
        assert {each.name for each in session.get_inputs()} == {"X"}


def test_names_are_pytorchs(torch, jax, onnx):
    """In a state_dict, in JAX's parameters and in ONNX's tables; of shared ones the first in the last two."""
    model = tied()
    names = list(nn.to_torch(model).state_dict())
    assert {"tokens.weight", "blocks.0.attention.query.weight", "blocks.1.mlp.2.weight", "head.weight"} < set(names)
    first = {name for name in names if name != "head.weight" and not name.startswith("blocks.1.mlp")}
    assert set(nn.to_jax(model)[1]) == first
    assert {each.name for each in nn.to_onnx(model).graph.initializer if "weight" in each.name} == first
    assert list(nn.to_torch(InARow(), [0.0] * WIDTH).state_dict()) == [
        "scale", "output", "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias",
        "parts.net.0.weight", "parts.net.0.bias", "parts.net.2.weight", "parts.net.2.bias",
    ]  # fmt: skip
    assert list(nn.to_torch(nn.LSTM(2, 3)).state_dict()) == list(torch.nn.LSTM(2, 3).state_dict())


def test_what_is_shared_stays_shared(torch):
    """A step there moves both places; and a model made anew of that file of numbers is the same model."""
    twin = nn.to_torch(tied())
    assert twin.head.weight is twin.tokens.weight
    assert twin.blocks[0].mlp is twin.blocks[1].mlp
    other = nn.to_torch(nn.GPT(5, 4, 2, 2, 6, seed=3))
    other.load_state_dict(twin.state_dict())
    tokens = torch.tensor([[0, 1, 2]])
    assert torch.equal(other(tokens), twin(tokens))


def test_training_or_not_is_handed_over(torch):
    """Dropout leaves numbers out where it did here."""
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
    assert nn.to_torch(model).training
    assert not nn.to_torch(model.eval())[1].training


class Doubled(nn.MLP):
    """An MLP in name."""

    def __call__(self, x):
        return super().__call__(x) * 2.0


def half_shared():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model.modules_2.weight = [model.modules_1.weight[0], model.modules_2.weight[1]]
    return model


def frozen():
    model = nn.Linear(2, 1)
    model.bias = [0.5]
    return model


NOT_AS_IT_IS = {
    "its own call": (LastOfRNN, r"LastOfRNN\(.*\) computes in a way of its own: nn.to_\w+\(model, x\) records"),
    "a subclass": (lambda: Doubled(2, [2, 1]), r"computes in a way of its own: nn.to_\w+\(model, x\) records"),
    "inside": (lambda: nn.Sequential(nn.Linear(2, 2), Doubled(2, [2, 1])), "in a way of its own"),
    "a function": (lambda: nn.Sequential(nn.Linear(2, 2), lambda x: x * x), r"<lambda> has no counterpart in .* records"),
    "half shared": (half_shared, r"stands in 0.weight and in 1.weight, which are not the same.*compile"),
    "a plain number": (frozen, r"bias holds 0.5, which is no parameter: make it one"),
}


@pytest.mark.parametrize("name", NOT_AS_IT_IS)
def test_what_cannot_be_handed_over_says_what_to_do(name, torch, jax, onnx):
    """In one sentence, for each library."""
    make, message = NOT_AS_IT_IS[name]
    for way in WAYS:
        with pytest.raises(ValueError, match=message):
            way(make())


# ------------------------------------------------------------------------------------------------------------------- errors

WAYS = [nn.to_torch, nn.to_jax, nn.to_onnx]
LIBRARIES = {nn.to_torch: "torch", nn.to_jax: "jax", nn.to_onnx: "onnx", nn.from_torch: "torch"}


def there(way):
    pytest.importorskip(LIBRARIES[way], reason=f"what {way.__name__} hands over to is not there")
    return way


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("activation", [lambda x: x * x, "sin", "abs"])
def test_an_activation_of_ones_own(way, activation):
    """The message names it, and the ones that are known there."""
    called = activation if isinstance(activation, str) else "<lambda>"
    with pytest.raises(ValueError, match=f"the activation {called} has no counterpart in .*; known are linear, relu"):
        there(way)(nn.MLP(2, [3, 1], activation=activation))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", [Value(2.0), [1.0], None, nn.MLP, lambda x: x])
def test_what_is_no_model(way, model):
    """The message says what can be handed over."""
    with pytest.raises(TypeError, match="an MLP or a Layer can be handed over"):
        there(way)(model)


@pytest.mark.parametrize("way", LIBRARIES)
def test_a_library_that_is_missing(way, monkeypatch):
    """The message says what to install."""
    library = LIBRARIES[way]
    for name in [name for name in sys.modules if name.startswith(f"{library}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf'this needs {library}: pip install "chalkgrad\[{library}\]"'):
        way(nn.MLP(2, [3, 1]))


@pytest.mark.parametrize("make", [
    lambda torch: torch.nn.LeakyReLU(0.3), lambda torch: torch.nn.ELU(2.0), lambda torch: torch.nn.GELU("tanh"),
    lambda torch: torch.nn.Softplus(beta=3), lambda torch: torch.nn.Softmax(dim=0), lambda torch: torch.nn.Softmax(dim=1),
])  # fmt: skip
def test_activations_of_torch_with_settings(make, torch):
    """Those that an MLP does not have are refused, and none is taken for another."""
    twin = torch.nn.Sequential(torch.nn.Linear(3, 4), make(torch)).double()
    X = np.random.default_rng(0).normal(size=(4, 3))
    try:
        model = nn.from_torch(twin)
    except TypeError:
        return
    close(numbers(model, X), twin(torch.tensor(X)).detach())


@pytest.mark.parametrize("way", WAYS)
def test_an_activation_of_ones_own_with_a_known_name(way):
    """A function that is called tanh need not be tanh."""

    def tanh(x):
        return 2.0 * x

    with pytest.raises(ValueError, match="has no counterpart"):
        there(way)(nn.MLP(2, [3, 1], activation=tanh))


def test_softplus_far_from_zero_in_torch(torch):
    """To 1e-12, as everything."""
    model = nn.Layer(1, 1, activation="softplus", weights=[[1.0]], biases=[0.0])
    X = np.array([[-30.0], [19.0], [21.0], [30.0]])
    close(nn.to_torch(model)(torch.tensor(X)).detach(), numbers(model, X))
