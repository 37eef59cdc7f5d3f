"""`step_through`: the drawing of a graph with a slider, on which backpropagation goes one node at a time.

The page computes for itself: it gets the graph, and for every node the partial derivatives as little trees over the table of
operations, which are the table's own rules, called on leaves and written down. So a leaf can be dragged in the page, forward
and backward run again there with no kernel, and there is still no second derivative rule anywhere.

An operation that a person adds is a function in Python, which a page cannot call: its numbers are the recorded ones, and
a leaf that leads to it is not to be changed there.

stepper.js is the page: `mount(element, data)`; layers.js is that of models too large for it, see layers.py. It is served
inside a shadow DOM, inline in a notebook or as one file that needs nothing from anywhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograd.derive.layers import Structure
from autograd.display.files import save
from autograd.formula.writing import slope_formulas
from autograd.graph import history, nodes
from autograd.operation import CONSTANT
from autograd.trace import as_first_reached, trace
from autograd.value import Value
from autograd.writing.names import pretty
from autograd.writing.notation import ATOM, POWER, PRODUCT, level_of
from nn.arguments import import_extra
from nn.drawing.graphs import DEPTHS, OPERATION, GraphPictures, draw
from nn.drawing.picture import Picture
from nn.drawing.structure import NEURON, Part, parts
from nn.pages.film import Film
from nn.pages.layers import LayeredGraph, blank_svg
from nn.pages.page import figure_page, inline, plain, script
from nn.pages.trees import partials_of

MOST = 20_000  # nodes that a page can hold; up to 2,000 of them drawn one by one, above that folded
OWN = 400  # nodes of a graph that the page lays out itself; above that Graphviz does it better
SCALARS = 5_000  # nodes of a model that is stepped through number by number; above that layer by layer


def step_through(y: Value, *, layers: bool | None = None) -> Stepper:
    """Step through the forward and the backward pass of a graph, in Jupyter or in a page of its own.

    y: the output
    layers: whether to go layer by layer, each with its vectors and matrices of numbers and gradients, which open down to
        every scalar; without it that is done where modules computed the graph and it has more than 5,000 nodes

    The last line of a cell shows it; `.save("steps.html")` writes one file that works offline anywhere; `.widget()` keeps
    Python and page in step with one another. In the page the graph can be folded to neurons or layers.
    Raises TypeError for anything but a Value, ValueError for a graph of more than 20,000 nodes that no modules computed, one
    that no folding makes small enough, and layers of a graph without any. Where no Graphviz is found the page lays out its
    drawing itself.

    >>> import nn
    >>> from autograd import Value
    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> nn.step_through((w * x).sigmoid())
    <Stepper of 4 nodes: save it as .html, or show it in Jupyter>
    """
    if not isinstance(y, Value):
        raise TypeError(f"step_through follows the graph of a Value, and {y!r} is none")
    n = len(nodes(y))
    if layers or (layers is None and n > SCALARS):
        layered = LayeredGraph(y)
        if layered.has_layers:
            return Stepper(y, layered)
        if layers:
            raise ValueError("there are no layers in this graph: no nn.Module computed it")
    if n > MOST:
        raise ValueError(
            f"this graph has {n:,} nodes, more than a page can step through ({MOST:,}): take the loss of fewer rows of data,"
            " or let modules such as nn.Linear compute it, and it is stepped through layer by layer"
        )
    return Stepper(y)


class Stepper:
    """What step_through gives: it shows itself in Jupyter, and saves itself as a page."""

    def __init__(self, y: Value, layered: LayeredGraph | None = None) -> None:
        self.y, self.nodes = y, len(nodes(y))
        self.function = "mount" if layered is None else "mountLayers"
        self.steps = trace(y) if layered is None else None
        self.data = layered.data() if layered is not None else _data(y)

    def save(self, path: str | os.PathLike[str], *, theme: str = "light", seconds: float = 1.6) -> Path:
        """Write a page or a film, by the suffix of the path, and return the path.

        path: .html is one file that works offline anywhere, and follows its reader's light or dark; .gif and .mp4 are films
        theme, seconds: of a film, "light" or "dark", and how long each step is shown

        Raises ValueError for another suffix or theme and for a film of too many steps, ImportError where a film lacks a
        library.
        """
        title = f"Backpropagation, step by step: {pretty(self.y.label) or 'the output'}"
        whole = {**self.data, "alone": True}
        writers: dict[str, Callable[[], str | bytes]] = {
            ".html": lambda: figure_page(title, inline(self.function, whole)),
            ".gif": lambda: self._film(theme, seconds).gif(),
            ".mp4": lambda: self._film(theme, seconds).mp4(),
        }
        return save(path, "a stepper", writers)

    def _film(self, theme: str, seconds: float) -> Film:
        if self.steps is None:
            raise ValueError(
                f"a film shows every step, and this graph of {self.nodes:,} nodes is stepped through layer by layer: take"
                " the loss of fewer rows of data, or save it as .html"
            )
        order, graph = nodes(self.y), GraphPictures([self.y], 4, set(), None, 0)
        names = {node: entry["name"] for node, entry in zip(order, self.data["nodes"])}
        views = {depth: view_of(graph, picture, order, names) for depth, picture in _pictures(graph)}
        return Film(self.steps, self.data, order, views, theme, seconds)

    def widget(self) -> Any:
        """The page as a Jupyter widget, in step with Python both ways.

        .position is the step shown; .leaves holds changed leaves, by their place among the nodes. Setting either in Python
        moves the page; moving the page sets them, and the graph's Values with them. Unlike the page that a cell shows by
        itself, a widget needs its kernel. Raises ImportError without anywidget.
        """
        import_extra("anywidget", "the widget form comes with anywidget", "widget")
        import anywidget
        import traitlets

        class StepperWidget(anywidget.AnyWidget):
            _esm = script()
            data = traitlets.Dict().tag(sync=True)
            position = traitlets.Int(0).tag(sync=True)
            leaves = traitlets.Dict().tag(sync=True)

        order = nodes(self.y)
        starts = {str(i): node.data for i, node in enumerate(order) if not node.inputs}

        def moved(change: Any) -> None:
            for i, data in {**starts, **change["new"]}.items():
                order[int(i)].data = float(data)
            self.y.forward()

        widget = StepperWidget(data=self.data)
        widget.observe(moved, "leaves")
        return widget

    def _repr_html_(self) -> str:
        picture = draw(self.y)._repr_html_()  # what an untrusted notebook shows, where scripts do not run
        return inline(self.function, self.data, fallback=picture)

    def __repr__(self) -> str:
        return f"<Stepper of {self.nodes:,} nodes: save it as .html, or show it in Jupyter>"


def _data(y: Value) -> dict[str, Any]:
    """Everything the page needs, as plain data."""
    order = nodes(y)
    place = {node: i for i, node in enumerate(order)}
    names = {node: pretty(name) for node, name in trace(y).names.items()}
    graph = GraphPictures([y], 4, set(), None, 0)
    if len(order) <= OWN:
        views = {}
        names.update(_titles(graph, order, names))
    else:
        views = _views(graph, order, names)
    entries = [_node(node, place, names) for node in order]
    return {
        "nodes": entries,
        "output": place[y],
        "forward": [place[node] for node in reversed(history(y))],
        "parameters": [place[x] for x in Structure(y).parameters()],
        "firstReached": [place[node] for node in as_first_reached(y)],
        "views": views,
        "groups": _groups(y, order, entries),
    }


def _titles(graph: GraphPictures, order: list[Value], names: dict[Value, str]) -> dict[Value, str]:
    """What the boxes of operations wear: no line speaks of another name."""
    boxes = {box.key: box for box in graph.picture(OPERATION, None).boxes}
    return {node: title for node in order if node.inputs and (title := boxes[graph.keys[node]].title or names[node])}


def _pictures(graph: GraphPictures) -> Iterator[tuple[str, Picture]]:
    """The picture of a graph at each depth at which it has not too many boxes."""
    for depth in DEPTHS:
        with suppress(ValueError):
            yield depth, graph.picture(depth, None)


def _views(graph: GraphPictures, order: list[Value], names: dict[Value, str]) -> dict[str, Any]:
    """The drawings of a large graph, at each depth at which it has another number of boxes. None where no Graphviz is."""
    views: dict[int, tuple[str, Any]] = {}
    try:
        for depth, picture in _pictures(graph):
            if depth == OPERATION:
                names.update(_titles(graph, order, names))
            if len(picture.boxes) not in views:
                views[len(picture.boxes)] = depth, view_of(graph, picture, order, names)
    except (ImportError, RuntimeError):
        return {}
    if not views:
        raise ValueError(f"this graph of {len(order):,} nodes has too many boxes at every depth: take a smaller part of it")
    return dict(views.values())


def view_of(graph: GraphPictures, picture: Picture, order: list[Value], names: dict[Value, str]) -> dict[str, Any]:
    """A drawing, with room for any number; which box each node is in, and whose numbers a box shows.

    Raises ImportError and RuntimeError where no Graphviz is found to lay it out.
    """
    boxes = {box.key: box for box in picture.boxes}
    shown = {}
    for i, node in enumerate(order):
        box = boxes[graph.keys[node]]
        if (box.kind in (OPERATION, "leaf") and node.op is not CONSTANT) or (box.kind == NEURON and node.inputs):
            shown[box.key] = i  # of a neuron the last one computed, which is its output
        if box.kind == OPERATION and node.inputs:
            box.title = names[node]
    for box in picture.boxes:
        if box.key in shown:
            box.lines = ["−0.00000000", "grad −0.00000000"]
        else:  # what the page does not keep up to date, it does not show
            box.lines = box.lines[:1] if box.kind == "group" else [line for line in box.lines if "‖" not in line]
    return {"svg": blank_svg(picture), "places": [graph.keys[node] for node in order], "shown": shown}


def _groups(y: Value, order: list[Value], entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The neurons, layers and modules, each with that around it; every entry gets the number of the innermost it is in."""
    found = parts(y)
    numbers: dict[Part, int] = {}
    for node, entry in zip(order, entries):
        for part in found[node].around() if node in found else ():
            entry["group"] = numbers.setdefault(part, len(numbers))
    return [
        {"name": part.name, "kind": part.kind, "parent": -1 if part.parent is None else numbers[part.parent]}
        for part in numbers
    ]


