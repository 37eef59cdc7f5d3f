"""Boxes of the stepper that open and close: neurons, layers, modules and softmax, each by a click and by the keyboard."""

import random
import shutil

import pytest
from long_runs import seeds
from nets_to_step import small_gpt, softmax_net, three_rows
from stepper_page import check_all_steps

import autograd as ag
import nn
from autograd import Value
from nn.cli.tour import two_layer_network
from nn.drawing.picture import number
from nn.pages import stepper


class Cell(nn.Module):
    """A module that is called on its own result, which no one box can be."""

    def __init__(self):
        self.w, self.v = Value(0.5, label="w"), Value(-0.3, label="v")

    def __call__(self, x, h):
        return ag.tanh(self.w * x + self.v * h)


def recurrent():
    cell, h = Cell(), Value(0.1, label="h_0")
    for x in (1.0, -0.5, 0.25):
        h = cell(x, h) * 0.9
    ag.label(E=h)
    return h


def chips(page):
    return page.find(".chips button").all_inner_texts()


def boxes(page):
    return page.page.evaluate(TITLES)


TITLES = """() => [...document.querySelector("div").shadowRoot.querySelectorAll(".stage g.node:not(.constant)")].map((box) =>
    [...box.querySelectorAll("text")].find((line) => !line.classList.contains("symbol")).textContent)"""


def test_softmax_is_one_box_that_opens(opened):
    """At first its parts stand in one box; a click on its sign opens it, and every number in it is Python's."""
    y = softmax_net()
    page = opened(y)
    assert chips(page) == ["⊞ softmax"]
    assert sum(title.startswith("softmax") for title in boxes(page)) == 1
    few = len(boxes(page))
    page.find(
        ".stage text.symbol",
    ).filter(has_text="⊞").click()
    assert chips(page) == ["⊟ softmax"]
    assert len(boxes(page)) == few + 5  # three shifted, log Σ exp, a difference, a power, and no box of their own
    check_all_steps(page, y)


@pytest.mark.parametrize(("width", "side"), [(1366, "y"), (390, "x")])
def test_what_softmax_is_of_stands_in_order(width, side, opened):
    """Whichever result is used: a₁ above a₂ above a₃, on a phone from left to right, with the box closed and opened."""
    page = opened(softmax_net(), viewport={"width": width, "height": 800})
    for _ in range(2):
        for names in (("w₁", "w₂", "w₃"), ("w₁·x", "w₂·x", "w₃·x")):
            places = [page.node(name).bounding_box()[side] for name in names]
            assert places == sorted(places), names
        page.find(".chips button").click()


def test_any_group_opens_and_closes_by_keyboard(opened):
    """Each button closes what is in it, and opens it as its parts; the keyboard stays on it."""
    page = opened(two_layer_network()[1])
    assert chips(page) == [
        "⊟ MLP",
        "⊟ layer 1",
        "⊟ layer 1, neuron 1",
        "⊟ layer 1, neuron 2",
        "⊟ layer 2",
        "⊟ layer 2, neuron 1",
    ]
    page.find(".chips button").nth(1).focus()
    page.press("Enter")
    assert chips(page) == ["⊟ MLP", "⊞ layer 1", "⊟ layer 2", "⊟ layer 2, neuron 1"]
    assert "layer 1" in boxes(page)
    assert "w₁₁₁" not in boxes(page)
    assert page.page.evaluate("document.querySelector('div').shadowRoot.activeElement.textContent") == "⊞ layer 1"
    page.press("Enter")
    assert chips(page)[1:4] == ["⊟ layer 1", "⊞ layer 1, neuron 1", "⊞ layer 1, neuron 2"]
    assert "neuron 1: h₁₁" in boxes(page)
    page.find("select.depth").select_option("operation")
    assert "w₁₁₁" in boxes(page)


