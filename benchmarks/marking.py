"""How well a worksheet marks what students write: simulated sheets with a mistake whose place and kind are known.

    python benchmarks/marking.py [--quick] [--misses] [--seed N]

A sheet is a small network worked out by hand: forward, backward, update, sometimes forward once more. A student is a list of
lines, each a formula in plain numbers. The same sheet is built of Values and given to autograd.Worksheet; both are first
checked to agree. Numbers, mistakes and digits come from this file alone, and the marker is told nothing but the digits.

planted   one mistake, a wrong formula written by hand or a slip with the digits: is its line the first that is called wrong,
          and is the guess right, that is, has it the planted kind, or does it lead to the planted number by another name?
clean     no mistake, only rounding: no line may be called wrong, or be said to follow from a mistake
random    a wrong number that comes from no mistake: the marker has nothing to guess
honest    whole pages of working in the styles of hands.py, without a mistake: no line may be called wrong or carried, stay
          unread, or get a remark that says that something is wrong, missing, or in the wrong place
strange   the same pages with one mistake, in the formula, the numbers, the middle of the working or the result; one that the
          digits on the page cannot tell from roundings is drawn anew, and counted

Students write decimals or significant digits, go on with what they wrote, or with what the calculator holds, or now so and
now so; some cut digits off, some leave lines out. A mistake is planted only where it can be seen. Each sheet has its own
seed: --misses prints what went wrong sheet by sheet, --seed N shows one sheet. The exit code says whether the benchmark ran.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import math
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import hands
import sheets
from measuring import find_chalkgrad, milliseconds, table

SHAPES = ((2, 2, 1), (2, 3, 1), (3, 2, 1), (2, 2, 2), (3, 2, 2), (2, 2, 3))  # inputs, hidden, outputs
LOSSES = ("half squared, sigmoid", "half squared, linear", "bce, sigmoid", "ce, softmax")
FLAT = ((1, 0, 1), (2, 0, 1), (2, 0, 1), (3, 0, 1), (2, 0, 2), (2, 0, 3))  # no hidden layer: pages are shorter
PLANTED, CLEAN, RANDOM, HONEST, STRANGE = range(0, 500_000, 100_000)  # the first seeds of the kinds of sheets
FULL = {PLANTED: 1000, CLEAN: 1000, RANDOM: 300, HONEST: 100, STRANGE: 300}
QUICK = {PLANTED: 60, CLEAN: 60, RANDOM: 30, HONEST: 30, STRANGE: 30}
GUESSES = ("right", "either-or", "silent", "wrong")
AGREEMENT = 1e-9  # of student and Values, absolute
SAME = 1e-6  # of two numbers that are one by another name, relative
UNITS = 3  # of the last digit: what changes no more cannot be seen

# Each rule: a name, the right formula, wrong ones by kind. The names in it are replaced by those of a line.
RULES = """
product  | w*x        | sign: -w*x | operation: (w + x) | factor: w; x | term: 0
gradient | w*x        | sign: -w*x | operation: w + x | factor: w; x
bias     | b          | sign: -b | bias: 0
sigmoid  | sigmoid(z) | sign: -sigmoid(z); sigmoid(-z) | function: z; tanh(z)
tanh     | tanh(z)    | sign: -tanh(z) | function: z; sigmoid(z)
relu     | relu(z)    | sign: -relu(z)
sigmoid' | h*(1 - h)  | sign: h*(1 + h); -h*(1 - h) | factor: h; 1 - h | function: 1 - h**2 | derivative: z*(1 - z)
tanh'    | 1 - h**2   | sign: 1 + h**2; h**2 - 1 | square: 1 - h | function: h*(1 - h) | derivative: 1 - z**2
exp      | exp(a)     | sign: exp(-a) | function: a | term: 0
softmax  | exp(a)/S   | sign: -exp(a)/S | function: sigmoid(a) | factor: exp(a)
squares  | (o - t)**2 | operation: (o + t)**2 | square: (o - t) | term: 0
halved   | S/2        | sign: -S/2 | half: S; 2*S; S/4
logs     | t*log(o)   | sign: -t*log(o) | operation: (t + log(o)) | function: t*o | operand: o*log(t) | term: 0 \
                      | log base: t*log10(o)
negative | -S         | sign: S
e half   | o - t      | swapped: t - o | operation: o + t | half: 2*(o - t); (o - t)/2
e bce    | -t/o + (1 - t)/(1 - o) | sign: t/o + (1 - t)/(1 - o); -t/o - (1 - t)/(1 - o); t/o - (1 - t)/(1 - o) \
                      | operation: -t*o + (1 - t)/(1 - o) | term: -t/o; (1 - t)/(1 - o) | factor: -t + (1 - t)/(1 - o)
d short  | o - t      | swapped: t - o | operation: o + t | derivative: (o - t)*o*(1 - o)
d half   | e*r        | sign: -e*r | operation: e + r | factor: r | derivative: e | half: 2*e*r; e*r/2
chain    | e*r        | sign: -e*r | operation: e + r | factor: r | derivative: e
copy     | d          | sign: -d
update   | w - eta*dw | ascent: w + eta*dw | rate: w - dw | factor: w - eta | term: -eta*dw | swapped: eta*dw - w \
                      | operation: w - (eta + dw)
