"""benchmarks/gpt.py: all that are timed there compute the same, at a size that takes no time."""

import functools
import sys

import pytest
from benchmark_programs import program
from long_runs import thorough

np = pytest.importorskip("numpy", reason="the benchmark is about arrays: pip install numpy")

gpt = program("gpt")
SHAPE = gpt.Shape(width=4, heads=2, layers=2, positions=5)


@pytest.fixture(autouse=True)
def _recursion():
    """The program in plain lists raises the limit for all of a process: not for the tests that come later."""
    before = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(before)


@functools.cache
def numbers(name):
    """Value, gradient and the parameters after some steps, of two rows."""
    return gpt.numbers_of(gpt.LIBRARIES[name](gpt.Work(SHAPE, 2)))


@pytest.mark.parametrize("name", [pytest.param(name, marks=[thorough] * (name == "jax.jit")) for name in gpt.LIBRARIES])
def test_all_compute_the_same(name):
    """As numbers, as Values, as layers, compiled, by hand, on torch and on JAX."""
    if name in ("torch", "jax.jit"):
        library = name.partition(".")[0]
        pytest.importorskip(library, reason=f"{library} is timed there, too: pip install {library}")
    gpt.check(name, numbers(name), numbers(gpt.HAND))


def test_the_hand_is_right():
    """A gradient by hand, against differences of its own values."""
    work = gpt.Work(SHAPE, 2)
    by_hand = gpt.ByHand(work, theta := work.theta.copy())
    gradient = by_hand()[1].copy()
    for i in range(0, len(theta), 7):
        around = []
        for step in (1e-6, -1e-6):
            theta[i] = work.theta[i] + step
            around.append(by_hand()[0])
        theta[i] = work.theta[i]
        assert (around[0] - around[1]) / 2e-6 == pytest.approx(gradient[i], rel=1e-5, abs=1e-8)


def test_what_computes_something_else_is_not_timed():
    """The benchmark ends, and says by how much a gradient is off."""
    value, gradient, after = numbers(gpt.HAND)
    with pytest.raises(SystemExit, match=r"its gradient is off by 0\.01"):
        gpt.check("another", (value, gradient * 1.01, after), numbers(gpt.HAND))


def test_it_has_microgpts_size():
    """4,192 parameters, and a name that is 16 letters long."""
    work = gpt.Work(gpt.Shape(), 1)
    assert len(work.theta) == len(work.model().parameters()) == 4192
    assert len(work.X[0]) == len(work.T[0]) == 16
