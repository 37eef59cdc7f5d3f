"""The commands that a course needs: play, tour, exercise, mark, and lab, which opens its notebooks."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograd.display.files import write
from nn.cli.shared import JSON_HELP, command, note, print_json, show

KEPT = ".chalkgrad.json"  # in a folder of notebooks: what each file was when it was copied there


def add_to(commands: Any) -> None:
    play = command(
        commands,
        "play",
        _play,
        help="backpropagation to play with, as a page in the browser",
        description="Open the page on which backpropagation is played with: six screens from a first weight to a network,"
        " and a bench for formulas that one types, which become graphs while one types. The page is one file, which needs"
        " neither Python nor a network; `chalkgrad play` alone opens it.",
        examples=[
            "chalkgrad play --save play.html --no-open",
            "chalkgrad play 'L = ½(h − y)²; h = σ(w x + b)' --save neuron.html --no-open",
        ],
    )
    play.add_argument("formula", nargs="?", default="", help="what stands on the bench when the page opens")
    play.add_argument("--save", metavar="FILE", help="where the page is written (a folder of its own among temporary files)")
    play.add_argument("--no-open", action="store_true", help="write the page, and open no browser")

    tour = command(
        commands,
        "tour",
        _tour,
        help="a two-layer network in numbers, then a training on real data",
        examples=["chalkgrad tour --folder pictures --no-progress"],
    )
    tour.add_argument("--folder", metavar="FOLDER", default="chalkgrad-tour", help="where the pictures go (%(default)s)")
    tour.add_argument("--no-open", action="store_true", help="make the page that shows all, without opening it")
    tour.add_argument("--no-progress", action="store_true", help="leave out the progress bar")

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
    exercise.add_argument("--save", metavar="FILE", action="append", default=[], help="write it to a file instead")
    exercise.add_argument("--json", action="store_true", help=JSON_HELP)

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
    mark.add_argument(
        "--save", metavar="FILE", action="append", default=[], help="write it to a file: .html, .csv, .json, .txt, .md"
    )

    lab = command(
        commands,
        "lab",
        _lab,
        help="the course's notebooks, opened in JupyterLab",
        description="Copy the notebooks of the course into a folder and open the first of them in JupyterLab. Files that"
        " were changed since they were copied are never overwritten. Ctrl-C ends it. JupyterLab comes with chalkgrad[lab].",
        examples=["chalkgrad lab --list", "chalkgrad lab my-course --copy-only"],
    )
    lab.add_argument(
        "folder", metavar="FOLDER", nargs="?", default="chalkgrad-notebooks", help="where they go (%(default)s)"
    )
    lab.add_argument("--list", action="store_true", help="say which notebooks there are, and copy nothing")
    lab.add_argument("--copy-only", action="store_true", help="do not start JupyterLab")
    lab.add_argument("--no-browser", action="store_true", help="start JupyterLab, and open no browser")
    lab.add_argument(
        "--jupyter",
        metavar="ARGS",
        default="",
        help='more for JupyterLab itself, as in --jupyter="--port 9000 --allow-root"',
    )
    lab.add_argument("--json", action="store_true", help=f"with --list or --copy-only, {JSON_HELP}")


def _play(options: argparse.Namespace) -> int:
    import tempfile
    import webbrowser

    from nn.pages.play import play

    path = play(options.formula).save(options.save or Path(tempfile.mkdtemp(prefix="chalkgrad-")) / "play.html")
    print(path)
    if not options.no_open and not webbrowser.open(path.resolve().as_uri()):
        note("no browser opens here: open the file in one")
    return 0


def _tour(options: argparse.Namespace) -> int:
    from nn.cli.tour import tour

    index = tour(options.folder, progress=False if options.no_progress else None)
    if sys.stdout.isatty() and not options.no_open:
        import webbrowser

        webbrowser.open(index.resolve().as_uri())
    return 0


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


# -------------------------------------------------------------------------------------------------------------------- lab


def _lab(options: argparse.Namespace) -> int:
    source = _notebooks()
    files = _files(source)
    if options.list:
        titles = {name: _title(source / name) for name in files}
        if options.json:
            print_json({"notebooks": titles})
        else:
            width = max(map(len, titles))
            show("\n".join(f"{name:{width}}  {title}".rstrip() for name, title in titles.items()))
        return 0
    copied, left = _copy(source, files, Path(options.folder))
    if left:
        note(f"left as they are, because they were changed: {', '.join(left)}")
    if options.json and options.copy_only:
        print_json({"folder": options.folder, "copied": copied, "left": left})
    else:
        print(f"{len(copied)} of {len(files)} files copied into {options.folder}")
    if options.copy_only:
        return 0
    first = next((name for name in files if name.endswith(".ipynb")), "")
    more = [*(["--no-browser"] if options.no_browser else []), *shlex.split(options.jupyter)]
    return _start(Path(options.folder), first, more)


def _notebooks() -> Path:
    """The notebooks: inside the package where it was installed, beside it in the source tree."""
    package = Path(__file__).parent.parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise ValueError("the notebooks are not part of this installation: install chalkgrad anew, from its wheel or its source")


def _files(source: Path) -> list[str]:
    """What is copied, by its path inside; nothing that editors and Jupyter leave behind."""
    paths = (path.relative_to(source) for path in sorted(source.rglob("*"), key=_by_number) if path.is_file())
    return [path.as_posix() for path in paths if not any(part[0] in "._" for part in path.parts) and path.suffix != ".pyc"]


def _by_number(path: Path) -> list[tuple[int, str]]:
    """The order of names, in which 10 stands behind 9."""
    parts = re.findall(r"\d+|\D+", path.as_posix())
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def _title(path: Path) -> str:
    """The first heading of a notebook; nothing for other files."""
    if path.suffix != ".ipynb":
        return ""
    cells = json.loads(path.read_text(encoding="utf-8")).get("cells", [])
    text = "".join("".join(cell.get("source", "")) + "\n" for cell in cells if cell.get("cell_type") == "markdown")
    return next((line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#")), "")


def _copy(source: Path, files: list[str], folder: Path) -> tuple[list[str], list[str]]:
    """Copy files into a folder: the names of those that were copied, and of those that somebody has changed there."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        before = json.loads((folder / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    kept: dict[str, str] = dict(before) if isinstance(before, dict) else {}
    copied, left = [], []
    for name in files:
        new, place = (source / name).read_bytes(), folder / name
        now = place.read_bytes() if place.exists() else None
        if now is not None and now != new and _digest(now) != kept.get(name):
            left.append(name)
            continue
        if now != new:
            place.parent.mkdir(parents=True, exist_ok=True)
            write(place, new)
            copied.append(name)
        kept[name] = _digest(new)
    write(folder / KEPT, json.dumps(kept, indent=1))
    return copied, left


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _start(folder: Path, first: str, more: list[str]) -> int:
    """JupyterLab in a folder, with the first notebook open: by the browser, and by the address that it prints.

    It ends with this program, however that is ended: by Ctrl-C, which JupyterLab gets as well and does not ask about, or by
    a signal to this program alone.
    """
    if find_spec("jupyterlab") is None:
        raise ImportError('the notebooks are opened by JupyterLab: pip install "chalkgrad[lab]"')
    settings = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{quote(first)}"]
    process = subprocess.Popen([sys.executable, "-m", "jupyterlab", *settings, "--ServerApp.answer_yes=True", *more])
    with _passed_on(process):
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # JupyterLab ends by itself; a second one ends it at once
                continue


@contextmanager
def _passed_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """What would end this program ends another one first."""
    if threading.current_thread() is not threading.main_thread():  # where signals cannot be caught
        yield
        return
    caught = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [signal.signal(each, lambda number, frame: process.terminate()) for each in caught]
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        for each, handler in zip(caught, before):
            signal.signal(each, handler)