def test_a_net_on_three_rows_is_watched_in_under_a_minute(opened):
    """Folded to layers and played fast, a 2-8-8-1 net has fewer stops than a minute holds."""
    page = opened(three_rows())
    assert page.find("select.depth").input_value() == "neuron"  # hundreds of boxes are folded at first
    page.find("select.depth").select_option("layer")
    page.start()
    assert len(page.steps("() => 0")) * 0.6 < 60
    assert page.look()["now"][-2].startswith("Done") or "Done: every node has its gradient." in page.look()["now"]


@pytest.mark.parametrize(("width", "most"), [(1200, 70), (390, 14)])
def test_modules_within_modules_are_closed_until_few_boxes_are_left(width, most, opened):
    """Before the first step, too, boxes are in view; each opens, and its parts are closed."""
    page = opened(small_gpt(), viewport={"width": width, "height": 800})
    stage, closed = page.find(".stage").bounding_box(), page.find(".folds [aria-expanded=false]")
    assert 1 < page.find(".stage g.node:not(.constant)").count() <= most
    places = [box.bounding_box() for box in page.find(".stage g.node").all()]
    assert any(stage["x"] <= p["x"] < stage["x"] + width and 0 <= p["y"] - stage["y"] < stage["height"] for p in places)
    before = closed.count()
    closed.first.click()
    assert closed.count() >= before - 1
    assert page.find(".stage g.node:not(.constant)").count() > 1


def test_labelled_constants_can_be_hidden(opened):
    """Inputs that are no variables stand beside what uses them, until they are switched off."""
    page = opened(two_layer_network()[1])
    texts = page.find(".stage .constant text")
    assert {text.text_content() for text in texts.all()} == {"x₁ = 0.05", "x₂ = 0.1", "y = 0.01"}
    page.find(".constants input").uncheck()
    assert texts.count() == 0


def test_numbers_of_a_modules_own_are_in_its_box(opened):
    """The ε of norms and the √d of heads of a GPT: seen once it is opened."""
    page = opened(small_gpt(), viewport={"width": 390, "height": 844})
    assert page.find(".stage .constant").count() == 0
    assert page.find(".constants").is_hidden()
    for name in ("GPT", "norm"):
        page.find(".chips button").get_by_text(f"⊞ {name}", exact=True).click()
    assert {text.text_content() for text in page.find(".stage .constant text").all()} == {"ε = 1·10⁻⁵"}
    assert page.find(".constants").is_visible()


def test_what_is_called_on_its_own_result_stays_open(opened):
    """A recurrent cell is no one box; its page still has every step."""
    y = recurrent()
    page = opened(y)
    for depth in ("neuron", "layer"):
        if page.find(f"select.depth option[value={depth}]").count():
            page.find("select.depth").select_option(depth)
    page.find(".chips button").first.click()
    page.press("End")
    assert "Done: every node has its gradient." in page.look()["now"]


@pytest.mark.parametrize("seed", seeds(3))
def test_open_and_closed_as_it_comes_the_end_is_the_same(seed, opened):
    """Groups opened and closed at random: no step is lost, and shown numbers are Python's at the end."""
    chance, y = random.Random(seed), two_layer_network()[1]
    page, whole = opened(y), ag.trace(y)
    names = {entry["name"]: node for entry, node in zip(stepper._data(y)["nodes"], ag.graph.nodes(y))}
    for _ in range(8):
        page.find(".chips button").nth(chance.randrange(len(chips(page)))).click()
        page.start()
        page.press(*["ArrowRight"] * chance.randrange(4), "End")
        assert page.step() == len(whole)
        for name, value, grad in page.look()["boxes"]:
            node = names[name]
            assert value.startswith(number(node.data, 4))
            assert grad == f"grad {number(whole.grads[node], 4)}"


def test_no_graphviz_is_needed(monkeypatch, tmp_path):
    """A page is written where no program lays out graphs, of a graph of modules as of any other."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    for y in (softmax_net(), three_rows()):
        data = nn.step_through(y).data
        assert data["views"] == {}
        assert nn.step_through(y).save(tmp_path / "steps.html").stat().st_size > 10_000
