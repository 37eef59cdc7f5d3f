"""Plots: what is drawn on the Axes, in which words, and what is refused; never pixels."""

import math
import sys

import pytest

import nn
from autograd import Value, relu, tan, tanh
from nn import plots

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
np = pytest.importorskip("numpy")

from matplotlib import pyplot  # noqa: E402
from matplotlib.colors import to_hex  # noqa: E402
from matplotlib.contour import ContourSet  # noqa: E402

MOONS = nn.data.moons(20, seed=1)
LOGISTIC = nn.MLP(2, [1], ["sigmoid"], weights=[[[4.0, 0.0]]], biases=[[-2.0]])  # 1/2 where x1 is 1/2
NAMES = nn.GPT(nn.data.Letters("anna b"), 4, 2, 2, 70, seed=0)
THREE = nn.MLP(2, [3], weights=[[[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]]])


@pytest.fixture(autouse=True)
def figures():
    """Whatever a test opens is closed; the global settings are as they were."""
    before = dict(matplotlib.rcParams)
    pyplot.close("all")  # what another file has left open
    yield
    pyplot.close("all")
    assert dict(matplotlib.rcParams) == before


def run(loss, val_loss=(), stopped="epochs", **metrics):
    history = nn.History(None)
    history.loss, history.val_loss, history.stopped = list(loss), list(val_loss), stopped
    for name, values in metrics.items():
        (history.val_metrics if name.startswith("val_") else history.metrics)[name.removeprefix("val_")] = values
    return history


def texts(ax):
    return [text.get_text() for text in ax.texts]


def named(ax, label):
    (line,) = [line for line in ax.lines if line.get_label() == label]
    return line


def contours(ax):
    return [c for c in ax.collections if isinstance(c, ContourSet)]


def bowl(x, y):
    return (x - 1) ** 2 + 3 * y**2


DRAWN = {
    "loss": lambda **how: plots.plot_loss([3.0, 2.0, 1.5], **how),
    "boundary": lambda **how: plots.plot_boundary(LOGISTIC, MOONS, resolution=8, **how),
    "regions": lambda **how: plots.plot_boundary(THREE, nn.data.blobs(9), resolution=8, **how),
    "histograms": lambda **how: plots.plot_histograms(LOGISTIC, MOONS, **how),
    "function": lambda **how: plots.plot_function(tanh, -1, 1, **how),
    "surface": lambda **how: plots.plot_surface(bowl, (-1, 2), (-1, 1), path=[(0, 1), (1, 0)], resolution=8, **how),
    "attention": lambda **how: plots.plot_attention(NAMES, "anna", **how),
}
each = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)

# --------------------------------------------------------------------------------------------------------- what all share


@each
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_draws_on_the_axes_given(draw, layout):
    """The Axes passed is the one drawn on and returned, in a figure of any layout, and no figure is opened."""
    figure = matplotlib.figure.Figure(layout=layout)
    _, ax = figure.subplots(1, 2)
    assert draw(ax=ax) is ax
    assert ax.figure is figure
    assert ax.lines or ax.collections or ax.patches
    assert pyplot.get_fignums() == []
    figure.draw_without_rendering()


@each
def test_makes_a_figure_where_none_is_given(draw):
    """Without ax there is one new figure, which pyplot knows and can draw."""
    ax = draw()
    assert [pyplot.figure(n) for n in pyplot.get_fignums()] == [ax.figure]
    ax.figure.draw_without_rendering()


@each
def test_does_without_a_window(draw, monkeypatch):
    """Where pyplot cannot open a window, the figure is one of its own."""

    def no_display(**options):
        raise ImportError("Cannot load backend 'TkAgg'")

    monkeypatch.setattr(pyplot, "figure", no_display)
    draw().figure.draw_without_rendering()


@each
def test_dark_is_light_on_dark(draw):
    """dark turns figure and Axes dark and the words light."""

    def brightness(colour):
        return sum(matplotlib.colors.to_rgb(colour))

    for dark in (False, True):
        ax = draw(dark=dark)
        for ground in (ax.get_facecolor(), ax.figure.get_facecolor()):
            assert (brightness(ground) < 1.0) is dark
        assert (brightness(ax.xaxis.label.get_color()) > 2.0) is dark


