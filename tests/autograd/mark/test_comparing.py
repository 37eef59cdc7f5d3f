"""Formulas and derivations against a sheet: each as the function that the line is, and as what stood in the line before.

Every formula of this file stands here twice: as people write it, for the library, and in Python's spelling, for SymPy, which
knows the sheet by definitions of its own. So SymPy says which lines are right, which follow, and what each is at a point.
"""

import math

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from long_runs import examples, part, thorough
from sheets_in_sympy import NEURON, SOFTMAX, OnPaper, check_difference, one_neuron, softmax_of_two

import autograd as ag
from autograd import Value, Worksheet, gradient
from autograd.formula.lexer import FormulaError

# -------------------------------------------------------------------------------------------------- one formula, by a table

FORMULAS = {  # a line, a formula as it is written, and in Python's spelling
    # other ways to say it, over the quantities that it speaks of, or over those behind them
    ("net", "w0x0 + w1x1"): "w_0*x_0 + w_1*x_1",
    ("net", "x_1·w_1 + x_0·w_0"): "x_1*w_1 + x_0*w_0",
    ("o", "σ(net)"): "sigmoid(net)",
    ("o", "1 - σ(-net)"): "1 - sigmoid(-net)",
    ("o", r"\frac{e^{net}}{1 + e^{net}}"): "exp(net)/(1 + exp(net))",
    ("o", "1/(1 + e^-(w_0x_0 + w_1x_1))"): "1/(1 + exp(-(w_0*x_0 + w_1*x_1)))",
    ("E", "-log(o^t (1-o)^(1-t))"): "-log(o**t*(1 - o)**(1 - t))",
    ("E", "log(1 + e^net) - t·net"): "log(1 + exp(net)) - t*net",
    ("∂E/∂w_1", "(o - t)x_1"): "(o - t)*x_1",
    ("∂E/∂w_1", "∂E/∂o·o(1-o)x_1"): "'∂E/∂o'*o*(1 - o)*x_1",
    ("∂E/∂w_1", "(σ(w_0x_0 + w_1x_1) - t)·x_1"): "(sigmoid(w_0*x_0 + w_1*x_1) - t)*x_1",
    ("∂E/∂w_1", "x_1σ(net) - x_1t"): "x_1*sigmoid(net) - x_1*t",
    ("Δw_1", "η·x_1·(t - o)"): "η*x_1*(t - o)",
    ("∂o/∂net", "σ'(net)"): "sigmoid(net)*(1 - sigmoid(net))",
    ("∂o/∂net", "o - o²"): "o - o**2",
    # wrong ones
    ("net", "w_0x_0 - w_1x_1"): "w_0*x_0 - w_1*x_1",
    ("net", "w_0x_1 + w_1x_0"): "w_0*x_1 + w_1*x_0",
    ("o", "net"): "net",
    ("o", "tanh(net)"): "1 - 2/(exp(2*net) + 1)",
    ("o", "1/(1 + e^net)"): "1/(1 + exp(net))",
    ("E", "-t log o"): "-t*log(o)",
    ("E", "t log o + (1-t) log(1-o)"): "t*log(o) + (1 - t)*log(1 - o)",
    ("∂E/∂o", "-t/o"): "-t/o",
    ("∂E/∂o", "o - t"): "o - t",
    ("∂E/∂o", "-t/o + (1-t)/(1-o) + 0.001"): "-t/o + (1 - t)/(1 - o) + 0.001",
    ("∂o/∂net", "o(1 + o)"): "o*(1 + o)",
    ("∂o/∂net", "net(1 - net)"): "net*(1 - net)",
    ("∂E/∂w_1", "(t - o)x_1"): "(t - o)*x_1",
    ("∂E/∂w_1", "(o - t)x_0"): "(o - t)*x_0",
    ("∂E/∂w_1", "∂E/∂o·∂o/∂net"): "'∂E/∂o'*'∂o/∂net'",
    ("Δw_1", "η(o - t)x_1"): "η*(o - t)*x_1",
    ("Δw_1", "-∂E/∂w_1"): "-'∂E/∂w_1'",
}


