"""Vector forms of losses that nobody here has written as an example: each line is right, or it is a line of scalars that is.

Lines are read as matrix mathematics and computed in NumPy from the engine's numbers and gradients.
"""

import re

from derivation_reader import INDEX
from derived_graphs import written_by
from hypothesis import example, given
from hypothesis import strategies as st
from long_runs import examples
from matrix_reader import NAME
from vector_reader import KnownArrays, check_every_line

from autograd import derivation
from autograd.writing.names import text_name


def stems(text, y):
    """The derivatives of y that a text speaks of, without indices."""
    found = re.findall(rf"∇_({NAME}) {y}|∂{y}/∂({NAME}[{INDEX}]*)", text)
    return {re.sub(f"[{INDEX}]+$", "", a or b).lower() for a, b in found}


@examples(8)
@given(st.integers(0, 10**9), st.booleans())
@example(12886, False)  # two of three entries have a name
@example(25171399, False)  # the loss has no name, and the targets are y
@example(1178, False)  # softmax of what is no vector here, for its rows are written in two ways
def test_every_line_is_right(number, asked):
    """In matrices or in scalars, forward and backward; what is used has been found above; no label is lost."""
    loss = written_by(number)
    try:
        sheet = derivation(loss.y, loss.parameters, digits=15) if asked else derivation(loss.y, digits=15)
        form = sheet.vector_form()
    except ValueError as error:
        if "too long for a page" not in str(error):
            raise
        return
    names = KnownArrays(loss.y, form)
    check_every_line(form, names)
    seen = set()
    for line in form.boards[1].lines:
        assert stems(line.right.text, names.known.y) <= seen, (line.left.text, line.right.text)
        assert line.left.text not in line.right.text
        seen |= stems(line.left.text, names.known.y)
    told = {text_name(node.label) for array in names.arrays.values() if array.renamed for node in array.nodes}
    for name, node in names.known.nodes.items():
        assert not node.label or name == text_name(node.label) or text_name(node.label) in told or "⁽" in name