@each
def test_is_legible(draw):
    """No upper and right edges, letters of 9 points and more, both the x axis and what is on it named."""
    ax = draw()
    assert not ax.spines["top"].get_visible()
    assert not ax.spines["right"].get_visible()
    assert ax.get_xlabel()
    words = [ax.xaxis.label, ax.yaxis.label, *ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()]
    assert all(word.get_fontsize() >= 9 for word in words)


@each
def test_says_what_to_install_without_matplotlib(draw, monkeypatch):
    """Where Matplotlib is missing, the error names the extra."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "chalkgrad\[plot\]"'):
        draw()


# ------------------------------------------------------------------------------------------------------------------- loss


def test_loss_is_drawn_over_epochs_from_1():
    """The line of a list of losses, Values among them, has their numbers over 1, 2, 3."""
    ax = plots.plot_loss([3.0, Value(2.0), 1.5])
    assert [list(data) for data in named(ax, "loss").get_data()] == [[1, 2, 3], [3.0, 2.0, 1.5]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")


def test_both_losses_are_named_at_their_ends():
    """Loss and validation loss differ in colour and dashes and are named beside the Axes, without a legend."""
    ax = plots.plot_loss(run([3, 2, 1], [4, 3, 2]))
    loss, validation = named(ax, "loss"), named(ax, "validation loss")
    assert list(validation.get_ydata()) == [4, 3, 2]
    assert loss.get_color() != validation.get_color()
    assert loss.get_linestyle() != validation.get_linestyle()
    assert set(texts(ax)) == {"loss", "validation loss"}
    assert ax.get_legend() is None


def test_runs_are_compared_by_name():
    """A dict of histories, or of losses alone, gives a line for each, which differ in colour and dashes and are named."""
    ax = plots.plot_loss({"SGD": run([3, 2, 1], [9, 9, 9]), "Adam": [3, 1]})
    assert list(named(ax, "SGD").get_ydata()) == [3, 2, 1]
    assert list(named(ax, "Adam").get_ydata()) == [3, 1]
    assert named(ax, "SGD").get_linestyle() != named(ax, "Adam").get_linestyle()
    assert set(texts(ax)) == {"SGD", "Adam"}


def test_names_at_ends_do_not_touch():
    """Names of two lines that end at one place stand apart."""
    ax = plots.plot_loss(run([3, 2, 1], [4, 3, 1]))
    lower, upper = sorted(text.xyann[1] for text in ax.texts)
    assert upper - lower >= 11


def test_a_figure_that_makes_no_room_gets_a_legend():
    """Names that would be cut off at the edge of the figure go into a legend within the Axes."""
    _, ax = pyplot.subplots()
    plots.plot_loss(run([3, 2, 1], [4, 3, 2]), ax=ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["loss", "validation loss"]


def test_early_stopping_marks_the_best_epoch():
    """The lowest validation loss is marked and named, after early stopping only."""
    curves = [5, 4, 3, 2], [4, 2, math.nan, 3]
    ax = plots.plot_loss(run(*curves, stopped="early stopping"))
    assert named(ax, "_best").get_xydata().tolist() == [[2, 2]]
    assert "best epoch 2\n2.0" in texts(ax)
    assert not any("best" in text for text in texts(plots.plot_loss(run(*curves))))


def test_metrics_get_a_panel_below():
    """metrics draws them in a second Axes on the same epochs; validation is dashed as above."""
    ax = plots.plot_loss(run([3, 2], [4, 3], accuracy=[0.5, 0.75], val_accuracy=[0.5, 0.6]), metrics=True)
    above, below = ax.figure.axes
    assert above is ax
    assert list(named(below, "accuracy").get_ydata()) == [0.5, 0.75]
    assert list(named(below, "validation accuracy").get_ydata()) == [0.5, 0.6]
    assert named(below, "validation accuracy").get_linestyle() == named(above, "validation loss").get_linestyle()
    assert (below.get_xlabel(), below.get_ylabel()) == ("epoch", "accuracy")
    assert below.get_xlim() == above.get_xlim()


def test_metrics_fit_into_axes_placed_by_hand():
    """The panel takes its place from the Axes given, wherever that is."""
    figure = matplotlib.figure.Figure()
    ax = figure.add_axes((0.2, 0.2, 0.6, 0.6))
    plots.plot_loss(run([3, 2], accuracy=[0.5, 0.75]), metrics=True, ax=ax)
    upper, lower = (axes.get_position() for axes in figure.axes)
    assert lower.y0 == pytest.approx(0.2)
    assert upper.y1 == pytest.approx(0.8)
    assert lower.y1 < upper.y0


@pytest.mark.parametrize(("losses", "scale"), [([3.0, 1.0, 0.0], "log"), ([-1.0, -2.0], "linear"), ([math.nan], "linear")])
def test_log_needs_a_positive_loss(losses, scale):
    """A logarithmic axis is made where any loss can stand on it."""
    ax = plots.plot_loss(losses, log=True)
    assert ax.get_yscale() == scale
    ax.figure.draw_without_rendering()


def test_a_single_epoch_is_a_dot():
    """One loss, and one between losses that are nan, is a marker, since no line goes through it."""
    assert named(plots.plot_loss([0.7]), "loss").get_markevery() == [0]
    assert named(plots.plot_loss([1.0, 2.0, math.nan, 3.0, math.inf, 1.0, 1.0]), "loss").get_markevery() == [3]


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        ([1.0, math.nan, math.nan], "loss nan from epoch 2 on"),
        ([math.nan, math.nan], "loss nan from epoch 1 on"),
        ([1.0, math.inf, 2.0], "loss infinite in 1 epoch"),
        ([1.0, math.inf, 2.0, math.nan, 3.0], "loss infinite and nan in 2 epochs"),
    ],
)
def test_epochs_without_a_finite_loss_are_said(losses, words):
    """nan and infinity leave a gap in the line, a bar over their epochs at the upper edge, and words."""
    ax = plots.plot_loss(losses)
    assert np.array_equal(named(ax, "loss").get_ydata(), losses, equal_nan=True)
    bar = named(ax, "_loss").get_ydata()
    assert [math.isnan(y) for y in bar] == [math.isfinite(loss) for loss in losses]
    assert words in texts(ax)
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("history", "options", "message"),
    [
        ([], {}, "no epoch"),
        ({}, {}, "no epoch"),
        ({"SGD": [1.0], "Adam": []}, {}, "no epoch"),
        ([1.0], {"metrics": True}, "no metrics"),
        ({"SGD": [1.0]}, {"metrics": True}, "of one run"),
    ],
)
def test_loss_says_what_is_missing(history, options, message):
    """A history without epochs or metrics is an error, and leaves no figure behind."""
    with pytest.raises(ValueError, match=message):
        plots.plot_loss(history, **options)
    assert pyplot.get_fignums() == []


# --------------------------------------------------------------------------------------------------------------- boundary


def test_the_boundary_is_where_the_output_is_a_half():
    """One output with classes 0 and 1: shades, and one line, at the level 0.5 and in its place."""
    ax = plots.plot_boundary(LOGISTIC, [[0, 0], [1, 1]], [0, 1], resolution=21)
    shades, line = contours(ax)
    assert shades.filled
    assert list(line.levels) == [0.5]
    assert np.vstack([path.vertices for path in line.get_paths()])[:, 0] == pytest.approx(0.5, abs=1e-2)


@pytest.mark.parametrize(("y", "threshold", "level"), [([-1, 1], None, 0.0), ([0, 1], 0.0, 0.0), ([0, 1], 0.25, 0.25)])
def test_the_threshold_follows_the_targets_unless_given(y, threshold, level):
    """Classes −1 and +1 are told apart at 0; a threshold that is passed rules."""
    linear = nn.MLP(2, [1], weights=[[[2.0, 0.0]]], biases=[[-1.0]])
    _, line = contours(plots.plot_boundary(linear, [[0, 0], [1, 1]], y, threshold=threshold, resolution=9))
    assert list(line.levels) == [level]


def test_a_constant_model_has_no_boundary():
    """Where the output is on one side everywhere, shades are drawn and no line."""
    constant = nn.MLP(2, [1], weights=[[[0.0, 0.0]]])
    (shades,) = contours(plots.plot_boundary(constant, [[0, 0], [1, 1]], [0, 1], resolution=5))
    assert shades.filled


def test_points_differ_in_colour_and_shape():
    """Each class has its points, its colour and its marker, and its name in the legend."""
    blobs = nn.data.blobs(12)
    ax = plots.plot_boundary(THREE, blobs, resolution=9)
    groups = [c for c in ax.collections if isinstance(c, matplotlib.collections.PathCollection)]
    for c, group in enumerate(groups):
        assert sorted(group.get_offsets().tolist()) == sorted(x for x, t in zip(*blobs) if t == c)
    assert len({to_hex(group.get_facecolor()[0]) for group in groups}) == 3
    assert len({group.get_paths()[0].vertices.tobytes() for group in groups}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1", "class 2"]


def test_several_outputs_are_areas_with_lines_between():
    """Every class that wins somewhere has an area in a colour of its own and an edge."""
    ax = plots.plot_boundary(THREE, nn.data.blobs(12), resolution=15)
    areas = [c for c in contours(ax) if c.filled]
    assert len({to_hex(area.get_facecolor()[0]) for area in areas}) == 3
    assert [list(c.levels) for c in contours(ax) if not c.filled] == [[0.0]] * 3


def test_names_come_from_the_dataset():
    """Features name the axes and classes the points; long names are broken into lines."""
    X, y = MOONS
    features, classes = ["petal length (cm)", "petal width (cm)"], ["_setosa", "iris of a very long name"]
    ax = plots.plot_boundary(LOGISTIC, nn.data.Dataset(X, y, "flowers", features, classes), resolution=5)
    assert [ax.get_xlabel(), ax.get_ylabel()] == features
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["_setosa", "iris of a very long\nname"]


def test_targets_may_be_given_beside_a_dataset():
    """A Dataset with its signed classes is drawn at threshold 0 with its own names."""
    linear = nn.MLP(2, [1], seed=1)
    ax = plots.plot_boundary(linear, MOONS, MOONS.signed, resolution=9)
    assert list(contours(ax)[1].levels) == [0.0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1"]


def test_arrays_are_data_too():
    """NumPy arrays of points and classes are drawn as lists are."""
    ax = plots.plot_boundary(LOGISTIC, np.array(MOONS.X), np.array(MOONS.signed), resolution=5)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class −1", "class +1"]


def test_the_model_is_evaluated_without_a_graph():
    """What the model computes for a boundary remembers nothing, and gradients stay as they were."""
    made = []

    def model(row):
        made.append(LOGISTIC(row))
        return made[-1]

    LOGISTIC.layers[0].neurons[0].w[0].grad = 7.0
    plots.plot_boundary(model, [[0, 0], [1, 1]], [0, 1], resolution=4)
    assert len(made) == 16
    assert all(output.inputs == () for output in made)
    assert LOGISTIC.layers[0].neurons[0].w[0].grad == 7.0


def test_places_without_a_number_are_hatched():
    """A model that is nan in a part of the plane is drawn elsewhere."""
    ax = plots.plot_boundary(lambda row: Value(row[0]).log(), [[-1, 0], [2, 1]], [0, 1], resolution=9)
    assert ax.patch.get_hatch()
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("model", "X", "y", "error", "message"),
    [
        (nn.MLP(3, [1]), [[0, 0], [1, 1]], [0, 1], ValueError, "two inputs, and the model: .*takes 3 inputs"),
        (LOGISTIC, [[0, 0, 0]], [0], ValueError, "two inputs, and the rows have 3"),
        (LOGISTIC, [[0, 0], [1]], [0, 1], ValueError, "all of one length"),
        (LOGISTIC, [[0, 0], [1, 1]], [0], ValueError, "2 rows and y 1 classes"),
        (LOGISTIC, [[0, 0]], [], ValueError, "no rows"),
        (LOGISTIC, [[0, 0]], [0.5], ValueError, "no class"),
        (LOGISTIC, [[0, 0]], None, TypeError, "pass y"),
        (lambda row: math.nan, [[0, 0]], [0], ValueError, "diverged"),
    ],
)
def test_boundary_says_what_does_not_fit(model, X, y, error, message):
    """Rows, classes and models that do not fit are errors before any figure is made."""
    with pytest.raises(error, match=message):
        plots.plot_boundary(model, X, y, resolution=3)
    assert pyplot.get_fignums() == []


# ------------------------------------------------------------------------------------------------------------- histograms

NET = nn.MLP(
    1, [2, 2, 1], ["relu", "tanh", "sigmoid"],
    weights=[[[1.0], [-1.0]], [[-9.0, 0.0], [0.5, 0.0]], [[0.0, 0.1]]],
)  # fmt: skip


def test_each_layer_is_a_row_with_its_share_of_trouble():
    """A row's text says how many relus are dead, for every row, and how many activations are saturated, on either side."""
    ax = plots.plot_histograms(NET, [[0.0], [1.0]])
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["layer 1\n2 relu", "layer 2\n2 tanh", "layer 3\n1 sigmoid"]
    assert [text.split("  ·  ")[0] for text in texts(ax)] == ["1 of 2 dead (50%)", "25% saturated", "0% saturated"]
    assert ax.get_xlabel() == "activation h"


