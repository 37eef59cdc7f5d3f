"""The docstrings of this library, which are plain text, as reStructuredText.

A docstring is written to be read by `help()`: a sentence; lines that say what each argument is; what is raised; where a
formula comes from; examples; formulas in indented blocks. Its asterisks multiply, and its bars are absolute values. Here
each of these parts is recognised by its look, and all that reStructuredText would take for a sign of its own is escaped.

    first sentence                       a paragraph, as all other prose
    y: what is differentiated            a list under "Arguments"; "Attributes", where y is no argument of a class
        and it may go on, indented
    Raises TypeError for ...             a field, taken out of the paragraph that it stands in; likewise
    Source: Griewank and Walther ...     to the end of its paragraph
    >>> gradient(y, x)                   an example, with what it prints
        z = x·y                          code

`name` in single backticks is code. Names of the library are links: in backticks, and in prose where they cannot be mistaken
for a word (squared_error, nn.draw, "as in mse").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

Link = Callable[[str], "str | None"]  # what a name means, as a full dotted name; None where it is no name of the library

SPECIAL = re.compile(r"([\\*`|_])")
ITEM = r"(?:what is raised|\*{0,2}[A-Za-z_]\w*(?:\(\))?)"
WORDS = ("what is raised", "and")  # among names
ARGUMENT = re.compile(rf"(?!Sources?:|Raises\b)({ITEM}(?:(?:, and |, | and ){ITEM})*): (\S.*)")
ANOTHER = re.compile(rf"; (?={ITEM}(?:, {ITEM})*: )")  # "name, input: the two ends; local: its slope" says two things
SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z`∂])")
SOURCE = re.compile(r"(Sources?(?: of [^:.]*)?): (.*)")
WORD = re.compile(r"(?<![\w.])(?:nn\.|autograd\.)?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
REFERS = re.compile(r"(?:\b(?:as in|as for|see|those of|Like|like)) $")
ERROR = re.compile(r"[A-Z]\w*(?:Error|Warning|Exception)$")


def _nothing(name: str) -> None:
    return None


def rst(lines: Iterable[str], link: Link = _nothing, arguments: Collection[str] | None = None) -> list[str]:
    """A docstring, without its indentation, as lines of reStructuredText.

    arguments: the names that a class is called with; what is described and is not among them is an attribute
    """
    once = _Once(link)
    written: list[str] = []
    for first, (kind, block) in zip([True] + [False] * 10_000, _joined(_blocks(list(lines)))):
        if kind == "example":
            written += [".. code-block:: pycon", "", *_indented(block), ""]
        elif kind == "code":
            written += [".. code-block:: text", "", *_indented(block), ""]
        else:
            described, prose = ([], block) if first else _arguments(block)
            if described:
                heading = "Attributes" if arguments is not None and _first(described) not in arguments else "Arguments"
                written += [f":{heading}:", *_indented(_definitions(described, once)), ""]
            for field, text in _fields(" ".join(line.strip() for line in prose)):
                known = once if not field.startswith("Source") else _nothing  # the title of a book is no name
                written += [f":{field}: {markup(text, known)}" if field else _safe(markup(text, known)), ""]
    return written


def markup(text: str, link: Link = _nothing) -> str:
    """Prose with everything escaped, except that what stands in backticks is code, and names are links."""
    pieces = []
    for i, piece in enumerate(re.split(r"`([^`]+)`", text)):
        pieces.append(_code(piece, link) if i % 2 else _words(piece, link))
    return "".join(pieces)


def plain(text: str) -> str:
    """Text that means itself."""
    return SPECIAL.sub(r"\\\1", text)


def first_sentence(docstring: str) -> str:
    """What a table says of a name."""
    paragraph = " ".join(docstring.strip().partition("\n\n")[0].split())
    return SENTENCES.split(paragraph)[0]


# ------------------------------------------------------------------------------------------------------------- blocks


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The parts of a docstring between blank lines, each with its kind: prose, code, or example."""
    block: list[str] = []
    for line in [*lines, ""]:
        begins = bool(block) and line.startswith(">>>") and not block[0].startswith(">>>")
        if block and (begins or not line.strip()):
            yield _kind(block), block
            block = []
        if line.strip():
            block.append(line.rstrip())


def _kind(block: list[str]) -> str:
    first = block[0].lstrip()
    return "example" if first.startswith(">>>") else "code" if first != block[0] else "prose"


