"""Whole runs with the keyboard alone, through play.html and through the stepper of a net: all is reached, seen and told."""

import pytest
from keyboard import Keyboard
from nets_to_step import small_gpt

import nn
from autograd import Value
from nn.cli.tour import two_layer_network


@pytest.fixture
def typing(shown):
    """typing(made) opens a page, and gives it with its keyboard."""

    def typing(made, ready=".count", width=1366):
        page = shown(made, ready, {"width": width, "height": 700}, reduced_motion="reduce")
        return page, Keyboard(page.page)

    return typing


def test_play_from_the_first_screen_to_the_last_and_to_ones_own_formula(typing):
    """Six screens, the playground, a formula that is typed: turned, stepped, descended, foretold, with no mouse at all."""
    page, keys = typing(nn.play(), "main[data-ready]")
    for i in range(1, 7):
        assert keys.tab()["name"] == f"Screen {i} of 6"
    assert keys.tab()["name"] == "Your formula"

    keys.tab_to("the weight w")
    before = page.find("#screen-1 .say").inner_text()
    keys.press("ArrowRight")
    assert page.find("#screen-1 .say").inner_text() != before
    keys.tab_to("the path through q")
    keys.press("Space")
    assert "A path is forgotten" in page.find("#screen-4 .say").inner_text()
    keys.tab_to("Step")
    keys.press("Enter")
    assert "after 1 step" in page.find("#screen-5 .losses text").text_content()

    keys.tab_to("▶ Play")
    keys.press("Enter")
    assert keys.where()["name"] == "⏸ Pause"
    page.page.wait_for_function("() => parseInt(document.querySelector('#screen-6 .losses text').textContent.slice(6)) > 20")
    keys.press("Enter")
    assert keys.where()["name"] == "▶ Play"
    assert "points right" in page.find("#screen-6 .say[aria-live=polite]").inner_text()
    keys.tab_to("step the gradient of neuron 2")
    keys.press("Enter")
    inner = "#screen-6 .steps "
    assert "The gradient at h₁₂" in page.find(f"{inner}h3").first.inner_text()
    assert keys.where()["name"].startswith("The gradient at h₁₂")  # the keyboard goes with the eye
    keys.tab_to("▶ Play")
    keys.press("ArrowRight")
    assert page.find(f"{inner}.now h3").inner_text().startswith("Forward")
    keys.press("End")
    assert "Done" in page.find(f"{inner}.now[aria-live=polite]").inner_text()
    descend_and_foretell(page, keys, inner)
    keys.press("Escape")
    assert keys.where()["name"] == "step the gradient of neuron 2"
    assert page.find(f"{inner}*").count() == 0

    while keys.tab()["tag"] != "textarea":
        pass
    keys.press("Control+A")
    keys.page.keyboard.type("y = 3 w +")
    page.find("#formula-says[aria-live=polite] .reason").wait_for()
    assert "place 10" in page.find("#formula-says").inner_text()
    keys.page.keyboard.type(" w²; w = 2")
    page.page.wait_for_function("() => document.querySelector('#bench input[aria-label^=\"w, as\"]')?.value === '2'")
    assert keys.tab()["name"] == "one neuron"
    keys.tab_to("▶ Play")
    keys.press("End")
    assert page.find("#bench .g-node[data-name=w]").get_attribute("aria-label") == "w, 2, grad 7"
    descend_and_foretell(page, keys, "#bench ")


def descend_and_foretell(page, keys, inside):
    """From the controls of a stepper: a step downhill, then two numbers foretold, one of them wrongly; and out again."""
    keys.tab_to("Descend")
    keys.press("Enter")
    assert page.find(f"{inside}.fell[role=status]").inner_text()[:2] in ("y:", "L:", "L ")  # a long step leads up
    keys.tab_to("Predict")
    keys.press("Space")
    assert keys.where()["name"] == "the next number"
    assert "what is" in page.find(f"{inside}.question").inner_text()
    keys.page.keyboard.type("123456")
    keys.press("Enter")
    assert page.find(f"{inside}.marked[role=status]").inner_text().startswith("✗")
    keys.tab_to("Show it")
    keys.press("Enter")
    assert keys.where()["name"] == "the next number"
    assert page.find(f"{inside}.tally").inner_text().startswith("0 of 2 right")
    keys.press("Escape")
    assert keys.where()["name"].startswith("Predict")
    assert page.find(f"{inside}.ask").is_hidden()


