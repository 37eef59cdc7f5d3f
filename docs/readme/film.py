"""The film at the top of the README: one small net, forward, backward, a step downhill: `python docs/readme/film.py`.

All numbers in it are the library's own; here they are only shown, large enough for a phone. Needs the extra `browser`,
Chromium and Pillow. Writes film-light.gif and film-dark.gif.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from autograd import Value, dot, sigmoid

HERE = Path(__file__).parent
WIDTH, HEIGHT, RADIUS = 800, 560, 42
RATE = 0.5
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
THEMES = {
    "light": {
        "paper": "#ffffff",
        "ink": "#1d2733",
        "quiet": "#6b7887",
        "line": "#b9c4d0",
        "there": "#1f4fa8",
        "back": "#b3480a",
    },
    "dark": {
        "paper": "#0d1117",
        "ink": "#e6edf3",
        "quiet": "#9aa5b1",
        "line": "#3d4856",
        "there": "#79b0ff",
        "back": "#ffa860",
    },
}
PLACES = {"x₁": (62, 100), "x₂": (62, 320), "h₁₁": (372, 100), "h₁₂": (372, 320), "ŷ": (590, 210), "L": (736, 210)}
WEIGHTS = {  # from which neuron to which, and how far along the line it is written
    "w₁₁₁": ("x₁", "h₁₁", 0.44),
    "w₁₂₁": ("x₁", "h₁₂", 0.32),
    "w₁₁₂": ("x₂", "h₁₁", 0.32),
    "w₁₂₂": ("x₂", "h₁₂", 0.44),
    "w₂₁₁": ("h₁₁", "ŷ", 0.46),
    "w₂₁₂": ("h₁₂", "ŷ", 0.46),
}
EDGES = [*((start, end) for start, end, _ in WEIGHTS.values()), ("ŷ", "L")]


class Net:
    """Two inputs, two hidden neurons, one output, and how wrong it is."""

    def __init__(self, weights: dict[str, float]) -> None:
        self.weights = {name: Value(number) for name, number in weights.items()}
        w, x, y = self.weights, [Value(1.0), Value(2.0)], 1.0
        h = [sigmoid(dot([w[f"w₁{i}₁"], w[f"w₁{i}₂"]], x)) for i in "₁₂"]
        guess = dot([w["w₂₁₁"], w["w₂₁₂"]], h)
        L = (guess - y) ** 2 / 2
        L.backward()
        self.values = {"x₁": x[0], "x₂": x[1], "h₁₁": h[0], "h₁₂": h[1], "ŷ": guess, "L": L, **w}

    def stepped(self) -> Net:
        """The net after one step against the gradient."""
        return Net({name: w.data - RATE * w.grad for name, w in self.weights.items()})


@dataclass(frozen=True)
class Frame:
    """One picture of the film, and for how many milliseconds it stands."""

    net: Net
    title: str = ""
    said: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()  # whose values are there
    reached: frozenset[str] = frozenset()  # whose gradients are
    running: frozenset[tuple[str, str]] = frozenset()  # edges that something runs along
    done: float = 0.0  # how far it has run
    back: bool = False
    changed: bool = False
    lasts: int = 70


def film() -> Iterator[Frame]:
    """The story, from the first number to the smaller error."""
    net = Net({"w₁₁₁": 0.5, "w₁₁₂": -0.3, "w₁₂₁": 0.2, "w₁₂₂": 0.4, "w₂₁₁": 0.6, "w₂₁₂": -0.5})
    hidden = [(start, end) for start, end, _ in WEIGHTS.values() if end != "ŷ"]
    output = [("h₁₁", "ŷ"), ("h₁₂", "ŷ")]
    error = [("ŷ", "L")]

    scene = Frame(
        net,
        "A net",
        ("It has six weights. Given 1 and 2, it answers with", "a number, which ought to be 1."),
        frozenset(["x₁", "x₂"]),
    )
    yield replace(scene, lasts=2600)

    scene = replace(
        scene,
        title="Forward",
        said=("A neuron adds up weight · number of all that comes in,", "and squeezes the sum with σ."),
    )
    for ends, said in ((hidden, scene.said), (output, ("So the numbers go on, up to the answer ŷ.",))):
        scene = replace(scene, said=said)
        yield from run(scene, ends)
        scene = replace(scene, known=scene.known | {end for _, end in ends})
        yield replace(scene, lasts=1500)
    scene = replace(scene, said=("1 was wanted. L = ½ (ŷ − 1)² says how wrong it is.",))
    yield from run(scene, error)
    scene = replace(scene, known=scene.known | {"L"})
    yield replace(scene, lasts=2200)

    scene = replace(scene, title="Backward", back=True)
    scene = replace(
        scene, said=("If ŷ grew a little, how much would L change?", "That is the gradient, and it goes back step by step.")
    )
    yield from run(scene, error)
    scene = replace(scene, reached=frozenset(["ŷ"]))
    yield replace(scene, lasts=2800)
    behind = ("Behind a weight it is times the weight; for the weight", "itself, times the number that went in.")
    further = ("Through σ, and on. One walk back, and each weight", "knows how it changes the error.")
    for ends, said in ((output, behind), (hidden, further)):
        scene = replace(scene, said=said)
        yield from run(scene, ends)
        reached = {name for name, (start, end, _) in WEIGHTS.items() if (start, end) in ends}
        scene = replace(scene, reached=scene.reached | reached | {start for start, _ in ends if start[0] == "h"})
        yield replace(scene, lasts=2800)

    scene = replace(scene, title="Downhill", net=net.stepped(), changed=True, reached=frozenset())
    scene = replace(scene, known=frozenset(["x₁", "x₂"]), said=("Each weight takes a step against its gradient.",))
    yield replace(scene, lasts=2400)
    scene = replace(scene, title="Again", back=False)
    for ends in (hidden, output, error):
        yield from run(scene, ends)
        scene = replace(scene, known=scene.known | {end for _, end in ends})
    was, now = (number(each.values["L"].data) for each in (net, scene.net))
    yield replace(scene, said=(f"L was {was} and is {now}.", "Do it a thousand times: that is learning."), lasts=3800)


def run(scene: Frame, ends: list[tuple[str, str]], n: int = 7) -> Iterator[Frame]:
    """Something runs along these edges, forward or back."""
    for i in range(n):
        yield replace(scene, running=frozenset(ends), done=i / (n - 1))


def number(x: float) -> str:
    """Two places, as a board has room for."""
    return f"{x:.2f}".removesuffix(".00").replace("-", "−")


def svg(frame: Frame, theme: dict[str, str]) -> str:
    """A frame as a picture."""
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{theme["paper"]}"/>']
    running = theme["back"] if frame.back else theme["there"]
    for start, end in EDGES:
        (x, y), (u, v) = PLACES[start], PLACES[end]
        is_lit = (start, end) in frame.running
        colour, wide = (running, 5) if is_lit else (theme["line"], 3)
        parts.append(f'<path d="M{x} {y}L{u} {v}" stroke="{colour}" stroke-width="{wide}"/>')
        if is_lit:
            along = 1 - frame.done if frame.back else frame.done
            parts.append(f'<circle cx="{x + along * (u - x):.1f}" cy="{y + along * (v - y):.1f}" r="11" fill="{running}"/>')
    for name, (start, end, along) in WEIGHTS.items():
        (x, y), (u, v) = PLACES[start], PLACES[end]
        x, y = x + along * (u - x), y + along * (v - y)
        weight = frame.net.values[name]
        has_grad = name in frame.reached
        height = 58 if has_grad else 34
        parts.append(
            f'<rect x="{x - 45:.1f}" y="{y - height / 2:.1f}" width="90" height="{height}" rx="8" fill="{theme["paper"]}"/>'
        )
        parts.append(
            text(
                x,
                y - (12 if has_grad else 0),
                number(weight.data),
                theme["there" if frame.changed else "ink"],
                bold=frame.changed,
            )
        )
        if has_grad:
            parts.append(text(x, y + 14, number(weight.grad), theme["back"], bold=True))
    for name, (x, y) in PLACES.items():
        value = frame.net.values[name]
        is_known, has_grad = name in frame.known, name in frame.reached
        edge = theme["back"] if has_grad else theme["there"] if is_known else theme["line"]
        parts.append(f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="{theme["paper"]}" stroke="{edge}" stroke-width="4"/>')
        parts.append(text(x, y - RADIUS - 18, name, theme["quiet"], bold=True))
        if is_known:
            parts.append(text(x, y, number(value.data), theme["ink"]))
        if has_grad:
            parts.append(text(x, y + RADIUS + 20, number(value.grad), theme["back"], bold=True))
    parts.append(f'<text x="24" y="444" font-size="31" font-weight="700" fill="{running}">{frame.title}</text>')
    parts += [
        f'<text x="24" y="{484 + 35 * i}" font-size="27" fill="{theme["ink"]}">{line}</text>'
        for i, line in enumerate(frame.said)
    ]
    size = f'width="{WIDTH}" height="{HEIGHT}" font-family="DejaVu Sans, sans-serif"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def text(x: float, y: float, what: str, colour: str, bold: bool = False) -> str:
    """Words around a point."""
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y + 9:.1f}" font-size="26" text-anchor="middle" fill="{colour}"{weight}>{what}</text>'


def moods(frames: list[Frame]) -> tuple[Frame, Frame, Frame]:
    """The end of the way forward, of the way back, and of the whole film."""
    forward, backward = (max((f for f in frames if f.title == t), key=frames.index) for t in ("Forward", "Backward"))
    return forward, backward, frames[-1]


def main() -> None:
    """Photograph every frame, and join them."""
    frames = list(film())
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=QUIET.split()
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, theme in THEMES.items():
            shots = []
            for frame in frames:
                page.set_content(f'<body style="margin:0">{svg(frame, theme)}</body>')
                shots.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
            seen = Image.new("RGB", (WIDTH, 3 * HEIGHT))  # a frame of each mood: all colours
            for i, frame in enumerate(frames.index(each) for each in moods(frames)):
                seen.paste(shots[frame], (0, i * HEIGHT))
            palette = seen.quantize(64, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
            pictures = [shot.quantize(palette=palette, dither=Image.Dither.NONE) for shot in shots]
            path = HERE / f"film-{name}.gif"
            pictures[0].save(
                path,
                save_all=True,
                append_images=pictures[1:],
                duration=[frame.lasts for frame in frames],
                loop=0,
                optimize=False,
            )
            print(
                path.name,
                path.stat().st_size // 1024,
                "KB,",
                len(frames),
                "frames,",
                sum(frame.lasts for frame in frames) / 1000,
                "s",
            )
        browser.close()


if __name__ == "__main__":
    main()
