"""Plots of what a net has learnt: its regions, its layers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from autograd import no_grad
from autograd.calculus import flatten
from autograd.display.colours import mix
from autograd.value import lift
from nn.data import Dataset
from nn.metrics import _class
from nn.plots.functions import evaluate_over_plane
from nn.plots.look import (
    MARKERS,
    Look,
    axes_for,
    choose_look,
    draw_colour_bar,
    draw_legend,
    hatch_background,
    shades_for,
    write,
)
from nn.train.steps import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    look = choose_look(dark)
    import numpy as np

    features, names, targets = _names_and_targets(X, y)
    points = _table(X.X if isinstance(X, Dataset) else X)
    if points.shape[1] != 2:
        raise ValueError(f"plot_boundary draws the plane of two inputs, and the rows have {points.shape[1]}")
    if len(points) != len(targets):
        raise ValueError(f"X has {len(points)} rows and y {len(targets)} classes: each row needs one")
    across, up = (_stretch(column, resolution) for column in points.T)
    scores = evaluate_over_plane(lambda a, b: _outputs(model, (a, b)), across, up)
    if not np.isfinite(scores).any():
        raise ValueError("the model gives no finite number at any point of the plane: has its training diverged?")
    if threshold is None:
        threshold = 0.0 if min(targets) < 0 else 0.5
    slope = float(np.ptp(up) / np.ptp(across))
    to_scale = 0.4 < slope < 2.5
    ax = axes_for(ax, look, (6.4, 0.8 + min(4.6 * slope, 4.6) if to_scale else 4.6))
    if not np.isfinite(scores).all():
        hatch_background(ax, look)
    if len(scores) == 1:
        shades = _shade_output(ax, look, across, up, scores[0], threshold)
    else:
        _paint_regions(ax, look, across, up, scores)
    groups = _scatter(ax, look, points, [max(t, 0) for t in targets], names)
    ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]), xlabel=features[0], ylabel=features[1])
    if to_scale:
        ax.set_aspect("equal", adjustable="box")
    if len(scores) == 1:
        bar = draw_colour_bar(ax, look, shades, "output of the model", height=0.62)
        bar.ax.axhline(threshold, color=look.ink, linewidth=2)
    draw_legend(ax, look, groups)
    return ax


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


def _outputs(model: Callable[..., Any], row: Sequence[float]) -> list[float]:
    try:
        return [lift(output).data for output in flatten(model(list(row)))]
    except ValueError as error:
        raise ValueError(f"plot_boundary draws the plane of two inputs, and the model: {error}") from error


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


def _shade_output(ax: Axes, look: Look, across: Any, up: Any, scores: Any, threshold: float) -> Any:
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
    shades = ax.contourf(across, up, shown, levels, cmap=shades_for(look, "classes"), norm=norm, extend=extend)
    if low < threshold < high:
        ax.contour(across, up, shown, [threshold], colors=[look.ink], linewidths=2)
    return shades


def _paint_regions(ax: Axes, look: Look, across: Any, up: Any, scores: Any) -> None:
    """One colour for each class where its score is the highest, and lines between."""
    import numpy as np
    from matplotlib.colors import ListedColormap

    n = len(scores)
    tints = [mix(look.classes[c % len(look.classes)], look.paper, 0.62) for c in range(n)]
    winner = np.ma.masked_where(~np.isfinite(scores).all(axis=0), scores.argmax(axis=0))
    ax.pcolormesh(across, up, winner, cmap=ListedColormap(tints), vmin=-0.5, vmax=n - 0.5, shading="nearest", zorder=0)
    for c in range(n):  # the areas again, with straight edges
        lead = np.ma.masked_invalid(scores[c] - np.delete(scores, c, axis=0).max(axis=0))
        if lead.min() < 0.0 < lead.max():
            ax.contourf(across, up, lead, [0.0, lead.max()], colors=[tints[c]], zorder=0.5)
            ax.contour(across, up, lead, [0.0], colors=[look.ink], linewidths=1.5, zorder=1)


def _scatter(ax: Axes, look: Look, points: Any, classes: list[int], names: Callable[[int], str]) -> list[Any]:
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
    look = choose_look(dark)
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
    ax = axes_for(ax, look, (6.4, 1.0 + 0.8 * max(len(rows), 2)))
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
                x = list(flatten(layer(x)))
                row.append([h.data for h in x])
    return [np.array(row) for row in rows]


def _weights(model: Any, what: str = "data") -> list[Any]:
    import numpy as np

    return [np.array([[getattr(w, what) for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers]


def _weight_gradients(model: Any, X: Any, y: Any, loss: str | Callable[[Any, Any], Any] | None) -> list[Any]:
    if X is None or y is None or loss is None:
        raise TypeError('gradients are those of a loss on some rows: pass X, y and loss="mse", say')
    run = Run(model, loss, ())
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


def _ridges(ax: Axes, look: Look, rows: list[Any], notes: list[str]) -> None:
    """Histograms of one scale, one below the other, each with a line of text above its right end."""
    import numpy as np

    finite = [row[np.isfinite(row)] for row in rows]
    low, high = _ends(np.concatenate(finite))
    margin = 0.02 * (high - low) or 0.5
    for k, (row, known, note) in enumerate(zip(rows, finite, notes)):
        edges = _bins(known, finest=margin / 4)
        counts = np.histogram(known, edges)[0]
        heights = 0.66 * counts / max(counts.max(), 1) - k
        ax.stairs(heights, edges, baseline=-k, fill=True, color=mix(look.lines[0], look.paper, 0.25), zorder=2)
        ax.axhline(-k, color=look.quiet, linewidth=0.8, zorder=3)
        spread = [f"std {known.std():.2g}"] if known.size > 1 else []
        lost = [f"{1 - known.size / row.size:.0%} nan or infinite"] if known.size < row.size else []
        text = "  ·  ".join([*filter(None, [note]), *lost, *spread])
        write(ax, look, (1.0, 0.92 - k), text, ha="right", va="top", transform=ax.get_yaxis_transform())
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
