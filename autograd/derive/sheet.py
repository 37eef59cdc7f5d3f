"""A whole sheet: the derivatives of y in everything it was computed from, from the output on, each worked out once.

    ∂L/∂h₁ⱼ = Σₘ ∂L/∂a₂ₘ · ∂a₂ₘ/∂h₁ⱼ      chain rule
            = Σₘ ∂L/∂a₂ₘ · w₂ₘⱼ           local derivatives, for j = 1 … 4

What is found is used by its name in what follows, as the deltas are on paper. One line speaks for a whole family, the
entries of an array (arrays.py) or labels that count up, where all its members have formulas of one shape;
a softmax under a logarithm, where one member has a term more, gets the factor 1_{i=l}.

Source: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (1986).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd.calculus import gradient
from autograd.derive.algebra import cost
from autograd.derive.definitions import define
from autograd.derive.families import Family, find_families, find_unnamed, single_out
from autograd.derive.lines import (
    chain,
    complete_lines,
    derivative_of,
    drop_repetitions,
    local_derivatives,
    simplify_sum,
    sum_lines,
    total,
    with_reason,
    write_in_numbers,
)
from autograd.derive.named_graph import TINY, NamedGraph, too_large, wear_names
from autograd.derive.vectors import VectorForm
from autograd.display.board import NOTHING, Board, Line, Math, figure, join, reason_of, words
from autograd.formula.measures import count_leaves, free_variables
from autograd.value import Value
from autograd.writing.names import readings

MOST_FAMILIES = 120  # on a sheet
MOST_MEMBERS = 32  # of a family that no one line can speak of
MOST_LEAVES = 60  # of a derivative into which the formulas of those before it are put
FEW_MEMBERS = 8  # of a family, whose numbers are each written out


class Adjoints:
    """The derivatives of y in the quantities of a graph: how each follows from those of what the quantity goes into.

    graph: the graph, whose page they stand on; y: its output, a node
    targets: the quantities on the page that y is differentiated with respect to, and with them all on the way
    """

    def __init__(self, graph: NamedGraph, y: Value, targets: Sequence[Value]) -> None:
        self.graph, self.y = graph, y
        inside = graph.between(*targets)
        self.wanted = [leaf for leaf in reversed(graph.order) if leaf in inside]
        self.users = self._find_users()
        self.adjoints = self._find_adjoints()
        self.formulas: dict[Value, Value] = {}
        self.settled: set[Value] = set()  # whose formula is not to be simplified further

    def _find_users(self) -> dict[Value, list[Value]]:
        """For each quantity those in whose formulas it stands, in the order of their labels."""
        users: dict[Value, list[Value]] = {v: [] for v in self.wanted}
        for u in self.wanted:
            for v in self.graph.below[u]:
                if v in users:
                    users[v].append(u)
        for several in users.values():
            several.sort(key=lambda u: max(readings(u.label)[:1], default=("", ())))
        return users

    def _find_adjoints(self) -> dict[Value, Value]:
        """∂y/∂v for each quantity, as a leaf with that name."""
        graph = self.graph
        found: dict[Value, Value] = {}
        self._slopes: dict[Value, float] = {}
        originals = [v for v in self.wanted if v in graph.originals]
        slopes = dict(zip(originals, gradient(self.y, *(graph.originals[v] for v in originals))))
        for v in self.wanted:
            known = slopes.get(v)  # to the last digit what backward() gives
            data = known.data if known is not None else sum(found[u].data * graph.local(u, v).data for u in self.users[v])
            self._slopes[v] = data
            if 0.0 < abs(data) < TINY:
                terms = self._terms(v, found)
                data = graph.round_off(self._sum(terms), data) if terms else data
            found[v] = Value(data, f"∂{graph.y.label}/∂{v.label}")
            if data != self._slopes[v]:
                graph.noise[found[v]] = abs(self._slopes[v])
        return found

    def _terms(self, v: Value, above: Mapping[Value, Value] | None = None) -> list[list[Value]]:
        """∂y/∂v as products: ∂y/∂u times ∂u/∂v for each u that v goes into.

        above: what is written for ∂y/∂u, by default its name
        """
        graph, above = self.graph, above or self.adjoints
        return [[graph.local(u, v)] if u is graph.y else [above[u], graph.local(u, v)] for u in self.users[v]]

    def _sum(self, terms: Sequence[Sequence[Value]]) -> Value:
        page = self.graph.page
        return page.sum([page.product(term) for term in terms])

    def member(self, v: Value) -> list[Line]:
        """The lines of one derivative.

        v: the quantity on the page that y is differentiated with respect to
        """
        graph = self.graph
        end, told = self._simplest(v)
        lines: list[Line] = []
        if any(u is not graph.y for u in self.users[v]):
            lines += sum_lines(graph, [self._names(u, v) for u in self.users[v]], words("chain rule"))
        why = local_derivatives(graph, [(u, v) for u in self.users[v]])
        lines += sum_lines(graph, [chain(term) for term in self._terms(v)], why)
        return complete_lines(graph, derivative_of(graph.y.label, v.label), lines, told, end, self.adjoints[v].data)

    def _names(self, u: Value, v: Value) -> Value:
        if u is self.graph.y:  # beside other ways, where ∂y/∂v is the name of the whole
            return self.graph.local(u, v)
        return chain([self.adjoints[u], self.graph.partial(u, v)])

    def _simplest(self, v: Value) -> tuple[Value, list[Any]]:
        """The derivative in v in its simplest form: with the names of derivatives before it, or with their formulas."""
        if v in self.settled:
            return self.formulas[v], []
        end, told = simplify_sum(self.graph, self._terms(v), v)
        above = [u for u in self.users[v] if u is not self.graph.y]
        there = [leaf.label for u in above if u in self.formulas for leaf in free_variables(self.formulas[u])]
        if above and self.formulas.keys() >= set(above) and not any(label.startswith("∂") for label in there):
            terms = self._terms(v, self.formulas)
            if sum(count_leaves(factor) for term in terms for factor in term) < MOST_LEAVES:
                other, steps = simplify_sum(self.graph, terms, v)
                if any(why for _, why in steps) and cost(other) <= cost(end) and other is not end:
                    raw = total([chain(term) for term in terms])
                    end, told = other, [(raw, "with what was found above"), *steps]
        self.formulas[v] = end
        return end, told


class Sheet(Adjoints, Board):
    """The derivation of all derivatives of y, each worked out once and used by name from there on; see `derivation`.

    gradients: the number of ∂y/∂v for each quantity v of the graph that is on the sheet
    boards: one for each family of quantities, from the output on

    >>> from autograd import Value, derivation, label
    >>> w, x, b = Value(1.5), Value(2.0), Value(-1.0)
    >>> a = w * x + b
    >>> L = a ** 2
    >>> label(w=w, x=x, b=b, a=a, L=L)
    >>> sheet = derivation(L, w, b)
    >>> sheet.gradients[w], sheet.gradients[b]
    (8.0, 4.0)
    >>> print(sheet)
    ∂L/∂a = 2·a       local derivatives
          = 2·2 = 4   in numbers
    <BLANKLINE>
    ∂L/∂b = ∂L/∂a · ∂a/∂b   chain rule
          = ∂L/∂a · 1       local derivatives
          = ∂L/∂a
          = 4               in numbers
    <BLANKLINE>
    ∂L/∂w = ∂L/∂a · ∂a/∂w   chain rule
          = ∂L/∂a · x       local derivatives
          = 4·2 = 8         in numbers
    """

    def __init__(
        self, y: Value, xs: Sequence[Value] = (), digits: int = 6, graph: NamedGraph | None = None, numbers: bool = True
    ) -> None:
        originals: dict[Value, Value] = {}
        if graph is None:
            y, xs, originals = wear_names(y, xs)
        self.xs, self.digits = list(xs), digits
        graph = graph or NamedGraph(
            y, xs or find_unnamed(y), digits=digits, numbers=numbers, asked=xs, called=bool(originals)
        )
        targets = [leaf for x in xs or graph.structure.parameters() if (leaf := graph.leaf(x)) is not None]
        Adjoints.__init__(self, graph, y, targets)
        self.families = find_families(graph, self.wanted, self.users)
        if len(self.families) > MOST_FAMILIES:
            raise too_large(f"a sheet would have {len(self.families)} parts", y)
        boards = [self._board(family) for family in self.families]
        missing = [x for x in xs if graph.leaf(x) is None]
        boards += [Board([Line(derivative_of(graph.y.label, graph.name(x)), figure(0.0))]) for x in missing]
        if graph.y in targets:
            why = words("a quantity varies with itself by 1")
            boards.append(Board([Line(derivative_of(graph.y.label, graph.y.label), figure(1.0), why)]))
        known = [v for v in self.adjoints if v in graph.originals]
        self.gradients = {originals.get(node := graph.originals[v], node): self._slopes[v] for v in known}
        if originals:  # names that nobody has seen yet
            boards = [define(graph, self.wanted, numbers), *boards]
        Board.__init__(self, boards=[board for board in boards if board.lines])

    def _board(self, family: Family) -> Board:
        if len(family.leaves) == 1:
            return Board(self.member(family.leaves[0]))
        whole = self._in_one(family)
        if whole is not None and len(family.leaves) > FEW_MEMBERS:
            return Board(whole)
        above = self._with_indicator(family) if whole is None else whole
        lines = [self.in_numbers(v, formula=whole is None) for v in family.leaves[:MOST_MEMBERS]]
        if len(family.leaves) > MOST_MEMBERS:
            lines.append(Line(Math("⋯", r"\cdots"), reason=words(f"{len(family.leaves)} in all")))
        return Board(above, boards=[Board(lines)]) if above else Board(lines)

    def in_numbers(self, v: Value, formula: bool = True) -> Line:
        """One derivative in one line: its formula, unless that is said already, and its numbers.

        v: the quantity on the page that y is differentiated with respect to
        formula: whether its formula is written
        """
        graph = self.graph
        end, _ = self._simplest(v)
        numbers = [line.right for line in write_in_numbers(graph, end, self.adjoints[v].data)]
        pieces = [graph.write(end), *numbers] if formula or not numbers else numbers
        return Line(derivative_of(graph.y.label, v.label), join(dict.fromkeys(pieces), " = "))

    def _in_one(self, family: Family) -> list[Line] | None:
        """One line for all members, in index notation, and their numbers; None where they are not alike."""
        graph = self.graph
        letters = self.letters(family)
        raw = family.index(lambda v: total([chain(term) for term in self._terms(v)]), letters)
        users = self.users[family.leaves[0]]
        lines = []
        if users != [graph.y]:
            names = family.index(lambda v: total([self._names(u, v) for u in self.users[v]]), letters)
            if names is None:
                return None
            lines.append(Line(NOTHING, graph.write(names), words("chain rule")))
        if raw is None:  # but where they end, they may be: pᵢ − yᵢ
            return self._alike_in_the_end(family, letters, lines)
        lines.append(Line(NOTHING, graph.write(raw), local_derivatives(graph, [(u, family.leaves[0]) for u in users])))
        if len(family.leaves) <= FEW_MEMBERS:
            for v in family.leaves:
                self._simplest(v)
        end = family.index(self.formula, letters)
        if end is not None:
            lines.append(Line(NOTHING, graph.write(end), words("simplify")))
        else:  # each has its own simplest form, but one line speaks of all of them
            self.formulas.update((v, self._sum(self._terms(v))) for v in family.leaves)
            self.settled.update(family.leaves)
        return self._for_all(drop_repetitions(lines), family, letters)

    def _for_all(self, lines: list[Line], family: Family, letters: tuple[str, ...]) -> list[Line]:
        """Lines with what they speak of in front, and what its letters run through behind the last reason."""
        lines[0] = lines[0]._replace(left=derivative_of(self.graph.y.label, family.name(letters)))
        return [*lines[:-1], with_reason(lines[-1], family.range(letters))]

    def _alike_in_the_end(self, family: Family, letters: tuple[str, ...], lines: list[Line]) -> list[Line] | None:
        """One line for members whose formulas differ until they are simplified; None where they differ then, too."""
        if len(family.leaves) > MOST_MEMBERS:
            return None
        whys = [[reason_of(why) for _, why in self._simplest(v)[1]] for v in family.leaves]
        end = family.index(self.formula, letters)
        if end is None:
            return None
        told = [why for why in whys[0] if why.text and all(why in other for other in whys)]
        reason = join(dict.fromkeys(told[:1] + told[-1:]), ", ", r",\; ")
        return self._for_all([*lines, Line(NOTHING, self.graph.write(end), reason)], family, letters)

    def formula(self, v: Value) -> Value:
        """∂y/∂v as the sheet has it, for a quantity v on the page."""
        if v not in self.formulas:
            self.formulas[v] = self._sum(self._terms(v))
        return self.formulas[v]

    def letters(self, family: Family) -> tuple[str, ...]:
        """The letters for the indices of a family: i for a vector, or j among the inputs of a layer; i and j for a matrix.

        family: whose members are meant
        """
        if not family.vector:
            return "i", "j"
        v = family.leaves[0]
        own = max((len(indices) for _, indices in readings(v.label)), default=0)
        for u in self.users[v]:
            for factor in free_variables(self.graph.local(u, v)):
                if any(len(indices) == own + 1 for _, indices in readings(factor.label)[:1]):
                    return ("j",)  # a place among the inputs of the next layer
        return ("i",)

    def _with_indicator(self, family: Family) -> list[Line]:
        """One line for members that are alike but for one, which has a term more: −1/ŷ_l·(1_{i=l} ŷ_l − ŷ_l ŷ_i)."""
        if not family.vector or not 2 <= len(family.leaves) <= MOST_MEMBERS:
            return []
        graph, letters = self.graph, self.letters(family)
        ends = [self._simplest(v)[0] for v in family.leaves]
        end = single_out(graph.page, ends, letters[0])
        if end is None:
            return []
        lines = []
        u, *others = self.users[family.leaves[0]]
        local = None
        if not others and all(self.users[v] == [u] for v in family.leaves):
            local = single_out(graph.page, [graph.local(u, v) for v in family.leaves], letters[0])
        if local is not None:
            names = family.index(lambda v: self._names(u, v), letters)
            if names is not None and u is not graph.y:
                lines.append(Line(NOTHING, graph.write(names), words("chain rule")))
            above = [] if u is graph.y else [self.formula(u)]
            why = local_derivatives(graph, [(u, family.leaves[0])])
            lines.append(Line(NOTHING, graph.write(chain([*above, local])), why))
        return self._for_all([*lines, Line(NOTHING, graph.write(end))], family, letters)

    def vector_form(self, numbers: bool = False) -> Board:
        """The same derivatives in vectors and matrices, as they were found in the graph of scalars.

        numbers: with the numbers of each, as matrices

        Forward, then backward; each gradient has the shape of what it belongs to, shown below the symbols, and beside it
        stands the line of scalars that one entry means. What has no matrix form stays a line of scalars.

        >>> import nn
        >>> from autograd import Value, derivation, label
        >>> model, x = nn.MLP(2, [2], seed=0), [Value(0.5), Value(1.0)]
        >>> a = model(x)
        >>> L = a[0] ** 2 + a[1] ** 2
        >>> label(x=x, L=L)
        >>> print(derivation(L).vector_form())
        Forward
        ───────
        <BLANKLINE>
        a = W₁ x + b₁   [2×1]  aᵢ = w₁ᵢ₁·x₁ + w₁ᵢ₂·x₂ + b₁ᵢ
        L = a₁² + a₂²
        <BLANKLINE>
        Backward
        ────────
        <BLANKLINE>
        ∇_a L  = 2 a        [2×1]  ∂L/∂aᵢ = 2·aᵢ
        ∇_W₁ L = ∇_a L xᵀ   [2×2]  ∂L/∂w₁ᵢⱼ = ∂L/∂aᵢ·xⱼ
        ∇_b₁ L = ∇_a L      [2×1]  ∂L/∂b₁ᵢ = ∂L/∂aᵢ
        """
        graph = NamedGraph(self.y, self.xs or find_unnamed(self.y), regular=True, digits=self.digits, asked=self.xs)
        return VectorForm(Sheet(self.y, self.xs, self.digits, graph), numbers)
