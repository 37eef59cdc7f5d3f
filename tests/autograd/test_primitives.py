"""Every row of the table against mpmath, at every order; kinks and special numbers against torch and IEEE 754."""

import copy
import itertools
import math
import pickle
import random
from math import inf, nan

import mpmath
import pytest
from exact_rows import ROWS, agree, derivative, indices, inputs_of, same, truth
from long_runs import many
from mpmath import mp, mpf
from walks import walked

import autograd as ag
from autograd import CONSTANT, PRIMITIVES, Value, gradient
from autograd.writing.notation import ATOM, NEGATION, PRODUCT, SUM


def test_every_row_of_the_table_has_an_oracle():
    """A row added to the table has to be added here."""
    assert set(ROWS) == set(PRIMITIVES)


MOST_POINTS = many(10)  # of a row of several inputs; LONG=40 looks at all of them


def in_domain(name):
    """The points of a row at which it has a value; some of them, always the same ones, where they are very many."""
    found = [point for point in ROWS[name].points if not math.isnan(truth(ROWS[name].truth, point, ()))]
    assert found, f"no point of {name} is in its domain"
    return found if len(found) <= MOST_POINTS else random.Random(name).sample(found, MOST_POINTS)


@walked(ROWS)
def test_value_and_three_derivatives_are_right_to_twelve_digits(name):
    """The value and all first, second and third derivatives of a row agree with mpmath's, at each of its points."""
    misses = []
    for point in in_domain(name):
        for index in indices(name):
            got, true = derivative(name, point, index), truth(ROWS[name].truth, point, index)
            if not agree(got, true):
                misses.append((point, index, got, true))
    assert misses == []


@walked(ROWS)
def test_backward_gives_what_gradient_gives(name):
    """The first derivatives of a row are the same numbers by backward() and by gradient(), at each of its points."""
    for point in in_domain(name):
        inputs = inputs_of(name, point)
        y = PRIMITIVES[name](*inputs)
        y.backward()
        xs = [x for x in inputs if isinstance(x, Value)]
        for x, slope in zip(xs, gradient(y, *xs), strict=True):
            assert same(x.grad, slope.data), point


@walked(ROWS)
def test_products_are_what_backward_takes_them_for(name):
    """The rows whose slopes backward() has spelt out are those whose slope in each input is the input opposite."""
    op = PRIMITIVES[name]
    for n in [op.arity] if op.arity else [2, 3, 6, 7]:
        numbers = [1.5 + i / 8 for i in range(n)]
        half = n // 2
        opposite = [*numbers[half : 2 * half], *numbers[:half], *[1.0] * (n % 2)]
        if op.products:
            assert list(op.slopes(op(*numbers), numbers)) == opposite
        elif n > 1:
            assert list(op.slopes(op(*numbers), numbers)) != opposite


# ------------------------------------------------------------------------------- kinks and special numbers, as in torch

UNARY = """neg exp expm1 log log2 log10 log1p sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
    erf erfc sigmoid abs sign"""
IN_NN_FUNCTIONAL = "softplus relu leaky_relu elu gelu silu"
BINARY = "mul div pow atan2 hypot maximum minimum"


def by_torch(name, point):
    """The value and the slopes of torch's operation of that name, in float64."""
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")
    f = getattr(torch.nn.functional if name in IN_NN_FUNCTIONAL.split() else torch, {"clip": "clamp"}.get(name, name))
    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
    y = f(*xs)
    y.backward()
    return [y.item(), *(x.grad.item() for x in xs)]


def by_us(name, point):
    xs = [Value(x) for x in point]
    y = getattr(ag, name, PRIMITIVES.get(name))(*xs)
    y.backward()
    return [y.data, *(x.grad for x in xs)]


def alike(a, b):
    return all(same(x, y) or agree(x, y, 1e-14) for x, y in zip(a, b, strict=True))


@pytest.mark.external
@pytest.mark.parametrize(
    ("name", "point"),
    [(name, (0.0,)) for name in ("relu", "leaky_relu", "elu", "abs", "sign", "sqrt")]
    + [(name, (x, x)) for name in ("maximum", "minimum") for x in (-2.0, 0.0, 3.0)]
    + [("clip", point) for point in [(0.0, 0.0, 1.0), (1.0, 0.0, 1.0), (0.5, 0.5, 0.5), (2.0, 0.5, 0.5), (0.0, 0.5, 0.5)]]
    + [("clip", point) for point in [(2.0, 0.0, 1.0), (-1.0, 0.0, 1.0), (0.5, 1.0, 0.0), (2.0, 1.0, 0.0), (-1.0, 1.0, 0.0)]]
    + [("pow", (0.0, y)) for y in (0.0, 0.5, 1.0, 2.0, 3.0)],
)
def test_the_slope_at_a_kink_is_torchs(name, point):
    """At a kink, a tie or a bound the slope is the one that torch has chosen."""
    assert by_us(name, point) == by_torch(name, point)


