"""Exercises: kind numbers, what stands on paper and in notebooks, marks over several cells, sheets of one's own."""

import ast
import json
import math
import re
import tomllib
from decimal import Decimal
from html.parser import HTMLParser
from itertools import combinations, pairwise

import pytest
from drawn_exercises import fresh, task
from long_runs import part

import autograd as ag
from autograd import Exercise, Value, Worksheet, exercise, gradient
from autograd.mark.calculations import significant
from autograd.mark.classes import mark_files
from autograd.mark.levels import LEVELS
from autograd.mark.sheets import sheet_from
from autograd.writing.names import text_name

SEEDS = part([1, 0, 2, 3, 4, 5], 1)  # 1 is what the other tests draw


def number(text):
    return float(text.replace("−", "-"))


def given(shown):
    """The numbers that are given, as they are shown."""
    return {name: number(text) for name, text in shown.given.items()}


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


# ---------------------------------------------------------------------------------------------- lines in plain arithmetic


def neuron(g):
    """The lines of one neuron with cross-entropy, of one input or of several."""
    ends = [""] if "w" in g else ["_1", "_2"]
    a = sum(g[f"w{i}"] * g[f"x{i}"] for i in ends) + g["b"]
    o, t = sigmoid(a), g["y"]
    found = {"a": a, "ŷ": o, "L": -t * math.log(o) - (1 - t) * math.log(1 - o)}
    found |= {"∂L/∂ŷ": -t / o + (1 - t) / (1 - o), "∂ŷ/∂a": o * (1 - o), "∂L/∂a": o - t}
    found |= {f"∂L/∂w{i}": (o - t) * g[f"x{i}"] for i in ends} | {"∂L/∂b": o - t}
    return (
        found
        | {f"w'{i}": g[f"w{i}"] - g["eta"] * found[f"∂L/∂w{i}"] for i in ends}
        | {"b'": g["b"] - g["eta"] * found["∂L/∂b"]}
    )


def two_layers(g):
    """The lines of two inputs, two hidden neurons and one output; half the squared error."""
    a = {i: g[f"w_1{i}1"] * g["x_1"] + g[f"w_1{i}2"] * g["x_2"] + g[f"b_1{i}"] for i in (1, 2)}
    h = {i: sigmoid(a[i]) for i in (1, 2)}
    last = g["w_211"] * h[1] + g["w_212"] * h[2] + g["b_21"]
    o = sigmoid(last)
    delta = (o - g["y"]) * o * (1 - o)
    found = {f"a_1{i}": a[i] for i in a} | {f"h_1{i}": h[i] for i in h}
    found |= {"a_21": last, "ŷ": o, "L": 0.5 * (o - g["y"]) ** 2}
    found |= {"∂L/∂ŷ": o - g["y"], "∂ŷ/∂a_21": o * (1 - o), "∂L/∂a_21": delta, "∂L/∂b_21": delta}
    for i in (1, 2):
        found |= {f"∂L/∂w_21{i}": delta * h[i], f"∂L/∂h_1{i}": delta * g[f"w_21{i}"], f"∂h_1{i}/∂a_1{i}": h[i] * (1 - h[i])}
        found[f"∂L/∂a_1{i}"] = found[f"∂L/∂b_1{i}"] = delta * g[f"w_21{i}"] * h[i] * (1 - h[i])
        found |= {f"∂L/∂w_1{i}{j}": found[f"∂L/∂a_1{i}"] * g[f"x_{j}"] for j in (1, 2)}
    olds = [name for name in g if name[0] in "wb"]
    return found | {name[0] + "'" + name[1:]: g[name] - g["eta"] * found[f"∂L/∂{name}"] for name in olds}


def softmax(g):
    """The lines of two inputs and three classes; −log of the second probability."""
    a = {i: g[f"w_{i}1"] * g["x_1"] + g[f"w_{i}2"] * g["x_2"] + g[f"b_{i}"] for i in (1, 2, 3)}
    whole = sum(math.exp(each) for each in a.values())
    o = {i: math.exp(a[i]) / whole for i in a}
    found = {f"a_{i}": a[i] for i in a} | {f"ŷ_{i}": o[i] for i in o} | {"L": -math.log(o[2])}
    for i in a:
        delta = o[i] - (i == 2)
        found |= {f"∂L/∂a_{i}": delta, f"∂L/∂b_{i}": delta}
        found |= {f"∂L/∂w_{i}{j}": delta * g[f"x_{j}"] for j in (1, 2)}
    return found


