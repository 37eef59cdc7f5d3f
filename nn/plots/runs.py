"""Plots: a run, a boundary, what happens in the layers, a function and a surface, each fit for a slide as it stands.

    ax = nn.plot_loss(history)
    ax = nn.plot_boundary(model, nn.data.moons(), dark=True)

Every function computes its numbers first and then draws them on one Matplotlib Axes, which it returns, to be changed
further: the `ax` given, or one in a new figure. Nothing is shown, saved or set globally. Matplotlib is imported when a
function is called, and its absence is an ImportError that says what to install; NumPy comes with it.

Nothing is said by colour alone: lines also differ in dashes, points in shape, and both are named where they stand. Names
stand at the ends of lines where the figure makes room for them (layout="constrained"), else in a legend.

Two looks, one for paper and one for a dark slide. Their colours are those of Okabe and Ito, Color universal design (2008),
which people tell apart with any kind of colour vision; shades mix them evenly with the background, so that equal steps of a
number look equal, and the background itself is where a signed number is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from autograd import grad, no_grad, value_and_grad
from autograd.conversions import short
from autograd.value import Value, lift
from nn.data import Dataset
from nn.metrics import _class
from nn.train.fit import History, _flat, _Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW = "#CC79A7", "#56B4E9", "#F0E442"
MARKERS = "o^sDvPX*"  # of classes; one more than there are colours, so that 56 classes differ
DASHES: Sequence[Any] = ("-", (0, (4, 1.6)), (0, (6, 1.6, 1.2, 1.6)), (0, (1.2, 1.4)), (0, (9, 1.6)))  # of lines
TITLE, TEXT, SMALL = 12, 11, 9.5  # sizes of letters, in points


class _Look(NamedTuple):
    """paper: the background; ink: text and outlines; quiet: axes; lines, classes: colours; low, high: ends of a scale."""

    paper: str
    ink: str
    quiet: str
    lines: tuple[str, ...]
    classes: tuple[str, ...]
    low: str  # also the upper end of a scale without signs, which begins with paper
    high: str


LIGHT = _Look(
    paper="#FFFFFF",
    ink="#1B1E23",
    quiet="#7A808A",
    lines=(BLUE, VERMILLION, GREEN, PURPLE),
    classes=(BLUE, ORANGE, GREEN, PURPLE, VERMILLION, SKY, YELLOW),
    low="#7DB6D8",
    high="#F3CA78",
)
DARK = _Look(
    paper="#15181D",
    ink="#F2F3F5",
    quiet="#8D939E",
    lines=(SKY, ORANGE, GREEN, PURPLE),
    classes=(SKY, ORANGE, GREEN, PURPLE, VERMILLION, BLUE, YELLOW),
    low="#2F6184",
    high="#8A6418",
)


# ---------------------------------------------------------------------------------------------------------------- training


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
    look = _look(dark)
    if isinstance(history, Mapping):
        if metrics:
            raise ValueError("metrics are drawn of one run: plot_loss(history, metrics=True)")
        return _compare({str(name): _history_of(each) for name, each in history.items()}, look, log, ax)
    run = _history_of(history)
    measured = {**run.metrics, **{f"validation {name}": values for name, values in run.val_metrics.items()}}
    if metrics and run.loss and not measured:
        raise ValueError('the history holds no metrics: pass fit metrics=["accuracy"], say')
    losses = {"loss": run.loss} | ({"validation loss": run.val_loss} if run.val_loss else {})
    _refuse_without_epochs(losses)
    ax = _axes(ax, look, (6.4, 5.6 if metrics else 4.0))
    panel = _panel_below(ax, look) if metrics else None
    _losses(ax, look, losses, [(0, 0), (1, 1)], log)
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


def _compare(runs: Mapping[str, History], look: _Look, log: bool, ax: Axes | None) -> Axes:
    losses = {name: run.loss for name, run in runs.items()}
    _refuse_without_epochs(losses)
    ax = _axes(ax, look, (6.4, 4.0))
    _losses(ax, look, losses, [(i, i) for i in range(len(losses))], log)
    ax.set_xlabel("epoch")
    return ax


def _refuse_without_epochs(losses: Mapping[str, list[float]]) -> None:
    if not losses or not all(losses.values()):
        raise ValueError("the history has no epoch yet: there is no loss to draw")


def _losses(ax: Axes, look: _Look, losses: dict[str, list[float]], styles: list[tuple[int, int]], log: bool) -> None:
    if log and any(0.0 < loss < math.inf for curve in losses.values() for loss in curve):
        ax.set_yscale("log", nonpositive="mask")
    _over_epochs(ax, look, losses, styles)
    ax.set_ylabel("loss" if ax.get_yscale() == "linear" else "loss (logarithmic)")


def _history_of(losses: History | Iterable[Any]) -> History:
    if isinstance(losses, History):
        return losses
    run = History(None)
    run.loss = [lift(loss).data for loss in losses]
    return run


def _over_epochs(ax: Axes, look: _Look, curves: dict[str, list[float]], styles: list[tuple[int, int]]) -> None:
    """Lines from epoch 1 on, each in its (colour, dashes) of the look, and named."""
    from matplotlib.ticker import MaxNLocator

    n = max(map(len, curves.values()))
    lines = [
        _line(ax, look, range(1, len(curve) + 1), curve, *style, label=name)
        for (name, curve), style in zip(curves.items(), styles)
    ]
    ax.set_xlim(1 - (min(0.02 * n, 0.5) if n > 1 else 0.5), n + (0.02 * n if n > 1 else 0.5))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    row = 0
    for (name, curve), (colour, _) in zip(curves.items(), styles):
        row += _mark_lost(ax, look, name, curve, colour, row)
    if not any(math.isfinite(y) for curve in curves.values() for y in curve):
        ax.set_yticks([])
    _name_lines(ax, look, lines)


def _mark_lost(ax: Axes, look: _Look, name: str, curve: list[float], colour: int, row: int) -> bool:
    """A bar at the upper edge over the epochs in which a curve has no place, and words below it; whether there are any."""
    lost = [i for i, y in enumerate(curve, start=1) if not math.isfinite(y)]
    if not lost:
        return False
    kinds = " and ".join(dict.fromkeys("nan" if math.isnan(curve[i - 1]) else "infinite" for i in lost))
    to_the_end = len(lost) == len(curve) - lost[0] + 1
    when = f"from epoch {lost[0]} on" if to_the_end else f"in {len(lost)} epoch{'s'[: len(lost) != 1]}"
    height, edge = 0.98 - 0.11 * row, ax.get_xaxis_transform()
    bar = [math.nan if math.isfinite(y) else height for y in curve]
    _line(ax, look, range(1, len(curve) + 1), bar, colour, 0, transform=edge, linewidth=4, label=f"_{name}")
    at, side = (lost[0], "left") if lost[0] <= len(curve) / 2 else (lost[-1], "right")
    style = {"color": _readable(look, look.lines[colour]), "transform": edge, "shift": (0, -5)}
    _write(ax, look, (at, height), f"{name} {kinds} {when}", ha=side, va="top", **style)
    return True


def _mark_best(ax: Axes, look: _Look, curve: list[float]) -> None:
    finite = [loss for loss in curve if math.isfinite(loss)]
    if finite:
        epoch = curve.index(min(finite)) + 1
        ax.axvline(epoch, color=look.quiet, linewidth=1, linestyle=(0, (1, 2)), zorder=1)
        ax.plot([epoch], [min(finite)], "o", ms=9, mfc=look.paper, mec=look.ink, mew=1.8, zorder=4, label="_best")
        side, shift = ("left", 6) if epoch < 0.75 * len(curve) else ("right", -6)  # curves come from the upper left
        text, edge = f"best epoch {epoch}\n{short(min(finite))}", ax.get_xaxis_transform()
        _write(ax, look, (epoch, 1.0), text, ha=side, va="top", shift=(shift, 0), transform=edge)


def _panel_below(ax: Any, look: _Look) -> Axes:
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
    return _dressed(panel, look)


# ---------------------------------------------------------------------------------------------------------------- boundary


def plot_boundary(
    model: Callable[..., Any],
    X: Any,
    y: Any = None,
    *,
    threshold: float | None = None,
    resolution: int = 60,
    dark: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw which class a model of two inputs gives to every point of the plane, and the data on top of it.

    model: gives one score or probability of class 1, or a score for each class, for a row of two numbers
    X: n rows of two numbers, or a nn.data.Dataset, whose names are then used
    y: the class of each row: 0, 1, ..., or −1 and +1; may be left out for a Dataset
    threshold: the output from which a single output says class 1; without it 0 where y is −1 or +1, else 0.5. A model whose
        last layer is linear and whose targets are 0 and 1 (bce_with_logits) has its threshold at 0
    resolution: the model is evaluated at resolution by resolution points
    dark, ax: as for plot_loss

    One output is shown as shades around the threshold, the boundary as a line; several as one area for each class. A plane
    whose sides are alike in length is drawn to scale. Where the model is not finite there is hatching.

    Raises ValueError for rows that are not of two numbers, a model that takes another number of inputs or gives no finite
    number, and classes that do not fit the rows; TypeError without y.

    >>> import nn
    >>> model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    >>> ax = nn.plot_boundary(model, nn.data.xor(), resolution=20)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('x₁', 'x₂')
    """
    look = _look(dark)
    import numpy as np

    features, names, targets = _names_and_targets(X, y)
    points = _table(X.X if isinstance(X, Dataset) else X)
    if points.shape[1] != 2:
        raise ValueError(f"plot_boundary draws the plane of two inputs, and the rows have {points.shape[1]}")
    if len(points) != len(targets):
        raise ValueError(f"X has {len(points)} rows and y {len(targets)} classes: each row needs one")
    across, up = (_stretch(column, resolution) for column in points.T)
    scores = _over_plane(lambda a, b: _outputs(model, (a, b)), across, up)
    if not np.isfinite(scores).any():
        raise ValueError("the model gives no finite number at any point of the plane: has its training diverged?")
    if threshold is None:
        threshold = 0.0 if min(targets) < 0 else 0.5
    slope = float(np.ptp(up) / np.ptp(across))
    to_scale = 0.4 < slope < 2.5
    ax = _axes(ax, look, (6.4, 0.8 + min(4.6 * slope, 4.6) if to_scale else 4.6))
    if not np.isfinite(scores).all():
        _hatch(ax, look)
    if len(scores) == 1:
        shades = _shade_output(ax, look, across, up, scores[0], threshold)
    else:
        _paint_regions(ax, look, across, up, scores)
    groups = _scatter(ax, look, points, [max(t, 0) for t in targets], names)
    ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]), xlabel=features[0], ylabel=features[1])
    if to_scale:
        ax.set_aspect("equal", adjustable="box")
    if len(scores) == 1:
        bar = _colour_bar(ax, look, shades, "output of the model", height=0.62)
        bar.ax.axhline(threshold, color=look.ink, linewidth=2)
    _legend(ax, look, groups)
    return ax


