"""Plots of trainings: the loss over the epochs, of one run or of several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from autograd.interop.conversions import short
from autograd.value import lift
from nn.plots.look import Look, axes_for, choose_look, draw_line, dress, name_lines, readable, write
from nn.train.history import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_loss(
    history: History | Iterable[Any], *, log: bool = False, metrics: bool = False, dark: bool = False, ax: Axes | None = None
) -> Axes:
    """Draw the loss over the epochs, with the validation loss where there is one; or the losses of several runs.

    history: what fit returned, or the losses alone, as numbers or Values; or a dict of such, to compare runs by name
    log: a logarithmic axis, for losses above 0; where none is, the axis stays linear
    metrics: the metrics of one run, too, in a panel of their own below, which takes a part of the Axes' place
    dark: light on dark
    ax: the Axes to draw on; a new figure is made without

    The epoch that early stopping went back to is marked. Epochs whose loss is nan or infinite are a bar at the upper edge.
    Of runs that are compared, the loss alone is drawn. ax.figure.savefig("loss.svg") saves the picture.

    Raises ValueError for a history without epochs, no runs, or without the metrics asked for.

    >>> import nn
    >>> ax = nn.plot_loss([4.0, 1.0, 0.25], log=True)
    >>> ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()
    ('epoch', 'loss (logarithmic)', 'log')
    """
    look, run = choose_look(dark), History(None)
    if isinstance(history, Mapping):
        if metrics:
            raise ValueError("metrics are drawn of one run: plot_loss(history, metrics=True)")
        losses = {str(name): _history_of(each).loss for name, each in history.items()}
    else:
        run = _history_of(history)
        losses = {"loss": run.loss} | ({"validation loss": run.val_loss} if run.val_loss else {})
    measured = {**run.metrics, **{f"validation {name}": values for name, values in run.val_metrics.items()}}
    if metrics and run.loss and not measured:
        raise ValueError('the history holds no metrics: pass fit metrics=["accuracy"], say')
    if not losses or not all(losses.values()):
        raise ValueError("the history has no epoch yet: there is no loss to draw")
    ax = axes_for(ax, look, (6.4, 5.6 if metrics else 4.0))
    panel = _panel_below(ax, look) if metrics else None
    if log and any(0.0 < loss < math.inf for curve in losses.values() for loss in curve):
        ax.set_yscale("log", nonpositive="mask")
    _over_epochs(ax, look, losses, [(i, i) for i in range(len(losses))])
    ax.set_ylabel("loss" if ax.get_yscale() == "linear" else "loss (logarithmic)")
    if run.stopped == "early stopping":
        _mark_best(ax, look, run.val_loss or run.loss)
    if panel is not None:
        names = list(run.metrics)
        styles = [(2 + names.index(name.removeprefix("validation ")), int(name not in names)) for name in measured]
        _over_epochs(panel, look, measured, styles)
        panel.set_ylabel(names[0] if len(names) == 1 else "metrics")
        ax.tick_params(labelbottom=False)
    (ax if panel is None else panel).set_xlabel("epoch")
    return ax


def _history_of(losses: History | Iterable[Any]) -> History:
    if isinstance(losses, History):
        return losses
    run = History(None)
    run.loss = [lift(loss).data for loss in losses]
    return run


def _over_epochs(ax: Axes, look: Look, curves: dict[str, list[float]], styles: list[tuple[int, int]]) -> None:
    """Lines from epoch 1 on, each in its (colour, dashes) of the look, and named."""
    from matplotlib.ticker import MaxNLocator

    n = max(map(len, curves.values()))
    lines = [
        draw_line(ax, look, range(1, len(curve) + 1), curve, *style, label=name)
        for (name, curve), style in zip(curves.items(), styles)
    ]
    ax.set_xlim(1 - (min(0.02 * n, 0.5) if n > 1 else 0.5), n + (0.02 * n if n > 1 else 0.5))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    row = 0
    for (name, curve), (colour, _) in zip(curves.items(), styles):
        row += _mark_lost(ax, look, name, curve, colour, row)
    if not any(math.isfinite(y) for curve in curves.values() for y in curve):
        ax.set_yticks([])
    name_lines(ax, look, lines)


def _mark_lost(ax: Axes, look: Look, name: str, curve: list[float], colour: int, row: int) -> bool:
    """A bar at the upper edge over the epochs in which a curve has no place, and words below it; whether there are any."""
    lost = [i for i, y in enumerate(curve, start=1) if not math.isfinite(y)]
    if not lost:
        return False
    kinds = " and ".join(dict.fromkeys("nan" if math.isnan(curve[i - 1]) else "infinite" for i in lost))
    to_the_end = len(lost) == len(curve) - lost[0] + 1
    when = f"from epoch {lost[0]} on" if to_the_end else f"in {len(lost)} epoch{'' if len(lost) == 1 else 's'}"
    height, edge = 0.98 - 0.11 * row, ax.get_xaxis_transform()
    bar = [math.nan if math.isfinite(y) else height for y in curve]
    draw_line(ax, look, range(1, len(curve) + 1), bar, colour, 0, transform=edge, linewidth=4, label=f"_{name}")
    at, side = (lost[0], "left") if lost[0] <= len(curve) / 2 else (lost[-1], "right")
    style = {"color": readable(look, look.lines[colour]), "transform": edge, "shift": (0, -5)}
    write(ax, look, (at, height), f"{name} {kinds} {when}", ha=side, va="top", **style)
    return True


def _mark_best(ax: Axes, look: Look, curve: list[float]) -> None:
    finite = [loss for loss in curve if math.isfinite(loss)]
    if finite:
        epoch = curve.index(min(finite)) + 1
        ax.axvline(epoch, color=look.quiet, linewidth=1, linestyle=(0, (1, 2)), zorder=1)
        ax.plot([epoch], [min(finite)], "o", ms=9, mfc=look.paper, mec=look.ink, mew=1.8, zorder=4, label="_best")
        side, shift = ("left", 6) if epoch < 0.75 * len(curve) else ("right", -6)  # curves come from the upper left
        text, edge = f"best epoch {epoch}\n{short(min(finite))}", ax.get_xaxis_transform()
        write(ax, look, (epoch, 1.0), text, ha=side, va="top", shift=(shift, 0), transform=edge)


def _panel_below(ax: Any, look: Look) -> Axes:
    """A second Axes with the same x axis, in the lower part of the place that ax had."""
    spec, figure = ax.get_subplotspec(), ax.figure
    if spec is None:
        x, y, width, height = ax.get_position().bounds
        ax.set_position((x, y + 0.45 * height, width, 0.55 * height))
        panel = figure.add_axes((x, y, width, 0.37 * height), sharex=ax)
    else:
        upper, lower = spec.subgridspec(2, 1, height_ratios=(3, 2), hspace=0.14)
        ax.set_subplotspec(upper)
        panel = figure.add_subplot(lower, sharex=ax)
    return dress(panel, look)
