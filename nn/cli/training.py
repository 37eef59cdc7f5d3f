"""The commands on data: train a net on a data set or a CSV file, and predict with it."""

from __future__ import annotations

import argparse
import csv
import io
import math
import os
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.display.files import save, suffix_of
from nn.cli.shared import JSON_HELP, columns, command, heading, note, print_json, show
from nn.module import MODEL_SUFFIXES

if TYPE_CHECKING:
    from nn.columns import Table
    from nn.data import Dataset
    from nn.train.history import History
    from nn.train.predictor import Prediction, Predictor

MADE = ("moons", "circles", "spirals", "blobs")
REAL = ("iris", "wine", "breast_cancer", "digits")
ACTIVATIONS = ("tanh", "relu", "sigmoid", "softplus", "gelu", "silu", "leaky_relu", "elu", "sin")
OPTIMIZERS = ("sgd", "rmsprop", "adagrad", "adam", "adamw")
MOST_CONFUSED = 10  # classes, for which a table of confusions is readable


def add_to(commands: Any) -> None:
    train = command(
        commands,
        "train",
        _train,
        help="train a net on a data set, or on a CSV file",
        description=f"Train a multilayer perceptron: on points made here ({', '.join(MADE)}, xor), on real data that comes"
        f" with scikit-learn ({', '.join(REAL)}), or on a CSV file. A target of classes is learned by cross-entropy, one of"
        " numbers by the mean squared error. Numbers are standardised, and a column of texts counts as 0 or 1 for each of"
        " them. A part of the rows is held out, and says how good the net is.",
        examples=[
            "chalkgrad train moons --layers 16,16 --plots pictures --save moons.json",
            "chalkgrad train iris --layers 8 --epochs 60 --save iris.json",
            'printf "size,age,price\\n50,10,150\\n80,5,290\\n65,20,160\\n120,1,500\\n90,12,270\\n" > houses.csv',
            "chalkgrad train houses.csv --target price --layers 4 --test 0 --epochs 300 --save houses.json --json",
        ],
    )
    train.add_argument("data", metavar="FILE", help=f"{', '.join((*MADE, 'xor', *REAL))}, or a CSV file; - for stdin")
    columns_of = train.add_argument_group("a CSV file")
    columns_of.add_argument("--target", metavar="NAME", help="the column to be predicted (the last one)")
    columns_of.add_argument("--features", metavar="NAMES", help="the columns to learn from, as in a,b,c (all others)")
    columns_of.add_argument("--drop", metavar="NAMES", default="", help="columns to leave out")
    columns_of.add_argument(
        "--task",
        choices=("auto", "classification", "regression"),
        default="auto",
        help="whether the target is classes or a number; by default classes are text, or few whole numbers",
    )
    columns_of.add_argument("--skip", action="store_true", help="leave out rows in which something is missing")
    columns_of.add_argument("--no-header", action="store_true", help="the first row has numbers, and no names")
    made = train.add_argument_group(f"points made here: {', '.join(MADE)}")
    made.add_argument("--rows", type=int, help="how many (200)")
    made.add_argument("--noise", type=float, help="the standard deviation of what they are off by")
    net = train.add_argument_group("the net, and how it learns")
    net.add_argument("--layers", metavar="SIZES", default="16,16", help="sizes of the hidden layers (%(default)s)")
    for name, known, default, help in (
        ("--activation", ACTIVATIONS, "tanh", "what the hidden layers apply"),
        ("--optimizer", OPTIMIZERS, "adam", "the rule of each step"),
    ):
        net.add_argument(
            name, metavar="NAME", choices=known, default=default, help=f"{help}: {', '.join(known)} (%(default)s)"
        )
    net.add_argument("--lr", type=float, default=0.01, help="the learning rate (%(default)s)")
    net.add_argument("--epochs", type=int, default=200, help="how often all rows are gone through (%(default)s)")
    net.add_argument("--batch", type=int, default=16, help="rows per step (%(default)s)")
    net.add_argument("--l2", type=float, default=0.0, help="the factor of the squared weights in the loss (%(default)s)")
    net.add_argument("--patience", type=int, help="stop after so many epochs without a better loss on the rows held out")
    net.add_argument("--test", metavar="SHARE", type=float, help="the share of the rows held out (0.25; 0 for xor)")
    net.add_argument("--seed", type=int, default=0, help="of all that is drawn by lot (%(default)s)")
    out = train.add_argument_group("what comes out")
    out.add_argument("--save", metavar="FILE", help="write the net, with all that predict needs, to one JSON file")
    out.add_argument("--plots", metavar="FOLDER", help="draw the loss, and of two features the decision boundary")
    out.add_argument("--no-progress", action="store_true", help="leave out the progress bar")
    out.add_argument("--json", action="store_true", help=JSON_HELP)

    predict = command(
        commands,
        "predict",
        _predict,
        help="what a net that was trained says about new rows",
        description="Predict with a net that `chalkgrad train --save` wrote: the rows of a CSV file, whose columns are found"
        " by name, or numbers given here, in the order of the features. Rows that cannot be read are named; the exit code is"
        " then 1.",
        examples=[
            "chalkgrad train iris --epochs 40 --save iris.json --no-progress",
            "chalkgrad predict iris.json 5.1,3.5,1.4,0.2 6.7,3.0,5.2,2.3",
            'printf "size,age,price\\n50,10,150\\n80,5,290\\n65,20,160\\n" > houses.csv',
            "chalkgrad train houses.csv --test 0 --save houses.json",
            'printf "age,size\\n8,70\\n" | chalkgrad predict houses.json - --csv',
        ],
        more="data",
    )
    predict.add_argument("model", metavar="FILE", help="what chalkgrad train --save wrote")
    predict.add_argument(
        "data", metavar="DATA", nargs="*", default=[], help="a CSV file, - for stdin, or rows such as 1,2,3"
    )
    predict.add_argument("--csv", action="store_true", help="print CSV: the columns of the file, and the prediction")
    predict.add_argument("--save", metavar="FILE", help="write that CSV to a file")
    predict.add_argument("--no-header", action="store_true", help="the first row has numbers, and no names")
    predict.add_argument("--json", action="store_true", help=JSON_HELP)


