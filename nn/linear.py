"""`Linear`, `Sequential`, `Dropout`, `Embedding`: the plain parts that nets are put together from, under PyTorch's names.

In PyTorch these are torch.nn.Linear, Sequential, Dropout and Embedding; numbers that they start from are drawn as there.
Dropout: Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting (2014).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

from autograd import Value, dot, select
from autograd.interop.escapes import write_place
from autograd.labels import Names
from nn.arguments import generator, whole
from nn.layers import VECTOR_ACTIVATIONS, acts_on_all, scalar_activation
from nn.module import Module
from nn.vectors import VectorModule, as_vector, column, is_rows, matrix, tell_apart


class Linear(VectorModule):
    """W x + b: each output is a sum of products of all inputs, one node of the graph.

    in_features, out_features: how many inputs and outputs
    bias: whether there is a b
    seed: a number that makes the parameters repeatable

    `weight` holds rows of Values, `bias` a list of them, or None. They start uniformly between -1/√in and 1/√in.

    >>> import nn
    >>> linear = nn.Linear(2, 3, seed=0)
    >>> linear.weight[2][0].data, linear.weight[2][1].data, linear.bias[2].data = 0.5, -1.0, 2.0
    >>> linear, linear([4.0, 1.0])[2]
    (Linear(2 → 3; 9 parameters), Value(3.0))
    """

    _drawn_as_layer = True

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, seed: Any = None, _letters: Sequence[str] = "wb"
    ) -> None:
        self.width = whole(in_features, "the number of inputs")
        rng, bound = generator(seed), 1.0 / math.sqrt(self.width)
        draw = lambda: rng.uniform(-bound, bound)  # noqa: E731
        self.weight = matrix(whole(out_features, "the number of outputs"), self.width, draw, _letters[0])
        self.bias = column(out_features, draw, _letters[1]) if bias else None

    def vector(self, x: list[Value]) -> list[Any]:
        biases: Sequence[Value | float] = self.bias or [0.0] * len(self.weight)
        return [dot(row, x, b) for row, b in zip(self.weight, biases)]

    def extra_repr(self) -> str:
        return f"{self.width} → {len(self.weight)}{'' if self.bias else ', no bias'}"


class Sequential(Module):
    """Modules in a row, each on the output of the one before; among them activations, by name or as functions.

    modules: Modules, names such as "tanh" or "softmax", functions of one Value such as autograd.tanh

    A single output comes bare, as that of an MLP. `net[0]` is the first of them, and `*net` all.

    >>> import nn
    >>> net = nn.Sequential(nn.Linear(2, 8), "tanh", nn.Linear(8, 1))
    >>> net
    Sequential(Linear(2 → 8; 24 parameters), tanh, Linear(8 → 1; 9 parameters))
    >>> type(net([1.0, -1.0])).__name__, net.modules_3.weight[0][7].label
    ('Value', 'w^{(2)}_18')
    """

    def __init__(self, *modules: Module | str | Callable[[Value], Value]) -> None:
        if not modules:
            raise ValueError("a Sequential of no modules would do nothing: nn.Sequential(nn.Linear(2, 8), 'tanh')")
        if len(modules) == 1 and isinstance(modules[0], (list, tuple)):
            raise TypeError(
                "Sequential takes modules one after the other, and a list of them with a star: Sequential(*modules)"
            )
        self._made_of, self._steps = modules, [_step(module) for module in modules]
        for i, module in enumerate(modules, start=1):
            if isinstance(module, Module):
                setattr(self, f"modules_{i}", module)
        tell_apart(self)

    _results: Sequence[str] = ()  # what its owner calls what each step gives

    def __call__(self, x: Any) -> Any:
        names = Names(self._above)
        for (_, step), letter in zip_longest(self._steps, self._results):
            x = step(x)
            if letter:
                names.give(x, letter)
        return x[0] if isinstance(x, list) and len(x) == 1 and isinstance(x[0], Value) else x

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, i: int) -> Any:
        return self._made_of[i]

    def __repr__(self) -> str:
        return f"Sequential({', '.join(name for name, _ in self._steps)})"


def _step(module: Any) -> tuple[str, Callable[[Any], Any]]:
    """A module or an activation, with its name."""
    if isinstance(module, Module):
        return repr(module), module
    if name := acts_on_all(module):
        return name, partial(_together, VECTOR_ACTIVATIONS[name])
    if isinstance(module, type) or not (isinstance(module, str) or callable(module)):
        raise TypeError(f"Sequential takes modules and activations, not {module!r}" + ", a class" * isinstance(module, type))
    name, function = scalar_activation(module)
    return name, partial(_each, function)


def _together(function: Callable[[Any], list[Any]], x: Any) -> Any:
    """An activation of all numbers of a vector together; of each vector in a list."""
    return [function(row) for row in x] if is_rows(x) else function(x)


def _each(function: Callable[[Any], Any] | None, x: Any) -> Any:
    """An activation of each number in a list, or in lists of lists; a single output of a layer comes bare."""
    if function is None:
        return x
    return [_each(function, row) for row in x] if isinstance(x, (list, tuple)) else function(x)


class Dropout(VectorModule):
    """In training each number becomes 0 with probability p, and the others 1/(1 - p) times what they were; else nothing.

    p: the probability
    seed: a number that makes it repeatable

    `module.train()` and `module.eval()` switch it on and off in all that a model is made of; nn.fit measures without it.
    What it multiplies with is drawn anew in each call, so that a net that is training has no compiled program.

    >>> import nn
    >>> dropout = nn.Dropout(0.5, seed=1)
    >>> [x.data for x in dropout([1.0, 2.0, 3.0, 4.0])]
    [0.0, 4.0, 6.0, 0.0]
    >>> [x.data for x in dropout.eval()([1.0, 2.0, 3.0, 4.0])]
    [1.0, 2.0, 3.0, 4.0]
    """

    _drawn_as_layer = True

    def __init__(self, p: float = 0.5, *, seed: Any = None) -> None:
        if isinstance(p, bool) or not isinstance(p, (int, float)) or not 0.0 <= p <= 1.0:
            raise ValueError(f"p is a probability, from 0 to 1, not {p!r}")
        self.p = float(p)
        self._random = generator(seed)

    def vector(self, x: list[Value]) -> list[Value]:
        if not self.training or self.p == 0.0:
            return x
        return [each * self._factor(i) for i, each in enumerate(x, start=1)]

    def _factor(self, i: int) -> Value:
        """0 or 1/(1 - p), as a leaf: another row of data would have another one, which compile is told."""
        factor = Value(0.0 if self._random.random() < self.p else 1.0 / (1.0 - self.p), f"m_{i}")
        write_place(factor, "detached", f"Dropout(p={self.p}), which model.eval() switches off,")
        return factor

    def __repr__(self) -> str:
        return f"Dropout(p={self.p})"


class Embedding(Module):
    """A row of numbers for each token, to be learned: `embedding(3)` is the fourth row.

    num_embeddings: how many tokens there are, counted from 0
    embedding_dim: how many numbers stand for each
    seed: a number that makes the parameters repeatable

    A token is a whole number; or a Value that holds one, such as an input of a compiled program, which looks it up in each
    row of a batch anew (see autograd.select). A list of tokens gives a list of rows. `weight` holds the rows; they start as
    standard normal numbers.

    Raises IndexError for a token that there is not, ValueError for one that is no whole number.

    >>> import nn
    >>> from autograd import Value
    >>> embedding = nn.Embedding(27, 4, seed=0)
    >>> embedding, embedding(2) == embedding.weight[2]
    (Embedding(27 × 4; 108 parameters), True)
    >>> len(embedding([0, 2, 26])), embedding(Value(2.0))[0].data == embedding.weight[2][0].data
    (3, True)
    """

    _drawn_as_layer = True

    def __init__(self, num_embeddings: int, embedding_dim: int, *, seed: Any = None, _letter: str = "e") -> None:
        rng = generator(seed)
        self.weight = matrix(
            whole(num_embeddings, "the number of tokens"),
            whole(embedding_dim, "the number of numbers for each token"),
            lambda: rng.gauss(0.0, 1.0),
            _letter,
        )

    def __call__(self, token: Any) -> Any:
        if hasattr(token, "__len__"):
            return [self(each) for each in as_vector(token, None, self)]
        try:
            return [select(token, numbers) for numbers in zip(*self.weight)]
        except IndexError as error:
            raise IndexError(f"{self!r} has no row for this token: {error}") from None

    def extra_repr(self) -> str:
        return f"{len(self.weight)} × {len(self.weight[0])}"
