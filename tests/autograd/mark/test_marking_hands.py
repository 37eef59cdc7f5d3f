"""The people of benchmarks/hands.py are what they say: honest lines are honest, and planted mistakes can be seen.

The oracle is mpmath's interval arithmetic on the formulas as Python text, with every operation widened by half a unit.
"""

import ast
import math
import re

import pytest
from benchmark_programs import program
from long_runs import many

mpmath = pytest.importorskip("mpmath")

students, calculators, sheets, slips = map(program, ("marking", "calculators", "sheets", "slips"))
iv, mpf, mpi = mpmath.iv, mpmath.mpf, mpmath.iv.mpf


def half_unit(x, digits):
    """Half of what the last digit is worth, for the larger end of an interval."""
    if not digits.significant:
        return mpf(10) ** -digits.size / 2
    largest = max(abs(x.a), abs(x.b))
    magnitude = int(mpmath.floor(mpmath.log10(largest.a))) if largest > 0 else 0
    return mpf(10) ** (magnitude + 1 - digits.size) / 2


def widened(x, digits):
    """An interval, and what rounding it to these digits can add."""
    return x + mpi([-1, 1]) * half_unit(x, digits) * mpf("1.000001")


def enclosure(node, held, digits, shown=frozenset()):
    """All that a formula can give when each operation, and each of the numbers that are only shown, is rounded.

    held: numbers, or intervals
    """

    def walk(part):
        return enclosure(part, held, digits, shown)

    match node:
        case ast.Expression(body):
            return walk(body)
        case ast.Name(name):
            x = held[name] if isinstance(held[name], type(mpi(0))) else mpi(str(held[name]))
            return widened(x, digits) if name in shown else x
        case ast.Constant(value):
            return mpi(str(value))
        case ast.UnaryOp(_, operand):
            return -walk(operand)
        case ast.Call(ast.Name(function), [argument]):
            x = walk(argument)
            one = mpi(1)
            by_name = {
                "exp": lambda: iv.exp(x),
                "log": lambda: iv.log(x),
                "sigmoid": lambda: one / (one + iv.exp(-x)),
                "tanh": lambda: one - 2 / (iv.exp(2 * x) + 1),
                "relu": lambda: mpi([max(x.a, 0), max(x.b, 0)]),
            }
            return widened(by_name[function](), digits)
        case ast.BinOp(left, op, right):
            a, b = walk(left), walk(right)
            by_type = {ast.Add: lambda: a + b, ast.Mult: lambda: a * b, ast.Div: lambda: a / b, ast.Pow: lambda: a**2}
            return widened(by_type[type(op)](), digits)
    raise AssertionError(ast.dump(node))