"""
THROUGHOUT = {"square", "function", "log base", "operand"}  # kinds that are made in all terms of a sum
FUNCTIONS = vars(math) | {"sigmoid": lambda x: 1 / (1 + math.exp(-x)), "relu": lambda x: max(x, 0.0), "round": round}

Numbers = dict[str, float]
Texts = dict[str, str]


class Line(NamedTuple):
    name: str
    formula: str
    wrong: dict[str, list[str]]  # formulas by kind of mistake


@functools.cache
def compiled(formula: str) -> Any:
    return compile(formula, formula, "eval")


def work_out(formula: str, numbers: Numbers) -> float:
    return float(eval(compiled(formula), FUNCTIONS, numbers))


def operands(formula: str) -> list[str]:
    return [name for name in compiled(formula).co_names if name not in FUNCTIONS]


def put(formula: str, others: Texts, times: int = 0) -> str:
    """The formula with something else in place of some names: everywhere, or that many times."""
    pattern = r"\b(?:" + "|".join(others) + r")\b(?!\()"
    return re.sub(pattern, lambda found: others[found[0]], formula, count=times) if others else formula


@functools.cache
def rule_named(wanted: str) -> Line:
    texts = [[piece.strip() for piece in text.split("|")] for text in RULES.strip().splitlines()]
    name, formula, *kinds = next(text for text in texts if text[0] == wanted)
    return Line(name, formula, {kind: wrong.split("; ") for kind, wrong in (text.split(": ") for text in kinds)})


def line(name: str, rule: str, **names: str | Line) -> Line:
    """A line by a rule. What is not a name but a line is written out in it, and may be wrong in it."""
    _, formula, wrong = rule_named(rule)
    texts = {x: f"({part.formula})" if isinstance(part, Line) else part for x, part in names.items()}
    found = {kind: [put(other, texts) for other in others] for kind, others in wrong.items()}
    for x, part in names.items():
        for kind, others in part.wrong.items() if isinstance(part, Line) else ():
            found[kind] = found.get(kind, []) + [put(formula, texts | {x: f"({other})"}) for other in others]
    return Line(name, put(formula, texts), found)


def total(name: str, parts: Sequence[Line]) -> Line:
    """A sum, with a mistake in one part, or the same mistake in all."""
    formulas = [part.formula for part in parts]
    wrong: dict[str, list[str]] = {}
    for kind in {kind: None for part in parts for kind in part.wrong if kind != "term" or len(parts) > 1}:
        if kind in THROUGHOUT:
            wrong[kind] = [" + ".join(part.wrong[kind][0] for part in parts)]
        else:
            changes = [(i, other) for i, part in enumerate(parts) for other in part.wrong.get(kind, ())]
            wrong[kind] = [" + ".join([*formulas[:i], other, *formulas[i + 1 :]]) for i, other in changes]
    return Line(name, " + ".join(formulas), wrong)


# ----------------------------------------------------------------------------------------------------------------- sheets


class Net(NamedTuple):
    shape: tuple[int, int, int]
    hidden: str  # sigmoid, tanh, relu
    loss: str
    written: frozenset[str]  # of s, e, r, g: those with lines of their own; "again" for the second pass
    dot: bool  # in the graph, nets are dot products
    given: Numbers

    @property
    def indices(self) -> tuple[range, range, range]:
        inputs, hiddens, outputs = (range(1, n + 1) for n in self.shape)
        return inputs, hiddens, outputs

    @property
    def parameters(self) -> list[str]:
        inputs, hiddens, outputs = self.indices
        names = [f"v{j}{k}" for j in hiddens or inputs for k in outputs] + [f"c{k}" for k in outputs]
        return names + [f"w{i}{j}" for i in inputs for j in hiddens] + [f"b{j}" for j in hiddens]

    def features(self, new: str = "") -> list[tuple[int, str]]:
        """What the output layer is fed with: the hidden layer, or the inputs where there is none."""
        inputs, hiddens, _ = self.indices
        return [(j, f"h{j}{new}") for j in hiddens] or [(i, f"x{i}") for i in inputs]


def draw_net(
    rng: random.Random,
    shapes: Sequence[tuple[int, int, int]] = SHAPES,
    draw: Callable[[random.Random, Net], Numbers] | None = None,
) -> Net:
    """A network with every relu alive."""
    shape, hidden = rng.choice(shapes), rng.choice(("sigmoid", "tanh", "relu"))
    loss = rng.choice(LOSSES[: 3 if shape[2] == 1 else 4])
    written = {name for name in ("s", "e", "r", "g", "again") if rng.random() < (0.35 if name == "again" else 0.6)}
    written -= {"s"} if hidden == "relu" else set()
    written -= {"e", "r"} if not loss.endswith("sigmoid") else set()
    written -= {"r"} if loss == "bce, sigmoid" and "e" not in written else set()  # o - t needs neither
    net = Net(shape, hidden, loss, frozenset(written), rng.random() < 0.5, {})
    while True:
        net = net._replace(given=(draw or draw_numbers)(rng, net))
        numbers = true_numbers(lines_of(net), net.given)
        if hidden != "relu" or all(x > 0.01 for name, x in numbers.items() if name[0] == "z"):
            return net


def draw_numbers(rng: random.Random, net: Net) -> Numbers:
    """Two decimals, all of different size, none 0 or 1, no input twice another."""
    inputs, _, outputs = net.indices
    while True:
        hundredths = {f"x{i}": rng.choice((1, 1, -1)) * rng.randint(12, 195) for i in inputs}
        xs = {abs(x) for x in hundredths.values()}
        hundredths |= {name: rng.choice((1, 1, -1)) * rng.randint(11, 97) for name in net.parameters}
        hundredths |= {f"t{k}": rng.randint(6, 94) for k in outputs}
        if net.loss == "ce, softmax":  # the last target makes the sum 1
            hundredths[f"t{outputs[-1]}"] += 100 - sum(hundredths[f"t{k}"] for k in outputs)
        hundredths["eta"] = rng.choice((10, 20, 30, 40, 60, 70, 80, 90))
        uneven = len({abs(x) for x in hundredths.values()}) == len(hundredths) and not any(2 * x in xs for x in xs)
        if uneven and 100 not in xs and all(hundredths[f"t{k}"] > 0 for k in outputs):
            return {name: x / 100 for name, x in hundredths.items()}


def draw_plain_numbers(rng: random.Random, net: Net) -> Numbers:
    """As exercises have them: one digit or two, some negative, some equal."""
    inputs, _, outputs = net.indices
    numbers = {f"x{i}": rng.choice((0.5, 1, 2, 3, -1, -2, 1.5, 0.1, 0.05, 0.8, 0.3, -0.4)) for i in inputs}
    numbers |= {name: rng.choice((1, 1, -1)) * rng.randint(1, 9) / 10 for name in net.parameters}
    numbers |= {name: rng.choice((0.15, 0.25, 1, 2, -1, 0.05)) for name in net.parameters if rng.random() < 0.1}
    if net.loss == "ce, softmax":
        targets = rng.choice([[1.0, *[0.0] * (len(outputs) - 1)], [0.7, 0.3] if len(outputs) == 2 else [0.2, 0.7, 0.1]])
        numbers |= dict(zip((f"t{k}" for k in outputs), rng.sample(targets, len(targets))))
    else:
        numbers |= {f"t{k}": rng.choice((0, 1, 0.01, 0.99, 0.2, 0.9, 0.84)) for k in outputs}
    return {name: float(x) for name, x in numbers.items()} | {"eta": rng.choice((0.1, 0.5, 0.5, 1.0, 0.01, 0.05))}


def forward(net: Net, new: str = "") -> list[Line]:
    """z, h, s, a, o, L as a student works them out; new is the ending of the names in the second pass."""
    inputs, hiddens, outputs = net.indices

    def weighted(name: str, pairs: list[tuple[str, str]], bias: str) -> Line:
        products = [line("", "product", w=w + new, x=x) for w, x in pairs]
        return total(name + new, [*products, line("", "bias", b=bias + new)])

    lines = [weighted(f"z{j}", [(f"w{i}{j}", f"x{i}") for i in inputs], f"b{j}") for j in hiddens]
    lines += [line(f"h{j}{new}", net.hidden, z=f"z{j}{new}") for j in hiddens]
    if "s" in net.written and not new:
        lines += [line(f"s{j}", net.hidden + "'", h=f"h{j}", z=f"z{j}") for j in hiddens]
    net_name = "o" if net.loss.endswith("linear") else "a"
    lines += [weighted(f"{net_name}{k}", [(f"v{j}{k}", last) for j, last in net.features(new)], f"c{k}") for k in outputs]
    if net.loss.endswith("sigmoid"):
        lines += [line(f"o{k}{new}", "sigmoid", z=f"a{k}{new}") for k in outputs]
    elif net.loss.endswith("softmax"):
        powers = total("", [line("", "exp", a=f"a{k}{new}") for k in outputs])
        lines += [line(f"o{k}{new}", "softmax", a=f"a{k}{new}", S=powers) for k in outputs]
    pairs = [(f"o{k}{new}", f"t{k}") for k in outputs]
    if net.loss.startswith("half"):
        return [*lines, line(f"L{new}", "halved", S=total("", [line("", "squares", o=o, t=t) for o, t in pairs]))]
    if net.loss.startswith("bce"):
        pairs = [pair for o, t in pairs for pair in ((o, t), (f"(1 - {o})", f"(1 - {t})"))]
    return [*lines, line(f"L{new}", "negative", S=total("", [line("", "logs", o=o, t=t) for o, t in pairs]))]


def lines_of(net: Net) -> list[Line]:
    """All lines of the sheet; an e, r, s or g without a line of its own is written out where it is needed."""
    inputs, hiddens, outputs = net.indices
    half = net.loss.startswith("half")
    lines = forward(net)

    def own(found: Line) -> str | Line:
        if found.name[0] in net.written:
            lines.append(found)
        return found.name if found.name[0] in net.written else found

    for k in outputs:
        o, t = f"o{k}", f"t{k}"
        if net.loss == "half squared, sigmoid" or "e" in net.written:
            e = own(line(f"e{k}", "e half" if half else "e bce", o=o, t=t))
            r = own(line(f"r{k}", "sigmoid'", h=o, z=f"a{k}"))
            lines.append(line(f"d{k}", "d half" if half else "chain", e=e, r=r))
        else:
            lines.append(line(f"d{k}", "e half" if half else "d short", o=o, t=t))
    lines += [line(f"dv{j}{k}", "gradient", w=f"d{k}", x=last) for j, last in net.features() for k in outputs]
    lines += [line(f"dc{k}", "copy", d=f"d{k}") for k in outputs]
    sums = [total(f"g{j}", [line("", "product", w=f"v{j}{k}", x=f"d{k}") for k in outputs]) for j in hiddens]
    for j, g in zip(hiddens, list(map(own, sums))):
        if net.hidden == "relu":
            lines.append(line(f"k{j}", "copy", d=g))
        else:
            s = f"s{j}" if "s" in net.written else line("", net.hidden + "'", h=f"h{j}", z=f"z{j}")
            lines.append(line(f"k{j}", "chain", e=g, r=s))
    lines += [line(f"dw{i}{j}", "gradient", w=f"k{j}", x=f"x{i}") for i in inputs for j in hiddens]
    lines += [line(f"db{j}", "copy", d=f"k{j}") for j in hiddens]
    lines += [line(f"{w}_new", "update", w=w, dw=f"d{w}") for w in net.parameters]
    return lines + (forward(net, "_new") if "again" in net.written else [])


def values_of(net: Net) -> dict[str, Any]:
    """The same quantities, whether or not they have a line, as Values of one graph."""
    import autograd

    n: dict[str, Any] = {name: autograd.Value(x, label=name) for name, x in net.given.items()}

    def slope(y: str, x: str) -> Any:
        return autograd.gradient(n[y], n[x])[0]

    def go_forward(new: str = "") -> None:
        for name, formula, wrong in forward(net, new):
            names = operands(formula)
            if name in n or name[0] == "s":
                continue
            if net.dot and "bias" in wrong:
                n[name] = autograd.dot([n[w] for w in names[:-1:2]], [n[x] for x in names[1::2]]) + n[names[-1]]
            elif formula.startswith("exp"):
                outputs = autograd.softmax([n[f"a{k}{new}"] for k in net.indices[2]])
                n.update({f"o{k}{new}": o for k, o in zip(net.indices[2], outputs)})
            else:
                n[name] = eval(compiled(formula), vars(autograd), n)

    go_forward()
    for k in net.indices[2]:
        a = f"a{k}" if f"a{k}" in n else f"o{k}"
        n |= {f"e{k}": slope("L", f"o{k}"), f"r{k}": slope(f"o{k}", a), f"d{k}": slope("L", a)}
    for j in net.indices[1]:
        n |= {f"s{j}": slope(f"h{j}", f"z{j}"), f"g{j}": slope("L", f"h{j}"), f"k{j}": slope("L", f"z{j}")}
    n |= {f"d{w}": slope("L", w) for w in net.parameters}
    n |= {f"{w}_new": n[w] - n["eta"] * n[f"d{w}"] for w in net.parameters}
    go_forward("_new")
    return n


# --------------------------------------------------------------------------------------------------------------- students


class Student(NamedTuple):
    digits: int
    significant: bool  # otherwise decimals
    cuts: bool  # digits off, instead of rounding
    reuses: frozenset[str]  # the lines whose written number is used further on; otherwise the unrounded one
    blank: frozenset[str]  # the lines that are left out
    goes_on: bool  # with a wrong number; otherwise with the right one

    def write(self, x: float) -> str:
        places = self.digits
        if self.significant and x:
            shown = f"{x:.15e}" if self.cuts else f"{x:.{self.digits - 1}e}"
            places = max(self.digits - 1 - int(shown.partition("e")[2]), 0)
        text = f"{x:.{places}f}"
        if self.cuts:
            whole, decimals = f"{x:.15f}".split(".")
            text = f"{whole}.{decimals[:places]}"
        return text if float(text) else text.removeprefix("-")


def draw_student(rng: random.Random, lines: list[Line]) -> Student:
    names = [line.name for line in lines]
    share = rng.choice((0.0, 0.5, 1.0))
    reuses = frozenset(name for name in names if rng.random() < share)
    blank = rng.sample(names, rng.randint(0, len(names) // 5)) if rng.random() < 0.3 else []
    cuts, significant = rng.random() < 0.1, rng.random() < 0.5
    return Student(rng.choice((4, 5, 6)), significant, cuts, reuses, frozenset(blank), rng.random() < 0.85)


class Plant(NamedTuple):
    name: str
    kind: str
    formula: str  # empty for a slip with the digits
    value: float
    text: str


def fill(lines: list[Line], given: Numbers, student: Student, plant: Plant | None = None) -> tuple[Texts, Numbers]:
    """The sheet worked out: what is written, blank lines included, and what the student goes on with."""
    held, texts = dict(given), {}
    for name, formula, _ in lines:
        value = work_out(formula, held)
        texts[name] = text = student.write(value)
        if plant and plant.name == name:
            texts[name] = plant.text
            value, text = (plant.value, plant.text) if student.goes_on else (value, text)
        held[name] = float(text) if name in student.reuses else value
    return texts, held


def true_numbers(lines: list[Line], given: Numbers) -> Numbers:
    return fill(lines, given, Student(6, False, False, frozenset(), frozenset(), True))[1]


def mistakes(found: Line, known: Numbers) -> dict[str, list[str]]:
    """Wrong formulas: those of the line's rule, and other operands, which any line can have."""
    formula, first, names = found.formula, found.name[0], operands(found.formula)
    old = {x: x.removesuffix("_new") for x in names if x.endswith("_new")}
    weights = {x: y for x, y in old.items() if y[0] in "wvbc"}
    turned = {x: re.sub(r"^([wv])(\d)(\d)", r"\1\3\2", x) for x in names if first in "zgak"}
    turned = {x: y for x, y in turned.items() if x != y and y in known}
    nets = {x: f"z{x[1:]}" for x in names if x[0] == "h" and first != "s"}
    slopes = {x: x.replace("d", "e").replace("k", "g") for x in names if first == "d" and x[0] in "dk"}
    others = {  # in softmax, another index above the line only
        "index": [put(formula, {x: y}, "exp" in formula) for x in names for y in known if one_index_apart(x, y)],
        "transposed": [put(formula, turned), *(put(formula, {x: y}) for x, y in turned.items())],
        "old weights": [put(formula, weights), *(put(formula, {x: y}) for x, y in weights.items())],
        "operand": [put(formula, {x: y}) for x, y in (old | nets).items() if x not in weights],
        "derivative": [put(formula, {x: y}) for x, y in slopes.items() if y in known],
        "rounding": [put(formula, {x: f"round({x}, 2)"}) for x in names if round(known[x], 2) and formula != x],
    }
    kinds = {kind: [*found.wrong.get(kind, ()), *others.get(kind, ())] for kind in found.wrong | others}
    kinds = {kind: [wrong for wrong in formulas if wrong != formula] for kind, formulas in kinds.items()}
    return {kind: formulas for kind, formulas in kinds.items() if formulas}


