r"""Formulas with indices, sums, vectors and matrices: what is read besides, where somebody says what names stand for.

    \sum_{j=1}^{k} w_{ij} x_j      the body, read once for each j
    \begin{bmatrix} a & b \\ …     an Array; W^T δ ⊙ σ'(z) is computed with Arrays
    \frac{\partial J(\hat y, y)}{\partial \hat y}, ∂L/∂w, dL/dx, ∇_a L, softmax(a)_l, 1_{(l=i)}, cases

Each form is a token of indexed_lexer.py, and a method here that reads it.
"""

from __future__ import annotations

import re
from typing import Any

from autograd import primitives as ops
from autograd.formula.arrays import Array, ShapeError, add_up, each, multiply, product, vector
from autograd.formula.indexed_lexer import SUMMED, IndexedLexer, Scope, prepare
from autograd.formula.lexer import FormulaError, Token
from autograd.formula.parser import (
    ARGUMENT,
    BEFORE_FUNCTION,
    BESIDE,
    BINDING,
    CLOSING,
    LONGEST,
    MISPLACED,
    POWER,
    PRODUCT,
    SUM,
    WANTED,
    _Parser,
)
from autograd.formula.signs import IN_TWO_WAYS
from autograd.functions import softmax
from autograd.operation import CONSTANT, Primitive
from autograd.primitives import abs as absolute
from autograd.rewriting import apply
from autograd.value import Value, constant, lift

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.formula.arrays import Quantity

MOST_SUMS = 4  # within each other: each has several terms, which have several again
_TIGHTEST = POWER + 1
_BINDING = {
    **BINDING, "⊙": PRODUCT, "ᵀ": _TIGHTEST, "index": _TIGHTEST, "slope": BESIDE, "∇": BESIDE, "Σ": BESIDE, "⟦": BESIDE,
    "softmax": BESIDE, "call": BESIDE, "‖": BESIDE, "⦃": BESIDE,
}  # fmt: skip


def read_quantity(text: str, scope: Scope) -> Quantity:
    """A formula as a Value or an Array. Raises FormulaError, ShapeError."""
    return _IndexedParser(prepare(text), scope).quantity()


