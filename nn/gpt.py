"""`GPT`: what comes next in a text, learned letter by letter.

    token → its embedding + that of its place → norm → blocks of attention → a score for each token that may come next

As small as it can be: no biases, norms without gains, ReLU; 4,192 parameters at width 16 with 4 heads, one block, 16 places
and 27 letters.

Source: Radford et al., Language models are unsupervised multitask learners (2019).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, softmax
from autograd.labels import Names
from autograd.modes import without_graph
from nn.arguments import counted, generator, whole
from nn.attention import Block, make_norm
from nn.data.letters import Letters, Text
from nn.linear import Embedding, Linear
from nn.module import Module, asked
from nn.vectors import tell_apart


class GPT(Module):
    """Scores for what comes next, at each place of a text.

    vocabulary: how many tokens there are, or the letters, as nn.data.Letters or a Text that has them; then samples are texts
    width: how many numbers stand for a token
    heads: of attention, in each block
    layers: how many blocks
    positions: how many tokens it sees at most
    activation, norm, bias, dropout: as for Block
    seed: a number that makes the parameters repeatable; they start as normal numbers of standard deviation 0.08

    Called on a list of tokens, whole numbers or Values that hold them, it gives a list of scores for each place: how likely
    each token is to be the next one, as cross_entropy takes them.

    Raises IndexError for a token that there is not, ValueError for more tokens than positions or for none, TypeError for a
    text.

    >>> import nn
    >>> model = nn.GPT(27, width=16, heads=4, layers=1, positions=16, seed=0)
    >>> model
    GPT(27 tokens, width 16, 4 heads, 1 block, 16 positions; 4,192 parameters)
    >>> scores = model([0, 5, 13])
    >>> nn.losses.cross_entropy(scores, [5, 13, 13])
    Value(3.376)
    """

    def __init__(
        self,
        vocabulary: int | Letters | Text,
        width: int,
        heads: int,
        layers: int,
        positions: int,
        *,
        activation: str | Callable[[Value], Value] = "relu",
        norm: str = "rms without gain",
        bias: bool = False,
        dropout: float = 0.0,
        seed: Any = None,
    ) -> None:
        rng = generator(seed)
        if isinstance(vocabulary, Text):
            vocabulary = vocabulary.letters
        self._letters = vocabulary if isinstance(vocabulary, Letters) else None
        if isinstance(vocabulary, (str, list, tuple, set)):
            raise TypeError("a GPT takes the letters of texts as nn.data.Letters(texts), or how many tokens there are")
        tokens = len(self._letters) if self._letters else whole(vocabulary, "the number of tokens")
        self.tokens = Embedding(tokens, width, seed=rng)
        self.places = Embedding(whole(positions, "the number of positions"), width, seed=rng, _letter="p")
        self.norm = make_norm(norm, width)
        settings: dict[str, Any] = {"activation": activation, "norm": norm, "dropout": dropout, "seed": rng}
        self.blocks = [Block(width, heads, bias, **settings) for _ in range(whole(layers, "the number of layers"))]
        self.head = Linear(width, tokens, bias, seed=rng, _letters="Ud")
        for name, parameter in self.named_parameters():
            if "weight" in name and "norm" not in name:
                parameter.data = rng.gauss(0.0, 0.08)
        tell_apart(self)

    def __call__(self, tokens: Sequence[Any]) -> list[list[Any]]:
        if not hasattr(tokens, "__iter__") or isinstance(tokens, str):
            raise TypeError(f"{self!r} takes a list of tokens, not {tokens!r}: nn.data.Letters makes one of a text")
        tokens = list(tokens)
        if not 1 <= len(tokens) <= len(self.places.weight):
            raise ValueError(f"{self!r} takes a list of 1 to {len(self.places.weight)} tokens, got {len(tokens)}")
        x = [[a + b for a, b in zip(self.tokens(token), self.places(t))] for t, token in enumerate(tokens)]
        names = Names(self._above)
        x = self.norm(names.give(x, "x"))
        for block in self.blocks:
            x = block(x)
        return names.give(self.head(x), "s")  # type: ignore[no-any-return]

    def sample(
        self, temperature: float = 1.0, seed: int | None = None, *, start: Any = "", length: int | None = None
    ) -> Any:
        """A text, each next token drawn by the shares that softmax gives its score.

        temperature: what the scores are divided by: near 0 the likeliest token is taken, above 1 others come more
        seed: for the same text again
        start: what it begins with: a text, or tokens where the model knows no letters
        length: how many tokens to write at most, start included, as many as there are positions by default

        With letters the text ends before the letter that ends lines, and comes as a str; else the list of tokens is full.

        Raises ValueError for a temperature that is not above 0, for a start that is too long, and for letters unknown.

        >>> import nn
        >>> model = nn.GPT(nn.data.Letters("abc"), width=4, heads=2, layers=1, positions=8, seed=0)
        >>> model.sample(seed=0), nn.GPT(3, 4, 2, 1, 8, seed=0).sample(seed=1, start=[0], length=4)
        ('cca', [0, 0, 2, 2])
        """
        if not isinstance(temperature, (int, float)) or not 0.0 < temperature < math.inf:
            raise ValueError(f"the temperature is a number above 0, not {temperature!r}")
        rng = generator(seed)
        most = len(self.places.weight) if length is None else whole(length, "the number of tokens to write")
        end = self._letters.end if self._letters is not None else None
        given = self._letters.encode(start) if self._letters is not None else list(start) or [0]
        tokens = given if end is None else [end, *given]
        if most > len(self.places.weight) or len(tokens) > most:
            raise ValueError(
                f"tokens to begin with: {len(tokens)}; in all: {most}; this model sees {len(self.places.weight)} at most"
            )
        while len(tokens) < most:
            scores = without_graph(asked, self, tokens)[-1]
            shares = softmax([score.data / temperature for score in scores])
            token = rng.choices(range(len(shares)), shares)[0]
            if token == end:
                break
            tokens.append(token)
        return tokens if self._letters is None else self._letters.decode(tokens[1:])

    def extra_repr(self) -> str:
        sizes = [f"{len(self.tokens.weight)} tokens", f"width {len(self.tokens.weight[0])}"]
        sizes += [counted(self.blocks[0].attention.heads, "head"), counted(len(self.blocks), "block")]
        return ", ".join([*sizes, f"{len(self.places.weight)} positions"])