def one_index_apart(x: str, y: str) -> bool:
    """w11 and w12, h1_new and h2_new."""
    apart = [a + b for a, b in zip(x, y) if a != b]
    return len(x) == len(y) and len(apart) == 1 and apart[0].isdigit()


def slips(text: str) -> dict[str, list[str]]:
    """What becomes of digits that are put down badly."""
    first = re.search("[1-9]", text)
    places = [i for i in range(first.start() if first else len(text), len(text) - 1) if text[i : i + 2].isdigit()]
    swapped = [text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in places if text[i] != text[i + 1]]
    moved = [f"{Decimal(text).scaleb(shift):f}" for shift in (1, -1)]
    return {"decimal point": moved} | ({"digits": swapped} if swapped else {})


def shows(text: str, right: str, true: float) -> bool:
    """Whether a wrong number can be seen to be wrong."""
    least = UNITS * 10.0 ** -min(len(number.partition(".")[2]) for number in (text, right))
    return min(abs(float(text) - float(right)), abs(float(text) - true)) > least * (1 + SAME)


def plant_one(rng: random.Random, part: int, lines: list[Line], given: Numbers, student: Student) -> Plant:
    """A mistake on one of the written lines, or a random number: the right one made larger or smaller."""
    texts, held = fill(lines, given, student)
    true = true_numbers(lines, given)
    while True:
        i = rng.choice([i for i, found in enumerate(lines) if found.name not in student.blank])
        name = lines[i].name
        known = {earlier: held[earlier] for earlier in [*given, *(found.name for found in lines[:i])]}
        formulas, digits = mistakes(lines[i], known), slips(texts[name])
        kind, formula, text, value = rng.choice([*formulas, *digits]), "", "", held[name]
        if part == RANDOM:
            kind, factor = "random", math.exp(rng.uniform(math.log(0.3), math.log(3)))
            value *= factor if abs(factor - 1) > 0.05 else 1
        elif kind in digits:
            text = rng.choice(digits[kind])
            value = float(text)
        else:
            formula = rng.choice(formulas[kind])
        try:
            value = work_out(formula, known) if formula else value
            plant = Plant(name, kind, formula, value, text or student.write(value))
            fill(lines, given, student, plant)
        except (ValueError, ArithmeticError):  # a logarithm of what is below 0: nobody could go on
            continue
        if shows(plant.text, texts[name], true[name]):
            return plant


