"""Functions made of primitives: over lists, and with defaults."""

import itertools
import math

import mpmath
import pytest
from mpmath import mp, mpf
from walks import walked

import autograd as ag
from autograd import Value, gradient, jacobian

OVER_LISTS = [ag.sum, ag.prod, ag.mean, ag.logsumexp, ag.softmax, ag.log_softmax]
LOGITS = [[0.3, -0.5, 1.5], [1000.0, 999.0, -1000.0], [745.0, -745.0], [-1000.0, -1000.0], [40.0, -40.0, 39.0], [5.0]]
LOGITS += [[40.0, 0.0], [-745.0, -744.5], [1e8 + 0.5, 1e8], [0.1, 0.2]]
NO_LISTS = [3.0, "12", None, Value(2.0)]


def slopes(y, xs):
    return [s.data for s in gradient(y, *xs)]


@pytest.mark.parametrize("f", OVER_LISTS, ids=lambda f: f.__name__)
def test_plain_numbers_give_plain_numbers(f):
    """On plain numbers there are no nodes; ints and generators will do."""
    for xs in ([1.0, 2.0, 3.0], [1, 2, 3], (1.0, 2, 3), (x for x in [1, 2, 3])):
        result = f(xs)
        assert {type(r) for r in (result if isinstance(result, list) else [result])} == {float}


@pytest.mark.parametrize("f", OVER_LISTS, ids=lambda f: f.__name__)
def test_values_give_the_same_numbers(f):
    """On Values, or on some of them, the numbers are the same."""
    plain = f([1.0, 2.0, 3.0])
    for xs in ([Value(1.0), Value(2.0), Value(3.0)], [1, Value(2.0), 3]):
        result = f(xs)
        assert ([r.data for r in result] if isinstance(result, list) else result.data) == plain


@pytest.mark.parametrize(("f", "slope"), [(ag.sum, [1, 1, 1]), (ag.mean, [1 / 3] * 3), (ag.prod, [10, 6, 15])])
def test_slopes_of_sum_mean_and_product(f, slope):
    """The slope of a product in one factor is the product of the others."""
    xs = [Value(3.0), Value(5.0), Value(2.0)]
    assert slopes(f(xs), xs) == slope


def test_zeros_in_a_product_do_no_harm():
    """Where one factor is 0 only its own slope is not."""
    xs = [Value(2.0), Value(0.0), Value(3.0)]
    y = ag.prod(xs)
    y.backward()
    assert [x.grad for x in xs] == slopes(y, xs) == [0.0, 6.0, 0.0]


@pytest.mark.parametrize(("f", "value"), [(ag.sum, 0.0), (ag.prod, 1.0), (ag.logsumexp, -math.inf)])
def test_of_no_numbers(f, value):
    """Empty sums and products are what they should be."""
    assert f([]) == value


def test_sum_and_dot_are_single_nodes():
    """A sum, and a neuron's net, is one node, however long."""
    ws, xs, b = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], Value(5.0)
    assert ag.sum(ws).inputs == tuple(ws)
    assert ag.dot(ws, xs, b).inputs == (*ws, *xs, b)
    assert ag.dot(ws, [3.0, 4.0]).inputs[:2] == tuple(ws)
    assert len(ag.dot(ws, [3.0, 4.0]).inputs) == 4


@pytest.mark.parametrize("bias", [0.0, 0, 5.0, Value(5.0)])
@pytest.mark.parametrize("xs", [[3.0, 4.0], [Value(3.0), 4.0], [Value(3.0), Value(4.0)]])
@pytest.mark.parametrize("ws", [[1.0, 2.0], [Value(1.0), Value(2.0)]])
def test_dot_of_any_mixture(ws, xs, bias):
    """dot takes Values and plain numbers in any mixture; its slopes are the other factors, and 1."""
    y = ag.dot(ws, xs, bias)
    values = [v for v in (*ws, *xs, bias) if isinstance(v, Value)]
    expected = dict(zip((*ws, *xs, bias), (3.0, 4.0, 1.0, 2.0, 1.0), strict=True))
    assert (y.data if values else y) == 11.0 + float(bias)
    if values:
        assert slopes(y, values) == [expected[v] for v in values]


