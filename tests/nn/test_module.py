"""Parameters: found, named, saved and loaded."""

import collections
import dataclasses
import json
import os
import random

import numpy as np
import pytest
from long_runs import seeds

import nn
from autograd import Value


class Encoder(nn.Module):
    def __init__(self):
        self.scale = Value(2.0)
        self.shifts = [Value(1.0), Value(3.0)]
        self.net = nn.MLP(2, [1], seed=0)
        self.heads = {"left": nn.Neuron(1, seed=0), "right": nn.Neuron(1, seed=0)}
        self.tied = self.scale
        self.size = 4
        self._cache = Value(0.0)
        self.last_output = self.scale * 2

    def __call__(self, x):
        return self.net(x) * self.scale


def test_parameters_are_found_wherever_they_are_and_each_once():
    """Attributes, lists, dicts and inner modules are searched; private, computed and tied Values are not listed again."""
    names = [name for name, _ in Encoder().named_parameters()]
    assert names == [
        "scale", "shifts_1", "shifts_2", "net.w_111", "net.w_112", "net.b_11",
        "heads.left.w_1", "heads.left.b", "heads.right.w_1", "heads.right.b",
    ]  # fmt: skip


def test_zero_grad_clears_every_parameter():
    """After zero_grad no parameter holds a gradient."""
    model = Encoder()
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_state_dict_and_back():
    """The state of one model makes another compute the same."""
    a, b = nn.MLP(3, [4, 2], seed=1), nn.MLP(3, [4, 2], seed=2)
    x = [0.1, -0.2, 0.3]
    assert [v.data for v in a(x)] != [v.data for v in b(x)]
    assert b.load_state_dict(a.state_dict()) is b
    assert [v.data for v in a(x)] == [v.data for v in b(x)]


def test_save_and_load_keep_every_digit(tmp_path):
    """A saved model comes back to the last bit, in a file that is plain JSON."""
    a, b = nn.MLP(3, [4, 2], seed=1), nn.MLP(3, [4, 2], seed=2)
    a.layers[0].neurons[0].w[0].data = 0.1 + 0.2
    a.save(tmp_path / "model.json")
    b.load(tmp_path / "model.json")
    assert a.state_dict() == b.state_dict()
    assert json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))["parameters"]["w_111"] == 0.1 + 0.2


def test_a_model_with_nan_is_not_saved(tmp_path):
    """The parameter is named, and no file is made."""
    model = nn.MLP(2, [1], seed=0)
    model.layers[0].neurons[0].w[1].data = float("nan")
    with pytest.raises(ValueError, match="w_112 is nan"):
        model.save(tmp_path / "model.json")
    assert not os.listdir(tmp_path)


def test_loading_another_model_names_the_difference(tmp_path):
    """Missing and unknown names are listed, and no parameter has changed."""
    nn.MLP(2, [2, 1], seed=0).save(tmp_path / "model.json")
    model = nn.MLP(2, [3], seed=0)
    before = model.state_dict()
    with pytest.raises(KeyError, match=r"lacks w_131, w_132, b_13 and has w_211, w_212, b_21 besides"):
        model.load(tmp_path / "model.json")
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no json", "not a file of parameters"),
        ("[1, 2]", "not a file of parameters"),
        ('{"format": "something else"}', "not a file of parameters"),
        ('{"format": "chalkgrad parameters", "version": 99, "parameters": {}}', "version 99"),
    ],
)
def test_files_that_are_no_parameters_are_refused(tmp_path, text, message):
    """A file of another kind is named as such."""
    path = tmp_path / "model.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        nn.MLP(2, [1]).load(path)


def test_a_parameter_that_is_no_number_is_refused(tmp_path):
    """Text in place of a number is a TypeError, and no parameter has changed."""
    model = nn.MLP(1, [1], seed=0)
    before = model.state_dict()
    with pytest.raises(TypeError, match="the text 'much'"):
        model.load_state_dict({"w_111": 5.0, "b_11": "much"})
    assert model.state_dict() == before


def test_a_module_without_call_says_so():
    """Calling a module that does not define __call__ tells what is missing."""

    class Empty(nn.Module):
        pass

    with pytest.raises(TypeError, match="give it a method __call__"):
        Empty()([1.0])


def test_repr_counts_parameters():
    """The representation tells how many numbers a model holds."""
    assert repr(Encoder()) == "Encoder(10 parameters)"
    assert repr(nn.MLP(2, [16, 16, 1])) == "MLP(2 → 16 → 16 → 1, relu, relu, linear; 337 parameters)"


# --------------------------------------------------------------------------------------------------- wherever they are held


class Bare(nn.Module):
    """A module with one attribute."""

    def __init__(self, held):
        self.held = held


