"""`compile`: a graph as a program over whole batches: the vector form of backpropagation, found in scalars, at full speed.

The graph of one data point is recorded once, and `compile` makes of it and of its gradient graph (from `gradient`; no second
set of rules) a few operations on matrices. Here stands what may be compiled, and what is refused; the rest are small files:

    lowering.py       equal operations are one; what is linear becomes a sum of products
    grouping.py       what is computed alike becomes the rows of one array
    rolling.py        the same over all places of a text at once; tables.py: rows in even steps; adjoints.py: backwards
    expressions.py    what a program over arrays is written in
    statements.py     sums of products over the same rows become matrix products
    source.py         Python source: to be read, and to be run by any array library
    in_place.py       for NumPy, in memory that is there already; numpy_source.py: laid out in rows
    tensor_source.py  laid out as tensors: tensor_layout.py says where these lie, tensor_products.py what is added up in them
    equations.py      the same as mathematics; script.py: as a file of its own; c_source.py: of C
    plan.py           these passes, one after the other, for one kind of derivative
    batch.py          the rows that a program runs on; engines.py: the array libraries that run it
    checking.py       no program is believed: each is compared with its graph first
    program.py        what a person holds in the hand, and calls

`program.explain()` prints what each pass made.
"""

from __future__ import annotations

import keyword
import re
from itertools import chain

from autograd.graph import nodes
from autograd.interop.given import AS_A_ROW, OfOnePoint
from autograd.operation import CONSTANT, PRIMITIVES
from autograd.program.program import Program
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

OWN_NAMES = frozenset(
    "theta vector gradient batch value values value_and_gradient seed np out bind run ones rows outer joined total whole"
    " gathered scattered"
    " zero bool dtype axis largest RECIPROCAL math inf nan".split()
)
OWN_PATTERN = re.compile(r"d*([WAHCbcgmsv]|order|spare|few|at)\d+x?")


class NotCompilable(ValueError):
    """A graph that compile refuses: it may hold one way of several, or a leaf that is neither an input nor a parameter."""


def compile(
    y: Value | Sequence[Value],
    inputs: Any = (),
    parameters: Iterable[Value] | None = None,
    *,
    reduction: str = "mean",
) -> Program:
    """A program that works out a graph, and its gradient, for all rows of a batch at once.

    y: what is worked out for each row: a loss, or several outputs
    inputs: the leaves that differ from row to row, in the order of a row's numbers: a list, or a dict of lists by name, such
        as {"X": x, "Y": y}, for batches in several arrays; none where the loss is one of parameters and plain numbers alone
    parameters: the leaves that gradients are taken of; all other leaves by default
    reduction: "mean" or "sum" over the batch, for value and gradient

    The program is a copy: parameters are read anew on every call, but what the graph looks like stays as it was recorded.

    >>> from autograd import Value, compile
    >>> w, x, y = Value(0.5), Value(1.0), Value(0.0)
    >>> program = compile((w * x - y) ** 2, {"X": [x], "Y": [y]}, [w])
    >>> value, gradient = program.value_and_grad([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    >>> round(value, 6), gradient.round(6).tolist()
    (10.5, [-14.0])

    Raises TypeError for what are no Values, ValueError for a leaf that is listed twice or not at all, for inputs that are no
    leaves, and for a graph whose path may have depended on data: an `if` on a Value was decided once, for one row. One on
    the finished output, as `if loss < best`, decided nothing in it. What was read as .data is a plain number, and nobody
    can see where it went: it stays as it was.
    """
    ys = [y] if isinstance(y, Value) else list(y) if hasattr(y, "__iter__") else []
    if not ys or not all(isinstance(each, Value) for each in ys):
        way = ": call it on Values, and compile what it gives" if callable(y) else ""
        raise TypeError(f"compile takes a Value, or a list of Values, not {y!r}{way}")
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction is 'mean' or 'sum', not {reduction!r}")
    named = dict(inputs) if hasattr(inputs, "items") else {"X": inputs}
    lists = {name: _list_leaves("inputs", leaves) for name, leaves in named.items()}
    if lists == {"X": []}:
        lists = {}
    if not all(lists.values()):
        raise ValueError("inputs are what differs from row to row: at least one leaf, in every list of them")
    listed = [leaf for leaves in lists.values() for leaf in leaves]
    order = nodes(*ys)
    _check_branches(order, listed)
    every = [node for node in order if node._first is None]
    if parameters is None:
        given = set(listed)
        parameters = [x for x in every if x.op is None and x not in given and "detached at" not in x.__dict__]
    parameters = _list_leaves("parameters", parameters)
    _check_leaves(every, listed, parameters, lists)
    return Program(ys, lists, parameters, reduction)


