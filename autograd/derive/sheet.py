"""A whole sheet: the derivatives of y in everything it was computed from, from the output on, each worked out once.

    ∂L/∂h₁ⱼ = Σₘ ∂L/∂a₂ₘ · ∂a₂ₘ/∂h₁ⱼ      chain rule
            = Σₘ ∂L/∂a₂ₘ · w₂ₘⱼ           local derivatives, for j = 1 … 4

What is found is used by its name in what follows, as the deltas are on paper. One line speaks for a whole family, the
entries of an array (arrays.py) or labels that count up, where all its members have formulas of one shape;
a softmax under a logarithm, where one member has a term more, gets the factor 1_{i=l}.

Source: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (1986).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd import primitives as ops
from autograd.calculus import gradient
from autograd.derive.algebra import cost, simplify, size
from autograd.derive.families import Family, place_in, unnamed
from autograd.derive.study import (
    TINY,
    NamedGraph,
    chain,
    derivative_of,
    drop_repetitions,
    simplify_product,
    too_large,
    total,
    write_in_numbers,
)
from autograd.display.board import NOTHING, Board, Line, Math, figure, joined, math, reason_of, words
from autograd.formula.folding import MANY, fold_sums, index_family
from autograd.formula.measures import free_variables
from autograd.rewriting import rewrite
from autograd.value import Value
from autograd.writing.names import Index, indexed, readings

MOST_FAMILIES = 120  # on a sheet
MOST_MEMBERS = 32  # of a family that no one line can speak of
FEW_MEMBERS = 8  # of a family, whose numbers are each written out


class Sheet(Board):
    """The derivation of all derivatives of y, each worked out once and used by name from there on; see `derivation`.

    gradients: the number of ∂y/∂v for each quantity v of the graph that is on the sheet
    boards: one for each family of quantities, from the output on

    >>> from autograd import Value, derivation, label
    >>> w, x, b = Value(1.5), Value(2.0), Value(-1.0)
    >>> z = w * x + b
    >>> E = z ** 2
    >>> label(w=w, x=x, b=b, z=z, E=E)
    >>> sheet = derivation(E, w, b)
    >>> sheet.gradients[w], sheet.gradients[b]
    (8.0, 4.0)
    >>> print(sheet)
    ∂E/∂z = 2·z       local derivatives
          = 2·2 = 4   in numbers
    <BLANKLINE>
    ∂E/∂b = ∂E/∂z · ∂z/∂b   chain rule
          = ∂E/∂z · 1       local derivatives
          = ∂E/∂z
          = 4               in numbers
    <BLANKLINE>
    ∂E/∂w = ∂E/∂z · ∂z/∂w   chain rule
          = ∂E/∂z · x       local derivatives
          = 4·2 = 8         in numbers
    """

    def __init__(
        self, y: Value, xs: Sequence[Value] = (), digits: int = 6, study: NamedGraph | None = None, numbers: bool = True
    ) -> None:
        self.y, self.xs, self.digits = y, list(xs), digits
        self.study = study = study or NamedGraph(y, xs or unnamed(y), digits=digits, numbers=numbers, asked=xs)
        targets = [leaf for x in xs or study.structure.parameters() if (leaf := study.leaf(x)) is not None]
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
        self.settled: set[Value] = set()  # whose formula is not to be simplified further
        self.families = self._families()
        if len(self.families) > MOST_FAMILIES:
            raise too_large(f"a sheet would have {len(self.families)} parts", y)
        boards = [self._board(family) for family in self.families]
        missing = [x for x in xs if study.leaf(x) is None]
        boards += [Board([Line(derivative_of(study.y.label, x.label or "x"), figure(0.0))]) for x in missing]
        if study.y in targets:
            why = words("a quantity varies with itself by 1")
            boards.append(Board([Line(derivative_of(study.y.label, study.y.label), figure(1.0), why)]))
        self.gradients = {study.originals[v]: self._slopes[v] for v in self.adjoints if v in study.originals}
        super().__init__(boards=[board for board in boards if board.lines])

    def _numbers(self) -> dict[Value, Value]:
        """∂y/∂v for each quantity, as a leaf with that name."""
        study = self.study
        found: dict[Value, Value] = {}
        self._slopes: dict[Value, float] = {}
        originals = [v for v in self.wanted if v in study.originals]
        slopes = dict(zip(originals, gradient(self.y, *(study.originals[v] for v in originals))))
        for v in self.wanted:
            known = slopes.get(v)  # to the last digit what backward() gives
            data = known.data if known is not None else sum(found[u].data * study.local(u, v).data for u in self.users[v])
            self._slopes[v] = data
            if 0.0 < abs(data) < TINY:
                terms = [[study.local(u, v)] if u is study.y else [found[u], study.local(u, v)] for u in self.users[v]]
                data = study.rounded(self._sum(terms), data) if terms else data
            found[v] = Value(data, f"∂{study.y.label}/∂{v.label}")
            if data != self._slopes[v]:
                study.noise[found[v]] = abs(self._slopes[v])
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
                leaf in depth and (array.stem, (*array.prefix, *place_in(array, i, j))) in readings(leaf.label)
                for i, row in enumerate(rows, start=1)
                for j, leaf in enumerate(row, start=1)
            )
            if labels and agree and placed.isdisjoint(x for x in flat if x is not None):
                known = [[leaf for leaf in row if leaf is not None] for row in rows]
                families.append(Family(known, array.stem, array.prefix, array.vector))
                placed.update(leaf for row in known for leaf in row)
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
            [study.local(u, v)]
            if u is study.y
            else [(self.formulas if substituted else self.adjoints)[u], study.local(u, v)]
            for u in self.users[v]
        ]

    def _sum(self, terms: Sequence[Sequence[Value]]) -> Value:
        page = self.study.page
        return page.sum([page.product(term) for term in terms])

    def _board(self, family: Family) -> Board:
        if len(family.leaves) == 1:
            return Board(self.member(family.leaves[0]))
        generic = self._in_one(family)
        alike = generic is not None
        small = len(family.leaves) <= FEW_MEMBERS
        if generic is None:
            generic = self._with_indicator(family)
        elif not small:
            return Board(generic)
        lines = [self.in_numbers(v, formula=not alike) for v in family.leaves[:MOST_MEMBERS]]
        if len(family.leaves) > MOST_MEMBERS:
            lines.append(Line(Math("⋯", r"\cdots"), reason=words(f"{len(family.leaves)} in all")))
        return Board(generic, boards=[Board(lines)]) if generic else Board(lines)

    def member(self, v: Value) -> list[Line]:
        """The lines of one derivative.

        v: the quantity on the page that y is differentiated with respect to
        """
        study = self.study
        end, told = self._simplest(v)
        lines: list[Line] = []
        if any(u is not study.y for u in self.users[v]):
            lines += study.sum_lines([self._names(u, v) for u in self.users[v]], words("chain rule"))
        lines += study.sum_lines([chain(term) for term in self._terms(v)], study.reasons([(u, v) for u in self.users[v]]))
        lines += [Line(NOTHING, study.write(formula), reason_of(why)) for formula, why in told]
        lines += write_in_numbers(study, end, self.adjoints[v].data)
        lines[0] = lines[0]._replace(left=derivative_of(study.y.label, v.label))
        return drop_repetitions(lines)

    def in_numbers(self, v: Value, formula: bool = True) -> Line:
        """One derivative in one line: its formula, unless that is said already, and its numbers.

        v: the quantity on the page that y is differentiated with respect to
        formula: whether its formula is written
        """
        study = self.study
        end, _ = self._simplest(v)
        numbers = [line.right for line in write_in_numbers(study, end, self.adjoints[v].data)]
        pieces = dict.fromkeys([study.write(end)] * (formula or not numbers) + numbers)
        return Line(derivative_of(study.y.label, v.label), joined(pieces, " = "))

    def _names(self, u: Value, v: Value) -> Value:
        if u is self.study.y:  # beside other ways, where ∂y/∂v is the name of the whole
            return self.study.local(u, v)
        return chain([self.adjoints[u], self.study.partial(u, v)])

    def _simplest(self, v: Value) -> tuple[Value, list[Any]]:
        """The derivative in v in its simplest form: with the names of derivatives before it, or with their formulas."""
        if v in self.settled:
            return self.formulas[v], []
        terms = self._terms(v)
        products = terms[0] if len(terms) == 1 else [self._sum(terms)]
        end, told = simplify_product(self.study, products, v)
        above = [u for u in self.users[v] if u is not self.study.y]
        if above and all(u in self.formulas and not _speaks_of_derivatives(self.formulas[u]) for u in above):
            terms = self._terms(v, substituted=True)
            if sum(map(size, (factor for term in terms for factor in term))) < 60:
                products = terms[0] if len(terms) == 1 else [self._sum(terms)]
                other, steps = simplify_product(self.study, products, v)
                if any(why for _, why in steps) and cost(other) <= cost(end) and other is not end:
                    raw = total([chain(term) for term in terms])
                    end, told = other, [(raw, "with what was found above"), *steps]
        self.formulas[v] = end
        return end, told

    def _in_one(self, family: Family) -> list[Line] | None:
        """One line for all members, in index notation, and their numbers; None where they are not alike."""
        study = self.study
        letters = self.letters_of(family)
        raw = self.generic(family, lambda v: total([chain(term) for term in self._terms(v)]), letters)
        users = self.users[family.leaves[0]]
        lines = []
        if users != [study.y]:
            names = self.generic(family, lambda v: total([self._names(u, v) for u in self.users[v]]), letters)
            if names is None:
                return None
            lines.append(Line(NOTHING, study.write(names), words("chain rule")))
        if raw is None:  # but where they end, they may be: pᵢ − yᵢ
            return self._alike_in_the_end(family, letters, lines)
        lines.append(Line(NOTHING, study.write(raw), study.reasons([(u, family.leaves[0]) for u in users])))
        lines[0] = lines[0]._replace(left=derivative_of(study.y.label, family.generic(letters)))
        if len(family.leaves) <= FEW_MEMBERS:
            for v in family.leaves:
                self._simplest(v)
        end = self.generic(family, self.formula, letters)
        if end is not None:
            lines.append(Line(NOTHING, study.write(end), words("simplify")))
        else:  # each has its own simplest form, but one line speaks of all of them
            self.formulas.update((v, self._sum(self._terms(v))) for v in family.leaves)
            self.settled.update(family.leaves)
        lines = drop_repetitions(lines)
        return [*lines[:-1], self._for_all(lines[-1], family, letters)]

    def _for_all(self, line: Line, family: Family, letters: tuple[str, ...]) -> Line:
        """A line with what its letters run through behind its reason."""
        return line._replace(
            reason=joined([p for p in (line.reason, self.range_of(family, letters)) if p.text], ", ", r",\; ")
        )

    def _alike_in_the_end(self, family: Family, letters: tuple[str, ...], lines: list[Line]) -> list[Line] | None:
        """One line for members whose formulas differ until they are simplified; None where they differ then, too."""
        if len(family.leaves) > MOST_MEMBERS:
            return None
        whys = [[reason_of(why) for _, why in self._simplest(v)[1]] for v in family.leaves]
        end = self.generic(family, self.formula, letters)
        if end is None:
            return None
        told = [why for why in whys[0] if why.text and all(why in other for other in whys)]
        reason = joined(dict.fromkeys(told[:1] + told[-1:]), ", ", r",\; ")
        lines = [*lines, self._for_all(Line(NOTHING, self.study.write(end), reason), family, letters)]
        return [lines[0]._replace(left=derivative_of(self.study.y.label, family.generic(letters))), *lines[1:]]

    def formula(self, v: Value) -> Value:
        """∂y/∂v as the sheet has it, for a quantity v on the page."""
        if v not in self.formulas:
            self.formulas[v] = self._sum(self._terms(v))
        return self.formulas[v]

    def generic(self, family: Family, make: Any, letters: tuple[str, ...], many: int = MANY) -> Value | None:
        """One formula for all members of a family, with letters for their indices; None where they are not alike.

        family: whose members are meant
        make: a function that gives a member's formula
        letters: one for each index that counts
        many: how many terms of a sum are written out
        """

        def one(v: Value) -> Value:
            return fold_sums(make(v), many=many)

        def in_row(row: Sequence[Value]) -> Value | None:
            return _one_for_all([partial(one, v) for v in row], letters[-1])

        return _one_for_all([partial(in_row, row) for row in family.rows], letters[0])

    def letters_of(self, family: Family) -> tuple[str, ...]:
        """The letters for the indices of a family: i for a vector, or j among the inputs of a layer; i and j for a matrix.

        family: whose members are meant
        """
        if not family.vector:
            return "i", "j"
        v = family.leaves[0]
        own = max((len(indices) for _, indices in readings(v.label)), default=0)
        for u in self.users[v]:
            for factor in study_leaves(self.study.local(u, v)):
                if any(len(indices) == own + 1 for _, indices in readings(factor.label)[:1]):
                    return ("j",)  # a place among the inputs of the next layer
        return ("i",)

    def range_of(self, family: Family, letters: tuple[str, ...]) -> Math:
        """What the letters of a family run through: for i = 1 … n.

        family: whose members are meant
        letters: one for each index that counts
        """
        lengths = [len(family.rows)] + ([] if family.vector else [len(family.rows[0])])
        pieces = [
            Math(f"{a} = 1 … {n}", rf"{a} = 1, \ldots, {n}") if n > 2 else Math(f"{a} = 1, 2", f"{a} = 1, 2")
            for a, n in zip(letters, lengths)
            if n > 1
        ]
        return joined([words("for "), joined(pieces, "; ", r";\;")], "") if pieces else NOTHING

    def _with_indicator(self, family: Family) -> list[Line]:
        """One line for members that are alike but for one, which has a term more: −1/ŷ_l·(1_{i=l} ŷ_l − ŷ_l ŷ_i)."""
        if not family.vector or not 2 <= len(family.leaves) <= MOST_MEMBERS:
            return []
        study, letters = self.study, self.letters_of(family)
        ends = [self._simplest(v)[0] for v in family.leaves]
        end = self.but_for_one(ends, letters[0])
        if end is None:
            return []
        left = derivative_of(study.y.label, family.generic(letters))
        lines = []
        users = self.users[family.leaves[0]]
        local = None
        if len(users) == 1 and all(self.users[v] == users for v in family.leaves):
            local = self.but_for_one([study.local(users[0], v) for v in family.leaves], letters[0])
        if local is not None:
            (u,) = users
            names = self.generic(family, lambda v: self._names(u, v), letters)
            if names is not None and u is not study.y:
                lines.append(Line(NOTHING, study.write(names), words("chain rule")))
            above = [] if u is study.y else [self.formula(u)]
            lines.append(Line(NOTHING, study.write(chain([*above, local])), study.reasons([(u, family.leaves[0])])))
        lines.append(Line(NOTHING, study.write(end), self.range_of(family, letters)))
        lines[0] = lines[0]._replace(left=left)
        return lines

    def but_for_one(self, formulas: Sequence[Value], letter: str) -> Value | None:
        """One formula for several that are alike, but that one has a term more, which gets the factor 1_{i=l}.

        formulas: theirs, in order
        letter: the index that counts them
        """
        ways = [way for odd in range(len(formulas)) if (way := self._but_for(odd, formulas, letter)) is not None]
        return min(ways, key=cost, default=None)

    def _but_for(self, odd: int, formulas: Sequence[Value], letter: str) -> Value | None:
        page = self.study.page
        k = 1 if odd == 0 else 0
        others = [i for i in range(len(formulas)) if i not in (odd, k)]
        if any(self._moved(formulas[k], k + 1, i + 1) is not formulas[i] for i in others):
            return None
        difference = page.sum([formulas[odd], page.product([page.number(-1.0), self._moved(formulas[k], k + 1, odd + 1)])])
        steps = simplify(page, [difference])
        extra = steps[-1][0] if steps else difference
        if size(extra) > 1 + (extra.op in (ops.div, ops.mul)):
            return None
        indicator = Value(1.0, f"1_{{{letter}={odd + 1}}}")
        terms = [page.product([extra, indicator]), self._moved(formulas[k], k + 1, letter)]
        return page.sum(terms[::-1] if terms[0].op is ops.neg else terms)

    def _moved(self, formula: Value, number: int, to: Index) -> Value:
        """A formula with another last index in all labels that have this one."""
        by_label = {leaf.label: leaf for leaf in self.study.page.formulas}

        def move(node: Value, inputs: list[Value]) -> Value:
            for stem, indices in readings(node.label) if not inputs else ():
                if indices[-1] == number:
                    label = indexed(stem, (*indices[:-1], to))
                    same = (by_label[name] for name in (label, label.replace("{", "").replace("}", "")) if name in by_label)
                    return next(same, None) or by_label.setdefault(label, Value(node.data, label))
            return self.study.page.rebuild(node, inputs)

        return rewrite(formula, move)

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
        from autograd.derive.vectors import VectorForm

        study = NamedGraph(self.y, self.xs or unnamed(self.y), regular=True, digits=self.digits, asked=self.xs)
        return VectorForm(Sheet(self.y, self.xs, self.digits, study), numbers)


def _one_for_all(formulas: Sequence[Callable[[], Value | None]], letter: str) -> Value | None:
    """One formula for many of the same structure; of more than sixteen, the first four and the last four are looked at."""
    n = len(formulas)
    found: list[Value] = []
    for part in [formulas] if n <= 16 else [formulas[:4], formulas[-4:]]:
        formed = [formula() for formula in part]
        written = [formula for formula in formed if formula is not None]
        if len(written) < len(part) or n == 1:
            return formed[0] if n == 1 else None
        one = index_family(written, letter, n - 3 if found else 1)
        if one is None:
            return None
        found.append(one[0])
    return found[0] if len({math(formula).text for formula in found}) == 1 else None


def study_leaves(formula: Value) -> list[Value]:
    """The leaves of a formula whose names can be read as a stem with indices."""
    return [leaf for leaf in free_variables(formula) if readings(leaf.label)]


def _speaks_of_derivatives(formula: Value) -> bool:
    return any(leaf.label.startswith("∂") for leaf in free_variables(formula))
