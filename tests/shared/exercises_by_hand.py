"""The lines of every kind of exercise, worked out in plain arithmetic, and a sheet of one's own beside them."""

import math
import re
from decimal import Decimal

import pytest
from long_runs import part

import autograd as ag
from autograd import Value, Worksheet, gradient
from autograd.writing.names import text_name

SEEDS = part([1, 0, 2, 3, 4, 5], 1)  # 1 is what the other tests draw


def number(text):
    return float(text.replace("−", "-"))


def given(shown):
    """The numbers that are given, as they are shown."""
    return {name: number(text) for name, text in shown.given.items()}


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


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


def by_formula(formula, names):
    """A formula as it is printed, worked out: its signs are turned into Python's, its names are what they stand for."""
    words = {"·": "*", "−": "-", "²": "**2", "³": "**3", "σ(": "sigmoid("}
    words |= {f"{function}(": f"{function}(" for function in ("exp", "log", "sqrt", "tanh")}
    words |= {text_name(name): f"N[{name!r}]" for name in names}
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    python = re.sub(longest_first, lambda match: words[match[0]], formula)
    return eval(python, {"N": names, "sigmoid": sigmoid, **vars(math)})
