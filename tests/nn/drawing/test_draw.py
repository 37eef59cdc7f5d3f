"""What a drawing shows of a graph, at every depth; how it is written in a format is test_writers.py's business."""

import copy
import math
import pickle
from collections import Counter
from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_runs import examples
from page_numbers import written

import nn
from autograd import Value, dot
from autograd.graph import history, nodes, paths_between
from autograd.value import constant
from nn.cli.tour import two_layer_network
from nn.drawing.graphs import DEPTHS, GraphPictures
from nn.losses import cross_entropy, half_squared_error, hinge

GATHERED = ("neuron", "layer")


def box(drawing, title):
    """The one box of that title."""
    (found,) = [each for each in drawing.picture.boxes if each.title == title]
    return found


def titles(drawing):
    return [each.title for each in drawing.picture.boxes]


def arrows(drawing):
    """Every arrow as the names of its two ends."""
    names = {each.key: each.title or each.symbol for each in drawing.picture.boxes}
    return [(names[arrow.tail], names[arrow.head]) for arrow in drawing.picture.arrows]


def is_acyclic(drawing):
    before = {each.key: set() for each in drawing.picture.boxes}
    for arrow in drawing.picture.arrows:
        before[arrow.head].add(arrow.tail)
    return len(list(TopologicalSorter(before).static_order())) == len(before)  # raises CycleError


def around(drawing, title):
    part = box(drawing, title).part
    return [each.name for each in part.around()] if part is not None else []


@pytest.fixture
def loss():
    """The loss of the two-layer network, differentiated."""
    _, loss = two_layer_network()
    loss.backward()
    return loss


@pytest.fixture(scope="module")
def moons():
    """The loss of an MLP 2-16-16-1 over twenty points of moons, with a penalty on the weights, differentiated."""
    data = nn.data.moons(20, noise=0.1, seed=0)
    model = nn.MLP(2, [16, 16, 1], seed=1)
    losses = [hinge(model(x), 2.0 * y - 1.0) for x, y in zip(data.X, data.y)]
    loss = sum(losses) / len(losses) + 1e-4 * sum(p * p for p in model.parameters())
    loss.backward()
    return loss


# ------------------------------------------------------------------------------------------------------ every operation