def recurrent(g):
    """The lines of a state of one number over two inputs, and of the way back through time."""
    a_1 = g["w"] * g["x_1"] + g["u"] * g["h_0"] + g["b"]
    h_1 = math.tanh(a_1)
    a_2 = g["w"] * g["x_2"] + g["u"] * h_1 + g["b"]
    h_2 = math.tanh(a_2)
    o = g["v"] * h_2 + g["c"]
    e = o - g["y"]
    d_2 = e * g["v"] * (1 - h_2**2)
    d_1 = d_2 * g["u"] * (1 - h_1**2)
    slopes = {"v": e * h_2, "c": e, "w": d_1 * g["x_1"] + d_2 * g["x_2"], "u": d_1 * g["h_0"] + d_2 * h_1, "b": d_1 + d_2}
    found = {"a_1": a_1, "h_1": h_1, "a_2": a_2, "h_2": h_2, "ŷ": o, "L": e**2 / 2, "∂L/∂ŷ": e}
    found |= {"∂L/∂h_2": e * g["v"], "∂h_2/∂a_2": 1 - h_2**2, "∂L/∂a_2": d_2}
    found |= {"∂L/∂h_1": d_2 * g["u"], "∂h_1/∂a_1": 1 - h_1**2, "∂L/∂a_1": d_1}
    found |= {f"∂L/∂{name}": slope for name, slope in slopes.items()}
    return found | {f"{name}'": g[name] - g["eta"] * slope for name, slope in slopes.items()}


def rmsnorm(g):
    """The lines of three numbers over the root of their mean square; the slope in x_i is (d_i − n_i Σ d n / 3) / r."""
    m = sum(g[f"x_{i}"] ** 2 for i in (1, 2, 3)) / 3
    r = math.sqrt(m)
    n = {i: g[f"x_{i}"] / r for i in (1, 2, 3)}
    e = {i: g[f"g_{i}"] * n[i] - g[f"y_{i}"] for i in n}
    d = {i: e[i] * g[f"g_{i}"] for i in n}
    along = sum(d[i] * n[i] for i in n)
    found = {"m": m, "r": r, "L": sum(x**2 for x in e.values()) / 2, "∂L/∂r": -along / r, "∂L/∂m": -along / (2 * m)}
    for i in (1, 2, 3):
        found |= {f"n_{i}": n[i], f"ŷ_{i}": e[i] + g[f"y_{i}"], f"∂L/∂ŷ_{i}": e[i], f"∂L/∂n_{i}": d[i]}
        found |= {f"∂L/∂g_{i}": e[i] * n[i], f"∂L/∂x_{i}": (d[i] - n[i] * along / 3) / r}
    return found


def embedding(g):
    """The lines of three places with the letters 1, 2, 1."""
    letters = {1: 1, 2: 2, 3: 1}
    x = {(t, j): g[f"e_{letter}{j}"] + g[f"p_{t}{j}"] for t, letter in letters.items() for j in (1, 2)}
    o = {t: g["u_1"] * x[t, 1] + g["u_2"] * x[t, 2] for t in letters}
    e = {t: o[t] - g[f"y_{t}"] for t in letters}
    found = {f"x_{t}{j}": value for (t, j), value in x.items()} | {f"ŷ_{t}": value for t, value in o.items()}
    found |= {"L": sum(value**2 for value in e.values()) / 2} | {f"∂L/∂ŷ_{t}": value for t, value in e.items()}
    found |= {f"∂L/∂x_{t}{j}": e[t] * g[f"u_{j}"] for t, j in x}
    slopes = {f"u_{j}": sum(e[t] * x[t, j] for t in letters) for j in (1, 2)}
    slopes |= {f"e_{k}{j}": g[f"u_{j}"] * sum(e[t] for t in letters if letters[t] == k) for k in (1, 2) for j in (1, 2)}
    found |= {f"∂L/∂{name}": slope for name, slope in slopes.items()}
    return found | {name[0] + "'" + name[1:]: g[name] - g["eta"] * slope for name, slope in slopes.items()}


