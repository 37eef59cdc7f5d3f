"""`Module`: something with parameters, which can list, name, save and load them.

A module's parameters are the leaf Values among its attributes, those of modules among its attributes, and those in lists,
tuples and dicts of either, in the order in which the attributes were set. Attributes whose names begin with an underscore
are the module's own business. In PyTorch this is called torch.nn.Module.
"""

from __future__ import annotations

import functools
import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from autograd import CONSTANT, Value
from autograd.conversions import number
from autograd.value import one_at_a_time, subscript


class _Maker:
    """Stands on a Value for the module that returned it; copies and pickles of the graph do without."""

    __slots__ = ("module",)

    def __init__(self, module: Module | None = None) -> None:
        self.module = module

    def __reduce__(self) -> tuple[type[_Maker], tuple[()]]:
        return _Maker, ()


FORMAT = {"format": "chalkgrad parameters", "version": 1}


class Module:
    """Base class of everything with parameters; a subclass sets Values and Modules as attributes and defines __call__.

    >>> import nn
    >>> from autograd import Value
    >>> class Line(nn.Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> Line().state_dict()
    {'slope': 2.0, 'offset': 1.0}
    """

    def __init_subclass__(cls) -> None:
        """Let what a module returns know who made it, so that drawings can show modules."""
        super().__init_subclass__()
        if "__call__" in cls.__dict__:
            compute = cls.__dict__["__call__"]

            @functools.wraps(compute)
            def call(self: Module, *inputs: Any, **options: Any) -> Any:
                result = compute(self, *inputs, **options)
                for value in result if isinstance(result, (list, tuple)) else (result,):
                    if isinstance(value, Value) and value.inputs:
                        value.made_by = _Maker(self)  # type: ignore[attr-defined]
                return result

            cls.__call__ = call  # type: ignore[method-assign]

    def __call__(self, *inputs: Any) -> Any:
        raise TypeError(f"{type(self).__name__} does not say how it computes: give it a method __call__(self, x)")

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly inside, each with the name of the attribute that holds it.

        >>> import nn
        >>> list(nn.MLP(2, [3, 1]).children())
        [('layers_1', Layer(2 → 3, relu; 9 parameters)), ('layers_2', Layer(3 → 1, linear; 4 parameters))]
        """
        for name, item in self._contents():
            if isinstance(item, Module):
                yield name, item

    def _contents(self) -> Iterator[tuple[str, Value | Module]]:
        for attribute, item in vars(self).items():
            if not attribute.startswith("_"):
                yield from _inside(item, attribute)

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter with its name, each once: "slope", "ws_2" in a list, "encoder.w_111" in a module inside.

        >>> import nn
        >>> [name for name, parameter in nn.MLP(2, [1]).named_parameters()]
        ['w_111', 'w_112', 'b_11']
        """
        seen: set[Value] = set()
        for name, item in self._contents():
            inner = item.named_parameters() if isinstance(item, Module) else [("", item)]
            for inner_name, parameter in inner:
                if parameter not in seen:
                    seen.add(parameter)
                    yield f"{name}.{inner_name}" if inner_name else name, parameter

    def parameters(self) -> list[Value]:
        """Every parameter, each once.

        >>> import nn
        >>> len(nn.MLP(2, [16, 16, 1]).parameters())
        337
        """
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set .grad of every parameter to 0, which backward() adds to. In PyTorch this has the same name.

        >>> import nn
        >>> neuron = nn.Neuron(1, nonlin=False)
        >>> neuron([3.0]).backward()
        >>> neuron.b.grad
        1.0
        >>> neuron.zero_grad()
        >>> neuron.b.grad
        0.0
        """
        with one_at_a_time:
            for parameter in self.parameters():
                parameter.grad = 0.0

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter by its name.

        >>> import nn
        >>> nn.Layer(2, 1, weights=[[0.5, -1.0]], biases=[2.0]).state_dict()
        {'w_11': 0.5, 'w_12': -1.0, 'b_1': 2.0}
        """
        return {name: parameter.data for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> Self:
        """Set every parameter to the number that state has under its name; return self.

        state: numbers by name, as state_dict() gives them

        Raises KeyError if a name is missing or unknown, TypeError for what is no number; nothing is changed then.

        >>> import nn
        >>> nn.Layer(2, 1).load_state_dict({"w_11": 0.5, "w_12": -1.0, "b_1": 2.0}).W
        [[0.5, -1.0]]
        """
        parameters = dict(self.named_parameters())
        missing = [name for name in parameters if name not in state]
        unknown = [name for name in state if name not in parameters]
        if missing or unknown:
            parts = [f"lacks {_some(missing)}"] * bool(missing) + [f"has {_some(unknown)} besides"] * bool(unknown)
            raise KeyError(f"these are not the parameters of {self!r}: the state {' and '.join(parts)}")
        numbers = {name: number(state[name]) for name in parameters}
        with one_at_a_time:
            for name, parameter in parameters.items():
                parameter.data = numbers[name]
        return self

    def save(self, path: str | os.PathLike[str], about: Mapping[str, Any] | None = None) -> None:
        """Write all parameters to a JSON file, by name; a file that is there stays whole until the new one is complete.

        path: where to
        about: what else is written there, by name, for read_parameters to find

        Raises ValueError if a parameter is not a finite number, OSError if the file cannot be written.
        """
        state = self.state_dict()
        for name, data in state.items():
            if not math.isfinite(data):
                raise ValueError(f"{name} is {data}: a model with such a parameter is not worth keeping, and is not saved")
        write_content(path, {**FORMAT, "model": repr(self), **(about or {}), "parameters": state})

    def load(self, path: str | os.PathLike[str]) -> Self:
        """Set all parameters from a file that save wrote; return self.

        path: that file

        Raises ValueError if the file is not such a file, KeyError if it is of another model, OSError if it is not there.

        >>> import pathlib, tempfile
        >>> import nn
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     nn.Layer(2, 1, weights=[[0.5, -1.0]]).save(pathlib.Path(folder, "layer.json"))
        ...     layer = nn.Layer(2, 1).load(pathlib.Path(folder, "layer.json"))
        >>> layer.W
        [[0.5, -1.0]]
        """
        content = read_parameters(path)
        try:
            return self.load_state_dict(content["parameters"])
        except KeyError as error:
            raise KeyError(f"{path} holds {content.get('model', 'another model')}: {error.args[0]}") from None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_count(len(self.parameters()))})"


