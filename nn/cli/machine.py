"""The commands about the computer that all this runs on: doctor and completion."""

from __future__ import annotations

import argparse
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distributions, requires, version
from pathlib import Path
from typing import Any, NamedTuple

from autograd.writing.columns import align
from nn.arguments import import_extra
from nn.cli.shared import JSON_HELP, command, heading, print_json, show, styled
from nn.engine import CURE

PURPOSES = {  # of the extras that are for people who use the library; their packages stand in chalkgrad's own metadata
    "arrays": "compiled programs on whole batches",
    "data": "iris, wine, breast cancer, digits",
    "progress": "progress bars",
    "draw": "drawings",
    "math": "simplification, and mathematics on web pages",
    "plot": "curves, boundaries, histograms",
    "film": "films of the stepper, as .gif and .mp4",
    "widget": "the stepper in step with Python",
    "lab": "the course's notebooks",
    "completion": "completion in the shell",
    "jax": "programs on JAX",
    "torch": "programs on PyTorch",
    "onnx": "nets as ONNX",
}
SHELLS = ("bash", "zsh", "tcsh", "fish")
COLOURS = {"✓": "green", "✗": "red", "–": "yellow"}


def add_to(commands: Any) -> None:
    doctor = command(
        commands,
        "doctor",
        _doctor,
        help="what is installed, what is missing, and what is in the way",
        description="Say what is installed and what is missing, and whether another package called autograd, or a file of"
        " yours, is in the way. The exit code is 1 if something is wrong, and 0 if only optional things are missing.",
        examples=["chalkgrad doctor", "chalkgrad doctor --json"],
    )
    doctor.add_argument("--json", action="store_true", help=JSON_HELP)

    completion = command(
        commands,
        "completion",
        _completion,
        help="completion of commands, options and files in the shell",
        description="Print the script that makes a shell complete `chalkgrad`. It is written by shtab, which comes with"
        " chalkgrad[completion].\n\n"
        'In bash, put this line into ~/.bashrc:\n\n  eval "$(chalkgrad completion bash)"\n\n'
        'In zsh, put these into ~/.zshrc:\n\n  autoload -U compinit && compinit\n  eval "$(chalkgrad completion zsh)"\n\n'
        "In fish, run this once:\n\n  chalkgrad completion fish > ~/.config/fish/completions/chalkgrad.fish\n\n"
        "In tcsh, run the first once, and put the second into ~/.tcshrc:\n\n"
        "  chalkgrad completion tcsh > ~/.chalkgrad.tcsh\n  source ~/.chalkgrad.tcsh",
        examples=["chalkgrad completion bash > chalkgrad-completion.bash"],
    )
    completion.add_argument("shell", choices=SHELLS, help="which shell it is for")


# ----------------------------------------------------------------------------------------------------------------- doctor


class Finding(NamedTuple):
    """One line of the report: sign is ✓ for what is there, – for what is optional and missing, ✗ for what is wrong."""

    sign: str
    name: str
    found: str
    remark: str


def _doctor(options: argparse.Namespace) -> int:
    findings = {"installed": list(_versions()), "extras": list(_extras()), "in the way": list(_in_the_way())}
    wrong = [finding for group in findings.values() for finding in group if finding.sign == "✗"]
    if options.json:
        state = {"✓": "there", "–": "missing", "✗": "wrong"}
        groups = {
            group.replace(" ", "_"): [
                {"name": f.name, "state": state[f.sign], "found": f.found or None, "remark": f.remark} for f in found
            ]
            for group, found in findings.items()
        }
        print_json({"ok": not wrong, **groups})
        return 1 if wrong else 0
    for group, found in findings.items():
        if found:
            print(heading(group))
            for line in align(found).splitlines():
                show(styled(line[0], COLOURS[line[0]]) + line[1:])
            print()
    print("Something is wrong: see ✗ above." if wrong else "Nothing is wrong; what is missing is optional.")
    return 1 if wrong else 0


