"""The commands that a course needs: play, tour, and lab, which opens its notebooks."""

from __future__ import annotations

import argparse
import hashlib
import json
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
from autograd.writing.columns import align
from nn.cli.shared import JSON_HELP, command, note, print_json, show

KEPT = ".chalkgrad.json"  # in a folder of notebooks: what each file was when it was copied there


def add_to(commands: Any) -> None:
    _add_play(commands)
    _add_tour(commands)
    _add_lab(commands)


def _add_play(commands: Any) -> None:
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
            "chalkgrad play 'L = ½(ŷ − y)²; ŷ = σ(w x + b)' --save neuron.html --no-open",
        ],
    )
    play.add_argument("formula", nargs="?", default="", help="what stands on the bench when the page opens")
    play.add_argument("--save", metavar="FILE", help="where the page is written (a folder of its own among temporary files)")
    play.add_argument("--no-open", action="store_true", help="write the page, and open no browser")


def _add_tour(commands: Any) -> None:
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


def _add_lab(commands: Any) -> None:
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


# -------------------------------------------------------------------------------------------------------------------- lab


def _lab(options: argparse.Namespace) -> int:
    source = _notebooks()
    files = _files(source)
    if options.list:
        titles = {name: _title(source / name) for name in files}
        if options.json:
            print_json({"notebooks": titles})
        else:
            show(align(list(titles.items())))
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
    from autograd.notes.blocks import cells_of_notebook

    if path.suffix != ".ipynb":
        return ""
    lines = "\n".join(cells_of_notebook(path.read_text(encoding="utf-8"))).splitlines()
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), "")


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
