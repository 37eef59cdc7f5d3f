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
from math import exp as _exp
from math import isfinite

from autograd import primitives as ops
from autograd.graph import nodes
from autograd.primitives import CONSTANT, Primitive
from autograd.value import Value, record
from autograd.value import constant as constant_node
from autograd.writing.names import SUBSCRIPTS, SUPERSCRIPTS, Reading, all_readings, indexed, latex_name, readings, text_name
from autograd.writing.notation import ATOM, OPERATOR, POWER, PRODUCT, SUM, Notation, constant, latex_form, level_of, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from autograd.writing.notation import Written

LONGEST = 20_000  # characters; nobody reads more
MOST_LEAVES = 50_000  # in a formula, each as often as it is written; Σ makes sums short, but no formula that branches
MOST_FACTORS, MOST_TERMS = 500, 20_000  # in one product, in one sum
MANY = 3  # terms of a family that are written out
MOST_PIECES = 12  # terms of no family that are


def display(name: str, notation: Notation, value: Callable[..., float], *partials: object, nary: bool = False) -> Primitive:
    """An operation that only formulas know; it has no row in the table."""
    op: Primitive = object.__new__(Primitive)
    op.name, op.notation, op.value, op.partials = name, notation, value, partials  # type: ignore[assignment]
    op.arity = None if nary else len(partials)
    op.definition = op.page = None
    op.doc, op.points = "", ()
    return op


equals = display("=", Notation("=", "{} = {}", SUM, SUM, latex_form("{} = {}", SUM)), lambda x, y: x, 1.0, 0.0)


def _softmax_partials(z: Value, inputs: Sequence[Value]) -> list[Value | float]:
    """softmax(x1 ... xn, x) varies with x itself by z, and with each x_j below the line by -z softmax(x_j)."""
    *xs, own = inputs
    return [*(-(z * (z if x is own else softmax_of(*xs, x))) for x in xs), z]


softmax_of = display(
    "softmax",
    Notation("softmax", lambda *xs: f"softmax({xs[-1]}; {', '.join(xs[:-1])})"),
    lambda xs: _exp(xs[-1] - ops.logsumexp_of.value(xs[:-1])),
    _softmax_partials,
    nary=True,
)
less = display(
    "less",
    Notation("<", "[{} < {}]", latex=latex_form(r"\mathbf{{1}}_{{{} < {}}}")),
    lambda x, y: 1.0 if x < y else 0.0,
    0.0,
    0.0,
)
dots = display("dots", Notation("⋯", "⋯", latex=latex_form(r"\cdots")), lambda: 0.0)


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
            data = [x.data for x in inputs]
            value = op.value(*data) if op.arity else op.value(data)
            few = op.arity in (1, 2)
            first, second = (inputs[0], inputs[1] if len(inputs) == 2 else None) if few else (tuple(inputs), None)
            node = self._known[key] = record(op, value, first, second)
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

_series: dict[tuple[str, int, int], Primitive] = {}


def series(letter: str, low: int, high: int) -> Primitive:
    """The sign Σ with an index that runs from low to high."""
    key = letter, low, high
    if key not in _series:
        text = f"Σ{f'{letter}={low}'.translate(SUBSCRIPTS)}{str(high).translate(SUPERSCRIPTS)} "
        latex = rf"\sum_{{{letter}={low}}}^{{{high}}} "
        in_latex = latex_form(latex.__add__, OPERATOR, PRODUCT)
        notation = Notation("Σ", text.__add__, OPERATOR, PRODUCT, in_latex)
        _series[key] = display(f"series {letter} {low} {high}", notation, lambda x: x, 1.0)
    return _series[key]


def folded(y: Value, numbers: bool = False, many: int = MANY) -> Value:
    """The formula with long sums as Σ, or, where their terms are not a family (and in numbers), with dots in them."""
    copies: dict[Value, Value] = {}
    for node in nodes(y):
        inputs = [copies[x] for x in node.inputs]
        if not inputs:
            copies[node] = node
        elif node.op is softmax_of:
            *rest, top = (record(ops.exp, 0.0, x) for x in inputs)
            copies[node] = record(ops.div, node.data, top, _folded_sum(rest, numbers, many))
        elif node.op is ops.logsumexp_of:
            copies[node] = record(ops.log, node.data, _folded_sum([record(ops.exp, 0.0, x) for x in inputs], numbers, many))
        elif node.op is ops.sum_of:
            copies[node] = _folded_sum(inputs, numbers, many)
        elif all(x is old for x, old in zip(inputs, node.inputs)):
            copies[node] = node
        else:
            copies[node] = like(node, inputs)
    return copies[y]


def like(node: Value, inputs: Sequence[Value]) -> Value:
    """The same operation on other inputs, for writing only."""
    few = node.op is not None and node.op.arity in (1, 2)
    return record(node.op, node.data, *((inputs[0], inputs[1] if len(inputs) == 2 else None) if few else (tuple(inputs),)))