@pytest.mark.external
@pytest.mark.parametrize("name", (UNARY + " " + IN_NN_FUNCTIONAL).split())
def test_special_numbers_give_what_torch_gives(name):
    """Infinities, zeros, poles and points outside the domain have torch's value, and its slope."""
    for x in (inf, -inf, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0):
        if name == "acosh" and x < 0.0:
            assert all(map(math.isnan, by_us(name, (x,))))  # torch gives a slope on the side where there is no function
        else:
            assert alike(by_us(name, (x,)), by_torch(name, (x,))), x


@pytest.mark.external
@pytest.mark.parametrize("name", BINARY.split())
def test_pairs_of_special_numbers_give_what_torch_gives(name):
    """So do the operations of two inputs, for each pair; only hypot at the origin has a convention of our own."""
    numbers = [inf, -inf, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 1 / 3, 3.0]
    points = [p for p in itertools.product(numbers, repeat=2) if name != "hypot" or p[0] or p[1]]
    assert [p for p in points if not alike(by_us(name, p), by_torch(name, p))] == []


@walked(sorted(set(PRIMITIVES) - {"hypot", "pow", "gaussian", "power_slope", "greater", "ray", "select"}))
def test_nan_goes_through_every_operation(name):
    """Whichever input is nan, the value is nan."""
    point = ROWS[name].points[-1]
    for i in ROWS[name].active:
        assert math.isnan(derivative(name, (*point[:i], nan, *point[i + 1 :])))


@walked(sorted(name for name, op in PRIMITIVES.items() if op.arity == 1 and name not in ("neg", "floor", "round", "sign")))
def test_nan_goes_through_slopes(name):
    """What is no number has no slope either, but where the slope is the same everywhere."""
    assert all(map(math.isnan, by_us(name, (nan,))))


@pytest.mark.parametrize("point", [(nan, 0.0), (1.0, nan), (0.0, 0.0), (-1.0, inf), (-1.0, -inf)])
def test_powers_that_are_one_whatever_the_other_number(point):
    """x**0, 1**y and (-1)**inf are 1, even for nan (IEEE 754-2019, 9.2.1)."""
    assert derivative("pow", point) == 1.0


@pytest.mark.parametrize("name", ["hypot", "atan2"])
def test_the_slopes_of_length_and_angle_at_the_origin_are_zero(name):
    """hypot and atan2 have no slope at the origin; the one given there is 0."""
    assert by_us(name, (0.0, 0.0)) == [0.0, 0.0, 0.0]


# --------------------------------------------------------------------------------------------------------------- powers


@pytest.mark.parametrize(("x", "slopes"), [(-2.0, [-8.0, 12.0, -12.0, 6.0, 0.0]), (0.0, [0.0, 0.0, 0.0, 6.0, 0.0])])
def test_a_cube_takes_no_logarithm(x, slopes):
    """x**3 at -2 and at 0 has the derivatives of the polynomial, to the fourth."""
    y = (v := Value(x)) ** 3
    for slope in slopes:
        assert y.data == slope
        (y,) = gradient(y, v)


@pytest.mark.parametrize("n", range(6))
def test_nothing_to_any_whole_power(n):
    """x**n at 0: 0**0 is 1, and the k-th derivative is n! where k = n, else 0."""
    y = (v := Value(0.0)) ** n
    for k in range(7):
        assert y.data == (math.factorial(n) if k == n else 0.0)
        (y,) = gradient(y, v)


@pytest.mark.parametrize(("y", "value", "slope"), [(0.0, 1.0, 0.0), (0.5, 0.0, 0.0), (2.0, 0.0, 0.0), (-1.0, inf, -inf)])
def test_nothing_to_a_power_that_varies(y, value, slope):
    """0**y is 1 at y = 0, 0 above and inf below; its slope in y is 0 from 0 on, as in torch."""
    power = 0 ** (v := Value(y))
    power.backward()
    assert (power.data, v.grad) == (value, slope)


