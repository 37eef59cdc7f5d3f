"""Optimisers and schedules that are saved go on, when they are loaded, as if they had never stopped."""

import json
import math

import pytest
from descending import OPTIONS, SCHEDULES, fresh, one, walk

from autograd import Value
from nn import optim
from nn.optim import SGD, Adam
from nn.optim.schedules import CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, MultiStepLR, ReduceLROnPlateau, StepLR


@pytest.mark.parametrize(("rule", "options"), OPTIONS)
def test_a_run_goes_on_from_its_saved_state(rule, options):
    """Ten steps, a state through JSON into a new optimiser, ten more: the numbers of twenty steps at a stretch."""
    expected = walk(rule(fresh(), **options), 20)
    first = rule(fresh(), **options)
    walk(first, 10)
    text = json.dumps(first.state_dict(), allow_nan=False)
    second = rule([Value(p.data) for p in first.parameters], lr=7.0)
    second.load_state_dict(json.loads(text))
    assert second.state_dict() == first.state_dict()
    assert walk(second, 10) == expected[10:]


def test_a_state_is_a_copy():
    """Steps after state_dict() change neither it nor what was loaded from it."""
    _, optimizer = one(momentum=0.9)
    optimizer.step()
    state = optimizer.state_dict()
    other = one(momentum=0.9)[1]
    other.load_state_dict(state)
    optimizer.step()
    assert state["state"] == other.state == [{"momentum_buffer": 1.0}]
    other.step()
    assert state["state"] == [{"momentum_buffer": 1.0}]


def test_a_state_is_plain_data_and_comes_back_as_it_was():
    """Pairs are lists in it, counts stay whole numbers, and what a schedule began with is there."""
    optimizer = one(Adam, betas=(0.5, 0.75))[1]
    StepLR(optimizer, 1)
    optimizer.step()
    state = optimizer.state_dict()
    assert state["settings"]["betas"] == [0.5, 0.75]
    other = one(Adam)[1]
    other.load_state_dict(json.loads(json.dumps(state)))
    assert (other.betas, other.initial_lr) == ((0.5, 0.75), 1e-3)
    assert type(other.state[0]["step"]) is int
    assert other.state_dict() == state
    before = optimizer.hyperparameters()
    optimizer.lr, optimizer.betas, optimizer.initial_lr = 7.0, (0.0, 0.0), 8.0
    optimizer.take_back(before)
    assert (optimizer.lr, optimizer.betas, optimizer.initial_lr) == (1e-3, (0.5, 0.75), 1e-3)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"optimizer": "Adam"}, ValueError, "the state of Adam, and the optimiser is SGD"),
        ({"state": [{}, {}]}, ValueError, "of 2 parameters, and this SGD has 1"),
        ({"state": [{"momentum_buffer": "x"}]}, TypeError, "text 'x'"),
        ({"settings": {"lr": 0.1, "x": 1}}, KeyError, "the hyperparameters lr, weight_decay, .* the state lr, x"),
        ({"initial_lr": "x"}, TypeError, "text 'x'"),
        ({"settings": None}, KeyError, "no 'settings'"),
        ({"lr": -1.0}, ValueError, "Invalid learning rate"),
        ({"nesterov": True}, ValueError, "Nesterov"),
        (
            {"state": [{"v": 1.0}], "momentum": 0.5},
            ValueError,
            "^no step of SGD goes on from such a state: momentum_buffer is missing$",
        ),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, error, message):
    """A state of something else raises, and the optimiser is as it was."""
    optimizer = one(lr=0.25)[1]
    before = optimizer.state_dict()
    state = json.loads(json.dumps(before))
    for key, x in change.items():
        if x is None:
            del state[key]
        elif key in state:
            state[key] = x
        else:
            state["settings"][key] = x
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


@pytest.mark.parametrize(("schedule", "options"), [*SCHEDULES, (ReduceLROnPlateau, {"patience": 2})])
def test_a_schedule_goes_on_from_its_saved_state(schedule, options):
    """Twenty epochs, states through JSON into new objects, twenty more: the learning rates of forty at a stretch."""

    def run(schedule, epochs):
        numbers = [(1.0,) if isinstance(schedule, ReduceLROnPlateau) else ()] * epochs
        return [schedule.step(*number) or schedule.get_last_lr() for number in numbers]

    expected = run(schedule(SGD(fresh(), lr=0.3), **options), 40)
    first = schedule(SGD(fresh(), lr=0.3), **options)
    json.dumps(first.state_dict(), allow_nan=False)
    run(first, 20)
    texts = [json.dumps(x.state_dict(), allow_nan=False) for x in (first.optimizer, first)]
    second = schedule(SGD(fresh(), lr=5.0), **options)
    second.optimizer.load_state_dict(json.loads(texts[0]))
    second.load_state_dict(json.loads(texts[1]))
    assert second.optimizer.lr == first.optimizer.lr
    assert run(second, 20) == expected[20:]


@pytest.mark.parametrize(("schedule", "options"), [(StepLR, {"step_size": 2}), (ReduceLROnPlateau, {})])
def test_loading_a_schedule_sets_the_learning_rate(schedule, options):
    """Even where the optimiser's own state was not loaded, it goes on at the rate of the saved schedule."""
    saved = schedule(SGD(fresh(), lr=0.125), **options).state_dict()
    optimizer = SGD(fresh(), lr=5.0)
    made = schedule(optimizer, **options)
    made.load_state_dict(saved)
    assert optimizer.lr == 0.125
    with pytest.raises(ValueError, match=f"^last_epoch of {schedule.__name__} is a whole number from 0 on, not -1"):
        made.load_state_dict({**saved, "last_epoch": -1})
    assert optimizer.lr == 0.125


