"""The command `chalkgrad`, also `python -m nn`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from autograd import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit code: 0, or 1 for an error, 2 for a command that is not understood."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except BrokenPipeError:  # whoever read this has had enough
        sys.stderr.close()
        return 0
    except (OSError, ValueError) as error:
        print(f"chalkgrad: {error}", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chalkgrad",
        description="Gradients as on the chalkboard: watch a network work itself out, in numbers.",
    )
    parser.add_argument("--version", action="version", version=f"chalkgrad {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    tour = commands.add_parser("tour", help="a two-layer network in numbers, then a training on real data")
    tour.add_argument("--folder", default="chalkgrad-tour", help="where the pictures go (%(default)s)")
    tour.add_argument("--no-progress", action="store_true", help="leave out the progress bar")
    tour.set_defaults(run=_tour)

    mark = commands.add_parser(
        "mark",
        help="mark calculations worked by hand",
        description="Mark what people worked out by hand against a worksheet: each line from the numbers that they had,"
        " so that a mistake counts once. The worksheet is a TOML file with the numbers that are [given], the [lines] as"
        " formulas, and perhaps [answers]; answers also come in files of their own (.txt, .md, .toml, .json, a .csv table)"
        " or in folders.",
    )
    mark.add_argument("sheet", help="the worksheet, a TOML file")
    mark.add_argument("answers", nargs="*", help="files of answers, and folders of such files")
    mark.add_argument("--each", action="store_true", help="print every marked sheet, not the class alone")
    mark.add_argument("--json", action="store_true", help="print everything as JSON")
    mark.add_argument(
        "--save", metavar="FILE", action="append", default=[], help="write it to a file: .html, .csv, .json, .txt"
    )
    mark.set_defaults(run=_mark)

    exercise = commands.add_parser(
        "exercise",
        help="a new exercise with kind numbers",
        description="A new exercise on backpropagation: one neuron, two inputs, two layers, or softmax. Printed as Markdown;"
        " --save writes it for paper (.md, .tex, .html), as a notebook that marks itself (.ipynb), or as a worksheet for"
        " `chalkgrad mark` (.toml).",
    )
    exercise.add_argument(
        "level", nargs="?", default="two layers", help='neuron, "two inputs", "two layers" or softmax (%(default)s)'
    )
    exercise.add_argument("--seed", type=int, help="for the same numbers again")
    exercise.add_argument("--digits", type=int, default=5, help="significant digits that are wanted (%(default)s)")
    exercise.add_argument("--answers", action="store_true", help="print the right numbers below")
    exercise.add_argument("--save", metavar="FILE", action="append", default=[], help="write it to a file instead")
    exercise.set_defaults(run=_exercise)
    return parser


def _tour(options: argparse.Namespace) -> int:
    from nn.tour import tour  # what a command needs is loaded when it runs

    tour(options.folder, progress=False if options.no_progress else None)
    return 0


def _exercise(options: argparse.Namespace) -> int:
    from autograd.exercises import exercise

    task = exercise(options.level, options.seed, digits=options.digits)
    for path in options.save:
        print(task.save(path))
    if not options.save:
        print(task.markdown)
    if options.answers:
        print("\n".join(f"{name} = {number}" for name, number in task.answers.items()))
    print(f"seed {task.seed}", file=sys.stderr)
    return 0


def _mark(options: argparse.Namespace) -> int:
    """0 where everything could be read; wrong answers are no error."""
    from autograd.answers import mark_files

    marked = mark_files(options.sheet, options.answers)
    if not len(marked) and not marked.problems:
        raise ValueError(f"{options.sheet} has no [answers]: name the files, or a folder, that they are in")
    alone = len(marked) == 1 and not any(os.path.isdir(path) for path in options.answers)
    single = next(iter(marked))[1] if alone and not options.answers[1:] else None
    unsaved = None
    for path in options.save:  # before anything is printed, as nobody may read that to its end
        try:
            (single or marked).save(path)
        except (OSError, ValueError) as error:
            unsaved = error
    if options.json:
        print(marked.json)
    elif single is not None:
        print(single)
    else:
        print("\n\n\n".join([*(str(marking) for _, marking in marked if options.each), str(marked)]))
    if marked.problems and (single is not None or options.json):
        print("Could not be read\n" + "\n".join(map(str, marked.problems)), file=sys.stderr)
    if unsaved is not None:
        raise unsaved
    return 1 if marked.problems else 0
