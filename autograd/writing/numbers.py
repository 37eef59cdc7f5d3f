"""Numbers as they are written, in plain text and in LaTeX."""

from __future__ import annotations

import math

from autograd.writing.notation import ATOM, MINUS, NEGATION, POWER, PRODUCT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.writing.notation import Written

FRACTIONS = {0.5: ("½", r"\frac{1}{2}"), 1.0 / 3.0: ("⅓", r"\frac{1}{3}"), 2.0 / 3.0: ("⅔", r"\frac{2}{3}")}
RAISED = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(x: float, digits: int = 6, latex: bool = False) -> Written:
    """A number to so many significant digits, in plain text (with a true minus sign) or in LaTeX.

    >>> number(-0.74136506, 4), number(1e-9), number(1e-9, latex=True)
    (('−0.7414', 2), ('1·10⁻⁹', 3), ('10^{-9}', 4))
    """
    if math.isnan(x):
        return r"\mathrm{nan}" if latex else "nan", ATOM
    return _add_sign(x, _write_size(abs(x), digits, latex), latex)


def constant(x: float, digits: int = 6, latex: bool = False) -> Written:
    """A number that stands in a formula: a half is ½."""
    if abs(x) not in FRACTIONS:
        return number(x, digits, latex)
    in_text, in_latex = FRACTIONS[abs(x)]
    return _add_sign(x, (in_latex, POWER) if latex else (in_text, ATOM), latex)


def _add_sign(x: float, size: Written, latex: bool) -> Written:
    return (MINUS[not latex] + size[0], NEGATION) if x < 0.0 else size


def _write_size(x: float, digits: int, latex: bool) -> Written:
    if math.isinf(x):
        return r"\infty" if latex else "∞", ATOM
    mantissa, _, exponent = f"{x:.{digits}g}".partition("e")
    if not exponent:
        return mantissa, ATOM
    power = f"10^{{{int(exponent)}}}" if latex else f"10{str(int(exponent)).translate(RAISED)}"
    if latex and mantissa == "1":
        return power, POWER
    return mantissa + (r" \cdot " if latex else "·") + power, PRODUCT