@pytest.mark.parametrize(("line", "text"), part(FORMULAS, 10))
def test_a_formula_is_right_if_it_is_the_function(line, text):
    """As SymPy has it, however it is written; if it is wrong, at a point where the two are not the same number."""
    formula = NEURON.read(FORMULAS[line, text])
    check = one_neuron().check_formula(line, text)
    assert bool(check) is check.right is NEURON.same(formula, NEURON.symbol(line))
    assert (check.follows, check.jump, check.text) == (True, None, text)
    assert (check.difference is None) == check.right
    if check.right:
        assert (str(check), check.kind, check.diagnosis) == (f"{text} is right", "", "")
    if check.difference:
        check_difference(NEURON, check.difference, formula, NEURON.symbol(line))


@thorough
def test_the_table_has_right_and_wrong_formulas():
    """SymPy finds about as many of both."""
    right = [NEURON.same(NEURON.read(in_python), NEURON.symbol(line)) for (line, _), in_python in FORMULAS.items()]
    assert right == [True] * 15 + [False] * 17


@pytest.mark.parametrize(
    ("line", "text", "kind"),
    [
        ("∂E/∂o", "-t/o - (1-t)/(1-o)", "sign"),
        ("∂E/∂w_1", "(t - o)x_1", "swapped"),
        ("Δw_1", "-∂E/∂w_1", "rate"),
        ("∂E/∂o", "-t/o", "term"),
        ("∂E/∂w_1", "∂E/∂o·∂o/∂net", "factor"),
        ("E", "-t log_2 o - (1-t) log_2(1-o)", "log base"),
        ("o", "net", "function"),
    ],
)
def test_a_wrong_formula_comes_with_a_guess(line, text, kind):
    """The kind of mistake that leads to it, and a sentence, which the text of the check ends with."""
    check = one_neuron().check_formula(line, text)
    assert check.kind == kind
    assert check.diagnosis
    assert str(check).endswith(f". {check.diagnosis}")


@pytest.mark.parametrize(
    ("line", "text"), [("E", "w_0 + 3"), ("∂E/∂o", "-t/o + (1-t)/(1-o) + 0.001"), ("net", "w_0x_0 + 7w_1x_1")]
)
def test_where_nothing_explains_a_formula_nothing_is_guessed(line, text):
    """It is wrong all the same."""
    check = one_neuron().check_formula(line, text)
    assert (check.right, check.kind, check.diagnosis) == (False, "", "")


def test_the_sentence_of_a_wrong_formula_has_its_point():
    """Each quantity with its number, and both results, to six digits."""
    check = one_neuron().check_formula("∂E/∂o", "-t/o")
    text = str(check).replace("−", "-")
    for name, x in check.difference.point:
        assert f"{name} = {x:g}" in text
    assert f"it is {check.difference.here:.6g}, and should be {check.difference.there:.6g}" in text


def test_quantities_that_are_tied_together_are_not_set_apart():
    """Where t₀ is 1 − t₁ and o₀ is 1 − o₁, a point has numbers of what is given, from which these follow."""
    check = softmax_of_two().check_formula("∂E/∂w_11", "-(t_1 o_0 + t_0 o_1) x_1")
    wrong = SOFTMAX.read("-(t_1*o_0 + t_0*o_1)*x_1")
    assert not check
    assert {name for name, _ in check.difference.point} <= {"t_1", "x_1", "w_11", "w_01"}
    check_difference(SOFTMAX, check.difference, wrong, SOFTMAX.symbol("∂E/∂w_11"))


@pytest.mark.parametrize("name", ["∂E/∂w_1", "∂E/∂w1", r"\frac{\partial E}{\partial w_{1}}", "∂E/∂w₁"])
def test_a_line_goes_by_any_spelling_of_its_name(name):
    """As names do in formulas."""
    assert one_neuron().check_formula(name, "(o - t)x_1")
    assert all(one_neuron().check_chain(name, "(o - t)x_1 = -(t - o)x_1"))


@pytest.mark.parametrize("text", ["", "?", "o - t = -(t - o)", ["o - t", "-(t - o)"], "∂E/∂o = ?"])
def test_check_formula_takes_one_formula(text):
    """No blank, and no chain."""
    with pytest.raises(ValueError, match="one formula"):
        one_neuron().check_formula("∂E/∂o", text)


CHECKS = pytest.mark.parametrize(
    "check", [Worksheet.check_formula, Worksheet.check_chain, lambda sheet, name, text: sheet.mark({name: text})]
)


