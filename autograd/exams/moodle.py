"""Moodle's XML: one cloze question a variant, with a numeric blank for each line.

In a blank, {1:NUMERICAL:=0.5:0.001#Right~%0%0.7:0.001#remark}, the signs } # ~ / " \\ are escaped with a backslash.
https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type
"""

from __future__ import annotations

import html
import re
from xml.sax.saxutils import escape

from autograd.exams.codes import write_code
from autograd.exams.foreseen import NOT_CARRIED, foreseen, tolerance
from autograd.mark.exercises import Exercise
from autograd.writing.names import text_name


def write_files(tasks: list[Exercise]) -> dict[str, str | bytes]:
    """The files for Moodle, by name."""
    category = f"$course$/top/chalkgrad/{tasks[0].level}"
    head = f'<question type="category"><category><text>{escape(category)}</text></category></question>\n'
    questions = "".join(map(_question, tasks))
    return {
        "moodle.xml": f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n<!-- {NOT_CARRIED} -->\n{head}{questions}</quiz>\n'
    }


def _question(task: Exercise) -> str:
    rows = "".join(f"<tr><td>{html.escape(text_name(line))}</td><td>{_blank(task, line)}</td></tr>" for line in task.lines)
    given = "".join(f"<li>{html.escape(text_name(name))} = {x}</li>" for name, x in task.given.items())
    formulas = "".join(f"<li>{html.escape(text_name(name))} = {html.escape(f)}</li>" for name, f in task.formulas.items())
    wanted = f"<p>Work out every line, to {task.digits} significant digits. {NOT_CARRIED}</p>"
    text = f"<p>Given</p><ul>{given}</ul><ul>{_plain(formulas)}</ul>{wanted}<table><tbody>{rows}</tbody></table>"
    return (
        f'<question type="cloze"><name><text>{escape(f"{task.title} ({write_code(task)})")}</text></name>\n'
        f'<questiontext format="html"><text>{escape(text)}</text></questiontext>\n'
        '<generalfeedback format="html"><text></text></generalfeedback><penalty>0</penalty><hidden>0</hidden></question>\n'
    )


def _plain(text: str) -> str:
    """Text in which Moodle takes no brace for the beginning of a blank."""
    return text.replace("{", "&#123;")


def _blank(task: Exercise, line: str) -> str:
    answer = task.answers[line]
    reach = f"{tolerance(answer):g}"
    wrong = "".join(f"~%0%{each.number}:{reach}#{_in_blank(each.sentence)}" for each in foreseen(task, line))
    return f"{{1:NUMERICAL:={answer}:{reach}#Right{wrong}}}"


def _in_blank(text: str) -> str:
    return re.sub(r'([}#~/"\\])', r"\\\1", html.escape(text, quote=False))
