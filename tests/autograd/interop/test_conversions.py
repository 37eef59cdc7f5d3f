"""What is no number is refused with a sentence; what loses the gradient is warned of."""

import inspect
import math
import re
import warnings
from decimal import Decimal
from math import exp

import pytest
from walks import failures

import autograd as ag
from autograd import LostGradientWarning, Value, grad, jvp

# ------------------------------------------------------------------------------------------------------------ bad input


def wrong_inputs():
    np = pytest.importorskip("numpy", reason="arrays are among the wrong inputs")
    return {
        "text": ("abc", "the text 'abc'$"),
        "bytes": (b"1.5", r"the text b'1\.5': pass float\(b'1\.5'\)$"),
        "text that reads as a number": ("3.5", r"the text '3\.5': pass float\('3\.5'\)"),
        "None": (None, "None: did a function forget to return its result"),
        "list": ([1.0], "a list: pass its numbers one by one"),
        "tuple": ((1.0, 2.0), "a tuple: pass its numbers one by one"),
        "dict": ({}, "a dict: pass its numbers one by one"),
        "complex": (1j, r"the complex number 1j: pass its \.real or \.imag"),
        "array": (np.array([1.0, 2.0]), r"a numpy ndarray: pass x\.item\(\) for one number"),
        "array of one": (np.array(1.0), r"a numpy ndarray: pass x\.item\(\) for one number"),
        "function": (math.sin, "the function sin: call it and pass its result"),
        "Decimal": (Decimal(1), r"a Decimal: pass float\(x\)"),
        "object": (object(), "a object$"),
    }


def torch_inputs():
    torch = pytest.importorskip("torch", reason="tensors are among the wrong inputs")
    return {
        "tensor": (torch.tensor(1.0), r"a torch Tensor: pass x\.item\(\)"),
        "tensor of one": (torch.tensor([1.0]), r"a torch Tensor: pass x\.item\(\)"),
    }


ENTRIES = {
    "Value(x)": lambda v, x: Value(x),
    "v + x": lambda v, x: v + x,
    "x + v": lambda v, x: x + v,
    "v - x": lambda v, x: v - x,
    "x - v": lambda v, x: x - v,
    "v * x": lambda v, x: v * x,
    "x * v": lambda v, x: x * v,
    "v / x": lambda v, x: v / x,
    "x / v": lambda v, x: x / v,
    "v ** x": lambda v, x: v**x,
    "x ** v": lambda v, x: x**v,
    "v < x": lambda v, x: v < x,
    "v <= x": lambda v, x: v <= x,
    "x > v": lambda v, x: x > v,
    "x >= v": lambda v, x: x >= v,
    "exp(x)": lambda v, x: ag.exp(x),
    "hypot(v, x)": ag.hypot,
    "maximum(x, 1.0)": lambda v, x: ag.maximum(x, 1.0),
    "v.minimum(x)": lambda v, x: v.minimum(x),
    "v.clip(0, x)": lambda v, x: v.clip(0, x),
    "sum([v, x])": lambda v, x: ag.sum([v, x]),
    "prod([v, x])": lambda v, x: ag.prod([v, x]),
    "mean([x])": lambda v, x: ag.mean([x]),
    "softmax([v, x])": lambda v, x: ag.softmax([v, x]),
    "logsumexp([v, x])": lambda v, x: ag.logsumexp([v, x]),
    "dot([v], [x])": lambda v, x: ag.dot([v], [x]),
    "dot([x], [v], v)": lambda v, x: ag.dot([x], [v], v),
    "dot([v], [v], x)": lambda v, x: ag.dot([v], [v], x),
    "jvp": lambda v, x: jvp(ag.exp, 1.0, x) if not isinstance(x, list | tuple) else Value(x),
}


TENSORS = [pytest.param(kind, marks=pytest.mark.external) for kind in ("tensor", "tensor of one")]


@pytest.mark.parametrize("wrong", [*wrong_inputs(), *TENSORS])
def test_what_is_no_real_number_is_a_type_error_that_says_what_to_pass(wrong):
    """At every entry, what is no number gives a sentence that names it and says what to pass instead.

    Operators and vectors take NumPy's arrays, element by element (test_elementwise.py).
    """
    entries = [name for name in ENTRIES if not wrong.startswith("array") or not re.fullmatch(r"[vx] \S+ [vx]|jvp", name)]
    x, sentence = {**wrong_inputs(), **(torch_inputs() if "tensor" in wrong else {})}[wrong]

    def refused(entry):
        with pytest.raises(TypeError, match=f"autograd computes with real numbers, not with {sentence}"):
            ENTRIES[entry](Value(0.5), x)

    assert failures(refused, entries) == {}


