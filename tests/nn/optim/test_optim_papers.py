"""Optimisers and schedules by the formulas of their papers, written here as sums and in decimals; nothing to install.

The papers state recursions, and so does our code. Here each mean is the sum that the recursion stands for, over all
gradients so far, with fifty digits:

    v_t = (1 − β) Σ_i β^(t−i) g_i²        for        v ← β v + (1 − β) g²

so that no constant, sign or count of steps can be wrong in both.
"""

import inspect
from decimal import Decimal as D
from decimal import localcontext
from fractions import Fraction

import pytest
from walks import walked

from autograd import Value
from nn.optim import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, RAdam, RMSprop
from nn.optim.schedules import CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, MultiStepLR, ReduceLROnPlateau, StepLR

GRADIENTS = [  # of two parameters: the second has gradients as small as eps, so that eps shows
    (0.5, 3e-8),
    (-1.25, -2e-8),
    (2.0, 0.0),
    (0.125, 5e-9),
    (-0.75, 1e-8),
    (-0.0625, -4e-8),
    (1.5, 1e-8),
]
STARTS = (0.75, -1.5)


# ------------------------------------------------------------------------------------------------ what the papers say


def mean_of(beta, terms):
    """(1 − β) Σ β^(t−i) x_i."""
    t = len(terms)
    return (1 - beta) * sum(beta ** (t - i) * x for i, x in enumerate(terms, start=1))


def sgd(gs, lr=D("0.001"), momentum=D(0), dampening=D(0), nesterov=False):
    """Polyak's heavy ball: v_t = μ^(t−1) g_1 + (1 − τ) Σ_(i>1) μ^(t−i) g_i; Nesterov's looks ahead by μ v_t."""
    t = len(gs)
    if not momentum:
        return lr * gs[-1]
    v = momentum ** (t - 1) * gs[0] + (1 - dampening) * sum(momentum ** (t - i) * gs[i - 1] for i in range(2, t + 1))
    return lr * (gs[-1] + momentum * v if nesterov else v)


def rmsprop(gs, lr=D("0.01"), alpha=D("0.99"), eps=D("1e-8"), momentum=D(0), centered=False):
    """Tieleman and Hinton, lecture 6.5; centered as in Graves (2013), equations 38 to 41."""

    def quotient(t):
        v = mean_of(alpha, [g * g for g in gs[:t]])
        m = mean_of(alpha, gs[:t]) if centered else 0
        return gs[t - 1] / ((v - m * m).sqrt() + eps)

    t = len(gs)
    if not momentum:
        return lr * quotient(t)
    return lr * sum(momentum ** (t - i) * quotient(i) for i in range(1, t + 1))


def adagrad(gs, lr=D("0.01"), lr_decay=D(0), initial_accumulator_value=D(0), eps=D("1e-10")):
    """Duchi, Hazan and Singer (2011): each gradient over the root of the sum of all squares."""
    total = initial_accumulator_value + sum(g * g for g in gs)
    return lr / (1 + (len(gs) - 1) * lr_decay) * gs[-1] / (total.sqrt() + eps)


def adam(gs, lr=D("0.001"), betas=(D("0.9"), D("0.999")), eps=D("1e-8"), amsgrad=False):
    """Kingma and Ba (2015), algorithm 1, with the sums of their section 3; Reddi et al. (2018) for amsgrad."""
    t, (beta1, beta2) = len(gs), betas
    m = mean_of(beta1, gs) / (1 - beta1**t)
    vs = [mean_of(beta2, [g * g for g in gs[:i]]) for i in range(1, t + 1)]
    v = (max(vs) if amsgrad else vs[-1]) / (1 - beta2**t)
    return lr * m / (v.sqrt() + eps)


def adadelta(gs, lr=D(1), rho=D("0.9"), eps=D("1e-6")):
    """Zeiler (2012), algorithm 1: the step is made of all steps before it."""
    steps = []
    for t in range(1, len(gs) + 1):
        v = mean_of(rho, [g * g for g in gs[:t]])
        u = mean_of(rho, [d * d for d in steps]) if steps else 0
        steps.append((u + eps).sqrt() / (v + eps).sqrt() * gs[t - 1])
    return lr * steps[-1]