@pytest.mark.parametrize("seed", range(students.HONEST, students.HONEST + many(60)))
def test_an_honest_result_is_within_what_its_own_roundings_can_do(seed):
    """From the numbers that the person held before it, by interval arithmetic."""
    _, sheet = students.draw_page(seed)
    for line in sheet.lines:
        if not line.result:
            continue
        formula = ast.parse(calculators.in_python(line.formula), mode="eval")
        possible = enclosure(formula, line.before, sheet.arithmetic.written)
        possible = widened(possible, sheet.arithmetic.written)
        assert mpi(line.result) in possible, (seed, line.name, line.text, str(possible))


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
SPELLINGS = (  # what stands on the page, and what Python calls it
    (r"[.\s]*\$?$|^\$|\\left|\\right", ""),
    ("−", "-"),
    (r"10\^\((-\d+)\)", r"10^\1"),
    (r" ?(?:·|×|\\cdot) ?10\^?(-\d+|⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "e" + found[1].translate(RAISED)),
    (r"(?<=\d) [eE]-", "e-"),
    (r"e\^(?=\()", "exp"),
    (r"e\^([\d.]+)", r"exp(\1)"),
    (r"\^2|²", "**2"),
    (r"½", "0.5"),
    (r"σ|sigmoid|\\sigma", "sigmoid"),
    (r"\\?(?:log|ln)(?=\()", "log"),
    (r"\\(?=exp|max|tanh)", ""),
    (r" x |·|×|\\cdot|\\times", "*"),
    (r"(?<=[\d)])\s*(?=\()|(?<=\))\s*(?=[\d.a-z])", "*"),  # nothing between factors
)


def read_again(stage, comma):
    """A stage without names as a number: spelling after spelling is replaced, and Python reads the rest."""
    text = re.sub(r"(?<=\d),(?=\d)|^,|(?<=[^\d]),(?=\d)", ".", stage).replace(";", ",") if comma else stage
    text = re.sub(r"(e|10)\^\{([^{}]*)\}", r"\1^(\2)", text).replace("^{2}", "²")
    while "\\frac" in text:
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    for pattern, other in SPELLINGS:
        text = re.sub(pattern, other, text)
    numbers = {"exp": math.exp, "log": math.log, "tanh": math.tanh, "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "max": max}
    return eval(text, {"__builtins__": {}}, numbers)


@pytest.mark.parametrize("seed", range(students.HONEST, students.HONEST + many(60)))
def test_each_stage_in_numbers_says_what_the_line_says(seed):
    """Brackets, signs and roundings in the middle of the working are honest too."""
    net, sheet = students.draw_page(seed)
    words = r"\\(?!hat|partial|eta|alpha|delta)[a-z]+|tanh|sigmoid|exp|max|log|ln|e\^|[eE](?= ?-\d)| x |σ"
    for line in sheet.lines:
        formula = ast.parse(calculators.in_python(line.formula), mode="eval")
        results = line.before.keys() - net.given.keys()
        possible = widened(enclosure(formula, line.before, sheet.arithmetic.written, results), sheet.arithmetic.written)
        for stage in re.split(rf"\s+(?:=|{re.escape(sheet.hand.approximately)})\s+", line.text)[:-1]:
            if not re.search(r"[^\W\d]|∂", re.sub(words, "", stage)):  # no names
                assert mpi(read_again(stage, sheet.hand.comma)) in possible, (seed, line.name, stage, str(possible))


@pytest.mark.parametrize("seed", range(students.HONEST, students.HONEST + many(60)))
def test_shortcuts_and_other_orders_are_the_same_formula(seed):
    """Each line's formula, however it is put, gives the sheet's number where nothing is rounded."""
    net, sheet = students.draw_page(seed)
    true = students.true_numbers(students.lines_of(net), net.given)
    for line in sheet.lines:
        again = students.work_out(calculators.in_python(line.formula), true)
        assert again == pytest.approx(true[line.name], rel=1e-9, abs=1e-12), (seed, line.name, line.formula)


@pytest.mark.parametrize("seed", range(students.STRANGE, students.STRANGE + many(60)))
def test_a_planted_mistake_is_outside_of_what_rounding_can_do(seed):
    """Otherwise nobody could tell it from an honest line."""
    _, sheet = students.draw_page(seed)
    plant = sheet.plant
    line = next(found for found in sheet.lines if found.name == plant.name)
    formula = ast.parse(calculators.in_python(line.formula), mode="eval")
    possible = widened(enclosure(formula, line.before, sheet.arithmetic.kept), sheet.arithmetic.written)
    assert mpi(plant.text) not in possible, (seed, line.text, str(possible))


def as_read(text, without_zeros):
    """All that a number on the page may stand for; 0.7 without its zeros was anything from 0.65 on."""
    if without_zeros and "." in text:
        text = re.sub(r"0+$", "", text)
    decimals = max(1, len(text.partition(".")[2]))
    return mpi(text) + mpi([-1, 1]) * mpf(10) ** -decimals / 2


@pytest.mark.parametrize("seed", range(students.STRANGE, students.STRANGE + many(60)))
def test_a_planted_mistake_can_be_told_by_the_digits_on_the_page(seed):
    """Worked out from the numbers that stand there, with all that they may stand for, the line comes to something else."""
    net, sheet = students.draw_page(seed)
    plant, without_zeros = sheet.plant, sheet.hand.drops_zeros
    line = next(found for found in sheet.lines if found.name == plant.name)
    read = {found.name: as_read(found.result, without_zeros) for found in sheet.lines if found.result}
    held = {name: x if name in net.given else read.get(name, x) for name, x in line.before.items()}
    formula = ast.parse(calculators.in_python(line.formula), mode="eval")
    possible = enclosure(formula, held, sheet.arithmetic.written)
    written = as_read(plant.text, without_zeros)
    assert written.b < possible.a or written.a > possible.b, (seed, line.text, str(possible))


def test_what_is_not_planted_since_nobody_could_tell_is_counted():
    """Some draws are in vain on most pages; a hundred of them would say that the pages are odd."""
    unseen = [students.draw_page(seed)[1].unseen for seed in range(students.STRANGE, students.STRANGE + 60)]
    assert 0 < sum(unseen) < 100 * len(unseen)


ACCUSED_ONCE = (305079, 305096, 305120, 306207, 306261, 400037, 400154, 400197, 400252)
MISSED_ONCE = (400099, 400187, 400207, 400261)


@pytest.mark.parametrize("seed", ACCUSED_ONCE)
def test_right_lines_that_were_once_accused_are_fine(seed):
    """Zeros left out, other ways to work out a line, more digits held than written, a repeated number that is wrong."""
    assert [each.story for each in students.react(seed).reactions if each.accusation] == []


@pytest.mark.parametrize("seed", MISSED_ONCE)
def test_pages_on_which_a_mistake_was_once_missed(seed):
    """It is found, or another was planted that can be told."""
    page = students.react(seed)
    assert page.found, page.story


def test_pages_have_all_styles():
    """In a hundred pages each habit is met."""
    styles = {
        style for seed in range(100) for line in students.draw_page(students.HONEST + seed)[1].lines for style in line.styles
    }
    wanted = """names|numbers|names and numbers mixed|partly worked out|every operation rounded|LaTeX|0,55|6.13e-2|½
        |full stop|o − t for the product|negative as a sign: − 0.3·0.8|negative in brackets: (−0.3)·0.8|2 x 0.2
        |local derivative that is no line|formula only|zeros dropped"""
    assert {style.strip() for style in wanted.split("|")} <= styles


def test_people_who_write_as_the_first_students_do_are_marked_as_these(monkeypatch):
    """Bare numbers in plain spelling, not every operation rounded: no line is accused, each mistake is found.

    So what is measured on the other pages is their styles, and no fault of the names, the numbers and the mistakes.
    """
    draw_hand, draw_arithmetic, vary = sheets.draw_hand, sheets.draw_arithmetic, sheets.vary
    plain = {"latex": False, "comma": False, "scientific": "", "leads": True, "drops_zeros": False, "approximately": "="}
    plain |= {"around": "", "stop": False, "own_name": False, "breaks": False, "dollars": False, "minus": "-"}
    monkeypatch.setattr(sheets, "draw_hand", lambda rng: draw_hand(rng)._replace(**plain))
    monkeypatch.setattr(sheets, "draw_arithmetic", lambda rng: draw_arithmetic(rng)._replace(every_key=False))
    monkeypatch.setattr(sheets, "vary", lambda *args: vary(*args[:-1], False))
    monkeypatch.setattr(sheets.Worker, "stages", lambda *_: [])
    monkeypatch.setattr(slips, "plant_slip", lambda *_: None)
    for seed in range(students.HONEST, students.HONEST + 12):
        assert not [each.story for each in students.react(seed).reactions if each.accusation]
    for seed in range(students.STRANGE, students.STRANGE + 24):
        page = students.react(seed)
        assert page.found, page.story
        assert page.guess != "wrong", page.story
