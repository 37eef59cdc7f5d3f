"""Walking graphs: order, leaves, paths, and graphs too large for recursion."""

import copy
import gc
import pickle
import sys
import weakref

import pytest
from long_runs import many

import autograd as ag
from autograd import Value, gradient, log_softmax, mean, softmax
from autograd.graph import dependents, history, leaves, nodes, paths_between, ways

AGAIN = pytest.mark.parametrize("again", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))], ids=["copied", "pickled"])
MANY = many(200_000)  # LONG=5 makes it a million


def chain(x, n):
    """x with n operations on it, one after the other, an even number of which leave its value as it is."""
    for _ in range(n):
        x = -x
    return x


def doubled(x, n):
    """x + x, then that plus itself, and so on: every node is used twice, and there are 2**n ways to x."""
    for _ in range(n):
        x = x + x
    return x


def test_history_has_each_node_before_its_inputs():
    """A node comes once, and after everything that uses it."""
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + a
    y = d * c
    order = history(y)
    assert order == [y, d, c]
    assert history(c, y) == [y, d, c]


def test_history_of_a_leaf_is_empty():
    """A leaf, and a constant, was not computed."""
    assert history(Value(1.0)) == []


def test_nodes_has_each_node_after_its_inputs():
    """Leaves and constants are there too."""
    a, b = Value(2.0), Value(3.0)
    c = a * b
    y = c + 1
    assert nodes(y) == [a, b, c, y.inputs[1], y]
    assert nodes(a) == [a]


def test_leaves_come_in_the_order_of_the_formula():
    """Leaves are found from left to right, each once, however deep each of them stands."""
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    assert leaves((c + a) * (b + c)) == [c, a, b]
    assert leaves(ag.sum([a.exp().log(), b.exp(), c.exp().log().exp()])) == [a, b, c]


def test_dependents_are_what_varies_with_x():
    """Only nodes that x leads to vary with it."""
    a, b = Value(1.0), Value(2.0)
    left, right = a.exp(), b.exp()
    y = left + right
    assert dependents([a], history(y)) == {a, left, y}


def paths(y, x):
    """Each way along inputs."""
    return ways(y, x, lambda node: node.inputs, dependents([x], history(y)))


def test_paths_are_the_ways_down_to_x():
    """There is one path for each way; a square makes two."""
    x = Value(3.0)
    square = x * x
    y = square + x
    assert list(paths(y, x)) == [[y, square, x], [y, square, x], [y, x]]
    assert list(paths(y, Value(1.0))) == []


def test_paths_are_as_many_as_the_derivative_of_doubling():
    """With every node used twice, ten doublings have 2**10 paths; and of very many one can take some."""
    x = Value(1.0)
    assert sum(1 for _ in paths(doubled(x, 10), x)) == 1024
    assert len(next(paths(doubled(x, 100), x))) == 101


def test_a_very_long_chain():
    """It is ordered, differentiated both ways and freed under the default recursion limit."""
    assert sys.getrecursionlimit() <= 10_000
    x = Value(0.5)
    first = -x
    first.note = {1, 2, 3}
    alive = weakref.ref(first.note)
    y = chain(first, MANY)
    del first
    assert len(history(y)) == MANY + 1
    y.backward()
    assert x.grad == -1.0
    assert alive() is not None
    del y
    assert alive() is None


def test_a_gradient_graph_along_a_long_chain():
    """gradient() walks a hundred thousand nodes, and its result can be differentiated again."""
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y * 1.00001 + 0.0 * y
    (slope,) = gradient(y, x)
    assert slope.data == pytest.approx(1.00001**50_000, rel=1e-9)
    assert gradient(slope, x)[0].data == 0.0


def test_a_wide_graph_in_which_each_node_is_used_twice():
    """A thousand doublings have 2**1000 paths and one derivative; a node is visited once."""
    x = Value(1.0)
    y = doubled(x, 1000)
    assert len(history(y)) == 1000
    y.backward()
    assert x.grad == gradient(y, x)[0].data == 2.0**1000


