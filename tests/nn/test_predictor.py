"""A net with all that it takes to use it."""

import json

import pytest

import nn
from autograd import sigmoid
from nn.data import Dataset
from nn.train.predictor import Predictor, learn

LINE = Dataset([[float(i)] for i in range(-10, 11)], [100.0 * i + 5000.0 for i in range(-10, 11)], "line", target="y")


@pytest.mark.parametrize("data", [nn.data.moons(20), nn.data.blobs(20), LINE])
def test_it_is_the_same_after_saving(data, tmp_path):
    """Every prediction to the last digit, and everything that is known of the columns."""
    predictor, history = learn(data, [3], epochs=3, progress=False)
    assert history.loss_name == predictor.loss
    predictor.save(tmp_path / "m.json")
    again = Predictor.load(tmp_path / "m.json")
    assert repr(again) == repr(predictor)
    assert [again(row) for row in data.X] == [predictor(row) for row in data.X]
    assert (again.features, again.classes, again.target) == (data.features, data.classes, data.target)


def test_the_file_is_one_that_a_module_reads(tmp_path):
    """A net of the same shape loads its parameters from it."""
    predictor, _ = learn(nn.data.moons(10), [3], epochs=1, progress=False)
    predictor.save(tmp_path / "m.json")
    assert nn.MLP(2, [3, 1], activation="tanh").load(tmp_path / "m.json").state_dict() == predictor.model.state_dict()


def test_predictions_are_those_of_the_net_by_hand():
    """Standardised on the way in, and out of logits, or out of a standardised number."""
    two = Predictor(nn.MLP(1, [1], weights=[[[2.0]]], biases=[[0.5]]), ["x"], "c", ["no", "yes"], [(3.0, 2.0), (0.0, 1.0)])
    found = two([5.0])
    assert found.value == "yes"
    assert found.probability == found.probabilities["yes"] == pytest.approx(sigmoid(2.5), rel=1e-15)
    assert two([-5.0]).value == "no"
    number = Predictor(nn.MLP(1, [1], weights=[[[2.0]]], biases=[[0.5]]), ["x"], "y", [], [(3.0, 2.0), (100.0, 10.0)])
    assert number([5.0]) == (100.0 + 10.0 * 2.5, {})
    three = Predictor(nn.MLP(1, [3], weights=[[[0.0]] * 3], biases=[[0.0, 9.0, 1.0]]), ["x"], "c", list("abc"), [(0, 1)] * 2)
    assert three([1.0]).value == "b"
    assert sum(three([1.0]).probabilities.values()) == pytest.approx(1.0)


def test_how_good_it_is():
    """Accuracy of classes; of numbers the root of the mean squared error, and how much of the variance is explained."""
    exact = Predictor(nn.MLP(1, [1], weights=[[[1.0]]], biases=[[0.0]]), ["x"], "y", [], [(0.0, 1.0), (0.0, 1.0)])
    assert exact.score(Dataset([[1.0], [2.0]], [1.0, 2.0], "d")) == {"rmse": 0.0, "r2": 1.0, "rows": 2}
    assert exact.score(Dataset([[4.0], [0.0]], [1.0, 3.0], "d")) == {"rmse": 3.0, "r2": -8.0, "rows": 2}
    sign = Predictor(exact.model, ["x"], "c", ["−", "+"], exact.spread)
    assert sign.score(Dataset([[1.0], [2.0], [-1.0]], [1, 0, 0], "d")) == {"accuracy": 2 / 3, "right": 2, "rows": 3}


def test_numbers_far_from_zero_are_learned():
    """As the target is standardised for the training."""
    predictor, _ = learn(LINE, [8], epochs=200, optimizer="adam", lr=0.02, progress=False)
    assert predictor.score(LINE)["r2"] > 0.99


@pytest.mark.parametrize("data", [nn.data.moons(40), LINE])
def test_rows_held_out_are_prepared_as_those_learned_from(data):
    """Their loss is what the net's own predictions give, although their means are others."""
    train, test = data._rows(range(12)), data._rows(range(12, 20))
    predictor, history = learn(train, [3], validation=test, epochs=4, progress=False)
    mean, deviation = predictor.spread[-1]
    outputs = [(predictor.outputs(row) - mean) / deviation for row in test.X]
    losses = map(nn.losses.LOSSES[predictor.loss], outputs, [(t - mean) / deviation for t in test.y])
    assert history.val_loss[-1] == pytest.approx(sum(float(loss) for loss in losses) / len(test), rel=1e-9)


def test_a_row_of_another_length():
    """Its features are named."""
    predictor, _ = learn(nn.data.moons(10), [3], epochs=1, progress=False)
    with pytest.raises(ValueError, match=r"2 numbers here \(x1, x2\), not 3"):
        predictor([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c.pop("features"),
        lambda c: c["features"].pop(),
        lambda c: c["features"][0].update(deviation=0.0),
        lambda c: c["features"][0].update(mean="x"),
        lambda c: c["architecture"].update(layers=[3, 2]),
        lambda c: c["architecture"].update(activations=["tanh"]),
        lambda c: c["architecture"].update(activations=["nonsense", "linear"]),
        lambda c: c["parameters"].popitem(),
        lambda c: c.update(classes=["a", "b", "c"]),
        lambda c: c.update(classes=None),
        lambda c: c.update(classes=["a"]),
        lambda c: c.update(classes="ab"),
        lambda c: c["features"][0].update(mean=10**400),
        lambda c: c.update(architecture=[]),
    ],
)
def test_a_damaged_file(damage, tmp_path):
    """It is called so, and nothing is predicted."""
    predictor, _ = learn(nn.data.moons(10), [3], epochs=1, progress=False)
    path = tmp_path / "m.json"
    predictor.save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    damage(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=r"m\.json is damaged: "):
        Predictor.load(path)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"layers": [10**9, 1]}, "4,000,000,001 parameters, and 3 stand there"),
        ({"inputs": 10**300}, "and 3 stand there"),
        ({"layers": [1] * 100_000}, "and 3 stand there"),
        ({"layers": [0]}, "layers of one neuron or more"),
        ({"layers": [-1, 1]}, "layers of one neuron or more"),
        ({"inputs": 1.5}, "layers of one neuron or more"),
        ({"layers": "12"}, "layers of one neuron or more"),
        ({"layers": None}, "NoneType"),
    ],
)
def test_a_net_that_announces_more_than_it_holds(shape, words, tmp_path):
    """It is refused before anything so large is made."""
    predictor, _ = learn(nn.data.moons(10), [], epochs=1, progress=False)
    path = tmp_path / "m.json"
    predictor.save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["architecture"].update(shape)
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"m\.json is damaged: .*{words}"):
        Predictor.load(path)


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, "\ud800", '{"parameters": {"w": 1e999}}'])
def test_a_file_that_is_no_net(content, tmp_path):
    """A sentence, whatever it is."""
    path = tmp_path / "m.json"
    path.write_text(content, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(ValueError, match=r"m\.json is not a file of parameters"):
        Predictor.load(path)
