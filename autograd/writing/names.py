"""Labels as mathematics: w_11 is w₁₁ on a terminal and w_{11} in LaTeX, and the first of a family w_{ij}.

A label is what its author typed. Read as mathematics it is a base, which may be Greek or wear an accent, with what stands
above and below: w_112, w_{1,10,2}, theta_1, ŷ_2, \\hat{y}_2, a^(1)_2, w1, net. What cannot be read so is text, and stays
what it is, with every character escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from autograd.labels import subscript

SUBSCRIPTS = str.maketrans("0123456789+-=()aehijklmnoprstuvx,", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ,")
SUPERSCRIPTS = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")
GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega"
        " Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega partial nabla cdot times ell".split(),
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ∂∇·×ℓ",
    )
)
_LOW, _HIGH = "₀-₎ₐ-ₓₕ-ₜᵢᵣᵤᵥⱼ", "⁰¹²³⁴-⁾ⁱⁿ"  # signs below and above the line
JOINERS = "\u200c\u200d"  # in Persian words, and in emoji made of several
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"}


def pretty(label: str) -> str:
    """A label as it is drawn: w_11 as w₁₁, \\theta as θ, \\hat y as ŷ; anything else as it is, on one line.

    >>> pretty("w_{11}"), pretty("x^2"), pretty(r"\\hat{y}_1"), pretty("my_value")
    ('w₁₁', 'x²', 'ŷ₁', 'my_value')
    """
    below = r"_\{([^{}]*)\}|_([\d,]+)(?![A-Za-z])|_([a-z])(?![A-Za-z0-9_])"
    text = re.sub(below, lambda m: _lower(m[m.lastindex or 0]), _plain(label))
    return re.sub(r"\^\{([^{}]*)\}|\^(\d+)", lambda m: _raise(m[m.lastindex or 0]) or m[0], text)


def _lower(text: str) -> str:
    """Below the line: ₁₂; behind a sign where not all of it has such signs."""
    lowered = text.translate(SUBSCRIPTS)
    return lowered if re.fullmatch(f"[{_LOW},]*", lowered) else f"_{text}"


def _raise(text: str) -> str:
    """Above the line: ⁽¹⁾; empty where not all of it has such signs."""
    raised = text.translate(SUPERSCRIPTS)
    return raised if re.fullmatch(f"[{_HIGH}]*", raised) else ""


def _plain(label: str) -> str:
    """A label on one line, without dollar signs and commands: \\hat{y}_1 as ŷ_1, \\theta as θ."""
    text = "".join(c if c.isprintable() or c in JOINERS else " " for c in label)
    text = " ".join(text.split())
    if len(text) > 1 and text[0] == text[-1] == "$":
        text = text.strip("$")
    text = re.sub(r"\\(?:mathrm|text|mathit)\{(\w+)\}", r"\1", text)
    text = re.sub(r"\\([A-Za-z]+) ?", lambda m: GREEK.get(m[1], m[0]), text)
    accent = r"\\(hat|bar|tilde|vec|dot)(?:\s*\{(\w)\}|\s+(\w)(?!\w))"  # anything but one letter stays under it
    return re.sub(accent, lambda m: normalize("NFC", (m[2] or m[3]) + ACCENTS[m[1]]), text)


# --------------------------------------------------------------------------------------------------------- read as parts

UNSUB = {v: chr(k) for k, v in SUBSCRIPTS.items() if v != k}
UNSUP = {v: chr(k) for k, v in SUPERSCRIPTS.items() if v != k}
_SIGN_WORDS = "partial", "nabla", "cdot", "times", "ell"  # signs by their commands alone: times is a word as well
GREEK_COMMANDS = {sign: word for word, sign in GREEK.items() if word not in _SIGN_WORDS}
ACCENT_COMMANDS = {accent: command for command, accent in ACCENTS.items()}
_LETTER = r"[^\W\d_][\u0302\u0304\u0303\u20d7\u0307]?"
_LABEL = re.compile(
    rf"(?P<base>{_LETTER}|[^\W\d_]+|[^\W\d_]+(?=\d))(?P<prime>[′']*)(?P<digits>\d*)"
    r"(?:\^(?:\{(?P<up>[^{}^_\\$]*)\}|(?P<up2>\([\w,+\-]+\)|[^\W_]+)))?"
    r"(?:_(?:\{(?P<down>[^{}^_\\$]*)\}|(?P<down2>\w+(?:,\w+)*)))?"
    r"(?:\^(?:\{(?P<up3>[^{}^_\\$]*)\}|(?P<up4>\([\w,+\-]+\)|[^\W_]+)))?"
)
_SIGNS = {  # what \\text would show as code somewhere, as mathematics
    "\\": r"\backslash", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\wedge", "~": r"\sim", "<": "<", ">": ">", "|": r"\vert", "−": "-", "∂": r"\partial", "∇": r"\nabla",
    "ℓ": r"\ell", "∞": r"\infty", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "±": r"\pm",
    "·": r"\cdot", "×": r"\times", "÷": r"\div", "√": r"\surd",
    "′": r"{}^{\prime}", "→": r"\to", "∈": r"\in", "Σ": r"\Sigma", "Π": r"\Pi", "⊙": r"\odot",
    "…": r"\ldots", "°": r"{}^{\circ}",
}  # fmt: skip
_ESCAPED = {c: f"${command}$" for c, command in _SIGNS.items()} | {c: f"\\{c}" for c in "%&#_{}$"}  # beside mathematics
_INDICES = re.compile("[i-m]{1,3}|[a-zA-Z]")  # min and rms are words
INDICATOR = re.compile(r"1_\{([a-z])=(\d+)\}")  # 1 where the index is that number, else 0
HELD = re.compile(r"\((∂.+/∂.+)\)")  # a derivative with the other quantities held fixed
DERIVATIVE = re.compile("∂(.+)/∂(.+)")
ROOT = re.compile(r"√(\d+)")  # of a whole number


class Parts:
    """A label read as mathematics: base, what stands below and what above; base is "" where it is only text."""

    __slots__ = "base", "down", "up"

    def __init__(self, label: str) -> None:
        text = re.sub(f"[{_LOW}]+", lambda m: f"_{{{m[0].translate(UNSUB)}}}", _plain(label))
        text = re.sub(f"[{_HIGH}]+", lambda m: f"^{{{m[0].translate(UNSUP)}}}", text)
        match = _LABEL.fullmatch(normalize("NFD", text))
        groups = match.groupdict("") if match else {}
        self.base = normalize("NFC", groups.get("base", "")) + "′" * len(groups.get("prime", ""))
        groups = {key: normalize("NFC", group) for key, group in groups.items()}
        self.up = "".join(groups.get(key, "") for key in ("up", "up2", "up3", "up4"))
        self.down = groups.get("down", "") + groups.get("down2", "") or groups.get("digits", "")
        word_on_word = len(self.base) > 1 and self.base not in GREEK and _is_word(self.down)
        if (groups.get("digits") and self.down != groups["digits"]) or word_on_word:
            self.base = ""  # x1_2 and my_value are names of programs


def _is_word(text: str) -> bool:
    """Whether what stands above or below is a word, as in w_min, and no indices."""
    return text.isalpha() and not _INDICES.fullmatch(text)


@lru_cache(10_000)  # the same few names stand in every formula
def text_name(label: str) -> str:
    """A label on a terminal.

    >>> text_name("w_11"), text_name("w1"), text_name("theta"), text_name("∂L/∂w1"), text_name("a b")
    ('w₁₁', 'w₁', 'θ', '∂L/∂w₁', 'a b')
    """
    if held := HELD.fullmatch(label):
        return f"({text_name(held[1])})"
    if derivative := DERIVATIVE.fullmatch(label):
        return "/".join("∂" + text_name(part) for part in derivative.groups())
    parts = Parts(label)
    if not parts.base:
        return pretty(label) or ("?" if label else "")
    letters = parts.base.rstrip("′")
    base = parts.base if letters in _SIGN_WORDS else GREEK.get(letters, letters) + parts.base[len(letters) :]
    up = _raise(parts.up) or f"^{parts.up}" if parts.up else ""
    return base + up + (f"_{parts.down}" if _is_word(parts.down) else _lower(parts.down))


@lru_cache(10_000)
def latex_name(label: str) -> str:
    r"""A label in LaTeX.

    >>> print(latex_name("w_11"), latex_name("net"), latex_name("ŷ_1"), latex_name("a^(1)_2"), latex_name("50 %"))
    w_{11} \mathrm{net} \hat{y}_{1} a^{(1)}_{2} {\text{50 }\%}
    >>> print(latex_name("∂L/∂w_11"))
    \frac{\partial L}{\partial w_{11}}
    """
    if INDICATOR.fullmatch(label):
        return rf"\mathbf{{1}}{label[1:]}"
    if held := HELD.fullmatch(label):
        return rf"\left({latex_name(held[1])}\right)"
    if derivative := DERIVATIVE.fullmatch(label):
        top, bottom = (latex_name(part) for part in derivative.groups())
        return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
    if root := ROOT.fullmatch(label):
        return rf"\sqrt{{{root[1]}}}"
    parts = Parts(label)
    if not parts.base:
        return latex_text(_plain(label) or "?") if label else r"\text{}"
    base, primes = parts.base.rstrip("′"), parts.base.count("′")
    return (
        _latex_base(base) + "'" * primes
        + (f"^{{{_latex_script(parts.up)}}}" if parts.up else "")
        + (f"_{{{_latex_script(parts.down)}}}" if parts.down else "")
    )  # fmt: skip


def primed(label: str) -> str:
    """The label of what is new after a step: a prime behind its letters, or behind all of a name that is only text.

    >>> primed("w_11"), primed("b"), primed(r"\\hat{y}_2"), primed("my_value")
    ("w'_11", "b'", "ŷ'_2", "my_value'")
    """
    text = _plain(label)
    letters = re.match(r"[^\W\d_]+[\u0302\u0304\u0303\u20d7\u0307]?", text)
    if letters is None or not Parts(label).base:
        return f"{text}'"
    return f"{letters[0]}'{text[letters.end() :]}"


def _latex_base(base: str) -> str:
    letter, accent = normalize("NFD", base)[0], normalize("NFD", base)[1:]
    if accent in ACCENT_COMMANDS and accent:
        return rf"\{ACCENT_COMMANDS[accent]}{{{_latex_base(letter)}}}"
    if base in GREEK_COMMANDS:
        return rf"\{GREEK_COMMANDS[base]}"
    if base in GREEK and base not in _SIGN_WORDS:
        return rf"\{base}"
    if len(base) == 1 and base.isascii():
        return r"\mathrm{e}" if base == "e" else base  # a quantity, not the number that is raised to powers
    return rf"\mathrm{{{base}}}" if base.isascii() else latex_text(base)


def _latex_script(text: str) -> str:
    """What stands above or below: indices as they are, a word upright."""
    if _is_word(text):
        return rf"\mathrm{{{text}}}" if text.isascii() else latex_text(text)
    return "".join(_SIGNS.get(c, c) if c.isascii() or c in _SIGNS else latex_text(c) for c in text)


def latex_text(text: str) -> str:
    r"""Text in mathematics mode: words in \\text, signs as signs, Greek letters as letters.

    >>> print(latex_text("50 % of θ"))
    {\text{50 }\%\text{ of }\theta}
    """
    pieces: list[str] = []
    for run in re.findall(f"[{_LOW}]+|[{_HIGH}]+|.", text, re.DOTALL):
        if ord(run[0]) in UNSUB:
            pieces.append(f"{{}}_{{{run.translate(UNSUB)}}}")
        elif ord(run[0]) in UNSUP:
            pieces.append(f"{{}}^{{{run.translate(UNSUP)}}}")
        elif run in _SIGNS or run in GREEK_COMMANDS:
            command = _SIGNS.get(run) or rf"\{GREEK_COMMANDS[run]}"
            pieces.append(f"{command} " if command[-1:].isalpha() else command)
        elif pieces and pieces[-1].startswith(r"\text{"):
            pieces[-1] = f"{pieces[-1][:-1]}{run}}}"
        else:
            pieces.append(rf"\text{{{run}}}")
    whole = "".join(pieces).rstrip()
    return whole if len(pieces) == 1 else f"{{{whole}}}"


def escape_latex(text: str) -> str:
    """Text that LaTeX sets as it is, outside of mathematics."""
    return "".join(_ESCAPED.get(c, c) for c in text)


def list_names(names: Sequence[str]) -> str:
    """The first eight of some names, in a sentence.

    >>> list_names("abcdefghij")
    'a, b, c, d, e, f, g, h, …'
    """
    return ", ".join([*names[:8], *(["…"] if len(names) > 8 else [])])


# -------------------------------------------------------------------------------------------------------------- families

Index = int | str  # a number, or the letter that stands for all of them


@lru_cache(maxsize=1 << 17)
def readings(label: str) -> list[tuple[str, tuple[Index, ...]]]:
    """Each way to read a label as a stem with indices: w_12 is w with (1, 2), or with (12).

    >>> readings("w_12"), readings("h_1,10"), readings("w_{1ij}"), readings("net")
    ([('w', (1, 2)), ('w', (12,))], [('h', (1, 10))], [('w', (1, 'i', 'j'))], [])
    """
    parts = Parts(label)
    down = parts.down
    if not parts.base or not re.fullmatch(r"[\di-ms,]+", down):
        return []
    stem = parts.base + (f"^{{{parts.up}}}" if parts.up else "")
    if "," in down:
        return [(stem, tuple(int(i) if i.isdecimal() else i for i in down.split(",") if i))]
    each = [(stem, tuple(int(i) if i.isdecimal() else i for i in down))]
    return [*each, (stem, (int(down),))] if len(down) > 1 and down.isdecimal() else each


def add_indices(stem: str, indices: tuple[Index, ...]) -> str:
    """The label of a stem with indices; with commas where digits would run together.

    >>> add_indices("w", (1, "i", "j")), add_indices("w", (1, 10, "j")), add_indices("x", (12,))
    ('w_{1ij}', 'w_{1,10,j}', 'x_{12}')
    """
    return f"{stem}_{{{subscript(indices)}}}"


class Reading(NamedTuple):
    """A label as stems with indices: w_12 as ("w",) with (1, 2); ∂L/∂a_2 as ("L", "a") with (2,)."""

    stems: tuple[str, ...]
    lengths: tuple[int, ...]  # how many of the indices belong to each stem
    indices: tuple[Index, ...]

    def label(self, indices: Iterable[Index]) -> str:
        """The label with other indices."""
        remaining = list(indices)
        names = []
        for stem, n in zip(self.stems, self.lengths):
            names.append(add_indices(stem, tuple(remaining[:n])) if n else stem)
            remaining = remaining[n:]
        return names[0] if len(names) == 1 else "/".join(f"∂{name}" for name in names)


@lru_cache(maxsize=1 << 17)
def all_readings(label: str) -> list[Reading]:
    """Each way to read a label as stems with indices, that of a derivative included."""
    derivative = DERIVATIVE.fullmatch(label)
    if derivative is None:
        return [Reading((stem,), (len(indices),), indices) for stem, indices in readings(label)]
    above, below = ([*readings(part), (part, ())] for part in derivative.groups())
    return [Reading((s, t), (len(i), len(j)), i + j) for s, i in above for t, j in below]
