"""Derivations: how a derivative comes about, line by line, in scalars and in matrices."""
