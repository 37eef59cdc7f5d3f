"""The array libraries that run a program: which one an array is of, and what it is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def assembly_functions(xp: Any, size: int, per_sample: bool, asarray: Callable[[Any], Any]) -> dict[str, Any]:
    """How values and gradients are put together from rows: summed over the batch, or for each row of it."""
    nothing = asarray([[0.0]])

    def spread(x: Any, n: int) -> Any:
        return xp.broadcast_to(x + nothing, (n, size))

    def outer(x: Any, y: Any) -> Any:
        return (x[:, None, :] * y[None, :, :]).reshape((-1, size)) if per_sample else (x @ y.T).reshape((-1,))

    def total(x: Any, n: int) -> Any:
        return spread(x, n) if per_sample else spread(x, n).sum(1)

    def joined(*pieces: Any) -> Any:
        return xp.concatenate(pieces) if hasattr(xp, "concatenate") else xp.concat(pieces)

    def rows(*values: Any) -> Any:
        return joined(*(spread(value, 1) for value in values))

    def places(at: Any, index: Any) -> tuple[Any, Any]:  # where each index points, and whether it points anywhere
        fine = (index >= 0.0) & (index < at.shape[1]) & (index == xp.floor(index))
        item = xp.where(fine, index, nothing)
        item = item.long() if xp.__name__ == "torch" else item.astype(int)
        return at.reshape((-1,))[item + asarray([[i * at.shape[1]] for i in range(at.shape[0])])], fine

    def gathered(array: Any, at: Any, index: Any) -> Any:
        rows, fine = places(at, index)
        if array.ndim == 1:
            found = array[rows]
        else:
            columns = asarray([list(range(array.shape[1]))])
            found = array[rows, columns]
        return xp.where(fine, found, nothing + xp.nan)

    def summed(rows: Any, x: Any, n: int) -> Any:
        if xp.__name__ == "numpy":
            return xp.bincount(rows, x, n)
        if xp.__name__ == "torch":
            return xp.zeros(n, dtype=x.dtype, device=x.device).index_add(0, rows, x)
        return xp.zeros(n, x.dtype).at[rows].add(x)

    def scattered(x: Any, at: Any, index: Any, n: int) -> Any:
        rows, fine = places(at, index)
        rows, x = xp.broadcast_to(rows, (at.shape[0], size)), xp.where(fine, x, nothing)
        if per_sample:
            rows = rows * size + asarray([list(range(size))])
        rows, x, n = rows.reshape((-1,)), xp.broadcast_to(x, (at.shape[0], size)).reshape((-1,)), n * size**per_sample
        found = summed(rows, x, n)
        return found.reshape((-1, size)) if per_sample else found

    def placed(x: Any, at: Any, index: Any, n: int) -> Any:
        rows, fine = places(at, index)
        x, columns = xp.where(fine, x, nothing), asarray([list(range(size))])
        flat, x = (rows * size + columns).reshape((-1,)), spread(x, at.shape[0]).reshape((-1,))
        return summed(flat, x, n * size).reshape((-1, size))

    zero = spread(0.0, 1) if per_sample else nothing[0]
    both = {"gathered": gathered, "scattered": scattered, "placed": placed, "spread": spread}
    return {"outer": outer, "total": total, "joined": joined, "rows": rows, "zero": zero, **both}


def import_engine(name: str) -> tuple[Any, Any]:
    """The namespace of an array library, and where it has erf."""
    if name == "numpy":
        return import_numpy(), None
    try:
        if name == "jax":
            import jax.numpy as xp
            from jax.scipy import special

            return xp, special
        if name == "torch":
            import torch

            return torch, torch.special
    except ImportError:
        library = {"jax": "JAX", "torch": "PyTorch"}[name]
        raise ImportError(f'programs for {library} need it: pip install "chalkgrad[{name}]"') from None
    raise ValueError(f"engines are 'numpy', 'jax' and 'torch', not {name!r}")


def array_maker(xp: Any, theta: Any) -> Callable[[Any], Any]:
    """How tables become arrays beside theta: of its kind of number, on its device; places stay whole numbers."""

    def make(table: Any) -> Any:
        array = xp.asarray(table)
        if "int" not in str(array.dtype):
            array = xp.asarray(table, dtype=theta.dtype)  # from the numbers themselves: there may have been digits lost
        return array.to(theta.device) if xp.__name__ == "torch" else array

    return make


def refine(xp: Any, array: Any, theta: Any) -> Any:
    """Inputs in numbers as fine as those of theta, so that what is worked out from them alone has as many digits."""
    kind = xp.promote_types(array.dtype, theta.dtype)
    if array.dtype == kind:
        return array
    return array.to(kind) if xp.__name__ == "torch" else array.astype(kind)


def check_arrays(engine: str, xp: Any, arrays: Mapping[str, Any], parameters: int) -> None:
    """Raise TypeError unless theta and the inputs are arrays of an engine, ValueError for a theta of another length."""
    for name, each in arrays.items():
        if not hasattr(each, "shape") or (engine == "torch" and not isinstance(each, xp.Tensor)):
            raise TypeError(f"{name} is an array of {engine}, not of type {type(each).__name__}")
    theta = arrays["theta"]
    if "float" not in str(theta.dtype):
        raise TypeError(f"theta is in floating point, as what is worked out from it; this one is in {theta.dtype}")
    if tuple(theta.shape) != (parameters,):
        raise ValueError(f"theta has a number for each of the {parameters} parameters, not shape {tuple(theta.shape)}")


def read_numbers(what: str, numbers: Any) -> Any:
    """Numbers as an array in float64."""
    np = import_numpy()
    try:
        array = np.asarray(numbers)
        if array.dtype.kind in "cMm":
            raise TypeError(f"these are {array.dtype}")
        if np.ma.isMaskedArray(numbers):  # what is masked is missing
            array = numbers.astype(float).filled(np.nan)
        return np.asarray(array, dtype=float)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(f"{what} is an array of real numbers: {error}") from None


def import_numpy() -> Any:
    try:
        import numpy as np
    except ImportError:
        raise ImportError('compiled programs run on NumPy: pip install "chalkgrad[arrays]"') from None
    return np
