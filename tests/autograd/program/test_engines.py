"""The same program on JAX, on many devices, and on PyTorch."""

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from compiled_graphs import (
    APPLICATIONS,
    ENGINES,
    GRAPHS,
    agree,
    applied,
    batch,
    by_rows,
    classifier,
    engine,
    np,
    on_engines,
    outputs,
    ready,
    tanh_net,
)
from long_runs import part, thorough
from walks import failures

import autograd as ag

ROOT = Path(ag.__file__).parents[1]


# ----------------------------------------------------------------------------------------------------------- other engines

ON_ENGINES = ["relu_hinge", "classifier", "tanh_net", "softmax_net", "loops", "random_order", "recurrent", "convolution"]
ON_ENGINES += ["attention", "shared_weights", "parameters_that_do_not_matter", "parameters_only", "constants_only"]
ON_ENGINES += ["quotients", "differences", "sparse", "an_input_itself", "a_parameter_itself"]


@pytest.mark.parametrize("library", ENGINES)
def test_every_operation_on_every_engine(library):
    """The same numbers as a pure function of arrays of that library."""
    array = engine(library)

    def check(name):
        y, x, parameters, X, values, slopes = applied(name)
        program = ag.compile(y, x, parameters)
        value, found = program.function(library)(array(program.theta), array(X))
        agree(float(value), values.mean())
        agree(found, slopes[:, :-1].mean(0))
        agree(program.function(library, "values")(array(program.theta), array(X)), values)

    assert failures(check, part(APPLICATIONS, 6) if library == "jax" else APPLICATIONS) == {}


@pytest.mark.parametrize(("library", "graph"), on_engines(ON_ENGINES))
def test_every_engine_gives_the_numbers_of_the_graph(library, graph):
    """As a pure function of arrays of that library: value and gradient, and the outputs of each row; JAX's under jit."""
    array, whole = engine(library), ready(library)
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    theta, X = array(program.theta), batch(5, len(inputs))
    values, slopes = by_rows(y, inputs, X, parameters)
    value, found = whole(program.function(library))(theta, array(X))
    agree(float(value), values.mean())
    agree(found, slopes.mean(0))
    agree(whole(program.function(library, "values"))(theta, array(X)), values)
    assert type(found) is type(theta)


@pytest.mark.parametrize("library", ENGINES)
@pytest.mark.parametrize("rows", [3, 1])
def test_a_sum_over_the_batch_on_every_engine(library, rows):
    """The reduction is that of the program, for one row too."""
    array = engine(library)
    y, inputs, parameters = classifier()
    program = ag.compile(y, inputs, parameters, reduction="sum")
    X = batch(rows, len(inputs))
    values, slopes = by_rows(y, inputs, X, parameters)
    value, found = ready(library)(program.function(library))(array(program.theta), array(X))
    agree(float(value), values.sum())
    agree(found, slopes.sum(0))


@pytest.mark.parametrize("library", ENGINES)
def test_several_outputs_on_every_engine(library):
    """kind="values" gives a row for each row."""
    array = engine(library)
    ys, x, w = outputs()
    X = batch(4, 3)
    program = ag.compile(ys, x, w)
    found = program.function(library, "values")(array(program.theta), array(X))
    agree(found, np.stack([by_rows(y, x, X, w)[0] for y in ys], axis=1))


@pytest.mark.external
@pytest.mark.parametrize(
    "graph", part(["relu_hinge", "classifier", "tanh_net", "softmax_net", "recurrent", "attention", "sparse"])
)
def test_a_program_under_jit(graph):
    """jax.jit takes the function as it is, and runs it for one batch after another; jax.grad differentiates the outputs."""
    array = engine("jax")
    import jax

    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    function, outputs = jax.jit(program.function("jax")), program.function("jax", "values")
    for seed in (1, 2):
        X = batch(6, len(inputs), seed)
        values, slopes = by_rows(y, inputs, X, parameters)
        value, found = function(array(program.theta), array(X))
        agree(float(value), values.mean())
        agree(found, slopes.mean(0))
    agree(jax.jit(jax.grad(lambda theta: outputs(theta, array(X)).mean()))(array(program.theta)), slopes.mean(0))


@pytest.mark.external
@pytest.mark.parametrize(
    "graph", ["relu_hinge", "classifier", "tanh_net", "softmax_net", "recurrent", "attention", "quotients"]
)
def test_torch_differentiates_the_outputs(graph):
    """backward() through kind="values" gives the gradient that the program gives."""
    array = engine("torch")
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    X = batch(6, len(inputs))
    theta, columns = array(program.theta, requires_grad=True), array(X, requires_grad=True)
    program.function("torch", "values")(theta, columns).mean().backward()
    agree(theta.grad, by_rows(y, inputs, X, parameters)[1].mean(0))
    agree(columns.grad, by_rows(y, inputs, X, inputs)[1] / len(X))


