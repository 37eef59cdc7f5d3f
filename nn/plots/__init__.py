"""Plots: a run, a boundary, what happens in the layers, a function and a surface, each fit for a slide as it stands.

    ax = nn.plot_loss(history)
    ax = nn.plot_boundary(model, nn.data.moons(), dark=True)

Every function computes its numbers first and then draws them on one Matplotlib Axes, which it returns, to be changed
further: the `ax` given, or one in a new figure. Nothing is shown, saved or set globally. Matplotlib is imported when a
function is called, and its absence is an ImportError that says what to install; NumPy comes with it.

Nothing is said by colour alone: lines also differ in dashes, points in shape, and both are named where they stand. Names
stand at the ends of lines where the figure makes room for them (layout="constrained"), else in a legend.

Two looks, one for paper and one for a dark slide. Their colours are those of Okabe and Ito, Color universal design (2008),
which people tell apart with any kind of colour vision; shades mix them evenly with the background, so that equal steps of a
number look equal, and the background itself is where a signed number is 0.
"""

from nn.plots.functions import plot_function, plot_surface
from nn.plots.nets import plot_boundary, plot_histograms
from nn.plots.runs import plot_loss
from nn.plots.texts import plot_attention

__all__ = ["plot_attention", "plot_boundary", "plot_function", "plot_histograms", "plot_loss", "plot_surface"]
