"""From indices to matrices: formulas of single entries as formulas of whole arrays, as a lecturer writes them.

A factor w_{2mj} summed over m beside v_m is (W_2^T v)_j, u_i v_j is (u v^T)_{ij}, u_i v_i is (u ⊙ v)_i.
"""

from __future__ import annotations

from typing import NamedTuple

from autograd import primitives as ops
from autograd.derive.arrays import Array
from autograd.display.board import Math, join, write_name
from autograd.formula.operations import dots, series_bounds
from autograd.graph import nodes
from autograd.value import Value
from autograd.writing.names import INDICATOR, Index, readings
from autograd.writing.notation import ATOM, NEGATION, POWER, PRODUCT, SUM, bracket, plus
from autograd.writing.numbers import constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Tensor(NamedTuple):
    """A formula in matrix notation: how it is written, and the letters of the axes that it has.

    symbol: for an array by itself, its LaTeX without the shape that stands below it
    """

    math: Math
    axes: tuple[str, ...]
    level: int
    symbol: str = ""
    shape: tuple[int, int] = (1, 1)

    def at(self, level: int) -> Math:
        """In brackets where the place asks for them."""
        return self.math if self.level >= level else Math(f"({self.math.text})", bracket(self.math.latex))

    def transpose(self) -> Math:
        """The transpose, as it is written."""
        if self.symbol:
            return Math(f"{self.math.text}ᵀ", write_shape(rf"{self.symbol}^{{\top}}", self.shape[::-1]))
        text, latex = self.at(ATOM)
        return Math(f"{text}ᵀ", rf"{latex}^{{\top}}")


def write_shape(latex: str, shape: tuple[int, int]) -> str:
    """A symbol with its rows and columns below it."""
    return rf"\underset{{{shape[0]} \times {shape[1]}}}{{{latex}}}"


def gradient_of(array: Array, output: str) -> Math:
    """The name ∇_w L."""
    of, by = write_name(output), write_name(array.name)
    return Math(f"∇_{by.text} {of.text}", rf"\nabla_{{{by.latex}}} {of.latex}")


def softmax_of(z: Math) -> Math:
    """softmax(z), of a whole array."""
    return Math(f"softmax({z.text})", rf"\operatorname{{softmax}}({z.latex})")


