"""Plots of functions of one number and of two."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from autograd import grad, no_grad, value_and_grad
from autograd.value import Value, lift
from autograd.writing.names import SUPERSCRIPTS
from nn.plots.look import (
    TEXT,
    TITLE,
    Look,
    axes_for,
    choose_look,
    draw_colour_bar,
    draw_line,
    halo,
    hatch_background,
    name_lines,
    name_of,
    shades_for,
    write,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    look = choose_look(dark)
    orders = list(orders)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"a function is drawn from low to a higher high, both finite, not from {low} to {high}")
    if not orders or not all(isinstance(order, int) and order >= 0 for order in orders):
        raise ValueError(f"orders of derivatives are whole numbers from 0 on, at least one, not {orders}")
    curves = [_sampled(_derivative(f, order), low, high) for order in orders]
    ax = axes_for(ax, look, (6.4, 4.0))
    ax.axhline(0.0, color=look.quiet, linewidth=0.8, zorder=1)
    names = [_primed(order) for order in orders]
    lines = [draw_line(ax, look, xs, ys, i, i, label=name) for i, ((xs, ys, _), name) in enumerate(zip(curves, names))]
    _frame(ax, curves)
    ax.set_xlim(low, high)
    ax.set_xlabel("x")
    ax.set_ylabel(", ".join(f"{name}(x)" for name in names))
    if name_of(f) != "f":
        ax.set_title(f"f = {name_of(f)}", fontsize=TITLE, color=look.ink, loc="left")
    name_lines(ax, look, lines)
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
    if order == 0:
        return "f"
    return "f" + ("′″‴"[order - 1] if order < 4 else f"({order})".translate(SUPERSCRIPTS))


def _sampled(f: Callable[[float], float], low: float, high: float) -> _Curve:
    """Points of f, more of them where it is steep, with a nan between the two sides of a jump; and its extent."""
    points = [(x, f(x)) for x in (low + (high - low) * i / 400 for i in range(401))]
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
    look = choose_look(dark)
    import numpy as np

    for low, high in (x_range, y_range):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(f"a surface is drawn over ranges (low, high) with low below high, not ({low}, {high})")
    across, up = np.linspace(*x_range, resolution), np.linspace(*y_range, resolution)
    heights = np.ma.masked_invalid(evaluate_over_plane(lambda a, b: [lift(f(Value(a), Value(b))).data], across, up)[0])
    if heights.mask.all():
        raise ValueError("the function has no finite value on this part of the plane")
    if log and heights.max() <= 0.0:
        raise ValueError("log=True needs a function above 0, and this one is nowhere")
    track = _track(path)
    ax = axes_for(ax, look, (6.2, 4.6))
    surface = _contours(ax, look, across, up, heights, log)
    draw_colour_bar(ax, look, surface, f"{name_of(f)}(x, y)")
    if len(track):
        _draw_path(ax, look, track)
    ax.set(xlim=x_range, ylim=y_range, xlabel="x", ylabel="y")
    return ax


def evaluate_over_plane(f: Callable[[float, float], list[float]], across: Any, up: Any) -> Any:
    """What f gives for every pair of numbers: an array for each of its outputs, rows going up."""
    import numpy as np

    with no_grad():
        values = np.array([[f(float(a), float(b)) for a in across] for b in up])
    return np.moveaxis(values, 2, 0)


def _contours(ax: Axes, look: Look, across: Any, up: Any, heights: Any, log: bool) -> Any:
    import numpy as np
    from matplotlib.colors import LogNorm, Normalize
    from matplotlib.ticker import LogLocator, MaxNLocator

    if log:
        heights = np.ma.masked_less_equal(heights, 0.0)
    if np.ma.is_masked(heights):
        hatch_background(ax, look)
    low, high = float(heights.min()), float(heights.max())
    signed = low < 0.0 < high
    locator = LogLocator(subs=(1.0, 2.0, 5.0), numticks=60) if log else MaxNLocator(12)
    around = 0.0 if low < high else 0.5 * abs(low) or 0.5
    levels = locator.tick_values(low - around, high + around)
    reach = max(abs(levels[0]), abs(levels[-1]))
    bounds = (-reach, reach) if signed else (levels[0], levels[-1])
    norm = (LogNorm if log else Normalize)(*bounds)
    surface = ax.contourf(across, up, heights, levels, cmap=shades_for(look, "signs" if signed else "much"), norm=norm)
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


def _draw_path(ax: Axes, look: Look, track: list[tuple[float, float]]) -> None:
    """The way from start to end: a line with a dot for each step, and both ends named."""
    xs, ys = zip(*track)
    ax.plot(xs, ys, color=look.ink, linewidth=1.8, path_effects=halo(look), zorder=3, label="path")
    ax.plot(xs, ys, "o", color=look.ink, markersize=3.4, zorder=3, label="_steps")
    ends = [("start", "o", look.paper, track[0])] + [("end", "D", look.ink, track[-1])] * (len(track) > 1)
    for name, marker, fill, point in ends:
        away = 1 if point[1] >= sum(ys) / len(ys) else -1  # from most of the path
        ax.plot(*point, marker, ms=9, mfc=fill, mec=look.ink, mew=1.8, path_effects=halo(look), zorder=4, label=f"_{name}")
        text = write(ax, look, point, name, ha="center", va="bottom" if away > 0 else "top", shift=(0, 8 * away), size=TEXT)
        text.set(path_effects=halo(look), zorder=5)
