"""select: the item at an index, to any order, written and read back. Its programs: program/test_program_choices.py."""

import fractions
import math

import pytest

import autograd as ag
from autograd import PRIMITIVES, Value, gradient, label, parse, select
from autograd.graph import nodes


def test_the_item_at_an_index_and_its_slopes():
    """1 for the item, 0 for the others and for the index, by backward() and by gradient()."""
    index, xs = Value(1.0), [Value(5.0), Value(7.0), Value(9.0)]
    y = select(index, xs)
    y.backward()
    assert (y.data, [x.grad for x in xs], index.grad) == (7.0, [0.0, 1.0, 0.0], 0.0)
    assert [s.data for s in gradient(y, *xs, index)] == [0.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("index", [1, 1.0, True, fractions.Fraction(1)])
def test_a_plain_number_gives_the_item_itself(index):
    """No node stands between, so that a net of known tokens costs nothing more; a plain number stays one."""
    xs = [Value(5.0), Value(7.0)]
    assert select(index, xs) is xs[1]
    assert select(index, [2, 3]) == 3.0
    assert type(select(index, [2, 3])) is float
    assert select(ag.sum([1.0]), xs) is xs[1]


def test_derivatives_of_every_order():
    """Those of the function that stands at the index: select(k, [sin x, x³, eˣ]) three times, at each k."""
    for k, truths in enumerate([(math.sin, math.cos), (lambda x: x**3, lambda x: 3 * x * x), (math.exp, math.exp)]):
        x = Value(0.7)
        y = select(Value(float(k)), [x.sin(), x**3, x.exp()])
        (first,) = gradient(y, x)
        (second,) = gradient(first, x)
        assert y.data == pytest.approx(truths[0](0.7), rel=1e-15)
        assert first.data == pytest.approx(truths[1](0.7), rel=1e-15)
        assert second.data == pytest.approx([-math.sin(0.7), 4.2, math.exp(0.7)][k], rel=1e-14)
        third = [-math.cos(0.7), 6.0, math.exp(0.7)][k]
        assert gradient(second, x)[0].data == pytest.approx(third, rel=1e-14)


def test_another_index_chooses_anew():
    """forward() and a graph of slopes take the index that is there now; one without an item gives nan."""
    index, xs = Value(0.0), [Value(5.0), Value(7.0)]
    y = select(index, xs) ** 2
    slope = gradient(y, xs[1])[0]
    assert (slope.data, y.data) == (0.0, 25.0)
    index.data = 1.0
    assert (y.forward(), slope.forward()) == (49.0, 14.0)
    index.data = 2.0
    assert math.isnan(y.forward())


@pytest.mark.parametrize(("index", "said"), [(2, "no item 2: the items are 2, counted from 0 to 1"), (-1, "no item -1")])
def test_an_index_without_an_item(index, said):
    """It says how many there are; from the end nobody counts, since a token of -1 is a mistake."""
    for each in (index, Value(index), fractions.Fraction(index)):
        with pytest.raises(IndexError, match=said):
            select(each, [Value(1.0), 2.0])
    with pytest.raises(IndexError, match="there are no items"):
        select(0, [])


@pytest.mark.parametrize("index", [0.5, math.nan, math.inf, -math.inf])
def test_an_index_that_is_no_whole_number(index):
    """A fraction between two items is neither of them."""
    for each in (index, Value(index)):
        with pytest.raises(ValueError, match="takes a whole number for its index, not"):
            select(each, [1.0, Value(2.0)])


def test_what_is_no_list_of_numbers():
    """The error names the function."""
    with pytest.raises(TypeError, match=r"select takes a list of numbers, as in select"):
        select(0, Value(1.0))
    with pytest.raises(TypeError, match="computes with real numbers"):
        select("0", [1.0])


def test_it_is_written_and_read_back():
    """As a call of its name, with slopes that say [t = 1]; what is written is read again."""
    t, a, b = Value(1.0, "t"), Value(2.0, "a"), Value(3.0, "b")
    y = select(t, [a, b]) ** 2
    label(y=y)
    assert "2·select(t, a, b)·[t = 1]" in str(ag.derivation(y, b))
    assert ag.latex(y) == r"(\operatorname{select}(t, a, b))^{2}"
    names = {"t": t, "a": a, "b": b}
    for text in ("select(t, a, b)^2", ag.latex(y)):
        again = parse(text, names)
        assert {node.op.name for node in nodes(again) if node.inputs} == {"select", "pow"}
        assert again.data == 9.0
    assert parse("[t = 1]", names).op is PRIMITIVES["equal"]
    assert "∂v1/∂b = [t = 1]" in str(ag.trace(select(t, [a, b]) * 2))
