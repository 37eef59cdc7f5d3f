"""A sheet of somebody's working, line by line, with one mistake in it perhaps."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from calculators import Arithmetic, Held, Node, draw_arithmetic, number, read, work_out
from hands import Hand, Page, Plant, Worker, Writer, draw_hand, finish, vary
from slips import plant_mistake


class Line(NamedTuple):
    name: str
    text: str  # what is written
    styles: frozenset[str]
    formula: Node  # as worked out
    before: Held  # what the person held
    result: str  # in plain digits; empty for a line without a number


class Sheet(NamedTuple):
    arithmetic: Arithmetic
    hand: Hand
    page: Page
    lines: list[Line]
    plant: Plant | None
    unseen: int  # mistakes that were drawn before it, and could not be told from roundings


def write_sheet(
    rng: random.Random,
    lines: Sequence[tuple[str, str]],
    given: Mapping[str, float],
    page: Page,
    short: Mapping[str, str],
    planted: bool,
) -> Sheet:
    """A sheet, worked out and written; with one mistake, or none.

    lines: identifiers and formulas, in order; short: shorter formulas of some
    """
    arithmetic, hand = draw_arithmetic(rng), draw_hand(rng)
    numbers = {identifier: Decimal(str(x)).normalize() for identifier, x in given.items()}
    shown = {identifier: f"{x:f}" for identifier, x in numbers.items()}
    worker = Worker(rng, arithmetic, shown, dict(numbers), {}, hand.drops_zeros, [])
    true = true_numbers(lines, numbers)
    formulas: dict[str, Node] = {}
    done: list[Line] = []
    plant = None
    chosen = rng.randrange(len(lines)) if planted else -1
    global_styles = {"∂ for the sheet's names"} if rng.random() < 0.4 and not page.partials else set()
    for i, (identifier, formula) in enumerate(lines):
        writer = Writer(hand, page, set(global_styles))
        tree = read(formula)
        known = dict(formulas) | ({"short": read(short[identifier])} if identifier in short else {})
        with_working = rng.random() < 0.75
        varied = vary(rng, writer, identifier, tree, known, with_working)
        before = dict(worker.held)
        if plant is None and i >= chosen >= 0:
            made = plant_mistake(rng, worker, identifier, varied, true[identifier], writer.styles, with_working)
            if made:
                plant, trees, value, text = made
        if plant is None or plant.name != identifier:
            trees = worker.stages(varied, writer.styles, with_working)
            value, text = finish(worker, trees, varied)
        if arithmetic.every_key:
            writer.styles.add("every operation rounded")
        if arithmetic.kept.size > arithmetic.written.size:
            writer.styles.add("keeps more than is written")
        writer.styles.add(
            f"{arithmetic.written.size} {'significant digits' if arithmetic.written.significant else 'decimals'}"
        )
        formula_only = trees and rng.random() < 0.04 and (plant is None or plant.name != identifier)
        result = writer.show_number(number(Decimal(text), text), first=True)
        if result.startswith("(") and not formula_only:
            result = hand.minus + result[2:-1]
        shown_stages = [writer.show(stage) for stage in trees]
        stages = [stage for j, stage in enumerate(shown_stages) if not j or stage != shown_stages[j - 1]]
        if formula_only:
            writer.styles.add("formula only")
            written = "$" * hand.dollars + " = ".join(stages) + "$" * hand.dollars
        else:
            writer.styles.update({"bare number"} if not stages else ())
            written = writer.join([*stages, result], writer.call(identifier))
        worker.held[identifier], worker.texts[identifier] = value, text
        formulas[identifier] = tree
        done.append(Line(identifier, written, frozenset(writer.styles), varied, before, "" if formula_only else text))
    return Sheet(arithmetic, hand, page, done, plant, len(worker.unseen))


def true_numbers(lines: Sequence[tuple[str, str]], given: Held) -> Held:
    held = dict(given)
    for identifier, formula in lines:
        held[identifier] = work_out(
            read(formula), lambda node: held[node.parts[0]] if node.op == "name" else node.parts[0], Decimal
        )
    return held
