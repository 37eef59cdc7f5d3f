"""The pages are for all: axe-core finds no fault in them, light and dark, at their start, in the middle and at the end.

axe-core judges by WCAG 2.2, level AA: names and roles of all controls, contrasts, order, the areas of a page.
"""

import importlib.resources

import pytest
from long_runs import LONG
from nets_to_step import softmax_net, three_rows

import nn
from nn.cli.tour import two_layer_network

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MORE = ["label-content-name-mismatch", "target-size"]  # which axe-core has, but asks for only when told
COLOURS = ["color-contrast", "link-in-text-block"]


@pytest.fixture(scope="module")
def axe():
    """The script of axe-core."""
    carrier = pytest.importorskip("axe_playwright_python", reason="axe-core comes with the extra browser")
    return importlib.resources.files(carrier).joinpath("axe.min.js").read_text(encoding="utf-8")


def gpt():
    model = nn.GPT(5, 4, 2, 1, 4, seed=0)
    return nn.losses.cross_entropy(model([0, 2, 1]), [2, 1, 3])


def player():
    moons = nn.data.moons(20)
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    history = nn.fit(model, *moons, loss="bce_with_logits", lr=0.5, epochs=3, record=True, progress=False)
    return nn.play_training(history, moons)


PAGES = {
    "two layers": (lambda: nn.step_through(two_layer_network()[1]), ".count"),
    "softmax": (lambda: nn.step_through(softmax_net()), ".count"),
    "three rows": (lambda: nn.step_through(three_rows()), ".count"),
    "layers": (lambda: nn.step_through(gpt(), layers=True), ".count"),
    "player": (player, ".count"),
    "play": (nn.play, "main[data-ready]"),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name, axe, shown):
    """No violation in a page as it opens, in the middle of its steps with a number looked at, and at their end."""
    make, ready = PAGES[name]
    page = shown(make(), ready, reduced_motion="reduce")
    page.page.evaluate(axe)
    found = judge(page)
    if name != "play":
        page.find(".next").click()
        if page.find(".g-node").count():
            page.find(".g-node").first.dispatch_event("click")
        found += judge(page)
        page.find(".last").click()
        found += judge(page)
    assert found == []


def judge(page):
    """What axe-core finds: by all rules in the light, and in the dark by those of colours, where nothing else differs."""
    by_tags = {"runOnly": RULES, "rules": {rule: {"enabled": True} for rule in MORE}}
    found = []
    for scheme, rules in (("dark", by_tags if LONG else {"runOnly": COLOURS}), ("light", by_tags)):
        page.page.emulate_media(color_scheme=scheme)
        page.find(".app.dark").first.wait_for(state="attached" if scheme == "dark" else "detached")
        options = {**rules, "resultTypes": ["violations"]}
        found += page.page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary'][:300]} {node['html'][:160]}"
        for each in found
        for node in each["nodes"]
    ]