def test_each_node_is_a_box_with_its_value_and_gradient():
    """A leaf shows label, value and gradient; an operation its symbol, too."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    y = a * b
    y.label = "y"
    y.backward()
    drawing = nn.draw(y)
    assert [(each.kind, each.symbol, each.title, each.lines) for each in drawing.picture.boxes] == [
        ("leaf", "", "a", ["2", "grad −3"]),
        ("leaf", "", "b", ["−3", "grad 2"]),
        ("operation", "×", "y", ["−6", "grad 1"]),
    ]
    assert arrows(drawing) == [("a", "y"), ("b", "y")]


def test_a_node_used_twice_has_two_arrows():
    """a + a is one box a and two arrows from it."""
    a = Value(1.0, label="a")
    assert arrows(nn.draw(a + a)) == [("a", "a + a")] * 2


@pytest.mark.parametrize(
    ("compute", "order"),
    [
        (lambda a, b: a - b, "ab"),
        (lambda a, b: b - a, "ba"),
        (lambda a, b: b**a, "ba"),
        (lambda a, b: a / b, "ab"),
        (lambda a, b: dot([b, a], [a, b]), "baab"),
    ],
)
def test_arrows_come_in_the_order_of_operands(compute, order):
    """From first to last, however the nodes were met."""
    assert [tail for tail, _ in arrows(nn.draw(compute(Value(1.0, label="a"), Value(2.0, label="b"))))] == list(order)


def test_a_difference_is_one_operation():
    """a - b is a box with a minus sign, and not a sum with a product of -1."""
    drawing = nn.draw(Value(1.0, label="a") - Value(2.0, label="b"))
    assert [(each.kind, each.symbol) for each in drawing.picture.boxes] == [("leaf", ""), ("leaf", ""), ("operation", "−")]


@pytest.mark.parametrize(("label", "title"), [("", "3"), ("c", "c = 3"), (" ", "3")])
def test_constants_are_quiet(label, title):
    """A plain number shows itself, without a gradient, and nothing flows back along its arrow."""
    c = constant(3.0)
    c.label = label
    y = Value(2.0, label="a") * c
    y.backward()
    drawing = nn.draw(y)
    assert (box(drawing, title).kind, box(drawing, title).lines, box(drawing, title).grad) == ("constant", [], None)
    assert [arrow.flow for arrow in drawing.picture.arrows] == [3.0, None]


@pytest.mark.parametrize("depth", DEPTHS)
def test_before_any_backward_gradients_are_not_known(depth):
    """A note says what to call, and no gradient is shown as 0."""
    _, loss = two_layer_network()
    picture = nn.draw(loss, depth=depth).picture
    assert picture.note == "no gradients yet: call backward() first"
    assert not any("grad 0" in line for each in picture.boxes for line in each.lines)
    assert {each.grad for each in picture.boxes} == {None}
    assert {arrow.flow for arrow in picture.arrows} == {None}
    assert box(nn.draw(loss, depth=depth), "L").lines == ["0.2748", "grad –"]


def test_after_backward_a_gradient_of_zero_is_shown():
    """0 is a result like any other then."""
    a, b = Value(0.0, label="a"), Value(5.0, label="b")
    (a * b).backward()
    drawing = nn.draw(a * b + a)
    assert box(drawing, "b").lines == ["5", "grad 0"]
    assert drawing.picture.note == ""


@pytest.mark.parametrize(
    ("digits", "lines"), [(2, ["3.1", "grad 0.33"]), (4, ["3.142", "grad 0.3333"]), (8, ["3.1415927", "grad 0.33333333"])]
)
def test_values_have_the_digits_asked_for(digits, lines):
    """In the value as in the gradient."""
    a = Value(math.pi, label="a")
    (a / 3).backward()
    assert box(nn.draw(a / 3, digits=digits), "a").lines == lines


@pytest.mark.parametrize(
    ("compute", "title"),
    [
        (lambda a, b: a * b, "a·b"),
        (lambda a, b: (a + b) * b, "(a + b)·b"),
        (lambda a, b: a - (b - 1), "a − (b − 1)"),
        (lambda a, b: (a * b).sigmoid(), "σ(a·b)"),
        (lambda a, b: (a + b) ** 2, "(a + b)²"),
        (lambda a, b: sum([a * b] * 9), ""),  # too long to be read at a glance
    ],
)
def test_a_node_without_a_label_is_called_by_its_formula(compute, title):
    """In the labels of its inputs, with the brackets it needs."""
    drawing = nn.draw(compute(Value(0.5, label="a"), Value(0.25, label="b")))
    assert drawing.picture.boxes[-1].title == title


def test_a_label_that_is_a_sum_is_bracketed_in_a_formula():
    """What was labelled "a + b" is one operand."""
    y = Value(1.0, label="a + b") * Value(2.0, label="c")
    assert titles(nn.draw(y))[-1] == "(a + b)·c"


def test_a_node_on_unnamed_inputs_has_no_formula():
    """There is nothing to write it in."""
    assert titles(nn.draw(Value(1.0) * Value(2.0))) == ["", "", ""]


@pytest.mark.parametrize(
    ("local", "texts"),
    [
        (None, ["", "", ""]),
        ("formula", ["b", "a", "o·(1 − o)"]),
        ("value", ["4", "0.5", "0.105"]),
        ("both", ["b = 4", "a = 0.5", "o·(1 − o) = 0.105"]),
    ],
)
def test_local_derivatives_on_the_arrows(local, texts):
    """As a formula in the names of the nodes, as a number, or as both."""
    a, b = Value(0.5, label="a"), Value(4.0, label="b")
    o = (a * b).sigmoid()
    o.label = "o"
    assert [arrow.text for arrow in nn.draw(o, local=local).picture.arrows] == texts


def test_a_local_derivative_of_a_number_is_written_once():
    """The slope of a sum is 1, and not 1 = 1; constants have none."""
    y = Value(1.0, label="a") + Value(2.0, label="b") + 3.0
    assert [arrow.text for arrow in nn.draw(y, local="both").picture.arrows] == ["1", "1", "1", ""]


def test_a_local_derivative_without_names_is_a_number():
    """A formula with holes is of no use."""
    a, b = Value(0.5), Value(4.0, label="b")
    assert [arrow.text for arrow in nn.draw(a * b, local="formula").picture.arrows] == ["b", "0.5"]


def test_what_flows_back_along_an_arrow_is_its_share():
    """Two arrows from one node carry what adds up to its gradient."""
    a = Value(3.0, label="a")
    y = a * a + 2 * a
    y.backward()
    drawing = nn.draw(y)
    flows = [arrow.flow for arrow, (tail, _) in zip(drawing.picture.arrows, arrows(drawing)) if tail == "a"]
    assert sorted(flows) == [2.0, 3.0, 3.0]
    assert sum(flows) == a.grad


def test_several_outputs_in_one_picture():
    """A list of Values draws the graph behind all of them, each node once."""
    a = Value(1.0, label="a")
    assert Counter(titles(nn.draw([a + 1, a * 2]))) == Counter(["a", "1", "a + 1", "2", "a·2"])


def test_a_leaf_alone():
    """A single Value is a picture of one box."""
    drawing = nn.draw(Value(2.0, label="x"))
    assert (titles(drawing), arrows(drawing)) == (["x"], [])


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_gradients_that_are_no_numbers_do_no_harm(bad):
    """They are shown as they are, and the scale is that of the others."""
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    y = a * b
    y.backward()
    a.grad = bad
    drawing = nn.draw(y)
    assert box(drawing, "a").lines[1] == f"grad {written(bad)}"
    assert drawing.picture.strongest == 1.0


# ------------------------------------------------------------------------------------------------------ neurons and layers


def test_each_neuron_is_one_box_with_its_weights_on_the_arrows(loss):
    """The two-layer network: three neurons, six weights, the loss node by node."""
    drawing = nn.draw(loss, depth="neuron")
    assert [each.title for each in drawing.picture.boxes if each.kind == "neuron"] == ["h₁₁", "h₁₂", "h₂₁"]
    assert box(drawing, "h₁₁").symbol == "σ"
    assert box(drawing, "h₁₁").lines == ["b = 0.35", "net 0.3775", "out 0.5933", "grad 0.0554"]
    texts = dict(zip(arrows(drawing), (arrow.text for arrow in drawing.picture.arrows)))
    assert texts["x₁ = 0.05", "h₁₁"] == "w₁₁₁ = 0.15"
    assert texts["x₁ = 0.05", "h₁₂"] == "w₁₂₁ = 0.25"
    assert texts["h₁₂", "h₂₁"] == "w₂₁₂ = 0.45"
    assert texts["h₂₁", "h₂₁ − y"] == ""


def test_an_arrow_into_a_neuron_has_the_gradient_of_its_weight():
    """It is coloured by what will change the weight."""
    model, loss = two_layer_network()
    loss.backward()
    drawing = nn.draw(loss, depth="neuron")
    flows = dict(zip(arrows(drawing), (arrow.flow for arrow in drawing.picture.arrows)))
    assert flows["h₁₂", "h₂₁"] == model.layers[1].neurons[0].w[1].grad


def test_each_layer_is_one_box_with_shape_and_norms(loss):
    """What goes in and out, how many parameters, how large they and their gradients are."""
    drawing = nn.draw(loss, depth="layer")
    assert [each.title for each in drawing.picture.boxes if each.kind == "layer"] == ["layer 1", "layer 2"]
    assert box(drawing, "layer 1").lines == ["2 → 2 · σ", "6 parameters", "‖w‖ 0.6782", "‖grad w‖ 0.02021"]
    assert ("layer 1", "layer 2") in arrows(drawing)
    assert [each.text for each in drawing.picture.arrows].count("2 values") == 1


@pytest.mark.parametrize("depth", GATHERED)
def test_an_arrow_to_the_loss_keeps_the_sign_of_its_gradient(depth):
    """One value passing is coloured like the gradient it has."""
    y = nn.MLP(2, [1], activation=["tanh"], seed=0)([1.0, 2.0])
    (-3.0 * y).backward()
    assert [arrow.flow for arrow in nn.draw(-3.0 * y, depth=depth).picture.arrows][-1] is not None
    loss = -3.0 * y
    loss.label = "L"
    loss.backward()
    drawing = nn.draw(loss, depth=depth)
    flows = dict(zip(arrows(drawing), (arrow.flow for arrow in drawing.picture.arrows)))
    assert [flow for (tail, head), flow in flows.items() if head == "L" and tail != "−3"] == [-3.0]
    assert flows["−3", "L"] == 0.0


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_loss_is_drawn_outside_of_the_net(loss, depth):
    """Its nodes have no part around them, nor have the inputs."""
    drawing = nn.draw(loss, depth=depth)
    for title in ("x₁ = 0.05", "h₂₁ − y", "L"):
        assert around(drawing, title) == []


def test_boxes_lie_in_the_parts_of_their_modules(loss):
    """At each depth the parts that are no box themselves are around, nested as the modules are."""
    assert around(nn.draw(loss, depth="operation"), "a₁₂") == ["MLP", "layer 1", "neuron 2"]
    assert around(nn.draw(loss, depth="neuron"), "h₁₂") == ["MLP", "layer 1"]
    assert around(nn.draw(loss, depth="layer"), "layer 1") == ["MLP"]


def test_modules_of_ones_own_are_drawn_around():
    """A module that holds two nets is a part around both; what it computes itself is drawn in it node by node."""

    class Pair(nn.Module):
        def __init__(self):
            self.left, self.right = nn.MLP(1, [2, 1], seed=0), nn.MLP(1, [2, 1], seed=1)

        def __call__(self, x):
            return self.left(x) * self.right(x)

    y = Pair()([1.0])
    y.label = "y"
    drawing = nn.draw(y + 1.0, depth="layer")
    assert Counter(tuple(part.name for part in each.part.around()) for each in drawing.picture.boxes if each.part) == {
        ("Pair", "left"): 2,
        ("Pair", "right"): 2,
        ("Pair",): 1,
    }
    assert around(drawing, "y") == ["Pair"]
    assert is_acyclic(drawing)


def test_several_rows_are_one_layer():
    """A layer that saw three rows is one box that says so, and so is a neuron."""
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    loss = sum(half_squared_error(model([i, -i]), 0.5) for i in (1.0, 2.0, 3.0))
    drawing = nn.draw(loss, depth="layer")
    assert [each.title for each in drawing.picture.boxes if each.kind == "layer"] == ["layer 1", "layer 2"]
    assert box(drawing, "layer 1").lines[:3] == ["2 → 2 · tanh", "6 parameters", "on 3 rows"]
    neurons = [each for each in nn.draw(loss, depth="neuron").picture.boxes if each.kind == "neuron"]
    assert [each.lines[-1] for each in neurons] == ["on 3 rows"] * 3


def test_the_weights_stay_on_the_arrows_for_several_rows():
    """Each arrow between two neurons has its one weight, whatever passes along it."""
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    loss = sum(half_squared_error(model([i, -i]), 0.5) for i in (1.0, 2.0, 3.0))
    loss.backward()
    drawing = nn.draw(loss, depth="neuron")
    w = model.layers[1].neurons[0].w
    found = [(arrow.text, arrow.flow) for arrow in drawing.picture.arrows if arrow.text.startswith("w₂")]
    assert found == [(f"w₂₁{sub} = {w[j].data:.4g}".replace("-", "−"), w[j].grad) for j, sub in enumerate("₁₂")]


def test_a_dead_neuron_keeps_its_sign():
    """An output of 0 is an output."""
    y = nn.Neuron(1, init=lambda nin, nout: -1.0)([1.0])
    assert box(nn.draw(y, depth="neuron"), "Neuron").symbol == "ReLU"


def test_an_activation_of_several_operations_is_one_neuron():
    """A function of somebody's own: what comes out of it is the neuron's output."""
    y = nn.Neuron(2, activation=lambda a: a * a + 1.0, seed=0)([1.0, 2.0])
    y.backward()
    drawing = nn.draw(y, depth="neuron")
    assert [line.split()[0] for line in box(drawing, "Neuron").lines] == ["b", "net", "out", "grad"]
    assert box(drawing, "Neuron").lines[2] == f"out {y.data:.4g}"


@pytest.mark.parametrize("depth", GATHERED)
def test_a_penalty_on_the_weights_is_no_part_of_the_net(depth):
    """Layers look the same with and without it."""
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    y = model([1.0, 2.0])
    plain, with_penalty = y * y, y * y + 0.1 * sum(p * p for p in model.parameters())

    def parts_of(drawing):
        return [(each.title, each.symbol, each.lines[-1]) for each in drawing.picture.boxes if each.kind in GATHERED]

    assert parts_of(nn.draw(plain, depth=depth)) == parts_of(nn.draw(with_penalty, depth=depth))
    assert is_acyclic(nn.draw(with_penalty, depth=depth))


def test_a_net_written_by_hand():
    """Neurons and layers are found in autograd.dot, with the weights on the arrows."""
    x = [Value(1.0, label="x_1"), Value(2.0, label="x_2")]
    h = [dot([Value(0.1, label=f"w_{i}1"), Value(0.2, label=f"w_{i}2")], x).tanh() for i in (1, 2)]
    y = dot([Value(0.3, label="v_1"), Value(0.4, label="v_2")], h, Value(0.5, label="c"))
    neurons, layers = nn.draw(y, depth="neuron"), nn.draw(y, depth="layer")
    assert Counter(each.kind for each in neurons.picture.boxes) == {"leaf": 2, "neuron": 3}
    assert [arrow.text for arrow in neurons.picture.arrows] == [
        "w₁₁ = 0.1", "w₁₂ = 0.2", "w₂₁ = 0.1", "w₂₂ = 0.2", "v₁ = 0.3", "v₂ = 0.4",
    ]  # fmt: skip
    assert [each.lines[:2] for each in layers.picture.boxes if each.kind == "layer"] == [
        ["2 → 2 · tanh", "4 parameters"],
        ["2 → 1", "3 parameters"],
    ]


def test_shared_weights_are_one_box():
    """A net called on its own output is drawn once, at both depths, and says how often it ran."""
    model = nn.MLP(2, [2], activation=["tanh"], seed=0)
    y = model(model([1.0, 2.0]))
    assert [each.kind for each in nn.draw(y, depth="layer").picture.boxes].count("layer") == 1
    neurons = [each for each in nn.draw(y, depth="neuron").picture.boxes if each.kind == "neuron"]
    assert [each.lines[-1] for each in neurons] == ["on 2 rows"] * 2


@pytest.mark.parametrize("depth", GATHERED)
def test_a_graph_without_neurons_looks_the_same_at_every_depth(depth):
    """There is nothing to gather."""
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    y = a * b + a.exp()
    assert titles(nn.draw(y, depth=depth)) == titles(nn.draw(y, depth="operation"))
    assert arrows(nn.draw(y, depth=depth)) == arrows(nn.draw(y, depth="operation"))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_copies_draw_as_well(loss, depth, copied):
    """A graph that has forgotten its modules still has neurons and layers."""
    original, drawing = nn.draw(loss, depth=depth), nn.draw(copied(loss), depth=depth)
    kinds = Counter(each.kind for each in original.picture.boxes)
    assert Counter(each.kind for each in drawing.picture.boxes) == kinds
    assert len(drawing.picture.arrows) == len(original.picture.arrows)


def test_softmax_stands_beside_the_neurons():
    """A layer with softmax: its neurons are nets, and what acts on all of them stays in the layer."""
    model = nn.MLP(2, [3], activation=["softmax"], seed=0)
    p = model([1.0, 2.0])
    drawing = nn.draw(p, depth="neuron")
    assert [each.symbol for each in drawing.picture.boxes if each.kind == "neuron"] == ["Σ"] * 3
    assert is_acyclic(drawing)
    assert [each.kind for each in nn.draw(p, depth="layer").picture.boxes].count("layer") == 1


@pytest.mark.parametrize("depth", GATHERED)
def test_a_big_loss_is_gathered_without_cycles(moons, depth):
    """Hundreds of nodes outside of the net are a few boxes, and no arrow goes in a circle."""
    drawing = nn.draw(moons, depth=depth)
    groups = [each for each in drawing.picture.boxes if each.kind == "group"]
    assert [each.title for each in groups] == ["inputs", groups[1].title]
    assert is_acyclic(drawing)


@pytest.mark.parametrize("depth", GATHERED)
def test_a_long_computation_between_two_nets_is_a_group_of_its_own(depth):
    """It waits for the first net and the second waits for it: gathered with the loss it would make a circle."""
    first, second = nn.MLP(1, [1], seed=0), nn.MLP(1, [1], seed=1)
    y = first([1.0])
    for _ in range(50):
        y = y.sin()
    loss = second([y]) ** 2 + 1.0
    drawing = nn.draw(loss, depth=depth)
    assert [each.title for each in drawing.picture.boxes if each.kind == "group"] == [
        "inputs",
        "50 operations",
        "2 operations",
    ]
    assert is_acyclic(drawing)


def test_a_classifier_at_layer_depth():
    """Sixty-four inputs, two layers and a cross-entropy are four boxes in a row."""
    model = nn.MLP(64, [32, 10], seed=0)
    loss = cross_entropy(model([0.1] * 64), 3)
    loss.backward()
    drawing = nn.draw(loss, depth="layer")
    loss_box = drawing.picture.boxes[-1].title
    assert list(zip(arrows(drawing), (arrow.text for arrow in drawing.picture.arrows))) == [
        (("inputs", "layer 1"), "64 values"),
        (("layer 1", "layer 2"), "32 values"),
        (("layer 2", loss_box), "10 values"),
    ]
    assert box(drawing, "inputs").lines == ["64 numbers"]


def made_of(numbers):
    """A random feed-forward graph: arithmetic, and neurons by hand whose weights are their own."""
    values = [Value(0.5, label="a"), Value(-0.25, label="b")]
    for kind, i, j in numbers:
        x, y = values[i % len(values)], values[j % len(values)]
        if kind == 0:
            values.append(x + y)
        elif kind == 1:
            values.append(x * y)
        elif kind == 2:
            values.append(x.tanh())
        elif kind == 3:
            values.append(dot([Value(0.1), Value(0.2)], [x, y], Value(0.3)))
        elif kind == 4:
            values += [dot([Value(0.1), Value(0.2)], [x, y]).sigmoid() for _ in range(3)]
        else:
            values.append(nn.MLP(2, [2, 1], seed=0)([x, y]))
    return values[-1] + values[-2] * values[-3] if len(values) > 2 else values[0] + values[1]


GRAPHS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30), st.integers(0, 30)), max_size=40).map(made_of)


@examples(60)
@given(GRAPHS)
def test_at_operation_depth_boxes_are_nodes_and_arrows_are_inputs(y):
    """Whatever the graph: a box for each node, an arrow for each operand."""
    graph = GraphPictures([y], 4, set(), None, 2)
    picture = graph.picture("operation", None)
    keys = {node: f"n{i}" for i, node in enumerate(nodes(y))}
    assert [each.key for each in picture.boxes] == list(keys.values())
    assert [(arrow.tail, arrow.head) for arrow in picture.arrows] == [
        (keys[x], keys[node]) for node in keys for x in node.inputs
    ]


@examples(60)
@given(GRAPHS, st.sampled_from(GATHERED))
def test_gathered_pictures_hold_every_node_once_and_have_no_cycles(y, depth):
    """Whatever the graph: each node is in one box, and arrows stand just where inputs cross between boxes."""
    graph = GraphPictures([y], 4, set(), None, 2)
    places = graph._places(depth)
    picture = graph.picture(depth, None)
    assert set(places) == set(nodes(y))
    keys = dict(zip(dict.fromkeys(places[node] for node in nodes(y)), (each.key for each in picture.boxes), strict=True))
    crossing = {(places[x], places[node]) for node in nodes(y) for x in node.inputs if places[x] is not places[node]}
    assert Counter((arrow.tail, arrow.head) for arrow in picture.arrows) == Counter(
        (keys[tail], keys[head]) for tail, head in crossing
    )
    before = {key: {arrow.tail for arrow in picture.arrows if arrow.head == key} for key in keys.values()}
    assert len(list(TopologicalSorter(before).static_order())) == len(before)


# ------------------------------------------------------------------------------------------------------- how much is shown


@pytest.mark.parametrize(
    ("sizes", "depth"),
    [
        ([2, 1], "operation"),  # 23 nodes
        ([16, 16, 1], "neuron"),  # hundreds of nodes, 33 neurons
        ([64, 64, 1], "layer"),
    ],
)
def test_auto_takes_the_first_depth_that_is_readable(sizes, depth):
    """A small graph is drawn in full, a larger one by neurons, a large one by layers."""
    loss = half_squared_error(nn.MLP(2, sizes, activation="tanh", seed=0)([1.0, 2.0]), 0.5)
    loss.backward()
    assert titles(nn.draw(loss)) == titles(nn.draw(loss, depth=depth))


def test_too_many_boxes_are_refused_with_what_to_ask_for(moons):
    """The error counts them and offers the depths that fit, with their counts."""
    with pytest.raises(ValueError, match=f"at the depth 'operation' this graph has {len(nodes(moons)):,} boxes") as error:
        nn.draw(moons, depth="operation")
    layers = len(nn.draw(moons, depth="layer").picture.boxes)
    assert f"depth='layer' ({layers} boxes)" in str(error.value)
    assert "depth='neuron' (" in str(error.value)
    assert "focus=a_node, radius=2" in str(error.value)


def test_a_neighbourhood_of_a_graph_too_large_to_draw(moons):
    """What the error offers works."""
    drawing = nn.draw(moons, depth="operation", focus=moons, radius=2)
    assert 3 <= len(drawing.picture.boxes) <= 7


def test_a_graph_of_twenty_thousand_nodes_at_layer_depth():
    """It is as many boxes as it has layers, and few around them."""
    model = nn.MLP(2, [16, 16, 1], seed=0)
    losses = [hinge(model([math.sin(i), math.cos(i)]), 1.0) for i in range(270)]
    loss = sum(losses) / len(losses)
    loss.backward()
    assert len(nodes(loss)) > 20_000
    drawing = nn.draw(loss, depth="layer")
    assert [each.title for each in drawing.picture.boxes if each.kind == "layer"] == ["layer 1", "layer 2", "layer 3"]
    assert len(drawing.picture.boxes) < 10
    assert is_acyclic(drawing)


def test_a_deep_chain_is_refused_and_not_a_crash():
    """Ten thousand operations in a row, more than Python's stack holds, are counted without recursion."""
    y = Value(1.0)
    for _ in range(10_000):
        y = y + 1.0
    with pytest.raises(ValueError, match="20,001 boxes"):
        nn.draw(y, depth="operation")


