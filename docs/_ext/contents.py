"""What the reference and the tour of the code hold, and in which order.

A new public name needs a place in GROUPS, or else the build warns and a test fails; its page makes itself. Where a group
says `nn.losses.*`, new names come in by themselves. A new file that READING does not name stands at the end.
"""

from __future__ import annotations

import builtins
import functools
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import autograd
import nn

ROOT = Path(__file__).resolve().parents[2]
MODULES_OF_NAMES = (nn.losses, nn.optim, nn.data, nn.metrics)


class Group(NamedTuple):
    """Some public names, on one page: its title, what it says above them, and the names."""

    page: str
    title: str
    about: str
    names: str


GROUPS = [
    Group(
        "values",
        "Values",
        "Numbers that remember how they were computed.",
        "autograd.Value autograd.label autograd.no_grad autograd.detect_anomaly autograd.AnomalyError"
        " autograd.LostGradientWarning",
    ),
    Group(
        "functions",
        "Functions",
        "Of Values, of plain numbers, or of both; of plain numbers they give plain numbers. Those of one number are methods"
        " of Value, too: `sigmoid(v)` is `v.sigmoid()`.",
        " ".join(
            f"autograd.{name}"
            for name in (
                "exp exp2 expm1 log log1p log2 log10 sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh"
                " atanh hypot erf erfc sigmoid softplus relu leaky_relu elu gelu silu abs sign maximum minimum clip"
                " sum dot prod mean select logsumexp logaddexp logsigmoid softmax log_softmax"
            ).split()
        ),
    ),
    Group(
        "table",
        "The table of operations",
        "One row per operation: its value, its partial derivatives, its notation. Everything else reads it.",
        "autograd.Primitive autograd.PRIMITIVES autograd.CONSTANT autograd.Notation",
    ),
    Group(
        "derivatives",
        "Derivatives",
        "Of graphs, and of functions; to any order.",
        "autograd.gradient autograd.grad autograd.value_and_grad autograd.jacobian autograd.hessian"
        " autograd.derivative_tensor autograd.jvp autograd.vjp autograd.hvp autograd.check_gradients",
    ),
    Group(
        "readings",
        "Readings of a graph",
        "A graph as steps, as formulas, as a derivation; and a formula as a graph.",
        "autograd.trace autograd.Walk autograd.paths_between autograd.latex autograd.derivation autograd.Derivation"
        " autograd.Sheet autograd.derivatives autograd.Derivatives autograd.descent autograd.Descent autograd.Board"
        " autograd.mathml autograd.parse autograd.FormulaError",
    ),
    Group(
        "marking",
        "Marking and exercises",
        "What a person worked out by hand, against the graph.",
        "autograd.Worksheet autograd.Marking autograd.mark_files autograd.exercise autograd.Exercise",
    ),
    Group(
        "compiled",
        "Compiled programs",
        "The graph of one row as a program over whole batches.",
        "autograd.compile autograd.Program",
    ),
    Group("nets", "Nets", "Neurons, layers and multilayer perceptrons.", "nn.Module nn.Neuron nn.Layer nn.MLP"),
    Group(
        "vectors",
        "Nets for texts, and their parts",
        "Modules over vectors and lists of vectors, under PyTorch's names, each written in scalars.",
        "nn.Linear nn.Sequential nn.Dropout nn.Embedding nn.RMSNorm nn.LayerNorm nn.Attention nn.Block nn.GPT nn.RNN"
        " nn.LSTM",
    ),
    Group("losses", "Losses", "How wrong a prediction is, as one number to make small.", "nn.losses.*"),
    Group(
        "optim",
        "Optimisers and schedules",
        "How parameters follow their gradients downhill, and how fast.",
        " ".join(
            f"nn.optim.{name}"
            for name in (
                "Optimizer SGD RMSprop Adagrad Adadelta Adam AdamW Adamax NAdam RAdam LRScheduler StepLR MultiStepLR"
                " ExponentialLR CosineAnnealingLR LinearLR LambdaLR ReduceLROnPlateau"
            ).split()
        ),
    ),
    Group(
        "training",
        "Training",
        "Gradient descent on rows of data.",
        "nn.fit nn.History",
    ),
    Group("data", "Data", "Small data sets made here, and real ones through scikit-learn.", "nn.data.*"),
    Group("metrics", "Metrics", "How good predictions are, in numbers to be read.", "nn.metrics.*"),
    Group(
        "pictures",
        "Drawings and plots",
        "A graph as a picture, step by step, and what a training did.",
        "nn.draw nn.step_through nn.play_training nn.plot_loss nn.plot_boundary nn.plot_histograms nn.plot_function"
        " nn.plot_surface",
    ),
    Group(
        "export",
        "Handing over",
        "The net elsewhere, with the same numbers.",
        "nn.to_torch nn.from_torch nn.to_jax nn.to_onnx",
    ),
]

