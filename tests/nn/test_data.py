"""Data sets: what is in them, and how they are split."""

import math
import statistics

import pytest

import nn

MADE = [nn.data.xor, nn.data.moons, nn.data.circles, nn.data.spirals, nn.data.blobs]


@pytest.mark.parametrize("make", MADE)
def test_made_data_repeat_and_unpack(make):
    """The same call gives the same rows, which unpack as X, y."""
    X, y = make()
    again = make()
    assert (X, y) == (again.X, again.y)
    assert len(X) == len(y)
    assert all(len(row) == 2 for row in X)
    assert set(y) == set(range(max(y) + 1))


@pytest.mark.parametrize("make", MADE[1:])
def test_another_seed_gives_other_points(make):
    """The seed is what decides."""
    assert make(seed=1).X != make(seed=2).X


def test_xor_is_xor():
    """The four corners with the truth table of exclusive or."""
    X, y = nn.data.xor()
    assert dict(zip(map(tuple, X), y)) == {(0.0, 0.0): 0, (0.0, 1.0): 1, (1.0, 0.0): 1, (1.0, 1.0): 0}


@pytest.mark.parametrize(("n", "counts"), [(100, [50, 50]), (7, [4, 3])])
def test_classes_share_the_points(n, counts):
    """Classes are equal in size, but for a rest."""
    assert [nn.data.moons(n).y.count(c) for c in (0, 1)] == counts


def test_without_noise_circles_are_circles():
    """Class 0 has radius 1 and class 1 the factor."""
    for (x, y), c in zip(*nn.data.circles(40, noise=0.0, factor=0.3)):
        assert math.hypot(x, y) == pytest.approx(0.3 if c else 1.0, rel=1e-12)


def test_without_noise_moons_are_half_circles():
    """Class 0 is the upper half circle about the origin, class 1 the lower one about (1, 1/2)."""
    for (x, y), c in zip(*nn.data.moons(40, noise=0.0)):
        assert math.hypot(x - c, y - c / 2) == pytest.approx(1.0, rel=1e-12)
        assert (y <= 0.5 + 1e-12) if c else (y >= -1e-12)


@pytest.mark.parametrize(
    ("name", "rows", "features", "classes"),
    [("iris", 150, 4, 3), ("wine", 178, 13, 3), ("breast_cancer", 569, 30, 2), ("digits", 1797, 64, 10)],
)
def test_real_data_have_their_published_size(name, rows, features, classes):
    """Rows, features and classes are as published, all plain Python numbers."""
    pytest.importorskip("sklearn", reason="scikit-learn brings the real data sets")
    data = getattr(nn.data, name)()
    assert (len(data), len(data.features), len(data.classes)) == (rows, features, classes)
    assert {type(x) for row in data.X for x in row} == {float}
    assert {type(c) for c in data.y} == {int}


def test_split_keeps_every_row_once_and_the_share_of_each_class():
    """No row is lost or doubled, and each class has its share held out."""
    data = nn.data.blobs(120, classes=3)
    train, test = data.split(0.25, seed=3)
    assert sorted(train.X + test.X) == sorted(data.X)
    assert [test.y.count(c) for c in range(3)] == [10, 10, 10]
    assert data.split(0.25, seed=3)[1].X == test.X
    assert data.split(0.25, seed=4)[1].X != test.X


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1.0, 1e160, 5e307])
def test_standardized_whatever_the_size(size):
    """Squares of large numbers are no longer floats, those of small ones are 0: neither is seen."""
    data = nn.data.Dataset([[size], [3.0 * size]], [0, 1], "two points").standardized()
    assert [x for row in data.X for x in row] == pytest.approx([-1.0, 1.0], rel=1e-15)


