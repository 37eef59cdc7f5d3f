"""A graph as a formula.

Three steps lead from a recorded graph to a line of writing, and each gives a graph again, or text:

    Page        the same function as a person would write it: cut at labels, equal parts merged, signs and fractions
                gathered, softmax recognised; what is computed in a roundabout way, for its digits, in the plain way
    folded      long sums as Σ over an index that runs through the labels: w₁₁₁x₁ + … + w₁₁₄x₄ is Σⱼ w₁₁ⱼ·xⱼ
    written     text or LaTeX, in names or in numbers

Nothing is simplified here: −t/o stays what it is. Since a page is a graph of Values, every formula on it can be evaluated,
differentiated and compared with the numbers of the graph it came from.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from fractions import Fraction
from math import isfinite

from autograd import primitives as ops
from autograd.formula.operations import equals, less, softmax_of, too_long
from autograd.graph import nodes
from autograd.operation import CONSTANT, Primitive
from autograd.rewriting import apply
from autograd.value import Value, record
from autograd.value import constant as constant_node
from autograd.writing.names import indexed, readings, text_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


MOST_FACTORS, MOST_TERMS = 500, 20_000  # in one product, in one sum


# ---------------------------------------------------------------------------------------------------------------- pages


class Page:
    """Graphs written as a person would, all on one page: equal formulas are one object on it.

    leaves: the leaf on the page that stands for a node of the graph which has a name
    formulas: what each leaf on the page is computed by, in terms of other leaves; itself for a leaf of the graph
    copies: what any node of the graph is on the page
    bare: labels are not looked at, and each number is a leaf of its own: the structure alone
    most: how many leaves may be written in one formula, each as often as it occurs; 0 where they are not counted
    twins: what a graph computes once more beside a node that has a name is that node; on a worksheet, where each call of
        `gradient` makes a graph of its own, the line that has it already is shown
    """

    def __init__(self, bare: bool = False, twins: bool = False, most: int = 0) -> None:
        self.bare, self.twins, self.most = bare, twins, most
        self._extents: dict[Value, int] = {}
        self.probabilities: dict[tuple[Value, ...], str] = {}  # how softmax of these nodes is called where it has no name
        self._unshifted: dict[Value, list[Value]] = {}  # for a logsumexp, its numbers as they were before a shift
        self._known: dict[tuple[object, ...], Value] = {}
        self._formulas: set[Value] = set()
        self._forward = False  # while a graph is written, not what is made of it
        self._taken: set[str] = set()  # names of quantities
        self._numbers: dict[
            tuple[str, float], Value
        ] = {}  # the leaf of a plain number that has a name, written twice or not
        self._invented: set[Value] = set()  # leaves that nobody but this package gave a name
        self._standing: dict[Value, Value] = {}  # for a formula on the page: the leaf whose formula it is
        self.copies: dict[Value, Value] = {}
        self.leaves: dict[Value, Value] = {}
        self.formulas: dict[Value, Value] = {}

    def write(self, *ys: Value, names: dict[Value, str] | None = None) -> list[Value]:
        """Formulas for graphs, down to labelled nodes.

        names: what further nodes are to be called
        """
        names = names or {}
        copies = self.copies
        first = [
            node for node in nodes(*ys) if node.op is ops.exp and node.label
        ]  # a softmax that has a name names the rest
        order = list(_unread([*first, *ys], copies))
        if not self.bare:
            self._taken |= {text_name(name) for node in order if (name := names.get(node) or node.label)}
        totals = _RunningTotals(
            order, {*ys, *(node for node in order if not self.bare and (node.label or node in names))}, not self.bare
        )
        self._forward = True
        for node in order:
            name = "" if self.bare else names.get(node) or node.label
            if node in totals.inside:
                continue
            if node.inputs:
                if node.op in totals.ops:
                    terms = [(sign, self._shown(copies[x])) for sign, x in totals.terms(node)]
                    copy = self.sum([x if sign > 0.0 else self.product([self.number(-1.0), x]) for sign, x in terms])
                else:
                    copy = self.made(node.op, [self._shown(copies[x]) for x in node.inputs])
            else:
                plain = node.op is CONSTANT and not name and not self.bare
                copy = self.number(node.data) if plain else Value(node.data)
            self._remember_unshifted(node, copies, copy)
            if name:
                copy = self.named(node, copy, name)
            copies[node] = copy
        self._forward = False
        return [copies[y] for y in ys]

    def named(self, node: Value, formula: Value, name: str) -> Value:
        """The leaf that stands for a node from here on."""
        if formula in self._invented:  # now its author names it
            self._invented.discard(formula)
            formula.label = name
            self.leaves[node] = formula
            return formula
        if node.op is CONSTANT and (leaf := self._numbers.get((name, node.data))) is not None:
            self.leaves[node] = leaf
            return leaf
        leaf = Value(node.data, name)
        self.leaves[node] = leaf
        if node.op is CONSTANT:
            self._numbers[name, node.data] = leaf
        self._stand(leaf, formula if node.inputs else leaf)
        if formula.op is softmax_of:
            self._name_siblings(formula, name)
        return leaf

    def _stand(self, leaf: Value, formula: Value) -> None:
        self.formulas[leaf] = formula
        if formula.inputs and (formula not in self._standing or self._standing[formula] in self._invented):
            self._standing[formula] = leaf

    def equation(self, leaf: Value, formula: Value) -> Value:
        """leaf = formula, as something to be written."""
        return record(equals, leaf.data, leaf, formula)

    def forget(self, leaf: Value) -> None:
        """Do not show formulas by a name that only this package gave."""
        self._standing.pop(self.formulas[leaf], None)

    def _name_siblings(self, formula: Value, name: str) -> None:
        """Where softmax(net)_2 is o_2, the others are o_1 to o_n; they count as the labels of net do, if these have any."""
        *xs, x = formula.inputs
        labels = [readings(other.label)[-1:] for other in xs]
        numbers = [each[0][1][-1] for each in labels if each] if all(labels) else list(range(1, len(xs) + 1))
        for stem, indices in readings(name):
            if indices[-1] == numbers[xs.index(x)] and len(set(numbers)) == len(xs):
                for i, other in zip(numbers, xs):
                    self._invent(self._node(softmax_of, [*xs, other]), indexed(stem, (*indices[:-1], i)))
                return

    def _invent(self, formula: Value, label: str) -> None:
        if formula not in self._standing and text_name(label) not in self._taken:
            leaf = Value(formula.data, label)
            self._taken.add(text_name(label))
            self._invented.add(leaf)
            self._stand(leaf, formula)

    def _probability(self, xs: Sequence[Value], i: int) -> Value:
        """softmax(xs)_i, by the name that it goes by on this page."""
        whole = self._node(softmax_of, [*xs, xs[i]])
        if whole not in self._standing:
            for nodes_of, stem in self.probabilities.items():
                if [self.leaves.get(node) for node in nodes_of] == list(xs):
                    for j, x in enumerate(xs, start=1):
                        self._invent(self._node(softmax_of, [*xs, x]), indexed(stem, (j,)))
        return self._shown(whole)

    def again(self, graph: Value, hidden: Value | None = None) -> Value:
        """A graph made of this page's leaves and formulas, such as a derivative of one, written on the page too.

        A formula on the page that has a name is shown by it, except for the hidden one. What a derivative adds up comes from
        the output's side; here it is put in the order of the formula.
        """
        if hidden is not None:
            with self.spelt_out(hidden):
                return self.again(graph)
        copies: dict[Value, Value] = {}
        for node in _unread([graph], copies):
            if not node.inputs:
                copies[node] = self.number(node.data) if node.op is CONSTANT else node
            elif node in self._standing:
                copies[node] = self._standing[node]
            elif node in self._formulas:
                copies[node] = node
            elif node.op is ops.sum_of:
                copies[node] = self.sum([copies[x] for x in node.inputs[::-1]])
            elif node.op is ops.dot_of:
                n = len(node.inputs) // 2
                pairs = zip(node.inputs[:n][::-1], node.inputs[n:][::-1])
                copies[node] = self.sum([self.product([copies[a], copies[b]]) for a, b in pairs])
            else:
                copies[node] = self.made(node.op, [copies[x] for x in node.inputs])
                self._remember_unshifted(node, copies, copies[node])
        return copies[graph]

    def _remember_unshifted(self, node: Value, copies: Mapping[Value, Value], copy: Value) -> None:
        if node.op is ops.logsumexp_of:
            before = _before_the_shift(node.inputs)
            self._unshifted[copy] = [self.number(x) if isinstance(x, float) else copies[x] for x in before]

    @contextmanager
    def spelt_out(self, formula: Value) -> Iterator[None]:
        """In this block a formula that has a name is not shown by it."""
        leaf = self._standing.pop(formula, None)
        try:
            yield
        finally:
            if leaf is not None:
                self._standing[formula] = leaf

    # ---- what each operation becomes

    def made(self, op: Primitive | None, inputs: Sequence[Value]) -> Value:
        """An operation on formulas of this page."""
        assert op is not None
        name = op.name
        if name in ("add", "sum"):
            return self.sum(inputs)
        if name == "sub":
            return self.sum([inputs[0], self.product([self.number(-1.0), inputs[1]])])
        if name == "neg":
            return self.product([self.number(-1.0), inputs[0]])
        if name == "mul":
            return self.product(inputs)
        if name == "div":
            return self.product(inputs[:1], inputs[1:])
        if name == "dot":
            n = len(inputs) // 2
            return self.sum([*(self.product(pair) for pair in zip(inputs[:n], inputs[n : 2 * n])), *inputs[2 * n :]])
        if name == "pow" and inputs[1].op is CONSTANT and inputs[1].data in (0.0, 1.0):
            return inputs[0] if inputs[1].data else self.number(1.0)
        if name == "exp" and inputs[0].op is ops.log and self._is_probability(inputs[0].inputs[0]):
            return inputs[0].inputs[0]
        if op is ops.greater:
            return self._step(*inputs)
        if op.page is not None:
            return self.again(_lifted(op.page(*inputs)))
        return self._shown(self._node(op, inputs))

    def rebuild(self, node: Value, inputs: Sequence[Value]) -> Value:
        """The same operation on other formulas of this page; the node itself, if they are the same."""
        return node if all(x is y for x, y in zip(inputs, node.inputs)) else self.made(node.op, inputs)

    def _step(self, x: Value, y: Value) -> Value:
        """[x > y]; where c − u is compared with 0 it is u that is compared with c, as in [y f < 1]."""
        if not self.bare and 0.0 in (x.data, y.data):
            for whole, zero, op in (x, y, less), (y, x, ops.greater):
                if zero.op is CONSTANT and zero.data == 0.0 and whole.op is ops.sum_of:
                    numbers = [term for term in whole.inputs if term.op is CONSTANT]
                    rest = [term for term in whole.inputs if term.op is not CONSTANT]
                    if len(numbers) == 1 and all(term.op is ops.neg for term in rest):
                        return self._shown(self._node(op, [self.sum([term.inputs[0] for term in rest]), numbers[0]]))
        return self._shown(self._node(ops.greater, [x, y]))

    def _tie(self, terms: Sequence[Value]) -> Value | None:
        """½ + ½·([x > y] − [y > x]) is [x > y], but where both are equal: there each gets half, and the page says so."""
        if len(terms) == 2 and terms[1].op is ops.mul and terms[0] is terms[1].inputs[0] is self.number(0.5):
            steps = terms[1].inputs[1]
            if steps.op is ops.sum_of and len(steps.inputs) == 2 and steps.inputs[1].op is ops.neg:
                one, other = steps.inputs[0], steps.inputs[1].inputs[0]
                compared = {one.op, other.op} <= {ops.greater, less} and set(one.inputs) == set(other.inputs)
                if compared and one.data != other.data:
                    return one
        return None

    def _is_probability(self, x: Value) -> bool:
        return self.formulas.get(x, x).op is softmax_of

    def _shown(self, formula: Value) -> Value:
        """A formula by its name; what a graph computed beside a node that has a name is that node only where twins are."""
        leaf = self._standing.get(formula, formula)
        return leaf if self.twins or not self._forward or leaf in self._invented else formula

    def _node(self, op: Primitive, inputs: Sequence[Value]) -> Value:
        key = (op, *inputs)
        if key not in self._known:
            node = self._known[key] = apply(op, inputs)
            self._formulas.add(node)
            if self.most and self._forward:
                self._extents[node] = total = sum([self._extents.get(x, 1) for x in inputs])
                if total > self.most:
                    raise too_long(node)
        return self._known[key]

    def number(self, x: float) -> Value:
        """A plain number, once on the page."""
        key = ("number", repr(x))
        if key not in self._known:
            self._known[key] = constant_node(x)
        return self._known[key]

    def sum(self, terms: Iterable[Value]) -> Value:
        """A sum; sums in it are taken apart, zeros left out."""
        flat: list[Value] = []
        terms = list(terms)
        for term in terms:
            taken_apart = term.op is ops.sum_of and not (self.bare and _is_whole(term, terms))
            flat += term.inputs if taken_apart else [term]
        if len(flat) > MOST_TERMS:
            raise too_long()
        flat = [term for term in flat if not (term.op is CONSTANT and term.data == 0.0)] or [self.number(0.0)]
        whole = [i for i, term in enumerate(flat) if term.op is CONSTANT and term.data.is_integer()]
        if len(whole) > 1:  # y − 1 − 1
            number = self.number(sum(flat[i].data for i in whole))
            flat = [number if i == whole[0] else term for i, term in enumerate(flat) if i not in whole[1:]]
            flat = [term for term in flat if term.data or term.op is not CONSTANT] or [number]
        if len(flat) == 1:
            return flat[0]
        known = self._log_softmax(flat)
        known = self._tie(flat) if known is None else known
        return self._shown(self._node(ops.sum_of, flat)) if known is None else known

    def product(self, above: Iterable[Value], below: Iterable[Value] = ()) -> Value:
        """A product over a product, its sign in front and its number first; equal factors make a power."""
        numbers: list[float] = []
        divisors: list[float] = []
        over: list[Value] = []
        under: list[Value] = []
        for factor in above:
            _take_apart(factor, numbers, divisors, over, under)
        for factor in below:
            _take_apart(factor, divisors, numbers, under, over)
        sign, numbers, divisors = _reduced(numbers, divisors, bool(under))
        if 0.0 in numbers and 0.0 not in divisors:
            return self.number(0.0)
        over, under = [*map(self.number, numbers), *over], [*map(self.number, divisors), *under]
        whole = self.chain(over or [self.number(1.0)])
        if under:
            whole = self._shown(self._node(ops.div, [whole, self.chain(under)]))
        if sign > 0.0:
            return whole
        return self.number(-whole.data) if whole.op is CONSTANT else self._shown(self._node(ops.neg, [whole]))

    def chain(self, factors: Sequence[Value]) -> Value:
        """Factors one after the other, as they are; equal ones make a power."""
        powers = Counter(factors)
        for power in [x for x in powers if x.op is ops.pow and x.inputs[1].op is not CONSTANT and powers[x.inputs[0]]]:
            base, exponent = power.inputs  # x·x^(y − 1) is x^y
            if powers[power] == 1 and exponent.op is ops.sum_of and self.number(-1.0) in exponent.inputs:
                raised = self.sum([exponent, self.number(1.0)])
                powers = Counter({self.made(ops.pow, [base, raised]) if x is power else x: n for x, n in powers.items()})
                powers[base] -= 1
                powers += Counter()
        chain = None
        for factor, times in powers.items():
            if times == 1 or factor.op is CONSTANT:
                power = factor
            elif factor.op is ops.sqrt and times == 2:
                power = factor.inputs[0]
            else:
                power = self._shown(self._node(ops.pow, [factor, self.number(float(times))]))
            for each in [power] * (times if factor.op is CONSTANT else 1):
                chain = each if chain is None else self._shown(self._node(ops.mul, [chain, each]))
        assert chain is not None
        return chain

    def _log_softmax(self, terms: list[Value]) -> Value | None:
        """x_i - logsumexp(x_1, ..., x_n), and the same with one number taken from every x, is log softmax(x)_i."""
        for term in terms:
            if term.op is ops.neg and term.inputs[0].op is ops.logsumexp_of:
                xs = term.inputs[0].inputs
                rest = [other for other in terms if other is not term]
                x = rest[0] if len(rest) == 1 else self._node(ops.sum_of, rest)
                if x in xs:
                    plain = self._unshifted.get(term.inputs[0], xs)
                    return self._shown(self._node(ops.log, [self._probability(plain, xs.index(x))]))
        return None


def _is_whole(term: Value, terms: Sequence[Value]) -> bool:
    """Whether a sum of products, to which more is added, is a neuron's net already: it has its bias, or less is not more."""
    others = [other for other in terms if other is not term and other.op is not ops.mul]
    return any(x.op is ops.mul for x in term.inputs) and any(
        other.inputs or any(not x.inputs for x in term.inputs) for other in others
    )


