r"""How a text is dressed, taken off: boxes, bold letters, dollar signs, thin spaces, a final full stop mean no mathematics.

    \boxed{\mathbf{w}_2 \cdot 0{,}55}.    →    { w_2 \cdot 0,55}

`undressed` gives the plain text, and for each of its characters the place where that stood, so that an error in it can be
shown in the text that was written. A plain text stays as it is. Names decide nothing here: what depends on them is decided
by the reader (autograd/tokens.py).
"""

from __future__ import annotations

import re
from collections import namedtuple
from unicodedata import decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

END = "(?![A-Za-z])"  # of a command
FONTS = """mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathnormal boldsymbol bm pmb text textbf textit textrm
    textsf texttt textnormal mbox""".split()
_BOXES = "boxed fbox framebox underline underbrace overbrace ensuremath".split()
_SWITCHES = """displaystyle textstyle scriptstyle scriptscriptstyle quad qquad limits nolimits nonumber notag hfill hfil
    enspace enskip thinspace noindent centering bf rm it sf tt""".split()
_SIZES = "left right middle".split() + [f"{size}{side}" for size in "big Big bigg Bigg".split() for side in ("", *"lrm")]

_ALIKE = str.maketrans(  # one character for another
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if not chr(code - 0xFEE0).isalpha()},
        **dict.fromkeys("‐‑‒—―﹣－➖", "−"),
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
        **dict.fromkeys("\u200b\u2060\u2061\u2062\u2063\u2064\ufe0e\ufe0f\ufeff", " "),
        "٫": ".", "٬": ",", "＄": "$",
    }
)  # fmt: skip


class Plain(namedtuple("Plain", "text places")):
    """A text without its dress; places: where each of its characters, and its end, stood in the text as it was written."""

    __slots__ = ()


def undressed(text: str) -> Plain:
    """A text without what means no mathematics.

    >>> print(undressed(r"$\\boxed{\\mathbf{w}_2\\,x}.$").text.strip())
    {w_2 x}
    """
    plain = Plain(text, range(len(text) + 1))
    for take_off in _IN_TURN:
        plain = take_off(plain)
    return plain


# ------------------------------------------------------------------------------------------------------ one after the other


def _replaced(plain: Plain, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], tuple[int, int] | str]) -> Plain:
    """With something new for each match: a text, or a part of the match, given as the places where it begins and ends."""
    text, places = plain
    pieces: list[str] = []
    stood: list[int] = []
    end = 0
    for match in pattern.finditer(text):
        part = new if isinstance(new, str) else new(match)
        pieces.append(text[end : match.start()])
        stood += places[end : match.start()]
        if isinstance(part, str):
            pieces.append(part)
            stood += [places[match.start()]] * len(part)
        else:
            pieces.append(text[slice(*part)])
            stood += places[slice(*part)]
        end = match.end()
    if not end:
        return plain
    return Plain("".join([*pieces, text[end:]]), [*stood, *places[end:]])


def _alike(plain: Plain) -> Plain:
    """Digits of all scripts as 0 to 9, dashes as minus signs, blanks as blanks."""
    text = plain.text.translate(_ALIKE)
    if not text.isascii():
        text = "".join(c if c.isascii() or c == "𝟙" or (digit := decimal(c, None)) is None else str(digit) for c in text)
    return Plain(text, plain.places)