def test_every_number_is_in_a_bar():
    """Each row's bars stand on its own line and cover its numbers, on one x axis."""
    ax = plots.plot_histograms(NET, of="weights")
    for k, (layer, bars) in enumerate(zip(NET.layers, ax.patches)):
        heights, edges, baseline = bars.get_data()
        weights = [w for row in layer.W for w in row]
        assert baseline == -k
        assert edges[0] <= min(weights)
        assert edges[-1] >= max(weights)
        assert max(heights) == pytest.approx(0.66 - k)
        assert sum(height > -k for height in heights) == len(set(weights))


def test_gradients_are_those_of_the_mean_loss():
    """The bars of a net of one weight lie around the gradient of the loss in it; .grad stays as it was."""
    line = nn.MLP(1, [1], weights=[[[2.0]]])
    (w, b) = line.parameters()
    w.grad, b.grad = 5.0, 6.0
    ax = plots.plot_histograms(line, [[1.0], [3.0]], [0.0, 0.0], of="gradients", loss="mse")
    _, edges, _ = ax.patches[0].get_data()
    assert edges.mean() == pytest.approx((4.0 + 36.0) / 2)
    assert (w.grad, b.grad) == (5.0, 6.0)
    assert "∂L/∂w" in ax.get_xlabel()


def test_spread_is_said():
    """The standard deviation of a row stands in its text."""
    net = nn.MLP(1, [2], weights=[[[1.0], [3.0]]])
    assert texts(plots.plot_histograms(net, of="weights")) == ["std 1"]


