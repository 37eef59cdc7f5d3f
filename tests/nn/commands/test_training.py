"""train and predict: from a data set or a CSV file to a file with a net, and from that to predictions."""

import csv
import json
import math
import random
import re
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

import nn
from nn.train.predictor import Predictor

FLOWERS = "length,width,note,species\n" + "".join(
    f"{5 + i / 10},{1 + (i % 3) / 10},n{i},small\n{8 + i / 10},{3 + (i % 3) / 10},m{i},large\n" for i in range(10)
)
QUICK = ("--epochs", "30", "--lr", "0.05")


def houses(n=40):
    """Prices that depend on size and age, far from 0 and 1."""
    rng = random.Random(0)
    rows = [(rng.uniform(40, 200), rng.uniform(0, 50)) for _ in range(n)]
    return "size,age,price\n" + "".join(f"{s:.1f},{a:.1f},{20000 + 3000 * s - 1500 * a:.0f}\n" for s, a in rows)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("flowers.csv").write_text(FLOWERS)
    Path("houses.csv").write_text(houses())


@pytest.mark.parametrize("name", ["moons", "circles", "spirals", "blobs"])
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
    ("name", "features", "classes"), [("iris", 4, 3), ("wine", 13, 3), ("breast_cancer", 30, 2), ("digits", 64, 10)]
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


def test_a_file_with_classes_is_learned_and_used(desk, run, run_json):
    """Names of classes come back, with probabilities; columns are found by name, in any order, among others."""
    code, out, err = run("train", "flowers.csv", "--drop", "note", *QUICK, "--save", "m.json")
    assert (code, err) == (0, "saved m.json\n")
    assert "20 rows of 2 features, 2 classes of species" in out
    Path("new.csv").write_text("id;width;length\n1;1,1;5,2\n2;3,2;8,4\n")
    code, out, err = run("predict", "m.json", "new.csv")
    assert (code, err) == (0, "")
    assert re.findall(r"^(line \d) +(\w+) +([\d.]+)%$", out, re.MULTILINE) == [
        ("line 2", "small", re.search(r"small +([\d.]+)", out)[1]),
        ("line 3", "large", re.search(r"large +([\d.]+)", out)[1]),
    ]
    first = run_json("predict", "m.json", "new.csv")["predictions"][0]
    assert first["prediction"] == "small"
    assert set(first["probabilities"]) == {"small", "large"}
    assert sum(first["probabilities"].values()) == pytest.approx(1.0)
    assert run_json("predict", "m.json", "5.2,1.1")["predictions"][0]["probabilities"] == first["probabilities"]


def test_a_file_with_numbers_is_learned_and_used(desk, run, run_json):
    """The target is standardised for the training, and predictions are in its own units."""
    report = run_json("train", "houses.csv", "--epochs", "200", "--lr", "0.02", "--save", "h.json")
    assert (report["task"], report["loss"], report["target"]) == ("regression", "mse", "price")
    assert report["test"]["r2"] > 0.97
    (found,) = run_json("predict", "h.json", "100,20")["predictions"]
    assert found["prediction"] == pytest.approx(20000 + 300000 - 30000, rel=0.05)
    assert "probabilities" not in found
    out = run("train", "houses.csv", "--epochs", "3")[1]
    assert re.search(r"root mean squared error of price +R²\nlearned from +[\d.e+]+ +-?[\d.]+\nheld out", out)


def test_predictions_are_those_of_the_net(desk, run, run_json):
    """The file has all that it takes: its parameters, loaded into a net made by hand, give the same numbers."""
    run("train", "flowers.csv", "--drop", "note", "--layers", "3", *QUICK, "--save", "m.json")
    content = json.loads(Path("m.json").read_text())
    model = nn.MLP(2, [3, 1], activation="tanh").load("m.json")
    row = [5.2, 1.1]
    z = model([(x - f["mean"]) / f["deviation"] for x, f in zip(row, content["features"])]).data
    classes = content["classes"]
    found = run_json("predict", "m.json", "5.2", "1.1")["predictions"][0]["probabilities"]
    assert found[classes[1]] == pytest.approx(1 / (1 + math.exp(-z)), rel=1e-12)


def test_predictions_as_csv(desk, run):
    """The columns of the file and two more, to standard output or a file."""
    run("train", "flowers.csv", "--drop", "note", *QUICK, "--save", "m.json")
    Path("new.csv").write_text('id,width,length\n"a, b",1.1,5.2\nc,3.2,8.4\n')
    code, out, err = run("predict", "m.json", "new.csv", "--csv", "--save", "out.csv")
    assert (code, err) == (0, "saved out.csv\n")
    assert Path("out.csv").read_text() == out
    rows = list(csv.DictReader(out.splitlines()))
    assert [(row["id"], row["predicted species"]) for row in rows] == [("a, b", "small"), ("c", "large")]
    assert all(0.5 < float(row["probability"]) <= 1 for row in rows)


