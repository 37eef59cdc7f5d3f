"""How programs are called: what compile refuses, forms of a batch, parameters, results, threads."""

import copy
import math
import operator
import pickle
import threading

import pytest
from compiled_graphs import (
    GRAPHS,
    agree,
    agree_with_graph,
    batch,
    bend,
    by_name,
    by_rows,
    classifier,
    leaves,
    np,
    outputs,
    relu_hinge,
    softmax_net,
    tanh_net,
)

import autograd as ag
import nn
from autograd import Value
from autograd.graph import nodes

# --------------------------------------------------------------------------------------------------------- what is refused

ASKED = {
    "<": lambda a, b: a < b,
    "<= a number": lambda a, b: a <= 0.5,
    "number <": lambda a, b: a > 0.5,
    ">=": lambda a, b: a >= b,
    "float": lambda a, b: float(a),
    "int": lambda a, b: int(a),
    "bool": lambda a, b: bool(a),
    "not": lambda a, b: not a,
    "if": lambda a, b: 1 if a else 0,
    "max": lambda a, b: max([a, b]),
    "min": lambda a, b: min([b, a]),
    "sorted": lambda a, b: sorted([a, b]),
    "math": lambda a, b: math.floor(float(a)),
    "item": lambda a, b: a.item(),
}


@pytest.mark.filterwarnings("ignore:.*float.*")
@pytest.mark.parametrize("ask", ASKED)
def test_a_graph_that_was_asked_for_numbers_is_refused(ask):
    """The message names the file, and the line that asked."""
    x, w = leaves(1), leaves(1, 1)
    a = w[0] * x[0]
    b = a * 2.0 + 1.0
    ASKED[ask](a, b)
    line = ASKED[ask].__code__.co_firstlineno
    with pytest.raises(ValueError, match=f"line {line} of .*test_program_calls.py asked for the number"):
        ag.compile(a * b, x, w)


