"""What each name of a page is, from one chain to the next: a page may say it anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.formula.arrays import Array
from autograd.formula.measures import free_variables
from autograd.graph import leaves
from autograd.notes.equality import compare
from autograd.notes.world import World
from autograd.value import Value


class Timeline:
    """What each name is, from one chain to the next.

    world: where; version: a number that changes when a definition does
    """

    def __init__(self, world: World) -> None:
        self.world, self.version = world, 0
        self.entries: dict[Value, list[tuple[int, Value]]] = {}
        self.arrays: dict[Value, list[tuple[int, Array]]] = {}
        self.defined_at: dict[Value, int] = {}
        self.otherwise: dict[Value, set[int]] = {}  # names, and chains that say that they are another thing
        self.own: set[Value] = set()  # what is stated just here

    def define_array(self, i: int, name: Value, array: Array) -> None:
        said = self.arrays.setdefault(name, [])
        if not said or said[-1][1].shape != array.shape:
            said.append((i, array))

    def define(self, i: int, name: Value, formula: Value) -> None:
        """A definition in a chain: the first of a name, or another one that speaks of something else; a number is none."""
        if not free_variables(formula):
            return
        before = self.entries.get(name)
        if before is None:
            if self.world.define(name, formula):
                self.entries[name] = [(i, formula)]
            return
        place, old = before[-1]
        if place == i:
            return
        behind = {*leaves(self.world.expanded(old)), *leaves(old)}
        if compare(self.world.expanded(old), self.world.expanded(formula)).same is False and name not in leaves(formula):
            self.otherwise.setdefault(name, set()).add(i)
        if behind.issuperset(free_variables(formula)):
            return
        kept = self.world.definitions.pop(name)
        if name in leaves(self.world.expanded(formula)):
            self.world.definitions[name] = kept
            return
        self.world.definitions[name] = formula
        self.world.changed()
        self.otherwise.pop(name, None)
        before.append((i, formula))

    def go_to(self, i: int) -> None:
        """Let names be what they are at a chain: what was said last, or else first."""
        definitions = {}
        for name, said in self.entries.items():
            self.defined_at[name], definitions[name] = _said(said, i)
        self.own = {definitions[name] for name, place in self.defined_at.items() if place == i}
        self.world.arrays = {name: _said(arrays, i) for name, arrays in self.arrays.items()}
        if definitions != self.world.definitions:
            self.world.definitions = definitions
            self.world.changed()
            self.version += 1


def _said(entries: Sequence[tuple[int, Any]], i: int) -> tuple[int, Any]:
    """What was said last before a place, or else first behind it."""
    earlier = [entry for entry in entries if entry[0] <= i]
    return earlier[-1] if earlier else entries[0]
