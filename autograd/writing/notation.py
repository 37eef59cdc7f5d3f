"""How operations and numbers are written, in plain text and in LaTeX.

A piece of writing is a text and its level: how tightly it holds together. An operation states the level that each of its
places needs, and an operand that holds less tightly gets brackets there, and nowhere else:

    a − (b + c)   the place behind a minus needs a product       x·(−2)   a factor behind the first needs an atom
    (a + b)²      a base needs an atom                           (a + b)/c

Two things follow from what is written, not from the operation: a text that begins with a minus is a negation, so that
a + (−b) becomes a − b; and factors in LaTeX stand side by side unless that would read as something else.
"""

from __future__ import annotations

from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Written = tuple[str, int]  # a text and its level
SUM, OPERATOR, NEGATION, PRODUCT, POWER, ATOM = range(6)  # OPERATOR: Σ and d/dx, which take in all of their term
MINUS = "-", "−"  # in LaTeX, and in plain text


class Form:
    """How an operation is written around its operands, in one language.

    text: a template such as "{} + {}", or a function from the operands' texts to a text
    level: how tightly the whole holds together (SUM, OPERATOR, NEGATION, PRODUCT, POWER or ATOM)
    places: how tightly each operand must hold together to stand without brackets; one number serves all operands
    brackets: a function that puts brackets around a text
    """

    __slots__ = "brackets", "level", "places", "text"

    def __init__(
        self,
        text: str | Callable[..., str],
        level: int = ATOM,
        places: int | tuple[int, ...] = SUM,
        brackets: Callable[[str], str] = "({})".format,
    ) -> None:
        self.text, self.level, self.places, self.brackets = text, level, places, brackets

    def write(self, operands: Sequence[Written]) -> Written:
        """The whole, with its level."""
        places = self.places if isinstance(self.places, tuple) else (self.places,) * len(operands)
        texts = [
            text if level >= place else self.brackets(text) for (text, level), place in zip(operands, places, strict=True)
        ]
        whole = self.text.format(*texts) if isinstance(self.text, str) else self.text(*texts)
        return whole, min(self.level, NEGATION) if whole.startswith(MINUS) else self.level


class Notation:
    """How an operation is written: a symbol for drawings, and a form around its operands, in plain text and in LaTeX.

    symbol: what a drawing shows, "+", "σ", "exp"
    text: the form in plain text, a template such as "{} + {}", or a function from the operands' texts to a text
    level: how tightly the whole holds together, from 0 (a sum) to 5 (an atom, such as a function call)
    places: how tightly an operand must hold together to stand without brackets; one number, or one for each place
    latex: the form in LaTeX; a function call, by the name of the symbol, where nothing is said

    >>> from autograd import Notation, Primitive, Value, trace
    >>> square = Primitive("square", lambda x: x * x, lambda z, x: 2 * x, notation=Notation("x²", "{}²", places=5))
    >>> x, y = Value(3.0, label="x"), Value(1.0, label="y")
    >>> print(trace(square(x + y)).forward_table())
    v1  = x + y  = 3 + 1  = 4
    v2  = v1²    = 4²     = 16
    """

    __slots__ = "latex", "symbol", "text"

    def __init__(
        self,
        symbol: str,
        text: str | Callable[..., str],
        level: int = ATOM,
        places: int | tuple[int, ...] = SUM,
        latex: Form | None = None,
    ) -> None:
        self.symbol, self.text, self.latex = symbol, Form(text, level, places), latex or call(symbol)

    def write(self, operands: Sequence[Written]) -> str:
        """The plain text around operands.

        operands: each as (text, level), its level saying how tightly it holds together
        """
        return self.text.write(operands)[0]

    @property
    def level(self) -> int:
        """How tightly the plain text holds together."""
        return self.text.level


def infix(sign: str, level: int, symbol: str = "", latex: Form | None = None) -> Notation:
    """Written between its operands; a - (b + c) keeps its brackets, (a - b) + c needs none."""
    first = NEGATION if level == PRODUCT else level
    return Notation(symbol or sign.strip(), f"{{}}{sign}{{}}", level, (first, level + 1 if level else PRODUCT), latex)


def level_of(text: str) -> int:
    """How tightly a name or number holds together: a minus sign or a blank in it asks for brackets."""
    if text.startswith(MINUS):
        return NEGATION
    return SUM if " " in text else ATOM


# --------------------------------------------------------------------------------------------------------------- LaTeX

_COMMANDS = set("sin cos tan sinh cosh tanh log max min arcsin arccos arctan sigma".split())
_DERIVATIVE = r"\frac{\partial"
_TALL = r"\frac", r"\sum", r"\sqrt", r"\left"


def bracket(latex: str) -> str:
    """LaTeX in brackets, which grow only where something tall stands in them."""
    return rf"\left({latex}\right)" if any(command in latex for command in _TALL) else f"({latex})"


def latex_form(text: str | Callable[..., str], level: int = ATOM, places: int | tuple[int, ...] = SUM) -> Form:
    """A form in LaTeX."""
    return Form(text, level, places, bracket)


def call(name: str) -> Form:
    r"""A function call in LaTeX: \sin(x), \operatorname{erf}(x). It counts as a power: its square is (\sin(x))^2."""
    word = "".join(c if c.isalnum() else r"\_" for c in name if c.isascii() and (c.isalnum() or c == "_")) or "f"
    command = rf"\{name}" if name in _COMMANDS else rf"\operatorname{{{word}}}"
    return latex_form(lambda *xs: command + bracket(", ".join(xs)), POWER)


def plus(*terms: str) -> str:
    """Terms one after the other; one that begins with a minus is subtracted."""
    return terms[0] + "".join(
        f" {term[0]} {term[1:].lstrip()}" if term.startswith(MINUS) else f" + {term}" for term in terms[1:]
    )


def beside(*factors: str) -> str:
    r"""Factors in LaTeX side by side, with a \cdot between them where they would read as something else without it."""
    text = factors[0]
    for left, right in pairwise(factors):
        derivative = right.startswith(_DERIVATIVE) or (left.lstrip("-").startswith(_DERIVATIVE) and r" \cdot " not in left)
        below_zero = _is_number(left.rpartition(" ")[2]) and right.startswith("(-") and _is_number(right[1:-1])
        digit = right.removeprefix(r"\text{")[:1].isdigit()
        mixed = _is_number(left.rpartition(" ")[2]) and right.startswith(r"\frac")
        if digit or mixed or derivative or below_zero:
            text += rf" \cdot {right}"  # 2·3, 2·½, and the factors of the chain rule
        elif right.startswith(("(", r"\left(")) and (
            left.endswith((r"\sigma", " e", "-e")) or left == "e" or r"\mathrm{" in left
        ):
            text += rf" \cdot {right}"  # the name sigma, times something in brackets
        elif r"\mathrm{" in left + right or r"\text{" in left + right or right.startswith("\\"):
            text += rf" \, {right}"
        else:
            text += f" {right}"
    return text


def _is_number(text: str) -> bool:
    return not text.lstrip("-").strip("0123456789.")
