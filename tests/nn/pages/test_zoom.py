"""A drawing is looked at from nearer: by keys, buttons, wheel and two fingers; what is pointed at stays where it is."""

import pytest
from nets_to_step import small_gpt, small_net
from stepper_page import Page

import nn
from nn.cli.tour import two_layer_network

MADE = {"net": lambda: nn.step_through(two_layer_network()[1]), "layers": lambda: nn.step_through(small_gpt(), layers=True)}
SIZE = """() => document.querySelector("div[id^=chalkgrad]").shadowRoot.querySelector(".stage svg").getScreenCTM().a"""
PLACE = """(name) => { // where the middle of a box is on the screen
    const root = document.querySelector("div[id^=chalkgrad]").shadowRoot;
    const { left, right, top, bottom } = root.querySelector(`.g-node[data-name="${name}"]`).getBoundingClientRect();
    return [(left + right) / 2, (top + bottom) / 2];
}"""

BEYOND = """() => { // by how many pixels the boxes of this step reach over the edges, the one that does least
    const stage = root.querySelector(".stage");
    const place = stage.getBoundingClientRect();
    return Math.min(...[...stage.querySelectorAll(".node.active")].map((each) => each.getBoundingClientRect()).map((box) =>
        Math.max(place.left - box.left, box.right - place.right, place.top - box.top, box.bottom - place.bottom)));
}"""


@pytest.mark.parametrize("name", MADE)
def test_keys_and_buttons_make_it_larger_and_never_smaller_than_it_fits(name, shown):
    """A quarter at a time, to four times and back; 0 fits it again. The page gets no wider."""
    page = shown(MADE[name](), reduced_motion="reduce")
    fits = page.page.evaluate(SIZE)
    page.find(".stage").focus()
    page.press("-")
    assert page.page.evaluate(SIZE) == pytest.approx(fits, rel=1e-3)
    page.press("+")
    assert page.page.evaluate(SIZE) == pytest.approx(1.25 * fits, rel=1e-3)
    page.find(".nearer").click()
    assert page.page.evaluate(SIZE) == pytest.approx(1.25**2 * fits, rel=1e-3)
    page.find(".farther").click()
    assert page.page.evaluate(SIZE) == pytest.approx(1.25 * fits, rel=1e-3)
    page.find(".stage").focus()
    page.press(*["+"] * 9)
    assert page.page.evaluate(SIZE) == pytest.approx(4 * fits, rel=1e-3)
    assert page.find(".nearer").get_attribute("aria-disabled") == "true"
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.press("0")
    assert page.page.evaluate(SIZE) == pytest.approx(fits, rel=1e-3)
    assert page.find(".farther").get_attribute("aria-disabled") == "true"


def test_what_is_under_the_wheel_stays_there(shown):
    """With Ctrl; without it the wheel scrolls."""
    page = shown(nn.step_through(small_net()), viewport={"width": 1000, "height": 400}, reduced_motion="reduce")
    fits, name = page.page.evaluate(SIZE), page.find(".g-node").last.get_attribute("data-name")
    page.find(".stage").evaluate("stage => stage.scrollTo(stage.scrollWidth, 0)")
    before = page.page.evaluate(PLACE, name)
    page.page.mouse.move(*before)
    page.page.keyboard.down("Control")
    for _ in range(3):
        page.page.mouse.wheel(0, -60)
    page.page.keyboard.up("Control")
    page.page.wait_for_function(f"() => ({SIZE})() > 2 * {fits}")
    assert page.page.evaluate(PLACE, name) == pytest.approx(before, abs=2)
    page.page.mouse.wheel(-40, 0)
    page.page.wait_for_function(f"([x]) => ({PLACE})({name!r})[0] > x + 30", arg=before)
    assert page.page.evaluate(SIZE) > 2 * fits


def test_a_larger_drawing_is_dragged_and_follows_the_step(shown):
    """By its ground, with the mouse; and the box of the next step comes into view by itself."""
    page = shown(MADE["net"](), viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
    page.start()
    page.press(*["+"] * 6)
    stage = page.find(".stage")
    left, top = stage.evaluate("stage => (stage.scrollTo(60, 40), [stage.scrollLeft, stage.scrollTop])")
    x, y = stage.evaluate("""(stage) => { // some place with nothing on it
        const { left, top, width, height } = stage.getBoundingClientRect(), root = stage.getRootNode();
        for (let x = left + 60; x < left + width - 60; x += 15) for (let y = top + 60; y < top + height - 60; y += 15)
            if (!root.elementFromPoint(x, y).closest("[role=button], .edge")) return [x, y];
    }""")
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x - 30, y - 20)
    page.page.mouse.up()
    page.page.mouse.move(x + 50, y)
    assert stage.evaluate("stage => [stage.scrollLeft, stage.scrollTop]") == pytest.approx([left + 30, top + 20], abs=1)
    assert max(page.steps(BEYOND)) < 1


def test_two_fingers(tabs, tmp_path):
    """Moved apart they make it larger, not the page; the boxes between them stay between them."""
    tab = tabs.new(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = Page(tab, MADE["net"]().save(tmp_path / "page.html").as_uri())
    frame, fits = page.find(".stage").bounding_box(), tab.evaluate(SIZE)
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    hand = tab.context.new_cdp_session(tab)
    for kind, apart in (("touchStart", 40), ("touchMove", 60), ("touchMove", 80), ("touchEnd", 0)):
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}] if apart else []
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    tab.wait_for_function(f"() => ({SIZE})() > 1.5 * {fits}")
    assert tab.evaluate(SIZE) == pytest.approx(2 * fits, rel=0.1)
    assert tab.evaluate("visualViewport.scale") == 1
    assert page.said == []
    tab.context.close()
