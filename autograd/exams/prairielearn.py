"""PrairieLearn: a folder for each question, whose server.py marks with the red pen, mistakes carried forward and all.

A question has one seed a variant of PrairieLearn's own, so numbers are drawn there without end. The server needs chalkgrad:
name it in the course's serverFilesCourse, or in the image of an external grader.
"""

from __future__ import annotations

import json
from uuid import NAMESPACE_URL, uuid5

from autograd.exams.codes import write_code
from autograd.mark.exercises import Exercise

QUESTION = """<pl-question-panel>
{{{params.task}}}
</pl-question-panel>
{{#params.lines}}
<pl-string-input answers-name="{{id}}" label="{{name}} =" allow-blank="true" remove-spaces="false"></pl-string-input>
{{/params.lines}}
<pl-submission-panel>{{{feedback.page}}}</pl-submission-panel>
"""
MAKE = """from autograd import exercise

LEVEL, OPTIONS = {level!r}, {options!r}


def make(seed):
    return exercise(LEVEL, seed=seed, **OPTIONS)"""
MAKE_OWN = """from autograd import exercise
from autograd.mark.sheets import sheet_from

SHEET, OPTIONS = {sheet!r}, {options!r}


def make(seed):
    return exercise(sheet_from(SHEET).sheet, seed=seed, **OPTIONS)"""
SERVER = '''"""The numbers of a variant, and the red pen."""

{make}


def generate(data):
    seed = int(data["variant_seed"]) % 1_000_000
    task = make(seed)
    data["params"]["seed"] = seed
    data["params"]["task"] = task.html()
    data["params"]["lines"] = [{{"id": f"line{{i}}", "name": name}} for i, name in enumerate(task.lines)]
    for i, name in enumerate(task.lines):
        data["correct_answers"][f"line{{i}}"] = task.answers[name]


def grade(data):
    task = make(data["params"]["seed"])
    given = {{name: data["submitted_answers"].get(f"line{{i}}") or "" for i, name in enumerate(task.lines)}}
    marking = task.mark_sheet(given)
    data["score"] = marking.score / marking.out_of
    data["feedback"]["page"] = marking.html()
    for i, row in enumerate(marking):
        data["partial_scores"][f"line{{i}}"] = {{"score": row.marks / row.worth, "feedback": row.remark}}
'''


def write_files(tasks: list[Exercise]) -> dict[str, str | bytes]:
    """The files of the questions: one for each way in which the exercises differ; their numbers are drawn there."""
    files: dict[str, str | bytes] = {}
    for task in {write_code(task).rpartition("-")[0]: task for task in tasks}.values():
        name = write_code(task).rpartition("-")[0]
        info = {
            "uuid": str(uuid5(NAMESPACE_URL, f"chalkgrad/{name}")),
            "title": task.title,
            "topic": "Backpropagation",
            "tags": ["chalkgrad"],
            "type": "v3",
        }
        files[f"questions/{name}/info.json"] = json.dumps(info, ensure_ascii=False, indent=2) + "\n"
        files[f"questions/{name}/question.html"] = QUESTION
        options = {"digits": task.digits} | (task.variant if task.level else {"loss": task.loss})
        make = MAKE if task.level else MAKE_OWN
        files[f"questions/{name}/server.py"] = SERVER.format(
            make=make.format(level=task.level, options=options, sheet="" if task.level else task.toml)
        )
    return files
