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
    text = f"{x:.{digits}g}"
    if not math.isfinite(x):
        sign, name = ("-" if x < 0.0 else ""), "nan" if math.isnan(x) else r"\infty" if latex else "∞"
        text = sign + (r"\mathrm{nan}" if latex and name == "nan" else name)
    elif "e" in text:
        mantissa, _, exponent = text.partition("e")
        power = f"10^{{{int(exponent)}}}" if latex else f"10{str(int(exponent)).translate(RAISED)}"
        bare = {"1": power, "-1": f"-{power}"}.get(mantissa) if latex else None
        text = bare or mantissa + (r" \cdot " if latex else "·") + power
        return (text if latex else text.replace("-", "−")), (
            NEGATION if mantissa[0] == "-" else POWER if text == power else PRODUCT
        )
    text = "0" if text == "-0" else text
    return (text if latex else text.replace("-", "−")), NEGATION if text.startswith("-") else ATOM


def constant(x: float, digits: int = 6, latex: bool = False) -> Written:
    """A number that stands in a formula: a half is ½."""
    known = FRACTIONS.get(abs(x))
    if known is None:
        return number(x, digits, latex)
    sign = "" if x > 0.0 else MINUS[not latex]
    return sign + known[latex], NEGATION if sign else POWER if latex else ATOM
