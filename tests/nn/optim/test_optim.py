"""Optimisers and schedules: torch's trajectories, the formulas of the papers, parameters of all kinds, and clear errors."""

import inspect
import math
from random import Random

import pytest
from descending import EPOCHS, OPTIONS, RULES, SCHEDULES, START, STEPS, fresh, one, surface, walk

from autograd import Value
from nn import optim
from nn.optim import OPTIMIZERS, SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RMSprop
from nn.optim.schedules import CosineAnnealingLR, LambdaLR, ReduceLROnPlateau, StepLR


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch", reason="torch is the oracle for trajectories: pip install torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # in which NAdam keeps the product of its momenta
    yield torch
    torch.set_default_dtype(before)


def theirs(torch, start=START):
    return [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in start]


# ------------------------------------------------------------------------------------------------------------ against torch


@pytest.mark.parametrize(("rule", "options"), OPTIONS)
def test_the_trajectory_is_that_of_torch(torch, rule, options):
    """Fifty steps on a surface with many valleys pass through torch's points, to 1e-12."""
    tensors = theirs(torch)
    oracle = getattr(torch.optim, rule.__name__)(tensors, **options)
    optimizer = rule(fresh(), **options)
    start = [p.data for p in optimizer.parameters]
    for point in walk(optimizer, STEPS):
        oracle.zero_grad()
        surface(*tensors, sin=torch.sin, cos=torch.cos, exp=torch.exp).backward()
        oracle.step()
        assert point == pytest.approx([t.item() for t in tensors], rel=1e-12, abs=1e-14)
    assert all(abs(a - b) > 1e-3 for a, b in zip(start, point))  # it went somewhere


