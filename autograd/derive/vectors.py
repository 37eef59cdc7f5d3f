"""The vector form of a sheet: backpropagation in vectors and matrices, as it was found in a graph of scalars.

    ∇_h₁ L = W₂ᵀ ∇_a₂ L       beside it    ∂L/∂h₁ⱼ = Σₘ ∂L/∂a₂ₘ·w₂ₘⱼ

The arrays are those that the structure of the graph shows, the lines those of the sheet in index notation, and the matrix
form is read off them (matrix_form.py). A line that has none stays a line of scalars.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.derive.arrays import Array
from autograd.derive.families import Family, leaves_of, single_out
from autograd.derive.lines import derivative_of
from autograd.derive.matrix_form import MatrixForm, gradient_of, softmax_of, write_shape
from autograd.display.board import Board, Line, Math, figure, join, latex_matrix, write_name
from autograd.formula.folding import fold_sums
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.names import add_indices, text_name

FEW = 8  # plain numbers of a vector that are written out
MOST_NUMBERS = 64  # of a matrix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.derive.sheet import Sheet


class VectorForm(Board):
    """The forward and the backward pass in vectors and matrices, each beside the line of scalars that an entry stands for.

    equations: (left, right) for each line that has a matrix form, in plain text
    """

    def __init__(self, sheet: Sheet, numbers: bool) -> None:
        self.sheet, self.graph, self.digits, self.numbers = sheet, sheet.graph, sheet.digits, numbers
        self.form = MatrixForm(self.graph.arrays, self.graph.y.label, self.digits)
        self.equations: list[tuple[str, str]] = []
        self._leave_out_what_has_no_line()
        forward = self._forward_pass()
        backward = [line for family in sheet.families for line in self._backward(family)]
        super().__init__(boards=[Board(forward, "Forward"), Board(backward, "Backward")])

    def _leave_out_what_has_no_line(self) -> None:
        """An array whose own line cannot be written in matrices is none: its entries go by their names, in all lines."""
        while True:
            without = [array for array in self.form.arrays.values() if array.is_computed and not self._forward(array)]
            if not without:
                break
            for array in without:
                del self.form.arrays[array.stem, array.prefix]
        self.equations.clear()

    def _forward_pass(self) -> list[Line]:
        """A line for each array, and one for each quantity that is in none, in the order in which they are computed."""
        graph = self.graph
        of_leaf = {
            leaf: array
            for array in self.form.arrays.values()
            if array.is_computed
            for row in self._leaves(array) or ()
            for leaf in row
        }
        lines = [self._meaning(array) for array in self.form.arrays.values() if array not in of_leaf.values()]
        lines = [line for line in lines if line.right.text]
        told: set[Array] = set()
        for leaf in graph.order:
            array = of_leaf.get(leaf)
            if array is not None and array not in told:
                told.add(array)
                lines += [*self._forward(array), *([self._meaning(array)] if array.renamed else [])]
            elif array is None and graph.below[leaf]:
                lines.append(self._scalar(leaf))
        return lines

    def _meaning(self, array: Array) -> Line:
        """What an array is made of, where its entries are not called as its author calls them, or are plain numbers."""
        numbers = all(node.op is CONSTANT and not node.label for node in array.nodes) and len(array.nodes) <= FEW
        if not array.renamed and not numbers:
            return Line()
        cells = [[write_name(x.label) if x.label else figure(x.data, self.digits) for x in row] for row in array.rows]
        return Line(write_name(array.name), _write_matrix(cells))

    def _scalar(self, leaf: Value) -> Line:
        """A quantity that is in no array, by its formula, in vectors where that has vectors in it."""
        formula = self.graph.page.formulas[leaf]
        name, scalar = write_name(leaf.label), self.graph.write(formula)
        tensor = self.form.write(fold_sums(formula, many=1), ())
        if tensor is None or tensor.math.text.replace(" ", "") == scalar.text.replace(" ", "").replace("·", ""):
            return Line(name, scalar)
        self.equations.append((name.text, tensor.math.text))
        return Line(name, tensor.math, join([name, scalar], " = "))

    def _forward(self, array: Array) -> list[Line]:
        leaves = self._leaves(array)
        if leaves is None:
            return []
        graph = self.graph
        family = Family(leaves, array.stem, array.prefix, array.vector)
        formulas = graph.page.formulas
        scalar = family.index(formulas.__getitem__, ("i",))
        if array.kind == "probabilities":
            matrix = self._softmax(array)
        else:
            matrix = self._matrix(family, formulas.__getitem__, ("i",))
        if matrix is None or scalar is None:
            return []
        left = write_name(array.name)
        beside = join([write_name(family.name(("i",))), graph.write(scalar)], " = ")
        return self._line(left, matrix, array.shape, beside, [[leaf.data for leaf in row] for row in leaves])

    def _leaves(self, array: Array) -> list[list[Value]] | None:
        """The leaves of an array on the page, if they are all there."""
        if array.kind != "probabilities":
            return leaves_of(self.graph, array)
        by_name = {text_name(leaf.label): leaf for leaf in self.graph.page.formulas}
        labels = [text_name(add_indices(array.stem, (*array.prefix, i))) for i in range(1, array.shape[0] + 1)]
        return [[by_name[label]] for label in labels] if by_name.keys() >= {*labels} else None

    def _softmax(self, array: Array) -> Math | None:
        alike = (other for other in self.form.arrays.values() if other.kind == "nets" and other.nodes == array.nodes)
        nets = next(alike, None)
        if nets is None:
            return None
        name = write_name(nets.name)
        return softmax_of(Math(name.text, write_shape(name.latex, nets.shape)))

    def _matrix(self, family: Family, make: Any, letters: tuple[str, ...]) -> Math | None:
        """The matrix form of a family's formula; an axis of length one is a letter of its layer's here."""
        generic = family.index(make, letters, many=1)
        if generic is None:
            return None
        axes = []
        array = self.form.arrays.get((family.stem, family.prefix))
        for axis, (letter, n) in enumerate(zip(letters, family.lengths)):
            layer = array.layer - axis if array is not None and array.kind != "inputs" else 0
            axes.append(letter if n > 1 else f"#{layer}")
        tensor = self.form.write(generic, tuple(axes))
        fits = all(self.form.lengths.get(letter, {n}) == {n} for letter, n in zip(letters, family.lengths))
        return tensor.math if tensor is not None and fits else None

    def _backward(self, family: Family) -> list[Line]:
        sheet, graph = self.sheet, self.graph
        letters = sheet.letters(family)
        array = self.form.arrays.get((family.stem, family.prefix))
        if array is None:
            return [self._by_itself(v) for v in family.leaves]
        scalar = family.index(sheet.formula, letters)
        matrix = self._matrix(family, sheet.formula, letters)
        if matrix is None and family.vector and scalar is None:
            scalar, matrix = self._one_hot(family, letters)
        if scalar is None:
            return [self._by_itself(v) for v in family.leaves]
        left = derivative_of(graph.y.label, family.name(letters))
        beside = join([left, graph.write(scalar)], " = ")
        if matrix is None:
            return [Line(left, graph.write(scalar), family.range(letters))]
        data = [[sheet.adjoints[leaf].data for leaf in row] for row in family.rows]
        return self._line(gradient_of(array, graph.y.label), matrix, array.shape, beside, data)

    def _by_itself(self, v: Value) -> Line:
        """The derivative in one number, by its formula."""
        pieces = [self.graph.write(self.sheet.formula(v))]
        if self.numbers:
            pieces.append(figure(self.sheet.adjoints[v].data, self.digits))
        return Line(derivative_of(self.graph.y.label, v.label), join(dict.fromkeys(pieces), " = "))

    def _one_hot(self, family: Family, letters: tuple[str, ...]) -> tuple[Value | None, Math | None]:
        """ŷ − e_l, where the entries are ŷ_i − 1_{i=l}."""
        formula = single_out(self.graph.page, [self.sheet.formulas[v] for v in family.leaves], letters[0])
        if formula is None:
            return None, None
        tensor = self.form.write(formula, letters)
        return formula, None if tensor is None else tensor.math

    def _line(self, left: Math, matrix: Math, shape: tuple[int, int], beside: Math, data: list[list[float]]) -> list[Line]:
        rows, columns = shape
        self.equations.append((left.text, matrix.text))
        under = Math(left.text, write_shape(left.latex, shape))
        reason = Math(f"[{rows}×{columns}]  {beside.text}", beside.latex)
        if self.numbers and rows * columns <= MOST_NUMBERS:
            matrix = join([matrix, _write_matrix([[figure(x, self.digits) for x in row] for row in data])], " = ")
        return [Line(under, matrix, reason)]


def _write_matrix(rows: Sequence[Sequence[Math]]) -> Math:
    """Rows one after the other."""
    return Math("[" + "; ".join(", ".join(x.text for x in row) for row in rows) + "]", latex_matrix(rows))
