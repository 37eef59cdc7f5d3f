"""The pictures of the README, each from the library itself: `python docs/readme/pictures.py [name …]`.

Needs the extras `all` and `browser`, and Chromium: what shows itself in Jupyter is shown in a page, and photographed.
"""

from __future__ import annotations

import html
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import nn
from autograd import (
    Value,
    Worksheet,
    check_gradients,
    compile,
    derivation,
    derivatives,
    dot,
    exercise,
    gradient,
    label,
    log,
    sigmoid,
    softmax,
    trace,
)
from nn.cli.tour import two_layer_network

HERE = Path(__file__).parent
TALLEST = {"exercise": 720}  # in pixels; what is longer goes on in the notebooks
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
STYLE = """<!DOCTYPE html><meta charset="utf-8"><style>
body { margin: 0; padding: 18px 22px; background: #fff; color: #1d2733; width: max-content; max-width: WIDTHpx;
       box-sizing: border-box;
       font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
pre { margin: 0; font: 13px/1.45 "DejaVu Sans Mono", Consolas, monospace; }
body > svg { display: block; max-width: 100%; height: auto; }
table.board { border-collapse: collapse; } table.board td { padding: .28em .25em; } td.left { text-align: right; }
td.reason { padding-left: 2em !important; color: #5d6b7a; } math { display: inline-block !important; font-size: 1.1em; }
h2 { margin: .2em 0 .6em; font-size: 1.1em; }
</style>"""


def neuron() -> tuple[Value, dict[str, Value]]:
    """The neuron of the second notebook."""
    x1, x2, t, w1, w2, b = (Value(v) for v in (1.0, 2.0, 1.0, 0.5, -1.0, 0.25))
    net = dot([w1, w2], [x1, x2], bias=b)
    o = sigmoid(net)
    E = -t * log(o) - (1 - t) * log(1 - o)
    label(x_1=x1, x_2=x2, t=t, w_1=w1, w_2=w2, b=b, net=net, o=o, E=E)
    return E, {"w1": w1, "o": o, "net": net, "t": t}


def draw() -> str:
    _, loss = two_layer_network()
    loss.backward()
    return nn.draw(loss, depth="neuron").svg


def stepper() -> str:
    return nn.step_through(two_layer_network()[1])._repr_html_()


def steps() -> str:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    return f"<pre>{html.escape(str(trace((w * x).sigmoid())))}</pre>"


def derived() -> str:
    E, named = neuron()
    return derivation(E, named["w1"]).html()


def vectors() -> str:
    return derivation(two_layer_network()[1]).vector_form().html()


def tensors() -> str:
    return derivatives(lambda x, y, z: x**2 + 2 * x * y + z, order=2).html()


def red_pen() -> str:
    E, v = neuron()
    slopes = {name: gradient(E, v[x])[0] for name, x in (("∂E/∂o", "o"), ("∂E/∂net", "net"), ("∂E/∂w_1", "w1"))}
    sheet = Worksheet({"net": v["net"], "o": v["o"], "E": E, **slopes})
    claims = {
        "net": "-1.25",
        "o": "0.2227",
        "E": "1.5019",
        "∂E/∂o": "-t/o - (1-t)/(1-o)",
        "∂E/∂net": "0.7773",
        "∂E/∂w_1": "0.7773",
    }
    return sheet.mark(claims).html()


def task() -> str:
    return exercise("neuron", seed=4).html()


def program() -> str:
    x, t = [Value(0.5) for _ in range(3)], [Value(0.1) for _ in range(2)]
    model = nn.MLP(3, [4, 2], activation=["tanh", "linear"], seed=0)
    loss = nn.losses.half_squared_error(model(x), t)
    return f"<pre>{html.escape(compile(loss, {'X': x, 'T': t}, model.parameters()).source.rstrip())}</pre>"


def training() -> str:
    moons = nn.data.moons(100, noise=0.12, seed=1)
    model = nn.MLP(2, [8, 8, 1], activation="tanh", init="xavier", seed=0)
    options = {"loss": "bce_with_logits", "optimizer": "adam", "lr": 0.03, "epochs": 80, "record": 2, "progress": False}
    return nn.play_training(nn.fit(model, *moons, **options), moons)._repr_html_()


def check() -> str:
    return f"<pre>{html.escape(str(check_gradients(lambda x, y: softmax([x, y])[0] * x, 0.5, -1.0, order=2)))}</pre>"


def columns() -> str:
    model = nn.MLP(3, [5, 4, 2], activation="tanh", seed=3)
    return nn.draw(model, [0.5, -1.0, 0.3]).svg


def _play(page: Page) -> None:
    page.get_by_role("button", name="Last").or_(page.get_by_text("▶|", exact=True)).first.click()


def _midway(page: Page) -> None:
    """Some steps into the backward pass."""
    slider = page.locator("input.slider")
    slider.evaluate("s => { s.value = Math.round(0.62 * s.max); s.dispatchEvent(new Event('input', { bubbles: true })); }")


PICTURES: dict[str, tuple[Callable[[], str], int, Callable[[Page], None] | None]] = {  # what, how wide, what is pressed
    "draw": (draw, 1000, None),
    "stepper": (stepper, 1250, _midway),
    "steps": (steps, 760, None),
    "derivation": (derived, 760, None),
    "vectors": (vectors, 760, None),
    "tensors": (tensors, 560, None),
    "red-pen": (red_pen, 860, None),
    "exercise": (task, 640, None),
    "program": (program, 760, None),
    "training": (training, 1000, _play),
    "check": (check, 640, None),
    "columns": (columns, 760, None),
}


def film() -> None:
    """One neuron on its way forward and back."""
    w, x, b, t = (Value(v) for v in (0.5, 2.0, -0.25, 1.0))
    o = sigmoid(w * x + b)
    E = (o - t) ** 2
    label(w=w, x=x, b=b, t=t, o=o, E=E)
    for theme in ("light", "dark"):
        path = nn.step_through(E).save(HERE / f"backprop-{theme}.gif", theme=theme)
        print(path.name, path.stat().st_size // 1024, "KB")


def main(names: list[str]) -> None:
    """Make the pictures of these names, or all."""
    if not names or "film" in names:
        film()
    names = [name for name in names or PICTURES if name != "film"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=QUIET.split()
        )
        for name in names:
            make, width, press = PICTURES[name]
            page = browser.new_page(viewport={"width": width, "height": 1000}, device_scale_factor=1.5)
            page.set_content(STYLE.replace("WIDTH", str(width)) + f"<body>{make()}</body>")
            page.wait_for_timeout(300)
            if press is not None:
                page.evaluate("document.body.style.width = '100%'")
                press(page)
                page.wait_for_timeout(900)
            path = HERE / f"{name}.png"
            page.locator("body").screenshot(path=path)
            page.close()
            picture = Image.open(path).convert("RGB")
            height = min(picture.height, TALLEST.get(name, 1250))
            picture.crop((0, 0, picture.width, height)).quantize(128).save(path, optimize=True)
            print(path.name, path.stat().st_size // 1024, "KB")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