@pytest.mark.parametrize(("rule", "options"), OPTIONS)
def test_the_arithmetic_is_that_of_torch(torch, rule, options):
    """Given equal gradients at random, torch's points are met up to the last bits: no rounding can grow here."""
    tensors, random = theirs(torch), Random(0)
    oracle = getattr(torch.optim, rule.__name__)(tensors, **options)
    optimizer = rule(fresh(), **options)
    for _ in range(STEPS):
        for parameter, tensor in zip(optimizer.parameters, tensors):
            parameter.grad = random.gauss(0.0, 1.0)
            tensor.grad = torch.tensor(parameter.grad, dtype=torch.float64)
        optimizer.step()
        oracle.step()
        assert [p.data for p in optimizer.parameters] == pytest.approx([t.item() for t in tensors], rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("rule", RULES)
def test_keywords_and_defaults_are_those_of_torch(torch, rule):
    """The signature is the beginning of torch's, in its order, with its defaults."""
    ours = list(inspect.signature(rule).parameters.values())[1:]
    oracle = inspect.signature(getattr(torch.optim, rule.__name__)).parameters
    positional = [p.name for p in ours if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == [name for name in oracle if name in positional]
    assert {p.name: p.default for p in ours} == {p.name: oracle[p.name].default for p in ours}
    assert [p.name for p in ours if p.kind is p.KEYWORD_ONLY] == ["maximize"]


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        *[(rule, {"lr": -0.1}) for rule in RULES],
        *[(rule, {"weight_decay": -0.1}) for rule in RULES],
        (SGD, {"momentum": -0.1}),
        (SGD, {"nesterov": True}),
        (SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
        (RMSprop, {"alpha": -1.0}),
        (RMSprop, {"eps": -1.0}),
        (RMSprop, {"momentum": -1.0}),
        (Adagrad, {"lr_decay": -1.0}),
        (Adagrad, {"initial_accumulator_value": -1.0}),
        (Adagrad, {"eps": -1.0}),
        *[(rule, {"eps": -1.0}) for rule in (Adam, AdamW)],
        *[(rule, {"betas": (1.0, 0.9)}) for rule in (Adam, AdamW)],
        *[(rule, {"betas": (0.9, -0.1)}) for rule in (Adam, AdamW)],
    ],
)
def test_bad_hyperparameters_are_told_as_torch_does(torch, rule, options):
    """Where torch raises ValueError, so does this, and its message begins with torch's."""
    with pytest.raises(ValueError, match=r".") as torchs:
        getattr(torch.optim, rule.__name__)(theirs(torch), **options)
    with pytest.raises(ValueError, match=r".") as ours:
        rule(fresh(), **options)
    assert str(ours.value).startswith(str(torchs.value))


@pytest.mark.parametrize(("schedule", "options"), SCHEDULES)
def test_the_schedule_is_that_of_torch(torch, schedule, options):
    """The learning rates of sixty epochs are torch's, and the formula for each epoch gives the same."""
    optimizer, oracle = SGD(fresh(), lr=0.3), torch.optim.SGD(theirs(torch), lr=0.3)
    ours = schedule(optimizer, **options)
    expected = getattr(torch.optim.lr_scheduler, schedule.__name__)(oracle, **options)
    formula = [ours.lr_at(epoch) for epoch in range(EPOCHS + 1)]
    for epoch in range(EPOCHS + 1):
        assert ours.get_last_lr() == [optimizer.lr] == [formula[epoch]]
        assert ours.get_last_lr() == pytest.approx(expected.get_last_lr(), rel=1e-12, abs=1e-14)
        assert ours.last_epoch == expected.last_epoch
        oracle.step()
        ours.step()
        expected.step()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"patience": 2},
        {"patience": 0, "factor": 0.5, "threshold": 0.3},
        {"patience": 1, "cooldown": 3, "min_lr": 0.01, "factor": 0.3},
        {"patience": 1, "threshold": 0.05, "threshold_mode": "abs"},
        {"patience": 2, "mode": "max"},
        {"patience": 1, "mode": "max", "threshold": 0.05, "threshold_mode": "abs"},
        {"patience": 0, "factor": 0.1, "eps": 1e-3},
    ],
)
def test_reduction_on_a_plateau_is_that_of_torch(torch, options):
    """On sixty wavering numbers, nan and inf among them, all reductions come in torch's epochs."""
    optimizer, oracle = SGD(fresh(), lr=0.3), torch.optim.SGD(theirs(torch), lr=0.3)
    ours = ReduceLROnPlateau(optimizer, **options)
    expected = torch.optim.lr_scheduler.ReduceLROnPlateau(oracle, **options)
    for epoch in range(EPOCHS):
        watched = {0: math.inf, 20: math.nan, 21: -0.5}.get(epoch, 1 / (1 + epoch // 5) + 0.1 * math.sin(epoch))
        oracle.step()
        ours.step(watched)
        expected.step(watched)
        assert ours.get_last_lr() == [optimizer.lr] == expected.get_last_lr()
        assert (ours.best, ours.num_bad_epochs, ours.last_epoch) == (expected.best, expected.num_bad_epochs, epoch + 1)
    assert optimizer.lr < 0.3


def test_schedules_combine_as_those_of_torch(torch):
    """A warm-up, a decay, milestones and a hand-set learning rate, all on one optimiser, give torch's product."""
    optimizer, oracle = SGD(fresh(), lr=0.3), torch.optim.SGD(theirs(torch), lr=0.3)
    kinds = [("LinearLR", {}), ("ExponentialLR", {"gamma": 0.9}), ("MultiStepLR", {"milestones": [8, 30]})]
    ours = [getattr(optim, name)(optimizer, **options) for name, options in kinds]
    expected = [getattr(torch.optim.lr_scheduler, name)(oracle, **options) for name, options in kinds]
    for epoch in range(EPOCHS):
        assert optimizer.lr == pytest.approx(oracle.param_groups[0]["lr"], rel=1e-12)
        oracle.step()
        if epoch == 20:
            optimizer.lr *= 5
            oracle.param_groups[0]["lr"] *= 5
        for schedule in [*ours, *expected]:
            schedule.step()


@pytest.mark.parametrize(
    ("schedule", "options"),
    [
        (CosineAnnealingLR, {"T_max": 40, "eta_min": 0.02}),
        (LambdaLR, {"lr_lambda": lambda epoch: 0.9**epoch}),
        (StepLR, {"step_size": 3}),
    ],
)
def test_a_hand_set_learning_rate_is_followed_as_in_torch(torch, schedule, options):
    """What is set between two epochs goes on as torch's recursions have it, above eta_min where there is one."""
    optimizer, oracle = SGD(fresh(), lr=0.3), torch.optim.SGD(theirs(torch), lr=0.3)
    ours, expected = (
        schedule(optimizer, **options),
        getattr(torch.optim.lr_scheduler, schedule.__name__)(oracle, **options),
    )
    for epoch in range(30):
        if epoch == 4:
            optimizer.lr = oracle.param_groups[0]["lr"] = 0.1
        oracle.step()
        ours.step()
        expected.step()
        assert ours.get_last_lr() == pytest.approx(expected.get_last_lr(), rel=1e-12)


def test_training_under_a_schedule_is_that_of_torch(torch):
    """Adam with a cosine schedule follows torch's trajectory: the optimiser reads lr anew at every step."""
    tensors = theirs(torch)
    oracle = torch.optim.Adam(tensors, lr=0.1)
    expected = torch.optim.lr_scheduler.CosineAnnealingLR(oracle, T_max=30)
    optimizer = Adam(fresh(), lr=0.1)
    schedule = CosineAnnealingLR(optimizer, T_max=30)
    for _ in range(STEPS):
        (point,) = walk(optimizer)
        schedule.step()
        oracle.zero_grad()
        surface(*tensors, sin=torch.sin, cos=torch.cos, exp=torch.exp).backward()
        oracle.step()
        expected.step()
        assert point == pytest.approx([t.item() for t in tensors], rel=1e-12, abs=1e-14)


# ------------------------------------------------------------------------------------------------------------- the formulas


def test_a_new_rule_is_one_method():
    """A subclass that states update() alone is an optimiser, with decay, maximize and memory from the base class."""

    class HeavyBall(Optimizer):
        def update(self, w, g, state):
            v = state["v"] = 0.5 * state.get("v", 0.0) + g
            return w - self.lr * v

    w, optimizer = one(HeavyBall, 1.0, lr=1.0, weight_decay=0.5)
    optimizer.step()
    assert (w.data, optimizer.state) == (0.0, [{"v": 2.0}])
    plain = HeavyBall([w])
    assert (plain.lr, plain.weight_decay, plain.maximize) == (0.001, 0.0, False)
    with pytest.raises(TypeError, match=r"^Optimizer has no update rule: define update\(self, w, g, state\)$"):
        one(Optimizer)[1].step()


def test_arithmetic_never_raises():
    """0/0 without eps gives nan, and gradients that overflow when squared give no exception, as in torch."""
    for rule in (RMSprop, Adagrad, Adam, AdamW):
        w, optimizer = one(rule, 0.0, eps=0.0)
        optimizer.step()
        assert math.isnan(w.data)
        for gradient in (1e200, math.inf, math.nan):
            one(rule, gradient)[1].step()


# ------------------------------------------------------------------------------------------------------ parameters and use


def test_parameters_may_come_from_a_generator():
    """Any iterable will do, and is gone through once."""
    values = fresh()
    optimizer = SGD((v for v in values), lr=1.0)
    assert optimizer.parameters == values
    walk(optimizer, 2)
    assert all(v.data != x for v, x in zip(values, START))


def test_zero_grad_sets_all_gradients_to_zero():
    """After it, backward() starts from 0."""
    w, optimizer = one(gradient=5.0)
    optimizer.zero_grad()
    assert w.grad == 0.0
    (w * 3).backward()
    assert w.grad == 3.0


@pytest.mark.parametrize("rule", RULES)
def test_the_learning_rate_can_be_set_at_any_time(rule):
    """lr is a plain attribute, and 0 stands still."""
    w, optimizer = one(rule)
    optimizer.lr = 0.0
    optimizer.step()
    assert w.data == 2.0
    optimizer.lr = 0.5
    optimizer.step()
    assert w.data < 2.0


def test_parameters_stay_plain_floats():
    """A learning rate of NumPy's makes no NumPy number of a parameter."""
    np = pytest.importorskip("numpy", reason="the scalar is NumPy's")
    w, optimizer = one(lr=np.float64(0.5))
    optimizer.lr = np.float64(0.25)
    optimizer.step()
    assert type(w.data) is float


def test_a_step_leaves_gradients_and_graphs_alone():
    """step() reads .grad and sets .data, and nothing else."""
    w, optimizer = one(Adam, 3.0)
    y = w * w
    optimizer.step()
    assert (w.grad, w.op, w.label, y.inputs) == (3.0, None, "w", (w, w))


def test_an_optimiser_shows_its_hyperparameters():
    """The repr names the rule, how many parameters it has and all hyperparameters."""
    assert repr(one(lr=0.5, momentum=0.9)[1]) == (
        "SGD(1 parameter, lr=0.5, weight_decay=0.0, maximize=False, momentum=0.9, dampening=0.0, nesterov=False)"
    )


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ([], ValueError, "got no parameters"),
        (iter(()), ValueError, "got no parameters"),
        (Value(1.0), TypeError, r"^Adam takes its parameters as a list, as in \[w\], not Value\(1\.0\)$"),
        (3.0, TypeError, r"^Adam takes its parameters as model\.parameters\(\), or a list of Values, not 3\.0$"),
        (None, TypeError, "model.parameters"),
        ("w", TypeError, "model.parameters"),
        ({"w": Value(1.0)}, TypeError, "model.parameters"),
        ([Value(1.0), 2.0], TypeError, r"parameter 1 is 2.0: make it Value\(2.0\)"),
        ([[Value(1.0)]], TypeError, "parameter 0 is"),
        ([Value(1.0) * 2], ValueError, "was computed by mul"),
        ([(Value(1.0) * 2).inputs[1]], ValueError, "is a constant"),
        ([w := Value(1.0), w], ValueError, "twice, as parameters 0 and 1"),
    ],
)
def test_bad_parameters_are_told(parameters, error, message):
    """What is no list of leaf Values, each once, raises an error that says what to pass."""
    with pytest.raises(error, match=message):
        Adam(parameters)


