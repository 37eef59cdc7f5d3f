"""Programs of losses that nobody would think of give the numbers of the graph, whichever way they are asked.

LONG=500 python -m pytest tests/autograd/program/test_random_programs.py     a hundred thousand other losses; also with -n 4
"""

import random

import pytest
from compiled_graphs import agree, bend, by_rows, by_script, engine, np, ready
from hypothesis import given
from hypothesis import strategies as st
from long_runs import examples
from random_graphs import RandomLoss

import autograd as ag

seeds = st.integers(0, 2**40)


def apart(x):
    """The same numbers at places that do not follow each other."""
    return np.repeat(x[::-1], 2, axis=0)[::-2]


DRESSES = [
    lambda X: X, lambda X: X.astype(np.float32), np.asfortranarray, apart, lambda X: apart(X.T).T, np.ndarray.tolist,
    lambda X: np.broadcast_to(X, (1, *X.shape))[0],
]  # fmt: skip


def drawn(seed):
    """A loss, its program, a batch, and what the graph gives for each row of that; repeated rows, too."""
    case = RandomLoss(random.Random(seed))
    chance = np.random.default_rng(seed)
    X = chance.uniform(-1.2, 1.2, (int(chance.integers(1, 5)), len(case.inputs)))
    X[-1] = X[0]
    X = DRESSES[seed % len(DRESSES)](X)
    values, slopes = by_rows(case.loss, case.inputs, X, case.parameters)
    reduction = "mean" if seed % 2 else "sum"
    program = ag.compile(case.loss, case.inputs, case.parameters, reduction=reduction)
    return case, program, X, values, slopes, getattr(np, reduction)


def again(program, rows, **options):
    """The second answer to the same question, so that what the first one left behind shows."""
    program.value_and_grad(rows, **options)
    return program.value_and_grad(rows, **options)


def into_one_array(program, rows):
    """With an array for the gradient that somebody has changed in between, and numbers of parameters, that are views."""
    out = apart(np.full(len(program.parameters), 7.0))
    program.value_and_grad(rows, out=out)
    out += 1.0
    return program.value_and_grad(rows, out=out, theta=apart(program.theta))


def row_by_row(program, X):
    return program.value(X), getattr(np, program.reduction)(program.per_sample_gradients(X), axis=0)


WAYS = {
    "an array": again,
    "a batch made ready": lambda p, X: again(p, p.batch(X)),
    "other numbers first": lambda p, X: (p.value_and_grad(X, theta=p.theta + 0.1), again(p, X))[1],
    "theta": lambda p, X: again(p, p.batch(X), theta=apart(p.theta)),
    "out": into_one_array,
    "out, of a batch made ready": lambda p, X: into_one_array(p, p.batch(X)),
    "as a function": lambda p, X: p.function("numpy")(p.theta, np.asarray(X)),
}
SHARDS = 4  # of the long tests, for those who run several at a time


def asked(seed, ways):
    """What the ways give for a loss are the numbers of its graph."""
    _, program, X, values, slopes, reduce = drawn(seed)
    expected = reduce(values), reduce(slopes, axis=0)
    largest = max(np.abs(values).max(), np.abs(slopes).max(initial=0.0))
    for way in ways:
        value, gradient = way(program, X)
        agree(value, expected[0], largest)
        agree(gradient, expected[1], largest)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_way_in_gives_the_numbers_of_the_graph(shard):
    """Value and gradient of a batch."""

    @examples(200 // SHARDS)
    @given(seeds)
    def every(seed):
        asked(seed * SHARDS + shard, WAYS.values())

    every()


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_way_row_by_row_gives_the_numbers_of_the_graph(shard):
    """Values, and gradients, of the rows: these are programs of their own."""

    @examples(48 // SHARDS)
    @given(seeds)
    def every(seed):
        asked(seed * SHARDS + shard, [row_by_row])

    every()


@examples(20)
@given(seeds)
def test_slopes_by_inputs_are_those_of_the_graph(seed):
    """For each row."""
    case, program, X, *_ = drawn(seed)
    agree(program.jacobian(X)[:, 0], by_rows(case.loss, case.inputs, X, case.inputs)[1])


@examples(20)
@given(seeds)
def test_second_derivatives_are_those_of_the_graph(seed):
    """The Hessian times a vector."""
    case, program, X, _, _, reduce = drawn(seed)
    vector = np.random.default_rng(seed).normal(size=len(case.parameters))
    each = bend(case.loss, case.inputs, X, case.parameters, vector)
    agree(program.hvp(vector, X), reduce(each, axis=0), np.abs(each).max(initial=0.0))


@examples(20)
@given(seeds)
def test_the_script_gives_the_numbers_of_the_graph(seed):
    """It knows nothing of this package."""
    _, program, X, values, slopes, reduce = drawn(seed)
    value, gradient = by_script(program, X)
    agree(value, reduce(values), np.abs(values).max())
    agree(gradient, reduce(slopes, axis=0), np.abs(slopes).max(initial=0.0))


@pytest.mark.parametrize("library", ["jax", "torch"])
def test_other_engines_give_the_numbers_of_the_graph(library):
    """The same source in another library's namespace; JAX's under jit."""
    make = engine(library)

    @examples(5)
    @given(seeds)
    def every(seed):
        _, program, X, values, slopes, reduce = drawn(seed)
        value, gradient = ready(library)(program.function(library))(make(program.theta), make(np.array(X)))
        agree(float(value), reduce(values), np.abs(values).max())
        agree(np.asarray(gradient), reduce(slopes, axis=0), np.abs(slopes).max(initial=0.0))

    every()
