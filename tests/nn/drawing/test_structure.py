"""Which neuron, layer and module each node of a graph belongs to."""

import copy
import pickle
from collections import deque

import pytest

import nn
from autograd import CONSTANT, Value, dot
from autograd.graph import history, leaves, nodes
from nn.drawing.structure import LAYER, MODULE, NEURON, parts
from nn.losses import half_squared_error
from nn.vectors import named_constant


class Tower(nn.Module):
    """A module of somebody's own: a net, a list of nets, a dict of nets and a parameter."""

    def __init__(self):
        self.body = nn.MLP(2, [3, 2], activation="tanh", seed=1)
        self.blocks = [nn.Layer(2, 2, activation="tanh", seed=2), nn.Layer(2, 2, activation="tanh", seed=3)]
        self.heads = {"left": nn.Neuron(2, activation="tanh", seed=4)}
        self.scale = Value(2.0, label="scale")

    def __call__(self, x):
        x = self.body(x)
        for block in self.blocks:
            x = block(x)
        return self.heads["left"](x) * self.scale


def names(part):
    return [each.name for each in part.around()] if part is not None else []


def net_of(model, k, i, *outputs):
    """The nets of neuron i in layer k, in the order of computation."""
    first = model.layers[k - 1].neurons[i - 1].w[0]
    return [node for node in nodes(*outputs) if node.inputs and node.inputs[0] is first]


@pytest.fixture
def model():
    return nn.MLP(2, [3, 2], activation=["sigmoid", "tanh"], seed=0)


def test_a_neuron_holds_its_parameters_its_net_and_its_activation(model):
    """The innermost part of each of them is the neuron, in its layer, in its net."""
    neuron = model.layers[0].neurons[1]
    y = model([1.0, 2.0])[0]
    found = parts(y)
    (net,) = net_of(model, 1, 2, y)
    activation = next(node for node in nodes(y) if net in node.inputs)
    for node in (*neuron.w, neuron.b, net, activation):
        assert names(found[node]) == ["MLP", "layer 1", "neuron 2"]
    assert [part.kind for part in found[net].around()] == [MODULE, LAYER, NEURON]
    assert found[net].module is neuron


def test_what_a_module_is_called_on_is_outside_whatever_holds_it(model):
    """Inputs that were computed belong to no part, in an array or a deque as in a list."""
    np = pytest.importorskip("numpy", reason="arrays come from NumPy")
    for held_in in (list, tuple, deque, lambda xs: np.array(xs, dtype=object)):
        leaf = Value(1.0)
        inputs = [2.0 * leaf, leaf + 3.0]
        found = parts(*model(held_in(inputs)))
        assert not [x for x in (leaf, *inputs) if x in found]


def test_inputs_and_the_loss_are_outside(model):
    """What a module was given, and what was computed from what it returned, belongs to no part."""
    x = [Value(0.5), Value(1.5)]
    out = model(x)
    loss = (out[0] - out[1]) ** 2 + 3.0
    found = parts(loss)
    outside = [node for node in nodes(loss) if node not in found]
    assert set(x) <= set(outside)
    assert [node.op.name for node in outside if node.inputs] == ["sub", "pow", "add"]


def test_every_node_of_a_part_is_in_its_list_once(model):
    """The lists of all parts together hold each node that belongs to one, in the order of computation."""
    y = model([1.0, 2.0])[0]
    found = parts(y)
    listed = [node for part in dict.fromkeys(found.values()) for node in part.nodes]
    assert len(listed) == len(set(listed)) == len(found)
    order = {node: i for i, node in enumerate(nodes(y))}
    for part in set(found.values()):
        assert [order[node] for node in part.nodes] == sorted(order[node] for node in part.nodes)


def test_a_number_with_a_name_is_where_it_was_made():
    """The ε of a norm is in the norm; one that the module was called on is outside."""
    x = [Value(0.5), named_constant(2.0, "x_2")]
    norm = nn.LayerNorm(2)
    first, second = norm(x)
    loss = first * second
    where = {node.label: part.module for node, part in parts(loss).items() if node.label and node.op is CONSTANT}
    assert where == {"ε": norm}


def test_softmax_belongs_to_the_layer():
    """What acts on all outputs together is in the layer and in none of its neurons."""
    model = nn.MLP(2, [3], activation=["softmax"], seed=0)
    y = model([1.0, 2.0])[1]
    found = parts(y)
    together = [node for node in history(y) if node.op.name not in ("dot",)]
    assert together
    assert {tuple(names(found[node])) for node in together} == {("MLP", "layer 1")}


def test_several_rows_go_through_the_same_neurons(model):
    """Each row's nodes belong to the one part of their neuron."""
    rows = [model([1.0, 2.0])[0], model([3.0, 4.0])[0]]
    found = parts(*rows)
    nets = net_of(model, 1, 1, *rows)
    assert len(nets) == 2
    assert found[nets[0]] is found[nets[1]]


def test_a_net_called_on_its_own_output_is_one_part():
    """Shared weights: both passes belong to the same neurons."""
    model = nn.MLP(2, [2], activation=["tanh"], seed=0)
    y = model(model([1.0, 2.0]))[0]
    found = parts(y)
    first, second = net_of(model, 1, 1, y)
    assert found[first] is found[second]
    assert names(found[first]) == ["MLP", "layer 1", "neuron 1"]