@pytest.mark.parametrize(
    ("rule", "options", "error", "message"),
    [
        (SGD, {"lr": "0.1"}, TypeError, "lr of SGD: .* pass float"),
        (SGD, {"lr": None}, TypeError, "lr of SGD"),
        (SGD, {"lr": math.nan}, ValueError, "Invalid learning rate: nan"),
        (SGD, {"dampening": "x"}, TypeError, "dampening of SGD"),
        (Adam, {"betas": 0.9}, ValueError, "betas are two numbers"),
        (Adam, {"betas": (0.9,)}, ValueError, "betas are two numbers"),
        (Adam, {"betas": (0.9, "x")}, TypeError, "betas of Adam"),
    ],
)
def test_hyperparameters_that_are_no_numbers_are_told(rule, options, error, message):
    """The message names the hyperparameter."""
    with pytest.raises(error, match=message):
        rule([Value(1.0)], **options)


OUT_OF_RANGE = [  # what torch calls them, and what it says of too little; of too much it says less than we do
    (SGD, "lr", "learning rate"),
    (SGD, "momentum", "momentum value"),
    (SGD, "weight_decay", "weight_decay value"),
    (RMSprop, "alpha", "alpha value"),
    (RMSprop, "eps", "epsilon value"),
    (Adadelta, "rho", "rho value"),
    (NAdam, "momentum_decay", "momentum_decay value"),
    (Adagrad, "lr_decay", "lr_decay value"),
    (Adagrad, "initial_accumulator_value", "initial_accumulator_value value"),
]


