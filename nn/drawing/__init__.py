"""Drawings of graphs, in every format."""

from nn.drawing.graphs import draw
from nn.drawing.writers import Drawing

__all__ = ["Drawing", "draw"]
