"""`Module`: something with parameters, which can list, name, save and load them.

A module's parameters are the leaf Values among its attributes, those of modules among its attributes, and those in lists,
tuples, dicts and NumPy arrays of either, in the order in which the attributes were set. Attributes whose names begin with an
underscore are the module's own business. In PyTorch this is called torch.nn.Module.

What looks like a parameter and would never train is an error that says so: Values in a set, which has no order; Values in an
object that is no Module; a Value computed from numbers alone, as in Value(0.5) * 0.1.
"""

from __future__ import annotations

import functools
import json
import math
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextvars import ContextVar, copy_context
from types import GeneratorType, ModuleType
from typing import Any, Self

from autograd import Value
from autograd.display.files import read_bytes, read_json, suffix_of, write
from autograd.graph import nodes
from autograd.interop.conversions import number
from autograd.labels import subscript
from autograd.threads import one_at_a_time
from nn.arguments import plural


class _Maker:
    """A mark on a Value: which call of a module returned it. Copies and pickles of a graph go without.

    module: whose call it was; inputs: what it was called on
    """

    __slots__ = ("inputs", "module")

    def __init__(self, module: Module | None = None, inputs: Any = ()) -> None:
        self.module, self.inputs = module, inputs

    def __reduce__(self) -> tuple[type[_Maker], tuple[()]]:
        return _Maker, ()


