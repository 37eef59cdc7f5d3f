"""Exercises: kind numbers, marks over several calls, sheets of one's own."""

import math
import re
from itertools import combinations

import pytest
from drawn_exercises import fresh, task
from exercises_by_hand import BY_HAND, SEEDS, ends, everywhere, given, own, own_by_hand, rounded, seeded, sigmoid
from long_runs import part

import autograd as ag
from autograd import Exercise, Value, Worksheet, exercise, gradient
from autograd.mark.calculations import significant
from autograd.mark.levels import LEVELS

# ---------------------------------------------------------------------------------------------------------------- numbers


def test_there_is_a_level_for_each_name():
    """Those that are worked out here are all that there are."""
    assert list(LEVELS) == list(BY_HAND)


@everywhere
@pytest.mark.parametrize(("seed", "digits"), [*((seed, 5) for seed in SEEDS), *part([(1, 4), (1, 9)], 1)])
def test_the_answers_are_the_numbers(level, seed, digits):
    """Every line, worked out from what is given, to so many significant digits."""
    shown = task(level, seed, digits)
    numbers = BY_HAND[level](given(shown))
    assert set(shown.answers) == set(numbers)
    assert shown.answers == {name: rounded(numbers[name], digits) for name in shown.answers}
    assert list(shown.answers) == list(shown.lines)


@everywhere
@seeded
def test_numbers_are_kind(level, seed):
    """Two decimals at most; none is 0 or ±1, none is another one's double or itself; no sigmoid or tanh is flat."""
    numbers = given(task(level, seed))
    sizes = [abs(x) for x in numbers.values()]
    assert all(re.fullmatch(r"−?\d(\.\d\d?)?", text) for text in task(level, seed).given.values())
    assert not {0.0, 1.0} & set(sizes)
    drawn = [abs(x) for name, x in numbers.items() if name != "y"]
    assert [(a, b) for a, b in combinations(drawn, 2) if a == b or math.isclose(2 * min(a, b), max(a, b))] == []
    lines = BY_HAND[level](numbers)
    own = ("∂ŷ/∂a", "∂ŷ/∂a_21", "∂h_11/∂a_11", "∂h_12/∂a_12", "∂h_1/∂a_1", "∂h_2/∂a_2")
    slopes = [x for name, x in lines.items() if name in own]
    assert [slope for slope in slopes if slope < 0.02] == []


# For lines of a neuron: the right way, then mistakes that are often made.
NEURON = """
a      | w*x + b | w*x - b | -w*x + b | w*x | b | w + x + b | w + b | x + b | -(w*x + b) | 2*(w*x + b) | (w*x + b)/2
ŷ      | s(a) | a | s(-a) | tanh(a) | max(a, 0) | -s(a) | 2*s(a) | s(a)/2
L      | -y*log(o) - (1 - y)*log(1 - o) | y*log(o) - (1 - y)*log(1 - o) | -y*log(o) + (1 - y)*log(1 - o) | -y*log(o) \
       | -(1 - y)*log(1 - o) | y*log(o) + (1 - y)*log(1 - o) | -log(o) - (1 - y)*log(1 - o) | -y*log(o) - log(1 - o)
∂L/∂ŷ  | -y/o + (1 - y)/(1 - o) | y/o + (1 - y)/(1 - o) | -y/o - (1 - y)/(1 - o) | y/o - (1 - y)/(1 - o) | -y/o \
       | (1 - y)/(1 - o) | -y + (1 - y)/(1 - o) | -1/o + (1 - y)/(1 - o)
∂ŷ/∂a  | o*(1 - o) | o | 1 - o | -o*(1 - o) | 2*o*(1 - o) | o*(1 + o) | a*(1 - a)
∂L/∂a  | e*d | e | d | e + d | -e*d | 2*e*d | e*d/2
∂L/∂w  | g*x | g | x | g + x | -g*x | 2*g*x | g*x/2
w'     | w - eta*(g*x) | w + eta*(g*x) | w - g*x | eta*(g*x) | -eta*(g*x) | w - eta
b'     | b - eta*g | b + eta*g | b - g | eta*g | -eta*g | b - eta
"""

