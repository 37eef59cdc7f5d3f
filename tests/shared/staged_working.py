"""People who show their working: lines of a sheet in stages, names and numbers mixed, worked out here in decimal arithmetic.

A line has one or more ways to be worked out, each a formula in nested tuples. A person writes a few stages of one of them,
in names, in numbers, or in both, with some of it worked out already, and then the result; numbers are rounded as this person
rounds, after every operation perhaps. Nothing here knows how lines are marked.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

ONE, HALF = Decimal(1), Decimal("0.5")
NUMBERS = "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 0.15 0.25 0.35 0.45 0.05 0.73 0.84 1 1.5 2 3".split()


class Sheet(NamedTuple):
    given: dict  # numbers, as Decimals
    lines: dict  # for each line, the ways to work it out
    local: dict  # derivatives that are no lines, each with its formula


def add(*terms):
    return ("+", *terms)


def times(*factors):
    return ("*", *factors)


def minus(x, y):
    return ("-", x, y)


def over(x, y):
    return ("/", x, y)


def neg(x):
    return ("neg", x)


def call(name, x):
    return (name, x)


def rest(x):
    return minus(ONE, x)


def draw_sheet(rng):
    """A neuron, or a layer of two before it; weights of either sign; half the squared error or the cross-entropy."""
    deep, cross = rng.random() < 0.5, rng.random() < 0.5
    names = ["x_1", "x_2", "t", "η", *("w_11 w_12 w_21 w_22 b_1 b_2 v_1 v_2 c" if deep else "w_1 w_2 b").split()]
    given = {}
    for name in names:
        number = Decimal(rng.choice(NUMBERS))
        if name == "t":
            number = Decimal(rng.choice(["0", "1", "0.84", "0.9", "0.1", "0.3"]))
        elif name == "η":
            number = Decimal(rng.choice(["0.1", "0.5", "0.01", "0.2"]))
        elif rng.random() < 0.4:
            number = -number
        given[name] = number
    lines, local = {}, {}
    if deep:
        for j in "12":
            lines[f"a_{j}"] = [add(times(f"w_{j}1", "x_1"), times(f"w_{j}2", "x_2"), f"b_{j}")]
            lines[f"h_{j}"] = [call("σ", f"a_{j}"), over(ONE, add(ONE, call("exp", neg(f"a_{j}"))))]
        inputs, weights, bias = ["h_1", "h_2"], ["v_1", "v_2"], "c"
    else:
        inputs, weights, bias = ["x_1", "x_2"], ["w_1", "w_2"], "b"
    lines["z"] = [add(times(weights[0], inputs[0]), times(weights[1], inputs[1]), bias)]
    lines["o"] = [call("σ", "z"), over(ONE, add(ONE, call("exp", neg("z"))))]
    slope = times("o", rest("o"))
    local["∂o/∂z"] = slope
    if cross:
        lines["E"] = [minus(neg(times("t", call("log", "o"))), times(rest("t"), call("log", rest("o"))))]
        lines["∂E/∂o"] = [add(neg(over("t", "o")), over(rest("t"), rest("o"))), over(minus("o", "t"), times("o", rest("o")))]
        lines["∂E/∂z"] = [minus("o", "t"), times("∂E/∂o", "∂o/∂z"), times("∂E/∂o", "o", rest("o"))]
    else:
        lines["E"] = [times(HALF, ("^2", minus("o", "t")))]
        lines["∂E/∂o"] = [minus("o", "t")]
        lines["∂E/∂z"] = [times("∂E/∂o", "∂o/∂z"), times(minus("o", "t"), "o", rest("o")), times("∂E/∂o", "o", rest("o"))]
    for w, x in zip(weights, inputs):
        local[f"∂z/∂{w}"] = x
        ways = [times("∂E/∂z", x), times("∂E/∂z", f"∂z/∂{w}"), times("∂E/∂o", "∂o/∂z", f"∂z/∂{w}")]
        lines[f"∂E/∂{w}"] = [*ways, times(minus("o", "t"), x)] if cross else ways
    if deep:
        for j in "12":
            local[f"∂h_{j}/∂a_{j}"] = times(f"h_{j}", rest(f"h_{j}"))
            local[f"∂z/∂h_{j}"] = f"v_{j}"
            lines[f"∂E/∂h_{j}"] = [times("∂E/∂z", f"v_{j}"), times("∂E/∂z", f"∂z/∂h_{j}")]
            lines[f"∂E/∂a_{j}"] = [
                times(f"∂E/∂h_{j}", f"h_{j}", rest(f"h_{j}")),
                times(f"∂E/∂h_{j}", f"∂h_{j}/∂a_{j}"),
                times("∂E/∂z", f"v_{j}", f"h_{j}", rest(f"h_{j}")),
            ]
        lines["∂E/∂w_11"] = [times("∂E/∂a_1", "x_1")]
        lines["∂E/∂w_21"] = [times("∂E/∂a_2", "x_1")]
        lines["u_11"] = [minus("w_11", times("η", "∂E/∂w_11"))]
    else:
        lines["u_1"] = [minus("w_1", times("η", "∂E/∂w_1"))]
    return Sheet(given, lines, local)


# ------------------------------------------------------------------------------------------------------------- arithmetic

FUNCTIONS = {
    "exp": lambda x: x.exp(),
    "log": lambda x: x.ln(),
    "σ": lambda x: 1 / (1 + (-x).exp()),
}


def plain(x):
    return x


def apply(sign, args, rounded):
    """One operation; each of a row of additions or multiplications is rounded by itself, the last one not."""
    if sign == "+":
        total = args[0]
        for i, x in enumerate(args[1:], 2):
            total = total + x if i == len(args) else rounded(total + x)
        return total
    if sign == "*":
        total = args[0]
        for i, x in enumerate(args[1:], 2):
            total = total * x if i == len(args) else rounded(total * x)
        return total
    if sign == "-":
        return args[0] - args[1]
    if sign == "/":
        return args[0] / args[1]
    if sign == "neg":
        return -args[0]
    if sign == "^2":
        return args[0] * args[0]
    if sign == "σ" and rounded is not plain:
        return 1 / rounded(1 + rounded((-args[0]).exp()))
    return FUNCTIONS[sign](args[0])


def work_out(formula, numbers, rounded=plain):
    """What a formula comes to; rounded: what happens to the result of each operation but the last."""
    if isinstance(formula, str):
        return numbers[formula]
    if isinstance(formula, Decimal):
        return formula
    sign, *inside = formula
    args = []
    for each in inside:
        x = work_out(each, numbers, rounded)
        args.append(rounded(x) if isinstance(each, tuple) and each[0] != "neg" else x)
    return apply(sign, args, rounded)


def names_in(formula):
    if isinstance(formula, str):
        return [formula]
    return [] if isinstance(formula, Decimal) else [name for each in formula[1:] for name in names_in(each)]


# ------------------------------------------------------------------------------------------------------------------ people


class Person(NamedTuple):
    digits: int
    significant: bool
    every_operation: bool  # is rounded
    reuses: bool  # what is written; otherwise what the calculator holds
    few: int  # digits that numbers are shown with in the working; 0 for all

    def rounded(self, x):
        return to_digits(x, self.digits) if self.significant else to_decimals(x, self.digits)

    def write(self, x):
        return show(self.rounded(x), None if self.significant else self.digits)


def to_decimals(x, n):
    return x.quantize(Decimal(1).scaleb(-n), ROUND_HALF_UP)


def to_digits(x, n):
    return x if not x else x.quantize(Decimal(1).scaleb(x.adjusted() + 1 - n), ROUND_HALF_UP)


def show(x, decimals=None):
    text = f"{abs(x):f}"
    return ("−" if x < 0 and Decimal(text) else "") + text


def draw_person(rng):
    every = rng.random() < 0.4
    few = rng.choice([0, 0, 2, 3]) if not every else 0
    return Person(rng.choice([3, 4, 4, 5]), rng.random() < 0.4, every, every or rng.random() < 0.6, few)


class Writer:
    """Writes formulas: names stay, or become numbers; some parts are worked out."""

    def __init__(self, rng, person, sheet, held):
        self.rng, self.person, self.sheet, self.held = rng, person, sheet, held

    def number(self, name):
        """A quantity as a number; given ones as they are given."""
        x = self.held[name]
        if name in self.sheet.given:
            return show(x)
        if self.person.few:
            return show(to_digits(x, self.person.few))
        return self.person.write(x)

    def stage(self, formula, share, level=0, first=True):
        """A formula with a share of its names as numbers. level: 0 in a sum, 1 in a product, 2 in a power or function."""
        if isinstance(formula, Decimal):
            text = show(formula) if formula != HALF else self.rng.choice(["0.5", "½"])
            return f"({text})" if text.startswith("−") and not (first and level == 0) else text
        if isinstance(formula, str):
            text = self.number(formula) if self.rng.random() < share else formula
            return f"({text})" if text.startswith("−") and not (first and level == 0) else text
        sign, *inside = formula
        if sign in FUNCTIONS:
            argument = self.stage(inside[0], share)
            return f"e^{{{argument}}}" if sign == "exp" else f"{sign}({argument})"
        if sign == "^2":
            return f"{self.stage(inside[0], share, 2)}²"
        if sign == "*":
            dot = self.rng.choice(["·", " · ", "·", " * "])
            text = dot.join(self.stage(x, share, 1, first and i == 0 and level == 0) for i, x in enumerate(inside))
            return f"({text})" if level == 2 else text
        if sign == "/":
            above, below = (self.stage(x, share, 2, False) for x in inside)
            text = f"{above}/{below}"
            return f"({text})" if level else text
        if sign == "neg":
            inner = self.stage(inside[0], share, 1, False)
            return f"−{inner}" if level == 0 and first else f"(−{inner})"
        terms = [(1, inside[0]), (-1, inside[1])] if sign == "-" else [(1, x) for x in inside]
        text = ""
        for i, (way, term) in enumerate(terms):
            if isinstance(term, tuple) and term[0] == "neg":
                way, term = -way, term[1]
            piece = self.stage(
                term, share, 1 if way < 0 and isinstance(term, tuple) and term[0] in "+-" else 0, i == 0 and way > 0
            )
            if piece.startswith("(−") and piece.endswith(")") and piece.count("(") == 1 and self.rng.random() < 0.6:
                piece, way = piece[2:-1], -way  # + (−0.3) as − 0.3
            elif (
                piece.startswith("(−")
                and piece.split(")")[0].count("(") == 1
                and self.rng.random() < 0.5
                and i
                and "/" not in piece
            ):
                head, _, tail = piece[2:].partition(")")
                if tail.strip().startswith(("·", "*")):  # + (−0.3)·0.8 as − 0.3·0.8
                    piece, way = head + tail, -way
            text += (f" {'+' if way > 0 else '−'} " if i else "−" * (way < 0)) + piece
        return f"({text})" if level else text

    def reduced(self, formula, rounded):
        """The formula with one more layer of it worked out: what stands in the innermost operations."""
        if not isinstance(formula, tuple):
            return self.held[formula] if isinstance(formula, str) else formula
        sign, *inside = formula
        args = [
            self.reduced(x, rounded)
            if isinstance(x, tuple) and any(isinstance(y, tuple) for y in x[1:])
            else (self.person.rounded(work_out(x, self.held, rounded)) if isinstance(x, tuple) else self.shown(x))
            for x in inside
        ]
        return (sign, *args)

    def shown(self, x):
        if isinstance(x, Decimal) or x in self.sheet.given:
            return x if isinstance(x, Decimal) else self.sheet.given[x]
        return self.person.rounded(self.held[x])

    def line(self, way, result):
        """A chain: perhaps in names, then mixed, then in numbers, then partly worked out, and the result."""
        rng, members = self.rng, []
        rounded = self.person.rounded if self.person.every_operation else plain
        if rng.random() < 0.4:
            members.append(self.stage(way, 0.0))
        if rng.random() < 0.5:
            members.append(self.stage(self.spread(way), rng.choice([0.3, 0.5, 0.7])))
        if rng.random() < 0.6:
            members.append(self.stage(self.spread(way), 1.0))
        if rng.random() < 0.3 and isinstance(way, tuple) and any(isinstance(x, tuple) for x in way[1:]):
            members.append(self.stage(self.reduced(self.spread(way), rounded), 1.0))
        return " = ".join([*members, result])

    def spread(self, way):
        """With local derivatives spelt out, since nobody has numbers for them."""
        if isinstance(way, str):
            return self.sheet.local.get(way, way)
        return way if isinstance(way, Decimal) else (way[0], *map(self.spread, way[1:]))


def fill(rng, person, sheet, wrong=None):
    """A filled sheet: what is written on each line; wrong: for a line, what is worked out there instead."""
    with localcontext() as context:
        context.prec = 40
        held, claims = dict(sheet.given), {}
        writer = Writer(rng, person, sheet, held)
        rounded = person.rounded if person.every_operation else plain
        for name, ways in sheet.lines.items():
            way = rng.choice(ways)
            if wrong and name in wrong:
                way = wrong[name]
            exact = work_out(writer.spread(way), held, rounded)
            result = person.write(exact)
            claims[name] = writer.line(way, result)
            held[name] = person.rounded(exact) if person.reuses else exact
    return claims, held


# ---------------------------------------------------------------------------------------------------------------- mistakes


def changed(formula, known):
    """The formula with one thing in it gone wrong: a sign, a difference the wrong way round, a factor, another quantity."""
    if isinstance(formula, str):
        yield from (other for other in known if other != formula)
        return
    if isinstance(formula, Decimal):
        return
    sign, *inside = formula
    if sign == "-":
        yield ("-", *inside[::-1])
        yield ("+", *inside)
    elif sign == "+":
        yield from (("+", *inside[:i], neg(x), *inside[i + 1 :]) for i, x in enumerate(inside) if not is_negative(x))
        yield from (("+", *inside[:i], *inside[i + 1 :]) for i, x in enumerate(inside) if len(inside) > 2)
    elif sign == "*":
        yield from (("*", *inside[:i], *inside[i + 1 :]) for i, x in enumerate(inside) if len(inside) > 2)
    for i, each in enumerate(inside):
        yield from ((sign, *inside[:i], other, *inside[i + 1 :]) for other in changed(each, known))


def is_negative(formula):
    return isinstance(formula, tuple) and formula[0] == "neg"


def plant(rng, person, sheet, held):
    """A line, and a wrong way to work it out that can be seen by its result; none if chance finds none."""
    names = list(sheet.lines)
    for _ in range(50):
        name = rng.choice(names)
        known = [*sheet.given, *names[: names.index(name)]]
        way = Writer(rng, person, sheet, held).spread(rng.choice(sheet.lines[name]))
        wrong = rng.choice([*changed(way, known)])
        try:
            right, there = (work_out(each, held) for each in (way, wrong))
        except ArithmeticError:
            continue
        unit = max(Decimal(1).scaleb(person.rounded(x).as_tuple().exponent) for x in (right, there))
        if abs(right - there) > max(20 * unit, abs(right) / 10):
            return name, wrong
    return None
