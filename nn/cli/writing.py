"""`chalkgrad train names`: a GPT learns letter by letter from lines of text, and writes lines of its own.

A loss in nats says little by itself. So it stands beside what it means: e to the loss is the number of letters among which
one would have to guess to be as unsure as the model is.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nn.arguments import plural
from nn.cli.shared import columns, heading, learn, note, print_json, save_plots, share_held_out, show

if TYPE_CHECKING:
    from nn.data import Text
    from nn.gpt import GPT
    from nn.train.history import History

FEWEST_SPLIT = 100  # lines, of which some are held out
HELD_OUT = 0.1
SHOWN = 3  # samples that are written while it learns
MOST_TRIES = 50  # for a sample that is not empty


def train_on_lines(options: argparse.Namespace) -> int:
    """Make the model, train it, and let it write; the options are those of `chalkgrad train`."""
    import nn

    text = nn.data.names(options.rows, options.seed) if options.file is None else nn.data.text(options.file)
    share = share_held_out(options, HELD_OUT if len(text) >= FEWEST_SPLIT else 0.0)
    if not 0.0 < options.temperature < math.inf:
        options.parser.error(f"the temperature is a number above 0, not --temperature {options.temperature}")
    if options.samples < 0:
        options.parser.error(f"--samples says how many lines it is to write, and {options.samples} is none")
    train, test = text.split(share, options.seed) if share else (text, None)
    sizes = options.width, options.heads, _blocks(options), options.positions
    model = nn.GPT(text.letters, *sizes, activation=options.activation, seed=options.seed)
    if not options.json:
        held_out = f"{len(train):,} to learn from, {len(test):,} held out" if test else "none held out"
        show(f"{text.name}: {plural(len(text), 'line')} of {len(text.letters)} letters; {held_out}")
        show(f"{model!r}, cross_entropy")
        show(f"A loss of {math.log(len(text.letters)):.2f} is guessing among {len(text.letters)}.\n")
    watched = test.rows(options.positions) if test else None
    callbacks = [] if options.json else [_Telling(model, options)]
    history = learn(options, model, "cross_entropy", train.rows(options.positions), watched, callbacks=callbacks)
    samples = [write_line(model, options.temperature, options.seed + i) for i in range(options.samples)]
    if options.json:
        print_json(_report(model, text, history, samples))
    else:
        _print_report(model, text, history, samples, options)
    if options.save:
        named = dict(zip(("width", "heads", "layers", "positions"), sizes))
        model.save(options.save, {"letters": text.letters.letters, **named})
        note(f"saved {options.save}")
    if options.plots:
        save_plots(Path(options.plots), {"loss-curve.png": lambda: nn.plot_loss(history)})
    return 130 if history.stopped == "interrupted" else 0


def _blocks(options: argparse.Namespace) -> int:
    text = options.layers.strip()
    if not text.isdecimal() or int(text) == 0:
        options.parser.error(f"--layers says for names how many blocks of attention there are, not {options.layers!r}")
    return int(text)


def write_line(model: GPT, temperature: float, seed: int) -> str:
    """A line that a model writes; once more, with other random numbers, where it ends before its first letter.

    model: which has letters; temperature, seed: as for its sample
    """
    tries = (model.sample(temperature, 1_000 * seed + i) for i in range(MOST_TRIES))
    return next((line for line in tries if line), "")


class _Telling:
    """Says after the epochs 1, 2, 4, 8, ... what the loss is, what it means, and what the model writes by then.

    A loss that is no number any more ends the training: nothing could be written.
    """

    def __init__(self, model: GPT, options: argparse.Namespace) -> None:
        self.model, self.options = model, options

    def __call__(self, history: History) -> bool:
        n = len(history)
        where, loss = ("held out", history.val_loss[-1]) if history.val_loss else ("loss", history.loss[-1])
        if n & (n - 1) or not math.isfinite(loss):
            return not math.isfinite(loss)
        writes = ", ".join(write_line(self.model, self.options.temperature, i) for i in range(SHOWN))
        _print_beside_bar(f"epoch {n:<3} {where} {loss:.2f}, as if among {_among(loss)}: {writes}")
        return False


def _print_beside_bar(text: str) -> None:
    """Print a line above the progress bar, if there is one."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        print(text, flush=True)
    else:
        tqdm.write(text, file=sys.stdout)


def _among(loss: float) -> str:
    """How many things to guess among leave one as unsure as this loss."""
    return f"{math.exp(loss):.1f}" if loss < 20.0 else "a huge number"


def _report(model: GPT, text: Text, history: History, samples: list[str]) -> dict[str, Any]:
    return {
        "data": text.name,
        "task": "letters",
        "lines": len(text),
        "letters": text.letters.letters,
        "model": repr(model),
        "loss": "cross_entropy",
        "guessing": math.log(len(text.letters)),
        "history": history.rows(),
        "stopped": history.stopped,
        "samples": samples,
    }


def _print_report(model: GPT, text: Text, history: History, samples: list[str], options: argparse.Namespace) -> None:
    print("\n" + heading("loss"))
    print(history.curve())
    n = len(text.letters)
    rows = [["guessing", f"{math.log(n):.2f}", f"among {n}"]]
    if history.loss:
        rows.append(["learned from", f"{history.loss[-1]:.2f}", f"as if among {_among(history.loss[-1])}"])
    if history.val_loss:
        rows.append(["held out", f"{history.val_loss[-1]:.2f}", f"as if among {_among(history.val_loss[-1])}"])
    ended = "" if history.stopped == "epochs" else f" ({history.stopped})"
    print(f"\nThe loss for each letter, after {len(history)} epochs{ended}:\n\n" + columns(rows, right=[1]))
    if samples:
        known = set(text)
        new = sum(sample not in known for sample in samples)
        print("\n" + heading(f"written at temperature {options.temperature:g}, {new} of {len(samples)} new"))
        show("\n".join(samples))
