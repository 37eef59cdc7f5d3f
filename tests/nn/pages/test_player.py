"""A recorded training, played in a page: its numbers are those of the model at that epoch."""

import pytest

import nn
from nn.pages.player import play_training


def recorded(loss="bce_with_logits", nouts=(8, 1), data=None, epochs=12, **options):
    data = data or nn.data.moons(60, noise=0.15, seed=1)
    model = nn.MLP(len(data.features), list(nouts), activation="tanh", init="xavier", seed=0)
    settings = {"optimizer": "adam", "lr": 0.1, "batch_size": 20, "record": True, "progress": False, **options}
    return data, model, nn.fit(model, *data, loss=loss, epochs=epochs, **settings)


@pytest.fixture
def opened(shown):
    return lambda player, **settings: shown(player, **settings).page


def test_every_epoch_is_played(opened):
    """Next goes through all records, from the start to the last epoch, and each says its loss."""
    data, _, history = recorded()
    page = opened(play_training(history, data))
    assert page.locator(".count").inner_text().startswith("epoch 0 of 12")
    for epoch in range(1, 13):
        page.locator(".next").click()
        assert page.locator(".count").inner_text().startswith(f"epoch {epoch} of 12")
        said = page.locator(".said").inner_text()
        assert f"{history.loss[epoch - 1]:.5g}" in said
    assert page.locator(".next").is_disabled()


def test_the_points_on_the_right_side_are_counted_as_python_counts_them(opened):
    """At each end of the run the page's count of right points is the model's own."""
    data, model, history = recorded()
    page = opened(play_training(history, data))
    for button, record in ((".last", history.records[-1]), (".first", history.records[0])):
        page.locator(button).click() if page.locator(button).is_enabled() else None
        for p, number in zip(model.parameters(), record.parameters):
            p.data = number
        right = sum((model(x).data > 0.0) == bool(c) for x, c in zip(*data))
        assert f"{right} of {len(data)} points right" in page.locator(".said").inner_text()


def test_every_control_does_what_it_says(opened):
    """Buttons, slider and keys move through the epochs; the switch shows gradients for weights."""
    data, _, history = recorded()
    page = opened(play_training(history, data))
    count = page.locator(".count")

    def epoch():
        return int(count.inner_text().split()[1])

    page.locator(".last").click()
    assert epoch() == 12
    page.locator(".previous").click()
    assert epoch() == 11
    page.locator(".first").click()
    assert epoch() == 0
    page.locator(".slider").fill("5")
    assert epoch() == 5
    page.locator(".next").focus()
    page.keyboard.press("ArrowRight")
    assert epoch() == 6
    page.keyboard.press("Home")
    assert epoch() == 0
    page.keyboard.press("End")
    assert epoch() == 12
    page.locator(".gradients").click()
    assert page.locator(".gradients").get_attribute("aria-pressed") == "true"
    page.locator(".first").click()
    page.locator(".play").click()
    page.wait_for_function("() => true")
    assert "Pause" in page.locator(".play").inner_text()
    page.locator(".play").click()
    assert "Play" in page.locator(".play").inner_text()


@pytest.mark.parametrize(
    ("loss", "nouts", "data"),
    [
        ("cross_entropy", (6, 3), nn.data.blobs(60)),
        ("mse", (6, 6, 1), nn.data.circles(40)),
        ("cross_entropy", (14, 2), nn.data.moons(40)),
    ],
)
def test_other_nets_are_played_without_a_murmur(loss, nouts, data, opened):
    """Several classes, several layers and wide ones go from start to end with nothing logged."""
    data, _, history = recorded(loss, nouts, data, epochs=3)
    page = opened(play_training(history, data), viewport={"width": 400, "height": 800}, color_scheme="dark")
    page.locator(".last").click()
    assert page.locator(".count").inner_text().startswith("epoch 3 of 3")


def test_labels_are_text(opened):
    """A class with a name like markup is shown, not run."""
    data = nn.data.blobs(30, classes=2)
    data.classes[1] = "<img src=x onerror=window.ran=1>"
    data, _, history = recorded("cross_entropy", (3, 2), data, epochs=2)
    page = opened(play_training(history, data))
    assert data.classes[1] in page.locator(".app").inner_text()
    assert page.evaluate("window.ran") is None


def test_the_file_stays_small(tmp_path):
    """The page of a usual run is under 500 KB, with a policy that lets nothing in."""
    data, _, history = recorded(epochs=60)
    text = play_training(history, data).save(tmp_path / "training.html").read_text(encoding="utf-8")
    assert len(text.encode()) < 500_000
    assert "default-src 'none'" in text


@pytest.mark.parametrize(
    ("history", "error", "message"),
    [
        (3, TypeError, "the History that nn.fit returns"),
        (nn.History(None), ValueError, "record=True"),
    ],
)
def test_what_cannot_be_played_is_refused(history, error, message):
    """The error says what is missing."""
    with pytest.raises(error, match=message):
        play_training(history)


def test_a_model_that_is_no_mlp_is_refused():
    """Only an MLP has layers to draw."""
    neuron = nn.Neuron(2, activation="tanh", seed=0)
    history = nn.fit(neuron, *nn.data.moons(20), epochs=1, record=True, progress=False)
    with pytest.raises(ValueError, match="MLP"):
        play_training(history)
