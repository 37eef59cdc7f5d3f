"""Values of which others say what they came from and how they vary: microgpt's constructor, and micrograd's."""

import copy
import gc
import math
import pickle
import random
import re
import weakref

import gpt_in_lists
import plain_programs
import pytest
from long_runs import part, seeds

import autograd as ag
import nn
from autograd import Value, gradient, no_grad, trace

NAMES = part(["emma", "olivia", "noa", "li", "maximilian", "zoe"], 1)


def test_a_program_with_only_its_class_removed_runs():
    """A GPT in plain Python trains to the same losses and the same parameters, and writes the same names."""
    theirs, ours = plain_programs.load("gpt_in_lists"), plain_programs.load("gpt_in_lists", own_class=False)
    assert ours.Value is Value
    weights = {program: program.make_weights(seed=3) for program in (theirs, ours)}
    losses = {program: program.train(weights[program], NAMES) for program in weights}
    assert losses[ours] == pytest.approx(losses[theirs], rel=1e-12)
    numbers = {program: [p.data for p in program.flat(weights[program])] for program in weights}
    assert numbers[ours] == pytest.approx(numbers[theirs], rel=1e-9, abs=1e-12)
    written = {program: [program.sample(weights[program], seed) for seed in part(range(5), 2)] for program in weights}
    assert written[ours] == written[theirs]
    assert len(set(written[ours])) > 1


# ------------------------------------------------------------------------------------------------- microgpt's constructor


def square(x):
    return Value(x.data**2, (x,), (2 * x.data,))


def times(x, y):
    return Value(x.data * y.data, children=(x, y), local_grads=(y.data, x.data))


def test_a_node_of_which_somebody_says_inputs_and_local_gradients():
    """backward() passes on what was said, and gradient() gives it; the names in which it is read are theirs and ours."""
    x, w = Value(3.0), Value(2.0)
    y = times(square(x), w) + x
    y.backward()
    assert (y.data, x.grad, w.grad) == (21.0, 13.0, 9.0)
    assert [slope.data for slope in gradient(y, x, w)] == [13.0, 9.0]
    product = y.inputs[0]
    assert product._children == product._prev == product.inputs == (product.inputs[0], w)
    assert (product._local_grads, y._local_grads, x._local_grads, x._children) == ((2.0, 9.0), (1.0, 1.0), (), ())


def test_one_input_given_twice_counts_twice():
    """As x·x does."""
    x = Value(5.0)
    y = times(x, x)
    y.backward()
    assert (y.inputs, x.grad) == ((x, x), 10.0)


def test_many_inputs_and_plain_numbers_among_them():
    """A plain number is a constant, which gets no gradient."""
    xs = [Value(float(i)) for i in range(5)]
    y = Value(7.0, [*xs, 3], [1, 2, 3, 4, 5, 6])
    (y * 2).backward()
    assert [x.grad for x in xs] == [2.0, 4.0, 6.0, 8.0, 10.0]
    assert y.inputs[-1].op is ag.CONSTANT
    assert y.inputs[-1].grad == 0.0


OPERATIONS = {  # a value and its slopes, by arithmetic alone
    "+": lambda x, y: (x + y, (1.0, 1.0)),
    "*": lambda x, y: (x * y, (y, x)),
    "exp": lambda x: (math.exp(x), (math.exp(x),)),
    "relu": lambda x: (max(0.0, x), (float(x > 0),)),
    "**": lambda x: (x**3, (3 * x**2,)),
}
BY_OPERATION = {
    "+": lambda x, y: x + y,
    "*": lambda x, y: x * y,
    "exp": lambda x: x.exp(),
    "relu": lambda x: x.relu(),
    "**": lambda x: x**3,
}


def given(name, xs):
    value, slopes = OPERATIONS[name](*(x.data for x in xs))
    return Value(value, tuple(xs), slopes)


def by_closure(name, xs):
    """As people write an operation for micrograd."""
    value, slopes = OPERATIONS[name](*(x.data for x in xs))
    out = Value(value, tuple(xs), name)

    def _backward():
        for x, slope in zip(xs, slopes, strict=True):
            x.grad += slope * out.grad

    out._backward = _backward
    return out


@pytest.mark.parametrize("seed", seeds(40))
def test_graphs_in_part_given_have_the_gradients_of_the_program_of_others(seed):
    """Random graphs: operations, given nodes and closures mixed at random, against a class that shares no code with ours."""
    theirs = gpt_in_lists.Value
    rng = random.Random(seed)
    numbers = [rng.uniform(-1.0, 1.0) for _ in range(3)]
    ours, others = [Value(x) for x in numbers], [theirs(x) for x in numbers]
    leaves, of_others = list(ours), list(others)
    for _ in range(12):
        name = rng.choice(list(OPERATIONS))
        places = [rng.randrange(len(ours)) for _ in range(2 if name in "+*" else 1)]
        if abs(ours[places[0]].data) > 3.0:
            name, places = "*", [places[0], rng.randrange(3)]
        way = rng.choice([given, by_closure, lambda name, xs: BY_OPERATION[name](*xs)])
        ours.append(way(name, [ours[i] for i in places]))
        others.append(BY_OPERATION[name](*(others[i] for i in places)))
    total, of_theirs = sum(ours), sum(others)
    total.backward()
    of_theirs.backward()
    assert total.data == pytest.approx(of_theirs.data, rel=1e-12)
    assert [x.grad for x in leaves] == pytest.approx([x.grad for x in of_others], rel=1e-11)
    assert [s.data for s in gradient(total, *leaves)] == pytest.approx([x.grad for x in leaves], rel=1e-12)