@pytest.mark.external
def test_numbers_of_32_bits_stay_so():
    """On an engine that works in float32 the results are of that kind, and as near as that allows."""
    array = engine("torch")
    y, inputs, parameters = tanh_net()
    program = ag.compile(y, inputs, parameters)
    X = batch(6, len(inputs))
    value, found = program.function("torch")(array(program.theta).float(), array(X).float())
    assert {str(value.dtype), str(found.dtype)} == {"torch.float32"}
    np.testing.assert_allclose(found.numpy(), by_rows(y, inputs, X, parameters)[1].mean(0), rtol=1e-4, atol=1e-5)


def in_a_fresh_python(program, *arguments, **environment):
    """What a program prints, which runs by itself."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


SHARDED = """
    import jax, numpy as np, nn, sys
    import autograd as ag
    from autograd import Value
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    jax.config.update("jax_enable_x64", True)
    assert len(jax.devices()) == 8
    model, x, t = nn.MLP(3, [8, 2], activation="tanh", seed=0), [Value(0.0) for _ in range(3)], [Value(0.0), Value(0.0)]
    loss = ag.sum([(o - each) ** 2 for o, each in zip(model(x), t)])
    program = ag.compile(loss, {"X": x, "T": t}, model.parameters())
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(32, 3)), rng.normal(size=(32, 2))
    mesh = Mesh(np.array(jax.devices()), ("rows",))
    rows, everywhere = NamedSharding(mesh, PartitionSpec("rows")), NamedSharding(mesh, PartitionSpec())
    arrays = [jax.device_put(each, rows) for each in (X, T)]
    assert [len(each.sharding.device_set) for each in arrays] == [8, 8]
    value, found = jax.jit(program.function("jax"))(jax.device_put(program.theta, everywhere), *arrays)

    total, slopes = 0.0, np.zeros(len(model.parameters()))
    for row, target in zip(X.tolist(), T.tolist()):
        for leaf, number in zip([*x, *t], row + target):
            leaf.data = number
        for p in model.parameters():
            p.grad = 0.0
        total += loss.forward() / 32
        loss.backward()
        slopes += np.array([p.grad for p in model.parameters()]) / 32
    room = 1e-12 * max(1.0, total, np.abs(slopes).max())
    assert abs(float(value) - total) <= room, (value, total)
    np.testing.assert_allclose(found, slopes, rtol=0.0, atol=room)
    print("equal")
"""


@thorough
@pytest.mark.external
def test_a_batch_over_eight_devices():
    """Rows that are spread over the devices of a mesh give the numbers of the graph."""
    pytest.importorskip("jax", reason="programs for JAX need it: pip install jax")
    flags = "--xla_force_host_platform_device_count=8"
    assert in_a_fresh_python(SHARDED, XLA_FLAGS=flags, JAX_PLATFORMS="cpu") == "equal\n"


PARALLEL = """
    import datetime, sys
    import numpy as np, torch, nn
    import torch.distributed as dist
    import torch.multiprocessing as mp
    import autograd as ag
    from autograd import Value

    torch.set_num_threads(1)
    rank, meeting = int(sys.argv[1]), sys.argv[2]
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2, timeout=datetime.timedelta(seconds=60))
    net, x, t = nn.MLP(3, [8, 2], activation="tanh", seed=0), [Value(0.0) for _ in range(3)], [Value(0.0), Value(0.0)]
    loss = ag.sum([(o - each) ** 2 for o, each in zip(net(x), t)])
    program = ag.compile(loss, {"X": x, "T": t}, net.parameters())

    class Loss(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.theta = torch.nn.Parameter(torch.tensor(program.theta))
            self.run = program.function("torch", "values")

        def forward(self, X, T):
            return self.run(self.theta, X, T).mean()

    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(16, 3)), rng.normal(size=(16, 2))
    mine = slice(8 * rank, 8 * rank + 8)
    model = torch.nn.parallel.DistributedDataParallel(Loss())
    model(torch.tensor(X[mine]), torch.tensor(T[mine])).backward()
    slopes = np.zeros(len(net.parameters()))
    for row, target in zip(X.tolist(), T.tolist()):
        for leaf, number in zip([*x, *t], row + target):
            leaf.data = number
        for p in net.parameters():
            p.grad = 0.0
        loss.forward()
        loss.backward()
        slopes += np.array([p.grad for p in net.parameters()]) / 16
    found = model.module.theta.grad.numpy()
    np.testing.assert_allclose(found, slopes, rtol=0.0, atol=1e-12 * max(1.0, np.abs(slopes).max()))
    dist.destroy_process_group()
    print("equal")
