"""A stepper on a screen: picture and explanation fit on one, the step is in view, words lie on nothing, and can be read."""

import itertools

import pytest
from long_runs import part
from nets_to_step import gpt_block, small_gpt, small_net, softmax_net, three_rows

from nn.cli.tour import two_layer_network

NETS = {
    "two layers": lambda: two_layer_network()[1],
    "net": small_net,
    "softmax": softmax_net,
    "three rows": three_rows,
    "block": gpt_block,
}
SCREENS = {"wide": (1366, 640), "less wide": (1150, 700), "phone": (390, 844), "sideways": (844, 390)}
LEAST = 11  # pixels that letters are high

LOOK = """() => { // in pixels: places, letters, and what lies on what
    const $ = (words) => [...root.querySelectorAll(words)];
    const rect = (each) => each.getBoundingClientRect().toJSON();
    const [stage] = $(".stage"), frame = rect(stage), now = rect($(".now")[0]), [svg] = $(".stage svg");
    const inner = { left: frame.left + 1, top: frame.top + 1, right: frame.left + 1 + stage.clientWidth,
        bottom: frame.top + 1 + stage.clientHeight }; // without its edge
    const cut = (one) => Math.max(0, inner.left - one.left, one.right - inner.right, inner.top - one.top,
        one.bottom - inner.bottom);
    const apart = (one, other) => one.left >= other.right || other.left >= one.right || one.top >= other.bottom
        || other.top >= one.bottom;
    const others = $(".stage .node, .stage .cluster text, .stage .edge:not(.said) text, .stage .edge polygon").map(rect);
    const sizes = $(".stage text[font-size]").map((each) => parseFloat(each.getAttribute("font-size")));
    return {
        count: $(".count")[0].textContent,
        top: frame.top,
        bottom: Math.max(frame.bottom, now.bottom),
        scrolls: [stage.scrollWidth - stage.clientWidth, stage.scrollHeight - stage.clientHeight],
        least: svg.getScreenCTM().a * Math.min(...sizes),
        active: $(".stage .node.active").map(rect).map(cut),
        labels: $(".stage .local").map(rect).map((one) => [cut(one), others.filter((each) => !apart(one, each)).length]),
        wide: document.documentElement.scrollWidth - innerWidth,
    };
}"""


@pytest.mark.parametrize(("name", "screen"), part(itertools.product(NETS, SCREENS)))
def test_every_step_is_seen_with_its_words_on_nothing(name, screen, opened):
    """At every stop letters are high enough, the box of the step is whole in view, and what an edge says lies on nothing."""
    width, height = SCREENS[screen]
    page = opened(NETS[name](), viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.start()
    looks = page.steps(LOOK)
    for seen in looks:
        assert seen["least"] >= LEAST - 0.01
        assert min(seen["active"]) < 1
        assert seen["wide"] <= 0
        for cut, under in seen["labels"]:
            assert (cut < 1, under) == (True, 0), seen["count"]
    assert sum(len(seen["labels"]) for seen in looks) > 3


@pytest.mark.parametrize("name", ["two layers", "net"])
def test_an_opened_net_fits_its_screen(name, opened):
    """All neurons and the loss of a 2-2-1 net, at 1366×640: nothing scrolls, and the explanation stands beside."""
    page = opened(NETS[name](), viewport={"width": 1366, "height": 640}, reduced_motion="reduce")
    page.find(".depth").select_option("operation")
    page.start()
    for seen in page.steps(LOOK):
        assert seen["bottom"] <= 640
        assert max(seen["scrolls"]) <= 1
        for cut, under in seen["labels"]:
            assert (cut < 1, under) == (True, 0), seen["count"]


@pytest.mark.parametrize("width", [360, 430])
def test_controls_of_a_phone_take_two_rows_however_many_steps_there_are(width, opened):
    """Of a GPT, where the count is longest."""
    page = opened(small_gpt(), viewport={"width": width, "height": 844})
    assert page.find(".bar").bounding_box()["height"] <= 100


def test_on_a_phone_picture_and_explanation_are_on_one_screen(opened):
    """Of a net that is folded to its neurons; controls take two rows, and a finger hits each."""
    page = opened(two_layer_network()[1], viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    rows = {
        box["y"] + box["height"] / 2 // 44 for box in (each.bounding_box() for each in page.find(".bar button").all()) if box
    }
    assert len(rows) == 2
    assert page.find(".bar").bounding_box()["height"] <= 100
    for button in page.find(".bar button").all():
        assert min(button.bounding_box()["width"], button.bounding_box()["height"]) >= 44
    assert page.find("select.way").is_hidden()
    page.find("button.more").click()
    assert page.find("button.more").get_attribute("aria-expanded") == "true"
    for setting in page.find(".settings select").all():
        assert setting.bounding_box()["height"] >= 44
    page.find("button.more").click()
    page.start()
    for seen in page.steps(LOOK):
        assert seen["top"] >= 0
        assert seen["bottom"] <= 844
