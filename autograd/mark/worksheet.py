"""Marking: what a person worked out by hand, against the graph, as a careful teacher would.

A worksheet is a list of named Values. Its page (formula/page.py) says how each line follows from the lines above it, and
by that one step a line is marked: from the numbers that the person had, not from the right ones. So a mistake is marked
once, and what merely follows from it is carried forward.

    right      the right number, to the digits written
    rounded    off in its last digits by no more than what rounding (or cutting off) the numbers before it can do
    carried    follows from an earlier mistake: right for the person's own numbers
    wrong      here
    blank      nothing was written; the lines below are then marked from the nearest lines above that have a number
    unread     what was written cannot be read, and the remark says why and where; for the rest it is as if it were blank

claims.py reads what was written, judging.py marks numbers, comparing.py formulas, mistakes.py makes the mistakes that
explain a wrong one; marker.py puts together what is said of one person's lines. Here is the sheet itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from autograd import primitives as ops
from autograd.calculus import gradient
from autograd.formula.lexer import FormulaError
from autograd.formula.measures import free_variables
from autograd.formula.name_keys import KnownNames, name_key
from autograd.formula.page import Page
from autograd.formula.spellings import undress
from autograd.formula.writing import write_formula
from autograd.graph import leaves, nodes, paths_between
from autograd.labels import subscript
from autograd.mark.ambiguity import Ambiguity, CommonMistakes
from autograd.mark.claims import Claim, read_claim, shorten
from autograd.mark.comparing import Check, Comparison
from autograd.mark.context import SheetContext
from autograd.mark.letters import other_letters
from autograd.mark.marker import Marker
from autograd.mark.paper import claims_in
from autograd.mark.report import Marking
from autograd.operation import CONSTANT
from autograd.rewriting import evaluate, expand, substitute
from autograd.value import Value, operands, record
from autograd.writing.names import primed

MOST_REMEMBERED = 200  # claims of a sheet


class Worksheet:
    """Named Values to be worked out by hand, in the order in which they are.

    values, named: the lines, each a Value that was computed; a list of Values gets numbered lines: h=[h1, h2] is h_1 and
        h_2. Leaves are given, not worked out; so are those that stand on no line but have a label

    .lines are the names of the lines, .given the numbers that are given, .true the right numbers, by name; .steps how each
    line follows from those before it, as text.

    Since `gradient` gives graphs, a worksheet covers all of backpropagation: the loss, gradients, updated weights, and the
    next forward pass with these.

    >>> from autograd import Value, Worksheet, gradient, sigmoid
    >>> w, x, y = Value(0.5, label="w"), Value(2.0, label="x"), Value(1.0, label="y")
    >>> a = w * x
    >>> y_hat = sigmoid(a)
    >>> L = (y_hat - y) ** 2 / 2
    >>> sheet = Worksheet(a=a, ŷ=y_hat, L=L, dw=gradient(L, w)[0])
    >>> print(sheet.mark({"a": "1.0", "ŷ": "0.7311", "L": "0.0362", "dw": "0.1057"}))
    line  written  mark     right    remark
    a     1.0      ✓ right  1.0
    ŷ     0.7311   ✓ right  0.7311
    L     0.0362   ✓ right  0.0362
    dw    0.1057   ✗ wrong  −0.1058  You took y − ŷ; here it is ŷ − y
    <BLANKLINE>
    3 of 4 marks. The first mistake: dw.

    Raises TypeError for what is no Value, ValueError for a sheet without a line, or with two lines of one name.
    """

    _source: tuple[Worksheet, dict[Value, Value], dict[Value, Value]] | None = None  # of which this has other numbers
    _make_values: Callable[[], dict[str, Value]]

    def __init__(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> None:
        self.title = ""
        if isinstance(values, Value):
            raise TypeError(f"a worksheet has a name for each line, as in Worksheet(a=a, h=h), and not {values!r} alone")
        self.values = dict(_flatten({**(values or {}), **named}))
        self._by_key: dict[object, str] = {}
        for name in self.values:
            other = self._by_key.setdefault(name_key(name), name)
            if other != name:
                raise ValueError(f"{other!r} and {name!r} are one name: give one of them another")
        for name, value in self.values.items():
            renamed = bool(value.label) and not value.inputs and name_key(value.label) != name_key(name)
            plain = value.op is CONSTANT and not value.label  # a derivative that is 1
            if renamed or plain:
                self.values[name] = ops.sum_of(value)
        computed = [name for name, value in self.values.items() if value.inputs]
        if not computed:
            raise ValueError("nothing to be worked out: a worksheet has lines that are computed, such as a=w * x + b")
        self._write_page()
        self._nodes = {leaf: node for node, leaf in self.page.leaves.items()}
        self.lines = [name for name in computed if self.formulas[self.leaves[name]] is not self.leaves[name]]
        self._look_around()

    def _write_page(self) -> None:
        """How each line follows from those before it: a leaf for each, its formula over the others, its right number."""
        self.page = Page(twins=True)
        names: dict[Value, str] = {}
        again: dict[str, Value] = {}  # a Value with two names gets a second node, which is equal to the first
        for name, value in self.values.items():
            if value in names:
                again[name] = value = ops.sum_of(value)
            names[value] = name
        on_page = {name: again.get(name, value) for name, value in self.values.items()}
        self.page.write(*on_page.values(), names=names)
        self.leaves = {name: self.page.leaves[value] for name, value in on_page.items()}
        self.formulas: dict[Value, Value] = dict(self.page.formulas)
        self.right = {leaf: leaf.data for leaf in self.formulas}
        self.right.update((self.leaves[name], value.data) for name, value in self.values.items())

    def _look_around(self) -> None:
        """What follows from the formulas."""
        self._names = {leaf: name for name, leaf in self.leaves.items()}
        self.given = {leaf.label: leaf.data for leaf, formula in self.formulas.items() if formula is leaf and leaf.label}
        self.context = SheetContext(self.formulas)
        self._claims: dict[tuple[str, str], Claim | None] = {}
        self.readable = KnownNames(self._readable())
        self.readable.otherwise = other_letters(tuple(self.readable))

    def with_numbers(self, right: Mapping[Value, float], values: Callable[[], dict[str, Value]]) -> Worksheet:
        """The same sheet with other numbers, at a tenth of what it takes to write one.

        right: the number of each quantity of the page; values: makes the lines, for whoever asks for them
        """
        other = Worksheet.__new__(type(self))
        other.title, other.lines, other._by_key, other._make_values = self.title, self.lines, self._by_key, values
        order = self._order
        numbers = evaluate(order, right)
        copies: dict[Value, Value] = {}
        for node in order:
            if node.inputs:
                inputs = operands(node.op, tuple(copies[x] for x in node.inputs))
                copies[node] = record(node.op, numbers[node], *inputs)
            else:
                copies[node] = node if node.op is CONSTANT and not node.label else Value(numbers[node], node.label)
                copies[node].op = node.op
        other._source = self, {copy: node for node, copy in copies.items()}, copies
        other.leaves = {name: copies[leaf] for name, leaf in self.leaves.items()}
        other.formulas = {copies[leaf]: copies[formula] for leaf, formula in self.formulas.items()}
        other.right = {copies[leaf]: x for leaf, x in right.items()}
        other._look_around()
        return other

    @cached_property
    def _order(self) -> list[Value]:
        return nodes(*self.formulas, *self.formulas.values())

    @cached_property
    def values(self) -> dict[str, Value]:
        """The lines, and what is given that has a line: Values, by name."""
        return self._make_values()

    def _readable(self) -> dict[str, Value]:
        """What formulas may speak of, by name: each name once, those of the sheet first."""
        found: dict[object, tuple[str, Value]] = {}
        for leaf in [*self.leaves.values(), *self.formulas]:
            label = self._names.get(leaf, leaf.label)
            if label:
                found.setdefault(name_key(label), (label, leaf))
        return dict(found.values())

    def slope(self, y: Value, x: Value) -> Value | None:
        """The derivative of one quantity of the page by another that it is computed from, as a formula of this sheet.

        y, x: leaves of the page. None where y does not depend on x
        """
        if self._source is not None:
            source, known, copies = self._source
            slope = source.slope(known[y], known[x]) if y in known and x in known else None
            return None if slope is None else substitute(slope, copies)
        above, below = self._nodes.get(y), self._nodes.get(x)
        if above is None or below is None or not paths_between(above, below):
            return None
        return self.page.write(gradient(above, below)[0])[0]

    @classmethod
    def of(cls, loss: Value, rate: float | Value | None = None, parameters: Sequence[Value] | None = None) -> Worksheet:
        """The whole sheet of a labelled graph: forward, ∂L/∂u for each labelled u from the output on, updated parameters.

        loss: the output; give labels to what is to be worked out, and to the parameters
        rate: the learning rate; with it, a line w' for each parameter. Labelled constants (inputs, targets) get no
            gradient
        parameters: the leaves that are differentiated by and stepped, such as model.parameters(); all that have a label,
            where nothing is said

        Raises ValueError for a graph in which nothing but the output has a label.

        >>> from autograd import Value, Worksheet
        >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
        >>> a = w * x
        >>> a.label = "a"
        >>> Worksheet.of(a ** 2, rate=0.1)
        Worksheet(7 lines: a, L, ∂L/∂a, ∂L/∂w, ∂L/∂x, w', x')
        >>> Worksheet.of(a ** 2, rate=0.1, parameters=[w])
        Worksheet(5 lines: a, L, ∂L/∂a, ∂L/∂w, w')
        """
        if not isinstance(loss, Value):
            raise TypeError(f"Worksheet.of takes the Value to be differentiated, not {loss!r}")
        named = [node for node in nodes(loss) if node.label and node is not loss]
        inner = [node for node in named if node.inputs]
        own = leaves(loss) if parameters is None else parameters
        parameters = [node for node in own if node.op is None and node.label]
        if not named:
            raise ValueError("nothing in this graph has a label: autograd.label(w=w, z=z) gives them")
        name = loss.label or "L"
        lines: dict[str, Value] = {node.label: node for node in inner} | {name: loss}
        for node in [*inner[::-1], *parameters]:
            lines[f"∂{name}/∂{node.label}"] = gradient(loss, node)[0]
        if rate is not None:
            for node in parameters:
                lines[primed(node.label)] = node - rate * gradient(loss, node)[0]
        return cls(lines)

    @property
    def true(self) -> dict[str, float]:
        """The right number of each line, by its name.

        >>> from autograd import Value, Worksheet
        >>> x = Value(3.0, label="x")
        >>> Worksheet(y=x * x).true
        {'y': 9.0}
        """
        return {name: self.right[self.leaves[name]] for name in self.lines}

    @property
    def steps(self) -> dict[str, str]:
        """How each line follows from those before it, as a formula by its name.

        >>> from autograd import Value, Worksheet
        >>> x = Value(3.0, label="x")
        >>> y = x * x
        >>> Worksheet(y=y, z=y + 1).steps
        {'y': 'x²', 'z': 'y + 1'}
        """
        return {name: write_formula(self.formulas[self.leaves[name]])[0] for name in self.lines}

    def line_named(self, name: str) -> str:
        """The line that a name means: w1 and w_1 are one name.

        name: in any of its spellings

        Raises LookupError, with the nearest name, if there is none.
        """
        if not isinstance(name, str):
            raise LookupError(f"{name!r} is no line of this worksheet: lines have names, {', '.join(self.lines[:12])}")
        if name in self.lines:
            return name
        keys = name_key(name), name_key(undress(name).text.strip())
        found = next((line for key in keys if (line := self._by_key.get(self.readable.otherwise.of(key)))), None)
        if found in self.lines:
            return str(found)
        if found or name in self.given:
            raise LookupError(f"{name} is given, not worked out")
        if near := get_close_matches(name, self.lines, 1):
            raise LookupError(f"{name} is no line of this worksheet; is {near[0]} meant?")
        some = [*self.lines[:12], "…"] if len(self.lines) > 12 else self.lines
        raise LookupError(f"{name} is no line of this worksheet; the lines are {', '.join(some)}")

    def read(self, name: str, text: object) -> Claim | None:
        """What somebody wrote on a line, as numbers and formulas; None for nothing.

        name: the line
        text: what stands there

        Raises FormulaError or TypeError for what cannot be read.
        """
        try:
            return self._claim(name, text)
        except FormulaError as error:
            raise FormulaError(error.text, error.position, f"{error.reason} (on the line {name})") from None

    def _claim(self, name: str, text: object) -> Claim | None:
        """What was written on a line; whoever collects answers asks for it before they are marked."""
        if not isinstance(text, str):
            return self._read_claim(name, text)
        if (name, text) not in self._claims:
            if len(self._claims) > MOST_REMEMBERED:
                self._claims.clear()
            self._claims[name, text] = self._read_claim(name, text)
        return self._claims[name, text]

    def _read_claim(self, name: str, text: object) -> Claim | None:
        derived: list[Value] = []  # what derivatives of quantities came to, where these are no lines

        def derive(y: Value, x: Value) -> Value | None:
            if x not in self.formulas or x.op is CONSTANT:
                return None
            slope = self.slope(y, x) if y in self.formulas else None
            if slope is None:
                slope = gradient(expand(y, self.formulas, lambda q: q is x)[0], x)[0]
            derived.extend([slope] * (y in self.formulas))
            return slope

        claim = read_claim(text, self.readable, name, derive)
        if claim is not None and len(claim.pieces) > 1 and claim.pieces[0].formula is self.leaves[name]:
            del claim.pieces[0]  # the line by another name, such as ∂L/∂b for δ
        if claim is None:
            return None
        formulas = [piece for piece in claim.pieces if piece.formula is not None]
        after = self.context.after(self.leaves[name]) if formulas else set()
        for piece in formulas:
            for q in free_variables(piece.graph):
                if q is self.leaves[name]:
                    raise FormulaError(claim.chain, piece.position, f"{name} is what is to be found here")
                if q in after:
                    reason = f"{self.name_of(q)} rests on {name}, and explains nothing here"
                    raise FormulaError(claim.chain, piece.position, reason)
            if piece is claim.pieces[-1] and any(piece.formula is each for each in derived):
                raise FormulaError(
                    claim.chain, piece.position, "this names what is to be worked out: write what it comes to"
                )
        return claim

    def _read(self, line: str, text: object, digits: int) -> Claim | FormulaError | None:
        """What `mark` makes of what was written: an error only costs the line."""
        try:
            claim = self._claim(line, text)
        except FormulaError as error:
            return _place_in_text(text, error)
        except TypeError as error:
            return FormulaError(shorten(repr(text)), 0, str(error))
        number = claim.number if claim is not None else None
        if isinstance(text, float) and number is not None and number.digits < digits:
            reason = f"at least {digits} digits are wanted, and this number has lost its last zeros: write it in quotes"
            return FormulaError(repr(text), 0, reason)
        return claim

    def mark(
        self,
        claims: Mapping[str, object] | str,
        marks: float | Mapping[str, float] = 1.0,
        carried: float = 1.0,
        digits: int = 0,
    ) -> Marking:
        """Mark what somebody worked out.

        claims: for each line what was written there, as text: "0.2570", "-y/ŷ + (1-y)/(1-ŷ)", "0.4·0.59 = 0.236", or a chain
            over several lines; lines may be missing. A number is taken with the digits that Python shows, so that 0.2570
            speaks for three decimals alone. Or one text, a line for each, as on paper: "a = 0.25\\nŷ = 0.56"
        marks: what a line is worth; or, by name, what some are
        carried: what part of its marks a line gets that follows from an earlier mistake
        digits: how many significant digits are asked for; a number with fewer is wrong, unless it is exact

        A claim that cannot be read is "unread", whatever it is, and the others are marked.

        Raises LookupError for a name that is no line, TypeError for claims that do not go by line, ValueError for marks that
        are no marks.

        >>> from autograd import Value, Worksheet
        >>> x = Value(3.0, label="x")
        >>> y = x * x
        >>> marking = Worksheet(y=y, z=y + 1).mark({"y": "8.0", "z": "9.0"}, carried=0.5)
        >>> marking.verdicts, marking.score
        ({'y': 'wrong', 'z': 'carried'}, 0.5)
        >>> Worksheet(y=y, z=y + 1).mark("y = 3² = 9\\nz = 10").score
        2.0
        """
        if isinstance(claims, str):
            claims = claims_in(claims, self.lines)
        if not hasattr(claims, "items"):
            example = f'{{"{self.lines[0]}": "0.5"}}'
            raise TypeError(f"claims go by line, as in {example}, and this is {shorten(repr(claims))}")
        read: dict[Value, Claim] = {}
        unread: dict[Value, FormulaError] = {}
        for name, text in claims.items():
            line = self.line_named(name)
            leaf = self.leaves[line]
            if leaf in read or leaf in unread:
                raise ValueError(f"{line} has two claims")
            claim = self._read(line, text, digits)
            if isinstance(claim, FormulaError):
                unread[leaf] = claim
            elif claim is not None:
                read[leaf] = claim
        worth = _worth(self, marks)
        if isinstance(carried, bool) or not 0.0 <= carried <= 1.0:
            raise ValueError(f"a carried line gets a part of its marks, from 0 to 1, not {carried!r}")
        marker = Marker(self, read, unread)
        return Marking([marker.row(name, worth[name], carried, digits) for name in self.lines], self.title)

    def check_formula(self, name: str, text: str) -> Check:
        """Whether a formula is that of a line, as a function: true or false, with a point where they differ.

        name: the line
        text: the formula, in the names of the sheet

        >>> from autograd import Value, Worksheet, gradient
        >>> y, y_hat = Value(1.0, label="y"), Value(0.7, label="ŷ")
        >>> L = -y * y_hat.log() - (1 - y) * (1 - y_hat).log()
        >>> check = Worksheet(L=L, slope=gradient(L, y_hat)[0]).check_formula("slope", "-y/ŷ - (1-y)/(1-ŷ)")
        >>> bool(check), check.difference.point, check.diagnosis
        (False, [('y', 0.81), ('ŷ', 0.73)], 'The sign of (1 − y)/(1 − ŷ) is wrong: it is added here')
        """
        line = self.line_named(name)
        claim = self.read(line, text)
        if claim is None or len(claim.pieces) > 1:
            raise ValueError("check_formula takes one formula; check_chain takes several")
        (piece,) = claim.pieces
        return Comparison(self.formulas, self.context).check(self.leaves[line], piece.graph, claim.text)

    def check_chain(self, name: str, text: str | Sequence[str]) -> list[Check]:
        """Each member of a chain a = b = c against the line, and against the member before it.

        name: the line
        text: the chain, in one piece or as a list of lines

        Two mistakes that cancel are both found: the second member is right again, and does not follow from the first.

        >>> from autograd import Value, Worksheet
        >>> x = Value(3.0, label="x")
        >>> sheet = Worksheet(y=(x + 1) ** 2)
        >>> [(check.right, check.follows) for check in sheet.check_chain("y", "x^2 + 1 = x^2 + 2x + 1")]
        [(False, True), (True, False)]
        """
        line = self.line_named(name)
        claim = self.read(line, text)
        return [] if claim is None else Comparison(self.formulas, self.context).chain(self.leaves[line], claim.formulas)

    def audit(self, digits: int = 5) -> list[Ambiguity]:
        """For authors: the common mistakes that this sheet's numbers would not show, or would not tell apart.

        digits: how many significant digits are written

        >>> from autograd import Value, Worksheet
        >>> x = Value(2.0, label="x")
        >>> [str(each) for each in Worksheet(y=x * x).audit()]
        ['y: This is half of what it should be — and You did not square x — both give 2']
        """
        return list(self.ambiguities(digits))

    def ambiguities(self, digits: int = 5) -> Iterator[Ambiguity]:
        """What audit lists, one by one; digits: how many significant digits are written."""
        lines = {name: self.leaves[name] for name in self.lines}
        return CommonMistakes(lines, self.context).ambiguities(self.right, digits)

    def name_of(self, leaf: Value) -> str:
        """What a quantity of the page is called on this sheet.

        leaf: the Value that stands for it there
        """
        return self._names.get(leaf, leaf.label)

    def __repr__(self) -> str:
        return f"Worksheet({len(self.lines)} lines: {', '.join(self.lines)})"


def _flatten(values: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for name, item in values.items():
        if not isinstance(name, str) or not name.strip():
            raise TypeError(f"lines have names, not {name!r}")
        found = list(_items_in(item))
        numbers = all(isinstance(x, (Value, int, float)) and not isinstance(x, bool) for _, x in found)
        if not found or not numbers:
            raise TypeError(f"{name}={item!r}: a line is a Value, or a list of Values")
        for indices, x in found:
            line = f"{name}_{subscript(indices)}" if indices else name
            yield line, x if isinstance(x, Value) else Value(x, name)


def _items_in(item: Any, indices: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """What stands in lists, with its indices from 1 on."""
    if isinstance(item, (list, tuple)):
        for i, inner in enumerate(item, start=1):
            yield from _items_in(inner, (*indices, i))
    else:
        yield indices, item


def _worth(sheet: Worksheet, marks: float | Mapping[str, float]) -> dict[str, float]:
    """What each line is worth."""
    if hasattr(marks, "items"):
        worth = dict.fromkeys(sheet.lines, 1.0) | {sheet.line_named(name): mark for name, mark in marks.items()}
    else:
        worth = dict.fromkeys(sheet.lines, marks)
    for name, mark in worth.items():
        if isinstance(mark, bool) or not isinstance(mark, (int, float)) or not 0.0 <= mark < math.inf:
            raise ValueError(f"a line is worth a number of marks from 0 on, not {name}={mark!r}")
    return worth


def _place_in_text(text: object, error: FormulaError) -> FormulaError:
    """An error with its place in what was written, if what stands there was written so."""
    whole = "\n".join(map(str, text)) if isinstance(text, (list, tuple)) else str(text)
    rest = error.text[error.position :]
    at = whole.rfind(rest) if rest else len(whole)
    return FormulaError(whole, at, error.reason) if at >= 0 else error
