"""Showing things: text, LaTeX, MathML and HTML of anything, and files of it."""
