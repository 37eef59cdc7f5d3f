"""Derivations as they stand in the lecture notes, their mistakes included, compared with the engine line by line."""

import math

import pytest
from sheets_in_sympy import (
    CLASSES,
    JACOBIAN,
    LOGISTIC,
    NEURON,
    POLYNOMIAL,
    SIGMOID,
    SOFTMAX,
    THETA,
    check_difference,
    jacobian_of_softmax,
    logistic_regression,
    one_neuron,
    sigmoid_alone,
    softmax_of_two,
    three_variables,
    two_classes,
)

import autograd as ag
from autograd import Value, Worksheet

# ------------------------------------------------------------------------------ the derivations, as they stand in the notes

# A sheet, what SymPy knows of it, the line; the members of the chain, as in the note and in Python's spelling; which of
# these are wrong, and which do not follow from the one before, counted from 0.
DERIVATIONS = {
    "first note, E": (
        one_neuron, NEURON, "E", [(r"E = -t \log o - (1-t) \log (1-o)", "-t*log(o) - (1 - t)*log(1 - o)")], [], [],
    ),
    "first note, ∂E/∂o": (
        one_neuron, NEURON, "∂E/∂o",
        [
            (r"\frac{\partial E}{\partial o} = -\frac{t}{o} - \frac{(1-t)}{(1-o)} \cdot (1)", "-t/o - (1 - t)/(1 - o)*1"),
            (r"= \frac{-t(1-o) + (1-t)o}{o(1-o)}", "(-t*(1 - o) + (1 - t)*o)/(o*(1 - o))"),
            (r"= \frac{-t + t o + o - t o}{o(1-o)}", "(-t + t*o + o - t*o)/(o*(1 - o))"),
            (r"= -\frac{(t-o)}{o(1-o)}", "-(t - o)/(o*(1 - o))"),
        ],
        [0], [1],
    ),
    "first note, ∂o/∂net": (
        one_neuron, NEURON, "∂o/∂net", [(r"\frac{\partial o}{\partial \text{net}} = o(1-o)", "o*(1 - o)")], [], [],
    ),
    "first note, ∂net/∂w1": (
        one_neuron, NEURON, "∂net/∂w_1", [(r"\frac{\partial \text{net}}{\partial w_1} = x_1", "x_1")], [], [],
    ),
    "first note, ∂E/∂w1": (
        one_neuron, NEURON, "∂E/∂w_1",
        [
            (
                r"\frac{\partial E}{\partial w_1} = \frac{\partial E}{\partial o}"
                r" \cdot \frac{\partial o}{\partial \text{net}} \cdot \frac{\partial \text{net}}{\partial w_1}",
                "'∂E/∂o'*'∂o/∂net'*'∂net/∂w_1'",
            ),
            (r"= - \frac{(t-o)}{o(1-o)} \times o(1-o) \times x_1", "-(t - o)/(o*(1 - o))*o*(1 - o)*x_1"),
            (r"= - (t-o) x_1", "-(t - o)*x_1"),
        ],
        [], [],
    ),
    "first note, Δw1": (
        one_neuron, NEURON, "Δw_1",
        [
            (r"\Delta w_1 = -\eta \frac{\partial E}{\partial w_1}", "-η*'∂E/∂w_1'"),
            (r"= \eta (t-o) x_1", "η*(t - o)*x_1"),
        ],
        [], [],
    ),
    **{
        f"first note, Jacobian, {line}": (jacobian_of_softmax, JACOBIAN, line, [(text, in_python)], [], [])
        for line, text, in_python in (
            ("∂o_0/∂net_0", "o_0(1-o_0)", "o_0*(1 - o_0)"),
            ("∂o_1/∂net_0", "-o_0 o_1", "-o_0*o_1"),
            ("∂o_0/∂net_1", "-o_1 o_0", "-o_1*o_0"),
            ("∂o_1/∂net_1", "o_1(1-o_1)", "o_1*(1 - o_1)"),
        )
    },
    "first note, J of a polynomial": (three_variables, POLYNOMIAL, "∂f/∂x", [("2x+2y", "2*x + 2*y")], [], []),
    "first note, its second entry": (three_variables, POLYNOMIAL, "∂f/∂y", [("2x", "2*x")], [], []),
    "first note, o0": (
        softmax_of_two, SOFTMAX, "o_0",
        [
            (r"\frac{e^{net_0}}{e^{net_1} + e^{net_0}}", "exp(net_0)/(exp(net_1) + exp(net_0))"),
            ("= 1 - o_1", "1 - o_1"),
        ],
        [], [],
    ),
    "first note, E of two outputs": (
        softmax_of_two, SOFTMAX, "E",
        [(r"-t_1 \log o_1 - (1-t_1) \log (1-o_1)", "-t_1*log(o_1) - (1 - t_1)*log(1 - o_1)")], [], [],
    ),
    "first note, ∂o1/∂w11": (
        softmax_of_two, SOFTMAX, "∂o_1/∂w_11",
        [
            (
                r"\frac{\partial o_1}{\partial \text{net}_1} \cdot \frac{\partial \text{net}_1}{\partial w_{11}}",
                "'∂o_1/∂net_1'*'∂net_1/∂w_11'",
            ),
            ("= o_1(1-o_1)x_1 + -0.0000", "o_1*(1 - o_1)*x_1"),
            ("= o_1(1-o_1)x_1", "o_1*(1 - o_1)*x_1"),
        ],
        [], [],
    ),
    "first note, ∂o0/∂w11": (
        softmax_of_two, SOFTMAX, "∂o_0/∂w_11",
        [
            (
                r"\frac{\partial o_0}{\partial \text{net}_1} \cdot \frac{\partial \text{net}_1}{\partial w_{11}}",
                "'∂o_0/∂net_1'*'∂net_1/∂w_11'",
            ),
            ("= -o_0o_1x_1 + 0", "-o_0*o_1*x_1"),
        ],
        [], [],
    ),
    "first note, ∂E/∂w11, without the o1 that is missing in the file": (
        softmax_of_two, SOFTMAX, "∂E/∂w_11",
        [
            (
                r"-\frac{t_1}{o_1} \frac{\partial o_1}{\partial w_{11}}"
                r" - \frac{1-t_1}{1-o_1} \frac{\partial o_0}{\partial w_{11}}",
                "-t_1/o_1*'∂o_1/∂w_11' - (1 - t_1)/(1 - o_1)*'∂o_0/∂w_11'",
            ),
            (
                r"= -\frac{t_1}{o_1} \cdot \frac{\partial o_1}{\partial w_{11}}"
                r" - \frac{t_0}{o_0} \frac{\partial o_0}{\partial w_{11}}",
                "-t_1/o_1*'∂o_1/∂w_11' - t_0/o_0*'∂o_0/∂w_11'",
            ),
            (
                r"= -\frac{t_1}{o_1} \cdot o_1(1-o_1) \cdot x_1 - \frac{t_0}{o_0} (-o_0) x_1",
                "-t_1/o_1*o_1*(1 - o_1)*x_1 - t_0/o_0*(-o_0)*x_1",
            ),
            ("= -t_1(1-o_1)x_1 + t_0 o_1 x_1", "-t_1*(1 - o_1)*x_1 + t_0*o_1*x_1"),
            ("= x_1(-t_1 + o_1)", "x_1*(-t_1 + o_1)"),
            ("= -(t_1 - o_1)x_1", "-(t_1 - o_1)*x_1"),
        ],
        [2], [2, 3],
    ),
    "first note, ∂E/∂w11": (
        softmax_of_two, SOFTMAX, "∂E/∂w_11",
        [
            (
                r"-\frac{t_1}{o_1} \cdot o_1(1-o_1) \cdot x_1 - \frac{t_0}{o_0} (-o_0 o_1) x_1",
                "-t_1/o_1*o_1*(1 - o_1)*x_1 - t_0/o_0*(-o_0*o_1)*x_1",
            ),
            ("= -t_1(1-o_1)x_1 + t_0 o_1 x_1", "-t_1*(1 - o_1)*x_1 + t_0*o_1*x_1"),
        ],
        [], [],
    ),
    "first note, Δw11": (
        softmax_of_two, SOFTMAX, "Δw_11",
        [
            (r"-\eta \frac{\partial E}{\partial w_{11}}", "-η*'∂E/∂w_11'"),
            (r"= \eta(t_1 - o_1) x_1", "η*(t_1 - o_1)*x_1"),
        ],
        [], [],
    ),
    "second note, σ′": (
        sigmoid_alone, SIGMOID, "σ′",
        [
            (r"-(1+e^{-x})^{-2} \times e^{-x} \times (-1) \\", "-(1 + exp(-x))**(-2)*exp(-x)*(-1)"),
            (r"&= e^{-x} (1+e^{-x})^{-2} \\", "exp(-x)*(1 + exp(-x))**(-2)"),
            (r"&= \frac{e^{-x}}{(1+e^{-x})^2} \\", "exp(-x)/(1 + exp(-x))**2"),
            (
                r"&= \frac{(e^{-x}+1) - 1}{(1+e^{-x})(1+e^{-x})} \\",
                "((exp(-x) + 1) - 1)/((1 + exp(-x))*(1 + exp(-x)))",
            ),
            (
                r"&= \frac{(e^{-x}+1)}{(1+e^{-x})(1+e^{-x})} - \frac{1}{(1+e^{-x})(1+e^{-x})} \\",
                "(exp(-x) + 1)/((1 + exp(-x))*(1 + exp(-x))) - 1/((1 + exp(-x))*(1 + exp(-x)))",
            ),
            (
                r"&= \frac{1}{1+e^{-x}} \left[ 1 - \frac{1}{1+e^{-x}} \right]",
                "1/(1 + exp(-x))*(1 - 1/(1 + exp(-x)))",
            ),
            (r"= \sigma(x) (1 - \sigma(x))", "sigmoid(x)*(1 - sigmoid(x))"),
        ],
        [], [],
    ),
    "second note, J": (
        logistic_regression, LOGISTIC, "J",
        [(r"-(y \log \hat{y} + (1-y) \log (1-\hat{y}))", "-(y*log(ŷ) + (1 - y)*log(1 - ŷ))")], [], [],
    ),
    "second note, ŷ": (
        logistic_regression, LOGISTIC, "ŷ", [(r"\hat{y} = \sigma(\theta^T x)", f"sigmoid('{THETA}')")], [], [],
    ),
    "second note, ∂J/∂ŷ": (
        logistic_regression, LOGISTIC, "∂J/∂ŷ",
        [(r"- \left[ \frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}} \right]", "-(y/ŷ + (1 - y)/(1 - ŷ))")], [0], [],
    ),
    "second note, ∂J/∂θ": (
        logistic_regression, LOGISTIC, "∂J/∂θ",
        [
            (
                r"- \left[ \frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}} \right] \cdot \hat{y} (1-\hat{y}) \cdot x \\",
                "-(y/ŷ + (1 - y)/(1 - ŷ))*ŷ*(1 - ŷ)*x",
            ),
            (r"&= - [y(1-\hat{y}) - \hat{y}(1-y)] \cdot x \\", "-(y*(1 - ŷ) - ŷ*(1 - y))*x"),
            (r"&= -(y - y\hat{y} - \hat{y} + y\hat{y}) \cdot x \\", "-(y - y*ŷ - ŷ + y*ŷ)*x"),
            (r"&= -(y - \hat{y}) \cdot x \\", "-(y - ŷ)*x"),
            (r"&= -[y - \sigma(\theta^T x)] \cdot x", f"-(y - sigmoid('{THETA}'))*x"),
        ],
        [0], [1],
    ),
    "second note, θ_new": (
        logistic_regression, LOGISTIC, "θ_new",
        [
            (r"\theta - \alpha \frac{\partial J}{\partial \theta}", "θ - α*'∂J/∂θ'"),
            (r"\theta - \alpha [y - \sigma(\theta^T x)] \cdot x", f"θ - α*(y - sigmoid('{THETA}'))*x"),
        ],
        [1], [1],
    ),
    "second note, two classes": (
        two_classes, CLASSES, "BCE",
        [
            (r"-y_1 \log \hat{y}_1 - (y_2 \log \hat{y}_2)", "-y_1*log(ŷ_1) - y_2*log(ŷ_2)"),
            (r"-y_1 \log \hat{y}_1 - ((1 - y_2) \log (1 - \hat{y}_2))", "-y_1*log(ŷ_1) - (1 - y_2)*log(1 - ŷ_2)"),
        ],
        [1], [1],
    ),
}  # fmt: skip
THE_NOTES = pytest.mark.parametrize(
    ("sheet", "paper", "line", "chain", "wrong", "jumps"), DERIVATIONS.values(), ids=DERIVATIONS
)