def net():
    model = nn.MLP(2, [2, 1], "tanh", seed=0)
    loss = (model([Value(0.5, "x_1"), Value(-1.0, "x_2")]) - 1.0) ** 2
    loss.label = "L"
    return loss


def test_the_stepper_of_a_net(typing):
    """Steps, speed, a wrong way, modules opened and closed, a leaf turned, downhill, foretold; dark and light."""
    page, keys = typing(nn.step_through(net()))
    assert keys.tab()["name"] == "▶ Play"
    keys.press("Enter")
    assert keys.where()["name"] == "⏸ Pause"
    keys.press("Enter")
    assert page.step() == 1
    keys.press("ArrowRight", "ArrowRight", "ArrowLeft")
    assert page.step() == 2
    assert page.find(".now[aria-live=polite] h3").inner_text().startswith("Forward")
    keys.tab_to("Step")
    keys.press("ArrowRight")
    assert page.step() == 3
    keys.tab_to("How fast it plays")
    keys.press("ArrowDown")
    assert page.find(".speed").input_value() == "600"
    keys.tab_to("The right way")
    keys.press("ArrowDown")
    assert page.find(".way").input_value() == "overwrite"
    keys.press("ArrowUp")

    boxes = page.find(".stage .g-node, .stage .g-group").count()
    name = keys.tab_to("layer 1")
    was_open = "make it one box" in name
    keys.press("Enter")
    assert ("make it one box" in keys.where()["name"]) is not was_open  # the focus stays where it was
    fewer = page.find(".stage .g-node, .stage .g-group").count()
    assert fewer < boxes if was_open else fewer > boxes
    keys.press("Enter")
    assert ("make it one box" in keys.where()["name"]) is was_open

    keys.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.find(".app.dark").wait_for()
    assert keys.where()["name"] == name
    keys.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    keys.press("End")
    keys.tab_to("The graph")
    keys.tab_to("w₂₁₁")
    keys.press("Enter")
    assert "gradient" in page.find(".facts").inner_text()
    assert keys.where()["name"].startswith("w₂₁₁")
    keys.tab_to("change w₂₁₁")
    before = page.find(".nudge p").inner_text()
    keys.press("ArrowRight")
    assert page.find(".nudge p").inner_text() != before
    descend_and_foretell(page, keys, ".tools ")
    keys.tab_to("All steps as a table")
    keys.press("Enter")
    assert page.find("tbody tr").count() > 10
    order = [
        keys.path.index(each) for each in ("▶ Play", "How fast it plays", name, "The graph; click a node to look at it")
    ]
    assert order == sorted(order)


BEYOND = """(stage) => { // by how many pixels the focused box reaches over the edges of its place or of the window
    const box = stage.getRootNode().activeElement.getBoundingClientRect(), place = stage.getBoundingClientRect();
    return Math.max(place.left - box.left, box.right - place.right, place.top - box.top, box.bottom - place.bottom,
        -box.top, box.bottom - innerHeight);
}"""


@pytest.mark.parametrize("width", [390, 1366])
def test_the_focus_stays_with_a_box_that_opens_or_closes(width, typing):
    """+ opens the box that has the focus, − makes one of what is around it: at each press something in it has the focus."""
    _, loss = two_layer_network()
    page, keys = typing(nn.step_through(loss))
    keys.page.set_viewport_size({"width": width, "height": 700})
    if width == 390:
        page.find(".more").click()
    page.find(".depth").select_option("neuron")
    page.find(".panel").focus()
    keys.tab_to("neuron 2: h₁₂", "Shift+Tab")
    boxes = page.find(".stage .g-node").count()
    keys.press("+")
    assert page.find(".stage .g-node").count() > boxes
    here = keys.where()
    assert here["tag"] == "g"
    assert here["shown"]
    keys.press("-")
    assert page.find(".stage .g-node").count() == boxes
    assert keys.where()["name"].startswith("neuron 2: h₁₂")
    keys.press("-")
    assert page.find(".stage .g-node, .stage .g-group").count() < boxes
    assert keys.where()["tag"] == "g"


