"""Boxes for the answers of an exercise, where anywidget is there: typed in the page, marked in Python, line by line.

Without it, and everywhere else, the same answers are typed as on paper: task.mark("z = 0.25").
"""

from __future__ import annotations

from importlib import resources
from typing import Any

from autograd.display.colours import css

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.mark.exercises import Exercise
    from autograd.mark.worksheet import Worksheet

COLOURS = """.cg-answers { LIGHT } @media (prefers-color-scheme: dark) { .cg-answers { DARK } }
body[data-jp-theme-light=true] .cg-answers { LIGHT } body[data-jp-theme-light=false] .cg-answers { DARK }
""".replace("LIGHT", css("light")).replace("DARK", css("dark"))


def answer_boxes(task: Exercise | Worksheet) -> Any:
    """A box for each line of an exercise, in a notebook; what is typed is marked when Enter is pressed.

    task: what `exercise` gives, or a Worksheet

    .answers holds what stands in the boxes, by line; setting it in Python fills them, and marks them as well.

    >>> import nn
    >>> from autograd import exercise
    >>> boxes = nn.answer_boxes(exercise("neuron", seed=1))
    >>> boxes.answers = {"a": "1.0400", "ŷ": "0.2"}
    >>> boxes.marks["a"][0], boxes.marks["ŷ"][0]
    ('right', 'wrong')

    Raises TypeError for what is no exercise; ImportError without anywidget.
    """
    from autograd.mark.exercises import Exercise  # which few programs that import nn need
    from autograd.mark.red_pen import SIGNS
    from autograd.mark.worksheet import Worksheet
    from autograd.writing.names import text_name

    if not isinstance(task, (Exercise, Worksheet)):
        raise TypeError(f"answer_boxes takes an exercise or a Worksheet, not {task!r}")
    try:
        import anywidget
        import traitlets
    except ImportError:
        way = f'task.mark("{task.lines[0]} = 0.5") takes what is typed without it'
        raise ImportError(f'boxes come with anywidget: pip install "chalkgrad[widget]"; {way}') from None

    class AnswerBoxes(anywidget.AnyWidget):
        _esm = resources.files("nn.pages").joinpath("answers.js").read_text(encoding="utf-8")
        colours = traitlets.Unicode().tag(sync=True)
        lines: Any = traitlets.List().tag(sync=True)
        answers: Any = traitlets.Dict().tag(sync=True)
        marks: Any = traitlets.Dict().tag(sync=True)
        summary = traitlets.Unicode().tag(sync=True)

    mark = task.mark_sheet if isinstance(task, Exercise) else task.mark
    widget = AnswerBoxes(colours=COLOURS, lines=[[name, text_name(name)] for name in task.lines])

    def marked(change: Any) -> None:
        marking = mark({name: text for name, text in change["new"].items() if text.strip()})
        widget.marks = {row.name: [row.verdict, SIGNS[row.verdict], row.remark] for row in marking}
        widget.summary = marking.summary

    widget.observe(marked, "answers")
    return widget