"""


@thorough
@pytest.mark.external
def test_two_processes_of_torch(tmp_path):
    """DistributedDataParallel around a program averages to the gradient of the whole batch."""
    torch = pytest.importorskip("torch", reason="programs for PyTorch need it: pip install torch")
    if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
        pytest.skip("this build of PyTorch has no gloo")
    meeting = (tmp_path / "meeting").as_uri()
    said = [""] * 2

    def one(rank):
        said[rank] = in_a_fresh_python(PARALLEL, rank, meeting, GLOO_SOCKET_IFNAME="lo", PYTHONWARNINGS="ignore")

    threads = [threading.Thread(target=one, args=(rank,)) for rank in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["equal\n"] * 2


@pytest.mark.parametrize(("library", "extra"), [("jax", "jax"), ("torch", "torch"), ("numpy", "arrays")])
def test_a_library_that_is_missing(library, extra, monkeypatch):
    """The message says what to install."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    monkeypatch.setitem(sys.modules, library, None)
    for name in [name for name in sys.modules if name.startswith(f"{library}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=rf'pip install "chalkgrad\[{extra}\]"'):
        program.function(library)


def test_engines_and_kinds_that_are_none():
    """The message says which there are."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    with pytest.raises(ValueError, match="engines are 'numpy', 'jax' and 'torch', not 'cupy'"):
        program.function("cupy")
    with pytest.raises(ValueError, match="kind is 'gradient' or 'values', not 'hessian'"):
        program.function("numpy", "hessian")
    with pytest.raises(ValueError, match="this program takes X, one array for each; got 2"):
        program.function("numpy")(program.theta, batch(2, 5), batch(2, 5))


@pytest.mark.parametrize("library", ENGINES)
@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda theta, X, array: (theta.tolist(), array(X)), TypeError, "theta is an array of"),
        (lambda theta, X, array: (array(theta), X.tolist()), TypeError, "X is an array of"),
        (lambda theta, X, array: (array(theta.astype(int)), array(X)), TypeError, "theta is in floating point"),
        (lambda theta, X, array: (array(theta[:-1]), array(X)), ValueError, "theta has a number for each of the"),
        (lambda theta, X, array: (array(np.append(theta, 0.0)), array(X)), ValueError, "theta has a number for each of the"),
        (lambda theta, X, array: (array(theta), array(X[:, :-1])), ValueError, r"a batch is X \(rows, \d+\)"),
        (lambda theta, X, array: (array(theta), array(np.repeat(X, 2, axis=1))), ValueError, r"a batch is X \(rows, \d+\)"),
        (lambda theta, X, array: (array(theta), array(X[:0])), ValueError, "as many rows, and at least one"),
    ],
)
def test_functions_are_given_arrays_that_fit(library, wrong, error, words):
    """A theta in whole numbers, or one that is too long, would give an answer otherwise."""
    y, inputs, parameters = tanh_net()
    program, array = ag.compile(y, inputs, parameters), engine(library)
    with pytest.raises(error, match=words):
        program.function(library)(*wrong(program.theta, batch(3, len(inputs)), array))


def test_one_input_may_be_a_vector():
    """As in a batch."""
    x, w = ag.Value(1.0), ag.Value(0.5)
    found = ag.compile((w * x).exp(), [x], [w]).function("numpy", "values")(np.array([2.0]), np.array([0.0, 1.0]))
    agree(found, np.exp([0.0, 2.0]))


SLOPED = {
    "erf": ag.erf,
    "gelu": ag.gelu,
    "gelu, twice": lambda x: ag.gradient(ag.gelu(x), x)[0],
    "hypot": lambda x: ag.hypot(x, 0.5),
    "hypot, twice": lambda x: ag.gradient(ag.hypot(x, 0.5), x)[0],
    "atan2": lambda x: ag.atan2(x, -0.5),
    "a power": lambda x: (x * x) ** x,
    "a power, twice": lambda x: ag.gradient((x * x + 0.5) ** x, x)[0],
}


@pytest.mark.external
@pytest.mark.parametrize("name", part(SLOPED, 3))
def test_slopes_under_jit(name):
    """JAX knows no numbers there, only shapes; and where they are 0, or large, the slopes are those of the graph."""
    make, w, x = engine("jax"), ag.Value(1.0), ag.Value(0.3)
    y = SLOPED[name](w * x)
    X = np.array([[0.0], [0.3], [-2.0], [35.0 if name != "a power" else 3.0]])[int("power" in name) :]
    values, slopes = by_rows(y, [x], X, [w])
    program = ag.compile(y, [x], [w], reduction="sum")
    value, found = sys.modules["jax"].jit(program.function("jax"))(make(program.theta), make(X))
    agree(float(value), values.sum(), np.abs(values).max())
    agree(found, slopes.sum(0), np.abs(slopes).max())
    agree(program.per_sample_gradients(X), slopes)