@THE_NOTES
def test_sympy_says_which_lines_of_the_notes_are_right(sheet, paper, line, chain, wrong, jumps):
    """The table of this file: by SymPy's own simplification, down to what is given."""
    found = [paper.read(in_python) for _, in_python in chain]
    assert [i for i, each in enumerate(found) if not paper.same(each, paper.symbol(line))] == wrong
    assert [i for i in range(1, len(found)) if not paper.same(found[i], found[i - 1])] == jumps


@THE_NOTES
def test_the_derivations_of_the_notes(sheet, paper, line, chain, wrong, jumps):
    """Every slip is found, and every other line is right and follows; a point proves each slip."""
    found = sheet().check_chain(line, [text for text, _ in chain])
    in_sympy = [paper.read(in_python) for _, in_python in chain]
    assert [i for i, check in enumerate(found) if not check.right] == wrong
    assert [i for i, check in enumerate(found) if not check.follows] == jumps
    assert [i for i, check in enumerate(found) if not check] == sorted({*wrong, *jumps})
    for i, (check, expression) in enumerate(zip(found, in_sympy, strict=True)):
        assert (check.difference is None) == check.right
        assert (check.jump is None) == check.follows
        if check.difference:
            check_difference(paper, check.difference, expression, paper.symbol(line))
        if check.jump:
            check_difference(paper, check.jump, expression, in_sympy[i - 1])


