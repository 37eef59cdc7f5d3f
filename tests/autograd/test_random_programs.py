"""Programs of losses that nobody would think of give the numbers of the graph, whichever way they are asked.

EXAMPLES=100000 python -m pytest tests/autograd/test_random_programs.py     a long run, other losses each time
"""

import random
import sys

import pytest
from compiled_graphs import ENGINES, agree, bend, by_rows, engine, np
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import RandomLoss

import autograd as ag

seeds = st.integers(0, 2**40)


def drawn(seed):
    """A loss, its program, a batch, and what the graph gives for each row of that; repeated rows, too."""
    case = RandomLoss(random.Random(seed))
    chance = np.random.default_rng(seed)
    X = chance.uniform(-1.2, 1.2, (int(chance.integers(1, 5)), len(case.inputs)))
    X[-1] = X[0]
    values, slopes = by_rows(case.loss, case.inputs, X, case.parameters)
    reduction = "mean" if seed % 2 else "sum"
    program = ag.compile(case.loss, case.inputs, case.parameters, reduction=reduction)
    return case, program, X, values, slopes, getattr(np, reduction)


def again(program, rows, **options):
    """The second answer to the same question, so that what the first one left behind shows."""
    program.value_and_grad(rows, **options)
    return program.value_and_grad(rows, **options)


def into_one_array(program, rows):
    """With an array for the gradient that somebody has changed in between."""
    out = np.full(len(program.parameters), 7.0)
    program.value_and_grad(rows, out=out)
    out += 1.0
    return program.value_and_grad(rows, out=out, theta=program.theta)


WAYS = {
    "an array": again,
    "a batch made ready": lambda p, X: again(p, p.batch(X)),
    "other numbers first": lambda p, X: (p.value_and_grad(X, theta=p.theta + 0.1), again(p, X))[1],
    "theta": lambda p, X: again(p, p.batch(X), theta=p.theta),
    "out": into_one_array,
    "out, of a batch made ready": lambda p, X: into_one_array(p, p.batch(X)),
    "row by row": lambda p, X: (p.value(X), getattr(np, p.reduction)(p.per_sample_gradients(X), axis=0)),
    "as a function": lambda p, X: p.function("numpy")(p.theta, X),
}


@examples(200)
@given(seeds)
def test_every_way_in_gives_the_numbers_of_the_graph(seed):
    """Value and gradient of a batch."""
    _, program, X, values, slopes, reduce = drawn(seed)
    expected = reduce(values), reduce(slopes, axis=0)
    largest = max(np.abs(values).max(), np.abs(slopes).max(initial=0.0))
    for way in WAYS.values():
        value, gradient = way(program, X)
        agree(value, expected[0], largest)
        agree(gradient, expected[1], largest)


@examples(20)
@given(seeds)
def test_slopes_by_inputs_are_those_of_the_graph(seed):
    """For each row."""
    case, program, X, *_ = drawn(seed)
    agree(program.jacobian(X)[:, 0], by_rows(case.loss, case.inputs, X, case.inputs)[1])


@examples(10)
@given(seeds)
def test_second_derivatives_are_those_of_the_graph(seed):
    """The Hessian times a vector."""
    case, program, X, _, _, reduce = drawn(seed)
    vector = np.random.default_rng(seed).normal(size=len(case.parameters))
    each = bend(case.loss, case.inputs, X, case.parameters, vector)
    agree(program.hvp(vector, X), reduce(each, axis=0), np.abs(each).max(initial=0.0))


@examples(10)
@given(seeds)
def test_the_script_gives_the_numbers_of_the_graph(seed):
    """It knows nothing of this package."""
    _, program, X, values, slopes, reduce = drawn(seed)
    space = {"__name__": "script"}
    exec(program.script, space)
    value, gradient = space["value_and_gradient"](program.theta, X)
    agree(value, reduce(values), np.abs(values).max())
    agree(gradient, reduce(slopes, axis=0), np.abs(slopes).max(initial=0.0))


@pytest.mark.parametrize("library", ENGINES[1:])
def test_other_engines_give_the_numbers_of_the_graph(library):
    """The same source in another library's namespace; JAX's under jit."""
    make = engine(library)
    ready = sys.modules["jax"].jit if library == "jax" else lambda function: function

    @examples(5)
    @given(seeds)
    def every(seed):
        _, program, X, values, slopes, reduce = drawn(seed)
        value, gradient = ready(program.function(library))(make(program.theta), make(X))
        agree(float(value), reduce(values), np.abs(values).max())
        agree(np.asarray(gradient), reduce(slopes, axis=0), np.abs(slopes).max(initial=0.0))

    every()
