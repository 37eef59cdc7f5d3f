"""Lines of a vector form, each read as matrix mathematics, or as scalars, and computed from the numbers of the graph."""

import re

import numpy as np
from derivation_reader import Known, computed, indices_of, with_numbers
from matrix_reader import DIGITS, Program, Reader, Unit

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


def check_every_line(form, names):
    """Each line, in matrices or in scalars, has the shape and the numbers of what stands on its left; how many there are."""
    lines = [line for board in form.boards for line in board.lines]
    for line in lines:
        for found, expected in sides(line, names):
            assert np.shape(np.squeeze(found)) == np.shape(np.squeeze(expected)), (line.left.text, line.right.text)
            assert np.allclose(found, expected, rtol=1e-6, atol=1e-8), (line.left.text, line.right.text)
    return len(lines)