def test_rows_that_cannot_be_read_are_named(desk, run):
    """By their line; the others are predicted, and the exit code is 1."""
    run("train", "flowers.csv", "--drop", "note", *QUICK, "--save", "m.json")
    text = "length,width\n5,1\n,1\n\n5,abc\n8,3\n"
    code, out, err = run("predict", "m.json", "-", stdin=text)
    assert code == 1
    assert re.findall(r"^line (\d)", out, re.MULTILINE) == ["2", "6"]
    assert err == (
        "Could not be read\nstandard input, line 3: length is missing\n"
        "standard input, line 5: width is 'abc', and no number\n"
    )
    code, out, _ = run("predict", "m.json", "-", "--json", stdin=text)
    assert (code, len(json.loads(out)["problems"])) == (1, 2)


def test_entries_of_the_command_line_that_cannot_be_read_are_named(desk, run):
    """As those of files are; the others are predicted."""
    run("train", "flowers.csv", "--drop", "note", *QUICK, "--save", "m.json")
    code, out, err = run("predict", "m.json", "5,1", "3,x")
    assert code == 1
    assert re.findall(r"^row (\d) +(\w+)", out, re.MULTILINE) == [("1", "small")]
    assert err == "Could not be read\nthe command line, row 2: width is 'x', and no number\n"


def test_a_column_of_texts_is_learned_from(run, run_json):
    """Each text counts as 0 or 1; one that was not there before cannot be predicted from."""
    rows = [("red", 1), ("blue", 2), ("green", 3), ("red", 4)] * 5
    price = {"red": 10, "blue": 500, "green": 100}
    Path("cars.csv").write_text("colour,age,price\n" + "".join(f"{c},{age},{price[c] + age}.5\n" for c, age in rows))
    report = run_json("train", "cars.csv", "--test", "0", "--lr", "0.02", "--save", "m.json")
    assert report["features"] == ["colour=blue", "colour=green", "colour=red", "age"]
    assert report["train"]["r2"] > 0.99
    found = [each["prediction"] for each in run_json("predict", "m.json", "blue,2", "red,1")["predictions"]]
    assert found == pytest.approx([502.5, 11.5], abs=25)
    code, out, err = run("predict", "m.json", "-", stdin="age,colour\n2,blue\n2,mauve\n")
    assert (code, len(out.splitlines())) == (1, 2)
    assert "standard input, line 3: colour is 'mauve', and not one of blue, green, red" in err
    assert "lacks the column colour" in run("predict", "m.json", "-", stdin="age,color\n2,blue\n")[2]


def test_a_file_without_names(run):
    """Its columns are x1, x2, ...; the net is used on the same file, and on one with the features alone."""
    Path("plain.csv").write_text("".join(f"{i},{i % 2},{'ab'[i % 2]}\n" for i in range(12)))
    assert run("train", "plain.csv", *QUICK, "--save", "m.json", "--test", "0")[0] == 0
    assert "x3" in run("predict", "m.json", "plain.csv")[1].splitlines()[0]
    Path("two.csv").write_text("3,1\n4,0\n")
    assert re.findall(r"line \d +(\w)", run("predict", "m.json", "two.csv")[1]) == ["b", "a"]
    assert "lacks the column" in run("predict", "m.json", "-", stdin="3\n4\n")[2]


def test_a_file_without_names_for_a_net_with_names(desk, run):
    """Its columns stand in the order in which they were learned."""
    run("train", "flowers.csv", "--drop", "note", *QUICK, "--save", "m.json")
    code, out, _ = run("predict", "m.json", "-", stdin="5.2,1.1\n8.4,3.2\n")
    assert (code, re.findall(r"line \d +(\w+)", out)) == (0, ["small", "large"])


@pytest.mark.parametrize("name", ["moons", "blobs"])
def test_the_boundary_is_where_the_prediction_changes(name, run, monkeypatch):
    """What is drawn is the net on the numbers as they are in the file; its threshold is a probability of a half."""
    drawn = []
    monkeypatch.setattr(
        nn, "plot_boundary", lambda *given, **options: drawn.append((*given, options)) or SimpleNamespace(figure=Mock())
    )
    monkeypatch.setattr(nn, "plot_loss", lambda *_, **__: SimpleNamespace(figure=Mock()))
    run("train", name, "--rows", "60", *QUICK, "--plots", "p", "--save", "m.json")
    ((model, data, options),) = drawn
    predictor = Predictor.load("m.json")
    for row in data.X:
        shown = model(row)
        c = int(shown > options["threshold"]) if name == "moons" else shown.index(max(shown))
        assert predictor(row).value == data.classes[c]


