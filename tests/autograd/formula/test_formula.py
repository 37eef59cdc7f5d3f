"""Graphs as formulas: what is gathered, named, recognised and folded, and how it is written."""

import functools
import math
import operator
import re
import tracemalloc

import pytest
from formula_judges import LOW, ROWS, LatexReader, a, agree, applied, as_read, b, c, exact, value, x, y, z
from formulas_in_latex import errors_in
from walks import walked

import autograd as ag
from autograd import PRIMITIVES, Value, dot, gradient, latex, log_softmax, logsumexp, mean, softmax
from autograd.formula.folding import fold_sums
from autograd.formula.measures import free_variables
from autograd.formula.page import Page
from autograd.formula.writing import formula, page_of, write_formula
from autograd.graph import nodes
from autograd.writing.names import latex_name, text_name


@walked(
    [
        (x + -y, "x − y", "x - y"),
        (x - -y, "x + y", "x + y"),
        (-x + y, "−x + y", "-x + y"),
        (x - (y - z), "x − (y − z)", "x - (y - z)"),
        (x - y - z, "x − y − z", "x - y - z"),
        (x + (y + z), "x + y + z", "x + y + z"),
        (x + (y - z), "x + y − z", "x + y - z"),
        (-(x + y), "−(x + y)", "-(x + y)"),
        (-1 * -x, "x", "x"),
        (x.__neg__().__neg__(), "x", "x"),
        (-x * -y, "x·y", "x y"),
        (-x * y, "−x·y", "-x y"),
        (x * -y, "−x·y", "-x y"),
        (x / -y, "−x/y", r"-\frac{x}{y}"),
        (-x / -y, "x/y", r"\frac{x}{y}"),
        ((-x) ** 2, "(−x)²", "(-x)^{2}"),
        (-(x**2), "−x²", "-x^{2}"),
        (x - 0.5, "x − ½", r"x - \frac{1}{2}"),
        (x - 1e-9, "x − 1·10⁻⁹", "x - 10^{-9}"),
        (x + 0, "x", "x"),
        (0 - x, "−x", "-x"),
        (1 * x, "x", "x"),
        (x * 0, "0", "0"),
        (x**1, "x", "x"),
        (x**0, "1", "1"),
        (x * x * y, "x²·y", "x^{2} y"),
        (x * y * x, "x²·y", "x^{2} y"),
        (x * x**2, "x³", "x^{3}"),
        (x**2 * x**3, "x⁵", "x^{5}"),
        (ag.prod([x] * 10), "x¹⁰", "x^{10}"),
        (ag.prod([x] * 12), "x¹²", "x^{12}"),
        (ag.prod([x] * 100), "x¹⁰⁰", "x^{100}"),
        (x.sqrt() * x.sqrt(), "x", "x"),
        (x * y / z, "x·y/z", r"\frac{x y}{z}"),
        (x / y * z, "x·z/y", r"\frac{x z}{y}"),
        (x / (y / z), "x·z/y", r"\frac{x z}{y}"),
        (x / (y * z), "x/(y·z)", r"\frac{x}{y z}"),
        (x / y / z, "x/(y·z)", r"\frac{x}{y z}"),
        (x / y / y, "x/y²", r"\frac{x}{y^{2}}"),
        (1 / (1 / x), "x", "x"),
        (1 / x, "1/x", r"\frac{1}{x}"),
        (x / x, "x/x", r"\frac{x}{x}"),
        ((x + y) / z, "(x + y)/z", r"\frac{x + y}{z}"),
        (x * 2, "2·x", "2 x"),
        (2 * x * 3, "6·x", "6 x"),
        (x * -2, "−2·x", "-2 x"),
        (x * 0.5, "½·x", r"\frac{1}{2} x"),
        (x / 2, "x/2", r"\frac{x}{2}"),
        (0.5 * x / y, "x/(2·y)", r"\frac{x}{2 y}"),
        (x / 0.5, "2·x", "2 x"),
        (2 / (4 * x), "1/(2·x)", r"\frac{1}{2 x}"),
        (x * (1 / 3), "⅓·x", r"\frac{1}{3} x"),
        (0.1 * x * 0.2, "0.1·0.2·x", r"0.1 \cdot 0.2 x"),
        (0.1 * (0.1 * x * (2 / 3)), "0.1·0.1·⅔·x", r"0.1 \cdot 0.1 \cdot \frac{2}{3} x"),
        (x / 0.1 / 0.3, "x/(0.1·0.3)", r"\frac{x}{0.1 \cdot 0.3}"),
        (x * Value(3.0) * y, "x·3·y", r"x \cdot 3 y"),
        (x**-1, "x^(−1)", "x^{-1}"),
        (x**0.5, "x^½", r"x^{\frac{1}{2}}"),
        (x**y, "x^y", "x^{y}"),
        (2**x, "2^x", "2^{x}"),
        (x.exp() * y, "exp(x)·y", "e^{x} y"),
        (mean([x, y]), "(x + y)/2", r"\frac{x + y}{2}"),
        (abs(x) * y, "|x|·y", r"\left|x\right| y"),
        (x.cbrt(), "cbrt(x)", r"\sqrt[3]{x}"),
        (x.relu(), "relu(x)", r"\operatorname{ReLU}(x)"),
        (ag.maximum(x, y), "max(x, y)", r"\max(x, y)"),
        (ag.asin(x), "asin(x)", r"\arcsin(x)"),
        (x.log2(), "log2(x)", r"\log_{2}(x)"),
    ],
)
def test_signs_fractions_and_powers_are_gathered(graph, text, tex):
    """As one would write them; but nothing is cancelled, and no sum multiplied out."""
    assert formula(graph) == text
    assert latex(graph) == tex


