r"""Ordinary written mathematics, read into Values: what `autograd.formula.page` writes, and what people write by hand.

A formula is read and never run: no text becomes Python code, and it can reach nothing but the names that it is given. Two
steps lead from a text to a graph:

    Lexer      text into tokens (lexer.py). The names decide: where x is a name, x(1 − x) is a product, and so
               is xy where xy is no name, but x and y are
    Parser     tokens into a graph (expressions.py): one loop reads all formulas

What stands on paper can often be read in more than one way. Here it is read so:

    −x²                −(x²); e^−x/2 is (e^−x)/2, and 2^3^2 is 2^(3^2)
    a/b·c              (a/b)·c: signs are read from the left
    a/bc               a/(b·c): factors side by side hold together more tightly than signs do
    sin 2x             sin(2x): without brackets, a function takes in the factors that stand side by side,
    sin x cos x        sin(x)·cos(x): up to the next function,
    log o · x          log(o)·x: or the next sign; sin x/2 is sin(x)/2
    log(o)²            (log o)², but log o² is log(o²); brackets hold the whole argument, so that sin(x)y is sin(x)·y
    sin²x              (sin(x))², but sin⁻¹x is arcsin(x); σ′(z) is the derivative of σ at z
    √2x                √2·x, but √x² is √(x²)
    log                the natural logarithm, as is ln; log_2 and log_10 are the others
    σ(1 − σ)           σ·(1 − σ) where σ is a name; nor is e a constant or max a function where it is a name
    [x > 0]            1 where x > 0, else 0, as are 1_{x>0} and \mathbf{1}_{x > 0}; with ≥ it is 1 at 0 too; so is 1_{i=2}

and refused where neither reading is the usual one: 1/2x, log o (1 − o), log2x, 2½, x 2. Nor is a name in front of a bracket
a factor where it could be a function that is not known: foo(x), lg x are asked about.

    d/dx (x² + 1)      the derivative, which is worked out; as is ∂L/∂w where L and w are names, and ∂L/∂w is none
    1/2 (t − o)²       ½·(t − o)²: a blank parts a fraction of numbers from a bracket
    2 x 0.2            2·0.2, and 6.13 e-2 is 0.0613; refused where x is a name, or e

Sums over an index, vectors and matrices are read too, by a parser over these (indexed.py), where a number comes out:

    Σ_{i=1}^{3} x_i²   x_1² + x_2² + x_3²; so are Π, and Σ_{i=1}^n, where n is given or the names show how many x_i there are
    xᵀ W x, ‖x‖²       x is x_1, x_2, …, where these are names and x is none; (x ⊙ y)_2, softmax(a)_l, bmatrix, cases
    w_1 x_1 + … + w_3 x_3    the dots are what the last term shows
"""

from __future__ import annotations

from collections.abc import Mapping

from autograd.calculus import gradient
from autograd.formula import patterns
from autograd.formula.expressions import LONGEST, Parser
from autograd.formula.families import multiplies_families
from autograd.formula.indexed import read_with_indices
from autograd.formula.indexed_lexer import has_cells
from autograd.formula.lexer import Derive, FormulaError, Lexer
from autograd.formula.new_names import invent_names
from autograd.formula.spellings import undress
from autograd.graph import leaves
from autograd.operation import CONSTANT
from autograd.value import Value


def parse(text: str, names: Mapping[str, Value | float] | None = None) -> Value:
    r"""The graph of a formula that is written as on paper, in plain text or in LaTeX.

    text: one formula, such as "-t log o - (1-t) log(1-o)" or r"\frac{1}{1 + e^{-w_1 x_1}}"
    names: what it may speak of, by name; where a name stands, there is the Value itself. Names are compared as mathematics:
        w1, w_1, w_{1} and w₁ are one name, and so are θ and \theta; ŷ, \hat{y} and y_hat; a^(1)_2 and a_2^{(1)}. Without
        names, each word and each Greek letter is a new Value(1.0): `variables` finds them

    >>> from autograd import Value, parse
    >>> w, x = Value(0.5, label="w_1"), Value(2.0, label="x_1")
    >>> parse("2w_1x_1 - 1/x_1", {"w_1": w, "x_1": x})
    Value(1.5)
    >>> parse("w_1 + + x_1", {"w_1": w, "x_1": x})
    Traceback (most recent call last):
    autograd.formula.lexer.FormulaError: w_1 + + x_1
          ^ here a number, a name or a bracket is expected

    Raises FormulaError, which knows the place, for a text that cannot be read or can be read in two ways: unknown names and
    characters, over 2,000 characters, brackets over 60 deep, whole-number exponents over 64, and so on.
    Raises ValueError if two of names are one name, TypeError for what is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"parse reads a text, such as 'σ(w x + b)', not {text!r}")
    return read_formula(text, names or {}, inventing=names is None)


def slope(y: Value, x: Value) -> Value | None:
    """∂y/∂x; None where nothing says how y varies with x."""
    return None if x.op is CONSTANT or (not y.inputs and y is not x) else gradient(y, x)[0]


def read_formula(text: str, names: Mapping[str, Value | float], derive: Derive = slope, inventing: bool = False) -> Value:
    """What `parse` does, with a way to differentiate.

    derive: the derivative of one Value by another, or None where nothing is known of it
    inventing: each word that is none of names is a new Value(1.0)
    """
    if len(text) > LONGEST:
        raise FormulaError(text, LONGEST, f"a formula has up to {LONGEST:,} characters, and this text has {len(text):,}")
    try:
        new = invent_names(text, names) if inventing else {}
        return Parser(Lexer(text, {**names, **new}, derive, given=names)).formula()
    except FormulaError:
        plain = undress(text).text
        has_indices = any(map(patterns.INDEXED.search, (text, plain)))
        if not (has_indices or has_cells(text) or multiplies_families(plain, names)):
            raise
    return read_with_indices(text, names, derive, inventing)


def variables(y: Value) -> dict[str, Value]:
    """The leaves of a graph by name, in the order in which the formula names them; constants are none.

    >>> list(variables(parse("w*x + b")))
    ['w', 'x', 'b']
    """
    return {leaf.label: leaf for leaf in leaves(y) if leaf.op is None and leaf.label}


def split_chain(text: str) -> list[tuple[str, int]]:
    """The formulas of a chain a = b ≈ c, with the places in text where they begin; a sign at the front counts for nothing.

    >>> split_chain("h = σ(a) ≈ 0.62")
    [('h', 0), ('σ(a)', 4), ('0.62', 11)]

    Raises FormulaError where nothing stands between two signs, or behind the last.
    """
    cuts, depth = [0], 0
    for match in patterns.CHAIN.finditer(text):
        depth += (match[0] in "([{" or match["part"] == "begin") - (match[0] in ")]}" or match["part"] == "end")
        if depth <= 0 and match["relation"]:
            cuts += match.span()
    pieces = [(text[start:end], start) for start, end in zip(cuts[::2], [*cuts[1::2], len(text)])]
    if len(pieces) > 1 and not pieces[0][0].strip():
        del pieces[0]
    for piece, start in pieces:
        if not piece.strip():
            raise FormulaError(text, start + len(piece), "here a formula is expected")
    return [(piece.strip(), start + len(piece) - len(piece.lstrip())) for piece, start in pieces]
