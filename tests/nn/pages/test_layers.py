"""The page that steps through a model layer by layer: its numbers are Python's, and it opens down to every scalar."""

import json
import re

import pytest

import nn
from autograd import Primitive, Value, sum
from autograd.derive.layers import Structure
from autograd.graph import nodes
from autograd.labels import suggested
from autograd.operation import CONSTANT
from autograd.writing.names import pretty
from nn.drawing.picture import number
from nn.pages.layers import LayeredGraph


def language_model(places=3, width=4, layers=1):
    model = nn.GPT(nn.data.Letters("abcd"), width, 2, layers, 8, seed=0)
    L = nn.losses.cross_entropy(model([i % 5 for i in range(places)]), [(i + 1) % 5 for i in range(places)])
    L.label = "L"
    return L


def recurrent():
    x = [[Value(0.1 * i - 0.2 * j) for j in range(2)] for i in range(4)]
    lstm, linear = nn.LSTM(2, 3, seed=0), nn.Linear(3, 1, seed=1)
    L = sum([y[0] ** 2 for y in linear(lstm(x)[0])])
    L.label = "L"
    return L


def perceptron():
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    L = sum([(model([0.1 * i, 1.0 - i]) - 1) ** 2 for i in range(3)])
    L.label = "L"
    return L


def with_an_operation_of_ones_own():
    double = Primitive("double_here", lambda x: 2.0 * x, 2.0)
    L = sum([double(y) * y for y in nn.Linear(2, 2, seed=0)([1.0, Value(2.0, "x_2")])])
    L.label = "L"
    return L


LAPTOP = {"width": 1280, "height": 720}
GRAPHS = [language_model, recurrent, perceptron, with_an_operation_of_ones_own]


@pytest.mark.parametrize("make", GRAPHS)
def test_the_page_computes_what_python_did(numerics, graphviz, make):
    """From arrays of integers and the leaves alone: every value, and every gradient, of every node."""
    L = make()
    L.backward()
    data = LayeredGraph(L).data()
    values, grads = numerics(
        "(data) => { const graph = m.expandGraph(JSON.parse(data)), values = m.forward(graph, {});"
        " return [Array.from(values), Array.from(m.gradients(graph, values))]; }",
        json.dumps(data),
    )
    order = nodes(L)
    assert len(values) == len(order)
    for node, value, grad in zip(order, values, grads):
        assert value == pytest.approx(node.data, rel=1e-12, abs=1e-15)
        if node.inputs or node.op is None:
            assert grad == pytest.approx(node.grad, rel=1e-9, abs=1e-15)


def test_arrays_are_what_modules_call_them(graphviz):
    """q by head, place and entry; α without what is never looked at; matrices in their rows; every node in one array."""
    L = language_model(3)
    graph = LayeredGraph(L)
    found = {about["name"]: (about, members) for about, members in graph._arrays()}
    assert found["q"][0]["shape"] == [2, 3, 2]
    assert found["α"][0]["shape"] == [2, 3, 3]
    assert [x is None for x in found["α"][1][:9]] == [False, True, True, False, False, True, False, False, False]
    assert found["Q"][0]["shape"] == [4, 4]
    every = [x for _, members in graph._arrays() for x in members if x is not None]
    assert len(every) == len(set(every))
    assert {x for x in nodes(L) if x.inputs} <= set(every)


def test_each_part_with_parts_in_it_has_a_drawing(graphviz):
    """The whole, the block, its attention and its net; the boxes of one lead to the next."""
    views = LayeredGraph(language_model(layers=2)).data()["views"]
    assert [view["title"] for view in views] == ["the whole", "block 1", "block 2", "attention", "mlp", "attention", "mlp"]
    units = {unit["name"]: unit["opens"] for unit in views[0]["units"].values()}
    assert units["block 1"] == 1
    assert units["head"] is None
    order = [views[1]["units"][key]["name"] for key in views[1]["order"]]
    assert order == ["norm_1", "attention", "+ u⁽¹⁾", "norm_2", "mlp", "+ y⁽¹⁾"]


