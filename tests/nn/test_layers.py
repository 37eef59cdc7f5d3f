"""Neurons, layers and nets: their graphs, their names, their numbers."""

import math
import random
import statistics

import pytest

import nn
from autograd import Value
from autograd.graph import history, nodes


def test_a_neuron_is_two_nodes():
    """Its net is one dot node and its activation another."""
    y = nn.Neuron(5, activation="tanh", seed=0)([1.0] * 5)
    assert [node.op.name for node in history(y)] == ["tanh", "dot"]


def test_parameters_are_named_as_in_the_notes():
    """w_{kij} is layer k, neuron i, input j, and b_{ki} its bias, in labels and in names."""
    model = nn.MLP(2, [2, 1])
    expected = ["w_111", "w_112", "b_11", "w_121", "w_122", "b_12", "w_211", "w_212", "b_21"]
    assert [name for name, _ in model.named_parameters()] == expected
    assert [p.label for p in model.parameters()] == expected


def test_indices_of_two_digits_are_kept_apart():
    """In a wide layer w_1,12,3 cannot be taken for another weight."""
    names = [name for name, _ in nn.MLP(12, [12]).named_parameters()]
    assert len(set(names)) == 12 * 13
    assert "w_1,12,3" in names
    assert "w_112" in names


def test_layers_and_neurons_alone_have_shorter_names():
    """Without a layer number names are w_{ij}, b_i; without a neuron number w_j, b."""
    assert [name for name, _ in nn.Layer(1, 2).named_parameters()] == ["w_11", "b_1", "w_21", "b_2"]
    assert [name for name, _ in nn.Neuron(2).named_parameters()] == ["w_1", "w_2", "b"]


def test_a_layer_is_g_of_w_x_plus_b():
    """The output is tanh(W x + b), row by row."""
    layer = nn.Layer(2, 3, activation="tanh", weights=[[1, 2], [3, 4], [5, 6]], biases=[0.1, 0.2, 0.3])
    expected = [math.tanh(0.5 * a - 0.25 * c + b) for (a, c), b in zip([(1, 2), (3, 4), (5, 6)], [0.1, 0.2, 0.3])]
    assert [h.data for h in layer([0.5, -0.25])] == pytest.approx(expected, rel=1e-15)


def test_matrices_are_shown_and_set():
    """W and b read and write the parameters themselves."""
    layer = nn.Layer(2, 2, seed=0)
    kept = layer.neurons[1].w[0]
    layer.W, layer.b = [[1, 2], [3, 4]], [5, 6]
    assert layer.W == [[1.0, 2.0], [3.0, 4.0]]
    assert layer.b == [5.0, 6.0]
    assert layer.neurons[1].w[0] is kept
    assert kept.data == 3.0


@pytest.mark.parametrize("W", [[[1, 2]], [[1], [2]], [[1, 2], [3]], []])
def test_a_matrix_of_another_shape_is_refused(W):
    """The error names both shapes."""
    with pytest.raises(ValueError, match="2 rows of 2 numbers"):
        nn.Layer(2, 2, weights=W)


def test_micrograds_weights_are_reproduced():
    """After random.seed, weights are random.uniform(-1, 1) in neuron order and biases 0."""
    random.seed(1337)
    expected = [[random.uniform(-1, 1) for _ in range(2)] for _ in range(3)]
    random.seed(1337)
    layer = nn.Layer(2, 3)
    assert expected == layer.W
    assert layer.b == [0.0, 0.0, 0.0]


def test_micrograds_spelling():
    """nonlin=False is linear; hidden layers are ReLU and the last linear; one output is bare, several are a list."""
    assert nn.Neuron(2, nonlin=False).activation == "linear"
    assert nn.Neuron(2).activation == "relu"
    assert [layer.activation for layer in nn.MLP(2, [4, 4, 1]).layers] == ["relu", "relu", "linear"]
    assert isinstance(nn.MLP(2, [4, 1])([1.0, 2.0]), Value)
    assert len(nn.MLP(2, [4, 3])([1.0, 2.0])) == 3


def test_a_layer_of_one_neuron_may_stand_inside():
    """The bare output of one layer is a list of one for the next."""
    assert isinstance(nn.MLP(2, [1, 1, 2], seed=0)([1.0, 2.0]), list)