@pytest.mark.parametrize(("radius", "shown"), [(0, {"c"}), (1, {"b", "c", "d"}), (2, {"a", "b", "c", "d", "e"})])
def test_focus_shows_what_is_near(radius, shown):
    """Nodes within so many arrows, in either direction."""
    chain = [Value(1.0, label="a")]
    for label in "bcde":
        chain.append(chain[-1].sin())
        chain[-1].label = label
    drawing = nn.draw(chain[-1], focus=chain[2], radius=radius)
    assert set(titles(drawing)) == shown
    assert len(arrows(drawing)) == len(shown) - 1


def test_a_focus_elsewhere_is_refused(loss):
    """A node of another graph cannot be the middle of this picture."""
    with pytest.raises(ValueError, match="no part of this graph"):
        nn.draw(loss, focus=Value(1.0))


@pytest.mark.parametrize("depth", DEPTHS)
def test_highlighted_paths_stand_out(depth):
    """The boxes and arrows that a gradient passes from the loss to one weight, and no others."""
    model, loss = two_layer_network()
    loss.backward()
    w = model.layers[0].neurons[1].w[0]
    drawing = nn.draw(loss, depth=depth, highlight=paths_between(loss, w))
    bright = {each.title for each in drawing.picture.boxes if each.highlighted}
    rest = {"h₂₁ − y", "(h₂₁ − y)²", "L"}
    own = {
        "operation": {"w₁₂₁", "a₁₂", "h₁₂", "a₂₁", "h₂₁"},
        "neuron": {"h₁₂", "h₂₁"},
        "layer": {"layer 1", "layer 2"},
        "block": {"layer 1", "layer 2"},
    }
    assert bright == own[depth] | rest
    names = {each.key: each.title for each in drawing.picture.boxes}
    assert len([arrow for arrow in drawing.picture.arrows if arrow.highlighted]) == len(bright) - 1
    assert all({names[a.tail], names[a.head]} <= bright for a in drawing.picture.arrows if a.highlighted)