def _joined(blocks: Iterable[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Code or examples that only a blank line divides are one block."""
    found: list[tuple[str, list[str]]] = []
    for kind, block in blocks:
        if kind != "prose" and found and found[-1][0] == kind:
            found[-1][1].extend(["", *block])
        else:
            found.append((kind, list(block)))
    return found


def _indented(lines: Iterable[str]) -> list[str]:
    lines = list(lines)
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return ["   " + line[margin:] if line.strip() else "" for line in lines]


# ---------------------------------------------------------------------------------------------------------- arguments


def _arguments(block: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The lines that say what arguments are, at the start of a paragraph, as (names, text); and the lines below them."""
    described: list[tuple[str, str]] = []
    for i, line in enumerate(block):
        if found := ARGUMENT.fullmatch(line):
            described.append((found[1], found[2]))
        elif described and line.startswith(" "):
            described[-1] = (described[-1][0], f"{described[-1][1]} {line.strip()}")
        else:
            return _apart(described), block[i:]
    return _apart(described), []


def _first(described: list[tuple[str, str]]) -> str:
    return described[0][0].partition(",")[0].lstrip("*")


def _apart(described: list[tuple[str, str]]) -> list[tuple[str, str]]:
    found = []
    for names, text in described:
        first, *others = ANOTHER.split(text)
        found += [(names, first), *((name, rest) for name, _, rest in (other.partition(": ") for other in others))]
    return found


def _definitions(described: list[tuple[str, str]], link: Link) -> list[str]:
    lines = []
    for names, text in described:
        term = re.sub(rf"{ITEM}|and", lambda item: item[0] if item[0] in WORDS else f"``{item[0]}``", names)
        lines += [term, "   " + _safe(markup(text, link))]
    return lines


# ------------------------------------------------------------------------------------------------------------- prose


def _fields(paragraph: str) -> Iterator[tuple[str, str]]:
    """A paragraph in parts: (name of a field, or nothing for prose; text)."""
    prose: list[str] = []
    sentences = SENTENCES.split(paragraph)
    for i, sentence in enumerate(sentences):
        source = SOURCE.fullmatch(" ".join(sentences[i:]))
        field = ("Raises", sentence.removeprefix("Raises ")) if sentence.startswith("Raises ") else None
        field = (source[1], source[2]) if source else field
        if field is None:
            prose.append(sentence)
            continue
        if prose:
            yield "", " ".join(prose)
            prose = []
        yield field
        if source:
            return
    if prose:
        yield "", " ".join(prose)


def _safe(text: str) -> str:
    """A line that begins nothing but a paragraph: no list, no comment, no field."""
    return re.sub(r"^([-+•:.>]|(?:\d+|[A-Za-z#]|[ivxlcdm]+)[.)]|\(\w\))(?=\s|\w+:|$|\.)", r"\\\1", text)


def _code(text: str, link: Link) -> str:
    name = re.match(r"[\w.]*\w", text)
    target = link(name[0]) if name and re.fullmatch(r"[\w.]+(\([^<>\\]*\))?", text) else None
    return rf"\ :py:obj:`{text} <{target}>`\ " if target else rf"\ ``{text}``\ "


def _words(text: str, link: Link) -> str:
    pieces, done = [], 0
    for word in WORD.finditer(text):
        name, before = word[0], text[: word.start()]
        target = link(name) if _is_a_name(name, before) else None
        if target or ERROR.fullmatch(name):
            shown = rf"\ :py:obj:`{name} <{target}>`\ " if target else rf"\ ``{name}``\ "
            pieces += [plain(text[done : word.start()]), shown]
            done = word.end()
    return "".join([*pieces, plain(text[done:])])


def _is_a_name(word: str, before: str) -> bool:
    """Whether a word of prose can only be a name: by how it is spelt, or what stands before it."""
    inside = re.search(r"[a-z)][,;:]? \(?$", before)  # a capital letter says nothing in a title, nor where a sentence begins
    spelt = "_" in word or "." in word or (word[0].isupper() and inside is not None)
    return spelt or REFERS.search(before) is not None


class _Once:
    """Links a name where it first occurs; a page where every word shines is hard to read."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.used: set[str] = set()

    def __call__(self, name: str) -> str | None:
        target = self.link(name)
        if target is None or target in self.used:
            return None
        self.used.add(target)
        return target
