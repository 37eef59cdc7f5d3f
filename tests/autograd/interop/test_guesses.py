"""Programs as people type them who never read anything: they run, or the error says what to type."""

import copy
import math
import pickle

import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.interop.guesses import OF_AUTOGRAD, OF_VALUE
from nn.data import OF_DATA
from nn.guesses import OF_MODULE, OF_NN, OF_OPTIMIZER
from nn.optim import OF_OPTIM
from nn.train.history import OF_HISTORY, History

MODEL = nn.MLP(2, [4, 3], seed=0)
X = [[0.0, 1.0], [1.0, 0.0]]
OWNERS = {
    "autograd": (ag, OF_AUTOGRAD),
    "nn": (nn, OF_NN),
    "a Value": (Value(1.0), OF_VALUE),
    "a model": (MODEL, OF_MODULE),
    "a history": (History(MODEL), OF_HISTORY),
    "an optimiser": (nn.optim.SGD(MODEL.parameters()), OF_OPTIMIZER),
    "nn.optim": (nn.optim, OF_OPTIM),
    "nn.data": (nn.data, OF_DATA),
}


@pytest.mark.parametrize("owner", OWNERS)
def test_a_name_that_is_not_there_tells_the_way(owner):
    """hasattr says no, completion does not offer it, and the error names what there is."""
    thing, ways = OWNERS[owner]
    for names, way in ways.items():
        for name in names.split():
            assert not hasattr(thing, name)
            assert name not in dir(thing)
            with pytest.raises(AttributeError, match=f"'{name}'") as error:
                getattr(thing, name)
            assert str(error.value).endswith(way)


def test_a_name_that_nobody_guessed_is_refused_as_ever():
    """Without a way that would lead nowhere."""
    for thing in (ag, nn, Value(1.0), MODEL):
        with pytest.raises(AttributeError, match=r"has no attribute 'xyz'$"):
            thing.xyz  # noqa: B018


def test_a_guessed_name_can_be_given():
    """To one Value, to a class of one's own; copies and pickles have it, too."""

    class Net(nn.Module):
        step = 3

        def __init__(self):
            self.weights = [Value(0.5)]

        def __call__(self, x):
            return self.weights[0] * x

    x = Value(2.0)
    x.shape = (2, 2)
    assert (x.shape, copy.deepcopy(x).shape, pickle.loads(pickle.dumps(x)).shape) == ((2, 2), (2, 2), (2, 2))
    assert (Net().step, len(Net().parameters()), "shape" in dir(x)) == (3, 1, True)


def test_the_ways_are_there():
    """What a way names exists: each nn.… and autograd.… in it."""
    for ways in (OF_AUTOGRAD, OF_NN, OF_VALUE, OF_MODULE, OF_OPTIMIZER, OF_OPTIM, OF_DATA):
        for way in ways.values():
            for word in way.replace("(", " ").replace(",", " ").replace(";", " ").replace(":", " ").split():
                package, *names = word.rstrip(".").split(".")
                if package in ("nn", "autograd") and names and all(names):
                    found = nn if package == "nn" else ag
                    for name in names:
                        found = getattr(found, name)


def test_pytorchs_forward_is_what_a_call_runs():
    """A class of one's own may call it forward, in a class below as well, and drawings know who made what."""

    class Line(nn.Module):
        def __init__(self):
            super().__init__()
            self.slope = Value(2.0)

        def forward(self, x):
            return self.slope * x

    class Steeper(Line):
        def forward(self, x):
            return 2 * super().forward(x)

    y = Line()(Value(3.0))
    assert (y.data, Steeper()(3.0).data, type(y.made_by[0].module).__name__) == (6.0, 12.0, "Line")


SGD = nn.optim.SGD(MODEL.parameters(), lr=0.1)


def freeze():
    """As PyTorch's users keep a parameter where it is."""
    MODEL.parameters()[0].requires_grad = False


