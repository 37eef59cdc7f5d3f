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
    if not math.isfinite(x):
        return _not_finite(x, latex)
    mantissa, _, exponent = f"{x:.{digits}g}".partition("e")
    minus = MINUS[0] if latex else MINUS[1]
    sign = minus if mantissa.startswith("-") and mantissa != "-0" else ""
    size = mantissa.lstrip("-")
    if not exponent:
        return sign + size, NEGATION if sign else ATOM
    power = f"10^{{{int(exponent)}}}" if latex else f"10{str(int(exponent)).translate(RAISED)}"
    if latex and size == "1":
        return sign + power, NEGATION if sign else POWER
    times = r" \cdot " if latex else "·"
    return sign + size + times + power, NEGATION if sign else PRODUCT


def _not_finite(x: float, latex: bool) -> Written:
    if math.isnan(x):
        return r"\mathrm{nan}" if latex else "nan", ATOM
    name = r"\infty" if latex else "∞"
    if x > 0.0:
        return name, ATOM
    return (MINUS[0] if latex else MINUS[1]) + name, NEGATION


def constant(x: float, digits: int = 6, latex: bool = False) -> Written:
    """A number that stands in a formula: a half is ½."""
    if abs(x) not in FRACTIONS:
        return number(x, digits, latex)
    in_text, in_latex = FRACTIONS[abs(x)]
    if x > 0.0:
        return (in_latex, POWER) if latex else (in_text, ATOM)
    return (MINUS[0] + in_latex if latex else MINUS[1] + in_text), NEGATION
