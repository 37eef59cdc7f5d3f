"""Round trips: all that the library writes, in plain text and in LaTeX, is read back as the page that was written."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from long_runs import examples

import autograd as ag
from autograd import PRIMITIVES, Value, gradient
from autograd.formula.lexer import FormulaError
from autograd.formula.parser import parse, split_chain
from autograd.formula.writing import formula, latex, page_of, write_formula
from autograd.graph import leaves

ONE = [PRIMITIVES[name] for name in """neg exp expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan sinh cosh tanh
    asinh acosh atanh erf erfc sigmoid softplus relu gelu silu abs sign""".split()]  # fmt: skip
TWO = [PRIMITIVES[name] for name in "add sub mul div pow atan2 hypot maximum minimum greater".split()]
MANY = [
    lambda v, w: ag.leaky_relu(v, 0.1),
    lambda v, w: ag.elu(v, 2.0),
    lambda v, w: ag.clip(v, -1.0, 2.0),
    lambda v, w: ag.clip(v, low=0.0),
    lambda v, w: ag.sum([v, w, v * w]),
    lambda v, w: ag.dot([v, w], [w, 0.25], -0.5),
    lambda v, w: ag.logsumexp([ag.tanh(v), ag.sin(w)]),  # on a page, exp(v) itself is taken, which may overflow
    lambda v, w: ag.softmax([ag.tanh(v), ag.sin(w)])[0],
    lambda v, w: gradient(ag.sigmoid(v) * ag.tanh(w), v)[0],
]
CONSTANTS = [-3.0, -2.0, -1.0, -0.5, 0.25, 0.5, 1.0, 2.0, 3.0, 1 / 3, 2 / 3, 10.0, 0.1, 1e-9, 2.5e7, -1e-9, 64.0]
LABELS = ["w_11", "net", "θ", "ŷ_1", "a^{(1)}_{2}", "x"]
MORE_LABELS = [
    "q", "varphi", "x^2", "w'", "my_value", "∂L/∂w_1", "Δw_1", "y_hat", "theta", "a^{[1]}", "h_1,10", "θ_old", "50 %", "وزن",
    "π", "t0", "1_{i=2}", "β̂_2",
    "a+b", "x!", "|c|", "∂²L/∂w²", "$v$", "max(a)",
]  # fmt: skip


@st.composite
def graphs(draw, labels):
    """A graph over leaves with these labels, some nodes on the way labelled too; and all that has a name."""
    pool = [Value(draw(st.sampled_from([0.3, 0.7, 1.9, -0.4, -1.3, 2.6])), name) for name in labels]
    named = list(pool)

    def node():
        return draw(st.sampled_from(pool))

    for i in range(draw(st.integers(1, 12))):
        kind = draw(st.integers(0, 7))
        if kind < 3:
            y = draw(st.sampled_from(ONE))(node())
        elif kind < 7:
            a, b = node(), draw(st.sampled_from(CONSTANTS)) if draw(st.integers(0, 3)) == 0 else node()
            y = draw(st.sampled_from(TWO))(*((a, b) if draw(st.booleans()) else (b, a)))
        else:
            y = draw(st.sampled_from(MANY))(node(), node())
        if isinstance(y, Value):
            if draw(st.integers(0, 9)) == 0 and not y.label:
                y.label = f"h_{{2{i}}}"
                named.append(y)
            pool.append(y)
    y = pool[-1] * 1.0 if pool[-1].label else pool[-1]
    return y, {value.label: value for value in named}


def in_plain_text(y):
    return write_formula(page_of(y), digits=17)[0]


def as_labels_are(y):
    return formula(y, digits=17)


def in_latex(y):
    return latex(y, digits=17)


def same(a, b):
    return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))


def check_round_trip(y, names, write):
    """What is written, read back, is the page that was written: at the graph's own point and at another."""
    text = write(y)
    assume(len(text) <= 2000 and not any(sign in text for sign in ("Σ", "⋯", r"\sum", r"\cdots")))
    page = page_of(y)
    try:
        again = parse(text, names)
    except FormulaError as error:
        assume("go up to" not in error.reason)  # deeper than people write, or x^65
        raise
    for _ in range(2):
        assert same(again.data, page.data), text
        for i, value in enumerate(names.values()):
            if not value.inputs:
                value.data = [1.1, -0.6, 0.45, 2.2, 1.7, 0.9][i % 6]
        again.forward()
        y.forward()
        for leaf in leaves(page):
            leaf.data = names[leaf.label].data if leaf.label in names else leaf.data
        page.forward()


WRITERS = [in_plain_text, as_labels_are, in_latex]


@pytest.mark.parametrize("write", WRITERS)
@examples(200)
@given(graphs(LABELS))
def test_what_the_library_writes_is_read_back(write, graph):
    """Any graph of any operations, in plain text and in LaTeX."""
    check_round_trip(*graph, write)


@pytest.mark.parametrize("write", WRITERS)
@examples(100)
@given(graphs(MORE_LABELS))
def test_so_are_names_of_any_kind(write, graph):
    """Names with accents, exponents, primes, blanks; of programs and of derivatives; in other scripts."""
    check_round_trip(*graph, write)


def network():
    """A net with two hidden neurons, and all that has a name in it."""
    w = [[Value(0.1 * i - 0.25 * j + 0.33, f"w_{j}{i}") for i in (1, 2)] for j in (1, 2)]
    v = [Value(0.7, "v_1"), Value(-0.3, "v_2")]
    xs = [Value(0.5, "x_1"), Value(-1.2, "x_2")]
    t = Value(1.0, "t")
    o = ag.sigmoid(ag.dot(v, [ag.tanh(ag.dot(row, xs)) for row in w]))
    E = -t * ag.log(o) - (1 - t) * ag.log(1 - o)
    return E, o, {value.label: value for value in (*w[0], *w[1], *v, *xs, t)}


@pytest.mark.parametrize("write", WRITERS)
def test_gradients_of_a_network_are_read_back(write):
    """Loss, output and all their derivatives by the weights."""
    E, o, names = network()
    weights = [value for label, value in names.items() if label[0] in "wv"]
    for y in (E, o, *gradient(E, *weights), *gradient(o, *weights)):
        text = write(y)
        assert parse(text, names).data == pytest.approx(y.data, rel=1e-9), text


def test_the_lines_of_a_derivation_are_read_back():
    """The sheet in the README, each line of it, is the gradient."""
    w, x, b, t = Value(0.5), Value(2.0), Value(-1.0), Value(1.0)
    o = ag.sigmoid(w * x + b)
    E = -t * ag.log(o) - (1 - t) * ag.log(1 - o)
    ag.label(w=w, x=x, b=b, t=t, o=o, E=E)
    (slope,) = gradient(E, w)
    names = {"w": w, "x": x, "b": b, "t": t, "o": o, "∂E/∂w": slope, "∂E/∂o": gradient(E, o)[0], "∂o/∂w": gradient(o, w)[0]}
    texts = [side for line in ag.derivation(E, w).lines for side in (line.right.text, line.right.latex)]
    formulas = [part for text in texts for part, _ in split_chain(text)]
    assert len(formulas) > 10
    for text in formulas:
        assert parse(text, names).data == pytest.approx(slope.data), text