# The same for two layers, whose lines have names with indices.
LAYERS = """
a_11     | w_111*x_1 + w_112*x_2 + b_11 | w_111*x_1 + w_112*x_2 | w_111*x_1 + w_112*x_2 + b_12 \
         | w_111*x_1 + w_121*x_2 + b_11 | w_111*x_2 + w_112*x_2 + b_11 | w_111*x_1 + w_112*x_1 + b_11 \
         | w_121*x_1 + w_122*x_2 + b_12 | w_111*x_1 - w_112*x_2 + b_11 | w_111*x_1 + b_11 | w_112*x_2 + b_11 \
         | w_111 + x_1 + w_112*x_2 + b_11 | w_111*x_1 + w_112 + x_2 + b_11
h_12     | s(a_12) | s(a_11) | a_12 | s(-a_12) | tanh(a_12) | max(a_12, 0)
a_21     | w_211*h_11 + w_212*h_12 + b_21 | w_211*h_11 + w_212*h_12 | w_211*a_11 + w_212*h_12 + b_21 \
         | w_211*h_11 + w_212*a_12 + b_21 | w_212*h_11 + w_211*h_12 + b_21 | w_211*h_11 + w_211*h_12 + b_21 \
         | w_211*h_11 - w_212*h_12 + b_21 | w_211*h_11 + w_212*h_12 - b_21
L        | (o - y)**2/2 | (o - y)**2 | (o - y)/2 | (o + y)**2/2
∂L/∂ŷ    | o - y | y - o | o + y | o
∂L/∂a_21 | (o - y)*o*(1 - o) | o - y | o*(1 - o) | (o - y) + o*(1 - o) | -(o - y)*o*(1 - o)
∂L/∂w_212 | d*h_12 | d*h_11 | d | h_12 | d + h_12 | -d*h_12 | d*a_12
∂L/∂a_11 | d*w_211*h_11*(1 - h_11) | d*w_211*h_12*(1 - h_12) | d*w_212*h_11*(1 - h_11) | d*w_211 \
         | -d*w_211*h_11*(1 - h_11)
∂L/∂w_112 | d_1*x_2 | d_1*x_1 | d_2*x_2 | d_1 | x_2 | d_1 + x_2 | -d_1*x_2
w'_112   | w_112 - eta*(d_1*x_2) | w_112 + eta*(d_1*x_2) | w_112 - d_1*x_2 | w_112 - eta*(d_1*x_1) \
         | w_112 - eta*(d_2*x_2) | w_111 - eta*(d_1*x_2) | w_121 - eta*(d_1*x_2) | eta*(d_1*x_2)
"""


def ways(table):
    """The lines of such a table with their formulas, the right one first."""
    for line in table.replace("\\\n", "").strip().splitlines():
        name, *formulas = (part.strip() for part in line.split("|"))
        yield name, formulas


@seeded
@pytest.mark.parametrize(("level", "table"), [("neuron", NEURON), ("two layers", LAYERS)])
def test_no_common_mistake_is_hidden_by_the_numbers(level, table, seed):
    """Worked out wrongly, a line has other digits than worked out rightly, and than with another mistake."""
    numbers = given(task(level, seed))
    lines = BY_HAND[level](numbers)
    short = {"ŷ": "o", "∂L/∂ŷ": "e", "∂ŷ/∂a": "d", "∂L/∂a": "g", "∂L/∂a_21": "d", "∂L/∂a_11": "d_1", "∂L/∂a_12": "d_2"}
    names = numbers | {short.get(name, name): x for name, x in lines.items()}
    names |= {"s": sigmoid, "tanh": math.tanh, "log": math.log, "max": max}
    for line, formulas in ways(table):
        values = [eval(formula, {}, names) for formula in formulas]
        assert values[0] == pytest.approx(lines[line], rel=1e-12)
        clashes = [
            (line, formulas[i], formulas[j])
            for (i, a), (j, b) in combinations(enumerate(values), 2)
            if f"{a:.5g}" == f"{b:.5g}" and not math.isclose(a, b, rel_tol=1e-12)
        ]
        assert clashes == []


@everywhere
@seeded
def test_an_audit_finds_nothing_in_an_exercise(level, seed):
    """Its numbers were drawn until it does."""
    assert task(level, seed).sheet.audit(5) == []


