"""Plots of what a net for texts looks at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd.display.colours import mix
from autograd.modes import without_graph
from autograd.value import lift
from nn.attention import Attention, Block, watch_attention
from nn.module import Module, in_eval_mode
from nn.plots.look import TEXT, Look, axes_for, choose_look, draw_colour_bar, shades_for, write
from nn.vectors import is_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAP = 1.4  # cells between two heads
MOST = 64  # tokens of a text that is drawn
ROOM = 0.27  # inches of a cell in which two digits can be read
LETTER = 0.15  # and in which a letter can
SPECIAL = {"\n": "↵", " ": "␣", "\t": "⇥"}


def plot_attention(
    model: Any, x: Any, *, labels: Sequence[str] | None = None, dark: bool = False, ax: Axes | None = None
) -> Axes:
    """Draw how much each place of a text attends to each: a square for each head, a row of them for each block.

    model: a GPT, or any Module with an nn.Attention in it, or an Attention alone
    x: what the model is called on: a list of tokens or of vectors; or a text, for a GPT that knows letters, which begins
        after the letter that ends lines, as its samples do
    labels: what to write for each place; without them the letters, or the numbers of the places
    dark, ax: as for plot_loss

    The place in a row attends to those in the columns, and the shares in a row add up to 1. Where there is room a share is
    written in hundredths. What a causal attention never looks at is hatched.

    Raises ValueError for a module without attention, more than 64 places, and labels that are not as many as places;
    TypeError for what is no Module, and for a text where the model knows no letters.

    >>> import nn
    >>> model = nn.GPT(nn.data.Letters("anna"), width=4, heads=2, layers=1, positions=8, seed=0)
    >>> ax = nn.plot_attention(model, "anna")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['↵', 'a', 'n', 'n', 'a']
    """
    look = choose_look(dark)
    if not isinstance(model, Module):
        raise TypeError(f"plot_attention looks into a Module with an nn.Attention in it, and {model!r} is none")
    if not any(isinstance(module, Attention) for module in model.modules()):
        raise ValueError(f"{model!r} has no nn.Attention in it, so there are no weights of attention to draw")
    x, letters = _tokens(model, x)
    with watch_attention() as seen:
        without_graph(in_eval_mode, model, x)
    if not seen:
        raise ValueError(f"{model!r} did not use its nn.Attention when it was called on {x!r}")
    n = len(seen[0][1][0])
    if n > MOST:
        raise ValueError(f"this text has {n} places, more than can be told apart in a picture ({MOST}): take a part of it")
    labels = list(labels if labels is not None else letters or map(str, range(1, n + 1)))
    if len(labels) != n:
        raise ValueError(f"there are {n} places and {len(labels)} labels: each place needs one")
    return _draw(look, seen, labels, _kind(model), ax)


def _tokens(model: Module, x: Any) -> tuple[Any, list[str]]:
    """What to call the model on, and the letter of each place, where these are known."""
    letters = getattr(model, "_letters", None)
    if isinstance(x, str):
        if letters is None:
            raise TypeError(f"{model!r} knows no letters: give it a list of tokens or vectors, not the text {x!r}")
        x = [letters.end, *letters.encode(x)]
    if letters is None or not hasattr(x, "__iter__") or is_rows(x):
        return x, []
    x = list(x)
    return x, [SPECIAL.get(letter, letter) for letter in (letters.decode([int(lift(token).data)]) for token in x)]


def _kind(model: Module) -> str:
    """What each Attention is called: by the block it is in, if each is in one."""
    modules = list(model.modules())
    alone = sum(isinstance(module, Attention) for module in modules)
    return "block" if alone == sum(isinstance(module, Block) for module in modules) else "attention"


def _draw(look: Look, seen: list[tuple[Any, Any]], labels: list[str], kind: str, ax: Axes | None) -> Axes:
    import numpy as np

    n, heads = len(labels), max(len(shares) for _, shares in seen)
    step, rows = n + GAP, len(seen)
    across, down = heads * step - GAP, rows * step - GAP
    cell = min(0.42, 11.0 / across, 9.0 / down)
    ax = axes_for(ax, look, (max(2.4, cell * across) + 2.0, max(1.6, cell * down) + 1.2))
    box = ax.get_window_extent()
    cell = min(cell, box.width / ax.figure.dpi / across, box.height / ax.figure.dpi / down)
    shades = None
    for k, (_, shares) in enumerate(seen):
        for head, table in enumerate(shares):
            left, top = head * step, k * step
            square = np.full((n, n), np.nan)
            for t, row in enumerate(table):
                square[t, : len(row)] = [lift(share).data for share in row]
            edges = np.arange(n + 1)
            _hatch(ax, look, left, top, n)
            shades = ax.pcolormesh(
                edges + left, edges + top, np.ma.masked_invalid(square), cmap=shades_for(look, "much"),
                vmin=0.0, vmax=1.0, edgecolor=look.paper, linewidth=0.6, zorder=2,
            )  # fmt: skip
            if cell >= ROOM:
                _write_shares(ax, look, square, left, top)
            many = [f"{kind} {k + 1}"] * (rows > 1) + [f"head {head + 1}"] * (heads > 1)
            write(ax, look, (left + n / 2, top), ", ".join(many), size=TEXT, ha="center", va="bottom", shift=(0, 4))
    every = max(1, round(LETTER / cell))
    places = [i + 0.5 for i in range(0, n, every)]
    shown = labels[::every]
    ax.set_xticks([p + head * step for head in range(heads) for p in places], shown * heads)
    ax.set_yticks([p + k * step for k in range(rows) for p in places], shown * rows)
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.set(xlim=(0, across), ylim=(down, -0.9), aspect="equal", xlabel="… attends to", ylabel="this place …")
    draw_colour_bar(ax, look, shades, "share α", height=1.0 if rows == 1 else 1.0 / rows)
    return ax


def _hatch(ax: Axes, look: Look, left: float, top: float, n: int) -> None:
    from matplotlib.patches import Rectangle

    quiet = mix(look.quiet, look.paper, 0.6)
    ax.add_patch(Rectangle((left, top), n, n, fill=False, hatch="////", edgecolor=quiet, linewidth=0.5, zorder=1))


def _write_shares(ax: Axes, look: Look, square: Any, left: float, top: float) -> None:
    for t, row in enumerate(square):
        for s, share in enumerate(row):
            if not math.isnan(share):
                text = "1" if share > 0.995 else f"{share:.2f}"[1:]
                ax.text(left + s + 0.5, top + t + 0.5, text, color=look.ink, size=9, ha="center", va="center", zorder=3)