PLAIN = {float, int, bool, str, type(None)}  # what most attributes and lists hold: nothing to be found in them
MODEL_SUFFIXES = (".json",)
FORMAT = {"format": "chalkgrad parameters", "version": 1}
LONGEST = 100_000_000  # bytes of a file of parameters, some millions of them


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

    _looked_at: tuple[int, ...] = ()  # what it held when nothing was lost
    _unprefixed: tuple[str, ...] = ()  # attributes whose parameters go by their own names
    _drawn_as_layer = False  # whether a drawing gathers what it computes, and what is inside of it, in one box
    _training = True
    _above = ""  # what stands above the names of its results, where several modules of a kind are told apart

    def __init_subclass__(cls) -> None:
        """Let what a module returns know who made it, so that drawings can show modules. PyTorch's forward will do."""
        super().__init_subclass__()
        compute = cls.__dict__.get("__call__") or cls.__dict__.get("forward")
        if compute is not None:

            @functools.wraps(compute)
            def call(self: Module, *inputs: Any, **options: Any) -> Any:
                result = compute(self, *inputs, **options)
                maker, left = _Maker(self, (inputs, options)), [result]
                while left:
                    value = left.pop()
                    if isinstance(value, Value):
                        if value.inputs:
                            marks = value.__dict__
                            marks["made_by"] = (*marks.get("made_by", ()), maker)  # the innermost call first
                    elif isinstance(value, (list, tuple)):
                        left += value
                return result

            cls.__call__ = call  # type: ignore[method-assign]

    def __call__(self, *inputs: Any, **options: Any) -> Any:  # of any kind: subclasses say which, and checkers let them
        raise TypeError(f"{type(self).__name__} does not say how it computes: give it a method __call__(self, x)")

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly inside, each with the name of the attribute that holds it.

        >>> import nn
        >>> list(nn.MLP(2, [3, 1]).children())
        [('layers_1', Layer(2 → 3, relu; 9 parameters)), ('layers_2', Layer(3 → 1, linear; 4 parameters))]
        """
        for _, name, item in self._contents():
            if isinstance(item, Module):
                yield name, item

    def modules(self) -> Iterator[Module]:
        """This module and all that are inside it, each once. In PyTorch this has the same name.

        >>> import nn
        >>> [type(module).__name__ for module in nn.Sequential(nn.Linear(2, 3), nn.Dropout()).modules()]
        ['Sequential', 'Linear', 'Dropout']
        """
        seen: set[Module] = set()
        stack: list[Module] = [self]
        while stack:
            module = stack.pop()
            if module not in seen:
                seen.add(module)
                yield module
                stack += [inner for _, inner in module.children()][::-1]

    def own_parameters(self) -> Iterator[tuple[str, Value]]:
        """The parameters that stand in no module inside this one, with their names.

        >>> import nn
        >>> [name for name, _ in nn.Linear(2, 1).own_parameters()], list(nn.Sequential(nn.Linear(2, 1)).own_parameters())
        (['weight_11', 'weight_12', 'bias_1'], [])
        """
        for _, name, item in self._contents():
            if isinstance(item, Value):
                yield name, item

    @property
    def training(self) -> bool:
        """What Dropout asks: train() and eval() set it, and while fit measures, no model is training."""
        return self._training and not _in_eval_mode.get()

    @training.setter
    def training(self, mode: bool) -> None:
        self._training = bool(mode)

    def train(self, mode: bool = True) -> Self:
        """Say that the model is training, and what it is made of too: Dropout leaves numbers out. In PyTorch as well.

        mode: False says that it is not

        >>> import nn
        >>> net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
        >>> net.training, net.eval().modules_2.training, net.train().modules_2.training
        (True, False, True)
        """
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Say that the model is not training, but asked: Dropout does nothing. In PyTorch this has the same name.

        >>> import nn
        >>> nn.Dropout(0.5).eval()([1.0, 2.0])
        [Value(1.0), Value(2.0)]
        """
        return self.train(False)

    def _contents(self) -> Iterator[tuple[str, str, Value | Module]]:
        """Every parameter and module inside: the attribute that it stands in, its name, and itself."""
        for attribute, content in vars(self).items():
            if not attribute.startswith("_"):
                for name, item in _inside(content, attribute):
                    yield attribute, name, item

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter with its name, each once: "slope", "ws_2" in a list, "encoder.w_111" in a module inside.

        Raises TypeError for Values that cannot be parameters where they stand, ValueError for two that have one name.

        >>> import nn
        >>> [name for name, parameter in nn.MLP(2, [1]).named_parameters()]
        ['w_111', 'w_112', 'b_11']
        """
        found: dict[Value, str] = {}
        for attribute, name, item in self._contents():
            if isinstance(item, Value):
                found.setdefault(item, name)
                continue
            prefix = "" if attribute in self._unprefixed else f"{name}."
            for inner_name, parameter in item.named_parameters():
                found.setdefault(parameter, prefix + inner_name)
        _check_that_none_is_lost(self, found)
        return zip(found.values(), found)

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
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict of numbers by name, as state_dict() gives it, not {state!r}")
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

        path: where to, a name that ends in .json
        about: what else is written there, by name, such as how its inputs were scaled

        Raises ValueError for another suffix and for a parameter that is no finite number, OSError if it cannot be written.
        """
        suffix_of(path, "a model", MODEL_SUFFIXES)
        state = self.state_dict()
        for name, data in state.items():
            if not math.isfinite(data):
                raise ValueError(f"{name} is {data}: a model with such a parameter is not worth keeping, and is not saved")
        write_content(path, {**FORMAT, "model": repr(self), **(about or {}), "parameters": state})

    def load(self, path: str | os.PathLike[str] = "") -> Self:
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
        if not isinstance(self, Module):  # nn.MLP.load("model.json")
            raise TypeError(
                f"a file holds numbers, and no net: nn.MLP(2, [3, 1]).load({self!r}), with the sizes of that net"
            )
        if not path:
            raise TypeError("load takes the path of a file: model.load('model.json')")
        content = read_content(path, FORMAT, "of parameters")
        if not isinstance(content.get("parameters"), dict):
            raise ValueError(f"{path} is damaged: it holds no parameters")
        try:
            return self.load_state_dict(content["parameters"])
        except KeyError as error:
            raise KeyError(f"{path} holds {content.get('model', 'another model')}: {error.args[0]}") from None
        except TypeError as error:
            raise ValueError(f"{path} is damaged: {error}") from None

    def extra_repr(self) -> str:
        """What repr and drawings say of it, such as its sizes, besides its class and its parameters; as in PyTorch.

        >>> import nn
        >>> nn.Attention(4, 2).extra_repr()
        '4, 2 heads, causal'
        """
        return ""

    def __repr__(self) -> str:
        said = [part for part in (self.extra_repr(), plural(len(self.parameters()), "parameter")) if part]
        return f"{type(self).__name__}({'; '.join(said)})"


_in_eval_mode: ContextVar[bool] = ContextVar("_in_eval_mode", default=False)


def in_eval_mode(compute: Callable[..., Any], *arguments: Any) -> Any:
    """compute(*arguments) in a context of its own, where no model is training: however it ends, nothing of it holds on."""
    context = copy_context()
    context.run(_in_eval_mode.set, True)
    return context.run(compute, *arguments)


def generators_of(model: Any) -> list[Any]:
    """Where a model takes random numbers from, each once: Python's own among them where it has no seed."""
    modules = model.modules() if isinstance(model, Module) else []
    held = [x for module in modules for x in vars(module).values() if x is random or isinstance(x, random.Random)]
    return list({id(x): x for x in held}.values())


