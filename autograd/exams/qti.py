"""QTI 1.2 in a zip, as Canvas, Blackboard and D2L import it: a section a variant, an item for each line.

Numbers are ranges; the digits give their ends. Each foreseen wrong one has a range of its own, without marks, and our guess
at the mistake as its feedback. Answers in words are compared, spelling by spelling. https://www.imsglobal.org/question/qtiv1p2/imsqti_asi_bindv1p2.html
"""

from __future__ import annotations

import html
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

from autograd.exams.codes import write_code
from autograd.exams.foreseen import NOT_CARRIED, UNITS, foreseen, is_number, spellings, tolerance, what_counts
from autograd.mark.exercises import Exercise
from autograd.writing.names import text_name

MOMENT = (2000, 1, 1, 0, 0, 0)  # of all files, so that the same exercises give the same zip
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="chalkgrad" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1">
<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata><organizations/>
<resources><resource identifier="RES" type="imsqti_xmlv1p2" href="quiz.xml"><file href="quiz.xml"/></resource></resources>
</manifest>
"""


def write_files(tasks: list[Exercise], units: float = UNITS) -> dict[str, str | bytes]:
    """The files for Canvas and others, by name; units: of the last digit, by which a number may be off."""
    title = f"{tasks[0].title}"
    sections = "".join(_section(task, i, units) for i, task in enumerate(tasks, 1))
    quiz = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">\n'
        f'<!-- {NOT_CARRIED} -->\n<assessment ident="chalkgrad" title={quoteattr(title)}>\n'
        f'<section ident="root_section">\n{sections}</section>\n</assessment>\n</questestinterop>\n'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, text in (("imsmanifest.xml", MANIFEST), ("quiz.xml", quiz)):
            whole.writestr(zipfile.ZipInfo(name, MOMENT), text)
    return {"qti.zip": file.getvalue()}


def _section(task: Exercise, number: int, units: float) -> str:
    page = f"{task.question_html(images=True)}<p>{what_counts(task, units)}</p>"
    items = "".join(_item(task, line, f"v{number}_{i}", page, units) for i, line in enumerate(task.lines, 1))
    return f'<section ident="v{number}" title={quoteattr(write_code(task))}>\n{items}</section>\n'


def _item(task: Exercise, line: str, ident: str, page: str, units: float) -> str:
    ask, wrong, full = f"<p>{html.escape(text_name(line))} =</p>", foreseen(task, line, units), _full_marks()
    if is_number(task, line):
        what, form, reach = "numerical", "Decimal", tolerance(task.answers[line], units)
        ranges = _range(task.answers[line], reach, full)
        ranges += "".join(_range(each.answer, reach, _show(f"wrong_{i}")) for i, each in enumerate(wrong))
    else:
        what, form = "short_answer", "String"
        ranges = _same(spellings(task, line), full)
        ranges += "".join(_same([each.answer], _show(f"wrong_{i}")) for i, each in enumerate(wrong))
    said = _feedback("right", "Right.") + "".join(_feedback(f"wrong_{i}", each.sentence) for i, each in enumerate(wrong))
    return (
        f'<item ident="{ident}" title={quoteattr(f"{write_code(task)}: {line}")}><itemmetadata><qtimetadata>'
        f"<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{what}_question</fieldentry></qtimetadatafield>"
        "<qtimetadatafield><fieldlabel>points_possible</fieldlabel><fieldentry>1</fieldentry></qtimetadatafield>"
        f'</qtimetadata></itemmetadata><presentation><material><mattext texttype="text/html">{escape(page + ask)}</mattext>'
        f'</material><response_str ident="response1" rcardinality="Single"><render_fib fibtype="{form}">'
        '<response_label ident="answer1"/></render_fib></response_str></presentation><resprocessing><outcomes>'
        '<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
        f"{ranges}</resprocessing>{said}</item>\n"
    )


def _full_marks() -> str:
    return f'<setvar action="Set" varname="SCORE">100</setvar>{_show("right")}'


def _same(texts: list[str], then: str) -> str:
    equal = "".join(f'<varequal respident="response1" case="No">{escape(text)}</varequal>' for text in texts)
    return f'<respcondition continue="No"><conditionvar><or>{equal}</or></conditionvar>{then}</respcondition>'


def _range(number: str, reach: float, then: str) -> str:
    low, high = f"{float(number) - reach:.10g}", f"{float(number) + reach:.10g}"
    between = f'<vargte respident="response1">{low}</vargte><varlte respident="response1">{high}</varlte>'
    condition = f'<or><varequal respident="response1">{number}</varequal><and>{between}</and></or>'
    return f'<respcondition continue="No"><conditionvar>{condition}</conditionvar>{then}</respcondition>'


def _show(name: str) -> str:
    return f'<displayfeedback feedbacktype="Response" linkrefid="{name}"/>'


def _feedback(name: str, text: str) -> str:
    inner = f'<flow_mat><material><mattext texttype="text/plain">{escape(text)}</mattext></material></flow_mat>'
    return f'<itemfeedback ident="{name}">{inner}</itemfeedback>'
