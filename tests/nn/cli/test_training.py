"""train: from a data set to a net in a file, and to pictures of how it learned."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from long_runs import part

import nn

QUICK = ("--epochs", "30", "--lr", "0.05")


@pytest.mark.parametrize("name", part(["moons", "circles", "spirals", "blobs"], 2))
def test_points_made_here_are_learned(name, run_json):
    """The number of rows, a quarter held out, and most of both right."""
    whole = run_json("train", name, "--rows", "80", "--epochs", "150", "--lr", "0.02")
    assert whole["task"] == "classification"
    assert (whole["train"]["rows"], whole["test"]["rows"]) == (60, 20)
    assert whole["train"]["accuracy"] > 0.9
    assert whole["loss"] == ("cross_entropy" if name == "blobs" else "bce_with_logits")
    assert len(whole["history"]) == 150
    assert whole["history"][-1]["loss"] < whole["history"][0]["loss"]


def test_xor_is_learned_whole(run_json):
    """Nothing is held out of four rows."""
    whole = run_json("train", "xor", "--layers", "4", "--lr", "0.1")
    assert "test" not in whole
    assert whole["train"] == {"accuracy": 1.0, "right": 4, "rows": 4}


@pytest.mark.parametrize(
    ("name", "features", "classes"), part([("iris", 4, 3), ("wine", 13, 3), ("breast_cancer", 30, 2), ("digits", 64, 10)], 2)
)
def test_real_data_is_learned(name, features, classes, run_json):
    """Through scikit-learn."""
    pytest.importorskip("sklearn")
    whole = run_json("train", name, "--epochs", "8")
    assert (len(whole["features"]), len(whole["classes"])) == (features, classes)
    assert whole["test"]["accuracy"] > 0.85


def test_what_is_printed(run):
    """What is learned, the net, a curve, and how many rows are right; no progress bar in a pipe."""
    code, out, err = run("train", "moons", "--rows", "40", "--layers", "3,2", *QUICK)
    assert code == 0
    assert out.startswith("moons: 40 rows of 2 features, 2 classes; 30 to learn from, 10 held out\nMLP(2 → 3 → 2 → 1, tanh")
    assert re.search(r"│█+", out)
    assert re.search(r"Loss [\d.]+ → [\d.e-]+ in 30 epochs\.", out)
    assert re.search(r"^learned from +[\d.]+% +\d+ of 30 right\nheld out +[\d.]+% +\d+ of 10 right$", out, re.MULTILINE)
    assert err == ""


def test_the_same_seed_gives_the_same_net(run):
    """Byte for byte; another seed another one."""
    for seed, file in (("1", "a.json"), ("1", "b.json"), ("2", "c.json")):
        run("train", "moons", "--rows", "20", *QUICK, "--seed", seed, "--save", file)
    a, b, c = (Path(file).read_text() for file in ("a.json", "b.json", "c.json"))
    assert a == b
    assert a != c


@pytest.mark.parametrize("name", ["moons", "blobs"])
def test_the_boundary_is_where_the_prediction_changes(name, run, monkeypatch):
    """What is drawn is the net of the file, on the numbers as they are; its threshold is a probability of a half."""
    drawn = []
    monkeypatch.setattr(
        nn, "plot_boundary", lambda *given, **options: drawn.append((*given, options)) or SimpleNamespace(figure=Mock())
    )
    monkeypatch.setattr(nn, "plot_loss", lambda *_, **__: SimpleNamespace(figure=Mock()))
    run("train", name, "--rows", "60", "--layers", "3", *QUICK, "--plots", "p", "--save", "m.json")
    ((shown, data, options),) = drawn
    about = json.loads(Path("m.json").read_text())["features"]
    net = nn.MLP(2, [3, 1 if name == "moons" else 3], activation="tanh").load("m.json")
    assert options["threshold"] == (0.0 if name == "moons" else None)
    for row in data.X:
        z = net([(x - feature["mean"]) / feature["deviation"] for x, feature in zip(row, about)])
        logits = z.data if name == "moons" else [each.data for each in z]
        assert shown(row) == pytest.approx(logits, rel=1e-12)


def test_plots(run):
    """The loss, and of two features the decision boundary."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    run("train", "blobs", "--rows", "30", *QUICK, "--plots", "p/q")
    assert {path.name: path.read_bytes()[:4] for path in Path("p/q").iterdir()} == dict.fromkeys(
        ["loss-curve.png", "decision-boundary.png"], b"\x89PNG"
    )
    pyplot.close("all")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "mons"], ["mons", "is moons meant?"]),
        (["train", "gone.csv"], ["gone.csv is no data set here", "moons, circles"]),
        (["train", "moons", "--rows", "1"], ["moons", "1"]),
        (["train", "moons", "--save", "none/m.json"], ["none/m.json", "no folder none"]),
        (["train", "moons", "--lr", "-1"], ["-1"]),
        ("train blobs --activation relu --optimizer sgd --lr 1e200 --epochs 3".split(), ["diverged", "--lr"]),
    ],
)
def test_what_is_wrong_is_said(arguments, words, refused):
    """Exit code 1 and one sentence."""
    assert refused(arguments, words)[1].count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["train"],
        ["train", "moons", "--layers", "a"],
        ["train", "moons", "--test", "1"],
        ["train", "moons", "--optimizer", "x"],
        ["train", "iris", "--rows", "20"],
        ["train", "xor", "--noise", "1"],
    ],
)
def test_a_command_line_that_is_not_understood(arguments, run):
    """Exit code 2."""
    code, _, err = run(*arguments)
    assert code == 2
    assert "usage: chalkgrad train" in err


@pytest.mark.usefixtures("interrupted")
def test_a_training_that_is_interrupted_keeps_what_it_has(run):
    """Exit code 130, and the net is saved."""
    code, out, _ = run("train", "moons", "--layers", "3", "--save", "m.json")
    assert code == 130
    assert "3 epochs (interrupted)" in out
    assert nn.MLP(2, [3, 1]).load("m.json").parameters() != []