def test_what_trace_and_formulas_say_of_it():
    """That its number and its slopes were given: no rule is made up for it."""
    x, w = Value(3.0, label="x"), Value(2.0, label="w")
    y = times(x, w) + 1
    text = str(trace(y))
    assert "given(x, w)" in text
    assert "∂₁given(x, w)" in text
    assert ag.latex(y) == r"\operatorname{given}(x, w) + 1"
    assert (
        str(ag.derivation(square(x), x)).split() == "∂y/∂x = given′(x) local derivatives = given′(3) = 6 in numbers".split()
    )
    assert "given(x, w): 6" in str(nn.draw(y))
    named = Value(9.0, (x,), "sq")
    named._backward = lambda: setattr(x, "grad", x.grad + 6.0 * named.grad)
    assert (named._op, ag.latex(named)) == ("sq", r"\operatorname{sq}(x)")
    assert ag.latex(Value(math.sin(3.0), (x,), "sin")) == r"\operatorname{given}(x)"  # it may be another sine


def test_a_second_derivative_is_refused():
    """Numbers say nothing of how they vary; gradient of gradient says what to write instead."""
    x = Value(3.0)
    (slope,) = gradient(square(x) * x, x)
    assert slope.data == 27.0
    with pytest.raises(ValueError, match=r"given as numbers, and nobody said how they vary.*autograd\.Primitive"):
        gradient(slope, x)
    with pytest.raises(ValueError, match="nobody said how they vary"):
        ag.hessian(lambda x: square(x) + x)(2.0)


def test_another_point_is_refused():
    """forward() and backward() know it at the numbers that it was given for, and say so elsewhere."""
    x = Value(3.0)
    y = square(x) + x
    assert y.forward() == 12.0
    x.data = 4.0
    with pytest.raises(ValueError, match=r"given\(3\.0\) was handed over as the number 9\.0.* what given\(4\.0\) is"):
        y.forward()
    with pytest.raises(ValueError, match=r"given′\(3\.0\) was handed over as the number 6\.0"):
        y.backward()
    x.data = 3.0
    x.grad = 0.0
    y.backward()
    assert x.grad == 7.0


def test_a_program_of_it_is_refused():
    """compile replays graphs for other numbers."""
    x = Value(3.0)
    with pytest.raises(ValueError, match="handed over as a number, of which nobody said how it is computed"):
        ag.compile(square(x) + x, [x])


def test_nan_is_a_point_too():
    """What is not a number is itself here."""
    x = Value(math.nan)
    y = Value(math.nan, (x,), (math.nan,))
    y.backward()
    assert math.isnan(y.forward())
    assert math.isnan(x.grad)


def test_slopes_that_are_checked():
    """check_gradients finds wrong local gradients, and calls right ones right."""
    assert ag.check_gradients(square, 0.7)
    assert not ag.check_gradients(lambda x: Value(x.data**2, (x,), (x.data,)), 0.7)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_it_is_copied_and_pickled(again):
    """With what was given."""
    x = Value(3.0, label="x")
    twin = again(times(square(x), x))
    twin.backward()
    (leaf,) = (node for node in ag.graph.leaves(twin) if node.label == "x")
    assert (twin.data, leaf.grad) == (27.0, 27.0)
    (slope,) = gradient(square(x), x)
    assert again(slope).data == 6.0


def test_in_no_grad_it_forgets():
    """As every other node."""
    x = Value(3.0)
    with no_grad():
        assert square(x).inputs == ()
        assert by_closure("exp", [x]).inputs == ()


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda x: Value(3.0, (x,), (1.0, 2.0)), ValueError, r"^2 local gradients for 1 child: .* takes one for each"),
        (lambda x: Value(3.0, (x, x), (1.0,)), ValueError, r"^1 local gradient for 2 children"),
        (lambda x: Value(3.0, (), (1.0,)), ValueError, r"^1 local gradient for 0 children"),
        (lambda x: Value(3.0, (), "w"), ValueError, r"^the operation 'w' for 0 children.*label="),
        (lambda x: Value(3.0, "w", (1.0,)), ValueError, "for 0 children"),
        (lambda x: Value(3.0, x, (1.0,)), TypeError, r"is a tuple of Values, not Value\(0\.5\)"),
        (lambda x: Value(3.0, 0.0 * x), TypeError, r"is a tuple of Values, not Value\(0\.0\)"),
        (lambda x: Value(3.0, _children=Value(0.0)), TypeError, r"is a tuple of Values, not Value\(0\.0\)"),
        (lambda x: Value(3.0, 5), TypeError, "is a tuple of Values, not 5; a name is"),
        (lambda x: Value(3.0, {x}, (1.0,)), TypeError, "a set has none: pass a tuple"),
        (lambda x: Value(3.0, (x,), ("a",)), TypeError, "computes with real numbers, not with the text 'a'"),
        (lambda x: Value(3.0, (x,), [x]), TypeError, "a Value here"),
        (lambda x: Value(3.0, ("a",), (1,)), TypeError, "computes with real numbers, not with the text 'a'"),
        (lambda x: Value(3.0, (x,), "+").backward(), ValueError, "nobody said how given, 3.0, varies"),
        (lambda x: Value(3.0, (x,)).backward(), ValueError, "nobody said how given, 3.0, varies"),
        (lambda x: gradient(Value(3.0, (x,), "+"), x), ValueError, "nobody said how given, 3.0, varies"),
        (lambda x: setattr(x, "_backward", lambda: None), ValueError, "came from nothing, and passes nothing on"),
    ],
)
def test_what_cannot_be_said_so_is_told(make, error, said):
    """In one sentence, with what to write instead."""
    with pytest.raises(error, match=said):
        make(Value(0.5))


