"""`Letters`, `Text`: texts as tokens, one for each letter, and lines to learn letters from.

A line ends with the letter that ends lines, which is a token like any other: so a model learns where a name begins, which is
after one, and where it ends. Nobody's names are listed here: those of `names` are put together by rules.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from typing import Any

from autograd.display.files import read_bytes
from nn.arguments import counted

END = "\n"
LONGEST = 50_000_000  # bytes of a text


class Letters:
    """The letters of texts, each with its number, which is called a token.

    texts: the texts whose letters they are: one, or several

    The letter that ends lines is always there, in front of all: letters stand in the order of Unicode.

    >>> import nn
    >>> letters = nn.data.Letters(["anna", "ben"])
    >>> letters, letters.encode("ann"), letters.decode([2, 3, 4])
    (Letters(5: '\\naben'), [1, 4, 4], 'ben')
    """

    def __init__(self, texts: str | Iterable[str]) -> None:
        found = set(END)
        for text in [texts] if isinstance(texts, str) else texts:
            if not isinstance(text, str):
                raise TypeError(f"letters are those of texts, and {text!r} is none")
            found.update(text)
        self.letters = "".join(sorted(found, key=lambda letter: (letter != END, letter)))
        self._tokens = {letter: i for i, letter in enumerate(self.letters)}
        self.end = self._tokens[END]

    def __len__(self) -> int:
        return len(self.letters)

    def encode(self, text: str) -> list[int]:
        """The token of each letter in a text. Raises ValueError for a letter that is not among these.

        text: the text
        """
        unknown = sorted(set(text) - set(self._tokens))
        if unknown:
            raise ValueError(f"{', '.join(map(repr, unknown))} in {text!r} is no letter here: there are {self.letters!r}")
        return [self._tokens[letter] for letter in text]

    def decode(self, tokens: Iterable[Any]) -> str:
        """The text that tokens stand for. Raises IndexError for a token that there is not.

        tokens: whole numbers
        """
        return "".join(self.letters[self._place(token)] for token in tokens)

    def _place(self, token: Any) -> int:
        if token != int(token) or not 0 <= token < len(self.letters):
            raise IndexError(f"there is no token {token!r}: the letters are {len(self.letters)}, counted from 0")
        return int(token)

    def __repr__(self) -> str:
        return f"Letters({len(self.letters)}: {self.letters!r})"


class Text:
    """Lines to learn letters from.

    lines: the texts, such as names; empty ones are left out
    name: what they are called
    letters: the letters that there are, if they are not just those of the lines

    `letters` holds their letters. `rows` and `windows` cut them into rows for nn.fit. Raises ValueError where there is no
    line.

    >>> import nn
    >>> text = nn.data.Text(["anna", "ben"], "two names")
    >>> text, text.lines, text.tokens(0)
    (Text(two names: 2 lines of 5 letters), ['anna', 'ben'], [0, 1, 4, 4, 1, 0])
    """

    def __init__(self, lines: Iterable[str], name: str, letters: Letters | None = None) -> None:
        self.lines = [line for line in lines if line]
        if not self.lines:
            raise ValueError(f"{name} has no lines: there is nothing to learn from")
        self.name, self.letters = name, Letters(self.lines) if letters is None else letters

    def tokens(self, i: int) -> list[int]:
        """The tokens of a line, between two that end lines.

        i: which line, counted from 0
        """
        return [self.letters.end, *self.letters.encode(self.lines[i]), self.letters.end]

    def windows(self, positions: int) -> tuple[list[list[int]], list[list[int]]]:
        """All lines one after the other, cut into rows of so many tokens, and for each row what comes next at each place.

        positions: how many tokens a row has

        A rest that fills no row is left out. Raises ValueError where nothing is left.

        >>> import nn
        >>> nn.data.Text(["anna", "ben"], "two names").windows(4)
        ([[0, 1, 4, 4], [1, 0, 2, 3]], [[1, 4, 4, 1], [0, 2, 3, 4]])
        """
        tokens = self._all_tokens()
        return self._cut(tokens, range(0, len(tokens), positions) if positions > 0 else (), positions)

    def rows(self, positions: int) -> tuple[list[list[int]], list[list[int]]]:
        """For each line a row of so many tokens that begins with it and goes on with what follows, and what comes next.

        positions: how many tokens a row has

        So a model sees each line from its first letter, as it will write one; letters are gone through more than once. A
        line that is longer has more rows. The rows at the end that cannot be filled are left out. Raises ValueError where
        nothing is left.

        >>> import nn
        >>> nn.data.Text(["anna", "ben"], "two names").rows(4)
        ([[0, 1, 4, 4], [1, 0, 2, 3], [0, 2, 3, 4]], [[1, 4, 4, 1], [0, 2, 3, 4], [2, 3, 4, 0]])
        """
        starts: list[int] = []
        at = 0
        for line in self.lines:
            starts += range(at, at + len(line) + 1, positions) if positions > 0 else ()
            at += len(line) + 1
        return self._cut(self._all_tokens(), starts, positions)

    def split(self, test: float = 0.1, seed: int = 0) -> tuple[Text, Text]:
        """Two texts, one to learn from and one held out, each with all the letters: some lines, and the others.

        test: the share of the lines that is held out, between 0 and 1
        seed: for the same lines again

        Raises ValueError for another share, or too few lines for it.

        >>> import nn
        >>> nn.data.names(200).split(0.25)
        (Text(names: 150 lines of 27 letters), Text(names, held out: 50 lines of 27 letters))
        """
        if not 0.0 < test < 1.0:
            raise ValueError(f"the share held out lies between 0 and 1, not {test}")
        n = round(test * len(self))
        if not 0 < n < len(self):
            raise ValueError(f"{len(self)} lines are too few to hold out a share of {test}")
        lines = random.Random(seed).sample(self.lines, len(self))
        return Text(lines[n:], self.name, self.letters), Text(lines[:n], f"{self.name}, held out", self.letters)

    def _all_tokens(self) -> list[int]:
        return [self.letters.end, *(token for i in range(len(self)) for token in self.tokens(i)[1:])]

    def _cut(self, tokens: list[int], starts: Iterable[int], n: int) -> tuple[list[list[int]], list[list[int]]]:
        """Rows of n tokens, those that can be filled, and for each what comes next at each place."""
        full = [i for i in starts if i + n < len(tokens)]
        if not full:
            raise ValueError(f"{self.name} has {len(tokens)} tokens, of which no row of {n} can be cut with one to follow")
        return [tokens[i : i + n] for i in full], [tokens[i + 1 : i + 1 + n] for i in full]

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __repr__(self) -> str:
        return f"Text({self.name}: {counted(len(self.lines), 'line')} of {len(self.letters)} letters)"


def text(path: str | os.PathLike[str]) -> Text:
    """The lines of a file of one's own, in UTF-8: names, words, verses.

    path: the file

    Raises ValueError for a file that is no text or has no lines, OSError if it cannot be read.

    >>> import pathlib, tempfile
    >>> import nn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "names.txt")
    ...     _ = file.write_text("anna\\nben\\n", encoding="utf-8")
    ...     nn.data.text(file)
    Text(names.txt: 2 lines of 5 letters)
    """
    try:
        lines = read_bytes(path, LONGEST).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8: {error}") from None
    return Text([line.strip() for line in lines], os.path.basename(os.fspath(path)))


# How names are put together: what a syllable begins with, its vowel, what it ends with, and how names end. What stands here
# more than once comes more often.
BEGIN = "b c d d f g h j j k l l l m m m n n p r r s s t t v w y z br ch cl el kr ph sh th tr x qu".split()
MIDDLE = "d l l ll m m n n nn r r s ss t t v b c g k rd rl nd lm nt z".split()
VOWEL = "a a a a e e e i i i o o u ai ea ia y".split()
ENDING = "a a a ah e ia ie in an en on el er is ya na la lyn ette o us is ace i y".split()


def names(n: int = 1000, seed: int = 0) -> Text:
    """Names that nobody has, or somebody by chance: put together of syllables by a few rules, each once.

    n: how many
    seed: for the same names again

    They use all 26 letters, so that with the end of the line there are 27 tokens once there are some hundreds of names.

    >>> import nn
    >>> names = nn.data.names(1000)
    >>> names, names.lines[:4]
    (Text(names: 1,000 lines of 27 letters), ['wannla', 'ivel', 'ymen', 'nerah'])
    """
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= 20_000:
        raise ValueError(f"names makes 1 to 20,000 of them, not {n!r}")
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < n:
        syllables = rng.choices([0, 1, 2], [5, 4, 1])[0]
        name = rng.choice(BEGIN) if rng.random() < 0.8 else ""
        for _ in range(syllables):
            name += rng.choice(VOWEL) + rng.choice(MIDDLE)
        name += rng.choice(VOWEL) + rng.choice(MIDDLE) + rng.choice(ENDING) if not syllables else rng.choice(ENDING)
        if 3 <= len(name) <= 12:
            found[name] = None
    return Text(found, "names")