@pytest.mark.parametrize(("rule", "name", "called"), OUT_OF_RANGE)
def test_numbers_below_0_are_told(rule, name, called):
    """By the words that torch has for each; 0 itself passes."""
    with pytest.raises(ValueError, match=rf"^Invalid {called}: -0\.25: {name} is 0 or more$"):
        rule([Value(1.0)], **{name: -0.25})
    assert getattr(rule([Value(1.0)], **{name: 0.0}), name) == 0.0


def test_what_forgets_nothing_is_told():
    """Means that forget by a factor of 1 and more are none; just below 1 they are."""
    with pytest.raises(ValueError, match=r"^Invalid rho value: 1\.0: rho is below 1$"):
        Adadelta([Value(1.0)], rho=1.0)
    with pytest.raises(ValueError, match=r"^Invalid beta parameter at index 0: 1\.0: betas is below 1$"):
        Adam([Value(1.0)], betas=(1.0, 0.5))
    assert Adam([Value(1.0)], betas=(0.0, 0.9999)).betas == (0.0, 0.9999)


def test_optimisers_are_found_by_name():
    """The names are the classes' in lower case, and an unknown one is answered with all of them."""
    assert list(OPTIMIZERS) == ["sgd", "rmsprop", "adagrad", "adam", "adamw", "adadelta", "adamax", "nadam", "radam"]
    assert list(OPTIMIZERS.values()) == RULES
    with pytest.raises(KeyError, match="no optimiser 'adm'; there are sgd, rmsprop, adagrad, adam, adamw, adadelta"):
        OPTIMIZERS["adm"]


