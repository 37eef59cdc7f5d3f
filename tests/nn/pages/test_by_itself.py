"""What goes on by itself, on every page: its button begins it and ends it, and where there is no more it has ended."""

import pytest

import nn
from autograd import Value


def trained():
    data, model = nn.data.moons(20), nn.MLP(2, [2, 1], activation="tanh", seed=0)
    history = nn.fit(model, *data, loss="bce_with_logits", lr=0.5, epochs=4, record=True, progress=False)
    return nn.play_training(history, data)


PAGES = {
    "stepper": lambda: nn.step_through((Value(3.0, label="w") - 1.0) ** 2),
    "layers": lambda: nn.step_through(nn.losses.mse(nn.MLP(2, [2, 1], seed=0)([0.5, -1.0]), 1.0), layers=True),
    "training": trained,
    "play": nn.play,
}
BUTTONS = [  # page, button, what begins it and what ends it, and what is seen where there is no more
    ("stepper", ".play", "▶ Play", "⏸ Pause", ".count", "step 4 of 4"),
    ("stepper", ".often", "▶ 25 times", "⏸ Stop", ".losses", "the loss after 25 steps"),
    ("layers", ".play", "▶ Play", "⏸ Pause", ".count", "step 8 of 8"),
    ("training", ".play", "▶ Play", "⏸ Pause", ".count", "epoch 4 of 4"),
    ("play", "#screen-5 .row button >> nth=1", "▶ Again and again", "⏸ Stop", "#screen-5 .say", "Down: "),
]


@pytest.fixture(scope="module")
def saved(graphviz, tmp_path_factory):
    """Where a page is, by its name."""
    folder = tmp_path_factory.mktemp("pages")
    return lambda name: PAGES[name]().save(folder / f"{name}.html").as_uri()


@pytest.mark.parametrize(("page", "button", "begin", "end", "place", "there"), BUTTONS, ids=lambda part: part[:9])
def test_its_button_begins_and_ends_it(page, button, begin, end, place, there, tabs, saved):
    """Pressed once it goes on, pressed again it stands; left alone it goes to where there is no more, and can begin anew."""
    tab = tabs.new(viewport={"width": 1280, "height": 900})
    tab.clock.install(time=0)
    tab.goto(saved(page))
    tab.clock.pause_at(5_000)  # by then all is there, and nothing goes on but by the clock
    made = tab.locator(button)
    assert made.inner_text() == begin
    for said in (end, begin, end):
        made.click()
        assert made.inner_text() == said
    tab.clock.run_for(60_000)
    assert made.inner_text() == begin
    assert there in tab.locator(place).evaluate("seen => `${seen.getAttribute('aria-label')} ${seen.textContent}`")
    assert tab.said == []
    tab.context.close()


def test_a_net_trains_until_it_is_stopped(tabs, saved):
    """The points are seen in another way as it goes on, and then they are not."""
    tab = tabs.new(viewport={"width": 1280, "height": 900})
    tab.goto(saved("play"))
    tab.wait_for_selector("main[data-ready]")
    button, curve = tab.locator("#screen-6 .play"), tab.locator("#screen-6 .losses")
    assert button.inner_text() == "▶ Play"
    button.click()
    assert button.inner_text() == "⏸ Pause"
    curve.get_by_text("after").wait_for()
    button.click()
    assert button.inner_text() == "▶ Play"
    stands = curve.text_content()
    tab.wait_for_timeout(200)
    assert curve.text_content() == stands
    assert tab.said == []
    tab.context.close()
