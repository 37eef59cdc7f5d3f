"""Derivations: the lines a lecturer writes, printed by the graph itself.

    ∂E/∂w₁ = ∂E/∂o · ∂o/∂net · ∂net/∂w₁                    the chain, along the labelled nodes
           = (−t/o + (1 − t)/(1 − o)) · o·(1 − o) · x₁     each local derivative, as a formula
           = (o − t)·x₁                                    simplified, each step with its reason
           = (0.7 − 1)·2 = −0.6                            in numbers

A labelled node is a quantity on the board, and what lies between labelled nodes folds away into the formula of the upper
one. Each such formula is a graph on a page (autograd/formula.py), and its local derivatives are what `gradient` makes of
that graph: from the same table as `backward()`, so that the lines cannot disagree with the numbers.

Where there are many ways from y to x, as in a network, their products would fill the board. There the derivation goes as
backpropagation does: each ∂y/∂u is worked out once, from the output on, and used by its name in what follows.

Sources: the chain rule over paths, Bauer, Computational graphs and rounding error (1974); its use from the output on,
Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (1986).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from autograd import primitives as ops
from autograd.algebra import cost, simplified, size
from autograd.board import NOTHING, Board, Line, Math, figure, joined, math, named, words
from autograd.calculus import gradient
from autograd.formula import MANY, Page, display, folded, generalised, quantities
from autograd.graph import dependents, history, nodes
from autograd.matrices import ARITHMETIC, Array, MatrixForm, arrays
from autograd.names import Index, indexed, latex_name, readings
from autograd.notation import NEGATION, PRODUCT, Notation, latex_form
from autograd.primitives import CONSTANT, Primitive
from autograd.value import Value, record

FEW_PATHS = 3  # that are written as products, side by side
WIDEST = 90  # characters of a line of products
MOST_MEMBERS = 32  # of a family that no one line can speak of
FEW_MEMBERS = 8  # of a family, whose numbers are each written out


def derivation(y: Any, *xs: Any, digits: int = 6) -> Board:
    """The derivation of dy/dx as a lecturer would write it; of all parameters where no x is given; of one rule.

    y: a Value; or a function of one number from the table, such as sigmoid, whose derivative is derived from its definition
    xs: one Value, for its derivation; several, or a list, or none (then every parameter), for the whole sheet
    digits: how many significant digits numbers have

    The result shows itself in Jupyter and in print; .text, .latex and .save("sheet.tex") (or .html, .txt, .md) write it.
    A derivation of one x has .paths, .formula and .value besides; a sheet has .gradients and .vector_form().

    >>> t, o = Value(1.0, label="t"), Value(0.7, label="o")
    >>> E = -t * o.log() - (1 - t) * (1 - o).log()
    >>> E.label = "E"
    >>> derivation(E, o).value
    -1.4285714285714286

    Raises TypeError for what is no Value, ValueError for a plain number, with respect to which nothing varies.
    """
    if isinstance(y, Primitive) or (callable(y) and not isinstance(y, Value)):
        from autograd.rules import rule_derivation

        return rule_derivation(y, *xs)
    if not isinstance(y, Value):
        raise TypeError(f"derivation follows the graph of a Value, or the rule of a function such as sigmoid, not {y!r}")
    wanted = [x for item in xs for x in (item if isinstance(item, (list, tuple)) else [item])]
    for x in wanted:
        if not isinstance(x, Value):
            raise TypeError(f"derivation(y, x) differentiates with respect to Values, not {x!r}")
        if x.op is CONSTANT and not x.label:
            raise ValueError(f"{x.data} is a plain number, and nothing varies with it: make it Value({x.data}, label=...)")
    if len(wanted) == 1 and not isinstance(xs[0], (list, tuple)):
        return Derivation(y, wanted[0], digits)
    return Sheet(y, wanted, digits)


# ------------------------------------------------------------------------------------------------------- what is on the page


class Study:
    """A graph as named quantities, each with its formula in the others, and their local derivatives.

    y: the leaf on the page that stands for the output
    order: all leaves on the page that y is computed from, each after those in its formula
    below: for each, the leaves in its formula
    """

    def __init__(self, y: Value, xs: Sequence[Value] = (), regular: bool = False, digits: int = 6) -> None:
        self.digits = digits
        self.arrays = arrays(y)
        names = self._names(regular)
        taken = {node.label for node in history(y)} | set(names.values())
        for x in xs:
            if not x.label and x not in names:
                names[x] = next(name for name in ("x", *(f"x_{i}" for i in range(1, len(xs) + 2))) if name not in taken)
                taken.add(names[x])
        if not y.label:
            names.setdefault(y, next(name for name in ("y", "f", "z", "F", "Y") if name not in taken))
        self.page = Page()
        for array in self.arrays:
            if array.kind == "probabilities" and (regular or self.implied(array)):
                self.page.probabilities[tuple(array.nodes)] = array.stem
        (self.y,) = self.page.write(y, names=names)
        if not y.label:
            self.page.forget(self.y)
        self.labelled = {leaf for node, leaf in self.page.leaves.items() if node is not y or y.label}
        self.labelled |= {leaf for leaf in self.page.formulas if leaf not in self.page.leaves.values()}
        self.originals = {leaf: node for node, leaf in self.page.leaves.items()}
        self.order, self.below = self._ordered()
        self._locals: dict[Value, tuple[dict[Value, Value], Value | None]] = {}
        self._written: dict[tuple[Value, Value], Value] = {}

    def implied(self, array: Array) -> bool:
        """Whether nodes without a label may be named after their layer: where its weights are, or nothing is."""
        weights = [other for other in self.arrays if other.kind == "weights" and other.layer == array.layer]
        return all((not node.label) or len(other.prefix) + 2 >= 2 for other in weights for node in other.nodes) and all(
            node.label == "" or node.label.replace("{", "").replace("}", "") == label.replace("{", "").replace("}", "")
            for other in weights
            for node, label in other.labels().items()
        )

    def _names(self, regular: bool) -> dict[Value, str]:
        """Names of the arrays' entries: for all of them, or only for those that have no label."""
        return {
            node: label
            for array in self.arrays
            if regular or self.implied(array)
            for node, label in array.labels().items()
            if regular or not node.label
        }

    def _ordered(self) -> tuple[list[Value], dict[Value, list[Value]]]:
        below: dict[Value, list[Value]] = {}
        order: list[Value] = []
        stack = [(self.y, False)]
        while stack:
            leaf, ready = stack.pop()
            if ready:
                order.append(leaf)
            elif leaf not in below:
                formula = self.page.formulas.get(leaf, leaf)
                below[leaf] = [] if formula is leaf else quantities(formula)
                stack.append((leaf, True))
                stack += [(x, False) for x in reversed(below[leaf])]
        return order, below

    def leaf(self, x: Value) -> Value | None:
        """What stands for a node of the graph on the page; None if y does not depend on it."""
        leaf = self.page.leaves.get(x)
        return leaf if leaf in self.below else None

    def local(self, u: Value, v: Value) -> Value:
        """∂u/∂v as a formula, the other quantities held fixed."""
        if u not in self._locals:
            formula = self.page.formulas[u]
            hidden = formula if formula.op in ARITHMETIC or u not in self.labelled else None  # o·(1 − o), but no −L/c
            slopes = dict(zip(self.below[u], gradient(formula, *self.below[u])))
            self._locals[u] = slopes, hidden
        if (u, v) not in self._written:
            slopes, hidden = self._locals[u]
            self._written[u, v] = self.page.again(slopes[v], hidden)
        return self._written[u, v]

    def between(self, *xs: Value) -> set[Value]:
        """The leaves on ways from y to any of xs."""
        found = set(xs)
        for leaf in self.order:
            if any(x in found for x in self.below[leaf]):
                found.add(leaf)
        return found

    def paths(self, x: Value) -> Iterator[list[Value]]:
        """Each way from y to x along the quantities."""
        inside = self.between(x)
        if x is self.y:
            yield [x]
            return
        path, turns = [self.y], [iter(self.below[self.y])]
        while turns:
            step = next((leaf for leaf in turns[-1] if leaf in inside), None)
            if step is None:
                turns.pop()
                path.pop()
            elif step is x:
                yield [*path, x]
            else:
                path.append(step)
                turns.append(iter(self.below[step]))

    def partial(self, u: Value, v: Value) -> Value:
        """The name ∂u/∂v, with its number where it is a local derivative."""
        return Value(self.local(u, v).data, f"∂{u.label}/∂{v.label}")

    # ---- pieces of lines

    def write(self, formula: Value, numbers: bool = False) -> Math:
        return math(formula, numbers, self.digits)

    def sum_lines(self, terms: Sequence[Value], reason: Math) -> list[Line]:
        """A sum of products in one line, or, where that would be too wide, with a line for each term."""
        whole = self.write(total(terms))
        if len(whole.text) <= WIDEST or len(terms) == 1:
            return [Line(NOTHING, whole, reason)]
        lines = []
        for term in terms:
            text = self.write(term)
            minus = text.text.startswith("−") and lines
            sign = Math("=", "=") if not lines else Math("−", "-") if minus else Math("+", "+")
            lines.append(Line(NOTHING, Math(text.text[1:], text.latex[1:]) if minus else text, reason, sign))
            reason = NOTHING
        return lines

    def reason(self, why: Any) -> Math:
        return words(why) if isinstance(why, str) else self.write(why[0]) + (f" {why[1]}", rf"\ \text{{{why[1]}}}")

    def reasons(self, links: Sequence[tuple[Value, Value]]) -> Math:
        """The derivatives of the functions that are met on the way, such as σ′ = σ·(1 − σ)."""
        met: dict[Primitive, None] = {}
        for u, v in links:
            for node in _way(self.page.formulas[u], v):
                if node.op is not None and node.op.arity == 1 and node.op is not ops.neg and node.op.name != "series":
                    met[node.op] = None
        rules = [rule for op in met if (rule := rule_of(op)) is not None]
        return joined([words("local derivatives"), *rules[:3]], ", ", r",\ ")


