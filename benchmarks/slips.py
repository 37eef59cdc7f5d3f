"""Mistakes that people make, planted in a line of somebody's working where the digits on the page can tell them."""

from __future__ import annotations

import decimal
import functools
import random
from collections.abc import Callable, Iterator
from decimal import Decimal

from calculators import SILENT, Held, Node, changed, in_python, letters_of, name, negative, nodes, number, reach, rewritten
from hands import Plant, Worker, finish

UNSEEN = 3  # what changes a line by less than so many times what rounding can do is not planted


CONFUSED = [set(pair.split()) for pair in ("h z", "o t", "o a", "d e", "g k", "x w", "v w")]


def mutations(formula: Node, held: Held) -> Iterator[tuple[str, Node]]:
    """Mistakes in a formula by kind: what people do when they copy, and when they put down signs and factors."""

    def others(identifier: str) -> Iterator[tuple[str, str]]:
        for other in held:
            letters = {letters_of(identifier), letters_of(other)}
            if other in (identifier + "_new", identifier.removesuffix("_new")) and other != identifier:
                yield "old weights", other
            elif len(letters) == 1 and len(other) == len(identifier) and other != identifier:
                yield "index", other
            elif letters in CONFUSED:
                yield "operand", other

    def copied(wanted: str, node: Node) -> list[Node]:
        return [name(other) for kind, other in others(node.parts[0]) if kind == wanted] if node.op == "name" else []

    def sign_lost(node: Node) -> list[Node]:
        if node.op == "name" and held[node.parts[0]] < 0:
            return [Node("lost", (node,))]
        if node.op == "+":
            return [Node("+", (*node.parts[:i], negative(part), *node.parts[i + 1 :])) for i, part in enumerate(node.parts)]
        return [node.parts[0]] if node.op == "neg" else []

    def left_out(node: Node, op: str) -> list[Node]:
        if node.op != op:
            return []
        rest = [[*node.parts[:i], *node.parts[i + 1 :]] for i in range(len(node.parts))]
        return [parts[0] if len(parts) == 1 else Node(op, tuple(parts)) for parts in rest]

    def unsquared(node: Node) -> list[Node]:
        return [node.parts[0]] if node.op == "**" else []

    for kind in ("index", "operand", "old weights"):
        for other in changed(formula, functools.partial(copied, kind)):
            yield kind, other
    changes: dict[str, Callable[[Node], list[Node]]] = {
        "sign": sign_lost,
        "term": lambda node: left_out(node, "+"),
        "factor": lambda node: left_out(node, "*"),
        "square": unsquared,
    }
    for kind, change in changes.items():
        for other in changed(formula, change):
            yield kind, other


def slip(rng: random.Random, text: str) -> str:
    """A number with one digit wrong, or two that changed places."""
    places = [i for i, sign in enumerate(text) if sign.isdigit()]
    first = next((i for i in places if text[i] != "0"), None)
    if first is None:
        return text
    i = rng.choice([place for place in places if place >= first])
    if rng.random() < 0.4 and text[i + 1 : i + 2].isdigit():
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    return text[:i] + rng.choice("0123456789") + text[i + 1 :]


def plant_mistake(
    rng: random.Random, worker: Worker, identifier: str, formula: Node, true: Decimal, styles: set[str], shown: bool
) -> tuple[Plant, list[Node], Decimal, str] | None:
    """A mistake on this line that the digits on the page can tell; none if none can."""
    arithmetic = worker.arithmetic
    right = worker.value(formula)
    blur = reach(
        formula, worker.held, arithmetic.written, {x: worker.unit_on_page(text) for x, text in worker.texts.items()}
    )

    def seen(kind: str, value: Decimal, text: str) -> bool:
        unit = max(arithmetic.written.unit(value), arithmetic.written.unit(right))
        least = max(UNSEEN * (blur + unit), worker.unit_on_page(text))
        can_be_told = min(abs(Decimal(text) - x) for x in (right, true)) > least
        worker.unseen.extend([kind] * (not can_be_told))
        return can_be_told

    for _ in range(20):
        if rng.random() < 0.3:
            made = plant_slip(rng, worker, formula, styles, shown)
            if made:
                trees, wrong, text, where = made
                if seen("arithmetic", wrong, text):
                    return Plant(identifier, "arithmetic", "", wrong, text, where), trees, wrong, text
            continue
        by_kind: dict[str, list[Node]] = {}
        for kind, other in mutations(formula, worker.held):
            by_kind.setdefault(kind, []).append(other)
        if not by_kind:
            continue
        kind = rng.choice(sorted(by_kind))
        wrong_formula = rng.choice(by_kind[kind])
        drawn: set[str] = set()
        try:
            trees = worker.stages(wrong_formula, drawn, shown)
            value, text = finish(worker, trees, wrong_formula)
        except decimal.DecimalException:
            continue
        where = "in the formula" if trees and "names" in drawn else "in the working" if trees else "in the head"
        if where == "in the formula" and rng.random() < 0.6:  # the names are right, and their numbers are copied badly
            where, trees[0] = "in the numbers", formula
            if len(trees) == 1:
                trees.append(worker.in_numbers(wrong_formula))
        if seen(kind, value, text):
            styles |= drawn
            return Plant(identifier, kind, in_python(wrong_formula), value, text, where), trees, value, text
    return None


def plant_slip(
    rng: random.Random, worker: Worker, formula: Node, styles: set[str], shown: bool
) -> tuple[list[Node], Decimal, str, str] | None:
    """A part of the formula worked out badly, on the page; or the result."""
    numbers = worker.in_numbers(formula)
    parts = [node for node in nodes(numbers) if node.op not in SILENT and node is not numbers]
    if not parts or not shown or rng.random() < 0.3:
        trees = worker.stages(formula, styles, shown)
        value, text = finish(worker, trees, formula)
        text = slip(rng, text)
        return trees, Decimal(text), text, "in the result"
    part = rng.choice(parts)
    text = slip(rng, worker.text_of(worker.value(part)))
    wrong = rewritten(numbers, lambda node: number(Decimal(text), text) if node == part else node)
    styles.update(("numbers", "partly worked out"))
    trees = [formula, numbers, wrong] if rng.random() < 0.5 else [numbers, wrong]
    try:
        value, text = finish(worker, trees, wrong)
    except decimal.DecimalException:
        return None
    return trees, value, text, "in the middle"