# ---------------------------------------------------------------------------------------------------------------- marking


class Outcome(NamedTuple):
    kind: str
    found: bool  # the first line that is called wrong is the planted one
    guess: str
    verdicts: Counter[str]
    seconds: float
    story: str


def simulate(seed: int, show: bool = False) -> Outcome:
    """One sheet: draw it, fill it in, have it marked, compare."""
    from autograd import Worksheet

    rng = random.Random(seed)
    net = draw_net(rng)
    lines = lines_of(net)
    student = draw_student(rng, lines)
    part = max(start for start in FULL if start <= seed)
    plant = None if part == CLEAN else plant_one(rng, part, lines, net.given, student)
    everything, true = values_of(net), true_numbers(lines, net.given)
    values = {found.name: everything[found.name] for found in lines}
    if any(abs(true[name] - node.data) > AGREEMENT for name, node in values.items()):
        raise SystemExit(f"seed {seed}: student and Values disagree, so the marks mean nothing")
    texts = fill(lines, net.given, student, plant)[0]
    claims = {name: text for name, text in texts.items() if name not in student.blank}
    start = time.perf_counter()
    marking = Worksheet(values).mark(claims)
    seconds = time.perf_counter() - start

    if show:
        print(f"given {net.given}\n{marking}\n")
    called = [f"{row.name} = {row.claim} {row.verdict}" for row in marking if row.verdict in ("wrong", "carried")]
    verdicts = Counter(row.verdict for row in marking)
    story = (
        f"seed {seed}: {'-'.join(map(str, net.shape))} {net.hidden}, {net.loss}, with {' '.join(sorted(net.written)) or '–'}"
    )
    story += f"; {student.digits} {'significant digits' if student.significant else 'decimals'}{', cut off' * student.cuts}"
    if not plant:
        return Outcome("", not called, "silent", verdicts, seconds, f"{story}; {', '.join(called)}")
    row = marking[plant.name]
    page = dict(net.given)  # the numbers that can be read on the page, above the mistake
    for name, formula, _ in itertools.takewhile(lambda found: found.name != plant.name, lines):
        page[name] = float(claims[name]) if name in claims else work_out(formula, page)
    planted = [plant.value, *(work_out(plant.formula, known) for known in (page, true) if plant.formula)]
    guess = judge(row.diagnoses, plant.kind, planted)
    said = " / ".join(f"[{guessed.kind}] {guessed.sentence} ({guessed.value})" for guessed in row.diagnoses)
    story += f"; {plant.name}: {plant.kind} {plant.formula} = {plant.value:.8g} written {plant.text}"
    story += f", true {row.true:.8g}; {row.verdict}, first wrong {marking.first_wrong}; guess {guess}: {said or '–'}"
    return Outcome(plant.kind, marking.first_wrong == plant.name, guess, verdicts, seconds, story)


