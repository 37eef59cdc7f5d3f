"""The data of a page that steps through a model layer by layer: `mountLayers` of layers.js.

The graph goes there in arrays of integers: for each node the number of its kind of operation, and its inputs; of numbers
only those of the leaves. A kind has its partial derivatives as trees, once for all nodes of it. So the page of a GPT with
tens of thousands of nodes is about a megabyte, and computes every number, every gradient and every scalar's step itself.

What is drawn is the model in blocks, and each part that has parts in it: a drawing for each, laid out here. Numbers are
shown as the vectors and matrices that modules call them by, such as q, k and α.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from autograd.graph import nodes
from autograd.labels import suggested_parts
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.names import pretty
from autograd.writing.notation import ATOM
from nn.arguments import plural
from nn.drawing.dot import render
from nn.drawing.graphs import GraphPictures, Group, in_order
from nn.drawing.picture import Picture
from nn.drawing.structure import Part
from nn.drawing.writers import Drawing
from nn.pages.page import packed, plain
from nn.pages.trees import partials_of, tree_of

MOST_INPUTS = 2_000_000  # of all nodes together, that a page can hold
MOST_VIEWS = 60  # parts that are drawn
WRITTEN = 8  # inputs of an operation whose formula is written out
WIDE = 32  # numbers in a row of what has no shape


class LayeredGraph:
    """A graph of modules, for a page.

    y: the output
    """

    def __init__(self, y: Value) -> None:
        self.order = nodes(y)
        self.place = {node: i for i, node in enumerate(self.order)}
        self.pictures = GraphPictures([y], 4, set(), None, 0)
        self.y = y
        self.users: dict[Value, list[Value]] = {}
        for node in self.order:
            for x in node.inputs:
                self.users.setdefault(x, []).append(node)
        if (n := sum(len(node.inputs) for node in self.order)) > MOST_INPUTS:
            raise ValueError(
                f"the operations of this graph have {n:,} inputs together, more than a page can hold ({MOST_INPUTS:,}): take"
                " the loss of fewer rows of data, or of a shorter text"
            )

    @property
    def has_layers(self) -> bool:
        """Whether modules computed it, so that there is something to show."""
        return any(part.module is not None for part in self.pictures.parts.values())

    def data(self) -> dict[str, Any]:
        """Everything the page needs, as plain data."""
        arrays = list(self._arrays())
        home = {node: k for k, (_, found) in enumerate(arrays) for node in found if node is not None}
        return {
            **self._graph(),
            "names": {self.place[node]: pretty(node.label) for node in self.order if node.label},
            "arrays": [about | {"ids": self._packed(found)} for about, found in arrays],
            "views": self._views(home),
        }

    # ---- the graph

    def _graph(self) -> dict[str, Any]:
        kinds: dict[Any, int] = {}
        described: list[dict[str, Any]] = []
        codes, inputs, numbers = array("i"), array("i"), array("d")
        recorded = {}
        for node in self.order:
            op = node.op
            if not node.inputs or op is None:
                codes.append(-2 if op is CONSTANT else -1)
                numbers.append(node.data)
                continue
            fixed = () if op.arity is None else tuple(x.data if x.op is CONSTANT else None for x in node.inputs)
            own = op.name in op.built_in
            key = (op.name, len(node.inputs), repr(fixed)) if own else node
            if key not in kinds:
                kinds[key] = len(described)
                described.append(_describe(node, fixed))
            codes.append(kinds[key])
            inputs.extend(self.place[x] for x in node.inputs)
            if not own:
                recorded[self.place[node]] = {"value": plain(node.data), "partials": partials_of(node)}
        return {
            "kinds": described,
            "nodes": packed(codes),
            "inputs": packed(inputs),
            "leaves": packed(numbers),
            "recorded": recorded,
            "output": self.place[self.y],
        }

    # ---- vectors and matrices

    def _arrays(self) -> Iterator[tuple[dict[str, Any], list[Value | None]]]:
        """What is shown of each array, and its nodes in rows; parameters, what modules call by names, then all else."""
        parts = self.pictures.parts
        taken: set[Value] = set()
        for part in dict.fromkeys(parts.values()):
            for module in (part.module,) if part.module is not None else ():
                for item in vars(module).values():
                    shape, held = _as_array(item)
                    inside = [x if x in self.place else None for x in held]
                    if any(x is not None for x in inside) and taken.isdisjoint(held):
                        taken.update(held)
                        stem = pretty(held[0].label.partition("_")[0]) or "w"
                        yield {"name": stem, "shape": shape, "parameters": True, "named": True, "flat": False}, inside
        called: dict[tuple[Part | None, str], dict[tuple[int, ...], Value]] = {}
        for node in self.order:
            stem, indices = suggested_parts(node)
            if stem and indices and not node.label:
                entries = called.setdefault((parts.get(node), stem), {})
                if indices not in entries:
                    entries[indices] = node
        for (_, stem), entries in called.items():
            axes = max(map(len, entries))
            shape = [max(indices[k] for indices in entries if len(indices) == axes) for k in range(axes)]
            found: list[Value | None] = [None] * prod(shape)
            for indices, node in entries.items():
                if len(indices) == axes:
                    at = 0
                    for n, i in zip(shape, indices):
                        at = at * n + i - 1
                    found[at] = node
                    taken.add(node)
            flat = axes == 1
            yield {"name": pretty(stem), "shape": [1, *shape] if flat else shape, "named": True, "flat": flat}, found
        rest: dict[tuple[Any, str], list[Value | None]] = {}
        for node in self.order:
            if node.op is not CONSTANT and node not in taken:
                symbol = node.op.notation.symbol if node.op is not None and node.inputs else "leaves"
                rest.setdefault((parts.get(node), node.label or symbol), []).append(node)
        for (_, symbol), several in rest.items():
            width = min(len(several), WIDE)
            padded = [*several, *[None] * (-len(several) % width)]
            yield {"name": pretty(symbol), "shape": [len(padded) // width, width], "named": False, "flat": True}, padded

    def _packed(self, several: Sequence[Value | None]) -> str:
        return packed(array("i", [-1 if node is None else self.place[node] for node in several]))

    # ---- drawings

    def _views(self, home: dict[Value, int]) -> list[dict[str, Any]]:
        """The drawing of the whole, and of each part that can be opened."""
        found: list[dict[str, Any]] = []
        numbers: dict[Part, int] = {}
        waiting: list[Part | None] = [None]
        while waiting:
            root = waiting.pop(0)
            if root is not None:
                numbers[root] = len(found)
            picture, places = self.pictures.inside(root)
            found.append(self._view(root, picture, places, home))
            inner = [place for place in dict.fromkeys(places.values()) if isinstance(place, Part) and _opens(place)]
            waiting += [part for part in inner if part not in numbers and part not in waiting][: MOST_VIEWS - len(found)]
        for view in found:
            for unit in view["units"].values():
                unit["opens"] = numbers.get(unit.pop("part"))
        return found

    def _view(self, root: Part | None, picture: Picture, places: dict[Any, Any], home: dict[Value, int]) -> dict[str, Any]:
        keys = {places[node]: key for node, key in self.pictures.keys.items()}
        outside = set(self.pictures.outside.values())
        boxes = {box.key: box for box in picture.boxes}
        sources = {group: source for source, group in self.pictures.outside.items()}
        units = {}
        for place, inside in self.pictures.members.items():
            box = boxes[keys[place]]
            if place in outside:
                title = getattr(sources[place], "name", "") or _common_name(inside)
                box.kind, box.symbol, box.title, box.lines = "constant", "", title, []
                continue
            results = self._results(inside)
            units[box.key] = {
                "name": place.name if isinstance(place, Part) else f"{box.symbol} {box.title}".strip() or "a step",
                "said": _say(place, inside),
                "arrays": list(dict.fromkeys(home[node] for node in inside if node in home)),
                "results": list(dict.fromkeys(home[node] for node in results if node in home)),
                "part": place if isinstance(place, Part) else None,
            }
        for box in picture.boxes:
            box.part = box.part if root is None else None
            box.lines = box.lines[:1] if box.kind in ("group", "layer") else []
        svg = blank_svg(picture)
        order = [keys[place] for place in in_order(places, self.pictures.inputs) if keys[place] in units]
        title = root.name if root is not None else "the whole"
        return {"title": title, "svg": svg, "units": units, "order": order}

    def _results(self, inside: list[Value]) -> list[Value]:
        """The nodes of a box that are used outside of it."""
        own = set(inside)
        return [x for x in inside if x.inputs and (x is self.y or any(u not in own for u in self.users.get(x, ())))]


def blank_svg(picture: Picture) -> str:
    """The drawing of a picture whose numbers the page writes: without gradients, with keys for titles."""
    for box in picture.boxes:
        box.grad = None
    for arrow in picture.arrows:
        arrow.flow, arrow.text = None, arrow.text.partition(" = ")[0]
    picture.note = ""
    svg = render(Drawing(picture).dot, "svg").decode()
    return svg[svg.index("<svg") :]


def _opens(part: Part) -> bool:
    """Whether there are modules in a part, and no more than can be drawn side by side."""
    return part.module is not None and 0 < len(list(part.module.children())) <= MOST_VIEWS


def _say(place: Part | Group, inside: Sequence[Value]) -> str:
    module = place.module if isinstance(place, Part) else None
    computed = sum(bool(node.inputs) for node in inside)
    what = f"{type(module).__name__} {module.extra_repr()}".strip() if module is not None else ""
    count = plural(computed, "operation")
    return f"{what}; {count}" if what else count


def _common_name(several: Sequence[Value]) -> str:
    stems = {node.label.partition("_")[0] if node.label else suggested_parts(node)[0] for node in several}
    return pretty(stems.pop()) if len(stems) == 1 else ""


def _as_array(item: Any) -> tuple[list[int], list[Value]]:
    """The shape and the Values of a list of Values, or of lists of them of one length; empty for anything else."""
    if not isinstance(item, list):
        return [], []
    if item and all(isinstance(x, Value) for x in item):
        return [1, len(item)], list(item)
    if item and all(isinstance(row, list) and len(row) == len(item[0]) for row in item):
        found = [x for row in item for x in row]
        if found and all(isinstance(x, Value) for x in found):
            return [len(item), len(item[0])], found
    return [], []


def _describe(node: Value, fixed: Sequence[float | None]) -> dict[str, Any]:
    """A kind of operation: how it is written, where that is short, and its partial derivatives as trees and formulas."""
    from nn.pages.play_data import local_formulas  # what reads formulas takes a third of the time of `import nn`

    op, n = node.op, len(node.inputs)
    assert op is not None
    template = op.notation.write([(f"{{{i}}}", ATOM) for i in range(n)]) if n <= WRITTEN else None
    trees = partials_of(node) if op.arity is not None else tree_of(op, n)
    described = {"op": op.name, "symbol": op.notation.symbol, "n": n, "template": template, "partials": trees}
    return described | {"formulas": local_formulas(op, n, fixed)} if template is not None else described
