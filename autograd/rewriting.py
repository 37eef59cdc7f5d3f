"""Graphs for other numbers, and graphs rebuilt: the one evaluator, and the one rewriter."""

from __future__ import annotations

from autograd.graph import bottom_up, nodes
from autograd.primitives import largest, shifted_from
from autograd.value import Value, operands, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from autograd.operation import Primitive


def apply(op: Primitive, inputs: Sequence[Value]) -> Value:
    """The node of an operation on nodes, plain numbers among them: op(*inputs), also for operations of a page alone."""
    data = [x.data for x in inputs]
    return record(op, op.value(*data) if op.arity else op.value(data), *operands(op, tuple(inputs)))


def rebuild(node: Value, inputs: Sequence[Value]) -> Value:
    """The same operation on other inputs; the node itself, if they are the same."""
    return node if all(x is y for x, y in zip(inputs, node.inputs)) else apply(node.op, inputs)  # type: ignore[arg-type]


def like(node: Value, inputs: Sequence[Value]) -> Value:
    """The same operation on other inputs, with the node's own number, for what is only written."""
    return record(node.op, node.data, *operands(node.op, tuple(inputs)))


def rewrite(y: Value, rule: Callable[[Value, list[Value]], Value], known: Mapping[Value, Value] | None = None) -> Value:
    """What y becomes, from its leaves up.

    rule: a function of a node and what its inputs have become, that gives what the node becomes
    known: what some nodes become, whatever the rule says
    """
    found = dict(known or {})
    for node in nodes(y):
        if node not in found:
            found[node] = rule(node, [found[x] for x in node.inputs])
    return found[y]


def substitute(y: Value, new: Mapping[Value, Value]) -> Value:
    """y with other nodes in the place of some."""
    return rewrite(y, rebuild, new)


def evaluate(order: Iterable[Value], at: Mapping[Value, float], shift: bool = False) -> dict[Value, float]:
    """The number of every node of order, each after its inputs, for other numbers of some; the graph stays as it is.

    shift: whether what softmax takes from its numbers is found anew; order then has all of these before the differences
    """
    found = dict(at)
    for node in order:  # the hot loop of all marking: it reads the slots in which Values keep their inputs
        if node not in found:
            op, first, second = node.op, node._first, node._second
            if first is None:
                found[node] = node.data
            elif second is not None:
                other = found[second]
                if shift and (before := shifted_from(node)):
                    other = largest([found[x] for x in before])
                found[node] = op.value(found[first], other)  # type: ignore[union-attr]
            elif first.__class__ is not tuple:
                found[node] = op.value(found[first])  # type: ignore[union-attr]
            else:
                data = [found[x] for x in first]
                found[node] = op.value(*data) if op.arity else op.value(data)  # type: ignore[union-attr]
    return found


def value_at(y: Value, at: Mapping[Value, float]) -> float:
    """The number of y, for other numbers of some nodes."""
    return evaluate(nodes(y), at)[y]


def expand(
    formula: Value, formulas: Mapping[Value, Value], known: Callable[[Value], bool]
) -> tuple[Value, dict[Value, Value]]:
    """The formula down to quantities that are known, or given; and what the others have become in it."""
    copies: dict[Value, Value] = {}
    inside: dict[Value, Value] = {}

    def below(node: Value) -> tuple[Value, ...]:
        if node.inputs:
            return node.inputs
        own = formulas.get(node, node)
        return () if own is node or known(node) else (own,)

    for node in bottom_up([formula], below):
        if node.inputs:
            copies[node] = rebuild(node, [copies[x] for x in node.inputs])
        elif own := below(node):
            copies[node] = inside[node] = copies[own[0]]
        else:
            copies[node] = node
    return copies[formula], inside