@CHECKS
def test_an_unknown_line_is_a_lookup_error(check):
    """With the nearest name; what is given has no formula."""
    with pytest.raises(LookupError, match="is ∂E/∂o meant"):
        check(one_neuron(), "∂E/∂q", "o - t")
    with pytest.raises(LookupError, match="is given, not worked out"):
        check(one_neuron(), "w_1", "o - t")


@pytest.mark.parametrize("check", [Worksheet.read, Worksheet.check_formula, Worksheet.check_chain])
def test_what_is_neither_text_nor_a_number_is_an_error(check):
    """The line is named."""
    with pytest.raises(TypeError, match=r"^∂E/∂o: True: a claim is text"):
        check(one_neuron(), "∂E/∂o", True)


@pytest.mark.parametrize("check", [Worksheet.read, Worksheet.check_formula, Worksheet.check_chain])
def test_what_cannot_be_read_is_an_error_with_line_and_place(check):
    """The place counts in the chain, and the line is named."""
    with pytest.raises(FormulaError, match=r"q is not known here.*\(on the line ∂E/∂o\)") as caught:
        check(one_neuron(), "∂E/∂o", "o - q")
    assert caught.value.position == 4


# ------------------------------------------------------------------------------------------------------------------- chains


def test_a_blank_chain_has_no_checks():
    """Nothing stands there."""
    assert one_neuron().check_chain("∂E/∂o", "") == one_neuron().check_chain("∂E/∂o", "?") == []


def test_the_numbers_in_a_chain_are_no_formulas():
    """Only what has names in it is a function; numbers are marked as numbers."""
    found = one_neuron().check_chain("net", "w_0x_0 + w_1x_1 = 0.3·1.5 + 0.7·0.4 = 0.73")
    assert [check.text for check in found] == ["w_0x_0 + w_1x_1"]


def test_two_mistakes_that_cancel_are_both_found():
    """Two signs turned over, one after the other, end where they began."""
    chain = ["-(t - o)x_1", "-(t + o)x_1", "-(t - o)x_1"]
    in_sympy = [NEURON.read(text) for text in ("-(t - o)*x_1", "-(t + o)*x_1", "-(t - o)*x_1")]
    found = one_neuron().check_chain("∂E/∂w_1", chain)
    assert [(check.right, check.follows) for check in found] == [(True, True), (False, False), (True, False)]
    check_difference(NEURON, found[1].jump, in_sympy[1], in_sympy[0])
    check_difference(NEURON, found[2].jump, in_sympy[2], in_sympy[1])


def test_a_mistake_that_goes_on_is_made_once():
    """Lines that follow from a wrong one are wrong, and follow; the guess stands at the first."""
    found = one_neuron().check_chain(
        "∂E/∂o", ["-t/o - (1-t)/(1-o)", "-(t(1-o) + o(1-t))/(o(1-o))", "-(t + o - 2 t o)/(o(1-o))"]
    )
    in_sympy = [NEURON.read(x) for x in ("-t/o - (1 - t)/(1 - o)", "-(t*(1 - o) + o*(1 - t))/(o*(1 - o))")]
    assert NEURON.same(in_sympy[0], in_sympy[1])
    assert [(check.right, check.follows) for check in found] == [(False, True)] * 3
    assert [check.kind for check in found] == ["sign", "", ""]
    assert [bool(check.diagnosis) for check in found] == [True, False, False]


def test_a_formula_that_is_a_number_hardly_anywhere_is_wrong():
    """There is no point to show, and no guess."""
    check = one_neuron().check_formula("net", "log(-1 - x_0^2)")
    assert str(check) == "log(-1 - x_0^2) is wrong: it is a number hardly anywhere"
    assert math.isnan(check.difference.here)
    assert math.isnan(check.difference.there)
    assert check.difference.point == []


def test_a_member_with_numbers_in_it_is_compared_by_value():
    """What it comes to, and what is right; there is no point, for the numbers of the sheet are meant."""
    first, second = one_neuron().check_chain("net", "w_0x_0 + 0.7·0.4 = w_0x_0 + 0.7·0.5")
    assert (first.right, first.follows, first.difference) == (True, True, None)
    assert (second.right, second.follows) == (False, False)
    assert second.difference.point == []
    assert (second.difference.here, second.difference.there) == (pytest.approx(0.8), pytest.approx(0.73))


