"""A derivation that is too long for a page, folded: the whole block by block, and any block opened.

    x    = tokens + places          4 × 16 numbers
    n⁽¹⁾ = norm(x)                  RMSNorm 16, no gain
    y    = block 1(n⁽¹⁾)            Block 16, 4 heads, relu, 3,072 parameters
    …
    ∂L/∂x = ∂L/∂n⁽¹⁾ · ∂n⁽¹⁾/∂x     ‖∂L/∂x‖ = 1.15

Each block is a function of vectors here, and the chain rule goes along the vectors. `open` shows one block in scalars, a
kind of quantity at a time (autograd/derive/kinds.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.derive.kinds import Kinds
from autograd.display.board import NOTHING, Board, Line, Math, figure, join, words, write_name
from autograd.labels import suggested
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.names import escape_latex
from nn.arguments import counted
from nn.drawing.graphs import GraphPictures, Group, in_order
from nn.drawing.structure import Part

MOST_KINDS = 60  # of quantities and parameters in a block that is opened into scalars


class Folded(Board):
    """The derivation of y, block by block; see `autograd.derivation`.

    names: of the blocks, which can be opened

    >>> import nn
    >>> from autograd import derivation
    >>> model = nn.GPT(8, width=8, heads=2, layers=1, positions=8, seed=0)
    >>> L = nn.losses.cross_entropy(model([0, 1, 2, 3, 4]), [1, 2, 3, 4, 5])
    >>> folded = derivation(L)
    >>> folded.names
    ['tokens', 'places', 'norm', 'block 1', 'head']
    >>> page = folded.open("block 1")
    >>> next(line for line in page.boards[0].lines if line.left.text.startswith("α")).right.text
    'softmax(z₂₅₁, z₂₅₂, z₂₅₃, z₂₅₄, z₂₅₅)₅ = 0.193179'
    """

    def __init__(self, y: Value, digits: int, numbers: bool, root: Part | None = None, outer: Folded | None = None) -> None:
        self.y, self.digits, self.numbers, self.root = y, digits, numbers, root
        self.kinds: Kinds = outer.kinds if outer is not None else Kinds(y, digits, numbers)
        self.pictures: GraphPictures = outer.pictures if outer is not None else GraphPictures([y], digits, set(), None, 0)
        self.worn: dict[Value, Value] = {old: new for new, old in self.kinds.originals.items()}
        self.places = self.pictures.blocks(root)
        self._find_results()
        order = [place for place in in_order(self.places, self.pictures.inputs) if place in self.results]
        self.parts = {place.name: place for place in order if isinstance(place, Part)}
        self.names = list(self.parts)
        shown = [place for place in order if not self._is_given(place)]
        forward = [line for place in shown for line in self._forward(place)]
        backward = [line for place in shown[::-1] for line in self._backward(place)]
        how = f"open({self.names[-1]!r}) shows what is in a block: {', '.join(self.names)}" if self.names else ""
        last = Board([Line(NOTHING, words(how), NOTHING, NOTHING)] if how else [])
        super().__init__(boards=[Board(forward, "Forward"), Board(backward, "Backward"), last])

    def open(self, block: str) -> Board:
        """The derivation inside a block: each kind of quantity in it, how it is computed and how its gradient is.

        block: its name, such as "block 1"; of one within another "block 1 / attention"

        A block in which there is too much for a page is folded in turn. Raises KeyError for a name that there is not.
        """
        first, _, rest = block.partition(" / ")
        if first not in self.parts:
            raise KeyError(f"there is no block {first!r} here: there are {', '.join(map(repr, self.names))}")
        part = self.parts[first]
        if rest:
            return Folded(self.y, self.digits, self.numbers, part, self).open(rest)
        kinds = self.kinds.kinds(lambda node: part in _around(self.pictures, node))
        if len(kinds) > MOST_KINDS:
            return Folded(self.y, self.digits, self.numbers, part, self)
        forward = self.kinds.define(kinds)
        forward.title = "Forward"
        backward = Board(boards=[self.kinds.differentiate(members) for members in kinds[::-1]], title="Backward")
        return Board(boards=[forward, backward] if forward.lines else [backward])

    # ---- what goes in and what comes out

    def _find_results(self) -> None:
        """For each place the nodes that are used outside of it, or are y, and what it uses of others, place by place."""
        self.results: dict[Part | Group, dict[Value, None]] = {place: {} for place in self.places.values()}
        self.inputs: dict[Part | Group, dict[Part | Group, dict[Value, None]]] = {place: {} for place in self.results}
        for node in self.pictures.nodes:
            place = self.places.get(node)
            for x in node.inputs:
                source = self.places.get(x)
                if source is not None and source is not place:
                    self.results[source][x] = None
                    if place is not None:
                        self.inputs[place].setdefault(source, {})[x] = None
        if self.y in self.places:
            self.results[self.places[self.y]][self.y] = None
        self.results = {place: found for place, found in self.results.items() if found}

    def _name(self, place: Part | Group) -> str:
        """What the results of a place are called together."""
        found = list(self.results[place])
        stems = {(node.label or suggested(node)).partition("_")[0] for node in found}
        if len(found) == 1:
            return self.worn.get(found[0], found[0]).label or self.kinds.name
        if len(stems) == 1 and (stem := stems.pop()):
            return stem
        if isinstance(place, Part):
            return place.name
        return "inputs" if self._is_given(place) else f"step {1 + list(self.results).index(place)}"

    def _is_given(self, place: Part | Group) -> bool:
        """Whether a place holds nothing that is computed, and is no module's."""
        return isinstance(place, Group) and not any(n.inputs for n, where in self.places.items() if where is place)

    # ---- lines

    def _forward(self, place: Part | Group) -> list[Line]:
        sources = [source for source in self.inputs[place] if source in self.results]
        names = [write_name(self._name(source)) for source in sources]
        members = [node for node, where in self.places.items() if where is place]
        what = [counted(len(self.results[place]), "number")]
        if isinstance(place, Part):
            right = Math(
                f"{place.name}({', '.join(name.text for name in names)})",
                rf"\text{{{escape_latex(place.name)}}}\left({', '.join(name.latex for name in names)}\right)",
            )
            if place.module is not None:
                said = place.module.extra_repr()
                what = [*what, f"{type(place.module).__name__} {said}".strip()]
            n = sum(not node.inputs and node.op is not CONSTANT for node in members)
            what += [f"{n:,} parameters"] if n else []
        else:
            symbols = list(dict.fromkeys(n.op.notation.symbol for n in members if n.op and n.inputs))
            if symbols == ["+"] and len(names) > 1:
                right = join(names, " + ")
            else:
                right = join([words(f"{', '.join(symbols)} of "), join(names, ", ")], "")
        return [Line(write_name(self._name(place)), right, words("; ".join(what)))]

    def _backward(self, place: Part | Group) -> list[Line]:
        name, loss = self._name(place), self.kinds.name
        users = [user for user in self.results if place in self.inputs[user]]
        lines = []
        if self.y not in self.results[place]:
            left = write_name(f"∂{loss}/∂{name}")
            pieces = [
                join([write_name(f"∂{loss}/∂{self._name(u)}"), write_name(f"∂{self._name(u)}/∂{name}")], " · ", r" \cdot ")
                if self.y not in self.results[u]
                else words(f"the local derivatives of {write_name(loss).text}")
                for u in users
            ]
            right = join(pieces, " + ") if pieces else words("used elsewhere")
            lines.append(Line(left, right, self._size(left, list(self.results[place]))))
        parameters = [n for n, where in self.places.items() if where is place and not n.inputs and n.op is not CONSTANT]
        if isinstance(place, Part) and parameters and set(parameters) != set(self.results[place]):
            left = Math(
                f"∂{loss}/∂({place.name})",
                rf"\frac{{\partial {write_name(loss).latex}}}{{\partial \,\text{{{escape_latex(place.name)}}}}}",
            )
            right = words(f"its {len(parameters):,} parameters")
            lines.append(Line(left, right, self._size(left, parameters)))
        return lines

    def _size(self, name: Math, several: Sequence[Value]) -> Math:
        """How large a gradient is: ‖∂L/∂x‖ = 1.15."""
        if not self.numbers:
            return NOTHING
        size = math.hypot(*(self.kinds.adjoints[self.worn.get(node, node)] for node in several))
        norm = Math(f"‖{name.text}‖", rf"\left\|{name.latex}\right\|")
        return join([norm, figure(size, self.digits)], " = ")


def _around(pictures: GraphPictures, node: Value) -> list[Part]:
    return pictures.parts[node].around() if node in pictures.parts else []


def fold(y: Value, digits: int, numbers: bool) -> Board | None:
    """The derivation of y block by block, where modules computed it; None for other graphs."""
    folded = Folded(y, digits, numbers)
    return folded if folded.names else None
