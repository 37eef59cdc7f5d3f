"""The arrays that are found in a graph of scalars, each checked against the lists that the graph was made of.

Structure alone finds them: what is expected here is known from how each net was put together, and labels only say how an
array is called and in which order its rows stand.
"""

import itertools
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_runs import examples
from walks import walked
from without_matrices import convolution, local, twice_the_same_input

import autograd as ag
from autograd import Value, dot
from autograd.derive.arrays import Array, find_arrays
from autograd.derive.layers import Structure
from autograd.graph import nodes

G = [Value.tanh, Value.sigmoid, Value.softplus, lambda a: a.leaky_relu(0.1), Value.relu]


def leaf_row(n, r, label="", start=1):
    """n leaves with random numbers, labelled label1, label2, ... if there is a label."""
    return [Value(r.uniform(-1.0, 1.0), f"{label}{i}" if label else "") for i in range(start, start + n)]


class Net:
    """Layers of W x + b and g, made of scalars in one of several ways; what its arrays are is kept beside it.

    way: how a row is written; order: in which order the rows of a layer are computed
    """

    def __init__(self, widths, way="dot", labels=False, bias=True, seed=0, shuffled=False, outputs=True):
        r = random.Random(seed)
        self.x = leaf_row(widths[0], r, "x_" if labels else "")
        self.layers, h = [], self.x
        for k, (nin, nout) in enumerate(itertools.pairwise(widths), start=1):
            W = [leaf_row(nin, r, f"w_{k}{i}" if labels else "") for i in range(1, nout + 1)]
            b = leaf_row(nout, r, f"b_{k}" if labels else "") if bias else []
            order = r.sample(range(nout), nout) if shuffled else range(nout)
            nets = {i: ROWS[way](W[i], h, b[i] if bias else None, r) for i in order}
            net = [nets[i] for i in range(nout)]
            g = r.choice(G)
            h = [g(a) for a in net] if outputs else net
            self.layers.append((W, b, net, h if outputs else []))
        self.out = h
        self.y = ag.sum([(a - 0.5) ** 2 for a in h]) if len(h) > 1 else (h[0] - 0.5) ** 2
        self.y.label = "L"

    def expected(self):
        """(kind, rows) of everything."""
        found = [("inputs", [[x] for x in self.x])]
        for W, b, net, h in self.layers:
            found += [("weights", W)] + [("biases", [[c] for c in b])] * bool(b) + [("nets", [[a] for a in net])]
            found += [("outputs", [[a] for a in h])] * bool(h)
        return found


def products(w, x, b, r):
    total = sum((wi * xi for wi, xi in zip(w[1:], x[1:])), w[0] * x[0])
    return total if b is None else total + b


def bias_first(w, x, b, r):
    return sum((wi * xi for wi, xi in zip(w, x)), b)


def factors_turned(w, x, b, r):
    """x·w as often as w·x."""
    terms = [wi * xi if r.random() < 0.5 else xi * wi for wi, xi in zip(w, x)]
    return sum([*terms[1:], *([] if b is None else [b])], terms[0])


def terms_shuffled(w, x, b, r):
    """The products of each row in an order of its own."""
    terms = [wi * xi for wi, xi in zip(w, x)] + ([] if b is None else [b])
    r.shuffle(terms)
    return sum(terms[1:], terms[0])


ROWS = {
    "dot": lambda w, x, b, r: dot(w, x) if b is None else dot(w, x, b),
    "sum of products": products,
    "bias first": bias_first,
    "factors turned": factors_turned,
    "terms shuffled": terms_shuffled,
    "one node": lambda w, x, b, r: ag.sum([*(wi * xi for wi, xi in zip(w, x)), *([] if b is None else [b])]),
    "dot, then bias": lambda w, x, b, r: dot(w, x) if b is None else dot(w, x) + b,
}


def arrays(y):
    return find_arrays(Structure(y))


def found_in(y):
    return [(array.kind, array.rows) for array in arrays(y)]


def as_sets(kinds):
    """Arrays whose order of rows nothing fixes: of a kind, which rows there are, and which columns."""
    return sorted((kind, sorted(sorted(map(id, row)) for row in rows)) for kind, rows in kinds)


# ------------------------------------------------------------------------------------------------------- what is found


WIDTHS = [(2, 3, 1), (3, 2, 4, 2), (2, 2), (3, 3, 3), (2, 1, 2)]


