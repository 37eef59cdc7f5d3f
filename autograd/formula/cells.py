r"""What stands in brackets side by side and below one another: vectors, matrices, cases, norms.

    [a, b]   \begin{bmatrix} a & b \\ …     an Array, with dots in it read as the pattern of the cell behind them
    \begin{cases} a & \text{if } i = j \\ b & \text{otherwise} \end{cases}
    ‖x‖                                      the root of the sum of squares

A text with letters that count is read once for each number of theirs (`with_letters`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from autograd import primitives as ops
from autograd.formula.arrays import Array, ShapeError, add_up, each, vector
from autograd.formula.expressions import CLOSING, MISPLACED, Parser
from autograd.formula.indexed_lexer import IndexedLexer, Scope
from autograd.formula.lexer import FormulaError
from autograd.formula.signs import LONG
from autograd.graph import leaves
from autograd.operation import CONSTANT
from autograd.rewriting import apply
from autograd.value import Value, constant

UNCLEAR = LONG["dots"]


class CellParser(Parser):
    """A formula over Values and Arrays, and the brackets in it."""

    closing = CLOSING | {"⟦": "⟧", "⦃": "⦄", "‖": "‖"}

    def __init__(self, text: str, scope: Scope) -> None:
        super().__init__(IndexedLexer(text, scope))
        self.scope = scope

    def misplaced(self) -> FormulaError:
        if self.token.kind == "dots":
            return self.error(self.token.start, UNCLEAR)
        if self.token.kind not in ("end", *CLOSING.values(), *MISPLACED):
            return self.error(self.token.start, "here a sign of mathematics is expected")
        return super().misplaced()

    def with_letters(self, text: str, env: dict[str, int]) -> Any:
        before = self.scope.env
        self.scope.count(text)
        self.scope.env = {**before, **env}
        try:
            return type(self)(text, self.scope).formula()
        finally:
            self.scope.env = before

    def number(self, x: Any, what: str) -> Value:
        if not isinstance(x, Value):
            raise ShapeError(f"{what} is a number, and no vector")
        return x

    def scalars(self, entries: Sequence[Any]) -> list[Value]:
        if not all(isinstance(x, Value) for x in entries):
            raise ShapeError("vectors stand within a vector")
        return list(entries)

    # ---- cells

    def bracketed(self) -> Any:
        """What stands in brackets: an expression, a comparison, or the entries of a vector."""
        opening = self.token.kind
        if opening not in ("[", "("):
            return super().bracketed()
        self.open_bracket()
        inside = self.cells_until((CLOSING[opening],), (",",))
        if opening == "[" and len(inside) == 1 and self.is_at_a_comparison():
            inside = [self.compare(inside[0])]
        self.close_bracket()
        return vector(self.scalars(inside)) if len(inside) > 1 else inside[0]

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
        letters = [letter for letter in self.scope.letters_in_formula(last) if letter in self.scope.sizes]
        if len(set(letters)) != 1:
            raise self.error(start, UNCLEAR)
        letter, size = letters[0], self.scope.size(letters[0])  # the scope counts how much is read
        return [self.with_letters(last, {letter: i}) for i in range(n + 1, size + 1)]

    # ---- matrices, cases, norms

    def matrix(self) -> Any:
        """The rows of a matrix; with dots between rows, the pattern of the last row."""
        self.open_bracket()
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
        self.close_bracket()
        return stack(rows)

    def cases(self) -> Any:
        """What holds under the first condition that is met; the last one may be otherwise."""
        self.open_bracket()
        found: list[tuple[Any, Any]] = []
        while True:
            value = self.deeper()
            condition: Any = None
            if self.token.kind == "condition":
                condition = _condition(self.advance().what)
            found.append((value, condition))
            if self.token.kind != "⏎":
                break
            self.advance()
        self.close_bracket()
        result = found[-1][0]
        for value, condition in reversed(found[:-1]):
            if condition is None:
                raise ShapeError("a case has no condition")
            unequal = _NOT_EQUAL.sub("=", condition)
            switch: Any = type(self)(f"[{unequal}]", self.scope).formula()
            if unequal != condition:
                switch = each(ops.sub, constant(1.0), switch)
            result = _choose(switch, value, result)
        return result

    def norm(self) -> Any:
        self.open_bracket()
        inside: Any = self.deeper()
        self.close_bracket()
        self.scope.expect_vector(inside)
        entries = inside.entries if isinstance(inside, Array) else [inside]
        squares = add_up([apply(ops.mul, [x, x]) for x in entries])
        if self.token.kind == "index":
            self.advance()
        return ops.sqrt(squares)


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


def _choose(switch: Any, value: Any, other: Any) -> Any:
    """A value where the switch is 1, another one where it is 0; one alone where that is known, as of letters that count."""
    if isinstance(switch, Value) and all(x.op is CONSTANT for x in leaves(switch)):
        return value if switch.data else other
    return each(ops.add, each(ops.mul, switch, value), each(ops.mul, each(ops.sub, constant(1.0), switch), other))


_NOT_EQUAL = re.compile(r"\\neq?(?![A-Za-z])|\\not\s*=|≠|!=")


def _condition(text: str) -> str | None:
    """A condition without the words around it; None for otherwise."""
    text = re.sub(r"\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}", r" \1 ", text)
    if re.search(r"\b(?:otherwise|else|sonst)\b", text):
        return None
    return re.sub(r"\b(?:if|for|when|where)\b", " ", text).strip(" ,.")