# ------------------------------------------------------------------------------------------------------ the columns of a net


def test_the_architecture_of_a_net_is_columns_of_neurons():
    """Inputs and layers in order, a weight on every line between neighbours."""
    model = nn.MLP(2, [3, 1], activation=["tanh", "sigmoid"], seed=0)
    drawing = nn.draw(model)
    shown = [(each.kind, each.title) for each in drawing.picture.boxes]
    assert shown == [
        ("header", "inputs"), ("circle", "x₁"), ("circle", "x₂"),
        ("header", "layer 1 · tanh"), ("circle", "h₁₁"), ("circle", "h₁₂"), ("circle", "h₁₃"),
        ("header", "layer 2 · sigmoid"), ("circle", "h₂₁"),
    ]  # fmt: skip
    lines = {pair: arrow.flow for pair, arrow in zip(arrows(drawing), drawing.picture.arrows) if pair[0][0] in "xh"}
    assert lines["x₂", "h₁₃"] == model.layers[0].neurons[2].w[1].data
    assert sum(flow is not None for flow in lines.values()) == 2 * 3 + 3
    assert drawing.picture.note == "weights"


def test_the_architecture_shows_values_for_an_input():
    """Each neuron shows what it gives for x, as the net computes it."""
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    x = [0.5, -1.0]
    drawing = nn.draw(model, x, digits=3)
    assert [box(drawing, title).lines for title in ("x₁", "x₂")] == [["0.5"], ["−1"]]
    assert box(drawing, "h₂₁").lines == [f"{model(x).data:.3g}".replace("-", "−")]
    assert box(nn.draw(model), "h₂₁").lines == []


