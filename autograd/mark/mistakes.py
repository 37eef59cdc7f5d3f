"""Plausible mistakes in one step of a calculation, made from the step's own graph.

Each mistake is the step's formula with something in it changed, so that it can be worked out for the numbers that a person
had: if that gives the person's digits, the mistake is a guess at what happened. `mistakes` knows no network. It looks at
shapes: what is a factor, a term, a bias, an update, the derivative of an activation; what else has the same kind of name.

    whole line     the sign; twice or half; the value of another line
    product        a factor left out (½, the rate, the derivative of the activation); + for ×; ÷ for ×
    sum            the sign of a term; a term or the bias left out; a − b the wrong way round; ascent for descent; the
                   mean of paths for their sum
    function       not applied; another one in its place; another base of the logarithm; not squared; not masked
    operand        another index; indices the wrong way round (a matrix transposed); z for a; σ′ at z; old for new

Slips of the pen, which no formula has, are slips.py's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from autograd import primitives as ops
from autograd.calculus import gradient
from autograd.formula.measures import free_variables
from autograd.formula.operations import softmax_of
from autograd.graph import nodes
from autograd.mark.context import ACTIVATIONS, SheetContext, find_updated, is_rate
from autograd.mark.forms import PRODUCTS, chain, factorize, figure, products_in, straighten, text_of, total, without
from autograd.mark.points import close
from autograd.mark.rounding import spell_out
from autograd.operation import CONSTANT, Primitive
from autograd.rewriting import apply, expand, substitute, value_at
from autograd.value import Value
from autograd.writing.names import text_name

Show = Callable[[Value], str]  # how a sentence shows a quantity

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
    "function": "a function not or another one",
    "mask": "a mask forgotten: softmax of all scores for that of some",
    "log base": "another base of the logarithm",
    "copied": "the number of another line",
    "decimal point": "the decimal point moved",
    "digits": "digits that changed places, or were lost",
    "rounding": "rounded too early",
    "arithmetic": "a slip in the arithmetic",
    "miscopied": "a number copied wrongly",
    "size": "the size of another quantity",
    "order": "factors of a product in the wrong order",
    "right line": "a right line taken for a wrong one",
    "carried line": "a line that only carries a mistake on, taken for the mistake",
}

LOGARITHMS = [ops.log, ops.log2, ops.log10]
BASES = {"log": "e", "log2": "2", "log10": "10"}
MOST_FACTORS = 8  # in a product, for mistakes that are tried on each of them


class Mistake(NamedTuple):
    """A step gone wrong: its kind (a key of KINDS), whether it is common, its formula, a function that says it."""

    kind: str
    common: bool
    formula: Value
    tell: Callable[[Show], str]


def show_with(numbers: Mapping[Value, float], written: Mapping[Value, str] | None = None) -> Show:
    """How sentences show what stands in a mistake: a quantity with its number, and of a formula what it comes to.

    written: the numbers of some, as they were written
    """

    def show(node: Value) -> str:
        value = (written or {}).get(node) or figure(value_at(node, numbers))
        return value if node.inputs or node.op is not None else f"{text_of(node)} = {value}"

    return show


# --------------------------------------------------------------------------------------------------------- the mistakes


def mistakes(step: Value, context: SheetContext, line: Value) -> Iterator[Mistake]:
    """Each plausible mistake in a step, the more telling ones first.

    step: the formula; context: the sheet's quantities; line: the quantity that the step computes
    """
    yield from _of_softmax(step)
    yield from _of_masks(step, context, line)
    short = straighten(step)
    if short is None:
        short = _difference_of(step, context)
    step = spell_out(step, (softmax_of,))
    for form in [step] if short is None else [short, step]:
        yield from _of_updates(form)
        yield from _of_differences(form)
        yield from _of_products(form, context)
        yield from _of_sums(form, context, line)
        yield from _of_functions(form)
        yield from _of_operands(form, context, line)
    yield from _of_the_whole(step, short, context, line)


def _difference_of(step: Value, context: SheetContext) -> Value | None:
    """o_i − t_i where a step comes to that because the targets add up to 1, which only their numbers say."""
    outputs = [q for q in free_variables(step) if context.formulas.get(q, q).op is softmax_of]
    targets = [q for q in free_variables(step) if context.formulas.get(q, q) is q]
    same = [(o, t) for o in outputs for t in targets if abs(o.data - t.data - step.data) < 1e-12]
    return total([same[0][0], -same[0][1]]) if same else None


def _change(
    step: Value, new: Mapping[Value, Value], kind: str, tell: str | Callable[[Show], str], common: bool = True
) -> Mistake:
    """The mistake that puts other nodes in the place of some."""
    return Mistake(kind, common, substitute(step, new), tell if callable(tell) else lambda show: tell)


def _of_softmax(step: Value) -> Iterator[Mistake]:
    for node in nodes(step):
        if node.op is softmax_of:
            tell = f"You applied σ to {text_of(node.inputs[-1])}; here it is softmax"
            yield _change(step, {node: apply(ops.sigmoid, [node.inputs[-1]])}, "function", tell)


def _of_masks(step: Value, context: SheetContext, line: Value) -> Iterator[Mistake]:
    """Softmax of some of the scores that there are: the mask that hides the others is forgotten."""
    known = context.before(line)
    for node in nodes(step):
        if node.op is softmax_of:
            *scores, own = node.inputs
            masked = [other for other in context.family(scores[-1]) if other in known and other not in scores]
            if masked and not any(score.inputs for score in scores):
                hidden = ", ".join(map(text_of, masked))
                tell = f"You let softmax see {hidden} too, which is masked here"
                yield _change(step, {node: apply(softmax_of, [*scores, *masked, own])}, "mask", tell)


def _of_updates(step: Value) -> Iterator[Mistake]:
    if find_updated(step) is None:
        return
    old, change = step.inputs
    product, name = factorize(change), text_of(old)
    yield _change(step, {change: -change}, "ascent", f"You went up the slope: {name} + … stands for {name} − …")
    for rate in [factor for factor in product.above if is_rate(factor)][:1]:
        rest = without(product.above, [rate])
        if rest:
            yield _change(step, {change: product.graph(rest)}, "rate", f"You left out the learning rate {text_of(rate)}")
            yield _change(step, {change: -rate}, "factor", f"You left out the gradient {text_of(chain(rest))}")
    alone = f"This is the step alone, without {name}"
    yield _change(step, {step: -change}, "term", alone)
    yield _change(step, {step: change}, "term", alone)


def _of_differences(step: Value) -> Iterator[Mistake]:
    for node in nodes(step):
        if node.op is ops.sum_of and len(node.inputs) == 2 and find_updated(node) is None:
            plus, minus = sorted(node.inputs, key=lambda x: -factorize(x).sign)
            opposite = factorize(plus).sign > 0.0 > factorize(minus).sign
            if opposite and not plus.inputs and not _positive(minus).inputs and plus.op is _positive(minus).op is None:
                turned = total([_positive(minus), -plus])
                yield _change(step, {node: turned}, "swapped", f"You took {text_of(turned)}; here it is {text_of(node)}")


def _of_products(step: Value, context: SheetContext) -> Iterator[Mistake]:
    for node in [*products_in(step), *([step] if step.op not in PRODUCTS else [])]:
        product = factorize(node)
        above, below = product.above, product.below
        slope = context.slope_of(above)
        if slope:
            yield from _of_slopes(step, node, slope, context)
        if len(above) + len(below) > MOST_FACTORS or node.op not in PRODUCTS:
            continue
        for factor in dict.fromkeys(above):
            rest, what = without(above, [factor]), text_of(factor)
            sign = context.symbol_of(factor) or (context.functions[slope[0]][0].notation.symbol if slope else "")
            if rest or below:
                kind = _kind_of_factor(factor, context, slope is not None and factor in slope[1])
                yield _change(step, {node: product.graph(rest)}, kind, _leaves_out(factor, kind, sign))
                divided = product.graph(rest, [*below, factor])
                yield _change(step, {node: divided}, "operation", f"You divided by {what} and should multiply", False)
            if rest:
                added = product._replace(above=[total([chain(rest), factor])]).graph()
                both = [what, text_of(chain(rest))] if above[0] is factor else [text_of(chain(rest)), what]
                yield _change(step, {node: added}, "operation", f"You added {' and '.join(both)} and should multiply")
                twice = product.graph([*above, factor])
                yield _change(step, {node: twice}, "factor", f"You multiplied by {what} twice", False)
        for factor in dict.fromkeys(below):
            rest, what, kind = without(below, [factor]), text_of(factor), _kind_of_factor(factor, context)
            yield _change(step, {node: product.graph(None, rest)}, kind, f"You did not divide by {what}")
            multiplied = product.graph([*above, factor], rest)
            yield _change(step, {node: multiplied}, "operation", f"You multiplied by {what} and should divide", False)


def _of_slopes(step: Value, node: Value, slope: tuple[Value, list[Value]], context: SheetContext) -> Iterator[Mistake]:
    """The derivative of an activation, h(1 − h), that is left out or taken in the wrong place."""
    product = factorize(node)
    h, factors = slope
    op, argument = context.functions[h]
    symbol, what = f"{op.notation.symbol}′", text_of(chain(factors))
    rest = [factor for factor in product.above if factor not in factors]
    if rest:
        yield _change(step, {node: product.graph(rest)}, "derivative", f"You left out {symbol}, the factor {what}")
        added = product._replace(above=[total([chain(rest), chain(factors)])]).graph()
        yield _change(step, {node: added}, "operation", f"You added {symbol}, {what}, and should multiply")
        alone = product.graph(factors, [])
        yield _change(step, {node: alone}, "factor", f"This is {symbol} alone, without {text_of(chain(rest))}", False)
    for other in (argument, apply(op, [h])):
        moved = product.graph([substitute(factor, {h: other}) if factor in factors else factor for factor in product.above])
        yield _change(step, {node: moved}, "derivative", _takes_at(symbol, what, h, other))
    for another in ACTIVATIONS[:2]:
        if another is not op:
            slope_there = h * (1.0 - h) if another is ops.sigmoid else 1.0 - h * h
            tell = f"You took the derivative of {another.notation.symbol}; here it is {symbol}"
            yield _change(step, {node: product.graph([*rest, slope_there])}, "derivative", tell, False)


def _takes_at(symbol: str, what: str, h: Value, other: Value) -> Callable[[Show], str]:
    return lambda show: (
        f"You took {symbol}, {what}, with {text_of(other) if other.inputs else show(other)} in the place of {show(h)}"
    )


def _kind_of_factor(factor: Value, context: SheetContext, in_a_slope: bool = False) -> str:
    if factor.op is CONSTANT:
        return "half" if factor.data in (0.5, 2.0) else "factor"
    if context.formulas.get(factor, None) is factor and is_rate(factor):
        return "rate"
    return "derivative" if in_a_slope or (not factor.inputs and context.symbol_of(factor)) else "factor"


def _leaves_out(factor: Value, kind: str, sign: str) -> Callable[[Show], str]:
    named = not factor.inputs and factor.op is None
    what = f"{sign}′, the factor" if kind == "derivative" and named else "the factor"
    return lambda show: f"You left out {what} {show(factor) if named else text_of(factor)}"


def _of_sums(step: Value, context: SheetContext, line: Value) -> Iterator[Mistake]:
    is_slope = slope_named(line.label) is not None
    for node in nodes(step):
        if node.op is not ops.sum_of or find_updated(node) is not None:
            continue
        terms = node.inputs
        several = any(factorize(x).above[1:] for x in terms)
        for i, term in enumerate(terms):
            what, added = text_of(_positive(term)), factorize(term).sign > 0.0
            flipped = total([*terms[:i], -term if added else _positive(term), *terms[i + 1 :]])
            tell = f"The sign of {what} is wrong: it is {'added' if added else 'taken away'} here"
            yield _change(step, {node: flipped}, "sign", tell)
            kind, tell = "term", f"You left out the term {what}"
            if is_slope and node is step:
                way = _on_the_way(term, line, context)
                tell = f"You left out {'one of the paths' if way is None else f'the path through {text_of(way)}'}: {what}"
            elif several and not term.inputs:
                kind, tell = "bias", f"You left out the bias {what}"
            yield _change(step, {node: total([*terms[:i], *terms[i + 1 :]])}, kind, tell)
        if node is step and len(terms) > 1 and all(map(_is_path, terms)):
            tell = f"You took the mean of {len(terms)} paths, which add up"
            yield _change(step, {node: node / float(len(terms))}, "operation", tell)
        if len(terms) == 2:
            yield _change(
                step, {node: terms[0] * terms[1]}, "operation", f"You multiplied the terms of {text_of(node)}", False
            )


def _is_path(term: Value) -> bool:
    """Whether a derivative of something stands in a term: it goes on from there."""
    return any(slope_named(q.label) for q in free_variables(term))


def slope_named(label: str) -> tuple[str, str] | None:
    """The two names in that of a derivative: L and a in ∂L/∂a; none and a in da, none at all in δ."""
    if match := re.fullmatch(r"(?:∂|d)(.+?)\s*/\s*(?:∂|d)(.+)", label):
        return match[1], match[2]
    if re.fullmatch(r"(?:δ|delta|∇).*", label):
        return "", ""
    return ("", match[1]) if (match := re.fullmatch(r"d_?(\w+)", label)) else None


def _on_the_way(term: Value, line: Value, context: SheetContext) -> Value | None:
    """What a path goes through, from a loss down to what the derivative on a line is taken by."""
    named = {text_name(q.label): q for q in context.formulas}
    top, below = (named.get(text_name(name)) for name in slope_named(line.label) or ("", ""))
    if below is None:
        return None
    passed = [q for q, own in context.formulas.items() if q is not below and below in free_variables(own)]
    for q in passed:
        if any((names := slope_named(x.label)) and text_name(names[1]) == text_name(q.label) for x in free_variables(term)):
            return q
    for q in passed if top is not None else ():
        whole = expand(context.formulas[top], context.formulas, lambda x, q=q: x is q)[0]  # type: ignore[misc, index]
        if close(gradient(whole, q)[0].data * gradient(context.formulas[q], below)[0].data, term.data):
            return q
    return None


def _of_functions(step: Value) -> Iterator[Mistake]:
    by_kind: dict[Primitive, list[Value]] = {}
    for node in nodes(step):
        if node.op is ops.pow and node.inputs[1].op is CONSTANT and node.inputs[1].data == 2.0:
            by_kind.setdefault(ops.pow, []).append(node)
        elif node.op is not None and node.op.arity == 1 and node.op not in (ops.neg, CONSTANT):
            by_kind.setdefault(node.op, []).append(node)
    for op, found in by_kind.items():
        for each in [found, *([node] for node in found if len(found) > 1)]:  # made everywhere, or in one place
            yield from _of_squares(step, each) if op is ops.pow else _of_function(step, op, each)


def _of_squares(step: Value, found: Sequence[Value]) -> Iterator[Mistake]:
    what = " and ".join(text_of(node.inputs[0]) for node in found)
    yield _change(step, {node: node.inputs[0] for node in found}, "square", f"You did not square {what}")
    doubled = {node: 2.0 * node.inputs[0] for node in found}
    yield _change(step, doubled, "square", f"You took twice {what} for the square", False)


def _of_function(step: Value, op: Primitive, found: Sequence[Value]) -> Iterator[Mistake]:
    symbol, what = op.notation.symbol, " and ".join(text_of(node.inputs[0]) for node in found)
    xs = {node: node.inputs[0] for node in found}

    def instead(other: Callable[[Value], Value]) -> dict[Value, Value]:
        return {node: other(x) for node, x in xs.items()}

    yield _change(step, xs, "function", f"You did not apply {symbol} to {what}")
    common = op in (ops.exp, ops.sigmoid, ops.tanh)
    yield _change(step, instead(lambda x: apply(op, [-x])), "sign", f"You took {symbol} of −({what})", common)
    for other in LOGARITHMS if op in LOGARITHMS else ():
        if other is not op:
            tell = f"You took the logarithm to base {BASES[other.name]}"
            yield _change(step, instead(lambda x, o=other: apply(o, [x])), "log base", tell)  # type: ignore[misc]
    for other in (ops.sigmoid, ops.tanh, ops.relu) if op in ACTIVATIONS else ():
        if other is not op:
            tell = f"You applied {other.notation.symbol}; here it is {symbol}"
            yield _change(step, instead(lambda x, o=other: apply(o, [x])), "function", tell)  # type: ignore[misc]
    if op is ops.sigmoid:
        yield _change(step, {node: node * (1.0 - node) for node in found}, "function", "You took σ′ for σ", False)
        alone = instead(lambda x: apply(ops.exp, [-x]))
        yield _change(step, alone, "function", f"This is e^−({what}) alone", False)
        below = {node: 1.0 + x for node, x in alone.items()}
        yield _change(step, below, "function", f"You did not take 1 over 1 + e^−({what})", False)
    if op is ops.tanh:
        yield _change(step, {node: 1.0 - node * node for node in found}, "function", "You took tanh′ for tanh", False)


def _of_operands(step: Value, context: SheetContext, line: Value) -> Iterator[Mistake]:
    """Another quantity in the place of one, except for those that come after the line."""
    leaves = free_variables(step)
    known = context.before(line)
    slopes = dict(slope for node in products_in(step) if (slope := context.slope_of(factorize(node).above)))
    for leaf in leaves:
        for common, others in ((True, context.family(leaf)), (False, context.alike(leaf))):
            for other in others:
                if other in known:
                    tell = _used(leaf, other, slopes.get(leaf, ()), context)
                    yield _change(step, {leaf: other}, "index", tell, common)
    yield from _throughout(step, leaves, context, known)
    for leaf in leaves:
        others = [context.arguments[leaf]] if leaf in context.arguments else []
        for other in [*others, *context.applied.get(leaf, ())]:
            if other in known or other.inputs:
                yield _change(step, {leaf: other}, "operand", _used(leaf, other))
        for other in [*context.renewed.get(leaf, ()), *context.before_step(leaf)]:
            if other in known:
                yield _change(step, {leaf: other}, "old weights", _used(leaf, other))
    old = {leaf: context.updates[leaf] for leaf in leaves if leaf in context.updates}
    if len(old) > 1:
        yield _change(step, old, "old weights", "You used the weights from before the update")
    for leaf in leaves:
        indices = context.names.get(leaf, ("", ()))[1]
        for other, (_, i) in context.names.items():  # another layer: the same index, but another letter
            if other is not leaf and indices and i == indices and other in known:
                yield _change(step, {leaf: other}, "operand", _used(leaf, other), False)


def _used(
    leaf: Value, other: Value, slope: Sequence[Value] = (), context: SheetContext | None = None
) -> Callable[[Show], str]:
    """You used this; here it is that. slope: the factors of which the quantity is the activation"""
    if slope and context is not None:
        symbol, own = f"{context.functions[leaf][0].notation.symbol}′", chain(slope)
        there = substitute(own, {leaf: other})
        return lambda show: f"You used {symbol} of {text_of(other)} ({show(there)}); for {text_of(leaf)} it is {show(own)}"
    return lambda show: f"You used {text_of(other) if other.inputs else show(other)}; here it is {show(leaf)}"


def _throughout(step: Value, leaves: Sequence[Value], context: SheetContext, known: set[Value]) -> Iterator[Mistake]:
    """One index changed wherever it stands; two indices that change places."""
    names = {leaf: context.names.get(leaf, ("", ())) for leaf in leaves}
    numbers = sorted({i for _, indices in names.values() for i in indices})
    all_numbers = sorted({i for _, indices in context.names.values() for i in indices})
    seen: set[frozenset[tuple[Value, Value]]] = set()
    for here, there, place in product(numbers, all_numbers, (0, -1)):
        changed: dict[Value, Value] = {}
        for leaf, (stem, indices) in names.items():
            if here != there and indices and indices[place] == here:
                new = context.by_name.get((stem, (*indices[:-1], there) if place else (there, *indices[1:])))
                if new in known:
                    changed[leaf] = new
        if len(changed) > 1 and frozenset(changed.items()) not in seen:
            seen.add(frozenset(changed.items()))
            used, right = (", ".join(map(text_of, each)) for each in (changed.values(), changed))
            yield _change(step, changed, "index", f"You used {used}; here it is {right}")
    yield from _exchanged(step, names)
    by_stem: dict[str, dict[Value, Value]] = {}
    for leaf, (stem, indices) in names.items():
        turned = context.by_name.get((stem, (*indices[:-2], *indices[:-3:-1]))) if len(indices) > 1 else None
        if turned in known:
            by_stem.setdefault(stem, {})[leaf] = turned
    for changed in by_stem.values():
        pairs = [f"{text_of(new)} for {text_of(old)}" for old, new in changed.items() if old is not new]
        if pairs:
            yield _change(step, changed, "transposed", f"You turned the indices round: {', '.join(pairs)}")


def _exchanged(step: Value, names: Mapping[Value, tuple[str, tuple[str, ...]]]) -> Iterator[Mistake]:
    """Two quantities that change places wherever they stand, such as t and o in the cross-entropy; all of their kind."""
    stems = list(dict.fromkeys(stem for stem, _ in names.values()))
    if len(stems) <= 3:
        for one, other in combinations(stems, 2):
            here = {indices: leaf for leaf, (stem, indices) in names.items() if stem == one}
            there = {indices: leaf for leaf, (stem, indices) in names.items() if stem == other}
            if set(here) == set(there):
                changed = {here[i]: there[i] for i in here} | {there[i]: here[i] for i in here}
                pairs = ", ".join(f"{text_of(here[i])} and {text_of(there[i])}" for i in here)
                yield _change(step, changed, "swapped", f"{pairs} changed places")


def _of_the_whole(step: Value, short: Value | None, context: SheetContext, line: Value) -> Iterator[Mistake]:
    yield _change(step, {step: -step}, "sign", "The sign is the other way round")
    yield _change(step, {step: 2.0 * step}, "half", "This is twice what it should be")
    yield _change(step, {step: step / 2.0}, "half", "This is half of what it should be")
    yield _change(step, {step: 4.0 * step}, "half", "This is four times what it should be: 2 stands for ½", False)
    known = context.before(line)
    for other in context.family(line):
        yield Mistake("index", True, other, _is_value_of(other))
    for other in context.alike(line):
        if other in known:
            yield Mistake("index", False, other, _is_value_of(other))
    for other in context.before_step(line) if line not in context.updates else ():
        yield Mistake("old weights", True, other, _is_value_of(other))
    for leaf in free_variables(step):
        yield Mistake("copied", False, leaf, _is_value_of(leaf))
    if short is not None:
        for o in free_variables(short):
            if o in context.functions or context.formulas.get(o, o).op is softmax_of:
                tell = f"You multiplied by {text_of(o)}·(1 − {text_of(o)}), which cancels against the loss here"
                yield _change(short, {short: short * (o * (1.0 - o))}, "derivative", tell)
    yield _change(step, {step: 1.0 / step}, "operation", "This is one over what it should be", False)


def _is_value_of(other: Value) -> Callable[[Show], str]:
    return lambda show: f"This is the value of {show(other)}"


def _positive(term: Value) -> Value:
    return factorize(term)._replace(sign=1.0).graph()
