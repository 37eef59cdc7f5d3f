"""No program is believed: a fault of the compiler is found before the first answer, whichever way one asks."""

import pytest
from compiled_graphs import ENGINES, agree_with_graph, batch, leaves, np, tanh_net

import autograd as ag
from autograd import Value
from autograd.program import lowering
from autograd.program.numpy_source import NumpyPrinter

WAYS = {
    "array": lambda p, X: p.value_and_grad(X),
    "batch": lambda p, X: p.value_and_grad(p.batch(X)),
    "out": lambda p, X: p.value_and_grad(X, out=np.zeros(len(p.parameters))),
    "theta": lambda p, X: p.value_and_grad(X, theta=p.theta),
    "outputs": lambda p, X: p(X),
    "value": lambda p, X: p.value(X),
    "per sample": lambda p, X: p.per_sample_gradients(X),
    "jacobian": lambda p, X: p.jacobian(X),
    "hvp": lambda p, X: p.hvp(p.theta, X),
    "script": lambda p, X: p.script,
    "a function": lambda p, X: p.function("numpy"),
    "outputs as a function": lambda p, X: p.function("numpy", "values"),
    "jax": lambda p, X: p.function("jax"),
    "torch": lambda p, X: p.function("torch"),
}


def plant_in_sums(monkeypatch):
    """Of some products that are added up, one counts for too much."""
    right = lowering.Lowering._enter

    def wrong(self, kind, what=None, inputs=(), form=None):
        if form and len(form) > 2:
            second = list(form)[1]
            form = lowering.Form({factors: c * 1.25 if factors == second else c for factors, c in form.items()})
        return right(self, kind, what, inputs, form)

    monkeypatch.setattr(lowering.Lowering, "_enter", wrong)


@pytest.mark.parametrize("way", [*(way for way in WAYS if way not in ("jax", "torch")), *ENGINES[1:]])
def test_a_program_with_a_fault_never_answers(monkeypatch, way):
    """Nor when it is asked again, in this way or in another."""
    if way in ("jax", "torch"):
        pytest.importorskip(way, reason=f"programs for {way} need it")
    y, inputs, parameters = tanh_net()
    X = batch(4, len(inputs))
    plant_in_sums(monkeypatch)
    program = ag.compile(y, inputs, parameters)
    for _ in range(2):
        with pytest.raises(ArithmeticError, match=r"differs from its graph by .*: a fault in the compiler"):
            WAYS[way](program, X)
    for other in ("array", "batch", "outputs", "hvp", "script"):
        with pytest.raises(ArithmeticError, match="a fault in the compiler"):
            WAYS[other](program, X)


@pytest.mark.parametrize("way", ["array", "batch", "out"])
def test_a_fault_of_the_program_in_place_alone_is_found(monkeypatch, way):
    """It is compared with the one that makes new arrays."""
    y, inputs, parameters = tanh_net()
    right = NumpyPrinter._store

    def wrong(self, store):
        right(self, store)
        self.body[-1] = "pass"

    monkeypatch.setattr(NumpyPrinter, "_store", wrong)
    program = ag.compile(y, inputs, parameters)
    for _ in range(2):
        with pytest.raises(ArithmeticError, match="a fault in the compiler"):
            WAYS[way](program, batch(4, len(inputs)))


@pytest.mark.parametrize("way", ["array", "batch", "per sample", "script"])
def test_a_fault_that_zero_parameters_would_hide_is_found(monkeypatch, way):
    """A net that begins at zero is compared near zero."""
    y, inputs, parameters = tanh_net()
    for p in parameters:
        p.data = 0.0
    plant_in_sums(monkeypatch)
    with pytest.raises(ArithmeticError, match="a fault in the compiler"):
        WAYS[way](ag.compile(y, inputs, parameters), batch(3, len(inputs)))


@pytest.mark.parametrize("size", [1e4, 1e6, 1e8])
def test_rounding_is_not_called_a_fault(size):
    """Where large numbers all but cancel, graph and program may differ in many digits, and both are right."""
    x, t, w = leaves(3), Value(0.0), leaves(4, 1)
    X = batch(40, 4) * size
    X[:, 3] = X[:, :3] @ [p.data for p in w[:3]] + w[3].data + 1e-3
    y = (ag.dot(w[:3], x, w[3]) - t) ** 2
    for reduction in ("mean", "sum"):
        value, gradient = ag.compile(y, [*x, t], w, reduction=reduction).value_and_grad(X)
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()


def test_rows_without_a_number_do_not_count_as_compared(monkeypatch):
    """A fault is found with the first rows that have numbers."""
    y, inputs, parameters = tanh_net()
    plant_in_sums(monkeypatch)
    program = ag.compile(y, inputs, parameters)
    with pytest.raises(ValueError, match="holds nan"):
        program.value_and_grad(np.full((2, len(inputs)), np.nan))
    with pytest.raises(ArithmeticError, match="a fault in the compiler"):
        program.value_and_grad(batch(2, len(inputs)))


# ------------------------------------------------------------------------------------------------- the same array for two


def test_the_gradient_is_not_written_over_what_it_is_taken_from():
    """An out that is theta, a part of it, or of the batch is refused."""
    y, inputs, parameters = tanh_net()
    program, n = ag.compile(y, inputs, parameters), len(parameters)
    memory = np.zeros(2 * n)
    X = np.zeros((n, len(inputs)))
    for theta, out, rows in (
        (memory[:n], memory[:n], X),
        (memory[:n], memory[1 : n + 1], X),
        (memory[:n], X.reshape(-1)[:n], X),
    ):
        with pytest.raises(ValueError, match="out is where theta or the batch is"):
            program.value_and_grad(rows, theta=theta, out=out)
    program.value_and_grad(X, theta=memory[:n], out=memory[n:])