@pytest.mark.parametrize("weights", [[[math.nan], [1.0]], [[math.nan], [math.inf]]])
def test_numbers_that_are_none_are_said(weights):
    """nan and infinity are left out of the bars and counted in the text."""
    ax = plots.plot_histograms(nn.MLP(1, [2], init=lambda *_: 0.0, weights=[weights]), of="weights")
    lost = sum(not math.isfinite(w) for (w,) in weights)
    assert texts(ax) == [f"{lost / 2:.0%} nan or infinite"]
    ax.figure.draw_without_rendering()


def test_a_deep_net_gets_a_taller_figure():
    """Rows keep their height."""
    heights = [plots.plot_histograms(nn.MLP(1, [2] * n, seed=0), of="weights").figure.get_figheight() for n in (2, 8)]
    assert heights[1] - heights[0] == pytest.approx(6 * 0.8)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"of": "nets"}, ValueError, "activations, gradients, weights, not 'nets'"),
        ({}, TypeError, "pass X"),
        ({"X": [[1.0]], "of": "gradients"}, TypeError, "pass X, y and loss"),
        ({"X": [[1.0]], "y": [1.0], "of": "gradients", "loss": "msee"}, ValueError, "no loss 'msee'"),
        ({"X": [[1.0, 2.0]]}, ValueError, "takes 1 inputs"),
        ({"model": tanh, "of": "weights"}, TypeError, "model.layers"),
    ],
)
def test_histograms_say_what_is_missing(arguments, error, message):
    """What is asked for and what is needed for it are checked before any figure is made."""
    with pytest.raises(error, match=message):
        plots.plot_histograms(**{"model": NET, **arguments})
    assert pyplot.get_fignums() == []


