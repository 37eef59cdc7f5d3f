"""The command `chalkgrad`, also `python -m nn`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from autograd import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit code: 0, or 1 for an error, 2 for a command that is not understood."""
    parser = argparse.ArgumentParser(
        prog="chalkgrad",
        description="Gradients as on the chalkboard: watch a network work itself out, in numbers.",
    )
    parser.add_argument("--version", action="version", version=f"chalkgrad {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    tour = commands.add_parser("tour", help="a two-layer network in numbers, then a training on real data")
    tour.add_argument("--folder", default="chalkgrad-tour", help="where the pictures go (%(default)s)")
    tour.add_argument("--no-progress", action="store_true", help="leave out the progress bar")
    options = parser.parse_args(arguments)

    from nn.tour import tour as run_tour  # what a command needs is loaded when it runs

    try:
        run_tour(options.folder, progress=False if options.no_progress else None)
    except OSError as error:
        print(f"chalkgrad: {error}", file=sys.stderr)
        return 1
    return 0