def _folded_sum(terms: list[Value], numbers: bool, many: int) -> Value:
    if len(terms) == 1:
        return terms[0]
    if many == 1 and sum(term.op is ops.mul for term in terms) > 1:  # a bias behind the products, wherever it was added
        terms = sorted(terms, key=lambda term: not term.inputs)
    if len(terms) > many:
        pieces: list[Value] = [] if not numbers else terms
        rest = terms if not numbers else []
        while rest:
            length, term = _family_at_the_front(rest, many)
            pieces.append(term)
            rest = rest[length:]
        terms = pieces if len(pieces) <= MOST_PIECES else [*pieces[:2], record(dots, 0.0, ()), pieces[-1]]
    return terms[0] if len(terms) == 1 else record(ops.sum_of, sum(t.data for t in terms), tuple(terms))


def _family_at_the_front(terms: list[Value], many: int) -> tuple[int, Value]:
    """How many terms from the first on are of one family, and the term that stands for them all."""
    if len(terms) > many and generalised(terms[:2]):
        for length in (len(terms), len(terms) - 1, *range(len(terms) - 2, many, -1)):
            if length > many and (found := generalised(terms[:length])):
                term, letter, low = found
                return length, record(series(letter, low, low + length - 1), sum(t.data for t in terms[:length]), term)
    return 1, terms[0]


def generalised(terms: Sequence[Value], letters: str = "", start: int | None = None) -> tuple[Value, str, int] | None:
    """One formula for several of the same shape, whose labels count up: w_{1j} x_j for w_11 x_1, w_12 x_2, ...

    letters: the letter of the index; by default j, or m where it counts rows as in w_{2m1}
    start: the number that the index starts from, where that is known
    Gives the formula, the letter and the first number, or None where the formulas are no such family.
    """
    copies: dict[tuple[Value, ...], Value] = {}
    counts: dict[tuple[Value, ...], dict[int, tuple[Reading, list[int]]]] = {}
    signs: set[str] = set()
    stack = [(tuple(terms), False)]
    order = []
    while stack:  # row by row: what stands at one place in each of the formulas
        row, ready = stack.pop()
        first = row[0]
        if ready:
            order.append(row)
        elif row not in copies:
            copies[row] = first
            if all(node is first or (first.label and node.label == first.label and not node.inputs) for node in row):
                continue
            if any(node.op is not first.op or len(node.inputs) != len(first.inputs) for node in row):
                return None
            if first.inputs:
                signs.add(first.op.name)  # type: ignore[union-attr]
                stack.append((row, True))
                stack += [(inner, False) for inner in zip(*(node.inputs for node in row))]
                continue
            counts[row] = _counted(row)
    lows = set.intersection(*map(set, counts.values())) if counts else set()
    if start is not None:
        lows &= {start}
    if not lows:
        return None
    low = min(lows)
    varying = {row: ways[low] for row, ways in counts.items()}
    used = {sign.split()[1] for sign in signs if sign.startswith("series ")}
    used |= {name for row in copies for name in _letters_in(row[0].label)} if not letters else set()
    last = all(places[-1] == len(reading.indices) - 1 for reading, places in varying.values())
    letter = letters or next(c for c in ("jmirsnpq" if last else "mjirsnpq") if c not in used)
    leaves: dict[str, Value] = {}
    for row, (reading, places) in varying.items():
        label = reading.label(letter if place in places else index for place, index in enumerate(reading.indices))
        copies[row] = leaves.setdefault(label, Value(row[0].data, label))
    for row in order:
        copies[row] = like(row[0], [copies[inner] for inner in zip(*(node.inputs for node in row))])
    return copies[tuple(terms)], letter, low


def _counted(row: Sequence[Value]) -> dict[int, tuple[Reading, list[int]]]:
    """The ways in which the labels of a row of leaves count up by one: from which number, the first's reading, and where."""
    others = [all_readings(leaf.label) for leaf in row[1:]]
    ways: dict[int, tuple[Reading, list[int]]] = {}
    for first in all_readings(row[0].label):
        alike = [
            next((r for r in each if r[:2] == first[:2] and _step(first, r) == n), None)
            for n, each in enumerate(others, start=1)
        ]
        if alike and None not in alike:
            places = [_differing(first, r) for r in alike if r is not None]
            low = {first.indices[k] for k in places[0]}
            if len(low) == 1 and places.count(places[0]) == len(places):
                ways.setdefault(low.pop(), (first, places[0]))
    return ways


def _differing(first: Reading, other: Reading) -> list[int]:
    return [k for k, (a, b) in enumerate(zip(first.indices, other.indices)) if a != b]


def _letters_in(label: str) -> list[str]:
    """The letters that would be taken for an index: a label that is one, and those below others."""
    return [label, *(str(index) for reading in all_readings(label) for index in reading.indices)] if label else []


def _step(first: Reading, other: Reading) -> int | None:
    """By how much all indices that differ have grown."""
    grown = {
        b - a if isinstance(a, int) and isinstance(b, int) else None for a, b in zip(first.indices, other.indices) if a != b
    }
    return grown.pop() if len(grown) == 1 else None


# ---------------------------------------------------------------------------------------------------------------- writing