@pytest.mark.parametrize("level", part(BY_HAND))
def test_a_seed_gives_the_same_exercise_again(level):
    """In all its forms; without one, the seed that was drawn is told, and another seed gives other numbers."""
    first, again, other = task(level, 11), exercise(level, seed=11), task(level, 12)
    assert (first.markdown, first.latex, first.toml, first.answers) == (
        again.markdown, again.latex, again.toml, again.answers
    )  # fmt: skip
    assert given(first) != given(other)
    drawn = exercise(level)
    assert exercise(level, seed=drawn.seed).given == drawn.given
    assert (drawn.level, first.seed) == (level, 11)


@pytest.mark.parametrize(
    ("x", "digits"),
    [(0.25, 4), (-0.000123456, 3), (12.3456, 3), (1234.5, 4), (1 / 3, 12), (0.0101, 2), (-7.0, 5), (9.9949, 4), (0.1, 1)],
)
def test_significant_digits_are_counted_from_the_first_that_is_not_zero(x, digits):
    """Zeros at the end are kept, as decimal arithmetic keeps them."""
    assert significant(x, digits) == rounded(x, digits)
    assert len(significant(x, digits).replace(".", "").lstrip("-0")) == digits


def test_rounding_up_adds_no_digit():
    """9.999996 to five digits is 10.000; and zero, which has none, is zero."""
    assert [significant(x, 5) for x in (0.999996, 9.999996, 9999.97, 0.0)] == ["1.0000", "10.000", "10000", "0"]


# ------------------------------------------------------------------------------------------------------------------ marks


@everywhere
def test_right_answers_are_right(level):
    """All of them at once, with full marks; and the rows come in the order of the sheet."""
    shown = task(level)
    marking = fresh(level).mark(dict(reversed(shown.answers.items())))
    assert set(marking.verdicts.values()) == {"right"}
    assert list(marking.verdicts) == list(shown.lines)
    assert marking.score == marking.out_of == len(shown.lines)


def test_a_mistake_is_carried_from_one_call_to_the_next():
    """What follows from a number of an earlier call is carried; when that is put right, it is wrong itself."""
    shown = fresh("neuron")
    z = BY_HAND["neuron"](given(shown))["a"] + 0.2
    o, t = sigmoid(z), given(shown)["y"]
    assert shown.mark({"a": f"{z:.5f}"}).verdicts == {"a": "wrong"}
    second = shown.mark({"ŷ": f"{o:.5f}", "∂L/∂a": f"{o - t:.5f}"})
    assert second.verdicts == {"ŷ": "carried", "∂L/∂a": "carried"}
    assert (second["ŷ"].sources, second["∂L/∂a"].sources) == (("a",), ("ŷ",))
    assert shown.mark({"a": shown.answers["a"]}).verdicts == {"a": "right"}
    assert shown.mark({"ŷ": f"{o:.5f}"}).verdicts == {"ŷ": "wrong"}


def test_only_the_lines_of_a_call_are_shown():
    """Blank ones too; without any, the whole sheet as it stands by now."""
    shown = fresh("neuron")
    assert shown.mark({"ŷ": shown.answers["ŷ"], "a": ""}).verdicts == {"a": "blank", "ŷ": "right"}
    whole = shown.mark({}).verdicts
    assert list(whole) == list(shown.lines)
    assert [name for name, verdict in whole.items() if verdict != "blank"] == ["ŷ"]
    assert shown.mark({"ŷ": ""}).verdicts == {"ŷ": "blank"}
    assert set(shown.mark({}).verdicts.values()) == {"blank"}


@pytest.mark.parametrize(("claims", "error"), [({"q": "1.0"}, LookupError), ({2: "1.0"}, LookupError)])
def test_what_cannot_be_marked_leaves_everything_as_it_was(claims, error):
    """Also what stands beside it in the same call."""
    shown = fresh("neuron")
    shown.mark({"a": shown.answers["a"]})
    before = shown.mark({}).verdicts
    with pytest.raises(error):
        shown.mark({"ŷ": "0.5", **claims})
    assert shown.mark({}).verdicts == before