def test_the_architecture_coloured_by_gradients():
    """Lines carry the gradients of the weights when asked for."""
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    (model([1.0, 2.0]) ** 2).backward()
    drawing = nn.draw(model, colour="gradient")
    flows = dict(zip(arrows(drawing), (arrow.flow for arrow in drawing.picture.arrows)))
    assert flows["x₁", "h₁₂"] == model.layers[0].neurons[1].w[0].grad != 0.0
    assert drawing.picture.note == "gradients of the weights"


def test_wide_layers_are_elided():
    """Of more than ten neurons the first and the last are shown, and how many are left out."""
    drawing = nn.draw(nn.MLP(10, [64, 11], seed=0))
    columns = Counter(each.key.partition("_")[0] for each in drawing.picture.boxes if each.kind == "circle")
    assert columns == {"c0": 10, "c1": 9, "c2": 9}
    assert [each.lines for each in drawing.picture.boxes if each.kind == "more"] == [["55 more"], ["2 more"]]
    assert "h₁,₆₄" in titles(drawing)


# ----------------------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("depth", "neurons", "depth is one of 'auto', 'operation', 'neuron', 'layer', 'block', not 'neurons'"),
        ("local", "numbers", "local is one of None, 'formula', 'value', 'both'"),
        ("colour", "red", "colour is one of 'weight', 'gradient'"),
        ("theme", "solarized", "theme is one of 'light', 'dark', not 'solarized'"),
        ("direction", "left", "direction is one of 'right', 'down'"),
    ],
)
def test_an_unknown_option_names_the_known_ones(option, value, message):
    """For every option that is one of a few words."""
    with pytest.raises(ValueError, match=message):
        nn.draw(Value(1.0), **{option: value})