def _names_and_targets(X: Any, y: Any) -> tuple[list[str], Callable[[int], str], list[int]]:
    """What the two inputs are called, what a class is called, and the classes with −1 kept."""
    if y is None and not isinstance(X, Dataset):
        raise TypeError("plot_boundary needs the class of each row: pass y, or a nn.data.Dataset")
    targets = [_target(t) for t in (X.y if y is None else y)]
    if not targets:
        raise ValueError("y has no rows: there is nothing to draw")
    if isinstance(X, Dataset):
        features = [{"x1": "x₁", "x2": "x₂"}.get(name, name) for name in X.features]
        own = X.classes
        return features, lambda c: own[c] if c < len(own) and own[c] != str(c) else f"class {c}", targets
    return ["x₁", "x₂"], lambda c: ("class −1", "class +1")[c] if min(targets) < 0 else f"class {c}", targets


def _target(t: Any) -> int:
    t = t.tolist() if hasattr(t, "tolist") else t
    return -1 if not isinstance(t, (list, tuple)) and lift(t).data == -1.0 else _class(t)


def _shade_output(ax: Axes, look: _Look, across: Any, up: Any, scores: Any, threshold: float) -> Any:
    """Shades for one output, even on both sides of the threshold, and the line where it is crossed."""
    import numpy as np
    from matplotlib.colors import TwoSlopeNorm
    from matplotlib.ticker import MaxNLocator

    finite = scores[np.isfinite(scores)]
    low, high = finite.min(), finite.max()
    if low >= 0.0 and high <= 1.0 and 0.0 < threshold < 1.0:
        levels: Any = np.linspace(0.0, 1.0, 11)
        extend = "neither"
    else:  # the far corners of a net without bounds say little: nine tenths of the plane set the scale
        reach = np.quantile(np.abs(finite - threshold), 0.9) or 1.0
        levels = np.add(MaxNLocator(10, symmetric=True).tick_values(-reach, reach), threshold)
        extend = "both"
    norm = TwoSlopeNorm(threshold, levels[0], levels[-1])
    shown = np.ma.masked_invalid(scores)
    shades = ax.contourf(across, up, shown, levels, cmap=_shades(look, signed=True), norm=norm, extend=extend)
    if low < threshold < high:
        ax.contour(across, up, shown, [threshold], colors=[look.ink], linewidths=2)
    return shades