TOLD = {  # what is written, and what is said
    "classes under mse": (lambda: nn.fit(MODEL, X, [0, 1], loss="mse"), ValueError, "there is cross_entropy"),
    "several rows": (lambda: MODEL(X), TypeError, "one row at a time: [model(x) for x in X]"),
    "words as labels": (lambda: nn.fit(MODEL, X, ["cat", "dog"], loss="cross_entropy"), TypeError, "words.index(x)"),
    "MLP.load": (lambda: nn.MLP.load("model.json"), TypeError, "nn.MLP(2, [3, 1]).load('model.json')"),
    "model.load()": (MODEL.load, TypeError, "the path of a file"),
    "label(y)": (lambda: ag.label(Value(1.0)), TypeError, "label(y=y), or label(locals())"),
    "parse(None)": (lambda: ag.parse(None), TypeError, "reads a text"),
    "hessian(y)": (lambda: ag.hessian(Value(2.0) ** 2), TypeError, "gradient(y, x) and derivatives(y)"),
    "grad(y)": (lambda: ag.grad(Value(2.0) ** 2), TypeError, "takes a function of numbers"),
    "gradient(y, [x])": (lambda: ag.gradient(Value(2.0), [Value(1.0)]), TypeError, "one by one, gradient(y, *xs)"),
    "grad(f, argnums=1)": (lambda: ag.grad(math.hypot, argnums=1), TypeError, "grad(lambda y: f(2.0, y))(3.0)"),
    "value_and_grad(f, has_aux=True)": (lambda: ag.value_and_grad(abs, has_aux=True), TypeError, "found.append"),
    "fit(verbose=0)": (lambda: nn.fit(MODEL, X, X, verbose=0), TypeError, "progress=False"),
    "fit(validation_split=0.2)": (lambda: nn.fit(MODEL, X, X, validation_split=0.2), TypeError, "validation=0.2"),
    "fit(learning_rate=0.1)": (lambda: nn.fit(MODEL, X, X, learning_rate=0.1), TypeError, "has no 'learning_rate': lr=0.1"),
    "fit(num_epochs=5)": (lambda: nn.fit(MODEL, X, X, num_epochs=5), TypeError, "epochs=100"),
    "fit(device='cuda')": (lambda: nn.fit(MODEL, X, X, device="cuda"), TypeError, "on the processor"),
    "p.requires_grad = False": (freeze, AttributeError, "an optimiser moves what it is given, and no other"),
    "for g in optimizer.param_groups": (lambda: SGD.param_groups, AttributeError, "optimizer.lr is the rate"),
    "optimizer.minimize(loss)": (lambda: SGD.minimize, AttributeError, "loss.backward(), then optimizer.step()"),
    "nn.optim.lr_scheduler.StepLR": (lambda: nn.optim.lr_scheduler, AttributeError, "nn.optim.StepLR(optimizer"),
    "nn.optim.adamw(1e-3)": (lambda: nn.optim.adamw, AttributeError, "nn.optim.Adam(model.parameters()"),
    "nn.data.DataLoader": (lambda: nn.data.DataLoader, AttributeError, "batch_size=32"),
    "nn.data.random_split": (lambda: nn.data.random_split, AttributeError, "split(0.25, seed=0)"),
    "autograd.manual_seed(0)": (lambda: ag.manual_seed, AttributeError, "seed=0"),
    "nn.EarlyStopping()": (lambda: nn.EarlyStopping, AttributeError, "patience=10"),
    "self.register_buffer": (lambda: MODEL.register_buffer, AttributeError, "plain attributes"),
    "p.numel()": (lambda: Value(1.0).numel, AttributeError, "len(model.parameters())"),
    "compile(f)": (lambda: ag.compile(lambda x: x), TypeError, "call it on Values"),
}


def numpy():
    return pytest.importorskip("numpy")


