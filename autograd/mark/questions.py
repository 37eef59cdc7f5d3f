"""Exercises that are answered in words: which product a gradient is and how large, and where the mistake is.

    shapes             a net of two layers, its columns or, with several rows, its tables; the sizes of what it has, and of
                       each gradient the product that it is: W₂ᵀδ₂, δ₁xᵀ, the other way round for rows
    find the mistake   a sheet that somebody has worked out, with one slip, which is carried on: of two layers; or of any
                       other kind in which lines rest on one another, "find the mistake in softmax"

A question is an exercise with a sheet of words (words.py) in the place of a worksheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any, NamedTuple

from autograd.display.board import Board
from autograd.mark.calculations import Exercise
from autograd.mark.handout import Handout
from autograd.mark.kind_numbers import numbers_for
from autograd.mark.levels import LEVELS, Variant, with_graph
from autograd.mark.picture import Picture
from autograd.mark.planted import LINE, NUMBER, RightNumber, line_of, plant
from autograd.mark.words import Answer, MatrixProduct, Size, WordSheet

SIZES = range(2, 10)
FEW = 5  # sheets that are tried for one with a mistake that shows


class Asked(NamedTuple):
    """What a question is about: its answers, what is given, formulas in text and in LaTeX, and what is wanted.

    written: what somebody filled in; picture: of the graph, in the place of formulas
    """

    answers: Mapping[str, Answer]
    given: dict[str, str]
    formulas: Mapping[str, tuple[str, str]]
    wanted: str
    written: Mapping[str, str] = {}
    picture: Picture | None = None


class Question(NamedTuple):
    """A kind of question: what is asked, for a variant and a seed, to so many digits; its title, and what may be another."""

    ask: Callable[[Variant, int, int], Asked]
    title: str
    usual: Variant
    takes: tuple[str, ...]


class Questions(Exercise):
    """An exercise that is answered in words, as `exercise` makes it.

    sheet: the lines with their right answers; written: what somebody has filled in, if that is given

    >>> from autograd import exercise
    >>> task = exercise("shapes", seed=1)
    >>> task.given, task.answers["∂L/∂h_1"], task.answers["size of ∂L/∂h_1"]
    ({'inputs': '4', 'hidden': '6', 'outputs': '2'}, 'W₂ᵀ·δ₂', '6×1')
    >>> task.mark({"∂L/∂h₁": "W2 d2", "size of ∂L/∂h₁": "1x6"}).verdicts
    {'∂L/∂h_1': 'wrong', 'size of ∂L/∂h_1': 'wrong'}
    """

    sheet: WordSheet  # type: ignore[assignment]  # numbers stand behind every other exercise
    blank = "your answer"

    def __init__(self, asked: Asked, title: str, level: str, seed: int, digits: int, variant: Mapping[str, Any]) -> None:
        self.sheet, self.title = WordSheet(asked.answers, title), title
        self.level, self.seed, self.digits = level, seed, digits
        self.variant, self.loss, self.in_symbols, self.hidden = dict(variant), "", False, []
        self.lines, self.given, self.written = self.sheet.lines, dict(asked.given), asked.written
        self.picture = asked.picture
        self.answers = {line: answer.right for line, answer in asked.answers.items()}
        self._asked = asked
        self._written: dict[str, object] = {}

    def _formulas(self, latex: bool) -> dict[str, str]:
        return {name: formula[latex] for name, formula in self._asked.formulas.items()}

    _given_in_latex = Handout._given_in_latex

    @property
    def wanted(self) -> str:
        """What is to be done, in a sentence."""
        return self._asked.wanted

    @property
    def solution(self) -> Board:
        """There is none beside the answers. Raises ValueError."""
        raise ValueError("a question has no derivation: .answers has what is right")

    @property
    def toml(self) -> str:
        """Only numbers and formulas go into such a file. Raises ValueError."""
        raise ValueError("a worksheet file has numbers and formulas; this exercise is answered in words")

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """What each kind of file holds, by suffix."""
        return {suffix: write for suffix, write in super().writers().items() if suffix != ".toml"}

    def _parts(self) -> list[tuple[str, list[str]]]:
        return [("Your answers", self.lines)]


def ask(name: str, variant: Variant, title: str, seed: int, digits: int, made: Mapping[str, Any]) -> Questions:
    """The question of a kind, a key of QUESTIONS, with a seed; made: in what it differs from the plain one."""
    return Questions(QUESTIONS[name].ask(variant, seed, digits), title, name, seed, digits, made)


# ----------------------------------------------------------------------------------------------------------------- shapes


def _shapes(variant: Variant, seed: int, digits: int) -> Asked:
    """Sizes that are all different, so that none stands for another."""
    n = variant.batch
    inputs, hidden, outputs = Random(seed).sample([size for size in SIZES if size != n], 3)
    given = {"inputs": str(inputs), "hidden": str(hidden), "outputs": str(outputs)}
    shapes = {
        "x": (inputs, n), "W_1": (hidden, inputs), "b_1": (hidden, 1), "h_1": (hidden, n), "W_2": (outputs, hidden),
        "b_2": (outputs, 1), "ŷ": (outputs, n), "δ_2": (outputs, n), "δ_1": (hidden, n),
    }  # fmt: skip
    gradients = {"W_2": (("δ_2", False), ("h_1", True)), "h_1": (("W_2", True), ("δ_2", False))}
    gradients |= {"W_1": (("δ_1", False), ("x", True)), "x": (("W_1", True), ("δ_1", False))}
    formulas = {"a_1": ("W₁·x + b₁", r"W_1 x + b_1"), "ŷ": ("W₂·h₁ + b₂", r"W_2 h_1 + b_2")}
    what = "All vectors are columns"
    if n > 1:  # rows: all of it the other way round
        shapes = {name: (m, k) for name, (k, m) in shapes.items()}
        gradients = {name: (right, left) for name, (left, right) in gradients.items()}
        formulas = {"a_1": ("x·W₁ + b₁", r"x W_1 + b_1"), "ŷ": ("h₁·W₂ + b₂", r"h_1 W_2 + b_2")}
        given = {"rows": str(n)} | given
        what = "Each row of x is an example; b₁ and b₂ are rows, added to each"
    answers: dict[str, Answer] = {f"size of {name}": Size(*shapes[name], shapes) for name in ("W_1", "b_1", "W_2")}
    for name, factors in gradients.items():
        answers[f"∂L/∂{name}"] = MatrixProduct(factors, shapes)
        answers[f"size of ∂L/∂{name}"] = Size(*shapes[name], shapes)
    answers["size of ∂L/∂b_1"] = Size(*shapes["b_1"], shapes)
    formulas = {"a_1": formulas["a_1"], "h_1": ("σ(a₁)", r"\sigma(a_1)"), "ŷ": formulas["ŷ"]}
    wanted = (
        f"L depends on ŷ; δ₂ stands for ∂L/∂ŷ, and δ₁ for ∂L/∂a₁; typed as d2 and d1. {what}. Say how large each is, "
        "rows × columns, such as 2×3; and which product each gradient is, such as A^T B."
    )
    return Asked(answers, given, formulas, wanted)


# ------------------------------------------------------------------------------------------------------- find the mistake


def _find_the_mistake(base: str, variant: Variant, seed: int, digits: int) -> Asked:
    """A sheet of a kind, filled in; base: the kind."""
    level, random = LEVELS[base], Random(seed)
    source = numbers_for(base, with_graph(base, variant, random))
    for _ in range(FEW):
        sheet, _hidden = source.draw(random, digits)
        task = Exercise(sheet, level.loss, digits, base)
        try:
            planted = plant(task, random)
            break
        except ValueError:
            continue
    else:
        raise ValueError("no mistake shows on these sheets: ask for more digits")
    texts, in_latex = task.formulas, task._formulas(latex=True)
    wanted = (
        "Somebody has worked out the lines above; each follows from the numbers above it as they are written, but one. Say"
        f" which line that is, and what should stand there, to {digits} significant digits."
    )
    answers: dict[str, Answer] = {LINE: line_of(task, planted), NUMBER: RightNumber(task, planted)}
    formulas = {name: (texts[name], in_latex[name]) for name in texts}
    return Asked(answers, task.given, formulas, wanted, planted.written, task.picture)


def _of_mistakes(base: str, title: str) -> Question:
    level = LEVELS[base]
    takes = tuple(option for option in level.takes if option != "symbols")
    return Question(partial(_find_the_mistake, base), title, level.usual, takes)


WITHOUT_A_CHAIN = ("hessian",)  # nothing rests on another line there
QUESTIONS: dict[str, Question] = {
    "shapes": Question(_shapes, "Which product, and how large", Variant(steps=0), ("batch",)),
    "find the mistake": _of_mistakes("two layers", "Find the mistake"),
}
QUESTIONS |= {  # the same on sheets of other kinds: find the mistake in softmax, in the graph
    f"find the mistake in {base.removeprefix('read ')}": _of_mistakes(base, f"Find the mistake: {level.title}")
    for base, level in LEVELS.items()
    if base not in WITHOUT_A_CHAIN
}
