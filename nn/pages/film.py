"""Films: what `stepper.save("backprop.gif")` writes, for slides and video lessons.

The steps are those of the page, on the same drawing: values go forward along their edges, gradients come back along the same
edges, the wider the larger and dashed below zero; what is used now is lit, and has its local derivative beside it. Below the
drawing stands what happens, in words and in numbers. The smallest letters are 11 pixels high.

Matplotlib draws the frames. Pillow, which comes with it, makes a .gif of them, and ffmpeg an .mp4.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autograd.display.colours import PALETTE
from autograd.trace import ForwardStep, Trace
from autograd.value import Value
from autograd.writing.names import pretty
from nn.drawing.graphs import OPERATION
from nn.drawing.picture import number
from nn.pages.film_frames import LEAST, Canvas, held

FITS = 1920, 900  # pixels of a drawing; what is larger is folded, where that helps
MOST = 400  # steps of a film
MOVES, MOVING = 5, 0.08  # pictures of a number on its way, and the seconds that each is seen
LAST = 4.0  # seconds
RATE = 12.5  # pictures a second of an .mp4

_SVG = "{http://www.w3.org/2000/svg}"
Points = list[tuple[float, float]]


class Shape(NamedTuple):
    """A box or an edge. path: its outline; head: the tip of an arrow; letters: x, y, size, anchor, bold, text."""

    key: str
    path: Points
    head: Points
    letters: list[tuple[float, float, float, str, bool, str]]


class Scene:
    """A drawing taken apart: its boxes, its edges, and the frames around parts.

    view: one of those that the page has
    """

    def __init__(self, view: dict[str, Any]) -> None:
        root = ET.fromstring(view["svg"])
        self.width, self.height = map(float, root.attrib["viewBox"].split()[2:])
        graph = root[0]
        shift = re.search(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", graph.attrib["transform"])
        assert shift
        self.shift = float(shift[1]), float(shift[2])
        shapes: dict[str, list[Shape]] = defaultdict(list)
        for group in graph.findall(f"{_SVG}g"):
            shapes[group.attrib["class"]].append(self._shape(group))
        self.frames = shapes["cluster"]
        self.boxes = {shape.key: shape for shape in shapes["node"]}
        self.edges: dict[str, list[Shape]] = defaultdict(list)
        for shape in shapes["edge"]:
            self.edges[re.sub(":[^-]*", "", shape.key)].append(shape)
        self.places: list[str] = view["places"]
        self.shown: dict[str, int] = view["shown"]
        self.smallest = min(size for shape in self.boxes.values() for _, _, size, *_ in shape.letters)

    def _shape(self, group: ET.Element) -> Shape:
        key, path, head, letters = "", [], [], []
        for item in group.iter():
            tag = item.tag.removeprefix(_SVG)
            if tag == "title":
                key = item.text or ""
            elif tag == "path":
                path = self._points(item.attrib["d"])
            elif tag == "polygon":
                head = self._points(item.attrib["points"])
            elif tag == "text":
                x, y = float(item.attrib["x"]) + self.shift[0], float(item.attrib["y"]) + self.shift[1]
                bold = item.attrib.get("font-weight") == "bold"
                anchor = item.attrib.get("text-anchor", "start")
                letters.append((x, y, float(item.attrib["font-size"]), anchor, bold, item.text or ""))
        return Shape(key, path, head, letters)

    def _points(self, written: str) -> Points:
        numbers = [float(x) for x in re.findall(r"-?[\d.]+(?:e-?\d+)?", written)]
        return [(x + self.shift[0], y + self.shift[1]) for x, y in zip(numbers[::2], numbers[1::2])]


class Film:
    """The frames of a stepper, one after the other.

    steps: of the graph, forward and backward
    data: of the page, from which names and formulas come
    order: the nodes, as the page counts them
    views: drawings, the first that is small enough to be seen whole is taken
    theme: "light" or "dark"
    seconds: how long a step is shown
    """

    def __init__(
        self,
        steps: Trace,
        data: dict[str, Any],
        order: Sequence[Value],
        views: dict[str, Any],
        theme: str,
        seconds: float,
    ) -> None:
        if theme not in PALETTE:
            raise ValueError(f"theme is one of {', '.join(map(repr, PALETTE))}, not {theme!r}")
        if not 0.05 <= seconds <= 60.0:
            raise ValueError(f"a step is shown for 0.05 to 60 seconds, not {seconds}")
        self.colours, self.seconds = PALETTE[theme], seconds
        self.place = {node: i for i, node in enumerate(order)}
        self.names = [entry["name"] for entry in data["nodes"]]
        self.entries, self.output = data["nodes"], data["output"]
        self.all: list[Any] = [*steps.forward, *steps.backward]
        self.ahead = len(steps.forward)
        self.values = {i: float(entry["value"]) for i, entry in enumerate(self.entries)}
        self.values |= {self.place[s.node]: s.value for s in steps.forward}
        scenes = [Scene(view) for view in views.values()]
        self.scene = next((scene for scene in scenes if self._fits(scene)), scenes[-1])
        self.folded = OPERATION not in views or self.scene is not scenes[0]
        self.stops = [k for k in range(1, len(self.all) + 1) if k == len(self.all) or self._stop(k - 1) != self._stop(k)]
        if len(self.stops) > MOST:
            raise ValueError(
                f"a film of this graph has {len(self.stops):,} steps, more than anybody watches ({MOST}): take the loss of"
                " fewer rows of data"
            )

    def _fits(self, scene: Scene) -> bool:
        scale = LEAST / scene.smallest
        return scene.width * scale <= FITS[0] and scene.height * scale <= FITS[1]

    def _stop(self, k: int) -> tuple[Any, ...]:
        """What is one picture: a step; where the graph is folded, all steps between the same boxes."""
        if not self.folded:
            return (k,)
        step, places = self.all[k], self.scene.places
        box = places[self.place[step.node]]
        return ("forward", box) if isinstance(step, ForwardStep) else ("back", box, places[self.place[step.input]])

    # ---- writing

    def pictures(self) -> Iterator[tuple[Any, float]]:
        """Every picture as an array of pixels, with the seconds that it is seen."""
        canvas, moving = Canvas(self), min(MOVING, self.seconds / (2 * MOVES))
        yield canvas.picture(0, 0), self.seconds
        before = 0
        for k in self.stops:
            canvas.picture(before, k)
            for move in range(MOVES):
                yield canvas.moved(k, (move + 0.5) / MOVES), moving
            yield canvas.picture(k, k), self.seconds - MOVES * moving if k < len(self.all) else max(LAST, self.seconds)
            before = k

    def gif(self) -> bytes:
        """The film as .gif, which goes round and round."""
        pictures, held_for = zip(*self.pictures())
        import numpy as np
        from PIL import Image

        # One palette for all, of some of them together, so that only what changes is stored; and a table of the nearest of
        # its colours, for five bits of red, green and blue each, as asking for every pixel takes ten times as long.
        some = np.concatenate([pictures[round(k * (len(pictures) - 1) / 3)] for k in range(4)])
        palette = Image.fromarray(some).quantize(96, method=Image.Quantize.MEDIANCUT)
        cells = np.indices((32, 32, 32)).reshape(3, -1).T * 8 + 4
        of_cells = Image.fromarray(cells.astype(np.uint8)[None])
        nearest = np.asarray(of_cells.quantize(palette=palette, dither=Image.Dither.NONE))[0]

        def reduced(picture: Any) -> Any:
            r, g, b = (picture[..., i].astype(np.int32) >> 3 for i in range(3))
            image = Image.fromarray(nearest[(r << 10) + (g << 5) + b], "P")
            image.putpalette(palette.getpalette() or [])
            return image

        first, *others = map(reduced, pictures)
        file = io.BytesIO()
        milliseconds = [round(1000 * seconds) for seconds in held_for]
        first.save(file, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0, optimize=False)
        return file.getvalue()

    def mp4(self) -> bytes:
        """The film as .mp4, one picture for each move of a dot."""
        program = find_ffmpeg()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "film.mp4"
            running = None
            for picture, seconds in self.pictures():
                if running is None:
                    size = f"{picture.shape[1]}x{picture.shape[0]}"
                    taken = f"-f rawvideo -pix_fmt rgb24 -s {size} -r {RATE} -i -"
                    given = "-an -c:v libx264 -preset veryfast -pix_fmt yuv420p -movflags +faststart"
                    command = [program, "-y", "-loglevel", "error", *taken.split(), *given.split(), str(file)]
                    running = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
                assert running.stdin
                running.stdin.write(picture.tobytes() * max(1, round(RATE * seconds)))
            assert running
            said = running.communicate()[1].decode(errors="replace").strip()
            if running.returncode or not file.exists():
                raise RuntimeError(f"{Path(program).name} could not make an .mp4 of this film: {said or 'no reason given'}")
            return file.read_bytes()

    # ---- what is said

    def said(self, k: int) -> tuple[str, str, str]:
        """Title and two lines for the place behind k steps."""
        names, output = self.names, self.names[self.output]
        if k == 0:
            return (
                "Press play.",
                f"Values go forward, from the inputs to {output}.",
                "Then the gradient comes back, edge by edge.",
            )
        step = self.all[k - 1]
        i = self.place[step.node]
        if isinstance(step, ForwardStep):
            numbers, result = pretty(step.numbers), number(step.value, 6)
            formula = self.entries[i]["formula"]
            computed = f"= {numbers} = {result}" if numbers != result else f"= {result}"
            nameless = _bare(names[i]) == _bare(formula)  # called by its formula
            return f"Forward: {names[i]}", *((computed, "") if nameless else (f"{names[i]} = {formula}", computed))
        x = self.place[step.input]
        slot = self._slot(k - 1)
        formula, local = self.entries[i]["formulas"][slot], number(step.local, 6)
        equals = local if formula == local else f"{formula} = {local}"
        before, total = number(step.before, 6), number(step.total, 6)
        up = number(step.upstream, 6)
        return (
            f"Backward: from {names[i]} to {names[x]}",
            f"{_slope(names[i], names[x])} = {equals}",
            f"{_slope(output, names[x])}:  {before} + {held(up)} × {held(local)} = {total}",
        )

    def _slot(self, k: int) -> int:
        """Which input of its node a step back goes to: where one is used twice, the first time first."""
        step = self.all[k]
        earlier = sum(s.node is step.node and s.input is step.input for s in self.all[self.ahead : k])
        same = [slot for slot, x in enumerate(self.entries[self.place[step.node]]["inputs"]) if x == self.place[step.input]]
        return int(same[min(earlier, len(same) - 1)])

    def edge_of(self, k: int) -> Shape | None:
        """The edge that a step back goes along."""
        step, places = self.all[k], self.scene.places
        i, x = self.place[step.node], self.place[step.input]
        found = self.scene.edges.get(f"{places[x]}->{places[i]}", [])
        same = [slot for slot, each in enumerate(self.entries[i]["inputs"]) if each == x]
        at = same.index(self._slot(k))
        return (found[at] if at < len(found) else found[0]) if found else None

    def edges_into(self, node: Value) -> Iterator[tuple[int, Shape]]:
        """The edges that a step forward uses, with the input that each comes from."""
        places, i = self.scene.places, self.place[node]
        for x in dict.fromkeys(self.entries[i]["inputs"]):
            for shape in self.scene.edges.get(f"{places[x]}->{places[i]}", []):
                yield x, shape


def find_ffmpeg() -> str:
    """The program that makes an .mp4: from PATH, else that which the extra brings. Raises ImportError where none is."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg
    except ImportError:
        raise ImportError(
            'a film as .mp4 is made by the program ffmpeg: pip install "chalkgrad[film]" brings one; a .gif needs none'
        ) from None
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _bare(text: str) -> str:
    return re.sub("[()]", "", text)


def _slope(of: str, by: str) -> str:
    """∂L/∂w, with brackets around what is called by its formula."""
    return "/".join(f"∂{name}" if re.fullmatch(r"[\w′'’…]+(\([^()]*\))?", name) else f"∂({name})" for name in (of, by))