def test_an_array_for_the_gradient_may_be_changed_between_calls():
    """The slope of a parameter that nothing rests on is 0 each time."""
    x, w = leaves(1), leaves(3, 1)
    program, out = ag.compile(w[1] * x[0], x, w), np.full(3, 7.0)
    for _ in range(3):
        assert program.value_and_grad([2.0, 4.0], out=out)[1].tolist() == [0.0, 3.0, 0.0]
        out += 5.0


# -------------------------------------------------------------------------------------------------------- n-ary operations


def test_reductions_of_one_number_are_each_their_own():
    """Two alike are not one over both."""
    x, w = leaves(2), leaves(2, 1)
    a, b = w[0] * x[0], w[1] * x[1]
    for y in (
        ag.logsumexp([a]) * 2.0 + ag.logsumexp([b]),
        ag.softmax([a])[0] * a + ag.softmax([b])[0] * b,
        ag.log_softmax([a])[0] + ag.log_softmax([b])[0] * b + a,
        ag.sum([a]) * ag.sum([b]) + ag.mean([a]),
    ):
        agree_with_graph(ag.compile(y, x, w), batch(3, 2))


@pytest.mark.parametrize("many", [1, 2, 3])
def test_a_softmax_that_is_the_same_for_all_rows(many):
    """Shares of a mixture that are parameters: one column is enough for them, whatever is made of them."""
    x, w, scores = leaves(2), leaves(2 * many, 1), leaves(many, 2)
    nets = [ag.dot(w[2 * i : 2 * i + 2], x) for i in range(many)]
    shares, logs = ag.softmax(scores), ag.log_softmax(scores)
    for y in (
        ag.dot(shares, nets) ** 2 - ag.dot(shares, logs),
        ag.logsumexp([p.log() + net for p, net in zip(shares, nets)]) + logs[0] * shares[-1],
        ag.sum([(p - 0.5) ** 2 for p in shares]) + ag.logsumexp(scores) * nets[0],
    ):
        agree_with_graph(ag.compile(y, x, [*w, *scores]), batch(4, 2))


@pytest.mark.parametrize("many", [1, 2, 3])
def test_an_operation_of_ones_own_on_any_number_of_inputs(plant, many):
    """It is applied row by row, whether its inputs are one array's rows or not."""
    norm = plant(
        "p3norm",
        lambda xs: sum(abs(x) ** 3 for x in xs) ** (1.0 / 3.0),
        lambda z, xs: [x * abs(x) / (z * z) for x in xs],
        nary=True,
    )
    x, w = leaves(3), leaves(2 * many, 1)
    nets = [ag.tanh(p * x[i % 3] + 0.1) for i, p in enumerate(w)]
    y = norm(*nets[:many]) + 2.0 * norm(*nets[many:]) + norm(*[n * n + 1.0 for n in nets[:many]])
    agree_with_graph(ag.compile(y, x, w), batch(4, 3))


# ---------------------------------------------------------------------------------- parameters at all distances from the end


@pytest.mark.parametrize("behind", [0, 1, 2])
@pytest.mark.parametrize("order", ["mixed", "columns"])
def test_matrices_at_the_end_of_the_parameters(order, behind):
    """Rows that stand apart, the last of them at the very end, in the order of weights or of inputs."""
    x = leaves(2)
    rows = [leaves(4, i) for i in range(3)]
    parameters = [p for row in rows for p in row] if order == "mixed" else [p for row in zip(*rows) for p in row]
    more = leaves(behind, 9)
    for first in range(3):
        nets = [ag.tanh(ag.dot(row[first : first + 2], x)) for row in rows]
        y = ag.sum([n * n for n in nets]) + ag.sum([0.5 * p * p for p in more] or [0.0])
        used = parameters[: len(parameters) - (2 - first)] + more if order == "mixed" else [*parameters, *more]
        agree_with_graph(ag.compile(y, x, used), batch(4, 2))


# ------------------------------------------------------------------------------------------- what was asked, and decided


def test_what_is_asked_of_the_finished_output_decided_nothing():
    """A loss that was printed, or compared with the best one, compiles."""
    for ask in (lambda y: y < 3.0, lambda y: y > Value(3.0), int, bool):
        y, inputs, parameters = tanh_net()
        ask(y)
        agree_with_graph(ag.compile(y, inputs, parameters), batch(3, len(inputs)))


def test_what_was_built_on_an_answer_may_hold_one_way_of_several():
    """An output that another output went on from, or that only a part of the graph leads to, is refused."""
    y, inputs, parameters = tanh_net()
    other = y * 2.0 if y > 0.0 else y * 3.0
    with pytest.raises(ValueError, match="asked for the number of"):
        ag.compile(other, inputs, parameters)
    with pytest.raises(ValueError, match="asked for the number of"):
        ag.compile([y, other], inputs, parameters)


def test_a_parameter_that_was_printed_decided_nothing():
    """As float(w), int(w) and w.item(); an input's number that was taken, or a parameter that was compared, may have."""
    for take in (float, int, Value.item):
        y, inputs, parameters = tanh_net()
        take(parameters[0])
        ag.compile(y, inputs, parameters)
        take(inputs[0])
        with pytest.raises(ValueError, match="asked for the number of"):
            ag.compile(y, inputs, parameters)
    y, inputs, parameters = tanh_net()
    assert parameters[0] < 100.0
    with pytest.raises(ValueError, match="asked for the number of"):
        ag.compile(y, inputs, parameters)
