"""Moodle's XML: one cloze question a variant, with a blank for each line: a number, or an answer in words.

In a blank, {1:NUMERICAL:=0.5:0.001#Right~%0%0.7:0.001#remark} or {1:SHORTANSWER:=2×3#Right~%0%3×2#remark}, the signs
} # ~ / " \\ are escaped with a backslash, and so is the * of SHORTANSWER, which else stands for anything.
https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type
"""

from __future__ import annotations

import html
import re
from xml.sax.saxutils import escape

from autograd.exams.codes import write_code
from autograd.exams.foreseen import NOT_CARRIED, UNITS, foreseen, is_number, spellings, tolerance, what_counts
from autograd.mark.exercises import Exercise
from autograd.writing.names import text_name


def write_files(tasks: list[Exercise], units: float = UNITS) -> dict[str, str | bytes]:
    """The files for Moodle, by name; units: of the last digit, by which a number may be off."""
    category = f"$course$/top/chalkgrad/{tasks[0].level}"
    head = f'<question type="category"><category><text>{escape(category)}</text></category></question>\n'
    questions = "".join(_question(task, units) for task in tasks)
    return {
        "moodle.xml": f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n<!-- {NOT_CARRIED} -->\n{head}{questions}</quiz>\n'
    }


def _question(task: Exercise, units: float) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(text_name(line))}</td><td>{_blank(task, line, units)}</td></tr>" for line in task.lines
    )
    asked = _plain(task.question_html(images=True))
    text = f"{asked}<p>{what_counts(task, units)}</p><table><tbody>{rows}</tbody></table>"
    return (
        f'<question type="cloze"><name><text>{escape(f"{task.title} ({write_code(task)})")}</text></name>\n'
        f'<questiontext format="html"><text>{escape(text)}</text></questiontext>\n'
        '<generalfeedback format="html"><text></text></generalfeedback><penalty>0</penalty><hidden>0</hidden></question>\n'
    )


def _plain(text: str) -> str:
    """Text in which Moodle takes no brace for the beginning of a blank."""
    return text.replace("{", "&#123;")


def _blank(task: Exercise, line: str, units: float) -> str:
    answer, wrong = task.answers[line], foreseen(task, line, units)
    if is_number(task, line):
        reach = f"{tolerance(answer, units):g}"
        others = "".join(f"~%0%{each.answer}:{reach}#{_in_blank(each.sentence)}" for each in wrong)
        return f"{{1:NUMERICAL:={answer}:{reach}#Right{others}}}"
    right = "~".join(f"={_in_words(each)}#Right" for each in spellings(task, line))
    others = "".join(f"~%0%{_in_words(each.answer)}#{_in_blank(each.sentence)}" for each in wrong)
    return f"{{1:SHORTANSWER:{right}{others}}}"


def _in_words(text: str) -> str:
    return _in_blank(text).replace("*", r"\*")


def _in_blank(text: str) -> str:
    return re.sub(r'([}#~/"\\])', r"\\\1", html.escape(text, quote=False))