def adamax(gs, lr=D("0.002"), betas=(D("0.9"), D("0.999")), eps=D("1e-8")):
    """Kingma and Ba (2015), section 7.1: the largest of β₂^(t−i) |g_i|."""
    t, (beta1, beta2) = len(gs), betas
    u = max(beta2 ** (t - i) * (abs(g) + eps) for i, g in enumerate(gs, start=1))
    return lr * mean_of(beta1, gs) / (1 - beta1**t) / u


def nadam(gs, lr=D("0.002"), betas=(D("0.9"), D("0.999")), eps=D("1e-8"), momentum_decay=D("0.004")):
    """Dozat (2016), algorithm 2, with the schedule of its section 3."""
    t, (beta1, beta2) = len(gs), betas
    mus = [beta1 * (1 - D("0.5") * D("0.96") ** (i * momentum_decay)) for i in range(1, t + 2)]
    product = D(1)
    for mu in mus[:t]:
        product *= mu
    ahead = mus[t] * mean_of(beta1, gs) / (1 - product * mus[t]) + (1 - mus[t - 1]) * gs[-1] / (1 - product)
    return lr * ahead / ((mean_of(beta2, [g * g for g in gs]) / (1 - beta2**t)).sqrt() + eps)


def radam(gs, lr=D("0.001"), betas=(D("0.9"), D("0.999")), eps=D("1e-8")):
    """Liu et al. (2020), algorithm 2; with more than four squares needed for a rate, as its authors' code has it, five."""
    t, (beta1, beta2) = len(gs), betas
    m, rho = mean_of(beta1, gs) / (1 - beta1**t), 2 / (1 - beta2) - 1
    now = rho - 2 * t * beta2**t / (1 - beta2**t)
    if now <= 5:
        return lr * m
    r = ((now - 4) * (now - 2) * rho / ((rho - 4) * (rho - 2) * now)).sqrt()
    v = mean_of(beta2, [g * g for g in gs]).sqrt() + eps
    return lr * m * r * (1 - beta2**t).sqrt() / v


PAPERS = [
    (Adadelta, adadelta, {}),
    (Adadelta, adadelta, {"lr": 0.5, "rho": 0.75, "eps": 0.125, "weight_decay": 0.25}),
    (Adamax, adamax, {}),
    (Adamax, adamax, {"lr": 0.25, "betas": (0.5, 0.75), "eps": 0.125, "weight_decay": 0.25}),
    (NAdam, nadam, {}),
    (NAdam, nadam, {"lr": 0.25, "betas": (0.5, 0.75), "momentum_decay": 0.25, "weight_decay": 0.25}),
    (RAdam, radam, {}),
    (RAdam, radam, {"lr": 0.25, "betas": (0.5, 0.875), "weight_decay": 0.25}),
    (NAdam, nadam, {"lr": 0.25, "betas": (0.5, 0.75), "weight_decay": 0.5, "decoupled_weight_decay": True}),
    (RAdam, radam, {"lr": 0.25, "betas": (0.5, 0.875), "weight_decay": 0.5, "decoupled_weight_decay": True}),
    (SGD, sgd, {}),
    (SGD, sgd, {"lr": 0.5}),
    (SGD, sgd, {"momentum": 0.75}),
    (SGD, sgd, {"momentum": 0.5, "dampening": 0.25}),
    (SGD, sgd, {"lr": 0.25, "momentum": 0.75, "nesterov": True}),
    (SGD, sgd, {"weight_decay": 0.125, "momentum": 0.5}),
    (RMSprop, rmsprop, {}),
    (RMSprop, rmsprop, {"lr": 0.125, "alpha": 0.5}),
    (RMSprop, rmsprop, {"eps": 0.25}),
    (RMSprop, rmsprop, {"centered": True, "alpha": 0.75}),
    (RMSprop, rmsprop, {"momentum": 0.5}),
    (RMSprop, rmsprop, {"momentum": 0.5, "centered": True, "weight_decay": 0.25}),
    (Adagrad, adagrad, {}),
    (Adagrad, adagrad, {"lr": 0.5, "lr_decay": 0.25}),
    (Adagrad, adagrad, {"initial_accumulator_value": 0.5, "eps": 0.125, "weight_decay": 0.25}),
    (Adam, adam, {}),
    (Adam, adam, {"lr": 0.25, "betas": (0.5, 0.75)}),
    (Adam, adam, {"eps": 0.25}),
    (Adam, adam, {"amsgrad": True, "betas": (0.25, 0.5)}),
    (Adam, adam, {"weight_decay": 0.25}),
    (AdamW, adam, {}),
    (AdamW, adam, {"lr": 0.25, "weight_decay": 0.5, "betas": (0.5, 0.75)}),
    (AdamW, adam, {"weight_decay": 0.125, "amsgrad": True, "betas": (0.25, 0.5)}),
]


