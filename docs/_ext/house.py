"""The docstrings of this library, which are plain text, as reStructuredText.

A docstring is written to be read by `help()`. Its asterisks multiply, and its bars are absolute values. Here each of its
parts is recognised by its look, and all that reStructuredText would take for a sign of its own is escaped.

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

import itertools
import re
import textwrap
from collections.abc import Callable, Collection, Iterator

Link = Callable[[str], "str | None"]  # what a name means, as a full dotted name; None where it is no name of the library

ITEM = r"(?:what is raised|\*{0,2}[A-Za-z_]\w*(?:\(\))?)"
WORDS = ("what is raised", "and")  # among names
ARGUMENT = re.compile(rf"(?!Sources?:|Raises\b){ITEM}(?:(?:, and |, | and ){ITEM})*: \S.*")
ANOTHER = re.compile(rf"; (?={ITEM}(?:, {ITEM})*: )")  # "name, input: the two ends; local: its slope" says two things
SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z`∂])")
SOURCE = re.compile(r"(?:^|(?<=[.!?]) )(Sources?(?: of [^:.]*)?): ")
WORD = re.compile(r"(?<![\w.])(?:nn\.|autograd\.)?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
REFERS = re.compile(r"(?:\b(?:as in|as for|see|those of|Like|like)) $")
ERROR = re.compile(r"[A-Z]\w*(?:Error|Warning|Exception)$")
BEGINS = re.compile(r"^([-+•:.>]|(?:\d+|[A-Za-z#]|[ivxlcdm]+)[.)]|\(\w\))(?=\s|\w+:|$|\.)")  # a list, a comment, a field


def no_link(name: str) -> str | None:
    """No name of the library."""
    return None


def rst(docstring: str, link: Link = no_link, arguments: Collection[str] | None = None) -> str:
    """A docstring, without its indentation, as reStructuredText.

    arguments: the names that a class is called with; what is described and is not among them is an attribute
    """
    linked: set[str | None] = set()

    def once(name: str) -> str | None:
        """A link where a name first occurs: a page where every word shines is hard to read."""
        target = link(name)
        if target in linked:
            return None
        linked.add(target)
        return target

    written = []
    for i, (kind, block) in enumerate(blocks(docstring)):
        if kind != "prose":
            written.append(f".. code-block:: {kind}\n\n{below(block)}")
            continue
        lines = re.sub(r"\n +", " ", block).split("\n")
        described = list(itertools.takewhile(ARGUMENT.fullmatch, lines)) if i else []
        if described:
            first = re.split(r"\W+", described[0].lstrip("*"))[0]
            heading = "Attributes" if arguments is not None and first not in arguments else "Arguments"
            written.append(f":{heading}:\n" + below("\n".join(_definitions(described, once))))
        written += _paragraph(" ".join(lines[len(described) :]).strip(), once)
    return "\n\n".join(written)


def markup(text: str, link: Link = no_link) -> str:
    """Prose with everything escaped, except that what stands in backticks is code, and names are links."""
    pieces = re.split(r"`([^`]+)`", text)
    return "".join(_code(piece, link) if i % 2 else _words(piece, link) for i, piece in enumerate(pieces))


def plain(text: str) -> str:
    """Text that means itself."""
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def below(text: str) -> str:
    """Lines that belong to a directive or a field."""
    return textwrap.indent(textwrap.dedent(text), "   ")


def first_sentence(docstring: str) -> str:
    """What a table says of a name."""
    return SENTENCES.split(" ".join(docstring.strip().partition("\n\n")[0].split()))[0]


def blocks(docstring: str) -> Iterator[tuple[str, str]]:
    """The parts of a docstring, each with its kind; code and examples go on over blank lines."""
    kind, block, gap = "prose", "", True
    for line in docstring.split("\n"):
        example = line.startswith(">>>") and kind != "pycon"
        if line.strip() and (gap or example):
            was, kind = kind, "pycon" if line.lstrip().startswith(">>>") else "text" if line[0] == " " else "prose"
            if block and (kind == "prose" or kind != was):
                yield was, block.rstrip()
                block = ""
        block += f"{line.rstrip()}\n"
        gap = not line.strip()
    if block.strip():
        yield kind, block.rstrip()


def _definitions(described: list[str], link: Link) -> Iterator[str]:
    for line in described:
        for each in ANOTHER.split(line):
            names, _, text = each.partition(": ")
            yield re.sub(ITEM, lambda item: item[0] if item[0] in WORDS else f"``{item[0]}``", names)
            yield f"   {_safe(markup(text, link))}"


def _paragraph(paragraph: str, link: Link) -> Iterator[str]:
    """Prose, and the fields that are taken out of it."""
    said, *source = SOURCE.split(paragraph, maxsplit=1)
    for is_raised, sentences in itertools.groupby(SENTENCES.split(said), lambda sentence: sentence.startswith("Raises ")):
        if is_raised:
            yield from (f":Raises: {markup(sentence.removeprefix('Raises '), link)}" for sentence in sentences)
        elif text := " ".join(sentences):
            yield _safe(markup(text, link))
    if source:
        yield f":{source[0]}: {markup(source[1])}"  # the title of a book is no name


def _safe(text: str) -> str:
    """A line that begins nothing but a paragraph."""
    return BEGINS.sub(r"\\\1", text)


def _code(text: str, link: Link) -> str:
    name = re.match(r"[\w.]*\w", text)
    target = link(name[0]) if name and re.fullmatch(r"[\w.]+(\([^<>\\]*\))?", text) else None
    return _shown(text, target)


def _shown(text: str, target: str | None) -> str:
    return rf"\ :py:obj:`{text} <{target}>`\ " if target else rf"\ ``{text}``\ "


def _words(text: str, link: Link) -> str:
    pieces, done = [], 0
    for word in WORD.finditer(text):
        name, before = word[0], text[: word.start()]
        target = link(name) if _is_a_name(name, before) else None
        if target or ERROR.fullmatch(name):
            pieces += [plain(text[done : word.start()]), _shown(name, target)]
            done = word.end()
    return "".join([*pieces, plain(text[done:])])


def _is_a_name(word: str, before: str) -> bool:
    """Whether a word of prose can only be a name: by how it is spelt, or what stands before it."""
    inside = re.search(r"[a-z)][,;:]? \(?$", before)  # a capital letter says nothing in a title, nor where a sentence begins
    spelt = "_" in word or "." in word or (word[0].isupper() and inside is not None)
    return spelt or REFERS.search(before) is not None