class _IndexedParser(_Parser):
    """One formula over Values and Arrays."""

    lexer_class = IndexedLexer

    def __init__(self, text: str, scope: Scope) -> None:
        if len(text) > 2 * LONGEST:
            raise FormulaError(
                text, LONGEST, f"a formula has up to {2 * LONGEST:,} characters, and this text has {len(text):,}"
            )
        lexer = IndexedLexer(text, scope)
        self.scope = scope
        self.text, self.error, self.stream = lexer.text, lexer.error, lexer.tokens()
        self.before: list[Token] = []
        self.open: list[Token] = []
        self.depth = 0
        self.token = next(self.stream)

    def quantity(self) -> Quantity:
        if self.token.kind == "end":
            raise self.error(self.token.start, "there is no formula here")
        y: Quantity = self.expression()
        if self.token.kind != "end":
            raise self.misplaced()
        return y

    def misplaced(self) -> FormulaError:
        if self.token.kind not in ("end", *CLOSING.values(), *MISPLACED):
            return self.error(self.token.start, "here a sign of mathematics is expected")
        return super().misplaced()

    def binding(self) -> int:
        if self.token.kind == "‖" and any(token.kind == "‖" for token in self.open):
            return 0
        if self.token.kind == "|":
            return super().binding()
        return _BINDING.get(self.token.kind, 0)

    # ---- the loop

    def go_on(self, left: Any, binding: int) -> Any:
        token, before = self.token, self.before[-1]
        kind = token.kind
        if kind in ("+", "-"):
            self.advance()
            if self.token.kind == "dots":
                return self.sum_with_dots(left, kind)
            return each(ops.add if kind == "+" else ops.sub, left, self.expression(SUM))
        if kind == "⊙":
            self.advance()
            return each(ops.mul, left, self.expression(PRODUCT))
        if kind == "·":
            self.advance()
            return product(left, self.expression(PRODUCT), self.scope.of_vectors)
        if kind == "ᵀ":
            self.advance()
            return left.transposed if isinstance(left, Array) else left
        if kind == "index":
            self.advance()
            return self.entry(left, token)
        if kind in ("/", "^"):
            self.advance()
            return each(ops.div, left, self.divisor(before)) if kind == "/" else self.power(left)
        if kind == "number":
            raise self.error(token.start, "a number stands in front of other factors: a sign is expected here, such as ·")
        behind_a_number = isinstance(left, Value) and left.op is CONSTANT and before.kind != "name"
        if binding == ARGUMENT and kind in CLOSING and not behind_a_number:
            raise self.error(token.start, f"{IN_TWO_WAYS}: put the whole argument of the function in brackets")
        return product(left, self.expression(BESIDE), self.scope.of_vectors)

    def sum_with_dots(self, left: Any, sign: str) -> Any:
        """a_1 + … + a_n: what the dots leave out is what the last term shows, counted on from the last number before."""
        numbers = re.findall(r"_\{?(?:\w,?)*?([0-9])\}?(?![0-9])", self.text[: self.token.start])
        start = self.token.start
        self.advance()
        if self.token.kind != sign or sign != "+" or not numbers:
            raise self.error(start, "dots are not read where it is not clear what they leave out")
        self.advance()
        start = self.token.start
        self.expression(SUM)
        terms = self.filled(self.text[start : self.token.start], int(numbers[-1]), start)
        for term in terms:
            left = each(ops.add, left, term)
        return left

    def raise_to(self, base: Any, exponent: Any, start: int) -> Any:
        if isinstance(base, Value) and isinstance(exponent, Value):
            return super().raise_to(base, exponent, start)
        return each(ops.pow, base, exponent)

    def entry(self, of: Any, token: Token) -> Value:
        """(…)_i: one entry of a vector, or of a matrix."""
        places = self.scope.letters_in(token.what)
        numbers = [int(p) for p in places if p.isdigit()]
        if not isinstance(of, Array) or len(numbers) != len(places):
            raise self.error(token.start, "an index stands behind a vector, and is a number or a letter that counts")
        flat = of.entries if of.is_vector and len(numbers) == 1 else None
        try:
            if flat is not None:
                return flat[self.checked(numbers[0], len(flat))]
            row, column = numbers
            return of.rows[self.checked(row, of.shape[0])][self.checked(column, of.shape[1])]
        except (IndexError, ValueError):
            raise self.error(token.start, "there is no entry with this index") from None

    @staticmethod
    def checked(place: int, n: int) -> int:
        if not 1 <= place <= n:
            raise IndexError(place)
        return place - 1

    # ---- operands

    def operand(self, binding: int) -> Any:
        token = self.token
        kind = token.kind
        if kind == "-":
            self.advance()
            return each(ops.neg, self.deeper(max(2, binding)))
        if kind == "fraction":
            self.advance()
            above: Any = self.part()
            return each(ops.div, above, self.part())
        if kind == "slope":
            self.advance()
            top, bottoms = token.what
            return self.differentiate(read_quantity(top, self.scope), bottoms)
        if kind == "∇":
            self.advance()
            by, loss = token.what
            return self.scope.gradient_of(loss, read_quantity(by, self.scope))
        if kind == "Σ":
            return self.sum(token)
        if kind == "⟦":
            return self.matrix()
        if kind == "⦃":
            return self.cases()
        if kind == "‖":
            return self.norm()
        if kind == "softmax":
            self.advance()
            inside: Any = self.group()[0]
            if not isinstance(inside, Array):
                raise self.error(token.start, "softmax is of a vector")
            if inside.shape[1] == 1:
                return vector([lift(p) for p in softmax(inside.entries)], inside.axes[0])
            return Array([[lift(p) for p in softmax(row)] for row in inside.rows], inside.axes)  # of a matrix row by row
        if kind == "call":
            self.advance()
            base, primes = token.what
            start = self.token.start
            args: Any = self.group(arguments=True)
            return self.scope.call(base, args, primes, self.text[start : self.before[-1].end])
        if kind in ("(", "[", "{", "|", "left|"):
            group = self.listed() if kind in ("[", "(") else self.group()
            inside = group[0]
            if len(group) > 1:
                return vector(self.scalars(group))
            return each(absolute, inside) if "|" in kind else inside
        if kind in ("index", "ᵀ", "⊙", "¦", "⏎", "⟧"):
            raise self.error(token.start, WANTED)
        return super().operand(binding)

    def number(self, x: Any, what: str) -> Value:
        if not isinstance(x, Value):
            raise ShapeError(f"{what} is a number, and no vector")
        return x

    def comparison(self, sign: str, left: Any, right: Any) -> Value:
        left, right = (self.number(x, "what is compared") for x in (left, right))
        return super().comparison(sign, left, right)

    def scalars(self, entries: Sequence[Any]) -> list[Value]:
        if not all(isinstance(x, Value) for x in entries):
            raise ShapeError("vectors stand within a vector")
        return list(entries)

    def listed(self) -> list[Any]:
        """What stands in brackets: an expression, a comparison, or the entries of a vector."""
        opening = self.token
        self.open_bracket()
        inside = self.cells_until((CLOSING[opening.kind],), (",",))
        if len(inside) == 1 and self.is_at_a_comparison() and opening.kind == "[":
            inside = [self.compare(inside[0])]
        self.close_bracket()
        return inside

    def cells_until(self, closing: tuple[str, ...], between: tuple[str, ...]) -> list[Any]:
        """Cells, with dots among them read as the pattern that the last one shows."""
        found: list[Any] = []
        while True:
            if self.token.kind == "dots":
                self.advance()
                if self.token.kind in between:
                    self.advance()
                start, n = self.token.start, len(found)
                self.deeper()
                last = self.text[start : self.token.start]
                if self.token.kind == "dots" and not n:  # [… f(k) …]
                    self.advance()
                found += self.filled(last, n, start)
            else:
                found.append(self.deeper())
                if self.token.kind == "dots":
                    continue
            if self.token.kind not in between or self.token.kind in closing:
                return found
            self.advance()

    def filled(self, last: str, n: int, start: int) -> list[Any]:
        """The cells from n + 1 on, up to that which is written, whose index is a size."""
        letters = [letter for letter in self.scope.letters_in_formula(last) if letter in self.scope.sizes]  # type: ignore[attr-defined]
        if len(set(letters)) != 1:
            raise self.error(start, "dots are not read where it is not clear what they leave out")
        letter, size = letters[0], self.scope.size(letters[0])
        return [self.with_letters(last, {letter: i}) for i in range(n + 1, size + 1)]

    def with_letters(self, text: str, env: dict[str, int]) -> Any:
        before = self.scope.env
        self.scope.env = {**before, **env}
        try:
            return _IndexedParser(text, self.scope).quantity()
        finally:
            self.scope.env = before

    def matrix(self) -> Any:
        """The rows of a matrix; with dots between rows, the pattern of the last row."""
        self.open.append(self.advance())
        rows: list[list[Any]] = []
        while True:
            if self.token.kind == "dots":
                while self.token.kind in ("dots", "¦"):
                    self.advance()
                if self.token.kind == "⏎":
                    self.advance()
                start = self.token.start
                self.cells_until(("⟧", "⏎"), ("¦", ","))
                rows += [[cell] for cell in self.filled(self.text[start : self.token.start], len(rows), start)]
            else:
                rows.append(self.cells_until(("⟧", "⏎"), ("¦", ",")))
            if self.token.kind != "⏎":
                break
            self.advance()
        if self.token.kind != "⟧":
            raise self.misplaced()
        self.open.pop()
        self.advance()
        return stack(rows)

    def cases(self) -> Any:
        """What holds under the first condition that is met; the last one may be otherwise."""
        self.open.append(self.advance())
        found: list[tuple[Any, Any]] = []
        while True:
            value = self.deeper()
            condition: Any = None
            if self.token.kind in ("¦", ","):
                self.advance()
                text = self.text[self.token.start :]
                end = re.search(r"[⏎⦄]", text)
                condition = _condition(text[: end.start() if end else 0])
                while self.token.kind not in ("⏎", "⦄", "end"):
                    self.advance()
            found.append((value, condition))
            if self.token.kind != "⏎":
                break
            self.advance()
        if self.token.kind != "⦄":
            raise self.misplaced()
        self.open.pop()
        self.advance()
        result = found[-1][0]
        for value, condition in reversed(found[:-1]):
            if condition is None:
                raise ShapeError("a case has no condition")
            unequal = _NOT_EQUAL.sub("=", condition)
            switch = _IndexedParser(f"[{unequal}]", self.scope).quantity()
            if unequal != condition:
                switch = each(ops.sub, constant(1.0), switch)
            result = each(ops.add, each(ops.mul, switch, value), each(ops.mul, each(ops.sub, constant(1.0), switch), result))
        return result

    def norm(self) -> Any:
        self.open.append(self.advance())
        inside: Any = self.deeper()
        if self.token.kind != "‖":
            raise self.misplaced()
        self.open.pop()
        self.advance()
        entries = inside.entries if isinstance(inside, Array) else [inside]
        squares = add_up([apply(ops.mul, [x, x]) for x in entries])
        if self.token.kind == "index":
            self.advance()
        return ops.sqrt(squares)

    # ---- sums

    def sum(self, token: Token) -> Any:
        """Σ or Π of what stands behind it, for all that its letters run through: up to the next plus or minus, or as far as
        there are letters that nothing else binds, as in Σ_i y_i log p_i + (1 − y_i) log(1 − p_i)."""
        kind, low, high = token.what
        letters, first, conditions = _bounds(low)
        start = token.end
        if not letters:
            letters = self.unbound_letter(start)
        sizes = [self.scope.size(letter if high.strip() == "" else high.strip()) for letter in letters]
        ranges = [range(first, size + 1) for size in sizes]
        outer, terms = self.scope.env, list[Any]()
        places: list[dict[str, int]] = [{}]
        for letter, values in zip(letters, ranges):
            places = [{**place, letter: v} for place in places for v in values]
        places = [place for place in places if all(_holds(c, {**outer, **place}) for c in conditions)]
        if not places or not letters:
            raise self.error(token.start, "it is not said what this sum runs over")
        if self.scope.sums == MOST_SUMS:
            raise self.error(token.start, f"more than {MOST_SUMS} sums within each other are not read")
        self.scope.env = {**outer, **places[0]}
        self.scope.sums += 1
        try:
            self.advance()
            start = self.token.start
            first_term: Any = self.deeper(SUM)
            end = self.reach([letter for letter in letters if letter not in outer])
            while self.token.kind in ("+", "-") and self.token.start < end:
                first_term = self.go_on(first_term, 0)
            terms.append(first_term)
            self.scope.env = outer
            body = self.text[start : self.token.start]
            terms += [self.with_letters(body, place) for place in places[1:]]
        finally:
            self.scope.env = outer
            self.scope.sums -= 1
        if kind == "∏":
            return multiply(self.scalars(terms))
        if all(isinstance(term, Value) for term in terms):
            return add_up(terms)
        total = terms[0]
        for term in terms[1:]:
            total = each(ops.add, total, term)
        return total

    def reach(self, letters: Sequence[str]) -> int:
        """Where the last term ends, of those from here on in these brackets, in which one of some letters counts."""
        found = at = self.token.start
        depth, term = 0, at
        while at <= len(self.text) and depth >= 0:
            c = self.text[at : at + 1]
            depth += (c in "([{⟦⦃" and c != "") - (c in ")]}⟧⦄" and c != "")
            if depth < 0 or not c or (depth == 0 and c in "+-−=¦⏎," and at > term):
                text = self.text[term:at]
                if set(letters) & set(self.scope.letters_in_formula(text)) and not SUMMED.search(text):  # type: ignore[attr-defined]
                    found = at
                term = at
            at += 1
            if not c or (depth == 0 and c in "=¦⏎,"):
                break
        return found

    def unbound_letter(self, start: int) -> list[str]:
        """The one letter behind a Σ without bounds that nothing else says."""
        found = [x for x in self.scope.letters_in_formula(self.text[start:]) if x not in self.scope.env]  # type: ignore[attr-defined]
        return list(dict.fromkeys(found))[:1]

    # ---- derivatives and functions

    def derivative(self, token: Token) -> Any:
        _, bottoms = token.what
        grouped = self.token.kind in CLOSING
        y = self.deeper(BESIDE if grouped else ARGUMENT)
        if grouped and self.binding() >= BEFORE_FUNCTION and self.binding() < _TIGHTEST:
            raise self.error(self.token.start, f"{IN_TWO_WAYS}: put all that is differentiated in brackets, or a sign here")
        return self.differentiate(y, bottoms)

    def differentiate(self, y: Any, bottoms: Sequence[tuple[str, int]]) -> Any:
        for name, order in reversed(bottoms):
            x = read_quantity(name, self.scope)
            for _ in range(order):
                y = self.scope.differentiate(y, x)
        return y

    def root_of(self, inside: Any, degree: Any) -> Any:
        degree = self.number(degree, "the degree of a root")
        if isinstance(inside, Array):
            return inside.map(lambda x: super(_IndexedParser, self).root_of(x, degree))
        return super().root_of(inside, degree)

    def leaf(self, token: Token) -> Any:
        if token.kind == "constant" and token.what == 2.718281828459045 and self.token.kind == "^":
            self.advance()
            return each(ops.exp, self.deeper(BESIDE))
        if token.kind == "name":
            return token.what
        return super().leaf(token)

    def function(self, token: Token) -> Any:
        """A function with its arguments, entry by entry."""
        op, primes, exponent, start = token.what, 0, None, 0
        while self.token.kind == "prime":
            self.advance()
            primes += 1
        if self.token.kind == "^":
            self.advance()
            start = self.token.start
            exponent = self.number(self.exponent(), "the power of a function")
        if exponent is not None and exponent.op is ops.neg:
            raise self.error(start, f"{IN_TWO_WAYS}: write 1/{self.text[token.start : token.end]}(…)")
        args: list[Any] = self.group(arguments=True) if self.token.kind in ("(", "[", "{") else [self.deeper(ARGUMENT)]
        if len(args) == 1 and isinstance(args[0], Array):
            y: Any = args[0].map(lambda x: self.applied(op, [x], primes, token))
        elif any(isinstance(x, Array) for x in args):
            arrays = [x for x in args if isinstance(x, Array)]
            n, m = arrays[0].shape
            if any(x.shape != (n, m) for x in arrays):
                raise ShapeError("the arguments of a function have different shapes")
            y = Array(
                [
                    [
                        self.applied(op, [x.rows[i][j] if isinstance(x, Array) else x for x in args], primes, token)
                        for j in range(m)
                    ]
                    for i in range(n)
                ]
            )
        else:
            y = self.applied(op, args, primes, token)
        return y if exponent is None else self.raise_to(y, exponent, start)

    def applied(self, op: Primitive, args: list[Value], primes: int, token: Token) -> Value:
        y = self.apply(op, args, token)
        if primes:
            if primes > 1 or len(args) > 1:
                raise self.error(token.start, "a prime is the first derivative of a function of one argument")
            y = lift(op.slopes(y, args)[0])
        return y