def attention(g):
    """The lines of the second place: with two shares their slopes in the scores are ±α₁α₂."""
    s = {i: sum(g[f"q_{j}"] * g[f"k_{i}{j}"] for j in (1, 2)) / math.sqrt(2) for i in (1, 2, 3)}
    first = sigmoid(s[1] - s[2])
    alpha = {1: first, 2: 1 - first}
    o = alpha[1] * g["v_1"] + alpha[2] * g["v_2"]
    e = o - g["y"]
    down = {1: e * (g["v_1"] - g["v_2"]) * alpha[1] * alpha[2]}
    down[2] = -down[1]
    found = {f"s_{i}": s[i] for i in s} | {"o": o, "L": e**2 / 2, "∂L/∂o": e}
    for i in (1, 2):
        found |= {f"α_{i}": alpha[i], f"∂L/∂v_{i}": e * alpha[i]}
        found |= {f"∂L/∂α_{i}": e * g[f"v_{i}"], f"∂L/∂s_{i}": down[i]}
        found |= {f"∂L/∂k_{i}{j}": down[i] * g[f"q_{j}"] / math.sqrt(2) for j in (1, 2)}
    return found | {f"∂L/∂q_{j}": (down[1] * g[f"k_1{j}"] + down[2] * g[f"k_2{j}"]) / math.sqrt(2) for j in (1, 2)}


def jacobian(g):
    """The lines of f₁ = p x² y + q y and f₂ = σ(x y − q x), and of half the sum of their squares."""
    x, y, a, b = (g[name] for name in ("x_1", "x_2", "p", "q"))
    f, o = a * x * x * y + b * y, sigmoid(x * y - b * x)
    bend = o * (1 - o)
    found = {"f_1": f, "f_2": o, "L": (f * f + o * o) / 2, "∂L/∂f_1": f, "∂L/∂f_2": o}
    found |= {"∂f_1/∂x_1": 2 * a * x * y, "∂f_1/∂x_2": a * x**2 + b}
    found |= {"∂f_2/∂x_1": bend * (y - b), "∂f_2/∂x_2": bend * x}
    return found | {f"∂L/∂x_{i}": f * found[f"∂f_1/∂x_{i}"] + o * found[f"∂f_2/∂x_{i}"] for i in (1, 2)}


def hessian(g):
    """The lines of f = p x² y + q x y³, its slopes and theirs."""
    x, y, a, b = (g[name] for name in ("x_1", "x_2", "p", "q"))
    found = {
        "f": a * x * x * y + b * x * y**3,
        "∂f/∂x_1": 2 * a * x * y + b * y**3,
        "∂f/∂x_2": a * x * x + 3 * b * x * y * y,
    }
    return found | {"H_11": 2 * a * y, "H_12": 2 * a * x + 3 * b * y * y, "H_22": 6 * b * x * y}