def test_dot_skips_nothing_that_is_not_finite():
    """With an upstream gradient of 0, an infinite slope still gives nan, as IEEE 754 says."""
    w, x = Value(math.inf), Value(1.0)
    (ag.dot([w], [x]) * 0.0).backward()
    assert math.isnan(x.grad)


@pytest.mark.parametrize(("ws", "xs"), [([1.0], [1.0, 2.0]), ([Value(1.0), Value(2.0)], [Value(1.0)]), ([], [1.0])])
def test_dot_of_lists_of_different_length_is_an_error(ws, xs):
    """The message carries both lengths."""
    with pytest.raises(ValueError, match=f"as many weights as inputs, got {len(ws)} and {len(xs)}"):
        ag.dot(ws, xs)


@pytest.mark.parametrize("logits", LOGITS)
def test_logsumexp_and_softmax_are_right_at_any_size(logits):
    """To the last digits by mpmath: nothing overflows, however large the numbers are, however near one share is to 1."""
    with mp.workdps(1000):
        total = mp.log(mp.fsum(mp.exp(mpf(x)) for x in logits))
        logs = [mpf(x) - total for x in logits]
        shares = [float(mp.exp(z)) for z in logs]
    assert ag.logsumexp(logits) == pytest.approx(float(total), rel=1e-14)
    assert ag.log_softmax(logits) == pytest.approx([float(z) for z in logs], rel=4e-16, abs=0.0)
    assert ag.softmax(logits) == pytest.approx(shares, rel=3e-15, abs=0.0)
    assert [v.data for v in ag.log_softmax([Value(x) for x in logits])] == ag.log_softmax(logits)


@pytest.mark.parametrize("logits", LOGITS)
def test_the_slope_of_logsumexp_is_softmax(logits):
    """d logsumexp / d x_i = softmax(x)_i."""
    xs = [Value(x) for x in logits]
    assert slopes(ag.logsumexp(xs), xs) == pytest.approx(ag.softmax(logits), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("logits", LOGITS)
def test_softmax_jacobian(logits):
    """The Jacobian of softmax is o_i (δ_ij − o_j)."""
    o = ag.softmax(logits)
    expected = [[o[i] * ((i == j) - o[j]) for j in range(len(o))] for i in range(len(o))]
    found = jacobian(ag.softmax)(logits)
    for row, true in zip(found, expected, strict=True):
        assert row == pytest.approx(true, rel=1e-12, abs=1e-15)


def test_logsumexp_of_two_is_softplus():
    """log(e^x + e^0) is softplus(x), with all digits where one of the two is tiny."""
    for x in (-40.0, -1.0, 0.0, 2.0, 40.0, 1000.0):
        assert ag.logsumexp([x, 0.0]) == pytest.approx(ag.softplus(x), rel=1e-15)


@pytest.mark.external
@pytest.mark.parametrize("x", [-2.0, 0.0, 3.0])
def test_defaults_are_torchs(x):
    """leaky_relu, elu and clip have torch's defaults, as functions and as methods."""
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")
    t = torch.tensor(x, dtype=torch.float64)
    v = Value(x)
    assert ag.leaky_relu(x) == v.leaky_relu().data == torch.nn.functional.leaky_relu(t).item()
    assert ag.elu(x) == v.elu().data == pytest.approx(torch.nn.functional.elu(t).item(), rel=1e-15)
    assert ag.clip(x, low=-1) == v.clip(low=-1).data == torch.clamp(t, min=-1).item()
    assert ag.clip(x, high=1) == v.clip(high=1).data == torch.clamp(t, max=1).item()


def test_the_bounds_of_clip_may_be_values():
    """The slope of clip goes to the bound that holds."""
    x, low, high = Value(5.0), Value(0.0), Value(1.0)
    assert slopes(ag.clip(x, low, high), [x, low, high]) == [0.0, 0.0, 1.0]


def test_the_entropy_of_softmax_by_mpmath():
    """A formula over lists has mpmath's derivatives."""

    def entropy(x):
        o = ag.softmax([x, 0.2, -1.0])
        return -ag.dot(o, [z.log() for z in o])

    def truth(x):
        e = [mp.exp(x), mp.exp(mpf(0.2)), mp.exp(-1)]
        o = [z / mp.fsum(e) for z in e]
        return -mp.fsum(z * mp.log(z) for z in o)

    with mp.workdps(60):
        true = [float(d) for d in mpmath.diffs(truth, mpf(0.5), 3)]
    y = entropy(x := Value(0.5))
    for n in range(4):
        assert y.data == pytest.approx(true[n], rel=1e-12)
        (y,) = gradient(y, x)


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "logsumexp", "softmax", "log_softmax"])
@pytest.mark.parametrize("wrong", NO_LISTS)
def test_what_is_no_list_is_told_by_name(name, wrong):
    """The sentence has the function, an example, and what was given."""
    with pytest.raises(TypeError) as caught:
        getattr(ag, name)(wrong)
    assert str(caught.value) == f"{name} takes a list of numbers, as in {name}([x1, x2]), not {wrong!r}"