def _way(formula: Value, v: Value) -> list[Value]:
    """The nodes of a formula that vary with v."""
    order = history(formula)
    leading = dependents([v], order)
    return [node for node in order if node in leading]


def rule_of(op: Primitive) -> Math | None:
    """The derivative of a function of one number as the table has it: σ′ = σ·(1 − σ), log′(x) = 1/x."""
    page = Page()
    symbol = op.notation.symbol if len(op.notation.symbol) < 10 else op.name
    x, z = Value(0.5, "x"), Value(op.value(0.5), symbol)
    slope = op.slopes(z, [x])[0]
    if not isinstance(slope, Value):
        return None
    formula = page.again(slope)
    of_x = x in quantities(formula)
    right = math(formula)
    command = op.notation.latex.text("x") if callable(op.notation.latex.text) else ""
    name = command.partition("(")[0] if "(" in command else rf"\mathrm{{{op.name}}}"
    right = Math(right.text, right.latex.replace(latex_name(symbol), name).replace(rf"{name} \cdot (", f"{name} ("))
    argument = "(x)" if of_x else ""
    if op is ops.exp:
        return Math("exp′ = exp", r"\left(e^{x}\right)' = e^{x}")
    return Math(f"{symbol}′{argument} = {right.text}", f"{name}'{argument} = {right.latex}")