def _paint_regions(ax: Axes, look: _Look, across: Any, up: Any, scores: Any) -> None:
    """One colour for each class where its score is the highest, and lines between."""
    import numpy as np
    from matplotlib.colors import ListedColormap

    n = len(scores)
    tints = [_mixed(look.classes[c % len(look.classes)], look.paper, 0.62) for c in range(n)]
    winner = np.ma.masked_where(~np.isfinite(scores).all(axis=0), scores.argmax(axis=0))
    ax.pcolormesh(across, up, winner, cmap=ListedColormap(tints), vmin=-0.5, vmax=n - 0.5, shading="nearest", zorder=0)
    for c in range(n):  # the areas again, with straight edges
        lead = np.ma.masked_invalid(scores[c] - np.delete(scores, c, axis=0).max(axis=0))
        if lead.min() < 0.0 < lead.max():
            ax.contourf(across, up, lead, [0.0, lead.max()], colors=[tints[c]], zorder=0.5)
            ax.contour(across, up, lead, [0.0], colors=[look.ink], linewidths=1.5, zorder=1)


def _scatter(ax: Axes, look: _Look, points: Any, classes: list[int], names: Callable[[int], str]) -> list[Any]:
    import numpy as np

    size = float(np.clip(9000 / len(points), 14, 44))
    numbers = np.array(classes)
    return [
        ax.scatter(
            points[numbers == c, 0],
            points[numbers == c, 1],
            s=size,
            color=look.classes[c % len(look.classes)],
            marker=MARKERS[c % len(MARKERS)],
            edgecolors=look.ink,
            linewidths=0.8,
            zorder=3,
            label=names(c),
        )
        for c in sorted(set(classes))
    ]