def graph(g):
    """The boxes of one of five graphs, told by what is given, from the top down, and back."""
    if "b" in g:  # L = (tanh(w x + b) x + c)²
        w, x = g["w"], g["x"]
        a = w * x + g["b"]
        h = math.tanh(a)
        e = h * x + g["c"]
        down = 2 * e * x * (1 - h * h)
        found = {"p": w * x, "a": a, "h": h, "q": h * x, "e": e, "L": e * e}
        found |= {f"∂L/∂{name}": 2 * e for name in "eq"} | {"∂L/∂h": 2 * e * x, "∂L/∂a": down, "∂L/∂p": down}
        return found | {"∂L/∂w": down * x, "∂L/∂x": 2 * e * h + down * w}
    if "x_1" in g:  # L = (tanh(w x_1) + w x_2)²
        w, x_1, x_2 = g["w"], g["x_1"], g["x_2"]
        h = math.tanh(w * x_1)
        s = h + w * x_2
        down = 2 * s * (1 - h * h)
        found = {"a_1": w * x_1, "a_2": w * x_2, "h": h, "s": s, "L": s * s}
        found |= {f"∂L/∂{name}": 2 * s for name in ("s", "h", "a_2")} | {"∂L/∂a_1": down}
        return found | {"∂L/∂x_1": down * w, "∂L/∂x_2": 2 * s * w, "∂L/∂w": down * x_1 + 2 * s * x_2}
    if "w" in g:  # L = (tanh(w x) (w x + c))²
        a = g["w"] * g["x"]
        h, s = math.tanh(a), a + g["c"]
        down = 2 * h * s * (h + s * (1 - h * h))
        found = {"a": a, "h": h, "s": s, "p": h * s, "L": (h * s) ** 2, "∂L/∂p": 2 * h * s, "∂L/∂a": down}
        return found | {"∂L/∂s": 2 * h * s * h, "∂L/∂h": 2 * h * s * s, "∂L/∂w": down * g["x"], "∂L/∂x": down * g["w"]}
    a = {i: g[f"w_{i}"] * g["x"] for i in (1, 2)}
    if "c" in g:  # L = (tanh(w_1 x) tanh(w_2 x) + c)²
        h = {i: math.tanh(a[i]) for i in a}
        s = h[1] * h[2] + g["c"]
        down = {i: 2 * s * h[3 - i] * (1 - h[i] ** 2) for i in h}
        found = {"p": h[1] * h[2], "s": s, "L": s * s, "∂L/∂s": 2 * s, "∂L/∂p": 2 * s}
        found |= {f"h_{i}": h[i] for i in h} | {f"∂L/∂h_{i}": 2 * s * h[3 - i] for i in h}
    else:  # L = −log softmax(w_1 x, w_2 x)_1
        e = {i: math.exp(a[i]) for i in a}
        whole = e[1] + e[2]
        share = e[1] / whole
        down = {1: share - 1, 2: 1 - share}
        found = {
            "e_1": e[1],
            "e_2": e[2],
            "s": whole,
            "r": 1 / whole,
            "ŷ": share,
            "L": -math.log(share),
            "∂L/∂ŷ": -1 / share,
        }
        found |= {"∂L/∂r": -whole, "∂L/∂s": 1 / whole, "∂L/∂e_1": down[1] / e[1], "∂L/∂e_2": down[2] / e[2]}
    found |= {f"a_{i}": a[i] for i in a} | {f"∂L/∂a_{i}": down[i] for i in a}
    found |= {f"∂L/∂w_{i}": down[i] * g["x"] for i in a}
    return found | {"∂L/∂x": down[1] * g["w_1"] + down[2] * g["w_2"]}


BY_HAND = {"neuron": neuron, "two inputs": neuron, "two layers": two_layers, "softmax": softmax}
BY_HAND |= {"recurrent": recurrent, "rmsnorm": rmsnorm, "embedding": embedding, "attention": attention}
BY_HAND |= {"jacobian": jacobian, "hessian": hessian, "read the graph": graph}
everywhere = pytest.mark.parametrize("level", BY_HAND)
seeded = pytest.mark.parametrize("seed", SEEDS)


def rounded(x, digits):
    """A number with so many significant digits, in decimal arithmetic."""
    exact = Decimal(x)
    return format(exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1)), "f")


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


def test_zero_is_zero():
    """It has no significant digit."""
    assert significant(0.0, 5) == "0"


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


# --------------------------------------------------------------------------------------------------------------- on paper


def by_formula(formula, names):
    """A formula as it is printed, worked out: its signs are turned into Python's, its names are what they stand for."""
    words = {"·": "*", "−": "-", "²": "**2", "³": "**3", "σ(": "sigmoid(", "log(": "log(", "exp(": "exp("}
    words |= {"sqrt(": "sqrt(", "tanh(": "tanh("} | {text_name(name): f"N[{i}]" for i, name in enumerate(names)}
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    python = re.sub(longest_first, lambda match: words[match[0]], formula)
    return eval(python, {}, {"N": list(names.values()), "sigmoid": sigmoid, **vars(math)})


@everywhere
def test_the_formulas_that_are_given_lead_to_the_loss(level):
    """Worked out one after the other from the given numbers they give the answers; the loss is the last."""
    shown = task(level)
    names = given(shown)
    for name, formula in shown.formulas.items():
        names[name] = by_formula(formula, names)
        assert rounded(names[name], 5) == shown.answers[name]
    if shown.picture is None:
        assert list(shown.formulas)[-1] == shown.loss
        return
    assert loss_by_picture(shown) == {line: shown.answers[line] for line in loss_by_picture(shown)}


