r"""Formulas with indices, sums, vectors and matrices: what is read besides, where somebody says what names stand for.

    \sum_{j=1}^{k} w_{ij} x_j      the body, read once for each j
    \begin{bmatrix} a & b \\ …     an Array; W^T δ ⊙ σ'(z) is computed with Arrays
    \frac{\partial J(\hat y, y)}{\partial \hat y}, ∂L/∂w, dL/dx, ∇_a L, softmax(a)_l, 1_{(l=i)}, cases

Each form is a token of indexed_lexer.py, and a method here that reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd import primitives as ops
from autograd.formula.arrays import Array, Quantity, ShapeError, each, entrywise, product, vector
from autograd.formula.cells import UNCLEAR
from autograd.formula.expressions import BESIDE, BINDING, POWER, PRODUCT
from autograd.formula.families import NamesWithIndices
from autograd.formula.indexed_lexer import Scope, prepare
from autograd.formula.lexer import Derive, FormulaError, Token
from autograd.formula.series import SeriesParser
from autograd.formula.signs import Composed
from autograd.functions import softmax
from autograd.operation import CONSTANT, Primitive
from autograd.value import Value, constant, lift

_TIGHTEST = POWER + 1


def read_quantity(text: str, scope: Scope) -> Quantity:
    """A formula as a Value or an Array. Raises FormulaError, ShapeError."""
    return IndexedParser(prepare(text), scope).formula()


def read_with_indices(text: str, names: Mapping[str, Value | float], derive: Derive | None, inventing: bool) -> Value:
    """A formula with sums over an index, vectors or matrices that comes to a number.

    derive: the derivative of one Value by another, or None where nothing is known of it
    inventing: whether names that are none of names are new

    Raises FormulaError.
    """
    try:
        parser = IndexedParser(prepare(text), NamesWithIndices(text, names, derive, inventing))
        try:
            found: Quantity = parser.formula()
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

    bindings = BINDING | {
        "⊙": PRODUCT, "ᵀ": _TIGHTEST, "index": _TIGHTEST,
        **dict.fromkeys(("slope", "∇", "Σ", "⟦", "⦃", "‖", "softmax", "call"), BESIDE),
    }  # fmt: skip

    def binding(self) -> int:
        closes = self.token.kind == "‖" and any(token.kind == "‖" for token in self.open)
        return 0 if closes else super().binding()

    def go_on(self, left: Any, binding: int) -> Any:
        token, before = self.token, self.before[-1]
        if token.kind not in ("⊙", "ᵀ", "index"):
            return super().go_on(left, binding)
        self.advance()
        if token.kind == "index":
            return self.entry(left, token)
        if token.kind == "ᵀ":
            if before.kind == "name":
                self.scope.expect_vector(left, strict=True)
            return left.transposed if isinstance(left, Array) else left
        right = self.expression(PRODUCT)
        if isinstance(left, Value) and isinstance(right, Value) and not self.scope.is_lenient:
            raise self.error(token.start, "this goes entry by entry through vectors, and here are numbers: write ·")
        return each(ops.mul, left, right)

    def is_a_number_too_many(self) -> bool:
        return self.token.kind == "number"

    def compute(self, op: Primitive, *inputs: Any) -> Any:
        return each(op, *inputs)

    def multiply(self, left: Any, right: Any) -> Any:
        return product(left, right, self.scope.of_vectors)

    def add(self, left: Any, sign: str) -> Any:
        return self.sum_with_dots(left, sign) if self.token.kind == "dots" else super().add(left, sign)

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
        rows = of.rows
        if of.is_vector and len(numbers) == 1:
            rows, numbers = [of.entries], [1, *numbers]
        match numbers:
            case [i, j] if 1 <= i <= len(rows) and 1 <= j <= len(rows[0]):
                return rows[i - 1][j - 1]
        raise self.error(token.start, "there is no entry with this index")

    def operand(self, binding: int) -> Any:
        token = self.token
        kind = token.kind
        if kind == "slope":
            self.advance()
            top, bottoms = token.what
            y: Any = read_quantity(top, self.scope)
            return self.differentiate(y, token._replace(what=bottoms))
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
            return self.softmax(self.advance())
        if kind == "call":
            self.advance()
            base, primes = token.what
            start = self.token.start
            args: Any = self.group(arguments=True)
            return self.scope.call(base, args, primes, self.text[start : self.before[-1].end])
        if kind == "dots":
            raise self.error(token.start, UNCLEAR)
        return super().operand(binding)

    def softmax(self, token: Token) -> Array:
        """Softmax of a vector, or of each row of a matrix."""
        entries: list[Any] = self.group(arguments=True)
        inside = entries[0] if len(entries) == 1 else vector(self.scalars(entries))
        self.scope.expect_vector(inside)
        if not isinstance(inside, Array):
            raise self.error(token.start, "softmax is of a vector, as softmax([x, y])_1")
        if inside.shape[1] == 1:
            return vector([lift(p) for p in softmax(inside.entries)], inside.axes[0])
        return Array([[lift(p) for p in softmax(row)] for row in inside.rows], inside.axes)

    def comparison(self, sign: str, left: Any, right: Any) -> Value:
        left, right = (self.number(x, "what is compared") for x in (left, right))
        y = super().comparison(sign, left, right)
        return constant(y.data) if left.op is right.op is CONSTANT else y  # of letters that count

    def slope(self, y: Any, x: Any, token: Token) -> Any:
        """The derivative of y in x, or in what a text says."""
        return self.scope.differentiate(y, read_quantity(x, self.scope) if isinstance(x, str) else x)

    def root_of(self, inside: Any, degree: Any) -> Any:
        degree = self.number(degree, "the degree of a root")
        return entrywise(lambda x: super(IndexedParser, self).root_of(x, degree), inside)

    def exponent(self) -> Value:
        return self.number(super().exponent(), "the power of a function")

    def apply(self, op: Primitive | Composed, args: list[Any], primes: int, token: Token) -> Any:
        """A function of its arguments, entry by entry where these are arrays."""
        shapes = {x.shape for x in args if isinstance(x, Array)}
        if len(shapes) > 1:
            raise ShapeError("the arguments of a function have different shapes")
        return entrywise(lambda *xs: super(IndexedParser, self).apply(op, list(xs), primes, token), *args)