def test_standardized_by_the_rows_to_learn_from():
    """The rows learned from get mean 0 and deviation 1; rows held out are scaled by the same numbers."""
    train, test = nn.data.blobs(90).split(0.3)
    scaled = train.standardized()
    for column in zip(*scaled.X):
        assert statistics.fmean(column) == pytest.approx(0.0, abs=1e-12)
        assert statistics.pstdev(column) == pytest.approx(1.0, rel=1e-12)
    first = [row[0] for row in train.X]
    expected = (test.X[0][0] - statistics.fmean(first)) / statistics.pstdev(first)
    assert test.standardized(like=train).X[0][0] == pytest.approx(expected, rel=1e-12)


def test_a_constant_feature_becomes_zero():
    """It is not divided by its deviation 0."""
    data = nn.data.Dataset([[1.0, 5.0], [2.0, 5.0]], [0, 1], "two")
    assert [row[1] for row in data.standardized().X] == [0.0, 0.0]


def test_signed_classes():
    """0 and 1 become -1 and 1; more classes have no signs."""
    assert nn.data.xor().signed == [-1, 1, 1, -1]
    with pytest.raises(ValueError, match="3 classes"):
        _ = nn.data.blobs().signed


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.data.moons(1), "at least one class and one point for each"),
        (lambda: nn.data.moons(noise=-1.0), "standard deviation"),
        (lambda: nn.data.moons().split(1.5), "between 0 and 1"),
        (lambda: nn.data.xor().split(0.1), "too few"),
    ],
)
def test_arguments_out_of_range(make, message):
    """Each error says what was expected."""
    with pytest.raises(ValueError, match=message):
        make()


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    """The error of a real data set says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    with pytest.raises(ImportError, match=r'pip install "chalkgrad\[data\]"'):
        nn.data.iris()


def flowers():
    """Rows, targets, and the names of the columns."""
    return [[5.1, 3.5], [7.0, 3.2], [4.9, 3.0], [6.4, 3.1]], [0, 1, 0, 1], ["length", "width"]


def given_as(kind):
    """The flowers as lists, as arrays or as a frame and a column of it."""
    X, y, columns = flowers()
    if kind == "lists":
        return X, y
    if kind == "arrays":
        numpy = pytest.importorskip("numpy")
        return numpy.array(X), numpy.array(y)
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=columns).assign(kind=y)
    return frame[columns], frame["kind"]


@pytest.mark.parametrize("kind", ["lists", "arrays", "frames"])
def test_a_data_set_takes_lists_arrays_and_frames(kind):
    """All become plain Python numbers; the columns of a frame are the names of the features."""
    X, y, columns = flowers()
    data = nn.data.Dataset(*given_as(kind), "flowers")
    assert (data.X, data.y, data.classes) == (X, y, ["0", "1"])
    assert {type(x) for row in data.X for x in row} | {type(c) for c in data.y} == {float, int}
    assert data.features == (columns if kind == "frames" else ["x1", "x2"])
    assert nn.data.Dataset(*given_as(kind), "flowers", features=["a", "b"]).features == ["a", "b"]


@pytest.mark.parametrize("kind", ["arrays", "frames"])
def test_fit_takes_arrays_and_frames(kind):
    """What is learned from them, and watched, is to the last bit what is learned from lists."""

    def learned(X, y):
        net = nn.MLP(2, [3, 1], activation="tanh", seed=0)
        history = nn.fit(net, X, y, loss="bce_with_logits", epochs=5, validation=(X, y), progress=False, compiled=False)
        return [p.data for p in net.parameters()], history.val_loss

    assert learned(*given_as(kind)) == learned(*given_as("lists"))


def test_a_target_of_real_numbers_has_no_classes():
    """Whatever it stands in."""
    numpy = pytest.importorskip("numpy")
    assert nn.data.Dataset([[1.0], [2.0]], numpy.array([0.5, 1.5]), "two").classes == []


def test_names_of_classes_are_refused_with_the_way_out():
    """They are no numbers yet."""
    with pytest.raises(TypeError, match=r"pandas\.factorize"):
        nn.data.Dataset([[1.0], [2.0]], ["red", "blue"], "two")