# ------------------------------------------------------------------------------------------------------------------ train


def _train(options: argparse.Namespace) -> int:
    from nn.train.predictor import learn

    sizes = _sizes(options)
    if options.save and not Path(options.save).parent.is_dir():  # before anything is learned
        raise ValueError(f"{options.save} cannot be written: there is no folder {Path(options.save).parent}")
    if options.save:
        suffix_of(options.save, "a model", MODEL_SUFFIXES)
    data = _data(options)
    share = (0.0 if data.name == "xor" else 0.25) if options.test is None else options.test
    if not 0.0 <= share < 1.0:
        options.parser.error(f"the share held out lies between 0 and 1, not --test {share}")
    train, test = data.split(share, options.seed) if share else (data, None)
    quiet = options.json or options.no_progress or not sys.stderr.isatty()
    if not options.json:
        _say_what_is_learned(data, len(train), test)
    predictor, history = learn(
        train,
        sizes,
        validation=test,
        activation=options.activation,
        seed=options.seed,
        optimizer=options.optimizer,
        lr=options.lr,
        epochs=options.epochs,
        batch_size=options.batch,
        l2=options.l2,
        patience=options.patience,
        progress=False if quiet else None,
    )
    if history.loss and not math.isfinite(history.loss[-1]):
        raise ValueError(f"the training diverged, to a loss of {history.loss[-1]}: try a smaller --lr than {options.lr}")
    scores = {"train": predictor.score(train)} | ({"test": predictor.score(test)} if test else {})
    if options.json:
        print_json(_report(data, predictor, history, scores))
    else:
        _print_report(predictor, history, scores, test)
    if options.save:
        predictor.save(options.save)
        note(f"saved {options.save}")
    if options.plots:
        _plot(Path(options.plots), predictor, history, data)
    return 130 if history.stopped == "interrupted" else 0


