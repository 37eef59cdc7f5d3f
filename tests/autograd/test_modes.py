"""no_grad and detect_anomaly."""

import asyncio
import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import autograd as ag
from autograd import AnomalyError, Value, detect_anomaly, modes, no_grad
from autograd import value as engine
from autograd.formula.parser import parse

# -------------------------------------------------------------------------------------------------------------- no_grad


def remembers():
    """Whether a new Value remembers how it was computed."""
    return bool((Value(1.0) + 1).inputs)


@pytest.fixture(autouse=True)
def _blocks_are_closed_again():
    yield
    assert remembers()
    assert engine.supervisor is None


MAKERS = [
    lambda x: x * 3,
    lambda x: -x,
    lambda x: x.exp(),
    lambda x: x.clip(0, 1),
    lambda x: ag.dot([x], [x], x),
    lambda x: ag.sum([x]),
]


@pytest.mark.parametrize("make", MAKERS)
def test_values_made_under_no_grad_are_leaves(make):
    """They have the number and no history, whatever made them."""
    x = Value(2.0)
    with no_grad():
        y = make(x)
    assert (y.data, y.inputs, y.op) == (make(x).data, (), None)
    (y * x).backward()
    assert x.grad == y.data


def test_no_grad_nests():
    """The inner block ends, and the outer one still holds."""
    with no_grad():
        with no_grad():
            assert not remembers()
        assert not remembers()
    assert remembers()


def test_one_block_may_be_entered_twice():
    """The same object can be used again, and inside itself."""
    block = no_grad()
    with block:
        with block:
            assert not remembers()
        assert not remembers()
    with block:
        assert not remembers()


def test_no_grad_as_a_decorator():
    """A decorated function computes without history, each time it is called, recursively too."""

    @no_grad()
    def countdown(n):
        return remembers() or (n > 0 and countdown(n - 1))

    assert countdown(3) is countdown(0) is False
    assert remembers()


def test_no_grad_ends_with_an_exception():
    """An exception leaves the block, and the block is over."""
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert remembers()


def test_no_grad_holds_in_its_own_thread_alone():
    """Another thread goes on remembering."""
    seen = []
    with no_grad():
        thread = threading.Thread(target=lambda: seen.append(remembers()))
        thread.start()
        thread.join()
        assert not remembers()
    assert seen == [True]


def in_a_loop_of_its_own(main):
    """What a coroutine function gives; in another thread, since a browser may have a loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(main())).result()


def test_no_grad_holds_in_its_own_task_alone():
    """Of two tasks that take turns only the one in the block forgets."""

    async def inside(ready):
        with no_grad():
            ready.set()
            await asyncio.sleep(0)
            return remembers()

    async def outside(ready):
        await ready.wait()
        return remembers()

    async def both():
        ready = asyncio.Event()
        return await asyncio.gather(inside(ready), outside(ready))

    assert in_a_loop_of_its_own(both) == [False, True]


def test_a_training_step_under_no_grad():
    """Parameters may be changed in the block without becoming part of a graph."""
    w = Value(2.0)
    (w * 3).backward()
    with no_grad():
        w.data -= 0.1 * w.grad
        rest = w - 1.7
    assert (w.data, rest.inputs) == (pytest.approx(1.7), ())


# ------------------------------------------------------------------------------------------------------- detect_anomaly


OUTSIDE = "it was made outside detect_anomaly, so its line is not known"


def anomaly_of(compute):
    with pytest.raises(AnomalyError) as caught, detect_anomaly():
        compute()
    return caught.value, str(caught.value).splitlines()


def test_the_first_bad_node_is_named_with_label_operation_and_line():
    """The formula, what it is, the numbers that have names, the operation, the line of the program and its source."""
    p, made = Value(0.0, label="p"), []

    def compute():
        made.append(p.log())
        made[0].label = "q"
        (-made[0] * 2).backward()

    error, (says, place, source) = anomaly_of(compute)
    assert error.node is made[0]
    assert isinstance(error, FloatingPointError)
    assert says == "q = log(p) is -inf where p = 0.0 (operation log)"
    assert place == f"  {__file__}, line {compute.__code__.co_firstlineno + 1}"
    assert source == "    made.append(p.log())"


def test_it_is_found_at_the_end_of_the_block_without_backward():
    """The block's end is enough; a name that is given before it is told, numbers without one stand in their place."""

    def compute():
        y = Value(2.0, "a") / Value(0.0, "c")
        y.label = "ratio"

    error, (says, *_) = anomaly_of(compute)
    assert says == "ratio = a/c is inf where a = 2.0, c = 0.0 (operation div)"
    assert error.node.label == "ratio"
    for x, y, formula in ((0.0, 0.0, "0.0/0.0 is nan"), (-1.0, 0.0, "-1.0/0.0 is -inf"), (1.0, -0.0, "1.0/0.0 is -inf")):
        _, (says, *_) = anomaly_of(lambda x=x, y=y: Value(x) / Value(y))
        assert says == f"{formula} (operation div)"


