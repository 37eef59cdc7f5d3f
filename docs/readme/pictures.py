"""The pictures of the README, each from the library itself, light and dark: `python docs/readme/pictures.py [name …]`.

Needs the extras `all` and `browser`, and Chromium: what shows itself in Jupyter is shown in a page, and photographed. The
page is as narrow as a phone's is wide, nearly, so that all is legible there. film.py makes the film.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import nn
from autograd import Value, Worksheet, derivation, dot, gradient, label, log, sigmoid
from nn.cli.tour import two_layer_network

HERE = Path(__file__).parent
WIDTH, TALLEST = 540, 900  # in pixels of the page
CUT = {"training": 540}  # below the boundary; the rest is in the notebooks
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
STYLE = """<!DOCTYPE html><meta charset="utf-8"><style>
body { margin: 0; padding: 14px 16px; background: #fff; color: #1d2733; box-sizing: border-box;
       font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
table.board { border-collapse: collapse; } table.board td { padding: .28em .25em; } td.left { text-align: right; }
td.reason { padding-left: 1.4em !important; color: #5d6b7a; } math { display: inline-block !important; font-size: 1.1em; }
h2 { margin: .2em 0 .6em; font-size: 1.1em; }
@media (prefers-color-scheme: dark) {
  body { background: #0d1117; color: #e6edf3; } td.reason { color: #9aa5b1; } }
</style>"""


def neuron() -> tuple[Value, dict[str, Value]]:
    """The neuron of the second notebook."""
    x1, x2, y, w1, w2, b = (Value(v) for v in (1.0, 2.0, 1.0, 0.5, -1.0, 0.25))
    a = dot([w1, w2], [x1, x2], bias=b)
    y_hat = sigmoid(a)
    L = -y * log(y_hat) - (1 - y) * log(1 - y_hat)
    label(x_1=x1, x_2=x2, y=y, w_1=w1, w_2=w2, b=b, a=a, ŷ=y_hat, L=L)
    return L, {"w1": w1, "ŷ": y_hat, "a": a, "y": y}


def stepper() -> str:
    return nn.step_through(two_layer_network()[1])._repr_html_()


def vectors() -> str:
    return derivation(two_layer_network()[1]).vector_form().html()


def red_pen() -> str:
    L, v = neuron()
    slopes = {name: gradient(L, v[x])[0] for name, x in (("∂L/∂a", "a"), ("∂L/∂w_1", "w1"))}
    sheet = Worksheet({"a": v["a"], "ŷ": v["ŷ"], "L": L, **slopes})
    return sheet.mark({"a": "-1.25", "ŷ": "0.2227", "L": "1.5019", "∂L/∂a": "0.7773", "∂L/∂w_1": "0.7773"}).html()


def training() -> str:
    moons = nn.data.moons(100, noise=0.12, seed=1)
    model = nn.MLP(2, [8, 8, 1], activation="tanh", init="xavier", seed=0)
    options = {"loss": "bce_with_logits", "optimizer": "adam", "lr": 0.03, "epochs": 80, "record": 2, "progress": False}
    return nn.play_training(nn.fit(model, *moons, **options), moons)._repr_html_()


def _play(page: Page) -> None:
    page.get_by_role("button", name="Last").or_(page.get_by_text("▶|", exact=True)).first.click()


def _midway(page: Page) -> None:
    """Some steps into the backward pass, the letters in the drawing as large as those beside it."""
    page.evaluate("""() => {
        const root = [...document.querySelectorAll("div")].find((each) => each.shadowRoot).shadowRoot;
        const drawing = root.querySelector(".stage svg");
        drawing.style.minWidth = `${1.25 * parseFloat(drawing.style.minWidth)}px`;
        const more = root.querySelectorAll(".tools, details, .node-info, .more, .folds");
        for (const each of more) each.style.display = "none";
        root.querySelector(".stage").style.height = "440px";
    }""")
    slider = page.locator("input.slider")
    slider.evaluate("s => { s.value = Math.round(0.62 * s.max); s.dispatchEvent(new Event('input', { bubbles: true })); }")
    page.wait_for_timeout(900)  # it scrolls to the step


PICTURES: dict[str, tuple[Callable[[], str], Callable[[Page], None] | None]] = {  # what, and what is pressed
    "stepper": (stepper, _midway),
    "vectors": (vectors, None),
    "red-pen": (red_pen, None),
    "training": (training, _play),
}


def main(names: list[str]) -> None:
    """Make the pictures of these names, or all."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=QUIET.split()
        )
        for name in names or PICTURES:
            make, press = PICTURES[name]
            shown = make()
            for theme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": WIDTH, "height": TALLEST}, device_scale_factor=1.6, color_scheme=theme
                )
                page.set_content(f"{STYLE}<body>{shown}</body>")
                page.wait_for_timeout(300)
                if press is not None:
                    press(page)
                    page.wait_for_timeout(900)
                path = HERE / f"{name}-{theme}.png"
                page.locator("body").screenshot(path=path)
                page.close()
                picture = Image.open(path).convert("RGB")
                height = min(picture.height, round(1.6 * CUT.get(name, TALLEST)))
                picture = picture.crop((0, 0, picture.width, height))
                picture.quantize(128).save(path, optimize=True)
                print(path.name, picture.size, path.stat().st_size // 1024, "KB")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