def test_modules_of_ones_own_nest_as_they_were_written():
    """Attributes name the parts; lists and dicts of modules do so, too."""
    model = Tower()
    y = model([1.0, 2.0])
    found = parts(y)
    assert {" / ".join(names(part)) for part in found.values()} == {
        *(f"Tower / body / layer 1 / neuron {i}" for i in (1, 2, 3)),
        *(f"Tower / body / layer 2 / neuron {i}" for i in (1, 2)),
        *(f"Tower / blocks_{k} / neuron {i}" for k in (1, 2) for i in (1, 2)),
        "Tower / heads.left",
        "Tower",
    }
    assert names(found[model.scale]) == names(found[y]) == ["Tower"]


def test_two_nets_in_one_graph_are_numbered():
    """Modules of one class beside one another can be told apart."""
    a, b = nn.MLP(1, [1], seed=0), nn.MLP(1, [1], seed=1)
    found = parts(a([1.0]) * b([2.0]))
    assert {names(part)[0] for part in found.values()} == {"MLP 1", "MLP 2"}


def test_a_layer_on_its_own_is_the_outermost_part(model):
    """Only modules that were called are drawn around their nodes."""
    found = parts(*model.layers[1]([1.0, 2.0, 3.0]))
    assert {tuple(names(part)) for part in found.values()} == {("Layer", "neuron 1"), ("Layer", "neuron 2")}


def test_neurons_written_by_hand():
    """A sum of products with leaves for weights is a neuron with its activation; same inputs make a layer."""
    x = [Value(1.0), Value(2.0)]
    W = [[Value(0.1), Value(0.2)], [Value(0.3), Value(0.4)]]
    v, b = [Value(0.5), Value(0.6)], Value(0.7)
    h = [dot(w, x).sigmoid() for w in W]
    y = dot(v, h, b)
    loss = (y - 1.0) ** 2
    found = parts(loss)
    assert names(found[W[0][1]]) == names(found[h[0]]) == ["layer 1", "neuron 1"]
    assert names(found[h[1]]) == ["layer 1", "neuron 2"]
    assert names(found[y]) == names(found[b]) == ["layer 2", "neuron 1"]
    assert not found.keys() & {*x, loss}
    assert found[y].module is None


def test_a_neuron_by_hand_used_twice_is_one():
    """The same weights on another row are the same neuron."""
    w = [Value(0.1), Value(0.2)]
    rows = [dot(w, [1.0, 2.0]), dot(w, [3.0, 4.0])]
    found = parts(*rows)
    assert found[rows[0]] is found[rows[1]]


@pytest.mark.parametrize(
    "compute",
    [
        lambda a, b: a * b + a,
        lambda a, b: dot([a * b, b], [a, b]),  # its weights were computed
        lambda a, b: (a + b).exp(),
    ],
)
def test_a_graph_without_neurons_has_no_parts(compute):
    """Plain arithmetic belongs to nothing."""
    assert parts(compute(Value(1.0), Value(2.0))) == {}


def test_exp_of_a_net_by_hand_is_outside():
    """exp means many things: it is taken for an activation only where a module says so."""
    net = dot([Value(0.1)], [Value(0.2)])
    y = net.exp()
    assert net in parts(y)
    assert y not in parts(y)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_copies_know_no_modules_and_keep_their_neurons(model, copied):
    """The nets in a copied graph are found as those written by hand are."""
    y = copied(model([1.0, 2.0])[0])
    found = parts(y)
    assert {part.kind for part in found.values()} == {NEURON}
    assert {part.module for part in found.values()} == {None}
    assert {names(part)[0] for part in found.values()} == {"layer 1", "layer 2"}
    assert {leaf for leaf in leaves(y) if leaf.label} <= found.keys()


def test_within_finds_the_part_of_a_kind_around():
    """A neuron is within itself, its layer and its net; a layer is within no neuron."""
    y = nn.MLP(1, [1], seed=0)([1.0])
    neuron = parts(y)[y]
    assert neuron.within(NEURON) is neuron
    layer = neuron.within(LAYER)
    assert (layer.name, layer.within(NEURON)) == ("layer 1", None)
    assert repr(neuron) == "<MLP / layer 1 / neuron 1>"


def test_a_long_chain_behind_a_net_is_walked_without_recursion():
    """A graph far deeper than Python's stack is sorted into its parts."""
    y = nn.Neuron(1, seed=0)([1.0])
    for _ in range(20_000):
        y = y + 1.0
    assert {part.name for part in parts(y).values()} == {"Neuron"}


def test_the_parts_of_a_loss_over_many_rows():
    """A penalty on weights and a mean over rows stay outside, whichever modules they came from."""
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    losses = [half_squared_error(model([i, -i]), 1.0) for i in (0.5, 1.0, 1.5)]
    loss = sum(losses) + 0.1 * sum(p * p for p in model.parameters())
    found = parts(loss)
    computed = [node for node in history(loss) if node in found]
    assert {node.op.name for node in computed} == {"dot", "tanh"}
    assert len(computed) == 3 * 5