@pytest.mark.parametrize(("numbers", "text"), [((2.0, 3.0), "2 + 3"), ((0.1, 0.2), "0.1 + 0.2")])
def test_leaves_without_a_label_are_numbers(numbers, text):
    """They are not added up: they may vary."""
    assert formula(Value(numbers[0]) + Value(numbers[1])) == text


def test_numbers_have_as_many_digits_as_asked_for():
    """Six by default, in text and in LaTeX."""
    y = Value(1 / 7) * x
    assert formula(y) == "0.142857·x"
    assert formula(y, digits=3) == "0.143·x"
    assert latex(y, digits=2) == "0.14 x"


def in_text(graph):
    return write_formula(page_of(graph))[0]


# ---------------------------------------------------------------------------------------------------------------- labels


def test_a_node_with_a_label_is_shown_by_it():
    """A formula goes down to labelled nodes; the output's own label is not shown."""
    h = x * y
    h.label = "h_1"
    out = h * h + h.sin()
    out.label = "out"
    assert formula(out) == "h_1² + sin(h_1)"
    assert latex(out) == r"h_{1}^{2} + \sin(h_{1})"
    assert formula(h) == "x·y"
    assert formula(x) == "x"


def test_a_node_with_a_label_is_shown_by_it_where_nothing_else_is_left():
    """h times one is h, not what h was computed by."""
    h = x * y
    h.label = "h"
    assert formula(h * 1.0) == formula(-1 * -h) == "h"


def test_what_is_computed_beside_a_node_with_a_label_is_not_that_node():
    """h is one node; the same product once more is another, and is written out."""
    h = x * y
    h.label = "h"
    assert formula(h + x * y) == "h + x·y"


def test_a_plain_number_with_a_label():
    """The label is shown."""
    half = (x * 0.5).inputs[1]
    half.label = "eta"
    assert latex(x * half) == r"x \, \eta"


def test_equal_formulas_are_one_object_on_a_page():
    """However they were computed."""
    page = Page()
    one, other = page.write(x * y + z, z * 0 + y.expm1() * 0 + x * y + z)
    assert one is other
    assert page.write(x * y)[0] is page.write(x * y)[0]