# -------------------------------------------------------------------------------------------------------------- functions


def test_a_function_and_its_slope():
    """Lines f and f′ with the numbers of autograd, from low to high, named and with axes named."""
    ax = plots.plot_function(lambda x: x**3, -1, 2)
    for label, right in (("f", lambda x: x**3), ("f′", lambda x: 3 * x**2)):
        xs, ys = named(ax, label).get_data()
        assert (xs[0], xs[-1]) == (-1, 2)
        assert ys == pytest.approx([right(x) for x in xs])
    assert set(texts(ax)) == {"f", "f′"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "f(x), f′(x)")


def test_orders_have_their_primes():
    """Derivatives of any order are drawn, each with dashes of its own, and the function named in the title."""

    def cube(x):
        return x**3

    ax = plots.plot_function(cube, -1, 1, orders=(0, 1, 2, 3, 4, 10))
    names = ["f", "f′", "f″", "f‴", "f⁽⁴⁾", "f⁽¹⁰⁾"]
    assert all(named(ax, name) for name in names)
    assert len({(named(ax, name).get_color(), str(named(ax, name)._dash_pattern)) for name in names}) == 6
    assert ax.get_title(loc="left") == "f = cube"


def breaks(line):
    xs, ys = line.get_data()
    return [xs[i] for i in range(1, len(ys) - 1) if not math.isfinite(ys[i])]