PLAIN_DATA = {  # what is neither a class nor a function has no docstring of its own
    "autograd.PRIMITIVES": "The table: every operation by its name. Making a `Primitive` adds a row.",
    "autograd.CONSTANT": "What stands in `.op` of a plain number in an expression: drawn, and never differentiated.",
}

ENGINE = "The engine"
READING = {  # the rooms, and in them the files in the order in which they are best read; "room.*" is all the others of it
    ENGINE: "autograd.operation autograd.primitives autograd.value autograd.graph autograd.*",
    "How things are written": "autograd.writing.*",
    "Formulas": "autograd.formula.page autograd.formula.lexer autograd.formula.parser autograd.formula.*",
    "How things are shown": "autograd.display.*",
    "Derivations": "autograd.derive.named_graph autograd.derive.rules autograd.derive.derivations autograd.derive.*",
    "Compiled programs": "autograd.program.compile autograd.program.lowering autograd.program.grouping autograd.program.*",
    "The red pen": "autograd.mark.worksheet autograd.mark.claims autograd.mark.judging autograd.mark.*",
    "Nets": "nn.module nn.layers nn.losses nn.*",
    "Training": "nn.train.fit nn.train.* nn.optim.*",
    "Pictures and pages": "nn.drawing.graphs nn.drawing.* nn.pages.* nn.plots.*",
    "The command": "nn.cli.main nn.cli.*",
}


@functools.cache
def public_names() -> dict[str, Any]:
    """Every public name in full, with what it names."""
    hidden = [name for name in dir(autograd) if name in dir(builtins) and not name.startswith("_")]  # sum, abs, compile
    names = {f"autograd.{name}": getattr(autograd, name) for name in [*autograd.__all__, *hidden]}
    names |= {f"nn.{name}": getattr(nn, name) for name in nn.__all__ if not inspect.ismodule(getattr(nn, name))}
    for module in MODULES_OF_NAMES:
        names |= {
            f"{module.__name__}.{name}": thing
            for name, thing in vars(module).items()
            if not name.startswith("_")
            and (inspect.isclass(thing) or inspect.isfunction(thing))
            and thing.__module__.startswith(module.__name__)
            and thing.__qualname__ == name
        }
    return names


def names_of(group: Group) -> list[str]:
    """The full names in a group, in order."""
    found = []
    for name in group.names.split():
        found += [each for each in public_names() if each.startswith(name[:-1])] if name.endswith("*") else [name]
    return found


def without_a_group() -> list[str]:
    """Public names that would have no page."""
    grouped = {name for group in GROUPS for name in names_of(group)}
    return [name for name in public_names() if name not in grouped]


def not_there() -> list[str]:
    """Names in the groups that are not public, or stand there twice."""
    grouped = [name for group in GROUPS for name in names_of(group)]
    return [name for name in set(grouped) if name not in public_names() or grouped.count(name) > 1]


def files() -> Iterator[tuple[str, list[str]]]:
    """Headings, and the modules below each, as dotted names."""
    paths = [path for folder in ("autograd", "nn") for path in sorted((ROOT / folder).rglob("*.py"))]
    names = [path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in paths]
    left = [name for name in names if name.rpartition(".")[2] not in ("__init__", "__main__")]
    for heading, wanted in READING.items():
        found = []
        for name in wanted.split():
            room = name.removesuffix(".*")
            here = [each for each in left if each == name or (name != room and each.rpartition(".")[0] == room)]
            found += here
            left = [each for each in left if each not in here]
        yield heading, found
    if left:
        yield "And besides", left
