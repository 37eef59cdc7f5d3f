"""Softmax and its kin in programs, at the ends of the floats: what the engine gives, in whatever library it is run.

The engine is asked anew for each row, since log_softmax takes the largest number of the row that it was recorded with.
"""

import itertools
import random

import pytest
from compiled_graphs import agree, by_script, engine, np, on_engines, ready
from long_runs import many

import autograd as ag
from autograd import Value, gradient

NUMBERS = [1e308, -1e308, 1000.0, -1000.0, 0.5, 0.0, -np.inf]


def expected_item(z):
    return ag.dot(ag.softmax(z), [1.0 + i for i in range(len(z))])


def attended(z):
    """Two readings of the numbers side by side, as by two positions of an attention, the second with a plain number."""
    first, second = ag.softmax(z), ag.softmax([0.0, *z])
    return ag.dot(first, second[1:]) + second[0] * first[-1]


def penalised(z):
    """On the slopes of a logsumexp: derivatives of the second order."""
    return ag.sum([p * p for p in gradient(ag.logsumexp(z), *[x for x in z if isinstance(x, Value)])])


LOSSES = {
    "softmax": expected_item,
    "log_softmax": lambda z: -ag.log_softmax(z)[0],
    "every log_softmax": lambda z: ag.sum([y * y.exp() for y in ag.log_softmax(z)]),
    "logsumexp": lambda z: ag.logsumexp(z) * 0.5,
    "cross-entropy": lambda z: ag.logsumexp(z) - z[-1],
    "a plain number": lambda z: -ag.log_softmax([0.0, *z])[0] - ag.log_softmax([*z, 1.0])[0],
    "one number twice": lambda z: ag.logsumexp([z[0], z[0]]) + ag.softmax([z[0], z[-1], z[0]])[1],
    "attention": attended,
    "a penalty": penalised,
    "log of softmax": lambda z: ag.dot(ag.softmax([y * 0.5 for y in z]), [y.tanh() for y in z]),
}


def rows(n):
    """All rows of equal numbers, of one that stands out, and some more."""
    equal = [[x] * n for x in NUMBERS]
    others = [[x, *[y] * (n - 1)] for x, y in itertools.permutations(NUMBERS, 2)] if n > 1 else []
    return [*equal, *others, *(random.Random(i).choices(NUMBERS, k=n) for i in range(10))]


def made(loss, n, at):
    """The loss of n numbers with a parameter, 0, added to each."""
    x, w = [Value(each) for each in at], [Value(0.0) for _ in range(n)]
    return LOSSES[loss]([a + b for a, b in zip(x, w)]), x, w


def by_engine(loss, n, row):
    y, _, w = made(loss, n, row)
    y.backward()
    return y.data, [each.grad for each in w]


def ways(program, library):
    """Value and gradient of one row, by each way in that a library has."""
    if library != "numpy":
        array, f = engine(library), ready(library)(program.function(library))
        return [lambda row: f(array(program.theta), array(np.array([row])))]
    return [
        lambda row: program.value_and_grad([row]),
        lambda row: program.value_and_grad(program.batch([row])),
        lambda row: (program([row])[0], program.per_sample_gradients([row])[0]),
        lambda row: program.function("numpy")(program.theta, np.array([row])),
        lambda row: by_script(program, np.array([row])),
    ]


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
@pytest.mark.parametrize(("library", "loss"), on_engines(LOSSES, 3))
def test_softmax_at_the_ends_of_the_floats_is_what_the_engine_gives(library, loss):
    """Values and slopes, for equal numbers and for one alone, too; wherever the graph was recorded."""
    chance = random.Random(loss)
    sizes = (1, 2, 3, 6)  # each is a program for JAX to compile, so that a loss there has some of them
    for n in sizes if library != "jax" else chance.sample(sizes, min(many(2), 4)):
        recorded = chance.choice([[0.0] * n, [0.3 * i - 0.5 for i in range(n)], [1000.0] * n, [-1e308] * n])
        program = ag.compile(*made(loss, n, recorded))
        some = rows(n) if library == "numpy" else chance.sample(rows(n), min(12, len(rows(n))))
        expected = [(row, *by_engine(loss, n, row)) for row in some]
        for way, (row, value, slopes) in itertools.product(ways(program, library), expected):
            found, gradient = way(row)
            alike(float(found), value, row)
            for here, there in zip(np.asarray(gradient).tolist(), slopes):
                alike(here, there, row)


def alike(found, expected, row):
    """To 1e-12; an infinity is one, and nan nan."""
    if np.isfinite(expected):
        agree(found, expected, abs(expected))
    else:
        assert str(found) == str(float(expected)), row