def test_a_page_knows_its_leaves_and_formulas():
    """Which leaf stands for which node, what it is computed by, and what each node has become."""
    h = x * y
    h.label = "h"
    page = Page()
    (top,) = page.write(h + 1.0)
    leaf = page.leaves[h]
    assert (leaf.label, leaf.data, leaf.inputs) == ("h", h.data, ())
    assert write_formula(page.formulas[leaf]) == ("x·y", 3)
    assert page.formulas[page.leaves[x]] is page.leaves[x]
    assert page.copies[h] is leaf
    assert free_variables(top) == [leaf]
    assert free_variables(page.formulas[leaf]) == [page.leaves[x], page.leaves[y]]


def test_further_nodes_may_be_given_names():
    """For one page alone: the graph keeps its labels."""
    h = x * y
    page = Page()
    (top,) = page.write(h + 1.0, names={h: "g"})
    assert write_formula(top)[0] == "g + 1"
    assert h.label == ""


def test_a_bare_page_has_no_names():
    """It is the structure alone: each number is a leaf of its own, and labels are not looked at."""
    h = x * 2.0
    h.label = "h"
    page = Page(bare=True)
    (top,) = page.write(h + 2.0)
    assert page.leaves == {}
    assert {leaf.label for leaf in nodes(top)} == {""}
    assert [leaf.data for leaf in free_variables(top)] == [x.data, 2.0, 2.0]
    assert top.data == h.data + 2.0


def test_the_names_in_a_formula():
    """Labels are as typed in plain text, unless another way to write them is asked for."""
    w = Value(0.3, "w_11")
    assert formula(w * x) == "w_11·x"
    assert formula(w * x, name=text_name) == "w₁₁·x"
    assert formula(w * x, name=str.upper) == "W_11·X"


@pytest.mark.parametrize("label", ["x + 1", "x+1", "a/b", "a-b", "-x", "a b", "∂L/∂w"])
def test_labels_that_look_like_operations_stand_in_brackets(label):
    """As a base, and below the line in plain text: b/(a/b) is no b/a/b."""
    name = Value(0.3, label)
    assert in_text(name**2) == f"({label})²"
    assert in_text(b / name) == f"b/({label})"
    base = latex(name**2).removesuffix("^{2}")
    assert re.fullmatch(r"\(.*\)|\\left\(.*\\right\)", base)


@pytest.mark.parametrize("label", ["x + 1", "x+1", "a-b", "-x"])
def test_labels_that_look_like_sums_stand_in_brackets_in_products(label):
    """Whatever their author meant, 2·x + 1 is no product."""
    name = Value(0.3, label)
    assert in_text(b * name) == f"b·({label})"
    assert re.match(r"b( \\cdot| \\,)? (\(|\\left\()", latex(b * name))
    assert re.match(r"b - (\(|\\left\()", latex(b - name))


@pytest.mark.parametrize(("label", "square"), [("x²", "(x²)²"), ("x^2", "(x²)²"), ("a^b", "(a^b)²"), ("a^T", "(a^T)²")])
def test_a_label_with_something_above_it_is_no_base(label, square):
    """x²² would be another power."""
    name = Value(0.3, label)
    assert in_text(name**2) == square
    assert latex(name**2) == f"({latex_name(label)})^{{2}}"