def _data(options: argparse.Namespace) -> Dataset:
    import nn

    name = options.data
    of_points = {"noise": options.noise, "n": options.rows}
    of_files = [options.target, options.features, options.drop, options.skip, options.no_header, options.task != "auto"]
    if name not in MADE and any(given is not None for given in of_points.values()):
        options.parser.error(f"--rows and --noise are for {', '.join(MADE)}, and not for {name}")
    if name in (*MADE, "xor", *REAL):
        if any(of_files):
            options.parser.error(f"{name} has columns of its own: --target and the like are for CSV files")
        known = {"n": 200, "seed": options.seed} | {key: given for key, given in of_points.items() if given is not None}
        found: Dataset = getattr(nn.data, name)(**known if name in MADE else {})
        return found
    if name != "-" and not os.path.exists(name) and not Path(name).suffix:
        near = get_close_matches(name, [*MADE, "xor", *REAL], 1)
        hint = f"; is {near[0]} meant?" if near else f": there are {', '.join((*MADE, 'xor', *REAL))}"
        raise ValueError(f"{name} is no data set here, and no file{hint}")
    return nn.data.from_csv(
        name,
        options.target,
        task=options.task,
        features=None if options.features is None else _names(options.features),
        drop=_names(options.drop),
        skip=options.skip,
        header=False if options.no_header else None,
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _sizes(options: argparse.Namespace) -> list[int]:
    """The sizes of the hidden layers; none of them, for "", is a linear model."""
    sizes = [int(size) if size.isdecimal() else 0 for size in _names(options.layers)]
    if 0 in sizes:
        options.parser.error(f"--layers takes sizes from 1 on, as in 16,16, not {options.layers!r}")
    return sizes


def _say_what_is_learned(data: Dataset, learned: int, test: Dataset | None) -> None:
    what = f"{len(data.classes)} classes of {data.target}" if data.classes else f"the number {data.target}"
    if data.target == "class":
        what = f"{len(data.classes)} classes"
    held_out = f"{learned} to learn from, {len(test)} held out" if test else "none held out"
    features = f"{len(data.features)} feature{'s'[: len(data.features) != 1]}"
    show(f"{data.name}: {len(data)} rows of {features}, {what}; {held_out}")


def _report(data: Dataset, predictor: Predictor, history: History, scores: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": data.name,
        "task": "classification" if data.classes else "regression",
        "target": data.target,
        "features": data.features,
        "classes": data.classes,
        "model": repr(predictor.model),
        "loss": predictor.loss,
        "history": history.rows(),
        "stopped": history.stopped,
        **scores,
    }


def _print_report(predictor: Predictor, history: History, scores: dict[str, Any], test: Dataset | None) -> None:
    show(f"{predictor.model!r}, {predictor.loss}\n")
    print(heading("loss"))
    print(history.curve())
    if history.loss:
        ended = "" if history.stopped == "epochs" else f" ({history.stopped})"
        print(f"\nLoss {history.loss[0]:.4g} → {history.loss[-1]:.4g} in {len(history)} epochs{ended}.")
    names = {"train": "learned from", "test": "held out"}
    if predictor.classes:
        rows = [[names[part], f"{s['accuracy']:.1%}", f"{s['right']} of {s['rows']} right"] for part, s in scores.items()]
        print("\n" + columns(rows, right=[1]))
    else:
        rows = [[names[part], f"{s['rmse']:.4g}", f"{s['r2']:.4f}".replace("nan", "–")] for part, s in scores.items()]
        print("\n" + columns([["", f"root mean squared error of {predictor.target}", "R²"], *rows], right=[1, 2]))
    if test and 2 < len(predictor.classes) <= MOST_CONFUSED and scores["test"]["accuracy"] < 1.0:
        print("\n" + heading("rows held out, by their class (down) and the class predicted (across)"))
        show(_confusion(predictor, test))


def _confusion(predictor: Predictor, test: Dataset) -> str:
    from nn.metrics import confusion_matrix

    counts = confusion_matrix([predictor.outputs(row) for row in test.X], test.y)
    classes = predictor.classes
    rows = [[classes[i], *(str(n) if n else "·" for n in row)] for i, row in enumerate(counts)]
    return columns([["", *classes[: len(counts)]], *rows], right=range(1, len(classes) + 1))


def _plot(folder: Path, predictor: Predictor, history: History, data: Dataset) -> None:
    import nn

    folder.mkdir(parents=True, exist_ok=True)
    plots: dict[str, Callable[[], Any]] = {"loss-curve.png": lambda: nn.plot_loss(history, metrics=bool(history.metrics))}
    if len(data.features) == 2 and data.classes:
        threshold = 0.0 if len(data.classes) == 2 else None
        plots["decision-boundary.png"] = lambda: nn.plot_boundary(predictor.outputs, data, threshold=threshold)
    for name, plot in plots.items():
        plot().figure.savefig(folder / name, dpi=160)
        note(f"saved {folder / name}")


# ---------------------------------------------------------------------------------------------------------------- predict


def _predict(options: argparse.Namespace) -> int:
    from nn.train.predictor import Predictor

    predictor = Predictor.load(options.model)
    if not options.data:
        options.parser.error("name a CSV file, or give the numbers of a row")
    head, rows, problems = _rows(predictor, options)
    found = [(place, cells, predictor(xs)) for place, cells, xs in rows]
    if options.save:
        note(f"saved {save(options.save, 'a table', {'.csv': lambda: _as_csv(predictor, head, found).encode()})}")
    if options.json:
        print_json(
            {
                "target": predictor.target,
                "predictions": [
                    {"row": place, "prediction": p.value, **({"probabilities": p.probabilities} if p.probabilities else {})}
                    for place, _, p in found
                ],
                "problems": problems,
            }
        )
    elif options.csv:
        sys.stdout.write(_as_csv(predictor, head, found))
    else:
        table = [[place, *_shown(p)] for place, _, p in found]
        title = ["", predictor.target, *(["probability"] if predictor.classes else [])]
        show(columns([title, *table], right=[1] if not predictor.classes else [2]))
    if problems:
        note("Could not be read\n" + "\n".join(problems))
    return 1 if problems else 0


Row = tuple[str, list[str], list[float]]  # where it stands, its cells, its numbers


def _rows(predictor: Predictor, options: argparse.Namespace) -> tuple[list[str], list[Row], list[str]]:
    """The names of the columns, the rows, and what is wrong with others."""
    from nn.columns import columns_of, listed

    wanted = list(columns_of(predictor.features))
    table, place = _table(options, wanted)
    if not table.named and len(table.columns) == len(wanted):
        table = table._replace(columns=wanted)  # in the order in which they were learned
    if missing := [name for name in wanted if name not in table.columns]:
        has = f"it has {listed(table.columns)}" if table.named else f"it has {len(table.columns)} columns without names"
        which = f"column{'s'[: len(missing) > 1]} {listed(missing)}"
        raise ValueError(f"{table.name} lacks the {which}, which the model needs; {has}")
    good, bad = table.numbers(predictor.features)
    cells = dict(table.rows)
    problems = [f"{table.name}, {place} {line}: {why}" for line, why in bad]
    return table.columns, [(f"{place} {line}", cells[line], xs) for line, xs in good], problems


def _table(options: argparse.Namespace, columns: list[str]) -> tuple[Table, str]:
    """What is to be predicted, from a file or from the command line, and what a row is called there."""
    from nn.columns import Table, read_table

    given = [str(each).strip() for each in options.data]
    if len(given) == 1 and (os.path.exists(given[0]) or not (_is_number(given[0]) or "," in given[0])):
        return read_table(given[0], False if options.no_header else None), "line"
    rows = [[cell.strip() for cell in row.split(",")] for row in given]
    if all(len(row) == 1 for row in rows) and len(columns) > 1:
        rows = [[cell for row in rows for cell in row]]  # 5.1 3.5 1.4 0.2
    for row in rows:
        if len(row) != len(columns):
            names = ", ".join(columns[:8]) + ", …" * (len(columns) > 8)
            raise ValueError(f"a row has {len(columns)} entries here ({names}), and {','.join(row)} has {len(row)}")
    return Table("the command line", columns, True, list(enumerate(rows, start=1)), False), "row"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shown(prediction: Prediction) -> list[str]:
    if prediction.probability is None:
        return [f"{prediction.value:.6g}"]
    return [str(prediction.value), f"{prediction.probability:.1%}"]


def _as_csv(predictor: Predictor, head: Sequence[str], found: Sequence[tuple[str, list[str], Prediction]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    name = f"predicted {predictor.target}"
    writer.writerow([*head, name, *(["probability"] if predictor.classes else [])])
    for _, cells, p in found:
        writer.writerow([*cells, p.value, *([] if p.probability is None else [f"{p.probability:.6g}"])])
    return out.getvalue()