@pytest.mark.parametrize("low", [-2.0, -1.7])
def test_a_jump_is_not_joined(low):
    """The slope of relu is two lines with a gap at 0 that is no wider than a rounding error; relu itself is one line."""
    ax = plots.plot_function(relu, low, 2)
    (jump,) = breaks(named(ax, "f′"))
    assert jump == pytest.approx(0.0, abs=1e-12)
    assert breaks(named(ax, "f")) == []


def test_the_value_at_a_kink_is_a_dot():
    """The slope of |x| at 0 is 0 by convention, a dot between the two lines."""
    line = named(plots.plot_function(abs, -2, 2, orders=(1,)), "f′")
    (k,) = line.get_markevery()
    assert line.get_xydata()[k].tolist() == [0.0, 0.0]


def test_poles_are_not_joined_and_cut_off():
    """tan has a gap at each of its poles, and the picture shows what lies between them."""
    ax = plots.plot_function(tan, -2, 5, orders=(0,))
    assert breaks(named(ax, "f")) == pytest.approx([-math.pi / 2, math.pi / 2, 3 * math.pi / 2])
    assert max(map(abs, ax.get_ylim())) < 50
    ax.figure.draw_without_rendering()


def test_steep_is_not_broken():
    """A continuous function, however steep, is one line, and is not cut off."""
    ax = plots.plot_function(lambda x: (1e5 * (x - 0.3)).sigmoid(), -1, 1, orders=(0,))
    assert breaks(named(ax, "f")) == []
    assert ax.get_ylim()[0] < 0.0
    assert ax.get_ylim()[1] > 1.0


def test_a_narrow_peak_is_not_cut_off():
    """Only poles are cut off: a peak that takes a hundredth of the range is seen whole."""
    ax = plots.plot_function(lambda x: (-1e4 * x * x).exp(), -1, 1, orders=(0,))
    assert ax.get_ylim()[1] > 1.0


def test_nothing_is_drawn_where_there_is_no_function():
    """log has no values below 0, and so no slope there either."""
    ax = plots.plot_function(lambda x: x.log(), -1, 3)
    for label in ("f", "f′"):
        xs, ys = named(ax, label).get_data()
        assert all(math.isnan(y) for x, y in zip(xs, ys) if x < 0)
        assert any(math.isfinite(y) for y in ys)


