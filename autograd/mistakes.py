"""Plausible mistakes in one step of a calculation, made from the step's own graph.

Each mistake is the step's formula with something in it changed, so that it can be worked out for the numbers that a person
had: if that gives the person's digits, the mistake is a guess at what happened. `mistakes` knows no network. It looks at
shapes: what is a factor, a term, a bias, an update, the derivative of an activation; what else has the same kind of name.

    whole line     the sign; twice or half; the value of another line
    product        a factor left out (½, the rate, the derivative of the activation); + for ×; ÷ for ×
    sum            the sign of a term; a term or the bias left out; a − b the wrong way round; ascent for descent
    function       not applied; another one in its place; another base of the logarithm; not squared
    operand        another index; indices the wrong way round (a matrix transposed); z for a; σ′ at z; old for new
    digits         the point moved; two neighbours changed places; one lost or doubled; rounded too early

The common ones are tried first, and the rare ones only where they explain nothing.
"""

from __future__ import annotations

import math
import re
from collections import namedtuple

from autograd import primitives as ops
from autograd.formula import quantities, written
from autograd.graph import nodes
from autograd.names import UNSUB, text_name
from autograd.primitives import CONSTANT, PRIMITIVES
from autograd.steps import PRODUCTS, chain, products_in, replaced, straightened, taken_apart
from autograd.value import Value, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autograd.claims import Number

    Show = Callable[[Value], str]

KINDS = {
    "sign": "a sign",
    "swapped": "a difference the wrong way round, as y − ŷ for ŷ − y",
    "operation": "+ for ×, or the like",
    "factor": "a factor left out",
    "term": "a term left out",
    "bias": "the bias left out",
    "derivative": "the derivative of the activation left out, or taken in the wrong place",
    "index": "another index",
    "transposed": "indices the wrong way round",
    "half": "½ or 2 of the square",
    "square": "a square",
    "ascent": "ascent for descent",
    "rate": "the learning rate left out",
    "old weights": "old weights for new ones, or the other way round",
    "operand": "another quantity in its place",
    "function": "a function not applied, or another one",
    "log base": "another base of the logarithm",
    "copied": "the number of another line",
    "decimal point": "the decimal point moved",
    "digits": "digits that changed places, or were lost",
    "rounding": "rounded too early",
    "arithmetic": "a slip in the arithmetic",
    "miscopied": "a number copied wrongly",
    "formula": "a formula",
}

ACTIVATIONS = [PRIMITIVES[name] for name in "sigmoid tanh relu leaky_relu elu gelu silu softplus".split()]
LOGARITHMS = [ops.log, ops.log2, ops.log10]
BASES = {"log": "e", "log2": "2", "log10": "10"}
RATES = re.compile(r"(?i)(η|eta|α|alpha|lr|rate|step|learning_?rate|γ|gamma|ε|epsilon)")
MOST_FACTORS = 8  # in a product, for mistakes that are tried on each of them


class Mistake(namedtuple("Mistake", "kind common formula tell")):
    """A step gone wrong: its kind (a key of KINDS), whether it is common, the formula, and a function that says it in words.

    formula: None for a slip of the pen
    """

    __slots__ = ()