# ------------------------------------------------------------------------------------------------ arrays of parameters


class Signs(Optimizer):
    """Asks of which sign a gradient is, which an array does not answer."""

    def update(self, w, g, state):
        return w - self.lr if g > 0.0 else w + self.lr


class Largest(Optimizer):
    """Steps by the largest of all gradients: of an array another number than of its numbers one by one."""

    def update(self, w, g, state):
        return w - self.lr * (g if isinstance(g, float) else abs(g).max() * (g / abs(g)))


class Last(Optimizer):
    """Right for the second number of an array, and wrong for the first."""

    def update(self, w, g, state):
        return w - self.lr * (g if isinstance(g, float) else g * [2.0, 1.0])


class Counting(Optimizer):
    """Keeps something in itself, too."""

    def update(self, w, g, state):
        self.seen.append(g)
        return w - self.lr * g


class InPlace(Optimizer):
    """Writes into what it remembers."""

    def update(self, w, g, state):
        v = state.setdefault("v", 0.0 * g)
        v += g
        state["v"] = v
        return w - self.lr * v


@pytest.mark.parametrize(
    ("rule", "takes"), [(SGD, True), (Adam, True), (Signs, False), (Largest, False), (Last, False), (InPlace, False)]
)
def test_whether_a_rule_says_of_arrays_what_it_says_of_numbers(rule, takes):
    """It is tried; a rule that cannot, or says something else, or changes what it remembers in place, does not."""
    pytest.importorskip("numpy", reason="arrays are NumPy's")
    assert rule(fresh()).takes_vectors() is takes


def test_a_trial_leaves_no_trace():
    """What a rule keeps in the optimiser itself is not touched by the trial."""
    pytest.importorskip("numpy", reason="arrays are NumPy's")
    optimizer = Counting(fresh())
    optimizer.seen = []
    assert optimizer.takes_vectors()
    assert (optimizer.seen, optimizer.state) == ([], [{}] * 4)


def test_what_is_remembered_is_gathered_where_it_is_of_one_kind():
    """Arrays of numbers, one count for all; none where counts or names differ."""
    pytest.importorskip("numpy", reason="arrays are NumPy's")
    optimizer = Adam(fresh()[:3])
    assert optimizer.gathered() == {}
    optimizer.state = [{"step": 1, "m": float(i)} for i in range(3)]
    found = optimizer.gathered()
    assert (found["step"], found["m"].tolist()) == (1, [0.0, 1.0, 2.0])
    optimizer.state[2]["step"] = 2
    assert optimizer.gathered() is None
    optimizer.state = [{"m": 1.0}, {}, {"m": 1.0}]
    assert optimizer.gathered() is None
    single = one(momentum=0.5)[1]
    single.step()
    assert single.gathered()["momentum_buffer"].tolist() == [1.0]


@pytest.mark.parametrize(("schedule", "options"), [*SCHEDULES, (ReduceLROnPlateau, {})])
def test_a_schedule_takes_an_optimiser(schedule, options):
    """Anything else raises TypeError."""
    with pytest.raises(TypeError, match=f"{schedule.__name__} takes the optimiser"):
        schedule(0.1, **options)


def test_a_rule_that_fails_changes_nothing():
    """A step that ends in an error at the third parameter has been taken by none, and nothing of it is remembered."""

    class Failing(Optimizer):
        def update(self, w, g, state):
            state["seen"] = 1.0
            if w == START[2]:
                raise ArithmeticError("here")
            return w - self.lr

    parameters = fresh()
    optimizer = Failing(parameters)
    assert optimizer.lr == 1e-3
    with pytest.raises(ArithmeticError, match="here"):
        optimizer.step()
    assert ([p.data for p in parameters], optimizer.state) == (START, [{}] * 4)


def test_what_is_out_of_range_by_a_little_is_told():
    """A beta of 1 and more, and how many parameters there are, one or more."""
    with pytest.raises(ValueError, match=r"Invalid beta parameter at index 1: 1\.5"):
        Adam(fresh(), betas=(0.9, 1.5))
    assert repr(SGD(fresh())).startswith("SGD(4 parameters, lr=0.001, ")
    assert repr(one()[1]).startswith("SGD(1 parameter, lr=0.001, ")
