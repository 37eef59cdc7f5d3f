"""Answers that somebody typed into a returned notebook as the course does, a line for each, as on paper."""

from autograd import exercise
from autograd.exams.codes import write_code
from autograd.exams.returned import _entries, _in_notebook
from autograd.mark.handout import write_notebook


def test_a_text_in_a_returned_notebook_is_read_as_a_dict_is():
    """Lines with something behind the sign of equality are answers, and no code is run."""
    task = exercise("neuron", seed=1)
    typed = 'raise SystemExit\ntask.mark("""\nz = 1.0400\no = σ(1.04) = 0.73885\nE =\n""")'
    listed = 'task.mark({"z": "1.0400", "o": "σ(1.04) = 0.73885", "E": ""})'
    found = []
    for source in (typed, listed):
        notebook = write_notebook([("markdown", f"{write_code(task)}"), ("code", source)])
        code, claims = _in_notebook(notebook)
        entries = [entry for each in claims for entry in _entries(*each, task.lines)]
        found.append((code, [(name, text) for name, _, text in entries]))
    assert found[0] == found[1] == (write_code(task), [("z", "1.0400"), ("o", "σ(1.04) = 0.73885")])