def test_plots(run):
    """The loss, and of two features the decision boundary."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    run("train", "blobs", "--rows", "30", *QUICK, "--plots", "p/q")
    assert {path.name: path.read_bytes()[:4] for path in Path("p/q").iterdir()} == dict.fromkeys(
        ["loss-curve.png", "decision-boundary.png"], b"\x89PNG"
    )
    Path("houses.csv").write_text(houses())
    run("train", "houses.csv", *QUICK, "--plots", "h")
    assert [path.name for path in Path("h").iterdir()] == ["loss-curve.png"]
    pyplot.close("all")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "mons"], ["mons", "is moons meant?"]),
        (["train", "gone.csv"], ["gone.csv: No such file"]),
        (["train", "flowers.csv"], ["note", "20 different texts", "--drop"]),
        (["train", "flowers.csv", "--target", "speces"], ["speces", "is 'species' meant?"]),
        (["train", "flowers.csv", "--drop", "note", "--task", "regression"], ["line 2", "small", "no number"]),
        (["train", "flowers.csv", "--features", "length,species"], ["species"]),
        (["train", "houses.csv", "--target", "price", "--drop", "size,age"], ["price"]),
        (["train", "holes.csv"], ["holes.csv", "line 3 (a is missing)", "line 4 (y is missing)", "--skip"]),
        (["train", "moons", "--rows", "1"], ["moons", "1"]),
        (["train", "moons", "--save", "none/m.json"], ["none/m.json", "no folder none"]),
        (["train", "moons", "--lr", "-1"], ["-1"]),
        (["train", "houses.csv", "--optimizer", "sgd", "--lr", "1e9", "--epochs", "9"], ["diverged", "--lr"]),
        (["predict", "houses.csv", "1,2"], ["houses.csv", "not a file of parameters"]),
        (["predict", "gone.json", "1,2"], ["gone.json: No such file"]),
        (["predict", "bare.json", "1,2"], ["bare.json", "MLP(2 → 1"]),
        (["predict", "damaged.json", "1,2"], ["damaged.json is damaged"]),
        (["predict", "m.json", "1,2,3"], ["2 entries", "size, age", "1,2,3 has 3"]),
        (["predict", "m.json", "1,2", "3"], ["2 entries", "3 has 1"]),
        (["predict", "m.json", "gone.csv"], ["gone.csv: No such file"]),
        (["predict", "m.json", "flowers.csv"], ["lacks the columns size, age", "length, width"]),
    ],
)
def test_what_is_wrong_is_said(arguments, words, desk, run):
    """Exit code 1 and one sentence."""
    Path("holes.csv").write_text("a,y\n1,u\n,v\n2,\n3,u\n")
    run("train", "houses.csv", "--epochs", "1", "--save", "m.json")
    nn.MLP(2, [1]).save("bare.json")
    content = json.loads(Path("m.json").read_text())
    del content["features"][0]["mean"]
    Path("damaged.json").write_text(json.dumps(content))
    code, _, err = run(*arguments)
    assert code == 1
    assert err.startswith("chalkgrad: ")
    assert err.count("\n") == 1
    assert [word for word in words if word not in err] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["train"],
        ["train", "moons", "--layers", "a"],
        ["train", "moons", "--test", "1"],
        ["train", "moons", "--optimizer", "x"],
        ["train", "moons", "--target", "x"],
        ["train", "iris", "--rows", "20"],
        ["train", "xor", "--noise", "1"],
    ],
)
def test_a_command_line_that_is_not_understood(arguments, run):
    """Exit code 2."""
    code, _, err = run(*arguments)
    assert code == 2
    assert "usage: chalkgrad train" in err


def test_rows_with_holes_may_be_left_out(run_json):
    """With --skip; the others are learned from."""
    Path("holes.csv").write_text("a,y\n" + "1,u\n,v\n2,v\n3,\n" * 4)
    whole = run_json("train", "holes.csv", "--skip", "--test", "0", "--epochs", "2")
    assert (whole["train"]["rows"], whole["classes"]) == (8, ["u", "v"])


def test_a_training_that_is_interrupted_keeps_what_it_has(run, monkeypatch):
    """Exit code 130, and the net is saved."""
    fit = nn.train.predictor.fit

    def interrupted(*arguments, **options):
        def stop(history):
            if len(history) == 3:
                raise KeyboardInterrupt

        return fit(*arguments, **options, callbacks=[stop])

    monkeypatch.setattr("nn.train.predictor.fit", interrupted)
    code, out, _ = run("train", "moons", "--save", "m.json")
    assert code == 130
    assert "3 epochs (interrupted)" in out
    assert Predictor.load("m.json").features == ["x1", "x2"]