_chains: dict[int, Primitive] = {}


def chain(factors: Sequence[Value]) -> Value:
    """Factors as the chain rule has them, each on its own."""
    if len(factors) == 1:
        return factors[0]
    n = len(factors)
    if n not in _chains:
        places = (NEGATION, *(PRODUCT,) * (n - 1))
        in_latex = latex_form(lambda *xs: r" \cdot ".join(xs), PRODUCT, places)
        notation = Notation("·", lambda *xs: " · ".join(xs), PRODUCT, places, in_latex)
        _chains[n] = display("chain", notation, lambda xs: 0.0, nary=True)
    data = 1.0
    for factor in factors:
        data *= factor.data
    return record(_chains[n], data, tuple(factors))


def total(terms: Sequence[Value]) -> Value:
    """A sum of chains, for writing."""
    return terms[0] if len(terms) == 1 else record(ops.sum_of, sum(term.data for term in terms), tuple(terms))


# ---------------------------------------------------------------------------------------------------- one derivative


class Derivation(Board):
    """The derivation of dy/dx. Print it, show it in Jupyter, or take .text, .latex, or .save("derivation.tex").

    value: the derivative, a number, equal to what y.backward() leaves in x.grad
    formula: the derivative as the last line has it, a Value over the labels
    paths: the ways from y to x along labelled nodes, each as a list of Values (the first 1,000 of them)
    """

    def __init__(self, y: Value, x: Value, digits: int = 6) -> None:
        study = Study(y, [x], digits=digits)
        leaf = study.leaf(x)
        (slope,) = gradient(y, x)
        self.value = slope.data
        self.paths: list[list[Value]] = []
        boards: Sequence[Board] = ()
        if leaf is None:
            name = named(x.label or "x")
            left = _derivative(study.y.label, x.label or "x")
            why = joined([named(study.y.label), words(" does not depend on "), name], "")
            self.formula = Value(0.0)
            lines = [Line(left, figure(0.0), why)]
        else:
            self.paths = [[study.originals.get(u, u) for u in path] for path in islice(study.paths(leaf), 1000)]
            few = list(islice(study.paths(leaf), FEW_PATHS + 1))
            if len(few) <= FEW_PATHS:
                lines, self.formula = self._along(study, few, leaf)
            else:
                sheet = Sheet(y, [x], digits, study)
                lines, boards = [], sheet.boards
                self.formula = sheet.formulas[leaf]
        super().__init__(lines, boards=boards)

    def _along(self, study: Study, paths: list[list[Value]], x: Value) -> tuple[list[Line], Value]:
        left = _derivative(study.y.label, x.label)
        if x is study.y:
            return [Line(left, figure(1.0), words("a quantity varies with itself by 1"))], Value(1.0)
        links = [list(zip(path, path[1:])) for path in paths]
        lines = []
        if any(len(path) > 1 for path in links):
            names = [chain([study.partial(u, v) for u, v in path]) for path in links]
            why = "chain rule" if len(paths) == 1 else f"chain rule, along each of {len(paths)} paths"
            lines += study.sum_lines(names, words(why))
        factors = [[study.local(u, v) for u, v in path] for path in links]
        lines += study.sum_lines([chain(path) for path in factors], study.reasons([link for path in links for link in path]))
        page = study.page
        products = factors[0] if len(factors) == 1 else [page.sum(map(page.product, factors))]
        end, told = _finish(page, products)
        lines += [Line(NOTHING, study.write(formula), study.reason(why)) for formula, why in told]
        lines += _number_lines(study, end, self.value)
        lines[0] = lines[0]._replace(left=left)
        return _without_repetition(lines), end

    def __repr__(self) -> str:
        return self.text


