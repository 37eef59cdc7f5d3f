"""Nets handed over to PyTorch, JAX and ONNX: the same outputs and gradients there, and back again."""

import random
import sys

import pytest
from long_runs import part

import autograd as ag
import nn
from autograd import Value

np = pytest.importorskip("numpy", reason="batches of rows are NumPy arrays here: pip install numpy")

ACTIVATIONS = [
    "linear",
    "relu",
    "sigmoid",
    "tanh",
    "softplus",
    "silu",
    "gelu",
    "elu",
    "leaky_relu",
    "softmax",
    "log_softmax",
]
IN_ONNX = [name for name in ACTIVATIONS if name not in ("silu", "gelu")]

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
    """One that was never ours, of 32 bits, gives the outputs that it gives there."""
    torch.manual_seed(0)
    twin = torch.nn.Sequential(
        torch.nn.Linear(3, 5), torch.nn.GELU(), torch.nn.Linear(5, 4), torch.nn.Linear(4, 2), torch.nn.LogSoftmax(dim=-1)
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


def known_to_onnx(name):
    model = MODELS[name]()
    return all(layer.activation in IN_ONNX for layer in (model.layers if isinstance(model, nn.MLP) else [model]))


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


@pytest.mark.parametrize("name", [name for name in MODELS if known_to_onnx(name)])
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


@pytest.mark.parametrize("activation", ["silu", "gelu"])
def test_an_activation_that_onnx_does_not_have(activation, onnx):
    """The message says so."""
    with pytest.raises(ValueError, match=f"the activation {activation} has no counterpart in ONNX"):
        nn.to_onnx(nn.MLP(2, [3, 1], activation=activation))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", [Value(2.0), [1.0], None, nn.Neuron(2), lambda x: x])
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


def test_a_sequential_in_which_some_layers_have_a_bias(torch):
    """No bias is lost on the way."""
    twin = torch.nn.Sequential(torch.nn.Linear(3, 4, bias=False), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    X = np.random.default_rng(0).normal(size=(4, 3))
    close(numbers(nn.from_torch(twin), X), twin(torch.tensor(X)).detach())


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