def write_content(path: str | os.PathLike[str], content: Mapping[str, Any]) -> None:
    """Write a JSON file; one that is there stays whole until the new one is complete."""
    write(path, json.dumps(content, indent=1, ensure_ascii=False, default=float))  # NumPy's numbers too


def read_content(path: str | os.PathLike[str], kind: Mapping[str, Any], what: str) -> dict[str, Any]:
    """What write_content wrote, if it is of that kind: its format and its version; what: how messages call such a file."""
    try:
        content = read_json(read_bytes(path, LONGEST))
    except ValueError as error:
        raise ValueError(f"{path} is not a file {what}: {error}") from None
    if not isinstance(content, dict) or content.get("format") != kind["format"]:
        raise ValueError(f"{path} is not a file {what} that save() wrote")
    if content.get("version") != kind["version"]:
        raise ValueError(f"{path} is of version {content.get('version')!r}, and this release reads {kind['version']}")
    return content


def _inside(item: Any, name: str, indices: tuple[int, ...] = ()) -> Iterator[tuple[str, Value | Module]]:
    """Every parameter and module in an attribute, containers gone through, with its name."""
    if item.__class__ in PLAIN:
        return
    if isinstance(item, Module) or (isinstance(item, Value) and item.op is None):
        yield (f"{name}_{subscript(indices)}" if indices else name), item
    elif (each := _in_order(item)) is not None:
        for i, inner in enumerate(each, start=1):
            yield from _inside(inner, name, (*indices, i))
    elif isinstance(item, Mapping):
        for key, inner in item.items():
            yield from _inside(inner, f"{name}_{subscript(indices)}.{key}" if indices else f"{name}.{key}")


def _in_order(item: Any) -> Sequence[Any] | None:
    """What a sequence holds, or a NumPy array, or a column of a table, of objects; None for anything else."""
    if isinstance(item, (list, tuple)):
        return item
    if getattr(getattr(item, "dtype", None), "kind", "") == "O":
        inner = item.tolist()
        return inner if isinstance(inner, list) else [inner]
    return item if isinstance(item, Sequence) and not isinstance(item, (str, bytes, bytearray, range)) else None


_WAYS_OUT = "Put parameters into a list, a dict or an nn.Module; a name that begins with _ says that it is to be left alone"


def _check_that_none_is_lost(module: Module, found: Mapping[Value, str]) -> None:
    """Raise an error for what looks like a parameter and would not be saved, or not be trained."""
    state = len(found), *(id(item) for name, item in vars(module).items() if name != "_looked_at")
    if module._looked_at == state:
        return
    names = Counter(found.values())
    if len(names) < len(found):
        (name, _), *_ = names.most_common(1)
        raise ValueError(f"two parameters of {type(module).__name__} go by the name {name}: rename an attribute or a key")
    for attribute, content in vars(module).items():
        if attribute.startswith("_"):
            continue
        if isinstance(content, (GeneratorType, map, filter, zip)):
            raise TypeError(
                f"self.{attribute} of {type(module).__name__} is a {type(content).__name__}, which can be gone through but"
                " once: make it a list, and parameters in it are found"
            )
        for value in values_in(content):
            leaves = [node for node in nodes(value) if node.op is None]
            if not leaves or not found.keys().isdisjoint(leaves):
                continue
            if value.op is None:
                raise TypeError(
                    f"self.{attribute} of {type(module).__name__} holds a parameter, {value!r}, where it is not found: in a"
                    f" set, which has no order, or in an object that is no nn.Module. {_WAYS_OUT}"
                )
            raise TypeError(
                f"self.{attribute} of {type(module).__name__} holds a computed Value, {value!r} by {value.op.name}, of none"
                " of its parameters, which would not be trained: a parameter is made of a plain number, as in"
                f" Value(0.5 * 0.1). {_WAYS_OUT}"
            )
    module._looked_at = state


def values_in(item: Any) -> Iterator[Value]:
    """Every Value in something, whatever it is made of: containers, modules, objects."""
    stack, seen = [item], set()
    while stack:
        item = stack.pop()
        if isinstance(item, (float, int, str, bytes, type, ModuleType)) or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, Value):
            yield item
        elif isinstance(item, Mapping):
            stack += item.values()
        elif isinstance(item, Set):
            stack += item
        elif (each := _in_order(item)) is not None:
            stack += each
        else:
            stack += [inner for name, inner in getattr(item, "__dict__", {}).items() if not name.startswith("_")]


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