@walked(list(itertools.product(ROWS, WIDTHS, [False, True], [False, True])))
def test_layers_are_found(way, widths, shuffled, labels):
    """Inputs, weights, biases, nets and outputs of every layer, in their places, however the rows are written."""
    if way == "factors turned" and 1 in widths[1:-1] and not labels:
        pytest.skip("of one row whose factors are turned, nothing says which are the weights")
    net = Net(widths, way, labels, shuffled=shuffled, seed=len(way))
    if way == "terms shuffled" and not labels:  # nothing says then in which order the columns stand
        assert as_sets(found_in(net.y)) == as_sets(net.expected())
    else:
        assert found_in(net.y) == net.expected()


@pytest.mark.parametrize("way", ["dot", "sum of products", "factors turned"])
def test_layers_without_biases(way):
    """There is no array of biases then."""
    net = Net((2, 3, 2), way, labels=True, bias=False)
    assert found_in(net.y) == net.expected()


def test_a_sum_that_begins_with_0_has_no_bias():
    """sum(...) of Python begins with the number 0, as in micrograd's users' nets: that is no bias."""
    r = random.Random(7)
    x, W = leaf_row(2, r), [leaf_row(2, r) for _ in range(3)]
    y = ag.sum([sum(w * xi for w, xi in zip(row, x)).tanh() for row in W])
    assert [(kind, rows) for kind, rows in found_in(y) if kind in ("weights", "biases")] == [("weights", W)]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("labels", [("w_", "x_"), ("w", "x"), ("theta_", "u_")])
def test_a_single_neuron(labels, turned):
    """Its weights are a vector, whether it is written w·x or x·w: the labels say which is which."""
    r = random.Random(8)
    w, x, b = leaf_row(3, r, labels[0]), leaf_row(3, r, labels[1]), Value(0.1, "b")
    products_of = [xi * wi if turned else wi * xi for wi, xi in zip(w, x)]
    y = (products_of[0] + products_of[1] + products_of[2] + b).tanh()
    y.label = "L"
    found = dict(found_in(y))
    if not turned or labels[0][0] == "w":
        assert found["weights"] == [[wi] for wi in w]
        assert found["inputs"] == [[xi] for xi in x]


@pytest.mark.parametrize("way", ROWS)
def test_layers_without_functions(way):
    """A linear layer has nets and no outputs, and the next one runs over the nets."""
    net = Net((2, 3, 2), way, labels=True, outputs=False)
    assert found_in(net.y) == net.expected()


def test_labels_say_in_which_order_the_rows_stand():
    """Rows that are used in another order than their labels count are put in the labels' order."""
    r = random.Random(1)
    x = leaf_row(2, r, "x_")
    W = [leaf_row(2, r, f"w_{i}") for i in range(1, 4)]
    nets = [dot(row, x) for row in W]
    y = nets[2].tanh() * nets[0].tanh() + nets[1].tanh()
    (weights,) = (array for array in arrays(y) if array.kind == "weights")
    assert weights.rows == W
    assert weights.name == "W"
    assert weights.labels() == {W[i][j]: f"w_{{{i + 1}{j + 1}}}" for i in range(3) for j in range(2)}


def test_what_uses_all_rows_says_their_order_without_labels():
    """The next layer names its inputs in an order, and the rows below stand in it."""
    net = Net((2, 4, 1), "dot", shuffled=True, seed=5)
    assert [array.rows for array in arrays(net.y) if array.kind == "weights"] == [W for W, _, _, _ in net.layers]


def test_softmax_of_a_layer_is_found():
    """Its rows are the nets, of whose shares the graph may hold some only."""
    r = random.Random(2)
    x, W = leaf_row(2, r), [leaf_row(2, r) for _ in range(3)]
    nets = [dot(row, x) for row in W]
    y = -ag.softmax(nets)[1].log()
    found = {array.kind: array for array in arrays(y)}
    assert found["probabilities"].rows == [[a] for a in nets]
    assert found["probabilities"].name == "ŷ"
    assert found["probabilities"].labels() == {}


def test_two_points_share_their_weights():
    """One W and one b, and the inputs, nets and outputs of each point by themselves."""
    r = random.Random(3)
    W, b = [leaf_row(2, r) for _ in range(3)], leaf_row(3, r)
    points = [leaf_row(2, r), leaf_row(2, r)]
    nets = [[dot(row, x, c) for row, c in zip(W, b)] for x in points]
    y = ag.sum([a.tanh() for each in nets for a in each])
    found = found_in(y)
    assert [rows for kind, rows in found if kind == "weights"] == [W]
    assert [rows for kind, rows in found if kind == "biases"] == [[[c] for c in b]]
    assert [rows for kind, rows in found if kind == "inputs"] == [[[v] for v in x] for x in points]
    assert [rows for kind, rows in found if kind == "nets"] == [[[a] for a in each] for each in nets]