def test_a_seed_repeats_the_weights_and_leaves_random_alone():
    """Two models of one seed are equal, and the module random goes on as if nothing had happened."""
    random.seed(5)
    expected = random.random()
    random.seed(5)
    assert nn.MLP(3, [4, 2], seed=9).state_dict() == nn.MLP(3, [4, 2], seed=9).state_dict()
    assert random.random() == expected


@pytest.mark.parametrize(
    ("init", "deviation"),
    [("uniform", math.sqrt(1 / 3)), ("xavier", math.sqrt(2 / (200 + 100))), ("he", math.sqrt(2 / 200))],
)
def test_initialisations_have_their_variance(init, deviation):
    """Weights have mean 0 and the published standard deviation; biases are 0."""
    layer = nn.Layer(200, 100, init=init, seed=0)
    weights = [w for row in layer.W for w in row]
    assert statistics.fmean(weights) == pytest.approx(0.0, abs=0.05 * deviation)
    assert statistics.pstdev(weights) == pytest.approx(deviation, rel=0.02)
    assert set(layer.b) == {0.0}


def test_an_initialisation_of_ones_own():
    """A function of (nin, nout) gives each weight."""
    assert nn.Layer(3, 2, init=lambda nin, nout: nin + nout / 10).W == [[3.2] * 3] * 2


@pytest.mark.parametrize("activation", ["softmax", "log_softmax"])
def test_softmax_acts_on_the_whole_layer(activation):
    """The outputs are probabilities, or their logarithms, that add up to one."""
    outputs = [h.data for h in nn.Layer(2, 4, activation=activation, seed=0)([1.0, -2.0])]
    probabilities = outputs if activation == "softmax" else [math.exp(h) for h in outputs]
    assert sum(probabilities) == pytest.approx(1.0, rel=1e-15)


def test_activations_for_each_layer():
    """A list gives each layer its own, names and functions mixed."""
    model = nn.MLP(2, [3, 3, 2], activation=["sigmoid", lambda a: a * a, "softmax"], seed=0)
    assert [layer.activation for layer in model.layers] == ["sigmoid", "<lambda>", "softmax"]
    operations = {node.op.name for node in history(*model([1.0, 2.0]))}
    assert {"sigmoid", "mul", "logsumexp"} <= operations


def test_without_bias():
    """bias=False leaves out b, in the parameters and in the graph."""
    layer = nn.Layer(3, 2, bias=False, activation="linear", seed=0)
    assert [name for name, _ in layer.named_parameters()] == ["w_11", "w_12", "w_13", "w_21", "w_22", "w_23"]
    assert layer([0.0, 0.0, 0.0])[0].data == 0.0
    assert len(layer([0.0, 0.0, 0.0])[0].inputs) == 6


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.MLP(2, []), "at least one layer"),
        (lambda: nn.MLP(0, [1]), "number of inputs"),
        (lambda: nn.MLP(2, [2.5]), "number of outputs"),
        (lambda: nn.MLP(2, [2, 1], activation=["relu"]), "activation of an MLP with 2 layers is a list of 2, got 1"),
        (lambda: nn.MLP(2, [2, 1], weights=[[[1, 2]]]), "weights of an MLP with 2 layers"),
        (lambda: nn.MLP(2, [2, 1], init="zeros"), "no initialisation 'zeros'"),
        (lambda: nn.Neuron(2)([1.0, 2.0, 3.0]), "takes 2 inputs, got 3"),
        (lambda: setattr(nn.Layer(2, 2), "b", [1.0]), "b of this layer has 2 numbers, got 1"),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    """Each error says what was expected."""
    with pytest.raises(ValueError, match=message):
        make()


def test_nodes_are_labelled_on_request():
    """label_nodes calls nets a_{ki} and activations h_{ki}; a linear output has a net alone."""
    model = nn.MLP(2, [2, 1], activation="sigmoid", seed=0)
    loss = (model([1.0, 2.0]) - 1.0) ** 2
    model.label_nodes(loss)
    labels = [node.label for node in nodes(loss) if node.inputs]
    assert labels == ["a_11", "h_11", "a_12", "h_12", "a_21", "", ""]