def _take_apart(formula: Value, numbers: list[float], divisors: list[float], above: list[Value], below: list[Value]) -> None:
    """Add what a formula is a product of to the numbers and factors above and below the line."""
    stack = [(formula, True)]
    while stack:
        node, up = stack.pop()
        if node.op is ops.neg:
            numbers.append(-1.0)
            stack.append((node.inputs[0], up))
        elif node.op is ops.mul or node.op is ops.div:
            x, y = node.inputs
            stack += [(y, up if node.op is ops.mul else not up), (x, up)]
            if len(above) + len(below) + len(stack) > MOST_FACTORS:
                raise too_long()
        elif node.op is CONSTANT and isfinite(node.data) and (up or node.data):
            (numbers if up else divisors).append(node.data)
        else:
            times = _whole_power(node)
            (above if up else below).extend([node.inputs[0] if times > 1 else node] * times)


def _whole_power(node: Value) -> int:
    exponent = node.inputs[1] if node.op is ops.pow else None
    small = exponent is not None and exponent.op is CONSTANT and exponent.data in range(2, MOST_FACTORS)
    return int(exponent.data) if small and exponent is not None else 1


def _reduced(above: list[float], below: list[float], fraction: bool) -> tuple[float, list[float], list[float]]:
    """Numbers over numbers as a sign and what is left to write, multiplied only where that needs no rounding."""
    sign = 1.0
    for x in above + below:
        sign = -sign if x < 0.0 else sign
    over, under = _multiplied(above), _multiplied(below)
    if len(under) == 1 and len(over) <= 1 and under[0]:
        quotient = Fraction(over[0] if over else 1.0) / Fraction(under[0])
        if _is_float(quotient) and (over or quotient.denominator == 1):  # 6/3 is 2, and 1/½ too, but 1/2 stays
            over, under = [float(quotient)], []
    if over in ([0.5], [0.25], [0.125]) and (under or fraction):
        over, under = [], [*under, 1.0 / over[0]]
    return sign, [x for x in over if x != 1.0], [x for x in under if x != 1.0]


