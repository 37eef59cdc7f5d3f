"""The command `chalkgrad`, also `python -m nn`: its parser, and what becomes of errors. What it does stands beside it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from autograd import __version__
from nn.cli import classroom, engines, formulas, lessons, machine, notes, topics, training
from nn.cli.shared import Parser, styled

GREETING = """\
chalkgrad: gradients as on the chalkboard, worked out line by line. Three things to try first:

    chalkgrad play                                    a page in which backpropagation is seen at work
    chalkgrad step "L = (h - y)^2; h = sigmoid(w x)"  a formula of your own, forward and backward, number by number
    chalkgrad exercise neuron                         a question to work out by hand, which `chalkgrad mark` marks

`chalkgrad --help` names all commands, `chalkgrad lab` opens the course."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit code: 0, or 1 for an error, 2 for a command that is not understood."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ∂ shows ? there
    options = _understood(sys.argv[1:] if arguments is None else arguments)
    if options.command is None:
        print(GREETING)
        return 0
    try:
        code: int = options.run(options)
    except BrokenPipeError:  # whoever read this has had enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        print(f"chalkgrad: {_sentence(error)}", file=sys.stderr)
        return 1
    return code


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    whole = Parser(
        prog="chalkgrad",
        description="Gradients as on the chalkboard: formulas and networks that work themselves out, line by line.",
        epilog="`chalkgrad COMMAND --help` says what a command takes, with examples; `chalkgrad help teachers` has a"
        " teacher's day in five of them.",
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"chalkgrad {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for group in (formulas, lessons, classroom, notes, engines, training, machine, topics):
        group.add_to(commands)
    whole.set_defaults(whole=whole, parser=whole, more="")
    return whole


def _understood(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a command line. What begins with one - is no option here, but a formula or a number: -x^2."""
    options, rest = parser().parse_known_args(
        [f" {each}" if each[:1] == "-" and each[1:2] not in ("", "-") and each != "-h" else each for each in arguments]
    )
    if rest and (not options.more or any(each.startswith("-") for each in rest)):
        options.parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:  # argparse takes these in one piece, but people put options between them
        setattr(options, options.more, [*getattr(options, options.more), *rest])
    return options


def _sentence(error: Exception) -> str:
    """What happened; a formula with the place in it."""
    from autograd.formula.lexer import FormulaError

    if isinstance(error, FormulaError):
        formula, _, below = str(error).partition("\n")
        if not formula.strip():
            return error.reason
        spaces, caret, reason = below.partition("^")
        return f"{reason.strip()}\n\n    {formula}\n    {spaces}{styled(caret, 'red', sys.stderr)}"
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)