@pytest.mark.parametrize(("schedule", "options"), SCHEDULES)
def test_last_epoch_goes_on_after_that_epoch(schedule, options):
    """With the optimiser's state alone, last_epoch=k takes up the schedule at epoch k + 1."""
    first = schedule(SGD(fresh(), lr=0.3), **options)
    for _ in range(9):
        first.step()
    optimizer = SGD(fresh(), lr=5.0)
    optimizer.load_state_dict(first.optimizer.state_dict())
    second = schedule(optimizer, **options, last_epoch=8)
    assert (second.last_epoch, second.get_last_lr()) == (9, first.get_last_lr())


def test_a_fresh_plateau_state_has_no_best():
    """Before the first number there is no best, and loading such a state begins anew."""
    schedule = ReduceLROnPlateau(SGD(fresh(), lr=0.3), mode="max")
    state = schedule.state_dict()
    schedule.step(4.0)
    assert (state["best"], schedule.state_dict()["best"]) == (None, 4.0)
    schedule.load_state_dict(state)
    assert schedule.best == -math.inf


def test_a_plateau_may_be_watched_through_a_value():
    """The loss itself can be given to step()."""
    schedule = ReduceLROnPlateau(SGD(fresh(), lr=0.3))
    schedule.step(Value(2.0))
    assert schedule.best == 2.0


@pytest.mark.parametrize(
    ("schedule", "options", "error", "message"),
    [
        (StepLR, {"step_size": 0}, ValueError, "step_size of StepLR is a whole number from 1 on, not 0"),
        (StepLR, {"step_size": 1.5}, ValueError, "step_size .* not 1.5"),
        (
            StepLR,
            {"step_size": 1, "last_epoch": -2},
            ValueError,
            "^last_epoch of StepLR is a whole number from -1 on, not -2",
        ),
        (StepLR, {"step_size": 1, "last_epoch": "x"}, TypeError, "^last_epoch of StepLR: "),
        (StepLR, {"step_size": "1"}, TypeError, "step_size of StepLR"),
        (MultiStepLR, {"milestones": [3, -1]}, ValueError, "^each milestone of MultiStepLR .* from 0 on, not -1"),
        (CosineAnnealingLR, {"T_max": 0}, ValueError, "^T_max of CosineAnnealingLR .* from 1 on, not 0"),
        (LinearLR, {"start_factor": 0.0}, ValueError, "start_factor .* not 0.0"),
        (LinearLR, {"start_factor": 1.5}, ValueError, "start_factor .* not 1.5"),
        (LinearLR, {"end_factor": -0.1}, ValueError, "end_factor .* not -0.1"),
        (LinearLR, {"end_factor": 1.5}, ValueError, "end_factor .* not 1.5"),
        (LinearLR, {"total_iters": 0}, ValueError, "^total_iters of LinearLR .* from 1 on, not 0"),
        (LambdaLR, {"lr_lambda": 0.5}, TypeError, "a function of the epoch, not 0.5"),
        (LambdaLR, {"lr_lambda": lambda epoch: None}, TypeError, "None"),
        (ReduceLROnPlateau, {"factor": 1.0}, ValueError, "below 1, not 1.0"),
        (ReduceLROnPlateau, {"mode": "minimum"}, ValueError, "not 'minimum'"),
        (ReduceLROnPlateau, {"threshold_mode": "relative"}, ValueError, "not 'relative'"),
        (ReduceLROnPlateau, {"patience": -1}, ValueError, "^patience of ReduceLROnPlateau .* from 0 on, not -1"),
        (ReduceLROnPlateau, {"cooldown": -1}, ValueError, "^cooldown of ReduceLROnPlateau .* from 0 on, not -1"),
        (
            ExponentialLR,
            {"gamma": 0.5, "last_epoch": 3},
            ValueError,
            r"^ExponentialLR cannot go on after epoch 3: the optimiser never had a schedule, so its initial_lr is not known;"
            r" load its state_dict\(\) first, or leave out last_epoch$",
        ),
    ],
)
def test_bad_arguments_of_schedules_are_told(schedule, options, error, message):
    """What is out of range raises with the numbers, and the learning rate is as it was."""
    optimizer = SGD(fresh(), lr=0.3)
    with pytest.raises(error, match=message):
        schedule(optimizer, **options)
    assert optimizer.lr == 0.3


def test_a_schedule_without_a_formula_says_so():
    """The base class is there to be given one."""
    with pytest.raises(TypeError, match=r"^LRScheduler has no formula: define lr_at\(self, epoch\)$"):
        optim.LRScheduler(SGD(fresh()))


def test_a_schedule_goes_on_after_epoch_0():
    """last_epoch=0 begins with epoch 1, from the initial learning rate."""
    optimizer = SGD(fresh(), lr=1.0)
    StepLR(optimizer, 1, gamma=0.5)
    optimizer.lr = 7.0
    assert StepLR(optimizer, 1, gamma=0.5, last_epoch=0).get_last_lr() == [0.5]
