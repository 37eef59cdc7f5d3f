"""Frames that others put a figure into, as marimo does, become as high as what they hold."""

import html

import pytest

import nn
from autograd import Value, label

HOST = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe srcdoc="{}" style="width:708px;height:400px;border:0"></iframe>"""
HEIGHTS = """() => {
    const frame = document.querySelector("iframe"), inside = frame.contentDocument.documentElement;
    return [frame.clientHeight, inside.scrollHeight, Math.ceil(inside.getBoundingClientRect().height)];
}"""


def training():
    moons = nn.data.moons(20, seed=1)
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    history = nn.fit(model, *moons, loss="bce_with_logits", lr=0.3, epochs=2, record=True, progress=False)
    return nn.play_training(history, moons)


def neuron():
    w, x, b = Value(2.0), Value(-3.0), Value(10.0)
    a = w * x + b
    label(w=w, x=x, b=b, a=a)
    return nn.step_through(a)


@pytest.mark.parametrize("figure", [neuron, training])
def test_a_frame_is_as_high_as_what_it_holds(browser, graphviz, figure):
    """Nothing is cut off, and nothing stays empty; a figure that is one of many things on a page leaves frames alone."""
    page = browser.new_context(viewport={"width": 1000, "height": 700}).new_page()
    output = figure()._repr_html_()
    page.set_content(HOST.format(html.escape(output)))
    page.frame_locator("iframe").locator(".count").wait_for()
    page.wait_for_function(f"(() => {{ const [outer, , inner] = ({HEIGHTS})(); return outer === inner; }})()")
    outer, scrolled, inner = page.evaluate(HEIGHTS)
    assert outer == scrolled == inner > 600
    page.set_content(HOST.format(html.escape(f"<main>{output}</main>")))
    page.frame_locator("iframe").locator(".count").wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(HEIGHTS)[0] == 400
    page.context.close()
