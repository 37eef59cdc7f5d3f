"""Sheets as SymPy knows them, by definitions of its own: what is right, what follows, and what each line is at a point."""

import re

import pytest
import sympy

import autograd as ag
from autograd import Value, Worksheet, gradient

# --------------------------------------------------------------------------------------------------------- sheets, in SymPy


class OnPaper:
    """A sheet in SymPy.

    lines: how each follows from numbers that are given and from lines before it, in Python's spelling
    """

    def __init__(self, lines):
        self.symbols = {}
        self.lines = {}
        for name, text in lines.items():
            self.lines[self.symbol(name)] = self.read(text)

    def symbol(self, name):
        return self.symbols.setdefault(name, sympy.Symbol(name, real=True))

    def read(self, text):
        """Names that are no Python, such as ∂E/∂o, stand in quotation marks."""
        quoted = {}

        def taken(match):
            quoted[f"q{len(quoted)}_"] = self.symbol(match[1])
            return f"q{len(quoted) - 1}_"

        source = re.sub("'([^']+)'", taken, text)
        names = {name: self.symbol(name) for name in re.findall(r"[^\W\d]\w*", source) if name not in quoted}
        functions = {"exp": sympy.exp, "log": sympy.log, "sigmoid": lambda x: 1 / (1 + sympy.exp(-x))}
        return sympy.sympify(eval(source, {**names, **quoted, **functions}))

    def down(self, expression, point=()):
        """An expression down to numbers that are given, or stand in the point."""
        for symbol, definition in reversed(self.lines.items()):
            if symbol.name not in point:
                expression = expression.subs(symbol, definition)
        return expression

    def same(self, one, other):
        return sympy.simplify(self.down(one - other)) == 0

    def at(self, expression, point):
        """What an expression comes to at a point."""
        return float(self.down(expression, point).subs({self.symbol(name): x for name, x in point.items()}).evalf(30))


def check_difference(paper, found, here, there):
    """A point proves a difference: SymPy gets both numbers there, they are not the same, and the point is possible."""
    point = dict(found.point)
    assert found.here == pytest.approx(paper.at(here, point), rel=1e-9, abs=1e-12)
    assert found.there == pytest.approx(paper.at(there, point), rel=1e-9, abs=1e-12)
    assert abs(found.here - found.there) > 1e-6 * max(abs(found.here), abs(found.there))
    for symbol, definition in paper.lines.items():
        if symbol.name in point:  # a line beside all that it is computed from
            others = {name: x for name, x in point.items() if name != symbol.name}
            rest = paper.down(definition, others)
            if {each.name for each in rest.free_symbols} <= set(others):
                assert point[symbol.name] == pytest.approx(paper.at(definition, others), rel=1e-9)


# ----------------------------------------------------------------------------------------- one neuron, as in the first note


def one_neuron():
    t, w0, w1, x0, x1, eta = (
        Value(x, label=n) for n, x in zip(["t", "w_0", "w_1", "x_0", "x_1", "η"], (1, 0.3, 0.7, 1.5, 0.4, 0.1))
    )
    net = w0 * x0 + w1 * x1
    o = ag.sigmoid(net)
    E = -t * ag.log(o) - (1 - t) * ag.log(1 - o)
    slope = gradient(E, w1)[0]
    return Worksheet({
        "net": net, "o": o, "E": E, "∂E/∂o": gradient(E, o)[0], "∂o/∂net": gradient(o, net)[0],
        "∂net/∂w_1": gradient(net, w1)[0], "∂E/∂w_1": slope, "Δw_1": -eta * slope,
    })  # fmt: skip


NEURON = OnPaper({
    "net": "w_0*x_0 + w_1*x_1",
    "o": "sigmoid(net)",
    "E": "-t*log(o) - (1 - t)*log(1 - o)",
    "∂E/∂o": "-t/o + (1 - t)/(1 - o)",
    "∂o/∂net": "o*(1 - o)",
    "∂net/∂w_1": "x_1",
    "∂E/∂w_1": "'∂E/∂o'*'∂o/∂net'*'∂net/∂w_1'",
    "Δw_1": "-η*'∂E/∂w_1'",
})  # fmt: skip


def softmax_of_two():
    x1, w11, w01, t1 = (Value(x, label=n) for n, x in zip(["x_1", "w_11", "w_01", "t_1"], (0.6, 0.5, -0.3, 1.0)))
    net1, net0 = w11 * x1, w01 * x1
    o1 = ag.exp(net1) / (ag.exp(net1) + ag.exp(net0))
    o0, t0, eta = 1 - o1, 1 - t1, Value(0.1, label="η")
    E = -t1 * ag.log(o1) - t0 * ag.log(o0)
    slope = gradient(E, w11)[0]
    return Worksheet({
        "net_1": net1, "net_0": net0, "o_1": o1, "o_0": o0, "t_0": t0, "E": E,
        "∂o_1/∂net_1": gradient(o1, net1)[0], "∂o_0/∂net_1": gradient(o0, net1)[0],
        "∂net_1/∂w_11": gradient(net1, w11)[0], "∂o_1/∂w_11": gradient(o1, w11)[0], "∂o_0/∂w_11": gradient(o0, w11)[0],
        "∂E/∂w_11": slope, "Δw_11": -eta * slope,
    })  # fmt: skip