@pytest.mark.parametrize("ask", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("on_the_left", [True, False])
def test_a_parameter_that_was_compared_with_another_number_is_refused(ask, on_the_left):
    """On either side of the sign: the way that was taken is that of one number of it."""
    x, w, limit = leaves(1), leaves(1, 1), Value(0.25)
    ask(*((w[0], limit) if on_the_left else (limit, w[0])))
    with pytest.raises(ValueError, match=r"test_program_calls.py asked for the number"):
        ag.compile(w[0] * x[0], x, w)


def test_a_leaf_that_was_asked_for_is_refused_too():
    """What a branch on an input chose is the way of one row."""
    x, w = leaves(1), leaves(1, 1)
    y = w[0] * x[0] if x[0] > 0 else -x[0]
    with pytest.raises(ValueError, match="which other rows would not take"):
        ag.compile(y, x, w)


def test_a_branch_on_an_input_that_is_not_in_the_graph_is_refused():
    """What an input decided may not contain it."""
    x, w = leaves(2), leaves(2, 1)
    y = w[0] * x[1] if x[0] > 0 else w[1] * x[1]
    with pytest.raises(ValueError, match=r"test_program_calls.py asked for the number"):
        ag.compile(y, x, w)


@pytest.mark.parametrize("parameters", [None, "w"])
def test_what_was_detached_from_other_numbers_of_a_row_is_refused(parameters):
    """It is a leaf with the number of one row, and no parameter, unless somebody says so."""
    x, w = leaves(1), leaves(2, 1)
    target = (w[0] * x[0]).detach()
    y = (w[1] * x[0] - target) ** 2
    with pytest.raises(ValueError, match=r"line \d+ of .*test_program_calls.py detached Value"):
        ag.compile(y, x, w[1:] if parameters else None)
    assert ag.compile(y, [*x, target], w[1:])([[2.0, 0.5]]) == [(w[1].data * 2.0 - 0.5) ** 2]


def test_a_leaf_that_was_detached_is_a_leaf():
    """A copy of a parameter is one; it need not be listed."""
    x, w = leaves(1), leaves(1, 1)
    frozen = w[0].detach()
    assert ag.compile(frozen * w[0] * x[0], x).parameters == [frozen, w[0]]


def test_what_asks_for_nothing_is_compiled():
    """Looking at data, printing and formatting, labels, drawing operations: none of them chooses a way."""
    y, x, w = tanh_net()
    assert f"{y} {y!r} {y:.3f}" + str(y.data) + str(y.item())
    y.label = "loss"
    y.backward()
    X = batch(2, len(x))
    agree(ag.compile(y, x, w)(X), by_rows(y, x, X, w)[0])


def test_asking_another_graph_does_no_harm():
    """A comparison of a node that the output does not depend on, or that is made anew, is nobody's business."""
    x, w = leaves(1), leaves(1, 1)
    a = w[0] * x[0]
    assert ((a * 2.0) > a.data - 100.0) in (True, False)
    assert ag.compile(a.exp(), x, w)(np.array([[0.0]])) == [1.0]


@pytest.mark.parametrize("carried", [copy.deepcopy, copy.copy, lambda y: pickle.loads(pickle.dumps(y))])
def test_copies_of_a_graph_do_not_remember_what_was_asked(carried):
    """They have the numbers and the labels, and nothing else; a copy can be compiled where it stands for itself."""
    x = Value(2.0, label="x")
    y = (x * 3.0).exp()
    assert x < y
    again = carried(y)
    assert (again.data, len(nodes(again))) == (y.data, len(nodes(y)))
    assert set(vars(again)) <= {"label"}
    assert [node.label for node in nodes(again) if node.label] == ["x"]


def refused(make, error, words):
    return pytest.param(make, error, words)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        refused(lambda y, x, w: ag.compile(y, [*x, x[0]], w), ValueError, "is listed twice"),
        refused(lambda y, x, w: ag.compile(y, x, [*w, w[0]]), ValueError, "is listed twice"),
        refused(lambda y, x, w: ag.compile(y, x, [*w, x[0]]), ValueError, "is listed twice"),
        refused(lambda y, x, w: ag.compile(y, {"X": x, "T": x[:1]}, w), ValueError, "is listed twice"),
        refused(lambda y, x, w: ag.compile(y, x, w[1:]), ValueError, "is neither an input nor a parameter"),
        refused(lambda y, x, w: ag.compile(y, x[1:], w), ValueError, "is neither an input nor a parameter"),
        refused(lambda y, x, w: ag.compile(y, [*x, y], w), ValueError, "is computed: inputs and parameters are leaves"),
        refused(lambda y, x, w: ag.compile(y, x, [*w, y]), ValueError, "is computed: inputs and parameters are leaves"),
        refused(lambda y, x, w: ag.compile(y, [*x, 2.0], w), TypeError, "inputs and parameters are Values, not 2.0"),
        refused(lambda y, x, w: ag.compile(y, x, [*w, "w"]), TypeError, "inputs and parameters are Values, not 'w'"),
        refused(lambda y, x, w: ag.compile(2.0, x, w), TypeError, "compile takes|not iterable"),
        refused(lambda y, x, w: ag.compile([y, 2.0], x, w), TypeError, "compile takes a Value, or a list of Values"),
        refused(lambda y, x, w: ag.compile([], x, w), TypeError, "compile takes a Value, or a list of Values"),
        refused(lambda y, x, w: ag.compile(y, {"my input": x}, w), ValueError, "not 'my input'"),
        refused(lambda y, x, w: ag.compile(y, {"theta": x}, w), ValueError, "not 'theta'"),
        refused(lambda y, x, w: ag.compile(y, {"value": x}, w), ValueError, "not 'value'"),
        refused(lambda y, x, w: ag.compile(y, x, w, reduction="max"), ValueError, "reduction is 'mean' or 'sum', not 'max'"),
    ],
)
def test_what_compile_refuses(make, error, words):
    """The message says what is wrong with the leaves, the names or the reduction."""
    y, x, w = tanh_net()
    with pytest.raises(error, match=words):
        make(y, x, w)


