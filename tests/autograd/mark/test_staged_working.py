"""Working in stages, as people write it: names and numbers mixed, rounded after every operation perhaps; each value first.

The people of staged_working.py work in decimal arithmetic and know nothing of the marker. What they write honestly is never
called wrong, and nothing is said against it; what is planted among it is found where it was made.
"""

import operator
import random
from decimal import Decimal, localcontext

import pytest
from long_runs import many, seeds
from staged_working import draw_person, draw_sheet, fill, plant

import autograd as ag
from autograd import Value, Worksheet, gradient

SHEETS = many(60)

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
FUNCTIONS = {"exp": ag.exp, "log": ag.log, "σ": ag.sigmoid}


def as_values(sheet):
    """The lines of a sheet as Values; a name such as ∂E/∂w_1 says what is differentiated, and by what."""
    values = {name: Value(float(x), label=name) for name, x in sheet.given.items()}

    def read(formula):
        if isinstance(formula, str):
            return values[formula]
        if isinstance(formula, Decimal):
            return float(formula)
        sign, *inside = formula
        first, *others = map(read, inside)
        if sign in FUNCTIONS:
            return FUNCTIONS[sign](first)
        if sign in ("neg", "^2"):
            return -first if sign == "neg" else first**2
        for x in others:
            first = OPERATORS[sign](first, x)
        return first

    lines = {}
    for name, (way, *_) in sheet.lines.items():
        if name.startswith("∂"):
            y, x = name[1:].split("/∂")
            lines[name] = values[name] = gradient(values[y], values[x])[0]
        else:
            lines[name] = values[name] = read(way)
            lines[name].label = name
    return lines


def draw(seed):
    """A random sheet, a random person, and what that person writes."""
    rng = random.Random(seed)
    while True:
        sheet, person = draw_sheet(rng), draw_person(rng)
        try:
            return rng, sheet, person, *fill(rng, person, sheet)
        except ArithmeticError:  # a logarithm of what was rounded to 0: nobody could go on
            continue


@pytest.mark.parametrize("seed", seeds(SHEETS))
def test_nothing_is_said_against_honest_working(seed):
    """Whatever is a name and what a number, however few digits are shown, and wherever was rounded."""
    _, sheet, person, claims, _ = draw(seed)
    marking = Worksheet(as_values(sheet)).mark(claims)
    fine = [row for row in marking if not row.remark and row.verdict in ("right", "rounded")]
    accused = [(row.name, row.claim, row.verdict, row.remark) for row in marking if row not in fine]
    assert accused == [], (sheet.given, person)


def test_planted_mistakes_are_found_in_such_working():
    """In ninety-nine of a hundred sheets the first line that is called wrong is the one where the mistake was made."""
    missed, planted = [], 0
    for seed in range(1000, 1000 + SHEETS):
        rng, sheet, person, _, held = draw(seed)
        with localcontext() as context:
            context.prec = 40
            found = plant(rng, person, sheet, held)
            try:
                claims = fill(rng, person, sheet, dict([found]))[0] if found else {}
            except ArithmeticError:
                continue
        if found:
            planted += 1
            marking = Worksheet(as_values(sheet)).mark(claims)
            if marking.first_wrong != found[0]:
                missed.append((seed, found, marking.first_wrong, claims))
    assert planted > 0.8 * SHEETS
    assert len(missed) <= planted // 100, missed
