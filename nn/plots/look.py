"""How all plots look: colours, lines, axes, legends."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.display.colours import CLASSES, LINES, PALETTE, mix

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MARKERS = "o^sDvPX*"  # of classes; one more than there are colours, so that 56 classes differ
DASHES: Sequence[Any] = ("-", (0, (4, 1.6)), (0, (6, 1.6, 1.2, 1.6)), (0, (1.2, 1.4)), (0, (9, 1.6)))  # of lines
TITLE, TEXT, SMALL = 12, 11, 9.5  # sizes of letters, in points


class Look(NamedTuple):
    """paper: the background; ink: text and outlines; quiet: axes; lines, classes: colours; the rest: ends of scales."""

    paper: str
    ink: str
    quiet: str
    lines: tuple[str, ...]
    classes: tuple[str, ...]
    negative: str  # of numbers with signs
    positive: str
    high: str  # of numbers without, which begin with paper


def _look(theme: str) -> Look:
    palette, classes = PALETTE[theme], CLASSES[theme]
    return Look(
        paper=palette["paper"],
        ink=palette["ink"],
        quiet=palette["line"],
        lines=LINES[theme],
        classes=classes,
        negative=mix(palette["paper"], palette["negative"], 0.5),
        positive=mix(palette["paper"], palette["positive"], 0.6),
        high=mix(palette["paper"], palette["forward"], 0.5),
    )


LIGHT, DARK = _look("light"), _look("dark")


def choose_look(dark: bool) -> Look:
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError('plots are drawn by Matplotlib: pip install "chalkgrad[plot]"') from None
    return DARK if dark else LIGHT


def axes_for(ax: Axes | None, look: Look, size: tuple[float, float]) -> Axes:
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
    return dress(ax, look)


def dress(ax: Axes, look: Look) -> Axes:
    ax.set_facecolor(look.paper)
    ax.grid(False)
    for side, spine in ax.spines.items():
        spine.set(visible=side in ("left", "bottom"), color=look.quiet, linewidth=0.8)
    ax.tick_params(which="both", color=look.quiet, labelcolor=look.ink, labelsize=SMALL, width=0.8)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(color=look.ink, fontsize=TEXT)
    return ax


def draw_line(ax: Axes, look: Look, x: Sequence[float], y: Sequence[float], i: int, dashes: int, **style: Any) -> Any:
    """The i-th line; a point with no neighbours to be joined to is a dot."""
    known = [False, *map(math.isfinite, y), False]
    alone = [k for k in range(len(y)) if known[k + 1] and not (known[k] or known[k + 2])]
    style = {"linewidth": 2.2, "marker": "o" if alone else "", "markersize": 5, "markevery": alone or None, **style}
    colour, pattern = look.lines[i % len(look.lines)], DASHES[dashes % len(DASHES)]
    return ax.plot(x, y, color=colour, linestyle=pattern, **style)[0]


def name_lines(ax: Axes, look: Look, lines: list[Any]) -> None:
    """The names of lines at their right ends, moved apart where they would touch; a legend where there is no room."""
    if len(lines) < 2:
        return
    if not _has_room(ax):
        draw_legend(ax, look, lines)
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
        colour = readable(look, line.get_color())
        write(ax, look, end, line.get_label(), va="center", shift=(6, place - height), size=TEXT, color=colour)


def write(ax: Axes, look: Look, at: tuple[float, float], text: str, *, transform: Any = "data", **style: Any) -> Any:
    """Text beside a place, shifted by points."""
    style = {"color": look.ink, "size": SMALL, "xytext": style.pop("shift", (0, 0)), **style}
    return ax.annotate(text, at, xycoords=transform, textcoords="offset points", annotation_clip=False, **style)


def draw_legend(ax: Axes, look: Look, handles: list[Any]) -> None:
    """Beside the Axes where there is room, else where it hides least."""
    beside: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.02, 1.0), "borderaxespad": 0.0, "frameon": False}
    within: dict[str, Any] = {"loc": "best", "facecolor": look.paper, "edgecolor": "none", "framealpha": 0.85}
    names = [textwrap.fill(handle.get_label(), 22) for handle in handles]
    place = beside if _has_room(ax) else within
    legend = ax.legend(handles, ["?"] * len(names), fontsize=SMALL, labelcolor=look.ink, handlelength=2.4, **place)
    for text, name in zip(legend.get_texts(), names):  # given afterwards, as a name that begins with _ may be left out
        text.set_text(name)


def _has_room(ax: Any) -> bool:
    """Whether the figure makes room for what stands beside its Axes."""
    return ax.figure.get_layout_engine() is not None


def draw_colour_bar(ax: Axes, look: Look, shades: Any, label: str, height: float = 1.0) -> Any:
    """A scale at the right; where there is room, it is height times as tall as the Axes."""
    place: dict[str, Any] = {"cax": ax.inset_axes((1.03, 0.0, 0.035, height))} if _has_room(ax) else {"ax": ax}
    bar = ax.figure.colorbar(shades, **place)
    bar.outline.set_visible(False)
    bar.set_label(label, color=look.ink, fontsize=TEXT)
    bar.ax.tick_params(which="both", color=look.quiet, labelcolor=look.ink, labelsize=SMALL, width=0.8)
    return bar


def shades_for(look: Look, of: str) -> Any:
    """A scale: of numbers with "signs", from nothing to "much", or from one of two "classes" to the other."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = {
        "signs": [look.negative, look.paper, look.positive],
        "much": [look.paper, look.high],
        "classes": [mix(look.classes[0], look.paper, 0.45), look.paper, mix(look.classes[1], look.paper, 0.35)],
    }
    return LinearSegmentedColormap.from_list("chalkgrad", ends[of])


def hatch_background(ax: Axes, look: Look) -> None:
    """Hatching where nothing is drawn because there is no number."""
    ax.patch.set(hatch="///", edgecolor=mix(look.quiet, look.paper, 0.5), linewidth=0)


def halo(look: Look) -> list[Any]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3.5, foreground=look.paper)]


def readable(look: Look, colour: str) -> str:
    """A line's colour for letters, which are thinner."""
    return mix(colour, look.ink, 0.3)


def name_of(f: Any) -> str:
    """What a function is called, "f" if nothing in particular."""
    name = getattr(f, "__name__", None) or getattr(f, "name", "")
    return "f" if name in ("", "<lambda>") else str(name)