def _derivative(y: str, x: str) -> Math:
    return named(f"∂{y}/∂{x}")


def _finish(page: Page, factors: Sequence[Value]) -> tuple[Value, list[tuple[Value, str]]]:
    """The simplest form of a product, and the steps to it."""
    steps = simplified(page, factors)
    product = page.product(factors)
    if not steps:
        return product, [(product, "")] if len(factors) > 1 and cost(product) < sum(map(cost, factors)) - 0.05 else []
    return steps[-1][0], steps


def _number_lines(study: Study, end: Value, value: float) -> list[Line]:
    if not end.inputs and not end.label:
        return []
    numbers, result = study.write(end, numbers=True), figure(value, study.digits)
    right = result if numbers.text == result.text else joined([numbers, result], " = ")
    return [Line(NOTHING, right, words("in numbers"))]


def _without_repetition(lines: list[Line]) -> list[Line]:
    """Without lines that say what the one above says, apart from the spacing."""
    kept = lines[:1]
    for line in lines[1:]:
        if line.relation.text != "=" or line.right.text.replace(" · ", "·") != kept[-1].right.text.replace(" · ", "·"):
            kept.append(line)
    return kept


# ------------------------------------------------------------------------------------------------------ a whole sheet


class Family:
    """Quantities that one line can speak of: the entries of an array, or labels that count up.

    leaves: rows of leaves; stem, prefix: their common name; letters: those of the free indices, one for a vector
    """

    def __init__(self, rows: Sequence[Sequence[Value]], stem: str, prefix: tuple[Index, ...], vector: bool) -> None:
        self.rows, self.stem, self.prefix, self.vector = [list(row) for row in rows], stem, prefix, vector
        self.leaves = [leaf for row in rows for leaf in row]

    def generic(self, letters: tuple[str, ...]) -> str:
        """The name of any one of them; an axis of length one keeps its number."""
        lengths = (len(self.rows),) if self.vector else (len(self.rows), len(self.rows[0]))
        free = [letter if n > 1 else 1 for letter, n in zip(letters, lengths)]
        return indexed(self.stem, (*self.prefix, *free))


