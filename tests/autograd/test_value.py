"""Value: a number that remembers how it was computed."""

import fractions
import itertools
import math
import operator

import pytest

import autograd as ag
from autograd import CONSTANT, PRIMITIVES, Value, gradient, label
from autograd.interop.conversions import short
from autograd.labels import subscript
from autograd.primitives import shifted


def test_the_example_of_micrograds_readme():
    """24.7041, 138.8338 and 645.5773, as in the README of micrograd."""
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"
    assert [round(s.data, 4) for s in gradient(g, a, b)] == [138.8338, 645.5773]


def test_a_node_used_twice_counts_twice():
    """a = 1, b = a + a, c = b + b gives 4."""
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad) == (4.0, 2.0)


def test_leaves_accumulate_and_computed_nodes_start_afresh():
    """y = x·x·x at 3 gives 27, and 54 after a second backward; the node between keeps its 3."""
    x = Value(3.0)
    square = x * x
    y = square * x
    y.backward()
    assert (x.grad, square.grad) == (27.0, 3.0)
    y.backward()
    assert (x.grad, square.grad, y.grad) == (54.0, 3.0, 1.0)


def test_two_losses_of_one_leaf_add_up_until_it_is_set_to_zero():
    """.grad is a plain number that can be set."""
    x = Value(2.0)
    (x * 3).backward()
    (x**2).backward()
    assert x.grad == 7.0
    x.grad = 0.0
    (x * 3).backward()
    assert x.grad == 3.0


def test_backward_from_a_leaf():
    """A leaf varies with itself by 1, and adds up as any other: a second backward() makes it 2."""
    x = Value(5.0)
    x.backward()
    assert x.grad == 1.0
    x.backward()
    assert x.grad == 2.0


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
@pytest.mark.parametrize("other", [2, 2.0, True, fractions.Fraction(1, 2)])
def test_operators_take_plain_numbers_on_either_side(op, other):
    """int, float, bool and Fraction become constants, which are drawn and never differentiated."""
    v = Value(3.0)
    left, right = op(v, other), op(other, v)
    assert left.data == pytest.approx(op(3.0, float(other)), rel=1e-15)
    assert right.data == pytest.approx(op(float(other), 3.0), rel=1e-15)
    assert left.inputs[0] is right.inputs[1] is v
    assert left.inputs[1].op is right.inputs[0].op is CONSTANT
    left.backward()
    assert left.inputs[1].grad == 0.0


def test_data_is_always_a_float():
    """Whatever real number a Value is made of, it holds a float."""
    np = pytest.importorskip("numpy", reason="NumPy scalars are needed")
    for number in (1, True, fractions.Fraction(1), np.float32(1), np.int8(1)):
        assert type(Value(number).data) is float
    assert Value(10**400).data == math.inf
    assert Value(-(10**400)).data == -math.inf


def test_unary_operators():
    """-v, +v and abs(v)."""
    v = Value(-3.0)
    assert ((-v).data, (+v) is v, abs(v).data, v.abs().data) == (3.0, True, 3.0, 3.0)


METHODS = sorted(name for name in {*PRIMITIVES, "leaky_relu", "elu", "clip"} if hasattr(Value, name) and hasattr(ag, name))


def test_every_function_of_the_contract_is_a_method():
    """The functions of numbers are methods of Value under the same names."""
    contract = """exp log log2 log10 log1p expm1 sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
        hypot erf erfc sigmoid softplus relu leaky_relu elu gelu silu softsign sinc floor round abs sign maximum minimum
        clip"""
    assert set(METHODS) == set(contract.split())


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_the_function(name):
    """v.exp() and exp(v) make the same node, with the same number as exp of the plain number."""
    x, others = (1.5 if name == "acosh" else 0.5), ([0.25] if name in {"atan2", "hypot", "maximum", "minimum"} else [])
    v = Value(x)
    method, function = getattr(v, name)(*others), getattr(ag, name)(v, *others)
    assert method.op is function.op
    assert method.data == function.data == getattr(ag, name)(x, *others)
    assert method.inputs[0] is function.inputs[0] is v


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
def test_comparisons_compare_data(compare):
    """< <= > >= compare the numbers, with plain ones on either side."""
    for a, b in [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0), (math.nan, 2.0)]:
        assert compare(Value(a), Value(b)) == compare(Value(a), b) == compare(a, Value(b)) == compare(a, b)


def test_equality_is_identity():
    """Two Values of one number are two places in a graph; each can be a key."""
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert a != 1.0
    assert len({a, b, a}) == 2


def test_truth_is_that_of_the_number():
    """bool(v) is False at zero."""
    assert (bool(Value(0.0)), bool(Value(-0.1))) == (False, True)