def test_the_page_of_a_whole_gpt_is_small(graphviz, tmp_path):
    """Fourteen thousand nodes in less than a megabyte and a half; a stepper of scalars would have been refused more."""
    L = language_model(8, 16)
    assert len(nodes(L)) > 5_000
    stepper = nn.step_through(L)
    assert "views" in stepper.data
    assert isinstance(stepper.data["views"], list)
    assert stepper.save(tmp_path / "gpt.html").stat().st_size < 1_500_000


def test_what_has_no_layers_is_said(graphviz):
    """Layers of a graph by hand are refused, and so is too large a graph by hand, with the way out."""
    x = Value(2.0, label="x")
    with pytest.raises(ValueError, match=r"no nn\.Module computed it"):
        nn.step_through(x * x, layers=True)
    y = x
    for _ in range(20_001):
        y = y * 1.0
    with pytest.raises(ValueError, match=r"nn\.Linear compute it"):
        nn.step_through(y)


def test_small_models_are_stepped_through_number_by_number(graphviz):
    """As before, unless layers are asked for."""
    L = perceptron()
    assert nn.step_through(L).function == "mount"
    assert "nodes" in nn.step_through(L).data
    assert isinstance(nn.step_through(L, layers=True).data["views"], list)
    assert isinstance(nn.step_through(L, layers=False).data["views"], dict)


# --------------------------------------------------------------------------------------------------------- in a browser


@pytest.fixture
def opened(shown, graphviz):
    return lambda y, **settings: shown(nn.step_through(y, layers=True), **{"viewport": LAPTOP, **settings}).page


def box(page, name):
    return page.locator(f"g.g-node[aria-label^='{name}']")


def test_steps_go_through_the_layers_and_back(opened):
    """Forward in the order of computation, backward in the other, and at the end everything is known."""
    page = opened(language_model())
    seen = []
    for _ in range(14):
        page.keyboard.press("ArrowRight")
        seen.append(page.locator(".now h3").inner_text())
    forward = ["tokens", "places", "+ x", "norm", "block 1", "head", "L"]
    assert seen == [f"Forward: {name}" for name in forward] + [f"Backward: {name}" for name in forward[::-1]]
    assert "every number has its gradient" in page.locator(".now").inner_text()
    assert page.locator(".count").inner_text() == "step 14 of 14"


def test_gradients_are_not_told_before_they_are_there(opened):
    """A box shows its values when forward has come to it, its gradients when backward has."""
    page = opened(language_model())
    box(page, "head").click()
    assert page.locator(".arrays figcaption").all_inner_texts()[-2:] == ["values: not yet", "gradients: not yet"]
    page.keyboard.press("End")
    box(page, "head").click()
    assert "not yet" not in page.locator(".arrays").inner_text()


def test_a_click_opens_a_layer_down_to_a_scalar(opened):
    """block 1, attention, query, one number of q: its formula, and what it gets, which is what backward() left there."""
    L = language_model()
    L.backward()
    page = opened(L)
    page.keyboard.press("End")
    for name in ("block 1", "attention"):
        box(page, name).click()
        box(page, name).click()
    assert page.locator(".path").inner_text().split() == "the whole ▸ block 1 ▸ attention".split()
    box(page, "query").click()
    page.locator("figure canvas").nth(2).click(position={"x": 4, "y": 4})
    told = page.locator(".scalar").inner_text()
    assert told.startswith("q₁₁₁")
    q = next(x for x in nodes(L) if suggested(x) == "q_111")
    assert f"value {number(q.data, 6)}, gradient ∂L/∂q₁₁₁ = {number(q.grad, 6)}" in told
    assert "= Q₁₁·n⁽²⁾₁₁ + Q₁₂·n⁽²⁾₁₂" in told
    page.locator(".scalar button", has_text="Q₁₂").first.click()
    assert page.locator(".scalar h3").inner_text() == "Q₁₂"
    assert "What comes back to it, which adds up to its gradient" in page.locator(".scalar").inner_text()