def test_a_box_that_was_half_hidden_is_scrolled_into_sight(typing):
    """A drawing larger than its place: the box that has the focus is on the screen to its edges, forwards and backwards."""
    page, keys = typing(nn.step_through(net()))
    keys.page.set_viewport_size({"width": 390, "height": 560})
    page.find(".more").click()
    page.find(".depth").select_option("operation")
    boxes = page.find(".stage .g-node").count()
    assert boxes > 10
    for key, start in (("Tab", ".stage"), ("Shift+Tab", ".panel")):
        page.find(start).focus()
        for _ in range(boxes):
            assert keys.tab(key)["tag"] == "g"
            beyond = page.find(".stage").evaluate(BEYOND)
            assert beyond <= 1, f"{keys.where()['name']} reaches {beyond} pixels out of sight"


def test_the_last_number_is_foretold_and_the_keyboard_is_still_there(typing):
    """The box of the answer is closed then: the focus goes to the switch, and does not fall out of the page."""
    page, keys = typing(nn.step_through(net()))
    keys.tab_to("The graph")
    keys.press("End", "ArrowLeft")
    keys.tab_to("Predict")
    keys.press("Space")
    keys.tab_to("Show it")
    keys.press("Enter")
    assert page.find(".question").inner_text() == "That was the last number."
    assert keys.where()["name"].startswith("Predict")


@pytest.mark.parametrize("width", [390, 1366])
def test_the_page_of_layers(width, graphviz, typing):
    """A block opens, Escape leads back to its box; one number leads to the next; downhill, all starts again; foretold."""
    page, keys = typing(nn.step_through(small_gpt(), layers=True), width=width)
    keys.tab_to("block 1, Block")
    keys.press("Enter", "Enter")
    assert "block 1" in page.find(".path b").inner_text()
    keys.press("ArrowRight", "Escape")
    assert keys.where()["name"].startswith("block 1, Block 4, 2 heads")
    keys.press("End")
    assert "Done" in page.find(".now").inner_text()
    keys.tab_to("head")
    keys.press("Enter")
    while keys.tab()["tag"] != "canvas":
        pass
    keys.press("ArrowRight")
    assert "value" in page.find(".scalar").inner_text()
    step, number = page.step(), page.find(".scalar h3")
    named = {key: (keys.press(key), number.inner_text())[1] for key in ("Home", "ArrowDown", "End")}
    assert named == {"Home": "U₁₁", "ArrowDown": "U₂₁", "End": "U₂₄"}  # first and last of a row, not of the steps
    assert page.step() == step
    keys.press("Space", "Space")  # it plays from the start, where no numbers are shown
    assert page.step() == 0
    assert keys.where()["name"].startswith("The layers")
    keys.press("End")
    keys.tab_to("One number")
    keys.tab()
    keys.press("Enter")
    assert keys.where()["name"] == "One number"
    keys.tab_to("Descend")
    keys.press("Enter")
    assert page.find(".fell").inner_text()
    assert page.step() == 0
    keys.tab_to("Predict")
    keys.press("Space")
    for _ in range(3):  # tables of parameters come first, of which nothing is asked
        if keys.where()["name"] == "Go on":
            keys.press("Enter")
    assert keys.where()["name"] == "the next number"
    keys.page.keyboard.type("12345")
    keys.press("Enter")
    assert page.find(".marked").inner_text().startswith("✗")


def test_a_button_at_the_last_step_keeps_the_focus(typing):
    """Next at the end, and Back at the start, have nothing more to do; the next key still comes from there."""
    page, keys = typing(nn.step_through(net()))
    for name, key in (("Next", "End"), ("◀ Back", "Home")):
        keys.tab_to(name, "Tab" if name == "Next" else "Shift+Tab")
        keys.press(key)
        step = page.step()
        keys.press("Enter")
        assert page.step() == step
        assert keys.where()["name"].startswith(name)
