"""Vector forms of losses that nobody here has written as an example: each line is right, or it is a line of scalars that is.

Lines are read as matrix mathematics and computed in NumPy from the engine's numbers and gradients.
"""

import re

import numpy as np
from derivation_reader import INDEX, Known, computed, indices_of, with_numbers
from derived_graphs import written_by
from hypothesis import example, given
from hypothesis import strategies as st
from long_runs import examples
from matrix_reader import DIGITS, NAME, Program, Reader, Unit

from autograd import derivation
from autograd.writing.names import text_name


class KnownArrays(Program):
    """What the names of a vector form stand for: arrays and gradients of the engine's numbers, and single quantities."""

    def __init__(self, y, form):
        self.known = Known(y, form.sheet)
        self.arrays = {text_name(array.name): array for array in form.form.arrays.values()}

    def __call__(self, name):
        if found := re.fullmatch("∇_(.+) (.+)", name):
            return self.of_all(self.arrays[found[1]], found[1], "grad")
        if name in self.arrays:
            return self.of_all(self.arrays[name], name, "data")
        if (found := re.fullmatch("e([₀-₉])", name)) and name not in self.known.nodes:
            return Unit(DIGITS.index(found[1]))
        return float(self.known(name))

    def of_all(self, array, name, what):
        if array.kind != "probabilities":
            return np.array([[getattr(node, what) for node in row] for row in array.rows])
        before = f"∂{self.known.y}/∂" if what == "grad" else ""
        return np.array([[float(self.known(f"{before}{name}{DIGITS[i]}"))] for i in range(1, len(array.rows) + 1)])


def sides(line, names):
    """(found, expected) for a line, or for each of those that a line with an index stands for."""
    left, right = line.left.text, line.right.text
    if "⋯" in right:
        return
    if line.reason.text.startswith("for "):
        for at in indices_of([("", "", line.reason.text)]):
            yield computed(right, names.known, **at), float(names.known(with_numbers(left, at)))
    elif line.reason.text.startswith("[") or left.startswith("∇"):
        yield Reader(right, names).read(), names(left)
    elif right.startswith("[") and ">" not in right and "<" not in right:  # what an array is made of, by other labels
        labels = [text_name(node.label) if node.label else node.data for node in names.arrays[left].nodes]
        written = [x if isinstance(x, str) else float(x) for x in labels]
        found = [x if x in written else float(x.replace("−", "-")) for x in re.split("[,;] ", right[1:-1])]
        yield np.array([float(a == b) for a, b in zip(found, written, strict=True)]), np.ones(len(written))
    elif re.search(r"[^\s+−=<>] [^\s+−=<>]|[ᵀ⊙⊘]|∇", right) and "Σ" not in right:
        yield np.squeeze(Reader(right, names).read()), names(left)
    else:
        yield computed(right, names.known), float(names.known(left))


def stems(text, y):
    """The derivatives of y that a text speaks of, without indices."""
    found = re.findall(rf"∇_({NAME}) {y}|∂{y}/∂({NAME}[{INDEX}]*)", text)
    return {re.sub(f"[{INDEX}]+$", "", a or b).lower() for a, b in found}


@examples(8)
@given(st.integers(0, 10**9), st.booleans())
@example(1178, False)  # softmax of what is no vector here, for its rows are written in two ways
@example(12886, False)  # two of three entries have a name
@example(25171399, False)  # the loss has no name, and the targets are y
@example(697444855, False)  # a number without a name beside a vector x
@example(15119, False)  # a long sum with dots in it
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
    for board in form.boards:
        for line in board.lines:
            for found, expected in sides(line, names):
                assert np.shape(np.squeeze(found)) == np.shape(np.squeeze(expected)), (line.left.text, line.right.text)
                assert np.allclose(found, expected, rtol=1e-6, atol=1e-8), (line.left.text, line.right.text)
    seen = set()
    for line in form.boards[1].lines:
        assert stems(line.right.text, names.known.y) <= seen, (line.left.text, line.right.text)
        assert line.left.text not in line.right.text
        seen |= stems(line.left.text, names.known.y)
    told = {text_name(node.label) for array in names.arrays.values() if array.renamed for node in array.nodes}
    for name, node in names.known.nodes.items():
        assert not node.label or name == text_name(node.label) or text_name(node.label) in told or "⁽" in name
