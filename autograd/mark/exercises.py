"""New exercises: a worksheet with other numbers, kind ones, and blanks to be filled in.

    neuron       one weight and a bias, sigmoid, cross-entropy, one step of gradient descent
    two inputs   the same with two weights
    two layers   two inputs, two hidden neurons, one output; half the squared error
    softmax      two inputs, three classes, cross-entropy
    recurrent    a state that is carried over two inputs; back through time
    rmsnorm      three numbers over the root of their mean square, times gains
    embedding    a row for each letter and each place; a letter that comes twice
    attention    a query, three keys, a mask; softmax, and back to query and keys
    jacobian     two functions of two variables, and the slopes of a loss back through them
    hessian      a function of two variables, its slopes and theirs
    read the graph     boxes, with numbers in some; the values and the slopes of the others; the seed says which graph it is

    shapes             which product each gradient is, and how large
    find the mistake   a sheet with one slip, which is carried on: the line, and its right number; "find the mistake in
                       softmax" is one of that kind

Those with a net come in batches, with other activations, with a penalty on the weights and with two steps: levels.py. In
symbols, formulas are wanted and no numbers are given. The last two are answered in words (questions.py).

The letters are those of the course; with several rows the last index is the row's. People may write z, net, o, t and E all
the same (letters.py). The numbers are kind ones (kind_numbers.py). A target of 0 or 1 would hide what it multiplies; so the
cross-entropy of one neuron has a target such as 0.8, and the loss of softmax is −log ŷ₂.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from random import Random
from typing import Any

from autograd.mark.calculations import Exercise
from autograd.mark.kind_numbers import KindNumbers, numbers_for
from autograd.mark.levels import LEVELS, title_of, variant_of, with_graph
from autograd.mark.questions import QUESTIONS, ask
from autograd.mark.worksheet import Worksheet

__all__ = ["KINDS", "Exercise", "exercise"]

KINDS = (*LEVELS, *(name for name in QUESTIONS if "mistake in" not in name))  # which come in all kinds


def exercise(
    model: str | Worksheet = "two layers",
    seed: int | None = None,
    *,
    loss: str = "",
    digits: int = 5,
    activation: str | None = None,
    batch: int | None = None,
    l2: bool | None = None,
    steps: int | None = None,
    true_class: int | None = None,
    symbols: bool | None = None,
) -> Exercise:
    """A new exercise: a level, or a worksheet of your own, with other numbers.

    model: "neuron", "two inputs", "two layers", "softmax", "recurrent", "rmsnorm", "embedding", "attention", "jacobian",
        "hessian", "read the graph", "shapes" or "find the mistake", which may be one "in softmax", or in whatever else has
        lines that rest on others; or a Worksheet, whose given numbers are drawn anew, of the size that they have now; 0 and
        1 are targets, and change places
    seed: for the same numbers again
    loss: the name of the line that is differentiated, for a sheet of your own; the formulas of the lines before it are given
    digits: to how many significant digits the answers are wanted, from 3 on
    activation: of the hidden neurons, or of the one: "sigmoid", "tanh", "relu" or "softplus"; a single neuron with another
        one than sigmoid has half the squared error
    batch: how many rows there are, up to 4; the loss is the mean of theirs
    l2: whether λ/2 times the squared weights is added to the loss
    steps: how many steps of gradient descent there are, up to 2; a prime marks what comes after a step
    true_class: of softmax, from 1 to 3; with several rows, that of the first
    symbols: whether formulas are wanted, which are judged as functions; then no numbers are given

    >>> from autograd import exercise
    >>> task = exercise("neuron", seed=1)
    >>> task.given, task.formulas["a"], task.answers["a"]
    ({'w': '0.75', 'x': '0.52', 'b': '0.65', 'y': '0.21', 'eta': '0.1'}, 'w·x + b', '1.0400')
    >>> task.mark({"a": task.answers["a"], "ŷ": "0.2"}).verdicts
    {'a': 'right', 'ŷ': 'wrong'}

    >>> exercise("two layers", seed=1, activation="relu", batch=2).title
    'A network of two layers and one step of gradient descent: relu, a batch of 2'

    Raises ValueError for a level that there is not, for what a level is not made for, and where no kind numbers are found;
    LookupError for a line that there is not; TypeError for a seed that is no whole number.
    """
    if not isinstance(digits, int) or not 3 <= digits <= 12:
        raise ValueError(f"answers are wanted to 3 to 12 significant digits, not {digits!r}")
    asked: dict[str, Any] = {"activation": activation, "batch": batch, "l2": l2, "steps": steps}
    asked |= {"true_class": true_class, "symbols": symbols}
    made = {name: x for name, x in asked.items() if x is not None}
    if seed is not None and not isinstance(seed, int):
        raise TypeError(f"a seed is a whole number, not {seed!r}")
    seed = Random().randrange(10**6) if seed is None else seed
    if isinstance(model, str) and model in QUESTIONS:
        _, title, usual, takes = QUESTIONS[model]
        variant = variant_of(model, usual, takes, made)
        return ask(model, variant, title_of(title, usual, variant), seed, digits, made)
    random = Random(seed)
    source, loss, title = _look_up(model, loss, made, random)
    sheet, hidden = source.draw(random, digits)
    sheet.title = title
    return Exercise(sheet, loss, digits, model if isinstance(model, str) else "", seed, made, hidden)


def with_given(level: str, seed: int, given: Mapping[str, float], digits: int, made: Mapping[str, Any]) -> Exercise:
    """An exercise of a level with numbers that were drawn before. Raises LookupError where one of them is missing.

    given: the numbers, by name; made: in what it differs from the plain one
    """
    source, loss, title = _look_up(level, "", made, Random(seed))
    sheet = source.again(given)
    sheet.title = title
    return Exercise(sheet, loss, digits, level, seed, made)


def _look_up(model: object, loss: str, made: Mapping[str, Any], random: Random) -> tuple[KindNumbers, str, str]:
    """Sheets of a level, or like somebody's own, with its loss and its title.

    made: in what it differs from the plain one
    """
    if isinstance(model, Worksheet):
        if made:
            raise ValueError(f"a Worksheet is what it is: {', '.join(made)} says what a level is like")
        return KindNumbers(model), model.line_named(loss) if loss else "", model.title or "Exercise"
    if not isinstance(model, str):
        raise TypeError(f"exercise takes a level, such as 'neuron', or a Worksheet, not {model!r}")
    if model not in LEVELS:
        near = "".join(f" (is {name!r} meant?)" for name in get_close_matches(model, LEVELS, 1))
        raise ValueError(f"{model!r} is no level{near}; there are {', '.join(map(repr, KINDS))}, or give a Worksheet")
    level = LEVELS[model]
    variant = variant_of(model, level.usual, level.takes, made)
    source = numbers_for(model, with_graph(model, variant, random))
    return source, level.loss, title_of(source.title or level.title, level.usual, variant)