def read_parameters(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What Module.save wrote: "parameters" by name, and what else was saved with them.

    Raises ValueError if the file is not such a file, OSError if it is not there.
    """
    content = read_content(path, FORMAT, "of parameters")
    if not isinstance(content.get("parameters"), dict):
        raise ValueError(f"{path} is damaged: it holds no parameters")
    return content


def write_content(path: str | os.PathLike[str], content: Mapping[str, Any]) -> None:
    """Write a JSON file; one that is there stays whole until the new one is complete."""
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part", text=True)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, ensure_ascii=False, default=float)  # NumPy's numbers too
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_content(path: str | os.PathLike[str], kind: Mapping[str, Any], what: str) -> dict[str, Any]:
    """What write_content wrote, if it is of that kind: its format and its version; what: how messages call such a file."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not a file {what}: {error}") from None
    if not isinstance(content, dict) or content.get("format") != kind["format"]:
        raise ValueError(f"{path} is not a file {what} that save() wrote")
    if content.get("version") != kind["version"]:
        raise ValueError(f"{path} is of version {content.get('version')!r}, and this release reads {kind['version']}")
    return content


def _inside(item: Any, name: str, indices: tuple[int, ...] = ()) -> Iterator[tuple[str, Value | Module]]:
    """Every parameter and module in an attribute, lists and dicts gone through, with its name."""
    here = f"{name}_{subscript(indices)}" if indices else name
    if isinstance(item, Module) or (isinstance(item, Value) and not item.inputs and item.op is not CONSTANT):
        yield here, item
    elif isinstance(item, dict):
        for key, inner in item.items():
            yield from _inside(inner, f"{here}.{key}")
    elif isinstance(item, (list, tuple)):
        for i, inner in enumerate(item, start=1):
            yield from _inside(inner, name, (*indices, i))


def _count(n: int) -> str:
    return f"{n:,} parameter{'s'[: n != 1]}"


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