WORKS = {  # programs of people who come from NumPy, PyTorch, JAX and micrograd, and what comes out
    "np.dot of lists": (lambda: numpy().dot([1.0, 2.0], [Value(3.0), Value(4.0)]), 11.0),
    "np.mean of an array": (lambda: numpy().mean(numpy().array([Value(3.0), Value(4.0)])), 3.5),
    "np.linalg.norm": (lambda: numpy().linalg.norm([Value(3.0), Value(4.0)]), 5.0),
    "np.maximum": (lambda: numpy().maximum(Value(3.0), 0), 3.0),
    "W @ x of np.array": (lambda: (numpy().array([[Value(1.0), Value(2.0)]]) @ numpy().array([1.0, 2.0]))[0], 5.0),
    "grad of np.tanh": (lambda: ag.grad(lambda x: numpy().tanh(x) * numpy().sin(x))(0.5), 0.7825890867229799),
    "grad three times": (lambda: ag.grad(ag.grad(ag.grad(lambda x: x**4)))(1.0), 24.0),
    "hessian of a vector": (lambda: ag.hessian(lambda v: v[0] ** 2 * v[1])([1.0, 2.0])[0][1], 2.0),
    "sum of squares": (lambda: sum((Value(2.0) - i) ** 2 for i in range(3)), 5.0),
    "max of two": (lambda: max(Value(1.0), Value(2.0)), 2.0),
    "loss.item()": (lambda: Value(2.0).item(), 2.0),
    "named_parameters": (lambda: len([name for name, _ in MODEL.named_parameters()]), 27),
}


@pytest.mark.parametrize("written", WORKS)
def test_a_program_works_at_the_first_guess(written):
    """With the number that its library gives."""
    attempt, number = WORKS[written]
    assert float(attempt()) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("written", TOLD)
def test_an_error_has_the_way_out(written):
    """It says what to type instead."""
    attempt, kind, way = TOLD[written]
    with pytest.raises(kind) as error:
        attempt()
    assert way in str(error.value)


ROW = "nn.Sequential(nn.Linear(2, 3, seed=0), 'tanh', nn.Linear(3, 1, seed=1))"
TYPED = {  # as people from PyTorch, NumPy, JAX and micrograd would, and what comes of it
    f"sum(p.data for p in {ROW}.parameters()) != 0.0": "True",
    f"sum(p.numel() for p in {ROW}.parameters())": "len(model.parameters()) counts",
    f"{ROW}[0]": "Linear(2 → 3; 9 parameters)",
    f"{ROW}[1]": "tanh",
    f"{ROW}[-1]": "Linear(3 → 1; 4 parameters)",
    f"[type(module).__name__ for module in {ROW}]": "['Linear', 'str', 'Linear']",
    f"len(nn.Sequential(*{ROW}, 'sigmoid'))": "4",
    f"{ROW}.append(nn.Linear(1, 1))": "nn.Sequential(*model, nn.Linear(2, 1)) is a longer one",
    "nn.Sequential([nn.Linear(2, 3), nn.Linear(3, 1)])": "with a star: Sequential(*modules)",
    f"dict({ROW}.named_modules())": "model.modules() all that are inside",
    f"{ROW}.apply(print)": "for module in model.modules()",
    f"{ROW}.register_buffer('mask', 1)": "plain attributes",
    "np.mean([Value(1.0), Value(2.0)])": "Value(1.5)",
    "(np.array([Value(1.0), Value(2.0)]) * 2).sum()": "Value(6.0)",
    "np.array([Value(1.0), Value(3.0)]) @ np.array([2.0, 1.0])": "Value(5.0)",
    "Value(2.0).numpy()": "x.data is the plain number",
    "Value(2.0).T": "several stand in a list",
    "ag.vmap": "compile(y, inputs) runs all rows of a batch at once",
    "ag.jit": "makes a program of a graph",
    "ag.numpy": "np.exp(Value) works, too",
    "nn.CrossEntropyLoss()": "a loss is a function: nn.losses.cross_entropy",
    "nn.to_onnx(nn.MLP(2, [1]), 'net')": "saved as .onnx, not as 'net'",
}


def test_twenty_more_lines_as_people_type_them():
    """They give what is meant, or an error that says what to type."""
    names = {"ag": ag, "nn": nn, "np": pytest.importorskip("numpy"), "Value": Value}
    wrong = {}
    for typed, expected in TYPED.items():
        try:
            found = str(eval(typed, names))
            fits = found == expected
        except (AttributeError, TypeError, ValueError) as error:
            found = str(error)
            fits = expected in found
        if not fits:
            wrong[typed] = found
    assert wrong == {}
