"""The pictures of a film, drawn by Matplotlib: one figure, in which each changes what is new."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autograd.trace import BackwardStep, ForwardStep
from nn.arguments import import_extra
from nn.drawing.picture import number

if TYPE_CHECKING:
    from nn.pages.film import Film, Points, Shape

LEAST = 11.0  # pixels that the smallest letters are high
CAPTION, WORDS, TITLE = 128, 17, 20  # pixels: of what stands below the drawing, and of its letters
THIN, WIDE = 1.2, 6.0  # edges, in pixels
MARGIN = 14
DPI = 100


class Canvas:
    """One figure of Matplotlib, in which each frame changes what is new."""

    def __init__(self, film: Film) -> None:
        import_extra("matplotlib", "the frames of a film are drawn by Matplotlib", "film")
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.font_manager import fontManager

        self.film, scene = film, film.scene
        there = {font.name for font in fontManager.ttflist}
        narrow = [name for name in ("Helvetica", "Arial", "Liberation Sans", "Nimbus Sans", "FreeSans") if name in there]
        self.fonts = [*narrow[:1], "DejaVu Sans"]
        self.shrunk = 1.0 if narrow else 0.86  # its letters are wider than those that the drawing was laid out for
        self.scale = LEAST / scene.smallest / self.shrunk
        drawing = scene.width * self.scale + 2 * MARGIN, scene.height * self.scale + 2 * MARGIN
        self.width = max(760, 2 * math.ceil(drawing[0] / 2))
        self.height = 2 * math.ceil((drawing[1] + CAPTION) / 2)
        self.left = (self.width - scene.width * self.scale) / 2
        self.bottom = drawing[1]
        self.figure = Figure(figsize=(self.width / DPI, self.height / DPI), dpi=DPI, facecolor=film.colours["paper"])
        self.canvas: Any = FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, self.width), ylim=(self.height, 0))
        self.axes.axis("off")
        self.artists: dict[int, tuple[Any, Any]] = {}
        self.lines: dict[str, tuple[Any, Any]] = {}
        for shape in scene.frames:
            self._outline(shape, film.colours["part"], film.colours["edge"], 0)
            self._letters(shape, film.colours["muted"])
        for shapes in scene.edges.values():
            for shape in shapes:
                self.artists[id(shape)] = self._arrow(shape)
        for key, shape in scene.boxes.items():
            patch = self._outline(shape, film.colours["box"], film.colours["line"], 3) if shape.path else None
            texts = self._letters(shape, film.colours["ink" if shape.path else "muted"])
            self.artists[id(shape)] = patch, None
            if key in scene.shown:
                self.lines[key] = texts[-2], texts[-1]
        self.local = self._text(
            0, 0, "", 13, color=film.colours["backward"], weight="bold", ha="center", va="bottom", zorder=6
        )
        from matplotlib.patheffects import withStroke

        self.local.set_path_effects([withStroke(linewidth=3, foreground=film.colours["paper"])])
        self.caption = [
            self._text(MARGIN + 14, self.bottom + y, "", size, weight=weight, color=film.colours["ink"], va="top")
            for y, size, weight in ((8, TITLE, "bold"), (42, WORDS, "normal"), (74, WORDS, "normal"))
        ]
        self.dots = self.axes.scatter([-99], [-99], s=52, edgecolors=film.colours["paper"], linewidths=1.2, animated=True)
        self.bar = self.axes.plot([], [], linewidth=5 * 72 / DPI, solid_capstyle="butt", zorder=6)[0]
        self.side = self.axes.plot(
            [MARGIN + 2] * 2, [self.bottom + 8, self.bottom + 98], linewidth=4 * 72 / DPI, solid_capstyle="butt"
        )[0]

    def _at(self, points: Points) -> Points:
        return [(x * self.scale + self.left, y * self.scale + MARGIN) for x, y in points]

    def _curve(self, points: Points) -> Any:
        from matplotlib.path import Path as Curve

        return Curve(self._at(points), [Curve.MOVETO] + [Curve.CURVE4] * (len(points) - 1))

    def _outline(self, shape: Shape, fill: str, edge: str, zorder: int) -> Any:
        from matplotlib.patches import PathPatch

        return self.axes.add_patch(
            PathPatch(self._curve(shape.path), facecolor=fill, edgecolor=edge, linewidth=0.9, zorder=zorder)
        )

    def _arrow(self, shape: Shape) -> tuple[Any, Any]:
        from matplotlib.patches import PathPatch, Polygon

        colour = self.film.colours["line"]
        line = PathPatch(self._curve(shape.path), fill=False, edgecolor=colour, linewidth=0.9, capstyle="butt", zorder=2)
        head = Polygon(self._at(shape.head), facecolor=colour, edgecolor=colour, zorder=2)
        return self.axes.add_patch(line), self.axes.add_patch(head)

    def _letters(self, shape: Shape, colour: str) -> list[Any]:
        anchors = {"start": "left", "middle": "center", "end": "right"}
        made = []
        for x, y, size, anchor, bold, text in shape.letters:
            ((left, top),) = self._at([(x, y)])
            pixels = size * self.scale * self.shrunk
            made.append(
                self._text(
                    left, top, text, pixels, ha=anchors[anchor], color=colour, weight="bold" if bold else "normal", zorder=5
                )
            )
        return made

    def _text(self, x: float, y: float, text: str, pixels: float, **style: Any) -> Any:
        style = {"va": "baseline", **style}
        return self.axes.text(x, y, text, fontsize=pixels * 72 / DPI, family=self.fonts, parse_math=False, **style)

    # ---- frames

    def picture(self, k: int, ahead: int) -> Any:
        """The place behind k steps, on the way to that behind so many, as an array of pixels."""
        self._boxes(k)
        self._flow(ahead)
        self._say(ahead)
        self.canvas.draw()
        self.still = self.canvas.copy_from_bbox(self.figure.bbox)
        return self._pixels()

    def moved(self, k: int, share: float) -> Any:
        """The same, with a dot so far on each edge that step k uses: forward from its tail, back from its head."""
        back = k > self.film.ahead
        places = [self._along(shape, 1.0 - share if back else share) for shape in self._lit(k)]
        self.dots.set_offsets(places or [(-99.0, -99.0)])
        self.dots.set_facecolor(self.film.colours["backward" if back else "forward"])
        self.canvas.restore_region(self.still)
        self.axes.draw_artist(self.dots)
        return self._pixels()

    def _pixels(self) -> Any:
        import numpy as np

        return np.asarray(self.canvas.buffer_rgba())[..., :3].copy()

    def _boxes(self, k: int) -> None:
        """Values and gradients that are known behind k steps, and what is used there."""
        film, colours, scene = self.film, self.film.colours, self.film.scene
        taken = film.all[:k]
        step = taken[-1] if taken else None
        known = {film.place[s.node] for s in taken if isinstance(s, ForwardStep)}
        grads = {film.output: 1.0} if k >= film.ahead else {}
        grads |= {film.place[s.input]: s.total for s in taken if isinstance(s, BackwardStep)}
        for key, (value, grad) in self.lines.items():
            i = scene.shown[key]
            value.set_text(number(film.values[i]) if i in known or film.entries[i]["kind"] != "computed" else "")
            grad.set_text(f"grad {number(grads[i])}" if i in grads else "")
        reached, computed = {scene.places[i] for i in grads}, {scene.places[i] for i in known}
        used = [] if step is None else [step.node, *([step.input] if isinstance(step, BackwardStep) else [])]
        lit = {scene.places[film.place[x]] for x in used}
        for key, shape in scene.boxes.items():
            if (patch := self.artists[id(shape)][0]) is None:
                continue
            way = "backward" if key in reached else "forward" if key in computed else ""
            if key in lit and isinstance(step, ForwardStep):
                way = "forward"
            width = 3.2 if key in lit else 1.4 if way else 0.9
            patch.set(facecolor=colours[f"{way}-soft" if way else "box"], edgecolor=colours[way or "line"], linewidth=width)

    def _say(self, k: int) -> None:
        film = self.film
        for text, words in zip(self.caption, film.said(k)):
            self._fit(text, words)
        colour = film.colours["backward" if k > film.ahead else "forward"]
        self.side.set_color(colour)
        self.bar.set_color(colour)
        self.bar.set_data([0, self.width * k / len(film.all)], [self.height - 2.5] * 2)

    def _lit(self, k: int) -> list[Shape]:
        """The edges that step k uses."""
        if not k:
            return []
        step = self.film.all[k - 1]
        if isinstance(step, ForwardStep):
            return [shape for _, shape in self.film.edges_into(step.node)]
        arrow = self.film.edge_of(k - 1)
        return [arrow] if arrow is not None else []

    def _along(self, shape: Shape, share: float) -> tuple[float, float]:
        """The point of an edge at a share of its length."""
        line = self._curve(shape.path).interpolated(1).to_polygons(closed_only=False)[0]
        steps = [math.dist(a, b) for a, b in pairwise(line)]
        left = share * sum(steps)
        for ((x0, y0), (x1, y1)), step in zip(pairwise(line), steps):
            if left <= step:
                t = left / step if step else 0.0
                return float(x0 + t * (x1 - x0)), float(y0 + t * (y1 - y0))
            left -= step
        return float(line[-1][0]), float(line[-1][1])

    def _flow(self, k: int) -> None:
        """What was sent forward until now, what has come back, and what is on its way."""
        film, colours = self.film, self.film.colours
        forth = _largest(film.values.values())
        back = _largest(s.contribution for s in film.all[film.ahead :])
        states: dict[int, tuple[str, float, float]] = {}
        for j, s in enumerate(film.all[:k]):
            if isinstance(s, ForwardStep):
                for x, shape in film.edges_into(s.node):
                    states[id(shape)] = "forward", film.values[x], forth
            elif (arrow := film.edge_of(j)) is not None:
                states[id(arrow)] = "backward", s.contribution, back
        lit = self._lit(k)
        now = {id(shape) for shape in lit}
        self.local.set_text("")
        if k > film.ahead and lit:
            self._name(lit[0], film.all[k - 1])
        for shapes in film.scene.edges.values():
            for shape in shapes:
                line, head = self.artists[id(shape)]
                way, size, most = states.get(id(shape), ("", 0.0, 0.0))
                share = math.sqrt(min(1.0, abs(size) / most)) if most and math.isfinite(size) else 0.0
                width = THIN + (WIDE - THIN) * share if way else THIN
                faint = 1.0 if id(shape) in now or not way else 0.5
                colour = colours[way or "line"]
                line.set(
                    edgecolor=colour, linewidth=width * 72 / DPI, linestyle=(0, (5, 3)) if size < 0 else "-", alpha=faint
                )
                head.set(facecolor=colour, edgecolor=colour, alpha=faint)

    def _name(self, arrow: Shape, step: Any) -> None:
        """The local derivative, above the middle of its edge; above its boxes where the edge is too short for it."""
        x, y = self._along(arrow, 0.5)
        self.local.set(text=f"× {held(number(step.local))}", position=(x, y - 7))
        wide = self.local.get_window_extent(self.canvas.get_renderer()).width
        (start, _), (end, _) = self._at([arrow.path[0], arrow.path[-1]])
        if wide > end - start:
            places = [self.film.scene.places[self.film.place[node]] for node in (step.node, step.input)]
            tops = [self._at(self.film.scene.boxes[place].path) for place in places]
            self.local.set_y(min(min(y for _, y in path) for path in tops if path) - 5)

    def _fit(self, text: Any, words: str) -> None:
        """Words in one line: smaller where they are long, and beyond 12 pixels shortened in the middle."""
        size = TITLE if text is self.caption[0] else WORDS
        text.set(text=words, fontsize=size * 72 / DPI)
        room = self.width - 2 * MARGIN - 28
        wide = text.get_window_extent(self.canvas.get_renderer()).width
        if wide <= room:
            return
        smaller = max(12.0, size * room / wide)
        text.set_fontsize(smaller * 72 / DPI)
        wide = text.get_window_extent(self.canvas.get_renderer()).width
        kept = len(words)
        while wide > room and kept > 8:
            kept = min(kept - 1, int(kept * room / wide))
            text.set_text(f"{words[: kept // 2]} … {words[len(words) - kept // 2 :]}")
            wide = text.get_window_extent(self.canvas.get_renderer()).width


def _largest(xs: Any) -> float:
    return max((abs(x) for x in xs if math.isfinite(x)), default=0.0)


def held(text: str) -> str:
    """A number behind a sign."""
    return f"({text})" if text.startswith("−") or "·" in text else text