def test_without_parameters_all_other_leaves_are_parameters():
    """In the order in which the graph meets them."""
    y, x, w = tanh_net()
    program = ag.compile(y, x)
    assert set(program.parameters) == set(w)
    assert len(program.parameters) == len(w)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (
            (np.zeros((2, 4)),),
            ValueError,
            r"a batch is X \(rows, 3\) and T \(rows, 2\), and this one has the shapes \(2, 4\)",
        ),
        ((np.zeros((2, 3)),), ValueError, r"this one has the shapes \(2, 3\)"),
        ((np.zeros((2, 2)), np.zeros((2, 3))), ValueError, r"this one has the shapes \(2, 2\), \(2, 3\)"),
        ((np.zeros((2, 3)), np.zeros((2, 2)), np.zeros((2, 1))), ValueError, "this one has the shapes"),
        ((), ValueError, "this one has the shapes none"),
        ((np.zeros((2, 3, 1)), np.zeros((2, 2))), ValueError, "this one has the shapes"),
        ((np.zeros((2, 3)), np.zeros((3, 2))), ValueError, r"as many rows, and at least one; these have \[2, 3\]"),
        ((np.zeros((0, 3)), np.zeros((0, 2))), ValueError, r"at least one; these have \[0, 0\]"),
        (([["a", "b", "c"]], [[1, 2]]), TypeError, "a batch is an array of real numbers"),
        (([[1j, 0, 0]], [[1, 2]]), TypeError, "a batch is an array of real numbers"),
        (([[1, 2, 3], [1, 2]], [[1, 2]]), TypeError, "a batch is an array of real numbers"),
    ],
)
@pytest.mark.parametrize("method", ["value_and_grad", "__call__", "value", "jacobian", "batch"])
def test_what_is_no_batch(wrong, error, words, method):
    """Whatever is asked of a program, the message says what a batch is, and what this one is."""
    y, x, w = tanh_net()
    program = by_name(y, x[:3], x[3:], w)
    with pytest.raises(error, match=words):
        getattr(program, method)(*wrong)


def test_a_row_with_nan_is_named():
    """By the array's name and its number."""
    y, x, w = tanh_net()
    program = by_name(y, x[:3], x[3:], w)
    X, T = batch(4, 3), batch(4, 2)
    T[2, 1] = math.nan
    with pytest.raises(ValueError, match="row 2 of T holds nan"):
        program.value_and_grad(X, T)
    T[2, 1], X[0, 0] = 0.0, math.nan
    with pytest.raises(ValueError, match="row 0 of X holds nan"):
        program.value_and_grad(X, T)


def test_a_loss_that_is_nan_by_itself_stays_so():
    """Where the formula has no value, neither has the program; no row is blamed, and nothing is warned of."""
    x, w = leaves(1), [Value(1.0)]
    program = ag.compile((w[0] * x[0]).log(), x, w)
    value, found = program.value_and_grad([[-1.0], [2.0]])
    assert math.isnan(value)
    agree(found, [1.0])


def test_infinite_numbers_give_what_the_graph_gives():
    """log 0 is -inf, and 1/0 is inf."""
    x, w = leaves(1), [Value(1.0)]
    y = (w[0] * x[0]).log()
    assert list(ag.compile(y, x, w)([[0.0], [1.0]])) == [-math.inf, 0.0]
    assert list(ag.compile(1.0 / (w[0] * x[0]), x, w)([[0.0], [2.0]])) == [math.inf, 0.5]


@pytest.mark.parametrize("scale", [1.0, 50.0, 1000.0])
def test_scores_far_from_zero(scale):
    """Neither softmax nor sigmoid overflows, in place or for each row."""
    x, w = leaves(3), [Value(1.0), Value(-0.5), Value(0.25)]
    z = [wi * xi for wi, xi in zip(w, x)]
    y = ag.logsumexp(z) - z[0] + ag.dot(ag.softmax(z), x) + z[1].sigmoid() + z[2].softplus() + z[0].silu() + z[1].tanh()
    agree_with_graph(ag.compile(y, x, w), scale * batch(6, 3))


@pytest.mark.parametrize("method", ["value_and_grad", "value", "per_sample_gradients"])
def test_several_outputs_have_no_gradient(method):
    """The message says to take the Jacobian; so it does for the mean."""
    program = ag.compile(*outputs())
    with pytest.raises(ValueError, match="this program has 9 outputs: take its jacobian"):
        getattr(program, method)(batch(2, 3))