def loss_by_picture(shown):
    """The boxes that are computed, worked out from the text of the picture."""
    names = given(shown)
    signs = {"×": math.prod, "+": sum, "tanh": lambda xs: math.tanh(*xs), "( )²": lambda xs: xs[0] ** 2}
    signs |= {"exp": lambda xs: math.exp(*xs), "1/( )": lambda xs: 1 / xs[0], "−log": lambda xs: -math.log(*xs)}
    signs |= {"σ": lambda xs: sigmoid(*xs)}
    own = {text_name(name): name for name in [*shown.lines, *shown.given]}
    found = {}
    for row in shown.picture.text.splitlines():
        name, sign, *inputs = re.split(r"  +from  +|  +", row.strip())
        name = own[name]
        names[name] = signs[sign]([names[own[x]] for x in inputs[0].split(", ")]) if inputs else number(sign)
        if inputs:
            found[name] = rounded(names[name], 5)
    return found


GRAPHS = [0, 1, 2, 5, 7]  # seeds of a graph each


def boxes(svg):
    """Rectangles of a picture, and the straight ways down that go past some: their x, and from which y to which."""
    rects = [
        tuple(map(int, m)) for m in re.findall(r'<rect class="box" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', svg)
    ]
    downs = [tuple(map(int, m)) for m in re.findall(r'd="M(\d+) (\d+)V(\d+)', svg)]
    return rects, downs


def test_a_seed_says_which_graph_is_to_be_read():
    """A shared weight, a diamond, softmax, two neurons, and a chain; each has its numbers, and is read from its picture."""
    found = {tuple(task("read the graph", seed).lines): seed for seed in GRAPHS}
    assert len(found) == len(GRAPHS)
    for seed in GRAPHS:
        shown = task("read the graph", seed)
        numbers = graph(given(shown))
        assert shown.answers == {name: rounded(numbers[name], 5) for name in shown.answers}
        assert set(shown.answers) == set(numbers)
        computed = loss_by_picture(shown)
        assert computed == {line: shown.answers[line] for line in computed}
        assert list(computed) != []
        assert shown.hidden == []


@pytest.mark.parametrize("seed", GRAPHS)
def test_nothing_lies_upon_a_box_in_a_picture(seed):
    """Neither another box, nor an edge on its way down."""
    rects, downs = boxes(task("read the graph", seed).picture.svg)
    assert len(rects) >= 7
    for (x, y, w, h), (x2, y2, w2, h2) in combinations(rects, 2):
        assert x + w < x2 or x2 + w2 < x or y + h < y2 or y2 + h2 < y
    for at, start, end in downs:
        assert [r for r in rects if r[0] < at < r[0] + r[2] and start < r[1] and r[1] + r[3] < end] == []


def test_another_activation_is_in_every_graph_that_may_come():
    """Softmax has none, so it does not come then."""
    signs = {task("read the graph", seed, activation="sigmoid").picture.text.count("σ") for seed in range(12)}
    assert 0 not in signs


@everywhere
def test_the_exercise_in_markdown(level):
    """Title, every given number, the formulas, and a table with a blank for each line; no answer stands anywhere."""
    shown = task(level)
    lines = shown.markdown.splitlines()
    assert lines[0] == f"# {LEVELS[level][2]}"
    stated = re.search(r"^Given: (.*)\.$", shown.markdown, re.MULTILINE)[1]
    assert sorted(stated.split(", ")) == sorted(f"{text_name(name)} = {x}" for name, x in shown.given.items())
    assert [line[2:] for line in lines if line.startswith("- ")] == [
        f"{text_name(name)} = {formula}" for name, formula in shown.formulas.items()
    ]
    assert "5 significant digits" in shown.markdown
    assert [line for line in lines if line.startswith("|")][2:] == [f"| {text_name(name)} | |" for name in shown.lines]
    assert repr(shown) == shown.markdown
    assert [answer for answer in shown.answers.values() if answer in shown.markdown] == []


def test_numbers_of_one_letter_stand_side_by_side():
    """Weights with weights, inputs with inputs."""
    for level in LEVELS:
        letters = [re.match("[a-z]+", name)[0] for name in task(level).given]
        assert len([a for a, b in pairwise(letters) if a != b]) + 1 == len(set(letters))