def test_plain_numbers_of_a_value():
    """float, int and item() give what it holds."""
    v = Value(2.75)
    assert (float(v), int(v), v.item()) == (2.75, 2, 2.75)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: Value(2), "Value(2.0)"),
        (lambda: Value(0.751365, "o"), 'Value(0.7514, label="o")'),
        (lambda: Value(0.5) * 2, "Value(1.0)"),
        (lambda: Value(-0.0), "Value(0.0)"),
        (lambda: Value(math.nan), "Value(nan)"),
        (lambda: Value(1e-12) + 0, "Value(1e-12)"),
    ],
)
def test_repr_shows_what_helps(made, text):
    """The number with the digits a reader wants, and the label if there is one."""
    assert repr(made()) == text


def test_repr_shows_a_gradient_that_is_there():
    """After backward the gradient is shown too."""
    o = Value(0.7514, label="o")
    o.grad = 0.18681
    assert repr(o) == str(o) == f"{o}" == 'Value(0.7514, label="o", grad=0.1868)'


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (138.83381924, "138.8338"),
        (0.00123456, "0.001235"),
        (3.0, "3.0"),
        (-2.50001, "-2.5"),
        (0.99999, "1.0"),
        (1e-4, "0.0001"),
        (0.99e-4, "9.9e-05"),
        (999999.0, "999999.0"),
        (1e6, "1e+06"),
        (1234567.0, "1.2346e+06"),
        (1.00004, "1.0"),
        (1.00006, "1.0001"),
        (0.123456, "0.1235"),
        (0.0123456, "0.01235"),
        (-0.00123456, "-0.001235"),
        (0.0, "0.0"),
        (-0.0, "0.0"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
    ],
)
def test_short_numbers(x, text):
    """Four digits after the point, four significant ones below 1; powers of ten outside 0.0001 to a million; no −0."""
    assert short(x) == text


def test_format_is_that_of_the_number():
    """format(v, spec) formats the data."""
    assert (f"{Value(3.14159):.3f}", f"{Value(3.0):8.2e}") == ("3.142", "3.00e+00")


def test_free_attributes():
    """Anything can be remembered on a Value, computed ones too."""
    v = Value(1.0)
    y = v + 1
    v.note, y.note = "here", "there"
    assert (v.note, y.note) == ("here", "there")


def test_micrograds_spelling():
    """_prev are the inputs and _op the symbol, as text."""
    a, b = Value(1.0), Value(2.0)
    c = a + b
    assert (c._prev, c._op, a._prev, a._op) == ((a, b), "+", (), "")


@pytest.mark.parametrize(
    ("make", "n"),
    [(lambda x: x.exp(), 1), (lambda x: x * x, 2), (lambda x: x.clip(0, 1), 3), (lambda x: ag.sum([x] * 4), 4)],
)
def test_inputs_are_a_tuple_in_order(make, n):
    """inputs is what a node was computed from, as often as it was used."""
    x = Value(0.5)
    y = make(x)
    assert isinstance(y.inputs, tuple)
    assert len(y.inputs) == n
    assert y.inputs[0] is x


def test_the_order_of_inputs_is_that_of_the_page():
    """3 - v has the constant first, v - 3 last."""
    v = Value(1.0)
    assert [x.data for x in (3 - v).inputs] == [3.0, 1.0]
    assert [x.data for x in (v - 3).inputs] == [1.0, 3.0]


def test_detach_forgets():
    """A detached Value has the number and the label, and no history."""
    v = Value(2.0, label="v")
    twin = (v * 1).detach()
    named = v.detach()
    (twin * v).backward()
    assert (twin.inputs, named.label, named is v, v.grad) == ((), "v", False, 2.0)


def test_forward_recomputes_from_the_leaves():
    """After a change of a leaf forward() brings all numbers up to date, and backward() gives the new gradient."""
    x, y = Value(2.0), Value(3.0)
    z = (x * y).tanh() + ag.sum([x, y, x]) + x.clip(0, 1)
    x.data, y.data = -0.5, 0.25
    fresh = Value(-0.5)
    other = (fresh * 0.25).tanh() + ag.sum([fresh, 0.25, fresh]) + fresh.clip(0, 1)
    assert z.forward() == z.data == other.data
    z.backward()
    other.backward()
    assert x.grad == fresh.grad


