"""Drawings of graphs, in every format."""