def test_a_vector_that_does_not_fit():
    """hvp says how many numbers it takes; jacobian by what it can be taken."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    with pytest.raises(ValueError, match=f"a number for each of the {len(w)} parameters"):
        program.hvp([1.0, 2.0], batch(2, len(x)))
    with pytest.raises(ValueError, match="wrt is 'inputs' or 'parameters', not 'X'"):
        program.jacobian(batch(2, len(x)), wrt="X")


# ------------------------------------------------------------------------------------------------------ forms of a batch


def test_one_array_or_one_for_each_list():
    """Columns side by side are the same as several arrays; lists and whole numbers as arrays of floats."""
    y, x, w = tanh_net()
    program = by_name(y, x[:3], x[3:], w)
    X, T = batch(4, 3), batch(4, 2)
    expected = by_rows(y, x, np.hstack([X, T]), w)[0]
    agree(program(X, T), expected)
    agree(program(np.hstack([X, T])), expected)
    agree(program(X.tolist(), T.tolist()), expected)
    agree(program(np.asfortranarray(X), T[::-1][::-1]), expected)
    whole = np.array([[1, -2, 0], [3, 1, 1]])
    agree(program(whole, whole[:, :2]), by_rows(y, x, np.hstack([whole, whole[:, :2]]), w)[0])


def test_a_vector_is_a_batch_for_a_single_input():
    """One number for each row."""
    x, t, w = Value(1.0), Value(1.0), Value(0.5)
    y = (w * x - t) ** 2
    X, T = batch(4, 1), batch(4, 1, 1)
    expected = by_rows(y, [x, t], np.hstack([X, T]), [w])[0]
    agree(ag.compile(y, {"X": x, "T": t}, [w])(X[:, 0], T[:, 0]), expected)
    agree(ag.compile(w * x, x, [w])(X[:, 0]), (w.data * X)[:, 0])


def test_a_batch_that_is_ready():
    """batch() makes arrays ready once; every method takes it."""
    y, x, w = tanh_net()
    program = by_name(y, x[:3], x[3:], w)
    X, T = batch(4, 3), batch(4, 2)
    ready = program.batch(X, T)
    values, slopes = by_rows(y, x, np.hstack([X, T]), w)
    agree(program(ready), values)
    agree(program.value_and_grad(ready)[1], slopes.mean(0))
    agree(program.jacobian(ready, wrt="parameters")[:, 0], slopes)


def test_batches_are_left_alone():
    """No call writes into the arrays that it was given."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    X, theta = batch(5, len(x)), program.theta
    kept, numbers = X.copy(), theta.copy()
    X.flags.writeable = theta.flags.writeable = False
    program.value_and_grad(X, theta=theta)
    program(X, theta=theta)
    program.jacobian(X)
    program.hvp(np.ones(len(w)), X)
    np.testing.assert_array_equal(X, kept)
    np.testing.assert_array_equal(theta, numbers)


# ------------------------------------------------------------------------------------------------------- parameters, results


def test_changed_parameters_are_seen_by_the_next_call():
    """The program holds the graph's shape, and no numbers."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    X = batch(3, len(x))
    for factor in (1.0, 0.5, -2.0):
        for p in w:
            p.data *= factor
        agree_with_graph(program, X)
        agree(program.theta, [p.data for p in w])


@pytest.mark.parametrize("kind", ["array", "list", "view", "strided"])
def test_numbers_in_place_of_the_parameters(kind):
    """theta= is used by every method, may change between calls where it is, and leaves the Values alone."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    X, n = batch(3, len(x)), len(w)
    before = [p.data for p in w]
    whole = np.random.default_rng(1).normal(size=2 * n)
    theta = {"array": whole[:n].copy(), "list": whole[:n].tolist(), "view": whole[:n], "strided": whole[::2]}[kind]
    for shift in (0.0, 0.25):
        if kind == "list":
            theta = [each + shift for each in theta]
        else:
            theta += shift
        found = [
            program.value_and_grad(X, theta=theta)[1], program(X, theta=theta), program.value(X, theta=theta),
            program.per_sample_gradients(X, theta=theta), program.hvp(np.ones(n), X, theta=theta),
        ]  # fmt: skip
        assert [p.data for p in w] == before
        for p, data in zip(w, theta):
            p.data = float(data)
        values, slopes = by_rows(y, x, X, w)
        bent = bend(y, x, X, w, np.ones(n)).mean(0)
        for one, other in zip(found, [slopes.mean(0), values, values.mean(), slopes, bent], strict=True):
            agree(one, other)
        for p, data in zip(w, before):
            p.data = data