SIGMA, E = value("sigma", 0.3), value("e", 2.5)
LIST = [value(f"x_{i}", 0.2 * i) for i in range(1, 6)]
PAIRS_THAT_DIFFER = [
    ((x**2).sin(), x.sin() ** 2),
    (-(x**2), (-x) ** 2),
    (x / y * z, x / (y * z)),
    (x.exp() ** y, (x**y).exp()),
    (x ** (y**z), (x**y) ** z),
    (a - (b - c), (a - b) - c),
    (a - (b + c), a - b + c),
    (SIGMA * (x + y), (x + y).sigmoid()),
    (b * SIGMA * (x + y), b * (x + y).sigmoid()),
    (2 * SIGMA * (x + y), 2 * (x + y).sigmoid()),
    (b * SIGMA * (x / y + 1), b * (x / y + 1).sigmoid()),
    (a / (SIGMA * (x + y)), a / (x + y).sigmoid()),
    (SIGMA * ag.sum(LIST), ag.sum(LIST).sigmoid()),
    (value("sin") * (x + y), (x + y).sin()),
    (a * value("sin") * (x + y), a * (x + y).sin()),
    (value("ReLU") * (x + y), (x + y).relu()),
    (a * value("log") * (x + y), a * (x + y).log()),
    (E**x, x.exp()),
    (E ** (x + y), (x + y).exp()),
    (E * (x + y), (x + y).exp()),
    (Value(2.0) * Value(3.0), Value(23.0) + 0),
    (x ** Value(2.0), value("x²") * 1.0 * y / y),
    (value("x²") ** 2, x**22),
    (value("x^2") ** 2, x**22),
    (x * 2**y, (x * 2) ** y),
    ((2 * x) ** 2, 2 * x**2),
    (-(2**x), Value(-2.0) ** x),
    (x / (y + z), x / y + z),
    (x ** (y + z), x**y + z),
    (x ** (y / 2), x**y / 2),
    (abs(x) * abs(y), abs(x * abs(y))),
    (x.exp() - 1, (x - 1).exp()),
    (x * (y - 1), x * y - 1),
    (x.log() * y, (x * y).log()),
    (x.log1p(), x.log() + 1),
    (ag.sum(LIST) * b, ag.sum([t * b for t in LIST])),
    (ag.sum(LIST) + b, ag.sum([t + b for t in LIST])),
    (ag.sum(LIST) ** 2, ag.sum([t**2 for t in LIST])),
    (ag.sum(LIST).sin(), ag.sum([t.sin() for t in LIST])),
    (b - ag.sum(LIST), b - ag.sum(LIST[:1]) + ag.sum(LIST[1:])),
    (ag.maximum(x, y) * z, ag.maximum(x, y * z)),
    (x.sqrt() * y, (x * y).sqrt()),
    (x.cbrt(), 3 * x.sqrt()),
    (x * 1e-9, x * 1e9),
    (PRIMITIVES["greater"](x, y) * z, PRIMITIVES["greater"](x, y * z)),
    (Value(0.5) * x, x / Value(2.0)),
    (b / value("∂L/∂w"), b / value("∂L") / value("∂w")),
    (value("w_1") * value("w_2"), value("w_1w_2") * 1.0),
]


def without_blanks(text):
    """As LaTeX sees it."""
    return re.sub(r"\s|\\[,;]", "", text)


@pytest.mark.parametrize("write", [in_text, latex])
@pytest.mark.parametrize("pair", PAIRS_THAT_DIFFER, ids=lambda pair: " and ".join(map(formula, pair)))
def test_different_functions_look_different(pair, write):
    """No two share a formula, in plain text or in LaTeX, even where blanks are not seen."""
    one, other = (without_blanks(write(graph)) for graph in pair)
    assert one != other


# ---------------------------------------------------------------------------------------------------------------- softmax


def family(stem, n, start=1):
    return [Value(0.3 + 0.1 * i * (-1) ** i, f"{stem}_{i}") for i in range(start, start + n)]


def test_softmax_is_recognised():
    """exp of log_softmax is written as exp over a sum of exp; the number taken from all of them for its digits is gone."""
    net = family("net", 3)
    assert formula(softmax(net)[1]) == "exp(net_2)/(exp(net_1) + exp(net_2) + exp(net_3))"
    assert latex(log_softmax(net)[0]) == (
        r"\log\left(\frac{e^{\mathrm{net}_{1}}}"
        r"{e^{\mathrm{net}_{1}} + e^{\mathrm{net}_{2}} + e^{\mathrm{net}_{3}}}\right)"
    )
    assert formula(net[0] - logsumexp(net)) == formula(log_softmax(net)[0])