class Page(HTMLParser):
    """The texts of a page: of its list items, of its cells, and of all."""

    def __init__(self, page):
        super().__init__()
        self.items, self.cells, self.tags, self.all, self.into = [], [], [], "", None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag in ("li", "td", "th"):
            self.into = self.items if tag == "li" else self.cells
            self.into.append("")

    def handle_endtag(self, tag):
        self.into = None if tag in ("li", "td", "th") else self.into

    def handle_data(self, text):
        self.all += text if self.tags and self.tags[-1] not in ("style", "title") else ""
        if self.into:
            self.into[-1] += text


@everywhere
def test_the_exercise_as_a_page(level):
    """Given numbers and formulas as lists, and a table with blanks."""
    shown = task(level)
    page = Page(shown.html())
    assert page.items == [
        *(f"{text_name(name)} = {x}" for name, x in shown.given.items()),
        *(f"{text_name(name)} = {formula}" for name, formula in shown.formulas.items()),
    ]
    blanks = [text for name in shown.lines for text in (text_name(name), "")]
    assert page.cells == ["line", "your number", *blanks]
    assert shown._repr_html_() == shown.html()


def own(title="My own", w=0.5, t=0.8):
    """A worksheet of one's own: a sigmoid, half the squared error, a step of gradient descent."""
    w, x, b, t = Value(w, "w"), Value(2.0, "x"), Value(0.3, "b"), Value(t, "t")
    z = w * x + b
    o = ag.sigmoid(z)
    E = (o - t) ** 2 / 2
    sheet = Worksheet(z=z, o=o, E=E, dw=gradient(E, w)[0], w_new=w - 0.1 * gradient(E, w)[0])
    sheet.title = title
    return sheet


def own_by_hand(g):
    z = g["w"] * g["x"] + g["b"]
    o = sigmoid(z)
    dw = (o - g["t"]) * o * (1 - o) * g["x"]
    return {"z": z, "o": o, "E": 0.5 * (o - g["t"]) ** 2, "dw": dw, "w_new": g["w"] - 0.1 * dw}


HOSTILE = ["<script>alert(1)</script>", '"><img src=x>', "&lt;b&gt; & 50 % of_it # $ ^ {~} \\", 'a "quoted" one\\']


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_no_html(title, tmp_path):
    """It is shown as it is, in the page and in its head."""
    page = exercise(own(title), seed=1).save(tmp_path / "task.html").read_text("utf-8")
    assert set(Page(page).tags).isdisjoint({"script", "img"})
    assert title in Page(page).all


@pytest.mark.parametrize("name", part([*LEVELS, *HOSTILE]))
def test_the_exercise_is_set_by_pdflatex(name, pdflatex):
    """No error, no sign that the fonts lack, no line that is more than a point too wide."""
    shown = task(name) if name in LEVELS else exercise(own(name), seed=1)
    status, log = pdflatex(shown.latex)
    assert status == 0, log[-2000:]
    assert re.findall(r"^!.*|Missing character.*|Undefined control sequence.*", log, re.MULTILINE) == []
    assert [float(x) for x in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt", log) if float(x) > 1.0] == []
    assert int(re.search(r"\((\d+) pages?", log)[1]) <= 3


def test_the_exercise_in_latex_has_all():
    """Every given number and a row for each line."""
    shown = task("two layers")
    stated = re.search(r"^Given: (.*)\.$", shown.latex, re.MULTILINE)[1]
    assert [number(x) for x in re.findall(r"= (-?[\d.]+)\$", stated)] == list(given(shown).values())
    assert len(re.findall(r"^\\rule.*& \\\\ \\hline$", shown.latex, re.MULTILINE)) == len(shown.lines)
    assert shown.latex.count(r"\[") == len(shown.formulas)


# ------------------------------------------------------------------------------------------------------------- a notebook


@pytest.fixture
def drawn_once(monkeypatch):
    """A notebook draws its exercise with what is written in it; whoever has drawn that already does not draw it again."""
    monkeypatch.setattr(ag, "exercise", fresh)


def run(cells, fill=lambda source: source):
    """What the code cells of a notebook show, run in order in one namespace, each as it was filled in."""
    names, shown = {}, []
    for cell in cells:
        if cell["cell_type"] == "code":
            tree = ast.parse(fill("".join(cell["source"])))
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "cell", "exec"), names)
            shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None)
    return shown


