"""What a scanner may have made of a sign: σ or θ of an o, 1 of an l, a bar of a hat.

That is offered as another reading of what depends on something unsaid; nothing is called wrong by it.
"""

from __future__ import annotations

from autograd.notes.notation import find_uses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

ALIKE = ("oσθδ", "l1I", "aα", "wω", "vν", "yŷȳ", "uμ", "pρ", "xχ", "kκ")  # signs that are taken for one another


def read_otherwise(text: str, is_right: Callable[[str], bool]) -> str:
    """What a formula reads as, if one name in it is another that looks alike; nothing where that makes none right.

    text: the formula; is_right: what judges
    """
    for name in dict.fromkeys(_sign(use.base) for use in find_uses(text)):
        for family in ALIKE:
            for other in family if name in family else "":
                if other != name and is_right(_replaced(text, name, other)):
                    return f"it reads as right if {name} is {other}"
    return ""


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


__all__ = ["read_otherwise"]