@pytest.mark.parametrize(
    ("f", "low", "high", "orders", "error"),
    [
        (tanh, 1, 1, (0,), ValueError),
        (tanh, 0, math.inf, (0,), ValueError),
        (tanh, 0, 1, (), ValueError),
        (tanh, 0, 1, (-1,), ValueError),
        (lambda x: [x, x], 0, 1, (0,), TypeError),
    ],
)
def test_functions_need_a_range_orders_and_one_output(f, low, high, orders, error):
    """What cannot be drawn is an error, and leaves no figure behind."""
    with pytest.raises(error):
        plots.plot_function(f, low, high, orders=orders)
    assert pyplot.get_fignums() == []


# --------------------------------------------------------------------------------------------------------------- surfaces


def test_a_surface_and_the_way_down():
    """Filled contours of f, a scale named after it, and the path with its start and its end."""
    path = [(-1.0, 1.0), (Value(0.0), 0.5), (1.0, 0.0)]
    ax = plots.plot_surface(bowl, (-2, 2), (-1, 2), path=path, resolution=9)
    filled = [c for c in contours(ax) if c.filled]
    assert len(filled) == 1
    assert filled[0].levels[0] <= 0.0 <= bowl(-2, 2) <= filled[0].levels[-1]
    assert named(ax, "path").get_xydata().tolist() == [[-1.0, 1.0], [0.0, 0.5], [1.0, 0.0]]
    assert named(ax, "_start").get_xydata().tolist() == [[-1.0, 1.0]]
    assert named(ax, "_end").get_xydata().tolist() == [[1.0, 0.0]]
    assert texts(ax) == ["start", "end"]
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2, 2), (-1, 2))
    assert filled[0].colorbar.ax.get_ylabel() == "bowl(x, y)"


def test_both_signs_meet_at_the_background():
    """A function of both signs has a scale that is the background at 0, and dashes below; one without begins with it."""
    for f, zero in ((lambda x, y: x - 2 * y, 0.5), (lambda x, y: x * x + y * y, 0.0)):
        shades, lines = contours(plots.plot_surface(f, (-1, 1), (-1, 1), resolution=5))
        dashed = [pattern is not None for _, pattern in lines.get_linestyle()]
        assert dashed == [level < 0.0 for level in lines.levels]
        assert shades.norm(0.0) == pytest.approx(zero)
        assert np.allclose(shades.cmap(shades.norm(0.0)), 1.0, atol=0.01)


def test_log_contours_are_1_2_5():
    """log puts levels at 1, 2, 5, 10, ...; places that are not above 0 are left out."""
    shades = contours(plots.plot_surface(lambda x, y: 10**x - 1, (-1, 3), (0, 1), log=True, resolution=9))[0]
    assert {1.0, 2.0, 5.0, 10.0, 100.0} <= {round(level, 6) for level in shades.levels}


def test_a_path_ends_where_it_diverges():
    """Points from the first that is not finite on are not drawn; a path of one point is its start."""
    ax = plots.plot_surface(bowl, (-1, 1), (-1, 1), path=[(0, 0), (math.nan, 1), (1, 1)], resolution=5)
    assert texts(ax) == ["start"]
    assert named(ax, "path").get_xydata().tolist() == [[0, 0]]


@pytest.mark.parametrize("f", [lambda x, y: 3.0, lambda x, y: 0.0, lambda x, y: x.log() + y])
def test_odd_surfaces_are_drawn(f):
    """Constant functions and those that are nan in places are drawn as what they are."""
    plots.plot_surface(f, (-1, 1), (-1, 1), resolution=6).figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("f", "x_range", "log", "message"),
    [
        (bowl, (1, 1), False, "low below high"),
        (bowl, (0, math.nan), False, "low below high"),
        (lambda x, y: math.nan, (0, 1), False, "no finite value"),
        (lambda x, y: -x, (0, 1), True, "log=True"),
    ],
)
def test_surfaces_need_a_range_and_numbers(f, x_range, log, message):
    """What cannot be drawn is an error, and leaves no figure behind."""
    with pytest.raises(ValueError, match=message):
        plots.plot_surface(f, x_range, (0, 1), log=log, resolution=4)
    assert pyplot.get_fignums() == []


# -------------------------------------------------------------------------------------------------------------- attention