@pytest.mark.parametrize("y", [1.5, None, [], (), "loss", [Value(1.0), 2.0], object()])
def test_what_has_no_graph_cannot_be_drawn(y):
    """The error says what draw takes, and what it got."""
    with pytest.raises(TypeError, match="draw takes a Value, a list of Values or an MLP, not"):
        nn.draw(y)


@pytest.mark.parametrize("module", [nn.Neuron(2, seed=0), nn.Layer(2, 2, seed=0)])
def test_the_architecture_of_other_modules_is_not_known(module):
    """Only an MLP is columns; of others what they return is drawn."""
    with pytest.raises(TypeError, match=r"that of an MLP, not of .*draw what it returns instead"):
        nn.draw(module)


def test_an_input_for_a_value_is_refused():
    """x belongs to the architecture of an MLP; a graph holds its numbers already."""
    with pytest.raises(TypeError, match="x goes with an MLP"):
        nn.draw(Value(1.0), [1.0, 2.0])


def test_an_input_of_the_wrong_size_is_refused():
    """The net itself says how many numbers it takes."""
    with pytest.raises(ValueError, match="takes 2 inputs, got 3"):
        nn.draw(nn.MLP(2, [1], seed=0), [1.0, 2.0, 3.0])


def test_drawing_leaves_the_graph_alone(loss):
    """Data, gradients and labels are the same before and after."""
    before = [(node.data, node.grad, node.label) for node in nodes(loss)]
    for depth in DEPTHS:
        nn.draw(loss, depth=depth, local="both")
    assert before == [(node.data, node.grad, node.label) for node in nodes(loss)]
    assert len(history(loss)) == 9


def test_a_picture_of_a_formula_has_no_numbers():
    """Names, operations and constants; no values, gradients, or note about them."""
    w, x = Value(0.5, "w"), Value(2.0, "x")
    y = (2.0 * w * x).sigmoid()
    y.backward()
    lines = ["σ σ(2·w·x)", "└─ × 2·w·x", "   ├─ × 2·w", "   │  ├─ 2", "   │  └─ w", "   └─ x"]
    assert nn.draw(y, numbers=False).text.splitlines() == lines
    picture = nn.draw(y, numbers=False, local="formula").picture
    assert [arrow.text for arrow in picture.arrows][:2] == ["", "2"]
    assert (picture.strongest, picture.strongest_flow, picture.note) == (0.0, 0.0, "")
