r"""A program over arrays as mathematics: Z_1 = W_1 X + b_1, H_1 = \mathrm{relu}(Z_1), \nabla_{W_1} = \nabla_{Z_1} X^\top.

Columns are the rows of the batch. What is added to every column, or multiplies it, is written as it is; \odot multiplies
element by element, \mathbf{1} sums over the batch, and B is the number of its rows.
"""

from __future__ import annotations

import re

from autograd.program.lowering import LARGEST, RECIPROCAL
from autograd.program.source import Printer, flat, in_turn, minus
from autograd.program.statements import (
    Column,
    Contract,
    Fold,
    Gather,
    Let,
    Matmul,
    Number,
    Outer,
    Product,
    Scatter,
    Sum,
    View,
)
from autograd.writing.numbers import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from autograd.program.statements import Store


class Equations(Printer):
    """The statements in LaTeX.

    weight: what each row counts for, 1/B for a mean, where the program has a seed
    """

    weight = r"\tfrac{1}{B}"

    def written(self) -> str:
        """All equations, aligned, for mathematics mode."""
        s = self.statements
        lines: list[tuple[str, str]] = []
        stored: dict[str, str] = {}  # what a parameter gets from several places is one sum
        for step in in_turn(s, [*s.values, *s.stores]):
            if isinstance(step, Let):
                lines.append((self.symbol(step.array.name), self.tex(step.what)))
            elif not hasattr(step, "places"):
                lines.append(("L", self.tex(step)))
            else:
                name, piece = rf"\nabla_{{{self._stored(step)}}}", self._piece(step)
                if name in stored:
                    lines.remove((name, stored[name]))
                    piece = f"{stored[name]} + {piece}"
                stored[name] = piece
                lines.append((name, piece))
        body = " \\\\\n".join(f"{left} &= {right}" for left, right in lines)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def symbol(self, name: str) -> str:
        """A name of the program in LaTeX."""
        if name.startswith("d") and len(name) > 1:
            return rf"\nabla_{{{self.symbol(name[1:])}}}"
        name, turned = name.removesuffix(".T"), name.endswith(".T")
        match = re.fullmatch(r"([A-Za-z]+)(\d*)(?:\[(.*)\])?", name)
        if match is None:
            return rf"\mathtt{{{name}}}".replace("_", r"\_")
        letters, index, rows = match.groups()
        base = letters if len(letters) == 1 else {"theta": r"\theta"}.get(letters, rf"\mathrm{{{letters}}}")
        below = ",".join(part for part in (index, rows and rf"[{rows}]") if part)
        return base + (f"_{{{below}}}" if below else "") + (r"^{\top}" if turned else "")

    def tex(self, e: Any, inside: bool = False) -> str:
        """An expression; inside: as a factor, with brackets where it needs them."""
        if _is_seed(e):
            return self.weight
        if isinstance(e, View):
            return self.symbol(self.view(e).removesuffix(", None]"))
        if isinstance(e, Number):
            text = number(e.value, 6, latex=True)[0]
            return f"({text})" if inside and e.value < 0.0 else text
        if isinstance(e, Column):
            return r"\mathbf{c}"
        if isinstance(e, Sum):
            text = ""
            for term in e.terms:
                rest = minus(term)
                part = self.tex(term if rest is None else rest, isinstance(rest, Sum))
                text = f"{text} {'+' if rest is None else '-'} {part}" if text else part if rest is None else f"-{part}"
            return rf"\left({text}\right)" if inside else text
        if isinstance(e, Product):
            plain = [f for f in e.factors if isinstance(f, Number) or _is_seed(f)]
            numbers = [self.tex(f, True) for f in plain if not (_is_seed(f) and self.weight == "1")]
            others = [self.tex(f, True) for f in e.factors if f not in plain]
            text = r" \, ".join([*numbers, *([r" \odot ".join(others)] if others else [])]) or self.weight
            least = r"(-1) \, "
            return f"-{text.removeprefix(least)}" if text.startswith(least) and not inside else text
        if isinstance(e, Matmul):
            coefficients = e.matrix.coefficients
            matrix = self.symbol(self.table("C", coefficients)) if coefficients is not None else ""
            if e.matrix.array is not None:
                block = self.symbol(self.block(e.matrix.array.name, e.matrix.places))
                matrix = rf"({matrix} \odot {block})" if matrix else block
            return rf"{matrix} \, {self.tex(e.operand, True)}"
        if isinstance(e, Fold):
            name = r"\max" if e.op == LARGEST else rf"\mathrm{{{e.op.name}}}"
            return rf"{name}\left({self.tex(e.operand)}\right)"
        if isinstance(e, Contract):
            names = [self.symbol(array.name) for array, _ in e.factors]
            weights = {c for row in e.coefficients for c in row}
            if len(weights) > 1:
                names.insert(0, self.symbol(self.table("C", e.coefficients)))
            c = weights.pop() if len(weights) == 1 else 1.0
            before = "" if c == 1.0 else "-" if c == -1.0 else number(c, 6, latex=True)[0] + r" \, "
            return before + r"\textstyle\sum " + r" \odot ".join(names)
        if isinstance(e, Gather):
            return rf"{self.symbol(e.array.name)}\left[{self.tex(e.index)}\right]"
        return self._function(e)

    def _function(self, e: Any) -> str:
        arguments = [self.tex(a) for a in e.arguments]
        if e.op == RECIPROCAL:
            return rf"1 \oslash {arguments[0]}"
        if e.op == LARGEST:
            return rf"\max\left({', '.join(arguments)}\right)"
        if e.op.name in ("greater", "equal"):
            return rf"\mathbf{{1}}_{{{arguments[0]} {'>' if e.op.name == 'greater' else '='} {arguments[1]}}}"
        if e.op.name in ("sigmoid_slope", "tanh_slope"):
            z = arguments[0]
            return rf"{z} \odot (1 - {z})" if e.op.name == "sigmoid_slope" else rf"1 - {z}^{{\odot 2}}"
        name = {"exp": r"\exp", "log": r"\log", "tanh": r"\tanh", "sigmoid": r"\sigma", "sin": r"\sin", "cos": r"\cos"}
        called = name.get(e.op.name) or rf"\mathrm{{{e.op.name}}}".replace("_", r"\_")
        return rf"{called}\left({', '.join(arguments)}\right)"

    def _stored(self, store: Store) -> str:
        """The parameters of a part of the gradient, by the name that they have in the forward pass."""
        if isinstance(store.what, Outer):
            known = self._cut.get(("theta", tuple(map(tuple, store.places))))
            return self.symbol(known or "theta")
        return self.symbol(self._cut.get(("theta", tuple(flat(store.places))), "theta"))

    def _piece(self, store: Store) -> str:
        what = store.what
        if isinstance(what, Outer):
            return rf"{self.tex(what.left)} \, {self.tex(what.right)}^{{\top}}"
        if isinstance(what, Scatter):
            return rf"\textstyle\sum_{{{self.tex(what.index)}}} {self.tex(what.what, True)}"
        return rf"{self.tex(what.what, True)} \, \mathbf{{1}}"


def _is_seed(e: Any) -> bool:
    return isinstance(e, View) and e.array.kind == "leaf" and e.array.what == "seed"
