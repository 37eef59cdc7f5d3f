"""Keywords that people type at the first guess, who come from PyTorch, Keras or JAX: what to type here.

Python alone would say that such a keyword is unexpected, and not what does the same.
"""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])


def telling(ways: Mapping[str, str]) -> Callable[[Function], Function]:
    """A decorator for a function that is called with keywords that it has not: a TypeError says what to type.

    ways: what to type instead, by keywords with blanks between
    """
    by_name = {name: way for names, way in ways.items() for name in names.split()}

    def around(function: Function) -> Function:
        @wraps(function)
        def called(*arguments: Any, **options: Any) -> Any:
            for name in options:
                if name in by_name:
                    raise TypeError(f"{function.__name__}() has no {name!r}: {by_name[name]}")
            return function(*arguments, **options)

        return called  # type: ignore[return-value]

    return around
