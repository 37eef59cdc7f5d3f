"""`draw`: a computation graph as a picture.

One graph, four depths. At the depth of operations every node is a box; of neurons, each neuron is one box and its weights
stand on the arrows; of layers, each layer is one box with its shape and norms; of blocks, each thing that a model is made
of. Which node belongs where, structure.py knows; what is in no layer stays as it is while it is little, and is gathered
where it is much, within the module that it belongs to.

A picture is coloured by the gradients in the graph: violet below zero, gold above, the stronger the further from it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from autograd.formula.writing import slope_formulas
from autograd.graph import nodes
from autograd.labels import suggested_parts
from autograd.operation import CONSTANT
from autograd.primitives import div, dot_of, shifted_from
from autograd.value import Value
from autograd.writing.names import pretty
from autograd.writing.notation import ATOM, level_of
from nn.drawing.architecture import architecture
from nn.drawing.picture import Arrow, Box, Picture, name, number
from nn.drawing.structure import BLOCK, LAYER, MODULE, NEURON, Part, parts
from nn.drawing.writers import Drawing
from nn.layers import Layer
from nn.module import Module

T = TypeVar("T")
OPERATION = "operation"
DEPTHS = (OPERATION, NEURON, LAYER, BLOCK)
READABLE = {OPERATION: 90, NEURON: 48, LAYER: 60, BLOCK: math.inf}  # boxes that a reader takes in: depth="auto" keeps below
MOST = 2_000  # boxes that can be laid out in reasonable time
APART = 40  # nodes outside of all parts that are drawn one by one, at the depths of neurons and layers
LABELLED = 40  # arrows that can carry a text each


def draw(
    y: Any,
    x: Sequence[Any] | None = None,
    *,
    depth: str = "auto",
    local: str | None = None,
    focus: Value | None = None,
    radius: int = 2,
    highlight: Iterable[Value] = (),
    colour: str = "weight",
    theme: str = "light",
    direction: str = "right",
    digits: int = 4,
    numbers: bool = True,
) -> Drawing:
    """Draw the graph behind a Value, or the architecture of an MLP.

    y: a Value, or a list of Values, whose graph is drawn; or an MLP, whose neurons are then drawn in columns
    x: for an MLP, the inputs whose values are shown in the neurons; none are shown without
    depth: "operation", "neuron", "layer", "block" (one box for each thing that a model is made of), or "auto", which takes
        the first of them that is not too large to read
    local: what stands on each arrow of the depth "operation": "formula" or "value" of the local derivative, or "both"
    focus, radius: show only what lies within so many arrows of this node
    highlight: Values that stand out, such as paths_between(y, x); all others step back
    colour: for an MLP, whether arrows are coloured by "weight" or by "gradient"
    theme: "light" or "dark"
    direction: "right" or "down", the way the computation goes
    digits: how many significant digits numbers show
    numbers: whether values and gradients are shown; without them the graph of a Value is a picture of its formula

    The Drawing that comes back shows itself in Jupyter, saves itself by the suffix of a file (.svg, .png, .pdf, .dot, .mmd,
    .tex, .txt), and gives a graphviz.Digraph to change as .dot.

    Raises TypeError for what has no graph, ValueError for an unknown option and for a graph of more than 2,000 boxes at the
    depth asked for, with what to ask for instead.

    >>> import nn
    >>> from autograd import Value
    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> h = (w * x).relu()
    >>> h.backward()
    >>> picture = nn.draw(h, local="formula")
    >>> picture
    <Drawing of 4 boxes and 3 arrows>
    >>> print(picture.text)
    ReLU relu(w·x): 1, grad 1
    └─ [1] × w·x: 1, grad 1
       ├─ [x] w: 0.5, grad 2
       └─ [w] x: 2, grad 0.5
    """
    for what, option, known in (
        ("depth", depth, ("auto", *DEPTHS)),
        ("local", local, (None, "formula", "value", "both")),
        ("colour", colour, ("weight", "gradient")),
        ("theme", theme, ("light", "dark")),
        ("direction", direction, ("right", "down")),
    ):
        if option not in known:
            raise ValueError(f"{what} is one of {', '.join(repr(k) for k in known)}, not {option!r}")
    if isinstance(y, Module):
        picture = architecture(y, x, colour, digits)
        picture.direction = direction
        return Drawing(picture, theme)
    if x is not None:
        raise TypeError("x goes with an MLP, whose neurons then show their values; the graph of a Value holds its own")
    outputs = [y] if isinstance(y, Value) else list(y) if isinstance(y, (list, tuple)) else []
    if not outputs or not all(isinstance(each, Value) for each in outputs):
        raise TypeError(f"draw takes a Value, a list of Values or an MLP, not {y!r}")
    graph = GraphPictures(outputs, digits, set(highlight), focus, radius)
    picture = graph.picture(depth, local)
    if not numbers:
        picture.leave_out_numbers()
    picture.direction = direction
    return Drawing(picture, theme)


class GraphPictures:
    """The nodes to draw, the parts they belong to, and how each is gathered at each depth."""

    def __init__(self, outputs: list[Value], digits: int, highlight: set[Value], focus: Value | None, radius: int) -> None:
        self.digits, self.highlight = digits, highlight
        self.nodes = nodes(*outputs)
        if focus is not None:
            self.nodes = _neighbourhood(self.nodes, focus, radius)
        self.shown = set(self.nodes)
        self.inputs = {node: node.inputs for node in self.nodes}
        self.parts = parts(*outputs)
        self.opened: dict[Part | None, dict[Value, Any]] = {}  # what stands for the nodes in a part
        self.outside: dict[Any, Group] = {}  # of what comes into a part from outside
        self.placed: dict[str, dict[Value, Any]] = {}
        self.keys: dict[Value, str] = {}  # of the box in which each node is, once a picture is made
        self.members: dict[Any, list[Value]] = {}  # and the nodes that are in each box that gathers some
        self.differentiated = any(node.grad for node in self.nodes)

    def picture(self, depth: str, local: str | None) -> Picture:
        if depth == "auto":
            depth = next(d for d in DEPTHS if self._count(d) <= READABLE[d])
        count = self._count(depth)
        if count > MOST:
            smaller = [f"depth={d!r} ({self._count(d):,} boxes)" for d in DEPTHS if self._count(d) <= MOST]
            offers = [*smaller, "focus=a_node, radius=2 (what is near one node)"]
            raise ValueError(
                f"at the depth {depth!r} this graph has {count:,} boxes, more than can be laid out ({MOST:,}): ask for"
                f" {' or '.join(offers)}"
            )
        picture = self._operations(local) if depth == OPERATION else self._gathered(self._places(depth))
        if not self.differentiated:
            picture.note = "no gradients yet: call backward() first"
        return picture

    def _count(self, depth: str) -> int:
        return len(self.nodes) if depth == OPERATION else len(set(self._places(depth).values()))

    # ------------------------------------------------------------------------------------------ every operation a box

    def _operations(self, local: str | None) -> Picture:
        picture = Picture()
        keys = self.keys = {node: f"n{i}" for i, node in enumerate(self.nodes)}
        texts = self._texts(self.nodes)
        for node in self.nodes:
            picture.boxes.append(self._box(node, keys[node], texts[node]))
        for node in self.nodes:
            slopes = node.op.slopes(node.data, [x.data for x in node.inputs]) if node.op and node.inputs else []
            formulas = self._formulas(node, slopes) if slopes and local in ("formula", "both") else [""] * len(slopes)
            for x, slope, text in zip(node.inputs, slopes, formulas):
                if x not in self.shown:
                    continue
                arrow = Arrow(keys[x], keys[node], highlighted={x, node} <= self.highlight)
                if x.op is not CONSTANT:
                    arrow.flow = node.grad * slope if self.differentiated else None
                    value = number(slope, self.digits)
                    arrow.text = {"formula": text, "value": value}.get(local or "", "")
                    if local == "both":
                        arrow.text = text if text == value else f"{text} = {value}"
                picture.arrows.append(arrow)
        return picture

    def _box(self, node: Value, key: str, text: str) -> Box:
        if node.op is CONSTANT:
            title = f"{pretty(node.label)} = {self._number(node)}".removeprefix(" = ")
            return Box(key, "constant", "", title, [], None, self.parts.get(node), node in self.highlight)
        symbol = node.op.notation.symbol if node.op else ""
        title = name(node, text)
        grad = self._grad(node)
        lines = [self._number(node), *(self._write_grad("grad", grad) or ["grad –"])]
        kind = OPERATION if node.inputs else "leaf"
        return Box(key, kind, symbol, title, lines, grad, self.parts.get(node), node in self.highlight)

    def _grad(self, node: Value) -> float | None:
        return node.grad if self.differentiated else None

    def _norm_of_grads(self, several: Iterable[Value]) -> float | None:
        return math.hypot(*(node.grad for node in several)) if self.differentiated else None

    def _write_grad(self, what: str, grad: float | None) -> list[str]:
        return [] if grad is None else [f"{what} {number(grad, self.digits)}"]

    def _number(self, node: Value) -> str:
        return number(node.data, self.digits)

    def _texts(self, shown: Iterable[Value]) -> dict[Value, str]:
        """For each node without a label its formula in the labels of its inputs; empty where an input has neither."""
        named: dict[Value, tuple[str, int]] = {}
        texts: dict[Value, str] = {}
        for node in shown:
            text, level = "", ATOM
            if node.op is not None and node.inputs:
                operands = [named.get(x) or (own := pretty(x.label), level_of(own)) for x in node.inputs]
                if all(operand for operand, _ in operands) and len(operands) <= 6:
                    text, level = node.op.notation.text.write(operands)
            elif node.op is CONSTANT:
                text = self._number(node)
                level = level_of(text)
            texts[node] = text = pretty(text)
            if label := pretty(node.label):
                named[node] = label, level_of(label)
            elif text and len(text) <= 24:
                named[node] = text, level
        return texts

    def _formulas(self, node: Value, slopes: Sequence[float]) -> list[str]:
        """The local derivatives in the names of the nodes; as numbers, where one that has none stands in them."""
        texts = slope_formulas(node, lambda x: None if x.op is CONSTANT else pretty(x.label) or "…", self.digits)
        return [number(slope, self.digits) if "…" in text else text for text, slope in zip(texts, slopes)]

    # ------------------------------------------------------------------------------- neurons or layers as boxes

    def _places(self, depth: str) -> dict[Value, Any]:
        """What stands for each node: its neuron or layer, itself, or a group of nodes outside of all parts."""
        if depth in self.placed:
            return self.placed[depth]
        stands = {part: part.within(depth) or part.within(LAYER) for part in dict.fromkeys(self.parts.values())}
        if depth == BLOCK:
            stands = {part: part.within(BLOCK) for part in stands}
        places = self.placed[depth] = self._place(self.nodes, stands, APART)
        return places

    def _place(self, order: list[Value], stands: Mapping[Part, Part | None], apart: int) -> dict[Value, Any]:
        """What stands for nodes: what stands for their parts; of the others each itself, or groups, if they are too many."""
        places: dict[Value, Any] = {}
        outside: list[Value] = []
        for node in order:
            part = self.parts.get(node)
            if part is not None and (stand := stands[part]) is not None:
                places[node] = stand
            else:
                outside.append(node)
        if len(outside) <= apart:
            places.update({node: node for node in outside})
        else:
            self._gather(outside, places, order)
        return places

    def blocks(self, root: Part | None = None) -> dict[Value, Part | Group]:
        """What stands for each node at the depth of blocks, or for each within a part: the parts directly inside it."""
        if root in self.opened:
            return self.opened[root]
        top = root if root is not None else self._whole()
        stands: dict[Part, Part | None] = {}  # for each part the one directly inside the top that it is in
        inside: set[Part | None] = set() if root is not None else {None}
        for part in dict.fromkeys(self.parts.values()):
            around = part.around()
            inner = around[around.index(top) + 1 :] if top is not None and top in around else around * (root is None)
            stands[part] = inner[0] if inner else None
            if root is None or root in around:
                inside.add(part)
        order = [node for node in self.nodes if self.parts.get(node) in inside]
        places = self.opened[root] = self._place(order, stands, 0)
        return places

    def _whole(self) -> Part | None:
        """The model, where the graph is one model's and it is made of blocks."""
        tops = {part.around()[0] for part in dict.fromkeys(self.parts.values())}
        whole = tops.pop() if len(tops) == 1 else None
        return whole if whole is not None and whole.kind == MODULE else None

    def _gather(self, outside: list[Value], places: dict[Value, Any], order: list[Value]) -> None:
        """Nodes in no box: those after the last one together, the others by the boxes that they depend on, and by module.

        What depends on the same boxes never waits for one another through a box, so that no arrow goes in a circle.
        Leaves go with what uses them.
        """
        feeding: set[Value] = set()
        for node in reversed(order):
            if node in places or node in feeding:
                feeding.update(self.inputs[node])
        bits: dict[Any, int] = {}
        depends: dict[Value, int] = {}
        users: dict[Value, Value] = {}
        for node in order:
            mask = 0
            for x in self.inputs[node]:
                users.setdefault(x, node)
                mask |= depends.get(x, 0)
            place = places.get(node)
            depends[node] = mask | (1 << bits.setdefault(place, len(bits))) if place is not None else mask
        groups: dict[tuple[Any, ...], Group] = {}
        for node in outside:
            if node.inputs:
                key = "computed", self.parts.get(node), depends[node] if node in feeding else None
                places[node] = groups.setdefault(key, Group(self.parts.get(node)))
        for node in outside:
            if not node.inputs:
                user = places.get(users[node]) if node in users else None
                within = isinstance(user, Group) or (node in users and _is_no_input(node, users[node]))
                places[node] = user if within else groups.setdefault(("inputs", user), Group(None))

    def inside(self, root: Part | None) -> tuple[Picture, dict[Value, Part | Group]]:
        """The picture of what stands in a part, or of the whole in blocks; and what stands for each node in it.

        What comes from outside of the part is a box in front.
        """
        places = dict(self.blocks(root))
        if root is not None:
            around = self.blocks(root.parent)
            for node in list(places):
                for x in self.inputs[node]:
                    if x not in places and x.op is not CONSTANT:
                        places[x] = self.outside.setdefault(around.get(x, x), Group(None))
        return self._gathered(places), places

    def _gathered(self, places: dict[Value, Any]) -> Picture:
        members = self.members = {}
        for node in self.nodes:
            if node in places:
                members.setdefault(places[node], []).append(node)
        keys = {place: f"n{i}" for i, place in enumerate(members)}
        self.keys = {node: keys[place] for node, place in places.items()}
        self.roomy = len(members) <= 24  # room for a neuron's bias and net
        texts = self._texts(node for node in self.nodes if places.get(node) is node)
        picture = Picture()
        for place, inside in members.items():
            if isinstance(place, Part):
                box = self._neuron_box(place, inside) if place.kind == NEURON else self._layer_box(place, inside)
            elif isinstance(place, Group):
                box = self._group_box(place, inside)
            else:
                box = self._box(place, "", texts[place])
            box.key = keys[place]
            box.highlighted = any(node in self.highlight for node in inside)
            picture.boxes.append(box)
        picture.arrows = self._arrows(places, keys)
        return picture

    def _arrows(self, places: dict[Value, Any], keys: dict[Any, str]) -> list[Arrow]:
        between: dict[tuple[Any, Any], list[tuple[Value, Value, int]]] = {}
        for node, inputs in self.inputs.items():
            head = places.get(node)
            if head is None:
                continue
            for position, x in enumerate(inputs):
                tail = places.get(x)
                if tail is not None and tail is not head:
                    between.setdefault((tail, head), []).append((x, node, position))
        labelled = len(between) <= LABELLED
        arrows = []
        for (tail, head), links in between.items():
            passing = {x for x, _, _ in links}
            arrow = Arrow(keys[tail], keys[head])
            arrow.highlighted = any(x in self.highlight and node in self.highlight for x, node, _ in links)
            weights: set[Value | None] = {None}
            if isinstance(head, Part) and head.kind == NEURON:
                weights = {_weight(node, position) for _, node, position in links}
            weight = weights.pop() if len(weights) == 1 else None
            if weight is not None:
                if labelled:
                    arrow.text = f"{pretty(weight.label)} = {self._number(weight)}".removeprefix(" = ")
                arrow.flow = self._grad(weight)
            else:
                if labelled and len(passing) > 1:
                    arrow.text = f"{len(passing):,} values"
                penalty = isinstance(tail, Part) and not any(x.inputs for x in passing)  # on parameters: kept quiet
                arrow.flow = self._flow(links) if self.differentiated and not penalty else None
            arrows.append(arrow)
        return arrows

    def _neuron_box(self, part: Part, inside: list[Value]) -> Box:
        computed = [node for node in inside if node.inputs]
        nets = _nets(computed)
        output = computed[-1] if computed else None
        symbol = output.op.notation.symbol if output is not None and output.op not in (None, dot_of) else "Σ"
        biases = [b for net in nets[:1] if len(net.inputs) % 2 for b in net.inputs[-1:]]
        lines = [f"b = {self._number(b)}" for b in biases] if self.roomy else []
        grad: float | None = None
        title = part.name
        if len(nets) > 1:
            lines.append(f"on {len(nets):,} rows")
            used = {x for node in computed for x in node.inputs}
            grad = self._norm_of_grads(node for node in computed if node not in used)
        elif output is not None:
            title = pretty(output.label) or part.name
            if nets and output is not nets[0] and self.roomy:
                lines.append(f"net {self._number(nets[0])}")
            grad = self._grad(output)
            lines += [f"out {self._number(output)}", *self._write_grad("grad", grad)]
        return Box("", NEURON, symbol, title, lines, grad, part.parent)

    def _layer_box(self, part: Part, inside: list[Value]) -> Box:
        everyone = [node for node in inside if node.inputs]
        parameters = [node for node in inside if not node.inputs and node.op is not CONSTANT]
        if not parameters and part.module is not None:
            return Box("", LAYER, "", part.name, self._shape_of(part, everyone), None, part.parent)
        lines = [*self._shape_of(part, everyone), f"{len(parameters):,} parameters"]
        if (rows := self._rows_of(everyone, set(parameters))) > 1:
            lines.append(f"on {rows:,} rows")
        lines.append(f"‖w‖ {number(math.hypot(*(p.data for p in parameters)), self.digits)}")
        grad = self._norm_of_grads(parameters)
        lines += self._write_grad("‖grad w‖", grad)
        return Box("", LAYER, "", part.name, lines, grad, part.parent)

    def _shape_of(self, part: Part, everyone: list[Value]) -> list[str]:
        """What a layer says of itself; a layer of neurons is counted, and has the sign of its activation."""
        module = part.module
        if module is not None and not isinstance(module, Layer):
            return [text for text in (f"{type(module).__name__} {module.extra_repr()}".strip(),) if text != part.name]
        nets = _nets(everyone)
        symbols = list(dict.fromkeys(node.op.notation.symbol for node in everyone if node.op and node.op is not dot_of))
        shape = f"{len(nets[0].inputs) // 2 if nets else 0} → {len({net.inputs[0] for net in nets})}"
        return [shape + (f" · {symbols[0]}" if len(symbols) == 1 else "")]

    def _rows_of(self, everyone: list[Value], parameters: set[Value]) -> int:
        """How often a layer was used: as often as each row of its weights was; 1 where that differs, or there are none."""
        used = Counter(net.inputs[0] for net in _nets(everyone) if net.inputs and net.inputs[0] in parameters)
        return next(iter(used.values())) if len(set(used.values())) == 1 else 1

    def _group_box(self, group: Group, inside: list[Value]) -> Box:
        computed = [node for node in inside if node.inputs]
        if not computed:
            return Box("", "group", "", "inputs", [f"{len(inside):,} numbers"])
        if len(computed) == 1:
            return self._box(computed[0], "", "")
        counts = Counter(node.op.notation.symbol if node.op else "" for node in computed)
        if group.part is not None and len(counts) == 1:  # one step of a module, for each of many numbers
            grad = self._norm_of_grads(computed)
            lines = [f"{len(computed):,} numbers", *self._write_grad("‖grad‖", grad)]
            return Box("", "group", next(iter(counts)), _stems(computed), lines, grad, group.part)
        last = computed[-1]
        grad = self._grad(last)
        kinds = "  ".join(f"{n:,}× {symbol}" for symbol, n in counts.most_common(5))
        title = pretty(last.label) or _stems(computed) or f"{len(computed):,} operations"
        lines = [kinds, self._number(last), *self._write_grad("grad", grad)]
        return Box("", "group", "", title, lines, grad, group.part)

    def _flow(self, links: list[tuple[Value, Value, int]]) -> float:
        """What comes back along one link, or how much along many."""
        if len(links) > 1:
            return math.hypot(*(x.grad for x in {x for x, _, _ in links}))
        ((x, node, position),) = links
        if x.op is CONSTANT:
            return 0.0
        return float(node.grad * node.op.slopes(node.data, [x.data for x in node.inputs])[position])  # type: ignore[union-attr]