SOFTMAX = OnPaper({
    "net_1": "w_11*x_1",
    "net_0": "w_01*x_1",
    "o_1": "exp(net_1)/(exp(net_1) + exp(net_0))",
    "o_0": "1 - o_1",
    "t_0": "1 - t_1",
    "E": "-t_1*log(o_1) - t_0*log(o_0)",
    "∂o_1/∂net_1": "o_1*(1 - o_1)",
    "∂o_0/∂net_1": "-o_1*(1 - o_1)",
    "∂net_1/∂w_11": "x_1",
    "∂o_1/∂w_11": "'∂o_1/∂net_1'*x_1",
    "∂o_0/∂w_11": "'∂o_0/∂net_1'*x_1",
    "∂E/∂w_11": "-t_1/o_1*'∂o_1/∂w_11' - t_0/o_0*'∂o_0/∂w_11'",
    "Δw_11": "-η*'∂E/∂w_11'",
})  # fmt: skip


def jacobian_of_softmax():
    net1, net0 = Value(0.4, label="net_1"), Value(-0.2, label="net_0")
    o1 = ag.exp(net1) / (ag.exp(net1) + ag.exp(net0))
    o0 = ag.exp(net0) / (ag.exp(net1) + ag.exp(net0))
    entries = {
        f"∂{n}/∂net_{j}": gradient(o, net)[0] for n, o in (("o_0", o0), ("o_1", o1)) for j, net in ((0, net0), (1, net1))
    }
    return Worksheet({"o_1": o1, "o_0": o0} | entries)


JACOBIAN = OnPaper({"o_1": "exp(net_1)/(exp(net_1) + exp(net_0))", "o_0": "exp(net_0)/(exp(net_1) + exp(net_0))"})
JACOBIAN.lines |= {
    JACOBIAN.symbol(f"∂o_{i}/∂net_{j}"): sympy.diff(JACOBIAN.lines[JACOBIAN.symbol(f"o_{i}")], JACOBIAN.symbol(f"net_{j}"))
    for i in (0, 1)
    for j in (0, 1)
}


def three_variables():
    x, y, z = (Value(v, label=n) for n, v in (("x", 2.0), ("y", -3.0), ("z", 5.0)))
    f = x**2 + 2 * x * y + z
    return Worksheet({"f": f, "∂f/∂x": gradient(f, x)[0], "∂f/∂y": gradient(f, y)[0]})


POLYNOMIAL = OnPaper({"f": "x**2 + 2*x*y + z"})
POLYNOMIAL.lines |= {
    POLYNOMIAL.symbol(f"∂f/∂{n}"): sympy.diff(POLYNOMIAL.lines[POLYNOMIAL.symbol("f")], POLYNOMIAL.symbol(n)) for n in "xy"
}


# ---------------------------------------------------------------------------------------------------------- the second note


def sigmoid_alone():
    x = Value(0.3, label="x")
    return Worksheet({"σ′": gradient(1 / (1 + ag.exp(-x)), x)[0]})


SIGMOID = OnPaper({"σ′": "exp(-x)/(1 + exp(-x))**2"})

THETA = r"\theta^T x"  # with one feature; z would be another name for it


def logistic_regression():
    y, theta, x, alpha = (Value(v, label=n) for n, v in (("y", 1.0), ("θ", 0.3), ("x", 0.7), ("α", 0.1)))
    z = theta * x
    y_hat = ag.sigmoid(z)
    J = -(y * ag.log(y_hat) + (1 - y) * ag.log(1 - y_hat))
    slope = gradient(J, theta)[0]
    return Worksheet({
        THETA: z, "ŷ": y_hat, "J": J, "∂J/∂ŷ": gradient(J, y_hat)[0], f"∂ŷ/∂{THETA}": gradient(y_hat, z)[0],
        "∂J/∂θ": slope, "θ_new": theta - alpha * slope,
    })  # fmt: skip


LOGISTIC = OnPaper({
    THETA: "θ*x",
    "ŷ": rf"sigmoid('{THETA}')",
    "J": "-(y*log(ŷ) + (1 - y)*log(1 - ŷ))",
    "∂J/∂ŷ": "-y/ŷ + (1 - y)/(1 - ŷ)",
    "∂J/∂θ": "'∂J/∂ŷ'*ŷ*(1 - ŷ)*x",
    "θ_new": "θ - α*'∂J/∂θ'",
})  # fmt: skip


def two_classes():
    y1, y_hat1 = Value(1.0, label="y_1"), Value(0.7, label="ŷ_1")
    y2, y_hat2 = 1 - y1, 1 - y_hat1
    return Worksheet({"y_2": y2, "ŷ_2": y_hat2, "BCE": -(y1 * ag.log(y_hat1) + y2 * ag.log(y_hat2))})


CLASSES = OnPaper({"y_2": "1 - y_1", "ŷ_2": "1 - ŷ_1", "BCE": "-(y_1*log(ŷ_1) + y_2*log(ŷ_2))"})