def test_a_name_in_any_place():
    """The second argument is a name where it is a text; by its keyword it goes with everything, as in a lecture."""
    x = Value(2.0, "x")
    assert (x.label, Value(2.0, label="x").label, x.inputs) == ("x", "x", ())
    assert Value(6.0, (x,), "*", "d").label == Value(6.0, (x,), "*", label="d").label == "d"
    assert Value(6.0, _children=(x,), _op="*")._op == "*"
    assert Value(6.0, (), "").inputs == Value(6.0, ()).inputs == ()


# --------------------------------------------------------------------------------------------- micrograd's constructor


def test_an_operation_as_it_is_written_for_micrograd():
    """A node with its inputs and a sign, then a function that adds to their gradients."""

    def tanh(x):
        t = (math.exp(2 * x.data) - 1) / (math.exp(2 * x.data) + 1)
        out = Value(t, (x,), "tanh")

        def _backward():
            x.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    x = Value(0.5)
    y = tanh(tanh(x) * x)
    y.backward()
    twin = Value(0.5)
    z = (twin.tanh() * twin).tanh()
    z.backward()
    assert (y._op, y._local_grads) == ("tanh", pytest.approx(z._local_grads, rel=1e-13))
    assert (y.data, x.grad) == (pytest.approx(z.data), pytest.approx(twin.grad))


def test_a_function_that_is_set_leaves_no_trace_in_gradients_and_is_let_go():
    """It is tried out and dropped, so that a graph makes no circle and is freed at once."""
    x = Value(2.0)
    x.grad = 5.0

    def build():
        out = by_closure("*", [x, x])
        out.grad = 7.0
        return out

    gc.collect()
    gc.disable()
    try:
        out = build()
        assert (x.grad, out.grad, out._prev) == (5.0, 0.0 + 7.0, (x,))
        kept = weakref.ref(out.op)
        del out
        assert kept() is None
    finally:
        gc.enable()


def test_a_derivative_of_ones_own_in_the_place_of_the_table_s():
    """As a straight-through estimator: a step forward, 1 backward."""
    x = Value(0.3)
    y = x.sign()
    y._backward = lambda: setattr(x, "grad", x.grad + y.grad)
    (y * 4).backward()
    assert (y.data, x.grad) == (1.0, 4.0)


def test_backpropagation_by_hand():
    """Setting the gradient of the output and calling _backward() node by node, as the lecture does it."""
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    e = a * b
    d = e + c
    o = d.tanh()
    o.grad = 1.0
    for node in (o, d, e, a):
        node._backward()
    twins = [Value(x.data) for x in (a, b, c)]
    (twins[0] * twins[1] + twins[2]).tanh().backward()
    assert [x.grad for x in (a, b, c)] == [x.grad for x in twins]
    (e * 3)._backward()
    assert e.grad == d.grad  # what has no gradient passes nothing on


@pytest.mark.parametrize(
    ("slope", "left"),
    [
        (lambda x, out: setattr(x, "grad", 3.0 * out.grad), "7.0 and leaves 6.0"),  # = in place of +=
        (lambda x, out: setattr(x, "grad", x.grad + 3.0), "7.0 and leaves 4.0"),  # forgets the gradient of the output
        (lambda x, out: setattr(x, "grad", x.grad + out.grad**2), "3.0 and leaves 5.0"),
        (lambda x, out: setattr(x, "grad", x.grad - 1.0), "-1.0 and leaves 0.0"),
    ],
)
def test_a_function_that_cannot_be_added_up_is_refused(slope, left):
    """It is shown what it does, and the gradients stay as they were."""
    x = Value(2.0)
    x.grad = 1.5
    out = Value(6.0, (x,), "*")
    with pytest.raises(ValueError, match=f"should leave {re.escape(left)}.*with \\+= for each input"):
        out._backward = lambda: slope(x, out)
    assert (x.grad, out.grad) == (1.5, 0.0)
    with pytest.raises(ZeroDivisionError):
        out._backward = lambda: 1 / 0
    assert (x.grad, out.grad) == (1.5, 0.0)