def squares(ax):
    """The numbers of each square that is drawn, hatched places as nan."""
    return [np.ma.filled(mesh.get_array(), np.nan) for mesh in ax.collections]


def test_a_square_for_each_head_of_each_block_holds_its_shares():
    """The numbers are those of attend, worked out block by block by hand, and rows of them add up to 1."""
    ax = plots.plot_attention(NAMES, "ann")
    tokens = NAMES._letters.encode("\nann")
    x = NAMES.norm([[a + b for a, b in zip(NAMES.tokens(token), NAMES.places(t))] for t, token in enumerate(tokens)])
    drawn = iter(squares(ax))
    for block in NAMES.blocks:
        for shares in block.attention.attend(block.norm_1(x)):
            square = next(drawn)
            for t, row in enumerate(shares):
                assert square[t, : t + 1] == pytest.approx([share.data for share in row])
                assert np.isnan(square[t, t + 1 :]).all()
        x = block(x)
    assert next(drawn, None) is None


def test_heads_and_blocks_are_named_and_letters_stand_on_both_axes():
    """Each square has its title; the letter that ends lines and blanks are signs that can be seen."""
    ax = plots.plot_attention(NAMES, "a b")
    titles = [text for text in texts(ax) if "head" in text]
    assert titles == [f"block {k}, head {h}" for k in (1, 2) for h in (1, 2)]
    letters = ["↵", "a", "␣", "b"]
    assert [label.get_text() for label in ax.get_xticklabels()] == letters * 2
    assert [label.get_text() for label in ax.get_yticklabels()] == letters * 2


def test_shares_are_written_where_they_can_be_read():
    """In hundredths in a short text, not at all in a long one."""
    short = [text for text in texts(plots.plot_attention(NAMES, "an")) if text.startswith((".", "1"))]
    assert len(short) == 4 * 6
    assert not [text for text in texts(plots.plot_attention(NAMES, "an" * 20)) if text.startswith((".", "1"))]


@pytest.mark.parametrize("causal", [True, False])
def test_attention_alone_and_in_ones_own_module_are_drawn(causal):
    """Whatever holds an nn.Attention: its places are numbered, or have the labels given."""

    class Mine(nn.Module):
        def __init__(self):
            self.look = nn.Attention(2, causal=causal, seed=0)

        def __call__(self, x):
            return self.look(x)

    for model in (Mine(), Mine().look):
        ax = plots.plot_attention(model, [[0.1, 0.2], [0.3, 0.4]])
        assert [label.get_text() for label in ax.get_yticklabels()] == ["1", "2"]
        assert np.isnan(squares(ax)[0][0, 1]) == causal
    ax = plots.plot_attention(Mine(), [[0.1, 0.2], [0.3, 0.4]], labels=["he", "it"])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["he", "it"]


@pytest.mark.parametrize(
    ("model", "x", "options", "error", "words"),
    [
        (nn.MLP(2, [1]), [1.0, 2.0], {}, ValueError, "has no nn.Attention in it"),
        (math.sin, "anna", {}, TypeError, "looks into a Module"),
        (nn.GPT(3, 2, 1, 1, 4, seed=0), "anna", {}, TypeError, "knows no letters"),
        (NAMES, "xyz", {}, ValueError, "is no letter here"),
        (NAMES, "a" * 65, {}, ValueError, "66 places, more than can be told apart"),
        (NAMES, "an", {"labels": ["a"]}, ValueError, "3 places and 1 labels"),
    ],
)
def test_what_has_no_attention_to_draw_is_refused(model, x, options, error, words):
    """With a sentence that says what is missing."""
    with pytest.raises(error, match=words):
        plots.plot_attention(model, x, **options)


def test_drawing_attention_leaves_the_model_alone():
    """No gradient is touched, no number is drawn at random, and nothing goes on being watched."""
    model = nn.GPT(nn.data.Letters("an"), 2, 1, 1, 4, dropout=0.5, seed=0)
    before = model.state_dict()
    first, second = (squares(plots.plot_attention(model, "an"))[0] for _ in range(2))
    assert np.array_equal(first, second, equal_nan=True)
    assert model.state_dict() == before
    assert model.training
