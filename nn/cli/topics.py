"""The command help: of another command, or a page on what several of them are for together."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from typing import Any

from nn.cli.shared import command, heading, show

TEACHERS = """\
# what would a sheet look like?
chalkgrad exercise "two layers" --seed 3 --answers
# one for everybody, with other numbers
chalkgrad exam --kind "two layers" --students class.csv --seed 5 --out exam
# what came back
chalkgrad mark exam answers
# another: softmax with its update, the true class dealt out in turn
chalkgrad exam --kind softmax --steps 1 --true-class 1,2,3 --students class.csv --out second
# the same for a platform, as 40 variants
chalkgrad exam --kind neuron --platform moodle --variants 40 --out moodle"""
TOPICS = {
    "teachers": (
        "A teacher's day in five commands",
        f"""{TEACHERS}

The folder exam/ has sheets/ to print, a person each, and keys/ to keep. Answers come as a table typed from paper, as text
files, or as the notebooks; marked/ then has a page to hand back for each, and what the class has misunderstood.

Kinds: neuron, two inputs, two layers, softmax, recurrent, rmsnorm, embedding, attention, jacobian, hessian, read the graph,
shapes, find the mistake; or a worksheet of your own, --sheet FILE. `chalkgrad exam --help` has all options. Beside exams,
`chalkgrad check` reads a page of notes, `chalkgrad judge` a student's engine.""",
    )
}


def add_to(commands: Any) -> None:
    topic = command(
        commands,
        "help",
        lambda options: _help(options, commands.choices),
        help="help on a command; or for teachers, a day in five commands",
        examples=["chalkgrad help teachers", "chalkgrad help exam"],
    )
    topic.add_argument("topic", nargs="?", default="", help="teachers, or a command")


def _help(options: argparse.Namespace, commands: dict[str, argparse.ArgumentParser]) -> int:
    name = options.topic.strip()
    if not name:
        options.whole.print_help()
    elif name in TOPICS:
        title, text = TOPICS[name]
        show(f"{heading(title)}\n\n{text}")
    elif name in commands:
        commands[name].print_help()
    else:
        near = get_close_matches(name, [*TOPICS, *commands], 1)
        raise ValueError(f"there is no help on {name!r}{f'; is {near[0]} meant?' if near else ''}")
    return 0