def filled(answers):
    """Fills in a cell: behind a line's name and its sign of equality stands what is answered there."""
    shown = {text_name(name): x for name, x in answers.items()}
    return lambda source: re.sub(r"^(.+) =$", lambda m: f"{m[0]} {shown.get(m[1], '')}", source, flags=re.MULTILINE)


def markings(shown):
    return [each for each in shown if hasattr(each, "verdicts")]


@pytest.mark.parametrize("name", part([*LEVELS, "own"]))
def test_the_notebook_is_valid(name):
    """As nbformat has it, without a warning."""
    nbformat = pytest.importorskip("nbformat", reason="notebooks are checked by nbformat: pip install nbformat")
    shown = task(name) if name in LEVELS else exercise(own(), seed=1)
    nbformat.validate(nbformat.reads(shown.notebook, as_version=4))


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("name", part([*LEVELS, *HOSTILE], 5))
@pytest.mark.parametrize("wrong", [False, True])
def test_the_notebook_marks_itself(name, wrong):
    """Run from the top, with right answers all is right; with a wrong one, that is wrong and no other line."""
    shown = task(name, 3, 6) if name in LEVELS else exercise(own(name), seed=3, digits=6)
    answers = dict(shown.answers)
    place = list(answers)[-2]
    if wrong:
        answers[place] = "77.7777"
    cells = json.loads(shown.notebook)["cells"]
    verdicts = {row.name: row.verdict for marking in markings(run(cells, filled(answers))) for row in marking}
    assert {line: verdict for line, verdict in verdicts.items() if verdict != "right"} == ({place: "wrong"} if wrong else {})
    assert set(verdicts) == set(shown.lines)


def test_mistakes_are_carried_from_cell_to_cell_of_a_notebook():
    """What follows in the backward pass from a mistake in the forward pass is no new mistake."""
    shown = task("neuron", 3)
    numbers = BY_HAND["neuron"](given(shown))
    o = numbers["ŷ"] + 0.1
    answers = {"a": shown.answers["a"], "ŷ": f"{o:.5f}", "∂L/∂a": f"{o - given(shown)['y']:.5f}"}
    forward, backward, updated = markings(run(json.loads(shown.notebook)["cells"], filled(answers)))
    assert (forward.verdicts["ŷ"], forward.verdicts["a"]) == ("wrong", "right")
    assert (backward["∂L/∂a"].verdict, backward["∂L/∂a"].sources) == ("carried", ("ŷ",))
    assert set(updated.verdicts.values()) == {"blank"}


@pytest.mark.usefixtures("drawn_once")
@everywhere
def test_the_notebook_has_the_exercise_and_the_solution(level):
    """The first cell is the exercise without its table; the last one, when its sign is taken away, shows the derivation."""
    shown = task(level)
    cells = json.loads(shown.notebook)["cells"]
    first = "".join(cells[0]["source"])
    assert shown.markdown.startswith(first)
    assert "|" not in first
    solved = run(cells, lambda source: source.replace("# task.solution", "task.solution"))
    assert solved[-1].text == shown.solution.text
    assert run(cells)[-1] is None


@everywhere
def test_a_notebook_is_saved_with_empty_cells(level):
    """No answer stands in it, and nothing was run."""
    cells = json.loads(task(level).notebook)["cells"]
    assert [cell["outputs"] for cell in cells if cell["cell_type"] == "code" and cell["outputs"]] == []
    assert [answer for answer in task(level).answers.values() if answer in task(level).notebook] == []
    assert len({cell["id"] for cell in cells}) == len(cells)


# --------------------------------------------------------------------------------------------------- files and solutions


