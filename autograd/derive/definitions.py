"""What names mean that nobody gave: a line for each kind of quantity that a module calls by a name.

    q₂₁ = Q₁·x₂ = Q₁₁·x₂₁ + Q₁₂·x₂₂ = 0.856        and 1 more like it
    z₂₁ = q₂·k₁/√2 = (q₂₁·k₁₁ + q₂₂·k₁₂)/√2 = 0.097
    α₂₁ = softmax(z₂₁, z₂₂)₁ = 0.525

Sums of products over two vectors are written with the vectors, as dot(q, k) is in the program, and then in numbers of them;
softmax stays softmax. A kind has one line, that of its last member: the others are computed alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd import primitives as ops
from autograd.derive.named_graph import NamedGraph
from autograd.display.board import NOTHING, Board, Line, Math, figure, join, words, write_name
from autograd.formula.measures import free_variables
from autograd.formula.operations import pseudo_primitive, softmax_of
from autograd.operation import CONSTANT
from autograd.rewriting import like, rewrite
from autograd.value import Value, record
from autograd.writing.names import add_indices, readings
from autograd.writing.notation import PRODUCT, Notation, latex_form

LONGEST = 200  # characters of a formula that is written at all
WIDEST = 60  # characters of a sum that is written out beside its vectors
MOST_ARGUMENTS = 6  # of a softmax that are all written

_inner = pseudo_primitive(
    "inner", Notation("·", "{}·{}", PRODUCT, PRODUCT, latex_form(r"{} \cdot {}", PRODUCT)), lambda x, y: 0.0, 1.0, 1.0
)


def define(graph: NamedGraph, quantities: Iterable[Value], numbers: bool = True) -> Board:
    """A board with a line for each kind of quantity, in the order of the forward pass.

    quantities: leaves on the page of the graph
    numbers: whether each line ends in its number
    """
    wanted = set(quantities)
    kinds: dict[str, list[Value]] = {}
    for leaf in graph.order:
        if leaf in wanted and graph.below[leaf]:
            kinds.setdefault(leaf.label.partition("_")[0], []).append(leaf)
    formulas, digits = graph.page.formulas, graph.digits
    every = kinds.values()
    return Board([define_last(each, definition(graph, formulas[each[-1]]), numbers, digits) for each in every])


def define_last(members: Sequence[Value], pieces: Sequence[Math], numbers: bool, digits: int) -> Line:
    """The line of the last quantity of a kind: what it is, piece by piece, and its number."""
    leaf = members[-1]
    number = [figure(leaf.data, digits)] if numbers else []
    return Line(write_name(leaf.label), join(dict.fromkeys([*pieces, *number]), " = "), count_alike(members))


def count_alike(members: Sequence[Value]) -> Math:
    """How many more there are of a kind than the one of which a line speaks."""
    return words(f"and {len(members) - 1:,} more like it") if len(members) > 1 else NOTHING


def definition(graph: NamedGraph, formula: Value) -> list[Math]:
    """A formula as it is defined: with softmax and vectors kept, and, where that is short, written out."""
    if formula.op is softmax_of:
        return [_softmax(graph, formula)]
    short, whole = graph.write(with_vectors(formula)), graph.write(formula)
    if len(short.text) > LONGEST:
        return [words(f"a formula of {len(free_variables(formula))} quantities")]
    return [short, whole] if len(whole.text) <= WIDEST and whole.text != short.text else [short]


def _softmax(graph: NamedGraph, formula: Value) -> Math:
    *xs, own = formula.inputs
    written = [graph.write(with_vectors(x)) for x in xs]
    if len(written) > MOST_ARGUMENTS:
        written = [*written[:2], Math("…", r"\ldots"), written[-1]]
    inside = join(written, ", ")
    place = write_name(add_indices("i", (xs.index(own) + 1,)))
    return Math(
        f"softmax({inside.text}){place.text[1:]}",
        rf"\operatorname{{softmax}}\left({inside.latex}\right){place.latex[1:]}",
    )


def with_vectors(formula: Value) -> Value:
    """The formula with each sum of products over two vectors as one product of these."""

    def shorten(node: Value, inputs: list[Value]) -> Value:
        if node.op is ops.sum_of:
            return _as_products(node, inputs)
        return node if all(x is old for x, old in zip(inputs, node.inputs)) else like(node, inputs)

    return rewrite(formula, shorten)


def _as_products(node: Value, terms: list[Value]) -> Value:
    """A sum with its products over vectors in front, and what else is added behind."""
    runs: dict[tuple[str, str], list[int]] = {}
    rest: list[Value] = []
    for term in terms:
        found = _vectors_of(term)
        if found is None:
            rest.append(term)
        else:
            runs.setdefault(found[:2], []).append(found[2])
    if any(places != list(range(1, len(places) + 1)) or len(places) < 2 for places in runs.values()) or not runs:
        return like(node, terms)
    products = [record(_inner, 0.0, Value(0.0, a), Value(0.0, b)) for a, b in runs]
    whole = [*products, *rest]
    return whole[0] if len(whole) == 1 else record(ops.sum_of, node.data, tuple(whole))


def _vectors_of(term: Value) -> tuple[str, str, int] | None:
    """The vectors that a product is of, and at which place; None for what is no product of two numbers with indices."""
    if term.op is ops.mul:
        pair = term.inputs
    elif term.op is ops.pow and term.inputs[1].op is CONSTANT and term.inputs[1].data == 2.0:
        pair = (term.inputs[0], term.inputs[0])
    else:
        return None
    ways = [{(stem, indices[:-1]): indices[-1] for stem, indices in readings(x.label)} if not x.inputs else {} for x in pair]
    if not all(ways):
        return None
    names, places = zip(*(max(way.items(), key=lambda item: len(item[0][1])) for way in ways))
    if places[0] != places[1] or not isinstance(places[0], int):
        return None
    first, second = (add_indices(stem, prefix) if prefix else stem for stem, prefix in names)
    return first, second, places[0]