def test_a_function_of_some_of_the_nets_is_no_layer():
    """Where one of the nets goes another way, its sisters' functions are no vector."""
    r = random.Random(4)
    x, W = leaf_row(2, r), [leaf_row(2, r) for _ in range(3)]
    nets = [dot(row, x) for row in W]
    y = nets[0].tanh() + nets[1].tanh() + nets[2]
    assert "outputs" not in {kind for kind, _ in found_in(y)}
    assert [rows for kind, rows in found_in(y) if kind == "weights"] == [W]


# ---------------------------------------------------------------------------------------------- what is not claimed


def squares():
    return ag.sum([x * x for x in leaf_row(3, random.Random(0))])


def polynomial():
    x = Value(0.5, "x")
    return x**3 + 2.0 * x**2 - x + 1.0


def one_product():
    return (Value(0.5, "w") * Value(2.0, "x")).tanh()


def product_of_sums():
    a, b, c = leaf_row(3, random.Random(0))
    return (a + b) * (b + c)


@pytest.mark.parametrize("make", [convolution, twice_the_same_input, squares, polynomial, one_product, product_of_sums])
def test_no_matrix_where_there_is_none(make):
    """A window that moves, an input twice, a polynomial: there are no weights with several rows, nor with a leaf twice."""
    for array in arrays(make()):
        assert array.kind != "weights" or array.shape[0] == 1 or array.vector
        assert len(set(array.nodes)) == len(array.nodes)


def test_a_weight_that_two_rows_share():
    """Rows over the same numbers that have a weight in common make no matrix: it would be in two places."""
    w, x = leaf_row(3, random.Random(0), "w_"), leaf_row(2, random.Random(1), "x_")
    y = dot([w[0], w[1]], x).tanh() + dot([w[2], w[0]], x).sigmoid()
    assert not any(array.kind == "weights" and len(array.nodes) > 3 for array in arrays(y))


# --------------------------------------------------------------------------------------------- what is claimed, checked


def check_claims(y):
    """Of each W and a in one layer: a_i varies with its own row of W alone, and by one vector, the same for all rows.

    Weights that are used elsewhere too are passed over: the inputs themselves may vary with them then.
    """
    every = arrays(y)
    uses = Counter(x for node in nodes(y) for x in node.inputs)
    stops = {node for array in every if array.kind != "probabilities" for node in array.nodes}
    count = 0
    for W in (array for array in every if array.kind == "weights" and not array.vector):
        if any(uses[w] > 1 for w in W.nodes):
            continue
        for a in (array for array in every if array.kind == "nets" and array.layer == W.layer):
            slopes = [[[local(net, w, stops) for w in row] for row in W.rows] for (net,) in a.rows]
            vectors = {tuple(slopes[i][i]) for i in range(len(a.rows))}
            assert a.shape[0] == W.shape[0]
            assert len(vectors) == 1, "each row has its own inputs"
            assert all(not any(slopes[i][k]) for i in range(len(a.rows)) for k in range(len(a.rows)) if i != k)
            (x,) = vectors
            rest = [net.data - sum(w.data * s for w, s in zip(row, x)) for (net,), row in zip(a.rows, W.rows)]
            biases = [array for array in every if array.kind == "biases" and array.layer == W.layer]
            expected = [b.data for b in biases[0].nodes] if biases else [0.0] * len(rest)
            assert not biases or rest == pytest.approx(expected, rel=1e-9, abs=1e-9)
            count += bool(biases)
    for h in (array for array in every if array.kind == "outputs"):
        assert len({node.op for node in h.nodes}) == 1
    return count


def check_bookkeeping(y):
    """Each node is in one array and once; no two arrays have a name, nor two nodes a label."""
    every = [array for array in arrays(y) if array.kind != "probabilities"]
    members = [node for array in every for node in array.nodes]
    assert len(members) == len(set(members))
    assert set(members) <= set(nodes(y))
    names = [array.name for array in every]
    assert len(names) == len(set(names)), names
    labels = [label for array in every for label in array.labels().values()]
    assert len(labels) == len(set(labels))
    assert all(len(row) == array.shape[1] for array in every for row in array.rows)


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("way", ROWS)
def test_what_is_claimed_is_so(way, labels):
    """a = W x + b holds entry by entry, by slopes that know nothing of arrays."""
    net = Net((3, 4, 2), way, labels, shuffled=True)
    assert check_claims(net.y) == 2
    check_bookkeeping(net.y)


