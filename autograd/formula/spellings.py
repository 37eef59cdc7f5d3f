r"""How a text is dressed, taken off: boxes, bold letters, dollar signs, thin spaces, a final full stop mean no mathematics.

    \boxed{\mathbf{w}_2 \cdot 0{,}55}.    →    { w_2 \cdot 0,55}

`undress` gives the plain text, and for each of its characters the place where that stood, so that an error in it can be
shown in the text that was written. A plain text stays as it is. Names decide nothing here: what depends on them is decided
by the reader (lexer.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, decimal

LONGEST, MOST_LAYERS = 50_000, 6  # characters; one garment over another
MOST_MARKED = 2_000  # characters between two signs of Markdown
OFTEN = 200  # characters of a text that is remembered: a line is undressed again by whoever looks at a part of it
END = "(?![A-Za-z])"  # of a command
FONTS = """mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathnormal boldsymbol bm pmb text textbf textit textrm
    textsf texttt textnormal mbox""".split()
_BOXES = "boxed fbox framebox underline underbrace overbrace ensuremath cancel bcancel xcancel".split()
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


_BARE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)  # most of what is undressed is a number in plain clothes


class Plain(NamedTuple):
    """A text without its dress."""

    text: str
    places: Sequence[int]  # where each of its characters, and its end, stood in the text as it was written


def undress(text: str) -> Plain:
    """A text without what means no mathematics.

    >>> print(undress(r"$\\boxed{\\mathbf{w}_2\\,x}.$").text.strip())
    {w_2 x}
    """
    if _BARE.fullmatch(text):
        return Plain(text, range(len(text) + 1))
    return (_undress if len(text) <= OFTEN else _undress.__wrapped__)(text)


@lru_cache(maxsize=4096)  # each name and each member of a chain is looked at many times
def _undress(text: str) -> Plain:
    plain = Plain(text, range(len(text) + 1))
    for _ in range(MOST_LAYERS if len(text) <= LONGEST else 0):
        before = plain
        for take_off in _IN_TURN:
            plain = take_off(plain)
        if plain.text == before.text:
            break
    return plain


def _replace(plain: Plain, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], tuple[int, int] | str]) -> Plain:
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


def _make_alike(plain: Plain) -> Plain:
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
_ABOUT = re.compile(r"(?<=[\w)\]}'′])(?:\s+~(?=\s)|\s*~(?=\s*[+\-−–]?\s*[.,]?[0-9]))")
_GROUPED = re.compile(  # 1'234.5, 1\,234.5, 0.593 269 992: digits in groups of three, never parted by a comma here
    r"(?<![\w.,^{\\'’])(?:[1-9][0-9]{0,2}(?:(['’\u2009\u202f\u00a0]|\\,)[0-9]{3})(?:\1[0-9]{3})*(?![0-9])"
    r"|[0-9]+[.,][0-9]{3}(?:(['’\u2009\u202f\u00a0 ]|\\,)[0-9]{3})(?:\2[0-9]{3})*(?:\2[0-9]{1,2})?(?![0-9.,]))"
)
_BETWEEN_GROUPS = re.compile(r"(?<=[0-9])(?:['’\u2009\u202f\u00a0 ]|\\,)(?=[0-9])")
_IN_BRACES = re.compile(r"(?<=[0-9])\{([.,])\}(?=[0-9])")
_GOING_ON = re.compile(rf"(?<=[.,][0-9])([0-9]*)\s?(?:…|⋯|\.{{2,}}|\\[lc]?dots{END})+(?!\s*\.?[0-9])")
_COMPARED = re.compile(r"(?<=_\{)\s*\(([^(){}]*[<>=≥≤][^(){}]*)\)\s*(?=\})")  # 1_{(i=l)}
_FRACTIONS = re.compile(r"\\(?:c|nice|s)frac(?![A-Za-z])")
_STOP = re.compile(r"(?m)(?<=[\w)\]}%²³⁰-⁹½-¾|])[ \t]*(?:[.,;:][ \t]*$|[.;][ \t]*(?=[ \t)\]}]+$))")
_IN_FRONT = re.compile(
    r"^[ \t]*(?:[✓✔☑✅☐□■▪•◦‣●○★☆∴]\s*|\*\s+|\\(?:checkmark|therefore|bullet)(?![A-Za-z])\s*)+", re.MULTILINE
)
_BEHIND = re.compile(r"(?m)(?<!\s)(?:\s*(?:[✓✔☑✅★☆∎□■]|\\checkmark(?![A-Za-z])))+[ \t]*$")
_MARKED = re.compile(
    r"(?m)(?:^[ \t]*|(?<=[^\w)\]}*`]))(\*{1,3}|_{1,2}|`{1,3})(?=\s*[^\s*_`])"
    rf"([\s\S]{{0,{MOST_MARKED}}}?[^\s*_`]\s*)\1\s*[.,;:]?[ \t]*$"
)
_MARKED_LINES = re.compile(  # bold, or code, over several lines
    r"(?m)(?:^[ \t]*|(?<=[^\w)\]}*`]))(\*{2,3}|__|`{1,3})(?=\s*[^\s*_`])((?:(?!\1)[\s\S])*[^\s*_`]\s*)\1\s*[.,;:]?[ \t]*$"
)
_DRESS = re.compile(rf"\\(?P<what>{'|'.join([*FONTS, *_BOXES, 'textcolor', 'colorbox'])}){END}\s*")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_INDICATOR = re.compile(r"\s*_?\s*(?:[{(\[]|\\\{)")
_UNDER_A_BRACE = re.compile(r"\s*[_^]\s*(?=\{)")
_NAME = re.compile(r"(?:[^\W\d_]+[0-9]*|\\[A-Za-z]+)['′’]*(?:[_^](?:\w+|\{[^{}]*\}))*")


def _take_off_fonts(plain: Plain) -> Plain:
    r"""Without boxes and fonts, innermost first; words stay what they are, since \mathrm{net} is one name."""
    starts = [match.start() for match in _DRESS.finditer(plain.text)]
    closed = _find_closed(plain.text) if starts else set()
    for start in reversed(starts):
        text, places = plain
        match = _DRESS.match(text, start)
        assert match is not None
        end, kept = _find_kept(text, match, match.end() in closed)
        stood = [places[at] for _, at in kept]
        plain = Plain(
            text[:start] + "".join(sign for sign, _ in kept) + text[end:], [*places[:start], *stood, *places[end:]]
        )
    return plain


def _find_kept(text: str, match: re.Match[str], in_braces: bool) -> tuple[int, list[tuple[str, int]]]:
    """Where a command ends with all that it holds, and what is kept of that: characters, and where each of them stands."""
    start, opening, is_font = match.start(), match.end(), match["what"] in FONTS
    closing = _find_closing(text, opening) if in_braces else -1
    if closing < 0:  # \mathbf w; but \mathbf 1 is an indicator
        is_open = text[opening : opening + 1] in ("{", "1")
        return opening, [(c, start + i) for i, c in enumerate(match[0] if is_open else " ")]
    inside = text[opening + 1 : closing].strip()
    first = text.index(inside, opening + 1)
    kept = [(c, first + i) for i, c in enumerate(inside)]
    is_word = _is_word(inside) or (inside == "1" and _INDICATOR.match(text, closing + 1))
    if is_font and (is_word or (not _NAME.fullmatch(inside) and match["what"].startswith(("text", "mbox")))):
        return closing + 1, [*((c, start + i) for i, c in enumerate(match[0])), ("{", opening), *kept, ("}", closing)]
    if is_font and (inside == "1" or _NAME.fullmatch(inside)):  # apart from letters beside it
        before = [(" ", start)] if text[start - 1 : start].isalpha() else []
        behind = [(" ", closing)] if text[closing + 1 : closing + 2].isalpha() else []
        return closing + 1, [*before, *kept, *behind]
    label = _UNDER_A_BRACE.match(text, closing + 1) if match["what"].endswith("brace") else None
    end = closing if label is None else max(closing, _find_closing(text, label.end()))
    return end + 1, [("{", opening), *kept, ("}", closing)]


def _is_word(text: str) -> bool:
    """Letters alone, as they stand in the name of a quantity or a function."""
    letters = text.replace(r"\_", "")
    return len(letters) > 1 and all(category(c) in ("Lu", "Ll", "Lo", "Lt") for c in letters)


def _find_closed(text: str) -> set[int]:
    """The places of all braces that are opened and closed."""
    waiting, found = [], set()
    for match in _BRACES.finditer(text):
        if match[0] == "{":
            waiting.append(match.start())
        elif match[0] == "}" and waiting:
            found.add(waiting.pop())
    return found


def _find_closing(text: str, opening: int) -> int:
    """Where the brace is closed that is opened here; −1 where it never is."""
    depth = 0
    for match in _BRACES.finditer(text, opening):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return match.start()
    return -1


def _replacer(
    pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], tuple[int, int] | str]
) -> Callable[[Plain], Plain]:
    return lambda plain: _replace(plain, pattern, new)


_IN_TURN: Sequence[Callable[[Plain], Plain]] = [
    _replacer(_GROUPED, lambda match: _BETWEEN_GROUPS.sub("", match[0])),
    _make_alike,
    _replacer(_MARKED, lambda match: match.span(2)),
    _replacer(_MARKED_LINES, lambda match: match.span(2)),
    _replacer(_ABOUT, "≈"),
    _replacer(_BLANKS, " "),
    _replacer(_FRACTIONS, r"\frac"),
    _replacer(_IN_BRACES, lambda match: match.span(1)),
    _take_off_fonts,
    _replacer(_COMPARED, lambda match: match.span(1)),
    _replacer(_GOING_ON, lambda match: match.span(1)),
    _replacer(_IN_FRONT, " "),
    _replacer(_BEHIND, ""),
    _replacer(_STOP, ""),
]  # fmt: skip