def written(
    y: Value, latex: bool = False, numbers: bool = False, digits: int = 6, name: Callable[[str], str] | None = None
) -> Written:
    """A formula as text with its level.

    latex: in LaTeX rather than in plain text
    numbers: with the numbers of the labelled nodes in place of their names
    digits: how many significant digits numbers have
    name: how a label is written; by default as mathematics

    Raises ValueError for one that would be over 20,000 characters long.
    """
    name = name or (latex_name if latex else text_name)
    texts: dict[Value, Written] = {}
    if extent(y) > MOST_LEAVES:
        raise too_long(y)
    whole_formula, y = y, folded(y, numbers)
    for node in nodes(y):
        if node.op is not None and node.op is not CONSTANT:
            notation = node.op.notation
            form = notation.latex if latex else notation.text
            texts[node] = whole = form.write([texts[x] for x in node.inputs])
            if len(whole[0]) > LONGEST:
                raise too_long(whole_formula)
        elif node.label and not numbers:
            texts[node] = _name_written(name(node.label), latex)
        elif node.op is CONSTANT and not numbers:
            texts[node] = constant(node.data, digits, latex)
        else:
            texts[node] = number(node.data, digits, latex)
    return texts[y]


def extent(formula: Value, most: int = MOST_LEAVES) -> int:
    """How many leaves are written in a formula, each as often as it occurs, as far as there are no more than most."""
    extents: dict[Value, int] = {}
    for node in nodes(formula):
        extents[node] = min(sum([extents[x] for x in node.inputs]), most + 1) if node.inputs else 1
    return extents[formula]


def too_long(formula: Value | None = None) -> ValueError:
    """The refusal of a formula, with what stands in it that could have names."""
    found = Counter(
        node.op.notation.symbol if node.op.notation.symbol.isalpha() else node.op.name
        for node in (nodes(formula) if formula is not None else ())
        if node.op is not None and node.inputs and node.op.name not in ("mul", "neg", "sum", "div", "pow", "log")
    )
    most = " or of ".join(name for name, _ in found.most_common(2))
    example = f", such as the results of {most}" if most else ", such as the sums"
    return ValueError(
        f"this formula is too long for a page: label nodes on the way{example}, and they are shown by name;"
        " or ask for the derivative of a labelled part alone"
    )


def _name_written(text: str, latex: bool) -> Written:
    """A name with its level: one with a blank or a sign in it asks for brackets, as does a base with something above it."""
    if latex:
        words = text.startswith(r"\text{") and any(sign in text for sign in " +-*/")
        return text, SUM if words or text.startswith("{") else POWER if "^" in text or r"\frac" in text else ATOM
    if text.startswith(("∂", "(∂")):
        return text, POWER if text[0] == "∂" else ATOM
    raised = "^" in text or any(c in _RAISED for c in text)
    return text, SUM if any(sign in text[1:] for sign in "+-−*/·") else POWER if raised else level_of(text)


_RAISED = set("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")


def formula(y: Value, digits: int = 6, name: Callable[[str], str] = str) -> str:
    """A graph as plain text, down to its labelled nodes and leaves.

    y: the output, whose own label is not shown; digits: how many significant digits numbers have
    name: how a label is written, by default as it is

    >>> w, x = Value(0.5, label="w_1"), Value(2.0, label="x_1")
    >>> formula(1 / (1 + (-w * x).exp()))
    '1/(1 + exp(−w_1·x_1))'
    """
    return written(page_of(y), digits=digits, name=name)[0]


def latex(y: Value, digits: int = 6) -> str:
    r"""A graph as LaTeX, down to its labelled nodes and leaves; for mathematics mode, in LaTeX, MathJax and KaTeX.

    y: the output, whose own label is not shown
    digits: how many significant digits the numbers of unlabelled leaves have

    Labels are read as mathematics: w_11, theta, ŷ_1 or \hat{y}_1, a^(1)_2, net. Brackets leave one reading only:
    \sin(x^2) is no (\sin(x))^2. Sums of more than three terms whose labels count up are written with \sum.

    >>> from autograd import Value, latex
    >>> w, x = Value(0.5, label="w_1"), Value(2.0, label="x_1")
    >>> print(latex(1 / (1 + (-w * x).exp())))
    \frac{1}{1 + e^{-w_{1} x_{1}}}

    Raises TypeError for anything but a Value, ValueError for a formula of over 20,000 characters: label nodes on the way.
    """
    if not isinstance(y, Value):
        raise TypeError(f"latex writes the graph of a Value, and {y!r} is none")
    return written(page_of(y), latex=True, digits=digits)[0]


def page_of(y: Value) -> Value:
    """The formula of a graph, on a page of its own."""
    page = Page(most=MOST_LEAVES)
    copy = page.write(y)[0]
    return page.formulas[page.leaves[y]] if y in page.leaves else copy


def quantities(formula: Value) -> list[Value]:
    """The leaves of a formula that have names, in the order in which it names them."""
    found: dict[Value, None] = {}
    seen: set[Value] = set()
    stack = [formula]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            if not node.inputs and node.op is None:
                found[node] = None
            stack += node.inputs[-2::-1] if node.op is softmax_of else node.inputs[::-1]
    return list(found)