@pytest.mark.parametrize("recorded", [0.0, 1e308, -1e308, math.inf])
@pytest.mark.parametrize(
    "end",
    [
        lambda xs: ag.log_softmax(xs)[0],
        lambda xs: ag.softmax(xs)[1],
        lambda xs: gradient(ag.logsumexp(xs), xs[1])[0],
        lambda xs: gradient(ag.log_softmax([xs[1], xs[0] * xs[0], xs[0]])[2], xs[1])[0],
        lambda xs: ag.log_softmax(ag.log_softmax(xs))[1],
    ],
)
def test_softmax_is_as_exact_by_forward_as_where_it_is_recorded(end, recorded):
    """The largest number is taken away, whichever that is by now."""
    xs = [Value(recorded), Value(-recorded / 2), Value(0.0)]
    y = end(xs)
    for at in itertools.product((1e308, -1e308, 50.0, -3.0, 0.0), repeat=3):
        for x, data in zip(xs, at):
            x.data = data
        fresh = end([Value(data) for data in at])
        assert y.forward() == pytest.approx(fresh.data, rel=0, abs=0, nan_ok=True), at


def test_forward_brings_a_number_up_to_date_that_softmax_only_takes_the_largest_of():
    """Where one difference is all that is asked for, the others still say what is taken away; a long graph is no trouble."""
    far = x = Value(0.0)
    for _ in range(20_000):
        far = far + 1e-4
    difference = shifted([Value(1.0), far])[0]
    x.data = 10.0
    assert difference.forward() == 1.0 - far.data == pytest.approx(-11.0)


def test_a_kink_is_decided_again_by_forward():
    """A gradient graph does not freeze the branch that was taken when it was made."""
    x = Value(2.0)
    for y, below in [
        (x.relu(), 0.0),
        (abs(x), -1.0),
        (x.leaky_relu(), 0.01),
        (x.maximum(0.5), 0.0),
        (x.clip(0.0, 5.0), 0.0),
    ]:
        x.data = 2.0
        y.forward()
        (slope,) = gradient(y, x)
        x.data = -3.0
        assert slope.forward() == below


def test_python_sum_of_values_starts_from_zero():
    """The built-in sum works on Values."""
    xs = [Value(1.0), Value(2.0)]
    total = sum(xs)
    total.backward()
    assert (total.data, xs[0].grad) == (3.0, 1.0)


# --------------------------------------------------------------------------------------------------------------- labels


def test_label_by_keywords():
    """label(w1=w1) names Values after the variables, whatever their labels were."""
    w1, x1 = Value(1.0, label="old"), Value(2.0)
    label(w1=w1, x1=x1)
    assert (w1.label, x1.label) == ("w1", "x1")


def test_label_of_locals():
    """label(locals()) names what has no label yet, and passes over everything that is no Value."""
    a, kept, _hidden, count = Value(1.0), Value(2.0, label="mine"), Value(3.0), 4
    ws = [Value(1.0), Value(2.0)]
    label(locals())
    assert (a.label, kept.label, _hidden.label, count) == ("a", "mine", "", 4)
    assert [w.label for w in ws] == ["ws_1", "ws_2"]


def test_label_of_a_matrix_and_of_many():
    """Rows and columns are counted from 1; two digits take commas."""
    matrix = [[Value(0.0) for _ in range(2)] for _ in range(10)]
    label(W=matrix)
    assert (matrix[0][1].label, matrix[9][0].label) == ("W_12", "W_10,1")
    assert (subscript((1, 1, 2)), subscript((1, 10, 2))) == ("112", "1,10,2")


@pytest.mark.parametrize("wrong", [3.0, "w", [], [1.0, 2.0]])
def test_label_of_something_else_is_a_type_error(wrong):
    """A keyword that holds no Value is a mistake, and said so."""
    with pytest.raises(TypeError, match=r"label\(w=\.\.\.\) takes a Value or a list of Values"):
        label(w=wrong)


def test_label_can_be_set_and_survives_arithmetic():
    """A label is an attribute; results of arithmetic have none."""
    v = Value(1.0)
    v.label = "v"
    assert (v.label, (v + 1).label) == ("v", "")


# ------------------------------------------------------------------------------------------ numbers that are set afterwards