class MatrixForm:
    """The translation from index notation, for the arrays of one graph.

    output: the label of what is differentiated, for gradients of whole arrays
    digits: how many significant digits numbers have
    """

    def __init__(self, found: Iterable[Array], output: str, digits: int = 6) -> None:
        self.output, self.digits = output, digits
        self.arrays = {(array.stem, array.prefix): array for array in found}

    def write(self, formula: Value, axes: tuple[str, ...]) -> Tensor | None:
        """A formula with generic indices, such as Σ_m ∂L/∂a_{2m} w_{2mj}, in matrices; None where there is no such form.

        axes: the letters of its free indices, in the order of rows and columns
        """
        self.lengths: dict[str, set[int]] = {}  # of the axes that each letter counts
        found: dict[Value, Tensor | None] = {}
        for node in nodes(formula):
            found[node] = self._node(node, [found[x] for x in node.inputs], found)
        whole = found[formula]
        if whole is None or set(whole.axes) != set(axes):
            return None
        return whole if whole.axes == axes else Tensor(whole.transpose(), axes, POWER)

    def _node(self, node: Value, xs: Sequence[Tensor | None], found: dict[Value, Tensor | None]) -> Tensor | None:
        if not node.inputs:
            return self._leaf(node)
        op = node.op
        assert op is not None
        if op in (ops.mul, ops.neg) or series_bounds(op):
            return self._product(node, found)
        if op is ops.div and (whole := self._softmax(*node.inputs)) is not None:
            return whole
        if any(x is None for x in xs):
            return None
        known = [x for x in xs if x is not None]
        axes = max((x.axes for x in known), key=len, default=())
        if any(x.axes not in ((), axes) for x in known):
            return None
        if op is ops.sum_of:
            terms = [x.at(NEGATION) for x in known]
            return Tensor(Math(plus(*(x.text for x in terms)), plus(*(x.latex for x in terms))), axes, SUM)
        if op is ops.div and known[1].axes:
            return Tensor(join([known[0].at(PRODUCT), known[1].at(POWER)], " ⊘ ", r" \oslash "), axes, PRODUCT)
        if op is ops.pow and known[0].axes:
            base, exponent = known[0], known[1].math
            text, latex = base.at(ATOM)
            above = rf"^{{\odot {exponent.latex}}}"
            latex = write_shape(base.symbol + above, base.shape) if base.symbol else latex + above
            return Tensor(Math(f"{text}^⊙{exponent.text}", latex), axes, POWER)
        text, level = op.notation.text.write([(x.math.text, x.level) for x in known])
        latex, _ = op.notation.latex.write([(x.math.latex, x.level) for x in known])
        return Tensor(Math(text, latex), axes, NEGATION if op is ops.div else level)  # (a/b) c: a blank binds more than /

    def _leaf(self, node: Value) -> Tensor | None:
        if node.op is dots:
            return Tensor(Math("⋯", r"\cdots"), (), ATOM)
        if not node.label:
            text, level = constant(node.data, self.digits)
            latex, _ = constant(node.data, self.digits, latex=True)
            return Tensor(Math(text, latex), (), level)
        if indicator := INDICATOR.fullmatch(node.label):  # 1_{i=4}, in all places: the unit vector e_4
            letter, number = indicator.groups()
            return Tensor(write_name(f"e_{number}"), (letter,), ATOM)
        gradient = node.label.startswith("∂")
        ways = readings(node.label.rpartition("/∂")[2])
        for base, indices in ways:
            for array in self.arrays.values():
                n = len(array.prefix)
                free = indices[n:]
                if array.stem == base and array.prefix == indices[:n] and len(free) == array.free:
                    letters = self._letters(array, free)
                    if letters is not None:
                        return self._whole(array, letters, gradient)
        if any(isinstance(index, str) for _, indices in ways for index in indices):
            return None  # entries of nothing that has a name
        return Tensor(write_name(node.label), (), ATOM if not gradient else POWER)

    def _softmax(self, above: Value, below: Value) -> Tensor | None:
        """exp(z_i) over the sum of exp(z_j) is an entry of softmax(z)."""
        bounds = series_bounds(below.op)
        if bounds is None or above.op is not ops.exp:
            return None
        letter, low, high = bounds
        each = below.inputs[0]
        one, other = (self._leaf(x.inputs[0]) if not x.inputs[0].inputs else None for x in (above, each))
        whole = low == 1 and self.lengths.get(letter) == {high} and each.op is ops.exp
        if one is None or other is None or not whole or one.math.text != other.math.text or other.axes != (letter,):
            return None
        return Tensor(softmax_of(one.math), one.axes, ATOM)

    def _letters(self, array: Array, free: Sequence[Index]) -> tuple[str, ...] | None:
        """The letters of an array's indices; an axis of length one has none that is seen, and gets its layer's."""
        letters = []
        for axis, index in enumerate(free):
            if isinstance(index, str):
                letters.append(index)
                self.lengths.setdefault(index, set()).add(array.shape[axis])
            elif array.shape[axis] == 1:
                dimension = array.layer if axis == 0 and array.kind != "inputs" else array.layer - 1
                letters.append(f"#{dimension}")
            else:
                return None
        return tuple(letters)

    def _whole(self, array: Array, letters: tuple[str, ...], gradient: bool) -> Tensor:
        text, symbol = gradient_of(array, self.output) if gradient else write_name(array.name)
        whole = Math(text, write_shape(symbol, array.shape))
        if gradient:
            return Tensor(whole, letters, PRODUCT, f"({symbol})", array.shape)
        return Tensor(whole, letters, ATOM, symbol, array.shape)

    def _product(self, node: Value, found: dict[Value, Tensor | None]) -> Tensor | None:
        """Factors, with the indices that are summed over."""
        factors: list[Tensor] = []
        summed: set[str] = set()
        negative = False
        stack = [node]
        while stack:
            inner = stack.pop()
            if inner.op is ops.mul:
                stack += inner.inputs[::-1]
            elif inner.op is ops.neg:
                negative = not negative
                stack += inner.inputs
            elif bounds := series_bounds(inner.op):
                letter, low, high = bounds
                if low != 1 or self.lengths.get(letter) != {high}:
                    return None  # a sum over a part of an axis is no product of matrices
                summed.add(letter)
                stack += inner.inputs
            else:
                factor = found[inner]
                if factor is None:
                    return None
                factors.append(factor)
        # An axis of length one that a matrix shares with a vector is summed over, too.
        rows = [x for x in factors if len(x.axes) == 2]
        for matrix in rows:
            for axis in matrix.axes:
                if axis.startswith("#") and any(x.axes == (axis,) for x in factors):
                    summed.add(axis)
        result = _contract(factors, summed)
        if result is not None and negative:
            text, latex = result.at(PRODUCT)
            return Tensor(Math(f"−{text}", f"-{latex}"), result.axes, NEGATION)
        return result


