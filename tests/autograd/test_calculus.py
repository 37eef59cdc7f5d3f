"""gradient, and the transforms of functions: against torch, mpmath and the lecture notes."""

import itertools
import math
import re
from collections import Counter
from functools import partial

import mpmath
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from long_runs import examples
from mpmath import mp, mpf

import autograd as ag
from autograd import (
    Value,
    derivative_tensor,
    grad,
    gradient,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from autograd.graph import history

# -------------------------------------------------------------------------------------------------------- random graphs

UNARY = ["exp", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "abs", "neg", "square", "expm1", "atan", "silu", "gelu"]
BINARY = ["add", "sub", "mul", "div", "maximum", "minimum"]

steps = st.lists(st.tuples(st.sampled_from(UNARY + BINARY), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=14)
numbers = st.lists(st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3), min_size=1, max_size=3)


def run(steps, xs, operation):
    """Grow a graph from xs: each step takes nodes that are there already, so that many are used again and again."""
    nodes = list(xs)
    for name, i, j in steps:
        a, b = nodes[-1 - i % len(nodes)], nodes[-1 - j % len(nodes)]
        nodes.append(operation(name, a) if name in UNARY else operation(name, a, b))
    return nodes[-1]


def ours(name, a, b=None):
    match name:
        case "neg":
            return -a
        case "square":
            return a**2
        case "add" | "sub" | "mul" | "div":
            return {"add": a.__add__, "sub": a.__sub__, "mul": a.__mul__, "div": a.__truediv__}[name](b)
    return getattr(ag, name)(a) if b is None else getattr(ag, name)(a, b)


def in_torch(torch):
    def operation(name, *operands):
        nn = torch.nn.functional
        exactly = {"threshold": 700.0} if name == "softplus" else {}  # it is x itself beyond, by default from 20 on
        return getattr(nn if name in ("softplus", "silu", "gelu") else torch, name)(*operands, **exactly)

    return operation


def flattened(found):
    return [x for part in found for x in flattened(part)] if isinstance(found, list | tuple) else [found]


def assert_alike(found, expected, tolerance, scale=1.0):
    """Numbers of which the largest says how many digits of the others count."""
    scale = max(scale, *map(abs, expected))
    assert [x / scale for x in found] == pytest.approx([x / scale for x in expected], rel=tolerance, abs=tolerance)


@pytest.mark.external
@examples(50)
@given(steps, numbers)
def test_random_graphs_agree_with_torch(steps, numbers):
    """Value and gradient of a random graph are torch's, by backward() and by gradient()."""
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")
    xs = [Value(x) for x in numbers]
    ts = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    y, t = run(steps, xs, ours), run(steps, ts, in_torch(torch))
    assume(math.isfinite(t.item()) and abs(t.item()) < 1e12)
    y.backward()
    theirs = [0.0 if s is None else s.item() for s in torch.autograd.grad(t, ts, allow_unused=True)]
    assume(all(map(math.isfinite, theirs)))
    assert y.data == pytest.approx(t.item(), rel=1e-10, abs=1e-12)
    assert_alike([x.grad for x in xs], theirs, 1e-10)


@examples(50)
@given(steps, numbers)
def test_gradient_is_backward(steps, numbers):
    """gradient() gives the numbers that backward() gives."""
    xs = [Value(x) for x in numbers]
    y = run(steps, xs, ours)
    y.backward()
    slopes = [s.data for s in gradient(y, *xs)]
    assume(all(map(math.isfinite, [y.data, *slopes])))
    assert_alike([x.grad for x in xs], slopes, 1e-12)


@pytest.mark.external
@examples(50)
@given(steps, numbers)
def test_second_derivatives_of_random_graphs_agree_with_torch(steps, numbers):
    """The Hessian of a random graph is torch's."""
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle here")

    ts = torch.tensor(numbers, dtype=torch.float64)
    theirs = torch.autograd.functional.hessian(lambda x: run(steps, list(x), in_torch(torch)), ts).tolist()
    entries = flattened(theirs)
    value = run(steps, list(ts), in_torch(torch)).item()
    assume(all(math.isfinite(x) and abs(x) < 1e8 for x in [value, *entries]))
    found = hessian(lambda *xs: run(steps, xs, ours))(*numbers)
    assert_alike(flattened(found), entries, 1e-9, scale=max(1.0, abs(value)))


@examples(30)
@given(
    steps.filter(lambda steps: not {"gelu", "relu", "abs", "maximum", "minimum"} & {s[0] for s in steps}), st.floats(0.1, 2)
)
def test_second_derivatives_of_random_graphs_agree_with_mpmath(steps, number):
    """The second derivative of a smooth random graph is the second difference that mpmath takes of its value."""

    def in_mpmath(name, a, b=None):
        functions = {
            "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
            "softplus": lambda x: mp.log(1 + mp.exp(x)),
            "silu": lambda x: x / (1 + mp.exp(-x)),
            "neg": lambda x: -x,
            "square": lambda x: x * x,
            "add": lambda x, y: x + y,
            "sub": lambda x, y: x - y,
            "mul": lambda x, y: x * y,
            "div": lambda x, y: x / y if y else mp.nan,
        }
        return functions.get(name, getattr(mp, name, None))(*((a,) if b is None else (a, b)))

    y = run(steps, [x := Value(number)], ours)
    (slope,) = gradient(y, x)
    (bend,) = gradient(slope, x)
    assume(all(math.isfinite(v.data) and abs(v.data) < 1e6 for v in [*history(y), *history(bend)]))
    with mp.workdps(90):
        true = mpmath.diff(lambda x: run(steps, [x], in_mpmath), mpf(number), 2)
    assert bend.data == pytest.approx(float(true), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("product", [jvp, vjp, hvp])
def test_products_are_transforms_too(product):
    """product(f) alone is the function of (point, vector)."""

    def f(x, y):
        return x**2 * y

    vector = 1.5 if product is vjp else (1.0, -2.0)
    assert product(f)((2.0, 3.0), vector) == product(f, (2.0, 3.0), vector)


@examples(50)
@given(steps, numbers, st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_products_with_vectors_are_products_with_the_matrices(steps, numbers, vector):
    """jvp, vjp and hvp are the Jacobian and the Hessian times a vector."""

    def f(*xs):
        return run(steps, xs, ours)

    vector = vector[: len(numbers)]
    row, matrix = jacobian(f)(*numbers), hessian(f)(*numbers)
    assume(all(math.isfinite(x) and abs(x) < 1e8 for x in itertools.chain(row, *matrix)))
    scale = max(1.0, *map(abs, itertools.chain(row, *matrix)))
    value, forward = jvp(f, numbers, vector)
    assert value == f(*map(Value, numbers)).data
    assert_alike([forward], [ag.dot(row, vector)], 1e-10, scale)
    assert_alike(vjp(f, numbers, [2.0])[1], [2 * x for x in row], 1e-10, scale)
    assert_alike(hvp(f, numbers, vector)[1], [ag.dot(entries, vector) for entries in matrix], 1e-9, scale)


# ------------------------------------------------------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    ("formula", "at"),
    [
        ("x**5 - 3*x**2 + x", -1.3),
        ("sin(x)*exp(-x**2)", 0.7),
        ("tanh(x)/(1 + x**2)", 0.4),
        ("log(1 + exp(x))*sqrt(x)", 2.0),
        ("x**x", 1.5),
        ("x**x", 2.0),
        ("2**x", 3.5),
        ("atan(x)**3", 0.9),
        ("erf(x)*cosh(x)", 0.3),
        ("asinh(x) + acosh(2 + x**2)", 0.6),
    ],
)
def test_five_derivatives_of_a_formula_agree_with_mpmath(formula, at):
    """Differentiating the graph again and again gives the coefficients of mpmath's Taylor series."""
    x = Value(at)
    y = eval(formula, vars(ag), {"x": x})
    with mp.workdps(60):
        coefficients = mp.taylor(lambda x: eval(formula, vars(mpmath), {"x": x}), mpf(at), 5)
        series = [float(mp.factorial(n) * c) for n, c in enumerate(coefficients)]
    for true in series:
        assert y.data == pytest.approx(true, rel=1e-14)
        (y,) = gradient(y, x)


def polynomial(x, y, z):
    return x**2 + 2 * x * y + z


def test_the_polynomial_of_the_notes():
    """f = x² + 2xy + z has Jacobian [2x+2y, 2x, 1], Hessian [[2,2,0],[2,0,0],[0,0,0]] and 27 zeros after that."""
    assert jacobian(polynomial)(1.0, 2.0, 3.0) == [6.0, 2.0, 1.0]
    assert hessian(polynomial)(1.0, 2.0, 3.0) == [[2.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert derivative_tensor(polynomial, 3)(1.0, 2.0, 3.0) == [[[0.0] * 3] * 3] * 3


def test_a_third_order_tensor():
    """x²yz has the third derivatives of a monomial, in every order of the indices."""
    tensor = derivative_tensor(lambda x, y, z: x**2 * y * z, 3)(2.0, 3.0, 5.0)
    expected = {(0, 0, 1): 10.0, (0, 0, 2): 6.0, (0, 1, 2): 4.0}
    for i, j, k in itertools.product(range(3), repeat=3):
        assert tensor[i][j][k] == expected.get(tuple(sorted((i, j, k))), 0.0)


@pytest.mark.parametrize(("n", "order"), [(4, 2), (4, 3), (3, 4)])
def test_each_symmetric_entry_is_computed_once(n, order, plant):
    """A tensor of order m asks for as many last derivatives as there are multisets of m inputs."""
    asked = Counter()

    def partial(i):
        def slope(z, *inputs):
            asked[i] += 1
            return counted(*inputs)

        return slope

    counted = plant("counted", lambda *xs: sum(xs), *map(partial, range(n)))
    derivative_tensor(counted, order)(*[0.5] * n)
    distinct = sum(math.comb(n + m - 1, m) for m in range(1, order + 1))
    assert sum(asked.values()) == distinct < sum(n**m for m in range(1, order + 1))


def test_order_zero_is_the_value():
    """derivative_tensor(f, 0) is f on plain numbers."""
    assert derivative_tensor(lambda x, y: x * y, 0)(2.0, 3.0) == 6.0


@pytest.mark.parametrize("order", [-1, 1.5, "2", None])
def test_an_order_that_is_no_whole_number_is_an_error(order):
    """The message says what an order is."""
    with pytest.raises(ValueError, match="the order of a derivative is 0, 1, 2"):
        derivative_tensor(polynomial, order)


# -------------------------------------------------------------------------------------------------------------- nesting


def test_nested_grad_of_the_same_variable():
    """The inner gradient knows its own x: grad(x ↦ x · grad(y ↦ x y)(x))(3) is 6."""
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0


def test_nested_grad_keeps_the_two_variables_apart():
    """d/dx of x · d/dy (x + y)(1) is 1, not 2 (Siskind and Pearlmutter's confusion of perturbations)."""
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0


def test_grad_of_grad_of_grad():
    """grad may be applied to what grad gives."""
    third = grad(grad(grad(lambda x: x**4)))
    assert (third(2.0), grad(third)(2.0)) == (48.0, 24.0)


def test_transforms_in_one_another():
    """A Hessian is the Jacobian of a gradient, and can be differentiated as a whole."""

    def f(x, y):
        return x**3 * y.sin()

    assert jacobian(grad(f))(2.0, 0.5) == hessian(f)(2.0, 0.5)
    assert jacobian(lambda x, y: hessian(f)(x, y)[0])(2.0, 0.5)[0] == pytest.approx([6 * math.sin(0.5), 12 * math.cos(0.5)])
    assert grad(lambda x: jvp(f, (x, 0.5), (1.0, 0.0))[1])(2.0) == pytest.approx(12 * math.sin(0.5))
    assert grad(lambda x: vjp(f, (x, 0.5), [1.0])[1][1])(2.0) == pytest.approx(12 * math.cos(0.5))
    assert grad(lambda x: hvp(f, (x, 0.5), (1.0, 0.0))[1][0])(2.0) == pytest.approx(6 * math.sin(0.5))


def test_a_gradient_is_a_graph():
    """gradient(gradient(y, x)[0], x), and backward() from a gradient."""
    x = Value(2.0)
    (slope,) = gradient(x**3, x)
    slope.backward()
    assert (slope.data, x.grad, gradient(slope, x)[0].data) == (12.0, 12.0, 12.0)


def test_gradient_leaves_grad_alone():
    """gradient() writes nothing into the graph."""
    x = Value(2.0)
    y = x.exp() * x
    gradient(y, x)
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_gradient_in_a_computed_node():
    """The derivative in an intermediate result counts all ways from it to the output."""
    x = Value(2.0)
    h = x * x
    y = h * x + h
    assert [s.data for s in gradient(y, h, x, y)] == [3.0, 16.0, 1.0]


def test_gradient_in_what_y_does_not_depend_on_is_zero():
    """Nothing varies with a stranger."""
    assert gradient(Value(1.0) * 2, Value(5.0))[0].data == 0.0


def test_a_label_on_a_gradient_renames_nothing_else():
    """d(x·w)/dw is x, but a node of its own."""
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    (slope,) = gradient(x * w, w)
    slope.label = "slope"
    first, second = gradient(x + w, x, w)
    assert (x.label, slope.data) == ("x", 2.0)
    assert first is not second


@pytest.mark.parametrize("wrong", [3.0, "x", None, [Value(1.0)]])
def test_gradient_is_taken_in_values(wrong):
    """A plain number in place of x is a TypeError that says to make it a Value first."""
    with pytest.raises(TypeError, match="differentiates with respect to Values"):
        gradient(Value(1.0) * 2, wrong)


def test_a_gradient_graph_follows_its_leaves():
    """After changing the data of a leaf, forward() of a derivative gives the derivative there."""
    x = Value(0.5)
    (slope,) = gradient((x * x).sin(), x)
    x.data = 1.25
    assert slope.forward() == pytest.approx(2.5 * math.cos(1.5625), rel=1e-15)


# ---------------------------------------------------------------------------------------------- arguments and their forms


def test_plain_numbers_in_plain_numbers_out():
    """Results for numbers are floats, in lists of the form of the arguments."""
    value, (dx, dys) = value_and_grad(lambda x, ys: x * ag.sum(ys))(2, [3.0, 4.0])
    assert (value, dx, dys) == (14.0, 7.0, [2.0, 2.0])
    assert {type(n) for n in (value, dx, *dys)} == {float}


def test_lists_as_arguments():
    """Columns are all numbers in the arguments, in order; the gradient has the form of the arguments."""

    def f(ws, b):
        return ag.dot(ws[0], ws[1], b)

    point = [[1.0, 2.0], [3.0, 4.0]], 5.0
    assert grad(f)(*point) == [[[3.0, 4.0], [1.0, 2.0]], 1.0]
    assert jacobian(f)(*point) == [3.0, 4.0, 1.0, 2.0, 1.0]
    assert hessian(f)(*point)[0] == [0.0, 0.0, 1.0, 0.0, 0.0]
    assert jvp(f, point, [[1.0, 0.0], [0.0, 1.0], 1.0]) == (16.0, 6.0)
    assert grad(lambda xs: ag.sum([x**2 for x in xs]))([1.0, 2.0]) == [2.0, 4.0]


def test_values_in_values_out():
    """Given Values, a transform gives Values that know how they depend on them."""
    v = Value(3.0, label="v")
    slope = grad(lambda x: x**2)(v)
    slope.backward()
    assert (slope.data, v.grad) == (6.0, 2.0)


def test_a_closure_over_a_value():
    """A result that depends on a Value from outside is a Value."""
    w = Value(3.0)
    slope = grad(lambda x: w * x**2)(2.0)
    slope.backward()
    assert (slope.data, w.grad) == (12.0, 4.0)
    matrix = hessian(lambda x, y: w * x * y)(2.0, 5.0)
    assert (matrix[0][1].data, gradient(matrix[0][1], w)[0].data) == (3.0, 1.0)


def test_an_input_that_is_not_used():
    """Its column is 0."""
    assert grad(lambda x, y: x * 2)(1.0, 1.0) == [2.0, 0.0]


def test_a_constant_function():
    """A function that gives a plain number has derivative 0."""
    assert grad(lambda x: 5.0)(1.0) == 0.0
    assert hessian(lambda x, y: 5.0)(1.0, 2.0) == [[0.0, 0.0], [0.0, 0.0]]


def test_the_identity():
    """A function may give its argument back."""
    assert value_and_grad(lambda x: x)(3.0) == (3.0, 1.0)
    assert jacobian(lambda x, y: [y, x])(1.0, 2.0) == [[0.0, 1.0], [1.0, 0.0]]
    assert jvp(lambda x, y: [y, x], (1.0, 2.0), (3.0, 4.0)) == ([2.0, 1.0], [4.0, 3.0])


def test_several_outputs_are_rows():
    """The Hessian of several outputs is a list of matrices."""
    assert jacobian(lambda x, y: [x * y, x - y])(2.0, 3.0) == [[3.0, 2.0], [1.0, -1.0]]
    assert hessian(lambda x, y: [x * y, x**2])(2.0, 3.0) == [[[0.0, 1.0], [1.0, 0.0]], [[2.0, 0.0], [0.0, 0.0]]]
    assert vjp(lambda x, y: [x * y, x - y], (2.0, 3.0), (10.0, 1.0)) == ([6.0, -1.0], [31.0, 19.0])


def test_one_number_as_the_point_of_a_product():
    """jvp, vjp and hvp of a function of one number take it bare."""
    assert jvp(lambda x: x**3, 2.0, 1.0) == (8.0, 12.0)
    assert vjp(lambda x: x**3, 2.0, 1.0) == (8.0, 12.0)
    assert hvp(lambda x: x**3, 2.0, 1.0) == (8.0, 12.0)


@pytest.mark.parametrize("transform", [grad, value_and_grad])
def test_a_gradient_needs_one_output(transform):
    """A function of several outputs is a TypeError that names jacobian."""

    def twice(x):
        return [x, x]

    with pytest.raises(TypeError, match=r"^twice gives 2 outputs where one is needed; jacobian takes any number$"):
        transform(twice)(1.0)


@pytest.mark.parametrize(("product", "expected"), [(jvp, "3 inputs"), (hvp, "3 inputs"), (vjp, "1 output")])
def test_a_vector_of_the_wrong_length_is_an_error(product, expected):
    """The message carries both lengths."""
    with pytest.raises(ValueError, match=f"the vector has 2 entries, and polynomial has {expected}$"):
        product(polynomial, (1.0, 2.0, 3.0), (1.0, 2.0))


@pytest.mark.parametrize("result", [None, "text", [1.0, None]])
def test_a_function_that_gives_no_number_is_a_type_error(result):
    """The message names the function and what it gave."""

    def forgetful(x):
        return result

    with pytest.raises(TypeError, match=r"forgetful gave .* where a number or a Value was expected"):
        jacobian(forgetful)(1.0)


def operations(y):
    """The names of what a graph is made of, inputs first."""
    return [node.op.name for node in history(y)[::-1]]


@pytest.mark.parametrize(
    ("f", "made"),
    [
        (lambda x, w: x.sin(), ["cos"]),
        (lambda x, w: -x.sin(), ["cos", "neg"]),
        (lambda x, w: -(x.sin()) * 1.0, ["cos", "neg"]),
        (lambda x, w: w - x.sin(), ["cos", "neg"]),
        (lambda x, w: x * w, ["sum"]),  # w itself is a leaf: its slope is a node of its own
        (lambda x, w: x * w + x, ["sum"]),
        (lambda x, w: x * w - x, ["sum"]),
        (lambda x, w: (x * w).sin(), ["mul", "cos", "mul"]),
        (lambda x, w: (x + w) ** 2, ["add", "mul"]),
        (lambda x, w: 2.0 * x.sin() + 3.0 * x.cos(), ["sin", "neg", "cos", "dot"]),
        (lambda x, w: (x * w).exp() + (x * 2.0).exp(), ["mul", "exp", "mul", "exp", "dot"]),  # all products in one node
    ],
)
def test_a_slope_has_no_node_that_does_nothing(f, made):
    """Nothing is multiplied by 1 or −1, and no 0 is added: the formula of a slope is the one on the page."""
    x, w = Value(0.7), Value(1.3)
    (slope,) = gradient(f(x, w), x)
    assert operations(slope) == made


def test_a_derivative_at_a_value_along_plain_numbers_stays_a_value():
    """And one at plain numbers along a Value: what is made of Values can be differentiated once more."""
    x = Value(2.0)
    for product in (ag.jvp, ag.vjp):
        for point, vector in (((x,), (1.0,)), ((2.0,), (x,))):
            _, result = product(lambda a: a * a, point, vector)
            (slope,) = result if isinstance(result, list) else [result]
            assert isinstance(slope, Value)
    _, both = ag.jvp(lambda a, b: a * b, (x, 3.0), (1.0, 0.0))
    assert isinstance(both, Value)


def test_what_is_made_of_values_stays_so_whatever_the_vector():
    """The point holds a Value: a vector of plain numbers does not make its derivatives plain."""
    w = Value(3.0)
    for product, vector in ((ag.jvp, (1.0, 0.0)), (ag.vjp, (1.0,)), (ag.hvp, (1.0, 0.0))):
        found = product(lambda a, b: 2.0 * a + b, (w, 2.0), vector)  # whose slopes do not speak of w
        assert all(isinstance(each, Value) for each in flattened(found))


def test_what_is_flat_stays_a_value_too():
    """At a Value, or along one, a derivative that depends on nothing is one that depends on nothing outside."""
    w = Value(3.0)
    for found in (ag.grad(ag.sign)(w), ag.jacobian(lambda a: [2.0 * a])(w), ag.jvp(ag.sign, (2.0,), (w,))):
        assert all(isinstance(each, Value) for each in flattened([found]))


LARGER = partial(ag.maximum, 0.0)


@pytest.mark.parametrize(("f", "name"), [(ag.PRIMITIVES["sin"], "sin"), (LARGER, repr(LARGER))])
def test_an_error_names_the_function(f, name):
    """By the name of its row, or as Python shows what has none."""
    with pytest.raises(ValueError, match=f"^the vector has 2 entries, and {re.escape(name)} has 1 output$"):
        ag.vjp(f, (2.0,), (1.0, 2.0))