class Sheet(Board):
    """The derivation of all derivatives of y, each worked out once and used by name from there on.

    gradients: the number of ∂y/∂v for each quantity v of the graph that is on the sheet
    boards: one for each family of quantities, from the output on
    """

    def __init__(self, y: Value, xs: Sequence[Value] = (), digits: int = 6, study: Study | None = None) -> None:
        self.y, self.xs, self.digits = y, list(xs), digits
        self.study = study = study or Study(y, xs, digits=digits)
        targets = [leaf for x in xs if (leaf := study.leaf(x)) is not None] or self._parameters()
        inside = study.between(*targets)
        self.wanted = [leaf for leaf in reversed(study.order) if leaf in inside]
        self.users: dict[Value, list[Value]] = {leaf: [] for leaf in self.wanted}
        for u in self.wanted:
            for v in study.below[u]:
                if v in inside:
                    self.users[v].append(u)
        for users in self.users.values():
            users.sort(key=lambda u: max(readings(u.label)[:1], default=("", ())))
        self.adjoints = self._numbers()
        self.formulas: dict[Value, Value] = {}
        self.families = self._families()
        boards = [self._board(family) for family in self.families]
        missing = [x for x in xs if study.leaf(x) is None]
        boards += [Board([Line(_derivative(study.y.label, x.label or "x"), figure(0.0))]) for x in missing]
        self.gradients = {study.originals[v]: a.data for v, a in self.adjoints.items() if v in study.originals}
        super().__init__(boards=[board for board in boards if board.lines])

    def _parameters(self) -> list[Value]:
        """The weights and biases of the arrays found; without any, every leaf that is a variable."""
        study = self.study
        found = [n for array in study.arrays if array.kind in ("weights", "biases") for n in array.nodes]
        leaves = [leaf for n in found if n.op is not CONSTANT and (leaf := study.leaf(n)) is not None]
        return leaves or [
            leaf for leaf in study.order if not study.below[leaf] and (n := study.originals.get(leaf)) and n.op is not CONSTANT
        ]

    def _numbers(self) -> dict[Value, Value]:
        """∂y/∂v for each quantity, as a leaf with that name."""
        study = self.study
        found: dict[Value, Value] = {}
        originals = [v for v in self.wanted if v in study.originals]
        slopes = dict(zip(originals, gradient(self.y, *(study.originals[v] for v in originals))))
        for v in self.wanted:
            if v in slopes:  # to the last digit what backward() gives
                data = slopes[v].data
            else:
                data = sum(found[u].data * study.local(u, v).data for u in self.users[v])
            found[v] = Value(data, f"∂{study.y.label}/∂{v.label}")
        return found

    def _families(self) -> list[Family]:
        """Arrays, labels that count up, and what is alone; in the order of backpropagation, parameters first."""
        study = self.study
        depth = {study.y: 0}
        for v in self.wanted[1:]:
            depth[v] = 1 + max(depth[u] for u in self.users[v])
        families: list[Family] = []
        placed = {study.y}
        for array in study.arrays:
            rows = [[study.page.leaves.get(node) for node in row] for row in array.rows]
            labels = array.labels()
            flat = [leaf for row in rows for leaf in row]
            agree = all(
                leaf in depth and (array.stem, (*array.prefix, *_place(array, i, j))) in readings(leaf.label)  # type: ignore[union-attr]
                for i, row in enumerate(rows, start=1)
                for j, leaf in enumerate(row, start=1)
            )
            if labels and agree and placed.isdisjoint(flat):  # type: ignore[arg-type]
                families.append(Family(rows, array.stem, array.prefix, array.vector))  # type: ignore[arg-type]
                placed.update(flat)  # type: ignore[arg-type]
        rest = [v for v in self.wanted if v not in placed]
        by_name: dict[Any, list[tuple[int, Value]]] = {}
        for v in rest:
            for stem, indices in readings(v.label)[-1:]:
                if isinstance(indices[-1], int):
                    by_name.setdefault((stem, indices[:-1], depth[v]), []).append((indices[-1], v))
        for (stem, prefix, _), members in by_name.items():
            members.sort(key=lambda member: member[0])
            numbers = [i for i, _ in members]
            if len(members) > 1 and numbers == list(range(1, len(members) + 1)):
                families.append(Family([[v] for _, v in members], stem, prefix, True))
                placed.update(v for _, v in members)
        families += [Family([[v]], "", (), True) for v in rest if v not in placed]
        families.sort(key=lambda f: (max(depth[v] for v in f.leaves), bool(study.below[f.leaves[0]])))
        return families

    # ---- lines

    def _terms(self, v: Value, substituted: bool = False) -> list[list[Value]]:
        """∂y/∂v as products: ∂y/∂u, or its formula, times ∂u/∂v for each u that v goes into."""
        study = self.study
        return [
            [study.local(u, v)] if u is study.y else [(self.formulas if substituted else self.adjoints)[u], study.local(u, v)]
            for u in self.users[v]
        ]

    def _sum(self, terms: Sequence[Sequence[Value]]) -> Value:
        page = self.study.page
        return page.sum([page.product(term) for term in terms])

    def _board(self, family: Family) -> Board:
        lines = self._in_one(family) if len(family.leaves) > 1 else None
        if lines is None:
            several = len(family.leaves) > 1
            lines = self._with_indicator(family) if several else []
            lines += [line for v in family.leaves[:MOST_MEMBERS] for line in self._member(v, terse=several)]
            if len(family.leaves) > MOST_MEMBERS:
                lines.append(Line(Math("⋯", r"\cdots"), reason=words(f"{len(family.leaves)} in all")))
        return Board(lines)

    def _member(self, v: Value, terse: bool = False) -> list[Line]:
        """The lines of one derivative."""
        study = self.study
        left = _derivative(study.y.label, v.label)
        terms = self._terms(v)
        end, told = self._simplest(v)
        lines = []
        links = [(u, v) for u in self.users[v]]
        if any(u is not study.y for u in self.users[v]) and not terse:
            lines += study.sum_lines([self._names(u, v) for u in self.users[v]], words("chain rule"))
        if not terse:
            lines += study.sum_lines([chain(term) for term in terms], study.reasons(links))
        lines += [Line(NOTHING, study.write(formula), study.reason(why)) for formula, why in told if not terse]
        numbers = _number_lines(study, end, self.adjoints[v].data)
        if terse:
            told = dict.fromkeys([study.write(end), *(line.right for line in numbers)])
            return [Line(left, joined(told, " = "))]
        lines += numbers
        lines[0] = lines[0]._replace(left=left)
        return _without_repetition(lines)

    def _names(self, u: Value, v: Value) -> Value:
        partial = self.study.partial(u, v)
        return partial if u is self.study.y else chain([self.adjoints[u], partial])

    def _simplest(self, v: Value) -> tuple[Value, list[Any]]:
        """The derivative in v in its simplest form: with the names of derivatives before it, or with their formulas."""
        page = self.study.page
        terms = self._terms(v)
        products = terms[0] if len(terms) == 1 else [self._sum(terms)]
        end, told = _finish(page, products)
        above = [u for u in self.users[v] if u is not self.study.y]
        if above and all(u in self.formulas and not _speaks_of_derivatives(self.formulas[u]) for u in above):
            terms = self._terms(v, substituted=True)
            if sum(map(size, (factor for term in terms for factor in term))) < 60:
                products = terms[0] if len(terms) == 1 else [self._sum(terms)]
                other, steps = _finish(page, products)
                if any(why for _, why in steps) and cost(other) <= cost(end) and other is not end:
                    raw = total([chain(term) for term in terms])
                    end, told = other, [(raw, "with what was found above"), *steps]
        self.formulas[v] = end
        return end, told

    def _in_one(self, family: Family) -> list[Line] | None:
        """One line for all members, in index notation, and their numbers; None where they are not alike."""
        study = self.study
        letters = self._letters(family)
        pieces = []
        for make in (
            lambda v: total([self._names(u, v) for u in self.users[v]]),
            lambda v: total([chain(term) for term in self._terms(v)]),
        ):
            piece = self._generic(family, make, letters)
            if piece is None:
                return None
            pieces.append(piece)
        names, raw = pieces
        left = _derivative(study.y.label, family.generic(letters))
        lines = [Line(left, study.write(names), words("chain rule"))]
        lines.append(Line(NOTHING, study.write(raw), study.reasons([(u, v) for v in family.leaves[:1] for u in self.users[v]])))
        small = len(family.leaves) <= FEW_MEMBERS
        for v in family.leaves:
            if small:
                self._simplest(v)
        end = self._generic(family, self.formula, letters)
        if end is not None:
            lines.append(Line(NOTHING, study.write(end), words("simplify")))
        lines = _without_repetition(lines)
        last = lines[-1]
        lines[-1] = last._replace(reason=joined([p for p in (last.reason, self._range(family, letters)) if p.text], ", ", r",\ "))
        if small:
            for v in family.leaves:
                numbers = _number_lines(study, self.formulas[v], self.adjoints[v].data)
                lines += [line._replace(left=_derivative(study.y.label, v.label), reason=NOTHING) for line in numbers[:1]]
        return lines

    def formula(self, v: Value) -> Value:
        """∂y/∂v as the sheet has it."""
        if v not in self.formulas:
            self.formulas[v] = self._sum(self._terms(v))
        return self.formulas[v]

    def _generic(self, family: Family, make: Any, letters: tuple[str, ...], many: int = MANY) -> Value | None:
        """One formula for all members, with letters for the indices that count them."""

        def in_row(row: Sequence[Value], letter: str) -> Value | None:
            return _one_for_all([lambda v=v: folded(make(v), many=many) for v in row], letter)

        return _one_for_all([lambda row=row: in_row(row, letters[-1]) for row in family.rows], letters[0])

    def _letters(self, family: Family) -> tuple[str, ...]:
        if not family.vector:
            return "i", "j"
        v = family.leaves[0]
        own = max((len(indices) for _, indices in readings(v.label)), default=0)
        for u in self.users[v]:
            for factor in study_leaves(self.study.local(u, v)):
                if any(len(indices) == own + 1 for _, indices in readings(factor.label)[:1]):
                    return ("j",)  # a place among the inputs of the next layer
        return ("i",)

    def _range(self, family: Family, letters: tuple[str, ...]) -> Math:
        """for i = 1 … n."""
        lengths = [len(family.rows)] + ([] if family.vector else [len(family.rows[0])])
        pieces = [
            Math(f"{a} = 1 … {n}", rf"{a} = 1, \ldots, {n}") if n > 2 else Math(f"{a} = 1, 2", f"{a} = 1, 2")
            for a, n in zip(letters, lengths)
            if n > 1
        ]
        return joined([words("for "), joined(pieces, "; ", r";\ ")], "") if pieces else NOTHING

    def _with_indicator(self, family: Family) -> list[Line]:
        """One line for members that are alike but for one, which has a term more: −1/ŷ_l·(1_{i=l} ŷ_l − ŷ_l ŷ_i)."""
        if not family.vector or len(family.leaves) < 2:
            return []
        study, letters = self.study, self._letters(family)
        ends = [self._simplest(v)[0] for v in family.leaves]
        end = self._but_for_one(ends, letters[0])
        if end is None:
            return []
        left = _derivative(study.y.label, family.generic(letters))
        lines = []
        users = self.users[family.leaves[0]]
        local = None
        if len(users) == 1 and all(self.users[v] == users for v in family.leaves):
            local = self._but_for_one([study.local(users[0], v) for v in family.leaves], letters[0])
        if local is not None:
            (u,) = users
            names = self._generic(family, lambda v: self._names(u, v), letters)
            if names is not None:
                lines.append(Line(NOTHING, study.write(names), words("chain rule")))
            above = [] if u is study.y else [self.formulas[u]]
            lines.append(Line(NOTHING, study.write(chain([*above, local])), study.reasons([(u, family.leaves[0])])))
        lines.append(Line(NOTHING, study.write(end), self._range(family, letters)))
        lines[0] = lines[0]._replace(left=left)
        return lines

    def _but_for_one(self, formulas: Sequence[Value], letter: str) -> Value | None:
        """One formula for several that are alike, but that one has a term more, which gets the factor 1_{i=l}."""
        page = self.study.page
        for odd, formula in enumerate(formulas):
            k = 1 if odd == 0 else 0
            others = [i for i in range(len(formulas)) if i not in (odd, k)]
            if any(self._moved(formulas[k], k + 1, i + 1) is not formulas[i] for i in others):
                continue
            difference = page.sum([formula, page.product([page.number(-1.0), self._moved(formulas[k], k + 1, odd + 1)])])
            steps = simplified(page, [difference])
            extra = steps[-1][0] if steps else difference
            if size(extra) == 1:
                indicator = Value(1.0, f"1_{{{letter}={odd + 1}}}")
                terms = [page.product([extra, indicator]), self._moved(formulas[k], k + 1, letter)]
                return page.sum(terms[::-1] if terms[0].op is ops.neg else terms)
        return None

    def _moved(self, formula: Value, number: int, to: Index) -> Value:
        """A formula with another last index in all labels that have this one."""
        by_label = {leaf.label: leaf for leaf in self.study.page.formulas}
        copies: dict[Value, Value] = {}
        for node in nodes(formula):
            if node.inputs:
                copies[node] = self.study.page.made(node.op, [copies[x] for x in node.inputs])
                continue
            copies[node] = node
            for stem, indices in readings(node.label):
                if indices[-1] == number:
                    label = indexed(stem, (*indices[:-1], to))
                    same = (by_label[name] for name in (label, label.replace("{", "").replace("}", "")) if name in by_label)
                    copies[node] = next(same, None) or by_label.setdefault(label, Value(node.data, label))
                    break
        return copies[formula]

    def vector_form(self, numbers: bool = False) -> Board:
        """The same derivatives in vectors and matrices, as they were found in the graph of scalars.

        numbers: with the numbers of each, as matrices

        Forward, then backward; each gradient has the shape of what it belongs to, shown below the symbols, and beside it
        stands the line of scalars that one entry means. What has no matrix form stays a line of scalars.
        """
        return VectorForm(self.y, self.xs, self.digits, numbers)

    def __repr__(self) -> str:
        return self.text