def test_a_node_with_very_many_inputs():
    """A mean of a hundred thousand numbers that come in pairs of the same Value is one node and its division."""
    xs = [Value(float(i)) for i in range(50_000)]
    y = mean(xs + xs)
    y.backward()
    assert {x.grad for x in xs} == {2e-5}


@pytest.mark.parametrize("build", [chain, doubled], ids=["chain", "each used twice"])
@AGAIN
def test_a_long_graph_is_copied_and_pickled(build, again):
    """Copies of five thousand nodes have the same shape and numbers, and stand apart."""
    x = Value(0.0, label="x")
    y = build(x, 5_000)
    twin = again(y)
    ours, theirs = history(y), history(twin)
    assert [node.op for node in ours] == [node.op for node in theirs]
    assert not set(ours) & set(theirs)
    (root,) = leaves(twin)
    assert (root.label, root is x) == ("x", False)
    twin.backward()
    assert x.grad == 0.0 != root.grad


@AGAIN
@pytest.mark.parametrize("end", [softmax, log_softmax, lambda xs: gradient(log_softmax(xs)[0], *xs)])
def test_softmax_of_a_long_graph_is_copied_and_pickled(end, again):
    """What it takes the largest of is behind a node, too, and is not walked by calling itself."""
    y = end([Value(0.2), chain(Value(0.5), 5_000)])[0]
    assert again(y).data == y.data


@AGAIN
@pytest.mark.parametrize("leaf_first", [True, False])
def test_a_leaf_that_goes_along_with_its_loss_stays_the_same_object(again, leaf_first):
    """Parameters and the loss computed from them still belong together when both come back."""
    w = Value(2.0, label="w")
    w.note = ["free attribute"]
    loss = (w * 3.0 - 1.0) ** 2
    loss.backward()
    pair = again([w, loss] if leaf_first else [loss, w])
    w2, loss2 = pair if leaf_first else reversed(pair)
    assert leaves(loss2)[0] is w2
    assert (w2.data, w2.grad, w2.label, w2.note, loss2.data) == (2.0, 30.0, "w", ["free attribute"], 25.0)
    loss2.backward()
    assert (w2.grad, w.grad) == (60.0, 30.0)


def test_a_node_inside_a_graph_is_copied_as_that_node():
    """Two nodes of one graph that are copied together still share their inputs."""
    x = Value(2.0)
    a, b = x.exp(), x.sin()
    a2, b2 = copy.deepcopy([a, b])
    assert a2.inputs[0] is b2.inputs[0]


def test_a_shallow_copy_shares_its_inputs():
    """copy.copy gives another node over the same inputs."""
    x = Value(2.0)
    y = x.exp()
    twin = copy.copy(y)
    assert twin is not y
    assert (twin.inputs, twin.op, twin.data) == ((x,), y.op, y.data)


def values_alive():
    return sum(type(o) is Value for o in gc.get_objects())


def test_nothing_is_left_for_the_garbage_collector():
    """A graph has no reference cycles: without its output, all of it is gone at once."""
    before = values_alive()
    gc.disable()
    try:
        x = Value(2.0)
        y = x.tanh() * x + x**2
        y.backward()
        gradient(y, x)
        del x, y
        assert values_alive() == before
    finally:
        gc.enable()


def test_what_lies_between_an_output_and_an_input():
    """Every node on a way, both ends included; nothing where there is no way."""
    x, t = Value(3.0), Value(1.0)
    square = x * x
    y = square - t
    assert paths_between(y, x) == {x, square, y}
    assert paths_between(y, square) == {square, y}
    assert paths_between(y, y) == {y}
    assert paths_between(x, y) == set()
    assert paths_between(square, t) == set()


def test_a_way_from_a_node_to_itself_is_the_node():
    """One way, of one node, whatever lies below."""
    x = Value(3.0)
    y = x * x
    assert list(paths(y, y)) == [[y]]
    assert list(paths(x, x)) == [[x]]