def _nets(several: Iterable[Value]) -> list[Value]:
    """Those that are sums of products."""
    return [node for node in several if node.op is dot_of]


def _is_no_input(x: Value, node: Value) -> bool:
    """Whether a number comes from how a node is computed: what it is divided by, what softmax takes away, or an ε."""
    own = node.op is div or bool(x.label) or shifted_from(node) is not None
    return own and x.op is CONSTANT and x is node.inputs[-1]


class Group:
    """Stands for nodes that are in no layer and drawn as one box; part: the module that they belong to, if any."""

    def __init__(self, part: Part | None) -> None:
        self.part = part


def in_order(places: Mapping[Value, T], inputs: Mapping[Value, Sequence[Value]]) -> list[T]:
    """What stands for nodes, each after what it uses."""
    used: dict[T, dict[T, None]] = {place: {} for place in places.values()}
    for node, place in places.items():
        used[place] |= {places[x]: None for x in inputs[node] if x in places and places[x] is not place}
    order: dict[T, None] = {}
    while len(order) < len(used):
        ready = [place for place, sources in used.items() if place not in order and all(s in order for s in sources)]
        order |= dict.fromkeys(ready or used)  # a net called on its own output has no order
    return list(order)


def _stems(several: Sequence[Value]) -> str:
    """What nodes are called by the module that computed them: u for u_11, u_12, ...; nothing if it says nothing."""
    return ", ".join(pretty(stem) for stem in dict.fromkeys(suggested_parts(node)[0] for node in several) if stem)


def _weight(net: Value, position: int) -> Value | None:
    """The weight that a net multiplies the input at this position with, if it is a net."""
    if net.op is not dot_of:
        return None
    n = len(net.inputs) // 2
    return net.inputs[position - n] if n <= position < 2 * n else None


def _neighbourhood(order: list[Value], focus: Value, radius: int) -> list[Value]:
    """The nodes within so many arrows of the focus, whichever way the arrows point."""
    if focus not in set(order):
        raise ValueError(f"the focus {focus!r} is no part of this graph")
    users: dict[Value, list[Value]] = {}
    for node in order:
        for x in node.inputs:
            users.setdefault(x, []).append(node)
    near, edge = {focus}, {focus}
    for _ in range(radius):
        edge = {other for node in edge for other in (*node.inputs, *users.get(node, ()))} - near
        near |= edge
    return [node for node in order if node in near]
