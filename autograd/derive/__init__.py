"""Derivations: how a derivative comes about, line by line, in scalars and in matrices."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.display.board import Board
    from autograd.value import Value

fold: "Callable[[Value, int, bool], Board | None] | None" = None  # how nn, once imported, folds what its modules computed
