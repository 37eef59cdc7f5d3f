"""NumPy's arrays beside Values: element by element, on either side."""

import itertools
import math
import operator

import pytest

import autograd as ag
from autograd import Value

np = pytest.importorskip("numpy", reason="arrays are NumPy's")

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod, operator.floordiv]


def elements(array):
    """The numbers of an array of Values, each of which is one."""
    assert array.dtype == object
    assert all(type(x) is Value for x in array.flat)
    return [x.data for x in array.flat]


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("shape", [(3,), (2, 2), (1,), (0,)])
def test_an_array_beside_a_value(op, shape):
    """Of numbers or of Values, left or right: an array of Values, whose slopes reach both."""
    numbers = np.linspace(0.5, 2.5, int(np.prod(shape))).reshape(shape)
    v = Value(1.75)
    values = np.array([Value(x) for x in numbers.flat], dtype=object).reshape(shape)
    before, behind = [op(x, 1.75) for x in numbers.flat], [op(1.75, x) for x in numbers.flat]
    for array in (numbers, values):
        for found, expected in ((op(array, v), before), (op(v, array), behind)):
            assert found.shape == shape
            assert elements(found) == pytest.approx(expected, rel=1e-15)
    if len(numbers):
        v.grad = 0.0
        ag.sum((values * v).flat).backward()
        assert v.grad == pytest.approx(numbers.sum())
        assert [x.grad for x in values.flat] == [1.75] * numbers.size


def test_products_of_matrices():
    """array @ array, where one or both hold Values: the sums of products, with their slopes."""
    W, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([Value(0.5), Value(-1.0)])
    found = W @ x
    assert elements(found) == [-1.5, -2.5]
    (found[0] * 2 + found[1]).backward()
    assert [each.grad for each in x] == [5.0, 8.0]
    assert (x @ x).data == (x @ np.array([1.0, 0.0]) * 2.5).data == 1.25


def test_numpys_scalars_are_numbers():
    """np.float64(2) * v and an array without dimensions give a Value alone, as 2 * v does, on either side."""
    v = Value(3.0)
    for scalar in (np.float64(2), np.float32(2), np.int64(2), np.bool_(1), np.array(2.0)):
        for op in OPERATORS:
            for found, number in [(op(scalar, v), op(float(scalar), 3.0)), (op(v, scalar), op(3.0, float(scalar)))]:
                assert type(found) is Value
                assert type(found.data) is float
                assert found.data == number
        assert bool(scalar < v) is bool(v > scalar) is True
    product = np.float64(2) * v
    product.backward()
    assert (v.grad, product.inputs[0].data) == (2.0, 2.0)