def test_a_guess_looks_at_the_line_as_it_stands_on_the_sheet():
    """(a + b) is p·q without p, though p and q are nowhere in it, and a·b·(a + b) has three factors."""
    a, b = Value(0.4, "a"), Value(0.5, "b")
    p, q = a * b, a + b
    check = Worksheet(p=p, q=q, y=p * q).check_formula("y", "a + b")
    assert (check.kind, check.diagnosis) == ("factor", "You left out the factor p")


def test_a_member_may_speak_of_other_quantities_than_the_one_before():
    """From names to what is behind them and back."""
    chain = "∂E/∂o·∂o/∂net·x_1 = (σ(w_0x_0 + w_1x_1) - t)·x_1 = (o - t)x_1 = -∂net/∂w_1·(t - σ(net))"
    assert [bool(check) for check in one_neuron().check_chain("∂E/∂w_1", chain)] == [True] * 4


# ------------------------------------------------------------------------------------------- formulas, as SymPy writes them

t, o, x = SYMBOLS = sympy.symbols("t o x", real=True)
GROWN = lambda inner: st.one_of(  # noqa: E731
    st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
    st.tuples(inner, inner).map(lambda each: f"({each[0]}/(1 + {each[1]}**2))"),
    st.tuples(inner, st.sampled_from(["o", "(1 - o)"])).map(lambda each: f"({each[0]}/{each[1]})"),
    inner.map(lambda each: f"log(1 + {each}**2)"),
    st.sampled_from(["exp(-x)", "x**3", "exp(o - t)"]),
)
TREES = st.recursive(st.sampled_from(["t", "o", "x", "2"]), GROWN, max_leaves=6)
REWRITTEN = {
    "as it is": lambda y: y,
    "expanded": sympy.expand,
    "factored": sympy.factor,
    "together": sympy.together,
    "in partial fractions": lambda y: sympy.apart(y, o) if y.is_rational_function(*SYMBOLS) else y,
    "simplified": sympy.simplify,
    "collected": lambda y: sympy.collect(sympy.expand(y), x),
}
AS_TEXT = {"in Python": str, "in LaTeX": sympy.latex}


def of_tree(text):
    """A sheet with one line, and the line in SymPy."""
    values = {str(symbol): Value(number, label=str(symbol)) for symbol, number in zip(SYMBOLS, (0.75, 0.4, 1.5))}
    line = eval(text, values | {"log": ag.log, "exp": ag.exp})
    expression = eval(text, {str(symbol): symbol for symbol in SYMBOLS} | {"log": sympy.log, "exp": sympy.exp})
    assume(isinstance(line, Value) and line.inputs and expression.free_symbols)
    return Worksheet(y=line), expression


@examples(40)
@given(TREES, st.sampled_from(sorted(REWRITTEN)), st.sampled_from(sorted(AS_TEXT)))
def test_a_formula_that_sympy_rewrote_is_right(text, way, spelling):
    """Expanded, factored, over one denominator: it is still the same function."""
    sheet, expression = of_tree(text)
    new = REWRITTEN[way](expression)
    assume(new.free_symbols)
    assert sheet.check_formula("y", AS_TEXT[spelling](new))


@examples(40)
@given(TREES, st.sampled_from(sorted(REWRITTEN)), st.sampled_from(sorted(AS_TEXT)), st.integers(0, 5))
def test_a_changed_sign_is_wrong_at_a_point(text, way, spelling, which):
    """Of whatever term: SymPy gets both numbers at the point, and they are not the same."""
    sheet, expression = of_tree(text)
    new = REWRITTEN[way](expression)
    term = sympy.Add.make_args(new)[which % len(sympy.Add.make_args(new))]
    wrong = new - 2 * term
    assume(term != 0 and wrong.free_symbols)
    check = sheet.check_formula("y", AS_TEXT[spelling](wrong))
    assert not check
    point = {symbol: dict(check.difference.point).get(str(symbol), 0.5) for symbol in SYMBOLS}
    here, there = (float(each.subs(point).evalf(30)) for each in (wrong, expression))
    assert check.difference.here == pytest.approx(here, rel=1e-9, abs=1e-12)
    assert check.difference.there == pytest.approx(there, rel=1e-9, abs=1e-12)
    assert here != pytest.approx(there, rel=1e-9)


