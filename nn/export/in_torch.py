"""A net as PyTorch's: its own layers where it has them, those of torch_modules.py where it has not."""

from __future__ import annotations

from typing import Any

from nn.export.libraries import OURS, SETTINGS, needed, reasons
from nn.export.parts import OWN, Part, arrays_of, key_of, numbers, part_of
from nn.export.recording import record
from nn.layers import MLP, TORCH
from nn.module import Module


def to_torch(model: Module, example: Any = None) -> Any:
    """The model as a torch.nn.Module of PyTorch's own layers, in float64, with its numbers, shared ones shared.

    model: the net, whose numbers are copied
    example: an input, for a model that computes in a way of its own: what it does with this one is recorded

    An MLP, a Layer and a Sequential become a torch.nn.Sequential, and a GPT, a Block and an Attention modules that are as
    short there; inputs may have any number of dimensions in front. state_dict() has PyTorch's names. Training or not, it is
    what the model is.

    Raises ImportError without PyTorch, TypeError for what is no Module, ValueError for an activation or a __call__ of one's
    own where there is no example, and for parameters that no array can hold.

    >>> import nn, torch
    >>> model = nn.MLP(2, [1], weights=[[[0.5, -1.0]]], biases=[[2.0]])
    >>> nn.to_torch(model)(torch.tensor([[3.0, 1.0]], dtype=torch.float64)).tolist()
    [[2.5]]
    >>> list(nn.to_torch(nn.Sequential(nn.Linear(2, 3), "tanh", nn.Linear(3, 1))).state_dict())
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """
    torch = needed("torch", "torch")
    part = part_of(model)
    why = reasons(part, "PyTorch", "torch")
    if why and example is None:
        raise ValueError(why)
    if why:
        arrays = arrays_of(part)
        compute, row, output = record(model, example, arrays, "torch")
        from nn.export.torch_modules import Recorded

        inner = {name: _built(each, {}) for name, each in part.inner.items()}
        twin: Any = Recorded(inner, compute, list(arrays), row, output)
    else:
        twin = _built(part, {})
    there: dict[Any, Any] = {}
    for name, values in part.named_arrays():
        key = key_of(values)
        if key not in there:
            there[key] = torch.nn.Parameter(torch.tensor(numbers(values), dtype=torch.float64))
        owner, _, attribute = name.rpartition(".")
        setattr(twin.get_submodule(owner), attribute, there[key])
    return twin.train(model.training)


def _built(part: Part, known: dict[Part, Any]) -> Any:
    """The module of a part, its parameters still PyTorch's own; one that stands in two places is one."""
    if part in known:
        return known[part]
    import torch.nn

    from nn.export import torch_modules

    inner = {name: _built(each, known) for name, each in part.inner.items()}
    if part.kind == OWN:
        made: Any = torch_modules.Holder(inner)
    elif part.kind == "Activation":
        name = TORCH.get(part.settings["name"], "Identity")  # where it has no counterpart, what is recorded computes it
        made = getattr(torch.nn, name)(**SETTINGS.get(name, {}))
    elif part.kind in ("Sequential", "ModuleList"):
        modules = list(inner.values())
        made = torch.nn.Sequential(*modules) if part.kind == "Sequential" else torch.nn.ModuleList(modules)
    elif hasattr(torch_modules, part.kind) and inner:
        made = getattr(torch_modules, part.kind)(**inner, **part.settings)
    else:
        kind = {"dtype": torch.float64} if part.kind != "Dropout" else {}
        made = getattr(torch.nn, part.kind)(**part.settings, **kind)
    known[part] = made
    return made


def from_torch(sequential: Any) -> MLP:
    """An MLP with the numbers of a torch.nn.Sequential of Linear layers and activations; the way back from to_torch.

    sequential: the modules, the first of them Linear

    Raises TypeError for modules that an MLP does not have.

    >>> import nn, torch
    >>> nn.from_torch(torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)))
    MLP(2 → 4 → 1, tanh, linear; 17 parameters)
    """
    torch = needed("torch", "torch")
    names = {getattr(torch.nn, there): here for here, there in TORCH.items() if here != "linear"}
    linears: list[Any] = []
    activations: list[str] = []
    for module in sequential:
        if isinstance(module, torch.nn.Linear):
            linears.append(module)
            activations.append("linear")
        elif type(module) in names and linears and activations[-1] == "linear":
            for setting, wanted in OURS.get(type(module).__name__, {}).items():
                if (there := getattr(module, setting)) != wanted and (setting, there) != ("dim", 1):
                    raise TypeError(f"an MLP has {type(module).__name__} with {setting}={wanted!r}, and not with {there!r}")
            activations[-1] = names[type(module)]
        else:
            raise TypeError(f"an MLP has Linear layers, each with an activation perhaps, and no {module!r} here")
    if not linears:
        raise TypeError("there is no Linear layer in it")
    bias = any(linear.bias is not None for linear in linears)  # one that is missing among others is 0
    model = MLP(linears[0].in_features, [linear.out_features for linear in linears], activation=activations, bias=bias)
    for layer, linear in zip(model.layers, linears):
        layer.W = linear.weight.detach().tolist()
        if bias:
            layer.b = [0.0] * linear.out_features if linear.bias is None else linear.bias.detach().tolist()
    return model