def test_an_array_is_named_after_its_package():
    """Wherever in the package its class stands."""
    np = pytest.importorskip("numpy", reason="arrays are among the wrong inputs")
    with pytest.raises(TypeError, match=r"not with a numpy MaskedArray: pass x\.item\(\) for one number"):
        Value(np.ma.array([1.0]))


def test_a_value_made_of_a_value_is_refused():
    """Value(v) would cut the graph; the sentence says to use v."""
    with pytest.raises(TypeError, match=r"with a Value here: use it as it is, or pass its \.data for the plain number$"):
        Value(Value(1.0))


@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "bool_"])
def test_numpy_scalars_are_numbers(kind):
    """Everywhere a number is meant, a NumPy scalar will do."""
    np = pytest.importorskip("numpy", reason="NumPy scalars are needed")
    x, v = getattr(np, kind)(1), Value(2.0)
    assert ag.dot([v], [x]).data == ag.dot([x], [v], x).data - 1 == ag.prod([v, x]).data == v.maximum(x).data == 2.0
    assert grad(lambda y: y * v.data)(x) == 2.0


# --------------------------------------------------------------------------------------------------- lost gradients


def warnings_of(f):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        f()
    return [str(w.message) for w in caught if issubclass(w.category, LostGradientWarning)]


V = Value(0.5)


@pytest.mark.parametrize(
    ("f", "name", "instead"),
    [
        (lambda: math.exp(V), "exp", "use autograd.exp to keep it"),
        (lambda: exp(V), "exp", "use autograd.exp to keep it"),
        (lambda: math.sqrt(V * V + 1), "sqrt", "use autograd.sqrt to keep it"),
        (lambda: 1 + 2 * math.log(abs(V)), "log", "use autograd.log to keep it"),
        (lambda: math.cos(math.sin(V)), "sin", "use autograd.sin to keep it"),
        (lambda: max(1.0, math.tanh(V)), "tanh", "use autograd.tanh to keep it"),
        (lambda: [math.hypot(x, 1.0) for x in [V]], "hypot", "use autograd.hypot to keep it"),
        (lambda: math.fabs(V), "fabs", "use autograd.abs to keep it"),
        (lambda: math.fsum([V]), "fsum", "use autograd.sum to keep it"),
        (lambda: math.pow(2, V), "pow", r"use the operator ** to keep it"),
        (lambda: math.gamma(V), "gamma", "autograd.Primitive adds an operation that keeps it"),
    ],
)
def test_a_function_of_math_warns_and_names_ours(f, name, instead):
    """math.exp(v) gives a plain number; the warning says which function of ours keeps the gradient."""
    (message,) = warnings_of(f)
    assert message.startswith(f"{name}() of Python's math gives a plain number, and the gradient is lost there: {instead}")
    assert message.endswith("or pass v.data")


def test_the_warning_points_to_the_line_of_the_call():
    """File and line are the caller's."""
    line = inspect.currentframe().f_lineno + 2
    with pytest.warns(LostGradientWarning) as caught:
        math.exp(V)
    assert (caught[0].filename, caught[0].lineno) == (__file__, line)


@pytest.mark.parametrize(
    "f",
    [
        lambda: float(V),
        lambda: f"{V}" + f"{V:.3f}" + "%f" % V,  # noqa: UP031
        lambda: int(V),
        lambda: round(float(V), 2),
        lambda: math.exp(float(V)),
        lambda: math.exp(V.data),
        lambda: math.isnan(V) or math.isinf(V) or not math.isfinite(V),
        lambda: math.isclose(V, 0.5),
        lambda: math.floor(V),
        lambda: ag.exp(V),
        V.exp,
        lambda: [x for x in [V] if x > 0],
    ],
)
def test_no_warning_where_a_number_is_asked_for(f):
    """float(v), formatting and questions such as math.isnan(v) are no accident."""
    assert warnings_of(f) == []


def test_every_call_warns_at_the_same_place():
    """A loop over the line asks again each time; Python's own filters decide what is shown."""

    def three_times():  # not in the assertion, where pytest gives all code one place
        return [math.exp(V) for _ in range(3)]

    assert len(warnings_of(three_times)) == 3