class Surroundings:
    """What a step is surrounded by: all quantities of the sheet, with their formulas and the families that names make.

    formulas: what each quantity is computed by; itself where it is given
    """

    def __init__(self, formulas: Mapping[Value, Value]) -> None:
        self.formulas = formulas
        self.names = {leaf: _stem_and_indices(leaf.label) for leaf in formulas}
        self.by_name = {name: leaf for leaf, name in self.names.items()}
        self.functions = {leaf: (f.op, f.inputs[0]) for leaf, f in formulas.items() if f.op in ACTIVATIONS}
        self.applied: dict[Value, list[Value]] = {}
        for leaf, (_, argument) in self.functions.items():
            self.applied.setdefault(argument, []).append(leaf)
        self.updates = {leaf: old for leaf, f in formulas.items() if (old := _updated(f)) is not None}
        self.renewed: dict[Value, list[Value]] = {}
        for new, old in self.updates.items():
            self.renewed.setdefault(old, []).append(new)
        self.shapes: dict[Value, object] = {}

    def siblings(self, leaf: Value) -> list[Value]:
        """Quantities whose names differ in the indices alone; for a line also those that are computed alike."""
        stem, indices = self.names.get(leaf, (leaf.label, ()))
        by_name = [
            other
            for other, (s, i) in self.names.items()
            if s == stem and other is not leaf and indices and len(i) == len(indices)
        ]
        by_name.sort(key=lambda other: sum(a != b for a, b in zip(indices, self.names[other][1])))
        alike = [
            other
            for other, f in self.formulas.items()
            if f.inputs and other is not leaf and other not in by_name and self.shape(other) == self.shape(leaf)
        ]
        return by_name + alike

    def after(self, line: Value) -> set[Value]:
        """The line itself and all that is computed from it."""
        found = {line}
        grown = True
        while grown:
            new = {x for x, f in self.formulas.items() if x not in found and not found.isdisjoint(quantities(f))}
            grown, found = bool(new), found | new
        return found

    def shape(self, leaf: Value) -> object:
        """How a quantity is computed, whatever from."""
        if leaf not in self.shapes:
            formula = self.formulas.get(leaf, leaf)
            self.shapes[leaf] = tuple(
                (node.op.name, len(node.inputs)) if node.op else () for node in nodes(formula)
            ) if formula is not leaf else leaf  # fmt: skip
        return self.shapes[leaf]

    def renamed(self, leaf: Value, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Value | None:
        """The quantity whose indices are changed, if there is one."""
        stem, indices = self.names.get(leaf, ("", ()))
        return self.by_name.get((stem, change(indices))) if indices else None

    def slope_of(self, factors: Sequence[Value]) -> tuple[Value, list[Value]] | None:
        """Factors that are, together, the derivative of an activation: what it is taken at, and which they are."""
        for h in dict.fromkeys(q for factor in factors for q in quantities(factor)):
            own = [factor for factor in factors if quantities(factor) == [h]]
            if h in self.functions and own and own != [h]:
                return h, own
        return None

    def is_slope(self, leaf: Value) -> bool:
        """Whether a quantity is a line such as s = h(1 − h)."""
        own = self.formulas.get(leaf, leaf)
        slope = self.slope_of(taken_apart(own).above) if own.inputs else None
        return slope is not None and len(slope[1]) == len(taken_apart(own).above)


def _stem_and_indices(label: str) -> tuple[str, tuple[str, ...]]:
    """A name with each number in it taken out: dw_12 is dw_## with (1, 2)."""
    text = text_name(label).translate(UNSUB)
    numbers = re.findall(r"\d+(?=,)|(?<=,)\d+|\d", text)
    return re.sub(r"\d+(?=,)|(?<=,)\d+|\d", "#", text), tuple(numbers)


def _updated(formula: Value) -> Value | None:
    """For w − η·g, w."""
    if formula.op is ops.sum_of and len(formula.inputs) == 2:
        old, step = formula.inputs
        if not old.inputs and old.op is None and step.op in PRODUCTS and taken_apart(step).sign < 0.0:
            factors = taken_apart(step).above
            if any(_is_rate(factor) for factor in factors) or taken_apart(step).below:
                return old
    return None


def _is_rate(factor: Value) -> bool:
    return factor.op is CONSTANT or bool(RATES.fullmatch(text_name(factor.label)) or RATES.fullmatch(factor.label))


def text_of(formula: Value) -> str:
    return written(formula)[0]


# --------------------------------------------------------------------------------------------------------- the mistakes


def mistakes(step: Value, around: Surroundings, line: Value) -> Iterator[Mistake]:
    """Each plausible mistake in a step, the more telling ones first.

    step: the formula; around: the sheet's quantities; line: the quantity that the step computes
    """
    forms = [step] if (short := straightened(step)) is None else [short, step]
    for form in forms:
        yield from _of_updates(form)
        yield from _of_differences(form)
        yield from _of_products(form, around)
        yield from _of_sums(form)
        yield from _of_functions(form)
        yield from _of_operands(form, around, around.after(line))
    yield from _of_the_whole(step, around, line)


def _of_updates(step: Value) -> Iterator[Mistake]:
    if _updated(step) is None:
        return
    old, change = step.inputs
    product = taken_apart(change)
    name = text_of(old)
    yield Mistake(
        "ascent", True, _total([old, -change]), lambda show: f"You went up the slope: {name} + … stands for {name} − …"
    )
    rates = [factor for factor in product.above if _is_rate(factor)][:1]
    for rate in rates:
        rest = [factor for factor in product.above if factor is not rate]
        if rest:
            tell = f"You left out the learning rate {text_of(rate)}"
            yield Mistake("rate", True, _total([old, product.graph(rest)]), lambda show, t=tell: t)
    yield Mistake("term", True, -change, lambda show: f"This is the step alone, without {name}")
    yield Mistake("term", True, change, lambda show: f"This is the step alone, without {name}")


def _of_differences(step: Value) -> Iterator[Mistake]:
    for node in nodes(step):
        if node.op is ops.sum_of and len(node.inputs) == 2 and _updated(node) is None:
            signs = [taken_apart(x).sign for x in node.inputs]
            if signs[0] != signs[1] and not any(x.op is CONSTANT for x in node.inputs):
                there = _total(
                    [
                        -x if sign > 0.0 else taken_apart(x)._replace(sign=1.0).graph()
                        for x, sign in zip(node.inputs[::-1], signs[::-1])
                    ][::1]
                )
                here, turned = text_of(node), text_of(_turned(node))
                yield Mistake(
                    "swapped",
                    True,
                    replaced(step, {node: there}),
                    lambda show, h=here, t=turned: f"You took {t}; here it is {h}",
                )


def _turned(difference: Value) -> Value:
    """b − a for a − b."""
    positive, negative = sorted(difference.inputs, key=lambda x: -taken_apart(x).sign)
    return _total([taken_apart(negative)._replace(sign=1.0).graph(), -positive])


def _of_products(step: Value, around: Surroundings) -> Iterator[Mistake]:
    for node in products_in(step):
        product = taken_apart(node)
        above, below = product.above, product.below
        slope = around.slope_of(above)
        taken = slope[1] if slope else []
        if slope:
            yield from _of_slopes(step, node, slope, around)
        if len(above) + len(below) > MOST_FACTORS:
            continue
        for factor in dict.fromkeys(above):
            rest = _without(above, factor)
            if rest or below:
                kind = _kind_of_factor(factor, around, factor in taken)
                what = f"σ′ = {text_of(factor)}" if kind == "derivative" and not factor.inputs else text_of(factor)
                yield Mistake(kind, True, replaced(step, {node: product.graph(rest)}), _leaves_out(factor, what))
        for factor in dict.fromkeys(below):
            rest = _without(below, factor)
            what = text_of(factor)
            yield Mistake(
                _kind_of_factor(factor, around), True, replaced(step, {node: product.graph(None, rest)}),
                lambda show, w=what: f"You did not divide by {w}",
            )  # fmt: skip
            yield Mistake(
                "operation", False, replaced(step, {node: product.graph([*above, factor], rest)}),
                lambda show, w=what: f"You multiplied by {w} and should divide",
            )  # fmt: skip
        if len(above) > 1:
            for factor in dict.fromkeys(above):
                rest = _without(above, factor)
                added = product._replace(above=[_total([chain(rest), factor])]).graph()
                what = (
                    f"{text_of(factor)} and {text_of(chain(rest))}"
                    if above[0] is factor
                    else f"{text_of(chain(rest))} and {text_of(factor)}"
                )
                yield Mistake(
                    "operation",
                    True,
                    replaced(step, {node: added}),
                    lambda show, w=what: f"You added {w} and should multiply",
                )
            for factor in dict.fromkeys(above):
                rest, what = _without(above, factor), text_of(factor)
                divided = product.graph(rest, [*below, factor])
                yield Mistake(
                    "operation",
                    False,
                    replaced(step, {node: divided}),
                    lambda show, w=what: f"You divided by {w} and should multiply",
                )
                twice = product.graph([*above, factor])
                yield Mistake(
                    "factor", False, replaced(step, {node: twice}), lambda show, w=what: f"You multiplied by {w} twice"
                )


def _of_slopes(step: Value, node: Value, slope: tuple[Value, list[Value]], around: Surroundings) -> Iterator[Mistake]:
    """The derivative of an activation, h(1 − h), that is left out or taken in the wrong place."""
    product = taken_apart(node)
    h, factors = slope
    op, argument = around.functions[h]
    symbol = f"{op.notation.symbol}′"
    what = text_of(chain(factors))
    rest = [factor for factor in product.above if factor not in factors]
    if rest:
        yield Mistake(
            "derivative",
            True,
            replaced(step, {node: product.graph(rest)}),
            lambda show: f"You left out {symbol}, the factor {what}",
        )
    for other, where in (
        (argument, text_of(argument)),
        (record(op, op.value(h.data), h), f"{op.notation.symbol}({text_of(h)})"),
    ):
        moved = product.graph([replaced(factor, {h: other}) if factor in factors else factor for factor in product.above])
        yield Mistake(
            "derivative", True, replaced(step, {node: moved}),
            lambda show, o=other, w=where: (
                f"You took {symbol}, {what}, with {w if o.inputs else show(o)} in the place of {show(h)}"
            ),
        )  # fmt: skip
    for another in ACTIVATIONS[:2]:
        if another is not op:
            other_slope = h * (1.0 - h) if another is ops.sigmoid else 1.0 - h * h
            yield Mistake(
                "derivative", False, replaced(step, {node: product.graph([*rest, other_slope])}),
                lambda show, a=another.notation.symbol: f"You took the derivative of {a}; here it is {symbol}",
            )  # fmt: skip


def _kind_of_factor(factor: Value, around: Surroundings, in_a_slope: bool = False) -> str:
    if factor.op is CONSTANT:
        return "half" if factor.data in (0.5, 2.0) else "factor"
    return "derivative" if in_a_slope or (not factor.inputs and around.is_slope(factor)) else "factor"


def _leaves_out(factor: Value, what: str) -> Callable[[Show], str]:
    named = not factor.inputs and factor.op is None
    return lambda show: (
        f"You left out the factor {what}" + (f" = {show(factor).partition(' = ')[2]}" if named and "=" not in what else "")
    )


def _of_sums(step: Value) -> Iterator[Mistake]:
    for node in nodes(step):
        if node.op is not ops.sum_of or _updated(node) is not None:
            continue
        terms = node.inputs
        several = any(taken_apart(x).above[1:] for x in terms)
        for i, term in enumerate(terms):
            what = text_of(_positive(term))
            plus = taken_apart(term).sign > 0.0
            flipped = _total([*terms[:i], -term if plus else _positive(term), *terms[i + 1 :]])
            yield Mistake(
                "sign", True, replaced(step, {node: flipped}),
                lambda show, w=what, p=plus: f"The sign of {w} is wrong: it is {'added' if p else 'taken away'} here",
            )  # fmt: skip
            rest = [*terms[:i], *terms[i + 1 :]]
            bias = several and not term.inputs
            yield Mistake(
                "bias" if bias else "term", True, replaced(step, {node: _total(rest)}),
                lambda show, w=what, b=bias: f"You left out {'the bias ' if b else 'the term '}{w}",
            )  # fmt: skip
        if len(terms) == 2:
            multiplied = terms[0] * terms[1]
            what = text_of(node)
            yield Mistake(
                "operation",
                False,
                replaced(step, {node: multiplied}),
                lambda show, w=what: f"You multiplied the terms of {w}",
            )


def _of_functions(step: Value) -> Iterator[Mistake]:
    for node in nodes(step):
        op = node.op
        if op is ops.pow and node.inputs[1].op is CONSTANT and node.inputs[1].data == 2.0:
            x, what = node.inputs[0], text_of(node.inputs[0])
            yield Mistake("square", True, replaced(step, {node: x}), lambda show, w=what: f"You did not square {w}")
            yield Mistake(
                "square",
                False,
                replaced(step, {node: 2.0 * x}),
                lambda show, w=what: f"You took 2·({w}) for the square of {w}",
            )
        elif op is not None and op is not CONSTANT and op.arity == 1 and op is not ops.neg:
            x, symbol = node.inputs[0], op.notation.symbol
            what = text_of(x)
            yield Mistake(
                "function", True, replaced(step, {node: x}), lambda show, s=symbol, w=what: f"You did not apply {s} to {w}"
            )
            yield Mistake(
                "sign", op in (ops.exp, ops.sigmoid, ops.tanh), replaced(step, {node: _applied(op, -x)}),
                lambda show, s=symbol, w=what: f"You took {s} of −({w})",
            )  # fmt: skip
            for other in LOGARITHMS if op in LOGARITHMS else ():
                if other is not op:
                    yield Mistake(
                        "log base", True, replaced(step, {node: _applied(other, x)}),
                        lambda show, b=BASES[other.name]: f"You took the logarithm to base {b}",
                    )  # fmt: skip
            for other in (ops.sigmoid, ops.tanh, ops.relu) if op in ACTIVATIONS else ():
                if other is not op:
                    yield Mistake(
                        "function", True, replaced(step, {node: _applied(other, x)}),
                        lambda show, o=other, s=symbol: f"You applied {o.notation.symbol}; here it is {s}",
                    )  # fmt: skip
            if op is ops.sigmoid:
                z = _applied(op, x)
                yield Mistake("function", False, replaced(step, {node: z * (1.0 - z)}), lambda show: "You took σ′ for σ")
                yield Mistake(
                    "function",
                    False,
                    replaced(step, {node: _applied(ops.exp, -x)}),
                    lambda show, w=what: f"This is e^−({w}) alone",
                )
                yield Mistake(
                    "function",
                    False,
                    replaced(step, {node: 1.0 + _applied(ops.exp, -x)}),
                    lambda show, w=what: f"You did not turn 1 + e^−({w}) over",
                )
            if op is ops.tanh:
                z = _applied(op, x)
                yield Mistake("function", False, replaced(step, {node: 1.0 - z * z}), lambda show: "You took tanh′ for tanh")


def _of_operands(step: Value, around: Surroundings, later: set[Value]) -> Iterator[Mistake]:
    """Another quantity in the place of one, except for those that are computed from the line itself."""
    leaves = quantities(step)
    slopes = [slope for node in products_in(step) if (slope := around.slope_of(taken_apart(node).above))]
    for leaf in leaves:
        for other in (each for each in around.siblings(leaf) if each not in later):
            yield Mistake("index", True, replaced(step, {leaf: other}), _used(leaf, other, slopes, around))
    yield from _throughout(step, leaves, around)
    for leaf in leaves:
        if leaf in around.functions:
            argument = around.functions[leaf][1]
            yield Mistake("operand", True, replaced(step, {leaf: argument}), _used(leaf, argument))
        for function in around.applied.get(leaf, ()):
            yield Mistake("operand", True, replaced(step, {leaf: function}), _used(leaf, function))
        for other in around.renewed.get(leaf, ()):
            yield Mistake("old weights", True, replaced(step, {leaf: other}), _used(leaf, other))
        if leaf in around.updates:
            yield Mistake(
                "old weights", True, replaced(step, {leaf: around.updates[leaf]}), _used(leaf, around.updates[leaf])
            )
    old = {leaf: around.updates[leaf] for leaf in leaves if leaf in around.updates}
    if len(old) > 1:
        yield Mistake("old weights", True, replaced(step, old), lambda show: "You used the weights from before the update")
    for leaf in leaves:
        _, indices = around.names.get(leaf, ("", ()))
        for other, (_, i) in around.names.items():  # another layer: the same index, but another letter
            if other is not leaf and indices and i == indices and other not in later:
                yield Mistake("operand", False, replaced(step, {leaf: other}), _used(leaf, other))


def _used(
    leaf: Value, other: Value, slopes: Sequence[tuple[Value, list[Value]]] = (), around: Surroundings | None = None
) -> Callable[[Show], str]:
    for h, factors in slopes:
        if h is leaf and around is not None:
            symbol = f"{around.functions[h][0].notation.symbol}′"
            own = chain(factors)
            there = replaced(own, {h: other})
            return lambda show: f"You used {symbol} of {text_of(other)} ({show(there)}); for {text_of(h)} it is {show(own)}"
    return lambda show: (
        f"You used {show(other)}; here it is {show(leaf)}"
        if other.op is None and not other.inputs
        else (f"You used {text_of(other)}; here it is {show(leaf)}")
    )


def _throughout(step: Value, leaves: Sequence[Value], around: Surroundings) -> Iterator[Mistake]:
    """One index changed wherever it stands; two indices that change places."""
    seen: set[frozenset[tuple[Value, Value]]] = set()
    numbers = sorted({i for leaf in leaves for i in around.names.get(leaf, ("", ()))[1]})
    all_numbers = sorted({i for _, indices in around.names.values() for i in indices})
    for here in numbers:
        for there in all_numbers:
            for place in (0, -1):
                changed = {}
                for leaf in leaves:
                    indices = around.names.get(leaf, ("", ()))[1]
                    if here != there and indices and indices[place] == here:
                        new = around.renamed(
                            leaf,
                            lambda i, p=place, t=there: (*i[:-1], t) if p == -1 else (t, *i[1:]),  # type: ignore[misc]
                        )
                        if new is not None:
                            changed[leaf] = new
                if len(changed) > 1 and frozenset(changed.items()) not in seen:
                    seen.add(frozenset(changed.items()))
                    yield Mistake(
                        "index", True, replaced(step, changed),
                        lambda show, c=changed: "You used " + ", ".join(text_of(new) for new in c.values())
                        + "; here it is " + ", ".join(text_of(old) for old in c),
                    )  # fmt: skip
    by_stem: dict[str, dict[Value, Value]] = {}
    for leaf in leaves:
        stem, indices = around.names.get(leaf, ("", ()))
        if len(indices) >= 2:
            other = around.renamed(leaf, lambda i: (*i[:-2], i[-1], i[-2]))
            if other is not None:
                by_stem.setdefault(stem, {})[leaf] = other
    for changed in by_stem.values():
        if any(old is not new for old, new in changed.items()):
            yield Mistake(
                "transposed", True, replaced(step, changed),
                lambda show, c=changed: "You turned the indices round: " + ", ".join(
                    f"{text_of(new)} for {text_of(old)}" for old, new in c.items() if old is not new
                ),
            )  # fmt: skip


def _of_the_whole(step: Value, around: Surroundings, line: Value) -> Iterator[Mistake]:
    yield Mistake("sign", True, -step, lambda show: "The sign is the other way round")
    yield Mistake("half", True, 2.0 * step, lambda show: "This is twice what it should be")
    yield Mistake("half", True, step / 2.0, lambda show: "This is half of what it should be")
    for other in around.siblings(line):
        yield Mistake("index", True, other, lambda show, o=other: f"This is the value of {show(o)}")
    for leaf in quantities(step):
        yield Mistake("copied", False, leaf, lambda show, o=leaf: f"This is the value of {show(o)}")
    yield Mistake("operation", False, 1.0 / step, lambda show: "This is one over what it should be")


def _without(factors: Sequence[Value], factor: Value) -> list[Value]:
    """The factors without one of them, once."""
    i = next(i for i, each in enumerate(factors) if each is factor)
    return [*factors[:i], *factors[i + 1 :]]


def _positive(term: Value) -> Value:
    return taken_apart(term)._replace(sign=1.0).graph()


def _total(terms: Sequence[Value]) -> Value:
    return terms[0] if len(terms) == 1 else record(ops.sum_of, sum(x.data for x in terms), tuple(terms))


def _applied(op: ops.Primitive, x: Value) -> Value:
    return record(op, op.value(x.data), x)


# -------------------------------------------------------------------------------------------------------------- digits


def digit_mistakes(claim: Number, value: float) -> Iterator[tuple[Mistake, float, float]]:
    """Slips of the pen: the number that was meant, and how many times it is what was written.

    claim: what was written; value: what should have come out
    """
    for k in (1, -1, 2, -2, 3, -3):
        mistake = Mistake("decimal point", True, None, lambda show, k=k: f"The decimal point is {_places(k)}")
        yield mistake, claim.value * 10.0**k, 10.0**k
    decimals = max(0, round(-math.log10(claim.unit))) if claim.unit else 17
    if decimals > 16 or claim.value * value < 0.0:
        return
    sign = -1.0 if claim.value < 0.0 else 1.0
    text = f"{abs(claim.value):.{decimals}f}"
    for i in range(len(text) - 1):
        a, b = text[i], text[i + 1]
        if a != b and "." not in (a, b):
            meant = f"{text[:i]}{b}{a}{text[i + 2 :]}"
            tell = lambda show, a=a, b=b: f"Two digits changed places: {b}{a} became {a}{b}"  # noqa: E731
            yield Mistake("digits", True, None, tell), sign * float(meant), 1.0
    meant = f"{abs(value):.{decimals}f}"
    if claim.digits > 4 and len(meant) == len(text) and sum(a != b for a, b in zip(text, meant)) == 1:
        yield Mistake("digits", False, None, lambda show: f"One digit is another: {meant} became {text}"), value, 1.0
    elif claim.digits > 3 and 0.5 < abs(claim.value - value) / claim.unit < 3.0:
        yield Mistake("digits", False, None, lambda show: "Only the last digit is off"), value, 1.0
    longer, shorter = f"{abs(value):.{decimals + 1}f}", f"{abs(value):.{max(decimals - 1, 0)}f}"
    lost = {longer[i] for i in range(len(longer)) if longer[i] != "." and longer[:i] + longer[i + 1 :] == text}
    if lost and decimals:
        yield Mistake("digits", False, None, lambda show: f"A digit was lost: {longer} became {text}"), value, 1.0
    doubled = [i for i in range(1, len(text)) if text[i] == text[i - 1]]
    if decimals > 1 and any(text[:i] + text[i + 1 :] == shorter for i in doubled):
        yield Mistake("digits", False, None, lambda show: f"A digit was written twice: {shorter} became {text}"), value, 1.0


def _places(k: int) -> str:
    many = {1: "one place", 2: "two places", 3: "three places"}[abs(k)]
    return f"{many} too far to the {'left' if k > 0 else 'right'}"


def rounded_early(
    cut: Sequence[Value], numbers: Mapping[Value, float], units: Mapping[Value, float]
) -> Iterator[tuple[Mistake, dict[Value, float]]]:
    """Numbers that were rounded further before they were used: all of them, or one."""
    for places in (1, 2, 3, 4):
        coarse = {x: round(numbers[x], places) for x in cut if units[x] < 0.5 * 10.0**-places}
        coarse = {x: value for x, value in coarse.items() if value != numbers[x]}
        decimals = f"{places} decimal{'s'[: places > 1]}"
        if len(coarse) > 1:
            yield Mistake("rounding", False, None, lambda show, d=decimals: f"You rounded to {d} before you went on"), coarse
        for x, value in coarse.items():
            tell = lambda show, x=x, d=decimals: f"You rounded {text_of(x)} to {d} before you went on"  # noqa: E731
            yield Mistake("rounding", False, None, tell), {x: value}
