"""NumPy's arrays and Values in one expression: element by element, into an array of Values.

NumPy asks an operand that is no array of its own what to do, and this is the answer for a Value: operators go through the
operators of the elements, and functions, such as np.exp or np.maximum, through the operation of the table that they are.
"""

from __future__ import annotations

import operator

from autograd import composed
from autograd.operation import PRIMITIVES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

OPERATORS: dict[str, Any] = {
    "add": operator.add, "matmul": operator.matmul,
    "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv, "true_divide": operator.truediv,
    "floor_divide": operator.floordiv, "remainder": operator.mod, "divmod": divmod, "power": operator.pow,
    "negative": operator.neg, "positive": operator.pos, "absolute": abs, "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x, "less": operator.lt, "less_equal": operator.le, "greater": operator.gt,
    "greater_equal": operator.ge, "equal": operator.eq, "not_equal": operator.ne,
}  # fmt: skip
OTHER_NAMES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "arcsinh": "asinh"}
OTHER_NAMES |= {"arccosh": "acosh", "arctanh": "atanh", "fabs": "abs", "rint": "round"}


def is_array(x: object) -> bool:
    """Whether x, which is no number, answers for its elements when it stands beside a Value."""
    return hasattr(x, "__array_ufunc__")


def holds_several(x: object) -> bool:
    """Whether x is an array of one axis or more, whose elements are what counts."""
    return is_array(x) and getattr(x, "ndim", 0) > 0


def array_of(function: Callable[[Any], Any], array: Any) -> Any:
    """An array of the same shape: function of each element, in order; of floats, where all that it gives are floats."""
    import numpy as np

    found = [function(x) for x in array.ravel().tolist()]
    result = np.array([*found, None], dtype=object)[:-1].reshape(array.shape)  # lists in it stay lists
    return result.astype(float) if all(x.__class__ is float for x in found) else result


def apply_to_elements(function: Any, method: str, inputs: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    """What one of NumPy's functions gives where one of its inputs is a Value: an array of Values, or one.

    function: np.multiply, np.exp and the like; method: how it is applied, mostly "__call__"

    Raises TypeError for a function that is no operation here, and for an array that would have to hold Values and cannot.
    """
    import numpy as np

    name = function.__name__
    plain = [x.item() if isinstance(x, np.generic) else x for x in inputs]  # np.float64 would ask again, and again
    if name in OPERATORS and method == "__call__" and not settings and not any(isinstance(x, np.ndarray) for x in plain):
        return OPERATORS[name](*plain)  # as np.float64(2) * v, three times as fast
    if any(array is not None and array.dtype != object for array in settings.get("out", ())):
        raise TypeError(
            "an array of plain numbers cannot hold Values: write a = a * v, not a *= v, or make it np.array(a, dtype=object)"
        )
    if name == "divmod":
        function = np.frompyfunc(divmod, 2, 2)
    elif name not in OPERATORS:
        own = OTHER_NAMES.get(name, name)
        op = PRIMITIVES.get(own) or getattr(composed, own, None)
        if op is None:
            raise TypeError(
                f"np.{name} is no operation on Values: autograd.Primitive adds one, and .data is the plain number"
            )
        function = np.frompyfunc(op, function.nin, 1)
    return getattr(function, method)(*(np.asarray(x, dtype=object) for x in plain), **settings)
