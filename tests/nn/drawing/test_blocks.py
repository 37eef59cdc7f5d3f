"""Drawings of models with modules in modules: each operation within the module whose call computed it, at every depth."""

from graphlib import TopologicalSorter
from random import Random

import pytest
from long_runs import seeds

import nn
from autograd import Value, sum
from autograd.graph import nodes
from nn.drawing.graphs import DEPTHS, GraphPictures
from nn.drawing.structure import parts


def names(part):
    return [each.name for each in part.around()]


def vectors(n, width):
    return [[Value(0.1 * (i + 1) - 0.3 * j) for j in range(width)] for i in range(n)]


def loss_of(out):
    return sum([x * x for row in out for x in row])


def language_model(layers=1, seed=0, **options):
    model = nn.GPT(6, 4, 2, layers, 8, seed=seed, **options)
    L = nn.losses.cross_entropy(model([0, 1, 2]), [1, 2, 3])
    L.label = "L"
    L.backward()
    return model, L


@pytest.mark.parametrize("norm", ["rms", "rms without gain", "layer"])
@pytest.mark.parametrize("activation", ["relu", "gelu", "tanh"])
def test_all_that_a_block_computes_belongs_to_it(norm, activation):
    """Norms without gains, activations and the sums beside them, too: no operation of the model is outside of it."""
    block = nn.Block(4, 2, norm=norm, activation=activation, seed=0)
    out = block(vectors(2, 4))
    found = parts(*(x for row in out for x in row))
    for node in nodes(*(x for row in out for x in row)):
        if node.inputs:
            assert names(found[node])[0] == "Block"
    inside = {" / ".join(names(part)) for node, part in found.items() if node.inputs}
    assert {"Block", "Block / norm_1", "Block / norm_2", "Block / mlp", "Block / attention"} <= inside


def test_what_follows_a_model_is_outside_of_it():
    """The loss is no part of the model, and what goes in is none of it."""
    x = vectors(2, 4)
    mean = [(a + b) / 2 for a, b in zip(*x)]
    out = nn.RMSNorm(4, elementwise_affine=False)(mean)
    L = loss_of([out])
    found = parts(L)
    assert not [node for node in nodes(*mean) if node.inputs and node in found]
    assert all(node in found for node in out)
    assert L not in found


def test_a_module_that_gives_back_what_it_got_holds_nothing():
    """Dropout that is off: its input stays where it was computed."""
    net = nn.Sequential(nn.Linear(2, 2, seed=0), nn.Dropout(0.5), "tanh")
    y = net.eval()([0.1, 0.2])
    found = parts(*y)
    assert names(found[y[0].inputs[0]]) == ["Sequential", "modules_1"]
    assert names(found[y[0]]) == ["Sequential"]


def test_a_drawing_of_a_block_has_a_box_for_each_step():
    """At the depth of layers: two norms, attention, two sums, two linear layers and what stands between them."""
    block = nn.Block(8, 2, norm="rms without gain", seed=0)
    L = loss_of(block(vectors(4, 8)))
    boxes = nn.draw(L, depth="layer").picture.boxes
    inside = [f"{box.symbol} {box.title}".strip() for box in boxes if box.part is not None]
    assert inside == ["norm_1", "attention", "+ u", "norm_2", "modules_1", "ReLU h", "modules_3", "+ y"]
    (relu,) = [box for box in boxes if box.symbol == "ReLU"]
    assert [part.name for part in relu.part.around()] == ["Block", "mlp"]


def test_at_the_depth_of_blocks_a_model_is_what_it_is_made_of():
    """One box for each module directly inside, and the steps between them."""
    _, L = language_model(layers=2)
    boxes = nn.draw(L, depth="block").picture.boxes
    assert [box.title for box in boxes] == ["tokens", "places", "x", "norm", "block 1", "block 2", "head", "L"]
    (block,) = [box for box in boxes if box.title == "block 1"]
    assert block.lines[:2] == ["Block 4, 2 heads, relu", "192 parameters"]


def test_a_layer_without_parameters_says_no_more_than_what_it_is():
    """No zeros where there is nothing to count."""
    _, L = language_model()
    (norm,) = [box for box in nn.draw(L, depth="block").picture.boxes if box.title == "norm"]
    assert norm.lines == ["RMSNorm 4, no gain"]
    assert norm.grad is None


@pytest.mark.parametrize("depth", DEPTHS[1:])
@pytest.mark.parametrize("seed", seeds(4))
def test_gathered_models_have_no_circles(depth, seed):
    """Any model of blocks, at any depth: each box after those that it uses, each operation in one box."""
    rng = Random(seed)
    norm = rng.choice(["rms", "rms without gain", "layer"])
    _, L = language_model(rng.choice([1, 2, 3]), seed, norm=norm, bias=rng.random() < 0.5)
    picture = nn.draw(L, depth=depth).picture
    used = {box.key: set() for box in picture.boxes}
    for arrow in picture.arrows:
        used[arrow.head].add(arrow.tail)
    assert len(list(TopologicalSorter(used).static_order())) == len(picture.boxes)


def test_a_part_is_drawn_with_what_comes_into_it():
    """Inside of a block: its parts, and in front what they take from outside."""
    _, L = language_model()
    pictures = GraphPictures([L], 4, set(), None, 0)
    block = next(part for part in pictures.parts.values() if part.name == "block 1")
    picture, places = pictures.inside(block)
    outside = {pictures.keys[node] for node in places if places[node] in pictures.outside.values()}
    assert len(outside) == 1
    titles = [f"{box.symbol} {box.title}".strip() for box in picture.boxes if box.key not in outside]
    assert titles == ["norm_1", "attention", "+ u", "norm_2", "mlp", "+ y"]
