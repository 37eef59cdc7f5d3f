"""The command on somebody's own engine: judge."""

from __future__ import annotations

import argparse
from typing import Any

from nn.cli.shared import JSON_HELP, command, show


def add_to(commands: Any) -> None:
    judge = command(
        commands,
        "judge",
        _judge,
        help="somebody's own engine, and which of its slopes are wrong",
        description="Examine an engine of one's own, such as micrograd's, microgpt's or somebody's homework: a class of"
        " numbers that remember how they were computed. Each operation is tried alone, under others and beside others; then"
        " values that are used twice, the order of visiting, a second backward(), chains of ten thousand, 0 and ±1000. What"
        " is measured is compared with the usual slips, and said in words; where none fits, with its numbers. What differs"
        " by convention, and what is missing, is said, and not called wrong.\n\n"
        "The file runs in a process of its own, with limits on time and memory, and with your rights: read a stranger's"
        " first. The class, its number, its slope and its backward() are found by trying, or named. The exit code is 1 when"
        " something is wrong.\n\n"
        "An engine whose tanh has x where its result should be gets this line:\n\n"
        "  ✗ wrong: `tanh` has the slope 1 − z² with z the result, this is 1 − x²",
        examples=[
            "echo 'from autograd import Value' > my_engine.py && chalkgrad judge my_engine.py",
            "chalkgrad judge my_engine.py --class Value --json",
        ],
    )
    judge.add_argument("file", metavar="FILE", help="a file of Python")
    judge.add_argument("--class", metavar="NAME", dest="name", default="", help="which class of it")
    judge.add_argument("--value", metavar="NAME", default="", help="what its number is called, as in data")
    judge.add_argument("--grad", metavar="NAME", default="", help="what its slope is called, as in grad")
    judge.add_argument("--backward", metavar="NAME", default="", help="what its backward is called, as in backward")
    judge.add_argument("--seconds", type=float, default=10.0, help="that one experiment may take (%(default)g)")
    judge.add_argument("--json", action="store_true", help=JSON_HELP)


def _judge(options: argparse.Namespace) -> int:
    from autograd import judge_engine

    named = {"value": options.value, "grad": options.grad, "backward": options.backward}
    report = judge_engine(options.file.strip(), options.name, **named, seconds=options.seconds)
    if options.json:
        print(report.json)
    else:
        show(report.text)
    return 0 if report else 1