@pytest.mark.parametrize("wrong", NO_LISTS)
def test_what_is_no_list_is_told_by_dot(wrong):
    """Whichever of the two it is."""
    for both in ((wrong, [1.0]), ([1.0], wrong)):
        with pytest.raises(TypeError) as caught:
            ag.dot(*both)
        assert str(caught.value) == f"dot takes a list of numbers, as in dot([x1, x2]), not {wrong!r}"


def test_the_mean_of_no_numbers_in_words():
    """There is none."""
    with pytest.raises(ValueError, match=r"^mean of no numbers: pass at least one$"):
        ag.mean([])


@pytest.mark.parametrize("x", [-1000.0, -3.5, -1e-9, 0.0, 0.3, 7.0, 1000.0])
def test_powers_of_two_and_logarithms_of_sums_and_sigmoids(x):
    """exp2, logsigmoid and logaddexp, values and slopes, against mpmath; nothing overflows, no digit is lost."""
    functions = {
        ag.exp2: lambda t: mpmath.mpf(2) ** t,
        ag.logsigmoid: lambda t: -mpmath.log1p(mpmath.exp(-t)),
        lambda t: ag.logaddexp(t, 0.5): lambda t: mpmath.log(mpmath.exp(t) + mpmath.exp(mpmath.mpf(0.5))),
    }
    with mpmath.workdps(600):
        for ours, truth in functions.items():
            v = Value(x)
            y = ours(v)
            assert y.data == ours(x) == pytest.approx(float(truth(mpmath.mpf(x))), rel=1e-14)
            y.backward()
            assert v.grad == pytest.approx(float(mpmath.diff(truth, mpmath.mpf(x))), rel=1e-12, abs=1e-300)


# ---------------------------------------------------------------------------------------- whole numbers, and what is left

NUMBERS = [0.0, 0.3, -0.3, 1.0, -1.0, 2.5, -2.5, 3.5, 7.25, -7.25, 1e16, 123.456]
DIVISORS = [2.0, -2.0, 0.1, -0.1, 3.0, 1e-3, 7.25]