NO_NUMBERS = {
    "text": "a",
    "digits": "3.0",
    "nothing": None,
    "a complex": 1j,
    "a list": [1.0],
    "a Value": Value(2.0),
    "a function": abs,
}
USES = {
    "+": lambda x, w: x + w,
    "2*": lambda x, w: 2 * x,
    "tanh": lambda x, w: x.tanh(),
    "**": lambda x, w: w**x,
    "dot": lambda x, w: ag.dot([x, w], [w, x]),
    "logsumexp": lambda x, w: ag.logsumexp([x, w]),
    "maximum": ag.maximum,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", NO_NUMBERS)
@pytest.mark.filterwarnings("ignore::autograd.LostGradientWarning")  # where math.tanh is handed a Value, which is the fault
def test_data_that_is_no_number_is_named_when_it_is_computed_with(kind, use):
    """By the operation, by backward() or by gradient(), or by forward(): a TypeError with the label, and what was set."""
    ways = [
        lambda x, w, y: USES[use](x, w).backward(),
        lambda x, w, y: ag.gradient(USES[use](x, w), w),
        lambda x, w, y: y.forward(),
    ]
    for way in ways:
        x, w = Value(1.0, label="x"), Value(2.0, label="w")
        y = USES[use](x, w)
        x.data = NO_NUMBERS[kind]
        if kind == "a Value" and use in ("tanh", "**"):
            continue  # Python's math takes its number, and warns
        with pytest.raises(TypeError, match=r"x: its \.data was set to no number\. autograd computes with real numbers"):
            way(x, w, y)


@pytest.mark.parametrize("kind", ["text", "nothing", "a list"])
def test_a_gradient_that_is_no_number_is_named_by_backward(kind):
    """x.grad = None, as people write to clear it, is answered with the label."""
    x = Value(1.0, label="x")
    y = x * x
    x.grad = NO_NUMBERS[kind]
    with pytest.raises(TypeError, match=r"x: its \.grad was set to no number"):
        y.backward()


def test_data_that_is_an_array_is_named():
    """An array of several numbers does not broadcast through a graph of scalars."""
    np = pytest.importorskip("numpy")
    for use in USES.values():
        x, w = Value(1.0, label="x"), Value(2.0)
        x.data = np.array([1.0, 2.0])
        with pytest.raises(TypeError, match=r"x: its \.data was set to no number\. .*numpy ndarray"):
            use(x, w).backward()
    for scalar in (np.float64(2.0), np.float32(2.0), np.int64(2), 2, True):
        x, w = Value(1.0), Value(2.0)
        x.data = scalar
        (x * w + ag.logsumexp([x, w])).backward()
        assert math.isfinite(x.grad)


def test_a_value_without_a_label_is_named_as_one():
    """Where a number was set to something else, and no label says which."""
    x = Value(1.0)
    x.data = "a"
    for use in (lambda: x * 2, lambda: ag.tanh(x), lambda: ag.atan2(x, 1.0)):
        with pytest.raises(TypeError, match=r"^a Value: its \.data was set to no number\. autograd computes with real"):
            use()


@pytest.mark.parametrize(
    ("function", "below", "above"),
    [
        (lambda f, x: f.leaky_relu(x), -0.02, 3.0),
        (lambda f, x: f.elu(x), math.expm1(-2.0), 3.0),
        (lambda f, x: f.clip(x), -2.0, 3.0),
    ],
)
def test_defaults_are_the_published_ones(function, below, above):
    """leaky_relu leaks a hundredth (Maas et al. 2013), elu goes down to −1 (Clevert et al. 2015), clip does nothing."""
    assert [function(ag, x) for x in (-2.0, 3.0)] == [below, above]
    assert [function(Value, Value(x)).data for x in (-2.0, 3.0)] == [below, above]


def test_lists_are_labelled_to_three_indices():
    """A list of lists of lists has three; what is deeper has no name, and a tuple is a list."""
    cube, deeper = [[[Value(1.0)]]], [[[[Value(1.0)]]]]
    label({"a": cube, "b": deeper, "c": (Value(2.0),)})
    assert (cube[0][0][0].label, deeper[0][0][0][0].label) == ("a_111", "")
    pair = (Value(2.0), Value(3.0))
    label(pair=pair)
    assert [v.label for v in pair] == ["pair_1", "pair_2"]


def test_a_constant_gets_no_label_of_a_variable():
    """label(locals()) names variables alone."""
    c = (Value(1.0) + 3.0).inputs[1]
    label({"c": c})
    assert c.label == ""


def test_which_lines_took_the_number_out_is_remembered():
    """A comparison, float() and detach() leave the line of the program; a constant needs none."""
    x = Value(2.0)
    y = x * 3
    assert y > 1
    float(y)
    taken = y.detach()
    assert y.__dict__["asked at"].startswith("line ")
    assert y.__dict__["asked at"].endswith(f" of {__file__}")
    assert y.__dict__["taken at"].endswith(f" of {__file__}")
    assert taken.__dict__["detached at"].endswith(f" of {__file__}")
    assert "detached at" not in x.detach().__dict__
    constant = y.inputs[1]
    assert constant < 4
    assert "asked at" not in constant.__dict__


def test_a_class_of_ones_own_is_differentiated_as_a_value():
    """Operations of one, two and any number of inputs, whichever of them are of a class below Value."""

    class Weight(Value):
        pass

    def loss(w, x):
        return ag.softmax([w.gelu(), w * x, ag.exp(w)])[0] + ag.dot([w, x], [x, w]) / w - ag.tanh(w) ** 2

    w, x, own, own_x = Value(0.7), Value(-1.2), Weight(0.7), Weight(-1.2)
    loss(w, x).backward()
    loss(own, own_x).backward()
    assert (own.grad, own_x.grad) == (w.grad, x.grad)
    assert own.grad == ag.gradient(loss(own, own_x), own)[0].data