def _contract(factors: list[Tensor], summed: set[str]) -> Tensor | None:
    """A product of numbers, vectors and at most one matrix, with the summed indices gone."""
    matrices = [x for x in factors if len(x.axes) == 2]
    numbers = [x for x in factors if not x.axes]
    by_axis: dict[str, list[Tensor]] = {}
    for x in factors:
        if len(x.axes) == 1:
            by_axis.setdefault(x.axes[0], []).append(x)
    vectors = {axis: _multiply_elementwise(xs) for axis, xs in by_axis.items()}
    whole: Tensor | None = None
    if len(matrices) == 1 and len(summed) <= 1:
        matrix = matrices[0]
        if summed:
            (axis,) = summed
            if axis not in matrix.axes or axis not in vectors:
                return None
            turned = matrix.axes[0] == axis
            rest = matrix.axes[1] if turned else matrix.axes[0]
            left = matrix.transpose() if turned else matrix.at(POWER)
            whole = Tensor(_put_beside(left, vectors.pop(axis).at(PRODUCT)), (rest,), PRODUCT)
            if rest in vectors:
                whole = _multiply_elementwise([whole, vectors.pop(rest)])
        else:
            whole = matrix
    elif matrices or len(vectors) > 2:
        return None
    elif len(vectors) == 2 and not summed:
        (i, u), (j, v) = vectors.items()
        whole = Tensor(_put_beside(u.at(PRODUCT), v.transpose()), (i, j), PRODUCT)
        vectors = {}
    elif len(vectors) == 1 and not summed:
        whole = vectors.popitem()[1]
    elif len(vectors) == 1 and summed == set(vectors):
        pair = by_axis[vectors.popitem()[0]]
        if len(pair) != 2:
            return None
        whole = Tensor(_put_beside(pair[0].transpose(), pair[1].at(PRODUCT)), (), PRODUCT)
    if vectors or (whole is None and (summed or not numbers)):
        return None
    if not numbers:
        return whole
    factors = [*numbers, whole] if whole is not None else numbers
    return Tensor(_put_beside(*(x.at(PRODUCT) for x in factors)), factors[-1].axes, PRODUCT)


def _put_beside(*factors: Math) -> Math:
    return join(factors, " ", r" \, ")


def _multiply_elementwise(xs: Sequence[Tensor]) -> Tensor:
    if len(xs) == 1:
        return xs[0]
    return Tensor(join([x.at(PRODUCT) for x in xs], " ⊙ ", r" \odot "), xs[0].axes, PRODUCT)
