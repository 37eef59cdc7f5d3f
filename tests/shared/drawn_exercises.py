"""Exercises, each drawn once by a process however many tests look at it: kind numbers take a search."""

from functools import cache

from autograd import Exercise, exercise


def task(level="two layers", seed=1, digits=5, **variant):
    """What exercise gives for a level, to look at; nothing is to be marked on it."""
    return drawn(level, seed, digits, tuple(sorted(variant.items())))


def fresh(level="two layers", seed=1, digits=5, **variant):
    """The same, on which nothing has been marked yet; it stands in for exercise, with the same arguments."""
    shown = task(level, seed, digits, **variant)
    return Exercise(shown.sheet, shown.loss, shown.digits, shown.level, shown.seed, shown.variant, shown.hidden)


@cache
def drawn(level, seed, digits, variant):
    return exercise(level, seed=seed, digits=digits, **dict(variant))
