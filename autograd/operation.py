"""What an operation is: a name, a value, a partial derivative in each input.

The rows stand in primitives.py, and value.py says what calling one with Values does; here is what a row can do by itself.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, ClassVar, overload

    from autograd.value import Value
    from autograd.writing.notation import Notation


class _Table(dict[str, "Primitive"]):
    """Every operation by its name; a row that you add with Primitive(...) is in it from then on.

    >>> from autograd import PRIMITIVES
    >>> PRIMITIVES["hypot"], PRIMITIVES["hypot"].arity, PRIMITIVES["hypot"](3.0, 4.0)
    (<primitive hypot>, 2, 5.0)
    """


PRIMITIVES = _Table()


class Primitive:
    """One operation, stated once; calling it computes it, on numbers as on Values.

    name: its name in PRIMITIVES, in repr and in error messages; Values have it as a method, too
    value: function of plain floats that gives a float
    partials: one per input, in order: a float where the slope is constant, else a function of (output, *inputs)
        written in operations that work on floats and Values alike
    notation: how it is written; name(x, y) where nothing is said
    doc: what help() says of it, a sentence or more
    points: inputs at which help() shows value and slopes, in examples; numbers, or tuples where there are several inputs
    nary: the operation takes any number of inputs; value is then given one sequence of floats, and there is one
        partial, a function of (output, sequence of inputs) that gives all slopes
    definition: the operation in simpler ones, a function of its inputs: what derivation(op) starts from
    page: what formulas show in its place, a function of its inputs; for operations that only compute more exactly

    A new operation is one row, and everything reads it: operators, backward, gradients of any order, the checker, the
    drawings. Its partials may use any function of this package, itself included:

    >>> import math
    >>> from autograd import Primitive, Value, check_gradients, cos, gradient
    >>> chirp = Primitive("chirp", lambda x: math.sin(x * x), lambda z, x: 2 * x * cos(x * x))
    >>> bool(check_gradients(chirp, 0.7, order=3))
    True
    >>> x = Value(0.7, label="x")
    >>> chirp(x), x.chirp(), gradient(chirp(x), x)[0]
    (Value(0.4706), Value(0.4706), Value(1.2353))

    Raises ValueError for the name of an operation that this package is made of.
    """

    # What to do with arguments that are not all plain floats; a plain number as a node of a graph; how a new operation
    # becomes a method. autograd.value sets them: an operation knows no graph.
    apply: ClassVar[Callable[[Primitive, tuple[Any, ...]], Any]]
    lift: ClassVar[Callable[[Any], Value]]
    attach: ClassVar[Callable[[Primitive], None]] = staticmethod(lambda op: None)
    built_in: ClassVar[frozenset[str]] = frozenset()  # the names of the rows in primitives.py
    notation: Notation
    doc: str = ""
    points: Sequence[float | tuple[float, ...]] = ()
    definition: Callable[..., Any] | None = None
    page: Callable[..., Any] | None = None
    products = False  # the slope in each input is the input that it is multiplied by, as in x y: backward has it spelt out

    def __init__(
        self,
        name: str,
        value: Callable[..., float],
        *partials: float | Callable[..., Any],
        notation: Notation | None = None,
        doc: str = "",
        nary: bool = False,
        definition: Callable[..., Any] | None = None,
        page: Callable[..., Any] | None = None,
        points: Sequence[float | tuple[float, ...]] = (),
    ) -> None:
        if name in Primitive.built_in:
            raise ValueError(f"{name!r} is an operation of autograd's own; give the new one another name")
        if not partials or not callable(value) or (nary and len(partials) != 1):
            raise ValueError(
                f"{name!r} needs a function for its value and a partial derivative per input (one for all, if nary)"
            )
        self.name, self.value = name, value
        self.partials = tuple(p if callable(p) else float(p) for p in partials)
        self.arity = None if nary else len(partials)
        self.doc, self.points, self.definition, self.page = doc, points, definition, page
        if notation is not None:
            self.notation = notation
        PRIMITIVES[name] = self
        Primitive.attach(self)

    if TYPE_CHECKING:

        @overload
        def __call__(self, *inputs: float) -> float: ...  # type: ignore[overload-overlap]
        @overload
        def __call__(self, *inputs: Value | float) -> Value: ...

    def __call__(self, *inputs):  # type: ignore[no-untyped-def]
        for x in inputs:
            if x.__class__ is not float:
                return self.apply(inputs)
        if len(inputs) == self.arity:
            return self.value(*inputs)
        return self.value(inputs) if self.arity is None else self.apply(inputs)  # which says how many it takes

    def slopes(self, z: Any, inputs: Sequence[Any]) -> Sequence[Any]:
        """The partial derivative in each input, at output z: numbers for numbers, Values for Values.

        z: the output
        inputs: what it was computed from, in order

        >>> from autograd import hypot
        >>> hypot.slopes(5.0, (3.0, 4.0))
        [0.6, 0.8]
        """
        if self.arity is None:
            all_of_them: Sequence[Any] = self.partials[0](z, inputs)  # type: ignore[operator]
            return all_of_them
        return [p if p.__class__ is float else p(z, *inputs) for p in self.partials]  # type: ignore[operator]

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Primitive], tuple[str]]:
        return _named, (self.name,)


def _named(name: str) -> Primitive:
    if name == CONSTANT.name:
        return CONSTANT
    if name not in PRIMITIVES:
        raise LookupError(f"no operation {name!r} here: run the line that defines Primitive({name!r}, ...) first")
    return PRIMITIVES[name]


CONSTANT: Primitive = object.__new__(Primitive)  # the `op` of a plain number in an expression; no row: nothing is computed
CONSTANT.name, CONSTANT.arity, CONSTANT.partials = "constant", 0, ()