# ----------------------------------------------------------------------------------------------------------- other people

ALIKE = {  # what a mistake may be called by the marker, who sees its effect alone
    "sign": ("sign", "ascent", "swapped", "miscopied"),
    "factor": ("factor", "rate", "derivative", "half", "operand"),
    "term": ("term", "bias"),
    "square": ("square",),
    "index": ("index", "operand", "transposed", "miscopied"),
    "operand": ("operand", "derivative", "index", "miscopied"),
    "old weights": ("old weights", "index", "miscopied"),
    "arithmetic": ("arithmetic", "digits", "decimal point"),
}
HARMLESS = ("simpler", "shorter", "also", "well done", "exactly", "that is")  # how sentences begin that only add something


ACCUSATIONS = {
    "wrong": "called wrong",
    "unread": "unread",
    "carried": "called carried",
    "remark": "accused by a remark",
    "lost": "no marks at all, for an error",
}


class Reaction(NamedTuple):
    """What the marker says to a line."""

    style: frozenset[str]
    accusation: str  # wrong, unread, carried, remark, lost with the whole page; empty if there is none
    remark: str
    story: str


class Strange(NamedTuple):
    """What the marker says to a page."""

    reactions: list[Reaction]
    plant: hands.Plant | None
    found: bool
    guess: str
    seconds: float
    story: str
    unseen: int = 0  # mistakes that were drawn, and not planted, since the digits on the page could not tell