def exact(x):
    return tuple(map(exact, x)) if isinstance(x, tuple) else x if isinstance(x, bool) else D(x)


def by_the_paper(rule, formula, options):
    """The parameters after each step, with fifty digits."""
    options = {name: exact(x) for name, x in options.items()}
    uphill = options.pop("maximize", False)
    decoupled = options.pop("decoupled_weight_decay", rule is AdamW)
    decay = options.pop("weight_decay", D("0.01") if rule is AdamW else D(0))
    lr = options.get("lr", D("0.001"))  # AdamW's
    numbers, seen, trajectory = list(map(D, STARTS)), [[], []], []
    with localcontext() as context:
        context.prec = 50
        for both in GRADIENTS:
            for i, g in enumerate(both):
                g = D(-g if uphill else g)
                if decoupled:
                    numbers[i] *= 1 - lr * decay
                else:
                    g += decay * numbers[i]
                seen[i].append(g)
                numbers[i] -= formula(seen[i], **options)
            trajectory.append(list(map(float, numbers)))
    return trajectory


NAMES = [f"{rule.__name__} {options}" for rule, _, options in PAPERS]


@walked([(*paper, uphill) for paper in PAPERS for uphill in (False, True)])
def test_steps_are_those_of_the_paper(rule, formula, options, uphill):
    """Seven steps of two parameters, by the numbers of each, with the defaults of the papers where none are given."""
    options = {**options, "maximize": uphill}
    ws = [Value(w) for w in STARTS]
    optimizer = rule(ws, **options)
    for both, expected in zip(GRADIENTS, by_the_paper(rule, formula, options)):
        for w, g in zip(ws, both):
            w.grad = g
        optimizer.step()
        assert [w.data for w in ws] == pytest.approx(expected, rel=1e-13, abs=0.0)


@walked([(*paper, uphill) for paper in PAPERS for uphill in (False, True)])
def test_steps_of_all_parameters_at_once_are_those_of_the_paper(rule, formula, options, uphill):
    """The same in arrays, and what is remembered goes to and fro between both forms."""
    numpy = pytest.importorskip("numpy", reason="arrays are NumPy's")
    options = {**options, "maximize": uphill}
    ws = [Value(w) for w in STARTS]
    optimizer = rule(ws, **options)
    assert optimizer.takes_vectors()
    assert optimizer.state == [{}, {}]
    for both, expected in zip(GRADIENTS, by_the_paper(rule, formula, options)):
        state = optimizer.gathered()
        found = optimizer.step_vector(numpy.array([w.data for w in ws]), numpy.array(both), state)
        optimizer.state = optimizer.scattered(state)
        assert found.tolist() == pytest.approx(expected, rel=1e-13, abs=0.0)
        for w, data in zip(ws, found.tolist()):
            w.data = data


def test_adams_first_steps_by_hand():
    """A constant gradient, of any size, is a step of lr each time, as both corrections cancel: section 2.1 of the paper."""
    for g in (1e-3, 1.0, -1e5):
        w = Value(1.0)
        optimizer = Adam([w], lr=0.125, eps=0.0)
        for step in range(1, 6):
            w.grad = g
            optimizer.step()
            assert w.data == pytest.approx(1.0 - 0.125 * step * (1 if g > 0 else -1), rel=1e-13)


