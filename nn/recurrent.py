"""`RNN`, `LSTM`: a state that is carried from place to place, and changed by what is read there.

    RNN     h_t = tanh(W x_t + b + U h + c)            h: the state before
    LSTM    i, f, o = σ(...),  g = tanh(...)           each of four gates as above, with a W, b, U, c of its own
            C_t = f C + i g,  h_t = o tanh(C_t)        C: a second state, which is added to and not rewritten

Sources: Elman, Finding structure in time (1990); Hochreiter and Schmidhuber, Long short-term memory (1997), with the gate f
of Gers, Schmidhuber and Cummins, Learning to forget (2000).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd import Value, dot, relu, sigmoid, tanh
from autograd.labels import Names
from nn.arguments import generator, whole
from nn.module import Module
from nn.vectors import as_vector, as_vectors, column, matrix

State = Sequence["Value | float"]


class _Recurrent(Module):
    """What both have: weights of the input and of the state, and the way through a list of vectors.

    gates: a letter for each thing that is worked out from them; "" for the one of an RNN
    """

    _drawn_as_layer = True
    gates: tuple[str, ...] = ("",)

    def __init__(self, input_size: int, hidden_size: int, bias: bool, seed: Any) -> None:
        self.width, self.hidden = (
            whole(input_size, "the number of inputs"),
            whole(hidden_size, "the number of numbers in the state"),
        )
        rng, bound = generator(seed), 1.0 / math.sqrt(self.hidden)
        draw = lambda: rng.uniform(-bound, bound)  # noqa: E731
        self.weight_ih = [row for gate in self.gates for row in matrix(self.hidden, self.width, draw, _of("W", gate))]
        self.weight_hh = [row for gate in self.gates for row in matrix(self.hidden, self.hidden, draw, _of("U", gate))]
        self.bias_ih = [b for gate in self.gates for b in column(self.hidden, draw, _of("b", gate))] if bias else None
        self.bias_hh = [b for gate in self.gates for b in column(self.hidden, draw, _of("c", gate))] if bias else None

    def nets(self, x: State, h: State) -> list[list[Any]]:
        """W x + b + U h + c, for each gate.

        x: an input; h: the state before
        """
        x, h = as_vector(x, self.width, self), as_vector(h, self.hidden, self)
        none = [0.0] * len(self.weight_ih)
        bs: Sequence[Value | float] = self.bias_ih or none
        cs: Sequence[Value | float] = self.bias_hh or none
        rows = zip(self.weight_ih, self.weight_hh, bs, cs)
        sums = [dot(w, x, b) + dot(u, h, c) for w, u, b, c in rows]
        return [sums[i : i + self.hidden] for i in range(0, len(sums), self.hidden)]

    def _step(self, x: State, state: Any, names: Names, *place: int) -> Any:
        """What comes after a state: h, or (h, C); each kind of net defines it.

        names: for what is computed on the way; place: which input it is, from 1 on, which names have
        """
        raise NotImplementedError

    def _through(self, x: Sequence[State], state: Any) -> tuple[list[list[Any]], Any]:
        """h after each of the inputs, and the state after the last one."""
        outputs: list[list[Any]] = []
        names = Names(self._above)
        for t, each in enumerate(as_vectors(x, self.width, self), start=1):
            state = self._step(each, state, names, t)
            outputs.append(state[0] if isinstance(state, tuple) else state)
        return outputs, state

    def extra_repr(self) -> str:
        return f"{self.width} → {self.hidden}{'' if self.bias_ih else ', no bias'}"


def _of(letter: str, gate: str) -> str:
    return f"{letter}^{gate}" if gate else letter


class RNN(_Recurrent):
    """A state h that each input changes: h ← tanh(W x + b + U h + c).

    input_size, hidden_size: how many numbers an input and the state have
    nonlinearity: "tanh" or "relu"
    bias: whether there are b and c
    seed: a number that makes the parameters repeatable

    Called on a list of vectors, and a state to begin with if that is not 0, it gives the states after each of them and the
    last one, as torch.nn.RNN does. `step` is one of these steps, torch.nn.RNNCell.

    >>> import nn
    >>> rnn = nn.RNN(2, 3, seed=0)
    >>> outputs, h = rnn([[1.0, 0.0], [0.0, 1.0]])
    >>> rnn, len(outputs), h is outputs[-1]
    (RNN(2 → 3; 21 parameters), 2, True)
    """

    def __init__(
        self, input_size: int, hidden_size: int, nonlinearity: str = "tanh", bias: bool = True, *, seed: Any = None
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity is 'tanh' or 'relu', not {nonlinearity!r}")
        super().__init__(input_size, hidden_size, bias, seed)
        self.nonlinearity = nonlinearity

    def step(self, x: State, h: State) -> list[Any]:
        """The next state.

        x: an input; h: the state before
        """
        return self._step(x, h, Names(self._above))

    def _step(self, x: State, h: State, names: Names, *place: int) -> list[Any]:
        bend = tanh if self.nonlinearity == "tanh" else relu
        a = names.give(self.nets(x, h)[0], "a", *place)
        return names.give([bend(each) for each in a], "h", *place)  # type: ignore[no-any-return]

    def __call__(self, x: Sequence[State], h: State | None = None) -> tuple[list[list[Any]], list[Any]]:
        return self._through(x, [0.0] * self.hidden if h is None else h)


class LSTM(_Recurrent):
    """Two states h and C; gates say what is let in (i), kept (f) and shown (o) of what is read (g).

    input_size, hidden_size: how many numbers an input and each state have
    bias: whether there are b and c
    seed: a number that makes the parameters repeatable

    Called on a list of vectors, and states (h, C) to begin with if they are not 0, it gives the states h after each of them,
    and the last (h, C), as torch.nn.LSTM does. `step` is one of these steps, torch.nn.LSTMCell.

    >>> import nn
    >>> lstm = nn.LSTM(2, 3, seed=0)
    >>> outputs, (h, C) = lstm([[1.0, 0.0], [0.0, 1.0]])
    >>> lstm, len(outputs), h is outputs[-1]
    (LSTM(2 → 3; 84 parameters), 2, True)
    """

    gates = ("i", "f", "g", "o")

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, *, seed: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, seed)

    def step(self, x: State, states: tuple[State, State]) -> tuple[list[Any], list[Any]]:
        """The next states (h, C).

        x: an input; states: (h, C) before
        """
        return self._step(x, states, Names(self._above))

    def _step(self, x: State, states: tuple[State, State], names: Names, *place: int) -> tuple[list[Any], list[Any]]:
        def call(values: list[Any], letter: str) -> list[Any]:
            return names.give(values, letter, *place)  # type: ignore[no-any-return]

        h, C = states
        gates = zip(self.gates, self.nets(x, h))
        i, f, g, o = (call([(tanh if gate == "g" else sigmoid)(a) for a in net], gate) for gate, net in gates)
        C = call([f * before + i * g for i, f, g, before in zip(i, f, g, as_vector(C, self.hidden, self))], "C")
        return call([each * tanh(c) for each, c in zip(o, C)], "h"), C

    def __call__(
        self, x: Sequence[State], states: tuple[State, State] | None = None
    ) -> tuple[list[list[Any]], tuple[list[Any], list[Any]]]:
        return self._through(x, ([0.0] * self.hidden, [0.0] * self.hidden) if states is None else states)
