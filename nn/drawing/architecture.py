"""The architecture of a net as a picture: a column of neurons for each layer, and the weights as arrows between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.labels import subscript
from autograd.value import lift
from autograd.writing.names import pretty
from nn.drawing.picture import Arrow, Box, Picture, number
from nn.layers import MLP
from nn.module import Module

SHOWN = 10  # neurons of a layer that are drawn; of a wider one the first and the last


def architecture(model: Module, x: Sequence[Any] | None, colour: str, digits: int) -> Picture:
    """What is drawn of an MLP.

    x: the inputs whose values are shown in the neurons; none are shown without
    colour: whether arrows are coloured by "weight" or by "gradient"
    """
    if not isinstance(model, MLP):
        raise TypeError(
            f"the architecture that can be drawn is that of an MLP, not of {model!r}: draw what it returns instead"
        )
    values = None if x is None else _run(model, x)
    picture = Picture(note="weights" if colour == "weight" else "gradients of the weights")
    sizes = [model.layers[0].nin, *(len(layer.neurons) for layer in model.layers)]
    columns = []
    for k, size in enumerate(sizes):
        header = "inputs" if k == 0 else f"layer {k} · {model.layers[k - 1].activation}"
        picture.boxes.append(Box(f"c{k}_header", "header", "", header, []))
        if k:
            picture.arrows.append(Arrow(f"c{k - 1}_header", f"c{k}_header"))
        shown = list(range(size)) if size <= SHOWN else [*range(SHOWN - 3), -1, size - 2, size - 1]
        columns.append([i for i in shown if i >= 0])
        for i in shown:
            if i < 0:
                picture.boxes.append(Box(f"c{k}_more", "more", "", "…", [f"{size - SHOWN + 1} more"]))
                continue
            title = pretty(f"h_{subscript((k, i + 1))}" if k else f"x_{i + 1}")
            lines = [number(values[k][i], digits)] if values is not None else []
            picture.boxes.append(Box(f"c{k}_{i}", "circle", "", title, lines))
    for k, layer in enumerate(model.layers):
        for i in columns[k + 1]:
            for j in columns[k]:
                w = layer.neurons[i].w[j]
                flow = w.data if colour == "weight" else w.grad
                picture.arrows.append(Arrow(f"c{k}_{j}", f"c{k + 1}_{i}", "", flow))
    return picture


def _run(model: MLP, x: Sequence[Any]) -> list[list[float]]:
    """What goes into the first layer, and what comes out of each."""
    current: Any = list(map(lift, x))
    values = [[each.data for each in current]]
    for layer in model.layers:
        current = layer(current)
        current = current if isinstance(current, list) else [current]
        values.append([each.data for each in current])
    return values