DEFAULTS = {  # those of the papers, and of torch
    SGD: {"lr": 1e-3, "momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0, "nesterov": False, "maximize": False},
    RMSprop: {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "centered": False},
    Adagrad: {"lr": 0.01, "lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10},
    Adam: {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False},
    AdamW: {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01, "amsgrad": False},
    Adadelta: {"lr": 1.0, "rho": 0.9, "eps": 1e-6, "weight_decay": 0.0},
    Adamax: {"lr": 2e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0},
    NAdam: {"lr": 2e-3, "betas": (0.9, 0.999), "momentum_decay": 4e-3, "decoupled_weight_decay": False},
    RAdam: {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "decoupled_weight_decay": False},
    StepLR: {"gamma": 0.1, "last_epoch": -1},
    MultiStepLR: {"gamma": 0.1, "last_epoch": -1},
    ExponentialLR: {"last_epoch": -1},
    CosineAnnealingLR: {"eta_min": 0.0, "last_epoch": -1},
    LinearLR: {"start_factor": 1.0 / 3, "end_factor": 1.0, "total_iters": 5, "last_epoch": -1},
    LambdaLR: {"last_epoch": -1},
    ReduceLROnPlateau: {
        "mode": "min",
        "factor": 0.1,
        "patience": 10,
        "threshold": 1e-4,
        "threshold_mode": "rel",
        "cooldown": 0,
        "min_lr": 0.0,
        "eps": 1e-8,
    },
}


@pytest.mark.parametrize("rule", DEFAULTS)
def test_defaults_are_the_published_ones(rule):
    """Those in the signature, and those that an object made without any has."""
    parameters = inspect.signature(rule).parameters
    found = {name: p.default for name, p in parameters.items() if p.default is not inspect.Parameter.empty}
    assert {name: found[name] for name in DEFAULTS[rule]} == DEFAULTS[rule]
    if rule in (SGD, RMSprop, Adagrad, Adam, AdamW, Adadelta, Adamax, NAdam, RAdam):
        made = rule([Value(1.0)])
        assert {name: getattr(made, name) for name in DEFAULTS[rule]} == DEFAULTS[rule]
        assert made.maximize is False


# ------------------------------------------------------------------------------------------------ schedules

HALF = 2**-0.5  # cos(π/4)
SCHEDULES = [  # the learning rate in the epochs from 0 on, from a base of 1; powers of a half are exact
    (StepLR, {"step_size": 3, "gamma": 0.5}, [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]),
    (StepLR, {"step_size": 1}, [1, 0.1, 0.01, 0.001]),
    (MultiStepLR, {"milestones": [2, 5, 3], "gamma": 0.5}, [1, 1, 0.5, 0.25, 0.25, 0.125, 0.125]),
    (MultiStepLR, {"milestones": [2, 2, 0]}, [0.1, 0.1, 0.001, 0.001]),
    (ExponentialLR, {"gamma": 0.5}, [1, 0.5, 0.25, 0.125, 0.0625]),
    (CosineAnnealingLR, {"T_max": 4}, [1, (1 + HALF) / 2, 0.5, (1 - HALF) / 2, 0, (1 - HALF) / 2, 0.5, (1 + HALF) / 2, 1]),
    (CosineAnnealingLR, {"T_max": 2, "eta_min": 0.5}, [1, 0.75, 0.5, 0.75, 1]),
    (LinearLR, {}, [1 / 3, 7 / 15, 9 / 15, 11 / 15, 13 / 15, 1, 1, 1]),
    (LinearLR, {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 4}, [1, 0.75, 0.5, 0.25, 0, 0]),
    (LambdaLR, {"lr_lambda": lambda epoch: Fraction(1, 1 + epoch)}, [1, 1 / 2, 1 / 3, 1 / 4]),
]


@pytest.mark.parametrize("base", [1.0, 0.25])
@pytest.mark.parametrize(("schedule", "options", "expected"), SCHEDULES)
def test_schedules_by_their_published_sequences(schedule, options, expected, base):
    """Epoch by epoch, and by the formula for any epoch at once; all but eta_min is in proportion to the base."""
    floor = options.get("eta_min", 0.0)
    expected = [base * x if not floor else floor + (x - floor) / (1 - floor) * (base - floor) for x in expected]
    optimizer = SGD([Value(1.0)], lr=base)
    made = schedule(optimizer, **options)
    for epoch, lr in enumerate(expected):
        assert optimizer.lr == pytest.approx(lr, rel=1e-14, abs=1e-16)
        assert made.lr_at(epoch) == pytest.approx(lr, rel=1e-14, abs=1e-16)
        assert made.get_last_lr() == [optimizer.lr]
        assert made.last_epoch == epoch
        made.step()


PLATEAUS = [  # what is watched, and the learning rate after each epoch, worked out by hand from 1
    ({"factor": 0.5, "patience": 0}, [3, 2, 2, 1, 1, 1], [1, 1, 0.5, 0.5, 0.25, 0.125]),
    ({"factor": 0.5, "patience": 1}, [3, 3, 3, 3, 3, 2], [1, 1, 0.5, 0.5, 0.25, 0.25]),
    ({"patience": 0}, [1, 1, 1], [1, 0.1, 0.01]),
    ({"factor": 0.5, "patience": 0, "mode": "max"}, [1, 2, 2, 3, 2], [1, 1, 0.5, 0.5, 0.25]),
    # better by a quarter of the best: below 3, then below 2.0625; above 5, then above 6.5
    ({"factor": 0.5, "patience": 0, "threshold": 0.25}, [4, 3.5, 2.75, 2.4], [1, 0.5, 0.5, 0.25]),
    ({"factor": 0.5, "patience": 0, "threshold": 0.25, "mode": "max"}, [4, 4.5, 5.2, 6], [1, 0.5, 0.5, 0.25]),
    # better by a half as it is: below 9.5, and above 10.5
    ({"factor": 0.5, "patience": 0, "threshold": 0.5, "threshold_mode": "abs"}, [10, 9.75, 9.5, 9.25], [1, 0.5, 0.25, 0.25]),
    (
        {"factor": 0.5, "patience": 0, "threshold": 0.5, "threshold_mode": "abs", "mode": "max"},
        [10, 10.25, 10.5, 10.75],
        [1, 0.5, 0.25, 0.25],
    ),
    # the default threshold is a tenth of a per mille: 0.99995 is not better than 1, 0.9998 is
    ({"factor": 0.5, "patience": 0}, [1, 0.99995, 0.9998], [1, 0.5, 0.5]),
    # after a reduction two epochs do not count
    ({"factor": 0.5, "patience": 0, "cooldown": 2}, [1, 1, 1, 1, 1, 1], [1, 0.5, 0.5, 0.5, 0.25, 0.25]),
    ({"factor": 0.5, "patience": 0, "min_lr": 0.3}, [1, 1, 1, 1], [1, 0.5, 0.3, 0.3]),
    # the way from 1 to 0.75 is not above eps, and is not gone; that from 1 to 0.5 is
    ({"factor": 0.75, "patience": 0, "eps": 0.25}, [1, 1, 1], [1, 1, 1]),
    ({"factor": 0.5, "patience": 0, "eps": 0.25}, [1, 1, 1], [1, 0.5, 0.5]),
    ({"factor": 0.5, "patience": 2}, [2, 3, 3, 1, 2, 2, 2], [1, 1, 1, 1, 1, 1, 0.5]),
    ({}, [1] * 12, [1] * 11 + [0.1]),
]


@pytest.mark.parametrize(("options", "watched", "expected"), PLATEAUS)
def test_plateaus_by_hand(options, watched, expected):
    """Which epochs are bad, how many are put up with, how far a reduction goes."""
    optimizer = SGD([Value(1.0)], lr=1.0)
    made = ReduceLROnPlateau(optimizer, **options)
    found = []
    for epoch, x in enumerate(watched, start=1):
        made.step(x)
        found.append(optimizer.lr)
        assert made.last_epoch == epoch
        assert made.get_last_lr() == [optimizer.lr]
    assert found == pytest.approx(expected, rel=1e-15)


def test_what_somebody_else_sets_is_kept_in_proportion():
    """A learning rate halved by hand halves all that follows, above the floor; LambdaLR goes back to its formula."""
    optimizer = SGD([Value(1.0)], lr=1.0)
    made = ExponentialLR(optimizer, gamma=0.5)
    made.step()
    optimizer.lr = 0.25  # where it was 0.5
    made.step()
    assert (optimizer.lr, made.lr_at(0), made.base_lr) == (0.125, 0.5, 0.5)
    optimizer = SGD([Value(1.0)], lr=1.0)
    cosine = CosineAnnealingLR(optimizer, T_max=2, eta_min=0.5)
    cosine.step()
    optimizer.lr = 1.0  # where it was 0.75: twice as far above the floor
    assert (cosine.lr_at(0), cosine.floor) == (1.0, 0.5)
    cosine.step()
    cosine.step()
    assert optimizer.lr == pytest.approx(1.0, rel=1e-15)
    assert cosine.lr_at(0) == pytest.approx(1.5, rel=1e-15)
    optimizer = SGD([Value(1.0)], lr=1.0)
    formula = LambdaLR(optimizer, lambda epoch: 0.5**epoch)
    optimizer.lr = 100.0
    formula.step()
    assert optimizer.lr == 0.5