@THE_NOTES
def test_each_line_of_the_notes_alone(sheet, paper, line, chain, wrong, jumps):
    """Without the line before, a formula is right or wrong as SymPy has it."""
    page = sheet()
    checks = [page.check_formula(line, text) for text, _ in chain]
    assert [i for i, check in enumerate(checks) if not check] == wrong
    assert all(check.follows and check.jump is None for check in checks)


@THE_NOTES
def test_the_notes_are_marked_as_claims(sheet, paper, line, chain, wrong, jumps):
    """A derivation with a slip in it is wrong as a whole, even where its last line is right; remarks say which lines."""
    row = sheet().mark({line: "\n".join(text for text, _ in chain)})[line]
    assert row.verdict == ("wrong" if wrong or jumps else "right")
    assert row.marks == (0.0 if wrong or jumps else 1.0)
    assert len(row.remarks) == len({*wrong, *jumps})
    assert sum("does not follow from the line before" in remark for remark in row.remarks) == len(jumps)
    assert sum("is wrong" in remark for remark in row.remarks) == len(wrong)


def test_the_numbers_of_the_second_note():
    """e^0.12 is 1.13, not 1.27; the sum follows from that, though 1.24 stands in it; so does what is divided by it."""
    xs = [Value(x, label=f"x_{i}") for i, x in enumerate((1.25, 2.44, 0.78, 0.12), start=1)]
    exps = [ag.exp(x) for x in xs]
    total = exps[0] + exps[1] + exps[2] + exps[3]
    claims = {
        "a_1": "e^{1.25} = 3.49",
        "a_2": "e^{2.44} = 11.47",
        "a_3": "e^{0.78} = 2.18",
        "a_4": "e^{0.12} = 1.27",
        "S": "3.49 + 11.47 + 2.18 + 1.24 = 18.41",
        "S_1": r"\frac{3.49}{18.41}",
    }
    by_hand = [float(claims[f"a_{i}"].partition("=")[2]) for i in (1, 2, 3, 4)]
    assert [round(math.exp(x.data), 2) == a for x, a in zip(xs, by_hand)] == [True, True, True, False]
    assert round(sum(by_hand), 2) == 18.41 != round(sum(math.exp(x.data) for x in xs), 2)
    assert round(3.49 + 11.47 + 2.18 + 1.24, 2) == 18.38
    marking = Worksheet({"a": exps, "S": total, "S_1": exps[0] / total}).mark(claims)
    assert list(marking.verdicts.values()) == ["right", "right", "right", "wrong", "carried", "carried"]
    assert marking.first_wrong == "a_4"
    assert "1.1275" in marking["a_4"].remark
    assert "18.38" in marking["S"].remark
    assert marking["S"].sources == ("a_4",)
