"""What a scanner may have made of a sign: σ or θ of an o, 1 of an l, a bar of a hat.

That is offered as another reading of what depends on something unsaid; nothing is called wrong by it, unless the statement
itself has both names: then its author tells them apart there, and one stands where the other belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from autograd.formula.uses import find_uses

ALIKE = ("oσθδ", "l1I", "aα", "wω", "vν", "yŷȳ", "uμ", "pρ", "xχ", "kκ")  # signs that are taken for one another
HATS = {"ŷ": "y", "ȳ": "y"}


def read_otherwise(text: str, is_right: Callable[[str], bool]) -> tuple[str, str] | None:
    """A name in a formula, and another that looks alike and makes it right; nothing where none does.

    text: the formula; is_right: what judges
    """
    for name in dict.fromkeys(_sign(use.base) for use in find_uses(text)):
        for family in ALIKE:
            for other in family if name in family else "":
                if other != name and is_right(_replaced(text, name, other)):
                    return name, other
    return None


def are_two(name: str, other: str, statement: Iterable[str]) -> bool:
    """Whether names that differ in a hat both stand in a statement, whose author tells them apart."""
    signs = {_sign(use.base) for text in statement for use in find_uses(text)}
    return HATS.get(other) == name and {name, other} <= signs


def _sign(base: str) -> str:
    return {"y\u0302": "ŷ", "y\u0304": "ȳ"}.get(base, base)


def _replaced(text: str, name: str, other: str) -> str:
    """A formula with one name for another, wherever it stands."""
    written = {"ŷ": "\\hat{y} ", "ȳ": "\\bar{y} "}.get(other, other)
    for use in reversed(list(find_uses(text))):
        if _sign(use.base) == name:
            whole = text[use.start : use.end]
            scripts = min((at for at in (whole.find("_"), whole.find("^")) if at >= 0), default=len(whole))
            text = f"{text[: use.start]}{written}{whole[scripts:]} {text[use.end :]}"
    return text