@pytest.mark.parametrize("graph", ["tanh_net", "relu_hinge", "parameters_that_do_not_matter", "sparse", "random_order"])
def test_a_gradient_that_is_written_where_one_wants_it(graph):
    """out= is the very array that comes back, a view of a larger one too; what it held does not matter."""
    y, x, w = GRAPHS[graph]()
    program = ag.compile(y, x, w)
    large = np.full(3 * len(w), math.nan)
    for out in (np.full(len(w), math.nan), large[len(w) : 2 * len(w)], large[::3]):
        for seed in (1, 2):
            X = batch(4, len(x), seed)
            found = program.value_and_grad(X, out=out)[1]
            assert found is out
            agree(out, by_rows(y, x, X, w)[1].mean(0))
    assert np.isnan(large[1 : len(w) : 3]).all()


def test_results_are_not_overwritten_by_later_calls():
    """Without out= each result is an array of its own."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    first, second = batch(4, len(x), 1), batch(4, len(x), 2)
    results = [method(first) for method in (lambda X: program.value_and_grad(X)[1], program, program.jacobian)]
    kept = [each.copy() for each in results]
    for method in (program.value_and_grad, program, program.jacobian):
        method(second)
    for each, other in zip(results, kept):
        np.testing.assert_array_equal(each, other)


def test_writing_into_a_result_harms_no_later_one():
    """A caller may do with it what he likes."""
    y, x, w = tanh_net()
    program = ag.compile(y, x, w)
    X = batch(4, len(x))
    for method in (lambda X: program.value_and_grad(X)[1], program.per_sample_gradients):
        kept = method(X).copy()
        np.array(method(X), copy=True)
        method(X)[...] = 7.0
        np.testing.assert_array_equal(method(X), kept)


def test_more_sizes_than_are_kept():
    """Arrays are kept for some sizes of batch; the others come out right all the same, and again."""
    y, x, w = classifier()
    program = ag.compile(y, x, w)
    theta = program.theta
    for rows in [*range(1, 15), 3, 1, 14]:
        X = batch(rows, len(x), rows)
        agree(program.value_and_grad(X, theta=theta)[1], by_rows(y, x, X, w)[1].mean(0))


@pytest.mark.parametrize("given", [False, True])
def test_threads_do_not_meet(given):
    """Several at once, each with data of its own in batches of one size, get what each of them should."""
    y, x, w = relu_hinge()
    program = ag.compile(y, x, w)
    theta = program.theta if given else None
    batches = [batch(200, len(x), seed) for seed in range(4)]
    expected = [by_rows(y, x, X, w) for X in batches]
    found = [[] for _ in batches]
    start = threading.Barrier(len(batches))

    def work(i):
        start.wait()
        for _ in range(40):
            value, slopes = program.value_and_grad(batches[i], theta=theta)
            found[i].append((value, slopes, program(batches[i])))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(batches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for results, (values, slopes) in zip(found, expected):
        assert len(results) == 40
        for value, one, rows in results:
            agree(value, values.mean())
            agree(one, slopes.mean(0))
            agree(rows, values)


def test_the_graph_is_left_as_it_was():
    """Compiling and running changes no number, no gradient and no label of the graph."""
    y, x, w = tanh_net()
    y.backward()
    before = [(node.data, node.grad, node.label) for node in nodes(y)]
    program = ag.compile(y, x, w)
    program.value_and_grad(batch(3, len(x)))
    program.jacobian(batch(3, len(x)))
    program.hvp(np.ones(len(w)), batch(3, len(x)))
    assert [(node.data, node.grad, node.label) for node in nodes(y)] == before


@pytest.mark.parametrize(
    "name", "W1 A1 H1 dA1 b1 m1 s1 np seed exp ones rows total joined outer zero order1 spare1 for x".split()
)
def test_inputs_under_any_name(name):
    """A name that the program uses itself is refused, or does no harm."""
    y, x, w = softmax_net()
    X = batch(3, len(x))
    if name != "x":
        with pytest.raises(ValueError, match=f"not '{name}'"):
            ag.compile(y, {name: x}, w)
        return
    agree_with_graph(ag.compile(y, {name: x}, w), X)


@pytest.mark.parametrize("n", [1, 9])
@pytest.mark.parametrize("method", ["value_and_grad", "__call__", "jacobian", "value"])
def test_theta_of_another_length(method, n):
    """The message says how many numbers there are, and of which shape these are."""
    y, x, w = tanh_net()
    with pytest.raises(ValueError, match=f"theta .*{len(w)}"):
        getattr(ag.compile(y, x, w), method)(batch(2, len(x)), theta=np.zeros(len(w) + n))


def test_complex_arrays_are_no_batch():
    """An array of complex numbers is refused as a list of them is."""
    y, x, w = tanh_net()
    with pytest.raises(TypeError, match="a batch is an array of real numbers"):
        ag.compile(y, x, w)(1j * batch(2, len(x)))


# ------------------------------------------------------------------------------------------------- what people come up with


@pytest.mark.parametrize("block", [ag.no_grad, ag.detect_anomaly])
def test_the_block_that_a_program_is_made_in_changes_nothing(block):
    """The gradient's graph is recorded by compile, not by the user."""
    y, x, w = tanh_net()
    X = batch(4, len(x))
    expected = ag.compile(y, x, w).value_and_grad(X)
    with block():
        found = ag.compile(y, x, w).value_and_grad(X)
    assert found[0] == expected[0]
    assert found[1].any()
    agree(found[1], expected[1])


