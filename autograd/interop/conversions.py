"""Plain numbers in, plain numbers out, and a sentence for everything that is neither.

`number` takes what a person may pass where a number is meant; `short` writes one as a reader wants it.
"""

from __future__ import annotations

import math
from numbers import Real

from autograd.graph import nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograd.value import Value


def number(x: object) -> float:
    """x as a float, if it is a real number of any kind (int, bool, float, NumPy scalar, Fraction).

    Raises TypeError with what to pass instead, for anything else.
    """
    if x.__class__ is int or isinstance(x, Real) or _is_numpy_bool(x):  # Real takes five times as long to ask
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
        return f"the text {x!r}: pass float({x!r})" if reads_as_float(x) else f"the text {x!r}"
    if isinstance(x, complex):
        return f"the complex number {x}: pass its .real or .imag"
    if hasattr(x, "inputs") and hasattr(x, "data"):
        return "a Value here: use it as it is, or pass its .data for the plain number"
    if hasattr(x, "shape"):
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


def reads_as_float(text: str | bytes) -> bool:
    """Whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def short(x: float) -> str:
    """x with the digits that a reader wants: four after the point, four significant ones below 1, no trailing zeros.

    >>> short(0.751365), short(138.83381924), short(3.0), short(1.5e-12)
    ('0.7514', '138.8338', '3.0', '1.5e-12')
    """
    if not math.isfinite(x) or x == 0.0:
        return repr(x or 0.0)  # the sign of a zero is of no use to a reader
    if not 1e-4 <= math.fabs(x) < 1e6:
        return f"{x:.5g}"
    text = f"{x:.4f}" if math.fabs(x) >= 1.0 else f"{x:.{3 - math.floor(math.log10(math.fabs(x)))}f}"
    text = text.rstrip("0")
    return text + "0" if text.endswith(".") else text


def explain(error: Exception, values: Iterable[Value]) -> Exception:
    """What to raise for an error that these Values led to: the one whose .data or .grad was set to no number is named.

    Setting them is not looked at, since a property would make every reading four times as slow.
    """
    for node in values:
        for name in ("data", "grad"):
            try:
                number(getattr(node, name))
            except TypeError as reason:
                return TypeError(f"{node.label or 'a Value'}: its .{name} was set to no number. {reason}")
    return error


def check_number(y: Value) -> None:
    """Raise TypeError, with its cause, if y is no real number, as where a leaf's .data was set to an array or a complex."""
    if y.data.__class__ is not float:
        try:
            number(y.data)
        except TypeError as error:
            raise explain(error, nodes(y)) from None