@walked(list(itertools.product(NUMBERS, DIVISORS)))
def test_remainders_are_pythons_and_their_slopes_torchs(x, y):
    """x % y, x // y and divmod, of Values and plain numbers on either side; 1 and -floor(x / y) are the slopes of %."""
    for left, right in ((Value(x), y), (x, Value(y)), (Value(x), Value(y))):
        assert ((left % right).data, (left // right).data) == (x % y, x // y)
        assert tuple(z.data for z in divmod(left, right)) == divmod(x, y)
    u, v = Value(x), Value(y)
    (u % v).backward()
    assert (u.grad, v.grad) == (1.0, -(x // y))


@pytest.mark.external
def test_remainders_and_rounding_are_torchs():
    """Values and slopes, negative numbers and zeros included."""
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")

    def tensor(x):
        return torch.tensor(x, dtype=torch.float64, requires_grad=True)

    for x in (*NUMBERS, math.inf, -math.inf):
        for y in (*DIVISORS, math.inf, 0.0):
            a, b, u, v = tensor(x), tensor(y), Value(x), Value(y)
            t, z = torch.remainder(a, b), u % v
            assert z.data == pytest.approx(t.item(), rel=1e-15, nan_ok=True), (x, y)
            assert (u // v).data == pytest.approx(torch.floor_divide(a, b).item(), rel=1e-15, nan_ok=True), (x, y)
        for ours, theirs in (
            (ag.floor, torch.floor),
            (ag.ceil, torch.ceil),
            (ag.trunc, torch.trunc),
            (ag.round, torch.round),
        ):
            a, u = tensor(x), Value(x)
            t, z = theirs(a), ours(u)
            t.backward()
            z.backward()
            assert (z.data, u.grad, ours(x)) == (t.item(), a.grad.item(), t.item()), (ours, x)


@pytest.mark.external
@pytest.mark.parametrize("x", [-30.0, -3.0, -0.5, 0.0, 1e-3, 0.7, 2.0, 30.0])
def test_activations_are_torchs(x):
    """softsign, sinc and both forms of gelu, with their slopes."""
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")
    of_torch = torch.nn.functional
    for ours, theirs in (
        (ag.softsign, of_torch.softsign),
        (ag.sinc, torch.sinc),
        (ag.gelu, of_torch.gelu),
        (lambda v: ag.gelu(v, approximate="tanh"), lambda t: of_torch.gelu(t, approximate="tanh")),
    ):
        v, t = Value(x), torch.tensor(x, dtype=torch.float64, requires_grad=True)
        y, expected = ours(v), theirs(t)
        y.backward()
        expected.backward()
        assert y.data == pytest.approx(expected.item(), rel=1e-13, abs=1e-15)
        assert v.grad == pytest.approx(t.grad.item(), rel=1e-12, abs=1e-12)  # torch's sinc loses digits near 0


def test_gelu_knows_two_forms():
    """ "none" and "tanh", as a function and as a method."""
    assert Value(1.5).gelu(approximate="tanh").data == ag.gelu(1.5, "tanh") != ag.gelu(1.5) == Value(1.5).gelu().data
    with pytest.raises(ValueError, match=r"approximate is 'none' or 'tanh', not 'fast'"):
        ag.gelu(Value(1.0), "fast")


@pytest.mark.parametrize("name", ["exp2", "logsigmoid", "ceil", "trunc", "floor", "round", "sinc", "softsign"])
def test_functions_made_of_others_are_methods_and_are_read(name):
    """v.exp2(), exp2(v) and parse("exp2(v)") are one; of a plain number it is one."""
    v = Value(0.7, label="v")
    made = getattr(ag, name)(v)
    assert getattr(v, name)().data == made.data == getattr(ag, name)(0.7) == ag.parse(f"{name}(v)", {"v": v}).data
    assert type(getattr(ag, name)(0.7)) is float
    assert gradient(ag.parse(f"{name}(v)", {"v": v}), v)[0].data == gradient(made, v)[0].data
    with pytest.raises(ag.FormulaError, match="takes 1 argument, not 2"):
        ag.parse(f"{name}(v, v)", {"v": v})


def test_logaddexp_is_a_method_and_is_read():
    """Of two numbers."""
    v, w = Value(0.7, label="v"), Value(-0.2, label="w")
    assert v.logaddexp(w).data == ag.parse("logaddexp(v, w)", {"v": v, "w": w}).data == ag.logaddexp(0.7, -0.2)


@pytest.mark.parametrize("digits", [-2, -1, 0, 1, 3])
def test_pythons_round(digits):
    """round(v, digits) is a Value with the number that round gives, to the last place; round(v) has no digits."""
    for x in (2.5, 3.5, -0.5, 0.125, 3.14159, -987.654, 1234.5):
        assert round(Value(x), digits).data == pytest.approx(round(x, digits), rel=1e-15, abs=1e-15)
        assert (round(Value(x)).data, type(round(Value(x)))) == (round(x), Value)
    assert math.floor(Value(2.7)) == 2  # a whole number of Python's, to count with
    assert [5, 6, 7][math.floor(Value(1.9))] == 6