@pytest.mark.parametrize(
    ("f", "true"),
    [
        (lambda: ag.exp(1000.0), inf),
        (lambda: ag.sinh(-1000.0), -inf),
        (lambda: ag.cosh(-1000.0), inf),
        (lambda: Value(-1e200) ** 3, -inf),
        (lambda: Value(1e200) * 1e200, inf),
        (lambda: 1 / Value(0.0), inf),
        (lambda: 1 / Value(-0.0), -inf),
        (lambda: Value(0.0) ** -1, inf),
        (lambda: Value(-0.0) ** -1, -inf),
        (lambda: Value(-0.0) ** -2, inf),
        (lambda: ag.log(0.0), -inf),
        (lambda: ag.atanh(-1.0), -inf),
        (lambda: ag.hypot(inf, nan), inf),  # IEEE 754-2019, 9.2.1
        (lambda: ag.logsumexp([]), -inf),
        (lambda: ag.logsumexp([inf, 0.0]), inf),
        (lambda: ag.logsumexp([-inf, -inf]), -inf),
    ],
)
def test_overflow_and_poles_are_infinities_not_exceptions(f, true):
    """No exception comes out of arithmetic: what is too large, and a pole, is inf of the right sign."""
    assert float(f()) == true


@pytest.mark.parametrize(
    "f",
    [
        lambda: ag.log(-1.0),
        lambda: ag.log1p(-2.0),
        lambda: ag.sqrt(-1.0),
        lambda: ag.asin(2.0),
        lambda: ag.acos(-2.0),
        lambda: ag.acosh(0.5),
        lambda: ag.atanh(2.0),
        lambda: ag.sin(inf),
        lambda: Value(0.0) / 0.0,
        lambda: Value(inf) - inf,
        lambda: Value(-2.0) ** 0.5,
        lambda: Value(-8.0) ** (1 / 3),  # where cbrt(-8) is -2
        lambda: ag.logsumexp([nan, 1.0]),
        lambda: ag.logsumexp([inf, nan]),
    ],
)
def test_a_number_with_no_place_on_the_real_line_is_nan(f):
    """Outside the domain the value is nan, and nothing is raised."""
    assert math.isnan(float(f()))


# ------------------------------------------------------------------------------------------------- rows as such, new rows


def chirp(primitive):
    return primitive("chirp", lambda x: math.sin(x * x), lambda z, x: 2 * x * ag.cos(x * x))


def test_a_new_operation_is_one_row(plant):
    """A new row works on numbers and on Values, backward and to any order."""
    op = chirp(plant)
    with mp.workdps(60):
        true = [float(d) for d in mpmath.diffs(lambda x: mp.sin(x * x), mpf(0.7), 4)]
    assert op(0.7) == pytest.approx(true[0], rel=1e-15)
    y = op(x := Value(0.7))
    y.backward()
    assert x.grad == pytest.approx(true[1], rel=1e-15)
    for n in range(5):
        assert y.data == pytest.approx(true[n], rel=1e-13)
        (y,) = gradient(y, x)


def test_a_new_operation_is_a_method_too(plant):
    """The row that was written last; of any number of numbers; and never in the place of what a Value has otherwise."""
    plant("twist", lambda x: 2.0 * x, 2.0)
    assert Value(3.0).twist().data == 6.0
    plant("twist", lambda x, y: x - y, 1.0, -1.0, doc="One less the other.")
    assert Value(3.0).twist(Value(1.0)).data == Value(3.0).twist(1.0).data == 2.0
    assert (Value.twist.__name__, Value.twist.__doc__) == ("twist", "One less the other.")
    for taken in ("backward", "item", "label"):
        plant(taken, lambda x: 2.0 * x, 2.0)
    x = Value(3.0, "x")
    (x * x).backward()
    assert (x.grad, x.item(), x.label) == (6.0, 3.0, "x")
    plant("every", sum, lambda z, xs: [1.0] * len(xs), nary=True)
    assert not hasattr(x, "every")
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        x.nothing_of_the_kind()


def test_a_new_operation_of_any_number_of_inputs(plant):
    """A row with nary=True is given sequences, and gives all slopes at once."""
    norm2 = plant("norm2", lambda xs: sum(x * x for x in xs), lambda z, xs: [2.0 * x for x in xs], nary=True)
    xs = [Value(1.0), Value(2.0), Value(3.0)]
    y = norm2(*xs)
    y.backward()
    assert norm2(1.0, 2.0, 3.0) == y.data == 14.0
    assert [x.grad for x in xs] == [s.data for s in gradient(y, *xs)] == [2.0, 4.0, 6.0]


