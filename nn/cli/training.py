"""The command on data: train a net on a data set, see how it learns, and keep it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.display.files import suffix_of
from nn.cli.shared import JSON_HELP, columns, command, heading, learn, note, print_json, save_plots, share_held_out, show
from nn.cli.writing import train_on_lines
from nn.metrics import confusion_matrix, predicted_class
from nn.module import MODEL_SUFFIXES

if TYPE_CHECKING:
    from nn.data import Dataset
    from nn.layers import MLP
    from nn.train.history import History

MADE = ("moons", "circles", "spirals", "blobs")
REAL = ("iris", "wine", "breast_cancer", "digits")
TEXTS = ("names",)
DATA = (*MADE, "xor", *REAL, *TEXTS)
ONLY_FOR = {  # options that are not for all of them
    "rows": (*MADE, *TEXTS),
    "noise": MADE,
    "file": TEXTS,
    "width": TEXTS,
    "heads": TEXTS,
    "positions": TEXTS,
    "samples": TEXTS,
    "temperature": TEXTS,
}
OF_POINTS = {"rows": 200, "layers": "16,16", "activation": "tanh", "epochs": 200, "batch": 16}  # what is not given
OF_TEXTS = {
    "rows": 1000, "layers": "1", "activation": "relu", "epochs": 10, "batch": 32,
    "width": 16, "heads": 4, "positions": 16, "samples": 10, "temperature": 0.8,
}  # fmt: skip
ACTIVATIONS = ("tanh", "relu", "sigmoid", "softplus", "gelu", "silu", "leaky_relu", "elu", "sin")
RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")  # whose weights He's initialisation is made for
OPTIMIZERS = ("sgd", "rmsprop", "adagrad", "adam", "adamw", "adadelta", "adamax", "nadam", "radam")
MOST_CONFUSED = 10  # classes, for which a table of confusions is readable


def add_to(commands: Any) -> None:
    train = command(
        commands,
        "train",
        _train,
        help="train a net on a data set",
        description=f"Train a multilayer perceptron: on points made here ({', '.join(MADE)}, xor), or on real data that"
        f" comes with scikit-learn ({', '.join(REAL)}). Its classes are learned by cross-entropy, from standardised numbers."
        " A part of the rows is held out, and says how good the net is. For data of your own there is nn.fit, which takes"
        " the frames of pandas.\n\n"
        "On names, which are made here, or on the lines of a file of your own, a GPT is trained: it learns which letter"
        " comes next, and then writes lines of its own.",
        examples=[
            "chalkgrad train moons --layers 16,16 --plots pictures --save moons.json",
            "chalkgrad train iris --layers 8 --epochs 60 --save iris.json",
            "chalkgrad train names --rows 200 --epochs 4 --save names.json",
            'printf "rose\\ntulip\\nlily\\ndaisy\\naster\\n" > flowers.txt',
            "chalkgrad train names --data flowers.txt --positions 8 --epochs 60 --samples 5",
        ],
    )
    train.add_argument("data", metavar="NAME", help=", ".join(DATA))
    made = train.add_argument_group(f"what is made here: {', '.join((*MADE, *TEXTS))}")
    made.add_argument("--rows", type=int, help="how many (200; 1,000 names)")
    made.add_argument("--noise", type=float, help="the standard deviation of what they are off by")
    net = train.add_argument_group("the net, and how it learns")
    sizes = "sizes of the hidden layers (16,16); for names, how many blocks of attention (1)"
    net.add_argument("--layers", metavar="SIZES", help=sizes)
    applied = f"what the hidden layers apply: {', '.join(ACTIVATIONS)} (tanh; relu for names)"
    net.add_argument("--activation", metavar="NAME", choices=ACTIVATIONS, help=applied)
    rule = f"the rule of each step: {', '.join(OPTIMIZERS)} (%(default)s)"
    net.add_argument("--optimizer", metavar="NAME", choices=OPTIMIZERS, default="adam", help=rule)
    net.add_argument("--lr", type=float, default=0.01, help="the learning rate (%(default)s)")
    net.add_argument("--epochs", type=int, help="how often all rows are gone through (200; 10 for names)")
    net.add_argument("--batch", type=int, help="rows per step (16; 32 for names)")
    net.add_argument("--l2", type=float, default=0.0, help="the factor of the squared weights in the loss (%(default)s)")
    net.add_argument("--patience", type=int, help="stop after so many epochs without a better loss on the rows held out")
    held_out = "the share of the rows held out (0.25; 0 for xor; 0.1 of names, and 0 of fewer than 100 lines)"
    net.add_argument("--test", metavar="SHARE", type=float, help=held_out)
    net.add_argument("--seed", type=int, default=0, help="of all that is drawn by lot (%(default)s)")
    gpt = train.add_argument_group("names: a GPT, and what it writes")
    gpt.add_argument("--data", metavar="FILE", dest="file", help="a text of your own, whose lines are learned for names")
    gpt.add_argument("--width", type=int, help=f"how many numbers stand for a letter ({OF_TEXTS['width']})")
    gpt.add_argument("--heads", type=int, help=f"heads of attention, among which these are parted ({OF_TEXTS['heads']})")
    gpt.add_argument("--positions", type=int, help=f"how many letters it sees at most ({OF_TEXTS['positions']})")
    gpt.add_argument("--samples", type=int, help=f"how many lines it writes in the end ({OF_TEXTS['samples']})")
    heat = f"below 1 likely letters come more often, above 1 others do ({OF_TEXTS['temperature']})"
    gpt.add_argument("--temperature", type=float, help=heat)
    out = train.add_argument_group("what comes out")
    saved = "write the net to a JSON file, which load of an nn.MLP, or an nn.GPT, of these sizes reads"
    out.add_argument("--save", metavar="FILE", help=saved)
    out.add_argument("--plots", metavar="FOLDER", help="draw the loss, and of two features the decision boundary")
    out.add_argument("--no-progress", action="store_true", help="leave out the progress bar")
    out.add_argument("--json", action="store_true", help=JSON_HELP)


class Classifier(NamedTuple):
    """A net that learned standardised numbers, on the numbers as they are.

    model: the net; its outputs are logits, of class 1 alone where there are two classes
    data: the rows that it learned from
    scaler: their means and deviations
    """

    model: MLP
    data: Dataset
    scaler: list[tuple[float, float]]

    @property
    def loss(self) -> str:
        return "bce_with_logits" if len(self.data.classes) == 2 else "cross_entropy"

    def outputs(self, row: Sequence[float]) -> Any:
        """The logits of a row."""
        from autograd import no_grad
        from autograd.value import lift

        with no_grad():
            found = self.model([(x - m) / s for x, (m, s) in zip(row, self.scaler)])
        return [lift(z).data for z in found] if isinstance(found, list) else lift(found).data

    def score(self, data: Dataset) -> dict[str, float]:
        """How many rows are right."""
        right = sum(predicted_class(self.outputs(row), threshold=0.0) == c for row, c in zip(data.X, data.y))
        return {"accuracy": right / len(data), "right": right, "rows": len(data)}


def _train(options: argparse.Namespace) -> int:
    _check_name(options)
    if options.save and not Path(options.save).parent.is_dir():  # before anything is learned
        raise ValueError(f"{options.save} cannot be written: there is no folder {Path(options.save).parent}")
    if options.save:
        suffix_of(options.save, "a model", MODEL_SUFFIXES)
    if options.plots:
        from nn.plots.look import choose_look

        choose_look(dark=False)  # is Matplotlib there? After the training it would be too late
    for name, usual in (OF_TEXTS if options.data in TEXTS else OF_POINTS).items():
        setattr(options, name, usual if getattr(options, name) is None else getattr(options, name))
    if options.data in TEXTS:
        return train_on_lines(options)
    sizes = _sizes(options)
    data = _data(options)
    share = share_held_out(options, 0.0 if data.name == "xor" else 0.25)
    train, test = data.split(share, options.seed) if share else (data, None)
    if not options.json:
        held_out = f"{len(train)} to learn from, {len(test)} held out" if test else "none held out"
        about = f"{len(data)} rows of {len(data.features)} features, {len(data.classes)} classes"
        show(f"{data.name}: {about}; {held_out}")
    net, history = _learn(train, test, sizes, options)
    scores = {"train": net.score(train)} | ({"test": net.score(test)} if test else {})
    if options.json:
        print_json(_report(net, history, scores))
    else:
        _print_report(net, history, scores, test)
    if options.save:
        scaling = [{"name": n, "mean": m, "deviation": s} for n, (m, s) in zip(data.features, net.scaler)]
        net.model.save(options.save, {"features": scaling, "classes": data.classes})
        note(f"saved {options.save}")
    if options.plots:
        _plot(Path(options.plots), net, history, data)
    return 130 if history.stopped == "interrupted" else 0


def _check_name(options: argparse.Namespace) -> None:
    """Whether there is such data, and whether the options are for it."""
    name = options.data
    if name not in DATA:
        near = get_close_matches(name, DATA, 1)
        hint = f"; is {near[0]} meant?" if near else f": there are {', '.join(DATA)}"
        raise ValueError(f"{name} is no data set here{hint}")
    for option, names in ONLY_FOR.items():
        if name not in names and getattr(options, option) is not None:
            flag = "data" if option == "file" else option
            options.parser.error(f"--{flag} is for {', '.join(names)}, and not for {name}")
    if options.file is not None and options.rows is not None:
        options.parser.error("--rows is how many names are made here: a file has the lines that it has")


def _data(options: argparse.Namespace) -> Dataset:
    import nn

    settings = {"n": options.rows, "seed": options.seed} if options.data in MADE else {}
    settings |= {} if options.noise is None else {"noise": options.noise}
    made: Dataset = getattr(nn.data, options.data)(**settings)
    return made


def _sizes(options: argparse.Namespace) -> list[int]:
    """The sizes of the hidden layers; none of them, for "", is a linear model."""
    texts = [text.strip() for text in options.layers.split(",") if text.strip()]
    sizes = [int(text) if text.isdecimal() else 0 for text in texts]
    if 0 in sizes:
        options.parser.error(f"--layers takes sizes from 1 on, as in 16,16, not {options.layers!r}")
    return sizes


def _learn(
    data: Dataset, held_out: Dataset | None, sizes: Sequence[int], options: argparse.Namespace
) -> tuple[Classifier, History]:
    """A net with the initialisation, the outputs and the loss that its activation and its classes call for, trained."""
    import nn

    outputs = 1 if len(data.classes) == 2 else len(data.classes)
    init = "he" if options.activation in RECTIFIERS else "xavier"
    model = nn.MLP(len(data.features), [*sizes, outputs], options.activation, init=init, seed=options.seed)
    net = Classifier(model, data, data.scaler())
    watched = held_out.standardized(like=data) if held_out else None
    return net, learn(options, model, net.loss, data.standardized(), watched, metrics=["accuracy"])


def _report(net: Classifier, history: History, scores: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": net.data.name,
        "task": "classification",
        "target": net.data.target,
        "features": net.data.features,
        "classes": net.data.classes,
        "model": repr(net.model),
        "loss": net.loss,
        "history": history.rows(),
        "stopped": history.stopped,
        **scores,
    }


def _print_report(net: Classifier, history: History, scores: dict[str, Any], test: Dataset | None) -> None:
    show(f"{net.model!r}, {net.loss}\n")
    print(heading("loss"))
    print(history.curve())
    if history.loss:
        ended = "" if history.stopped == "epochs" else f" ({history.stopped})"
        print(f"\nLoss {history.loss[0]:.4g} → {history.loss[-1]:.4g} in {len(history)} epochs{ended}.")
    names = {"train": "learned from", "test": "held out"}
    rows = [[names[part], f"{s['accuracy']:.1%}", f"{s['right']} of {s['rows']} right"] for part, s in scores.items()]
    print("\n" + columns(rows, right=[1]))
    if test and 2 < len(test.classes) <= MOST_CONFUSED and scores["test"]["accuracy"] < 1.0:
        print("\n" + heading("rows held out, by their class (down) and the class predicted (across)"))
        show(_confusion(net, test))


def _confusion(net: Classifier, test: Dataset) -> str:
    counts = confusion_matrix([net.outputs(row) for row in test.X], test.y)
    rows = [[test.classes[i], *(str(n) if n else "·" for n in row)] for i, row in enumerate(counts)]
    return columns([["", *test.classes[: len(counts)]], *rows], right=range(1, len(test.classes) + 1))


def _plot(folder: Path, net: Classifier, history: History, data: Dataset) -> None:
    import nn

    plots: dict[str, Callable[[], Any]] = {"loss-curve.png": lambda: nn.plot_loss(history, metrics=bool(history.metrics))}
    if len(data.features) == 2:
        threshold = 0.0 if len(data.classes) == 2 else None
        plots["decision-boundary.png"] = lambda: nn.plot_boundary(net.outputs, data, threshold=threshold)
    save_plots(folder, plots)