# ------------------------------------------------------------------------------------------------------------------ layers

Of = Literal["activations", "gradients", "weights"]


def plot_histograms(
    model: Any,
    X: Any = None,
    y: Any = None,
    *,
    of: Of = "activations",
    loss: str | Callable[[Any, Any], Any] | None = None,
    dark: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw how numbers are spread in each layer of a net, one row for each layer, on one scale.

    model: a net with `layers`, an MLP
    X: rows of inputs, or a nn.data.Dataset; not needed for weights
    y: a target for each row, for gradients
    of: "activations" of the neurons over all rows of X; "gradients" of the loss, its mean over the rows, in the weights; or
        the "weights" themselves. Biases are left out. Parameters and their .grad stay as they are
    loss: a name in nn.losses or a function of (prediction, target), for gradients
    dark, ax: as for plot_loss

    Each row is as high as its fullest bar and says its standard deviation. Layers of relu say how many of their neurons are
    dead, 0 for every row; layers of sigmoid and tanh which share of the activations is saturated: h < 0.01 or h > 0.99, and
    |h| > 0.99 for tanh, where hardly any gradient comes through.

    Raises ValueError for an unknown `of`, TypeError for a model without layers or where X, y or loss are missing, and what
    fit raises for data that does not fit the model.

    Source of what to look for: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks
    (2010), figures 2 to 7.

    >>> import nn
    >>> ax = nn.plot_histograms(nn.MLP(2, [4, 1], seed=0), nn.data.moons(20), of="activations")
    >>> ax.get_xlabel()
    'activation h'
    """
    look = _look(dark)
    if of not in LABELS:
        raise ValueError(f"plot_histograms draws {', '.join(LABELS)}, not {of!r}")
    if not hasattr(model, "layers"):
        raise TypeError(f"plot_histograms goes through model.layers, and {model!r} has none")
    if isinstance(X, Dataset):
        X, y = X.X, X.y if y is None else y
    if of == "activations":
        rows = _activations(model.layers, X)
        notes = [_health(layer.activation, row) for layer, row in zip(model.layers, rows)]
    else:
        rows = _weights(model) if of == "weights" else _weight_gradients(model, X, y, loss)
        notes = [""] * len(rows)
    ax = _axes(ax, look, (6.4, 1.0 + 0.8 * max(len(rows), 2)))
    _ridges(ax, look, rows, notes)
    names = [f"layer {k}\n{len(layer.neurons)} {layer.activation}" for k, layer in enumerate(model.layers, start=1)]
    ax.set_yticks([0.3 - k for k in range(len(rows))], names)
    ax.set_xlabel(LABELS[of])
    return ax


LABELS = {"activations": "activation h", "gradients": "gradient of the loss in a weight, ∂L/∂w", "weights": "weight w"}


def _activations(layers: Sequence[Any], X: Any) -> list[Any]:
    """For each layer an array with a row for each row of X and a column for each neuron."""
    import numpy as np

    if X is None:
        raise TypeError("activations are those of some rows of inputs: pass X")
    rows: list[list[list[float]]] = [[] for _ in layers]
    with no_grad():
        for x in _table(X).tolist():
            for layer, row in zip(layers, rows):
                x = list(_flat(layer(x)))
                row.append([h.data for h in x])
    return [np.array(row) for row in rows]


def _weights(model: Any, what: str = "data") -> list[Any]:
    import numpy as np

    return [np.array([[getattr(w, what) for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers]


def _weight_gradients(model: Any, X: Any, y: Any, loss: str | Callable[[Any, Any], Any] | None) -> list[Any]:
    if X is None or y is None or loss is None:
        raise TypeError('gradients are those of a loss on some rows: pass X, y and loss="mse", say')
    run = _Run(model, loss, ())
    rows = run.checked(X, y, "X", "y")
    before = [p.grad for p in run.parameters]
    try:
        model.zero_grad()
        for x, target in rows:
            (lift(run.loss(model(x), target)) / len(rows)).backward()
        return _weights(model, "grad")
    finally:
        for p, slope in zip(run.parameters, before):
            p.grad = slope


def _health(activation: str, h: Any) -> str:
    """What a row's text says of its neurons."""
    if activation == "relu":
        dead = int((h == 0.0).all(axis=0).sum())
        return f"{dead} of {h.shape[1]} dead ({dead / h.shape[1]:.0%})"
    if activation in ("sigmoid", "tanh"):
        lowest = 0.01 if activation == "sigmoid" else -0.99
        return f"{((h < lowest) | (h > 0.99)).mean():.0%} saturated"
    return ""


def _ridges(ax: Axes, look: _Look, rows: list[Any], notes: list[str]) -> None:
    """Histograms of one scale, one below the other, each with a line of text above its right end."""
    import numpy as np

    finite = [row[np.isfinite(row)] for row in rows]
    low, high = _ends(np.concatenate(finite))
    margin = 0.02 * (high - low) or 0.5
    for k, (row, known, note) in enumerate(zip(rows, finite, notes)):
        edges = _bins(known, finest=margin / 4)
        counts = np.histogram(known, edges)[0]
        heights = 0.66 * counts / max(counts.max(), 1) - k
        ax.stairs(heights, edges, baseline=-k, fill=True, color=_mixed(look.lines[0], look.paper, 0.25), zorder=2)
        ax.axhline(-k, color=look.quiet, linewidth=0.8, zorder=3)
        spread = [f"std {known.std():.2g}"] if known.size > 1 else []
        lost = [f"{1 - known.size / row.size:.0%} nan or infinite"] if known.size < row.size else []
        text = "  ·  ".join([*filter(None, [note]), *lost, *spread])
        _write(ax, look, (1.0, 0.92 - k), text, ha="right", va="top", transform=ax.get_yaxis_transform())
    if low < 0.0 < high:
        ax.axvline(0.0, color=look.quiet, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    ax.set(xlim=(low - margin, high + margin), ylim=(0.95 - len(rows), 1.0))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)


def _ends(numbers: Any) -> tuple[float, float]:
    return (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 0.0)


def _bins(numbers: Any, finest: float) -> Any:
    """Edges of up to 40 bins, none narrower than can be seen beside the other rows."""
    import numpy as np

    low, high = _ends(numbers)
    n = max(min(math.floor((high - low) / finest), 40), 1)
    widen = max(finest - (high - low), 0.0) / 2
    return np.linspace(low - widen, high + widen, n + 1)


# --------------------------------------------------------------------------------------------------------------- functions


def plot_function(
    f: Callable[..., Any],
    low: float,
    high: float,
    *,
    orders: Iterable[int] = (0, 1),
    dark: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a function of one number with its derivatives, as autograd.grad gives them.

    f: a function of one Value
    low, high: where x begins and ends
    orders: of the derivatives: 0 for f itself, 1 for f′, and so on
    dark, ax: as for plot_loss

    Lines end where the function jumps, has a pole or is not defined. Where it does so at a point that was drawn, a dot is
    the value there: 0 for the slope of |x| at 0, the convention. Poles are cut off by the height of the picture.

    Raises ValueError for a range that is none, and orders that are no whole numbers from 0 on; TypeError if f does not give
    one number.

    >>> import nn
    >>> from autograd import tanh
    >>> ax = nn.plot_function(tanh, -3, 3, orders=(0, 1, 2))
    >>> [float(x) for x in ax.get_xlim()]
    [-3.0, 3.0]
    """
    look = _look(dark)
    orders = list(orders)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"a function is drawn from low to a higher high, both finite, not from {low} to {high}")
    if not orders or not all(isinstance(order, int) and order >= 0 for order in orders):
        raise ValueError(f"orders of derivatives are whole numbers from 0 on, at least one, not {orders}")
    curves = [_sampled(_derivative(f, order), low, high) for order in orders]
    ax = _axes(ax, look, (6.4, 4.0))
    ax.axhline(0.0, color=look.quiet, linewidth=0.8, zorder=1)
    names = [_primed(order) for order in orders]
    lines = [_line(ax, look, xs, ys, i, i, label=name) for i, ((xs, ys, _), name) in enumerate(zip(curves, names))]
    _frame(ax, curves)
    ax.set_xlim(low, high)
    ax.set_xlabel("x")
    ax.set_ylabel(", ".join(f"{name}(x)" for name in names))
    if _name_of(f) != "f":
        ax.set_title(f"f = {_name_of(f)}", fontsize=TITLE, color=look.ink, loc="left")
    _name_lines(ax, look, lines)
    return ax


_Curve: TypeAlias = tuple[Sequence[float], Sequence[float], tuple[float, float]]  # xs, ys, from where to where y goes


def _derivative(f: Callable[..., Any], order: int) -> Callable[[float], float]:
    """The derivative where f has a value: the slope of log x is no slope of anything below 0."""
    both, slope = value_and_grad(f), f
    for _ in range(order):
        slope = grad(slope)

    def derivative(x: float) -> float:
        value = float(both(x)[0])
        return value if order == 0 or math.isnan(value) else float(slope(x))

    return derivative


def _primed(order: int) -> str:
    raised = str(order).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return "f" + ("′″‴"[order - 1] if 0 < order < 4 else f"⁽{raised}⁾" if order else "")


def _sampled(f: Callable[[float], float], low: float, high: float, n: int = 401) -> _Curve:
    """Points of f, more of them where it is steep, with a nan between the two sides of a jump; and its extent."""
    points = [(x, f(x)) for x in (low + (high - low) * i / (n - 1) for i in range(n))]
    finite = [y for _, y in points if math.isfinite(y)] or [0.0]
    extent = min(finite), max(finite)
    bottom, top = within = _extent_without_poles(finite)
    tall = max(0.02 * (top - bottom), 1e-9 * max(map(abs, extent)))
    between = [p for a, b in pairwise(points) if abs(b[1] - a[1]) > tall for p in _halved(f, a, b, tall)]
    xs, ys = zip(*sorted(points + between, key=lambda p: p[0]))
    has_poles = any(math.isinf(y) or abs(y) > 4.0 * max(map(abs, extent)) for y in ys)
    return xs, ys, within if has_poles else extent


def _halved(
    f: Callable[[float], float], a: tuple[float, float], b: tuple[float, float], tall: float
) -> list[tuple[float, float]]:
    """Points from a to b, closer and closer to where f changes most; a nan there if it never changes by less than tall."""
    found = []
    for _ in range(60):
        middle = (a[0] + b[0]) / 2
        if not a[0] < middle < b[0]:
            break
        m = middle, f(middle)
        found.append(m)
        if not math.isfinite(m[1]):
            return found
        a, b = (a, m) if abs(m[1] - a[1]) >= abs(b[1] - m[1]) else (m, b)
        if abs(b[1] - a[1]) <= tall:
            return found
    return [*found, (a[0], math.nan)]  # sorting leaves it behind the point at the same place


def _extent_without_poles(ys: list[float]) -> tuple[float, float]:
    """From where to where nearly all of the numbers go, and half as much again on either side."""
    import numpy as np

    low, high = np.quantile(ys, [0.06, 0.94])
    margin = 0.5 * (high - low) or math.inf
    return float(max(min(ys), low - margin)), float(min(max(ys), high + margin))


def _frame(ax: Axes, curves: Iterable[_Curve]) -> None:
    """Cut off what sticks out, if anything does."""
    _, ys, extents = zip(*curves)
    bottom, top = min(low for low, _ in extents), max(high for _, high in extents)
    if any(math.isfinite(y) and not bottom <= y <= top for curve in ys for y in curve):
        margin = 0.05 * (top - bottom)
        ax.set_ylim(bottom - margin, top + margin)


# ---------------------------------------------------------------------------------------------------------------- surfaces


def plot_surface(
    f: Callable[[Any, Any], Any],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    *,
    path: Iterable[Sequence[Any]] | None = None,
    log: bool = False,
    resolution: int = 80,
    dark: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a function of two numbers as contours, such as a loss over two parameters, and an optimiser's path on it.

    f: a function of two Values
    x_range, y_range: (low, high) of each
    path: the points (x, y) that an optimiser came through, from start to end; it ends early where it is not finite
    log: contours at 1, 2, 5, 10, ... and the like, for functions above 0 that are much steeper in some places than in others
    resolution: f is evaluated at resolution by resolution points
    dark, ax: as for plot_loss

    A function of both signs gets a scale of two colours that meet at 0, and dashed contours below it. Where it is not finite
    there is hatching.

    Raises ValueError for a range that is none, a function without finite values there, and log of one that is nowhere
    above 0.

    >>> import nn
    >>> from autograd import Value
    >>> f = lambda x, y: (1 - x) ** 2 + 5 * (y - x ** 2) ** 2
    >>> x, y = Value(-1.0), Value(1.5)
    >>> optimizer = nn.optim.SGD([x, y], lr=0.01, momentum=0.9)
    >>> path = [(x.data, y.data)]
    >>> for _ in range(100):
    ...     optimizer.zero_grad()
    ...     f(x, y).backward()
    ...     optimizer.step()
    ...     path.append((x.data, y.data))
    >>> ax = nn.plot_surface(f, (-2, 2), (-1, 3), path=path, log=True)
    >>> [float(y) for y in ax.get_ylim()]
    [-1.0, 3.0]
    """
    look = _look(dark)
    import numpy as np

    for low, high in (x_range, y_range):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(f"a surface is drawn over ranges (low, high) with low below high, not ({low}, {high})")
    across, up = np.linspace(*x_range, resolution), np.linspace(*y_range, resolution)
    heights = np.ma.masked_invalid(_over_plane(lambda a, b: [lift(f(Value(a), Value(b))).data], across, up)[0])
    if heights.mask.all():
        raise ValueError("the function has no finite value on this part of the plane")
    if log and heights.max() <= 0.0:
        raise ValueError("log=True needs a function above 0, and this one is nowhere")
    track = _track(path)
    ax = _axes(ax, look, (6.2, 4.6))
    surface = _contours(ax, look, across, up, heights, log)
    _colour_bar(ax, look, surface, f"{_name_of(f)}(x, y)")
    if len(track):
        _draw_path(ax, look, track)
    ax.set(xlim=x_range, ylim=y_range, xlabel="x", ylabel="y")
    return ax


def _contours(ax: Axes, look: _Look, across: Any, up: Any, heights: Any, log: bool) -> Any:
    import numpy as np
    from matplotlib.colors import LogNorm, Normalize
    from matplotlib.ticker import LogLocator, MaxNLocator

    if log:
        heights = np.ma.masked_less_equal(heights, 0.0)
    if np.ma.is_masked(heights):
        _hatch(ax, look)
    low, high = float(heights.min()), float(heights.max())
    signed = low < 0.0 < high
    locator = LogLocator(subs=(1.0, 2.0, 5.0), numticks=60) if log else MaxNLocator(12)
    around = 0.0 if low < high else 0.5 * abs(low) or 0.5
    levels = locator.tick_values(low - around, high + around)
    reach = max(abs(levels[0]), abs(levels[-1]))
    bounds = (-reach, reach) if signed else (levels[0], levels[-1])
    norm = (LogNorm if log else Normalize)(*bounds)
    surface = ax.contourf(across, up, heights, levels, cmap=_shades(look, signed), norm=norm)
    if low < high:
        dashes = ["dashed" if level < 0.0 else "solid" for level in levels]
        ax.contour(across, up, heights, levels, colors=[look.quiet], linewidths=0.7, linestyles=dashes)
    return surface


def _track(path: Iterable[Sequence[Any]] | None) -> list[tuple[float, float]]:
    """The points of a path as numbers, up to the first that is not finite."""
    track = []
    for point in path or ():
        x, y = (lift(each).data for each in point)
        if not (math.isfinite(x) and math.isfinite(y)):
            break
        track.append((x, y))
    return track


def _draw_path(ax: Axes, look: _Look, track: list[tuple[float, float]]) -> None:
    """The way from start to end: a line with a dot for each step, and both ends named."""
    xs, ys = zip(*track)
    ax.plot(xs, ys, color=look.ink, linewidth=1.8, path_effects=_halo(look), zorder=3, label="path")
    ax.plot(xs, ys, "o", color=look.ink, markersize=3.4, zorder=3, label="_steps")
    ends = [("start", "o", look.paper, track[0])] + [("end", "D", look.ink, track[-1])] * (len(track) > 1)
    for name, marker, fill, point in ends:
        away = 1 if point[1] >= sum(ys) / len(ys) else -1  # from most of the path
        ax.plot(*point, marker, ms=9, mfc=fill, mec=look.ink, mew=1.8, path_effects=_halo(look), zorder=4, label=f"_{name}")
        text = _write(ax, look, point, name, ha="center", va="bottom" if away > 0 else "top", shift=(0, 8 * away), size=TEXT)
        text.set(path_effects=_halo(look), zorder=5)


# ---------------------------------------------------------------------------------------------------- numbers on the plane


def _table(X: Any) -> Any:
    """Rows of numbers as an array."""
    import numpy as np

    try:
        table = np.array(X, dtype=float)
    except ValueError as error:
        raise ValueError(f"X is rows of numbers, all of one length: {error}") from None
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2 or not table.size:
        raise ValueError(f"X is a list of rows of numbers, at least one, and this has the shape {table.shape}")
    return table


def _stretch(column: Any, n: int) -> Any:
    """n numbers from below the lowest to above the highest, a tenth of the way between."""
    import numpy as np

    margin = 0.1 * float(np.ptp(column)) or 0.5
    return np.linspace(column.min() - margin, column.max() + margin, n)


def _over_plane(f: Callable[[float, float], list[float]], across: Any, up: Any) -> Any:
    """What f gives for every pair of numbers: an array for each of its outputs, rows going up."""
    import numpy as np

    with no_grad():
        values = np.array([[f(float(a), float(b)) for a in across] for b in up])
    return np.moveaxis(values, 2, 0)


def _outputs(model: Callable[..., Any], row: Sequence[float]) -> list[float]:
    try:
        return [lift(output).data for output in _flat(model(list(row)))]
    except ValueError as error:
        raise ValueError(f"plot_boundary draws the plane of two inputs, and the model: {error}") from error


# ----------------------------------------------------------------------------------------------------- what all plots share


def _look(dark: bool) -> _Look:
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError('plots are drawn by Matplotlib: pip install "chalkgrad[plot]"') from None
    return DARK if dark else LIGHT


def _axes(ax: Axes | None, look: _Look, size: tuple[float, float]) -> Axes:
    """The Axes given, or one in a new figure of this size in inches, in this look."""
    if ax is None:
        from matplotlib import pyplot
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12)
        try:  # through pyplot, so that notebooks and plt.show() find it
            figure = pyplot.figure(figsize=size, layout=layout)
        except Exception:  # no window can be opened here, which each toolkit says in its own way
            figure = Figure(figsize=size, layout=layout)
        ax = figure.add_subplot()
    ax.figure.set_facecolor(look.paper)
    return _dressed(ax, look)


def _dressed(ax: Axes, look: _Look) -> Axes:
    ax.set_facecolor(look.paper)
    ax.grid(False)
    for side, spine in ax.spines.items():
        spine.set(visible=side in ("left", "bottom"), color=look.quiet, linewidth=0.8)
    ax.tick_params(which="both", color=look.quiet, labelcolor=look.ink, labelsize=SMALL, width=0.8)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(color=look.ink, fontsize=TEXT)
    return ax


def _line(ax: Axes, look: _Look, x: Sequence[float], y: Sequence[float], i: int, dashes: int, **style: Any) -> Any:
    """The i-th line; a point with no neighbours to be joined to is a dot."""
    known = [False, *map(math.isfinite, y), False]
    alone = [k for k in range(len(y)) if known[k + 1] and not (known[k] or known[k + 2])]
    style = {"linewidth": 2.2, "marker": "o" if alone else "", "markersize": 5, "markevery": alone or None, **style}
    colour, pattern = look.lines[i % len(look.lines)], DASHES[dashes % len(DASHES)]
    return ax.plot(x, y, color=colour, linestyle=pattern, **style)[0]


def _name_lines(ax: Axes, look: _Look, lines: list[Any]) -> None:
    """The names of lines at their right ends, moved apart where they would touch; a legend where there is no room."""
    if len(lines) < 2:
        return
    if not _has_room(ax):
        _legend(ax, look, lines)
        return
    bottom, top = sorted(ax.get_ylim())
    points_per_pixel = 72 / ax.figure.dpi
    ends = []
    for line in lines:
        seen = [p for p in zip(*line.get_data()) if math.isfinite(p[1]) and bottom <= p[1] <= top]
        if seen:
            ends.append((ax.transData.transform(seen[-1])[1] * points_per_pixel, seen[-1], line))
    place = -math.inf
    for height, end, line in sorted(ends, key=lambda item: item[0]):
        place = max(height, place + 1.25 * TEXT)
        colour = _readable(look, line.get_color())
        _write(ax, look, end, line.get_label(), va="center", shift=(6, place - height), size=TEXT, color=colour)


def _write(ax: Axes, look: _Look, at: tuple[float, float], text: str, *, transform: Any = "data", **style: Any) -> Any:
    """Text beside a place, shifted by points."""
    style = {"color": look.ink, "size": SMALL, "xytext": style.pop("shift", (0, 0)), **style}
    return ax.annotate(text, at, xycoords=transform, textcoords="offset points", annotation_clip=False, **style)


def _legend(ax: Axes, look: _Look, handles: list[Any]) -> None:
    """Beside the Axes where there is room, else where it hides least."""
    beside: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.02, 1.0), "borderaxespad": 0.0, "frameon": False}
    within: dict[str, Any] = {"loc": "best", "facecolor": look.paper, "edgecolor": "none", "framealpha": 0.85}
    names = [_wrapped(handle.get_label()) for handle in handles]
    place = beside if _has_room(ax) else within
    legend = ax.legend(handles, ["?"] * len(names), fontsize=SMALL, labelcolor=look.ink, handlelength=2.4, **place)
    for text, name in zip(legend.get_texts(), names):  # given afterwards, as a name that begins with _ may be left out
        text.set_text(name)


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(text, 22)


