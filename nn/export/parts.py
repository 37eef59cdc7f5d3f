"""What a net is made of, said once for all libraries: a tree of parts, with PyTorch's names and keywords.

A part has a kind, such as "Linear", the settings that torch.nn.Linear takes, the parameters that stand in it as arrays, and
the parts inside. Where a part stands in the tree is the name of its arrays, "blocks.0.mlp.2.weight", as PyTorch has it.
Parameters that are shared are one array that stands in several places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import autograd
from autograd import Value
from autograd.calculus import flatten
from nn.attention import Attention, Block
from nn.gpt import GPT
from nn.layers import MLP, SCALAR_ACTIVATIONS, VECTOR_ACTIVATIONS, Layer, Neuron
from nn.linear import Dropout, Embedding, Linear, Sequential
from nn.module import Module
from nn.normalisation import LayerNorm, RMSNorm
from nn.recurrent import LSTM, RNN

Key: TypeAlias = "tuple[int, ...]"  # which Values an array holds
OWN = "its own __call__"  # the kind of a part that computes in a way that only its Python code knows


@dataclass(eq=False)
class Part:
    """A module, or an activation; a module that stands in two places is one part."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Any] = field(default_factory=dict)  # lists of Values, or lists of lists, by the name of the attribute
    inner: dict[str, Part] = field(default_factory=dict)
    said: str = ""  # what messages call it

    def walk(self, path: str = "") -> Iterator[tuple[str, Part]]:
        """This part and all inside, with the place of each."""
        yield path, self
        for name, part in self.inner.items():
            yield from part.walk(f"{path}.{name}" if path else name)

    def named_arrays(self) -> Iterator[tuple[str, Any]]:
        """Every array, in each place where it stands: its full name, and its Values."""
        for path, part in self.walk():
            for name, values in part.arrays.items():
                yield f"{path}.{name}" if path else name, values


def part_of(model: Any) -> Part:
    """The tree of a model. Raises TypeError for what is no Module, ValueError for parameters that arrays cannot hold."""
    if not isinstance(model, Module):
        raise TypeError(
            f"an MLP or a Layer can be handed over, or another Module, as nn.Sequential or nn.GPT, and {model!r} is none"
        )
    part = _part(model, {})
    _check(part, model)
    return part


def key_of(values: Any) -> Key:
    """Which Values an array holds: two places that have the same ones share them."""
    return tuple(map(id, flatten(values)))


def numbers(values: Any) -> Any:
    """An array as plain numbers, in lists."""
    return [numbers(row) for row in values] if isinstance(values, (list, tuple)) else values.data


def arrays_of(part: Part) -> dict[str, Any]:
    """Every array once, by its name in the first place where it stands."""
    found: dict[Key, tuple[str, Any]] = {}
    for name, values in part.named_arrays():
        found.setdefault(key_of(values), (name, values))
    return dict(found.values())


def _part(module: Module, known: dict[Module, Part]) -> Part:
    if module not in known:
        kind = next((kind for kind in type(module).__mro__ if kind in PARTS), None)
        if kind is None or any(getattr(type(module), name, None) is not getattr(kind, name, None) for name in COMPUTE):
            known[module] = _stranger(module, known)
        else:
            known[module] = PARTS[kind](module, lambda inner: _part(inner, known))
        known[module].said = known[module].said or repr(module)
    return known[module]


COMPUTE = "__call__ vector net nets step attend _normalise _output _outputs _step _through _attend".split()


def _stranger(module: Module, known: dict[Module, Part]) -> Part:
    """A module that somebody wrote: its attributes are gone through, and how it computes is its own."""
    return Part(OWN, *_contents({name: each for name, each in vars(module).items() if name[0] != "_"}, known))


def _contents(items: Mapping[Any, Any], known: dict[Module, Part]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Part]]:
    """No settings; the arrays and the parts among attributes, or in a list or a dict of several."""
    arrays: dict[str, Any] = {}
    inner: dict[str, Part] = {}
    for key, item in items.items():
        name = str(key).replace(".", "_")
        if getattr(getattr(item, "dtype", None), "kind", "") == "O":
            item = item.tolist()
        if isinstance(item, Module):
            inner[name] = _part(item, known)
        elif _holds_values(item):
            arrays[name] = item
        elif isinstance(item, (list, tuple, Mapping)):
            there = _contents(item if isinstance(item, Mapping) else dict(enumerate(item)), known)
            if any(there):
                inner[name] = Part(OWN, *there, said="a list of modules")
    return {}, arrays, inner


def _holds_values(item: Any) -> bool:
    """Whether it is a parameter, or rows of parameters that are equally long."""
    if isinstance(item, Value):
        return item.op is None
    if not isinstance(item, (list, tuple)) or not item or not all(map(_holds_values, item)):
        return False
    return len({len(row) if isinstance(row, (list, tuple)) else -1 for row in item}) == 1


