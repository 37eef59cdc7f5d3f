"""Numbers as people write them, each with the digits that it was written with, since these are what it promises.

0.2570 speaks for four decimals, 0.257 for three. So numbers are taken as text; a float has lost its zeros.

    0.2570   −1,25   .5   1.2e-3   1.2·10^-3   12 %        a comma inside a number is the decimal comma
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from autograd.formula.spellings import undress

DEEPEST = 8  # brackets around a number
_DIGITS = "|".join(
    [
        r"\d{1,3}(?:,\d{3})+\.\d*", r"\d{1,3}(?:\.\d{3})+,\d*",  # 1,234.5 and 1.234,5
        r"\d{1,3}(?:,\d{3}){2,}", r"\d{1,3}(?:\.\d{3}){2,}", r"\d+(?:[.,]\d*)?", r"[.,]\d+",
    ]
)  # fmt: skip
_TIMES = r"\s*(?:[·*×⋅∙∗xX]|\\cdot|\\times)\s*"
_TENS = rf"{_TIMES}10\s*"
_POWER = r"[+\-−–]?\s*\d{1,9}"
_GROUPS = r"[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?"  # 1 234.5
_NUMBER = re.compile(
    rf"(?P<digits>{_GROUPS}|{_DIGITS})"
    rf"(?:(?:\s*[eE]|{_TENS}(?:\^|\*\*)\s*)(?P<plain>{_POWER}|\{{\s*{_POWER}\s*\}}|\(\s*{_POWER}\s*\))"
    rf"|{_TENS}(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]{{1,9}}))?\s*(?P<percent>\\?%|percent|per cent)?",
    re.ASCII,
)
LOST_POWER = re.compile(rf"[+\-−–]?\s*[1-9][.,]\d+{_TIMES}10[\-−–]\d\d?")  # 6.13·10−2
NUMBERS = re.compile(r"(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+\-−]?\d+|\s[eE][+\-−–]\d+)?", re.ASCII)  # inside a formula
_RAISED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹−–", "+-0123456789--", "{}() ")
OPENS, CLOSES = "([{", ")]}"


class Number(NamedTuple):
    """A number as it was written.

    value: the number; unit: what its last digit counts, 0 where it is exact; digits: how many of its digits are significant
    """

    value: float
    unit: float
    digits: int


@lru_cache(maxsize=4096)
def written_number(text: str) -> Number | None:
    """A number with the digits that it was written with; None for any other text.

    A whole number below ten promises one decimal: 2 is 2.0. Brackets, boxes, dots behind it are no part of it.

    >>> written_number("0.2570"), written_number("(−1,5e-3)."), written_number("x")
    (Number(value=0.257, unit=0.0001, digits=4), Number(value=-0.0015, unit=0.0001, digits=2), None)
    """
    bare = without_brackets(undress(without_brackets(undress(text).text)).text)
    sign = "-" if bare.startswith(("-", "−", "–")) else ""
    if bare.startswith(("+", "-", "−", "–")):
        bare = without_brackets(bare[1:])
    match = _NUMBER.fullmatch(bare)
    if match is None or LOST_POWER.fullmatch(bare):
        return None
    digits = match["digits"].replace(" ", "")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        digits = digits.replace("," if comma < point else ".", "")
    elif max(digits.count(","), digits.count(".")) > 1:
        digits = digits.replace(",", "").replace(".", "")
    whole, _, decimals = digits.replace(",", ".").partition(".")
    exponent = int((match["plain"] or match["raised"] or "0").translate(_RAISED))
    if match["percent"]:
        exponent -= 2
    if abs(exponent) > 300:
        return None
    value = float(f"{sign}{whole or '0'}.{decimals or '0'}e{exponent}")
    places = len(decimals) - exponent
    if len(whole.lstrip("0")) < 2 and not decimals and not (match["plain"] or match["raised"]):
        places += 1
    significant = (whole + decimals).lstrip("0")
    if not math.isfinite(value) or not math.isfinite(float(f"1e{-places}")):
        return None
    return Number(value, float(f"1e{-places}"), len(significant))


def without_brackets(text: str) -> str:
    """What stands in brackets, where they hold all of it."""
    text = text.strip()
    for _ in range(DEEPEST):
        if not text or text[0] not in OPENS or _closing(text) != len(text) - 1:
            break
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    """Where the bracket is closed with which a text begins; −1 where it never is."""
    waiting: list[str] = []
    for i, c in enumerate(text):
        if c in OPENS:
            waiting.append(CLOSES[OPENS.index(c)])
        elif c in CLOSES and (waiting.pop() != c or not waiting):
            return -1 if waiting else i
    return -1
