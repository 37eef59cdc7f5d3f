r"""A program over arrays as mathematics: A_1 = W_1 X + b_1, H_1 = \mathrm{relu}(A_1), \nabla_{W_1} = \nabla_{A_1} X^\top.

Columns are the rows of the batch. What is added to every column, or multiplies it, is written as it is; \odot multiplies
element by element, \mathbf{1} sums over the batch, and B is the number of its rows.
"""

from __future__ import annotations

import re

from autograd.program import expressions as ex
from autograd.program.lowering import LARGEST, RECIPROCAL
from autograd.program.source import Printer, write_sum
from autograd.program.statements import in_turn
from autograd.writing.numbers import number

NAMES = {"exp": r"\exp", "log": r"\log", "tanh": r"\tanh", "sigmoid": r"\sigma", "sin": r"\sin", "cos": r"\cos"}


class Equations(Printer):
    """The statements in LaTeX.

    weight: what each row counts for, 1/B for a mean, where the program has a seed
    """

    weight = r"\tfrac{1}{B}"

    def write(self) -> str:
        """All equations, aligned, for mathematics mode."""
        s = self.statements
        lines: list[tuple[str, str]] = []
        stored: dict[str, str] = {}  # what a parameter gets from several places is one sum
        for step in in_turn(s, [*s.values, *s.stores]):
            if isinstance(step, ex.Let):
                lines.append((self.symbol(step.array.name), self.tex(step.what)))
            elif isinstance(step, ex.Store):
                name, piece = rf"\nabla_{{{self._parameters(step)}}}", self.piece(step)
                if name in stored:
                    lines.remove((name, stored[name]))
                    piece = f"{stored[name]} + {piece}"
                stored[name] = piece
                lines.append((name, piece))
            else:
                lines.append(("L", self.tex(step)))
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

    def tex(self, e: ex.Expression, inside: bool = False) -> str:
        """An expression; inside: as a factor, with brackets where it needs them."""
        match e:
            case ex.View():
                return self.weight if _is_seed(e) else self.symbol(self.view(e).removesuffix(", None]"))
            case ex.Number(x):
                text = number(x, 6, latex=True)[0]
                return f"({text})" if inside and x < 0.0 else text
            case ex.Column():
                return r"\mathbf{c}"
            case ex.Sum(terms):
                text = write_sum(terms, lambda term: self.tex(term, isinstance(term, ex.Sum)))
                return rf"\left({text}\right)" if inside else text
            case ex.Product(factors):
                plain = [f for f in factors if isinstance(f, ex.Number) or _is_seed(f)]
                numbers = [self.tex(f, True) for f in plain if not (_is_seed(f) and self.weight == "1")]
                others = [self.tex(f, True) for f in factors if f not in plain]
                text = r" \, ".join([*numbers, *([r" \odot ".join(others)] if others else [])]) or self.weight
                least = r"(-1) \, "
                return f"-{text.removeprefix(least)}" if text.startswith(least) and not inside else text
            case ex.Matmul():
                matrix = self.symbol(self.table("C", e.coefficients)) if e.coefficients is not None else ""
                if e.array is not None:
                    weights = self.symbol(self.matrix(e.array.name, e.places))
                    matrix = rf"({matrix} \odot {weights})" if matrix else weights
                return rf"{matrix} \, {self.tex(e.operand, True)}"
            case ex.Fold():
                name = r"\max" if e.name == LARGEST else rf"\mathrm{{{e.name}}}"
                return rf"{name}\left({self.tex(e.operand)}\right)"
            case ex.Contract():
                names = [self.symbol(array.name) for array, _ in e.factors]
                weights_there = {c for row in e.coefficients for c in row}
                if len(weights_there) > 1:
                    names.insert(0, self.symbol(self.table("C", e.coefficients)))
                c = weights_there.pop() if len(weights_there) == 1 else 1.0
                before = "" if c == 1.0 else "-" if c == -1.0 else number(c, 6, latex=True)[0] + r" \, "
                return before + r"\textstyle\sum " + r" \odot ".join(names)
            case ex.Gather():
                return rf"{self.symbol(e.array.name)}\left[{self.tex(e.which)}\right]"
            case ex.Placed():
                place = rf"\mathbf{{1}}_{{{self.tex(e.which)}}}"
                return rf"{place} \odot {self.tex(e.what, True)}"
            case ex.Parts(pieces):
                return rf"\left[{',; '.join(self.tex(piece) for _, piece in pieces)}\right]".replace(",;", r";")
            case ex.Function():
                return self._apply(e.name, [self.tex(x) for x in e.arguments])

    def _apply(self, name: str, arguments: list[str]) -> str:
        x, inside = arguments[0], ", ".join(arguments)
        match name:
            case _ if name == RECIPROCAL:
                return rf"1 \oslash {x}"
            case _ if name == LARGEST:
                return rf"\max\left({inside}\right)"
            case "greater":
                return rf"\mathbf{{1}}_{{{x} > {arguments[1]}}}"
            case "equal":
                return rf"\mathbf{{1}}_{{{x} = {arguments[1]}}}"
            case "sigmoid_slope":
                return rf"{x} \odot (1 - {x})"
            case "tanh_slope":
                return rf"1 - {x}^{{\odot 2}}"
        called = NAMES.get(name) or rf"\mathrm{{{name}}}".replace("_", r"\_")
        return rf"{called}\left({inside}\right)"

    def _parameters(self, store: ex.Store) -> str:
        """The parameters of a part of the gradient, by the name that they have in the forward pass."""
        places = tuple(map(tuple, store.places)) if isinstance(store, ex.Outer) else tuple(store.places)
        return self.symbol(self.names.get(("theta", places), "theta"))

    def piece(self, store: ex.Store) -> str:
        """A part of the gradient."""
        match store:
            case ex.Outer():
                return rf"{self.tex(store.left)} \, {self.tex(store.right)}^{{\top}}"
            case ex.Total():
                return rf"{self.tex(store.what, True)} \, \mathbf{{1}}"
            case ex.Scatter():
                return rf"\textstyle\sum_{{{self.tex(store.which)}}} {self.tex(store.what, True)}"


def _is_seed(e: ex.Expression) -> bool:
    return isinstance(e, ex.View) and e.array.is_vector and e.array.what == "seed"
