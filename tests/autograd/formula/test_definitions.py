"""Several formulas at once, by name."""

from itertools import permutations

import pytest

from autograd import FormulaError, derivation, gradient
from autograd.formula.systems import read_formulas

NEURON = ["E = -t*log(o) - (1-t)*log(1-o)", "o = sigmoid(net)", "net = w*x + b"]
NUMBERS = {"t": 1, "w": 0.5, "x": 2, "b": -1}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("between", ["; ", "\n", ";\n"])
def test_formulas_stand_in_any_order(order, between):
    """The result is the one that no other uses; each wears its name."""
    formulas = read_formulas(between.join(NEURON[i] for i in order), NUMBERS)
    (loss,) = formulas.results
    assert loss.label == "E"
    assert loss.data == pytest.approx(0.6931471805599453, rel=1e-15)
    assert {name: y.label for name, y in formulas.named.items()} == {"E": "E", "o": "o", "net": "net"}
    assert gradient(loss, formulas.value("w"))[0].data == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("text", "numbers", "results", "unknown"),
    [
        ("x^2*y", {"x": 3, "y": 2}, [18.0], []),
        ("x^2*y; x + y", {"x": 3, "y": 2}, [18.0, 5.0], []),
        ("2wx + c", {"w": 3, "x": 2}, [13.0], ["c"]),
        ("w x", {}, [1.0], ["w", "x"]),
        ("z = w*x; w = 0.5; x = -2", {}, [-1.0], []),
        ("w = 0.5", {}, [0.5], []),
        ("y = x^2; η = 0.1", {"x": 3}, [9.0], []),
        ("a = x; b = a^2", {"x": 3}, [9.0], []),
        ("h = [x >= 0] x", {"x": 2}, [2.0], []),
        ("σ = w x; σ(1 − σ)", {"w": 2, "x": 3}, [-30.0], []),
        ("E = x^2; ∂E/∂x + 1", {"x": 3}, [7.0], []),
        ("E = x^2; dE = ∂E/∂x; ∂dE/∂x", {"x": 3}, [2.0], []),
        ("d/dx(y); y = x^3", {"x": 2}, [12.0], []),
        ("∂E/∂x + 1; E = x^2", {}, [3.0], ["x"]),
        (r"\frac{d}{dx}(w x^2)", {"w": 2, "x": 3}, [12.0], []),
        ("foo(x)", {"foo": 2, "x": 3}, [6.0], []),
        ("y = foo(x); foo = 2x", {"x": 3}, [18.0], []),
        (r"o := \frac{1}{1 + e^{-z}}\; z", {"z": 0}, [0.0], []),
        ("y = x + 1  # a comment\n\n# another\n2y", {"x": 1}, [4.0], []),
        ("w_1 x", {"w1": 2, "x": 3}, [6.0], []),
    ],
)
def test_what_formulas_come_to(text, numbers, results, unknown):
    """The results in the order in which they are written, and the variables that have no number."""
    formulas = read_formulas(text, numbers)
    assert [y.data for y in formulas.results] == results
    assert formulas.unknown == unknown


@pytest.mark.parametrize(
    ("text", "numbers", "place", "words"),
    [
        ("x + + y; z = 2", {}, 4, "a number, a name"),
        ("z = 3; y = x + * 2", {}, 15, "a number, a name"),
        ("a = 1; b = 2; a = 3", {}, 14, "a is defined twice"),
        ("w1 = 1; y = 2; w_1 = 3", {}, 15, "w_1 is defined twice"),
        ("x = y", {"x": 1}, 0, "x is given as a number"),
        ("a = b + 1; b = 2a", {}, 0, "a → b → a"),
        ("y = z; a = b; b = c; c = a", {}, 7, "a → b → c → a"),
        ("a = a + 1", {}, 0, "a is defined by itself"),
        ("y = ∂y/∂x", {"x": 1}, 0, "y is defined by itself"),
        ("a = b = c", {}, 8, "another"),
        ("y = 1; 2x = 3", {}, 7, "the name of what is defined"),
        ("y = ", {}, 4, "a formula is expected"),
        ("", {}, 0, "no formula"),
        (" ; ; ", {}, 4, "no formula"),
        ("y = 1; sigmod(x)", {}, 7, "is sigmoid meant?"),
        ("y = 1; foo(x)", {}, 7, "foo is no function"),
        ("y = lg x", {}, 4, "log_10"),
        ("y = w^T x", {}, 5, "how many entries w has"),
    ],
)
def test_what_cannot_be_read(text, numbers, place, words):
    """An error knows its place in the whole text."""
    with pytest.raises(FormulaError) as error:
        read_formulas(text, numbers)
    assert (error.value.text, error.value.position) == (text, place)
    assert words in error.value.reason


@pytest.mark.parametrize(
    ("text", "numbers", "words"),
    [
        ("w11 * x", {"w1": 2, "x": 1}, ["w1", "is w11 meant?"]),
        ("x", {"x": 1, "y": 2}, ["y", "no formula", "x"]),
        ("x", {"x1": 1, "x_1": 2}, ["x1", "x_1", "one name"]),
        ("x", {"2x": 1}, ["2x"]),
    ],
)
def test_numbers_that_make_no_sense(text, numbers, words):
    """A number for what no formula speaks of is a slip of the pen."""
    with pytest.raises(ValueError, match=words[0]) as error:
        read_formulas(text, numbers)
    assert [word for word in words if word not in str(error.value)] == []


def test_a_number_in_the_text_is_a_variable():
    """It can be differentiated with respect to, as one that is given can."""
    formulas = read_formulas("z = w*x; w = 0.5; x = 6/3")
    assert {name: (x.data, x.inputs) for name, x in formulas.variables.items()} == {"w": (0.5, ()), "x": (2.0, ())}
    assert [slope.data for slope in gradient(formulas.results[0], *formulas.variables.values())] == [2.0, 0.5]
    assert list(formulas.named) == ["z"]


def test_variables_without_a_number_are_pointed_at():
    """Where a number is needed; the nearest name that has one is a hint."""
    formulas = read_formulas("o = w1*x1 + w11; E = o + c", {"w1": 1, "x1": 2})
    with pytest.raises(FormulaError, match="w11, c have no number") as error:
        formulas.need_numbers()
    assert error.value.position == 12
    assert "is w1 meant?" in error.value.reason
    read_formulas("x", {"x": 1}).need_numbers()


def test_a_derivation_may_stay_in_symbols():
    """Without numbers no line ends in them, whether along paths or for a whole sheet."""
    formulas = read_formulas("; ".join(NEURON))
    (loss,) = formulas.results
    one, sheet = (derivation(loss, x, numbers=False).text for x in (formulas.value("w"), [*formulas.variables.values()]))
    assert "= (o − t)·x" in one.splitlines()[-1]
    assert "in numbers" not in one + sheet
    assert "in numbers" in derivation(loss, formulas.value("w")).text