def _one_for_all(formulas: Sequence[Callable[[], Value | None]], letter: str) -> Value | None:
    """One formula for many of the same structure; of more than sixteen, the first four and the last four are looked at."""
    n = len(formulas)
    found = []
    for part in [formulas] if n <= 16 else [formulas[:4], formulas[-4:]]:
        written = [formula() for formula in part]
        if None in written:
            return None
        if n == 1:
            return written[0]
        one = generalised(written, letter, n - 3 if found else 1)  # type: ignore[arg-type]
        if one is None:
            return None
        found.append(one[0])
    return found[0] if len({math(formula).text for formula in found}) == 1 else None


def _place(array: Array, i: int, j: int) -> tuple[int, ...]:
    return (i,) if array.vector else (i, j)


def study_leaves(formula: Value) -> list[Value]:
    """The leaves of a formula whose names can be read as a stem with indices."""
    return [leaf for leaf in quantities(formula) if readings(leaf.label)]


def _speaks_of_derivatives(formula: Value) -> bool:
    return any(leaf.label.startswith("∂") for leaf in quantities(formula))


# ------------------------------------------------------------------------------------------------------ the vector form


class VectorForm(Board):
    """The forward and the backward pass in vectors and matrices, each beside the line of scalars that an entry stands for.

    equations: (left, right) for each line that has a matrix form, in plain text
    """

    def __init__(self, y: Value, xs: Sequence[Value], digits: int, numbers: bool) -> None:
        self.study = study = Study(y, xs, regular=True, digits=digits)
        self.sheet = sheet = Sheet(y, xs, digits, study)
        self.form = MatrixForm(study.arrays, study.y.label)
        self.numbers, self.digits = numbers, digits
        self.equations: list[tuple[str, str]] = []
        forward = [line for array in study.arrays if array.kind in ("nets", "outputs", "probabilities") for line in self._forward(array)]
        forward.append(Line(named(study.y.label), study.write(study.page.formulas[study.y])))
        backward = [line for family in sheet.families for line in self._backward(family)]
        super().__init__(boards=[Board(forward, "Forward"), Board(backward, "Backward")])

    def _forward(self, array: Array) -> list[Line]:
        leaves = self._leaves(array)
        if leaves is None:
            return []
        study = self.study
        family = Family(leaves, array.stem, array.prefix, array.vector)
        formulas = study.page.formulas
        scalar = self.sheet._generic(family, formulas.__getitem__, ("i",))
        matrix = self._matrix(family, formulas.__getitem__, ("i",)) if array.kind != "probabilities" else self._softmax(array)
        if matrix is None or scalar is None:
            return []
        left = named(array.name)
        beside = joined([named(family.generic(("i",))), study.write(scalar)], " = ")
        return self._line(left, matrix, array.shape, beside, [[leaf.data for leaf in row] for row in leaves])

    def _leaves(self, array: Array) -> list[list[Value]] | None:
        """The leaves of an array on the page, if they are all there."""
        page = self.study.page
        if array.kind == "probabilities":
            by_label = {leaf.label.replace("{", "").replace("}", ""): leaf for leaf in page.formulas}
            labels = [indexed(array.stem, (*array.prefix, i)) for i in range(1, array.shape[0] + 1)]
            found = [by_label.get(label.replace("{", "").replace("}", "")) for label in labels]
            return None if None in found else [[leaf] for leaf in found if leaf is not None]
        rows = [[page.leaves.get(node) for node in row] for row in array.rows]
        return None if any(leaf is None for row in rows for leaf in row) else rows  # type: ignore[return-value]

    def _softmax(self, array: Array) -> tuple[str, str] | None:
        nets = next((other for other in self.study.arrays if other.kind == "nets" and other.layer == array.layer), None)
        if nets is None:
            return None
        name = named(nets.name)
        return f"softmax({name.text})", rf"\operatorname{{softmax}}({name.latex})"

    def _matrix(self, family: Family, make: Any, letters: tuple[str, ...]) -> tuple[str, str] | None:
        """The matrix form of a family's formula; an axis of length one is a letter of its layer's here."""
        generic = self.sheet._generic(family, make, letters, many=1)
        if generic is None:
            return None
        axes = []
        array = self.form.arrays.get((family.stem, family.prefix))
        lengths = [len(family.rows)] + ([] if family.vector else [len(family.rows[0])])
        for axis, (letter, n) in enumerate(zip(letters, lengths)):
            layer = array.layer - axis if array is not None and array.kind != "inputs" else 0
            axes.append(letter if n > 1 else f"#{layer}")
        tensor = self.form.write(generic, tuple(axes))
        return None if tensor is None else (tensor.text, tensor.latex)

    def _backward(self, family: Family) -> list[Line]:
        sheet, study = self.sheet, self.study
        letters = sheet._letters(family)
        array = self.form.arrays.get((family.stem, family.prefix))
        if array is None:
            return [line for v in family.leaves for line in sheet._member(v)]
        scalar = sheet._generic(family, sheet.formula, letters)
        matrix = self._matrix(family, sheet.formula, letters)
        if matrix is None and family.vector and scalar is None:
            scalar, matrix = self._one_hot(family, letters)
        if scalar is None:
            return [line for v in family.leaves for line in sheet._member(v, terse=True)]
        left = _derivative(study.y.label, family.generic(letters))
        beside = joined([left, study.write(scalar)], " = ")
        if matrix is None:
            return [Line(left, study.write(scalar))]
        name = named(array.name)
        gradient_of = Math(f"∇_{name.text} {named(study.y.label).text}", rf"\nabla_{{{name.latex}}} {named(study.y.label).latex}")
        data = [[sheet.adjoints[leaf].data for leaf in row] for row in family.rows]
        return self._line(gradient_of, matrix, array.shape, beside, data)

    def _one_hot(self, family: Family, letters: tuple[str, ...]) -> tuple[Value | None, tuple[str, str] | None]:
        """ŷ − e_l, where the entries are ŷ_i − 1_{i=l}."""
        formula = self.sheet._but_for_one([self.sheet.formulas[v] for v in family.leaves], letters[0])
        if formula is None:
            return None, None
        tensor = self.form.write(formula, letters)
        return formula, None if tensor is None else (tensor.text, tensor.latex)

    def _line(
        self, left: Math, matrix: tuple[str, str], shape: tuple[int, int], beside: Math, data: list[list[float]]
    ) -> list[Line]:
        rows, columns = shape
        self.equations.append((left.text, matrix[0]))
        under = Math(left.text, rf"\underset{{{rows} \times {columns}}}{{{left.latex}}}")
        reason = Math(f"[{rows}×{columns}]  {beside.text}", beside.latex)
        right = Math(*matrix)
        if self.numbers and rows * columns <= 64:
            right = joined([right, _matrix_of(data, self.digits)], " = ")
        return [Line(under, right, reason)]


def _matrix_of(rows: Sequence[Sequence[float]], digits: int) -> Math:
    text = "[" + "; ".join(", ".join(figure(x, digits).text for x in row) for row in rows) + "]"
    latex = r" \\ ".join(" & ".join(figure(x, digits).latex for x in row) for row in rows)
    return Math(text, rf"\begin{{bmatrix}} {latex} \end{{bmatrix}}")