def test_it_works_by_keyboard_alone(opened):
    """Enter looks, Enter again opens, Escape goes back, arrows go from number to number."""
    page = opened(language_model())
    page.keyboard.press("End")
    box(page, "block 1").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator(".path b").inner_text() == "block 1"
    box(page, "norm_1").focus()
    page.keyboard.press("Enter")
    page.locator("figure canvas").first.focus()
    page.keyboard.press("Enter")
    first = page.locator(".scalar h3").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator(".scalar h3").inner_text() != first
    assert page.locator(".count").inner_text() == "step 12 of 12"
    page.keyboard.press("Escape")
    assert page.locator(".path b").inner_text() == "the whole"


@pytest.mark.parametrize("width", [390, 1366])
def test_nothing_is_wider_than_the_page(opened, width):
    """On a phone the drawing scrolls in its own place, and the numbers fit."""
    page = opened(language_model(), viewport={"width": width, "height": 800})
    page.keyboard.press("End")
    box(page, "head").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    letters = page.evaluate("""() => [...document.querySelector("div[id^=chalkgrad]").shadowRoot
        .querySelectorAll(".stage text")].map((at) => parseFloat(getComputedStyle(at).fontSize) * at.getScreenCTM().a)""")
    assert min(letters) > 10.9


def test_names_are_data(opened):
    """A label of markup is shown, never run."""
    L = perceptron()
    L.label = "<img src=x onerror=alert(1)>"
    page = opened(L)
    page.keyboard.press("End")
    assert page.locator("img").count() == 0


def test_descending_takes_the_step_that_python_takes(opened):
    """Every parameter becomes θ − η ∂L/∂θ, and the loss is that which Python then finds; twice."""
    L = language_model()
    page = opened(L)
    for _ in range(2):
        L.backward()
        for p in Structure(L).parameters():
            p.data -= 0.5 * p.grad
            p.grad = 0.0
        before, after = L.data, L.forward()
        page.locator(".descend").click()
        told = page.locator(".fell").inner_text()
        assert number(before, 4) in told
        assert number(after, 4) in told
    assert page.locator(".losses").is_visible()


def test_the_next_number_is_foretold_layer_by_layer(opened):
    """Of each box one number is asked for, hidden until it is said; what Python computed is right, its negative is told."""
    L = language_model()
    L.backward()
    called = {pretty(node.label or suggested(node)): node for node in nodes(L) if node.op is not CONSTANT}
    page = opened(L)
    page.locator("label", has_text="Predict").click()
    assert number(L.data, 5) not in page.locator(".now").inner_text()
    answer, asked = page.locator(".answer"), []
    while "last number" not in (question := page.locator(".question").inner_text()):
        if answer.is_disabled():  # a table of parameters is all that is there
            assert re.search("nothing is computed|the way back begins", question)
            page.get_by_role("button", name="Go on").click()
            continue
        sought = re.search(r"what is (\S+) =|what does ∂L/∂(\S+) come to", question)
        node, gradient = called[sought[1] or sought[2]], sought[1] is None
        truth = node.grad if gradient else node.data
        asked.append(gradient)
        for typed, words in ((-truth, "the sign is not"), (truth, "✓ Right")):
            answer.fill(f"{typed:.6g}")
            answer.press("Enter")
            assert words in page.locator(".marked").inner_text()
    assert asked.count(True) >= 5
    assert asked.count(False) >= 5
    assert page.locator(".tally").inner_text().startswith(f"{len(asked)} of {2 * len(asked)} right")
    assert page.locator(".count").inner_text() == "step 14 of 14"


def test_what_is_to_be_foretold_is_told_nowhere_else(opened):
    """Neither a parameter that is looked at shows its gradient, nor the drawing a number that is still hidden."""
    page = opened(language_model())
    page.locator("label", has_text="Predict").click()
    box(page, "head").click()
    page.locator("figure canvas").first.click(position={"x": 4, "y": 4})
    assert "this shows none" in page.locator(".scalar").inner_text()
    page.locator("label", has_text="Predict").click()
    assert "gradient ∂L" in page.locator(".scalar").inner_text()