@pytest.mark.parametrize("name", [*LEVELS, *HOSTILE])
def test_the_file_for_marking_is_the_same_sheet(name):
    """Read back, it has the title, the given numbers, the lines and their numbers."""
    shown = task(name) if name in LEVELS else exercise(own(name), seed=1)
    assert tomllib.loads(shown.toml)["given"] == {each: x for each, x in shown.sheet.given.items()}  # noqa: C416
    file = sheet_from(shown.toml)
    assert (file.sheet.title, list(file.sheet.lines)) == (shown.title, list(shown.lines))
    by_hand = BY_HAND[name](given(shown)) if name in LEVELS else own_by_hand(given(shown))
    assert file.sheet.true == pytest.approx(by_hand, rel=1e-12)


@everywhere
def test_answers_to_a_saved_exercise_are_marked(level, tmp_path):
    """With the names as they stand on paper, by the file that was saved with it."""
    shown = task(level)
    sheet = shown.save(tmp_path / "task.toml")
    answers = {text_name(name): answer for name, answer in shown.answers.items()}
    wrong = list(answers)[1]
    answers[wrong] = "55.555"
    (tmp_path / "ann.txt").write_text("".join(f"{name} = {x}\n" for name, x in answers.items()), encoding="utf-8")
    marked = mark_files(sheet, [tmp_path / "ann.txt"])
    assert marked.problems == []
    verdicts = list(marked["ann"].verdicts.values())
    assert (verdicts[1], {*verdicts[:1], *verdicts[2:]}) == ("wrong", {"right"})


def ends(board_text):
    """The number at the end of each line of a derivation, by what stands on its left."""
    found, left = {}, ""
    for line in board_text.splitlines():
        start, sign, rest = line.partition("=")
        left = start.strip() or left
        numbers = re.findall(r"= (−?\d[\d.]*(?:·10[⁻⁰-⁹¹²³]+)?)(?=   |$)", sign + rest)
        if numbers:
            found[left] = number(numbers[-1])
    return found


@everywhere
@seeded
def test_the_solution_has_the_numbers(level, seed):
    """What stands at the end of a derivation is the answer; and there is one for each derivative by a parameter."""
    shown = task(level, seed)
    found = ends(shown.solution.text)
    lines = BY_HAND[level](given(shown))
    numbers = {text_name(name): x for name, x in lines.items()}
    if level == "softmax":  # on the way
        numbers["∂L/∂ŷ₂"] = -1 / lines["ŷ_2"]
    if level == "attention":  # q·k, before it is divided
        numbers |= {f"∂L/∂a₁{i}": lines[f"∂L/∂s_{j}"] / math.sqrt(2) for i, j in (("₁", 1), ("₂", 2))}
    assert {name: numbers.get(name) for name in found} == pytest.approx(found, rel=1e-5)
    wanted = [text_name(name) for name in shown.lines if re.match(rf"∂{shown.loss}/∂[wvbcuqkeg]", name)]
    assert [name for name in wanted if name not in found] == []


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_the_solution_has_what_comes_before_and_after_the_derivation(steps):
    """Forward in numbers; and all that follows a step, up to the parameters of the last one."""
    shown = exercise("neuron", seed=2, steps=steps)
    found = ends(shown.solution.text)
    wanted = {text_name(name): shown.sheet.values[name].data for name in shown.lines}
    local = wanted.pop("∂ŷ/∂a")  # on the way
    assert 0.0 < local < 0.25
    assert found == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("ending", [".md", ".tex", ".html", ".ipynb", ".toml", ".MD"])
def test_an_exercise_is_saved(ending, tmp_path):
    """By the ending of the file; the path comes back."""
    shown, path = task(), tmp_path / f"task{ending}"
    assert shown.save(str(path)) == path
    saved = path.read_text("utf-8")
    forms = {".md": shown.markdown, ".tex": shown.latex, ".ipynb": shown.notebook, ".toml": shown.toml}
    if ending == ".html":
        assert saved.startswith("<!DOCTYPE html>")
        assert shown.html() in saved
    else:
        assert saved == forms[ending.lower()]


@pytest.mark.parametrize("name", ["task.pdf", "task", "task.txt"])
def test_an_exercise_is_not_saved_as_anything_else(name, tmp_path):
    """Nothing is written, and the endings are named."""
    with pytest.raises(ValueError, match=r"\.md, \.tex, \.html, \.ipynb, \.toml") as error:
        task().save(tmp_path / name)
    assert name in str(error.value)
    assert list(tmp_path.iterdir()) == []


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