def _has_room(ax: Any) -> bool:
    """Whether the figure makes room for what stands beside its Axes."""
    return ax.figure.get_layout_engine() is not None


def _colour_bar(ax: Axes, look: _Look, shades: Any, label: str, height: float = 1.0) -> Any:
    """A scale at the right; where there is room, it is height times as tall as the Axes."""
    place: dict[str, Any] = {"cax": ax.inset_axes((1.03, 0.0, 0.035, height))} if _has_room(ax) else {"ax": ax}
    bar = ax.figure.colorbar(shades, **place)
    bar.outline.set_visible(False)
    bar.set_label(label, color=look.ink, fontsize=TEXT)
    bar.ax.tick_params(which="both", color=look.quiet, labelcolor=look.ink, labelsize=SMALL, width=0.8)
    return bar


def _shades(look: _Look, signed: bool) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    ends = [look.low, look.paper, look.high] if signed else [look.paper, look.low]
    return LinearSegmentedColormap.from_list("chalkgrad", ends)


def _hatch(ax: Axes, look: _Look) -> None:
    """Hatching where nothing is drawn because there is no number."""
    ax.patch.set(hatch="///", edgecolor=_mixed(look.quiet, look.paper, 0.5), linewidth=0)


def _halo(look: _Look) -> list[Any]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3.5, foreground=look.paper)]


def _mixed(colour: str, other: str, share: float) -> Any:
    """A colour with a share of another in it."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (a + share * (b - a) for a, b in zip(to_rgb(colour), to_rgb(other)))
    return to_hex((red, green, blue))


def _readable(look: _Look, colour: str) -> Any:
    """A line's colour for letters, which are thinner."""
    return _mixed(colour, look.ink, 0.3)


def _name_of(f: Any) -> str:
    """What a function is called, "f" if nothing in particular."""
    name = getattr(f, "__name__", None) or getattr(f, "name", "")
    return "f" if name in ("", "<lambda>") else str(name)