@pytest.mark.parametrize("claims", [None, 1.04, ["1.04"]])
def test_claims_go_by_line(claims):
    """Anything else is refused with an example."""
    with pytest.raises(TypeError, match=r"claims go by line, as in \{.a.: .0\.5.\}"):
        fresh("neuron").mark(claims)


def test_marks_are_given_as_on_a_worksheet():
    """What lines are worth, and what part of it carried ones get."""
    shown = fresh("neuron")
    z = BY_HAND["neuron"](given(shown))["a"] + 0.2
    marking = shown.mark({"a": f"{z:.5f}", "ŷ": f"{sigmoid(z):.5f}"}, marks=4.0, carried=0.25)
    assert [(row.marks, row.worth) for row in marking] == [(0.0, 4.0), (1.0, 4.0)]


# --------------------------------------------------------------------------------------------------- sheets of one's own


@seeded
@pytest.mark.parametrize("loss", ["", "E"])
def test_a_sheet_of_ones_own_gets_other_numbers(loss, seed):
    """The same lines, worked out from the new numbers; the sheet that was given stays what it was."""
    sheet = own()
    before = {name: value.data for name, value in sheet.values.items()}
    shown = exercise(sheet, seed=seed, loss=loss)
    numbers = own_by_hand(given(shown))
    assert shown.answers == {name: rounded(x, 5) for name, x in numbers.items()}
    assert given(shown) != sheet.given
    assert {name: value.data for name, value in sheet.values.items()} == before == sheet.true
    assert sheet.given == {"w": 0.5, "x": 2.0, "b": 0.3, "t": 0.8}
    assert set(shown.mark(shown.answers).verdicts.values()) == {"right"}
    assert shown.title == "My own"


def test_only_what_comes_before_the_loss_is_given_as_formulas():
    """The derivatives are asked for; without a loss, every formula is given, and there is no derivation to show."""
    assert list(exercise(own(), seed=1, loss="E").formulas) == ["z", "o", "E"]
    free = exercise(own(), seed=1)
    assert list(free.formulas) == ["z", "o", "E", "dw", "w_new"]
    with pytest.raises(ValueError, match="loss"):
        _ = free.solution


def test_the_loss_of_ones_own_sheet_is_derived():
    """Its solution ends in the numbers."""
    w, x, b, t = Value(0.5, "w"), Value(2.0, "x"), Value(0.3, "b"), Value(0.8, "t")
    E = (ag.sigmoid(w * x + b) - t) ** 2 / 2
    shown = exercise(Worksheet({"E": E, "∂E/∂w": gradient(E, w)[0]}), seed=1, loss="E")
    numbers = own_by_hand(given(shown))
    assert ends(shown.solution.text)["∂E/∂w"] == pytest.approx(numbers["dw"], rel=1e-5)


def test_targets_change_places():
    """Of 0 and 1 there are as many as before, on the same names; and not always in the same places."""
    z = [Value(0.3, f"a_{i}") * Value(0.4, f"b_{i}") - Value(t, f"t_{i}") for i, t in ((1, 1.0), (2, 0.0))]
    found = [given(exercise(Worksheet(z=z), seed=seed)) for seed in range(2)]
    assert {(numbers["t_1"], numbers["t_2"]) for numbers in found} == {(0.0, 1.0), (1.0, 0.0)}


def with_a_target(**numbers):
    """A target of 1 hides that it was left out, whatever the other numbers are."""
    w, x, b, v, y, t = (Value(data, name) for name, data in numbers.items())
    return Worksheet(z=w * x * t + b, u=v * y + w * b, s=x * y - v * b)


@pytest.mark.parametrize("seed", part(range(4, 8), 1))
def test_where_something_is_hidden_anyhow_nothing_else_is(seed):
    """The numbers hide no more than other uneven ones do."""
    uneven = with_a_target(w=0.37, x=0.83, b=0.29, v=0.61, y=0.53, t=1.0)
    shown = exercise(uneven, seed=seed, digits=3)
    assert given(shown)["t"] == 1.0
    assert 0 < len(shown.sheet.audit(3)) <= len(uneven.audit(3))