@pytest.mark.parametrize(
    ("xs", "text"),
    [
        ([x, y], "exp(x)/(exp(x) + exp(y))"),
        ([x * y, y], "exp(x·y)/(exp(x·y) + exp(y))"),
        ([x + a, y + b], "exp(x + a)/(exp(x + a) + exp(y + b))"),
        ([a * x + b, c * x + b], "exp(a·x + b)/(exp(a·x + b) + exp(c·x + b))"),
        ([dot([a, b], [x, y], c), z], "exp(a·x + b·y + c)/(exp(a·x + b·y + c) + exp(z))"),
        ([x, 0.0], "exp(x)/(exp(x) + exp(0))"),
        ([x - 2.0, y - 2.0], "exp(x − 2)/(exp(x − 2) + exp(y − 2))"),
        ([x - 2.0, y], "exp(x − 2)/(exp(x − 2) + exp(y))"),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)
def test_no_number_is_left_of_the_shift(xs, text):
    """Whatever softmax is taken of: the largest number, which log_softmax takes from all, is of no use to a reader."""
    ways = [text, text.replace("exp(0)", "1")]
    if text.count(" − 2") == 3:
        ways.append(text.replace(" − 2", ""))  # one number taken from all may go as well
    assert formula(softmax(xs)[0]) in ways


def test_probabilities_are_called_after_the_one_that_has_a_name():
    """Where softmax(net)_2 is o_2, the others are o_1 and o_3."""
    net = family("net", 3)
    o = softmax(net)
    o[1].label = "o_2"
    assert formula(o[1] + o[0]) == "o_2 + o_{1}"
    assert latex(-o[1].log() - o[2].log()) == r"-\log(o_{2}) - \log(o_{3})"


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_order_of_the_graph_does_not_matter_for_the_names(order):
    """o_1 gets its name from o_2 whether it is met before or after it."""
    o = softmax(family("net", 3))
    o[1].label = "o_2"
    i, j = order
    assert latex(o[i] * o[j]) == rf"o_{{{i + 1}}} o_{{{j + 1}}}"


def test_labels_of_the_nets_say_where_counting_starts():
    """net_0 ... net_2 have o_0 ... o_2."""
    o = softmax(family("net", 3, start=0))
    o[0].label = "o_0"
    assert latex(o[0] + o[2]) == "o_{0} + o_{2}"


def test_a_name_that_is_another_nodes_is_not_given_again():
    """Where o_1 is something else already, the probability is written out."""
    o = softmax(family("net", 3))
    o[1].label = "o_2"
    other = Value(3.0, "o_1")
    text = formula(o[1] + other * o[0])
    assert text != "o_2 + o_1·o_{1}"
    assert as_number(o[1] + other * o[0]) == pytest.approx((o[1] + other * o[0]).data, rel=1e-9)


def as_number(graph):
    """What the LaTeX of a graph says, where each label has the number of its node."""
    y = page_of(graph)
    labels = {latex_name(node.label): node.data for node in [*nodes(graph), *nodes(y)][::-1] if node.label}
    return float(LatexReader(write_formula(y, latex=True, digits=17)[0], labels).number())


def test_exp_of_log_of_a_probability_is_the_probability():
    """The two cancel; exp(log(x)) of anything else stays what it is."""
    o = softmax(family("net", 2))
    o[0].label = "o_1"
    assert formula(o[0].log().exp() * x) == "o_1·x"
    assert formula(x.log().exp()) == "exp(log(x))"


def test_the_gradient_of_cross_entropy_is_written_in_probabilities():
    """softmax differentiates to softmax, shown by name."""
    net = family("net", 3)
    o = softmax(net)
    for i, node in enumerate(o, start=1):
        node.label = f"o_{i}"
    loss = -o[1].log()
    page = Page()
    page.write(loss)
    (slope,) = gradient(page.formulas[page.leaves[o[1]]], page.leaves[net[1]])
    assert write_formula(page.take_in(slope))[0] in ("o₂·(1 − o₂)", "o₂ − o₂²")
    (slope,) = gradient(page.formulas[page.leaves[o[1]]], page.leaves[net[0]])
    assert write_formula(page.take_in(slope))[0] in ("−o₂·o₁", "−o₁·o₂")


def test_a_dot_product_that_a_page_takes_in_keeps_its_bias():
    """Pair by pair, and what is added to them, whatever the order."""
    page = Page()
    a, b, c, d, e = page.write(*(Value(float(i), name) for i, name in enumerate("abcde", start=1)))
    taken_in = page.take_in(dot([a, b], [c, d], e))
    assert taken_in.data == 1.0 * 3.0 + 2.0 * 4.0 + 5.0
    assert sorted(write_formula(taken_in)[0].split(" + ")) == ["a·c", "b·d", "e"]


# ------------------------------------------------------------------------------------------------------------- long sums

W = [[Value(0.1 * i + j, f"w_{i}{j}") for j in range(1, 5)] for i in range(1, 5)]
XS, YS = family("x", 4), family("y", 4)
LONG = family("x", 12)


@pytest.mark.parametrize(
    ("graph", "text", "tex"),
    [
        (ag.sum(XS), "Σⱼ₌₁⁴ xⱼ", r"\sum_{j=1}^{4} x_{j}"),
        (ag.sum(XS[:3]), "x₁ + x₂ + x₃", "x_{1} + x_{2} + x_{3}"),
        (ag.sum(LONG), "Σⱼ₌₁¹² xⱼ", r"\sum_{j=1}^{12} x_{j}"),
        (ag.sum(LONG[7:]), "Σⱼ₌₈¹² xⱼ", r"\sum_{j=8}^{12} x_{j}"),
        (ag.sum(family("x", 5, start=0)), "Σⱼ₌₀⁴ xⱼ", r"\sum_{j=0}^{4} x_{j}"),
        (dot(XS, YS, b), "Σⱼ₌₁⁴ xⱼ·yⱼ + b", r"\sum_{j=1}^{4} x_{j} y_{j} + b"),
        (b + ag.sum(XS), "b + Σⱼ₌₁⁴ xⱼ", r"b + \sum_{j=1}^{4} x_{j}"),
        (dot(W[1], XS), "Σⱼ₌₁⁴ w₂ⱼ·xⱼ", r"\sum_{j=1}^{4} w_{2j} x_{j}"),
        (dot([row[1] for row in W], XS), "Σⱼ₌₁⁴ wⱼ₂·xⱼ", None),
        (ag.sum([W[i][i] for i in range(4)]), "Σⱼ₌₁⁴ wⱼⱼ", r"\sum_{j=1}^{4} w_{jj}"),
        (mean(XS), "(Σⱼ₌₁⁴ xⱼ)/4", r"\frac{\sum_{j=1}^{4} x_{j}}{4}"),
        (ag.sum(XS) ** 2, "(Σⱼ₌₁⁴ xⱼ)²", r"\left(\sum_{j=1}^{4} x_{j}\right)^{2}"),
        (-ag.sum(XS), "−(Σⱼ₌₁⁴ xⱼ)", r"-\left(\sum_{j=1}^{4} x_{j}\right)"),
        (b - ag.sum(XS), "b − (Σⱼ₌₁⁴ xⱼ)", r"b - \left(\sum_{j=1}^{4} x_{j}\right)"),
        (ag.sum([-t for t in XS]), "Σⱼ₌₁⁴ (−xⱼ)", r"\sum_{j=1}^{4} (-x_{j})"),
        (ag.sum([(t - s) ** 2 for t, s in zip(XS, YS)]), "Σⱼ₌₁⁴ (xⱼ − yⱼ)²", r"\sum_{j=1}^{4} (x_{j} - y_{j})^{2}"),
        (ag.sum([b * t.sin() for t in XS]), "Σⱼ₌₁⁴ b·sin(xⱼ)", r"\sum_{j=1}^{4} b \, \sin(x_{j})"),
        (logsumexp(XS), "log(Σⱼ₌₁⁴ exp(xⱼ))", r"\log\left(\sum_{j=1}^{4} e^{x_{j}}\right)"),
        (softmax(XS)[1], "exp(x₂)/(Σⱼ₌₁⁴ exp(xⱼ))", r"\frac{e^{x_{2}}}{\sum_{j=1}^{4} e^{x_{j}}}"),
        (ag.sum([*XS, *YS]), "Σⱼ₌₁⁴ xⱼ + Σⱼ₌₁⁴ yⱼ", r"\sum_{j=1}^{4} x_{j} + \sum_{j=1}^{4} y_{j}"),
        (ag.sum([*XS, b, *YS]), "Σⱼ₌₁⁴ xⱼ + b + Σⱼ₌₁⁴ yⱼ", None),
        (ag.sum([*LONG[:3], *LONG[4:9]]), "x₁ + x₂ + x₃ + Σⱼ₌₅⁹ xⱼ", None),
        (ag.sum(XS[::-1]), "x₄ + x₃ + x₂ + x₁", "x_{4} + x_{3} + x_{2} + x_{1}"),
        (ag.sum([t**i for i, t in enumerate(XS, 1)]), "x₁ + x₂² + x₃³ + x₄⁴", None),
        (ag.sum([i * t for i, t in enumerate(XS, 1)]), "x₁ + 2·x₂ + 3·x₃ + 4·x₄", None),
    ],
)
def test_long_sums_are_folded(graph, text, tex):
    """More than three terms whose labels count up by one are Σ over an index; three are written out."""
    found = in_text(graph)
    if "wⱼ₂" in text:
        assert re.sub("[ₘᵢ]", "ⱼ", found) == text  # any letter will do
    else:
        assert found == text
    assert tex is None or latex(graph) == tex
    assert all(agree(one, exact(page_of(graph)), 14) for one in as_read(page_of(graph)))


@pytest.mark.parametrize("label", ["j", "y_j", "m", "i"])
def test_the_letter_of_the_index_is_nobodys_name(label):
    """Where j is a quantity of its own, Σ runs over another letter."""
    own = Value(3.0, label)
    graph = page_of(ag.sum([own * t for t in XS]))
    assert all(agree(one, exact(graph), 14) for one in as_read(graph))
    letter = re.search("Σ(.)", write_formula(graph)[0])
    name = text_name(label)
    assert letter is None or (letter[1].translate(LOW) != name and letter[1] not in name)


def test_sums_of_sums_run_over_different_letters():
    """An index in an index: the inner Σ keeps its own."""
    inner = [ag.sum([W[i][j] * YS[j] for j in range(4)]) for i in range(4)]
    graph = page_of(ag.sum([XS[i] * s.sin() for i, s in enumerate(inner)]))
    text = write_formula(graph)[0]
    letters = re.findall("Σ(.)", text)
    assert len(letters) == len(set(letters)) == 2
    assert all(agree(one, exact(graph), 14) for one in as_read(graph))


def test_terms_that_are_no_family():
    """A few are written out; of many, the first two and the last, with dots between them."""
    letters = [Value(float(i), label) for i, label in enumerate("abcdefghiklmnopqrstuv")]
    assert formula(ag.sum(letters[:6])) == "a + b + c + d + e + f"
    assert formula(ag.sum(letters)) == "a + b + ⋯ + v"
    assert latex(ag.sum(letters)) == r"a + b + \cdots + v"
    assert formula(-ag.sum(letters) * x) == "−(a + b + ⋯ + v)·x"


def test_a_formula_in_numbers():
    """Names become numbers; sums are written out, long ones with dots."""
    graph = page_of(dot(XS[:2], YS[:2], Value(-0.5, "b")) / Value(2.0, "n"))
    assert write_formula(graph, numbers=True)[0] == "(0.2·0.2 + 0.5·0.5 − 0.5)/2"
    assert write_formula(graph, latex=True, numbers=True)[0] == r"\frac{0.2 \cdot 0.2 + 0.5 \cdot 0.5 - 0.5}{2}"
    assert write_formula(page_of(Value(-3.0, "x") * Value(-2.0, "y")), numbers=True)[0] == "−3·(−2)"
    assert write_formula(page_of(Value(2.0, "x") - Value(-2.0, "y")), numbers=True)[0] == "2 − (−2)"
    assert write_formula(page_of(Value(-2.0, "x") ** 2), numbers=True)[0] == "(−2)²"
    many = [Value(float(i), f"x_{i}") for i in range(1, 21)]
    assert write_formula(page_of(ag.sum(many[:5])), numbers=True)[0] == "1 + 2 + 3 + 4 + 5"
    assert write_formula(page_of(ag.sum(many)), numbers=True)[0] == "1 + 2 + ⋯ + 20"


def test_folding_is_for_writing_only():
    """The page keeps its sum; what is folded has the same number."""
    graph = page_of(dot(XS, YS, b))
    assert [node.op.name for node in (graph, fold_sums(graph))] == ["sum", "sum"]
    assert len(graph.inputs) == 5
    assert len(fold_sums(graph).inputs) == 2
    assert fold_sums(graph).data == pytest.approx(graph.data, rel=1e-14)


# --------------------------------------------------------------------------------------------------------- great graphs

DEEP = 20_000


def repeated(step, n):
    node = x
    for _ in range(n):
        node = step(node)
    return node


def test_a_formula_that_nobody_reads_is_an_error():
    """Over 20,000 characters, in text and in LaTeX, and the way out is named."""
    deep = repeated(Value.sin, 5000)
    for write in (formula, latex):
        with pytest.raises(ValueError, match="too long for a page: label nodes on the way"):
            write(deep)
    assert len(formula(repeated(Value.sin, 3000))) == len("sin()") * 3000 + 1


def test_labels_on_the_way_make_it_short():
    """The way out is one."""
    inner = repeated(Value.sin, 5000)
    inner.label = "h"
    assert formula(inner.sin()) == "sin(h)"


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Value.sin, None),
        (lambda node: -node, "x"),
        (lambda node: 1.0 / node, "x"),
    ],
)
def test_great_depth_is_no_recursion(step, text):
    """A chain of 20,000 nodes is read like any other; its formula may be too long to write."""
    deep = repeated(step, DEEP)
    if text is None:
        with pytest.raises(ValueError, match="label nodes on the way"):
            latex(deep)
    else:
        assert latex(deep) == text