MIXERS = [
    lambda p, q, s: dot([p, q], [s, s]),
    lambda p, q, s: p * q + s,
    lambda p, q, s: p * q + q * s,
    lambda p, q, s: dot([p, q], [q, s], p),
    lambda p, q, s: p * s + q * s + p,
    lambda p, q, s: (p + q).tanh(),
    lambda p, q, s: (p * q).sigmoid() - s,
    lambda p, q, s: ag.logsumexp([p, q, s]),
]


@examples(40)
@given(st.lists(st.tuples(st.integers(0, 7), *[st.integers(0, 9)] * 3), min_size=2, max_size=12), st.booleans())
def test_random_graphs_claim_nothing_that_is_not_so(recipe, labelled):
    """Sums of products over anything: whatever is found, it is a matrix, and every node has one place and one name."""
    pool = leaf_row(5, random.Random(0), "w_" if labelled else "")
    for i, *operands in recipe:
        pool.append(MIXERS[i](*(pool[-1 - j % len(pool)] for j in operands)))
    y = ag.sum([x * 0.5 for x in pool[-3:]])
    check_claims(y)
    check_bookkeeping(y)


@pytest.mark.parametrize("make", [convolution, twice_the_same_input, squares, polynomial, one_product, product_of_sums])
def test_bookkeeping_of_what_is_no_net(make):
    """Each node in one array and once, whatever the graph."""
    check_claims(make())
    check_bookkeeping(make())


def test_the_check_sees_a_wrong_matrix(monkeypatch):
    """Two rows of W changed for each other are no matrix of these nets."""
    net = Net((2, 3, 1), labels=True)
    rows = Array.__init__

    def turned(self, kind, given, *rest, **more):
        rows(self, kind, given[::-1] if kind == "weights" and len(given) > 1 else given, *rest, **more)

    monkeypatch.setattr(Array, "__init__", turned)
    with pytest.raises(AssertionError):
        check_claims(net.y)


# --------------------------------------------------------------------------------------------------------------- names


def names_in(y):
    return [array.name for array in arrays(y)]


def test_names_are_those_of_the_notes():
    """W_k, b_k, a_k, h_k where there are several layers, and x; without the number where there is one."""
    assert [name.replace("{", "").replace("}", "") for name in names_in(Net((2, 3, 1)).y)] == [
        "x", "W_1", "b_1", "a_1", "h_1", "W_2", "b_2", "a_2", "h_2"
    ]  # fmt: skip
    assert names_in(Net((2, 3)).y) == ["x", "W", "b", "a", "h"]


def test_labels_give_their_names():
    """θ for the weights, net for the nets, if that is what they are called."""
    r = random.Random(6)
    x = leaf_row(2, r, "u_")
    W = [leaf_row(2, r, f"theta_{i}") for i in (1, 2)]
    nets = [dot(row, x) for row in W]
    for i, a in enumerate(nets, start=1):
        a.label = f"z_{i}"
    y = nets[0].tanh() * nets[1].tanh()
    assert names_in(y)[0] == "u"
    assert names_in(y)[2] == "z"
    assert arrays(y)[1].labels() == {W[i][j]: f"theta_{{{i + 1}{j + 1}}}" for i in range(2) for j in range(2)}


def test_a_name_that_is_taken_is_not_given_again():
    """A target that is called h_1 keeps that name to itself."""
    net = Net((2, 2), "dot")
    y = net.y * Value(0.5, "h_1") + Value(0.5, "a_2")
    assert not {"h", "a"} & set(names_in(y))


def test_an_array_shows_itself():
    """Its kind, its name and its shape."""
    assert [repr(array) for array in arrays(Net((2, 3)).y)][:2] == ["<inputs x: 2 × 1>", "<weights W: 3 × 2>"]


def test_nothing_is_touched():
    """Labels, numbers and gradients of the graph are what they were."""
    net = Net((2, 3, 1), labels=True)
    before = [(node.label, node.data, node.grad, node.inputs) for node in nodes(net.y)]
    arrays(net.y)
    assert [(node.label, node.data, node.grad, node.inputs) for node in nodes(net.y)] == before


@pytest.mark.parametrize("y", [Value(1.0), Value(1.0) * 2, Value(1.0, "x").sin()])
def test_graphs_without_arrays(y):
    """A leaf, or a function of one, has none."""
    assert arrays(y) == []