def draw_page(seed: int) -> tuple[Net, sheets.Sheet]:
    """A page of somebody's working; numbers that nobody can go on with are drawn again."""
    rng = random.Random(seed)
    while True:
        plain = rng.random() < 0.6  # numbers as in exercises
        net = draw_net(rng, (*SHAPES, *FLAT), draw_plain_numbers) if plain else draw_net(rng)
        lines = [(found.name, found.formula) for found in lines_of(net)]
        page = hands.draw_page(rng, net.shape, net.loss)
        meets = net.loss in ("bce, sigmoid", "ce, softmax")  # a loss and an output whose derivatives cancel
        short = {f"d{k}": f"o{k} - t{k}" for k in net.indices[2] if meets}
        try:
            sheet = sheets.write_sheet(rng, lines, net.given, page, short, seed >= STRANGE)
        except ArithmeticError:  # a logarithm of what was rounded to 0
            continue
        if bool(sheet.plant) == (seed >= STRANGE):
            return net, sheet


def react(seed: int, show: bool = False) -> Strange:
    """One page: draw it, have it marked, see what is said."""
    from autograd import Worksheet

    net, sheet = draw_page(seed)
    call, plant = sheet.page.on_sheet, sheet.plant
    everything, true = values_of(net), true_numbers(lines_of(net), net.given)
    for name, node in everything.items():
        node.label = call(name)
        if name in true and abs(true[name] - node.data) > AGREEMENT:
            raise SystemExit(f"seed {seed}: person and Values disagree, so the marks mean nothing")
    claims = {call(found.name): found.text for found in sheet.lines}
    story = f"seed {seed}: {'-'.join(map(str, net.shape))} {net.hidden}, {net.loss}"
    start = time.perf_counter()
    try:
        marking = Worksheet({call(found.name): everything[found.name] for found in sheet.lines}).mark(claims)
    except Exception as error:  # out of the marker nothing should come but marks
        story += f"; no marks at all: {error!r}"
        lost = [Reaction(found.styles, "lost", "", story) for found in sheet.lines]
        return Strange(lost, plant, False, "silent", time.perf_counter() - start, story)
    seconds = time.perf_counter() - start
    if show:
        print(f"given { ({call(name): x for name, x in net.given.items()}) }\n{sheet.arithmetic}\n{marking}\n")
    reactions = []
    for found in itertools.takewhile(lambda found: not plant or found.name != plant.name, sheet.lines):
        row = marking[call(found.name)]
        harmless = all(sentence.lower().startswith(HARMLESS) for sentence in re.split(r"\.\s+", row.remark) if sentence)
        accusation = row.verdict if row.verdict in ("wrong", "unread", "carried") else "" if harmless else "remark"
        line_story = f"seed {seed}: {row.name}: {found.text!r} {row.verdict}: {row.remark}"
        reactions.append(Reaction(found.styles, accusation, row.remark, line_story))
    if plant is None:
        return Strange(reactions, None, True, "silent", seconds, story)
    row = marking[call(plant.name)]
    alike = (
        *ALIKE[plant.kind],
        *["arithmetic"] * (plant.where in ("in the numbers", "in the working")),
    )  # it does not follow
    kind = next((said.kind for said in row.diagnoses if said.kind in alike), plant.kind)
    guess = judge(row.diagnoses, kind, planted_numbers(sheet, plant, lines_of(net), true))
    said = " / ".join(f"[{guessed.kind}] {guessed.sentence} ({guessed.value})" for guessed in row.diagnoses)
    text = next(found.text for found in sheet.lines if found.name == plant.name)
    story += f"; {row.name}: {text!r}; {plant.kind} {plant.where}, {plant.formula} = {plant.value:.8g}, true {row.true:.8g}"
    story += f"; {row.verdict}, first wrong {marking.first_wrong}; guess {guess}: {said or row.remark or '–'}"
    return Strange(reactions, plant, marking.first_wrong == row.name, guess, seconds, story, sheet.unseen)