@pytest.mark.parametrize("carried", [copy.deepcopy, copy.copy, lambda program: pickle.loads(pickle.dumps(program))])
def test_programs_can_be_copied(carried):
    """With their leaves."""
    y, x, w = tanh_net()
    program, X = ag.compile(y, x, w, reduction="sum"), batch(4, len(x))
    expected = program.value_and_grad(X)
    again = carried(program).value_and_grad(X)
    assert again[0] == expected[0]
    agree(again[1], expected[1])


@pytest.mark.parametrize(
    ("numbers", "error", "words"),
    [
        (
            lambda: np.ma.masked_array([[1.0, 2.0], [3.0, 4.0]], mask=[[0, 0], [1, 0]]),
            ValueError,
            "row 1 of X",
        ),
        (lambda: np.array([["2020-01-01", "2020-01-02"]], dtype="M8[D]"), TypeError, "these are datetime64"),
        (lambda: [[10**400, 1]], TypeError, "is an array of real numbers"),
        (lambda: np.ones((2, 2)) * 1j, TypeError, "these are complex"),
    ],
)
def test_what_is_no_row_of_numbers(numbers, error, words):
    """Masked numbers are missing, dates are no numbers."""
    x = leaves(2)
    with pytest.raises(error, match=words):
        ag.compile(x[0] * x[1], x).value_and_grad(numbers())


def test_a_batch_of_another_program_must_fit():
    """By its widths."""
    x = leaves(2)
    one, two = ag.compile(x[0] * x[1], x), ag.compile(x[0] * x[1], {"A": x[:1], "B": x[1:]})
    with pytest.raises(ValueError, match=r"a batch is A \(rows, 1\) and B \(rows, 1\)"):
        two.value(one.batch([[1.0, 2.0]]))


def test_an_array_for_the_gradient_must_be_one_to_write_to():
    """The message says which one."""
    x, w = leaves(1), leaves(1, 1)
    out = np.zeros(1)
    out.setflags(write=False)
    with pytest.raises(ValueError, match="out is an array of 1 numbers in float64 that may be written to"):
        ag.compile(w[0] * x[0], x, w).value_and_grad([1.0], out=out)


def test_one_parameter_may_come_bare():
    """As one input may; a model is told from its parameters."""
    x, w = leaves(1), leaves(1, 1)
    assert ag.compile(w[0] * x[0], x[0], w[0]).parameters == w
    with pytest.raises(TypeError, match=r"parameters are Values in a list, not .*: take its parameters\(\)"):
        ag.compile(w[0] * x[0], x, nn.MLP(1, [1]))
