"""Plots of functions, nets and trainings, by Matplotlib."""

from nn.plots.functions import plot_function, plot_surface
from nn.plots.nets import plot_boundary, plot_histograms
from nn.plots.runs import plot_loss
from nn.plots.texts import plot_attention

__all__ = ["plot_attention", "plot_boundary", "plot_function", "plot_histograms", "plot_loss", "plot_surface"]
