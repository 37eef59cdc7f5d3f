"""What a drawing shows, before it is written in any format: boxes, arrows, and the parts around boxes.

Writers (nn/writers.py) turn a Picture into DOT, Mermaid, TikZ or text. What a graph looks like at each depth is decided in
nn/draw.py; how a name or number looks, here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from unicodedata import normalize

from autograd.value import Value
from nn.structure import Part


@dataclass
class Box:
    """One node of the picture.

    kind: "leaf", "constant", "operation", "neuron", "layer" or "group"; in the columns of a net "circle", "more" and
        "header"
    symbol: the sign of the operation, "σ"; empty for leaves
    title: its name; lines: what stands below, one string each
    grad: the gradient that colours it; None before any backward()
    part: the innermost part around it
    """

    key: str
    kind: str
    symbol: str
    title: str
    lines: list[str]
    grad: float | None = None
    part: Part | None = None
    highlighted: bool = False


@dataclass
class Arrow:
    """From what was used to what was computed.

    flow: the part of the gradient that comes back along it; it colours and widens the line; None before any backward()
    """

    tail: str
    head: str
    text: str = ""
    flow: float | None = None
    highlighted: bool = False


@dataclass
class Picture:
    """Boxes in the order of computation, arrows in the order of operands, and a line of explanation below."""

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    note: str = ""
    direction: str = "right"

    @property
    def strongest(self) -> float:
        """The largest gradient of a box, in size; 0 if there is none."""
        return _largest(box.grad for box in self.boxes)

    @property
    def strongest_flow(self) -> float:
        """The largest flow along an arrow, in size; 0 if there is none."""
        return _largest(arrow.flow for arrow in self.arrows)

    @property
    def has_highlights(self) -> bool:
        return any(box.highlighted for box in self.boxes)


def _largest(xs: Iterable[float | None]) -> float:
    return max((abs(x) for x in xs if x is not None and math.isfinite(x)), default=0.0)


def number(x: float, digits: int = 4) -> str:
    """A number to so many significant digits, with a true minus sign.

    >>> number(-0.7413650695), number(1e-9), number(2.0)
    ('−0.7414', '1e−9', '2')
    """
    text = f"{x:.{digits}g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return "0" if text == "-0" else text.replace("-", "−")


SUBSCRIPTS = str.maketrans("0123456789+-=()aehijklmnoprstuvx,", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ,")
SUPERSCRIPTS = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")
GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega"
        " Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega partial nabla cdot times ell".split(),
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ∂∇·×ℓ",
    )
)
JOINERS = "\u200c\u200d"  # in Persian words, and in emoji made of several
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"}


def pretty(label: str) -> str:
    """A label as it is drawn: w_11 as w₁₁, \\theta as θ, \\hat y as ŷ; anything else as it is, on one line.

    >>> pretty("w_{11}"), pretty("x^2"), pretty(r"\\hat{y}_1"), pretty("my_value")
    ('w₁₁', 'x²', 'ŷ₁', 'my_value')
    """
    text = "".join(c if c.isprintable() or c in JOINERS else " " for c in label)
    text = " ".join(text.split())
    text = re.sub(r"^\$+(.*?)\$+$", r"\1", text)
    text = re.sub(r"\\(hat|bar|tilde|vec|dot)\s*\{?(\w)\}?", lambda m: normalize("NFC", m[2] + ACCENTS[m[1]]), text)
    text = re.sub(r"\\([A-Za-z]+) ?", lambda m: GREEK.get(m[1], m[0]), text)
    text = re.sub(r"_\{([^{}]*)\}|_([\d,]+)(?![A-Za-z])|_([a-z])(?![A-Za-z0-9_])", _subscript, text)
    return re.sub(r"\^\{([^{}]*)\}|\^(\d+)", _superscript, text)


def _subscript(match: re.Match[str]) -> str:
    inner = next(group for group in match.groups() if group is not None)
    translated = inner.translate(SUBSCRIPTS)
    return translated if not re.search(r"[^₀-₎ₐ-ₜᵢᵣᵤᵥⱼ,]", translated) else f"_{inner}"


def _superscript(match: re.Match[str]) -> str:
    inner = next(group for group in match.groups() if group is not None)
    translated = inner.translate(SUPERSCRIPTS)
    return translated if not re.search(r"[^⁰¹²³⁴-⁾ⁱⁿ]", translated) else f"^{match[0][1:]}"


def name(node: Value, text: str) -> str:
    """What a node is called: its label, or the formula given if it is short enough to read at a glance."""
    return pretty(node.label) or (text if len(text) <= 24 else "")


def shortened(text: str, most: int = 40) -> str:
    """The beginning and the end of a text that is too long for a box.

    >>> shortened("the quick brown fox", most=9)
    'the … fox'
    """
    half = most // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-(most - half - 1) :]}"
