r"""Formulas with indices, sums, vectors and matrices: what is read besides, where somebody says what names stand for.

    \sum_{j=1}^{k} w_{ij} x_j      the body, read once for each j
    \begin{bmatrix} a & b \\ …     an Array; W^T δ ⊙ σ'(z) is computed with Arrays
    \frac{\partial J(\hat y, y)}{\partial \hat y}, ∂L/∂w, dL/dx, ∇_a L, softmax(a)_l, 1_{(l=i)}, cases

Each form is a token of indexed_lexer.py, and a method here that reads it.
"""

from __future__ import annotations

from typing import Any

from autograd import primitives as ops
from autograd.formula.arrays import Array, ShapeError, each, product, vector
from autograd.formula.cells import UNCLEAR
from autograd.formula.expressions import (
    ARGUMENT,
    BEFORE_FUNCTION,
    BESIDE,
    BINDING,
    CLOSING,
    POWER,
    PRODUCT,
    SUM,
    WANTED,
)
from autograd.formula.families import NamesWithIndices
from autograd.formula.indexed_lexer import Scope, prepare
from autograd.formula.lexer import FormulaError, Token
from autograd.formula.series import SeriesParser
from autograd.formula.signs import IN_TWO_WAYS
from autograd.functions import softmax
from autograd.operation import CONSTANT, Primitive
from autograd.primitives import abs as absolute
from autograd.value import Value, constant, lift

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.formula.arrays import Quantity
    from autograd.formula.lexer import Derive

_TIGHTEST = POWER + 1
_BINDING = {
    **BINDING, "⊙": PRODUCT, "ᵀ": _TIGHTEST, "index": _TIGHTEST, "slope": BESIDE, "∇": BESIDE, "Σ": BESIDE, "⟦": BESIDE,
    "softmax": BESIDE, "call": BESIDE, "‖": BESIDE, "⦃": BESIDE,
}  # fmt: skip


def read_quantity(text: str, scope: Scope) -> Quantity:
    """A formula as a Value or an Array. Raises FormulaError, ShapeError."""
    return IndexedParser(prepare(text), scope).quantity()


def read_with_indices(text: str, names: Mapping[str, Value | float], derive: Derive | None, inventing: bool) -> Value:
    """A formula with sums over an index, vectors or matrices that comes to a number.

    derive: the derivative of one Value by another, or None where nothing is known of it
    inventing: whether names that are none of names are new

    Raises FormulaError.
    """
    try:
        parser = IndexedParser(prepare(text), NamesWithIndices(text, names, derive, inventing))
        try:
            found = parser.quantity()
        except ShapeError as error:
            raise parser.error(parser.before[-1].start if parser.before else 0, str(error)) from None
    except FormulaError as error:
        raise FormulaError(text, _place_of(text, error), error.reason) from None
    except ShapeError as error:
        raise FormulaError(text, 0, str(error)) from None
    except RecursionError:
        raise FormulaError(text, 0, "too much stands within one another here") from None
    if isinstance(found, Array):
        what = "a vector" if found.is_vector else "a matrix"
        raise FormulaError(text, 0, f"this comes to {what}, and a number is expected: write one of its entries, as in (…)_1")
    return found


def _place_of(text: str, error: FormulaError) -> int:
    """Where an error stands in a text, of which it knows a part that may be spelt in another way."""
    behind = error.text[error.position :]
    for n in range(min(len(behind), 20), 0, -1):
        if (at := text.find(behind[:n])) >= 0:
            return at
    return len(text.rstrip())


class IndexedParser(SeriesParser):
    """One formula over Values and Arrays: its loop, its operands, its functions."""

    def binding(self) -> int:
        if self.token.kind == "‖" and any(token.kind == "‖" for token in self.open):
            return 0
        if self.token.kind == "|":
            return super().binding()
        return _BINDING.get(self.token.kind, 0)

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
            right = self.expression(PRODUCT)
            if isinstance(left, Value) and isinstance(right, Value) and not self.scope.is_lenient:
                raise self.error(token.start, "this goes entry by entry through vectors, and here are numbers: write ·")
            return each(ops.mul, left, right)
        if kind == "·":
            self.advance()
            return product(left, self.expression(PRODUCT), self.scope.of_vectors)
        if kind == "ᵀ":
            self.advance()
            if before.kind == "name":
                self.scope.expect_vector(left, strict=True)
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

    def raise_to(self, base: Any, exponent: Any, start: int) -> Any:
        if isinstance(base, Value) and isinstance(exponent, Value):
            return super().raise_to(base, exponent, start)
        return each(ops.pow, base, exponent)

    def entry(self, of: Any, token: Token) -> Value:
        """(…)_i: one entry of a vector, or of a matrix."""
        self.scope.expect_vector(of)
        places = self.scope.letters_in(token.what)
        numbers = [int(p) for p in places if p.isdecimal()]
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
            x = read_quantity(by, self.scope)
            return self.scope.differentiate(read_quantity(loss or self.scope.loss(), self.scope), x)
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
            entries: list[Any] = self.group(arguments=True)
            inside = entries[0] if len(entries) == 1 else vector(self.scalars(entries))
            self.scope.expect_vector(inside)
            if not isinstance(inside, Array):
                raise self.error(token.start, "softmax is of a vector, as softmax([x, y])_1")
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
        if kind == "dots":
            raise self.error(token.start, UNCLEAR)
        if kind in ("index", "ᵀ", "⊙", "¦", "⏎", "⟧"):
            raise self.error(token.start, WANTED)
        return super().operand(binding)

    def comparison(self, sign: str, left: Any, right: Any) -> Value:
        left, right = (self.number(x, "what is compared") for x in (left, right))
        y = super().comparison(sign, left, right)
        return constant(y.data) if left.op is right.op is CONSTANT else y  # of letters that count

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
            return inside.map(lambda x: super(IndexedParser, self).root_of(x, degree))
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
        op = token.what
        primes, exponent, start = self.primes_and_power()
        if exponent is not None and self.number(exponent, "the power of a function").op is ops.neg:
            raise self.error(start, f"{IN_TWO_WAYS}: write 1/{self.text[token.start : token.end]}(…)")
        self.refuse_index(op)
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


__all__ = ["FormulaError", "Scope", "read_quantity"]
