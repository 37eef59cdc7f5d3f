"""Plain numbers in, plain numbers out, and a sentence for everything that is neither.

`number` takes what a person may pass where a number is meant. `warn_of_lost_gradient` notices that a Value is on its way
into a function of the module math, which would return a float that no longer knows what it came from.
"""

from __future__ import annotations

import math
import sys
import warnings
from numbers import Real

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


def number(x: object) -> float:
    """x as a float, if it is a real number of any kind (int, bool, float, NumPy scalar, Fraction).

    Raises TypeError with what to pass instead, for anything else.
    """
    if isinstance(x, Real) or _is_numpy_bool(x):
        try:
            return float(x)  # type: ignore[arg-type]
        except OverflowError:  # an int beyond 1.8e308
            return math.inf if x > 0 else -math.inf  # type: ignore[operator]
    raise TypeError(f"autograd computes with real numbers, not with {_described(x)}")


def _described(x: object) -> str:
    kind = type(x).__name__
    if x is None:
        return "None: did a function forget to return its result?"
    if isinstance(x, (str, bytes)):
        return f"the text {x!r}: pass float({x!r})" if _reads_as_float(x) else f"the text {x!r}"
    if isinstance(x, complex):
        return f"the complex number {x}: pass its .real or .imag"
    if hasattr(x, "inputs") and hasattr(x, "data"):
        return "a Value here: use it as it is, or pass its .data for the plain number"
    if hasattr(x, "shape") or hasattr(x, "ndim"):
        package = type(x).__module__.partition(".")[0]
        return f"a {package} {kind}: pass x.item() for one number, or [Value(x) for x in array.tolist()]"
    if isinstance(x, (list, tuple, set, dict)) or hasattr(x, "__iter__"):
        return (
            f"a {kind}: pass its numbers one by one, as in [Value(x) for x in {kind}]; sum, dot, mean and softmax take lists"
        )
    if callable(x):
        return f"the function {getattr(x, '__name__', kind)}: call it and pass its result"
    return f"a {kind}: pass float(x)" if hasattr(x, "__float__") else f"a {kind}"


def _is_numpy_bool(x: object) -> bool:
    """np.bool_ is the one scalar of NumPy's that does not count as a Real."""
    return type(x).__module__ == "numpy" and type(x).__name__ in ("bool", "bool_")


def _reads_as_float(text: str | bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# ------------------------------------------------------------------------------------------------ math.exp(v) and the like

_ASKING = {"isnan", "isinf", "isfinite", "isclose", "floor", "ceil", "trunc"}  # their answers have no slope to lose
_DIFFERENTIABLE = {name for name, f in vars(math).items() if callable(f) and not name.startswith("_")} - _ASKING
_SPELT_OTHERWISE = {"fabs": "abs", "fsum": "sum", "sumprod": "dot", "pow": "the operator **"}
_called: dict[tuple[CodeType, int], str] = {}  # a place in a program always calls by the same name


def warn_of_lost_gradient(frame: FrameType) -> None:
    """Warn if the call that frame is executing right now goes by the name of a function of math.

    float(v) and math.exp(v) reach a Value in the same way, through __float__; only the caller's code tells them apart.
    """
    place = frame.f_code, frame.f_lasti
    name = _called.get(place)
    if name is None:
        name = _called[place] = _callee(*place)
    if name in _DIFFERENTIABLE:
        import autograd

        ours = _SPELT_OTHERWISE.get(name, name)
        instead = f"use {f'autograd.{ours}' if hasattr(autograd, ours) else ours} to keep it"
        if not hasattr(autograd, ours) and " " not in ours:
            instead = "autograd.Primitive adds an operation that keeps it"
        message = (
            f"{name}() of Python's math gives a plain number, and the gradient is lost there: {instead}, or pass v.data"
        )
        warnings.warn(message, LostGradientWarning, stacklevel=3)


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


def caller(depth: int = 1) -> FrameType:
    """The frame that called the function this is called from."""
    return sys._getframe(depth + 1)