def grown(rng, depth):
    """Values and neurons in a random nest of containers, and how many Values there are, counted while it grows."""
    kind = rng.choice(["value", "neuron", "number"] if not depth else ["list", "tuple", "dict", "array", "deque", "named"])
    if kind == "value":
        return Value(rng.random()), 1
    if kind == "neuron":
        return nn.Neuron(2, seed=0), 3
    if kind == "number":
        return rng.random(), 0
    items, counts = zip(*(grown(rng, rng.randrange(depth)) for _ in range(rng.randrange(1, 4))))
    if kind == "dict":
        return {f"k{i}": item for i, item in enumerate(items)}, sum(counts)
    if kind == "array":
        array = np.empty(len(items), dtype=object)
        array[:] = items
        return array.reshape(1, -1) if rng.random() < 0.5 else array, sum(counts)
    if kind == "named":
        return collections.namedtuple("Pair", [f"f{i}" for i in range(len(items))])(*items), sum(counts)
    return {"list": list, "tuple": tuple, "deque": collections.deque}[kind](items), sum(counts)


@pytest.mark.parametrize("seed", seeds(60))
def test_every_value_in_any_nest_of_containers_is_a_parameter(seed, tmp_path):
    """Each once and under a name of its own, so that it is trained, saved and loaded."""
    held, count = grown(random.Random(seed), 3)
    model, other = Bare(held), Bare(grown(random.Random(seed), 3)[0])
    assert len(model.parameters()) == len(set(model.parameters())) == len(model.state_dict()) == count
    for i, parameter in enumerate(model.parameters()):
        parameter.data = float(i)
    model.save(tmp_path / "model.json")
    assert [p.data for p in other.load(tmp_path / "model.json").parameters()] == [float(i) for i in range(count)]


def test_an_array_of_values_trains():
    """A matrix of Values in a NumPy array gets gradients, steps of an optimiser, and names like those of lists."""

    class Linear(nn.Module):
        def __init__(self):
            self.A = np.array([[Value(1.0), Value(2.0)]])

        def __call__(self, x):
            return self.A[0, 0] * x[0] + self.A[0, 1] * x[1]

    model = Linear()
    assert model.state_dict() == {"A_11": 1.0, "A_12": 2.0}
    nn.fit(model, [[1.0, 0.0], [0.0, 1.0]], [3.0, -1.0], lr=0.5, epochs=60, progress=False)
    assert [p.data for p in model.parameters()] == pytest.approx([3.0, -1.0], abs=1e-6)


def test_numbers_in_arrays_are_no_parameters():
    """An array of floats is data, and is not looked into."""
    assert Bare(np.zeros((2, 3))).parameters() == []


@dataclasses.dataclass
class Foreign:
    w: object


class Plain:
    def __init__(self):
        self.layers = [nn.Neuron(1, seed=0)]


LOST = {
    "a set": (lambda: {Value(1.0)}, "where it is not found: in a set"),
    "a set in a list": (lambda: [{Value(1.0)}], "where it is not found"),
    "a dataclass": (lambda: Foreign(Value(1.0)), "an object that is no nn.Module"),
    "an object in a dict": (lambda: {"a": Foreign([Value(1.0)])}, "an object that is no nn.Module"),
    "modules in an object": (Plain, "an object that is no nn.Module"),
    "a generator": (lambda: (Value(i) for i in range(2)), "make it a list"),
    "a map": (lambda: map(Value, [1.0, 2.0]), "make it a list"),
    "a product": (lambda: Value(0.5) * 0.1, "made of a plain number"),
    "products in a list": (lambda: [Value(0.5) * 0.1], "made of a plain number"),
    "products in an array": (lambda: np.array([Value(0.5) * 0.1]), "made of a plain number"),
}


@pytest.mark.parametrize("held", LOST)
def test_what_would_never_train_is_an_error(held):
    """Values that cannot be found, or are no leaves, are named with the attribute and the way out; _names are left alone."""
    make, message = LOST[held]
    model = Bare(make())
    with pytest.raises(TypeError, match=rf"self\.held of Bare .*{message}"):
        model.parameters()
    model._held, model.held = model.held, None
    assert model.parameters() == []


def test_what_is_found_elsewhere_is_not_lost():
    """An optimiser, a history and a computed Value of parameters may be attributes too."""
    model = nn.MLP(1, [1], seed=0)
    model.optimizer = nn.optim.SGD(model.parameters())
    model.history = nn.fit(model, [[1.0]], [1.0], epochs=1, record=True, progress=False)
    model.output = model([2.0])
    assert list(model.state_dict()) == ["w_111", "b_11"]


def test_a_subclass_of_a_net_may_have_more_parameters():
    """Those of an MLP, a Layer, a Neuron, and one's own."""
    for base, arguments in ((nn.MLP, (1, [1])), (nn.Layer, (1, 1)), (nn.Neuron, (1,))):

        class Scaled(base):
            def __init__(self, *arguments):
                super().__init__(*arguments)
                self.scale = Value(2.0)

        assert list(Scaled(*arguments).state_dict()) == [*base(*arguments).state_dict(), "scale"]


def test_two_parameters_of_one_name_are_refused():
    """One of them would not be saved."""
    model = Bare([Value(1.0)])
    model.held_1 = Value(2.0)
    with pytest.raises(ValueError, match="two parameters of Bare go by the name held_1"):
        model.state_dict()
