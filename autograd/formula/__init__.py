"""Formulas: a graph as text and LaTeX, and written mathematics back into a graph."""
