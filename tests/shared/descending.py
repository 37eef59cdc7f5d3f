"""Every optimiser and schedule with options of all kinds, and a surface to go down on."""

from autograd import Value, cos, exp, sin
from nn.optim import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, RAdam, RMSprop
from nn.optim.schedules import CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, MultiStepLR, StepLR

START = [0.7, -1.2, 2.0, 0.1]
STEPS, EPOCHS = 50, 60

# A table of options for each optimiser: each line is walked for 50 steps beside torch.
OPTIONS = [
    (SGD, {}),
    (SGD, {"lr": 0.02}),
    (SGD, {"lr": 0.02, "momentum": 0.9}),
    (SGD, {"lr": 0.02, "momentum": 0.8, "dampening": 0.3}),
    (SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    (SGD, {"lr": 0.02, "weight_decay": 0.1}),
    (SGD, {"lr": 0.02, "momentum": 0.7, "weight_decay": 0.05, "nesterov": True}),
    (SGD, {"lr": 0.0005, "maximize": True}),
    (SGD, {"lr": 0.0005, "maximize": True, "momentum": 0.5, "dampening": 0.1, "weight_decay": 0.3}),
    (RMSprop, {}),
    (RMSprop, {"lr": 0.05, "alpha": 0.9, "eps": 1e-3}),
    (RMSprop, {"momentum": 0.9}),
    (RMSprop, {"centered": True}),
    (RMSprop, {"alpha": 0.9, "centered": True, "momentum": 0.6, "weight_decay": 0.1}),
    (RMSprop, {"lr": 0.001, "alpha": 0.3, "centered": True}),
    (RMSprop, {"weight_decay": 0.2, "maximize": True}),
    (Adagrad, {}),
    (Adagrad, {"lr": 0.5}),
    (Adagrad, {"lr": 0.2, "lr_decay": 0.1}),
    (Adagrad, {"lr": 0.2, "weight_decay": 0.3, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    (Adagrad, {"maximize": True}),
    (Adam, {}),
    (Adam, {"lr": 0.1}),
    (Adam, {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3}),
    (Adam, {"betas": (0.2, 0.0)}),
    (Adam, {"lr": 0.05, "weight_decay": 0.2}),
    (Adam, {"lr": 0.1, "amsgrad": True, "betas": (0.9, 0.8)}),
    (Adam, {"lr": 0.01, "maximize": True, "weight_decay": 0.1, "amsgrad": True}),
    (AdamW, {}),
    (AdamW, {"lr": 0.1}),
    (AdamW, {"lr": 0.1, "weight_decay": 0.5, "betas": (0.8, 0.95)}),
    (AdamW, {"lr": 0.1, "weight_decay": 0.0}),
    (AdamW, {"lr": 0.1, "weight_decay": 0.2, "amsgrad": True, "betas": (0.9, 0.8)}),
    (AdamW, {"lr": 0.01, "maximize": True}),
    (Adadelta, {}),
    (Adadelta, {"lr": 0.5, "rho": 0.6, "eps": 1e-4, "weight_decay": 0.2}),
    (Adadelta, {"maximize": True}),
    (Adamax, {}),
    (Adamax, {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3}),
    (Adamax, {"weight_decay": 0.2, "maximize": True}),
    (NAdam, {}),
    (NAdam, {"lr": 0.1, "betas": (0.5, 0.8), "eps": 1e-3, "momentum_decay": 0.1}),
    (NAdam, {"weight_decay": 0.2, "maximize": True}),
    (NAdam, {"lr": 0.05, "weight_decay": 0.2, "decoupled_weight_decay": True}),
    (RAdam, {}),
    (RAdam, {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3}),
    (RAdam, {"betas": (0.9, 0.99), "weight_decay": 0.2, "maximize": True}),
    (RAdam, {"lr": 0.05, "weight_decay": 0.2, "decoupled_weight_decay": True}),
]
RULES = [SGD, RMSprop, Adagrad, Adam, AdamW, Adadelta, Adamax, NAdam, RAdam]

# A table of schedules: class, options. Each line is walked for 60 epochs beside torch.
SCHEDULES = [
    (StepLR, {"step_size": 10}),
    (StepLR, {"step_size": 1, "gamma": 0.9}),
    (StepLR, {"step_size": 7, "gamma": 1.3}),
    (MultiStepLR, {"milestones": [5, 20, 40]}),
    (MultiStepLR, {"milestones": [30, 5, 30, 0], "gamma": 0.5}),
    (MultiStepLR, {"milestones": []}),
    (ExponentialLR, {"gamma": 0.95}),
    (ExponentialLR, {"gamma": 1.0}),
    (CosineAnnealingLR, {"T_max": 60}),
    (CosineAnnealingLR, {"T_max": 13, "eta_min": 0.02}),
    (CosineAnnealingLR, {"T_max": 1}),
    (LinearLR, {}),
    (LinearLR, {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 50}),
    (LinearLR, {"start_factor": 0.1, "end_factor": 0.6, "total_iters": 17}),
    (LambdaLR, {"lr_lambda": lambda epoch: 1 / (1 + epoch)}),
]


def surface(x, y, z, w, sin=sin, cos=cos, exp=exp):
    """A function of four variables with many valleys."""
    return (1 - x) ** 2 + 2 * (y - x**2) ** 2 + sin(3 * z) * cos(x) + 0.1 * z**2 * w**2 + exp(-w * y) + 0.5 * w**2


def walk(optimizer, steps=1, parameters=None):
    """Take steps on the surface; the points after each."""
    points = []
    for _ in range(steps):
        optimizer.zero_grad()
        surface(*(parameters or optimizer.parameters)).backward()
        optimizer.step()
        points.append([p.data for p in optimizer.parameters])
    return points


def fresh():
    return [Value(x) for x in START]


def one(rule=SGD, gradient=1.0, **options):
    """An optimiser of one parameter 2.0 that has a gradient."""
    w = Value(2.0, label="w")
    w.grad = gradient
    return w, rule([w], **options)
