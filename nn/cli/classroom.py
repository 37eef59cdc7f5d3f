"""The commands that a class needs: exercise, exam, and mark."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from nn.cli.shared import JSON_HELP, command, note, print_json, show, take_save


def add_to(commands: Any) -> None:
    _add_exercise(commands)
    _add_exam(commands)
    _add_mark(commands)


def _add_exercise(commands: Any) -> None:
    exercise = command(
        commands,
        "exercise",
        _exercise,
        help="a new exercise with kind numbers",
        description="A new exercise on backpropagation: one neuron, two inputs, two layers, softmax; recurrent, rmsnorm,"
        " embedding, attention; jacobian, hessian; read the graph, shapes, find the mistake, and that in any of the"
        " others (find the mistake in softmax). Printed as Markdown; --save writes it for paper (.md, .tex, .html), as a"
        " notebook that marks itself (.ipynb), or as a worksheet for `chalkgrad mark` (.toml).",
        examples=[
            "chalkgrad exercise neuron --seed 3 --answers",
            "chalkgrad exercise attention --seed 3",
            "chalkgrad exercise neuron --activation tanh --batch 2 --l2 --steps 2",
            "chalkgrad exercise two layers --seed 3 --save exercise.ipynb --save sheet.toml",
        ],
    )
    kinds = (
        "neuron, two inputs, two layers, softmax, recurrent, rmsnorm, embedding, attention, jacobian, hessian, read the"
        " graph, shapes, find the mistake"
    )
    exercise.add_argument("level", nargs="*", default=["two layers"], help=f"{kinds} (two layers)")
    exercise.add_argument("--seed", type=int, help="for the same numbers again")
    exercise.add_argument("--digits", type=int, default=5, help="significant digits that are wanted (%(default)s)")
    exercise.add_argument("--activation", metavar="NAME", help="another one: sigmoid, tanh, relu or softplus")
    exercise.add_argument("--batch", type=int, help="several rows, up to 4")
    exercise.add_argument("--l2", action="store_true", default=None, help="with a penalty on the weights")
    exercise.add_argument("--steps", type=int, help="steps of gradient descent, up to 2")
    exercise.add_argument("--true-class", type=int, metavar="N", help="of softmax: 1, 2 or 3")
    exercise.add_argument("--symbols", action="store_true", default=None, help="formulas are wanted; no numbers are given")
    exercise.add_argument("--answers", action="store_true", help="print the right numbers below")
    take_save(exercise, "write it to a file instead")
    exercise.add_argument("--json", action="store_true", help=JSON_HELP)


def _add_exam(commands: Any) -> None:
    exam = command(
        commands,
        "exam",
        _exam,
        help="an exercise for a class: a sheet with other numbers for everybody",
        description="Write an exam into a folder: sheets/ has a LaTeX file, a page and a notebook for each person,"
        " with numbers of their own and a code; keys/ has the right numbers, and a table to type in what comes back. People"
        " are in a CSV table, as Moodle, Canvas and spreadsheets write it. `chalkgrad mark exam answers` marks what comes"
        " back.\n\n"
        "With --platform it is written for a platform instead, as so many variants: moodle (XML), qti (Canvas, Blackboard,"
        " D2L), nbgrader, otter, prairielearn.",
        examples=[
            "printf 'name,id\\nAda Lovelace,1\\nEmmy Noether,2\\n' > class.csv",
            'chalkgrad exam --kind "two layers" --students class.csv --seed 5 --out exam',
            "chalkgrad mark exam exam/keys/answers.csv",
            "chalkgrad exam --kind neuron --platform moodle --variants 3 --tolerance 5 --out moodle",
            "chalkgrad exercise neuron --save own.toml && chalkgrad exam --sheet own.toml --students class.csv --out own",
        ],
    )
    exam.add_argument("level", nargs="*", help="as `chalkgrad exercise` has them (two layers)")
    exam.add_argument("--kind", help="the same, as an option")
    exam.add_argument("--sheet", metavar="FILE", help="a worksheet of one's own in place of a kind, a TOML file")
    exam.add_argument("--loss", metavar="LINE", default="", help="of such a sheet: the line that is differentiated")
    exam.add_argument("--students", metavar="FILE", help="the table of people, a CSV file")
    exam.add_argument("--out", metavar="FOLDER", default="exam", help="where it is written (%(default)s)")
    exam.add_argument("--seed", type=int, help="for the same exam again")
    exam.add_argument("--digits", type=int, default=5, help="significant digits that are wanted (%(default)s)")
    exam.add_argument("--activation", metavar="NAMES", help="one, or several with commas, which are dealt out in turn")
    exam.add_argument("--true-class", metavar="NUMBERS", help="of softmax: 1, 2 or 3, or several with commas")
    exam.add_argument("--batch", type=int, help="several rows, up to 4")
    exam.add_argument("--l2", action="store_true", default=None, help="with a penalty on the weights")
    exam.add_argument("--steps", type=int, help="steps of gradient descent, up to 2")
    exam.add_argument("--symbols", action="store_true", default=None, help="formulas are wanted; no numbers are given")
    exam.add_argument("--platform", metavar="NAME", help="moodle, qti, nbgrader, otter or prairielearn")
    exam.add_argument("--variants", type=int, default=10, help="for a platform: how many there are (%(default)s)")
    exam.add_argument(
        "--tolerance", type=float, default=15.0, metavar="UNITS",
        help="for moodle and qti: by how many units of its last digit a number may be off (%(default)g)",
    )  # fmt: skip
    exam.add_argument("--json", action="store_true", help=JSON_HELP)


def _add_mark(commands: Any) -> None:
    mark = command(
        commands,
        "mark",
        _mark,
        help="mark calculations worked by hand",
        description="Mark what people worked out by hand against a worksheet: each line from the numbers that they had,"
        " so that a mistake counts once. The worksheet is a TOML file with the numbers that are [given], the [lines] as"
        " formulas, and perhaps [answers]; answers also come in files of their own (.txt, .md, .toml, .json, a .csv table)"
        " or in folders. Where the worksheet is the folder of an exam, everybody is marked by the numbers of their own"
        " sheet, and a page to hand back for each is written into its folder marked/.",
        examples=[
            "chalkgrad lab course --copy-only && chalkgrad mark course/two-layer-network.toml",
            'mkdir -p class && echo "ŷ = 0.7" > class/ann.txt',
            "chalkgrad exercise neuron --seed 3 --save sheet.toml",
            "chalkgrad mark sheet.toml class --each --save class.html",
            "chalkgrad mark sheet.toml 'a = 0.709' 'ŷ = 0.67'",
        ],
        more="answers",
    )
    mark.add_argument("sheet", metavar="FILE", help="the worksheet, a TOML file; or the folder of an exam")
    mark.add_argument(
        "answers", metavar="ANSWERS", nargs="*", default=[],
        help="files of answers, folders of such files, or answers themselves, such as 'a = 0.71'",
    )  # fmt: skip
    mark.add_argument("--each", action="store_true", help="print every marked sheet, not the class alone")
    mark.add_argument("--json", action="store_true", help="print everything as JSON")
    take_save(mark, "write it to a file: .html, .csv, .json, .txt, .md")


def _exercise(options: argparse.Namespace) -> int:
    from autograd.mark.exercises import exercise

    names = ("activation", "batch", "l2", "steps", "true_class", "symbols")
    variant = {name: getattr(options, name) for name in names}
    task = exercise(" ".join(options.level), options.seed, digits=options.digits, **variant)
    paths = [str(task.save(path)) for path in options.save]
    if options.json:
        answers = {"answers": dict(task.answers)} if options.answers else {}
        print_json({"seed": task.seed, "markdown": task.markdown, **answers, "saved": paths})
        return 0
    for path in paths:
        print(path)
    if not paths:
        print(task.markdown)
    if options.answers:
        print("\n".join(f"{name} = {number}" for name, number in task.answers.items()))
    if paths:
        note(f"seed {task.seed}")
    else:
        first = next(iter(task.answers))
        note(f"seed {task.seed}; to be marked: the same with --seed {task.seed} --save sheet.toml, then")
        note(f'chalkgrad mark sheet.toml "{first} = …"')
    return 0


def _exam(options: argparse.Namespace) -> int:
    from autograd.exams.exam import exam
    from autograd.exams.platforms import write_for_platform

    asked: dict[str, Any] = {name: getattr(options, name) for name in ("batch", "l2", "steps", "symbols")}
    asked["activation"] = options.activation and [each.strip() for each in options.activation.split(",")]
    asked["true_class"] = options.true_class and [_whole(options, each) for each in options.true_class.split(",")]
    asked = {name: x for name, x in asked.items() if x is not None} | {"digits": options.digits, "loss": options.loss}
    if options.kind and options.level:
        options.parser.error(f"either --kind {options.kind!r} or {' '.join(options.level)!r}")
    kind = Path(options.sheet) if options.sheet else options.kind or " ".join(options.level) or "two layers"
    if options.platform:
        asked["tolerance"] = options.tolerance
        paths = write_for_platform(options.platform, options.out, kind, options.variants, options.seed, **asked)
        sheets: list[dict[str, str]] = []
    else:
        if not options.students:
            options.parser.error("--students names the table of people; or --platform what it is for")
        made = exam(kind, options.students, options.seed, **asked)
        paths = [made.save(options.out)]
        sheets = [sheet.student._asdict() | {"code": sheet.code, "file": sheet.file} for sheet in made.sheets]
    if options.json:
        print_json({"sheets": sheets, "saved": list(map(str, paths))})
        return 0
    for path in paths:
        print(path)
    if sheets:
        note("1 sheet; the keys are apart" if len(sheets) == 1 else f"{len(sheets)} sheets; the keys are apart")
    return 0


def _whole(options: argparse.Namespace, text: str) -> int:
    if not text.strip().isdecimal():
        options.parser.error(f"classes are whole numbers, not {text!r}")
    return int(text)


def _mark(options: argparse.Namespace) -> int:
    """0 where everything could be read; wrong answers are no error."""
    from autograd.mark.classes import mark_files

    if os.path.isdir(options.sheet):
        return _mark_exam(options)
    typed = [answer for answer in options.answers if "=" in answer and not os.path.exists(answer)]
    files = [answer for answer in options.answers if answer not in typed]
    marked = mark_files(options.sheet, files, typed="\n".join(typed))
    if not len(marked) and not marked.problems:
        raise ValueError(f"{options.sheet} has no [answers]: name the files, or a folder, that they are in; or type a = 0.7")
    alone = len(marked) == 1 and not any(os.path.isdir(path) for path in files)
    single = next(iter(marked))[1] if alone and not files[1:] else None
    unsaved = None
    for path in options.save:  # before anything is printed, as nobody may read that to its end
        try:
            (single or marked).save(path)
        except (OSError, ValueError) as error:
            unsaved = error
    if options.json:
        print(marked.json)
    elif single is not None:
        show(str(single))
    else:
        show("\n\n\n".join([*(str(marking) for _, marking in marked if options.each), str(marked)]))
    if marked.problems and (single is not None or options.json):
        note("Cannot be read\n" + "\n".join(map(str, marked.problems)))
    if unsaved is not None:
        raise unsaved
    return 1 if marked.problems else 0


def _mark_exam(options: argparse.Namespace) -> int:
    from autograd import mark_exam
    from autograd.exams.returned import hand_back

    if not options.answers:
        raise ValueError(f"{options.sheet} is an exam: name the files, or a folder, in which the answers are")
    marked = mark_exam(options.sheet, options.answers)
    place = hand_back(marked, options.sheet)
    for path in options.save:
        marked.save(path)
    if options.json:
        print(marked.json)
    else:
        show("\n\n\n".join([*(str(marking) for _, marking in marked if options.each), str(marked)]))
    note(f"pages to hand back, and the report on the class: {place}")
    return 1 if marked.problems else 0