_BLANKS = re.compile(
    r"[$~]|(?<!\\)\\[()\[\],;:! ]|\\(?:begin|end)\s*\{\s*[a-z]+\*?\s*\}|\\(?:h|v)space\*?\s*\{[^{}]*\}"
    rf"|\\(?:label|tag\*?)\s*\{{[^{{}}]*\}}|\\(?:text)?color\s*\{{[^{{}}]*\}}|\\(?:{'|'.join(_SWITCHES)}){END}"
    rf"|\\(?:{'|'.join(_SIZES)}){END}(?=\s*(?:[()\[\]]|\\[{{}}]|\\[lr](?:brace|vert|brack){END}))"
)
_ABOUT = re.compile(r"(?<=[\w)\]}'′])(\s*)~(?=\s*[+\-−–]?\s*[.,]?[0-9])")
_GROUPED = re.compile(  # 1'234.5, 1\,234.5, 0.593 269 992: digits in groups of three, never parted by a comma here
    r"(?<![\w.,^{\\'’])(?:[1-9][0-9]{0,2}(?:(['’\u2009\u202f\u00a0]|\\,)[0-9]{3})(?:\1[0-9]{3})*(?![0-9])"
    r"|[0-9]+[.,][0-9]{3}(?:(['’\u2009\u202f\u00a0 ]|\\,)[0-9]{3})(?:\2[0-9]{3})*(?:\2[0-9]{1,2})?(?![0-9.,]))"
)
_BETWEEN_GROUPS = re.compile(r"(?<=[0-9])(?:['’\u2009\u202f\u00a0 ]|\\,)(?=[0-9])")
_IN_BRACES = re.compile(r"(?<=[0-9])\{([.,])\}(?=[0-9])")
_GOING_ON = re.compile(rf"(?<=[.,][0-9])([0-9]*)\s?(?:…|⋯|\.{{2,}}|\\[lc]?dots{END})(?!\s*[0-9.])")
_COMPARED = re.compile(r"(?<=_\{)\s*\(([^(){}]*[<>=≥≤][^(){}]*)\)\s*(?=\})")  # 1_{(i=l)}
_FRACTIONS = re.compile(r"\\(?:c|nice|s)frac(?![A-Za-z])")
_STOP = re.compile(r"(?m)(?<=[\w)\]}%²³⁰-⁹½-¾|])[ \t]*[.,;:][ \t]*$")
_IN_FRONT = re.compile(
    r"^\s*(?:[✓✔☑✅☐□■▪•◦‣●○★☆∴]\s*|\*\s+|\\(?:checkmark|therefore|bullet)(?![A-Za-z])\s*)+", re.MULTILINE
)
_BEHIND = re.compile(r"(?m)\s*(?:[✓✔☑✅★☆∎□■]|\\checkmark(?![A-Za-z]))[ \t]*$")
_MARKED = re.compile(r"^\s*(\*{1,3}|_{1,2}|`{1,3})(?=[^\s*_`])(.*[^\s*_`])\1\s*$", re.DOTALL)
_DRESS = re.compile(rf"\\(?P<what>{'|'.join([*FONTS, *_BOXES, 'textcolor', 'colorbox'])}){END}\s*")
_WORD = re.compile(r"(?:[^\W\d_]|\\_){2,}|1")
_NAME = re.compile(r"(?:[^\W\d_]+[0-9]*|\\[A-Za-z]+)['′’]*(?:[_^](?:\w+|\{[^{}]*\}))*")


def _without_fonts(plain: Plain) -> Plain:
    r"""Without boxes and fonts, innermost first; words stay what they are, since \mathrm{net} is one name."""
    found = [match.start() for match in _DRESS.finditer(plain.text)]
    for start in reversed(found):
        text, places = plain
        match = _DRESS.match(text, start)
        assert match is not None
        what, opening = match["what"], match.end()
        closing = _closing(text, opening) if text[opening : opening + 1] == "{" else -1
        inside = text[opening + 1 : closing].strip() if closing > 0 else ""
        first = text.find(inside, opening + 1) if closing > 0 else opening
        if closing < 0 and text[opening : opening + 1] not in ("{", "1"):  # \mathbf w
            parts: list[tuple[int, int] | str] = [" "]
            closing = opening - 1
        elif closing < 0 or (what in FONTS and _WORD.fullmatch(inside) and text[opening:closing] == "{" + inside):
            continue
        elif what in FONTS and not _WORD.fullmatch(inside) and _NAME.fullmatch(inside):
            behind = " " * text[closing + 1 : closing + 2].isalpha()
            parts = [" " * text[start - 1 : start].isalpha(), (first, first + len(inside)), behind]
        elif what.startswith("text") or what == "mbox" or _WORD.fullmatch(inside):
            parts = [(start, opening), "{", (first, first + len(inside)), "}"]
        else:
            parts = [(opening, closing + 1)]
            if what.endswith("brace") and (label := re.compile(r"\s*[_^]\s*(?=\{)").match(text, closing + 1)):
                closing = max(closing, _closing(text, label.end()))
        new = "".join(part if isinstance(part, str) else text[slice(*part)] for part in parts)
        stood = [
            p for part in parts for p in ([places[start]] * len(part) if isinstance(part, str) else places[slice(*part)])
        ]
        plain = Plain(text[:start] + new + text[closing + 1 :], [*places[:start], *stood, *places[closing + 1 :]])
    return plain


def _closing(text: str, opening: int) -> int:
    """Where the brace is closed that is opened here; −1 where it never is."""
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, opening):
        depth += (match[0] == "{") - (match[0] == "}")
        if not depth:
            return match.start()
    return -1


def _replacing(
    pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], tuple[int, int] | str]
) -> Callable[[Plain], Plain]:
    return lambda plain: _replaced(plain, pattern, new)


_IN_TURN: Sequence[Callable[[Plain], Plain]] = [
    _replacing(_GROUPED, lambda match: _BETWEEN_GROUPS.sub("", match[0])),
    _alike,
    _replacing(_MARKED, lambda match: match.span(2)),
    _replacing(_ABOUT, "≈"),
    _replacing(_BLANKS, " "),
    _replacing(_FRACTIONS, r"\frac"),
    _replacing(_IN_BRACES, lambda match: match.span(1)),
    _without_fonts,
    _replacing(_COMPARED, lambda match: match.span(1)),
    _replacing(_GOING_ON, lambda match: match.span(1)),
    _replacing(_IN_FRONT, " "),
    _replacing(_BEHIND, ""),
    _replacing(_STOP, ""),
]  # fmt: skip
