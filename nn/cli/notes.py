"""The command on a page of notes: check."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from nn.cli.shared import JSON_HELP, command, note, show, take_save

SUFFIXES = (".tex", ".md", ".txt", ".ipynb")


def add_to(commands: Any) -> None:
    check = command(
        commands,
        "check",
        _check,
        help="a page of notes, and which of its lines are wrong",
        description="Read a page of notes and say which rows of its mathematics are wrong, with a point that proves it, and"
        " which could not be read. Rows are judged by the definitions on the page, by derivatives, and by the rows above"
        " them; numbers by the numbers before them. What depends on something that the page does not say is not called"
        " wrong. The exit code is 1 when something is wrong.",
        examples=[
            "echo '$\\frac{d}{dx} x^3 = 3x^2$' | chalkgrad check -",
            "echo '$\\partial a/\\partial z = a(1 - a)$' > page.md && chalkgrad check page.md --given 'a = \\sigma(z)'",
            "echo '$0.8 \\cdot 0.5 + 0.1 = 0.5$' > page.txt && chalkgrad check page.txt --save marked.html",
        ],
    )
    check.add_argument("file", metavar="FILE", help="the page: .tex, .md, .txt or .ipynb; - is standard input")
    check.add_argument(
        "--given", metavar="FORMULA", action="append", default=[], help='what the page leaves out, as in "a = \\sigma(z)"'
    )
    check.add_argument("--json", action="store_true", help=JSON_HELP)
    take_save(check, "write it to a file: .html, .json, .txt")


def _check(options: argparse.Namespace) -> int:
    from autograd import check_notes
    from autograd.mark.texts import read_text

    name = options.file.strip()
    if name == "-":
        text = sys.stdin.read()
    else:
        if Path(name).suffix.lower() not in SUFFIXES:
            raise ValueError(f"a page of notes is {', '.join(SUFFIXES)}, or - for standard input, not {Path(name).name!r}")
        text = read_text(Path(name))
    report = check_notes(text, given=options.given, latex=name.lower().endswith(".tex"))
    for path in options.save:
        note(f"saved {report.save(path)}")
    if options.json:
        print(report.json)
    else:
        show(report.text)
    return 0 if report else 1