@pytest.mark.parametrize(
    ("compute", "line"),
    [
        (lambda: ag.prod([Value(1e200), Value(1e200)]), "prod("),
        (lambda: parse("log(x)", {"x": Value(0.0, "x")}), 'parse("log(x)"'),
    ],
)
def test_a_node_inside_a_function_of_the_package_is_given_the_users_line(compute, line):
    """However deep in the package a node is made, the line is that of who asked for it."""
    _, (_, place, source) = anomaly_of(compute)
    assert place == f"  {__file__}, line {compute.__code__.co_firstlineno}"
    assert line in source


def test_a_bad_derivative_of_a_good_value():
    """sqrt(0) is fine, its slope is not: which one, its number, the gradient that comes to it, and their product."""

    def compute():
        root = Value(0.0, label="p").sqrt()
        root.label = "root"
        (root * 3.0).backward()

    _, (says, _, source) = anomaly_of(compute)
    derivative = "the derivative of sqrt(p) in p is inf where p = 0.0"
    assert says == f"{derivative}, and the gradient 3.0 that comes to root times it is inf"
    assert source == '    root = Value(0.0, label="p").sqrt()'


def test_a_node_that_was_made_before_the_block():
    """backward() in the block finds it, and says that its line is not known; or the same of a bad derivative."""
    q = Value(0.0, label="p").log()
    error, (says,) = anomaly_of((q * 2).backward)
    assert error.node is q
    assert says == f"log(p) is -inf where p = 0.0 (operation log); {OUTSIDE}"
    root = Value(0.0) ** 0.5
    error, (says,) = anomaly_of(root.backward)
    assert error.node is root
    product = "and the gradient 1.0 that comes to the pow node times it is inf"
    assert says == f"the derivative of 0.0^0.5 in 0.0 is inf, {product}; {OUTSIDE}"


def test_nested_blocks():
    """The inner block reports what was made in it; the outer one goes on watching."""

    def program():
        with pytest.raises(AnomalyError, match=r"log\(-1\.0\)"), detect_anomaly():
            Value(-1.0).log()
        Value(-2.0).sqrt()

    with pytest.raises(AnomalyError, match=r"sqrt\(-2\.0\)"), detect_anomaly():
        program()


def test_detect_anomaly_as_a_decorator():
    """A decorated function is watched."""

    @detect_anomaly()
    def f(x):
        return Value(x).log()

    assert f(1.0).data == 0.0
    with pytest.raises(AnomalyError):
        f(-1.0)


def test_a_healthy_computation_goes_through():
    """Nothing is raised and nothing is changed where all is finite."""
    x = Value(0.5)
    with detect_anomaly():
        y = (x * 2).tanh() + x.exp()
        y.backward()
    watched = x.grad
    x.grad = 0.0
    y.backward()
    assert watched == x.grad


def test_another_exception_is_not_hidden():
    """An exception from the block comes out as itself."""
    with pytest.raises(KeyError), detect_anomaly():
        {}[Value(-1.0).log()]


def test_no_grad_inside_detect_anomaly():
    """The two kinds of block go together: what is made under no_grad is forgotten, not watched."""
    with detect_anomaly():
        with no_grad():
            assert math.isnan(Value(-1.0).log().data)
            assert not remembers()
        assert remembers()


def test_outside_a_block_nothing_is_raised():
    """Without detect_anomaly nan and infinity pass, as IEEE 754 says."""
    x = Value(0.0)
    y = x.log()
    y.backward()
    assert (y.data, x.grad) == (-math.inf, math.inf)


def test_a_block_that_was_never_ended_is_noticed():
    """As after Ctrl-C at its end: the next Value finds no block open, and Values are no longer shown to anybody."""
    engine.supervisor = modes._supervisor
    assert (Value(2.0) * 3.0).data == 6.0
    assert engine.supervisor is None


def test_what_is_handed_to_a_computation_without_a_graph_arrives():
    """The arguments, in order, and what comes out of it."""
    x = Value(2.0)
    result = modes.without_graph(lambda a, b: a * b + 1.0, x, 3.0)
    assert (result.data, result.inputs) == (7.0, ())
    assert remembers()


@pytest.mark.parametrize("kind", [no_grad, detect_anomaly])
def test_a_block_that_ends_where_it_was_not_begun_is_named(kind):
    """By its name, which is that of the with-statement."""
    with pytest.raises(RuntimeError, match=f"^{kind.__name__} ends where it was not begun: in another thread"):
        kind().leave()