def _list_leaves(what: str, leaves: Any) -> list[Value]:
    """Inputs or parameters as a list; one may come bare."""
    if isinstance(leaves, Value):
        return [leaves]
    if not hasattr(leaves, "__iter__"):
        instead = ": take its parameters()" if hasattr(leaves, "parameters") else ""
        raise TypeError(f"{what} are Values in a list, not {leaves!r}{instead}")
    return list(leaves)


def _check_leaves(
    every: list[Value], listed: list[Value], parameters: list[Value], lists: Mapping[str, list[Value]]
) -> None:
    for leaf in [*listed, *parameters]:
        if not isinstance(leaf, Value):
            raise TypeError(f"inputs and parameters are Values, not {leaf!r}")
        if leaf.inputs:
            raise ValueError(f"{leaf!r} is computed: inputs and parameters are leaves")
    seen: set[Value] = set()
    for leaf in [*listed, *parameters]:
        if leaf in seen:
            raise ValueError(f"{leaf!r} is listed twice: each leaf is one input, or one parameter")
        seen.add(leaf)
    for leaf in every:
        if leaf.op is None and leaf not in seen:
            if line := leaf.__dict__.get("detached at"):
                raise NotCompilable(
                    f"{line} detached {leaf!r} from what it was computed from, which other rows have other numbers for: list"
                    " it as an input, or as a parameter if it is the same for all rows"
                )
            raise NotCompilable(f"{leaf!r} is neither an input nor a parameter: list it, or make it a plain number, .data")
    for name in lists:
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"inputs are called by a name such as X, not {name!r}")
        taken = name in OWN_NAMES or name in PRIMITIVES or OWN_PATTERN.fullmatch(name)
        if taken or name.removesuffix("x") in {*lists} - {name}:
            raise ValueError(f"inputs are called by a name such as X, not {name!r}: the program calls something else so")


def _check_branches(order: Sequence[Value], inputs: Sequence[Any]) -> None:
    """Refuse a graph in which a program asked for a number and may have gone on by it.

    order: all nodes behind the outputs

    Whoever asks for a number has the whole graph below it already: if that is all of the graph, nothing was decided in it.
    An input may have decided what is in the graph without being there itself. A parameter that was taken as a number was
    printed, most of the time.
    """
    given, there = {x for x in inputs if isinstance(x, Value)}, set(order)
    for node in chain(order, given - there):
        if isinstance(node.op, OfOnePoint):
            raise NotCompilable(f"{node!r} was handed over as a number, of which nobody said how it is computed: {AS_A_ROW}")
        marks = node.__dict__ if node.op is not CONSTANT else {}
        line = marks.get("asked at") or (marks.get("taken at") if node.inputs or node in given else None)
        if line and (node not in there or len(nodes(node)) < len(order)):
            raise NotCompilable(
                f"{line} asked for the number of {node!r}, so that the graph may hold one way of several, which other rows"
                " would not take, or other parameters. Write the choice as an operation (relu, abs, maximum, clip), or"
                " record the graph anew without asking; .data is a number that is meant to stay as it is"
            )