def _multiplied(numbers: list[float]) -> list[float]:
    products: list[float] = []
    for x in map(abs, numbers):
        last = products[-1] if products else 1.0
        if not products or Fraction(last) * Fraction(x) != _exact(last * x):
            products.append(x)
        else:
            products[-1] = last * x
    return products


def _exact(x: float) -> Fraction | None:
    return Fraction(x) if isfinite(x) else None


def _is_float(x: Fraction) -> bool:
    """Whether a fraction is a float exactly."""
    try:
        return float(x) == x
    except OverflowError:
        return False


def _before_the_shift(xs: Sequence[Value]) -> Sequence[Value | float]:
    """The numbers without the constant that log_softmax takes from all of them."""
    shifts = {x.inputs[1].data for x in xs if x.op is ops.sub and not x.label and x.inputs[1].op is CONSTANT}
    if len(shifts) != 1 or not all(x.op is CONSTANT or (x.op is ops.sub and x.inputs[1].op is CONSTANT) for x in xs):
        return xs
    (shift,) = shifts
    return [x.data + shift if x.op is CONSTANT else x.inputs[0] for x in xs]


class _RunningTotals:
    """Sums that were added up term by term: only the last of them is a formula; the others are inside it."""

    def __init__(self, order: Sequence[Value], shown: set[Value], differences: bool) -> None:
        self.ops = (ops.add, ops.sub) if differences else (ops.add,)
        users: dict[Value, list[Value]] = {}
        for node in order:
            for x in node.inputs:
                if x.op in self.ops:
                    users.setdefault(x, []).append(node)
        self.inside = {x for x, using in users.items() if x not in shown and len(using) == 1 and self._goes_on(x, using[0])}

    def _goes_on(self, x: Value, user: Value) -> bool:
        """Whether what uses a total adds to it; what takes a number from it may be softmax, which needs it whole."""
        return user.op is ops.add or (user.op in self.ops and user.inputs[0] is x and user.inputs[1].op is not CONSTANT)

    def terms(self, node: Value) -> list[tuple[float, Value]]:
        """All terms of a total with their signs, without the 0 that Python's sum begins with."""
        terms: list[tuple[float, Value]] = []
        stack = [(1.0, node)]
        while stack:
            sign, x = stack.pop()
            if x is node or x in self.inside:
                left, right = x.inputs
                stack += [(-sign if x.op is ops.sub else sign, right), (sign, left)]
            else:
                terms.append((sign, x))
        return [(sign, x) for sign, x in terms if not _is_zero(x)] or terms[:1]


def _is_zero(x: Value) -> bool:
    return x.op is CONSTANT and x.data == 0.0 and not x.label


def _lifted(x: Value | float) -> Value:
    return x if isinstance(x, Value) else constant_node(x)


def _unread(ys: Iterable[Value], known: dict[Value, Value]) -> Iterable[Value]:
    """The nodes behind ys that are not known yet, each after its inputs; what is behind a known one is left alone."""
    seen = set()
    stack = [(y, False) for y in ys][::-1]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in known and node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(x, False) for x in reversed(node.inputs) if x not in known and x not in seen]


# ---------------------------------------------------------------------------------------------------------------- folding


# ---------------------------------------------------------------------------------------------------------------- writing
