"""Boxes for answers: typed in JupyterLab's page, or set in Python, and marked by the red pen."""

import pytest

import nn
from autograd import Value, Worksheet, exercise


@pytest.fixture
def task():
    pytest.importorskip("anywidget", reason="boxes are anywidget's")
    return exercise("neuron", seed=1)


def test_what_stands_in_the_boxes_is_marked_as_a_sheet(task):
    """Each line as task.mark_sheet has it, all lines together; empty boxes are blank."""
    boxes = nn.answer_boxes(task)
    assert [name for name, _ in boxes.lines] == task.lines
    assert ["∂L/∂w", "∂L/∂w"] in boxes.lines
    answers = {"a": task.answers["a"], "ŷ": "0.2", "L": "", "∂L/∂ŷ": "1 /"}
    boxes.answers = answers
    marking = task.mark_sheet({name: text for name, text in answers.items() if text})
    assert {name: mark[0] for name, mark in boxes.marks.items()} == marking.verdicts
    assert {name: mark[2] for name, mark in boxes.marks.items()} == {row.name: row.remark for row in marking}
    assert boxes.summary == marking.summary
    boxes.answers = {}
    assert {mark[0] for mark in boxes.marks.values()} == {"blank"}


def test_a_sheet_of_ones_own_has_boxes(task):
    """Named as they are written: w₁ for w_1."""
    x = Value(3.0, label="x")
    boxes = nn.answer_boxes(Worksheet({"y_1": x * x, "y_2": x + 1}))
    assert boxes.lines == [["y_1", "y₁"], ["y_2", "y₂"]]
    boxes.answers = {"y_1": "9"}
    assert boxes.marks["y_1"][0] == "right"


def test_what_is_no_exercise_is_refused():
    """With what is meant."""
    with pytest.raises(TypeError, match="takes an exercise or a Worksheet"):
        nn.answer_boxes("neuron")


def test_boxes_are_filled_and_marked_in_a_page(browser, task):
    """Enter tells Python what stands there and goes on to the next box; what Python says stands beside each."""
    boxes = nn.answer_boxes(task)
    page = browser.new_context().new_page()
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.expose_function("tell", lambda answers: setattr(boxes, "answers", answers) or [boxes.marks, boxes.summary])
    page.set_content("<main></main>")
    page.add_script_tag(
        content=MODEL.replace("LINES", repr(boxes.lines)) + boxes._esm.replace("export default", "const own ="),
        type="module",
    )
    page.get_by_label("a", exact=True).fill(task.answers["a"])
    page.keyboard.press("Enter")
    page.keyboard.type("0.2")
    page.keyboard.press("Enter")
    page.get_by_text("✗ wrong").wait_for()
    assert page.get_by_text("✓ right").count() == 1
    assert page.get_by_role("status").inner_text() == boxes.summary
    assert boxes.answers["ŷ"] == "0.2"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == task.lines[2]
    assert said == []
    page.context.close()


MODEL = """
const kept = { colours: "", lines: LINES, answers: {}, marks: {}, summary: "" }, heard = {};
const model = {
  get: (name) => kept[name], set: (name, what) => { kept[name] = what; }, on: (name, what) => { heard[name] = what; },
  save_changes: async () => { [kept.marks, kept.summary] = await window.tell(kept.answers); heard["change:marks"](); },
};
setTimeout(() => own.render({ model, el: document.querySelector("main") }));
"""