def _node(node: Value, place: dict[Value, int], names: dict[Value, str]) -> dict[str, Any]:
    inputs, op = node.inputs, node.op
    kind = "constant" if op is CONSTANT else "computed" if inputs else "leaf"
    entry: dict[str, Any] = {"name": names[node], "kind": kind, "value": plain(node.data), "grad": plain(node.grad)}
    if node.label and kind == "constant":
        entry["labelled"] = True
    if inputs and op is not None:
        places = [(f"{{{i}}}", ATOM) for i in range(len(inputs))]
        entry |= {
            "op": op.name,
            "symbol": op.notation.symbol,
            "nary": op.arity is None,
            "inputs": [place[x] for x in inputs],
            "template": op.notation.write(places),
            "formula": op.notation.write([(names[x], _level(names[x])) for x in inputs]),
            "recorded": op.name not in op.built_in,
            "partials": partials_of(node),
            "formulas": _formulas(node, names),
        }
    return entry


def _level(name: str) -> int:
    """How tightly a name holds together: that of a node without a label is a formula, whose signs outside brackets tell."""
    inside, outside = "", name
    while outside != inside:
        inside, outside = outside, re.sub(r"\([^()]*\)", "", outside)
    level = level_of(outside)
    if level != ATOM:
        return level
    return PRODUCT if re.search("[·/×]", outside) else POWER if re.search("[\\^⁻⁰¹²³⁴-⁹]", outside) else ATOM


def _formulas(node: Value, names: dict[Value, str]) -> list[str]:
    """The local derivatives in the names of the nodes."""
    texts = slope_formulas(node, lambda x: None if x.op is CONSTANT and not x.label else names[x])
    return [pretty(text) for text in texts]