def planted_numbers(sheet: sheets.Sheet, plant: hands.Plant, lines: list[Line], true: Numbers) -> list[float]:
    """What the wrong formula gives: as the person worked; from the numbers held, written, right, or worked out afresh."""
    numbers = [float(plant.value), float(plant.text)]
    line = next(found for found in sheet.lines if found.name == plant.name)
    if plant.formula:
        held = {name: float(x) for name, x in line.before.items()}
        written = held | {found.name: float(found.result) for found in sheet.lines if found.result and found.name in held}
        afresh = held | {found.name: work_out(found.formula, written) for found in lines if found.name in held}
        numbers += [work_out(plant.formula, known) for known in (held, written, afresh, true)]
    return numbers


def show_styles(reactions: Sequence[Reaction]) -> str:
    """Which styles are accused more often than the others."""
    rows = []
    for style in sorted({style for reaction in reactions for style in reaction.style}):
        some: list[bool] = []
        others: list[bool] = []
        for reaction in reactions:
            (some if style in reaction.style else others).append(bool(reaction.accusation))
        shares = [f"{100 * sum(part) / max(len(part), 1):.0f} %" for part in (some, others)]
        rows.append((sum(some) / len(some), [style, str(len(some)), str(sum(some)), *shares]))
    return table(("style", "lines", "accused", "of these", "of the others"), [row for _, row in sorted(rows, reverse=True)])


def show_remarks(reactions: Sequence[Reaction], most: int = 12) -> str:
    """The accusing remarks in general words: names, numbers and formulas are left out."""
    general = [re.sub(r"[^ ]*[^ A-Za-z,.;:][^ ]*", "…", each.remark) for each in reactions if each.accusation == "remark"]
    counts = Counter(re.sub(r"(… )+", "… ", remark)[:90] for remark in general)
    return table(("accusing remarks on right lines", "times"), [(text, str(n)) for text, n in counts.most_common(most)])


