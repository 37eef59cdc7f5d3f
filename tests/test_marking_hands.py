"""The people of benchmarks/hands.py are what they say: honest lines are honest, and planted mistakes can be seen.

The oracle is mpmath's interval arithmetic on the formulas as Python text, with every operation widened by half a unit.
"""

import ast
import importlib.util
import pathlib
import sys

import pytest

mpmath = pytest.importorskip("mpmath")

FOLDER = pathlib.Path(__file__).parent.parent / "benchmarks"


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(FOLDER))  # where its own helpers stand
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(FOLDER))
    return module


students = load("marking_people", FOLDER / "marking.py")
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


def enclosure(node, held, digits):
    """All that a formula can give when each operation is rounded to the digits."""

    def walk(part):
        return enclosure(part, held, digits)

    match node:
        case ast.Expression(body):
            return walk(body)
        case ast.Name(name):
            return mpi(str(held[name]))
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


@pytest.mark.parametrize("seed", range(students.HONEST, students.HONEST + 60))
def test_an_honest_result_is_within_what_its_own_roundings_can_do(seed):
    """From the numbers that the person held before it, by interval arithmetic."""
    _, sheet = students.draw_page(seed)
    for line in sheet.lines:
        if not line.result:
            continue
        formula = ast.parse(students.hands.in_python(line.formula), mode="eval")
        possible = enclosure(formula, line.before, sheet.arithmetic.written)
        possible = widened(possible, sheet.arithmetic.written)
        assert mpi(line.result) in possible, (seed, line.name, line.text, str(possible))


@pytest.mark.parametrize("seed", range(students.HONEST, students.HONEST + 60))
def test_shortcuts_and_other_orders_are_the_same_formula(seed):
    """Each line's formula, however it is put, gives the sheet's number where nothing is rounded."""
    net, sheet = students.draw_page(seed)
    true = students.true_numbers(students.lines_of(net), net.given)
    for line in sheet.lines:
        again = students.work_out(students.hands.in_python(line.formula), true)
        assert again == pytest.approx(true[line.name], rel=1e-9, abs=1e-12), (seed, line.name, line.formula)


@pytest.mark.parametrize("seed", range(students.STRANGE, students.STRANGE + 60))
def test_a_planted_mistake_is_outside_of_what_rounding_can_do(seed):
    """Otherwise nobody could tell it from an honest line."""
    _, sheet = students.draw_page(seed)
    plant = sheet.plant
    line = next(found for found in sheet.lines if found.name == plant.name)
    formula = ast.parse(students.hands.in_python(line.formula), mode="eval")
    possible = widened(enclosure(formula, line.before, sheet.arithmetic.kept), sheet.arithmetic.written)
    assert mpi(plant.text) not in possible, (seed, line.text, str(possible))


def test_pages_have_all_styles():
    """In a hundred pages each habit is met."""
    styles = {
        style for seed in range(100) for line in students.draw_page(students.HONEST + seed)[1].lines for style in line.styles
    }
    wanted = """names|numbers|names and numbers mixed|partly worked out|every operation rounded|LaTeX|0,55|6.13e-2|½
        |full stop|o − t for the product|negative as a sign: − 0.3·0.8|negative in brackets: (−0.3)·0.8|2 x 0.2
        |local derivative that is no line|formula only|zeros dropped"""
    assert {style.strip() for style in wanted.split("|")} <= styles
