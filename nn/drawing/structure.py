"""Which neuron, layer and module each node of a graph belongs to.

A call of a module leaves its mark on what it returns, and the mark knows what the module was called on. What lies between
belongs to the module, and to the innermost one whose call it lies in. Within a call a node that uses parameters belongs to
their module, and one that uses none goes on where its inputs are.

        w, b of neuron 2 ──▶ net ──▶ activation ──▶ (returned by the MLP) ──▶ loss
        neuron 2             neuron 2    neuron 2                               outside

A sum of products that no module made, such as dot(ws, xs, b) written by hand, is a neuron as well if its weights are leaves;
those on the same inputs make a layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from autograd.graph import bottom_up, history, nodes
from autograd.operation import CONSTANT
from autograd.primitives import dot_of
from autograd.value import Value
from nn.attention import Block
from nn.layers import SCALAR_ACTIVATIONS, Layer, Neuron
from nn.module import Module, values_in

NEURON, LAYER, BLOCK, MODULE = "neuron", "layer", "block", "module"
ACTIVATIONS = set(SCALAR_ACTIVATIONS) - {"exp", "abs", "sin"}  # these mean other things, too


class Part:
    """A neuron, layer or module as a part of a graph.

    kind: "neuron", "layer" or "module"; name: what to write on it
    parent: the part around it, or None
    module: the Module it is, or None for one that was written by hand
    nodes: the nodes that belong to it and to no part inside it, parameters included, in the order of computation
    """

    def __init__(self, kind: str, name: str, parent: Part | None, module: Module | None = None) -> None:
        self.kind, self.name, self.parent, self.module = kind, name, parent, module
        self.nodes: list[Value] = []

    def around(self) -> list[Part]:
        """The parts from the outermost down to this one."""
        part: Part | None = self
        chain = []
        while part is not None:
            chain.append(part)
            part = part.parent
        return chain[::-1]

    def within(self, kind: str) -> Part | None:
        """The part of a kind that this is, or is in; of layers in a layer, as in attention, the outermost.

        A block is what a model is made of, whatever is inside of it.
        """
        if kind == BLOCK:
            return next((part for part in self.around() if part.parent is not None or part.kind != MODULE), None)
        return next((part for part in self.around() if part.kind == kind), None)

    def __repr__(self) -> str:
        return f"<{' / '.join(part.name for part in self.around())}>"


def parts(*outputs: Value) -> dict[Value, Part]:
    """The innermost part that each node belongs to; nodes that belong to none are left out."""
    order = nodes(*outputs)
    modules = _Modules(order)
    by_hand = _ByHand()
    found: dict[Value, Part] = {}
    for node in order:
        if node in modules.of_parameter:
            found[node] = modules.of_parameter[node]
        elif node.inputs or node in modules.of_node:
            part = modules.part(node, found) or by_hand.part(node, found)
            if part is not None:
                found[node] = part
                found.update(dict.fromkeys(by_hand.weights(node, part), part))
    for node in order:
        if node in found:
            found[node].nodes.append(node)
    return found


class _Modules:
    """The parts that are modules: found through the marks that their calls have left."""

    def __init__(self, order: Sequence[Value]) -> None:
        results: dict[Any, list[Value]] = {}  # of each call
        for node in order:
            for call in getattr(node, "made_by", ()):
                if call.module is not None:
                    results.setdefault(call, []).append(node)
        roots = list(dict.fromkeys(call.module for call in results))
        inside = {inner for module in roots for inner in module.modules() if inner is not module}
        self.of_module: dict[Module, Part] = {}
        self.of_parameter: dict[Value, Part] = {}
        tops = [module for module in roots if module not in inside]
        for i, module in enumerate(tops, start=1):
            name = type(module).__name__ + (f" {i}" if len(tops) > 1 else "")
            self._enter(module, name, None)
        self.of_node: dict[Value, Part] = {}
        for call in sorted(results, key=lambda call: len(self.of_module[call.module].around())):
            part = self.of_module[call.module]
            for node in bottom_up(results[call], attrgetter("inputs"), set(values_in(call.inputs))):
                if node.inputs or (node.op is CONSTANT and node.label):  # a number of the module's own, as a norm's ε
                    self.of_node[node] = part
        self.behind = set(history(*self.of_node))  # a penalty on weights uses parameters too, but no module returns it

    def _enter(self, module: Module, name: str, parent: Part | None) -> None:
        if module in self.of_module:
            return
        folded = isinstance(module, Layer) or module._drawn_as_layer
        kind = NEURON if isinstance(module, Neuron) else LAYER if folded else MODULE
        part = self.of_module[module] = Part(kind, name, parent, module)
        for inner_name, inner in module.children():
            self._enter(inner, _part_name(inner_name, inner), part)
        for parameter in module.parameters():  # those of modules inside are taken already
            self.of_parameter.setdefault(parameter, part)

    def part(self, node: Value, found: dict[Value, Part]) -> Part | None:
        """The part in whose call a node lies; further inside, where its parameters say so, as a net calls no layer."""
        whole, inner = self.of_node.get(node), self._by_parameters(node, found)
        return inner if whole is None or (inner is not None and whole in inner.around()) else whole

    def _by_parameters(self, node: Value, found: dict[Value, Part]) -> Part | None:
        if node not in self.behind:
            return None
        owners: list[Part | None] = [self.of_parameter[x] for x in node.inputs if x in self.of_parameter]
        return _common(owners or [self._after(x, found) for x in node.inputs if x.inputs])

    def _after(self, x: Value, found: dict[Value, Part]) -> Part | None:
        """The part that goes on with x: where x was returned from a module, the one around that."""
        part, calls = found.get(x), getattr(x, "made_by", ())
        if calls and calls[-1].module in self.of_module:
            return self.of_module[calls[-1].module].parent
        if part is None or part.module is None:
            return None
        ended = isinstance(part.module, Neuron) and part.module.activation == "linear"  # softmax is the layer's business
        return part.parent if ended else part


class _ByHand:
    """Neurons that no module made: sums of products with leaves for weights, and the activation right after."""

    def __init__(self) -> None:
        self.neurons: dict[Value, Part] = {}  # by their first weight
        self.sizes: dict[Part, int] = {}  # how many neurons each layer has
        self.layers: dict[Any, Part] = {}  # by their inputs
        self.nets: set[Value] = set()

    def part(self, node: Value, found: dict[Value, Part]) -> Part | None:
        op, inputs = node.op, node.inputs
        if op is dot_of:
            n = len(inputs) // 2
            weights, xs = inputs[:n], inputs[n : 2 * n]
            if n and (weights[0] in self.neurons or all(w.op is None and w not in found for w in weights)):
                self.nets.add(node)
                return self._neuron(weights[0], xs)
        if op is not None and op.name in ACTIVATIONS and inputs[0] in self.nets:
            return found[inputs[0]]
        return None

    def _neuron(self, weight: Value, xs: tuple[Value, ...]) -> Part:
        if weight not in self.neurons:
            if xs not in self.layers:
                self.layers[xs] = Part(LAYER, f"layer {len(self.layers) + 1}", None)
            layer = self.layers[xs]
            self.sizes[layer] = i = self.sizes.get(layer, 0) + 1
            self.neurons[weight] = Part(NEURON, f"neuron {i}", layer)
        return self.neurons[weight]

    def weights(self, node: Value, part: Part) -> list[Value]:
        """The weights and the bias of a net written by hand."""
        if part.module is not None or node not in self.nets:
            return []
        n = len(node.inputs) // 2
        return [x for x in (*node.inputs[:n], *node.inputs[2 * n :]) if x.op is None]


def _part_name(attribute: str, module: Module) -> str:
    """What to write on a module: layer 1 for layers_1, neuron 2 for neurons_2, attributes of one's own as they are."""
    singular, _, index = attribute.rpartition("_")
    kind = "block" if isinstance(module, Block) else {"layers": "layer", "neurons": "neuron"}.get(singular)
    return f"{kind} {index}" if kind else attribute


def _common(owners: list[Part | None]) -> Part | None:
    """The innermost part that holds all of them."""
    if not owners or None in owners:
        return None
    common = None
    for level in zip(*(part.around() for part in set(owners) if part is not None)):
        if len(set(level)) > 1:
            break
        common = level[0]
    return common