FUNCTIONS = """exp expm1 log log2 log10 log1p sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arctanh
    absolute fabs sign square reciprocal negative positive floor ceil trunc rint exp2""".split()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_numpys_on_a_value(name):
    """np.exp(v) is v.exp(), and so on: a Value, with the slope that NumPy's values have."""
    function, v = getattr(np, name), Value(0.3)
    y = function(v)
    assert type(y) is Value
    assert y.data == pytest.approx(float(function(0.3)), rel=1e-15)
    y.backward()
    step = 1e-6
    assert v.grad == pytest.approx(float(function(0.3 + step) - function(0.3 - step)) / (2 * step), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("name", ["maximum", "minimum", "hypot", "arctan2", "logaddexp", "remainder", "power", "divmod"])
def test_a_function_of_two(name):
    """Of a Value and an array, in either order, element by element."""
    function, v, array = getattr(np, name), Value(0.75), np.array([0.5, 2.0])
    for found, expected in [(function(v, array), function(0.75, array)), (function(array, v), function(array, 0.75))]:
        for one, other in zip(*((x if isinstance(x, tuple) else (x,)) for x in (found, expected)), strict=True):
            assert elements(one) == pytest.approx(other.tolist(), rel=1e-15)


def test_comparisons_compare_numbers():
    """< and the like, an array of truths; == is that of the objects, as everywhere."""
    array, v = np.array([1.0, 2.0, 3.0]), Value(2.0)
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        assert compare(array, v).tolist() == compare(array, 2.0).tolist()
        assert compare(v, array).tolist() == compare(2.0, array).tolist()
    assert (array == v).tolist() == [False] * 3
    assert (np.array([v, Value(2.0)]) == v).tolist() == [True, False]


def test_what_cannot_work_says_what_to_write():
    """An array of numbers that would have to hold Values, and a function that is no operation here."""
    array, v = np.array([1.0, 2.0]), Value(3.0)
    with pytest.raises(TypeError, match=r"cannot hold Values: write a = a \* v, not a \*= v"):
        array *= v
    with pytest.raises(TypeError, match=r"np\.spacing is no operation on Values: autograd\.Primitive adds one"):
        np.spacing(v)
    with pytest.raises(TypeError, match="pass its numbers one by one"):
        [1.0, 2.0] * v
    objects = np.array([1.0, 2.0], dtype=object)
    objects *= v
    assert elements(objects) == [3.0, 6.0]


def test_a_net_in_numpys_words():
    """A layer as people write it with arrays has the gradients of the same layer number by number."""
    rng = np.random.default_rng(0)
    numbers, x = rng.normal(size=(3, 4)), rng.normal(size=4)
    W = np.array([[Value(w) for w in row] for row in numbers.tolist()])
    loss = (np.tanh(W @ x) ** 2).sum() / 3
    loss.backward()
    z = [math.fsum(w * xi for w, xi in zip(row, x)) for row in numbers]
    for i, j in itertools.product(range(3), range(4)):
        t = math.tanh(z[i])
        assert W[i, j].grad == pytest.approx(2 * t * (1 - t * t) * x[j] / 3, rel=1e-12)


ARRAY = np.array([1.0, 2.0, 3.0])
OF_ARRAYS = {  # what is asked, and what NumPy and calculus say
    "grad": (lambda: ag.grad(lambda x: (x**2).sum())(ARRAY), 2 * ARRAY),
    "grad, np.exp": (lambda: ag.grad(lambda x: np.exp(x).sum())(ARRAY), np.exp(ARRAY)),
    "grad of a matrix": (lambda: ag.grad(lambda W: (W @ ARRAY).sum())(np.ones((2, 3))), np.tile(ARRAY, (2, 1))),
    "grad in grad": (lambda: ag.grad(lambda x: ag.grad(lambda y: (y**3).sum())(x).sum())(ARRAY), 6 * ARRAY),
    "grad of whole numbers": (lambda: ag.grad(lambda x: x[0] * 2 + x[1])(np.array([1, 2])), [2.0, 1.0]),
    "jacobian": (lambda: ag.jacobian(lambda x: x**2)(ARRAY), np.diag(2 * ARRAY)),
    "hessian": (lambda: ag.hessian(lambda x: (x**3).sum())(ARRAY), np.diag(6 * ARRAY)),
    "jvp": (lambda: ag.jvp(lambda x: x**2, ARRAY, ARRAY)[1], 2 * ARRAY**2),
    "vjp": (lambda: ag.vjp(lambda x: x**2, ARRAY, ARRAY)[1], 2 * ARRAY**2),
    "hvp": (lambda: ag.hvp(lambda x: (x**3).sum(), ARRAY, ARRAY)[1], 6 * ARRAY**2),
}


@pytest.mark.parametrize("asked", OF_ARRAYS)
def test_transforms_take_arrays(asked):
    """An array is an argument like a list, and its gradient an array of the same shape."""
    found, expected = OF_ARRAYS[asked]
    assert np.asarray(found(), dtype=float).tolist() == np.asarray(expected).tolist()


def test_two_arrays_have_a_gradient_each():
    """Each in its own shape, and a number stays one."""
    value, (of_w, of_b) = ag.value_and_grad(lambda W, b: ((W @ ARRAY + b) ** 2).sum())(np.ones((2, 3)), 1.0)
    assert (value, of_w.tolist(), of_b) == (98.0, [[14.0, 28.0, 42.0]] * 2, 28.0)