def _versions() -> Iterator[Finding]:
    import autograd

    new_enough = sys.version_info >= (3, 11)
    yield Finding("✓" if new_enough else "✗", "Python", platform.python_version(), sys.executable)
    yield Finding("✓", "chalkgrad", autograd.__version__, str(Path(autograd.__file__).parent.parent))


def _extras() -> Iterator[Finding]:
    try:
        packages = packages_of_extras()
    except PackageNotFoundError:
        packages = {}
        yield Finding("–", "extras", "unknown", "chalkgrad is found here, but not installed: pip install chalkgrad")
    for extra, purpose in PURPOSES.items():
        for package in packages.get(extra, []):
            found = _installed(package)
            install = "" if found else f': pip install "chalkgrad[{extra}]"'
            yield Finding("✓" if found else "–", package, found or "missing", purpose + install)
    yield _graphviz()


def packages_of_extras() -> dict[str, list[str]]:
    """What each extra asks for on every machine, as chalkgrad's metadata says. Raises PackageNotFoundError without them."""
    found: dict[str, list[str]] = {}
    for asked in requires("chalkgrad") or []:
        if part := re.fullmatch(r"""([\w.-]+)[^;]*; extra == ['"](\w+)['"]""", asked):
            found.setdefault(part[2], []).append(part[1])
    return found


def _graphviz() -> Finding:
    """Which program lays out drawings."""
    from nn.drawing.dot import find_engine

    try:
        program = find_engine()
    except (ImportError, RuntimeError):
        install = 'pip install "chalkgrad[draw]", or Graphviz itself from https://graphviz.org/download'
        return Finding("–", "Graphviz", "missing", f"lays out drawings: {install}")
    pure = "pure" in Path(program).name
    version_of = _installed("graphviz-pure") if pure else ""
    return Finding("✓", "Graphviz", version_of or "dot", program)


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _in_the_way() -> Iterator[Finding]:
    """Other packages called autograd, and files of one's own that Python finds before ours."""
    import autograd
    import nn

    ours = {"autograd": Path(autograd.__file__).parent.resolve(), "nn": Path(nn.__file__).parent.resolve()}
    for other in distributions(name="autograd"):
        place = Path(str(other.locate_file("autograd"))).resolve()
        remark = (
            "HIPS autograd and chalkgrad overwrite each other's files here"
            if place == ours["autograd"]
            else f"HIPS autograd is in {place.parent}; Python finds chalkgrad's first, and its autograd.numpy is not found"
        )
        yield Finding("✗", "autograd", other.version, f"{remark}: {CURE}")
    here = Path.cwd()
    if all((here / name / mark).exists() for name, mark in (("autograd", "primitives.py"), ("nn", "module.py"))):
        return  # a clone of chalkgrad, with another chalkgrad installed: Python finds the same names in either
    for name, place in ours.items():
        for path in (here / f"{name}.py", here / name):
            is_module = path.suffix == ".py" or (path / "__init__.py").exists()
            if path.exists() and is_module and path.resolve() != place:
                remark = f"Python finds it before chalkgrad's {name} in scripts and notebooks of this folder: rename it"
                yield Finding("✗", path.name, "here", remark)


# ------------------------------------------------------------------------------------------------------------- completion


def _completion(options: argparse.Namespace) -> int:
    shtab = import_extra("shtab", "completion is written by shtab", "completion")
    if options.shell not in shtab.SUPPORTED_SHELLS:
        raise ImportError(f"this shtab is too old for {options.shell}: pip install --upgrade shtab")
    whole = options.whole
    files = {"FILE": shtab.FILE, "FOLDER": shtab.DIRECTORY}
    for each in _parsers(whole):
        each.epilog = None
        for action in each._actions:
            if str(action.metavar) in files:
                action.complete = files[str(action.metavar)]  # type: ignore[attr-defined]
    print(shtab.complete(whole, shell=options.shell))
    return 0


def _parsers(whole: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield whole
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.values()
