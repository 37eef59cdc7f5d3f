"""From a graph to sums of products: the first steps of compiling.

    numbers    equal operations on equal inputs become one, so that a graph and its gradient share what they have in common
    forms      what is linear is written as one sum of products, {factors: coefficient}, whoever wrote it and however: dot
               nodes, `sum(w * x for ...) + b`, a running total with minus signs. Everything else is an atom: a leaf, a
               function of atoms, or a sum that somebody else uses too
    levels     how far each atom is from the leaves; and whether it varies from row to row of a batch

The result has no Values in it: atoms are numbered, and know what they are made of.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import chain, repeat
from operator import lt, ne
from typing import NamedTuple

from autograd import primitives as ops
from autograd.graph import nodes
from autograd.operation import CONSTANT, Primitive
from autograd.value import Value, with_siblings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

Factors = tuple[int, ...]  # atoms, in order; a square has one of them twice


class Form:
    """A sum of products.

    Most are those of a row of weights with numbers that many rows meet, all with the coefficient 1: these are kept as two
    lists of atoms, which the next sum may share, and nothing is made for each product.

    first, second: the factors of such products, each product once, the lower atom first, in order
    rest: all others, with their coefficients; none of two factors where there are pairs
    """

    __slots__ = "first", "rest", "second"

    def __init__(self, rest: dict[Factors, float], first: Factors = (), second: Factors = ()) -> None:
        self.first, self.second, self.rest = first, second, rest

    def __len__(self) -> int:
        return len(self.first) + len(self.rest)

    def __iter__(self) -> Iterator[Factors]:
        return chain(zip(self.first, self.second), self.rest)

    def items(self) -> Iterator[tuple[Factors, float]]:
        """Each product with its coefficient."""
        return chain(zip(zip(self.first, self.second), repeat(1.0)), self.rest.items())

    def atoms(self) -> Iterator[int]:
        """All factors of all products."""
        return chain(self.first, self.second, *self.rest)

    def copy(self) -> Form:
        return Form(dict(self.rest), self.first, self.second)

    def spread(self) -> None:
        """Keep all products, with their coefficients, in rest."""
        self.rest = dict(self.items())
        self.first = self.second = ()

    def add(self, other: Form, times: float = 1.0) -> None:
        """Take in other products, a number of times."""
        takes_pairs = not self.first and times == 1.0 and len(self.rest) <= len(other.first)
        if takes_pairs and not any(len(factors) == 2 for factors in self.rest):
            self.first, self.second, other = other.first, other.second, Form(other.rest)
        if self.first and (other.first or any(len(factors) == 2 for factors in other.rest)):
            self.spread()
        rest = self.rest
        for factors, coefficient in other.items() if other.first else other.rest.items():
            rest[factors] = rest.get(factors, 0.0) + times * coefficient

    def pair(self) -> None:
        """Keep products of two as pairs, if each has the coefficient 1: equal sums become the same, however written."""
        two = [(factors, c) for factors, c in self.rest.items() if len(factors) == 2]
        if two and all(c == 1.0 for _, c in two):
            self.rest = {factors: c for factors, c in self.rest.items() if len(factors) != 2}
            self.first, self.second = zip(*sorted(factors for factors, _ in two))


class Atom(NamedTuple):
    """A number that a program works out.

    kind: "leaf" (what: the name of its list, and its place there), "function" (what: the Primitive; inputs: atoms, or plain
        numbers), or "sum" (form: its products)
    varies: whether it differs from row to row of a batch; level: the longest way down to a leaf
    """

    kind: str
    what: Any
    inputs: tuple[int | float, ...]
    form: Form
    varies: bool
    level: int

    @property
    def below(self) -> list[int]:
        """The atoms that it is made of."""
        return [*(x for x in self.inputs if isinstance(x, int)), *self.form.atoms()]


class _Vector(NamedTuple):
    """What is known of a list of atoms that many sums share."""

    atoms: Factors
    lowest: int
    highest: int
    varies: bool
    level: int  # the highest of them
    apart: bool  # whether no atom is there twice
    ordered: bool


RECIPROCAL = "1/x"
LARGEST = "largest"  # of several numbers, or 0 if that is infinite: what softmax takes from all of them, row by row
ALONG = (ops.logsumexp_of, LARGEST)  # what may be done along rows of an array
LINEAR = (ops.add, ops.sub, ops.neg, ops.sum_of, ops.dot_of, ops.mul, ops.div)


class Lowering:
    """Outputs as sums of products over atoms.

    alike: whether a softmax of one number is made as that of several is, so that the two are found to be alike
    order: all nodes, if they are known, as with_siblings has them
    outputs: for each output its Form; atoms: all that was met, each after what it is made of; count: of operations
    """

    def __init__(
        self,
        outputs: Sequence[Value],
        leaves: Mapping[Value, tuple[str, int]],
        varying: Iterable[str],
        alike: bool = False,
        order: Sequence[Value] | None = None,
    ) -> None:
        self.atoms: list[Atom] = []
        self._varying = set(varying)
        self._all_vary = alike and not self._varying  # one row alone, which may as well be a batch
        self._known: dict[tuple[object, ...], int] = {}
        self._vectors: dict[Factors, _Vector] = {}
        self._vector_of: dict[tuple[int, ...], _Vector] = {}  # of operations
        self._varies: list[bool] = []  # of the atoms
        self._levels: list[int] = []
        numbers = _ValueNumbering(outputs, order or with_siblings(nodes(*outputs)), leaves, alike)
        self.count = len(numbers.operations)
        self._ids, self._uses = numbers.ids, numbers.uses
        self._forms: list[Form | None] = [None] * self.count  # of each operation that is linear
        self._of: list[int | float | None] = [None] * self.count  # the atom that each is by now; a constant's number
        for i, (op, inputs, what) in enumerate(numbers.operations):
            if op is CONSTANT:
                self._of[i] = what
            elif op is None:
                self._of[i] = self._enter("leaf", what)
            elif numbers.is_linear(i):
                form = self._expand(op, inputs)
                if not form.first and form.rest.keys() <= {()}:  # nothing is left but a number, as of w h where h is 0
                    self._of[i] = form.rest.get((), 0.0)
                else:
                    self._forms[i] = form
            else:
                self._of[i] = self._apply(op, tuple(map(self._atom, inputs)))
        self.outputs = list(map(self._alone if alike and len(outputs) > 1 else self._linear, numbers.outputs))

    def atom_of(self, node: Value) -> int | None:
        """The atom that a node of the graph has become; None where it is inside of a sum, or not there."""
        known = self._of[self._ids[node]] if node in self._ids else None
        return known if isinstance(known, int) else None

    def levels(self) -> list[list[int]]:
        """The atoms that the outputs are made of, level by level from the leaves."""
        needed = [False] * len(self.atoms)
        for f in chain.from_iterable(form.atoms() for form in self.outputs):
            needed[f] = True
        found: dict[int, list[int]] = {}
        passed: set[int] = set()  # lists of atoms that many sums share
        for i in reversed(range(len(self.atoms))):
            if needed[i]:
                atom = self.atoms[i]
                found.setdefault(atom.level, []).append(i)
                lists = [each for each in (atom.form.first, atom.form.second) if id(each) not in passed]
                passed.update(map(id, lists))
                for x in chain(*atom.form.rest, *lists, (x for x in atom.inputs if isinstance(x, int))):
                    needed[x] = True
        return [found[level][::-1] for level in sorted(found)]

    # ---- sums of products

    def _linear(self, i: int) -> Form:
        """What a sum takes in for an operation: its products where nobody else uses them, else the atom that it is."""
        known, form = self._of[i], self._forms[i]
        if isinstance(known, float):
            return Form({(): known} if known else {})
        if form is not None:
            if len(form) == 1 and len(next(iter(form))) == 1:  # a multiple of something else
                return form.copy()
            if known is None and self._uses[i] <= 1:
                self._forms[i] = None  # it is taken over, not copied: a running total of n terms costs n
                return form
        return Form({(self._atom(i),): 1.0})  # type: ignore[dict-item]

    def _alone(self, i: int) -> Form:
        """An operation as the atom that it is, or a number."""
        atom = self._atom(i)
        return Form({(): atom} if isinstance(atom, float) else {(atom,): 1.0})

    def _expand(self, op: Primitive | str | None, inputs: tuple[int, ...]) -> Form:
        """The sum of products that a linear operation is."""
        if op is ops.mul:
            return self._multiply(*inputs)
        if op is ops.pow:
            x = self._atom(inputs[0])
            return Form({(): x * x} if isinstance(x, float) else {(x, x): 1.0})
        if op is ops.div:
            return self._divide(*inputs)
        if op is ops.dot_of:
            n = len(inputs) // 2
            form = self._pair_up(inputs[:n], inputs[n : 2 * n])
            if form is None:
                form = Form({})
                for a, b in zip(inputs[:n], inputs[n : 2 * n]):
                    form.add(self._multiply(a, b))
            inputs = inputs[2 * n :]
        else:
            form = self._linear(inputs[0])
            if op is ops.neg:
                form = Form({factors: -c for factors, c in form.items()})
            inputs = inputs[1:]
        for x in inputs:
            form.add(self._linear(x), -1.0 if op is ops.sub else 1.0)
        return form

    def _pair_up(self, a: tuple[int, ...], b: tuple[int, ...]) -> Form | None:
        """Products of operations, each with each, where all are atoms; None where some are not, or a product comes twice."""
        v = self._vector_of.get(a) or self._find_vector(a)
        w = self._vector_of.get(b) or self._find_vector(b)
        if v is None or w is None:
            return None
        if v.lowest > w.lowest:
            v, w = w, v
        first, second = v.atoms, w.atoms
        if v.highest < w.lowest and (v.apart or w.apart):
            if v.ordered and v.apart:
                return Form({}, first, second)
            pairs = sorted(zip(first, second))
        else:
            pairs = sorted((x, y) if x < y else (y, x) for x, y in zip(first, second))
            if not all(map(ne, pairs, pairs[1:])):
                return None
        first, second = zip(*pairs)
        return Form({}, self._vector(first).atoms, self._vector(second).atoms)

    def _find_vector(self, operations: tuple[int, ...]) -> _Vector | None:
        """Operations as atoms; None where some are numbers, or single products, which are multiplied factor by factor."""
        of, forms = self._of, self._forms
        for i in operations:
            form = forms[i]
            if isinstance(of[i], float) or (form is not None and len(form) == 1):
                return None
        if not operations:
            return None
        found = self._vector_of[operations] = self._vector(tuple(map(self._atom, operations)))  # type: ignore[arg-type]
        return found

    def _vector(self, atoms: Factors) -> _Vector:
        """What is known of a list of atoms."""
        if atoms not in self._vectors:
            level, varies = max(map(self._levels.__getitem__, atoms)), any(map(self._varies.__getitem__, atoms))
            apart, ordered = len(set(atoms)) == len(atoms), all(map(lt, atoms, atoms[1:]))
            self._vectors[atoms] = _Vector(atoms, min(atoms), max(atoms), varies, level, apart, ordered)
        return self._vectors[atoms]

    def _multiply(self, a: int, b: int) -> Form:
        x, y = self._of[a], self._of[b]
        if x.__class__ is y.__class__ is int and self._forms[a] is self._forms[b] is None:  # hot: two atoms
            return Form({(x, y) if x < y else (y, x): 1.0})
        left, right = self._factor(a, b), self._factor(b, a)
        return Form({tuple(sorted(f + g)): c * d for f, c in left.items() for g, d in right.items()})

    def _divide(self, a: int, b: int) -> Form:
        divisor = self._of[b]
        if isinstance(divisor, float):
            return Form({f: c / divisor if divisor else c * math.inf for f, c in self._linear(a).items()})
        above = self._factor(a, b)
        reciprocal = self._enter("function", RECIPROCAL, (self._atom(b),))
        return Form({tuple(sorted((*f, reciprocal))): c for f, c in above.items()})

    def _factor(self, i: int, other: int) -> Form:
        """What a product takes in: a sum stays whole, unless it is multiplied by a number."""
        form = self._forms[i]
        if form is not None and len(form) > 1 and not isinstance(self._of[other], float):
            self._atom(i)
        return self._linear(i)

    # ---- atoms

    def _apply(self, op: Primitive | str, inputs: tuple[int | float, ...]) -> int | float:
        """A function of atoms; of plain numbers alone it is one."""
        numbers = [x for x in inputs if isinstance(x, float)]
        if len(numbers) == len(inputs):
            if isinstance(op, str):
                return ops.largest(numbers)
            return op.value(*numbers) if op.arity else op.value(numbers)
        return self._enter("function", op, inputs)

    def _atom(self, i: int) -> int | float:
        """The atom that an operation is; the number of a constant."""
        known = self._of[i]
        if known is None:
            form = self._forms[i]
            assert form is not None
            match list(form.items()) if len(form) == 1 else ():
                case [((atom,), 1.0)]:  # a sum of one alone
                    known = atom
                case _:
                    known = self._enter("sum", form=form)
                    if len(form) > 1 or len(next(iter(form))) > 1:
                        self._forms[i] = None  # from now on it is its atom alone
            self._of[i] = known
        return known

    def _enter(self, kind: str, what: Any = None, inputs: tuple[int | float, ...] = (), form: Form | None = None) -> int:
        """The number of an atom, which is new or known."""
        if kind == "leaf":  # which is there once
            return self._new(kind, what, (), Form({}), what[0] in self._varying, 0)
        form = form or Form({})
        form.pair()
        own = tuple([x if isinstance(x, int) else repr(x) for x in inputs])  # −0.0 is not 0.0
        key = (kind, what, own, form.first, form.second, frozenset(form.rest.items()))
        if key not in self._known:
            below = [x for x in inputs if isinstance(x, int)] + [f for factors in form.rest for f in factors]
            vectors = [self._vector(each) for each in (form.first, form.second) if each]
            form.first, form.second = (each.atoms for each in vectors) if vectors else ((), ())
            varies = self._all_vary or any(map(self._varies.__getitem__, below)) or any(each.varies for each in vectors)
            level = 1 + max([*map(self._levels.__getitem__, below), *(each.level for each in vectors)], default=-1)
            self._known[key] = self._new(kind, what, inputs, form, varies, level)
        return self._known[key]

    def _new(self, kind: str, what: Any, inputs: tuple[int | float, ...], form: Form, varies: bool, level: int) -> int:
        self._varies.append(varies)
        self._levels.append(level)
        self.atoms.append(Atom(kind, what, inputs, form, varies, level))
        return len(self.atoms) - 1


class _ValueNumbering:
    """The operations behind outputs, equal ones once, each after its inputs: (operation, inputs, number or leaf).

    Every logsumexp is one of differences to the largest number, with that number added: log_softmax is made so, for its
    digits, with the largest number as a constant; here it is found anew for each row of a batch.
    """

    def __init__(
        self, outputs: Sequence[Value], order: Sequence[Value], leaves: Mapping[Value, tuple[str, int]], alike: bool
    ) -> None:
        self._known: dict[object, int] = {}
        self.operations: list[tuple[Primitive | str | None, tuple[int, ...], Any]] = []
        self.ids = ids = dict[Value, int]()
        for node in order:  # hot: it reads the slots in which Values keep their inputs, and asks few nodes for more
            op, first, second = node.op, node._first, node._second
            if node in leaves:
                ids[node] = self._number(None, (), leaves[node])
            elif first is None:
                ids[node] = self._number(CONSTANT, (), node.data)
            elif first.__class__ is tuple:
                ids[node] = self._combine(op, tuple(map(ids.__getitem__, first)), node, alike)
            elif second is None:
                ids[node] = self._combine(op, (ids[first],), node, alike)
            else:
                ids[node] = self._combine(op, (ids[first], ids[second]), node, alike)
        self.outputs = [ids[y] for y in outputs]
        self.uses = Counter(chain(self.outputs, chain.from_iterable(inputs for _, inputs, _ in self.operations)))

    def _combine(self, op: Primitive | None, inputs: tuple[int, ...], node: Value, alike: bool) -> int:
        """The operation that a node is, of others."""
        operations, number = self.operations, self._number
        if operations[inputs[0]][0] is CONSTANT and all(map(self._is_constant, inputs)):
            before = ops.shifted_from(node)
            if not before:
                return number(CONSTANT, (), node.data)
        if op is ops.sub and (before := ops.shifted_from(node)):
            if not alike and len(before) == 1:
                return inputs[0]  # log_softmax of one number is it, less its logsumexp, which is it as well
            return number(ops.sub, (inputs[0], number(LARGEST, tuple(self.ids[x] for x in before))))
        if op is ops.select_of and self._is_constant(inputs[0]):
            items = range(1, len(inputs))
            known = ops.select_of.value([operations[inputs[0]][2], *items])  # which item; nan for none
            return inputs[int(known)] if known in items else number(CONSTANT, (), known)
        if op is ops.logsumexp_of:
            if not alike and len(inputs) == 1:
                return inputs[0]
            if not all(map(ops.shifted_from, node.inputs)):
                top = number(LARGEST, inputs)
                total = number(op, tuple(number(ops.sub, (x, top)) for x in inputs))
                return number(ops.add, (top, total))
        return number(op, inputs)

    def _number(self, op: Primitive | str | None, inputs: tuple[int, ...], what: object = None) -> int:
        key = (op, inputs, repr(what) if op is CONSTANT else what)
        known = self._known.setdefault(key, len(self.operations))
        if known == len(self.operations):
            self.operations.append((op, inputs, what))
        return known

    def _is_constant(self, i: int) -> bool:
        return self.operations[i][0] is CONSTANT

    def is_linear(self, i: int) -> bool:
        """Whether an operation is one of sums of products."""
        op, inputs, _ = self.operations[i]
        return op in LINEAR or (op is ops.pow and self._is_constant(inputs[1]) and self.operations[inputs[1]][2] == 2.0)