def _check(part: Part, model: Module) -> None:
    """Raise ValueError for a parameter that is none, for one that is lost, for one in two arrays that are not the same."""
    owners: dict[int, tuple[Key, str]] = {}
    for name, values in part.named_arrays():
        key = key_of(values)
        for each in flatten(values):
            if not isinstance(each, Value) or each.op is not None:
                raise ValueError(
                    f"{name} holds {each!r}, which is no parameter: make it one, Value(0.5), or compile the graph"
                )
            before, there = owners.setdefault(id(each), (key, name))
            if before != key:
                raise ValueError(
                    f"{each!r} stands in {there} and in {name}, which are not the same, and arrays can be shared as a whole"
                    " alone: compile(outputs, inputs).function('torch') hands over the graph itself"
                )
    for name, each in model.named_parameters():
        if id(each) not in owners:
            raise ValueError(f"{name} stands where arrays do not look for it: put it into a list of an nn.Module")


def _with_arrays(kind: str, module: Any, names: str, ending: str = "", /, **settings: Any) -> Part:
    found = {name: getattr(module, name) for name in names.split()}
    return Part(kind, settings, {name + ending: values for name, values in found.items() if values})


def _linear(module: Linear, _: Any) -> Part:
    sizes: dict[str, Any] = {"in_features": module.width, "out_features": len(module.weight)}
    return _with_arrays("Linear", module, "weight bias", **sizes, bias=bool(module.bias))


def _embedding(module: Embedding, _: Any) -> Part:
    return _with_arrays(
        "Embedding", module, "weight", num_embeddings=len(module.weight), embedding_dim=len(module.weight[0])
    )


def _rms(module: RMSNorm, _: Any) -> Part:
    return _with_arrays("RMSNorm", module, "weight", **_sizes(module))


def _layer_norm(module: LayerNorm, _: Any) -> Part:
    return _with_arrays("LayerNorm", module, "weight bias", **_sizes(module), bias=bool(module.bias))


def _sizes(norm: RMSNorm | LayerNorm) -> dict[str, Any]:
    return {"normalized_shape": norm.width, "eps": norm.eps, "elementwise_affine": bool(norm.weight)}


RECURRENT = "weight_ih weight_hh bias_ih bias_hh"


def _recurrent(module: RNN | LSTM, _: Any) -> Part:
    settings: dict[str, Any] = {"input_size": module.width, "hidden_size": module.hidden, "bias": bool(module.bias_ih)}
    if isinstance(module, RNN):
        settings["nonlinearity"] = module.nonlinearity
    kind = "RNN" if isinstance(module, RNN) else "LSTM"
    return _with_arrays(kind, module, RECURRENT, "_l0", **settings, batch_first=True)


def _attention(module: Attention, part: Callable[[Module], Part]) -> Part:
    inner = {name: part(getattr(module, name)) for name in ("query", "key", "value", "output")}
    return Part("Attention", {"heads": module.heads, "causal": module.causal}, inner=inner)


def _block(module: Block, part: Callable[[Module], Part]) -> Part:
    return Part("Block", inner={name: part(getattr(module, name)) for name in "norm_1 attention norm_2 mlp dropout".split()})


def _gpt(module: GPT, part: Callable[[Module], Part]) -> Part:
    blocks = Part("ModuleList", inner={str(i): part(block) for i, block in enumerate(module.blocks)})
    inner = {name: part(getattr(module, name)) for name in ("tokens", "places", "norm", "head")}
    return Part("GPT", inner={**inner, "blocks": blocks})


def _sequential(module: Sequential, part: Callable[[Module], Part]) -> Part:
    parts = [
        part(step) if isinstance(step, Module) else _activation(name, *getattr(step, "args", ()))
        for name, step in module._steps
    ]
    return _in_a_row(parts)


def _in_a_row(parts: Sequence[Part]) -> Part:
    return Part("Sequential", inner={str(i): part for i, part in enumerate(parts)})


def _neurons(neurons: Sequence[Neuron], activation: str, together: Any = None) -> list[Part]:
    """The weights of neurons, and what they are bent by, each by itself or all together."""
    first = neurons[0]
    sizes = {"in_features": len(first.w), "out_features": len(neurons), "bias": first.b is not None}
    arrays: dict[str, Any] = {"weight": [neuron.w for neuron in neurons]}
    if first.b is not None:
        arrays["bias"] = [neuron.b for neuron in neurons]
    bend = together or first._function
    return [Part("Linear", sizes, arrays), *([] if bend is None else [_activation(activation, bend)])]


def _layer(layer: Layer) -> list[Part]:
    return _neurons(layer.neurons, layer.activation, layer._together)


def _activation(name: str, function: Any = None) -> Part:
    """A function of one's own that is called as a known one is does not count as known."""
    known = [table.get(name) for table in (SCALAR_ACTIVATIONS, VECTOR_ACTIVATIONS, vars(autograd), vars(Value))]
    meant = function is None or any(function is each for each in known)
    return Part("Activation", {"name": name, "known": meant}, said=name)


PARTS: dict[type[Module], Callable[[Any, Callable[[Module], Part]], Part]] = {
    Linear: _linear,
    Sequential: _sequential,
    Dropout: lambda module, _: Part("Dropout", {"p": module.p}),
    Embedding: _embedding,
    RMSNorm: _rms,
    LayerNorm: _layer_norm,
    RNN: _recurrent,
    LSTM: _recurrent,
    Attention: _attention,
    Block: _block,
    GPT: _gpt,
    Neuron: lambda neuron, _: _in_a_row(_neurons([neuron], neuron.activation)),
    Layer: lambda layer, _: _in_a_row(_layer(layer)),
    MLP: lambda net, _: _in_a_row([part for layer in net.layers for part in _layer(layer)]),
}