def stack(rows: Sequence[Sequence[Any]]) -> Any:
    """Cells as one array; cells that are arrays themselves are put side by side, and below one another."""
    cells = [cell for row in rows for cell in row]
    if any(isinstance(cell, Array) for cell in cells):
        if len(cells) == 1:
            return cells[0]
        if all(len(row) == 1 and isinstance(row[0], Array) and row[0].shape[0] == 1 for row in rows):
            return Array([list(row[0].rows[0]) for row in rows])
        raise ShapeError("arrays stand within an array")
    if len({len(row) for row in rows}) > 1:
        raise ShapeError("the rows of this matrix are not of one length")
    if len(cells) == 1:
        return cells[0]
    return Array(rows)


_BOUND = re.compile(r"\s*(?P<letters>[^\W\d_][′'’]*(?:\s*,\s*[^\W\d_][′'’]*)*)\s*(?:=\s*(?P<first>[01]))?\s*(?P<rest>.*)")
_UNEQUAL = re.compile(r"\s*([^\W\d_][′'’]*)\s*(?:≠|!=|\\neq?|\\not\s*=)\s*([^\W\d_][′'’]*|[0-9])\s*")


def _bounds(low: str) -> tuple[list[str], int, list[tuple[str, str]]]:
    """The letters below a Σ, where they begin, and which are not to be equal."""
    low = low.strip()
    if not low:
        return [], 1, []
    if unequal := _UNEQUAL.fullmatch(low):
        return [unequal[1]], 1, [(unequal[1], unequal[2])]
    match = _BOUND.fullmatch(low)
    if match is None or match["rest"].strip(" ,"):
        raise ShapeError(f"what this sum runs over is not read: {low}")
    return (
        [letter.strip().replace("’", "'").replace("′", "'") for letter in match["letters"].split(",")],
        int(match["first"] or 1),
        [],
    )


def _holds(condition: tuple[str, str], env: dict[str, int]) -> bool:
    one, other = (int(x) if x.isdigit() else env.get(x) for x in condition)
    return one != other


_NOT_EQUAL = re.compile(r"\\neq?(?![A-Za-z])|\\not\s*=|≠|!=")


def _condition(text: str) -> str | None:
    """A condition without the words around it; None for otherwise."""
    text = re.sub(r"\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}", r" \1 ", text)
    if re.search(r"\b(?:otherwise|else|sonst)\b", text):
        return None
    return re.sub(r"\b(?:if|for|when|where)\b", " ", text).strip(" ,.")


__all__ = ["FormulaError", "Scope", "read_quantity"]