@seeded
def test_every_relu_is_alive(seed):
    """And no tanh is flat."""
    w, v, x = Value(0.5, "w"), Value(-0.4, "v"), Value(0.8, "x")
    h = ag.relu(w * x + v)
    shown = exercise(Worksheet(h=h, o=ag.tanh(3 * h * x)), seed=seed)
    g = given(shown)
    assert g["w"] * g["x"] + g["v"] > 0
    assert abs(math.tanh(3 * (g["w"] * g["x"] + g["v"]) * g["x"])) < 0.99
    assert shown.answers["h"] == rounded(g["w"] * g["x"] + g["v"], 5)


@seeded
def test_numbers_are_of_the_size_that_they_have(seed):
    """Tens stay tens, and hundreds hundreds; a learning rate is small and is not ½."""
    w, x, y, eta = Value(0.5, "w"), Value(30.0, "x"), Value(400.0, "y"), Value(0.25, "eta")
    numbers = given(exercise(Worksheet(z=w * x - y, u=w - eta * x), seed=seed))
    assert 0.1 <= abs(numbers["w"]) < 1
    assert 10 <= numbers["x"] < 100
    assert 100 <= numbers["y"] < 1000
    assert 0 < numbers["eta"] < 0.5


def test_an_exercise_from_a_file():
    """It has the numbers of the file, and marks."""
    text = '[given]\nw = 0.4\nx = 3\n[lines]\nz = "w x"\no = "σ(z)"\n'
    shown = Exercise.from_toml(text, digits=4)
    assert given(shown) == {"w": 0.4, "x": 3.0}
    assert shown.answers == {"z": "1.200", "o": rounded(sigmoid(1.2), 4)}
    assert shown.mark({"o": "0.7685"}).verdicts == {"o": "right"}


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("three layers",), {}, ["'three layers'", "'two layers'", "Worksheet"]),
        (("neuron",), {"digits": 2}, ["3 to 12", "2"]),
        (("neuron",), {"digits": 13}, ["3 to 12", "13"]),
        (("neuron",), {"digits": 5.0}, ["3 to 12", "5.0"]),
        (("neuron",), {"digits": "5"}, ["3 to 12", "'5'"]),
    ],
)
def test_what_is_no_exercise(arguments, options, words):
    """A ValueError says what there is."""
    with pytest.raises(ValueError) as error:  # noqa: PT011
        exercise(*arguments, **options)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize(("arguments", "options"), [((None,), {}), ((3,), {}), (("neuron",), {"seed": 1.5})])
def test_what_is_no_level_and_no_seed(arguments, options):
    """A TypeError says what is taken, and what came."""
    with pytest.raises(TypeError, match=re.escape(repr([*arguments, *options.values()][-1]))):
        exercise(*arguments, **options)


def test_where_no_numbers_are_kind():
    """A sigmoid that is flat with all of them cannot be an exercise."""
    with pytest.raises(ValueError, match="no kind numbers"):
        exercise(Worksheet(o=ag.sigmoid(Value(400.0, "x") * Value(300.0, "k"))), seed=1)


def test_in_symbols_formulas_are_wanted():
    """No number is given; each line after the loss is judged as a function, in other words of one's own as well."""
    shown = exercise("neuron", seed=2, symbols=True)
    assert (shown.given, shown.lines[0]) == ({}, "∂L/∂ŷ")
    assert not re.search(r"= −?\d", shown.markdown)
    assert set(shown.mark_sheet(shown.answers).verdicts.values()) == {"right"}
    own = {"∂L/∂a": "ŷ - y", "∂L/∂w": "(ŷ - y) x", "w'": "w - eta (ŷ - y) x", "b'": "b + eta (ŷ - y)"}
    marking = shown.mark_sheet(own)
    assert [marking[name].verdict for name in own] == ["right", "right", "right", "wrong"]
    assert marking.out_of == len(shown.lines)


@pytest.mark.parametrize("true_class", [1, 2, 3])
def test_another_class_is_the_true_one(true_class):
    """The loss is −log of its probability, and its slope alone is below 0."""
    shown = exercise("softmax", seed=1, true_class=true_class)
    numbers = {name: float(x) for name, x in shown.answers.items()}
    assert numbers["L"] == pytest.approx(-math.log(numbers[f"ŷ_{true_class}"]), abs=1e-4)
    assert [i for i in (1, 2, 3) if numbers[f"∂L/∂a_{i}"] < 0] == [true_class]