def show_people(honest: Sequence[Strange], strange: Sequence[Strange]) -> str:
    reactions = [reaction for page in honest for reaction in page.reactions]
    accused = Counter(reaction.accusation for reaction in reactions if reaction.accusation)
    lines, found, guesses = len(reactions), [page.found for page in strange], Counter(page.guess for page in strange)
    rows = [
        (f"honest: accused, of {lines:,} lines", str(accused.total()), "0"),
        *((f"honest: {said}", str(accused[kind]), "0") for kind, said in ACCUSATIONS.items()),
        ("strange: planted anew, since the digits on the page could not tell", str(sum(p.unseen for p in strange)), ""),
        ("strange: its line is the first called wrong", f"{100 * sum(found) / len(found):.1f} %", ">= 99 %"),
        *(
            (f"strange: guess {guess}", f"{100 * guesses[guess] / len(strange):.1f} %", "<= 1 %" * (guess == "wrong"))
            for guess in GUESSES
        ),
        ("time per page", milliseconds(statistics.mean(page.seconds for page in (*honest, *strange))), ""),
    ]
    return table((f"{len(honest)} honest, {len(strange)} strange", "measured", "goal"), rows)


def measure_people(part: int, pages: int, misses: bool) -> list[Strange]:
    seen = []
    for seed in range(part, part + pages):
        seen.append(page := react(seed))
        if misses and part == HONEST:
            print(*dict.fromkeys(each.story for each in page.reactions if each.accusation), sep="\n", flush=True)
        elif misses and not (page.found and page.guess in ("right", "either-or")):
            print(page.story, flush=True)
    return seen


def judge(diagnoses: Sequence[Any], kind: str, numbers: Sequence[float]) -> str:
    """What the guesses are worth: right is the planted kind, or the planted number by another name."""
    if not diagnoses:
        return "silent"
    known = [math.nan if found.value is None else found.value for found in diagnoses]
    same = [any(math.isclose(value, number, rel_tol=SAME) for number in numbers) for value in known]
    fits = any(same) or any(found.kind == kind for found in diagnoses)
    return "wrong" if not fits else "right" if len(diagnoses) == 1 else "either-or"


def measure(part: int, sheets: int, misses: bool) -> list[Outcome]:
    outcomes = []
    for seed in range(part, part + sheets):
        outcomes.append(outcome := simulate(seed))
        good = {PLANTED: ("right", "either-or"), CLEAN: ("silent",), RANDOM: ("silent",)}[part]
        if misses and (outcome.guess not in good or not outcome.found):
            print(outcome.story, flush=True)
    return outcomes


def show_found(pages: Sequence[Any], kind_of: Callable[[Any], tuple[str, ...]]) -> str:
    """By kinds of mistakes, how many were planted and found, and what the guesses were worth."""
    by_kind: dict[tuple[str, ...], list[Any]] = {}
    for page in pages:
        by_kind.setdefault(kind_of(page), []).append(page)
    rows = []
    for kind, some in sorted(by_kind.items()):
        guesses = Counter(page.guess for page in some)
        counts = [len(some), sum(page.found for page in some), *(guesses[guess] for guess in GUESSES)]
        rows.append([", ".join(reversed(kind)), *map(str, counts)])
    return table(("mistake", "planted", "line named", *GUESSES), rows)


def show_goals(planted: Sequence[Outcome], clean: Sequence[Outcome], wild: Sequence[Outcome]) -> str:
    def share(some: Sequence[object], one: object) -> str:
        return f"{100 * some.count(one) / len(some):.1f} %"

    guesses = [o.guess for o in planted]
    lines = sum((o.verdicts for o in clean), Counter())
    rows = [
        ("planted: its line is the first called wrong", share([o.found for o in planted], True), ">= 99 %"),
        *((f"planted: guess {guess}", share(guesses, guess), "<= 1 %" * (guess == "wrong")) for guess in GUESSES),
        (f"clean: called wrong, of {lines.total() - lines['blank']:,} lines", str(lines["wrong"]), "0"),
        ("clean: called carried", str(lines["carried"]), "0"),
        ("random: guess silent", share([o.guess for o in wild], "silent"), ">= 95 %"),
        ("time per sheet", milliseconds(statistics.mean(o.seconds for o in (*planted, *clean, *wild))), ""),
    ]
    return table((f"{len(planted)} planted, {len(clean)} clean, {len(wild)} random", "measured", "goal"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="60, 60, 30, 30 and 30 sheets")
    parser.add_argument("--misses", action="store_true", help="print each sheet on which the marker missed something")
    parser.add_argument("--seed", type=int, help="show the sheet of this seed")
    options = parser.parse_args()
    find_chalkgrad()
    if options.seed is not None:
        page = react(options.seed, show=True) if options.seed >= HONEST else simulate(options.seed, show=True)
        print(page.story)
        return
    sheets = QUICK if options.quick else FULL
    parts = [measure(part, sheets[part], options.misses) for part in (PLANTED, CLEAN, RANDOM)]
    honest, strange = (measure_people(part, sheets[part], options.misses) for part in (HONEST, STRANGE))
    reactions = [reaction for page in honest for reaction in page.reactions]
    kinds = show_found(parts[0], lambda page: (page.kind,))
    places = show_found(strange, lambda page: (page.plant.where, page.plant.kind))
    print(kinds, show_goals(*parts), sep="\n\n", end="\n\n")
    print(show_styles(reactions), show_remarks(reactions), places, show_people(honest, strange), sep="\n\n")


if __name__ == "__main__":
    main()
