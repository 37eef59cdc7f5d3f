"""Where a number leaves its graph, and what is lost there.

`if x > 0`, `float(x)`, `x.item()` and `x.detach()` take a number out of the graph, and what a program does with it there is
not recorded. A node remembers the line where that happened last: compile, which replays graphs, has to know. And a Value on
its way into a function of Python's math, as in `math.exp(x)`, would come back as a float that no longer knows where it came
from: that warns.
"""

from __future__ import annotations

import math
import sys
import warnings

from autograd import composed, functions, value
from autograd.operation import PRIMITIVES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType


class LostGradientWarning(UserWarning):
    """A Value went into a function of the module math, which gives a plain number, so the gradient ends there.

    >>> import math, warnings
    >>> from autograd import Value
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     y = math.exp(Value(0.0))
    >>> y, caught[0].category.__name__
    (1.0, 'LostGradientWarning')
    """


def _note(node: value.Value, how: str) -> None:
    """Write the user's line beside the node, under a name that no attribute of anybody's can have."""
    frame = caller(3)  # _note, leave, and the method of Value lie between
    if how == "float":
        how = "taken"
        _warn_of_lost_gradient(frame)
    write_place(node, how, f"line {frame.f_lineno} of {frame.f_code.co_filename}")


def write_place(node: value.Value, how: str, place: str) -> None:
    """Say of a node where something was done that its graph does not know; compile gives that as its reason.

    how: "asked", "taken" or "detached", see autograd.value.leave; place: as the beginning of a sentence
    """
    node.__dict__[f"{how} at"] = place


value.note_leaving = _note


def caller(depth: int = 1) -> FrameType:
    """The frame that called the function this is called from."""
    return sys._getframe(depth + 1)


# ------------------------------------------------------------------------------------------------- math.exp(v) and the like

_ASKING = {"isnan", "isinf", "isfinite", "isclose", "floor", "ceil", "trunc"}  # their answers have no slope to lose
_DIFFERENTIABLE = {name for name, f in vars(math).items() if callable(f) and not name.startswith("_")} - _ASKING
_SPELT_OTHERWISE = {"fabs": "abs", "fsum": "sum", "sumprod": "dot", "pow": "the operator **"}
_called: dict[tuple[CodeType, int], str] = {}  # a place in a program always calls by the same name


def _warn_of_lost_gradient(frame: FrameType) -> None:
    """Warn if the call that frame is executing right now goes by the name of a function of math.

    float(v) and math.exp(v) reach a Value in the same way, through __float__; only the caller's code tells them apart.
    """
    place = frame.f_code, frame.f_lasti
    name = _called.get(place)
    if name is None:
        name = _called[place] = _callee(*place)
    if name in _DIFFERENTIABLE:
        ours = _SPELT_OTHERWISE.get(name, name)
        instead = "autograd.Primitive adds an operation that keeps it"
        if " " in ours:
            instead = f"use {ours} to keep it"
        elif ours in PRIMITIVES or hasattr(functions, ours) or hasattr(composed, ours):
            instead = f"use autograd.{ours} to keep it"
        message = (
            f"{name}() of Python's math gives a plain number, and the gradient is lost there: {instead}, or pass v.data"
        )
        warnings.warn(message, LostGradientWarning, stacklevel=5)


def _callee(code: CodeType, at: int) -> str:
    """The last name in the callee of the call at this offset: "exp" for math.exp(v); "" where it cannot be told."""
    import dis  # only on the first float() of a Value at each place in a program

    before = [i for i in dis.get_instructions(code) if i.offset <= at and i.positions and i.positions.lineno]
    if not before or before[-1].offset != at or not before[-1].opname.startswith(("CALL", "PRECALL")):
        return ""
    call = before.pop().positions
    start = call and (call.lineno, call.col_offset)
    names = [
        i
        for i in before
        if i.positions
        and (i.positions.lineno, i.positions.col_offset) == start
        and i.opname.startswith("LOAD_")
        and isinstance(i.argval, str)
    ]
    return max(names, key=lambda i: (i.positions.end_lineno, i.positions.end_col_offset)).argval if names else ""  # type: ignore[union-attr]