@examples(25)
@given(TREES, st.lists(st.sampled_from(sorted(REWRITTEN)), min_size=2, max_size=4), st.integers(0, 3))
def test_a_slip_in_a_derivation_is_found_where_it_is(text, ways, place):
    """Members that SymPy made, from one of them on with the sign of the whole turned over: there it does not follow."""
    sheet, expression = of_tree(text)
    found = [REWRITTEN[way](expression) for way in ways]
    place = min(place, len(found))
    chain = [*found[:place], *(-each for each in found[place:])]
    assume(expression != 0 and all(each.free_symbols for each in chain))
    checks = sheet.check_chain("y", " = ".join(map(str, chain)))
    assert [check.right for check in checks] == [i < place for i in range(len(chain))]
    assert [check.follows for check in checks] == [i == 0 or i != place for i in range(len(chain))]


# ----------------------------------------------------------------------------------------------------------- claims, marked


def neuron():
    """z, o, E, g = ∂E/∂o, d = ∂E/∂z, dw, by names that are easy to write."""
    w, x, t = (Value(v, label=n) for n, v in (("w", 0.3), ("x", 2.0), ("t", 1.0)))
    z = w * x
    o = ag.sigmoid(z)
    E = -t * ag.log(o) - (1 - t) * ag.log(1 - o)
    return Worksheet(z=z, o=o, E=E, g=gradient(E, o)[0], d=gradient(E, z)[0], dw=gradient(E, w)[0])


O = 1 / (1 + math.exp(-0.6))  # noqa: E741
WRONG_G = "-t/o - (1-t)/(1-o)"
MARKED = {  # claims, and what becomes of them
    "right formulas": ({"z": "wx", "o": "σ(z)", "g": "-(t-o)/(o(1-o))", "dw": "(o-t)x"}, "right right right right"),
    "in terms of the lines above": ({"g": "-t/o + (1-t)/(1-o)", "d": "g·o(1-o)", "dw": "d x"}, "right right right"),
    "a wrong one": ({"g": WRONG_G}, "wrong"),
    "what speaks of a wrong line by its name is right": ({"g": WRONG_G, "d": "g·o(1-o)", "dw": "d x"}, "wrong right right"),
    "what goes on from it is carried": (
        {"g": WRONG_G, "d": f"({WRONG_G})·o(1-o)", "dw": f"({WRONG_G})·o(1-o)·x"},
        "wrong carried carried",
    ),
    "what is right again is right": ({"g": WRONG_G, "d": "o - t"}, "wrong right"),
    "another mistake is wrong": ({"g": WRONG_G, "d": f"({WRONG_G})·o(1+o)"}, "wrong wrong"),
    "two mistakes": ({"z": "w + x", "o": "σ(w + x)", "g": WRONG_G, "d": "t - o"}, "wrong carried wrong wrong"),
    "a slip within, right at the end": ({"g": f"{WRONG_G} = -(t-o)/(o(1-o))", "d": "o - t"}, "wrong right"),
    "a slip at the end, and what goes on from it": ({"z": "wx = w + x", "o": "σ(w + x)"}, "wrong carried"),
    "a wrong formula with a carried number": ({"z": "0.9", "o": f"tanh(z) = {1 / (1 + math.exp(-0.9)):.4f}"}, "wrong wrong"),
    "a formula and its number": ({"z": "wx = 0.6", "g": f"-t/o = {-1 / O:.4f}"}, "right wrong"),
    "a formula with t = 1 put in": ({"z": "wx = 0.6", "g": f"-1/o = {-1 / O:.4f}"}, "right right"),
    "a right formula with a wrong number": ({"g": "-t/o + (1-t)/(1-o) = -1.8"}, "wrong"),
    "a wrong formula with the right number": ({"z": "w + x = 0.60"}, "wrong"),
    "a wrong formula with its own number": ({"z": "w + x = 2.3", "o": f"{1 / (1 + math.exp(-2.3)):.4f}"}, "wrong carried"),
    "numbers that go on from a wrong formula": (
        {"z": "w + x", "o": f"{1 / (1 + math.exp(-2.3)):.4f}", "E": f"{math.log(1 + math.exp(-2.3)):.4f}"},
        "wrong carried carried",
    ),
    "numbers that do not": ({"z": "w + x", "o": f"{O:.4f}", "E": "0.5"}, "wrong right wrong"),
    "blanks beside a formula": ({"z": "", "o": "?", "g": "-t/o + (1-t)/(1-o)"}, "blank blank right"),
}  # fmt: skip