def test_a_graph_with_many_ways_is_read_node_by_node():
    """x + x, that times itself, and so on: there are 2**60 ways to x, and sixty nodes."""
    node = x
    for i in range(60):
        node = (node * node).tanh()
        node.label = f"h_{i}" if i == 30 else ""
    assert in_text(node.sin()).count("h₃₀") == 1


def peak_of_memory(graph):
    tracemalloc.start()
    page_of(graph)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("add", [operator.add, operator.sub, lambda total, term: term + total], ids=["+", "-", "in front"])
def test_a_running_total_takes_memory_in_proportion(add):
    """total = total + x, n times over, is one sum: four times as many terms take some four times the memory."""

    def total(n):
        return functools.reduce(add, [Value(0.1 * i, f"x_{i}") for i in range(n)])

    page_of(total(2000))  # whose names are read once, and remembered
    assert peak_of_memory(total(2000)) < 7 * peak_of_memory(total(500))


@pytest.mark.parametrize("y", [3.0, None, "x", [Value(1.0)]])
def test_only_values_have_a_formula(y):
    """Anything else is a TypeError that says so."""
    with pytest.raises(TypeError, match="graph of a Value"):
        latex(y)


# -------------------------------------------------------------------------------------------------------------- pdflatex


def test_pdflatex_takes_every_operation(pdflatex):
    """Each row, its first and second derivatives, the tables of this file, in names and in numbers: one document of all."""
    pages = []
    for row in ROWS:
        y, xs = applied(*row.values)
        slopes = gradient(y, *xs)
        pages += [y, *slopes, *gradient(slopes[0], *xs)]
    pages += [graph for pair in PAIRS_THAT_DIFFER for graph in pair if not re.search("∂.", formula(graph))]
    pages += [softmax(XS)[0], log_softmax(XS)[0], ag.sum(LONG), dot(XS, YS, b), x * math.inf, x + math.nan, x * 1e-300]
    pages = [page_of(graph) for graph in pages]
    formulas = [write_formula(page, latex=True, numbers=numbers)[0] for page in pages for numbers in (False, True)]
    assert errors_in(pdflatex, formulas) == []