def test_a_row_may_use_itself(plant):
    """A partial may be written with the operation that it belongs to."""
    growth = plant("growth", math.exp, lambda z, x: growth(x))
    (slope,) = gradient(growth(x := Value(1.0)), x)
    assert gradient(slope, x)[0].data == math.e


@pytest.mark.parametrize("name", sorted(PRIMITIVES))
def test_the_operations_of_the_package_cannot_be_replaced(name, plant):
    """A row under a name that autograd is made of raises ValueError, and the table stays as it was."""
    before = PRIMITIVES[name]
    with pytest.raises(ValueError, match=f"'{name}' is an operation of autograd's own"):
        plant(name, math.sin, 1.0)
    assert PRIMITIVES[name] is before


@pytest.mark.parametrize("arguments", [(math.sin,), (3.0, 1.0)])
def test_a_row_needs_a_value_and_a_partial_for_each_input(arguments, plant):
    """A row without partials, or whose value is no function, raises ValueError and is not entered."""
    with pytest.raises(ValueError, match="needs a function for its value and a partial derivative per input"):
        plant("unfinished", *arguments)
    assert "unfinished" not in PRIMITIVES


@pytest.mark.parametrize(
    ("name", "n"), [("exp", 2), ("tanh", 2), ("atan2", 1), ("hypot", 1), ("hypot", 3), ("maximum", 3), ("clip", 2)]
)
@pytest.mark.parametrize("x", [1, 1.0, Value(1.0)])
def test_a_wrong_number_of_arguments_is_a_type_error(name, n, x):
    """An operation called with too many or too few inputs says how many it takes, and how many it got."""
    arity = PRIMITIVES[name].arity
    with pytest.raises(TypeError, match=rf"^{name} takes {arity} argument{'s' * (arity != 1)}, got {n}$"):
        PRIMITIVES[name](*[x] * n)


@walked(sorted(PRIMITIVES))
def test_plain_numbers_give_plain_numbers(name):
    """On floats, and on ints, an operation gives a float and makes no node."""
    point = ROWS[name].points[1]
    assert type(PRIMITIVES[name](*point)) is type(PRIMITIVES[name](*map(int, point))) is float


@walked([*PRIMITIVES.values(), CONSTANT])
def test_an_operation_is_one_object(op):
    """Copying or pickling a graph keeps the operations themselves."""
    assert pickle.loads(pickle.dumps(op)) is copy.deepcopy(op) is op


def test_a_pickled_operation_that_is_not_defined_here_says_so(plant):
    """Loading a graph with an operation of its own asks for the line that defines it."""
    pickled = pickle.dumps(chirp(plant))
    del PRIMITIVES["chirp"]
    with pytest.raises(LookupError, match=r"run the line that defines Primitive\('chirp'"):
        pickle.loads(pickled)


@pytest.mark.parametrize(
    ("name", "operands", "text"),
    [
        ("sub", [("a", ATOM), ("b + c", SUM)], "a − (b + c)"),
        ("sub", [("a − b", SUM), ("c", ATOM)], "a − b − c"),
        ("mul", [("a + b", SUM), ("c", ATOM)], "(a + b)·c"),
        ("div", [("a", ATOM), ("b·c", PRODUCT)], "a/(b·c)"),
        ("pow", [("−x", NEGATION), ("2", ATOM)], "(−x)²"),
        ("neg", [("a + b", SUM)], "−(a + b)"),
        ("exp", [("a + b", SUM)], "exp(a + b)"),
        ("sigmoid", [("net", ATOM)], "σ(net)"),
        ("dot", [("w1", ATOM), ("a + b", SUM), ("x1", ATOM), ("x2", ATOM), ("b", ATOM)], "w1·x1 + (a + b)·x2 + b"),
    ],
)
def test_an_operation_is_written_with_the_brackets_it_needs(name, operands, text):
    """An operand stands in brackets where it holds together less tightly than its place needs, and only there."""
    assert PRIMITIVES[name].notation.write(operands) == text


def test_the_one_class_of_nodes_is_read_without_detours():
    """A __getattr__ or __getattribute__ on Value makes Python look for every attribute by a slower way."""
    assert not {"__getattr__", "__getattribute__", "__setattr__"} & set(vars(Value))