@pytest.mark.parametrize("case", MARKED)
def test_formulas_are_marked_line_by_line(case):
    """Right, wrong, or carried from a wrong one, as worked out by hand."""
    claims, verdicts = MARKED[case]
    marking = neuron().mark(claims)
    assert [marking[name].verdict for name in claims] == verdicts.split()
    assert {row.verdict for row in marking if row.name not in claims} <= {"blank"}
    worth = {"right": 1.0, "wrong": 0.0, "carried": 1.0, "blank": 0.0}
    assert marking.score == sum(worth[verdict] for verdict in verdicts.split())
    assert marking.first_wrong == next((n for n, v in zip(claims, verdicts.split()) if v == "wrong"), None)


def test_a_carried_formula_names_its_source_and_gets_its_part_of_the_marks():
    """As a carried number does; nothing is said against it."""
    marking = neuron().mark({"g": WRONG_G, "d": f"({WRONG_G})·o(1-o)"}, marks={"g": 2.0, "d": 4.0}, carried=0.5)
    row = marking["d"]
    assert (row.verdict, row.sources, row.marks, row.worth) == ("carried", ("g",), 2.0, 4.0)
    assert row.remarks == row.diagnoses == ()


def test_a_number_carried_from_a_wrong_formula_names_it():
    """And .own is what the formula leads to."""
    row = neuron().mark({"z": "w + x", "o": f"{1 / (1 + math.exp(-2.3)):.4f}"})["o"]
    assert row.sources == ("z",)
    assert row.own == pytest.approx(1 / (1 + math.exp(-2.3)), rel=1e-12)


def test_a_wrong_formula_comes_with_guess_and_point():
    """The guess is a diagnosis, the point a remark, with the numbers that SymPy has there."""
    row = neuron().mark({"g": WRONG_G})["g"]
    assert [each.kind for each in row.diagnoses] == ["sign"]
    check = neuron().check_formula("g", WRONG_G)
    (remark,) = row.remarks
    assert remark == str(check._replace(diagnosis=""))
    paper = OnPaper({"g": "-t/o + (1 - t)/(1 - o)"})
    check_difference(paper, check.difference, paper.read("-t/o - (1 - t)/(1 - o)"), paper.symbol("g"))


def test_the_number_of_a_right_line_stands_in_its_row():
    """A formula is shown beside the right number."""
    row = neuron().mark({"o": "σ(z)"})["o"]
    assert (row.claim, row.true, row.own) == ("σ(z)", pytest.approx(O, rel=1e-15), None)


@examples(25)
@given(TREES, st.sampled_from(["y*o", "exp(y/(1 + y**2))", "t - y", "y/(1 + x**2) + o"]))
def test_whatever_goes_on_from_a_wrong_sign_is_carried(text, after):
    """In names it is right; spelt out with the wrong formula it is carried, spelt out with the right one right."""
    values = {str(symbol): Value(number, label=str(symbol)) for symbol, number in zip(SYMBOLS, (0.75, 0.4, 1.5))}
    functions, symbols = {"log": ag.log, "exp": ag.exp}, {str(symbol): symbol for symbol in SYMBOLS}
    y = eval(text, values | functions)
    in_sympy = {"log": sympy.log, "exp": sympy.exp} | symbols
    expression = eval(text, in_sympy)
    assume(isinstance(y, Value) and y.inputs and expression.free_symbols)
    sheet = Worksheet(y=y, v=eval(after, values | functions | {"y": y}))
    right, wrong = (str(eval(after, in_sympy | {"y": each})) for each in (expression, -expression))
    assume("v" in sheet.lines and sympy.sympify(right) != sympy.sympify(wrong))
    claims = {"y": str(-expression)}
    for formula, verdict in ((after, "right"), (right, "right"), (wrong, "carried")):
        marking = sheet.mark({**claims, "v": formula})
        assert [marking["y"].verdict, marking["v"].verdict] == ["wrong", verdict]
