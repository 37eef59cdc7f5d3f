"""What all commands share: how help is laid out, what goes to a terminal or into a pipe, and JSON.

Colours and line breaks are for a terminal alone; what is piped or saved is plain. https://no-color.org is kept to.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, TextIO

from autograd.writing.columns import align

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
SIGNS = {"✓": "green", "✗": "red", "↳": "yellow", "≈": "yellow", "–": "dim"}  # what begins the mark of a line
INDENT = 6  # of what goes on in another line

JSON_HELP = 'print JSON alone; numbers that it lacks are strings, "nan", "inf" and "-inf"'


class Parser(argparse.ArgumentParser):
    """A parser that knows what a slip of the pen is near to: a command, an option, or one of its choices."""

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """The value of an argument; argparse would make an empty list of --option=--, even for an option of one text."""
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "expected one argument")
        return super()._get_values(action, arg_strings)

    def error(self, message: str) -> NoReturn:
        slip = re.search(r"invalid choice: '([^']*)'|unrecognized arguments: (--[\w-]+)", message)
        if slip:
            choices = [str(choice) for action in self._actions for choice in action.choices or ()]
            near = get_close_matches(slip[1] or slip[2] or "", [*choices, *self._option_string_actions], 1)
            message += "".join(f"; is {name} meant?" for name in near)
        self.exit(2, f"{self.prog}: error: {message}\n\n{self.format_usage()}")  # what it is about comes first


def command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    *,
    help: str,
    description: str = "",
    examples: Sequence[str],
    more: str = "",
) -> argparse.ArgumentParser:
    """The parser of one command, which ends its help with examples.

    description: paragraphs; one that begins with a blank is code, and stays as it is
    more: the name of the arguments that may stand anywhere between the options, if there are such
    """
    width = min(shutil.get_terminal_size().columns, 100) - 2
    paragraphs = (description or help[0].upper() + help[1:] + ".").split("\n\n")
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help,
        description="\n\n".join(p if p[:1] == " " else textwrap.fill(p, width) for p in paragraphs).replace("%", "%%"),
        epilog="\n".join(["examples:", *(f"  {example}" for example in examples)]).replace("%", "%%"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, parser=parser, more=more)
    return parser


def take_save(parser: argparse.ArgumentParser, help: str) -> None:
    """The option --save, which can be said several times."""
    parser.add_argument("--save", metavar="FILE", action="append", default=[], help=help)


# -------------------------------------------------------------------------------------------------------------- terminals


def styled(text: str, style: str, stream: TextIO | None = None) -> str:
    """Text in a style of STYLES, where the stream (standard output) is a terminal and nobody wants it plain."""
    stream = stream or sys.stdout
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty()
    return text if plain or not text else f"\x1b[{STYLES[style]}m{text}\x1b[0m"


def heading(text: str) -> str:
    return styled(text, "bold")


def show(text: str) -> None:
    """Print a text; in a terminal its long lines go on below, indented, and the signs of marks have colours."""
    if sys.stdout.isatty():
        text = "\n".join(_folded(text, shutil.get_terminal_size().columns))
        text = re.sub(rf"[{''.join(SIGNS)}](?= [a-z])", lambda m: styled(m[0], SIGNS[m[0]]), text)
    print(text)


def _folded(text: str, width: int) -> Iterator[str]:
    """Lines of at most so many characters, cut between the columns of a table if that can be, else between words."""
    width = max(width, 2 * INDENT)
    for line in text.splitlines():
        while len(line) > width:
            start = len(line) - len(line.lstrip()) + 1
            cut = max(line.rfind("  ", start, width + 1), 0) or max(line.rfind(" ", start, width + 1), 0) or width
            yield line[:cut].rstrip()
            line = " " * INDENT + line[cut:].lstrip()
        yield line


def columns(rows: Sequence[Sequence[str]], right: Iterable[int]) -> str:
    """Rows of cells as a table in text; right: the columns whose cells stand at the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    at_right = set(right)
    return align([[c.rjust(w) if j in at_right else c for j, (c, w) in enumerate(zip(row, widths))] for row in rows])


def save_plots(folder: Path, plots: Mapping[str, Callable[[], Any]]) -> None:
    """Draw what Matplotlib draws into a folder, by the names of its files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, plot in plots.items():
        plot().figure.savefig(folder / name, dpi=160)
        note(f"saved {folder / name}")


def learn(options: argparse.Namespace, model: Any, loss: str, rows: Any, held_out: Any, **more: Any) -> Any:
    """The history of a model that was trained on rows (X, y) as the options say. Raises ValueError where it diverged."""
    import nn

    quiet = options.json or options.no_progress or not sys.stderr.isatty()
    names = ("seed", "optimizer", "lr", "epochs", "l2", "patience")
    said = {name: getattr(options, name) for name in names} | {"batch_size": options.batch, **more}
    history = nn.fit(model, *rows, loss=loss, validation=held_out, progress=False if quiet else None, **said)
    if history.loss and not math.isfinite(history.loss[-1]):
        raise ValueError(f"the training diverged, to a loss of {history.loss[-1]}: try a smaller --lr than {options.lr}")
    return history


def share_held_out(options: argparse.Namespace, usual: float) -> float:
    """The share of the rows that a model does not learn from; the usual one if no other is asked for."""
    share = usual if options.test is None else options.test
    if not 0.0 <= share < 1.0:
        options.parser.error(f"the share held out lies between 0 and 1, not --test {share}")
    return float(share)


def note(text: str) -> None:
    """Print what is no result to standard error."""
    print(text, file=sys.stderr)


# ------------------------------------------------------------------------------------------------------------------- JSON


def print_json(data: Any) -> None:
    print(json.dumps(_plain(data), ensure_ascii=False, indent=2, allow_nan=False))


def _plain(data: Any) -> Any:
    """Data without the numbers that JSON lacks."""
    if isinstance(data, float) and not math.isfinite(data):
        return repr(data)
    if isinstance(data, Mapping):
        return {key: _plain(item) for key, item in data.items()}
    return [_plain(item) for item in data] if isinstance(data, (list, tuple)) else data
